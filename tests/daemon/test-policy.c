// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy in virtual time: states, colours, events, the watchdog's food */
#include "policy-world.h"


struct world {
	struct policy *policy;
	uint64_t now;
	unsigned int count[POLICY_KIND_COUNT];
	struct policy_event last[POLICY_KIND_COUNT];
	unsigned int set_count;
	char set_label[64];
	struct policy_limits set_limits;
	unsigned int gone;
	unsigned int supply_count;
	struct policy_supply supply;
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	w->count[e->kind]++;
	w->last[e->kind] = *e;
}

static void on_gone(void *userdata, const struct policy_module *m)
{
	struct world *w = userdata;

	(void)m;
	w->gone++;
}

static void on_set(void *userdata, const struct policy_module *m,
		   const char *label, const struct policy_limits *limits)
{
	struct world *w = userdata;

	(void)m;
	w->set_count++;
	snprintf(w->set_label, sizeof(w->set_label), "%s",
		 label ? label : "(none)");
	policy_unset_limits(&w->set_limits);
	if (limits)
		w->set_limits = *limits;
}

static void on_supply(void *userdata, const struct policy_module *m,
		      const struct policy_supply *supply)
{
	struct world *w = userdata;

	(void)m;
	w->supply_count++;
	w->supply = *supply;
}

static const struct policy_ops *own_ops(void)
{
	static struct policy_ops ops;

	ops = quiet_ops();
	ops.event = on_event;
	ops.module_gone = on_gone;
	ops.set_module = on_set;
	ops.set_supply = on_supply;
	return &ops;
}

static struct world *begin(void)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.now = 100 * SECOND;
	assert_int_equal(policy_new(own_ops(), &world, world.now, &world.policy),
			 0);
	return &world;
}

static void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

static void configure(struct world *w, const struct limit_set *limits)
{
	struct limit_set none;

	limit_set_defaults(&none);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_modules(w->policy, "North", 1, 0, 4);
	policy_config_limits(w->policy, limits ? limits : &none, "", false);
	policy_config_end(w->policy, w->now);
}

static void set_state(struct world *w, unsigned int address,
		      enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, 1000 + address);

	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static void sample(struct world *w, unsigned int address, int64_t mv,
		   int64_t mc, uint32_t flags)
{
	struct policy_sample s = {
		.time_ns = w->now,
		.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE |
			   1U << BACS_Q_FLAGS,
		.value = { [BACS_Q_VOLTAGE] = mv, [BACS_Q_TEMPERATURE] = mc,
			   [BACS_Q_FLAGS] = flags },
	};

	policy_sample(w->policy, "bacsA", address, &s, w->now);
}

/* The driver with a bus of four modules that answer */
static void attach(struct world *w)
{
	unsigned int a;

	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= 4; a++)
		set_state(w, a, BACS_MODULE_OK);
	policy_tick(w->policy, w->now);
}

static void scan(struct world *w, int64_t mv)
{
	unsigned int a;

	w->now += SECOND;
	for (a = 1; a <= 4; a++) {
		const struct policy_module *m =
			policy_find_module(w->policy, "bacsA", a);

		if (m && m->state == BACS_MODULE_OK)
			sample(w, a, mv, 20000, 0);
	}
	policy_tick(w->policy, w->now);
}

static void pass(struct world *w, unsigned int seconds)
{
	while (seconds--) {
		w->now += SECOND;
		policy_tick(w->policy, w->now);
	}
}

static const struct policy_module *module(struct world *w, unsigned int a)
{
	return policy_find_module(w->policy, "bacsA", a);
}

