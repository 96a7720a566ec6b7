// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of profiles: sections, and what belongs together in them */
#include "profile-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESPONSE_MS_DEFAULT	300

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
	r = section == &profile_sections[PROFILE] ?
		finish_profile(ini, reading) :
	    section == &profile_sections[BLOCK] ? finish_block(ini, reading) :
		finish_field(ini, reading);
	ini->line = line;
	return r;
}

static int on_section(struct ini *ini, void *user, const char *name)
{
	const struct section *profile = &profile_sections[PROFILE];
	struct reading *reading = user;
	int r;

	r = finish_section(ini, reading);
	if (r < 0)
		return r;
	reading->section = NULL;
	for (size_t i = 0; i < SECTIONS; i++) {
		if (!strcmp(profile_sections[i].name, name))
			reading->section = &profile_sections[i];
	}
	if (!reading->section)
		return ini_fail(ini, EINVAL, "unknown section [%.40s]; allowed "
				"are [Profile], [Block] and [Field]", name);
	if (reading->section == profile && reading->profile_seen)
		return ini_fail(ini, EINVAL, "a second [Profile]; a file holds "
				"one");
	if (reading->section != profile && !reading->profile_seen)
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
