/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site: battery, charger, load, mains, tests, the air of the room */
#ifndef PLANT_SITE_H
#define PLANT_SITE_H

#include "charger.h"
#include "pcg.h"

enum plant_cause {
	PLANT_CAUSE_NONE,
	PLANT_CAUSE_FAILURE,	/* mains failed */
	PLANT_CAUSE_TEST,	/* self-test of the UPS */
	PLANT_CAUSE_ORDER,	/* the caller said so */
};

/**
 * struct plant_schedule - when the battery has to carry the load
 * @failures_per_year: mains failures, at random
 * @failure_min_s: shortest; lengths are log-uniform
 * @failure_max_s: longest
 * @test_every_s: self-tests, 0 for none
 * @test_s: length of one
 * @rng: random numbers of the failures
 * @failure_at_s: start of the next or present failure
 * @failure_end_s: its end
 * @test_at_s: start of the next or present test
 */
struct plant_schedule {
	double failures_per_year;
	double failure_min_s;
	double failure_max_s;
	double test_every_s;
	double test_s;

	struct pcg rng;
	double failure_at_s;
	double failure_end_s;
	double test_at_s;
};

/**
 * struct plant_air - temperature of the room
 * @mean_c: over the year
 * @season_k: amplitude of the year; warmest after half of it
 * @day_k: amplitude of the day; warmest at 15 h
 */
struct plant_air {
	double mean_c;
	double season_k;
	double day_k;
};

/**
 * struct plant_site - all of it
 * @bank: battery
 * @charger: its charger
 * @schedule: mains failures and tests
 * @air: temperature of the room
 * @load_w: what the load takes from the battery without mains
 * @end_cell_v: mean voltage of a cell at which the load is cut
 * @outage: the caller's own mains failure
 * @time_s: since the start
 * @cause: why the battery carries the load
 * @cut: the load was cut, until mains is back
 * @failures: mains failures so far
 * @tests: self-tests so far
 */
struct plant_site {
	struct plant_bank bank;
	struct plant_charger charger;
	struct plant_schedule schedule;
	struct plant_air air;
	double load_w;
	double end_cell_v;
	bool outage;

	double time_s;
	enum plant_cause cause;
	bool cut;
	unsigned int failures;
	unsigned int tests;
};

void plant_site_init(struct plant_site *s, struct plant_string *strings,
		     unsigned int count, const struct plant_charger *charger,
		     u64 seed);
double plant_site_ambient_c(const struct plant_site *s);
int plant_site_step(struct plant_site *s, double dt_s);

#endif
