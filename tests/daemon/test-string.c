// SPDX-License-Identifier: GPL-2.0-or-later
/* The states of a string alone: microvolts by hand in, states out */
#include "string-world.h"

#define SECOND 1000000000ULL

struct run {
	struct string_machine machine;
	struct string_scan scan;
	unsigned int changes;
	uint32_t seed;
};

static void start(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->scan.time_ns = 1000 * SECOND;
	r->scan.zero_ma = 1000;
	r->seed = 1;
}

static void scan(struct run *r, int64_t mv)
{
	r->scan.time_ns += SECOND;
	r->scan.median_uv = mv * 1000;
	r->changes += string_machine_scan(&r->machine, &r->scan);
}

/* -@size to @size, the same in every run */
static int64_t noise(struct run *r, int64_t size)
{
	r->seed = r->seed * 1103515245 + 12345;
	return size ? (int64_t)(r->seed >> 16) % (2 * size + 1) - size : 0;
}

/* @seconds of scans from @from to @to millivolts */
static void ramp(struct run *r, int64_t from, int64_t to, int64_t seconds,
		 int64_t noise_mv)
{
	int64_t i;

	for (i = 1; i <= seconds; i++)
		scan(r, from + (to - from) * i / seconds +
		     noise(r, noise_mv));
}

static void stay(struct run *r, int64_t mv, int64_t seconds)
{
	ramp(r, mv, mv, seconds, 0);
}

static void one_scan_is_no_evidence(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	scan(&r, 2270);
	assert_state(&r, STRING_UNKNOWN);
	assert_says(&r, "one complete scan");
	scan(&r, 2270);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 1);
	/* a low one between good ones is no discharge */
	scan(&r, 2050);
	scan(&r, 2270);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 1);
}

static void a_discharge_begins_ends_and_is_recharged(void **state)
{
	uint64_t begun;
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	/* coup de fouet: down to 1.98, up to 2.02 */
	begun = r.scan.time_ns + SECOND;
	scan(&r, 2080);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 1980);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "more than 40 mV/cell in 2 scans");
	assert_true(r.machine.since_ns == begun);
	ramp(&r, 1980, 2020, 120, 2);
	ramp(&r, 2020, 1850, 3600, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_int_equal(r.changes, 2);
	/* the charger comes back */
	ramp(&r, 1850, 2160, 120, 0);
	assert_state(&r, STRING_DISCHARGE);
	ramp(&r, 2160, 2180, 61, 0);
	assert_state(&r, STRING_RECHARGE);
	assert_says(&r, "after a discharge of 3");
	assert_says(&r, "down to 1.84");
	assert_int_equal(r.machine.discharges, 1);
	assert_int_equal(r.machine.dips, 0);
	ramp(&r, 2180, 2270, 7200, 1);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 1400);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 500);
	assert_state(&r, STRING_FLOAT);
	assert_says(&r, "after recharge");
	assert_int_equal(r.changes, 4);
}

static void a_fall_too_slow_to_be_steep_counts_by_its_level(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	ramp(&r, 2270, 2100, 85, 0);
	stay(&r, 2100, 10);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 2099);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 2099);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "came from float to below 2.100 V/cell");
}

static void a_dip_is_counted_apart(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	stay(&r, 2000, 30);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2250, 60);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2260, 2);
	assert_state(&r, STRING_FLOAT);
	assert_says(&r, "a dip of 30 s to 2.000 V/cell");
	assert_int_equal(r.machine.dips, 1);
	assert_int_equal(r.machine.discharges, 0);
	/* 59 s is a dip, 60 s is none */
	stay(&r, 2000, 59);
	stay(&r, 2260, 62);
	assert_int_equal(r.machine.dips, 2);
	stay(&r, 2000, 60);
	stay(&r, 2260, 62);
	assert_int_equal(r.machine.dips, 2);
	assert_int_equal(r.machine.discharges, 1);
	assert_state(&r, STRING_RECHARGE);
}

static void a_paused_charger_is_rest_and_no_discharge(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 600);
	/* surface charge goes: 2.27 to 2.15 in half an hour, then slower */
	ramp(&r, 2270, 2200, 600, 2);
	ramp(&r, 2200, 2152, 3600, 2);
	assert_state(&r, STRING_FLOAT);
	ramp(&r, 2152, 2130, 3600, 0);
	assert_state(&r, STRING_REST);
	assert_says(&r, "without a steep fall");
	assert_int_equal(r.changes, 2);
	/* days later below 2.10: level alone decides nothing */
	ramp(&r, 2130, 2095, 86400, 1);
	assert_state(&r, STRING_REST);
	assert_int_equal(r.changes, 2);
	/* the charger starts again */
	ramp(&r, 2095, 2270, 300, 0);
	stay(&r, 2270, 61);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 3);
	assert_int_equal(r.machine.dips + r.machine.discharges, 0);
}