static void a_missing_driver_is_shown_and_becomes_blue(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	policy_driver(w->policy, BACS_DRIVER_MISSING, w->now);
	policy_tick(w->policy, w->now);
	/* it may still be on its way: suppressed during start-up, and listed */
	assert_int_equal(w->count[POLICY_DRIVER_MISSING], 0);
	assert_int_equal(policy_alarms(w->policy)->count, 1);
	assert_int_equal(alarm_state(policy_alarms(w->policy)->alarms[0]),
			 ALARM_STATE_SUPPRESSED);
	assert_int_equal(module(w, 1)->state, BACS_MODULE_UNPOLLED);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREY);
	assert_true(policy_alive(w->policy));
	pass(w, 6);
	assert_false(policy_site(w->policy)->armed);
	pass(w, 1);
	assert_true(policy_site(w->policy)->armed);
	assert_int_equal(w->count[POLICY_ARMED], 1);
	assert_int_equal(module(w, 1)->state, BACS_MODULE_ABSENT);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_BLUE);
	assert_non_null(strstr(module(w, 1)->reason, "driver is not loaded"));
	assert_int_equal(policy_site(w->policy)->colour, BACS_COLOUR_BLUE);
	assert_int_equal(w->count[POLICY_DRIVER_MISSING], 1);
	/* one event for the driver, none for each module and bus behind it */
	assert_int_equal(w->count[POLICY_MODULE_MISSING], 0);
	assert_int_equal(w->count[POLICY_BUS_MISSING], 0);
	assert_true(policy_alive(w->policy));
	end(w);
}

static void losses_are_armed_at_once_when_everything_answers(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	assert_true(policy_site(w->policy)->armed);
	set_state(w, 2, BACS_MODULE_LOST);
	/* with the batch of notices, and not before its bus could be lost too */
	assert_int_equal(w->count[POLICY_MODULE_LOST], 0);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->count[POLICY_MODULE_LOST], 1);
	assert_string_equal(w->last[POLICY_MODULE_LOST].name, "2S1");
	assert_int_equal(w->last[POLICY_MODULE_LOST].address, 2);
	assert_int_equal(w->last[POLICY_MODULE_LOST].severity, POLICY_ALARM);
	assert_int_equal(module(w, 2)->colour, BACS_COLOUR_RED);
	policy_tick(w->policy, w->now);
	assert_int_equal(policy_site(w->policy)->colour, BACS_COLOUR_RED);
	set_state(w, 2, BACS_MODULE_OK);
	assert_int_equal(w->count[POLICY_MODULE_RETURNED], 1);
	end(w);
}

static void a_configured_module_never_found_is_blue_and_an_event(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	set_state(w, 1, BACS_MODULE_OK);
	set_state(w, 2, BACS_MODULE_ABSENT);
	policy_tick(w->policy, w->now);
	assert_int_equal(module(w, 2)->colour, BACS_COLOUR_BLUE);
	assert_int_equal(w->count[POLICY_MODULE_MISSING], 0);
	scan(w, 13500);
	pass(w, 2);
	scan(w, 13500);
	pass(w, 2);
	scan(w, 13500);
	assert_true(policy_site(w->policy)->armed);
	/* 2 is absent, 3 and 4 the driver does not have at all */
	assert_int_equal(w->count[POLICY_MODULE_MISSING], 3);
	end(w);
}

static void a_dead_bus_is_one_event_and_its_return_too(void **state)
{
	struct world *w = begin();
	unsigned int a;

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	policy_bus(w->policy, "bacsA", BACS_BUS_LOST, 1000, w->now);
	for (a = 1; a <= 4; a++)
		set_state(w, a, BACS_MODULE_LOST);
	pass(w, 30);
	assert_int_equal(w->count[POLICY_BUS_LOST], 1);
	assert_int_equal(w->count[POLICY_MODULE_LOST], 0);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_RED);
	assert_true(policy_alive(w->policy));
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= 3; a++)
		set_state(w, a, BACS_MODULE_OK);
	for (a = 0; a < 20; a++)
		scan(w, 13500);
	assert_int_equal(w->count[POLICY_BUS_RUNNING], 1);
	assert_int_equal(w->count[POLICY_MODULE_RETURNED], 0);
	/* the one that did not come back with the others has its own */
	assert_int_equal(w->count[POLICY_MODULE_LOST], 1);
	assert_int_equal(w->last[POLICY_MODULE_LOST].address, 4);
	end(w);
}

static void a_bus_pulled_away_is_red_and_missed(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	policy_module_removed(w->policy, "bacsA", 1, w->now);
	policy_bus_removed(w->policy, "bacsA", w->now);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->count[POLICY_BUS_MISSING], 1);
	assert_int_equal(module(w, 3)->state, BACS_MODULE_LOST);
	assert_non_null(strstr(module(w, 3)->reason, "bus is not attached"));
	assert_int_equal(policy_find_bus(w->policy, "bacsA")->colour,
			 BACS_COLOUR_RED);
	assert_int_equal(w->count[POLICY_MODULE_LOST], 0);
	end(w);
}

