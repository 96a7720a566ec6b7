// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl limits: by which numbers bacsd judges the modules now */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"

#define CONFIGURATION	"org.bacs1.Configuration"

enum { NAME, BUS, ADDRESS, STATE, ORIGIN, PROFILE, LIMITS };

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

#define REASON	(LIMITS + ARRAY_SIZE(limits))
#define COLUMNS	(REASON + 1)

/* What org.bacs1(5) says instead of a limit that is none */
#define NO_LIMIT	INT32_MIN

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[BUS] = { NULL, "bus", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[STATE] = { "STATE", "limits_state", false, false },
	[ORIGIN] = { "ORIGIN", "origin", false, false },
	[PROFILE] = { "PROFILE", "profile", false, true },
	[LIMITS] = { "LOW ALARM", "voltage_lcrit_mv", true, true },
	{ "LOW", "voltage_min_mv", true, true },
	{ "HIGH", "voltage_max_mv", true, true },
	{ "HIGH ALARM", "voltage_crit_mv", true, true },
	{ "COLD ALARM", "temperature_lcrit_mc", true, true },
	{ "COLD", "temperature_min_mc", true, true },
	{ "WARM", "temperature_max_mc", true, true },
	{ "WARM ALARM", "temperature_crit_mc", true, true },
	[REASON] = { "WHY", "reason", false, true },
};

enum { KEY, VALUE, NUMBER, UNIT, BLOCK, HOLDS, FROM, SOURCE, ALL_COLUMNS };

static const struct column all_columns[ALL_COLUMNS] = {
	[KEY] = { "KEY", "key", false, false },
	[VALUE] = { "VALUE", "value", false, false },
	[NUMBER] = { NULL, "number", true, false },
	[UNIT] = { NULL, "unit", false, false },
	[BLOCK] = { "BLOCK", "block_mv", true, true },
	[HOLDS] = { "STATE", "limits_state", false, true },
	[FROM] = { "ORIGIN", "origin", false, false },
	[SOURCE] = { "SOURCE", "source", false, false },
};

/* A limit that another program wrote and that holds in a state */
struct adopted {
	char device[24];	/* bacsA-012 */
	char state[16];
	char key[32];		/* that says it otherwise, "": several do */
	char limit[32];
	int32_t value;
	int32_t ours;		/* what the configuration says */
};

struct adoptions {
	struct adopted *list;
	size_t count;
};

static int load_adopted(sd_bus *bus, struct adoptions *all,
			sd_bus_error *error)
{
	const char *b, *state, *key, *limit;
	sd_bus_message *reply = NULL;
	int32_t value, ours;
	uint8_t address;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT,
				   CONFIGURATION, "GetAdoptedLimits", error,
				   &reply, "");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(sysssii)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(sysssii)", &b, &address,
					&state, &key, &limit, &value,
					&ours)) > 0) {
		struct adopted *list = reallocarray(all->list, all->count + 1,
						    sizeof(*list)), *a;

		if (!list) {
			r = -ENOMEM;
			break;
		}
		all->list = list;
		a = &list[all->count++];
		*a = (struct adopted){ .value = value, .ours = ours };
		snprintf(a->device, sizeof(a->device), "%.12s-%03u", b,
			 address);
		snprintf(a->state, sizeof(a->state), "%s", state);
		snprintf(a->key, sizeof(a->key), "%s", key);
		snprintf(a->limit, sizeof(a->limit), "%s", limit);
	}
	sd_bus_message_unref(reply);
	return r;
}

static size_t column_of(const char *limit)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (!strcmp(limits[i].key, limit))
			return LIMITS + i;
	return COLUMNS;
}

/* "11.500 V", "30.0 °C", "none" */
static void format_limit(const char *limit, int32_t value, char *text,
			 size_t size)
{
	size_t column = column_of(limit);
	char number[24];
	enum bacs_q like;

	snprintf(text, size, "none");
	if (value == NO_LIMIT || column == COLUMNS)
		return;
	like = limits[column - LIMITS].like;
	bacs_q_format(like, value, number, sizeof(number));
	snprintf(text, size, "%s %s", number, format_unit(like));
}

/* Whose limits hold, and why not those of the configuration */
static void put_origin(struct table *t, const struct adoptions *all,
		       const char *device, const char *state, bool any)
{
	char why[512], theirs[32], ours[32];
	size_t used = 0;

	if (!strcmp(state, "driver")) {
		table_text(t, ORIGIN, any ? "driver" : "none");
		table_text(t, REASON, any ?
			   "the configuration has no limits for it, so those found in the driver hold" :
			   "neither the configuration nor the driver has limits for it");
		return;
	}
	for (size_t i = 0; i < all->count && used < sizeof(why); i++) {
		const struct adopted *a = &all->list[i];
		size_t column = column_of(a->limit);

		if (strcmp(a->device, device) || strcmp(a->state, state) ||
		    column == COLUMNS)
			continue;
		format_limit(a->limit, a->value, theirs, sizeof(theirs));
		format_limit(a->limit, a->ours, ours, sizeof(ours));
		used += snprintf(why + used, sizeof(why) - used,
				 "%s%s %s instead of %s", used ? ", " :
				 "another program wrote ",
				 columns[column].heading, theirs, ours);
	}
	table_text(t, ORIGIN, used ? "adopted" : "configured");
	if (!used)
		return;
	if (used < sizeof(why))
		snprintf(why + used, sizeof(why) - used,
			 " (ForeignLimits=adopt)");
	table_text(t, REASON, why);
}

