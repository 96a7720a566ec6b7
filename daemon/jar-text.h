/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of jars and calibrations as keys and texts, both ways */
#ifndef BACSD_JAR_TEXT_H
#define BACSD_JAR_TEXT_H

#include "store-jar.h"

/* Name of the n-th key an operator may set, or NULL behind the last */
const char *jar_key_name(size_t n);
const char *calibration_key_name(size_t n);

/* Its value as text */
void jar_key_get(const struct store_jar *jar, size_t n, char *value,
		 size_t size);
void calibration_key_get(const struct store_calibration *calibration, size_t n,
			 char *value, size_t size);

/**
 * jar_key_set - take a value
 * @jar: struct store_jar, changed only when the value is good
 * @key: name of the key
 * @value: text
 * @why: what is wrong with it and what may be
 * @size: size of that
 *
 * Return: 0 or -EINVAL. The other one does the same with a calibration.
 */
int jar_key_set(void *jar, const char *key, const char *value, char *why,
		size_t size);
int calibration_key_set(void *calibration, const char *key, const char *value,
			char *why, size_t size);

/* Does it correct anything? */
bool calibration_corrects(const struct store_calibration *calibration);

/* UTF-8 without control characters, at most so long */
bool jar_text_valid(const char *text, size_t longest);

#endif
