// SPDX-License-Identifier: GPL-2.0-only
/*
 * Codec and registers in the kernel: its own CRC, and buffers of exactly the
 * size of what is in them, so that KASAN sees each byte read beyond the end.
 * What the functions answer is tested at length in user space (tests/unit).
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include "profile.h"
#include "rtu.h"
#include "vectors.h"

/* A copy of exactly that size */
static u8 *exact(struct kunit *test, const u8 *bytes, size_t len)
{
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	memcpy(copy, bytes, len);
	return copy;
}

static void known_frames_have_their_checksum(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(vector_frames); i++) {
		const struct vector_frame *v = &vector_frames[i];
		u8 *frame = exact(test, v->bytes, v->len);

		KUNIT_EXPECT_TRUE(test, rtu_crc_ok(frame, v->len));
		KUNIT_EXPECT_EQ(test, rtu_seal(frame, v->len - 2), v->len);
		KUNIT_EXPECT_EQ(test, memcmp(frame, v->bytes, v->len), 0);
		frame[0] ^= 1;
		KUNIT_EXPECT_FALSE(test, rtu_crc_ok(frame, v->len));
		kunit_kfree(test, frame);
	}
}

static void known_speeds_have_their_silence(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(vector_silence); i++)
		KUNIT_EXPECT_EQ(test, rtu_t35_ns(vector_silence[i].baud,
						 vector_silence[i].bits),
				vector_silence[i].ns);
}

/* Every length of every reply, and what else may stand in its first bytes */
static void no_verdict_reads_beyond_the_end(struct kunit *test)
{
	static const u8 functions[] = {
		1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24,
		43, 0x41, 0x83, 0x84, 0x86, 0x90, 0xAB, 0,
	};
	u8 request[8], reply[RTU_FRAME_MAX];
	u32 accepted = 0;

	rtu_build_read(request, 1, RTU_READ_INPUT, 0, 14);
	for (size_t f = 0; f < ARRAY_SIZE(functions); f++) {
		for (size_t len = 1; len <= sizeof(reply); len++) {
			u8 *bytes;

			memset(reply, 0xFF, sizeof(reply));
			reply[0] = 1;
			reply[1] = functions[f];
			reply[2] = 28;
			if (len > 2)
				rtu_seal(reply, len - 2);
			bytes = exact(test, reply, len);
			request[1] = functions[f] & 0x7F;
			rtu_seal(request, 6);
			rtu_reply_length(request, 8, bytes, len);
			rtu_request_length(bytes, len);
			rtu_is_request(bytes, len);
			rtu_only_reads(bytes, len);
			if (rtu_check_reply(request, 8, bytes, len) == RTU_OK)
				accepted++;
			kunit_kfree(test, bytes);
		}
	}
	KUNIT_EXPECT_GT(test, accepted, 0u);
}

static void registers_of_a_jar_read_as_documented(struct kunit *test)
{
	u8 *registers = exact(test, vector_jar, sizeof(vector_jar));
	struct bacs_sample sample;

	bacs_block_decode(bacs_c_block(BACS_CLASS_JAR), registers, &sample);
	for (size_t i = 0; i < ARRAY_SIZE(vector_jar_values); i++) {
		u32 q = vector_jar_values[i].quantity;

		KUNIT_EXPECT_TRUE(test, bacs_sample_has(&sample, q));
		KUNIT_EXPECT_EQ(test, sample.value[q],
				vector_jar_values[i].value);
	}
}

static void every_class_stays_within_its_block(struct kunit *test)
{
	struct bacs_sample sample;

	for (u8 class = 0; class < U8_MAX; class++) {
		const struct bacs_block *block = bacs_c_block(class);
		u8 *registers;

		if (!block)
			continue;
		registers = kunit_kmalloc(test, 2 * block->count, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, registers);
		memset(registers, 0xFF, 2 * block->count);
		bacs_block_decode(block, registers, &sample);
		KUNIT_EXPECT_TRUE(test, bacs_sample_has(&sample,
							BACS_QUANTITY_FLAGS));
	}
}

static void an_identification_reads_as_documented(struct kunit *test)
{
	u8 *registers = exact(test, vector_ident, sizeof(vector_ident));
	struct bacs_identity id;

	KUNIT_ASSERT_EQ(test, bacs_c_identity_decode(registers, &id), 0);
	KUNIT_EXPECT_EQ(test, id.serial, VECTOR_IDENT_SERIAL);
	KUNIT_EXPECT_STREQ(test, id.model, VECTOR_IDENT_MODEL);
	/* A model text that fills all its room has no end of its own. */
	memset(registers + 2 * BACS_C_IDENT_MODEL, 'x',
	       BACS_C_IDENT_MODEL_CHARS);
	KUNIT_ASSERT_EQ(test, bacs_c_identity_decode(registers, &id), 0);
	KUNIT_EXPECT_EQ(test, strnlen(id.model, sizeof(id.model)),
			(size_t)BACS_C_IDENT_MODEL_CHARS);
	registers[0] ^= 1;
	KUNIT_EXPECT_EQ(test, bacs_c_identity_decode(registers, &id), -EPROTO);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(known_frames_have_their_checksum),
	KUNIT_CASE(known_speeds_have_their_silence),
	KUNIT_CASE(no_verdict_reads_beyond_the_end),
	KUNIT_CASE(registers_of_a_jar_read_as_documented),
	KUNIT_CASE(every_class_stays_within_its_block),
	KUNIT_CASE(an_identification_reads_as_documented),
	{}
};

static struct kunit_suite suite = {
	.name = "bacs-codec",
	.test_cases = cases,
};

kunit_test_suite(suite);
