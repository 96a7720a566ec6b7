// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, the wire: silence before requests, replies, verdicts
 *
 * A request goes out only after t3.5 of silence, counted from the last byte
 * seen or from the computed end of our own transmission, whichever is later.
 * A reply is accepted at its last byte. Everything else that arrives is
 * gathered until the line is silent and then named and counted.
 */
#include "scan-internal.h"

/* What was received began with its first byte, all else is now. */
static void trace(struct scan *scan, enum scan_trace what, const u8 *bytes,
		  size_t len)
{
	bool ours = what == SCAN_TRACE_REQUEST || what == SCAN_TRACE_TIMEOUT;

	if (scan->ops->trace)
		scan->ops->trace(scan->ctx, what, ours ? scan_now(scan) :
				 len ? scan->rx_first : scan->last_rx,
				 bytes, len);
}

static bool rx_any(const struct scan *scan)
{
	return scan->rx_len || scan->rx_line_error;
}

static void rx_reset(struct scan *scan)
{
	scan->rx_len = 0;
	scan->rx_line_error = false;
	scan->rx_bad = 0;
	scan->rx_dropped = 0;
}

static u64 quiet_at(const struct scan *scan)
{
	return max_t(u64, scan->last_rx, scan->tx_end) + scan_silence_ns(scan);
}

/* Statistics of an address that exists, or of the bus */
static struct scan_stats *stats_of(struct scan *scan, u8 address)
{
	if (address >= 1 && address <= RTU_ADDRESS_MAX)
		return &scan->slots[address].stats;
	return &scan->stats;
}

/* Statistics of the one who was asked; a raw PDU is the bus's own affair. */
static struct scan_stats *asked_stats(struct scan *scan)
{
	return stats_of(scan, scan->kind == SCAN_KIND_TRANSACT ?
			RTU_BROADCAST : scan->address);
}

/* How long the one who was asked may think */
static u64 response_ns(const struct scan *scan)
{
	return scan->kind == SCAN_KIND_TRANSACT ? scan->raw.wait_ns :
						  scan->response_ns;
}

/* An adapter that hears itself hands back what we have sent. */
static bool begins_with_request(const struct scan *scan)
{
	return scan->request_len && scan->rx_len >= scan->request_len &&
	       !memcmp(scan->rx, scan->request, scan->request_len);
}

/* Name a valid frame that is not the reply asked for. */
static void judge_stranger(struct scan *scan)
{
	const u8 *rx = scan->rx;
	size_t len = scan->rx_len;
	u8 from = rx[0];

	/* First: a late reply may well read like the one before it. */
	if (from == scan->timed_out && from) {
		stats_of(scan, from)->late++;
		scan->timed_out = 0;
		trace(scan, SCAN_TRACE_LATE, rx, len);
	} else if (len == scan->last_reply_len &&
		   !memcmp(rx, scan->last_reply, len)) {
		stats_of(scan, from)->doubled++;
		trace(scan, SCAN_TRACE_DOUBLED, rx, len);
	} else {
		if (begins_with_request(scan))
			asked_stats(scan)->echoes++;
		else if (rtu_is_request(rx, len))
			scan_heard_master(scan);
		if (scan->phase == SCAN_WAITING) {
			asked_stats(scan)->foreign++;
			if (scan->kind != SCAN_KIND_TRANSACT)
				scan->slots[scan->address].stranger = from;
		} else {
			scan->stats.foreign++;
		}
		trace(scan, SCAN_TRACE_FOREIGN, rx, len);
	}
}

/* Bytes between frames, ended by silence */
static void judge_stray(struct scan *scan)
{
	u8 after = scan->follows && scan->kind != SCAN_KIND_TRANSACT ?
		   scan->last_reply[0] : 0;

	if (scan->rx_line_error) {
		stats_of(scan, after)->line_errors++;
		trace(scan, SCAN_TRACE_LINE_ERROR, scan->rx, scan->rx_len);
	} else if (!scan->rx_dropped && rtu_crc_ok(scan->rx, scan->rx_len)) {
		judge_stranger(scan);
	} else {
		if (scan->follows)
			stats_of(scan, after)->long_frames++;
		else
			scan->stats.noise += scan->rx_len + scan->rx_dropped;
		trace(scan, SCAN_TRACE_NOISE, scan->rx, scan->rx_len);
	}
	rx_reset(scan);
}

