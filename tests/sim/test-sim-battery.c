// SPDX-License-Identifier: GPL-2.0-or-later
/* The battery behind the modules: strings, charger, load, faults */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "bus.h"

#define S	((u64)NSEC_PER_SEC)
#define H	(3600 * S)

struct fixture {
	struct bus *bus;
	struct battery_config cfg;
	struct parse_error e;
	u64 now;
};

static struct fixture make(u64 seed)
{
	struct bus_config cfg = { .seed = seed, .baud = 19200, .bits = 11,
				  .parity = 'E', .stop_bits = 1 };
	struct fixture f = { .e = { "" } };

	assert_int_equal(bus_new(&f.bus, &cfg, 0), 0);
	battery_config_init(&f.cfg);
	return f;
}

/* Jars all alike that measure without error */
static struct module_config ideal(u32 class)
{
	return (struct module_config) {
		.class = class, .nominal_mv = 12000, .capacity_ah = 100,
		.ambient_mc = 22000,
	};
}

static struct module_config usual(u32 class)
{
	struct module_config c = ideal(class);

	c.spread = c.noise = 1;
	return c;
}

static void add(struct fixture *f, u32 from, u32 to, struct module_config c)
{
	for (u32 a = from; a <= to; a++) {
		c.address = (u8)a;
		assert_int_equal(bus_add(f->bus, &c), 0);
	}
}

static void start(struct fixture *f)
{
	if (bus_start(f->bus, &f->cfg, &f->e))
		fail_msg("%s", f->e.text);
}

static void run(struct fixture *f, u64 ns)
{
	for (u64 end = f->now + ns; f->now < end;) {
		f->now += 100 * NSEC_PER_MSEC;
		bus_step(f->bus, f->now);
	}
}

/* Battery time, at the highest speed */
static void run_fast(struct fixture *f, u64 ns)
{
	u32 speed = f->bus->battery->orders.speed;

	f->bus->battery->orders.speed = BATTERY_SPEED_MAX;
	run(f, ns / BATTERY_SPEED_MAX);
	f->bus->battery->orders.speed = speed;
}

static void order(struct fixture *f, const char *key, const char *value)
{
	if (battery_order(f->bus->battery, key, value, &f->e))
		fail_msg("%s", f->e.text);
}

static int fault(struct fixture *f, const char *name, const char *set,
		 const char *severity)
{
	struct battery_fault_config c;

	if (battery_fault_init(&c, name, &f->e) < 0 ||
	    battery_fault_set(&c, "modules", set, &f->e) < 0 ||
	    battery_fault_set(&c, "severity", severity, &f->e) < 0)
		return -EINVAL;
	return battery_add_fault(f->bus->battery, &c, &f->e);
}

static int value(const struct fixture *f, u32 address, u32 reg)
{
	bool exists;

	return module_input(f->bus->module[address], reg, &exists);
}

static int jar_mv(const struct fixture *f, u32 address)
{
	return value(f, address, BACS_C_JAR_VOLTAGE_MV);
}

static int long_value(const struct fixture *f, u32 address, u32 high)
{
	return (int)((u32)value(f, address, high) << 16 |
		     (u32)value(f, address, high + 1));
}

static int string_mv(const struct fixture *f, u32 address)
{
	return long_value(f, address, BACS_C_STRING_VOLTAGE_MV_HI);
}

static int string_ma(const struct fixture *f, u32 address)
{
	return long_value(f, address, BACS_C_STRING_CURRENT_MA_HI);
}

static double charge(const struct fixture *f, u32 address)
{
	return plant_block_charge(f->bus->battery->jar[address].block);
}

static void end(struct fixture *f)
{
	assert_int_equal(battery_failures(f->bus->battery), 0);
	bus_free(f->bus);
}

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

static void measure(struct fixture *f, u32 address)
{
	f->bus->module[address]->ri_ms = 100;
	run(f, S / 5);
}

static int ri_uohm(struct fixture *f, u32 address)
{
	measure(f, address);
	return long_value(f, address, BACS_C_JAR_RI_UOHM_HI);
}

