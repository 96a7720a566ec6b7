// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules by which a string changes its state */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/string/string-state.h"

#define SECOND_NS	1000000000ULL
#define MV		1000LL

/*
 * Every number that decides, voltages per cell. Sources:
 * [R]  Rys et al., J. Power Technologies 101 (2021) 112: begin of a discharge
 *      against a dip
 * [E]  Eaton application note AP162001 (ABM): 28 days at rest, charge begins
 *      again below 2.1 V
 * [P]  Eaton 93PM manual, p. 16: float up to 2.30 V, then the charger is off
 * [N]  0.84 V + density of the acid (1.08 to 1.10 kg/l when empty)
 * [v]  practice value
 */
enum {
	DISCHARGE_MV = 2100,	/* [R] [E] below: discharge, or a poor rest */
	END_MV = 2150,		/* [R] above: somebody charges */
	FLOAT_MV = 2170,	/* [v] lower edge of the usual float window */
	BOOST_MV = 2300,	/* [P] at 25 °C, above float: boost, up to 2400 */
	BOOST_UV_PER_K = -3000,	/* chargers compensate float by this: Narada */
	BOOST_COLD_MC = 5000,	/* 12NDF100 p. 19, also the ends of it */
	BOOST_WARM_MC = 40000,
	EMPTY_MV = 1930,	/* [N] no cell at rest is lower */
	HYSTERESIS_MV = 10,	/* [v] as of the float window */
	DROP_MV = 40,		/* [R] a fall within DROP_S that begins one */
	DROP_S = 10,		/* [R] */
	DROP_VALID_S = 60,	/* [v] surface charge goes within a minute */
	HOLD_S = 60,		/* [R] an end has to last; also of the others */
	DIP_S = 60,		/* [R] shorter is a dip or a test */
	SCANS = 2,		/* [v] one scan is no evidence */
	FALL_MV = 5,		/* [v] in SLOPE_MIN: 20 h rate or faster */
	FLAT_MV = 2,		/* [v] in SLOPE_MIN: rest; surface charge is gone */
	SLOPE_MIN = 30,		/* [v] */
	PLATEAU_MV = 5,		/* [v] in SLOPE_MIN: charger at its voltage */
	RECOVERY_MV = 20,	/* [v] a dip at rest ends so far below */
	GAP_S = 300,		/* [v] longer without a scan: the past is void */
};

_Static_assert(STRING_SECONDS == DROP_S + 1, "the window of the drop");
_Static_assert(STRING_MINUTES == SLOPE_MIN + 1, "the window of the slope");

const char *string_state_name(enum string_state state)
{
	static const char *const names[STRING_STATE_COUNT] = {
		[STRING_UNKNOWN] = "unknown", [STRING_OFFLINE] = "offline",
		[STRING_FLOAT] = "float", [STRING_BOOST] = "boost",
		[STRING_REST] = "rest", [STRING_DISCHARGE] = "discharge",
		[STRING_RECHARGE] = "recharge",
	};

	return (unsigned int)state < STRING_STATE_COUNT ? names[state] :
							  names[0];
}

static void forget(struct string_machine *m)
{
	if (m->state == STRING_DISCHARGE) {
		m->broken_ns = m->last_ns;
		m->owed = true;
	}
	m->begun = false;
	m->was_low = false;
	m->scans = 0;
	m->steep_ns = 0;
	m->by_current = false;
	memset(m->timers, 0, sizeof(m->timers));
	memset(m->seconds, 0, sizeof(m->seconds));
	memset(m->minutes, 0, sizeof(m->minutes));
}

/* A text such as "2.267": millivolts as volts */
struct volts {
	char s[24];
};

static struct volts volts(int64_t uv)
{
	int64_t mv = (uv + (uv < 0 ? -500 : 500)) / MV;
	int64_t size = mv < 0 ? -mv : mv;
	struct volts v;

	snprintf(v.s, sizeof(v.s), "%s%lld.%03lld", mv < 0 ? "-" : "",
		 (long long)(size / 1000), (long long)(size % 1000));
	return v;
}

static bool __attribute__((format(printf, 4, 5)))
enter(struct string_machine *m, enum string_state state, uint64_t since_ns,
      const char *format, ...)
{
	bool changed = state != m->state;
	va_list ap;

	/* an unknown string says what it waits for now, since the same time */
	if (changed || !m->since_ns)
		m->since_ns = since_ns;
	m->state = state;
	va_start(ap, format);
	vsnprintf(m->evidence, sizeof(m->evidence), format, ap);
	va_end(ap);
	return changed;
}

