// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "battery-config.h"
#include "rtu.h"

/* Beyond these a lead-acid cell is not charged but destroyed */
#define CELL_MIN_V	1.8
#define CELL_MAX_V	2.7

#define LOAD_MAX_W	1e7
#define TIME_MAX_S	(10 * 365.25 * 86400)

/**
 * battery_config_init() - mains, float, real time, one string for each kind
 * @c: result
 */
void battery_config_init(struct battery_config *c)
{
	*c = (struct battery_config) {
		.orders = { .load_w = -1, .speed = 1 },
	};
}

static int set_charger(struct battery_orders *o, const char *value,
		       struct parse_error *e)
{
	if (!strcmp(value, "float")) {
		o->charge = BATTERY_FLOAT;
	} else if (!strcmp(value, "boost")) {
		o->charge = BATTERY_BOOST;
	} else if (!strcmp(value, "off")) {
		o->charge = BATTERY_OFF;
	} else if (!parse_decimal("charger", value, CELL_MIN_V, CELL_MAX_V,
				  &o->cell_v, e)) {
		o->charge = BATTERY_VOLTS;
	} else {
		return parse_fail(e, "charger \"%.64s\": not float, boost, off or %g to %g volts per cell",
				  value, CELL_MIN_V, CELL_MAX_V);
	}
	return 0;
}

static int set_mains(struct battery_orders *o, const char *value,
		     struct parse_error *e)
{
	if (strcmp(value, "on") && strcmp(value, "off"))
		return parse_fail(e, "mains \"%.64s\": not on or off", value);
	o->outage = !strcmp(value, "off");
	return 0;
}

/**
 * battery_order_known() - is this the name of an order?
 * @key: name
 *
 * Return: true for mains, load, charger and speed.
 */
bool battery_order_known(const char *key)
{
	return !strcmp(key, "mains") || !strcmp(key, "load") ||
	       !strcmp(key, "charger") || !strcmp(key, "speed");
}

/**
 * battery_order_set() - read one order
 * @o: orders, unchanged after an error
 * @key: mains, load, charger or speed
 * @value: on or off; watts; volts per cell, float, boost or off; a factor
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_order_set(struct battery_orders *o, const char *key,
		      const char *value, struct parse_error *e)
{
	if (!strcmp(key, "mains"))
		return set_mains(o, value, e);
	if (!strcmp(key, "load"))
		return parse_decimal("load in watts", value, 0, LOAD_MAX_W,
				     &o->load_w, e);
	if (!strcmp(key, "charger"))
		return set_charger(o, value, e);
	if (!strcmp(key, "speed"))
		return parse_u32(key, value, 1, BATTERY_SPEED_MAX, &o->speed, e);
	return parse_fail(e, "\"%.32s\" in [battery]: not one of mains load charger speed",
			  key);
}

/**
 * battery_string_set() - read one key of a [string] section
 * @s: string
 * @key: modules, sensor or charger
 * @value: its value
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_string_set(struct battery_string_config *s, const char *key,
		       const char *value, struct parse_error *e)
{
	u32 address;
	int r;

	if (!strcmp(key, "modules"))
		return parse_addresses(key, value, s->modules, e);
	if (!strcmp(key, "charger"))
		return parse_name(key, value, s->charger, e);
	if (strcmp(key, "sensor"))
		return parse_fail(e, "\"%.32s\" in [string]: not one of modules sensor charger",
				  key);
	r = parse_u32(key, value, 1, RTU_ADDRESS_MAX, &address, e);
	if (!r)
		s->sensor = (u8)address;
	return r;
}

/**
 * battery_fault_init() - a fault of a name
 * @f: result, without modules and severity
 * @name: as plant_fault_name() has it
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_fault_init(struct battery_fault_config *f, const char *name,
		       struct parse_error *e)
{
	char names[240] = "";
	size_t at = 0;

	*f = (struct battery_fault_config) { 0 };
	for (int k = 0; k < PLANT_FAULT_KINDS; k++) {
		f->kind = (enum plant_fault_kind)k;
		if (!strcmp(name, plant_fault_name(f->kind)))
			return 0;
		if (at < sizeof(names))
			at += (size_t)snprintf(names + at, sizeof(names) - at,
					       " %s", plant_fault_name(f->kind));
	}
	return parse_fail(e, "fault \"%.32s\": not one of%s", name, names);
}

/**
 * battery_fault_set() - read one key of a [fault] section
 * @f: fault
 * @key: modules, severity, start_s or ramp_s
 * @value: its value
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_fault_set(struct battery_fault_config *f, const char *key,
		      const char *value, struct parse_error *e)
{
	if (!strcmp(key, "modules"))
		return parse_addresses(key, value, f->modules, e);
	if (!strcmp(key, "severity"))
		return parse_decimal(key, value, -1000, 1000, &f->severity, e);
	if (!strcmp(key, "start_s"))
		return parse_decimal(key, value, 0, TIME_MAX_S, &f->start_s, e);
	if (!strcmp(key, "ramp_s"))
		return parse_decimal(key, value, 0, TIME_MAX_S, &f->ramp_s, e);
	return parse_fail(e, "\"%.32s\" in [fault]: not one of modules severity start_s ramp_s",
			  key);
}

static bool empty(const u8 *set)
{
	for (u32 i = 0; i < PARSE_ADDRESS_BYTES; i++)
		if (set[i])
			return false;
	return true;
}

/**
 * battery_config_add_string() - a [string] section is complete
 * @c: configuration
 * @s: string, copied
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_config_add_string(struct battery_config *c,
			      const struct battery_string_config *s,
			      struct parse_error *e)
{
	for (u32 i = 0; i < c->string_count; i++)
		if (!strcmp(c->string[i].name, s->name))
			return parse_fail(e, "[string %s]: a string of this name stands above",
					  s->name);
	if (empty(s->modules))
		return parse_fail(e, "[string %s]: has no modules; say modules = SET",
				  s->name);
	if (c->string_count == BATTERY_STRINGS)
		return parse_fail(e, "[string %s]: more than %d strings",
				  s->name, BATTERY_STRINGS);
	c->string[c->string_count++] = *s;
	return 0;
}

/**
 * battery_config_add_fault() - a [fault] section is complete
 * @c: configuration
 * @f: fault, copied
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int battery_config_add_fault(struct battery_config *c,
			     const struct battery_fault_config *f,
			     struct parse_error *e)
{
	const char *name = plant_fault_name(f->kind);

	if (empty(f->modules))
		return parse_fail(e, "[fault %s]: has no modules; say modules = SET",
				  name);
	if (f->severity == 0)
		return parse_fail(e, "[fault %s]: has no severity; say severity = NUMBER",
				  name);
	if (c->fault_count == BATTERY_FAULTS)
		return parse_fail(e, "[fault %s]: more than %d faults", name,
				  BATTERY_FAULTS);
	c->fault[c->fault_count++] = *f;
	return 0;
}
