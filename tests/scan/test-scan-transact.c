// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: raw access
 *
 * One PDU of the outside in a slot of its own: timed like everything, never
 * repeated, judged apart from the modules, at most half of the line (MASTER,
 * point 6).
 */
#include "transact-script.h"

static void a_read_is_sent_at_once_and_its_reply_handed_back(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	struct scan_stats *module = &rig->scan.slots[3].stats;
	struct scan_stats was;
	struct scan_raw raw;
	u64 since, bus;

	(void)state;
	rig_run(rig, 5 * RIG_S);
	was = *module;
	bus = rig->scan.stats.requests;
	since = rig->now;
	raw = transact(rig, 3, read_two, sizeof(read_two), 0);
	assert_int_equal(raw.result, 0);
	assert_int_equal(raw.len, 6);
	assert_int_equal(raw.pdu[0], RTU_READ_INPUT);
	assert_int_equal(raw.pdu[1], 4);
	assert_int_equal(rtu_get_u16(raw.pdu + 2), 13003);
	assert_int_equal(rtu_get_u16(raw.pdu + 4), 213);
	assert_true(rig->now - since <= 100 * RIG_MS);
	/* Taken at its last byte */
	assert_int_equal(rig->now, rig->wire_end);
	/* Counted, but not as the module's */
	assert_memory_equal(module, &was, sizeof(was));
	assert_int_equal(rig->scan.stats.requests, bus + 1);
	assert_int_equal(rig->scan.stats.replies, 1);
	assert_int_equal(rig_count_sent(rig, 3, since), 1);
	assert_int_equal(rig->writes, 0);
	done(rig);
}

static void an_exception_is_handed_back(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	u64 was = rig->scan.slots[2].stats.exceptions;
	struct scan_raw raw;

	(void)state;
	for (u8 code = 1; code <= 11; code++) {
		rig->modules[2].refuse = code;
		raw = transact(rig, 2, read_two, sizeof(read_two), 0);
		assert_int_equal(raw.result, -EREMOTEIO);
		assert_int_equal(raw.len, 2);
		assert_int_equal(raw.pdu[0], 0x84);
		assert_int_equal(raw.pdu[1], code);
	}
	assert_int_equal(rig->scan.slots[2].stats.exceptions, was);
	assert_int_equal(rig->scan.stats.exceptions, 11);
	done(rig);
}

static void nobody_answers_once_and_only_so_long(void **state)
{
	static const struct {
		u32 asked, waited;
	} times[] = { { 0, 50 }, { 5, 5 }, { 700, 700 }, { 10000, 10000 } };
	struct rig *rig = running(SLOW, 1, 4);

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		u64 since;
		struct scan_raw raw;
		const struct rig_sent *sent;

		rig_run(rig, 12 * RIG_S);
		since = rig->now;
		raw = transact(rig, 99, read_two, sizeof(read_two),
			       times[i].asked);
		sent = rig_last_sent(rig, 99);
		assert_int_equal(raw.result, -ETIMEDOUT);
		assert_int_equal(raw.len, 0);
		assert_int_equal(rig->now, sent->end + times[i].waited * RIG_MS);
		rig_run(rig, RIG_S);
		assert_int_equal(rig_count_sent(rig, 99, since), 1);
	}
	assert_int_equal(rig->scan.stats.timeouts, 4);
	done(rig);
}

static void no_silence_of_a_raw_pdu_loses_a_module_or_the_bus(void **state)
{
	struct script silent = { .silent = true, .only = 1, .function = 0x41 };
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 1);
	const struct scan_slot *slot = &rig->scan.slots[1];

	(void)state;
	direct(rig, &silent);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(TRANSACT(rig, 1, 200, 0x41, i).result,
				 -ETIMEDOUT);
		assert_int_equal(slot->misses, 0);
		assert_int_equal(slot->unanswered, 0);
		assert_int_equal(slot->state, OK);
	}
	assert_int_equal(silent.seen, 30);
	assert_int_equal(slot->stats.losses, 0);
	assert_int_equal(slot->stats.timeouts, 0);
	assert_int_equal(slot->stats.retries, 0);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_RUNNING);
	done(rig);
}

