// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "operator.h"

static const char who[] = "scenario";
static const char why[] = "work on it";

const char *operator_kind(unsigned int n)
{
	return n < ALARM_KIND_COUNT ? alarm_kind_name(n) : NULL;
}

const char *operator_level(unsigned int n)
{
	return n + 1 <= ALARM_ALARM ? alarm_level_name(n + 1) : NULL;
}

static uint64_t length_ns(const struct scenario_action *a)
{
	return (uint64_t)(a->for_s * 1e9);
}

static int said(const struct scenario_action *a, int r)
{
	if (r < 0)
		fprintf(stderr, "line %u: %s: %s\n", a->line, a->text,
			strerror(-r));
	return r;
}

/* The alarm of a line "KIND NAME"; 0: there is none, which is said */
static uint64_t find(const struct world *w, const struct scenario_action *a)
{
	const struct alarm_table *t = w->policy ? policy_alarms(w->policy) :
						  NULL;
	size_t i;

	for (i = 0; t && i < t->count; i++)
		if (t->alarms[i]->kind == a->args[0].choice &&
		    !strcmp(t->alarms[i]->name, a->args[1].text))
			return t->alarms[i]->id;
	fprintf(stderr, "line %u: %s: %s\n", a->line, a->text, t ?
		"there is no such alarm then" : "bacsd does not run then");
	return 0;
}

int operator_acknowledge(struct world *w, struct scenario_action *a)
{
	uint64_t id = find(w, a);

	return id ? said(a, policy_acknowledge(w->policy, id, who,
					       w->clock_ns)) : -ENOENT;
}

int operator_shelve(struct world *w, struct scenario_action *a)
{
	uint64_t id = find(w, a);

	return id ? said(a, policy_shelve(w->policy, id, length_ns(a), who,
					  why, w->clock_ns)) : -ENOENT;
}

int operator_take_out(struct world *w, struct scenario_action *a)
{
	const struct sim_module *m = world_module(w, a->args[0].string,
						  a->args[0].block);

	return w->policy ? said(a, policy_take_out(w->policy, m->name,
						   length_ns(a), who, why,
						   w->clock_ns)) : 0;
}

int operator_test(struct world *w, struct scenario_action *a)
{
	return w->policy ? said(a, policy_test_alarm(w->policy,
						     a->args[0].choice + 1,
						     length_ns(a), who,
						     w->clock_ns)) : 0;
}

void operator_nothing(struct world *w, struct scenario_action *a)
{
	(void)w;
	(void)a;
}
