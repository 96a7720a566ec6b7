// SPDX-License-Identifier: GPL-2.0-or-later
/* The battery as it is, which its modules only measure */
#include <math.h>

#include "battery.h"

static const char *const phases[] = {
	[PLANT_PHASE_FLOAT] = "float",
	[PLANT_PHASE_BOOST] = "boost",
	[PLANT_PHASE_CYCLE] = "cycle",
	[PLANT_PHASE_REST] = "rest",
	[PLANT_PHASE_OFF] = "off",
};

static s64 milli(double value)
{
	return llround(value * 1e3);
}

static void print_jar(const struct battery_jar *j, u32 address, struct json *js)
{
	const struct plant_block *b = j->block;

	json_open(js, NULL, '{');
	json_u64(js, "address", address);
	json_s64(js, "charge_permille", milli(plant_block_charge(b)));
	json_s64(js, "voltage_mv", milli(b->volt_v));
	json_s64(js, "current_ma", milli(b->amp_a));
	json_s64(js, "bypass_ma", milli(b->bypass_a));
	json_s64(js, "temperature_mc", milli(b->temp_c));
	json_s64(js, "resistance_uohm",
		 llround(plant_block_resistance_ohm(b) * 1e6));
	json_close(js, '}');
}

/* What hangs at this charger: its string sensors in the order of addresses */
static void print_sensors(const struct battery *b,
			  const struct battery_string *s, struct json *js)
{
	json_open(js, "sensors", '[');
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->gauge[a].string == s)
			json_u64(js, NULL, a);
	json_close(js, ']');
}

static void print_string(const struct battery *b,
			 const struct battery_string *s, struct json *js)
{
	json_open(js, NULL, '{');
	json_string(js, "name", s->name);
	print_sensors(b, s, js);
	json_s64(js, "voltage_mv", milli(s->plant->volt_v));
	json_s64(js, "current_ma", milli(s->plant->amp_a));
	json_open(js, "jars", '[');
	for (u32 i = 0; i < s->count; i++)
		print_jar(&b->jar[s->address[i]], s->address[i], js);
	json_close(js, ']');
	json_close(js, '}');
}

static void print_faults(const struct battery *b, const struct battery_site *s,
			 struct json *js)
{
	json_open(js, "faults", '[');
	for (u32 i = 0; i < b->fault_count; i++) {
		const struct battery_fault *f = &b->fault[i];

		if (f->site != s)
			continue;
		json_open(js, NULL, '{');
		json_string(js, "fault", plant_fault_name(f->plant.kind));
		json_u64(js, "address", f->address);
		json_fixed(js, "severity", f->plant.severity);
		json_s64(js, "done_permille", milli(f->plant.done));
		json_close(js, '}');
	}
	json_close(js, ']');
}

static void print_site(const struct battery *b, const struct battery_site *s,
		       struct json *js)
{
	json_open(js, NULL, '{');
	json_string(js, "charger", s->name);
	json_string(js, "phase", phases[s->site.charger.phase]);
	json_bool(js, "mains", !s->site.outage);
	json_bool(js, "load_cut", s->site.cut);
	json_s64(js, "load_mw", milli(s->site.load_w));
	json_s64(js, "voltage_mv", milli(s->site.bank.volt_v));
	json_s64(js, "current_ma", milli(s->site.bank.amp_a));
	json_s64(js, "time_ms", milli(s->site.time_s));
	json_u64(js, "speed", b->orders.speed);
	json_u64(js, "unsolved_steps", s->site.bank.failures);
	json_open(js, "strings", '[');
	for (u32 i = 0; i < s->count; i++)
		print_string(b, &s->string[i], js);
	json_close(js, ']');
	print_faults(b, s, js);
	json_close(js, '}');
}

/**
 * battery_print() - all strings as one JSON object
 * @b: battery
 * @js: writer
 */
void battery_print(const struct battery *b, struct json *js)
{
	json_open(js, NULL, '{');
	json_u64(js, "version", 1);
	json_open(js, "battery", '[');
	for (u32 i = 0; i < b->site_count; i++)
		print_site(b, &b->site[i], js);
	json_close(js, ']');
	json_close(js, '}');
}
