/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scan engine: masters one bus
 *
 * Pure C. Bytes, time and commands go in; bytes, one timer and notes come
 * out through struct scan_ops. The caller serialises all functions (the
 * driver by a spinlock); ops are called from inside them and must not call
 * back into the engine.
 *
 * Times are ns of one monotonic clock.
 */
#ifndef BACS_SCAN_H
#define BACS_SCAN_H

#include "bacs_c.h"
#include "profile.h"
#include "rtu.h"

#define SCAN_SLOTS		(RTU_ADDRESS_MAX + 1)	/* 0 is not used */

/* Numbers of design section 3, in ns */
#define SCAN_LISTEN_NS		(500 * NSEC_PER_MSEC)
#define SCAN_LISTEN_QUIET_NS	(1000ULL * NSEC_PER_MSEC)
#define SCAN_LISTEN_MAX_NS	(10000ULL * NSEC_PER_MSEC)
#define SCAN_DISCOVERY_NS	(5000ULL * NSEC_PER_MSEC)
#define SCAN_LOST_NS		(5000ULL * NSEC_PER_MSEC)
#define SCAN_LOST_SCANS		3
#define SCAN_RETURN_NS		(10000ULL * NSEC_PER_MSEC)
#define SCAN_RETURN_SCANS	3
#define SCAN_BUS_LOST_ADDRESSES	20
#define SCAN_BUS_LOST_TIMEOUTS	5
#define SCAN_PROBE_GAP_NS	(3000ULL * NSEC_PER_MSEC)
/* At first the search is faster: noise may have hidden a module twice. */
#define SCAN_PROBE_EARLY_NS	(1000ULL * NSEC_PER_MSEC)
#define SCAN_EARLY_NS		(600 * (u64)NSEC_PER_SEC)
#define SCAN_BACKOFF_MIN_NS	(1000ULL * NSEC_PER_MSEC)
#define SCAN_BACKOFF_MAX_NS	(8000ULL * NSEC_PER_MSEC)
#define SCAN_AWAKE_NS		(9000ULL * NSEC_PER_MSEC)
#define SCAN_PERIOD_DEFAULT_NS	(1000ULL * NSEC_PER_MSEC)
#define SCAN_RENEW_NS		(20000ULL * NSEC_PER_MSEC)
#define SCAN_REPEAT_NS		(1000ULL * NSEC_PER_MSEC)
#define SCAN_REPEATS		3
#define SCAN_UNANSWERED		3
/*
 * A reply that pauses longer has broken off. The standard's t1.5 is of no use
 * here: USB adapters and busy machines hand a reply over in parts.
 */
#define SCAN_BROKEN_NS		(50 * NSEC_PER_MSEC)
/*
 * A time-out that is noticed so late means that the machine was away: the
 * reply may lie unread in the tty's buffer, so it is waited for once more.
 */
#define SCAN_STALL_NS		(5 * NSEC_PER_MSEC)
/* A line that is never silent for so long is as good as cut */
#define SCAN_BABBLE_NS		(2000ULL * NSEC_PER_MSEC)
/* After a pause modules sleep: twice the traffic that wakes them */
#define SCAN_WAKE_NS		(2ULL * BACS_C_WAKE_MS * NSEC_PER_MSEC)
/* On a lost bus, distance of the probes */
#define SCAN_BUS_LOST_GAP_NS	(50 * NSEC_PER_MSEC)
#define SCAN_TURNAROUND_NS	(BACS_C_TURNAROUND_MS * NSEC_PER_MSEC)
/* After a time-out, how many more times as long a late reply is expected */
#define SCAN_LATE_TIMES		2

/**
 * struct scan_stats - counters of a module or, summed, of the bus
 *
 * The members stand in the order of enum bacs_stats_attr, those of the second
 * group from BACS_STATS_A_ECHOES on. That group tells faults apart; what it
 * counts stands in the first one, too.
 */
struct scan_stats {
	u64 requests, replies, timeouts, crc_errors, line_errors;
	u64 short_frames, long_frames, late, foreign, doubled;
	u64 exceptions, unexpected, noise, retries, losses;
	u64 echoes, garbled, overlong, misfits, reboots, changes;
	u32 latency[BACS_LATENCY_CLASSES];
};

