/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In which state is a string? One machine, fed with the median of its cells
 *
 * Time comes in with every scan. All voltages are microvolts per cell of 2 V.
 */
#ifndef BACSD_POLICY_STRING_STATE_H
#define BACSD_POLICY_STRING_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRING_EVIDENCE_MAX	191

enum string_state {
	STRING_UNKNOWN,
	STRING_OFFLINE,
	STRING_FLOAT,
	STRING_BOOST,
	STRING_REST,
	STRING_DISCHARGE,
	STRING_RECHARGE,
	STRING_STATE_COUNT
};

/**
 * struct string_scan - what one scan says about a string
 * @time_ns: time of its newest sample, CLOCK_BOOTTIME
 * @median_uv: median voltage of a cell
 * @has_current: a sensor measures the current and its value is fresh
 * @current_ma: current, positive charges
 * @zero_ma: currents up to this, either way, are none
 * @has_temperature: a block has a valid temperature
 * @temperature_mc: median of them
 */
struct string_scan {
	uint64_t time_ns;
	int64_t median_uv;
	bool has_current;
	int64_t current_ma;
	int32_t zero_ma;
	bool has_temperature;
	int64_t temperature_mc;
};

/* A condition that holds: since when, for how many scans */
struct string_timer {
	uint64_t since_ns;
	uint32_t scans;		/* 0: it does not hold */
};

enum string_timer_id {
	TIMER_LOW,		/* below the level of a discharge */
	TIMER_STEEP,		/* fell too much within the window */
	TIMER_SAG,		/* below the level of float */
	TIMER_ABOVE,		/* above the end level of a discharge */
	TIMER_FLOAT,		/* in the range of float, or above */
	TIMER_BOOST,
	TIMER_NO_BOOST,
	TIMER_BACK,		/* as high as at rest before the discharge */
	TIMER_DRAWN,		/* the sensor sees a discharge */
	TIMER_NOT_DRAWN,	/* it sees none */
	TIMER_CHARGED,		/* it sees a charge */
	TIMER_COUNT
};

#define STRING_SECONDS	11	/* the drop window, and the second that runs */
#define STRING_MINUTES	31	/* the slope window, and the minute that runs */

/**
 * struct string_machine - state of one string; zeroed memory is a new one
 * @state: state
 * @since_ns: when the rule that led to it began to hold
 * @evidence: that rule and the numbers that fulfilled it
 * @discharges: discharges that ended
 * @dips: those that were too short to count
 * The rest is its own.
 */
struct string_machine {
	enum string_state state;
	uint64_t since_ns;
	char evidence[STRING_EVIDENCE_MAX + 1];
	uint32_t discharges;
	uint32_t dips;

	bool owed;		/* float was not reached since a discharge */
	uint64_t broken_ns;	/* a discharge was last seen, 0: none was broken */
	bool begun;
	bool was_low;		/* below the end level since the beginning */
	uint32_t scans;
	uint64_t last_ns;
	uint64_t steep_ns;	/* of the last steep fall, 0: none */
	int64_t steep_uv;	/* how far it fell */
	struct string_timer timers[TIMER_COUNT];
	struct {
		uint64_t number;
		int64_t highest_uv;
		bool used;
	} seconds[STRING_SECONDS];
	struct {
		uint64_t number;
		int64_t sum_uv;
		uint32_t count;
	} minutes[STRING_MINUTES];

	/* of the discharge that runs */
	enum string_state before;
	int64_t before_uv;
	int64_t lowest_uv;
	bool by_current;
};

/**
 * struct string_resume - what a machine of an earlier run was in
 * @waits: it is to be taken over with the first scan
 * @state: its state
 * @since_ns: since when
 * @last_ns: until then for certain
 * @owed: float was not reached since a discharge
 * @broken_ns: a discharge was last seen, 0: none was broken
 */
struct string_resume {
	bool waits;
	enum string_state state;
	uint64_t since_ns;
	uint64_t last_ns;
	bool owed;
	uint64_t broken_ns;
};

/**
 * string_machine_resume - go on where an earlier machine ended
 * @m: machine that has seen no scan yet
 * @from: that one; @waits ends
 * @now_ns: time of the first scan
 *
 * A gap is one like any other: after a long one only what is owed remains.
 */
void string_machine_resume(struct string_machine *m,
			   struct string_resume *from, uint64_t now_ns);

/**
 * string_machine_scan - take one scan
 * @m: machine
 * @scan: later than the one before; an earlier or equal one is left out
 *
 * Return: true when the state changed.
 */
bool string_machine_scan(struct string_machine *m,
			 const struct string_scan *scan);

/**
 * string_machine_blind - there is nothing to judge by
 * @m: machine; what it saw before is forgotten
 * @state: STRING_UNKNOWN or STRING_OFFLINE
 * @now_ns: since when
 * @evidence: why
 *
 * Return: true when the state changed.
 */
bool string_machine_blind(struct string_machine *m, enum string_state state,
			  uint64_t now_ns, const char *evidence);

/* "float", "discharge"; "unknown" for what is none */
const char *string_state_name(enum string_state state);

#endif
