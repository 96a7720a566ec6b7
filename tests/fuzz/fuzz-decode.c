// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers to quantities: any profile that passes its check reads any block
 * of registers without leaving it; any identification is refused or harmless
 *
 * Input: function, class, start (2), count, number of fields; for each field
 * quantity, options, register, multiplier, divisor and offset (4 each); the
 * rest are registers. A field's options put it into the first or the second
 * block, which follows the first, and say when it is valid.
 */
#include <string.h>

#include "bacs_c.h"
#include "fuzz.h"
#include "profile.h"
#include "rtu.h"

#define HEAD	6
#define FIELD	15

static void read_field(struct bacs_profile *profile, const uint8_t *in)
{
	struct bacs_block *block = &profile->blocks[in[1] >> 4 & 1];
	struct bacs_field *field = &block->fields[block->field_count++];

	if (block != &profile->blocks[0])
		profile->block_count = 2;
	field->quantity = in[0];
	field->width = in[1] & 1 ? 32 : in[1] & 2 ? in[1] : 16;
	field->is_signed = in[1] & 4;
	field->low_word_first = in[1] & 8;
	field->reg = in[2];
	field->multiplier = (s32)rtu_get_u32(in + 3);
	field->divisor = (s32)rtu_get_u32(in + 7);
	field->offset = (s32)rtu_get_u32(in + 11);
	field->every = in[1] & 3;
	field->has_invalid = in[1] & 0x20;
	field->invalid = rtu_get_u32(in + 3);
	field->has_range = in[1] & 0x40;
	field->min = field->divisor;
	field->max = field->offset;
	field->valid_flag = in[1] & 0x80 ? rtu_get_u16(in + 9) : 0;
}

static void decode_block(const struct bacs_block *block, const uint8_t *data,
			 size_t size)
{
	/* Exactly as long as the block, so that a sanitizer sees overruns */
	uint8_t *registers = calloc(block->count, 2);
	struct bacs_sample sample;

	MUST(registers);
	if (size)
		memcpy(registers, data, size < 2u * block->count ? size :
		       2u * block->count);
	bacs_block_decode(block, registers, &sample);
	MUST(!(sample.present & 1));
	MUST(!(sample.present & ~bacs_block_quantities(block)));
	MUST(bacs_block_every(block) >= 1);
	for (unsigned int i = 0; i < block->field_count; i++) {
		const struct bacs_field *f = &block->fields[i];
		bool has = bacs_sample_has(&sample, f->quantity);

		if (f->width == 16 && f->multiplier == 1 && f->divisor == 1 &&
		    !f->offset && !f->has_invalid && !f->has_range &&
		    !f->valid_flag)
			MUST(has);
		if (has && f->has_range)
			MUST(sample.value[f->quantity] >= f->min &&
			     sample.value[f->quantity] <= f->max);
	}
	free(registers);
}

static void decode_profile(const uint8_t *data, size_t size)
{
	struct bacs_profile profile = {
		.name = "fuzz", .class = data[1], .response_ms = 300,
		.block_count = 1,
		.blocks = { { .function = data[0], .count = data[4],
			      .start = rtu_get_u16(data + 2) },
			    { .function = data[0], .count = data[4],
			      .start = rtu_get_u16(data + 2) + data[4] } },
	};
	size_t at = HEAD;

	for (unsigned int i = 0; i < BACS_PROFILE_FIELDS_MAX && i < data[5] &&
	     at + FIELD <= size; i++) {
		read_field(&profile, data + at);
		at += FIELD;
	}
	if (bacs_profile_check(&profile))
		return;
	for (unsigned int b = 0; b < profile.block_count; b++)
		decode_block(&profile.blocks[b], data + at, size - at);
}

static void decode_bacs_c(const uint8_t *data, size_t size)
{
	uint8_t *registers = calloc(BACS_C_IDENT_REGISTERS, 2);
	struct bacs_identity id;
	struct bacs_sample sample;

	MUST(registers);
	memcpy(registers, data, size < 2 * BACS_C_IDENT_REGISTERS ? size :
	       2 * BACS_C_IDENT_REGISTERS);
	if (!bacs_c_identity_decode(registers, &id)) {
		MUST(bacs_c_block(id.class));
		MUST(memchr(id.model, 0, sizeof(id.model)));
		for (const char *c = id.model; *c; c++)
			MUST(*c >= ' ' && *c <= '~');
	}
	for (u8 class = BACS_CLASS_JAR; class <= BACS_CLASS_IO; class++) {
		const struct bacs_block *block = bacs_c_block(class);
		uint8_t *live = malloc(2 * (size_t)block->count);

		MUST(live);
		memcpy(live, registers, 2 * (size_t)block->count);
		bacs_block_decode(block, live, &sample);
		MUST(bacs_sample_has(&sample, BACS_QUANTITY_FLAGS));
		free(live);
	}
	free(registers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	decode_profile(data, size);
	decode_bacs_c(data, size);
	return 0;
}
