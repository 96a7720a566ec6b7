// SPDX-License-Identifier: GPL-2.0-or-later
/* From deviations to bypass currents; what it brought and how long it takes */
#include <stdio.h>
#include <string.h>

#include "policy/equalize/internal.h"

/*
 * On float a cell follows Tafel: 120 mV a decade, 52 mV for a relative change of
 * the current, with a lag of 20 F/Ah * 52 mV / 0.4 mA/Ah = 43 min (plant.rst).
 * Proportional and integral parts for a loop of 45 min, as shares of the float
 * current: one mV/cell above target is 1/52 of it.
 */
#define TAFEL_UV	52000.0		/* practice: 120 mV a decade */
#define LAG_S		2600.0
#define LOOP_S		2700.0
/* The level follows the jars at their limit: twice the lag */
#define LEVEL_S		5400.0		/* practice */
/* The lowest is far away when it is so many times as far as the highest */
#define FAR_TIMES	2		/* practice */
/*
 * All but the lowest are brought so far further while that is still low; more,
 * by this share of what it is farther than the goal; none when the level is this
 * share of how low it is
 */
#define FEED_UV		200.0		/* practice */
#define FEED_SHARE	0.5		/* practice */
#define FEED_LEVEL	0.2		/* practice */

/* B3: a module is accurate to 0.5 %; less than twice that is no difference */
#define ACCURACY_UV(v)	((v) / 100)
/* Duties below it are dithered: steps of 0.1 % are too coarse for small jars */
#define FINE_PERMILLE	50
/* Others change by so much, or not at all */
#define STEP_PERMILLE	5

/* Days at the limit that have to move something */
#define EFFORT_NS	(72 * HOUR_NS)		/* practice */
#define EFFORT_LEFT	0.8			/* practice */
/* A measurement, a suspension and the way back do not make them void */
#define EFFORT_GAP_NS	(12 * HOUR_NS)		/* practice */

/* A cell so far below the others lacks 1 % of its charge, practice */
#define LACK_UV		50000.0
#define TREND_NS	(HOUR_NS / 2)
/* A trend counts once it fell by this share in the time it spans */
#define TREND_FALL	0.1

static double size(double v)
{
	return v < 0 ? -v : v;
}

static double band_of(const struct equalize *e)
{
	return e->config.band_uv ? e->config.band_uv : EQUALIZE_BAND_UV;
}

/*
 * How far above its target a jar may be. Of a module that was not calibrated
 * the difference may be its own error: what is within is left alone (B3).
 */
static double allowance(const struct equalize *e, const struct equalize_cell *c)
{
	double least = ACCURACY_UV((double)e->mean_uv);

	if (c->calibrated)
		return 0;
	return e->config.band_uv > least ? e->config.band_uv : least;
}

/* Means of the step, targets and deviations */
static void find_targets(struct equalize *e)
{
	double uv = 0, mc = 0, lowest = 0, highest = 0;
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		uv += e->jars[i].sum_uv;
		mc += e->jars[i].sum_mc;
	}
	uv /= (double)e->count * e->step_scans;
	mc /= (double)e->count * e->step_scans;
	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];
		double warmer = j->sum_mc / e->step_scans - mc;
		double target = uv + e->config.slope_uv * warmer / 1000;
		double off = j->sum_uv / e->step_scans - target;

		j->has_target = true;
		j->target_uv = target;
		j->deviation_uv = off;
		if (!i || off < lowest)
			lowest = off;
		if (!i || off > highest)
			highest = off;
	}
	e->has_mean = true;
	e->mean_uv = uv;
	e->spread_uv = highest - lowest;
}

/* Is there anything to do? Low ones of modules without calibration are not. */
static bool settled(struct equalize *e, const struct equalize_scan *s)
{
	double band = band_of(e);
	bool all = true;
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		const struct equalize_cell *c = &s->cells[i];
		struct equalize_jar *j = &e->jars[i];
		double off = j->deviation_uv - allowance(e, c);

		j->far = off > band || (off < -band &&
					(c->calibrated || j->bypass_ua > 0));
		if (j->far && (off < 0 || j->status != EQUALIZE_EXCLUDED))
			all = false;
	}
	return all;
}

