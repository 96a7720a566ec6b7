// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "charger.h"

#define S_PER_H		3600.0
#define S_PER_DAY	(24 * S_PER_H)

/* The wander is the sum of three waves, 0.1 to 10 mHz, that never meet */
static const double wander_hz[] = { 0.13e-3, 1.07e-3, 8.9e-3 };
static const double wander_share[] = { 0.5, 0.3, 0.2 };

const struct plant_charger plant_charger_float = {
	.float_cell_v = 2.25,
	.float_v_per_k = -0.003,
	.reference_c = 25,
	.cold_c = 5,
	.warm_c = 40,
	.limit_a = 20,
	.wander_v = 0.020,
};

const struct plant_charger plant_charger_boost = {
	.float_cell_v = 2.25,
	.float_v_per_k = -0.003,
	.boost_cell_v = 2.35,
	.boost_v_per_k = -0.005,
	.boost_from = 0.05,
	.boost_end_rate = 0.005,
	.boost_max_s = 12 * S_PER_H,
	.reference_c = 25,
	.cold_c = 5,
	.warm_c = 40,
	.limit_a = 20,
	.wander_v = 0.020,
};

const struct plant_charger plant_charger_cycle = {
	.float_cell_v = 2.25,
	.float_v_per_k = -0.003,
	.cycle_cell_v = 2.30,
	.cycle_v_per_k = -0.003,
	.cycle_s = 48 * S_PER_H,
	.rest_s = 28 * S_PER_DAY,
	.restart_cell_v = 2.10,
	.reference_c = 25,
	.cold_c = 5,
	.warm_c = 40,
	.limit_a = 20,
	.wander_v = 0.020,
	.phase = PLANT_PHASE_CYCLE,
};

/* Cells as built: the charger knows of no shorted one */
static unsigned int string_cells(const struct plant_string *s)
{
	unsigned int cells = 0;

	for (unsigned int i = 0; i < s->count; i++)
		cells += s->blocks[i].type->cells;
	return cells;
}

static double bank_ah(const struct plant_bank *bank)
{
	double ah = 0;

	for (unsigned int k = 0; k < bank->count; k++)
		ah += bank->strings[k].blocks[0].type->capacity_ah;
	return ah;
}

/* Mean voltage of a cell, of the string that stands lowest */
static double mean_cell_v(const struct plant_bank *bank)
{
	double least = INFINITY;

	for (unsigned int k = 0; k < bank->count; k++) {
		const struct plant_string *s = &bank->strings[k];

		if (!s->open)
			least = fmin(least, s->volt_v / string_cells(s));
	}
	return least;
}

static double compensated(const struct plant_charger *c, double cell_v,
			  double v_per_k, double battery_c)
{
	double at_c = fmin(fmax(battery_c, c->cold_c), c->warm_c);

	return cell_v + v_per_k * (at_c - c->reference_c);
}

static double wander(const struct plant_charger *c)
{
	double share = 0;

	for (int i = 0; i < 3; i++)
		share += wander_share[i] *
			 sin(2 * M_PI * wander_hz[i] * c->wander_s);
	return share * c->wander_v / 6;
}

/**
 * plant_charger_cell_v() - voltage of a cell that the charger goes for
 * @c: charger
 * @battery_c: temperature at its sensor
 *
 * Return: voltage with compensation, error and wander; 0 while it gives none.
 */
double plant_charger_cell_v(const struct plant_charger *c, double battery_c)
{
	double volt;

	switch (c->phase) {
	case PLANT_PHASE_FLOAT:
		volt = compensated(c, c->float_cell_v, c->float_v_per_k,
				   battery_c);
		break;
	case PLANT_PHASE_BOOST:
		volt = compensated(c, c->boost_cell_v, c->boost_v_per_k,
				   battery_c);
		break;
	case PLANT_PHASE_CYCLE:
		volt = compensated(c, c->cycle_cell_v, c->cycle_v_per_k,
				   battery_c);
		break;
	default:
		return 0;
	}
	return volt * (1 + c->error) + wander(c);
}

static void enter(struct plant_charger *c, enum plant_charge_phase phase)
{
	if (c->phase == phase)
		return;
	c->phase = phase;
	c->phase_s = 0;
}

static enum plant_charge_phase after_off(const struct plant_charger *c,
					 const struct plant_bank *bank)
{
	if (c->cycle_cell_v > 0)
		return PLANT_PHASE_CYCLE;
	if (c->boost_cell_v > 0 && c->out_ah > c->boost_from * bank_ah(bank))
		return PLANT_PHASE_BOOST;
	return PLANT_PHASE_FLOAT;
}

/**
 * plant_charger_begin() - choose the phase of the next step
 * @c: charger
 * @bank: its battery
 * @mains: whether there is mains
 */
void plant_charger_begin(struct plant_charger *c, const struct plant_bank *bank,
			 bool mains)
{
	double rate = bank->amp_a / bank_ah(bank);

	if (!mains || c->inhibited) {
		enter(c, PLANT_PHASE_OFF);
		return;
	}
	switch (c->phase) {
	case PLANT_PHASE_OFF:
		enter(c, after_off(c, bank));
		break;
	case PLANT_PHASE_BOOST:
		/* The first minutes say nothing: the current still rises */
		if (c->phase_s >= c->boost_max_s ||
		    (c->phase_s > S_PER_H && rate < c->boost_end_rate))
			enter(c, PLANT_PHASE_FLOAT);
		break;
	case PLANT_PHASE_CYCLE:
		if (c->phase_s >= c->cycle_s)
			enter(c, PLANT_PHASE_REST);
		break;
	case PLANT_PHASE_REST:
		if (c->phase_s >= c->rest_s ||
		    mean_cell_v(bank) < c->restart_cell_v)
			enter(c, PLANT_PHASE_CYCLE);
		break;
	default:
		break;
	}
}

/**
 * plant_charger_drive() - what the charger does to the bank now
 * @c: charger
 * @bank: its battery; the sensor of the charger is on its first block
 * @ret_drive: for plant_bank_step()
 */
void plant_charger_drive(const struct plant_charger *c,
			 const struct plant_bank *bank,
			 struct plant_drive *ret_drive)
{
	const struct plant_string *s = &bank->strings[0];
	double cell_v = plant_charger_cell_v(c, s->blocks[0].temp_c);

	*ret_drive = (struct plant_drive) {
		.volt_v = cell_v * string_cells(s),
		.high_a = cell_v > 0 ? c->limit_a : 0,
	};
}

/**
 * plant_charger_end() - let the charger see what the step did
 * @c: charger
 * @bank: its battery
 * @dt_s: length of the step
 */
void plant_charger_end(struct plant_charger *c, const struct plant_bank *bank,
		       double dt_s)
{
	c->phase_s += dt_s;
	c->wander_s += dt_s;
	c->out_ah = fmax(c->out_ah - bank->amp_a * dt_s / S_PER_H, 0);
}
