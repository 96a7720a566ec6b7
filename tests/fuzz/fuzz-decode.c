// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers to quantities: any profile that passes its check reads any block
 * of registers without leaving it; any identification is refused or harmless
 *
 * Input: function, class, start (2), count, number of fields; for each field
 * quantity, options, register, multiplier, divisor and offset (4 each); the
 * rest are registers.
 */
#include <string.h>

#include "bacs_c.h"
#include "fuzz.h"
#include "profile.h"
#include "rtu.h"

#define HEAD	6
#define FIELD	15

static void read_field(struct bacs_field *field, const uint8_t *in)
{
	field->quantity = in[0];
	field->width = in[1] & 1 ? 32 : in[1] & 2 ? in[1] : 16;
	field->is_signed = in[1] & 4;
	field->low_word_first = in[1] & 8;
	field->reg = in[2];
	field->multiplier = (s32)rtu_get_u32(in + 3);
	field->divisor = (s32)rtu_get_u32(in + 7);
	field->offset = (s32)rtu_get_u32(in + 11);
}

static void decode_profile(const uint8_t *data, size_t size)
{
	struct bacs_profile profile = {
		.name = "fuzz", .class = data[1], .response_ms = 300,
		.block = { .function = data[0], .start = rtu_get_u16(data + 2),
			   .count = data[4], .field_count = data[5] },
	};
	struct bacs_sample sample;
	uint8_t *registers;
	size_t at = HEAD;

	for (unsigned int i = 0; i < BACS_PROFILE_FIELDS_MAX &&
	     i < profile.block.field_count && at + FIELD <= size; i++) {
		read_field(&profile.block.fields[i], data + at);
		at += FIELD;
	}
	if (bacs_profile_check(&profile))
		return;
	/* Exactly as long as the block, so that a sanitizer sees overruns */
	registers = calloc(profile.block.count, 2);
	MUST(registers);
	if (at < size)
		memcpy(registers, data + at, size - at <
		       2u * profile.block.count ? size - at :
		       2u * profile.block.count);
	bacs_block_decode(&profile.block, registers, &sample);
	MUST(!(sample.present & 1));
	MUST(!(sample.present >> (BACS_QUANTITY_MAX + 1)));
	for (unsigned int i = 0; i < profile.block.field_count; i++) {
		const struct bacs_field *f = &profile.block.fields[i];

		if (f->width == 16 && f->multiplier == 1 && f->divisor == 1 &&
		    !f->offset)
			MUST(bacs_sample_has(&sample, f->quantity));
	}
	free(registers);
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
