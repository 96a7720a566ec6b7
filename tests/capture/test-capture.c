// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Captures (MASTER 5): read wherever they are cut, refused with a place where
 * they are wrong, and played again as they were. tests/fuzz has any bytes,
 * pcapng.py what Wireshark makes of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../doctor/world.h"
#include "../unit/unit.h"
#include "capture.h"
#include "pcapng.h"
#include "replay.h"

#define HEAD "bacs-capture 1 bus=bacsA baud=19200 boot_ns=5000 wall_us=1800000000000000\n"

static const char sample[] = HEAD
	"6000 request 0104000000031c0b\n"
	"7000 reply 010406000132c800d5abcd\n"
	"8000 noise\n"
	"lost 3\n"
	"9000 timeout 0104000000031c0b\n"
	"end records=4 lost=3\n";

struct seen {
	unsigned int count;
	struct capture_record last;
};

static int see(const struct capture_record *record, void *data)
{
	struct seen *seen = data;

	seen->count++;
	seen->last = *record;
	return 0;
}

static int read_text(struct capture_reader *r, struct seen *seen,
		     const char *text, size_t len)
{
	int err;

	*seen = (struct seen){ 0 };
	capture_reader_init(r, see, seen);
	err = capture_feed(r, text, len);
	return err < 0 ? err : capture_finish(r);
}

static void a_whole_capture_is_read(void **state)
{
	struct capture_reader r;
	struct seen seen;

	(void)state;
	assert_int_equal(read_text(&r, &seen, sample, strlen(sample)), 0);
	assert_string_equal(r.info.bus, "bacsA");
	assert_int_equal(r.info.baud, 19200);
	assert_int_equal(r.info.boot_ns, 5000);
	assert_int_equal(r.info.wall_us, 1800000000000000);
	assert_int_equal(r.lost, 3);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.last.time_ns, 9000);
	assert_int_equal(seen.last.kind, CAPTURE_TIMEOUT);
	assert_int_equal(seen.last.len, 8);
	assert_int_equal(seen.last.bytes[7], 0x0b);
}

/* At every byte: what was whole is there, and it is said that it is cut */
static void a_cut_capture_is_read_to_its_last_whole_record(void **state)
{
	struct capture_reader r;
	unsigned int lines = 0;
	char where[32];
	struct seen seen;

	(void)state;
	for (size_t len = 0; len < strlen(sample); len++) {
		/* line by line: head, 3 records, the loss, one more */
		static const unsigned int records[] = { 0, 0, 1, 2, 3, 3, 4 };
		int err = read_text(&r, &seen, sample, len);

		assert_int_equal(err, lines ? 1 : -EINVAL);
		assert_int_equal(seen.count, records[lines]);
		snprintf(where, sizeof(where), "line %u:", lines + 1);
		assert_non_null(strstr(r.error, where));
		assert_non_null(strstr(r.error, lines ? "last whole record" :
				       len ? "within its head" : "empty"));
		lines += sample[len] == '\n';
	}
}

