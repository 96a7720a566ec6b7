// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl history: values of a module over time */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "history.h"

int history_failed(const char *path, int error)
{
	switch (error) {
	case -ENOENT:
		fprintf(stderr,
			"bacsctl: there is no history %s: is bacsd installed and running? 'systemctl status bacsd' tells\n",
			path);
		break;
	case -EACCES:
		fprintf(stderr,
			"bacsctl: %s may not be read: run it as root or as a member of group bacs\n",
			path);
		break;
	case -EBADF:
		fprintf(stderr, "bacsctl: %s is no history of bacs\n", path);
		break;
	case -EPROTONOSUPPORT:
		fprintf(stderr,
			"bacsctl: %s was written by a newer release: install tools of the same release\n",
			path);
		break;
	case -EUCLEAN:
		fprintf(stderr,
			"bacsctl: %s is damaged; bacsd sets it aside when it starts and begins a new one\n",
			path);
		break;
	default:
		fprintf(stderr, "bacsctl: cannot read %s: %s\n", path,
			strerror(-error));
		break;
	}
	return EXIT_FAILED;
}

enum { TIME, TIME_US, CLOCK, BUS, ADDRESS, NAME, SERIAL, SCANS, VALUES };

static const enum bacs_q quantities[] = {
	BACS_Q_VOLTAGE, BACS_Q_CURRENT, BACS_Q_RIPPLE, BACS_Q_TEMPERATURE,
	BACS_Q_MODULE_TEMPERATURE, BACS_Q_HUMIDITY, BACS_Q_H2,
	BACS_Q_EQUALIZER_DUTY,
};

/* Of every quantity: mean, lowest, highest */
#define COLUMNS	(VALUES + 3 * ARRAY_SIZE(quantities))

static struct column columns[COLUMNS] = {
	[TIME] = { "TIME", NULL, false, false },
	[TIME_US] = { NULL, "time_us", false, false },
	[CLOCK] = { NULL, "clock", false, false },
	[BUS] = { NULL, "bus", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[NAME] = { NULL, "name", false, false },
	[SERIAL] = { NULL, "serial", false, false },
	[SCANS] = { "SCANS", "scans", true, false },
};

static const char *headings[][3] = {
	{ "VOLTAGE", "LOWEST", "HIGHEST" },
	{ "CURRENT", "LOWEST", "HIGHEST" },
	{ "RIPPLE", NULL, "HIGHEST" },
	{ "TEMP", "LOWEST", "HIGHEST" },
	{ "MODULE TEMP", NULL, NULL },
	{ "HUMIDITY", NULL, NULL },
	{ "HYDROGEN", NULL, "HIGHEST" },
	{ "EQUALIZING", NULL, NULL },
};

/* voltage_mv, voltage_min_mv, voltage_max_mv: the unit stays at the end */
static char *key_of(enum bacs_q q, const char *middle)
{
	const char *name = bacs_q_name(q), *unit = strrchr(name, '_');
	char *key;

	if (asprintf(&key, "%.*s%s%s", (int)(unit - name), name, middle,
		     unit) < 0)
		return NULL;
	return key;
}

static void name_columns(void)
{
	static const char *const middle[] = { "", "_min", "_max" };

	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++) {
		for (size_t j = 0; j < 3; j++) {
			struct column *c = &columns[VALUES + 3 * i + j];

			c->heading = headings[i][j];
			c->key = key_of(quantities[i], middle[j]);
			c->right = true;
			c->optional = true;
		}
	}
}

static void free_keys(void)
{
	for (size_t i = VALUES; i < COLUMNS; i++)
		free((char *)columns[i].key);
}

static void add_row(struct table *t, const struct bacs_history_values *v,
		    const char *bus, unsigned int address)
{
	int64_t us = bacs_history_value_time_us(v), value[3];
	unsigned int scans = bacs_history_value_scans(v);
	char text[64];

	table_row(t);
	format_time(us, text, sizeof(text));
	table_show(t, TIME, text);
	table_number(t, TIME_US, us, "%s", "");
	table_text(t, CLOCK,
		   bacs_history_clock_name(bacs_history_value_clock(v)));
	table_text(t, BUS, bus);
	table_number(t, ADDRESS, address, "%u", address);
	table_text(t, NAME, bacs_history_value_name(v));
	table_number(t, SCANS, scans, "%u", scans);
	table_text(t, SERIAL, bacs_history_value_serial(v));
	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++) {
		if (bacs_history_value_get(v, quantities[i], &value[0],
					   &value[1], &value[2]) < 0)
			continue;
		for (size_t j = 0; j < 3; j++)
			table_quantity(t, VALUES + 3 * i + j, quantities[i],
				       value[j]);
	}
}

static int find(struct bacs_history *h, const struct options *o,
		const char *name, char *ret_bus, unsigned int *ret_address)
{
	int r = bacs_history_find(h, name, ret_bus, ret_address);

	if (r == -ENOENT) {
		fprintf(stderr,
			"bacsctl: the history knows no module '%s': give a label, a device name such as bacsA-012, or bacsA:12\n",
			name);
		return EXIT_NO_DEVICE;
	}
	if (r == -ENOTUNIQ) {
		fprintf(stderr,
			"bacsctl: '%s' is the label of several modules: give the device name\n",
			name);
		return EXIT_USAGE;
	}
	return r < 0 ? history_failed(o->database, r) : EXIT_DONE;
}

static int show(struct bacs_history *h, const struct options *o,
		const char *name)
{
	const struct bacs_history_filter filter = {
		.since_us = o->since_us, .until_us = o->until_us,
		.limit = o->limit,
	};
	struct bacs_history_values *v = NULL;
	struct table *t;
	unsigned int address;
	char bus[13], empty[128];
	int r;

	r = find(h, o, name, bus, &address);
	if (r)
		return r;
	t = table_new("history", columns, COLUMNS);
	r = bacs_history_values(h, bus, address, &filter, &v);
	while (!r && (r = bacs_history_values_next(v)) > 0) {
		add_row(t, v, bus, address);
		r = 0;
	}
	snprintf(empty, sizeof(empty), "no values of %s in that time", name);
	if (r < 0)
		r = history_failed(o->database, r);
	else
		r = table_output(t, o, empty);
	bacs_history_values_free(v);
	table_free(t);
	return r;
}

int cmd_history(int argc, char **argv)
{
	struct bacs_history *h;
	struct options o;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SINCE |
			      OPTION_UNTIL | OPTION_LIMIT | OPTION_DATABASE,
			      "history [--json] [--since=TIME] [--until=TIME] [--limit=N]\n       [--database=FILE] MODULE",
			      "Shows the minute values of a module, oldest first, from the history that bacsd\nkeeps. MODULE is a label, a device name such as bacsA-012, or bacsA:12.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (first + 1 != argc) {
		fprintf(stderr, "bacsctl: history wants one module; see bacsctl history --help\n");
		return EXIT_USAGE;
	}
	r = bacs_history_open(o.database, &h);
	if (r < 0)
		return history_failed(o.database, r);
	name_columns();
	r = show(h, &o, argv[first]);
	free_keys();
	bacs_history_close(h);
	return r;
}
