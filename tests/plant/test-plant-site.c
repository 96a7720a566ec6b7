// SPDX-License-Identifier: GPL-2.0-or-later
/* Charger, load, mains and schedules */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "site.h"
#include "spread.h"

#define COUNT	4
#define DAY_S	86400.0

struct rig {
	struct plant_type type;
	struct plant_block blocks[COUNT];
	struct plant_string string;
	struct plant_site site;
};

static void rig_init(struct rig *r, const struct plant_charger *charger)
{
	struct plant_spread none = { 0 };

	plant_type_agm(&r->type, 12, 100);
	plant_string_init(&r->string, r->blocks, COUNT, &r->type, &none, 25, 1);
	plant_site_init(&r->site, &r->string, 1, charger, 1);
	r->site.air = (struct plant_air) { .mean_c = 25 };
	r->site.charger.wander_v = 0;
}

static void run(struct rig *r, double s, double dt_s)
{
	for (double t = 0; t < s - 1e-6; t += dt_s)
		assert_int_equal(plant_site_step(&r->site, dt_s), 0);
	assert_int_equal(r->site.bank.failures, 0);
}

static double cell_v(const struct rig *r)
{
	return r->site.bank.volt_v / (6 * COUNT);
}

/* Narada 12NDF100: 13.86 V up to 5 °C, 13.50 V, 13.23 V from 40 °C */
static void float_voltage_is_that_of_the_manual(void **state)
{
	static const double temp[] = { -10, 5, 25, 40, 55 };
	static const double volt[] = { 13.86, 13.86, 13.50, 13.23, 13.23 };
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	for (int i = 0; i < 5; i++) {
		double v = 6 * plant_charger_cell_v(&r.site.charger, temp[i]);

		printf("# %g degC: %.3f V, published %.2f\n", temp[i], v,
		       volt[i]);
		assert_true(fabs(v - volt[i]) < 0.005);
	}
}

static void a_faulty_charger_is_off_by_its_error(void **state)
{
	struct rig good, bad;

	(void)state;
	rig_init(&good, &plant_charger_float);
	rig_init(&bad, &plant_charger_float);
	bad.site.charger.error = 0.03;
	run(&good, 2 * DAY_S, 60);
	run(&bad, 2 * DAY_S, 60);
	assert_true(fabs(bad.site.bank.volt_v / good.site.bank.volt_v - 1.03) <
		    0.002);
	assert_true(bad.site.bank.amp_a > 2.5 * good.site.bank.amp_a);
}

static void the_wander_stays_within_its_bound(void **state)
{
	double least = 99, most = 0;
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.charger.wander_v = 0.020;
	for (int min = 0; min < 2 * 24 * 60; min++) {
		double v;

		run(&r, 60, 60);
		v = 6 * plant_charger_cell_v(&r.site.charger, 25);
		least = fmin(least, v);
		most = fmax(most, v);
	}
	assert_true(least >= 13.48 && least < 13.485);
	assert_true(most <= 13.52 && most > 13.515);
}

/* The layer takes up the wander: the current swings, its mean does not move */
static void the_wander_moves_the_current_not_its_mean(void **state)
{
	double sum = 0, most = 0;
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.charger.wander_v = 0.020;
	run(&r, 5 * DAY_S, 60);
	for (int min = 0; min < 5 * 24 * 60; min++) {
		run(&r, 60, 60);
		sum += r.string.amp_a;
		most = fmax(most, r.string.amp_a);
	}
	sum /= 5 * 24 * 60;
	printf("# float current %.1f mA in the mean, up to %.1f mA\n",
	       1e3 * sum, 1e3 * most);
	assert_true(fabs(sum / 0.040 - 1) < 0.05);
	assert_true(most > 2 * sum);
}

