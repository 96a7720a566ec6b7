/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When is the internal resistance (RI) of which block measured?
 *
 * One machine for each string, one lock for each charger. Times are
 * CLOCK_BOOTTIME in ns and signed: what an earlier boot left lies before 0.
 * The caller feeds samples, calls ri_string_look() for all strings of a site
 * and then ri_string_step() for each until there is nothing left to do.
 */
#ifndef BACSD_POLICY_RI_H
#define BACSD_POLICY_RI_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/string/string-state.h"

#define RI_SECOND_NS	1000000000LL
#define RI_NEVER	INT64_MIN

/*
 * The first run begins 15 min after the first charge, three more follow (C4);
 * from then on once a day. Practice values: what makers of jar monitors do.
 */
#define RI_FIRST_NS	(15 * 60 * RI_SECOND_NS)
#define RI_RUNS		4
#define RI_INTERVAL_S	86400
/* Pause of a charger after a measurement, and from start to start (C4) */
#define RI_PAUSE_NS	(30 * RI_SECOND_NS)
#define RI_SLOT_NS	(40 * RI_SECOND_NS)
/* Three times what profile bacs-c allows for a measurement, and two scans */
#define RI_TIMEOUT_NS	(60 * RI_SECOND_NS)
#define RI_TRIES	3
/* A run without one value is tried again so much later (practice value) */
#define RI_AGAIN_NS	(3600 * RI_SECOND_NS)
/* After equalizing: until the voltage of the block moves less, at most (C5) */
#define RI_SLOPE_UV	1000	/* in a minute */
#define RI_SETTLE_NS	(600 * RI_SECOND_NS)
#define RI_WINDOW_NS	(60 * RI_SECOND_NS)
/* An advisory after so many intervals without a value (C5) */
#define RI_OVERDUE	3

/*
 * What can be the resistance of a block: a cell of 3000 Ah has about 80 µΩ,
 * and an open one is not measured but missed. Beyond is a fault of measuring.
 */
#define RI_MIN_UOHM	10
#define RI_MAX_UOHM	10000000

/* How a measurement ended */
enum ri_result {
	RI_RESULT_NONE,
	RI_RESULT_OK,
	RI_RESULT_TIMEOUT,	/* its number did not move */
	RI_RESULT_BAD,		/* it moved, the value cannot be one */
	RI_RESULT_REFUSED,	/* driver or module refused the command */
	RI_RESULT_SILENT,	/* the module did not answer */
	RI_RESULT_DUTY,		/* it did not stop equalizing */
	RI_RESULT_COUNT
};

/* Why a string measures nothing now */
enum ri_wait {
	RI_WAIT_NONE,		/* it measures */
	RI_WAIT_OFF,		/* it is configured so */
	RI_WAIT_READ_ONLY,	/* its bus takes no commands */
	RI_WAIT_BEGIN,		/* it was never seen charged */
	RI_WAIT_FIRST,		/* the 15 minutes */
	RI_WAIT_STATE,		/* due, but neither float nor rest */
	RI_WAIT_CHARGER,	/* due, another string of the charger measures */
	RI_WAIT_DUE,		/* nothing is due */
	RI_WAIT_UNABLE,		/* no module numbers its measurements */
	RI_WAIT_COUNT
};

/**
 * struct ri_sample - what a module says
 * @time_ns: when; one that is not later than the one before is left out
 * @has_sequence: @sequence is valid
 * @sequence: number of its last measurement, 0: none since its start
 * @has_uohm: @uohm is valid
 * @uohm: its result
 * @duty_permille: duty of the equalizer now
 * @has_voltage: @voltage_mv is valid
 * @voltage_mv: voltage of the block
 */
struct ri_sample {
	int64_t time_ns;
	bool has_sequence;
	uint32_t sequence;
	bool has_uohm;
	uint32_t uohm;
	int32_t duty_permille;
	bool has_voltage;
	int64_t voltage_mv;
};

/**
 * struct ri_module - a module; ri_module_init() before use
 * @live: it answers: the caller says so
 * @measured_ns: when its last good value was seen, RI_NEVER
 * @since_ns: since when it is waited for one
 * @uohm: the last good value
 * @known: it numbers its measurements; one that does not is never measured
 * @result: how the last measurement ended
 * @requested: the operator wants a value
 * The rest is the machine's own.
 */
struct ri_module {
	bool live;
	int64_t measured_ns;
	int64_t since_ns;
	uint32_t uohm;
	bool known;
	enum ri_result result;
	bool requested;

	bool done;		/* in the run */
	uint32_t sequence;
	uint32_t moved;		/* how often the sequence moved */
	bool good;		/* with a value that can be one */
	int64_t sample_ns;
	int32_t duty_permille;
	int64_t duty_ns;	/* when it last had one */
	int64_t window_ns;	/* slope: begin of the window */
	int64_t window_uv;	/* sum */
	uint32_t window_count;
	int64_t mean_uv;	/* of the window before */
	bool has_mean;
	bool flat;
};

