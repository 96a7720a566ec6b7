// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration as rows */
#include <string.h>

#include "config-internal.h"
#include "config-show.h"

struct show {
	const struct config *config;
	config_row_fn row;
	void *userdata;
	char value[1024];
	char source[400];
	char label[64];
};

static const char *const units[LIMIT_UNIT_COUNT] = {
	[LIMIT_CELL_MV] = "mV/cell", [LIMIT_CELL_UV_PER_K] = "uV/C/cell",
	[LIMIT_MC] = "mC", [LIMIT_DIFF_MC] = "mC",
	[LIMIT_PERMILLE] = "permille", [LIMIT_SECONDS] = "s",
	[LIMIT_UOHM] = "uOhm",
};

static void name_mark(struct show *s, const struct config_mark *mark,
		      const char *before)
{
	snprintf(s->source, sizeof(s->source), "%s%.250s:%u", before,
		 s->config->files[mark->where.file], mark->where.line);
}

/* The key of the site that a string's key inherits from, if it does */
static bool inherits(const struct config_item *item, struct config_item *ret)
{
	size_t n;

	if (item->section != CONFIG_STRING)
		return false;
	for (n = 0; config_item_at(CONFIG_SITE, n, ret); n++)
		if (!strcmp(ret->key, item->key))
			return true;
	return false;
}

/* What a string does not say the site does */
static bool show_inherited(struct show *s, struct config_row *row,
			   const struct config_item *item)
{
	struct config_item site;
	const struct config_mark *mark;

	if (!row->is_default || !inherits(item, &site))
		return false;
	mark = config_find_mark(config_marks_of((struct config *)s->config,
						CONFIG_SITE, 0),
				CONFIG_SITE, site.key);
	config_item_format(s->config, &site, 0, s->value, sizeof(s->value));
	row->is_default = !mark;
	if (!mark)
		return false;
	name_mark(s, mark, "[Site] ");
	s->row(row, s->userdata);
	return true;
}

/* A key that stands for itself: its section says it, or nobody */
static void show_item(struct show *s, const struct config_item *item,
		      size_t index)
{
	const struct config_marks *marks =
		config_marks_of((struct config *)s->config, item->section,
				index);
	const struct config_mark *mark =
		config_find_mark(marks, item->section, item->key);
	struct config_row row = {
		.section = config_section_name(item->section),
		.name = s->label, .key = item->key, .value = s->value,
		.unit = "", .is_default = !mark, .source = s->source,
		.of_library = item->section == CONFIG_PROFILE &&
			      s->config->profiles[index].own_file,
	};

	config_item_format(s->config, item, index, s->value,
			   sizeof(s->value));
	/* a profile is what it says and nothing more */
	if (item->section == CONFIG_PROFILE && !mark)
		return;
	if (show_inherited(s, &row, item))
		return;
	if (mark)
		name_mark(s, mark, "");
	else
		strcpy(s->source, "default");
	s->row(&row, s->userdata);
}

static void name_source(struct show *s, const struct config_source *source,
			enum config_level level, int id)
{
	static const char *const inherited[] = {
		[CONFIG_BY_DEFAULT] = "", [CONFIG_BY_SITE] = "[Limits] ",
		[CONFIG_BY_STRING] = "[String] ",
		[CONFIG_BY_MODULE] = "[Module] ",
	};
	char before[100];

	if (!source->mark) {
		snprintf(s->source, sizeof(s->source), "default (%s)",
			 limit_infos[id].source);
		return;
	}
	snprintf(before, sizeof(before), "%s%s%s%s",
		 source->level < level ? inherited[source->level] : "",
		 source->profile ? "profile " : "",
		 source->profile ? source->profile->name : "",
		 source->profile ? ", " : "");
	name_mark(s, source->mark, before);
}

/* A limit as it holds at a level, whoever says it */
static void show_limit(struct show *s, const struct config_resolved *r,
		       enum config_section section, enum config_level level,
		       int id)
{
	int32_t v = r->set.value[id];
	struct config_row row = {
		.section = config_section_name(section), .name = s->label,
		.key = limit_infos[id].key, .value = s->value,
		.unit = units[limit_infos[id].unit], .number = v,
		.has_number = v != LIMIT_UNSET,
		.per_cell = limit_infos[id].unit == LIMIT_CELL_MV,
		.is_default = !r->source[id].mark, .source = s->source,
	};

	config_limit_format(id, v == LIMIT_UNSET ? CONFIG_NONE : v, s->value,
			    sizeof(s->value));
	name_source(s, &r->source[id], level, id);
	s->row(&row, s->userdata);
}

static void show_limits(struct show *s, const struct config_resolved *r,
			enum config_section section, enum config_level level)
{
	int id;

	for (id = 0; id < LIMIT_COUNT; id++)
		show_limit(s, r, section, level, id);
}

/* Does the section have limits, and what are they where it stands? */
static bool resolve(const struct config *c, enum config_section section,
		    size_t index, struct config_resolved *r,
		    enum config_level *level)
{
	const struct config_block *b;
	unsigned int jar;

	switch (section) {
	case CONFIG_LIMITS:
		config_resolve(c, NULL, NULL, r);
		*level = CONFIG_BY_SITE;
		return true;
	case CONFIG_STRING:
		config_resolve(c, &c->strings[index], NULL, r);
		*level = CONFIG_BY_STRING;
		return true;
	case CONFIG_MODULE:
		b = &c->blocks[index];
		config_resolve(c, config_find_jar(c, b->module.bus,
						  b->module.address, &jar),
			       b, r);
		*level = CONFIG_BY_MODULE;
		return true;
	default:
		return false;
	}
}

static void show_section(struct show *s, enum config_section section,
			 size_t index)
{
	struct config_resolved r;
	struct config_item item;
	enum config_level level;
	bool limits = resolve(s->config, section, index, &r, &level);
	size_t n;

	config_section_label(s->config, section, index, s->label,
			     sizeof(s->label));
	for (n = 0; config_item_at(section, n, &item); n++) {
		if (limits && config_is_limit(&item))
			break;
		show_item(s, &item, index);
	}
	if (limits)
		show_limits(s, &r, section, level);
}

void config_describe(const struct config *c, char *text, size_t size)
{
	snprintf(text, size, "%zu bus%s, %zu string%s", c->bus_count,
		 c->bus_count == 1 ? "" : "es", c->string_count,
		 c->string_count == 1 ? "" : "s");
}

void config_show(const struct config *config, config_row_fn row,
		 void *userdata)
{
	struct show s = { .config = config, .row = row, .userdata = userdata };
	int section;
	size_t i;

	for (section = 0; section < CONFIG_SECTION_COUNT; section++)
		for (i = 0; i < config_section_count(config, section); i++)
			show_section(&s, section, i);
}

void config_show_limits(const struct config *config, const char *bus,
			unsigned int address, config_row_fn row,
			void *userdata)
{
	struct show s = { .config = config, .row = row, .userdata = userdata };
	struct config_resolved r;
	unsigned int jar;

	snprintf(s.label, sizeof(s.label), "%s:%u", bus, address);
	config_resolve(config, config_find_jar(config, bus, address, &jar),
		       config_find_block(config, bus, address), &r);
	show_limits(&s, &r, CONFIG_MODULE, CONFIG_LEVELS);
}
