// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits: who inherits what from whom, and whether it makes sense together */
#include <string.h>

#include "config-internal.h"

#define PROFILE_DEPTH	8	/* a profile of a profile of ... */

static const char *const technology_names[] = {
	[CONFIG_FLOODED] = "flooded", [CONFIG_AGM] = "agm",
	[CONFIG_GEL] = "gel",
};

const struct config_profile *config_find_profile(const struct config *config,
						 const char *name)
{
	size_t i;

	for (i = 0; i < config->profile_count; i++)
		if (!strcmp(config->profiles[i].name, name))
			return &config->profiles[i];
	return NULL;
}

const struct config_string *config_find_string(const struct config *config,
					       const char *name)
{
	size_t i;

	for (i = 0; i < config->string_count; i++)
		if (!strcmp(config->strings[i].name, name))
			return &config->strings[i];
	return NULL;
}

const struct config_block *config_find_block(const struct config *config,
					     const char *bus,
					     unsigned int address)
{
	size_t i;

	for (i = 0; i < config->block_count; i++)
		if (config->blocks[i].module.address == address &&
		    !strcmp(config->blocks[i].module.bus, bus))
			return &config->blocks[i];
	return NULL;
}

bool config_profile_of(const struct config_limits *limits, int32_t nominal_mv,
		       char name[CONFIG_PROFILE_NAME_MAX + 1])
{
	*name = '\0';
	if (*limits->profile)
		strcpy(name, limits->profile);
	else if (limits->technology && nominal_mv != CONFIG_UNSET)
		snprintf(name, CONFIG_PROFILE_NAME_MAX + 1, "%s-%dv",
			 technology_names[limits->technology],
			 nominal_mv / 1000);
	return *name != '\0';
}

struct overlay {
	const struct config *config;
	struct config_resolved *ret;
	enum config_level level;
	unsigned int rank;
};

static void take_values(struct overlay *o, const struct config_limits *limits,
			const struct config_marks *marks,
			enum config_section section,
			const struct config_profile *profile)
{
	int i;

	o->rank++;
	for (i = 0; i < LIMIT_COUNT; i++) {
		int32_t v = limits->value[i];

		if (v == CONFIG_UNSET)
			continue;
		o->ret->set.value[i] = v == CONFIG_NONE ? LIMIT_UNSET : v;
		o->ret->source[i] = (struct config_source){
			o->level, profile,
			config_find_mark(marks, section, limit_infos[i].key),
			o->rank,
		};
	}
}

static void take_profile(struct overlay *o, const char *name, int depth)
{
	const struct config_profile *p = config_find_profile(o->config, name);

	if (!p || depth > PROFILE_DEPTH)
		return;
	if (*p->limits.profile)
		take_profile(o, p->limits.profile, depth + 1);
	take_values(o, &p->limits, &p->marks, CONFIG_PROFILE, p);
}

static void take_level(struct overlay *o, enum config_level level,
		       const struct config_limits *limits, int32_t nominal_mv,
		       const struct config_marks *marks,
		       enum config_section section)
{
	char name[CONFIG_PROFILE_NAME_MAX + 1];

	o->level = level;
	if (config_profile_of(limits, nominal_mv, name)) {
		take_profile(o, name, 1);
		strcpy(o->ret->profile, name);
	}
	take_values(o, limits, marks, section, NULL);
}

void config_resolve(const struct config *config,
		    const struct config_string *string,
		    const struct config_block *block,
		    struct config_resolved *ret)
{
	struct overlay o = { .config = config, .ret = ret };
	int32_t nominal_mv = string ? string->nominal_mv : CONFIG_UNSET;

	memset(ret, 0, sizeof(*ret));
	limit_set_defaults(&ret->set);
	take_level(&o, CONFIG_BY_SITE, &config->limits, nominal_mv,
		   &config->marks, CONFIG_LIMITS);
	if (string)
		take_level(&o, CONFIG_BY_STRING, &string->limits, nominal_mv,
			   &string->marks, CONFIG_STRING);
	if (block)
		take_level(&o, CONFIG_BY_MODULE, &block->limits, nominal_mv,
			   &block->marks, CONFIG_MODULE);
}

/*
 * Checks
 */

struct check {
	const struct config *config;
	struct config_errors *errors;
};

static struct config_where where_of(const struct config_marks *marks,
				    enum config_section section,
				    const char *key, struct config_where other)
{
	const struct config_mark *m = config_find_mark(marks, section, key);

	return m ? m->where : other;
}

/* Is there what a level takes its limits from? */
static void check_reference(const struct check *c, const char *name,
			    struct config_where where)
{
	if (!config_profile_name_valid(name))
		config_error_at(c->config, c->errors, where,
				"Profile=%.40s: a profile is named by 1 to %d of a-z, 0-9 and '-'",
				name, CONFIG_PROFILE_NAME_MAX);
	else if (!config_find_profile(c->config, name))
		config_error_at(c->config, c->errors, where,
				"There is no profile '%s', neither as section [Limits %s] nor as file %s.conf in /etc/bacs/limits or /usr/share/bacs/limits; flooded, agm and gel with -2v, -4v, -6v or -12v, and vendor, are shipped",
				name, name, name);
}

static bool is_loop(const struct config *config,
		    const struct config_profile *p)
{
	int depth = 0;

	while (p && *p->limits.profile) {
		if (++depth > PROFILE_DEPTH)
			return true;
		p = config_find_profile(config, p->limits.profile);
	}
	return false;
}

