// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rules have learnt, out of one policy and into the next */
#include "policy-world.h"

#include <errno.h>
#include <stdlib.h>

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

static void on_alarm(void *userdata, const struct alarm *a,
		     enum alarm_change change)
{
	struct world *w = userdata;

	(void)a;
	w->news += change == ALARM_CHANGE_RAISED ||
		   change == ALARM_CHANGE_RETURNED ||
		   change == ALARM_CHANGE_LOWERED;
}

static struct policy_ops ops;

static void configure(struct world *w, unsigned int count)
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

static void appear(struct world *w)
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

static void begin(struct world *w)
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

static int64_t noise(struct world *w, int64_t size)
{
	w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int64_t)(w->seed >> 33) % (2 * size + 1) - size;
}

static void scan(struct world *w, uint64_t by)
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

static void pass(struct world *w, uint64_t span)
{
	uint64_t to = w->now + span;

	while (w->now < to)
		scan(w, MINUTE);
}

static const struct policy_string *north(const struct world *w)
{
	return policy_find_string(w->policy, "North");
}

static const struct policy_module *jar(const struct world *w, unsigned int a)
{
	return policy_find_module(w->policy, "bacsA", a);
}

static const struct alarm *alarm_of(const struct world *w,
				    enum alarm_kind kind, unsigned int a)
{
	struct alarm_object o = { ALARM_OF_MODULE, "bacsA", a, "North" };
	const struct alarm *found = alarm_find(policy_alarms(w->policy), kind,
					       &o);

	return found && found->active ? found : NULL;
}

static void take(struct world *w)
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
static void renew(struct world *w, uint64_t now)
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

static int give(struct world *w, unsigned int i, uint64_t elapsed)
{
	return policy_learnt_give(w->policy, &w->records[i], elapsed, elapsed,
				  w->why, sizeof(w->why));
}

static void give_all(struct world *w, uint64_t elapsed)
{
	unsigned int i;

	for (i = 0; i <= JARS + 1; i++)
		assert_int_equal(give(w, i, elapsed), 0);
}

static void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

/* A new policy, also one of another boot, goes on as the old one would */
static void what_was_learnt_comes_back_whole(void **state)
{
	struct policy_learnt before[JARS + 2];
	struct world w;
	unsigned int i, boot;

	(void)state;
	for (boot = 0; boot < 2; boot++) {
		begin(&w);
		w.off[3] = 40;
		w.synchronised = false;
		pass(&w, 12 * DAY);
		take(&w);
		memcpy(before, w.records, sizeof(before));
		assert_non_null(strstr(before[3].text, "volts.span="));
		assert_non_null(strstr(before[3].text, " days="));
		assert_non_null(strstr(before[0].text, "floats="));
		assert_non_null(strstr(before[7].text, "unsynchronised="));
		/* at the same time of the day, for days begin with a boot */
		renew(&w, boot ? w.now % DAY : w.now);
		give_all(&w, 0);
		/* not a scan has come: the same to the millisecond */
		for (i = 1; i <= JARS + 1; i++) {
			assert_int_equal(policy_learnt_take(w.policy,
				i > JARS ? NULL : north(&w), i % 7,
				&w.records[i]), 0);
			assert_string_equal(w.records[i].text,
					    before[i].text);
		}
		assert_int_equal(w.records[3].serial, 103);
		assert_int_equal(w.records[3].jar, 13);
		end(&w);
	}
}

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

