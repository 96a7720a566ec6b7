// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks across the configuration's sections, labels, look-ups */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "config-internal.h"
#include "text.h"

const struct config_bus *config_find_bus(const struct config *config,
					 const char *name)
{
	size_t i;

	for (i = 0; i < config->bus_count; i++)
		if (!strcmp(config->buses[i].name, name))
			return &config->buses[i];
	return NULL;
}

const struct config_string *config_find_jar(const struct config *config,
					    const char *bus,
					    unsigned int address,
					    unsigned int *ret_jar)
{
	size_t i;
	unsigned int j;

	for (i = 0; i < config->string_count; i++) {
		const struct config_string *s = &config->strings[i];

		if (strcmp(s->bus, bus))
			continue;
		for (j = 0; j < s->modules.count; j++) {
			if (s->modules.list[j] == address) {
				*ret_jar = j + 1;
				return s;
			}
		}
	}
	return NULL;
}

int config_label(const struct config_string *string, unsigned int jar,
		 char label[CONFIG_LABEL_MAX + 1])
{
	char out[CONFIG_LABEL_MAX + 1 + 40];
	const char *p;
	size_t used = 0;

	for (p = string->blocks; *p; p++) {
		size_t room = sizeof(out) - used;

		if (*p != '%')
			used += snprintf(out + used, room, "%c", *p);
		else if (*++p == 'n')
			used += snprintf(out + used, room, "%u", jar);
		else if (*p == 's')
			used += snprintf(out + used, room, "%u",
					 string->number);
		else if (*p == 'S')
			used += snprintf(out + used, room, "%s", string->name);
		else if (*p == 'b')
			used += snprintf(out + used, room, "%s", string->bus);
		else if (*p == 'a')
			used += snprintf(out + used, room, "%u",
					 jar && jar <= string->modules.count ?
					 string->modules.list[jar - 1] : 0);
		else if (*p == '%')
			used += snprintf(out + used, room, "%%");
		else
			return -EINVAL;
		if (used > CONFIG_LABEL_MAX)
			return -E2BIG;
	}
	memcpy(label, out, used);
	label[used] = '\0';
	return 0;
}

void config_error_at(const struct config *config, struct config_errors *errors,
		     struct config_where where, const char *format, ...)
{
	char text[CONFIG_ERROR_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	config_error_add(errors, where.file < config->file_count ?
			 config->files[where.file] : "", where.line, "%s",
			 text);
}

static int32_t nearer(int32_t value, int32_t further)
{
	return value == CONFIG_UNSET ? further : value;
}

void config_offsets_of(const struct config *config,
		       const struct config_string *string,
		       struct config_offsets *ret)
{
	const struct config_offsets *o = &config->offsets;

