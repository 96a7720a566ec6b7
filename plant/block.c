// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "block.h"

#define REFERENCE_C	25.0
#define S_PER_H		3600.0
#define S_PER_YEAR	(365.25 * 24 * S_PER_H)
/* Water that an Ah takes apart: 18.015 g/mol, 2 electrons, 96485 C/mol */
#define WATER_G_PER_AH	(18.015 * S_PER_H / (2 * 96485.0))
/* Acid of a full cell boils; what heats it further makes steam */
#define BOIL_C		108.0
#define STEAM_J_PER_G	2257.0
/* No Newton step is longer: the side reaction is an exponential */
#define STEP_V		0.1
/* The coup de fouet returns with this time constant on float */
#define REARM_H		12.0
#define REARM_POLAR_V	0.02
#define REARM_CHARGE	0.98
/* Level of the near store at which cells stand in reversal: no deeper */
#define LEVEL_MIN	(-0.4)

static double min_d(double a, double b)
{
	return a < b ? a : b;
}

static double max_d(double a, double b)
{
	return a > b ? a : b;
}

/**
 * plant_block_init() - a block without peculiarities, at rest
 * @b: filled in
 * @t: its product, must outlive it
 * @charge: relative state of charge, 0 to 1
 * @temp_c: temperature
 */
void plant_block_init(struct plant_block *b, const struct plant_type *t,
		      double charge, double temp_c)
{
	*b = (struct plant_block) {
		.type = t,
		.charge_factor = 1,
		.r_factor = 1,
		.accept_factor = 1,
		.dip_stretch = 1,
		.cool_factor = 1,
		.bypass_heat = 0.1,
		.near = charge,
		.far = charge,
		.struck = 1 - charge,
		.temp_c = temp_c,
	};
	plant_block_prepare(b, 1);
	b->volt_v = (t->cells - b->shorted) * b->work.rest_v;
}

/**
 * plant_block_charge() - true state of charge
 * @b: block
 *
 * Return: 0 (empty) to 1 (full).
 */
double plant_block_charge(const struct plant_block *b)
{
	const struct plant_type *t = b->type;

	return max_d(t->avail * b->near + (1 - t->avail) * b->far, 0);
}

/**
 * plant_block_resistance_ohm() - ohmic resistance at the terminals
 * @b: block
 *
 * What an ideal instrument would measure now: no sensor error.
 *
 * Return: resistance in ohm.
 */
double plant_block_resistance_ohm(const struct plant_block *b)
{
	const struct plant_type *t = b->type;
	double empty = 1 - plant_block_charge(b);
	double cold = 1 + t->r_per_k * (REFERENCE_C - b->temp_c);

	return t->r_cell_ohm * (t->cells - b->shorted) * b->r_factor *
	       (1 + t->r_empty * empty * empty) * max_d(cold, 0.5) *
	       (1 + t->r_per_year * b->age_years);
}

/* Ah that the block holds when full */
static double full_ah(const struct plant_block *b)
{
	const struct plant_type *t = b->type;
	double fade = 1 - t->fade_per_year * b->age_years;

	return t->capacity_ah * t->charge_ratio * b->charge_factor *
	       max_d(fade, 0.1);
}

/* Rest voltage of a cell and its slope over the charge at hand */
static void rest_voltage(const struct plant_block *b, double *ret_v,
			 double *ret_slope)
{
	const struct plant_type *t = b->type;
	double warm = b->temp_c - REFERENCE_C;
	double lost = warm < 0 ? -warm * t->cold_per_k : -warm * t->warm_per_k;
	double knee = t->knee_v *
		exp(-(b->near - max_d(lost, -0.1)) / t->knee_width);

	*ret_v = t->ocv_full_v - t->ocv_slope_v * (1 - b->near) - knee;
	*ret_slope = t->ocv_slope_v + knee / t->knee_width;
	if (*ret_v < t->reverse_v) {
		*ret_v = t->reverse_v;
		*ret_slope = 0;
	}
}

/* Dip at the start of a discharge, from the current of the last step */
static double dip_voltage(const struct plant_block *b)
{
	const struct plant_type *t = b->type;
	double rate = -b->amp_a / t->capacity_ah;

	double off = t->dip_off * b->dip_stretch;

	if (rate < 0.01 || b->struck > 10 * off)
		return 0;
	return t->dip_v * min_d(cbrt(rate / 0.1), 2) *
	       (exp(-b->struck / off) - exp(-b->struck / t->dip_on));
}

/**
 * plant_block_prepare() - begin a step
 * @b: block
 * @dt_s: length of the step, above 0
 */
void plant_block_prepare(struct plant_block *b, double dt_s)
{
	const struct plant_type *t = b->type;
	struct plant_work *w = &b->work;
	unsigned int cells = t->cells - b->shorted;
	double missing = min_d(max_d(1 - b->near, 0), 1);
	double slope;

	rest_voltage(b, &w->rest_v, &slope);
	/* What a current of 1 A/Ah moves the rest voltage in this step */
	w->rest_slope = slope * dt_s / S_PER_H * t->capacity_ah /
			(t->avail * full_ah(b));
	w->gas_a = t->float_a_per_ah *
		exp(M_LN10 / t->tafel_v *
		    (w->rest_v - t->float_v - b->float_shift_v -
		     t->float_v_per_k * (b->temp_c - REFERENCE_C)));
	w->accept = t->accept_per_v * b->accept_factor * missing *
		    sqrt(missing);
	w->layer = t->layer_f_per_ah / dt_s;
	w->r_v = cells ? plant_block_resistance_ohm(b) / cells *
			 t->capacity_ah : 0;
	w->dip_v = dip_voltage(b);
	w->polar_v = b->polar_v;
}

