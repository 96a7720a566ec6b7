// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modbus RTU codec: what a run of bytes is to a waiting master
 *
 * Every run of bytes has exactly one verdict. The frames come from Modbus
 * Application Protocol V1.1b3 ("protocol") with unit address and CRC added.
 */
#include <stdlib.h>

#include "unit.h"
#include "rtu.h"

struct exchange {
	uint8_t request[RTU_FRAME_MAX];
	size_t request_len;
	uint8_t reply[RTU_FRAME_MAX + 2];
	size_t reply_len;
};

/* A right reply to a read of n registers */
static void make_read(struct exchange *x, uint8_t address, uint8_t function,
		      u16 n)
{
	x->request_len = rtu_build_read(x->request, address, function, 0, n);
	x->reply[0] = address;
	x->reply[1] = function;
	x->reply[2] = (uint8_t)(2 * n);
	for (u16 i = 0; i < 2 * n; i++)
		x->reply[3 + i] = (uint8_t)(0x37 * i + 7);
	x->reply_len = rtu_seal(x->reply, 3 + 2 * n);
}

static void make_write_single(struct exchange *x, uint8_t address)
{
	x->request_len = rtu_build_write_single(x->request, address, 1, 501);
	memcpy(x->reply, x->request, 8);
	x->reply_len = 8;
}

static void make_write_multiple(struct exchange *x, uint8_t address, u16 n)
{
	u16 values[RTU_WRITE_MAX];

	for (u16 i = 0; i < n; i++)
		values[i] = (u16)(i * 257);
	x->request_len = rtu_build_write_multiple(x->request, address, 16,
						  values, n);
	memcpy(x->reply, x->request, 6);
	x->reply_len = rtu_seal(x->reply, 6);
}

/* Judge a copy of exactly that length, so that a sanitizer sees every overrun */
static enum rtu_verdict judge(const struct exchange *x, const uint8_t *reply,
			      size_t len)
{
	uint8_t *request = malloc(x->request_len);
	uint8_t *bytes = malloc(len ? len : 1);
	enum rtu_verdict verdict;

	assert_non_null(request);
	assert_non_null(bytes);
	memcpy(request, x->request, x->request_len);
	memcpy(bytes, reply, len);
	verdict = rtu_check_reply(request, x->request_len, bytes, len);
	free(request);
	free(bytes);
	return verdict;
}

static void make_each(struct exchange x[5])
{
	make_read(&x[0], 1, RTU_READ_INPUT, 14);
	make_read(&x[1], 247, RTU_READ_HOLDING, 1);
	make_read(&x[2], 17, RTU_READ_INPUT, RTU_READ_MAX);
	make_write_single(&x[3], 12);
	make_write_multiple(&x[4], 63, 17);
}

static void the_cs121_reply_is_accepted(void **state)
{
	const struct exchange x = {
		.request = { 0x01, 0x04, 0x00, 0x63, 0x00, 0x01, 0xC1, 0xD4 },
		.request_len = 8,
		.reply = { 0x01, 0x04, 0x02, 0x12, 0x34, 0xB4, 0x47 },
		.reply_len = 7,
	};

	(void)state;
	assert_int_equal(judge(&x, x.reply, x.reply_len), RTU_OK);
	assert_int_equal(rtu_get_u16(x.reply + 3), 0x1234);
}

static void the_reply_of_protocol_6_3_is_accepted(void **state)
{
	struct exchange x = {
		.reply = { 0x11, 0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64 },
	};

	(void)state;
	x.request_len = rtu_build_read(x.request, 17, 3, 107, 3);
	x.reply_len = rtu_seal(x.reply, 9);
	assert_int_equal(judge(&x, x.reply, x.reply_len), RTU_OK);
}

static void the_reply_of_protocol_6_12_is_accepted(void **state)
{
	const u16 values[] = { 0x000A, 0x0102 };
	struct exchange x = { .reply = { 0x11, 0x10, 0x00, 0x01, 0x00, 0x02 } };

	(void)state;
	x.request_len = rtu_build_write_multiple(x.request, 17, 1, values, 2);
	x.reply_len = rtu_seal(x.reply, 6);
	assert_int_equal(judge(&x, x.reply, x.reply_len), RTU_OK);
}

