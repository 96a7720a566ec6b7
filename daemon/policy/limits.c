// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Limits of modules in their first form: from the configuration per cell, else
 * whatever the driver has; two samples confirm a breach and its end.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define CELL_MV	2000
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
#define FAULTS (BACS_FLAG_TEMP_FAULT | BACS_FLAG_SENSE_FAULT | \
		BACS_FLAG_SELF_TEST)

static bool any_set(const struct policy_limits *limits)
{
	int i;

	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		if (limits->value[i] != POLICY_UNSET)
			return true;
	return false;
}

_Static_assert(LIMIT_UNSET == POLICY_UNSET, "both say unset the same way");

/* What the levels are called in the driver */
static const struct {
	enum bacs_limit voltage;
	enum bacs_limit temp;
} driver_limits[LIMIT_LEVELS] = {
	[LIMIT_LOW_ALARM] = { BACS_LIMIT_VOLTAGE_LCRIT,
			      BACS_LIMIT_TEMPERATURE_LCRIT },
	[LIMIT_LOW] = { BACS_LIMIT_VOLTAGE_MIN, BACS_LIMIT_TEMPERATURE_MIN },
	[LIMIT_HIGH] = { BACS_LIMIT_VOLTAGE_MAX, BACS_LIMIT_TEMPERATURE_MAX },
	[LIMIT_HIGH_ALARM] = { BACS_LIMIT_VOLTAGE_CRIT,
			       BACS_LIMIT_TEMPERATURE_CRIT },
};

static enum limit_state state_of(const struct policy_module *m)
{
	static const enum limit_state states[STRING_STATE_COUNT] = {
		[STRING_UNKNOWN] = LIMIT_STATES,
		[STRING_OFFLINE] = LIMIT_STATES,
		[STRING_FLOAT] = LIMIT_IN_FLOAT,
		[STRING_BOOST] = LIMIT_IN_BOOST,
		[STRING_REST] = LIMIT_IN_REST,
		[STRING_DISCHARGE] = LIMIT_IN_DISCHARGE,
		[STRING_RECHARGE] = LIMIT_IN_RECHARGE,
	};

	return m->owner ? states[m->owner->machine.state] : LIMIT_STATES;
}

/* Where the state is not known nothing is a breach that is none in one */
static int32_t widest(const struct limit_set *set, enum limit_level level)
{
	int32_t best = LIMIT_UNSET;
	int state;

	for (state = 0; state < LIMIT_STATES; state++) {
		int32_t v = set->value[limit_voltage(state, level)];

		if (v == LIMIT_UNSET)
			continue;
		if (best == LIMIT_UNSET ||
		    (level <= LIMIT_LOW ? v < best : v > best))
			best = v;
	}
	return best;
}

bool policy_set_wants(struct policy *policy, struct policy_module *m)
{
	enum limit_state state = state_of(m);
	struct policy_limits want;
	int level;

	(void)policy;
	policy_unset_limits(&want);
	for (level = 0; m->facts.modclass == BACS_MODCLASS_JAR &&
	     level < LIMIT_LEVELS; level++) {
		int32_t v = state < LIMIT_STATES ?
			    m->limits.value[limit_voltage(state, level)] :
			    widest(&m->limits, level);

		if (v != LIMIT_UNSET && m->nominal_mv)
			want.value[driver_limits[level].voltage] =
				(int64_t)v * m->nominal_mv / CELL_MV;
		want.value[driver_limits[level].temp] =
			m->limits.value[limit_temp(level)];
	}
	if (!memcmp(&want, &m->want_limits, sizeof(want)))
		return false;
	m->want_limits = want;
	return true;
}

bool policy_limits_match(const struct policy_module *m)
{
	int i;

	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		if (m->want_limits.value[i] != POLICY_UNSET &&
		    m->want_limits.value[i] != m->facts.limits.value[i])
			return false;
	return true;
}

void policy_push(struct policy *policy, struct policy_module *m, bool clear)
{
	const char *label = NULL;
	const struct policy_limits *limits = NULL;

	if (!m->in_driver)
		return;
	if (*m->want_label ? strcmp(m->want_label, m->facts.label) != 0 :
			     clear && m->pushed && *m->facts.label)
		label = m->want_label;
	if (!policy_limits_match(m))
		limits = &m->want_limits;
	if (!label && !limits)
		return;
	if (label)
		m->pushed = true;
	policy->ops->set_module(policy->userdata, m, label, limits);
}

void policy_limits_of_state(struct policy *policy,
			    const struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(policy, s->bus);
	unsigned int i;

	for (i = 0; bus && i < s->count; i++) {
		struct policy_module *m = bus->modules[s->cells[i].address];

		if (m && m->owner == s && policy_set_wants(policy, m))
			policy_push(policy, m, false);
	}
}

void policy_limits_in_force(const struct policy_module *m,
			    struct policy_limits *ret)
{
	*ret = any_set(&m->want_limits) ? m->want_limits : m->facts.limits;
}

void policy_judge_sample(struct policy_module *m)
{
	struct policy_limits limits;
	uint32_t raw = 0;
	size_t i;

	policy_limits_in_force(m, &limits);
	for (i = 0; i < RULES; i++) {
		int32_t limit = limits.value[rules[i].limit];
		int64_t v = m->sample.value[rules[i].q];

		if (limit == POLICY_UNSET ||
		    !(m->sample.present & 1U << rules[i].q))
			continue;
		if (rules[i].upper ? v > limit : v < limit)
			raw |= rules[i].bit;
	}
	/* it takes two samples to raise an alarm and two to end it */
	m->alarms = (m->alarms | (raw & m->raw)) & (raw | m->raw);
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
	if (!any_set(&limits)) {
		snprintf(reason, size, "not supervised: no limits are set");
		return BACS_COLOUR_ORANGE;
	}
	snprintf(reason, size, "ok");
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
 * are in force: that nothing breaches them does not end an alarm of before.
 */
static bool unsure(const struct policy *p, const struct policy_module *m,
		   enum alarm_kind kind, enum alarm_level level)
{
	const struct alarm *a = policy_module_alarm(p, kind, m);

	return a && a->restored && a->active && level < a->level &&
	       m->owner && state_of(m) == LIMIT_STATES &&
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
	if (conditions[i].q == BACS_Q_VOLTAGE &&
	    unsure(p, m, conditions[i].kind, level))
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
