// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: commands, the lease of duties, period, keeping awake
 *
 * Duties hold while the controller's lease runs; one broadcast map every 20 s
 * renews the modules' own. The bit of a module that did not answer its last
 * three requests is clear. A read-only bus is never written to.
 */
#include "suite.h"

#define LEASE_MS	60000

/* Command duties and have them all confirmed */
static void equalize(struct rig *rig, u8 first, u8 last, u16 duty, u32 lease_ms)
{
	u64 end = rig->now + 30 * RIG_S;

	for (unsigned int a = first; a <= last; a++)
		assert_int_equal(scan_set_duty(&rig->scan, (u8)a, duty, false), 0);
	scan_set_lease(&rig->scan, lease_ms);
	for (unsigned int a = first; a <= last; a++) {
		while (rig->scan.slots[a].duty_confirmed != duty &&
		       rig->now < end)
			rig_run(rig, RIG_MS);
		assert_int_equal(rig->scan.slots[a].duty_confirmed, duty);
		assert_int_equal(rig->modules[a].duty, duty);
	}
}

/* Let time pass with a controller that renews its lease */
static void run_controlled(struct rig *rig, u64 duration, u64 every, u32 lease_ms)
{
	for (u64 t = 0; t < duration; t += every) {
		scan_set_lease(&rig->scan, lease_ms);
		rig_run(rig, every);
	}
}

static bool run_until_map_without(struct rig *rig, u8 address, u64 limit)
{
	u64 begin = rig->now, end = begin + limit;

	while (rig->now < end) {
		const struct rig_sent *map = rig_last_map(rig);

		if (map && map->begin >= begin && !rig_map_bit(map, address))
			return true;
		rig_run(rig, RIG_MS);
	}
	return false;
}

static void a_duty_is_written_confirmed_and_reported(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct scan_note *note;

	(void)state;
	equalize(rig, 3, 3, 250, LEASE_MS);
	note = rig_last_note(rig, SCAN_NOTE_COMMAND, 3);
	assert_non_null(note);
	assert_int_equal(note->command.cmd, BACS_CMD_EQUALIZE_SET);
	assert_int_equal(note->command.result, 0);
	assert_int_equal(rig->modules[3].written, 1);
	assert_int_equal(rig->modules[1].written, 0);
	done(rig);
}

static void a_duty_does_not_wait_for_the_next_scan(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 30000 }, 1, 4);
	u64 since;

	(void)state;
	rig_run(rig, 65 * RIG_S);
	since = rig->now;
	equalize(rig, 3, 3, 250, LEASE_MS);
	assert_true(rig->now - since <= 200 * RIG_MS);
	done(rig);
}

static void the_map_names_exactly_those_who_equalize(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 32);
	const struct rig_sent *map;

	(void)state;
	equalize(rig, 5, 9, 400, LEASE_MS);
	equalize(rig, 31, 32, 1000, LEASE_MS);
	run_controlled(rig, 25 * RIG_S, 5 * RIG_S, LEASE_MS);
	map = rig_last_map(rig);
	assert_non_null(map);
	assert_int_equal(map->len + 1, 43);
	assert_int_equal(rtu_get_u16(map->bytes + 2), BACS_C_HOLD_LEASE_S);
	assert_int_equal(rtu_get_u16(map->bytes + 4), BACS_C_LEASE_REGISTERS);
	assert_in_range(rtu_get_u16(map->bytes + 7), 1, 60);
	for (unsigned int a = 0; a < 256; a++)
		assert_int_equal(rig_map_bit(map, (u8)a),
				 (a >= 5 && a <= 9) || a == 31 || a == 32);
	done(rig);
}

static void maps_are_never_more_than_twenty_seconds_and_a_scan_apart(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 16);
	u64 last, since;
	size_t maps = 0;

	(void)s;
	equalize(rig, 1, 16, 400, LEASE_MS);
	since = last = rig->now;
	run_controlled(rig, 300 * RIG_S, 7 * RIG_S, LEASE_MS);
	for (size_t i = 0; i < rig->sent_count; i++) {
		const struct rig_sent *sent = &rig->sent[i];

		if (sent->begin < since || sent->bytes[0] != RTU_BROADCAST)
			continue;
		assert_true(sent->begin - last <= 21 * RIG_S);
		last = sent->begin;
		maps++;
	}
	assert_in_range(maps, 14, 24);
	for (u8 a = 1; a <= 16; a++)
		assert_int_equal(rig->modules[a].duty, 400);
	done(rig);
}

