// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modbus RTU codec: checksum, requests, lengths, times
 *
 * The frames come from the Modbus documents: "serial line" is Modbus over
 * Serial Line V1.02, "protocol" is Modbus Application Protocol V1.1b3, whose
 * examples are PDUs; unit address and CRC are added here.
 */
#include "unit.h"
#include "rtu.h"
#include "vectors.h"

/* The checksum a second way: most significant bit first, then mirrored */
static uint16_t mirrored(uint16_t v)
{
	uint16_t out = 0;

	for (int i = 0; i < 16; i++)
		if (v & 1u << i)
			out |= 0x8000u >> i;
	return out;
}

static uint16_t reference_crc(const uint8_t *p, size_t len)
{
	uint16_t crc = 0xFFFF;

	for (size_t i = 0; i < len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			unsigned int in = p[i] >> bit & 1;
			unsigned int out = crc >> 15;

			crc = (uint16_t)(crc << 1);
			if (in ^ out)
				crc ^= 0x8005;
		}
	}
	return mirrored(crc);
}

static void known_frames_have_their_checksum(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vector_frames); i++) {
		const struct vector_frame *v = &vector_frames[i];
		uint8_t frame[sizeof(v->bytes)];

		memcpy(frame, v->bytes, v->len - 2);
		assert_int_equal(rtu_seal(frame, v->len - 2), v->len);
		assert_memory_equal(frame, v->bytes, v->len);
		assert_true(rtu_crc_ok(frame, v->len));
	}
}

static void crc_agrees_with_a_second_implementation_at_every_length(void **s)
{
	uint8_t frame[RTU_FRAME_MAX];
	uint32_t x = 0x2545F491;

	(void)s;
	for (size_t len = 2; len <= RTU_FRAME_MAX - 2; len++) {
		uint16_t crc;

		for (size_t i = 0; i < len; i++) {
			x = x * 1664525 + 1013904223;
			frame[i] = (uint8_t)(x >> 24);
		}
		crc = reference_crc(frame, len);
		assert_int_equal(rtu_seal(frame, len), len + 2);
		assert_int_equal(frame[len], crc & 0xFF);
		assert_int_equal(frame[len + 1], crc >> 8);
		assert_true(rtu_crc_ok(frame, len + 2));
	}
}

static void crc_of_a_run_shorter_or_longer_than_any_frame_never_passes(void **s)
{
	/* Sealed so that only the length is wrong; 257 cannot be a frame. */
	uint8_t frame[RTU_FRAME_MAX + 1] = { 1 };
	uint8_t empty[2];

	(void)s;
	assert_false(rtu_crc_ok(frame, 0));
	assert_false(rtu_crc_ok(frame, 1));
	rtu_seal(empty, 0);
	assert_false(rtu_crc_ok(empty, 2));
	rtu_seal(frame, 1);
	assert_false(rtu_crc_ok(frame, 3));
	rtu_seal(frame, RTU_FRAME_MAX - 2);
	assert_true(rtu_crc_ok(frame, RTU_FRAME_MAX));
	rtu_seal(frame, RTU_FRAME_MAX - 1);
	assert_false(rtu_crc_ok(frame, RTU_FRAME_MAX + 1));
}

static void read_input_registers_is_the_cs121_request(void **state)
{
	const uint8_t want[] = { 0x01, 0x04, 0x00, 0x63, 0x00, 0x01, 0xC1, 0xD4 };
	uint8_t frame[8];

	(void)state;
	assert_int_equal(rtu_build_read(frame, 1, RTU_READ_INPUT, 99, 1), 8);
	assert_memory_equal(frame, want, sizeof(want));
}

static void read_holding_registers_is_the_request_of_protocol_6_3(void **state)
{
	const uint8_t want[] = { 0x11, 0x03, 0x00, 0x6B, 0x00, 0x03, 0x76, 0x87 };
	uint8_t frame[8];

	(void)state;
	assert_int_equal(rtu_build_read(frame, 17, RTU_READ_HOLDING, 107, 3), 8);
	assert_memory_equal(frame, want, sizeof(want));
}

