// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The dictionary: names, units, scales, ranges and colours
 *
 * Documentation/quantities.rst is compared with these tables by a test.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct quantity {
	const char *name;
	const char *title;
	const char *unit;
	int scale;
	int digits;
	int64_t min;
	int64_t max;
	const char *description;
};

static const struct quantity quantities[BACS_Q_COUNT] = {
	[BACS_Q_VOLTAGE] = {
		"voltage_mv", "voltage", "V", 1000, 3, -1000000, 2000000,
		"Voltage of the jar, or of the string at a string sensor." },
	[BACS_Q_TEMPERATURE] = {
		"temperature_mc", "temperature", "°C", 1000, 1,
		-55000, 125000,
		"Temperature of the jar's post, or of the air." },
	[BACS_Q_RESISTANCE] = {
		"resistance_uohm", "resistance", "mΩ", 1000, 3, 0, 4294967295,
		"Internal resistance at the last measurement." },
	[BACS_Q_RI_SEQUENCE] = {
		"ri_sequence", "RI number", "", 1, 0, 0, 4294967295,
		"Number of the last measurement of the internal resistance." },
	[BACS_Q_RI_SPREAD] = {
		"ri_spread_permille", "RI spread", "%", 10, 1, 0, 65535,
		"Spread within the last measurement of the resistance." },
	[BACS_Q_EQUALIZER_DUTY] = {
		"equalizer_duty_permille", "equalizing", "%", 10, 1, 0, 1000,
		"Share of the time in which the bypass is on now." },
	[BACS_Q_MODULE_TEMPERATURE] = {
		"module_temperature_mc", "module temperature", "°C", 1000, 1,
		-55000, 125000,
		"Temperature of the module itself." },
	[BACS_Q_BYPASSED] = {
		"bypassed_mah", "bypassed charge", "Ah", 1000, 3,
		0, 4294967295,
		"Charge led past the jar since the module was made." },
	[BACS_Q_BOOTS] = {
		"boots", "starts", "", 1, 0, 0, 4294967295,
		"Boot counter of the module; a step is a restart." },
	[BACS_Q_LATCH_NUMBER] = {
		"latch_number", "latch number", "", 1, 0, 0, 65535,
		"Number of the last latch broadcast the module obeyed." },
	[BACS_Q_CURRENT] = {
		"current_ma", "current", "A", 1000, 2,
		-2147483647, 2147483647,
		"Direct current of the string; positive charges." },
	[BACS_Q_RIPPLE] = {
		"ripple_ma", "ripple", "A", 1000, 2, 0, 4294967295,
		"Alternating current in the string, RMS." },
	[BACS_Q_HUMIDITY] = {
		"humidity_permille", "humidity", "%", 10, 1, 0, 1000,
		"Relative humidity of the air." },
	[BACS_Q_H2] = {
		"h2_ppm", "hydrogen", "ppm", 1, 0, 0, 1000000,
		"Hydrogen in the air by volume." },
	[BACS_Q_INPUTS] = {
		"inputs", "inputs", "", 1, 0, 0, 4294967295,
		"Digital inputs, bit 0 is the first." },
	[BACS_Q_RELAYS] = {
		"relays", "relays", "", 1, 0, 0, 4294967295,
		"Relay outputs, bit 0 is the first." },
	[BACS_Q_FLAGS] = {
		"flags", "flags", "", 1, 0, 0, 4294967295,
		"Status word of the module." },
};

static const struct quantity *quantity(enum bacs_q q)
{
	if ((unsigned int)q >= BACS_Q_COUNT || !quantities[q].name)
		return NULL;
	return &quantities[q];
}

BACS_EXPORT const char *bacs_q_name(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->name : NULL;
}

BACS_EXPORT enum bacs_q bacs_q_by_name(const char *name)
{
	assert(name);
	for (unsigned int i = 0; i < BACS_Q_COUNT; i++)
		if (quantities[i].name && !strcmp(quantities[i].name, name))
			return (enum bacs_q)i;
	return BACS_Q_UNKNOWN;
}

BACS_EXPORT const char *bacs_q_title(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->title : NULL;
}

BACS_EXPORT const char *bacs_q_unit(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->unit : NULL;
}

BACS_EXPORT int bacs_q_scale(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->scale : 0;
}

BACS_EXPORT int bacs_q_digits(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->digits : 0;
}

BACS_EXPORT int bacs_q_range(enum bacs_q q, int64_t *ret_min, int64_t *ret_max)
{
	const struct quantity *e = quantity(q);

	if (!e)
		return -EINVAL;
	*ret_min = e->min;
	*ret_max = e->max;
	return 0;
}

