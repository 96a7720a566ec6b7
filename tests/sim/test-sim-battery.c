// SPDX-License-Identifier: GPL-2.0-or-later
/* The battery behind the modules: charge, load, charger, time */
#include "battery-fixture.h"

/* 2.25 V at 25 °C and -3 mV/K; 3 mOhm x (100/7)^-0.6 per cell, +2 % at 22 °C */
static void a_battery_is_settled_at_float_from_the_start(void **state)
{
	struct fixture f = make(1);
	struct module_config two = ideal(BACS_CLASS_JAR);
	int module_dc;

	(void)state;
	two.nominal_mv = 2000;
	two.capacity_ah = 1000;
	two.ambient_mc = 35000;
	add(&f, 1, 6, ideal(BACS_CLASS_JAR));
	add(&f, 11, 34, two);
	start(&f);
	assert_in_range(jar_mv(&f, 1), 13543, 13551);
	assert_int_equal(value(&f, 1, BACS_C_JAR_TEMP_DC), 224);
	assert_in_range(long_value(&f, 1, BACS_C_JAR_RI_UOHM_HI), 3690, 3750);
	assert_int_equal(value(&f, 1, BACS_C_JAR_RI_SEQUENCE), 1);
	assert_int_equal(value(&f, 1, 0), BACS_C_FLAG_VOLTAGE_VALID |
			 BACS_C_FLAG_TEMP_VALID | BACS_C_FLAG_RI_VALID);
	assert_in_range(jar_mv(&f, 11), 2216, 2220);
	assert_in_range(value(&f, 11, BACS_C_JAR_TEMP_DC), 353, 359);
	module_dc = value(&f, 11, BACS_C_JAR_MODULE_TEMP_DC);
	for (u32 i = 0; i < 24; i++) {
		run_fast(&f, H);
		assert_int_equal(value(&f, 11, BACS_C_JAR_MODULE_TEMP_DC),
				 module_dc);
		assert_in_range(jar_mv(&f, 1), 13543, 13551);
		assert_in_range(jar_mv(&f, 11), 2216, 2220);
		assert_int_equal(value(&f, 1, BACS_C_JAR_TEMP_DC), 224);
	}
	end(&f);
}

static void same_seed_and_steps_give_the_same_values(void **state)
{
	struct fixture f[3] = { make(5), make(5), make(6) };
	u32 differ = 0;

	(void)state;
	for (u32 i = 0; i < 3; i++) {
		add(&f[i], 1, 8, usual(BACS_CLASS_JAR));
		add(&f[i], 9, 9, usual(BACS_CLASS_STRING));
		start(&f[i]);
	}
	for (u32 n = 0; n < 60; n++) {
		for (u32 i = 0; i < 3; i++)
			run(&f[i], S);
		for (u32 a = 1; a <= 9; a++) {
			for (u32 r = 0; r < BACS_C_STRING_REGISTERS; r++)
				assert_int_equal(value(&f[0], a, r),
						 value(&f[1], a, r));
			differ += a < 9 && jar_mv(&f[0], a) != jar_mv(&f[2], a);
		}
	}
	assert_true(differ > 450);
	for (u32 i = 0; i < 3; i++)
		end(&f[i]);
}

static void noise_and_spread_stay_plausible(void **state)
{
	struct fixture f = make(99);
	int least = 65535, most = 0;

	(void)state;
	add(&f, 1, RTU_ADDRESS_MAX, usual(BACS_CLASS_JAR));
	start(&f);
	for (u32 i = 0; i < 60; i++) {
		run(&f, S);
		for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
			int mv = jar_mv(&f, a);

			assert_in_range(mv, 13250, 13850);
			assert_in_range(value(&f, a, BACS_C_JAR_TEMP_DC),
					215, 235);
			least = mv < least ? mv : least;
			most = mv > most ? mv : most;
		}
	}
	assert_true(most - least > 200);
	end(&f);
}

