// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers to quantities: live blocks and identification of bacs-c, foreign
 * profiles. The frames are those of Documentation/bus-protocol.rst.
 */
#include "unit.h"
#include "bacs_c.h"
#include "profile.h"
#include "rtu.h"
#include "vectors.h"

#define HAS(s, q)	bacs_sample_has(s, BACS_QUANTITY_##q)
#define VALUE(s, q)	((s)->value[BACS_QUANTITY_##q])

static struct bacs_sample decode(u8 class, const u8 *registers)
{
	struct bacs_sample sample;

	memset(&sample, 0x5A, sizeof(sample));
	bacs_block_decode(bacs_c_block(class), registers, &sample);
	return sample;
}

static void the_documents_live_poll_of_a_jar_reads_as_it_says(void **state)
{
	struct bacs_sample s = decode(BACS_CLASS_JAR, vector_jar);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vector_jar_values); i++) {
		assert_true(bacs_sample_has(&s, vector_jar_values[i].quantity));
		assert_int_equal(s.value[vector_jar_values[i].quantity],
				 vector_jar_values[i].value);
	}
	assert_true(HAS(&s, LATCH_NUMBER));
	assert_false(HAS(&s, CURRENT_MA));
	assert_false(HAS(&s, HUMIDITY_PERMILLE));
}

static void the_documents_live_poll_of_a_string_reads_as_it_says(void **state)
{
	static const u8 registers[] = {
		0x30, 0x01, 0x00, 0x00, 0x69, 0x76, 0x00, 0x00, 0x01, 0x0E,
		0x00, 0x00, 0x07, 0x80, 0x00, 0xE6, 0x00, 0x02, 0x00, 0x00,
	};
	struct bacs_sample s = decode(BACS_CLASS_STRING, registers);

	(void)state;
	assert_int_equal(sizeof(registers), 2 * BACS_C_STRING_REGISTERS);
	assert_int_equal(VALUE(&s, VOLTAGE_MV), 26998);
	assert_int_equal(VALUE(&s, CURRENT_MA), 270);
	assert_int_equal(VALUE(&s, RIPPLE_MA), 1920);
	assert_int_equal(VALUE(&s, MODULE_TEMP_MC), 23000);
	assert_int_equal(VALUE(&s, BOOTS), 2);
	assert_false(HAS(&s, TEMP_MC));
}

static void a_discharge_current_is_negative(void **state)
{
	u8 registers[2 * BACS_C_STRING_REGISTERS] = { 0 };
	struct bacs_sample s;

	(void)state;
	rtu_put_u16(registers, BACS_C_FLAG_CURRENT_VALID);
	rtu_put_u16(registers + 2 * BACS_C_STRING_CURRENT_MA_HI, 0xFFFE);
	rtu_put_u16(registers + 2 * BACS_C_STRING_CURRENT_MA_LO, 0x7960);
	s = decode(BACS_CLASS_STRING, registers);
	assert_int_equal(VALUE(&s, CURRENT_MA), -100000);
	assert_false(HAS(&s, VOLTAGE_MV));
}

static void a_temperature_below_zero_is_negative(void **state)
{
	u8 registers[2 * BACS_C_JAR_REGISTERS] = { 0 };
	struct bacs_sample s;

	(void)state;
	rtu_put_u16(registers, BACS_C_FLAG_TEMP_VALID);
	rtu_put_u16(registers + 2 * BACS_C_JAR_TEMP_DC, 0xFFCB);
	rtu_put_u16(registers + 2 * BACS_C_JAR_MODULE_TEMP_DC, 0xFE70);
	s = decode(BACS_CLASS_JAR, registers);
	assert_int_equal(VALUE(&s, TEMP_MC), -5300);
	assert_int_equal(VALUE(&s, MODULE_TEMP_MC), -40000);
}