bool string_machine_blind(struct string_machine *m, enum string_state state,
			  uint64_t now_ns, const char *evidence)
{
	forget(m);
	return enter(m, state, now_ns, "%s", evidence);
}

/* @on begins the condition, @off ends it, between them it goes on */
static void hold(struct string_machine *m, enum string_timer_id id, bool on,
		 bool off, uint64_t now_ns)
{
	struct string_timer *t = &m->timers[id];

	if (off || (!on && !t->scans)) {
		t->scans = 0;
		return;
	}
	if (!t->scans)
		t->since_ns = now_ns;
	t->scans++;
}

static bool held(const struct string_machine *m, enum string_timer_id id,
		 unsigned int seconds, uint64_t now_ns)
{
	const struct string_timer *t = &m->timers[id];

	return t->scans >= SCANS &&
	       now_ns - t->since_ns >= seconds * SECOND_NS;
}

/* Into the windows; returns how far the cell is below their highest value */
static int64_t remember(struct string_machine *m, const struct string_scan *s)
{
	uint64_t second = s->time_ns / SECOND_NS;
	uint64_t minute = second / 60;
	size_t i = second % STRING_SECONDS;
	int64_t highest = s->median_uv;

	if (!m->seconds[i].used || m->seconds[i].number != second ||
	    m->seconds[i].highest_uv < s->median_uv) {
		m->seconds[i].used = true;
		m->seconds[i].number = second;
		m->seconds[i].highest_uv = s->median_uv;
	}
	for (i = 0; i < STRING_SECONDS; i++)
		if (m->seconds[i].used &&
		    second - m->seconds[i].number <= DROP_S &&
		    m->seconds[i].highest_uv > highest)
			highest = m->seconds[i].highest_uv;
	i = minute % STRING_MINUTES;
	if (m->minutes[i].number != minute) {
		m->minutes[i].number = minute;
		m->minutes[i].sum_uv = 0;
		m->minutes[i].count = 0;
	}
	m->minutes[i].sum_uv += s->median_uv;
	m->minutes[i].count++;
	return highest - s->median_uv;
}

struct slope {
	uint32_t minutes;	/* complete ones that were seen */
	int64_t lowest_uv;
	int64_t highest_uv;
	int64_t oldest_uv;
	int64_t newest_uv;
};

/* Means of the last @span minutes that are complete */
static struct slope look_back(const struct string_machine *m, uint64_t now_ns,
			      unsigned int span)
{
	uint64_t minute = now_ns / SECOND_NS / 60;
	struct slope s = { .minutes = 0 };
	uint64_t n;

	for (n = minute > span ? minute - span : 0; n < minute; n++) {
		size_t i = n % STRING_MINUTES;
		int64_t mean;

		if (m->minutes[i].number != n || !m->minutes[i].count)
			continue;
		mean = m->minutes[i].sum_uv / m->minutes[i].count;
		if (!s.minutes++)
			s.oldest_uv = s.lowest_uv = s.highest_uv = mean;
		if (mean < s.lowest_uv)
			s.lowest_uv = mean;
		if (mean > s.highest_uv)
			s.highest_uv = mean;
		s.newest_uv = mean;
	}
	return s;
}

static bool is_flat(const struct string_machine *m, uint64_t now_ns,
		    unsigned int span, int64_t within_mv)
{
	struct slope s = look_back(m, now_ns, span);

	return s.minutes == span &&
	       s.highest_uv - s.lowest_uv <= within_mv * MV;
}

/* How far it fell in the slope window, 0 if it did not */
static int64_t fall(const struct string_machine *m, uint64_t now_ns)
{
	struct slope s = look_back(m, now_ns, SLOPE_MIN);

	return s.minutes >= SCANS && s.oldest_uv > s.newest_uv ?
	       s.oldest_uv - s.newest_uv : 0;
}

static bool drawn(const struct string_scan *s)
{
	return s->has_current && s->current_ma <= -(int64_t)s->zero_ma;
}

static bool charged(const struct string_scan *s)
{
	return s->has_current && s->current_ma >= s->zero_ma;
}

