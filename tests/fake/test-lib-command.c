// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of the library and the kernel's refusals */
#include <linux/bacs.h>

#include "fake-test.h"

static void commands_need_the_driver(void **state)
{
	struct bacs *b = open_handle(0);

	(void)state;
	assert_int_equal(bacs_rescan(b, "bacsA"), -ENODEV);
	assert_non_null(strstr(bacs_error_text(b), "modprobe bacs"));
	bacs_close(b);
}

static void unknown_bus_and_module_are_named_by_the_driver(void **state)
{
	struct bacs_stats *s = NULL;
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(0);
	assert_int_equal(bacs_rescan(b, "bacsX"), -ENODEV);
	assert_string_equal(bacs_error_text(b), "no bus of that name");
	assert_int_equal(bacs_stats_get(b, "bacsA", 9, &s), -ENODEV);
	assert_int_equal(bacs_rescan(b, "not a name"), -EINVAL);
	assert_int_equal(bacs_ri_start(b, "bacsA", 248), -EINVAL);
	assert_non_null(strstr(bacs_error_text(b), "248"));
	/* success leaves no words behind */
	assert_int_equal(bacs_rescan(b, "bacsA"), 0);
	assert_string_equal(bacs_error_text(b), "");
	bacs_close(b);
}

static void kernel_words_are_kept(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(0);
	assert_int_equal(bacs_bus_set_scan_ms(b, "bacsA", 100), -ERANGE);
	assert_string_equal(bacs_error_text(b),
			    "period is shorter than a scan can be");
	assert_int_equal(bacs_bus_set_scan_ms(b, "bacsA", 500), 0);
	assert_true(bacs_refresh(b) >= 0);
	assert_int_equal(bacs_bus_scan_ms(bacs_bus_first(b)), 500);
	assert_int_equal(bacs_bus_set_scan_ms(b, "bacsA", 60001), -ERANGE);
	assert_non_null(strstr(bacs_error_text(b), "60001"));
	bacs_close(b);
}

static void without_privilege_the_remedy_is_named(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	step("privileged 0");
	b = open_handle(0);
	assert_non_null(bacs_bus_first(b));
	assert_int_equal(bacs_rescan(b, "bacsA"), -EPERM);
	assert_non_null(strstr(bacs_error_text(b), "CAP_NET_ADMIN"));
	bacs_close(b);
}

static void one_controller_at_a_time(void **state)
{
	uint8_t address = 1;
	uint32_t duty = 250;
	struct bacs *first, *second;

	(void)state;
	three_modules();
	first = open_handle(SAMPLES_AND_EVENTS);
	second = open_handle(0);
	assert_int_equal(bacs_equalize(first, "bacsA", 1, &address, &duty, 0),
			 -EPERM);
	assert_int_equal(bacs_claim(first, "bacsA"), 0);
	assert_int_equal(bacs_claim(second, "bacsA"), -EBUSY);
	assert_int_equal(bacs_equalize(first, "bacsA", 1, &address, &duty, 0),
			 0);
	forget(first);
	dispatch(first);
	expect(first, BACS_NOTICE_CONTROL);
	assert_int_equal(bacs_notice_command(expect(first,
			 BACS_NOTICE_COMMAND)), BACS_COMMAND_EQUALIZE);
	assert_true(bacs_refresh(second) >= 0);
	assert_int_equal(bacs_module_duty_target(bacs_module_first(
			 bacs_bus_first(second))), 250);
	assert_true(bacs_bus_controller_pid(bacs_bus_first(second)) != 0);

	/* the controller goes away: nothing stays on */
	bacs_close(first);
	assert_true(bacs_refresh(second) >= 0);
	assert_int_equal(bacs_module_duty_target(bacs_module_first(
			 bacs_bus_first(second))), 0);
	assert_int_equal(bacs_claim(second, "bacsA"), 0);
	assert_int_equal(bacs_release(second, "bacsA"), 0);
	bacs_close(second);
}

