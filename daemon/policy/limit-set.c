// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of limits: name, unit, range, default, source of the default */
#include "limit-set.h"

/*
 * Sources:
 * M1 ... M16, B1 ... B8: the requirement of that number, which names its own
 * "practice value": nobody's standard; reasoned in bacsd.conf(5)
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
		0, 100, 5, false, "practice value" },
	[LIMIT_VOLTAGE_S] = { "VoltageTime", LIMIT_SECONDS,
		0, 1 * HOURS, 10, false, "T1: 2 scans and a delay" },
	[LIMIT_STRING_LOW_S] = { "StringLowTime", LIMIT_SECONDS,
		0, 7 * DAYS, 1 * DAYS, false, "practice value: a pause" },
	[LIMIT_STRING_HIGH_S] = { "StringHighTime", LIMIT_SECONDS,
		0, 1 * DAYS, 300, false, "practice value" },

	[LIMIT_TEMP_LOW_ALARM] = { "TemperatureLowAlarm", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_LOW] = { "TemperatureLow", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH] = { "TemperatureHigh", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH_ALARM] = { "TemperatureHighAlarm", LIMIT_MC,
		-40000, 125000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_TEMP_HIGH_ALARM_S] = { "TemperatureHighAlarmTime",
		LIMIT_SECONDS, 0, 1 * DAYS, 1 * HOURS, false, "M3: 1 h above 35 C" },
	[LIMIT_TEMP_STOP] = { "TemperatureStop", LIMIT_MC,
		30000, 80000, 50000, false, "B8: C&D DCS-100HIT p. 7" },
	[LIMIT_TEMP_HYSTERESIS] = { "TemperatureHysteresis", LIMIT_DIFF_MC,
		0, 10000, 1000, false, "practice value" },
	[LIMIT_TEMP_MEAN_LOW] = { "TemperatureMeanLow", LIMIT_MC,
		-40000, 60000, 15000, true, "M3" },
	[LIMIT_TEMP_MEAN_LOW_S] = { "TemperatureMeanTime", LIMIT_SECONDS,
		1 * DAYS, 90 * DAYS, 30 * DAYS, false, "M3" },
	[LIMIT_TEMP_RETURN] = { "TemperatureReturn", LIMIT_DIFF_MC,
		500, 20000, 5000, true, "M3" },
	[LIMIT_TEMP_RETURN_S] = { "TemperatureReturnTime", LIMIT_SECONDS,
		1 * HOURS, 72 * HOURS, 15 * HOURS, false, "M3" },
	[LIMIT_TEMP_SPREAD] = { "TemperatureSpread", LIMIT_DIFF_MC,
		1000, 30000, 5000, true, "B8" },
	[LIMIT_TEMP_SPREAD_ALARM] = { "TemperatureSpreadAlarm",
		LIMIT_DIFF_MC, 1000, 40000, 8000, true, "B8" },
	[LIMIT_TEMP_AMBIENT] = { "TemperatureAmbient", LIMIT_DIFF_MC,
		1000, 30000, 5000, true, "B8: 5 C over ambient" },
	[LIMIT_TEMP_AMBIENT_ALARM] = { "TemperatureAmbientAlarm",
		LIMIT_DIFF_MC, 1000, 40000, 10000, true, "B8: C&D DCS-100HIT p. 7" },
	[LIMIT_TEMP_SLOPE] = { "TemperatureSlope", LIMIT_MC_PER_H,
		500, 60000, 3000, true, "practice value" },

	[LIMIT_DEVIATION] = { "VoltageDeviation", LIMIT_CELL_MV,
		8, 170, 83, true, "M4: 0.5 V at 12 V" },
	[LIMIT_DEVIATION_S] = { "VoltageDeviationTime", LIMIT_SECONDS,
		0, 7 * DAYS, 600, false, "practice value" },
	[LIMIT_DEEP_DISCHARGE] = { "DeepDischarge", LIMIT_CELL_MV,
		1000, 2000, 1800, true, "M1" },
	[LIMIT_DEEP_DISCHARGE_ALARM] = { "DeepDischargeAlarm", LIMIT_CELL_MV,
		1000, 2000, 1750, true, "M1" },
	[LIMIT_DEEP_DISCHARGE_S] = { "DeepDischargeTime", LIMIT_SECONDS,
		1, 600, 10, false, "M1" },
	[LIMIT_FALLS_AWAY] = { "FallsAway", LIMIT_CELL_MV,
		10, 1000, 100, true, "M1" },
	[LIMIT_FALLS_AWAY_S] = { "FallsAwayTime", LIMIT_SECONDS,
		1, 600, 10, false, "M1" },
	[LIMIT_HALVES] = { "HalvesDeviation", LIMIT_CELL_MV,
		5, 500, 50, true, "practice value" },
	[LIMIT_HALVES_S] = { "HalvesDeviationTime", LIMIT_SECONDS,
		1, 1 * DAYS, 60, false, "practice value" },

	[LIMIT_WINDOW_LOW] = { "WindowLow", LIMIT_CELL_MV,
		1900, 2500, 2170, false, "M13" },
	[LIMIT_WINDOW_HIGH] = { "WindowHigh", LIMIT_CELL_MV,
		1900, 2800, 2400, false, "M13" },
	[LIMIT_WINDOW_HYSTERESIS] = { "WindowHysteresis", LIMIT_CELL_MV,
		0, 100, 10, false, "M13" },

	[LIMIT_RI_SPREAD] = { "ResistanceSpread", LIMIT_PERMILLE,
		10, 2000, 200, true, "M5" },
	[LIMIT_RI_SPREAD_WARNING] = { "ResistanceSpreadWarning",
		LIMIT_PERMILLE, 10, 5000, LIMIT_UNSET, true, "M5: profile vendor" },
	[LIMIT_RI_RISE] = { "ResistanceRise", LIMIT_PERMILLE,
		10, 5000, 300, true, "M5" },
	[LIMIT_RI_RISE_ALARM] = { "ResistanceRiseAlarm", LIMIT_PERMILLE,
		10, 5000, 500, true, "M5, B7" },
	[LIMIT_RI_FALL] = { "ResistanceFall", LIMIT_PERMILLE,
		100, 990, 700, true, "M5" },
	[LIMIT_RI_EXCLUDE] = { "ResistanceExclude", LIMIT_PERMILLE,
		1100, 20000, 3000, false, "M16" },
	[LIMIT_RI_MAX_UOHM] = { "ResistanceMax", LIMIT_UOHM,
		10, 200000, LIMIT_UNSET, true, "from profile" },
	[LIMIT_RI_MAX_ALARM_UOHM] = { "ResistanceMaxAlarm", LIMIT_UOHM,
		10, 200000, LIMIT_UNSET, true, "from profile" },

	[LIMIT_FLOAT_VOLTAGE] = { "FloatVoltage", LIMIT_CELL_MV,
		2000, 2500, LIMIT_UNSET, true, "from profile" },
	[LIMIT_FLOAT_REFERENCE] = { "FloatReference", LIMIT_MC,
		0, 40000, 25000, false, "B6: Narada 12NDF100 p. 19" },
	[LIMIT_FLOAT_SLOPE] = { "FloatSlope", LIMIT_CELL_UV_PER_K,
		-8000, 0, -3000, false, "B6: Narada 12NDF100 p. 19" },
	[LIMIT_FLOAT_CLAMP_LOW] = { "FloatClampLow", LIMIT_MC,
		-20000, 30000, 5000, false, "B6: Narada 12NDF100 p. 19" },
	[LIMIT_FLOAT_CLAMP_HIGH] = { "FloatClampHigh", LIMIT_MC,
		20000, 70000, 40000, false, "B6: Narada 12NDF100 p. 19" },
	[LIMIT_CHARGER_TOLERANCE] = { "ChargerTolerance", LIMIT_PERMILLE,
		1, 100, 10, false, "B6" },
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
	{ LIMIT_TEMP_HIGH, LIMIT_TEMP_STOP },
	{ LIMIT_TEMP_HIGH_ALARM, LIMIT_TEMP_STOP },
	{ LIMIT_TEMP_SPREAD, LIMIT_TEMP_SPREAD_ALARM },
	{ LIMIT_TEMP_AMBIENT, LIMIT_TEMP_AMBIENT_ALARM },
	{ LIMIT_DEEP_DISCHARGE_ALARM, LIMIT_DEEP_DISCHARGE },
	{ LIMIT_WINDOW_LOW, LIMIT_WINDOW_HIGH },
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