static void put_limit(struct table *t, const char *key, int32_t value)
{
	size_t column = column_of(key);

	if (column != COLUMNS)
		table_quantity(t, column, limits[column - LIMITS].like, value);
}

static int take_module(sd_bus_message *reply, struct table *t,
		       const struct adoptions *all, const char *only,
		       char *bus, uint8_t *address)
{
	const char *b, *name, *state, *profile, *key;
	int32_t value;
	char device[24];
	uint8_t a;
	int r = sd_bus_message_read(reply, "sysss", &b, &a, &name, &state,
				    &profile);
	bool wanted, any = false;

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
	       (r = sd_bus_message_read(reply, "{si}", &key, &value)) > 0) {
		any = true;
		if (wanted)
			put_limit(t, key, value);
	}
	if (wanted)
		put_origin(t, all, device, state, any);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_modules(sd_bus *bus, struct table *t,
			const struct adoptions *all, const char *only,
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
		r = take_module(reply, t, all, only, only_bus, only_address);
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

/* Who says a number, and in which states it does not hold */
static void put_source(struct table *t, const struct adoptions *all,
		       const char *device, const char *key, const char *source)
{
	char text[768];
	size_t used = snprintf(text, sizeof(text), "%s", source);
	bool first = true;

	for (size_t i = 0; i < all->count && used < sizeof(text); i++) {
		const struct adopted *a = &all->list[i];

		if (strcmp(a->device, device) || strcmp(a->key, key))
			continue;
		used += snprintf(text + used, sizeof(text) - used, "%s%s",
				 first ? "; not in " : ", ", a->state);
		first = false;
	}
	table_text(t, SOURCE, text);
}

/* What others wrote for one module, in whichever state it holds */
static void put_adopted(struct table *t, const struct adoptions *all,
			const char *device)
{
	char text[128], ours[32];

	for (size_t i = 0; i < all->count; i++) {
		const struct adopted *a = &all->list[i];
		size_t column = column_of(a->limit);
		bool voltage;

		if (strcmp(a->device, device) || column == COLUMNS)
			continue;
		voltage = limits[column - LIMITS].like == BACS_Q_VOLTAGE;
		table_row(t);
		table_text(t, KEY, a->limit);
		format_limit(a->limit, a->value, text, sizeof(text));
		table_text(t, VALUE, text);
		table_text(t, UNIT, voltage ? "mV" : "mC");
		table_text(t, HOLDS, a->state);
		table_text(t, FROM, "adopted");
		if (a->value != NO_LIMIT) {
			table_number(t, NUMBER, a->value, "%" PRId32,
				     a->value);
			if (voltage)
				table_number(t, BLOCK, a->value, "%s", text);
		}
		format_limit(a->limit, a->ours, ours, sizeof(ours));
		snprintf(text, sizeof(text),
			 "another program wrote it, instead of %s (ForeignLimits=adopt)",
			 ours);
		table_text(t, SOURCE, text);
	}
}

static int take_numbers(sd_bus *bus, struct table *t,
			const struct adoptions *all, const char *only_bus,
			uint8_t address, sd_bus_error *error)
{
	char device[24];
	const char *key, *value, *unit, *source;
	sd_bus_message *reply = NULL;
	uint32_t nominal_mv = 0;
	int32_t number;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT,
				   CONFIGURATION, "GetModuleLimits", error,
				   &reply, "sy", only_bus, address);

	snprintf(device, sizeof(device), "%.12s-%03u", only_bus, address);
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
		table_text(t, FROM, "configured");
		put_source(t, all, device, key, source);
		put_number(t, unit, number, nominal_mv);
	}
	sd_bus_message_unref(reply);
	if (r >= 0)
		put_adopted(t, all, device);
	return r;
}

/* All modules in a line each, or all numbers of one */
static int run(sd_bus *bus, const char *only, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct table *t = table_new("limits", columns, COLUMNS);
	char only_bus[13] = "";
	uint8_t address = 0;
	struct adoptions all = { .count = 0 };
	int code, r = load_adopted(bus, &all, &error);

	if (r >= 0)
		r = take_modules(bus, t, &all, only, only_bus, &address,
				 &error);
	if (r >= 0 && only && !address) {
		fprintf(stderr,
			"bacsctl: there is no module '%s': give its name, such as 4S2, or bus and address, such as bacsA-012\n",
			only);
		code = EXIT_NO_DEVICE;
		goto done;
	}
	if (r >= 0 && only) {
		table_free(t);
		t = table_new("limits", all_columns, ALL_COLUMNS);
		r = take_numbers(bus, t, &all, only_bus, address, &error);
	}
	code = r < 0 ? daemon_failed(r, &error, "the limits") :
		       table_output(t, o, "bacsd knows no module yet");
done:
	sd_bus_error_free(&error);
	table_free(t);
	free(all.list);
	return code;
}

int cmd_limits(int argc, char **argv)
{
	struct options o;
	sd_bus *bus = NULL;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT,
			      "limits [--json] [--sort=KEY] [MODULE]",
			      "Shows the limits that hold for every module now, the state of its string they\nbelong to, whose they are and the profile they are from; or all numbers of one\nmodule, and who says them. It asks bacsd.\n",
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