static void duties_are_checked_before_they_are_sent(void **state)
{
	uint8_t addresses[2] = { 1, 1 };
	uint32_t duties[2] = { 0, 1001 };
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(0);
	assert_int_equal(bacs_claim(b, "bacsA"), 0);
	assert_int_equal(bacs_equalize(b, "bacsA", 2, addresses, duties, 0),
			 -EINVAL);
	assert_non_null(strstr(bacs_error_text(b), "two duties"));
	addresses[1] = 2;
	assert_int_equal(bacs_equalize(b, "bacsA", 2, addresses, duties, 0),
			 -ERANGE);
	assert_non_null(strstr(bacs_error_text(b), "1001"));
	duties[1] = 1000;
	assert_int_equal(bacs_equalize(b, "bacsA", 2, addresses, duties,
				       4999), -ERANGE);
	addresses[0] = 248;
	assert_int_equal(bacs_equalize(b, "bacsA", 1, addresses, duties, 0),
			 -EINVAL);
	bacs_close(b);
}

static void whole_bus_fits_in_one_message(void **state)
{
	uint8_t addresses[247];
	uint32_t duties[247];
	struct bacs *b;

	(void)state;
	step("load");
	step("bus bacsA");
	for (unsigned int i = 0; i < 247; i++) {
		step("module bacsA %u state=ok", i + 1);
		addresses[i] = (uint8_t)(i + 1);
		duties[i] = i;
	}
	b = open_handle(0);
	assert_int_equal(bacs_claim(b, "bacsA"), 0);
	assert_int_equal(bacs_equalize(b, "bacsA", 247, addresses, duties,
				       600000), 0);
	assert_true(bacs_refresh(b) >= 0);
	assert_int_equal(bacs_module_duty_target(bacs_module_find(
			 bacs_bus_first(b), 247)), 246);
	bacs_close(b);
}

static void read_only_bus_refuses(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	step("bus bacsA flags=1");
	b = open_handle(0);
	assert_true(bacs_bus_readonly(bacs_bus_first(b)));
	assert_int_equal(bacs_ri_start(b, "bacsA", 1), -EROFS);
	assert_int_equal(bacs_identify(b, "bacsA", 1, true), -EROFS);
	assert_int_equal(bacs_latch(b, "bacsA", 7), -EROFS);
	bacs_close(b);
}

static void settings_reach_the_module(void **state)
{
	struct bacs_settings *s = bacs_settings_new();
	const struct bacs_module *m;
	struct bacs *b;
	int32_t v;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	assert_int_equal(bacs_settings_label(s, "7S3"), 0);
	assert_int_equal(bacs_settings_label(s, "\x80"), -EINVAL);
	assert_int_equal(bacs_settings_label(s,
			 "12345678901234567890123456789012"), -ENAMETOOLONG);
	assert_int_equal(bacs_settings_limit(s, BACS_LIMIT_TEMPERATURE_MIN,
					     -20000), 0);
	assert_int_equal(bacs_settings_limit(s, BACS_LIMIT_VOLTAGE_MIN, -1),
			 -ERANGE);
	assert_int_equal(bacs_settings_limit(s, BACS_LIMIT_COUNT, 0), -EINVAL);
	assert_int_equal(bacs_settings_status(s, BACS_PSY_DISCHARGING), 0);
	assert_int_equal(bacs_settings_health(s, BACS_PSY_HEALTH_GOOD), 0);
	assert_int_equal(bacs_module_set(b, "bacsA", 1, s), 0);
	dispatch(b);
	assert_int_equal(bacs_notice_pid(expect(b, BACS_NOTICE_LIMITS)), 4711);
	assert_int_equal(count(b, BACS_NOTICE_LIMITS), 0);
	m = bacs_module_first(bacs_bus_first(b));
	assert_string_equal(bacs_module_label(m), "7S3");
	assert_int_equal(bacs_module_limit(m, BACS_LIMIT_TEMPERATURE_MIN, &v),
			 0);
	assert_int_equal(v, -20000);
	assert_int_equal(bacs_module_limit(m, BACS_LIMIT_VOLTAGE_MAX, &v),
			 -ENODATA);
	assert_int_equal(bacs_module_status(m), BACS_PSY_DISCHARGING);
	bacs_settings_free(s);
	bacs_close(b);
}

