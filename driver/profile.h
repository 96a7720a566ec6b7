/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Profile: which register of a module is which quantity
 */
#ifndef BACS_PROFILE_H
#define BACS_PROFILE_H

#ifdef __KERNEL__
#include <uapi/linux/bacs.h>
#else
#include <linux/bacs.h>
#endif
#include "pure.h"

/**
 * struct bacs_sample - the quantities of one reply
 * @present: bit n set = the value of enum bacs_quantity n is there and valid
 * @value: by enum bacs_quantity, in the unit of its name
 */
struct bacs_sample {
	u32 present;
	s32 value[BACS_QUANTITY_MAX + 1];
};

static inline bool bacs_sample_has(const struct bacs_sample *sample,
				   enum bacs_quantity quantity)
{
	return sample->present & BIT(quantity);
}

/**
 * struct bacs_field - one quantity in a block of registers
 * @quantity: enum bacs_quantity
 * @reg: register, counted from the block's start
 * @width: 16 or 32 bit
 * @is_signed: two's complement
 * @low_word_first: 32 bit only; else the high word comes first
 * @has_invalid: @invalid is meant
 * @has_range: @min and @max are meant
 * @every: it is enough to read it in every n-th scan; 0: like 1
 * @multiplier: not 0
 * @divisor: at least 1
 * @offset: in the unit of the quantity
 * @valid_flag: bits of the flags word in the same block, one of which must be
 *	set for the value to be valid; 0: always valid
 * @invalid: raw register value, of @width bits, by which the module says that
 *	it has no value
 * @min: a value below is not valid, in the unit of the quantity
 * @max: a value above is not valid
 *
 * value = raw * multiplier / divisor + offset, rounded towards zero
 */
struct bacs_field {
	u8 quantity;
	u8 width;
	bool is_signed;
	bool low_word_first;
	bool has_invalid;
	bool has_range;
	u8 every;
	u16 reg;
	u16 valid_flag;
	s32 multiplier;
	s32 divisor;
	s32 offset;
	u32 invalid;
	s32 min;
	s32 max;
};

/**
 * struct bacs_block - registers that one request reads
 * @function: 3 or 4
 * @start: first register
 * @count: 1-125
 * @field_count: used entries of @fields
 * @fields: what they mean
 */
struct bacs_block {
	u8 function;
	u8 field_count;
	u16 start;
	u16 count;
	struct bacs_field fields[BACS_PROFILE_FIELDS_MAX];
};

/**
 * struct bacs_profile - what the scan engine knows of a kind of module
 * @name: [a-z][a-z0-9-]{0,30}
 * @model: shown as the model of a module that cannot tell its own
 * @class: enum bacs_class
 * @response_ms: response time-out
 * @nominal_mv: 0 if not a battery
 * @block_count: used entries of @blocks
 * @blocks: what is read, in this order. Of one function they do not overlap,
 *	and each quantity is in one of them only.
 */
struct bacs_profile {
	char name[BACS_PROFILE_NAME_MAX + 1];
	char model[BACS_LABEL_MAX + 1];
	u8 class;
	u32 response_ms;
	u32 nominal_mv;
	u8 block_count;
	struct bacs_block blocks[BACS_PROFILE_BLOCKS_MAX];
};

bool bacs_name_ok(const char *name, size_t max, bool lower_dash);
const char *bacs_profile_check(const struct bacs_profile *profile);
void bacs_block_decode(const struct bacs_block *block, const u8 *registers,
		       struct bacs_sample *ret_sample);
u32 bacs_block_quantities(const struct bacs_block *block);
u32 bacs_profile_quantities(const struct bacs_profile *profile);
unsigned int bacs_block_every(const struct bacs_block *block);

/**
 * struct bacs_identity - what a module says it is
 * @class: enum bacs_class
 * @version: profile version, major << 8 | minor
 * @hardware: revision, major << 8 | minor
 * @firmware: revision, major << 8 | minor
 * @serial: 0 if it has none
 * @nominal_mv: 2000, 4000, 6000, 12000 or 0
 * @range_min_mv: measuring range
 * @range_max_mv: measuring range
 * @ri_max_uohm: measuring range
 * @bypass_ma: bypass current at 100 % duty
 * @model: printable ASCII, zero terminated
 */
struct bacs_identity {
	u8 class;
	u16 version;
	u16 hardware;
	u16 firmware;
	u64 serial;
	u32 nominal_mv;
	u32 range_min_mv;
	u32 range_max_mv;
	u32 ri_max_uohm;
	u32 bypass_ma;
	char model[BACS_LABEL_MAX + 2];
};

int bacs_c_identity_decode(const u8 *registers, struct bacs_identity *ret_id);
const struct bacs_block *bacs_c_block(u8 class);

#endif /* BACS_PROFILE_H */
