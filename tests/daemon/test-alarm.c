// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of alarms: lives after ISA-18.2, over restarts and clock jumps */
#include <stdlib.h>

#include "alarm-world.h"

static void an_alarm_is_seen_and_goes_or_goes_and_is_seen(void **state)
{
	struct world *w = begin();
	uint64_t id;

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	assert_int_equal(w->table.count, 0);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 1);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	assert_int_equal(w->last.raised.wall_us, WALL_US);
	id = w->last.id;
	pass(w, SECOND);
	assert_int_equal(alarm_acknowledge(&w->table, id, "user 7", &w->now),
			 0);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_ACKNOWLEDGED);
	assert_string_equal(w->last.acknowledged_by, "user 7");
	assert_int_equal(w->last.acknowledged_at.wall_us, WALL_US + 1000000);
	assert_int_equal(alarm_acknowledge(&w->table, id, "user 7", &w->now),
			 -EALREADY);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	assert_int_equal(w->table.count, 0);
	assert_int_equal(w->count[ALARM_CHANGE_RETURNED], 1);
	/* the other way round */
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_true(w->last.id > id);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_RETURNED);
	alarm_acknowledge(&w->table, w->last.id, "user 7", &w->now);
	assert_int_equal(w->table.count, 0);
	assert_int_equal(alarm_acknowledge(&w->table, id, "x", &w->now),
			 -ENOENT);
	end(w);
}

static void what_grows_worse_is_news_and_what_eases_is_not(void **state)
{
	struct world *w = begin();

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	alarm_acknowledge(&w->table, w->last.id, "user 7", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_ALARM);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 2);
	alarm_acknowledge(&w->table, w->last.id, "user 7", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_ACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 2);
	assert_int_equal(w->count[ALARM_CHANGE_LOWERED], 1);
	end(w);
}

static void a_latching_alarm_must_be_seen_after_it_went(void **state)
{
	struct world *w = begin();

	(void)state;
	set(w, ALARM_DEEP_DISCHARGE, ALARM_ALARM);
	alarm_acknowledge(&w->table, w->last.id, "user 7", &w->now);
	set(w, ALARM_DEEP_DISCHARGE, ALARM_NONE);
	assert_state(w, ALARM_DEEP_DISCHARGE, ALARM_STATE_RETURNED);
	alarm_acknowledge(&w->table, w->last.id, "user 7", &w->now);
	assert_int_equal(w->table.count, 0);
	end(w);
}

static void a_shelf_ends_by_itself_and_the_alarm_is_news_again(void **state)
{
	struct world *w = begin();
	uint64_t id;

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	id = w->last.id;
	assert_int_equal(alarm_shelve(&w->table, id, 0, "u", "why", &w->now),
			 -ERANGE);
	assert_int_equal(alarm_shelve(&w->table, id, ALARM_SHELVE_MAX_NS + 1,
				      "u", "why", &w->now), -ERANGE);
	assert_int_equal(alarm_shelve(&w->table, id, HOUR, "u", "why",
				      &w->now), 0);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	pass(w, HOUR - SECOND);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	pass(w, SECOND);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_UNSHELVED], 1);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 2);
	/* one that goes while nobody looks is gone afterwards */
	alarm_shelve(&w->table, id, HOUR, "u", "why", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	pass(w, HOUR);
	assert_int_equal(w->table.count, 0);
	end(w);
}