static void wrong_lines_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "hello\n", "line 1: this is no capture of version 1: it does not begin with \"bacs-capture 1 bus=\"" },
		{ "bacs-capture 2 bus=a\n", "line 1: this is no capture of version 1: it does not begin with \"bacs-capture 1 bus=\"" },
		{ "bacs-capture 1 bus= baud=1\n", "line 1: the name of the bus is not 1 to 31 letters and digits" },
		{ "bacs-capture 1 bus=a baud=299 boot_ns=1 wall_us=1\n", "line 1: baud= is not 300 to 4000000" },
		{ "bacs-capture 1 bus=a baud=9600 boot_ns=1 wall_us=-1\n", "line 1: boot_ns= and wall_us= are not two numbers" },
		{ "bacs-capture 1 bus=a baud=9600 boot_ns=18446744073709551616 wall_us=1\n", "line 1: boot_ns= and wall_us= are not two numbers" },
		{ "bacs-capture 1 bus=a baud=9600 boot_ns=1 wall_us=9223372036854776\n", "line 1: wall_us= is not 0 to 9223372036854775, us since 1970" },
		{ HEAD "x\n", "line 2: it begins neither with a time in ns nor with \"lost\" or \"end\"" },
		{ HEAD "\n", "line 2: it begins neither with a time in ns nor with \"lost\" or \"end\"" },
		{ HEAD "1 requests 01\n", "line 2: \"requests 01\" is no kind of record" },
		{ HEAD "1 reply 0\n", "line 2: the bytes are not pairs of the digits 0-9a-f" },
		{ HEAD "1 reply 0G\n", "line 2: the bytes are not pairs of the digits 0-9a-f" },
		{ HEAD "lost\n", "line 2: it begins neither with a time in ns nor with \"lost\" or \"end\"" },
		{ HEAD "lost -1\n", "line 2: \"lost\" is not followed by a number" },
		{ HEAD "1 noise 00\nend records=2 lost=0\n", "line 3: the end speaks of 2 records and 0 lost, there are 1 and 0" },
		{ HEAD "end records=0 lost=0\n1 noise\n", "line 3: there is more after the end" },
		{ HEAD "end\n", "line 2: it begins neither with a time in ns nor with \"lost\" or \"end\"" },
		{ "bacs-capture 1 bus=a baud=9600 boot_ns=1 wall_us=1\r\n", "line 1: it ends in CR and LF; a capture has LF alone: take the CRs out, as dos2unix does" },
		{ HEAD "1 \x1b[31m\xff 00\n", "line 2: \"?[31m? 00\" is no kind of record" },
		{ HEAD "1 noise 00\n" HEAD, "line 3: another capture begins here; a file holds one" },
		{ HEAD "end 5\n", "line 2: the end is not \"end records=N lost=N\"" },
	};
	static char text[2000];
	struct capture_reader r;
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_text(&r, &seen, bad[i].text,
					   strlen(bad[i].text)), -EINVAL);
		assert_string_equal(r.error, bad[i].error);
	}
	assert_int_equal(read_text(&r, &seen, HEAD "1 noise \0\n",
				   strlen(HEAD) + 10), -EINVAL);
	assert_string_equal(r.error, "line 2: there is a zero byte in it");
	snprintf(text, sizeof(text), HEAD "1 noise %0514d\n", 0);
	assert_int_equal(read_text(&r, &seen, text, strlen(text)), -EINVAL);
	assert_string_equal(r.error, "line 2: more than 256 bytes");
	snprintf(text, sizeof(text), HEAD "1 noise %0800d\n", 0);
	assert_int_equal(read_text(&r, &seen, text, strlen(text)), -EINVAL);
	assert_string_equal(r.error, "line 2: longer than 639 characters");
}

static void the_longest_record_fits_and_comes_back(void **state)
{
	struct capture_record record = { .time_ns = UINT64_MAX,
					 .kind = CAPTURE_LINE_ERROR,
					 .len = CAPTURE_BYTES };
	uint8_t block[PCAPNG_BLOCK];
	char text[CAPTURE_LINE];
	struct capture_reader r;
	struct seen seen;
	size_t n;

	(void)state;
	memset(record.bytes, 0xA5, sizeof(record.bytes));
	capture_reader_init(&r, see, &seen);
	assert_int_equal(capture_feed(&r, HEAD, strlen(HEAD)), 0);
	n = capture_format_record(text, &record);
	assert_true(n < CAPTURE_LINE && strlen(text) == n);
	assert_int_equal(capture_feed(&r, text, n), 0);
	assert_true(seen.last.time_ns == UINT64_MAX);
	assert_int_equal(seen.last.kind, CAPTURE_LINE_ERROR);
	assert_int_equal(seen.last.len, CAPTURE_BYTES);
	assert_memory_equal(seen.last.bytes, record.bytes, CAPTURE_BYTES);
	n = pcapng_packet(block, &r.info, &record);
	assert_true(n % 4 == 0 && n < sizeof(block));
	assert_true(pcapng_head(block, &r.info) < sizeof(block));
}

static void lines_of_the_kernel_are_understood(void **state)
{
	struct capture_record r;
	uint64_t lost = 0;

	(void)state;
	assert_int_equal(capture_from_trace("          <idle>-0       [001] ..s2.    12.345678: bacs_frame: bacsA 12345678901 bad-crc 01 04 ff",
					    "bacsA", &r, &lost), 1);
	assert_int_equal(r.time_ns, 12345678901);
	assert_int_equal(r.kind, CAPTURE_BAD_CRC);
	assert_int_equal(r.len, 3);
	assert_int_equal(r.bytes[2], 0xff);
	/* no bytes; a task with a name that is meant to deceive */
	assert_int_equal(capture_from_trace(": bacs_frame: b-7 [0] 1.0: bacs_frame: bacsA 7 noise ",
					    "bacsA", &r, &lost), 1);
	assert_int_equal(r.len, 0);
	assert_int_equal(capture_from_trace("x: bacs_frame: bacsAB 7 noise", "bacsA",
					    &r, &lost), 0);
	assert_int_equal(capture_from_trace("x: other: bacsA 7 noise", "bacsA", &r,
					    &lost), 0);
	assert_int_equal(capture_from_trace("x: bacs_frame: bacsA request 01", "bacsA",
					    &r, &lost), -EINVAL);
	assert_int_equal(capture_from_trace("CPU:3 [LOST 42 EVENTS]", "bacsA", &r,
					    &lost), 2);
	assert_int_equal(lost, 42);
	assert_int_equal(capture_from_trace("CPU:3 [LOST EVENTS]", "bacsA", &r,
					    &lost), 2);
	assert_true(lost == UINT64_MAX);
}

