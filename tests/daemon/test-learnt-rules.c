// SPDX-License-Identifier: GPL-2.0-or-later
/* What rules, charger and equalizing go on with after a restart */
#include "learnt-world.h"

/* With a restart a day the drift is found when it is found without */
static uint64_t find_drift(struct world *w, bool restarts, bool learnt)
{
	uint64_t day = 0;

	begin(w);
	for (;;) {
		uint64_t since = w->now;

		while (w->now < since + DAY) {
			if (day >= 12)
				w->off[2] = (int64_t)((w->now - 12 * DAY) /
						      (4 * MINUTE));
			scan(w, MINUTE);
			if (alarm_of(w, ALARM_SENSOR_DRIFT, 2))
				return w->now;
		}
		if (++day == 30)
			return 0;
		if (!restarts)
			continue;
		take(w);
		renew(w, w->now + 20 * SECOND);
		if (learnt)
			give_all(w, 20 * SECOND);
	}
}

static void a_slow_fault_is_found_through_restarts(void **state)
{
	struct world w;
	uint64_t without, with;

	(void)state;
	without = find_drift(&w, false, false);
	assert_true(without);
	end(&w);
	with = find_drift(&w, true, true);
	assert_true(with);
	assert_true(with < without + 2 * HOUR);
	end(&w);
	/* and this is what there was before */
	assert_int_equal(find_drift(&w, true, false), 0);
	end(&w);
}

static const struct alarm *alarm_of_string(const struct world *w,
					   enum alarm_kind kind)
{
	struct alarm_object o = { ALARM_OF_STRING, "bacsA", 0, "North" };
	const struct alarm *found = alarm_find(policy_alarms(w->policy), kind,
					       &o);

	return found && found->active ? found : NULL;
}

/* How long until the charger is found @off_mv wrong, at most 12 h; 0: never */
static uint64_t find_charger(struct world *w, enum alarm_kind kind,
			     int64_t off_mv, unsigned int restart_min,
			     bool learnt)
{
	uint64_t since;
	unsigned int n;

	begin(w);
	w->charger = true;
	configure(w, JARS);
	/* two weeks without a pause say more: not here */
	pass(w, 5 * DAY);
	since = w->now;
	w->float_mv += off_mv;
	for (n = 1; w->now < since + 12 * HOUR; n++) {
		scan(w, MINUTE);
		if (alarm_of_string(w, kind))
			return w->now - since;
		if (!restart_min || n % restart_min)
			continue;
		take(w);
		renew(w, w->now + 20 * SECOND);
		if (learnt)
			give_all(w, 20 * SECOND);
	}
	return 0;
}

static void a_wrong_charger_is_found_through_restarts(void **state)
{
	static const struct {
		enum alarm_kind kind;
		int64_t off_mv;
		unsigned int restart_min;
	} cases[] = {
		{ ALARM_CHARGER_HIGH, 360, 20 },
		{ ALARM_CHARGER_LOW, -360, 50 },
	};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t without, with;

		without = find_charger(&w, cases[i].kind, cases[i].off_mv, 0,
				       false);
		end(&w);
		with = find_charger(&w, cases[i].kind, cases[i].off_mv,
				    cases[i].restart_min, true);
		end(&w);
		assert_true(without);
		assert_true(with);
		assert_true(with < without + 10 * MINUTE);
		/* and this is what there was before */
		assert_int_equal(find_charger(&w, cases[i].kind,
					      cases[i].off_mv,
					      cases[i].restart_min, false), 0);
		end(&w);
	}
}

/* What two instruments differ by, and at which current a loose strap showed */
static void what_a_sensor_shows_without_load_is_kept_for_a_day(void **state)
{
	const struct alarm strap = {
		.id = 77, .kind = ALARM_LOOSE_STRAP, .level = ALARM_WARNING,
		.object = { ALARM_OF_STRING, "bacsA", 0, "North" },
		.name = "North", .active = true,
	};
	const struct rules_string *r;
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, HOUR);
	take(&w);
	strcpy(w.records[0].text,
	       "1 state=3 last=1000 sum_ratio=1004000 sum_weight=700000 idle_ratio=1002000 idle_weight=3600000 strap_ma=12000");
	renew(&w, w.now + MINUTE);
	assert_int_equal(give(&w, 0, MINUTE), 0);
	r = &north(&w)->rules;
	assert_true(r->idle_ratio.value > 1.0019 && r->idle_ratio.value < 1.0021);
	assert_int_equal(r->idle_ratio.weight_ns, HOUR);
	assert_true(r->sum_ratio.value > 1.0039 && r->sum_ratio.value < 1.0041);
	/* nothing is loose: the current says nothing */
	assert_true(r->strap_ma == 0);
	renew(&w, w.now + 10 * MINUTE);
	assert_int_equal(policy_restore_alarm(w.policy, &strap, true, w.now),
			 0);
	assert_int_equal(give(&w, 0, 10 * MINUTE), 0);
	r = &north(&w)->rules;
	assert_true(r->idle_ratio.weight_ns && !r->sum_ratio.weight_ns);
	assert_true(r->strap_ma == 12000);
	renew(&w, w.now + 25 * HOUR);
	assert_int_equal(give(&w, 0, 25 * HOUR), 0);
	assert_false(north(&w)->rules.idle_ratio.weight_ns);
	end(&w);
}

