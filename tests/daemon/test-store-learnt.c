// SPDX-License-Identifier: GPL-2.0-or-later
/* What was learnt in the history file: every field, damage, old files */
#include <errno.h>

#include "store-folder.h"
#include "store-internal.h"
#include "store-jar.h"
#include "store-learnt.h"

#define WALL_US		1770000000000000LL

struct world {
	struct folder folder;
	struct store *store;
	unsigned int given;	/* rows that on_next() gave */
	unsigned int give;	/* of so many */
	struct store_learnt read[300];
	size_t count;
};

static void on_notice(void *userdata, enum store_notice notice,
		      const char *text)
{
	(void)userdata, (void)notice, (void)text;
}

static void open_store(struct world *w, const char *boot)
{
	struct store_settings settings = {
		.path = w->folder.path, .boot = boot, .notice = on_notice,
		.userdata = w,
	};

	assert_int_equal(store_new(&settings, 0, &w->store), 0);
}

static void close_store(struct world *w)
{
	w->store = store_free(w->store);
}

static int begin(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	*state = &world;
	return folder_make(&world.folder);
}

static int end(void **state)
{
	struct world *w = *state;

	memset(&fail_vfs, 0, sizeof(fail_vfs));
	close_store(w);
	return folder_remove(&w->folder);
}

static void tell(struct world *w, const char *sql)
{
	folder_tell(&w->folder, sql);
}

static struct store_learnt some_row(unsigned int i)
{
	struct store_learnt l = {
		.record = { .position = i, .serial = 0xfedcba9876543210 + i,
			    .jar = 5 + i, .basis = "0123456789abcdef" },
		.calibration = 9 + i,
		.taken = { "boot-1", 123456789012345 + i, WALL_US + i },
	};

	strcpy(l.record.string, "North");
	snprintf(l.record.text, sizeof(l.record.text), "1 volts.low=%u", i);
	return l;
}

static bool on_next(void *userdata, struct store_learnt *row)
{
	struct world *w = userdata;

	if (w->given == w->give)
		return false;
	*row = some_row(w->given++);
	return true;
}

static int on_row(void *userdata, const struct store_learnt *row)
{
	struct world *w = userdata;

	w->read[w->count++] = *row;
	return 0;
}

static int write_rows(struct world *w, unsigned int count)
{
	w->given = 0;
	w->give = count;
	return store_write_learnt(w->store, on_next, w);
}

static void read_rows(struct world *w)
{
	w->count = 0;
	assert_int_equal(store_read_learnt(w->store, on_row, w), 0);
}

static void assert_row(const struct store_learnt *l, unsigned int i)
{
	struct store_learnt should = some_row(i);

	assert_false(l->damaged);
	assert_memory_equal(l, &should, sizeof(should));
}

static void every_field_comes_back(void **state)
{
	struct world *w = *state;
	unsigned int i;

	open_store(w, "boot-1");
	assert_int_equal(write_rows(w, 248), 0);
	close_store(w);
	open_store(w, "boot-2");
	read_rows(w);
	assert_int_equal(w->count, 248);
	for (i = 0; i < w->count; i++)
		assert_row(&w->read[i], i);
	/* again: in the place of the old ones */
	assert_int_equal(write_rows(w, 248), 0);
	read_rows(w);
	assert_int_equal(w->count, 248);
}

/* Whatever fell over in a row: it is known */
static void damage_of_every_column_is_seen(void **state)
{
	static const char *const changes[] = {
		"string = 'Nortj'", "position = 200", "serial = '00'",
		"jar = jar + 1", "calibration = 0", "basis = ''",
		"boot = 'boot-2'", "boot_time = boot_time + 1",
		"time = time + 1", "state = state || ' '", "state = ''",
		"sum = ''", "sum = '0123456789abcdef'",
		"state = printf('%.*c', 5000, 'x')",
		"boot = printf('%.*c', 500, 'x')",
	};
	struct world *w = *state;
	char sql[160];
	size_t i;

	open_store(w, "boot-1");
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		assert_int_equal(write_rows(w, 3), 0);
		snprintf(sql, sizeof(sql),
			 "UPDATE learnt SET %s WHERE position = 1",
			 changes[i]);
		tell(w, sql);
		read_rows(w);
		assert_int_equal(w->count, 3);
		assert_int_equal(w->read[0].damaged + w->read[1].damaged +
				 w->read[2].damaged, 1);
		tell(w, "DELETE FROM learnt");
	}
}