	*ret = *o;
	if (!string)
		return;
	ret->voltage_uv = nearer(string->offsets.voltage_uv, o->voltage_uv);
	ret->temperature_mc = nearer(string->offsets.temperature_mc,
				     o->temperature_mc);
	ret->resistance_uohm = nearer(string->offsets.resistance_uohm,
				      o->resistance_uohm);
}

struct check {
	struct config *config;
	const char *file;
	struct config_errors *errors;
};

/* Strings without Number= take the smallest numbers that are free */
static void number_strings(struct check *c)
{
	uint8_t used[CONFIG_STRINGS_MAX + 1] = { 0 };
	unsigned int next = 1;

	for (size_t i = 0; i < c->config->string_count; i++) {
		const struct config_string *s = &c->config->strings[i];

		if (!s->number)
			continue;
		if (used[s->number])
			config_error_at(c->config, c->errors, s->where,
					 "[String %s] Number=%u belongs to another string already",
					 s->name, s->number);
		used[s->number] = 1;
	}
	for (size_t i = 0; i < c->config->string_count; i++) {
		struct config_string *s = &c->config->strings[i];

		if (s->number)
			continue;
		while (used[next])
			next++;
		used[next] = 1;
		s->number = next;
	}
}

static bool bus_expects(const struct config_bus *bus, unsigned int address)
{
	return !bus->modules.count ||
	       memchr(bus->modules.list, address, bus->modules.count);
}

/* The addresses of @all that are not in @in, as text; their number */
static unsigned int missing_of(const struct config_addresses *all,
			       const struct config_addresses *in, char *text,
			       size_t size)
{
	unsigned int i, n = 0;
	size_t used = 0;

	*text = '\0';
	for (i = 0; i < all->count; i++) {
		if (memchr(in->list, all->list[i], in->count))
			continue;
		if (used < size)
			used += snprintf(text + used, size - used, "%s%u",
					 n ? ", " : "", all->list[i]);
		n++;
	}
	return n;
}

/* A module that is left out would make every finding on the cable wrong */
static void check_wiring(struct check *c, const struct config_bus *b)
{
	const struct config_mark *mark =
		config_find_mark(&b->marks, CONFIG_BUS, "Wiring");
	struct config_where where = mark ? mark->where : b->where;
	const struct config_addresses *order = &b->wiring.order;
	char list[200];
	size_t i;

	if (!order->count)
		return;
	if (b->modules.count && missing_of(order, &b->modules, list,
					   sizeof(list)))
		config_error_at(c->config, c->errors, where,
				"[Bus %s] Wiring= names %s, which Modules= does not",
				b->name, list);
	if (missing_of(&b->modules, order, list, sizeof(list)))
		config_error_at(c->config, c->errors, where,
				"[Bus %s] Wiring= leaves out %s of Modules=",
				b->name, list);
	for (i = 0; i < c->config->string_count; i++) {
		const struct config_string *s = &c->config->strings[i];

		if (!b->modules.count && !strcmp(s->bus, b->name) &&
		    missing_of(&s->modules, order, list, sizeof(list)))
			config_error_at(c->config, c->errors, where,
					"[Bus %s] Wiring= leaves out %s of [String %s]",
					b->name, list, s->name);
	}
}

static void check_string(struct check *c, const struct config_string *s)
{
	const struct config_bus *bus = config_find_bus(c->config, s->bus);
	unsigned int i, jar;

	if (!*s->bus || !s->modules.count) {
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] has no %s=", s->name,
				 *s->bus ? "Modules" : "Bus");
		return;
	}
	if (!bus) {
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] Bus=%s: there is no section [Bus %s]",
				 s->name, s->bus, s->bus);
		return;
	}
	if (s->nominal_mv != CONFIG_UNSET && s->nominal_mv % 2000)
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] NominalVoltage= of %d mV is not a whole number of 2 V cells; 2V, 4V, 6V and 12V are usual",
				 s->name, s->nominal_mv);
	for (i = 0; i < s->modules.count; i++) {
		unsigned int address = s->modules.list[i];

		if (!bus_expects(bus, address))
			config_error_at(c->config, c->errors, s->where,
					 "[String %s] Modules= names address %u, which Modules= of [Bus %s] does not",
					 s->name, address, s->bus);
		else if (config_find_jar(c->config, s->bus, address, &jar) != s)
			config_error_at(c->config, c->errors, s->where,
					 "[String %s] Modules= names address %u of %s, which belongs to another string already",
					 s->name, address, s->bus);
		else
			continue;
		return;
	}
}

static const struct config_string *
find_sensor(const struct config *config, const struct config_module *sensor)
{
	size_t i;

	for (i = 0; i < config->string_count; i++)
		if (config->strings[i].sensor.address == sensor->address &&
		    !strcmp(config->strings[i].sensor.bus, sensor->bus))
			return &config->strings[i];
	return NULL;
}

static void check_sensor(struct check *c, const struct config_string *s)
{
	const struct config_module *m = &s->sensor;
	const struct config_bus *bus = config_find_bus(c->config, m->bus);
	unsigned int jar;

	if (!m->address)
		return;
	if (!bus)
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] Sensor=%s:%u: there is no section [Bus %s]",
				 s->name, m->bus, m->address, m->bus);
	else if (!bus_expects(bus, m->address))
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] Sensor= names address %u, which Modules= of [Bus %s] does not",
				 s->name, m->address, m->bus);
	else if (config_find_jar(c->config, m->bus, m->address, &jar))
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] Sensor= names address %u of %s, which measures a block",
				 s->name, m->address, m->bus);
	else if (find_sensor(c->config, m) != s)
		config_error_at(c->config, c->errors, s->where,
				 "[String %s] Sensor= names address %u of %s, which is the sensor of another string already",
				 s->name, m->address, m->bus);
}