static void every_read_count_from_1_to_125_is_accepted(void **state)
{
	struct exchange x;

	(void)state;
	for (u16 n = 1; n <= RTU_READ_MAX; n++) {
		make_read(&x, 247, RTU_READ_HOLDING, n);
		assert_int_equal(judge(&x, x.reply, x.reply_len), RTU_OK);
	}
}

static void every_write_count_from_1_to_123_is_accepted(void **state)
{
	struct exchange x;

	(void)state;
	for (u16 n = 1; n <= RTU_WRITE_MAX; n++) {
		make_write_multiple(&x, 1, n);
		assert_int_equal(judge(&x, x.reply, x.reply_len), RTU_OK);
	}
}

static void no_bytes_are_short(void **state)
{
	struct exchange x;

	(void)state;
	make_read(&x, 1, RTU_READ_INPUT, 1);
	assert_int_equal(judge(&x, x.reply, 0), RTU_SHORT);
}

static void a_reply_broken_off_at_any_byte_is_short(void **state)
{
	struct exchange x[5];

	(void)state;
	make_each(x);
	for (size_t i = 0; i < ARRAY_SIZE(x); i++)
		for (size_t len = 0; len < x[i].reply_len; len++)
			assert_int_equal(judge(&x[i], x[i].reply, len),
					 RTU_SHORT);
}

/*
 * Where the last byte of a CRC is zero the frame without it has a valid CRC
 * too (one frame in 256): again only the length gives it away.
 */
static void a_reply_that_lacks_only_a_zero_crc_byte_is_unexpected(void **state)
{
	struct exchange x;

	(void)state;
	x.request_len = rtu_build_write_single(x.request, 12, 1, 500);
	assert_int_equal(x.request[7], 0);
	assert_true(rtu_crc_ok(x.request, 7));
	assert_int_equal(judge(&x, x.request, 7), RTU_UNEXPECTED);
	assert_int_equal(judge(&x, x.request, 8), RTU_OK);
}

static void an_exception_broken_off_at_any_byte_is_short(void **state)
{
	struct exchange x;

	(void)state;
	make_read(&x, 1, RTU_READ_INPUT, 14);
	rtu_build_exception(x.reply, x.request, RTU_DEVICE_BUSY);
	for (size_t len = 0; len < RTU_EXCEPTION_LENGTH; len++)
		assert_int_equal(judge(&x, x.reply, len), RTU_SHORT);
}

static void a_reply_with_any_byte_appended_is_never_accepted(void **state)
{
	struct exchange x[5];

	(void)state;
	make_each(x);
	for (size_t i = 0; i < ARRAY_SIZE(x); i++) {
		for (int byte = 0; byte < 256; byte++) {
			x[i].reply[x[i].reply_len] = (uint8_t)byte;
			assert_int_not_equal(judge(&x[i], x[i].reply,
						   x[i].reply_len + 1), RTU_OK);
		}
	}
}

/*
 * The CRC of a frame that ends in its CRC is zero, so two zero bytes after
 * any frame make another one with a valid CRC: only the length gives it away.
 */
static void a_reply_followed_by_two_zeros_is_unexpected(void **state)
{
	struct exchange x[5];

	(void)state;
	make_each(x);
	for (size_t i = 0; i < ARRAY_SIZE(x); i++) {
		if (x[i].reply_len + 2 > RTU_FRAME_MAX)
			continue;
		memset(x[i].reply + x[i].reply_len, 0, 2);
		assert_true(rtu_crc_ok(x[i].reply, x[i].reply_len + 2));
		assert_int_equal(judge(&x[i], x[i].reply, x[i].reply_len + 2),
				 RTU_UNEXPECTED);
	}
}

static void a_run_longer_than_any_frame_is_a_crc_error(void **state)
{
	uint8_t noise[300];
	struct exchange x;

	(void)state;
	make_read(&x, 1, RTU_READ_INPUT, 14);
	memset(noise, 0, sizeof(noise));
	memcpy(noise, x.reply, x.reply_len);
	assert_int_equal(judge(&x, noise, sizeof(noise)), RTU_BAD_CRC);
}

