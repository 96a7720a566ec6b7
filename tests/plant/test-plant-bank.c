// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings and banks: one current, spread, bypass, neighbours */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "spread.h"

#define COUNT	8

struct plant {
	struct plant_type type;
	struct plant_block blocks[2][COUNT];
	struct plant_string strings[2];
	struct plant_bank bank;
};

static void plant_init(struct plant *p, unsigned int strings,
		       const struct plant_spread *spread, u64 seed)
{
	plant_type_agm(&p->type, 12, 100);
	p->bank = (struct plant_bank) {
		.strings = p->strings, .count = strings,
	};
	for (unsigned int k = 0; k < strings; k++)
		plant_string_init(&p->strings[k], p->blocks[k], COUNT, &p->type,
				  spread, 25, seed + k);
}

static void float_h(struct plant *p, double cell_v, double h)
{
	struct plant_drive d = {
		.volt_v = cell_v * 6 * COUNT, .high_a = 20,
	};

	for (int i = 0; i < h * 60; i++)
		assert_int_equal(plant_bank_step(&p->bank, &d, 25, 60), 0);
	assert_int_equal(p->bank.failures, 0);
}

static void voltages_add_up_and_the_current_is_one(void **state)
{
	struct plant p;
	double sum = 0;

	(void)state;
	plant_init(&p, 1, &plant_spread_usual, 1);
	float_h(&p, 2.25, 24);
	for (int i = 0; i < COUNT; i++) {
		sum += p.blocks[0][i].volt_v;
		assert_true(p.blocks[0][i].amp_a == p.strings[0].amp_a);
	}
	sum += p.strings[0].amp_a * p.strings[0].strap_ohm;
	assert_true(fabs(sum - p.strings[0].volt_v) < 1e-9);
	assert_true(fabs(sum - 2.25 * 6 * COUNT) < 1e-4);
}

static void equal_seeds_give_equal_strings(void **state)
{
	struct plant a, b, c;

	(void)state;
	plant_init(&a, 1, &plant_spread_usual, 7);
	plant_init(&b, 1, &plant_spread_usual, 7);
	plant_init(&c, 1, &plant_spread_usual, 8);
	float_h(&a, 2.25, 10);
	float_h(&b, 2.25, 10);
	float_h(&c, 2.25, 10);
	for (int i = 0; i < COUNT; i++) {
		assert_true(a.blocks[0][i].volt_v == b.blocks[0][i].volt_v);
		assert_true(a.blocks[0][i].volt_v != c.blocks[0][i].volt_v);
	}
}

/* ±2 % of the average is normal in AGM */
static void the_usual_spread_is_that_of_the_field(void **state)
{
	double least = 99, most = 0, mean = 2.25 * 6;

	(void)state;
	for (u64 seed = 0; seed < 8; seed++) {
		struct plant p;

		plant_init(&p, 1, &plant_spread_usual, seed);
		float_h(&p, 2.25, 20 * 24);
		for (int i = 0; i < COUNT; i++) {
			least = fmin(least, p.blocks[0][i].volt_v);
			most = fmax(most, p.blocks[0][i].volt_v);
		}
	}
	printf("# 64 blocks on float: %.3f V to %.3f V\n", least, most);
	assert_true(least > mean * 0.98 && most < mean * 1.02);
	assert_true(most - least > 0.1);
}

/* A warm block floats about 3 mV per cell and K lower (B1) */
static void a_warm_block_floats_lower(void **state)
{
	struct plant_spread none = { 0 };
	struct plant p;
	double cold;

	(void)state;
	plant_init(&p, 1, &none, 1);
	for (int h = 0; h < 24 * 60; h++) {
		p.blocks[0][3].temp_c = 30;
		float_h(&p, 2.25, 1.0 / 60);
	}
	cold = p.blocks[0][7].volt_v;
	printf("# 5 K warmer: %.0f mV\n", 1e3 * (p.blocks[0][3].volt_v - cold));
	assert_true(fabs(p.blocks[0][3].volt_v - cold + 0.090) < 0.020);
}

/* 100 mA past a 7 Ah block is more than the float current: it discharges */
static void too_much_bypass_discharges_a_small_block(void **state)
{
	struct plant_spread none = { 0 };
	struct plant p;
	double taken;

	(void)state;
	plant_init(&p, 1, &none, 1);
	plant_type_agm(&p.type, 12, 7);
	float_h(&p, 2.25, 24);
	p.blocks[0][0].bypass_a = 0.1;
	float_h(&p, 2.25, 24);
	taken = 7 * p.type.charge_ratio *
		(1 - plant_block_charge(&p.blocks[0][0]));
	printf("# taken in a day: %.2f Ah\n", taken);
	assert_true(taken > 2.0 && taken < 2.5);
	assert_true(fabs(p.blocks[0][0].amp_a - p.strings[0].amp_a + 0.1) <
		    1e-9);
}

