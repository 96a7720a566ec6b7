// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl strings: what bacsd thinks of the strings, and why */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "daemon.h"

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
	MODULES_CALIBRATED,
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
	ROOM,
	DISCHARGES,
	DIPS,
	REFUSED,
	EQUALIZING,
	EQUALIZING_MODULE,
	EQUALIZING_REASON,
	TARGET,
	SPREAD,
	SPREAD_OFF,
	WINDOW_LOW,
	WINDOW_HIGH,
	FINISH,
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
	[MODULES_CALIBRATED] = { "ADJUSTED", "modules_calibrated", true, true },
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
	[ROOM] = { NULL, "room_temperature_mc", true, false },
	[DISCHARGES] = { NULL, "discharges", true, false },
	[DIPS] = { NULL, "dips", true, false },
	[REFUSED] = { NULL, "samples_refused", true, false },
	[EQUALIZING] = { "EQUALIZING", "equalizing", false, false },
	[EQUALIZING_MODULE] = { "KEPT BY", "equalizing_module", false, true },
	[EQUALIZING_REASON] = { NULL, "equalizing_reason", false, false },
	[TARGET] = { NULL, "target_uv", true, false },
	[SPREAD] = { NULL, "spread_uv", true, false },
	[SPREAD_OFF] = { NULL, "spread_off_uv", true, false },
	[WINDOW_LOW] = { NULL, "window_low_uv", true, false },
	[WINDOW_HIGH] = { "WINDOW", "window_high_uv", false, false },
	[FINISH] = { NULL, "finish_s", true, false },
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
	{ "Equalizing", EQUALIZING }, { "EqualizingModule", EQUALIZING_MODULE },
	{ "EqualizingReason", EQUALIZING_REASON },
}, numbers[] = {
	{ "Number", NUMBER }, { "Modules", MODULES },
	{ "ModulesValid", MODULES_VALID },
	{ "ModulesDoubtful", MODULES_DOUBTFUL },
	{ "ModulesMissing", MODULES_MISSING },
	{ "ModulesCalibrated", MODULES_CALIBRATED },
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

/* Of equalizing: plain numbers, shown in one cell with another or not at all */
static const unsigned int plain[] = {
	TARGET, SPREAD, SPREAD_OFF, WINDOW_LOW, WINDOW_HIGH, FINISH,
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
	/* the column is there to say that values are not the modules' own */
	if (column == MODULES_CALIBRATED && !v)
		table_show(t, column, "");
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
		for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
			if (strcmp(columns[plain[i]].key, name))
				continue;
			row->value[plain[i]] = v;
			row->has[plain[i]] = true;
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
	if (!strcmp(property, "Values") ||
	    !strcmp(property, "EqualizingValues"))
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

/* M13: the window, and whether the mean is the target or just the average */
static void show_equalizing(struct table *t, const struct row *row)
{
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (row->has[plain[i]])
			table_number(t, plain[i], row->value[plain[i]],
				     "%" PRId64, row->value[plain[i]]);
	if (row->has[WINDOW_LOW] && row->has[WINDOW_HIGH]) {
		snprintf(text, sizeof(text), "%.2f-%.2f V",
			 row->value[WINDOW_LOW] / 1e6,
			 row->value[WINDOW_HIGH] / 1e6);
		table_show(t, WINDOW_HIGH, text);
	}
	if (!row->has[MEAN])
		return;
	snprintf(text, sizeof(text), "%.3f V %s", row->value[MEAN] / 1e3,
		 row->has[TARGET] ? "target" : "average");
	table_show(t, MEAN, text);
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
	show_equalizing(t, row);
}

/* What a sensor of the host says of the room */
struct room {
	char *sensor;		/* NULL or "": none is configured */
	char *reason;		/* why there is no value */
	int64_t mc;
	bool known;
};

static int take_room_values(sd_bus_message *reply, struct room *room)
{
	struct row row = { .modules = 0 };
	int r = take_values(reply, &row);

	room->known = row.has[TEMPERATURE];
	room->mc = row.value[TEMPERATURE];
	return r;
}

static int take_room(sd_bus_message *reply, const char *property, void *arg)
{
	struct room *room = arg;
	bool sensor = !strcmp(property, "RoomSensor");
	const char *text;
	char **to = sensor ? &room->sensor : &room->reason;
	int r;

	if (!strcmp(property, "RoomValues"))
		return take_room_values(reply, room);
	if (!sensor && strcmp(property, "RoomReason"))
		return sd_bus_message_skip(reply, "v");
	r = sd_bus_message_read(reply, "v", "s", &text);
	if (r < 0)
		return r;
	free(*to);
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

static void say_room(const struct room *room)
{
	char text[24];

	if (!room->sensor || !*room->sensor)
		return;
	bacs_q_format(BACS_Q_TEMPERATURE, room->mc, text, sizeof(text));
	if (room->known)
		printf("Room: %s %s, RoomSensor=%s\n", text,
		       format_unit(BACS_Q_TEMPERATURE), room->sensor);
	else
		printf("Room: no value, RoomSensor=%s: %s\n", room->sensor,
		       room->reason ? room->reason : "");
}

struct reading {
	struct table *table;
	const struct room *room;
	struct row row;
};

static int take(sd_bus_message *reply, const char *property, void *arg)
{
	struct reading *r = arg;

	return take_property(reply, r->table, &r->row, property);
}

static int add_string(sd_bus *bus, const char *path, void *arg,
		      sd_bus_error *error)
{
	struct reading *all = arg;
	struct reading reading = { .table = all->table };
	int r;

	table_row(all->table);
	if (all->room->known)
		table_quantity(all->table, ROOM, BACS_Q_TEMPERATURE,
			       all->room->mc);
	r = daemon_each_property(bus, path, DAEMON_STRING, take, &reading,
				 error);
	finish_row(all->table, &reading.row);
	return r;
}

static int load(struct table *t, struct room *room)
{
	struct reading all = { .table = t, .room = room };
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	r = daemon_each_property(bus, DAEMON_ROOT, DAEMON_MANAGER, take_room,
				 room, &error);
	if (r >= 0)
		r = daemon_each_string(bus, add_string, &all, &error);
	if (r < 0)
		code = daemon_failed(r, &error, "the strings");
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

int cmd_strings(int argc, char **argv)
{
	struct room room = { .sensor = NULL };
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
	r = load(t, &room);
	if (!r && !o.json)
		say_room(&room);
	if (!r)
		r = daemon_print(t, &o);
	table_free(t);
	free(room.sensor);
	free(room.reason);
	return r;
}
