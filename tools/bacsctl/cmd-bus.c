// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl bus: buses, their counters and settings */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "config-value.h"
#include "wiring.h"

static const char usage[] =
	"bus [--json] [--bus=NAME] [--root=DIR]\n"
	"       bacsctl bus stats [--json] [BUS [ADDRESS]]\n"
	"       bacsctl bus rescan BUS\n"
	"       bacsctl bus scan-period BUS MS|default\n"
	"       bacsctl bus transact [--json] [--timeout=MS] BUS ADDRESS PDU\n"
	"       bacsctl bus doctor [--json] [--for=TIME | --all] [--wiring=ORDER] [--root=DIR] [BUS]\n"
	"       bacsctl bus line-check [--json] [--count=N] [BUS]\n"
	"       bacsctl bus capture [--for=TIME] [--pcapng] BUS FILE\n"
	"       bacsctl bus convert CAPTURE FILE.pcapng";

static const char help[] =
	"Shows the buses; 'stats' their counters and those of their modules;\n"
	"'rescan' searches absent addresses again; 'scan-period' sets the time from\n"
	"the beginning of one scan to that of the next; 'transact' sends one raw\n"
	"Modbus PDU (function code and data in hexadecimal, without address and CRC)\n"
	"between scans and prints the PDU that comes back; address 0: broadcast;\n"
	"'doctor' watches a bus for a minute, --for so long, or takes --all since the\n"
	"bus started, and names its likely fault; 'line-check' asks\n"
	"every module 100 or --count times and says how good its line is; 'capture'\n"
	"writes every frame to a file, until a signal or --for so long; 'convert' makes a capture one for\n"
	"Wireshark.\n";

enum {
	BUS, STATE, TTY, PROFILE, BAUD, PERIOD, MINIMUM, LAST, SCANS, OK, LOST,
	ABSENT, UNPOLLED, FLAGS, READONLY, PERMIT_SLEEP, SECOND_MASTER,
	CONTROLLER, LEASE, SINCE, WIRING, COLUMNS
};

static const struct column columns[COLUMNS] = {
	[BUS] = { "BUS", "bus", false, false },
	[STATE] = { "STATE", "state", false, false },
	[TTY] = { "TTY", "tty", false, false },
	[PROFILE] = { "PROFILE", "profile", false, false },
	[BAUD] = { "BAUD", "baud", true, false },
	[PERIOD] = { "PERIOD", "scan_ms", true, false },
	[MINIMUM] = { "MINIMUM", "scan_min_ms", true, false },
	[LAST] = { "LAST SCAN", "scan_last_ms", true, false },
	[SCANS] = { "SCANS", "scans", true, false },
	[OK] = { "OK", "modules_ok", true, false },
	[LOST] = { "LOST", "modules_lost", true, false },
	[ABSENT] = { "ABSENT", "modules_absent", true, false },
	[UNPOLLED] = { "UNPOLLED", "modules_unpolled", true, false },
	[FLAGS] = { "FLAGS", NULL, false, true },
	[READONLY] = { NULL, "readonly", false, false },
	[PERMIT_SLEEP] = { NULL, "permit_sleep", false, false },
	[SECOND_MASTER] = { NULL, "second_master", false, false },
	[CONTROLLER] = { "CONTROLLER", "controller_pid", true, true },
	[LEASE] = { NULL, "lease_left_ms", true, false },
	[SINCE] = { NULL, "started_ns", true, false },
	[WIRING] = { "WIRING", "wiring", false, true },
};

static void add_count(struct table *t, unsigned int column,
		      const struct bacs_bus *bus, enum bacs_modstate state)
{
	unsigned int n = bacs_bus_count(bus, state);

	table_number(t, column, n, "%u", n);
	if (n && state != BACS_MODULE_OK)
		table_colour(t, column, bacs_modstate_colour(state));
}