static void a_broadcast_is_not_waited_for_and_leaves_the_line_alone(void **s)
{
	static const u32 asked[] = { 0, 200 }, left[] = { 10, 200 };
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)s;
	rig->any_pdu = true;
	for (int i = 0; i < 2; i++) {
		const struct rig_sent *sent;
		u64 over, since = rig->now;
		struct scan_raw raw = TRANSACT(rig, 0, asked[i], 6, 0,
					       BACS_C_HOLD_LATCH, 7, i);

		assert_int_equal(raw.result, 0);
		assert_int_equal(raw.len, 0);
		over = rig->now;
		sent = first_sent(rig, 0, since);
		assert_int_equal(sent->bytes[1], RTU_WRITE_SINGLE);
		assert_int_equal(over, sent->end + left[i] * RIG_MS);
		for (u8 a = 1; a <= 4; a++)
			assert_int_equal(rig->modules[a].latch, 0x0700 + i);
		rig_run(rig, 3 * RIG_S);
	}
	done(rig);
}

static void what_is_no_pdu_is_refused_and_the_longest_is_sent(void **state)
{
	struct script echo = { .only = 3 };
	struct rig *rig = running(SLOW, 1, 4);
	u8 pdu[RTU_PDU_MAX + 1] = { 0x41 };
	struct scan *scan = &rig->scan;
	struct scan_raw raw;
	size_t sent;

	(void)state;
	direct(rig, &echo);
	rig_run(rig, 5 * RIG_S);
	sent = rig->sent_count;
	assert_int_equal(scan_transact(scan, 3, pdu, 254, 0), -EINVAL);
	assert_int_equal(scan_transact(scan, 3, pdu, SIZE_MAX, 0), -EINVAL);
	assert_int_equal(scan_transact(scan, 3, pdu, 0, 0), -EINVAL);
	assert_int_equal(scan_transact(scan, 248, pdu, 1, 0), -EINVAL);
	assert_int_equal(scan_transact(scan, 255, pdu, 1, 0), -EINVAL);
	assert_int_equal(scan_transact(scan, 3, pdu, 1, 10001), -EINVAL);
	pdu[0] = 0;
	assert_int_equal(scan_transact(scan, 3, pdu, 2, 0), -EINVAL);
	pdu[0] = 0x80;
	assert_int_equal(scan_transact(scan, 3, pdu, 2, 0), -EINVAL);
	pdu[0] = 0xFF;
	assert_int_equal(scan_transact(scan, 3, pdu, 2, 0), -EINVAL);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->sent_count, sent);

	pdu[0] = 0x7F;
	for (size_t i = 1; i < RTU_PDU_MAX; i++)
		pdu[i] = (u8)(i * 7);
	echo.pdu = pdu;
	echo.len = RTU_PDU_MAX;
	raw = transact(rig, 3, pdu, RTU_PDU_MAX, 0);
	assert_int_equal(raw.result, 0);
	assert_int_equal(raw.len, RTU_PDU_MAX);
	assert_memory_equal(raw.pdu, pdu, RTU_PDU_MAX);
	assert_int_equal(rig_last_sent(rig, 3)->len + 1, RTU_FRAME_MAX);
	done(rig);
}

static void a_read_only_bus_refuses_even_to_read(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .readonly = true }, 1, 2);

	(void)state;
	assert_int_equal(scan_transact(&rig->scan, 1, read_two,
				       sizeof(read_two), 0), -EROFS);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_TRANSACT, 0), 0);
	assert_int_equal(rig->scan.stats.requests, 0);
	done(rig);
}

static void there_is_one_at_a_time(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	struct scan *scan = &rig->scan;
	struct scan_raw raw;

	(void)state;
	assert_int_equal(scan_transact(scan, 1, read_two, 5, 0), 0);
	assert_int_equal(scan_transact(scan, 2, read_two, 5, 0), -EBUSY);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_TRANSACT, 0, RIG_S));
	/* Its result may not be overwritten. */
	assert_int_equal(scan_transact(scan, 2, read_two, 5, 0), -EBUSY);
	assert_true(scan_transact_take(scan, &raw));
	assert_int_equal(rtu_get_u16(raw.pdu + 2), 13001);
	raw = transact(rig, 2, read_two, 5, 0);
	assert_int_equal(rtu_get_u16(raw.pdu + 2), 13002);
	done(rig);
}

