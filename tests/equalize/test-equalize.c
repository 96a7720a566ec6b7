// SPDX-License-Identifier: GPL-2.0-or-later
/* Each rule of the equalizer alone: voltages are given, none follows */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

static void off_by_default(void **state)
{
	struct world *w = *state;
	struct equalize_config c;

	equalize_config_default(&c);
	assert_false(c.on);
	equalize_configure(w->e, &c);
	raise_jar(w, 2, 50000);
	run(w, 120);
	assert_false(equalize_flows(w->e));
	says(w, EQUALIZE_OFF, "switched off");
	assert_int_equal(w->e->jars[2].status, EQUALIZE_OFF);
}

static void the_high_one_is_bypassed_and_no_other(void **state)
{
	struct world *w = *state;

	begin(w);
	for (int i = 0; i < JARS; i++)
		if (i != 2)
			assert_int_equal(duty(w, i), 0);
	says(w, EQUALIZE_ACTIVE, "1 of 6 jars bypassed");
	assert_int_equal(w->e->jars[2].status, EQUALIZE_ACTIVE);
	assert_int_equal(w->e->jars[2].target_uv, MEAN_UV);
	assert_int_equal(w->e->jars[2].deviation_uv, 20000);
	assert_int_equal(w->e->jars[0].status, EQUALIZE_READY);
}

/* A jar that comes up from below is still below */
static void a_low_one_that_rises_gets_none(void **state)
{
	struct world *w = *state;

	for (int mv = 50; mv > 5; mv -= 5) {
		raise_jar(w, 2, -mv * 1000);
		for (int i = 0; i < 10; i++) {
			scan(w, 60);
			assert_int_equal(duty(w, 2), 0);
		}
	}
}

static void without_capacity_nothing_happens(void **state)
{
	struct world *w = *state;

	w->config.capacity_mah = 0;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 2, 20000);
	run(w, 120);
	stopped(w, "Capacity=");
}

/* B2: 0.4 mA/Ah assumed, 0.9 of it; 36 of 150 mA */
static void bypass_stays_below_the_float_current(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 60000);
	for (int i = 0; i < 24 * 60; i++) {
		scan(w, 60);
		assert_true(duty(w, 2) <= 240);
	}
	assert_int_equal(duty(w, 2), 240);
	assert_int_equal(w->e->source, EQUALIZE_ASSUMED);
	assert_int_equal(w->e->float_ua, 40000);
	assert_int_equal(w->e->jars[2].taken_uah, 0);
}

static void a_measured_float_current_is_a_mean_of_an_hour(void **state)
{
	struct world *w = *state;

	w->scan.has_current = true;
	w->scan.zero_ma = 20;
	w->scan.current_ma = 80;
	raise_jar(w, 2, 60000);
	run(w, 50);
	assert_int_equal(w->e->source, EQUALIZE_ASSUMED);
	run(w, 24 * 60);
	assert_int_equal(w->e->source, EQUALIZE_MEASURED);
	assert_true(abs((int)w->e->float_ua - 80000) < 1000);
	assert_true(abs((int)duty(w, 2) - 480) <= 4);
	/* what a sensor shows of none is none, however long */
	w->scan.zero_ma = 1000;
	run(w, 10);
	assert_int_equal(w->e->source, EQUALIZE_ASSUMED);
	assert_true(duty(w, 2) <= 240);
	/* five times what is usual is no float current any more */
	w->scan.current_ma = 2000;
	run(w, 600);
	assert_int_equal(w->e->float_ua, 200000);
	w->scan.has_current = false;
	scan(w, 60);
	assert_int_equal(w->e->source, EQUALIZE_ASSUMED);
	w->config.float_ua = 10000;
	equalize_configure(w->e, &w->config);
	run(w, 24 * 60);
	assert_int_equal(w->e->source, EQUALIZE_CONFIGURED);
	assert_int_equal(duty(w, 2), 60);
}

