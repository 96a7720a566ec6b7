// SPDX-License-Identifier: GPL-2.0-or-later
/* Random numbers, histogram and the model of a device */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hist.h"
#include "module.h"

static struct module_config jar(void)
{
	return (struct module_config) {
		.address = 7, .class = BACS_CLASS_JAR, .nominal_mv = 12000,
		.capacity_ah = 100, .ambient_mc = 20000,
	};
}

static void run_s(struct module *m, u32 s)
{
	for (u32 i = 0; i < s * 10; i++)
		module_step(m, 100);
}

/* The first numbers of the reference implementation, seed 42, stream 54 */
static void random_numbers_are_those_of_pcg32(void **state)
{
	static const u32 want[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330,
				    0x83d2f293, 0xbfa4784b, 0xcbed606e };
	struct pcg p;

	(void)state;
	pcg_seed(&p, 42, 54);
	for (u32 i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(pcg_next(&p), want[i]);
}

static void normal_numbers_have_mean_0_and_deviation_1(void **state)
{
	double sum = 0, squares = 0;
	struct pcg p;

	(void)state;
	pcg_seed(&p, 1, 1);
	for (u32 i = 0; i < 100000; i++) {
		double x = pcg_normal(&p);

		sum += x;
		squares += x * x;
		assert_true(x > -3.5 && x < 3.5);
	}
	assert_true(sum / 100000 > -0.02 && sum / 100000 < 0.02);
	assert_true(squares / 100000 > 0.97 && squares / 100000 < 1.03);
}

static void bounded_numbers_reach_every_value_and_no_other(void **state)
{
	u32 seen[7] = { 0 };
	struct pcg p;

	(void)state;
	pcg_seed(&p, 3, 9);
	for (u32 i = 0; i < 7000; i++)
		seen[pcg_below(&p, 7)]++;
	for (u32 i = 0; i < 7; i++)
		assert_in_range(seen[i], 850, 1150);
}

static void histogram_keeps_times_to_three_percent(void **state)
{
	struct hist h = { 0 };

	(void)state;
	for (u64 i = 1; i <= 1000; i++)
		hist_add(&h, i * 1000);
	assert_int_equal(h.count, 1000);
	assert_int_equal(h.max, 1000000);
	assert_in_range(hist_quantile(&h, 500), 500000, 515625);
	assert_in_range(hist_quantile(&h, 990), 990000, 1000000);
	assert_int_equal(hist_quantile(&h, 1000), 1000000);
	assert_in_range(hist_below(&h, 100000), 96, 100);
}

static void histogram_takes_every_time(void **state)
{
	struct hist h = { 0 };

	(void)state;
	assert_int_equal(hist_quantile(&h, 500), 0);
	hist_add(&h, 0);
	assert_int_equal(hist_quantile(&h, 500), 0);
	for (u32 shift = 0; shift < 64; shift++)
		hist_add(&h, 1ULL << shift);
	hist_add(&h, U64_MAX);
	assert_int_equal(h.count, 66);
	assert_true(hist_quantile(&h, 1000) == U64_MAX);
}

static void same_seed_and_address_make_the_same_device(void **state)
{
	struct module_config cfg = jar();
	struct module a, b, c, d;

	(void)state;
	module_init(&a, &cfg, 5);
	module_init(&b, &cfg, 5);
	module_init(&c, &cfg, 6);
	cfg.address = 8;
	module_init(&d, &cfg, 5);
	assert_true(a.serial == b.serial);
	assert_true(a.serial != c.serial && a.serial != d.serial);
}

static void lease_ends_at_its_time_and_takes_the_duty_along(void **state)
{
	struct module_config cfg = jar();
	struct module m;

	(void)state;
	module_init(&m, &cfg, 1);
	m.duty_permille = 1000;
	m.lease_ms = 60000;
	run_s(&m, 59);
	assert_int_equal(module_duty_now(&m), 1000);
	run_s(&m, 1);
	assert_int_equal(module_duty_now(&m), 0);
	assert_int_equal(m.duty_permille, 0);
}

static void a_hot_module_halves_its_duty(void **state)
{
	struct module_config cfg = jar();
	struct module m;
	bool exists;

	(void)state;
	module_init(&m, &cfg, 1);
	m.duty_permille = 800;
	module_fix(&m, MODULE_KEY_MODULE_TEMPERATURE_MC, 70000);
	assert_int_equal(module_duty_now(&m), 400);
	assert_true(module_input(&m, 0, &exists) & BACS_C_FLAG_DERATED);
	module_unfix(&m, MODULE_KEY_MODULE_TEMPERATURE_MC);
	assert_int_equal(module_duty_now(&m), 800);
}

static void sleep_begins_after_30_s_and_ends_after_4_s_of_traffic(void **state)
{
	struct module_config cfg = jar();
	struct module m;

	(void)state;
	cfg.eco = true;
	module_init(&m, &cfg, 1);
	run_s(&m, 30);
	assert_true(module_awake(&m));
	module_step(&m, 100);
	assert_false(module_awake(&m));
	/* bytes with pauses of more than a second wake nobody */
	for (u32 i = 0; i < 20; i++) {
		module_hear(&m);
		run_s(&m, 2);
	}
	assert_false(module_awake(&m));
	module_hear(&m);
	for (u32 i = 0; i < 39; i++) {
		module_step(&m, 100);
		module_hear(&m);
	}
	assert_false(module_awake(&m));
	module_step(&m, 100);
	assert_true(module_awake(&m));
}

static void without_eco_nobody_sleeps(void **state)
{
	struct module_config cfg = jar();
	struct module m;

	(void)state;
	module_init(&m, &cfg, 1);
	run_s(&m, 3600);
	assert_true(module_awake(&m));
}

static void reboot_forgets_all_but_the_boot_counter(void **state)
{
	struct module_config cfg = jar();
	struct module m;
	bool exists;

	(void)state;
	module_init(&m, &cfg, 1);
	m.duty_permille = 100;
	m.lease_ms = 1000;
	m.identify = 1;
	m.latch = 9;
	module_reboot(&m);
	assert_false(module_awake(&m));
	run_s(&m, 1);
	assert_true(module_awake(&m));
	assert_int_equal(m.boots, 2);
	assert_int_equal(m.duty_permille + m.lease_ms + m.identify + m.latch, 0);
	assert_false(module_input(&m, 0, &exists) & BACS_C_FLAG_RI_VALID);
	assert_int_equal(module_input(&m, BACS_C_JAR_RI_UOHM_LO, &exists), 0);
	assert_int_equal(m.address, 7);
}

static void button_takes_an_offer_or_cancels(void **state)
{
	struct module_config cfg = jar();
	struct module m;

	(void)state;
	module_init(&m, &cfg, 1);
	module_press(&m, 500);
	module_press(&m, 5000);
	assert_int_equal(m.address, 7);
	m.mode = BACS_C_MODE_ADDRESSING;
	m.next_address = 33;
	module_press(&m, 500);
	assert_int_equal(m.address, 33);
	assert_int_equal(m.mode, BACS_C_MODE_OPERATION);
	m.identify = 1;
	module_press(&m, 1999);
	assert_int_equal(m.identify, 0);
	assert_int_equal(m.address, 33);
	m.identify = 1;
	module_press(&m, 2000);
	assert_int_equal(m.address, 0);
	module_press(&m, 12000);
	assert_int_equal(m.mode, BACS_C_MODE_ADDRESSING);
	m.next_address = 12;
	module_press(&m, 100);
	assert_int_equal(m.address, 12);
	m.duty_permille = 10;
	module_press(&m, 12000);
	assert_int_equal(m.address + m.duty_permille, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_numbers_are_those_of_pcg32),
		cmocka_unit_test(normal_numbers_have_mean_0_and_deviation_1),
		cmocka_unit_test(bounded_numbers_reach_every_value_and_no_other),
		cmocka_unit_test(histogram_keeps_times_to_three_percent),
		cmocka_unit_test(histogram_takes_every_time),
		cmocka_unit_test(same_seed_and_address_make_the_same_device),
		cmocka_unit_test(lease_ends_at_its_time_and_takes_the_duty_along),
		cmocka_unit_test(a_hot_module_halves_its_duty),
		cmocka_unit_test(sleep_begins_after_30_s_and_ends_after_4_s_of_traffic),
		cmocka_unit_test(without_eco_nobody_sleeps),
		cmocka_unit_test(reboot_forgets_all_but_the_boot_counter),
		cmocka_unit_test(button_takes_an_offer_or_cancels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
