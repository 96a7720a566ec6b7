// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The doctor: the order of the questions
 *
 * What spoils everything comes first: with an echo or a second master on the
 * line nothing else can be told. Then what a module has by itself, then what
 * is left is compared along the wiring.
 */
#include <inttypes.h>
#include <string.h>

#include "doctor-internal.h"

/* A module is called healthy from so many requests on, the bus with them */
#define HEALTHY_MIN	10

static bool echo(struct exam *e)
{
	const uint64_t *v = e->in->value;
	struct doctor_finding *f;
	char text[16];

	if (v[DOCTOR_C_ECHOES] < 3 ||
	    v[DOCTOR_C_ECHOES] * 2 < v[DOCTOR_C_REQUESTS])
		return false;
	f = doctor_add(e, DOCTOR_ECHO, DOCTOR_CERTAIN);
	doctor_what(f, "the adapter hands back what is sent (local echo)");
	doctor_evidence(f, "%s of %" PRIu64
			" requests came back byte by byte",
			doctor_percent(v[DOCTOR_C_ECHOES],
				       v[DOCTOR_C_REQUESTS], text),
			v[DOCTOR_C_REQUESTS]);
	return true;
}

static bool second_master(struct exam *e)
{
	uint64_t n = e->in->value[DOCTOR_C_FOREIGN_REQUESTS];
	struct doctor_finding *f;

	if (!n)
		return false;
	f = doctor_add(e, DOCTOR_SECOND_MASTER, DOCTOR_CERTAIN);
	doctor_what(f, "another master is on the line");
	doctor_evidence(f, "%" PRIu64
			" requests were heard that this master did not send",
			n);
	doctor_evidence(f, "while it is there the errors of modules say nothing");
	return true;
}

static bool bus_silent(struct exam *e)
{
	const uint64_t *v = e->in->value;
	struct doctor_finding *f;

	for (unsigned int i = 0; i < e->in->count; i++)
		if (answers(&e->in->module[i]))
			return false;
	if (v[DOCTOR_C_REQUESTS] < 5 || v[DOCTOR_C_BYTES_RX])
		return false;
	f = doctor_add(e, DOCTOR_BUS_SILENT, DOCTOR_CERTAIN);
	doctor_what(f, "not one byte comes from the bus");
	doctor_evidence(f, "%" PRIu64 " requests, no answer",
			v[DOCTOR_C_REQUESTS]);
	if (v[DOCTOR_C_TX_FAILURES])
		doctor_evidence(f, "%" PRIu64
				" requests were not taken by the port",
				v[DOCTOR_C_TX_FAILURES]);
	return true;
}

static bool enough(const struct doctor_input *in)
{
	for (unsigned int i = 0; i < in->count; i++)
		if (in->module[i].expected &&
		    asked(&in->module[i]) < HEALTHY_MIN)
			return false;
	return in->count;
}

static void add_undetermined(struct exam *e, uint64_t failed, uint64_t total)
{
	struct doctor_finding *f = doctor_add(e, DOCTOR_UNDETERMINED,
					      DOCTOR_POSSIBLE);
	char text[16];

	if (!e->in->count) {
		doctor_what(f, "no module is known, so there is nothing to judge");
		return;
	}
	if (!total) {
		doctor_what(f, "nothing was asked in this time");
		return;
	}
	if (!enough(e->in))
		doctor_what(f, "too little was asked in this time to judge by");
	else
		doctor_what(f, "there are errors, but they fit no fault that is known");
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64 " requests failed (%s)",
			failed, total, doctor_percent(failed, total, text));
}

static void add_healthy(struct exam *e, uint64_t failed, uint64_t total)
{
	struct doctor_finding *f = doctor_add(e, DOCTOR_HEALTHY,
					      DOCTOR_CERTAIN);

	doctor_what(f, "the bus is healthy");
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64
			" requests failed, with %u modules", failed, total,
			e->in->count);
}

/* Nothing was found: is it healthy, or is it not known? */
static void conclude(struct exam *e)
{
	uint64_t failed = 0, total = 0;
	struct doctor_finding *f;

	for (unsigned int i = 0; i < e->in->count; i++) {
		failed += failures(&e->in->module[i]);
		total += asked(&e->in->module[i]);
	}
	if (enough(e->in) && failed * 200 <= total)
		add_healthy(e, failed, total);
	else
		add_undetermined(e, failed, total);
	if (!e->in->second_master)
		return;
	f = doctor_add(e, DOCTOR_SECOND_MASTER, DOCTOR_POSSIBLE);
	doctor_what(f, "another master was on the line since the bus started");
	doctor_evidence(f, "it was not heard in this time");
}

/* Whom a slow module answers too late for is no neighbour's victim. */
static void slow(struct exam *e)
{
	const struct doctor_input *in = e->in;

	for (unsigned int i = 0; i < in->count; i++) {
		if (e->sign[i] != SIGN_SLOW)
			continue;
		e->slow = true;
		for (unsigned int k = 0; k < in->count; k++)
			if (e->sign[k] == SIGN_NEIGHBOUR &&
			    in->module[k].stranger == in->module[i].address)
				e->sign[k] = SIGN_LOSSY;
	}
}

/**
 * doctor_judge() - name the fault
 * @in: what was counted
 * @ret: result
 */
void doctor_judge(const struct doctor_input *in, struct doctor_report *ret)
{
	struct exam e = { .in = in, .out = ret };

	memset(ret, 0, sizeof(*ret));
	if (echo(&e) || second_master(&e) || bus_silent(&e))
		return;
	for (unsigned int i = 0; i < in->count; i++)
		e.sign[i] = doctor_sign(&in->module[i]);
	if (doctor_settings_of_all(&e))
		return;
	slow(&e);
	doctor_segment(&e);
	doctor_modules(&e);
	doctor_termination(&e);
	doctor_spread(&e);
	if (!ret->count)
		conclude(&e);
}
