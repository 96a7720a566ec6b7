// SPDX-License-Identifier: GPL-2.0-or-later
/* Temperatures of blocks and modules over time (M3, M11) */
#include "policy/rules/internal.h"

/*
 * [M3] [M11]  requirements of these numbers
 * [v]   practice value
 */
enum {
	HOT_MC = 60000,		/* [M11] bypass is reduced from here ... */
	HOT_ALARM_MC = 75000,	/* [M11] ... to nothing here */
	HOT_BACK_MC = 2000,	/* [v] */
	IDLE_S = 1800,		/* [v] three time constants of a module */
	IDLE_MC = 15000,	/* [v] above block and other modules: 1 W */
	IDLE_BACK_MC = 5000,	/* [v] */
	NEIGHBOUR_MC = 1000,	/* [v] warmer by so much: it is the source */
	DAYS_OF_30 = 28,	/* [v] share of days that must be known */
};

static const struct rules_times slow = {
	10 * RULES_MINUTE_NS, 10 * RULES_MINUTE_NS,
};
static const struct rules_times quick = {
	60 * RULES_SECOND_NS, 60 * RULES_SECOND_NS,
};
static const struct rules_times at_once;

static void judge_long_high(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	const struct limit_set *l = j->limits;
	struct rules_hold *h = &j->memory->hold[RULE_TEMP_LONG_HIGH];
	struct rules_times times = { .off_ns = 10 * RULES_MINUTE_NS };
	bool above;

	if (!rules_set(l, LIMIT_TEMP_HIGH_ALARM) ||
	    !rules_set(l, LIMIT_TEMP_HIGH_ALARM_S))
		return;
	times.on_ns = l->value[LIMIT_TEMP_HIGH_ALARM_S] * RULES_SECOND_NS;
	above = rules_above(j->temperature_mc,
			    l->value[LIMIT_TEMP_HIGH_ALARM],
			    rules_set(l, LIMIT_TEMP_HYSTERESIS) ?
			    l->value[LIMIT_TEMP_HYSTERESIS] : 0, h);
	rules_say(run, h, ALARM_TEMPERATURE_LONG_HIGH, jar,
		  above ? ALARM_ALARM : ALARM_NONE, times,
		  "%s C, above %s C for %s",
		  rules_celsius(j->temperature_mc).s,
		  rules_celsius(l->value[LIMIT_TEMP_HIGH_ALARM]).s,
		  rules_span(times.on_ns).s);
}

/* Mean of the @days before today; false while too few of them are known */
static bool mean_of_days(const struct rules_module *m, unsigned int days,
			 int64_t *ret_mc)
{
	unsigned int i, known = 0;
	int64_t sum = 0;

	for (i = 0; i < RULES_DAYS; i++) {
		if (!m->days[i].day || m->days[i].day + days < m->day)
			continue;
		sum += m->days[i].mean_mc;
		known++;
	}
	if (!known || known * 30 < days * DAYS_OF_30)
		return false;
	*ret_mc = sum / known;
	return true;
}

static void judge_mean_low(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	const struct limit_set *l = j->limits;
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_TEMP_MEAN_LOW];
	uint32_t day = run->now_ns / RULES_DAY_NS + 1;
	unsigned int days;
	int64_t mean;

	if (day != m->day) {
		if (m->day_count) {
			m->days[m->day % RULES_DAYS].mean_mc =
				m->day_sum_mc / m->day_count;
			m->days[m->day % RULES_DAYS].day = m->day;
		}
		m->day = day;
		m->day_sum_mc = 0;
		m->day_count = 0;
	}
	m->day_sum_mc += j->temperature_mc;
	/* once a day is often enough */
	if (m->day_count++ || !rules_set(l, LIMIT_TEMP_MEAN_LOW) ||
	    !rules_set(l, LIMIT_TEMP_MEAN_LOW_S))
		return;
	days = l->value[LIMIT_TEMP_MEAN_LOW_S] / (RULES_DAY_NS /
						  RULES_SECOND_NS);
	if (!days || !mean_of_days(m, days, &mean))
		return;
	rules_say(run, h, ALARM_TEMPERATURE_MEAN_LOW, jar,
		  mean < l->value[LIMIT_TEMP_MEAN_LOW] ? ALARM_ADVISORY :
							 ALARM_NONE,
		  at_once,
		  "mean %s C of %u day%s (limit %s C)",
		  rules_celsius(mean).s, days, days == 1 ? "" : "s",
		  rules_celsius(l->value[LIMIT_TEMP_MEAN_LOW]).s);
}

