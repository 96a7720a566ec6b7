// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl jars: records of jars, calibrations of their modules */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "jars.h"

static const char usage[] =
	"jars [list] [--json] [--sort=KEY]\n"
	"       bacsctl jars set NAME KEY=VALUE...\n"
	"       bacsctl jars replace NAME REASON [KEY=VALUE...]\n"
	"       bacsctl jars accept NAME|all\n"
	"       bacsctl jars calibrate NAME KEY=VALUE...|none";
static const char help[] =
	"A jar stands at a place of a string; a module measures it and has the address.\n"
	"set changes keys of a record: serial, maker, type, capacity_mah, nominal_mv,\n"
	"made, installed. replace begins a new record, and its resistance anew. accept\n"
	"says that the module which answers now belongs there. calibrate takes\n"
	"voltage_gain_ppm, voltage_offset_mv, resistance_gain_ppm,\n"
	"resistance_offset_uohm, temperature_offset_mc, date, person, instrument.\n";

enum { NAME, STRING, POSITION, BUS, ADDRESS, SERIAL, MAKER, TYPE, CAPACITY,
       NOMINAL, MADE, INSTALLED, MODULE, RESISTANCE, BASELINE, CALIBRATED,
       VOLTAGE_GAIN, VOLTAGE_OFFSET, RESISTANCE_GAIN, RESISTANCE_OFFSET,
       TEMPERATURE_OFFSET, CALIBRATED_ON, PERSON, INSTRUMENT, ADDED_VOLTAGE,
       ADDED_TEMPERATURE, ADDED_RESISTANCE, AUTHOR, COLUMNS };

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[STRING] = { NULL, "string", false, false },
	[POSITION] = { NULL, "position", true, false },
	[BUS] = { NULL, "bus", false, false },
	[ADDRESS] = { "ADDR", "address", true, false },
	[SERIAL] = { "SERIAL", "jar_serial", false, true },
	[MAKER] = { "MAKER", "maker", false, true },
	[TYPE] = { "TYPE", "type", false, true },
	[CAPACITY] = { "CAPACITY", "capacity_mah", true, true },
	[NOMINAL] = { NULL, "nominal_mv", true, false },
	[MADE] = { "MADE", "made", false, true },
	[INSTALLED] = { "INSTALLED", "installed", false, true },
	[MODULE] = { "MODULE", "serial", false, false },
	[RESISTANCE] = { "RI", "resistance_uohm", true, true },
	[BASELINE] = { "BASELINE", "baseline", false, false },
	[CALIBRATED] = { "CALIBRATED", "calibrated", false, false },
	[VOLTAGE_GAIN] = { NULL, "voltage_gain_ppm", true, false },
	[VOLTAGE_OFFSET] = { NULL, "voltage_offset_mv", true, false },
	[RESISTANCE_GAIN] = { NULL, "resistance_gain_ppm", true, false },
	[RESISTANCE_OFFSET] = { NULL, "resistance_offset_uohm", true, false },
	[TEMPERATURE_OFFSET] = { NULL, "temperature_offset_mc", true, false },
	[CALIBRATED_ON] = { NULL, "calibration_date", false, false },
	[PERSON] = { NULL, "calibration_person", false, false },
	[INSTRUMENT] = { NULL, "calibration_instrument", false, false },
	[ADDED_VOLTAGE] = { "V OFFSET", "configured_voltage_offset_mv", true,
			    true },
	[ADDED_TEMPERATURE] = { "TEMP OFFSET",
				"configured_temperature_offset_mc", true, true },
	[ADDED_RESISTANCE] = { "RI OFFSET",
			       "configured_resistance_offset_uohm", true,
			       true },
	[AUTHOR] = { NULL, "author", false, false },
};

