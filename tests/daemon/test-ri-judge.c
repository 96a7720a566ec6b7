// SPDX-License-Identifier: GPL-2.0-or-later
/* Judgement of RI over drifting, noisy jars; 50 seeds each (M5, B4, B7, T1) */
#include "unit.h"

#include "policy/ri/judge.h"
#include "policy/ri/ri.h"

#define DAY	(86400 * RI_SECOND_NS)
#define SEEDS	50
#define JARS	24

struct jars {
	struct ri_jar jar[JARS];
	double spread[JARS];	/* of manufacture and module */
	double rise[JARS];	/* 1: as new */
	unsigned int count;
	uint32_t seed;
	int64_t now;
	int32_t mc;
	struct ri_rules rules;
};

static double unit(struct jars *w)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 17;
	w->seed ^= w->seed << 5;
	return w->seed / 4294967296.0;
}

/* -1 to 1 */
static double within(struct jars *w)
{
	return 2 * unit(w) - 1;
}

static void begin(struct jars *w, unsigned int count, uint32_t seed)
{
	struct limit_set limits;
	unsigned int i;

	memset(w, 0, sizeof(*w));
	w->count = count;
	w->seed = seed * 2654435761U;
	limit_set_defaults(&limits);
	ri_rules_set(&w->rules, &limits);
	w->mc = 20000;
	for (i = 0; i < count; i++) {
		ri_jar_init(&w->jar[i], 0);
		w->spread[i] = 1 + 0.08 * within(w);
		w->rise[i] = 1;
	}
}

static uint32_t measure(struct jars *w, unsigned int i)
{
	/* a block of 5 mΩ; ±3 % of noise (B10), -0.5 %/K as lead-acid has */
	return 5000 * w->spread[i] * w->rise[i] * (1 + 0.03 * within(w)) *
	       (1 - 0.005 * (w->mc - 20000) / 1000.0);
}

static void give(struct jars *w, unsigned int i, uint32_t uohm,
		 enum string_state state, bool trend)
{
	uint32_t others[JARS];
	unsigned int j, n = 0;

	for (j = 0; j < w->count; j++)
		if (j != i && w->jar[j].count)
			others[n++] = w->jar[j].value[w->jar[j].count - 1].uohm;
	ri_jar_value(&w->jar[i], &(struct ri_value){
		w->now, uohm, w->mc, state, trend }, &w->rules, others, n);
}

static void run(struct jars *w)
{
	unsigned int i;

	w->now += DAY;
	for (i = 0; i < w->count; i++)
		give(w, i, measure(w, i), STRING_FLOAT, true);
}

static void take_baselines(struct jars *w, enum ri_baseline_kind kind,
			   unsigned int least)
{
	unsigned int i;

	for (i = 0; i < w->count; i++) {
		struct ri_baseline b;

		assert_true(ri_jar_propose(&w->jar[i], least, &w->rules, &b));
		b.kind = kind;
		ri_jar_set_baseline(&w->jar[i], &b);
	}
}

static void commission(struct jars *w)
{
	unsigned int n;

	for (n = 0; n < RI_RUNS; n++)
		run(w);
	take_baselines(w, RI_BASELINE_PROVISIONAL, RI_PROVISIONAL);
}

static bool anything(const struct jars *w)
{
	unsigned int i, f;

	for (i = 0; i < w->count; i++)
		for (f = 0; f < RI_FINDINGS; f++)
			if (w->jar[i].verdict[f].level)
				return true;
	return false;
}

static void healthy_jars_of_a_year_raise_nothing(void **state)
{
	uint32_t seed;
	unsigned int day;

	(void)state;
	for (seed = 1; seed <= SEEDS; seed++) {
		static struct jars w;

		begin(&w, JARS, seed);
		commission(&w);
		for (day = 0; day < 365; day++) {
			unsigned int i;

			/* a year's season, and 8 % of age by its end */
			w.mc = 20000 + (day < 182 ? day : 365 - day) * 40;
			for (i = 0; i < w.count; i++)
				w.rise[i] = 1 + 0.08 * day / 365;
			run(&w);
			assert_false(anything(&w));
			if (day == 200)
				take_baselines(&w, RI_BASELINE_FINAL,
					       RI_VALUES);
		}
		assert_int_equal(w.jar[0].baseline.count, RI_VALUES);
	}
}

