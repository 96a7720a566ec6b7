// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes of the real driver, one recording per kernel, see tests/fake/record */
#include "fake-test.h"

static const char *recording;

static void the_drivers_own_bytes_fill_the_model(void **state)
{
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	struct bacs_stats *stats = NULL;
	struct bacs_profile *profiles = NULL;
	struct bacs *b;
	uint64_t replies;
	int64_t mv;

	(void)state;
	step("play %s", recording);
	b = open_handle(SAMPLES_AND_EVENTS);
	assert_int_equal(bacs_driver(b), BACS_DRIVER_PRESENT);
	assert_int_equal(bacs_driver_version(b), 1);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_MALFORMED), 0);

	bus = bacs_bus_find(b, "bacsA");
	assert_non_null(bus);
	assert_string_equal(bacs_bus_profile(bus), "bacs-c");
	assert_int_equal(bacs_bus_baud(bus), 19200);
	assert_true(strlen(bacs_bus_tty(bus)) > 0);
	assert_true(bacs_bus_started_ns(bus) > 0);
	assert_int_equal(bacs_bus_count(bus, BACS_MODULE_OK), 4);
	m = bacs_module_find(bus, 200);
	assert_non_null(m);
	assert_int_not_equal(bacs_module_state(m), BACS_MODULE_OK);
	assert_null(bacs_module_live(m));

	m = bacs_module_find(bus, 3);
	assert_int_equal(bacs_module_class(m), BACS_MODCLASS_JAR);
	assert_int_equal(bacs_module_nominal_mv(m), 12000);
	assert_true(bacs_module_serial(m) != 0);
	assert_true(strlen(bacs_module_model(m)) > 0);
	assert_true(bacs_module_state_since_ns(m) > 0);
	assert_int_equal(bacs_sample_get(bacs_module_last(m), BACS_Q_VOLTAGE,
					 &mv), 0);
	assert_in_range(mv, 10000, 16000);

	/* the bus, the four, and the one that never answered */
	assert_int_equal(bacs_stats_list(b, NULL, &stats), 6);
	assert_int_equal(bacs_stats_counter(stats, BACS_COUNTER_REPLIES,
					    &replies), 0);
	assert_true(replies > 0);
	assert_true(bacs_profile_list(b, &profiles) >= 1);
	assert_true(bacs_profile_builtin(profiles));
	bacs_stats_free(stats);
	bacs_profile_free(profiles);

	/* the words of its extended acknowledgement */
	assert_int_equal(bacs_bus_set_scan_ms(b, "bacsA", 1), -ERANGE);
	assert_non_null(strstr(bacs_error_text(b), "scan"));
	bacs_close(b);
}

static void the_drivers_own_notifications_are_followed(void **state)
{
	const struct bacs_notice *n;
	unsigned int scans = 0, samples[248] = { 0 };
	struct bacs *b;

	(void)state;
	step("play %s", recording);
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("monitor");
	dispatch(b);
	while ((n = bacs_next_notice(b))) {
		int64_t v;

		if (bacs_notice_kind(n) == BACS_NOTICE_SCAN)
			scans++;
		if (bacs_notice_kind(n) != BACS_NOTICE_SAMPLE)
			continue;
		samples[bacs_notice_address(n)]++;
		assert_int_equal(bacs_sample_get(bacs_notice_sample(n),
						 BACS_Q_VOLTAGE, &v), 0);
		assert_int_equal(bacs_sample_get(bacs_notice_sample(n),
						 BACS_Q_TEMPERATURE, &v), 0);
		assert_int_equal(bacs_sample_get(bacs_notice_sample(n),
						 BACS_Q_CURRENT, &v),
				 -ENODATA);
	}
	assert_true(scans >= 5);
	for (int i = 1; i <= 4; i++)
		assert_in_range(samples[i], 4, scans + 1);
	assert_int_equal(samples[200], 0);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_MALFORMED), 0);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_UNKNOWN), 0);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_GAPS), 0);
	bacs_close(b);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, kernel_setup, kernel_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(the_drivers_own_bytes_fill_the_model),
		T(the_drivers_own_notifications_are_followed),
	};

	if (argc != 2)
		return 2;
	recording = argv[1];
	return cmocka_run_group_tests_name("lib-recorded", tests, NULL, NULL);
}
