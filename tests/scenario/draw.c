// SPDX-License-Identifier: GPL-2.0-or-later
/* What a scenario leaves to chance, and putting it where it is used */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

static bool was_picked(const struct parse *p, unsigned int code)
{
	unsigned int i;

	for (i = 0; i < p->picked_count; i++)
		if (p->picked[i] == code)
			return true;
	return false;
}

/* A block that was not drawn before: two faults of one block are one jar */
static void draw_block(struct parse *p, char value[SCENARIO_NAME])
{
	const struct scenario_site *site = &p->s->site;
	unsigned int total = site->strings * site->blocks, i;

	if (p->picked_count >= total) {
		parse_error(p, "the site has %u blocks, all are drawn already",
			    total);
		return;
	}
	do
		i = pcg_below(&p->rng, total);
	while (was_picked(p, i));
	p->picked[p->picked_count++] = i;
	scenario_block_name(i / site->blocks, i % site->blocks, value);
}

static bool draw_number(struct parse *p, const char *text, char *value,
			size_t size)
{
	double from, to, middle, share;
	const char *unit, *dots = strstr(text, ".."), *rest;
	char first[16], head[40];
	size_t n;

	/* strtod() would take the first dot of 15..20 for a point */
	n = dots ? (size_t)(dots - text) : strlen(text);
	if (n >= sizeof(head))
		return false;
	memcpy(head, text, n);
	head[n] = '\0';
	unit = value_split(head, &from);
	if (!unit)
		return false;
	if (dots) {
		/* 1d..3d: both have the unit */
		if (strlen(unit) >= sizeof(first))
			return false;
		strcpy(first, unit);
		rest = value_split(dots + 2, &to);
		if (!rest || strcmp(rest, first) || to < from)
			return false;
	} else {
		n = strcspn(unit, " ");
		if (n >= sizeof(first))
			return false;
		memcpy(first, unit, n);
		first[n] = '\0';
		rest = unit + n;
		rest += strspn(rest, " ");
		if (strncmp(rest, "+-", 2))
			return false;
		rest = value_split(rest + 2, &share);
		if (!rest || strcmp(rest, "%") || share < 0 || share > 100)
			return false;
		middle = from;
		from = middle - fabs(middle) * share / 100;
		to = middle + fabs(middle) * share / 100;
	}
	snprintf(value, size, "%.6g%s", from + (to - from) *
		 pcg_unit(&p->rng), first);
	return true;
}

/* 1..4 of whole numbers, written "integer A..B" */
static bool draw_integer(struct parse *p, const char *text, char *value,
			 size_t size)
{
	unsigned int from, to;
	char end;

	if (sscanf(text, "integer %u..%u%c", &from, &to, &end) != 2 ||
	    to < from || to - from > 1000000)
		return false;
	snprintf(value, size, "%u", from + pcg_below(&p->rng, to - from + 1));
	return true;
}

static bool is_name(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!islower((unsigned char)name[i]) && name[i] != '_')
			return false;
	return i > 0 && i < sizeof(((struct draw *)NULL)->name);
}

void parse_draw(struct parse *p, const char *name, const char *text)
{
	struct draw *d;
	unsigned int i;
	size_t used;

	if (!is_name(name)) {
		parse_error(p, "'%s' is no name: 1 to 23 of a-z and _", name);
		return;
	}
	for (i = 0; i < p->draw_count; i++)
		if (!strcmp(p->draws[i].name, name)) {
			parse_error(p, "%s is drawn twice", name);
			return;
		}
	if (p->draw_count == PARSE_DRAWS) {
		parse_error(p, "more than %d draws", PARSE_DRAWS);
		return;
	}
	d = &p->draws[p->draw_count];
	snprintf(d->name, sizeof(d->name), "%s", name);
	if (!strcmp(text, "block"))
		draw_block(p, d->value);
	else if (!strcmp(text, "string"))
		snprintf(d->value, sizeof(d->value), "S%u",
			 1 + pcg_below(&p->rng, p->s->site.strings));
	else if (!draw_number(p, text, d->value, sizeof(d->value)) &&
		 !draw_integer(p, text, d->value, sizeof(d->value))) {
		parse_error(p, "%s: '%s' is none of: block, string, FROM..TO, NUMBER +-PERCENT%%, integer FROM..TO",
			    name, text);
		return;
	}
	p->draw_count++;
	used = strlen(p->s->draws);
	snprintf(p->s->draws + used, sizeof(p->s->draws) - used, "%s%s=%s",
		 used ? " " : "", d->name, d->value);
}

bool parse_expand(struct parse *p, const char *from, char *to, size_t size)
{
	size_t n = 0;

	while (*from) {
		const char *value = NULL;
		size_t length = 1;
		unsigned int i;

		if (*from == '$') {
			length = 1 + strspn(from + 1,
					    "abcdefghijklmnopqrstuvwxyz_");
			for (i = 0; i < p->draw_count; i++)
				if (strlen(p->draws[i].name) == length - 1 &&
				    !strncmp(p->draws[i].name, from + 1,
					     length - 1))
					value = p->draws[i].value;
			if (!value) {
				parse_error(p, "'%.*s' is not drawn in [draw] before",
					    (int)length, from);
				return false;
			}
		}
		if (n + (value ? strlen(value) : 1) >= size) {
			parse_error(p, "line is too long");
			return false;
		}
		if (value)
			n += (size_t)sprintf(to + n, "%s", value);
		else
			to[n++] = *from;
		from += length;
	}
	to[n] = '\0';
	return true;
}
