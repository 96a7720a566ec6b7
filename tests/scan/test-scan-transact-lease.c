// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: raw access beside equalizing
 *
 * What it may have written to a module does not outlive it, and it holds up
 * neither maps nor leases (MASTER, point 6).
 */
#include "transact-script.h"

static void equalize(struct rig *rig, u8 address, u16 duty, u32 lease_ms)
{
	u64 end = rig->now + 10 * RIG_S;

	assert_int_equal(scan_set_duty(&rig->scan, address, duty, false), 0);
	scan_set_lease(&rig->scan, lease_ms);
	while (rig->scan.slots[address].duty_confirmed != duty && rig->now < end)
		rig_run(rig, RIG_MS);
	assert_int_equal(rig->modules[address].duty, duty);
}

static void a_duty_written_raw_ends_at_once(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	equalize(rig, 2, 300, 60000);
	/* One that shall rest, one that shall equalize otherwise */
	for (u8 a = 1; a <= 2; a++) {
		struct scan_raw raw = TRANSACT(rig, a, 0, RTU_WRITE_SINGLE, 0,
					       BACS_C_HOLD_DUTY_PERMILLE, 3, 232);

		assert_int_equal(raw.result, 0);
		assert_int_equal(rig->modules[a].duty, 1000);
		rig_run(rig, 500 * RIG_MS);
		assert_int_equal(rig->modules[a].duty, a == 1 ? 0 : 300);
	}
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->modules[1].duty, 0);
	assert_int_equal(rig->modules[2].duty, 300);
	assert_true(rig->modules[2].lease_until > rig->now);
	assert_true(rig_map_bit(rig_last_map(rig), 2));
	done(rig);
}

static void a_lease_written_raw_ends_at_once(void **state)
{
	u16 values[BACS_C_LEASE_REGISTERS] = { 0xFFFF };
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u8 frame[RTU_FRAME_MAX];
	size_t len;

	(void)state;
	equalize(rig, 2, 300, 30000);
	for (int i = 1; i < BACS_C_LEASE_REGISTERS; i++)
		values[i] = 0xFFFF;
	len = rtu_build_write_multiple(frame, 0, BACS_C_HOLD_LEASE_S, values,
				       BACS_C_LEASE_REGISTERS);
	assert_int_equal(scan_transact(&rig->scan, 0, frame + 1, len - 3, 0), 0);
	while (rig->modules[2].lease_until < rig->now + 3600 * RIG_S)
		rig_run(rig, RIG_MS);
	rig_run(rig, 500 * RIG_MS);
	for (u8 a = 1; a <= 4; a++)
		assert_true(rig->modules[a].lease_until <= rig->now + 60 * RIG_S);
	/* The controller never came back. */
	rig_run(rig, 35 * RIG_S);
	assert_int_equal(rig->modules[2].duty, 0);
	done(rig);
}

static void a_bus_that_ends_after_a_raw_duty_says_zero(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	u8 frame[RTU_FRAME_MAX];

	(void)state;
	assert_int_equal(scan_final_map(&rig->scan, frame), 0);
	assert_int_equal(transact(rig, 1, read_two, 5, 0).result, 0);
	assert_int_equal(scan_final_map(&rig->scan, frame), 0);
	TRANSACT(rig, 1, 0, RTU_WRITE_SINGLE, 0, BACS_C_HOLD_DUTY_PERMILLE, 1, 0);
	assert_true(scan_final_map(&rig->scan, frame) > 0);
	done(rig);
}

static void reads_and_foreign_modules_cause_no_map(void **state)
{
	static const struct bacs_profile profile = {
		.name = "acme", .class = BACS_CLASS_STRING, .response_ms = 50,
		.block_count = 1,
		.blocks = { { .function = 3, .start = 0, .count = 2 } },
	};
	struct rig *rig = running(SLOW, 1, 4);
	u64 since;

	(void)state;
	assert_int_equal(transact(rig, 1, read_two, 5, 0).result, 0);
	rig_run(rig, 5 * RIG_S);
	assert_null(rig_last_map(rig));
	done(rig);

	rig = rig_new(&(struct scan_config){ .profile = &profile });
	rig_add(rig, 9, BACS_CLASS_STRING);
	assert_true(rig_run_until_state(rig, 9, OK, 90 * RIG_S));
	since = rig->now;
	assert_int_equal(TRANSACT(rig, 9, 0, RTU_WRITE_SINGLE, 0, 1, 1, 0).result,
			 0);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig_count_sent(rig, 0, since), 0);
	/* V1.02 2.4.1: others need longer */
	assert_int_equal(TRANSACT(rig, 0, 0, RTU_WRITE_SINGLE, 0, 1, 1, 0).result,
			 0);
	assert_int_equal(rig->now, rig_last_sent(rig, 0)->end + 100 * RIG_MS);
	done(rig);
}

