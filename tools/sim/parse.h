/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values from the command line, scenario files and the control socket */
#ifndef SIM_PARSE_H
#define SIM_PARSE_H

#include "pure.h"

#define PARSE_ADDRESS_BYTES	32
#define PARSE_NAME_MAX		32	/* characters of a name */

/**
 * struct parse_error - what is wrong, for a person
 * @text: names the thing, its value and the allowed range
 */
struct parse_error {
	char text[320];
};

int parse_fail(struct parse_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int parse_s64(const char *name, const char *text, s64 min, s64 max,
	      s64 *ret, struct parse_error *e);
int parse_u32(const char *name, const char *text, u32 min, u32 max,
	      u32 *ret, struct parse_error *e);
int parse_u64(const char *name, const char *text, u64 *ret,
	      struct parse_error *e);
int parse_decimal(const char *name, const char *text, double min, double max,
		  double *ret, struct parse_error *e);
int parse_bool(const char *name, const char *text, bool *ret,
	       struct parse_error *e);
int parse_name(const char *name, const char *text, char *ret,
	       struct parse_error *e);
int parse_addresses(const char *name, const char *text, u8 *ret_set,
		    struct parse_error *e);
int parse_split(char *line, char **words, u32 max, struct parse_error *e);

static inline bool address_in(const u8 *set, u32 address)
{
	return set[address / 8] >> address % 8 & 1;
}

static inline void address_add(u8 *set, u32 address)
{
	set[address / 8] |= (u8)(1 << address % 8);
}

#endif