static void a_discharge_is_followed_by_boost_then_float(void **state)
{
	struct rig r;
	double boost_s = 0;

	(void)state;
	rig_init(&r, &plant_charger_boost);
	r.site.load_w = 20 * 12 * COUNT;
	run(&r, DAY_S, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_FLOAT);
	r.site.outage = true;
	run(&r, 3600, 60);
	assert_int_equal(r.site.cause, PLANT_CAUSE_ORDER);
	assert_true(r.site.bank.amp_a < -18);
	r.site.outage = false;
	run(&r, 4 * 3600, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_BOOST);
	assert_true(fabs(cell_v(&r) - 2.35) < 0.02);
	while (r.site.charger.phase == PLANT_PHASE_BOOST) {
		run(&r, 60, 60);
		boost_s += 60;
		assert_true(boost_s < 13 * 3600);
	}
	run(&r, DAY_S, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_FLOAT);
	assert_true(fabs(cell_v(&r) - 2.25) < 0.01);
}

/* A dip is no reason */
static void a_short_failure_brings_no_boost(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_boost);
	r.site.load_w = 20 * 12 * COUNT;
	run(&r, DAY_S, 60);
	r.site.outage = true;
	run(&r, 30, 10);
	r.site.outage = false;
	run(&r, 60, 10);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_FLOAT);
}

/* 48 h at 2.30 V, then 28 days off: open circuit about 2.10 to 2.15 V/cell */
static void intermittent_charging_rests_for_four_weeks(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_cycle);
	run(&r, 2 * DAY_S, 60);
	assert_true(fabs(cell_v(&r) - 2.30) < 0.01);
	run(&r, 2 * DAY_S, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_REST);
	for (int day = 4; day < 29; day++) {
		run(&r, DAY_S, 60);
		assert_int_equal(r.site.charger.phase, PLANT_PHASE_REST);
		assert_true(fabs(r.site.bank.amp_a) < 1e-6);
		assert_true(cell_v(&r) > 2.10 && cell_v(&r) < 2.18);
	}
	run(&r, 2 * DAY_S, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_CYCLE);
}

static void a_low_voltage_ends_the_rest_early(void **state)
{
	double rest_s = 0;
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_cycle);
	r.type.float_a_per_ah *= 10;
	r.site.charger.restart_cell_v = 2.13;
	run(&r, 3 * DAY_S, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_REST);
	while (r.site.charger.phase == PLANT_PHASE_REST) {
		run(&r, 60, 60);
		rest_s += 60;
	}
	printf("# rest ended after %.1f days\n", rest_s / DAY_S);
	assert_true(rest_s < 27 * DAY_S);
}

static void the_load_is_cut_at_the_end_voltage(void **state)
{
	double least = 3;
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.load_w = 60 * 12 * COUNT;
	r.site.outage = true;
	for (int i = 0; i < 180 * 12; i++) {
		run(&r, 5, 5);
		least = fmin(least, cell_v(&r));
	}
	assert_true(r.site.cut);
	assert_true(least > 1.70 && least < 1.76);
	/* Rest brings the voltage back but not the load */
	assert_true(cell_v(&r) > 1.9);
	assert_true(fabs(r.site.bank.amp_a) < 1e-6);
	r.site.outage = false;
	run(&r, 60, 60);
	assert_true(!r.site.cut && r.site.bank.amp_a > 19);
}

static void power_is_constant_while_the_voltage_falls(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.load_w = 1000;
	r.site.outage = true;
	for (int min = 0; min < 60; min++) {
		run(&r, 60, 60);
		assert_true(fabs(-r.site.bank.amp_a * r.site.bank.volt_v / 1000
				 - 1) < 0.01);
	}
}

