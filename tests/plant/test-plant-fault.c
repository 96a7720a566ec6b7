// SPDX-License-Identifier: GPL-2.0-or-later
/* Each fault has the signature that it is known by */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fault.h"
#include "site.h"
#include "spread.h"

#define COUNT	8
#define BAD	3
#define GOOD	6
#define DAY_S	86400.0

struct rig {
	struct plant_type type;
	struct plant_block blocks[COUNT];
	struct plant_string string;
	struct plant_sensor sensor;
	struct plant_site site;
	struct plant_fault fault;
};

static void rig_init(struct rig *r, enum plant_fault_kind kind, double severity)
{
	struct plant_spread none = { 0 };

	plant_type_agm(&r->type, 12, 100);
	plant_string_init(&r->string, r->blocks, COUNT, &r->type, &none, 25, 1);
	plant_sensor_init(&r->sensor, &r->blocks[BAD], 1, BAD);
	plant_site_init(&r->site, &r->string, 1, &plant_charger_float, 1);
	r->site.air = (struct plant_air) { .mean_c = 25 };
	r->site.charger.wander_v = 0;
	r->site.load_w = 50 * 12 * COUNT;
	r->fault = (struct plant_fault) {
		.kind = kind, .severity = severity, .start_s = DAY_S,
		.string = &r->string, .block = BAD, .sensor = &r->sensor,
	};
	assert_int_equal(plant_fault_check(&r->fault), 0);
}

static void run(struct rig *r, double s)
{
	for (double t = 0; t < s - 1e-6; t += 60) {
		plant_fault_step(&r->fault, r->site.time_s);
		assert_int_equal(plant_site_step(&r->site, 60), 0);
	}
	assert_int_equal(r->site.bank.failures, 0);
}

static double volt(const struct rig *r, unsigned int block)
{
	return r->blocks[block].volt_v;
}

static double resistance(const struct rig *r, unsigned int block)
{
	return plant_block_resistance_ohm(&r->blocks[block]);
}

static void nothing_happens_before_the_start(void **state)
{
	(void)state;
	for (int kind = 0; kind < PLANT_FAULT_KINDS; kind++) {
		double severity = kind == PLANT_FAULT_RUNAWAY ? 10 : 1;
		struct plant_sensor sensor;
		struct plant_block before;
		struct rig r;

		rig_init(&r, (enum plant_fault_kind)kind, severity);
		before = r.blocks[BAD];
		sensor = r.sensor;
		plant_fault_step(&r.fault, DAY_S - 1);
		assert_memory_equal(&sensor, &r.sensor, sizeof(sensor));
		assert_memory_equal(&before, &r.blocks[BAD], sizeof(before));
		assert_true(r.fault.done == 0);
	}
}

/* One cell of six: its block stands 2.25 V lower, the others rise */
static void a_shorted_cell_moves_all_voltages(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_SHORTED_CELL, 1);
	run(&r, DAY_S);
	assert_true(fabs(volt(&r, BAD) - 13.5) < 0.01);
	run(&r, 3 * DAY_S);
	printf("# shorted cell: %.2f V, others %.2f V\n", volt(&r, BAD),
	       volt(&r, GOOD));
	assert_true(volt(&r, BAD) > 11.3 && volt(&r, BAD) < 11.7);
	assert_true(fabs(volt(&r, GOOD) - (r.string.volt_v - volt(&r, BAD)) /
			 (COUNT - 1)) < 0.005);
	assert_true(volt(&r, GOOD) > 13.7);
}

/* The only cell of a 2 V block */
static void a_shorted_2_v_block_has_no_voltage(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_SHORTED_CELL, 1);
	plant_type_agm(&r.type, 2, 1000);
	r.site.load_w = 500;
	run(&r, 2 * DAY_S);
	assert_true(volt(&r, BAD) == 0);
	assert_true(volt(&r, GOOD) > 2.26);
	r.site.outage = true;
	run(&r, 3600);
	assert_true(volt(&r, BAD) == 0 && volt(&r, GOOD) < 2.12);
}

