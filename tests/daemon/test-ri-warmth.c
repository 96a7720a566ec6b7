// SPDX-License-Identifier: GPL-2.0-or-later
/* Resistance over temperature: blocks of the plant through their seasons */
#include <stdlib.h>

#include "unit.h"

#include "block.h"
#include "policy/ri/warmth.h"

#define WEEK	RI_WARMTH_EVERY_NS
#define JARS	6

struct rig {
	struct plant_type type;
	struct plant_block block[JARS];
	double base_ohm[JARS], base_c[JARS];
	uint64_t seed;
	struct ri_warmth w;
	double age_year;	/* of resistance, share */
	double rising_year;	/* of the last jar */
	double noise;
	unsigned int week;
};

/* -1 to 1, up and down in a year, without libm */
static double season(unsigned int week)
{
	double t = week % 52 / 13.0;

	return t < 1 ? t : t < 3 ? 2 - t : t - 4;
}

static double noise(struct rig *r)
{
	r->seed = r->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((double)(r->seed >> 40) / (1 << 23) - 1) * r->noise;
}

static void begin(struct rig *r)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	r->noise = 0.01;
	assert_int_equal(plant_type_agm(&r->type, 12, 100), 0);
	for (i = 0; i < JARS; i++) {
		plant_block_init(&r->block[i], &r->type, 1, 18 + i * 0.4);
		r->block[i].r_factor = 0.97 + 0.01 * i;
		r->base_c[i] = r->block[i].temp_c;
		r->base_ohm[i] = plant_block_resistance_ohm(&r->block[i]);
	}
}

static void pass(struct rig *r, unsigned int weeks, double middle_c,
		 double size_k)
{
	int32_t above[JARS], ppm[JARS];
	unsigned int i;

	for (; weeks; weeks--, r->week++) {
		for (i = 0; i < JARS; i++) {
			struct plant_block *b = &r->block[i];
			double ohm, years = r->week / 52.0;

			b->temp_c = middle_c + size_k * season(r->week) +
				    i * 0.4;
			ohm = plant_block_resistance_ohm(b) * (1 + noise(r)) *
			      (1 + r->age_year * years);
			if (i == JARS - 1)
				ohm *= 1 + r->rising_year * years;
			above[i] = (b->temp_c - r->base_c[i]) * 1000;
			ppm[i] = (ohm / r->base_ohm[i] - 1) * 1e6;
		}
		ri_warmth_add(&r->w, r->week * WEEK, above, ppm, JARS);
	}
}

static struct ri_warmth_fit fit_of(const struct rig *r)
{
	struct ri_warmth_fit f;

	ri_warmth_fit(&r->w, &f);
	return f;
}

/* 0.7 % a degree of the resistance at 25 °C, seen from baselines at 19 °C */
static void assert_learnt(const struct rig *r)
{
	struct ri_warmth_fit f = fit_of(r);

	if (!f.known)
		fail_msg("%s", f.why);
	assert_in_range(-f.ppm, 5900, 7500);
	assert_in_range(f.error_ppm, 0, 800);
}

static void assert_unknown(const struct rig *r, const char *why)
{
	struct ri_warmth_fit f = fit_of(r);

	assert_false(f.known);
	assert_int_equal(f.ppm, 0);
	assert_string_equal(f.why, why);
}

static void a_year_teaches_the_coefficient(void **state)
{
	struct rig r;

	(void)state;
	begin(&r);
	assert_unknown(&r, "too few weeks");
	pass(&r, 12, 20, 8);
	assert_unknown(&r, "too few weeks");
	/* spring alone: as well it may be age */
	pass(&r, 1, 20, 8);
	assert_unknown(&r, "the seasons went one way only, as age does");
	pass(&r, 13, 20, 8);
	assert_learnt(&r);
	pass(&r, 26, 20, 8);
	assert_learnt(&r);
	assert_int_equal(fit_of(&r).points, 52);
	assert_in_range(fit_of(&r).span_mc, 15500, 16000);
	/* the oldest go */
	pass(&r, 60, 20, 8);
	assert_learnt(&r);
	assert_int_equal(fit_of(&r).points, 52);
}

static void what_rises_by_itself_does_not_teach(void **state)
{
	struct rig r;

	(void)state;
	/* one of six */
	begin(&r);
	r.rising_year = 0.8;
	pass(&r, 52, 20, 8);
	assert_learnt(&r);
	/* all of them, as they age */
	begin(&r);
	r.age_year = 0.15;
	pass(&r, 52, 20, 8);
	assert_learnt(&r);
	begin(&r);
	r.age_year = 0.15;
	pass(&r, 30, 20, 8);
	assert_learnt(&r);
}

static void too_little_is_not_learnt(void **state)
{
	struct rig r;

	(void)state;
	/* a room that is kept at its temperature */
	begin(&r);
	pass(&r, 52, 20, 2.9);
	assert_unknown(&r, "the seasons are not far enough apart");
	begin(&r);
	pass(&r, 52, 20, 3.2);
	assert_learnt(&r);
	begin(&r);
	r.noise = 0.5;
	pass(&r, 26, 20, 8);
	assert_unknown(&r, "the values scatter too much");
	/* it rises with warmth, or by 5 % a degree: something else does that */
	begin(&r);
	r.type.r_per_k = -0.007;
	pass(&r, 52, 20, 8);
	assert_unknown(&r, "what was found is no effect of temperature");
	begin(&r);
	r.type.r_per_k = 0.05;
	pass(&r, 52, 20, 8);
	assert_unknown(&r, "what was found is no effect of temperature");
}

static void absurd_points_break_nothing(void **state)
{
	int32_t above[4], ppm[4];
	struct ri_warmth w = { .count = 0 };
	struct ri_warmth_fit f;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 100; i++) {
		for (k = 0; k < 4; k++) {
			above[k] = (i + k) % 2 ? 1000000 : -1000000;
			ppm[k] = i % 3 ? INT32_MAX : INT32_MIN;
		}
		ri_warmth_add(&w, INT64_MIN / 2 + (int64_t)i * WEEK, above,
			      ppm, 4);
	}
	assert_int_equal(w.count, RI_WARMTH_POINTS);
	ri_warmth_fit(&w, &f);
	assert_false(f.known);
	/* back in time, too few jars: none */
	ri_warmth_add(&w, INT64_MIN, above, ppm, 4);
	ri_warmth_add(&w, 0, above, ppm, 2);
	assert_true(w.point[RI_WARMTH_POINTS - 1].time_ns < 0);
	/* all on one day, all at one temperature */
	memset(&w, 0, sizeof(w));
	for (i = 0; i < 20; i++)
		w.point[w.count++] = (struct ri_warmth_point){ 5, 7000, 5 };
	ri_warmth_fit(&w, &f);
	assert_false(f.known);
	w.point[0].above_mc = 0;
	ri_warmth_fit(&w, &f);
	assert_false(f.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_year_teaches_the_coefficient),
		cmocka_unit_test(what_rises_by_itself_does_not_teach),
		cmocka_unit_test(too_little_is_not_learnt),
		cmocka_unit_test(absurd_points_break_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
