// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "json.h"

static void put_string(struct json *j, const char *s)
{
	fputc('"', j->f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(j->f, "\\%c", c);
		else if (c < 0x20)
			fprintf(j->f, "\\u%04x", c);
		else
			fputc(c, j->f);
	}
	fputc('"', j->f);
}

/* What stands before a value: comma, line, key. @key is NULL in an array. */
static void lead(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->f);
	if (j->depth)
		fprintf(j->f, "\n%*s", (int)(2 * j->depth), "");
	if (key) {
		put_string(j, key);
		fputs(": ", j->f);
	}
	j->comma = true;
}

/**
 * json_open() - begin an object or an array
 * @j: writer
 * @key: its key, NULL in an array and at the top
 * @bracket: '{' or '['
 */
void json_open(struct json *j, const char *key, char bracket)
{
	lead(j, key);
	fputc(bracket, j->f);
	j->depth++;
	j->comma = false;
}

/**
 * json_close() - end it; the end of the outermost ends the line
 * @j: writer
 * @bracket: '}' or ']'
 */
void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->comma)
		fprintf(j->f, "\n%*s", (int)(2 * j->depth), "");
	fputc(bracket, j->f);
	j->comma = true;
	if (!j->depth) {
		fputc('\n', j->f);
		j->comma = false;
	}
}

void json_s64(struct json *j, const char *key, s64 v)
{
	lead(j, key);
	fprintf(j->f, "%" PRId64, v);
}

void json_u64(struct json *j, const char *key, u64 v)
{
	lead(j, key);
	fprintf(j->f, "%" PRIu64, v);
}

void json_fixed(struct json *j, const char *key, double v)
{
	lead(j, key);
	fprintf(j->f, "%.6f", v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	lead(j, key);
	fputs(v ? "true" : "false", j->f);
}

void json_string(struct json *j, const char *key, const char *v)
{
	lead(j, key);
	put_string(j, v);
}
