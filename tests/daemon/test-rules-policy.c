// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules in the whole policy: samples in, alarms out */
#include "policy-world.h"

#define JARS	6
#define SOUTH	10		/* its addresses begin after this one */
#define ROOM	240

/**
 * struct world - two strings on a bus, halves of one battery
 * @mv: voltages by address; @mc, @flags, @serial likewise
 * @room_mc: of an environment module, 0 = there is none
 */
struct world {
	struct policy *policy;
	uint64_t now;
	int64_t mv[SOUTH + JARS + 1];
	int64_t mc[SOUTH + JARS + 1];
	uint32_t flags[SOUTH + JARS + 1];
	int64_t room_mc;
	uint32_t seed;
};

static void add_string(struct world *w, const char *name, unsigned int number,
		       unsigned int base)
{
	uint8_t addresses[JARS];
	unsigned int i;

	for (i = 0; i < JARS; i++)
		addresses[i] = base + i + 1;
	add_modules(w->policy, name, number, base, JARS);
	policy_config_string(w->policy, name, number, "bacsA", addresses, JARS,
			     "", 0, 1000);
	policy_config_half(w->policy, name, "Main");
}

static void tell(struct world *w, unsigned int address, uint64_t serial,
		 enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, serial);

	if (address == ROOM) {
		f.modclass = BACS_MODCLASS_ENVIRONMENT;
		f.nominal_mv = 0;
	}
	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static bool is_jar(unsigned int address)
{
	return address && address <= SOUTH + JARS &&
	       (address <= JARS || address > SOUTH);
}

static void begin(struct world *w)
{
	static struct policy_ops ops;
	struct limit_set limits;
	unsigned int a;

	ops = quiet_ops();
	memset(w, 0, sizeof(*w));
	w->now = 1000 * DAY;
	w->seed = 1;
	limit_set_defaults(&limits);
	limits.value[LIMIT_FLOAT_LOW] = 2170;
	limits.value[LIMIT_FLOAT_LOW_ALARM] = 2100;
	assert_int_equal(policy_new(&ops, w, w->now, &w->policy), 0);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_string(w, "North", 1, 0);
	add_string(w, "South", 2, SOUTH);
	policy_config_module(w->policy, "bacsA", ROOM, "", "", 0, 0, 0);
	policy_config_limits(w->policy, &limits, "", false);
	policy_config_end(w->policy, w->now);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 60000, w->now);
	for (a = 1; a <= SOUTH + JARS; a++) {
		w->mv[a] = 13500;
		w->mc[a] = 25000;
		if (is_jar(a))
			tell(w, a, 100 + a, BACS_MODULE_OK);
	}
	tell(w, ROOM, 0, BACS_MODULE_OK);
}

static void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

static void put(struct policy_sample *s, enum bacs_q q, int64_t v)
{
	s->value[q] = v;
	s->present |= 1U << q;
}

static int64_t noise(struct world *w, int64_t size)
{
	w->seed = w->seed * 1103515245 + 12345;
	return (int64_t)(w->seed >> 16) % (2 * size + 1) - size;
}

static void give(struct world *w, unsigned int a, uint64_t time_ns, int64_t mv)
{
	struct policy_sample s = { .time_ns = time_ns };

	put(&s, BACS_Q_VOLTAGE, mv);
	put(&s, BACS_Q_TEMPERATURE, w->mc[a]);
	put(&s, BACS_Q_FLAGS, w->flags[a]);
	policy_sample(w->policy, "bacsA", a, &s, w->now);
}

static void scan(struct world *w, uint64_t by)
{
	struct policy_sample s = { 0 };
	unsigned int a;

	w->now += by;
	for (a = 1; a <= SOUTH + JARS; a++)
		if (is_jar(a))
			give(w, a, w->now, w->mv[a] + noise(w, 3));
	if (w->room_mc) {
		s.time_ns = w->now;
		put(&s, BACS_Q_TEMPERATURE, w->room_mc);
		policy_sample(w->policy, "bacsA", ROOM, &s, w->now);
	}
	policy_tick(w->policy, w->now);
}

static void pass(struct world *w, uint64_t span)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		scan(w, MINUTE);
}

static const struct policy_module *jar(const struct world *w,
				       unsigned int address)
{
	return policy_find_module(w->policy, "bacsA", address);
}

/* The alarm of a module, or of a string, that is active */
static const struct alarm *active(const struct world *w, enum alarm_kind kind,
				  unsigned int address, const char *string)
{
	struct alarm_object o = {
		.class = alarm_kind_info(kind)->class,
		.address = address,
	};
	const struct alarm *a;

	if (o.class != ALARM_OF_SITE)
		strcpy(o.bus, "bacsA");
	snprintf(o.string, sizeof(o.string), "%s", string);
	a = alarm_find(policy_alarms(w->policy), kind, &o);
	return a && a->active ? a : NULL;
}

/* Alarms of battery and sensors there are, whatever of */
static unsigned int count_alarms(const struct world *w)
{
	const struct alarm_table *t = policy_alarms(w->policy);
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < t->count; i++)
		n += !alarm_kind_info(t->alarms[i]->kind)->system;
	return n;
}

static void a_healthy_battery_has_no_alarm(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 5 * DAY);
	assert_int_equal(count_alarms(&w), 0);
	end(&w);
}

