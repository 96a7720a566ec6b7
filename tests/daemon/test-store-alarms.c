// SPDX-License-Identifier: GPL-2.0-or-later
/* Alarms in the history file: every field, old files, disks that fail */
#include <unistd.h>

#include "store-folder.h"
#include "store.h"

#define WALL_US		1770000000000000LL

struct world {
	struct folder folder;
	struct store *store;
	struct alarm_table table;	/* what is saved */
	struct alarm_table read;	/* what was read */
	struct store_alarms from;
	struct alarm_now now;
	unsigned int set_aside;
};

static void on_changed(void *userdata, const struct alarm *a,
		       enum alarm_change change)
{
	(void)userdata, (void)a, (void)change;
}

static const struct alarm_ops ops = { .changed = on_changed };

static void on_notice(void *userdata, enum store_notice notice,
		      const char *text)
{
	struct world *w = userdata;

	(void)text;
	if (notice == STORE_SET_ASIDE)
		w->set_aside++;
}

static void open_store(struct world *w, const char *boot)
{
	struct store_settings settings = {
		.path = w->folder.path, .boot = boot, .notice = on_notice,
		.userdata = w,
	};

	assert_int_equal(store_new(&settings, w->now.boot_ns, &w->store), 0);
	store_epoch_begin(w->store, 0, WALL_US, STORE_CLOCK_SYNCHRONISED);
}

static void close_store(struct world *w)
{
	w->store = store_free(w->store);
}

static int begin(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.now = (struct alarm_now){ 1000 * NSEC_PER_SEC, WALL_US };
	alarm_table_init(&world.table, &ops, &world);
	alarm_table_init(&world.read, &ops, &world);
	*state = &world;
	return folder_make(&world.folder);
}

static int end(void **state)
{
	struct world *w = *state;

	memset(&fail_vfs, 0, sizeof(fail_vfs));
	close_store(w);
	alarm_table_done(&w->table);
	alarm_table_done(&w->read);
	return folder_remove(&w->folder);
}

static void on_alarm(void *userdata, const struct alarm *a, bool same_boot)
{
	struct world *w = userdata;

	(void)same_boot;
	assert_int_equal(alarm_restore(&w->read, a, true, &w->now), 0);
}

static void on_out(void *userdata, const struct alarm_out *o, bool same_boot)
{
	struct world *w = userdata;

	(void)same_boot;
	assert_int_equal(alarm_restore_out(&w->read, o, true, &w->now), 0);
}

static void read_back(struct world *w)
{
	w->from = (struct store_alarms){ .alarm = on_alarm, .out = on_out,
					 .userdata = w };
	alarm_table_done(&w->read);
	alarm_table_init(&w->read, &ops, w);
	assert_int_equal(store_read_alarms(w->store, &w->from), 0);
}

static void raise(struct world *w, enum alarm_kind kind, uint8_t address)
{
	struct alarm_object jar = { ALARM_OF_MODULE, "bacsA", address,
				    "North \"1\"" };
	char name[16];

	snprintf(name, sizeof(name), "%uS1", address);
	assert_int_equal(alarm_set(&w->table, kind, &jar, name, ALARM_ALARM,
				   "11.9 V is below 12.0 V; it's low",
				   &w->now), 0);
}

/* One of each state, with words that a careless writer would break */
static void fill(struct world *w)
{
	struct alarm_object jar = { ALARM_OF_MODULE, "bacsA", 3, "North" };

	raise(w, ALARM_VOLTAGE_LOW, 1);
	raise(w, ALARM_VOLTAGE_LOW, 2);
	raise(w, ALARM_VOLTAGE_LOW, 3);
	raise(w, ALARM_SENSE_LEAD, 4);
	alarm_acknowledge(&w->table, 1, "user 7", &w->now);
	alarm_shelve(&w->table, 2, 3600 * NSEC_PER_SEC, "M\xc3\xbcller",
		     "'; DROP TABLE alarm; --", &w->now);
	alarm_take_out(&w->table, &jar, "3S1", 0, "user 8", "repair",
		       &w->now);
	jar.address = 4;
	alarm_set(&w->table, ALARM_SENSE_LEAD, &jar, "4S1", ALARM_NONE, "",
		  &w->now);
	w->table.muted = true;
	strcpy(w->table.muted_by, "user 9");
}

static void assert_stamps(const struct alarm_stamp *a,
			  const struct alarm_stamp *b)
{
	assert_true(a->boot_ns == b->boot_ns && a->wall_us == b->wall_us);
}

