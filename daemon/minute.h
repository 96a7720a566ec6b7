/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Minute means: sums up samples; no clock, no file */
#ifndef BACSD_MINUTE_H
#define BACSD_MINUTE_H

#include "policy/policy.h"
#include "store.h"

/**
 * struct minute - samples of one module within one minute
 * @count: of each quantity
 * @sum: likewise
 * @min: likewise
 * @max: likewise
 * @scans: samples
 */
struct minute {
	uint32_t scans;
	uint32_t count[STORE_QUANTITIES];
	int64_t sum[STORE_QUANTITIES];
	int32_t min[STORE_QUANTITIES];
	int32_t max[STORE_QUANTITIES];
};

void minute_add(struct minute *minute, const struct policy_sample *sample);
/* Mean, least, greatest; then empty again. False if there was no sample. */
bool minute_take(struct minute *minute, struct store_minute *ret);

#endif
