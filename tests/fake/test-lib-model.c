// SPDX-License-Identifier: GPL-2.0-or-later
/* The library's model over the life of a driver that loses, lies and leaves */
#include "fake-test.h"

static void missing_driver_is_a_state(void **state)
{
	struct bacs *b = open_handle(SAMPLES_AND_EVENTS);

	(void)state;
	assert_int_equal(bacs_driver(b), BACS_DRIVER_MISSING);
	assert_null(bacs_bus_first(b));
	assert_int_equal(bacs_refresh(b), -ENODEV);
	bacs_close(b);
}

static void driver_is_noticed_when_it_comes_and_goes(void **state)
{
	struct bacs *b = open_handle(SAMPLES_AND_EVENTS);
	const struct bacs_notice *n;

	(void)state;
	forget(b);
	for (int i = 0; i < 3; i++) {
		three_modules();
		dispatch(b);
		n = expect(b, BACS_NOTICE_DRIVER);
		assert_int_equal(bacs_notice_new(n), BACS_DRIVER_PRESENT);
		n = expect(b, BACS_NOTICE_BUS_ADDED);
		assert_string_equal(bacs_notice_bus(n), "bacsA");
		assert_int_equal(count(b, BACS_NOTICE_MODULE_ADDED), 3);

		step("unload");
		dispatch(b);
		assert_int_equal(bacs_driver(b), BACS_DRIVER_MISSING);
		assert_null(bacs_bus_first(b));
		expect(b, BACS_NOTICE_BUS_REMOVED);
		n = expect(b, BACS_NOTICE_DRIVER);
		assert_int_equal(bacs_notice_new(n), BACS_DRIVER_MISSING);
	}
	/* numbers of groups and family change with every load: still heard */
	three_modules();
	dispatch(b);
	forget(b);
	step("scan bacsA voltage_mv=13000");
	dispatch(b);
	assert_int_equal(count(b, BACS_NOTICE_SAMPLE), 1);
	bacs_close(b);
}

static void another_version_is_not_interpreted(void **state)
{
	struct bacs *b;

	(void)state;
	step("load 2");
	step("bus bacsA");
	b = open_handle(SAMPLES_AND_EVENTS);
	assert_int_equal(bacs_driver(b), BACS_DRIVER_INCOMPATIBLE);
	assert_int_equal(bacs_driver_version(b), 2);
	assert_null(bacs_bus_first(b));
	assert_int_equal(bacs_rescan(b, "bacsA"), -ENODEV);
	assert_non_null(strstr(bacs_error_text(b), "version 2"));
	bacs_close(b);
}

static void dump_fills_the_model(void **state)
{
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	struct bacs *b;
	int64_t v;

	(void)state;
	three_modules();
	b = open_handle(0);
	bus = bacs_bus_find(b, "bacsA");
	assert_non_null(bus);
	assert_string_equal(bacs_bus_tty(bus), "ttyS4");
	assert_int_equal(bacs_bus_baud(bus), 19200);
	assert_int_equal(bacs_bus_state(bus), BACS_BUS_RUNNING);
	assert_int_equal(bacs_bus_count(bus, BACS_MODULE_LOST), 1);

	m = bacs_module_first(bus);
	assert_int_equal(bacs_module_address(m), 1);
	assert_string_equal(bacs_module_device(m), "bacsA-001");
	assert_string_equal(bacs_module_name(m), "1S1");
	assert_true(bacs_module_serial(m) == 0x1122334455667788ULL);
	assert_int_equal(bacs_sample_get(bacs_module_live(m),
					 BACS_Q_TEMPERATURE, &v), 0);
	assert_int_equal(v, -5300);
	assert_int_equal(bacs_sample_get(bacs_module_live(m), BACS_Q_CURRENT,
					 &v), -ENODATA);

	m = bacs_module_next(m);
	assert_int_equal(bacs_module_address(m), 2);
	assert_null(bacs_module_live(m));
	assert_non_null(bacs_module_last(m));
	m = bacs_module_next(m);
	assert_int_equal(bacs_module_address(m), 200);
	assert_string_equal(bacs_module_name(m), "bacsA-200");
	assert_null(bacs_module_next(m));
	bacs_close(b);
}

