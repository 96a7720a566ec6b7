// SPDX-License-Identifier: GPL-2.0-or-later
/* Which jar belongs to which string, which string to which charger */
#include <stdio.h>

#include "battery.h"

static bool is(const struct module *m, u32 class)
{
	return m && m->cfg.class == class;
}

static bool alike(const struct module_config *a, const struct module_config *b)
{
	return a->nominal_mv == b->nominal_mv &&
	       a->capacity_ah == b->capacity_ah &&
	       a->technology == b->technology &&
	       a->ambient_mc == b->ambient_mc;
}

static u32 first_address(const u8 *set)
{
	u32 a = 1;

	while (!address_in(set, a))
		a++;
	return a;
}

/* The jars of a string that was asked for: there, free, alike */
static int check_jars(const struct battery_string_config *s,
		      struct module *const *modules, const u8 *taken,
		      struct parse_error *e)
{
	u32 first = first_address(s->modules);

	for (u32 a = first; a <= RTU_ADDRESS_MAX; a++) {
		const struct module_config *c, *f;

		if (!address_in(s->modules, a))
			continue;
		if (!is(modules[a], BACS_CLASS_JAR))
			return parse_fail(e, "[string %s]: address %u: no jar module there",
					  s->name, a);
		if (address_in(taken, a))
			return parse_fail(e, "[string %s]: address %u: is in another string already",
					  s->name, a);
		c = &modules[a]->cfg;
		f = &modules[first]->cfg;
		if (!alike(c, f))
			return parse_fail(e, "[string %s]: address %u: has %u mV, %u Ah, %s, ambient_mc %d, but address %u has %u mV, %u Ah, %s, %d; a string is of one kind",
					  s->name, a, c->nominal_mv,
					  c->capacity_ah,
					  module_technology_name(c->technology),
					  c->ambient_mc, first, f->nominal_mv,
					  f->capacity_ah,
					  module_technology_name(f->technology),
					  f->ambient_mc);
	}
	return 0;
}

static int check_sensor(const struct battery_string_config *plan, u32 i,
			struct module *const *modules, struct parse_error *e)
{
	u32 a = plan[i].sensor;

	if (!a)
		return 0;
	if (!is(modules[a], BACS_CLASS_STRING))
		return parse_fail(e, "[string %s]: sensor = %u: no string sensor there",
				  plan[i].name, a);
	for (u32 k = 0; k < i; k++)
		if (plan[k].sensor == a)
			return parse_fail(e, "[string %s]: sensor = %u: is that of string %s already",
					  plan[i].name, a, plan[k].name);
	return 0;
}

static u32 cells(const struct battery_string_config *s,
		 struct module *const *modules)
{
	u32 sum = 0;

	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(s->modules, a))
			sum += modules[a]->cfg.nominal_mv / 2000;
	return sum;
}

/* What stands in parallel has one voltage, and one air */
static int check_parallel(const struct battery_string_config *a,
			  const struct battery_string_config *b,
			  struct module *const *modules, struct parse_error *e)
{
	s32 a_mc = modules[first_address(a->modules)]->cfg.ambient_mc;
	s32 b_mc = modules[first_address(b->modules)]->cfg.ambient_mc;
	u32 a_cells = cells(a, modules), b_cells = cells(b, modules);

	if (strcmp(a->charger, b->charger))
		return 0;
	if (a_cells != b_cells)
		return parse_fail(e, "[string %s]: has %u cells, string %s at the same charger %s has %u; in parallel both must have as many",
				  b->name, b_cells, a->name, a->charger, a_cells);
	if (a_mc != b_mc)
		return parse_fail(e, "[string %s]: has ambient_mc %d, string %s at the same charger %s has %d",
				  b->name, b_mc, a->name, a->charger, a_mc);
	return 0;
}

static bool name_taken(const struct battery_string_config *plan, u32 count,
		       const char *name)
{
	for (u32 i = 0; i < count; i++)
		if (!strcmp(plan[i].name, name) ||
		    !strcmp(plan[i].charger, name))
			return true;
	return false;
}

/* Jars of one kind that no section names */
static void plan_rest(const struct battery_string_config *plan, u32 count,
		      struct module *const *modules, u32 first, u8 *taken,
		      struct battery_string_config *ret)
{
	u32 n = 1;

	*ret = (struct battery_string_config) { .name = "default" };
	while (name_taken(plan, count, ret->name))
		snprintf(ret->name, sizeof(ret->name), "default-%u", ++n);
	strcpy(ret->charger, ret->name);
	for (u32 a = first; a <= RTU_ADDRESS_MAX; a++) {
		if (!is(modules[a], BACS_CLASS_JAR) || address_in(taken, a) ||
		    !alike(&modules[a]->cfg, &modules[first]->cfg))
			continue;
		address_add(ret->modules, a);
		address_add(taken, a);
	}
}

/**
 * battery_plan() - sort the jars into strings
 * @cfg: strings that were asked for
 * @modules: devices by address, NULL where there is none
 * @plan: result, room for BATTERY_STRINGS + RTU_ADDRESS_MAX
 * @e: error
 *
 * Jars that no string was asked for are one string for each kind: nominal
 * voltage, capacity, technology and temperature of the room.
 *
 * Return: number of strings, or -EINVAL.
 */
int battery_plan(const struct battery_config *cfg, struct module *const *modules,
		 struct battery_string_config *plan, struct parse_error *e)
{
	u8 taken[PARSE_ADDRESS_BYTES] = { 0 };
	u32 count = 0;

	for (; count < cfg->string_count; count++) {
		struct battery_string_config *s = &plan[count];

		*s = cfg->string[count];
		if (!s->charger[0])
			strcpy(s->charger, s->name);
		if (check_jars(s, modules, taken, e) < 0 ||
		    check_sensor(plan, count, modules, e) < 0)
			return -EINVAL;
		for (u32 i = 0; i < count; i++)
			if (check_parallel(&plan[i], s, modules, e) < 0)
				return -EINVAL;
		for (u32 i = 0; i < PARSE_ADDRESS_BYTES; i++)
			taken[i] |= s->modules[i];
	}
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		if (!is(modules[a], BACS_CLASS_JAR) || address_in(taken, a))
			continue;
		plan_rest(plan, count, modules, a, taken, &plan[count]);
		count++;
	}
	return (int)count;
}
