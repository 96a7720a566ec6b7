// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

/* More unexpected alarms than these are counted, not listed */
#define LISTED	12
/* 20 % of M5, less what scatter and temperature add (3 %) */
#define SPREAD_TRUE	0.17

static bool fits(const struct scenario_expect *e, const struct entry *n)
{
	static const int kinds[] = {
		[EXPECT_ALARM] = ENTRY_ALARM, [EXPECT_CLEAR] = ENTRY_CLEAR,
		[EXPECT_CHANGE] = ENTRY_CHANGE, [EXPECT_QUIET] = ENTRY_ALARM,
		[EXPECT_EVENT] = ENTRY_EVENT, [EXPECT_STATE] = ENTRY_STATE,
		[EXPECT_ALLOW] = ENTRY_ALARM, [EXPECT_NEVER] = ENTRY_EVENT,
		[EXPECT_COMMANDS] = ENTRY_COMMAND,
	};

	return (int)n->kind == kinds[e->kind] &&
	       timeline_matches(e->what, n->what) &&
	       timeline_matches(e->on, n->on) &&
	       (!*e->level || timeline_matches(e->level, n->level)) &&
	       (!*e->change || timeline_matches(e->change, n->text));
}

/* A state that lasts since before is a state reached */
static const struct entry *state_before(const struct world *w,
					const struct scenario_expect *e)
{
	const struct entry *last = NULL;
	size_t i;

	for (i = 0; i < w->line.count; i++) {
		const struct entry *n = &w->line.entries[i];

		if (n->time_s > e->from_s)
			break;
		if (n->kind == ENTRY_STATE && timeline_matches(e->on, n->on))
			last = n;
	}
	return last && fits(e, last) ? last : NULL;
}

static const struct entry *find(struct world *w,
				const struct scenario_expect *e)
{
	const struct entry *first = NULL;
	size_t i;

	if (e->kind == EXPECT_STATE)
		first = state_before(w, e);
	for (i = 0; i < w->line.count; i++) {
		struct entry *n = &w->line.entries[i];

		if (!fits(e, n) || n->time_s < e->from_s - 1e-6)
			continue;
		n->expected = true;
		if (!first && n->time_s <= e->from_s + e->within_s + 1e-6)
			first = n;
	}
	return first;
}

static unsigned int judge_one(struct world *w, const struct scenario_expect *e,
			      FILE *f, bool all)
{
	char at[32] = "";
	const struct entry *n = find(w, e);

	if (n)
		timeline_time(n->time_s, at, sizeof(at));
	if (!n) {
		fprintf(f, "  FAIL line %u: %s: it did not come\n", e->line,
			e->text);
		return 1;
	}
	if (all)
		fprintf(f, "  ok   line %u: %s: %s %s\n", e->line, e->text, at,
			n->text);
	return 0;
}

/* An alarm calls when it comes, and again while nobody has seen it */
static bool calls(const struct scenario_expect *e, const struct entry *n)
{
	struct scenario_expect repeat = *e;

	repeat.kind = EXPECT_CHANGE;
	snprintf(repeat.change, sizeof(repeat.change), "%s",
		 alarm_change_name(ALARM_CHANGE_REPEATED));
	return fits(e, n) || fits(&repeat, n);
}

static unsigned int judge_quiet(const struct world *w,
				const struct scenario_expect *e, FILE *f)
{
	char at[32];
	size_t i;

	for (i = 0; i < w->line.count; i++) {
		const struct entry *n = &w->line.entries[i];

		if (n->time_s < e->from_s - 1e-6 ||
		    n->time_s > e->from_s + e->within_s + 1e-6 ||
		    !calls(e, n))
			continue;
		timeline_time(n->time_s, at, sizeof(at));
		fprintf(f, "  FAIL line %u: %s: %s %s\n", e->line, e->text,
			at, n->text);
		return 1;
	}
	return 0;
}

