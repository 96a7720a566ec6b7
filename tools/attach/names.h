/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names as include/uapi/linux/bacs.h allows them
 */
#ifndef BACS_ATTACH_NAMES_H
#define BACS_ATTACH_NAMES_H

#include <stdbool.h>
#include <string.h>

#include <linux/bacs.h>

/* The characters are listed: isalpha() would depend on the locale. */
#define NAMES_SMALL	"abcdefghijklmnopqrstuvwxyz"
#define NAMES_LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" NAMES_SMALL
#define NAMES_DIGITS	"0123456789"

static inline bool attach_bus_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= BACS_BUS_NAME_MAX &&
	       strchr(NAMES_LETTERS, name[0]) &&
	       strspn(name, NAMES_LETTERS NAMES_DIGITS) == n;
}

static inline bool attach_profile_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= BACS_PROFILE_NAME_MAX &&
	       strchr(NAMES_SMALL, name[0]) &&
	       strspn(name, NAMES_SMALL NAMES_DIGITS "-") == n;
}

#endif /* BACS_ATTACH_NAMES_H */
