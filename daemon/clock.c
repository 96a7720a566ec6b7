// SPDX-License-Identifier: GPL-2.0-or-later
/* How the wall clock stands to the boot time */
#include "clock.h"

enum clock_change clock_update(struct clock *clock, uint64_t boot_us,
			       int64_t wall_us, bool synchronised)
{
	enum store_quality quality = synchronised ?
				     STORE_CLOCK_SYNCHRONISED :
				     STORE_CLOCK_UNSYNCHRONISED;
	int64_t offset = wall_us - (int64_t)boot_us;
	int64_t step = offset - clock->offset_us;

	if (clock->quality == STORE_CLOCK_UNKNOWN) {
		if (wall_us < CLOCK_FLOOR_US)
			return CLOCK_SAME;
		clock->offset_us = offset;
		clock->quality = quality;
		return CLOCK_DATED;
	}
	/*
	 * Both clocks are slewed alike; only a step changes the difference. A
	 * step to before the floor is a clock that lost its mind: what was
	 * known is the better guess.
	 */
	if (wall_us >= CLOCK_FLOOR_US &&
	    (step > CLOCK_STEP_US || step < -CLOCK_STEP_US)) {
		clock->step_us = step;
		clock->offset_us = offset;
		clock->quality = quality;
		return CLOCK_STEPPED;
	}
	if (quality == clock->quality)
		return CLOCK_SAME;
	clock->quality = quality;
	return CLOCK_QUALITY;
}

const char *clock_quality_name(enum store_quality quality)
{
	switch (quality) {
	case STORE_CLOCK_UNSYNCHRONISED:
		return "unsynchronised";
	case STORE_CLOCK_SYNCHRONISED:
		return "synchronised";
	default:
		return "unknown";
	}
}
