/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules by hand for tests of the RI schedule; every second of virtual time */
#ifndef BACS_TESTS_RI_WORLD_H
#define BACS_TESTS_RI_WORLD_H

#include "unit.h"

#include "policy/ri/ri.h"

#define SECOND	RI_SECOND_NS
#define MINUTE	(60 * SECOND)
#define HOUR	(3600 * SECOND)
#define DAY	(86400 * SECOND)
#define STRINGS	4
#define MODULES	64

/* A module as it behaves on the wire */
struct jar {
	struct ri_module m;
	int64_t voltage_mv;
	int64_t slide_uv;	/* relaxation, per second */
	int64_t uv;
	int32_t duty;
	bool held;
	bool abandoned;		/* let go while it measures */
	bool deaf;		/* takes the command, measures nothing */
	bool stubborn;		/* goes on equalizing */
	uint32_t sequence;
	uint32_t uohm;
	int64_t measures_until;	/* 0: it does not */
	unsigned int starts;
};

struct world {
	struct ri_string string[STRINGS];
	struct jar jar[STRINGS][MODULES];
	struct ri_charger charger[STRINGS];
	unsigned int own[STRINGS];	/* charger of a string */
	enum string_state state[STRINGS];
	unsigned int strings, modules;
	bool read_only;
	bool lazy;		/* feed only who has something to say */
	unsigned int measuring;
	int64_t now;
	/* what was seen */
	unsigned int runs[STRINGS], settled[STRINGS], failed[STRINGS];
	unsigned int values[STRINGS];
	int64_t first_start[STRINGS], last_start, last_end;
	int64_t settled_ns[STRINGS];
};

static void begin(struct world *w, unsigned int strings, unsigned int modules)
{
	unsigned int s, i;

	memset(w, 0, sizeof(*w));
	w->strings = strings;
	w->modules = modules;
	w->now = 1000 * SECOND;
	w->last_start = w->last_end = RI_NEVER;
	for (s = 0; s < strings; s++) {
		ri_string_init(&w->string[s]);
		ri_charger_init(&w->charger[s]);
		w->string[s].count = modules;
		w->state[s] = STRING_FLOAT;
		for (i = 0; i < modules; i++) {
			struct jar *j = &w->jar[s][i];

			ri_module_init(&j->m, w->now);
			j->voltage_mv = 13500;
			j->uohm = 5000 + i;
			j->m.live = true;
			ri_module_remember(&j->m, 0);
		}
	}
}

static bool measures(const struct jar *j)
{
	return j->measures_until != 0;
}

/* What must hold at every second: the rules of C4 and C5 */
static void check_rules(const struct world *w)
{
	unsigned int s, i, c;

	if (!w->measuring)
		return;
	for (c = 0; c < w->strings; c++) {
		unsigned int n = 0;

		for (s = 0; s < w->strings; s++) {
			if (w->own[s] != c)
				continue;
			for (i = 0; i < w->modules; i++)
				n += measures(&w->jar[s][i]);
		}
		assert_true(n <= 1);
	}
	for (s = 0; s < w->strings; s++)
		for (i = 0; i < w->modules; i++)
			if (measures(&w->jar[s][i]) &&
			    !w->jar[s][i].abandoned) {
				assert_true(w->jar[s][i].held);
				assert_int_equal(w->jar[s][i].duty, 0);
			}
}

static void start_jar(struct world *w, unsigned int s, struct jar *j)
{
	if (w->first_start[s] == 0)
		w->first_start[s] = w->now;
	/* the pause of the charger: one for all here */
	if (w->own[s] == 0 && w->last_start != RI_NEVER) {
		assert_true(w->now - w->last_start >= RI_SLOT_NS);
		assert_true(w->now - w->last_end >= RI_PAUSE_NS);
	}
	if (w->own[s] == 0)
		w->last_start = w->now;
	j->starts++;
	if (!j->deaf && !measures(j)) {
		j->measures_until = w->now + 5 * SECOND;
		w->measuring++;
	}
	j->abandoned = false;
}

static void act(struct world *w, unsigned int s)
{
	struct ri_module *modules[MODULES];
	struct ri_look look = { w->now, w->state[s], w->read_only, modules };
	struct ri_charger *c = &w->charger[w->own[s]];
	unsigned int i, guard = 0, other;
	bool next = true;
	enum ri_act a;
	uint16_t at;

	for (i = 0; i < w->modules; i++)
		modules[i] = &w->jar[s][i].m;
	for (other = 0; other < w->strings; other++)
		if (other != s && w->own[other] == w->own[s] &&
		    w->string[other].wants &&
		    ri_string_before(&w->string[other], &w->string[s]))
			next = false;
	while ((a = ri_string_step(&w->string[s], &look, c, next, &at))) {
		struct jar *j = &w->jar[s][at];

		assert_true(++guard < 1000);
		switch (a) {
		case RI_ACT_HOLD:
			assert_false(j->held);
			j->held = true;
			if (!j->stubborn)
				j->duty = 0;
			break;
		case RI_ACT_START:
			assert_true(j->held);
			start_jar(w, s, j);
			break;
		case RI_ACT_RELEASE:
			assert_true(j->held);
			j->held = false;
			j->abandoned = measures(j);
			if (w->own[s] == 0 && w->last_start > w->last_end)
				w->last_end = w->now;
			break;
		case RI_ACT_FAILED:
			w->failed[s]++;
			break;
		case RI_ACT_RUN:
			w->runs[s]++;
			break;
		case RI_ACT_SETTLED:
			w->settled[s]++;
			w->settled_ns[s] = w->now;
			break;
		default:
			fail();
		}
	}
}

static void feed(struct world *w, unsigned int s, struct jar *j)
{
	struct ri_sample sample = {
		.time_ns = w->now, .has_sequence = true,
		.duty_permille = j->duty, .has_voltage = true,
	};

	if (w->lazy && !j->held && !measures(j))
		return;
	if (measures(j) && w->now >= j->measures_until) {
		j->measures_until = 0;
		w->measuring--;
		j->sequence++;
	}
	j->uv += j->slide_uv;
	sample.voltage_mv = j->voltage_mv + j->uv / 1000;
	sample.sequence = j->sequence;
	sample.has_uohm = j->sequence != 0;
	sample.uohm = j->uohm;
	if (j->m.live && ri_module_sample(&j->m, &sample))
		w->values[s]++;
}

static void tick(struct world *w, int64_t step)
{
	struct ri_module *modules[MODULES];
	unsigned int s, i;

	w->now += step;
	for (s = 0; s < w->strings; s++) {
		for (i = 0; i < w->modules; i++) {
			feed(w, s, &w->jar[s][i]);
			modules[i] = &w->jar[s][i].m;
		}
		ri_string_look(&w->string[s], &(struct ri_look){
			w->now, w->state[s], w->read_only, modules });
	}
	for (s = 0; s < w->strings; s++)
		act(w, s);
	check_rules(w);
}

static void pass(struct world *w, int64_t span, int64_t step)
{
	int64_t end = w->now + span;

	while (w->now < end)
		tick(w, step);
}

#endif
