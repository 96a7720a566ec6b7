// SPDX-License-Identifier: GPL-2.0-or-later
/* The strings of a policy: samples of modules in, states and events out */
#include "policy-world.h"
#include "string-world.h"

struct world {
	struct policy *policy;
	uint64_t now;
	unsigned int events;
	struct policy_event last;
	unsigned int told, gone;
	unsigned int supply_count;
	struct policy_supply supply;
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	if (e->kind != POLICY_STRING_STATE)
		return;
	w->events++;
	w->last = *e;
}

static void on_string(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->told++;
}

static void on_string_gone(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->gone++;
}

static void on_supply(void *userdata, const struct policy_module *m,
		      const struct policy_supply *supply)
{
	struct world *w = userdata;

	(void)m;
	w->supply_count++;
	w->supply = *supply;
}

static void configure(struct world *w, unsigned int count, bool sensor)
{
	uint8_t addresses[POLICY_ADDRESS_MAX];
	struct limit_set none;
	unsigned int i;

	limit_set_defaults(&none);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	for (i = 0; i < count; i++)
		addresses[i] = i + 1;
	add_modules(w->policy, "North", 1, 0, count);
	if (sensor)
		policy_config_module(w->policy, "bacsA", 200, "", "", 0, 0, 0);
	if (count)
		policy_config_string(w->policy, "North", 1, "bacsA", addresses,
				     count, sensor ? "bacsA" : "",
				     sensor ? 200 : 0, 1000);
	policy_config_limits(w->policy, &none, "", false);
	policy_config_end(w->policy, w->now);
}

static void set_state(struct world *w, unsigned int address,
		      enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, 0);

	if (address == 200)
		f.nominal_mv = 0;
	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static void begin(struct world *w, unsigned int count, bool sensor)
{
	static struct policy_ops ops;
	unsigned int i;

	ops = quiet_ops();
	ops.event = on_event;
	ops.string_changed = on_string;
	ops.string_gone = on_string_gone;
	ops.set_supply = on_supply;
	memset(w, 0, sizeof(*w));
	w->now = 1000 * SECOND;
	assert_int_equal(policy_new(&ops, w, w->now, &w->policy), 0);
	configure(w, count, sensor);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (i = 1; i <= count; i++)
		set_state(w, i, BACS_MODULE_OK);
	if (sensor)
		set_state(w, 200, BACS_MODULE_OK);
	policy_tick(w->policy, w->now);
}

static const struct policy_string *north(struct world *w)
{
	const struct policy_string *s = policy_find_string(w->policy, "North");

	assert_non_null(s);
	return s;
}

static void give(struct world *w, unsigned int address, uint64_t time_ns,
		 int64_t mv, int64_t mc, uint32_t flags)
{
	struct policy_sample s = {
		.time_ns = time_ns,
		.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE |
			   1U << BACS_Q_FLAGS,
		.value = { [BACS_Q_VOLTAGE] = mv, [BACS_Q_TEMPERATURE] = mc,
			   [BACS_Q_FLAGS] = flags },
	};

	policy_sample(w->policy, "bacsA", address, &s, w->now);
}

/* Scans of modules 1 to @count, those in @skip left out */
static void scans(struct world *w, unsigned int times, unsigned int count,
		  int64_t mv, uint64_t skip)
{
	unsigned int a;

	while (times--) {
		w->now += SECOND;
		for (a = 1; a <= count; a++)
			if (!(skip & 1ULL << a))
				give(w, a, w->now, mv, 20000, 0);
		policy_tick(w->policy, w->now);
	}
}

static void values_are_those_of_the_requirement(void **state)
{
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, false);
	w.now += SECOND;
	/* one block with a shorted cell pulls the mean, not the median */
	give(&w, 1, w.now, 11400, 20000, 0);
	give(&w, 2, w.now, 14000, 21000, 0);
	give(&w, 3, w.now, 14100, 24000, 0);
	give(&w, 4, w.now, 14060, 22000, BACS_FLAG_TEMP_FAULT);
	s = north(&w);
	assert_int_equal(s->valid, 4);
	assert_int_equal(s->sum_mv, 53560);
	assert_int_equal(s->mean_uv, 53560 * 1000 / 24);
	assert_int_equal(s->median_uv, (14000000 / 6 + 14060000 / 6) / 2);
	assert_int_equal(s->lowest, 0);
	assert_int_equal(s->highest, 2);
	assert_int_equal(s->temperature_mc, 21000);
	policy_free(w.policy);
}

