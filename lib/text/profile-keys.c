// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keys of a profile: what each may be, in words where it is not */
#include "profile-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MODEL_MAX	31	/* BACS_LABEL_MAX of the driver */

static int parse_number(struct ini *ini, const char *key, const char *value,
			unsigned int min, unsigned int max, unsigned int *ret)
{
	unsigned long long number;
	bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *digits = hex ? value + 2 : value;

	if (!*digits || strlen(digits) > (hex ? 8 : 10) ||
	    strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") !=
	    strlen(digits))
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed is a number "
				"from %u to %u (0x for hexadecimal)", key,
				value, min, max);
	number = strtoull(digits, NULL, hex ? 16 : 10);
	if (number < min || number > max)
		return ini_fail(ini, ERANGE, "%s=%.40s: allowed is a number "
				"from %u to %u", key, value, min, max);
	*ret = (unsigned int)number;
	return 0;
}

static int parse_name(struct ini *ini, struct reading *reading,
		      const char *key, const char *value)
{
	if (bacs_profile_set_name(reading->profile, value) < 0)
		return ini_fail(ini, EINVAL, "%s=%.40s: a small letter and up "
				"to 30 small letters, digits or '-' are "
				"allowed", key, value);
	return 0;
}

static int parse_class(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	enum bacs_modclass modclass = bacs_modclass_by_name(value);

	if (modclass == BACS_MODCLASS_UNKNOWN ||
	    bacs_profile_set_class(reading->profile, modclass) < 0)
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed are jar, "
				"string, environment and io", key, value);
	return 0;
}

static int parse_model(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	if (strlen(value) > MODEL_MAX ||
	    bacs_profile_set_model(reading->profile, value) < 0)
		return ini_fail(ini, EINVAL, "%s=%.60s: at most %d printable "
				"ASCII characters are allowed", key, value,
				MODEL_MAX);
	return 0;
}

static int parse_function(struct ini *ini, struct reading *reading,
			  const char *key, const char *value)
{
	return parse_number(ini, key, value, 3, 4, &reading->block.function);
}

static int parse_start(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	reading->block.has_start = true;
	return parse_number(ini, key, value, 0, 65535, &reading->block.start);
}

static int parse_count(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	return parse_number(ini, key, value, 1, 125, &reading->block.count);
}

static int parse_response(struct ini *ini, struct reading *reading,
			  const char *key, const char *value)
{
	unsigned int ms = 0;
	int r;

	r = parse_number(ini, key, value, 5, 10000, &ms);
	if (r < 0)
		return r;
	return bacs_profile_set_response_ms(reading->profile, ms);
}

static int parse_nominal(struct ini *ini, struct reading *reading,
			 const char *key, const char *value)
{
	unsigned int mv = 0;
	int r;

	r = parse_number(ini, key, value, 0, 65535, &mv);
	if (r < 0)
		return r;
	return bacs_profile_set_nominal_mv(reading->profile, mv);
}

static int parse_quantity(struct ini *ini, struct reading *reading,
			  const char *key, const char *value)
{
	reading->field.q = bacs_q_by_name(value);
	if (reading->field.q == BACS_Q_UNKNOWN)
		return ini_fail(ini, EINVAL, "%s=%.40s: no such quantity; "
				"bacs-profile(5) lists them, e.g. voltage_mv",
				key, value);
	return 0;
}

static int parse_field_function(struct ini *ini, struct reading *reading,
				const char *key, const char *value)
{
	return parse_number(ini, key, value, 3, 4, &reading->field.function);
}

static int parse_every(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	return parse_number(ini, key, value, 1, BACS_PROFILE_EVERY,
			    &reading->field.every);
}

static int parse_invalid(struct ini *ini, struct reading *reading,
			 const char *key, const char *value)
{
	unsigned int raw = 0;
	int r;

	/* The width may stand below; finish_field() compares the two. */
	r = parse_number(ini, key, value, 0, UINT32_MAX, &raw);
	if (r < 0)
		return r;
	reading->field.invalid = raw;
	reading->field.has_invalid = true;
	return 0;
}

static int parse_valid_flag(struct ini *ini, struct reading *reading,
			    const char *key, const char *value)
{
	return parse_number(ini, key, value, 1, 0xFFFF,
			    &reading->field.valid_flag);
}

static int parse_register(struct ini *ini, struct reading *reading,
			  const char *key, const char *value)
{
	return parse_number(ini, key, value, 0, 65535, &reading->field.reg);
}

static int parse_width(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	if (!strcmp(value, "16"))
		reading->field.width = 16;
	else if (!strcmp(value, "32"))
		reading->field.width = 32;
	else
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed are 16 and 32 "
				"(bits)", key, value);
	return 0;
}

