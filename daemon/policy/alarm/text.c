// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that every reader takes: valid UTF-8, whatever was cut or given */
#include <string.h>

#include "policy/alarm/alarm.h"

/* How many bytes follow a first byte, -1: it is none */
static int following(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	return first >= 0xf0 && first <= 0xf4 ? 3 : -1;
}

/* Is it a character, and not written longer than it must be? */
static bool is_character(uint32_t c, int more)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

	return c >= least[more] && c <= 0x10ffff &&
	       (c < 0xd800 || c > 0xdfff) && (c < 0xfdd0 || c > 0xfdef) &&
	       (c & 0xfffe) != 0xfffe;
}

void alarm_trim(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s) {
		int i, more = following(*s);
		uint32_t c = more > 0 ? *s & (0x3f >> more) : *s;

		for (i = 1; i <= more && (s[i] & 0xc0) == 0x80; i++)
			c = c << 6 | (s[i] & 0x3f);
		if (more > 0 && i <= more && !s[i]) {
			/* cut short */
			*s = '\0';
			return;
		}
		if (more < 0 || i <= more || !is_character(c, more)) {
			*s++ = '?';
			continue;
		}
		s += more + 1;
	}
}
