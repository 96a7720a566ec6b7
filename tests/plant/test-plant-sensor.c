// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules: errors within the data sheet, lag, noise, steps, faults */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor.h"

struct rig {
	struct plant_type type;
	struct plant_block block;
	struct plant_sensor sensor;
};

static void rig_init(struct rig *r, u64 index)
{
	plant_type_agm(&r->type, 12, 100);
	plant_block_init(&r->block, &r->type, 1, 25);
	r->block.volt_v = 13.5;
	plant_sensor_init(&r->sensor, &r->block, 5, index);
}

static double mean_v(struct rig *r, int samples)
{
	double sum = 0;

	for (int i = 0; i < samples; i++) {
		struct plant_reading reading;

		plant_sensor_read(&r->sensor, &r->block, &reading);
		sum += reading.voltage_mv / 1e3;
	}
	return sum / samples;
}

/* EFF-65: voltage within 0.5 %, resistance within 3 %; and it is used */
static void errors_fill_the_data_sheet(void **state)
{
	double least = 2, most = 0, r_least = 2, r_most = 0;

	(void)state;
	for (u64 i = 0; i < 500; i++) {
		double volt, ohm = 0;
		struct rig r;

		rig_init(&r, i);
		volt = mean_v(&r, 50) / 13.5;
		for (int n = 0; n < 50; n++)
			ohm += plant_sensor_resistance_uohm(&r.sensor, &r.block);
		ohm /= 50 * 1e6 * plant_block_resistance_ohm(&r.block);
		least = fmin(least, volt);
		most = fmax(most, volt);
		r_least = fmin(r_least, ohm);
		r_most = fmax(r_most, ohm);
		assert_true(r.sensor.lag_s >= 600 && r.sensor.lag_s <= 1800);
	}
	printf("# voltage %.4f to %.4f, resistance %.3f to %.3f\n", least, most,
	       r_least, r_most);
	assert_true(least > 0.9948 && least < 0.9955);
	assert_true(most < 1.0052 && most > 1.0045);
	assert_true(r_least > 0.965 && r_least < 0.975);
	assert_true(r_most < 1.035 && r_most > 1.025);
}

/* The noise of the data set of the history: 3 mV for 12 V, and 1 mV steps */
static void noise_is_three_millivolts_for_12_v(void **state)
{
	double sum = 0, squares = 0;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	for (int i = 0; i < 20000; i++) {
		double v = mean_v(&r, 1) - 13.5 * r.sensor.gain;

		sum += v;
		squares += v * v;
	}
	assert_true(fabs(sum / 20000) < 1e-4);
	assert_true(fabs(sqrt(squares / 20000) - 0.003) < 0.0002);
}

static void equal_seeds_read_the_same(void **state)
{
	struct rig a, b, c;
	int differ = 0;

	(void)state;
	rig_init(&a, 3);
	rig_init(&b, 3);
	rig_init(&c, 4);
	for (int i = 0; i < 100; i++) {
		struct plant_reading x, y, z;

		plant_sensor_read(&a.sensor, &a.block, &x);
		plant_sensor_read(&b.sensor, &b.block, &y);
		plant_sensor_read(&c.sensor, &c.block, &z);
		assert_int_equal(x.voltage_mv, y.voltage_mv);
		assert_int_equal(x.temperature_dc, y.temperature_dc);
		differ += x.voltage_mv != z.voltage_mv;
	}
	assert_true(differ > 90);
}

static void temperature_lags_by_its_time_constant(void **state)
{
	struct rig fast, slow;
	double passed = 0;

	(void)state;
	rig_init(&fast, 1);
	rig_init(&slow, 1);
	fast.block.temp_c = slow.block.temp_c = 35;
	while (fast.sensor.case_c < 25 + 10 * (1 - exp(-1))) {
		plant_sensor_step(&fast.sensor, &fast.block, 25, 1);
		passed += 1;
	}
	assert_true(fabs(passed - fast.sensor.lag_s) < 2);
	/* One long step is as good as many short ones */
	plant_sensor_step(&slow.sensor, &slow.block, 25, passed);
	assert_true(fabs(slow.sensor.case_c - fast.sensor.case_c) < 1e-9);
}

