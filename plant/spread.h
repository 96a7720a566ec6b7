/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the blocks of a delivery differ from one another */
#ifndef PLANT_SPREAD_H
#define PLANT_SPREAD_H

#include "bank.h"
#include "pcg.h"

/**
 * struct plant_spread - standard deviations within a string
 * @charge: of the capacity, relative
 * @r: of the resistance, relative
 * @float_v: of the float voltage per cell
 * @temp_c: of the temperature at the start
 * @state: of the state of charge at the start; only downward
 */
struct plant_spread {
	double charge;
	double r;
	double float_v;
	double temp_c;
	double state;
};

extern const struct plant_spread plant_spread_usual;

void plant_string_init(struct plant_string *s, struct plant_block *blocks,
		       unsigned int count, const struct plant_type *t,
		       const struct plant_spread *spread, double ambient_c,
		       u64 seed);

#endif
