// SPDX-License-Identifier: LGPL-2.1-or-later
/* Profiles: which register is which quantity */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

BACS_EXPORT struct bacs_profile *bacs_profile_new(void)
{
	return calloc(1, sizeof(struct bacs_profile));
}

BACS_EXPORT struct bacs_profile *
bacs_profile_free(struct bacs_profile *profile)
{
	while (profile) {
		struct bacs_profile *next = profile->next;

		free(profile);
		profile = next;
	}
	return NULL;
}

BACS_EXPORT const struct bacs_profile *
bacs_profile_next(const struct bacs_profile *p)
{
	assert(p);
	return p->next;
}

bool profile_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len < 1 || len > BACS_PROFILE_NAME_MAX)
		return false;
	if (name[0] < 'a' || name[0] > 'z')
		return false;
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		      *p == '-'))
			return false;
	return true;
}

BACS_EXPORT int bacs_profile_set_name(struct bacs_profile *profile,
				      const char *name)
{
	assert(profile);
	assert(name);
	if (!profile_name_valid(name))
		return -EINVAL;
	strcpy(profile->name, name);
	return 0;
}

BACS_EXPORT int bacs_profile_set_class(struct bacs_profile *profile,
				       enum bacs_modclass modclass)
{
	assert(profile);
	if (modclass <= BACS_MODCLASS_UNKNOWN || modclass > BACS_MODCLASS_IO)
		return -EINVAL;
	profile->modclass = modclass;
	return 0;
}

BACS_EXPORT int bacs_profile_set_model(struct bacs_profile *profile,
				       const char *model)
{
	assert(profile);
	assert(model);
	if (strlen(model) > BACS_LABEL_MAX)
		return -EINVAL;
	for (const char *p = model; *p; p++)
		if (*p < ' ' || *p > '~')
			return -EINVAL;
	strcpy(profile->model, model);
	return 0;
}

BACS_EXPORT int bacs_profile_set_function(struct bacs_profile *profile,
					  unsigned int function)
{
	assert(profile);
	if (function != 3 && function != 4)
		return -ERANGE;
	profile->block[0].function = function;
	if (!profile->blocks && profile->block[0].count)
		profile->blocks = 1;
	return 0;
}

static bool block_valid(unsigned int start, unsigned int count)
{
	return start <= 65535 && count >= 1 &&
	       count <= BACS_PROFILE_REGISTERS_MAX && start + count <= 65536;
}

BACS_EXPORT int bacs_profile_set_block(struct bacs_profile *profile,
				       unsigned int start, unsigned int count)
{
	assert(profile);
	if (!block_valid(start, count))
		return -ERANGE;
	profile->block[0].start = start;
	profile->block[0].count = count;
	if (!profile->blocks && profile->block[0].function)
		profile->blocks = 1;
	return 0;
}

static bool overlap(const struct profile_block *a,
		    const struct profile_block *b)
{
	return a->function == b->function && a->start < b->start + b->count &&
	       b->start < a->start + a->count;
}

BACS_EXPORT int bacs_profile_add_block(struct bacs_profile *profile,
				       unsigned int function,
				       unsigned int start, unsigned int count)
{
	const struct profile_block block = { function, start, count };

	assert(profile);
	if ((function != 3 && function != 4) || !block_valid(start, count))
		return -ERANGE;
	for (unsigned int i = 0; i < profile->blocks; i++)
		if (overlap(&block, &profile->block[i]))
			return -EEXIST;
	if (profile->blocks == BACS_PROFILE_BLOCKS)
		return -ENOSPC;
	profile->block[profile->blocks] = block;
	return (int)profile->blocks++;
}

BACS_EXPORT int bacs_profile_set_response_ms(struct bacs_profile *profile,
					     unsigned int response_ms)
{
	assert(profile);
	if (response_ms < BACS_RESPONSE_MS_MIN ||
	    response_ms > BACS_RESPONSE_MS_MAX)
		return -ERANGE;
	profile->response_ms = response_ms;
	return 0;
}