static void faults_strike_their_jar_and_can_be_undone(void **state)
{
	struct fixture f = make(1);
	int mv, uohm;

	(void)state;
	add(&f, 1, 6, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	mv = jar_mv(&f, 1);
	uohm = ri_uohm(&f, 1);
	assert_int_equal(fault(&f, "shorted-cell", "1", "1"), 0);
	assert_int_equal(fault(&f, "sulphation", "2-3", "0.5"), 0);
	assert_int_equal(fault(&f, "blown-fuse", "4", "1"), 0);
	assert_int_equal(fault(&f, "loose-strap", "5", "0.01"), 0);
	assert_int_equal(f.bus->battery->fault_count, 5);
	run(&f, 2 * S);
	assert_in_range(jar_mv(&f, 1), mv - 2250, mv - 1800);
	assert_in_range(ri_uohm(&f, 1), uohm * 5 / 6 - 10, uohm * 5 / 6 + 10);
	assert_in_range(ri_uohm(&f, 2), uohm * 1.4 - 10, uohm * 1.4 + 10);
	assert_true(jar_mv(&f, 4) < 4000);
	measure(&f, 4);
	assert_false(value(&f, 4, 0) & BACS_C_FLAG_RI_VALID);
	assert_true(f.bus->battery->string[0].plant->strap_ohm > 0.01);
	assert_in_range(ri_uohm(&f, 6), uohm - 10, uohm + 10);

	battery_clear_faults(f.bus->battery);
	assert_int_equal(f.bus->battery->fault_count, 0);
	run_fast(&f, 72 * H);
	for (u32 a = 1; a <= 6; a++) {
		assert_in_range(jar_mv(&f, a), mv - 15, mv + 15);
		assert_in_range(ri_uohm(&f, a), uohm - 20, uohm + 20);
		assert_true(value(&f, a, 0) & BACS_C_FLAG_RI_VALID);
	}
	assert_true(f.bus->battery->string[0].plant->strap_ohm < 0.01);
	end(&f);
}

static void a_repair_changes_neither_charge_nor_temperature(void **state)
{
	struct fixture f = make(1);
	struct plant_block before[3];

	(void)state;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	start(&f);
	assert_int_equal(fault(&f, "grid-growth", "1", "1"), 0);
	order(&f, "mains", "off");
	run_fast(&f, 4 * H);
	for (u32 a = 1; a <= 2; a++)
		before[a] = *f.bus->battery->jar[a].block;
	assert_true(charge(&f, 1) < 0.8);
	assert_true(before[1].temp_c > 22.6);
	battery_clear_faults(f.bus->battery);
	for (u32 a = 1; a <= 2; a++) {
		const struct plant_block *b = f.bus->battery->jar[a].block;

		assert_true(b->charge_factor == 1 && b->r_factor == 1);
		assert_true(b->near == before[a].near && b->far == before[a].far);
		assert_true(b->temp_c == before[a].temp_c);
		assert_true(b->age_years == before[a].age_years);
		assert_true(b->volt_v == before[a].volt_v);
	}
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

/* An open lead feeds no bypass either */
static void a_blown_fuse_ends_the_bypass(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	start(&f);
	assert_int_equal(fault(&f, "blown-fuse", "1", "1"), 0);
	run(&f, 2 * S);
	f.bus->module[1]->duty_permille = 1000;
	f.bus->module[1]->lease_ms = 600000;
	run(&f, 300 * S);
	assert_int_equal(long_value(&f, 1, BACS_C_JAR_BYPASSED_MAH_HI), 0);
	end(&f);
}

static void a_runaway_takes_its_string_once(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	assert_int_equal(fault(&f, "runaway", "1-4", "30"), 0);
	assert_int_equal(f.bus->battery->fault_count, 1);
	run_fast(&f, 24 * H);
	assert_true(string_ma(&f, 9) > 500);
	assert_true(value(&f, 2, BACS_C_JAR_TEMP_DC) > 250);
	end(&f);
}

static void a_fault_grows_in_battery_time(void **state)
{
	struct fixture f = make(1);
	struct battery_fault_config *c = &f.cfg.fault[0];

	(void)state;
	assert_int_equal(battery_fault_init(c, "dry-out", &f.e), 0);
	c->severity = 1;
	c->start_s = 3600;
	c->ramp_s = 3600;
	address_add(c->modules, 2);
	f.cfg.fault_count = 1;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	start(&f);
	run_fast(&f, H);
	assert_true(f.bus->battery->fault[0].plant.done < 0.1);
	run_fast(&f, H / 2);
	assert_true(fabs(f.bus->battery->fault[0].plant.done - 0.5) < 0.11);
	run_fast(&f, H);
	assert_true(f.bus->battery->fault[0].plant.done == 1);
	assert_true(ri_uohm(&f, 2) > 1.9 * ri_uohm(&f, 1));
	end(&f);
}

static void what_is_wrong_with_a_fault_is_said_and_nothing_done(void **state)
{
	static const struct { const char *name, *set, *severity, *what; } bad[] = {
		{ "explosion", "1", "1", "shorted-cell" },
		{ "shorted-cell", "1", "7", "severity 7 at address 1" },
		{ "shorted-cell", "1", "1.5", "1 to the number of cells" },
		{ "sulphation", "1", "1.5", "up to 1" },
		{ "sulphation", "1-3", "0.5", "address 3: no jar" },
		{ "sulphation", "1-9", "0.5", "address 3: no jar" },
		{ "sulphation", "9", "0.5", "address 9: no jar" },
		{ "sulphation", "1", "-1", "0 to 1000" },
		{ "sulphation", "1", "nan", "0 to 1000" },
		{ "runaway", "1", "1", "above 1" },
		{ "loose-strap", "1", "0", "above 0" },
	};
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(fault(&f, bad[i].name, bad[i].set,
				       bad[i].severity), -EINVAL);
		if (!strstr(f.e.text, bad[i].what))
			fail_msg("%s %s %s says: %s", bad[i].name, bad[i].set,
				 bad[i].severity, f.e.text);
		assert_int_equal(f.bus->battery->fault_count, 0);
	}
	for (u32 i = 0; i < BATTERY_FAULTS_MAX / 2; i++)
		assert_int_equal(fault(&f, "grid-growth", "1-2", "1e-6"), 0);
	assert_int_equal(fault(&f, "grid-growth", "1-2", "1e-6"), -EINVAL);
	assert_non_null(strstr(f.e.text, "more than 512"));
	end(&f);
}

static void jars_of_one_kind_are_a_string(void **state)
{
	struct fixture f = make(1);
	struct module_config other = ideal(BACS_CLASS_JAR);
	const struct battery *b;

	(void)state;
	other.nominal_mv = 6000;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 5, 6, other);
	add(&f, 7, 7, ideal(BACS_CLASS_JAR));
	add(&f, 20, 22, ideal(BACS_CLASS_STRING));
	add(&f, 30, 30, ideal(BACS_CLASS_ENVIRONMENT));
	start(&f);
	b = f.bus->battery;
	assert_int_equal(b->site_count, 2);
	assert_string_equal(b->string[0].name, "default");
	assert_string_equal(b->string[1].name, "default-2");
	assert_int_equal(b->string[0].count, 5);
	assert_int_equal(b->string[0].address[4], 7);
	assert_in_range(string_mv(&f, 20), 5 * 13540, 5 * 13555);
	assert_in_range(string_mv(&f, 21), 2 * 6770, 2 * 6778);
	assert_int_equal(string_mv(&f, 22), string_mv(&f, 20));
	end(&f);
}

