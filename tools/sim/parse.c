// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "parse.h"
#include "rtu.h"

/**
 * parse_fail() - say what is wrong
 * @e: where
 * @fmt: like printf
 *
 * Return: -EINVAL.
 */
int parse_fail(struct parse_error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	/* what was read is in it: nothing for a terminal to obey */
	for (char *c = e->text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	return -EINVAL;
}

/**
 * parse_s64() - a whole number, decimal or 0x hexadecimal
 * @name: what it is, for the error
 * @text: the number
 * @min: smallest
 * @max: largest
 * @ret: result
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int parse_s64(const char *name, const char *text, s64 min, s64 max,
	      s64 *ret, struct parse_error *e)
{
	const char *digits = text + (*text == '-');
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	char *end;
	s64 v;

	errno = 0;
	v = strtoll(text, &end, hex ? 16 : 10);
	if (!isdigit((unsigned char)*digits) || *end || errno ||
	    v < min || v > max)
		return parse_fail(e, "%s \"%.64s\": not a whole number %" PRId64
				  " to %" PRId64, name, text, min, max);
	*ret = v;
	return 0;
}

/* parse_u32() - like parse_s64() */
int parse_u32(const char *name, const char *text, u32 min, u32 max,
	      u32 *ret, struct parse_error *e)
{
	s64 v;
	int r = parse_s64(name, text, min, max, &v, e);

	if (r < 0)
		return r;
	*ret = (u32)v;
	return 0;
}

/* parse_u64() - like parse_s64(), any 64 bits */
int parse_u64(const char *name, const char *text, u64 *ret,
	      struct parse_error *e)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;
	u64 v;

	errno = 0;
	v = strtoull(text, &end, hex ? 16 : 10);
	if (!isdigit((unsigned char)*text) || *end || errno)
		return parse_fail(e, "%s \"%.64s\": not a whole number 0 to %"
				  PRIu64, name, text, U64_MAX);
	*ret = v;
	return 0;
}

/**
 * parse_decimal() - a number with a decimal point
 * @name: what it is, for the error
 * @text: the number
 * @min: smallest
 * @max: largest
 * @ret: result
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int parse_decimal(const char *name, const char *text, double min, double max,
		  double *ret, struct parse_error *e)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(text, &end);
	/* the comparison in this form refuses NaN, too */
	if (!*text || isspace((unsigned char)*text) || *end || errno ||
	    !(v >= min && v <= max))
		return parse_fail(e, "%s \"%.64s\": not a number %g to %g",
				  name, text, min, max);
	*ret = v;
	return 0;
}

/**
 * parse_bool() - yes or no
 * @name: what it is, for the error
 * @text: yes, no, true, false, on, off, 1 or 0
 * @ret: result
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int parse_bool(const char *name, const char *text, bool *ret,
	       struct parse_error *e)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1"
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(text, words[i])) {
			*ret = i & 1;
			return 0;
		}
	}
	return parse_fail(e, "%s \"%.64s\": not yes or no", name, text);
}

/**
 * parse_name() - a name that needs no quotes
 * @name: what it is, for the error
 * @text: letters, digits, - and _
 * @ret: result, room for PARSE_NAME_MAX + 1 bytes
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int parse_name(const char *name, const char *text, char *ret,
	       struct parse_error *e)
{
	size_t len = strlen(text);

	if (!len || len > PARSE_NAME_MAX ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != len)
		return parse_fail(e, "%s \"%.64s\": not 1 to %d letters, digits, - or _",
				  name, text, PARSE_NAME_MAX);
	memcpy(ret, text, len + 1);
	return 0;
}

/**
 * parse_addresses() - a set such as 1-64,70
 * @name: what it is, for the error
 * @text: addresses and ranges, separated by commas
 * @ret_set: PARSE_ADDRESS_BYTES bytes, bit (n % 8) of byte (n / 8) for n
 * @e: error
 *
 * Return: 0 or -EINVAL; then @ret_set is unchanged.
 */
int parse_addresses(const char *name, const char *text, u8 *ret_set,
		    struct parse_error *e)
{
	u8 set[PARSE_ADDRESS_BYTES] = { 0 };
	const char *p = text;

	do {
		unsigned long from = 0, to;
		char *end = (char *)p;

		if (isdigit((unsigned char)*p))
			from = strtoul(p, &end, 10);
		to = from;
		if (*end == '-' && isdigit((unsigned char)end[1]))
			to = strtoul(end + 1, &end, 10);
		if (from < 1 || to > RTU_ADDRESS_MAX || from > to ||
		    (*end && *end != ','))
			return parse_fail(e, "%s \"%.64s\": not addresses 1 to %d such as 1-64,70",
					  name, text, RTU_ADDRESS_MAX);
		for (; from <= to; from++)
			address_add(set, (u32)from);
		p = *end ? end + 1 : NULL;
	} while (p);
	memcpy(ret_set, set, sizeof(set));
	return 0;
}

/**
 * parse_split() - the words of a line
 * @line: line, cut into words
 * @words: the words, pointing into @line
 * @max: room in @words
 * @e: error
 *
 * Return: their number, or -EINVAL if there are more than @max.
 */
int parse_split(char *line, char **words, u32 max, struct parse_error *e)
{
	u32 n = 0;
	char *save = NULL;

	for (char *w = strtok_r(line, " \t\r\n", &save); w;
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == max)
			return parse_fail(e, "more than %u words", max);
		words[n++] = w;
	}
	return (int)n;
}
