// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of blocks and their leads, at one scan a second and a minute */
#include "rules-bench.h"

/* Discharges */

static void deep_discharge_warns_and_alarms_live(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 1950000);
	bench_pass(&b, 10 * MINUTE);
	b.volts[1] = 1801000;
	b.noise_uv = b.wander_uv = 0;
	b.volts[0] = b.volts[2] = b.volts[3] = 1850000;
	bench_pass(&b, 5 * MINUTE);
	assert_true(bench_level(&b, ALARM_DEEP_DISCHARGE, 1) <= ALARM_NONE);
	b.volts[1] = 1799000;
	bench_pass(&b, 9 * SECOND);
	assert_true(bench_level(&b, ALARM_DEEP_DISCHARGE, 1) <= ALARM_NONE);
	bench_pass(&b, 3 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_WARNING);
	assert_says(&b, "1.799 V/cell");
	b.volts[1] = 1749000;
	bench_pass(&b, 12 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_ALARM);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 0, ALARM_NONE);
	/* recovered without a charge: nobody has charged it */
	bench_become(&b, STRING_REST, 1990000);
	bench_pass(&b, HOUR);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_ALARM);
	bench_become(&b, STRING_RECHARGE, 2150000);
	bench_pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_NONE);
}

/* B9: the first minutes are no measure, a collapse is one */
static void coup_de_fouet_is_no_deep_discharge(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 1730000);
	bench_pass(&b, 2 * MINUTE);
	assert_int_equal(b.raised, 0);
	bench_become(&b, STRING_DISCHARGE, 1640000);
	bench_pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 0, ALARM_ALARM);
	assert_says(&b, "in its first minutes");
}

static void one_low_sample_is_no_deep_discharge(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 4, 6, true);
	bench_become(&b, STRING_DISCHARGE, 1850000);
	bench_pass(&b, 6 * MINUTE);
	for (i = 0; i < 100; i++) {
		b.volts[2] = i % 2 ? 1765000 : 1850000;
		bench_scan(&b);
	}
	assert_int_equal(b.raised, 0);
	/* four of five are enough (n of m) */
	for (i = 0; i < 20; i++) {
		b.volts[2] = i % 5 == 4 ? 1850000 : 1765000;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_DEEP_DISCHARGE, 2, ALARM_WARNING);
}

static void a_jar_falls_away_by_the_median(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, true);
	b.noise_uv = b.wander_uv = 0;
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, 2 * MINUTE);
	b.volts[3] = 1901000;
	bench_pass(&b, MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_NONE);
	b.volts[3] = 1898000;
	bench_pass(&b, 12 * SECOND);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_WARNING);
	assert_says(&b, "102 mV/cell below the median 2.000");
	/* none of the others is accused, though one of four is far off (B4) */
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 0, ALARM_NONE);
	/* the discharge ends, the finding stays until the string is charged */
	bench_become(&b, STRING_RECHARGE, 2200000);
	bench_pass(&b, MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_WARNING);
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_NONE);
}

static void a_jar_is_driven_backwards(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 4, 6, true);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, 2 * MINUTE);
	for (i = 0; i < 60; i++) {
		b.volts[0] = 2000000 - i * 30000;
		bench_pass(&b, 10 * SECOND);
	}
	assert_true(bench_level(&b, ALARM_POLARITY_REVERSAL, 0) <= ALARM_NONE);
	b.volts[0] = -50000;
	bench_pass(&b, 15 * SECOND);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	assert_true(bench_level(&b, ALARM_SENSE_LEAD, 0) <= ALARM_NONE);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
}

/* A light load leaves the others high: it is the discharge that counts */
static void a_light_load_reverses_as_well(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 8, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 2090000);
	bench_pass(&b, 2 * MINUTE);
	for (i = 0; i < 80; i++) {
		b.volts[0] = 2090000 - i * 30000;
		bench_pass(&b, 10 * SECOND);
	}
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
	/* a jar that opens does so at once, and the load is gone */
	bench_start(&b, 8, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 2090000);
	bench_pass(&b, 2 * MINUTE);
	b.volts[0] = -3900000;
	bench_pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_OPEN_JAR, 0, ALARM_ALARM);
	assert_true(bench_level(&b, ALARM_POLARITY_REVERSAL, 0) <= ALARM_NONE);
}