/* Resistance up, float voltage up, early down under load, slow to charge */
static void sulphation_floats_high_and_falls_early(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_SULPHATION, 1);
	run(&r, 10 * DAY_S);
	assert_true(resistance(&r, BAD) > 1.7 * resistance(&r, GOOD));
	assert_true(volt(&r, BAD) > volt(&r, GOOD) + 0.08);
	r.site.outage = true;
	run(&r, 2700);
	printf("# sulphated under load: %.2f V, others %.2f V\n", volt(&r, BAD),
	       volt(&r, GOOD));
	assert_true(volt(&r, BAD) < volt(&r, GOOD) - 0.6);
	r.site.outage = false;
	run(&r, 12 * 3600);
	assert_true(plant_block_charge(&r.blocks[BAD]) <
		    plant_block_charge(&r.blocks[GOOD]) - 0.01);
}

/* Resistance up, float voltage down: it lets more current pass */
static void dry_out_floats_low_with_high_resistance(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_DRY_OUT, 1);
	run(&r, 10 * DAY_S);
	assert_true(resistance(&r, BAD) > 1.9 * resistance(&r, GOOD));
	assert_true(volt(&r, BAD) < volt(&r, GOOD) - 0.15);
	r.site.outage = true;
	run(&r, 2700);
	assert_true(volt(&r, BAD) < volt(&r, GOOD) - 0.6);
}

static void grid_growth_raises_resistance_over_its_ramp(void **state)
{
	double last;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_GRID_GROWTH, 0.8);
	r.fault.ramp_s = 100 * DAY_S;
	last = resistance(&r, BAD);
	run(&r, DAY_S);
	for (int i = 0; i < 10; i++) {
		run(&r, 10 * DAY_S);
		assert_true(resistance(&r, BAD) > last * 1.015);
		last = resistance(&r, BAD);
	}
	run(&r, DAY_S);
	assert_true(fabs(resistance(&r, BAD) / resistance(&r, GOOD) - 1.4) <
		    0.01);
	assert_true(fabs(r.blocks[BAD].charge_factor - (1 - 0.3 * 0.8)) < 1e-9);
}

/* B11: no jar shows it, the string does, under load */
static void a_loose_strap_is_seen_by_the_string_only(void **state)
{
	double jars = 0;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_LOOSE_STRAP, 0.010);
	run(&r, 5 * DAY_S);
	assert_true(fabs(volt(&r, BAD) - volt(&r, GOOD)) < 0.001);
	assert_true(fabs(resistance(&r, BAD) / resistance(&r, GOOD) - 1) <
		    0.001);
	r.site.outage = true;
	run(&r, 1800);
	for (int i = 0; i < COUNT; i++)
		jars += volt(&r, i);
	printf("# strap: %.0f mV missing at %.0f A, post %.1f K warmer\n",
	       1e3 * (jars - r.string.volt_v), -r.string.amp_a,
	       r.blocks[BAD].temp_c - r.blocks[GOOD].temp_c);
	assert_true(jars - r.string.volt_v > 0.45);
	assert_true(fabs(volt(&r, BAD) - volt(&r, GOOD)) < 0.02);
	assert_true(r.blocks[BAD].temp_c > r.blocks[GOOD].temp_c + 0.4);
	/* The heat ends with the current */
	r.site.outage = false;
	run(&r, 3 * DAY_S);
	assert_true(r.blocks[BAD].extra_w < 0.01);
}

static void a_blown_fuse_blinds_the_module_only(void **state)
{
	struct plant_reading reading;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_BLOWN_FUSE, 1);
	run(&r, DAY_S);
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &reading);
	assert_true(reading.voltage_mv > 13000);
	run(&r, DAY_S);
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &reading);
	assert_true(reading.voltage_mv < 5000);
	assert_true(fabs(volt(&r, BAD) - 13.5) < 0.01);
}

