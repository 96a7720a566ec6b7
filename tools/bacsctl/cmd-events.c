// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl events: what happened, from the history or live */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "history.h"

enum {
	TIME, TIME_US, CLOCK, SEVERITY, BUS, ADDRESS, NAME, KIND, OLD, NEW,
	TEXT, COLUMNS
};

static const struct column columns[COLUMNS] = {
	[TIME] = { "TIME", NULL, false, false },
	[TIME_US] = { NULL, "time_us", false, false },
	[CLOCK] = { NULL, "clock", false, false },
	[SEVERITY] = { "SEVERITY", "severity", false, false },
	[BUS] = { "BUS", "bus", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[NAME] = { "NAME", "name", false, false },
	[KIND] = { "KIND", "kind", false, false },
	[OLD] = { NULL, "old", true, false },
	[NEW] = { NULL, "new", true, false },
	[TEXT] = { "TEXT", "text", false, false },
};

static enum bacs_colour severity_colour(enum bacs_history_severity severity)
{
	switch (severity) {
	case BACS_HISTORY_ALARM:
		return BACS_COLOUR_RED;
	case BACS_HISTORY_WARNING:
		return BACS_COLOUR_ORANGE;
	default:
		return BACS_COLOUR_UNKNOWN;
	}
}

static void add_stored(struct table *t, const struct bacs_history_events *e)
{
	enum bacs_history_severity severity = bacs_history_event_severity(e);
	int64_t us = bacs_history_event_time_us(e);
	unsigned int address = bacs_history_event_address(e);
	char text[64];

	table_row(t);
	if (bacs_history_event_clock(e) == BACS_HISTORY_CLOCK_UNKNOWN)
		snprintf(text, sizeof(text), "boot + %" PRId64 " s",
			 us / 1000000);
	else
		format_time(us, text, sizeof(text));
	table_show(t, TIME, text);
	table_number(t, TIME_US, us, "%s", "");
	table_text(t, CLOCK,
		   bacs_history_clock_name(bacs_history_event_clock(e)));
	table_text(t, SEVERITY, bacs_history_severity_name(severity));
	table_colour(t, SEVERITY, severity_colour(severity));
	table_text(t, BUS, bacs_history_event_bus(e));
	if (address)
		table_number(t, ADDRESS, address, "%u", address);
	table_text(t, NAME, bacs_history_event_name(e));
	table_text(t, KIND, bacs_history_event_kind(e));
	table_number(t, OLD, bacs_history_event_old(e), "%s", "");
	table_number(t, NEW, bacs_history_event_new(e), "%s", "");
	table_text(t, TEXT, bacs_history_event_text(e));
}

static int show_stored(const struct options *o)
{
	const struct bacs_history_filter filter = {
		.since_us = o->since_us, .until_us = o->until_us,
		.limit = o->limit, .bus = o->bus,
		.severity = (enum bacs_history_severity)o->severity,
	};
	struct table *t = table_new("events", columns, COLUMNS);
	struct bacs_history_events *e = NULL;
	struct bacs_history *h = NULL;
	int r;

	r = bacs_history_open(o->database, &h);
	if (!r)
		r = bacs_history_events(h, &filter, &e);
	while (!r && (r = bacs_history_events_next(e)) > 0) {
		add_stored(t, e);
		r = 0;
	}
	if (r < 0)
		r = history_failed(o->database, r);
	else
		r = table_output(t, o, "no event in that time");
	bacs_history_events_free(e);
	bacs_history_close(h);
	table_free(t);
	return r;
}

/*
 * Live
 */
static enum bacs_history_severity live_severity(const struct bacs_notice *n)
{
	switch (bacs_notice_kind(n)) {
	case BACS_NOTICE_BUS_STATE:
		return bacs_notice_new(n) == BACS_BUS_LOST ?
		       BACS_HISTORY_ALARM : BACS_HISTORY_INFO;
	case BACS_NOTICE_MODULE_STATE:
		return bacs_notice_new(n) == BACS_MODULE_LOST ?
		       BACS_HISTORY_ALARM : BACS_HISTORY_INFO;
	case BACS_NOTICE_DRIVER:
		return bacs_notice_new(n) == BACS_DRIVER_PRESENT ?
		       BACS_HISTORY_INFO : BACS_HISTORY_ALARM;
	case BACS_NOTICE_ALARM:
		if (bacs_notice_new(n) &
		    (BACS_RAW_VOLTAGE_LCRIT | BACS_RAW_VOLTAGE_CRIT |
		     BACS_RAW_TEMP_LCRIT | BACS_RAW_TEMP_CRIT))
			return BACS_HISTORY_ALARM;
		return bacs_notice_new(n) ? BACS_HISTORY_WARNING :
					    BACS_HISTORY_INFO;
	case BACS_NOTICE_MODULE_REBOOTED:
	case BACS_NOTICE_MODULE_CHANGED:
	case BACS_NOTICE_LEASE_EXPIRED:
	case BACS_NOTICE_SECOND_MASTER:
	case BACS_NOTICE_OVERRUN:
	case BACS_NOTICE_GAP:
		return BACS_HISTORY_WARNING;
	case BACS_NOTICE_COMMAND:
		return bacs_notice_result(n) ? BACS_HISTORY_WARNING :
					       BACS_HISTORY_INFO;
	default:
		return BACS_HISTORY_INFO;
	}
}

static void add_live(struct table *t, const struct bacs_notice *n)
{
	enum bacs_history_severity severity = live_severity(n);
	int64_t us = wall_of_boot_us(bacs_notice_time_ns(n));
	unsigned int address = bacs_notice_address(n);
	char text[512];

	table_row(t);
	table_number(t, TIME_US, us, "%s", "");
	table_text(t, SEVERITY, bacs_history_severity_name(severity));
	table_text(t, BUS, bacs_notice_bus(n));
	if (address)
		table_number(t, ADDRESS, address, "%u", address);
	table_text(t, NAME, bacs_notice_name(n));
	table_text(t, KIND, bacs_notice_kind_name(bacs_notice_kind(n)));
	table_number(t, OLD, bacs_notice_old(n), "%s", "");
	table_number(t, NEW, bacs_notice_new(n), "%s", "");
	if (bacs_notice_format(n, text, sizeof(text)) >= 0)
		table_text(t, TEXT, text);
}

static const char *colour_begin(enum bacs_history_severity severity)
{
	if (!terminal_colours() || severity == BACS_HISTORY_INFO)
		return "";
	return severity == BACS_HISTORY_ALARM ? "\033[31m" : "\033[33m";
}

static void print_live(const struct bacs_notice *n, const struct options *o)
{
	enum bacs_history_severity severity = live_severity(n);
	const char *colour = colour_begin(severity);
	char time[32], text[512] = "";

	if ((int)severity < o->severity ||
	    (o->bus && strcmp(o->bus, bacs_notice_bus(n))))
		return;
	if (o->json) {
		struct table *t = table_new("events", columns, COLUMNS);

		add_live(t, n);
		table_print_json_row(t);
		table_free(t);
		return;
	}
	format_time(wall_of_boot_us(bacs_notice_time_ns(n)), time,
		    sizeof(time));
	bacs_notice_format(n, text, sizeof(text));
	printf("%s %s%-7s%s %s\n", time, colour,
	       bacs_history_severity_name(severity), colour[0] ? "\033[0m" : "",
	       text);
	fflush(stdout);
}

static bool is_event(const struct bacs_notice *n)
{
	return bacs_notice_kind(n) != BACS_NOTICE_SAMPLE &&
	       bacs_notice_kind(n) != BACS_NOTICE_SCAN;
}

static int follow(const struct options *o)
{
	const struct bacs_notice *n;
	struct pollfd p = { .events = POLLIN };
	struct bacs *b;
	int r;

	/* a driver that is loaded later is an event, not a failure */
	r = bacs_open(BACS_OPEN_EVENTS, &b);
	if (r < 0) {
		fprintf(stderr, "bacsctl: cannot reach the kernel: %s\n",
			strerror(-r));
		return EXIT_FAILED;
	}
	if (bacs_driver(b) != BACS_DRIVER_PRESENT)
		fprintf(stderr,
			"bacsctl: the driver is not loaded; waiting for it\n");
	/* what is there already is no news */
	while (bacs_next_notice(b))
		;
	p.fd = bacs_fd(b);
	while (!ferror(stdout) && poll(&p, 1, -1) > 0) {
		bacs_dispatch(b);
		while ((n = bacs_next_notice(b)))
			if (is_event(n))
				print_live(n, o);
	}
	bacs_close(b);
	return EXIT_DONE;
}

int cmd_events(int argc, char **argv)
{
	const unsigned int stored = OPTION_SINCE | OPTION_UNTIL |
				    OPTION_LIMIT | OPTION_DATABASE;
	struct options o;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_FOLLOW |
			      OPTION_BUS | OPTION_SINCE | OPTION_UNTIL |
			      OPTION_LIMIT | OPTION_SEVERITY |
			      OPTION_DATABASE,
			      "events [--json] [--since=TIME] [--until=TIME] [--limit=N]\n                      [--severity=LEVEL] [--bus=NAME] [--database=FILE]\n       bacsctl events --follow [--json] [--severity=LEVEL] [--bus=NAME]",
			      "Shows what happened, oldest first: from the history that bacsd keeps, or with\n--follow from the driver as it happens.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (first < argc) {
		fprintf(stderr, "bacsctl: events takes no argument '%s'\n",
			argv[first]);
		return EXIT_USAGE;
	}
	if (o.follow && o.given & stored) {
		fprintf(stderr,
			"bacsctl: events --follow prints what happens from now on and takes no --%s\n",
			options_first(o.given & stored));
		return EXIT_USAGE;
	}
	return o.follow ? follow(&o) : show_stored(&o);
}