static void a_value_without_its_flag_is_not_there(void **state)
{
	static const struct {
		u8 class;
		u16 flag;
		enum bacs_quantity quantity;
	} table[] = {
		{ BACS_CLASS_JAR, BACS_C_FLAG_VOLTAGE_VALID,
		  BACS_QUANTITY_VOLTAGE_MV },
		{ BACS_CLASS_JAR, BACS_C_FLAG_TEMP_VALID,
		  BACS_QUANTITY_TEMP_MC },
		{ BACS_CLASS_JAR, BACS_C_FLAG_RI_VALID,
		  BACS_QUANTITY_RESISTANCE_UOHM },
		{ BACS_CLASS_JAR, BACS_C_FLAG_RI_VALID,
		  BACS_QUANTITY_RI_SPREAD_PERMILLE },
		{ BACS_CLASS_STRING, BACS_C_FLAG_VOLTAGE_VALID,
		  BACS_QUANTITY_VOLTAGE_MV },
		{ BACS_CLASS_STRING, BACS_C_FLAG_CURRENT_VALID,
		  BACS_QUANTITY_CURRENT_MA },
		{ BACS_CLASS_STRING, BACS_C_FLAG_CURRENT_VALID,
		  BACS_QUANTITY_RIPPLE_MA },
		{ BACS_CLASS_ENVIRONMENT, BACS_C_FLAG_TEMP_VALID,
		  BACS_QUANTITY_TEMP_MC },
		{ BACS_CLASS_ENVIRONMENT, BACS_C_FLAG_HUMIDITY_VALID,
		  BACS_QUANTITY_HUMIDITY_PERMILLE },
		{ BACS_CLASS_ENVIRONMENT, BACS_C_FLAG_H2_VALID,
		  BACS_QUANTITY_H2_PPM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		u8 registers[2 * 32] = { 0 };
		struct bacs_sample s;

		rtu_put_u16(registers, table[i].flag);
		s = decode(table[i].class, registers);
		assert_true(bacs_sample_has(&s, table[i].quantity));
		rtu_put_u16(registers, (u16)~table[i].flag);
		s = decode(table[i].class, registers);
		assert_false(bacs_sample_has(&s, table[i].quantity));
	}
}

static void a_value_beyond_32_bits_signed_is_not_there(void **state)
{
	u8 registers[2 * BACS_C_JAR_REGISTERS] = { 0 };
	struct bacs_sample s;

	(void)state;
	rtu_put_u16(registers, BACS_C_FLAG_RI_VALID);
	rtu_put_u16(registers + 2 * BACS_C_JAR_RI_UOHM_HI, 0x8000);
	s = decode(BACS_CLASS_JAR, registers);
	assert_false(HAS(&s, RESISTANCE_UOHM));
	rtu_put_u16(registers + 2 * BACS_C_JAR_RI_UOHM_HI, 0x7FFF);
	rtu_put_u16(registers + 2 * BACS_C_JAR_RI_UOHM_LO, 0xFFFF);
	s = decode(BACS_CLASS_JAR, registers);
	assert_int_equal(VALUE(&s, RESISTANCE_UOHM), S32_MAX);
}

static void every_class_has_a_block_and_no_other_number_has(void **state)
{
	(void)state;
	for (int class = 0; class < 256; class++) {
		const struct bacs_block *block = bacs_c_block((u8)class);
		bool known = class >= BACS_CLASS_JAR && class <= BACS_CLASS_IO;

		assert_int_equal(!!block, known);
		if (!known)
			continue;
		assert_int_equal(block->start, 0);
		assert_int_equal(block->function, RTU_READ_INPUT);
		assert_int_equal(block->fields[0].quantity, BACS_QUANTITY_FLAGS);
	}
}

static void the_documents_identification_reads_as_it_says(void **state)
{
	struct bacs_identity id;

	(void)state;
	assert_int_equal(bacs_c_identity_decode(vector_ident, &id), 0);
	assert_int_equal(id.version, 0x0100);
	assert_int_equal(id.class, BACS_CLASS_JAR);
	assert_int_equal(id.hardware, 0x0201);
	assert_int_equal(id.firmware, 0x0103);
	assert_true(id.serial == VECTOR_IDENT_SERIAL);
	assert_int_equal(id.nominal_mv, 12000);
	assert_int_equal(id.range_min_mv, 6000);
	assert_int_equal(id.range_max_mv, 18000);
	assert_int_equal(id.ri_max_uohm, 200000);
	assert_int_equal(id.bypass_ma, 150);
	assert_string_equal(id.model, VECTOR_IDENT_MODEL);
}

static void an_identification_of_another_kind_is_refused_untouched(void **state)
{
	static const struct {
		u16 reg, value;
	} wrong[] = {
		{ BACS_C_IDENT_MAGIC_HI, 0x4242 }, { BACS_C_IDENT_MAGIC_LO, 0 },
		{ BACS_C_IDENT_VERSION, 0x0200 }, { BACS_C_IDENT_VERSION, 0 },
		{ BACS_C_IDENT_CLASS, 0 }, { BACS_C_IDENT_CLASS, 5 },
		{ BACS_C_IDENT_CLASS, 0x0101 }, { BACS_C_IDENT_CLASS, 0xFFFF },
	};
	struct bacs_identity id, before;

	(void)state;
	memset(&id, 0x77, sizeof(id));
	before = id;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		u8 registers[sizeof(vector_ident)];

		memcpy(registers, vector_ident, sizeof(registers));
		rtu_put_u16(registers + 2 * wrong[i].reg, wrong[i].value);
		assert_int_equal(bacs_c_identity_decode(registers, &id), -EPROTO);
		assert_memory_equal(&id, &before, sizeof(id));
	}
}

