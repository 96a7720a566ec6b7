// SPDX-License-Identifier: GPL-2.0-or-later
/* Equalizing closed around the plant model (B1, B2, B3); figures are printed */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <math.h>

#include <cmocka.h>

#include "trial.h"

static double accept(const struct battery *b, bool sensor, u64 seed)
{
	struct result r;
	struct loop l;

	trial(b, sensor, seed, &l, &r);
	assert_true(r.most_mv >= BEGIN_MV);
	assert_true(r.reach_h <= goal_h(&l));
	assert_true(r.reach_h <= r.forecast_h);
	assert_true(r.forecast_h <= 2.5 * r.reach_h);
	/* a jar whose module is at 100 % may stay above */
	assert_true(r.fine_mv <= 3 * FINE_MV);
	assert_true(r.turns <= b->count / 6);
	loop_done(&l);
	return r.reach_h;
}

static void batteries_of_all_sizes_are_equalized(void **state)
{
	(void)state;
	for (size_t i = 0; i < BATTERIES; i++)
		accept(&batteries[i], false, 3);
}

static void a_measured_current_makes_it_faster(void **state)
{
	(void)state;
	/* below, the current is lost in the errors of the sensor */
	assert_true(accept(&batteries[3], true, 3) <
		    0.5 * accept(&batteries[3], false, 3));
	/* here it is the modules that can take no more */
	accept(&batteries[4], true, 3);
}

/*
 * Other strings: where jars differ by more than modules and float current can
 * make up for, it takes longer or ends at the limit; nothing else may be why. The
 * benchmark equalize-seeds has more of them.
 */
static void more_seeds(void **state)
{
	unsigned int runs = 0, in_time = 0, reached = 0;

	(void)state;
	for (u64 seed = 10; seed < 16; seed++) {
		for (size_t i = 0; i < BATTERIES; i++) {
			struct result r;
			struct loop l;

			trial(&batteries[i], seed & 1, seed, &l, &r);
			runs++;
			in_time += r.reach_h <= goal_h(&l);
			reached += !isnan(r.reach_h);
			assert_true(!isnan(r.reach_h) || at_its_limit(&l));
			loop_done(&l);
		}
	}
	printf("# %u of %u in the time of the goal, %u in 72 h, the others at the limit of the modules\n",
	       in_time, runs, reached);
	assert_true(in_time * 10 >= runs * 7);
}

/* What it would be without: nothing of this comes by itself */
static void without_it_the_spread_stays(void **state)
{
	struct loop_setup u = {
		.nominal_v = 12, .capacity_ah = 100, .count = 6, .low = 1,
		.lacks = 0.0111, .calibrated = true, .wander = true, .seed = 3,
	};
	struct result r;
	struct loop l;

	(void)state;
	loop_init(&l, &u);
	l.hold = true;
	run(&l, 72, &r);
	printf("# without: %.1f mV/cell left after 72 h\n", r.fine_mv);
	assert_true(isnan(r.reach_h));
	assert_true(r.fine_mv > 20);
	loop_done(&l);
}

/* B3: the errors of modules are not put into the jars */
static void modules_without_calibration_do_no_harm(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 6; seed++) {
		struct loop_setup u = {
			.nominal_v = 12, .capacity_ah = 100, .count = 6,
			.wander = true, .seed = seed,
		};
		struct result with, without;
		struct loop l, alone;

		loop_init(&l, &u);
		loop_init(&alone, &u);
		alone.hold = true;
		run(&l, 96, &with);
		run(&alone, 96, &without);
		printf("# not calibrated, seed %llu: %.1f mV/cell, without %.1f; %.2f Ah\n",
		       (unsigned long long)seed, with.fine_mv, without.fine_mv,
		       l.bypassed_ah);
		assert_true(with.fine_mv <= without.fine_mv + 0.5);
		loop_done(&l);
		loop_done(&alone);
	}
}

/*
 * B1: one jar is heated from outside until it is 10 °C above the others. Two
 * equal plants, one of them equalized: from there on the warm jar takes no more
 * current in it than in the other.
 */
static void compare_heat(double watts, bool from_start, unsigned int hours)
{
	struct loop_setup u = {
		.nominal_v = 12, .capacity_ah = 100, .count = 6, .low = 1,
		.lacks = 0.0111, .calibrated = true, .seed = 3,
	};
	double over = 0, most = -INFINITY, mean = 0, early = 0;
	unsigned int counted = 0;
	struct loop l, alone;

	loop_init(&l, &u);
	if (from_start)
		for (unsigned int i = 0; i < 2; i++) {
			l.blocks[4].temp_c = 33.5;
			l.sensors[4].case_c = 33.5;
		}
	loop_copy(&alone, &l);
	alone.hold = true;
	l.blocks[4].extra_w = alone.blocks[4].extra_w = watts;
	for (unsigned int m = 0; m < hours * HOUR; m++) {
		double now, other = 0;

		loop_minute(&l);
		loop_minute(&alone);
		for (unsigned int i = 0; i < u.count; i++)
			if (i != 4)
				other += l.blocks[i].temp_c / (u.count - 1);
		over = l.blocks[4].temp_c - other;
		/* relative to the float current of the jar */
		now = (l.blocks[4].amp_a - alone.blocks[4].amp_a) /
		      fmax(alone.blocks[4].amp_a, 0.02);
		if (over < 10) {
			early = fmax(early, now);
			continue;
		}
		most = fmax(most, now);
		mean += now;
		counted++;
	}
	assert_true(counted > 10 * HOUR);
	mean /= counted;
	printf("# warm jar, %s: at +%.1f degC, current against a plant that is not equalized: %+.2f %% at most, %+.2f %% in the mean of %u h; on the way %+.1f %%; %.3f Ah bypassed\n",
	       from_start ? "warm from the start" : "warming up", over,
	       most * 100, mean * 100, counted / HOUR, early * 100,
	       l.bypassed_ah);
	assert_true(most <= 0.01);
	assert_true(mean <= 0.001);
	if (from_start)
		assert_true(l.bypassed_ah == 0);
	else
		assert_true(l.bypassed_ah > 0);
	assert_int_equal(l.site.bank.failures, 0);
	loop_done(&l);
	loop_done(&alone);
}

static void a_warm_jar_gets_no_more_current(void **state)
{
	(void)state;
	compare_heat(38, true, 48);
	compare_heat(38, false, 72);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batteries_of_all_sizes_are_equalized),
		cmocka_unit_test(a_measured_current_makes_it_faster),
		cmocka_unit_test(more_seeds),
		cmocka_unit_test(without_it_the_spread_stays),
		cmocka_unit_test(modules_without_calibration_do_no_harm),
		cmocka_unit_test(a_warm_jar_gets_no_more_current),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
