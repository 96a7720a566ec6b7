// SPDX-License-Identifier: GPL-2.0-or-later
/* RI and jars in the whole policy: samples and commands in virtual time */
#include <errno.h>
#include <stdlib.h>

#include "policy-world.h"

#include "policy/learnt/learnt.h"

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

static void on_event(void *userdata, const struct policy_event *e)
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
static bool held(const struct policy_module *m)
{
	return m->owner && m->owner->equalize->jars[m->jar - 1].held;
}

static void on_start(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	w->jar[m->address].starts++;
	assert_true(held(m));
	w->jar[m->address].done_ns = w->now + 4 * SECOND;
}

static void on_value(void *userdata, const struct policy_module *m,
		     const struct ri_value *value)
{
	struct world *w = userdata;

	w->jar[m->address].values++;
	w->value = *value;
}

static void on_changed(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->changes++;
}

static void on_baseline(void *userdata, const struct policy_module *m,
			const struct ri_baseline *b)
{
	struct world *w = userdata;

	assert_int_equal(b->kind, RI_BASELINE_PROVISIONAL);
	assert_true(m->address <= JARS);
	w->baselines++;
}

static void on_jar_module(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	assert_int_equal(m->ri.accepted, m->facts.serial);
	w->accepted++;
}

static const struct policy_ops *own_ops(void)
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

static void configure(struct world *w)
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

static void tell_facts(struct world *w, unsigned int address,
		       enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, address == 200 ? 0 :
					    w->jar[address].serial);

	if (address == 200)
		f.nominal_mv = 0;
	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static void appear(struct world *w)
{
	unsigned int a;

	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= JARS; a++)
		tell_facts(w, a, BACS_MODULE_OK);
	if (w->sensor)
		tell_facts(w, 200, BACS_MODULE_OK);
}

static void begin(struct world *w, bool sensor)
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

static void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

static void put(struct policy_sample *s, enum bacs_q q, int64_t v)
{
	s->value[q] = v;
	s->present |= 1U << q;
}

static void step(struct world *w, uint64_t span)
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

static void pass(struct world *w, uint64_t span, uint64_t by)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		step(w, by);
}

static const struct policy_module *jar(struct world *w, unsigned int address)
{
	return policy_find_module(w->policy, "bacsA", address);
}

static const struct alarm *alarm_of(struct world *w, enum alarm_kind kind,
				    unsigned int address)
{
	struct alarm_object o = { .class = ALARM_OF_MODULE, .bus = "bacsA",
				  .address = address, .string = "North" };
	const struct alarm *a = alarm_find(policy_alarms(w->policy), kind, &o);

	return a && a->active ? a : NULL;
}

static bool any_alarm(struct world *w)
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

static void commissioning_ends_with_provisional_baselines(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.runs, 4);
	assert_int_equal(w.settled, 1);
	assert_int_equal(w.baselines, JARS);
	assert_int_equal(w.failed, 0);
	assert_true(w.changes > 0);
	for (a = 1; a <= JARS; a++) {
		assert_int_equal(jar(&w, a)->ri.jar.baseline.uohm, 5000 + a);
		assert_int_equal(w.jar[a].values, 4);
		assert_false(held(jar(&w, a)));
	}
	assert_true(w.value.trend);
	assert_int_equal(w.value.state, STRING_FLOAT);
	assert_int_equal(w.value.temperature_mc, 20000);
	end(&w);
}

