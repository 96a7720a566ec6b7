/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command line and scenario: what to simulate */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "transport.h"

/**
 * struct options - everything that was asked for
 * @bus: wire
 * @device: devices by address, valid if in @present
 * @present: set of addresses
 * @rule: rules of the scenario
 * @rule_count: their number
 * @battery: strings, charger, load and faults of jars
 * @transport: line
 * @replay_path: capture to play again instead of devices, NULL: none
 * @baud_given: the speed was said; else it is the capture's
 * @stats_path: file for statistics, "-" for stdout, NULL: none
 * @control_path: socket for commands, NULL: none
 * @verbose: log every frame
 * @realtime: run with real-time priority
 */
struct options {
	struct bus_config bus;
	struct module_config device[RTU_ADDRESS_MAX + 1];
	bool fixed[RTU_ADDRESS_MAX + 1][MODULE_KEYS];
	s32 fixed_value[RTU_ADDRESS_MAX + 1][MODULE_KEYS];
	u8 present[PARSE_ADDRESS_BYTES];
	struct rule rule[RULE_MAX];
	u32 rule_count;
	struct battery_config battery;
	struct transport transport;
	const char *replay_path;
	bool baud_given;
	const char *stats_path;
	const char *control_path;
	bool verbose;
	bool realtime;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,	/* help or version was printed */
};

int options_parse(struct options *o, int argc, char **argv,
		  struct parse_error *e);
int options_add(struct options *o, const u8 *set,
		const struct module_config *cfg, struct parse_error *e);
void options_device(struct module_config *cfg, u32 class);

/* scenario.c */
int scenario_load(struct options *o, const char *path, struct parse_error *e);

#endif
