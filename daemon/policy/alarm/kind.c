// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of alarms: names, remedies, delays */
#include <stddef.h>
#include <string.h>

#include "policy/alarm/kind.h"

#define HOUR	3600
#define DAY	86400

#define KIND(k, n, c, ...) \
	[ALARM_ ## k] = { .name = n, .class = ALARM_OF_ ## c, \
			  .remedy = __VA_ARGS__ }

static const struct alarm_kind_info kinds[ALARM_KIND_COUNT] = {
	KIND(TEST, "test", SITE, "none: somebody tests the alarms"),
	KIND(DRIVER_MISSING, "driver-missing", SITE, "modprobe bacs",
	     .system = true, .loss = true),
	KIND(DRIVER_INCOMPATIBLE, "driver-incompatible", SITE,
	     "install driver and daemon of the same release", .system = true),
	KIND(CONFIGURATION_ERROR, "configuration-error", SITE,
	     "mend the file, 'bacsd --check', then reload", .system = true),
	KIND(CLOCK_UNSYNCHRONISED, "clock-unsynchronised", SITE,
	     "set up time synchronisation, such as chrony", .system = true),
	KIND(CLOCK_STEPPED, "clock-stepped", SITE,
	     "see who sets the clock; times before and after are apart",
	     .system = true),
	KIND(HISTORY_DEGRADED, "history-degraded", SITE,
	     "free or mend the disk of /var/lib/bacs", .system = true),

	KIND(BUS_MISSING, "bus-missing", BUS,
	     "check its adapter and 'systemctl status bacs-attach@*'",
	     .system = true, .loss = true),
	KIND(BUS_LOST, "bus-lost", BUS, "check cable, adapter and supply",
	     .system = true, .loss = true),
	KIND(SECOND_MASTER, "second-master", BUS,
	     "take the other master off the bus", .system = true),
	KIND(SAMPLES_STALLED, "samples-stalled", BUS,
	     "bacsd restarts by itself; if it repeats, see the kernel's messages",
	     .system = true),
	KIND(MODULE_MISSING, "module-missing", MODULE,
	     "check its address, cable and supply", .system = true,
	     .loss = true),
	KIND(MODULE_LOST, "module-lost", MODULE, "check its cable and supply",
	     .system = true, .loss = true),
	KIND(MODULE_CHANGED, "module-changed", MODULE,
	     "if nobody replaced it, check the addresses", .system = true,
	     .latching = true),
	KIND(LIMITS_FOREIGN, "limits-foreign", MODULE,
	     "see which program writes limits, such as 'sensors -s'",
	     .system = true),

	KIND(VOLTAGE_LOW, "voltage-low", MODULE,
	     "check charger and block"),
	KIND(VOLTAGE_HIGH, "voltage-high", MODULE,
	     "check charger voltage and block"),
	KIND(VOLTAGE_DEVIATION, "voltage-deviation", MODULE,
	     "see whether equalizing helps, else test the block",
	     .hold_s = HOUR),
	KIND(DEEP_DISCHARGE, "deep-discharge", MODULE,
	     "end the discharge and recharge at once", .latching = true),
	KIND(JAR_FALLS_AWAY, "jar-falls-away", MODULE,
	     "plan to replace the block", .latching = true),
	KIND(POLARITY_REVERSAL, "polarity-reversal", MODULE,
	     "end the discharge, replace the block", .latching = true),
	KIND(SHORTED_CELL, "shorted-cell", MODULE, "replace the block",
	     .latching = true,
	     .hold_s = HOUR),
	KIND(OPEN_JAR, "open-jar", MODULE,
	     "the string cannot carry load: check straps, replace the block",
	     .latching = true,
	     .hold_s = HOUR),
	KIND(TEMPERATURE_LOW, "temperature-low", MODULE,
	     "heat the room; capacity is reduced"),
	KIND(TEMPERATURE_HIGH, "temperature-high", MODULE,
	     "cool the room, check charge current and block"),
	KIND(TEMPERATURE_LONG_HIGH, "temperature-long-high", MODULE,
	     "cool the room: service life shrinks",
	     .hold_s = DAY),
	KIND(TEMPERATURE_MEAN_LOW, "temperature-mean-low", MODULE,
	     "heat the room, or plan with less capacity",
	     .hold_s = DAY),
	KIND(TEMPERATURE_NO_RETURN, "temperature-no-return", MODULE,
	     "reduce the charge current, watch the block",
	     .hold_s = HOUR),
	KIND(MODULE_HOT, "module-hot", MODULE,
	     "give the module air; equalizing is reduced meanwhile"),
	KIND(MODULE_HOT_IDLE, "module-hot-idle", MODULE,
	     "current flows through the module: check its wiring at once",
	     .latching = true),

	KIND(SENSE_LEAD, "sense-lead", MODULE, "check lead and fuse"),
	KIND(TEMPERATURE_SENSOR, "temperature-sensor", MODULE,
	     "check the sensor and its plug"),
	KIND(SELF_TEST, "self-test", MODULE, "replace the module"),
	KIND(SENSOR_STUCK, "sensor-stuck", MODULE,
	     "compare with a meter, replace the module",
	     .hold_s = DAY),
	KIND(SENSOR_DRIFT, "sensor-drift", MODULE,
	     "compare with a meter, calibrate or replace the module",
	     .hold_s = DAY),
	KIND(SENSOR_IMPLAUSIBLE, "sensor-implausible", MODULE,
	     "check leads and sensor, replace the module"),

	KIND(RESISTANCE_SPREAD, "resistance-spread", MODULE,
	     "check straps and torque, watch the block"),
	KIND(RESISTANCE_RISE, "resistance-rise", MODULE,
	     "check straps and torque, test the block's capacity"),
	KIND(RESISTANCE_LIMIT, "resistance-limit", MODULE,
	     "test the block's capacity or replace it"),
	KIND(RESISTANCE_LOW, "resistance-low", MODULE,
	     "measure again with a meter: a fault of measuring, or a short"),
	KIND(RESISTANCE_OVERDUE, "resistance-overdue", MODULE,
	     "see what keeps the measurement from running"),

	KIND(EQUALIZING_WITHOUT_EFFECT, "equalizing-without-effect", MODULE,
	     "test the block; check the module's fuse",
	     .hold_s = DAY),
	KIND(CHARGER_HIGH, "charger-high", STRING,
	     "check the charger's voltage and its temperature compensation",
	     .hold_s = HOUR),
	KIND(CHARGER_LOW, "charger-low", STRING,
	     "check the charger's voltage and its temperature compensation",
	     .hold_s = HOUR),
	KIND(HALVES_DIFFER, "halves-differ", STRING,
	     "check the load between the halves and the blocks of the lower one",
	     .hold_s = HOUR),
	KIND(SUM_DIFFERS, "sum-differs", STRING,
	     "check sense leads, straps and the string sensor",
	     .hold_s = HOUR),
	KIND(LOOSE_STRAP, "loose-strap", STRING,
	     "look for a warm post, check torque from block to block",
	     .hold_s = DAY),
};

