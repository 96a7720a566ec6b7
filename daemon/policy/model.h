/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the policy knows: events, modules, buses, strings, the site
 *
 * Read only for all who are no part of it; policy.h has what they may call.
 */
#ifndef BACSD_POLICY_MODEL_H
#define BACSD_POLICY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bacs.h"
#include "policy/alarm/alarm.h"
#include "policy/equalize/equalize.h"
#include "policy/limits/limit-set.h"
#include "policy/alarm/output.h"
#include "policy/ri/ri-policy.h"
#include "policy/rules/rules.h"
#include "policy/string/string-state.h"

#define POLICY_BUS_NAME_MAX	12
#define POLICY_NAME_MAX		31
#define POLICY_REASON_MAX	127
#define POLICY_ADDRESS_MAX	247
#define POLICY_UNSET		INT32_MIN
#define POLICY_LIMIT_RULES	8	/* low, high, warning, alarm of U and T */

/* Loss alarms are live so long after the start, whatever the buses do */
#define POLICY_INHIBIT_NS	(7 * 1000000000ULL)
/* Samples of a bus with live modules may stay away so long */
#define POLICY_STALL_NS		(5 * 1000000000ULL)
#define POLICY_STALL_SCANS	3

enum policy_severity {
	POLICY_INFO,
	POLICY_WARNING,
	POLICY_ALARM,
};

enum policy_kind {
	POLICY_DAEMON_STARTED,
	POLICY_DAEMON_STOPPED,
	POLICY_ARMED,
	POLICY_DRIVER_MISSING,
	POLICY_DRIVER_PRESENT,
	POLICY_DRIVER_INCOMPATIBLE,
	POLICY_BUS_MISSING,
	POLICY_BUS_PRESENT,
	POLICY_BUS_RUNNING,
	POLICY_BUS_LOST,
	POLICY_MODULE_FOUND,
	POLICY_MODULE_MISSING,
	POLICY_MODULE_LOST,
	POLICY_MODULE_RETURNED,
	POLICY_MODULE_REBOOTED,
	POLICY_MODULE_CHANGED,
	POLICY_LIMITS_WRITTEN,
	POLICY_SECOND_MASTER,
	POLICY_LEASE_EXPIRED,
	POLICY_SAMPLES_STALLED,
	POLICY_SAMPLES_RESUMED,
	POLICY_MESSAGES_LOST,
	POLICY_COMMAND,
	POLICY_ACCESS_DENIED,
	POLICY_CONFIGURATION_LOADED,
	POLICY_CONFIGURATION_ERROR,
	POLICY_CLOCK_SET,
	POLICY_CLOCK_STEPPED,
	POLICY_HISTORY_DEGRADED,
	POLICY_HISTORY_RESTORED,
	POLICY_HISTORY_SET_ASIDE,
	POLICY_STRING_STATE,
	POLICY_EQUALIZING,
	POLICY_RI_RUN,
	POLICY_RI_SETTLED,
	POLICY_RI_FAILED,
	POLICY_RI_BASELINE,
	POLICY_ALARM_RAISED,
	POLICY_ALARM_LOWERED,
	POLICY_ALARM_RETURNED,
	POLICY_ALARM_ACKNOWLEDGED,
	POLICY_ALARM_SHELVED,
	POLICY_ALARM_UNSHELVED,
	POLICY_ALARM_REPEATED,
	POLICY_ALARMS_MUTED,
	POLICY_ALARMS_UNMUTED,
	POLICY_OUT_OF_SERVICE,
	POLICY_IN_SERVICE,
	POLICY_KIND_COUNT
};

/**
 * struct policy_event - something worth a record
 * @kind: what
 * @severity: how bad
 * @time_ns: when, CLOCK_BOOTTIME
 * @bus: name of the bus, or ""
 * @address: module, 0 = the bus or the site itself
 * @name: the thing's name: 4S2, bacsA-012, bacsA, or the site
 * @alarm: name of the alarm's kind where it is of one, else ""
 * @old_value: old value where the kind has one, else 0
 * @new_value: new value likewise
 * @text: one sentence with names, values and, where there is one, the remedy
 */
