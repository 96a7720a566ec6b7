// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine on a wire in virtual time: silence, replies, and what else
 * arrives. Every kind of trouble has its own counter.
 */
#include "suite.h"

/* A hook that spoils one answer of one address in a given way */
enum spoil {
	SPOIL_SILENCE,
	SPOIL_TRUNCATE,
	SPOIL_FLIP,
	SPOIL_FOREIGN,
	SPOIL_FOREIGN_FIRST,	/* a stranger, then the right answer */
	SPOIL_WRONG_COUNT,
	SPOIL_LATE,
	SPOIL_DOUBLE,		/* again, after a silence */
	SPOIL_DOUBLE_AT_ONCE,
	SPOIL_LONG,
	SPOIL_LINE_ERROR,
	SPOIL_EXCEPTION,
	SPOIL_NOISE_BEFORE,
	SPOIL_KINDS
};

struct spoiler {
	u8 address;
	int left;		/* answers still to spoil */
	enum spoil kind;
	u32 random;		/* not 0: spoil at random, ignore the rest */
};

static u32 draw(struct spoiler *s)
{
	s->random = s->random * 1664525 + 1013904223;
	return s->random >> 8;
}

static void spoil(struct rig *rig, const u8 *request, size_t len,
		  enum spoil kind)
{
	u64 at = rig->wire_end + rig->modules[request[0]].delay_us *
		 (u64)NSEC_PER_USEC;
	static const u8 junk[] = { 0xA5, 0x00, 0x13 };
	u8 reply[RTU_FRAME_MAX + 2], other[RTU_FRAME_MAX];
	size_t n = rig_answer(rig, request, len, reply);
	size_t m;

	memcpy(other, reply, n);
	other[0] = request[0] == 99 ? 98 : 99;
	m = rtu_seal(other, n - 2);
	switch (kind) {
	case SPOIL_SILENCE:
		break;
	case SPOIL_TRUNCATE:
		rig_say(rig, at, reply, n - 3);
		break;
	case SPOIL_FLIP:
		reply[n / 2] ^= 0x10;
		rig_say(rig, at, reply, n);
		break;
	case SPOIL_FOREIGN:
		rig_say(rig, at, other, m);
		break;
	case SPOIL_FOREIGN_FIRST:
		rig_say(rig, at, other, m);
		rig_say(rig, at + m * rig->char_ns + rig->t35_ns + RIG_MS,
			reply, n);
		break;
	case SPOIL_WRONG_COUNT:
		reply[2] = 2;
		rig_say(rig, at, reply, rtu_seal(reply, 5));
		break;
	case SPOIL_LATE:
		rig_say(rig, rig->wire_end + rig->scan.response_ns + 20 * RIG_MS,
			reply, n);
		break;
	case SPOIL_DOUBLE:
		rig_say(rig, at, reply, n);
		rig_say(rig, at + n * rig->char_ns + rig->t35_ns + RIG_MS,
			reply, n);
		break;
	case SPOIL_DOUBLE_AT_ONCE:
		rig_say(rig, at, reply, n);
		rig_say(rig, at + n * rig->char_ns, reply, n);
		break;
	case SPOIL_LONG:
		rig_say(rig, at, reply, n);
		rig_say(rig, at + n * rig->char_ns, junk, sizeof(junk));
		break;
	case SPOIL_LINE_ERROR:
		rig_say(rig, at, reply, 5);
		rig_say_error(rig, at + 5 * rig->char_ns, reply[5]);
		rig_say(rig, at + 6 * rig->char_ns, reply + 6, n - 6);
		break;
	case SPOIL_EXCEPTION:
		rig_say(rig, at, other,
			rtu_build_exception(other, request, RTU_DEVICE_FAILURE));
		break;
	case SPOIL_NOISE_BEFORE:
		rig_say(rig, rig->wire_end + RIG_MS, junk, 1);
		rig_say(rig, at + 5 * RIG_MS, reply, n);
		break;
	case SPOIL_KINDS:
		break;
	}
}

static bool hook(struct rig *rig, const u8 *request, size_t len)
{
	struct spoiler *s = rig->hook_data;

	if (request[0] == RTU_BROADCAST || !rig->modules[request[0]].there)
		return false;
	if (s->random) {
		if (draw(s) % 4)
			return false;
		spoil(rig, request, len, draw(s) % SPOIL_KINDS);
		return true;
	}
	if (request[0] != s->address || !s->left)
		return false;
	s->left--;
	spoil(rig, request, len, s->kind);
	return true;
}