static void enter_gap(struct scan *scan, u64 now)
{
	scan->phase = SCAN_GAP;
	scan->gap_since = now;
}

static void transmit(struct scan *scan)
{
	u64 now;

	trace(scan, SCAN_TRACE_REQUEST, scan->request, scan->request_len);
	if (scan->ops->transmit(scan->ctx, scan->request, scan->request_len)) {
		scan->tx_failures++;
		scan->raw.untaken = scan->kind == SCAN_KIND_TRANSACT;
	} else {
		scan->bytes_tx += scan->request_len;
	}
	now = scan_now(scan);
	if (!scan->first_tx)
		scan->first_tx = now;
	scan->tx_end = now + (u64)scan->request_len * scan->char_ns;
	scan->follows = false;
	rx_reset(scan);
	if (scan->request[0] == RTU_BROADCAST) {
		scan->phase = SCAN_TURNAROUND;
		scan->deadline = scan->tx_end +
				 (scan->kind == SCAN_KIND_TRANSACT ?
				  scan->raw.wait_ns : SCAN_TURNAROUND_NS);
	} else {
		scan->phase = SCAN_WAITING;
		scan->deadline = scan->tx_end + response_ns(scan);
		scan->stalled = false;
		asked_stats(scan)->requests++;
	}
	scan->ops->set_timer(scan->ctx, scan->deadline);
}

/*
 * A stranger's frame must be judged before the next one is glued to it; a
 * line that babbles must not put off the judgement for ever.
 */
static void await_silence(struct scan *scan)
{
	scan->ops->set_timer(scan->ctx,
			     min_t(u64, quiet_at(scan),
				   scan->gap_since + SCAN_BABBLE_NS));
}

/* In the gap: wait for silence, then send what is due. */
static void advance(struct scan *scan)
{
	u64 now = scan_now(scan);
	u64 quiet = quiet_at(scan);

	if (now < quiet) {
		if (now - scan->gap_since >= SCAN_BABBLE_NS)
			scan_bus_lost(scan);
		scan->ops->set_timer(scan->ctx, quiet);
		return;
	}
	if (rx_any(scan))
		judge_stray(scan);
	scan->follows = false;
	scan->gap_since = now;
	if (scan_prepare(scan, now))
		transmit(scan);
	else
		scan->ops->set_timer(scan->ctx, scan_next_due(scan, now));
}

static void count_latency(struct scan *scan)
{
	static const u32 bounds_us[] = BACS_LATENCY_BOUNDS_US;
	struct scan_stats *stats = asked_stats(scan);
	u64 us = 0;
	size_t i;

	if (scan->rx_first > scan->tx_end)
		us = div_u64(scan->rx_first - scan->tx_end, NSEC_PER_USEC);
	for (i = 0; i < ARRAY_SIZE(bounds_us) && us > bounds_us[i]; i++)
		;
	stats->latency[i]++;
}

/* A frame that answers the request is complete at its last byte. */
static void complete(struct scan *scan, enum rtu_verdict verdict, size_t len)
{
	struct scan_stats *stats = asked_stats(scan);
	u64 now = scan_now(scan);

	count_latency(scan);
	memcpy(scan->last_reply, scan->rx, len);
	scan->last_reply_len = len;
	if (scan->timed_out == scan->address)
		scan->timed_out = 0;
	if (verdict == RTU_OK) {
		stats->replies++;
		trace(scan, SCAN_TRACE_REPLY, scan->rx, len);
	} else {
		stats->exceptions++;
		trace(scan, SCAN_TRACE_EXCEPTION, scan->rx, len);
	}
	if (scan->kind == SCAN_KIND_TRANSACT)
		scan_transact_done(scan, verdict == RTU_OK ? 0 : -EREMOTEIO,
				   scan->last_reply, len);
	else if (verdict == RTU_OK)
		scan_reply(scan, scan->last_reply);
	else
		scan_failure(scan, scan->rx[2] == RTU_DEVICE_BUSY ?
			     -EBUSY : -EREMOTEIO);
	/* What follows without a silence is judged when the silence comes. */
	memmove(scan->rx, scan->rx + len, scan->rx_len - len);
	scan->rx_len -= len;
	scan->rx_first = now;
	scan->follows = true;
	enter_gap(scan, now);
	advance(scan);
}