static void a_rise_becomes_an_alarm_with_numbers(void **state)
{
	const struct alarm *a;
	struct world w;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	w.jar[3].uohm = 6800;		/* +36 % */
	pass(&w, DAY, MINUTE);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	pass(&w, DAY, MINUTE);
	a = alarm_of(&w, ALARM_RESISTANCE_RISE, 3);
	assert_non_null(a);
	assert_int_equal(a->level, ALARM_WARNING);
	assert_non_null(strstr(a->evidence, "6.800 mΩ, 135.9 %"));
	assert_non_null(strstr(a->evidence, "provisional baseline of 5.003"));
	assert_int_equal(alarm_of(&w, ALARM_RESISTANCE_SPREAD, 3)->level,
			 ALARM_ADVISORY);
	assert_int_equal(policy_ri_ratio(jar(&w, 3)), 1358);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 2));
	/* the jar is replaced: another record, and all begins anew */
	policy_jar_set(w.policy, "bacsA", 3, &(struct policy_jar){
		.id = 1, .type = "", .begin_ns = w.now });
	assert_non_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	policy_jar_set(w.policy, "bacsA", 3, &(struct policy_jar){
		.id = 2, .type = "", .begin_ns = w.now });
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	assert_int_equal(jar(&w, 3)->ri.jar.baseline.kind, RI_BASELINE_NONE);
	pass(&w, 3 * DAY, MINUTE);
	assert_int_equal(jar(&w, 3)->ri.jar.baseline.uohm, 6800);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	end(&w);
}

/* C4: values of the first runs scatter, limits wait for the end of them */
static void nothing_is_found_before_it_has_settled(void **state)
{
	struct world w;

	(void)state;
	begin(&w, false);
	w.jar[2].uohm = 12000;
	while (!w.settled) {
		assert_false(any_alarm(&w));
		step(&w, SECOND);
	}
	assert_int_equal(w.jar[2].values, 4);
	assert_int_equal(alarm_of(&w, ALARM_RESISTANCE_SPREAD, 2)->level,
			 ALARM_ADVISORY);
	end(&w);
}

static void jars_of_another_type_are_no_measure(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, false);
	for (a = 1; a <= JARS; a++) {
		w.jar[a].uohm = a <= 3 ? 5000 : 9000;
		policy_jar_set(w.policy, "bacsA", a, &(struct policy_jar){
			.id = a, .type = a <= 3 ? "A" : "B",
			.begin_ns = w.now });
	}
	pass(&w, 2 * HOUR, SECOND);
	assert_false(any_alarm(&w));
	assert_int_equal(jar(&w, 1)->ri.jar.median_uohm, 5000);
	assert_int_equal(jar(&w, 5)->ri.jar.median_uohm, 9000);
	end(&w);
}

static void drive(struct world *w, int64_t mv, int64_t ma, uint64_t span)
{
	unsigned int a;

	for (a = 1; a <= JARS; a++)
		w->jar[a].mv = mv;
	w->current_ma = ma;
	pass(w, span, SECOND);
}

/* A deep discharge, and one of 2 % that a sensor and a capacity prove */
static void only_a_deep_discharge_ends_the_trend(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, true);
	for (a = 1; a <= JARS; a++)
		policy_jar_set(w.policy, "bacsA", a, &(struct policy_jar){
			.id = a, .type = "", .capacity_mah = 100000,
			.begin_ns = w.now });
	drive(&w, 13500, 100, 2 * HOUR);
	assert_true(w.value.trend);
	/* 10 A for 12 min of 100 Ah: 2 % */
	drive(&w, 12300, -10000, 12 * MINUTE);
	assert_int_equal(policy_find_string(w.policy, "North")->machine.state,
			 STRING_DISCHARGE);
	drive(&w, 13500, 200, 12 * HOUR);
	assert_int_equal(policy_find_string(w.policy, "North")->machine.state,
			 STRING_FLOAT);
	drive(&w, 13500, 100, DAY);
	assert_true(w.value.trend);
	/* 40 min: 6.7 % */
	drive(&w, 12300, -10000, 40 * MINUTE);
	drive(&w, 13500, 200, 12 * HOUR);
	drive(&w, 13500, 100, DAY);
	assert_false(w.value.trend);
	assert_int_equal(w.value.state, STRING_FLOAT);
	pass(&w, 3 * DAY, MINUTE);
	assert_true(w.value.trend);
	end(&w);
}

static void without_a_sensor_every_discharge_is_deep(void **state)
{
	struct world w;

	(void)state;
	begin(&w, false);
	drive(&w, 13500, 0, 2 * HOUR);
	drive(&w, 12000, 0, 5 * MINUTE);
	drive(&w, 13500, 0, 12 * HOUR);
	drive(&w, 13500, 0, DAY);
	assert_false(w.value.trend);
	end(&w);
}

