// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values of modules against the limits in force: two samples and some time
 * confirm a breach, two samples inside by the hysteresis its end.
 */
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

#define CELL_MV	2000
/* So near to a limit a string is about to pass it; practice value, per cell */
#define NEAR_MV	40
/* Blocks are charged 12 to 24 h after a discharge: Narada 12NDF100 p. 19 */
#define SETTLE_NS	(24 * 3600 * 1000000000ULL)
/* Those of gel need days for the last millivolts; practice values, per cell */
#define SETTLE_SLOW_NS	(3 * SETTLE_NS)
#define SETTLE_SLOW_MV	10
/* The state of a string is known by then: the window of its slope and a bit */
#define UNSURE_NS	(35 * 60 * 1000000000ULL)

/* Each limit: the quantity it belongs to, its raw alarm bit, its side */
static const struct {
	enum bacs_limit limit;
	enum bacs_q q;
	uint32_t bit;
	bool upper;
	bool alarm;
} rules[] = {
	/* alarms first: the first that holds gives the reason */
	{ BACS_LIMIT_VOLTAGE_LCRIT, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_LCRIT,
	  false, true },
	{ BACS_LIMIT_VOLTAGE_CRIT, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_CRIT,
	  true, true },
	{ BACS_LIMIT_TEMPERATURE_CRIT, BACS_Q_TEMPERATURE, BACS_RAW_TEMP_CRIT,
	  true, true },
	{ BACS_LIMIT_TEMPERATURE_LCRIT, BACS_Q_TEMPERATURE,
	  BACS_RAW_TEMP_LCRIT, false, true },
	{ BACS_LIMIT_VOLTAGE_MIN, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_MIN,
	  false, false },
	{ BACS_LIMIT_VOLTAGE_MAX, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_MAX,
	  true, false },
	{ BACS_LIMIT_TEMPERATURE_MAX, BACS_Q_TEMPERATURE, BACS_RAW_TEMP_MAX,
	  true, false },
	{ BACS_LIMIT_TEMPERATURE_MIN, BACS_Q_TEMPERATURE, BACS_RAW_TEMP_MIN,
	  false, false },
};

#define RULES (sizeof(rules) / sizeof(rules[0]))
_Static_assert(RULES == POLICY_LIMIT_RULES, "one time for each");
#define FAULTS (BACS_FLAG_TEMP_FAULT | BACS_FLAG_SENSE_FAULT | \
		BACS_FLAG_SELF_TEST)

/*
 * Does the string as a whole breach the limit, or is it about to, and the block
 * goes with it? Then it is not this block: a charger that pauses lets the lowest
 * pass hours before the others.
 */
static bool string_breaches(const struct policy_module *m, size_t rule,
			    int32_t limit)
{
	const struct policy_string *s = m->owner;
	int64_t v = m->sample.value[BACS_Q_VOLTAGE];
	int64_t median_mv, near, far;

	if (rules[rule].q != BACS_Q_VOLTAGE || !s || !s->valid ||
	    s->valid * 2 < s->count)
		return false;
	median_mv = s->median_uv * m->nominal_mv / CELL_MV / 1000;
	near = (int64_t)NEAR_MV * m->nominal_mv / CELL_MV;
	far = (int64_t)m->limits.value[LIMIT_DEVIATION] * m->nominal_mv /
	      CELL_MV;
	if (rules[rule].upper)
		return median_mv > limit ||
		       (median_mv > limit - near && v - median_mv < far);
	return median_mv < limit ||
	       (median_mv < limit + near && median_mv - v < far);
}

/*
 * Blocks that are charged apart, or new, come together in hours of float, the
 * last of it in days: so long a breach must last, 0 = as long as any other
 */
static uint64_t settle_ns(const struct policy *p, const struct policy_module *m,
			  int32_t limit)
{
	const struct string_machine *s = m->owner ? &m->owner->machine : NULL;
	int64_t slow_mv = (int64_t)SETTLE_SLOW_MV * m->nominal_mv / CELL_MV;
	uint64_t floats_ns;

	if (!s || s->state != STRING_FLOAT)
		return 0;
	floats_ns = p->now_ns - s->since_ns;
	if (floats_ns < SETTLE_NS)
		return SETTLE_NS;
	if (floats_ns < SETTLE_SLOW_NS &&
	    limit - (int64_t)m->sample.value[BACS_Q_VOLTAGE] < slow_mv)
		return SETTLE_SLOW_NS;
	return 0;
}

/*
 * How long a breach must last. A charger that is switched off, or on, takes the
 * whole string out of the limits of a state before the state is known.
 */
