// SPDX-License-Identifier: GPL-2.0-or-later
/* The charger and the string as a whole: set point, sum, halves (B6, M5b) */
#include "policy/rules/internal.h"

/*
 * [E]   Effekta ME-1500 catalogue p. 65: accuracy of modules 0.5 %
 * [P]   Eaton 93PM manual p. 16, catalogue p. 41: at most 28 days of rest
 * [C2]  requirement of that number: how far a charger wanders
 * [v]   practice value
 */
enum {
	BIN_S = 300,
	HALF_HOUR = 6,		/* bins */
	HOUR = 12,
	TWO_HOURS = 24,		/* the slowest wander of a charger is over */
	SETTLE_S = 1800,	/* [v] on float since */
	CALM_S = 600,		/* [v] after a dip */
	FLAT_UV = 2500,		/* [v] above the wander, below a fall */
	HELD_UV = 2000,		/* [v] in 2 h: a pause falls by twice that */
	WANDER_UV = 10000,	/* [C2] ±20 mV on 12 V, and a half more */
	MODULES_PERMILLE = 5,	/* [E] */
	THERMAL_UV = 5000,	/* [v] 2 °C between charger and blocks, 0.25 % */
	GROSS_PERMILLE = 50,	/* [v] 2.36 V/cell: gas, or no charge */
	REST_DAYS = 29,		/* [P] and a day */
	SUM_PERMILLE = 15,	/* [E] modules, sensor, straps: 0.5 % each */
	SUM_TAU_S = 600,	/* [v] */
};

static const struct rules_times slow = {
	10 * RULES_MINUTE_NS, 30 * RULES_MINUTE_NS,
};
static const struct rules_times found = {
	60 * RULES_SECOND_NS, 30 * RULES_MINUTE_NS,
};

/* Mean of bins @from to @to back from the last complete one */
static bool mean_of_bins(const struct rules_string *r, uint64_t number,
			 unsigned int from, unsigned int to, double *ret_uv)
{
	unsigned int i, known = 0;
	double sum = 0;

	for (i = from; i <= to; i++) {
		uint64_t n = number - i;
		size_t at = n % (RULES_BINS + 1);

		if (number < i || r->bins[at].number != n + 1 ||
		    !r->bins[at].count)
			continue;
		sum += r->bins[at].sum_uv / r->bins[at].count;
		known++;
	}
	if (!known || (to - from + 1 - known) * 6 > to - from + 1)
		return false;
	*ret_uv = sum / known;
	return true;
}

/*
 * A charger that pauses lets the voltage fall for half a day before the string
 * is at rest. One that is too low holds it: only that is a fault.
 */
static bool holds(const struct rules_string *r, uint64_t number)
{
	double recent, before, bin, low, high;
	unsigned int i;

	if (!mean_of_bins(r, number, 1, TWO_HOURS, &recent) ||
	    !mean_of_bins(r, number, TWO_HOURS + 1, 2 * TWO_HOURS, &before) ||
	    rules_abs((int64_t)(recent - before)) > HELD_UV)
		return false;
	low = high = recent;
	for (i = 1; i <= 2 * TWO_HOURS; i++) {
		if (!mean_of_bins(r, number, i, i, &bin))
			continue;
		low = bin < low ? bin : low;
		high = bin > high ? bin : high;
	}
	return high - low <= WANDER_UV;
}

static void collect(struct rules_string *r, uint64_t now_ns, int64_t off_uv)
{
	uint64_t number = now_ns / RULES_SECOND_NS / BIN_S;
	size_t at = number % (RULES_BINS + 1);

	if (r->bins[at].number != number + 1) {
		r->bins[at].number = number + 1;
		r->bins[at].sum_uv = 0;
		r->bins[at].count = 0;
	}
	r->bins[at].sum_uv += off_uv;
	r->bins[at].count++;
}

static bool any_open(const struct rules_scan *s)
{
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (rules_stands(s->jars[i].memory, RULE_OPEN_JAR))
			return true;
	return false;
}

static void say_charger(struct rules_run *run, double off, int64_t set,
			bool held, const char *span)
{
	const struct limit_set *l = run->scan->limits;
	struct rules_hold *high = &run->string->hold[RULE_CHARGER_HIGH];
	struct rules_hold *low = &run->string->hold[RULE_CHARGER_LOW];
	int64_t limit = set * (l->value[LIMIT_CHARGER_TOLERANCE] +
			       MODULES_PERMILLE) / 1000 + THERMAL_UV;
	int64_t gross = set * GROSS_PERMILLE / 1000;
	int64_t size = rules_abs((int64_t)off);
	bool above = off > 0 && rules_above(size, limit, THERMAL_UV, high);
	bool below = off < 0 && rules_above(size, limit, THERMAL_UV, low);
	enum alarm_level level = size > gross ? ALARM_ALARM : ALARM_WARNING;

	rules_say(run, high, ALARM_CHARGER_HIGH, -1,
		  above ? level : ALARM_NONE, found,
		  "mean of %s is %s mV/cell %s the set point %s V/cell at %s C (limit %s mV/cell: tolerance, modules, 2 C)",
		  span, rules_mv(size).s, off > 0 ? "above" : "below",
		  rules_volts(set).s, rules_celsius(run->temperature_mc).s,
		  rules_mv(limit).s);
	/* a charger that pauses is low on the way down, too */
	if (below && !held)
		return;
	rules_say(run, low, ALARM_CHARGER_LOW, -1,
		  below ? level : ALARM_NONE, found,
		  "mean of %s is %s mV/cell %s the set point %s V/cell at %s C (limit %s mV/cell: tolerance, modules, 2 C)",
		  span, rules_mv(size).s, off > 0 ? "above" : "below",
		  rules_volts(set).s, rules_celsius(run->temperature_mc).s,
		  rules_mv(limit).s);
}

