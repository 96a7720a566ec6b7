/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the files of the doctor
 *
 * doctor.c		the order of the questions
 * doctor-module.c	what one address has by itself
 * doctor-line.c	what only the comparison of modules tells
 * doctor-text.c	words
 */
#ifndef BUS_DOCTOR_INTERNAL_H
#define BUS_DOCTOR_INTERNAL_H

#include "doctor.h"

/* What is known of one module before they are compared */
enum sign {
	SIGN_GOOD,
	SIGN_UNKNOWN,		/* asked too rarely */
	SIGN_RESTARTS,
	SIGN_NEIGHBOUR,
	SIGN_DUPLICATE,
	SIGN_SETTINGS,		/* nothing of it is right */
	SIGN_SLOW,
	SIGN_SILENT,
	SIGN_LOSSY,
};

/**
 * struct exam - the bus on the table
 * @in: what was counted
 * @out: the findings so far
 * @sign: of each module of @in
 * @explained: a finding has this module already
 * @slow: late answers run into those of others
 */
struct exam {
	const struct doctor_input *in;
	struct doctor_report *out;
	enum sign sign[DOCTOR_MODULES];
	bool explained[DOCTOR_MODULES];
	bool slow;
};

static inline uint64_t count_of(const struct doctor_module *m,
				enum doctor_counter counter)
{
	return m->value[counter];
}

/* Answers of which something was wrong */
static inline uint64_t damaged(const struct doctor_module *m)
{
	return count_of(m, DOCTOR_C_CRC_ERRORS) +
	       count_of(m, DOCTOR_C_LINE_ERRORS) +
	       count_of(m, DOCTOR_C_SHORT) +
	       count_of(m, DOCTOR_C_UNEXPECTED);
}

/* Answers of any kind */
static inline uint64_t answers(const struct doctor_module *m)
{
	return count_of(m, DOCTOR_C_REPLIES) +
	       count_of(m, DOCTOR_C_EXCEPTIONS) + damaged(m);
}

/* Requests that brought nothing of use, at most all */
static inline uint64_t failures(const struct doctor_module *m)
{
	uint64_t n = damaged(m) + count_of(m, DOCTOR_C_TIMEOUTS);
	uint64_t asked = count_of(m, DOCTOR_C_REQUESTS);

	return n < asked ? n : asked;
}

static inline uint64_t asked(const struct doctor_module *m)
{
	return count_of(m, DOCTOR_C_REQUESTS);
}

/* doctor-module.c */
enum sign doctor_sign(const struct doctor_module *m);
void doctor_modules(struct exam *e);

/* doctor-line.c */
bool doctor_settings_of_all(struct exam *e);
void doctor_termination(struct exam *e);
void doctor_segment(struct exam *e);
void doctor_spread(struct exam *e);

/* doctor-text.c */
struct doctor_finding *doctor_add(struct exam *e, enum doctor_fault fault,
				  enum doctor_sureness sure);
void doctor_mark(struct exam *e, struct doctor_finding *f, unsigned int i);
__attribute__((format(printf, 2, 3)))
void doctor_what(struct doctor_finding *f, const char *format, ...);
__attribute__((format(printf, 2, 3)))
void doctor_evidence(struct doctor_finding *f, const char *format, ...);
const char *doctor_percent(uint64_t part, uint64_t whole, char text[16]);
void doctor_list(const struct doctor_finding *f, char text[DOCTOR_TEXT]);

#endif /* BUS_DOCTOR_INTERNAL_H */
