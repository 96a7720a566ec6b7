// SPDX-License-Identifier: GPL-2.0-or-later
/* The schedule of RI: order, spacing, what yields to it (C4, C5) */
#include "ri-world.h"

static void the_first_runs_follow_each_other(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 8);
	w.state[0] = STRING_UNKNOWN;
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.string[0].wait, RI_WAIT_BEGIN);
	assert_int_equal(ri_string_next(&w.string[0]), RI_NEVER);
	w.state[0] = STRING_FLOAT;
	pass(&w, 14 * MINUTE, SECOND);
	assert_int_equal(w.values[0], 0);
	assert_int_equal(w.string[0].wait, RI_WAIT_FIRST);
	assert_int_equal(ri_string_next(&w.string[0]),
			 w.string[0].begin_ns + 15 * MINUTE);
	pass(&w, 60 * MINUTE, SECOND);
	/* 8 modules of at most 50 s: four runs within an hour of the first */
	assert_int_equal(w.runs[0], 4);
	assert_int_equal(w.settled[0], 1);
	assert_int_equal(w.values[0], 32);
	assert_int_equal(w.first_start[0] - w.string[0].begin_ns,
			 15 * MINUTE + SECOND);
	/* 30-50 s for each (C4) */
	assert_in_range(w.settled_ns[0] - w.first_start[0], 31 * 30 * SECOND,
			32 * 50 * SECOND);
	/* and then once a day */
	pass(&w, 10 * DAY, 5 * SECOND);
	assert_int_equal(w.runs[0], 4 + 10);
	assert_int_equal(w.settled[0], 1);
	assert_int_equal(w.values[0], 32 + 80);
	assert_int_equal(w.failed[0], 0);
}

/* 4 strings × 64 modules at one charger, every second of a month */
static void a_month_of_one_charger_keeps_the_rules(void **state)
{
	static struct world w;
	unsigned int s, i;

	(void)state;
	begin(&w, 4, 64);
	w.lazy = true;
	/* a discharge with its recharge every fourth day */
	for (i = 0; i < 30; i++) {
		if (i % 4 == 3)
			for (s = 0; s < 4; s++)
				w.state[s] = STRING_DISCHARGE;
		pass(&w, 2 * HOUR, SECOND);
		for (s = 0; s < 4; s++)
			w.state[s] = i % 4 == 3 ? STRING_RECHARGE :
						  STRING_FLOAT;
		pass(&w, 4 * HOUR, SECOND);
		for (s = 0; s < 4; s++)
			w.state[s] = STRING_FLOAT;
		pass(&w, 18 * HOUR, SECOND);
	}
	for (s = 0; s < 4; s++) {
		assert_int_equal(w.settled[s], 1);
		/* four at once, and one a day but for what they took */
		assert_in_range(w.runs[s], 4 + 27, 4 + 30);
		assert_int_equal(w.failed[s], 0);
		assert_in_range(w.values[s], 64 * w.runs[s],
				64 * w.runs[s] + 63);
		for (i = 0; i < 64; i++)
			assert_false(ri_module_overdue(&w.jar[s][i].m,
						       &w.string[s], w.now));
	}
}

static void strings_of_two_chargers_measure_at_once(void **state)
{
	static struct world w;
	unsigned int both = 0;

	(void)state;
	begin(&w, 2, 16);
	w.own[1] = 1;
	while (w.now < 1000 * SECOND + HOUR) {
		bool a = false, b = false;
		unsigned int i;

		tick(&w, SECOND);
		for (i = 0; i < 16; i++) {
			a |= measures(&w.jar[0][i]);
			b |= measures(&w.jar[1][i]);
		}
		both += a && b;
	}
	assert_true(both > 100);
}