/* In a cold room the voltage of float is as high as that of boost in summer */
static int64_t boost_uv(const struct string_scan *s)
{
	int64_t mc = s->temperature_mc;

	if (!s->has_temperature)
		return BOOST_MV * MV;
	if (mc < BOOST_COLD_MC)
		mc = BOOST_COLD_MC;
	if (mc > BOOST_WARM_MC)
		mc = BOOST_WARM_MC;
	return BOOST_MV * MV + BOOST_UV_PER_K * (mc - 25000) / 1000;
}

static void run_timers(struct string_machine *m, const struct string_scan *s,
		       int64_t drop)
{
	const int64_t h = HYSTERESIS_MV * MV;
	int64_t v = s->median_uv;
	uint64_t t = s->time_ns;

	hold(m, TIMER_LOW, v < DISCHARGE_MV * MV, v >= DISCHARGE_MV * MV, t);
	hold(m, TIMER_STEEP, drop > DROP_MV * MV, drop <= DROP_MV * MV, t);
	hold(m, TIMER_SAG, v < END_MV * MV, v >= END_MV * MV, t);
	hold(m, TIMER_ABOVE, v > END_MV * MV, v < END_MV * MV - h, t);
	hold(m, TIMER_FLOAT, v > FLOAT_MV * MV, v < FLOAT_MV * MV - h, t);
	hold(m, TIMER_BOOST, v > boost_uv(s) + h, v < boost_uv(s), t);
	hold(m, TIMER_NO_BOOST, v < boost_uv(s) - h, v > boost_uv(s), t);
	hold(m, TIMER_DRAWN, drawn(s), !drawn(s), t);
	hold(m, TIMER_NOT_DRAWN, s->has_current && !drawn(s),
	     !s->has_current || drawn(s), t);
	hold(m, TIMER_CHARGED, charged(s), !charged(s), t);
	if (m->timers[TIMER_STEEP].scans >= SCANS) {
		if (m->timers[TIMER_STEEP].scans == SCANS ||
		    drop > m->steep_uv)
			m->steep_uv = drop;
		m->steep_ns = t;
	}
	if (v < END_MV * MV)
		m->was_low = true;
}

static bool begin_discharge(struct string_machine *m,
			    const struct string_scan *s, uint64_t since_ns,
			    bool by_current)
{
	size_t i;

	m->before = m->state;
	m->before_uv = s->median_uv;
	for (i = 0; i < STRING_SECONDS; i++)
		if (m->seconds[i].used && s->time_ns / SECOND_NS -
		    m->seconds[i].number <= DROP_S &&
		    m->seconds[i].highest_uv > m->before_uv)
			m->before_uv = m->seconds[i].highest_uv;
	m->lowest_uv = s->median_uv;
	m->broken_ns = 0;
	m->by_current = by_current;
	m->timers[TIMER_ABOVE].scans = 0;
	m->timers[TIMER_BACK].scans = 0;
	return enter(m, STRING_DISCHARGE, since_ns, "%s", "");
}

/* Is a discharge on? Called in every state but discharge. */
static bool try_discharge(struct string_machine *m,
			  const struct string_scan *s)
{
	int64_t v = s->median_uv;
	uint64_t now = s->time_ns;
	bool level = v < END_MV * MV - HYSTERESIS_MV * MV;
	bool low = held(m, TIMER_LOW, 0, now);
	bool steep = m->steep_ns &&
		     now - m->steep_ns <= DROP_VALID_S * SECOND_NS;
	int64_t fell;

	if (level && held(m, TIMER_DRAWN, 0, now)) {
		begin_discharge(m, s, m->timers[TIMER_DRAWN].since_ns, true);
		return enter(m, STRING_DISCHARGE, 0,
			     "sensor shows %lld mA in 2 scans, median %s V/cell (rule: at least %d mA out of the string, below %s V/cell)",
			     (long long)s->current_ma, volts(v).s, s->zero_ma,
			     volts((END_MV - HYSTERESIS_MV) * MV).s), true;
	}
	/* a sensor that sees nothing overrules all but a fall that is plain */
	if (s->has_current && !(low && steep))
		return false;
	if (level && steep) {
		begin_discharge(m, s, m->timers[TIMER_STEEP].scans ?
				m->timers[TIMER_STEEP].since_ns : m->steep_ns,
				false);
		return enter(m, STRING_DISCHARGE, 0,
			     "median fell %lld mV/cell within %d s, to %s V/cell (rule: more than %d mV/cell in 2 scans)%s",
			     (long long)(m->steep_uv / MV), DROP_S,
			     volts(v).s, DROP_MV, s->has_current ?
			     "; the current sensor shows none, check it" :
			     ""), true;
	}
	if (low && m->state != STRING_REST && m->state != STRING_UNKNOWN) {
		begin_discharge(m, s, m->timers[TIMER_LOW].since_ns, false);
		return enter(m, STRING_DISCHARGE, 0,
			     "median %s V/cell came from %s to below %s V/cell in 2 scans",
			     volts(v).s, string_state_name(m->before),
			     volts(DISCHARGE_MV * MV).s), true;
	}
	if (low && m->state == STRING_UNKNOWN && v < EMPTY_MV * MV) {
		begin_discharge(m, s, m->timers[TIMER_LOW].since_ns, false);
		return enter(m, STRING_DISCHARGE, 0,
			     "median %s V/cell is below %s V/cell, which no string has at rest",
			     volts(v).s, volts(EMPTY_MV * MV).s), true;
	}
	fell = fall(m, now);
	if (low && fell >= FALL_MV * MV) {
		begin_discharge(m, s, now, false);
		return enter(m, STRING_DISCHARGE, 0,
			     "median %s V/cell is below %s V/cell and fell %lld mV/cell in at most %d min (rule: at least %d)",
			     volts(v).s, volts(DISCHARGE_MV * MV).s,
			     (long long)(fell / MV), SLOPE_MIN, FALL_MV), true;
	}
	return false;
}

