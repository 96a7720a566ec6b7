// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of limits: name, unit, range, default, source of the default */
#include "policy/limits/limit-set.h"

/*
 * Sources; bacsd.conf(5) has them too, and a test compares the two:
 * [bms]     quick installation guide of a commercial jar monitor
 * [narada]  Narada Acme 12NDF100 manual, p. 19
 * [orient]  Orient Power VRLA operation manual, discharging
 * [1188]    eepowersolutions.com on IEEE 1188: 50 % is warranty practice
 * "practice": practice value, nobody's standard
 * The requirements M1, M3 to M5 and B6 name most of the numbers.
 */
#define CELL_RANGE	0, 4000
#define VOLTAGE(name) \
	{ name "VoltageLowAlarm", LIMIT_CELL_MV, CELL_RANGE, LIMIT_UNSET, \
	  true, "from profile" }, \
	{ name "VoltageLow", LIMIT_CELL_MV, CELL_RANGE, LIMIT_UNSET, \
	  true, "from profile" }, \
	{ name "VoltageHigh", LIMIT_CELL_MV, CELL_RANGE, LIMIT_UNSET, \
	  true, "from profile" }, \
	{ name "VoltageHighAlarm", LIMIT_CELL_MV, CELL_RANGE, LIMIT_UNSET, \
	  true, "from profile" }

#define HOURS	3600
#define DAYS	86400

const struct limit_info limit_infos[LIMIT_COUNT] = {
	VOLTAGE("Float"), VOLTAGE("Boost"), VOLTAGE("Rest"),
	VOLTAGE("Discharge"), VOLTAGE("Recharge"),
	[LIMIT_VOLTAGE_HYSTERESIS] = { "VoltageHysteresis", LIMIT_CELL_MV,
		0, 100, 5, false, "practice" },
	[LIMIT_VOLTAGE_S] = { "VoltageTime", LIMIT_SECONDS,
		0, 1 * HOURS, 10, false, "practice" },
	[LIMIT_STRING_LOW_S] = { "StringLowTime", LIMIT_SECONDS,
		0, 7 * DAYS, 1 * DAYS, false, "practice" },
	[LIMIT_STRING_HIGH_S] = { "StringHighTime", LIMIT_SECONDS,
		0, 1 * DAYS, 300, false, "practice" },

	[LIMIT_TEMP_LOW_ALARM] = { "TemperatureLowAlarm", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_LOW] = { "TemperatureLow", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH] = { "TemperatureHigh", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH_ALARM] = { "TemperatureHighAlarm", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH_ALARM_S] = { "TemperatureHighAlarmTime",
		LIMIT_SECONDS, 0, 1 * DAYS, 1 * HOURS, false, "practice" },
	[LIMIT_TEMP_HYSTERESIS] = { "TemperatureHysteresis", LIMIT_DIFF_MC,
		0, 10000, 1000, false, "practice" },
	[LIMIT_TEMP_MEAN_LOW] = { "TemperatureMeanLow", LIMIT_MC,
		-40000, 60000, 15000, true, "[bms]" },
	[LIMIT_TEMP_MEAN_LOW_S] = { "TemperatureMeanTime", LIMIT_SECONDS,
		1 * DAYS, 90 * DAYS, 30 * DAYS, false, "practice" },
	[LIMIT_TEMP_RETURN] = { "TemperatureReturn", LIMIT_DIFF_MC,
		500, 20000, 5000, true, "practice" },
	[LIMIT_TEMP_RETURN_S] = { "TemperatureReturnTime", LIMIT_SECONDS,
		1 * HOURS, 72 * HOURS, 15 * HOURS, false, "[bms]" },

	[LIMIT_DEVIATION] = { "VoltageDeviation", LIMIT_CELL_MV,
		8, 170, 83, true, "[bms]" },
	[LIMIT_DEVIATION_S] = { "VoltageDeviationTime", LIMIT_SECONDS,
		0, 7 * DAYS, 600, false, "practice" },
	[LIMIT_DEEP_DISCHARGE] = { "DeepDischarge", LIMIT_CELL_MV,
		1000, 2000, 1800, true, "[orient]" },
	[LIMIT_DEEP_DISCHARGE_ALARM] = { "DeepDischargeAlarm", LIMIT_CELL_MV,
		1000, 2000, 1750, true, "practice" },
	[LIMIT_DEEP_DISCHARGE_S] = { "DeepDischargeTime", LIMIT_SECONDS,
		1, 600, 10, false, "practice" },
	[LIMIT_FALLS_AWAY] = { "FallsAway", LIMIT_CELL_MV,
		10, 1000, 100, true, "practice" },
	[LIMIT_FALLS_AWAY_S] = { "FallsAwayTime", LIMIT_SECONDS,
		1, 600, 10, false, "practice" },
	[LIMIT_HALVES] = { "HalvesDeviation", LIMIT_CELL_MV,
		5, 500, 50, true, "practice" },
	[LIMIT_HALVES_S] = { "HalvesDeviationTime", LIMIT_SECONDS,
		1, 1 * DAYS, 60, false, "practice" },

	[LIMIT_RI_SPREAD] = { "ResistanceSpread", LIMIT_PERMILLE,
		10, 2000, 200, true, "[bms]" },
	[LIMIT_RI_SPREAD_WARNING] = { "ResistanceSpreadWarning",
		LIMIT_PERMILLE, 10, 5000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_RI_RISE] = { "ResistanceRise", LIMIT_PERMILLE,
		10, 5000, 300, true, "[bms]" },
	[LIMIT_RI_RISE_ALARM] = { "ResistanceRiseAlarm", LIMIT_PERMILLE,
		10, 5000, 500, true, "[1188]" },
	[LIMIT_RI_FALL] = { "ResistanceFall", LIMIT_PERMILLE,
		100, 990, 700, true, "practice" },
	[LIMIT_RI_MAX_UOHM] = { "ResistanceMax", LIMIT_UOHM,
		10, 200000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_RI_MAX_ALARM_UOHM] = { "ResistanceMaxAlarm", LIMIT_UOHM,
		10, 200000, LIMIT_UNSET, true, "from profile" },

	[LIMIT_FLOAT_VOLTAGE] = { "FloatVoltage", LIMIT_CELL_MV,
		2000, 2500, LIMIT_UNSET, true, "from profile" },
	[LIMIT_FLOAT_REFERENCE] = { "FloatReference", LIMIT_MC,
		0, 40000, 25000, false, "[narada]" },
	[LIMIT_FLOAT_SLOPE] = { "FloatSlope", LIMIT_CELL_UV_PER_K,
		-8000, 0, -3000, false, "[narada]" },
	[LIMIT_FLOAT_CLAMP_LOW] = { "FloatClampLow", LIMIT_MC,
		-20000, 30000, 5000, false, "[narada]" },
	[LIMIT_FLOAT_CLAMP_HIGH] = { "FloatClampHigh", LIMIT_MC,
		20000, 70000, 40000, false, "[narada]" },
	[LIMIT_CHARGER_TOLERANCE] = { "ChargerTolerance", LIMIT_PERMILLE,
		1, 100, 10, false, "practice" },
};

