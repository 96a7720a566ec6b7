/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON writer: commas, quotes and nesting in one place */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include <stdio.h>

#include "pure.h"

struct json {
	FILE *f;
	u32 depth;
	bool comma;	/* something stands before the next element */
};

void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_s64(struct json *j, const char *key, s64 v);
void json_u64(struct json *j, const char *key, u64 v);
void json_fixed(struct json *j, const char *key, double v);
void json_bool(struct json *j, const char *key, bool v);
void json_string(struct json *j, const char *key, const char *v);

#endif
