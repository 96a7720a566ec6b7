// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of jars, and what makes all of them undone */
#include "battery.h"

static int fail(const struct battery_fault *f, int err, struct parse_error *e)
{
	const char *name = plant_fault_name(f->plant.kind);

	if (err == -ERANGE)
		return parse_fail(e, "fault %s: severity %g at address %u: not %s",
				  name, f->plant.severity, f->address,
				  plant_fault_severity(f->plant.kind));
	return parse_fail(e, "fault %s: cannot be at address %u", name,
			  f->address);
}

/* What strikes a whole string strikes it once, whichever of its jars is named */
static bool has_struck(const struct battery *b, const struct battery_fault *f,
		       u32 count)
{
	for (u32 i = b->fault_count; i < count; i++)
		if (f->plant.kind == PLANT_FAULT_RUNAWAY &&
		    b->fault[i].plant.string == f->plant.string)
			return true;
	return false;
}

/**
 * battery_add_fault() - something goes wrong from now on
 * @b: battery
 * @f: what, and with which jars
 * @e: error
 *
 * Return: 0 or -EINVAL; then nothing was changed.
 */
int battery_add_fault(struct battery *b, const struct battery_fault_config *f,
		      struct parse_error *e)
{
	const char *name = plant_fault_name(f->kind);
	u32 count = b->fault_count;

	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct battery_jar *j = &b->jar[a];
		struct battery_fault *mine = &b->fault[count];
		int err;

		if (!address_in(f->modules, a))
			continue;
		if (!j->module)
			return parse_fail(e, "fault %s: address %u: no jar module there",
					  name, a);
		if (count == BATTERY_FAULTS_MAX)
			return parse_fail(e, "fault %s: there would be more than %d; say fault clear first",
					  name, BATTERY_FAULTS_MAX);
		*mine = (struct battery_fault) {
			.plant = {
				.kind = f->kind, .severity = f->severity,
				.start_s = j->site->site.time_s + f->start_s,
				.ramp_s = f->ramp_s,
				.string = j->string->plant, .block = j->index,
				.sensor = &j->sensor,
			},
			.site = j->site, .address = (u8)a,
		};
		err = plant_fault_check(&mine->plant);
		if (err)
			return fail(mine, err, e);
		if (!has_struck(b, mine, count))
			count++;
	}
	b->fault_count = count;
	return 0;
}

static void heal_block(struct plant_block *b, const struct plant_block *born)
{
	const struct plant_block was = *b;

	*b = *born;
	b->bypass_a = was.bypass_a;
	b->near = was.near;
	b->far = was.far;
	b->polar_v = was.polar_v;
	b->struck = was.struck;
	b->temp_c = was.temp_c;
	b->age_years = was.age_years;
	b->water_g = was.water_g;
	b->volt_v = was.volt_v;
	b->amp_a = was.amp_a;
	b->heat_w = was.heat_w;
}

static void heal_sensor(struct plant_sensor *s, const struct plant_sensor *born)
{
	const struct plant_sensor was = *s;

	*s = *born;
	s->rng = was.rng;
	s->case_c = was.case_c;
	s->module_c = was.module_c;
	s->last_v = was.last_v;
}

static void heal_string(struct plant_string *s, const struct plant_string *born)
{
	s->strap_ohm = born->strap_ohm;
	s->open = born->open;
}

/**
 * battery_clear_faults() - everything that was wrong is repaired
 * @b: battery
 *
 * Faults of the model do not heal; this puts new parts in. Charge, temperature
 * and age stay what they are.
 */
void battery_clear_faults(struct battery *b)
{
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct battery_jar *j = &b->jar[a];

		if (!j->module)
			continue;
		heal_block(j->block, &j->born_block);
		heal_sensor(&j->sensor, &j->born_sensor);
	}
	for (u32 i = 0; i < b->string_count; i++)
		heal_string(b->string[i].plant, &b->string[i].born);
	b->fault_count = 0;
}
