/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One lead-acid block (jar) of 1 to 6 cells: electricity, heat and age
 *
 * Documentation/plant.rst has the equations and the source of each number.
 * Everything is in SI units but capacity (Ah), and °C. Charge current is
 * positive. No clock, no file, no libc beyond libm.
 */
#ifndef PLANT_BLOCK_H
#define PLANT_BLOCK_H

#include <stdbool.h>

/**
 * struct plant_type - what all blocks of one product share
 * @cells: cells in series, 1 to 6
 * @capacity_ah: capacity at the 10 h rate to 1.80 V/cell and 25 °C
 * @charge_ratio: stored charge of a full block, per @capacity_ah
 * @ocv_full_v: rest voltage of a full cell
 * @ocv_slope_v: fall of rest voltage from full to empty, without the knee
 * @knee_v: depth of the knee at the end of discharge
 * @knee_width: its width as share of the stored charge
 * @reverse_v: a cell driven into reversal holds this voltage
 * @avail: share of the charge that is at hand without diffusion
 * @diffusion_per_h: rate at which the bound charge follows
 * @cold_per_k: share of the charge that is out of reach, per K below 25 °C
 * @warm_per_k: share that is won, per K above 25 °C
 * @float_v: voltage of a cell at which @float_a_per_ah flows at 25 °C
 * @float_a_per_ah: side reaction (recombination, gas, corrosion) there
 * @tafel_v: voltage that multiplies the side reaction by ten
 * @float_v_per_k: shift of @float_v per K, negative
 * @layer_f_per_ah: charge that goes with polarization, per cell
 * @accept_per_v: charging current (A/Ah) per volt of overvoltage when empty
 * @discharge_per_v: discharge current (A/Ah) per volt of polarization
 * @discharge_cube_v: polarization at which the cubic term equals the linear
 * @dip_v: depth scale of the coup de fouet at 0.1 A/Ah
 * @dip_on: discharged share at which it has formed
 * @dip_off: discharged share at which it goes
 * @r_cell_ohm: ohmic resistance of a cell, full, new, 25 °C
 * @r_empty: relative rise of that to the empty cell
 * @r_per_k: relative rise per K below 25 °C
 * @r_per_year: relative rise per year at 25 °C
 * @fade_per_year: loss of capacity per year at 25 °C
 * @ageing_double_k: warming that doubles the speed of ageing
 * @heat_j_per_k: heat capacity of the block
 * @cool_w_per_k: to the air
 * @neighbour_w_per_k: to each neighbour in the rack
 * @recombination: share of the gas that becomes water again, 0 to 1
 */
struct plant_type {
	unsigned int cells;
	double capacity_ah;
	double charge_ratio;
	double ocv_full_v;
	double ocv_slope_v;
	double knee_v;
	double knee_width;
	double reverse_v;
	double avail;
	double diffusion_per_h;
	double cold_per_k;
	double warm_per_k;
	double float_v;
	double float_a_per_ah;
	double tafel_v;
	double float_v_per_k;
	double layer_f_per_ah;
	double accept_per_v;
	double discharge_per_v;
	double discharge_cube_v;
	double dip_v;
	double dip_on;
	double dip_off;
	double r_cell_ohm;
	double r_empty;
	double r_per_k;
	double r_per_year;
	double fade_per_year;
	double ageing_double_k;
	double heat_j_per_k;
	double cool_w_per_k;
	double neighbour_w_per_k;
	double recombination;
};

/* What a step works with: set by plant_block_prepare() */
struct plant_work {
	double rest_v;
	double rest_slope;
	double gas_a;
	double accept;
	double layer;
	double r_v;
	double dip_v;
	double gas_now;
	double main_now;
	double polar_v;
	double left;
	double slope;
	double solved_a;
};

/**
 * struct plant_block - one block
 * @type: its product
 * @charge_factor: capacity of this one relative to its type
 * @r_factor: resistance relative to its type
 * @float_shift_v: shift of its float voltage per cell
 * @accept_factor: charge acceptance relative to its type
 * @dip_stretch: length of its coup de fouet relative to its type
 * @cool_factor: heat given to the air relative to its type
 * @extra_w: heat from outside, a bad post for one
 * @shorted: cells of it that are shorted
 * @open: no current passes it; the bank makes its voltage
 * @bypass_a: current past it (equalizer), 0 or more
 * @bypass_heat: share of the heat of the bypass that warms the block
 * @near: relative charge of the part at hand
 * @far: relative charge of the bound part
 * @polar_v: polarization per cell
 * @struck: share discharged since it was full (coup de fouet)
 * @temp_c: temperature
 * @age_years: age, in years at 25 °C
 * @water_g: water lost
 * @volt_v: terminal voltage
 * @amp_a: current through it, without the bypass
 * @heat_w: heat it makes
 */
struct plant_block {
	const struct plant_type *type;
	double charge_factor;
	double r_factor;
	double float_shift_v;
	double accept_factor;
	double dip_stretch;
	double cool_factor;
	double extra_w;
	unsigned int shorted;
	bool open;
	double bypass_a;
	double bypass_heat;

	double near;
	double far;
	double polar_v;
	double struck;
	double temp_c;
	double age_years;
	double water_g;

	double volt_v;
	double amp_a;
	double heat_w;
	struct plant_work work;
};

/* type.c */
int plant_type_agm(struct plant_type *t, unsigned int nominal_v,
		   double capacity_ah);
int plant_type_gel(struct plant_type *t, unsigned int nominal_v,
		   double capacity_ah);
int plant_type_flooded(struct plant_type *t, unsigned int nominal_v,
		       double capacity_ah);

void plant_block_init(struct plant_block *b, const struct plant_type *t,
		      double charge, double temp_c);
double plant_block_charge(const struct plant_block *b);
double plant_block_resistance_ohm(const struct plant_block *b);

/* For the solver of the bank */
void plant_block_prepare(struct plant_block *b, double dt_s);
double plant_block_solve(struct plant_block *b, double amp_a,
			 double *ret_volt_v, double *ret_ohm);
void plant_block_correct(struct plant_block *b, double amp_a);
void plant_block_finish(struct plant_block *b, double amp_a, double flow_w,
			double dt_s);

#endif
