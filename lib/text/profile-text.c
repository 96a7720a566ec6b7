// SPDX-License-Identifier: LGPL-2.1-or-later
#include "profile-text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "decimal.h"

#define RESPONSE_MS_DEFAULT	300
#define MODEL_MAX		31	/* BACS_LABEL_MAX of the driver */

/* A [Field] section as far as it has been read */
struct field {
	unsigned int line;
	enum bacs_q q;
	unsigned int reg;
	unsigned int width;
	unsigned int flags;
	struct decimal scale;
	struct decimal offset;
};

/* A key of a section: parse @value into @reading */
struct reading;
struct key {
	const char *name;
	int (*parse)(struct ini *ini, struct reading *reading,
		     const char *key, const char *value);
	bool required;
};

struct section {
	const char *name;
	const struct key *keys;
	size_t count;
};

struct reading {
	struct bacs_profile *profile;
	const struct section *section;	/* being read; NULL: none yet */
	unsigned int section_line;
	unsigned int seen;		/* bit n: key n of the section */
	bool profile_seen;
	unsigned int start;
	unsigned int count;
	struct field field;
};

static int parse_number(struct ini *ini, const char *key, const char *value,
			unsigned int min, unsigned int max, unsigned int *ret)
{
	unsigned long number;
	bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *digits = hex ? value + 2 : value;

	if (!*digits || strlen(digits) > 8 ||
	    strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") !=
	    strlen(digits))
		return ini_fail(ini, EINVAL, "%s=%.40s: allowed is a number "
				"from %u to %u (0x for hexadecimal)", key,
				value, min, max);
	number = strtoul(digits, NULL, hex ? 16 : 10);
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
	unsigned int function;
	int r;

	r = parse_number(ini, key, value, 3, 4, &function);
	if (r < 0)
		return r;
	return bacs_profile_set_function(reading->profile, function);
}

static int parse_start(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	return parse_number(ini, key, value, 0, 65535, &reading->start);
}

static int parse_count(struct ini *ini, struct reading *reading,
		       const char *key, const char *value)
{
	return parse_number(ini, key, value, 1, 125, &reading->count);
}

static int parse_response(struct ini *ini, struct reading *reading,
			  const char *key, const char *value)
{
	unsigned int ms;
	int r;

	r = parse_number(ini, key, value, 5, 10000, &ms);
	if (r < 0)
		return r;
	return bacs_profile_set_response_ms(reading->profile, ms);
}

static int parse_nominal(struct ini *ini, struct reading *reading,
			 const char *key, const char *value)
{
	unsigned int mv;
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
	if (scale->numerator == 0 || scale->numerator > INT32_MAX ||
	    scale->numerator < -INT32_MAX || scale->denominator > INT32_MAX)
		return ini_fail(ini, ERANGE, "%s=%.40s: is %lld/%lld %s per "
				"count; both must fit 32 bits and not be 0",
				key, value, (long long)scale->numerator,
				(long long)scale->denominator,
				bacs_q_name(reading->field.q));
	return 0;
}

static int parse_offset(struct ini *ini, struct reading *reading,
			const char *key, const char *value)
{
	struct decimal *offset = &reading->field.offset;
	int r;

	r = parse_decimal(ini, reading, key, value, offset);
	if (r < 0)
		return r;
	if (offset->denominator != 1 || offset->numerator > INT32_MAX ||
	    offset->numerator < -INT32_MAX)
		return ini_fail(ini, ERANGE, "%s=%.40s: must be a whole number "
				"within 32 bits in the unit of %s", key, value,
				bacs_q_name(reading->field.q));
	return 0;
}

static const struct key profile_keys[] = {
	{ "Name", parse_name, true },
	{ "Class", parse_class, true },
	{ "Model", parse_model, false },
	{ "Function", parse_function, true },
	{ "Start", parse_start, true },
	{ "Count", parse_count, true },
	{ "ResponseMs", parse_response, false },
	{ "NominalMv", parse_nominal, false },
};

static const struct key field_keys[] = {
	{ "Quantity", parse_quantity, true },
	{ "Register", parse_register, true },
	{ "Width", parse_width, false },
	{ "Signed", parse_signed, false },
	{ "WordOrder", parse_order, false },
	{ "Scale", parse_scale, false },
	{ "Offset", parse_offset, false },
};

