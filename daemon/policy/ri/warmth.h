/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How internal resistance follows temperature, from a string's own seasons (B7)
 *
 * There is no universal coefficient. A point is taken each week: the medians of
 * what the jars have against their own baselines and of how much warmer they are
 * than at these. A straight line through the points, with age taken off, is the
 * coefficient, once the seasons went far enough both ways.
 */
#ifndef BACSD_POLICY_RI_WARMTH_H
#define BACSD_POLICY_RI_WARMTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RI_WARMTH_POINTS	52		/* a year */
#define RI_WARMTH_EVERY_NS	(7LL * 86400 * 1000000000)
/* Practice values: a quarter of a year, and 6 times what sensors are wrong by */
#define RI_WARMTH_LEAST		13
#define RI_WARMTH_SPAN_MC	6000
/* Of jars; a median of fewer is one jar's */
#define RI_WARMTH_JARS		3
/*
 * Acid conducts better when it is warm, by 1 to 2 % a degree; leads and plates
 * are part of the resistance. Beyond is no temperature (practice values)
 */
#define RI_WARMTH_MIN_PPM	(-20000)
#define RI_WARMTH_MAX_PPM	0
/* The line must be as sure as this: half a degree in ten (practice value) */
#define RI_WARMTH_ERROR_PPM	1000

/**
 * struct ri_warmth_point - one week
 * @time_ns: when, CLOCK_BOOTTIME, may be below 0
 * @above_mc: median of the temperatures, above those of the baselines
 * @ppm: median of the resistances, above the baselines
 */
struct ri_warmth_point {
	int64_t time_ns;
	int32_t above_mc;
	int32_t ppm;
};

/* Zero is one that has seen nothing; the newest point last */
struct ri_warmth {
	unsigned int count;
	struct ri_warmth_point point[RI_WARMTH_POINTS];
};

/**
 * struct ri_warmth_fit - what the points say
 * @known: there is a coefficient
 * @ppm: it, for 1 K; negative
 * @error_ppm: its standard error
 * @points: of so many weeks
 * @span_mc: from the coldest to the warmest
 * @why: what is missing, a literal; with @known "learnt"
 */
struct ri_warmth_fit {
	bool known;
	int32_t ppm;
	int32_t error_ppm;
	unsigned int points;
	int32_t span_mc;
	const char *why;
};

/* Is a week over? */
bool ri_warmth_due(const struct ri_warmth *w, int64_t now_ns);

/**
 * ri_warmth_add - a week's point
 * @w: string
 * @time_ns: now; not before the last one
 * @above_mc: of each jar: warmer than at its baseline; sorted here
 * @ppm: resistance above its baseline; sorted here
 * @count: jars; of fewer than RI_WARMTH_JARS nothing is taken
 */
void ri_warmth_add(struct ri_warmth *w, int64_t time_ns, int32_t *above_mc,
		   int32_t *ppm, size_t count);

void ri_warmth_fit(const struct ri_warmth *w, struct ri_warmth_fit *ret);

#endif
