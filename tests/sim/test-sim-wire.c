// SPDX-License-Identifier: GPL-2.0-or-later
/* The wire clock: framing, silence, pacing */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "wire.h"

#define MS	((u64)NSEC_PER_MSEC)
#define T0	(1000 * MS)

struct heard {
	struct wire w;
	struct wire_frame last;
	u8 bytes[WIRE_RX_MAX];
	u32 frames;
	u32 valid;
	u32 sent;
	u64 sent_begin;
	u64 sent_end;
	u64 sent_late;
};

static void on_frame(void *data, const struct wire_frame *f)
{
	struct heard *h = data;

	h->last = *f;
	memcpy(h->bytes, f->bytes, f->len);
	h->frames++;
	h->valid += f->valid;
}

static void on_sent(void *data, const struct wire_tx *tx, u64 begin_ns,
		    u64 end_ns, u64 late_ns)
{
	struct heard *h = data;

	(void)tx;
	h->sent++;
	h->sent_begin = begin_ns;
	h->sent_end = end_ns;
	h->sent_late = late_ns;
}

static const struct wire_ops ops = { on_frame, on_sent };

static void set_up(struct heard *h, bool strict)
{
	struct wire_line line = {
		.baud = 19200, .bits = 11, .strict = strict,
		.slack_ns = strict ? 0 : 20 * MS,
	};

	memset(h, 0, sizeof(*h));
	wire_init(&h->w, &line, &ops, h);
}

static size_t request(u8 *frame, u8 address)
{
	return rtu_build_read(frame, address, RTU_READ_INPUT, 0, 14);
}

static void due(struct heard *h, u64 now)
{
	u8 out[WIRE_TX_MAX];

	wire_due(&h->w, now, out, sizeof(out));
}

static void a_burst_occupies_its_characters_from_the_first_byte(void **state)
{
	struct heard h;
	u8 f[8];

	(void)state;
	set_up(&h, false);
	wire_receive(&h.w, f, request(f, 1), T0);
	assert_int_equal(h.valid, 1);
	assert_false(h.last.has_gap);
	assert_true(h.last.begin_ns == T0);
	assert_true(h.last.end_ns == T0 + 8 * h.w.char_ns);
	assert_int_equal(h.w.char_ns, 572917);
	assert_int_equal(h.w.t35_ns, 2005209);
}

static void silence_is_measured_from_the_wire_end_not_the_arrival(void **state)
{
	struct heard h;
	u64 end;
	u8 f[8];

	(void)state;
	for (u32 strict = 0; strict < 2; strict++) {
		set_up(&h, strict);
		wire_receive(&h.w, f, request(f, 1), T0);
		end = T0 + 8 * h.w.char_ns;
		/* a ns early */
		wire_receive(&h.w, f, 8, end + h.w.t35_ns - 1);
		assert_true(h.last.early);
		assert_int_equal(h.valid, strict ? 1 : 2);
		assert_int_equal(h.w.stats.violations, 1);
		assert_int_equal(h.w.stats.ignored, strict);
		/* exactly in time, after the early one's own end */
		end = h.last.end_ns;
		wire_receive(&h.w, f, 8, end + h.w.t35_ns);
		assert_false(h.last.early);
		assert_true(h.last.gap_ns == (s64)h.w.t35_ns);
		assert_int_equal(h.valid, strict ? 2 : 3);
		assert_int_equal(h.w.stats.violations, 1);
	}
}

static void two_frames_in_one_burst_overlap(void **state)
{
	struct heard h;
	u8 f[16];

	(void)state;
	set_up(&h, true);
	request(f, 1);
	request(f + 8, 2);
	wire_receive(&h.w, f, 16, T0);
	assert_int_equal(h.frames, 2);
	assert_int_equal(h.valid, 1);
	assert_true(h.last.gap_ns < 0);
	assert_int_equal(h.w.stats.ignored, 1);
}

static void bytes_that_trickle_in_are_one_frame(void **state)
{
	struct heard h;
	u64 now = T0;
	u8 f[8];

	(void)state;
	set_up(&h, true);
	request(f, 9);
	for (u32 i = 0; i < 8; i++, now += h.w.char_ns + MS)
		wire_receive(&h.w, f + i, 1, now);
	assert_int_equal(h.valid, 1);
	assert_int_equal(h.frames, 1);
	/* its end is not before its last byte's arrival */
	assert_true(h.last.end_ns >= now - h.w.char_ns - MS);
}

