// SPDX-License-Identifier: GPL-2.0-or-later
/* What alarms switch: buzzer, LED, contacts, by the matrix of the configuration */
#include "alarm-world.h"
#include "policy/alarm/output.h"

static bool on(struct world *w, const struct output_matrix *m, enum output o)
{
	struct output_state states[OUTPUT_COUNT];

	output_compute(m, &w->table, w->now.boot_ns, states);
	assert_int_equal(states[o].on, states[o].alarm != 0);
	return states[o].on;
}

static void wire(struct output_matrix *m, enum output o, const char *text)
{
	char why[200] = "";

	if (output_parse(text, &m->of[o], why, sizeof(why)) < 0)
		fail_msg("'%s' %s", text, why);
}

static void outputs_follow_kind_level_and_delay(void **state)
{
	struct world *w = begin();
	struct output_matrix m = { 0 };

	(void)state;
	wire(&m, OUTPUT_BUZZER, "all:alarm");
	wire(&m, OUTPUT_LED, "all:warning");
	wire(&m, OUTPUT_HOOK, "battery:advisory:5s  system:alarm");
	wire(&m, OUTPUT_CONTACT_1, "all:warning");
	wire(&m, OUTPUT_CONTACT_2, "voltage-low:alarm:2m temperature-high:alarm");
	set(w, ALARM_LIMITS_FOREIGN, ALARM_ADVISORY);
	pass(w, HOUR);
	assert_false(on(w, &m, OUTPUT_HOOK));
	set(w, ALARM_LIMITS_FOREIGN, ALARM_NONE);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_false(on(w, &m, OUTPUT_BUZZER));
	assert_true(on(w, &m, OUTPUT_LED));
	assert_false(on(w, &m, OUTPUT_HOOK));
	assert_true(on(w, &m, OUTPUT_CONTACT_1));
	pass(w, 5 * SECOND);
	assert_true(on(w, &m, OUTPUT_HOOK));
	set(w, ALARM_VOLTAGE_LOW, ALARM_ALARM);
	assert_true(on(w, &m, OUTPUT_BUZZER));
	assert_false(on(w, &m, OUTPUT_CONTACT_2));
	pass(w, 114 * SECOND);
	assert_false(on(w, &m, OUTPUT_CONTACT_2));
	pass(w, SECOND);
	assert_true(on(w, &m, OUTPUT_CONTACT_2));
	/* seen: quiet, but the contact tells what is */
	alarm_acknowledge(&w->table, w->last.id, "u", &w->now);
	assert_false(on(w, &m, OUTPUT_BUZZER));
	assert_false(on(w, &m, OUTPUT_HOOK));
	assert_true(on(w, &m, OUTPUT_LED));
	assert_true(on(w, &m, OUTPUT_CONTACT_1));
	alarm_shelve(&w->table, w->last.id, HOUR, "u", "why", &w->now);
	assert_false(on(w, &m, OUTPUT_LED));
	assert_false(on(w, &m, OUTPUT_CONTACT_1));
	end(w);
}

/* M15: 90 s for alarms of the monitoring, at contacts alone */
static void contacts_wait_for_system_alarms_only(void **state)
{
	struct world *w = begin();
	struct output_matrix m = { 0 };

	(void)state;
	wire(&m, OUTPUT_BUZZER, "all:alarm");
	wire(&m, OUTPUT_CONTACT_1, "all:alarm");
	wire(&m, OUTPUT_CONTACT_2, "module-lost:alarm:0s");
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	assert_true(on(w, &m, OUTPUT_BUZZER));
	assert_true(on(w, &m, OUTPUT_CONTACT_2));
	pass(w, 89 * SECOND);
	assert_false(on(w, &m, OUTPUT_CONTACT_1));
	pass(w, SECOND);
	assert_true(on(w, &m, OUTPUT_CONTACT_1));
	/* over a reboot it has waited long enough */
	w->unsure = true;
	restart(w, false, SECOND);
	assert_true(on(w, &m, OUTPUT_CONTACT_1));
	end(w);
	w = begin();
	set(w, ALARM_TEMPERATURE_HIGH, ALARM_ALARM);
	assert_true(on(w, &m, OUTPUT_CONTACT_1));
	end(w);
}

static void a_mute_is_quiet_and_yellow(void **state)
{
	struct world *w = begin();
	struct output_state states[OUTPUT_COUNT];
	struct output_matrix m = { 0 };

	(void)state;
	wire(&m, OUTPUT_BUZZER, "all:alarm");
	wire(&m, OUTPUT_LED, "all:alarm");
	set(w, ALARM_TEMPERATURE_HIGH, ALARM_ALARM);
	alarm_mute(&w->table, "u", &w->now);
	output_compute(&m, &w->table, w->now.boot_ns, states);
	assert_false(states[OUTPUT_BUZZER].on);
	assert_true(states[OUTPUT_LED].on && states[OUTPUT_LED].yellow);
	set(w, ALARM_VOLTAGE_HIGH, ALARM_ALARM);
	output_compute(&m, &w->table, w->now.boot_ns, states);
	assert_true(states[OUTPUT_BUZZER].on);
	assert_true(states[OUTPUT_LED].on && !states[OUTPUT_LED].yellow);
	end(w);
}

static void bad_words_of_the_matrix_change_nothing(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} bad[] = {
		{ "all", "is not KIND:LEVEL" },
		{ ":alarm", "is not KIND:LEVEL" },
		{ "all:", "the level ''" },
		{ "all:none", "the level 'none'" },
		{ "volt-low:alarm", "'volt-low', which is no kind" },
		{ "all:alarm:", "the delay ''" },
		{ "all:alarm:-1", "the delay '-1'" },
		{ "all:alarm:3601", "0s to 3600s" },
		{ "all:alarm:61m", "0s to 3600s" },
		{ "all:alarm:99999999999999999999", "0s to 3600s" },
		{ "all:alarm:1d", "the delay '1d'" },
		{ "all:alarm:1ss", "the delay '1ss'" },
		{ "all:alarm:1s:2", "more than" },
		{ "all:alarm none", "is not KIND:LEVEL" },
		{ "a:a a:a", "'a', which is no kind" },
	};
	struct output_rules rules;
	char why[200], many[400] = "";
	size_t i;

	(void)state;
	assert_int_equal(output_parse("all:alarm:1h", &rules, why,
				      sizeof(why)), 0);
	assert_int_equal(rules.list[0].delay_s, 3600);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(output_parse(bad[i].text, &rules, why,
					      sizeof(why)), -EINVAL);
		if (!strstr(why, bad[i].why))
			fail_msg("'%s': %s", bad[i].text, why);
		assert_int_equal(rules.count, 1);
	}
	for (i = 0; i <= OUTPUT_RULES_MAX; i++)
		strcat(many, "all:alarm ");
	assert_int_equal(output_parse(many, &rules, why, sizeof(why)),
			 -EINVAL);
	assert_int_equal(output_parse("none", &rules, why, sizeof(why)), 0);
	assert_int_equal(rules.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs_follow_kind_level_and_delay),
		cmocka_unit_test(contacts_wait_for_system_alarms_only),
		cmocka_unit_test(a_mute_is_quiet_and_yellow),
		cmocka_unit_test(bad_words_of_the_matrix_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
