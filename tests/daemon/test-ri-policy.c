// SPDX-License-Identifier: GPL-2.0-or-later
/* RI and jars in the whole policy: values, and what is found of them */

#include "ri-policy-world.h"

#include "policy/learnt/learnt.h"

static void commissioning_ends_with_provisional_baselines(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.runs, 4);
	assert_int_equal(w.settled, 1);
	assert_int_equal(w.baselines, JARS);
	assert_int_equal(w.failed, 0);
	assert_true(w.changes > 0);
	for (a = 1; a <= JARS; a++) {
		assert_int_equal(jar(&w, a)->ri.jar.baseline.uohm, 5000 + a);
		assert_int_equal(w.jar[a].values, 4);
		assert_false(held(jar(&w, a)));
	}
	assert_true(w.value.trend);
	assert_int_equal(w.value.state, STRING_FLOAT);
	assert_int_equal(w.value.temperature_mc, 20000);
	end(&w);
}

static void a_rise_becomes_an_alarm_with_numbers(void **state)
{
	const struct alarm *a;
	struct world w;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	w.jar[3].uohm = 6800;		/* +36 % */
	pass(&w, DAY, MINUTE);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	pass(&w, DAY, MINUTE);
	a = alarm_of(&w, ALARM_RESISTANCE_RISE, 3);
	assert_non_null(a);
	assert_int_equal(a->level, ALARM_WARNING);
	assert_non_null(strstr(a->evidence, "6.800 mΩ, 135.9 %"));
	assert_non_null(strstr(a->evidence, "provisional baseline of 5.003"));
	assert_int_equal(alarm_of(&w, ALARM_RESISTANCE_SPREAD, 3)->level,
			 ALARM_ADVISORY);
	assert_int_equal(policy_ri_ratio(jar(&w, 3)), 1358);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 2));
	/* the jar is replaced: another record, and all begins anew */
	policy_jar_set(w.policy, "bacsA", 3, &(struct policy_jar){
		.id = 1, .type = "", .begin_ns = w.now });
	assert_non_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	policy_jar_set(w.policy, "bacsA", 3, &(struct policy_jar){
		.id = 2, .type = "", .begin_ns = w.now });
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	assert_int_equal(jar(&w, 3)->ri.jar.baseline.kind, RI_BASELINE_NONE);
	pass(&w, 3 * DAY, MINUTE);
	assert_int_equal(jar(&w, 3)->ri.jar.baseline.uohm, 6800);
	assert_null(alarm_of(&w, ALARM_RESISTANCE_RISE, 3));
	end(&w);
}

/* C4: values of the first runs scatter, limits wait for the end of them */
static void nothing_is_found_before_it_has_settled(void **state)
{
	struct world w;

	(void)state;
	begin(&w, false);
	w.jar[2].uohm = 12000;
	while (!w.settled) {
		assert_false(any_alarm(&w));
		step(&w, SECOND);
	}
	assert_int_equal(w.jar[2].values, 4);
	assert_int_equal(alarm_of(&w, ALARM_RESISTANCE_SPREAD, 2)->level,
			 ALARM_ADVISORY);
	end(&w);
}

static void jars_of_another_type_are_no_measure(void **state)
{
	struct world w;
	unsigned int a;

	(void)state;
	begin(&w, false);
	for (a = 1; a <= JARS; a++) {
		w.jar[a].uohm = a <= 3 ? 5000 : 9000;
		policy_jar_set(w.policy, "bacsA", a, &(struct policy_jar){
			.id = a, .type = a <= 3 ? "A" : "B",
			.begin_ns = w.now });
	}
	pass(&w, 2 * HOUR, SECOND);
	assert_false(any_alarm(&w));
	assert_int_equal(jar(&w, 1)->ri.jar.median_uohm, 5000);
	assert_int_equal(jar(&w, 5)->ri.jar.median_uohm, 9000);
	end(&w);
}

