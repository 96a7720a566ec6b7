// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys of [site] and [run] */
#include <stdio.h>
#include <string.h>

#include "parse.h"

enum key_type {
	KEY_UNSIGNED,
	KEY_NUMBER,
	KEY_BOOL,
};

#define SITE(field)	offsetof(struct scenario, site.field)

static const struct key {
	const char *name;
	enum key_type type;
	enum dimension dim;
	double min;
	double max;
	size_t offset;
} site_keys[] = {
	{ "strings", KEY_UNSIGNED, 0, 1, 16, SITE(strings) },
	{ "blocks", KEY_UNSIGNED, 0, 0, 240, SITE(blocks) },
	{ "voltage", KEY_UNSIGNED, 0, 2, 12, SITE(nominal_v) },
	{ "capacity", KEY_NUMBER, DIM_AH, 1, 6000, SITE(capacity_ah) },
	{ "charge", KEY_NUMBER, DIM_NONE, 0, 1, SITE(charge) },
	{ "load-rate", KEY_NUMBER, DIM_NONE, 0, 10, SITE(load_rate) },
	{ "charger-limit", KEY_NUMBER, DIM_AMPERE, 0.01, 10000,
	  SITE(charger.limit_a) },
	{ "float", KEY_NUMBER, DIM_VOLT, 2, 2.6, SITE(charger.float_cell_v) },
	{ "wander", KEY_NUMBER, DIM_VOLT, 0, 1, SITE(charger.wander_v) },
	{ "room", KEY_NUMBER, DIM_KELVIN, -20, 60, SITE(air.mean_c) },
	{ "season", KEY_NUMBER, DIM_KELVIN, 0, 30, SITE(air.season_k) },
	{ "day", KEY_NUMBER, DIM_KELVIN, 0, 20, SITE(air.day_k) },
	{ "failures-per-year", KEY_NUMBER, DIM_NONE, 0, 1000,
	  SITE(failures_per_year) },
	{ "failure-shortest", KEY_NUMBER, DIM_TIME, 1, 86400,
	  SITE(failure_min_s) },
	{ "failure-longest", KEY_NUMBER, DIM_TIME, 1, 86400,
	  SITE(failure_max_s) },
	{ "test-every", KEY_NUMBER, DIM_TIME, 0, 31536000, SITE(test_every_s) },
	{ "test-length", KEY_NUMBER, DIM_TIME, 1, 86400, SITE(test_s) },
	{ "sensor", KEY_BOOL, 0, 0, 0, SITE(sensor) },
	{ "frames-lost", KEY_NUMBER, DIM_NONE, 0, 1, SITE(lost) },
	{ "frames-doubled", KEY_NUMBER, DIM_NONE, 0, 1, SITE(doubled) },
	{ "frames-swapped", KEY_NUMBER, DIM_NONE, 0, 1, SITE(swapped) },
	{ NULL }
}, run_keys[] = {
	{ "duration", KEY_NUMBER, DIM_TIME, 1, 10 * 31536000.0,
	  offsetof(struct scenario, duration_s) },
	{ "scan", KEY_NUMBER, DIM_TIME, 0.1, 60,
	  offsetof(struct scenario, scan_s) },
	{ NULL }
};

static void take_bool(struct parse *p, const char *key, const char *value,
		      bool *ret)
{
	if (!strcmp(value, "yes"))
		*ret = true;
	else if (!strcmp(value, "no"))
		*ret = false;
	else
		parse_error(p, "%s: '%s' is neither yes nor no", key, value);
}

static bool take(struct parse *p, const struct key *keys, const char *name,
		 const char *value)
{
	const struct key *k;
	void *at;

	for (k = keys; k->name && strcmp(k->name, name); k++)
		;
	if (!k->name)
		return false;
	at = (char *)p->s + k->offset;
	switch (k->type) {
	case KEY_UNSIGNED:
		parse_unsigned(p, name, value, (unsigned int)k->min,
			       (unsigned int)k->max, at);
		break;
	case KEY_NUMBER:
		parse_number(p, name, value, k->dim, k->min, k->max, at);
		break;
	default:
		take_bool(p, name, value, at);
		break;
	}
	return true;
}

