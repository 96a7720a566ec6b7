// SPDX-License-Identifier: GPL-2.0-or-later
/* What bacsd does around its policy: configuration, memory, commands, restart */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "setup.h"
#include "world.h"

/* As in daemon/learnt.c and by HistoryInterval= */
#define LEARNT_SAVE_NS	(4 * 3600 * SECOND_NS)
#define SAMPLES_SAVE_NS	(300 * SECOND_NS)

/* Policy to world */

static struct sim_module *find_module(struct world *w,
				      const struct policy_module *module,
				      struct sim_bus **ret_bus)
{
	unsigned int k;

	for (k = 0; k < w->s->site.strings; k++) {
		struct sim_bus *b = &w->buses[k];

		if (strcmp(b->name, module->bus->name) || !module->address ||
		    module->address > b->count)
			continue;
		*ret_bus = b;
		return &b->modules[module->address - 1];
	}
	return NULL;
}

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	/* on_alarm_changed() has them */
	if (*e->alarm)
		return;
	timeline_add(&w->line, w->time_s, e->kind == POLICY_STRING_STATE ?
		     ENTRY_STATE : ENTRY_EVENT,
		     e->kind == POLICY_STRING_STATE ?
		     string_state_name(e->new_value) :
		     policy_kind_name(e->kind), e->name, "", e->text);
}

static void on_site_changed(void *userdata)
{
	(void)userdata;
}

static void on_bus_changed(void *userdata, const struct policy_bus *bus)
{
	(void)userdata;
	(void)bus;
}

static void on_module_changed(void *userdata,
			      const struct policy_module *module)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	if (m && module->state == BACS_MODULE_OK)
		w->memory->modules[m->string][m->address] = true;
}

static void on_module_gone(void *userdata, const struct policy_module *module)
{
	(void)userdata;
	(void)module;
}

static void on_string_changed(void *userdata,
			      const struct policy_string *string)
{
	struct world *w = userdata;
	size_t k;

	for (k = 0; k < policy_string_count(w->policy); k++)
		if (k < MEMORY_STRINGS &&
		    policy_string_at(w->policy, k) == string)
			w->changed[k] = true;
}

static void on_string_gone(void *userdata, const struct policy_string *string)
{
	(void)userdata;
	(void)string;
}

/* The daemon sends it at its next turn, and the driver tells of it */
static void on_set_module(void *userdata, const struct policy_module *module,
			  const char *label, const struct policy_limits *limits)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);
	int i;

	if (!m)
		return;
	w->counts.limit_commands++;
	if (label)
		snprintf(m->label, sizeof(m->label), "%s", label);
	for (i = 0; limits && i < BACS_LIMIT_COUNT; i++)
		if (limits->value[i] != POLICY_UNSET)
			m->limits.value[i] = limits->value[i];
	m->told = false;
	w->untold = true;
}

static void on_set_supply(void *userdata, const struct policy_module *module,
			  const struct policy_supply *supply)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	if (m)
		m->supply = *supply;
}

static void on_alarm_changed(void *userdata, const struct alarm *a,
			     enum alarm_change change)
{
	struct world *w = userdata;
	enum entry_kind kind = ENTRY_CHANGE;

	memory_alarm(w->memory, a);
	switch (change) {
	case ALARM_CHANGE_RAISED:
		/* shelved, suppressed or out of service: nobody is called */
		if (alarm_state(a) == ALARM_STATE_UNACKNOWLEDGED)
			kind = ENTRY_ALARM;
		break;
	case ALARM_CHANGE_RETURNED:
		kind = ENTRY_CLEAR;
		break;
	case ALARM_CHANGE_SILENT:
		return;
	default:
		break;
	}
	timeline_add(&w->line, w->time_s, kind, alarm_kind_name(a->kind),
		     a->name, alarm_level_name(a->level),
		     kind == ENTRY_CHANGE ? alarm_change_name(change) :
		     a->evidence);
}

static void on_out_changed(void *userdata, const struct alarm_out *out,
			   bool in)
{
	struct world *w = userdata;

	memory_out(w->memory, out, in);
}

static void on_ri_start(void *userdata, const struct policy_module *module)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	w->counts.ri_commands++;
	if (m && m->present && !m->silent && !b->silent && b->attached)
		wire_start_ri(w, m);
	else
		policy_ri_refused(w->policy, module->bus->name,
				  module->address, w->clock_ns);
}