/* After a discharge: @end_ns is when it ended, seen a little later */
static bool end_discharge(struct string_machine *m, enum string_state next,
			  uint64_t end_ns, const char *rule)
{
	uint64_t s = (end_ns - m->since_ns) / SECOND_NS;
	struct volts lowest = volts(m->lowest_uv);

	/* what came before it counts as evidence no more */
	m->was_low = true;
	m->steep_ns = 0;
	if (end_ns - m->since_ns < DIP_S * SECOND_NS) {
		m->dips++;
		if (next == STRING_RECHARGE && m->before != STRING_RECHARGE)
			next = m->before == STRING_BOOST ? STRING_BOOST :
							   STRING_FLOAT;
		return enter(m, next, end_ns,
			     "%s after a dip of %llu s to %s V/cell (rule: shorter than %d s is no discharge)",
			     rule, (unsigned long long)s, lowest.s, DIP_S);
	}
	m->discharges++;
	m->owed = true;
	return enter(m, next, end_ns,
		     "%s after a discharge of %llu s down to %s V/cell", rule,
		     (unsigned long long)s, lowest.s);
}

static bool in_discharge(struct string_machine *m, const struct string_scan *s)
{
	int64_t v = s->median_uv;
	uint64_t now = s->time_ns;
	bool back = m->before == STRING_REST && v >= DISCHARGE_MV * MV &&
		    v >= m->before_uv - RECOVERY_MV * MV;
	char rule[96];

	if (v < m->lowest_uv)
		m->lowest_uv = v;
	if (drawn(s))
		m->by_current = true;
	else if (!s->has_current)
		m->by_current = false;
	hold(m, TIMER_BACK, back, !back, now);
	if (v > END_MV * MV && held(m, TIMER_ABOVE, HOLD_S, now)) {
		snprintf(rule, sizeof(rule),
			 "median above %s V/cell for %d s, now %s,",
			 volts(END_MV * MV).s, HOLD_S, volts(v).s);
		return end_discharge(m, STRING_RECHARGE,
				     m->timers[TIMER_ABOVE].since_ns, rule);
	}
	if (m->by_current && held(m, TIMER_NOT_DRAWN, HOLD_S, now)) {
		snprintf(rule, sizeof(rule),
			 "sensor shows no discharge for %d s, now %lld mA,",
			 HOLD_S, (long long)s->current_ma);
		/* so high somebody charges, though a full string takes little */
		return end_discharge(m, charged(s) || v > END_MV * MV ?
				     STRING_RECHARGE : STRING_REST,
				     m->timers[TIMER_NOT_DRAWN].since_ns,
				     rule);
	}
	if (!drawn(s) && held(m, TIMER_BACK, HOLD_S, now)) {
		snprintf(rule, sizeof(rule),
			 "median %s V/cell is again what it was at rest,",
			 volts(v).s);
		return end_discharge(m, STRING_REST,
				     m->timers[TIMER_BACK].since_ns, rule);
	}
	if (!drawn(s) && is_flat(m, now, SLOPE_MIN, FLAT_MV)) {
		snprintf(rule, sizeof(rule),
			 "median %s V/cell flat within %d mV for %d min,",
			 volts(v).s, FLAT_MV, SLOPE_MIN);
		return end_discharge(m, STRING_REST, now, rule);
	}
	return false;
}