static void silence_without_known_absence_starves_the_watchdog(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	pass(w, 5);
	assert_true(policy_alive(w->policy));
	pass(w, 1);
	assert_false(policy_alive(w->policy));
	assert_int_equal(w->count[POLICY_SAMPLES_STALLED], 1);
	pass(w, 100);
	assert_false(policy_alive(w->policy));
	assert_int_equal(w->count[POLICY_SAMPLES_STALLED], 1);
	scan(w, 13500);
	assert_true(policy_alive(w->policy));
	assert_int_equal(w->count[POLICY_SAMPLES_RESUMED], 1);
	end(w);
}

/* The daemon asks when samples stay away: its own question is no answer */
static void samples_that_were_asked_for_do_not_feed_the_watchdog(void **state)
{
	struct policy_sample s = {
		.read = true,
		.present = 1U << BACS_Q_VOLTAGE,
		.value[BACS_Q_VOLTAGE] = 13499,
	};
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	pass(w, 6);
	assert_false(policy_alive(w->policy));
	s.time_ns = w->now;
	policy_sample(w->policy, "bacsA", 1, &s, w->now);
	pass(w, 1);
	assert_int_equal(module(w, 1)->sample.value[BACS_Q_VOLTAGE], 13499);
	assert_false(policy_alive(w->policy));
	assert_int_equal(w->count[POLICY_SAMPLES_RESUMED], 0);
	end(w);
}

static void known_absence_feeds_the_watchdog(void **state)
{
	struct world *w = begin();
	unsigned int a;

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	for (a = 1; a <= 4; a++)
		set_state(w, a, BACS_MODULE_LOST);
	pass(w, 60);
	assert_true(policy_alive(w->policy));
	set_state(w, 1, BACS_MODULE_OK);
	pass(w, 5);
	assert_true(policy_alive(w->policy));
	pass(w, 2);
	assert_false(policy_alive(w->policy));
	policy_driver(w->policy, BACS_DRIVER_MISSING, w->now);
	policy_tick(w->policy, w->now);
	assert_true(policy_alive(w->policy));
	end(w);
}

static void a_slow_scan_is_given_its_time(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 20000, w->now);
	scan(w, 13500);
	pass(w, 60);
	assert_true(policy_alive(w->policy));
	pass(w, 1);
	assert_false(policy_alive(w->policy));
	end(w);
}

static void sleep_of_the_machine_is_no_silence(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	w->now += 8 * 3600 * SECOND;
	policy_tick(w->policy, w->now);
	assert_true(policy_alive(w->policy));
	assert_int_equal(w->count[POLICY_SAMPLES_STALLED], 0);
	pass(w, 6);
	assert_false(policy_alive(w->policy));
	end(w);
}

static void without_limits_a_module_is_orange(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	scan(w, 13500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_ORANGE);
	assert_non_null(strstr(module(w, 1)->reason, "not supervised"));
	assert_int_equal(w->count[POLICY_ALARM_RAISED], 0);
	end(w);
}