static void add_flags(struct table *t, const struct bacs_bus *bus)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s",
		 bacs_bus_readonly(bus) ? "read-only " : "",
		 bacs_bus_permits_sleep(bus) ? "permit-sleep " : "",
		 bacs_bus_second_master(bus) ? "SECOND-MASTER" : "");
	table_show(t, FLAGS, text);
	table_bool(t, READONLY, bacs_bus_readonly(bus));
	table_bool(t, PERMIT_SLEEP, bacs_bus_permits_sleep(bus));
	table_bool(t, SECOND_MASTER, bacs_bus_second_master(bus));
}

static void add_ms(struct table *t, unsigned int column, uint32_t ms,
		   const char *zero)
{
	if (ms || !zero)
		table_number(t, column, ms, "%u ms", ms);
	else
		table_number(t, column, 0, "%s", zero);
}

/* In the words of bacsd.conf */
static void add_wiring(struct table *t, const struct config_wiring *w)
{
	char text[2048];	/* 247 addresses, a branch each */

	if (!w)
		return;
	config_type_wiring.format(&config_type_wiring, w, NULL, text,
				  sizeof(text));
	table_text(t, WIRING, text);
}

static void add_bus(struct table *t, const struct bacs_bus *bus,
		    const struct config_wiring *wiring)
{
	uint32_t pid = bacs_bus_controller_pid(bus);

	table_row(t);
	table_text(t, BUS, bacs_bus_name(bus));
	table_text(t, STATE, bacs_busstate_name(bacs_bus_state(bus)));
	table_colour(t, STATE, bacs_busstate_colour(bacs_bus_state(bus)));
	table_text(t, TTY, bacs_bus_tty(bus));
	table_text(t, PROFILE, bacs_bus_profile(bus));
	table_number(t, BAUD, bacs_bus_baud(bus), "%u", bacs_bus_baud(bus));
	add_ms(t, PERIOD, bacs_bus_scan_ms(bus), "default");
	add_ms(t, MINIMUM, bacs_bus_scan_min_ms(bus), NULL);
	add_ms(t, LAST, bacs_bus_scan_last_ms(bus), "none");
	table_number(t, SCANS, bacs_bus_scans(bus), "%u", bacs_bus_scans(bus));
	add_count(t, OK, bus, BACS_MODULE_OK);
	add_count(t, LOST, bus, BACS_MODULE_LOST);
	add_count(t, ABSENT, bus, BACS_MODULE_ABSENT);
	add_count(t, UNPOLLED, bus, BACS_MODULE_UNPOLLED);
	add_flags(t, bus);
	if (pid)
		table_number(t, CONTROLLER, pid, "pid %u", pid);
	table_number(t, LEASE, bacs_bus_lease_left_ms(bus), "%s", "");
	table_number(t, SINCE, (int64_t)bacs_bus_started_ns(bus), "%s", "");
	add_wiring(t, wiring);
}

static int list(struct bacs *b, const struct options *o)
{
	struct table *t = table_new("bus", columns, COLUMNS);
	struct config *config _config_ = wiring_load(o->root);
	const struct bacs_bus *bus;

	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus))
		if (!o->bus || !strcmp(o->bus, bacs_bus_name(bus)))
			add_bus(t, bus, wiring_of(config, bacs_bus_name(bus)));
	if (o->json)
		table_print_json(t, false);
	else if (table_rows(t))
		table_print(t);
	else
		fprintf(stderr,
			"bacsctl: no bus is attached: start bacs-attach@TTY.service, see bacs-attach(8)\n");
	table_free(t);
	return EXIT_DONE;
}

/*
 * Counters
 */
enum { S_BUS, S_ADDRESS, S_COUNTERS, S_LATENCY = S_COUNTERS +
       BACS_COUNTER_COUNT, S_COLUMNS };

static struct column stats_columns[S_COLUMNS] = {
	[S_BUS] = { "BUS", "bus", false, false },
	[S_ADDRESS] = { "ADDR", "address", true, false },
	[S_LATENCY] = { "TYPICAL REPLY", NULL, true, true },
};

