// SPDX-License-Identifier: GPL-2.0-or-later
/* What the policy tells the driver: when, to whom, and when no more */
#include <errno.h>
#include <stdlib.h>

#include "policy-world.h"

#define JARS	4
#define S	SECOND

/* Modules 1 to 4 of bacsA are string North; 1S2 is high */
struct world {
	struct policy *p;
	uint64_t now_ns;
	int mv[JARS + 1];
	bool silent[JARS + 1];
	unsigned int calls;		/* of set_duties */
	size_t n;			/* of the last one */
	int duty[JARS + 1];		/* -1: not in it */
	unsigned int events;
	char event[256];
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	if (e->kind != POLICY_EQUALIZING)
		return;
	w->events++;
	snprintf(w->event, sizeof(w->event), "%s", e->text);
}

static void on_set_duties(void *userdata, const struct policy_bus *bus,
			  size_t n, const uint8_t *addresses,
			  const uint32_t *permille)
{
	struct world *w = userdata;

	assert_string_equal(bus->name, "bacsA");
	w->calls++;
	w->n = n;
	for (int i = 1; i <= JARS; i++)
		w->duty[i] = -1;
	for (size_t i = 0; i < n; i++)
		w->duty[addresses[i]] = permille[i];
}

static const struct policy_ops *own_ops(void)
{
	static struct policy_ops ops;

	ops = quiet_ops();
	ops.event = on_event;
	ops.set_duties = on_set_duties;
	return &ops;
}

static const uint8_t addresses[] = { 1, 2, 3, 4 };

static void configure_as(struct world *w, bool on, bool string, bool calibrated)
{
	struct equalize_config c;

	equalize_config_default(&c);
	c.on = on;
	c.capacity_mah = 100000;
	c.delay_s = 0;
	policy_config_begin(w->p);
	policy_config_bus(w->p, "bacsA", true);
	for (unsigned int i = 1; i <= JARS; i++) {
		char label[8];

		snprintf(label, sizeof(label), "1S%u", i);
		policy_config_module(w->p, "bacsA", i, label,
				     string ? "North" : "", string, string ? i : 0,
				     0);
	}
	if (string) {
		policy_config_string(w->p, "North", 1, "bacsA", addresses, JARS,
				     "", 0, 1000);
		policy_config_equalize(w->p, "North", &c, calibrated);
	}
	policy_config_end(w->p, w->now_ns);
}

static void configure(struct world *w, bool on, bool string)
{
	configure_as(w, on, string, true);
}

static const struct equalize *north(const struct world *w)
{
	return policy_find_string(w->p, "North")->equalize;
}