#define SECTION(name, keys)	{ name, keys, sizeof(keys) / sizeof(keys[0]) }

static const struct section sections[] = {
	SECTION("Profile", profile_keys),
	SECTION("Field", field_keys),
};

static int finish_profile(struct ini *ini, struct reading *reading)
{
	if (bacs_profile_set_block(reading->profile, reading->start,
				   reading->count) < 0)
		return ini_fail(ini, ERANGE, "Start=%u and Count=%u: the block "
				"ends beyond register 65535", reading->start,
				reading->count);
	return 0;
}

static int finish_field(struct ini *ini, struct reading *reading)
{
	const struct field *field = &reading->field;
	unsigned int end = reading->start + reading->count;
	int r;

	if (field->reg < reading->start || field->reg + field->width / 16 > end)
		return ini_fail(ini, ERANGE, "Register=%u (0x%x) of %u bits: "
				"the block has registers %u to %u", field->reg,
				field->reg, field->width, reading->start,
				end - 1);
	if (field->flags & BACS_FIELD_LOW_WORD_FIRST && field->width != 32)
		return ini_fail(ini, EINVAL, "WordOrder=low-first needs "
				"Width=32");
	r = bacs_profile_add_field(reading->profile, field->q,
				   field->reg - reading->start, field->width,
				   field->flags,
				   (int32_t)field->scale.numerator,
				   (int32_t)field->scale.denominator,
				   (int32_t)field->offset.numerator);
	if (r == -EEXIST)
		return ini_fail(ini, EEXIST, "Quantity=%s has a [Field] "
				"already", bacs_q_name(field->q));
	if (r == -ENOSPC)
		return ini_fail(ini, ENOSPC, "more than the %d [Field] "
				"sections allowed", BACS_PROFILE_FIELDS);
	if (r < 0)
		return ini_fail(ini, -r, "this [Field] is refused: %s",
				strerror(-r));
	return 0;
}

/* What a section lacks is an error of its head. */
static int finish_section(struct ini *ini, struct reading *reading)
{
	const struct section *section = reading->section;
	unsigned int line = ini->line;
	int r;

	if (!section)
		return 0;
	ini->line = reading->section_line;
	for (size_t i = 0; i < section->count; i++) {
		if (section->keys[i].required && !(reading->seen >> i & 1))
			return ini_fail(ini, EINVAL, "[%s] has no %s=",
					section->name, section->keys[i].name);
	}
	r = section == &sections[0] ? finish_profile(ini, reading) :
				      finish_field(ini, reading);
	ini->line = line;
	return r;
}

static int on_section(struct ini *ini, void *user, const char *name)
{
	struct reading *reading = user;
	int r;

	r = finish_section(ini, reading);
	if (r < 0)
		return r;
	reading->section = NULL;
	for (size_t i = 0; i < 2; i++) {
		if (!strcmp(sections[i].name, name))
			reading->section = &sections[i];
	}
	if (!reading->section)
		return ini_fail(ini, EINVAL, "unknown section [%.40s]; allowed "
				"are [Profile] and [Field]", name);
	if (reading->section == &sections[0] && reading->profile_seen)
		return ini_fail(ini, EINVAL, "a second [Profile]; a file holds "
				"one");
	if (reading->section == &sections[1] && !reading->profile_seen)
		return ini_fail(ini, EINVAL, "[Field] before [Profile]");
	reading->profile_seen = true;
	reading->section_line = ini->line;
	reading->seen = 0;
	reading->field = (struct field) {
		.line = ini->line,
		.width = 16,
		.scale = { 1, 1 },
		.offset = { 0, 1 },
	};
	return 0;
}

static int on_key(struct ini *ini, void *user, const char *key,
		  const char *value)
{
	struct reading *reading = user;
	const struct section *section = reading->section;

	for (size_t i = 0; i < section->count; i++) {
		if (strcmp(section->keys[i].name, key))
			continue;
		if (reading->seen >> i & 1)
			return ini_fail(ini, EINVAL, "%s= is given twice in "
					"this section", key);
		reading->seen |= 1U << i;
		return section->keys[i].parse(ini, reading, key, value);
	}
	return ini_fail(ini, EINVAL, "unknown key %.40s= in [%s]; "
			"bacs-profile(5) lists them", key, section->name);
}

