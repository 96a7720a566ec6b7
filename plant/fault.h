/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes wrong with blocks, straps and sense leads, at once or slowly */
#ifndef PLANT_FAULT_H
#define PLANT_FAULT_H

#include "bank.h"
#include "sensor.h"

enum plant_fault_kind {
	PLANT_FAULT_SHORTED_CELL,	/* severity: cells, at once */
	PLANT_FAULT_SULPHATION,		/* severity: 0 to 1 */
	PLANT_FAULT_DRY_OUT,		/* severity: 0 to 1 */
	PLANT_FAULT_GRID_GROWTH,	/* severity: 0 to 1 */
	PLANT_FAULT_LOOSE_STRAP,	/* severity: ohm */
	PLANT_FAULT_BLOWN_FUSE,		/* severity: above 0, at once */
	PLANT_FAULT_RUNAWAY,		/* severity: times the side reaction */
	PLANT_FAULT_OPEN_JAR,		/* severity: above 0, at once */
	PLANT_FAULT_STUCK_SENSOR,	/* severity: above 0, at once */
	PLANT_FAULT_DRIFTING_SENSOR,	/* severity: volt a day, or below 0 */
	PLANT_FAULT_KINDS,
};

/**
 * struct plant_fault - one fault
 * @kind: which
 * @severity: how bad it becomes; see the kinds
 * @start_s: when it begins
 * @ramp_s: how long it takes to become so bad, 0 for at once
 * @string: string
 * @block: its block; the strap after it; a runaway takes the whole string
 * @sensor: module of the block, for a fault of it
 * @done: share of @severity that is in the plant now
 */
struct plant_fault {
	enum plant_fault_kind kind;
	double severity;
	double start_s;
	double ramp_s;
	struct plant_string *string;
	unsigned int block;
	struct plant_sensor *sensor;

	double done;
};

const char *plant_fault_name(enum plant_fault_kind kind);
const char *plant_fault_severity(enum plant_fault_kind kind);
int plant_fault_check(const struct plant_fault *f);
void plant_fault_step(struct plant_fault *f, double time_s);

#endif