static void exchanged_modules_are_named_both(void **state)
{
	const struct alarm *a;
	struct world w;
	uint64_t serial;

	(void)state;
	begin(&w, false);
	assert_int_equal(w.accepted, JARS);
	pass(&w, 10 * SECOND, SECOND);
	serial = w.jar[2].serial;
	w.jar[2].serial = w.jar[5].serial;
	w.jar[5].serial = serial;
	tell_facts(&w, 2, BACS_MODULE_OK);
	tell_facts(&w, 5, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 2);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "modules of 2S1 and 5S1 were exchanged"));
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 5);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "5S1 and 2S1"));
	/* put right again */
	w.jar[5].serial = w.jar[2].serial;
	w.jar[2].serial = serial;
	tell_facts(&w, 2, BACS_MODULE_OK);
	tell_facts(&w, 5, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 2));
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 5));
	/* a new one, and the operator says so */
	w.jar[4].serial = 999;
	tell_facts(&w, 4, BACS_MODULE_OK);
	pass(&w, 12 * SECOND, SECOND);
	a = alarm_of(&w, ALARM_MODULE_CHANGED, 4);
	assert_non_null(a);
	assert_non_null(strstr(a->evidence, "serial number 999 answers at 4S1, 104 belongs there"));
	policy_module_accept(w.policy, "bacsA", 4, w.now);
	assert_null(alarm_of(&w, ALARM_MODULE_CHANGED, 4));
	assert_int_equal(w.accepted, JARS + 1);
	/* it was another one while bacsd did not run */
	policy_jar_set(w.policy, "bacsA", 1, &(struct policy_jar){
		.id = 1, .type = "", .begin_ns = 0, .module_serial = 77 });
	pass(&w, 12 * SECOND, SECOND);
	assert_non_null(alarm_of(&w, ALARM_MODULE_CHANGED, 1));
	end(&w);
}

static void absurd_values_crash_nothing(void **state)
{
	/* what 32 bits of the wire may hold, signed or not */
	static const int64_t absurd[] = {
		INT32_MIN, INT32_MAX, UINT32_MAX, -1, 0, 1, 65535, -40000,
	};
	const size_t n = sizeof(absurd) / sizeof(absurd[0]);
	struct world w;
	uint32_t x = 1;
	int i;

	(void)state;
	begin(&w, true);
	pass(&w, 2 * HOUR, 5 * SECOND);
	for (i = 0; i < 20000; i++) {
		struct policy_sample s = { 0 };
		int q;

		x = x * 1103515245 + 12345;
		w.now += x % 7 * SECOND;
		s.time_ns = x % 13 ? w.now : (uint64_t)absurd[x / 13 % n];
		for (q = 1; q < BACS_Q_COUNT; q++)
			put(&s, q, absurd[(x / 31 + q * x / 7) % n]);
		policy_sample(w.policy, "bacsA", x / 97 % 2 ? 200 :
			      1 + x / 193 % JARS, &s, w.now);
		policy_tick(w.policy, w.now);
	}
	/* and then all is well again */
	pass(&w, 3 * DAY, MINUTE);
	assert_int_equal(jar(&w, 1)->ri.jar.newest.uohm, 5001);
	end(&w);
}

/* 16 K up and down in a year; the last jar rises, too */
static void set_season(struct world *w, unsigned int day)
{
	int64_t phase = day % 365 * 4000 / 365, mc;
	unsigned int a;

	mc = 20000 + 8 * (phase < 1000 ? phase : phase < 3000 ? 2000 - phase :
			  phase - 4000);
	for (a = 1; a <= JARS; a++) {
		w->jar[a].mc = mc;
		w->jar[a].uohm = (5000 + a) * (1000000 - 7 * (mc - 20000)) /
				 1000000;
	}
	w->jar[JARS].uohm += w->jar[JARS].uohm * day / 500;
	/* and half of them at once, which no median can stand */
	for (a = JARS / 2 + 1; day >= 130 && a <= JARS; a++)
		w->jar[a].uohm = w->jar[a].uohm * 8 / 5;
}

