// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: the machine sleeps and wakes. Modules fall asleep, too, when
 * nobody asks them for 30 s, and need 4 s of traffic to wake.
 */
#include "suite.h"

#define SLEEP_NS	(600 * RIG_S)

static const struct scan_config any;

static void sleep_and_wake(struct rig *rig)
{
	scan_pause(&rig->scan);
	rig_run(rig, SLEEP_NS);
	scan_resume(&rig->scan);
}

/* Deaf until 4 s after the first request since @hook_data */
static bool asleep(struct rig *rig, const u8 *request, size_t len)
{
	u64 *woken = rig->hook_data;

	(void)request;
	(void)len;
	if (!*woken)
		*woken = rig->now;
	return rig->now - *woken < 4 * RIG_S;
}

static bool dead(struct rig *rig, const u8 *request, size_t len)
{
	(void)rig;
	(void)request;
	(void)len;
	return true;
}

static void a_pause_says_and_hears_nothing(void **state)
{
	static const u8 noise[] = { 1, 4, 0, 0 };
	struct rig *rig = running(&any, 1, 4);
	size_t sent = rig->sent_count;
	u64 heard;

	(void)state;
	scan_pause(&rig->scan);
	heard = rig->scan.bytes_rx;
	rig_say(rig, rig->now + RIG_S, noise, sizeof(noise));
	rig_say_error(rig, rig->now + 2 * RIG_S, 0);
	rig_run(rig, SLEEP_NS);
	assert_int_equal(rig->sent_count, sent);
	assert_int_equal(rig->scan.bytes_rx, heard);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_PAUSED, 0), 1);
	scan_resume(&rig->scan);
	rig_run(rig, 2 * RIG_S);
	assert_true(rig->sent_count > sent);
	assert_int_equal(rig->scan.slots[1].stats.line_errors, 0);
	done(rig);
}

static void sleepers_are_not_lost(void **state)
{
	static const u8 counts[] = { 1, 3, 64 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct rig *rig = running(&any, 1, counts[i]);
		size_t samples = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1);
		u64 woken = 0;

		rig->hook = asleep;
		rig->hook_data = &woken;
		sleep_and_wake(rig);
		rig_run(rig, 60 * RIG_S);
		for (u8 a = 1; a <= counts[i]; a++) {
			assert_int_equal(rig->scan.slots[a].state, OK);
			assert_int_equal(rig->scan.slots[a].stats.losses, 0);
		}
		assert_int_equal(rig->scan.state, BACS_BUS_STATE_RUNNING);
		assert_true(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1) >
			    samples + 20);
		done(rig);
	}
}

static void one_that_is_gone_is_lost_soon(void **state)
{
	struct rig *rig = running(&any, 1, 3);
	u64 woken;

	(void)state;
	scan_pause(&rig->scan);
	rig->modules[2].there = false;
	rig_run(rig, SLEEP_NS);
	scan_resume(&rig->scan);
	woken = rig->now;
	assert_true(rig_run_until_state(rig, 2, LOST, 30 * RIG_S));
	assert_in_range(rig->now - woken, 8 * RIG_S, 12 * RIG_S);
	assert_int_equal(rig->scan.slots[1].state, OK);
	assert_int_equal(rig->scan.slots[3].state, OK);
	done(rig);
}

static void a_line_that_was_cut_is_lost_soon(void **state)
{
	struct rig *rig = running(&any, 1, 64);
	u64 woken;

	(void)state;
	rig->hook = dead;
	sleep_and_wake(rig);
	woken = rig->now;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_LOST, 60 * RIG_S));
	assert_in_range(rig->now - woken, 8 * RIG_S, 14 * RIG_S);
	done(rig);
}