static void counters_of_buses_and_modules(void **state)
{
	const uint32_t *counts, *bounds;
	struct bacs_stats *list = NULL, *one = NULL;
	struct bacs *b;
	uint64_t v;

	(void)state;
	three_modules();
	step("stats bacsA requests=100 bytes_tx=800");
	b = open_handle(0);
	assert_int_equal(bacs_stats_list(b, NULL, &list), 4);
	assert_int_equal(bacs_stats_address(list), 0);
	assert_int_equal(bacs_stats_counter(list, BACS_COUNTER_BYTES_TX, &v),
			 0);
	assert_int_equal(v, 800);
	assert_int_equal(bacs_stats_counter(list, BACS_COUNTER_NOISE, &v),
			 -ENODATA);
	assert_int_equal(bacs_stats_latency(list, &counts, &bounds), 12);
	assert_int_equal(counts[4], 90);
	assert_int_equal(bounds[4], 15000);
	bacs_stats_free(list);
	assert_int_equal(bacs_stats_list(b, "bacsX", &list), -ENODEV);

	assert_int_equal(bacs_stats_get(b, "bacsA", 2, &one), 0);
	assert_int_equal(bacs_stats_counter(one, BACS_COUNTER_TIMEOUTS, &v),
			 0);
	assert_int_equal(v, 3);
	bacs_stats_free(one);
	bacs_close(b);
}

static struct bacs_profile *example(void)
{
	struct bacs_profile *p = bacs_profile_new();

	assert_int_equal(bacs_profile_set_name(p, "acme-1"), 0);
	assert_int_equal(bacs_profile_set_class(p, BACS_MODCLASS_STRING), 0);
	assert_int_equal(bacs_profile_set_function(p, 3), 0);
	assert_int_equal(bacs_profile_set_block(p, 0x100, 4), 0);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_CURRENT, 2, 32,
			 BACS_FIELD_SIGNED | BACS_FIELD_LOW_WORD_FIRST, -10,
			 3, -7), 0);
	return p;
}

/* A second block with everything that a field can say of its validity */
static void add_second_block(struct bacs_profile *p)
{
	assert_int_equal(bacs_profile_add_block(p, 4, 0x100, 4), 1);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_FLAGS, 0, 16, 0, 1, 1,
						0), 0);
	assert_int_equal(bacs_profile_field_set_block(p, 1), 0);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 1, 16, 0, 1,
						1, 0), 0);
	assert_int_equal(bacs_profile_field_set_block(p, 1), 0);
	assert_int_equal(bacs_profile_field_set_every(p, 255), 0);
	assert_int_equal(bacs_profile_field_set_invalid(p, 0xFFFF), 0);
	assert_int_equal(bacs_profile_field_set_range(p, INT32_MIN, -1), 0);
	assert_int_equal(bacs_profile_field_set_valid_flag(p, 0x8001), 0);
}

static void blocks_and_validity_survive_the_way(void **state)
{
	struct bacs_profile *p = example(), *back = NULL;
	unsigned int function, start, count;
	int32_t min, max;
	struct bacs *b;
	uint32_t raw;

	(void)state;
	step("load");
	add_second_block(p);
	b = open_handle(0);
	assert_int_equal(bacs_profile_load(b, p), 0);
	assert_int_equal(bacs_profile_fetch(b, "acme-1", &back), 0);
	assert_int_equal(bacs_profile_blocks(back), 2);
	assert_int_equal(bacs_profile_block(back, 1, &function, &start, &count),
			 0);
	assert_int_equal(function, 4);
	assert_int_equal(start, 0x100);
	assert_int_equal(count, 4);
	assert_int_equal(bacs_profile_field_block(back, 0), 0);
	assert_int_equal(bacs_profile_field_every(back, 0), 1);
	assert_false(bacs_profile_field_invalid(back, 0, &raw));
	assert_false(bacs_profile_field_range(back, 0, &min, &max));
	assert_int_equal(bacs_profile_field_valid_flag(back, 0), 0);
	assert_int_equal(bacs_profile_field_block(back, 2), 1);
	assert_int_equal(bacs_profile_field_every(back, 2), 255);
	assert_true(bacs_profile_field_invalid(back, 2, &raw));
	assert_int_equal(raw, 0xFFFF);
	assert_true(bacs_profile_field_range(back, 2, &min, &max));
	assert_int_equal(min, INT32_MIN);
	assert_int_equal(max, -1);
	assert_int_equal(bacs_profile_field_valid_flag(back, 2), 0x8001);
	bacs_profile_free(p);
	bacs_profile_free(back);
	bacs_close(b);
}