static void judge_rest(struct rules_run *run)
{
	uint64_t rest = run->now_ns - run->string->state_ns;

	if (rest < REST_DAYS * RULES_DAY_NS)
		return;
	rules_say(run, &run->string->hold[RULE_CHARGER_LOW],
		  ALARM_CHARGER_LOW, -1, ALARM_WARNING, found,
		  "nobody charged the string for %s (chargers that pause do so for 28 days at most)",
		  rules_span(rest).s);
}

void rules_judge_charger(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	uint64_t number = run->now_ns / RULES_SECOND_NS / BIN_S;
	double hour, half, recent, before;
	bool held;
	int64_t set;

	if (s->state == STRING_REST)
		judge_rest(run);
	if ((s->state != STRING_FLOAT && s->state != STRING_BOOST) ||
	    !r->float_ns || !run->has_temperature || !run->valid ||
	    run->valid * 4 < s->count * 3 || any_open(s) ||
	    !rules_set(s->limits, LIMIT_CHARGER_TOLERANCE) ||
	    !rules_set_point(s->limits, run->temperature_mc, &set))
		return;
	if (run->now_ns < r->excused_ns ||
	    run->now_ns - r->float_ns < SETTLE_S * RULES_SECOND_NS ||
	    (s->state == STRING_FLOAT && run->now_ns - r->disturbed_ns <
	     CALM_S * RULES_SECOND_NS))
		return;
	collect(r, run->now_ns, run->mean_uv - set);
	if (!mean_of_bins(r, number, 1, HALF_HOUR, &half) ||
	    !mean_of_bins(r, number, 1, HALF_HOUR / 2, &recent) ||
	    !mean_of_bins(r, number, HALF_HOUR / 2 + 1, HALF_HOUR, &before))
		return;
	held = holds(r, number);
	if (rules_abs((int64_t)(recent - before)) <= FLAT_UV)
		say_charger(run, half, set, held, "30 min");
	else if (mean_of_bins(r, number, 1, HOUR, &hour))
		say_charger(run, hour, set, held, "1 h");
}

void rules_judge_sum(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	int64_t off, size;
	bool differs;

	if (!s->has_sensor_voltage || !run->complete || s->sum_mv <= 0 ||
	    any_open(s) || s->state == STRING_DISCHARGE ||
	    s->state == STRING_UNKNOWN ||
	    run->now_ns - r->disturbed_ns < 60 * RULES_SECOND_NS) {
		r->sum_ratio.last_ns = 0;
		return;
	}
	rules_mean_add(&r->sum_ratio, run->now_ns,
		       (double)s->sensor_mv / (double)s->sum_mv,
		       SUM_TAU_S * RULES_SECOND_NS);
	if (r->sum_ratio.weight_ns < SUM_TAU_S * RULES_SECOND_NS)
		return;
	off = (int64_t)((r->sum_ratio.value - 1) * 1000000);
	size = rules_abs(off);
	differs = rules_above(size, SUM_PERMILLE * 1000, 2000,
			      &r->hold[RULE_SUM_DIFFERS]);
	rules_say(run, &r->hold[RULE_SUM_DIFFERS], ALARM_SUM_DIFFERS, -1,
		  differs ? ALARM_WARNING : ALARM_NONE, slow,
		  "the string sensor shows %s V, the blocks add up to %s V: %s %% apart over 10 min (limit %s %%)",
		  rules_volts(s->sensor_mv * 1000).s,
		  rules_volts(s->sum_mv * 1000).s,
		  rules_celsius(size / 10).s,
		  rules_celsius(SUM_PERMILLE * 100).s);
}

void rules_judge_halves(struct rules_string *string,
			const struct limit_set *l, const struct rules_half *a,
			const struct rules_half *b, rules_say_fn say,
			void *userdata)
{
	struct rules_run run = {
		.string = string, .say = say, .userdata = userdata,
		.now_ns = a->time_ns,
	};
	struct rules_hold *h = &string->hold[RULE_HALVES_DIFFER];
	struct rules_times times = { .off_ns = 10 * RULES_MINUTE_NS };
	int64_t off = a->mean_uv - b->mean_uv, size;
	bool differs;

	/* one of them passes from one state to another: no comparison */
	if (a->state != b->state || a->state == STRING_UNKNOWN ||
	    a->state == STRING_OFFLINE || a->state == STRING_RECHARGE ||
	    !rules_set(l, LIMIT_HALVES) || !rules_set(l, LIMIT_HALVES_S) ||
	    b->time_ns + RULES_GAP_NS < a->time_ns)
		return;
	if (a->has_temperature && b->has_temperature &&
	    a->state != STRING_DISCHARGE && rules_set(l, LIMIT_FLOAT_SLOPE))
		off -= (int64_t)(a->temperature_mc - b->temperature_mc) *
		       l->value[LIMIT_FLOAT_SLOPE] / 1000;
	size = rules_abs(off);
	times.on_ns = l->value[LIMIT_HALVES_S] * RULES_SECOND_NS;
	differs = rules_above(size, l->value[LIMIT_HALVES] * RULES_MV,
			      l->value[LIMIT_HALVES] * RULES_MV / 10, h);
	rules_say(&run, h, ALARM_HALVES_DIFFER, -1,
		  differs ? ALARM_WARNING : ALARM_NONE, times,
		  "%s V/cell against %s of the other half, %s mV/cell apart in %s (limit %d mV/cell, temperature taken off)",
		  rules_volts(a->mean_uv).s, rules_volts(b->mean_uv).s,
		  rules_mv(size).s, string_state_name(a->state),
		  l->value[LIMIT_HALVES]);
}
