// SPDX-License-Identifier: GPL-2.0-or-later
/* Equalizing of a string: scans in, duties out */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/equalize/internal.h"

/*
 * A step: long against the noise of a sample, short against the 40 minutes in
 * which the plates of a full cell follow a change of the current (20 F/Ah at
 * 52 mV / 0.4 mA/Ah)
 */
#define STEP_NS		(300 * SECOND_NS)
/* The first one: nothing is known yet, and nothing is done on it for long */
#define FIRST_NS	(60 * SECOND_NS)
#define STEP_SCANS	3
/* A gap in the scans that makes what was summed up void */
#define GAP_NS		STEP_NS

int equalize_new(unsigned int count, struct equalize **ret)
{
	struct equalize *e = calloc(1, sizeof(*e));

	if (e)
		e->jars = calloc(count ? count : 1, sizeof(*e->jars));
	if (!e || !e->jars) {
		free(e);
		return -ENOMEM;
	}
	e->count = count;
	equalize_config_default(&e->config);
	equalize_reset(e, "");
	*ret = e;
	return 0;
}

struct equalize *equalize_free(struct equalize *e)
{
	if (e)
		free(e->jars);
	free(e);
	return NULL;
}

void equalize_config_default(struct equalize_config *config)
{
	*config = (struct equalize_config) {
		.slope_uv = EQUALIZE_SLOPE_UV,
		.low_uv = EQUALIZE_LOW_MV * 1000,
		.high_uv = EQUALIZE_HIGH_MV * 1000,
		.delay_s = EQUALIZE_DELAY_S,
		.derate_from_mc = EQUALIZE_DERATE_FROM_MC,
		.derate_to_mc = EQUALIZE_DERATE_TO_MC,
	};
}

static bool same_config(const struct equalize_config *a,
			const struct equalize_config *b)
{
	return a->on == b->on && a->capacity_mah == b->capacity_mah &&
	       a->bypass_ua == b->bypass_ua && a->float_ua == b->float_ua &&
	       a->slope_uv == b->slope_uv && a->band_uv == b->band_uv &&
	       a->low_uv == b->low_uv && a->high_uv == b->high_uv &&
	       a->delay_s == b->delay_s &&
	       a->derate_from_mc == b->derate_from_mc &&
	       a->derate_to_mc == b->derate_to_mc;
}

void equalize_configure(struct equalize *e, const struct equalize_config *c)
{
	if (same_config(&e->config, c))
		return;
	e->config = *c;
	equalize_reset(e, "the configuration changed");
}

bool equalize_set_duty(struct equalize_jar *j, unsigned int permille)
{
	bool changed = j->duty_permille != permille;

	j->duty_permille = permille;
	return changed;
}

/* All duties to 0; what is known of the charge taken stays */
static bool stop(struct equalize *e)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];

		changed |= equalize_set_duty(j, 0);
		j->bypass_ua = 0;
		j->carry = 0;
		j->has_before = false;
		j->has_target = false;
		j->limit_permille = 0;
		j->sum_uv = 0;
		j->sum_mc = 0;
		if (j->status != EQUALIZE_EXCLUDED || !e->config.on) {
			j->status = e->config.on ? EQUALIZE_SUSPENDED :
						   EQUALIZE_OFF;
			snprintf(j->reason, sizeof(j->reason), "%s",
				 e->reason);
		}
	}
	e->running = false;
	e->has_mean = false;
	e->level_uv = 0;
	e->step_scans = 0;
	e->finish_s = -1;
	equalize_forget_trend(e);
	return changed;
}

void equalize_reset(struct equalize *e, const char *why)
{
	unsigned int i;

	e->status = e->config.on ? EQUALIZE_SUSPENDED : EQUALIZE_OFF;
	e->culprit = -1;
	snprintf(e->reason, sizeof(e->reason), "%s",
		 e->config.on ? why : "switched off");
	e->whole_ns = 0;
	/* what an earlier run left outlives the beginnings of this one */
	for (i = 0; i < e->count && !e->resumed; i++)
		e->jars[i].effort_ns = 0;
	stop(e);
}

void equalize_resume(struct equalize *e, unsigned int jar, uint64_t effort_ns,
		     int64_t effort_uv, uint64_t gap_ns, bool without_effect,
		     uint32_t taken_uah, uint64_t now_ns)
{
	struct equalize_jar *j = jar < e->count ? &e->jars[jar] : NULL;

	if (!j)
		return;
	j->effort_ns = effort_ns;
	j->effort_uv = effort_uv;
	j->gap_ns = gap_ns;
	j->without_effect = without_effect;
	/* as if all of it were of this hour: it counts longer, never shorter */
	if (!e->last_ns)
		e->hour = now_ns / HOUR_NS;
	memset(j->taken, 0, sizeof(j->taken));
	j->taken[e->hour % EQUALIZE_HOURS] = taken_uah;
	j->taken_uah = taken_uah;
	if (!e->running)
		e->resumed = true;
}