/* What the load drove backwards stays so until somebody charges it */
static void a_jar_stays_reversed_after_the_load(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 2020000);
	bench_pass(&b, 2 * MINUTE);
	for (; b.volts[0] > -240000; b.volts[0] -= 2000)
		bench_scan(&b);
	bench_pass(&b, 20 * SECOND);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	bench_become(&b, STRING_REST, 2060000);
	b.volts[0] = -240000;
	b.fast = false;
	bench_pass(&b, 30 * HOUR);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, 10 * MINUTE);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_NONE);

	/* the load ends before anybody could tell */
	bench_start(&b, 8, 6, true);
	bench_pass(&b, MINUTE);
	bench_become(&b, STRING_DISCHARGE, 2020000);
	bench_pass(&b, 2 * MINUTE);
	for (; b.volts[0] > -110000; b.volts[0] -= 20000)
		bench_scan(&b);
	bench_become(&b, STRING_REST, 2060000);
	b.volts[0] = -120000;
	bench_pass(&b, 10 * MINUTE);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
}

static void leads_the_wrong_way_round_are_reversed(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.volts[5] = -2250000;
	bench_pass(&b, 10 * MINUTE);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 5, ALARM_ALARM);
	assert_says(&b, "the wrong way round");
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 5) <= ALARM_NONE);
}

/* Blocks on float */

static void deviation_waits_for_the_string_to_settle(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 4, 6, false);
	b.volts[1] = 2350000;
	bench_pass(&b, 71 * HOUR);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
	assert_says(&b, "above the median");
	assert_says(&b, "limit 83 mV/cell");
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 0, ALARM_NONE);
	/* M4: it lasts for 14 days */
	bench_pass(&b, 14 * DAY - HOUR - 30 * MINUTE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
	bench_pass(&b, HOUR + 30 * MINUTE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_ALARM);
	assert_says(&b, "14 days");
	b.volts[1] = 2250000;
	bench_pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_NONE);
}

/* ±2 % is natural in AGM, and modules err by 0.5 % */
static void natural_spread_is_no_deviation(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.volts[1] += 45000 + 11000;
	b.volts[2] -= 45000 + 11000;
	b.volts[3] += 80000;
	bench_pass(&b, 8 * DAY);
	assert_int_equal(b.raised, 0);
	b.volts[3] += 10000;
	bench_pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 3, ALARM_WARNING);
}

/* A warm block floats lower: that explains, and never accuses */
static void temperature_explains_a_deviation(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.volts[1] -= 95000;
	b.jars[1].temperature_mc = 29900;
	b.jars[2].temperature_mc = 15000;
	bench_pass(&b, 4 * DAY);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_NONE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_NONE);
	b.jars[1].temperature_mc = 25000;
	bench_pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
}

static void a_recharge_and_a_dip_hold_the_deviation_back(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 4, 6);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, 10 * MINUTE);
	bench_become(&b, STRING_RECHARGE, 2200000);
	bench_pass(&b, 5 * HOUR);
	bench_become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2120000;
	bench_pass(&b, 71 * HOUR);
	assert_true(bench_level(&b, ALARM_VOLTAGE_DEVIATION, 2) <= ALARM_NONE);
	bench_pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_WARNING);
	/* a dip costs an hour, not three days */
	bench_long_on_float(&b, 4, 6);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, 2 * MINUTE);
	bench_become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2120000;
	bench_pass(&b, 50 * MINUTE);
	assert_true(bench_level(&b, ALARM_VOLTAGE_DEVIATION, 2) <= ALARM_NONE);
	bench_pass(&b, HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_WARNING);
}

/* B4: one shorted block of four accuses none of the others */
static void a_cell_of_one_block_of_four_is_shorted(void **state)
{
	struct bench b;
	int i, fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		bench_long_on_float(&b, 4, 6);
		b.fast = fast;
		bench_give_to_others(&b, 2, 1900000);
		bench_pass(&b, fast ? 58 * SECOND : MINUTE);
		assert_true(bench_level(&b, ALARM_SHORTED_CELL, 2) <= ALARM_NONE);
		bench_pass(&b, fast ? 4 * SECOND : MINUTE);
		assert_level(&b, ALARM_SHORTED_CELL, 2, ALARM_ALARM);
		assert_says(&b, "as 1 of 6 cells shorted, fell at once");
		b.fast = false;
		bench_pass(&b, 5 * DAY);
		assert_int_equal(b.raised, 1);
		for (i = 0; i < 4; i++)
			assert_true(bench_level(&b, ALARM_VOLTAGE_DEVIATION, i) <=
				    ALARM_NONE);
	}
}