/* Runs from crossing a limit to the level; a rise of @step a run */
static unsigned int runs_to(struct jars *w, unsigned int bad, double step,
			    double limit, enum ri_level level, bool *early)
{
	unsigned int n, crossed = 0;

	*early = false;
	for (n = 1; n < 2000; n++) {
		w->rise[bad] += step;
		run(w);
		if (w->rise[bad] >= limit)
			crossed++;
		if (w->jar[bad].verdict[RI_RISE].level >= level) {
			/* 4 % of accuracy, 3 % of noise, the baseline's own */
			*early = w->rise[bad] < limit * 0.91;
			return crossed;
		}
	}
	return n;
}

static void a_rise_is_found_within_two_runs(void **state)
{
	static const double steps[] = { 0.002, 0.01, 0.05, 0.3, 1.0 };
	unsigned int late = 0, trials = 0;
	uint32_t seed;
	size_t s;

	(void)state;
	for (seed = 1; seed <= SEEDS; seed++) {
		for (s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
			static struct jars w;
			unsigned int bad = seed % JARS, i;
			bool early;

			begin(&w, JARS, seed);
			commission(&w);
			late += runs_to(&w, bad, steps[s], 1.3, RI_WARNING,
					&early) > 2;
			assert_false(early);
			late += runs_to(&w, bad, steps[s], 1.5, RI_ALARM,
					&early) > 2;
			assert_false(early);
			trials += 2;
			for (i = 0; i < JARS; i++)
				assert_true(i == bad ||
					    !w.jar[i].verdict[RI_RISE].level);
			/* and it ends within two runs of a new block */
			w.rise[bad] = 1;
			run(&w);
			run(&w);
			assert_int_equal(w.jar[bad].verdict[RI_RISE].level,
					 RI_NORMAL);
		}
	}
	print_message("# %u of %u rises found later than two runs\n", late,
		      trials);
	assert_true(late * 50 <= trials);
}

static void one_run_alone_is_nothing(void **state)
{
	static struct jars w;

	(void)state;
	begin(&w, 8, 3);
	commission(&w);
	give(&w, 2, 12000, STRING_FLOAT, true);
	assert_false(anything(&w));
	assert_true(w.jar[2].ratio_permille > 2000);
	run(&w);
	assert_false(anything(&w));
	give(&w, 2, 12000, STRING_FLOAT, true);
	give(&w, 2, 12000, STRING_FLOAT, true);
	assert_int_equal(w.jar[2].verdict[RI_RISE].level, RI_ALARM);
	assert_int_equal(w.jar[2].verdict[RI_SPREAD].level, RI_ADVISORY);
	/* a run that says otherwise does not end it, two do */
	run(&w);
	assert_int_equal(w.jar[2].verdict[RI_RISE].level, RI_ALARM);
	run(&w);
	assert_false(anything(&w));
}

static void a_short_is_no_good_news(void **state)
{
	static struct jars w;

	(void)state;
	begin(&w, 8, 4);
	commission(&w);
	w.rise[5] = 0.6;
	run(&w);
	run(&w);
	assert_int_equal(w.jar[5].verdict[RI_LOW].level, RI_WARNING);
	assert_int_equal(w.jar[5].verdict[RI_SPREAD].level, RI_ADVISORY);
	assert_int_equal(w.jar[5].verdict[RI_RISE].level, RI_NORMAL);
	assert_int_equal(w.jar[4].verdict[RI_LOW].level, RI_NORMAL);
}

/* B4: one doubled RI of four makes no healthy one look low */
static void the_median_blames_the_right_one(void **state)
{
	unsigned int count, i;

	(void)state;
	for (count = 3; count <= 6; count++) {
		static struct jars w;

		begin(&w, count, count);
		for (i = 0; i < count; i++)
			w.spread[i] = 1;
		w.rise[0] = 2;
		run(&w);
		run(&w);
		run(&w);
		assert_int_equal(w.jar[0].verdict[RI_SPREAD].level,
				 RI_ADVISORY);
		/* of 4 or more the others are clean */
		for (i = 1; count > 3 && i < count; i++)
			assert_int_equal(w.jar[i].verdict[RI_SPREAD].level,
					 RI_NORMAL);
	}
	/* of two nobody knows */
	{
		static struct jars w;

		begin(&w, 2, 9);
		w.rise[0] = 3;
		run(&w);
		run(&w);
		assert_false(anything(&w));
		assert_int_equal(w.jar[0].median_uohm, 0);
	}
}