/* B3: how long equalizing hides what it hides */
static void the_look_once_a_quarter_is_kept(void **state)
{
	const struct equalize *e;
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, HOUR);
	take(&w);
	strcpy(w.records[0].text,
	       "1 hidden=7776000000 off=7800000000 off_uv=4500");
	renew(&w, 20 * SECOND);
	assert_int_equal(give(&w, 0, MINUTE), 0);
	e = north(&w)->equalize;
	assert_int_equal(e->hidden_ns, 90 * DAY);
	assert_true(e->has_off);
	assert_int_equal(e->off_uv, 4500);
	/* and goes on from run to run */
	pass(&w, 5 * MINUTE);
	take(&w);
	assert_non_null(strstr(w.records[0].text, " hidden=7776000000 "));
	assert_non_null(strstr(w.records[0].text, " off_uv=4500"));
	end(&w);
}

/* An alarm that stands is neither ended nor told anew by a restart */
static void what_stands_goes_on_standing(void **state)
{
	struct world w;
	unsigned int i, k;

	(void)state;
	begin(&w);
	pass(&w, 4 * DAY);
	w.off[4] = 700;		/* deviation */
	w.off[5] = 1000;	/* and above its limit */
	pass(&w, 2 * HOUR);
	assert_non_null(alarm_of(&w, ALARM_VOLTAGE_DEVIATION, 4));
	assert_non_null(alarm_of(&w, ALARM_VOLTAGE_HIGH, 5));
	w.news = 0;
	for (i = 0; i < 5; i++) {
		take(&w);
		renew(&w, i % 2 ? w.now + 20 * SECOND : 20 * SECOND);
		give_all(&w, 20 * SECOND);
		assert_int_equal(jar(&w, 4)->rules.hold[RULE_DEVIATION].level,
				 ALARM_WARNING);
		/* at scan rate: a breach is confirmed by its time only */
		for (k = 0; k < 40; k++)
			scan(&w, SECOND);
		pass(&w, HOUR);
		assert_non_null(alarm_of(&w, ALARM_VOLTAGE_DEVIATION, 4));
		assert_non_null(alarm_of(&w, ALARM_VOLTAGE_HIGH, 5));
	}
	assert_int_equal(w.news, 0);
	/* and what is over while nobody looks, ends */
	take(&w);
	w.off[4] = w.off[5] = 0;
	renew(&w, w.now + 20 * SECOND);
	give_all(&w, 20 * SECOND);
	pass(&w, 3 * HOUR);
	assert_null(alarm_of(&w, ALARM_VOLTAGE_DEVIATION, 4));
	assert_null(alarm_of(&w, ALARM_VOLTAGE_HIGH, 5));
	end(&w);
}

/* What was over when it was saved is not raised by an older record */
static void an_old_record_raises_nothing(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 4 * DAY);
	w.off[4] = 700;
	pass(&w, 2 * HOUR);
	assert_non_null(alarm_of(&w, ALARM_VOLTAGE_DEVIATION, 4));
	take(&w);
	w.off[4] = 0;
	pass(&w, 3 * HOUR);
	assert_null(alarm_of(&w, ALARM_VOLTAGE_DEVIATION, 4));
	w.news = 0;
	renew(&w, w.now + 20 * SECOND);
	give_all(&w, 3 * HOUR);
	assert_int_equal(jar(&w, 4)->rules.hold[RULE_DEVIATION].level,
			 ALARM_NONE);
	pass(&w, 3 * HOUR);
	assert_int_equal(w.news, 0);
	end(&w);
}