/* B2: above 2.35 V/cell more may flow, 1 % of the capacity in a day */
static void a_very_high_jar_may_give_one_percent_a_day(void **state)
{
	struct world *w = *state;
	unsigned int most = 0;
	double ah = 0;

	raise_jar(w, 2, 105000);
	for (int i = 0; i < 24 * 60; i++) {
		scan(w, 60);
		if (duty(w, 2) > most)
			most = duty(w, 2);
		if (duty(w, 2) * 0.15 > 40)
			ah += (duty(w, 2) * 0.15e-3 - 0.040) / 60;
	}
	assert_int_equal(most, 1000);
	assert_true(ah > 0.99 && ah < 1.01);
	assert_true(duty(w, 2) <= 240);
	/* the next day it may again */
	run(w, 24 * 60);
	assert_true(w->e->jars[2].taken_uah <= 1010000);
	/* at 2.35 it may not */
	w->cells[2].cell_uv = 2350000;
	for (int i = 0; i < 30 * 60; i++) {
		scan(w, 60);
		assert_true(duty(w, 2) <= 240);
	}
}

/* B1: a warm jar floats lower, and its target with it */
static void the_target_falls_with_temperature(void **state)
{
	struct world *w = *state;

	w->cells[4].temperature_mc = 28000;
	run(w, 10);
	/* 3 °C above the others is 2.5 above the mean */
	assert_int_equal(w->e->jars[4].target_uv, MEAN_UV - 7500);
	assert_int_equal(w->e->jars[0].target_uv, MEAN_UV + 1500);
	w->config.slope_uv = -1700;
	equalize_configure(w->e, &w->config);
	run(w, 10);
	assert_int_equal(w->e->jars[4].target_uv, MEAN_UV - 4250);
}

static void neighbours_of_a_warm_jar_get_none(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 20000);
	w->cells[3].temperature_mc = 30100;
	run(w, 120);
	assert_int_equal(duty(w, 2), 0);
	assert_int_equal(w->e->jars[2].status, EQUALIZE_SUSPENDED);
	assert_non_null(strstr(w->e->jars[2].reason, "1S4"));
	w->cells[3].temperature_mc = 25000;
	w->cells[1].temperature_mc = 30100;
	run(w, 120);
	assert_int_equal(duty(w, 2), 0);
	w->cells[1].temperature_mc = 29900;
	run(w, 120);
	assert_true(duty(w, 2) > 0);
	/* at once when it warms up */
	w->cells[1].temperature_mc = 30100;
	scan(w, 1);
	assert_int_equal(duty(w, 2), 0);
}

/* What all give to the others goes through the warm jar, too */
static void others_get_less_while_a_jar_is_warm(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 60000);
	w->cells[5].temperature_mc = 31500;
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 120);
}

static void a_hot_jar_suspends_the_string(void **state)
{
	struct world *w = *state;

	begin(w);
	w->cells[5].temperature_mc = 33100;
	assert_true(scan(w, 1));
	stopped(w, "1S6 is 8.1 °C above");
	assert_int_equal(w->e->culprit, 5);
	w->cells[5].temperature_mc = 32500;
	run(w, 120);
	stopped(w, "1S6");
	w->cells[5].temperature_mc = 31900;
	run(w, 1);
	assert_int_equal(w->e->status, EQUALIZE_READY);
}

/* B3 */
static void errors_of_modules_are_left_alone(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < JARS; i++)
		w->cells[i].calibrated = false;
	raise_jar(w, 2, 22000);
	run(w, 600);
	assert_false(equalize_flows(w->e));
	says(w, EQUALIZE_READY, "no jar is above its dead band");
	raise_jar(w, 2, 26000);
	run(w, 600);
	assert_true(duty(w, 2) > 0);
	/* back within: what is not known to be needed is given up */
	raise_jar(w, 2, 15000);
	run(w, 600);
	assert_int_equal(duty(w, 2), 0);
	/* a wider band of the configuration holds */
	w->config.band_uv = 40000;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 2, 36000);
	run(w, 600);
	assert_false(equalize_flows(w->e));
	/* a narrower one does not */
	w->config.band_uv = 1000;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 2, 22000);
	run(w, 600);
	assert_false(equalize_flows(w->e));
}

static void calibrated_modules_have_a_narrow_band(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 700);
	run(w, 600);
	assert_false(equalize_flows(w->e));
	raise_jar(w, 2, 900);
	run(w, 600);
	assert_true(equalize_flows(w->e));
}