/* What a bypass within the float current does: down, slowly, and it ends */
static void a_small_bypass_lowers_a_high_block(void **state)
{
	struct plant_spread none = { 0 };
	struct plant p;
	double before;

	(void)state;
	plant_init(&p, 1, &none, 1);
	p.blocks[0][2].float_shift_v = 0.03;
	float_h(&p, 2.25, 20 * 24);
	before = p.blocks[0][2].volt_v;
	p.blocks[0][2].bypass_a = 0.5 * p.strings[0].amp_a;
	float_h(&p, 2.25, 24);
	assert_true(p.blocks[0][2].volt_v < before - 0.05);
	assert_true(plant_block_charge(&p.blocks[0][2]) > 0.99);
	p.blocks[0][2].bypass_a = 0;
	float_h(&p, 2.25, 20 * 24);
	assert_true(fabs(p.blocks[0][2].volt_v - before) < 0.02);
}

static void heat_goes_to_the_neighbours_of_the_row(void **state)
{
	struct plant_spread none = { 0 };
	struct plant p;
	const struct plant_block *b = p.blocks[0];

	(void)state;
	plant_init(&p, 1, &none, 1);
	p.strings[0].row = 4;
	for (int i = 0; i < 24 * 60; i++) {
		p.blocks[0][3].temp_c = 45;
		float_h(&p, 2.25, 1.0 / 60);
	}
	assert_true(b[2].temp_c > b[1].temp_c + 1);
	assert_true(b[1].temp_c > b[0].temp_c + 0.2);
	/* 4 stands in the next row */
	assert_true(b[4].temp_c < 25.6);
}

/* What is conducted is neither made nor lost */
static void conduction_keeps_the_energy(void **state)
{
	struct plant_spread none = { 0 };
	struct plant_drive rest = { 0 };
	struct plant p;
	double before = 0, after = 0;

	(void)state;
	plant_init(&p, 1, &none, 1);
	p.type.cool_w_per_k = 0;
	p.type.float_a_per_ah = 0;
	p.blocks[0][1].temp_c = 60;
	for (int i = 0; i < COUNT; i++)
		before += p.blocks[0][i].temp_c;
	for (int i = 0; i < 24 * 60; i++)
		plant_bank_step(&p.bank, &rest, 25, 60);
	for (int i = 0; i < COUNT; i++)
		after += p.blocks[0][i].temp_c;
	assert_true(fabs(after - before) < 1e-6);
	assert_true(p.blocks[0][2].temp_c > 26);
}

static void parallel_strings_share_a_load(void **state)
{
	struct plant_drive load = { .low_a = -20, .high_a = -20 };
	struct plant p;

	(void)state;
	plant_init(&p, 2, &plant_spread_usual, 3);
	for (int i = 0; i < COUNT; i++)
		p.blocks[1][i].r_factor *= 3;
	float_h(&p, 2.25, 24);
	for (int i = 0; i < 30; i++)
		plant_bank_step(&p.bank, &load, 25, 60);
	assert_true(fabs(p.strings[0].amp_a + p.strings[1].amp_a + 20) < 1e-4);
	assert_true(fabs(p.strings[0].volt_v - p.strings[1].volt_v) < 1e-3);
	assert_true(p.strings[0].amp_a < p.strings[1].amp_a);
	p.strings[0].open = true;
	plant_bank_step(&p.bank, &load, 25, 60);
	assert_true(p.strings[0].amp_a == 0);
	assert_true(fabs(p.strings[1].amp_a + 20) < 1e-4);
}

static void the_charger_holds_voltage_or_current(void **state)
{
	struct plant_spread none = { .state = 0 };
	struct plant p;

	(void)state;
	plant_init(&p, 1, &none, 3);
	for (int i = 0; i < COUNT; i++)
		p.blocks[0][i].near = p.blocks[0][i].far = 0.3;
	float_h(&p, 2.30, 1);
	assert_true(fabs(p.bank.amp_a - 20) < 1e-6);
	assert_true(p.bank.volt_v < 2.30 * 6 * COUNT);
	float_h(&p, 2.30, 48);
	assert_true(p.bank.amp_a < 2);
	assert_true(fabs(p.bank.volt_v - 2.30 * 6 * COUNT) < 1e-3);
}

static void a_senseless_step_is_refused(void **state)
{
	struct plant_spread none = { 0 };
	struct plant_drive d = { .volt_v = 100, .high_a = 1 };
	struct plant_drive crossed = { .low_a = 1, .high_a = -1 };
	struct plant p;

	(void)state;
	plant_init(&p, 1, &none, 3);
	assert_true(plant_bank_step(&p.bank, &d, 25, 0) < 0);
	assert_true(plant_bank_step(&p.bank, &d, 25, NAN) < 0);
	assert_true(plant_bank_step(&p.bank, &d, NAN, 1) < 0);
	assert_true(plant_bank_step(&p.bank, &crossed, 25, 1) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(voltages_add_up_and_the_current_is_one),
		cmocka_unit_test(equal_seeds_give_equal_strings),
		cmocka_unit_test(the_usual_spread_is_that_of_the_field),
		cmocka_unit_test(a_warm_block_floats_lower),
		cmocka_unit_test(too_much_bypass_discharges_a_small_block),
		cmocka_unit_test(a_small_bypass_lowers_a_high_block),
		cmocka_unit_test(heat_goes_to_the_neighbours_of_the_row),
		cmocka_unit_test(conduction_keeps_the_energy),
		cmocka_unit_test(parallel_strings_share_a_load),
		cmocka_unit_test(the_charger_holds_voltage_or_current),
		cmocka_unit_test(a_senseless_step_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