/* What the bypass leaves of the float current: the less, the more it does */
static double left_ua(const struct equalize *e, const struct equalize_jar *j)
{
	if (j->bypass_ua > 0.9 * e->float_ua)
		return 0.1 * e->float_ua;
	return e->float_ua - j->bypass_ua;
}

/* One step of the loop of jar @j, which is @off above where it may be */
static void move(const struct equalize *e, struct equalize_jar *j, double off,
		 double dt_s)
{
	double change;

	change = off * dt_s / LOOP_S;
	if (j->has_before)
		change += (off - j->before_uv) * LAG_S / LOOP_S;
	/* below it, whatever rises, nothing is to be taken */
	if (off <= 0 && change > 0)
		change = 0;
	j->bypass_ua += left_ua(e, j) * change / TAFEL_UV;
	if (j->bypass_ua < 0)
		j->bypass_ua = 0;
}

/*
 * Level above target to which jars are brought: that of the highest which has
 * as much past it as it may have. What the others gave beyond it would raise the
 * current of the string, and with it this one more than the lowest. As long as
 * that is far away it lacks charge, and more current is what it needs.
 */
static void find_level(struct equalize *e, double dt_s)
{
	double top = 0, low = 0, share = dt_s < LEVEL_S ? dt_s / LEVEL_S : 1;
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		const struct equalize_jar *j = &e->jars[i];

		if (-j->deviation_uv > low)
			low = -j->deviation_uv;
		if (!j->held && j->limit_permille && j->deviation_uv > top &&
		    j->bypass_ua * 1000 >=
		    (double)j->limit_permille * e->config.bypass_ua)
			top = j->deviation_uv;
	}
	if (low > FAR_TIMES * top)
		top *= FAR_TIMES * top / low;
	e->level_uv += (top - e->level_uv) * share;
}

/*
 * The lowest of many is far below the mean when each of the others is hardly
 * above it: without this it would take the string days to come together.
 */
static void feed_lowest(struct equalize *e, const struct equalize_scan *s,
			double dt_s)
{
	double lacks, feed = FEED_UV;
	unsigned int i, low = 0;

	for (i = 1; i < e->count; i++)
		if (e->jars[i].deviation_uv < e->jars[low].deviation_uv)
			low = i;
	lacks = -e->jars[low].deviation_uv;
	/* with one at its limit more for the lowest is more for that one, too */
	if (lacks <= 0 || e->level_uv > FEED_LEVEL * lacks ||
	    !s->cells[low].calibrated)
		return;
	if (lacks < feed)
		feed = lacks;
	else if (lacks > EQUALIZE_GOAL_UV)
		feed += FEED_SHARE * (lacks - EQUALIZE_GOAL_UV);
	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];

		/* those that are low themselves have nothing to give */
		if (i != low && !j->held && s->cells[i].calibrated &&
		    j->deviation_uv > -band_of(e))
			j->bypass_ua += left_ua(e, j) * feed * dt_s /
					(LOOP_S * TAFEL_UV);
	}
}

/* What flows past all of them makes no difference: the least gets none */
static void remove_common(struct equalize *e)
{
	double least = e->jars[0].bypass_ua;
	unsigned int i;

	for (i = 1; i < e->count; i++)
		if (e->jars[i].bypass_ua < least)
			least = e->jars[i].bypass_ua;
	for (i = 0; i < e->count; i++)
		e->jars[i].bypass_ua -= least;
}

