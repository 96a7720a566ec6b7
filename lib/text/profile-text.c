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

/* A [Block] section, or the block of [Profile] */
struct block {
	unsigned int function;	/* 0: not given */
	unsigned int start;
	unsigned int count;	/* 0: not given */
	bool has_start;
};

/* A [Field] section as far as it has been read */
struct field {
	enum bacs_q q;
	unsigned int function;	/* 0: of whichever block has the register */
	unsigned int reg;
	unsigned int width;
	unsigned int flags;
	unsigned int every;
	unsigned int valid_flag;
	bool has_invalid;
	bool has_min;
	bool has_max;
	uint32_t invalid;
	struct decimal scale;
	struct decimal offset;
	struct decimal min;
	struct decimal max;
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
	struct block block;
	struct field field;
	unsigned int block_line[BACS_PROFILE_BLOCKS];
	unsigned int field_line[BACS_PROFILE_FIELDS];
};

static int parse_number(struct ini *ini, const char *key, const char *value,
			unsigned int min, unsigned int max, unsigned int *ret)
{
	unsigned long number;
	bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *digits = hex ? value + 2 : value;

	if (!*digits || strlen(digits) > (hex ? 8 : 10) ||
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

static const struct section sections[] = {
	SECTION("Profile", profile_keys),
	SECTION("Block", block_keys),
	SECTION("Field", field_keys),
};

enum { PROFILE, BLOCK, FIELD, SECTIONS };

static const char *registers_of(unsigned int function)
{
	return function == 3 ? "holding" : "input";
}

static int finish_block(struct ini *ini, struct reading *reading)
{
	const struct block *b = &reading->block;
	unsigned int function, start, count;
	int r;

	r = bacs_profile_add_block(reading->profile, b->function, b->start,
				   b->count);
	if (r >= 0) {
		reading->block_line[r] = ini->line;
		return 0;
	}
	if (r == -ENOSPC)
		return ini_fail(ini, ENOSPC, "more than the %d blocks allowed",
				BACS_PROFILE_BLOCKS);
	if (r == -ERANGE)
		return ini_fail(ini, ERANGE, "Start=%u and Count=%u: the block "
				"ends beyond register 65535; a smaller Count= "
				"does not", b->start, b->count);
	for (unsigned int i = 0; r == -EEXIST; i++) {
		if (bacs_profile_block(reading->profile, i, &function, &start,
				       &count) < 0)
			break;
		if (function == b->function && start < b->start + b->count &&
		    b->start < start + count)
			return ini_fail(ini, EEXIST, "Start=%u and Count=%u: "
					"overlaps the block of line %u, %s "
					"registers %u to %u; make one block of "
					"the two or move this one", b->start,
					b->count, reading->block_line[i],
					registers_of(function), start,
					start + count - 1);
	}
	return ini_fail(ini, -r, "this block is refused: %s", strerror(-r));
}

/* A profile of one block has it in [Profile] itself. */
static int finish_profile(struct ini *ini, struct reading *reading)
{
	const struct block *b = &reading->block;

	if (!b->function && !b->has_start && !b->count)
		return 0;
	if (!b->function || !b->has_start || !b->count)
		return ini_fail(ini, EINVAL, "[Profile] has no %s=; a block "
				"takes Function=, Start= and Count=, all here "
				"or all in a [Block]", !b->function ?
				"Function" : !b->has_start ? "Start" : "Count");
	return finish_block(ini, reading);
}

/* What the field is looked for in: "holding registers 0 to 9, input ..." */
static void name_blocks(const struct reading *reading, char *text, size_t size)
{
	unsigned int function, start, count;
	size_t at = 0;

	snprintf(text, size, "none yet");
	for (unsigned int i = 0; at < size &&
	     !bacs_profile_block(reading->profile, i, &function, &start,
				 &count); i++)
		at += (size_t)snprintf(text + at, size - at,
				       "%s%s registers %u to %u", i ? ", " : "",
				       registers_of(function), start,
				       start + count - 1);
}

/* Number of the block that the field lies in, or an error that is told */
static int find_block(struct ini *ini, const struct reading *reading,
		      unsigned int *ret_start)
{
	const struct field *f = &reading->field;
	unsigned int function, start, count;
	char blocks[320];
	int found = -1;

	for (unsigned int i = 0; !bacs_profile_block(reading->profile, i,
						     &function, &start,
						     &count); i++) {
		if ((f->function && f->function != function) ||
		    f->reg < start || f->reg + f->width / 16 > start + count)
			continue;
		if (found >= 0)
			return ini_fail(ini, EINVAL, "Register=%u is in a block "
					"of holding and in one of input "
					"registers; add Function=3 or "
					"Function=4", f->reg);
		found = (int)i;
		*ret_start = start;
	}
	if (found >= 0)
		return found;
	name_blocks(reading, blocks, sizeof(blocks));
	return ini_fail(ini, ERANGE, "Register=%u (0x%x) of %u bits lies in no "
			"block; the blocks above have %s", f->reg, f->reg,
			f->width, blocks);
}

/* A quantity, or a register of the block, that an earlier field has */
static int check_taken(struct ini *ini, const struct reading *reading,
		       unsigned int block, unsigned int start)
{
	const struct field *f = &reading->field;
	unsigned int reg, width;
	enum bacs_q q;

	for (unsigned int i = 0; i < bacs_profile_fields(reading->profile);
	     i++) {
		bacs_profile_field(reading->profile, i, &q, &reg, &width, NULL,
				   NULL, NULL, NULL);
		if (q == f->q)
			return ini_fail(ini, EEXIST, "Quantity=%s has a [Field] "
					"already, in line %u; each stands once",
					bacs_q_name(q), reading->field_line[i]);
		if (bacs_profile_field_block(reading->profile, i) != block)
			continue;
		reg += start;
		if (f->reg >= reg + width / 16 || reg >= f->reg + f->width / 16)
			continue;
		return ini_fail(ini, EEXIST, "Register=%u of %u bits: %s of "
				"line %u has register %u already, and a "
				"register holds one quantity", f->reg, f->width,
				bacs_q_name(q), reading->field_line[i],
				f->reg > reg ? f->reg : reg);
	}
	return 0;
}

static int check_field(struct ini *ini, const struct field *f)
{
	if (f->flags & BACS_FIELD_LOW_WORD_FIRST && f->width != 32)
		return ini_fail(ini, EINVAL, "WordOrder=low-first needs "
				"Width=32");
	if (f->has_invalid && f->width == 16 && f->invalid > 0xFFFF)
		return ini_fail(ini, ERANGE, "Invalid=%lu (0x%lx): a register "
				"of 16 bits holds 0 to 65535; negative ones "
				"as they stand on the wire, e.g. 0x8000",
				(unsigned long)f->invalid,
				(unsigned long)f->invalid);
	if (f->has_min && f->has_max && f->min.numerator > f->max.numerator)
		return ini_fail(ini, ERANGE, "Min= is %lld and Max= is %lld %s: "
				"no value would be valid; exchange them",
				(long long)f->min.numerator,
				(long long)f->max.numerator, bacs_q_name(f->q));
	if (f->valid_flag && f->q == BACS_Q_FLAGS)
		return ini_fail(ini, EINVAL, "ValidFlag= of the quantity flags: "
				"the flags cannot depend on themselves");
	return 0;
}

/* What goes beyond register and scale */
static int set_validity(struct bacs_profile *p, const struct field *f,
			unsigned int block)
{
	int r;

	r = bacs_profile_field_set_block(p, block);
	if (r == 0)
		r = bacs_profile_field_set_every(p, f->every);
	if (r == 0)
		r = bacs_profile_field_set_valid_flag(p,
						      (uint16_t)f->valid_flag);
	if (r == 0 && f->has_invalid)
		r = bacs_profile_field_set_invalid(p, f->invalid);
	if (r == 0 && (f->has_min || f->has_max))
		r = bacs_profile_field_set_range(p,
			f->has_min ? (int32_t)f->min.numerator : INT32_MIN,
			f->has_max ? (int32_t)f->max.numerator : INT32_MAX);
	return r;
}

static int finish_field(struct ini *ini, struct reading *reading)
{
	const struct field *field = &reading->field;
	unsigned int start = 0;
	int r, block;

	r = check_field(ini, field);
	if (r < 0)
		return r;
	block = find_block(ini, reading, &start);
	if (block < 0)
		return block;
	r = check_taken(ini, reading, (unsigned int)block, start);
	if (r < 0)
		return r;
	r = bacs_profile_add_field(reading->profile, field->q,
				   field->reg - start, field->width,
				   field->flags,
				   (int32_t)field->scale.numerator,
				   (int32_t)field->scale.denominator,
				   (int32_t)field->offset.numerator);
	if (r == -ENOSPC)
		return ini_fail(ini, ENOSPC, "more than the %d [Field] "
				"sections allowed", BACS_PROFILE_FIELDS);
	if (r == 0) {
		reading->field_line[bacs_profile_fields(reading->profile) - 1] =
			ini->line;
		r = set_validity(reading->profile, field, (unsigned int)block);
	}
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
	r = section == &sections[PROFILE] ? finish_profile(ini, reading) :
	    section == &sections[BLOCK] ? finish_block(ini, reading) :
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
	for (size_t i = 0; i < SECTIONS; i++) {
		if (!strcmp(sections[i].name, name))
			reading->section = &sections[i];
	}
	if (!reading->section)
		return ini_fail(ini, EINVAL, "unknown section [%.40s]; allowed "
				"are [Profile], [Block] and [Field]", name);
	if (reading->section == &sections[PROFILE] && reading->profile_seen)
		return ini_fail(ini, EINVAL, "a second [Profile]; a file holds "
				"one");
	if (reading->section != &sections[PROFILE] && !reading->profile_seen)
		return ini_fail(ini, EINVAL, "[%s] before [Profile]",
				reading->section->name);
	reading->profile_seen = true;
	reading->section_line = ini->line;
	reading->seen = 0;
	reading->block = (struct block) { 0 };
	reading->field = (struct field) {
		.width = 16,
		.every = 1,
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

static bool block_measures(const struct bacs_profile *p, unsigned int block,
			   enum bacs_q only)
{
	enum bacs_q q;

	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		bacs_profile_field(p, i, &q, NULL, NULL, NULL, NULL, NULL,
				   NULL);
		if (bacs_profile_field_block(p, i) == block &&
		    (only == BACS_Q_UNKNOWN || q == only))
			return true;
	}
	return false;
}

/* What only the whole file shows, told by the line it is about */
static int check_whole(struct ini *ini, const struct reading *reading)
{
	const struct bacs_profile *p = reading->profile;

	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		ini->line = reading->field_line[i];
		if (bacs_profile_field_valid_flag(p, i) &&
		    !block_measures(p, bacs_profile_field_block(p, i),
				    BACS_Q_FLAGS))
			return ini_fail(ini, EINVAL, "ValidFlag=0x%04x: its "
					"block has no [Field] with "
					"Quantity=flags; add one",
					bacs_profile_field_valid_flag(p, i));
	}
	for (unsigned int i = 0; bacs_profile_fields(p) &&
	     i < bacs_profile_blocks(p); i++) {
		ini->line = reading->block_line[i];
		if (!block_measures(p, i, BACS_Q_UNKNOWN))
			return ini_fail(ini, EINVAL, "no [Field] lies in this "
					"block; remove it");
	}
	ini->line = 0;
	return 0;
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
	if (!bacs_profile_blocks(reading->profile))
		return ini_fail(ini, EINVAL, "no block; add Function=, Start= "
				"and Count= to [Profile] or in a [Block]");
	r = check_whole(ini, reading);
	if (r < 0)
		return r;
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
