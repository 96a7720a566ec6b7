/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the files of the equalizer
 *
 * equalize.c	what it is told, what it does with a scan
 * rules.c	what is permitted: the string, each jar, how much
 * control.c	from deviations to currents; effect and forecast
 */
#ifndef BACSD_POLICY_EQUALIZE_INTERNAL_H
#define BACSD_POLICY_EQUALIZE_INTERNAL_H

#include "policy/equalize/equalize.h"

#define SECOND_NS	1000000000ULL
#define HOUR_NS		(3600 * SECOND_NS)

/* Text such as "2.267": microvolts as volts */
struct volts {
	char s[32];
};

struct volts equalize_volts(int64_t uv);
/* "22.5": microvolts as millivolts */
struct volts equalize_mv(int64_t uv);

enum equalize_verdict {
	EQUALIZE_STOP,	/* everything to 0 % */
	EQUALIZE_KEEP,	/* duties hold, nothing new is computed */
	EQUALIZE_GO,
};

/* May the string be equalized now? Says why not in e->reason and e->culprit */
enum equalize_verdict equalize_judge(struct equalize *e,
				     const struct equalize_scan *s);
/* Limits of all jars from what holds now; those in excess are reduced */
void equalize_limit(struct equalize *e, const struct equalize_scan *s);
/* A step is complete: new currents from the means of it */
void equalize_control(struct equalize *e, const struct equalize_scan *s,
		      double dt_s);
/* Did days of it move anything? When will it be done? */
void equalize_forecast(struct equalize *e, const struct equalize_scan *s,
		       uint64_t dt_ns);
void equalize_forget_trend(struct equalize *e);
/* Set the duty of a jar; true if it is another one */
bool equalize_set_duty(struct equalize_jar *j, unsigned int permille);

#endif