static void rest_becomes_discharge_by_its_slope(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 60);
	ramp(&r, 2270, 2140, 3600, 0);
	stay(&r, 2130, 7200);
	assert_state(&r, STRING_REST);
	/* the 10 h rate: 40 mV/cell an hour */
	ramp(&r, 2130, 2080, 4500, 1);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "fell");
	/* the load is gone, nobody charges */
	ramp(&r, 2080, 2090, 60, 0);
	stay(&r, 2090, 1980);
	assert_state(&r, STRING_REST);
	assert_says(&r, "flat");
	assert_int_equal(r.machine.discharges, 1);
	/* the charger starts: that is a recharge, not float */
	ramp(&r, 2090, 2200, 600, 0);
	assert_state(&r, STRING_RECHARGE);
	/* and by a steep fall */
	start(&r);
	stay(&r, 2270, 60);
	ramp(&r, 2270, 2130, 3600, 0);
	stay(&r, 2130, 600);
	assert_state(&r, STRING_REST);
	stay(&r, 2050, 20);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2125, 62);
	assert_state(&r, STRING_REST);
	assert_int_equal(r.machine.dips, 1);
}

static void boost_and_back_is_no_discharge(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	ramp(&r, 2270, 2400, 60, 0);
	stay(&r, 2400, 62);
	assert_state(&r, STRING_BOOST);
	/* the charger steps down: 130 mV/cell in 5 s */
	ramp(&r, 2400, 2270, 5, 0);
	stay(&r, 2270, 62);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 3);
	assert_int_equal(r.machine.dips, 0);
	/* 10 mV/cell to either side of the border belong to what is */
	stay(&r, 2309, 300);
	assert_state(&r, STRING_FLOAT);
	stay(&r, 2311, 62);
	assert_state(&r, STRING_BOOST);
	stay(&r, 2291, 300);
	assert_state(&r, STRING_BOOST);
	stay(&r, 2289, 62);
	assert_state(&r, STRING_FLOAT);
}

static void nothing_flaps_at_the_thresholds(void **state)
{
	static const int64_t levels[] = { 2100, 2150, 2170, 2300, 2310 };
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		start(&r);
		stay(&r, 2270, 10);
		/* slowly there, then a day of noise around it */
		ramp(&r, 2270, levels[i], 86400, 0);
		r.changes = 0;
		ramp(&r, levels[i], levels[i], 86400, 9);
		if (r.changes > 1)
			fail_msg("%u changes at %d mV: %s", r.changes,
				 (int)levels[i], r.machine.evidence);
		assert_int_equal(r.machine.dips + r.machine.discharges, 0);
	}
}

static void the_current_says_it(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	r.scan.has_current = true;
	r.scan.current_ma = 200;
	stay(&r, 2270, 100);
	/* below the level and no current: not discharge, but rest */
	ramp(&r, 2270, 2080, 3600, 0);
	stay(&r, 2080, 100);
	assert_state(&r, STRING_REST);
	/* a light load, far from steep */
	r.scan.current_ma = -999;
	stay(&r, 2079, 100);
	assert_state(&r, STRING_REST);
	r.scan.current_ma = -1000;
	scan(&r, 2079);
	assert_state(&r, STRING_REST);
	scan(&r, 2079);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "-1000 mA");
	/* flat for an hour: the current goes on, so does the discharge */
	stay(&r, 2079, 3600);
	assert_state(&r, STRING_DISCHARGE);
	r.scan.current_ma = 30000;
	stay(&r, 2100, 62);
	assert_state(&r, STRING_RECHARGE);
	assert_int_equal(r.machine.discharges, 1);
	assert_says(&r, "now 30000 mA");
	stay(&r, 2110, 600);
	assert_state(&r, STRING_RECHARGE);
	/* a sensor with an offset does not outvote a charger at float */
	start(&r);
	r.scan.has_current = true;
	r.scan.current_ma = -2000;
	stay(&r, 2270, 1000);
	assert_state(&r, STRING_FLOAT);
	/* nor does a dead one hide a plain discharge */
	start(&r);
	r.scan.has_current = true;
	stay(&r, 2270, 100);
	stay(&r, 1990, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "check it");
}

