/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings of blocks, in parallel at one charger and one load */
#ifndef PLANT_BANK_H
#define PLANT_BANK_H

#include "block.h"

/**
 * struct plant_string - blocks in series
 * @blocks: in electrical order
 * @count: how many, 1 or more
 * @row: blocks in a row of the rack; the ends of a row touch no other row
 * @strap_ohm: all straps and cables together
 * @open: the circuit is broken
 * @amp_a: current, charge is positive
 * @volt_v: voltage with straps
 * @line_v: voltage at @amp_a in the round of the solver
 * @line_ohm: its slope over the current
 */
struct plant_string {
	struct plant_block *blocks;
	unsigned int count;
	unsigned int row;
	double strap_ohm;
	bool open;
	double amp_a;
	double volt_v;
	double line_v;
	double line_ohm;
};

/**
 * struct plant_bank - strings in parallel
 * @strings: the strings
 * @count: how many, 1 or more
 * @amp_a: sum of the currents
 * @volt_v: common voltage
 * @rounds: Newton rounds of the last step
 * @failures: steps that did not converge, since the start
 */
struct plant_bank {
	struct plant_string *strings;
	unsigned int count;
	double amp_a;
	double volt_v;
	unsigned int rounds;
	unsigned long failures;
};

/**
 * struct plant_drive - what charger and load do to a bank
 * @volt_v: voltage the charger holds
 * @low_a: least current; negative is discharge
 * @high_a: highest current
 *
 * The voltage holds while its current is between the two; otherwise the
 * current is the nearer one of them. Both 0 is rest, both -I is a load of I.
 */
struct plant_drive {
	double volt_v;
	double low_a;
	double high_a;
};

int plant_bank_step(struct plant_bank *bank, const struct plant_drive *drive,
		    double ambient_c, double dt_s);

#endif