struct policy_event {
	enum policy_kind kind;
	enum policy_severity severity;
	uint64_t time_ns;
	char bus[POLICY_BUS_NAME_MAX + 1];
	uint8_t address;
	char name[64];
	char alarm[32];
	int64_t old_value;
	int64_t new_value;
	char text[256];
};

/* Limits of one module, in its own volts; POLICY_UNSET where there is none */
struct policy_limits {
	int32_t value[BACS_LIMIT_COUNT];	/* by enum bacs_limit */
};

/**
 * struct policy_supply - what power_supply shows of a block beyond its voltage
 * @status: follows the state of its string; unknown without one
 * @health: follows the module's alarms; unknown while it is not supervised
 */
struct policy_supply {
	enum bacs_psystatus status;
	enum bacs_psyhealth health;
};

/**
 * struct policy_facts - what the driver says about a module
 * @state: state
 * @modclass: class
 * @serial: 0: it has none
 * @nominal_mv: 0: none
 * @bypass_ma: current past the block at 100 %, 0: not known
 * @label: label in force
 * @limits: limits in force
 * @supply: in force
 */
struct policy_facts {
	enum bacs_modstate state;
	enum bacs_modclass modclass;
	uint64_t serial;
	uint32_t nominal_mv;
	uint32_t bypass_ma;
	char label[POLICY_NAME_MAX + 1];
	struct policy_limits limits;
	struct policy_supply supply;
};

/**
 * struct policy_sample - quantities of one reply
 * @time_ns: when it came
 * @read: it was asked for; no proof that samples arrive by themselves
 * @present: bit q = @value[q] holds something
 * @value: by enum bacs_q, in the dictionary's unit
 */
struct policy_sample {
	uint64_t time_ns;
	bool read;
	uint32_t present;
	int64_t value[BACS_Q_COUNT];
};

/**
 * struct policy_module - one module and what to think of it; read only
 * @bus: its bus
 * @address: address on it
 * @name: label, else bus and address: 4S2, bacsA-012
 * @string: name of its string, or ""
 * @string_number: number of that string, 0 = none
 * @jar: number in its string, 0 = none
 * @configured: named in the configuration
 * @remembered: found by an earlier run
 * @in_driver: the driver has it now
 * @facts: what the driver says, kept when it goes
 * @want_label: label the configuration asks for, or ""
 * @limits: every number it is judged by, from configuration and profiles
 * @profile: profile the limits are from, "" = none
 * @want_limits: those of voltage and temperature that hold now, in its own
 *	volts: of the state of its string, the widest where that is not known
 * @nominal_mv: nominal voltage of the block, 0 = not known
 * @state: effective state, also without driver or bus
 * @since_ns: when it entered @state
 * @ever_ok: it answered since the start
 * @sample: the last sample; live only when @state is BACS_MODULE_OK
 * @alarms: BACS_RAW_* that hold for two samples
 * @colour: colour
 * @reason: why it has that colour
 * @ri: internal resistance, and the jar it belongs to
 */
struct policy_module {
	struct policy_bus *bus;
	uint8_t address;
	char name[POLICY_NAME_MAX + 1];
	char string[POLICY_NAME_MAX + 1];
	uint16_t string_number;
	uint16_t jar;
	bool configured;
	bool remembered;
	bool in_driver;
	struct policy_facts facts;
	char want_label[POLICY_NAME_MAX + 1];
	struct limit_set limits;
	char profile[POLICY_NAME_MAX + 1];
	struct policy_limits want_limits;
	uint32_t nominal_mv;
	enum bacs_modstate state;
	uint64_t since_ns;
	bool ever_ok;
	struct policy_sample sample;
	uint32_t alarms;
	enum bacs_colour colour;
	char reason[POLICY_REASON_MAX + 1];
	struct ri_unit ri;

