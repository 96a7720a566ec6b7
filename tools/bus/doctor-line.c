// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor: what only the comparison of modules tells */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "doctor-internal.h"

/* Natural logarithm of how much likelier: e^8 is some 3000 to 1 */
#define GAIN_MIN	8.0
#define FEW		3

/* Requests and failures of a set of modules */
struct sum {
	uint64_t asked;
	uint64_t failed;
	unsigned int modules;
	double own;		/* log likelihood, each with its own rate */
};

static double log_likelihood(uint64_t failed, uint64_t asked)
{
	double n = (double)asked, k = (double)failed, sum = 0;

	if (k > 0)
		sum += k * log(k / n);
	if (k < n)
		sum += (n - k) * log(1 - k / n);
	return sum;
}

static void add(struct sum *sum, const struct doctor_module *m)
{
	if (!asked(m))
		return;
	sum->asked += asked(m);
	sum->failed += failures(m);
	sum->modules++;
	sum->own += log_likelihood(failures(m), asked(m));
}

static double likelihood(const struct sum *sum)
{
	return log_likelihood(sum->failed, sum->asked);
}

static double rate(const struct sum *sum)
{
	return sum->asked ? (double)sum->failed / (double)sum->asked : 0;
}

/*
 * Do the modules of the set differ no more than chance makes them? Twice the
 * difference of the log likelihoods is chi-square with one less than their
 * number of degrees of freedom. Errors come in twos, for a request is repeated
 * at once and a burst lasts: hence the room.
 */
static bool alike(const struct sum *sum)
{
	double freedom = sum->modules > 1 ? sum->modules - 1 : 1;

	return 2 * (sum->own - likelihood(sum)) <=
	       2 * freedom + 4 * sqrt(2 * freedom) + 6;
}

/* Takes part in the comparison: not explained, and somebody asked it */
static bool compared(const struct exam *e, unsigned int i)
{
	return !e->explained[i] && asked(&e->in->module[i]) &&
	       (e->sign[i] == SIGN_GOOD || e->sign[i] == SIGN_SILENT ||
		(e->sign[i] == SIGN_LOSSY && !e->slow));
}

/*
 * The whole bus talks in another way: nobody was ever understood. Modules that
 * were never found are asked rarely, so only all of them together tell.
 */
bool doctor_settings_of_all(struct exam *e)
{
	struct doctor_module all = { 0 };
	struct doctor_finding *f;

	for (unsigned int i = 0; i < e->in->count; i++)
		for (int c = 0; c < DOCTOR_COUNTERS; c++)
			all.value[c] += e->in->module[i].value[c];
	if (e->in->count < 2 || count_of(&all, DOCTOR_C_REPLIES) ||
	    doctor_sign(&all) != SIGN_SETTINGS)
		return false;
	f = doctor_add(e, DOCTOR_LINE_SETTINGS, DOCTOR_LIKELY);
	doctor_what(f, "baud rate or parity of the bus is not that of its modules");
	doctor_evidence(f, "no valid answer came, but %" PRIu64 " damaged ones",
			damaged(&all));
	doctor_evidence(f, "%" PRIu64 " are wrong in their first bytes, %"
			PRIu64 " have line errors",
			count_of(&all, DOCTOR_C_GARBLED),
			count_of(&all, DOCTOR_C_LINE_ERRORS));
	return true;
}

/*
 * Ringing behind good replies, with several modules: the end of the line
 * reflects. It damages some replies, too.
 */
void doctor_termination(struct exam *e)
{
	uint64_t ringing = 0, replies = 0, failed = 0, requests = 0;
	unsigned int n = 0, heard = 0;
	struct doctor_finding *f;
	char text[16];

	for (unsigned int i = 0; i < e->in->count; i++) {
		const struct doctor_module *m = &e->in->module[i];
		uint64_t after = count_of(m, DOCTOR_C_LONG);
		uint64_t good = count_of(m, DOCTOR_C_REPLIES);

		if (!compared(e, i) || !good)
			continue;
		heard++;
		n += after >= 2 && after * 100 >= good * 3;
		ringing += after;
		replies += good;
		failed += failures(m);
		requests += asked(m);
	}
	if (n < 2 || n * 5 < heard || ringing * 50 < replies)
		return;
	f = doctor_add(e, DOCTOR_TERMINATION, DOCTOR_LIKELY);
	doctor_what(f, "the line rings after replies: termination or bias is missing");
	doctor_evidence(f, "after %s of the good replies more bytes came at once",
			doctor_percent(ringing, replies, text));
	doctor_evidence(f, "so with %u of %u modules that answer", n, heard);
	doctor_evidence(f, "%s of the requests failed, which goes with it",
			doctor_percent(failed, requests, text));
	for (unsigned int i = 0; i < e->in->count; i++)
		if (compared(e, i) && e->sign[i] == SIGN_LOSSY)
			e->explained[i] = true;
}