static void exchanged_modules_are_named_both(void **state)
{
	const struct alarm *a;
	struct world w;
	uint64_t serial;

	(void)state;
	begin(&w, false);
	assert_int_equal(w.accepted, JARS);
	pass(&w, 10 * SECOND, SECOND);
	serial = w.jar[2].serial;
	w.jar[2].serial = w.jar[5].serial;
	w.jar[5].serial = serial;
	tell_facts(&w, 2, BACS_MODULE_OK);
	tell_facts(&w, 5, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 2);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "modules of 2S1 and 5S1 were exchanged"));
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 5);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "5S1 and 2S1"));
	/* put right again */
	w.jar[5].serial = w.jar[2].serial;
	w.jar[2].serial = serial;
	tell_facts(&w, 2, BACS_MODULE_OK);
	tell_facts(&w, 5, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 2));
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 5));
	/* a new one, and the operator says so */
	w.jar[4].serial = 999;
	tell_facts(&w, 4, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 4);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "serial number 999 answers at 4S1, 104 belongs there"));
	policy_module_accept(w.policy, "bacsA", 4, w.now);
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 4));
	assert_int_equal(w.accepted, JARS + 1);
	/* it was another one while bacsd did not run */
	policy_jar_set(w.policy, "bacsA", 1, &(struct policy_jar){
		.id = 1, .type = "", .begin_ns = 0, .module_serial = 77 });
	pass(&w, 12 * SECOND, SECOND);
	assert_non_null(alarm_of(&w, ALARM_MODULE_CHANGED, 1));
	end(&w);
}

static void equalizing_yields_and_comes_back(void **state)
{
	struct world w;
	unsigned int n = 0;

	(void)state;
	begin(&w, false);
	w.jar[2].duty = 800;
	while (!w.jar[2].starts) {
		/* the equalizer would, but for the hold */
		w.jar[2].duty = held(jar(&w, 2)) ? 0 : 800;
		step(&w, SECOND);
		n += held(jar(&w, 2));
	}
	/* two windows of a flat voltage at least, and no more than 10 min */
	assert_in_range(n, 120, 601);
	pass(&w, 10 * SECOND, SECOND);
	assert_false(held(jar(&w, 2)));
	end(&w);
}

static void the_operator_is_told_why_not(void **state)
{
	char why[160] = "";
	struct world w;

	(void)state;
	begin(&w, false);
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 99, why,
					   sizeof(why)), -ENODEV);
	assert_int_equal(policy_ri_request(w.policy, "bacsZ", 1, why,
					   sizeof(why)), -ENODEV);
	/* no sample has come yet */
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 1, why,
					   sizeof(why)), -ENOENT);
	step(&w, SECOND);
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 1, why,
					   sizeof(why)), -EAGAIN);
	assert_non_null(strstr(why, "in state unknown"));
	pass(&w, 10 * MINUTE, SECOND);
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 1, why,
					   sizeof(why)), 0);
	pass(&w, MINUTE, SECOND);
	assert_int_equal(w.jar[1].values, 1);
	assert_int_equal(w.jar[2].values, 0);
	policy_bus_read_only(w.policy, "bacsA", true);
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 1, why,
					   sizeof(why)), -EROFS);
	pass(&w, 5 * DAY, MINUTE);
	assert_int_equal(w.jar[2].starts, 0);
	policy_ri_explain(w.policy, policy_find_string(w.policy, "North"),
			  why, sizeof(why));
	assert_string_equal(why, "not measured (read-only bus)");
	assert_false(any_alarm(&w));
	policy_bus_read_only(w.policy, "bacsA", false);
	policy_bus_read_only(w.policy, "nobus", true);
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.settled, 1);
	end(&w);
}