static uint64_t confirm_ns(const struct policy *p,
			   const struct policy_module *m, size_t rule,
			   int32_t limit)
{
	enum limit_id id = LIMIT_VOLTAGE_S;

	if (rules[rule].q != BACS_Q_VOLTAGE)
		return 0;
	if (!rules[rule].alarm && !rules[rule].upper && settle_ns(p, m, limit))
		return settle_ns(p, m, limit);
	if (string_breaches(m, rule, limit)) {
		if (rules[rule].upper)
			id = LIMIT_STRING_HIGH_S;
		else if (policy_limit_state(m) != LIMIT_IN_DISCHARGE)
			id = LIMIT_STRING_LOW_S;
	}
	return (uint64_t)m->limits.value[id] * 1000000000ULL;
}

static int64_t hysteresis(const struct policy_module *m, size_t rule)
{
	if (rules[rule].q == BACS_Q_TEMPERATURE)
		return m->limits.value[LIMIT_TEMP_HYSTERESIS];
	return (int64_t)m->limits.value[LIMIT_VOLTAGE_HYSTERESIS] *
	       m->nominal_mv / CELL_MV;
}

static bool breaches(const struct policy_module *m, size_t rule, int32_t limit)
{
	int64_t v = m->sample.value[rules[rule].q];
	int64_t slack = m->alarms & rules[rule].bit ? hysteresis(m, rule) : 0;

	return rules[rule].upper ? v > limit - slack : v < limit + slack;
}

void policy_judge_sample(const struct policy *p, struct policy_module *m)
{
	struct policy_limits limits;
	uint32_t raw = 0, sure = 0;
	size_t i;

	policy_limits_in_force(m, &limits);
	for (i = 0; i < RULES; i++) {
		int32_t limit = limits.value[rules[i].limit];

		if (limit == POLICY_UNSET ||
		    !(m->sample.present & 1U << rules[i].q) ||
		    !breaches(m, i, limit))
			continue;
		raw |= rules[i].bit;
		if (!(m->raw & rules[i].bit))
			m->breach_ns[i] = p->now_ns;
		if (p->now_ns - m->breach_ns[i] >= confirm_ns(p, m, i, limit))
			sure |= rules[i].bit;
	}
	m->alarms = (m->alarms | (sure & m->raw)) & (raw | m->raw);
	m->raw = raw;
	m->faults = 0;
	if (m->sample.present & 1U << BACS_Q_FLAGS)
		m->faults = m->sample.value[BACS_Q_FLAGS] & FAULTS;
}

static void limit_reason(const struct policy_module *m, size_t rule,
			 int32_t limit, char *reason, size_t size)
{
	enum bacs_q q = rules[rule].q;
	char now[24] = "?", bound[24] = "?";

	bacs_q_format(q, m->sample.value[q], now, sizeof(now));
	bacs_q_format(q, limit, bound, sizeof(bound));
	snprintf(reason, size, "%s %s %s is %s the %s limit of %s %s",
		 bacs_q_title(q), now, bacs_q_unit(q),
		 rules[rule].upper ? "above" : "below",
		 rules[rule].alarm ? "alarm" : "warning", bound,
		 bacs_q_unit(q));
}

static const char *fault_reason(uint32_t faults)
{
	if (faults & BACS_FLAG_SENSE_FAULT)
		return "sense lead is open: check lead and fuse";
	if (faults & BACS_FLAG_TEMP_FAULT)
		return "temperature sensor is open or shorted";
	return "self-test of the module failed";
}

enum bacs_colour policy_judge_values(const struct policy_module *m,
				     char *reason, size_t size)
{
	struct policy_limits limits;
	size_t i;

	policy_limits_in_force(m, &limits);
	for (i = 0; i < RULES; i++) {
		if (m->faults && !rules[i].alarm)
			break;
		if (!(m->alarms & rules[i].bit))
			continue;
		limit_reason(m, i, limits.value[rules[i].limit], reason, size);
		return rules[i].alarm ? BACS_COLOUR_RED : BACS_COLOUR_ORANGE;
	}
	if (m->faults) {
		snprintf(reason, size, "%s", fault_reason(m->faults));
		return BACS_COLOUR_ORANGE;
	}
	if (!policy_any_limit(&limits)) {
		snprintf(reason, size, "not supervised: no limits are set");
		return BACS_COLOUR_ORANGE;
	}
	/* at every sample of every healthy block: no format */
	if (size > 2)
		memcpy(reason, "ok", 3);
	return BACS_COLOUR_GREEN;
}

