/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reader of the grammar that all text files of bacs share
 *
 * Lines are "[Section]", "Key=Value", empty, or a comment that begins with
 * '#' or ';'. White space around keys and values does not count. There is no
 * quoting and no continuation. Text is printable ASCII and tabs; comments may
 * hold any UTF-8.
 */
#ifndef BACS_INI_H
#define BACS_INI_H

#include <stddef.h>

#define INI_LINE_MAX	511	/* bytes without the line's end */
#define INI_FILE_MAX	65536	/* bytes that ini_read_file() takes */

/**
 * struct ini - where the reader stands and what it refused
 * @file: name for messages, borrowed
 * @line: line being read, from 1
 * @error: "FILE:LINE: text" after a failure
 */
struct ini {
	const char *file;
	unsigned int line;
	char error[512];
};

/**
 * struct ini_handler - what the reader calls; both return 0 or ini_fail()
 * @section: "[name]" was read
 * @key: "key=value" was read; never before the first section
 */
struct ini_handler {
	int (*section)(struct ini *ini, void *user, const char *name);
	int (*key)(struct ini *ini, void *user, const char *key,
		   const char *value);
};

int ini_fail(struct ini *ini, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int ini_parse(struct ini *ini, const char *text, size_t length,
	      const struct ini_handler *handler, void *user);
int ini_read_file(struct ini *ini, const char *path, char **ret_text,
		  size_t *ret_length);

#endif /* BACS_INI_H */