/* A hot neighbour explains it, and is told of itself */
static bool warmed_by(const struct rules_run *run, unsigned int jar, int step)
{
	const struct rules_jar *own = &run->scan->jars[jar], *j = own + step;

	if ((step < 0 && !jar) || (step > 0 && jar + 1 >= run->scan->count))
		return false;
	return j->fresh && j->has_temperature && !j->temperature_fault &&
	       j->temperature_mc > own->temperature_mc + NEIGHBOUR_MC &&
	       rules_stands(j->memory, RULE_TEMP_NO_RETURN);
}

static void judge_no_return(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	const struct rules_string *r = run->string;
	const struct limit_set *l = j->limits;
	struct rules_hold *h = &j->memory->hold[RULE_TEMP_NO_RETURN];
	bool room = r->ambient.weight_ns >= RULES_HOUR_NS;
	int64_t reference;
	bool above;

	if (!rules_set(l, LIMIT_TEMP_RETURN) ||
	    !rules_set(l, LIMIT_TEMP_RETURN_S) || !run->has_temperature)
		return;
	if ((run->scan->state != STRING_FLOAT &&
	     run->scan->state != STRING_REST) || !r->quiet_ns ||
	    run->now_ns - r->quiet_ns <
	    l->value[LIMIT_TEMP_RETURN_S] * RULES_SECOND_NS)
		return;
	/* alone it is its own median */
	if (!room && run->scan->count < 2)
		return;
	if (h->level == ALARM_NONE &&
	    (warmed_by(run, jar, -1) || warmed_by(run, jar, 1)))
		return;
	reference = room ? (int64_t)r->ambient.value :
			   rules_other_temperatures(run, jar);
	above = rules_above(j->temperature_mc - reference,
			    l->value[LIMIT_TEMP_RETURN], 500, h);
	rules_say(run, h, ALARM_TEMPERATURE_NO_RETURN, jar,
		  above ? ALARM_WARNING : ALARM_NONE, slow,
		  "%s C is %s C above the %s %s C, %s after the end of charge or discharge (limit %s C after %s)",
		  rules_celsius(j->temperature_mc).s,
		  rules_celsius(j->temperature_mc - reference).s,
		  room ? "room," : "median of the string, which stands in for the room,",
		  rules_celsius(reference).s,
		  rules_span(run->now_ns - r->quiet_ns).s,
		  rules_celsius(l->value[LIMIT_TEMP_RETURN]).s,
		  rules_span(l->value[LIMIT_TEMP_RETURN_S] *
			     RULES_SECOND_NS).s);
}

static void judge_module(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_MODULE_HOT];
	int32_t back = h->level == ALARM_NONE ? 0 : HOT_BACK_MC;
	int64_t reference = rules_other_modules(run, jar);
	enum alarm_level level = ALARM_NONE;
	bool above;

	if (j->module_mc >= HOT_ALARM_MC -
	    (h->level == ALARM_ALARM ? HOT_BACK_MC : 0))
		level = ALARM_ALARM;
	else if (j->module_mc >= HOT_MC - back)
		level = ALARM_WARNING;
	rules_say(run, h, ALARM_MODULE_HOT, jar, level, quick,
		  "module at %s C (warning from %s C, alarm from %s C)",
		  rules_celsius(j->module_mc).s, rules_celsius(HOT_MC).s,
		  rules_celsius(HOT_ALARM_MC).s);
	/* what it does by itself must have had time to go */
	if (!j->has_duty || run->now_ns - m->duty_ns < IDLE_S *
	    RULES_SECOND_NS)
		return;
	if (j->has_temperature && !j->temperature_fault &&
	    j->temperature_mc > reference)
		reference = j->temperature_mc;
	/* alone it can be compared with nothing */
	if (run->scan->count < 2 && !j->has_temperature)
		return;
	h = &m->hold[RULE_MODULE_HOT_IDLE];
	above = rules_above(j->module_mc - reference, IDLE_MC, IDLE_BACK_MC,
			    h);
	rules_say(run, h, ALARM_MODULE_HOT_IDLE, jar,
		  above ? ALARM_ALARM : ALARM_NONE, slow,
		  "module at %s C with 0 %% duty, %s C above its block and the other modules (limit %s C): current flows through it",
		  rules_celsius(j->module_mc).s,
		  rules_celsius(j->module_mc - reference).s,
		  rules_celsius(IDLE_MC).s);
}

void rules_judge_temperature(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];

	if (j->has_temperature && !j->temperature_fault &&
	    !rules_stands(j->memory, RULE_IMPLAUSIBLE)) {
		judge_long_high(run, jar);
		judge_mean_low(run, jar);
		judge_no_return(run, jar);
	}
	if (j->has_module_temperature)
		judge_module(run, jar);
}
