// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of the charger and of the string as a whole */
#include "rules-bench.h"

static void season(struct bench *b, int32_t mc)
{
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->jars[i].temperature_mc = mc;
}

static void shift(struct bench *b, int64_t uv)
{
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->volts[i] += uv;
}

static void a_charger_is_high_within_the_hour(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 16, 6);
	shift(&b, 2250000 * 21 / 1000);
	bench_pass(&b, HOUR + MINUTE);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	assert_says(&b, "above the set point 2.250 V/cell at 25.0 C");
	shift(&b, -2250000 * 21 / 1000);
	bench_pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	/* even where the state is boost by its voltage */
	b.scan.state = STRING_BOOST;
	shift(&b, 120000);
	bench_pass(&b, HOUR + MINUTE);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_ALARM);
}

/* 1 % and 0.5 % of 2.25 V, and 2 degrees: 38.75 mV */
static void a_charger_has_its_tolerance(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 16, 6);
	shift(&b, 37500);
	bench_pass(&b, DAY);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	shift(&b, 2500);
	bench_pass(&b, HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	shift(&b, -77500);
	bench_pass(&b, DAY);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_NONE);
	shift(&b, -2500);
	bench_pass(&b, 5 * HOUR);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
}

/* @uv an hour, for as long as @ns */
static void slide(struct bench *b, int64_t uv, uint64_t ns)
{
	int64_t done = 0, minute, minutes = (int64_t)(ns / MINUTE);

	for (minute = 1; minute <= minutes; minute++) {
		shift(b, uv * minute / 60 - done);
		done = uv * minute / 60;
		bench_scan(b);
	}
}

/* A pause begins as a low charger does: nothing is said on the way down */
static void fall_silently(struct bench *b)
{
	bench_long_on_float(b, 16, 6);
	b->wander_uv = 0;
	slide(b, -30000, 200 * MINUTE);
	assert_int_equal(b->raised, 0);
	/* nor at its end, 2 mV/cell in an hour */
	slide(b, -2000, 12 * HOUR);
	assert_int_equal(b->raised, 0);
}

static void a_charger_is_low_where_it_stands(void **state)
{
	struct bench b;

	(void)state;
	fall_silently(&b);
	/* one that does not wander shows only by what it holds */
	shift(&b, 124000 - 2250000 * 21 / 1000);
	bench_pass(&b, 3 * HOUR);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, HOUR + 6 * MINUTE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
}

/* Nothing but a charger lifts a string */
static void a_low_charger_shows_by_its_wander(void **state)
{
	struct bench b;

	(void)state;
	fall_silently(&b);
	shift(&b, 124000 - 2250000 * 21 / 1000);
	b.wander_uv = 3000;
	bench_pass(&b, 65 * MINUTE);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 10 * MINUTE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
	/* what falls all the same, in ups and downs of a small load */
	bench_long_on_float(&b, 16, 6);
	b.wander_uv = 2500;
	slide(&b, -6000, 10 * HOUR);
	assert_int_equal(b.raised, 0);
	/* a block that comes and goes moves the mean as well */
	fall_silently(&b);
	b.volts[3] += 60000;
	for (int i = 0; i < 18; i++) {
		b.jars[3].fresh = i % 2;
		slide(&b, -2000, 10 * MINUTE);
	}
	assert_int_equal(b.raised, 0);
}

/* So low that the string stands at rest, where no pause rises */
static void a_very_low_charger_lifts_a_resting_string(void **state)
{
	struct bench b;
	int i;

	(void)state;
	fall_silently(&b);
	bench_become(&b, STRING_REST, b.volts[0]);
	/* the room warms, and with it the set point goes down: 2 K an hour */
	for (i = 0; i < 270; i++) {
		season(&b, 25000 + i * 33);
		bench_scan(&b);
	}
	/* a load that comes twice in a day, and what the blocks recover */
	for (i = 0; i < 2; i++) {
		slide(&b, -20000, 10 * MINUTE);
		slide(&b, 20000, 10 * MINUTE);
		bench_pass(&b, 8 * HOUR);
	}
	assert_int_equal(b.raised, 0);
	for (i = 0; i < 3; i++) {
		slide(&b, 2500, HOUR);
		slide(&b, -2500, HOUR);
	}
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
	assert_says(&b, "lifts it");
}

