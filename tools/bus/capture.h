/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures of a bus: text of one record a line; see Documentation/capture.rst
 *
 * Pure: bytes in, records out and the other way round. No I/O, no clock.
 */
#ifndef BUS_CAPTURE_H
#define BUS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_BYTES	256	/* Modbus over serial line V1.02, 2.5.1 */
#define CAPTURE_LINE	640	/* longest line, its end included */
#define CAPTURE_NAME	31
#define CAPTURE_ERROR	160

/** enum capture_kind - as the driver's trace event names them */
enum capture_kind {
	CAPTURE_REQUEST,
	CAPTURE_REPLY,
	CAPTURE_TIMEOUT,	/* nothing came; the bytes are the request's */
	CAPTURE_SHORT,
	CAPTURE_BAD_CRC,
	CAPTURE_LINE_ERROR,
	CAPTURE_FOREIGN,
	CAPTURE_EXCEPTION,
	CAPTURE_UNEXPECTED,
	CAPTURE_LATE,
	CAPTURE_DOUBLED,
	CAPTURE_NOISE,
	CAPTURE_KINDS
};

/**
 * struct capture_info - what a capture says of itself
 * @bus: name of the bus
 * @baud: bits per second, 300 to 4000000
 * @boot_ns: CLOCK_BOOTTIME when it began
 * @wall_us: wall time at that moment, us since 1970
 */
struct capture_info {
	char bus[CAPTURE_NAME + 1];
	uint32_t baud;
	uint64_t boot_ns;
	int64_t wall_us;
};

/**
 * struct capture_record - one run of bytes
 * @time_ns: CLOCK_BOOTTIME of its beginning, as far as it could be seen
 * @kind: what it was to the master
 * @len: number of bytes, 0 to CAPTURE_BYTES
 * @bytes: the bytes, without those that had line errors
 */
struct capture_record {
	uint64_t time_ns;
	enum capture_kind kind;
	size_t len;
	uint8_t bytes[CAPTURE_BYTES];
};

typedef int (*capture_fn)(const struct capture_record *record, void *data);

/**
 * struct capture_reader - reads a capture as it comes
 * @info: what it says of itself, once @begun
 * @begun: the head was read
 * @ended: its last line was read
 * @records: whole records so far
 * @lost: records that it says were lost
 * @line: number of the line at hand, from 1
 * @error: why it was refused, or what is missing at its end
 */
struct capture_reader {
	struct capture_info info;
	bool begun;
	bool ended;
	uint64_t records;
	uint64_t lost;
	uint64_t line;
	char error[CAPTURE_ERROR];

	/* private */
	capture_fn record;
	void *data;
	size_t have;
	char text[CAPTURE_LINE + 1];
};

void capture_reader_init(struct capture_reader *r, capture_fn record,
			 void *data);
int capture_feed(struct capture_reader *r, const char *bytes, size_t len);
int capture_finish(struct capture_reader *r);

size_t capture_format_head(char text[CAPTURE_LINE],
			   const struct capture_info *info);
size_t capture_format_record(char text[CAPTURE_LINE],
			     const struct capture_record *record);
size_t capture_format_lost(char text[CAPTURE_LINE], uint64_t lost);
size_t capture_format_end(char text[CAPTURE_LINE], uint64_t records,
			  uint64_t lost);

const char *capture_kind_name(enum capture_kind kind);

int capture_from_trace(const char *line, const char *bus,
		       struct capture_record *ret, uint64_t *ret_lost);

#endif /* BUS_CAPTURE_H */
