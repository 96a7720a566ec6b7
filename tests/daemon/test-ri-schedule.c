// SPDX-License-Identifier: GPL-2.0-or-later
/* RI in the whole policy: when it is measured, when not, and what a restart keeps */
#include <errno.h>

#include "ri-policy-world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_deep_discharge_ends_the_trend),
		cmocka_unit_test(without_a_sensor_every_discharge_is_deep),
		cmocka_unit_test(equalizing_yields_and_comes_back),
		cmocka_unit_test(the_operator_is_told_why_not),
		cmocka_unit_test(who_is_not_measured_is_overdue),
		cmocka_unit_test(a_doubtful_voltage_is_not_measured),
		cmocka_unit_test(a_bus_that_refuses_all_is_told_once),
		cmocka_unit_test(a_reload_lets_go_and_goes_on),
		cmocka_unit_test(a_restart_keeps_what_was_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