/*
 * Replay
 */
static char *captured;
static size_t captured_len, captured_room;

static void append(const char *text, size_t n)
{
	if (captured_len + n + 1 > captured_room) {
		captured_room = 2 * (captured_room + n + 1);
		captured = realloc(captured, captured_room);
		assert_non_null(captured);
	}
	memcpy(captured + captured_len, text, n + 1);
	captured_len += n;
}

static void record(void *data, u64 ns, enum scan_trace what, const u8 *bytes,
		   size_t len)
{
	struct capture_record r = { .time_ns = ns, .kind = (int)what,
				    .len = len };
	char text[CAPTURE_LINE];

	(void)data;
	memcpy(r.bytes, bytes, len);
	append(text, capture_format_record(text, &r));
}

static struct scan_stats sum_of(const struct world *w)
{
	struct scan_stats sum = w->scan->stats;

	for (u32 a = 1; a < SCAN_SLOTS; a++) {
		const u64 *from = (const u64 *)&w->scan->slots[a].stats;
		u64 *to = (u64 *)&sum;

		for (size_t i = 0; i < offsetof(struct scan_stats, latency) /
		     sizeof(u64); i++)
			to[i] += from[i];
	}
	return sum;
}

static void assert_near(const char *what, u64 a, u64 b)
{
	u64 more = a > b ? a - b : b - a;

	if (more > 2 + a / 20)
		fail_msg("%s: %llu, replayed %llu", what,
			 (unsigned long long)a, (unsigned long long)b);
}

/* A bus with all sorts of trouble, and the same master on its capture */
static void a_replay_brings_the_same_trouble(void **state)
{
	struct parse_error e = { "" };
	struct scan_stats was, is;
	struct replay *replay;
	struct world *w;
	char text[CAPTURE_LINE];
	const struct capture_info info = { .bus = "bacsA", .baud = 19200,
					   .boot_ns = 1 };

	(void)state;
	w = world_new(19200, 11, 7, 12);
	captured_len = 0;
	append(text, capture_format_head(text, &info));
	w->trace = record;
	world_rule(w, "address=3 probability=20%% corrupt 2");
	world_rule(w, "address=4 probability=20%% drop");
	world_rule(w, "address=5 probability=20%% truncate");
	world_rule(w, "address=6 probability=20%% wrong-address 9");
	world_rule(w, "address=7 probability=20%% exception 4");
	world_rule(w, "address=8 probability=20%% reflection");
	world_rule(w, "address=9 probability=10%% reboot");
	world_rule(w, "address=12 silence");
	world_run(w, 60ULL * NSEC_PER_SEC);
	was = sum_of(w);
	world_free(w);

	assert_int_equal(replay_parse(&replay, captured, captured_len, &e), 0);
	w = world_new(19200, 11, 8, 12);
	w->bus->replay = replay;
	world_run(w, 60ULL * NSEC_PER_SEC);
	is = sum_of(w);
	assert_true(was.requests > 700 && was.crc_errors > 5);
	assert_near("requests", was.requests, is.requests);
	assert_near("replies", was.replies, is.replies);
	assert_near("timeouts", was.timeouts, is.timeouts);
	assert_near("crc_errors", was.crc_errors, is.crc_errors);
	assert_near("short", was.short_frames, is.short_frames);
	assert_near("foreign", was.foreign, is.foreign);
	assert_near("exceptions", was.exceptions, is.exceptions);
	assert_near("long", was.long_frames, is.long_frames);
	assert_near("reboots", was.reboots, is.reboots);
	assert_int_equal(w->bus->replay_unknown, 0);
	world_free(w);
	free(captured);
	captured = NULL;
}

static size_t hear(struct replay *r, struct wire *w, const u8 *request,
		   size_t len, u8 *out)
{
	struct wire_frame f = { .bytes = request, .len = len, .valid = true,
				.end_ns = 1000000 };
	size_t n = 0;

	wire_reset(w);
	if (!replay_hear(r, w, &f, 1))
		return 0;
	for (u64 at; (at = wire_next(w)) != WIRE_NEVER;)
		n += wire_due(w, at, out + n, WIRE_TX_MAX);
	return n;
}

static void nobody(void *data, const struct wire_frame *frame)
{
	(void)data;
	(void)frame;
}

static void sent(void *data, const struct wire_tx *tx, u64 begin_ns,
		 u64 end_ns, u64 late_ns)
{
	(void)data;
	(void)tx;
	(void)begin_ns;
	(void)end_ns;
	(void)late_ns;
}

