// SPDX-License-Identifier: GPL-2.0-or-later
/* The dictionary: names, rounding, and what is not in it */
#include "../unit/unit.h"

#include <bacs.h>
#include <errno.h>
#include <string.h>

static void expect(enum bacs_q q, int64_t value, const char *text)
{
	char buf[24];

	assert_int_equal(bacs_q_format(q, value, buf, sizeof(buf)),
			 strlen(text));
	assert_string_equal(buf, text);
}

static void values_are_rounded_half_away_from_zero(void **state)
{
	(void)state;
	expect(BACS_Q_VOLTAGE, 13498, "13.498");
	expect(BACS_Q_VOLTAGE, -7, "-0.007");
	expect(BACS_Q_TEMPERATURE, 25349, "25.3");
	expect(BACS_Q_TEMPERATURE, 25350, "25.4");
	expect(BACS_Q_TEMPERATURE, -25350, "-25.4");
	expect(BACS_Q_TEMPERATURE, 999950, "1000.0");
	expect(BACS_Q_TEMPERATURE, -49, "0.0");
	expect(BACS_Q_CURRENT, -12345, "-12.35");
	expect(BACS_Q_EQUALIZER_DUTY, 1000, "100.0");
	expect(BACS_Q_BOOTS, 4294967295, "4294967295");
	expect(BACS_Q_VOLTAGE, INT64_MIN, "-9223372036854775.808");
	expect(BACS_Q_VOLTAGE, INT64_MAX, "9223372036854775.807");
}

static void format_wants_room_and_a_quantity(void **state)
{
	char buf[24];

	(void)state;
	assert_int_equal(bacs_q_format(BACS_Q_VOLTAGE, 13498, buf, 6),
			 -ENOSPC);
	assert_int_equal(bacs_q_format(BACS_Q_VOLTAGE, 13498, buf, 7), 6);
	assert_int_equal(bacs_q_format(BACS_Q_UNKNOWN, 0, buf, 24), -EINVAL);
	assert_int_equal(bacs_q_format(BACS_Q_COUNT, 0, buf, 24), -EINVAL);
}

static void every_quantity_is_complete(void **state)
{
	int64_t min, max;

	(void)state;
	for (unsigned int i = 1; i < BACS_Q_COUNT; i++) {
		enum bacs_q q = (enum bacs_q)i;

		assert_non_null(bacs_q_name(q));
		assert_int_equal(bacs_q_by_name(bacs_q_name(q)), q);
		assert_non_null(bacs_q_title(q));
		assert_true(bacs_q_scale(q) >= 1);
		assert_int_equal(bacs_q_range(q, &min, &max), 0);
		assert_true(min < max);
		assert_true(strlen(bacs_q_description(q)) > 10);
	}
	assert_null(bacs_q_name(BACS_Q_UNKNOWN));
	assert_null(bacs_q_unit((enum bacs_q)1000));
	assert_int_equal(bacs_q_by_name("weight_kg"), BACS_Q_UNKNOWN);
}

static void values_of_a_newer_driver_are_unknown(void **state)
{
	(void)state;
	assert_string_equal(bacs_modstate_name((enum bacs_modstate)99),
			    "unknown");
	assert_int_equal(bacs_modstate_colour((enum bacs_modstate)99),
			 BACS_COLOUR_UNKNOWN);
	assert_string_equal(bacs_busstate_name((enum bacs_busstate)-1),
			    "unknown");
	assert_int_equal(bacs_modstate_by_name("lost"), BACS_MODULE_LOST);
	assert_int_equal(bacs_modstate_by_name("asleep"),
			 BACS_MODULE_UNKNOWN);
	assert_int_equal(bacs_modclass_by_name("environment"),
			 BACS_MODCLASS_ENVIRONMENT);
}

static void colours_are_those_of_the_design(void **state)
{
	(void)state;
	assert_int_equal(bacs_modstate_colour(BACS_MODULE_UNPOLLED),
			 BACS_COLOUR_GREY);
	assert_int_equal(bacs_modstate_colour(BACS_MODULE_ABSENT),
			 BACS_COLOUR_BLUE);
	assert_int_equal(bacs_modstate_colour(BACS_MODULE_OK),
			 BACS_COLOUR_GREEN);
	assert_int_equal(bacs_modstate_colour(BACS_MODULE_LOST),
			 BACS_COLOUR_RED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_rounded_half_away_from_zero),
		cmocka_unit_test(format_wants_room_and_a_quantity),
		cmocka_unit_test(every_quantity_is_complete),
		cmocka_unit_test(values_of_a_newer_driver_are_unknown),
		cmocka_unit_test(colours_are_those_of_the_design),
	};

	return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
