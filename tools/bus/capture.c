// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

#define HEAD	"bacs-capture 1 "

/* The order is that of the driver's enum scan_trace. */
static const char *const kinds[CAPTURE_KINDS] = {
	"request", "reply", "timeout", "short", "bad-crc", "line-error",
	"foreign", "exception", "unexpected", "late", "doubled", "noise",
};

const char *capture_kind_name(enum capture_kind kind)
{
	return kind < CAPTURE_KINDS ? kinds[kind] : "unknown";
}

__attribute__((format(printf, 2, 3)))
static int refuse(struct capture_reader *r, const char *format, ...)
{
	size_t at;
	va_list args;

	at = (size_t)snprintf(r->error, sizeof(r->error), "line %" PRIu64 ": ",
			      r->line);
	va_start(args, format);
	vsnprintf(r->error + at, sizeof(r->error) - at, format, args);
	va_end(args);
	/* parts of the file are in it: nothing for a terminal to obey */
	for (char *c = r->error; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return -EINVAL;
}

/*
 * Reading
 */

/* Digits up to @end; not a number, or too large: false */
static bool take_number(const char **text, char end, uint64_t *ret)
{
	const char *p = *text;
	uint64_t n = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(n, 10U, &n) ||
		    __builtin_add_overflow(n, (unsigned int)(*p - '0'), &n))
			return false;
	if (*p != end)
		return false;
	*text = p + (end != '\0');
	*ret = n;
	return true;
}

static bool take_key(const char **text, const char *key, char end,
		     uint64_t *ret)
{
	size_t n = strlen(key);

	if (strncmp(*text, key, n))
		return false;
	*text += n;
	return take_number(text, end, ret);
}

static bool take_kind(const char **text, enum capture_kind *ret)
{
	size_t n = strcspn(*text, " ");

	for (int i = 0; i < CAPTURE_KINDS; i++) {
		if (strlen(kinds[i]) != n || strncmp(*text, kinds[i], n))
			continue;
		*ret = i;
		*text += n;
		return true;
	}
	return false;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of digits, with blanks between them or not; -EINVAL, -E2BIG */
static int take_bytes(const char *text, struct capture_record *ret)
{
	ret->len = 0;
	for (;;) {
		int high, low;

		while (*text == ' ')
			text++;
		if (!*text)
			return 0;
		high = nibble(text[0]);
		low = high < 0 ? -1 : nibble(text[1]);
		if (low < 0)
			return -EINVAL;
		if (ret->len == sizeof(ret->bytes))
			return -E2BIG;
		ret->bytes[ret->len++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
}

static bool is_name(const char *text, size_t len)
{
	if (!len || len > CAPTURE_NAME)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) || (signed char)text[i] < 0)
			return false;
	return true;
}

static int read_head(struct capture_reader *r, const char *text)
{
	uint64_t baud, wall;
	size_t n;

	if (strncmp(text, HEAD "bus=", strlen(HEAD "bus=")))
		return refuse(r, "this is no capture of version 1: it does not begin with \"" HEAD "bus=\"");
	text += strlen(HEAD "bus=");
	n = strcspn(text, " ");
	if (!is_name(text, n))
		return refuse(r, "the name of the bus is not 1 to %d letters and digits",
			      CAPTURE_NAME);
	memcpy(r->info.bus, text, n);
	r->info.bus[n] = '\0';
	text += n + (text[n] != '\0');
	if (!take_key(&text, "baud=", ' ', &baud) || baud < 300 ||
	    baud > 4000000)
		return refuse(r, "baud= is not 300 to 4000000");
	if (!take_key(&text, "boot_ns=", ' ', &r->info.boot_ns) ||
	    !take_key(&text, "wall_us=", '\0', &wall))
		return refuse(r, "boot_ns= and wall_us= are not two numbers");
	if (wall > INT64_MAX / 1000)
		return refuse(r, "wall_us= is not 0 to %" PRId64 ", us since 1970",
			      INT64_MAX / 1000);
	r->info.baud = (uint32_t)baud;
	r->info.wall_us = (int64_t)wall;
	r->begun = true;
	return 0;
}

static int read_end(struct capture_reader *r, const char *text)
{
	uint64_t records, lost;

	if (!take_key(&text, "records=", ' ', &records) ||
	    !take_key(&text, "lost=", '\0', &lost))
		return refuse(r, "the end is not \"end records=N lost=N\"");
	if (records != r->records || lost != r->lost)
		return refuse(r, "the end speaks of %" PRIu64 " records and %"
			      PRIu64 " lost, there are %" PRIu64 " and %"
			      PRIu64, records, lost, r->records, r->lost);
	r->ended = true;
	return 0;
}

static int read_record(struct capture_reader *r, const char *text)
{
	struct capture_record record;
	int err;

	if (!strncmp(text, HEAD, strlen(HEAD)))
		return refuse(r, "another capture begins here; a file holds one");
	if (!take_number(&text, ' ', &record.time_ns))
		return refuse(r, "it begins neither with a time in ns nor with \"lost\" or \"end\"");
	if (!take_kind(&text, &record.kind))
		return refuse(r, "\"%.16s\" is no kind of record", text);
	err = take_bytes(text, &record);
	if (err == -E2BIG)
		return refuse(r, "more than %d bytes", CAPTURE_BYTES);
	if (err)
		return refuse(r, "the bytes are not pairs of the digits 0-9a-f");
	r->records++;
	return r->record ? r->record(&record, r->data) : 0;
}

static int read_line(struct capture_reader *r)
{
	const char *text = r->text;
	uint64_t lost;

	if (strlen(text) != r->have)
		return refuse(r, "there is a zero byte in it");
	if (r->have && text[r->have - 1] == '\r')
		return refuse(r, "it ends in CR and LF; a capture has LF alone: take the CRs out, as dos2unix does");
	if (r->ended)
		return refuse(r, "there is more after the end");
	if (!r->begun)
		return read_head(r, text);
	if (!strncmp(text, "end ", 4))
		return read_end(r, text + 4);
	if (strncmp(text, "lost ", 5))
		return read_record(r, text);
	text += 5;
	if (!take_number(&text, '\0', &lost) || lost > UINT64_MAX - r->lost)
		return refuse(r, "\"lost\" is not followed by a number");
	r->lost += lost;
	return 0;
}

/**
 * capture_reader_init() - begin to read
 * @r: reader
 * @record: called for every record, NULL: nobody; what it returns below 0 ends
 *	the reading
 * @data: its argument
 */
void capture_reader_init(struct capture_reader *r, capture_fn record,
			 void *data)
{
	memset(r, 0, sizeof(*r));
	r->record = record;
	r->data = data;
	r->line = 1;
}

/**
 * capture_feed() - more of the file
 * @r: reader
 * @bytes: the next bytes
 * @len: their number
 *
 * Return: 0, -EINVAL: @r->error says why, what the callback returned.
 */
int capture_feed(struct capture_reader *r, const char *bytes, size_t len)
{
	while (len--) {
		char c = *bytes++;
		int err;

		if (c != '\n') {
			if (r->have == CAPTURE_LINE - 1)
				return refuse(r, "longer than %d characters",
					      CAPTURE_LINE - 1);
			r->text[r->have++] = c;
			continue;
		}
		r->text[r->have] = '\0';
		err = read_line(r);
		if (err < 0)
			return err;
		r->have = 0;
		r->line++;
	}
	return 0;
}

/**
 * capture_finish() - the file is at its end
 * @r: reader
 *
 * Return: 0; 1 if the end is missing: what was read is good, @r->error says up
 * to where; -EINVAL if there is not even a head.
 */
int capture_finish(struct capture_reader *r)
{
	if (!r->begun) {
		if (!r->have && r->line == 1)
			return refuse(r, "the file is empty");
		return refuse(r, "the capture is cut within its head");
	}
	if (r->ended && !r->have)
		return 0;
	if (r->ended)
		return refuse(r, "there is more after the end");
	snprintf(r->error, sizeof(r->error),
		 "the capture is cut in line %" PRIu64 ": read up to its last whole record, %" PRIu64 " in all",
		 r->line, r->records);
	return 1;
}

/*
 * Writing
 */
size_t capture_format_head(char text[CAPTURE_LINE],
			   const struct capture_info *info)
{
	return (size_t)snprintf(text, CAPTURE_LINE,
				HEAD "bus=%s baud=%u boot_ns=%" PRIu64
				" wall_us=%" PRId64 "\n", info->bus, info->baud,
				info->boot_ns, info->wall_us);
}

size_t capture_format_record(char text[CAPTURE_LINE],
			     const struct capture_record *record)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = (size_t)snprintf(text, CAPTURE_LINE, "%" PRIu64 " %s%s",
				     record->time_ns,
				     capture_kind_name(record->kind),
				     record->len ? " " : "");

	for (size_t i = 0; i < record->len; i++) {
		text[at++] = digits[record->bytes[i] >> 4];
		text[at++] = digits[record->bytes[i] & 15];
	}
	text[at++] = '\n';
	text[at] = '\0';
	return at;
}

