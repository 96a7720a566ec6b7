// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration's table of keys: Section.Key -> type -> field */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "config-value.h"
#include "text.h"

enum section { SITE, BUS, STRING, SAMPLING, LIMITS };

static const char *const section_names[] = {
	[SITE] = "Site", [BUS] = "Bus", [STRING] = "String",
	[SAMPLING] = "Sampling", [LIMITS] = "Limits",
};

struct item {
	enum section section;
	const char *key;
	const struct config_type *type;
	size_t offset;
	size_t size;
	struct config_range range;
};

#define FIELD(type, member) offsetof(type, member), sizeof(((type *)0)->member)
#define LIMIT(member) FIELD(struct config, limits.member)

/* Voltages per cell and temperatures: what hwmon and the modules can show */
#define CELL	{ 500, 4000 }
#define TEMP	{ -40000, 125000 }

static const struct item items[] = {
	{ SITE, "Name", &config_type_text, FIELD(struct config, site_name),
	  { 0, 63 } },
	{ BUS, "Modules", &config_type_addresses,
	  FIELD(struct config_bus, modules) },
	{ BUS, "Profile", &config_type_word, FIELD(struct config_bus, profile),
	  { 0, 31 } },
	{ STRING, "Bus", &config_type_word, FIELD(struct config_string, bus),
	  { 0, CONFIG_BUS_NAME_MAX } },
	{ STRING, "Modules", &config_type_addresses,
	  FIELD(struct config_string, modules) },
	{ STRING, "NominalVoltage", &config_type_voltage,
	  FIELD(struct config_string, nominal_mv), { 2000, 12000 } },
	{ STRING, "Blocks", &config_type_word,
	  FIELD(struct config_string, blocks), { 1, 31 } },
	{ STRING, "Sensor", &config_type_module,
	  FIELD(struct config_string, sensor), { 0, 0 } },
	{ STRING, "CurrentZero", &config_type_current,
	  FIELD(struct config_string, current_zero_ma), { 10, 50000 } },
	{ STRING, "Number", &config_type_number,
	  FIELD(struct config_string, number), { 1, CONFIG_STRINGS_MAX } },
	{ SAMPLING, "HistorySeconds", &config_type_number,
	  FIELD(struct config, history_s), { 60, 900 } },
	{ SAMPLING, "RetentionDays", &config_type_number,
	  FIELD(struct config, retention_days), { 1, 3660 } },
	{ LIMITS, "VoltageLow", &config_type_voltage, LIMIT(voltage_low_mv),
	  CELL },
	{ LIMITS, "VoltageHigh", &config_type_voltage, LIMIT(voltage_high_mv),
	  CELL },
	{ LIMITS, "VoltageLowAlarm", &config_type_voltage,
	  LIMIT(voltage_low_alarm_mv), CELL },
	{ LIMITS, "VoltageHighAlarm", &config_type_voltage,
	  LIMIT(voltage_high_alarm_mv), CELL },
	{ LIMITS, "TemperatureLow", &config_type_temp, LIMIT(temp_low_mc),
	  TEMP },
	{ LIMITS, "TemperatureHigh", &config_type_temp, LIMIT(temp_high_mc),
	  TEMP },
	{ LIMITS, "TemperatureLowAlarm", &config_type_temp,
	  LIMIT(temp_low_alarm_mc), TEMP },
	{ LIMITS, "TemperatureHighAlarm", &config_type_temp,
	  LIMIT(temp_high_alarm_mc), TEMP },
};

static const struct config defaults = {
	.history_s = 300,
	.retention_days = 30,
	.limits = {
		CONFIG_UNSET, CONFIG_UNSET, CONFIG_UNSET, CONFIG_UNSET,
		CONFIG_UNSET, CONFIG_UNSET, CONFIG_UNSET, CONFIG_UNSET,
	},
};

static const struct config_bus bus_defaults;
static const struct config_string string_defaults = {
	.nominal_mv = CONFIG_UNSET,
	.blocks = "%nS%s",
	.current_zero_ma = 1000,
};

int config_new(struct config **ret)
{
	struct config *config = malloc(sizeof(*config));

	if (!config)
		return -ENOMEM;
	*config = defaults;
	*ret = config;
	return 0;
}

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	free(config->buses);
	free(config->strings);
	free(config);
	return NULL;
}

/* What one file has set already, for duplicates */
struct seen {
	const struct item *item;
	size_t index;		/* of the bus or string */
	unsigned int line;
};

