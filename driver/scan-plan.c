// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, the plan: what to send next
 *
 * Order: the lease, broadcasts, then in turn a command, raw PDU or probe and a
 * poll, so that neither starves the other. All present modules are polled once in
 * a scan; absent ones are asked now and then.
 */
#include "scan-internal.h"

static void set_request(struct scan *scan, enum scan_kind kind, u8 address,
			size_t len)
{
	scan->kind = kind;
	scan->address = address;
	scan->request_len = len;
	scan->retry = false;
	scan->is_ident = false;
	scan->stale = false;
}

/* The identification if it is not known yet, else the live block */
static void set_read(struct scan *scan, enum scan_kind kind, u8 address)
{
	struct scan_slot *slot = &scan->slots[address];
	bool ident = scan_is_bacs_c(scan) && !slot->identified;
	size_t len;

	if (ident) {
		len = rtu_build_read(scan->request, address, RTU_READ_INPUT,
				     BACS_C_IDENT_START, BACS_C_IDENT_REGISTERS);
	} else {
		const struct bacs_block *block;

		/* A probe asks for what a poll begins with. */
		if (kind == SCAN_KIND_PROBE)
			scan_block_restart(slot);
		block = scan_block(scan, slot, slot->block);
		len = rtu_build_read(scan->request, address, block->function,
				     block->start, block->count);
	}
	set_request(scan, kind, address, len);
	scan->is_ident = ident;
}

static u8 next_polled(const struct scan *scan, unsigned int from, u64 now)
{
	for (unsigned int a = from; a <= RTU_ADDRESS_MAX; a++)
		if (scan->slots[a].polled &&
		    scan_block_may_ask(&scan->slots[a], now))
			return (u8)a;
	return 0;
}

/* One map every third of the lease, but never more than 20 s apart */
static u64 renew_distance(const struct scan *scan, u64 now)
{
	u64 third = scan->lease_until > now ?
		    div_u64(scan->lease_until - now, 3) : SCAN_RENEW_NS;

	return min_t(u64, SCAN_RENEW_NS, max_t(u64, third, SCAN_REPEAT_NS));
}

static bool prepare_lease(struct scan *scan, u64 now)
{
	scan_check_lease(scan, now);
	if (!scan->lease_repeats && !scan->lease_until)
		return false;
	if (now < scan->next_renew)
		return false;
	set_request(scan, SCAN_KIND_LEASE, RTU_BROADCAST,
		    scan_build_map(scan, scan->request, now));
	if (scan->lease_repeats)
		scan->lease_repeats--;
	scan->next_renew = now + (scan->lease_repeats ? SCAN_REPEAT_NS :
				  renew_distance(scan, now));
	return true;
}

static bool prepare_latch(struct scan *scan)
{
	if (!scan->latch_pending)
		return false;
	scan->latch_pending = false;
	set_request(scan, SCAN_KIND_LATCH, RTU_BROADCAST,
		    rtu_build_write_single(scan->request, RTU_BROADCAST,
					   BACS_C_HOLD_LATCH,
					   scan->latch_number));
	return true;
}

static void set_command(struct scan *scan, u8 address)
{
	struct scan_slot *slot = &scan->slots[address];
	enum scan_kind kind;
	u16 reg, value;

	if (slot->pending & SCAN_PENDING_DUTY) {
		kind = SCAN_KIND_DUTY;
		reg = BACS_C_HOLD_DUTY_PERMILLE;
		value = slot->duty_target;
	} else if (slot->pending & SCAN_PENDING_IDENTIFY) {
		kind = SCAN_KIND_IDENTIFY;
		reg = BACS_C_HOLD_IDENTIFY;
		value = slot->identify_on;
	} else {
		kind = SCAN_KIND_RI;
		reg = BACS_C_HOLD_RI_TRIGGER;
		value = 1;
	}
	set_request(scan, kind, address,
		    rtu_build_write_single(scan->request, address, reg, value));
}

static bool prepare_command(struct scan *scan)
{
	if (!scan->pending_count)
		return false;
	for (unsigned int i = 0; i < RTU_ADDRESS_MAX; i++) {
		u16 a = (u16)((scan->command_cursor + i) % RTU_ADDRESS_MAX + 1);

		if (!scan->slots[a].pending)
			continue;
		scan->command_cursor = a;
		set_command(scan, (u8)a);
		return true;
	}
	return false;
}

/* Next address of the search; at the end of a pass discovery may be over. */
static bool prepare_search(struct scan *scan, u64 now)
{
	for (unsigned int tries = 0; tries <= RTU_ADDRESS_MAX; tries++) {
		u16 a = scan->search_cursor;

		if (a > RTU_ADDRESS_MAX) {
			scan->search_cursor = 1;
			scan->passes++;
			/* A sleeper asked before it could wake proves nothing. */
			if (scan->discovering && scan->passes >= 2 &&
			    scan->pass_started - scan->first_tx >=
			    SCAN_DISCOVERY_NS)
				scan_end_discovery(scan, now);
			scan->pass_started = now;
			if (!scan->discovering && now < scan->next_probe)
				return false;
			continue;
		}
		scan->search_cursor++;
		if (!scan->slots[a].searched)
			continue;
		set_read(scan, SCAN_KIND_PROBE, (u8)a);
		scan->next_probe = now +
			(now - scan->first_tx < SCAN_EARLY_NS ?
			 SCAN_PROBE_EARLY_NS : SCAN_PROBE_GAP_NS);
		return true;
	}
	/* Nothing is left to search for. */
	scan->next_probe = U64_MAX;
	if (scan->discovering)
		scan_end_discovery(scan, now);
	return false;
}