static void answers_come_in_order_and_begin_again(void **state)
{
	static const char text[] = HEAD
		"10 noise 99\n"
		"1000 request 0104\n9000000 reply aa01\n9500000 noise bb\n"
		"2000 request 0204\n"
		"3000 request 0104\n9000000 reply aa02\n";
	static const u8 one[] = { 1, 4 }, two[] = { 2, 4 }, three[] = { 3, 4 };
	static const struct wire_ops ops = { .frame = nobody, .sent = sent };
	struct wire_line line = { .baud = 19200, .bits = 11 };
	struct parse_error e = { "" };
	struct replay *r;
	struct wire w;
	u8 out[2 * WIRE_TX_MAX];

	(void)state;
	wire_init(&w, &line, &ops, NULL);
	assert_int_equal(replay_parse(&r, text, strlen(text), &e), 0);
	assert_false(replay_source(r)->ended);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hear(r, &w, one, 2, out), 3);
		assert_memory_equal(out, "\xaa\x01\xbb", 3);
		assert_int_equal(hear(r, &w, two, 2, out), 0);
		assert_int_equal(hear(r, &w, one, 2, out), 2);
		assert_memory_equal(out, "\xaa\x02", 2);
	}
	assert_false(replay_hear(r, &w, &(struct wire_frame){
				 .bytes = three, .len = 2 }, 1));
	replay_free(r);
	assert_int_equal(replay_parse(&r, HEAD "1 noise 00\n",
				      strlen(HEAD) + 11, &e), -EINVAL);
	assert_string_equal(e.text, "there is no request in the capture");
	assert_int_equal(replay_parse(&r, HEAD "1 x\n", strlen(HEAD) + 4, &e),
			 -EINVAL);
	assert_string_equal(e.text, "line 2: \"x\" is no kind of record");
}

/* Stamps that lie ages apart, before the beginning, and at the end of time */
static void impossible_times_bring_no_answer_and_no_hurry(void **state)
{
	static const char text[] = HEAD
		"1000 request 0104\n"
		"3600000000000000 reply aa01\n"
		"18446744073709551615 noise bb\n"
		"18446744073709551615 request 0204\n"
		"0 reply aa02\n"
		"18446744073709551615 reply aa03\n";
	static const u8 one[] = { 1, 4 }, two[] = { 2, 4 };
	static const struct wire_ops ops = { .frame = nobody, .sent = sent };
	struct wire_line line = { .baud = 19200, .bits = 11 };
	struct wire_frame f = { .bytes = one, .len = 2, .valid = true,
				.end_ns = U64_MAX / 2 };
	struct parse_error e = { "" };
	struct replay *r;
	struct wire w;
	u8 out[2 * WIRE_TX_MAX];

	(void)state;
	wire_init(&w, &line, &ops, NULL);
	assert_int_equal(replay_parse(&r, text, strlen(text), &e), 0);
	assert_true(replay_hear(r, &w, &f, 1));
	assert_true(wire_next(&w) == WIRE_NEVER);
	f.bytes = two;
	assert_true(replay_hear(r, &w, &f, 1));
	assert_true(wire_next(&w) >= f.end_ns &&
		    wire_next(&w) < f.end_ns + NSEC_PER_SEC);
	wire_reset(&w);
	assert_int_equal(hear(r, &w, two, 2, out), 4);
	assert_memory_equal(out, "\xaa\x02\xaa\x03", 4);
	replay_free(r);
}

/* The names of the driver's trace event, in its order */
static void kinds_are_those_of_the_engine(void **state)
{
	(void)state;
	assert_int_equal(CAPTURE_REQUEST, (int)SCAN_TRACE_REQUEST);
	assert_int_equal(CAPTURE_BAD_CRC, (int)SCAN_TRACE_BAD_CRC);
	assert_int_equal(CAPTURE_LATE, (int)SCAN_TRACE_LATE);
	assert_int_equal(CAPTURE_NOISE, (int)SCAN_TRACE_NOISE);
	assert_int_equal(CAPTURE_KINDS, (int)SCAN_TRACE_NOISE + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_capture_is_read),
		cmocka_unit_test(a_cut_capture_is_read_to_its_last_whole_record),
		cmocka_unit_test(wrong_lines_are_refused_with_their_place),
		cmocka_unit_test(the_longest_record_fits_and_comes_back),
		cmocka_unit_test(lines_of_the_kernel_are_understood),
		cmocka_unit_test(a_replay_brings_the_same_trouble),
		cmocka_unit_test(answers_come_in_order_and_begin_again),
		cmocka_unit_test(impossible_times_bring_no_answer_and_no_hurry),
		cmocka_unit_test(kinds_are_those_of_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