static void limits_per_cell_are_scaled_pushed_and_judged_twice(void **state)
{
	struct world *w = begin();
	struct limit_set l;

	(void)state;
	limit_set_defaults(&l);
	l.value[LIMIT_VOLTAGE_S] = 0;
	l.value[LIMIT_FLOAT_LOW] = 2170;
	l.value[LIMIT_FLOAT_LOW_ALARM] = 2000;
	l.value[LIMIT_TEMP_HIGH] = 30000;
	configure(w, &l);
	attach(w);
	assert_int_equal(w->set_count, 4);
	assert_string_equal(w->set_label, "4S1");
	assert_int_equal(w->set_limits.value[BACS_LIMIT_VOLTAGE_MIN], 13020);
	assert_int_equal(w->set_limits.value[BACS_LIMIT_TEMPERATURE_MAX],
			 30000);
	scan(w, 13500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREEN);
	assert_string_equal(module(w, 1)->reason, "ok");
	assert_int_equal(policy_site(w->policy)->colour, BACS_COLOUR_GREEN);
	/* one sample is no alarm */
	scan(w, 11900);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREEN);
	scan(w, 13500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREEN);
	scan(w, 11900);
	scan(w, 11900);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_RED);
	assert_string_equal(module(w, 1)->reason,
			    "voltage 11.900 V is below the alarm limit of 12.000 V");
	assert_int_equal(w->count[POLICY_ALARM_RAISED], 4);
	assert_int_equal(w->last[POLICY_ALARM_RAISED].severity, POLICY_ALARM);
	assert_string_equal(w->last[POLICY_ALARM_RAISED].alarm, "voltage-low");
	assert_string_equal(w->last[POLICY_ALARM_RAISED].name, "4S1");
	assert_non_null(strstr(w->last[POLICY_ALARM_RAISED].text,
			       "4S1: voltage-low: voltage 11.900 V is below the alarm limit of 12.000 V"));
	scan(w, 12500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_RED);
	scan(w, 12500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_ORANGE);
	assert_int_equal(w->count[POLICY_ALARM_LOWERED], 4);
	scan(w, 13500);
	scan(w, 13500);
	assert_int_equal(w->count[POLICY_ALARM_RETURNED], 4);
	assert_int_equal(w->count[POLICY_ALARM_RAISED], 4);
	end(w);
}

static void the_health_of_power_supplies_follows_alarms(void **state)
{
	struct world *w = begin();
	struct limit_set l;

	(void)state;
	limit_set_defaults(&l);
	l.value[LIMIT_VOLTAGE_S] = 0;
	l.value[LIMIT_FLOAT_LOW_ALARM] = 2000;
	l.value[LIMIT_FLOAT_HIGH_ALARM] = 2500;
	configure(w, &l);
	attach(w);
	scan(w, 13500);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->supply.health, BACS_PSY_HEALTH_GOOD);
	scan(w, 15100);
	scan(w, 15100);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->supply.health, BACS_PSY_HEALTH_OVERVOLTAGE);
	scan(w, 11900);
	scan(w, 11900);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->supply.health, BACS_PSY_HEALTH_FAILURE);
	scan(w, 13500);
	scan(w, 13500);
	policy_tick(w->policy, w->now);
	assert_int_equal(w->supply.health, BACS_PSY_HEALTH_GOOD);
	end(w);
}

static void limits_written_by_others_are_reported_and_put_back(void **state)
{
	struct world *w = begin();
	struct limit_set set;
	struct policy_limits l;

	(void)state;
	limit_set_defaults(&set);
	set.value[LIMIT_FLOAT_LOW] = 2170;
	configure(w, &set);
	policy_unset_limits(&l);
	attach(w);
	w->set_count = 0;
	l.value[BACS_LIMIT_VOLTAGE_MIN] = 13020;
	policy_limits_written(w->policy, "bacsA", 1, &l, 77, w->now);
	assert_int_equal(w->count[POLICY_LIMITS_WRITTEN], 0);
	assert_int_equal(w->set_count, 0);
	l.value[BACS_LIMIT_VOLTAGE_MIN] = 1;
	policy_limits_written(w->policy, "bacsA", 1, &l, 77, w->now);
	assert_int_equal(w->count[POLICY_LIMITS_WRITTEN], 1);
	assert_int_equal(w->set_count, 1);
	assert_int_equal(w->set_limits.value[BACS_LIMIT_VOLTAGE_MIN], 13020);
	end(w);
}

static void faults_of_the_module_are_orange_with_a_reason(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	sample(w, 1, 13500, 20000, BACS_FLAG_SENSE_FAULT);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_ORANGE);
	assert_non_null(strstr(module(w, 1)->reason, "sense lead"));
	assert_int_equal(w->count[POLICY_ALARM_RAISED], 1);
	assert_string_equal(w->last[POLICY_ALARM_RAISED].alarm, "sense-lead");
	end(w);
}