/* Keys of the two dictionaries of texts */
static const struct {
	const char *property;
	const char *key;
	unsigned int column;
	bool number;
} keys[] = {
	{ "Record", "serial", SERIAL, false },
	{ "Record", "maker", MAKER, false },
	{ "Record", "type", TYPE, false },
	{ "Record", "capacity_mah", CAPACITY, true },
	{ "Record", "nominal_mv", NOMINAL, true },
	{ "Record", "made", MADE, false },
	{ "Record", "installed", INSTALLED, false },
	{ "Calibration", "voltage_gain_ppm", VOLTAGE_GAIN, true },
	{ "Calibration", "voltage_offset_mv", VOLTAGE_OFFSET, true },
	{ "Calibration", "resistance_gain_ppm", RESISTANCE_GAIN, true },
	{ "Calibration", "resistance_offset_uohm", RESISTANCE_OFFSET, true },
	{ "Calibration", "temperature_offset_mc", TEMPERATURE_OFFSET, true },
	{ "Calibration", "date", CALIBRATED_ON, false },
	{ "Calibration", "person", PERSON, false },
	{ "Calibration", "instrument", INSTRUMENT, false },
};

static void set_key(struct table *t, const char *property, const char *key,
		    const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		long long v = strtoll(value, NULL, 10);

		if (strcmp(property, keys[i].property) ||
		    strcmp(key, keys[i].key))
			continue;
		if (!keys[i].number && *value)
			table_text(t, keys[i].column, value);
		else if (keys[i].column == CAPACITY && v)
			table_number(t, CAPACITY, v, "%g Ah", v / 1000.0);
		else if (keys[i].number &&
			 (v || !strcmp(property, "Calibration")))
			table_number(t, keys[i].column, v, "%lld", v);
	}
}