static void what_no_field_can_be_is_refused_at_once(void **state)
{
	struct bacs_profile *p = bacs_profile_new();
	char why[160] = "";

	(void)state;
	assert_int_equal(bacs_profile_field_set_block(p, 0), -ENOENT);
	assert_int_equal(bacs_profile_field_set_every(p, 1), -ENOENT);
	assert_int_equal(bacs_profile_field_set_invalid(p, 1), -ENOENT);
	assert_int_equal(bacs_profile_field_set_range(p, 0, 1), -ENOENT);
	assert_int_equal(bacs_profile_field_set_valid_flag(p, 1), -ENOENT);
	bacs_profile_free(p);
	p = example();
	add_second_block(p);
	assert_int_equal(bacs_profile_add_block(p, 5, 0, 1), -ERANGE);
	assert_int_equal(bacs_profile_add_block(p, 3, 65535, 2), -ERANGE);
	assert_int_equal(bacs_profile_add_block(p, 3, 0, 0), -ERANGE);
	assert_int_equal(bacs_profile_add_block(p, 3, 0x103, 1), -EEXIST);
	assert_int_equal(bacs_profile_field_set_block(p, 8), -ERANGE);
	assert_int_equal(bacs_profile_field_set_every(p, 0), -ERANGE);
	assert_int_equal(bacs_profile_field_set_every(p, 256), -ERANGE);
	assert_int_equal(bacs_profile_field_set_invalid(p, 0x10000), -ERANGE);
	assert_int_equal(bacs_profile_field_set_range(p, 1, 0), -ERANGE);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), 0);
	/* what only the whole shows */
	assert_int_equal(bacs_profile_add_block(p, 3, 0x104, 1), 2);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "nothing is measured in the block"));
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_BOOTS, 0, 32, 0, 1, 1,
						0), 0);
	assert_int_equal(bacs_profile_field_set_block(p, 2), 0);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "outside the block of 1 registers"));
	assert_int_equal(bacs_profile_field_set_block(p, 3), 0);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "there are 3 blocks"));
	bacs_profile_free(p);
}

static void profile_survives_the_way_to_the_driver(void **state)
{
	unsigned int reg, width, flags;
	int32_t multiplier, divisor, offset;
	struct bacs_profile *p = example(), *back = NULL, *list = NULL;
	struct bacs *b;
	enum bacs_q q;

	(void)state;
	step("load");
	step("profile bacs-c");
	b = open_handle(0);
	assert_int_equal(bacs_profile_load(b, p), 0);
	/* again: it takes the place of the first */
	assert_int_equal(bacs_profile_load(b, p), 0);
	assert_int_equal(bacs_profile_set_name(p, "bacs-c"), 0);
	assert_int_equal(bacs_profile_load(b, p), -EEXIST);
	assert_int_equal(bacs_profile_fetch(b, "acme-1", &back), 0);
	assert_int_equal(bacs_profile_start(back), 0x100);
	assert_int_equal(bacs_profile_fields(back), 1);
	assert_int_equal(bacs_profile_field(back, 0, &q, &reg, &width, &flags,
					    &multiplier, &divisor, &offset),
			 0);
	assert_int_equal(q, BACS_Q_CURRENT);
	assert_int_equal(reg, 2);
	assert_int_equal(width, 32);
	assert_int_equal(flags, BACS_FIELD_SIGNED |
			 BACS_FIELD_LOW_WORD_FIRST);
	assert_int_equal(multiplier, -10);
	assert_int_equal(divisor, 3);
	assert_int_equal(offset, -7);
	assert_int_equal(bacs_profile_list(b, &list), 2);
	assert_true(bacs_profile_builtin(list));
	assert_int_equal(bacs_profile_unload(b, "bacs-c"), -ENOENT);
	assert_int_equal(bacs_profile_unload(b, "acme-1"), 0);
	assert_int_equal(bacs_profile_unload(b, "acme-1"), -ENOENT);
	assert_string_equal(bacs_error_text(b), "no such loaded profile");
	bacs_profile_free(p);
	bacs_profile_free(back);
	bacs_profile_free(list);
	bacs_close(b);
}