static void a_start_in_the_middle_waits_for_evidence(void **state)
{
	struct run r;

	(void)state;
	/* at 2.05 V/cell nobody knows yet; falling says discharge */
	start(&r);
	stay(&r, 2050, 30);
	assert_state(&r, STRING_UNKNOWN);
	assert_says(&r, "its slope decides");
	ramp(&r, 2050, 2030, 600, 0);
	assert_state(&r, STRING_DISCHARGE);
	/* flat says rest, in at most half an hour */
	start(&r);
	stay(&r, 2050, 1900);
	assert_state(&r, STRING_REST);
	start(&r);
	stay(&r, 2130, 1900);
	assert_state(&r, STRING_REST);
	/* rising says recharge */
	start(&r);
	ramp(&r, 2050, 2200, 900, 0);
	assert_state(&r, STRING_RECHARGE);
	/* lower than any rest */
	start(&r);
	stay(&r, 1900, 2);
	assert_state(&r, STRING_DISCHARGE);
	start(&r);
	stay(&r, 2400, 2);
	assert_state(&r, STRING_BOOST);
}

static void time_jumps_void_the_past(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	/* doubled and older scans are left out */
	r.scan.median_uv = 1900000;
	assert_false(string_machine_scan(&r.machine, &r.scan));
	r.scan.time_ns -= 5 * SECOND;
	assert_false(string_machine_scan(&r.machine, &r.scan));
	assert_false(string_machine_scan(&r.machine, &r.scan));
	assert_state(&r, STRING_FLOAT);
	r.scan.time_ns += 5 * SECOND;
	/* hours later at another level: no steep fall was seen */
	r.scan.time_ns += 7200 * SECOND;
	scan(&r, 2090);
	assert_state(&r, STRING_UNKNOWN);
	scan(&r, 2090);
	assert_state(&r, STRING_UNKNOWN);
	stay(&r, 2090, 1900);
	assert_state(&r, STRING_REST);
	/* extremes of time and voltage do no harm */
	r.scan.time_ns = UINT64_MAX - 10 * SECOND;
	scan(&r, 4000);
	scan(&r, -4000);
	scan(&r, 0);
}

static void a_discharge_outlasts_a_time_without_values(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	stay(&r, 2000, 200);
	assert_true(string_machine_blind(&r.machine, STRING_OFFLINE,
					 r.scan.time_ns, "nobody answers"));
	r.scan.time_ns += 100 * SECOND;
	stay(&r, 1990, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "102 s ago");
	/* it ended meanwhile: that has to be recharged, it is no float */
	string_machine_blind(&r.machine, STRING_OFFLINE, r.scan.time_ns,
			     "nobody answers");
	r.scan.time_ns += 100 * SECOND;
	stay(&r, 2250, 2);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 3600);
	assert_state(&r, STRING_FLOAT);
	/* long ago it says nothing */
	stay(&r, 2000, 200);
	string_machine_blind(&r.machine, STRING_OFFLINE, r.scan.time_ns,
			     "nobody answers");
	r.scan.time_ns += 3600 * SECOND;
	stay(&r, 2000, 60);
	assert_state(&r, STRING_UNKNOWN);
}

static void fed_once_a_minute_it_sees_the_same(void **state)
{
	struct run r;
	int i;

	(void)state;
	start(&r);
	for (i = 0; i < 60; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2270);
	}
	assert_state(&r, STRING_FLOAT);
	for (i = 0; i < 10; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2000 - i);
	}
	assert_state(&r, STRING_DISCHARGE);
	for (i = 0; i < 5; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2200);
	}
	assert_state(&r, STRING_RECHARGE);
	assert_int_equal(r.machine.discharges, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_scan_is_no_evidence),
		cmocka_unit_test(a_discharge_begins_ends_and_is_recharged),
		cmocka_unit_test(a_fall_too_slow_to_be_steep_counts_by_its_level),
		cmocka_unit_test(a_dip_is_counted_apart),
		cmocka_unit_test(a_paused_charger_is_rest_and_no_discharge),
		cmocka_unit_test(rest_becomes_discharge_by_its_slope),
		cmocka_unit_test(boost_and_back_is_no_discharge),
		cmocka_unit_test(nothing_flaps_at_the_thresholds),
		cmocka_unit_test(the_current_says_it),
		cmocka_unit_test(a_start_in_the_middle_waits_for_evidence),
		cmocka_unit_test(time_jumps_void_the_past),
		cmocka_unit_test(a_discharge_outlasts_a_time_without_values),
		cmocka_unit_test(fed_once_a_minute_it_sees_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