static void on_ri_value(void *userdata, const struct policy_module *module,
			const struct ri_value *value)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	if (m)
		memory_value(w->memory, module, m->string, value);
}

static void on_ri_changed(void *userdata, const struct policy_string *string)
{
	struct world *w = userdata;
	unsigned int k;

	for (k = 0; k < w->s->site.strings; k++) {
		if (strcmp(w->buses[k].name, string->bus))
			continue;
		policy_ri_get_kept(string, &w->memory->strings[k]);
		w->memory->has_string[k] = true;
	}
}

static void on_jar_baseline(void *userdata, const struct policy_module *module,
			    const struct ri_baseline *baseline)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	if (m)
		memory_baseline(w->memory, m->string, m->address, baseline);
}

static void on_jar_module(void *userdata, const struct policy_module *module)
{
	struct world *w = userdata;
	struct sim_bus *b;
	struct sim_module *m = find_module(w, module, &b);

	if (m)
		w->memory->jars[m->string][m->address].jar.module_serial =
			module->ri.accepted;
}

static void on_set_duties(void *userdata, const struct policy_bus *bus,
			  size_t n, const uint8_t *addresses,
			  const uint32_t *permille)
{
	struct world *w = userdata;
	unsigned int k;
	size_t i;

	for (k = 0; k < w->s->site.strings; k++) {
		struct sim_bus *b = &w->buses[k];

		if (strcmp(b->name, bus->name) || !b->attached || !w->driver)
			continue;
		for (i = 0; i < n; i++)
			if (addresses[i] && addresses[i] <= b->count)
				wire_set_duty(w, &b->modules[addresses[i] - 1],
					      permille[i]);
	}
	for (i = 0; i < n; i++)
		w->counts.duty_commands += permille[i] > 0;
}

static const struct policy_ops ops = {
	.event = on_event,
	.site_changed = on_site_changed,
	.bus_changed = on_bus_changed,
	.bus_gone = on_bus_changed,
	.module_changed = on_module_changed,
	.module_gone = on_module_gone,
	.string_changed = on_string_changed,
	.string_gone = on_string_gone,
	.set_module = on_set_module,
	.set_supply = on_set_supply,
	.alarm_changed = on_alarm_changed,
	.out_changed = on_out_changed,
	.set_duties = on_set_duties,
	.ri_start = on_ri_start,
	.ri_value = on_ri_value,
	.ri_changed = on_ri_changed,
	.jar_baseline = on_jar_baseline,
	.jar_module = on_jar_module,
};

/* Configuration */

static int read_config(struct world *w, struct config **ret, char *error,
		       size_t size)
{
	const struct scenario_site *site = &w->s->site;
	struct setup setup = {
		.strings = site->strings, .blocks = site->blocks,
		.nominal_v = site->nominal_v,
		.technology = scenario_chemistry_name(site->chemistry),
		.capacity_ah = site->capacity_ah,
		.sensor = site->sensor,
		.more = { w->s->config, w->more_config },
	};

	return setup_read(&setup, ret, error, size);
}

static int load(struct world *w, bool first)
{
	char error[512];
	struct config *c;
	int r = read_config(w, &c, w->config ? error : NULL, sizeof(error));

	/* a bad one leaves the one in force, as in the daemon */
	if (r == -EINVAL && w->config) {
		if (w->policy)
			policy_config_error(w->policy, error);
		timeline_add(&w->line, w->time_s, ENTRY_EVENT,
			     "configuration-error", "site", "", error);
		return first ? setup_give(w->config, w->policy, w->clock_ns) :
			       0;
	}
	if (r == 0 && w->policy)
		policy_config_error(w->policy, NULL);
	if (r < 0)
		return r;
	setup_free(w->config);
	w->config = c;
	return w->policy ? setup_give(c, w->policy, w->clock_ns) : 0;
}

int daemon_reload(struct world *w)
{
	return load(w, false);
}

/* Life */

void daemon_clock(struct world *w)
{
	if (w->policy)
		policy_clock(w->policy, w->wall_us, w->clock_ns);
}