static void only_on_float_and_late(void **state)
{
	struct world *w = *state;
	static const enum string_state others[] = {
		STRING_UNKNOWN, STRING_OFFLINE, STRING_BOOST, STRING_REST,
		STRING_DISCHARGE, STRING_RECHARGE,
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		w->scan.state = STRING_FLOAT;
		begin(w);
		w->scan.state = others[i];
		scan(w, 1);
		stopped(w, string_state_name(others[i]));
	}
	w->scan.state = STRING_FLOAT;
	w->scan.since_ns = w->scan.time_ns;
	run(w, 12 * 60 - 1);
	stopped(w, "11 h 59 min, 12 h 00 min");
	run(w, 60);
	assert_true(equalize_flows(w->e));
	w->config.delay_s = 0;
	w->scan.since_ns = w->scan.time_ns;
	equalize_configure(w->e, &w->config);
	assert_false(equalize_flows(w->e));
	run(w, 60);
	assert_true(equalize_flows(w->e));
}

/* M13 */
static void all_have_to_be_in_the_window(void **state)
{
	struct world *w = *state;

	w->cells[1].cell_uv = 2169000;
	run(w, 20);
	stopped(w, "1S2 with 2.169 V/cell is outside of the window");
	assert_int_equal(w->e->culprit, 1);
	w->cells[1].cell_uv = 2171000;
	run(w, 120);
	assert_int_equal(w->e->culprit, -1);
	assert_true(equalize_flows(w->e));
	w->cells[1].cell_uv = 2161000;
	run(w, 2);
	assert_true(equalize_flows(w->e));
	w->cells[1].cell_uv = 2159000;
	run(w, 2);
	stopped(w, "1S2");
	w->cells[1].cell_uv = 2165000;
	run(w, 2);
	stopped(w, "1S2");
	w->cells[1].cell_uv = MEAN_UV;
	w->cells[3].cell_uv = 2401000;
	run(w, 2);
	stopped(w, "1S4");
}

/* B13 */
static void one_missing_holds_until_the_lease_ends(void **state)
{
	struct world *w = *state;
	unsigned int before;

	begin(w);
	before = duty(w, 2);
	w->cells[4].valid = false;
	/* what the others show now is no string */
	w->cells[2].cell_uv = 2390000;
	for (int i = 0; i < 59; i++) {
		assert_false(scan(w, 1));
		assert_int_equal(duty(w, 2), before);
		assert_int_equal(w->e->jars[2].target_uv, MEAN_UV);
	}
	says(w, EQUALIZE_SUSPENDED, "1S5 has no valid voltage; the duties hold");
	assert_true(scan(w, 1));
	stopped(w, "1S5 has no valid voltage");
	/* a discharge does not wait for the lease */
	w->cells[4].valid = true;
	begin(w);
	w->cells[4].valid = false;
	w->scan.state = STRING_DISCHARGE;
	scan(w, 1);
	stopped(w, "discharge");
}

static void a_jar_without_temperature_is_missing(void **state)
{
	struct world *w = *state;

	w->cells[4].has_temperature = false;
	raise_jar(w, 2, 20000);
	run(w, 120);
	stopped(w, "1S5 has no valid temperature");
}

static void a_short_absence_leaves_no_trace(void **state)
{
	struct world *w = *state;
	unsigned int before;

	begin(w);
	before = duty(w, 2);
	w->cells[4].valid = false;
	scan(w, 30);
	w->cells[4].valid = true;
	scan(w, 10);
	assert_int_equal(duty(w, 2), before);
	says(w, EQUALIZE_ACTIVE, "bypassed");
}

/* M11 */
static void a_warm_module_gets_less(void **state)
{
	struct world *w = *state;

	w->cells[2].module_mc = 67500;
	raise_jar(w, 2, 60000);
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 120);
	w->cells[2].module_mc = 75000;
	scan(w, 1);
	assert_int_equal(duty(w, 2), 0);
	assert_non_null(strstr(w->e->jars[2].reason, "75"));
	w->cells[2].module_mc = 60000;
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 240);
	w->config.derate_from_mc = 40000;
	w->config.derate_to_mc = 50000;
	equalize_configure(w->e, &w->config);
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 0);
}

