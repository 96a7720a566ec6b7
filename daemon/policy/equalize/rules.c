// SPDX-License-Identifier: GPL-2.0-or-later
/* What equalizing is permitted: of the string, of each jar, and how much */
#include <stdarg.h>
#include <stdio.h>

#include "policy/equalize/internal.h"

/* Voltages per cell, temperatures against the median of the string */
enum {
	HYSTERESIS_UV = 10000,		/* M13 */
	WARM_MC = 5000,			/* B1: its neighbours get none */
	HOT_MC = 8000,			/* B1: nobody gets any */
	COOL_MC = 7000,			/* practice: and again when below */
	RANGE_LOW_UV = 1600000,		/* M16: what the modules measure */
	RANGE_HIGH_UV = 2840000,
	RI_TIMES = 3,			/* M16 */
	RI_LEAST = 3,			/* a median of fewer says nothing */
	ABOVE_UV = 2350000,		/* B2: here bypass may exceed float */
};

/* B2: bypass at most this share of the float current */
#define FLOAT_SHARE	0.9
/* B2: net charge taken from a jar in a day, of its capacity */
#define DAY_SHARE	0.01

static enum equalize_verdict __attribute__((format(printf, 4, 5)))
refuse(struct equalize *e, enum equalize_verdict verdict, int culprit,
       const char *format, ...)
{
	va_list ap;

	e->status = EQUALIZE_SUSPENDED;
	e->culprit = culprit;
	va_start(ap, format);
	vsnprintf(e->reason, sizeof(e->reason), format, ap);
	va_end(ap);
	return verdict;
}

static int64_t median(const int64_t *list, unsigned int count)
{
	return (list[(count - 1) / 2] + list[count / 2]) / 2;
}

static void insert(int64_t *list, unsigned int count, int64_t value)
{
	while (count && list[count - 1] > value) {
		list[count] = list[count - 1];
		count--;
	}
	list[count] = value;
}

static int64_t median_temperature(const struct equalize *e,
				  const struct equalize_scan *s)
{
	int64_t list[247];
	unsigned int i;

	for (i = 0; i < e->count; i++)
		insert(list, i, s->cells[i].temperature_mc);
	return median(list, e->count);
}

/* 0: too few were measured */
static int64_t median_resistance(const struct equalize *e,
				 const struct equalize_scan *s)
{
	unsigned int i, n = 0;
	int64_t list[247];

	for (i = 0; i < e->count; i++)
		if (s->cells[i].resistance_uohm)
			insert(list, n++, s->cells[i].resistance_uohm);
	return n >= RI_LEAST ? median(list, n) : 0;
}

static int hottest(const struct equalize *e, const struct equalize_scan *s)
{
	unsigned int i, best = 0;

	for (i = 1; i < e->count; i++)
		if (s->cells[i].temperature_mc >
		    s->cells[best].temperature_mc)
			best = i;
	return best;
}

/* B13: one is missing. Its share of the sum is unknown, and so is the target. */
static enum equalize_verdict judge_whole(struct equalize *e,
					 const struct equalize_scan *s)
{
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		const struct equalize_cell *c = &s->cells[i];
		const char *what = !c->valid ? "valid voltage" :
				   c->doubt ? c->doubt :
				   !c->has_temperature ? "valid temperature" :
				   NULL;

		if (!what)
			continue;
		if (e->running && s->time_ns >= e->whole_ns &&
		    s->time_ns - e->whole_ns < EQUALIZE_LEASE_NS)
			return refuse(e, EQUALIZE_KEEP, i,
				      "%s has no %s; the duties hold until their lease ends",
				      c->name, what);
		return refuse(e, EQUALIZE_STOP, i,
			      "%s has no %s, and without it there is no target",
			      c->name, what);
	}
	e->whole_ns = s->time_ns;
	return EQUALIZE_GO;
}

static enum equalize_verdict judge_state(struct equalize *e,
					 const struct equalize_scan *s)
{
	uint64_t since = s->time_ns > s->since_ns ?
			 (s->time_ns - s->since_ns) / SECOND_NS : 0;

	if (s->state != STRING_FLOAT)
		return refuse(e, EQUALIZE_STOP, -1,
			      "the string is in state %s; it is equalized on float only",
			      string_state_name(s->state));
	if (since < e->config.delay_s)
		return refuse(e, EQUALIZE_STOP, -1,
			      "on float for %llu h %02llu min, %u h %02u min are asked for",
			      (unsigned long long)since / 3600,
			      (unsigned long long)since / 60 % 60,
			      e->config.delay_s / 3600,
			      e->config.delay_s / 60 % 60);
	return EQUALIZE_GO;
}