static void samples_arrive_one_by_one(void **state)
{
	const struct bacs_notice *n;
	struct bacs *b;
	int64_t v;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("advance 1000000000");
	step("sample bacsA 1 voltage_mv=13500 current_ma=-12 bypassed_mah=4000000000");
	step("end bacsA");
	dispatch(b);
	n = expect(b, BACS_NOTICE_SAMPLE);
	assert_int_equal(bacs_notice_address(n), 1);
	assert_true(bacs_sample_time_ns(bacs_notice_sample(n)) ==
		    BOOT_NS + 1000000000);
	assert_int_equal(bacs_sample_get(bacs_notice_sample(n),
					 BACS_Q_CURRENT, &v), 0);
	assert_int_equal(v, -12);
	assert_int_equal(bacs_sample_get(bacs_notice_sample(n),
					 BACS_Q_BYPASSED, &v), 0);
	assert_true(v == 4000000000LL);
	n = expect(b, BACS_NOTICE_SCAN);
	assert_int_equal(bacs_notice_new(n), 8);
	bacs_close(b);
}

static void the_same_sample_is_told_once(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("advance 1000000000");
	step("scan bacsA voltage_mv=13500");
	step("scan bacsA voltage_mv=13500");
	assert_true(bacs_refresh(b) >= 0);
	dispatch(b);
	assert_int_equal(count(b, BACS_NOTICE_SAMPLE), 1);
	bacs_close(b);
}

/* Counts the samples of a module; fails if one is not newer than that before */
static unsigned int samples_in_order(struct bacs *b, unsigned int address)
{
	const struct bacs_notice *n;
	unsigned int found = 0;
	uint64_t last = 0, now;

	while ((n = bacs_next_notice(b))) {
		if (bacs_notice_kind(n) != BACS_NOTICE_SAMPLE ||
		    bacs_notice_address(n) != address)
			continue;
		now = bacs_sample_time_ns(bacs_notice_sample(n));
		assert_true(now > last);
		last = now;
		found++;
	}
	return found;
}

static void scans(const char *bus, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		step("advance 1000000000");
		step("scan %s voltage_mv=13500", bus);
	}
}

/* What is read from the driver is newer than what waits in the socket */
static void no_sample_is_lost_behind_one_that_was_read(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	/* kind 9 is LIMITS, 7 is MODULE_CHANGED */
	step("event bacsA kind=9 address=1");
	scans("bacsA", 3);
	step("event bacsA kind=7 address=1");
	scans("bacsA", 3);
	dispatch(b);
	assert_int_equal(samples_in_order(b, 1), 6);

	/* lost and back while nobody listened: its samples came before */
	scans("bacsA", 2);
	step("state bacsA 1 lost");
	step("advance 1");
	step("state bacsA 1 ok");
	scans("bacsA", 2);
	step("state bacsA 1 lost");
	dispatch(b);
	assert_int_equal(samples_in_order(b, 1), 4);
	assert_int_equal(bacs_module_state(bacs_module_find(
				 bacs_bus_first(b), 1)), BACS_MODULE_LOST);
	bacs_close(b);
}

/* A profile was replaced: the driver says so, and who asks sees what it is. */
static void another_class_is_another_module(void **state)
{
	const struct bacs_module *m;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	m = bacs_module_find(bacs_bus_first(b), 1);
	assert_int_equal(bacs_module_class(m), BACS_MODCLASS_JAR);
	forget(b);
	step("event bacsA kind=7 address=1");
	dispatch(b);
	assert_int_equal(count(b, BACS_NOTICE_MODULE_CHANGED), 0);
	step("module bacsA 1 class=environment");
	step("event bacsA kind=7 address=1");
	dispatch(b);
	expect(b, BACS_NOTICE_MODULE_CHANGED);
	m = bacs_module_find(bacs_bus_first(b), 1);
	assert_int_equal(bacs_module_class(m), BACS_MODCLASS_ENVIRONMENT);
	bacs_close(b);
}

static void no_sample_is_lost_behind_a_dump(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	scans("bacsA", 3);
	assert_true(bacs_refresh(b) >= 0);
	scans("bacsA", 3);
	step("overrun");
	scans("bacsA", 100);
	dispatch(b);
	assert_int_equal(samples_in_order(b, 1), 106);

	/* one that no notification brings is delivered all the same */
	step("advance 1000000000");
	step("module bacsA 1 sample.voltage_mv=13001 sample.time_ns=%llu",
	     BOOT_NS + 500000000000);
	step("overrun");
	dispatch(b);
	assert_true(bacs_notice_read(expect(b, BACS_NOTICE_SAMPLE)));
	assert_int_equal(samples_in_order(b, 1), 0);
	scans("bacsA", 1);
	step("advance 500000000000");
	scans("bacsA", 1);
	dispatch(b);
	assert_false(bacs_notice_read(expect(b, BACS_NOTICE_SAMPLE)));
	bacs_close(b);
}