BACS_EXPORT const char *bacs_q_description(enum bacs_q q)
{
	const struct quantity *e = quantity(q);

	return e ? e->description : NULL;
}

/* 10 to the power of @n, 0-6 */
static int64_t power_of_ten(int n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

BACS_EXPORT int bacs_q_format(enum bacs_q q, int64_t value, char *buf,
			      size_t size)
{
	const struct quantity *e = quantity(q);
	uint64_t magnitude, shown, tens;
	bool negative;
	int n;

	assert(buf);
	if (!e)
		return -EINVAL;

	/* rounded half away from zero, in integers: no locale, no float */
	tens = (uint64_t)power_of_ten(e->digits);
	magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	shown = magnitude / (uint64_t)e->scale * tens +
		(magnitude % (uint64_t)e->scale * tens +
		 (uint64_t)e->scale / 2) / (uint64_t)e->scale;
	negative = value < 0 && shown;
	if (e->digits)
		n = snprintf(buf, size, "%s%" PRIu64 ".%0*" PRIu64,
			     negative ? "-" : "", shown / tens, e->digits,
			     shown % tens);
	else
		n = snprintf(buf, size, "%s%" PRIu64, negative ? "-" : "",
			     shown);
	return n < 0 || (size_t)n >= size ? -ENOSPC : n;
}

/*
 * States and other enumerations
 */
struct state {
	const char *name;
	enum bacs_colour colour;
};

static const struct state bus_states[] = {
	[BACS_BUS_UNKNOWN] = { "unknown", BACS_COLOUR_UNKNOWN },
	[BACS_BUS_LISTENING] = { "listening", BACS_COLOUR_GREY },
	[BACS_BUS_DISCOVERING] = { "discovering", BACS_COLOUR_GREY },
	[BACS_BUS_RUNNING] = { "running", BACS_COLOUR_GREEN },
	[BACS_BUS_LOST] = { "lost", BACS_COLOUR_RED },
	[BACS_BUS_STOPPED] = { "stopped", BACS_COLOUR_RED },
};

static const struct state module_states[] = {
	[BACS_MODULE_UNKNOWN] = { "unknown", BACS_COLOUR_UNKNOWN },
	[BACS_MODULE_UNPOLLED] = { "unpolled", BACS_COLOUR_GREY },
	[BACS_MODULE_ABSENT] = { "absent", BACS_COLOUR_BLUE },
	[BACS_MODULE_OK] = { "ok", BACS_COLOUR_GREEN },
	[BACS_MODULE_LOST] = { "lost", BACS_COLOUR_RED },
};

static const char *const colours[] = {
	[BACS_COLOUR_UNKNOWN] = "unknown",
	[BACS_COLOUR_GREY] = "grey",
	[BACS_COLOUR_BLUE] = "blue",
	[BACS_COLOUR_RED] = "red",
	[BACS_COLOUR_ORANGE] = "orange",
	[BACS_COLOUR_GREEN] = "green",
};

static const char *const classes[] = {
	[BACS_MODCLASS_UNKNOWN] = "unknown",
	[BACS_MODCLASS_JAR] = "jar",
	[BACS_MODCLASS_STRING] = "string",
	[BACS_MODCLASS_ENVIRONMENT] = "environment",
	[BACS_MODCLASS_IO] = "io",
};

static const char *const statuses[] = {
	[BACS_PSY_UNKNOWN] = "unknown",
	[BACS_PSY_CHARGING] = "charging",
	[BACS_PSY_DISCHARGING] = "discharging",
	[BACS_PSY_NOT_CHARGING] = "not-charging",
	[BACS_PSY_FULL] = "full",
};

static const char *const healths[] = {
	[BACS_PSY_HEALTH_UNKNOWN] = "unknown",
	[BACS_PSY_HEALTH_GOOD] = "good",
	[BACS_PSY_HEALTH_OVERHEAT] = "overheat",
	[BACS_PSY_HEALTH_DEAD] = "dead",
	[BACS_PSY_HEALTH_OVERVOLTAGE] = "overvoltage",
	[BACS_PSY_HEALTH_FAILURE] = "failure",
	[BACS_PSY_HEALTH_COLD] = "cold",
};

static const char *const limits[] = {
	[BACS_LIMIT_UNKNOWN] = "unknown",
	[BACS_LIMIT_VOLTAGE_MIN] = "voltage_min_mv",
	[BACS_LIMIT_VOLTAGE_MAX] = "voltage_max_mv",
	[BACS_LIMIT_VOLTAGE_LCRIT] = "voltage_lcrit_mv",
	[BACS_LIMIT_VOLTAGE_CRIT] = "voltage_crit_mv",
	[BACS_LIMIT_TEMPERATURE_MIN] = "temperature_min_mc",
	[BACS_LIMIT_TEMPERATURE_MAX] = "temperature_max_mc",
	[BACS_LIMIT_TEMPERATURE_LCRIT] = "temperature_lcrit_mc",
	[BACS_LIMIT_TEMPERATURE_CRIT] = "temperature_crit_mc",
};

static const char *const drivers[] = {
	[BACS_DRIVER_UNKNOWN] = "unknown",
	[BACS_DRIVER_MISSING] = "missing",
	[BACS_DRIVER_PRESENT] = "present",
	[BACS_DRIVER_INCOMPATIBLE] = "incompatible",
};

static const char *const counters[] = {
	[BACS_COUNTER_UNKNOWN] = "unknown",
	[BACS_COUNTER_REQUESTS] = "requests",
	[BACS_COUNTER_REPLIES] = "replies",
	[BACS_COUNTER_TIMEOUTS] = "timeouts",
	[BACS_COUNTER_CRC_ERRORS] = "crc_errors",
	[BACS_COUNTER_LINE_ERRORS] = "line_errors",
	[BACS_COUNTER_SHORT] = "short",
	[BACS_COUNTER_LONG] = "long",
	[BACS_COUNTER_LATE] = "late",
	[BACS_COUNTER_FOREIGN] = "foreign",
	[BACS_COUNTER_DOUBLED] = "doubled",
	[BACS_COUNTER_EXCEPTIONS] = "exceptions",
	[BACS_COUNTER_UNEXPECTED] = "unexpected",
	[BACS_COUNTER_NOISE] = "noise",
	[BACS_COUNTER_RETRIES] = "retries",
	[BACS_COUNTER_LOSSES] = "losses",
	[BACS_COUNTER_BYTES_TX] = "bytes_tx",
	[BACS_COUNTER_BYTES_RX] = "bytes_rx",
	[BACS_COUNTER_TX_FAILURES] = "tx_failures",
	[BACS_COUNTER_NOTES_LOST] = "notes_lost",
	[BACS_COUNTER_ECHOES] = "echoes",
	[BACS_COUNTER_GARBLED] = "garbled",
	[BACS_COUNTER_OVERLONG] = "overlong",
	[BACS_COUNTER_MISFITS] = "misfits",
	[BACS_COUNTER_REBOOTS] = "reboots",
	[BACS_COUNTER_CHANGES] = "changes",
	[BACS_COUNTER_FOREIGN_REQUESTS] = "foreign_requests",
};

static const char *const commands[] = {
	[BACS_COMMAND_UNKNOWN] = "unknown",
	[BACS_COMMAND_EQUALIZE] = "equalize",
	[BACS_COMMAND_RI] = "ri",
	[BACS_COMMAND_IDENTIFY] = "identify",
	[BACS_COMMAND_LATCH] = "latch",
	[BACS_COMMAND_RESCAN] = "rescan",
	[BACS_COMMAND_TRANSACT] = "transact",
};

static const char *const notices[] = {
	[BACS_NOTICE_UNKNOWN] = "unknown",
	[BACS_NOTICE_DRIVER] = "driver",
	[BACS_NOTICE_BUS_ADDED] = "bus-added",
	[BACS_NOTICE_BUS_REMOVED] = "bus-removed",
	[BACS_NOTICE_BUS_STATE] = "bus-state",
	[BACS_NOTICE_MODULE_ADDED] = "module-added",
	[BACS_NOTICE_MODULE_REMOVED] = "module-removed",
	[BACS_NOTICE_MODULE_STATE] = "module-state",
	[BACS_NOTICE_MODULE_REBOOTED] = "module-rebooted",
	[BACS_NOTICE_MODULE_CHANGED] = "module-changed",
	[BACS_NOTICE_SAMPLE] = "sample",
	[BACS_NOTICE_SCAN] = "scan",
	[BACS_NOTICE_ALARM] = "alarm",
	[BACS_NOTICE_LIMITS] = "limits",
	[BACS_NOTICE_COMMAND] = "command",
	[BACS_NOTICE_CONTROL] = "control",
	[BACS_NOTICE_LEASE_EXPIRED] = "lease-expired",
	[BACS_NOTICE_SECOND_MASTER] = "second-master",
	[BACS_NOTICE_GAP] = "gap",
	[BACS_NOTICE_OVERRUN] = "overrun",
	[BACS_NOTICE_RESYNCED] = "resynced",
};

#define NAME(table, value) \
	((unsigned int)(value) < ARRAY_SIZE(table) ? (table)[value] : (table)[0])
#define STATE(table, value) \
	(&(table)[(unsigned int)(value) < ARRAY_SIZE(table) ? (value) : 0])

BACS_EXPORT const char *bacs_colour_name(enum bacs_colour colour)
{
	return NAME(colours, colour);
}

BACS_EXPORT const char *bacs_busstate_name(enum bacs_busstate state)
{
	return STATE(bus_states, state)->name;
}

BACS_EXPORT enum bacs_colour bacs_busstate_colour(enum bacs_busstate state)
{
	return STATE(bus_states, state)->colour;
}

BACS_EXPORT const char *bacs_modstate_name(enum bacs_modstate state)
{
	return STATE(module_states, state)->name;
}

BACS_EXPORT enum bacs_colour bacs_modstate_colour(enum bacs_modstate state)
{
	return STATE(module_states, state)->colour;
}

BACS_EXPORT enum bacs_modstate bacs_modstate_by_name(const char *name)
{
	assert(name);
	for (unsigned int i = 0; i < ARRAY_SIZE(module_states); i++)
		if (!strcmp(module_states[i].name, name))
			return (enum bacs_modstate)i;
	return BACS_MODULE_UNKNOWN;
}

BACS_EXPORT const char *bacs_modclass_name(enum bacs_modclass modclass)
{
	return NAME(classes, modclass);
}

BACS_EXPORT enum bacs_modclass bacs_modclass_by_name(const char *name)
{
	assert(name);
	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++)
		if (!strcmp(classes[i], name))
			return (enum bacs_modclass)i;
	return BACS_MODCLASS_UNKNOWN;
}

