// SPDX-License-Identifier: GPL-2.0-or-later
/* The history: what is written, dated, pruned; disks that fail; damaged files */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-world.h"

static void add_minute(struct world *w, uint32_t module, uint32_t epoch,
		       int64_t boot_s, int mv)
{
	struct store_minute m = {
		.module = module, .epoch = epoch,
		.boot_us = boot_s * SECOND_US, .scans = 60,
	};

	m.span[STORE_VOLTAGE] = (struct store_span){ true, mv, mv - 1,
						     mv + 1 };
	store_add_minute(w->store, &m);
}

static void add_event(struct world *w, uint32_t epoch, int64_t boot_s)
{
	struct store_event e = {
		.epoch = epoch, .boot_us = boot_s * SECOND_US,
		.kind = "module-lost", .severity = 2, .bus = "bacsA",
		.address = 7, .name = "7S1", .text = "it's lost",
	};

	store_add_event(w->store, &e);
}

static void records_arrive_with_wall_clock_times(void **state)
{
	struct world *w = *state;
	uint32_t epoch, module;

	open_store(w);
	epoch = store_epoch_begin(w->store, 0, WALL_US,
				  STORE_CLOCK_SYNCHRONISED);
	module = add_module(w, 0xfedcba9876543210);
	add_minute(w, module, epoch, 60, 13500);
	add_minute(w, module, epoch, 120, -5);
	add_event(w, epoch, 61);
	store_flush(w->store, w->now_ns);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE quality = 2 AND serial = 'fedcba9876543210' AND name = '7S1'"), 2);
	assert_int_equal(ask(w, "SELECT time FROM minute WHERE voltage_mv = 13500 AND voltage_min_mv = 13499 AND voltage_max_mv = 13501 AND temperature_mc IS NULL"),
			 WALL_US + 60 * SECOND_US);
	assert_int_equal(ask(w, "SELECT time FROM events WHERE text = 'it''s lost'"),
			 WALL_US + 61 * SECOND_US);
	assert_int_equal(ask(w, "PRAGMA user_version"), 5);
	assert_int_equal(w->notices[STORE_DEGRADED], 0);
}

static void rows_before_the_clock_was_known_are_dated_later(void **state)
{
	struct world *w = *state;
	uint32_t epoch, module;
	int i;

	open_store(w);
	epoch = store_epoch_begin(w->store, 0, 0, STORE_CLOCK_UNKNOWN);
	module = add_module(w, 1);
	for (i = 0; i < 5; i++)
		add_minute(w, module, epoch, i * 60, 13000 + i);
	add_event(w, epoch, 10);
	store_flush(w->store, w->now_ns);
	/* not dated: not among what readers see, and never as of 1970 */
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM minute"), 5);
	store_epoch_date(w->store, epoch, WALL_US, STORE_CLOCK_UNSYNCHRONISED);
	add_minute(w, module, epoch, 300, 13005);
	store_flush(w->store, w->now_ns);
	assert_int_equal(ask(w, "SELECT count(*) FROM history WHERE quality = 1"), 6);
	assert_int_equal(ask(w, "SELECT min(time) FROM history"), WALL_US);
	assert_int_equal(ask(w, "SELECT max(time) FROM history"),
			 WALL_US + 300 * SECOND_US);
	assert_int_equal(ask(w, "SELECT time FROM event"),
			 WALL_US + 10 * SECOND_US);
}

static void a_clock_set_back_loses_no_earlier_row(void **state)
{
	struct world *w = *state;
	uint32_t a, b, module;

	open_store(w);
	a = store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
	module = add_module(w, 1);
	add_minute(w, module, a, 3600, 13000);
	b = store_epoch_begin(w->store, 3700 * SECOND_US,
			      WALL_US - 3600 * SECOND_US,
			      STORE_CLOCK_SYNCHRONISED);
	/* the same minute by the wall clock, an hour later */
	add_minute(w, module, b, 7200, 13001);
	store_flush(w->store, w->now_ns);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 2);
	assert_int_equal(ask(w, "SELECT count(DISTINCT time) FROM history"),
			 1);
}

static int count_modules(void *userdata, const struct store_module *m)
{
	unsigned int *n = userdata;

	assert_string_equal(m->bus, "bacsA");
	assert_int_equal(m->address, 7);
	assert_int_equal(m->nominal_mv, 12000);
	assert_string_equal(m->modclass, "jar");
	*n += m->serial;
	return 0;
}