enum scan_note_kind {
	SCAN_NOTE_SAMPLE,		/* .sample */
	SCAN_NOTE_IDENTITY,		/* .identity; the module answers */
	SCAN_NOTE_MODULE_STATE,		/* .change */
	SCAN_NOTE_BUS_STATE,		/* .change */
	SCAN_NOTE_DONE,			/* .done: a scan is complete */
	SCAN_NOTE_COMMAND,		/* .command: its result */
	SCAN_NOTE_REBOOTED,		/* .change: boot counter */
	SCAN_NOTE_CHANGED,		/* another module at the address */
	SCAN_NOTE_LEASE_EXPIRED,
	SCAN_NOTE_SECOND_MASTER,
	SCAN_NOTE_TRANSACT,		/* scan_transact_take() has its result */
	SCAN_NOTE_PROFILE,		/* @generation is new */
	SCAN_NOTE_PAUSED,		/* no value is live until the next one */
};

/**
 * struct scan_note - what the engine reports
 * @kind: which
 * @address: 0 = the bus
 * @scan: number of the scan in progress
 * @generation: of the profile in force
 * @time_ns: when
 */
struct scan_note {
	enum scan_note_kind kind;
	u8 address;
	u32 scan;
	u32 generation;
	u64 time_ns;
	union {
		struct bacs_sample sample;
		struct bacs_identity identity;
		struct {
			u32 old, new;
		} change;
		struct {
			u32 cmd;	/* enum bacs_cmd */
			int result;	/* 0 or negative errno */
		} command;
		struct {
			u32 duration_ms;
		} done;
	};
};

/**
 * enum scan_trace - what a run of bytes on the wire was
 */
enum scan_trace {
	SCAN_TRACE_REQUEST,
	SCAN_TRACE_REPLY,
	SCAN_TRACE_TIMEOUT,
	SCAN_TRACE_SHORT,
	SCAN_TRACE_BAD_CRC,
	SCAN_TRACE_LINE_ERROR,
	SCAN_TRACE_FOREIGN,
	SCAN_TRACE_EXCEPTION,
	SCAN_TRACE_UNEXPECTED,
	SCAN_TRACE_LATE,
	SCAN_TRACE_DOUBLED,
	SCAN_TRACE_NOISE,
};

/**
 * struct scan_ops - the engine's one door
 * @transmit: put a whole frame on the wire; 0 or negative errno. A frame that
 *	was not taken is treated as one that nobody answered.
 * @now: the clock
 * @set_timer: call scan_timer() at this time; replaces an earlier request
 * @emit: report a note; the note lives for the call only
 * @trace: a frame that was sent, or a run of bytes that was judged; it began,
 *	as far as can be seen, at begin_ns
 */
struct scan_ops {
	int (*transmit)(void *ctx, const u8 *frame, size_t len);
	u64 (*now)(void *ctx);
	void (*set_timer)(void *ctx, u64 deadline_ns);
	void (*emit)(void *ctx, const struct scan_note *note);
	void (*trace)(void *ctx, enum scan_trace what, u64 begin_ns,
		      const u8 *bytes, size_t len);
};

/* Commands that wait in a slot */
#define SCAN_PENDING_DUTY	BIT(0)
#define SCAN_PENDING_RI		BIT(1)
#define SCAN_PENDING_IDENTIFY	BIT(2)

/**
 * struct scan_slot - one address
 * @state: enum bacs_module_state; UNKNOWN = not configured and not found
 * @class: enum bacs_class, from the identification or the profile
 * @configured: somebody expects a module here
 * @searched: discovery or the background search shall ask here
 * @polled: takes part in every scan
 * @identified: the identification block was read since the module appeared
 * @has_boots: @boots is valid
 * @misses: scans in succession without a valid reply
 * @good: valid polls in succession since it came back
 * @unanswered: requests in succession without a valid reply
 * @pending: SCAN_PENDING_*
 * @identify_on: value of a pending identify command
 * @duty_target: 0.1 %, what the controller wants
 * @duty_confirmed: 0.1 %, what the module has acknowledged
 * @stranger: address of the last foreign frame that came instead of a reply
 * @block: block of the profile to read next
 * @wait: by block, scans until it has to be read; 0: in this one
 * @sample: what the blocks read so far have brought
 * @late_until: a reply to an earlier request may come until then
 * @boots: boot counter last seen
 * @serial: serial number last seen
 * @last_good: time of the last valid reply
 * @lost_at: when it was declared lost
 * @next_probe: when to ask a lost module again
 * @backoff: distance of the probes
 * @stats: counters
 */