static int remember(struct world *w)
{
	unsigned int k, a;
	int r = 0;

	for (k = 0; k < w->s->site.strings; k++) {
		struct sim_bus *b = &w->buses[k];

		for (a = 1; r == 0 && a <= b->count; a++) {
			struct sim_module *m = &b->modules[a - 1];

			if (!w->memory->modules[k][a])
				continue;
			r = policy_remember(w->policy, b->name, a, m->serial,
					    m->block ? BACS_MODCLASS_JAR :
					    BACS_MODCLASS_STRING,
					    m->block ?
					    w->s->site.nominal_v * 1000 : 0);
		}
	}
	return r;
}

/* Jars and their resistance, once the configuration says where they are */
static void restore_jars(struct world *w)
{
	const struct scenario_site *site = &w->s->site;
	char name[16];
	unsigned int k;

	for (k = 0; k < site->strings; k++) {
		snprintf(name, sizeof(name), "S%u", k + 1);
		memory_restore(w->memory, w->policy, w->buses[k].name, k,
			       site->blocks, name,
			       (uint32_t)(site->capacity_ah * 1000));
	}
}

/* Nobody else wants the buses: whoever is asked for control gets it */
static void tick_control(struct world *w)
{
	size_t i, n = policy_bus_count(w->policy);

	for (i = 0; i < n; i++) {
		const struct policy_bus *b = policy_bus_at(w->policy, i);
		bool wanted = policy_wants_control(w->policy, b);
		bool ours = b->control.controller == POLICY_CONTROLLED;

		if (wanted != ours)
			policy_control(w->policy, b->name, wanted ?
				       POLICY_CONTROLLED : POLICY_NOT_ASKED,
				       "", w->clock_ns);
	}
}

int daemon_start(struct world *w)
{
	int r;

	if (!w->memory)
		w->memory = calloc(1, sizeof(*w->memory));
	if (!w->memory)
		return -ENOMEM;
	r = policy_new(&ops, w, w->clock_ns, &w->policy);
	if (r == 0)
		r = remember(w);
	if (r == 0) {
		daemon_clock(w);
		r = memory_restore_alarms(w->memory, w->policy, w->clock_ns);
	}
	if (r == 0)
		r = load(w, true);
	if (r < 0)
		return r;
	restore_jars(w);
	wire_tell_driver(w);
	memory_give(w->memory, w->policy, w->clock_ns);
	policy_tick(w->policy, w->clock_ns);
	return 0;
}

void daemon_stop(struct world *w)
{
	memory_learn(w->memory, w->policy, -1, w->clock_ns);
	daemon_kill(w);
}

void daemon_kill(struct world *w)
{
	/* its socket closes: the driver takes every duty back */
	wire_release(w);
	w->policy = policy_free(w->policy);
}

void daemon_forget(struct world *w)
{
	memory_free(w->memory);
	w->memory = NULL;
}

static void tell_limits(struct world *w)
{
	unsigned int k, i;

	if (!w->untold)
		return;
	w->untold = false;
	for (k = 0; k < w->s->site.strings; k++) {
		struct sim_bus *b = &w->buses[k];

		for (i = 0; i < b->count; i++) {
			struct sim_module *m = &b->modules[i];

			if (m->told)
				continue;
			m->told = true;
			if (w->driver && b->attached && m->present)
				wire_tell_module(w, b, m);
		}
	}
}

/* A string that changed its state at once, all of it now and then */
static void keep_learnt(struct world *w)
{
	struct memory *m = w->memory;
	size_t k;

	if (w->clock_ns - m->saved_ns >= LEARNT_SAVE_NS)
		memory_learn(m, w->policy, -1, w->clock_ns);
	for (k = 0; k < MEMORY_STRINGS; k++)
		if (w->changed[k])
			memory_learn(m, w->policy, k, w->clock_ns);
	memset(w->changed, 0, sizeof(w->changed));
	if (w->clock_ns - m->alive_ns >= SAMPLES_SAVE_NS)
		m->alive_ns = w->clock_ns;
}

void daemon_tick(struct world *w)
{
	uint64_t now_ns = w->clock_ns;

	if (!w->policy)
		return;
	tell_limits(w);
	tick_control(w);
	policy_clock_state(w->policy, true, now_ns);
	policy_tick(w->policy, now_ns);
	keep_learnt(w);
}