const struct alarm_kind_info *alarm_kind_info(enum alarm_kind kind)
{
	return &kinds[(unsigned int)kind < ALARM_KIND_COUNT ? kind : 0];
}

const char *alarm_kind_name(enum alarm_kind kind)
{
	return (unsigned int)kind < ALARM_KIND_COUNT ? kinds[kind].name :
						       "unknown";
}

enum alarm_kind alarm_kind_by_name(const char *name)
{
	int i;

	for (i = 0; i < ALARM_KIND_COUNT; i++)
		if (!strcmp(kinds[i].name, name))
			return i;
	return ALARM_KIND_COUNT;
}

static const char *const levels[] = {
	[ALARM_NONE] = "none",
	[ALARM_ADVISORY] = "advisory",
	[ALARM_WARNING] = "warning",
	[ALARM_ALARM] = "alarm",
};

const char *alarm_level_name(enum alarm_level level)
{
	return (unsigned int)level <= ALARM_ALARM ? levels[level] : "unknown";
}

enum alarm_level alarm_level_by_name(const char *name)
{
	int i;

	for (i = ALARM_ALARM; i > ALARM_NONE; i--)
		if (!strcmp(levels[i], name))
			break;
	return i;
}

const char *alarm_class_name(enum alarm_class class)
{
	switch (class) {
	case ALARM_OF_SITE:
		return "site";
	case ALARM_OF_BUS:
		return "bus";
	case ALARM_OF_STRING:
		return "string";
	case ALARM_OF_MODULE:
		return "module";
	}
	return "unknown";
}