static void a_reply_of_no_known_length_ends_by_silence(void **state)
{
	static const u8 reply[] = { RTU_ENCAPSULATED, 9, 8, 7, 6, 5, 4, 3, 2, 1 };
	struct script script = { .pdu = reply, .only = 2 };
	struct rig *rig = running(SLOW, 1, 4);

	(void)state;
	direct(rig, &script);
	for (script.len = 2; script.len <= sizeof(reply); script.len++) {
		struct scan_raw raw = TRANSACT(rig, 2, 0, RTU_ENCAPSULATED,
					       RTU_MEI_DEVICE_ID, 1, 0);

		assert_int_equal(raw.result, 0);
		assert_int_equal(raw.len, script.len);
		assert_memory_equal(raw.pdu, reply, script.len);
		assert_int_equal(rig->now, rig->wire_end + rig->t35_ns);
	}
	/* The function code alone is an answer, too. */
	script.len = 1;
	assert_int_equal(TRANSACT(rig, 2, 0, RTU_ENCAPSULATED, 14).len, 1);
	/* Others of V1.1b3, by their own counts: at the last byte */
	script.pdu = (const u8 []){ RTU_SERVER_ID, 3, 0x10, 0xFF, 0x42 };
	script.len = 5;
	assert_int_equal(TRANSACT(rig, 2, 0, RTU_SERVER_ID).len, 5);
	assert_int_equal(rig->now, rig->wire_end);
	script.pdu = (const u8 []){ RTU_READ_COILS, 3, 0xCD, 0x6B, 0x05 };
	assert_int_equal(TRANSACT(rig, 2, 0, RTU_READ_COILS, 0, 0, 0, 19).len, 5);
	assert_int_equal(rig->now, rig->wire_end);
	done(rig);
}

static void damaged_is_an_error_and_unfitting_is_shown(void **state)
{
	static const u8 three[] = { RTU_READ_INPUT, 6, 1, 2, 3, 4, 5, 6 };
	struct script script = { .pdu = three, .len = 8, .only = 2 };
	struct rig *rig = running(SLOW, 1, 4);
	struct scan_raw raw;

	(void)state;
	direct(rig, &script);
	raw = transact(rig, 2, read_two, 5, 0);
	assert_int_equal(raw.result, -EPROTO);
	assert_int_equal(raw.len, 8);
	assert_memory_equal(raw.pdu, three, 8);
	script.bad_crc = true;
	raw = transact(rig, 2, read_two, 5, 0);
	assert_int_equal(raw.result, -EIO);
	assert_int_equal(raw.len, 0);
	assert_int_equal(rig->scan.stats.crc_errors, 1);
	script.bad_crc = false;
	script.len = 1;
	script.pdu = (const u8 []){ 0x42 };
	raw = TRANSACT(rig, 2, 0, 0x41);
	assert_int_equal(raw.result, -EPROTO);
	assert_int_equal(raw.len, 1);
	assert_int_equal(rig->scan.stats.unexpected, 2);
	done(rig);
}

static void too_much_is_the_bus_s_and_never_a_reply(void **state)
{
	u8 longest[RTU_PDU_MAX] = { RTU_ENCAPSULATED };
	static const u8 two[] = { RTU_READ_INPUT, 4, 1, 2, 3, 4 };
	struct script script = { .pdu = two, .len = 6, .only = 2, .extra = 3 };
	struct rig *rig = running(SLOW, 1, 4);
	struct scan_raw raw;

	(void)state;
	direct(rig, &script);
	raw = transact(rig, 2, read_two, 5, 0);
	assert_int_equal(raw.result, 0);
	assert_int_equal(raw.len, 6);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->scan.stats.long_frames, 1);
	assert_int_equal(rig->scan.slots[2].stats.long_frames, 0);
	/* A whole frame and more: what the buffer holds is not the reply. */
	script.pdu = longest;
	script.len = sizeof(longest);
	raw = TRANSACT(rig, 2, 0, RTU_ENCAPSULATED, RTU_MEI_DEVICE_ID, 1, 0);
	assert_int_equal(raw.result, -EIO);
	assert_int_equal(raw.len, 0);
	done(rig);
}

