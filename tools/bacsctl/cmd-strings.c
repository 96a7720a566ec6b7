// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl strings: what bacsd thinks of the strings, and why */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#include "bacsctl.h"

#define SERVICE		"org.bacs1"
#define ROOT		"/org/bacs1"
#define MANAGER		"org.bacs1.Manager"
#define STRING		"org.bacs1.String"

enum {
	NAME,
	NUMBER,
	BUS,
	SENSOR,
	STATE,
	SINCE,
	MODULES,
	MODULES_VALID,
	MODULES_DOUBTFUL,
	MODULES_MISSING,
	VOLTAGE,
	SENSOR_VOLTAGE,
	MEAN,
	MEDIAN,
	LOWEST,
	LOWEST_MODULE,
	HIGHEST,
	HIGHEST_MODULE,
	CURRENT,
	TEMPERATURE,
	DISCHARGES,
	DIPS,
	REFUSED,
	EVIDENCE,
	COLUMNS
};

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[NUMBER] = { "NO", "number", true, false },
	[BUS] = { NULL, "bus", false, false },
	[SENSOR] = { NULL, "sensor", false, false },
	[STATE] = { "STATE", "state", false, false },
	[SINCE] = { "FOR", "since_us", true, false },
	[MODULES] = { "MODULES", "modules", true, false },
	[MODULES_VALID] = { NULL, "modules_valid", true, false },
	[MODULES_DOUBTFUL] = { NULL, "modules_doubtful", true, false },
	[MODULES_MISSING] = { NULL, "modules_missing", true, false },
	[VOLTAGE] = { "VOLTAGE", "voltage_mv", true, false },
	[SENSOR_VOLTAGE] = { NULL, "sensor_voltage_mv", true, false },
	[MEAN] = { "MEAN", "cell_mean_mv", true, false },
	[MEDIAN] = { "MEDIAN", "cell_median_mv", true, false },
	[LOWEST] = { "LOWEST", "cell_lowest_mv", true, true },
	[LOWEST_MODULE] = { NULL, "lowest_module", false, false },
	[HIGHEST] = { "HIGHEST", "cell_highest_mv", true, true },
	[HIGHEST_MODULE] = { NULL, "highest_module", false, false },
	[CURRENT] = { "CURRENT", "current_ma", true, true },
	[TEMPERATURE] = { "TEMP", "temperature_mc", true, true },
	[DISCHARGES] = { NULL, "discharges", true, false },
	[DIPS] = { NULL, "dips", true, false },
	[REFUSED] = { NULL, "samples_refused", true, false },
	[EVIDENCE] = { "WHY", "evidence", false, false },
};

static const struct {
	const char *property;
	unsigned int column;
} texts[] = {
	{ "Name", NAME }, { "Bus", BUS }, { "Sensor", SENSOR },
	{ "State", STATE }, { "Evidence", EVIDENCE },
	{ "LowestModule", LOWEST_MODULE },
	{ "HighestModule", HIGHEST_MODULE },
}, numbers[] = {
	{ "Number", NUMBER }, { "Modules", MODULES },
	{ "ModulesValid", MODULES_VALID },
	{ "ModulesDoubtful", MODULES_DOUBTFUL },
	{ "ModulesMissing", MODULES_MISSING },
	{ "Discharges", DISCHARGES }, { "Dips", DIPS },
	{ "SamplesRefused", REFUSED },
};

static const struct {
	unsigned int column;
	enum bacs_q like;	/* shown as this quantity is */
} values[] = {
	{ VOLTAGE, BACS_Q_VOLTAGE }, { SENSOR_VOLTAGE, BACS_Q_VOLTAGE },
	{ MEAN, BACS_Q_VOLTAGE }, { MEDIAN, BACS_Q_VOLTAGE },
	{ LOWEST, BACS_Q_VOLTAGE }, { HIGHEST, BACS_Q_VOLTAGE },
	{ CURRENT, BACS_Q_CURRENT }, { TEMPERATURE, BACS_Q_TEMPERATURE },
};

/* What a row shows that stands in two properties */
struct row {
	char lowest[40];
	char highest[40];
	int64_t value[COLUMNS];
	bool has[COLUMNS];
	uint32_t modules;
	uint32_t valid;
};

static int take_text(sd_bus_message *reply, struct table *t, struct row *row,
		     unsigned int column)
{
	const char *text;
	int r = sd_bus_message_read(reply, "v", "s", &text);

	if (r < 0)
		return r;
	if (column == LOWEST_MODULE)
		snprintf(row->lowest, sizeof(row->lowest), "%s", text);
	if (column == HIGHEST_MODULE)
		snprintf(row->highest, sizeof(row->highest), "%s", text);
	if (*text)
		table_text(t, column, text);
	return 0;
}

static int take_number(sd_bus_message *reply, struct table *t,
		       struct row *row, unsigned int column)
{
	uint32_t v;
	int r = sd_bus_message_read(reply, "v", "u", &v);

	if (r < 0)
		return r;
	if (column == MODULES)
		row->modules = v;
	if (column == MODULES_VALID)
		row->valid = v;
	table_number(t, column, v, "%" PRIu32, v);
	return 0;
}

static int take_since(sd_bus_message *reply, struct table *t)
{
	uint64_t us, now = bacs_now_ns();
	char text[32];
	int r = sd_bus_message_read(reply, "v", "t", &us);

	if (r < 0)
		return r;
	format_duration(now > us * 1000 ? now - us * 1000 : 0, text,
			sizeof(text));
	table_number(t, SINCE, wall_of_boot_us(us * 1000), "%s", text);
	return 0;
}

