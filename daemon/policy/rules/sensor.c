// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sensors that are not to be believed: stuck, drifting, beyond all physics
 *
 * A value accuses its sensor only by what the other blocks do meanwhile.
 */
#include "policy/rules/internal.h"

/*
 * [C]   charger's wander of 20 mV on 12 V (C2) moves all blocks
 * [X]   Maxi Power: ±2 % of the average is natural in AGM, 45 mV/cell
 * [v]   practice value
 */
enum {
	STILL_S = 2 * 3600,	/* [v] */
	STILL_TEMP_S = 12 * 3600, /* [v] */
	STILL_LOAD_S = 60,	/* [v] a discharge moves everything */
	STILL_SAMPLES = 10,	/* [v] */
	STILL_MV = 4,		/* [C] the others moved by so much */
	STILL_LOAD_MV = 50,	/* [v] */
	STILL_STEP_UV = 17000,	/* [v] 0.1 V on 12 V: no coarser sensor */
	STILL_MC = 700,		/* [v] the room moves the others in a day */
	STILL_STEP_MC = 1000,	/* [v] */
	STEPS = 3,		/* [v] the others moved by so many steps */

	USUAL_TAU_S = 86400,	/* [v] */
	LEARN_S = 7 * 86400,	/* [v] what is usual */
	SETTLE_S = 12 * 3600,	/* [v] blocks differ so long after a recharge */
	CALM_S = 3600,		/* [v] */
	BYPASS_S = 72 * 3600,	/* [v] equalizing moves blocks on purpose */
	DRIFT_MV = 30,		/* [v] two thirds of [X] */
	DRIFT_MC = 4000,	/* [v] below what [M3] calls not returned */
	LEAK_UV_YEAR = 20000,	/* [v] what is usual moves with age */
	LEAK_MC_YEAR = 1000,	/* [v] */

	SANE_MV = 2800,		/* [v] gassing ends below */
	SANE_MIN_MC = -40000,	/* [v] acid freezes */
	SANE_MAX_MC = 110000,	/* acid boils at 108, and sensors */
	LEAP_MC = 5000,		/* [v] in LEAP_S: a block takes an hour */
	LEAP_S = 120,
	LEAP_END_S = 12 * 3600,	/* [v] then it can be true again */
	YEAR_S = 365 * 86400,
};

static const struct rules_times sudden = {
	60 * RULES_SECOND_NS, 10 * RULES_MINUTE_NS,
};

/*
 * Take a value and what the others have; true if the value moved. A block that
 * joins or leaves makes them others, and no movement.
 */
static bool watch(struct rules_still *w, const struct rules_run *run,
		  unsigned int jar, uint64_t last_ns, int64_t value,
		  int64_t others)
{
	unsigned int blocks = rules_other_count(run, jar);
	uint64_t now_ns = run->now_ns;
	int64_t step = rules_abs(value - w->value);
	bool moved = w->since_ns && step;

	if (moved && (!w->step || step < w->step))
		w->step = step;
	if (!w->since_ns || step || w->blocks != blocks ||
	    now_ns - last_ns > RULES_GAP_NS) {
		w->value = value;
		w->blocks = blocks;
		w->since_ns = now_ns;
		w->samples = 0;
		w->low = w->high = others;
	}
	w->samples++;
	if (others < w->low)
		w->low = others;
	if (others > w->high)
		w->high = others;
	return moved;
}

static bool still_for(const struct rules_still *w, uint64_t now_ns, uint64_t s,
		      int64_t least, int64_t coarsest)
{
	int64_t steps = STEPS * (w->step ? w->step : coarsest);
	int64_t moved = w->high - w->low;

	return w->samples >= STILL_SAMPLES && moved >= least &&
	       moved >= steps && now_ns - w->since_ns >= s * RULES_SECOND_NS;
}

