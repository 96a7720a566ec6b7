/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Did what had to follow follow, and nothing else? */
#ifndef SCENARIO_EXPECT_H
#define SCENARIO_EXPECT_H

#include "world.h"

/**
 * expect_judge - the verdict on a run
 * @w: the run, at its end; its entries are marked
 * @f: where failures and, if @all, fulfilments are written
 * @all: say also what was as it should be
 *
 * Return: number of failures.
 */
unsigned int expect_judge(struct world *w, FILE *f, bool all);

#endif
