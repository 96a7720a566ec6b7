// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which limits hold: those of the state, pushed into the driver so that hwmon
 * agrees (C10), and what becomes of limits that others write there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

#define CELL_MV	2000
/* A string that is unknown for less does not have its limits rewritten */
#define HOLD_NS	(60 * 1000000000ULL)	/* practice value */
/* So often the driver is compared with what it should have */
#define STALE_NS	(2 * 1000000000ULL)	/* of a write on its way */
#define SWEEP_NS	(60 * 1000000000ULL)

_Static_assert(LIMIT_UNSET == POLICY_UNSET, "both say unset the same way");

/* What the levels are called in the driver, and the values that limit nothing */
static const struct {
	enum bacs_limit voltage;
	enum bacs_limit temp;
	int32_t no_voltage_mv;
	int32_t no_temp_mc;
} levels[LIMIT_LEVELS] = {
	[LIMIT_LOW_ALARM] = { BACS_LIMIT_VOLTAGE_LCRIT,
			      BACS_LIMIT_TEMPERATURE_LCRIT, 0, -55000 },
	[LIMIT_LOW] = { BACS_LIMIT_VOLTAGE_MIN, BACS_LIMIT_TEMPERATURE_MIN,
			0, -55000 },
	[LIMIT_HIGH] = { BACS_LIMIT_VOLTAGE_MAX, BACS_LIMIT_TEMPERATURE_MAX,
			 65535, 125000 },
	[LIMIT_HIGH_ALARM] = { BACS_LIMIT_VOLTAGE_CRIT,
			       BACS_LIMIT_TEMPERATURE_CRIT, 65535, 125000 },
};

enum limit_state policy_limit_state(const struct policy_module *m)
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

bool policy_any_limit(const struct policy_limits *limits)
{
	int i;

	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		if (limits->value[i] != POLICY_UNSET)
			return true;
	return false;
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

static void limits_of(const struct policy_module *m, enum limit_state state,
		      struct policy_limits *ret)
{
	int level;

	policy_unset_limits(ret);
	if (m->facts.modclass != BACS_MODCLASS_JAR)
		return;
	for (level = 0; level < LIMIT_LEVELS; level++) {
		int32_t v = state < LIMIT_STATES ?
			    m->limits.value[limit_voltage(state, level)] :
			    widest(&m->limits, level);

		if (v != LIMIT_UNSET && m->nominal_mv)
			ret->value[levels[level].voltage] =
				(int64_t)v * m->nominal_mv / CELL_MV;
		ret->value[levels[level].temp] =
			m->limits.value[limit_temp(level)];
	}
}

bool policy_set_wants(struct policy *policy, struct policy_module *m)
{
	enum limit_state state = policy_limit_state(m);
	struct policy_limits want;

	limits_of(m, state, &want);
	if (policy->adopt_foreign && m->adopted & 1U << state)
		want = m->foreign[state];
	if (!memcmp(&want, &m->want_limits, sizeof(want)))
		return false;
	m->want_limits = want;
	return true;
}

/*
 * A whole set for the driver, which takes them in order only: what is not
 * limited is put where it limits nothing, a warning that is not wanted where
 * its alarm is.
 */
static void complete(const struct policy_limits *want,
		     struct policy_limits *ret)
{
	int level;

	*ret = *want;
	for (level = 0; level < LIMIT_LEVELS; level++) {
		/* of a warning the alarm on its side, of an alarm itself */
		int alarm = level <= LIMIT_LOW ? LIMIT_LOW_ALARM :
						 LIMIT_HIGH_ALARM;
		int32_t *mv = &ret->value[levels[level].voltage];
		int32_t *mc = &ret->value[levels[level].temp];

		if (*mv == POLICY_UNSET)
			*mv = want->value[levels[alarm].voltage];
		if (*mv == POLICY_UNSET)
			*mv = levels[level].no_voltage_mv;
		if (*mc == POLICY_UNSET)
			*mc = want->value[levels[alarm].temp];
		if (*mc == POLICY_UNSET)
			*mc = levels[level].no_temp_mc;
	}
}

/* Without any limit of ours those in the driver are left alone */
static bool to_push(const struct policy_module *m, struct policy_limits *ret)
{
	int i;

	if (!policy_any_limit(&m->want_limits) && !m->limits_pushed)
		return false;
	complete(&m->want_limits, ret);
	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		if (ret->value[i] != m->facts.limits.value[i] &&
		    (m->want_limits.value[i] != POLICY_UNSET ||
		     m->facts.limits.value[i] != POLICY_UNSET))
			return true;
	return false;
}

bool policy_limits_match(const struct policy_module *m)
{
	struct policy_limits push;

	return !to_push(m, &push);
}

/* An unknown state may be a moment's: what the driver has can stay so long */
static bool is_held(const struct policy *p, const struct policy_module *m)
{
	return policy_limit_state(m) == LIMIT_STATES && m->owner &&
	       policy_any_limit(&m->facts.limits) &&
	       p->now_ns - m->owner->machine.since_ns < HOLD_NS;
}

void policy_push(struct policy *policy, struct policy_module *m, bool clear)
{
	const char *label = NULL;
	struct policy_limits push;
	bool limits;

	if (!m->in_driver)
		return;
	if (*m->want_label ? strcmp(m->want_label, m->facts.label) != 0 :
			     clear && m->pushed && *m->facts.label)
		label = m->want_label;
	limits = to_push(m, &push);
	if (limits && is_held(policy, m)) {
		m->owner->limits_held = true;
		limits = false;
	}
	if (!label && !limits)
		return;
	if (label)
		m->pushed = true;
	if (limits) {
		m->limits_pushed = true;
		m->push_ns = policy->now_ns;
		m->before_push = m->facts.limits;
	}
	policy->ops->set_module(policy->userdata, m, label,
				limits ? &push : NULL);
}

static struct policy_module *module_of(const struct policy *p,
				       const struct policy_string *s,
				       unsigned int i)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	struct policy_module *m = bus ? bus->modules[s->cells[i].address] :
					NULL;

	return m && m->owner == s ? m : NULL;
}

