/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Equalizing (balancing by bypass): how much current past which jar, and why
 *
 * One controller per string. Scans go in, duties come out. It owns no clock and
 * knows no bus. Voltages are microvolts per cell of 2 V, currents microamperes,
 * temperatures thousandths of a degree.
 *
 * A jar above its target gets a current past it; what it does not take charges
 * the others. So a jar can be drawn down only, and the lowest gets nothing: what
 * all of them have in common is no difference and would only be heat.
 */
#ifndef BACSD_POLICY_EQUALIZE_H
#define BACSD_POLICY_EQUALIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/string/string-state.h"

#define EQUALIZE_REASON_MAX	191
#define EQUALIZE_HOURS		24
#define EQUALIZE_TREND		13	/* half hours of the forecast */

/* Defaults and bounds of the configuration, and where they are from */
enum {
	EQUALIZE_SLOPE_UV = -3000,	/* per °C: Narada 12NDF100, 18 mV/°C/6 */
	EQUALIZE_SLOPE_MIN_UV = -5000,	/* B1 */
	EQUALIZE_SLOPE_MAX_UV = -1700,	/* B1: GNB */
	EQUALIZE_LOW_MV = 2170,		/* M13, lower end of the window */
	EQUALIZE_HIGH_MV = 2400,	/* M13, upper end */
	EQUALIZE_DELAY_S = 12 * 3600,	/* B5: in float after a recharge */
	EQUALIZE_BAND_UV = 750,		/* practice: 9 mV spread of a 12 V block */
	EQUALIZE_DERATE_FROM_MC = 60000,	/* M11 */
	EQUALIZE_DERATE_TO_MC = 75000,		/* M11 */
};

/* B2: float current of a full string where nobody measures it, per Ah */
#define EQUALIZE_FLOAT_UA_PER_AH	400
/* A jar is done when it is this close: 50 mV of a 12 V block (B2, M4) */
#define EQUALIZE_GOAL_UV		8300
/*
 * B3: once a quarter the spread is measured without equalizing, after so long
 * without bypass that the plates have followed (8 of their time constants)
 */
#define EQUALIZE_QUARTER_NS		(91 * 86400 * 1000000000ULL)
/* If nothing came of a pause, the next one comes so much later; practice value */
#define EQUALIZE_AGAIN_NS		(86400 * 1000000000ULL)
#define EQUALIZE_REST_NS		(6 * 3600 * 1000000000ULL)
/* Duties hold so long without word from here (design: lease) */
#define EQUALIZE_LEASE_NS		(60 * 1000000000ULL)

/**
 * struct equalize_config - what one string is told
 * @on: equalize it
 * @capacity_mah: capacity of its jars; 0: not known, nothing will be done
 * @bypass_ua: what a module takes past its jar at 100 %
 * @float_ua: float current of the string, 0: measure or assume it
 * @slope_uv: how the float voltage of a cell follows 1 °C, negative
 * @band_uv: dead band; 0: EQUALIZE_BAND_UV. Jars whose module was not calibrated
 *	have at least twice the accuracy of the module.
 * @low_uv: window in which all cells have to be before it starts
 * @high_uv: its upper end
 * @delay_s: so long in float before it starts
 * @derate_from_mc: module temperature from which the duty is reduced
 * @derate_to_mc: temperature at which it is 0
 */
struct equalize_config {
	bool on;
	uint32_t capacity_mah;
	uint32_t bypass_ua;
	uint32_t float_ua;
	int32_t slope_uv;
	int32_t band_uv;
	int32_t low_uv;
	int32_t high_uv;
	uint32_t delay_s;
	int32_t derate_from_mc;
	int32_t derate_to_mc;
};

/**
 * struct equalize_cell - what is known of one jar at this moment
 * @name: name of its module, for reasons; borrowed for the call
 * @valid: its voltage is live and may be judged
 * @doubt: what it lacks although it has one: "believable voltage (...)", or NULL
 * @cell_uv: voltage of a cell
 * @has_temperature: its temperature sensor works
 * @temperature_mc: temperature
 * @has_module_temperature: the module tells its own temperature
 * @module_mc: that
 * @resistance_uohm: internal resistance, 0: not measured yet
 * @calibrated: the module was calibrated against an instrument
 * @out_of_service: taken out of service by somebody
 */