/* Tests of 10 s at steps of 60 s: none is lost, none is longer */
static void short_tests_are_not_lost_in_long_steps(void **state)
{
	struct rig coarse, fine;

	(void)state;
	rig_init(&coarse, &plant_charger_float);
	coarse.site.schedule.test_every_s = 7 * DAY_S + 1234.5;
	coarse.site.schedule.test_s = 10;
	coarse.site.load_w = 1000;
	rig_init(&fine, &plant_charger_float);
	fine.site.schedule = coarse.site.schedule;
	fine.site.load_w = 1000;
	run(&coarse, 60 * DAY_S, 60);
	run(&fine, 60 * DAY_S, 7.5);
	assert_int_equal(coarse.site.tests, 8);
	assert_int_equal(fine.site.tests, 8);
	assert_true(fabs(plant_block_charge(coarse.blocks) -
			 plant_block_charge(fine.blocks)) < 1e-4);
}

static void mains_fails_as_often_as_said(void **state)
{
	unsigned int failures = 0;
	struct rig a, b;

	(void)state;
	for (u64 seed = 0; seed < 20; seed++) {
		rig_init(&a, &plant_charger_float);
		rig_init(&b, &plant_charger_float);
		pcg_seed(&a.site.schedule.rng, seed, 1);
		pcg_seed(&b.site.schedule.rng, seed, 1);
		a.site.schedule.failures_per_year = 120;
		b.site.schedule.failures_per_year = 120;
		a.site.load_w = b.site.load_w = 500;
		run(&a, 30 * DAY_S, 60);
		run(&b, 30 * DAY_S, 60);
		assert_int_equal(a.site.failures, b.site.failures);
		assert_true(a.blocks[0].volt_v == b.blocks[0].volt_v);
		failures += a.site.failures;
	}
	/* 197 expected, deviation 14 */
	printf("# %u failures in 600 days\n", failures);
	assert_true(failures > 155 && failures < 240);
}

static void the_room_has_seasons_and_days(void **state)
{
	double least = 99, most = -99;
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.air = (struct plant_air) { .mean_c = 20, .season_k = 8,
					  .day_k = 2 };
	for (int h = 0; h < 366 * 24; h++) {
		double c;

		r.site.time_s = 3600.0 * h;
		c = plant_site_ambient_c(&r.site);
		least = fmin(least, c);
		most = fmax(most, c);
	}
	assert_true(fabs(least - 10) < 0.1 && fabs(most - 30) < 0.1);
}

static void an_inhibited_charger_gives_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	r.site.load_w = 1000;
	run(&r, DAY_S, 60);
	r.site.charger.inhibited = true;
	run(&r, 3600, 60);
	assert_int_equal(r.site.charger.phase, PLANT_PHASE_OFF);
	assert_true(fabs(r.site.bank.amp_a) < 1e-6);
}

static void a_senseless_time_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, &plant_charger_float);
	assert_true(plant_site_step(&r.site, 0) < 0);
	assert_true(plant_site_step(&r.site, -1) < 0);
	assert_true(plant_site_step(&r.site, NAN) < 0);
	assert_true(plant_site_step(&r.site, 1e9) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(float_voltage_is_that_of_the_manual),
		cmocka_unit_test(a_faulty_charger_is_off_by_its_error),
		cmocka_unit_test(the_wander_stays_within_its_bound),
		cmocka_unit_test(the_wander_moves_the_current_not_its_mean),
		cmocka_unit_test(a_discharge_is_followed_by_boost_then_float),
		cmocka_unit_test(a_short_failure_brings_no_boost),
		cmocka_unit_test(intermittent_charging_rests_for_four_weeks),
		cmocka_unit_test(a_low_voltage_ends_the_rest_early),
		cmocka_unit_test(the_load_is_cut_at_the_end_voltage),
		cmocka_unit_test(power_is_constant_while_the_voltage_falls),
		cmocka_unit_test(short_tests_are_not_lost_in_long_steps),
		cmocka_unit_test(mains_fails_as_often_as_said),
		cmocka_unit_test(the_room_has_seasons_and_days),
		cmocka_unit_test(an_inhibited_charger_gives_nothing),
		cmocka_unit_test(a_senseless_time_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