	/* the policy's own */
	uint32_t raw;		/* BACS_RAW_* of the last sample */
	uint32_t faults;	/* BACS_FLAG_* faults of the last sample */
	uint8_t samples;	/* since it entered @state, up to 255 */
	bool found;		/* its first appearance is no news any more */
	enum alarm_level level;	/* worst that an alarm of it says, and which */
	uint64_t alarm;
	uint32_t configured_mv;
	struct policy_supply told;	/* to the driver, or found in it */
	bool pushed;		/* our label or limits are in the driver */
	bool own_limits;	/* @limits are not those of the site */
	bool limits_pushed;	/* limits in the driver are ours */
	uint64_t push_ns;	/* when they were last pushed */
	struct policy_limits before_push;	/* what was there until then */
	uint8_t adopted;	/* bit of a limit_state: @foreign holds in it */
	struct policy_limits foreign[LIMIT_STATES + 1];
	uint64_t breach_ns[POLICY_LIMIT_RULES];	/* begin of each in @raw */
	struct policy_string *owner;	/* string of its block */
	uint8_t behind;		/* a cut of the cable: the first behind it */
	uint16_t duty_told;	/* 0.1 %, to the driver; above 1000: not sure */
	uint8_t judged[ALARM_KIND_COUNT];	/* level + 1 of the last judgement */
	struct rules_module rules;
};

/* Who may command the modules of a bus; one program at a time */
enum policy_controller {
	POLICY_NOT_ASKED,	/* nobody here wants to */
	POLICY_CONTROLLED,	/* by us */
	POLICY_REFUSED,		/* read-only, or another program's */
};

/**
 * struct policy_control - control of one bus
 * @controller: is it ours?
 * @why: why not
 */
struct policy_control {
	enum policy_controller controller;
	char why[POLICY_REASON_MAX + 1];

	/* the policy's own */
	bool changed;		/* duties are to be told */
	uint64_t told_ns;	/* when they were told last */
	uint64_t retry_ns;	/* not before; the driver refused */
};

/**
 * struct policy_bus - one bus; read only
 * @name: its name
 * @configured: named in the configuration
 * @remembered: an earlier run found modules on it
 * @listed: the configuration lists its modules
 * @in_driver: the driver has it now
 * @state: the driver's state of it
 * @ever_present: it was there since the start
 * @read_only: it refuses every write
 * @scan_ms: time of a scan, for judging silence
 * @sample_ns: when its last sample arrived
 * @stalled: live modules, but no samples
 * @colour: colour
 * @reason: why
 * @modules: by address
 * @wiring: addresses in the order of the cable, from the master on
 * @wired: how many, 0: the order is not known
 * @branch_ends: bit of an address: a branch of the cable ends with it
 */
struct policy_bus {
	char name[POLICY_BUS_NAME_MAX + 1];
	bool configured;
	bool remembered;
	bool listed;
	bool in_driver;
	enum bacs_busstate state;
	bool ever_present;
	bool read_only;
	uint32_t scan_ms;
	uint64_t sample_ns;
	bool stalled;
	enum bacs_colour colour;
	char reason[POLICY_REASON_MAX + 1];
	struct policy_module *modules[POLICY_ADDRESS_MAX + 1];
	uint8_t wiring[POLICY_ADDRESS_MAX];
	uint8_t wired;
	uint8_t branch_ends[32];

	/* the policy's own */
	bool was_lost;
	uint64_t expect_ns;	/* samples are expected since */
	uint64_t quiet_ns;	/* no loss events of modules before */
	uint8_t judged[ALARM_KIND_COUNT];
	struct policy_control control;
};

/**
 * struct policy_cell - the last value of one block of a string
 * @address: its module, on the bus of the string
 * @valid: @cell_uv may be judged: live, in range, no fault of the sense lead
 * @doubtful: it is live and may not
 * @voltage_mv: voltage of the block
 * @cell_uv: voltage of a cell of 2 V
 * @has_temperature: its temperature sensor works
 * @temperature_mc: temperature
 */
