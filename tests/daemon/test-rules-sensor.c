// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of temperatures, sensors and clock */
#include "rules-bench.h"

/* Temperatures */

static void an_hour_above_the_limit_is_an_alarm(void **state)
{
	struct bench b;
	int fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		bench_start(&b, 2, 6, fast);
		b.jars[0].temperature_mc = 35100;
		b.jars[1].temperature_mc = 35000;
		bench_pass(&b, 58 * MINUTE);
		assert_int_equal(b.raised, 0);
		bench_pass(&b, 4 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_ALARM);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 1, ALARM_NONE);
		b.jars[0].temperature_mc = 34200;
		bench_pass(&b, 30 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_ALARM);
		b.jars[0].temperature_mc = 33900;
		bench_pass(&b, 12 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_NONE);
	}
}

static void a_month_below_15_degrees_is_an_advisory(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 2, 6, false);
	b.jars[0].temperature_mc = 14800;
	b.jars[1].temperature_mc = 15200;
	bench_pass(&b, 27 * DAY);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 3 * DAY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 0, ALARM_ADVISORY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 1, ALARM_NONE);
	assert_says(&b, "mean 14.8 C of 30 days");
	b.jars[0].temperature_mc = 17000;
	bench_pass(&b, 5 * DAY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 0, ALARM_NONE);
}

static void a_block_does_not_cool_down(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 8, 6, false);
	bench_become(&b, STRING_DISCHARGE, 1950000);
	b.jars[1].temperature_mc = 33000;
	b.jars[2].temperature_mc = 31000;	/* warmed by it */
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_RECHARGE, 2200000);
	bench_pass(&b, 10 * HOUR);
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, 14 * HOUR);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 1, ALARM_WARNING);
	assert_says(&b, "stands in for the room");
	assert_true(bench_level(&b, ALARM_TEMPERATURE_NO_RETURN, 2) <= ALARM_NONE);
	b.jars[2].temperature_mc = b.jars[1].temperature_mc = 28000;
	bench_pass(&b, HOUR);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 1, ALARM_NONE);
	/* all are warm: only a sensor of the room sees that */
	for (i = 0; i < 8; i++)
		b.jars[i].temperature_mc = 31000;
	bench_pass(&b, DAY);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 0, ALARM_NONE);
	b.scan.has_ambient = true;
	b.scan.ambient_mc = 22000;
	bench_pass(&b, DAY);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 0, ALARM_WARNING);
	assert_says(&b, "above the room, 22.0 C");
}

static void a_module_is_hot_with_and_without_duty(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	b.jars[0].duty_permille = 1000;
	b.jars[0].module_mc = 59900;
	bench_pass(&b, 2 * HOUR);
	assert_int_equal(b.raised, 0);
	b.jars[0].module_mc = 60000;
	bench_pass(&b, 62 * SECOND);
	assert_level(&b, ALARM_MODULE_HOT, 0, ALARM_WARNING);
	b.jars[0].module_mc = 75000;
	bench_pass(&b, 62 * SECOND);
	assert_level(&b, ALARM_MODULE_HOT, 0, ALARM_ALARM);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, -1);
	/* its own heat has half an hour to go */
	b.jars[0].duty_permille = 0;
	b.jars[0].module_mc = 45000;
	bench_pass(&b, 25 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, -1);
	b.jars[0].module_mc = 40500;
	b.jars[1].module_mc = 40500;
	bench_pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, ALARM_NONE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 1, ALARM_NONE);
	b.jars[2].module_mc = 57000;
	bench_pass(&b, 11 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 2, ALARM_ALARM);
	assert_says(&b, "current flows through it");
	/* of two each is judged by the other */
	bench_start(&b, 2, 6, true);
	b.jars[1].module_mc = 42000;
	bench_pass(&b, 11 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 1, ALARM_ALARM);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, ALARM_NONE);
}

static void of_two_blocks_each_cools_to_the_other(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 2, 6, false);
	bench_pass(&b, HOUR);
	b.jars[1].temperature_mc = 29000;
	bench_pass(&b, HOUR);
	b.jars[1].temperature_mc = 31000;
	bench_pass(&b, DAY);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 1, ALARM_WARNING);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 0, ALARM_NONE);
}

/* Sensors */

static void a_voltage_sticks(void **state)
{
	struct bench b;
	uint64_t end;

	(void)state;
	bench_start(&b, 8, 6, false);
	bench_pass(&b, HOUR);
	end = b.scan.time_ns + 3 * HOUR;
	while (b.scan.time_ns < end) {
		bench_scan(&b);
		/* what sticks is what the module says */
		b.volts[3] = 2251000;
	}
	assert_int_equal(b.raised, 0);
	/* the same with a sensor that says the same each time */
	b.noise_uv = b.wander_uv = 0;
	end = b.scan.time_ns + 3 * HOUR;
	while (b.scan.time_ns < end) {
		unsigned int i;

		for (i = 0; i < 8; i++)
			b.volts[i] = i == 3 ? 2251000 : 2250000 +
				(int64_t)(b.scan.time_ns / MINUTE % 10) * 500;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 3, ALARM_WARNING);
	assert_says(&b, "to the last digit");
	assert_int_equal(b.raised, 1);
}

