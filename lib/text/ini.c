// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ini.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * ini_fail - note why the text is refused
 * @ini: reader
 * @error: positive errno
 * @format: text without file and line
 *
 * Return: -@error, to be returned by the handler.
 */
int ini_fail(struct ini *ini, int error, const char *format, ...)
{
	va_list args;
	int n;

	if (ini->line)
		n = snprintf(ini->error, sizeof(ini->error), "%.200s:%u: ",
			     ini->file, ini->line);
	else
		n = snprintf(ini->error, sizeof(ini->error), "%.200s: ",
			     ini->file);
	va_start(args, format);
	vsnprintf(ini->error + n, sizeof(ini->error) - (size_t)n, format, args);
	va_end(args);
	return -error;
}

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return text;
}

static int check_characters(struct ini *ini, const char *line)
{
	for (const char *p = line; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c >= 0x20 && c < 0x7f) || c == '\t')
			continue;
		return ini_fail(ini, EINVAL, "byte 0x%02x in column %zu; only "
				"printable ASCII is allowed outside comments",
				c, (size_t)(p - line) + 1);
	}
	return 0;
}

static int parse_section(struct ini *ini, char *line,
			 const struct ini_handler *handler, void *user)
{
	char *close = strchr(line, ']');

	if (!close || close[1] != '\0')
		return ini_fail(ini, EINVAL, "'%.60s': a section is written "
				"[Name]", line);
	*close = '\0';
	return handler->section(ini, user, trim(line + 1));
}

static int parse_line(struct ini *ini, char *line, bool *section_seen,
		      const struct ini_handler *handler, void *user)
{
	char *equals;
	char *key;
	int r;

	line = trim(line);
	if (*line == '\0' || *line == '#' || *line == ';')
		return 0;
	r = check_characters(ini, line);
	if (r < 0)
		return r;
	if (*line == '[') {
		*section_seen = true;
		return parse_section(ini, line, handler, user);
	}
	equals = strchr(line, '=');
	if (!equals)
		return ini_fail(ini, EINVAL, "'%.60s': a setting is written "
				"Key=Value", line);
	*equals = '\0';
	key = trim(line);
	if (*key == '\0')
		return ini_fail(ini, EINVAL, "no key before '='");
	if (!*section_seen)
		return ini_fail(ini, EINVAL, "%.60s= stands before the first "
				"[Section]", key);
	return handler->key(ini, user, key, trim(equals + 1));
}

/**
 * ini_parse - read a whole text
 * @ini: reader; @ini->file is set by the caller
 * @text: the text, need not be zero terminated
 * @length: its bytes
 * @handler: called for sections and keys, in order
 * @user: passed to @handler
 *
 * Stops at the first thing that is refused.
 *
 * Return: 0, or a negative errno with @ini->error filled.
 */
int ini_parse(struct ini *ini, const char *text, size_t length,
	      const struct ini_handler *handler, void *user)
{
	const char *end = text + length;
	char line[INI_LINE_MAX + 1];
	bool section_seen = false;

	ini->line = 1;
	ini->error[0] = '\0';
	if (length >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		return ini_fail(ini, EINVAL, "a byte order mark (EF BB BF) "
				"stands before the text; save it as UTF-8 "
				"without one");
	ini->line = 0;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);
		int r;

		ini->line++;
		if (n > INI_LINE_MAX)
			return ini_fail(ini, E2BIG, "line of %zu bytes; at "
					"most %d are allowed", n,
					INI_LINE_MAX);
		if (memchr(text, '\0', n))
			return ini_fail(ini, EINVAL, "zero byte; this is not "
					"a text file");
		memcpy(line, text, n);
		line[n] = '\0';
		r = parse_line(ini, line, &section_seen, handler, user);
		if (r < 0)
			return r;
		text += n + (stop ? 1 : 0);
	}
	return 0;
}

static int read_all(struct ini *ini, int fd, char *text, size_t *length)
{
	*length = 0;
	for (;;) {
		/* One byte more than allowed tells a file that is too long. */
		ssize_t n = read(fd, text + *length,
				 INI_FILE_MAX + 1 - *length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ini_fail(ini, errno, "%s", strerror(errno));
		if (n == 0)
			return 0;
		*length += (size_t)n;
		if (*length > INI_FILE_MAX)
			return ini_fail(ini, EFBIG, "longer than the %d bytes "
					"allowed", INI_FILE_MAX);
	}
}

/**
 * ini_read_file - read a file into memory
 * @ini: gets file name and error
 * @path: file, borrowed by @ini
 * @ret_text: the text, owned by the caller; written on success only
 * @ret_length: its bytes, at most INI_FILE_MAX
 *
 * Return: 0, or a negative errno with @ini->error filled.
 */
int ini_read_file(struct ini *ini, const char *path, char **ret_text,
		  size_t *ret_length)
{
	struct stat st;
	size_t length;
	char *text;
	int fd;
	int r;

	ini->file = path;
	ini->line = 0;
	ini->error[0] = '\0';
	/* A pipe by mistake must not make us wait for its writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return ini_fail(ini, errno, "%s", strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return ini_fail(ini, EINVAL, "not a regular file");
	}
	text = malloc(INI_FILE_MAX + 1);
	if (!text) {
		close(fd);
		return ini_fail(ini, ENOMEM, "%s", strerror(ENOMEM));
	}
	r = read_all(ini, fd, text, &length);
	close(fd);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	*ret_length = length;
	return 0;
}
