/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the battery: by a scenario, by commands while it runs */
#ifndef SIM_BATTERY_CONFIG_H
#define SIM_BATTERY_CONFIG_H

#include "fault.h"
#include "parse.h"

#define BATTERY_STRINGS		32	/* [string] sections */
#define BATTERY_FAULTS		32	/* [fault] sections */
#define BATTERY_SPEED_MAX	3600

enum battery_charge {
	BATTERY_FLOAT,
	BATTERY_BOOST,	/* now, and after each discharge */
	BATTERY_VOLTS,	/* another float voltage */
	BATTERY_OFF,	/* no current */
};

/**
 * struct battery_orders - what charger, load and mains are to do
 * @outage: there is no mains, the battery carries the load
 * @load_w: what the load takes then from each charger's strings; negative:
 *	the power of their 10 h rate
 * @charge: what the charger does
 * @cell_v: its voltage per cell at 25 °C, with BATTERY_VOLTS
 * @speed: battery time runs so many times faster, 1 to BATTERY_SPEED_MAX
 */
struct battery_orders {
	bool outage;
	double load_w;
	enum battery_charge charge;
	double cell_v;
	u32 speed;
};

/**
 * struct battery_string_config - jars in series
 * @name: its name
 * @charger: strings of the same are in parallel; empty: one of its own
 * @modules: addresses of its jar modules, in this order
 * @sensor: address of its string sensor, 0: the next that is free
 */
struct battery_string_config {
	char name[PARSE_NAME_MAX + 1];
	char charger[PARSE_NAME_MAX + 1];
	u8 modules[PARSE_ADDRESS_BYTES];
	u8 sensor;
};

/**
 * struct battery_fault_config - something that goes wrong
 * @kind: what
 * @modules: addresses of the jar modules
 * @severity: how bad it becomes; see plant/fault.h
 * @start_s: battery time from now until it begins
 * @ramp_s: battery time until it is so bad
 */
struct battery_fault_config {
	enum plant_fault_kind kind;
	u8 modules[PARSE_ADDRESS_BYTES];
	double severity;
	double start_s;
	double ramp_s;
};

/**
 * struct battery_config - all of it
 * @orders: at the start
 * @string: strings that are not the usual ones
 * @string_count: their number
 * @fault: faults from the start
 * @fault_count: their number
 */
struct battery_config {
	struct battery_orders orders;
	struct battery_string_config string[BATTERY_STRINGS];
	u32 string_count;
	struct battery_fault_config fault[BATTERY_FAULTS];
	u32 fault_count;
};

void battery_config_init(struct battery_config *c);
bool battery_order_known(const char *key);
int battery_order_set(struct battery_orders *o, const char *key,
		      const char *value, struct parse_error *e);
int battery_string_set(struct battery_string_config *s, const char *key,
		       const char *value, struct parse_error *e);
int battery_fault_init(struct battery_fault_config *f, const char *name,
		       struct parse_error *e);
int battery_fault_set(struct battery_fault_config *f, const char *key,
		      const char *value, struct parse_error *e);
int battery_config_add_string(struct battery_config *c,
			      const struct battery_string_config *s,
			      struct parse_error *e);
int battery_config_add_fault(struct battery_config *c,
			     const struct battery_fault_config *f,
			     struct parse_error *e);

#endif