static void modules_go_on_through_ten_minutes_of_a_living_controller(void **s)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 64);

	(void)s;
	equalize(rig, 1, 64, 1000, LEASE_MS);
	for (int i = 0; i < 60; i++) {
		run_controlled(rig, 10 * RIG_S, 10 * RIG_S, LEASE_MS);
		for (u8 a = 1; a <= 64; a++) {
			assert_int_equal(rig->modules[a].duty, 1000);
			assert_true(rig->modules[a].lease_until > rig->now);
		}
		/* The log of such a run is long; start it afresh. */
		rig->sent_count = 0;
		rig->note_count = 0;
	}
	done(rig);
}

static void the_shortest_lease_holds_with_a_living_controller(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	equalize(rig, 1, 4, 300, BACS_LEASE_MS_MIN);
	for (int i = 0; i < 120; i++) {
		run_controlled(rig, RIG_S, RIG_S, BACS_LEASE_MS_MIN);
		for (u8 a = 1; a <= 4; a++) {
			assert_int_equal(rig->modules[a].duty, 300);
			assert_true(rig->modules[a].lease_until > rig->now);
		}
	}
	done(rig);
}

static void a_module_is_never_leased_for_longer_than_the_controller(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u64 until;

	(void)state;
	equalize(rig, 1, 4, 300, 30000);
	until = rig->now + 30 * RIG_S;
	/* No renewal: after one map every module's wall is the driver's. */
	assert_true(run_until_map_without(rig, 200, 21 * RIG_S));
	rig_run(rig, 100 * RIG_MS);
	for (u8 a = 1; a <= 4; a++)
		assert_true(rig->modules[a].lease_until <= until);
	done(rig);
}

static void a_lease_that_ends_sets_everybody_to_zero_and_says_so(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 set;

	(void)state;
	equalize(rig, 2, 6, 500, LEASE_MS);
	scan_set_lease(&rig->scan, 10000);
	set = rig->now;
	/* Maps tell whole seconds, rounded down: the last one is lost. */
	rig_run(rig, 8500 * RIG_MS);
	assert_int_equal(rig->modules[2].duty, 500);
	assert_in_range(scan_lease_left_ms(&rig->scan), 1450, 1550);
	assert_true(run_until_map_without(rig, 2, 2 * RIG_S));
	assert_true(rig->now - set <= 10500 * RIG_MS);
	rig_run(rig, 2 * RIG_S);
	for (u8 a = 1; a <= 8; a++) {
		assert_false(rig_map_bit(rig_last_map(rig), a));
		assert_int_equal(rig->modules[a].duty, 0);
		assert_int_equal(rig->scan.slots[a].duty_target, 0);
	}
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_LEASE_EXPIRED, 0), 1);
	assert_int_equal(scan_lease_left_ms(&rig->scan), 0);
	/* Broadcasts are not confirmed: it is said more than once. */
	rig_run(rig, 5 * RIG_S);
	assert_true(rig_count_sent(rig, RTU_BROADCAST, set + 9 * RIG_S) >= 2);
	done(rig);
}

static void a_controller_that_goes_sets_everybody_to_zero_at_once(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);

	(void)state;
	equalize(rig, 1, 8, 500, LEASE_MS);
	rig_run(rig, 3 * RIG_S);
	scan_end_lease(&rig->scan);
	rig_run(rig, 500 * RIG_MS);
	for (u8 a = 1; a <= 8; a++) {
		assert_int_equal(rig->modules[a].duty, 0);
		assert_int_equal(rig->scan.slots[a].duty_target, 0);
	}
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_LEASE_EXPIRED, 0), 0);
	done(rig);
}

static void a_duty_still_in_the_queue_dies_with_the_lease(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);

	(void)state;
	assert_int_equal(scan_set_duty(&rig->scan, 4, 700, false), 0);
	scan_set_lease(&rig->scan, LEASE_MS);
	scan_end_lease(&rig->scan);
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig->modules[4].duty, 0);
	assert_false(scan_leases(&rig->scan));
	done(rig);
}

