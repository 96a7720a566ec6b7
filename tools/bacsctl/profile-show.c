// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl profile show: all that a profile says */
#include <inttypes.h>
#include <string.h>

#include "bacsctl.h"
#include "profile.h"

/* A field with all that is said about it */
struct view {
	enum bacs_q q;
	unsigned int block, reg, width, flags, every;
	int32_t multiplier, divisor, offset, min, max;
	bool has_invalid, has_range;
	uint32_t invalid;
	uint16_t valid_flag;
};

static struct view view_of(const struct bacs_profile *p, unsigned int i)
{
	unsigned int start = 0;
	struct view v;

	bacs_profile_field(p, i, &v.q, &v.reg, &v.width, &v.flags,
			   &v.multiplier, &v.divisor, &v.offset);
	v.block = bacs_profile_field_block(p, i);
	bacs_profile_block(p, v.block, NULL, &start, NULL);
	v.reg += start;
	v.every = bacs_profile_field_every(p, i);
	v.has_invalid = bacs_profile_field_invalid(p, i, &v.invalid);
	v.has_range = bacs_profile_field_range(p, i, &v.min, &v.max);
	v.valid_flag = bacs_profile_field_valid_flag(p, i);
	return v;
}

enum { QUANTITY, REGISTER, TYPE, VALUE, VALID, EVERY, COLUMNS };

static const struct column columns[COLUMNS] = {
	[QUANTITY] = { "QUANTITY", "quantity", false, false },
	[REGISTER] = { "REGISTER", "register", true, false },
	[TYPE] = { "TYPE", "type", false, false },
	[VALUE] = { "VALUE", "value", false, false },
	[VALID] = { "VALID", "valid", false, true },
	[EVERY] = { "EVERY", "every", false, true },
};

static void value_text(const struct view *v, char *text, size_t size)
{
	int n = snprintf(text, size, "raw");

	if (v->multiplier != 1)
		n += snprintf(text + n, size - (size_t)n, " * %" PRId32,
			      v->multiplier);
	if (v->divisor != 1)
		n += snprintf(text + n, size - (size_t)n, " / %" PRId32,
			      v->divisor);
	if (v->offset)
		snprintf(text + n, size - (size_t)n, " %c %" PRIu32,
			 v->offset < 0 ? '-' : '+',
			 v->offset < 0 ? -(uint32_t)v->offset :
					 (uint32_t)v->offset);
}

static void valid_text(const struct view *v, char *text, size_t size)
{
	int n = 0;

	text[0] = '\0';
	if (v->has_range && v->min != INT32_MIN)
		n += snprintf(text, size, "from %" PRId32, v->min);
	if (v->has_range && v->max != INT32_MAX)
		n += snprintf(text + n, size - (size_t)n, "%sto %" PRId32,
			      n ? " " : "", v->max);
	if (v->has_invalid)
		n += snprintf(text + n, size - (size_t)n, "%sunless raw 0x%0*x",
			      n ? ", " : "", (int)v->width / 4, v->invalid);
	if (v->valid_flag)
		snprintf(text + n, size - (size_t)n, "%swhile flag 0x%04x",
			 n ? ", " : "", v->valid_flag);
}

static void add_field(struct table *t, const struct view *v)
{
	char text[128];

	table_row(t);
	table_text(t, QUANTITY, bacs_q_name(v->q));
	table_number(t, REGISTER, v->reg, "%u", v->reg);
	snprintf(text, sizeof(text), "%c%u%s",
		 v->flags & BACS_FIELD_SIGNED ? 's' : 'u', v->width,
		 v->flags & BACS_FIELD_LOW_WORD_FIRST ? " low first" : "");
	table_text(t, TYPE, text);
	value_text(v, text, sizeof(text));
	table_text(t, VALUE, text);
	valid_text(v, text, sizeof(text));
	if (text[0])
		table_text(t, VALID, text);
	if (v->every > 1) {
		snprintf(text, sizeof(text), "%u scans", v->every);
		table_text(t, EVERY, text);
	}
}

static void show_block(const struct bacs_profile *p, unsigned int index)
{
	struct table *t = table_new("profile", columns, COLUMNS);
	unsigned int function, start, count;

	bacs_profile_block(p, index, &function, &start, &count);
	printf("\nblock %u: %s registers %u to %u (0x%04x to 0x%04x, function %u)\n",
	       index, function == 3 ? "holding" : "input", start,
	       start + count - 1, start, start + count - 1, function);
	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		const struct view v = view_of(p, i);

		if (v.block == index)
			add_field(t, &v);
	}
	table_print(t);
	table_free(t);
}

