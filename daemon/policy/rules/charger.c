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
	HALF_HOUR = 6,		/* bins */
	HOUR = 12,
	TWO_HOURS = 24,		/* the slowest wander of a charger is over */
	SETTLE_S = 1800,	/* [v] on float since */
	CALM_S = 600,		/* [v] after a dip */
	FLAT_UV = 2500,		/* [v] above the wander, below a fall */
	HELD_UV = 2000,		/* [v] in 2 h: a pause falls by twice that */
	WANDER_UV = 10000,	/* [C2] ±20 mV on 12 V, and a half more */
	LIFT_UV = 1000,		/* [C2] no string rises that nobody charges */
	LIFTED_S = 7200,	/* [C2] the slowest wander, once each */
	LIFTS = 3,		/* [v] at rest, where small loads come and go */
	LIFTS_END_S = 12 * 3600, /* [v] */
	STEADY_S = 14 * 86400,	/* [P] who pauses charges for 2 to 4 days */
	REST_STEADY_S = 3600,	/* [v] */
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

/*
 * Mean of bins @from to @to back from the last complete one
 * @off: of the distance from the set point, else of the voltage
 */
static bool mean_of(const struct rules_string *r, uint64_t number,
		    unsigned int from, unsigned int to, bool off,
		    double *ret_uv)
{
	unsigned int i, known = 0;
	double sum = 0;

	for (i = from; i <= to; i++) {
		uint64_t n = number - i;
		size_t at = n % (RULES_BINS + 1);

		if (number < i || r->bins[at].number != n + 1 ||
		    !r->bins[at].count)
			continue;
		sum += (off ? r->bins[at].sum_uv : r->bins[at].mean_uv) /
		       r->bins[at].count;
		known++;
	}
	if (!known || (to - from + 1 - known) * 6 > to - from + 1)
		return false;
	*ret_uv = sum / known;
	return true;
}

static bool mean_of_bins(const struct rules_string *r, uint64_t number,
			 unsigned int from, unsigned int to, double *ret_uv)
{
	return mean_of(r, number, from, to, true, ret_uv);
}

