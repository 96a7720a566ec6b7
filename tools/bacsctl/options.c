// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of the commands: one table, one parser */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"

static const struct {
	const char *name;
	enum option_mask bit;
	bool argument;
	const char *help;
} table[] = {
	{ "json", OPTION_JSON, false, "one JSON object instead of a table" },
	{ "watch", OPTION_WATCH, false, "stay and draw again on every change" },
	{ "follow", OPTION_FOLLOW, false,
	  "stay and print what happens from now on" },
	{ "sort", OPTION_SORT, true,
	  "sort by a JSON key, e.g. voltage_mv; -KEY downwards" },
	{ "bus", OPTION_BUS, true, "of this bus only" },
	{ "since", OPTION_SINCE, true,
	  "from then on: '2026-11-22 08:00', '2026-11-22', '6h', '7d'" },
	{ "until", OPTION_UNTIL, true, "before that time" },
	{ "limit", OPTION_LIMIT, true, "at most so many of the newest rows" },
	{ "severity", OPTION_SEVERITY, true,
	  "at least info, warning or alarm" },
	{ "all", OPTION_ALL, false, "all that there are" },
	{ "for", OPTION_FOR, true, "for so long: '90s', '30m', '6h', '7d'" },
	{ "reason", OPTION_REASON, true, "why, in words; others will read it" },
	{ "level", OPTION_LEVEL, true, "advisory, warning or alarm" },
	{ "timeout", OPTION_TIMEOUT, true,
	  "wait so many ms for the reply, 5-10000" },
	{ "wiring", OPTION_WIRING, true,
	  "order of the modules along the cable: '1-20,S,21-40'" },
	{ "count", OPTION_COUNT, true, "requests to each module, 10-10000" },
	{ "pcapng", OPTION_PCAPNG, false, "write a file for Wireshark" },
	{ "root", OPTION_ROOT, true, "prefix of the configuration's paths" },
	{ "database", OPTION_DATABASE, true,
	  "another file than /var/lib/bacs/history.db" },
};

static void print_help(unsigned int mask, const char *usage, const char *help)
{
	printf("Usage: bacsctl %s\n\n%s\nOptions:\n", usage, help);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char name[32];

		if (!(mask & table[i].bit))
			continue;
		snprintf(name, sizeof(name), "--%s%s", table[i].name,
			 table[i].argument ? "=..." : "");
		printf("  %-15s %s\n", name, table[i].help);
	}
	printf("  %-15s %s\n", "--help", "this text");
}

static int take_time(const char *name, const char *text, int64_t *ret)
{
	if (!parse_time(text, (int64_t)wall_us(), ret))
		return 0;
	fprintf(stderr,
		"bacsctl: --%s '%s' is no time: give YYYY-MM-DD [HH:MM[:SS]], or an age such as 90s, 30m, 6h, 7d\n",
		name, text);
	return -EINVAL;
}

static int take_limit(const char *text, int64_t *ret)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || *end || end == text || n < 1) {
		fprintf(stderr,
			"bacsctl: --limit '%s' is not a number of at least 1\n",
			text);
		return -EINVAL;
	}
	*ret = n;
	return 0;
}

static int take_severity(const char *text, int *ret)
{
	static const char *const names[] = { "info", "warning", "alarm" };

	for (int i = 0; i < 3; i++) {
		if (!strcmp(names[i], text)) {
			*ret = i;
			return 0;
		}
	}
	fprintf(stderr,
		"bacsctl: --severity '%s' is not info, warning or alarm\n",
		text);
	return -EINVAL;
}

static int take_length(const char *text, int64_t *ret)
{
	/* as a number of seconds it must fit into 32 bits */
	if (!parse_age(text, ret) && *ret >= 1000000 &&
	    *ret / 1000000 <= UINT32_MAX)
		return 0;
	fprintf(stderr,
		"bacsctl: --for '%s' is no length of time of at least 1s: give 90s, 30m, 6h or 7d\n",
		text);
	return -EINVAL;
}