static void give_duty(struct equalize *e, struct equalize_jar *j)
{
	double want = j->bypass_ua * 1000 / e->config.bypass_ua;
	unsigned int duty;

	if (want < FINE_PERMILLE) {
		j->carry += want;
		duty = j->carry;
		j->carry -= duty;
		if (duty > j->limit_permille)
			duty = j->limit_permille;
		equalize_set_duty(j, duty);
		return;
	}
	j->carry = 0;
	duty = want + 0.5;
	if (duty > j->limit_permille)
		duty = j->limit_permille;
	if (size((double)duty - j->duty_permille) >= STEP_PERMILLE ||
	    duty == j->limit_permille)
		equalize_set_duty(j, duty);
}

static void explain(const struct equalize *e, struct equalize_jar *j,
		    const struct equalize_cell *c)
{
	int64_t allowed = allowance(e, c);
	char level[96] = "";

	/* a level as small as that is none */
	if (e->level_uv > allowed + band_of(e))
		snprintf(level, sizeof(level),
			 "; one at its limit keeps all %s mV/cell above",
			 equalize_mv(e->level_uv).s);
	if (j->status == EQUALIZE_EXCLUDED || j->status == EQUALIZE_SUSPENDED)
		return;
	if (j->bypass_ua > 0) {
		j->status = EQUALIZE_ACTIVE;
		snprintf(j->reason, sizeof(j->reason),
			 "%s mV/cell %s target %s V/cell%s, %s mA bypassed%s%s",
			 equalize_mv(size(j->deviation_uv)).s,
			 j->deviation_uv < 0 ? "below" : "above",
			 equalize_volts(j->target_uv).s,
			 allowed ? " (with dead band)" : "",
			 equalize_mv(j->bypass_ua).s,
			 j->duty_permille >= j->limit_permille ?
			 ", the most allowed" : "",
			 j->duty_permille >= j->limit_permille ? "" : level);
		return;
	}
	j->status = EQUALIZE_READY;
	if (j->deviation_uv > 0)
		snprintf(j->reason, sizeof(j->reason),
			 "%s mV/cell above target %s V/cell, dead band %s mV/cell%s",
			 equalize_mv(j->deviation_uv).s,
			 equalize_volts(j->target_uv).s,
			 equalize_mv(allowed + band_of(e)).s, level);
	else
		snprintf(j->reason, sizeof(j->reason),
			 "%s mV/cell below target %s V/cell: it gets all of the charge",
			 equalize_mv(-j->deviation_uv).s,
			 equalize_volts(j->target_uv).s);
}

void equalize_control(struct equalize *e, const struct equalize_scan *s,
		      double dt_s)
{
	bool done;
	unsigned int i;

	find_targets(e);
	done = settled(e, s);
	find_level(e, dt_s);
	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];
		double allowed = allowance(e, &s->cells[i]), off;

		off = j->deviation_uv -
		      (allowed > e->level_uv ? allowed : e->level_uv);
		if (!done && !j->held)
			move(e, j, off, dt_s);
		j->before_uv = off;
		j->has_before = !j->held;
	}
	if (!done)
		feed_lowest(e, s, dt_s);
	remove_common(e);
	/* what the rules leave of it */
	equalize_limit(e, s);
	for (i = 0; i < e->count; i++) {
		if (!e->jars[i].held)
			give_duty(e, &e->jars[i]);
		explain(e, &e->jars[i], &s->cells[i]);
	}
}

/* The largest deviation that is more than the modules' own errors may be */
static unsigned int worst(const struct equalize *e)
{
	unsigned int i, best = 0;

	for (i = 1; i < e->count; i++)
		if (size(e->jars[i].deviation_uv) >
		    size(e->jars[best].deviation_uv))
			best = i;
	return best;
}

void equalize_forget_trend(struct equalize *e)
{
	e->trends = 0;
	e->trend_ns = 0;
	e->finish_trend = false;
}

static void keep_trend(struct equalize *e, uint64_t now_ns, int64_t far)
{
	if (e->trends && now_ns - e->trend_ns < TREND_NS)
		return;
	memmove(&e->trend[1], &e->trend[0],
		sizeof(e->trend) - sizeof(e->trend[0]));
	e->trend[0] = far;
	e->trend_ns = now_ns;
	if (e->trends < EQUALIZE_TREND)
		e->trends++;
}

