/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of the configuration: sections, Key=Value lines, comments and
 * continued lines as systemd reads them. Knows no key.
 */
#ifndef BACSD_CONFIG_FILE_H
#define BACSD_CONFIG_FILE_H

#include "util.h"

#define CONFIG_LINE_MAX		2048	/* bytes, continuations included */
#define CONFIG_FILE_MAX		(1024 * 1024)
#define CONFIG_ERROR_MAX	384

/**
 * struct config_error - why a configuration is refused
 * @file: path of the file, or "" where no file is to blame
 * @line: line in it, from 1; 0 = the whole file
 * @text: the thing, its value, the allowed range, the nearest name
 */
struct config_error {
	char file[256];
	unsigned int line;
	char text[CONFIG_ERROR_MAX];
};

/**
 * struct config_errors - errors of one reading
 * @first: the first one
 * @count: how many there were
 * @report: called for each, or NULL
 * @userdata: for @report
 */
struct config_errors {
	struct config_error first;
	unsigned int count;
	void (*report)(const struct config_error *error, void *userdata);
	void *userdata;
};

void config_error_add(struct config_errors *errors, const char *file,
		      unsigned int line, const char *format, ...)
	__printf(4, 5);

/**
 * struct config_reader - who takes what the grammar finds
 * @section: a section header; @name is "" when it has none. Negative: the keys
 *	of the section are skipped (the reader has reported why).
 * @key: one assignment of the section that @section accepted
 */
struct config_reader {
	int (*section)(void *userdata, const char *section, const char *name,
		       unsigned int line);
	void (*key)(void *userdata, const char *key, const char *value,
		    unsigned int line);
};

/**
 * config_file_parse - read text in the configuration's grammar
 * @file: its name, for messages
 * @text: the bytes, not necessarily terminated
 * @size: their number
 * @reader: where sections and keys go
 * @userdata: for @reader
 * @errors: collects what is wrong
 */
void config_file_parse(const char *file, const char *text, size_t size,
		       const struct config_reader *reader, void *userdata,
		       struct config_errors *errors);

#endif