static void name_counters(void)
{
	static char headings[BACS_COUNTER_COUNT][24];

	for (unsigned int i = 1; i < BACS_COUNTER_COUNT; i++) {
		struct column *c = &stats_columns[S_COUNTERS + i];

		c->key = bacs_counter_name((enum bacs_counter)i);
		for (size_t j = 0; c->key[j] && j < 23; j++)
			headings[i][j] = c->key[j] == '_' ? ' ' :
					 (char)(c->key[j] - 'a' + 'A');
		c->heading = headings[i];
		c->right = true;
		c->optional = true;
	}
}

/* The class that holds the median */
static void add_latency(struct table *t, const struct bacs_stats *s)
{
	const uint32_t *counts, *bounds;
	uint64_t sum = 0, below = 0;
	char text[32];
	int n, i;

	n = bacs_stats_latency(s, &counts, &bounds);
	for (i = 0; i < n; i++)
		sum += counts[i];
	if (n <= 0 || !sum)
		return;
	for (i = 0; i < n - 1; i++) {
		below += counts[i];
		if (below * 2 >= sum)
			break;
	}
	snprintf(text, sizeof(text), "%s %u ms", i < n - 1 ? "up to" : "over",
		 bounds[i < n - 1 ? i : n - 2] / 1000);
	table_show(t, S_LATENCY, text);
}

/* Counters that are 0 say nothing in the table; JSON has them all */
static void add_stats(struct table *t, const struct bacs_stats *s)
{
	unsigned int address = bacs_stats_address(s);
	uint64_t v;

	table_row(t);
	table_text(t, S_BUS, bacs_stats_bus(s));
	if (address)
		table_number(t, S_ADDRESS, address, "%u", address);
	else
		table_show(t, S_ADDRESS, "bus");
	for (unsigned int i = 1; i < BACS_COUNTER_COUNT; i++) {
		if (bacs_stats_counter(s, (enum bacs_counter)i, &v) < 0)
			continue;
		if (v || i <= BACS_COUNTER_TIMEOUTS)
			table_number(t, S_COUNTERS + i, (int64_t)v,
				     "%" PRIu64, v);
		else
			table_number(t, S_COUNTERS + i, 0, "%s", "");
	}
	add_latency(t, s);
}

static int parse_address(const char *text, unsigned int *ret)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || end == text || n < 1 || n > 247) {
		fprintf(stderr, "bacsctl: '%s' is not an address of 1-247\n",
			text);
		return -EINVAL;
	}
	*ret = (unsigned int)n;
	return 0;
}

static int print_stats(const struct bacs_stats *s, bool json)
{
	struct table *t = table_new("bus", stats_columns, S_COLUMNS);

	for (; s; s = bacs_stats_next(s))
		add_stats(t, s);
	if (json)
		table_print_json(t, false);
	else
		table_print(t);
	table_free(t);
	return EXIT_DONE;
}

static int stats(struct bacs *b, const struct options *o, int argc,
		 char **argv)
{
	const char *bus = argc > 0 ? argv[0] : o->bus;
	struct bacs_stats *s = NULL;
	unsigned int address;
	int r;

	name_counters();
	if (argc > 2) {
		fprintf(stderr, "bacsctl: bus stats [BUS [ADDRESS]]\n");
		return EXIT_USAGE;
	}
	if (argc == 2) {
		if (parse_address(argv[1], &address) < 0)
			return EXIT_USAGE;
		r = bacs_stats_get(b, bus, address, &s);
	} else {
		r = bacs_stats_list(b, bus, &s);
	}
	if (r < 0)
		return device_command_failed(b, "cannot read the counters", r);
	r = print_stats(s, o->json);
	bacs_stats_free(s);
	return r;
}

static int rescan(struct bacs *b, const struct options *o, int argc,
		  char **argv)
{
	int r;

	(void)o;
	if (argc != 1) {
		fprintf(stderr, "bacsctl: bus rescan BUS\n");
		return EXIT_USAGE;
	}
	r = bacs_rescan(b, argv[0]);
	if (r < 0)
		return device_command_failed(b, "cannot search again", r);
	return EXIT_DONE;
}