BACS_EXPORT const char *bacs_psystatus_name(enum bacs_psystatus status)
{
	return NAME(statuses, status);
}

BACS_EXPORT const char *bacs_psyhealth_name(enum bacs_psyhealth health)
{
	return NAME(healths, health);
}

BACS_EXPORT const char *bacs_limit_name(enum bacs_limit limit)
{
	return NAME(limits, limit);
}

BACS_EXPORT const char *bacs_driver_name(enum bacs_driver driver)
{
	return NAME(drivers, driver);
}

BACS_EXPORT const char *bacs_counter_name(enum bacs_counter counter)
{
	return NAME(counters, counter);
}

BACS_EXPORT const char *bacs_command_name(enum bacs_command command)
{
	return NAME(commands, command);
}

BACS_EXPORT const char *bacs_notice_kind_name(enum bacs_notice_kind kind)
{
	return NAME(notices, kind);
}

/* A quantity of a profile is the attribute of a sample of the same meaning */
static const struct {
	uint32_t uapi;
	enum bacs_q q;
} profile_quantities[] = {
	{ BACS_QUANTITY_VOLTAGE_MV, BACS_Q_VOLTAGE },
	{ BACS_QUANTITY_TEMP_MC, BACS_Q_TEMPERATURE },
	{ BACS_QUANTITY_RESISTANCE_UOHM, BACS_Q_RESISTANCE },
	{ BACS_QUANTITY_MODULE_TEMP_MC, BACS_Q_MODULE_TEMPERATURE },
	{ BACS_QUANTITY_CURRENT_MA, BACS_Q_CURRENT },
	{ BACS_QUANTITY_RIPPLE_MA, BACS_Q_RIPPLE },
	{ BACS_QUANTITY_HUMIDITY_PERMILLE, BACS_Q_HUMIDITY },
	{ BACS_QUANTITY_H2_PPM, BACS_Q_H2 },
	{ BACS_QUANTITY_FLAGS, BACS_Q_FLAGS },
	{ BACS_QUANTITY_RI_SEQUENCE, BACS_Q_RI_SEQUENCE },
	{ BACS_QUANTITY_RI_SPREAD_PERMILLE, BACS_Q_RI_SPREAD },
	{ BACS_QUANTITY_DUTY_PERMILLE, BACS_Q_EQUALIZER_DUTY },
	{ BACS_QUANTITY_BYPASSED_MAH, BACS_Q_BYPASSED },
	{ BACS_QUANTITY_BOOTS, BACS_Q_BOOTS },
	{ BACS_QUANTITY_LATCH_NUMBER, BACS_Q_LATCH_NUMBER },
	{ BACS_QUANTITY_INPUTS, BACS_Q_INPUTS },
	{ BACS_QUANTITY_RELAYS, BACS_Q_RELAYS },
};

enum bacs_q quantity_from_uapi(uint32_t uapi)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(profile_quantities); i++)
		if (profile_quantities[i].uapi == uapi)
			return profile_quantities[i].q;
	return BACS_Q_UNKNOWN;
}

uint32_t quantity_to_uapi(enum bacs_q q)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(profile_quantities); i++)
		if (profile_quantities[i].q == q)
			return profile_quantities[i].uapi;
	return BACS_QUANTITY_UNSPEC;
}
