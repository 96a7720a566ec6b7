// SPDX-License-Identifier: GPL-2.0-or-later
/* Centre-tapped batteries: one declaration, two strings of equal length (M5b) */
#include <errno.h>
#include <string.h>

#include "config-internal.h"
#include "text.h"

struct making {
	struct config *config;
	struct config_errors *errors;
	const struct config_battery *battery;
};

/* The names of the halves; @ret has 32 bytes for each */
static bool split_halves(const struct making *m, char ret[2][32])
{
	const struct config_battery *b = m->battery;
	const char *comma = strchr(b->halves, ',');
	size_t n = comma ? (size_t)(comma - b->halves) : 0;

	if (!n || !comma[1] || strchr(comma + 1, ',') ||
	    strchr(b->halves, ' ') ||
	    (strlen(comma + 1) == n && !strncmp(b->halves, comma + 1, n))) {
		config_error_at(m->config, m->errors, b->where,
				"[Battery %s] Halves=%s is not two different names with a comma between them, such as plus,minus",
				b->name, b->halves);
		return false;
	}
	memcpy(ret[0], b->halves, n);
	ret[0][n] = '\0';
	strcpy(ret[1], comma + 1);
	return true;
}

static bool same_addresses(const struct config_addresses *a,
			   const struct config_addresses *b)
{
	return a->count == b->count && !memcmp(a->list, b->list, a->count);
}

static struct config_string *get_string(struct config *c, const char *name)
{
	struct config_string *s = (void *)config_find_string(c, name);

	if (s)
		return s;
	if (c->string_count == CONFIG_STRINGS_MAX ||
	    config_add(c, CONFIG_STRING) < 0)
		return NULL;
	s = &c->strings[c->string_count - 1];
	strcpy(s->name, name);
	return s;
}

/* A [String] section of the same name may add keys, but no other modules */
static int make_half(const struct making *m, const char *half, bool second)
{
	const struct config_battery *b = m->battery;
	struct config_addresses list = { .count = b->modules.count / 2 };
	char name[CONFIG_STRING_NAME_MAX + 2 + 64];
	struct config_string *s;

	memcpy(list.list, b->modules.list + (second ? list.count : 0),
	       list.count);
	snprintf(name, sizeof(name), "%s-%s", b->name, half);
	if (strlen(name) > CONFIG_STRING_NAME_MAX) {
		config_error_at(m->config, m->errors, b->where,
				"[Battery %s]: its string '%s' has a name longer than %d characters",
				b->name, name, CONFIG_STRING_NAME_MAX);
		return 0;
	}
	s = get_string(m->config, name);
	if (!s) {
		config_error_at(m->config, m->errors, b->where,
				"[Battery %s]: its string '%s' is one too many, at most %d are allowed",
				b->name, name, CONFIG_STRINGS_MAX);
		return 0;
	}
	if (!s->where.line)
		s->where = b->where;
	if ((*s->bus && strcmp(s->bus, b->bus)) ||
	    (s->modules.count && !same_addresses(&s->modules, &list)))
		config_error_at(m->config, m->errors, s->where,
				"[String %s] is a half of [Battery %s], which says its Bus= and Modules=",
				s->name, b->name);
	strcpy(s->bus, b->bus);
	s->modules = list;
	if (s->nominal_mv == CONFIG_UNSET)
		s->nominal_mv = b->nominal_mv;
	strcpy(s->battery, b->name);
	return 0;
}

static void check_halves_alike(const struct making *m, char halves[2][32])
{
	const struct config_battery *b = m->battery;
	const struct config_string *s[2];
	char name[CONFIG_STRING_NAME_MAX + 2 + 64];
	int i;

	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s-%s", b->name, halves[i]);
		s[i] = config_find_string(m->config, name);
	}
	if (s[0] && s[1] && s[0]->nominal_mv != s[1]->nominal_mv)
		config_error_at(m->config, m->errors, b->where,
				"[Battery %s]: its halves have blocks of different NominalVoltage=, %d mV and %d mV",
				b->name, s[0]->nominal_mv, s[1]->nominal_mv);
}

int config_make_halves(struct config *config, struct config_errors *errors)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < config->battery_count; i++) {
		struct making m = { config, errors, &config->batteries[i] };
		const struct config_battery *b = m.battery;
		char halves[2][32];

		if (!split_halves(&m, halves))
			continue;
		if (!*b->bus || !b->modules.count) {
			config_error_at(config, errors, b->where,
					"[Battery %s] has no %s=", b->name,
					*b->bus ? "Modules" : "Bus");
			continue;
		}
		if (b->modules.count % 2) {
			config_error_at(config, errors, b->where,
					"[Battery %s] Modules= names %u module%s, and two halves of equal length need an even number",
					b->name, b->modules.count,
					b->modules.count == 1 ? "" : "s");
			continue;
		}
		r = make_half(&m, halves[0], false);
		if (r == 0)
			r = make_half(&m, halves[1], true);
		if (r == 0)
			check_halves_alike(&m, halves);
	}
	return r;
}