/* Nothing moves: nothing can be said, for however long */
static void a_quiet_string_accuses_nobody(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, false);
	bench_pass(&b, HOUR);
	b.noise_uv = b.wander_uv = 0;
	bench_pass(&b, 10 * DAY);
	assert_int_equal(b.raised, 0);
}

/* A sensor with steps of 0.1 V is coarse and does not stick */
static void a_coarse_sensor_does_not_stick(void **state)
{
	struct bench b;
	uint64_t end;
	int i;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.wander_uv = b.noise_uv = 0;
	for (i = 0; i < 10; i++) {
		b.volts[5] = 2250000 + i % 2 * 16666;
		bench_scan(&b);
	}
	end = b.scan.time_ns + 10 * DAY;
	while (b.scan.time_ns < end) {
		for (i = 0; i < 8; i++)
			if (i != 5)
				b.volts[i] = 2250000 + bench_noise(&b, 8000);
		bench_scan(&b);
	}
	assert_int_equal(b.raised, 0);
}

static void a_discharge_shows_at_once_what_sticks(void **state)
{
	struct bench b;
	int i, k;

	(void)state;
	bench_start(&b, 8, 6, true);
	bench_pass(&b, 10 * MINUTE);
	b.noise_uv = b.wander_uv = 0;
	bench_become(&b, STRING_DISCHARGE, 2000000);
	b.volts[6] = 2250000;
	bench_scan(&b);
	for (i = 0; i < 900; i++) {
		for (k = 0; k < 8; k++)
			if (k != 6)
				b.volts[k] = 2000000 - i * 100;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 6, ALARM_WARNING);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 6) <= ALARM_NONE);
}

static void a_temperature_sticks(void **state)
{
	struct bench b;
	uint64_t begun;
	int i;

	(void)state;
	bench_start(&b, 8, 6, false);
	begun = b.scan.time_ns;
	while (b.scan.time_ns < begun + DAY) {
		uint64_t h = (b.scan.time_ns - begun) / HOUR;

		for (i = 0; i < 8; i++)
			b.jars[i].temperature_mc = i == 2 && h > 2 ? 25000 :
				25000 + (int32_t)(h < 12 ? h : 24 - h) * 100 +
				(int32_t)(b.scan.time_ns / MINUTE % 2) * 100;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 2, ALARM_WARNING);
	assert_says(&b, "temperature is 25.0 C to the last digit");
	assert_int_equal(b.raised, 1);
}

static void a_voltage_drifts(void **state)
{
	struct bench b;
	int h;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.volts[1] += 40000;
	bench_pass(&b, 20 * DAY);
	assert_int_equal(b.raised, 0);
	for (h = 0; h < 10 * 24; h++) {
		b.volts[1] += 100;
		bench_pass(&b, HOUR);
	}
	assert_int_equal(b.raised, 0);
	for (h = 0; h < 6 * 24; h++) {
		b.volts[1] += 100;
		bench_pass(&b, HOUR);
	}
	assert_level(&b, ALARM_SENSOR_DRIFT, 1, ALARM_WARNING);
	assert_says(&b, "module, or the block slowly changes");
	assert_int_equal(b.raised, 1);
}

/* Equalizing moves blocks, and their way back is no drift */
static void equalizing_is_no_drift(void **state)
{
	struct bench b;
	int h;

	(void)state;
	bench_start(&b, 8, 6, false);
	bench_pass(&b, 15 * DAY);
	for (h = 0; h < 20 * 24; h++) {
		b.volts[1] += 100;
		b.jars[4].duty_permille = h % 48 == 0 ? 300 : 0;
		bench_pass(&b, HOUR);
	}
	assert_int_equal(b.raised, 0);
}

static void a_temperature_leaps(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	bench_pass(&b, MINUTE);
	b.jars[0].temperature_mc = 31000;
	bench_pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 0, ALARM_WARNING);
	assert_says(&b, "from 25.0 to 31.0 C at once");
	b.jars[0].temperature_mc = 25200;
	bench_pass(&b, 12 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 0, ALARM_NONE);
	b.jars[1].temperature_mc = 127000;
	bench_pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 1, ALARM_WARNING);
	assert_says(&b, "none that a block has");
}