static void write_single_register_is_the_request_of_protocol_6_6(void **state)
{
	const uint8_t pdu[] = { 0x06, 0x00, 0x01, 0x00, 0x03 };
	uint8_t frame[8];

	(void)state;
	assert_int_equal(rtu_build_write_single(frame, 247, 1, 3), 8);
	assert_int_equal(frame[0], 247);
	assert_memory_equal(frame + 1, pdu, sizeof(pdu));
	assert_true(rtu_crc_ok(frame, 8));
}

static void write_multiple_registers_is_the_request_of_protocol_6_12(void **s)
{
	const uint8_t pdu[] = { 0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A,
				0x01, 0x02 };
	const u16 values[] = { 0x000A, 0x0102 };
	uint8_t frame[RTU_FRAME_MAX];

	(void)s;
	assert_int_equal(rtu_build_write_multiple(frame, 1, 1, values, 2), 13);
	assert_int_equal(frame[0], 1);
	assert_memory_equal(frame + 1, pdu, sizeof(pdu));
	assert_true(rtu_crc_ok(frame, 13));
}

static void write_multiple_takes_1_to_123_registers_and_no_other_count(void **s)
{
	u16 values[RTU_WRITE_MAX + 1];
	uint8_t frame[RTU_FRAME_MAX];

	(void)s;
	for (u16 i = 0; i < RTU_WRITE_MAX + 1; i++)
		values[i] = (u16)(0x8000 + i);
	assert_int_equal(rtu_build_write_multiple(frame, 1, 0, values, 0), 0);
	assert_int_equal(rtu_build_write_multiple(frame, 1, 0, values, 124), 0);
	for (u16 n = 1; n <= RTU_WRITE_MAX; n++) {
		size_t len = rtu_build_write_multiple(frame, 1, 0, values, n);

		assert_int_equal(len, 9 + 2 * n);
		assert_int_equal(frame[6], 2 * n);
		assert_int_equal(rtu_get_u16(frame + 4), n);
		assert_int_equal(rtu_get_u16(frame + 5 + 2 * n), 0x8000 + n - 1);
		assert_true(rtu_crc_ok(frame, len));
		assert_int_equal(rtu_request_length(frame, len), len);
	}
}

static void words_are_big_endian_both_ways(void **state)
{
	const uint8_t bytes[] = { 0x80, 0x01, 0xFE, 0xFF };
	uint8_t out[2];

	(void)state;
	assert_int_equal(rtu_get_u16(bytes), 0x8001);
	assert_int_equal(rtu_get_u32(bytes), 0x8001FEFF);
	rtu_put_u16(out, 0x8001);
	assert_memory_equal(out, bytes, 2);
}

static void exception_names_the_refused_function_and_the_reason(void **state)
{
	/* protocol 7: function 1 refused with code 2, here function 4 */
	uint8_t request[8], frame[RTU_EXCEPTION_LENGTH];

	(void)state;
	rtu_build_read(request, 10, RTU_READ_INPUT, 0x04A1, 1);
	assert_int_equal(rtu_build_exception(frame, request,
					     RTU_ILLEGAL_ADDRESS), 5);
	assert_int_equal(frame[0], 10);
	assert_int_equal(frame[1], 0x84);
	assert_int_equal(frame[2], 2);
	assert_true(rtu_crc_ok(frame, 5));
}

static void reply_length_is_known_from_its_second_byte(void **state)
{
	const uint8_t reply[] = { 9, RTU_READ_INPUT };
	uint8_t request[8];

	(void)state;
	for (u16 n = 1; n <= RTU_READ_MAX; n++) {
		rtu_build_read(request, 9, RTU_READ_INPUT, 0, n);
		assert_int_equal(rtu_reply_length(request, 8, reply, 0), 0);
		assert_int_equal(rtu_reply_length(request, 8, reply, 1), 0);
		assert_int_equal(rtu_reply_length(request, 8, reply, 2),
				 5 + 2 * n);
	}
}

