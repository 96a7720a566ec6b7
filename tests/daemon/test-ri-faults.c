// SPDX-License-Identifier: GPL-2.0-or-later
/* The schedule of RI: modules, numbers and commands that go wrong */
#include "ri-world.h"

static void a_module_that_goes_on_equalizing_is_not_measured(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 3);
	w.jar[0][1].duty = 700;
	w.jar[0][1].stubborn = true;
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.jar[0][1].starts, 0);
	assert_int_equal(w.jar[0][1].m.result, RI_RESULT_DUTY);
	assert_int_equal(w.failed[0], w.string[0].runs);
	assert_true(w.jar[0][0].starts && w.jar[0][2].starts);
	assert_false(w.jar[0][1].held && w.string[0].phase == RI_IDLE);
}

static void three_tries_and_an_advisory_after_three_intervals(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 4);
	w.jar[0][2].deaf = true;
	pass(&w, 2 * HOUR, SECOND);
	assert_int_equal(w.settled[0], 1);
	assert_int_equal(w.jar[0][2].starts, 4 * RI_TRIES);
	assert_int_equal(w.failed[0], 4);
	assert_int_equal(w.jar[0][2].m.result, RI_RESULT_TIMEOUT);
	assert_int_equal(w.values[0], 12);
	pass(&w, 3 * DAY - 3 * HOUR, 5 * SECOND);
	assert_false(ri_module_overdue(&w.jar[0][2].m, &w.string[0], w.now));
	pass(&w, 2 * HOUR, 5 * SECOND);
	assert_true(ri_module_overdue(&w.jar[0][2].m, &w.string[0], w.now));
	assert_false(ri_module_overdue(&w.jar[0][1].m, &w.string[0], w.now));
	/* it is mended */
	w.jar[0][2].deaf = false;
	pass(&w, DAY, 5 * SECOND);
	assert_false(ri_module_overdue(&w.jar[0][2].m, &w.string[0], w.now));
}

/* What a discharge breaks off is no failed try */
static void a_string_that_is_often_discharged_is_measured(void **state)
{
	static struct world w;
	int n;

	(void)state;
	begin(&w, 1, 2);
	pass(&w, 16 * MINUTE, SECOND);
	for (n = 0; n < 10; n++) {
		while (!measures(&w.jar[0][1]))
			tick(&w, SECOND);
		w.state[0] = STRING_DISCHARGE;
		tick(&w, SECOND);
		/* it had only just begun: its value is lost */
		w.jar[0][1].measures_until = 0;
		w.measuring = 0;
		pass(&w, 5 * MINUTE, SECOND);
		w.state[0] = STRING_FLOAT;
	}
	assert_true(w.jar[0][1].starts >= 10);
	/* one that fails by itself has two more */
	w.jar[0][1].deaf = true;
	while (w.jar[0][1].m.result != RI_RESULT_TIMEOUT)
		tick(&w, SECOND);
	w.jar[0][1].deaf = false;
	pass(&w, 2 * MINUTE, SECOND);
	assert_int_equal(w.failed[0], 0);
	assert_int_equal(w.jar[0][1].m.result, RI_RESULT_OK);
}

static void silent_modules_hold_nothing_up(void **state)
{
	static struct world w;
	unsigned int i;

	(void)state;
	begin(&w, 1, 10);
	for (i = 0; i < 4; i++)
		w.jar[0][i].m.live = false;
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.settled[0], 1);
	assert_int_equal(w.values[0], 24);
	assert_int_equal(w.jar[0][0].m.result, RI_RESULT_SILENT);
	/* a string of which most is silent does not settle */
	begin(&w, 1, 10);
	for (i = 0; i < 6; i++)
		w.jar[0][i].m.live = false;
	pass(&w, 6 * HOUR, SECOND);
	assert_int_equal(w.settled[0], 0);
	for (i = 0; i < 10; i++)
		w.jar[0][i].m.live = false;
	pass(&w, 6 * HOUR, SECOND);
	for (i = 0; i < 10; i++)
		w.jar[0][i].m.live = true;
	pass(&w, 3 * HOUR, SECOND);
	assert_int_equal(w.settled[0], 1);
}