static void only_like_is_compared_with_like(void **state)
{
	static struct jars w;
	struct ri_jar *j = &w.jar[1];
	int n;

	(void)state;
	begin(&w, 8, 5);
	commission(&w);
	/* at rest, after a discharge: a value, no trend */
	for (n = 0; n < 5; n++)
		give(&w, 1, 9000, STRING_REST, false);
	assert_false(anything(&w));
	assert_int_equal(j->compare, RI_NO_TREND);
	assert_int_equal(j->newest.uohm, 9000);
	assert_true(j->value[j->count - 1].uohm < 6000);
	/* 5.1 °C away (B7) */
	w.mc = 25100;
	for (n = 0; n < 3; n++)
		give(&w, 1, 9000, STRING_FLOAT, true);
	assert_int_equal(j->compare, RI_OTHER_TEMPERATURE);
	assert_int_equal(j->verdict[RI_RISE].level, RI_NORMAL);
	assert_int_equal(j->ratio_permille, 0);
	w.mc = 24900;
	for (n = 0; n < 2; n++)
		give(&w, 1, 9000, STRING_FLOAT, true);
	assert_int_equal(j->compare, RI_COMPARED);
	assert_int_equal(j->verdict[RI_RISE].level, RI_ALARM);
	/* a sensor that fails: no comparison, nothing ends */
	w.mc = RI_NO_TEMPERATURE;
	for (n = 0; n < 3; n++)
		give(&w, 1, 5000, STRING_FLOAT, true);
	assert_int_equal(j->compare, RI_OTHER_TEMPERATURE);
	assert_int_equal(j->verdict[RI_RISE].level, RI_ALARM);
}

static void a_coefficient_is_off_unless_given(void **state)
{
	static struct jars w;
	struct ri_baseline b = { RI_BASELINE_FINAL, 5000, 20000, 10, true };

	(void)state;
	begin(&w, 1, 6);
	ri_jar_set_baseline(&w.jar[0], &b);
	w.mc = 24000;
	give(&w, 0, 4900, STRING_FLOAT, true);
	assert_int_equal(w.jar[0].ratio_permille, 980);
	w.rules.coefficient_ppm = -5000;
	give(&w, 0, 4900, STRING_FLOAT, true);
	assert_int_equal(w.jar[0].ratio_permille, 999);
}

static void absolute_limits_need_no_baseline(void **state)
{
	static struct jars w;

	(void)state;
	begin(&w, 1, 7);
	w.rules.limit_warning_uohm = 15000;
	w.rules.limit_alarm_uohm = 18000;
	give(&w, 0, 15000, STRING_REST, false);
	give(&w, 0, 15000, STRING_REST, false);
	assert_false(anything(&w));
	give(&w, 0, 18000, STRING_REST, false);
	give(&w, 0, 18000, STRING_REST, false);
	assert_int_equal(w.jar[0].verdict[RI_LIMIT].level, RI_WARNING);
	give(&w, 0, 18001, STRING_REST, false);
	give(&w, 0, 18001, STRING_REST, false);
	assert_int_equal(w.jar[0].verdict[RI_LIMIT].level, RI_ALARM);
}

/* "+30 % on top of the +20 % limit", of the median */
static void the_vendors_rule_is_a_warning_of_spread(void **state)
{
	static struct jars w;
	unsigned int i;

	(void)state;
	begin(&w, 8, 8);
	w.rules.warning = w.rules.alarm = 0;
	w.rules.spread_warning = 560;
	for (i = 0; i < w.count; i++)
		w.spread[i] = 1;
	commission(&w);
	w.rise[3] = 1.5;
	run(&w);
	run(&w);
	assert_int_equal(w.jar[3].verdict[RI_SPREAD].level, RI_ADVISORY);
	w.rise[3] = 1.7;
	run(&w);
	run(&w);
	assert_int_equal(w.jar[3].verdict[RI_SPREAD].level, RI_WARNING);
	assert_int_equal(w.jar[3].verdict[RI_RISE].level, RI_NORMAL);
}

