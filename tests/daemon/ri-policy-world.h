/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wire with modules on it, and the whole policy: RI in virtual time */
#ifndef BACS_TESTS_RI_POLICY_WORLD_H
#define BACS_TESTS_RI_POLICY_WORLD_H

#include "policy-world.h"

#define JARS	6

/* A wire with modules on it */
struct world {
	struct policy *policy;
	uint64_t now;
	struct {
		int64_t mv, mc;
		uint32_t uohm, sequence;
		uint64_t done_ns;	/* end of a measurement, 0: none */
		uint64_t serial;
		int64_t duty;
		bool refuse, numbered;
		unsigned int starts, values;
	} jar[JARS + 1];
	int64_t current_ma;
	bool sensor;
	struct ri_value value;
	unsigned int runs, settled, failed, baselines, proposals, changes;
	unsigned int accepted;
	char text[256];
};

static inline void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	w->runs += e->kind == POLICY_RI_RUN;
	w->settled += e->kind == POLICY_RI_SETTLED;
	w->failed += e->kind == POLICY_RI_FAILED;
	w->proposals += e->kind == POLICY_RI_BASELINE &&
			strstr(e->text, "proposed");
	if (e->kind == POLICY_RI_FAILED)
		strcpy(w->text, e->text);
}

/* Is the equalizer told to leave it alone? */
static inline bool held(const struct policy_module *m)
{
	return m->owner && m->owner->equalize->jars[m->jar - 1].held;
}

static inline void on_start(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	w->jar[m->address].starts++;
	assert_true(held(m));
	w->jar[m->address].done_ns = w->now + 4 * SECOND;
}

static inline void on_value(void *userdata, const struct policy_module *m,
		     const struct ri_value *value)
{
	struct world *w = userdata;

	w->jar[m->address].values++;
	w->value = *value;
}

static inline void on_changed(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->changes++;
}

static inline void on_baseline(void *userdata, const struct policy_module *m,
			const struct ri_baseline *b)
{
	struct world *w = userdata;

	assert_int_equal(b->kind, RI_BASELINE_PROVISIONAL);
	assert_true(m->address <= JARS);
	w->baselines++;
}

static inline void on_jar_module(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	assert_int_equal(m->ri.accepted, m->facts.serial);
	w->accepted++;
}

static inline const struct policy_ops *own_ops(void)
{
	static struct policy_ops ops;

	ops = quiet_ops();
	ops.event = on_event;
	ops.ri_start = on_start;
	ops.ri_value = on_value;
	ops.ri_changed = on_changed;
	ops.jar_baseline = on_baseline;
	ops.jar_module = on_jar_module;
	return &ops;
}

static inline void configure(struct world *w)
{
	uint8_t addresses[JARS];
	struct limit_set limits;
	unsigned int i;

	limit_set_defaults(&limits);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	for (i = 0; i < JARS; i++)
		addresses[i] = i + 1;
	add_modules(w->policy, "North", 1, 0, JARS);
	if (w->sensor)
		policy_config_module(w->policy, "bacsA", 200, "", "", 0, 0, 0);
	policy_config_string(w->policy, "North", 1, "bacsA", addresses, JARS,
			     w->sensor ? "bacsA" : "", w->sensor ? 200 : 0,
			     1000);
	policy_config_ri(w->policy, "North", 86400, "");
	policy_config_limits(w->policy, &limits, "", false);
	policy_config_end(w->policy, w->now);
}

static inline void tell_facts(struct world *w, unsigned int address,
		       enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, address == 200 ? 0 :
					    w->jar[address].serial);

	if (address == 200)
		f.nominal_mv = 0;
	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static inline void appear(struct world *w)
{
	unsigned int a;

	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= JARS; a++)
		tell_facts(w, a, BACS_MODULE_OK);
	if (w->sensor)
		tell_facts(w, 200, BACS_MODULE_OK);
}

static inline void begin(struct world *w, bool sensor)
{
	unsigned int a;

	memset(w, 0, sizeof(*w));
	w->now = 1000 * SECOND;
	w->sensor = sensor;
	for (a = 1; a <= JARS; a++) {
		w->jar[a].mv = 13500;
		w->jar[a].mc = 20000;
		w->jar[a].uohm = 5000 + a;
		w->jar[a].serial = 100 + a;
		w->jar[a].numbered = true;
	}
	assert_int_equal(policy_new(own_ops(), w, w->now, &w->policy), 0);
	configure(w);
	appear(w);
}

static inline void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

static inline void put(struct policy_sample *s, enum bacs_q q, int64_t v)
{
	s->value[q] = v;
	s->present |= 1U << q;
}

static inline void step(struct world *w, uint64_t span)
{
	struct policy_sample s = { 0 };
	unsigned int a;

	w->now += span;
	if (w->sensor) {
		s.time_ns = w->now;
		put(&s, BACS_Q_CURRENT, w->current_ma);
		policy_sample(w->policy, "bacsA", 200, &s, w->now);
	}
	for (a = 1; a <= JARS; a++) {
		memset(&s, 0, sizeof(s));
		if (w->jar[a].done_ns && w->now >= w->jar[a].done_ns &&
		    !w->jar[a].refuse) {
			w->jar[a].done_ns = 0;
			w->jar[a].sequence++;
		}
		s.time_ns = w->now;
		put(&s, BACS_Q_VOLTAGE, w->jar[a].mv);
		put(&s, BACS_Q_TEMPERATURE, w->jar[a].mc);
		put(&s, BACS_Q_EQUALIZER_DUTY, w->jar[a].duty);
		if (w->jar[a].numbered)
			put(&s, BACS_Q_RI_SEQUENCE, w->jar[a].sequence);
		if (w->jar[a].sequence)
			put(&s, BACS_Q_RESISTANCE, w->jar[a].uohm);
		policy_sample(w->policy, "bacsA", a, &s, w->now);
	}
	policy_tick(w->policy, w->now);
}

static inline void pass(struct world *w, uint64_t span, uint64_t by)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		step(w, by);
}

static inline const struct policy_module *jar(struct world *w, unsigned int address)
{
	return policy_find_module(w->policy, "bacsA", address);
}

static inline const struct alarm *alarm_of(struct world *w, enum alarm_kind kind,
				    unsigned int address)
{
	struct alarm_object o = { .class = ALARM_OF_MODULE, .bus = "bacsA",
				  .address = address, .string = "North" };
	const struct alarm *a = alarm_find(policy_alarms(w->policy), kind, &o);

	return a && a->active ? a : NULL;
}

static inline bool any_alarm(struct world *w)
{
	unsigned int a;
	int k;

	for (a = 1; a <= JARS; a++)
		for (k = ALARM_RESISTANCE_SPREAD;
		     k <= ALARM_RESISTANCE_OVERDUE; k++)
			if (alarm_of(w, k, a))
				return true;
	return false;
}

#endif