static void long_waits_do_not_let_a_lease_run_out(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	struct scan_raw raw;
	u64 end;

	(void)state;
	equalize(rig, 2, 300, BACS_LEASE_MS_MIN);
	end = rig->now + 120 * RIG_S;
	while (rig->now < end) {
		if (!scan_transact_take(&rig->scan, &raw))
			scan_transact(&rig->scan, 99, read_two, 5, 10000);
		else
			assert_int_equal(raw.result, -ETIMEDOUT);
		scan_set_lease(&rig->scan, BACS_LEASE_MS_MIN);
		for (int i = 0; i < 10; i++) {
			rig_run(rig, 100 * RIG_MS);
			assert_int_equal(rig->modules[2].duty, 300);
			assert_true(rig->modules[2].lease_until > rig->now);
		}
	}
	assert_true(rig_count_sent(rig, 99, end - 120 * RIG_S) >= 10);
	done(rig);
}

static void long_waits_do_not_hold_up_the_maps(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u64 last, since, end;
	size_t first;

	(void)state;
	equalize(rig, 2, 300, 60000);
	first = rig->sent_count;
	since = last = rig->now;
	end = since + 300 * RIG_S;
	while (rig->now < end) {
		u64 begin = rig->now;

		scan_set_lease(&rig->scan, 60000);
		assert_int_equal(transact(rig, 99, read_two, 5, 9000).result,
				 -ETIMEDOUT);
		/* Not cut: a map was sent before it. */
		assert_true(rig->now - first_sent(rig, 99, begin)->end >=
			    9000 * RIG_MS);
	}
	for (size_t i = first; i < rig->sent_count; i++) {
		if (rig->sent[i].bytes[0] != RTU_BROADCAST)
			continue;
		assert_true(rig->sent[i].begin - last <= 21 * RIG_S);
		last = rig->sent[i].begin;
	}
	assert_true(last + 21 * RIG_S >= end);
	done(rig);
}

static void a_lease_made_shorter_meanwhile_ends_in_time(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u64 set;

	(void)state;
	equalize(rig, 2, 300, 600000);
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 10000), 0);
	rig_run(rig, 500 * RIG_MS);
	assert_int_equal(rig->scan.raw.phase, SCAN_RAW_SENT);
	scan_set_lease(&rig->scan, BACS_LEASE_MS_MIN);
	set = rig->now;
	while (rig->modules[2].duty && rig->now < set + 20 * RIG_S)
		rig_run(rig, RIG_MS);
	/* After the poll that finds it, at most */
	rig_run(rig, 1100 * RIG_MS);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_LEASE_EXPIRED, 0), 1);
	assert_true(rig_last_note(rig, SCAN_NOTE_LEASE_EXPIRED, 0)->time_ns <=
		    set + 5100 * RIG_MS);
	done(rig);
}

static void a_controller_that_goes_is_not_kept_waiting(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct rig_sent *map;
	u64 gone;

	(void)state;
	equalize(rig, 2, 300, 60000);
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 10000), 0);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->scan.raw.phase, SCAN_RAW_SENT);
	gone = rig->now;
	scan_end_lease(&rig->scan);
	rig_run(rig, 100 * RIG_MS);
	map = rig_last_map(rig);
	assert_true(map->begin > gone && !rig_map_bit(map, 2));
	assert_int_equal(rig->modules[2].duty, 0);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duty_written_raw_ends_at_once),
		cmocka_unit_test(a_lease_written_raw_ends_at_once),
		cmocka_unit_test(a_bus_that_ends_after_a_raw_duty_says_zero),
		cmocka_unit_test(reads_and_foreign_modules_cause_no_map),
		cmocka_unit_test(long_waits_do_not_let_a_lease_run_out),
		cmocka_unit_test(long_waits_do_not_hold_up_the_maps),
		cmocka_unit_test(a_lease_made_shorter_meanwhile_ends_in_time),
		cmocka_unit_test(a_controller_that_goes_is_not_kept_waiting),
	};

	return RUN("scan-transact-lease", tests);
}
