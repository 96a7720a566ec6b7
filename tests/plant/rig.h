/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One block at a charger and a load, for tests and curves */
#ifndef PLANT_RIG_H
#define PLANT_RIG_H

#include "bank.h"

struct rig {
	struct plant_type type;
	struct plant_block block;
	struct plant_string string;
	struct plant_bank bank;
	double ambient_c;
	bool isothermal;
};

/* A block of AGM */
void rig_init(struct rig *r, unsigned int nominal_v, double capacity_ah,
	      double charge, double temp_c);
void rig_init_type(struct rig *r, const struct plant_type *type, double charge,
		   double temp_c);
void rig_load(struct rig *r, double amp_a, double dt_s);
void rig_charge(struct rig *r, double cell_v, double limit_a, double dt_s);
void rig_rest(struct rig *r, double dt_s);
double rig_cell_v(const struct rig *r);
double rig_discharge_ah(struct rig *r, double amp_a, double end_cell_v);

#endif