/* A set point that moves with the temperature moves no voltage by itself */
static bool mean_voltage(const struct rules_string *r, uint64_t number,
			 unsigned int from, unsigned int to, double *ret_uv)
{
	return mean_of(r, number, from, to, false, ret_uv);
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

/* Did all bins of the last hour see the same blocks? Else the mean jumps */
static bool same_blocks(const struct rules_string *r, uint64_t number)
{
	uint32_t blocks = r->bins[(number - 1) % (RULES_BINS + 1)].least;
	unsigned int i;

	for (i = 1; i <= HOUR; i++) {
		size_t at = (number - i) % (RULES_BINS + 1);

		if (r->bins[at].number != number - i + 1 ||
		    r->bins[at].least != blocks || r->bins[at].most != blocks)
			return false;
	}
	return true;
}

/*
 * A string that nobody charges only falls, the faster the higher it stands:
 * by 10 mV/cell in an hour above 2.15 V. A charger wanders. If the string does
 * not fall and rose on the way, it follows a charger.
 */
static bool follows(const struct rules_string *r, uint64_t number)
{
	double recent, before, bin, low, high, rise = 0;
	unsigned int i;

	if (number <= HOUR || !same_blocks(r, number) ||
	    !mean_voltage(r, number, 1, HALF_HOUR, &recent) ||
	    !mean_voltage(r, number, HALF_HOUR + 1, HOUR, &before) ||
	    recent < before - HELD_UV)
		return false;
	low = high = recent;
	for (i = HOUR; i >= 1; i--) {
		if (!mean_voltage(r, number, i, i, &bin))
			return false;
		low = i == HOUR || bin < low ? bin : low;
		high = i == HOUR || bin > high ? bin : high;
		rise = bin - low > rise ? bin - low : rise;
	}
	return rise >= LIFT_UV && high - low <= WANDER_UV;
}

/* At rest it falls slowly: only a rise of half an hour says something */
static bool lifted(const struct rules_string *r, uint64_t number)
{
	double recent, before;

	return number > HOUR && same_blocks(r, number) &&
	       mean_voltage(r, number, 1, HALF_HOUR, &recent) &&
	       mean_voltage(r, number, HALF_HOUR + 1, HOUR, &before) &&
	       recent >= before + LIFT_UV && recent - before <= WANDER_UV;
}

static void collect(struct rules_run *run, int64_t set)
{
	struct rules_string *r = run->string;
	uint64_t number = run->now_ns / RULES_BIN_NS;
	size_t at = number % (RULES_BINS + 1);

	if (r->bins[at].number != number + 1) {
		r->bins[at].number = number + 1;
		r->bins[at].sum_uv = r->bins[at].mean_uv = 0;
		r->bins[at].count = 0;
		r->bins[at].least = r->bins[at].most = run->valid;
	}
	r->bins[at].sum_uv += run->mean_uv - set;
	r->bins[at].mean_uv += run->mean_uv;
	r->bins[at].count++;
	if (run->valid < r->bins[at].least)
		r->bins[at].least = run->valid;
	if (run->valid > r->bins[at].most)
		r->bins[at].most = run->valid;
}

bool rules_any_open(const struct rules_scan *s)
{
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (rules_stands(s->jars[i].memory, RULE_OPEN_JAR))
			return true;
	return false;
}

static int64_t limit_of(const struct limit_set *l, int64_t set)
{
	return set * (l->value[LIMIT_CHARGER_TOLERANCE] + MODULES_PERMILLE) /
	       1000 + THERMAL_UV;
}

/* @off: mean of @span from the set point @set */
static void say_charger(struct rules_run *run, enum alarm_kind kind,
			double off, int64_t set, const char *span,
			const char *why)
{
	struct rules_hold *h = &run->string->hold[
		kind == ALARM_CHARGER_HIGH ? RULE_CHARGER_HIGH :
					     RULE_CHARGER_LOW];
	int64_t limit = limit_of(run->scan->limits, set);
	int64_t gross = set * GROSS_PERMILLE / 1000;
	int64_t size = rules_abs((int64_t)off);
	bool wrong = kind == ALARM_CHARGER_HIGH ? off > 0 : off < 0;

	wrong = wrong && rules_above(size, limit, THERMAL_UV, h);
	rules_say(run, h, kind, -1,
		  !wrong ? ALARM_NONE :
		  size > gross ? ALARM_ALARM : ALARM_WARNING, found,
		  "mean of %s is %s mV/cell %s the set point %s V/cell at %s C (limit %s mV/cell: tolerance, modules, 2 C)%s",
		  span, rules_mv(size).s, off > 0 ? "above" : "below",
		  rules_volts(set).s, rules_celsius(run->temperature_mc).s,
		  rules_mv(limit).s, wrong ? why : "");
}

static bool is_below(const struct rules_run *run, double off, int64_t set)
{
	return off < 0 &&
	       rules_above(rules_abs((int64_t)off),
			   limit_of(run->scan->limits, set), THERMAL_UV,
			   &run->string->hold[RULE_CHARGER_LOW]);
}

/* A charger that never paused for weeks does not begin to */
static void learn_steadiness(struct rules_run *run)
{
	struct rules_string *r = run->string;

	if (r->float_ns &&
	    run->now_ns - r->float_ns >= STEADY_S * RULES_SECOND_NS)
		r->steady = true;
	/* back without a discharge to make good for: it does pause */
	if (r->before == STRING_REST && r->float_ns == run->now_ns)
		r->steady = false;
}

static void say_rest(struct rules_run *run, uint64_t rest_ns, const char *why)
{
	rules_say(run, &run->string->hold[RULE_CHARGER_LOW],
		  ALARM_CHARGER_LOW, -1, ALARM_WARNING, found,
		  "nobody charged the string for %s (%s)",
		  rules_span(rest_ns).s, why);
}

/* A charger so low that its string stands at rest lifts it all the same */
static void judge_lifts(struct rules_run *run, int64_t set)
{
	struct rules_string *r = run->string;
	uint64_t number = run->now_ns / RULES_BIN_NS;
	uint64_t since_ns = run->now_ns - r->lift_ns;
	double recent;

	if (r->lifts && since_ns > LIFTS_END_S * RULES_SECOND_NS)
		r->lifts = 0;
	if ((!r->lifts || since_ns >= LIFTED_S * RULES_SECOND_NS) &&
	    lifted(r, number)) {
		r->lifts++;
		r->lift_ns = run->now_ns;
	}
	if (r->lifts < LIFTS ||
	    !mean_of_bins(r, number, 1, HALF_HOUR, &recent) ||
	    !is_below(run, recent, set))
		return;
	say_charger(run, ALARM_CHARGER_LOW, recent, set, "30 min",
		    "; it does not rest, something lifts it again and again");
}

static void judge_rest(struct rules_run *run, bool known, int64_t set)
{
	struct rules_string *r = run->string;
	uint64_t rest_ns = run->now_ns - r->state_ns;

	if (rest_ns >= REST_DAYS * RULES_DAY_NS)
		say_rest(run, rest_ns, "chargers that pause do so for 28 days at most");
	else if (r->steady && run->now_ns >= r->excused_ns &&
		 rest_ns >= REST_STEADY_S * RULES_SECOND_NS)
		say_rest(run, rest_ns, "this charger did not pause before, in 14 days or more");
	else if (known && run->now_ns >= r->excused_ns)
		judge_lifts(run, set);
}

static void judge_charging(struct rules_run *run, int64_t set)
{
	struct rules_string *r = run->string;
	uint64_t number = run->now_ns / RULES_BIN_NS;
	double hour, half, recent, before;
	const char *why = "";

	r->lifts = 0;
	if (!mean_of_bins(r, number, 1, HALF_HOUR, &half) ||
	    !mean_of_bins(r, number, 1, HALF_HOUR / 2, &recent) ||
	    !mean_of_bins(r, number, HALF_HOUR / 2 + 1, HALF_HOUR, &before))
		return;
	if (rules_abs((int64_t)(recent - before)) <= FLAT_UV)
		say_charger(run, ALARM_CHARGER_HIGH, half, set, "30 min", "");
	else if (mean_of_bins(r, number, 1, HOUR, &hour))
		say_charger(run, ALARM_CHARGER_HIGH, hour, set, "1 h", "");
	/*
	 * One that pauses is low on the way down, too. What falls is lower at
	 * the end than its mean says.
	 */
	if (is_below(run, half, set)) {
		if (recent > before + FLAT_UV)
			return;
		if (r->steady)
			why = "; this charger did not pause before, in 14 days or more";
		else if (!holds(r, number) && !follows(r, number))
			return;
	}
	say_charger(run, ALARM_CHARGER_LOW, half, set, "30 min", why);
}

/* A raised voltage says nothing yet, but a low one is over */
static void end_low(struct rules_run *run, int64_t set)
{
	struct rules_hold *h = &run->string->hold[RULE_CHARGER_LOW];
	int64_t off = run->mean_uv - set;

	if (h->level != ALARM_NONE && !is_below(run, off, set))
		say_charger(run, ALARM_CHARGER_LOW, off, set, "a scan", "");
}

static bool set_point(const struct rules_run *run, int64_t *ret_uv)
{
	const struct rules_scan *s = run->scan;

	return run->has_temperature && run->valid &&
	       run->valid * 4 >= s->count * 3 && !rules_any_open(s) &&
	       rules_set(s->limits, LIMIT_CHARGER_TOLERANCE) &&
	       rules_set_point(s->limits, run->temperature_mc, ret_uv);
}

void rules_judge_charger(struct rules_run *run)
{
	struct rules_string *r = run->string;
	enum string_state state = run->scan->state;
	int64_t set = 0;
	bool known = set_point(run, &set);

	learn_steadiness(run);
	if (state == STRING_REST) {
		if (known)
			collect(run, set);
		judge_rest(run, known, set);
		return;
	}
	if ((state != STRING_FLOAT && state != STRING_BOOST) ||
	    !r->float_ns || !known)
		return;
	if (run->now_ns < r->excused_ns) {
		end_low(run, set);
		return;
	}
	if (run->now_ns - r->float_ns < SETTLE_S * RULES_SECOND_NS ||
	    (state == STRING_FLOAT &&
	     run->now_ns - r->disturbed_ns < CALM_S * RULES_SECOND_NS))
		return;
	collect(run, set);
	judge_charging(run, set);
}

void rules_judge_sum(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	int64_t off, size;
	bool differs;

	if (!s->has_sensor_voltage || !run->complete || s->sum_mv <= 0 ||
	    rules_any_open(s) || s->state == STRING_DISCHARGE ||
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
