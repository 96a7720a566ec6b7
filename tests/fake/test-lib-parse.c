// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages that are short, long, foreign, wrongly nested or incomplete */
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fake-internal.h"
#include "fake-test.h"

static struct fake_buf buf;

static size_t begin_samples(void)
{
	size_t message;

	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, 0, 0,
			     BACS_CMD_SAMPLES_NTF, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	fake_put_string(&buf, BACS_A_BUS_NAME, "bacsA");
	fake_put_u32(&buf, BACS_A_SEQUENCE, 1);
	return message;
}

static size_t begin_sample(void)
{
	size_t nest = fake_nest(&buf, BACS_A_SAMPLE);
	uint64_t time_ns = BOOT_NS + 1;
	uint8_t address = 1;

	fake_put(&buf, BACS_SAMPLE_A_ADDRESS, &address, sizeof(address));
	fake_put(&buf, BACS_SAMPLE_A_TIME_NS, &time_ns, sizeof(time_ns));
	return nest;
}

static void multicast(size_t message)
{
	fake_end(&buf, message);
	fake_multicast(fake_ops_kernel,
		       fake_group_id(fake_ops_kernel, FAKE_SAMPLES), buf.data,
		       buf.len);
}

static struct bacs *open_quiet(void)
{
	struct bacs *b;

	three_modules();
	b = open_handle(SAMPLES_AND_EVENTS);
	forget(b);
	return b;
}

/* After whatever was sent: so many malformed parts, so many samples */
static void expect_counts(struct bacs *b, uint64_t malformed,
			  unsigned int samples)
{
	dispatch(b);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_MALFORMED), malformed);
	assert_int_equal(count(b, BACS_NOTICE_SAMPLE), samples);
	bacs_close(b);
}

static void unknown_attributes_are_skipped(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest;

	(void)state;
	fake_put_u32(&buf, 900, 1);
	nest = begin_sample();
	fake_put_u32(&buf, BACS_SAMPLE_A_MAX + 1, 1);
	fake_put_u32(&buf, 777, 1);
	fake_put_u32(&buf, BACS_SAMPLE_A_VOLTAGE_MV, 13500);
	fake_nest_end(&buf, nest);
	multicast(message);
	expect_counts(b, 0, 1);
}

static void short_attribute_costs_its_sample_only(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest = begin_sample();
	uint16_t v = 1;

	(void)state;
	fake_put(&buf, BACS_SAMPLE_A_VOLTAGE_MV, &v, sizeof(v));
	fake_nest_end(&buf, nest);
	nest = begin_sample();
	fake_put_u32(&buf, BACS_SAMPLE_A_VOLTAGE_MV, 13500);
	fake_nest_end(&buf, nest);
	multicast(message);
	expect_counts(b, 1, 1);
}

static void long_attribute_is_refused(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest = begin_sample();
	uint64_t v = 1;

	(void)state;
	fake_put(&buf, BACS_SAMPLE_A_VOLTAGE_MV, &v, sizeof(v));
	fake_nest_end(&buf, nest);
	multicast(message);
	expect_counts(b, 1, 0);
}

static void sample_without_address_is_refused(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples();
	size_t nest = fake_nest(&buf, BACS_A_SAMPLE);

	(void)state;
	fake_put_u32(&buf, BACS_SAMPLE_A_VOLTAGE_MV, 13500);
	fake_nest_end(&buf, nest);
	multicast(message);
	expect_counts(b, 1, 0);
}

static void sample_of_address_0_or_248_is_refused(void **state)
{
	static const uint8_t addresses[] = { 0, 248, 255 };
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest;
	uint64_t time_ns = BOOT_NS;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses); i++) {
		nest = fake_nest(&buf, BACS_A_SAMPLE);
		fake_put(&buf, BACS_SAMPLE_A_ADDRESS, &addresses[i], 1);
		fake_put(&buf, BACS_SAMPLE_A_TIME_NS, &time_ns, 8);
		fake_nest_end(&buf, nest);
	}
	multicast(message);
	expect_counts(b, 3, 0);
}

static void nest_that_breaks_off_is_refused(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest = begin_sample();
	struct nlattr lying = { .nla_len = 400,
				.nla_type = BACS_SAMPLE_A_VOLTAGE_MV };

	(void)state;
	memcpy(buf.data + buf.len, &lying, sizeof(lying));
	buf.len += sizeof(lying);
	fake_nest_end(&buf, nest);
	multicast(message);
	expect_counts(b, 1, 0);
}

static void number_where_a_nest_belongs_is_refused(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples();

	(void)state;
	fake_put_u32(&buf, BACS_A_SAMPLE, 0xffffffff);
	multicast(message);
	expect_counts(b, 1, 0);
}

static void message_without_bus_or_number_is_refused(void **state)
{
	struct bacs *b = open_quiet();
	size_t message;

	(void)state;
	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, 0, 0,
			     BACS_CMD_SAMPLES_NTF, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	multicast(message);
	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, 0, 0,
			     BACS_CMD_EVENT_NTF, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	fake_put_string(&buf, BACS_A_BUS_NAME, "bacsA");
	multicast(message);
	expect_counts(b, 2, 0);
}