static bool try_rest(struct string_machine *m, const struct string_scan *s)
{
	char current[48] = "";

	if (charged(s) || !held(m, TIMER_SAG, HOLD_S, s->time_ns))
		return false;
	if (s->has_current)
		snprintf(current, sizeof(current), ", sensor shows %lld mA",
			 (long long)s->current_ma);
	return enter(m, STRING_REST, m->timers[TIMER_SAG].since_ns,
		     "median %s V/cell sank below %s V/cell without a steep fall and stayed there for %d s%s",
		     volts(s->median_uv).s, volts(END_MV * MV).s, HOLD_S,
		     current);
}

static bool try_boost(struct string_machine *m, const struct string_scan *s)
{
	if (s->median_uv <= boost_uv(s) + HYSTERESIS_MV * MV ||
	    !held(m, TIMER_BOOST, HOLD_S, s->time_ns))
		return false;
	return enter(m, STRING_BOOST, m->timers[TIMER_BOOST].since_ns,
		     "median %s V/cell, above %s V/cell for %d s",
		     volts(s->median_uv).s,
		     volts(boost_uv(s) + HYSTERESIS_MV * MV).s, HOLD_S);
}

static bool in_boost(struct string_machine *m, const struct string_scan *s)
{
	if (s->median_uv >= boost_uv(s) - HYSTERESIS_MV * MV ||
	    !held(m, TIMER_NO_BOOST, HOLD_S, s->time_ns))
		return false;
	if (s->median_uv < END_MV * MV)
		return try_rest(m, s);
	return enter(m, STRING_FLOAT, m->timers[TIMER_NO_BOOST].since_ns,
		     "median %s V/cell, below %s V/cell for %d s after boost",
		     volts(s->median_uv).s,
		     volts(boost_uv(s) - HYSTERESIS_MV * MV).s, HOLD_S);
}

static bool in_rest(struct string_machine *m, const struct string_scan *s)
{
	if (s->median_uv < FLOAT_MV * MV &&
	    held(m, TIMER_CHARGED, HOLD_S, s->time_ns))
		return enter(m, STRING_RECHARGE,
			     m->timers[TIMER_CHARGED].since_ns,
			     "sensor shows a charge for %d s, now %lld mA, median %s V/cell",
			     HOLD_S, (long long)s->current_ma,
			     volts(s->median_uv).s);
	if (s->median_uv <= FLOAT_MV * MV ||
	    !held(m, TIMER_FLOAT, HOLD_S, s->time_ns))
		return false;
	return enter(m, m->owed ? STRING_RECHARGE : STRING_FLOAT,
		     m->timers[TIMER_FLOAT].since_ns,
		     "median %s V/cell, above %s V/cell for %d s: the charger is on again%s",
		     volts(s->median_uv).s, volts(FLOAT_MV * MV).s, HOLD_S,
		     m->owed ? " after a discharge" : "");
}

/* Float is reached where the voltage stands in its range */
static bool in_recharge(struct string_machine *m, const struct string_scan *s)
{
	uint64_t now = s->time_ns;
	bool boost = s->median_uv > boost_uv(s) + HYSTERESIS_MV * MV;

	if (now - m->since_ns < SLOPE_MIN * 60 * SECOND_NS ||
	    s->median_uv < FLOAT_MV * MV ||
	    !is_flat(m, now, SLOPE_MIN, PLATEAU_MV))
		return try_rest(m, s);
	m->owed = false;
	return enter(m, boost ? STRING_BOOST : STRING_FLOAT, now,
		     "median %s V/cell stands within %d mV for %d min after recharge",
		     volts(s->median_uv).s, PLATEAU_MV, SLOPE_MIN);
}