static void measuring_waits_for_a_flat_voltage_but_not_for_ever(void **state)
{
	static struct world w;
	int64_t begun;

	(void)state;
	begin(&w, 1, 2);
	w.jar[0][0].duty = 1000;
	/* 2 mV a minute for 4 minutes, then nothing */
	w.jar[0][0].slide_uv = 34;
	pass(&w, 15 * MINUTE, SECOND);
	while (!w.jar[0][0].held)
		tick(&w, SECOND);
	begun = w.now;
	pass(&w, 4 * MINUTE, SECOND);
	assert_int_equal(w.jar[0][0].starts, 0);
	w.jar[0][0].slide_uv = 0;
	while (!w.jar[0][0].starts)
		tick(&w, SECOND);
	assert_in_range(w.now - begun, 5 * MINUTE, 7 * MINUTE);
	/* one that never gets flat is measured after 10 minutes (C5) */
	w.jar[0][1].duty = 500;
	w.jar[0][1].slide_uv = 100;
	tick(&w, SECOND);
	while (!w.jar[0][1].held)
		tick(&w, SECOND);
	begun = w.now;
	while (!w.jar[0][1].starts)
		tick(&w, SECOND);
	assert_int_equal(w.now - begun, 10 * MINUTE);
	/* one that was never equalized does not wait */
	while (!w.jar[0][0].held)
		tick(&w, SECOND);
	begun = w.now;
	while (w.jar[0][0].starts < 2)
		tick(&w, SECOND);
	assert_true(w.now - begun <= RI_SETTLE_NS);
}

static void a_discharge_breaks_off_and_the_run_goes_on(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 20);
	pass(&w, 20 * MINUTE, SECOND);
	while (!measures(&w.jar[0][10]))
		tick(&w, SECOND);
	w.state[0] = STRING_DISCHARGE;
	tick(&w, SECOND);
	assert_false(w.jar[0][10].held);
	assert_null(w.charger[0].holder);
	assert_int_equal(w.string[0].wait, RI_WAIT_STATE);
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.runs[0], 0);
	assert_int_equal(w.jar[0][11].starts, 0);
	w.state[0] = STRING_BOOST;
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.jar[0][11].starts, 0);
	w.state[0] = STRING_FLOAT;
	pass(&w, 5 * MINUTE, SECOND);
	assert_int_equal(w.runs[0], 0);
	while (!w.runs[0])
		tick(&w, SECOND);
	assert_int_equal(w.jar[0][9].starts, 1);
	assert_int_equal(w.jar[0][19].starts, 1);
	assert_int_equal(w.failed[0], 0);
}

static void rest_is_measured_too(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 2);
	pass(&w, MINUTE, SECOND);
	w.state[0] = STRING_REST;
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.settled[0], 1);
}

static void a_read_only_bus_measures_nothing(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 4);
	pass(&w, 15 * MINUTE + 10 * SECOND, SECOND);
	w.read_only = true;
	ri_string_request(&w.string[0], &w.jar[0][3].m);
	pass(&w, 5 * DAY, 10 * SECOND);
	assert_true(w.jar[0][0].starts <= 1);
	assert_int_equal(w.jar[0][1].starts, 0);
	assert_string_equal(ri_wait_name(w.string[0].wait),
			    "not measured (read-only bus)");
	assert_false(ri_module_overdue(&w.jar[0][1].m, &w.string[0], w.now));
	assert_false(w.jar[0][0].held);
	assert_false(w.jar[0][3].m.requested);
}

static void the_operator_goes_first(void **state)
{
	static struct world w;
	int64_t asked;

	(void)state;
	begin(&w, 2, 30);
	pass(&w, 20 * MINUTE, SECOND);
	assert_true(w.string[0].running);
	ri_string_request(&w.string[1], &w.jar[1][17].m);
	asked = w.now;
	while (!w.jar[1][17].starts)
		tick(&w, SECOND);
	assert_true(w.now - asked <= 2 * MINUTE);
	pass(&w, MINUTE, SECOND);
	assert_false(w.jar[1][17].m.requested);
	assert_false(w.jar[1][17].held);
	/* also where nothing is scheduled */
	w.string[0].interval_ns = w.string[1].interval_ns = 0;
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.string[0].wait, RI_WAIT_OFF);
	w.jar[0][5].starts = 0;
	ri_string_request(&w.string[0], &w.jar[0][5].m);
	pass(&w, 5 * MINUTE, SECOND);
	assert_int_equal(w.jar[0][5].starts, 1);
	assert_int_equal(w.string[0].wait, RI_WAIT_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_runs_follow_each_other),
		cmocka_unit_test(a_month_of_one_charger_keeps_the_rules),
		cmocka_unit_test(strings_of_two_chargers_measure_at_once),
		cmocka_unit_test(
			measuring_waits_for_a_flat_voltage_but_not_for_ever),
		cmocka_unit_test(a_discharge_breaks_off_and_the_run_goes_on),
		cmocka_unit_test(rest_is_measured_too),
		cmocka_unit_test(a_read_only_bus_measures_nothing),
		cmocka_unit_test(the_operator_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
