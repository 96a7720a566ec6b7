// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in the words of the policy */
#include "config-give.h"

static void site_limits(const struct config_limits *from, struct limit_set *to)
{
	int s;

	limit_set_defaults(to);
	for (s = 0; s < LIMIT_STATES; s++) {
		int32_t *v = &to->value[limit_voltage(s, 0)];

		v[LIMIT_LOW_ALARM] = from->voltage_low_alarm_mv;
		v[LIMIT_LOW] = from->voltage_low_mv;
		v[LIMIT_HIGH] = from->voltage_high_mv;
		v[LIMIT_HIGH_ALARM] = from->voltage_high_alarm_mv;
	}
	to->value[LIMIT_TEMP_LOW] = from->temp_low_mc;
	to->value[LIMIT_TEMP_HIGH] = from->temp_high_mc;
	to->value[LIMIT_TEMP_LOW_ALARM] = from->temp_low_alarm_mc;
	to->value[LIMIT_TEMP_HIGH_ALARM] = from->temp_high_alarm_mc;
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
	struct limit_set limits;
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
	site_limits(&c->limits, &limits);
	policy_config_limits(p, &limits);
	policy_config_end(p, now_ns);
	return r;
}