static void who_hides_a_warning_does_not_hide_the_alarm(void **state)
{
	struct world *w = begin();

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	alarm_shelve(&w->table, w->last.id, HOUR, "u", "why", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	set(w, ALARM_VOLTAGE_LOW, ALARM_ALARM);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	end(w);
}

/* A step of the wall clock neither ends nor stretches a shelf */
static void a_wall_clock_that_jumps_moves_no_deadline(void **state)
{
	static const int64_t jumps[] = { 86400000000LL * 400,
					 -86400000000LL * 400 };
	struct world *w = begin();
	int i;

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	for (i = 0; i < 2; i++) {
		alarm_shelve(&w->table, w->table.alarms[0]->id, HOUR, "u",
			     "why", &w->now);
		w->now.wall_us += jumps[i];
		alarm_clock(&w->table, &w->now);
		/* what is shown moves along */
		assert_true(find(w, ALARM_VOLTAGE_LOW)->shelved_until.wall_us
			    == w->now.wall_us + 3600000000LL);
		pass(w, HOUR - SECOND);
		assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
		pass(w, SECOND);
		assert_state(w, ALARM_VOLTAGE_LOW,
			     ALARM_STATE_UNACKNOWLEDGED);
	}
	end(w);
}

static void what_came_before_the_clock_was_known_is_dated(void **state)
{
	struct world *w = begin();

	(void)state;
	w->now.wall_us = 0;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_int_equal(w->last.raised.wall_us, 0);
	alarm_shelve(&w->table, w->last.id, HOUR, "u", "why", &w->now);
	pass(w, 10 * SECOND);
	w->now.wall_us = WALL_US;
	alarm_clock(&w->table, &w->now);
	assert_int_equal(w->last.raised.wall_us, WALL_US - 10000000);
	assert_int_equal(w->last.shelved_until.wall_us,
			 WALL_US + 3590 * 1000000LL);
	end(w);
}

static void a_consequence_is_listed_and_told_when_it_outlives_its_cause(
	void **state)
{
	struct world *w = begin();

	(void)state;
	w->inhibited = true;
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_SUPPRESSED);
	assert_string_equal(w->last.inhibition, "the bus is lost");
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 0);
	/* another one returns with the cause: never told, never to be seen */
	set(w, ALARM_MODULE_MISSING, ALARM_ALARM);
	assert_state(w, ALARM_MODULE_MISSING, ALARM_STATE_SUPPRESSED);
	set(w, ALARM_MODULE_MISSING, ALARM_NONE);
	assert_state(w, ALARM_MODULE_MISSING, ALARM_STATE_NORMAL);
	assert_int_equal(w->count[ALARM_CHANGE_RETURNED], 0);
	w->inhibited = false;
	pass(w, SECOND);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_UNACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 1);
	/* and the other way round: seen before the cause came */
	alarm_acknowledge(&w->table, w->last.id, "u", &w->now);
	w->inhibited = true;
	pass(w, SECOND);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_SUPPRESSED);
	w->inhibited = false;
	pass(w, SECOND);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_ACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 1);
	/* one that nobody has seen yet is not swallowed by its cause */
	set(w, ALARM_MODULE_LOST, ALARM_NONE);
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	set(w, ALARM_MODULE_LOST, ALARM_NONE);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_RETURNED);
	w->inhibited = true;
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_SUPPRESSED);
	set(w, ALARM_MODULE_LOST, ALARM_NONE);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_RETURNED);
	/* a value is no consequence of a lost bus */
	w->inhibited = true;
	set(w, ALARM_TEMPERATURE_HIGH, ALARM_ALARM);
	assert_state(w, ALARM_TEMPERATURE_HIGH, ALARM_STATE_UNACKNOWLEDGED);
	end(w);
}

static void out_of_service_covers_what_is_part_of_it(void **state)
{
	static const struct alarm_object *const wholes[] = { &jar, &north,
							     &bus };
	static const struct alarm_object site = { ALARM_OF_SITE, "", 0, "" };
	static const struct alarm_object other = { ALARM_OF_MODULE, "bacsB", 4,
						   "South" };
	struct world *w = begin();
	size_t i;

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	for (i = 0; i < 3; i++) {
		assert_int_equal(alarm_take_out(&w->table, wholes[i], "x",
						HOUR, "u", "repair", &w->now),
				 0);
		assert_state(w, ALARM_VOLTAGE_LOW,
			     ALARM_STATE_OUT_OF_SERVICE);
		/* what comes now is kept too, and counted */
		set(w, ALARM_SENSE_LEAD, ALARM_WARNING);
		assert_state(w, ALARM_SENSE_LEAD, ALARM_STATE_OUT_OF_SERVICE);
		set(w, ALARM_SENSE_LEAD, ALARM_NONE);
		assert_state(w, ALARM_SENSE_LEAD, ALARM_STATE_NORMAL);
		assert_null(alarm_find_out(&w->table, &other));
		if (i == 1)
			pass(w, HOUR);
		else
			assert_int_equal(alarm_put_back(&w->table, wholes[i],
							"u", &w->now), 0);
		assert_int_equal(w->table.out_count, 0);
		assert_state(w, ALARM_VOLTAGE_LOW,
			     ALARM_STATE_UNACKNOWLEDGED);
	}
	assert_int_equal(w->outs, 6);
	assert_int_equal(alarm_put_back(&w->table, &jar, "u", &w->now),
			 -ENOENT);
	assert_int_equal(alarm_take_out(&w->table, &site, "site", 0, "u", "x",
					&w->now), -EINVAL);
	end(w);
}

