// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario files: [bus], [modules SET], [rule NAME], [battery], [string NAME],
 * [fault NAME] with KEY = VALUE lines
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

#define LINE_ROOM	4096

enum section {
	SECTION_NONE,
	SECTION_BUS,
	SECTION_MODULES,
	SECTION_RULE,
	SECTION_BATTERY,
	SECTION_STRING,
	SECTION_FAULT,
};

struct reader {
	struct options *o;
	const char *path;
	u32 line;		/* now */
	u32 section_line;
	enum section section;

	u8 set[PARSE_ADDRESS_BYTES];
	struct module_config cfg;
	bool fixed[MODULE_KEYS];
	s64 fixed_value[MODULE_KEYS];
	u32 fixed_line[MODULE_KEYS];

	struct rule rule;
	struct battery_string_config string;
	struct battery_fault_config fault;
};

/* Put file and line before what is said already. */
static int fail_at(const struct reader *rd, u32 line, struct parse_error *e)
{
	char text[sizeof(e->text)];

	memcpy(text, e->text, sizeof(text));
	return parse_fail(e, "%.120s:%u: %.180s", rd->path, line, text);
}

static char *strip(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static int set_bus(struct reader *rd, const char *key, const char *value,
		   struct parse_error *e)
{
	struct bus_config *c = &rd->o->bus;

	if (!strcmp(key, "baud"))
		return parse_u32(key, value, 1200, 921600, &c->baud, e);
	if (!strcmp(key, "format"))
		return bus_parse_format(c, value, e);
	if (!strcmp(key, "seed"))
		return parse_u64(key, value, &c->seed, e);
	if (!strcmp(key, "strict"))
		return parse_bool(key, value, &c->strict, e);
	if (!strcmp(key, "eco"))
		return parse_bool(key, value, &c->eco, e);
	if (!strcmp(key, "reply_delay_us"))
		return bus_parse_delay(c, value, e);
	return parse_fail(e, "\"%.32s\" in [bus]: not one of baud format seed strict eco reply_delay_us",
			  key);
}

static int set_class(struct reader *rd, const char *value,
		     struct parse_error *e)
{
	rd->cfg.class = module_class_find(value);
	if (rd->cfg.class == BACS_CLASS_UNKNOWN)
		return parse_fail(e, "class \"%.32s\": not jar, string-sensor, environment or io",
				  value);
	return 0;
}

static int set_nominal(struct reader *rd, const char *value,
		       struct parse_error *e)
{
	int r = parse_u32("nominal_mv", value, 2000, 12000,
			  &rd->cfg.nominal_mv, e);
	u32 mv = rd->cfg.nominal_mv;

	if (!r && mv != 2000 && mv != 4000 && mv != 6000 && mv != 12000)
		return parse_fail(e, "nominal_mv \"%s\": not 2000, 4000, 6000 or 12000",
				  value);
	return r;
}

static int set_technology(struct reader *rd, const char *value,
			  struct parse_error *e)
{
	int t = module_technology_find(value);

	if (t < 0)
		return parse_fail(e, "technology \"%.32s\": not agm, gel or flooded",
				  value);
	rd->cfg.technology = (enum module_technology)t;
	return 0;
}

static int set_addressed(struct reader *rd, const char *value,
			 struct parse_error *e)
{
	bool addressed;
	int r = parse_bool("addressed", value, &addressed, e);

	if (!r)
		rd->cfg.unaddressed = !addressed;
	return r;
}

static int set_module(struct reader *rd, const char *key, const char *value,
		      struct parse_error *e)
{
	struct module_config *c = &rd->cfg;
	s64 v;
	int k, r;

	if (!strcmp(key, "class"))
		return set_class(rd, value, e);
	if (!strcmp(key, "nominal_mv"))
		return set_nominal(rd, value, e);
	if (!strcmp(key, "capacity_ah"))
		return parse_u32(key, value, 1, MODULE_CAPACITY_MAX_AH,
				 &c->capacity_ah, e);
	if (!strcmp(key, "technology"))
		return set_technology(rd, value, e);
	if (!strcmp(key, "spread"))
		return parse_decimal(key, value, 0, 10, &c->spread, e);
	if (!strcmp(key, "noise"))
		return parse_decimal(key, value, 0, 10, &c->noise, e);
	if (!strcmp(key, "serial"))
		return parse_u64(key, value, &c->serial, e);
	if (!strcmp(key, "addressed"))
		return set_addressed(rd, value, e);
	if (!strcmp(key, "ambient_mc")) {
		r = parse_s64(key, value, -40000, 80000, &v, e);
		if (!r)
			c->ambient_mc = (s32)v;
		return r;
	}
	k = module_key_find(key);
	if (k < 0)
		return parse_fail(e, "\"%.32s\" in [modules]: neither class nominal_mv capacity_ah technology spread noise serial addressed ambient_mc nor a quantity, e.g. voltage_mv",
				  key);
	r = parse_s64(key, value, S32_MIN, S32_MAX, &v, e);
	if (r < 0)
		return r;
	rd->fixed[k] = true;
	rd->fixed_value[k] = v;
	rd->fixed_line[k] = rd->line;
	return 0;
}

/* The class is known only at the section's end, and the ranges with it. */
static int end_modules(struct reader *rd, struct parse_error *e)
{
	s32 min, max;

	for (u32 k = 0; k < MODULE_KEYS; k++) {
		s64 v = rd->fixed_value[k];

		if (!rd->fixed[k])
			continue;
		if (!module_key_range(rd->cfg.class, k, &min, &max)) {
			parse_fail(e, "%s: a device of class %s does not have it",
				   module_keys[k].name,
				   module_class_name(rd->cfg.class));
			return fail_at(rd, rd->fixed_line[k], e);
		}
		if (v < min || v > max) {
			parse_fail(e, "%s %lld: not %d to %d",
				   module_keys[k].name, (long long)v, min, max);
			return fail_at(rd, rd->fixed_line[k], e);
		}
	}
	if (options_add(rd->o, rd->set, &rd->cfg, e) < 0)
		return fail_at(rd, rd->section_line, e);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		for (u32 k = 0; address_in(rd->set, a) && k < MODULE_KEYS; k++) {
			rd->o->fixed[a][k] = rd->fixed[k];
			rd->o->fixed_value[a][k] = (s32)rd->fixed_value[k];
		}
	}
	return 0;
}

