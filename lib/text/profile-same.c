// SPDX-License-Identifier: LGPL-2.1-or-later
/* Does a profile file say what the driver has? */
#include <string.h>

#include "profile-text.h"

struct whole_field {
	enum bacs_q q;
	unsigned int block, reg, width, flags, every;
	int32_t multiplier, divisor, offset, min, max;
	bool has_invalid, has_range;
	uint32_t invalid;
	uint16_t valid_flag;
};

static struct whole_field whole_field(const struct bacs_profile *p,
				      unsigned int i)
{
	struct whole_field f = { 0 };

	bacs_profile_field(p, i, &f.q, &f.reg, &f.width, &f.flags,
			   &f.multiplier, &f.divisor, &f.offset);
	f.block = bacs_profile_field_block(p, i);
	f.every = bacs_profile_field_every(p, i);
	f.has_invalid = bacs_profile_field_invalid(p, i, &f.invalid);
	f.has_range = bacs_profile_field_range(p, i, &f.min, &f.max);
	f.valid_flag = bacs_profile_field_valid_flag(p, i);
	return f;
}

/* The driver gives the fields by block; each quantity is there once. */
static bool has_same_field(const struct bacs_profile *p,
			   const struct whole_field *a)
{
	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		const struct whole_field b = whole_field(p, i);

		if (a->q != b.q)
			continue;
		return a->block == b.block && a->reg == b.reg &&
		       a->width == b.width && a->flags == b.flags &&
		       a->every == b.every && a->multiplier == b.multiplier &&
		       a->divisor == b.divisor && a->offset == b.offset &&
		       a->has_invalid == b.has_invalid &&
		       (!a->has_invalid || a->invalid == b.invalid) &&
		       a->has_range == b.has_range &&
		       (!a->has_range ||
			(a->min == b.min && a->max == b.max)) &&
		       a->valid_flag == b.valid_flag;
	}
	return false;
}

static bool same_block(const struct bacs_profile *a,
		       const struct bacs_profile *b, unsigned int i)
{
	unsigned int f[2], start[2], count[2];

	return !bacs_profile_block(a, i, &f[0], &start[0], &count[0]) &&
	       !bacs_profile_block(b, i, &f[1], &start[1], &count[1]) &&
	       f[0] == f[1] && start[0] == start[1] && count[0] == count[1];
}

/**
 * profile_text_same - do two profiles say the same?
 * @a: a profile
 * @b: another, for example the one the driver has
 *
 * Return: true if so; the number of users and where it is from do not count
 */
bool profile_text_same(const struct bacs_profile *a,
		       const struct bacs_profile *b)
{
	if (strcmp(bacs_profile_name(a), bacs_profile_name(b)) ||
	    strcmp(bacs_profile_model(a), bacs_profile_model(b)) ||
	    bacs_profile_class(a) != bacs_profile_class(b) ||
	    bacs_profile_blocks(a) != bacs_profile_blocks(b) ||
	    bacs_profile_response_ms(a) != bacs_profile_response_ms(b) ||
	    bacs_profile_nominal_mv(a) != bacs_profile_nominal_mv(b) ||
	    bacs_profile_fields(a) != bacs_profile_fields(b))
		return false;
	for (unsigned int i = 0; i < bacs_profile_blocks(a); i++) {
		if (!same_block(a, b, i))
			return false;
	}
	for (unsigned int i = 0; i < bacs_profile_fields(a); i++) {
		const struct whole_field f = whole_field(a, i);

		if (!has_same_field(b, &f))
			return false;
	}
	return true;
}