struct policy_cell {
	uint8_t address;
	bool valid;
	bool doubtful;
	int64_t voltage_mv;
	int64_t cell_uv;
	bool has_temperature;
	int64_t temperature_mc;

	/* the policy's own */
	uint64_t time_ns;	/* of its last sample, 0: none */
	bool fresh;		/* it is of the scan that runs */
};

/**
 * struct policy_string - one string; read only
 * @name: its name
 * @number: its number
 * @bus: bus of its modules
 * @cells: its blocks in their order
 * @count: their number
 * @sensor_bus: bus of the sensor of its current, "" = it has none
 * @sensor_address: address of the sensor
 * @zero_ma: currents up to this are none
 * @limits: every number it is judged by as a whole
 * @battery: centre-tapped battery it is a half of, "" = none
 * @other_half: the other half, NULL = none
 * @machine: state, since when, why
 * @valid: blocks whose values may be judged
 * @doubtful: blocks that answer with values that may not
 * @missing: blocks whose module does not answer
 * @refused: samples left out: doubled, out of order, from the future
 * @sum_mv: voltage of the string; only when all blocks are valid
 * @mean_uv: mean of the cells, which the charger fixes; likewise
 * @median_uv: median of the valid cells, by which all are judged
 * @lowest: index of the lowest valid cell
 * @highest: index of the highest
 * @has_temperature: a block has a valid temperature
 * @temperature_mc: median of them
 * @has_current: the sensor is live
 * @current_ma: current, positive charges
 * @has_sensor_voltage: the sensor measures the voltage of the string
 * @sensor_mv: that voltage
 * @equalize: equalizing of it, see equalize.h
 * @said: an operator switched it against the configuration: 1 on, -1 off
 * @said_by: who
 * @ri: schedule of its internal resistance
 */
struct policy_string {
	char name[POLICY_NAME_MAX + 1];
	uint16_t number;
	char bus[POLICY_BUS_NAME_MAX + 1];
	struct policy_cell *cells;
	uint16_t count;
	char sensor_bus[POLICY_BUS_NAME_MAX + 1];
	uint8_t sensor_address;
	int32_t zero_ma;
	struct limit_set limits;
	char battery[POLICY_NAME_MAX + 1];
	const struct policy_string *other_half;
	struct string_machine machine;
	uint16_t valid;
	uint16_t doubtful;
	uint16_t missing;
	uint32_t refused;
	int64_t sum_mv;
	int64_t mean_uv;
	int64_t median_uv;
	uint16_t lowest;
	uint16_t highest;
	bool has_temperature;
	int64_t temperature_mc;
	bool has_current;
	int64_t current_ma;
	bool has_sensor_voltage;
	int64_t sensor_mv;
	struct equalize *equalize;
	int8_t said;
	char said_by[ALARM_WHO_MAX + 1];
	struct ri_line ri;

	/* the policy's own */
	bool configured;
	bool limits_held;	/* not rewritten yet, see limits/push.c */
	bool own_limits;	/* @limits are not those of the site */
	uint16_t fresh;		/* blocks of the scan that runs */
	uint16_t expected;	/* blocks it waits for */
	uint64_t newest_ns;	/* of its samples */
	uint64_t scan_ns;	/* when the last one was complete */
	uint8_t judged[ALARM_KIND_COUNT];
	struct equalize_config equalize_config;	/* of the configuration */
	bool calibrated;	/* its modules were, against an instrument */
	struct rules_string rules;
	struct string_resume resume;	/* of an earlier run */
};

/**
 * struct policy_site - the whole; read only
 * @driver: is the driver there?
 * @armed: loss alarms are live
 * @start_ns: when the policy began
 * @armed_ns: when they went live
 * @colour: the worst colour of all
 * @reason: why
 */
struct policy_site {
	enum bacs_driver driver;
	bool armed;
	uint64_t start_ns;
	uint64_t armed_ns;
	enum bacs_colour colour;
	char reason[POLICY_REASON_MAX + 1];
};

#endif