static int take_values(sd_bus_message *reply, struct row *row)
{
	const char *name;
	int64_t v;
	int r = sd_bus_message_enter_container(reply, 'v', "a{sx}");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{sx}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{sx}", &name, &v)) > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			unsigned int column = values[i].column;

			if (strcmp(columns[column].key, name))
				continue;
			row->value[column] = v;
			row->has[column] = true;
		}
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r;
}

static int take_property(sd_bus_message *reply, struct table *t,
			 struct row *row, const char *property)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(property, texts[i].property))
			return take_text(reply, t, row, texts[i].column);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(property, numbers[i].property))
			return take_number(reply, t, row, numbers[i].column);
	if (!strcmp(property, "SinceUSec"))
		return take_since(reply, t);
	if (!strcmp(property, "Values"))
		return take_values(reply, row);
	return sd_bus_message_skip(reply, "v");
}

static void show_extreme(struct table *t, const struct row *row,
			 unsigned int column, const char *module)
{
	char value[24] = "?", text[80];

	if (!row->has[column])
		return;
	bacs_q_format(BACS_Q_VOLTAGE, row->value[column], value,
		      sizeof(value));
	snprintf(text, sizeof(text), "%s V (%s)", value, module);
	table_show(t, column, text);
}

/* After all properties were read, in whatever order they came */
static void finish_row(struct table *t, const struct row *row)
{
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (row->has[values[i].column])
			table_quantity(t, values[i].column, values[i].like,
				       row->value[values[i].column]);
	show_extreme(t, row, LOWEST, row->lowest);
	show_extreme(t, row, HIGHEST, row->highest);
	snprintf(text, sizeof(text), "%" PRIu32 "/%" PRIu32, row->valid,
		 row->modules);
	table_show(t, MODULES, text);
}

static int add_string(sd_bus *bus, const char *path, struct table *t,
		      sd_bus_error *error)
{
	sd_bus_message *reply = NULL;
	struct row row = { .modules = 0 };
	const char *property;
	int r = sd_bus_call_method(bus, SERVICE, path,
				   "org.freedesktop.DBus.Properties", "GetAll",
				   error, &reply, "s", STRING);

	if (r < 0)
		return r;
	table_row(t);
	r = sd_bus_message_enter_container(reply, 'a', "{sv}");
	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = sd_bus_message_read(reply, "s", &property);
		if (r >= 0)
			r = take_property(reply, t, &row, property);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	finish_row(t, &row);
	sd_bus_message_unref(reply);
	return r;
}

static int add_all(sd_bus *bus, struct table *t, sd_bus_error *error)
{
	char **paths = NULL;
	int r = sd_bus_get_property_strv(bus, SERVICE, ROOT, MANAGER,
					 "Strings", error, &paths);

	for (char **p = paths; r >= 0 && p && *p; p++) {
		r = add_string(bus, *p, t, error);
		/* a reload may take one away meanwhile */
		if (r < 0 && sd_bus_error_has_name(
			    error, SD_BUS_ERROR_UNKNOWN_OBJECT)) {
			sd_bus_error_free(error);
			r = 0;
		}
	}
	for (char **p = paths; p && *p; p++)
		free(*p);
	free(paths);
	return r;
}

static int explain(int r, const sd_bus_error *error)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
		fprintf(stderr,
			"bacsctl: bacsd does not run, and it alone knows the strings: try 'systemctl start bacsd'\n");
		return EXIT_NO_DEVICE;
	}
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_PROPERTY)) {
		fprintf(stderr,
			"bacsctl: the running bacsd knows no strings: restart it, or install daemon and tools of the same release\n");
		return EXIT_FAILED;
	}
	fprintf(stderr, "bacsctl: cannot ask bacsd: %s\n",
		error->message ? error->message : strerror(-r));
	return EXIT_FAILED;
}

static int load(struct table *t)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	int code, r = sd_bus_open_system(&bus);

	if (r < 0) {
		fprintf(stderr,
			"bacsctl: cannot reach the system bus, over which bacsd tells of strings: %s\n",
			strerror(-r));
		return EXIT_NO_DEVICE;
	}
	r = add_all(bus, t, &error);
	code = r < 0 ? explain(r, &error) : EXIT_DONE;
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

static int print(struct table *t, const struct options *o)
{
	if (o->sort && table_sort(t, o->sort) < 0) {
		char *keys = table_keys(t);

		fprintf(stderr, "bacsctl: cannot sort by '%s'; keys are:%s\n",
			o->sort, keys);
		free(keys);
		return EXIT_USAGE;
	}
	if (o->json)
		table_print_json(t, false);
	else if (table_rows(t))
		table_print(t);
	else
		fprintf(stderr,
			"bacsctl: no string is configured: see [String] in bacsd.conf(5)\n");
	return EXIT_DONE;
}

int cmd_strings(int argc, char **argv)
{
	struct options o;
	struct table *t;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT,
			      "strings [--json] [--sort=KEY]",
			      "Shows in which state each string is and why, and its voltages per cell.\nIt asks bacsd.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (first < argc) {
		fprintf(stderr, "bacsctl: strings takes no argument '%s'\n",
			argv[first]);
		return EXIT_USAGE;
	}
	t = table_new("strings", columns, COLUMNS);
	r = load(t);
	if (!r)
		r = print(t, &o);
	table_free(t);
	return r;
}
