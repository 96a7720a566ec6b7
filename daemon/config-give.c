// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in the words of the policy */
#include "config-give.h"

_Static_assert(CONFIG_UNSET == LIMIT_UNSET, "both say unset the same way");

static void give_limits(const struct config *c, struct policy *p,
			const char *bus, unsigned int address,
			const struct config_string *s)
{
	const struct config_block *b = config_find_block(c, bus, address);
	struct config_resolved r;

	if (!s && !b)
		return;
	config_resolve(c, s, b, &r);
	policy_config_module_limits(p, bus, address, &r.set, r.profile);
}

static int give_module(const struct config *c, struct policy *p,
		       const char *bus, unsigned int address)
{
	const struct config_block *b;
	const struct config_string *s;
	char label[CONFIG_LABEL_MAX + 1] = "";
	unsigned int jar = 0;
	int r;

	s = config_find_jar(c, bus, address, &jar);
	if (s)
		config_label(s, jar, label);
	r = policy_config_module(p, bus, address, label,
				 s ? s->name : "", s ? s->number : 0, jar,
				 s && s->nominal_mv != CONFIG_UNSET ?
				 s->nominal_mv : 0);
	if (r < 0)
		return r;
	b = config_find_block(c, bus, address);
	policy_config_type(p, bus, address, b && *b->type ? b->type :
					    s ? s->type : "");
	give_limits(c, p, bus, address, s);
	return 0;
}

static uint32_t micro(int32_t milli)
{
	return milli == CONFIG_UNSET ? 0 : milli * 1000;
}

static void give_equalize(struct policy *p, const struct config_string *s)
{
	const struct config_equalize *from = &s->equalize;
	struct equalize_config e = {
		.on = from->on,
		.capacity_mah = from->capacity_mah == CONFIG_UNSET ? 0 :
				from->capacity_mah,
		.bypass_ua = micro(from->bypass_ma),
		.float_ua = micro(from->float_ma),
		.slope_uv = from->slope_uv,
		.band_uv = from->band_uv == CONFIG_UNSET ? 0 : from->band_uv,
		.low_uv = from->low_mv * 1000,
		.high_uv = from->high_mv * 1000,
		.delay_s = from->delay_s,
		.derate_from_mc = from->derate_from_mc,
		.derate_to_mc = from->derate_to_mc,
	};

	policy_config_equalize(p, s->name, &e, from->calibrated);
}

static int give_string(const struct config *c, struct policy *p,
		       const struct config_string *s)
{
	struct config_resolved limits;
	int j, r = 0;

	for (j = 0; r == 0 && j < s->modules.count; j++)
		r = give_module(c, p, s->bus, s->modules.list[j]);
	if (r == 0 && s->sensor.address)
		r = give_module(c, p, s->sensor.bus, s->sensor.address);
	if (r < 0)
		return r;
	r = policy_config_string(p, s->name, s->number, s->bus,
				 s->modules.list, s->modules.count,
				 s->sensor.bus, s->sensor.address,
				 s->current_zero_ma);
	if (r < 0)
		return r;
	policy_config_ri(p, s->name, s->resistance_s == CONFIG_NONE ? 0 :
			 s->resistance_s, s->charger);
	policy_config_ri_warmth(p, s->name, s->resistance_warmth);
	config_resolve(c, s, NULL, &limits);
	policy_config_string_limits(p, s->name, &limits.set);
	give_equalize(p, s);
	if (*s->battery)
		policy_config_half(p, s->name, s->battery);
	return 0;
}

static void give_alarms(const struct config *c, struct policy *p)
{
	struct output_matrix matrix = { 0 };
	char why[200];
	int o;

	/* they were understood when they were read */
	for (o = 0; o < OUTPUT_COUNT; o++)
		output_parse(c->outputs[o], &matrix.of[o], why, sizeof(why));
	policy_config_outputs(p, &matrix);
	policy_repeat_alarms(p, c->alarm_repeat_s * 1000000000ULL);
}

int config_give(const struct config *c, struct policy *p, uint64_t now_ns)
{
	struct config_resolved site;
	size_t i;
	int j, r = 0;

	policy_config_begin(p);
	for (i = 0; r == 0 && i < c->bus_count; i++) {
		const struct config_bus *b = &c->buses[i];

		r = policy_config_bus(p, b->name, b->modules.count != 0);
		if (r == 0)
			policy_config_wiring(p, b->name, b->wiring.order.list,
					     b->wiring.order.count,
					     b->wiring.ends);
		for (j = 0; r == 0 && j < b->modules.count; j++)
			r = give_module(c, p, b->name, b->modules.list[j]);
	}
	for (i = 0; r == 0 && i < c->string_count; i++)
		r = give_string(c, p, &c->strings[i]);
	for (i = 0; r == 0 && i < c->block_count; i++)
		r = give_module(c, p, c->blocks[i].module.bus,
				c->blocks[i].module.address);
	config_resolve(c, NULL, NULL, &site);
	policy_config_limits(p, &site.set, site.profile,
			     c->foreign_limits == CONFIG_ADOPT);
	give_alarms(c, p);
	policy_config_end(p, now_ns);
	return r;
}
