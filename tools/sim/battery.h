/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The battery behind the modules of a wire: strings of the plant model with
 * their chargers, and what the modules measure of them. No clock, no I/O.
 */
#ifndef SIM_BATTERY_H
#define SIM_BATTERY_H

#include "battery-config.h"
#include "json.h"
#include "module.h"
#include "site.h"

#define BATTERY_STEP_MS		1000	/* of battery time, at least */
#define BATTERY_FAULTS_MAX	512	/* at a time, one for each jar */

/**
 * struct battery_string - jars in series
 * @name: its name
 * @count: jars in it
 * @address: their addresses, in electrical order
 * @type: their product
 * @blocks: the jars
 * @plant: the string in the model
 * @born: what @plant was when it was new
 */
struct battery_string {
	char name[PARSE_NAME_MAX + 1];
	u32 count;
	u8 address[RTU_ADDRESS_MAX];
	struct plant_type type;
	struct plant_block *blocks;
	struct plant_string *plant;
	struct plant_string born;
};

/**
 * struct battery_site - strings in parallel at one charger
 * @name: name of the charger
 * @site: the model
 * @plant: strings of the model, @count of them
 * @string: what they are made of, @count of them
 * @count: how many
 * @rated_w: power of the 10 h rate
 */
struct battery_site {
	char name[PARSE_NAME_MAX + 1];
	struct plant_site site;
	struct plant_string *plant;
	struct battery_string *string;
	u32 count;
	double rated_w;
};

/**
 * struct battery_jar - a jar and its module
 * @module: the module, NULL: there is none at this address
 * @block: the jar
 * @sensor: what the module reads it with
 * @born_block: what @block was when it was new
 * @born_sensor: what @sensor was
 * @site: where it stands
 * @string: its string
 * @index: its place in @string
 */
struct battery_jar {
	struct module *module;
	struct plant_block *block;
	struct plant_sensor sensor;
	struct plant_block born_block;
	struct plant_sensor born_sensor;
	struct battery_site *site;
	struct battery_string *string;
	u32 index;
};

/**
 * struct battery_gauge - a string sensor
 * @module: the sensor, NULL: there is none at this address
 * @site: where it is
 * @string: what it measures, NULL: nothing
 * @sensor: its errors
 */
struct battery_gauge {
	struct module *module;
	struct battery_site *site;
	struct battery_string *string;
	struct plant_string_sensor sensor;
};

/**
 * struct battery_fault - a fault of a jar
 * @plant: the fault in the model
 * @site: where it is
 * @address: the jar's
 */
struct battery_fault {
	struct plant_fault plant;
	struct battery_site *site;
	u8 address;
};

/**
 * struct battery - all strings of a wire
 * @orders: what charger, load and mains do
 * @due_ms: battery time that has not been stepped yet
 * @site: chargers, @site_count of them
 * @string: strings by charger, @string_count of them
 * @plant: strings of the model, in the same order
 * @jar: jars by the address they started with
 * @gauge: string sensors likewise
 * @fault: faults, @fault_count of them
 */
struct battery {
	struct battery_orders orders;
	u64 due_ms;
	struct battery_site *site;
	u32 site_count;
	struct battery_string *string;
	struct plant_string *plant;
	u32 string_count;
	struct battery_jar jar[RTU_ADDRESS_MAX + 1];
	struct battery_gauge gauge[RTU_ADDRESS_MAX + 1];
	struct battery_fault fault[BATTERY_FAULTS_MAX];
	u32 fault_count;
};

int battery_new(struct battery **ret, const struct battery_config *cfg,
		struct module *const *modules, u64 seed, struct parse_error *e);
struct battery *battery_free(struct battery *b);
void battery_step(struct battery *b, u64 dt_ms);
int battery_order(struct battery *b, const char *key, const char *value,
		  struct parse_error *e);
unsigned long battery_failures(const struct battery *b);

/* battery-plan.c */
int battery_plan(const struct battery_config *cfg, struct module *const *modules,
		 struct battery_string_config *plan, struct parse_error *e);

/* battery-fault.c */
int battery_add_fault(struct battery *b, const struct battery_fault_config *f,
		      struct parse_error *e);
void battery_clear_faults(struct battery *b);

/* battery-print.c */
void battery_print(const struct battery *b, struct json *j);

#endif