static void the_last_word_of_a_bus_is_a_map_of_zeros(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u8 frame[RTU_FRAME_MAX];
	size_t len;

	(void)state;
	assert_int_equal(scan_final_map(&rig->scan, frame), 0);
	equalize(rig, 1, 2, 500, LEASE_MS);
	scan_stop(&rig->scan);
	len = scan_final_map(&rig->scan, frame);
	assert_int_equal(len, 43);
	assert_true(rtu_crc_ok(frame, len));
	assert_int_equal(frame[0], RTU_BROADCAST);
	assert_int_equal(rtu_get_u16(frame + 2), BACS_C_HOLD_LEASE_S);
	for (size_t i = 7; i < len - 2; i++)
		assert_int_equal(frame[i], 0);
	done(rig);
}

static void the_bit_of_a_module_silent_for_three_requests_is_clear(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 since;

	(void)state;
	equalize(rig, 1, 8, 500, LEASE_MS);
	run_controlled(rig, 10 * RIG_S, RIG_S, LEASE_MS);
	/* It hears and obeys, but its answers are lost. */
	rig->modules[5].mute = true;
	since = rig->now;
	assert_true(run_until_map_without(rig, 5, 5 * RIG_S));
	assert_true(rig_count_sent(rig, 5, since) >= 3);
	rig_run(rig, 100 * RIG_MS);
	assert_int_equal(rig->modules[5].duty, 0);
	for (u8 a = 1; a <= 8; a++)
		assert_int_equal(rig_map_bit(rig_last_map(rig), a), a != 5);
	done(rig);
}

static void a_lost_module_is_unleased_and_refuses_commands(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);

	(void)state;
	equalize(rig, 1, 8, 500, LEASE_MS);
	rig->modules[5].mute = true;
	while (rig->scan.slots[5].state != LOST)
		run_controlled(rig, RIG_S / 10, RIG_S / 10, LEASE_MS);
	assert_int_equal(rig->scan.slots[5].duty_target, 0);
	assert_int_equal(scan_set_duty(&rig->scan, 5, 100, false), -ENODEV);
	assert_int_equal(scan_command(&rig->scan, 5, SCAN_PENDING_RI, true),
			 -ENODEV);
	run_controlled(rig, 30 * RIG_S, RIG_S, LEASE_MS);
	assert_false(rig_map_bit(rig_last_map(rig), 5));
	assert_true(rig_map_bit(rig_last_map(rig), 6));
	assert_int_equal(rig->modules[5].duty, 0);
	done(rig);
}

static void a_duty_asked_for_again_after_a_restart_is_written_again(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)s;
	equalize(rig, 2, 3, 500, LEASE_MS);
	rig->modules[2].duty = 0;
	rig->modules[2].lease_until = 0;
	rig->modules[2].boots++;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_REBOOTED, 2, 3 * RIG_S));
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	run_controlled(rig, 3 * RIG_S, RIG_S, LEASE_MS);
	assert_int_equal(rig->modules[2].duty, 500);
	assert_int_equal(rig->modules[3].duty, 500);
	done(rig);
}

static void a_duty_the_module_has_dropped_is_written_again(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	equalize(rig, 2, 3, 500, LEASE_MS);
	rig->modules[2].mute = true;
	assert_true(run_until_map_without(rig, 2, 4 * RIG_S));
	rig->modules[2].mute = false;
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->scan.slots[2].state, OK);
	assert_int_equal(rig->modules[2].duty, 0);
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	run_controlled(rig, 3 * RIG_S, RIG_S, LEASE_MS);
	assert_int_equal(rig->modules[2].duty, 500);
	assert_true(rig->modules[2].lease_until > rig->now);
	done(rig);
}

static void a_duty_changed_while_it_is_written_is_written_again(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u32 written = rig->modules[2].written;

	(void)state;
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	scan_set_lease(&rig->scan, LEASE_MS);
	while (rig->modules[2].written == written)
		rig_run(rig, RIG_MS);
	assert_int_equal(scan_set_duty(&rig->scan, 2, 800, false), 0);
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->modules[2].duty, 800);
	assert_int_equal(rig->scan.slots[2].duty_confirmed, 800);
	done(rig);
}

