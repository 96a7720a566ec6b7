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
	if (field->has_invalid && field->width == 16 && field->invalid > 0xFFFF)
		return "field: invalid marker has more than 16 bits";
	if (field->has_range && field->min > field->max)
		return "field: smallest valid value is above the greatest";
	if (field->valid_flag && field->quantity == BACS_QUANTITY_FLAGS)
		return "field: the flags cannot depend on a flag";
	return NULL;
}

/* What the fields, each of them in range, are to each other */
static const char *fields_check(const struct bacs_block *block)
{
	u8 used[BACS_PROFILE_REGISTERS_MAX] = { 0 };
	bool flags = bacs_block_quantities(block) & BIT(BACS_QUANTITY_FLAGS);

	for (u8 i = 0; i < block->field_count; i++) {
		const struct bacs_field *field = &block->fields[i];

		if (field->valid_flag && !flags)
			return "field: depends on a flag, and its block has no flags";
		for (u8 k = 0; k < field->width / 16; k++)
			if (used[field->reg + k]++)
				return "field: register belongs to another quantity";
	}
	return NULL;
}

static const char *block_check(const struct bacs_block *block)
{
	if (block->function != RTU_READ_HOLDING &&
	    block->function != RTU_READ_INPUT)
		return "function is neither 3 nor 4";
	if (block->count < 1 || block->count > BACS_PROFILE_REGISTERS_MAX)
		return "register count outside 1-125";
	if (block->start + block->count > 0x10000)
		return "block ends beyond register 65535";
	if (block->field_count < 1)
		return "block without a field";
	if (block->field_count > BACS_PROFILE_FIELDS_MAX)
		return "more than 24 fields";
	for (u8 i = 0; i < block->field_count; i++) {
		const char *why = field_check(block, &block->fields[i]);

		if (why)
			return why;
	}
	return fields_check(block);
}

static bool blocks_overlap(const struct bacs_block *a,
			   const struct bacs_block *b)
{
	return a->function == b->function && a->start < b->start + b->count &&
	       b->start < a->start + a->count;
}

static const char *blocks_check(const struct bacs_profile *profile)
{
	unsigned int fields = 0, fastest = BACS_PROFILE_EVERY_MAX;
	u32 seen = 0;

	if (profile->block_count < 1 ||
	    profile->block_count > BACS_PROFILE_BLOCKS_MAX)
		return "number of blocks outside 1-8";
	for (u8 i = 0; i < profile->block_count; i++) {
		const struct bacs_block *block = &profile->blocks[i];
		const char *why = block_check(block);

		if (why)
			return why;
		for (u8 k = 0; k < i; k++)
			if (blocks_overlap(block, &profile->blocks[k]))
				return "two blocks of one function overlap";
		fields += block->field_count;
		fastest = min_t(unsigned int, fastest, bacs_block_every(block));
		for (u8 k = 0; k < block->field_count; k++) {
			u32 bit = BIT(block->fields[k].quantity);

			if (seen & bit)
				return "field: quantity is there twice";
			seen |= bit;
		}
	}
	if (fields > BACS_PROFILE_FIELDS_MAX)
		return "more than 24 fields";
	if (fastest != 1)
		return "no quantity is read in every scan";
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
	if (!bacs_name_ok(profile->name, BACS_PROFILE_NAME_MAX, true))
		return "name is not [a-z][a-z0-9-]{0,30}";
	if (profile->class <= BACS_CLASS_UNKNOWN || profile->class > BACS_CLASS_IO)
		return "unknown class";
	if (profile->response_ms < BACS_RESPONSE_MS_MIN ||
	    profile->response_ms > BACS_RESPONSE_MS_MAX)
		return "response time-out outside 5-10000 ms";
	if (profile->nominal_mv > BACS_PROFILE_NOMINAL_MV_MAX)
		return "nominal voltage above 1000 V";
	return blocks_check(profile);
}

/**
 * bacs_block_quantities() - what can be read from a block
 * @block: a block
 *
 * Return: bit n is set for value n of enum bacs_quantity.
 */
u32 bacs_block_quantities(const struct bacs_block *block)
{
	u32 has = 0;

	for (u8 i = 0; i < block->field_count; i++)
		has |= BIT(block->fields[i].quantity);
	return has;
}

/**
 * bacs_profile_quantities() - what can be read from all blocks of a profile
 * @profile: a profile
 *
 * Return: bit n is set for value n of enum bacs_quantity.
 */
u32 bacs_profile_quantities(const struct bacs_profile *profile)
{
	u32 has = 0;

	for (u8 i = 0; i < profile->block_count; i++)
		has |= bacs_block_quantities(&profile->blocks[i]);
	return has;
}

/**
 * bacs_block_every() - in which scans a block has to be read
 * @block: a block
 *
 * Return: the smallest poll divisor of its quantities, at least 1.
 */
unsigned int bacs_block_every(const struct bacs_block *block)
{
	unsigned int every = BACS_PROFILE_EVERY_MAX;

	for (u8 i = 0; i < block->field_count; i++)
		every = min_t(unsigned int, every, block->fields[i].every ?: 1);
	return every;
}

static u32 field_raw(const struct bacs_field *field, const u8 *registers)
{
	const u8 *p = registers + 2 * field->reg;

	if (field->width == 16)
		return rtu_get_u16(p);
	if (field->low_word_first)
		return (u32)rtu_get_u16(p + 2) << 16 | rtu_get_u16(p);
	return rtu_get_u32(p);
}

static s64 with_sign(const struct bacs_field *field, u32 raw)
{
	if (!field->is_signed)
		return raw;
	return field->width == 16 ? (s16)raw : (s32)raw;
}

/* false: the module says that it has no value, or it makes no sense */
static bool field_value(const struct bacs_field *field, const u8 *registers,
			s32 *ret_value)
{
	u32 raw = field_raw(field, registers);
	s64 value = with_sign(field, raw) * field->multiplier;

	if (field->has_invalid && raw == field->invalid)
		return false;
	value = div_s64(value, field->divisor) + field->offset;
	if (value < S32_MIN || value > S32_MAX)
		return false;
	if (field->has_range && (value < field->min || value > field->max))
		return false;
	*ret_value = (s32)value;
	return true;
}

/* Values that depend on a flag are not valid while there are no flags. */
static u32 block_flags(const struct bacs_block *block, const u8 *registers)
{
	s32 flags = 0;

	for (u8 i = 0; i < block->field_count; i++)
		if (block->fields[i].quantity == BACS_QUANTITY_FLAGS &&
		    !field_value(&block->fields[i], registers, &flags))
			return 0;
	return (u32)flags;
}

/**
 * bacs_block_decode() - registers to quantities
 * @block: a checked block
 * @registers: its @count registers as they came over the wire
 * @ret_sample: the quantities. One whose value does not fit 32 bits, is out of
 *	the valid range or the invalid marker, or whose validity flag is clear,
 *	is not present.
 */
void bacs_block_decode(const struct bacs_block *block, const u8 *registers,
		       struct bacs_sample *ret_sample)
{
	u32 flags = block_flags(block, registers);

	memset(ret_sample, 0, sizeof(*ret_sample));
	for (u8 i = 0; i < block->field_count; i++) {
		const struct bacs_field *field = &block->fields[i];

		if (field->valid_flag && !(flags & field->valid_flag))
			continue;
		if (!field_value(field, registers,
				 &ret_sample->value[field->quantity]))
			continue;
		ret_sample->present |= BIT(field->quantity);
	}
}