static void reply_length_of_a_write_is_eight(void **state)
{
	const u16 values[3] = { 1, 2, 3 };
	uint8_t request[RTU_FRAME_MAX];
	uint8_t reply[2] = { 9, RTU_WRITE_SINGLE };
	size_t len = rtu_build_write_single(request, 9, 1, 500);

	(void)state;
	assert_int_equal(rtu_reply_length(request, len, reply, 2), 8);
	len = rtu_build_write_multiple(request, 9, 1, values, 3);
	reply[1] = RTU_WRITE_MULTIPLE;
	assert_int_equal(rtu_reply_length(request, len, reply, 2), 8);
}

static void reply_length_of_an_exception_is_five(void **state)
{
	static const uint8_t functions[] = { 3, 4, 6, 16 };
	uint8_t request[RTU_FRAME_MAX];
	const u16 one = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(functions); i++) {
		uint8_t reply[2] = { 9, functions[i] | RTU_EXCEPTION };
		size_t len = 8;

		if (functions[i] == 16)
			len = rtu_build_write_multiple(request, 9, 0, &one, 1);
		else
			rtu_build_read(request, 9, functions[i], 0, 100);
		assert_int_equal(rtu_reply_length(request, len, reply, 2), 5);
	}
}

static void reply_length_is_unknown_when_no_reply_begins_like_this(void **s)
{
	uint8_t request[8];
	uint8_t reply[2];

	(void)s;
	rtu_build_read(request, 9, RTU_READ_INPUT, 0, 14);
	for (int address = 0; address < 256; address++) {
		for (int function = 0; function < 256; function++) {
			bool ours = address == 9 &&
				    (function == 4 || function == 0x84);

			reply[0] = (uint8_t)address;
			reply[1] = (uint8_t)function;
			assert_int_equal(!!rtu_reply_length(request, 8, reply, 2),
					 ours);
		}
	}
}