/*
 * The pause that ends a run of bytes: the silence where a frame is complete,
 * ours or another's; longer where a slow reply may go on.
 */
static u64 run_pause(const struct scan *scan)
{
	size_t want = rtu_reply_length(scan->request, scan->request_len,
				       scan->rx, scan->rx_len);

	if ((want && scan->rx_len >= want) || rtu_crc_ok(scan->rx, scan->rx_len))
		return scan_silence_ns(scan);
	return SCAN_BROKEN_NS;
}

/* While waiting: is the reply complete? Otherwise wait for more or silence. */
static void check_progress(struct scan *scan)
{
	size_t want = rtu_reply_length(scan->request, scan->request_len,
				       scan->rx, scan->rx_len);

	if (want && scan->rx_len >= want) {
		enum rtu_verdict verdict;

		verdict = rtu_check_reply(scan->request, scan->request_len,
					  scan->rx, want);
		if (!scan->rx_line_error &&
		    (verdict == RTU_OK || verdict == RTU_IS_EXCEPTION)) {
			complete(scan, verdict, want);
			return;
		}
	}
	scan->ops->set_timer(scan->ctx, scan->last_rx + run_pause(scan));
}

static void fail(struct scan *scan, int error)
{
	enter_gap(scan, scan_now(scan));
	if (scan->kind == SCAN_KIND_TRANSACT)
		scan_transact_done(scan, error, scan->rx,
				   error == -EPROTO ? scan->rx_len : 0);
	else
		scan_failure(scan, error == -EPROTO ? -EIO : error);
	rx_reset(scan);
	advance(scan);
}

/*
 * What is wrong with the damaged run tells the faults apart. Noise rarely hits
 * just the first two bytes, a wrong speed or parity always does, and a wrong
 * speed makes other bytes in another number; two modules that answer at once
 * say somewhat more than one would.
 */
static void count_damage(struct scan *scan)
{
	struct scan_stats *stats = asked_stats(scan);
	size_t want = rtu_reply_length(scan->request, scan->request_len,
				       scan->request, scan->request_len);
	size_t have = scan->rx_len + scan->rx_dropped + scan->rx_bad;
	size_t head = min_t(size_t, scan->rx_len, 2);

	if (begins_with_request(scan)) {
		stats->echoes++;
		return;
	}
	stats->garbled += !head || memcmp(scan->rx, scan->request, head);
	stats->overlong += want && have > want;
	stats->misfits += want && (4 * have < 3 * want || 4 * have > 5 * want);
}

/* The run of bytes received while waiting has ended without a reply in it. */
static void judge_run(struct scan *scan, u64 now)
{
	struct scan_stats *stats = asked_stats(scan);
	enum rtu_verdict verdict;

	if (scan->rx_line_error) {
		stats->line_errors++;
		count_damage(scan);
		trace(scan, SCAN_TRACE_LINE_ERROR, scan->rx, scan->rx_len);
		fail(scan, -EIO);
		return;
	}
	verdict = rtu_check_reply(scan->request, scan->request_len, scan->rx,
				  scan->rx_len);
	if (scan->rx_dropped && verdict != RTU_SHORT)
		verdict = RTU_BAD_CRC;
	switch (verdict) {
	case RTU_OK:
	case RTU_IS_EXCEPTION:
		/* Only silence ends a reply of no known length. */
		complete(scan, verdict, scan->rx_len);
		return;
	case RTU_FOREIGN:
		judge_stranger(scan);
		rx_reset(scan);
		/* The one we asked may still answer. */
		if (now < scan->deadline)
			scan->ops->set_timer(scan->ctx, scan->deadline);
		else
			fail(scan, -ETIMEDOUT);
		return;
	case RTU_SHORT:
		stats->short_frames++;
		count_damage(scan);
		trace(scan, SCAN_TRACE_SHORT, scan->rx, scan->rx_len);
		break;
	case RTU_BAD_CRC:
		stats->crc_errors++;
		count_damage(scan);
		trace(scan, SCAN_TRACE_BAD_CRC, scan->rx, scan->rx_len);
		break;
	default:
		stats->unexpected++;
		if (begins_with_request(scan))
			stats->echoes++;
		trace(scan, SCAN_TRACE_UNEXPECTED, scan->rx, scan->rx_len);
		fail(scan, -EPROTO);
		return;
	}
	fail(scan, -EIO);
}