static unsigned int judge_never(struct world *w,
				const struct scenario_expect *e, FILE *f)
{
	unsigned int found = 0;
	char at[32];
	size_t i;

	for (i = 0; i < w->line.count; i++) {
		const struct entry *n = &w->line.entries[i];

		if (!fits(e, n))
			continue;
		if (!found++) {
			timeline_time(n->time_s, at, sizeof(at));
			fprintf(f, "  FAIL line %u: %s: %s %s\n", e->line,
				e->text, at, n->text);
		}
	}
	return found != 0;
}

static unsigned int judge_commands(const struct world *w,
				   const struct scenario_expect *e, FILE *f)
{
	uint64_t n;

	if (!strcmp(e->what, "duty"))
		n = w->counts.duty_commands;
	else if (!strcmp(e->what, "ri"))
		n = w->counts.ri_commands;
	else
		n = w->counts.limit_commands;
	if (n <= e->most)
		return 0;
	fprintf(f, "  FAIL line %u: %s: there were %llu\n", e->line, e->text,
		(unsigned long long)n);
	return 1;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What its module shows of a block by itself: the delivery, and the module */
static double drawn_r(const struct sim_module *m)
{
	return m->block ? m->block->r_factor * m->sensor.r_gain : NAN;
}

/* How far the resistance of a block is from the median of its string */
static double drawn_spread(const struct world *w, const char *name)
{
	double list[240];
	unsigned int k, i, count;

	for (k = 0; k < w->s->site.strings; k++) {
		const struct sim_bus *b = &w->buses[k];
		double own = NAN;

		for (i = count = 0; i < b->count; i++) {
			if (!b->modules[i].block)
				continue;
			list[count++] = drawn_r(&b->modules[i]);
			if (!strcmp(b->modules[i].name, name))
				own = list[count - 1];
		}
		if (isnan(own))
			continue;
		qsort(list, count, sizeof(list[0]), compare);
		return own / ((list[(count - 1) / 2] + list[count / 2]) / 2) -
		       1;
	}
	return 0;
}

/*
 * No fault of the scenario, but true of the site that was drawn: one block in
 * some thousands leaves the spread of M5
 */
static bool is_drawn(const struct world *w, const struct entry *n, FILE *f,
		     bool all)
{
	double spread;

	if (strcmp(n->what, "resistance-spread"))
		return false;
	spread = drawn_spread(w, n->on);
	if (fabs(spread) < SPREAD_TRUE)
		return false;
	if (all)
		fprintf(f, "  true %s on %s: the draw made it %+.0f %%\n",
			n->what, n->on, spread * 100);
	return true;
}

static unsigned int judge_others(const struct world *w, FILE *f, bool all)
{
	unsigned int found = 0;
	char at[32];
	size_t i;

	for (i = 0; i < w->line.count; i++) {
		const struct entry *n = &w->line.entries[i];

		if (n->kind != ENTRY_ALARM || n->expected ||
		    is_drawn(w, n, f, all))
			continue;
		if (found++ >= LISTED)
			continue;
		timeline_time(n->time_s, at, sizeof(at));
		fprintf(f, "  FAIL false alarm: %s %s on %s (%s): %s\n", at,
			n->what, n->on, n->level, n->text);
	}
	if (found > LISTED)
		fprintf(f, "  FAIL ... and %u more false alarms\n",
			found - LISTED);
	return found != 0;
}

unsigned int expect_judge(struct world *w, FILE *f, bool all)
{
	unsigned int bad = 0;
	size_t i;

	for (i = 0; i < w->s->expect_count; i++) {
		const struct scenario_expect *e = &w->s->expects[i];

		switch (e->kind) {
		case EXPECT_ALLOW:
			find(w, e);
			break;
		case EXPECT_QUIET:
			bad += judge_quiet(w, e, f);
			break;
		case EXPECT_NEVER:
			bad += judge_never(w, e, f);
			break;
		case EXPECT_COMMANDS:
			bad += judge_commands(w, e, f);
			break;
		default:
			bad += judge_one(w, e, f, all);
			break;
		}
	}
	return bad + judge_others(w, f, all);
}
