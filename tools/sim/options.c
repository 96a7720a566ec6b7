// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>

#include "options.h"

enum {
	OPT_PTY = 256,
	OPT_LINK,
	OPT_TTY,
	OPT_CONNECT,
	OPT_LISTEN,
	OPT_MODULES,
	OPT_STRING,
	OPT_ENVIRONMENT,
	OPT_IO,
	OPT_NOMINAL,
	OPT_CAPACITY,
	OPT_BAUD,
	OPT_FORMAT,
	OPT_SEED,
	OPT_STRICT,
	OPT_ECO,
	OPT_DELAY,
	OPT_SCENARIO,
	OPT_STATS,
	OPT_CONTROL,
	OPT_REALTIME,
	OPT_REPLAY,
};

static const struct option long_options[] = {
	{ "pty", no_argument, NULL, OPT_PTY },
	{ "link", required_argument, NULL, OPT_LINK },
	{ "tty", required_argument, NULL, OPT_TTY },
	{ "connect", required_argument, NULL, OPT_CONNECT },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "modules", required_argument, NULL, OPT_MODULES },
	{ "string-sensor", required_argument, NULL, OPT_STRING },
	{ "environment", required_argument, NULL, OPT_ENVIRONMENT },
	{ "io", required_argument, NULL, OPT_IO },
	{ "nominal", required_argument, NULL, OPT_NOMINAL },
	{ "capacity-ah", required_argument, NULL, OPT_CAPACITY },
	{ "baud", required_argument, NULL, OPT_BAUD },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "eco", no_argument, NULL, OPT_ECO },
	{ "reply-delay-us", required_argument, NULL, OPT_DELAY },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "stats", required_argument, NULL, OPT_STATS },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "realtime", no_argument, NULL, OPT_REALTIME },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ }
};

static const char help_text[] =
"Usage: bacs-sim LINE DEVICES [OPTION...]\n"
"       bacs-sim ctl SOCKET COMMAND...\n"
"\n"
"Simulate the modules of one bus (profile bacs-c, Modbus RTU).\n"
"\n"
"Line, one of:\n"
"  --pty [--link PATH]     a new pty; PATH becomes a link to it\n"
"  --tty PATH              a serial port\n"
"  --connect PATH          a unix socket somebody listens on, e.g. QEMU\n"
"  --listen PATH           a unix socket to connect to\n"
"\n"
"Devices:\n"
"  --modules SET           jar modules, e.g. 1-64 or 1-32,40\n"
"  --string-sensor SET     string sensors\n"
"  --environment SET       environment sensors\n"
"  --io SET                I/O modules\n"
"  --nominal MV            2000, 4000, 6000 or 12000 (default)\n"
"  --capacity-ah N         1 to 6000, default 100\n"
"  --scenario FILE         wire, devices, battery and faults from a file\n"
"  --replay FILE           instead of devices: what answered in a capture\n"
"\n"
"Wire:\n"
"  --baud N                1200 to 921600, default 19200\n"
"  --format F              8E1 (default), 8O1, 8N1 or 8N2\n"
"  --reply-delay-us N[-M]  delay of a reply, default t3.5 to 1 ms more\n"
"  --strict                do not hear what comes before t3.5\n"
"  --eco                   modules sleep after 30 s of silence\n"
"  --seed N                of everything random; always printed\n"
"\n"
"Watching:\n"
"  --stats FILE            JSON on SIGUSR1 and at the end; - is stdout\n"
"  --control PATH          unix socket for bacs-sim ctl\n"
"  --realtime              run with real-time priority\n"
"  -v, --verbose           log every frame\n"
"  -h, --help  -V, --version\n";

/**
 * options_device() - a device as it is unless something else is said
 * @cfg: result; the address is to be set
 * @class: enum bacs_class
 */
void options_device(struct module_config *cfg, u32 class)
{
	*cfg = (struct module_config) {
		.class = class,
		.nominal_mv = 12000,
		.capacity_ah = 100,
		.spread = 1,
		.noise = 1,
		.ambient_mc = 22000,
	};
}

/**
 * options_add() - put devices on the wire
 * @o: options
 * @set: their addresses
 * @cfg: what they are; the address is filled in
 * @e: error
 *
 * Return: 0 or -EINVAL; then nothing was added.
 */
int options_add(struct options *o, const u8 *set,
		const struct module_config *cfg, struct parse_error *e)
{
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(set, a) && address_in(o->present, a))
			return parse_fail(e, "address %u: is taken by a device of class %s already",
					  a, module_class_name(o->device[a].class));
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		if (!address_in(set, a))
			continue;
		address_add(o->present, a);
		o->device[a] = *cfg;
		o->device[a].address = (u8)a;
	}
	return 0;
}

static int set_transport(struct options *o, enum transport_kind kind,
			 const char *path, struct parse_error *e)
{
	struct transport *t = &o->transport;

	if (t->kind != TRANSPORT_NONE)
		return parse_fail(e, "two lines: say only one of --pty, --tty, --connect, --listen");
	if (path && (!*path || strlen(path) >= sizeof(t->path)))
		return parse_fail(e, "path \"%.128s\": has %zu characters, allowed are 1 to %zu",
				  path, strlen(path), sizeof(t->path) - 1);
	t->kind = kind;
	if (path)
		strcpy(t->path, path);
	return 0;
}

static int check_nominal(u32 mv, const char *text, struct parse_error *e)
{
	if (mv != 2000 && mv != 4000 && mv != 6000 && mv != 12000)
		return parse_fail(e, "nominal voltage \"%s\": not 2000, 4000, 6000 or 12000 mV",
				  text);
	return 0;
}

/* What the command line adds, kept until all of it is known */
struct added {
	u8 set[BACS_CLASS_IO + 1][PARSE_ADDRESS_BYTES];
	struct module_config cfg;
};