static void no_sample_of_a_bus_that_starts_is_lost(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("advance 1000000000");
	step("start bacsB state=running");
	step("add bacsB 7 state=ok");
	scans("bacsB", 5);
	dispatch(b);
	assert_int_equal(samples_in_order(b, 7), 5);
	bacs_close(b);
}

static void gap_is_counted_and_repaired(void **state)
{
	const struct bacs_notice *n;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	step("scan bacsA voltage_mv=13500");
	dispatch(b);
	forget(b);
	/* two event messages vanish, and with them a loss */
	step("skip bacsA events 2");
	step("module bacsA 1 state=lost since_ns=%llu", BOOT_NS);
	step("event bacsA kind=13");
	dispatch(b);
	/* the first number heard is the base: no gap yet */
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_GAPS), 0);
	step("skip bacsA events 2");
	step("event bacsA kind=13");
	dispatch(b);
	n = expect(b, BACS_NOTICE_GAP);
	assert_int_equal(bacs_notice_new(n), 2);
	n = expect(b, BACS_NOTICE_MODULE_STATE);
	assert_int_equal(bacs_notice_old(n), BACS_MODULE_OK);
	assert_int_equal(bacs_notice_new(n), BACS_MODULE_LOST);
	expect(b, BACS_NOTICE_RESYNCED);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_GAPS), 2);
	bacs_close(b);
}

static void overrun_ends_in_differences(void **state)
{
	const struct bacs_notice *n;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("overrun");
	step("module bacsA 1 state=lost since_ns=%llu", BOOT_NS);
	step("module bacsA 2 serial=77 sample.boots=2");
	step("module bacsA 5 state=unpolled");
	step("bus bacsB");
	dispatch(b);
	expect(b, BACS_NOTICE_OVERRUN);
	n = expect(b, BACS_NOTICE_MODULE_STATE);
	assert_int_equal(bacs_notice_address(n), 1);
	n = expect(b, BACS_NOTICE_MODULE_ADDED);
	assert_int_equal(bacs_notice_address(n), 5);
	n = expect(b, BACS_NOTICE_BUS_ADDED);
	assert_string_equal(bacs_notice_bus(n), "bacsB");
	expect(b, BACS_NOTICE_RESYNCED);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_OVERRUNS), 1);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_RESYNCS), 1);
	bacs_close(b);
}

static void reader_that_stops_is_told_of_the_overrun(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	/* until the fake kernel's end of the socket is full */
	for (int i = 0; i < 5000; i++)
		step("scan bacsA voltage_mv=%d", 13000 + i % 100);
	dispatch(b);
	step("scan bacsA voltage_mv=12999");
	dispatch(b);
	expect(b, BACS_NOTICE_OVERRUN);
	expect(b, BACS_NOTICE_RESYNCED);
	bacs_close(b);
}

static void interrupted_dump_is_asked_again(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	step("interrupt 3");
	b = open_handle(0);
	assert_non_null(bacs_bus_find(b, "bacsA"));
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_INTERRUPTED), 3);
	bacs_close(b);
}

static void dumps_interrupted_for_ever_change_nothing(void **state)
{
	struct pollfd p = { .events = POLLIN };
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("interrupt 1000000");
	step("overrun");
	step("module bacsA 1 state=lost");
	assert_int_equal(bacs_dispatch(b), -EINTR);
	assert_int_equal(bacs_bus_count(bacs_bus_first(b), BACS_MODULE_OK), 1);
	/* it comes back by itself */
	p.fd = bacs_fd(b);
	assert_int_equal(poll(&p, 1, 0), 1);
	step("interrupt 0");
	dispatch(b);
	assert_int_equal(bacs_bus_count(bacs_bus_first(b), BACS_MODULE_OK), 0);
	expect(b, BACS_NOTICE_RESYNCED);
	bacs_close(b);
}

static void bus_ends_and_begins_under_the_same_name(void **state)
{
	const struct bacs_notice *n;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("stop bacsA");
	step("advance 5");
	step("start bacsA state=listening");
	dispatch(b);
	expect(b, BACS_NOTICE_BUS_REMOVED);
	n = expect(b, BACS_NOTICE_BUS_ADDED);
	assert_int_equal(bacs_notice_new(n), BACS_BUS_LISTENING);
	assert_null(bacs_module_first(bacs_bus_find(b, "bacsA")));
	bacs_close(b);
}