struct equalize_cell {
	const char *name;
	bool valid;
	const char *doubt;
	int64_t cell_uv;
	bool has_temperature;
	int32_t temperature_mc;
	bool has_module_temperature;
	int32_t module_mc;
	uint32_t resistance_uohm;
	bool calibrated;
	bool out_of_service;
};

/**
 * struct equalize_scan - what one scan says about a string
 * @time_ns: now, CLOCK_BOOTTIME
 * @state: state of the string
 * @since_ns: when it entered it
 * @has_current: a sensor measures the current and its value is fresh
 * @current_ma: current, positive charges
 * @zero_ma: currents up to this are none
 * @blocked: why nothing may be commanded (no driver, read-only bus, ...), NULL
 *	when it may
 * @cells: the jars in their order, as many as equalize_new() was told
 */
struct equalize_scan {
	uint64_t time_ns;
	enum string_state state;
	uint64_t since_ns;
	bool has_current;
	int64_t current_ma;
	int32_t zero_ma;
	const char *blocked;
	const struct equalize_cell *cells;
};

enum equalize_status {
	EQUALIZE_OFF,		/* not wanted */
	EQUALIZE_SUSPENDED,	/* wanted, and something is in the way */
	EQUALIZE_READY,		/* nothing to do: all within the dead band */
	EQUALIZE_ACTIVE,	/* current flows past a jar */
	EQUALIZE_EXCLUDED,	/* of a jar only: this one never, others yes */
};

/* How the float current is known */
enum equalize_source {
	EQUALIZE_ASSUMED,	/* EQUALIZE_FLOAT_UA_PER_AH */
	EQUALIZE_CONFIGURED,
	EQUALIZE_MEASURED,	/* mean of an hour */
};

/**
 * struct equalize_jar - one jar; read only
 * @status: what is done with it
 * @reason: why, one sentence with numbers
 * @has_target: @target_uv is one
 * @target_uv: voltage of a cell that it should have
 * @deviation_uv: how far its mean of the last step is above the target
 * @duty_permille: duty to command, 0.1 %
 * @limit_permille: highest duty that the rules permit now
 * @taken_uah: charge taken out of it (bypass above float current) in 24 h
 * @without_effect: it was bypassed for days and did not move
 */
struct equalize_jar {
	enum equalize_status status;
	char reason[EQUALIZE_REASON_MAX + 1];
	bool has_target;
	int64_t target_uv;
	int64_t deviation_uv;
	uint16_t duty_permille;
	uint16_t limit_permille;
	uint32_t taken_uah;
	bool without_effect;

	/* its own */
	bool held;		/* the RI scheduler has it */
	bool far;		/* outside of its dead band */
	double bypass_ua;	/* wanted, in steps finer than a duty */
	double carry;		/* what rounding to a duty left over */
	double before_uv;	/* error of the step before */
	bool has_before;
	double sum_uv;		/* of this step */
	double sum_mc;
	double taken[EQUALIZE_HOURS];
	uint64_t effort_ns;	/* it has been at its limit for so long */
	double effort_uv;	/* deviation when that began */
	uint64_t gap_ns;	/* it has not been for so long */
};

/**
 * struct equalize - equalizing of one string; read only
 * @config: what it is told
 * @jars: the jars
 * @count: their number
 * @status: never EQUALIZE_EXCLUDED
 * @reason: why, one sentence with numbers
 * @culprit: index of the jar that is in the way, or -1
 * @has_mean: @mean_uv, @spread_uv are those of the last step
 * @mean_uv: mean of the cells, of which the targets are made
 * @spread_uv: highest less lowest deviation from the targets
 * @level_uv: jars are brought to so much above their targets: where the highest
 *	is that has all the bypass that it may have, or 0
 * @has_off: @off_uv is one
 * @off_uv: @spread_uv when no bypass had flowed for EQUALIZE_REST_NS
 * @off_ns: when that was
 * @source: how @float_ua is known
 * @float_ua: float current that bounds the bypass
 * @finish_s: forecast: so long until all are within the goal; -1: not known
 * @finish_trend: the forecast follows what was seen, not assumptions alone
 */
