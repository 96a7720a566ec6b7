/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What alarms there are: a new one is a line here and a line in kind.c.
 * By groups; the names are what people, files and programs know.
 */
#ifndef BACSD_POLICY_ALARM_KIND_H
#define BACSD_POLICY_ALARM_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum alarm_level {
	ALARM_NONE,
	ALARM_ADVISORY,
	ALARM_WARNING,
	ALARM_ALARM,
};

/* What an alarm is an alarm of */
enum alarm_class {
	ALARM_OF_SITE,
	ALARM_OF_BUS,
	ALARM_OF_STRING,
	ALARM_OF_MODULE,
};

enum alarm_kind {
	/* the site and what it runs on */
	ALARM_TEST,
	ALARM_DRIVER_MISSING,
	ALARM_DRIVER_INCOMPATIBLE,
	ALARM_CONFIGURATION_ERROR,
	ALARM_CLOCK_UNSYNCHRONISED,
	ALARM_CLOCK_STEPPED,
	ALARM_HISTORY_DEGRADED,
	/* buses and the modules on them */
	ALARM_BUS_MISSING,
	ALARM_BUS_LOST,
	ALARM_SECOND_MASTER,
	ALARM_SAMPLES_STALLED,
	ALARM_MODULE_MISSING,
	ALARM_MODULE_LOST,
	ALARM_MODULE_CHANGED,
	ALARM_LIMITS_FOREIGN,
	/* values of a module */
	ALARM_VOLTAGE_LOW,
	ALARM_VOLTAGE_HIGH,
	ALARM_VOLTAGE_DEVIATION,
	ALARM_DEEP_DISCHARGE,
	ALARM_JAR_FALLS_AWAY,
	ALARM_POLARITY_REVERSAL,
	ALARM_SHORTED_CELL,
	ALARM_OPEN_JAR,
	ALARM_TEMPERATURE_LOW,
	ALARM_TEMPERATURE_HIGH,
	ALARM_TEMPERATURE_LONG_HIGH,
	ALARM_TEMPERATURE_MEAN_LOW,
	ALARM_TEMPERATURE_NO_RETURN,
	ALARM_MODULE_HOT,
	ALARM_MODULE_HOT_IDLE,
	/* its sensors */
	ALARM_SENSE_LEAD,
	ALARM_TEMPERATURE_SENSOR,
	ALARM_SELF_TEST,
	ALARM_SENSOR_STUCK,
	ALARM_SENSOR_DRIFT,
	ALARM_SENSOR_IMPLAUSIBLE,
	/* internal resistance */
	ALARM_RESISTANCE_SPREAD,
	ALARM_RESISTANCE_RISE,
	ALARM_RESISTANCE_LIMIT,
	ALARM_RESISTANCE_LOW,
	ALARM_RESISTANCE_OVERDUE,
	/* strings */
	ALARM_EQUALIZING_WITHOUT_EFFECT,
	ALARM_CHARGER_HIGH,
	ALARM_CHARGER_LOW,
	ALARM_HALVES_DIFFER,
	ALARM_SUM_DIFFERS,
	ALARM_LOOSE_STRAP,
	ALARM_KIND_COUNT
};

/**
 * struct alarm_kind_info - one line of the table
 * @name: dictionary name
 * @class: what it is an alarm of
 * @remedy: what to do first, one line
 * @on_delay_s: the condition must hold so long before it is an alarm; 0 where
 *	the detector has confirmed it by itself
 * @off_delay_s: and be gone so long before the alarm returns
 * @hold_s: how long its detector may need to find it again after a restart;
 *	until then "it is gone" is not believed of an alarm of before
 * @system: of the monitoring, not of the battery: contacts wait for it (M15)
 * @latching: it must be acknowledged after its return, even if it was before
 * @loss: perhaps a consequence of a lost bus or driver, and suppressed while
 *	that lasts; raised by the tick, when the cause is known, too
 */
struct alarm_kind_info {
	const char *name;
	enum alarm_class class;
	const char *remedy;
	uint16_t on_delay_s;
	uint16_t off_delay_s;
	uint32_t hold_s;
	bool system;
	bool latching;
	bool loss;
};

const struct alarm_kind_info *alarm_kind_info(enum alarm_kind kind);
const char *alarm_kind_name(enum alarm_kind kind);
/* ALARM_KIND_COUNT if there is none of that name */
enum alarm_kind alarm_kind_by_name(const char *name);

const char *alarm_level_name(enum alarm_level level);
/* ALARM_NONE also for "none" and for what is no level */
enum alarm_level alarm_level_by_name(const char *name);
const char *alarm_class_name(enum alarm_class class);

#endif