/* Was the machine away when the timer should have come? Told once a request. */
static bool slept(struct scan *scan, u64 due, u64 now)
{
	if (scan->stalled || now <= due + SCAN_STALL_NS)
		return false;
	scan->stalled = true;
	return true;
}

/* The timer while a run of bytes is coming in */
static void run_timer(struct scan *scan, u64 now)
{
	u64 pause = run_pause(scan);
	u64 due = scan->last_rx + pause;

	if (now >= due) {
		if (slept(scan, due, now))
			scan->ops->set_timer(scan->ctx, now + pause);
		else
			judge_run(scan, now);
		return;
	}
	/* A line that babbles never ends a run. */
	if (now > scan->deadline + SCAN_BABBLE_NS)
		judge_run(scan, now);
	else
		scan->ops->set_timer(scan->ctx, due);
}

static void waiting_timer(struct scan *scan, u64 now)
{
	if (rx_any(scan)) {
		run_timer(scan, now);
		return;
	}
	if (slept(scan, scan->deadline, now))
		scan->deadline = now + response_ns(scan);
	if (now < scan->deadline) {
		scan->ops->set_timer(scan->ctx, scan->deadline);
		return;
	}
	asked_stats(scan)->timeouts++;
	scan->timed_out = scan->address;
	trace(scan, SCAN_TRACE_TIMEOUT, scan->request, scan->request_len);
	fail(scan, -ETIMEDOUT);
}

/* A map is due now: a raw PDU waits no longer than any other request. */
void scan_hurry(struct scan *scan)
{
	u64 end = scan_now(scan) + scan->response_ns;

	if (scan->kind != SCAN_KIND_TRANSACT || end >= scan->deadline ||
	    (scan->phase != SCAN_WAITING && scan->phase != SCAN_TURNAROUND))
		return;
	scan->deadline = end;
	if (!rx_any(scan))
		scan->ops->set_timer(scan->ctx, end);
}

/* A frame that we did not cause has another master behind it; noise has not. */
static void judge_heard(struct scan *scan)
{
	bool frame = !scan->rx_line_error && !scan->rx_dropped &&
		     rtu_crc_ok(scan->rx, scan->rx_len);

	if (frame)
		scan_heard_master(scan);
	trace(scan, frame ? SCAN_TRACE_FOREIGN : SCAN_TRACE_NOISE, scan->rx,
	      scan->rx_len);
	rx_reset(scan);
}

static void listening_timer(struct scan *scan, u64 now)
{
	bool heard = scan->last_rx >= scan->started;
	u64 end = scan->started + SCAN_LISTEN_NS;

	if (heard && rx_any(scan)) {
		if (now < scan->last_rx + scan_silence_ns(scan) &&
		    now < scan->started + SCAN_LISTEN_MAX_NS) {
			scan->ops->set_timer(scan->ctx, scan->last_rx +
					     scan_silence_ns(scan));
			return;
		}
		judge_heard(scan);
	}
	if (heard)
		end = min_t(u64, max_t(u64, end,
				       scan->last_rx + SCAN_LISTEN_QUIET_NS),
			    scan->started + SCAN_LISTEN_MAX_NS);
	if (now < end) {
		scan->ops->set_timer(scan->ctx, end);
		return;
	}
	scan_set_bus_state(scan, BACS_BUS_STATE_DISCOVERING);
	enter_gap(scan, now);
	advance(scan);
}