#define ORDER_STATE(name) \
	{ LIMIT_##name##_LOW_ALARM, LIMIT_##name##_LOW }, \
	{ LIMIT_##name##_LOW_ALARM, LIMIT_##name##_HIGH }, \
	{ LIMIT_##name##_LOW_ALARM, LIMIT_##name##_HIGH_ALARM }, \
	{ LIMIT_##name##_LOW, LIMIT_##name##_HIGH }, \
	{ LIMIT_##name##_LOW, LIMIT_##name##_HIGH_ALARM }, \
	{ LIMIT_##name##_HIGH, LIMIT_##name##_HIGH_ALARM }

const struct limit_order limit_orders[] = {
	ORDER_STATE(FLOAT), ORDER_STATE(BOOST), ORDER_STATE(REST),
	ORDER_STATE(DISCHARGE), ORDER_STATE(RECHARGE), ORDER_STATE(TEMP),
	{ LIMIT_DEEP_DISCHARGE_ALARM, LIMIT_DEEP_DISCHARGE },
	{ LIMIT_RI_SPREAD, LIMIT_RI_SPREAD_WARNING },
	{ LIMIT_RI_RISE, LIMIT_RI_RISE_ALARM },
	{ LIMIT_RI_MAX_UOHM, LIMIT_RI_MAX_ALARM_UOHM },
	{ LIMIT_FLOAT_CLAMP_LOW, LIMIT_FLOAT_CLAMP_HIGH },
	{ LIMIT_COUNT, LIMIT_COUNT },
};

const char *limit_state_name(enum limit_state state)
{
	static const char *const names[LIMIT_STATES + 1] = {
		[LIMIT_IN_FLOAT] = "float", [LIMIT_IN_BOOST] = "boost",
		[LIMIT_IN_REST] = "rest", [LIMIT_IN_DISCHARGE] = "discharge",
		[LIMIT_IN_RECHARGE] = "recharge", [LIMIT_STATES] = "widest",
	};

	return names[(unsigned int)state <= LIMIT_STATES ? state :
							   LIMIT_STATES];
}

void limit_set_defaults(struct limit_set *set)
{
	int i;

	for (i = 0; i < LIMIT_COUNT; i++)
		set->value[i] = limit_infos[i].normal;
}

void limit_set_unset(struct limit_set *set)
{
	int i;

	for (i = 0; i < LIMIT_COUNT; i++)
		set->value[i] = LIMIT_UNSET;
}
