// SPDX-License-Identifier: GPL-2.0-or-later
/* The history: what is written, dated, pruned; disks that fail; damaged files */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "unit.h"

#include "fail-vfs.h"
#include "store.h"
#include "store-jar.h"

#define SECOND_US	1000000LL
#define WALL_US		(1770000000LL * SECOND_US)

struct world {
	char dir[64];
	char path[96];
	struct store *store;
	uint64_t now_ns;
	unsigned int notices[3];
	char text[3][256];
};

static void on_notice(void *userdata, enum store_notice notice,
		      const char *text)
{
	struct world *w = userdata;

	w->notices[notice]++;
	snprintf(w->text[notice], sizeof(w->text[notice]), "%s", text);
}

static void open_store(struct world *w)
{
	struct store_settings settings = {
		.path = w->path, .boot = "0123456789abcdef",
		.notice = on_notice, .userdata = w,
	};

	assert_int_equal(store_new(&settings, w->now_ns, &w->store), 0);
}

static int begin(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	memset(&fail_vfs, 0, sizeof(fail_vfs));
	fail_vfs_register();
	strcpy(world.dir, "/tmp/bacs-store-XXXXXX");
	if (!mkdtemp(world.dir))
		return -1;
	snprintf(world.path, sizeof(world.path), "%s/history.db", world.dir);
	world.now_ns = 1000 * NSEC_PER_SEC;
	*state = &world;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	char command[256];

	memset(&fail_vfs, 0, sizeof(fail_vfs));
	w->store = store_free(w->store);
	snprintf(command, sizeof(command), "chmod -R u+w %s; rm -r %s", w->dir,
		 w->dir);
	return system(command);
}

static uint32_t add_module(struct world *w, uint64_t serial)
{
	struct store_module m = {
		.bus = "bacsA", .address = 7, .serial = serial,
		.nominal_mv = 12000, .modclass = "jar", .model = "M",
		.name = "7S1",
	};
	uint32_t id = UINT32_MAX;

	assert_int_equal(store_module_id(w->store, &m, &id), 0);
	return id;
}

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