static void check_profiles(const struct check *c)
{
	static const struct config_where nowhere;
	size_t i;

	for (i = 0; i < c->config->profile_count; i++) {
		const struct config_profile *p = &c->config->profiles[i];
		struct config_where where = where_of(&p->marks, CONFIG_PROFILE,
						     "Profile", p->where);

		if (!*p->limits.profile)
			continue;
		check_reference(c, p->limits.profile, where);
		if (is_loop(c->config, p))
			config_error_at(c->config, c->errors, where,
					"[Limits %s] Profile=%s leads through more than %d profiles, or in a circle",
					p->name, p->limits.profile,
					PROFILE_DEPTH);
	}
	if (*c->config->limits.profile)
		check_reference(c, c->config->limits.profile,
				where_of(&c->config->marks, CONFIG_LIMITS,
					 "Profile", nowhere));
}

/* Limits of a level by its technology need the voltage of the block */
static void check_taken(const struct check *c,
			const struct config_limits *limits, int32_t nominal_mv,
			struct config_where where, const char *what)
{
	char name[CONFIG_PROFILE_NAME_MAX + 1];

	if (config_profile_of(limits, nominal_mv, name))
		check_reference(c, name, where);
	else if (limits->technology)
		config_error_at(c->config, c->errors, where,
				"Technology=%s tells the limits of %s only with its NominalVoltage=; or name a Profile=",
				technology_names[limits->technology], what);
}

/* Which of two sources decided last, or is further down in the file? */
static bool is_later(const struct config_source *a,
		     const struct config_source *b)
{
	if (a->rank != b->rank || !a->mark || !b->mark)
		return a->rank > b->rank;
	if (a->mark->where.file != b->mark->where.file)
		return a->mark->where.file > b->mark->where.file;
	return a->mark->where.line > b->mark->where.line;
}

static void contradiction(const struct check *c,
			  const struct config_resolved *r,
			  const struct limit_order *o, const char *what)
{
	const struct config_source *low = &r->source[o->low];
	const struct config_source *high = &r->source[o->high];
	bool low_last = is_later(low, high);
	const struct config_source *other = low_last ? high : low;
	const struct config_mark *at = low_last ? low->mark : high->mark;
	static const struct config_where nowhere;
	char a[24], b[24], place[300] = "the default";

	config_limit_format(o->low, r->set.value[o->low], a, sizeof(a));
	config_limit_format(o->high, r->set.value[o->high], b, sizeof(b));
	if (other->mark)
		snprintf(place, sizeof(place), "%.250s:%u",
			 c->config->files[other->mark->where.file],
			 other->mark->where.line);
	config_error_at(c->config, c->errors, at ? at->where : nowhere,
			"%s: %s=%s is not below %s=%s (%s is from %s)", what,
			limit_infos[o->low].key, a, limit_infos[o->high].key,
			b, limit_infos[low_last ? o->high : o->low].key,
			place);
}

/* Contradictions that come in at @level; those above it were told already */
static void check_order(const struct check *c,
			const struct config_string *string,
			const struct config_block *block,
			enum config_level level, const char *what)
{
	struct config_resolved r;
	const struct limit_order *o;

	config_resolve(c->config, string, block, &r);
	for (o = limit_orders; o->low != o->high; o++) {
		int32_t low = r.set.value[o->low], high = r.set.value[o->high];

		if (low == LIMIT_UNSET || high == LIMIT_UNSET || low < high)
			continue;
		if (r.source[o->low].level >= level ||
		    r.source[o->high].level >= level)
			contradiction(c, &r, o, what);
	}
}

static void check_strings(const struct check *c)
{
	char what[48];
	size_t i;

	for (i = 0; i < c->config->string_count; i++) {
		const struct config_string *s = &c->config->strings[i];
		/* the site's technology is known with the string's voltage */
		bool own = c->config->limits.technology &&
			   !*c->config->limits.profile;

		snprintf(what, sizeof(what), "string %s", s->name);
		if (own && !*s->limits.profile && !s->limits.technology)
			check_taken(c, &c->config->limits, s->nominal_mv,
				    where_of(&s->marks, CONFIG_STRING,
					     "NominalVoltage", s->where),
				    what);
		check_taken(c, &s->limits, s->nominal_mv,
			    where_of(&s->marks, CONFIG_STRING,
				     *s->limits.profile ? "Profile" :
				     "Technology", s->where), what);
		snprintf(what, sizeof(what), "[String %s]", s->name);
		check_order(c, s, NULL, own ? CONFIG_BY_SITE :
					      CONFIG_BY_STRING, what);
	}
}

static void check_blocks(const struct check *c)
{
	char what[48];
	size_t i;

	for (i = 0; i < c->config->block_count; i++) {
		const struct config_block *b = &c->config->blocks[i];
		const struct config_string *s;
		unsigned int jar;

		s = config_find_jar(c->config, b->module.bus,
				    b->module.address, &jar);
		snprintf(what, sizeof(what), "module %s:%u", b->module.bus,
			 b->module.address);
		if (!config_find_bus(c->config, b->module.bus))
			config_error_at(c->config, c->errors, b->where,
					"[Module %s:%u]: there is no section [Bus %s]",
					b->module.bus, b->module.address,
					b->module.bus);
		check_taken(c, &b->limits, s ? s->nominal_mv : CONFIG_UNSET,
			    where_of(&b->marks, CONFIG_MODULE,
				     *b->limits.profile ? "Profile" :
				     "Technology", b->where), what);
		snprintf(what, sizeof(what), "[Module %s:%u]", b->module.bus,
			 b->module.address);
		check_order(c, s, b, CONFIG_BY_MODULE, what);
	}
}

void config_check_limits(const struct config *config,
			 struct config_errors *errors)
{
	struct check c = { config, errors };

	check_profiles(&c);
	if (errors->count)
		return;
	check_order(&c, NULL, NULL, CONFIG_BY_SITE, "[Limits]");
	check_strings(&c);
	check_blocks(&c);
}