static void modules_are_remembered_replaced_and_forgotten(void **state)
{
	struct world *w = *state;
	unsigned int sum = 0;
	uint32_t old, new;

	open_store(w);
	store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
	old = add_module(w, 1);
	assert_int_equal(add_module(w, 1), old);
	store_flush(w->store, w->now_ns);
	w->store = store_free(w->store);
	open_store(w);
	store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
	assert_int_equal(store_read_modules(w->store, count_modules, &sum), 0);
	assert_int_equal(sum, 1);
	/* another serial number at the address: the old one is history */
	add_module(w, 1);
	new = add_module(w, 20);
	add_minute(w, new, 0, 60, 13000);
	store_flush(w->store, w->now_ns);
	sum = 0;
	store_read_modules(w->store, count_modules, &sum);
	assert_int_equal(sum, 20);
	assert_int_equal(ask(w, "SELECT count(*) FROM module"), 2);
	store_module_forget(w->store, "bacsA", 7);
	store_flush(w->store, w->now_ns);
	sum = 0;
	store_read_modules(w->store, count_modules, &sum);
	assert_int_equal(sum, 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 1);
}

static void a_measurement_of_ri_is_kept_once(void **state)
{
	struct world *w = *state;
	struct store_ri ri = {
		.boot_us = 5 * SECOND_US, .sequence = 3,
		.resistance_uohm = 4200, .present = 1U << STORE_RI_VOLTAGE,
		.context = { [STORE_RI_VOLTAGE] = 13500 },
	};

	open_store(w);
	store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
	ri.module = add_module(w, 1);
	store_add_ri(w->store, &ri);
	store_flush(w->store, w->now_ns);
	/* the module still shows it after a restart of bacsd */
	ri.boot_us = 500 * SECOND_US;
	store_add_ri(w->store, &ri);
	store_flush(w->store, w->now_ns);
	assert_int_equal(ask(w, "SELECT count(*) FROM resistance"), 1);
	assert_int_equal(ask(w, "SELECT time FROM resistance WHERE voltage_mv = 13500 AND spread_permille IS NULL"),
			 WALL_US + 5 * SECOND_US);
	ri.sequence = 4;
	store_add_ri(w->store, &ri);
	store_flush(w->store, w->now_ns);
	assert_int_equal(ask(w, "SELECT count(*) FROM resistance"), 2);
}

static void old_minutes_are_pruned_and_undated_ones_by_age(void **state)
{
	struct world *w = *state;
	uint32_t undated, dated, module;

	open_store(w);
	undated = store_epoch_begin(w->store, 0, 0, STORE_CLOCK_UNKNOWN);
	module = add_module(w, 1);
	add_minute(w, module, undated, 60, 1);
	add_minute(w, module, undated, 6000, 2);
	store_flush(w->store, w->now_ns);
	store_prune(w->store, 7000 * SECOND_US, 3600 * SECOND_US);
	assert_int_equal(ask(w, "SELECT group_concat(voltage_mv) FROM minute"),
			 2);
	dated = store_epoch_begin(w->store, 0, WALL_US,
				  STORE_CLOCK_SYNCHRONISED);
	add_minute(w, module, dated, 60, 3);
	add_minute(w, module, dated, 6000, 4);
	store_flush(w->store, w->now_ns);
	store_prune(w->store, 7000 * SECOND_US, 3600 * SECOND_US);
	/* an undated row is not taken for one of 1970 */
	assert_int_equal(ask(w, "SELECT count(*) FROM minute"), 2);
	assert_int_equal(ask(w, "SELECT count(*) FROM minute WHERE voltage_mv = 3"), 0);
}

static void fill(struct world *w, unsigned int minutes)
{
	uint32_t module;
	unsigned int i;

	store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
	module = add_module(w, 1);
	for (i = 0; i < minutes; i++)
		add_minute(w, module, 0, i * 60, 13000 + i % 100);
	add_event(w, 0, 5);
}

static unsigned int degraded;

/* Does the store keep and finally write everything whatever fails once? */
static long fail_at(struct world *w, long n, int code, int forever)
{
	struct store_status status;
	char command[256];

	snprintf(command, sizeof(command), "rm -f %s/*", w->folder.dir);
	assert_int_equal(system(command), 0);
	memset(w->notices, 0, sizeof(w->notices));
	fail_vfs = (struct fail_vfs){ .countdown = n, .code = code,
				      .forever = forever };
	open_store(w);
	fill(w, 300);
	store_flush(w->store, w->now_ns);
	store_get_status(w->store, &status);
	/* a failing checkpoint is no failure: the rows are in the log */
	if (forever && status.degraded) {
		degraded++;
		assert_int_equal(w->notices[STORE_DEGRADED], 1);
		assert_int_equal(status.queued, 301);
		/* paced: not tried again at once */
		n = fail_vfs.calls;
		store_flush(w->store, w->now_ns + 1);
		assert_int_equal(fail_vfs.calls, n);
		/* tried again, still failing: no second notice */
		store_flush(w->store, w->now_ns + STORE_RETRY_NS);
		assert_int_equal(w->notices[STORE_DEGRADED], 1);
	}
	fail_vfs.countdown = 0;
	store_flush(w->store, w->now_ns + 3 * STORE_RETRY_NS);
	store_get_status(w->store, &status);
	assert_false(status.degraded);
	assert_int_equal(w->notices[STORE_RESTORED],
			 w->notices[STORE_DEGRADED]);
	assert_int_equal(status.dropped, 0);
	assert_int_equal(status.refused, 0);
	assert_int_equal(status.queued, 0);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 300);
	assert_int_equal(ask(w, "SELECT count(*) FROM event"), 1);
	assert_int_equal(ask(w, "SELECT count(*) FROM clock"), 1);
	assert_int_equal(ask(w, "SELECT count(*) FROM module"), 1);
	w->store = store_free(w->store);
	return fail_vfs.calls;
}