/**
 * profile_show() - for people
 * @p: profile
 * @path: its file; "": the driver's
 */
void profile_show(const struct bacs_profile *p, const char *path)
{
	printf("profile %s", bacs_profile_name(p));
	if (bacs_profile_class(p))
		printf(", class %s", bacs_modclass_name(bacs_profile_class(p)));
	if (bacs_profile_model(p)[0])
		printf(", %s", bacs_profile_model(p));
	if (path[0])
		printf(", from %s\n", path);
	else
		printf(", %s, used by %u bus%s\n",
		       bacs_profile_builtin(p) ? "built in" : "loaded",
		       bacs_profile_users(p),
		       bacs_profile_users(p) == 1 ? "" : "es");
	printf("a reply begins within %u ms", bacs_profile_response_ms(p));
	if (bacs_profile_nominal_mv(p))
		printf("; nominal voltage %u mV", bacs_profile_nominal_mv(p));
	printf("\n");
	if (bacs_profile_builtin(p))
		printf("Its registers depend on the class that a module tells; bacs-c-jar, bacs-c-string,\n"
		       "bacs-c-environment and bacs-c-io say the same as files.\n");
	for (unsigned int i = 0; i < bacs_profile_blocks(p); i++)
		show_block(p, i);
}

static void json_blocks(struct json *j, const struct bacs_profile *p)
{
	unsigned int function, start, count;

	json_open(j, "blocks", '[');
	for (unsigned int i = 0;
	     !bacs_profile_block(p, i, &function, &start, &count); i++) {
		json_open(j, NULL, '{');
		json_number(j, "function", function);
		json_number(j, "start", start);
		json_number(j, "count", count);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_field(struct json *j, const struct view *v)
{
	json_open(j, NULL, '{');
	json_text(j, "quantity", bacs_q_name(v->q));
	json_number(j, "block", v->block);
	json_number(j, "register", v->reg);
	json_number(j, "width", v->width);
	json_bool(j, "signed", v->flags & BACS_FIELD_SIGNED);
	json_bool(j, "low_word_first", v->flags & BACS_FIELD_LOW_WORD_FIRST);
	json_number(j, "multiplier", v->multiplier);
	json_number(j, "divisor", v->divisor);
	json_number(j, "offset", v->offset);
	json_number(j, "every", v->every);
	json_number(j, "valid_flag", v->valid_flag);
	if (v->has_invalid)
		json_number(j, "invalid", v->invalid);
	else
		json_null(j, "invalid");
	if (v->has_range) {
		json_number(j, "min", v->min);
		json_number(j, "max", v->max);
	} else {
		json_null(j, "min");
		json_null(j, "max");
	}
	json_close(j, '}');
}

/**
 * profile_show_json() - for programs
 * @p: profile
 * @path: its file; "": the driver's
 */
void profile_show_json(const struct bacs_profile *p, const char *path)
{
	struct json j;

	json_begin(&j, stdout, true);
	json_open(&j, NULL, '{');
	json_number(&j, "version", JSON_VERSION);
	json_open(&j, "profile", '[');
	json_open(&j, NULL, '{');
	json_text(&j, "name", bacs_profile_name(p));
	if (bacs_profile_class(p))
		json_text(&j, "class",
			  bacs_modclass_name(bacs_profile_class(p)));
	else
		json_null(&j, "class");
	json_text(&j, "model", bacs_profile_model(p));
	json_number(&j, "response_ms", bacs_profile_response_ms(p));
	json_number(&j, "nominal_mv", bacs_profile_nominal_mv(p));
	json_bool(&j, "builtin", bacs_profile_builtin(p));
	json_bool(&j, "loaded", !path[0]);
	if (path[0]) {
		json_text(&j, "file", path);
		json_null(&j, "users");
	} else {
		json_null(&j, "file");
		json_number(&j, "users", bacs_profile_users(p));
	}
	json_blocks(&j, p);
	json_open(&j, "fields", '[');
	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		const struct view v = view_of(p, i);

		json_field(&j, &v);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	json_end(&j);
}
