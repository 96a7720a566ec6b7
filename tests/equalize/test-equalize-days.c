// SPDX-License-Identifier: GPL-2.0-or-later
/* What takes the equalizer days: effect, forecast, a look once a quarter; a soak */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

static void what_brings_nothing_is_told(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 40000);
	run(w, 71 * 60);
	assert_false(w->e->jars[2].without_effect);
	run(w, 3 * 60);
	assert_true(w->e->jars[2].without_effect);
	assert_false(w->e->jars[0].without_effect);
	raise_jar(w, 2, 4000);
	run(w, 20);
	assert_false(w->e->jars[2].without_effect);
}

/* The burnt bypass is named, and not the low one that gets nothing because of it */
static void the_one_left_low_is_not_the_one(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 30000);
	w->cells[1].cell_uv = MEAN_UV - 60000;
	run(w, 80 * 60);
	assert_true(w->e->level_uv > 20000);
	assert_true(w->e->jars[2].without_effect);
	assert_false(w->e->jars[1].without_effect);
}

/* Daily measurements and a test of the UPS do not make days void */
static void interruptions_do_not_hide_it(void **state)
{
	struct world *w = *state;

	w->config.delay_s = 0;
	equalize_configure(w->e, &w->config);
	raise_jar(w, 2, 40000);
	for (int day = 0; day < 4; day++) {
		run(w, 22 * 60);
		equalize_hold(w->e, 2, true);
		run(w, 10);
		equalize_hold(w->e, 2, false);
		run(w, 60);
		w->scan.state = STRING_DISCHARGE;
		run(w, 1);
		w->scan.state = STRING_FLOAT;
	}
	assert_true(w->e->jars[2].without_effect);
	/* but a day of rest does */
	w->scan.state = STRING_REST;
	run(w, 60);
	equalize_reset(w->e, "");
	w->scan.state = STRING_FLOAT;
	run(w, 60 * 60);
	assert_true(w->e->jars[2].effort_ns < 61 * HOUR);
}

static void what_moves_is_not_without_effect(void **state)
{
	struct world *w = *state;

	for (int hour = 0; hour < 150; hour++) {
		raise_jar(w, 2, 40000 - hour * 150);
		run(w, 60);
		assert_false(w->e->jars[2].without_effect);
	}
}

static void the_forecast_follows_what_is_seen(void **state)
{
	struct world *w = *state;

	raise_jar(w, 2, 50000);
	run(w, 20);
	assert_false(w->e->finish_trend);
	/* spread 60 mV/cell: 1.2 % of 100 Ah at 76 mA, and the lag */
	assert_true(llabs(w->e->finish_s - (1200 * 3600 / 76 + 7800)) < 60);
	/* 1.2 mV/h of spread: (48 - 8.3) / 1.2 */
	for (int hour = 0; hour < 10; hour++) {
		raise_jar(w, 2, 50000 - hour * 1000);
		run(w, 60);
	}
	assert_true(w->e->finish_trend);
	assert_true(llabs(w->e->finish_s - 33 * 3600) < 3 * 3600);
	raise_jar(w, 2, 5000);
	run(w, 20);
	assert_int_equal(w->e->finish_s, 0);
}

/* B3: what it hides is looked at */
static void once_a_quarter_it_pauses_to_be_measured(void **state)
{
	struct world *w = *state;
	unsigned int hours;

	/* six hours without bypass are needed, not the twelve of the delay */
	raise_jar(w, 2, 0);
	run(w, 5 * 60);
	assert_false(w->e->has_off);
	run(w, 70);
	assert_true(w->e->has_off);
	assert_int_equal(w->e->off_uv, 0);
	raise_jar(w, 2, 20000);
	run(w, 120);
	assert_true(duty(w, 2) > 0);
	/* while it flows nothing is noted */
	assert_true(w->e->off_uv != w->e->spread_uv || w->e->off_uv == 24000);
	for (hours = 0; equalize_flows(w->e) && hours < 100 * 24; hours++)
		run(w, 60);
	assert_true(hours > 90 * 24 && hours <= 91 * 24);
	stopped(w, "once a quarter");
	/* what comes up without it */
	raise_jar(w, 2, 30000);
	run(w, 5 * 60);
	stopped(w, "once a quarter");
	run(w, 65);
	assert_int_equal(w->e->off_uv, 36000);
	run(w, 60);
	assert_true(duty(w, 2) > 0);
	assert_int_equal(w->e->off_uv, 36000);
}

/* A new controller with what the one before it knew of its last look */
static void restart(struct world *w)
{
	struct equalize *old = w->e;

	assert_int_equal(equalize_new(JARS, &w->e), 0);
	equalize_configure(w->e, &w->config);
	equalize_resume_look(w->e, old->hidden_ns,
			     old->has_off ? old->off_ns : 0, old->off_uv);
	equalize_free(old);
}