static void the_nth_failure_of_the_disk_loses_nothing(void **state)
{
	static const int codes[] = { SQLITE_FULL, SQLITE_IOERR_WRITE,
				     SQLITE_READONLY, SQLITE_CANTOPEN };
	struct world *w = *state;
	long n, total = fail_at(w, 0, 0, 0);
	size_t i;

	assert_true(total > 10);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		for (n = 1; n <= total; n++) {
			fail_at(w, n, codes[i], 0);
			fail_at(w, n, codes[i], 1);
		}
	}
	assert_true(degraded > 4 * total / 2);
}

static void failures_while_running_name_cause_and_remedy(void **state)
{
	struct world *w = *state;

	open_store(w);
	fill(w, 10);
	store_flush(w->store, w->now_ns);
	add_minute(w, 0, 0, 6000, 1);
	fail_vfs = (struct fail_vfs){ .countdown = 1, .code = SQLITE_FULL,
				      .forever = 1 };
	store_flush(w->store, w->now_ns);
	assert_int_equal(w->notices[STORE_DEGRADED], 1);
	assert_non_null(strstr(w->text[STORE_DEGRADED], w->folder.path));
	assert_non_null(strstr(w->text[STORE_DEGRADED], "free space"));
	fail_vfs.countdown = 0;
	store_flush(w->store, w->now_ns + STORE_RETRY_NS);
	assert_non_null(strstr(w->text[STORE_RESTORED], "nothing was lost"));
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 11);
}

static void a_full_queue_drops_the_oldest_and_counts(void **state)
{
	struct world *w = *state;
	struct store_status status;
	unsigned int i;

	open_store(w);
	fill(w, 10);
	store_flush(w->store, w->now_ns);
	fail_vfs = (struct fail_vfs){ .countdown = 1, .code = SQLITE_FULL,
				      .forever = 1 };
	for (i = 0; i < STORE_MINUTES_QUEUED + 25; i++)
		add_minute(w, 0, 0, 6000 + i * 60, i);
	store_flush(w->store, w->now_ns);
	for (i = 0; i < 5; i++)
		add_minute(w, 0, 0, 60000000 + i * 60, i);
	store_get_status(w->store, &status);
	assert_int_equal(status.dropped, 30);
	assert_int_equal(status.queued, STORE_MINUTES_QUEUED);
	fail_vfs.countdown = 0;
	store_flush(w->store, w->now_ns + STORE_RETRY_NS);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"),
			 10 + STORE_MINUTES_QUEUED);
	assert_non_null(strstr(w->text[STORE_RESTORED], "5 records were lost"));
	assert_int_equal(ask(w, "SELECT count(*) FROM minute WHERE time = 1770000000000000 + 6000 * 1000000"), 0);
}

static unsigned int set_aside_files(struct world *w)
{
	char pattern[128];
	glob_t g = { .gl_pathc = 0 };
	unsigned int n;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s.damaged-2*Z*", w->folder.path);
	n = glob(pattern, 0, NULL, &g) == 0 ? g.gl_pathc : 0;
	for (i = 0; i < g.gl_pathc; i++)
		if (strstr(g.gl_pathv[i], "Z-"))
			n--;
	globfree(&g);
	return n;
}

static void garbage_is_set_aside_never_deleted(void **state)
{
	struct world *w = *state;
	FILE *f = fopen(w->folder.path, "w");
	int i;

	for (i = 0; i < 5000; i++)
		fputs("not a database ", f);
	fclose(f);
	open_store(w);
	fill(w, 3);
	store_flush(w->store, w->now_ns);
	assert_int_equal(w->notices[STORE_SET_ASIDE], 1);
	assert_int_equal(w->notices[STORE_DEGRADED], 0);
	assert_int_equal(set_aside_files(w), 1);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 3);
}

