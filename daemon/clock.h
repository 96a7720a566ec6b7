/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the wall clock stands to the boot time, and how far it can be trusted.
 * Owns no clock: both times are passed in.
 */
#ifndef BACSD_CLOCK_H
#define BACSD_CLOCK_H

#include "store.h"

/* No wall clock before this is believed: 2025-01-01 */
#define CLOCK_FLOOR_US		(1735689600LL * 1000000)
/* Smaller differences are the jitter of reading two clocks */
#define CLOCK_STEP_US		(500 * 1000)
/* A greater step is worth an event (M28) */
#define CLOCK_STEP_EVENT_US	(60 * 1000000LL)

enum clock_change {
	CLOCK_SAME,
	CLOCK_DATED,		/* it became known */
	CLOCK_STEPPED,		/* it was set */
	CLOCK_QUALITY,		/* it gained or lost its synchronisation */
};

/**
 * struct clock - the relation in force
 * @offset_us: wall clock minus boot time; 0 while it is not known
 * @quality: how good that is
 * @step_us: how far the last step went
 */
struct clock {
	int64_t offset_us;
	enum store_quality quality;
	int64_t step_us;
};

enum clock_change clock_update(struct clock *clock, uint64_t boot_us,
			       int64_t wall_us, bool synchronised);

const char *clock_quality_name(enum store_quality quality);

#endif