/* One number from the file, read as a stranger would */
static int64_t ask(struct world *w, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t v = INT64_MIN;

	assert_int_equal(sqlite3_open_v2(w->path, &db, SQLITE_OPEN_READWRITE,
					 "unix"), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return v;
}

static void tell(struct world *w, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open_v2(w->path, &db, SQLITE_OPEN_READWRITE |
					 SQLITE_OPEN_CREATE, "unix"),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
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

	snprintf(command, sizeof(command), "rm -f %s/*", w->dir);
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
	assert_non_null(strstr(w->text[STORE_DEGRADED], w->path));
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

	snprintf(pattern, sizeof(pattern), "%s.damaged-2*Z*", w->path);
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
	FILE *f = fopen(w->path, "w");
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
	fd = open(w->path, O_WRONLY);
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

static struct store_jar some_jar(uint32_t id, unsigned int position)
{
	struct store_jar j = {
		.id = id, .string = "North", .position = position,
		.serial = "S-1", .maker = "M\xc3\xbcller", .type = "NP7-12",
		.capacity_mah = 7000, .nominal_mv = 12000, .made = "2025-03",
		.installed = "2026-01-31", .begin_us = WALL_US,
		.module_serial = 0xfedcba9876543210, .author = "user 0",
		.baseline = "final", .baseline_uohm = 5123,
		.baseline_mc = -4000, .baseline_count = 10,
		.baseline_us = WALL_US + 1, .signer = "Anna (user 5)",
		.signed_us = WALL_US + 2,
	};

	return j;
}

struct read_back {
	struct store_jar jars[4];
	struct store_calibration calibrations[4];
	struct store_schedule schedules[4];
	struct store_jar_value values[16];
	unsigned int count;
};

static int take_jar(void *userdata, const struct store_jar *jar)
{
	struct read_back *b = userdata;

	b->jars[b->count++] = *jar;
	return 0;
}

static int take_calibration(void *userdata, const struct store_calibration *c)
{
	struct read_back *b = userdata;

	b->calibrations[b->count++] = *c;
	return 0;
}

static int take_schedule(void *userdata, const struct store_schedule *s)
{
	struct read_back *b = userdata;

	b->schedules[b->count++] = *s;
	return 0;
}

static int take_value(void *userdata, uint32_t jar,
		      const struct store_jar_value *v)
{
	struct read_back *b = userdata;

	assert_int_equal(jar, 1);
	b->values[b->count++] = *v;
	return 0;
}

/* Between the members may lie anything */
static void assert_jar(const struct store_jar *have,
		       const struct store_jar *want)
{
	assert_string_equal(have->string, want->string);
	assert_string_equal(have->serial, want->serial);
	assert_string_equal(have->maker, want->maker);
	assert_string_equal(have->type, want->type);
	assert_string_equal(have->made, want->made);
	assert_string_equal(have->installed, want->installed);
	assert_string_equal(have->author, want->author);
	assert_string_equal(have->reason, want->reason);
	assert_string_equal(have->baseline, want->baseline);
	assert_string_equal(have->signer, want->signer);
	assert_int_equal(have->id, want->id);
	assert_int_equal(have->position, want->position);
	assert_int_equal(have->capacity_mah, want->capacity_mah);
	assert_int_equal(have->nominal_mv, want->nominal_mv);
	assert_int_equal(have->begin_us, want->begin_us);
	assert_int_equal(have->module_serial, want->module_serial);
	assert_int_equal(have->removed_us, want->removed_us);
	assert_int_equal(have->removed, want->removed);
	assert_int_equal(have->baseline_uohm, want->baseline_uohm);
	assert_int_equal(have->baseline_mc, want->baseline_mc);
	assert_int_equal(have->baseline_count, want->baseline_count);
	assert_int_equal(have->baseline_us, want->baseline_us);
	assert_int_equal(have->signed_us, want->signed_us);
}

static void jars_are_read_as_they_were_written(void **state)
{
	struct world *w = *state;
	struct read_back b = { .count = 0 };
	struct store_jar jars[3] = { some_jar(1, 1), some_jar(2, 2) };
	uint32_t last = 0, last_calibration = 9;

	open_store(w);
	jars[1].baseline_mc = STORE_NO_TEMPERATURE;
	assert_int_equal(store_write_jars(w->store, jars, 2), 0);
	assert_int_equal(store_read_jars(w->store, take_jar, &b), 0);
	assert_int_equal(b.count, 2);
	assert_jar(&b.jars[0], &jars[0]);
	assert_jar(&b.jars[1], &jars[1]);
	/* replaced: the row stays, the place is the new one's */
	jars[0].removed = true;
	jars[0].removed_us = WALL_US + 5;
	strcpy(jars[0].reason, "leaks");
	jars[2] = some_jar(3, 1);
	strcpy(jars[2].serial, "S-9");
	assert_int_equal(store_write_jars(w->store, (struct store_jar []){
		jars[0], jars[2] }, 2), 0);
	b.count = 0;
	assert_int_equal(store_read_jars(w->store, take_jar, &b), 0);
	assert_int_equal(b.count, 2);
	assert_string_equal(b.jars[0].serial, "S-9");
	assert_int_equal(ask(w, "SELECT removed FROM jar WHERE reason = 'leaks' AND id = 1"),
			 WALL_US + 5);
	assert_int_equal(store_read_jar_numbers(w->store, &last,
						&last_calibration), 0);
	assert_int_equal(last, 3);
	assert_int_equal(last_calibration, 0);
	/* a row the schema does not take: none is written, and it says why */
	jars[1].position = 0;
	strcpy(jars[2].serial, "S-10");
	assert_int_equal(store_write_jars(w->store, (struct store_jar []){
		jars[2], jars[1] }, 2), -EIO);
	assert_non_null(strstr(store_jar_error(w->store), "CHECK"));
	assert_int_equal(ask(w, "SELECT count(*) FROM jar WHERE serial = 'S-10'"),
			 0);
}

static void assert_calibration(const struct store_calibration *have,
			       const struct store_calibration *want)
{
	assert_int_equal(have->id, want->id);
	assert_string_equal(have->bus, want->bus);
	assert_int_equal(have->address, want->address);
	assert_int_equal(have->serial, want->serial);
	assert_int_equal(have->voltage_gain_ppm, want->voltage_gain_ppm);
	assert_int_equal(have->voltage_offset_mv, want->voltage_offset_mv);
	assert_int_equal(have->resistance_gain_ppm,
			 want->resistance_gain_ppm);
	assert_int_equal(have->resistance_offset_uohm,
			 want->resistance_offset_uohm);
	assert_int_equal(have->temperature_offset_mc,
			 want->temperature_offset_mc);
	assert_string_equal(have->date, want->date);
	assert_string_equal(have->person, want->person);
	assert_string_equal(have->instrument, want->instrument);
	assert_int_equal(have->since_us, want->since_us);
	assert_int_equal(have->ended, want->ended);
}

static void calibrations_and_schedules_are_kept(void **state)
{
	struct world *w = *state;
	struct read_back b = { .count = 0 };
	struct store_calibration c[2] = { {
		.id = 1, .bus = "bacsA", .address = 3, .serial = 0xabc,
		.voltage_gain_ppm = -1500, .voltage_offset_mv = 12,
		.resistance_gain_ppm = 1, .resistance_offset_uohm = -2,
		.temperature_offset_mc = 300, .date = "2026-01-31",
		.person = "Anna", .instrument = "Fluke 87",
		.since_us = WALL_US,
	} };
	struct store_schedule s = {
		.string = "North", .begin_us = WALL_US, .run_us = INT64_MIN,
		.deep_us = 77, .runs = 3,
	};

	open_store(w);
	assert_int_equal(store_write_calibrations(w->store, c, 1), 0);
	assert_int_equal(store_read_calibrations(w->store, take_calibration,
						 &b), 0);
	assert_int_equal(b.count, 1);
	assert_calibration(&b.calibrations[0], &c[0]);
	c[1] = c[0];
	c[0].ended = true;
	c[0].until_us = WALL_US + 9;
	c[1].id = 2;
	assert_int_equal(store_write_calibrations(w->store, c, 2), 0);
	b.count = 0;
	assert_int_equal(store_read_calibrations(w->store, take_calibration,
						 &b), 0);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.calibrations[0].id, 2);
	assert_int_equal(store_write_schedules(w->store, &s, 1), 0);
	s.runs = 4;
	assert_int_equal(store_write_schedules(w->store, &s, 1), 0);
	b.count = 0;
	assert_int_equal(store_read_schedules(w->store, take_schedule, &b), 0);
	assert_int_equal(b.count, 1);
	assert_string_equal(b.schedules[0].string, s.string);
	assert_int_equal(b.schedules[0].begin_us, s.begin_us);
	assert_int_equal(b.schedules[0].run_us, s.run_us);
	assert_int_equal(b.schedules[0].deep_us, s.deep_us);
	assert_int_equal(b.schedules[0].runs, s.runs);
}

static void values_of_a_jar_are_the_last_ones_in_order(void **state)
{
	struct world *w = *state;
	struct read_back b = { .count = 0 };
	uint32_t epoch, module, i;

	open_store(w);
	epoch = store_epoch_begin(w->store, 0, WALL_US,
				  STORE_CLOCK_SYNCHRONISED);
	module = add_module(w, 1);
	for (i = 1; i <= 20; i++) {
		struct store_ri ri = {
			.module = module, .epoch = epoch,
			.boot_us = i * SECOND_US, .sequence = i,
			.resistance_uohm = 5000 + i,
			.present = 1 << STORE_RI_TEMPERATURE,
			.jar = i % 2 ? 1 : 0, .state = "float", .trend = i > 9,
		};

		ri.context[STORE_RI_TEMPERATURE] = 20000;
		store_add_ri(w->store, &ri);
	}
	store_flush(w->store, w->now_ns);
	assert_int_equal(store_read_jar_values(w->store, 1, 6, take_value,
					       &b), 0);
	assert_int_equal(b.count, 6);
	assert_int_equal(b.values[0].sequence, 9);
	assert_false(b.values[0].trend);
	assert_int_equal(b.values[5].sequence, 19);
	assert_int_equal(b.values[5].resistance_uohm, 5019);
	assert_int_equal(b.values[5].temperature_mc, 20000);
	assert_int_equal(b.values[5].time_us, WALL_US + 19 * SECOND_US);
	assert_string_equal(b.values[5].state, "float");
	assert_true(b.values[5].trend);
	assert_int_equal(ask(w, "SELECT count(*) FROM resistance WHERE jar IS NULL AND state IS NULL"),
			 10);
}

/* What version 2 wrote is there after the step, and goes on */
static void a_file_of_version_2_is_brought_up_to_date(void **state)
{
	struct world *w = *state;
	struct store_jar jar = some_jar(1, 1);
	uint32_t epoch, module;

	open_store(w);
	epoch = store_epoch_begin(w->store, 0, WALL_US,
				  STORE_CLOCK_SYNCHRONISED);
	module = add_module(w, 1);
	store_add_ri(w->store, &(struct store_ri){
		.module = module, .epoch = epoch, .boot_us = SECOND_US,
		.sequence = 1, .resistance_uohm = 5001 });
	store_flush(w->store, w->now_ns);
	w->store = store_free(w->store);
	/* back to what version 2 had */
	tell(w, "DROP TABLE kept; DROP TABLE offsets;"
	     " DROP TABLE learnt; DROP TABLE jar; DROP TABLE calibration;"
	     " DROP TABLE resistance_schedule; DROP INDEX resistance_jar;"
	     " ALTER TABLE resistance DROP COLUMN jar;"
	     " ALTER TABLE resistance DROP COLUMN state;"
	     " ALTER TABLE resistance DROP COLUMN trend;"
	     " PRAGMA user_version = 2");
	open_store(w);
	assert_int_equal(store_write_jars(w->store, &jar, 1), 0);
	assert_int_equal(ask(w, "PRAGMA user_version"), 5);
	assert_int_equal(ask(w, "SELECT resistance_uohm FROM resistance WHERE jar IS NULL"),
			 5001);
	assert_int_equal(ask(w, "SELECT count(*) FROM jar"), 1);
}

static void jars_that_cannot_be_written_are_told_at_once(void **state)
{
	struct world *w = *state;
	struct store_jar jar = some_jar(1, 1);
	struct read_back b = { .count = 0 };

	open_store(w);
	store_flush(w->store, w->now_ns);
	w->store = store_free(w->store);
	snprintf(w->path, sizeof(w->path), "%s/none/history.db", w->dir);
	open_store(w);
	assert_int_equal(store_write_jars(w->store, &jar, 1), -EIO);
	assert_non_null(strstr(store_jar_error(w->store), "unable to open"));
	assert_int_equal(store_read_jars(w->store, take_jar, &b), -EIO);
	assert_int_equal(b.count, 0);
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
	unlink(w->path);
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
	assert_int_equal(sqlite3_open_v2(w->path, &db, SQLITE_OPEN_READWRITE,
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

#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, begin, end)

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
		WITH_STORE(jars_are_read_as_they_were_written),
		WITH_STORE(calibrations_and_schedules_are_kept),
		WITH_STORE(values_of_a_jar_are_the_last_ones_in_order),
		WITH_STORE(a_file_of_version_2_is_brought_up_to_date),
		WITH_STORE(jars_that_cannot_be_written_are_told_at_once),
		WITH_STORE(a_newer_schema_and_a_strange_file_are_left_alone),
		WITH_STORE(a_file_limit_is_a_full_disk),
		WITH_STORE(another_program_that_locks_the_file_only_delays),
	};

	return RUN("store", tests);
}