/* After weeks without a pause a fall is none, and a rest neither */
static void a_charger_that_never_paused_is_dead(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 16, 6);
	bench_pass(&b, 11 * DAY);
	b.wander_uv = 0;
	slide(&b, -60000, HOUR);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
	assert_says(&b, "did not pause before");
	/* it is repaired, whatever voltages it may have now */
	bench_become(&b, STRING_REST, 2140000);
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, HOUR);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_NONE);

	bench_long_on_float(&b, 16, 6);
	bench_pass(&b, 11 * DAY);
	b.wander_uv = 0;
	bench_become(&b, STRING_REST, 2140000);
	bench_pass(&b, 50 * MINUTE);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 15 * MINUTE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);

	/* one that came back by itself pauses */
	bench_become(&b, STRING_FLOAT, 2250000);
	bench_pass(&b, 4 * DAY);
	bench_become(&b, STRING_REST, 2140000);
	bench_pass(&b, 5 * DAY);
	assert_int_equal(b.raised, 1);

	/* a rest after a discharge is not the charger's choice */
	bench_long_on_float(&b, 16, 6);
	bench_pass(&b, 11 * DAY);
	b.wander_uv = 0;
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_REST, 2100000);
	bench_pass(&b, 20 * HOUR);
	assert_int_equal(b.raised, 0);
}

/* B6: a charger within its tolerance, modules within theirs, all seasons */
static void seasons_and_tolerance_are_no_fault_of_the_charger(void **state)
{
	struct bench b;
	int32_t mc;
	int sign;

	(void)state;
	for (sign = -1; sign <= 1; sign += 2) {
		bench_start(&b, 16, 6, false);
		for (mc = -5000; mc <= 50000; mc += 1000) {
			int32_t at = mc < 5000 ? 5000 : mc > 40000 ? 40000 : mc;

			bench_become(&b, STRING_FLOAT,
			       (2250000LL - 3 * (at - 25000)) *
			       (1000 + sign * 15) / 1000);
			season(&b, mc);
			bench_pass(&b, DAY);
		}
		assert_true(bench_level(&b, ALARM_CHARGER_HIGH, -1) == ALARM_NONE);
		assert_true(bench_level(&b, ALARM_CHARGER_LOW, -1) == ALARM_NONE);
	}
}

/* 2.35 V after a discharge, 2.30 V after a rest: usual, for their time */
static void a_boost_charge_is_no_fault_of_the_charger(void **state)
{
	struct bench b;

	(void)state;
	bench_long_on_float(&b, 8, 6);
	bench_become(&b, STRING_DISCHARGE, 2000000);
	bench_pass(&b, HOUR);
	bench_become(&b, STRING_RECHARGE, 2200000);
	bench_pass(&b, 5 * HOUR);
	bench_become(&b, STRING_BOOST, 2350000);
	bench_pass(&b, 23 * HOUR);
	assert_int_equal(b.raised, 0);
	bench_pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	bench_long_on_float(&b, 8, 6);
	bench_become(&b, STRING_REST, 2140000);
	bench_pass(&b, 28 * DAY);
	bench_become(&b, STRING_FLOAT, 2300000);
	bench_pass(&b, 48 * HOUR);
	bench_become(&b, STRING_REST, 2140000);
	bench_pass(&b, 28 * DAY);
	assert_int_equal(b.raised, 0);
	/* nobody comes back to charge */
	bench_pass(&b, 2 * DAY);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
	assert_says(&b, "nobody charged the string for 29 days");
}

static void without_set_point_the_charger_is_not_judged(void **state)
{
	struct bench b;

	(void)state;
	bench_start(&b, 8, 6, false);
	b.limits.value[LIMIT_FLOAT_VOLTAGE] = LIMIT_UNSET;
	bench_become(&b, STRING_FLOAT, 2200000);
	bench_pass(&b, 2 * DAY);
	assert_level(&b, ALARM_CHARGER_LOW, -1, -1);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, -1);
}

static void the_sum_is_compared_with_the_sensor(void **state)
{
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 8, 6, false);
	bench_pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_SUM_DIFFERS, -1, -1);
	b.scan.has_sensor_voltage = true;
	for (i = 0; i < 120; i++) {
		b.scan.sensor_mv = 8 * 13500 * 1013 / 1000;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SUM_DIFFERS, -1, ALARM_NONE);
	for (i = 0; i < 60; i++) {
		b.scan.sensor_mv = 8 * 13500 * 1020 / 1000;
		bench_scan(&b);
	}
	assert_level(&b, ALARM_SUM_DIFFERS, -1, ALARM_WARNING);
	assert_says(&b, "the blocks add up to");
}

static void halves_are_compared_in_one_state(void **state)
{
	struct rules_half x = { .state = STRING_FLOAT, .mean_uv = 2250000 };
	struct rules_half y = x;
	struct bench b;
	int i;

	(void)state;
	bench_start(&b, 4, 6, true);
	x.time_ns = y.time_ns = b.scan.time_ns;
	x.has_temperature = y.has_temperature = true;
	x.temperature_mc = 35000;
	y.temperature_mc = 25000;
	/* 49 mV apart, 30 of them by temperature */
	y.mean_uv = 2250000 + 30000 + 49000;
	for (i = 0; i < 90; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, bench_hear, &b);
	}
	assert_true(bench_level(&b, ALARM_HALVES_DIFFER, -1) <= ALARM_NONE);
	y.mean_uv += 2000;
	for (i = 0; i < 50; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, bench_hear, &b);
	}
	assert_true(bench_level(&b, ALARM_HALVES_DIFFER, -1) <= ALARM_NONE);
	for (i = 0; i < 12; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, bench_hear, &b);
	}
	assert_level(&b, ALARM_HALVES_DIFFER, -1, ALARM_WARNING);
	/* one of them discharges: they cannot be compared, nothing changes */
	y.state = STRING_DISCHARGE;
	y.mean_uv = x.mean_uv;
	for (i = 0; i < 3600; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, bench_hear, &b);
	}
	assert_level(&b, ALARM_HALVES_DIFFER, -1, ALARM_WARNING);
}