void policy_limits_of_state(struct policy *policy,
			    const struct policy_string *s)
{
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		struct policy_module *m = module_of(policy, s, i);

		/* what was held back while nobody knew is due now */
		if (m && (policy_set_wants(policy, m) || s->limits_held))
			policy_push(policy, m, false);
	}
}

/* Writes of others and our own can cross: what is not right yet is put right */
static void sweep(struct policy *policy)
{
	size_t i;
	int a;

	if (!policy->sweep_ns)
		policy->sweep_ns = policy->now_ns;
	if (policy->now_ns - policy->sweep_ns < SWEEP_NS)
		return;
	policy->sweep_ns = policy->now_ns;
	for (i = 0; i < policy->bus_count; i++)
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (policy->buses[i]->modules[a])
				policy_push(policy,
					    policy->buses[i]->modules[a],
					    false);
}

void policy_limits_tick(struct policy *policy)
{
	size_t i;
	unsigned int j;

	sweep(policy);
	for (i = 0; i < policy->string_count; i++) {
		struct policy_string *s = policy->strings[i];

		if (!s->limits_held ||
		    policy->now_ns - s->machine.since_ns < HOLD_NS)
			continue;
		s->limits_held = false;
		for (j = 0; j < s->count; j++) {
			struct policy_module *m = module_of(policy, s, j);

			if (m)
				policy_push(policy, m, false);
		}
	}
}

/* The contrary of complete(): what limits nothing is no limit */
static void strip(struct policy_limits *limits)
{
	int level;

	for (level = 0; level < LIMIT_LEVELS; level++) {
		int32_t *v = &limits->value[levels[level].voltage];
		int32_t *t = &limits->value[levels[level].temp];

		if (*v == levels[level].no_voltage_mv)
			*v = POLICY_UNSET;
		if (*t == levels[level].no_temp_mc)
			*t = POLICY_UNSET;
	}
}

void policy_limits_in_force(const struct policy_module *m,
			    struct policy_limits *ret)
{
	if (policy_any_limit(&m->want_limits)) {
		*ret = m->want_limits;
		return;
	}
	*ret = m->facts.limits;
	strip(ret);
}

void policy_limits_to_show(const struct policy_module *m,
			   struct policy_limits *ret)
{
	policy_limits_in_force(m, ret);
	if (m->adopted & 1U << policy_limit_state(m))
		strip(ret);
}

const char *policy_limit_key(enum bacs_limit limit, enum limit_state state)
{
	int level;

	for (level = 0; level < LIMIT_LEVELS; level++) {
		if (levels[level].temp == limit)
			return limit_infos[limit_temp(level)].key;
		/* the widest of all states has none of its own */
		if (levels[level].voltage == limit && state < LIMIT_STATES)
			return limit_infos[limit_voltage(state, level)].key;
	}
	return "";
}

