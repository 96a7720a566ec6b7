/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The charger: float, boost, intermittent charging, temperature, faults */
#ifndef PLANT_CHARGER_H
#define PLANT_CHARGER_H

#include "bank.h"

enum plant_charge_phase {
	PLANT_PHASE_FLOAT,	/* float voltage, for good */
	PLANT_PHASE_BOOST,	/* raised voltage after a discharge */
	PLANT_PHASE_CYCLE,	/* charging part of intermittent charging */
	PLANT_PHASE_REST,	/* its pause: no current */
	PLANT_PHASE_OFF,	/* no mains, or switched off */
};

/**
 * struct plant_charger - a charger of one bank
 * @float_cell_v: float voltage of a cell at @reference_c
 * @float_v_per_k: its slope, negative
 * @boost_cell_v: raised voltage at @reference_c, 0 if it knows none
 * @boost_v_per_k: its slope, negative
 * @boost_from: share of the capacity discharged that starts it
 * @boost_end_rate: current (A/Ah) below which it ends
 * @boost_max_s: or after this time
 * @cycle_cell_v: voltage of intermittent charging, 0 if it floats instead
 * @cycle_v_per_k: its slope, negative
 * @cycle_s: length of its charging part
 * @rest_s: length of its pause
 * @restart_cell_v: mean voltage of a cell that ends the pause early
 * @reference_c: temperature that the voltages are given for
 * @cold_c: no more compensation below
 * @warm_c: no more compensation above
 * @limit_a: highest current
 * @error: voltage off by this share, 0.03 is 3 % high
 * @wander_v: slow change of the voltage of a 12 V block up and down
 * @inhibited: switched off from outside
 * @phase: what it does
 * @phase_s: since when
 * @out_ah: discharged since the last full charge
 * @wander_s: time of the wander
 */
struct plant_charger {
	double float_cell_v;
	double float_v_per_k;
	double boost_cell_v;
	double boost_v_per_k;
	double boost_from;
	double boost_end_rate;
	double boost_max_s;
	double cycle_cell_v;
	double cycle_v_per_k;
	double cycle_s;
	double rest_s;
	double restart_cell_v;
	double reference_c;
	double cold_c;
	double warm_c;
	double limit_a;
	double error;
	double wander_v;
	bool inhibited;

	enum plant_charge_phase phase;
	double phase_s;
	double out_ah;
	double wander_s;
};

extern const struct plant_charger plant_charger_float;
extern const struct plant_charger plant_charger_boost;
extern const struct plant_charger plant_charger_cycle;

double plant_charger_cell_v(const struct plant_charger *c, double battery_c);
void plant_charger_begin(struct plant_charger *c, const struct plant_bank *bank,
			 bool mains);
void plant_charger_drive(const struct plant_charger *c,
			 const struct plant_bank *bank,
			 struct plant_drive *ret_drive);
void plant_charger_end(struct plant_charger *c, const struct plant_bank *bank,
		       double dt_s);

#endif
