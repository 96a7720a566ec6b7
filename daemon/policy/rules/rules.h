/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules that judge blocks, sensors and the charger of a string
 *
 * A pure machine: one call for each complete scan of a string, verdicts go to
 * a function. Every rule is time based: one scan a second and one a minute
 * give the same verdicts. What cannot be judged is not judged: no call.
 * Documentation/rules.rst says what each rule sees and what it cannot tell.
 *
 * Voltages are microvolts per cell of 2 V, temperatures m°C.
 */
#ifndef BACSD_POLICY_RULES_H
#define BACSD_POLICY_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/alarm/kind.h"
#include "policy/limits/limit-set.h"
#include "policy/string/string-state.h"

/*
 * Times of the rules are CLOCK_BOOTTIME and so much more: what an earlier boot
 * left lies before now and still after 0, which is "never"
 */
#define RULES_ORIGIN_NS	(30ULL * 365 * 86400 * 1000000000)

/* Rules of one block; what a module says of its own faults is not theirs */
enum rules_of_jar {
	RULE_DEEP_DISCHARGE,
	RULE_FALLS_AWAY,
	RULE_REVERSAL,
	RULE_DEVIATION,
	RULE_SHORTED_CELL,
	RULE_OPEN_JAR,
	RULE_SENSE_LEAD,
	RULE_TEMP_LONG_HIGH,
	RULE_TEMP_MEAN_LOW,
	RULE_TEMP_NO_RETURN,
	RULE_MODULE_HOT,
	RULE_MODULE_HOT_IDLE,
	RULE_STUCK,
	RULE_DRIFT,
	RULE_IMPLAUSIBLE,
	RULES_OF_JAR
};

/* Rules of a string */
enum rules_of_string {
	RULE_CHARGER_HIGH,
	RULE_CHARGER_LOW,
	RULE_SUM_DIFFERS,
	RULE_HALVES_DIFFER,
	RULE_LOOSE_STRAP,
	RULES_OF_STRING
};

/**
 * struct rules_hold - a verdict that waits for its confirmation
 * @since_ns: when the change that waits began, 0 = none waits
 * @last_ns: last judgement
 * @said_ns: when it was told last
 * @total: judgements since @since_ns
 * @hits: those that confirm the change
 * @next: level it changes to
 * @level: level that holds
 * @known: it was confirmed once
 */
struct rules_hold {
	uint64_t since_ns;
	uint64_t last_ns;
	uint64_t said_ns;
	uint32_t total;
	uint32_t hits;
	uint8_t next;
	uint8_t level;
	bool known;
};

/* A mean that forgets; @weight_ns: time it has seen */
struct rules_mean {
	double value;
	uint64_t last_ns;
	uint64_t weight_ns;
};

#define RULES_DAYS	90	/* of the mean of the temperature */

/* An exact value that does not change, and what the others did meanwhile */
struct rules_still {
	int64_t value;
	uint64_t since_ns;	/* 0: none yet */
	uint32_t samples;
	uint32_t blocks;	/* that there were */
	int64_t low;		/* of the others */
	int64_t high;
	int64_t step;		/* least change ever seen, 0: none */
};

/* A slow departure: what was usual, and how long that was learnt */
struct rules_usual {
	struct rules_mean now;	/* over a day */
	double low;
	double high;
	uint64_t learnt_ns;	/* time in it */
};

/**
 * struct rules_module - what the rules remember of a block; zero is new
 * The rest is their own.
 */
struct rules_module {
	struct rules_hold hold[RULES_OF_JAR];
	uint64_t seen_ns;	/* its last sample */
	uint64_t last_ns;	/* of a voltage, 0 = none yet */
	int64_t last_uv;
	int64_t last_off_uv;	/* against the others */
	uint8_t jumps;		/* last 8 samples, bit = jumped */
	uint64_t stepped_ns;	/* when it fell at once to where no block is */
	int64_t before_uv;	/* of it, before that */
	int64_t others_uv;	/* of the others then */
	uint64_t broken_ns;	/* without a voltage since */
	uint64_t sound_ns;	/* last near the others on float, 0: not since */
	int64_t sound_uv;	/* of the others then */
	struct rules_mean deviation;
	uint64_t deviates_ns;	/* since when it is too far off */
	uint64_t duty_ns;	/* when it was last bypassed */
	struct rules_still still_voltage;
	struct rules_still still_temp;
	struct rules_usual usual_voltage;
	struct rules_usual usual_temp;
	int64_t last_mc;
	uint64_t temp_ns;
	int64_t leap_mc;	/* temperature before a leap */
	uint64_t leap_ns;	/* 0: none */
	int64_t day_sum_mc;	/* of the day that runs */
	uint32_t day_count;
	uint32_t day;
	struct {
		int32_t mean_mc;
		uint32_t day;	/* + 1, 0 = unused */
	} days[RULES_DAYS];
};

/* The 4 h of the charger rule */
#define RULES_BINS	48
#define RULES_BIN_NS	(300ULL * 1000000000)

/**
 * struct rules_string - what they remember of a string; zero is new
 * The rest is their own.
 */
