// SPDX-License-Identifier: GPL-2.0-only
/* Profiles: check and decode; see profile.h */
#include "profile.h"
#include "rtu.h"

/**
 * bacs_name_ok() - is this a name of a bus or a profile?
 * @name: zero terminated
 * @max: most characters
 * @lower_dash: true: [a-z][a-z0-9-]*, a profile; false: [A-Za-z][A-Za-z0-9]*,
 *	a bus
 *
 * Return: true if so.
 */
bool bacs_name_ok(const char *name, size_t max, bool lower_dash)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') ||
			      (!lower_dash && c >= 'A' && c <= 'Z');
		bool later = (c >= '0' && c <= '9') || (lower_dash && c == '-');

		if (!letter && !(i && later))
			return false;
	}
	return i >= 1 && i <= max;
}

static const char *field_check(const struct bacs_block *block,
			       const struct bacs_field *field)
{
	if (field->quantity <= BACS_QUANTITY_UNSPEC ||
	    field->quantity > BACS_QUANTITY_MAX)
		return "field: unknown quantity";
	if (field->width != 16 && field->width != 32)
		return "field: width is neither 16 nor 32";
	if (field->reg + field->width / 16 > block->count)
		return "field: register outside the block";
	if (field->low_word_first && field->width != 32)
		return "field: word order needs 32 bit";
	if (!field->multiplier)
		return "field: multiplier is 0";
	if (field->divisor < 1)
		return "field: divisor is below 1";
	return NULL;
}

/**
 * bacs_profile_check() - is every part of a profile in range?
 * @profile: the profile
 *
 * Return: NULL if it is; else what is wrong, a static string.
 */
const char *bacs_profile_check(const struct bacs_profile *profile)
{
	const struct bacs_block *block = &profile->block;
	u32 seen = 0;

	if (!bacs_name_ok(profile->name, BACS_PROFILE_NAME_MAX, true))
		return "name is not [a-z][a-z0-9-]{0,30}";
	if (profile->class <= BACS_CLASS_UNKNOWN || profile->class > BACS_CLASS_IO)
		return "unknown class";
	if (profile->response_ms < BACS_RESPONSE_MS_MIN ||
	    profile->response_ms > BACS_RESPONSE_MS_MAX)
		return "response time-out outside 5-10000 ms";
	if (profile->nominal_mv > BACS_PROFILE_NOMINAL_MV_MAX)
		return "nominal voltage above 1000 V";
	if (block->function != RTU_READ_HOLDING &&
	    block->function != RTU_READ_INPUT)
		return "function is neither 3 nor 4";
	if (block->count < 1 || block->count > BACS_PROFILE_REGISTERS_MAX)
		return "register count outside 1-125";
	if (block->start + block->count > 0x10000)
		return "block ends beyond register 65535";
	if (block->field_count < 1 ||
	    block->field_count > BACS_PROFILE_FIELDS_MAX)
		return "number of fields outside 1-24";
	for (u8 i = 0; i < block->field_count; i++) {
		const char *why = field_check(block, &block->fields[i]);

		if (why)
			return why;
		if (seen & BIT(block->fields[i].quantity))
			return "field: quantity is there twice";
		seen |= BIT(block->fields[i].quantity);
	}
	return NULL;
}

static s64 field_raw(const struct bacs_field *field, const u8 *registers)
{
	const u8 *p = registers + 2 * field->reg;
	u32 raw;

	if (field->width == 16)
		return field->is_signed ? (s16)rtu_get_u16(p) : rtu_get_u16(p);
	if (field->low_word_first)
		raw = (u32)rtu_get_u16(p + 2) << 16 | rtu_get_u16(p);
	else
		raw = rtu_get_u32(p);
	return field->is_signed ? (s32)raw : (s64)raw;
}

/**
 * bacs_block_decode() - registers to quantities
 * @block: a checked block
 * @registers: its @count registers as they came over the wire
 * @ret_sample: the quantities. One whose value does not fit 32 bits, or whose
 *	validity flag is clear, is not present.
 */
void bacs_block_decode(const struct bacs_block *block, const u8 *registers,
		       struct bacs_sample *ret_sample)
{
	u32 flags = 0xFFFF;

	memset(ret_sample, 0, sizeof(*ret_sample));
	for (u8 i = 0; i < block->field_count; i++) {
		const struct bacs_field *field = &block->fields[i];
		s64 value = field_raw(field, registers) * field->multiplier;

		value = div_s64(value, field->divisor) + field->offset;
		if (value < S32_MIN || value > S32_MAX)
			continue;
		if (field->quantity == BACS_QUANTITY_FLAGS)
			flags = (u32)value;
		if (field->valid_flag && !(flags & field->valid_flag))
			continue;
		ret_sample->present |= BIT(field->quantity);
		ret_sample->value[field->quantity] = (s32)value;
	}
}