/* Rested for days: the acid of each kind is its own */
static void each_technology_is_a_string_of_its_own(void **state)
{
	struct fixture f = make(1);
	struct module_config c = ideal(BACS_CLASS_JAR);

	(void)state;
	add(&f, 1, 2, c);
	c.technology = MODULE_GEL;
	add(&f, 3, 4, c);
	c.technology = MODULE_FLOODED;
	add(&f, 5, 6, c);
	start(&f);
	assert_int_equal(f.bus->battery->site_count, 3);
	for (u32 a = 1; a <= 6; a++)
		assert_in_range(jar_mv(&f, a), 13540, 13560);
	order(&f, "charger", "off");
	run_fast(&f, 48 * H);
	assert_in_range(jar_mv(&f, 1), 12850, 12930);
	assert_in_range(jar_mv(&f, 3), 12790, 12849);
	assert_in_range(jar_mv(&f, 5), 12650, 12740);
	end(&f);
}

static void string_config(struct fixture *f, const char *name, u32 from, u32 to,
			  u8 sensor, const char *charger)
{
	struct battery_string_config s = { .sensor = sensor };

	strcpy(s.name, name);
	strcpy(s.charger, charger);
	for (u32 a = from; a <= to; a++)
		address_add(s.modules, a);
	if (battery_config_add_string(&f->cfg, &s, &f->e))
		fail_msg("%s", f->e.text);
}