static void events_tell_states_and_why(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	assert_state(north(&w), STRING_UNKNOWN);
	scans(&w, 3, 4, 13500, 0);
	assert_int_equal(w.events, 1);
	assert_int_equal(w.last.new_value, STRING_FLOAT);
	assert_string_equal(w.last.name, "North");
	assert_non_null(strstr(w.last.text, "float, was unknown: median 2.250"));
	scans(&w, 5, 4, 12000, 0);
	assert_int_equal(w.events, 2);
	assert_int_equal(w.last.old_value, STRING_FLOAT);
	assert_int_equal(w.last.new_value, STRING_DISCHARGE);
	scans(&w, 1000, 4, 11900, 0);
	assert_int_equal(w.events, 2);
	policy_free(w.policy);
}

static void power_supplies_follow_their_string_and_are_told_once(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 20, 4, 13500, 0);
	assert_int_equal(w.supply.status, BACS_PSY_FULL);
	assert_int_equal(w.supply_count, 4);
	scans(&w, 5, 4, 12000, 0);
	assert_int_equal(w.supply.status, BACS_PSY_DISCHARGING);
	assert_int_equal(w.supply_count, 8);
	scans(&w, 100, 4, 11900, 0);
	assert_int_equal(w.supply_count, 8);
	/* no limits are set: nobody knows how healthy */
	assert_int_equal(w.supply.health, BACS_PSY_HEALTH_UNKNOWN);
	policy_free(w.policy);
}

static void missing_modules_take_their_values_with_them(void **state)
{
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	s = north(&w);
	set_state(&w, 4, BACS_MODULE_LOST);
	scans(&w, 10, 4, 13500, 1 << 4);
	/* the state goes on, sum and mean of an incomplete string do not */
	assert_state(s, STRING_FLOAT);
	assert_int_equal(s->valid, 3);
	assert_int_equal(s->missing, 1);
	/* an open sense lead is as good as none */
	w.now += SECOND;
	give(&w, 3, w.now, 13500, 20000, BACS_FLAG_SENSE_FAULT);
	policy_tick(w.policy, w.now);
	assert_int_equal(s->valid, 2);
	assert_int_equal(s->doubtful, 1);
	assert_state(s, STRING_FLOAT);
	/* fewer than half: unknown, but not for one scan */
	set_state(&w, 3, BACS_MODULE_LOST);
	set_state(&w, 2, BACS_MODULE_LOST);
	scans(&w, 3, 1, 13500, 0);
	assert_state(s, STRING_FLOAT);
	scans(&w, 4, 1, 13500, 0);
	assert_state(s, STRING_UNKNOWN);
	assert_says(s, "1 of 4 modules have a value");
	set_state(&w, 1, BACS_MODULE_LOST);
	scans(&w, 1, 0, 0, 0);
	assert_state(s, STRING_OFFLINE);
	assert_int_equal(w.events, 3);
	/* all of them come back */
	set_state(&w, 1, BACS_MODULE_OK);
	set_state(&w, 2, BACS_MODULE_OK);
	set_state(&w, 3, BACS_MODULE_OK);
	set_state(&w, 4, BACS_MODULE_OK);
	scans(&w, 2, 4, 13500, 0);
	assert_state(s, STRING_FLOAT);
	assert_int_equal(s->valid, 4);
	policy_free(w.policy);
}

static void silence_and_a_lost_bus_are_no_float(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	/* live modules, no samples */
	scans(&w, 5, 0, 0, 0);
	assert_state(north(&w), STRING_FLOAT);
	scans(&w, 1, 0, 0, 0);
	assert_state(north(&w), STRING_UNKNOWN);
	assert_int_equal(north(&w)->valid, 0);
	policy_driver(w.policy, BACS_DRIVER_MISSING, w.now);
	policy_tick(w.policy, w.now);
	assert_state(north(&w), STRING_OFFLINE);
	policy_free(w.policy);
}

