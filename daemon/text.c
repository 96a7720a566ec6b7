// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings: validity, distance, building */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "text.h"

/* Length of the valid UTF-8 sequence at s, 0 if there is none */
static size_t utf8_length(const unsigned char *s, size_t size)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if ((s[0] & 0xe0) == 0xc0)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if ((s[0] & 0xf8) == 0xf0)
		n = 4;
	else
		return 0;
	if (n > size)
		return 0;
	c = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

bool text_is_utf8(const char *s, size_t size)
{
	while (size) {
		size_t n = utf8_length((const unsigned char *)s, size);

		if (!n)
			return false;
		s += n;
		size -= n;
	}
	return true;
}

bool text_is_printable_ascii(const char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

void text_make_printable(char *s)
{
	size_t size = strlen(s);

	while (size) {
		size_t n = utf8_length((const unsigned char *)s, size);

		if (!n || (unsigned char)*s < 0x20 || *s == 0x7f) {
			*s = '?';
			n = 1;
		}
		s += n;
		size -= n;
	}
}

unsigned int text_distance(const char *a, const char *b)
{
	unsigned int row[65], i, j;
	size_t na = strlen(a), nb = strlen(b);

	if (na > 63 || nb > 63)
		return UINT32_MAX;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= nb; j++) {
			unsigned int above = row[j], best = diagonal;

			if (tolower((unsigned char)a[i - 1]) !=
			    tolower((unsigned char)b[j - 1]))
				best++;
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[nb];
}

void text_add(struct text *text, const char *format, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	s = n < 0 ? NULL : realloc(text->s, text->size + n + 1);
	if (!s) {
		text->failed = true;
		return;
	}
	va_start(ap, format);
	vsnprintf(s + text->size, n + 1, format, ap);
	va_end(ap);
	text->s = s;
	text->size += n;
}