static void mute_holds_until_there_is_news_or_nothing_left(void **state)
{
	struct world *w = begin();

	(void)state;
	assert_int_equal(alarm_mute(&w->table, "u", &w->now), -ENOENT);
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_int_equal(alarm_mute(&w->table, "u", &w->now), 0);
	assert_int_equal(alarm_mute(&w->table, "u", &w->now), -EALREADY);
	pass(w, HOUR);
	assert_true(w->table.muted);
	set(w, ALARM_SENSE_LEAD, ALARM_WARNING);
	assert_false(w->table.muted);
	alarm_mute(&w->table, "u", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	pass(w, SECOND);
	assert_true(w->table.muted);
	/* the one that was muted comes back */
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_false(w->table.muted);
	alarm_mute(&w->table, "u", &w->now);
	set(w, ALARM_VOLTAGE_LOW, ALARM_NONE);
	set(w, ALARM_SENSE_LEAD, ALARM_NONE);
	pass(w, SECOND);
	assert_false(w->table.muted);
	assert_int_equal(w->mutes, 6);
	end(w);
}

static void what_nobody_sees_is_told_again(void **state)
{
	struct world *w = begin();
	int i;

	(void)state;
	w->table.repeat_ns = HOUR;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_int_equal(alarm_set(&w->table, ALARM_VOLTAGE_DEVIATION, &jar,
				   "4S2", ALARM_ADVISORY, "", &w->now), 0);
	for (i = 0; i < 7199; i++)
		pass(w, SECOND);
	assert_int_equal(w->count[ALARM_CHANGE_REPEATED], 1);
	pass(w, SECOND);
	assert_int_equal(w->count[ALARM_CHANGE_REPEATED], 2);
	assert_int_equal(w->last.repeats, 2);
	assert_int_equal(w->last.kind, ALARM_VOLTAGE_LOW);
	alarm_acknowledge(&w->table, w->last.id, "u", &w->now);
	pass(w, 10 * HOUR);
	assert_int_equal(w->count[ALARM_CHANGE_REPEATED], 2);
	end(w);
}

static void a_test_goes_every_way_and_leaves_nothing(void **state)
{
	struct world *w = begin();

	(void)state;
	assert_int_equal(alarm_test(&w->table, ALARM_NONE, SECOND, "u",
				    &w->now), -ERANGE);
	assert_int_equal(alarm_test(&w->table, ALARM_ALARM, 0, "u", &w->now),
			 -ERANGE);
	assert_int_equal(alarm_test(&w->table, ALARM_ALARM,
				    ALARM_TEST_MAX_NS + 1, "u", &w->now),
			 -ERANGE);
	assert_int_equal(alarm_test(&w->table, ALARM_WARNING, 10 * SECOND,
				    "u", &w->now), 0);
	assert_int_equal(w->last.level, ALARM_WARNING);
	pass(w, 5 * SECOND);
	assert_int_equal(alarm_test(&w->table, ALARM_ALARM, 10 * SECOND, "u",
				    &w->now), 0);
	assert_int_equal(w->table.count, 1);
	assert_int_equal(w->table.alarms[0]->level, ALARM_ALARM);
	pass(w, 9 * SECOND);
	assert_int_equal(w->table.count, 1);
	pass(w, SECOND);
	assert_int_equal(w->table.count, 0);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 2);
	assert_int_equal(w->count[ALARM_CHANGE_RETURNED], 2);
	end(w);
}

