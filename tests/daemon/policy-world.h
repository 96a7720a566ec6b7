/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of the whole policy share: operations that do nothing, modules
 * that are told and labelled as usual. Bus bacsA, blocks of 12 V.
 */
#ifndef BACS_TESTS_POLICY_WORLD_H
#define BACS_TESTS_POLICY_WORLD_H

#include "unit.h"

#include "policy/policy.h"

#define SECOND	1000000000ULL
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

static inline void quiet_event(void *userdata, const struct policy_event *e)
{
	(void)userdata, (void)e;
}

static inline void quiet_site(void *userdata)
{
	(void)userdata;
}

static inline void quiet_bus(void *userdata, const struct policy_bus *bus)
{
	(void)userdata, (void)bus;
}

static inline void quiet_module(void *userdata, const struct policy_module *m)
{
	(void)userdata, (void)m;
}

static inline void quiet_string(void *userdata, const struct policy_string *s)
{
	(void)userdata, (void)s;
}

static inline void quiet_set(void *userdata, const struct policy_module *m,
			     const char *label,
			     const struct policy_limits *limits)
{
	(void)userdata, (void)m, (void)label, (void)limits;
}

static inline void quiet_supply(void *userdata, const struct policy_module *m,
				const struct policy_supply *supply)
{
	(void)userdata, (void)m, (void)supply;
}

/* A test puts its own in where it wants to be told */
static inline struct policy_ops quiet_ops(void)
{
	return (struct policy_ops) {
		.event = quiet_event,
		.site_changed = quiet_site,
		.bus_changed = quiet_bus,
		.bus_gone = quiet_bus,
		.module_changed = quiet_module,
		.module_gone = quiet_module,
		.string_changed = quiet_string,
		.string_gone = quiet_string,
		.set_module = quiet_set,
		.set_supply = quiet_supply,
	};
}

/*
 * Blocks 1 to @count of a string, at the addresses behind @base, named 1S2 and
 * so on; @string "": modules of no string
 */
static inline void add_modules(struct policy *policy, const char *string,
			       unsigned int number, unsigned int base,
			       unsigned int count)
{
	unsigned int i;
	char label[16];

	for (i = 1; i <= count; i++) {
		snprintf(label, sizeof(label), "%uS%u", i, number);
		policy_config_module(policy, "bacsA", base + i, label, string,
				     *string ? number : 0, *string ? i : 0,
				     12000);
	}
}

/* What the driver says of a block */
static inline struct policy_facts block_facts(enum bacs_modstate state,
					      uint64_t serial)
{
	struct policy_facts f = {
		.state = state, .serial = serial,
		.modclass = BACS_MODCLASS_JAR, .nominal_mv = 12000,
	};

	policy_unset_limits(&f.limits);
	return f;
}

#endif
