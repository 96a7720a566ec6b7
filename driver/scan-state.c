// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, the states: what an answer or its absence means
 *
 * Lost module: 3 scans or 5 s without a valid reply, whichever is later.
 * Lost bus: every present module, or 20 different addresses if there are
 * more, timed out in succession without one byte, at least 5 time-outs.
 * A lost module is back after 3 good scans and not before 10 s.
 */
#include "scan-internal.h"

void scan_note(struct scan *scan, enum scan_note_kind kind, u8 address,
	       u32 old, u32 new)
{
	struct scan_note note = {
		.kind = kind,
		.address = address,
		.scan = scan->scans,
		.generation = scan->generation,
		.time_ns = scan_now(scan),
		.change = { .old = old, .new = new },
	};

	scan->ops->emit(scan->ctx, &note);
}

void scan_set_bus_state(struct scan *scan, enum bacs_bus_state state)
{
	enum bacs_bus_state old = scan->state;

	if (state == old)
		return;
	scan->state = state;
	scan_note(scan, SCAN_NOTE_BUS_STATE, 0, old, state);
}

static void set_state(struct scan *scan, u8 address, u8 state)
{
	struct scan_slot *slot = &scan->slots[address];
	u8 old = slot->state;

	if (state == old)
		return;
	slot->state = state;
	scan_note(scan, SCAN_NOTE_MODULE_STATE, address, old, state);
}

void scan_heard_master(struct scan *scan)
{
	scan->foreign_requests++;
	if (scan->second_master)
		return;
	scan->second_master = true;
	scan_note(scan, SCAN_NOTE_SECOND_MASTER, 0, 0, 0);
}

/* A byte without a line error proves that the line is not cut. */
void scan_valid_byte(struct scan *scan)
{
	scan->silent_timeouts = 0;
	scan->silent_count = 0;
	memset(scan->silent, 0, sizeof(scan->silent));
}

static u32 count_present(const struct scan *scan)
{
	u32 n = 0;

	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		n += scan->slots[a].state == BACS_MODULE_STATE_OK;
	return n;
}

static void lose(struct scan *scan, u8 address, u64 now)
{
	struct scan_slot *slot = &scan->slots[address];

	slot->polled = false;
	slot->identified = false;
	slot->misses = 0;
	slot->good = 0;
	slot->lost_at = now;
	slot->backoff = SCAN_BACKOFF_MIN_NS;
	slot->next_probe = now + slot->backoff;
	slot->stats.losses++;
	scan_block_restart(slot);
	/*
	 * It may only have lost its voice and still hear us: its bit in the
	 * map is clear from now on.
	 */
	if (slot->duty_target || slot->duty_confirmed)
		scan_urgent_map(scan);
	slot->duty_target = 0;
	slot->duty_confirmed = 0;
	scan_drop_commands(scan, address, -ENODEV);
	set_state(scan, address, BACS_MODULE_STATE_LOST);
}

void scan_bus_lost(struct scan *scan)
{
	u64 now = scan_now(scan);

	if (scan->state == BACS_BUS_STATE_LOST)
		return;
	scan_set_bus_state(scan, BACS_BUS_STATE_LOST);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (scan->slots[a].state == BACS_MODULE_STATE_OK)
			lose(scan, (u8)a, now);
}

static void count_silence(struct scan *scan, u8 address)
{
	u32 present = count_present(scan);
	u8 bit = (u8)BIT(address % 8);

	scan->silent_timeouts++;
	if (!(scan->silent[address / 8] & bit)) {
		scan->silent[address / 8] |= bit;
		scan->silent_count++;
	}
	if (scan->silent_timeouts >= SCAN_BUS_LOST_TIMEOUTS &&
	    scan->silent_count >= min_t(u32, present, SCAN_BUS_LOST_ADDRESSES))
		scan_bus_lost(scan);
}

/* Somebody answers again: ask all the others soon, too. */
static void revive_bus(struct scan *scan, u64 now)
{
	if (scan->state != BACS_BUS_STATE_LOST)
		return;
	scan_set_bus_state(scan, BACS_BUS_STATE_RUNNING);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		scan->slots[a].next_probe = now;
		scan->slots[a].backoff = SCAN_BACKOFF_MIN_NS;
	}
}