static int take_texts(sd_bus_message *reply, struct table *t,
		      const char *property)
{
	const char *key, *value;
	int r = sd_bus_message_enter_container(reply, 'v', "a{ss}");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{ss}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{ss}", &key, &value)) > 0)
		set_key(t, property, key, value);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

/* What the configuration adds to the values of the module */
static void set_offset(struct table *t, const char *name, int64_t v)
{
	if (!strcmp(name, "voltage_mv"))
		table_number(t, ADDED_VOLTAGE, v, "%+" PRId64 " mV", v);
	else if (!strcmp(name, "temperature_mc"))
		table_number(t, ADDED_TEMPERATURE, v, "%+.1f C", v / 1e3);
	else if (!strcmp(name, "resistance_uohm"))
		table_number(t, ADDED_RESISTANCE, v, "%+" PRId64 " uOhm", v);
}

static void set_resistance(struct table *t, const char *name, int64_t v)
{
	if (!strcmp(name, "resistance_uohm"))
		table_quantity(t, RESISTANCE, BACS_Q_RESISTANCE, v);
}

static int take_numbers(sd_bus_message *reply, struct table *t,
			void (*set)(struct table *t, const char *name,
				    int64_t v))
{
	const char *name;
	int64_t v;
	int r = sd_bus_message_enter_container(reply, 'v', "a{sx}");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{sx}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{sx}", &name, &v)) > 0)
		set(t, name, v);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_property(sd_bus_message *reply, const char *property,
			 void *arg)
{
	struct table *t = arg;
	char text[128];
	uint64_t serial;
	int flag, r;

	if (!strcmp(property, "Record") || !strcmp(property, "Calibration"))
		return take_texts(reply, t, property);
	if (!strcmp(property, "Resistance"))
		return take_numbers(reply, t, set_resistance);
	if (!strcmp(property, "Offsets"))
		return take_numbers(reply, t, set_offset);
	if (!strcmp(property, "Baseline") || !strcmp(property, "Author")) {
		r = jars_read_text(reply, text, sizeof(text));
		if (r >= 0 && *text)
			table_text(t, *property == 'B' ? BASELINE : AUTHOR,
				   text);
		return r;
	}
	if (!strcmp(property, "ModuleSerial")) {
		r = sd_bus_message_read(reply, "v", "t", &serial);
		snprintf(text, sizeof(text), "%016" PRIx64, serial);
		if (r >= 0 && serial)
			table_text(t, MODULE, text);
		return r;
	}
	if (!strcmp(property, "Calibrated")) {
		r = sd_bus_message_read(reply, "v", "b", &flag);
		if (r < 0)
			return r;
		table_bool(t, CALIBRATED, flag);
		table_show(t, CALIBRATED, flag ? "yes" : "no");
		return r;
	}
	return sd_bus_message_skip(reply, "v");
}

static int add_jar(sd_bus *bus, const struct jar_place *p, void *arg,
		   sd_bus_error *error)
{
	struct table *t = arg;
	int r;

	table_row(t);
	table_text(t, NAME, p->name);
	table_text(t, STRING, p->string);
	table_number(t, POSITION, p->position, "%" PRIu32, p->position);
	table_text(t, BUS, p->bus);
	table_number(t, ADDRESS, p->address, "%u", p->address);
	r = daemon_each_property(bus, p->path, DAEMON_JAR, take_property, t,
				 error);
	return r < 0 ? r : 0;
}

static int list(sd_bus *bus, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct table *t = table_new("jars", columns, COLUMNS);
	int code, r = jars_each(bus, add_jar, t, &error);

	code = r < 0 ? daemon_failed(r, &error, "jars") : daemon_print(t, o);
	table_free(t);
	sd_bus_error_free(&error);
	return code;
}

/* Call METHOD(REASON, KEY=VALUE...) of one jar; reason NULL: without it */
static int change(sd_bus *bus, const struct jar_place *p, const char *method,
		  const char *reason, int argc, char **argv)
{
	sd_bus_message *call = NULL, *reply = NULL;
	int code, r = sd_bus_message_new_method_call(bus, &call,
						     DAEMON_SERVICE, p->path,
						     DAEMON_JAR, method);

	if (r >= 0 && reason)
		r = sd_bus_message_append(call, "s", reason);
	code = r < 0 ? daemon_failed(r, &SD_BUS_ERROR_NULL, "jars") :
	       strcmp(method, "AcceptModule") ?
	       jars_append_keys(call, argc, argv) : EXIT_DONE;
	if (!code)
		code = jars_call(bus, call, &reply);
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
	return code;
}

static int accept_each(sd_bus *bus, const struct jar_place *p, void *arg,
		       sd_bus_error *error)
{
	int *failed = arg;

	(void)error;
	*failed |= change(bus, p, "AcceptModule", NULL, 0, NULL);
	return 0;
}

static int accept_all(sd_bus *bus)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int failed = 0, r = jars_each(bus, accept_each, &failed, &error);
	int code = r < 0 ? daemon_failed(r, &error, "jars") :
		   failed ? EXIT_FAILED : EXIT_DONE;

	sd_bus_error_free(&error);
	return code;
}

static int change_named(sd_bus *bus, const char *what, int argc, char **argv)
{
	struct jar_place place;
	int code;

	if (!strcmp(what, "accept") && !strcmp(argv[0], "all"))
		return accept_all(bus);
	code = jars_find(bus, argv[0], &place);
	if (code)
		return code;
	if (!strcmp(what, "set"))
		return change(bus, &place, "Set", NULL, argc - 1, argv + 1);
	if (!strcmp(what, "replace"))
		return change(bus, &place, "Replace", argv[1], argc - 2,
			      argv + 2);
	if (!strcmp(what, "accept"))
		return change(bus, &place, "AcceptModule", NULL, 0, NULL);
	if (argc == 2 && !strcmp(argv[1], "none"))
		argc = 1;
	return change(bus, &place, "Calibrate", NULL, argc - 1, argv + 1);
}

/* Least and most arguments of each subcommand */
static const struct {
	const char *name;
	int least, most;
} commands[] = {
	{ "list", 0, 0 },
	{ "set", 2, 100 },
	{ "replace", 2, 100 },
	{ "accept", 1, 1 },
	{ "calibrate", 2, 100 },
};

int cmd_jars(int argc, char **argv)
{
	struct options o;
	sd_bus *bus = NULL;
	const char *what = "list";
	int first, code;
	size_t i;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT, usage,
			      help, &o, &code);
	if (first < 0)
		return code;
	argc -= first;
	argv += first;
	if (argc) {
		what = *argv++;
		argc--;
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(what, commands[i].name))
			break;
	if (i == ARRAY_SIZE(commands) || argc < commands[i].least ||
	    argc > commands[i].most) {
		fprintf(stderr, "Usage: bacsctl %s\n", usage);
		return EXIT_USAGE;
	}
	code = daemon_open(&bus);
	if (code)
		return code;
	code = i ? change_named(bus, what, argc, argv) : list(bus, &o);
	sd_bus_flush_close_unref(bus);
	return code;
}