static void a_restart_changes_nothing_and_tells_nothing(void **state)
{
	struct world *w = begin();
	struct alarm before[3];
	size_t i;

	(void)state;
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	alarm_acknowledge(&w->table, w->last.id, "u", &w->now);
	set(w, ALARM_SENSE_LEAD, ALARM_WARNING);
	set(w, ALARM_SENSE_LEAD, ALARM_NONE);
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	for (i = 0; i < 3; i++)
		before[i] = *w->table.alarms[i];
	memset(w->count, 0, sizeof(w->count));
	w->unsure = true;
	restart(w, false, 5 * SECOND);
	assert_int_equal(w->table.count, 3);
	for (i = 0; i < 3; i++) {
		const struct alarm *a = w->table.alarms[i];

		assert_int_equal(a->id, before[i].id);
		assert_int_equal(a->raised.wall_us, before[i].raised.wall_us);
		assert_int_equal(a->raised.boot_ns, 0);
		assert_int_equal(alarm_state(a), alarm_state(&before[i]));
		assert_string_equal(a->evidence, before[i].evidence);
	}
	pass(w, SECOND);
	/* the conditions are judged again and hold */
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	set(w, ALARM_MODULE_LOST, ALARM_ALARM);
	set(w, ALARM_SENSE_LEAD, ALARM_NONE);
	w->unsure = false;
	pass(w, SECOND);
	for (i = 0; i <= ALARM_CHANGE_SILENT; i++)
		assert_int_equal(w->count[i], 0);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_ACKNOWLEDGED);
	/* numbers go on */
	set(w, ALARM_SELF_TEST, ALARM_WARNING);
	assert_int_equal(w->last.id, 4);
	end(w);
}

static void a_detector_that_is_slow_ends_no_alarm_of_before(void **state)
{
	struct world *w = begin();

	(void)state;
	set(w, ALARM_SENSOR_STUCK, ALARM_WARNING);
	restart(w, true, w->now.boot_ns);
	set(w, ALARM_SENSOR_STUCK, ALARM_NONE);
	pass(w, 24 * HOUR - SECOND);
	assert_state(w, ALARM_SENSOR_STUCK, ALARM_STATE_UNACKNOWLEDGED);
	/* it found it again: from now on it is believed */
	set(w, ALARM_SENSOR_STUCK, ALARM_WARNING);
	set(w, ALARM_SENSOR_STUCK, ALARM_NONE);
	assert_state(w, ALARM_SENSOR_STUCK, ALARM_STATE_RETURNED);
	set(w, ALARM_SENSOR_STUCK, ALARM_WARNING);
	restart(w, true, w->now.boot_ns);
	set(w, ALARM_SENSOR_STUCK, ALARM_NONE);
	pass(w, 24 * HOUR);
	assert_state(w, ALARM_SENSOR_STUCK, ALARM_STATE_RETURNED);
	end(w);
}

static void shelves_outlast_reboots_but_not_what_was_asked_for(void **state)
{
	static const struct {
		int64_t off_us;		/* the wall clock went on by this */
		uint64_t left_s;
	} cases[] = {
		{ 600 * 1000000LL, 3000 },	/* ten minutes without power */
		{ 7200 * 1000000LL, 0 },	/* two hours */
		{ -86400 * 1000000LL, 3600 },	/* the clock's battery is dead */
	};
	struct world *w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w = begin();
		set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
		alarm_shelve(&w->table, w->last.id, HOUR, "u", "why",
			     &w->now);
		w->now.wall_us += cases[i].off_us;
		restart(w, false, 3 * SECOND);
		if (cases[i].left_s) {
			pass(w, (cases[i].left_s - 1) * SECOND);
			assert_state(w, ALARM_VOLTAGE_LOW,
				     ALARM_STATE_SHELVED);
		}
		pass(w, SECOND);
		assert_state(w, ALARM_VOLTAGE_LOW,
			     ALARM_STATE_UNACKNOWLEDGED);
		end(w);
	}
	/* a clock that is known only later */
	w = begin();
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	alarm_shelve(&w->table, w->last.id, HOUR, "u", "why", &w->now);
	w->now.wall_us = 0;
	restart(w, false, 3 * SECOND);
	pass(w, 60 * SECOND);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	w->now.wall_us = WALL_US + 7200 * 1000000LL;
	alarm_clock(&w->table, &w->now);
	pass(w, SECOND);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	end(w);
}