/* B1: at equal voltage a warm jar takes more current; never drive more into it */
static enum equalize_verdict judge_heat(struct equalize *e,
					const struct equalize_scan *s)
{
	int hot = hottest(e, s);
	int64_t over = s->cells[hot].temperature_mc - median_temperature(e, s);

	if (over > HOT_MC)
		e->hot = true;
	else if (over < COOL_MC)
		e->hot = false;
	if (!e->hot)
		return EQUALIZE_GO;
	return refuse(e, EQUALIZE_STOP, hot,
		      "%s is %s °C above the median of the string (rule: suspended above %d °C, until below %d °C)",
		      s->cells[hot].name, equalize_mv(over).s, HOT_MC / 1000,
		      COOL_MC / 1000);
}

/* M13: all have to be inside before it starts */
static enum equalize_verdict judge_window(struct equalize *e,
					  const struct equalize_scan *s)
{
	int64_t slack = e->running ? HYSTERESIS_UV : 0;
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		int64_t uv = s->cells[i].cell_uv;

		if (uv >= e->config.low_uv - slack &&
		    uv <= e->config.high_uv + slack)
			continue;
		return refuse(e, EQUALIZE_STOP, i,
			      "%s with %s V/cell is outside of the window of %s to %s V/cell",
			      s->cells[i].name, equalize_volts(uv).s,
			      equalize_volts(e->config.low_uv).s,
			      equalize_volts(e->config.high_uv).s);
	}
	return EQUALIZE_GO;
}

/* B3: what equalizing hides is looked at once a quarter */
static enum equalize_verdict judge_quarter(struct equalize *e,
					   const struct equalize_scan *s)
{
	if (e->rest_ns && (s->time_ns < e->rest_ns ||
			   s->time_ns - e->rest_ns >= EQUALIZE_REST_NS))
		e->rest_ns = 0;
	else if (!e->rest_ns && e->running &&
		 e->hidden_ns >= EQUALIZE_QUARTER_NS) {
		e->rest_ns = s->time_ns;
		e->hidden_ns = EQUALIZE_QUARTER_NS - EQUALIZE_AGAIN_NS;
	}
	if (!e->rest_ns)
		return EQUALIZE_GO;
	return refuse(e, EQUALIZE_STOP, -1,
		      "it pauses for %llu h, and then the spread without it is measured, as once a quarter",
		      (unsigned long long)(EQUALIZE_REST_NS / HOUR_NS));
}

/* M16: jars that get no bypass whatever the string does */
static bool exclude(struct equalize_jar *j, const struct equalize_cell *c,
		    int64_t ri)
{
	if (c->out_of_service)
		snprintf(j->reason, sizeof(j->reason), "out of service");
	else if (c->valid && c->cell_uv <= 0)
		snprintf(j->reason, sizeof(j->reason),
			 "reversed or open: %s V/cell",
			 equalize_volts(c->cell_uv).s);
	else if (c->valid && (c->cell_uv < RANGE_LOW_UV ||
			      c->cell_uv > RANGE_HIGH_UV))
		snprintf(j->reason, sizeof(j->reason),
			 "%s V/cell is out of the range of the module, %s to %s V/cell",
			 equalize_volts(c->cell_uv).s,
			 equalize_volts(RANGE_LOW_UV).s,
			 equalize_volts(RANGE_HIGH_UV).s);
	else if (ri && c->resistance_uohm > RI_TIMES * ri)
		snprintf(j->reason, sizeof(j->reason),
			 "internal resistance %u µΩ is above %d times the median of %lld µΩ",
			 c->resistance_uohm, RI_TIMES, (long long)ri);
	else
		return false;
	j->status = EQUALIZE_EXCLUDED;
	return true;
}

static void judge_jars(struct equalize *e, const struct equalize_scan *s)
{
	int64_t ri = median_resistance(e, s);
	unsigned int i;

	for (i = 0; i < e->count; i++)
		if (!exclude(&e->jars[i], &s->cells[i], ri) &&
		    e->jars[i].status == EQUALIZE_EXCLUDED)
			e->jars[i].status = EQUALIZE_READY;
}

