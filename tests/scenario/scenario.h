/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario as text, see Documentation/scenario.rst */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "charger.h"
#include "pcg.h"
#include "site.h"

#define SCENARIO_ARGS	3
#define SCENARIO_NAME	64

enum scenario_chemistry {
	CHEMISTRY_AGM,
	CHEMISTRY_GEL,
	CHEMISTRY_FLOODED,
};

/**
 * struct scenario_site - the plant and its modules
 * @strings: strings in parallel, 1 to 16; each has a bus of its own
 * @blocks: blocks in each, 0 to 240
 * @nominal_v: of a block
 * @capacity_ah: of a block
 * @chemistry: of all blocks
 * @charge: relative state of charge at the start
 * @load_rate: what the load draws without mains, A/Ah
 * @charger: the charger
 * @air: the room
 * @failures_per_year: mains failures, at random
 * @failure_min_s: shortest
 * @failure_max_s: longest
 * @test_every_s: self-tests, 0 = none
 * @test_s: length of one
 * @sensor: each string has a sensor of its current
 * @lost: share of the replies that get lost
 * @doubled: share that comes twice
 * @swapped: share that comes after the next one
 */
struct scenario_site {
	unsigned int strings;
	unsigned int blocks;
	unsigned int nominal_v;
	double capacity_ah;
	enum scenario_chemistry chemistry;
	double charge;
	double load_rate;
	struct plant_charger charger;
	struct plant_air air;
	double failures_per_year;
	double failure_min_s;
	double failure_max_s;
	double test_every_s;
	double test_s;
	bool sensor;
	double lost;
	double doubled;
	double swapped;
};

/* What one argument of an action is */
union scenario_arg {
	struct {
		unsigned int string;	/* from 0 */
		unsigned int block;	/* from 0 */
	};
	unsigned int choice;
	double number;
	char *text;
};

struct verb;

enum action_state {
	ACTION_DUE,
	ACTION_ON,
	ACTION_OVER,
};

/**
 * struct scenario_action - something that happens
 * @at_s: when
 * @for_s: how long, 0 = for good
 * @over_s: until it is complete
 * @every_s: it comes again so much later, 0 = never; moves @at_s
 * @verb: what
 * @args: with what
 * @text: the line
 * @line: its number
 */
struct scenario_action {
	double at_s;
	double for_s;
	double over_s;
	double every_s;
	const struct verb *verb;
	union scenario_arg args[SCENARIO_ARGS];
	char *text;
	unsigned int line;
	enum action_state state;	/* of the run */
	double share;
};

enum expect_kind {
	EXPECT_ALARM,	/* it comes */
	EXPECT_CLEAR,	/* it goes */
	EXPECT_CHANGE,	/* it changes otherwise */
	EXPECT_QUIET,	/* nobody is called for it */
	EXPECT_EVENT,
	EXPECT_STATE,
	EXPECT_ALLOW,	/* it may come */
	EXPECT_NEVER,	/* no such event */
	EXPECT_COMMANDS,	/* so many commands of a kind, at most */
};

/**
 * struct scenario_expect - what has to follow
 * @kind: what
 * @what: name of a kind, or several with | between; a state; "*" for any
 * @on: name of the object, "*" for any
 * @level: name of the level, "" for any
 * @change: for EXPECT_CHANGE, name of the change, or several; "" for any
 * @from_s: not before
 * @within_s: not later than this after @from_s
 * @most: for EXPECT_COMMANDS
 * @text: the line
 * @line: its number
 */
struct scenario_expect {
	enum expect_kind kind;
	char what[SCENARIO_NAME];
	char on[SCENARIO_NAME];
	char level[SCENARIO_NAME];
	char change[SCENARIO_NAME];
	double from_s;
	double within_s;
	unsigned int most;
	char *text;
	unsigned int line;
};

/**
 * struct scenario - one scenario, drawn for one seed
 * @title: what it is about
 * @duration_s: length
 * @scan_s: time of a scan
 * @first_seed: seeds the file asks for
 * @last_seed: the last of them
 * @seed: the one it was drawn for
 * @config: text added to bacsd.conf
 * @draws: what was drawn, for the report
 */
struct scenario {
	char title[160];
	struct scenario_site site;
	double duration_s;
	double scan_s;
	unsigned int first_seed;
	unsigned int last_seed;
	uint64_t seed;
	char *config;
	size_t config_size;
	char draws[512];
	struct scenario_action *actions;
	size_t action_count;
	struct scenario_expect *expects;
	size_t expect_count;
};

/**
 * scenario_load - read a scenario for one seed
 * @file: path
 * @seed: of what the file leaves to chance
 * @ret: the scenario
 *
 * What is wrong goes to stderr as FILE:LINE: TEXT, all of it.
 *
 * Return: 0, or -EINVAL or another negative errno.
 */
int scenario_load(const char *file, uint64_t seed, struct scenario **ret);
struct scenario *scenario_free(struct scenario *scenario);

/* agm, gel, flooded; NULL when there is no such chemistry */
const char *scenario_chemistry_name(unsigned int chemistry);

/* Name of a block: 4S2 */
void scenario_block_name(unsigned int string, unsigned int block,
			 char name[SCENARIO_NAME]);

#endif