static void a_remembered_module_is_expected_until_forgotten(void **state)
{
	struct world *w = begin();

	(void)state;
	policy_remember(w->policy, "bacsB", 9, 4711, BACS_MODCLASS_JAR, 2000);
	policy_config_begin(w->policy);
	policy_config_end(w->policy, w->now);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	pass(w, 9);
	assert_int_equal(w->count[POLICY_BUS_MISSING], 1);
	assert_non_null(policy_find_module(w->policy, "bacsB", 9));
	policy_forget(w->policy, "bacsB", 9, w->now);
	assert_null(policy_find_module(w->policy, "bacsB", 9));
	assert_null(policy_find_bus(w->policy, "bacsB"));
	assert_int_equal(w->gone, 1);
	end(w);
}

static void a_module_found_again_after_a_restart_is_no_news(void **state)
{
	struct world *w = begin();

	(void)state;
	policy_remember(w->policy, "bacsA", 1, 1001, BACS_MODCLASS_JAR, 12000);
	configure(w, NULL);
	attach(w);
	assert_int_equal(w->count[POLICY_MODULE_FOUND], 3);
	end(w);
}

static void configuration_changes_take_names_and_modules_along(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	w->set_count = 0;
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	policy_config_module(w->policy, "bacsA", 1, "7S3", "West", 3, 7, 0);
	policy_config_end(w->policy, w->now);
	assert_string_equal(module(w, 1)->name, "7S3");
	assert_string_equal(w->set_label, "7S3");
	/* what answers stays visible, under its address */
	assert_string_equal(module(w, 2)->name, "bacsA-002");
	assert_false(module(w, 2)->configured);
	end(w);
}

static void a_configuration_error_makes_the_site_blue(void **state)
{
	struct world *w = begin();

	(void)state;
	configure(w, NULL);
	attach(w);
	policy_config_error(w->policy, "/etc/bacs/bacsd.conf:3: foo");
	policy_tick(w->policy, w->now);
	assert_int_equal(policy_site(w->policy)->colour, BACS_COLOUR_BLUE);
	assert_non_null(strstr(policy_site(w->policy)->reason,
			       "bacsd.conf:3"));
	policy_config_error(w->policy, NULL);
	policy_tick(w->policy, w->now);
	assert_int_equal(policy_site(w->policy)->colour, BACS_COLOUR_ORANGE);
	end(w);
}

static void every_kind_has_a_name_and_no_two_the_same(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < POLICY_KIND_COUNT; i++) {
		assert_non_null(policy_kind_name(i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(policy_kind_name(i),
						policy_kind_name(j));
	}
	assert_string_equal(policy_kind_name(POLICY_KIND_COUNT), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_driver_is_shown_and_becomes_blue),
		cmocka_unit_test(
			losses_are_armed_at_once_when_everything_answers),
		cmocka_unit_test(
			a_configured_module_never_found_is_blue_and_an_event),
		cmocka_unit_test(a_dead_bus_is_one_event_and_its_return_too),
		cmocka_unit_test(a_bus_pulled_away_is_red_and_missed),
		cmocka_unit_test(
			silence_without_known_absence_starves_the_watchdog),
		cmocka_unit_test(
			samples_that_were_asked_for_do_not_feed_the_watchdog),
		cmocka_unit_test(known_absence_feeds_the_watchdog),
		cmocka_unit_test(a_slow_scan_is_given_its_time),
		cmocka_unit_test(sleep_of_the_machine_is_no_silence),
		cmocka_unit_test(without_limits_a_module_is_orange),
		cmocka_unit_test(
			limits_per_cell_are_scaled_pushed_and_judged_twice),
		cmocka_unit_test(the_health_of_power_supplies_follows_alarms),
		cmocka_unit_test(
			limits_written_by_others_are_reported_and_put_back),
		cmocka_unit_test(faults_of_the_module_are_orange_with_a_reason),
		cmocka_unit_test(
			a_remembered_module_is_expected_until_forgotten),
		cmocka_unit_test(
			a_module_found_again_after_a_restart_is_no_news),
		cmocka_unit_test(
			configuration_changes_take_names_and_modules_along),
		cmocka_unit_test(a_configuration_error_makes_the_site_blue),
		cmocka_unit_test(every_kind_has_a_name_and_no_two_the_same),
	};

	return RUN("policy", tests);
}