static void profile_check_names_what_is_wrong(void **state)
{
	struct bacs_profile *p = example();
	char why[160] = "";

	(void)state;
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_CURRENT, 0, 16, 0,
						1, 1, 0), -EEXIST);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 0, 24, 0,
						1, 1, 0), -EINVAL);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 0, 16,
			 BACS_FIELD_LOW_WORD_FIRST, 1, 1, 0), -EINVAL);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 0, 16, 0,
						0, 1, 0), -EINVAL);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 0, 16, 0,
						1, 0, 0), -ERANGE);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 125, 16, 0,
						1, 1, 0), -ERANGE);
	assert_int_equal(bacs_profile_set_block(p, 65530, 7), -ERANGE);
	assert_int_equal(bacs_profile_set_name(p, "Upper"), -EINVAL);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), 0);
	assert_int_equal(bacs_profile_set_block(p, 0, 3), 0);
	assert_int_equal(bacs_profile_check(p, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "current_ma"));
	bacs_profile_free(p);
}

static void driver_unloaded_between_is_no_such_device(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(0);
	step("unload");
	assert_int_equal(bacs_rescan(b, "bacsA"), -ENODEV);
	assert_non_null(strstr(bacs_error_text(b), "unloaded"));
	assert_int_equal(bacs_refresh(b), -ENODEV);
	assert_null(bacs_bus_first(b));
	bacs_close(b);
}

static void kernel_that_dies_is_an_error_not_a_hang(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	fake_kernel_free(fake_ops_kernel);
	fake_ops_kernel = fake_kernel_new();
	assert_true(bacs_refresh(b) < 0);
	assert_true(bacs_dispatch(b) < 0);
	bacs_close(b);
}

static void recorded_refusal_is_handed_through(void **state)
{
	struct bacs *b;

	(void)state;
	three_modules();
	b = open_handle(0);
	step("refuse %d %d module 12 does not answer", BACS_CMD_RESCAN,
	     -ENOTCONN);
	assert_int_equal(bacs_rescan(b, "bacsA"), -ENOTCONN);
	assert_string_equal(bacs_error_text(b), "module 12 does not answer");
	bacs_close(b);
}

static void a_raw_read_needs_no_control(void **state)
{
	static const uint8_t pdu[] = { 4, 0, 1, 0, 1 };
	uint8_t reply[BACS_PDU_BYTES];
	size_t len = 99;
	struct bacs *b, *other;

	(void)state;
	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	other = open_handle(0);
	assert_int_equal(bacs_claim(other, "bacsA"), 0);
	forget(b);
	for (int early = 0; early < 2; early++) {
		step("transact 0 040234ab%s", early ? " early" : "");
		assert_int_equal(bacs_transact(b, "bacsA", 9, pdu, sizeof(pdu),
					       0, reply, &len), 0);
		assert_string_equal(bacs_error_text(b), "");
		assert_int_equal(len, 4);
		assert_memory_equal(reply, "\x04\x02\x34\xab", 4);
	}
	dispatch(b);
	assert_int_equal(bacs_notice_command(expect(b, BACS_NOTICE_COMMAND)),
			 BACS_COMMAND_TRANSACT);
	/* The handle goes on as before. */
	assert_int_equal(bacs_rescan(b, "bacsA"), 0);
	assert_int_equal(bacs_transact(b, "bacsA", 0, pdu, sizeof(pdu), 0,
				       reply, &len), -EBUSY);
	assert_int_equal(len, 0);
	bacs_close(other);
	bacs_close(b);
}

static void a_raw_write_needs_the_control(void **state)
{
	static const uint8_t pdu[] = { 6, 0, 1, 0, 1 };
	uint8_t reply[BACS_PDU_BYTES];
	struct bacs *b;
	size_t len;

	(void)state;
	three_modules();
	step("transact 0 0600010001");
	b = open_handle(0);
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 5, 0, reply, &len),
			 -EPERM);
	assert_string_equal(bacs_error_text(b),
			    "claim the control of this bus first");
	assert_int_equal(bacs_claim(b, "bacsA"), 0);
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 5, 0, reply, &len),
			 0);
	assert_int_equal(len, 5);
	step("bus bacsA flags=%d", BACS_START_READONLY);
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 5, 0, reply, &len),
			 -EROFS);
	bacs_close(b);
}