static void a_refused_duty_is_reported_and_not_leased(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct scan_note *note;

	(void)state;
	rig->modules[2].refuse = RTU_DEVICE_FAILURE;
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	scan_set_lease(&rig->scan, LEASE_MS);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 2, 3 * RIG_S));
	note = rig_last_note(rig, SCAN_NOTE_COMMAND, 2);
	assert_int_equal(note->command.result, -EREMOTEIO);
	rig->modules[2].refuse = 0;
	run_controlled(rig, 25 * RIG_S, RIG_S, LEASE_MS);
	if (rig_last_map(rig))
		assert_false(rig_map_bit(rig_last_map(rig), 2));
	done(rig);
}

static void a_duty_that_nobody_confirms_is_reported_as_timed_out(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct scan_note *note;

	(void)state;
	rig->modules[2].mute = true;
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	scan_set_lease(&rig->scan, LEASE_MS);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 2, 3 * RIG_S));
	note = rig_last_note(rig, SCAN_NOTE_COMMAND, 2);
	assert_int_equal(note->command.result, -ETIMEDOUT);
	/* It may have obeyed: somebody must take the duty back soon. */
	run_controlled(rig, 3 * RIG_S, RIG_S / 2, LEASE_MS);
	assert_int_equal(rig->modules[2].duty, 0);
	done(rig);
}

static void what_is_out_of_range_is_refused_and_changes_nothing(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;
	size_t writes;

	(void)state;
	rig_expect(&config, 1, 5);
	rig = rig_new(&config);
	rig_add_range(rig, 1, 3);
	rig_add(rig, 4, BACS_CLASS_STRING);
	for (u8 a = 1; a <= 4; a++)
		assert_true(rig_run_until_state(rig, a, OK, 20 * RIG_S));
	writes = rig->writes;
	assert_int_equal(scan_set_duty(&rig->scan, 1, 1001, false), -ERANGE);
	assert_int_equal(scan_set_duty(&rig->scan, 0, 100, false), -ENODEV);
	assert_int_equal(scan_set_duty(&rig->scan, 5, 100, false), -ENODEV);
	assert_int_equal(scan_set_duty(&rig->scan, 247, 100, false), -ENODEV);
	assert_int_equal(scan_set_duty(&rig->scan, 248, 100, false), -ENODEV);
	assert_int_equal(scan_set_duty(&rig->scan, 255, 100, false), -ENODEV);
	assert_int_equal(scan_set_duty(&rig->scan, 4, 100, false), -EOPNOTSUPP);
	assert_int_equal(scan_command(&rig->scan, 4, SCAN_PENDING_RI, true),
			 -EOPNOTSUPP);
	assert_int_equal(scan_set_duty(&rig->scan, 1, 1000, true), 0);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->writes, writes);
	done(rig);
}

static void a_read_only_bus_is_never_written_to(void **state)
{
	const struct scan_config config = { .readonly = true };
	struct rig *rig = running(&config, 1, 4);
	u8 frame[RTU_FRAME_MAX];

	(void)state;
	assert_int_equal(scan_set_duty(&rig->scan, 1, 100, false), -EROFS);
	assert_int_equal(scan_set_duty(&rig->scan, 1, 0, false), -EROFS);
	assert_int_equal(scan_command(&rig->scan, 1, SCAN_PENDING_RI, true),
			 -EROFS);
	assert_int_equal(scan_command(&rig->scan, 1, SCAN_PENDING_IDENTIFY,
				      true), -EROFS);
	assert_int_equal(scan_latch(&rig->scan, 1), -EROFS);
	scan_set_lease(&rig->scan, LEASE_MS);
	scan_end_lease(&rig->scan);
	rig->modules[2].deaf = true;
	rig_run(rig, 120 * RIG_S);
	assert_int_equal(scan_final_map(&rig->scan, frame), 0);
	assert_int_equal(rig->writes, 0);
	done(rig);
}

static void ri_is_triggered_once_and_reported(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct scan_note *note;

	(void)state;
	assert_int_equal(scan_command(&rig->scan, 3, SCAN_PENDING_RI, true), 0);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 3, 3 * RIG_S));
	note = rig_last_note(rig, SCAN_NOTE_COMMAND, 3);
	assert_int_equal(note->command.cmd, BACS_CMD_RI_START);
	assert_int_equal(note->command.result, 0);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->modules[3].ri_runs, 1);
	done(rig);
}