/* M16 */
static void excluded_jars_get_none(void **state)
{
	struct world *w = *state;

	begin(w);
	w->cells[2].resistance_uohm = 12001;
	scan(w, 1);
	assert_int_equal(duty(w, 2), 0);
	assert_int_equal(w->e->jars[2].status, EQUALIZE_EXCLUDED);
	assert_non_null(strstr(w->e->jars[2].reason, "12001"));
	w->cells[2].resistance_uohm = 11900;
	run(w, 120);
	assert_true(duty(w, 2) > 0);
	w->cells[2].out_of_service = true;
	run(w, 20);
	assert_int_equal(duty(w, 2), 0);
	assert_string_equal(w->e->jars[2].reason, "out of service");
	w->cells[2].out_of_service = false;
	w->cells[2].cell_uv = 0;
	run(w, 1);
	assert_int_equal(w->e->jars[2].status, EQUALIZE_EXCLUDED);
	assert_non_null(strstr(w->e->jars[2].reason, "reversed or open"));
	assert_false(equalize_flows(w->e));
	w->cells[2].cell_uv = 1500000;
	run(w, 1);
	assert_non_null(strstr(w->e->jars[2].reason, "out of the range"));
}

/* C5 */
static void the_ri_scheduler_wins(void **state)
{
	struct world *w = *state;
	unsigned int before;
	double wanted;

	begin(w);
	before = duty(w, 2);
	wanted = w->e->jars[2].bypass_ua;
	equalize_hold(w->e, 2, true);
	assert_int_equal(duty(w, 2), 0);
	run(w, 30);
	assert_int_equal(duty(w, 2), 0);
	assert_non_null(strstr(w->e->jars[2].reason, "internal resistance"));
	/* what its voltage does without bypass is no reason for more of it */
	assert_true(w->e->jars[2].bypass_ua == wanted);
	equalize_hold(w->e, 2, false);
	run(w, 11);
	assert_true(duty(w, 2) >= before);
	equalize_hold(w->e, 99, true);
}

/* What flows past all makes no difference */
static void one_jar_always_gets_nothing(void **state)
{
	struct world *w = *state;
	bool none = false;

	for (int i = 0; i < JARS; i++)
		w->cells[i].cell_uv = MEAN_UV + (i - 2) * 5000;
	run(w, 600);
	for (int i = 0; i < JARS; i++)
		w->cells[i].cell_uv = MEAN_UV - (i - 2) * 5000;
	run(w, 180);
	for (int i = 0; i < JARS; i++)
		none |= duty(w, i) == 0;
	assert_true(none);
}

/*
 * What the others give raises the current of the string, and with it the one that
 * can have no more past it: they are brought to where that is, and no lower
 */
static void one_at_its_limit_lets_the_others_off(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 60000);
	w->cells[4].cell_uv = MEAN_UV + 20000;
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 240);
	assert_int_equal(duty(w, 4), 0);
	assert_true(fabs(w->e->level_uv - w->e->jars[2].deviation_uv) < 100);
	assert_non_null(strstr(w->e->jars[4].reason,
			       "one at its limit keeps all"));
	/* it is not at its limit any more */
	w->cells[2].cell_uv = MEAN_UV;
	run(w, 4 * 60);
	assert_true(w->e->level_uv < 6000);
	assert_true(duty(w, 4) > 50);
}

/* As long as one lacks charge, current is what it needs */
static void a_far_one_is_fed_by_all(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < JARS; i++)
		w->cells[i].cell_uv = MEAN_UV + 10000;
	w->cells[1].cell_uv = MEAN_UV - 70000;
	w->cells[2].cell_uv = MEAN_UV + 30000;
	run(w, 24 * 60);
	assert_int_equal(duty(w, 1), 0);
	assert_int_equal(duty(w, 2), 240);
	assert_int_equal(duty(w, 4), 0);
	/* lower: more than twice as far as the highest */
	w->cells[1].cell_uv = MEAN_UV - 79000;
	w->cells[2].cell_uv = MEAN_UV + 14000;
	w->cells[4].cell_uv = MEAN_UV + 12000;
	run(w, 24 * 60);
	assert_int_equal(duty(w, 2), 240);
	assert_int_equal(duty(w, 4), 240);
}

/* What is wanted of jar 2 after two more hours, in µA */
static double wanted_more(struct world *w)
{
	double before = w->e->jars[2].bypass_ua;

	run(w, 120);
	return w->e->jars[2].bypass_ua - before;
}

/*
 * Each of many is hardly above the mean when one is below it. In two hours: 0.4
 * mV/cell of itself and 0.2 to feed the low one, of 52 mV * 45 min for all of 40 mA
 */
