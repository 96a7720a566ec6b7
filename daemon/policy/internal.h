/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the policy share */
#ifndef BACSD_POLICY_INTERNAL_H
#define BACSD_POLICY_INTERNAL_H

#include "policy.h"

struct policy {
	const struct policy_ops *ops;
	void *userdata;
	struct policy_site site;
	struct policy_bus **buses;	/* by name */
	size_t bus_count;
	struct policy_string **strings;	/* by number */
	size_t string_count;
	struct limit_set limits;	/* of the site */
	char config_error[POLICY_REASON_MAX + 1];
	uint64_t now_ns;
	uint64_t tick_ns;		/* of the last tick */
	bool dirty;			/* buses and site are to be judged */
};

/* The bus, made if there is none; NULL without memory */
struct policy_bus *policy_get_bus(struct policy *policy, const char *name);
struct policy_module *policy_get_module(struct policy *policy,
					struct policy_bus *bus,
					unsigned int address);
void policy_drop_unknown(struct policy *policy);

void policy_emit(struct policy *policy, enum policy_kind kind,
		 const struct policy_bus *bus,
		 const struct policy_module *module, int64_t old_value,
		 int64_t new_value, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* Is the module expected: configured, or remembered on a bus without a list? */
bool policy_expected(const struct policy_module *module);

/* Judge again: state, colour, reason, events */
void policy_judge_module(struct policy *policy, struct policy_module *module);
void policy_judge_bus(struct policy *policy, struct policy_bus *bus);
void policy_judge_site(struct policy *policy);
void policy_judge_all(struct policy *policy);

/*
 * Ask the driver for the label and limits of the configuration where it has
 * others. @clear: take back a label that is not configured any more.
 */
void policy_push(struct policy *policy, struct policy_module *module,
		 bool clear);
/* Limits that hold now in the module's own volts; true if they changed */
bool policy_set_wants(struct policy *policy, struct policy_module *module);
/* Are the configured limits in force? True if none are configured. */
bool policy_limits_match(const struct policy_module *module);

/* The string is in another state: other limits hold */
void policy_limits_of_state(struct policy *policy,
			    const struct policy_string *string);

/* string.c: the strings, beside the modules they are made of */
struct policy_string *policy_get_string(const struct policy *policy,
					const char *name);
void policy_strings_begin(struct policy *policy);
void policy_strings_end(struct policy *policy);
void policy_strings_free(struct policy *policy);
void policy_strings_tick(struct policy *policy);
void policy_string_sample(struct policy *policy, struct policy_module *module);
void policy_emit_string(struct policy *policy, enum policy_kind kind,
			const struct policy_string *string, int64_t old_value,
			int64_t new_value, const char *text);

/* supply.c: status and health of power supplies, where they changed */
void policy_supply_tick(struct policy *policy);

/* Take a sample's values against the limits into module->alarms */
void policy_judge_sample(struct policy_module *module);
/* Colour and reason of a module that answers */
enum bacs_colour policy_judge_values(const struct policy_module *module,
				     char *reason, size_t size);

#endif