struct rules_string {
	struct rules_hold hold[RULES_OF_STRING];
	enum string_state state;	/* of the last scan */
	enum string_state before;	/* the last one that was known */
	bool begun;
	uint64_t last_ns;
	uint64_t state_ns;	/* in @state since */
	uint64_t float_ns;	/* on float, dips aside, since; 0: it is not */
	uint64_t quiet_ns;	/* neither charged nor discharged since; 0: is */
	uint64_t disturbed_ns;	/* last dip or gap */
	uint64_t excused_ns;	/* a raised voltage is usual until then */
	uint64_t blind_ns;	/* unknown or offline since */
	uint64_t duty_ns;	/* a block was last bypassed */
	int64_t last_median_uv;
	int64_t last_sum_uv;
	bool has_last_sum;
	struct rules_mean others;	/* median, while nothing is suspicious */
	struct rules_mean ambient;
	struct {
		double sum_uv;		/* from what the charger should give */
		double mean_uv;		/* sum of the means themselves */
		uint32_t count;
		uint32_t least;		/* blocks of its means */
		uint32_t most;
		uint64_t number;	/* + 1, 0 = unused */
	} bins[RULES_BINS + 1];
	struct rules_mean sum_ratio;
	struct rules_mean idle_ratio;	/* likewise, without load, kept in it */
	struct rules_mean strap_drop_uv;	/* in a discharge */
	struct rules_mean load_ma;
	double strap_ma;	/* that showed a loose strap */
	bool steady;		/* the charger never paused for weeks */
	uint64_t lift_ns;	/* the string was lifted last, at rest */
	uint32_t lifts;
};

/**
 * struct rules_jar - one block in a scan
 * @limits: its limits
 * @memory: its memory
 * @fresh: this scan has a sample of it; else nothing below is valid
 * @cells: cells in series
 * @has_voltage: a voltage was measured
 * @uv: it, per cell, whatever it is
 * @sense_fault: the module says its sense lead is open
 * @has_temperature: likewise
 * @temperature_mc: of the block
 * @temperature_fault: the module says its sensor is open or shorted
 * @has_module_temperature: likewise
 * @module_mc: of the module itself
 * @has_duty: likewise
 * @duty_permille: of the bypass now
 * @ri_uohm: its resistance when it was measured last, 0 = never
 */
struct rules_jar {
	const struct limit_set *limits;
	struct rules_module *memory;
	bool fresh;
	uint16_t cells;
	bool has_voltage;
	int64_t uv;
	bool sense_fault;
	bool has_temperature;
	int64_t temperature_mc;
	bool temperature_fault;
	bool has_module_temperature;
	int64_t module_mc;
	bool has_duty;
	int32_t duty_permille;
	uint32_t ri_uohm;
};

/**
 * struct rules_scan - one complete scan of a string
 * @time_ns: of its newest sample; an earlier one than before is left out
 * @state: state of the string, this scan included
 * @state_ns: since when
 * @limits: limits of the string
 * @jars: its blocks
 * @count: how many
 * @has_ambient: a sensor measures the room
 * @ambient_mc: its value
 * @has_sensor_voltage: a sensor measures the whole string
 * @sensor_mv: its value
 * @sum_mv: sum of all blocks, valid if all are fresh
 * @has_current: a sensor measures the current
 * @current_ma: its value, positive charges
 */
struct rules_scan {
	uint64_t time_ns;
	enum string_state state;
	uint64_t state_ns;
	const struct limit_set *limits;
	const struct rules_jar *jars;
	unsigned int count;
	bool has_ambient;
	int64_t ambient_mc;
	bool has_sensor_voltage;
	int64_t sensor_mv;
	int64_t sum_mv;
	bool has_current;
	int64_t current_ma;
};

/**
 * typedef rules_say_fn - a verdict
 * @userdata: of the caller
 * @kind: condition
 * @jar: index of the block, -1 = the string
 * @level: level that holds now
 * @text: why, one sentence with numbers
 */
typedef void (*rules_say_fn)(void *userdata, enum alarm_kind kind, int jar,
			     enum alarm_level level, const char *text);

/**
 * rules_judge - judge a scan
 * @string: memory of the string
 * @scan: the scan
 * @say: called for each verdict that changed, that stands, or that is old
 * @userdata: for @say
 */
void rules_judge(struct rules_string *string, const struct rules_scan *scan,
		 rules_say_fn say, void *userdata);

/**
 * rules_doubt - does the voltage of a block not say what the block has?
 * @memory: memory of the block
 *
 * True while a broken lead, a stuck or an implausible value stands: who judges
 * or controls by the voltage of the block leaves it alone.
 */
bool rules_doubt(const struct rules_module *memory);
/* It is in doubt, or may be so and is not decided yet */
bool rules_suspect(const struct rules_module *memory);

/**
 * struct rules_half - one half of a centre-tapped battery
 * @state: its state
 * @time_ns: of its last scan
 * @mean_uv: mean of its cells
 * @temperature_mc: median of its blocks
 * @has_temperature: there is one
 */
struct rules_half {
	enum string_state state;
	uint64_t time_ns;
	int64_t mean_uv;
	int64_t temperature_mc;
	bool has_temperature;
};

/* Both halves after a scan of @a; the verdict is one of @string, which is @a */
void rules_judge_halves(struct rules_string *string,
			const struct limit_set *limits,
			const struct rules_half *a, const struct rules_half *b,
			rules_say_fn say, void *userdata);

/**
 * rules_judge_clock - does somebody keep the wall clock right? (M28)
 * @since_ns: not synchronised since, 0 = it is; its memory
 * @now_ns: time
 * @synchronised: it is
 * @say: told once the answer is known
 * @userdata: for @say
 */
void rules_judge_clock(uint64_t *since_ns, uint64_t now_ns, bool synchronised,
		       rules_say_fn say, void *userdata);
/* The wall clock was set @step_ms: told if that is more than a minute (M28) */
void rules_judge_clock_step(int64_t step_ms, rules_say_fn say, void *userdata);

#endif