/* The charger's voltage is all on the one block, the others go to rest */
static void an_open_jar_takes_what_the_others_leave(void **state)
{
	double others = 0;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_OPEN_JAR, 1);
	run(&r, DAY_S);
	assert_true(fabs(volt(&r, BAD) - 13.5) < 0.01);
	run(&r, 3600);
	assert_true(r.string.amp_a == 0);
	assert_true(volt(&r, GOOD) < 13.4);
	assert_true(volt(&r, BAD) > 13.5 + (COUNT - 1) * 0.1);
	run(&r, DAY_S);
	for (int i = 0; i < COUNT; i++)
		others += i == BAD ? 0 : volt(&r, i);
	printf("# open jar: %.2f V, others %.2f V\n", volt(&r, BAD),
	       volt(&r, GOOD));
	assert_true(volt(&r, GOOD) > 12.8 && volt(&r, GOOD) < 13.0);
	assert_true(fabs(volt(&r, BAD) + others - COUNT * 13.5) < 0.01);
	/* the load draws its terminals to nothing: it stands backwards */
	r.site.outage = true;
	run(&r, 60);
	assert_true(volt(&r, BAD) < -(COUNT - 1) * 12.7);
	assert_true(volt(&r, GOOD) > 12.8);
}

static void a_sensor_sticks_or_drifts(void **state)
{
	struct plant_reading first, reading;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_STUCK_SENSOR, 1);
	run(&r, DAY_S);
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &first);
	r.site.outage = true;
	run(&r, 1800);
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &reading);
	assert_true(volt(&r, BAD) < 13);
	assert_int_equal(reading.voltage_mv, first.voltage_mv);

	rig_init(&r, PLANT_FAULT_DRIFTING_SENSOR, -0.1);
	run(&r, DAY_S);
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &first);
	for (int h = 0; h < 240; h++) {
		run(&r, 3600);
		plant_sensor_step(&r.sensor, &r.blocks[BAD], 25, 3600);
	}
	plant_sensor_read(&r.sensor, &r.blocks[BAD], &reading);
	assert_true(abs(reading.voltage_mv - first.voltage_mv + 1000) < 20);
}

/* Heat makes current, current makes heat; without charger it ends */
static void a_runaway_feeds_itself_until_the_charger_is_off(void **state)
{
	double first_a, at_40 = 0, at_60 = 0, hottest;
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_RUNAWAY, 120);
	r.fault.ramp_s = 10 * DAY_S;
	r.site.charger.float_v_per_k = 0;
	r.site.air.mean_c = 30;
	run(&r, DAY_S);
	first_a = r.string.amp_a;
	for (int h = 0; h < 40 * 24 && !at_60; h++) {
		run(&r, 3600);
		if (!at_40 && r.blocks[BAD].temp_c >= 40)
			at_40 = r.site.time_s;
		if (r.blocks[BAD].temp_c >= 60)
			at_60 = r.site.time_s;
	}
	printf("# runaway: 40 degC after %.1f days, 60 degC after %.1f days, "
	       "%.2f A of %.3f A\n", at_40 / DAY_S, at_60 / DAY_S,
	       r.string.amp_a, first_a);
	assert_true(at_60 > 0 && at_60 > at_40 + 3600);
	assert_true(r.string.amp_a > 20 * first_a);
	hottest = r.blocks[BAD].temp_c;
	r.site.charger.inhibited = true;
	run(&r, DAY_S);
	assert_true(r.blocks[BAD].temp_c < hottest - 20);
}

/* The same room and charger without the fault: no runaway */
static void a_healthy_string_does_not_run_away(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_RUNAWAY, 120);
	r.fault.start_s = 1e9;
	r.site.charger.float_v_per_k = 0;
	r.site.air.mean_c = 30;
	run(&r, 60 * DAY_S);
	assert_true(r.blocks[BAD].temp_c < 31.5);
}