static void garbage_is_over_after_silence(void **state)
{
	static const u8 garbage[11] = { 0xFF, 0x04, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct heard h;
	u64 end;
	u8 f[8];

	(void)state;
	for (u32 strict = 0; strict < 2; strict++) {
		set_up(&h, strict);
		wire_receive(&h.w, garbage, sizeof(garbage), T0);
		assert_int_equal(h.w.stats.crc_errors, 1);
		assert_int_equal(h.valid, 0);
		end = T0 + 11 * h.w.char_ns;
		wire_receive(&h.w, f, request(f, 1), end + h.w.t35_ns);
		assert_int_equal(h.valid, 1);
		assert_false(h.last.early);
	}
}

static void a_broken_frame_ends_by_silence(void **state)
{
	struct heard h;
	u8 f[8];

	(void)state;
	set_up(&h, true);
	request(f, 1);
	wire_receive(&h.w, f, 5, T0);
	assert_true(wire_next(&h.w) == T0 + 5 * h.w.char_ns + h.w.t35_ns);
	due(&h, wire_next(&h.w) - 1);
	assert_int_equal(h.frames, 0);
	due(&h, wire_next(&h.w));
	assert_int_equal(h.frames, 1);
	assert_int_equal(h.valid, 0);
	assert_int_equal(h.w.stats.broken, 1);
	assert_true(wire_next(&h.w) == WIRE_NEVER);
}

static void an_unknown_function_ends_by_silence(void **state)
{
	u8 f[16] = { 1, 43, 14, 1, 0 };
	struct heard h;

	(void)state;
	set_up(&h, false);
	wire_receive(&h.w, f, rtu_seal(f, 5), T0);
	assert_int_equal(h.frames, 0);
	due(&h, wire_next(&h.w));
	assert_int_equal(h.valid, 1);
	assert_int_equal(h.bytes[1], 43);
}

/* An emulated UART may stop in the middle of a long frame; a wire does not. */
static void a_pause_inside_a_frame_is_forgiven_within_the_slack(void **state)
{
	u16 words[17] = { 60 };
	struct heard h;
	u8 f[64];
	size_t len = rtu_build_write_multiple(f, 0, 0x10, words, 17);

	(void)state;
	for (u32 strict = 0; strict < 2; strict++) {
		set_up(&h, strict);
		wire_receive(&h.w, f, 16, T0);
		wire_receive(&h.w, f + 16, len - 16,
			     T0 + 16 * h.w.char_ns + h.w.t35_ns + 5 * MS);
		assert_int_equal(h.valid, strict ? 0 : 1);
		assert_int_equal(h.w.stats.pauses, strict ? 0 : 1);
	}
}

static void a_frame_behind_a_torso_is_found(void **state)
{
	struct heard h;
	u8 f[8];

	(void)state;
	set_up(&h, false);
	request(f, 5);
	wire_receive(&h.w, f, 3, T0);
	/* t3.5 later comes a whole request: not the rest of the first */
	wire_receive(&h.w, f, 8, T0 + 3 * h.w.char_ns + h.w.t35_ns + MS);
	assert_int_equal(h.frames, 2);
	assert_int_equal(h.valid, 1);
	assert_int_equal(h.w.stats.broken, 1);
	assert_false(h.last.early);
}

static void endless_noise_keeps_within_bounds(void **state)
{
	struct heard h;
	u8 noise[300];
	u64 now = T0;

	(void)state;
	set_up(&h, false);
	for (u32 byte = 0; byte < 256; byte++) {
		memset(noise, (int)byte, sizeof(noise));
		for (u32 i = 0; i < 20; i++, now += MS)
			wire_receive(&h.w, noise, sizeof(noise), now);
	}
	due(&h, now + 3600000 * MS);
	assert_int_equal(h.valid, 0);
	assert_true(wire_next(&h.w) == WIRE_NEVER);
}

/* Step from deadline to deadline: no byte early, the last one on the dot */
static void a_reply_leaves_byte_by_byte_at_line_speed(void **state)
{
	static const u32 bauds[] = { 9600, 19200, 115200 };
	u8 reply[33], out[WIRE_TX_MAX];

	(void)state;
	for (u32 i = 0; i < sizeof(reply); i++)
		reply[i] = (u8)i;
	for (u32 b = 0; b < ARRAY_SIZE(bauds); b++) {
		struct wire_line line = { .baud = bauds[b], .bits = 11 };
		u64 start = T0 + 3 * MS, now = T0;
		struct heard h = { 0 };
		size_t have = 0;
		u32 wakes = 0;

		wire_init(&h.w, &line, &ops, &h);
		assert_int_equal(wire_send(&h.w, start, reply, 33, 5), 0);
		while (wire_next(&h.w) != WIRE_NEVER) {
			now = wire_next(&h.w);
			have += wire_due(&h.w, now, out + have,
					 sizeof(out) - have);
			wakes++;
			assert_true(have <= (now - start) / h.w.char_ns);
		}
		assert_int_equal(have, 33);
		assert_memory_equal(out, reply, 33);
		assert_true(now == start + 33 * h.w.char_ns);
		assert_int_equal(h.sent, 1);
		assert_true(h.sent_begin == start && h.sent_late == 0);
		assert_int_equal(wakes, bauds[b] == 115200 ? 6 : 33);
	}
}

static void what_leaves_late_ends_late(void **state)
{
	struct heard h;
	u8 f[8];
	u64 end;

	(void)state;
	set_up(&h, true);
	wire_send(&h.w, T0, (u8 *)"0123456789", 10, 1);
	end = T0 + 10 * h.w.char_ns + 3 * MS;
	due(&h, end);
	assert_true(h.sent_end == end && h.sent_late == 3 * MS);
	wire_receive(&h.w, f, request(f, 1), end + h.w.t35_ns - 1);
	assert_true(h.last.early);
}

static void a_request_into_a_reply_collides(void **state)
{
	struct heard h;
	u8 f[8];

	(void)state;
	set_up(&h, false);
	wire_send(&h.w, T0, (u8 *)"0123456789", 10, 1);
	due(&h, T0 + 2 * MS);
	wire_receive(&h.w, f, request(f, 1), T0 + 3 * MS);
	assert_true(h.last.collided);
	assert_int_equal(h.valid, 0);
	assert_int_equal(h.w.stats.collisions, 1);
	/* one that comes before a late reply begins is heard */
	set_up(&h, false);
	wire_send(&h.w, T0 + 75 * MS, (u8 *)"0123456789", 10, 1);
	wire_receive(&h.w, f, request(f, 1), T0 + 55 * MS);
	assert_int_equal(h.valid, 1);
}

static void frames_never_overlap_and_too_many_are_counted(void **state)
{
	u8 out[WIRE_TX_MAX * 3], want[16];
	struct heard h;
	size_t n = 0;

	(void)state;
	set_up(&h, false);
	for (u32 i = 0; i < WIRE_TX_QUEUE; i++) {
		u8 byte = (u8)(WIRE_TX_QUEUE - 1 - i);

		want[i] = (u8)i;
		/* handed over in the wrong order */
		assert_int_equal(wire_send(&h.w, T0 + byte, &byte, 1, 1), 0);
	}
	assert_int_equal(wire_send(&h.w, T0, want, 1, 1), -ENOSPC);
	assert_int_equal(h.w.stats.tx_dropped, 1);
	while (wire_next(&h.w) != WIRE_NEVER) {
		u64 now = wire_next(&h.w);
		size_t one = wire_due(&h.w, now, out + n, WIRE_TX_MAX);

		assert_int_equal(one, 1);
		n += one;
	}
	assert_int_equal(n, WIRE_TX_QUEUE);
	assert_memory_equal(out, want, n);
	assert_int_equal(wire_send(&h.w, T0, out, WIRE_TX_MAX + 1, 1), -ENOSPC);
	assert_int_equal(wire_send(&h.w, T0, out, 0, 1), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_occupies_its_characters_from_the_first_byte),
		cmocka_unit_test(silence_is_measured_from_the_wire_end_not_the_arrival),
		cmocka_unit_test(two_frames_in_one_burst_overlap),
		cmocka_unit_test(bytes_that_trickle_in_are_one_frame),
		cmocka_unit_test(garbage_is_over_after_silence),
		cmocka_unit_test(a_broken_frame_ends_by_silence),
		cmocka_unit_test(an_unknown_function_ends_by_silence),
		cmocka_unit_test(a_pause_inside_a_frame_is_forgiven_within_the_slack),
		cmocka_unit_test(a_frame_behind_a_torso_is_found),
		cmocka_unit_test(endless_noise_keeps_within_bounds),
		cmocka_unit_test(a_reply_leaves_byte_by_byte_at_line_speed),
		cmocka_unit_test(what_leaves_late_ends_late),
		cmocka_unit_test(a_request_into_a_reply_collides),
		cmocka_unit_test(frames_never_overlap_and_too_many_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