static int parse_signed(struct ini *ini, struct reading *reading,
			const char *key, const char *value)
{
	if (!strcasecmp(value, "yes"))
		reading->field.flags |= BACS_FIELD_SIGNED;
	else if (strcasecmp(value, "no"))
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed are yes (two's "
				"complement) and no", key, value);
	return 0;
}

static int parse_order(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	if (!strcmp(value, "low-first"))
		reading->field.flags |= BACS_FIELD_LOW_WORD_FIRST;
	else if (strcmp(value, "high-first"))
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed are high-first "
				"and low-first", key, value);
	return 0;
}

static int parse_decimal(struct ini *ini, const struct reading *reading,
			 const char *key, const char *value,
			 struct decimal *ret)
{
	if (reading->field.q == BACS_Q_UNKNOWN)
		return ini_fail(ini, EINVAL, "%s= must stand below Quantity=, "
				"which gives its unit", key);
	if (decimal_parse(value, reading->field.q, ret) < 0)
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed is a number "
				"like 0.01, 10 or 1/3 of at most 10 digits "
				"and a unit (%s) or none for %s", key, value,
				decimal_units(reading->field.q),
				bacs_q_name(reading->field.q));
	return 0;
}

static int parse_scale(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	struct decimal *scale = &reading->field.scale;
	int r;

	r = parse_decimal(ini, reading, key, value, scale);
	if (r < 0)
		return r;
	if (scale->numerator == 0)
		return ini_fail(ini, ERANGE, "%s=%.40s: must not be 0, or all "
				"readings would be the same; give what one "
				"count is, e.g. 0.01", key, value);
	if (scale->numerator > INT32_MAX ||
	    scale->numerator < -INT32_MAX || scale->denominator > INT32_MAX)
		return ini_fail(ini, ERANGE, "%s=%.40s: is %lld/%lld %s per "
				"count; both must fit 32 bits",
				key, value, (long long)scale->numerator,
				(long long)scale->denominator,
				bacs_q_name(reading->field.q));
	return 0;
}

/* A whole number in the unit of the quantity */
static int parse_whole(struct ini *ini, const struct reading *reading,
		       const char *key, const char *value, struct decimal *ret)
{
	int r;

	r = parse_decimal(ini, reading, key, value, ret);
	if (r < 0)
		return r;
	if (ret->denominator != 1 || ret->numerator > INT32_MAX ||
	    ret->numerator < -INT32_MAX)
		return ini_fail(ini, ERANGE, "%s=%.40s: must be a whole number "
				"within 32 bits in the unit of %s", key, value,
				bacs_q_name(reading->field.q));
	return 0;
}

static int parse_offset(struct ini *ini, struct reading *reading,
			const char *key, const char *value)
{
	return parse_whole(ini, reading, key, value, &reading->field.offset);
}

static int parse_min(struct ini *ini, struct reading *reading,
		     const char *key, const char *value)
{
	reading->field.has_min = true;
	return parse_whole(ini, reading, key, value, &reading->field.min);
}

static int parse_max(struct ini *ini, struct reading *reading,
		     const char *key, const char *value)
{
	reading->field.has_max = true;
	return parse_whole(ini, reading, key, value, &reading->field.max);
}

static const struct key profile_keys[] = {
	{ "Name", parse_name, true },
	{ "Class", parse_class, true },
	{ "Model", parse_model, false },
	{ "Function", parse_function, false },
	{ "Start", parse_start, false },
	{ "Count", parse_count, false },
	{ "ResponseMs", parse_response, false },
	{ "NominalMv", parse_nominal, false },
};

static const struct key block_keys[] = {
	{ "Function", parse_function, true },
	{ "Start", parse_start, true },
	{ "Count", parse_count, true },
};

static const struct key field_keys[] = {
	{ "Quantity", parse_quantity, true },
	{ "Function", parse_field_function, false },
	{ "Register", parse_register, true },
	{ "Width", parse_width, false },
	{ "Signed", parse_signed, false },
	{ "WordOrder", parse_order, false },
	{ "Scale", parse_scale, false },
	{ "Offset", parse_offset, false },
	{ "Min", parse_min, false },
	{ "Max", parse_max, false },
	{ "Invalid", parse_invalid, false },
	{ "ValidFlag", parse_valid_flag, false },
	{ "Every", parse_every, false },
};

#define SECTION(name, keys)	{ name, keys, sizeof(keys) / sizeof(keys[0]) }

const struct section profile_sections[SECTIONS] = {
	SECTION("Profile", profile_keys),
	SECTION("Block", block_keys),
	SECTION("Field", field_keys),
};