/* What a condition of a module is made of: limits by their bits, or flags */
static const struct {
	enum alarm_kind kind;
	enum bacs_q q;
	uint32_t alarm;
	uint32_t warning;
	uint32_t doubt;		/* with these flags it cannot be judged */
} conditions[] = {
	{ ALARM_VOLTAGE_LOW, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_LCRIT,
	  BACS_RAW_VOLTAGE_MIN, BACS_FLAG_SENSE_FAULT },
	{ ALARM_VOLTAGE_HIGH, BACS_Q_VOLTAGE, BACS_RAW_VOLTAGE_CRIT,
	  BACS_RAW_VOLTAGE_MAX, BACS_FLAG_SENSE_FAULT },
	{ ALARM_TEMPERATURE_LOW, BACS_Q_TEMPERATURE, BACS_RAW_TEMP_LCRIT,
	  BACS_RAW_TEMP_MIN, BACS_FLAG_TEMP_FAULT },
	{ ALARM_TEMPERATURE_HIGH, BACS_Q_TEMPERATURE, BACS_RAW_TEMP_CRIT,
	  BACS_RAW_TEMP_MAX, BACS_FLAG_TEMP_FAULT },
};

static const struct {
	enum alarm_kind kind;
	uint32_t flag;
} faults[] = {
	{ ALARM_SENSE_LEAD, BACS_FLAG_SENSE_FAULT },
	{ ALARM_TEMPERATURE_SENSOR, BACS_FLAG_TEMP_FAULT },
	{ ALARM_SELF_TEST, BACS_FLAG_SELF_TEST },
};

/* The limit that a bit stands for, in words */
static void evidence_of(const struct policy_module *m, uint32_t bit,
			char *text, size_t size)
{
	struct policy_limits limits;
	size_t i;

	policy_limits_in_force(m, &limits);
	for (i = 0; i < RULES; i++)
		if (rules[i].bit == bit)
			limit_reason(m, i, limits.value[rules[i].limit], text,
				     size);
}

/*
 * After a start the state of the string is not known yet, and the widest limits
 * are in force: that nothing breaches them does not end an alarm of before. Nor
 * does a breach that has not lasted long enough to be told anew.
 */
static bool unsure(const struct policy *p, const struct policy_module *m,
		   size_t i, enum alarm_level level)
{
	const struct alarm *a = policy_module_alarm(p, conditions[i].kind, m);

	if (!a || !a->restored || !a->active || level >= a->level)
		return false;
	if (m->raw & (conditions[i].alarm | conditions[i].warning))
		return true;
	return conditions[i].q == BACS_Q_VOLTAGE && m->owner &&
	       policy_limit_state(m) == LIMIT_STATES &&
	       p->now_ns - p->site.start_ns < UNSURE_NS;
}

static void alarm_limit(struct policy *p, struct policy_module *m, size_t i)
{
	char text[POLICY_REASON_MAX + 1] = "ok";
	enum alarm_level level = ALARM_NONE;
	uint32_t bit = 0;

	if (m->alarms & conditions[i].alarm) {
		level = ALARM_ALARM;
		bit = conditions[i].alarm;
	} else if (m->alarms & conditions[i].warning) {
		level = ALARM_WARNING;
		bit = conditions[i].warning;
	}
	/* words are made for news only */
	if (m->judged[conditions[i].kind] == level + 1)
		return;
	if (conditions[i].q == BACS_Q_VOLTAGE && policy_rules_suspect(m))
		return;
	if (unsure(p, m, i, level))
		return;
	if (bit)
		evidence_of(m, bit, text, sizeof(text));
	policy_alarm_module(p, conditions[i].kind, m, level, "%s", text);
}

void policy_alarm_values(struct policy *p, struct policy_module *m)
{
	/* two samples confirm a breach, and that there is none */
	bool sure = m->samples >= 2;
	size_t i;

	for (i = 0; sure && i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (m->sample.present & 1U << conditions[i].q &&
		    !(m->faults & conditions[i].doubt))
			alarm_limit(p, m, i);
	for (i = 0; m->samples && m->sample.present & 1U << BACS_Q_FLAGS &&
	     i < sizeof(faults) / sizeof(faults[0]); i++) {
		/* measured, not told: that it tells nothing ends nothing */
		if (faults[i].kind == ALARM_SENSE_LEAD &&
		    !(m->faults & faults[i].flag) &&
		    m->rules.hold[RULE_SENSE_LEAD].level != ALARM_NONE)
			continue;
		if (sure || m->faults & faults[i].flag)
			policy_alarm_module(p, faults[i].kind, m,
					    m->faults & faults[i].flag ?
					    ALARM_WARNING : ALARM_NONE, "%s",
					    fault_reason(faults[i].flag));
	}
}