/* Two faults of one block: their factors multiply, in whatever order */
static void faults_of_one_block_add_up(void **state)
{
	struct plant_fault second;
	struct rig a, b;

	(void)state;
	rig_init(&a, PLANT_FAULT_SULPHATION, 0.5);
	rig_init(&b, PLANT_FAULT_SULPHATION, 0.5);
	a.fault.ramp_s = b.fault.ramp_s = 1000;
	second = a.fault;
	second.kind = PLANT_FAULT_GRID_GROWTH;
	for (int t = 0; t <= 1000; t += 100) {
		plant_fault_step(&a.fault, DAY_S + t);
		plant_fault_step(&second, DAY_S + t);
	}
	plant_fault_step(&b.fault, DAY_S + 1000);
	second.string = &b.string;
	second.done = 0;
	plant_fault_step(&second, DAY_S + 1000);
	assert_true(fabs(a.blocks[BAD].r_factor - 1.4 * 1.25) < 1e-9);
	assert_true(fabs(b.blocks[BAD].r_factor - 1.4 * 1.25) < 1e-9);
	/* Time that goes back heals nothing */
	plant_fault_step(&a.fault, DAY_S + 10);
	assert_true(fabs(a.blocks[BAD].r_factor - 1.4 * 1.25) < 1e-9);
}

static void a_senseless_fault_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, PLANT_FAULT_SULPHATION, 1);
	r.fault.severity = 1.1;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	r.fault.severity = NAN;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	rig_init(&r, PLANT_FAULT_SHORTED_CELL, 6);
	r.fault.severity = 7;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	r.fault.severity = 1.5;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	rig_init(&r, PLANT_FAULT_LOOSE_STRAP, 0.01);
	r.fault.block = COUNT;
	assert_int_equal(plant_fault_check(&r.fault), -ENOENT);
	rig_init(&r, PLANT_FAULT_BLOWN_FUSE, 1);
	r.fault.sensor = NULL;
	assert_int_equal(plant_fault_check(&r.fault), -ENOENT);
	r.fault.kind = PLANT_FAULT_STUCK_SENSOR;
	assert_int_equal(plant_fault_check(&r.fault), -ENOENT);
	rig_init(&r, PLANT_FAULT_DRIFTING_SENSOR, -10);
	r.fault.severity = 0;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	r.fault.severity = -11;
	assert_int_equal(plant_fault_check(&r.fault), -ERANGE);
	r.fault.start_s = NAN;
	assert_int_equal(plant_fault_check(&r.fault), -EINVAL);
	r.fault.kind = PLANT_FAULT_KINDS;
	assert_int_equal(plant_fault_check(&r.fault), -EINVAL);
}

static void every_fault_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < PLANT_FAULT_KINDS; i++)
		assert_non_null(plant_fault_name((enum plant_fault_kind)i));
	assert_null(plant_fault_name(PLANT_FAULT_KINDS));
	assert_string_equal(plant_fault_name(PLANT_FAULT_DRY_OUT), "dry-out");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_happens_before_the_start),
		cmocka_unit_test(a_shorted_cell_moves_all_voltages),
		cmocka_unit_test(a_shorted_2_v_block_has_no_voltage),
		cmocka_unit_test(sulphation_floats_high_and_falls_early),
		cmocka_unit_test(dry_out_floats_low_with_high_resistance),
		cmocka_unit_test(grid_growth_raises_resistance_over_its_ramp),
		cmocka_unit_test(a_loose_strap_is_seen_by_the_string_only),
		cmocka_unit_test(a_blown_fuse_blinds_the_module_only),
		cmocka_unit_test(an_open_jar_takes_what_the_others_leave),
		cmocka_unit_test(a_sensor_sticks_or_drifts),
		cmocka_unit_test(a_runaway_feeds_itself_until_the_charger_is_off),
		cmocka_unit_test(a_healthy_string_does_not_run_away),
		cmocka_unit_test(faults_of_one_block_add_up),
		cmocka_unit_test(a_senseless_fault_is_refused),
		cmocka_unit_test(every_fault_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