static int scan_period(struct bacs *b, const struct options *o, int argc,
		       char **argv)
{
	const struct bacs_bus *bus;
	unsigned long ms = 0;
	char *end = NULL;
	int r;

	(void)o;
	if (argc != 2) {
		fprintf(stderr, "bacsctl: bus scan-period BUS MS|default\n");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "default")) {
		errno = 0;
		ms = strtoul(argv[1], &end, 10);
		if (errno || *end || ms < 1 || ms > 60000) {
			fprintf(stderr,
				"bacsctl: scan period '%s' is not in 1-60000 ms and not 'default'\n",
				argv[1]);
			return EXIT_USAGE;
		}
	}
	r = device_find_bus(b, argv[0], &bus);
	if (r)
		return r;
	r = bacs_bus_set_scan_ms(b, argv[0], (uint32_t)ms);
	if (r == -ERANGE)
		fprintf(stderr,
			"bacsctl: the shortest period of %s is %u ms now\n",
			argv[0], bacs_bus_scan_min_ms(bus));
	if (r < 0)
		return device_command_failed(b, "cannot set the scan period",
					     r);
	return EXIT_DONE;
}

/* What follows 'bus', and the options that go with it */
static const struct action {
	const char *name;
	int (*run)(struct bacs *b, const struct options *o, int argc,
		   char **argv);
	unsigned int options;
	bool offline;	/* needs no driver */
} actions[] = {
	{ "stats", stats, OPTION_JSON | OPTION_BUS },
	{ "rescan", rescan, 0 },
	{ "scan-period", scan_period, 0 },
	{ "transact", bus_transact, OPTION_JSON | OPTION_TIMEOUT },
	{ "doctor", bus_doctor, OPTION_JSON | OPTION_BUS | OPTION_FOR |
	  OPTION_ALL | OPTION_WIRING | OPTION_ROOT },
	{ "line-check", bus_line_check, OPTION_JSON | OPTION_BUS |
	  OPTION_COUNT },
	{ "capture", bus_capture, OPTION_FOR | OPTION_PCAPNG },
	{ "convert", bus_convert, 0, true },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(name, actions[i].name))
			return &actions[i];
	fprintf(stderr, "bacsctl: bus has no action '%s': ", name);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		fprintf(stderr, "%s%s", i ? ", " : "", actions[i].name);
	fputc('\n', stderr);
	return NULL;
}

static int show(struct bacs *b, const struct options *o, int argc, char **argv)
{
	const struct bacs_bus *bus;
	int r = EXIT_DONE;

	(void)argc;
	(void)argv;
	if (o->bus)
		r = device_find_bus(b, o->bus, &bus);
	return r ? r : list(b, o);
}

int cmd_bus(int argc, char **argv)
{
	static const struct action no_action = {
		"", show, OPTION_JSON | OPTION_BUS | OPTION_ROOT
	};
	const struct action *action = &no_action;
	unsigned int all = no_action.options, wrong;
	struct options o;
	struct bacs *b = NULL;
	int first, r = EXIT_USAGE;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		all |= actions[i].options;
	first = options_parse(argc, argv, all, usage, help, &o, &r);
	if (first < 0)
		return r;
	argc -= first;
	argv += first;
	if (argc)
		action = find_action(argv[0]);
	if (!action)
		return EXIT_USAGE;
	wrong = o.given & ~action->options;
	if (wrong) {
		fprintf(stderr, "bacsctl: bus%s%s takes no --%s\n",
			argc ? " " : "", action->name, options_first(wrong));
		return EXIT_USAGE;
	}
	r = action->offline ? EXIT_DONE : device_open(0, &b);
	if (r)
		return r;
	r = argc ? action->run(b, &o, argc - 1, argv + 1) :
		   action->run(b, &o, 0, argv);
	if (b)
		bacs_close(b);
	return r;
}
