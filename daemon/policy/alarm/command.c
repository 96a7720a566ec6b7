// SPDX-License-Identifier: GPL-2.0-or-later
/* Alarms from the outside: operators, what the daemon finds, earlier runs */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

int policy_acknowledge(struct policy *p, uint64_t id, const char *who,
		       uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_acknowledge(&p->alarms, id, who, &now);
}

int policy_shelve(struct policy *p, uint64_t id, uint64_t length_ns,
		  const char *who, const char *why, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_shelve(&p->alarms, id, length_ns, who, why, &now);
}

int policy_unshelve(struct policy *p, uint64_t id, const char *who,
		    uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_unshelve(&p->alarms, id, who, &now);
}

int policy_mute(struct policy *p, const char *who, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_mute(&p->alarms, who, &now);
}

int policy_test_alarm(struct policy *p, enum alarm_level level,
		      uint64_t length_ns, const char *who, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_test(&p->alarms, level, length_ns, who, &now);
}

/* A module by its name, or by bus:address */
static const struct policy_module *module_by_name(const struct policy *p,
						  const char *name)
{
	size_t i;
	int a;

	for (i = 0; i < p->bus_count; i++) {
		const struct policy_bus *bus = p->buses[i];

		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			char place[POLICY_BUS_NAME_MAX + 8];

			if (!bus->modules[a])
				continue;
			snprintf(place, sizeof(place), "%s:%d", bus->name, a);
			if (!strcmp(bus->modules[a]->name, name) ||
			    !strcmp(place, name))
				return bus->modules[a];
		}
	}
	return NULL;
}

int policy_find_object(const struct policy *p, const char *name,
		       struct alarm_object *ret_object,
		       char ret_name[ALARM_NAME_MAX + 1])
{
	const struct policy_string *s = policy_find_string(p, name);
	const struct policy_bus *bus = policy_find_bus(p, name);
	const struct policy_module *m = module_by_name(p, name);
	size_t i;

	if ((s != NULL) + (bus != NULL) + (m != NULL) > 1)
		return -ENOTUNIQ;
	if (s)
		*ret_object = policy_string_object(s);
	else if (bus)
		*ret_object = policy_bus_object(bus);
	else if (m)
		*ret_object = policy_module_object(m);
	snprintf(ret_name, ALARM_NAME_MAX + 1, "%s", m ? m->name : name);
	if (s || bus || m)
		return 0;
	/* taken out of service before it was taken away for good */
	for (i = 0; i < p->alarms.out_count; i++) {
		if (strcmp(p->alarms.outs[i].name, name))
			continue;
		*ret_object = p->alarms.outs[i].object;
		return 0;
	}
	return -ENOENT;
}

int policy_take_out(struct policy *p, const char *name, uint64_t length_ns,
		    const char *who, const char *why, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);
	char shown[ALARM_NAME_MAX + 1];
	struct alarm_object object;
	int r = policy_find_object(p, name, &object, shown);

	if (r < 0)
		return r;
	return alarm_take_out(&p->alarms, &object, shown, length_ns, who, why,
			      &now);
}

int policy_put_back(struct policy *p, const char *name, const char *who,
		    uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);
	char shown[ALARM_NAME_MAX + 1];
	struct alarm_object object;
	int r = policy_find_object(p, name, &object, shown);

	if (r < 0)
		return r;
	r = alarm_put_back(&p->alarms, &object, who, &now);
	return r == -ENOENT ? -EALREADY : r;
}

void policy_report(struct policy *p, enum alarm_kind kind, const char *bus,
		   unsigned int address, enum alarm_level level,
		   const char *evidence, uint64_t now_ns)
{
	const struct policy_bus *b = policy_find_bus(p, bus);
	const struct policy_module *m = policy_find_module(p, bus, address);

	policy_set_now(p, now_ns);
	switch (alarm_kind_info(kind)->class) {
	case ALARM_OF_SITE:
		policy_alarm_site(p, kind, level, "%s", evidence);
		break;
	case ALARM_OF_BUS:
		if (b)
			policy_alarm_bus(p, kind, (struct policy_bus *)b,
					 level, "%s", evidence);
		break;
	case ALARM_OF_MODULE:
		if (m)
			policy_alarm_module(p, kind, (struct policy_module *)m,
					    level, "%s", evidence);
		break;
	case ALARM_OF_STRING:
		break;
	}
}

void policy_config_outputs(struct policy *p,
			   const struct output_matrix *matrix)
{
	p->matrix = *matrix;
}

const struct output_state *policy_outputs(const struct policy *p)
{
	return p->outputs;
}

void policy_repeat_alarms(struct policy *p, uint64_t interval_ns)
{
	p->alarms.repeat_ns = interval_ns;
}

/* One alarm more: colours follow */
static int given(struct policy *p, int r)
{
	if (r == 0)
		p->recolour = true;
	return r;
}

int policy_restore_alarm(struct policy *p, const struct alarm *alarm,
			 bool same_boot, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return given(p, alarm_restore(&p->alarms, alarm, same_boot, &now));
}

int policy_restore_out(struct policy *p, const struct alarm_out *out,
		       bool same_boot, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_restore_out(&p->alarms, out, same_boot, &now);
}

int policy_merge_alarm(struct policy *p, const struct alarm *alarm,
		       bool same_boot, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return given(p, alarm_merge(&p->alarms, alarm, same_boot, &now));
}

int policy_merge_out(struct policy *p, const struct alarm_out *out,
		     bool same_boot, uint64_t now_ns)
{
	struct alarm_now now = policy_set_now(p, now_ns);

	return alarm_merge_out(&p->alarms, out, same_boot, &now);
}

/* Who said "ok" said it to a table without the alarm: let him say it again */
static void ask_again(uint8_t judged[ALARM_KIND_COUNT])
{
	int kind;

	for (kind = 0; kind < ALARM_KIND_COUNT; kind++)
		if (judged[kind] == ALARM_NONE + 1)
			judged[kind] = 0;
}

void policy_merge_end(struct policy *p, uint64_t next_id, uint64_t now_ns)
{
	size_t i;
	int a;

	p->now_ns = now_ns;
	if (next_id > p->alarms.next_id)
		p->alarms.next_id = next_id;
	ask_again(p->judged);
	for (i = 0; i < p->string_count; i++)
		ask_again(p->strings[i]->judged);
	for (i = 0; i < p->bus_count; i++) {
		ask_again(p->buses[i]->judged);
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (p->buses[i]->modules[a])
				ask_again(p->buses[i]->modules[a]->judged);
	}
	policy_judge_all(p);
	if (p->site.armed)
		policy_alarms_settle(p);
}

void policy_restore_site(struct policy *p, uint64_t next_id, bool muted,
			 const char *muted_by)
{
	if (next_id > p->alarms.next_id)
		p->alarms.next_id = next_id;
	p->alarms.muted = muted;
	snprintf(p->alarms.muted_by, sizeof(p->alarms.muted_by), "%s",
		 muted_by);
}
