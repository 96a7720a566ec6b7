// SPDX-License-Identifier: GPL-2.0-or-later
/* A writer of JSON: knows commas, indentation and escapes */
#include <inttypes.h>

#include "bacsctl.h"

static void newline(struct json *json)
{
	if (!json->pretty)
		return;
	fputc('\n', json->out);
	for (unsigned int i = 0; i < json->depth; i++)
		fputs("  ", json->out);
}

/*
 * Bytes of the character at @s, or 0 if it is not UTF-8 (RFC 3629: no longer
 * than needed, no surrogate, at most U+10FFFF), as the name of a file may be
 */
static size_t character(const char *s)
{
	static const struct {
		uint32_t first, lead, mask;
	} sizes[] = {
		{ 0x80, 0xc0, 0x1f }, { 0x800, 0xe0, 0x0f },
		{ 0x10000, 0xf0, 0x07 },
	};
	unsigned char c = (unsigned char)*s;

	if (c < 0x80)
		return 1;
	for (size_t n = 0; n < ARRAY_SIZE(sizes); n++) {
		uint32_t code = c & sizes[n].mask;

		if ((c & ~sizes[n].mask) != sizes[n].lead)
			continue;
		for (size_t i = 1; i <= n + 1; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (s[i] & 0x3f);
		}
		return code < sizes[n].first || code > 0x10ffff ||
		       (code >= 0xd800 && code < 0xe000) ? 0 : n + 2;
	}
	return 0;
}

static void string(struct json *json, const char *s)
{
	fputc('"', json->out);
	for (size_t n; *s; s += n ? n : 1) {
		unsigned char c = (unsigned char)*s;

		n = character(s);
		if (!n)
			fputs("\\ufffd", json->out);
		else if (c == '"' || c == '\\')
			fprintf(json->out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(json->out, "\\u%04x", c);
		else
			fwrite(s, 1, n, json->out);
	}
	fputc('"', json->out);
}

static void element(struct json *json, const char *key)
{
	if (!json->first)
		fputc(',', json->out);
	if (json->depth)
		newline(json);
	json->first = false;
	if (!key)
		return;
	string(json, key);
	fputs(json->pretty ? ": " : ":", json->out);
}

void json_begin(struct json *json, FILE *out, bool pretty)
{
	*json = (struct json){ .out = out, .pretty = pretty, .first = true };
}

void json_open(struct json *json, const char *key, char bracket)
{
	element(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->first = true;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (!json->first)
		newline(json);
	fputc(bracket, json->out);
	json->first = false;
}

void json_number(struct json *json, const char *key, int64_t value)
{
	element(json, key);
	fprintf(json->out, "%" PRId64, value);
}

void json_text(struct json *json, const char *key, const char *value)
{
	element(json, key);
	string(json, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	element(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
	element(json, key);
	fputs("null", json->out);
}

void json_end(struct json *json)
{
	fputc('\n', json->out);
}