static void what_is_of_something_else_is_dropped(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	w.serial[2] = 999;
	w.jar[3] = 77;
	renew(&w, w.now + 20 * SECOND);
	assert_int_equal(give(&w, 2, 0), -ESTALE);
	assert_non_null(strstr(w.why, "number 102, now it is 999"));
	assert_int_equal(give(&w, 3, 0), -ESTALE);
	assert_non_null(strstr(w.why, "jar 13, now it is jar 77"));
	assert_int_equal(give(&w, 4, POLICY_LEARNT_AGE_NS + DAY), -ESTALE);
	assert_non_null(strstr(w.why, "31 days old (at most 30)"));
	assert_int_equal(give(&w, 4, POLICY_LEARNT_AGE_NS), 0);
	/* other neighbours */
	configure(&w, 5);
	assert_int_equal(give(&w, 5, 0), -ESTALE);
	assert_non_null(strstr(w.why, "other modules"));
	assert_int_equal(give(&w, 0, 0), -ESTALE);
	assert_int_equal(give(&w, 6, 0), -ESTALE);
	assert_non_null(strstr(w.why, "no such block"));
	strcpy(w.records[1].string, "South");
	assert_int_equal(give(&w, 1, 0), -ESTALE);
	assert_non_null(strstr(w.why, "no such string"));
	assert_int_equal(jar(&w, 2)->rules.usual_voltage.learnt_ns, 0);
	assert_int_equal(jar(&w, 3)->rules.usual_voltage.learnt_ns, 0);
	end(&w);
}

static void who_is_not_known_yet_is_waited_for(void **state)
{
	struct policy_facts f = block_facts(BACS_MODULE_OK, 102);
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	policy_free(w.policy);
	assert_int_equal(policy_new(&ops, &w, w.now, &w.policy), 0);
	configure(&w, JARS);
	policy_driver(w.policy, BACS_DRIVER_PRESENT, w.now);
	policy_bus(w.policy, "bacsA", BACS_BUS_RUNNING, 60000, w.now);
	assert_int_equal(give(&w, 2, 0), -EAGAIN);
	policy_module(w.policy, "bacsA", 2, &f, w.now);
	/* its jar, too */
	assert_int_equal(give(&w, 2, 0), -EAGAIN);
	policy_jar_set(w.policy, "bacsA", 2, &(struct policy_jar){
		.id = 12, .type = "" });
	assert_int_equal(give(&w, 2, 0), 0);
	assert_true(jar(&w, 2)->rules.usual_voltage.learnt_ns >= 7 * DAY);
	end(&w);
}

