// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of jars: what they do, and what undoes them */
#include <stdlib.h>

#include "battery-fixture.h"

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

static void assert_finite(const struct fixture *f)
{
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		const struct module *m = f->bus->module[a];

		if (m)
			assert_true(isfinite(m->voltage_mv) &&
				    isfinite(m->temperature_mc) &&
				    isfinite(m->current_ma));
	}
	assert_true(isfinite(f->bus->battery->site[0].site.bank.volt_v));
}

/* Through a discharge and back; afterwards repaired, it floats as before */
static void each_fault_is_survived_and_repaired(void **state)
{
	(void)state;
	for (int k = 0; k < PLANT_FAULT_KINDS; k++) {
		const char *name = plant_fault_name((enum plant_fault_kind)k);
		struct fixture f = make(1);
		int mv;

		add(&f, 1, 4, ideal(BACS_CLASS_JAR));
		add(&f, 9, 9, ideal(BACS_CLASS_STRING));
		start(&f);
		mv = jar_mv(&f, 2);
		if (fault(&f, name, "2", k == PLANT_FAULT_RUNAWAY ? "2" : "1"))
			fail_msg("%s: %s", name, f.e.text);
		run_fast(&f, H);
		assert_finite(&f);
		order(&f, "mains", "off");
		run_fast(&f, H);
		assert_finite(&f);
		order(&f, "mains", "on");
		run_fast(&f, 2 * H);
		assert_finite(&f);
		battery_clear_faults(f.bus->battery);
		run_fast(&f, 96 * H);
		if (abs(jar_mv(&f, 2) - mv) > 30)
			fail_msg("%s: was %d mV, is %d mV", name, mv,
				 jar_mv(&f, 2));
		assert_in_range(string_ma(&f, 9), 20, 80);
		end(&f);
	}
}

static void an_open_jar_stops_the_current(void **state)
{
	struct fixture f = make(1);

	(void)state;
	add(&f, 1, 4, ideal(BACS_CLASS_JAR));
	add(&f, 9, 9, ideal(BACS_CLASS_STRING));
	start(&f);
	assert_int_equal(fault(&f, "open-jar", "3", "1"), 0);
	run(&f, 2 * S);
	assert_int_equal(string_ma(&f, 9), 0);
	assert_int_equal(long_value(&f, 9, BACS_C_STRING_RIPPLE_MA_HI), 0);
	order(&f, "mains", "off");
	run(&f, 2 * S);
	assert_true(string_mv(&f, 9) < 1000);
	end(&f);
}

static void a_module_that_lies_is_believed_again_when_repaired(void **state)
{
	struct fixture f = make(1);
	int stuck;

	(void)state;
	add(&f, 1, 4, usual(BACS_CLASS_JAR));
	start(&f);
	assert_int_equal(fault(&f, "stuck-sensor", "1", "1"), 0);
	assert_int_equal(fault(&f, "drifting-sensor", "2", "-2.4"), 0);
	run(&f, S);
	stuck = jar_mv(&f, 1);
	for (u32 i = 0; i < 10; i++) {
		run(&f, S);
		assert_int_equal(jar_mv(&f, 1), stuck);
	}
	run_fast(&f, 5 * H);
	assert_in_range(jar_mv(&f, 2), 12850, 13250);
	battery_clear_faults(f.bus->battery);
	run(&f, 2 * S);
	assert_in_range(jar_mv(&f, 2), 13350, 13750);
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

static void a_start_that_fails_leaves_no_battery(void **state)
{
	struct fixture f = make(1);

	(void)state;
	assert_int_equal(battery_fault_init(&f.cfg.fault[0], "dry-out", &f.e), 0);
	f.cfg.fault[0].severity = 2;
	address_add(f.cfg.fault[0].modules, 1);
	f.cfg.fault_count = 1;
	add(&f, 1, 2, ideal(BACS_CLASS_JAR));
	assert_int_equal(bus_start(f.bus, &f.cfg, &f.e), -EINVAL);
	assert_non_null(strstr(f.e.text, "severity 2 at address 1"));
	assert_null(f.bus->battery);
	/* and its modules measure nothing that is gone */
	measure(&f, 1);
	assert_false(value(&f, 1, 0) & BACS_C_FLAG_RI_VALID);
	bus_free(f.bus);
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
		{ "sulphation", "1", "-1", "above 0 and up to 1" },
		{ "sulphation", "1", "nan", "-1000 to 1000" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_strike_their_jar_and_can_be_undone),
		cmocka_unit_test(a_repair_changes_neither_charge_nor_temperature),
		cmocka_unit_test(each_fault_is_survived_and_repaired),
		cmocka_unit_test(an_open_jar_stops_the_current),
		cmocka_unit_test(a_module_that_lies_is_believed_again_when_repaired),
		cmocka_unit_test(a_blown_fuse_ends_the_bypass),
		cmocka_unit_test(a_runaway_takes_its_string_once),
		cmocka_unit_test(a_fault_grows_in_battery_time),
		cmocka_unit_test(a_start_that_fails_leaves_no_battery),
		cmocka_unit_test(what_is_wrong_with_a_fault_is_said_and_nothing_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
