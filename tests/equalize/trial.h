/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trial: 72 h of a string in which a jar lacks charge (B2, B3), and its figures */
#ifndef TEST_EQUALIZE_TRIAL_H
#define TEST_EQUALIZE_TRIAL_H

#include "loop.h"

#define HOUR	60	/* minutes */
/* B2, M4: from 0.6 V to 50 mV of a 12 V block, per cell */
#define BEGIN_MV	95.0
#define GOAL_MV		8.3
/* B3: 10 mV of a 12 V block where modules are calibrated */
#define FINE_MV		1.67
#define TRIAL_H		72

struct battery {
	unsigned int nominal_v;
	double capacity_ah;
	unsigned int count;
};

#define BATTERIES	5
extern const struct battery batteries[BATTERIES];

struct result {
	double most_mv;		/* largest spread without equalizing, in two hours */
	double reach_h;		/* the goal, for good */
	double forecast_h;	/* said after two hours */
	double fine_mv;		/* largest spread of the last 12 h */
	double bypassed_ah;	/* until the goal */
	unsigned int turns;	/* of duties, in the last 36 h */
};

/* Time in which the goal is to be reached */
double goal_h(const struct loop *l);
/* Fails where a healthy jar leaves the window, or where one was discharged */
void run(struct loop *l, unsigned int hours, struct result *ret);
/* What a trial of @b begins with */
void trial_setup(const struct battery *b, bool sensor, u64 seed,
		 struct loop_setup *ret);
/* Run it and print its line */
void trial(const struct battery *b, bool sensor, u64 seed, struct loop *l,
	   struct result *ret);
/* Has a jar above target as much past it as the rules permit? */
bool at_its_limit(const struct loop *l);

#endif