static void a_busy_module_reports_busy(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	rig->modules[3].refuse = RTU_DEVICE_BUSY;
	assert_int_equal(scan_command(&rig->scan, 3, SCAN_PENDING_RI, true), 0);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 3, 3 * RIG_S));
	assert_int_equal(rig_last_note(rig, SCAN_NOTE_COMMAND, 3)->command.result,
			 -EBUSY);
	done(rig);
}

static void identification_goes_on_and_off(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	assert_int_equal(scan_command(&rig->scan, 3, SCAN_PENDING_IDENTIFY,
				      true), 0);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 3, 3 * RIG_S));
	assert_int_equal(rig->modules[3].identify, 1);
	assert_int_equal(rig_last_note(rig, SCAN_NOTE_COMMAND, 3)->command.cmd,
			 BACS_CMD_IDENTIFY_SET);
	assert_int_equal(scan_command(&rig->scan, 3, SCAN_PENDING_IDENTIFY,
				      false), 0);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_COMMAND, 3, 3 * RIG_S));
	assert_int_equal(rig->modules[3].identify, 0);
	done(rig);
}

static void a_latch_reaches_everybody_by_one_broadcast(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 since = rig->now;

	(void)state;
	assert_int_equal(scan_latch(&rig->scan, 4711), 0);
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig_count_sent(rig, RTU_BROADCAST, since), 1);
	for (u8 a = 1; a <= 8; a++)
		assert_int_equal(rig->modules[a].latch, 4711);
	done(rig);
}

static void many_commands_do_not_starve_the_scan(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 64);
	u64 since;

	(void)state;
	rig_run(rig, 10 * RIG_S);
	since = rig->now;
	for (u8 a = 1; a <= 64; a++)
		assert_int_equal(scan_set_duty(&rig->scan, a, 900, false), 0);
	scan_set_lease(&rig->scan, LEASE_MS);
	rig_run(rig, 5 * RIG_S);
	for (u8 a = 1; a <= 64; a++) {
		assert_int_equal(rig->modules[a].duty, 900);
		/* A scan takes 1.8 s, with as many commands less than 4 s. */
		assert_true(rig_last_note(rig, SCAN_NOTE_SAMPLE, a)->time_ns >
			    since);
	}
	done(rig);
}

static void many_commands_do_not_starve_the_lease(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 32);
	u64 since, last;

	(void)state;
	equalize(rig, 1, 32, 100, LEASE_MS);
	since = last = rig->now;
	for (int i = 0; i < 600; i++) {
		for (u8 a = 1; a <= 32; a++)
			scan_set_duty(&rig->scan, a, (u16)(100 + i), false);
		run_controlled(rig, RIG_S / 10, RIG_S / 10, LEASE_MS);
	}
	for (size_t i = 0; i < rig->sent_count; i++) {
		if (rig->sent[i].begin < since ||
		    rig->sent[i].bytes[0] != RTU_BROADCAST)
			continue;
		assert_true(rig->sent[i].begin - last <= 21 * RIG_S);
		last = rig->sent[i].begin;
	}
	assert_true(rig->now - last <= 21 * RIG_S);
	done(rig);
}

static u64 longest_quiet(const struct rig *rig, u64 since)
{
	u64 longest = 0, last = since;

	for (size_t i = 0; i < rig->sent_count; i++) {
		if (rig->sent[i].begin < since)
			continue;
		if (rig->sent[i].begin - last > longest)
			longest = rig->sent[i].begin - last;
		last = rig->sent[i].end;
	}
	return longest;
}

static void an_awake_bus_gets_a_frame_at_least_every_ten_seconds(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 60000 },
				  1, 4);
	u64 since = rig->now;

	(void)state;
	rig_run(rig, 300 * RIG_S);
	assert_in_range(longest_quiet(rig, since), RIG_S, 10 * RIG_S);
	for (u8 a = 1; a <= 4; a++)
		assert_int_equal(rig->scan.slots[a].state, OK);
	done(rig);
}

static void a_bus_that_may_sleep_is_left_alone_between_scans(void **state)
{
	const struct scan_config config = { .scan_ms = 60000,
					    .permit_sleep = true };
	struct rig *rig = running(&config, 1, 4);
	u64 since;

	(void)state;
	rig_run(rig, 60 * RIG_S);
	since = rig->now;
	rig_run(rig, 300 * RIG_S);
	assert_true(longest_quiet(rig, since) > 55 * RIG_S);
	done(rig);
}