static void modules_that_cannot_are_left_alone(void **state)
{
	static struct world w;
	unsigned int i;

	(void)state;
	begin(&w, 1, 4);
	w.lazy = true;
	w.jar[0][1].m.known = false;
	pass(&w, DAY, 5 * SECOND);
	assert_int_equal(w.settled[0], 1);
	assert_int_equal(w.jar[0][1].starts, 0);
	assert_int_equal(w.failed[0], 0);
	begin(&w, 1, 4);
	w.lazy = true;
	for (i = 0; i < 4; i++)
		w.jar[0][i].m.known = false;
	pass(&w, 5 * DAY, 10 * SECOND);
	assert_string_equal(ri_wait_name(w.string[0].wait),
			    "no module measures resistance");
	assert_int_equal(w.jar[0][0].starts, 0);
	assert_false(ri_module_overdue(&w.jar[0][0].m, &w.string[0], w.now));
}

static void numbers_that_lie_are_no_values(void **state)
{
	struct ri_module m;
	struct ri_sample s = { .has_sequence = true, .has_uohm = true };
	/* number, resistance, does it bring a value? */
	static const struct {
		uint32_t sequence, uohm;
		bool value;
	} series[] = {
		{ 7, 5000, false },		/* of nobody knows when */
		{ 7, 5000, false },
		{ 8, 5001, true },
		{ 8, 5001, false },		/* doubled */
		{ 8, 9999, false },		/* its number did not move */
		{ 9, 0, false },
		{ 10, UINT32_MAX, false },
		{ 11, RI_MAX_UOHM + 1, false },
		{ 12, RI_MIN_UOHM - 1, false },
		{ 13, RI_MIN_UOHM, true },
		{ 5000, RI_MAX_UOHM, true },	/* jumped */
		{ UINT32_MAX, 5000, true },
		{ 0, 5000, false },		/* started anew */
		{ 0, 5000, false },
		{ 1, 5000, true },
	};
	size_t i;

	(void)state;
	ri_module_init(&m, 0);
	for (i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		s.time_ns += SECOND;
		s.sequence = series[i].sequence;
		s.uohm = series[i].uohm;
		assert_int_equal(ri_module_sample(&m, &s), series[i].value);
	}
	/* out of order, and twice at one time */
	s.sequence++;
	assert_false(ri_module_sample(&m, &s));
	s.time_ns -= 10 * SECOND;
	assert_false(ri_module_sample(&m, &s));
	s.time_ns += 11 * SECOND;
	assert_true(ri_module_sample(&m, &s));
	/* what bacsd saw before its restart is nothing new */
	ri_module_init(&m, 0);
	ri_module_remember(&m, s.sequence);
	assert_false(ri_module_sample(&m, &s));
	s.time_ns += SECOND;
	s.has_sequence = false;
	s.sequence++;
	assert_false(ri_module_sample(&m, &s));
	s.time_ns += SECOND;
	s.has_sequence = true;
	assert_true(ri_module_sample(&m, &s));
}

static void values_that_cannot_be_fail_the_measurement(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 2);
	w.jar[0][0].uohm = UINT32_MAX;
	w.jar[0][1].uohm = 0;
	pass(&w, 50 * MINUTE, SECOND);
	assert_int_equal(w.values[0], 0);
	assert_int_equal(w.string[0].runs, 0);
	assert_int_equal(w.failed[0], 2);
	assert_int_equal(w.jar[0][0].m.result, RI_RESULT_BAD);
	assert_int_equal(w.jar[0][0].starts, 3);
	/* an hour later it is tried again */
	pass(&w, HOUR, SECOND);
	assert_int_equal(w.jar[0][0].starts, 6);
}

static void a_refused_command_is_tried_again(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, 1, 2);
	w.jar[0][0].deaf = true;
	while (!w.jar[0][0].starts)
		tick(&w, SECOND);
	ri_string_refused(&w.string[0], 1);
	tick(&w, SECOND);
	assert_true(w.jar[0][0].held);
	ri_string_refused(&w.string[0], 0);
	tick(&w, SECOND);
	assert_false(w.jar[0][0].held);
	assert_int_equal(w.jar[0][0].m.result, RI_RESULT_REFUSED);
	w.jar[0][0].deaf = false;
	pass(&w, MINUTE, SECOND);
	assert_int_equal(w.jar[0][0].m.result, RI_RESULT_OK);
}