static void assert_same(const struct alarm *a, const struct alarm *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->kind, b->kind);
	assert_true(alarm_object_equal(&a->object, &b->object));
	assert_string_equal(a->object.string, b->object.string);
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->active, b->active);
	assert_int_equal(a->acknowledged, b->acknowledged);
	assert_int_equal(a->announced, b->announced);
	assert_string_equal(a->evidence, b->evidence);
	assert_stamps(&a->raised, &b->raised);
	assert_stamps(&a->returned, &b->returned);
	assert_stamps(&a->acknowledged_at, &b->acknowledged_at);
	assert_string_equal(a->acknowledged_by, b->acknowledged_by);
	assert_int_equal(a->shelved, b->shelved);
	assert_true(a->shelved_until.boot_ns == b->shelved_until.boot_ns &&
		    a->shelved_until.wall_us == b->shelved_until.wall_us &&
		    a->shelved_until.length_ns == b->shelved_until.length_ns);
	assert_string_equal(a->shelved_by, b->shelved_by);
	assert_string_equal(a->shelved_why, b->shelved_why);
	assert_string_equal(a->inhibition, b->inhibition);
	assert_int_equal(a->repeats, b->repeats);
	assert_int_equal(alarm_state(a), alarm_state(b));
}

static void assert_same_tables(const struct alarm_table *a,
			       const struct alarm_table *b)
{
	size_t i;

	assert_int_equal(a->count, b->count);
	for (i = 0; i < a->count; i++)
		assert_same(a->alarms[i], b->alarms[i]);
	assert_int_equal(a->out_count, b->out_count);
	for (i = 0; i < a->out_count; i++) {
		assert_string_equal(a->outs[i].name, b->outs[i].name);
		assert_string_equal(a->outs[i].who, b->outs[i].who);
		assert_string_equal(a->outs[i].why, b->outs[i].why);
		assert_stamps(&a->outs[i].since, &b->outs[i].since);
		assert_true(alarm_object_equal(&a->outs[i].object,
					       &b->outs[i].object));
	}
}

static void save(struct world *w)
{
	store_alarms_changed(w->store);
	store_flush(w->store, w->now.boot_ns);
}

static void every_field_is_read_as_it_was_written(void **state)
{
	struct world *w = *state;

	open_store(w, "boot-1");
	read_back(w);
	assert_int_equal(w->read.count, 0);
	assert_int_equal(w->from.next_id, 1);
	store_set_alarms(w->store, &w->table);
	fill(w);
	save(w);
	close_store(w);
	open_store(w, "boot-1");
	read_back(w);
	assert_true(w->from.same_boot);
	assert_true(w->from.muted);
	assert_string_equal(w->from.muted_by, "user 9");
	assert_int_equal(w->from.next_id, 5);
	assert_int_equal(w->read.count, 4);
	assert_same_tables(&w->table, &w->read);
	close_store(w);
	open_store(w, "boot-2");
	read_back(w);
	assert_false(w->from.same_boot);
}

static void what_is_over_leaves_the_file_with_the_next_write(void **state)
{
	struct world *w = *state;

	open_store(w, "boot-1");
	store_set_alarms(w->store, &w->table);
	fill(w);
	save(w);
	alarm_acknowledge(&w->table, 4, "u", &w->now);
	save(w);
	read_back(w);
	assert_int_equal(w->read.count, 3);
	assert_same_tables(&w->table, &w->read);
}

static void tell(struct world *w, const char *sql)
{
	folder_tell(&w->folder, sql);
}

