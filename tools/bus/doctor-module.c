// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor: what one address has by itself */
#include <inttypes.h>

#include "doctor-internal.h"

/* Fewer requests than this say nothing of a module. */
#define ASKED_MIN	4
/* One error is chance, three are not. */
#define FEW		3

static bool at_least(uint64_t part, uint64_t whole, unsigned int percent)
{
	return part >= FEW && part * 100 >= whole * percent;
}

/*
 * Two modules answer whenever one is asked: nearly everything is damaged,
 * hardly anything is missing, and the length is right within some characters.
 * Or they are so different in speed that now the one is heard, now the other.
 */
static bool is_duplicate(const struct doctor_module *m)
{
	uint64_t bad = damaged(m);

	if (count_of(m, DOCTOR_C_CHANGES) >= 2)
		return true;
	return at_least(bad, answers(m), 60) &&
	       count_of(m, DOCTOR_C_TIMEOUTS) * 100 <= asked(m) * 15 &&
	       count_of(m, DOCTOR_C_MISFITS) * 100 <= bad * 25 &&
	       (at_least(count_of(m, DOCTOR_C_OVERLONG), bad, 10) ||
		(answers(m) >= 4 * FEW && at_least(bad, answers(m), 95)));
}

/*
 * At another speed bytes come in any number, with another parity in the right
 * number; with both nothing is ever read.
 */
static bool has_other_settings(const struct doctor_module *m)
{
	uint64_t bad = damaged(m), replies = count_of(m, DOCTOR_C_REPLIES);
	uint64_t line = count_of(m, DOCTOR_C_LINE_ERRORS);

	if (!at_least(bad, answers(m), 90) || replies * 100 > asked(m) * 5)
		return false;
	if (at_least(count_of(m, DOCTOR_C_GARBLED), bad, 80) &&
	    at_least(count_of(m, DOCTOR_C_MISFITS), bad, 40))
		return true;
	return at_least(line, bad, 95) &&
	       count_of(m, DOCTOR_C_OVERLONG) * 20 <= bad;
}

/*
 * Its answers come after the time-out. Either they are told as late, or each
 * passes for the one to the request that was repeated: then every time-out is
 * followed by a reply, which chance would not do.
 */
static bool is_slow(const struct doctor_module *m)
{
	uint64_t timeouts = count_of(m, DOCTOR_C_TIMEOUTS);

	if (at_least(count_of(m, DOCTOR_C_LATE), asked(m), 10))
		return true;
	return timeouts >= 2 * FEW && timeouts * 100 >= asked(m) * 40 &&
	       damaged(m) * 20 <= timeouts &&
	       count_of(m, DOCTOR_C_RETRIES) * 100 >= timeouts * 95 &&
	       count_of(m, DOCTOR_C_REPLIES) * 100 >= timeouts * 90;
}

enum sign doctor_sign(const struct doctor_module *m)
{
	if (count_of(m, DOCTOR_C_CHANGES) < 2 &&
	    count_of(m, DOCTOR_C_REBOOTS))
		return SIGN_RESTARTS;
	if (asked(m) < ASKED_MIN)
		return SIGN_UNKNOWN;
	if (m->stranger &&
	    at_least(count_of(m, DOCTOR_C_FOREIGN), asked(m), 10))
		return SIGN_NEIGHBOUR;
	if (has_other_settings(m))
		return SIGN_SETTINGS;
	if (is_duplicate(m))
		return SIGN_DUPLICATE;
	if (is_slow(m))
		return SIGN_SLOW;
	if (!answers(m))
		return SIGN_SILENT;
	return failures(m) ? SIGN_LOSSY : SIGN_GOOD;
}

/* All that restart are one finding: often they share a supply. */
static void restarting(struct exam *e, unsigned int first)
{
	uint64_t n = 0, silent = 0, requests = 0;
	struct doctor_finding *f;
	char list[DOCTOR_TEXT];
	unsigned int count = 0;

	f = doctor_add(e, DOCTOR_MODULE_RESTARTING, DOCTOR_LIKELY);
	for (unsigned int i = first; i < e->in->count; i++) {
		const struct doctor_module *m = &e->in->module[i];

		if (e->sign[i] != SIGN_RESTARTS)
			continue;
		doctor_mark(e, f, i);
		n += count_of(m, DOCTOR_C_REBOOTS);
		silent += count_of(m, DOCTOR_C_TIMEOUTS);
		requests += asked(m);
		count++;
	}
	if (n > 1)
		f->sure = DOCTOR_CERTAIN;
	doctor_list(f, list);
	doctor_what(f, count == 1 ? "%s restarts" :
		    "%s restart: do they share a supply?", list);
	doctor_evidence(f, "boot counters changed %" PRIu64 " time%s", n,
			n == 1 ? "" : "s");
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64
			" requests were not answered", silent, requests);
}