/* A restart is a gap like any other */
static void a_string_goes_on_after_a_short_stop_only(void **state)
{
	struct world w;
	uint64_t since;

	(void)state;
	begin(&w);
	pass(&w, 4 * DAY);
	since = north(&w)->machine.since_ns;
	restart(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_FLOAT);
	assert_int_equal(north(&w)->machine.since_ns, since);
	assert_int_equal(north(&w)->rules.float_ns,
			 RULES_ORIGIN_NS + since);
	/* ten minutes: where it is must be seen anew, it was on float all the same */
	restart(&w, 10 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_true(north(&w)->machine.since_ns > since + 4 * DAY - HOUR);
	assert_int_equal(north(&w)->rules.float_ns,
			 RULES_ORIGIN_NS + since);
	/* twice ten minutes without a sample between them are 20 */
	restart(&w, 10 * MINUTE);
	restart(&w, 10 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_true(north(&w)->rules.float_ns > RULES_ORIGIN_NS + w.now -
		    10 * MINUTE);
	/* 20 minutes: nobody knows what was */
	restart(&w, 20 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_true(north(&w)->rules.float_ns > RULES_ORIGIN_NS + w.now -
		    10 * MINUTE);
	end(&w);
}

/* A recharge is no float because bacsd began anew in it */
static void a_discharge_and_what_it_owes_outlast_a_restart(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 4 * DAY);
	w.float_mv = 11900;
	pass(&w, 10 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_DISCHARGE);
	restart(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_DISCHARGE);
	w.float_mv = 13500;
	pass(&w, 10 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_RECHARGE);
	restart(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_RECHARGE);
	/* a long stop: still owed */
	restart(&w, 20 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_RECHARGE);
	end(&w);
}

/* M28: a day is a day, however often bacsd begins anew */
static void the_clock_is_missed_through_restarts(void **state)
{
	const struct alarm_object site = { .class = ALARM_OF_SITE };
	const struct alarm *a;
	struct world w;
	int i;

	(void)state;
	begin(&w);
	w.synchronised = false;
	for (i = 0; i < 4; i++) {
		pass(&w, 5 * HOUR);
		assert_null(alarm_find(policy_alarms(w.policy),
				       ALARM_CLOCK_UNSYNCHRONISED, &site));
		take(&w);
		renew(&w, i % 2 ? w.now + MINUTE : MINUTE);
		give_all(&w, MINUTE);
	}
	pass(&w, 230 * MINUTE);
	assert_null(alarm_find(policy_alarms(w.policy),
			       ALARM_CLOCK_UNSYNCHRONISED, &site));
	pass(&w, 20 * MINUTE);
	a = alarm_find(policy_alarms(w.policy), ALARM_CLOCK_UNSYNCHRONISED,
		       &site);
	assert_true(a && a->active);
	end(&w);
}

/* Another jar, another calibration: nothing is known of it */
static void a_jar_that_is_replaced_is_learnt_anew(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	assert_true(jar(&w, 2)->rules.usual_voltage.learnt_ns);
	policy_jar_set(w.policy, "bacsA", 2, &(struct policy_jar){
		.id = 70, .type = "" });
	assert_int_equal(jar(&w, 2)->rules.usual_voltage.learnt_ns, 0);
	policy_learnt_forget(w.policy, "bacsA", 3);
	assert_int_equal(jar(&w, 3)->rules.usual_voltage.learnt_ns, 0);
	policy_learnt_forget(w.policy, "bacsA", 200);
	policy_learnt_forget(w.policy, "bacsZ", 2);
	assert_true(jar(&w, 4)->rules.usual_voltage.learnt_ns);
	/* a new one that is far off from where the old one was: no drift */
	w.off[2] = 300;
	pass(&w, 12 * DAY);
	assert_null(alarm_of(&w, ALARM_SENSOR_DRIFT, 2));
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_fault_is_found_through_restarts),
		cmocka_unit_test(a_wrong_charger_is_found_through_restarts),
		cmocka_unit_test(what_a_sensor_shows_without_load_is_kept_for_a_day),
		cmocka_unit_test(the_look_once_a_quarter_is_kept),
		cmocka_unit_test(what_stands_goes_on_standing),
		cmocka_unit_test(an_old_record_raises_nothing),
		cmocka_unit_test(a_string_goes_on_after_a_short_stop_only),
		cmocka_unit_test(a_discharge_and_what_it_owes_outlast_a_restart),
		cmocka_unit_test(the_clock_is_missed_through_restarts),
		cmocka_unit_test(a_jar_that_is_replaced_is_learnt_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