/* With one at its limit the low ones are not fed, so nothing is done for them */
static bool is_left_low(const struct equalize *e, const struct equalize_jar *j)
{
	return j->deviation_uv < 0 &&
	       e->level_uv > FEED_LEVEL * -(double)j->deviation_uv;
}

/* The worst of those for which something is done */
static unsigned int worst_cared_for(const struct equalize *e)
{
	unsigned int i, best = worst(e);

	for (i = 0; i < e->count; i++)
		if (!is_left_low(e, &e->jars[i]) &&
		    (is_left_low(e, &e->jars[best]) ||
		     size(e->jars[i].deviation_uv) >
		     size(e->jars[best].deviation_uv)))
			best = i;
	return best;
}

/* A jar at its limit for days that is where it was: sulphated, or defective */
static void watch_effort(struct equalize *e, uint64_t dt_ns)
{
	unsigned int i, w = worst_cared_for(e);

	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];
		double off = size(j->deviation_uv);
		bool far = j->far && off > EQUALIZE_GOAL_UV;

		/* the one that lags behind all others, or one at its limit */
		bool works = i == w || (j->limit_permille &&
			j->duty_permille * 10 >= j->limit_permille * 9);

		works = works && !is_left_low(e, j);
		if (j->held)
			continue;
		j->gap_ns = works ? 0 : j->gap_ns + dt_ns;
		if (!far || j->gap_ns > EFFORT_GAP_NS)
			j->effort_ns = 0;
		if (!far)
			j->without_effect = false;
		if (!far || !works)
			continue;
		if (!j->effort_ns)
			j->effort_uv = off;
		j->effort_ns += dt_ns;
		if (j->effort_ns < EFFORT_NS)
			continue;
		j->without_effect = i == w && off > EFFORT_LEFT * j->effort_uv;
		if (!j->without_effect)
			j->effort_ns = 0;
	}
}

/* What is left to do, with the errors of the modules taken off */
static int64_t remaining(const struct equalize *e, const struct equalize_scan *s)
{
	double most = 0;
	unsigned int i;

	for (i = 0; i < e->count; i++)
		if (allowance(e, &s->cells[i]) > most)
			most = allowance(e, &s->cells[i]);
	return e->spread_uv > 2 * most ? e->spread_uv - 2 * most : 0;
}

/*
 * Before anything was seen: a cell that is so far below the others lacks charge,
 * and gets what they get and what flows past them.
 */
static double guess_s(const struct equalize *e, int64_t left)
{
	double bypass = e->float_ua * 0.9, flows = 0;
	double lacks = (double)left / LACK_UV * e->config.capacity_mah / 100;
	unsigned int i;

	if (bypass > e->config.bypass_ua)
		bypass = e->config.bypass_ua;
	/* a measured current has in it what flows already */
	for (i = 0; e->source == EQUALIZE_MEASURED && i < e->count; i++)
		flows += e->jars[i].bypass_ua / e->count;
	bypass = bypass > flows ? bypass - flows : 0;
	return lacks * 1000 / (e->float_ua + bypass) * 3600 + 3 * LAG_S;
}

void equalize_forecast(struct equalize *e, const struct equalize_scan *s,
		       uint64_t dt_ns)
{
	int64_t left = remaining(e, s);
	double span_s, fell;

	watch_effort(e, dt_ns);
	keep_trend(e, s->time_ns, left);
	e->finish_trend = false;
	e->finish_s = 0;
	if (left <= EQUALIZE_GOAL_UV)
		return;
	e->finish_s = guess_s(e, left);
	if (e->trends < 3)
		return;
	span_s = (double)(e->trends - 1) * TREND_NS / SECOND_NS;
	fell = e->trend[e->trends - 1] - e->trend[0];
	if (fell < TREND_FALL * e->trend[0])
		return;
	e->finish_trend = true;
	e->finish_s = (left - EQUALIZE_GOAL_UV) / fell * span_s;
}