static void a_higher_minor_version_is_taken(void **state)
{
	u8 registers[sizeof(vector_ident)];
	struct bacs_identity id;

	(void)state;
	memcpy(registers, vector_ident, sizeof(registers));
	rtu_put_u16(registers + 2 * BACS_C_IDENT_VERSION, 0x01FF);
	assert_int_equal(bacs_c_identity_decode(registers, &id), 0);
	assert_int_equal(id.version, 0x01FF);
}

static void a_model_text_is_printable_and_ends_whatever_was_sent(void **state)
{
	u8 registers[sizeof(vector_ident)];
	u8 *model = registers + 2 * BACS_C_IDENT_MODEL;
	struct bacs_identity id;

	(void)state;
	memcpy(registers, vector_ident, sizeof(registers));
	for (int byte = 1; byte < 256; byte++) {
		memset(model, byte, BACS_C_IDENT_MODEL_CHARS);
		assert_int_equal(bacs_c_identity_decode(registers, &id), 0);
		assert_int_equal(strlen(id.model), byte == ' ' ? 0 : 32);
		for (const char *c = id.model; *c; c++)
			assert_in_range(*c, ' ', '~');
	}
	memcpy(model, "\033[2Jx\0y", 8);
	assert_int_equal(bacs_c_identity_decode(registers, &id), 0);
	assert_string_equal(id.model, "?[2Jx");
	memset(model, 0, BACS_C_IDENT_MODEL_CHARS);
	assert_int_equal(bacs_c_identity_decode(registers, &id), 0);
	assert_string_equal(id.model, "");
}

static const struct bacs_profile good = {
	.name = "some-sensor", .class = BACS_CLASS_JAR, .response_ms = 300,
	.block_count = 1,
	.blocks[0] = {
		.function = RTU_READ_HOLDING, .start = 100, .count = 4,
		.field_count = 2,
		.fields = {
			{ .quantity = BACS_QUANTITY_VOLTAGE_MV, .reg = 0,
			  .width = 16, .multiplier = 1, .divisor = 1 },
			{ .quantity = BACS_QUANTITY_CURRENT_MA, .reg = 2,
			  .width = 32, .is_signed = true, .multiplier = 1,
			  .divisor = 1 },
		},
	},
};

static s32 decode_one(struct bacs_field field, const u8 *registers, bool *has)
{
	struct bacs_block block = { .count = 2, .field_count = 1 };
	struct bacs_sample s;

	field.quantity = BACS_QUANTITY_CURRENT_MA;
	block.fields[0] = field;
	bacs_block_decode(&block, registers, &s);
	if (has)
		*has = HAS(&s, CURRENT_MA);
	return VALUE(&s, CURRENT_MA);
}

