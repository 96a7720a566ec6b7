// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, the profile: which block of a module is next; another profile
 *
 * A module whose profile has several blocks is polled by one request for each
 * that is due in this scan; its sample is complete with the last of them. When
 * one brings no valid reply, what the others brought is thrown away, so that
 * no value looks live that is not.
 *
 * Nothing in a reply says which registers it holds. Where more than one
 * request is possible, none follows a time-out before a late reply to that one
 * must have come.
 */
#include "scan-internal.h"

static unsigned int next_due_block(const struct scan *scan,
				   const struct scan_slot *slot,
				   unsigned int from)
{
	while (from < scan_blocks(scan) && slot->wait[from])
		from++;
	return from;
}

/* Begin a new round of the blocks. */
static void end_round(struct scan *scan, struct scan_slot *slot)
{
	for (unsigned int i = 0; i < scan_blocks(scan); i++)
		if (slot->wait[i])
			slot->wait[i]--;
	/* The check of a profile sees to it that one is due in every scan. */
	slot->block = (u8)next_due_block(scan, slot, 0);
	if (slot->block >= scan_blocks(scan))
		scan_block_restart(slot);
}

/**
 * scan_block_done() - take a block's registers
 * @scan: the engine
 * @slot: the module that was asked
 * @registers: the block asked for
 * @now: the time
 *
 * Return: true if the slot's sample is complete; false: the next block first.
 */
bool scan_block_done(struct scan *scan, struct scan_slot *slot,
		     const u8 *registers, u64 now)
{
	const struct bacs_block *block = scan_block(scan, slot, slot->block);
	unsigned int next;
	struct bacs_sample read;

	/* The reply may be the one to a request before this one. */
	if (now < slot->late_until)
		slot->late_until = now + SCAN_LATE_TIMES * scan->response_ns;
	bacs_block_decode(block, registers, &read);
	slot->sample.present &= ~bacs_block_quantities(block);
	slot->sample.present |= read.present;
	for (unsigned int q = 0; q <= BACS_QUANTITY_MAX; q++)
		if (read.present & BIT(q))
			slot->sample.value[q] = read.value[q];
	slot->wait[slot->block] = (u8)bacs_block_every(block);
	next = next_due_block(scan, slot, slot->block + 1U);
	if (next < scan_blocks(scan)) {
		slot->block = (u8)next;
		return false;
	}
	end_round(scan, slot);
	return true;
}

/**
 * scan_block_restart() - read all blocks anew
 * @slot: a module that did not answer, or whose profile is another
 */
void scan_block_restart(struct scan_slot *slot)
{
	slot->block = 0;
	memset(slot->wait, 0, sizeof(slot->wait));
	memset(&slot->sample, 0, sizeof(slot->sample));
}

/**
 * scan_block_late() - a reply did not come in time, and may come yet
 * @scan: the engine
 * @slot: the module that was asked
 * @now: the time
 */
void scan_block_late(struct scan *scan, struct scan_slot *slot, u64 now)
{
	if (scan_blocks(scan) > 1 || scan->stale)
		slot->late_until = now + SCAN_LATE_TIMES * scan->response_ns;
}

/**
 * scan_block_may_ask() - can the next reply be told from an earlier one?
 * @slot: a module
 * @now: the time
 *
 * Return: false while a late reply may come.
 */
bool scan_block_may_ask(const struct scan_slot *slot, u64 now)
{
	return now >= slot->late_until;
}

/**
 * scan_set_profile() - another profile of the same name from now on
 * @scan: an engine with a loaded profile
 * @profile: the new one; must outlive the engine or its successor's coming
 *
 * No module is lost by it: the reply to a request of the old profile still
 * shows that its module is there, and is not looked into. A stopped engine
 * says nothing; its generation tells.
 */
void scan_set_profile(struct scan *scan, const struct bacs_profile *profile)
{
	u64 now = scan_now(scan);

	scan->profile = profile;
	scan->generation++;
	if (!scan->own_response)
		scan->response_ns = profile->response_ms * (u64)NSEC_PER_MSEC;
	if (scan->kind == SCAN_KIND_POLL || scan->kind == SCAN_KIND_PROBE) {
		scan->stale = true;
		scan->again = false;
	}
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		scan_block_restart(&scan->slots[a]);
		scan->slots[a].class = profile->class;
	}
	if (scan->timed_out)
		scan->slots[scan->timed_out].late_until =
			now + SCAN_LATE_TIMES * scan->response_ns;
	if (scan->phase != SCAN_STOPPED)
		scan_note(scan, SCAN_NOTE_PROFILE, 0, 0, 0);
}
