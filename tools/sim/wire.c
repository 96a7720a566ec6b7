// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire.h"

/**
 * wire_init() - an idle wire
 * @w: wire
 * @line: settings, copied
 * @ops: who listens, borrowed
 * @data: argument of @ops, borrowed
 */
void wire_init(struct wire *w, const struct wire_line *line,
	       const struct wire_ops *ops, void *data)
{
	memset(w, 0, sizeof(*w));
	w->line = *line;
	w->ops = ops;
	w->data = data;
	w->char_ns = rtu_char_ns(line->baud, line->bits);
	w->t35_ns = rtu_t35_ns(line->baud, line->bits);
	w->pace = DIV_ROUND_UP(WIRE_PACE_NS, w->char_ns);
}

static void forget_rx(struct wire *w)
{
	w->have = 0;
	w->gap_at = 0;
	w->skip = false;
}

/**
 * wire_reset() - the line was cut: nothing is under way any more
 * @w: wire
 */
void wire_reset(struct wire *w)
{
	forget_rx(w);
	w->tx_count = 0;
	w->used = false;
}

static bool receiving(const struct wire *w)
{
	return w->have || w->skip;
}

/* Is a module sending at this moment? */
static bool sending(const struct wire *w, u64 now)
{
	return w->tx_count && now > w->tx[0].start_ns;
}

static void begin(struct wire *w, u64 now)
{
	w->begin_ns = now;
	w->rx_end_ns = now;
	w->collided = sending(w, now);
}

/* Report the run of bytes from @begin_ns on and forget it */
static void finish(struct wire *w, size_t len, bool valid)
{
	struct wire_frame f = {
		.bytes = w->rx,
		.len = len,
		.begin_ns = w->begin_ns,
		.end_ns = w->rx_end_ns,
		.has_gap = w->used,
		.gap_ns = (s64)(w->begin_ns - w->end_ns),
		.collided = w->collided,
	};

	f.early = f.has_gap && f.gap_ns < (s64)w->t35_ns;
	w->used = true;
	if (w->rx_end_ns > w->end_ns)
		w->end_ns = w->rx_end_ns;
	w->stats.frames++;
	w->stats.violations += f.early;
	w->stats.collisions += f.collided;
	if (f.early && w->line.strict)
		w->stats.ignored++;
	f.valid = valid && !f.collided && !(f.early && w->line.strict);
	w->ops->frame(w->data, &f);
}

/*
 * The bytes had a pause of t3.5 inside that was taken for the emulated UART's.
 * If they make no frame, the pause was a real one: begin anew behind it.
 */
static bool retry_behind_pause(struct wire *w)
{
	size_t rest = w->have - w->gap_at;

	if (!w->gap_at)
		return false;
	w->stats.broken++;
	w->rx_end_ns = w->begin_ns + w->gap_at * w->char_ns;
	finish(w, w->gap_at, false);
	memmove(w->rx, w->rx + w->gap_at, rest);
	w->have = rest;
	begin(w, w->gap_arrival_ns);
	w->rx_end_ns += rest * w->char_ns;
	w->gap_at = 0;
	return true;
}

static void end_by_silence(struct wire *w)
{
	bool valid = !w->skip && rtu_crc_ok(w->rx, w->have);

	if (!w->skip) {
		if (!valid)
			w->stats.broken++;
		finish(w, w->have, valid);
	} else if (w->rx_end_ns > w->end_ns) {
		w->end_ns = w->rx_end_ns;
	}
	forget_rx(w);
}

/* Take a complete frame out of what is there, if there is one */
static void try_frame(struct wire *w)
{
	size_t want = rtu_request_length(w->rx, w->have);

	while (want && w->have >= want && want >= RTU_FRAME_MIN) {
		if (want <= RTU_FRAME_MAX && rtu_crc_ok(w->rx, want)) {
			finish(w, want, true);
			forget_rx(w);
			return;
		}
		if (!retry_behind_pause(w)) {
			w->stats.crc_errors++;
			finish(w, w->have, false);
			w->have = 0;
			w->skip = true;
			return;
		}
		want = rtu_request_length(w->rx, w->have);
	}
	if (w->have == WIRE_RX_MAX) {
		w->stats.broken++;
		finish(w, w->have, false);
		w->have = 0;
		w->skip = true;
	}
}

/* When do the bytes at hand end for want of more? */
static u64 silence_at(const struct wire *w)
{
	u64 at = w->rx_end_ns + w->t35_ns;

	/* after garbage the next request may come at t3.5: be ready before */
	if (w->skip)
		return at - w->char_ns;
	if (w->have < 2 || rtu_request_length(w->rx, w->have) ||
	    w->rx[1] == RTU_WRITE_MULTIPLE)
		at += w->line.slack_ns;
	return at;
}