static void the_bypass_heats_the_module(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	r.block.bypass_a = 0.15;
	for (int i = 0; i < 120; i++)
		plant_sensor_step(&r.sensor, &r.block, 25, 60);
	printf("# module at 0.15 A: %.1f degC\n", r.sensor.module_c);
	assert_true(r.sensor.module_c > 40 && r.sensor.module_c < 60);
	assert_true(fabs(r.sensor.case_c - 25) < 0.1);
	r.block.bypass_a = 0;
	for (int i = 0; i < 120; i++)
		plant_sensor_step(&r.sensor, &r.block, 25, 60);
	assert_true(fabs(r.sensor.module_c - 25) < 0.5);
}

static void an_open_lead_jumps_and_has_no_resistance(void **state)
{
	int least = 99999, most = 0;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	r.sensor.sense = PLANT_SENSE_OPEN;
	for (int i = 0; i < 100; i++) {
		struct plant_reading reading;

		plant_sensor_read(&r.sensor, &r.block, &reading);
		if (reading.voltage_mv < least)
			least = reading.voltage_mv;
		if (reading.voltage_mv > most)
			most = reading.voltage_mv;
	}
	assert_true(most < 9000 && most - least > 1000);
	assert_int_equal(plant_sensor_resistance_uohm(&r.sensor, &r.block), 0);
}

static void a_stuck_voltage_stays(void **state)
{
	struct plant_reading before, after;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	plant_sensor_read(&r.sensor, &r.block, &before);
	r.sensor.sense = PLANT_SENSE_STUCK;
	r.block.volt_v = 12;
	for (int i = 0; i < 10; i++) {
		plant_sensor_read(&r.sensor, &r.block, &after);
		assert_int_equal(after.voltage_mv, before.voltage_mv);
	}
}

static void a_drift_goes_on(void **state)
{
	struct rig r;
	double before;

	(void)state;
	rig_init(&r, 1);
	before = mean_v(&r, 1000);
	r.sensor.drift_v_per_day = 0.010;
	for (int i = 0; i < 10 * 24; i++)
		plant_sensor_step(&r.sensor, &r.block, 25, 3600);
	assert_true(fabs(mean_v(&r, 1000) - before - 0.1) < 0.001);
}

/* B11: resistance jumps, voltage under load does not */
static void a_bad_contact_shows_in_the_resistance_only(void **state)
{
	unsigned int before;
	double volt;
	struct rig r;

	(void)state;
	rig_init(&r, 1);
	before = plant_sensor_resistance_uohm(&r.sensor, &r.block);
	volt = mean_v(&r, 1000);
	r.sensor.contact_ohm = 0.005;
	assert_true(plant_sensor_resistance_uohm(&r.sensor, &r.block) >
		    before + 4000);
	assert_true(fabs(mean_v(&r, 1000) - volt) < 0.001);
}

static void a_string_sensor_is_within_its_errors(void **state)
{
	struct plant_string string = { .amp_a = -50, .volt_v = 400 };

	(void)state;
	for (u64 i = 0; i < 100; i++) {
		struct plant_string_sensor s;

		plant_string_sensor_init(&s, 9, i);
		assert_true(abs(plant_string_sensor_current_ma(&s, &string) +
				50000) < 500 + 50 + 80);
		assert_true(abs(plant_string_sensor_voltage_mv(&s, &string) -
				400000) <= 2000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_fill_the_data_sheet),
		cmocka_unit_test(noise_is_three_millivolts_for_12_v),
		cmocka_unit_test(equal_seeds_read_the_same),
		cmocka_unit_test(temperature_lags_by_its_time_constant),
		cmocka_unit_test(the_bypass_heats_the_module),
		cmocka_unit_test(an_open_lead_jumps_and_has_no_resistance),
		cmocka_unit_test(a_stuck_voltage_stays),
		cmocka_unit_test(a_drift_goes_on),
		cmocka_unit_test(a_bad_contact_shows_in_the_resistance_only),
		cmocka_unit_test(a_string_sensor_is_within_its_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