BACS_EXPORT int bacs_profile_set_nominal_mv(struct bacs_profile *profile,
					    unsigned int nominal_mv)
{
	assert(profile);
	if (nominal_mv > 65535)
		return -ERANGE;
	profile->nominal_mv = nominal_mv;
	return 0;
}

BACS_EXPORT int bacs_profile_add_field(struct bacs_profile *profile,
				       enum bacs_q q, unsigned int reg,
				       unsigned int width, unsigned int flags,
				       int32_t multiplier, int32_t divisor,
				       int32_t offset)
{
	assert(profile);
	if (quantity_to_uapi(q) == BACS_QUANTITY_UNSPEC)
		return -EINVAL;
	if ((width != 16 && width != 32) || !multiplier ||
	    (flags & ~(BACS_FIELD_SIGNED | BACS_FIELD_LOW_WORD_FIRST)) ||
	    (width == 16 && (flags & BACS_FIELD_LOW_WORD_FIRST)))
		return -EINVAL;
	if (reg + width / 16 > BACS_PROFILE_REGISTERS_MAX || divisor < 1)
		return -ERANGE;
	for (unsigned int i = 0; i < profile->fields; i++)
		if (profile->field[i].q == q)
			return -EEXIST;
	if (profile->fields == ARRAY_SIZE(profile->field))
		return -ENOSPC;
	profile->field[profile->fields++] = (struct profile_field){
		.q = q, .reg = (uint16_t)reg, .width = (uint8_t)width,
		.every = 1, .flags = flags, .multiplier = multiplier, .divisor = divisor,
		.offset = offset,
	};
	return 0;
}

static struct profile_field *last_field(struct bacs_profile *profile)
{
	assert(profile);
	return profile->fields ? &profile->field[profile->fields - 1] : NULL;
}

BACS_EXPORT int bacs_profile_field_set_block(struct bacs_profile *profile,
					     unsigned int block)
{
	struct profile_field *f = last_field(profile);

	if (!f)
		return -ENOENT;
	if (block >= BACS_PROFILE_BLOCKS)
		return -ERANGE;
	f->block = (uint8_t)block;
	return 0;
}

BACS_EXPORT int bacs_profile_field_set_every(struct bacs_profile *profile,
					     unsigned int every)
{
	struct profile_field *f = last_field(profile);

	if (!f)
		return -ENOENT;
	if (every < 1 || every > BACS_PROFILE_EVERY)
		return -ERANGE;
	f->every = (uint8_t)every;
	return 0;
}

BACS_EXPORT int bacs_profile_field_set_invalid(struct bacs_profile *profile,
					       uint32_t raw)
{
	struct profile_field *f = last_field(profile);

	if (!f)
		return -ENOENT;
	if (f->width == 16 && raw > UINT16_MAX)
		return -ERANGE;
	f->has_invalid = true;
	f->invalid = raw;
	return 0;
}

BACS_EXPORT int bacs_profile_field_set_range(struct bacs_profile *profile,
					     int32_t min, int32_t max)
{
	struct profile_field *f = last_field(profile);

	if (!f)
		return -ENOENT;
	if (min > max)
		return -ERANGE;
	f->has_range = true;
	f->min = min;
	f->max = max;
	return 0;
}

BACS_EXPORT int bacs_profile_field_set_valid_flag(struct bacs_profile *profile,
						  uint16_t flag)
{
	struct profile_field *f = last_field(profile);

	if (!f)
		return -ENOENT;
	if (flag && f->q == BACS_Q_FLAGS)
		return -EINVAL;
	f->valid_flag = flag;
	return 0;
}

BACS_EXPORT const char *bacs_profile_name(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->name;
}

BACS_EXPORT enum bacs_modclass
bacs_profile_class(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->modclass;
}

