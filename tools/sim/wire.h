/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire: its clock, the framing of requests, the pacing of what the
 * modules send. Time comes in as an argument; no I/O.
 *
 * The wire clock: N received bytes occupy N character times from the first
 * byte's arrival, because QEMU's 16550 hands over a whole burst at once. A
 * frame that is sent ends with its last byte. The last end of all is what
 * silence is measured from.
 */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "rtu.h"

#define WIRE_RX_MAX	512
#define WIRE_TX_MAX	640
#define WIRE_TX_QUEUE	16
#define WIRE_NEVER	U64_MAX
#define WIRE_PACE_NS	(500 * NSEC_PER_USEC)

/**
 * struct wire_line - the line's settings
 * @baud: bits per second
 * @bits: bits of a character, start and stop included
 * @strict: requests that come too early are not heard
 * @slack_ns: patience, beyond t3.5, with a request whose rest is still to
 *	come: an emulated UART's pauses are not the wire's
 */
struct wire_line {
	u32 baud;
	u32 bits;
	bool strict;
	u64 slack_ns;
};

/**
 * struct wire_frame - a frame that was received
 * @bytes: the bytes, borrowed for the call
 * @len: their number
 * @valid: the CRC is right and the frame was taken
 * @begin_ns: when its first byte began
 * @end_ns: when its last byte ended
 * @gap_ns: silence before it, negative if it overlaps; valid if @has_gap
 * @has_gap: there was a frame before
 * @early: less than t3.5 of silence before it
 * @collided: it began while a module was sending
 */
struct wire_frame {
	const u8 *bytes;
	size_t len;
	bool valid;
	u64 begin_ns;
	u64 end_ns;
	s64 gap_ns;
	bool has_gap;
	bool early;
	bool collided;
};

struct wire_tx {
	u64 start_ns;
	size_t len;
	size_t sent;
	u32 tag;
	u8 bytes[WIRE_TX_MAX];
};

struct wire;

/**
 * struct wire_ops - who listens
 * @frame: a frame came, or a run of bytes that is none
 * @sent: a frame has been sent; it occupied @begin_ns to @end_ns
 */
struct wire_ops {
	void (*frame)(void *data, const struct wire_frame *frame);
	void (*sent)(void *data, const struct wire_tx *tx, u64 begin_ns,
		     u64 end_ns, u64 late_ns);
};

struct wire_stats {
	u64 rx_bytes;
	u64 tx_bytes;
	u64 frames;		/* runs of bytes that came */
	u64 crc_errors;
	u64 broken;		/* ended by silence before they were complete */
	u64 pauses;		/* of t3.5 and more, inside what may be a frame */
	u64 violations;		/* began before t3.5 */
	u64 ignored;		/* of these, not heard because strict */
	u64 collisions;
	u64 tx_dropped;		/* the queue of replies was full */
};

struct wire {
	struct wire_line line;
	u64 char_ns;
	u64 t35_ns;
	size_t pace;			/* bytes handed over at a time */
	const struct wire_ops *ops;
	void *data;
	struct wire_stats stats;

	u8 rx[WIRE_RX_MAX];
	size_t have;
	size_t gap_at;			/* index after a pause, 0: none */
	u64 gap_arrival_ns;
	bool skip;			/* until silence: part of no frame */
	u64 begin_ns;
	u64 rx_end_ns;
	bool collided;

	bool used;			/* something was on the wire */
	u64 end_ns;			/* when it ended */

	struct wire_tx tx[WIRE_TX_QUEUE];
	size_t tx_count;
};

void wire_init(struct wire *w, const struct wire_line *line,
	       const struct wire_ops *ops, void *data);
void wire_reset(struct wire *w);
void wire_receive(struct wire *w, const u8 *bytes, size_t len, u64 now);
int wire_send(struct wire *w, u64 start_ns, const u8 *bytes, size_t len,
	      u32 tag);
size_t wire_due(struct wire *w, u64 now, u8 *out, size_t room);
u64 wire_next(const struct wire *w);

#endif