static void scans_begin_in_step_with_their_period(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 2500 }, 1, 4);
	u64 last = 0;
	u32 steps = 0;

	(void)state;
	rig_run(rig, 60 * RIG_S);
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];

		if (note->kind != SCAN_NOTE_SAMPLE || note->address != 1)
			continue;
		if (last && note->time_ns > 1020 * RIG_S) {
			assert_in_range(note->time_ns - last, 2490 * RIG_MS,
					2600 * RIG_MS);
			steps++;
		}
		last = note->time_ns;
	}
	assert_true(steps >= 14);
	done(rig);
}

static void a_period_that_is_impossible_is_refused_with_the_minimum(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 64);
	u64 exchange = (8 + 5 + 2 * BACS_C_JAR_REGISTERS) * rig->char_ns +
		       2 * rig->t35_ns;
	u32 min_ms = 0;

	(void)s;
	assert_int_equal(scan_set_period(&rig->scan, 100, &min_ms), -ERANGE);
	assert_in_range(min_ms, 64 * exchange / RIG_MS,
			64 * exchange / RIG_MS + 1);
	assert_int_equal(scan_set_period(&rig->scan, min_ms - 1, &min_ms),
			 -ERANGE);
	assert_int_equal(scan_set_period(&rig->scan, min_ms, &min_ms), 0);
	assert_int_equal(scan_set_period(&rig->scan, 60001, &min_ms), -ERANGE);
	assert_int_equal(scan_set_period(&rig->scan, 60000, &min_ms), 0);
	assert_int_equal(scan_set_period(&rig->scan, 0, &min_ms), 0);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duty_is_written_confirmed_and_reported),
		cmocka_unit_test(a_duty_does_not_wait_for_the_next_scan),
		cmocka_unit_test(the_map_names_exactly_those_who_equalize),
		cmocka_unit_test(maps_are_never_more_than_twenty_seconds_and_a_scan_apart),
		cmocka_unit_test(modules_go_on_through_ten_minutes_of_a_living_controller),
		cmocka_unit_test(the_shortest_lease_holds_with_a_living_controller),
		cmocka_unit_test(a_module_is_never_leased_for_longer_than_the_controller),
		cmocka_unit_test(a_lease_that_ends_sets_everybody_to_zero_and_says_so),
		cmocka_unit_test(a_controller_that_goes_sets_everybody_to_zero_at_once),
		cmocka_unit_test(a_duty_still_in_the_queue_dies_with_the_lease),
		cmocka_unit_test(the_last_word_of_a_bus_is_a_map_of_zeros),
		cmocka_unit_test(the_bit_of_a_module_silent_for_three_requests_is_clear),
		cmocka_unit_test(a_lost_module_is_unleased_and_refuses_commands),
		cmocka_unit_test(a_duty_asked_for_again_after_a_restart_is_written_again),
		cmocka_unit_test(a_duty_the_module_has_dropped_is_written_again),
		cmocka_unit_test(a_duty_changed_while_it_is_written_is_written_again),
		cmocka_unit_test(a_refused_duty_is_reported_and_not_leased),
		cmocka_unit_test(a_duty_that_nobody_confirms_is_reported_as_timed_out),
		cmocka_unit_test(what_is_out_of_range_is_refused_and_changes_nothing),
		cmocka_unit_test(a_read_only_bus_is_never_written_to),
		cmocka_unit_test(ri_is_triggered_once_and_reported),
		cmocka_unit_test(a_busy_module_reports_busy),
		cmocka_unit_test(identification_goes_on_and_off),
		cmocka_unit_test(a_latch_reaches_everybody_by_one_broadcast),
		cmocka_unit_test(many_commands_do_not_starve_the_scan),
		cmocka_unit_test(many_commands_do_not_starve_the_lease),
		cmocka_unit_test(an_awake_bus_gets_a_frame_at_least_every_ten_seconds),
		cmocka_unit_test(a_bus_that_may_sleep_is_left_alone_between_scans),
		cmocka_unit_test(scans_begin_in_step_with_their_period),
		cmocka_unit_test(a_period_that_is_impossible_is_refused_with_the_minimum),
	};

	return RUN("scan-lease", tests);
}
