/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bus for the scan engine in virtual time
 *
 * The rig is the wire, the clock, the timer and the modules. Bytes take the
 * time they take; nothing else does. It judges every request by itself: one
 * that begins less than t3.5 after the last character of anybody, or whose
 * form is wrong, is counted as a violation.
 */
#ifndef BACS_TESTS_SCAN_RIG_H
#define BACS_TESTS_SCAN_RIG_H

#include "scan.h"

#define RIG_MS		((u64)NSEC_PER_MSEC)
#define RIG_S		((u64)NSEC_PER_SEC)

#define RIG_QUEUE_MAX	8192
#define RIG_FIFO	14u	/* bytes in a run */

/* A module of profile bacs-c, no more than the engine can see of one */
struct rig_module {
	bool there;		/* connected */
	bool deaf;		/* acts on no request, answers none */
	bool mute;		/* acts, but its answer is lost */
	u8 class;
	u64 serial;
	u16 boots;
	u16 voltage_mv;
	u16 duty;
	u64 lease_until;
	u8 refuse;		/* exception for everything */
	u32 delay_us;		/* reply begins so long after the request */
	u32 asked;		/* requests it got */
	u32 written;		/* write requests it got */
	u32 ri_runs;
	u16 identify;
	u16 latch;
};

struct rig_sent {
	u64 begin, end;
	u8 len;
	u8 bytes[RTU_FRAME_MAX];
};

struct rig_byte {
	u64 time;		/* its last bit has arrived */
	u8 value;
	bool error;
};

struct rig;

/**
 * typedef rig_hook - act instead of the modules
 * Return: true if the request is dealt with; false: the modules act as usual.
 */
typedef bool (*rig_hook)(struct rig *rig, const u8 *request, size_t len);

struct rig {
	struct scan scan;
	u32 baud, char_bits;
	u64 char_ns, t35_ns;
	u64 now;
	u64 timer;		/* 0: none */
	u64 wire_end;		/* end of the last character of anybody */
	u64 quiet_extra_ns;	/* silence asked for beyond t3.5 */
	bool readonly;
	bool any_pdu;		/* requests may be of any function */
	bool fifo;		/* bytes come in runs, as from a UART's buffer */
	int transmit_error;	/* what transmit() returns */
	rig_hook hook;
	void *hook_data;
	struct rig_module modules[SCAN_SLOTS];

	struct rig_byte queue[RIG_QUEUE_MAX];
	size_t queued;

	struct rig_sent *sent;
	size_t sent_count;
	struct scan_note *notes;
	size_t note_count;
	u32 trace[SCAN_TRACE_NOISE + 1];

	u32 violations;		/* requests before t3.5 */
	u32 malformed;		/* requests that are none */
	u32 writes;		/* requests that change something */
	u64 shortest_gap;
	u64 longest_gap;	/* from the last character to a request */
	u32 stalls;		/* events in a row that took no time */
};

struct rig *rig_new(const struct scan_config *config);
void rig_free(struct rig *rig);
void rig_add(struct rig *rig, u8 address, u8 class);
void rig_add_range(struct rig *rig, u8 first, u8 last);

void rig_run(struct rig *rig, u64 duration_ns);
bool rig_run_until_state(struct rig *rig, u8 address, u8 state, u64 limit_ns);
bool rig_run_until_bus(struct rig *rig, enum bacs_bus_state state, u64 limit_ns);
bool rig_run_until_note(struct rig *rig, enum scan_note_kind kind, u8 address,
			u64 limit_ns);

void rig_say(struct rig *rig, u64 when, const u8 *bytes, size_t len);
void rig_say_error(struct rig *rig, u64 when, u8 value);
size_t rig_answer(struct rig *rig, const u8 *request, size_t len, u8 *reply);

size_t rig_count_notes(const struct rig *rig, enum scan_note_kind kind,
		       u8 address);
const struct scan_note *rig_last_note(const struct rig *rig,
				      enum scan_note_kind kind, u8 address);
const struct rig_sent *rig_last_sent(const struct rig *rig, u8 address);
size_t rig_count_sent(const struct rig *rig, u8 address, u64 since);
bool rig_map_bit(const struct rig_sent *map, u8 address);
const struct rig_sent *rig_last_map(const struct rig *rig);
void rig_expect(struct scan_config *config, u8 first, u8 last);

#endif /* BACS_TESTS_SCAN_RIG_H */