/* What a lead does is no low voltage, and no flag of the module ends it */
static void a_broken_lead_is_nothing_else(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	pass(&w, 2 * HOUR);
	for (i = 0; i < 40; i++) {
		w.mv[3] = 1800 + noise(&w, 1800);
		scan(&w, MINUTE);
	}
	assert_non_null(active(&w, ALARM_SENSE_LEAD, 3, "North"));
	assert_int_equal(count_alarms(&w), 1);
	/* the module says so of another one, and takes it back */
	w.flags[4] = BACS_FLAG_SENSE_FAULT;
	pass(&w, 10 * MINUTE);
	assert_non_null(active(&w, ALARM_SENSE_LEAD, 4, "North"));
	w.flags[4] = 0;
	pass(&w, 10 * MINUTE);
	assert_null(active(&w, ALARM_SENSE_LEAD, 4, "North"));
	assert_non_null(active(&w, ALARM_SENSE_LEAD, 3, "North"));
	w.mv[3] = 13500;
	pass(&w, HOUR);
	assert_null(active(&w, ALARM_SENSE_LEAD, 3, "North"));
	end(&w);
}

static void the_room_is_that_of_the_environment_module(void **state)
{
	const struct alarm *a;
	struct world w;
	int i;

	(void)state;
	begin(&w);
	w.room_mc = 24000;
	for (i = 1; i <= JARS; i++)
		w.mc[i] = 29500;
	pass(&w, 17 * HOUR);
	a = active(&w, ALARM_TEMPERATURE_NO_RETURN, 2, "North");
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "above the room, 24.0 C"));
	assert_null(active(&w, ALARM_TEMPERATURE_NO_RETURN, SOUTH + 2,
			   "South"));
	end(&w);
}

/* Samples that were refused are judged by nobody */
static void doubled_and_late_samples_are_not_judged(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	pass(&w, HOUR);
	for (i = 0; i < 60; i++) {
		w.now += SECOND;
		w.mc[2] = 25000;
		scan(&w, MINUTE);
		w.mc[2] = 127000;
		give(&w, 2, w.now, -13500);
		give(&w, 2, w.now - 10 * SECOND, 1000);
	}
	assert_null(active(&w, ALARM_POLARITY_REVERSAL, 2, "North"));
	assert_null(active(&w, ALARM_SENSE_LEAD, 2, "North"));
	assert_null(active(&w, ALARM_SENSOR_IMPLAUSIBLE, 2, "North"));
	end(&w);
}

/* Nothing is said of a module that is lost, neither good nor bad */
static void an_alarm_stands_while_its_module_is_silent(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	w.mv[5] = 11280;
	pass(&w, 2 * HOUR);
	assert_non_null(active(&w, ALARM_SHORTED_CELL, 5, "North"));
	tell(&w, 5, 105, BACS_MODULE_LOST);
	for (i = 0; i < 120; i++)
		scan(&w, MINUTE);
	assert_non_null(active(&w, ALARM_SHORTED_CELL, 5, "North"));
	end(&w);
}

/* Another module knows nothing of what the one before saw */
static void another_module_learns_anew(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 10 * DAY);
	assert_true(jar(&w, 4)->rules.usual_voltage.learnt_ns > 6 * DAY);
	tell(&w, 4, 104, BACS_MODULE_OK);
	assert_true(jar(&w, 4)->rules.usual_voltage.learnt_ns > 6 * DAY);
	tell(&w, 4, 999, BACS_MODULE_OK);
	assert_true(jar(&w, 4)->rules.usual_voltage.learnt_ns == 0);
	/* its error is another one: no drift */
	w.mv[4] += 6 * 40;
	pass(&w, 12 * DAY);
	assert_null(active(&w, ALARM_SENSOR_DRIFT, 4, "North"));
	end(&w);
}

static void the_halves_of_a_battery_are_compared(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	pass(&w, 2 * HOUR);
	assert_int_equal(count_alarms(&w), 0);
	for (i = 1; i <= JARS; i++) {
		w.mv[i] += 180;
		w.mv[SOUTH + i] -= 180;
	}
	pass(&w, 10 * MINUTE);
	assert_non_null(active(&w, ALARM_HALVES_DIFFER, 0, "North"));
	assert_non_null(active(&w, ALARM_HALVES_DIFFER, 0, "South"));
	/* half of the half says nothing of it */
	tell(&w, 1, 101, BACS_MODULE_LOST);
	pass(&w, 10 * MINUTE);
	assert_non_null(active(&w, ALARM_HALVES_DIFFER, 0, "North"));
	end(&w);
}

static void a_step_of_the_wall_clock_is_seen_by_its_offset(void **state)
{
	const struct alarm_table *t;
	struct world w;

	(void)state;
	begin(&w);
	t = policy_alarms(w.policy);
	policy_clock(w.policy, 1700000000000000, w.now);
	policy_clock(w.policy, 1700000060000000, w.now);
	assert_int_equal(t->count, 0);
	policy_clock(w.policy, 1700000000000000 - 1000000, w.now);
	assert_int_equal(t->count, 1);
	assert_int_equal(t->alarms[0]->kind, ALARM_CLOCK_STEPPED);
	assert_false(t->alarms[0]->active);
	assert_non_null(strstr(t->alarms[0]->evidence, "61 s back"));
	policy_clock_state(w.policy, false, w.now);
	w.now += DAY;
	policy_clock_state(w.policy, false, w.now);
	assert_int_equal(t->count, 2);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_battery_has_no_alarm),
		cmocka_unit_test(a_broken_lead_is_nothing_else),
		cmocka_unit_test(the_room_is_that_of_the_environment_module),
		cmocka_unit_test(doubled_and_late_samples_are_not_judged),
		cmocka_unit_test(an_alarm_stands_while_its_module_is_silent),
		cmocka_unit_test(another_module_learns_anew),
		cmocka_unit_test(the_halves_of_a_battery_are_compared),
		cmocka_unit_test(a_step_of_the_wall_clock_is_seen_by_its_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
