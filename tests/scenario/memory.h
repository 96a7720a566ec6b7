/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bacsd keeps on disk, and gives back to a policy that is new */
#ifndef SCENARIO_MEMORY_H
#define SCENARIO_MEMORY_H

#include "policy/learnt/learnt.h"
#include "policy/policy.h"

#define MEMORY_STRINGS	16

/* A jar, and the values of its resistance, newest last */
struct memory_jar {
	bool known;
	struct policy_jar jar;
	struct ri_value values[RI_VALUES];
	unsigned int count;
	uint32_t sequence;
};

/* What the rules learnt of a block, of a string (place 0) or of the site */
struct memory_learnt {
	bool known;
	uint64_t saved_ns;
	struct policy_learnt record;
};

/**
 * struct memory - all of it
 * @jars: by string and place from 1
 * @modules: modules that were found, by bus and address
 * @strings: schedules of their resistance
 * @has_string: there is one
 * @alarms: those that are not normal
 * @outs: what is out of service
 * @learnt: by string and place from 1, 0 = the string
 * @site: of the site
 * @saved_ns: when all of it was saved last
 * @alive_ns: when samples were written last
 */
struct memory {
	struct memory_jar jars[MEMORY_STRINGS][POLICY_ADDRESS_MAX + 1];
	bool modules[MEMORY_STRINGS][POLICY_ADDRESS_MAX + 1];
	struct policy_ri_kept strings[MEMORY_STRINGS];
	bool has_string[MEMORY_STRINGS];
	struct alarm *alarms;
	size_t alarm_count;
	struct alarm_out *outs;
	size_t out_count;
	struct memory_learnt learnt[MEMORY_STRINGS][POLICY_ADDRESS_MAX + 1];
	struct memory_learnt site;
	uint64_t saved_ns;
	uint64_t alive_ns;
};

void memory_free(struct memory *memory);
void memory_alarm(struct memory *memory, const struct alarm *alarm);
void memory_out(struct memory *memory, const struct alarm_out *out, bool in);
void memory_value(struct memory *memory, const struct policy_module *module,
		  unsigned int string, const struct ri_value *value);
void memory_baseline(struct memory *memory, unsigned int string,
		     unsigned int place, const struct ri_baseline *baseline);
/* Alarms come back before the configuration, the rest after it */
int memory_restore_alarms(struct memory *memory, struct policy *policy,
			  uint64_t now_ns);
/* As bacsd saves it: of @string (number from 0) alone, or of all, -1 */
void memory_learn(struct memory *memory, const struct policy *policy,
		  int string, uint64_t now_ns);
/* And gives it back: what is refused is printed, there is no reason to */
void memory_give(const struct memory *memory, struct policy *policy,
		 uint64_t now_ns);
void memory_restore(const struct memory *memory, struct policy *policy,
		    const char *bus, unsigned int string, unsigned int count,
		    const char *string_name, uint32_t capacity_mah);

#endif