struct reading {
	struct config *config;
	const char *file;
	struct config_errors *errors;
	enum section section;
	size_t index;
	struct seen *seen;
	size_t seen_count;
	int error;
};

static bool bus_name_valid(const char *name)
{
	size_t i, n = strlen(name);

	if (!n || n > CONFIG_BUS_NAME_MAX)
		return false;
	for (i = 0; i < n; i++) {
		char c = name[i] | 0x20;

		if (c >= 'a' && c <= 'z')
			continue;
		if (i && name[i] >= '0' && name[i] <= '9')
			continue;
		return false;
	}
	return true;
}

static int enter_bus(struct reading *r, const char *name, unsigned int line)
{
	struct config *c = r->config;
	struct config_bus *b;
	size_t i;

	if (!bus_name_valid(name)) {
		config_error_add(r->errors, r->file, line,
				 "[Bus %.40s]: a bus is named by a letter and up to 11 letters or digits, such as [Bus bacsA]",
				 name);
		return -EINVAL;
	}
	for (i = 0; i < c->bus_count; i++)
		if (!strcasecmp(c->buses[i].name, name))
			break;
	r->index = i;
	if (i < c->bus_count) {
		if (!strcmp(c->buses[i].name, name))
			return 0;
		config_error_add(r->errors, r->file, line,
				 "[Bus %s] differs from [Bus %s] by case alone",
				 name, c->buses[i].name);
		return -EINVAL;
	}
	if (i == CONFIG_BUSES_MAX) {
		config_error_add(r->errors, r->file, line,
				 "[Bus %s] is one too many, at most %d are allowed",
				 name, CONFIG_BUSES_MAX);
		return -EINVAL;
	}
	b = reallocarray(c->buses, i + 1, sizeof(*b));
	if (!b)
		return r->error = -ENOMEM;
	c->buses = b;
	c->buses[i] = bus_defaults;
	c->buses[i].line = line;
	strcpy(c->buses[i].name, name);
	c->bus_count++;
	return 0;
}

static int enter_string(struct reading *r, const char *name, unsigned int line)
{
	struct config *c = r->config;
	struct config_string *s;
	size_t i;

	if (!*name || strlen(name) > CONFIG_STRING_NAME_MAX ||
	    !text_is_printable_ascii(name)) {
		config_error_add(r->errors, r->file, line,
				 "[String %.60s]: a string is named by 1 to %d printable ASCII characters, such as [String North]",
				 name, CONFIG_STRING_NAME_MAX);
		return -EINVAL;
	}
	for (i = 0; i < c->string_count; i++)
		if (!strcmp(c->strings[i].name, name))
			break;
	r->index = i;
	if (i < c->string_count)
		return 0;
	if (i == CONFIG_STRINGS_MAX) {
		config_error_add(r->errors, r->file, line,
				 "[String %s] is one too many, at most %d are allowed",
				 name, CONFIG_STRINGS_MAX);
		return -EINVAL;
	}
	s = reallocarray(c->strings, i + 1, sizeof(*s));
	if (!s)
		return r->error = -ENOMEM;
	c->strings = s;
	c->strings[i] = string_defaults;
	c->strings[i].line = line;
	strcpy(c->strings[i].name, name);
	c->string_count++;
	return 0;
}

static int read_section(void *userdata, const char *section, const char *name,
			unsigned int line)
{
	struct reading *r = userdata;
	unsigned int best = UINT32_MAX;
	size_t i, nearest = 0;

	for (i = 0; i < ARRAY_SIZE(section_names); i++) {
		unsigned int d = text_distance(section, section_names[i]);

		if (!strcmp(section, section_names[i]))
			break;
		if (d < best) {
			best = d;
			nearest = i;
		}
	}
	if (i == ARRAY_SIZE(section_names)) {
		config_error_add(r->errors, r->file, line,
				 "Unknown section [%.40s], the nearest name is [%s]; there are Site, Bus, String, Sampling and Limits",
				 section, section_names[nearest]);
		return -EINVAL;
	}
	r->section = i;
	r->index = 0;
	if (i == BUS)
		return enter_bus(r, name, line);
	if (i == STRING)
		return enter_string(r, name, line);
	if (*name) {
		config_error_add(r->errors, r->file, line,
				 "[%s] takes no name, '%.40s' was given",
				 section, name);
		return -EINVAL;
	}
	return 0;
}

