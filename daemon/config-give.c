// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in the words of the policy */
#include "config-give.h"

static void cell_limits(const struct config_limits *from,
			struct policy_limits *to)
{
	policy_unset_limits(to);
	to->value[BACS_LIMIT_VOLTAGE_MIN] = from->voltage_low_mv;
	to->value[BACS_LIMIT_VOLTAGE_MAX] = from->voltage_high_mv;
	to->value[BACS_LIMIT_VOLTAGE_LCRIT] = from->voltage_low_alarm_mv;
	to->value[BACS_LIMIT_VOLTAGE_CRIT] = from->voltage_high_alarm_mv;
	to->value[BACS_LIMIT_TEMPERATURE_MIN] = from->temp_low_mc;
	to->value[BACS_LIMIT_TEMPERATURE_MAX] = from->temp_high_mc;
	to->value[BACS_LIMIT_TEMPERATURE_LCRIT] = from->temp_low_alarm_mc;
	to->value[BACS_LIMIT_TEMPERATURE_CRIT] = from->temp_high_alarm_mc;
}

_Static_assert(CONFIG_UNSET == POLICY_UNSET, "both say unset the same way");

static int give_module(const struct config *c, struct policy *p,
		       const char *bus, unsigned int address)
{
	const struct config_string *s;
	char label[CONFIG_LABEL_MAX + 1] = "";
	unsigned int jar = 0;

	s = config_find_jar(c, bus, address, &jar);
	if (s)
		config_label(s, jar, label);
	return policy_config_module(p, bus, address, label,
				    s ? s->name : "", s ? s->number : 0, jar,
				    s && s->nominal_mv != CONFIG_UNSET ?
				    s->nominal_mv : 0);
}

static int give_string(const struct config *c, struct policy *p,
		       const struct config_string *s)
{
	int j, r = 0;

	for (j = 0; r == 0 && j < s->modules.count; j++)
		r = give_module(c, p, s->bus, s->modules.list[j]);
	if (r == 0 && s->sensor.address)
		r = give_module(c, p, s->sensor.bus, s->sensor.address);
	if (r < 0)
		return r;
	return policy_config_string(p, s->name, s->number, s->bus,
				    s->modules.list, s->modules.count,
				    s->sensor.bus, s->sensor.address,
				    s->current_zero_ma);
}

int config_give(const struct config *c, struct policy *p, uint64_t now_ns)
{
	struct policy_limits limits;
	size_t i;
	int j, r = 0;

	policy_config_begin(p);
	for (i = 0; r == 0 && i < c->bus_count; i++) {
		const struct config_bus *b = &c->buses[i];

		r = policy_config_bus(p, b->name, b->modules.count != 0);
		for (j = 0; r == 0 && j < b->modules.count; j++)
			r = give_module(c, p, b->name, b->modules.list[j]);
	}
	for (i = 0; r == 0 && i < c->string_count; i++)
		r = give_string(c, p, &c->strings[i]);
	cell_limits(&c->limits, &limits);
	policy_config_limits(p, &limits);
	policy_config_end(p, now_ns);
	return r;
}
