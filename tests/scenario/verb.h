/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can happen in a scenario: one table */
#ifndef SCENARIO_VERB_H
#define SCENARIO_VERB_H

#include "scenario.h"
#include "value.h"

struct world;

enum arg_kind {
	ARG_NONE,
	ARG_BLOCK,	/* 4S2 */
	ARG_STRING,	/* S2 */
	ARG_OBJECT,	/* what has alarms: site, bacsA, S2, 4S2; text */
	ARG_NUMBER,
	ARG_CHOICE,
	ARG_REST,	/* the rest of the line */
};

/**
 * struct verb_arg - one argument
 * @kind: what
 * @name: for messages
 * @dim: units of a number
 * @min: least number
 * @max: greatest
 * @choice: name of the n-th choice, NULL after the last
 */
struct verb_arg {
	enum arg_kind kind;
	const char *name;
	enum dimension dim;
	double min;
	double max;
	const char *(*choice)(unsigned int n);
};

/**
 * struct verb - one kind of action
 * @name: first word
 * @args: its arguments
 * @ramps: it may come slowly: "over TIME"
 * @repeats: it may come again and again: "every TIME"
 * @begin: do it
 * @end: undo it; NULL when it cannot be undone: no "for TIME"
 * @share: for @ramps, called before each step with 0 to 1
 */
struct verb {
	const char *name;
	struct verb_arg args[SCENARIO_ARGS];
	bool ramps;
	bool repeats;
	int (*begin)(struct world *w, struct scenario_action *a);
	void (*end)(struct world *w, struct scenario_action *a);
	void (*share)(struct world *w, struct scenario_action *a,
		      double from, double to);
};

extern const struct verb scenario_verbs[];	/* ends with a NULL name */

#endif
