/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the scenario parser share */
#ifndef SCENARIO_PARSE_H
#define SCENARIO_PARSE_H

#include "scenario.h"
#include "value.h"

#define PARSE_WORDS	24
#define PARSE_DRAWS	24
#define PARSE_LINE	1024

struct draw {
	char name[24];
	char value[SCENARIO_NAME];
};

/**
 * struct parse - a file that is read
 * @file: its name
 * @line: number of the line
 * @errors: found so far
 * @s: what it says
 * @rng: what is left to chance
 * @draws: what was drawn
 * @draw_count: their number
 * @picked: blocks drawn, as string * 1000 + block, so that none comes twice
 * @picked_count: their number
 */
struct parse {
	const char *file;
	unsigned int line;
	unsigned int errors;
	struct scenario *s;
	struct pcg rng;
	struct draw draws[PARSE_DRAWS];
	unsigned int draw_count;
	unsigned int picked[PARSE_DRAWS];
	unsigned int picked_count;
};

void parse_error(struct parse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Number within limits; says what is wrong and returns false */
bool parse_number(struct parse *p, const char *what, const char *text,
		  enum dimension dim, double min, double max, double *ret);
bool parse_unsigned(struct parse *p, const char *what, const char *text,
		    unsigned int min, unsigned int max, unsigned int *ret);

/* Words of a line; returns their number or -1 */
int parse_words(struct parse *p, char *text, char *words[PARSE_WORDS]);

/* draw.c */
void parse_draw(struct parse *p, const char *name, const char *value);
/* Replace each $NAME; @size bytes at @to */
bool parse_expand(struct parse *p, const char *from, char *to, size_t size);

/* parse-site.c: a key of [site] or [run] */
void parse_site_key(struct parse *p, const char *key, const char *value);
void parse_run_key(struct parse *p, const char *key, const char *value);
void parse_site_end(struct parse *p);

/* parse-line.c: a line of [actions] or [expect] */
void parse_action(struct parse *p, const char *text);
void parse_expect(struct parse *p, const char *text);

#endif
