/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The soonest that a string can come together: for a plant that is known entirely */
#ifndef TEST_EQUALIZE_FASTEST_H
#define TEST_EQUALIZE_FASTEST_H

#include "loop.h"

/**
 * struct fastest - what is possible with the bypass that B2 permits
 * @reach_h: somebody who knows the plant, and sees in it what comes of each bypass,
 *	has the goal by then, for good; NAN: not in the horizon
 * @bypassed_ah: what he bypasses until then
 * @end_mv: his spread at the end of the horizon
 * @bound_h: nobody can have it sooner: with all the bypass past all others the low
 *	jar is not up before
 */
struct fastest {
	double reach_h;
	double bypassed_ah;
	double end_mv;
	double bound_h;
};

void fastest_find(const struct loop *begin, double goal_mv, unsigned int hours,
		  struct fastest *ret);

#endif