/* Counters of the bus and all slots in one */
static struct scan_stats total(const struct rig *rig)
{
	struct scan_stats sum = rig->scan.stats;
	u64 *to = (u64 *)&sum;

	for (unsigned int a = 1; a < SCAN_SLOTS; a++) {
		const u64 *from = (const u64 *)&rig->scan.slots[a].stats;

		for (size_t i = 0; i < offsetof(struct scan_stats, latency) /
		     sizeof(u64); i++)
			to[i] += from[i];
	}
	return sum;
}

/* One module, polled once a second, one spoiled exchange: what was counted? */
static struct scan_stats count_one(enum spoil kind, int times)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	struct spoiler s = { .address = 5, .left = times, .kind = kind };
	struct scan_stats before, after;
	u64 *b = (u64 *)&before, *a = (u64 *)&after;

	rig_run(rig, 2 * RIG_S);
	before = total(rig);
	rig->hook = hook;
	rig->hook_data = &s;
	rig_run(rig, 1500 * RIG_MS);
	assert_int_equal(s.left, 0);
	after = total(rig);
	for (size_t i = 0; i < sizeof(after) / sizeof(u64); i++)
		a[i] -= b[i];
	assert_int_equal(rig->scan.slots[5].state, OK);
	done(rig);
	return after;
}

/* Exactly these counters of trouble moved, each by so much */
static void assert_only(const struct scan_stats *got, struct scan_stats want)
{
	assert_int_equal(got->timeouts, want.timeouts);
	assert_int_equal(got->crc_errors, want.crc_errors);
	assert_int_equal(got->line_errors, want.line_errors);
	assert_int_equal(got->short_frames, want.short_frames);
	assert_int_equal(got->long_frames, want.long_frames);
	assert_int_equal(got->late, want.late);
	assert_int_equal(got->foreign, want.foreign);
	assert_int_equal(got->doubled, want.doubled);
	assert_int_equal(got->exceptions, want.exceptions);
	assert_int_equal(got->unexpected, want.unexpected);
	assert_int_equal(got->noise, want.noise);
	assert_int_equal(got->retries, want.retries);
	assert_int_equal(got->losses, want.losses);
}

static void a_silent_module_is_asked_once_more_in_the_same_scan(void **state)
{
	struct scan_stats got = count_one(SPOIL_SILENCE, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .timeouts = 1, .retries = 1 });
	assert_true(got.replies >= 1);
}

static void a_module_is_asked_twice_in_a_scan_and_no_more(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	struct spoiler s = { .address = 5, .left = 2, .kind = SPOIL_SILENCE };
	u64 since;

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	rig->hook = hook;
	rig->hook_data = &s;
	since = rig->now;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	assert_int_equal(rig_count_sent(rig, 5, since), 2);
	assert_int_equal(rig->scan.slots[5].misses, 1);
	done(rig);
}

static void a_reply_that_breaks_off_is_short(void **state)
{
	struct scan_stats got = count_one(SPOIL_TRUNCATE, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .short_frames = 1, .retries = 1 });
}

static void a_damaged_reply_is_a_crc_error(void **state)
{
	struct scan_stats got = count_one(SPOIL_FLIP, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .crc_errors = 1, .retries = 1 });
}

static void a_strangers_reply_is_foreign_and_no_answer(void **state)
{
	struct scan_stats got = count_one(SPOIL_FOREIGN, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .foreign = 1, .timeouts = 1,
					       .retries = 1 });
}

static void a_stranger_does_not_cut_off_the_right_answer(void **state)
{
	struct scan_stats got = count_one(SPOIL_FOREIGN_FIRST, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .foreign = 1 });
}

static void a_reply_with_wrong_content_is_unexpected(void **state)
{
	struct scan_stats got = count_one(SPOIL_WRONG_COUNT, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .unexpected = 1, .retries = 1 });
}

static void a_reply_after_the_time_out_is_late(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	struct spoiler s = { .address = 5, .left = 1, .kind = SPOIL_SILENCE };
	struct scan_stats before;

	(void)state;
	/* The second of two silent tries answers when nobody waits any more. */
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	before = total(rig);
	rig->hook = hook;
	rig->hook_data = &s;
	while (s.left)
		rig_run(rig, RIG_MS);
	s = (struct spoiler){ .address = 5, .left = 1, .kind = SPOIL_LATE };
	rig_run(rig, 500 * RIG_MS);
	assert_int_equal(s.left, 0);
	assert_int_equal(total(rig).late - before.late, 1);
	assert_int_equal(total(rig).timeouts - before.timeouts, 2);
	assert_int_equal(total(rig).noise, before.noise);
	assert_int_equal(total(rig).foreign, before.foreign);
	done(rig);
}