/* B7: learnt from the own seasons, shown, kept, used only where it is wanted */
static void seasons_teach_how_temperature_counts(void **state)
{
	struct policy_learnt record;
	struct ri_warmth_fit fit;
	struct world w;
	unsigned int day;
	char text[200];

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	policy_ri_explain_warmth(policy_find_string(w.policy, "North"), text,
				 sizeof(text));
	assert_non_null(strstr(text, "not learnt: too few weeks"));
	for (day = 0; day < 165; day++) {
		set_season(&w, day);
		pass(&w, DAY, 5 * MINUTE);
	}
	ri_warmth_fit(&policy_find_string(w.policy, "North")->ri.warmth, &fit);
	assert_true(fit.known);
	assert_in_range(-fit.ppm, 6700, 7300);
	assert_in_range(fit.points, 17, 19);
	policy_ri_explain_warmth(policy_find_string(w.policy, "North"), text,
				 sizeof(text));
	assert_non_null(strstr(text, "not used"));
	/* 4 K above the baseline: lower, and with that taken off, not */
	set_season(&w, 45);
	pass(&w, 2 * DAY, 5 * MINUTE);
	assert_in_range(jar(&w, 1)->ri.jar.ratio_permille, 970, 976);
	policy_config_ri_warmth(w.policy, "North", true);
	pass(&w, 2 * DAY, 5 * MINUTE);
	assert_in_range(jar(&w, 1)->ri.jar.ratio_permille, 998, 1003);
	/* into another policy */
	assert_int_equal(policy_learnt_take(w.policy,
		policy_find_string(w.policy, "North"), 0, &record), 0);
	policy_free(w.policy);
	assert_int_equal(policy_new(own_ops(), &w, w.now, &w.policy), 0);
	configure(&w);
	assert_int_equal(policy_learnt_give(w.policy, &record, MINUTE, MINUTE,
					    text, sizeof(text)), 0);
	ri_warmth_fit(&policy_find_string(w.policy, "North")->ri.warmth, &fit);
	assert_true(fit.known);
	assert_in_range(-fit.ppm, 6700, 7300);
	end(&w);
}

static void a_final_baseline_is_proposed_once(void **state)
{
	struct ri_baseline b;
	struct world w;

	(void)state;
	begin(&w, false);
	pass(&w, 2 * HOUR, SECOND);
	assert_true(policy_ri_proposal(jar(&w, 1), &b));
	assert_int_equal(b.kind, RI_BASELINE_PROVISIONAL);
	pass(&w, 181 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, 0);
	pass(&w, 4 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, JARS);
	assert_true(policy_ri_proposal(jar(&w, 1), &b));
	assert_int_equal(b.kind, RI_BASELINE_FINAL);
	assert_int_equal(b.count, RI_VALUES);
	pass(&w, 30 * DAY, 5 * MINUTE);
	assert_int_equal(w.proposals, JARS);
	assert_false(any_alarm(&w));
	/* signed */
	b.is_signed = true;
	policy_jar_set(w.policy, "bacsA", 1, &(struct policy_jar){
		.id = 1, .type = "", .baseline = b });
	assert_true(jar(&w, 1)->ri.jar.baseline.is_signed);
	assert_false(jar(&w, 1)->ri.proposed);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commissioning_ends_with_provisional_baselines),
		cmocka_unit_test(a_rise_becomes_an_alarm_with_numbers),
		cmocka_unit_test(nothing_is_found_before_it_has_settled),
		cmocka_unit_test(jars_of_another_type_are_no_measure),
		cmocka_unit_test(exchanged_modules_are_named_both),
		cmocka_unit_test(absurd_values_crash_nothing),
		cmocka_unit_test(seasons_teach_how_temperature_counts),
		cmocka_unit_test(a_final_baseline_is_proposed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