/* One wrong word and all of it is left where it is */
static void nonsense_is_refused_whole(void **state)
{
	static const char *const words[] = {
		" volts.low=4000001", " volts.low=-4000001", " volts.low=9",
		" volts.span=999999999999", " volts.span=-1", " warm.high=1e3",
		" volts.low", " =1", " colour=3", " deviates=-1", " duty=",
		" duty=+1", " duty= 1", " duty=1 duty=1", "  duty=1",
		" known=32768", " ri.rise=48", " proposed=2",
		" still_warm.low=5 still_warm.high=4", " without_effect=1",
		" days=1,x", " days=1000001", " days=1 days=1",
		" duty=123456789012345678901234567890", " day_sum=5",
		" deviates=788400000001",
	};
	static const char *const weeks[] = {
		"", "1", "1:2", "1:2:", "1:2:3,", "1:2:3:4", "1:2:3,1:2:3",
		"1:2:3,2:2:3", "-1:2:3", "1:1000001:3", "1:2:1000001", ",",
		"1:2:3,,0:2:3", "1,2:3", "1:2,3:4:5", "99999999:2:3",
	};
	static const char *const strings[] = {
		"bins=1", "bins=1:2", "bins=1:2:3", "bins=1:2:0:3",
		"bins=1:2:4:3", "bins=1:2:3:248", "bins=1:2:3:4:5",
		"bins=4000001:2:3:4", "bins=1:-4000001:3:4", "bins=a:2:3:4",
		"bins=1:2:3:4 bins=1:2:3:4", "bins=1:2:3:4;", "bins=:2:3:4",
		"sum_ratio=10000001", "sum_weight=1", "idle_weight=5",
		"idle_ratio=-1", "strap_ma=-1", "lifts=3", "off_uv=7",
		"off_uv=4000001 off=5", "hidden=-1",
	};
	char long_days[400] = " days=1", long_bins[500] = "bins=";
	struct world w;
	size_t i;

	(void)state;
	begin(&w);
	pass(&w, MINUTE * 3);
	take(&w);
	for (i = 0; i < 90; i++)
		strcat(long_days, ",1");
	for (i = 0; i < 50; i++)
		strcat(long_bins, "1:2:3:4,");
	for (i = 0; i <= sizeof(words) / sizeof(words[0]); i++) {
		snprintf(w.records[1].text, sizeof(w.records[1].text),
			 "1 deviates=5000%s", i < sizeof(words) /
			 sizeof(words[0]) ? words[i] : long_days);
		w.why[0] = '\0';
		if (give(&w, 1, 0) != -EBADMSG || !*w.why)
			fail_msg("taken: %s", w.records[1].text);
		assert_int_equal(jar(&w, 1)->rules.deviates_ns, 0);
	}
	strcpy(w.records[1].text, "2 deviates=5000");
	assert_int_equal(give(&w, 1, 0), -EBADMSG);
	assert_non_null(strstr(w.why, "another version"));
	strcpy(w.records[1].text, "");
	assert_int_equal(give(&w, 1, 0), -EBADMSG);
	strcpy(w.records[1].text, "1 deviates=5000");
	assert_int_equal(give(&w, 1, 0), 0);
	assert_true(jar(&w, 1)->rules.deviates_ns);
	strcpy(w.records[0].text, "1 state=9");
	assert_int_equal(give(&w, 0, 0), -EBADMSG);
	for (i = 0; i < sizeof(weeks) / sizeof(weeks[0]); i++) {
		snprintf(w.records[0].text, sizeof(w.records[0].text),
			 "1 weeks=%s", weeks[i]);
		if (give(&w, 0, 0) != -EBADMSG)
			fail_msg("taken: %s", weeks[i]);
	}
	for (i = 0; i <= sizeof(strings) / sizeof(strings[0]); i++) {
		snprintf(w.records[0].text, sizeof(w.records[0].text), "1 %s",
			 i < sizeof(strings) / sizeof(strings[0]) ?
			 strings[i] : long_bins);
		if (give(&w, 0, 0) != -EBADMSG)
			fail_msg("taken: %s", w.records[0].text);
	}
	assert_int_equal(north(&w)->rules.lifts, 0);
	strcpy(w.records[0].text, "1 bins=1:2250000:5:6,,-3:2250001:6:6");
	assert_int_equal(give(&w, 0, 0), 0);
	strcpy(w.records[0].text, "1 weeks=500:1:2,3:4:-5");
	assert_int_equal(give(&w, 0, 0), 0);
	assert_int_equal(north(&w)->ri.warmth.count, 2);
	assert_int_equal(north(&w)->ri.warmth.point[1].ppm, -5);
	strcpy(w.records[7].text, "1 unsynchronised=-5");
	assert_int_equal(give(&w, 7, 0), -EBADMSG);
	end(&w);
}

