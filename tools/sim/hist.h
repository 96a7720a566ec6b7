/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histogram of times with 3 % resolution from 1 ns up */
#ifndef SIM_HIST_H
#define SIM_HIST_H

#include "pure.h"

#define HIST_SUB_BITS	5
#define HIST_BUCKETS	((65 - HIST_SUB_BITS) << HIST_SUB_BITS)

struct hist {
	u64 count;
	u64 max;
	u64 sum;
	u32 bucket[HIST_BUCKETS];
};

void hist_add(struct hist *h, u64 ns);
u64 hist_quantile(const struct hist *h, u32 permille);
u64 hist_below(const struct hist *h, u64 ns);

#endif
