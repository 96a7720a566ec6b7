// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: counters that tell the causes of trouble apart (MASTER 4).
 * What they count is counted by kind, too; test-scan-wire has that.
 */
#include "suite.h"

enum cause {
	CAUSE_NONE,
	CAUSE_ECHO,		/* our own request, then the right answer */
	CAUSE_GARBLED,		/* another speed: nothing is right */
	CAUSE_GARBLED_ERROR,	/* the same where the UART tells */
	CAUSE_OVERLONG,		/* two at once, the second a bit later */
	CAUSE_FEW,		/* half of the bytes */
	CAUSE_MANY,		/* half as many more */
	CAUSE_FLIP,		/* noise */
	CAUSE_FLIP_ERRORS,	/* the UART sees most of it */
	CAUSE_STRANGER,
};

static bool answer(struct rig *rig, const u8 *request, size_t len)
{
	enum cause *cause = rig->hook_data, now = *cause;
	u64 at = rig->wire_end + 3 * RIG_MS;
	u8 reply[RTU_FRAME_MAX];
	size_t n;

	if (request[0] != 5 || now == CAUSE_NONE)
		return false;
	*cause = CAUSE_NONE;
	n = rig_answer(rig, request, len, reply);
	switch (now) {
	case CAUSE_ECHO:
		rig_say(rig, rig->wire_end - len * rig->char_ns, request, len);
		break;
	case CAUSE_GARBLED:
		memset(reply, 0xFC, n);
		break;
	case CAUSE_GARBLED_ERROR:
		rig_say_error(rig, at, 0xFC);
		return true;
	case CAUSE_OVERLONG:
		reply[n / 2] ^= 0x10;
		rig_say(rig, at + n * rig->char_ns, reply + n - 2, 2);
		break;
	case CAUSE_FEW:
		n /= 2;
		break;
	case CAUSE_MANY:
		reply[n / 2] ^= 0x10;
		rig_say(rig, at + n * rig->char_ns, reply, n / 2);
		break;
	case CAUSE_FLIP_ERRORS:
		rig_say(rig, at, reply, 2);
		for (size_t i = 2; i < n; i++)
			rig_say_error(rig, at + i * rig->char_ns, reply[i]);
		return true;
	case CAUSE_FLIP:
		reply[n / 2] ^= 0x10;
		break;
	case CAUSE_STRANGER:
		reply[0] = 99;
		n = rtu_seal(reply, n - 2);
		break;
	case CAUSE_NONE:
		break;
	}
	rig_say(rig, at, reply, n);
	return true;
}

/* What one such answer moves; the module is polled once a second. */
static struct scan_stats one(enum cause cause)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	struct scan_stats *stats = &rig->scan.slots[5].stats, got;
	enum cause left = cause;

	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	*stats = (struct scan_stats){ 0 };
	rig->hook = answer;
	rig->hook_data = &left;
	rig_run(rig, 1500 * RIG_MS);
	assert_int_equal(left, CAUSE_NONE);
	assert_int_equal(rig->scan.slots[5].stranger,
			 cause == CAUSE_STRANGER ? 99 : 0);
	got = *stats;
	done(rig);
	return got;
}

static void assert_causes(enum cause cause, u64 echoes, u64 garbled,
			  u64 overlong, u64 misfits)
{
	struct scan_stats got = one(cause);

	assert_int_equal(got.echoes, echoes);
	assert_int_equal(got.garbled, garbled);
	assert_int_equal(got.overlong, overlong);
	assert_int_equal(got.misfits, misfits);
	assert_int_equal(got.reboots, 0);
	assert_int_equal(got.changes, 0);
}

static void each_cause_has_its_counter(void **state)
{
	(void)state;
	assert_causes(CAUSE_NONE, 0, 0, 0, 0);
	assert_causes(CAUSE_GARBLED, 0, 1, 0, 0);
	assert_causes(CAUSE_GARBLED_ERROR, 0, 1, 0, 1);
	assert_causes(CAUSE_OVERLONG, 0, 0, 1, 0);
	assert_causes(CAUSE_FEW, 0, 0, 0, 1);
	assert_causes(CAUSE_MANY, 0, 0, 1, 1);
	assert_causes(CAUSE_FLIP, 0, 0, 0, 0);
	/* a character with a line error is one, too */
	assert_causes(CAUSE_FLIP_ERRORS, 0, 0, 0, 0);
	assert_causes(CAUSE_STRANGER, 0, 0, 0, 0);
}

static void our_own_request_that_comes_back_is_an_echo(void **state)
{
	struct scan_stats got = one(CAUSE_ECHO);

	(void)state;
	assert_int_equal(got.echoes, 1);
	assert_int_equal(got.unexpected, 1);
}

/* A broadcast that comes back is no other master's. */
static void an_echo_is_no_second_master(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	const struct rig_sent *sent;
	u64 foreign;

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	assert_int_equal(scan_latch(&rig->scan, 7), 0);
	while (!rig_last_sent(rig, RTU_BROADCAST))
		rig_run(rig, RIG_MS);
	sent = rig_last_sent(rig, RTU_BROADCAST);
	rig_say(rig, sent->end - 8 * rig->char_ns, sent->bytes, 8);
	foreign = rig->scan.stats.foreign;
	rig_run(rig, 100 * RIG_MS);
	assert_int_equal(rig->scan.stats.foreign - foreign, 1);
	assert_int_equal(rig->scan.stats.echoes, 1);
	assert_int_equal(rig->scan.foreign_requests, 0);
	assert_false(rig->scan.second_master);
	done(rig);
}

static void every_frame_of_another_master_is_counted(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	u8 frame[8];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0,
					       3 * RIG_S));
		rtu_build_read(frame, 9, RTU_READ_INPUT, 0, 2);
		rig_say(rig, rig->now + 100 * RIG_MS, frame, sizeof(frame));
	}
	rig_run(rig, 200 * RIG_MS);
	assert_int_equal(rig->scan.foreign_requests, 3);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SECOND_MASTER, 0), 1);
	done(rig);
}

static void restarts_and_exchanges_are_counted(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 6);

	(void)state;
	rig->modules[5].boots++;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_REBOOTED, 5, 3 * RIG_S));
	assert_int_equal(rig->scan.slots[5].stats.reboots, 1);
	/* Another one at its place: its boot counter says nothing of restarts. */
	rig->modules[5].boots++;
	rig->modules[5].serial++;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_CHANGED, 5, 5 * RIG_S));
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->scan.slots[5].stats.reboots, 1);
	assert_int_equal(rig->scan.slots[5].stats.changes, 1);
	assert_int_equal(rig->scan.slots[6].stats.reboots, 0);
	assert_int_equal(rig->scan.slots[6].stats.changes, 0);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cause_has_its_counter),
		cmocka_unit_test(our_own_request_that_comes_back_is_an_echo),
		cmocka_unit_test(an_echo_is_no_second_master),
		cmocka_unit_test(every_frame_of_another_master_is_counted),
		cmocka_unit_test(restarts_and_exchanges_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
