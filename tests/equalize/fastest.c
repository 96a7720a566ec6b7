// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every half hour the bypass is chosen that leaves the least spread half an hour
 * later in a copy of the plant. It has one parameter: the level to which all are
 * brought that are above it, as far as the limits allow. Of levels that are about as
 * good the lower one feeds the low jar more, the higher one drives those less that
 * are at their limit: both are tried to the end, and the better one counts. It is no
 * proof that nobody is faster; fastest.bound_h is one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fastest.h"

#define SLICE_MIN	30
#define TAFEL_MV	52.0
/* Rounds until the jars have the level at the end of the slice */
#define ROUNDS		10
#define LEVELS		9
/* B2 */
#define SHARE		0.9

struct guess {
	double amp[LOOP_MAX];
	double spread_mv;
};

static void copy(struct loop *to, const struct loop *from)
{
	*to = *from;
	to->string.blocks = to->blocks;
	to->site.bank.strings = &to->string;
	for (unsigned int i = 0; i < to->setup.count; i++)
		to->blocks[i].type = &to->type;
}

static void pass(struct loop *l, const double *amp, unsigned int minutes)
{
	for (unsigned int i = 0; i < l->setup.count; i++)
		l->blocks[i].bypass_a = amp[i];
	plant_site_step(&l->site, minutes * 60);
	for (unsigned int i = 0; i < l->setup.count; i++)
		plant_sensor_step(&l->sensors[i], &l->blocks[i],
				  plant_site_ambient_c(&l->site), minutes * 60);
}

/* Most that may flow past a jar where nobody measures the current */
static double limit_a(const struct loop *l)
{
	double usual = EQUALIZE_FLOAT_UA_PER_AH * 1e-6 * l->setup.capacity_ah;

	return fmin(SHARE * usual, l->bypass_full_a);
}

/* Against the target, which follows the temperature */
static double cell_mv(const struct loop *l, unsigned int i)
{
	return loop_cell_v(l, i) * 1e3 -
	       EQUALIZE_SLOPE_UV * 1e-3 * (l->sensors[i].case_c - 25);
}

/* All to @level_mv at the end of the slice, as far as it is permitted */
static void bring(const struct loop *now, double level_mv, double limit,
		  struct guess *g)
{
	static struct loop l;

	for (unsigned int n = 0; n <= ROUNDS; n++) {
		copy(&l, now);
		pass(&l, g->amp, SLICE_MIN);
		for (unsigned int i = 0; n < ROUNDS && i < l.setup.count; i++) {
			double own = fmax(l.string.amp_a - g->amp[i],
					  0.05 * l.string.amp_a);

			g->amp[i] += own * (cell_mv(&l, i) - level_mv) / TAFEL_MV;
			g->amp[i] = fmin(fmax(g->amp[i], 0), limit);
		}
	}
	g->spread_mv = loop_spread_mv(&l);
}

static void choose(const struct loop *now, double limit, double share,
		   struct guess *g)
{
	double low = INFINITY, high = -INFINITY, step, from;
	struct guess best = { .spread_mv = INFINITY };

	for (unsigned int i = 0; i < now->setup.count; i++) {
		low = fmin(low, cell_mv(now, i));
		high = fmax(high, cell_mv(now, i));
	}
	/* the wander of the charger moves them all meanwhile */
	low -= 4;
	high += 4;
	step = (high - low) / (LEVELS - 1);
	from = low;
	for (unsigned int fine = 0; fine < 2; fine++) {
		double at = from;

		for (unsigned int k = 0; k < LEVELS; k++) {
			double level = from + k * step;
			struct guess try = *g;

			bring(now, level, limit, &try);
			/* the levels rise */
			if (try.spread_mv < (1 - share) * best.spread_mv) {
				best = try;
				at = level;
			}
		}
		from = at - step;
		step = 2 * step / (LEVELS - 1);
	}
	*g = best;
}

static void follow(const struct loop *begin, double goal_mv, unsigned int hours,
		   double share, struct fastest *ret)
{
	double ah = 0;
	struct guess g = { 0 };
	struct loop l;

	copy(&l, begin);
	ret->reach_h = NAN;
	for (unsigned int t = 1; t <= hours * 60 / SLICE_MIN; t++) {
		choose(&l, limit_a(&l), share, &g);
		pass(&l, g.amp, SLICE_MIN);
		for (unsigned int i = 0; i < l.setup.count; i++)
			ah += g.amp[i] * SLICE_MIN / 60;
		ret->end_mv = loop_spread_mv(&l);
		if (ret->end_mv > goal_mv) {
			ret->reach_h = NAN;
		} else if (isnan(ret->reach_h)) {
			ret->reach_h = t * SLICE_MIN / 60.0;
			ret->bypassed_ah = ah;
		}
	}
}

/*
 * More bypass past the others is more current through the low jar: none of its
 * charge comes sooner than with all of it, always. It cannot be within the goal
 * before it is so far up in that.
 */
static double bound(const struct loop *begin, double goal_mv, unsigned int hours)
{
	double amp[LOOP_MAX] = { 0 }, limit = limit_a(begin);
	struct loop l;

	copy(&l, begin);
	for (unsigned int t = 1; t <= hours * 60 / SLICE_MIN; t++) {
		double mean = 0;

		for (unsigned int i = 0; i < l.setup.count; i++)
			amp[i] = i == l.setup.low ? 0 : limit;
		pass(&l, amp, SLICE_MIN);
		for (unsigned int i = 0; i < l.setup.count; i++)
			mean += cell_mv(&l, i) / l.setup.count;
		/* not in the first hours, in which all of them rise */
		if (t * SLICE_MIN > 120 && cell_mv(&l, l.setup.low) >= mean - goal_mv)
			return t * SLICE_MIN / 60.0;
	}
	return NAN;
}

void fastest_find(const struct loop *begin, double goal_mv, unsigned int hours,
		  struct fastest *ret)
{
	static const double shares[] = { -0.02, 0.05 };

	memset(ret, 0, sizeof(*ret));
	ret->reach_h = NAN;
	for (unsigned int i = 0; i < 2; i++) {
		struct fastest one = { 0 };

		follow(begin, goal_mv, hours, shares[i], &one);
		if (!i || isnan(ret->reach_h) || one.reach_h < ret->reach_h)
			*ret = one;
	}
	ret->bound_h = bound(begin, goal_mv, hours);
}
