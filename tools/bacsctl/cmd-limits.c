// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl limits: by which numbers bacsd judges the modules now */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"

#define CONFIGURATION	"org.bacs1.Configuration"

enum { NAME, BUS, ADDRESS, STATE, PROFILE, LIMITS };

/* The quantities of the driver's limits, in the order people read them */
static const struct {
	const char *key;
	enum bacs_q like;
} limits[] = {
	{ "voltage_lcrit_mv", BACS_Q_VOLTAGE },
	{ "voltage_min_mv", BACS_Q_VOLTAGE },
	{ "voltage_max_mv", BACS_Q_VOLTAGE },
	{ "voltage_crit_mv", BACS_Q_VOLTAGE },
	{ "temperature_lcrit_mc", BACS_Q_TEMPERATURE },
	{ "temperature_min_mc", BACS_Q_TEMPERATURE },
	{ "temperature_max_mc", BACS_Q_TEMPERATURE },
	{ "temperature_crit_mc", BACS_Q_TEMPERATURE },
};

#define COLUMNS	(LIMITS + ARRAY_SIZE(limits))

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[BUS] = { NULL, "bus", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[STATE] = { "STATE", "limits_state", false, false },
	[PROFILE] = { "PROFILE", "profile", false, true },
	[LIMITS] = { "LOW ALARM", "voltage_lcrit_mv", true, true },
	{ "LOW", "voltage_min_mv", true, true },
	{ "HIGH", "voltage_max_mv", true, true },
	{ "HIGH ALARM", "voltage_crit_mv", true, true },
	{ "COLD ALARM", "temperature_lcrit_mc", true, true },
	{ "COLD", "temperature_min_mc", true, true },
	{ "WARM", "temperature_max_mc", true, true },
	{ "WARM ALARM", "temperature_crit_mc", true, true },
};

enum { KEY, VALUE, NUMBER, UNIT, BLOCK, SOURCE, ALL_COLUMNS };

static const struct column all_columns[ALL_COLUMNS] = {
	[KEY] = { "KEY", "key", false, false },
	[VALUE] = { "VALUE", "value", false, false },
	[NUMBER] = { NULL, "number", true, false },
	[UNIT] = { NULL, "unit", false, false },
	[BLOCK] = { "BLOCK", "block_mv", true, true },
	[SOURCE] = { "SOURCE", "source", false, false },
};

static void put_limit(struct table *t, const char *key, int32_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (!strcmp(limits[i].key, key))
			table_quantity(t, LIMITS + i, limits[i].like, value);
}

static int take_module(sd_bus_message *reply, struct table *t, const char *only,
		       char *bus, uint8_t *address)
{
	const char *b, *name, *state, *profile, *key;
	int32_t value;
	char device[24];
	uint8_t a;
	int r = sd_bus_message_read(reply, "sysss", &b, &a, &name, &state,
				    &profile);
	bool wanted;

	if (r < 0)
		return r;
	snprintf(device, sizeof(device), "%.12s-%03u", b, a);
	wanted = !only || !strcmp(only, name) || !strcmp(only, device);
	if (wanted && only) {
		snprintf(bus, 13, "%s", b);
		*address = a;
	}
	if (wanted) {
		table_row(t);
		table_text(t, NAME, name);
		table_text(t, BUS, b);
		table_number(t, ADDRESS, a, "%u", a);
		table_text(t, STATE, state);
		if (*profile)
			table_text(t, PROFILE, profile);
	}
	r = sd_bus_message_enter_container(reply, 'a', "{si}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{si}", &key, &value)) > 0)
		if (wanted)
			put_limit(t, key, value);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_modules(sd_bus *bus, struct table *t, const char *only,
			char *only_bus, uint8_t *only_address,
			sd_bus_error *error)
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT,
				   CONFIGURATION, "GetLimits", error, &reply,
				   "");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(sysssa{si})");
	while (r >= 0 && (r = sd_bus_message_enter_container(
				  reply, 'r', "sysssa{si}")) > 0) {
		r = take_module(reply, t, only, only_bus, only_address);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	sd_bus_message_unref(reply);
	return r;
}

static void put_number(struct table *t, const char *unit, int32_t number,
		       uint32_t nominal_mv)
{
	int64_t mv;

	table_number(t, NUMBER, number, "%" PRId32, number);
	table_text(t, UNIT, unit);
	if (strcmp(unit, "mV/cell") || !nominal_mv)
		return;
	mv = (int64_t)number * nominal_mv / 2000;
	table_number(t, BLOCK, mv, "%" PRId64 ".%03" PRId64 " V", mv / 1000,
		     mv % 1000);
}

static int take_numbers(sd_bus *bus, struct table *t, const char *only_bus,
			uint8_t address, sd_bus_error *error)
{
	const char *key, *value, *unit, *source;
	sd_bus_message *reply = NULL;
	uint32_t nominal_mv = 0;
	int32_t number;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT,
				   CONFIGURATION, "GetModuleLimits", error,
				   &reply, "sy", only_bus, address);

	if (r >= 0)
		r = sd_bus_message_read(reply, "u", &nominal_mv);
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(ssssi)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(ssssi)", &key, &value, &unit,
					&source, &number)) > 0) {
		table_row(t);
		table_text(t, KEY, key);
		table_text(t, VALUE, value);
		table_text(t, SOURCE, source);
		put_number(t, unit, number, nominal_mv);
	}
	sd_bus_message_unref(reply);
	return r;
}

/* All modules in a line each, or all numbers of one */
static int run(sd_bus *bus, const char *only, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct table *t = table_new("limits", columns, COLUMNS);
	char only_bus[13] = "";
	uint8_t address = 0;
	int code, r = take_modules(bus, t, only, only_bus, &address, &error);

	if (r >= 0 && only && !address) {
		fprintf(stderr,
			"bacsctl: there is no module '%s': give its name, such as 4S2, or bus and address, such as bacsA-012\n",
			only);
		table_free(t);
		return EXIT_NO_DEVICE;
	}
	if (r >= 0 && only) {
		table_free(t);
		t = table_new("limits", all_columns, ALL_COLUMNS);
		r = take_numbers(bus, t, only_bus, address, &error);
	}
	code = r < 0 ? daemon_failed(r, &error, "the limits") :
		       table_output(t, o, "bacsd knows no module yet");
	sd_bus_error_free(&error);
	table_free(t);
	return code;
}

int cmd_limits(int argc, char **argv)
{
	struct options o;
	sd_bus *bus = NULL;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT,
			      "limits [--json] [--sort=KEY] [MODULE]",
			      "Shows the limits that hold for every module now, the state of its string they\nbelong to and the profile they are from; or all numbers of one module, and who\nsays them. It asks bacsd.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (first + 1 < argc) {
		fprintf(stderr, "bacsctl: limits takes no argument '%s'\n",
			argv[first + 1]);
		return EXIT_USAGE;
	}
	r = daemon_open(&bus);
	if (r)
		return r;
	r = run(bus, first < argc ? argv[first] : NULL, &o);
	sd_bus_flush_close_unref(bus);
	return r;
}
