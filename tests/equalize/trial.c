// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <math.h>

#include <cmocka.h>

#include "trial.h"

const struct battery batteries[BATTERIES] = {
	{ 12, 7, 6 }, { 12, 100, 6 }, { 12, 600, 6 },
	{ 2, 1000, 24 }, { 2, 3000, 24 },
};

/*
 * One day where float current and bypass together are 0.76 mA/Ah, as for 100 Ah
 * of 12 V; longer where the modules can take less
 */
double goal_h(const struct loop *l)
{
	double per_ah = l->bypass_full_a / l->setup.capacity_ah;

	return 24 * 0.76e-3 / (0.4e-3 + fmin(0.36e-3, per_ah));
}

static void check_window(const struct loop *l, int but)
{
	for (unsigned int i = 0; i < l->setup.count; i++) {
		double v = loop_cell_v(l, i);

		if ((int)i != but && (v < 2.170 || v > 2.400))
			fail_msg("jar %u has %.3f V/cell at %.1f h", i, v,
				 l->site.time_s / 3600);
	}
}

void run(struct loop *l, unsigned int hours, struct result *ret)
{
	int last[LOOP_MAX] = { 0 }, way[LOOP_MAX] = { 0 };

	*ret = (struct result) { .reach_h = NAN, .forecast_h = NAN };
	for (unsigned int m = 1; m <= hours * HOUR; m++) {
		double mv;

		loop_minute(l);
		mv = loop_spread_mv(l);
		/* the low one is not healthy until the goal is reached */
		if (m > HOUR)
			check_window(l, isnan(ret->reach_h) ?
				     (int)l->setup.low : -1);
		if (mv > GOAL_MV)
			ret->reach_h = NAN;
		else if (isnan(ret->reach_h) && m > 2 * HOUR) {
			ret->reach_h = m / 60.0;
			ret->bypassed_ah = l->bypassed_ah;
		}
		if (m == 2 * HOUR)
			ret->forecast_h = 2 + l->equalize->finish_s / 3600.0;
		if (m > (hours - 12) * HOUR)
			ret->fine_mv = fmax(ret->fine_mv, mv);
		if (m <= (hours - 36) * HOUR || m % HOUR)
			continue;
		/* from hour to hour, moves of more than 3 % */
		for (unsigned int i = 0; i < l->setup.count; i++) {
			int move = l->equalize->jars[i].duty_permille - last[i];

			if (last[i] && abs(move) > 30) {
				ret->turns += way[i] * move < 0;
				way[i] = move > 0 ? 1 : -1;
			}
			if (!last[i] || abs(move) > 30)
				last[i] = l->equalize->jars[i].duty_permille;
		}
	}
	assert_int_equal(l->site.bank.failures, 0);
	for (unsigned int i = 0; i < l->setup.count; i++)
		assert_true(plant_block_charge(&l->blocks[i]) > 0.985);
}

/* What it begins with: the charger takes two hours to show it */
static double untouched_mv(const struct loop_setup *u)
{
	double most = 0;
	struct loop l;

	loop_init(&l, u);
	l.hold = true;
	for (unsigned int m = 0; m < 2 * HOUR; m++) {
		loop_minute(&l);
		most = fmax(most, loop_spread_mv(&l));
	}
	loop_done(&l);
	return most;
}

static void print(const struct loop *l, const struct result *r, double goal)
{
	printf("# %4g Ah %2u V%s%s: %.0f mV/cell to %.1f in %.1f h (goal %.1f h, forecast %.1f h), %.2f Ah bypassed; last 12 h %.2f mV/cell, %lu changes, %u turns\n",
	       l->setup.capacity_ah, l->setup.nominal_v,
	       l->setup.calibrated ? "" : ", not calibrated",
	       l->setup.sensor ? ", current measured" : "", r->most_mv,
	       GOAL_MV, r->reach_h, goal, r->forecast_h, r->bypassed_ah,
	       r->fine_mv, l->changes, r->turns);
}

void trial_setup(const struct battery *b, bool sensor, u64 seed,
		 struct loop_setup *ret)
{
	*ret = (struct loop_setup) {
		.nominal_v = b->nominal_v, .capacity_ah = b->capacity_ah,
		.count = b->count, .low = 1, .lacks = 0.0111,
		.calibrated = true, .sensor = sensor, .zero_ma = 100,
		.wander = true, .seed = seed,
	};
}

void trial(const struct battery *b, bool sensor, u64 seed, struct loop *l,
	   struct result *ret)
{
	struct loop_setup u;

	trial_setup(b, sensor, seed, &u);
	loop_init(l, &u);
	run(l, TRIAL_H, ret);
	ret->most_mv = untouched_mv(&u);
	print(l, ret, goal_h(l));
}

bool at_its_limit(const struct loop *l)
{
	for (unsigned int i = 0; i < l->setup.count; i++) {
		const struct equalize_jar *j = &l->equalize->jars[i];

		if (j->deviation_uv > 0 &&
		    j->duty_permille * 10 >= j->limit_permille * 9)
			return true;
	}
	return false;
}
