/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings: validity, distance, building */
#ifndef BACSD_TEXT_H
#define BACSD_TEXT_H

#include "util.h"

bool text_is_utf8(const char *s, size_t size);
bool text_is_printable_ascii(const char *s);

/* Replace control characters and broken UTF-8 by '?' */
void text_make_printable(char *s);

/**
 * text_distance - edits between two words, without regard to case
 * @a: one word
 * @b: the other
 *
 * Words longer than 63 characters are taken as endlessly far from any other.
 */
unsigned int text_distance(const char *a, const char *b);

/**
 * struct text - a string that grows
 * @s: the string, NULL as long as nothing was added; owned
 * @size: its length
 * @failed: an allocation failed, the string is not complete
 */
struct text {
	char *s;
	size_t size;
	bool failed;
};

void text_add(struct text *text, const char *format, ...) __printf(2, 3);

static inline void text_done(struct text *text)
{
	free(text->s);
	text->s = NULL;
}

#define _text_ __cleanup(text_done)

#endif
