/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string whose policy is made anew and gets what the one before it had learnt */
#ifndef BACS_TESTS_LEARNT_WORLD_H
#define BACS_TESTS_LEARNT_WORLD_H

#include "policy-world.h"

#include "policy/learnt/learnt.h"

#define JARS	6

/**
 * struct world - a string of six blocks
 * @off: of a block, in mV
 * @serial: of its module
 * @records: what was taken; 0 the string, 7 the site
 */
struct world {
	struct policy *policy;
	uint64_t now;
	uint64_t seed;
	int64_t off[JARS + 1];
	int64_t mc[JARS + 1];
	uint64_t serial[JARS + 1];
	uint32_t jar[JARS + 1];
	int64_t float_mv;
	bool charger;	/* it is judged */
	bool synchronised;
	unsigned int news;	/* alarms that came or went */
	struct policy_learnt records[JARS + 2];
	uint64_t taken;
	char why[200];
};

static inline void on_alarm(void *userdata, const struct alarm *a,
		     enum alarm_change change)
{
	struct world *w = userdata;

	(void)a;
	w->news += change == ALARM_CHANGE_RAISED ||
		   change == ALARM_CHANGE_RETURNED ||
		   change == ALARM_CHANGE_LOWERED;
}

static struct policy_ops ops;

static inline void configure(struct world *w, unsigned int count)
{
	static const uint8_t addresses[] = { 1, 2, 3, 4, 5, 6 };
	struct limit_set limits;

	limit_set_defaults(&limits);
	limits.value[LIMIT_FLOAT_LOW] = 2170;
	limits.value[LIMIT_FLOAT_HIGH] = 2400;
	limits.value[LIMIT_TEMP_MEAN_LOW] = 15000;
	limits.value[LIMIT_TEMP_MEAN_LOW_S] = 30 * 86400;
	if (w->charger) {
		limits.value[LIMIT_FLOAT_VOLTAGE] = 2250;
		limits.value[LIMIT_FLOAT_REFERENCE] = 20000;
		limits.value[LIMIT_FLOAT_SLOPE] = -3000;
		limits.value[LIMIT_CHARGER_TOLERANCE] = 10;
	}
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_modules(w->policy, "North", 1, 0, count);
	policy_config_string(w->policy, "North", 1, "bacsA", addresses, count,
			     "", 0, 1000);
	policy_config_limits(w->policy, &limits, "", false);
	policy_config_end(w->policy, w->now);
}

static inline void appear(struct world *w)
{
	unsigned int a;

	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 60000, w->now);
	for (a = 1; a <= JARS; a++) {
		struct policy_facts f = block_facts(BACS_MODULE_OK,
						    w->serial[a]);

		policy_module(w->policy, "bacsA", a, &f, w->now);
		policy_jar_set(w->policy, "bacsA", a, &(struct policy_jar){
			.id = w->jar[a], .type = "" });
	}
}

static inline void begin(struct world *w)
{
	unsigned int a;

	memset(w, 0, sizeof(*w));
	ops = quiet_ops();
	ops.alarm_changed = on_alarm;
	w->now = 1000 * SECOND;
	w->float_mv = 13500;
	w->synchronised = true;
	for (a = 1; a <= JARS; a++) {
		w->serial[a] = 100 + a;
		w->jar[a] = 10 + a;
		w->mc[a] = 20000;
	}
	assert_int_equal(policy_new(&ops, w, w->now, &w->policy), 0);
	configure(w, JARS);
	appear(w);
}

static inline int64_t noise(struct world *w, int64_t size)
{
	w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int64_t)(w->seed >> 33) % (2 * size + 1) - size;
}

static inline void scan(struct world *w, uint64_t by)
{
	int64_t wander = noise(w, 10);
	unsigned int a;

	w->now += by;
	for (a = 1; a <= JARS; a++) {
		struct policy_sample s = { .time_ns = w->now };

		s.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE;
		s.value[BACS_Q_VOLTAGE] = w->float_mv + w->off[a] + wander +
					  noise(w, 3);
		s.value[BACS_Q_TEMPERATURE] = w->mc[a] + 100 * noise(w, 2);
		policy_sample(w->policy, "bacsA", a, &s, w->now);
	}
	policy_clock_state(w->policy, w->synchronised, w->now);
	policy_tick(w->policy, w->now);
}

static inline void pass(struct world *w, uint64_t span)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		scan(w, MINUTE);
}

static inline const struct policy_string *north(const struct world *w)
{
	return policy_find_string(w->policy, "North");
}

static inline const struct policy_module *jar(const struct world *w, unsigned int a)
{
	return policy_find_module(w->policy, "bacsA", a);
}

static inline const struct alarm *alarm_of(const struct world *w,
				    enum alarm_kind kind, unsigned int a)
{
	struct alarm_object o = { ALARM_OF_MODULE, "bacsA", a, "North" };
	const struct alarm *found = alarm_find(policy_alarms(w->policy), kind,
					       &o);

	return found && found->active ? found : NULL;
}

static inline void take(struct world *w)
{
	unsigned int i;

	w->taken = w->now;
	for (i = 0; i <= JARS; i++)
		assert_int_equal(policy_learnt_take(w->policy, north(w), i,
						    &w->records[i]), 0);
	assert_int_equal(policy_learnt_take(w->policy, NULL, 0,
					    &w->records[JARS + 1]), 0);
}

/* A policy that is new, with the alarms of the old one */
static inline void renew(struct world *w, uint64_t now)
{
	struct policy *old = w->policy;
	const struct alarm_table *t = policy_alarms(old);
	bool same = now >= w->now;
	size_t i;

	w->now = now;
	assert_int_equal(policy_new(&ops, w, now, &w->policy), 0);
	policy_clock(w->policy, 1770000000000000 - (int64_t)now / 1000, now);
	for (i = 0; i < t->count; i++)
		if (alarm_state(t->alarms[i]) != ALARM_STATE_NORMAL)
			assert_int_equal(policy_restore_alarm(w->policy,
				t->alarms[i], same, now), 0);
	policy_free(old);
	configure(w, JARS);
	appear(w);
}

static inline int give(struct world *w, unsigned int i, uint64_t elapsed)
{
	return policy_learnt_give(w->policy, &w->records[i], elapsed, elapsed,
				  w->why, sizeof(w->why));
}

static inline void give_all(struct world *w, uint64_t elapsed)
{
	unsigned int i;

	for (i = 0; i <= JARS + 1; i++)
		assert_int_equal(give(w, i, elapsed), 0);
}

/* bacsd ends and begins anew, with what it had learnt, after @elapsed */
static inline void restart(struct world *w, uint64_t elapsed)
{
	take(w);
	renew(w, w->now + elapsed);
	give_all(w, elapsed);
}

static inline void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

#endif
