// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and severities of events: one table */
#include "policy/policy.h"

static const struct {
	const char *name;
	enum policy_severity severity;
} kinds[POLICY_KIND_COUNT] = {
	[POLICY_DAEMON_STARTED] = { "daemon-started", POLICY_INFO },
	[POLICY_DAEMON_STOPPED] = { "daemon-stopped", POLICY_INFO },
	[POLICY_ARMED] = { "armed", POLICY_INFO },
	[POLICY_DRIVER_MISSING] = { "driver-missing", POLICY_ALARM },
	[POLICY_DRIVER_PRESENT] = { "driver-present", POLICY_INFO },
	[POLICY_DRIVER_INCOMPATIBLE] = { "driver-incompatible", POLICY_ALARM },
	[POLICY_BUS_MISSING] = { "bus-missing", POLICY_ALARM },
	[POLICY_BUS_PRESENT] = { "bus-present", POLICY_INFO },
	[POLICY_BUS_RUNNING] = { "bus-running", POLICY_INFO },
	[POLICY_BUS_LOST] = { "bus-lost", POLICY_ALARM },
	[POLICY_MODULE_FOUND] = { "module-found", POLICY_INFO },
	[POLICY_MODULE_MISSING] = { "module-missing", POLICY_ALARM },
	[POLICY_MODULE_LOST] = { "module-lost", POLICY_ALARM },
	[POLICY_MODULE_RETURNED] = { "module-returned", POLICY_INFO },
	[POLICY_MODULE_REBOOTED] = { "module-rebooted", POLICY_WARNING },
	[POLICY_MODULE_CHANGED] = { "module-changed", POLICY_WARNING },
	[POLICY_LIMITS_WRITTEN] = { "limits-written", POLICY_WARNING },
	[POLICY_SECOND_MASTER] = { "second-master", POLICY_WARNING },
	[POLICY_LEASE_EXPIRED] = { "lease-expired", POLICY_WARNING },
	[POLICY_SAMPLES_STALLED] = { "samples-stalled", POLICY_ALARM },
	[POLICY_SAMPLES_RESUMED] = { "samples-resumed", POLICY_INFO },
	[POLICY_MESSAGES_LOST] = { "messages-lost", POLICY_WARNING },
	[POLICY_COMMAND] = { "command", POLICY_INFO },
	[POLICY_ACCESS_DENIED] = { "access-denied", POLICY_WARNING },
	[POLICY_CONFIGURATION_LOADED] = { "configuration-loaded", POLICY_INFO },
	[POLICY_CONFIGURATION_ERROR] = { "configuration-error", POLICY_ALARM },
	[POLICY_CLOCK_SET] = { "clock-set", POLICY_INFO },
	[POLICY_CLOCK_STEPPED] = { "clock-stepped", POLICY_WARNING },
	[POLICY_HISTORY_DEGRADED] = { "history-degraded", POLICY_ALARM },
	[POLICY_HISTORY_RESTORED] = { "history-restored", POLICY_INFO },
	[POLICY_HISTORY_SET_ASIDE] = { "history-set-aside", POLICY_WARNING },
	[POLICY_STRING_STATE] = { "string-state", POLICY_INFO },
	[POLICY_EQUALIZING] = { "equalizing", POLICY_INFO },
	[POLICY_RI_RUN] = { "resistance-run", POLICY_INFO },
	[POLICY_RI_SETTLED] = { "resistance-settled", POLICY_INFO },
	[POLICY_RI_FAILED] = { "resistance-failed", POLICY_INFO },
	[POLICY_RI_BASELINE] = { "resistance-baseline", POLICY_INFO },
	/* of alarms: the severity follows the alarm's level */
	[POLICY_ALARM_RAISED] = { "alarm-raised", POLICY_ALARM },
	[POLICY_ALARM_LOWERED] = { "alarm-lowered", POLICY_INFO },
	[POLICY_ALARM_RETURNED] = { "alarm-returned", POLICY_INFO },
	[POLICY_ALARM_ACKNOWLEDGED] = { "alarm-acknowledged", POLICY_INFO },
	[POLICY_ALARM_SHELVED] = { "alarm-shelved", POLICY_INFO },
	[POLICY_ALARM_UNSHELVED] = { "alarm-unshelved", POLICY_INFO },
	[POLICY_ALARM_REPEATED] = { "alarm-repeated", POLICY_ALARM },
	[POLICY_ALARMS_MUTED] = { "alarms-muted", POLICY_INFO },
	[POLICY_ALARMS_UNMUTED] = { "alarms-unmuted", POLICY_INFO },
	[POLICY_OUT_OF_SERVICE] = { "out-of-service", POLICY_WARNING },
	[POLICY_IN_SERVICE] = { "in-service", POLICY_INFO },
};

const char *policy_kind_name(enum policy_kind kind)
{
	return (unsigned int)kind < POLICY_KIND_COUNT ? kinds[kind].name :
							"unknown";
}

enum policy_severity policy_kind_severity(enum policy_kind kind)
{
	return (unsigned int)kind < POLICY_KIND_COUNT ? kinds[kind].severity :
							POLICY_INFO;
}

const char *policy_severity_name(enum policy_severity severity)
{
	switch (severity) {
	case POLICY_WARNING:
		return "warning";
	case POLICY_ALARM:
		return "alarm";
	default:
		return "info";
	}
}
