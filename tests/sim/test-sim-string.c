// SPDX-License-Identifier: GPL-2.0-or-later
/* Which jars are a string, which strings share a charger */
#include "battery-fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jars_of_one_kind_are_a_string),
		cmocka_unit_test(each_technology_is_a_string_of_its_own),
		cmocka_unit_test(strings_at_one_charger_share_the_load),
		cmocka_unit_test(strings_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
