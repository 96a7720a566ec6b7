/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every number by which a block is judged: one set for each module and string
 *
 * The table in limit-set.c owns name, unit, range, default and source of each.
 * Rules read m->limits.value[LIMIT_...]; LIMIT_UNSET is "no limit, do not
 * judge". Voltages are millivolts per cell of 2 V, everywhere (M4).
 *
 * To add one: a line in the enum, a line in the table, a line in
 * bacsd.conf(5); configuration, profiles, bacsctl and D-Bus follow.
 */
#ifndef BACSD_POLICY_LIMIT_SET_H
#define BACSD_POLICY_LIMIT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_UNSET	INT32_MIN

/* What a voltage limit belongs to (M1) */
enum limit_state {
	LIMIT_IN_FLOAT,
	LIMIT_IN_BOOST,
	LIMIT_IN_REST,
	LIMIT_IN_DISCHARGE,
	LIMIT_IN_RECHARGE,
	LIMIT_STATES
};

enum limit_level {
	LIMIT_LOW_ALARM,
	LIMIT_LOW,		/* warning */
	LIMIT_HIGH,
	LIMIT_HIGH_ALARM,
	LIMIT_LEVELS
};

enum limit_id {
	/* voltages by state and level: limit_voltage() finds them */
	LIMIT_FLOAT_LOW_ALARM,
	LIMIT_FLOAT_LOW,
	LIMIT_FLOAT_HIGH,
	LIMIT_FLOAT_HIGH_ALARM,
	LIMIT_BOOST_LOW_ALARM,
	LIMIT_BOOST_LOW,
	LIMIT_BOOST_HIGH,
	LIMIT_BOOST_HIGH_ALARM,
	LIMIT_REST_LOW_ALARM,
	LIMIT_REST_LOW,
	LIMIT_REST_HIGH,
	LIMIT_REST_HIGH_ALARM,
	LIMIT_DISCHARGE_LOW_ALARM,
	LIMIT_DISCHARGE_LOW,
	LIMIT_DISCHARGE_HIGH,
	LIMIT_DISCHARGE_HIGH_ALARM,
	LIMIT_RECHARGE_LOW_ALARM,
	LIMIT_RECHARGE_LOW,
	LIMIT_RECHARGE_HIGH,
	LIMIT_RECHARGE_HIGH_ALARM,
	LIMIT_VOLTAGE_HYSTERESIS,	/* a breach ends so far inside */
	LIMIT_VOLTAGE_S,		/* a breach must last so long */
	LIMIT_STRING_LOW_S,		/* ... when the median is as low */
	LIMIT_STRING_HIGH_S,		/* ... or as high */

	/* temperatures of the block, m°C; differences likewise */
	LIMIT_TEMP_LOW_ALARM,
	LIMIT_TEMP_LOW,
	LIMIT_TEMP_HIGH,
	LIMIT_TEMP_HIGH_ALARM,
	LIMIT_TEMP_HIGH_ALARM_S,	/* ... lasts so long */
	LIMIT_TEMP_HYSTERESIS,
	LIMIT_TEMP_MEAN_LOW,		/* mean over TEMP_MEAN_LOW_S */
	LIMIT_TEMP_MEAN_LOW_S,
	LIMIT_TEMP_RETURN,		/* so near to ambient ... */
	LIMIT_TEMP_RETURN_S,		/* ... so long after the end */

	/* voltages among the blocks of a string */
	LIMIT_DEVIATION,		/* from the median on float */
	LIMIT_DEVIATION_S,
	LIMIT_DEEP_DISCHARGE,
	LIMIT_DEEP_DISCHARGE_ALARM,
	LIMIT_DEEP_DISCHARGE_S,
	LIMIT_FALLS_AWAY,		/* below the median in a discharge */
	LIMIT_FALLS_AWAY_S,
	LIMIT_HALVES,			/* halves of a centre-tapped battery */
	LIMIT_HALVES_S,

	/* internal resistance: permille of median or baseline; absolute µΩ */
	LIMIT_RI_SPREAD,
	LIMIT_RI_SPREAD_WARNING,
	LIMIT_RI_RISE,
	LIMIT_RI_RISE_ALARM,
	LIMIT_RI_FALL,			/* below this part of the baseline */
	LIMIT_RI_MAX_UOHM,
	LIMIT_RI_MAX_ALARM_UOHM,

	/* what the charger should do */
	LIMIT_FLOAT_VOLTAGE,		/* per cell at FLOAT_REFERENCE */
	LIMIT_FLOAT_REFERENCE,		/* m°C */
	LIMIT_FLOAT_SLOPE,		/* µV per °C and cell */
	LIMIT_FLOAT_CLAMP_LOW,		/* m°C: no compensation below */
	LIMIT_FLOAT_CLAMP_HIGH,
	LIMIT_CHARGER_TOLERANCE,	/* permille */

	LIMIT_COUNT
};

enum limit_unit {
	LIMIT_CELL_MV,		/* mV per cell of 2 V */
	LIMIT_CELL_UV_PER_K,	/* µV per °C and cell */
	LIMIT_MC,		/* m°C */
	LIMIT_DIFF_MC,		/* m°C, a difference */
	LIMIT_PERMILLE,
	LIMIT_SECONDS,
	LIMIT_UOHM,
	LIMIT_UNIT_COUNT
};

/**
 * struct limit_info - what a limit is
 * @key: its name in the configuration
 * @unit: its unit
 * @min: least value
 * @max: greatest value
 * @normal: default, LIMIT_UNSET = none
 * @optional: it may be switched off
 * @source: where the default is from
 */
struct limit_info {
	const char *key;
	enum limit_unit unit;
	int32_t min;
	int32_t max;
	int32_t normal;
	bool optional;
	const char *source;
};

/**
 * struct limit_set - all limits of one thing
 * @value: by enum limit_id; LIMIT_UNSET = not judged
 */
struct limit_set {
	int32_t value[LIMIT_COUNT];
};

extern const struct limit_info limit_infos[LIMIT_COUNT];

/**
 * struct limit_order - two limits of which one must be below the other
 * @low: this one
 * @high: below this one, where both are set
 */
struct limit_order {
	enum limit_id low;
	enum limit_id high;
};

/* All that hold; the last has @low = @high */
extern const struct limit_order limit_orders[];

/* "float", "boost" ...; "widest" for LIMIT_STATES: the state is not known */
const char *limit_state_name(enum limit_state state);

/* The defaults: rules have their numbers, voltages and temperatures none */
void limit_set_defaults(struct limit_set *set);
/* Nothing: every value LIMIT_UNSET */
void limit_set_unset(struct limit_set *set);

static inline enum limit_id limit_voltage(enum limit_state state,
					  enum limit_level level)
{
	return (enum limit_id)(LIMIT_FLOAT_LOW_ALARM +
			       (int)state * LIMIT_LEVELS + (int)level);
}

static inline enum limit_id limit_temp(enum limit_level level)
{
	return (enum limit_id)(LIMIT_TEMP_LOW_ALARM + (int)level);
}

#endif