static int end_rule(struct reader *rd, struct parse_error *e)
{
	struct options *o = rd->o;

	if (rule_check(&rd->rule, e) < 0)
		return fail_at(rd, rd->section_line, e);
	for (u32 i = 0; i < o->rule_count; i++) {
		if (!strcmp(o->rule[i].name, rd->rule.name)) {
			parse_fail(e, "[rule %s]: a rule of this name stands above",
				   rd->rule.name);
			return fail_at(rd, rd->section_line, e);
		}
	}
	if (o->rule_count == RULE_MAX) {
		parse_fail(e, "[rule %s]: more than %d rules", rd->rule.name,
			   RULE_MAX);
		return fail_at(rd, rd->section_line, e);
	}
	o->rule[o->rule_count++] = rd->rule;
	return 0;
}

static int end_section(struct reader *rd, struct parse_error *e)
{
	int r = 0;

	switch (rd->section) {
	case SECTION_MODULES:
		return end_modules(rd, e);
	case SECTION_RULE:
		return end_rule(rd, e);
	case SECTION_STRING:
		r = battery_config_add_string(&rd->o->battery, &rd->string, e);
		break;
	case SECTION_FAULT:
		r = battery_config_add_fault(&rd->o->battery, &rd->fault, e);
		break;
	default:
		break;
	}
	return r < 0 ? fail_at(rd, rd->section_line, e) : 0;
}