static void judge_stuck(struct rules_run *run, unsigned int jar,
			int64_t others, uint64_t last_ns)
{
	static const struct rules_times times = {
		.off_ns = 10 * RULES_MINUTE_NS,
	};
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_STUCK];
	const struct rules_still *v = &m->still_voltage, *t = &m->still_temp;
	bool moved = false, stuck = false, warm = false;

	if (j->has_voltage && run->valid > 1) {
		moved = watch(&m->still_voltage, run, jar, last_ns, j->uv,
			      others);
		stuck = still_for(v, run->now_ns, STILL_S, STILL_MV * RULES_MV,
				  STILL_STEP_UV) ||
			still_for(v, run->now_ns, STILL_LOAD_S,
				  STILL_LOAD_MV * RULES_MV, STILL_STEP_UV);
	}
	if (j->has_temperature && !j->temperature_fault &&
	    run->has_temperature && run->scan->count > 1) {
		watch(&m->still_temp, run, jar, last_ns, j->temperature_mc,
		      run->temperature_mc);
		warm = still_for(t, run->now_ns, STILL_TEMP_S, STILL_MC,
				 STILL_STEP_MC);
	}
	if (stuck)
		rules_say(run, h, ALARM_SENSOR_STUCK, jar, ALARM_WARNING,
			  times,
			  "voltage is %s V/cell to the last digit for %s while the others moved by %s mV/cell",
			  rules_volts(j->uv).s,
			  rules_span(run->now_ns - v->since_ns).s,
			  rules_mv(v->high - v->low).s);
	else if (warm)
		rules_say(run, h, ALARM_SENSOR_STUCK, jar, ALARM_WARNING,
			  times,
			  "temperature is %s C to the last digit for %s while the others moved by %s C",
			  rules_celsius(j->temperature_mc).s,
			  rules_span(run->now_ns - t->since_ns).s,
			  rules_celsius(t->high - t->low).s);
	else if (moved || h->level == ALARM_NONE || h->since_ns)
		rules_say(run, h, ALARM_SENSOR_STUCK, jar, ALARM_NONE, times,
			  "values move again");
}

/* How far the mean of the last day left what was usual; 0 while it is learnt */
static double departure(struct rules_usual *u, uint64_t now_ns, double off,
			double leak_year)
{
	uint64_t before = u->now.weight_ns;
	double years, left;

	rules_mean_add(&u->now, now_ns, off, USUAL_TAU_S * RULES_SECOND_NS);
	if (u->now.weight_ns < before || !u->now.weight_ns)
		return 0;
	before = u->now.weight_ns - before;
	if (u->now.weight_ns < USUAL_TAU_S * RULES_SECOND_NS)
		return 0;
	if (!u->learnt_ns)
		u->low = u->high = u->now.value;
	left = u->now.value > u->high ? u->now.value - u->high :
	       u->now.value < u->low ? u->now.value - u->low : 0;
	if (u->learnt_ns < LEARN_S * RULES_SECOND_NS) {
		u->learnt_ns += before + 1;
		u->high += left > 0 ? left : 0;
		u->low += left < 0 ? left : 0;
		return 0;
	}
	years = (double)before / RULES_SECOND_NS / YEAR_S;
	if (left > 0)
		u->high += leak_year * years;
	if (left < 0)
		u->low -= leak_year * years;
	return left;
}

static bool calm(const struct rules_run *run)
{
	const struct rules_string *r = run->string;

	return run->scan->state == STRING_FLOAT && r->float_ns &&
	       run->now_ns - r->float_ns >= SETTLE_S * RULES_SECOND_NS &&
	       run->now_ns - r->disturbed_ns >= CALM_S * RULES_SECOND_NS &&
	       (!r->duty_ns ||
		run->now_ns - r->duty_ns >= BYPASS_S * RULES_SECOND_NS);
}

