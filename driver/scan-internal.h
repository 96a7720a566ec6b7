/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files of the scan engine
 *
 * scan.c		the wire: silence, requests, replies, verdicts
 * scan-plan.c		what to send next
 * scan-state.c		what an answer or its absence means
 * scan-profile.c	which block of a module is next; another profile
 * scan-command.c	what the outside asks for; duties and their lease
 * scan-transact.c	raw PDUs of the outside
 */
#ifndef BACS_SCAN_INTERNAL_H
#define BACS_SCAN_INTERNAL_H

#include "scan.h"

static inline u64 scan_now(const struct scan *scan)
{
	return scan->ops->now(scan->ctx);
}

static inline bool scan_is_bacs_c(const struct scan *scan)
{
	return !scan->profile;
}

static inline unsigned int scan_blocks(const struct scan *scan)
{
	return scan->profile ? scan->profile->block_count : 1;
}

/* NULL only where a bacs-c module has not told its class */
static inline const struct bacs_block *
scan_block(const struct scan *scan, const struct scan_slot *slot,
	   unsigned int index)
{
	return scan->profile ? &scan->profile->blocks[index] :
			       bacs_c_block(slot->class);
}

/* Time of the silence before a request */
static inline u64 scan_silence_ns(const struct scan *scan)
{
	/* Junk below the trigger level is seen four characters late. */
	return scan->t35_ns +
	       (scan->rx_trigger == 1 ? 0 : 4ULL * scan->char_ns);
}

/* scan.c */
void scan_hurry(struct scan *scan);

/* scan-plan.c */
bool scan_prepare(struct scan *scan, u64 now);
u64 scan_next_due(const struct scan *scan, u64 now);

/* scan-state.c */
void scan_note(struct scan *scan, enum scan_note_kind kind, u8 address,
	       u32 old, u32 new);
void scan_set_bus_state(struct scan *scan, enum bacs_bus_state state);
void scan_reply(struct scan *scan, const u8 *reply);
void scan_failure(struct scan *scan, int error);
void scan_valid_byte(struct scan *scan);
void scan_bus_lost(struct scan *scan);
void scan_heard_master(struct scan *scan);
void scan_end_discovery(struct scan *scan, u64 now);

/* scan-profile.c */
bool scan_block_done(struct scan *scan, struct scan_slot *slot,
		     const u8 *registers, u64 now);
void scan_block_restart(struct scan_slot *slot);
void scan_block_late(struct scan *scan, struct scan_slot *slot, u64 now);
bool scan_block_may_ask(const struct scan_slot *slot, u64 now);

/* scan-command.c */
bool scan_leased(const struct scan *scan, u8 address);
size_t scan_build_map(struct scan *scan, u8 *frame, u64 now);
void scan_urgent_map(struct scan *scan);
void scan_drop_commands(struct scan *scan, u8 address, int error);
void scan_command_done(struct scan *scan, int result);
void scan_check_lease(struct scan *scan, u64 now);
void scan_write_duty_again(struct scan *scan, u8 address);
void scan_wake(struct scan *scan);

/* scan-transact.c */
bool scan_prepare_transact(struct scan *scan, u64 now);
void scan_transact_done(struct scan *scan, int result, const u8 *frame,
			size_t len);

#endif /* BACS_SCAN_INTERNAL_H */