static void take_charger(struct parse *p, const char *value)
{
	struct plant_charger *c = &p->s->site.charger;

	if (!strcmp(value, "float"))
		*c = plant_charger_float;
	else if (!strcmp(value, "boost"))
		*c = plant_charger_boost;
	else if (!strcmp(value, "cycle"))
		*c = plant_charger_cycle;
	else
		parse_error(p, "charger: '%s' is none of: float, boost, cycle",
			    value);
	/* a tenth of the capacity an hour, unless the file says otherwise */
	c->limit_a = 0;
}

const char *scenario_chemistry_name(unsigned int chemistry)
{
	static const char *const names[] = { "agm", "gel", "flooded" };

	return chemistry < 3 ? names[chemistry] : NULL;
}

/* With it comes the float voltage that its makers ask for */
static void take_chemistry(struct parse *p, const char *value)
{
	struct scenario_site *site = &p->s->site;
	unsigned int i;

	for (i = 0; scenario_chemistry_name(i); i++)
		if (!strcmp(scenario_chemistry_name(i), value))
			break;
	if (!scenario_chemistry_name(i)) {
		parse_error(p, "chemistry: '%s' is none of: agm, gel, flooded",
			    value);
		return;
	}
	site->chemistry = i;
	if (i == CHEMISTRY_GEL)
		site->charger.reference_c = 20;
	if (i == CHEMISTRY_FLOODED)
		site->charger.float_cell_v = 2.23;
}

static void no_such_key(struct parse *p, const struct key *keys,
			const char *section, const char *key, const char *more)
{
	char list[640];
	size_t n = 0;

	list[0] = '\0';
	for (; keys->name && n < sizeof(list); keys++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, ", %s",
				      keys->name);
	parse_error(p, "[%s] has no key '%s'; it has: %s%s", section, key, more,
		    list);
}

void parse_site_key(struct parse *p, const char *key, const char *value)
{
	if (p->picked_count)
		parse_error(p, "a block is drawn before [site] is complete");
	if (!strcmp(key, "charger"))
		take_charger(p, value);
	else if (!strcmp(key, "chemistry"))
		take_chemistry(p, value);
	else if (!take(p, site_keys, key, value))
		no_such_key(p, site_keys, "site", key,
			    "charger, chemistry");
}

void parse_run_key(struct parse *p, const char *key, const char *value)
{
	unsigned int first, last;
	char end;

	if (!strcmp(key, "seeds")) {
		if (sscanf(value, "%u-%u%c", &first, &last, &end) != 2 ||
		    !first || last < first || last - first > 100000)
			parse_error(p, "seeds: '%s' is no range such as 1-5",
				    value);
		p->s->first_seed = first;
		p->s->last_seed = last;
	} else if (!strcmp(key, "title")) {
		snprintf(p->s->title, sizeof(p->s->title), "%s", value);
	} else if (!take(p, run_keys, key, value)) {
		no_such_key(p, run_keys, "run", key, "seeds, title");
	}
}

void parse_site_end(struct parse *p)
{
	struct scenario_site *site = &p->s->site;
	unsigned int v = site->nominal_v;

	if (v != 2 && v != 4 && v != 6 && v != 12)
		parse_error(p, "voltage: %u is none of: 2, 4, 6, 12", v);
	if (site->failure_max_s < site->failure_min_s)
		parse_error(p, "failure-longest is shorter than failure-shortest");
	if (site->test_every_s && site->test_every_s <= site->test_s)
		parse_error(p, "test-length is longer than test-every");
	if (!site->charger.limit_a)
		site->charger.limit_a = 0.1 * site->capacity_ah * site->strings;
}
