// SPDX-License-Identifier: GPL-2.0-or-later
/* Minute means, clocks, buckets, rings */
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "unit.h"

#include "clock.h"
#include "journal.h"
#include "minute.h"
#include "recorder.h"
#include "ring.h"

static struct policy_sample voltage(uint64_t time_ns, int64_t mv)
{
	return (struct policy_sample){
		.time_ns = time_ns, .present = 1U << BACS_Q_VOLTAGE,
		.value = { [BACS_Q_VOLTAGE] = mv },
	};
}

static void a_minute_has_mean_extremes_and_count(void **state)
{
	struct minute m = { .scans = 0 };
	struct store_minute row = { .scans = 0 };
	struct policy_sample s;

	(void)state;
	assert_false(minute_take(&m, &row));
	s = voltage(0, 13500);
	minute_add(&m, &s);
	s = voltage(0, 13503);
	minute_add(&m, &s);
	s.present = 0;
	minute_add(&m, &s);
	assert_true(minute_take(&m, &row));
	assert_int_equal(row.scans, 3);
	assert_int_equal(row.span[STORE_VOLTAGE].mean, 13502);
	assert_int_equal(row.span[STORE_VOLTAGE].min, 13500);
	assert_int_equal(row.span[STORE_VOLTAGE].max, 13503);
	assert_false(row.span[STORE_TEMPERATURE].present);
	assert_false(minute_take(&m, &row));
	s = voltage(0, -1);
	minute_add(&m, &s);
	s = voltage(0, -2);
	minute_add(&m, &s);
	minute_take(&m, &row);
	assert_int_equal(row.span[STORE_VOLTAGE].mean, -2);
}

#define S 1000000LL
#define T0 (1770000000LL * S)

static void the_clock_is_unknown_dated_stepped_and_vouched_for(void **state)
{
	struct clock c = { .offset_us = 0 };

	(void)state;
	assert_int_equal(clock_update(&c, 5 * S, 5 * S, false), CLOCK_SAME);
	assert_int_equal(c.quality, STORE_CLOCK_UNKNOWN);
	assert_int_equal(clock_update(&c, 6 * S, T0 + 6 * S, false),
			 CLOCK_DATED);
	assert_int_equal(c.offset_us, T0);
	assert_int_equal(c.quality, STORE_CLOCK_UNSYNCHRONISED);
	/* jitter is no step, and does not add up to one */
	assert_int_equal(clock_update(&c, 7 * S, T0 + 7 * S + 400000, false),
			 CLOCK_SAME);
	assert_int_equal(c.offset_us, T0);
	assert_int_equal(clock_update(&c, 8 * S, T0 + 8 * S, true),
			 CLOCK_QUALITY);
	assert_int_equal(clock_update(&c, 9 * S, T0 - 3600 * S, true),
			 CLOCK_STEPPED);
	assert_int_equal(c.step_us, -3609 * S);
	/* back to 1970: what was known is the better guess */
	assert_int_equal(clock_update(&c, 10 * S, 3 * S, true), CLOCK_SAME);
	assert_int_equal(c.offset_us, T0 - 3609 * S);
}

struct world {
	struct store *store;
	struct recorder *recorder;
	char dir[64];
	char path[96];
	struct policy_bus bus;
	struct policy_module module;
};

static void on_notice(void *userdata, enum store_notice notice,
		      const char *text)
{
	(void)userdata;
	fail_msg("notice %d: %s", notice, text);
}

static struct world *begin(int64_t boot_s, int64_t wall_us)
{
	static struct world w;
	struct store_settings settings = { .boot = "b", .notice = on_notice };