/* Their median falls with the one, and the other gets its voltage */
static void of_two_blocks_one_has_a_shorted_cell(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 2, 6);
	b.fast = true;
	bench_pass(&b, MINUTE);
	b.scan.state = STRING_DISCHARGE;
	b.scan.state_ns = b.scan.time_ns;
	b.volts[0] = 1934000;
	b.volts[1] = 2320000;
	bench_pass(&b, 70 * SECOND);
	assert_level(&b, ALARM_SHORTED_CELL, 0, ALARM_ALARM);
	b.volts[0] = 2042000;
	b.volts[1] = 2449000;
	b.scan.state = STRING_RECHARGE;
	bench_pass(&b, 40 * MINUTE);
	b.scan.state = STRING_FLOAT;
	b.fast = false;
	bench_pass(&b, 5 * DAY);
	assert_level(&b, ALARM_SHORTED_CELL, 0, ALARM_ALARM);
	assert_int_equal(b.raised, 1);
}

static void of_two_blocks_one_loses_its_lead(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_long_on_float(&b, 2, 6);
	b.fast = true;
	bench_pass(&b, MINUTE);
	b.scan.state = STRING_DISCHARGE;
	b.scan.state_ns = b.scan.time_ns;
	for (i = 0; i < 120; i++) {
		b.volts[1] = 50000 + 550000 * (i * 7 % 10) / 10;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SENSE_LEAD, 1, ALARM_WARNING);
	assert_int_equal(b.raised, 1);
}

static void a_shorted_cell_is_known_by_its_level(void **state)
{
	static const struct {
		unsigned int cells;
		int64_t uv;
		const char *words;
	} cases[] = {
		{ 6, 1880000, "1 of 6" }, { 6, 1500000, "2 of 6" },
		{ 3, 1500000, "1 of 3" }, { 2, 1130000, "1 of 2" },
		{ 1, 1500000, "1 of 1" },
	};
	struct bench b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bench_start(&b, 8, cases[i].cells, false);
		b.volts[4] = cases[i].uv;
		/* nobody holds this sum: it is the block that is judged */
		b.limits.value[LIMIT_FLOAT_VOLTAGE] = LIMIT_UNSET;
		bench_pass(&b, 88 * MINUTE);
		assert_int_equal(b.raised, 0);
		bench_pass(&b, 5 * MINUTE);
		assert_level(&b, ALARM_SHORTED_CELL, 4, ALARM_ALARM);
		assert_says(&b, cases[i].words);
	}
	/* between the steps it is something else */
	bench_start(&b, 8, 6, false);
	b.volts[4] = 2030000;
	bench_pass(&b, DAY);
	assert_int_equal(b.raised, 0);
}

/* A weak block under load passes the level of a shorted cell */
static void a_weak_block_under_load_is_not_shorted(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, true);
	bench_pass(&b, 2 * HOUR);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	b.volts[2] = 2000000 * 5 / 6;
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_RECHARGE, 2100000);
	b.volts[2] = 2100000 * 5 / 6;
	bench_pass(&b, HOUR);
	assert_true(bench_level(&b, ALARM_SHORTED_CELL, 2) <= ALARM_NONE);
	/* it stays there on float: now it is */
	bench_become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2250000 * 5 / 6;
	bench_pass(&b, 95 * MINUTE);
	assert_level(&b, ALARM_SHORTED_CELL, 2, ALARM_ALARM);
}

