/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Profiles as text files; the grammar is bacs-profile(5)
 */
#ifndef BACS_PROFILE_TEXT_H
#define BACS_PROFILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "bacs.h"
#include "ini.h"

/* Where a profile is looked for by name; the first one wins */
#define PROFILE_TEXT_DIRECTORIES \
	{ "/etc/bacs/profiles", "/usr/share/bacs/profiles" }
#define PROFILE_TEXT_SUFFIX	".profile"

int profile_text_parse(struct ini *ini, const char *text, size_t length,
		       struct bacs_profile **ret_profile);
int profile_text_read(struct ini *ini, const char *path,
		      struct bacs_profile **ret_profile);
int profile_text_find(const char *name, char *path, size_t size);
bool profile_text_same(const struct bacs_profile *a,
		       const struct bacs_profile *b);

#endif /* BACS_PROFILE_TEXT_H */
