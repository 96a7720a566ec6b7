// SPDX-License-Identifier: GPL-2.0-or-later
#include "rig.h"

void rig_init(struct rig *r, unsigned int nominal_v, double capacity_ah,
	      double charge, double temp_c)
{
	struct plant_type agm;

	plant_type_agm(&agm, nominal_v, capacity_ah);
	rig_init_type(r, &agm, charge, temp_c);
}

void rig_init_type(struct rig *r, const struct plant_type *type, double charge,
		   double temp_c)
{
	*r = (struct rig) {
		.type = *type, .ambient_c = temp_c, .isothermal = true,
	};
	plant_block_init(&r->block, &r->type, charge, temp_c);
	r->string = (struct plant_string) {
		.blocks = &r->block, .count = 1, .row = 1,
	};
	r->bank = (struct plant_bank) { .strings = &r->string, .count = 1 };
}

static void run(struct rig *r, const struct plant_drive *d, double dt_s)
{
	/* Published curves are taken in a bath or at a controlled case */
	if (r->isothermal)
		r->block.temp_c = r->ambient_c;
	plant_bank_step(&r->bank, d, r->ambient_c, dt_s);
}

void rig_load(struct rig *r, double amp_a, double dt_s)
{
	struct plant_drive d = { .low_a = -amp_a, .high_a = -amp_a };

	run(r, &d, dt_s);
}

void rig_charge(struct rig *r, double cell_v, double limit_a, double dt_s)
{
	struct plant_drive d = {
		.volt_v = cell_v * r->type.cells, .high_a = limit_a,
	};

	run(r, &d, dt_s);
}

void rig_rest(struct rig *r, double dt_s)
{
	rig_load(r, 0, dt_s);
}

double rig_cell_v(const struct rig *r)
{
	return r->block.volt_v / r->type.cells;
}

/* Ah until a cell voltage is passed; the dip at the start does not count */
double rig_discharge_ah(struct rig *r, double amp_a, double end_cell_v)
{
	double dt_s = r->type.capacity_ah / amp_a * 3600 / 1000;
	double step_ah = amp_a * dt_s / 3600, ah = 0, before = 3;

	if (dt_s > 60)
		dt_s = 60, step_ah = amp_a / 60;
	while (ah < 2 * r->type.capacity_ah) {
		double now;

		rig_load(r, amp_a, dt_s);
		now = rig_cell_v(r);
		if (now <= end_cell_v && ah > 0.05 * r->type.capacity_ah)
			return ah + step_ah * (before - end_cell_v) /
			       (before - now);
		ah += step_ah;
		before = now;
	}
	return ah;
}