/* Current of the main reaction (A/Ah) and its slope, at a polarization */
static double main_current(const struct plant_block *b, double polar_v,
			   double *ret_slope)
{
	const struct plant_type *t = b->type;
	double u = polar_v / t->discharge_cube_v;

	if (polar_v >= 0) {
		*ret_slope = b->work.accept;
		return b->work.accept * polar_v;
	}
	*ret_slope = t->discharge_per_v * (1 + 3 * u * u);
	return t->discharge_per_v * polar_v * (1 + u * u);
}

/* What is left over of the balance of currents; its slope over polarization */
static double balance(struct plant_block *b, double amp_a)
{
	const struct plant_type *t = b->type;
	struct plant_work *w = &b->work;
	double slope;

	w->main_now = main_current(b, w->polar_v, &slope);
	w->gas_now = w->gas_a * exp(M_LN10 / t->tafel_v * w->polar_v);
	w->slope = w->layer + slope + w->gas_now * M_LN10 / t->tafel_v;
	w->left = w->layer * (w->polar_v - b->polar_v) + w->main_now +
		  w->gas_now - amp_a / t->capacity_ah;
	w->solved_a = amp_a;
	return slope;
}

static double newton(const struct plant_work *w, double left)
{
	return min_d(max_d(-left / w->slope, -STEP_V), STEP_V);
}

/**
 * plant_block_solve() - voltage and dynamic resistance at a current
 * @b: prepared block
 * @amp_a: current through the block, without its bypass
 * @ret_volt_v: voltage after a Newton step of the polarization
 * @ret_ohm: slope of that voltage over the current
 *
 * Return: how far the polarization is from its solution, in volt.
 */
double plant_block_solve(struct plant_block *b, double amp_a,
			 double *ret_volt_v, double *ret_ohm)
{
	const struct plant_type *t = b->type;
	struct plant_work *w = &b->work;
	unsigned int cells = t->cells - b->shorted;
	double rise = 1 + w->rest_slope * balance(b, amp_a);
	double move = newton(w, w->left);

	*ret_volt_v = cells * (w->rest_v + w->rest_slope * w->main_now +
			       w->polar_v + rise * move - w->dip_v +
			       w->r_v * amp_a / t->capacity_ah);
	*ret_ohm = cells * (rise / w->slope + w->r_v) / t->capacity_ah;
	return fabs(move);
}

/**
 * plant_block_correct() - do the Newton step of the polarization
 * @b: block after plant_block_solve()
 * @amp_a: the current of the next round
 */
void plant_block_correct(struct plant_block *b, double amp_a)
{
	struct plant_work *w = &b->work;

	w->polar_v += newton(w, w->left - (amp_a - w->solved_a) /
			     b->type->capacity_ah);
}

/* The two stores of charge, and the memory of the coup de fouet */
static void move_charge(struct plant_block *b, double dt_h)
{
	const struct plant_type *t = b->type;
	double moved = b->work.main_now * t->capacity_ah / full_ah(b) * dt_h;
	double leak = t->diffusion_per_h * (b->far - b->near) * dt_h;

	b->near = b->near + (moved + leak) / t->avail;
	b->near = min_d(max_d(b->near, LEVEL_MIN), 1);
	b->far = min_d(b->far - leak / (1 - t->avail), 1);
	if (moved < 0)
		b->struck = min_d(b->struck - moved, 1);
	else if (b->polar_v > REARM_POLAR_V && b->near > REARM_CHARGE)
		b->struck -= b->struck * min_d(dt_h / REARM_H, 1);
}

/* Heat made, heat given away, ageing, water */
static void move_heat(struct plant_block *b, double amp_a, double flow_w,
		      double dt_s)
{
	const struct plant_type *t = b->type;
	const struct plant_work *w = &b->work;
	unsigned int cells = t->cells - b->shorted;
	double rate = amp_a / t->capacity_ah;
	double cell_w = rate * rate * w->r_v + w->main_now * w->polar_v +
			w->gas_now * (w->rest_v + w->polar_v);
	double gas_ah = w->gas_now * t->capacity_ah * cells * dt_s / S_PER_H;

	b->heat_w = cell_w * cells * t->capacity_ah +
		    b->bypass_heat * b->bypass_a * max_d(b->volt_v, 0);
	b->temp_c += (b->heat_w + b->extra_w + flow_w) * dt_s / t->heat_j_per_k;
	if (b->temp_c > BOIL_C) {
		b->water_g += (b->temp_c - BOIL_C) * t->heat_j_per_k /
			      STEAM_J_PER_G;
		b->temp_c = BOIL_C;
	}
	b->age_years += dt_s / S_PER_YEAR *
		exp(M_LN2 * (b->temp_c - REFERENCE_C) / t->ageing_double_k);
	b->water_g += gas_ah * (1 - t->recombination) * WATER_G_PER_AH;
}

/**
 * plant_block_finish() - end a step: charge, heat, age
 * @b: block whose polarization is solved
 * @amp_a: current through the block, without its bypass
 * @flow_w: heat that comes in from air and neighbours
 * @dt_s: length of the step
 */
void plant_block_finish(struct plant_block *b, double amp_a, double flow_w,
			double dt_s)
{
	const struct plant_type *t = b->type;
	struct plant_work *w = &b->work;
	unsigned int cells = t->cells - b->shorted;

	balance(b, amp_a);
	b->polar_v = w->polar_v;
	b->amp_a = amp_a;
	b->volt_v = cells * (w->rest_v + w->rest_slope * w->main_now +
			     w->polar_v - w->dip_v +
			     w->r_v * amp_a / t->capacity_ah);
	move_charge(b, dt_s / S_PER_H);
	move_heat(b, amp_a, flow_w, dt_s);
}