static void an_older_file_gets_the_table(void **state)
{
	struct store_jar jar = { .id = 1, .position = 1,
				 .baseline_mc = STORE_NO_TEMPERATURE };
	struct world *w = *state;

	open_store(w, "boot-1");
	assert_int_equal(store_write_jars(w->store, &jar, 1), 0);
	close_store(w);
	tell(w, "DROP TABLE kept; DROP TABLE offsets; DROP TABLE learnt;"
	     " PRAGMA user_version = 3");
	open_store(w, "boot-1");
	read_rows(w);
	assert_int_equal(w->count, 0);
	assert_int_equal(write_rows(w, 2), 0);
	read_rows(w);
	assert_int_equal(w->count, 2);
	close_store(w);
	tell(w, "CREATE TABLE proof (n INTEGER CHECK (n = 1));"
	     " INSERT INTO proof SELECT count(*) FROM jar");
}

/* The n-th operation on the disk fails: all rows are the old ones or the new */
static void a_disk_that_fails_leaves_all_or_nothing(void **state)
{
	struct world *w = *state;
	unsigned int n, failures = 0;
	bool through = false;

	for (n = 1; n < 400 && !through; n++) {
		int r;

		open_store(w, "boot-1");
		assert_int_equal(write_rows(w, 2), 0);
		tell(w, "DELETE FROM learnt WHERE position = 1");
		fail_vfs.code = SQLITE_IOERR_WRITE;
		fail_vfs.countdown = n;
		r = write_rows(w, 60);
		through = fail_vfs.countdown > 0;
		fail_vfs.countdown = 0;
		failures += r < 0;
		if (r < 0)
			assert_true(*store_jar_error(w->store));
		read_rows(w);
		if (w->count != (r < 0 ? 1U : 60U))
			assert_int_equal(w->count, 60);
		close_store(w);
		tell(w, "DELETE FROM learnt");
	}
	assert_true(through);
	assert_true(failures > 0);
}

static void the_last_sign_of_life_is_the_newest_minute(void **state)
{
	struct store_module module = { .bus = "bacsA", .address = 1 };
	struct store_minute minute = { .scans = 1 };
	struct store_moment alive;
	struct world *w = *state;

	open_store(w, "boot-1");
	store_flush(w->store, 0);
	assert_int_equal(store_read_alive(w->store, &alive), -ENODATA);
	minute.epoch = store_epoch_begin(w->store, 0, 0, STORE_CLOCK_UNKNOWN);
	assert_int_equal(store_module_id(w->store, &module, &minute.module),
			 0);
	minute.span[STORE_VOLTAGE].present = true;
	minute.boot_us = 120000000;
	store_add_minute(w->store, &minute);
	store_flush(w->store, 0);
	assert_int_equal(store_read_alive(w->store, &alive), 0);
	assert_string_equal(alive.boot, "boot-1");
	assert_int_equal(alive.boot_ns, 120000000000);
	assert_int_equal(alive.wall_us, 0);
	store_epoch_date(w->store, minute.epoch, WALL_US,
			 STORE_CLOCK_SYNCHRONISED);
	minute.boot_us = 180000000;
	store_add_minute(w->store, &minute);
	store_flush(w->store, 0);
	assert_int_equal(store_read_alive(w->store, &alive), 0);
	assert_int_equal(alive.boot_ns, 180000000000);
	assert_int_equal(alive.wall_us, WALL_US + 180000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_field_comes_back,
						begin, end),
		cmocka_unit_test_setup_teardown(damage_of_every_column_is_seen,
						begin, end),
		cmocka_unit_test_setup_teardown(an_older_file_gets_the_table,
						begin, end),
		cmocka_unit_test_setup_teardown(a_disk_that_fails_leaves_all_or_nothing,
						begin, end),
		cmocka_unit_test_setup_teardown(the_last_sign_of_life_is_the_newest_minute,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