/* Who knows how long it was, and whether anybody looked on? */
static void equalizing_is_over(void **state)
{
	struct rig *rig = running(&any, 1, 3);

	(void)state;
	assert_int_equal(scan_set_duty(&rig->scan, 2, 500, false), 0);
	scan_set_lease(&rig->scan, 60000);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->modules[2].duty, 500);
	sleep_and_wake(rig);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_LEASE_EXPIRED, 0), 1);
	rig_run(rig, RIG_S);
	assert_false(rig_map_bit(rig_last_map(rig), 2));
	assert_int_equal(rig->modules[2].duty, 0);
	assert_false(scan_leases(&rig->scan));
	done(rig);
}

static void a_raw_request_under_way_has_no_answer(void **state)
{
	static const u8 pdu[] = { RTU_READ_INPUT, 0, 0, 0, 1 };
	struct rig *rig = running(&any, 1, 3);
	struct scan_raw raw;

	(void)state;
	rig->hook = dead;
	assert_int_equal(scan_transact(&rig->scan, 2, pdu, sizeof(pdu), 5000), 0);
	while (rig->scan.raw.phase != SCAN_RAW_SENT)
		rig_run(rig, RIG_MS);
	scan_pause(&rig->scan);
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, -ETIMEDOUT);
	/* One that waits is sent afterwards. */
	assert_int_equal(scan_transact(&rig->scan, 2, pdu, sizeof(pdu), 0), 0);
	rig->hook = NULL;
	rig_run(rig, SLEEP_NS);
	assert_false(scan_transact_take(&rig->scan, &raw));
	scan_resume(&rig->scan);
	rig_run(rig, 2 * RIG_S);
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, 0);
	done(rig);
}

static void a_command_under_way_is_sent_again(void **state)
{
	struct rig *rig = running(&any, 1, 3);
	u32 written = rig->modules[2].written;

	(void)state;
	rig->modules[2].deaf = true;
	assert_int_equal(scan_command(&rig->scan, 2, SCAN_PENDING_IDENTIFY,
				      true), 0);
	while (rig->scan.kind != SCAN_KIND_IDENTIFY)
		rig_run(rig, RIG_MS);
	scan_pause(&rig->scan);
	rig->modules[2].deaf = false;
	rig_run(rig, SLEEP_NS);
	scan_resume(&rig->scan);
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->modules[2].identify, 1);
	assert_int_equal(rig->modules[2].written, written + 1);
	done(rig);
}

static void a_bus_that_listened_listens_again(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;
	u64 woken;

	(void)state;
	rig_expect(&config, 1, 2);
	rig = rig_new(&config);
	rig_add_range(rig, 1, 2);
	rig_run(rig, 100 * RIG_MS);
	sleep_and_wake(rig);
	woken = rig->now;
	rig_run(rig, 2 * RIG_S);
	assert_in_range(rig->sent[0].begin - woken, 500 * RIG_MS, 600 * RIG_MS);
	assert_true(rig_run_until_state(rig, 1, OK, 10 * RIG_S));
	done(rig);
}

static void out_of_turn_nothing_happens(void **state)
{
	struct rig *rig = running(&any, 1, 2);

	(void)state;
	scan_resume(&rig->scan);
	rig_run(rig, 2 * RIG_S);
	scan_pause(&rig->scan);
	scan_pause(&rig->scan);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_PAUSED, 0), 1);
	scan_rescan(&rig->scan);
	scan_stop(&rig->scan);
	scan_resume(&rig->scan);
	assert_int_equal(rig->scan.phase, SCAN_STOPPED);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pause_says_and_hears_nothing),
		cmocka_unit_test(sleepers_are_not_lost),
		cmocka_unit_test(one_that_is_gone_is_lost_soon),
		cmocka_unit_test(a_line_that_was_cut_is_lost_soon),
		cmocka_unit_test(equalizing_is_over),
		cmocka_unit_test(a_raw_request_under_way_has_no_answer),
		cmocka_unit_test(a_command_under_way_is_sent_again),
		cmocka_unit_test(a_bus_that_listened_listens_again),
		cmocka_unit_test(out_of_turn_nothing_happens),
	};

	return RUN("scan-pause", tests);
}