enum ri_phase {
	RI_IDLE,
	RI_HOLD,		/* no equalizing: waits for a flat voltage */
	RI_MEASURE,
};

/**
 * struct ri_string - a string; ri_string_init() before use
 * @interval_ns: from run to run, 0: never
 * @count: number of its modules
 * @begin_ns: when it was first seen charged, RI_NEVER
 * @runs: runs of its commissioning that are through, RI_RUNS: RI settled
 * @run_ns: when the last complete run began, RI_NEVER
 * @running: a run is going on
 * @measured: modules with a value in this run, or the last
 * @failed: modules without
 * @phase: of the measurement
 * @index: its module
 * @wait: why nothing is measured
 * @due_ns: when the run that is due or runs became due
 * The rest is the machine's own.
 */
struct ri_string {
	int64_t interval_ns;
	uint16_t count;
	int64_t begin_ns;
	uint8_t runs;
	int64_t run_ns;
	bool running;
	uint16_t measured;
	uint16_t failed;
	enum ri_phase phase;
	uint16_t index;
	enum ri_wait wait;
	int64_t due_ns;

	bool wants;		/* it would take the charger now */
	bool asked;		/* the operator wants a module measured */
	bool gave_up;		/* a module is to be reported */
	bool complete;		/* the run is to be reported */
	bool settled;		/* so is the end of commissioning */
	int64_t started_ns;	/* the run */
	int64_t again_ns;	/* not before, RI_NEVER */
	int64_t phase_ns;
	uint8_t tries;
	uint16_t tried;		/* whose @tries */
	uint16_t able;		/* modules that can be measured */
	uint32_t moved;		/* of the module when it was started */
	bool refused;
};

/* The strings of one charger disturb each other: one measures at a time */
struct ri_charger {
	const struct ri_string *holder;
	int64_t start_ns;	/* of the last measurement, RI_NEVER */
	int64_t end_ns;
};

/**
 * struct ri_look - what the string is like now
 * @now_ns: now
 * @state: its state
 * @read_only: its bus takes no commands
 * @modules: its modules, each may be NULL; @count of the string
 */
struct ri_look {
	int64_t now_ns;
	enum string_state state;
	bool read_only;
	struct ri_module *const *modules;
};

/* What the caller is to do or to tell of a module or the string */
enum ri_act {
	RI_ACT_NONE,
	RI_ACT_HOLD,		/* let the equalizer leave the module alone */
	RI_ACT_START,		/* start a measurement */
	RI_ACT_RELEASE,		/* the equalizer may have it back */
	RI_ACT_FAILED,		/* all tries failed: see its result */
	RI_ACT_RUN,		/* the run is through */
	RI_ACT_SETTLED,		/* the last run of commissioning is through */
};

void ri_module_init(struct ri_module *m, int64_t now_ns);
void ri_string_init(struct ri_string *s);
void ri_charger_init(struct ri_charger *c);

/**
 * ri_module_sample - take a sample
 * @m: module
 * @sample: it
 *
 * Return: true when it brings a new good value.
 */
bool ri_module_sample(struct ri_module *m, const struct ri_sample *sample);

/* The number that the module had when bacsd last saw it */
void ri_module_remember(struct ri_module *m, uint32_t sequence);

/**
 * ri_string_look - what is due?
 * @s: string; @wants, @wait and @due_ns are brought up to date
 * @look: what it is like now
 *
 * Must be called for all strings of a charger before one of them is stepped.
 */
void ri_string_look(struct ri_string *s, const struct ri_look *look);

/**
 * ri_string_step - go on
 * @s: string
 * @look: what it is like now
 * @charger: its charger
 * @next: no other string of the charger, that wants to, is due before it
 * @ret_index: module of the act
 *
 * Return: what is to be done; call again until it is RI_ACT_NONE.
 */
enum ri_act ri_string_step(struct ri_string *s, const struct ri_look *look,
			   struct ri_charger *charger, bool next,
			   uint16_t *ret_index);

/* The operator wants this module of the string measured */
void ri_string_request(struct ri_string *s, struct ri_module *m);

/* Of two strings that want the charger: is it @a's turn before @b's? */
bool ri_string_before(const struct ri_string *a, const struct ri_string *b);

/* The string goes or its modules change: let the charger go, forget the run */
void ri_string_abort(struct ri_string *s, struct ri_charger *charger);

/* The command that RI_ACT_START asked for was refused */
void ri_string_refused(struct ri_string *s, uint16_t index);

/* May the string be measured in this state? */
bool ri_state_allows(enum string_state state);

/* When the next run is due; RI_NEVER where that is not known */
int64_t ri_string_next(const struct ri_string *s);

/* Is the module without a value for too long? */
bool ri_module_overdue(const struct ri_module *m, const struct ri_string *s,
		       int64_t now_ns);

const char *ri_result_name(enum ri_result result);
const char *ri_wait_name(enum ri_wait wait);

#endif