void scan_end_discovery(struct scan *scan, u64 now)
{
	bool any = false;

	scan->discovering = false;
	scan->next_probe = now + SCAN_PROBE_GAP_NS;
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct scan_slot *slot = &scan->slots[a];

		any |= slot->polled;
		if (slot->state == BACS_MODULE_STATE_UNPOLLED && slot->searched)
			set_state(scan, (u8)a, BACS_MODULE_STATE_ABSENT);
	}
	scan_set_bus_state(scan, any ? BACS_BUS_STATE_RUNNING :
			   BACS_BUS_STATE_LOST);
}

/* All blocks that are due have been read. */
static void live_sample(struct scan *scan, struct scan_slot *slot, u64 now)
{
	struct scan_note note = {
		.kind = SCAN_NOTE_SAMPLE,
		.address = scan->address,
		.scan = scan->scans,
		.generation = scan->generation,
		.time_ns = now,
		.sample = slot->sample,
	};
	const struct bacs_sample *sample = &note.sample;
	u16 boots;

	slot->misses = 0;
	if (slot->good < 0xFF)
		slot->good++;
	if (slot->state == BACS_MODULE_STATE_LOST &&
	    (slot->good < SCAN_RETURN_SCANS ||
	     now < slot->lost_at + SCAN_RETURN_NS))
		return;
	set_state(scan, scan->address, BACS_MODULE_STATE_OK);
	if (bacs_sample_has(sample, BACS_QUANTITY_BOOTS)) {
		boots = (u16)sample->value[BACS_QUANTITY_BOOTS];
		if (slot->has_boots && boots != slot->boots) {
			scan_note(scan, SCAN_NOTE_REBOOTED, scan->address,
				  slot->boots, boots);
			slot->stats.reboots++;
			slot->identified = false;
			slot->duty_confirmed = 0;
		}
		slot->has_boots = true;
		slot->boots = boots;
	}
	/*
	 * Its lease is gone and its duty with it: the same duty commanded
	 * again must be written again.
	 */
	if (bacs_sample_has(sample, BACS_QUANTITY_FLAGS) &&
	    !(sample->value[BACS_QUANTITY_FLAGS] & BACS_C_FLAG_LEASED))
		slot->duty_confirmed = 0;
	scan->ops->emit(scan->ctx, &note);
}

static int ident_reply(struct scan *scan, struct scan_slot *slot,
		       const u8 *registers, u64 now)
{
	struct scan_note note = {
		.kind = SCAN_NOTE_IDENTITY,
		.address = scan->address,
		.scan = scan->scans,
		.time_ns = now,
	};
	int err = bacs_c_identity_decode(registers, &note.identity);

	if (err)
		return err;
	if (slot->serial && slot->serial != note.identity.serial) {
		slot->has_boots = false;
		slot->stats.changes++;
		scan_note(scan, SCAN_NOTE_CHANGED, scan->address, 0, 0);
	}
	slot->serial = note.identity.serial;
	slot->class = note.identity.class;
	slot->identified = true;
	scan->ops->emit(scan->ctx, &note);
	return 0;
}

/* A module answered a probe: it takes part in the scans from now on. */
static void join(struct scan_slot *slot)
{
	if (slot->state == BACS_MODULE_STATE_UNKNOWN)
		slot->state = BACS_MODULE_STATE_UNPOLLED;
	slot->searched = false;
	slot->polled = true;
	slot->misses = 0;
	slot->good = 0;
}

/* false: the module has yet to show that all of it is there */
static bool read_reply(struct scan *scan, const u8 *reply, u64 now)
{
	struct scan_slot *slot = &scan->slots[scan->address];
	const u8 *registers = reply + 3;

	/* What it means, the new profile does not say; it will be asked anew. */
	if (scan->stale)
		return true;
	if (scan->is_ident && ident_reply(scan, slot, registers, now)) {
		/* Modbus, but not one of ours */
		slot->stats.unexpected++;
		scan_failure(scan, -EPROTO);
		return false;
	}
	if (scan->kind == SCAN_KIND_PROBE)
		join(slot);
	/* After an identification the live block of the same address is next. */
	if (scan->is_ident)
		return true;
	if (!scan_block_done(scan, slot, registers, now))
		return false;
	live_sample(scan, slot, now);
	if (scan->kind == SCAN_KIND_POLL && scan->scan_open &&
	    scan->cursor == scan->address)
		scan->cursor++;
	return true;
}