static void late_and_foreign_replies_are_counted_as_always(void **state)
{
	static const u8 reply[] = { RTU_READ_INPUT, 4, 1, 2, 3, 4 };
	struct script foreign = { .pdu = reply, .len = 6, .only = 2, .as = 77 };
	struct rig *rig = running(SLOW, 1, 4);
	struct scan_raw raw;

	(void)state;
	rig_run(rig, 5 * RIG_S);
	direct(rig, &foreign);
	raw = transact(rig, 2, read_two, 5, 100);
	assert_int_equal(raw.result, -ETIMEDOUT);
	assert_int_equal(raw.len, 0);
	assert_int_equal(rig->scan.stats.foreign, 1);
	assert_int_equal(rig->scan.slots[2].stats.foreign, 0);

	/* It answers 30 ms after its time-out. */
	rig->hook = NULL;
	rig->modules[3].delay_us = 80000;
	raw = transact(rig, 3, read_two, 5, 0);
	assert_int_equal(raw.result, -ETIMEDOUT);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->scan.slots[3].stats.late, 1);
	assert_int_equal(rig->scan.slots[3].misses, 0);
	done(rig);
}

static void it_waits_for_the_end_of_listening_and_comes_during_discovery(void **s)
{
	struct rig *rig = rig_new(&(struct scan_config){ 0 });
	struct scan_raw raw;

	(void)s;
	rig_add_range(rig, 40, 44);
	raw = transact(rig, 42, read_two, 5, 0);
	assert_int_equal(raw.result, 0);
	assert_true(rig->now >= rig->scan.started + SCAN_LISTEN_NS);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_DISCOVERING);
	/* It found nobody: that is for the search to do. */
	assert_int_equal(rig->scan.slots[42].state, BACS_MODULE_STATE_UNKNOWN);
	for (int i = 0; i < 20; i++)
		assert_int_equal(transact(rig, 43, read_two, 5, 0).result, 0);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_DISCOVERING);
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 90 * RIG_S));
	assert_true(rig_run_until_state(rig, 44, OK, 10 * RIG_S));
	done(rig);
}

static void it_is_sent_on_a_lost_bus_and_revives_nobody(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 3);

	(void)state;
	for (u8 a = 1; a <= 3; a++)
		rig->modules[a].there = false;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_LOST, 60 * RIG_S));
	rig_add(rig, 99, BACS_CLASS_JAR);
	assert_int_equal(transact(rig, 99, read_two, 5, 0).result, 0);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_LOST);
	assert_int_equal(rig->scan.slots[99].state, BACS_MODULE_STATE_UNKNOWN);
	assert_int_equal(transact(rig, 1, read_two, 5, 0).result, -ETIMEDOUT);
	assert_int_equal(rig->scan.slots[1].state, LOST);
	done(rig);
}

/* As fast as it goes, and always to somebody who does not answer for long */
static void slow_ones_take_half_of_the_line_at_most(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 32);
	u64 begin = rig->now, waited = 0, end = begin + 120 * RIG_S;
	u32 scans = rig->scan.scans;

	(void)state;
	while (rig->now < end) {
		assert_int_equal(transact(rig, 99, read_two, 5, 2000).result,
				 -ETIMEDOUT);
		waited += 2000 * RIG_MS;
	}
	assert_true(waited <= (rig->now - begin) / 2 + 2 * RIG_S);
	/* About one scan a second is possible; half of them are left. */
	assert_true(rig->scan.scans - scans >= 40);
	for (u8 a = 1; a <= 32; a++) {
		assert_int_equal(rig->scan.slots[a].state, OK);
		assert_int_equal(rig->scan.slots[a].stats.losses, 0);
	}
	done(rig);
}

static void the_next_one_waits_as_long_as_the_one_before_took(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	u64 begun, over, since;

	(void)state;
	rig_run(rig, 5 * RIG_S);
	for (u32 ms = 100; ms <= 1600; ms *= 2) {
		since = rig->now;
		transact(rig, 99, read_two, 5, ms);
		over = rig->now;
		begun = first_sent(rig, 99, since)->begin;
		transact(rig, 98, read_two, 5, 5);
		since = first_sent(rig, 98, since)->begin;
		assert_in_range(since - over, over - begun,
				over - begun + 60 * RIG_MS);
		rig_run(rig, 5 * RIG_S);
	}
	done(rig);
}

