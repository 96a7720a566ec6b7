/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The equalizer of the daemon around a string of the plant model */
#ifndef TEST_EQUALIZE_LOOP_H
#define TEST_EQUALIZE_LOOP_H

#include "policy/equalize/equalize.h"
#include "sensor.h"
#include "site.h"
#include "spread.h"

#define LOOP_MAX	32

/**
 * struct loop_setup - a string and how far apart its jars are
 * @nominal_v: 2, 4, 6 or 12
 * @capacity_ah: of its jars
 * @count: jars
 * @low: jar that lacks charge, counted from 0
 * @lacks: how much, relative
 * @calibrated: modules show what is, but for the noise
 * @sensor: the current is measured
 * @zero_ma: what the sensor shows of none
 * @wander: does the voltage of the charger wander?
 * @seed: of spread and noise
 */
struct loop_setup {
	unsigned int nominal_v;
	double capacity_ah;
	unsigned int count;
	unsigned int low;
	double lacks;
	bool calibrated;
	bool sensor;
	int zero_ma;
	bool wander;
	u64 seed;
};

/**
 * struct loop - plant and controller
 * @bypassed_ah: charge past all jars so far
 * @changes: duties that changed
 * @hold: command nothing: what the plant does alone
 */
struct loop {
	struct loop_setup setup;
	struct plant_type type;
	struct plant_block blocks[LOOP_MAX];
	struct plant_sensor sensors[LOOP_MAX];
	struct plant_string string;
	struct plant_string_sensor current;
	struct plant_site site;
	struct equalize *equalize;
	struct equalize_cell cells[LOOP_MAX];
	char names[LOOP_MAX][16];
	double bypass_full_a;
	double bypassed_ah;
	unsigned long changes;
	bool hold;
};

void loop_init(struct loop *l, const struct loop_setup *setup);
void loop_done(struct loop *l);
/* The same plant in the same state, with a controller that begins anew */
void loop_copy(struct loop *to, const struct loop *from);
/* Let a minute pass: plant, then samples and controller four times */
void loop_minute(struct loop *l);
/* True highest less lowest voltage of a cell against the targets, in mV */
double loop_spread_mv(const struct loop *l);
double loop_cell_v(const struct loop *l, unsigned int i);

#endif