static bool is_lost_and_silent(const struct scan_slot *slot)
{
	return slot->state == BACS_MODULE_STATE_LOST && !slot->polled;
}

static bool prepare_lost(struct scan *scan, u64 now)
{
	for (unsigned int i = 0; i < RTU_ADDRESS_MAX; i++) {
		u16 a = (u16)((scan->lost_cursor + i) % RTU_ADDRESS_MAX + 1);
		struct scan_slot *slot = &scan->slots[a];

		if (!is_lost_and_silent(slot) || now < slot->next_probe)
			continue;
		scan->lost_cursor = a;
		set_read(scan, SCAN_KIND_PROBE, (u8)a);
		return true;
	}
	return false;
}

static bool prepare_probe(struct scan *scan, u64 now)
{
	if (prepare_lost(scan, now))
		return true;
	if (scan->discovering || now >= scan->next_probe)
		return prepare_search(scan, now);
	return false;
}

static void close_scan(struct scan *scan, u64 now)
{
	struct scan_note note = { .kind = SCAN_NOTE_DONE, .scan = scan->scans,
				  .time_ns = now };

	scan->scan_open = false;
	scan->last_scan_ns = now - scan->scan_started;
	note.done.duration_ms = (u32)div_u64(scan->last_scan_ns, NSEC_PER_MSEC);
	scan->scans++;
	scan->ops->emit(scan->ctx, &note);
}

static bool prepare_poll(struct scan *scan, u64 now)
{
	u8 address;

	if (scan->scan_open) {
		address = next_polled(scan, scan->cursor, now);
		if (address) {
			scan->cursor = address;
			set_read(scan, SCAN_KIND_POLL, address);
			return true;
		}
		close_scan(scan, now);
	}
	if (scan->scans && now < scan->scan_started + scan->period_ns)
		return false;
	address = next_polled(scan, 1, now);
	if (!address)
		return false;
	scan->scan_open = true;
	scan->scan_started = now;
	scan->cursor = address;
	set_read(scan, SCAN_KIND_POLL, address);
	return true;
}

/* Between slow scans, one poll keeps the modules from falling asleep. */
static bool prepare_awake(struct scan *scan, u64 now)
{
	u8 address;

	if (scan->permit_sleep || now < scan->tx_end + SCAN_AWAKE_NS)
		return false;
	address = next_polled(scan, scan->awake_cursor + 1U, now);
	if (!address)
		address = next_polled(scan, 1, now);
	if (!address)
		return false;
	scan->awake_cursor = address;
	set_read(scan, SCAN_KIND_POLL, address);
	return true;
}

/* In turn: somebody who sends raw PDUs all the time must not stop the search. */
static bool prepare_raw_or_probe(struct scan *scan, u64 now)
{
	if (!scan->raw_turn_over && scan_prepare_transact(scan, now)) {
		scan->raw_turn_over = true;
		return true;
	}
	scan->raw_turn_over = false;
	return prepare_probe(scan, now) || scan_prepare_transact(scan, now);
}

static bool prepare_extra(struct scan *scan, u64 now)
{
	if (!prepare_command(scan) && !prepare_raw_or_probe(scan, now))
		return false;
	scan->poll_turn = true;
	return true;
}

/**
 * scan_prepare() - fill in the next request
 * @scan: the engine, in the gap
 * @now: the time
 *
 * Return: true if @request is to be sent now; false if nothing is due.
 */
bool scan_prepare(struct scan *scan, u64 now)
{
	if (scan->again) {
		scan->again = false;
		return true;
	}
	if (prepare_lease(scan, now) || prepare_latch(scan))
		return true;
	if (!scan->poll_turn && prepare_extra(scan, now))
		return true;
	scan->poll_turn = false;
	return prepare_poll(scan, now) || prepare_extra(scan, now) ||
	       prepare_awake(scan, now);
}

/**
 * scan_next_due() - when may something be due again?
 * @scan: the engine; nothing is due now
 * @now: the time
 *
 * Return: a time after @now, at most a second away.
 */
u64 scan_next_due(const struct scan *scan, u64 now)
{
	u64 scan_due = scan->scan_started + scan->period_ns;
	u64 due = now + NSEC_PER_SEC;

	due = min_t(u64, due, scan->next_probe);
	if (scan->lease_repeats || scan->lease_until)
		due = min_t(u64, due, scan->next_renew);
	if (scan->lease_until)
		due = min_t(u64, due, scan->lease_until);
	if (scan->raw.phase == SCAN_RAW_QUEUED)
		due = min_t(u64, due, scan->raw.not_before);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		const struct scan_slot *slot = &scan->slots[a];

		if (slot->polled)
			due = min_t(u64, due, max_t(u64, scan_due,
						    slot->late_until));
		else if (is_lost_and_silent(slot))
			due = min_t(u64, due, slot->next_probe);
	}
	return max_t(u64, due, now + NSEC_PER_MSEC);
}
