// SPDX-License-Identifier: GPL-2.0-or-later
/* The schedule of RI: modules by hand, every second of virtual time (C4, C5) */
#include "unit.h"

#include "policy/ri.h"

#define SECOND	RI_SECOND_NS
#define MINUTE	(60 * SECOND)
#define HOUR	(3600 * SECOND)
#define DAY	(86400 * SECOND)
#define STRINGS	4
#define MODULES	64

/* A module as it behaves on the wire */
struct jar {
	struct ri_module m;
	int64_t voltage_mv;
	int64_t slide_uv;	/* relaxation, per second */
	int64_t uv;
	int32_t duty;
	bool held;
	bool abandoned;		/* let go while it measures */
	bool deaf;		/* takes the command, measures nothing */
	bool stubborn;		/* goes on equalizing */
	uint32_t sequence;
	uint32_t uohm;
	int64_t measures_until;	/* 0: it does not */
	unsigned int starts;
};

struct world {
	struct ri_string string[STRINGS];
	struct jar jar[STRINGS][MODULES];
	struct ri_charger charger[STRINGS];
	unsigned int own[STRINGS];	/* charger of a string */
	enum string_state state[STRINGS];
	unsigned int strings, modules;
	bool read_only;
	bool lazy;		/* feed only who has something to say */
	unsigned int measuring;
	int64_t now;
	/* what was seen */
	unsigned int runs[STRINGS], settled[STRINGS], failed[STRINGS];
	unsigned int values[STRINGS];
	int64_t first_start[STRINGS], last_start, last_end;
	int64_t settled_ns[STRINGS];
};

static void begin(struct world *w, unsigned int strings, unsigned int modules)
{
	unsigned int s, i;

	memset(w, 0, sizeof(*w));
	w->strings = strings;
	w->modules = modules;
	w->now = 1000 * SECOND;
	w->last_start = w->last_end = RI_NEVER;
	for (s = 0; s < strings; s++) {
		ri_string_init(&w->string[s]);
		ri_charger_init(&w->charger[s]);
		w->string[s].count = modules;
		w->state[s] = STRING_FLOAT;
		for (i = 0; i < modules; i++) {
			struct jar *j = &w->jar[s][i];

			ri_module_init(&j->m, w->now);
			j->voltage_mv = 13500;
			j->uohm = 5000 + i;
			j->m.live = true;
			ri_module_remember(&j->m, 0);
		}
	}
}

static bool measures(const struct jar *j)
{
	return j->measures_until != 0;
}

/* What must hold at every second: the rules of C4 and C5 */
static void check_rules(const struct world *w)
{
	unsigned int s, i, c;

	if (!w->measuring)
		return;
	for (c = 0; c < w->strings; c++) {
		unsigned int n = 0;

		for (s = 0; s < w->strings; s++) {
			if (w->own[s] != c)
				continue;
			for (i = 0; i < w->modules; i++)
				n += measures(&w->jar[s][i]);
		}
		assert_true(n <= 1);
	}
	for (s = 0; s < w->strings; s++)
		for (i = 0; i < w->modules; i++)
			if (measures(&w->jar[s][i]) &&
			    !w->jar[s][i].abandoned) {
				assert_true(w->jar[s][i].held);
				assert_int_equal(w->jar[s][i].duty, 0);
			}
}

static void start_jar(struct world *w, unsigned int s, struct jar *j)
{
	if (w->first_start[s] == 0)
		w->first_start[s] = w->now;
	/* the pause of the charger: one for all here */
	if (w->own[s] == 0 && w->last_start != RI_NEVER) {
		assert_true(w->now - w->last_start >= RI_SLOT_NS);
		assert_true(w->now - w->last_end >= RI_PAUSE_NS);
	}
	if (w->own[s] == 0)
		w->last_start = w->now;
	j->starts++;
	if (!j->deaf && !measures(j)) {
		j->measures_until = w->now + 5 * SECOND;
		w->measuring++;
	}
	j->abandoned = false;
}

