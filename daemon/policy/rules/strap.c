// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A loose strap: what the string loses between its blocks under load (B11)
 *
 * A module measures at the terminals of its own block and never sees a strap.
 * The sensor of the string sees all of it. On float no current flows to speak
 * of: what both show there is how they are made, and is taken off.
 */
#include "policy/rules/internal.h"

/*
 * [E]   Effekta ME-1500 catalogue p. 65: accuracy of modules 0.5 %
 * [R]   requirement T1: at the first discharge of more than 0.1 C
 * [v]   practice value
 */
enum {
	RATIO_TAU_S = 3600,	/* [v] */
	RATIO_LEAST_S = 600,	/* [v] */
	LOAD_TAU_S = 60,	/* [v] blocks and sensor are read in turn */
	LOAD_LEAST_S = 60,	/* [v] steps of the load, coup de fouet */
	FLOOR_PPM = 3000,	/* [v] linearity of two instruments */
	UNKNOWN_PPM = 15000,	/* [E] modules, sensor, straps: 0.5 % each */
	GROSS_PPM = 30000,	/* [v] */
	GROSS_W = 100,		/* [v] lead melts at a post */
	/* [v] sound straps have 5 to 10 % of the resistance of the blocks */
	SHARE_PERCENT = 25,
	BACK_PERCENT = 80,	/* [v] of the limit, and of the current */
};

static const struct rules_times times = {
	30 * RULES_SECOND_NS, 120 * RULES_SECOND_NS,
};

/* Resistance of all blocks; 0 while one of them was not measured */
static int64_t blocks_uohm(const struct rules_scan *s)
{
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		if (!s->jars[i].ri_uohm)
			return 0;
		sum += s->jars[i].ri_uohm;
	}
	return sum;
}

static void learn_ratio(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;

	if (s->state == STRING_RECHARGE || s->state == STRING_UNKNOWN ||
	    run->now_ns - r->disturbed_ns < RULES_MINUTE_NS) {
		r->idle_ratio.last_ns = r->idle_ratio.last_ns ?
					run->now_ns : 0;
		return;
	}
	rules_mean_add(&r->idle_ratio, run->now_ns,
		       (double)s->sensor_mv / (double)s->sum_mv,
		       RATIO_TAU_S * RULES_SECOND_NS);
}

static void judge_drop(struct rules_run *run, bool learnt)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	struct rules_hold *h = &r->hold[RULE_LOOSE_STRAP];
	double drop = r->strap_drop_uv.value, ma = r->load_ma.value;
	double ppm = drop * 1000 / (double)s->sum_mv;
	double own = ma * (double)blocks_uohm(s) / 1000 * SHARE_PERCENT / 100;
	double floor = learnt ? FLOOR_PPM : UNKNOWN_PPM;
	enum alarm_level level = ALARM_NONE;

	if (h->level != ALARM_NONE) {
		own = own * BACK_PERCENT / 100;
		floor = floor * BACK_PERCENT / 100;
	}
	if (ppm > floor && drop > own)
		level = ppm > GROSS_PPM || drop * ma > GROSS_W * 1e9 ?
			ALARM_ALARM : ALARM_WARNING;
	/* at less than the current that showed it nobody can say it is over */
	if (level < h->level && ma * 100 < r->strap_ma * BACK_PERCENT)
		return;
	if (level > h->level)
		r->strap_ma = ma;
	rules_say(run, h, ALARM_LOOSE_STRAP, -1, level, times,
		  "at %s A the string loses %s V of %s V between its blocks: %s mOhm in straps and cables, %s W (limit %s %% of the voltage, and a quarter of what the blocks have)",
		  rules_celsius((int64_t)ma).s, rules_volts((int64_t)drop).s,
		  rules_volts(s->sum_mv * 1000).s,
		  rules_celsius((int64_t)(drop / ma * 1000)).s,
		  rules_celsius((int64_t)(drop * ma / 1e6)).s,
		  rules_celsius((int64_t)(floor / 10)).s);
}

void rules_judge_strap(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	bool learnt = r->idle_ratio.weight_ns >= RATIO_LEAST_S *
						 RULES_SECOND_NS;

	if (!s->has_sensor_voltage || !s->has_current || !run->complete ||
	    s->sum_mv <= 0 || rules_any_open(s)) {
		r->strap_drop_uv.last_ns = r->load_ma.last_ns = 0;
		return;
	}
	if (s->state != STRING_DISCHARGE) {
		learn_ratio(run);
		r->strap_drop_uv.last_ns = r->load_ma.last_ns = 0;
		return;
	}
	if (s->current_ma >= 0 || !blocks_uohm(s))
		return;
	rules_mean_add(&r->strap_drop_uv, run->now_ns,
		       (double)s->sum_mv * 1000 *
		       (learnt ? r->idle_ratio.value : 1) -
		       (double)s->sensor_mv * 1000,
		       LOAD_TAU_S * RULES_SECOND_NS);
	rules_mean_add(&r->load_ma, run->now_ns, (double)-s->current_ma,
		       LOAD_TAU_S * RULES_SECOND_NS);
	if (r->load_ma.weight_ns >= LOAD_LEAST_S * RULES_SECOND_NS)
		judge_drop(run, learnt);
}