static void the_same_reply_again_is_doubled(void **state)
{
	struct scan_stats got = count_one(SPOIL_DOUBLE, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .doubled = 1 });
}

static void the_same_reply_again_without_a_pause_is_doubled(void **state)
{
	struct scan_stats got = count_one(SPOIL_DOUBLE_AT_ONCE, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .doubled = 1 });
}

static void bytes_right_after_a_reply_make_it_long_and_it_counts(void **state)
{
	struct scan_stats got = count_one(SPOIL_LONG, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .long_frames = 1 });
	assert_true(got.replies >= 1);
}

static void a_line_error_voids_the_reply_it_stands_in(void **state)
{
	struct scan_stats got = count_one(SPOIL_LINE_ERROR, 1);

	(void)state;
	assert_only(&got, (struct scan_stats){ .line_errors = 1, .retries = 1 });
}

static void an_exception_is_counted_as_one(void **state)
{
	struct scan_stats got = count_one(SPOIL_EXCEPTION, 1);

	(void)state;
	assert_int_equal(got.exceptions, 1);
	assert_int_equal(got.timeouts, 0);
	assert_int_equal(got.crc_errors, 0);
}

static void bytes_between_frames_are_noise(void **state)
{
	static const u8 junk[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	struct scan_stats before, after;

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	before = total(rig);
	rig_say(rig, rig->now + 100 * RIG_MS, junk, sizeof(junk));
	rig_run(rig, 500 * RIG_MS);
	after = total(rig);
	assert_int_equal(after.noise - before.noise, sizeof(junk));
	assert_int_equal(after.crc_errors, before.crc_errors);
	assert_int_equal(after.foreign, before.foreign);
	done(rig);
}

static void a_line_error_between_frames_is_counted(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	u64 before;

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	before = total(rig).line_errors;
	rig_say_error(rig, rig->now + 100 * RIG_MS, 0);
	rig_run(rig, 500 * RIG_MS);
	assert_int_equal(total(rig).line_errors - before, 1);
	done(rig);
}

static void a_sample_is_there_at_the_last_byte_of_its_reply(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	const struct rig_sent *sent;
	u64 last;

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_SAMPLE, 5, 3 * RIG_S));
	sent = rig_last_sent(rig, 5);
	last = sent->end + rig->modules[5].delay_us * (u64)NSEC_PER_USEC +
	       (5 + 2 * BACS_C_JAR_REGISTERS) * rig->char_ns;
	assert_int_equal(rig->now, last);
	assert_int_equal(rig_last_note(rig, SCAN_NOTE_SAMPLE, 5)->time_ns, last);
	done(rig);
}

static void latency_is_classed_from_request_end_to_first_byte(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 5, 5);
	u32 before[BACS_LATENCY_CLASSES];
	const u32 *now = rig->scan.slots[5].stats.latency;

	(void)state;
	memcpy(before, now, sizeof(before));
	rig->modules[5].delay_us = 12000;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_SAMPLE, 5, 3 * RIG_S));
	for (int i = 0; i < BACS_LATENCY_CLASSES; i++)
		assert_int_equal(now[i] - before[i], i == 4);
	done(rig);
}

/* In a run at full speed the silence is t3.5 and not a nanosecond more. */
static void no_time_is_wasted_between_reply_and_request(void **state)
{
	const struct scan_config fast = { .scan_ms = 1 };
	struct rig *rig = running(&fast, 1, 16);

	(void)state;
	rig_run(rig, 6 * RIG_S);
	rig->longest_gap = 0;
	rig->shortest_gap = U64_MAX;
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->shortest_gap, rig->t35_ns);
	assert_int_equal(rig->longest_gap, rig->t35_ns);
	done(rig);
}

static void after_a_time_out_the_next_request_follows_at_once(void **state)
{
	const struct scan_config fast = { .scan_ms = 1 };
	struct rig *rig = running(&fast, 1, 4);

	(void)state;
	rig_run(rig, 6 * RIG_S);
	rig->modules[2].deaf = true;
	rig->longest_gap = 0;
	rig_run(rig, RIG_S);
	assert_int_equal(rig->longest_gap, BACS_C_RESPONSE_MS * RIG_MS);
	done(rig);
}

