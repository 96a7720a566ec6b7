// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C18: charge bypassed by the controller against the least possible
 *
 * The controller knows only what its modules tell, and not what comes. The solver
 * knows the plant and all of the 48 h, and has to have no more spread: at every
 * time; from when the goal was reached; at the end alone. What it saves in the
 * second and third case is what only somebody saves who knows that a jar becomes
 * full by itself in time, or that nobody looks before the end.
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
#define SLACK_MV	0.2

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

/* Bypass that is constant for hours cannot follow within them */
static void least(const struct run *r, unsigned int from_h, struct optimum *o)
{
	memset(o, 0, sizeof(*o));
	o->begin = &r->begin;
	o->from_h = from_h;
	memcpy(o->amp, r->amp, sizeof(o->amp));
	for (unsigned int h = 0; h < OPTIMUM_HOURS; h++)
		o->spread_mv[h] = (h + 1) % OPTIMUM_PART_H ? INFINITY :
				  r->spread_mv[h] + SLACK_MV;
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

static void compare(unsigned int nominal_v, double capacity_ah)
{
	static struct run r;
	struct optimum always, held, end;
	struct loop_setup u = {
		.nominal_v = nominal_v, .capacity_ah = capacity_ah, .count = 6,
		.low = 1, .lacks = 0.0111, .calibrated = true, .seed = 3,
	};

	control(&r, &u);
	least(&r, OPTIMUM_PART_H - 1, &always);
	least(&r, r.reach - 1, &held);
	least(&r, OPTIMUM_HOURS - 1, &end);
	printf("# %4g Ah %2u V: %.3f Ah bypassed in 48 h, %.3f after %u h\n",
	       capacity_ah, nominal_v, r.ah, r.settled_ah, r.reach);
	printf("#   least, no more spread at any time: %.3f Ah, %.2f times; after %u h: %.3f, %.2f times\n",
	       always.ah, r.ah / always.ah, r.reach, after(&always, r.reach),
	       r.settled_ah / after(&always, r.reach));
	printf("#   least, no more spread from %u h on: %.3f Ah, %.2f times; after it: %.3f, %.2f times\n",
	       r.reach, held.ah, r.ah / held.ah, after(&held, r.reach),
	       r.settled_ah / after(&held, r.reach));
	printf("#   least, %.2f mV/cell at the end alone: %.3f Ah, %.2f times\n",
	       r.spread_mv[OPTIMUM_HOURS - 1], end.ah, r.ah / end.ah);
	assert_true(r.ah <= 1.2 * always.ah);
	assert_true(r.settled_ah <= 1.2 * after(&held, r.reach));
	loop_done(&r.begin);
}

static void the_least_charge(void **state)
{
	(void)state;
	compare(12, 100);
	compare(12, 600);
	compare(2, 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_charge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
