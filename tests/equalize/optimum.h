/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least charge that must be bypassed: for a plant that is known entirely */
#ifndef TEST_EQUALIZE_OPTIMUM_H
#define TEST_EQUALIZE_OPTIMUM_H

#include "loop.h"

#define OPTIMUM_PARTS	12	/* of the horizon, the bypass is constant in each */
#define OPTIMUM_HOURS	48
#define OPTIMUM_PART_H	(OPTIMUM_HOURS / OPTIMUM_PARTS)

/**
 * struct optimum - the problem, and what was found
 * @begin: the plant at the start; its controller is not used
 * @spread_mv: largest spread of the cells at the end of each hour, or INFINITY
 * @from_h: from this hour on, to the end of the horizon
 * @amp: bypass of each jar in each part, A; a guess to begin with
 * @ah: charge bypassed
 * @worst_mv: by how much @spread_mv is exceeded
 * @rounds: linear programs solved
 */
struct optimum {
	const struct loop *begin;
	double spread_mv[OPTIMUM_HOURS];
	unsigned int from_h;
	double amp[OPTIMUM_PARTS][LOOP_MAX];
	double ah;
	double worst_mv;
	unsigned int rounds;
};

void optimum_find(struct optimum *o, unsigned int rounds);

#endif