static void width_sign_and_word_order_are_as_the_field_says(void **state)
{
	static const u8 r[] = { 0xFF, 0xFE, 0x00, 0x02 };
	const struct bacs_field base = { .multiplier = 1, .divisor = 1 };
	struct bacs_field f = base;

	(void)state;
	f.width = 16;
	assert_int_equal(decode_one(f, r, NULL), 0xFFFE);
	f.is_signed = true;
	assert_int_equal(decode_one(f, r, NULL), -2);
	f.reg = 1;
	assert_int_equal(decode_one(f, r, NULL), 2);
	f = base;
	f.width = 32;
	f.is_signed = true;
	assert_int_equal(decode_one(f, r, NULL), -0x1FFFE);
	f.low_word_first = true;
	assert_int_equal(decode_one(f, r, NULL), 0x2FFFE);
}

static void scaling_is_exact_in_64_bits_and_rounds_towards_zero(void **state)
{
	static const struct {
		u8 raw[4];
		s32 multiplier, divisor, offset, want;
		bool has;
	} table[] = {
		{ { 0, 0, 0, 7 }, 10, 1, 0, 70, true },
		{ { 0, 0, 0, 7 }, 1, 2, 0, 3, true },
		{ { 0xFF, 0xFF, 0xFF, 0xF9 }, 1, 2, 0, -3, true },
		{ { 0, 0, 0, 100 }, -1, 1, 0, -100, true },
		{ { 0, 0, 0, 100 }, 1, 1, -273, -173, true },
		{ { 0x7F, 0xFF, 0xFF, 0xFF }, S32_MAX, S32_MAX, 0, S32_MAX, true },
		{ { 0x80, 0, 0, 0 }, 1, 1, 0, S32_MIN, true },
		{ { 0x7F, 0xFF, 0xFF, 0xFF }, 1, 1, 1, 0, false },
		{ { 0x80, 0, 0, 0 }, 1, 1, -1, 0, false },
		{ { 0x80, 0, 0, 0 }, S32_MIN, 1, S32_MAX, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		bool has;
		s32 value = decode_one((struct bacs_field){
			.width = 32, .is_signed = true,
			.multiplier = table[i].multiplier,
			.divisor = table[i].divisor,
			.offset = table[i].offset }, table[i].raw, &has);

		assert_int_equal(has, table[i].has);
		if (has)
			assert_int_equal(value, table[i].want);
	}
}

static void values_out_of_range_and_markers_are_not_present(void **state)
{
	static const u8 r[] = { 0xFF, 0xFE, 0x00, 0x02 };
	struct bacs_field f = { .width = 16, .multiplier = 10, .divisor = 1,
				.has_range = true, .min = 655340, .max = 655340 };
	bool has;

	(void)state;
	decode_one(f, r, &has);
	assert_true(has);
	f.min++;
	decode_one(f, r, &has);
	assert_false(has);
	f.min = 0;
	f.max = 655339;
	decode_one(f, r, &has);
	assert_false(has);
	f.has_range = false;
	decode_one(f, r, &has);
	assert_true(has);
	/* the marker is compared as it stands in the register, unsigned */
	f.has_invalid = true;
	f.is_signed = true;
	f.invalid = 0xFFFE;
	decode_one(f, r, &has);
	assert_false(has);
	f.invalid = 0xFFFF;
	decode_one(f, r, &has);
	assert_true(has);
	f.width = 32;
	f.invalid = 0xFFFE0002;
	decode_one(f, r, &has);
	assert_false(has);
	/* in the order of its words */
	f.low_word_first = true;
	decode_one(f, r, &has);
	assert_true(has);
	f.invalid = 0x0002FFFE;
	decode_one(f, r, &has);
	assert_false(has);
}

static void a_value_may_depend_on_flags_that_stand_behind_it(void **state)
{
	struct bacs_block block = {
		.count = 2, .field_count = 2,
		.fields = {
			{ .quantity = BACS_QUANTITY_VOLTAGE_MV, .reg = 0,
			  .width = 16, .multiplier = 1, .divisor = 1,
			  .valid_flag = 0x0006 },
			{ .quantity = BACS_QUANTITY_FLAGS, .reg = 1,
			  .width = 16, .multiplier = 1, .divisor = 1 },
		},
	};
	struct bacs_sample s;

	(void)state;
	bacs_block_decode(&block, (const u8[]){ 0, 7, 0, 4 }, &s);
	assert_true(HAS(&s, VOLTAGE_MV));
	assert_int_equal(VALUE(&s, VOLTAGE_MV), 7);
	bacs_block_decode(&block, (const u8[]){ 0, 7, 0, 9 }, &s);
	assert_false(HAS(&s, VOLTAGE_MV));
	assert_int_equal(VALUE(&s, FLAGS), 9);
	/* without flags nothing can be said */
	block.fields[1].has_invalid = true;
	block.fields[1].invalid = 4;
	bacs_block_decode(&block, (const u8[]){ 0, 7, 0, 4 }, &s);
	assert_false(HAS(&s, VOLTAGE_MV));
}

static void a_profile_in_range_is_taken(void **state)
{
	struct bacs_profile p = good;

	(void)state;
	assert_null(bacs_profile_check(&p));
	p.blocks[0].start = 0xFFFF;
	p.blocks[0].count = 1;
	p.blocks[0].field_count = 1;
	assert_null(bacs_profile_check(&p));
	p.blocks[0].start = 0;
	p.blocks[0].count = 125;
	p.blocks[0].fields[0].reg = 124;
	assert_null(bacs_profile_check(&p));
}

#define REFUSED(change) \
	do { \
		struct bacs_profile p = good; \
		change; \
		assert_non_null(bacs_profile_check(&p)); \
	} while (0)

static void a_profile_with_any_part_out_of_range_is_refused(void **state)
{
	(void)state;
	REFUSED(p.name[0] = '\0');
	REFUSED(p.name[0] = '-');
	REFUSED(p.name[0] = '1');
	REFUSED(p.name[1] = 'A');
	REFUSED(p.name[1] = '/');
	REFUSED(p.class = BACS_CLASS_UNKNOWN);
	REFUSED(p.class = BACS_CLASS_IO + 1);
	REFUSED(p.response_ms = BACS_RESPONSE_MS_MIN - 1);
	REFUSED(p.response_ms = BACS_RESPONSE_MS_MAX + 1);
	REFUSED(p.blocks[0].function = 2);
	REFUSED(p.blocks[0].function = 5);
	REFUSED(p.blocks[0].count = 0);
	REFUSED(p.blocks[0].count = 126);
	REFUSED(p.blocks[0].start = 0xFFFD);
	REFUSED(p.blocks[0].field_count = 0);
	REFUSED(p.blocks[0].field_count = BACS_PROFILE_FIELDS_MAX + 1);
	REFUSED(p.blocks[0].fields[0].quantity = BACS_QUANTITY_UNSPEC);
	REFUSED(p.blocks[0].fields[0].quantity = BACS_QUANTITY_MAX + 1);
	REFUSED(p.blocks[0].fields[0].quantity = BACS_QUANTITY_CURRENT_MA);
	REFUSED(p.blocks[0].fields[0].width = 0);
	REFUSED(p.blocks[0].fields[0].width = 24);
	REFUSED(p.blocks[0].fields[0].reg = 4);
	REFUSED(p.blocks[0].fields[1].reg = 3);
	REFUSED(p.blocks[0].fields[1].reg = 0xFFFF);
	REFUSED(p.blocks[0].fields[0].low_word_first = true);
	REFUSED(p.blocks[0].fields[0].multiplier = 0);
	REFUSED(p.blocks[0].fields[0].divisor = 0);
	REFUSED(p.blocks[0].fields[0].divisor = -1);
	REFUSED((p.blocks[0].fields[0].has_invalid = true,
		 p.blocks[0].fields[0].invalid = 0x10000));
	REFUSED((p.blocks[0].fields[0].has_range = true,
		 p.blocks[0].fields[0].min = 1));
	REFUSED(p.blocks[0].fields[0].valid_flag = 1);
	REFUSED((p.blocks[0].fields[0].valid_flag = 1,
		 p.blocks[0].fields[1].quantity = 0xFF));
	REFUSED((p.blocks[0].fields[0].quantity = BACS_QUANTITY_FLAGS,
		 p.blocks[0].fields[0].valid_flag = 1));
	/* register 2 is the high word of the current */
	REFUSED(p.blocks[0].fields[0].reg = 2);
	REFUSED(p.blocks[0].fields[0].reg = 3);
	REFUSED(p.block_count = 0);
	REFUSED(p.block_count = BACS_PROFILE_BLOCKS_MAX + 1);
	REFUSED((p.blocks[0].fields[0].every = 2,
		 p.blocks[0].fields[1].every = 2));
}

static const struct bacs_block second = {
	.function = RTU_READ_HOLDING, .start = 104, .count = 1,
	.field_count = 1,
	.fields = { { .quantity = BACS_QUANTITY_TEMP_MC, .reg = 0, .width = 16,
		      .multiplier = 1, .divisor = 1, .every = 10 } },
};

#define WITH_SECOND(change) do { \
		struct bacs_profile p = good; \
		p.blocks[p.block_count++] = second; \
		change; \
		why = bacs_profile_check(&p); \
	} while (0)

