// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A life of the policy in which the N-th allocation fails, for every N: nothing
 * crashes, and what could not be done is done at the next chance
 *
 * Linked with --wrap for the allocator. Under the sanitizers leaks show, too.
 */
#include "policy-world.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/learnt/learnt.h"

#define JARS	4

void *__real_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *p, size_t size);

/* Counts down to the allocation that fails, 0: none; @forever: the rest, too */
static unsigned long countdown;
static bool forever;
static unsigned long failed;

static bool fails(void)
{
	if (!countdown)
		return false;
	if (countdown > 1) {
		countdown--;
		return false;
	}
	if (!forever)
		countdown = 0;
	failed++;
	return true;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

struct world {
	struct policy *policy;
	struct policy_ops ops;
	uint64_t now;
	uint64_t seed;
	uint32_t sequence;
	bool measured;
	unsigned int raised;
};

static void on_alarm(void *userdata, const struct alarm *a,
		     enum alarm_change change)
{
	struct world *w = userdata;

	assert_true(a->kind < ALARM_KIND_COUNT);
	w->raised += change == ALARM_CHANGE_RAISED;
}

static void on_out(void *userdata, const struct alarm_out *out, bool in)
{
	(void)userdata, (void)out, (void)in;
}

static void on_mute(void *userdata, bool muted)
{
	(void)userdata, (void)muted;
}

static void on_duties(void *userdata, const struct policy_bus *bus, size_t n,
		      const uint8_t *addresses, const uint32_t *permille)
{
	(void)userdata, (void)bus, (void)n, (void)addresses, (void)permille;
}

static void on_ri(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	(void)m;
	w->measured = true;
}

/* All of it again until nothing lacks memory: 0 or what it was */
static int configure(struct world *w)
{
	static const uint8_t north[] = { 1, 2, 3, 4 }, south[] = { 11, 12 };
	struct equalize_config e;
	struct limit_set limits;
	unsigned int i;
	int r;

	limit_set_defaults(&limits);
	limits.value[LIMIT_FLOAT_LOW] = 2170;
	limits.value[LIMIT_FLOAT_LOW_ALARM] = 2100;
	equalize_config_default(&e);
	e.on = true;
	e.capacity_mah = 100000;
	policy_config_begin(w->policy);
	r = policy_config_bus(w->policy, "bacsA", true);
	for (i = 0; r == 0 && i < JARS; i++)
		r = policy_config_module(w->policy, "bacsA", north[i], "",
					 "North", 1, i + 1, 12000);
	for (i = 0; r == 0 && i < 2; i++)
		r = policy_config_module(w->policy, "bacsA", south[i], "",
					 "South", 2, i + 1, 12000);
	if (r == 0)
		r = policy_config_string(w->policy, "North", 1, "bacsA",
					 north, JARS, "", 0, 1000);
	if (r == 0)
		r = policy_config_string(w->policy, "South", 2, "bacsA",
					 south, 2, "", 0, 1000);
	policy_config_half(w->policy, "North", "Main");
	policy_config_half(w->policy, "South", "Main");
	policy_config_ri(w->policy, "North", 86400, "Rectifier");
	policy_config_equalize(w->policy, "North", &e, false);
	policy_config_limits(w->policy, &limits, "", false);
	policy_config_end(w->policy, w->now);
	return r;
}

static int appear(struct world *w)
{
	static const uint8_t all[] = { 1, 2, 3, 4, 11, 12 };
	struct policy_facts f = block_facts(BACS_MODULE_OK, 0);
	size_t i;
	int r;

	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	r = policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (i = 0; r == 0 && i < sizeof(all); i++) {
		f.serial = 100 + all[i];
		r = policy_module(w->policy, "bacsA", all[i], &f, w->now);
	}
	/* a bus and a module that nobody configured */
	if (r == 0)
		r = policy_bus(w->policy, "bacsB", BACS_BUS_RUNNING, 1000,
			       w->now);
	if (r == 0)
		r = policy_module(w->policy, "bacsB", 7, &f, w->now);
	return r;
}

static void scan(struct world *w, uint64_t by, int64_t low_mv)
{
	static const uint8_t all[] = { 1, 2, 3, 4, 11, 12 };
	size_t i;

	w->now += by;
	w->sequence += w->measured;
	w->measured = false;
	for (i = 0; i < sizeof(all); i++) {
		struct policy_sample s = { .time_ns = w->now };

		s.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE |
			    1U << BACS_Q_RI_SEQUENCE |
			    1U << BACS_Q_RESISTANCE;
		w->seed = w->seed * 6364136223846793005ULL + 1;
		s.value[BACS_Q_VOLTAGE] = (all[i] == 3 && low_mv ? low_mv :
					   13500) + (w->seed >> 60);
		s.value[BACS_Q_TEMPERATURE] = 20000;
		s.value[BACS_Q_RI_SEQUENCE] = w->sequence;
		s.value[BACS_Q_RESISTANCE] = 5000;
		policy_sample(w->policy, "bacsA", all[i], &s, w->now);
	}
	policy_tick(w->policy, w->now);
}

static void pass(struct world *w, uint64_t span, uint64_t by, int64_t low_mv)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		scan(w, by, low_mv);
}