static void silence_is_kept_through_all_trouble_on_every_line(void **state)
{
	static const struct {
		u32 baud, bits, trigger;
	} lines[] = {
		{ 9600, 11, 1 }, { 9600, 10, 1 }, { 19200, 11, 1 },
		{ 19200, 10, 14 }, { 38400, 11, 0 }, { 115200, 11, 1 },
		{ 115200, 10, 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		for (int fifo = 0; fifo < 2; fifo++) {
			const struct scan_config c = {
				.baud = lines[i].baud,
				.char_bits = lines[i].bits,
				.rx_trigger = lines[i].trigger,
				.scan_ms = 1,
			};
			struct spoiler s = { .random = (u32)(i + 1) };
			struct rig *rig = running(&c, 1, 8);

			rig->fifo = fifo;
			rig->hook = hook;
			rig->hook_data = &s;
			rig_run(rig, 30 * RIG_S);
			assert_true(rig->sent_count > 300);
			done(rig);
		}
	}
}

static void a_value_is_never_taken_from_another_module(void **state)
{
	const struct scan_config fast = { .scan_ms = 1 };
	struct rig *rig = running(&fast, 1, 12);
	struct spoiler s = { .random = 7 };
	size_t samples = 0;

	(void)state;
	rig->hook = hook;
	rig->hook_data = &s;
	rig_run(rig, 60 * RIG_S);
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];

		if (note->kind != SCAN_NOTE_SAMPLE)
			continue;
		samples++;
		assert_true(bacs_sample_has(&note->sample,
					    BACS_QUANTITY_VOLTAGE_MV));
		assert_int_equal(note->sample.value[BACS_QUANTITY_VOLTAGE_MV],
				 13000 + note->address);
		assert_int_equal(note->sample.value[BACS_QUANTITY_TEMP_MC],
				 21300);
	}
	assert_true(samples > 200);
	done(rig);
}

/* Module 5 answers requests for 6, too, with its own address */
static bool answers_for_two(struct rig *rig, const u8 *request, size_t len)
{
	u8 copy[RTU_FRAME_MAX], reply[RTU_FRAME_MAX];

	if (request[0] != 6)
		return false;
	memcpy(copy, request, len);
	copy[0] = 5;
	rtu_seal(copy, len - 2);
	rig_say(rig, rig->wire_end + 4 * RIG_MS, reply,
		rig_answer(rig, copy, len, reply));
	return true;
}

static void a_module_that_answers_for_two_brings_no_value_for_the_other(void **s)
{
	struct scan_config config = { 0 };
	struct rig *rig;

	(void)s;
	rig_expect(&config, 5, 6);
	rig = rig_new(&config);
	rig_add_range(rig, 5, 6);
	rig->hook = answers_for_two;
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig->scan.slots[5].state, OK);
	assert_int_equal(rig->scan.slots[6].state, ABSENT);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 6), 0);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_IDENTITY, 6), 0);
	assert_true(rig->scan.slots[6].stats.foreign > 0);
	done(rig);
}

static void a_broadcast_is_followed_by_its_turnaround_and_no_more(void **state)
{
	const struct scan_config fast = { .scan_ms = 1 };
	struct rig *rig = running(&fast, 1, 4);
	const struct rig_sent *latch, *next = NULL;

	(void)state;
	assert_int_equal(scan_latch(&rig->scan, 42), 0);
	rig_run(rig, 500 * RIG_MS);
	latch = rig_last_sent(rig, RTU_BROADCAST);
	assert_non_null(latch);
	assert_int_equal(latch->bytes[1], RTU_WRITE_SINGLE);
	assert_int_equal(rtu_get_u16(latch->bytes + 2), BACS_C_HOLD_LATCH);
	assert_int_equal(rtu_get_u16(latch->bytes + 4), 42);
	next = latch + 1;
	assert_int_equal(next->begin - latch->end, 10 * RIG_MS);
	done(rig);
}

static void a_timer_that_comes_early_changes_nothing(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		rig_run(rig, 500 * NSEC_PER_USEC);
		scan_timer(&rig->scan);
	}
	for (u8 a = 1; a <= 4; a++) {
		assert_int_equal(rig->scan.slots[a].state, OK);
		assert_int_equal(rig->scan.slots[a].stats.timeouts, 0);
	}
	done(rig);
}