static void absurd_values_crash_nothing(void **state)
{
	/* what 32 bits of the wire may hold, signed or not */
	static const int64_t absurd[] = {
		INT32_MIN, INT32_MAX, UINT32_MAX, -1, 0, 1, 65535, -40000,
	};
	const size_t n = sizeof(absurd) / sizeof(absurd[0]);
	struct world w;
	uint32_t x = 1;
	int i;

	(void)state;
	begin(&w, true);
	pass(&w, 2 * HOUR, 5 * SECOND);
	for (i = 0; i < 20000; i++) {
		struct policy_sample s = { 0 };
		int q;

		x = x * 1103515245 + 12345;
		w.now += x % 7 * SECOND;
		s.time_ns = x % 13 ? w.now : (uint64_t)absurd[x / 13 % n];
		for (q = 1; q < BACS_Q_COUNT; q++)
			put(&s, q, absurd[(x / 31 + q * x / 7) % n]);
		policy_sample(w.policy, "bacsA", x / 97 % 2 ? 200 :
			      1 + x / 193 % JARS, &s, w.now);
		policy_tick(w.policy, w.now);
	}
	/* and then all is well again */
	pass(&w, 3 * DAY, MINUTE);
	assert_int_equal(jar(&w, 1)->ri.jar.newest.uohm, 5001);
	end(&w);
}

static void who_is_not_measured_is_overdue(void **state)
{
	const struct alarm *a;
	struct world w;

	(void)state;
	begin(&w, false);
	w.jar[6].refuse = true;
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.failed, 4);
	assert_non_null(strstr(w.text, "6S1 could not be measured (timed-out)"));
	pass(&w, 2 * DAY, MINUTE);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_OVERDUE, 6));
	pass(&w, 2 * DAY, MINUTE);
	a = alarm_of(&w, ALARM_RESISTANCE_OVERDUE, 6);
	assert_non_null(a);
	assert_int_equal(a->level, ALARM_ADVISORY);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_OVERDUE, 5));
	w.jar[6].refuse = false;
	pass(&w, 26 * HOUR, MINUTE);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_OVERDUE, 6));
	end(&w);
}

/* A blown fuse has its own alarm: no measurement, no second complaint (M16) */
static void a_doubtful_voltage_is_not_measured(void **state)
{
	char why[160] = "";
	struct world w;
	unsigned int starts, values;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	w.jar[6].mv = 500;
	pass(&w, HOUR, SECOND);
	assert_non_null(alarm_of(&w, ALARM_SENSE_LEAD, 6));
	starts = w.jar[6].starts;
	values = w.jar[6].values;
	/* a module that measures by itself: nothing of the block either */
	w.jar[6].sequence++;
	w.jar[6].uohm = 90000;
	pass(&w, MINUTE, SECOND);
	assert_int_equal(w.jar[6].values, values);
	assert_int_equal(jar(&w, 6)->ri.jar.newest.uohm, 5006);
	pass(&w, 8 * DAY, MINUTE);
	assert_int_equal(w.jar[6].starts, starts);
	assert_true(w.jar[5].values >= values + 7);
	assert_int_equal(w.failed, 0);
	assert_false(any_alarm(&w));
	assert_int_equal(policy_ri_request(w.policy, "bacsA", 6, why,
					   sizeof(why)), -EAGAIN);
	assert_non_null(strstr(why, "6S1 is in doubt"));
	/* mended: measured with the others, and not called late before that */
	w.jar[6].mv = 13500;
	w.jar[6].uohm = 5006;
	pass(&w, 2 * HOUR, MINUTE);
	assert_null(alarm_of(&w, ALARM_SENSE_LEAD, 6));
	assert_false(any_alarm(&w));
	pass(&w, 25 * HOUR, MINUTE);
	assert_int_equal(w.jar[6].starts, starts + 1);
	assert_int_equal(w.jar[6].values, values + 1);
	assert_false(any_alarm(&w));
	end(&w);
}

/* Another process has the bus: one word an hour, not one for each module */
static void a_bus_that_refuses_all_is_told_once(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, false);
	for (a = 1; a <= JARS; a++)
		w.jar[a].refuse = true;
	pass(&w, 90 * MINUTE, SECOND);
	assert_int_equal(w.jar[JARS].starts, RI_TRIES);
	assert_int_equal(w.failed, 1);
	assert_int_equal(w.runs, 0);
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.failed, 2);
	end(&w);
}

