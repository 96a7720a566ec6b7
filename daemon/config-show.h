/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration as rows: every key that holds, and who says so */
#ifndef BACSD_CONFIG_SHOW_H
#define BACSD_CONFIG_SHOW_H

#include "config.h"

/**
 * struct config_row - one effective key
 * @section: "Limits"
 * @name: name of the section, "" = it has none
 * @key: name of the key
 * @value: as it is written in a file, "" = nothing
 * @unit: unit of @number, "" = it is no number
 * @number: in @unit; only where @has_number
 * @has_number: there is one
 * @per_cell: @number is millivolts per cell of 2 V
 * @is_default: nobody said it
 * @of_library: it stands in the file of a profile
 * @source: "default", "default (M4: 0.5 V at 12 V)", "FILE:LINE", "profile
 *	agm-12v, FILE:LINE"; with "[Limits] " before it where it is inherited
 */
struct config_row {
	const char *section;
	const char *name;
	const char *key;
	const char *value;
	const char *unit;
	int64_t number;
	bool has_number;
	bool per_cell;
	bool is_default;
	bool of_library;
	const char *source;
};

typedef void (*config_row_fn)(const struct config_row *row, void *userdata);

/**
 * config_show - every key of every section, effective
 * @config: configuration that was checked
 * @row: called for each, in the order of sections and keys
 * @userdata: for @row
 */
void config_show(const struct config *config, config_row_fn row,
		 void *userdata);

/**
 * config_show_limits - the limits of one module, effective
 * @config: configuration that was checked
 * @bus: its bus
 * @address: its address on it
 * @row: called for each limit, with @section and @name of the module
 * @userdata: for @row
 */
void config_show_limits(const struct config *config, const char *bus,
			unsigned int address, config_row_fn row,
			void *userdata);

#endif
