/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile as far as its text has been read
 *
 * profile-keys.c	the keys: what each may be, and where it goes
 * profile-text.c	files and sections: what belongs together, what is missing
 */
#ifndef BACS_PROFILE_INTERNAL_H
#define BACS_PROFILE_INTERNAL_H

#include "profile-text.h"

#include "decimal.h"

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

enum { PROFILE, BLOCK, FIELD, SECTIONS };

extern const struct section profile_sections[SECTIONS];

#endif