/* Bytes that fell over: nothing crashes, and what is read raises nothing */
static void broken_texts_raise_nothing(void **state)
{
	struct policy_learnt good[JARS + 1];
	struct world w;
	unsigned int i, n, taken = 0;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	memcpy(good, w.records, sizeof(good));
	renew(&w, w.now + 20 * SECOND);
	w.news = 0;
	for (n = 0; n < 3000; n++) {
		for (i = 0; i <= JARS; i++) {
			char *text = w.records[i].text;
			size_t size = strlen(good[i].text);
			unsigned int k;

			w.records[i] = good[i];
			for (k = 0; k < n % 4; k++)
				text[(size_t)llabs(noise(&w, 1 << 20)) % size] =
					" =,-.0123456789az"[llabs(noise(&w,
						1 << 20)) % 17];
			taken += give(&w, i, 0) == 0;
		}
		if (n % 100 == 0)
			pass(&w, 5 * MINUTE);
	}
	assert_true(taken > 3000);
	memcpy(w.records, good, sizeof(good));
	for (i = 0; i <= JARS; i++)
		assert_int_equal(give(&w, i, 0), 0);
	pass(&w, HOUR);
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
	take(&w);
	renew(&w, w.now + MINUTE);
	give_all(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_FLOAT);
	assert_int_equal(north(&w)->machine.since_ns, since);
	assert_int_equal(north(&w)->rules.float_ns,
			 RULES_ORIGIN_NS + since);
	/* ten minutes: where it is must be seen anew, it was on float all the same */
	take(&w);
	renew(&w, w.now + 10 * MINUTE);
	give_all(&w, 10 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_true(north(&w)->machine.since_ns > since + 4 * DAY - HOUR);
	assert_int_equal(north(&w)->rules.float_ns,
			 RULES_ORIGIN_NS + since);
	/* twice ten minutes without a sample between them are 20 */
	take(&w);
	renew(&w, w.now + 10 * MINUTE);
	give_all(&w, 10 * MINUTE);
	take(&w);
	renew(&w, w.now + 10 * MINUTE);
	give_all(&w, 10 * MINUTE);
	pass(&w, 5 * MINUTE);
	assert_true(north(&w)->rules.float_ns > RULES_ORIGIN_NS + w.now -
		    10 * MINUTE);
	/* 20 minutes: nobody knows what was */
	take(&w);
	renew(&w, w.now + 20 * MINUTE);
	give_all(&w, 20 * MINUTE);
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
	take(&w);
	renew(&w, w.now + MINUTE);
	give_all(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_DISCHARGE);
	w.float_mv = 13500;
	pass(&w, 10 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_RECHARGE);
	take(&w);
	renew(&w, w.now + MINUTE);
	give_all(&w, MINUTE);
	pass(&w, 5 * MINUTE);
	assert_int_equal(north(&w)->machine.state, STRING_RECHARGE);
	/* a long stop: still owed */
	take(&w);
	renew(&w, w.now + 20 * MINUTE);
	give_all(&w, 20 * MINUTE);
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

/* The text of everything at its longest still fits */
static void the_longest_record_fits(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	for (i = 1; i <= JARS; i++)
		w.mc[i] = -39999;
	for (i = 0; i < 95; i++) {
		uint64_t to = w.now + DAY;

		while (w.now < to)
			scan(&w, 4 * MINUTE);
	}
	take(&w);
	assert_true(strlen(w.records[1].text) > 700);
	assert_true(strlen(w.records[1].text) < POLICY_LEARNT_MAX * 3 / 4);
	/* a string of the same: 52 weeks, 49 means, each as long as it can be */
	strcpy(w.records[0].text, "1 weeks=");
	for (i = 0; i < 52; i++)
		sprintf(strchr(w.records[0].text, 0), "%s%d:-1000000:-1000000",
			i ? "," : "", 13140000 - i);
	strcat(w.records[0].text, " bins=");
	for (i = 0; i < 49; i++)
		strcat(w.records[0].text, i ? ",-4000000:-4000000:247:247" :
		       "-4000000:-4000000:247:247");
	/* and its 29 single numbers */
	assert_true(strlen(w.records[0].text) < POLICY_LEARNT_MAX - 29 * 29);
	assert_int_equal(give(&w, 0, 0), 0);
	take(&w);
	assert_true(strlen(w.records[0].text) > 2400);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_learnt_comes_back_whole),
		cmocka_unit_test(a_slow_fault_is_found_through_restarts),
		cmocka_unit_test(a_wrong_charger_is_found_through_restarts),
		cmocka_unit_test(what_a_sensor_shows_without_load_is_kept_for_a_day),
		cmocka_unit_test(the_look_once_a_quarter_is_kept),
		cmocka_unit_test(what_is_of_something_else_is_dropped),
		cmocka_unit_test(who_is_not_known_yet_is_waited_for),
		cmocka_unit_test(nonsense_is_refused_whole),
		cmocka_unit_test(broken_texts_raise_nothing),
		cmocka_unit_test(what_stands_goes_on_standing),
		cmocka_unit_test(an_old_record_raises_nothing),
		cmocka_unit_test(a_string_goes_on_after_a_short_stop_only),
		cmocka_unit_test(a_discharge_and_what_it_owes_outlast_a_restart),
		cmocka_unit_test(the_clock_is_missed_through_restarts),
		cmocka_unit_test(a_jar_that_is_replaced_is_learnt_anew),
		cmocka_unit_test(the_longest_record_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