static void a_baseline_is_a_median_at_one_temperature(void **state)
{
	static struct jars w;
	struct ri_jar *j = &w.jar[0];
	struct ri_baseline b;
	int n;

	(void)state;
	begin(&w, 1, 10);
	for (n = 0; n < 2; n++)
		give(&w, 0, 5000, STRING_FLOAT, true);
	assert_false(ri_jar_propose(j, 3, &w.rules, &b));
	give(&w, 0, 50000, STRING_FLOAT, true);
	give(&w, 0, 4990, STRING_REST, false);
	assert_true(ri_jar_propose(j, 3, &w.rules, &b));
	assert_int_equal(b.uohm, 5000);
	assert_int_equal(b.count, 3);
	assert_false(b.is_signed);
	/* hot days are left out */
	for (n = 0; n < 4; n++) {
		w.mc = 31000;
		give(&w, 0, 4000, STRING_FLOAT, true);
		w.mc = 20000;
		give(&w, 0, 5100, STRING_FLOAT, true);
	}
	assert_int_equal(j->count, RI_VALUES);
	assert_false(ri_jar_propose(j, RI_VALUES, &w.rules, &b));
	assert_true(ri_jar_propose(j, 5, &w.rules, &b));
	assert_int_equal(b.uohm, 5100);
	assert_int_equal(b.temperature_mc, 20000);
	/* six months, and then no more */
	assert_false(ri_jar_final_due(j, RI_FINAL_NS - 1));
	assert_true(ri_jar_final_due(j, RI_FINAL_NS));
	b.kind = RI_BASELINE_FINAL;
	ri_jar_set_baseline(j, &b);
	assert_false(ri_jar_final_due(j, RI_FINAL_NS));
}

static void a_new_baseline_begins_anew(void **state)
{
	static struct jars w;
	struct ri_jar *j = &w.jar[0];
	struct ri_baseline b = { RI_BASELINE_PROVISIONAL, 3000, 20000, 4,
				 false };
	int n;

	(void)state;
	begin(&w, 1, 11);
	ri_jar_set_baseline(j, &b);
	for (n = 0; n < 2; n++)
		give(&w, 0, 5000, STRING_FLOAT, true);
	assert_int_equal(j->verdict[RI_RISE].level, RI_ALARM);
	/* a signature under the same one changes nothing */
	b.is_signed = true;
	ri_jar_set_baseline(j, &b);
	assert_int_equal(j->verdict[RI_RISE].level, RI_ALARM);
	b.uohm = 5000;
	ri_jar_set_baseline(j, &b);
	assert_int_equal(j->verdict[RI_RISE].level, RI_NORMAL);
	give(&w, 0, 5000, STRING_FLOAT, true);
	assert_int_equal(j->verdict[RI_RISE].level, RI_NORMAL);
}

/* Whatever comes, levels are levels and nothing overflows */
static void any_value_is_survived(void **state)
{
	static struct jars w;
	unsigned int n, f;

	(void)state;
	begin(&w, JARS, 12);
	for (n = 0; n < 200000; n++) {
		unsigned int i = unit(&w) * JARS;
		uint32_t uohm = unit(&w) < 0.5 ? 5000 : w.seed;

		w.mc = unit(&w) < 0.7 ? 20000 : (int32_t)w.seed / 1000;
		give(&w, i, uohm, w.seed % STRING_STATE_COUNT, w.seed & 1);
		if (unit(&w) < 0.01) {
			struct ri_baseline b = { .kind = RI_BASELINE_FINAL };

			if (ri_jar_propose(&w.jar[i], w.seed % 12, &w.rules,
					   &b))
				ri_jar_set_baseline(&w.jar[i], &b);
		}
		for (f = 0; f < RI_FINDINGS; f++)
			assert_in_range(w.jar[i].verdict[f].level, RI_NORMAL,
					RI_ALARM);
		assert_true(w.jar[i].count <= RI_VALUES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_jars_of_a_year_raise_nothing),
		cmocka_unit_test(a_rise_is_found_within_two_runs),
		cmocka_unit_test(one_run_alone_is_nothing),
		cmocka_unit_test(a_short_is_no_good_news),
		cmocka_unit_test(the_median_blames_the_right_one),
		cmocka_unit_test(only_like_is_compared_with_like),
		cmocka_unit_test(a_coefficient_is_off_unless_given),
		cmocka_unit_test(absolute_limits_need_no_baseline),
		cmocka_unit_test(the_vendors_rule_is_a_warning_of_spread),
		cmocka_unit_test(a_baseline_is_a_median_at_one_temperature),
		cmocka_unit_test(a_new_baseline_begins_anew),
		cmocka_unit_test(any_value_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