void equalize_resume_look(struct equalize *e, uint64_t hidden_ns,
			  uint64_t off_ns, int64_t off_uv)
{
	if (e->has_off)
		return;
	if (e->hidden_ns < hidden_ns)
		e->hidden_ns = hidden_ns;
	if (!off_ns)
		return;
	e->has_off = true;
	e->off_ns = off_ns;
	e->off_uv = off_uv;
}

void equalize_hold(struct equalize *e, unsigned int jar, bool hold)
{
	if (jar >= e->count)
		return;
	e->jars[jar].held = hold;
	if (!hold)
		return;
	e->jars[jar].duty_permille = 0;
	e->jars[jar].carry = 0;
}

/* B2: charge that the bypass took out of the jars, by the hour */
static void count_taken(struct equalize *e, uint64_t now_ns)
{
	double hours = (double)(now_ns - e->last_ns) / HOUR_NS;
	uint64_t hour = now_ns / HOUR_NS;
	unsigned int i, h;

	if (!e->last_ns || now_ns < e->last_ns)
		hours = 0;
	for (h = 0; e->hour < hour && h < EQUALIZE_HOURS; h++) {
		e->hour++;
		for (i = 0; i < e->count; i++)
			e->jars[i].taken[e->hour % EQUALIZE_HOURS] = 0;
	}
	e->hour = hour;
	for (i = 0; i < e->count; i++) {
		struct equalize_jar *j = &e->jars[i];
		double ua = (double)j->duty_permille * e->config.bypass_ua /
			    1000 - e->float_ua;
		double sum = 0;

		if (ua > 0)
			j->taken[hour % EQUALIZE_HOURS] += ua * hours;
		for (h = 0; h < EQUALIZE_HOURS; h++)
			sum += j->taken[h];
		j->taken_uah = sum;
	}
}

/*
 * The wander of a charger goes into the plates and swings the current by more
 * than its own size: only a mean of an hour is a float current.
 */
static void take_current(struct equalize *e, const struct equalize_scan *s)
{
	uint64_t dt = s->time_ns - e->last_ns;
	double ua = (double)s->current_ma * 1000;

	if (!s->has_current || s->state != STRING_FLOAT || !e->last_ns ||
	    s->time_ns <= e->last_ns || dt > GAP_NS) {
		e->current_ns = 0;
		e->current_ua = ua;
		return;
	}
	e->current_ns += dt;
	if (e->current_ns > HOUR_NS)
		e->current_ns = HOUR_NS;
	e->current_ua += (ua - e->current_ua) * dt / e->current_ns;
}

/* Measured currents above this many times the usual one are no float */
#define MEASURED_TIMES	5	/* practice */

static void choose_current(struct equalize *e, const struct equalize_scan *s)
{
	double assumed = (double)e->config.capacity_mah / 1000 *
			 EQUALIZE_FLOAT_UA_PER_AH;

	e->source = EQUALIZE_ASSUMED;
	e->float_ua = assumed;
	if (e->config.float_ua) {
		e->source = EQUALIZE_CONFIGURED;
		e->float_ua = e->config.float_ua;
	} else if (e->current_ns >= HOUR_NS &&
		   e->current_ua > s->zero_ma * 1000.0) {
		e->source = EQUALIZE_MEASURED;
		e->float_ua = e->current_ua < MEASURED_TIMES * assumed ?
			      e->current_ua : MEASURED_TIMES * assumed;
	}
}

static void begin_step(struct equalize *e, uint64_t now_ns)
{
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		e->jars[i].sum_uv = 0;
		e->jars[i].sum_mc = 0;
	}
	e->step_ns = now_ns;
	e->step_scans = 0;
}

static void sum_up(struct equalize *e, const struct equalize_scan *s)
{
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		e->jars[i].sum_uv += s->cells[i].cell_uv;
		e->jars[i].sum_mc += s->cells[i].temperature_mc;
	}
	e->step_scans++;
}

bool equalize_flows(const struct equalize *e)
{
	unsigned int i;

	for (i = 0; i < e->count; i++)
		if (e->jars[i].duty_permille)
			return true;
	return false;
}