/* 12 V: 150 mA at 100 %, so 50 % of an hour are 75 mAh */
static void bypass_pulls_its_jar_down_and_heats_the_module(void **state)
{
	struct fixture f = make(1);
	int before, sum;

	(void)state;
	add(&f, 1, 8, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	before = jar_mv(&f, 3);
	sum = string_mv(&f, 9);
	f.bus->module[3]->duty_permille = 500;
	f.bus->module[3]->lease_ms = 3601000;
	run(&f, H);
	assert_in_range(long_value(&f, 3, BACS_C_JAR_BYPASSED_MAH_HI), 74, 75);
	assert_true(jar_mv(&f, 3) < before - 50);
	assert_true(jar_mv(&f, 4) > before);
	assert_in_range(string_mv(&f, 9), sum - 10, sum + 10);
	assert_in_range(value(&f, 3, BACS_C_JAR_MODULE_TEMP_DC), 310, 350);
	assert_in_range(value(&f, 4, BACS_C_JAR_MODULE_TEMP_DC), 215, 230);
	/* the lease is over; what was taken comes back */
	run(&f, 3 * S);
	assert_int_equal(value(&f, 3, BACS_C_JAR_DUTY_PERMILLE), 0);
	run_fast(&f, 72 * H);
	assert_in_range(jar_mv(&f, 3), before - 10, before + 10);
	assert_int_equal(long_value(&f, 3, BACS_C_JAR_BYPASSED_MAH_HI), 75);
	end(&f);
}

static void without_mains_the_load_discharges_the_battery(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	assert_in_range(string_mv(&f, 9), 4 * 13543, 4 * 13551);
	assert_in_range(string_ma(&f, 9), 20, 80);
	assert_int_equal(long_value(&f, 9, BACS_C_STRING_RIPPLE_MA_HI), 400);
	order(&f, "load", "1000");
	run(&f, 2 * S);
	assert_in_range(string_ma(&f, 9), 0, 200);
	order(&f, "mains", "off");
	run(&f, 60 * S);
	/* 1000 W / 50 V */
	assert_in_range(-string_ma(&f, 9), 19500, 20500);
	assert_int_equal(long_value(&f, 9, BACS_C_STRING_RIPPLE_MA_HI), 0);
	assert_in_range(string_mv(&f, 9), 49000, 51200);
	run_fast(&f, H);
	assert_true(charge(&f, 1) > 0.75 && charge(&f, 1) < 0.85);
	/* empty after five hours or so: the load is cut */
	run_fast(&f, 6 * H);
	assert_true(f.bus->battery->site[0].site.cut);
	assert_int_equal(string_ma(&f, 9), 0);
	assert_true(charge(&f, 1) < 0.3);
	order(&f, "mains", "on");
	run(&f, 60 * S);
	assert_in_range(string_ma(&f, 9), 19900, 20100);
	run_fast(&f, 96 * H);
	assert_true(charge(&f, 1) > 0.98);
	assert_in_range(string_mv(&f, 9), 4 * 13540, 4 * 13555);
	end(&f);
}

/* Without a load of its own: that of the 10 h rate */
static void the_usual_load_empties_it_in_ten_hours(void **state)
{
	struct fixture f = make(1);

	(void)state;
	f.cfg.orders.outage = true;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	start(&f);
	run_fast(&f, 8 * H);
	assert_false(f.bus->battery->site[0].site.cut);
	run_fast(&f, 4 * H);
	assert_true(f.bus->battery->site[0].site.cut);
	end(&f);
}

static void the_charger_does_what_is_ordered(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	order(&f, "charger", "2.30");
	run_fast(&f, 2 * H);
	assert_in_range(jar_mv(&f, 1), 13840, 13855);
	/* -5 mV/K: 2.35 V are 2.363 at 22.4 °C */
	order(&f, "charger", "boost");
	run_fast(&f, H / 2);
	assert_in_range(jar_mv(&f, 1), 14150, 14180);
	/* an order of something else does not begin it anew */
	order(&f, "speed", "1");
	assert_true(f.bus->battery->site[0].site.charger.phase_s > 1700);
	/* a full battery needs no more than the hour */
	run_fast(&f, H);
	assert_int_equal(f.bus->battery->site[0].site.charger.phase,
			 PLANT_PHASE_FLOAT);
	run_fast(&f, 24 * H);
	assert_in_range(jar_mv(&f, 1), 13540, 13555);
	order(&f, "charger", "off");
	run(&f, 2 * S);
	assert_int_equal(string_ma(&f, 9), 0);
	run_fast(&f, 12 * H);
	assert_in_range(jar_mv(&f, 1), 12800, 13100);
	order(&f, "charger", "float");
	run_fast(&f, 24 * H);
	assert_in_range(jar_mv(&f, 1), 13540, 13555);
	end(&f);
}

static void battery_time_runs_faster_and_the_modules_time_does_not(void **state)
{
	struct fixture f = make(1);

	(void)state;
	f.cfg.orders.speed = 600;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	start(&f);
	f.bus->module[1]->duty_permille = 1000;
	f.bus->module[1]->lease_ms = 60000;
	run(&f, 59 * S);
	assert_int_equal(value(&f, 1, BACS_C_JAR_LEASE_LEFT_S), 1);
	assert_int_equal(value(&f, 1, BACS_C_JAR_DUTY_PERMILLE), 1000);
	assert_in_range(f.bus->battery->site[0].site.time_s, 59 * 600,
			59 * 600 + 61);
	/* 150 mA x 59 x 600 s */
	assert_in_range(long_value(&f, 1, BACS_C_JAR_BYPASSED_MAH_HI), 1470, 1480);
	run(&f, S);
	assert_int_equal(value(&f, 1, BACS_C_JAR_DUTY_PERMILLE), 0);
	end(&f);
}

/* A stopped simulator goes on: a day at most, and at once */
static void a_host_that_stood_still_costs_a_day_at_most(void **state)
{
	struct fixture f = make(1);

	(void)state;
	f.cfg.orders.speed = BATTERY_SPEED_MAX;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	start(&f);
	f.now = 100 * 24 * H;
	bus_step(f.bus, f.now);
	assert_in_range(f.bus->battery->site[0].site.time_s, 86400, 86402);
	end(&f);
}

static void jars_without_spread_are_alike(void **state)
{
	struct fixture f = make(1);
	struct module_config c = usual(BACS_CLASS_JAR);

	(void)state;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	c.ambient_mc = 21000;
	add(&f, 5, 8, c);
	start(&f);
	order(&f, "mains", "off");
	run_fast(&f, 4 * H);
	assert_true(fabs(charge(&f, 1) - charge(&f, 2)) < 1e-6);
	assert_true(fabs(charge(&f, 5) - charge(&f, 6)) > 1e-3);
	end(&f);
}

static void what_is_set_overrides_the_battery(void **state)
{
	struct fixture f = make(1);
	int mv;

	(void)state;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	mv = jar_mv(&f, 1);
	module_fix(f.bus->module[1], MODULE_KEY_VOLTAGE_MV, 11400);
	module_fix(f.bus->module[9], MODULE_KEY_CURRENT_MA, -777);
	run(&f, 2 * S);
	assert_int_equal(jar_mv(&f, 1), 11400);
	assert_int_equal(string_ma(&f, 9), -777);
	assert_in_range(string_mv(&f, 9), 2 * mv - 10, 2 * mv + 10);
	module_unfix(f.bus->module[1], MODULE_KEY_VOLTAGE_MV);
	assert_in_range(jar_mv(&f, 1), mv - 5, mv + 5);
	end(&f);
}

/* Whatever can be asked for: the model finds its solution */
static void nothing_that_can_be_asked_for_breaks_the_model(void **state)
{
	static const u32 nominal[] = { 2000, 4000, 6000, 12000 };
	static const u32 ah[] = { 1, 100, MODULE_CAPACITY_MAX_AH };
	static const s32 air[] = { -40000, 22000, 80000 };
	static const char *const charger[] = { "1.8", "2.7", "boost", "off" };
	struct fixture f = make(3);
	u32 a = 1;

	(void)state;
	for (u32 i = 0; i < 36; i++) {
		struct module_config c = usual(BACS_CLASS_JAR);

		c.nominal_mv = nominal[i % 4];
		c.capacity_ah = ah[i / 4 % 3];
		c.ambient_mc = air[i / 12];
		c.spread = c.noise = i % 2 ? 10 : 1;
		c.technology = i % 3;
		add(&f, a, a + 4, c);
		a += 5;
	}
	start(&f);
	assert_int_equal(f.bus->battery->site_count, 36);
	for (u32 i = 0; i < 4; i++) {
		order(&f, "charger", charger[i]);
		run_fast(&f, 5 * H);
		order(&f, "mains", "off");
		order(&f, "load", i % 2 ? "10000000" : "100");
		run_fast(&f, H);
		order(&f, "mains", "on");
		for (u32 k = 1; k < a; k++)
			assert_true(isfinite(f.bus->module[k]->voltage_mv) &&
				    isfinite(f.bus->module[k]->temperature_mc));
	}
	end(&f);
}

static void a_wire_without_jars_has_no_battery(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 1, usual(BACS_CLASS_STRING));
	add(&f, 2, 2, usual(BACS_CLASS_IO));
	start(&f);
	order(&f, "mains", "off");
	run(&f, 5 * S);
	assert_int_equal(string_mv(&f, 1), 0);
	assert_int_equal(string_ma(&f, 1), 0);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_battery_is_settled_at_float_from_the_start),
		cmocka_unit_test(same_seed_and_steps_give_the_same_values),
		cmocka_unit_test(noise_and_spread_stay_plausible),
		cmocka_unit_test(bypass_pulls_its_jar_down_and_heats_the_module),
		cmocka_unit_test(without_mains_the_load_discharges_the_battery),
		cmocka_unit_test(the_usual_load_empties_it_in_ten_hours),
		cmocka_unit_test(the_charger_does_what_is_ordered),
		cmocka_unit_test(battery_time_runs_faster_and_the_modules_time_does_not),
		cmocka_unit_test(a_host_that_stood_still_costs_a_day_at_most),
		cmocka_unit_test(jars_without_spread_are_alike),
		cmocka_unit_test(what_is_set_overrides_the_battery),
		cmocka_unit_test(nothing_that_can_be_asked_for_breaks_the_model),
		cmocka_unit_test(a_wire_without_jars_has_no_battery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