/* The machine sleeps from the request on; its timer wakes before the tty. */
static void oversleep(struct rig *rig, u8 address)
{
	u64 asked = rig->scan.slots[address].stats.requests;

	while (rig->scan.slots[address].stats.requests == asked)
		rig_run(rig, 100 * NSEC_PER_USEC);
	rig->now += 3 * rig->scan.response_ns;
	scan_timer(&rig->scan);
}

static void a_reply_is_not_missed_because_the_master_slept(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 1);
	const struct scan_stats *stats = &rig->scan.slots[1].stats;

	(void)state;
	oversleep(rig, 1);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_SAMPLE, 1, RIG_MS));
	assert_int_equal(stats->timeouts, 0);
	assert_int_equal(stats->requests, stats->replies);
	done(rig);
}

static void a_reply_is_not_cut_off_because_the_master_slept(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 1);
	const struct scan_stats *stats = &rig->scan.slots[1].stats;

	(void)state;
	/* It falls asleep in the middle of the reply. */
	while (!rig->scan.rx_len)
		rig_run(rig, 100 * NSEC_PER_USEC);
	rig->now += 10 * RIG_S;
	scan_timer(&rig->scan);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_SAMPLE, 1, RIG_MS));
	assert_int_equal(stats->short_frames, 0);
	assert_int_equal(stats->retries, 0);
	done(rig);
}

static void a_master_that_slept_still_gives_up_on_silence(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 1);
	const struct scan_stats *stats = &rig->scan.slots[1].stats;

	(void)state;
	rig->modules[1].there = false;
	oversleep(rig, 1);
	assert_int_equal(stats->timeouts, 0);
	rig_run(rig, rig->scan.response_ns + RIG_MS);
	assert_int_equal(stats->timeouts, 1);
	done(rig);
}

static void other_line_settings_hold_from_the_next_request_on(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0, 3 * RIG_S));
	rig_run(rig, 50 * RIG_MS);
	scan_set_line(&rig->scan, 9600, 10);
	rig->char_ns = 1041667;
	rig->t35_ns = 3645834;
	rig_run(rig, 10 * RIG_S);
	assert_int_equal(rig->scan.slots[3].state, OK);
	scan_set_line(&rig->scan, 0, 10);	/* hang up: the last holds */
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->scan.slots[3].state, OK);
	done(rig);
}

static void a_tty_that_takes_no_bytes_is_silence_and_no_endless_loop(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)s;
	rig->transmit_error = -EAGAIN;
	assert_true(rig_run_until_state(rig, 2, LOST, 10 * RIG_S));
	assert_true(rig->scan.tx_failures > 0);
	rig_run(rig, 30 * RIG_S);
	rig->transmit_error = 0;
	assert_true(rig_run_until_state(rig, 2, OK, 30 * RIG_S));
	done(rig);
}

static void a_line_that_babbles_loses_its_modules_and_gets_them_back(void **s)
{
	static const u8 junk[] = { 0x55, 0xAA, 0x55 };
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	u64 end = rig->now + 15 * RIG_S;

	(void)s;
	while (rig->now < end) {
		rig_say(rig, rig->now, junk, sizeof(junk));
		rig_run(rig, sizeof(junk) * rig->char_ns);
	}
	for (u8 a = 1; a <= 4; a++)
		assert_int_equal(rig->scan.slots[a].state, LOST);
	for (u8 a = 1; a <= 4; a++)
		assert_true(rig_run_until_state(rig, a, OK, 30 * RIG_S));
	done(rig);
}

static void a_foreign_request_is_a_second_master_and_told_once(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 2);
	u8 frame[8];

	(void)state;
	rtu_build_read(frame, 77, RTU_READ_INPUT, 0, 10);
	for (int i = 0; i < 3; i++) {
		assert_true(rig_run_until_note(rig, SCAN_NOTE_DONE, 0,
					       3 * RIG_S));
		rig_say(rig, rig->now + 100 * RIG_MS, frame, sizeof(frame));
		rig_run(rig, 300 * RIG_MS);
	}
	assert_true(rig->scan.second_master);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SECOND_MASTER, 0), 1);
	done(rig);
}

static struct rig *listening(void)
{
	struct scan_config config = { 0 };

	rig_expect(&config, 1, 1);
	return rig_new(&config);
}