/* Both files are made of one by taking out what later steps added */
static void a_file_of_version_1_is_brought_up_to_date(void **state)
{
	struct world *w = *state;
	struct store_event e = {
		.kind = "module-lost", .severity = 2, .bus = "bacsA",
		.address = 7, .name = "7S1", .text = "it's lost",
	};

	open_store(w, "boot-1");
	store_add_event(w->store, &e);
	store_flush(w->store, w->now.boot_ns);
	close_store(w);
	tell(w, "DROP TABLE kept; DROP TABLE offsets;"
	     " DROP TABLE learnt; DROP TABLE jar; DROP TABLE calibration;"
	     " DROP TABLE resistance_schedule; DROP INDEX resistance_jar;"
	     " ALTER TABLE resistance DROP COLUMN jar;"
	     " ALTER TABLE resistance DROP COLUMN state;"
	     " ALTER TABLE resistance DROP COLUMN trend;"
	     " DROP TABLE alarm; DROP TABLE out_of_service;"
	     " DROP TABLE alarm_site; ALTER TABLE event DROP COLUMN alarm;"
	     " PRAGMA user_version = 1");
	open_store(w, "boot-1");
	read_back(w);
	assert_int_equal(w->read.count, 0);
	store_set_alarms(w->store, &w->table);
	fill(w);
	strcpy(e.alarm, "module-lost");
	store_add_event(w->store, &e);
	save(w);
	read_back(w);
	assert_same_tables(&w->table, &w->read);
	close_store(w);
	tell(w, "CREATE TABLE seen AS SELECT 1 FROM events"
	     " WHERE (SELECT count(*) FROM events WHERE alarm = '') = 1 AND"
	     " (SELECT count(*) FROM events WHERE alarm = 'module-lost') = 1;"
	     " CREATE TABLE proof (n INTEGER CHECK (n = 2));"
	     " INSERT INTO proof SELECT count(*) FROM seen");
	assert_int_equal(w->set_aside, 0);
}

/* The n-th operation fails: the file has the old list or the new one */
static long fail_at(struct world *w, long n, int code, int forever)
{
	bool old;

	open_store(w, "boot-1");
	store_set_alarms(w->store, &w->table);
	fill(w);
	save(w);
	alarm_acknowledge(&w->table, 4, "u", &w->now);
	raise(w, ALARM_TEMPERATURE_HIGH, 9);
	raise(w, ALARM_TEMPERATURE_HIGH, 10);
	fail_vfs.calls = 0;
	fail_vfs.countdown = n;
	fail_vfs.code = code;
	fail_vfs.forever = forever;
	save(w);
	memset(&fail_vfs, 0, offsetof(struct fail_vfs, calls));
	/* as a reader after a crash would find it */
	{
		struct store *first = w->store;

		open_store(w, "boot-1");
		read_back(w);
		close_store(w);
		w->store = first;
	}
	old = w->read.count == 4;
	assert_true(old || w->read.count == 5);
	assert_int_equal(w->read.alarms[w->read.count - 1]->kind,
			 old ? ALARM_SENSE_LEAD : ALARM_TEMPERATURE_HIGH);
	/* once the disk takes it again, it is the new one */
	w->now.boot_ns += 2 * STORE_RETRY_NS;
	store_flush(w->store, w->now.boot_ns);
	read_back(w);
	assert_same_tables(&w->table, &w->read);
	n = fail_vfs.calls;
	close_store(w);
	unlink(w->folder.path);
	alarm_table_done(&w->table);
	alarm_table_init(&w->table, &ops, w);
	return n;
}

static void a_failing_disk_mixes_no_lists(void **state)
{
	struct world *w = *state;
	long n, total = fail_at(w, 0, 0, 0);

	assert_true(total > 3);
	for (n = 1; n <= total; n++) {
		fail_at(w, n, SQLITE_IOERR_WRITE, 0);
		fail_at(w, n, SQLITE_FULL, 1);
	}
}

static void a_damaged_file_is_replaced_with_all_alarms(void **state)
{
	struct world *w = *state;
	char garbage[8192];
	FILE *f;

	open_store(w, "boot-1");
	store_set_alarms(w->store, &w->table);
	fill(w);
	save(w);
	close_store(w);
	memset(garbage, 'x', sizeof(garbage));
	f = fopen(w->folder.path, "r+");
	assert_non_null(f);
	fwrite(garbage, 1, sizeof(garbage), f);
	fclose(f);
	open_store(w, "boot-1");
	store_set_alarms(w->store, &w->table);
	store_flush(w->store, w->now.boot_ns);
	assert_int_equal(w->set_aside, 1);
	store_flush(w->store, w->now.boot_ns);
	read_back(w);
	assert_same_tables(&w->table, &w->read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_field_is_read_as_it_was_written, begin, end),
		cmocka_unit_test_setup_teardown(
			what_is_over_leaves_the_file_with_the_next_write,
			begin, end),
		cmocka_unit_test_setup_teardown(
			a_file_of_version_1_is_brought_up_to_date, begin, end),
		cmocka_unit_test_setup_teardown(a_failing_disk_mixes_no_lists,
						begin, end),
		cmocka_unit_test_setup_teardown(
			a_damaged_file_is_replaced_with_all_alarms, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