/* V1.1b3, section 6: every function's own example or least request */
static void reply_length_of_every_described_function(void **state)
{
	static const struct {
		uint8_t request[14];
		size_t len;		/* with CRC */
		uint8_t reply[4];
		size_t want, want_at;	/* known from so many bytes on */
	} f[] = {
		{ { 9, 1, 0, 19, 0, 19 }, 8, { 9, 1 }, 8, 2 },
		{ { 9, 2, 0, 0, 0, 16 }, 8, { 9, 2 }, 7, 2 },
		{ { 9, 3, 0, 107, 0, 3 }, 8, { 9, 3 }, 11, 2 },
		{ { 9, 5, 0, 172, 0xFF, 0 }, 8, { 9, 5 }, 8, 2 },
		{ { 9, 7 }, 4, { 9, 7 }, 5, 2 },
		{ { 9, 8, 0, 0, 0xA5, 0x37 }, 8, { 9, 8 }, 8, 2 },
		{ { 9, 8, 0, 0, 1, 2, 3, 4 }, 10, { 9, 8 }, 10, 2 },
		{ { 9, 11 }, 4, { 9, 11 }, 8, 2 },
		{ { 9, 12 }, 4, { 9, 12, 8 }, 13, 3 },
		{ { 9, 15, 0, 19, 0, 10, 2, 0xCD, 1 }, 11, { 9, 15 }, 8, 2 },
		{ { 9, 17 }, 4, { 9, 17, 200 }, 205, 3 },
		{ { 9, 20, 7, 6, 0, 4, 0, 1, 0, 2 }, 12, { 9, 20, 12 }, 17, 3 },
		{ { 9, 21, 7, 6, 0, 4, 0, 1, 0, 0 }, 12, { 9, 21 }, 12, 2 },
		{ { 9, 22, 0, 4, 0, 0xF2, 0, 0x25 }, 10, { 9, 22 }, 10, 2 },
		{ { 9, 23, 0, 3, 0, 6, 0, 14, 0, 0, 0 }, 13, { 9, 23 }, 17, 2 },
		{ { 9, 24, 4, 0xDE }, 6, { 9, 24, 0, 6 }, 12, 4 },
		/* Nobody knows, or the request breaks off */
		{ { 9, 43, 14, 1, 0 }, 7, { 9, 43, 14, 1 }, 0, 4 },
		{ { 9, 65, 1, 2, 3, 4, 5 }, 9, { 9, 65, 1, 1 }, 0, 4 },
		{ { 9, 3 }, 4, { 9, 3, 2, 1 }, 0, 4 },
		{ { 9, 16, 0, 1, 0, 1 }, 8, { 9, 16, 0, 1 }, 0, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(f) / sizeof(f[0]); i++) {
		for (size_t have = 0; have <= 4; have++)
			assert_int_equal(rtu_reply_length(f[i].request, f[i].len,
							  f[i].reply, have),
					 have < f[i].want_at ? 0 : f[i].want);
		assert_int_equal(rtu_reply_length(f[i].request, 3, f[i].reply, 4),
				 0);
	}
}

static void only_described_reads_are_known_to_change_nothing(void **state)
{
	static const uint8_t reads[] = { 1, 2, 3, 4, 7, 11, 12, 17, 20, 24 };
	uint8_t pdu[2] = { 0, 0 };

	(void)state;
	assert_false(rtu_only_reads(pdu, 0));
	for (int function = 0; function < 256; function++) {
		bool read = memchr(reads, function, sizeof(reads));

		pdu[0] = (uint8_t)function;
		assert_int_equal(rtu_only_reads(pdu, 1), read);
		assert_int_equal(rtu_only_reads(pdu, 2), read);
	}
	pdu[0] = 43;
	pdu[1] = 14;
	assert_true(rtu_only_reads(pdu, 2));
	assert_false(rtu_only_reads(pdu, 1));
	/* CANopen may be anything. */
	pdu[1] = 13;
	assert_false(rtu_only_reads(pdu, 2));
}

static void request_length_follows_from_the_function_and_byte_count(void **s)
{
	const u16 values[2] = { 0x000A, 0x0102 };
	uint8_t frame[RTU_FRAME_MAX];

	(void)s;
	for (uint8_t function = 1; function <= 6; function++) {
		rtu_build_read(frame, 1, function, 0, 1);
		assert_int_equal(rtu_request_length(frame, 1), 0);
		assert_int_equal(rtu_request_length(frame, 2), 8);
	}
	rtu_build_write_multiple(frame, 1, 1, values, 2);
	for (size_t have = 0; have < 7; have++)
		assert_int_equal(rtu_request_length(frame, have), 0);
	assert_int_equal(rtu_request_length(frame, 7), 13);
	frame[1] = 15;
	assert_int_equal(rtu_request_length(frame, 7), 13);
	frame[1] = 65;
	assert_int_equal(rtu_request_length(frame, 13), 0);
}

static void read_request_is_told_from_every_reply_to_a_read(void **state)
{
	uint8_t frame[RTU_FRAME_MAX] = { 5 };

	(void)state;
	for (uint8_t function = 1; function <= 4; function++) {
		rtu_build_read(frame, 5, function, 0, 1);
		assert_true(rtu_is_request(frame, 8));
	}
	for (int n = 1; n <= RTU_READ_MAX; n++) {
		frame[1] = RTU_READ_INPUT;
		frame[2] = (uint8_t)(2 * n);
		assert_false(rtu_is_request(frame, rtu_seal(frame, 3 + 2 * n)));
	}
	rtu_build_read(frame, 5, RTU_READ_INPUT, 0, 1);
	frame[7] ^= 1;
	assert_false(rtu_is_request(frame, 8));
}

static void broadcast_is_always_a_request(void **state)
{
	const u16 map[17] = { 60, 0x001C };
	uint8_t frame[RTU_FRAME_MAX];
	size_t len = rtu_build_write_multiple(frame, RTU_BROADCAST, 16, map, 17);

	(void)state;
	assert_true(rtu_is_request(frame, len));
	len = rtu_build_write_single(frame, RTU_BROADCAST, 8, 1);
	assert_true(rtu_is_request(frame, len));
}

static void write_to_a_unit_may_be_a_reply_and_is_not_called_a_request(void **s)
{
	uint8_t frame[RTU_FRAME_MAX];

	(void)s;
	rtu_build_write_single(frame, 5, 1, 500);
	assert_false(rtu_is_request(frame, 8));
}

static void character_time_is_rounded_up_to_whole_nanoseconds(void **state)
{
	static const struct {
		u32 baud, bits, ns;
	} table[] = {
		{ 9600, 11, 1145834 }, { 9600, 10, 1041667 },
		{ 19200, 11, 572917 }, { 19200, 10, 520834 },
		{ 38400, 11, 286459 }, { 38400, 10, 260417 },
		{ 115200, 11, 95487 }, { 115200, 10, 86806 },
		{ 1000000, 10, 10000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(rtu_char_ns(table[i].baud, table[i].bits),
				 table[i].ns);
}

static void known_speeds_have_their_silence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vector_silence); i++)
		assert_int_equal(rtu_t35_ns(vector_silence[i].baud,
					    vector_silence[i].bits),
				 vector_silence[i].ns);
}