static void *field_of(struct config *config, const struct item *item,
		      size_t index)
{
	char *base = (char *)config;

	if (item->section == BUS)
		base = (char *)&config->buses[index];
	else if (item->section == STRING)
		base = (char *)&config->strings[index];
	return base + item->offset;
}

static const void *default_of(const struct item *item)
{
	const char *base = (const char *)&defaults;

	if (item->section == BUS)
		base = (const char *)&bus_defaults;
	else if (item->section == STRING)
		base = (const char *)&string_defaults;
	return base + item->offset;
}

/* Remember that this file sets an item; negative if it did so before */
static int note_seen(struct reading *r, const struct item *item,
		     unsigned int line)
{
	struct seen *s;
	size_t i;

	for (i = 0; i < r->seen_count; i++) {
		s = &r->seen[i];
		if (s->item != item || s->index != r->index)
			continue;
		config_error_add(r->errors, r->file, line,
				 "%s= is set a second time in [%s], the first time in line %u",
				 item->key, section_names[item->section],
				 s->line);
		return -EEXIST;
	}
	s = reallocarray(r->seen, r->seen_count + 1, sizeof(*s));
	if (!s)
		return r->error = -ENOMEM;
	r->seen = s;
	r->seen[r->seen_count++] = (struct seen){ item, r->index, line };
	return 0;
}

static void unknown_key(struct reading *r, const char *key, unsigned int line)
{
	unsigned int best = UINT32_MAX;
	const char *nearest = "";
	const char *elsewhere = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(items); i++) {
		unsigned int d = text_distance(key, items[i].key);

		if (items[i].section != r->section) {
			if (!strcasecmp(key, items[i].key))
				elsewhere = section_names[items[i].section];
			continue;
		}
		if (d < best) {
			best = d;
			nearest = items[i].key;
		}
	}
	if (elsewhere)
		config_error_add(r->errors, r->file, line,
				 "[%s] has no key %.40s=, it belongs to [%s]",
				 section_names[r->section], key, elsewhere);
	else
		config_error_add(r->errors, r->file, line,
				 "[%s] has no key %.40s=, the nearest name is %s=",
				 section_names[r->section], key, nearest);
}

static void read_key(void *userdata, const char *key, const char *value,
		     unsigned int line)
{
	struct reading *r = userdata;
	const struct item *item = NULL;
	char why[200];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(items) && !item; i++)
		if (items[i].section == r->section &&
		    !strcmp(items[i].key, key))
			item = &items[i];
	if (!item) {
		unknown_key(r, key, line);
		return;
	}
	if (note_seen(r, item, line) < 0)
		return;
	if (!*value) {
		/* as in systemd's files: nothing means the default again */
		memcpy(field_of(r->config, item, r->index), default_of(item),
		       item->size);
		return;
	}
	if (item->type->parse(field_of(r->config, item, r->index), value,
			      &item->range, why, sizeof(why)) < 0)
		config_error_add(r->errors, r->file, line, "%s=%.60s %s", key,
				 value, why);
}

int config_read_text(struct config *config, const char *file,
		     const char *text, size_t size,
		     struct config_errors *errors)
{
	static const struct config_reader reader = { read_section, read_key };
	struct reading r = {
		.config = config, .file = file, .errors = errors,
	};

	config_file_parse(file, text, size, &reader, &r, errors);
	free(r.seen);
	return r.error;
}

static void format_items(const struct config *config, enum section section,
			 size_t index, struct text *ret)
{
	char value[1024];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(items); i++) {
		if (items[i].section != section)
			continue;
		items[i].type->format(field_of((struct config *)config,
					       &items[i], index),
				      value, sizeof(value));
		if (*value)
			text_add(ret, "%s=%s\n", items[i].key, value);
	}
}

void config_format(const struct config *config, struct text *ret)
{
	static const enum section single[] = { SITE, SAMPLING, LIMITS };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(single); i++) {
		text_add(ret, "[%s]\n", section_names[single[i]]);
		format_items(config, single[i], 0, ret);
	}
	for (i = 0; i < config->bus_count; i++) {
		text_add(ret, "[Bus %s]\n", config->buses[i].name);
		format_items(config, BUS, i, ret);
	}
	for (i = 0; i < config->string_count; i++) {
		text_add(ret, "[String %s]\n", config->strings[i].name);
		format_items(config, STRING, i, ret);
	}
}