static void give_modules(struct world *w)
{
	policy_driver(w->p, BACS_DRIVER_PRESENT, w->now_ns);
	policy_bus(w->p, "bacsA", BACS_BUS_RUNNING, 1000, w->now_ns);
	for (int i = 1; i <= JARS; i++) {
		struct policy_facts f = block_facts(w->silent[i] ?
			BACS_MODULE_LOST : BACS_MODULE_OK, 0);

		policy_module(w->p, "bacsA", i, &f, w->now_ns);
	}
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->now_ns = 1000 * S;
	for (int i = 1; i <= JARS; i++)
		w->mv[i] = i == 2 ? 13700 : 13460;
	assert_int_equal(policy_new(own_ops(), w, w->now_ns, &w->p), 0);
	configure(w, true, true);
	give_modules(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	policy_free(w->p);
	free(w);
	return 0;
}

static void second(struct world *w)
{
	w->now_ns += S;
	for (int i = 1; i <= JARS; i++) {
		struct policy_sample s = { .time_ns = w->now_ns + i };

		if (w->silent[i])
			continue;
		s.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE;
		s.value[BACS_Q_VOLTAGE] = w->mv[i];
		s.value[BACS_Q_TEMPERATURE] = 25000;
		policy_sample(w->p, "bacsA", i, &s, w->now_ns + 10);
	}
	policy_tick(w->p, w->now_ns + 20);
}

static void run(struct world *w, unsigned int seconds)
{
	while (seconds--)
		second(w);
}

static void control(struct world *w)
{
	policy_control(w->p, "bacsA", POLICY_CONTROLLED, "", w->now_ns);
}

static void begin(struct world *w)
{
	control(w);
	run(w, 1800);
	assert_int_equal(north(w)->status, EQUALIZE_ACTIVE);
	assert_true(w->duty[2] > 0);
}

static void suspended(const struct world *w, const char *words)
{
	if (north(w)->status != EQUALIZE_SUSPENDED ||
	    !strstr(north(w)->reason, words))
		fail_msg("%s: %s", equalize_status_name(north(w)->status),
			 north(w)->reason);
}

static void nothing_is_told_while_off(void **state)
{
	struct world *w = *state;

	configure(w, false, true);
	assert_false(policy_wants_control(w->p, policy_find_bus(w->p, "bacsA")));
	control(w);
	run(w, 1800);
	assert_int_equal(w->calls, 0);
	assert_int_equal(north(w)->status, EQUALIZE_OFF);
}

static void nothing_is_told_without_control(void **state)
{
	struct world *w = *state;

	assert_true(policy_wants_control(w->p, policy_find_bus(w->p, "bacsA")));
	run(w, 1800);
	suspended(w, "being asked for");
	policy_control(w->p, "bacsA", POLICY_REFUSED,
		       "bus bacsA is controlled by process 42", w->now_ns);
	run(w, 1800);
	suspended(w, "process 42");
	assert_int_equal(w->calls, 0);
	begin(w);
}

static void a_lease_is_renewed_every_20_s(void **state)
{
	struct world *w = *state;
	unsigned int calls;

	begin(w);
	assert_int_equal(w->n, 1);
	/* between two steps of five minutes duties do not change */
	while (north(w)->step_scans != 2)
		second(w);
	calls = w->calls;
	run(w, 200);
	assert_true(w->calls - calls >= 9 && w->calls - calls <= 11);
	assert_true(w->duty[2] > 0);
}

static void the_usual_bypass_current_follows_the_voltage(void **state)
{
	struct world *w = *state;

	begin(w);
	assert_int_equal(north(w)->config.bypass_ua, 150000);
}

static void a_lost_module_is_not_told_and_stops_the_rest(void **state)
{
	struct world *w = *state;
	unsigned int calls;

	begin(w);
	w->silent[3] = true;
	give_modules(w);
	run(w, 30);
	suspended(w, "the duties hold");
	assert_true(w->duty[2] > 0);
	assert_int_equal(w->duty[3], -1);
	run(w, 40);
	suspended(w, "1S3 has no valid voltage, and");
	assert_int_equal(w->duty[2], 0);
	calls = w->calls;
	run(w, 100);
	assert_int_equal(w->calls, calls);
	/* one that is bypassed itself goes: told 0 as soon as it is back */
	w->silent[3] = false;
	give_modules(w);
	begin(w);
	w->silent[2] = true;
	give_modules(w);
	run(w, 100);
	assert_int_equal(policy_duty(policy_find_module(w->p, "bacsA", 2)), 0);
	w->silent[2] = false;
	give_modules(w);
	w->duty[2] = -1;
	run(w, 30);
	assert_int_equal(w->duty[2], 0);
}

static void a_discharge_ends_it_at_once(void **state)
{
	struct world *w = *state;
	unsigned int calls;

	begin(w);
	calls = w->calls;
	for (int i = 1; i <= JARS; i++)
		w->mv[i] = 12000;
	run(w, 3);
	suspended(w, "the string is in state");
	assert_true(w->calls > calls);
	assert_int_equal(w->duty[2], 0);
	assert_true(w->events >= 2);
	assert_non_null(strstr(w->event, "Equalizing of string North: suspended"));
}

static void a_hold_is_told_at_once(void **state)
{
	struct world *w = *state;
	const struct policy_module *m = policy_find_module(w->p, "bacsA", 2);

	begin(w);
	policy_equalize_hold(w->p, m, true);
	assert_int_equal(w->duty[2], 0);
	assert_int_equal(policy_duty(m), 0);
	run(w, 400);
	assert_int_equal(policy_duty(m), 0);
	policy_equalize_hold(w->p, m, false);
	run(w, 700);
	assert_true(w->duty[2] > 0);
}

static void a_refused_command_is_told_again(void **state)
{
	struct world *w = *state;
	unsigned int calls;

	begin(w);
	calls = w->calls;
	policy_duties_failed(w->p, "bacsA", w->now_ns);
	/* but not at once, again and again */
	policy_tick(w->p, w->now_ns + 30);
	assert_int_equal(w->calls, calls);
	run(w, 1);
	assert_int_equal(w->calls, calls + 1);
	policy_duties_failed(w->p, "bacsA", w->now_ns);
	run(w, 1);
	assert_int_equal(w->calls, calls + 2);
	/* also a 0 that was refused */
	policy_equalize_switch(w->p, "North", false, "user 1", w->now_ns);
	run(w, 1);
	assert_int_equal(w->duty[2], 0);
	w->duty[2] = -1;
	run(w, 30);
	assert_int_equal(w->duty[2], -1);
}

static void everything_begins_at_zero_again(void **state)
{
	struct world *w = *state;

	begin(w);
	policy_lease_expired(w->p, "bacsA", w->now_ns);
	suspended(w, "lease");
	assert_int_equal(policy_duty(policy_find_module(w->p, "bacsA", 2)), 0);
	begin(w);
	policy_bus_removed(w->p, "bacsA", w->now_ns);
	suspended(w, "anew");
	give_modules(w);
	w->calls = 0;
	run(w, 1800);
	/* control was lost with the bus */
	assert_int_equal(w->calls, 0);
	/* answers that come too late make no bus */
	policy_control(w->p, "bacsZ", POLICY_CONTROLLED, "", w->now_ns);
	policy_duties_failed(w->p, "bacsZ", w->now_ns);
	policy_lease_expired(w->p, "bacsZ", w->now_ns);
	assert_null(policy_find_bus(w->p, "bacsZ"));
	begin(w);
	policy_driver(w->p, BACS_DRIVER_MISSING, w->now_ns);
	assert_int_equal(policy_find_bus(w->p, "bacsA")->control.controller,
			 POLICY_NOT_ASKED);
	give_modules(w);
	begin(w);
}

static void the_configuration_may_change_at_any_time(void **state)
{
	struct world *w = *state;
	unsigned int before;

	begin(w);
	before = policy_duty(policy_find_module(w->p, "bacsA", 2));
	/* the same again changes nothing */
	configure(w, true, true);
	assert_int_equal(policy_duty(policy_find_module(w->p, "bacsA", 2)),
			 before);
	configure(w, false, true);
	run(w, 1);
	assert_int_equal(w->duty[2], 0);
	configure(w, true, true);
	begin(w);
	/* no string any more: nobody is left with a duty */
	configure(w, true, false);
	w->duty[2] = -1;
	run(w, 1);
	assert_int_equal(w->duty[2], 0);
}

static void an_operator_switches(void **state)
{
	struct world *w = *state;

	begin(w);
	assert_int_equal(policy_equalize_switch(w->p, "South", true, "user 1", w->now_ns),
			 -ENOENT);
	assert_int_equal(policy_equalize_switch(w->p, "North", false,
						"user 1", w->now_ns), 0);
	run(w, 1);
	assert_int_equal(w->duty[2], 0);
	assert_int_equal(north(w)->status, EQUALIZE_OFF);
	assert_int_equal(policy_equalize_switch(w->p, "North", true,
						"user 1", w->now_ns), 0);
	begin(w);
}

static void a_calibration_on_record_counts(void **state)
{
	struct world *w = *state;

	/* 10 mV/cell above: within the errors of a module */
	w->mv[2] = 13520;
	configure_as(w, true, true, false);
	control(w);
	run(w, 1800);
	assert_int_equal(north(w)->status, EQUALIZE_READY);
	policy_set_calibrated(w->p, "bacsA", 2, true);
	run(w, 1800);
	assert_int_equal(north(w)->status, EQUALIZE_ACTIVE);
	assert_true(w->duty[2] > 0);
}

static void a_value_that_is_not_believed_leads_no_current(void **state)
{
	struct world *w = *state;

	begin(w);
	/* its steps are seen to be fine */
	for (int n = 0; n < 20; n++) {
		w->mv[2] = 13700 + (n & 1);
		second(w);
	}
	/* the others move, it does not: for two hours, says sensor-stuck */
	for (int n = 0; n < 18; n++) {
		for (int i = 1; i <= JARS; i++)
			w->mv[i] = i == 2 ? 13700 : n & 1 ? 13500 : 13420;
		run(w, 600);
	}
	suspended(w, "1S2 has no believable voltage (sensor-stuck)");
	assert_int_equal(w->duty[2], 0);
}

static void a_bad_configuration_only_monitors(void **state)
{
	struct world *w = *state;

	begin(w);
	policy_monitor_only(w->p, true);
	assert_false(policy_wants_control(w->p, policy_find_bus(w->p, "bacsA")));
	run(w, 5);
	suspended(w, "only monitors");
	assert_int_equal(w->duty[2], 0);
}

static void days_without_effect_are_an_alarm(void **state)
{
	struct world *w = *state;
	const struct alarm_table *t = policy_alarms(w->p);
	const struct alarm *a = NULL;

	control(w);
	for (int i = 1; i <= JARS; i++)
		w->mv[i] = i == 2 ? 13800 : 13400;
	run(w, 74 * 3600);
	for (size_t i = 0; i < t->count && !a; i++)
		if (t->alarms[i]->kind == ALARM_EQUALIZING_WITHOUT_EFFECT)
			a = t->alarms[i];
	assert_non_null(a);
	assert_string_equal(a->name, "1S2");
	assert_int_equal(a->level, ALARM_WARNING);
	assert_non_null(strstr(a->evidence, "50.0 mV/cell"));
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(nothing_is_told_while_off),
		RULE(nothing_is_told_without_control),
		RULE(a_lease_is_renewed_every_20_s),
		RULE(the_usual_bypass_current_follows_the_voltage),
		RULE(a_lost_module_is_not_told_and_stops_the_rest),
		RULE(a_discharge_ends_it_at_once),
		RULE(a_hold_is_told_at_once),
		RULE(a_refused_command_is_told_again),
		RULE(everything_begins_at_zero_again),
		RULE(the_configuration_may_change_at_any_time),
		RULE(an_operator_switches),
		RULE(a_calibration_on_record_counts),
		RULE(a_value_that_is_not_believed_leads_no_current),
		RULE(a_bad_configuration_only_monitors),
		RULE(days_without_effect_are_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