static void silence_is_fixed_at_1750_us_above_19200_baud(void **state)
{
	static const u32 bauds[] = { 19201, 38400, 57600, 115200, 4000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bauds); i++) {
		assert_int_equal(rtu_t35_ns(bauds[i], 10), 1750000);
		assert_int_equal(rtu_t35_ns(bauds[i], 11), 1750000);
	}
}

static void silence_is_never_shorter_than_the_exact_value(void **state)
{
	(void)state;
	for (u32 baud = 300; baud <= 19200; baud++) {
		for (u32 bits = 10; bits <= 11; bits++) {
			u64 ns = rtu_t35_ns(baud, bits);
			u64 exact_by_10_baud = (u64)bits * 35 * NSEC_PER_SEC;

			assert_true(ns * 10 * baud >= exact_by_10_baud);
			assert_true((ns - 1) * 10 * baud < exact_by_10_baud);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_frames_have_their_checksum),
		cmocka_unit_test(crc_agrees_with_a_second_implementation_at_every_length),
		cmocka_unit_test(crc_of_a_run_shorter_or_longer_than_any_frame_never_passes),
		cmocka_unit_test(read_input_registers_is_the_cs121_request),
		cmocka_unit_test(read_holding_registers_is_the_request_of_protocol_6_3),
		cmocka_unit_test(write_single_register_is_the_request_of_protocol_6_6),
		cmocka_unit_test(write_multiple_registers_is_the_request_of_protocol_6_12),
		cmocka_unit_test(write_multiple_takes_1_to_123_registers_and_no_other_count),
		cmocka_unit_test(words_are_big_endian_both_ways),
		cmocka_unit_test(exception_names_the_refused_function_and_the_reason),
		cmocka_unit_test(reply_length_is_known_from_its_second_byte),
		cmocka_unit_test(reply_length_of_a_write_is_eight),
		cmocka_unit_test(reply_length_of_an_exception_is_five),
		cmocka_unit_test(reply_length_of_every_described_function),
		cmocka_unit_test(only_described_reads_are_known_to_change_nothing),
		cmocka_unit_test(reply_length_is_unknown_when_no_reply_begins_like_this),
		cmocka_unit_test(request_length_follows_from_the_function_and_byte_count),
		cmocka_unit_test(read_request_is_told_from_every_reply_to_a_read),
		cmocka_unit_test(broadcast_is_always_a_request),
		cmocka_unit_test(write_to_a_unit_may_be_a_reply_and_is_not_called_a_request),
		cmocka_unit_test(character_time_is_rounded_up_to_whole_nanoseconds),
		cmocka_unit_test(known_speeds_have_their_silence),
		cmocka_unit_test(silence_is_fixed_at_1750_us_above_19200_baud),
		cmocka_unit_test(silence_is_never_shorter_than_the_exact_value),
	};

	return RUN("rtu", tests);
}