static void a_restart_goes_on_where_it_was(void **state)
{
	static struct world w;
	struct ri_string *s = &w.string[0];
	int64_t run;
	unsigned int i;

	(void)state;
	begin(&w, 1, 10);
	pass(&w, 2 * DAY, 5 * SECOND);
	run = s->run_ns;
	while (w.jar[0][4].starts < 7)
		tick(&w, SECOND);
	pass(&w, 10 * SECOND, SECOND);
	/* bacsd ends in the middle of the third day's run */
	for (i = 0; i < 10; i++) {
		int64_t measured = w.jar[0][i].m.measured_ns;

		ri_module_init(&w.jar[0][i].m, w.now);
		w.jar[0][i].m.live = true;
		w.jar[0][i].m.measured_ns = measured;
		ri_module_remember(&w.jar[0][i].m, w.jar[0][i].sequence);
		w.jar[0][i].held = false;
	}
	ri_string_init(s);
	s->count = 10;
	s->begin_ns = 1000 * SECOND;
	s->runs = RI_RUNS;
	s->run_ns = run;
	ri_charger_init(&w.charger[0]);
	w.last_start = RI_NEVER;
	pass(&w, 10 * MINUTE, SECOND);
	assert_int_equal(w.jar[0][0].starts, 7);
	assert_int_equal(w.jar[0][4].starts, 7);
	assert_int_equal(w.jar[0][9].starts, 7);
	assert_int_equal(w.settled[0], 1);
	/* in the middle of commissioning the run begins again */
	ri_string_init(s);
	s->count = 10;
	s->begin_ns = w.now - HOUR;
	s->runs = 2;
	pass(&w, 20 * MINUTE, SECOND);
	assert_int_equal(w.settled[0], 2);
	/* a clock that was far ahead holds nothing up */
	s->run_ns = w.now + 400 * DAY;
	pass(&w, 2 * DAY, 5 * SECOND);
	assert_true(s->run_ns <= w.now);
	assert_true(w.now - s->run_ns < 2 * DAY);
}

/* Anything may happen in any order: the rules hold, nobody is held for ever */
static void chaos_keeps_the_rules(void **state)
{
	static struct world w;
	uint32_t seed;

	(void)state;
	for (seed = 1; seed <= 50; seed++) {
		uint32_t x = seed * 2654435761U;
		unsigned int n, s, i;

		begin(&w, 3, 6);
		w.own[2] = 2;
		for (n = 0; n < 2000; n++) {
			struct jar *j;

			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			s = x % 3;
			j = &w.jar[s][x / 3 % 6];
			switch (x / 18 % 24) {
			case 0:
				j->m.live = !j->m.live;
				break;
			case 1:
				j->deaf = !j->deaf;
				break;
			case 2:
				j->sequence = x;
				break;
			case 3:
				j->uohm = x % 7 ? 5000 : x;
				break;
			case 4:
				w.state[s] = x % STRING_STATE_COUNT;
				break;
			case 5:
				j->duty = j->held ? 0 : 500;
				break;
			case 6:
				ri_string_request(&w.string[s], &j->m);
				break;
			case 7:
				ri_string_refused(&w.string[s], x % 8);
				break;
			case 8:
				w.string[s].interval_ns = x % 3 * HOUR;
				break;
			case 9:
				w.read_only = !w.read_only;
				break;
			default:
				break;
			}
			if (j->held && !j->stubborn)
				j->duty = 0;
			tick(&w, SECOND + x % 90 * SECOND);
		}
		/* calm: all is measured in the end */
		w.read_only = false;
		for (s = 0; s < 3; s++) {
			w.state[s] = STRING_FLOAT;
			w.string[s].interval_ns = DAY;
			for (i = 0; i < 6; i++) {
				w.jar[s][i].m.live = true;
				w.jar[s][i].deaf = false;
				w.jar[s][i].uohm = 5000;
			}
		}
		pass(&w, 2 * DAY + HOUR, 10 * SECOND);
		for (s = 0; s < 3; s++) {
			for (i = 0; i < 6; i++) {
				const struct ri_module *m = &w.jar[s][i].m;

				assert_true(w.now - m->measured_ns <=
					    DAY + DAY / 2 + HOUR);
				assert_false(m->requested);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_module_that_goes_on_equalizing_is_not_measured),
		cmocka_unit_test(
			three_tries_and_an_advisory_after_three_intervals),
		cmocka_unit_test(a_string_that_is_often_discharged_is_measured),
		cmocka_unit_test(silent_modules_hold_nothing_up),
		cmocka_unit_test(modules_that_cannot_are_left_alone),
		cmocka_unit_test(numbers_that_lie_are_no_values),
		cmocka_unit_test(values_that_cannot_be_fail_the_measurement),
		cmocka_unit_test(a_refused_command_is_tried_again),
		cmocka_unit_test(a_restart_goes_on_where_it_was),
		cmocka_unit_test(chaos_keeps_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