/* Twice the capacity takes up to twice the current: straps and ohms share */
static void strings_at_one_charger_share_the_load(void **state)
{
	struct fixture f = make(1);
	struct module_config big = ideal(BACS_CLASS_JAR);

	(void)state;
	big.capacity_ah = 200;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 5, 8, big);
	add(&f, 9, 9, ideal(BACS_CLASS_JAR));
	add(&f, 20, 21, ideal(BACS_CLASS_STRING));
	string_config(&f, "A", 1, 4, 21, "");
	string_config(&f, "B", 5, 8, 20, "A");
	start(&f);
	assert_int_equal(f.bus->battery->site_count, 2);
	assert_int_equal(f.bus->battery->site[0].count, 2);
	assert_string_equal(f.bus->battery->string[2].name, "default");
	order(&f, "load", "3000");
	order(&f, "mains", "off");
	run(&f, 600 * S);
	assert_int_equal(string_mv(&f, 20), string_mv(&f, 21));
	assert_in_range(-string_ma(&f, 20) - string_ma(&f, 21), 58000, 63000);
	assert_in_range(-string_ma(&f, 20), -3 * string_ma(&f, 21) / 2,
			-2 * string_ma(&f, 21));
	assert_true(charge(&f, 9) < 0.95);
	end(&f);
}

static void refused(struct fixture *f, const char *what)
{
	assert_int_equal(bus_start(f->bus, &f->cfg, &f->e), -EINVAL);
	if (!strstr(f->e.text, what))
		fail_msg("not \"%s\" but: %s", what, f->e.text);
	f->cfg.string_count = 0;
	assert_null(f->bus->battery);
}

static void strings_that_cannot_be_are_refused(void **state)
{
	struct fixture f = make(1);
	struct module_config other = ideal(BACS_CLASS_JAR);

	(void)state;
	other.nominal_mv = 6000;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 5, 8, other);
	other.ambient_mc = 30000;
	add(&f, 11, 18, other);
	add(&f, 20, 20, ideal(BACS_CLASS_STRING));
	string_config(&f, "A", 1, 9, 0, "");
	refused(&f, "[string A]: address 5: has 6000 mV, 100 Ah, agm, ambient_mc 22000, but address 1 has 12000 mV");
	string_config(&f, "A", 8, 9, 0, "");
	refused(&f, "address 9: no jar module");
	string_config(&f, "A", 1, 2, 0, "");
	string_config(&f, "B", 2, 3, 0, "");
	refused(&f, "[string B]: address 2: is in another");
	string_config(&f, "A", 1, 2, 1, "");
	refused(&f, "sensor = 1: no string sensor");
	string_config(&f, "A", 1, 2, 20, "");
	string_config(&f, "B", 3, 4, 20, "");
	refused(&f, "[string B]: sensor = 20: is that of string A");
	string_config(&f, "A", 1, 2, 0, "X");
	string_config(&f, "B", 3, 4, 0, "X");
	string_config(&f, "C", 5, 6, 0, "X");
	refused(&f, "[string C]: has 6 cells, string A at the same charger X has 12");
	string_config(&f, "A", 1, 4, 0, "");
	string_config(&f, "B", 11, 18, 0, "A");
	refused(&f, "ambient_mc 30000");
	start(&f);
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
		cmocka_unit_test(faults_strike_their_jar_and_can_be_undone),
		cmocka_unit_test(a_repair_changes_neither_charge_nor_temperature),
		cmocka_unit_test(jars_without_spread_are_alike),
		cmocka_unit_test(a_blown_fuse_ends_the_bypass),
		cmocka_unit_test(a_runaway_takes_its_string_once),
		cmocka_unit_test(a_fault_grows_in_battery_time),
		cmocka_unit_test(what_is_wrong_with_a_fault_is_said_and_nothing_done),
		cmocka_unit_test(jars_of_one_kind_are_a_string),
		cmocka_unit_test(each_technology_is_a_string_of_its_own),
		cmocka_unit_test(strings_at_one_charger_share_the_load),
		cmocka_unit_test(strings_that_cannot_be_are_refused),
		cmocka_unit_test(what_is_set_overrides_the_battery),
		cmocka_unit_test(nothing_that_can_be_asked_for_breaks_the_model),
		cmocka_unit_test(a_wire_without_jars_has_no_battery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