static void a_restart_a_day_delays_no_look(void **state)
{
	struct world *w = *state;
	unsigned int days;

	raise_jar(w, 2, 20000);
	run(w, 120);
	for (days = 0; equalize_flows(w->e) && days < 100; days++) {
		restart(w);
		run(w, 24 * 60);
	}
	assert_true(days >= 90 && days <= 91);
	stopped(w, "once a quarter");
	/* one in the pause: another one a day later, not a quarter later */
	restart(w);
	run(w, 120);
	assert_true(duty(w, 2) > 0);
	for (days = 0; equalize_flows(w->e) && days < 5 * 24; days++)
		run(w, 60);
	assert_true(days >= 23 && days <= 25);
	stopped(w, "once a quarter");
	run(w, 7 * 60);
	assert_true(w->e->has_off);
	assert_int_equal(w->e->off_uv, 24000);
	/* the spread that was seen is known to the next one */
	restart(w);
	assert_true(w->e->has_off);
	assert_int_equal(w->e->off_uv, 24000);
}

static void time_may_go_wrong(void **state)
{
	struct world *w = *state;

	begin(w);
	w->scan.time_ns -= 50 * HOUR;
	run(w, 120);
	assert_true(duty(w, 2) <= 240);
	w->scan.time_ns += 5000 * HOUR;
	run(w, 120);
	assert_true(duty(w, 2) <= 240);
	w->scan.time_ns = 0;
	scan(w, 0);
	scan(w, 0);
	stopped(w, "float");
}

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8) % below;
}

static void twist(struct world *w, uint32_t *seed)
{
	struct equalize_cell *c = &w->cells[draw(seed, JARS)];
	static const int64_t odd[] = {
		0, -2250000, 4000000, -4000000, 2250000, 2170000, 2400000,
		2351000, INT32_MAX, INT32_MIN,
	};

	switch (draw(seed, 12)) {
	case 0:
		c->cell_uv = odd[draw(seed, 10)];
		break;
	case 1:
		c->valid = draw(seed, 4);
		break;
	case 2:
		c->temperature_mc = (int)draw(seed, 200000) - 50000;
		break;
	case 3:
		c->has_temperature = draw(seed, 8);
		break;
	case 4:
		c->module_mc = (int)draw(seed, 150000) - 20000;
		break;
	case 5:
		c->resistance_uohm = draw(seed, 3) ? 4000 : draw(seed, 2) - 1;
		break;
	case 6:
		w->scan.current_ma = (int64_t)odd[draw(seed, 10)];
		w->scan.has_current = draw(seed, 3);
		break;
	case 7:
		w->scan.state = draw(seed, 12) ? STRING_FLOAT :
				draw(seed, STRING_STATE_COUNT);
		break;
	case 8:
		w->scan.time_ns = draw(seed, 40) ? w->scan.time_ns :
				  (uint64_t)draw(seed, 1 << 20) * HOUR;
		break;
	case 9:
		equalize_hold(w->e, draw(seed, JARS + 2), draw(seed, 2));
		break;
	default:
		/* and then it is a string again for a while */
		for (int i = 0; i < JARS; i++) {
			w->cells[i].valid = w->cells[i].has_temperature = true;
			w->cells[i].temperature_mc = 25000 + draw(seed, 6000);
			w->cells[i].module_mc = 30000 + draw(seed, 40000);
			w->cells[i].resistance_uohm = 4000;
			w->cells[i].calibrated = draw(seed, 2);
			w->cells[i].cell_uv = 2200000 + draw(seed, 170000);
		}
	}
}

static void whatever_comes_the_bounds_hold(void **state)
{
	struct world *w = *state;
	unsigned int flowed = 0, high = 0;
	uint32_t seed = 7;

	w->config.delay_s = 0;
	w->config.capacity_mah = 300000;
	equalize_configure(w->e, &w->config);
	for (int n = 0; n < 100000; n++) {
		const struct equalize *e = w->e;

		if (!draw(&seed, 40))
			twist(w, &seed);
		scan(w, draw(&seed, 120));
		flowed += equalize_flows(e);
		for (int i = 0; i < JARS; i++) {
			const struct equalize_jar *j = &e->jars[i];

			assert_true(j->duty_permille <= 1000);
			assert_true(isfinite(j->bypass_ua));
			if (!j->duty_permille)
				continue;
			high += j->duty_permille > 720;
			/* 0.9 of 120 mA, but where there is too much voltage */
			if (e->source == EQUALIZE_ASSUMED &&
			    w->cells[i].cell_uv <= 2350000 && e->running &&
			    w->cells[i].valid)
				assert_true(j->duty_permille <= 720);
			assert_false(j->held);
			assert_int_equal(w->scan.state, STRING_FLOAT);
			assert_int_not_equal(j->status, EQUALIZE_EXCLUDED);
		}
	}
	/* it was no idle run */
	assert_true(flowed > 5000 && high > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(what_brings_nothing_is_told),
		RULE(interruptions_do_not_hide_it),
		RULE(the_one_left_low_is_not_the_one),
		RULE(what_moves_is_not_without_effect),
		RULE(the_forecast_follows_what_is_seen),
		RULE(once_a_quarter_it_pauses_to_be_measured),
		RULE(a_restart_a_day_delays_no_look),
		RULE(time_may_go_wrong),
		RULE(whatever_comes_the_bounds_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