static int finish_file(struct ini *ini, struct reading *reading)
{
	char why[160];
	int r;

	r = finish_section(ini, reading);
	if (r < 0)
		return r;
	ini->line = 0;
	if (!reading->profile_seen)
		return ini_fail(ini, EINVAL, "no [Profile] in this file");
	r = bacs_profile_check(reading->profile, why, sizeof(why));
	if (r < 0)
		return ini_fail(ini, -r, "%s", why);
	return 0;
}

/**
 * profile_text_parse - read a profile from text
 * @ini: names the file; filled with the error
 * @text: the text
 * @length: its bytes
 * @ret_profile: complete profile, bacs_profile_free() it; on success only
 *
 * Return: 0, or a negative errno with @ini->error filled
 */
int profile_text_parse(struct ini *ini, const char *text, size_t length,
		       struct bacs_profile **ret_profile)
{
	static const struct ini_handler handler = { on_section, on_key };
	struct reading reading = { .profile = bacs_profile_new() };
	int r;

	ini->line = 0;
	if (!reading.profile)
		return ini_fail(ini, ENOMEM, "%s", strerror(ENOMEM));
	r = bacs_profile_set_response_ms(reading.profile, RESPONSE_MS_DEFAULT);
	if (r == 0)
		r = ini_parse(ini, text, length, &handler, &reading);
	if (r == 0)
		r = finish_file(ini, &reading);
	if (r < 0) {
		bacs_profile_free(reading.profile);
		return r;
	}
	*ret_profile = reading.profile;
	return 0;
}

/**
 * profile_text_read - read a profile file
 * @ini: filled with file name, borrowed from @path, and the error
 * @path: of the file
 * @ret_profile: complete profile, bacs_profile_free() it; on success only
 *
 * Return: 0, or a negative errno with @ini->error filled
 */
int profile_text_read(struct ini *ini, const char *path,
		      struct bacs_profile **ret_profile)
{
	size_t length;
	char *text;
	int r;

	r = ini_read_file(ini, path, &text, &length);
	if (r < 0)
		return r;
	r = profile_text_parse(ini, text, length, ret_profile);
	free(text);
	return r;
}

/**
 * profile_text_find - the file of a profile's name
 * @name: of the profile
 * @path: result
 * @size: of @path
 *
 * Return: 0, -ENOENT, or -ENAMETOOLONG
 */
int profile_text_find(const char *name, char *path, size_t size)
{
	static const char *const directories[] = PROFILE_TEXT_DIRECTORIES;

	for (size_t i = 0; i < 2; i++) {
		int n = snprintf(path, size, "%s/%s%s", directories[i], name,
				 PROFILE_TEXT_SUFFIX);

		if (n < 0 || (size_t)n >= size)
			return -ENAMETOOLONG;
		if (access(path, F_OK) == 0)
			return 0;
	}
	return -ENOENT;
}

static bool same_field(const struct bacs_profile *a,
		       const struct bacs_profile *b, unsigned int i)
{
	struct {
		enum bacs_q q;
		unsigned int reg;
		unsigned int width;
		unsigned int flags;
		int32_t multiplier;
		int32_t divisor;
		int32_t offset;
	} f[2];
	const struct bacs_profile *both[2] = { a, b };

	for (int k = 0; k < 2; k++) {
		if (bacs_profile_field(both[k], i, &f[k].q, &f[k].reg,
				       &f[k].width, &f[k].flags,
				       &f[k].multiplier, &f[k].divisor,
				       &f[k].offset) < 0)
			return false;
	}
	return f[0].q == f[1].q && f[0].reg == f[1].reg &&
	       f[0].width == f[1].width && f[0].flags == f[1].flags &&
	       f[0].multiplier == f[1].multiplier &&
	       f[0].divisor == f[1].divisor && f[0].offset == f[1].offset;
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
	    bacs_profile_function(a) != bacs_profile_function(b) ||
	    bacs_profile_start(a) != bacs_profile_start(b) ||
	    bacs_profile_count(a) != bacs_profile_count(b) ||
	    bacs_profile_response_ms(a) != bacs_profile_response_ms(b) ||
	    bacs_profile_nominal_mv(a) != bacs_profile_nominal_mv(b) ||
	    bacs_profile_fields(a) != bacs_profile_fields(b))
		return false;
	for (unsigned int i = 0; i < bacs_profile_fields(a); i++) {
		if (!same_field(a, b, i))
			return false;
	}
	return true;
}