static void module_comes_and_is_lost_and_returns(void **state)
{
	const struct bacs_module *m;
	const struct bacs_notice *n;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	step("add bacsA 3 state=unpolled");
	step("advance 1000");
	step("state bacsA 3 ok");
	step("sample bacsA 3 voltage_mv=2250");
	step("end bacsA");
	dispatch(b);
	n = expect(b, BACS_NOTICE_MODULE_ADDED);
	assert_int_equal(bacs_notice_address(n), 3);
	n = expect(b, BACS_NOTICE_SAMPLE);
	assert_int_equal(bacs_notice_address(n), 3);
	m = bacs_module_find(bacs_bus_first(b), 3);
	assert_int_equal(bacs_module_state(m), BACS_MODULE_OK);
	assert_non_null(bacs_module_live(m));

	step("advance 1000");
	step("state bacsA 3 lost");
	dispatch(b);
	n = expect(b, BACS_NOTICE_MODULE_STATE);
	assert_int_equal(bacs_notice_new(n), BACS_MODULE_LOST);
	m = bacs_module_find(bacs_bus_first(b), 3);
	assert_null(bacs_module_live(m));
	assert_int_equal(bacs_module_colour(m), BACS_COLOUR_RED);

	/* back, but what it said before is not live */
	step("advance 1000");
	step("state bacsA 3 ok");
	dispatch(b);
	m = bacs_module_find(bacs_bus_first(b), 3);
	assert_int_equal(bacs_module_state(m), BACS_MODULE_OK);
	assert_null(bacs_module_live(m));
	bacs_close(b);
}

static void events_older_than_the_dump_are_dropped(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	/* kind 5 is MODULE_STATE; the module is ok since 900 s */
	step("event bacsA kind=5 address=1 old=3 new=4 time_ns=899000000000");
	dispatch(b);
	assert_int_equal(count(b, BACS_NOTICE_MODULE_STATE), 0);
	bacs_close(b);
}

static void limits_give_colours_and_alarms(void **state)
{
	const struct bacs_module *m;
	const struct bacs_notice *n;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	m = bacs_module_find(bacs_bus_first(b), 1);
	assert_int_equal(bacs_module_colour(m), BACS_COLOUR_ORANGE);
	forget(b);

	step("overrun");
	step("module bacsA 1 limit.voltage_min_mv=13000 limit.voltage_lcrit_mv=12000");
	dispatch(b);
	expect(b, BACS_NOTICE_LIMITS);
	m = bacs_module_find(bacs_bus_first(b), 1);
	assert_int_equal(bacs_module_colour(m), BACS_COLOUR_GREEN);

	step("advance 1000");
	step("scan bacsA voltage_mv=11999");
	/* kind 8 is ALARM */
	step("event bacsA kind=8 address=1 old=0 new=5");
	dispatch(b);
	n = expect(b, BACS_NOTICE_ALARM);
	assert_int_equal(bacs_notice_new(n), BACS_RAW_VOLTAGE_MIN |
			 BACS_RAW_VOLTAGE_LCRIT);
	m = bacs_module_find(bacs_bus_first(b), 1);
	assert_int_equal(bacs_module_alarms(m), BACS_RAW_VOLTAGE_MIN |
			 BACS_RAW_VOLTAGE_LCRIT);
	assert_int_equal(bacs_module_colour(m), BACS_COLOUR_RED);
	bacs_close(b);
}

static void open_reports_what_the_system_refuses(void **state)
{
	struct bacs *b = NULL;

	(void)state;
	fake_ops_fail_open = -EMFILE;
	assert_int_equal(bacs_open(0, &b), -EMFILE);
	assert_int_equal(bacs_open(1U << 31, &b), -EINVAL);
	assert_null(b);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, kernel_setup, kernel_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(missing_driver_is_a_state),
		T(driver_is_noticed_when_it_comes_and_goes),
		T(another_version_is_not_interpreted),
		T(dump_fills_the_model),
		T(samples_arrive_one_by_one),
		T(the_same_sample_is_told_once),
		T(no_sample_is_lost_behind_one_that_was_read),
		T(another_class_is_another_module),
		T(no_sample_is_lost_behind_a_dump),
		T(no_sample_of_a_bus_that_starts_is_lost),
		T(gap_is_counted_and_repaired),
		T(overrun_ends_in_differences),
		T(reader_that_stops_is_told_of_the_overrun),
		T(interrupted_dump_is_asked_again),
		T(dumps_interrupted_for_ever_change_nothing),
		T(bus_ends_and_begins_under_the_same_name),
		T(module_comes_and_is_lost_and_returns),
		T(events_older_than_the_dump_are_dropped),
		T(limits_give_colours_and_alarms),
		T(open_reports_what_the_system_refuses),
	};

	return cmocka_run_group_tests_name("lib-model", tests, NULL, NULL);
}