static void doubled_and_late_samples_are_refused(void **state)
{
	const struct policy_string *s;
	struct world w;
	int i;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	s = north(&w);
	for (i = 0; i < 10; i++)
		give(&w, 1, w.now, 11000, 20000, 0);
	give(&w, 2, w.now - 30 * SECOND, 11000, 20000, 0);
	give(&w, 3, w.now + 30 * SECOND, 11000, 20000, 0);
	assert_int_equal(s->refused, 12);
	assert_int_equal(s->sum_mv, 54000);
	scans(&w, 10, 4, 13500, 0);
	assert_state(s, STRING_FLOAT);
	assert_int_equal(w.events, 1);
	/* out of their order within a scan they are as good as in it */
	for (i = 0; i < 5; i++) {
		w.now += SECOND;
		give(&w, 3, w.now, 12000, 20000, 0);
		give(&w, 1, w.now - 1000, 12000, 20000, 0);
		give(&w, 4, w.now - 2000, 12000, 20000, 0);
		give(&w, 2, w.now - 500, 12000, 20000, 0);
	}
	assert_state(s, STRING_DISCHARGE);
	assert_int_equal(s->refused, 12);
	/* a clock that begins anew voids the past and is followed */
	w.now = 500 * SECOND;
	scans(&w, 1, 4, 13500, 0);
	assert_state(s, STRING_UNKNOWN);
	scans(&w, 1, 4, 13500, 0);
	assert_state(s, STRING_RECHARGE);
	policy_free(w.policy);
}

static void impossible_values_are_doubtful(void **state)
{
	static const int64_t wrong[] = { 24001, -24001, INT64_MAX, INT64_MIN,
					 (int64_t)INT32_MAX + 1 };
	const struct policy_string *s;
	struct world w;
	size_t i;

	(void)state;
	begin(&w, 1, false);
	s = north(&w);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		scans(&w, 1, 1, wrong[i], 0);
		assert_int_equal(s->valid, 0);
		assert_int_equal(s->doubtful, 1);
	}
	assert_state(s, STRING_UNKNOWN);
	/* a string of one module is a string; reversed is a value */
	scans(&w, 2, 1, -500, 0);
	assert_int_equal(s->valid, 1);
	assert_state(s, STRING_DISCHARGE);
	policy_free(w.policy);
}

static void a_sensor_is_believed_as_long_as_it_is_fresh(void **state)
{
	struct policy_sample current = {
		.present = 1U << BACS_Q_CURRENT | 1U << BACS_Q_VOLTAGE,
		.value = { [BACS_Q_CURRENT] = -5000, [BACS_Q_VOLTAGE] = 51000 },
	};
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, true);
	scans(&w, 2, 4, 13500, 0);
	s = north(&w);
	assert_false(s->has_current);
	current.time_ns = w.now;
	policy_sample(w.policy, "bacsA", 200, &current, w.now);
	scans(&w, 2, 4, 12780, 0);
	assert_true(s->has_current);
	assert_int_equal(s->sensor_mv, 51000);
	assert_state(s, STRING_DISCHARGE);
	assert_says(s, "sensor shows -5000 mA");
	scans(&w, 6, 4, 12780, 0);
	assert_false(s->has_current);
	policy_free(w.policy);
}

static void a_reload_keeps_the_state(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	configure(&w, 4, false);
	assert_state(north(&w), STRING_FLOAT);
	scans(&w, 2, 4, 13500, 0);
	assert_int_equal(w.events, 1);
	/* other modules are another string */
	configure(&w, 3, false);
	assert_state(north(&w), STRING_UNKNOWN);
	scans(&w, 2, 3, 13500, 0);
	assert_state(north(&w), STRING_FLOAT);
	assert_int_equal(w.gone, 0);
	configure(&w, 0, false);
	assert_int_equal(w.gone, 1);
	assert_int_equal(policy_string_count(w.policy), 0);
	scans(&w, 2, 3, 13500, 0);
	policy_free(w.policy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_those_of_the_requirement),
		cmocka_unit_test(events_tell_states_and_why),
		cmocka_unit_test(power_supplies_follow_their_string_and_are_told_once),
		cmocka_unit_test(missing_modules_take_their_values_with_them),
		cmocka_unit_test(silence_and_a_lost_bus_are_no_float),
		cmocka_unit_test(doubled_and_late_samples_are_refused),
		cmocka_unit_test(impossible_values_are_doubtful),
		cmocka_unit_test(a_sensor_is_believed_as_long_as_it_is_fresh),
		cmocka_unit_test(a_reload_keeps_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