/* Nothing left of 2 V: the others say whether it is the block or the lead */
static void the_others_tell_a_short_from_a_lead(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 16, 1);
	bench_give_to_others(&b, 9, 10000);
	bench_pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_SHORTED_CELL, 9, ALARM_ALARM);
	assert_says(&b, "the others rose by 1");
	assert_true(bench_level(&b, ALARM_SENSE_LEAD, 9) <= ALARM_NONE);
	assert_false(rules_doubt(&b.memory[9]));

	bench_long_on_float(&b, 16, 1);
	b.volts[9] = 10000;
	bench_pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 9, ALARM_WARNING);
	assert_true(bench_level(&b, ALARM_SHORTED_CELL, 9) <= ALARM_NONE);
	assert_true(rules_doubt(&b.memory[9]));
	assert_int_equal(b.raised, 1);
	b.volts[9] = 2250000;
	bench_pass(&b, 30 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 9, ALARM_NONE);
}

static void a_jumping_voltage_is_a_lead(void **state)
{
	struct bench b;
	int i, fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		bench_start(&b, 4, 6, fast);
		bench_pass(&b, 20 * MINUTE);
		for (i = 0; i < 30; i++) {
			b.volts[1] = 300000 + 1000 * bench_noise(&b, 300);
			bench_scan(&b);
			if (i == 1)
				assert_true(rules_suspect(&b.memory[1]));
		}
		assert_level(&b, ALARM_SENSE_LEAD, 1, ALARM_WARNING);
		assert_int_equal(b.raised, 1);
	}
}

/* A bad contact need not let the voltage go to nothing */
static void a_lead_jumps_by_more_than_a_block(void **state)
{
	struct bench b;
	int i, big;

	(void)state;
	for (big = 0; big < 2; big++) {
		bench_start(&b, 8, 6, true);
		b.noise_uv = 0;
		bench_pass(&b, MINUTE);
		for (i = 0; i < 60; i++) {
			b.volts[1] = 2250000 - i % 2 * (big ? 120000 : 90000);
			bench_scan(&b);
		}
		assert_int_equal(b.raised, big);
		assert_true(!big || b.kind == ALARM_SENSE_LEAD);
	}
}

/* Too little for a lead that is open, too much for none */
static void little_is_not_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 16, 1);
	b.volts[3] = 770000;
	b.volts[7] = 800000;
	bench_pass(&b, 40 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 3, ALARM_WARNING);
	assert_true(bench_level(&b, ALARM_SENSE_LEAD, 7) <= ALARM_NONE);
	assert_level(&b, ALARM_SHORTED_CELL, 7, ALARM_ALARM);
}

/* A load that steps while modules are read one after the other */
static void a_stepping_load_breaks_no_lead(void **state)
{
	struct bench b;
	int i, k;

	(void)state;
	bench_start(&b, 8, 6, true);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, 10 * MINUTE);
	for (i = 0; i < 300; i++) {
		for (k = 0; k < 8; k++)
			b.volts[k] = (i + k) % 5 < 2 ? 1880000 : 2000000;
		bench_scan(&b);
	}
	assert_int_equal(b.raised, 0);
}

static void an_open_jar_takes_the_charge_voltage(void **state)
{
	int64_t set = 2250000, fell;
	struct bench b;
	unsigned int n, i;

	(void)state;
	for (n = 4; n <= 16; n += 12) {
		bench_long_on_float(&b, n, 6);
		/* the others go to rest, it takes what they leave */
		for (fell = 0; fell < 90000; fell += 500) {
			for (i = 0; i < n; i++)
				b.volts[i] = set - fell;
			b.volts[1] = set + fell * (n - 1);
			bench_scan(&b);
		}
		assert_level(&b, ALARM_OPEN_JAR, 1, ALARM_ALARM);
		assert_says(&b, "passes no current");
		assert_true(bench_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 1) <=
			    ALARM_NONE);
		assert_true(bench_level(&b, ALARM_CHARGER_LOW, -1) <= ALARM_NONE);
		assert_true(bench_level(&b, ALARM_CHARGER_HIGH, -1) <= ALARM_NONE);
	}
}

static void an_open_jar_goes_below_nothing_without_mains(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 4, 6);
	b.fast = true;
	bench_become(&b, STRING_REST, 2140000);
	b.volts[3] = -6000000;
	bench_pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_OPEN_JAR, 3, ALARM_ALARM);
	assert_int_equal(b.raised, 1);
}

/* To @uv in as much as @ns; the others give it */
static void rise(struct bench *b, unsigned int jar, int64_t uv, uint64_t ns)
{
	int64_t from = b->volts[jar];
	int64_t step, steps = (int64_t)(ns / MINUTE);

	for (step = 1; step <= steps; step++) {
		bench_give_to_others(b, jar, from + (uv - from) * step / steps);
		bench_scan(b);
	}
}