/**
 * scan_timer() - the time asked for by set_timer has come
 * @scan: the engine
 *
 * Coming early is harmless: the engine asks again.
 */
void scan_timer(struct scan *scan)
{
	u64 now = scan_now(scan);

	switch (scan->phase) {
	case SCAN_STOPPED:
	case SCAN_PAUSED:
		break;
	case SCAN_LISTENING:
		listening_timer(scan, now);
		break;
	case SCAN_GAP:
		advance(scan);
		break;
	case SCAN_WAITING:
		waiting_timer(scan, now);
		break;
	case SCAN_TURNAROUND:
		if (now < scan->deadline) {
			scan->ops->set_timer(scan->ctx, scan->deadline);
			break;
		}
		enter_gap(scan, now);
		if (scan->kind == SCAN_KIND_TRANSACT)
			scan_transact_done(scan, 0, NULL, 0);
		advance(scan);
		break;
	}
}

static void rx_append(struct scan *scan, const u8 *bytes, size_t len, u64 now)
{
	size_t room = sizeof(scan->rx) - scan->rx_len;
	size_t take = min_t(size_t, len, room);

	if (!scan->rx_len)
		scan->rx_first = now;
	memcpy(scan->rx + scan->rx_len, bytes, take);
	scan->rx_len += take;
	scan->rx_dropped += len - take;
}

static bool is_deaf(const struct scan *scan)
{
	return scan->phase == SCAN_STOPPED || scan->phase == SCAN_PAUSED;
}

/**
 * scan_rx() - bytes came in without a line error
 * @scan: the engine
 * @bytes: the bytes
 * @len: their number
 */
void scan_rx(struct scan *scan, const u8 *bytes, size_t len)
{
	u64 now = scan_now(scan);

	if (is_deaf(scan) || !len)
		return;
	scan->bytes_rx += len;
	scan->last_rx = now;
	scan_valid_byte(scan);
	switch (scan->phase) {
	case SCAN_LISTENING:
		scan->stats.noise += len;
		rx_append(scan, bytes, len, now);
		scan->ops->set_timer(scan->ctx, now + scan_silence_ns(scan));
		break;
	case SCAN_WAITING:
		rx_append(scan, bytes, len, now);
		check_progress(scan);
		break;
	case SCAN_GAP:
		rx_append(scan, bytes, len, now);
		await_silence(scan);
		break;
	default:
		/* The timer in force finds the silence. */
		rx_append(scan, bytes, len, now);
		break;
	}
}

/**
 * scan_rx_error() - a character with a line error came in
 * @scan: the engine
 *
 * Framing, parity, break or overrun. The run of bytes it stands in is void.
 */
void scan_rx_error(struct scan *scan)
{
	if (is_deaf(scan))
		return;
	scan->last_rx = scan_now(scan);
	scan->rx_line_error = true;
	if (scan->rx_bad < RTU_FRAME_MAX)
		scan->rx_bad++;
	if (scan->phase == SCAN_WAITING)
		check_progress(scan);
	else if (scan->phase == SCAN_GAP)
		await_silence(scan);
}

/**
 * scan_set_line() - line settings, also when another opener changed them
 * @scan: the engine
 * @baud: bits per second; 0 (hang up) keeps the last
 * @char_bits: bits of a character with start, parity and stop
 */
void scan_set_line(struct scan *scan, u32 baud, u32 char_bits)
{
	if (!baud)
		return;
	scan->baud = baud;
	scan->char_bits = char_bits;
	scan->char_ns = rtu_char_ns(baud, char_bits);
	scan->t35_ns = rtu_t35_ns(baud, char_bits);
}

/**
 * scan_init() - prepare an engine
 * @scan: zeroed memory
 * @ops: the door to the outside
 * @ctx: handed to every operation
 * @config: how to start; in range
 */