bool policy_limits_adopted(const struct policy_module *m,
			   enum limit_state state,
			   struct policy_limits *ret_theirs,
			   struct policy_limits *ret_ours)
{
	struct policy_limits ours;

	if (!(m->adopted & 1U << state))
		return false;
	/* as others saw it in the driver */
	limits_of(m, state, &ours);
	complete(&ours, ret_ours);
	strip(ret_ours);
	*ret_theirs = m->foreign[state];
	strip(ret_theirs);
	return true;
}

const char *policy_limits_state_name(const struct policy_module *m)
{
	if (!policy_any_limit(&m->want_limits))
		return "driver";
	return limit_state_name(policy_limit_state(m));
}

/* Each level below the next, as far as there are limits */
static bool in_order(const struct policy_limits *limits)
{
	int k, i, j;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < LIMIT_LEVELS; i++) {
			for (j = i + 1; j < LIMIT_LEVELS; j++) {
				int32_t a = limits->value[k ? levels[i].temp :
							  levels[i].voltage];
				int32_t b = limits->value[k ? levels[j].temp :
							  levels[j].voltage];

				if (a != POLICY_UNSET && b != POLICY_UNSET &&
				    a > b)
					return false;
			}
		}
	}
	return true;
}

/* Read before our own write arrived; else a sweep will find it */
static bool is_stale(const struct policy *p, const struct policy_module *m)
{
	return m->limits_pushed && p->now_ns - m->push_ns < STALE_NS &&
	       !memcmp(&m->facts.limits, &m->before_push,
		       sizeof(m->before_push));
}

void policy_limits_foreign(struct policy *policy, struct policy_module *m,
			   uint32_t pid)
{
	enum limit_state state = policy_limit_state(m);
	bool adopt = policy->adopt_foreign && in_order(&m->facts.limits);
	char who[48] = "Somebody wrote through sysfs";
	const char *then = "the configured ones are put back";

	if (policy_limits_match(m) || is_stale(policy, m))
		return;
	if (pid)
		snprintf(who, sizeof(who), "Process %u wrote", pid);
	if (adopt)
		then = "they hold in this state until others are written (ForeignLimits=adopt)";
	else if (policy->adopt_foreign)
		then = "they contradict each other, so the configured ones are put back";
	policy_emit(policy, POLICY_LIMITS_WRITTEN, NULL, m, 0, pid,
		    "%s other limits to %s: %s", who, m->name, then);
	/* it happened, and is to be seen until somebody has seen it */
	policy_alarm_module(policy, ALARM_LIMITS_FOREIGN, m, ALARM_ADVISORY,
			    "%s other limits: %s", who, then);
	policy_alarm_module(policy, ALARM_LIMITS_FOREIGN, m, ALARM_NONE, "ok");
	if (adopt) {
		m->foreign[state] = m->facts.limits;
		m->adopted |= 1U << state;
		if (policy->ops->limits_adopted)
			policy->ops->limits_adopted(policy->userdata, m,
						    state);
		policy_set_wants(policy, m);
		return;
	}
	policy_push(policy, m, false);
}

int policy_restore_adopted(struct policy *policy, const char *name,
			   unsigned int address, enum limit_state state,
			   const struct policy_limits *limits)
{
	const struct policy_module *found =
		policy_find_module(policy, name, address);
	struct policy_module *m = (struct policy_module *)found;

	if (!policy->adopt_foreign)
		return -EPERM;
	if (!in_order(limits) || !policy_any_limit(limits))
		return -EINVAL;
	if (!m)
		return -ENOENT;
	/* what was written since then is newer */
	if (m->adopted & 1U << state)
		return 0;
	m->foreign[state] = *limits;
	m->adopted |= 1U << state;
	if (policy_set_wants(policy, m))
		policy_push(policy, m, false);
	return 0;
}

/* Nothing of others holds any more: it must not come back by itself */
void policy_limits_disown(struct policy *policy, struct policy_module *m)
{
	unsigned int state, adopted = m->adopted;

	m->adopted = 0;
	for (state = 0; state <= LIMIT_STATES; state++)
		if (adopted & 1U << state && policy->ops->limits_adopted)
			policy->ops->limits_adopted(policy->userdata, m,
						    state);
}