static void damage_found_while_running_is_set_aside_too(void **state)
{
	struct world *w = *state;
	char zeros[4096] = { 0 };
	struct stat st;
	int fd, i;

	open_store(w);
	fill(w, 3000);
	store_flush(w->store, w->now_ns);
	w->store = store_free(w->store);
	ask(w, "PRAGMA wal_checkpoint(TRUNCATE)");
	/* everything behind the schema is overwritten */
	fd = open(w->folder.path, O_WRONLY);
	assert_int_equal(fstat(fd, &st), 0);
	for (i = 1; i < st.st_size / 4096; i++)
		assert_int_equal(pwrite(fd, zeros, 4096, i * 4096L), 4096);
	close(fd);
	open_store(w);
	fill(w, 5);
	store_flush(w->store, w->now_ns);
	assert_int_equal(w->notices[STORE_SET_ASIDE], 1);
	assert_int_equal(set_aside_files(w), 1);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 5);
	assert_int_equal(ask(w, "SELECT count(*) FROM module"), 1);
}

static void a_newer_schema_and_a_strange_file_are_left_alone(void **state)
{
	struct world *w = *state;
	struct store_status status;

	open_store(w);
	fill(w, 3);
	w->store = store_free(w->store);
	tell(w, "PRAGMA user_version = 99");
	open_store(w);
	fill(w, 3);
	store_flush(w->store, w->now_ns);
	store_get_status(w->store, &status);
	assert_true(status.degraded);
	assert_non_null(strstr(status.reason, "newer bacsd"));
	w->store = store_free(w->store);
	assert_int_equal(ask(w, "SELECT count(*) FROM minute"), 3);
	unlink(w->folder.path);
	tell(w, "CREATE TABLE recipes (name TEXT)");
	open_store(w);
	fill(w, 3);
	store_flush(w->store, w->now_ns);
	store_get_status(w->store, &status);
	assert_true(status.degraded);
	assert_non_null(strstr(status.reason, "another program"));
	assert_int_equal(ask(w, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void a_file_limit_is_a_full_disk(void **state)
{
	struct world *w = *state;
	struct rlimit limit, old;
	struct store_status status;

	signal(SIGXFSZ, SIG_IGN);
	open_store(w);
	fill(w, 10);
	store_flush(w->store, w->now_ns);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 200000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	fill(w, 9000);
	store_flush(w->store, w->now_ns);
	store_get_status(w->store, &status);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(status.degraded);
	assert_int_equal(status.queued, 9001);
	store_flush(w->store, w->now_ns + STORE_RETRY_NS);
	store_get_status(w->store, &status);
	assert_false(status.degraded);
	/* the first ten are of another epoch: nothing was merged */
	assert_int_equal(ask(w, "SELECT count(*) FROM minute"), 9010 - 10);
}

static void another_program_that_locks_the_file_only_delays(void **state)
{
	struct world *w = *state;
	struct store_status status;
	sqlite3 *db = NULL;

	open_store(w);
	fill(w, 10);
	store_flush(w->store, w->now_ns);
	assert_int_equal(sqlite3_open_v2(w->folder.path, &db, SQLITE_OPEN_READWRITE,
					 "unix"), SQLITE_OK);
	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	add_minute(w, 0, 0, 60000, 1);
	store_flush(w->store, w->now_ns);
	store_get_status(w->store, &status);
	assert_true(status.degraded);
	assert_non_null(strstr(status.reason, "another program"));
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	store_flush(w->store, w->now_ns + STORE_RETRY_NS);
	assert_int_equal(ask(w, "SELECT count(*) FROM history"), 11);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_STORE(records_arrive_with_wall_clock_times),
		WITH_STORE(rows_before_the_clock_was_known_are_dated_later),
		WITH_STORE(a_clock_set_back_loses_no_earlier_row),
		WITH_STORE(modules_are_remembered_replaced_and_forgotten),
		WITH_STORE(a_measurement_of_ri_is_kept_once),
		WITH_STORE(old_minutes_are_pruned_and_undated_ones_by_age),
		WITH_STORE(the_nth_failure_of_the_disk_loses_nothing),
		WITH_STORE(failures_while_running_name_cause_and_remedy),
		WITH_STORE(a_full_queue_drops_the_oldest_and_counts),
		WITH_STORE(garbage_is_set_aside_never_deleted),
		WITH_STORE(damage_found_while_running_is_set_aside_too),
		WITH_STORE(a_newer_schema_and_a_strange_file_are_left_alone),
		WITH_STORE(a_file_limit_is_a_full_disk),
		WITH_STORE(another_program_that_locks_the_file_only_delays),
	};

	return RUN("store", tests);
}