static void any_single_bit_flipped_is_a_crc_error(void **state)
{
	struct exchange x[5];

	(void)state;
	make_each(x);
	for (size_t i = 0; i < ARRAY_SIZE(x); i++) {
		for (size_t bit = 0; bit < 8 * x[i].reply_len; bit++) {
			x[i].reply[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(judge(&x[i], x[i].reply,
					       x[i].reply_len), RTU_BAD_CRC);
			x[i].reply[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_int_equal(judge(&x[i], x[i].reply, x[i].reply_len),
				 RTU_OK);
	}
}

/* CRC-16 sees all errors of two bits in a frame of this size */
static void any_two_bits_flipped_are_never_accepted(void **state)
{
	struct exchange x;

	(void)state;
	make_read(&x, 1, RTU_READ_INPUT, 1);
	for (size_t a = 0; a < 8 * x.reply_len; a++) {
		x.reply[a / 8] ^= (uint8_t)(1u << a % 8);
		for (size_t b = a + 1; b < 8 * x.reply_len; b++) {
			x.reply[b / 8] ^= (uint8_t)(1u << b % 8);
			assert_int_not_equal(judge(&x, x.reply, x.reply_len),
					     RTU_OK);
			x.reply[b / 8] ^= (uint8_t)(1u << b % 8);
		}
		x.reply[a / 8] ^= (uint8_t)(1u << a % 8);
	}
}

static void a_valid_frame_of_any_other_address_is_foreign(void **state)
{
	struct exchange x;

	(void)state;
	for (int address = 0; address < 256; address++) {
		make_read(&x, 9, RTU_READ_INPUT, 14);
		x.reply[0] = (uint8_t)address;
		rtu_seal(x.reply, x.reply_len - 2);
		assert_int_equal(judge(&x, x.reply, x.reply_len),
				 address == 9 ? RTU_OK : RTU_FOREIGN);
	}
}

static void a_foreign_frame_of_any_length_is_foreign(void **state)
{
	uint8_t frame[RTU_FRAME_MAX];
	struct exchange x;

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	memset(frame, 0x55, sizeof(frame));
	frame[0] = 10;
	for (size_t len = 2; len <= RTU_FRAME_MAX - 2; len++)
		assert_int_equal(judge(&x, frame, rtu_seal(frame, len)),
				 RTU_FOREIGN);
}

static void every_exception_code_is_an_exception_at_its_fifth_byte(void **s)
{
	uint8_t frame[RTU_EXCEPTION_LENGTH];
	struct exchange x[5];

	(void)s;
	make_each(x);
	for (size_t i = 0; i < ARRAY_SIZE(x); i++) {
		for (int code = 0; code < 256; code++) {
			rtu_build_exception(frame, x[i].request, (u8)code);
			assert_int_equal(judge(&x[i], frame, sizeof(frame)),
					 RTU_IS_EXCEPTION);
		}
	}
}

static void an_exception_to_another_function_is_unexpected(void **state)
{
	struct exchange x, other;
	uint8_t frame[RTU_EXCEPTION_LENGTH];

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	make_read(&other, 9, RTU_READ_HOLDING, 14);
	rtu_build_exception(frame, other.request, RTU_ILLEGAL_FUNCTION);
	assert_int_equal(judge(&x, frame, sizeof(frame)), RTU_UNEXPECTED);
}

static void an_exception_longer_than_five_bytes_is_unexpected(void **state)
{
	uint8_t frame[RTU_FRAME_MAX] = { 9, 0x84, 2 };
	struct exchange x;

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	for (size_t len = 4; len <= RTU_FRAME_MAX - 2; len++)
		assert_int_equal(judge(&x, frame, rtu_seal(frame, len)),
				 RTU_UNEXPECTED);
}

static void a_reply_to_another_function_is_unexpected(void **state)
{
	struct exchange x;

	(void)state;
	for (int function = 0; function < 256; function++) {
		if (function == RTU_READ_INPUT)
			continue;
		make_read(&x, 9, RTU_READ_INPUT, 14);
		x.reply[1] = (uint8_t)function;
		rtu_seal(x.reply, x.reply_len - 2);
		assert_int_equal(judge(&x, x.reply, x.reply_len),
				 RTU_UNEXPECTED);
	}
}

static void a_valid_read_reply_of_any_other_count_is_unexpected(void **state)
{
	struct exchange x, other;

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	for (u16 n = 0; n <= RTU_READ_MAX; n++) {
		if (n == 14)
			continue;
		make_read(&other, 9, RTU_READ_INPUT, n);
		assert_int_equal(judge(&x, other.reply, other.reply_len),
				 RTU_UNEXPECTED);
	}
}

static void a_byte_count_that_contradicts_the_length_is_unexpected(void **s)
{
	struct exchange x;

	(void)s;
	for (int count = 0; count < 256; count++) {
		make_read(&x, 9, RTU_READ_INPUT, 14);
		x.reply[2] = (uint8_t)count;
		rtu_seal(x.reply, x.reply_len - 2);
		assert_int_equal(judge(&x, x.reply, x.reply_len),
				 count == 28 ? RTU_OK : RTU_UNEXPECTED);
	}
}

static void a_write_echo_with_another_register_or_value_is_unexpected(void **s)
{
	struct exchange x;

	(void)s;
	for (int byte = 2; byte < 6; byte++) {
		make_write_single(&x, 9);
		x.reply[byte] ^= 0x01;
		rtu_seal(x.reply, 6);
		assert_int_equal(judge(&x, x.reply, x.reply_len),
				 RTU_UNEXPECTED);
		make_write_multiple(&x, 9, 17);
		x.reply[byte] ^= 0x01;
		rtu_seal(x.reply, 6);
		assert_int_equal(judge(&x, x.reply, x.reply_len),
				 RTU_UNEXPECTED);
	}
}

static void the_own_request_heard_back_is_not_a_reply_to_a_read(void **state)
{
	/* An RS-485 adapter that echoes: eight bytes, but 33 were asked for */
	struct exchange x;

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	assert_int_equal(judge(&x, x.request, 8), RTU_UNEXPECTED);
}

static void the_smallest_valid_frame_of_our_address_is_unexpected(void **state)
{
	uint8_t frame[4] = { 9, RTU_READ_INPUT };
	struct exchange x;

	(void)state;
	make_read(&x, 9, RTU_READ_INPUT, 14);
	assert_int_equal(judge(&x, frame, rtu_seal(frame, 2)), RTU_UNEXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cs121_reply_is_accepted),
		cmocka_unit_test(the_reply_of_protocol_6_3_is_accepted),
		cmocka_unit_test(the_reply_of_protocol_6_12_is_accepted),
		cmocka_unit_test(every_read_count_from_1_to_125_is_accepted),
		cmocka_unit_test(every_write_count_from_1_to_123_is_accepted),
		cmocka_unit_test(no_bytes_are_short),
		cmocka_unit_test(a_reply_broken_off_at_any_byte_is_short),
		cmocka_unit_test(a_reply_that_lacks_only_a_zero_crc_byte_is_unexpected),
		cmocka_unit_test(an_exception_broken_off_at_any_byte_is_short),
		cmocka_unit_test(a_reply_with_any_byte_appended_is_never_accepted),
		cmocka_unit_test(a_reply_followed_by_two_zeros_is_unexpected),
		cmocka_unit_test(a_run_longer_than_any_frame_is_a_crc_error),
		cmocka_unit_test(any_single_bit_flipped_is_a_crc_error),
		cmocka_unit_test(any_two_bits_flipped_are_never_accepted),
		cmocka_unit_test(a_valid_frame_of_any_other_address_is_foreign),
		cmocka_unit_test(a_foreign_frame_of_any_length_is_foreign),
		cmocka_unit_test(every_exception_code_is_an_exception_at_its_fifth_byte),
		cmocka_unit_test(an_exception_to_another_function_is_unexpected),
		cmocka_unit_test(an_exception_longer_than_five_bytes_is_unexpected),
		cmocka_unit_test(a_reply_to_another_function_is_unexpected),
		cmocka_unit_test(a_valid_read_reply_of_any_other_count_is_unexpected),
		cmocka_unit_test(a_byte_count_that_contradicts_the_length_is_unexpected),
		cmocka_unit_test(a_write_echo_with_another_register_or_value_is_unexpected),
		cmocka_unit_test(the_own_request_heard_back_is_not_a_reply_to_a_read),
		cmocka_unit_test(the_smallest_valid_frame_of_our_address_is_unexpected),
	};

	return RUN("rtu-reply", tests);
}
