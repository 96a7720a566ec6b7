// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of cells: one model between the commands and the two printers */
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"

struct row {
	size_t number;		/* keeps equal rows in their order */
	struct cell *cells;
};

struct table {
	const char *name;
	const struct column *columns;
	size_t count;
	struct row *rows;
	size_t used;
	size_t room;
};

/* Nothing is left to do for a command that has no memory for a row */
static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "bacsctl: out of memory\n");
		exit(EXIT_FAILED);
	}
	return p;
}

struct table *table_new(const char *name, const struct column *columns,
			size_t count)
{
	struct table *t = need(calloc(1, sizeof(*t)));

	t->name = name;
	t->columns = columns;
	t->count = count;
	return t;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->used; i++) {
		for (size_t j = 0; j < table->count; j++) {
			free(table->rows[i].cells[j].text);
			free(table->rows[i].cells[j].value);
		}
		free(table->rows[i].cells);
	}
	free(table->rows);
	free(table);
}

size_t table_rows(const struct table *table)
{
	return table->used;
}

void table_row(struct table *table)
{
	if (table->used == table->room) {
		table->room = table->room ? table->room * 2 : 64;
		table->rows = need(reallocarray(table->rows, table->room,
						sizeof(*table->rows)));
	}
	table->rows[table->used].number = table->used;
	table->rows[table->used++].cells =
		need(calloc(table->count, sizeof(struct cell)));
}

static struct cell *last(struct table *table, size_t column)
{
	return &table->rows[table->used - 1].cells[column];
}

void table_show(struct table *table, size_t column, const char *text)
{
	struct cell *c = last(table, column);

	free(c->text);
	c->text = need(strdup(text));
}

void table_text(struct table *table, size_t column, const char *value)
{
	struct cell *c = last(table, column);

	c->type = CELL_TEXT;
	free(c->value);
	c->value = need(strdup(value));
	table_show(table, column, value);
}

void table_number(struct table *table, size_t column, int64_t value,
		  const char *format, ...)
{
	struct cell *c = last(table, column);
	va_list ap;

	c->type = CELL_NUMBER;
	c->number = value;
	free(c->text);
	va_start(ap, format);
	if (vasprintf(&c->text, format, ap) < 0)
		c->text = need(NULL);
	va_end(ap);
}

void table_quantity(struct table *table, size_t column, enum bacs_q q,
		    int64_t value)
{
	char text[24];

	bacs_q_format(q, value, text, sizeof(text));
	table_number(table, column, value, "%s%s%s", text,
		     format_unit(q)[0] ? " " : "", format_unit(q));
}

void table_bool(struct table *table, size_t column, bool value)
{
	struct cell *c = last(table, column);

	c->type = CELL_BOOL;
	c->number = value;
	table_show(table, column, value ? "yes" : "no");
}

void table_colour(struct table *table, size_t column, enum bacs_colour colour)
{
	last(table, column)->colour = colour;
}

/*
 * Sorting: numbers by value, text by bytes, empty cells last either way
 */
struct sort {
	size_t column;
	bool down;
};

static int compare_cells(const struct cell *a, const struct cell *b)
{
	if (a->type == CELL_TEXT && b->type == CELL_TEXT)
		return strcmp(a->value, b->value);
	return (a->number > b->number) - (a->number < b->number);
}

static int compare(const void *pa, const void *pb, void *arg)
{
	const struct row *a = pa, *b = pb;
	const struct sort *sort = arg;
	const struct cell *ca = &a->cells[sort->column];
	const struct cell *cb = &b->cells[sort->column];
	int r;

	if ((ca->type == CELL_NONE) != (cb->type == CELL_NONE))
		return ca->type == CELL_NONE ? 1 : -1;
	r = ca->type == CELL_NONE ? 0 : compare_cells(ca, cb);
	if (sort->down)
		r = -r;
	return r ? r : (a->number > b->number) - (a->number < b->number);
}

int table_sort(struct table *table, const char *key)
{
	struct sort sort = { .column = table->count };
	const char *name;

	if (!key)
		return EXIT_DONE;
	sort.down = key[0] == '-';
	name = key + sort.down;
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].key &&
		    !strcmp(table->columns[i].key, name))
			sort.column = i;
	if (sort.column == table->count) {
		fprintf(stderr, "bacsctl: cannot sort by '%s'; keys are:", key);
		for (size_t i = 0; i < table->count; i++)
			if (table->columns[i].key)
				fprintf(stderr, " %s", table->columns[i].key);
		fputc('\n', stderr);
		return EXIT_USAGE;
	}
	if (table->used)
		qsort_r(table->rows, table->used, sizeof(*table->rows),
			compare, &sort);
	return EXIT_DONE;
}