static void bus_name_without_end_or_of_wrong_letters_is_refused(void **state)
{
	static const char *const names[] = { "../../x", "1bus", "", "bacs-A",
					     "abcdefghijklm" };
	struct bacs *b = open_quiet();
	size_t message;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		buf.len = 0;
		message = fake_begin(&buf, fake_ops_kernel->family, 0, 0,
				     BACS_CMD_SAMPLES_NTF, 1);
		fake_put_u32(&buf, BACS_A_VERSION, 1);
		fake_put_string(&buf, BACS_A_BUS_NAME, names[i]);
		fake_put_u32(&buf, BACS_A_SEQUENCE, 1);
		multicast(message);
	}
	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, 0, 0,
			     BACS_CMD_SAMPLES_NTF, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	fake_put(&buf, BACS_A_BUS_NAME, "bacsA", 5);
	multicast(message);
	expect_counts(b, 6, 0);
}

static void datagram_that_breaks_off_is_counted(void **state)
{
	struct bacs *b = open_quiet();
	uint8_t rest[] = { 0x40, 0, 0, 0, 0x20, 0 };

	(void)state;
	fake_multicast(fake_ops_kernel,
		       fake_group_id(fake_ops_kernel, FAKE_SAMPLES), rest,
		       sizeof(rest));
	/* a message shorter than its own header */
	buf.len = 0;
	fake_begin(&buf, fake_ops_kernel->family, 0, 0, 0, 0);
	fake_end(&buf, 0);
	buf.data[0] = 17;
	fake_multicast(fake_ops_kernel,
		       fake_group_id(fake_ops_kernel, FAKE_SAMPLES), buf.data,
		       buf.len);
	expect_counts(b, 2, 0);
}

static void command_of_a_newer_driver_is_skipped(void **state)
{
	struct bacs *b = open_quiet();
	size_t message;

	(void)state;
	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, 0, 0, 99, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	multicast(message);
	dispatch(b);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_UNKNOWN), 1);
	expect_counts(b, 0, 0);
}

static void malformed_module_does_not_hide_the_others(void **state)
{
	struct bacs *b;
	size_t message, nest;

	(void)state;
	three_modules();
	buf.len = 0;
	message = fake_begin(&buf, fake_ops_kernel->family, NLM_F_MULTI, 0,
			     BACS_CMD_MODULE_GET, 1);
	fake_put_u32(&buf, BACS_A_VERSION, 1);
	nest = fake_nest(&buf, BACS_A_MODULE);
	fake_put_string(&buf, BACS_MODULE_A_BUS_NAME, "bacsA");
	fake_nest_end(&buf, nest);
	fake_end(&buf, message);
	fake_ops_kernel->inject = buf;
	fake_ops_kernel->inject_cmd = BACS_CMD_MODULE_GET;
	b = open_handle(0);
	assert_int_equal(bacs_diagnostic(b, BACS_DIAG_MALFORMED), 1);
	assert_int_equal(bacs_bus_count(bacs_bus_first(b), BACS_MODULE_OK), 1);
	assert_int_equal(bacs_bus_count(bacs_bus_first(b),
					BACS_MODULE_ABSENT), 1);
	bacs_close(b);
}

static void text_of_the_wire_is_made_printable(void **state)
{
	struct bacs *b;
	char label[8] = "a\x1b[7mb";

	(void)state;
	three_modules();
	fake_attrs_string(&fake_ops_kernel->buses->module[1].attrs,
			  BACS_MODULE_A_LABEL, label);
	b = open_handle(0);
	assert_string_equal(bacs_module_label(bacs_module_first(
			    bacs_bus_first(b))), "a?[7mb");
	bacs_close(b);
}

/* Every prefix and every single flipped byte of a good message */
static void no_mutation_of_a_message_does_harm(void **state)
{
	struct bacs *b = open_quiet();
	size_t message = begin_samples(), nest = begin_sample(), len;
	static struct fake_buf copy;

	(void)state;
	fake_put_u32(&buf, BACS_SAMPLE_A_VOLTAGE_MV, 13500);
	fake_nest_end(&buf, nest);
	fake_end(&buf, message);
	copy = buf;
	for (len = 0; len <= copy.len; len++) {
		fake_multicast(fake_ops_kernel,
			       fake_group_id(fake_ops_kernel, FAKE_SAMPLES),
			       copy.data, len);
		dispatch(b);
	}
	for (size_t i = 0; i < copy.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			buf = copy;
			buf.data[i] ^= (uint8_t)(1 << bit);
			fake_multicast(fake_ops_kernel,
				       fake_group_id(fake_ops_kernel,
						     FAKE_SAMPLES),
				       buf.data, buf.len);
			dispatch(b);
			forget(b);
		}
	}
	assert_int_equal(bacs_driver(b), BACS_DRIVER_PRESENT);
	assert_true(bacs_diagnostic(b, BACS_DIAG_MALFORMED) > 50);
	assert_true(bacs_refresh(b) >= 0);
	assert_int_equal(bacs_bus_count(bacs_bus_first(b), BACS_MODULE_OK), 1);
	bacs_close(b);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, kernel_setup, kernel_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(unknown_attributes_are_skipped),
		T(short_attribute_costs_its_sample_only),
		T(long_attribute_is_refused),
		T(sample_without_address_is_refused),
		T(sample_of_address_0_or_248_is_refused),
		T(nest_that_breaks_off_is_refused),
		T(number_where_a_nest_belongs_is_refused),
		T(message_without_bus_or_number_is_refused),
		T(bus_name_without_end_or_of_wrong_letters_is_refused),
		T(datagram_that_breaks_off_is_counted),
		T(command_of_a_newer_driver_is_skipped),
		T(malformed_module_does_not_hide_the_others),
		T(text_of_the_wire_is_made_printable),
		T(no_mutation_of_a_message_does_harm),
	};

	return cmocka_run_group_tests_name("lib-parse", tests, NULL, NULL);
}