static void fast_ones_starve_neither_scan_nor_search(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 32);
	u64 end;
	u32 scans;

	(void)state;
	rig_run(rig, 10 * RIG_S);
	rig->modules[7].there = false;
	end = rig->now + 60 * RIG_S;
	scans = rig->scan.scans;
	while (rig->now < end) {
		assert_int_equal(transact(rig, 3, read_two, 5, 0).result, 0);
		if (rig->scan.slots[7].state == LOST)
			rig->modules[7].there = true;
	}
	assert_true(rig->scan.scans - scans >= 20);
	/* It was found lost, asked for and found again meanwhile. */
	assert_int_equal(rig->scan.slots[7].stats.losses, 1);
	assert_int_equal(rig->scan.slots[7].state, OK);
	done(rig);
}

static void a_bus_that_ends_tells_it(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);
	struct scan_raw raw;

	(void)state;
	/* On the wire */
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 5000), 0);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->scan.raw.phase, SCAN_RAW_SENT);
	scan_stop(&rig->scan);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_TRANSACT, 0), 1);
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, -ENODEV);
	assert_int_equal(scan_transact(&rig->scan, 1, read_two, 5, 0), -ENODEV);
	done(rig);

	/* Waiting */
	rig = rig_new(&(struct scan_config){ 0 });
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 5000), 0);
	scan_stop(&rig->scan);
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, -ENODEV);
	rig_run(rig, RIG_S);
	assert_int_equal(rig->sent_count, 0);
	done(rig);
}

static void one_that_is_not_wanted_any_more_is_not_sent(void **state)
{
	struct rig *rig = rig_new(&(struct scan_config){ 0 });
	struct scan_raw raw;

	(void)state;
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 0), 0);
	scan_transact_cancel(&rig->scan, -ECANCELED);
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, -ECANCELED);
	rig_run(rig, RIG_S);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_TRANSACT, 0), 1);
	/* Once it is sent it ends as it would. */
	assert_int_equal(scan_transact(&rig->scan, 99, read_two, 5, 0), 0);
	while (rig->scan.raw.phase != SCAN_RAW_SENT)
		rig_run(rig, RIG_MS);
	scan_transact_cancel(&rig->scan, -ECANCELED);
	assert_int_equal(rig->scan.raw.phase, SCAN_RAW_SENT);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_TRANSACT, 0, RIG_S));
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_int_equal(raw.result, -ETIMEDOUT);
	done(rig);
}

static void a_line_that_takes_nothing_is_told(void **state)
{
	struct rig *rig = running(SLOW, 1, 4);

	(void)state;
	rig->any_pdu = true;
	rig->transmit_error = -EAGAIN;
	assert_int_equal(transact(rig, 1, read_two, 5, 0).result, -EIO);
	assert_int_equal(TRANSACT(rig, 0, 0, 6, 0, 8, 0, 1).result, -EIO);
	rig->transmit_error = 0;
	assert_int_equal(transact(rig, 1, read_two, 5, 0).result, 0);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_is_sent_at_once_and_its_reply_handed_back),
		cmocka_unit_test(an_exception_is_handed_back),
		cmocka_unit_test(nobody_answers_once_and_only_so_long),
		cmocka_unit_test(no_silence_of_a_raw_pdu_loses_a_module_or_the_bus),
		cmocka_unit_test(a_broadcast_is_not_waited_for_and_leaves_the_line_alone),
		cmocka_unit_test(what_is_no_pdu_is_refused_and_the_longest_is_sent),
		cmocka_unit_test(a_read_only_bus_refuses_even_to_read),
		cmocka_unit_test(there_is_one_at_a_time),
		cmocka_unit_test(a_reply_of_no_known_length_ends_by_silence),
		cmocka_unit_test(damaged_is_an_error_and_unfitting_is_shown),
		cmocka_unit_test(too_much_is_the_bus_s_and_never_a_reply),
		cmocka_unit_test(late_and_foreign_replies_are_counted_as_always),
		cmocka_unit_test(it_waits_for_the_end_of_listening_and_comes_during_discovery),
		cmocka_unit_test(it_is_sent_on_a_lost_bus_and_revives_nobody),
		cmocka_unit_test(slow_ones_take_half_of_the_line_at_most),
		cmocka_unit_test(the_next_one_waits_as_long_as_the_one_before_took),
		cmocka_unit_test(fast_ones_starve_neither_scan_nor_search),
		cmocka_unit_test(a_bus_that_ends_tells_it),
		cmocka_unit_test(one_that_is_not_wanted_any_more_is_not_sent),
		cmocka_unit_test(a_line_that_takes_nothing_is_told),
	};

	return RUN("scan-transact", tests);
}
