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

static void string(struct json *json, const char *s)
{
	fputc('"', json->out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(json->out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(json->out, "\\u%04x", c);
		else
			fputc(c, json->out);
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