static void the_wall_clock_is_watched(void **state)
{
	uint64_t since = 0;
	struct bench b;

	(void)state;
	bench_start(&b, 1, 6, true);
	rules_judge_clock(&since, 100 * SECOND, false, bench_hear, &b);
	rules_judge_clock(&since, 99 * SECOND + DAY, false, bench_hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, -1);
	rules_judge_clock(&since, 100 * SECOND + DAY, false, bench_hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_ADVISORY);
	assert_says(&b, "24 h");
	rules_judge_clock(&since, 101 * SECOND + DAY, true, bench_hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_NONE);
	rules_judge_clock_step(60000, bench_hear, &b);
	rules_judge_clock_step(-60000, bench_hear, &b);
	assert_level(&b, ALARM_CLOCK_STEPPED, -1, -1);
	rules_judge_clock_step(-60001, bench_hear, &b);
	assert_int_equal(b.raised, 2);
	assert_says(&b, "60 s back");
	assert_level(&b, ALARM_CLOCK_STEPPED, -1, ALARM_NONE);
}

/* Bad input */

static void nothing_is_said_of_a_silent_module(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 4, 6, true);
	b.jars[1].fresh = false;
	b.volts[1] = -3000000;
	bench_pass(&b, 3 * HOUR);
	assert_int_equal(b.raised, 0);
	assert_level(&b, ALARM_MODULE_HOT, 1, -1);
	/* a scan that is doubled, or older, changes nothing */
	b.jars[1].fresh = true;
	b.jars[1].uv = 0;
	b.jars[1].module_mc = 90000;
	for (i = 0; i < 10; i++) {
		b.scan.time_ns -= i ? HOUR : 0;
		rules_judge(&b.string, &b.scan, bench_hear, &b);
	}
	assert_level(&b, ALARM_MODULE_HOT, 1, -1);
	assert_int_equal(b.raised, 0);
}

static void absurd_values_crash_nothing(void **state)
{
	static const int64_t uv[] = {
		INT32_MAX * 1000LL, INT32_MIN * 1000LL, 0, 1, -1, 2250000,
	};
	static const int32_t mc[] = { INT32_MAX, INT32_MIN, 0, 25000 };
	struct bench b;
	unsigned int i, k, n;

	(void)state;
	for (n = 0; n <= 5; n++) {
		bench_start(&b, n, 6, true);
		for (i = 0; i < 20000; i++) {
			b.scan.state = (b.seed >> 8) % STRING_STATE_COUNT;
			b.scan.state_ns = b.scan.time_ns;
			b.scan.has_sensor_voltage = i & 1;
			b.scan.sensor_mv = uv[i % 6];
			for (k = 0; k < n; k++) {
				bench_noise(&b, 1);
				b.volts[k] = uv[(b.seed >> 5) % 6];
				b.jars[k].temperature_mc =
					mc[(b.seed >> 9) % 4];
				b.jars[k].module_mc = mc[(b.seed >> 11) % 4];
				b.jars[k].fresh = b.seed >> 13 & 1;
				b.jars[k].has_voltage = b.seed >> 14 & 1;
			}
			if (i % 1000 == 0)
				b.scan.time_ns += 40 * DAY;
			bench_scan(&b);
		}
	}
}

/* Others that were not there yet have not moved */
static void blocks_that_join_do_not_make_another_stick(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	b.volts[1] += 58000;
	b.jars[2].fresh = b.jars[3].fresh = false;
	bench_pass(&b, 10 * SECOND);
	b.jars[2].fresh = b.jars[3].fresh = true;
	bench_pass(&b, 10 * MINUTE);
	assert_true(bench_level(&b, ALARM_SENSOR_STUCK, 0) <= ALARM_NONE);
}

/* A single block has no others: only what it says alone is judged */
static void one_block_alone_is_not_compared(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 1, 6, false);
	b.volts[0] = 1900000;
	bench_pass(&b, 5 * DAY);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 0, -1);
	assert_level(&b, ALARM_SHORTED_CELL, 0, -1);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_ALARM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_above_the_limit_is_an_alarm),
		cmocka_unit_test(a_month_below_15_degrees_is_an_advisory),
		cmocka_unit_test(a_block_does_not_cool_down),
		cmocka_unit_test(a_module_is_hot_with_and_without_duty),
		cmocka_unit_test(of_two_blocks_each_cools_to_the_other),
		cmocka_unit_test(a_voltage_sticks),
		cmocka_unit_test(a_quiet_string_accuses_nobody),
		cmocka_unit_test(a_coarse_sensor_does_not_stick),
		cmocka_unit_test(a_discharge_shows_at_once_what_sticks),
		cmocka_unit_test(a_temperature_sticks),
		cmocka_unit_test(a_voltage_drifts),
		cmocka_unit_test(equalizing_is_no_drift),
		cmocka_unit_test(a_temperature_leaps),
		cmocka_unit_test(the_wall_clock_is_watched),
		cmocka_unit_test(nothing_is_said_of_a_silent_module),
		cmocka_unit_test(absurd_values_crash_nothing),
		cmocka_unit_test(blocks_that_join_do_not_make_another_stick),
		cmocka_unit_test(one_block_alone_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
