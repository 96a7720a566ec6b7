// SPDX-License-Identifier: GPL-2.0-or-later
/* The history: rows that are written at once: jars, calibrations, what is kept */
#include <errno.h>
#include <unistd.h>

#include "store-jar.h"
#include "store-kept.h"
#include "store-world.h"

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
	snprintf(w->folder.path, sizeof(w->folder.path), "%s/none/history.db", w->folder.dir);
	open_store(w);
	assert_int_equal(store_write_jars(w->store, &jar, 1), -EIO);
	assert_non_null(strstr(store_jar_error(w->store), "unable to open"));
	assert_int_equal(store_read_jars(w->store, take_jar, &b), -EIO);
	assert_int_equal(b.count, 0);
}

struct kept_back {
	struct store_kept kept[4];
	struct store_offsets offsets[4];
	size_t kepts, count;
};

static int take_kept(void *userdata, const struct store_kept *k)
{
	struct kept_back *b = userdata;

	b->kept[b->kepts++] = *k;
	return 0;
}

static int take_offsets(void *userdata, const struct store_offsets *o)
{
	struct kept_back *b = userdata;

	b->offsets[b->count++] = *o;
	return 0;
}

static void what_was_said_and_offsets_are_kept(void **state)
{
	struct store_kept kept[2] = {
		{ "equalize", "North", "off", "user 7", WALL_US },
		{ "limits", "bacsA:2/float", "voltage_min_mv=11500", "", 0 },
	};
	struct store_offsets offsets[2] = {
		{ .id = 1, .string = "", .voltage_uv = -1500,
		  .since_us = WALL_US },
		{ .id = 2, .string = "North", .temperature_mc = -1500,
		  .resistance_uohm = 100, .since_us = WALL_US },
	};
	struct kept_back b = { .count = 0 };
	struct world *w = *state;
	uint32_t last;

	open_store(w);
	assert_int_equal(store_write_kept(w->store, kept, 2), 0);
	assert_int_equal(store_write_offsets(w->store, offsets, 2), 0);
	/* another word takes the place of the first, an end ends */
	strcpy(kept[0].value, "on");
	assert_int_equal(store_write_kept(w->store, kept, 1), 0);
	assert_int_equal(store_drop_kept(w->store, &kept[1], 1), 0);
	offsets[0].ended = true;
	offsets[0].until_us = WALL_US + 1;
	assert_int_equal(store_write_offsets(w->store, offsets, 1), 0);
	w->store = store_free(w->store);
	open_store(w);
	assert_int_equal(store_read_kept(w->store, take_kept, &b), 0);
	assert_int_equal(b.kepts, 1);
	assert_string_equal(b.kept[0].object, "North");
	assert_string_equal(b.kept[0].value, "on");
	assert_string_equal(b.kept[0].who, "user 7");
	assert_int_equal(b.kept[0].since_us, WALL_US);
	assert_int_equal(store_read_offsets(w->store, take_offsets, &b), 0);
	assert_int_equal(b.count, 1);
	assert_string_equal(b.offsets[0].string, "North");
	assert_int_equal(b.offsets[0].temperature_mc, -1500);
	assert_int_equal(b.offsets[0].resistance_uohm, 100);
	assert_int_equal(store_read_offset_number(w->store, &last), 0);
	assert_int_equal(last, 2);
	assert_int_equal(ask(w, "SELECT until - since FROM offsets WHERE id = 1"),
			 1);
	assert_int_equal(ask(w, "SELECT voltage_uv FROM offsets WHERE id = 1"),
			 -1500);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_STORE(jars_are_read_as_they_were_written),
		WITH_STORE(calibrations_and_schedules_are_kept),
		WITH_STORE(values_of_a_jar_are_the_last_ones_in_order),
		WITH_STORE(a_file_of_version_2_is_brought_up_to_date),
		WITH_STORE(what_was_said_and_offsets_are_kept),
		WITH_STORE(jars_that_cannot_be_written_are_told_at_once),
	};

	return RUN("store-jar", tests);
}