struct scan_slot {
	u8 state;
	u8 class;
	bool configured;
	bool searched;
	bool polled;
	bool identified;
	bool has_boots;
	u8 misses;
	u8 good;
	u8 unanswered;
	u8 pending;
	bool identify_on;
	u8 stranger;
	u8 block;
	u8 wait[BACS_PROFILE_BLOCKS_MAX];
	u16 duty_target;
	u16 duty_confirmed;
	u16 boots;
	struct bacs_sample sample;
	u64 late_until;
	u64 serial;
	u64 last_good;
	u64 lost_at;
	u64 next_probe;
	u64 backoff;
	struct scan_stats stats;
};

enum scan_phase {
	SCAN_STOPPED,
	SCAN_LISTENING,		/* before the first request */
	SCAN_GAP,		/* nothing on the wire is ours; silence first */
	SCAN_WAITING,		/* for a reply */
	SCAN_TURNAROUND,	/* after a broadcast */
	SCAN_PAUSED,		/* between scan_pause() and scan_resume() */
};

enum scan_kind {
	SCAN_KIND_NONE,
	SCAN_KIND_POLL,		/* live block, within the scan */
	SCAN_KIND_PROBE,	/* is somebody there? */
	SCAN_KIND_DUTY,
	SCAN_KIND_RI,
	SCAN_KIND_IDENTIFY,
	SCAN_KIND_LEASE,	/* broadcast map */
	SCAN_KIND_LATCH,	/* broadcast */
	SCAN_KIND_TRANSACT,	/* raw PDU of the outside */
};

enum scan_raw_phase {
	SCAN_RAW_NONE,
	SCAN_RAW_QUEUED,	/* not sent yet */
	SCAN_RAW_SENT,
	SCAN_RAW_DONE,		/* the result waits to be taken */
};

/**
 * struct scan_raw - the one raw exchange of a bus
 * @phase: how far it is
 * @address: 0-247, 0: broadcast
 * @mapped: a map was sent early to make time for it
 * @untaken: the line did not take the request
 * @result: 0; -EREMOTEIO: @pdu is an exception; -EPROTO: @pdu does not fit the
 *	request; -ETIMEDOUT; -EIO: damaged or not taken by the line; -ENODEV:
 *	the bus ended; or what scan_transact_cancel() was told
 * @wait_ns: for the reply to begin; after a broadcast, for nothing
 * @begun: when it was sent
 * @not_before: when the next one may be sent
 * @len: length of @pdu
 * @pdu: the request, and when it is done the reply
 */
struct scan_raw {
	enum scan_raw_phase phase;
	u8 address;
	bool mapped;
	bool untaken;
	int result;
	u64 wait_ns;
	u64 begun;
	u64 not_before;
	size_t len;
	u8 pdu[RTU_PDU_MAX];
};

/**
 * struct scan - the engine of one bus
 *
 * All members are private to scan.c, except that the owner may read @slots,
 * @state, @scans, @last_scan_ns, @second_master and the byte counters under
 * the lock that serialises the engine.
 */
struct scan {
	const struct scan_ops *ops;
	void *ctx;
	const struct bacs_profile *profile;	/* NULL: bacs-c */
	u32 generation;		/* how often the profile was replaced */
	bool own_response;	/* @response_ns is not the profile's */
	bool readonly;
	bool permit_sleep;

	/* line */
	u32 baud;
	u32 char_bits;
	u32 char_ns;
	u32 t35_ns;
	u32 rx_trigger;
	u64 response_ns;
	u64 period_ns;

	/* wire */
	enum scan_phase phase;
	u64 tx_end;
	u64 last_rx;
	u64 deadline;		/* of the reply in progress or the phase */
	u8 request[RTU_FRAME_MAX];
	size_t request_len;
	enum scan_kind kind;
	u8 address;
	bool is_ident;		/* the request reads an identification */
	bool stale;		/* the request is of a profile that is gone */
	bool retry;		/* the request is the second try */
	bool again;		/* send the same request once more */
	u8 rx[RTU_FRAME_MAX];
	size_t rx_len;
	u64 rx_first;		/* time of the run's first byte */
	bool rx_line_error;
	u16 rx_bad;		/* characters of the run with line errors */
	u64 rx_dropped;		/* bytes of the run beyond the buffer */
	bool stalled;		/* the deadline was put off once */
	bool follows;		/* a valid reply came and no silence since */
	u64 gap_since;		/* start of the wait for silence */
	u8 last_reply[RTU_FRAME_MAX];	/* to know a doubled reply */
	size_t last_reply_len;
	u8 timed_out;		/* address whose reply may still come */

