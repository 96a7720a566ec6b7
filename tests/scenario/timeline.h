/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened in a run, in order */
#ifndef SCENARIO_TIMELINE_H
#define SCENARIO_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "scenario.h"

enum entry_kind {
	ENTRY_ACTION,
	ENTRY_EVENT,
	ENTRY_STATE,	/* of a string */
	ENTRY_ALARM,
	ENTRY_CLEAR,	/* of an alarm */
	ENTRY_CHANGE,	/* another one of an alarm: its name is the text */
	ENTRY_COMMAND,
};

/**
 * struct entry - one thing that happened
 * @time_s: when
 * @kind: what
 * @what: kind of the event or alarm, state, command
 * @on: name of the object
 * @level: of an alarm, "" else
 * @text: evidence
 * @expected: an expectation or an allowance is about it
 */
struct entry {
	double time_s;
	enum entry_kind kind;
	char what[SCENARIO_NAME];
	char on[SCENARIO_NAME];
	char level[16];
	char *text;
	bool expected;
};

/* What the drawing shows of one string at one time */
struct point {
	double time_s;
	float low_v;
	float median_v;
	float high_v;
	float cold_c;
	float median_c;
	float hot_c;
	float duty;	/* mean of the blocks, 0 to 1 */
};

struct timeline {
	struct entry *entries;
	size_t count;
	size_t left_out;	/* entries beyond the bound */
	struct point *points[16];
	size_t point_count;
	double point_s;		/* distance of points, 0 = none wanted */
};

void timeline_add(struct timeline *t, double time_s, enum entry_kind kind,
		  const char *what, const char *on, const char *level,
		  const char *text);
void timeline_free(struct timeline *t);
/* "12d 03:04:05" */
void timeline_time(double time_s, char *text, size_t size);
void timeline_print(const struct timeline *t, FILE *f);
/* Does @list, names with | between or *, have @name? */
bool timeline_matches(const char *list, const char *name);

#endif