static void describe(struct equalize *e)
{
	unsigned int i, n = 0;

	for (i = 0; i < e->count; i++)
		n += e->jars[i].status == EQUALIZE_ACTIVE;
	e->culprit = -1;
	e->status = n ? EQUALIZE_ACTIVE : EQUALIZE_READY;
	if (!e->has_mean)
		snprintf(e->reason, sizeof(e->reason),
			 "all rules are fulfilled, the first means are being taken");
	else if (n)
		snprintf(e->reason, sizeof(e->reason),
			 "%u of %u jars bypassed, spread %s mV/cell around %s V/cell; float current %s mA %s",
			 n, e->count, equalize_mv(e->spread_uv).s,
			 equalize_volts(e->mean_uv).s,
			 equalize_mv(e->float_ua).s,
			 equalize_source_name(e->source));
	else
		snprintf(e->reason, sizeof(e->reason),
			 "no jar is above its dead band, spread %s mV/cell around %s V/cell",
			 equalize_mv(e->spread_uv).s,
			 equalize_volts(e->mean_uv).s);
}

/* What the bypass hides is seen without it alone */
static void note_spread(struct equalize *e, uint64_t now_ns)
{
	if (now_ns - e->flowed_ns < EQUALIZE_REST_NS)
		return;
	e->has_off = true;
	e->off_uv = e->spread_uv;
	e->off_ns = now_ns;
	e->hidden_ns = 0;
}

static void run(struct equalize *e, const struct equalize_scan *s)
{
	uint64_t dt = s->time_ns - e->step_ns;

	if (!e->running || s->time_ns < e->step_ns ||
	    s->time_ns - e->last_ns > GAP_NS) {
		e->running = true;
		e->resumed = false;
		begin_step(e, s->time_ns);
		dt = 0;
	} else {
		e->hidden_ns += s->time_ns - e->last_ns;
	}
	sum_up(e, s);
	equalize_limit(e, s);
	if (dt >= (e->has_mean ? STEP_NS : FIRST_NS) &&
	    e->step_scans >= STEP_SCANS) {
		equalize_control(e, s, (double)dt / SECOND_NS);
		note_spread(e, s->time_ns);
		equalize_forecast(e, s, dt);
		begin_step(e, s->time_ns);
	}
	describe(e);
}

bool equalize_scan(struct equalize *e, const struct equalize_scan *s)
{
	uint16_t before[247];
	bool changed = false;
	unsigned int i;

	for (i = 0; i < e->count && i < 247; i++)
		before[i] = e->jars[i].duty_permille;
	count_taken(e, s->time_ns);
	if (!e->flowed_ns || s->time_ns < e->flowed_ns || equalize_flows(e))
		e->flowed_ns = s->time_ns;
	take_current(e, s);
	choose_current(e, s);
	switch (equalize_judge(e, s)) {
	case EQUALIZE_STOP:
		stop(e);
		break;
	case EQUALIZE_KEEP:
		/* what was summed up is of another string */
		begin_step(e, s->time_ns);
		break;
	case EQUALIZE_GO:
		run(e, s);
		break;
	}
	e->last_ns = s->time_ns;
	for (i = 0; i < e->count && i < 247; i++)
		changed |= before[i] != e->jars[i].duty_permille;
	return changed;
}

const char *equalize_status_name(enum equalize_status status)
{
	static const char *const names[] = {
		[EQUALIZE_OFF] = "off", [EQUALIZE_SUSPENDED] = "suspended",
		[EQUALIZE_READY] = "ready", [EQUALIZE_ACTIVE] = "active",
		[EQUALIZE_EXCLUDED] = "excluded",
	};

	return (unsigned int)status <= EQUALIZE_EXCLUDED ? names[status] :
							   names[0];
}

const char *equalize_source_name(enum equalize_source source)
{
	static const char *const names[] = {
		[EQUALIZE_ASSUMED] = "assumed",
		[EQUALIZE_CONFIGURED] = "configured",
		[EQUALIZE_MEASURED] = "measured",
	};

	return (unsigned int)source <= EQUALIZE_MEASURED ? names[source] :
							   names[0];
}

/* Data sheets of the modules of this kind: 12 V 150 mA, 6 V 300, 2 V 850 */
uint32_t equalize_bypass_ua(uint32_t nominal_mv)
{
	if (nominal_mv >= 12000)
		return 150000;
	if (nominal_mv >= 6000)
		return 300000;
	/* 4 V: between its neighbours by equal power, practice */
	return nominal_mv >= 4000 ? 450000 : 850000;
}

/* @value in steps of which @unit are 1, with @decimals */
static struct volts print_steps(int64_t value, unsigned int unit, int decimals)
{
	unsigned long long size = value < 0 ? -value : value;
	struct volts v;

	snprintf(v.s, sizeof(v.s), "%s%llu.%0*u", value < 0 ? "-" : "",
		 size / unit, decimals, (unsigned int)(size % unit));
	return v;
}

static int64_t round_to(int64_t value, int64_t step)
{
	return (value + (value < 0 ? -step : step) / 2) / step;
}

struct volts equalize_volts(int64_t uv)
{
	return print_steps(round_to(uv, 1000), 1000, 3);
}

struct volts equalize_mv(int64_t uv)
{
	return print_steps(round_to(uv, 100), 10, 1);
}