static int begin_section(struct reader *rd, char *header, struct parse_error *e)
{
	size_t len = strlen(header);
	char *words[2];
	int n;

	if (header[len - 1] != ']')
		return parse_fail(e, "section \"%.64s\": has no ]", header);
	header[len - 1] = '\0';
	n = parse_split(header + 1, words, 2, e);
	rd->section_line = rd->line;
	if (n == 1 && !strcmp(words[0], "bus")) {
		rd->section = SECTION_BUS;
		return 0;
	}
	if (n == 1 && !strcmp(words[0], "battery")) {
		rd->section = SECTION_BATTERY;
		return 0;
	}
	if (n == 2 && !strcmp(words[0], "modules")) {
		rd->section = SECTION_MODULES;
		options_device(&rd->cfg, BACS_CLASS_JAR);
		memset(rd->fixed, 0, sizeof(rd->fixed));
		return parse_addresses("[modules]", words[1], rd->set, e);
	}
	if (n == 2 && !strcmp(words[0], "rule")) {
		rd->section = SECTION_RULE;
		rule_init(&rd->rule);
		return rule_set(&rd->rule, "name", words[1], e);
	}
	if (n == 2 && !strcmp(words[0], "string")) {
		rd->section = SECTION_STRING;
		rd->string = (struct battery_string_config) { 0 };
		return parse_name("name", words[1], rd->string.name, e);
	}
	if (n == 2 && !strcmp(words[0], "fault")) {
		rd->section = SECTION_FAULT;
		return battery_fault_init(&rd->fault, words[1], e);
	}
	return parse_fail(e, "section [%.64s]: not [bus], [modules SET], [rule NAME], [battery], [string NAME] or [fault NAME]",
			  n > 0 ? words[0] : "");
}

static int set_value(struct reader *rd, char *text, struct parse_error *e)
{
	char *eq = strchr(text, '='), *key, *value;

	if (!eq)
		return parse_fail(e, "\"%.64s\": neither [section] nor KEY = VALUE",
				  text);
	*eq = '\0';
	key = strip(text);
	value = strip(eq + 1);
	switch (rd->section) {
	case SECTION_BUS:
		return set_bus(rd, key, value, e);
	case SECTION_MODULES:
		return set_module(rd, key, value, e);
	case SECTION_RULE:
		return rule_set(&rd->rule, key, value, e);
	case SECTION_BATTERY:
		return battery_order_set(&rd->o->battery.orders, key, value, e);
	case SECTION_STRING:
		return battery_string_set(&rd->string, key, value, e);
	case SECTION_FAULT:
		return battery_fault_set(&rd->fault, key, value, e);
	default:
		return parse_fail(e, "\"%.64s\": stands before the first [section]",
				  key);
	}
}

static int take_line(struct reader *rd, char *text, struct parse_error *e)
{
	int r;

	text = strip(text);
	if (!*text || *text == '#' || *text == ';')
		return 0;
	if (*text == '[') {
		r = end_section(rd, e);
		rd->section = SECTION_NONE;
		if (r < 0)
			return r;	/* names its own line */
		r = begin_section(rd, text, e);
	} else {
		r = set_value(rd, text, e);
	}
	return r < 0 ? fail_at(rd, rd->line, e) : 0;
}

/* Return: 1: a line, 0: there is none, -EINVAL: one that is none */
static int read_line(FILE *f, char text[LINE_ROOM], struct parse_error *e)
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n') {
		if (!c)
			return parse_fail(e, "a zero byte: not a text file");
		if (n == LINE_ROOM - 1)
			return parse_fail(e, "more than %d characters in a line",
					  LINE_ROOM - 1);
		text[n++] = (char)c;
	}
	text[n] = '\0';
	return c != EOF || n;
}

static int read_all(struct reader *rd, FILE *f, struct parse_error *e)
{
	char line[LINE_ROOM];
	int r;

	for (;;) {
		rd->line++;
		r = read_line(f, line, e);
		if (!r)
			return 0;
		if (r > 0 && rd->line == 1 && !strncmp(line, "\xEF\xBB\xBF", 3))
			r = parse_fail(e, "a byte order mark (EF BB BF) stands before the text; save it as UTF-8 without one");
		if (r < 0)
			return fail_at(rd, rd->line, e);
		r = take_line(rd, line, e);
		if (r < 0)
			return r;
	}
}

/**
 * scenario_load() - read a scenario file
 * @o: options, added to
 * @path: the file
 * @e: error, with file and line
 *
 * Return: 0 or -EINVAL.
 */
int scenario_load(struct options *o, const char *path, struct parse_error *e)
{
	struct reader rd = { .o = o, .path = path };
	int r;
	FILE *f = fopen(path, "re");

	if (!f)
		return parse_fail(e, "scenario %.200s: cannot open: %s", path,
				  strerror(errno));
	r = read_all(&rd, f, e);
	if (!r && ferror(f))
		r = parse_fail(e, "scenario %.200s: cannot read: %s", path,
			       strerror(errno));
	if (!r)
		r = end_section(&rd, e);
	fclose(f);
	return r;
}