static void the_lowest_is_fed(void **state)
{
	struct world *w = *state;

	raise_jar(w, 1, -2000);
	run(w, 60);
	assert_true(fabs(wanted_more(w) - 1200) < 100);
	assert_true(w->e->jars[1].bypass_ua == 0);
	/* which may be an error of its module, while another one is too high */
	w->cells[1].calibrated = false;
	w->cells[4].cell_uv += 1600;
	assert_true(fabs(wanted_more(w) - 80) < 50);
	w->cells[1].calibrated = true;
	w->cells[2].calibrated = false;
	run(w, 24 * 60);
	assert_true(w->e->jars[2].bypass_ua == 0);
}

/*
 * 20 mV/cell of itself, 0.2 and half of the 91.7 beyond the goal, of 52 mV * 45 min
 * for all of 40 mA, in the first step and the next one: 7 minutes
 */
static void one_that_is_far_off_is_fed_at_once(void **state)
{
	struct world *w = *state;

	w->config.low_uv = 2100000;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 1, -100000);
	run(w, 8);
	assert_true(fabs(w->e->jars[2].bypass_ua -
			 40000 * 66.0 / 52 * 420 / 2700) < 600);
}

/* 7 Ah: 2.8 mA of float, steps of 0.15 mA */
static void small_jars_get_parts_of_a_step(void **state)
{
	struct world *w = *state;
	unsigned int least = 1000, most = 0;
	double sum = 0;

	w->config.capacity_mah = 7000;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 2, 3000);
	run(w, 55);
	raise_jar(w, 2, 0);
	run(w, 11);
	for (int i = 0; i < 600; i++) {
		scan(w, 60);
		sum += duty(w, 2);
		if (duty(w, 2) < least)
			least = duty(w, 2);
		if (duty(w, 2) > most)
			most = duty(w, 2);
	}
	assert_true(most > 0 && most <= 16);
	assert_int_equal(most - least, 1);
	/* in the mean it is what is wanted */
	assert_true(fabs(sum / 600 - w->e->jars[2].bypass_ua / 150) < 0.02);
}

static void a_driver_without_control_is_told(void **state)
{
	struct world *w = *state;

	begin(w);
	w->scan.blocked = "bus bacsA is read-only";
	scan(w, 1);
	stopped(w, "bus bacsA is read-only");
}

static void a_reset_begins_at_zero(void **state)
{
	struct world *w = *state;

	begin(w);
	equalize_reset(w->e, "the lease ran out");
	stopped(w, "the lease ran out");
	run(w, 6);
	assert_true(duty(w, 2) < 50);
}

static void strings_of_one_and_none(void **state)
{
	struct world *w = *state;
	struct equalize *e;

	for (unsigned int n = 0; n < 2; n++) {
		assert_int_equal(equalize_new(n, &e), 0);
		equalize_configure(e, &w->config);
		for (int i = 0; i < 60; i++) {
			w->scan.time_ns += 60 * S;
			assert_false(equalize_scan(e, &w->scan));
		}
		assert_int_equal(e->status, EQUALIZE_SUSPENDED);
		equalize_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(off_by_default),
		RULE(the_high_one_is_bypassed_and_no_other),
		RULE(a_low_one_that_rises_gets_none),
		RULE(without_capacity_nothing_happens),
		RULE(bypass_stays_below_the_float_current),
		RULE(a_measured_float_current_is_a_mean_of_an_hour),
		RULE(a_very_high_jar_may_give_one_percent_a_day),
		RULE(the_target_falls_with_temperature),
		RULE(neighbours_of_a_warm_jar_get_none),
		RULE(others_get_less_while_a_jar_is_warm),
		RULE(a_hot_jar_suspends_the_string),
		RULE(errors_of_modules_are_left_alone),
		RULE(calibrated_modules_have_a_narrow_band),
		RULE(only_on_float_and_late),
		RULE(all_have_to_be_in_the_window),
		RULE(one_missing_holds_until_the_lease_ends),
		RULE(a_jar_without_temperature_is_missing),
		RULE(a_short_absence_leaves_no_trace),
		RULE(a_warm_module_gets_less),
		RULE(excluded_jars_get_none),
		RULE(the_ri_scheduler_wins),
		RULE(one_jar_always_gets_nothing),
		RULE(one_at_its_limit_lets_the_others_off),
		RULE(a_far_one_is_fed_by_all),
		RULE(the_lowest_is_fed),
		RULE(one_that_is_far_off_is_fed_at_once),
		RULE(small_jars_get_parts_of_a_step),
		RULE(a_driver_without_control_is_told),
		RULE(a_reset_begins_at_zero),
		RULE(strings_of_one_and_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
