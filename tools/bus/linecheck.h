/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Line check: what so many failures of so many requests say. Pure. */
#ifndef BUS_LINECHECK_H
#define BUS_LINECHECK_H

#include <stdint.h>

#define LINECHECK_COUNT_MIN	10
#define LINECHECK_COUNT_MAX	10000
#define LINECHECK_COUNT_DEFAULT	100

/*
 * Practice values: with 5 % a poll that is repeated once fails once in 400
 * times, and a module is lost after three in a row; 1 % is more than any line
 * in order has.
 */
#define LINECHECK_GOOD_PPM	50000
#define LINECHECK_BAD_PPM	10000

enum linecheck_verdict {
	LINECHECK_GOOD,		/* for sure at most 5 % fail */
	LINECHECK_UNSURE,	/* ask more often */
	LINECHECK_BAD,		/* for sure more than 1 % fail */
	LINECHECK_SILENT,	/* nothing came */
};

/**
 * struct linecheck - one module
 * @requests: what was asked
 * @unanswered: nothing came
 * @damaged: something came that was no answer
 */
struct linecheck {
	uint32_t requests;
	uint32_t unanswered;
	uint32_t damaged;
};

/**
 * struct linecheck_result - the judgement
 * @rate_ppm: failures of a million requests, as measured
 * @low_ppm: the true rate is above this with 95 % confidence
 * @high_ppm: the true rate is below this with 95 % confidence
 */
struct linecheck_result {
	enum linecheck_verdict verdict;
	uint32_t rate_ppm;
	uint32_t low_ppm;
	uint32_t high_ppm;
};

void linecheck_judge(const struct linecheck *check,
		     struct linecheck_result *ret);
const char *linecheck_verdict_name(enum linecheck_verdict verdict);

#endif /* BUS_LINECHECK_H */