static void act(struct world *w, unsigned int s)
{
	struct ri_module *modules[MODULES];
	struct ri_look look = { w->now, w->state[s], w->read_only, modules };
	struct ri_charger *c = &w->charger[w->own[s]];
	unsigned int i, guard = 0, other;
	bool next = true;
	enum ri_act a;
	uint16_t at;

	for (i = 0; i < w->modules; i++)
		modules[i] = &w->jar[s][i].m;
	for (other = 0; other < w->strings; other++)
		if (other != s && w->own[other] == w->own[s] &&
		    w->string[other].wants &&
		    ri_string_before(&w->string[other], &w->string[s]))
			next = false;
	while ((a = ri_string_step(&w->string[s], &look, c, next, &at))) {
		struct jar *j = &w->jar[s][at];

		assert_true(++guard < 1000);
		switch (a) {
		case RI_ACT_HOLD:
			assert_false(j->held);
			j->held = true;
			if (!j->stubborn)
				j->duty = 0;
			break;
		case RI_ACT_START:
			assert_true(j->held);
			start_jar(w, s, j);
			break;
		case RI_ACT_RELEASE:
			assert_true(j->held);
			j->held = false;
			j->abandoned = measures(j);
			if (w->own[s] == 0 && w->last_start > w->last_end)
				w->last_end = w->now;
			break;
		case RI_ACT_FAILED:
			w->failed[s]++;
			break;
		case RI_ACT_RUN:
			w->runs[s]++;
			break;
		case RI_ACT_SETTLED:
			w->settled[s]++;
			w->settled_ns[s] = w->now;
			break;
		default:
			fail();
		}
	}
}

static void feed(struct world *w, unsigned int s, struct jar *j)
{
	struct ri_sample sample = {
		.time_ns = w->now, .has_sequence = true,
		.duty_permille = j->duty, .has_voltage = true,
	};

	if (w->lazy && !j->held && !measures(j))
		return;
	if (measures(j) && w->now >= j->measures_until) {
		j->measures_until = 0;
		w->measuring--;
		j->sequence++;
	}
	j->uv += j->slide_uv;
	sample.voltage_mv = j->voltage_mv + j->uv / 1000;
	sample.sequence = j->sequence;
	sample.has_uohm = j->sequence != 0;
	sample.uohm = j->uohm;
	if (j->m.live && ri_module_sample(&j->m, &sample))
		w->values[s]++;
}

static void tick(struct world *w, int64_t step)
{
	struct ri_module *modules[MODULES];
	unsigned int s, i;

	w->now += step;
	for (s = 0; s < w->strings; s++) {
		for (i = 0; i < w->modules; i++) {
			feed(w, s, &w->jar[s][i]);
			modules[i] = &w->jar[s][i].m;
		}
		ri_string_look(&w->string[s], &(struct ri_look){
			w->now, w->state[s], w->read_only, modules });
	}
	for (s = 0; s < w->strings; s++)
		act(w, s);
	check_rules(w);
}

static void pass(struct world *w, int64_t span, int64_t step)
{
	int64_t end = w->now + span;

	while (w->now < end)
		tick(w, step);
}

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
		cmocka_unit_test(the_first_runs_follow_each_other),
		cmocka_unit_test(a_month_of_one_charger_keeps_the_rules),
		cmocka_unit_test(strings_of_two_chargers_measure_at_once),
		cmocka_unit_test(
			measuring_waits_for_a_flat_voltage_but_not_for_ever),
		cmocka_unit_test(
			a_module_that_goes_on_equalizing_is_not_measured),
		cmocka_unit_test(
			three_tries_and_an_advisory_after_three_intervals),
		cmocka_unit_test(a_discharge_breaks_off_and_the_run_goes_on),
		cmocka_unit_test(a_string_that_is_often_discharged_is_measured),
		cmocka_unit_test(rest_is_measured_too),
		cmocka_unit_test(a_read_only_bus_measures_nothing),
		cmocka_unit_test(the_operator_goes_first),
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