/* Text that is no UTF-8 any more would silence the bus */
static void long_words_are_cut_between_characters(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cuts[] = {
		{ "", "" }, { "abc", "abc" }, { "5 m\xc2\xb0", "5 m\xc2\xb0" },
		{ "5 m\xc2", "5 m" }, { "\xe2\x82", "" },
		{ "x\xe2\x82\xac", "x\xe2\x82\xac" },
		{ "x\xf0\x9f\x94", "x" },
		{ "\xf0\x9f\x94\x8b", "\xf0\x9f\x94\x8b" },
		{ "M\xfcller", "M?ller" }, { "\xc3(", "?(" },
		{ "\xc0\xafx", "??x" }, { "\xed\xa0\x80", "???" },
		{ "\xf4\x90\x80\x80", "????" }, { "\x80x", "?x" },
		{ "\xe0\x80\x80", "???" }, { "\xef\xbf\xbf.", "???." },
	};
	struct world *w = begin();
	char text[32], why[400] = "x";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		strcpy(text, cuts[i].text);
		alarm_trim(text);
		assert_string_equal(text, cuts[i].want);
	}
	for (i = 0; i < 150; i++)
		strcat(why, "\xc3\xbc");
	assert_int_equal(alarm_set(&w->table, ALARM_VOLTAGE_LOW, &jar, "4S2",
				   ALARM_ALARM, why, &w->now), 0);
	assert_int_equal(strlen(w->last.evidence), 255);
	alarm_shelve(&w->table, w->last.id, HOUR, "u", why, &w->now);
	assert_int_equal(strlen(w->last.shelved_why), 127);
	/* the same, off by one */
	memmove(why, why + 1, strlen(why));
	alarm_shelve(&w->table, w->last.id, HOUR, "u", why, &w->now);
	assert_int_equal(strlen(w->last.shelved_why), 126);
	end(w);
}

static void records_that_cannot_be_are_refused(void **state)
{
	struct world *w = begin();
	struct alarm a = {
		.id = 7, .kind = ALARM_VOLTAGE_LOW, .object = jar,
		.level = ALARM_WARNING, .active = true,
	};
	struct alarm bad;

	(void)state;
	bad = a;
	bad.kind = ALARM_KIND_COUNT;
	assert_int_equal(alarm_restore(&w->table, &bad, true, &w->now),
			 -EINVAL);
	bad = a;
	bad.object.class = ALARM_OF_SITE;
	assert_int_equal(alarm_restore(&w->table, &bad, true, &w->now),
			 -EINVAL);
	bad = a;
	bad.level = 9;
	assert_int_equal(alarm_restore(&w->table, &bad, true, &w->now),
			 -EINVAL);
	bad = a;
	bad.active = false;
	bad.acknowledged = true;
	assert_int_equal(alarm_restore(&w->table, &bad, true, &w->now),
			 -EINVAL);
	assert_int_equal(alarm_restore(&w->table, &a, true, &w->now), 0);
	assert_int_equal(alarm_restore(&w->table, &a, true, &w->now), -EINVAL);
	assert_int_equal(w->table.count, 1);
	end(w);
}

static struct alarm saved_alarm(struct world *w, enum alarm_level level)
{
	struct alarm a = {
		.id = 7, .kind = ALARM_VOLTAGE_LOW, .object = jar,
		.name = "4S2", .level = level, .active = true,
		.acknowledged = true, .announced = true,
		.acknowledged_by = "user 7", .evidence = "old",
		.raised = { 5 * SECOND, w->now.wall_us - 95000000 },
	};

	return a;
}