/*
 * Table
 */
static const char *colour_sequence(enum bacs_colour colour)
{
	switch (colour) {
	case BACS_COLOUR_GREY:
		return "bright_black";
	case BACS_COLOUR_BLUE:
		return "blue";
	case BACS_COLOUR_RED:
		return "red";
	case BACS_COLOUR_ORANGE:
		return "yellow";
	case BACS_COLOUR_GREEN:
		return "green";
	default:
		return NULL;
	}
}

static bool is_shown(const struct table *t, size_t column)
{
	if (!t->columns[column].heading)
		return false;
	if (!t->columns[column].optional)
		return true;
	for (size_t i = 0; i < t->used; i++)
		if (t->rows[i].cells[column].text &&
		    t->rows[i].cells[column].text[0])
			return true;
	return false;
}

static void fill(struct libscols_table *out, const struct table *t,
		 const size_t *shown, size_t count, bool colours)
{
	for (size_t i = 0; i < t->used; i++) {
		struct libscols_line *line =
			need(scols_table_new_line(out, NULL));

		for (size_t j = 0; j < count; j++) {
			const struct cell *c = &t->rows[i].cells[shown[j]];

			if (c->text)
				scols_line_set_data(line, j, c->text);
			if (colours && c->colour)
				scols_cell_set_color(
					scols_line_get_cell(line, j),
					colour_sequence(c->colour));
		}
	}
}

static struct libscols_table *to_scols(const struct table *t)
{
	struct libscols_table *out = need(scols_new_table());
	bool colours = terminal_colours();
	size_t shown[64], count = 0;

	for (size_t i = 0; i < t->count && count < ARRAY_SIZE(shown); i++) {
		if (!is_shown(t, i))
			continue;
		need(scols_table_new_column(out, t->columns[i].heading, 0,
					    t->columns[i].right ?
					    SCOLS_FL_RIGHT : 0));
		shown[count++] = i;
	}
	scols_table_enable_colors(out, colours);
	/* never cut a value: a line that is too long is the lesser evil */
	scols_table_set_termforce(out, SCOLS_TERMFORCE_NEVER);
	fill(out, t, shown, count, colours);
	return out;
}

char *table_to_text(struct table *table)
{
	struct libscols_table *out = to_scols(table);
	char *text = NULL;

	scols_print_table_to_string(out, &text);
	scols_unref_table(out);
	return text;
}

void table_print(struct table *table)
{
	char *text = table_to_text(table);
	char *line, *rest = text, *end;

	/* libsmartcols pads the last column; nobody wants those spaces */
	while (rest && (line = strsep(&rest, "\n"))) {
		if (!rest && !line[0])
			break;
		for (end = line + strlen(line); end > line && end[-1] == ' ';)
			*--end = '\0';
		puts(line);
	}
	free(text);
}

/*
 * JSON
 */
static void json_row(struct json *json, const struct table *t,
		     const struct row *row)
{
	json_open(json, NULL, '{');
	for (size_t i = 0; i < t->count; i++) {
		const struct cell *c = &row->cells[i];
		const char *key = t->columns[i].key;

		if (!key)
			continue;
		switch (c->type) {
		case CELL_NONE:
			json_null(json, key);
			break;
		case CELL_NUMBER:
			json_number(json, key, c->number);
			break;
		case CELL_TEXT:
			json_text(json, key, c->value);
			break;
		case CELL_BOOL:
			json_bool(json, key, c->number);
			break;
		}
	}
	json_close(json, '}');
}

void table_print_json(const struct table *table, bool compact)
{
	struct json json;

	json_begin(&json, stdout, !compact);
	json_open(&json, NULL, '{');
	json_number(&json, "version", JSON_VERSION);
	json_open(&json, table->name, '[');
	for (size_t i = 0; i < table->used; i++)
		json_row(&json, table, &table->rows[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	json_end(&json);
	fflush(stdout);
}

void table_print_json_row(const struct table *table)
{
	struct json json;

	json_begin(&json, stdout, false);
	json_row(&json, table, &table->rows[table->used - 1]);
	json_end(&json);
	fflush(stdout);
}

int table_output(struct table *table, const struct options *o,
		 const char *empty)
{
	int code = table_sort(table, o->sort);

	if (code)
		return code;
	if (o->json)
		table_print_json(table, false);
	else if (table_rows(table))
		table_print(table);
	else if (empty)
		fprintf(stderr, "bacsctl: %s\n", empty);
	return EXIT_DONE;
}
