// SPDX-License-Identifier: GPL-2.0-or-later
/* A scenario file: sections, lines, and what is wrong with them */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "verb.h"

enum { STREAM_DRAWS = 0x6472 };

enum section {
	SECTION_NONE,
	SECTION_RUN,
	SECTION_SITE,
	SECTION_CONFIG,
	SECTION_DRAW,
	SECTION_ACTIONS,
	SECTION_EXPECT,
};

static const char *const sections[] = {
	[SECTION_RUN] = "run", [SECTION_SITE] = "site",
	[SECTION_CONFIG] = "config", [SECTION_DRAW] = "draw",
	[SECTION_ACTIONS] = "actions", [SECTION_EXPECT] = "expect",
};

void parse_error(struct parse *p, const char *format, ...)
{
	va_list ap;

	p->errors++;
	fprintf(stderr, "%s:%u: ", p->file, p->line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

bool parse_number(struct parse *p, const char *what, const char *text,
		  enum dimension dim, double min, double max, double *ret)
{
	double v;

	if (value_parse(text, dim, &v) < 0) {
		parse_error(p, "%s: '%s' is no number with %s", what, text,
			    value_units(dim));
		return false;
	}
	if (!(v >= min && v <= max)) {
		parse_error(p, "%s: %s is out of range, %g to %g (%s)", what,
			    text, min, max, value_units(dim));
		return false;
	}
	*ret = v;
	return true;
}

bool parse_unsigned(struct parse *p, const char *what, const char *text,
		    unsigned int min, unsigned int max, unsigned int *ret)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || v < min || v > max) {
		parse_error(p, "%s: '%s' is no whole number from %u to %u",
			    what, text, min, max);
		return false;
	}
	*ret = (unsigned int)v;
	return true;
}

int parse_words(struct parse *p, char *text, char *words[PARSE_WORDS])
{
	char *save;
	int n = 0;

	for (char *w = strtok_r(text, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save)) {
		if (n == PARSE_WORDS) {
			parse_error(p, "more than %d words", PARSE_WORDS);
			return -1;
		}
		words[n++] = w;
	}
	return n;
}

void scenario_block_name(unsigned int string, unsigned int block,
			 char name[SCENARIO_NAME])
{
	snprintf(name, SCENARIO_NAME, "%uS%u", block + 1, string + 1);
}

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n && strchr(" \t\r\n", text[n - 1]))
		text[--n] = '\0';
	return text;
}

/* "key = value" in place; false when there is no "=" */
static bool split(char *text, char **ret_key, char **ret_value)
{
	char *at = strchr(text, '=');

	if (!at)
		return false;
	*at = '\0';
	*ret_key = trim(text);
	*ret_value = trim(at + 1);
	return true;
}

static void add_config(struct scenario *s, const char *text)
{
	size_t n = strlen(text);
	char *all = realloc(s->config, s->config_size + n + 2);

	if (!all)
		abort();
	memcpy(all + s->config_size, text, n);
	all[s->config_size + n] = '\n';
	all[s->config_size + n + 1] = '\0';
	s->config = all;
	s->config_size += n + 1;
}

static enum section find_section(struct parse *p, char *text)
{
	size_t n = strlen(text);
	unsigned int i;

	if (text[n - 1] == ']') {
		text[n - 1] = '\0';
		for (i = SECTION_RUN; i <= SECTION_EXPECT; i++)
			if (!strcmp(text + 1, sections[i]))
				return i;
	}
	parse_error(p, "'%s' is no section; there are: [run], [site], [config], [draw], [actions], [expect]",
		    text);
	return SECTION_NONE;
}

static void take_line(struct parse *p, enum section section, char *text)
{
	char line[PARSE_LINE];
	char *key, *value;

	/* what is drawn may stand everywhere, also in [site] */
	if (section != SECTION_CONFIG) {
		if (!parse_expand(p, text, line, sizeof(line)))
			return;
		text = line;
	}
	switch (section) {
	case SECTION_CONFIG:
		add_config(p->s, text);
		return;
	case SECTION_ACTIONS:
		parse_action(p, text);
		return;
	case SECTION_EXPECT:
		parse_expect(p, text);
		return;
	case SECTION_NONE:
		return;
	default:
		break;
	}
	if (!split(text, &key, &value))
		parse_error(p, "'%s' is not KEY = VALUE", text);
	else if (section == SECTION_RUN)
		parse_run_key(p, key, value);
	else if (section == SECTION_SITE)
		parse_site_key(p, key, value);
	else
		parse_draw(p, key, value);
}

static void read_lines(struct parse *p, FILE *f)
{
	enum section section = SECTION_NONE;
	bool any = false;
	char buffer[PARSE_LINE], *text;

	while (fgets(buffer, sizeof(buffer), f)) {
		p->line++;
		if (!strchr(buffer, '\n') && !feof(f)) {
			parse_error(p, "line is longer than %d bytes",
				    PARSE_LINE - 2);
			return;
		}
		text = trim(buffer);
		/* sections of bacsd.conf stand in [config], too */
		if (!*text || *text == '#')
			continue;
		if (*text == '[' && !(section == SECTION_CONFIG &&
				      text[1] >= 'A' && text[1] <= 'Z')) {
			section = find_section(p, text);
			any = true;
			continue;
		}
		if (!any)
			parse_error(p, "'%s' stands in no section", text);
		take_line(p, section, text);
	}
}

static struct scenario *with_defaults(uint64_t seed)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->seed = seed;
	s->duration_s = 86400;
	s->scan_s = 2;
	s->first_seed = s->last_seed = 1;
	s->site = (struct scenario_site){
		.strings = 1, .blocks = 4, .nominal_v = 12,
		.capacity_ah = 100, .charge = 1, .load_rate = 0.2,
		.charger = plant_charger_float,
		.air = { .mean_c = 22, .season_k = 3, .day_k = 1 },
		.failure_min_s = 1, .failure_max_s = 1800, .test_s = 30,
		.lost = 0.0001, .doubled = 0.00001, .swapped = 0.00001,
	};
	s->site.charger.limit_a = 0;
	return s;
}

int scenario_load(const char *file, uint64_t seed, struct scenario **ret)
{
	struct parse p = { .file = file };
	FILE *f = fopen(file, "re");

	if (!f) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return -errno;
	}
	p.s = with_defaults(seed);
	if (!p.s)
		abort();
	pcg_seed(&p.rng, seed, STREAM_DRAWS);
	read_lines(&p, f);
	fclose(f);
	p.line = 0;
	parse_site_end(&p);
	if (p.errors) {
		scenario_free(p.s);
		return -EINVAL;
	}
	*ret = p.s;
	return 0;
}

struct scenario *scenario_free(struct scenario *s)
{
	size_t i;
	int n;

	if (!s)
		return NULL;
	for (i = 0; i < s->action_count; i++) {
		const struct scenario_action *a = &s->actions[i];

		for (n = 0; n < SCENARIO_ARGS; n++)
			if (a->verb->args[n].kind == ARG_REST ||
			    a->verb->args[n].kind == ARG_OBJECT)
				free(a->args[n].text);
		free(a->text);
	}
	for (i = 0; i < s->expect_count; i++)
		free(s->expects[i].text);
	free(s->actions);
	free(s->expects);
	free(s->config);
	free(s);
	return NULL;
}
