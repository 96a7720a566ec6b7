/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One parser and one printer for each type of value in the configuration */
#ifndef BACSD_CONFIG_VALUE_H
#define BACSD_CONFIG_VALUE_H

#include "config.h"

/**
 * struct config_range - what a value may be
 * @min: smallest, in the unit of the field
 * @max: greatest; for texts the length in bytes
 * @words: for choices: their words, NULL behind the last; value 0 has none
 * @none: "none" is allowed and means CONFIG_NONE
 */
struct config_range {
	int64_t min;
	int64_t max;
	const char *const *words;
	bool none;
};

/* A unit: its name, and how many of the field's own unit it is */
struct config_unit {
	const char *name;
	int32_t size;
};

/**
 * struct config_type - a type of value
 * @parse: take @value into @field. On failure the reason is in @why, to be read
 *	after "Key=value ", and @field is as before. Negative errno or 0.
 * @format: print @field into @buffer; "" where it is unset
 * @units: of quantities, which are int32_t; the first is that of a bare number
 * @largest: print in the largest unit that leaves no rest
 */
struct config_type {
	int (*parse)(const struct config_type *type, void *field,
		     const char *value, const struct config_range *range,
		     char *why, size_t size);
	void (*format)(const struct config_type *type, const void *field,
		       const struct config_range *range, char *buffer,
		       size_t size);
	const struct config_unit *units;
	bool largest;
};

extern const struct config_type config_type_text;	/* char[range.max + 1] */
extern const struct config_type config_type_word;	/* ... printable ASCII */
extern const struct config_type config_type_number;	/* uint32_t */
extern const struct config_type config_type_voltage;	/* int32_t, mV */
extern const struct config_type config_type_temp;	/* int32_t, m°C */
extern const struct config_type config_type_current;	/* int32_t, mA */
extern const struct config_type config_type_slope;	/* int32_t, µV/°C */
extern const struct config_type config_type_ratio;	/* int32_t, permille */
extern const struct config_type config_type_time;	/* int32_t, s */
extern const struct config_type config_type_charge;	/* int32_t, mAh */
extern const struct config_type config_type_resistance;	/* int32_t, µΩ */
extern const struct config_type config_type_choice;	/* uint32_t, by word */
extern const struct config_type config_type_addresses;	/* config_addresses */
extern const struct config_type config_type_wiring;	/* config_wiring */
extern const struct config_type config_type_output;	/* char[range.max + 1] */
extern const struct config_type config_type_room;	/* char[range.max + 1] */
extern const struct config_type config_type_module;	/* config_module */

#endif