void scan_init(struct scan *scan, const struct scan_ops *ops, void *ctx,
	       const struct scan_config *config)
{
	bool any = false;

	scan->ops = ops;
	scan->ctx = ctx;
	scan->profile = config->profile;
	scan->readonly = config->readonly;
	scan->permit_sleep = config->permit_sleep;
	scan->rx_trigger = config->rx_trigger;
	scan->own_response = config->response_ms;
	scan->response_ns = NSEC_PER_MSEC * (u64)(config->response_ms ?:
		(config->profile ? config->profile->response_ms :
		 BACS_C_RESPONSE_MS));
	scan->period_ns = config->scan_ms ? NSEC_PER_MSEC * (u64)config->scan_ms :
			  SCAN_PERIOD_DEFAULT_NS;
	scan_set_line(scan, config->baud, config->char_bits);
	for (int a = 1; a <= RTU_ADDRESS_MAX; a++)
		any |= config->addresses[a / 8] >> (a % 8) & 1;
	scan->any_address = !any;
	for (int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct scan_slot *slot = &scan->slots[a];

		slot->configured = config->addresses[a / 8] >> (a % 8) & 1;
		slot->searched = slot->configured || !any;
		slot->class = config->profile ? config->profile->class : 0;
		if (slot->configured)
			slot->state = BACS_MODULE_STATE_UNPOLLED;
	}
}

/**
 * scan_start() - listen, then master the bus
 * @scan: an initialised engine
 */
void scan_start(struct scan *scan)
{
	scan->started = scan_now(scan);
	scan->discovering = true;
	scan->search_cursor = 1;
	scan->phase = SCAN_LISTENING;
	scan_set_bus_state(scan, BACS_BUS_STATE_LISTENING);
	scan->ops->set_timer(scan->ctx, scan->started + SCAN_LISTEN_NS);
}

/**
 * scan_stop() - say and hear nothing more
 * @scan: the engine
 */
void scan_stop(struct scan *scan)
{
	scan->phase = SCAN_STOPPED;
	scan_transact_cancel(scan, -ENODEV);
	if (scan->raw.phase == SCAN_RAW_SENT)
		scan_transact_done(scan, -ENODEV, NULL, 0);
	scan_set_bus_state(scan, BACS_BUS_STATE_STOPPED);
}

/**
 * scan_pause() - the machine goes to sleep: say and hear nothing
 * @scan: the engine
 *
 * The request under way is forgotten; a command is sent again afterwards, but
 * for a duty, whose lease is over then.
 */
void scan_pause(struct scan *scan)
{
	if (is_deaf(scan))
		return;
	scan->phase = SCAN_PAUSED;
	scan->again = false;
	if (scan->raw.phase == SCAN_RAW_SENT)
		scan_transact_done(scan, -ETIMEDOUT, NULL, 0);
	scan_note(scan, SCAN_NOTE_PAUSED, 0, 0, 0);
}

/* The modules' clocks have gone on, and theirs may be the only ones. */
static void forget_times(struct scan *scan, u64 now)
{
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct scan_slot *slot = &scan->slots[a];

		slot->misses = 0;
		slot->unanswered = 0;
		slot->late_until = 0;
	}
	scan->timed_out = 0;
	scan->follows = false;
	scan->awake_at = now + SCAN_WAKE_NS;
	/* How long anything lasted, nobody knows: leases are over. */
	if (scan->lease_until)
		scan->lease_until = now;
	scan_check_lease(scan, now);
}

/**
 * scan_resume() - the machine is awake again
 * @scan: the engine
 *
 * The clock may have stood still meanwhile. Modules that nobody asked for long
 * are asleep: nobody is lost before they had the time to wake.
 */
void scan_resume(struct scan *scan)
{
	u64 now = scan_now(scan);

	if (scan->phase != SCAN_PAUSED)
		return;
	rx_reset(scan);
	scan_valid_byte(scan);
	forget_times(scan, now);
	if (scan->state == BACS_BUS_STATE_LISTENING) {
		scan_start(scan);
		return;
	}
	/* What the line did meanwhile was not heard. */
	scan->last_rx = now;
	enter_gap(scan, now);
	scan->ops->set_timer(scan->ctx, now);
}
