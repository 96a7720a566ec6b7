/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One parser and one printer for each type of value in the configuration */
#ifndef BACSD_CONFIG_VALUE_H
#define BACSD_CONFIG_VALUE_H

#include "config.h"

/**
 * struct config_range - what a value may be
 * @min: smallest, in the unit of the field
 * @max: greatest; for texts the length in bytes
 */
struct config_range {
	int64_t min;
	int64_t max;
};

/**
 * struct config_type - a type of value
 * @parse: take @value into @field. On failure the reason is in @why, to be read
 *	after "Key=value ", and @field is as before. Negative errno or 0.
 * @format: print @field into @buffer; "" where it is unset
 */
struct config_type {
	int (*parse)(void *field, const char *value,
		     const struct config_range *range, char *why, size_t size);
	void (*format)(const void *field, char *buffer, size_t size);
};

extern const struct config_type config_type_text;	/* char[range.max + 1] */
extern const struct config_type config_type_word;	/* ... printable ASCII */
extern const struct config_type config_type_number;	/* uint32_t */
extern const struct config_type config_type_voltage;	/* int32_t, mV */
extern const struct config_type config_type_temp;	/* int32_t, m°C */
extern const struct config_type config_type_current;	/* int32_t, mA */
extern const struct config_type config_type_addresses;	/* config_addresses */
extern const struct config_type config_type_module;	/* config_module */

#endif