/* Under load: what the string loses between its blocks */

static void measure(struct bench *b)
{
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		sum += b->volts[i] * b->jars[i].cells / 1000;
	b->scan.sensor_mv = sum;
}

/* 16 blocks of 4 mOhm, the sensor @gain_ppm too high */
static void with_sensor(struct bench *b, bool on_float, int gain_ppm)
{
	unsigned int i;

	bench_start(b, 16, 6, false);
	b->wander_uv = 0;
	b->noise_uv = 0;
	b->scan.has_sensor_voltage = b->scan.has_current = true;
	for (i = 0; i < 16; i++)
		b->jars[i].ri_uohm = 4000;
	measure(b);
	b->scan.sensor_mv += b->scan.sensor_mv * gain_ppm / 1000000;
	if (on_float)
		bench_pass(b, HOUR);
	b->fast = true;
}

/* @mv lost at @ma */
static void load(struct bench *b, int ma, int mv, int gain_ppm)
{
	bench_become(b, STRING_DISCHARGE, 2080000);
	b->scan.current_ma = -ma;
	measure(b);
	b->scan.sensor_mv -= mv;
	b->scan.sensor_mv += b->scan.sensor_mv * gain_ppm / 1000000;
	bench_pass(b, 3 * MINUTE);
}

static void a_loose_strap_shows_under_load(void **state)
{
	struct bench b;

	(void)state;
	/* 0.3 % of 199.68 V: 599 mV; a quarter of 64 mOhm at 10 A: 160 mV */
	with_sensor(&b, true, 9000);
	load(&b, 10000, 580, 9000);
	assert_int_equal(b.raised, 0);
	load(&b, 10000, 650, 9000);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_WARNING);
	assert_says(&b, "at 10.0 A the string loses 0.6");
	/* a lighter load does not show it, and does not say that it is over */
	load(&b, 7000, 455, 9000);
	bench_pass(&b, 10 * MINUTE);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_WARNING);
	load(&b, 10000, 30, 9000);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_NONE);
	/* it burns */
	load(&b, 40000, 3000, 9000);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_ALARM);
	/* what sound straps lose at a high rate: 24 % of the blocks */
	with_sensor(&b, true, 9000);
	load(&b, 400000, 6150, 9000);
	assert_int_equal(b.raised, 0);
	load(&b, 400000, 6700, 9000);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_ALARM);
}

static void without_knowledge_no_strap_is_judged(void **state)
{
	struct bench b;

	(void)state;
	/* nobody knows yet how the sensor compares: 1.5 % */
	with_sensor(&b, false, 0);
	load(&b, 10000, 2900, 0);
	assert_int_equal(b.raised, 0);
	load(&b, 10000, 3100, 0);
	assert_level(&b, ALARM_LOOSE_STRAP, -1, ALARM_WARNING);
	with_sensor(&b, true, 0);
	b.jars[3].ri_uohm = 0;
	load(&b, 10000, 5000, 0);
	assert_int_equal(b.raised, 0);
	with_sensor(&b, true, 0);
	b.scan.has_current = false;
	load(&b, 10000, 5000, 0);
	assert_int_equal(b.raised, 0);
	with_sensor(&b, true, 0);
	b.jars[3].fresh = false;
	load(&b, 10000, 5000, 0);
	assert_int_equal(b.raised, 0);
	/* a charge */
	with_sensor(&b, true, 0);
	load(&b, -10000, 5000, 0);
	assert_int_equal(b.raised, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_charger_is_high_within_the_hour),
		cmocka_unit_test(a_charger_has_its_tolerance),
		cmocka_unit_test(a_charger_is_low_where_it_stands),
		cmocka_unit_test(a_low_charger_shows_by_its_wander),
		cmocka_unit_test(a_very_low_charger_lifts_a_resting_string),
		cmocka_unit_test(a_charger_that_never_paused_is_dead),
		cmocka_unit_test(seasons_and_tolerance_are_no_fault_of_the_charger),
		cmocka_unit_test(a_boost_charge_is_no_fault_of_the_charger),
		cmocka_unit_test(without_set_point_the_charger_is_not_judged),
		cmocka_unit_test(the_sum_is_compared_with_the_sensor),
		cmocka_unit_test(halves_are_compared_in_one_state),
		cmocka_unit_test(a_loose_strap_shows_under_load),
		cmocka_unit_test(without_knowledge_no_strap_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