/* A valid reply to the request in force */
void scan_reply(struct scan *scan, const u8 *reply)
{
	struct scan_slot *slot = &scan->slots[scan->address];
	u64 now = scan_now(scan);

	bool whole = true;

	slot->unanswered = 0;
	revive_bus(scan, now);
	switch (scan->kind) {
	case SCAN_KIND_POLL:
	case SCAN_KIND_PROBE:
		whole = read_reply(scan, reply, now);
		break;
	default:
		scan_command_done(scan, 0);
		break;
	}
	/* Of a module that lacks a block no value is live. */
	if (whole)
		slot->last_good = now;
}

static void back_off(struct scan *scan, struct scan_slot *slot, u64 now)
{
	slot->polled = false;
	slot->identified = false;
	slot->good = 0;
	if (scan->state == BACS_BUS_STATE_LOST) {
		/* Nobody is held up; find the first one that is back. */
		slot->next_probe = now + SCAN_BUS_LOST_GAP_NS;
		return;
	}
	slot->backoff = min_t(u64, 2 * slot->backoff, SCAN_BACKOFF_MAX_NS);
	slot->next_probe = now + slot->backoff;
}

static void poll_failure(struct scan *scan, struct scan_slot *slot, u64 now)
{
	if (scan->scan_open && scan->cursor == scan->address)
		scan->cursor++;
	scan_block_restart(slot);
	if (slot->state == BACS_MODULE_STATE_LOST) {
		back_off(scan, slot, now);
		return;
	}
	slot->good = 0;
	if (slot->misses < 0xFF)
		slot->misses++;
	if (scan->discovering || now < scan->awake_at ||
	    slot->misses < SCAN_LOST_SCANS ||
	    now - slot->last_good < SCAN_LOST_NS)
		return;
	if (slot->state == BACS_MODULE_STATE_OK) {
		lose(scan, scan->address, now);
		return;
	}
	/* It told its name and never a value: search for it again. */
	slot->polled = false;
	slot->identified = false;
	slot->searched = true;
	scan->next_probe = min_t(u64, scan->next_probe, now + SCAN_PROBE_GAP_NS);
	set_state(scan, scan->address, BACS_MODULE_STATE_ABSENT);
}

static bool retry_allowed(const struct scan *scan, const struct scan_slot *slot)
{
	if (scan->retry || scan->kind == SCAN_KIND_PROBE || scan->stale)
		return false;
	/* The next block may be asked for only when no reply is on its way. */
	if (!scan_block_may_ask(slot, scan_now(scan)))
		return false;
	return slot->state != BACS_MODULE_STATE_LOST;
}

/**
 * scan_failure() - the request in force brought no valid answer
 * @scan: the engine
 * @error: -ETIMEDOUT, -EIO (damaged), -EREMOTEIO (exception), -EBUSY
 *	(exception 6), -EPROTO (not a bacs-c module)
 */
void scan_failure(struct scan *scan, int error)
{
	struct scan_slot *slot = &scan->slots[scan->address];
	u64 now = scan_now(scan);

	if (slot->unanswered < 0xFF)
		slot->unanswered++;
	if (error == -ETIMEDOUT && (scan->kind == SCAN_KIND_POLL ||
				    scan->kind == SCAN_KIND_PROBE))
		scan_block_late(scan, slot, now);
	if (slot->unanswered == SCAN_UNANSWERED && scan_leased(scan, scan->address))
		scan_urgent_map(scan);
	if (error == -ETIMEDOUT && slot->state == BACS_MODULE_STATE_OK &&
	    now >= scan->awake_at) {
		count_silence(scan, scan->address);
		/* The bus may be lost now and this module with it. */
		if (slot->state == BACS_MODULE_STATE_LOST)
			return;
	}
	if (retry_allowed(scan, slot)) {
		slot->stats.retries++;
		scan->retry = true;
		scan->again = true;
		return;
	}
	switch (scan->kind) {
	case SCAN_KIND_POLL:
		poll_failure(scan, slot, now);
		break;
	case SCAN_KIND_PROBE:
		if (slot->state == BACS_MODULE_STATE_LOST)
			back_off(scan, slot, now);
		break;
	default:
		scan_command_done(scan, error);
		break;
	}
}

/**
 * scan_identify_again() - read the identity of every module once more
 * @scan: the engine
 *
 * What it said of them did not arrive.
 */
void scan_identify_again(struct scan *scan)
{
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		scan->slots[a].identified = false;
}