/**
 * wire_receive() - bytes came from the master
 * @w: wire
 * @bytes: the bytes
 * @len: their number
 * @now: CLOCK_MONOTONIC, ns; never less than before
 */
void wire_receive(struct wire *w, const u8 *bytes, size_t len, u64 now)
{
	w->stats.rx_bytes += len;
	if (receiving(w) && now >= silence_at(w))
		end_by_silence(w);
	if (w->have && now >= w->rx_end_ns + w->t35_ns) {
		w->stats.pauses++;
		w->gap_at = w->have;
		w->gap_arrival_ns = now;
	}
	while (len--) {
		if (!receiving(w))
			begin(w, now);
		w->rx_end_ns += w->char_ns;
		if (w->rx_end_ns < now)
			w->rx_end_ns = now;
		if (w->skip) {
			bytes++;
			continue;
		}
		w->rx[w->have++] = *bytes++;
		try_frame(w);
	}
}

/**
 * wire_send() - a module sends
 * @w: wire
 * @start_ns: when its first byte begins; later if others send before it
 * @bytes: the bytes
 * @len: 1-WIRE_TX_MAX
 * @tag: handed back to wire_ops.sent
 *
 * Return: 0 or -ENOSPC when too much is under way, which is counted.
 */
int wire_send(struct wire *w, u64 start_ns, const u8 *bytes, size_t len,
	      u32 tag)
{
	struct wire_tx *tx;
	size_t at = w->tx_count;

	if (w->tx_count == WIRE_TX_QUEUE || !len || len > WIRE_TX_MAX) {
		w->stats.tx_dropped++;
		return -ENOSPC;
	}
	while (at && w->tx[at - 1].start_ns > start_ns && !w->tx[at - 1].sent)
		at--;
	memmove(w->tx + at + 1, w->tx + at, (w->tx_count - at) * sizeof(*w->tx));
	w->tx_count++;
	tx = &w->tx[at];
	tx->start_ns = start_ns;
	tx->len = len;
	tx->sent = 0;
	tx->tag = tag;
	memcpy(tx->bytes, bytes, len);
	/* one after the other: who is in the way waits a character */
	for (at++; at < w->tx_count; at++) {
		u64 free_ns = w->tx[at - 1].start_ns +
			      (w->tx[at - 1].len + 1) * w->char_ns;

		if (w->tx[at].start_ns < free_ns)
			w->tx[at].start_ns = free_ns;
	}
	return 0;
}

static size_t next_goal(const struct wire *w, const struct wire_tx *tx)
{
	size_t goal = tx->sent + w->pace;

	/* the last byte has a moment of its own */
	return goal < tx->len ? goal : tx->len;
}

static void sent(struct wire *w, u64 now)
{
	struct wire_tx tx = w->tx[0];
	u64 planned = tx.start_ns + tx.len * w->char_ns;
	u64 late = now - planned;

	w->tx_count--;
	memmove(w->tx, w->tx + 1, w->tx_count * sizeof(*w->tx));
	w->used = true;
	if (now > w->end_ns)
		w->end_ns = now;
	w->ops->sent(w->data, &tx, now - tx.len * w->char_ns, now, late);
}

/**
 * wire_due() - what must go out now?
 * @w: wire
 * @now: CLOCK_MONOTONIC, ns
 * @out: the bytes whose time has come
 * @room: room in @out, at least WIRE_TX_MAX
 *
 * Also ends received frames that silence ends.
 *
 * Return: number of bytes.
 */
size_t wire_due(struct wire *w, u64 now, u8 *out, size_t room)
{
	size_t n = 0;

	if (receiving(w) && now >= silence_at(w))
		end_by_silence(w);
	while (w->tx_count && now > w->tx[0].start_ns) {
		struct wire_tx *tx = &w->tx[0];
		u64 ended = (now - tx->start_ns) / w->char_ns;
		size_t goal = ended < tx->len ? (size_t)ended : tx->len;

		if (goal <= tx->sent || n + goal - tx->sent > room)
			break;
		memcpy(out + n, tx->bytes + tx->sent, goal - tx->sent);
		n += goal - tx->sent;
		tx->sent = goal;
		if (goal < tx->len)
			break;
		sent(w, now);
	}
	w->stats.tx_bytes += n;
	return n;
}

/**
 * wire_next() - when must wire_due() be called?
 * @w: wire
 *
 * Return: CLOCK_MONOTONIC, ns; WIRE_NEVER while nothing is under way.
 */
u64 wire_next(const struct wire *w)
{
	u64 next = receiving(w) ? silence_at(w) : WIRE_NEVER;

	if (w->tx_count) {
		u64 at = w->tx[0].start_ns +
			 next_goal(w, &w->tx[0]) * w->char_ns;

		next = at < next ? at : next;
	}
	return next;
}