static void neighbour(struct exam *e, unsigned int i)
{
	const struct doctor_module *m = &e->in->module[i];
	struct doctor_finding *f;

	f = doctor_add(e, DOCTOR_NEIGHBOUR_ANSWERS, DOCTOR_CERTAIN);
	doctor_mark(e, f, i);
	doctor_what(f, "when module %u is asked, an answer with address %u comes",
		    m->address, m->stranger);
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64
			" answers were valid frames of another address, the last of %u",
			count_of(m, DOCTOR_C_FOREIGN), asked(m),
			m->stranger);
}

static void duplicate(struct exam *e, unsigned int i)
{
	const struct doctor_module *m = &e->in->module[i];
	uint64_t changes = count_of(m, DOCTOR_C_CHANGES);
	struct doctor_finding *f;
	char text[16];

	f = doctor_add(e, DOCTOR_DUPLICATE_ADDRESS,
		       changes >= 2 ? DOCTOR_CERTAIN : DOCTOR_LIKELY);
	doctor_mark(e, f, i);
	doctor_what(f, "two modules have address %u and answer at once",
		    m->address);
	if (changes >= 2)
		doctor_evidence(f, "two serial numbers took turns, %" PRIu64
				" times", changes);
	doctor_evidence(f, "%s of its answers are damaged, but only %" PRIu64
			" of %" PRIu64 " requests brought none",
			doctor_percent(damaged(m), answers(m), text),
			count_of(m, DOCTOR_C_TIMEOUTS), asked(m));
	if (count_of(m, DOCTOR_C_OVERLONG))
		doctor_evidence(f, "%" PRIu64
				" damaged answers were somewhat longer than one module's",
				count_of(m, DOCTOR_C_OVERLONG));
}

static void other_settings(struct exam *e, unsigned int i)
{
	const struct doctor_module *m = &e->in->module[i];
	struct doctor_finding *f;

	f = doctor_add(e, DOCTOR_LINE_SETTINGS, DOCTOR_LIKELY);
	doctor_mark(e, f, i);
	doctor_what(f, "module %u talks with another baud rate or parity",
		    m->address);
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64
			" answers are damaged, %" PRIu64
			" of them from the first bytes on, %" PRIu64
			" with line errors", damaged(m), answers(m),
			count_of(m, DOCTOR_C_GARBLED),
			count_of(m, DOCTOR_C_LINE_ERRORS));
	doctor_evidence(f, "the other modules do not");
}

static void slow(struct exam *e, unsigned int i)
{
	const struct doctor_module *m = &e->in->module[i];
	struct doctor_finding *f;

	f = doctor_add(e, DOCTOR_MODULE_SLOW, DOCTOR_CERTAIN);
	doctor_mark(e, f, i);
	doctor_what(f, "module %u answers after its time-out", m->address);
	doctor_evidence(f, "%" PRIu64 " of %" PRIu64
			" requests were answered too late for sure",
			count_of(m, DOCTOR_C_LATE), asked(m));
	doctor_evidence(f, "%" PRIu64
			" times nothing came in time, and %" PRIu64
			" replies came after the request was repeated",
			count_of(m, DOCTOR_C_TIMEOUTS),
			count_of(m, DOCTOR_C_REPLIES));
}

/* Findings that need no comparison with the others */
void doctor_modules(struct exam *e)
{
	for (unsigned int i = 0; i < e->in->count; i++) {
		if (e->explained[i])
			continue;
		switch (e->sign[i]) {
		case SIGN_RESTARTS:
			restarting(e, i);
			break;
		case SIGN_NEIGHBOUR:
			neighbour(e, i);
			break;
		case SIGN_DUPLICATE:
			duplicate(e, i);
			break;
		case SIGN_SETTINGS:
			other_settings(e, i);
			break;
		case SIGN_SLOW:
			slow(e, i);
			break;
		case SIGN_GOOD:
		case SIGN_UNKNOWN:
		case SIGN_SILENT:
		case SIGN_LOSSY:
			break;
		}
	}
}
