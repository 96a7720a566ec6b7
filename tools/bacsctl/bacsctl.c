// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl - look at and operate the buses of a battery */
#include <errno.h>
#include <locale.h>
#include <string.h>

#include "bacsctl.h"

static const struct command commands[] = {
	{ "status", cmd_status, "values and state of every module" },
	{ "modules", cmd_modules, "what the modules are" },
	{ "strings", cmd_strings, "state of every string, and why" },
	{ "alarms", cmd_alarms, "alarms, and what to do with them" },
	{ "equalize", cmd_equalize, "equalizing: what, why, on and off" },
	{ "ri", cmd_ri, "internal resistance: schedule, measurements, baselines" },
	{ "jars", cmd_jars, "records of jars, calibrations of modules" },
	{ "bus", cmd_bus, "buses, their counters and settings" },
	{ "events", cmd_events, "what happened, from the history or live" },
	{ "history", cmd_history, "values of a module over time" },
	{ "limits", cmd_limits, "what every module is judged by now" },
	{ "profile", cmd_profile, "register maps of foreign modules" },
	{ "config", cmd_config, "check, show and compare bacsd.conf" },
};

static void help(FILE *out)
{
	fputs("Usage: bacsctl COMMAND [OPTION...]\n"
	      "       bacsctl COMMAND --help\n\n"
	      "Looks at and operates the buses of a battery.\n\n"
	      "Commands:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].description);
	fputs("\nOptions:\n"
	      "  --help     this text\n"
	      "  --version  version of the program\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 no such device.\n"
	      "See bacsctl(1).\n", out);
}

/* What was printed and did not arrive was not done. */
static int finish(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "bacsctl: standard output: cannot write%s%s\n",
		errno ? ": " : " all of it", errno ? strerror(errno) : "");
	return code == EXIT_DONE ? EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help(stdout);
		return finish(EXIT_DONE);
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("bacsctl %s\n", BACS_VERSION);
		return finish(EXIT_DONE);
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return finish(commands[i].run(argc - 1, argv + 1));
	fprintf(stderr,
		"bacsctl: no command '%s'; see bacsctl --help for their list\n",
		argv[1]);
	return EXIT_USAGE;
}
