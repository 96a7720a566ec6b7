/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal resistance (RI) and jars, as the policy has them
 *
 * A jar is what stands at a place of a string; a module is what measures it
 * and has the address. Part of policy.h.
 */
#ifndef BACSD_POLICY_RI_POLICY_H
#define BACSD_POLICY_RI_POLICY_H

#include "policy/ri/judge.h"
#include "policy/ri/ri.h"
#include "policy/ri/warmth.h"

#define POLICY_JAR_TYPE_MAX	31
#define POLICY_CHARGER_MAX	31

struct policy;
struct policy_module;
struct policy_string;

/**
 * struct ri_unit - RI of one module and its jar; read only
 * @m: schedule and last value
 * @jar: judgement
 * @jar_id: the record of the jar, 0: none
 * @type: type by that record; only jars of one type are compared
 * @config_type: by the configuration, where the record has none
 * @capacity_mah: capacity by that record, 0: not known
 * @accepted: serial number of the module that belongs here, 0: any
 * @calibrated: a calibration of its voltage is in force
 * @proposed: six months have passed, a final baseline waits for a signature
 */
struct ri_unit {
	struct ri_module m;
	struct ri_jar jar;
	uint32_t jar_id;
	char type[POLICY_JAR_TYPE_MAX + 1];
	char config_type[POLICY_JAR_TYPE_MAX + 1];
	uint32_t capacity_mah;
	uint64_t accepted;
	bool calibrated;
	bool proposed;

	/* the policy's own */
	bool changed;		/* another module is here */
	uint64_t changed_ns;	/* since when */
};

/**
 * struct ri_line - RI of one string; read only
 * @s: schedule
 * @charger: name of its charger, "" = the one of the site
 * @deep_ns: end of its last discharge of more than 5 % of C, RI_NEVER
 * @warmth: how its resistance follows temperature
 * @use_warmth: values are compared with that taken off
 */
struct ri_line {
	struct ri_string s;
	char charger[POLICY_CHARGER_MAX + 1];
	int64_t deep_ns;
	struct ri_warmth warmth;
	bool use_warmth;

	/* the policy's own */
	bool ready;
	struct ri_module **modules;	/* of its blocks, in order */
	uint16_t room;			/* for so many */
	size_t lock;			/* of its charger */
	uint32_t discharges;		/* that were seen to end */
	int64_t drawn_mas;		/* of the discharge that runs, mA s */
	bool blind;			/* its current was not always known */
	uint64_t drawn_ns;
	int64_t told_next_ns;
	bool told_running;
	uint64_t hour_ns;
};

/* The chargers of a site, by name */
struct ri_site {
	struct ri_lock {
		char name[POLICY_CHARGER_MAX + 1];
		struct ri_charger c;
	} *locks;
	size_t count;
};

/**
 * struct policy_ri_kept - what a string keeps over a restart, see ri.h
 */
struct policy_ri_kept {
	int64_t begin_ns;
	uint8_t runs;
	int64_t run_ns;
	int64_t deep_ns;
};

/**
 * struct policy_jar - a jar's record; strings are copied
 * @id: number of the record, not 0
 * @type: its type, "" = not known
 * @capacity_mah: 0: not known
 * @begin_ns: since when it is in operation
 * @baseline: kind RI_BASELINE_NONE: there is none
 * @module_serial: module that belongs to it, 0: the one that is found
 */
struct policy_jar {
	uint32_t id;
	const char *type;
	uint32_t capacity_mah;
	int64_t begin_ns;
	struct ri_baseline baseline;
	uint64_t module_serial;
};

/**
 * policy_config_ri - how a string is measured; between begin and end
 * @policy: policy
 * @string: its name
 * @interval_s: from run to run, 0: never
 * @charger: name of its charger: strings with the same one wait for each other
 */
void policy_config_ri(struct policy *policy, const char *string,
		      uint32_t interval_s, const char *charger);

/* What was learnt of resistance and temperature is used, not only shown (B7) */
void policy_config_ri_warmth(struct policy *policy, const char *string,
			     bool use);

/* What was learnt of it, of how many weeks, or what is missing, in words */
void policy_ri_explain_warmth(const struct policy_string *string, char *text,
			      size_t size);

/* Type of a block where its record has none */
void policy_config_type(struct policy *policy, const char *bus,
			unsigned int address, const char *type);

/* What an earlier run kept; after policy_config_end() */
void policy_ri_restore(struct policy *policy, const char *string,
		       const struct policy_ri_kept *kept);
void policy_ri_get_kept(const struct policy_string *string,
			struct policy_ri_kept *ret);

/**
 * policy_jar_set - the record of the jar at a place
 * @policy: policy
 * @bus: bus of its module
 * @address: address of that
 * @jar: record; with another id than before the jar begins anew
 */
void policy_jar_set(struct policy *policy, const char *bus,
		    unsigned int address, const struct policy_jar *jar);
/* A value of an earlier run with the module's number of it, oldest first */
void policy_jar_restore(struct policy *policy, const char *bus,
			unsigned int address, const struct ri_value *value,
			uint32_t sequence);

/* A calibration of the voltage is in force, or not */
void policy_set_calibrated(struct policy *policy, const char *bus,
			   unsigned int address, bool calibrated);
/* Accuracy alone is no calibration: see B3 */
bool policy_calibrated(const struct policy_module *module);

/* The module that answers here is the right one */
void policy_module_accept(struct policy *policy, const char *bus,
			  unsigned int address, uint64_t now_ns);

/* The bus refuses every write, or not */
void policy_bus_read_only(struct policy *policy, const char *bus,
			  bool read_only);

/**
 * policy_ri_request - the operator wants a module measured, soon
 * @policy: policy
 * @bus: its bus
 * @address: its address
 * @why: buffer for the reason of a refusal
 * @size: its size
 *
 * Return: 0; -ENODEV: no such module; -ENOENT: it belongs to no string or does
 * not number its measurements, so that there is nothing to schedule; -EROFS; -EAGAIN: not in this state of its string.
 */
int policy_ri_request(struct policy *policy, const char *bus,
		      unsigned int address, char *why, size_t size);

/* A measurement that was asked for was refused by driver or module */
void policy_ri_refused(struct policy *policy, const char *bus,
		       unsigned int address, uint64_t now_ns);

/* The baseline that could be signed now; false: too few values */
bool policy_ri_proposal(const struct policy_module *module,
			struct ri_baseline *ret);

/* Newest good value in permille of the median of its like, 0: not known (M16) */
uint32_t policy_ri_ratio(const struct policy_module *module);

/* What the schedule of a string does and when it goes on, in words */
void policy_ri_explain(const struct policy *policy,
		       const struct policy_string *string, char *text,
		       size_t size);

#endif