static void a_reload_lets_go_and_goes_on(void **state)
{
	struct world w;
	unsigned int a, n;

	(void)state;
	begin(&w, false);
	for (n = 0; n < 200; n++) {
		pass(&w, 37 * SECOND, SECOND);
		configure(&w);
		for (a = 1; a <= JARS; a++)
			assert_false(held(jar(&w, a)));
	}
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.settled, 1);
	/* without its string nobody is held either */
	while (!held(jar(&w, 1))) {
		policy_ri_request(w.policy, "bacsA", 1, w.text,
				  sizeof(w.text));
		step(&w, SECOND);
	}
	policy_config_begin(w.policy);
	policy_config_bus(w.policy, "bacsA", true);
	policy_config_end(w.policy, w.now);
	assert_false(held(jar(&w, 1)));
	pass(&w, HOUR, SECOND);
	end(&w);
}

static void a_restart_keeps_what_was_learned(void **state)
{
	struct policy_ri_kept kept;
	struct ri_baseline b;
	struct world w, v;
	unsigned int a;
	uint32_t starts;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	policy_ri_get_kept(policy_find_string(w.policy, "North"), &kept);
	assert_int_equal(kept.runs, RI_RUNS);
	b = jar(&w, 3)->ri.jar.baseline;
	/* another bacsd, the same wire */
	v = w;
	assert_int_equal(policy_new(own_ops(), &v, v.now, &v.policy), 0);
	configure(&v);
	policy_ri_restore(v.policy, "North", &kept);
	policy_ri_restore(v.policy, "South", &kept);
	for (a = 1; a <= JARS; a++) {
		const struct ri_jar *old = &jar(&w, a)->ri.jar;
		unsigned int i;

		policy_jar_set(v.policy, "bacsA", a, &(struct policy_jar){
			.id = a, .type = "", .begin_ns = old->begin_ns,
			.baseline = old->baseline,
			.module_serial = 100 + a });
		for (i = 0; i < old->count; i++)
			policy_jar_restore(v.policy, "bacsA", a,
					   &old->value[i],
					   v.jar[a].sequence);
	}
	appear(&v);
	starts = v.jar[1].starts;
	v.jar[3].uohm = 8000;
	pass(&v, 3 * HOUR, SECOND);
	/* no second commissioning, nothing taken twice */
	assert_int_equal(v.jar[1].starts, starts);
	assert_int_equal(v.settled, 1);
	assert_int_equal(jar(&v, 3)->ri.jar.baseline.uohm, b.uohm);
	pass(&v, DAY, MINUTE);
	/* one run is no reason to end an alarm of before */
	assert_int_equal(jar(&v, 3)->ri.jar.newest.uohm, 8000);
	assert_int_equal(jar(&v, 3)->judged[ALARM_RESISTANCE_RISE], 0);
	pass(&v, DAY, MINUTE);
	assert_int_equal(alarm_of(&v, ALARM_RESISTANCE_RISE, 3)->level,
			 ALARM_ALARM);
	assert_false(alarm_of(&v, ALARM_RESISTANCE_RISE, 4));
	end(&v);
	end(&w);
}

/* 16 K up and down in a year; the last jar rises, too */
static void set_season(struct world *w, unsigned int day)
{
	int64_t phase = day % 365 * 4000 / 365, mc;
	unsigned int a;

	mc = 20000 + 8 * (phase < 1000 ? phase : phase < 3000 ? 2000 - phase :
			  phase - 4000);
	for (a = 1; a <= JARS; a++) {
		w->jar[a].mc = mc;
		w->jar[a].uohm = (5000 + a) * (1000000 - 7 * (mc - 20000)) /
				 1000000;
	}
	w->jar[JARS].uohm += w->jar[JARS].uohm * day / 500;
	/* and half of them at once, which no median can stand */
	for (a = JARS / 2 + 1; day >= 130 && a <= JARS; a++)
		w->jar[a].uohm = w->jar[a].uohm * 8 / 5;
}

