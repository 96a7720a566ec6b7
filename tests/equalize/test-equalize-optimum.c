// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C18: charge bypassed by the controller against the least possible, with the same
 * plant, 48 h and the same spread at the end
 *
 * The controller knows only what its modules tell, and not what comes. The solver
 * knows the plant and all of the 48 h. What it must fulfil besides decides what is
 * compared:
 *
 * - no more spread than the controller at any time. That is asserted: it is the
 *   charge that was wasted, for what B2 and B3 ask for is as little spread as soon as
 *   possible.
 * - no more spread from the hour on in which the controller has the goal
 * - the goal (B2) from that hour on
 * - the goal from the time on that B2 gives
 * - nothing but the end. The solver then waits for two days, and bypasses in the
 *   last hours alone: nobody looks before, and a jar that lacks charge becomes full
 *   by itself meanwhile. It fails B2 by a day.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "optimum.h"

#define ROUNDS	14
#define GOAL_MV	8.3
/* What the means of four hours differ by from the duties of five minutes */
#define SLACK_MV	0.3

struct run {
	struct loop begin;
	double amp[OPTIMUM_PARTS][LOOP_MAX];
	double spread_mv[OPTIMUM_HOURS];
	double ah;
	double settled_ah;	/* after @reach */
	unsigned int reach;	/* hour from which on the goal is kept */
};

static void control(struct run *r, const struct loop_setup *u)
{
	static struct loop l;
	double ah[OPTIMUM_HOURS];

	memset(r, 0, sizeof(*r));
	loop_init(&r->begin, u);
	loop_copy(&l, &r->begin);
	for (unsigned int h = 0; h < OPTIMUM_HOURS; h++) {
		for (unsigned int m = 0; m < 60; m++) {
			loop_minute(&l);
			for (unsigned int i = 0; i < u->count; i++)
				r->amp[h / OPTIMUM_PART_H][i] +=
					l.blocks[i].bypass_a /
					(60.0 * OPTIMUM_PART_H);
		}
		r->spread_mv[h] = loop_spread_mv(&l);
		ah[h] = l.bypassed_ah;
	}
	r->ah = l.bypassed_ah;
	r->reach = OPTIMUM_HOURS;
	while (r->reach > 0 && r->spread_mv[r->reach - 1] <= GOAL_MV)
		r->reach--;
	/* to the end of its part */
	r->reach += OPTIMUM_PART_H - r->reach % OPTIMUM_PART_H;
	assert_true(r->reach <= OPTIMUM_HOURS - 2 * OPTIMUM_PART_H);
	r->settled_ah = r->ah - ah[r->reach - 1];
	loop_done(&l);
}

/*
 * Bound at the ends of the parts from @from_h on: bypass that is constant for hours
 * cannot follow within them. With @goal_mv above 0 that alone has to be kept, but
 * for the end.
 */
static void least(const struct run *r, unsigned int from_h, double goal_mv,
		  struct optimum *o)
{
	memset(o, 0, sizeof(*o));
	o->begin = &r->begin;
	o->from_h = from_h;
	memcpy(o->amp, r->amp, sizeof(o->amp));
	for (unsigned int h = 0; h < OPTIMUM_HOURS; h++) {
		double mv = r->spread_mv[h];

		if (goal_mv > 0 && h < OPTIMUM_HOURS - 1)
			mv = fmax(mv, goal_mv);
		o->spread_mv[h] = (h + 1) % OPTIMUM_PART_H ? INFINITY :
				  mv + SLACK_MV;
	}
	optimum_find(o, ROUNDS);
	assert_true(isfinite(o->ah) && o->ah > 0);
}

static double after(const struct optimum *o, unsigned int hour)
{
	double ah = 0;

	for (unsigned int k = hour / OPTIMUM_PART_H; k < OPTIMUM_PARTS; k++)
		for (unsigned int i = 0; i < o->begin->setup.count; i++)
			ah += o->amp[k][i] * OPTIMUM_PART_H;
	return ah;
}

static void print(const struct run *r, const char *what, unsigned int hour,
		  const struct optimum *o)
{
	printf("#   least, %s from %u h on: %.3f Ah, %.2f times\n", what, hour,
	       o->ah, r->ah / o->ah);
}

static void compare(unsigned int nominal_v, double capacity_ah, unsigned int b2_h)
{
	static struct run r;
	struct optimum always, held, goal, late, end;
	struct loop_setup u = {
		.nominal_v = nominal_v, .capacity_ah = capacity_ah, .count = 6,
		.low = 1, .lacks = 0.0111, .calibrated = true, .seed = 3,
	};

	control(&r, &u);
	printf("# %4g Ah %2u V: %.3f Ah bypassed in 48 h, %.3f after %u h\n",
	       capacity_ah, nominal_v, r.ah, r.settled_ah, r.reach);
	least(&r, OPTIMUM_PART_H - 1, 0, &always);
	print(&r, "no more spread", 0, &always);
	least(&r, r.reach - 1, 0, &held);
	print(&r, "no more spread", r.reach, &held);
	printf("#     after it: %.3f Ah, %.2f times\n", after(&held, r.reach),
	       r.settled_ah / after(&held, r.reach));
	least(&r, r.reach - 1, GOAL_MV, &goal);
	print(&r, "the goal", r.reach, &goal);
	least(&r, b2_h - 1, GOAL_MV, &late);
	print(&r, "the goal", b2_h, &late);
	least(&r, OPTIMUM_HOURS - 1, 0, &end);
	print(&r, "no more spread", OPTIMUM_HOURS, &end);
	assert_true(r.ah <= 1.2 * always.ah);
	assert_true(r.settled_ah <= 1.2 * after(&held, r.reach));
	loop_done(&r.begin);
}

static void the_least_charge(void **state)
{
	(void)state;
	/* the time of the goal, in whole parts */
	compare(12, 100, 24);
	compare(12, 600, 28);
	compare(2, 3000, 26);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_charge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
