// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, raw access: one PDU of the outside in a slot of its own
 *
 * The exchange is timed like every other. It is nobody's poll: it changes no
 * module's state and counts in the bus's statistics, not in a module's. It
 * waits in turn with the probes and never before as much time has passed as
 * the exchange before it took, so that it has half of the line at most.
 *
 * A PDU that may write goes around the lease: it may set a duty, or a lease of
 * 18 hours. So the map follows it at once, which names those who equalize by
 * scan_set_duty() and nobody else, and their duties are written again.
 */
#include "scan-internal.h"

/* Others than bacs-c modules need longer after a broadcast (V1.02 2.4.1). */
#define TURNAROUND_NS	(100 * NSEC_PER_MSEC)

static u64 default_wait_ns(const struct scan *scan, u8 address)
{
	if (address != RTU_BROADCAST)
		return scan->response_ns;
	return scan_is_bacs_c(scan) ? SCAN_TURNAROUND_NS : TURNAROUND_NS;
}

/**
 * scan_transact() - send a raw PDU
 * @scan: the engine
 * @address: 0-247, 0: broadcast, which nobody answers
 * @pdu: function code, 1-127, and data
 * @len: 1-RTU_PDU_MAX
 * @response_ms: how long to wait for the reply to begin, or to leave the line
 *	alone after a broadcast; 0: default
 *
 * The end comes as SCAN_NOTE_TRANSACT; scan_transact_take() tells it and makes
 * room for the next one.
 *
 * Return: 0; -EROFS on a read-only bus; -EINVAL; -EBUSY: there is one already;
 * -ENODEV: the bus has ended.
 */
int scan_transact(struct scan *scan, u8 address, const u8 *pdu, size_t len,
		  u32 response_ms)
{
	struct scan_raw *raw = &scan->raw;

	if (scan->readonly)
		return -EROFS;
	if (address > RTU_ADDRESS_MAX || !len || len > RTU_PDU_MAX || !pdu[0] ||
	    pdu[0] & RTU_EXCEPTION || response_ms > BACS_RESPONSE_MS_MAX)
		return -EINVAL;
	if (scan->phase == SCAN_STOPPED)
		return -ENODEV;
	if (raw->phase != SCAN_RAW_NONE)
		return -EBUSY;
	raw->phase = SCAN_RAW_QUEUED;
	raw->address = address;
	memcpy(raw->pdu, pdu, len);
	raw->len = len;
	raw->wait_ns = response_ms ? response_ms * (u64)NSEC_PER_MSEC :
		       default_wait_ns(scan, address);
	raw->mapped = false;
	raw->untaken = false;
	scan_wake(scan);
	return 0;
}

/* Keep what a frame of the wire says, and tell that it is there. */
static void finish(struct scan *scan, int result, const u8 *frame, size_t len)
{
	struct scan_raw *raw = &scan->raw;

	raw->phase = SCAN_RAW_DONE;
	raw->result = result;
	raw->len = 0;
	if (len > 3) {
		raw->len = len - 3;
		memcpy(raw->pdu, frame + 1, raw->len);
	}
	scan_note(scan, SCAN_NOTE_TRANSACT, 0, 0, 0);
}

/**
 * scan_transact_cancel() - nobody wants it any more
 * @scan: the engine
 * @error: what became of it
 *
 * What is on the wire already goes on to its end.
 */
void scan_transact_cancel(struct scan *scan, int error)
{
	if (scan->raw.phase == SCAN_RAW_QUEUED)
		finish(scan, error, NULL, 0);
}

/**
 * scan_transact_take() - the result, if there is one
 * @scan: the engine
 * @ret: where it goes; @ret->pdu is the reply
 *
 * Return: true if there was one.
 */
bool scan_transact_take(struct scan *scan, struct scan_raw *ret)
{
	if (scan->raw.phase != SCAN_RAW_DONE)
		return false;
	*ret = scan->raw;
	scan->raw.phase = SCAN_RAW_NONE;
	return true;
}

/* What it wrote may be a duty: those of the controller are written again. */
static void restore_duties(struct scan *scan)
{
	const struct scan_raw *raw = &scan->raw;

	if (!scan_is_bacs_c(scan) || rtu_only_reads(raw->pdu, raw->len))
		return;
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (raw->address == RTU_BROADCAST || raw->address == a)
			scan_write_duty_again(scan, (u8)a);
	/* Now, so that the bus says it even if it ends with the request. */
	scan_urgent_map(scan);
}

/* May it begin? If it would hold up a map, the map is sent before it. */
static bool may_begin(struct scan *scan, u64 now)
{
	struct scan_raw *raw = &scan->raw;

	if (raw->phase != SCAN_RAW_QUEUED || now < raw->not_before)
		return false;
	if (!scan->lease_until || now + raw->wait_ns <= scan->next_renew)
		return true;
	if (!raw->mapped) {
		raw->mapped = true;
		scan->next_renew = now;
	}
	if (scan->next_renew <= now)
		return false;
	raw->wait_ns = max_t(u64, scan->response_ns,
			     min_t(u64, raw->wait_ns, scan->next_renew - now));
	return true;
}

/* Fill in the request if it may be sent now. */
bool scan_prepare_transact(struct scan *scan, u64 now)
{
	struct scan_raw *raw = &scan->raw;

	if (!may_begin(scan, now))
		return false;
	scan->kind = SCAN_KIND_TRANSACT;
	scan->address = raw->address;
	scan->retry = false;
	scan->is_ident = false;
	scan->request[0] = raw->address;
	memcpy(scan->request + 1, raw->pdu, raw->len);
	scan->request_len = rtu_seal(scan->request, 1 + raw->len);
	raw->begun = now;
	restore_duties(scan);
	raw->phase = SCAN_RAW_SENT;
	return true;
}

/* The exchange is over; the frame is the reply, if any. */
void scan_transact_done(struct scan *scan, int result, const u8 *frame,
			size_t len)
{
	struct scan_raw *raw = &scan->raw;
	u64 now = scan_now(scan);

	raw->not_before = now + (now - raw->begun);
	if (raw->untaken && (!result || result == -ETIMEDOUT))
		result = -EIO;
	finish(scan, result, frame, len);
}