/* A sulphated block floats high, and current flows all the same */
static void a_high_block_is_not_open(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 8, 6);
	rise(&b, 2, 2500000, 8 * HOUR);
	bench_pass(&b, 2 * DAY);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_ALARM);
}

/* What still conducts a little never takes all: its rise tells */
static void a_block_that_rises_within_the_hour_is_open(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 9, 6);
	rise(&b, 2, 2460000, 45 * MINUTE);
	bench_pass(&b, 5 * MINUTE);
	assert_level(&b, ALARM_OPEN_JAR, 2, ALARM_ALARM);
	/* of four the others have more to give, and take longer */
	bench_long_on_float(&b, 4, 6);
	rise(&b, 2, 2380000, 50 * MINUTE);
	bench_pass(&b, 5 * MINUTE);
	assert_level(&b, ALARM_OPEN_JAR, 2, ALARM_ALARM);
	/* likewise, and the others do not answer: the module */
	bench_long_on_float(&b, 9, 6);
	b.volts[2] = 2460000;
	bench_pass(&b, 30 * MINUTE);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	/* after a recharge a small block is full before the others */
	bench_long_on_float(&b, 9, 6);
	bench_become(&b, STRING_RECHARGE, 2200000);
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, HOUR);
	rise(&b, 2, 2460000, 45 * MINUTE);
	bench_pass(&b, 5 * MINUTE);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	/* by a current below what the sensor resolves: a rest by name */
	bench_long_on_float(&b, 9, 6);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_REST, 2138000);
	b.volts[2] = 2400000;
	bench_pass(&b, HOUR);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
}

static void a_voltage_that_no_block_has_is_implausible(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 8, 6);
	b.volts[2] = 5000000;
	bench_pass(&b, 5 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 2, ALARM_WARNING);
	assert_true(bench_level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	assert_true(rules_doubt(&b.memory[2]));
	bench_pass(&b, 2 * HOUR);
	assert_int_equal(b.raised, 1);
	b.volts[2] = 2250000;
	bench_pass(&b, 30 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 2, ALARM_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep_discharge_warns_and_alarms_live),
		cmocka_unit_test(coup_de_fouet_is_no_deep_discharge),
		cmocka_unit_test(one_low_sample_is_no_deep_discharge),
		cmocka_unit_test(a_jar_falls_away_by_the_median),
		cmocka_unit_test(a_jar_is_driven_backwards),
		cmocka_unit_test(a_light_load_reverses_as_well),
		cmocka_unit_test(a_jar_stays_reversed_after_the_load),
		cmocka_unit_test(leads_the_wrong_way_round_are_reversed),
		cmocka_unit_test(deviation_waits_for_the_string_to_settle),
		cmocka_unit_test(natural_spread_is_no_deviation),
		cmocka_unit_test(temperature_explains_a_deviation),
		cmocka_unit_test(a_recharge_and_a_dip_hold_the_deviation_back),
		cmocka_unit_test(a_cell_of_one_block_of_four_is_shorted),
		cmocka_unit_test(of_two_blocks_one_has_a_shorted_cell),
		cmocka_unit_test(of_two_blocks_one_loses_its_lead),
		cmocka_unit_test(a_shorted_cell_is_known_by_its_level),
		cmocka_unit_test(a_weak_block_under_load_is_not_shorted),
		cmocka_unit_test(the_others_tell_a_short_from_a_lead),
		cmocka_unit_test(a_jumping_voltage_is_a_lead),
		cmocka_unit_test(a_lead_jumps_by_more_than_a_block),
		cmocka_unit_test(little_is_not_nothing),
		cmocka_unit_test(a_stepping_load_breaks_no_lead),
		cmocka_unit_test(an_open_jar_takes_the_charge_voltage),
		cmocka_unit_test(an_open_jar_goes_below_nothing_without_mains),
		cmocka_unit_test(a_high_block_is_not_open),
		cmocka_unit_test(a_block_that_rises_within_the_hour_is_open),
		cmocka_unit_test(a_voltage_that_no_block_has_is_implausible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