static void blocks_lie_side_by_side_and_share_nothing(void **state)
{
	const char *why;

	(void)state;
	WITH_SECOND();
	assert_null(why);
	WITH_SECOND(p.blocks[1].start = 103);
	assert_non_null(why);
	WITH_SECOND(p.blocks[1].start = 99);
	assert_null(why);
	WITH_SECOND((p.blocks[1].start = 99, p.blocks[1].count = 2));
	assert_non_null(why);
	/* input registers are others than holding registers */
	WITH_SECOND((p.blocks[1].start = 100,
		     p.blocks[1].function = RTU_READ_INPUT));
	assert_null(why);
	WITH_SECOND(p.blocks[1].fields[0].quantity = BACS_QUANTITY_VOLTAGE_MV);
	assert_string_equal(why, "field: quantity is there twice");
	WITH_SECOND(p.blocks[1].field_count = 0);
	assert_non_null(why);
	/* the flags that decide must come with the value */
	WITH_SECOND((p.blocks[0].fields[0].quantity = BACS_QUANTITY_FLAGS,
		     p.blocks[1].fields[0].valid_flag = 1));
	assert_non_null(why);
}

static void names_follow_their_rules_to_the_last_character(void **state)
{
	(void)state;
	assert_true(bacs_name_ok("bacsA", 12, false));
	assert_true(bacs_name_ok("a", 12, false));
	assert_true(bacs_name_ok("ABCDEFGHIJ12", 12, false));
	assert_false(bacs_name_ok("ABCDEFGHIJ123", 12, false));
	assert_false(bacs_name_ok("", 12, false));
	assert_false(bacs_name_ok("1a", 12, false));
	assert_false(bacs_name_ok("a-b", 12, false));
	assert_false(bacs_name_ok("a b", 12, false));
	assert_false(bacs_name_ok("a/b", 12, false));
	assert_false(bacs_name_ok("\xC3\xA4", 12, false));
	assert_true(bacs_name_ok("bacs-c", 31, true));
	assert_false(bacs_name_ok("Bacs", 31, true));
	assert_false(bacs_name_ok("-c", 31, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documents_live_poll_of_a_jar_reads_as_it_says),
		cmocka_unit_test(the_documents_live_poll_of_a_string_reads_as_it_says),
		cmocka_unit_test(a_discharge_current_is_negative),
		cmocka_unit_test(a_temperature_below_zero_is_negative),
		cmocka_unit_test(a_value_without_its_flag_is_not_there),
		cmocka_unit_test(a_value_beyond_32_bits_signed_is_not_there),
		cmocka_unit_test(every_class_has_a_block_and_no_other_number_has),
		cmocka_unit_test(the_documents_identification_reads_as_it_says),
		cmocka_unit_test(an_identification_of_another_kind_is_refused_untouched),
		cmocka_unit_test(a_higher_minor_version_is_taken),
		cmocka_unit_test(a_model_text_is_printable_and_ends_whatever_was_sent),
		cmocka_unit_test(width_sign_and_word_order_are_as_the_field_says),
		cmocka_unit_test(scaling_is_exact_in_64_bits_and_rounds_towards_zero),
		cmocka_unit_test(values_out_of_range_and_markers_are_not_present),
		cmocka_unit_test(a_value_may_depend_on_flags_that_stand_behind_it),
		cmocka_unit_test(a_profile_in_range_is_taken),
		cmocka_unit_test(a_profile_with_any_part_out_of_range_is_refused),
		cmocka_unit_test(blocks_lie_side_by_side_and_share_nothing),
		cmocka_unit_test(names_follow_their_rules_to_the_last_character),
	};

	return RUN("decode", tests);
}
