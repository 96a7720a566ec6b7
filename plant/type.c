// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters of usual products; sources in Documentation/plant.rst */
#include <errno.h>
#include <math.h>

#include "block.h"

#define S_PER_H		3600.0

/* What all types have, so that each says only what is its own */
static int common(struct plant_type *t, unsigned int nominal_v,
		  double capacity_ah)
{
	if (nominal_v != 2 && nominal_v != 4 && nominal_v != 6 &&
	    nominal_v != 12)
		return -EINVAL;
	if (!(capacity_ah >= 1 && capacity_ah <= 6000))
		return -EINVAL;
	*t = (struct plant_type) {
		.cells = nominal_v / 2,
		.capacity_ah = capacity_ah,
		.knee_v = 0.087,
		.knee_width = 0.112,
		.reverse_v = -0.3,
		.cold_per_k = 0.006,
		.warm_per_k = 0.0025,
		.layer_f_per_ah = 20,
		.accept_per_v = 17,
		.discharge_cube_v = 0.0104,
		.dip_v = 0.04,
		.dip_on = 0.001,
		.dip_off = 0.01,
		.r_cell_ohm = 0.0180 / 6 * pow(capacity_ah / 7, -0.6),
		.r_empty = 1.83,
		.r_per_k = 0.007,
		.ageing_double_k = 10,
	};
	/* 50 g and 45 J/K for each Ah of a cell, 5 h to cool down */
	t->heat_j_per_k = 45 * capacity_ah * t->cells;
	t->cool_w_per_k = t->heat_j_per_k / (5 * S_PER_H);
	t->neighbour_w_per_k = t->cool_w_per_k / 2;
	return 0;
}

/**
 * plant_type_agm() - parameters of a usual AGM block for standby use
 * @t: filled in
 * @nominal_v: 2, 4, 6 or 12
 * @capacity_ah: capacity at the 10 h rate, 1 to 6000
 *
 * Return: 0, -EINVAL if there is no such block.
 */
int plant_type_agm(struct plant_type *t, unsigned int nominal_v,
		   double capacity_ah)
{
	int err = common(t, nominal_v, capacity_ah);

	if (err)
		return err;
	t->charge_ratio = 1.108;
	t->ocv_full_v = 2.15;
	t->ocv_slope_v = 0.168;
	t->avail = 0.428;
	t->diffusion_per_h = 0.191;
	t->float_v = 2.25;
	t->float_a_per_ah = 0.0004;
	t->tafel_v = 0.120;
	t->float_v_per_k = -0.003;
	t->discharge_per_v = 0.684;
	t->r_per_year = 0.03;
	t->fade_per_year = 0.02;
	t->recombination = 0.97;
	return 0;
}

/**
 * plant_type_gel() - parameters of a usual block with gelled acid
 * @t: filled in
 * @nominal_v: 2, 4, 6 or 12
 * @capacity_ah: capacity at the 10 h rate, 1 to 6000
 *
 * Return: 0, -EINVAL if there is no such block.
 */
int plant_type_gel(struct plant_type *t, unsigned int nominal_v,
		   double capacity_ah)
{
	int err = common(t, nominal_v, capacity_ah);

	if (err)
		return err;
	t->charge_ratio = 1.009;
	t->ocv_full_v = 2.14;
	t->ocv_slope_v = 0.160;
	t->avail = 0.6925;
	t->diffusion_per_h = 0.1042;
	t->float_v = 2.25;
	t->float_a_per_ah = 0.00037;
	t->tafel_v = 0.120;
	t->float_v_per_k = -0.0036;
	t->discharge_per_v = 0.917;
	t->r_cell_ohm *= 1.3;
	t->r_per_year = 0.03;
	t->fade_per_year = 0.02;
	t->recombination = 0.97;
	return 0;
}

/**
 * plant_type_flooded() - parameters of a vented block, little antimony
 * @t: filled in
 * @nominal_v: 2, 4, 6 or 12
 * @capacity_ah: capacity at the 10 h rate, 1 to 6000
 *
 * Return: 0, -EINVAL if there is no such block.
 */
int plant_type_flooded(struct plant_type *t, unsigned int nominal_v,
		       double capacity_ah)
{
	int err = common(t, nominal_v, capacity_ah);

	if (err)
		return err;
	t->charge_ratio = 1.14;
	t->ocv_full_v = 2.122;
	t->ocv_slope_v = 0.215;
	t->avail = 0.479;
	t->diffusion_per_h = 0.180;
	t->float_v = 2.23;
	t->float_a_per_ah = 0.00058;
	t->tafel_v = 0.172;
	t->float_v_per_k = -0.005;
	t->discharge_per_v = 1.01;
	t->r_cell_ohm *= 1.3;
	t->r_per_year = 0.02;
	t->fade_per_year = 0.01;
	t->recombination = 0;
	return 0;
}