static bool in_unknown(struct string_machine *m, const struct string_scan *s)
{
	int64_t v = s->median_uv;
	uint64_t now = s->time_ns;

	if (m->scans < SCANS)
		return enter(m, STRING_UNKNOWN, now,
			     "one complete scan, median %s V/cell; the next one decides",
			     volts(v).s);
	if (m->broken_ns && v < (END_MV - HYSTERESIS_MV) * MV &&
	    now >= m->broken_ns && now - m->broken_ns <= GAP_S * SECOND_NS) {
		uint64_t gap_s = (now - m->broken_ns) / SECOND_NS;

		begin_discharge(m, s, now, drawn(s));
		return enter(m, STRING_DISCHARGE, now,
			     "median %s V/cell, and a discharge was on %llu s ago, before values stayed away",
			     volts(v).s, (unsigned long long)gap_s);
	}
	if (!m->was_low && m->owed)
		return enter(m, STRING_RECHARGE, now,
			     "median %s V/cell at the first scans; the last discharge was not recharged before",
			     volts(v).s);
	if (!m->was_low)
		return enter(m, v > boost_uv(s) + HYSTERESIS_MV * MV ?
			     STRING_BOOST : STRING_FLOAT, now,
			     "median %s V/cell at the first scans; what was before is not known",
			     volts(v).s);
	if (v > END_MV * MV && held(m, TIMER_ABOVE, HOLD_S, now))
		return enter(m, STRING_RECHARGE,
			     m->timers[TIMER_ABOVE].since_ns,
			     "median rose above %s V/cell for %d s, now %s V/cell; what was before is not known",
			     volts(END_MV * MV).s, HOLD_S, volts(v).s);
	if (v >= DISCHARGE_MV * MV && v < END_MV * MV &&
	    is_flat(m, now, SLOPE_MIN, PLATEAU_MV))
		return enter(m, STRING_REST, now,
			     "median %s V/cell stands within %d mV for %d min",
			     volts(v).s, PLATEAU_MV, SLOPE_MIN);
	if (v < DISCHARGE_MV * MV && is_flat(m, now, SLOPE_MIN, FLAT_MV)) {
		m->owed = true;
		return enter(m, STRING_REST, now,
			     "median %s V/cell flat within %d mV for %d min",
			     volts(v).s, FLAT_MV, SLOPE_MIN);
	}
	return enter(m, STRING_UNKNOWN, now,
		     "median %s V/cell can be rest, discharge or recharge; its slope decides, in at most %d min",
		     volts(v).s, SLOPE_MIN);
}

static bool judge(struct string_machine *m, const struct string_scan *s)
{
	if (m->state == STRING_DISCHARGE)
		return in_discharge(m, s);
	if (try_discharge(m, s))
		return true;
	switch (m->state) {
	case STRING_FLOAT:
		return try_boost(m, s) || try_rest(m, s);
	case STRING_BOOST:
		return in_boost(m, s);
	case STRING_REST:
		return in_rest(m, s);
	case STRING_RECHARGE:
		return in_recharge(m, s);
	default:
		m->state = STRING_UNKNOWN;
		return in_unknown(m, s);
	}
}

void string_machine_resume(struct string_machine *m,
			   struct string_resume *from, uint64_t now_ns)
{
	from->waits = false;
	m->owed = from->owed;
	m->broken_ns = from->broken_ns;
	if (from->state == STRING_DISCHARGE) {
		m->broken_ns = from->last_ns;
		m->owed = true;
	}
	if (now_ns < from->last_ns ||
	    now_ns - from->last_ns > GAP_S * SECOND_NS)
		return;
	switch (from->state) {
	case STRING_FLOAT:
	case STRING_BOOST:
	case STRING_REST:
	case STRING_RECHARGE:
		m->since_ns = 0;
		enter(m, from->state, from->since_ns,
		      "it was before bacsd began anew %llu s ago",
		      (unsigned long long)((now_ns - from->last_ns) /
					   SECOND_NS));
		break;
	default:
		break;
	}
}

bool string_machine_scan(struct string_machine *m,
			 const struct string_scan *s)
{
	enum string_state old = m->state;

	if (m->begun && s->time_ns <= m->last_ns)
		return false;
	if (m->begun && s->time_ns - m->last_ns > GAP_S * SECOND_NS)
		string_machine_blind(m, STRING_UNKNOWN, s->time_ns,
				     "no scan for a long time");
	if (old == STRING_OFFLINE)
		string_machine_blind(m, STRING_UNKNOWN, s->time_ns,
				     "it answers again");
	m->begun = true;
	m->last_ns = s->time_ns;
	m->scans++;
	run_timers(m, s, remember(m, s));
	judge(m, s);
	return m->state != old;
}