static int take_level(const char *text, const char **ret)
{
	static const char *const names[] = { "advisory", "warning", "alarm" };

	*ret = text;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], text))
			return 0;
	fprintf(stderr,
		"bacsctl: --level '%s' is not advisory, warning or alarm\n",
		text);
	return -EINVAL;
}

static int take_count(const char *text, uint32_t *ret)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || end == text || n < 10 || n > 10000) {
		fprintf(stderr, "bacsctl: --count '%s' is not in 10-10000\n",
			text);
		return -EINVAL;
	}
	*ret = (uint32_t)n;
	return 0;
}

static int take_timeout(const char *text, uint32_t *ret)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || end == text || n < 5 || n > 10000) {
		fprintf(stderr,
			"bacsctl: --timeout '%s' is not in 5-10000 ms\n", text);
		return -EINVAL;
	}
	*ret = (uint32_t)n;
	return 0;
}

/* The first option of a set, for a message */
const char *options_first(unsigned int mask)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (mask & table[i].bit)
			return table[i].name;
	return NULL;
}

static int take(struct options *o, enum option_mask bit, const char *argument)
{
	switch (bit) {
	case OPTION_JSON:
		o->json = true;
		return 0;
	case OPTION_WATCH:
		o->watch = true;
		return 0;
	case OPTION_FOLLOW:
		o->follow = true;
		return 0;
	case OPTION_SORT:
		o->sort = argument;
		return 0;
	case OPTION_BUS:
		o->bus = argument;
		return 0;
	case OPTION_DATABASE:
		o->database = argument;
		return 0;
	case OPTION_SINCE:
		return take_time("since", argument, &o->since_us);
	case OPTION_UNTIL:
		return take_time("until", argument, &o->until_us);
	case OPTION_LIMIT:
		return take_limit(argument, &o->limit);
	case OPTION_SEVERITY:
		return take_severity(argument, &o->severity);
	case OPTION_ALL:
		o->all = true;
		return 0;
	case OPTION_FOR:
		return take_length(argument, &o->for_us);
	case OPTION_REASON:
		o->reason = argument;
		return 0;
	case OPTION_LEVEL:
		return take_level(argument, &o->level);
	case OPTION_TIMEOUT:
		return take_timeout(argument, &o->timeout_ms);
	case OPTION_COUNT:
		return take_count(argument, &o->count);
	case OPTION_PCAPNG:
		o->pcapng = true;
		return 0;
	case OPTION_WIRING:
		o->wiring = argument;
		return 0;
	case OPTION_ROOT:
		o->root = argument;
		return 0;
	}
	return -EINVAL;
}

int options_parse(int argc, char **argv, unsigned int mask, const char *usage,
		  const char *help, struct options *ret, int *ret_exit)
{
	struct option longopts[ARRAY_SIZE(table) + 2] = { 0 };
	size_t n = 0;
	int c;

	*ret = (struct options){
		.database = "/var/lib/bacs/history.db",
		.since_us = INT64_MIN, .until_us = INT64_MAX,
	};
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (mask & table[i].bit)
			longopts[n++] = (struct option){
				.name = table[i].name,
				.has_arg = table[i].argument,
				.val = 0x100 + (int)i };
	longopts[n] = (struct option){ .name = "help", .val = 'h' };

	argv[0] = (char[]){ "bacsctl" };	/* begins the messages of getopt */
	optind = 0;	/* begin anew, and reset what a permutation left */
	*ret_exit = EXIT_USAGE;
	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) >= 0) {
		if (c == 'h') {
			print_help(mask, usage, help);
			*ret_exit = EXIT_DONE;
			return -1;
		}
		if (c < 0x100) {
			fprintf(stderr, "Usage: bacsctl %s\n", usage);
			return -1;
		}
		if (take(ret, table[c - 0x100].bit, optarg) < 0)
			return -1;
		ret->given |= table[c - 0x100].bit;
	}
	return optind;
}
