// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Captures: any bytes as a file and as lines of the kernel's trace
 *
 * What is read comes back the same when it is written; a cut never reads more
 * than the whole; what is refused says where; a replay of it answers anything.
 */
#include <string.h>

#include "capture.h"
#include "fuzz.h"
#include "pcapng.h"
#include "replay.h"

struct check {
	struct capture_info info;
	uint64_t count;
};

static int same(const struct capture_record *record, void *data)
{
	const struct capture_record *want = data;

	MUST(record->time_ns == want->time_ns && record->kind == want->kind);
	MUST(record->len == want->len);
	MUST(!memcmp(record->bytes, want->bytes, want->len));
	return 0;
}

static int see(const struct capture_record *record, void *data)
{
	static const struct capture_info info = { .bus = "b", .baud = 9600 };
	struct check *check = data;
	uint8_t block[PCAPNG_BLOCK];
	struct capture_reader again;
	char text[CAPTURE_LINE];
	size_t n;

	check->count++;
	MUST(record->len <= CAPTURE_BYTES && record->kind < CAPTURE_KINDS);
	capture_reader_init(&again, same, (void *)record);
	n = capture_format_head(text, &info);
	MUST(n < CAPTURE_LINE && !capture_feed(&again, text, n));
	n = capture_format_record(text, record);
	MUST(n < CAPTURE_LINE && strlen(text) == n);
	MUST(!capture_feed(&again, text, n) && again.records == 1);
	n = pcapng_packet(block, &info, record);
	MUST(n <= sizeof(block) && n % 4 == 0);
	MUST(!n == (record->kind == CAPTURE_TIMEOUT || !record->len));
	return 0;
}

static int read_all(struct capture_reader *r, struct check *check,
		    const char *bytes, size_t size, size_t piece)
{
	int err = 0;

	*check = (struct check){ .count = 0 };
	capture_reader_init(r, see, check);
	for (size_t at = 0; !err && at < size; at += piece)
		err = capture_feed(r, bytes + at,
				   size - at < piece ? size - at : piece);
	if (!err)
		err = capture_finish(r);
	MUST(err == 0 || err == 1 || err == -EINVAL);
	MUST(!err == !*r->error);
	MUST(strlen(r->error) < CAPTURE_ERROR);
	MUST(check->count == r->records);
	return err;
}

static void check_head(const struct capture_reader *r)
{
	struct capture_reader again;
	char text[CAPTURE_LINE];
	uint8_t block[PCAPNG_BLOCK];
	size_t n = capture_format_head(text, &r->info);

	capture_reader_init(&again, NULL, NULL);
	MUST(!capture_feed(&again, text, n) && again.begun);
	MUST(!strcmp(again.info.bus, r->info.bus));
	MUST(again.info.baud == r->info.baud);
	MUST(again.info.boot_ns == r->info.boot_ns);
	MUST(again.info.wall_us == r->info.wall_us);
	MUST(pcapng_head(block, &r->info) <= sizeof(block));
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
	(void)begin_ns;
	(void)end_ns;
	(void)late_ns;
	MUST(tx->len && tx->len <= CAPTURE_BYTES);
}

/* Whatever is in it, a replay sends no more than it has, and ends. */
static void play(const char *bytes, size_t size, bool readable)
{
	static const struct wire_ops ops = { .frame = nobody, .sent = sent };
	static struct wire w;
	struct wire_line line = { .baud = 19200, .bits = 11 };
	struct parse_error e = { "" };
	struct replay *r = NULL;
	u8 out[WIRE_TX_MAX], request[] = { 1, 4, 0, 0, 0, 3, 0xb0, 0x0b };

	if (replay_parse(&r, bytes, size, &e) < 0) {
		MUST(*e.text);
		return;
	}
	MUST(readable);
	wire_init(&w, &line, &ops, NULL);
	for (int i = 0; i < 3; i++) {
		struct wire_frame f = { .bytes = request, .valid = true,
					.len = sizeof(request), .end_ns = 1000 };

		u64 now = f.end_ns;

		replay_hear(r, &w, &f, 1);
		for (int k = 0; wire_next(&w) != WIRE_NEVER; k++) {
			/* time goes on, and each step brings a byte */
			MUST(wire_next(&w) >= now);
			MUST(k < WIRE_TX_QUEUE * CAPTURE_BYTES);
			now = wire_next(&w);
			wire_due(&w, now, out, sizeof(out));
		}
		wire_reset(&w);
	}
	replay_free(r);
}

static void check_trace(const char *bytes, size_t size)
{
	struct capture_record record;
	struct check check = { .count = 0 };
	uint64_t lost;
	char *line = strndup(bytes, size);

	MUST(line);
	if (capture_from_trace(line, "bacsA", &record, &lost) == 1)
		see(&record, &check);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct capture_reader r;
	struct check whole, cut;
	int err, half;
	uint64_t n;

	err = read_all(&r, &whole, bytes, size, size + 1);
	n = whole.count;
	if (r.begun)
		check_head(&r);
	MUST(read_all(&r, &whole, bytes, size, 7) == err && whole.count == n);
	half = read_all(&r, &cut, bytes, size / 2, size + 1);
	MUST(cut.count <= n);
	/* a good file that is cut is never refused behind its head */
	if (err >= 0 && r.begun)
		MUST(half == 1);
	play(bytes, size, err >= 0);
	check_trace(bytes, size);
	return 0;
}
