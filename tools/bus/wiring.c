// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "wiring.h"

__attribute__((format(printf, 2, 3)))
static int refuse(char error[WIRING_ERROR], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, WIRING_ERROR, format, args);
	va_end(args);
	return -EINVAL;
}

static bool take_number(const char **text, unsigned int *ret)
{
	unsigned int n = 0;

	if (!isdigit((unsigned char)**text))
		return false;
	while (isdigit((unsigned char)**text)) {
		n = n * 10 + (unsigned int)(*(*text)++ - '0');
		if (n > 9999)
			n = 9999;
	}
	*ret = n;
	return true;
}

static int add(struct wiring *w, unsigned int address, bool *spur,
	       char error[WIRING_ERROR])
{
	if (address < 1 || address > WIRING_MODULES)
		return refuse(error, "address %u is not in 1-247", address);
	for (unsigned int i = 0; i < w->count; i++)
		if (w->address[i] == address)
			return refuse(error, "address %u stands there twice",
				      address);
	w->spur[w->count] = *spur;
	w->address[w->count++] = (uint8_t)address;
	*spur = false;
	return 0;
}

/* "7", "9-12" or, from the far end, "12-9" */
static int add_range(struct wiring *w, const char **text, bool *spur,
		     char error[WIRING_ERROR])
{
	unsigned int from, to;
	int r;

	if (!take_number(text, &from))
		return refuse(error, "\"%.16s\" is no address, range or S",
			      *text);
	to = from;
	if (**text == '-') {
		(*text)++;
		if (!take_number(text, &to))
			return refuse(error, "the range from %u has no end",
				      from);
	}
	for (;;) {
		r = add(w, from, spur, error);
		if (r < 0 || from == to)
			return r;
		from += from < to ? 1 : -1U;
	}
}

/**
 * wiring_parse() - read an order of modules
 * @text: addresses and ranges, nearest to the master first, with commas
 *	between; S begins another spur
 * @ret: result
 * @error: what is wrong, on failure
 *
 * Return: 0, -EINVAL.
 */
int wiring_parse(const char *text, struct wiring *ret, char error[WIRING_ERROR])
{
	bool spur = true;

	*ret = (struct wiring){ 0 };
	for (;;) {
		while (*text == ' ')
			text++;
		if (*text == 'S' || *text == 's') {
			spur = true;
			text++;
		} else {
			int r = add_range(ret, &text, &spur, error);

			if (r < 0)
				return r;
		}
		while (*text == ' ')
			text++;
		if (!*text)
			break;
		if (*text++ != ',')
			return refuse(error, "\"%.16s\" follows where a comma should",
				      text - 1);
	}
	if (!ret->count)
		return refuse(error, "there is no module in it");
	return 0;
}