static int take_device_option(struct added *added, int opt, const char *arg,
			      struct parse_error *e)
{
	int r;

	switch (opt) {
	case OPT_MODULES:
		return parse_addresses("--modules", arg,
				       added->set[BACS_CLASS_JAR], e);
	case OPT_STRING:
		return parse_addresses("--string-sensor", arg,
				       added->set[BACS_CLASS_STRING], e);
	case OPT_ENVIRONMENT:
		return parse_addresses("--environment", arg,
				       added->set[BACS_CLASS_ENVIRONMENT], e);
	case OPT_IO:
		return parse_addresses("--io", arg, added->set[BACS_CLASS_IO], e);
	case OPT_NOMINAL:
		r = parse_u32("--nominal", arg, 2000, 12000,
			      &added->cfg.nominal_mv, e);
		return r < 0 ? r : check_nominal(added->cfg.nominal_mv, arg, e);
	default:
		return parse_u32("--capacity-ah", arg, 1,
				 MODULE_CAPACITY_MAX_AH, &added->cfg.capacity_ah, e);
	}
}

static int bad_option(char **argv, bool known, struct parse_error *e)
{
	const char *word = argv[optind - 1];

	if (known)
		return parse_fail(e, "%.64s: its value is missing; try bacs-sim --help",
				  word);
	return parse_fail(e, "\"%.64s\": not an option, or with a value too many; try bacs-sim --help",
			  word);
}

static int take_option(struct options *o, struct added *added, int opt,
		       char *arg, struct parse_error *e)
{
	switch (opt) {
	case OPT_PTY:
		return set_transport(o, TRANSPORT_PTY, NULL, e);
	case OPT_TTY:
		return set_transport(o, TRANSPORT_TTY, arg, e);
	case OPT_CONNECT:
		return set_transport(o, TRANSPORT_CONNECT, arg, e);
	case OPT_LISTEN:
		return set_transport(o, TRANSPORT_LISTEN, arg, e);
	case OPT_LINK:
		o->transport.link = arg;
		return 0;
	case OPT_REPLAY:
		o->replay_path = arg;
		return 0;
	case OPT_BAUD:
		o->baud_given = true;
		return parse_u32("--baud", arg, 1200, 921600, &o->bus.baud, e);
	case OPT_FORMAT:
		return bus_parse_format(&o->bus, arg, e);
	case OPT_SEED:
		return parse_u64("--seed", arg, &o->bus.seed, e);
	case OPT_STRICT:
		o->bus.strict = true;
		return 0;
	case OPT_ECO:
		o->bus.eco = true;
		return 0;
	case OPT_DELAY:
		return bus_parse_delay(&o->bus, arg, e);
	case OPT_SCENARIO:
		return 0;	/* was first */
	case OPT_STATS:
		o->stats_path = arg;
		return 0;
	case OPT_CONTROL:
		o->control_path = arg;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case OPT_REALTIME:
		o->realtime = true;
		return 0;
	default:
		return take_device_option(added, opt, arg, e);
	}
}

/* The scenario comes first, so that the command line has the last word. */
static int first_pass(struct options *o, int argc, char **argv,
		      struct parse_error *e)
{
	const char *scenario = NULL;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":vhV", long_options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(help_text, stdout);
			return OPTIONS_DONE;
		}
		if (opt == 'V') {
			printf("bacs-sim %s\n", BACS_VERSION);
			return OPTIONS_DONE;
		}
		if (opt == OPT_SCENARIO && scenario)
			return parse_fail(e, "--scenario: given twice");
		if (opt == OPT_SCENARIO)
			scenario = optarg;
	}
	optind = 0;	/* glibc: begin anew */
	return scenario ? scenario_load(o, scenario, e) : 0;
}

/**
 * options_parse() - read the command line, and the scenario it names
 * @o: result, zeroed; the seed is to be set before
 * @argc: as of main()
 * @argv: as of main()
 * @e: error
 *
 * Return: enum options_result or -EINVAL.
 */
int options_parse(struct options *o, int argc, char **argv,
		  struct parse_error *e)
{
	struct added added = { 0 };
	int opt, r;

	o->bus.baud = 19200;
	battery_config_init(&o->battery);
	bus_parse_format(&o->bus, "8E1", e);
	options_device(&added.cfg, BACS_CLASS_JAR);
	r = first_pass(o, argc, argv, e);
	if (r)
		return r;
	while ((opt = getopt_long(argc, argv, ":vhV", long_options, NULL)) != -1) {
		r = opt == '?' || opt == ':' ? bad_option(argv, opt == ':', e) :
		    take_option(o, &added, opt, optarg, e);
		if (r < 0)
			return r;
	}
	if (optind < argc)
		return parse_fail(e, "\"%.64s\": not an option; try bacs-sim --help",
				  argv[optind]);
	for (u32 class = BACS_CLASS_JAR; class <= BACS_CLASS_IO; class++) {
		added.cfg.class = class;
		r = options_add(o, added.set[class], &added.cfg, e);
		if (r < 0)
			return r;
	}
	if (o->transport.kind == TRANSPORT_NONE)
		return parse_fail(e, "no line: say --pty, --tty, --connect or --listen");
	if (o->transport.link && o->transport.kind != TRANSPORT_PTY)
		return parse_fail(e, "--link %s: goes with --pty only",
				  o->transport.link);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(o->present, a))
			return o->replay_path ? parse_fail(e, "--replay %.128s: plays the devices of the capture; leave out the others",
							   o->replay_path) :
						OPTIONS_RUN;
	if (o->replay_path)
		return OPTIONS_RUN;
	return parse_fail(e, "no devices: say --modules 1-64, --scenario FILE or --replay FILE");
}