enum equalize_verdict equalize_judge(struct equalize *e,
				     const struct equalize_scan *s)
{
	enum equalize_verdict v;

	if (!e->config.on) {
		refuse(e, EQUALIZE_STOP, -1, "switched off");
		e->status = EQUALIZE_OFF;
		return EQUALIZE_STOP;
	}
	if (!e->config.bypass_ua)
		return refuse(e, EQUALIZE_STOP, -1,
			      "the bypass current of the modules is not known (BypassCurrent=)");
	if (!e->config.capacity_mah)
		return refuse(e, EQUALIZE_STOP, -1,
			      "the capacity of the jars is not configured (Capacity=)");
	if (e->count < 2)
		return refuse(e, EQUALIZE_STOP, -1,
			      "a string of one jar has nothing to be equal to");
	judge_jars(e, s);
	if (s->blocked)
		return refuse(e, EQUALIZE_STOP, -1, "%s", s->blocked);
	v = judge_whole(e, s);
	/* while one is missing the others are as good a reason to stop */
	if (v == EQUALIZE_STOP)
		return v;
	if (judge_state(e, s) == EQUALIZE_STOP)
		return EQUALIZE_STOP;
	if (v == EQUALIZE_GO)
		v = judge_heat(e, s);
	if (v == EQUALIZE_GO)
		v = judge_window(e, s);
	if (v == EQUALIZE_GO)
		v = judge_quarter(e, s);
	return v;
}

/* M11: share of the duty that the heat of the module leaves */
static double derate(const struct equalize_config *c,
		     const struct equalize_cell *cell)
{
	double span = c->derate_to_mc - c->derate_from_mc;

	if (!cell->has_module_temperature ||
	    cell->module_mc <= c->derate_from_mc)
		return 1;
	if (cell->module_mc >= c->derate_to_mc || span <= 0)
		return 0;
	return (c->derate_to_mc - cell->module_mc) / span;
}

static void __attribute__((format(printf, 2, 3)))
suspend(struct equalize_jar *j, const char *format, ...)
{
	va_list ap;

	j->status = EQUALIZE_SUSPENDED;
	va_start(ap, format);
	vsnprintf(j->reason, sizeof(j->reason), format, ap);
	va_end(ap);
}

/* The most that may flow past a jar, in µA */
static double highest(struct equalize *e, const struct equalize_scan *s,
		      unsigned int i, int64_t middle, int hot, double taper)
{
	const struct equalize_cell *c = s->cells;
	struct equalize_jar *j = &e->jars[i];
	double ua = e->float_ua * FLOAT_SHARE, share = derate(&e->config, &c[i]);

	if (j->status == EQUALIZE_EXCLUDED)
		return 0;
	if (j->status != EQUALIZE_ACTIVE && j->status != EQUALIZE_READY) {
		j->status = EQUALIZE_READY;
		snprintf(j->reason, sizeof(j->reason),
			 "free again, its mean is being taken");
	}
	if (i && c[i - 1].temperature_mc - middle > WARM_MC) {
		suspend(j, "its neighbour %s is %s °C above the median",
			c[i - 1].name,
			equalize_mv(c[i - 1].temperature_mc - middle).s);
		return 0;
	}
	if (i + 1 < e->count && c[i + 1].temperature_mc - middle > WARM_MC) {
		suspend(j, "its neighbour %s is %s °C above the median",
			c[i + 1].name,
			equalize_mv(c[i + 1].temperature_mc - middle).s);
		return 0;
	}
	if (share <= 0) {
		suspend(j, "its module has %s °C, the duty is 0 from %d °C",
			equalize_mv(c[i].module_mc).s,
			e->config.derate_to_mc / 1000);
		return 0;
	}
	if (c[i].cell_uv > ABOVE_UV && j->taken_uah <
	    DAY_SHARE * 1000 * e->config.capacity_mah)
		ua = e->config.bypass_ua;
	if (ua > e->config.bypass_ua)
		ua = e->config.bypass_ua;
	/* bypass of the others drives more current into the warm one */
	if ((int)i != hot)
		share *= taper;
	return ua * share;
}

void equalize_limit(struct equalize *e, const struct equalize_scan *s)
{
	int64_t middle = median_temperature(e, s);
	int hot = hottest(e, s);
	double over = s->cells[hot].temperature_mc - middle, taper = 1;
	unsigned int i;

	if (over > WARM_MC)
		taper = over < HOT_MC ? (HOT_MC - over) / (HOT_MC - WARM_MC) :
					0;
	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];
		double ua = highest(e, s, i, middle, hot, taper);

		j->limit_permille = ua * 1000 / e->config.bypass_ua;
		if (j->bypass_ua > ua)
			j->bypass_ua = ua;
		if (j->duty_permille > j->limit_permille)
			equalize_set_duty(j, j->limit_permille);
		if (ua <= 0 && j->status == EQUALIZE_ACTIVE)
			j->status = EQUALIZE_READY;
		if (j->held) {
			suspend(j, "0 %% while its internal resistance is measured");
			equalize_set_duty(j, 0);
		}
	}
}