static void every_end_of_a_raw_request_has_words(void **state)
{
	static const struct {
		int result;
		const char *reply, *words;
		size_t len;
	} ends[] = {
		{ -EREMOTEIO, "8402", "exception 2, illegal-data-address", 2 },
		{ -EREMOTEIO, "8407", "exception 7, unknown", 2 },
		{ -EPROTO, "0401", "does not fit", 2 },
		{ -ETIMEDOUT, "", "address 9 did not answer", 0 },
		{ -EIO, "", "damaged", 0 },
		{ -ECANCELED, "", "given up", 0 },
		{ -ENODEV, "", "bus bacsA ended", 0 },
		{ -ENOMEM, "", "memory", 0 },
	};
	uint8_t reply[BACS_PDU_BYTES];
	struct bacs *b;
	size_t len;

	(void)state;
	three_modules();
	b = open_handle(0);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		step("transact %d %s", ends[i].result, ends[i].reply);
		assert_int_equal(bacs_transact(b, "bacsA", 9, "\4", 1, 0,
					       reply, &len), ends[i].result);
		assert_int_equal(len, ends[i].len);
		assert_non_null(strstr(bacs_error_text(b), ends[i].words));
	}
	/* What no driver says */
	step("transact -121 84");
	assert_int_equal(bacs_transact(b, "bacsA", 9, "\4", 1, 0, reply, &len),
			 -EBADMSG);
	step("transact 5");
	assert_int_equal(bacs_transact(b, "bacsA", 9, "\4", 1, 0, reply, &len),
			 -EBADMSG);
	bacs_close(b);
}

static void what_is_no_pdu_is_not_sent(void **state)
{
	uint8_t pdu[BACS_PDU_BYTES + 1] = { 3 }, reply[BACS_PDU_BYTES];
	struct bacs *b;
	size_t len;

	(void)state;
	three_modules();
	step("transact 0 03");
	b = open_handle(0);
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 254, 0, reply, &len),
			 -ERANGE);
	assert_non_null(strstr(bacs_error_text(b), "254 bytes: it has 1 to 253"));
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 0, 0, reply, &len),
			 -ERANGE);
	assert_int_equal(bacs_transact(b, "bacsA", 248, pdu, 1, 0, reply, &len),
			 -EINVAL);
	assert_non_null(strstr(bacs_error_text(b), "248"));
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 1, 4, reply, &len),
			 -ERANGE);
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 1, 10001, reply,
				       &len), -ERANGE);
	assert_non_null(strstr(bacs_error_text(b), "10001"));
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 253, 10000, reply,
				       &len), 0);
	pdu[0] = 0x80;
	assert_int_equal(bacs_transact(b, "bacsA", 1, pdu, 1, 0, reply, &len),
			 -EINVAL);
	assert_non_null(strstr(bacs_error_text(b), "128"));
	bacs_close(b);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, kernel_setup, kernel_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(commands_need_the_driver),
		T(unknown_bus_and_module_are_named_by_the_driver),
		T(kernel_words_are_kept),
		T(without_privilege_the_remedy_is_named),
		T(one_controller_at_a_time),
		T(duties_are_checked_before_they_are_sent),
		T(whole_bus_fits_in_one_message),
		T(read_only_bus_refuses),
		T(settings_reach_the_module),
		T(counters_of_buses_and_modules),
		T(profile_survives_the_way_to_the_driver),
		T(profile_check_names_what_is_wrong),
		T(blocks_and_validity_survive_the_way),
		T(what_no_field_can_be_is_refused_at_once),
		T(driver_unloaded_between_is_no_such_device),
		T(kernel_that_dies_is_an_error_not_a_hang),
		T(recorded_refusal_is_handed_through),
		T(a_raw_read_needs_no_control),
		T(a_raw_write_needs_the_control),
		T(every_end_of_a_raw_request_has_words),
		T(what_is_no_pdu_is_not_sent),
	};

	return cmocka_run_group_tests_name("lib-command", tests, NULL, NULL);
}