/* What an operator does */
static void operate(struct world *w)
{
	struct policy_learnt record;
	const struct policy_string *s = policy_find_string(w->policy, "North");
	char why[160];

	policy_test_alarm(w->policy, ALARM_WARNING, HOUR, "user 1", w->now);
	policy_take_out(w->policy, "bacsA:4", HOUR, "user 1", "work", w->now);
	policy_put_back(w->policy, "bacsA:4", "user 1", w->now);
	policy_mute(w->policy, "user 1", w->now);
	policy_ri_request(w->policy, "bacsA", 1, why, sizeof(why));
	policy_control(w->policy, "bacsA", POLICY_CONTROLLED, "", w->now);
	if (s && policy_learnt_take(w->policy, s, 1, &record) == 0)
		policy_learnt_give(w->policy, &record, 0, 0, why,
				   sizeof(why));
}

static const struct alarm *alarm_of(const struct world *w)
{
	struct alarm_object o = { ALARM_OF_MODULE, "bacsA", 3, "North" };
	const struct alarm *a = alarm_find(policy_alarms(w->policy),
					   ALARM_VOLTAGE_LOW, &o);

	return a && a->active ? a : NULL;
}

/*
 * Everything once, with a failure on the way. Then the memory is there again:
 * a reload and a report of the driver bring what is missing, and the alarm of a
 * low block, which must not be lost, is there.
 */
static bool live(unsigned long n, bool lasting)
{
	struct world w = { .now = 1000 * SECOND, .seed = n };
	bool met;
	int r;

	w.ops = quiet_ops();
	w.ops.alarm_changed = on_alarm;
	w.ops.out_changed = on_out;
	w.ops.mute_changed = on_mute;
	w.ops.set_duties = on_duties;
	w.ops.ri_start = on_ri;
	failed = 0;
	forever = lasting;
	countdown = n;
	r = policy_new(&w.ops, &w, w.now, &w.policy);
	if (r < 0) {
		countdown = 0;
		assert_int_equal(r, -ENOMEM);
		return true;
	}
	policy_remember(w.policy, "bacsC", 9, 4711, BACS_MODCLASS_JAR, 12000);
	r = configure(&w);
	assert_true(r == 0 || r == -ENOMEM);
	r = appear(&w);
	assert_true(r == 0 || r == -ENOMEM);
	pass(&w, 20 * MINUTE, 10 * SECOND, 0);
	operate(&w);
	pass(&w, 10 * MINUTE, 10 * SECOND, 11500);
	r = configure(&w);
	assert_true(r == 0 || r == -ENOMEM);
	pass(&w, MINUTE, 10 * SECOND, 11500);
	met = failed != 0;
	countdown = 0;
	assert_int_equal(configure(&w), 0);
	assert_int_equal(appear(&w), 0);
	assert_int_equal(policy_string_count(w.policy), 2);
	pass(&w, 2 * HOUR, 10 * SECOND, 11500);
	if (!alarm_of(&w))
		fail_msg("allocation %lu%s: no alarm", n,
			 lasting ? " and all after it" : "");
	assert_int_equal(policy_find_string(w.policy, "North")->machine.state,
			 STRING_FLOAT);
	w.policy = policy_free(w.policy);
	return met;
}

static void any_allocation_may_fail(void **state)
{
	unsigned long n;

	(void)state;
	for (n = 1; live(n, false); n++)
		assert_true(n < 10000);
	/* it was a life with memory */
	assert_true(n > 30);
}

static void memory_may_be_gone_for_long(void **state)
{
	unsigned long n;

	(void)state;
	for (n = 1; live(n, true); n++)
		assert_true(n < 10000);
	assert_true(n > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_allocation_may_fail),
		cmocka_unit_test(memory_may_be_gone_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