/*
 * The cut: everything from @from up to @to, or what is before and behind it.
 */
struct cut {
	unsigned int from, to;
	struct sum behind, rest;
	double gain;
};

static void measure(const struct exam *e, struct cut *cut, double all)
{
	cut->behind = cut->rest = (struct sum){ 0 };
	for (unsigned int i = 0; i < e->in->count; i++)
		if (compared(e, i))
			add(i >= cut->from && i < cut->to ? &cut->behind :
			    &cut->rest, &e->in->module[i]);
	cut->gain = likelihood(&cut->behind) + likelihood(&cut->rest) - all;
}

/* Worse behind the cut than before, and all behind it alike */
static bool is_cut(const struct cut *cut)
{
	return cut->behind.modules >= 2 && cut->rest.modules &&
	       cut->behind.failed >= FEW && cut->gain >= GAIN_MIN &&
	       rate(&cut->behind) >= 0.01 &&
	       rate(&cut->behind) >= 4 * rate(&cut->rest) &&
	       alike(&cut->behind);
}

/*
 * Every place where the wiring can be cut. Behind it are the modules of the
 * same spur, and, if the next spurs begin at its end, those as well.
 */
static bool best_cut(const struct exam *e, struct cut *ret)
{
	const struct doctor_input *in = e->in;
	struct cut cut, best = { .gain = 0 };
	struct sum everything = { 0 };
	double all;

	for (unsigned int i = 0; i < in->count; i++)
		if (compared(e, i))
			add(&everything, &in->module[i]);
	all = likelihood(&everything);
	for (cut.from = 0; cut.from < in->count; cut.from++) {
		if (!compared(e, cut.from))
			continue;
		for (cut.to = cut.from + 1; cut.to <= in->count; cut.to++) {
			if (cut.to < in->count && !in->module[cut.to].spur)
				continue;
			measure(e, &cut, all);
			if (is_cut(&cut) && cut.gain > best.gain)
				best = cut;
		}
	}
	*ret = best;
	return best.gain > 0;
}

/* One module alone may explain it as well; then it is that one. */
static double best_single(const struct exam *e)
{
	const struct doctor_input *in = e->in;
	struct sum everything = { 0 };
	double all, best = 0;

	for (unsigned int i = 0; i < in->count; i++)
		if (compared(e, i))
			add(&everything, &in->module[i]);
	all = likelihood(&everything);
	for (unsigned int i = 0; i < in->count; i++) {
		struct cut cut = { .from = i, .to = i + 1 };

		if (!compared(e, i))
			continue;
		measure(e, &cut, all);
		if (cut.gain > best)
			best = cut.gain;
	}
	return best;
}

static void report_cut(struct exam *e, const struct cut *cut)
{
	const struct doctor_module *m = e->in->module;
	bool dead = cut->behind.failed == cut->behind.asked;
	struct doctor_finding *f;
	char place[48], text[16], list[DOCTOR_TEXT];

	f = doctor_add(e, DOCTOR_CABLE_SEGMENT,
		       e->in->ordered ? DOCTOR_LIKELY : DOCTOR_POSSIBLE);
	f->after = m[cut->from].address;
	if (cut->from && !m[cut->from].spur)
		f->before = m[cut->from - 1].address;
	for (unsigned int i = cut->from; i < cut->to; i++)
		if (compared(e, i))
			doctor_mark(e, f, i);
	if (f->before)
		snprintf(place, sizeof(place), "between module %u and %u",
			 f->before, f->after);
	else
		snprintf(place, sizeof(place), "before module %u", f->after);
	doctor_what(f, "the cable %s is %s", place,
		    dead ? "interrupted" : "bad");
	doctor_list(f, list);
	if (dead)
		doctor_evidence(f, "behind it, %s: none of %" PRIu64
				" requests succeeded", list, cut->behind.asked);
	else
		doctor_evidence(f, "behind it, %s: %s of %" PRIu64
				" requests failed", list,
				doctor_percent(cut->behind.failed,
					       cut->behind.asked, text),
				cut->behind.asked);
	doctor_evidence(f, "the others: %s of %" PRIu64 " failed",
			doctor_percent(cut->rest.failed, cut->rest.asked, text),
			cut->rest.asked);
	if (!e->in->ordered)
		doctor_evidence(f, "no wiring order is configured (Wiring= in bacsd.conf): the order of addresses is taken for it");
}

void doctor_segment(struct exam *e)
{
	struct cut cut;

	if (best_cut(e, &cut) && cut.gain >= best_single(e))
		report_cut(e, &cut);
}