	memset(&w, 0, sizeof(w));
	strcpy(w.dir, "/tmp/bacs-recorder-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	snprintf(w.path, sizeof(w.path), "%s/h.db", w.dir);
	settings.path = w.path;
	assert_int_equal(store_new(&settings, 0, &w.store), 0);
	assert_int_equal(recorder_new(w.store, boot_s * NSEC_PER_SEC, wall_us,
				      true, &w.recorder), 0);
	strcpy(w.bus.name, "bacsA");
	w.module.bus = &w.bus;
	w.module.address = 3;
	w.module.state = BACS_MODULE_OK;
	strcpy(w.module.name, "3S1");
	w.module.facts.modclass = BACS_MODCLASS_JAR;
	w.module.facts.serial = 99;
	return &w;
}

static void give(struct world *w, int64_t boot_s, int64_t mv)
{
	struct policy_sample s = voltage(boot_s * NSEC_PER_SEC, mv);

	recorder_sample(w->recorder, &w->module, "model", &s);
}

/* Close everything, answer one question of the file, remove it */
static char *finish(struct world *w, const char *sql)
{
	static char answer[512];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	char command[128];

	w->recorder = recorder_free(w->recorder);
	w->store = store_free(w->store);
	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	snprintf(answer, sizeof(answer), "%s",
		 (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	snprintf(command, sizeof(command), "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
	return answer;
}

static void minutes_follow_the_wall_clock(void **state)
{
	struct world *w = begin(0, T0);
	int i;

	(void)state;
	/* T0 is a whole minute: boot second 60 is the second one's begin */
	for (i = 30; i < 150; i++)
		give(w, i, i < 60 ? 1000 : i < 120 ? 2000 : 3000);
	assert_string_equal(finish(w, "SELECT group_concat(((time - 1770000000000000) / 1000000) || ':' || scans || ':' || voltage_mv) FROM history"),
			    "0:30:1000,60:60:2000,120:30:3000");
}

static void a_lost_module_has_its_minute_closed_by_time(void **state)
{
	struct world *w = begin(0, T0);

	(void)state;
	give(w, 30, 1000);
	recorder_tick(w->recorder, 61 * NSEC_PER_SEC);
	give(w, 62, 2000);
	/* a straggler of the first minute counts in the one that runs */
	give(w, 59, 4000);
	assert_string_equal(finish(w, "SELECT group_concat(scans || ':' || voltage_mv) FROM history"),
			    "1:1000,2:3000");
}

static void a_step_ends_the_minute_and_begins_an_epoch(void **state)
{
	struct world *w = begin(0, T0);

	(void)state;
	give(w, 70, 1000);
	assert_int_equal(recorder_clock(w->recorder, 71 * NSEC_PER_SEC,
					T0 + 11 * S, true), CLOCK_STEPPED);
	give(w, 125, 2000);
	/* both are the wall clock's second minute, and both are there */
	assert_string_equal(finish(w, "SELECT group_concat(((time - 1770000000000000) / 1000000) || ':' || voltage_mv) FROM history ORDER BY clock"),
			    "60:1000,60:2000");
}

static void the_first_minutes_after_boot_are_dated_once_known(void **state)
{
	struct world *w = begin(10, 10 * S);

	(void)state;
	give(w, 20, 1000);
	give(w, 70, 2000);
	assert_int_equal(recorder_wall_us(w->recorder, 70 * NSEC_PER_SEC), -1);
	assert_int_equal(recorder_clock(w->recorder, 90 * NSEC_PER_SEC,
					T0 + 90 * S, true), CLOCK_DATED);
	give(w, 100, 3000);
	give(w, 130, 4000);
	assert_string_equal(finish(w, "SELECT group_concat(((time - 1770000000000000) / 1000000) || ':' || voltage_mv) FROM history"),
			    "0:1000,60:2000,60:3000,120:4000");
}

static void another_serial_number_is_another_module(void **state)
{
	struct world *w = begin(0, T0);

	(void)state;
	give(w, 20, 1000);
	w->module.facts.serial = 100;
	give(w, 21, 2000);
	strcpy(w->module.name, "9S9");
	give(w, 22, 4000);
	assert_string_equal(finish(w, "SELECT group_concat(substr(serial, -2) || ':' || name || ':' || voltage_mv) FROM (SELECT * FROM history ORDER BY voltage_mv)"),
			    "63:3S1:1000,64:9S9:3000");
}

static void buckets_leak_and_count(void **state)
{
	struct bucket b = { .burst = 3, .per_second = 2 };

	(void)state;
	assert_true(bucket_pass(&b, 0));
	assert_true(bucket_pass(&b, 0));
	assert_true(bucket_pass(&b, 0));
	assert_false(bucket_pass(&b, 0));
	assert_false(bucket_pass(&b, 400 * NSEC_PER_MSEC));
	assert_int_equal(b.suppressed, 2);
	assert_true(bucket_pass(&b, 600 * NSEC_PER_MSEC));
	assert_false(bucket_pass(&b, 600 * NSEC_PER_MSEC));
	assert_true(bucket_pass(&b, 3600 * NSEC_PER_SEC));
}

static void rings_keep_the_newest_in_order(void **state)
{
	struct ring r = { .item = sizeof(int), .limit = 100 };
	int i;

	(void)state;
	for (i = 0; i < 250; i++) {
		ring_push(&r, &i);
		if (i == 70)
			ring_pop(&r, 30);
	}
	assert_int_equal(r.count, 100);
	assert_int_equal(r.dropped, 120);
	for (i = 0; i < 100; i++)
		assert_int_equal(*(int *)ring_at(&r, i), 150 + i);
	ring_pop(&r, 100);
	assert_int_equal(r.count, 0);
	assert_null(r.data);
	i = 7;
	ring_push(&r, &i);
	assert_int_equal(*(int *)ring_at(&r, 0), 7);
	ring_done(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minute_has_mean_extremes_and_count),
		cmocka_unit_test(
			the_clock_is_unknown_dated_stepped_and_vouched_for),
		cmocka_unit_test(minutes_follow_the_wall_clock),
		cmocka_unit_test(a_lost_module_has_its_minute_closed_by_time),
		cmocka_unit_test(a_step_ends_the_minute_and_begins_an_epoch),
		cmocka_unit_test(
			the_first_minutes_after_boot_are_dated_once_known),
		cmocka_unit_test(another_serial_number_is_another_module),
		cmocka_unit_test(buckets_leak_and_count),
		cmocka_unit_test(rings_keep_the_newest_in_order),
	};

	return RUN("recorder", tests);
}