	/* scan */
	enum bacs_bus_state state;
	u64 started;
	u64 scan_started;
	u64 last_scan_ns;
	u32 scans;
	u16 cursor;		/* next address to poll */
	bool scan_open;
	bool poll_turn;		/* a probe or command was last */
	u16 pending_count;	/* slots with commands */
	u16 command_cursor;
	u16 lost_cursor;
	u16 awake_cursor;
	u64 first_tx;		/* start of traffic */
	bool discovering;
	bool any_address;	/* no range is configured */
	u32 passes;
	u64 pass_started;	/* of the search */
	u16 search_cursor;
	u64 next_probe;		/* background search */
	bool second_master;

	/* bus loss */
	u32 silent_timeouts;
	u32 silent_count;
	u8 silent[32];		/* bitmap of addresses */
	u64 awake_at;		/* before, nobody is lost */

	/* lease */
	u64 lease_until;	/* 0: none */
	u64 next_renew;
	u8 lease_repeats;	/* urgent maps still to send */
	bool latch_pending;
	u16 latch_number;

	struct scan_raw raw;
	bool raw_turn_over;	/* probes first, the last extra was a raw PDU */

	u64 bytes_tx;
	u64 bytes_rx;
	u64 tx_failures;
	u64 foreign_requests;	/* frames that only another master sends */
	struct scan_stats stats;	/* what belongs to no address */
	struct scan_slot slots[SCAN_SLOTS];
};

/**
 * struct scan_config - how to start an engine
 * @profile: NULL for bacs-c; must outlive the engine
 * @readonly: refuse every write
 * @permit_sleep: do not keep the bus awake
 * @baud: bits per second
 * @char_bits: 10 or 11
 * @rx_trigger: bytes; 0 = not known
 * @response_ms: 0 = the profile's
 * @scan_ms: 0 = default
 * @addresses: bitmap, all zero = discover 1-247
 */
struct scan_config {
	const struct bacs_profile *profile;
	bool readonly;
	bool permit_sleep;
	u32 baud;
	u32 char_bits;
	u32 rx_trigger;
	u32 response_ms;
	u32 scan_ms;
	u8 addresses[32];
};

void scan_init(struct scan *scan, const struct scan_ops *ops, void *ctx,
	       const struct scan_config *config);
void scan_start(struct scan *scan);
void scan_stop(struct scan *scan);
void scan_pause(struct scan *scan);
void scan_resume(struct scan *scan);
void scan_rx(struct scan *scan, const u8 *bytes, size_t len);
void scan_rx_error(struct scan *scan);
void scan_timer(struct scan *scan);
void scan_set_line(struct scan *scan, u32 baud, u32 char_bits);
void scan_set_profile(struct scan *scan, const struct bacs_profile *profile);

int scan_set_period(struct scan *scan, u32 scan_ms, u32 *ret_min_ms);
u32 scan_min_ms(const struct scan *scan);
void scan_rescan(struct scan *scan);
void scan_identify_again(struct scan *scan);
int scan_set_duty(struct scan *scan, u8 address, u16 duty, bool check_only);
void scan_set_lease(struct scan *scan, u32 lease_ms);
void scan_end_lease(struct scan *scan);
u32 scan_lease_left_ms(const struct scan *scan);
bool scan_leases(const struct scan *scan);
size_t scan_final_map(const struct scan *scan, u8 *frame);
int scan_command(struct scan *scan, u8 address, u8 pending, bool on);
int scan_latch(struct scan *scan, u16 number);

int scan_transact(struct scan *scan, u8 address, const u8 *pdu, size_t len,
		  u32 response_ms);
void scan_transact_cancel(struct scan *scan, int error);
bool scan_transact_take(struct scan *scan, struct scan_raw *ret);

#endif /* BACS_SCAN_H */