/* B7: learnt from the own seasons, shown, kept, used only where it is wanted */
static void seasons_teach_how_temperature_counts(void **state)
{
	struct policy_learnt record;
	struct ri_warmth_fit fit;
	struct world w;
	unsigned int day;
	char text[200];

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	policy_ri_explain_warmth(policy_find_string(w.policy, "North"), text,
				 sizeof(text));
	assert_non_null(strstr(text, "not learnt: too few weeks"));
	for (day = 0; day < 165; day++) {
		set_season(&w, day);
		pass(&w, DAY, 5 * MINUTE);
	}
	ri_warmth_fit(&policy_find_string(w.policy, "North")->ri.warmth, &fit);
	assert_true(fit.known);
	assert_in_range(-fit.ppm, 6700, 7300);
	assert_in_range(fit.points, 17, 19);
	policy_ri_explain_warmth(policy_find_string(w.policy, "North"), text,
				 sizeof(text));
	assert_non_null(strstr(text, "not used"));
	/* 4 K above the baseline: lower, and with that taken off, not */
	set_season(&w, 45);
	pass(&w, 2 * DAY, 5 * MINUTE);
	assert_in_range(jar(&w, 1)->ri.jar.ratio_permille, 970, 976);
	policy_config_ri_warmth(w.policy, "North", true);
	pass(&w, 2 * DAY, 5 * MINUTE);
	assert_in_range(jar(&w, 1)->ri.jar.ratio_permille, 998, 1003);
	/* into another policy */
	assert_int_equal(policy_learnt_take(w.policy,
		policy_find_string(w.policy, "North"), 0, &record), 0);
	policy_free(w.policy);
	assert_int_equal(policy_new(own_ops(), &w, w.now, &w.policy), 0);
	configure(&w);
	assert_int_equal(policy_learnt_give(w.policy, &record, MINUTE, MINUTE,
					    text, sizeof(text)), 0);
	ri_warmth_fit(&policy_find_string(w.policy, "North")->ri.warmth, &fit);
	assert_true(fit.known);
	assert_in_range(-fit.ppm, 6700, 7300);
	end(&w);
}

static void a_final_baseline_is_proposed_once(void **state)
{
	struct ri_baseline b;
	struct world w;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	assert_true(policy_ri_proposal(jar(&w, 1), &b));
	assert_int_equal(b.kind, RI_BASELINE_PROVISIONAL);
	pass(&w, 181 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, 0);
	pass(&w, 4 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, JARS);
	assert_true(policy_ri_proposal(jar(&w, 1), &b));
	assert_int_equal(b.kind, RI_BASELINE_FINAL);
	assert_int_equal(b.count, RI_VALUES);
	pass(&w, 30 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, JARS);
	assert_false(any_alarm(&w));
	/* signed */
	b.is_signed = true;
	policy_jar_set(w.policy, "bacsA", 1, &(struct policy_jar){
		.id = 1, .type = "", .baseline = b });
	assert_true(jar(&w, 1)->ri.jar.baseline.is_signed);
	assert_false(jar(&w, 1)->ri.proposed);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commissioning_ends_with_provisional_baselines),
		cmocka_unit_test(a_rise_becomes_an_alarm_with_numbers),
		cmocka_unit_test(nothing_is_found_before_it_has_settled),
		cmocka_unit_test(jars_of_another_type_are_no_measure),
		cmocka_unit_test(only_a_deep_discharge_ends_the_trend),
		cmocka_unit_test(without_a_sensor_every_discharge_is_deep),
		cmocka_unit_test(exchanged_modules_are_named_both),
		cmocka_unit_test(equalizing_yields_and_comes_back),
		cmocka_unit_test(the_operator_is_told_why_not),
		cmocka_unit_test(absurd_values_crash_nothing),
		cmocka_unit_test(who_is_not_measured_is_overdue),
		cmocka_unit_test(a_doubtful_voltage_is_not_measured),
		cmocka_unit_test(a_bus_that_refuses_all_is_told_once),
		cmocka_unit_test(a_reload_lets_go_and_goes_on),
		cmocka_unit_test(a_restart_keeps_what_was_learned),
		cmocka_unit_test(seasons_teach_how_temperature_counts),
		cmocka_unit_test(a_final_baseline_is_proposed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