static void silent(struct exam *e)
{
	struct doctor_finding *f = NULL;
	unsigned int n = 0, last = 0;
	char list[DOCTOR_TEXT];

	for (unsigned int i = 0; i < e->in->count; i++) {
		if (e->explained[i] || e->sign[i] != SIGN_SILENT)
			continue;
		if (!f)
			f = doctor_add(e, DOCTOR_MODULE_SILENT, DOCTOR_CERTAIN);
		doctor_mark(e, f, i);
		last = i;
		n++;
	}
	if (!f)
		return;
	doctor_list(f, list);
	doctor_what(f, n == 1 ? "%s does not answer" : "%s do not answer", list);
	doctor_evidence(f, "not one byte came when asked; others answer");
	if (n == 1 && (last + 1 == e->in->count || e->in->module[last + 1].spur))
		doctor_evidence(f, "it is the last of its line: the cable to it would look the same");
}

/* Much worse than the rest of them together */
static bool stands_out(const struct exam *e, unsigned int i,
		       const struct sum *all)
{
	const struct doctor_module *m = &e->in->module[i];
	struct sum one = { 0 }, rest = *all;

	add(&one, m);
	rest.asked -= one.asked;
	rest.failed -= one.failed;
	return one.failed >= FEW && rate(&one) >= 0.01 &&
	       rate(&one) >= 4 * rate(&rest) &&
	       likelihood(&one) + likelihood(&rest) - likelihood(all) >=
	       GAIN_MIN / 2;
}

static void report_link(struct exam *e, unsigned int i, const struct sum *rest)
{
	const struct doctor_module *m = &e->in->module[i];
	struct doctor_finding *f = doctor_add(e, DOCTOR_MODULE_LINK,
					      DOCTOR_LIKELY);
	char text[16];

	doctor_mark(e, f, i);
	doctor_what(f, "the connection of module %u is bad", m->address);
	doctor_evidence(f, "%s of its %" PRIu64 " requests failed: %" PRIu64
			" without answer, %" PRIu64 " damaged",
			doctor_percent(failures(m), asked(m), text), asked(m),
			count_of(m, DOCTOR_C_TIMEOUTS), damaged(m));
	doctor_evidence(f, "of the other modules' %s",
			doctor_percent(rest->failed, rest->asked, text));
}

static struct sum lossy_sum(const struct exam *e)
{
	struct sum all = { 0 };

	for (unsigned int i = 0; i < e->in->count; i++)
		if (compared(e, i) && e->sign[i] != SIGN_SILENT)
			add(&all, &e->in->module[i]);
	return all;
}

/* The worst one first, then compare the others without it. */
static void links(struct exam *e)
{
	for (;;) {
		struct sum all = lossy_sum(e), rest;
		unsigned int worst = e->in->count;
		double most = -1;

		for (unsigned int i = 0; i < e->in->count; i++) {
			struct sum one = { 0 };

			if (!compared(e, i) || e->sign[i] != SIGN_LOSSY)
				continue;
			add(&one, &e->in->module[i]);
			if (rate(&one) > most && stands_out(e, i, &all)) {
				most = rate(&one);
				worst = i;
			}
		}
		if (worst == e->in->count)
			return;
		rest = all;
		rest.asked -= asked(&e->in->module[worst]);
		rest.failed -= failures(&e->in->module[worst]);
		report_link(e, worst, &rest);
	}
}

static void interference(struct exam *e)
{
	struct sum all = lossy_sum(e);
	struct doctor_finding *f;
	unsigned int n = 0;
	char text[16];

	for (unsigned int i = 0; i < e->in->count; i++)
		n += compared(e, i) && e->sign[i] == SIGN_LOSSY;
	if (all.failed < 2 * FEW || rate(&all) < 0.005 || n < 2 ||
	    n * 4 < all.modules || !alike(&all))
		return;
	f = doctor_add(e, DOCTOR_INTERFERENCE, DOCTOR_LIKELY);
	for (unsigned int i = 0; i < e->in->count; i++)
		if (compared(e, i) && e->sign[i] == SIGN_LOSSY)
			doctor_mark(e, f, i);
	doctor_what(f, "the whole line is disturbed");
	doctor_evidence(f, "%s of %" PRIu64
			" requests failed, with all modules alike",
			doctor_percent(all.failed, all.asked, text), all.asked);
	doctor_evidence(f, "%" PRIu64 " bytes of noise between frames",
			e->in->value[DOCTOR_C_NOISE]);
}

/* Who is silent, who is worse than the others, and what all have */
void doctor_spread(struct exam *e)
{
	silent(e);
	links(e);
	interference(e);
}
