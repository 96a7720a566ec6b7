/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records as plain numbers, and their text
 *
 * text.c		numbers to text and back, with the range of each
 * learnt-policy.c	numbers from and to the rules, equalizing, resistance
 */
#ifndef BACSD_POLICY_LEARNT_INTERNAL_H
#define BACSD_POLICY_LEARNT_INTERNAL_H

#include "policy/internal.h"
#include "policy/learnt/learnt.h"
#include "policy/rules/internal.h"

/*
 * Voltages µV per cell, temperatures m°C, spans ns; times are those of the
 * rules (policy_rules_time()), 0: none
 */
struct learnt_usual {
	int64_t now;		/* mean of a day */
	int64_t weight;		/* time in it */
	int64_t low;
	int64_t high;
	int64_t span;		/* of learning */
};

struct learnt_still {
	int64_t since;
	int64_t value;
	int64_t samples;
	int64_t blocks;
	int64_t low;
	int64_t high;
	int64_t step;
};

/* Means of 5 min of a string for the rules of its charger */
struct learnt_bin {
	bool known;
	int64_t off;		/* from the set point */
	int64_t mean;
	int64_t least;		/* blocks in it */
	int64_t most;
};

struct learnt_block {
	int64_t seen;		/* last sample */
	int64_t known;		/* bit n: rule n judged it once */
	struct learnt_usual volts;
	struct learnt_usual warm;
	struct learnt_still still_volts;
	struct learnt_still still_warm;
	int64_t deviates;
	int64_t duty;
	int64_t day;		/* begin of the day that runs */
	int64_t day_sum;
	int64_t day_count;
	int64_t verdict[RI_FINDINGS];	/* level + 4 * last + 16 * runs */
	int64_t proposed;
	int64_t waits;		/* for a resistance, since */
	int64_t effort;		/* equalizing at its limit for so long */
	int64_t effort_uv;
	int64_t effort_gap;
	int64_t without_effect;
	int64_t taken;		/* µAh in 24 h */
	int64_t deviation;
	int64_t deviation_weight;
	/* mean of the n-th day before @day, from 1 on; none where unset */
	bool has_day[RULES_DAYS];
	int64_t days[RULES_DAYS];
};

struct learnt_string {
	int64_t known;
	int64_t state;		/* of the rules; + 1, 0: they have not begun */
	int64_t before;
	int64_t last;
	int64_t entered;
	int64_t floats;
	int64_t quiet;
	int64_t disturbed;
	int64_t excused;	/* may lie ahead */
	int64_t blind;
	int64_t duty;
	int64_t steady;		/* its charger never paused for weeks */
	int64_t ambient;
	int64_t ambient_weight;
	int64_t machine;	/* state of the string; + 1, 0: never a scan */
	int64_t machine_last;
	int64_t machine_since;
	int64_t owed;
	int64_t broken;
	int64_t sum_ratio;	/* ppm */
	int64_t sum_weight;
	int64_t idle_ratio;	/* ppm */
	int64_t idle_weight;
	int64_t strap_ma;
	int64_t lift;
	int64_t lifts;
	int64_t hidden;		/* equalizing ran since @off */
	int64_t off;
	int64_t off_uv;
	/* the one in which the record was made, and those before it */
	struct learnt_bin bin[RULES_BINS + 1];
	/* resistance over temperature: times as above */
	unsigned int weeks;
	struct ri_warmth_point week[RI_WARMTH_POINTS];
};

struct learnt_site {
	int64_t unsynchronised;
};

enum learnt_kind { LEARNT_SITE, LEARNT_STRING, LEARNT_BLOCK };

union learnt_numbers {
	struct learnt_site site;
	struct learnt_string string;
	struct learnt_block block;
};

/**
 * learnt_write - numbers to text
 * @kind: which of @from
 * @from: numbers
 * @now: time of the rules
 * @text: room for POLICY_LEARNT_MAX + 1
 *
 * Return: 0; -E2BIG.
 */
int learnt_write(enum learnt_kind kind, const union learnt_numbers *from,
		 int64_t now, char *text);

/**
 * learnt_read - text to numbers, each in its range and all of them together
 * @kind: which of @to
 * @text: as learnt_write() made it
 * @then: time of the rules when it was made
 * @to: numbers
 * @why: buffer for what is wrong
 * @size: its size
 *
 * Return: 0 or -EBADMSG.
 */
int learnt_read(enum learnt_kind kind, const char *text, int64_t then,
		union learnt_numbers *to, char *why, size_t size);

#endif