static void check_equalize(struct check *c, const struct config_string *s)
{
	const struct config_equalize *e = &s->equalize;
	const struct config_mark *mark =
		config_find_mark(&s->marks, CONFIG_STRING, "Equalize");
	struct config_where where = mark ? mark->where : s->where;

	if (e->on && e->capacity_mah == CONFIG_UNSET)
		config_error_at(c->config, c->errors, where,
				"[String %s] Equalize=yes needs Capacity= of the blocks, 1Ah to 10000Ah: it bounds the current past them",
				s->name);
	if (e->on && s->modules.count < 2)
		config_error_at(c->config, c->errors, where,
				"[String %s] Equalize=yes needs at least 2 modules",
				s->name);
	if (e->low_mv >= e->high_mv)
		config_error_at(c->config, c->errors, s->where,
				"[String %s] EqualizeWindowLow= of %d mV is not below EqualizeWindowHigh= of %d mV",
				s->name, e->low_mv, e->high_mv);
	if (e->derate_from_mc >= e->derate_to_mc)
		config_error_at(c->config, c->errors, s->where,
				"[String %s] EqualizeDerateFrom= of %d C is not below EqualizeDerateTo= of %d C",
				s->name, e->derate_from_mc / 1000,
				e->derate_to_mc / 1000);
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Every label can be made, and none is made twice */
static void check_labels(struct check *c)
{
	typedef char label_t[CONFIG_LABEL_MAX + 1];
	label_t *labels _free_ = NULL;
	size_t i, n = 0, total = 0;
	unsigned int jar;

	for (i = 0; i < c->config->string_count; i++)
		total += c->config->strings[i].modules.count;
	labels = calloc(total ? total : 1, sizeof(*labels));
	if (!labels)
		return;
	for (i = 0; i < c->config->string_count; i++) {
		const struct config_string *s = &c->config->strings[i];

		for (jar = 1; jar <= s->modules.count; jar++) {
			int r = config_label(s, jar, labels[n]);

			if (r == 0) {
				n++;
				continue;
			}
			config_error_at(c->config, c->errors, s->where, r == -E2BIG ?
					 "[String %s] Blocks=%s makes a name longer than %d characters" :
					 "[String %s] Blocks=%s has an unknown %%; %%n (jar), %%s (number of the string), %%S (its name), %%b (bus), %%a (address) and %%%% are known",
					 s->name, s->blocks, CONFIG_LABEL_MAX);
			break;
		}
	}
	qsort(labels, n, sizeof(*labels), compare_labels);
	for (i = 1; i < n; i++) {
		if (strcmp(labels[i - 1], labels[i]))
			continue;
		config_error_add(c->errors, c->file, 0,
				 "Two modules get the name '%s'; give Blocks= a scheme that tells them apart, such as %%nS%%s",
				 labels[i]);
		return;
	}
}

void config_check(struct config *config, const char *file,
		  struct config_errors *errors)
{
	struct check c = { config, file, errors };
	size_t i;

	if (config_make_halves(config, errors) < 0)
		config_error_add(errors, file, 0, "There is no memory for it");
	number_strings(&c);
	for (i = 0; i < config->bus_count; i++)
		check_wiring(&c, &config->buses[i]);
	for (i = 0; i < config->string_count; i++)
		check_string(&c, &config->strings[i]);
	for (i = 0; i < config->string_count; i++) {
		check_sensor(&c, &config->strings[i]);
		check_equalize(&c, &config->strings[i]);
	}
	/* what is wrong already makes names collide too */
	if (!errors->count)
		check_labels(&c);
	if (!errors->count)
		config_check_limits(config, errors);
}