size_t capture_format_lost(char text[CAPTURE_LINE], uint64_t lost)
{
	return (size_t)snprintf(text, CAPTURE_LINE, "lost %" PRIu64 "\n", lost);
}

size_t capture_format_end(char text[CAPTURE_LINE], uint64_t records,
			  uint64_t lost)
{
	return (size_t)snprintf(text, CAPTURE_LINE,
				"end records=%" PRIu64 " lost=%" PRIu64 "\n",
				records, lost);
}

/**
 * capture_from_trace() - a line of the kernel's trace_pipe
 * @line: the line, without its end
 * @bus: name of the bus
 * @ret: the record
 * @ret_lost: number of events the kernel says it lost here, UINT64_MAX: some
 *
 * The line ends in "bacs_frame: BUS NS KIND BYTES"; its beginning has the name
 * of whatever task was running.
 *
 * Return: 1: a record, 2: @ret_lost, 0: of another bus or event, -EINVAL: not
 * understood.
 */
int capture_from_trace(const char *line, const char *bus,
		       struct capture_record *ret, uint64_t *ret_lost)
{
	static const char event[] = ": bacs_frame: ";
	const char *text = NULL, *next = line;
	size_t n = strlen(bus);

	if (!strncmp(line, "CPU:", 4)) {
		text = strstr(line, "[LOST ");
		if (!text)
			return 0;
		text += 6;
		if (!take_number(&text, ' ', ret_lost))
			*ret_lost = UINT64_MAX;
		return 2;
	}
	/* the last one: a task may be called anything */
	while ((next = strstr(next, event))) {
		next += sizeof(event) - 1;
		text = next;
	}
	if (!text || strncmp(text, bus, n) || text[n] != ' ')
		return 0;
	text += n + 1;
	if (!take_number(&text, ' ', &ret->time_ns) ||
	    !take_kind(&text, &ret->kind) || take_bytes(text, ret) < 0)
		return -EINVAL;
	return 1;
}
