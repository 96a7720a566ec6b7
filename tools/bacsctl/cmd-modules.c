// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl modules: what the modules are */
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "wiring.h"

enum {
	PLACE = ID_COLUMNS,
	BRANCH,
	CLASS,
	MODEL,
	SERIAL_SHOWN,
	PROFILE,
	HARDWARE,
	FIRMWARE,
	NOMINAL,
	RANGE,
	RANGE_MIN,
	RANGE_MAX,
	BYPASS,
	TARGET,
	SUPERVISED,
	STATUS,
	HEALTH,
	LIMITS,
	COLUMNS = LIMITS + BACS_LIMIT_COUNT
};

static struct column columns[COLUMNS] = {
	IDENTITY_COLUMNS,
	[PLACE] = { "WIRING", "wiring_place", true, true },
	[BRANCH] = { "BRANCH", "wiring_branch", true, true },
	[CLASS] = { "CLASS", "class", false, false },
	[MODEL] = { "MODEL", "model", false, true },
	[SERIAL_SHOWN] = { "SERIAL", NULL, false, true },
	[PROFILE] = { "PROFILE", "profile", false, false },
	[HARDWARE] = { "HW", "hw_revision", true, true },
	[FIRMWARE] = { "FW", "fw_revision", true, true },
	[NOMINAL] = { "NOMINAL", "nominal_mv", true, true },
	[RANGE] = { "RANGE", NULL, true, true },
	[RANGE_MIN] = { NULL, "range_min_mv", true, false },
	[RANGE_MAX] = { NULL, "range_max_mv", true, false },
	[BYPASS] = { "BYPASS", "bypass_ma", true, true },
	[TARGET] = { NULL, "equalizer_target_permille", true, false },
	[SUPERVISED] = { "LIMITS", "supervised", false, false },
	[STATUS] = { NULL, "status", false, false },
	[HEALTH] = { NULL, "health", false, false },
};

static void revision(struct table *t, unsigned int column, uint32_t revision)
{
	char text[24];

	if (!revision)
		return;
	snprintf(text, sizeof(text), "%u.%u", revision >> 8, revision & 0xff);
	table_text(t, column, text);
}

static void voltages(struct table *t, const struct bacs_module *m)
{
	uint32_t low = bacs_module_range_min_mv(m);
	uint32_t high = bacs_module_range_max_mv(m);
	uint32_t nominal = bacs_module_nominal_mv(m);
	char text[64], from[24], to[24];

	if (nominal)
		table_number(t, NOMINAL, nominal, "%u V", nominal / 1000);
	if (!high)
		return;
	table_number(t, RANGE_MIN, low, "%u", low);
	table_number(t, RANGE_MAX, high, "%u", high);
	bacs_q_format(BACS_Q_VOLTAGE, low, from, sizeof(from));
	bacs_q_format(BACS_Q_VOLTAGE, high, to, sizeof(to));
	snprintf(text, sizeof(text), "%s-%s V", from, to);
	table_show(t, RANGE, text);
}

static void limits(struct table *t, const struct bacs_module *m)
{
	int32_t v;

	for (unsigned int i = 1; i < BACS_LIMIT_COUNT; i++)
		if (!bacs_module_limit(m, (enum bacs_limit)i, &v))
			table_number(t, LIMITS + i, v, "%d", v);
}

/* A cable without branches is not worth a column */
static void place(struct table *t, const struct bacs_module *m,
		  const struct config_wiring *w)
{
	unsigned int n, branch, branches = 0;

	n = wiring_place(w, bacs_module_address(m), &branch);
	if (!n)
		return;
	for (unsigned int i = 0; i < w->order.count; i++)
		branches += wiring_begins_branch(w, i);
	table_number(t, PLACE, n, "%u", n);
	table_number(t, BRANCH, branch, branches > 1 ? "%u" : "", branch);
}

static void add_module(struct table *t, const struct bacs_module *m,
		       const struct config_wiring *w)
{
	uint32_t bypass = bacs_module_bypass_ma(m);
	char serial[24];

	table_row(t);
	identity_set(t, m, bacs_module_colour(m));
	place(t, m, w);
	table_text(t, CLASS, bacs_modclass_name(bacs_module_class(m)));
	if (bacs_module_model(m)[0])
		table_text(t, MODEL, bacs_module_model(m));
	if (bacs_module_serial(m)) {
		snprintf(serial, sizeof(serial), "%016llx",
			 (unsigned long long)bacs_module_serial(m));
		table_show(t, SERIAL_SHOWN, serial);
	}
	table_text(t, PROFILE, bacs_module_profile(m));
	revision(t, HARDWARE, bacs_module_hw_revision(m));
	revision(t, FIRMWARE, bacs_module_fw_revision(m));
	voltages(t, m);
	if (bypass)
		table_number(t, BYPASS, bypass, "%u mA", bypass);
	if (bacs_module_class(m) == BACS_MODCLASS_JAR)
		table_number(t, TARGET, bacs_module_duty_target(m), "%s", "");
	table_bool(t, SUPERVISED, bacs_module_supervised(m));
	table_text(t, STATUS, bacs_psystatus_name(bacs_module_status(m)));
	table_text(t, HEALTH, bacs_psyhealth_name(bacs_module_health(m)));
	limits(t, m);
}

static int show(struct bacs *b, const struct options *o)
{
	struct table *t = table_new("modules", columns, COLUMNS);
	struct config *config _config_ = wiring_load(o->root);
	const struct config_wiring *w;
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	int r;

	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus)) {
		if (o->bus && strcmp(o->bus, bacs_bus_name(bus)))
			continue;
		w = wiring_of(config, bacs_bus_name(bus));
		for (m = bacs_module_first(bus); m; m = bacs_module_next(m))
			add_module(t, m, w);
	}
	r = table_output(t, o, "no module was found yet");
	table_free(t);
	return r;
}

int cmd_modules(int argc, char **argv)
{
	const struct bacs_bus *bus;
	struct options o;
	struct bacs *b;
	int first, r;

	for (unsigned int i = 1; i < BACS_LIMIT_COUNT; i++)
		columns[LIMITS + i].key = bacs_limit_name((enum bacs_limit)i);
	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT |
			      OPTION_BUS | OPTION_ROOT,
			      "modules [--json] [--sort=KEY] [--bus=NAME] [--root=DIR]",
			      "Shows what the modules are: place along the cable, class, model, serial number,\nrevisions, ranges. JSON has their limits, too.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (first < argc) {
		fprintf(stderr, "bacsctl: modules takes no argument '%s'\n",
			argv[first]);
		return EXIT_USAGE;
	}
	r = device_open(0, &b);
	if (r)
		return r;
	if (o.bus)
		r = device_find_bus(b, o.bus, &bus);
	if (!r)
		r = show(b, &o);
	if (!r)
		device_warn(b);
	bacs_close(b);
	return r;
}
