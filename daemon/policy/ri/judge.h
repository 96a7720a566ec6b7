/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What does the internal resistance (RI) of a jar say about it? (M5, B7)
 *
 * Values and baselines belong to the jar, not to the module that measured them.
 */
#ifndef BACSD_POLICY_RI_JUDGE_H
#define BACSD_POLICY_RI_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/limits/limit-set.h"
#include "policy/string/string-state.h"

#define RI_VALUES	10	/* of a final baseline (B7) */
#define RI_PROVISIONAL	3	/* values of a provisional one, of four runs */
#define RI_SPREAD_JARS	3	/* of fewer nobody knows which one is wrong */
/* A final baseline is proposed after six months (B7: IEEE 1188 practice) */
#define RI_FINAL_NS	(182LL * 86400 * 1000000000LL)
/* No trend value so long after a discharge of more than 5 % of C (B7) */
#define RI_REST_NS	(72LL * 3600 * 1000000000LL)
#define RI_DEEP_PERMILLE	50
#define RI_NO_TEMPERATURE	INT32_MIN
/* Values are compared with a baseline at most so far away (B7) */
#define RI_WINDOW_MC	5000
/* What a module scatters (B10: 3 %), and what its baseline is wrong by */
#define RI_ACCURACY	40

/**
 * struct ri_rules - limits, in permille of what they refer to; 0: none
 * @spread: from the median of jars of the same type, either way: advisory
 * @spread_warning: above that median: warning
 * @warning: above the baseline
 * @alarm: above the baseline
 * @low: of the baseline; less is a fault of measuring or a short
 * @limit_warning_uohm: absolute
 * @limit_alarm_uohm: absolute
 * @window_mc: values are compared with a baseline so many m°C away
 * @coefficient_ppm: change of resistance for 1 K, in ppm; 0: not known
 * @accuracy: a limit counts as reached so far before it, so that a rise is
 *	found within two runs whatever the module's error (T1)
 */
struct ri_rules {
	int32_t spread;
	int32_t spread_warning;
	int32_t warning;
	int32_t alarm;
	int32_t low;
	uint32_t limit_warning_uohm;
	uint32_t limit_alarm_uohm;
	int32_t window_mc;
	int32_t coefficient_ppm;
	int32_t accuracy;
};

/* The rules that the limits of a block make; the coefficient is 0 */
void ri_rules_set(struct ri_rules *rules, const struct limit_set *limits);

/**
 * struct ri_value - one measurement and what was around it
 * @time_ns: CLOCK_BOOTTIME, below 0 for one of an earlier boot
 * @uohm: resistance
 * @temperature_mc: of the block, or RI_NO_TEMPERATURE
 * @state: of its string
 * @trend: taken in float, not within 72 h of a deep discharge: may be compared
 */
struct ri_value {
	int64_t time_ns;
	uint32_t uohm;
	int32_t temperature_mc;
	enum string_state state;
	bool trend;
};

enum ri_baseline_kind {
	RI_BASELINE_NONE,
	RI_BASELINE_PROVISIONAL,	/* of commissioning */
	RI_BASELINE_FINAL,
};

/**
 * struct ri_baseline - what a jar is compared with
 * @kind: kind
 * @uohm: resistance
 * @temperature_mc: at this temperature, or RI_NO_TEMPERATURE
 * @count: median of so many values
 * @is_signed: an operator stands for it
 */
struct ri_baseline {
	enum ri_baseline_kind kind;
	uint32_t uohm;
	int32_t temperature_mc;
	uint8_t count;
	bool is_signed;
};

enum ri_finding {
	RI_SPREAD,		/* far from the median of its like */
	RI_RISE,		/* above its baseline */
	RI_LIMIT,		/* above the absolute limit */
	RI_LOW,			/* far below its baseline */
	RI_FINDINGS
};

enum ri_level { RI_NORMAL, RI_ADVISORY, RI_WARNING, RI_ALARM };

/* Why the last value was not compared with the baseline */
enum ri_compare {
	RI_COMPARED,
	RI_NO_VALUE,
	RI_NO_BASELINE,
	RI_NO_TREND,		/* state, or a discharge not long ago */
	RI_OTHER_TEMPERATURE,
};

/* A level changes when two runs in succession say so */
struct ri_verdict {
	enum ri_level level;
	enum ri_level last;	/* what the last run alone says */
	uint8_t runs;		/* that judged it, at most 2 */
};

/**
 * struct ri_jar - a jar; ri_jar_init() before use
 * @begin_ns: when it was taken into operation
 * @baseline: what it is compared with
 * @value: trend values, the newest last
 * @count: their number
 * @newest: the last value, also one that is no trend value; time RI_NEVER: none
 * @median_uohm: of its like when it was last judged, 0: too few
 * @ratio_permille: newest value by the baseline, 0: not compared
 * @compare: why not
 * @verdict: findings
 */
struct ri_jar {
	int64_t begin_ns;
	struct ri_baseline baseline;
	struct ri_value value[RI_VALUES];
	uint8_t count;
	struct ri_value newest;
	uint32_t median_uohm;
	uint32_t ratio_permille;
	enum ri_compare compare;
	struct ri_verdict verdict[RI_FINDINGS];
};

void ri_jar_init(struct ri_jar *jar, int64_t begin_ns);

/* A value of an earlier run of bacsd: no judgement, oldest first */
void ri_jar_restore(struct ri_jar *jar, const struct ri_value *value);

/**
 * ri_jar_value - judge a new value
 * @jar: jar
 * @value: new value
 * @rules: rules
 * @others_uohm: newest trend values of the other jars of its type; sorted here
 * @count: their number
 */
void ri_jar_value(struct ri_jar *jar, const struct ri_value *value,
		  const struct ri_rules *rules, uint32_t *others_uohm,
		  size_t count);

/**
 * ri_jar_propose - a baseline from the values that are there
 * @jar: jar
 * @least: of at least so many values
 * @rules: for the window of temperature
 * @ret: the baseline, not signed; its kind is the caller's to set
 *
 * Return: true when there are enough values within the window.
 */
bool ri_jar_propose(const struct ri_jar *jar, unsigned int least,
		    const struct ri_rules *rules, struct ri_baseline *ret);

/* Another baseline: what was found with the old one is void */
void ri_jar_set_baseline(struct ri_jar *jar,
			 const struct ri_baseline *baseline);

/* Six months have passed and the baseline in force is none for good */
bool ri_jar_final_due(const struct ri_jar *jar, int64_t now_ns);

const char *ri_baseline_name(enum ri_baseline_kind kind);
const char *ri_finding_name(enum ri_finding finding);

#endif