BACS_EXPORT const char *bacs_profile_model(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->model;
}

BACS_EXPORT unsigned int
bacs_profile_function(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->block[0].function;
}

BACS_EXPORT unsigned int bacs_profile_start(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->block[0].start;
}

BACS_EXPORT unsigned int bacs_profile_count(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->block[0].count;
}

BACS_EXPORT unsigned int bacs_profile_blocks(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->blocks;
}

BACS_EXPORT unsigned int
bacs_profile_response_ms(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->response_ms;
}

BACS_EXPORT unsigned int
bacs_profile_nominal_mv(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->nominal_mv;
}

BACS_EXPORT unsigned int bacs_profile_users(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->users;
}

BACS_EXPORT bool bacs_profile_builtin(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->builtin;
}

BACS_EXPORT unsigned int
bacs_profile_fields(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->fields;
}

#define GIVE(pointer, value) \
	do { \
		if (pointer) \
			*(pointer) = (value); \
	} while (0)

BACS_EXPORT int bacs_profile_block(const struct bacs_profile *profile,
				   unsigned int index,
				   unsigned int *ret_function,
				   unsigned int *ret_start,
				   unsigned int *ret_count)
{
	const struct profile_block *block;

	assert(profile);
	if (index >= profile->blocks)
		return -ERANGE;
	block = &profile->block[index];
	GIVE(ret_function, block->function);
	GIVE(ret_start, block->start);
	GIVE(ret_count, block->count);
	return 0;
}

static const struct profile_field *field_at(const struct bacs_profile *profile,
					    unsigned int index)
{
	static const struct profile_field none = { .every = 1 };

	assert(profile);
	return index < profile->fields ? &profile->field[index] : &none;
}

BACS_EXPORT unsigned int
bacs_profile_field_block(const struct bacs_profile *profile, unsigned int index)
{
	return field_at(profile, index)->block;
}

BACS_EXPORT unsigned int
bacs_profile_field_every(const struct bacs_profile *profile, unsigned int index)
{
	return field_at(profile, index)->every;
}

BACS_EXPORT bool bacs_profile_field_invalid(const struct bacs_profile *profile,
					    unsigned int index,
					    uint32_t *ret_raw)
{
	const struct profile_field *f = field_at(profile, index);

	GIVE(ret_raw, f->invalid);
	return f->has_invalid;
}

BACS_EXPORT bool bacs_profile_field_range(const struct bacs_profile *profile,
					  unsigned int index, int32_t *ret_min,
					  int32_t *ret_max)
{
	const struct profile_field *f = field_at(profile, index);

	GIVE(ret_min, f->min);
	GIVE(ret_max, f->max);
	return f->has_range;
}

BACS_EXPORT uint16_t
bacs_profile_field_valid_flag(const struct bacs_profile *profile,
			      unsigned int index)
{
	return field_at(profile, index)->valid_flag;
}

BACS_EXPORT int bacs_profile_field(const struct bacs_profile *profile,
				   unsigned int index, enum bacs_q *ret_q,
				   unsigned int *ret_reg,
				   unsigned int *ret_width,
				   unsigned int *ret_flags,
				   int32_t *ret_multiplier,
				   int32_t *ret_divisor, int32_t *ret_offset)
{
	const struct profile_field *f;

	assert(profile);
	if (index >= profile->fields)
		return -ERANGE;
	f = &profile->field[index];
	GIVE(ret_q, f->q);
	GIVE(ret_reg, f->reg);
	GIVE(ret_width, f->width);
	GIVE(ret_flags, f->flags);
	GIVE(ret_multiplier, f->multiplier);
	GIVE(ret_divisor, f->divisor);
	GIVE(ret_offset, f->offset);
	return 0;
}

/* Registers of a field as a manual numbers them */
static unsigned int first_of(const struct bacs_profile *p,
			     const struct profile_field *f)
{
	return p->block[f->block].start + f->reg;
}