static void noise_while_listening_is_no_second_master(void **state)
{
	struct rig *rig = listening();
	static const u8 junk[] = { 0x00, 0xFF, 0x12, 0x34, 0x56 };

	(void)state;
	rig_say(rig, rig->now + 10 * RIG_MS, junk, sizeof(junk));
	rig_run(rig, 3 * RIG_S);
	assert_false(rig->scan.second_master);
	assert_int_not_equal(rig->scan.state, BACS_BUS_STATE_LISTENING);
	assert_int_equal(rig->scan.stats.noise, sizeof(junk));
	done(rig);
}

static void any_frame_while_listening_is_a_second_master(void **state)
{
	struct rig *rig = listening();
	u8 frame[8];

	(void)state;
	rtu_build_read(frame, 77, RTU_READ_INPUT, 0, 10);
	rig_say(rig, rig->now + 10 * RIG_MS, frame, sizeof(frame));
	rig_run(rig, 3 * RIG_S);
	assert_true(rig->scan.second_master);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SECOND_MASTER, 0), 1);
	done(rig);
}

static void the_first_request_waits_until_a_second_master_pauses(void **state)
{
	struct rig *rig = listening();
	u8 frame[8];

	(void)state;
	rtu_build_read(frame, 77, RTU_READ_INPUT, 0, 10);
	for (int i = 0; i < 8; i++)
		rig_say(rig, rig->now + (10 + 400 * i) * RIG_MS, frame,
			sizeof(frame));
	rig_run(rig, 3500 * RIG_MS);
	assert_int_equal(rig->sent_count, 0);
	rig_run(rig, 1000 * RIG_MS);
	assert_int_not_equal(rig->sent_count, 0);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_module_is_asked_once_more_in_the_same_scan),
		cmocka_unit_test(a_module_is_asked_twice_in_a_scan_and_no_more),
		cmocka_unit_test(a_reply_that_breaks_off_is_short),
		cmocka_unit_test(a_damaged_reply_is_a_crc_error),
		cmocka_unit_test(a_strangers_reply_is_foreign_and_no_answer),
		cmocka_unit_test(a_stranger_does_not_cut_off_the_right_answer),
		cmocka_unit_test(a_reply_with_wrong_content_is_unexpected),
		cmocka_unit_test(a_reply_after_the_time_out_is_late),
		cmocka_unit_test(the_same_reply_again_is_doubled),
		cmocka_unit_test(the_same_reply_again_without_a_pause_is_doubled),
		cmocka_unit_test(bytes_right_after_a_reply_make_it_long_and_it_counts),
		cmocka_unit_test(a_line_error_voids_the_reply_it_stands_in),
		cmocka_unit_test(an_exception_is_counted_as_one),
		cmocka_unit_test(bytes_between_frames_are_noise),
		cmocka_unit_test(a_line_error_between_frames_is_counted),
		cmocka_unit_test(a_sample_is_there_at_the_last_byte_of_its_reply),
		cmocka_unit_test(latency_is_classed_from_request_end_to_first_byte),
		cmocka_unit_test(no_time_is_wasted_between_reply_and_request),
		cmocka_unit_test(after_a_time_out_the_next_request_follows_at_once),
		cmocka_unit_test(silence_is_kept_through_all_trouble_on_every_line),
		cmocka_unit_test(a_value_is_never_taken_from_another_module),
		cmocka_unit_test(a_module_that_answers_for_two_brings_no_value_for_the_other),
		cmocka_unit_test(a_broadcast_is_followed_by_its_turnaround_and_no_more),
		cmocka_unit_test(a_timer_that_comes_early_changes_nothing),
		cmocka_unit_test(a_reply_is_not_missed_because_the_master_slept),
		cmocka_unit_test(a_reply_is_not_cut_off_because_the_master_slept),
		cmocka_unit_test(a_master_that_slept_still_gives_up_on_silence),
		cmocka_unit_test(other_line_settings_hold_from_the_next_request_on),
		cmocka_unit_test(a_tty_that_takes_no_bytes_is_silence_and_no_endless_loop),
		cmocka_unit_test(a_line_that_babbles_loses_its_modules_and_gets_them_back),
		cmocka_unit_test(a_foreign_request_is_a_second_master_and_told_once),
		cmocka_unit_test(noise_while_listening_is_no_second_master),
		cmocka_unit_test(any_frame_while_listening_is_a_second_master),
		cmocka_unit_test(the_first_request_waits_until_a_second_master_pauses),
	};

	return RUN("scan-wire", tests);
}
