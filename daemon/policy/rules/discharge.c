// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocks in a discharge, live: deep discharge, a jar that falls away,
 * reversed polarity (M1)
 *
 * What stands when the discharge ends stays until the string is charged again:
 * nobody has recharged the block before.
 */
#include "policy/rules/internal.h"

/*
 * [B9]  the first 5 minutes: coup de fouet. [rys] Rys et al., J. Power
 *       Technologies 101 (2021) 112: tens of millivolts deep
 * [v]   practice value
 */
enum {
	COUP_S = 300,		/* [B9] */
	COUP_MV = 100,		/* [rys] [v] so much lower meanwhile */
	ONSET_S = 60,		/* [v] blocks dip apart; scans are mixed */
	ONSET_MV = 50,		/* [v] */
	BACK_MV = 50,		/* [v] above the limit: charged again */
	LOADED_MV = 2050,	/* [v] above: nothing flows */
};

static uint64_t seconds(const struct limit_set *l, enum limit_id id,
			uint64_t normal)
{
	return (rules_set(l, id) ? (uint64_t)l->value[id] : normal) *
	       RULES_SECOND_NS;
}

static bool charged(enum string_state state)
{
	return state == STRING_FLOAT || state == STRING_BOOST;
}

static void judge_deep(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_hold *h = &j->memory->hold[RULE_DEEP_DISCHARGE];
	struct rules_times times = { .off_ns = 60 * RULES_SECOND_NS };
	enum string_state state = run->scan->state;
	enum alarm_level level = ALARM_NONE;
	int64_t warning, alarm, early = 0;

	if (!rules_set(j->limits, LIMIT_DEEP_DISCHARGE) ||
	    !rules_set(j->limits, LIMIT_DEEP_DISCHARGE_ALARM))
		return;
	warning = j->limits->value[LIMIT_DEEP_DISCHARGE] * RULES_MV;
	alarm = j->limits->value[LIMIT_DEEP_DISCHARGE_ALARM] * RULES_MV;
	if (state == STRING_DISCHARGE) {
		if (run->now_ns - run->scan->state_ns <
		    COUP_S * RULES_SECOND_NS)
			early = COUP_MV * RULES_MV;
		level = j->uv < alarm - early ? ALARM_ALARM :
			j->uv < warning - early ? ALARM_WARNING : ALARM_NONE;
		/* it may recover a little while the load is less */
		if (level < h->level)
			return;
	} else if ((state != STRING_RECHARGE && !charged(state)) ||
		   j->uv < warning + BACK_MV * RULES_MV) {
		return;
	}
	times.on_ns = seconds(j->limits, LIMIT_DEEP_DISCHARGE_S, 10);
	rules_say(run, h, ALARM_DEEP_DISCHARGE, jar, level, times,
		  "%s V/cell, %s after the discharge began (warning below %s, alarm below %s V/cell%s)",
		  rules_volts(j->uv).s,
		  rules_span(run->now_ns - run->scan->state_ns).s,
		  rules_volts(warning - early).s, rules_volts(alarm - early).s,
		  early ? " in its first minutes" : "");
}

static void judge_falls_away(struct rules_run *run, unsigned int jar,
			     int64_t others)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_hold *h = &j->memory->hold[RULE_FALLS_AWAY];
	struct rules_times times = { .off_ns = 60 * RULES_SECOND_NS };
	enum alarm_level level = ALARM_NONE;
	int64_t limit, below = others - j->uv;

	if (!rules_set(j->limits, LIMIT_FALLS_AWAY) || run->valid < 2)
		return;
	limit = j->limits->value[LIMIT_FALLS_AWAY] * RULES_MV;
	if (run->scan->state == STRING_DISCHARGE) {
		if (run->now_ns - run->scan->state_ns <
		    ONSET_S * RULES_SECOND_NS)
			limit += ONSET_MV * RULES_MV;
		level = below > 2 * limit ? ALARM_ALARM :
			below > limit ? ALARM_WARNING : ALARM_NONE;
		if (level < h->level)
			return;
	} else if (!charged(run->scan->state)) {
		return;
	}
	times.on_ns = seconds(j->limits, LIMIT_FALLS_AWAY_S, 10);
	rules_say(run, h, ALARM_JAR_FALLS_AWAY, jar, level, times,
		  "%s V/cell under load, %s mV/cell below the median %s, %s after the discharge began (limit %s mV/cell)",
		  rules_volts(j->uv).s, rules_mv(below).s,
		  rules_volts(others).s,
		  rules_span(run->now_ns - run->scan->state_ns).s,
		  rules_mv(limit).s);
}

static void judge_reversal(struct rules_run *run, unsigned int jar,
			   int64_t others)
{
	static const struct rules_times load_times = {
		10 * RULES_SECOND_NS, 60 * RULES_SECOND_NS,
	};
	static const struct rules_times still_times = {
		60 * RULES_SECOND_NS, 60 * RULES_SECOND_NS,
	};
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_REVERSAL];
	bool reversed;

	if (run->scan->state == STRING_DISCHARGE) {
		/* from sound to nothing at once: a lead, or a jar that opened */
		if (m->stepped_ns && j->uv <= 0 &&
		    (j->uv > -100 * RULES_MV || others > LOADED_MV * RULES_MV))
			return;
		if (j->uv > 0 && h->level != ALARM_NONE)
			return;
		rules_say(run, h, ALARM_POLARITY_REVERSAL, jar,
			  j->uv <= 0 ? ALARM_ALARM : ALARM_NONE, load_times,
			  "%s V/cell under load, the others %s: the discharge drives it backwards",
			  rules_volts(j->uv).s, rules_volts(others).s);
		return;
	}
	if (!charged(run->scan->state) && run->scan->state != STRING_REST)
		return;
	reversed = rules_abs(j->uv + others) * 10 < others;
	/* what the load drove there stays until somebody charges it */
	if (h->level != ALARM_NONE && !reversed && j->uv * 2 < others)
		return;
	rules_say(run, h, ALARM_POLARITY_REVERSAL, jar,
		  reversed ? ALARM_ALARM : ALARM_NONE, still_times,
		  "%s V/cell, the others %s: the block or its sense leads are the wrong way round",
		  rules_volts(j->uv).s, rules_volts(others).s);
}

void rules_judge_discharge(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	const struct rules_module *m = j->memory;
	int64_t others = rules_others(run, jar);

	if (!j->has_voltage || j->sense_fault || rules_doubt(m) ||
	    rules_stands(m, RULE_OPEN_JAR) || !run->valid ||
	    rules_no_load(run, others))
		return;
	judge_reversal(run, jar, others);
	/* a block with a shorted cell has less voltage and is known */
	if (rules_stands(m, RULE_SHORTED_CELL))
		return;
	judge_deep(run, jar);
	judge_falls_away(run, jar, others);
}