static unsigned int shared_register(const struct bacs_profile *p,
				    const struct profile_field *a,
				    const struct profile_field *b)
{
	unsigned int first = first_of(p, a);

	return first > first_of(p, b) ? first : first_of(p, b);
}

static bool fields_share(const struct profile_field *a,
			 const struct profile_field *b)
{
	return a->block == b->block && a->reg < b->reg + b->width / 16U &&
	       b->reg < a->reg + a->width / 16U;
}

static bool block_has_flags(const struct bacs_profile *p, unsigned int block)
{
	for (unsigned int i = 0; i < p->fields; i++)
		if (p->field[i].block == block && p->field[i].q == BACS_Q_FLAGS)
			return true;
	return false;
}

static int check_field(const struct bacs_profile *p, unsigned int index,
		       char *why, size_t size)
{
	const struct profile_field *f = &p->field[index];

	if (f->block >= p->blocks) {
		snprintf(why, size, "%s is in block %u; there are %u blocks",
			 bacs_q_name(f->q), f->block, p->blocks);
		return -EINVAL;
	}
	if (f->reg + f->width / 16U > p->block[f->block].count) {
		snprintf(why, size,
			 "%s at register %u (%u bit) lies outside the block of %u registers",
			 bacs_q_name(f->q), f->reg, f->width,
			 p->block[f->block].count);
		return -EINVAL;
	}
	if (f->valid_flag && !block_has_flags(p, f->block)) {
		snprintf(why, size,
			 "%s depends on a flag, but its block has no quantity flags",
			 bacs_q_name(f->q));
		return -EINVAL;
	}
	for (unsigned int i = 0; i < index; i++) {
		if (!fields_share(f, &p->field[i]))
			continue;
		snprintf(why, size,
			 "%s and %s share register %u; a register holds one quantity",
			 bacs_q_name(p->field[i].q), bacs_q_name(f->q),
			 shared_register(p, f, &p->field[i]));
		return -EINVAL;
	}
	return 0;
}

/* Every block is read for something, one of them in every scan. */
static int check_blocks(const struct bacs_profile *p, char *why, size_t size)
{
	unsigned int fastest = BACS_PROFILE_EVERY;
	bool used[BACS_PROFILE_BLOCKS] = { false };

	for (unsigned int i = 0; i < p->fields; i++) {
		used[p->field[i].block] = true;
		if (p->field[i].every < fastest)
			fastest = p->field[i].every;
	}
	for (unsigned int i = 0; i < p->blocks; i++) {
		if (used[i])
			continue;
		snprintf(why, size,
			 "nothing is measured in the block of function %u from register %u; remove it",
			 p->block[i].function, p->block[i].start);
		return -EINVAL;
	}
	if (fastest == 1)
		return 0;
	snprintf(why, size,
		 "no quantity is read in every scan; at least one must be");
	return -EINVAL;
}

BACS_EXPORT int bacs_profile_check(const struct bacs_profile *profile,
				   char *why, size_t size)
{
	int r;

	assert(profile);
	assert(why);
	if (!profile->name[0]) {
		snprintf(why, size, "the name is missing");
		return -EINVAL;
	}
	if (!profile->modclass) {
		snprintf(why, size,
			 "the class is missing: jar, string, environment or io");
		return -EINVAL;
	}
	if (!profile->block[0].function) {
		snprintf(why, size, "the function code is missing: 3 or 4");
		return -EINVAL;
	}
	if (!profile->block[0].count) {
		snprintf(why, size,
			 "the block is missing: first register and 1-125 registers");
		return -EINVAL;
	}
	if (!profile->fields) {
		snprintf(why, size, "no field: nothing would be measured");
		return -EINVAL;
	}
	for (unsigned int i = 0; i < profile->fields; i++) {
		r = check_field(profile, i, why, size);
		if (r < 0)
			return r;
	}
	return check_blocks(profile, why, size);
}