struct equalize {
	struct equalize_config config;
	struct equalize_jar *jars;
	unsigned int count;
	enum equalize_status status;
	char reason[EQUALIZE_REASON_MAX + 1];
	int culprit;
	bool has_mean;
	int64_t mean_uv;
	int64_t spread_uv;
	double level_uv;
	bool has_off;
	int64_t off_uv;
	uint64_t off_ns;
	enum equalize_source source;
	uint32_t float_ua;
	int64_t finish_s;
	bool finish_trend;

	/* its own */
	bool resumed;		/* an earlier run left efforts; none here yet */
	bool running;		/* inside the window, all rules fulfilled */
	uint64_t flowed_ns;	/* bypass flowed last; at first: not known */
	uint64_t rest_ns;	/* it pauses since, to be measured; 0: no */
	bool hot;		/* suspended by a hot jar, until it is cooler */
	uint64_t last_ns;	/* of the last scan */
	uint64_t whole_ns;	/* of the last scan with all jars */
	uint64_t step_ns;	/* when the step began */
	uint32_t step_scans;
	double current_sum;
	uint32_t current_scans;
	double current_ua;	/* mean of about an hour */
	uint64_t current_ns;	/* measured for so long, up to an hour */
	uint64_t hour;		/* number of the hour in @taken */
	uint64_t hidden_ns;	/* it ran so long since @off_uv was seen */
	int64_t first_uv;	/* largest deviation at the beginning */
	uint64_t trend_ns;	/* of the newest of @trend */
	unsigned int trends;
	int64_t trend[EQUALIZE_TREND];
};

/**
 * equalize_new - a controller that is off
 * @count: jars of the string
 * @ret: it
 *
 * Return: 0 or -ENOMEM.
 */
int equalize_new(unsigned int count, struct equalize **ret);
struct equalize *equalize_free(struct equalize *e);

/* The defaults; capacity and bypass current remain to be told */
void equalize_config_default(struct equalize_config *config);

/**
 * equalize_configure - tell it what it shall do
 * @e: it
 * @config: copied; a change begins at 0 %, the same again changes nothing
 */
void equalize_configure(struct equalize *e,
			const struct equalize_config *config);

/**
 * equalize_resume - what an earlier run did with a jar
 * @e: string
 * @jar: index
 * @effort_ns: it has been at its limit for so long
 * @effort_uv: its deviation when that began
 * @gap_ns: it has not been for so long
 * @without_effect: and it had not moved
 * @taken_uah: charge taken out of it in 24 h
 * @now_ns: time
 */
void equalize_resume(struct equalize *e, unsigned int jar, uint64_t effort_ns,
		     int64_t effort_uv, uint64_t gap_ns, bool without_effect,
		     uint32_t taken_uah, uint64_t now_ns);

/**
 * equalize_resume_look - what an earlier run saw without bypass
 * @e: string
 * @hidden_ns: it ran so long since
 * @off_ns: when that was, 0: it did not see it
 * @off_uv: spread that it saw
 *
 * What this run has seen itself stays.
 */
void equalize_resume_look(struct equalize *e, uint64_t hidden_ns,
			  uint64_t off_ns, int64_t off_uv);

/* Forget everything, all duties are 0: driver or bus began anew */
void equalize_reset(struct equalize *e, const char *why);

/**
 * equalize_hold - keep one jar at 0 %
 * @e: it
 * @jar: index
 * @hold: true: until released
 *
 * The jar is at 0 % when this returns; the others go on.
 */
void equalize_hold(struct equalize *e, unsigned int jar, bool hold);

/**
 * equalize_scan - take one scan, or the lack of one
 * @e: it
 * @scan: call it for every scan, and at least every few seconds without one
 *
 * Return: true when a duty changed.
 */
bool equalize_scan(struct equalize *e, const struct equalize_scan *scan);

/* Duty that flows in any jar? */
bool equalize_flows(const struct equalize *e);

/* "off", "suspended", "ready", "active", "excluded" */
const char *equalize_status_name(enum equalize_status status);
/* "assumed", "configured", "measured" */
const char *equalize_source_name(enum equalize_source source);
/* Bypass current at 100 % of the usual modules of this nominal voltage */
uint32_t equalize_bypass_ua(uint32_t nominal_mv);

#endif