static void judge_drift(struct rules_run *run, unsigned int jar,
			int64_t others)
{
	static const struct rules_times times = {
		RULES_HOUR_NS, RULES_HOUR_NS,
	};
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_DRIFT];
	double uv = 0, mc = 0;
	bool volts, warm;

	if (!calm(run) || run->valid < 3 || rules_doubt(m) ||
	    rules_stands(m, RULE_SHORTED_CELL) ||
	    rules_stands(m, RULE_OPEN_JAR)) {
		/* the time between is no time of learning */
		m->usual_voltage.now.last_ns = m->usual_voltage.now.last_ns ?
					       run->now_ns : 0;
		m->usual_temp.now.last_ns = m->usual_temp.now.last_ns ?
					    run->now_ns : 0;
		return;
	}
	if (j->has_voltage)
		uv = departure(&m->usual_voltage, run->now_ns,
			       j->uv - others, LEAK_UV_YEAR);
	if (j->has_temperature && !j->temperature_fault &&
	    run->has_temperature)
		mc = departure(&m->usual_temp, run->now_ns,
			       j->temperature_mc - run->temperature_mc,
			       LEAK_MC_YEAR);
	if (m->usual_voltage.learnt_ns < LEARN_S * RULES_SECOND_NS &&
	    m->usual_temp.learnt_ns < LEARN_S * RULES_SECOND_NS)
		return;
	volts = rules_above(rules_abs((int64_t)uv), DRIFT_MV * RULES_MV,
			    DRIFT_MV * RULES_MV / 5, h);
	warm = rules_above(rules_abs((int64_t)mc), DRIFT_MC, DRIFT_MC / 5, h);
	/* what it learnt after a start may be the drift of before */
	if (!h->known && !volts && !warm &&
	    (rules_abs((int64_t)m->usual_voltage.now.value) >
	     DRIFT_MV * RULES_MV ||
	     rules_abs((int64_t)m->usual_temp.now.value) > DRIFT_MC))
		return;
	if (warm && !volts)
		rules_say(run, h, ALARM_SENSOR_DRIFT, jar, ALARM_WARNING,
			  times,
			  "temperature left what was usual against the other blocks by %s C (limit %s C): sensor, or the block slowly warms",
			  rules_celsius((int64_t)mc).s,
			  rules_celsius(DRIFT_MC).s);
	else
		rules_say(run, h, ALARM_SENSOR_DRIFT, jar,
			  volts ? ALARM_WARNING : ALARM_NONE, times,
			  "voltage left what was usual against the other blocks by %s mV/cell (limit %d mV/cell): module, or the block slowly changes",
			  rules_mv((int64_t)uv).s, DRIFT_MV);
}

/* A block of lead and acid does not change its temperature at once */
static bool leapt(const struct rules_run *run, const struct rules_jar *j)
{
	struct rules_module *m = j->memory;
	int64_t step = j->temperature_mc - m->last_mc;

	if (m->temp_ns && !m->leap_ns && rules_abs(step) > LEAP_MC &&
	    run->now_ns - m->temp_ns <= LEAP_S * RULES_SECOND_NS) {
		m->leap_ns = run->now_ns;
		m->leap_mc = m->last_mc;
	}
	m->last_mc = j->temperature_mc;
	m->temp_ns = run->now_ns;
	if (m->leap_ns &&
	    (run->now_ns - m->leap_ns > LEAP_END_S * RULES_SECOND_NS ||
	     rules_abs(j->temperature_mc - m->leap_mc) <= LEAP_MC))
		m->leap_ns = 0;
	return m->leap_ns != 0;
}

static void judge_implausible(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_IMPLAUSIBLE];
	bool beyond = false, leap = false, volts;

	if (j->has_temperature && !j->temperature_fault) {
		beyond = j->temperature_mc < SANE_MIN_MC ||
			 j->temperature_mc > SANE_MAX_MC;
		leap = leapt(run, j);
	}
	/*
	 * An open jar takes what the charger has to give: the others fall, or
	 * stand at rest while it goes below nothing
	 */
	volts = j->has_voltage && !j->sense_fault &&
		rules_abs(j->uv) > SANE_MV * RULES_MV;
	if (volts && rules_could_be_open(run, jar))
		return;
	if (volts)
		rules_say(run, h, ALARM_SENSOR_IMPLAUSIBLE, jar, ALARM_WARNING,
			  sudden,
			  "voltage of %s V/cell is none that a block has (at most %s), and the other blocks do not answer to it",
			  rules_volts(j->uv).s,
			  rules_volts(SANE_MV * RULES_MV).s);
	else if (beyond)
		rules_say(run, h, ALARM_SENSOR_IMPLAUSIBLE, jar, ALARM_WARNING,
			  sudden,
			  "temperature of %s C is none that a block has (%s to %s C)",
			  rules_celsius(j->temperature_mc).s,
			  rules_celsius(SANE_MIN_MC).s,
			  rules_celsius(SANE_MAX_MC).s);
	else
		rules_say(run, h, ALARM_SENSOR_IMPLAUSIBLE, jar,
			  leap ? ALARM_WARNING : ALARM_NONE, sudden,
			  leap ? "temperature went from %s to %s C at once: a block takes hours" :
			  "values are those of a block again",
			  rules_celsius(m->leap_mc).s,
			  rules_celsius(j->temperature_mc).s);
}

void rules_judge_sensor(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	int64_t others = rules_others(run, jar);
	uint64_t last_ns = m->seen_ns;

	m->seen_ns = run->now_ns;
	judge_implausible(run, jar);
	if (j->sense_fault || rules_stands(m, RULE_IMPLAUSIBLE))
		return;
	judge_stuck(run, jar, others, last_ns);
	judge_drift(run, jar, others);
}