/* The file could be read only after conditions were judged */
static void what_is_read_late_joins_what_is_there(void **state)
{
	struct world *w = begin();
	struct alarm a = saved_alarm(w, ALARM_WARNING);
	const struct alarm *live;

	(void)state;
	/* the same goes on as it was seen */
	set(w, ALARM_VOLTAGE_LOW, ALARM_WARNING);
	assert_int_equal(alarm_merge(&w->table, &a, true, &w->now), 0);
	live = find(w, ALARM_VOLTAGE_LOW);
	assert_int_equal(live->id, 7);
	assert_int_equal(live->raised.boot_ns, 5 * SECOND);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_ACKNOWLEDGED);
	assert_string_equal(live->acknowledged_by, "user 7");
	assert_int_equal(w->table.next_id, 8);
	/* twice is as once */
	assert_int_equal(alarm_merge(&w->table, &a, true, &w->now), 0);
	assert_int_equal(w->table.count, 1);
	end(w);

	/* what is worse now was seen by nobody */
	w = begin();
	set(w, ALARM_VOLTAGE_LOW, ALARM_ALARM);
	a.shelved = true;
	a.shelved_until = alarm_deadline_in(HOUR, &w->now);
	assert_int_equal(alarm_merge(&w->table, &a, true, &w->now), 0);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_UNACKNOWLEDGED);
	live = find(w, ALARM_VOLTAGE_LOW);
	assert_int_equal(live->level, ALARM_ALARM);
	assert_int_equal(live->raised.boot_ns, 5 * SECOND);
	end(w);

	/* one that nobody judged yet, and a number that was given again */
	w = begin();
	w->table.next_id = 7;
	set(w, ALARM_TEMPERATURE_HIGH, ALARM_WARNING);
	assert_int_equal(find(w, ALARM_TEMPERATURE_HIGH)->id, 7);
	assert_int_equal(alarm_merge(&w->table, &a, true, &w->now), 0);
	assert_int_equal(find(w, ALARM_VOLTAGE_LOW)->id, 7);
	assert_int_equal(find(w, ALARM_TEMPERATURE_HIGH)->id, 8);
	assert_state(w, ALARM_VOLTAGE_LOW, ALARM_STATE_SHELVED);
	assert_true(find(w, ALARM_VOLTAGE_LOW)->restored);
	end(w);

	/* a loss that still waits for its cause was one before */
	w = begin();
	a = saved_alarm(w, ALARM_ALARM);
	a.kind = ALARM_MODULE_LOST;
	assert_int_equal(alarm_set(&w->table, ALARM_MODULE_LOST, &jar, "4S2",
				   ALARM_ALARM, "new", &w->now), 0);
	assert_int_equal(alarm_merge(&w->table, &a, true, &w->now), 0);
	alarm_tick(&w->table, &w->now);
	assert_state(w, ALARM_MODULE_LOST, ALARM_STATE_ACKNOWLEDGED);
	assert_int_equal(w->count[ALARM_CHANGE_RAISED], 0);
	end(w);
}

static void every_kind_has_a_line_and_stands_in_the_manual(void **state)
{
	static char page[64 * 1024], path[4096], entry[64];
	FILE *f;
	int i;

	(void)state;
	snprintf(path, sizeof(path), "%s/Documentation/man/bacsd.8",
		 getenv("BACS_SOURCE"));
	f = fopen(path, "r");
	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	for (i = 0; i < ALARM_KIND_COUNT; i++) {
		const struct alarm_kind_info *info = alarm_kind_info(i);

		assert_non_null(info->name);
		assert_non_null(info->remedy);
		assert_true(strlen(info->name) < 32);
		assert_int_equal(alarm_kind_by_name(info->name), i);
		snprintf(entry, sizeof(entry), ".It Sy %s No ( %s )",
			 info->name, alarm_class_name(info->class));
		if (!strstr(page, entry))
			fail_msg("bacsd.8 has no line '%s'", entry);
	}
	assert_int_equal(alarm_kind_by_name("nonsense"), ALARM_KIND_COUNT);
	assert_int_equal(alarm_level_by_name("nonsense"), ALARM_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alarm_is_seen_and_goes_or_goes_and_is_seen),
		cmocka_unit_test(what_grows_worse_is_news_and_what_eases_is_not),
		cmocka_unit_test(a_latching_alarm_must_be_seen_after_it_went),
		cmocka_unit_test(a_shelf_ends_by_itself_and_the_alarm_is_news_again),
		cmocka_unit_test(who_hides_a_warning_does_not_hide_the_alarm),
		cmocka_unit_test(a_wall_clock_that_jumps_moves_no_deadline),
		cmocka_unit_test(what_came_before_the_clock_was_known_is_dated),
		cmocka_unit_test(a_consequence_is_listed_and_told_when_it_outlives_its_cause),
		cmocka_unit_test(out_of_service_covers_what_is_part_of_it),
		cmocka_unit_test(mute_holds_until_there_is_news_or_nothing_left),
		cmocka_unit_test(what_nobody_sees_is_told_again),
		cmocka_unit_test(a_test_goes_every_way_and_leaves_nothing),
		cmocka_unit_test(a_restart_changes_nothing_and_tells_nothing),
		cmocka_unit_test(a_detector_that_is_slow_ends_no_alarm_of_before),
		cmocka_unit_test(shelves_outlast_reboots_but_not_what_was_asked_for),
		cmocka_unit_test(long_words_are_cut_between_characters),
		cmocka_unit_test(records_that_cannot_be_are_refused),
		cmocka_unit_test(what_is_read_late_joins_what_is_there),
		cmocka_unit_test(every_kind_has_a_line_and_stands_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
