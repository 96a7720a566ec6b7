// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration's table of keys: Section.Key -> type -> field */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "config-internal.h"
#include "policy/equalize/equalize.h"
#include "text.h"

static const struct {
	const char *name;
	bool named;	/* [NAME something] */
	bool limits;	/* has all keys of the table of limits */
} sections[CONFIG_SECTION_COUNT] = {
	[CONFIG_SITE] = { "Site", false, false },
	[CONFIG_SAMPLING] = { "Sampling", false, false },
	[CONFIG_ALARMS] = { "Alarms", false, false },
	[CONFIG_LIMITS] = { "Limits", false, true },
	[CONFIG_PROFILE] = { "Limits", true, true },
	[CONFIG_BUS] = { "Bus", true, false },
	[CONFIG_BATTERY] = { "Battery", true, false },
	[CONFIG_STRING] = { "String", true, true },
	[CONFIG_MODULE] = { "Module", true, true },
};

#define FIELD(type, member) offsetof(type, member), sizeof(((type *)0)->member)

static const char *const technologies[] = { "flooded", "agm", "gel", NULL };
static const char *const answers[] = { "no", "yes", NULL };
static const char *const warmths[] = { "off", "learnt", NULL };
static const char *const foreigns[] = { "overwrite", "adopt", NULL };

/* Every section with limits says in the same way where it takes them from */
#define TAKEN(section, type) \
	{ section, "Profile", &config_type_word, \
	  FIELD(struct type, limits.profile), { 1, CONFIG_PROFILE_NAME_MAX } }, \
	{ section, "Technology", &config_type_choice, \
	  FIELD(struct type, limits.technology), \
	  { CONFIG_FLOODED, CONFIG_GEL, technologies } }

/* Equalizing; voltages per cell */
#define EQUALIZE(key, type, member, ...) \
	{ CONFIG_STRING, key, &config_type_##type, \
	  FIELD(struct config_string, equalize.member), { __VA_ARGS__ } }

/* More than this is a defect of modules or leads (practice values) */
#define OFFSETS(section, type) \
	{ section, "VoltageOffset", &config_type_slope, \
	  FIELD(struct type, offsets.voltage_uv), { -80000, 80000 } }, \
	{ section, "TemperatureOffset", &config_type_temp, \
	  FIELD(struct type, offsets.temperature_mc), { -10000, 10000 } }, \
	{ section, "ResistanceOffset", &config_type_resistance, \
	  FIELD(struct type, offsets.resistance_uohm), { -20000, 20000 } }

/* What drives an output */
#define OUTPUT(key, n) \
	{ CONFIG_ALARMS, key, &config_type_output, \
	  FIELD(struct config, outputs[n]), { 0, CONFIG_OUTPUT_MAX } }

static const struct config_item items[] = {
	{ CONFIG_SITE, "Name", &config_type_text, FIELD(struct config, site_name),
	  { 0, 63 } },
	OFFSETS(CONFIG_SITE, config),
	{ CONFIG_SITE, "RoomSensor", &config_type_room,
	  FIELD(struct config, room_sensor), { 0, CONFIG_ROOM_MAX } },
	{ CONFIG_BUS, "Modules", &config_type_addresses,
	  FIELD(struct config_bus, modules) },
	{ CONFIG_BUS, "Wiring", &config_type_wiring,
	  FIELD(struct config_bus, wiring) },
	{ CONFIG_BUS, "Profile", &config_type_word, FIELD(struct config_bus, profile),
	  { 0, 31 } },
	{ CONFIG_STRING, "Bus", &config_type_word, FIELD(struct config_string, bus),
	  { 0, CONFIG_BUS_NAME_MAX } },
	{ CONFIG_STRING, "Modules", &config_type_addresses,
	  FIELD(struct config_string, modules) },
	{ CONFIG_STRING, "NominalVoltage", &config_type_voltage,
	  FIELD(struct config_string, nominal_mv), { 2000, 12000 } },
	{ CONFIG_STRING, "Blocks", &config_type_word,
	  FIELD(struct config_string, blocks), { 1, 31 } },
	{ CONFIG_STRING, "Sensor", &config_type_module,
	  FIELD(struct config_string, sensor), { 0, 0 } },
	{ CONFIG_STRING, "CurrentZero", &config_type_current,
	  FIELD(struct config_string, current_zero_ma), { 10, 50000 } },
	{ CONFIG_STRING, "Number", &config_type_number,
	  FIELD(struct config_string, number), { 1, CONFIG_STRINGS_MAX } },
	{ CONFIG_SAMPLING, "HistorySeconds", &config_type_number,
	  FIELD(struct config, history_s), { 60, 900 } },
	{ CONFIG_SAMPLING, "RetentionDays", &config_type_number,
	  FIELD(struct config, retention_days), { 1, 3660 } },
	{ CONFIG_ALARMS, "RepeatInterval", &config_type_time,
	  FIELD(struct config, alarm_repeat_s), { 0, 7 * 86400 } },
	OUTPUT("Buzzer", OUTPUT_BUZZER),
	OUTPUT("LED", OUTPUT_LED),
	OUTPUT("Hook", OUTPUT_HOOK),
	OUTPUT("Contact1", OUTPUT_CONTACT_1),
	OUTPUT("Contact2", OUTPUT_CONTACT_2),
	OUTPUT("Contact3", OUTPUT_CONTACT_1 + 2),
	OUTPUT("Contact4", OUTPUT_CONTACT_1 + 3),
	OUTPUT("Contact5", OUTPUT_CONTACT_1 + 4),
	OUTPUT("Contact6", OUTPUT_CONTACT_1 + 5),
	OUTPUT("Contact7", OUTPUT_CONTACT_1 + 6),
	OUTPUT("Contact8", OUTPUT_CONTACT_1 + 7),
	TAKEN(CONFIG_LIMITS, config),
	{ CONFIG_LIMITS, "ForeignLimits", &config_type_choice,
	  FIELD(struct config, foreign_limits),
	  { CONFIG_OVERWRITE, CONFIG_ADOPT, foreigns } },
	{ CONFIG_PROFILE, "Source", &config_type_text,
	  FIELD(struct config_profile, source), { 0, 159 } },
	{ CONFIG_PROFILE, "Profile", &config_type_word,
	  FIELD(struct config_profile, limits.profile),
	  { 1, CONFIG_PROFILE_NAME_MAX } },
	{ CONFIG_STRING, "Type", &config_type_text,
	  FIELD(struct config_string, type), { 0, 31 } },
	{ CONFIG_STRING, "Charger", &config_type_text,
	  FIELD(struct config_string, charger), { 0, 31 } },
	{ CONFIG_STRING, "ResistanceInterval", &config_type_time,
	  FIELD(struct config_string, resistance_s),
	  { 3600, 31536000, NULL, true } },
	OFFSETS(CONFIG_STRING, config_string),
	{ CONFIG_STRING, "ResistanceTemperature", &config_type_choice,
	  FIELD(struct config_string, resistance_warmth), { 0, 1, warmths } },
	TAKEN(CONFIG_STRING, config_string),
	EQUALIZE("Equalize", choice, on, 0, 1, answers),
	EQUALIZE("Capacity", charge, capacity_mah, 1000, 10000000),
	EQUALIZE("Calibrated", choice, calibrated, 0, 1, answers),
	EQUALIZE("BypassCurrent", current, bypass_ma, 10, 5000),
	EQUALIZE("FloatCurrent", current, float_ma, 1, 50000),
	EQUALIZE("EqualizeTemperatureSlope", slope, slope_uv,
		 EQUALIZE_SLOPE_MIN_UV, EQUALIZE_SLOPE_MAX_UV),
	EQUALIZE("EqualizeDeadBand", slope, band_uv, 100, 100000),
	EQUALIZE("EqualizeWindowLow", voltage, low_mv, 2000, 2300),
	EQUALIZE("EqualizeWindowHigh", voltage, high_mv, 2250, 2600),
	EQUALIZE("EqualizeDelay", time, delay_s, 0, 7 * 86400),
	EQUALIZE("EqualizeDerateFrom", temp, derate_from_mc, 30000, 100000),
	EQUALIZE("EqualizeDerateTo", temp, derate_to_mc, 30000, 100000),
	{ CONFIG_MODULE, "Type", &config_type_text,
	  FIELD(struct config_block, type), { 0, 31 } },
	TAKEN(CONFIG_MODULE, config_block),
	{ CONFIG_BATTERY, "Bus", &config_type_word,
	  FIELD(struct config_battery, bus), { 0, CONFIG_BUS_NAME_MAX } },
	{ CONFIG_BATTERY, "Modules", &config_type_addresses,
	  FIELD(struct config_battery, modules) },
	{ CONFIG_BATTERY, "NominalVoltage", &config_type_voltage,
	  FIELD(struct config_battery, nominal_mv), { 2000, 12000 } },
	{ CONFIG_BATTERY, "Halves", &config_type_word,
	  FIELD(struct config_battery, halves), { 3, 31 } },
};

#define NO_LIMITS { .value = { [0 ... LIMIT_COUNT - 1] = CONFIG_UNSET } }

static const struct config defaults = {
	.history_s = 300,
	.retention_days = 30,
	.alarm_repeat_s = 3600,
	.outputs = {
		[OUTPUT_BUZZER] = "all:alarm",
		[OUTPUT_LED] = "all:warning",
		[OUTPUT_HOOK] = "all:advisory",
		[OUTPUT_CONTACT_1] = "all:alarm",
		[OUTPUT_CONTACT_2] = "all:warning",
		[OUTPUT_CONTACT_2 + 1 ... OUTPUT_COUNT - 1] = "none",
	},
	.limits = NO_LIMITS,
};

static const struct config_bus bus_defaults;
static const struct config_battery battery_defaults = {
	.nominal_mv = CONFIG_UNSET,
	.halves = "plus,minus",
};
static const struct config_profile profile_defaults = { .limits = NO_LIMITS };
static const struct config_block block_defaults = { .limits = NO_LIMITS };
static const struct config_string string_defaults = {
	.nominal_mv = CONFIG_UNSET,
	.blocks = "%nS%s",
	.current_zero_ma = 1000,
	.resistance_s = 86400,
	.limits = NO_LIMITS,
	.offsets = { CONFIG_UNSET, CONFIG_UNSET, CONFIG_UNSET },
	.equalize = {
		.capacity_mah = CONFIG_UNSET,
		.bypass_ma = CONFIG_UNSET,
		.float_ma = CONFIG_UNSET,
		.slope_uv = EQUALIZE_SLOPE_UV,
		.band_uv = CONFIG_UNSET,
		.low_mv = EQUALIZE_LOW_MV,
		.high_mv = EQUALIZE_HIGH_MV,
		.delay_s = EQUALIZE_DELAY_S,
		.derate_from_mc = EQUALIZE_DERATE_FROM_MC,
		.derate_to_mc = EQUALIZE_DERATE_TO_MC,
	},
};

/* Where the structures of a section are, and what one is like at first */
static const struct {
	const void *first;
	size_t size;
	size_t limits;		/* offset of the limits, where it has any */
	size_t marks;
	size_t list;		/* in struct config, 0: the structure itself */
	size_t count;
} places[CONFIG_SECTION_COUNT] = {
#define SINGLE { &defaults, sizeof(defaults), \
		 offsetof(struct config, limits), \
		 offsetof(struct config, marks), 0, 0 }
#define PLACE(first, type, limits, list, count) \
	{ &first, sizeof(struct type), limits, offsetof(struct type, marks), \
	  offsetof(struct config, list), offsetof(struct config, count) }
	[CONFIG_SITE] = SINGLE,
	[CONFIG_SAMPLING] = SINGLE,
	[CONFIG_ALARMS] = SINGLE,
	[CONFIG_LIMITS] = SINGLE,
	[CONFIG_PROFILE] = PLACE(profile_defaults, config_profile,
				 offsetof(struct config_profile, limits),
				 profiles, profile_count),
	[CONFIG_BUS] = PLACE(bus_defaults, config_bus, 0, buses, bus_count),
	[CONFIG_BATTERY] = PLACE(battery_defaults, config_battery, 0,
				 batteries, battery_count),
	[CONFIG_STRING] = PLACE(string_defaults, config_string,
				offsetof(struct config_string, limits),
				strings, string_count),
	[CONFIG_MODULE] = PLACE(block_defaults, config_block,
				offsetof(struct config_block, limits), blocks,
				block_count),
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

const char *config_section_name(enum config_section section)
{
	return sections[section].name;
}

bool config_section_named(enum config_section section)
{
	return sections[section].named;
}

size_t config_section_count(const struct config *config,
			    enum config_section section)
{
	const char *base = (const char *)config;

	if (!sections[section].named)
		return 1;
	return *(const size_t *)(base + places[section].count);
}

static char *structure(struct config *config, enum config_section section,
		       size_t index)
{
	char *base = (char *)config;

	if (!sections[section].named)
		return base;
	return *(char **)(base + places[section].list) +
	       index * places[section].size;
}

struct config_marks *config_marks_of(struct config *config,
				     enum config_section section, size_t index)
{
	return (void *)(structure(config, section, index) +
			places[section].marks);
}

int config_add(struct config *config, enum config_section section)
{
	char *base = (char *)config;
	size_t *count = (size_t *)(base + places[section].count);
	void **list = (void **)(base + places[section].list);
	char *new = reallocarray(*list, *count + 1, places[section].size);

	if (!new)
		return -ENOMEM;
	*list = new;
	memcpy(new + *count * places[section].size, places[section].first,
	       places[section].size);
	(*count)++;
	return 0;
}

struct config *config_free(struct config *config)
{
	int section;
	size_t i;

	if (!config)
		return NULL;
	for (section = 0; section < CONFIG_SECTION_COUNT; section++) {
		if (!sections[section].named)
			continue;
		for (i = 0; i < config_section_count(config, section); i++)
			free(config_marks_of(config, section, i)->list);
		free(*(void **)((char *)config + places[section].list));
	}
	free(config->marks.list);
	while (config->file_count)
		free(config->files[--config->file_count]);
	free(config->files);
	free(config);
	return NULL;
}

static const struct config_type *const limit_types[LIMIT_UNIT_COUNT] = {
	[LIMIT_CELL_MV] = &config_type_voltage,
	[LIMIT_CELL_UV_PER_K] = &config_type_slope,
	[LIMIT_MC] = &config_type_temp,
	[LIMIT_DIFF_MC] = &config_type_temp,
	[LIMIT_PERMILLE] = &config_type_ratio,
	[LIMIT_SECONDS] = &config_type_time,
	[LIMIT_UOHM] = &config_type_resistance,
};

static void limit_item(enum config_section section, size_t id,
		       struct config_item *ret)
{
	const struct limit_info *info = &limit_infos[id];

	*ret = (struct config_item){
		.section = section, .key = info->key,
		.type = limit_types[info->unit],
		.offset = places[section].limits +
			  offsetof(struct config_limits, value[id]),
		.size = sizeof(int32_t),
		.range = { info->min, info->max, NULL, info->optional },
	};
}

bool config_is_limit(const struct config_item *item)
{
	size_t first = places[item->section].limits +
		       offsetof(struct config_limits, value);

	return sections[item->section].limits && item->offset >= first &&
	       item->offset < first + sizeof(((struct config_limits *)0)->value);
}

void config_limit_format(int id, int32_t value, char *buffer, size_t size)
{
	struct config_item item;

	limit_item(CONFIG_LIMITS, id, &item);
	item.type->format(item.type, &value, &item.range, buffer, size);
}

bool config_item_at(enum config_section section, size_t n,
		    struct config_item *ret)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(items); i++) {
		if (items[i].section != section || n--)
			continue;
		*ret = items[i];
		return true;
	}
	if (!sections[section].limits || n >= LIMIT_COUNT)
		return false;
	limit_item(section, n, ret);
	return true;
}

static bool find_item(enum config_section section, const char *key,
		      struct config_item *ret)
{
	size_t n;

	for (n = 0; config_item_at(section, n, ret); n++)
		if (!strcmp(ret->key, key))
			return true;
	return false;
}

void *config_field(struct config *config, const struct config_item *item,
		   size_t index)
{
	return structure(config, item->section, index) + item->offset;
}

const void *config_default(const struct config_item *item)
{
	return (const char *)places[item->section].first + item->offset;
}

static int read_section(void *userdata, const char *name, const char *rest,
			unsigned int line)
{
	struct config_reading *r = userdata;
	unsigned int best = UINT32_MAX;
	const char *nearest = "";
	struct text all = { .s = NULL };
	int i, found = -1;

	for (i = 0; i < CONFIG_SECTION_COUNT; i++) {
		unsigned int d = text_distance(name, sections[i].name);

		if (!strcmp(name, sections[i].name) &&
		    (found < 0 || sections[i].named == (*rest != '\0')))
			found = i;
		if (d < best) {
			best = d;
			nearest = sections[i].name;
		}
		if (!i || strcmp(sections[i].name, sections[i - 1].name))
			text_add(&all, "%s%s", i ? ", " : "", sections[i].name);
	}
	if (found < 0) {
		config_error_add(r->errors, r->file, line,
				 "Unknown section [%.40s], the nearest name is [%s]; there are %s",
				 name, nearest, all.s ? all.s : "");
		text_done(&all);
		return -EINVAL;
	}
	text_done(&all);
	if (r->profile &&
	    (found != CONFIG_PROFILE || strcmp(rest, r->profile))) {
		config_error_add(r->errors, r->file, line,
				 "[%.40s %.40s]: the file of a profile has the section [Limits %s] alone",
				 name, rest, r->profile);
		return -EINVAL;
	}
	r->section = found;
	r->index = 0;
	if (sections[found].named)
		return config_enter(r, found, rest, line);
	if (*rest) {
		config_error_add(r->errors, r->file, line,
				 "[%s] takes no name, '%.40s' was given", name,
				 rest);
		return -EINVAL;
	}
	return 0;
}

const struct config_mark *config_find_mark(const struct config_marks *marks,
					   enum config_section section,
					   const char *key)
{
	size_t i;

	for (i = 0; i < marks->count; i++)
		if (marks->list[i].section == section &&
		    !strcmp(marks->list[i].key, key))
			return &marks->list[i];
	return NULL;
}

/* Remember where an item is set; negative if this file did so before */
static int mark(struct config_reading *r, const struct config_item *item,
		unsigned int line)
{
	struct config_marks *marks = config_marks_of(r->config, r->section,
						     r->index);
	struct config_mark *m = (struct config_mark *)
		config_find_mark(marks, r->section, item->key);

	if (m && m->where.file == r->file_index) {
		config_error_add(r->errors, r->file, line,
				 "%s= is set a second time in [%s], the first time in line %u",
				 item->key, sections[item->section].name,
				 m->where.line);
		return -EEXIST;
	}
	if (!m) {
		m = reallocarray(marks->list, marks->count + 1, sizeof(*m));
		if (!m)
			return r->error = -ENOMEM;
		marks->list = m;
		m += marks->count++;
	}
	*m = (struct config_mark){
		item->section, item->key, { r->file_index, line },
	};
	return 0;
}

/* A limit of voltage that does not say in which state it holds */
static bool is_stateless(const char *key)
{
	static const size_t prefix = sizeof("Float") - 1;
	int level;

	for (level = 0; level < LIMIT_LEVELS; level++)
		if (!strcasecmp(key, limit_infos[level].key + prefix))
			return true;
	return false;
}

static void unknown_key(struct config_reading *r, const char *key,
			unsigned int line)
{
	unsigned int best = UINT32_MAX;
	const char *nearest = "";
	const char *elsewhere = NULL;
	struct config_item item;
	int section;
	size_t n;

	for (section = 0; section < CONFIG_SECTION_COUNT; section++) {
		for (n = 0; config_item_at(section, n, &item); n++) {
			unsigned int d = text_distance(key, item.key);

			if (section != (int)r->section) {
				if (!elsewhere && !strcasecmp(key, item.key))
					elsewhere = sections[section].name;
				continue;
			}
			if (d < best) {
				best = d;
				nearest = item.key;
			}
		}
	}
	if (sections[r->section].limits && is_stateless(key))
		config_error_add(r->errors, r->file, line,
				 "%.40s= is not said to belong to a state; there are Float%s=, Boost%s=, Rest%s=, Discharge%s= and Recharge%s=",
				 key, key, key, key, key, key);
	else if (elsewhere)
		config_error_add(r->errors, r->file, line,
				 "[%s] has no key %.40s=, it belongs to [%s]",
				 sections[r->section].name, key, elsewhere);
	else
		config_error_add(r->errors, r->file, line,
				 "[%s] has no key %.40s=, the nearest name is %s=",
				 sections[r->section].name, key, nearest);
}

static void read_key(void *userdata, const char *key, const char *value,
		     unsigned int line)
{
	struct config_reading *r = userdata;
	struct config_item item;
	char why[200];

	if (!find_item(r->section, key, &item)) {
		unknown_key(r, key, line);
		return;
	}
	if (mark(r, &item, line) < 0)
		return;
	if (!*value) {
		/* as in systemd's files: nothing means the default again */
		memcpy(config_field(r->config, &item, r->index),
		       config_default(&item), item.size);
		return;
	}
	if (item.type->parse(item.type,
			     config_field(r->config, &item, r->index), value,
			     &item.range, why, sizeof(why)) < 0)
		config_error_add(r->errors, r->file, line, "%s=%.60s %s", key,
				 value, why);
}

static int add_file(struct config *config, const char *file)
{
	char **list = reallocarray(config->files, config->file_count + 1,
				   sizeof(*list));

	if (!list)
		return -ENOMEM;
	config->files = list;
	list[config->file_count] = strdup(file);
	if (!list[config->file_count])
		return -ENOMEM;
	config->file_count++;
	return 0;
}

int config_read_profile(struct config *config, const char *profile,
			const char *file, const char *text, size_t size,
			struct config_errors *errors)
{
	static const struct config_reader reader = { read_section, read_key };
	struct config_reading r = {
		.config = config, .file = file, .errors = errors,
		.profile = profile,
	};

	if (add_file(config, file) < 0)
		return -ENOMEM;
	r.file_index = config->file_count - 1;
	config_file_parse(file, text, size, &reader, &r, errors);
	return r.error;
}

int config_read_text(struct config *config, const char *file,
		     const char *text, size_t size,
		     struct config_errors *errors)
{
	return config_read_profile(config, NULL, file, text, size, errors);
}

void config_section_label(const struct config *config,
			  enum config_section section, size_t index,
			  char *label, size_t size)
{
	*label = '\0';
	if (section == CONFIG_PROFILE)
		snprintf(label, size, "%s", config->profiles[index].name);
	else if (section == CONFIG_BUS)
		snprintf(label, size, "%s", config->buses[index].name);
	else if (section == CONFIG_BATTERY)
		snprintf(label, size, "%s", config->batteries[index].name);
	else if (section == CONFIG_STRING)
		snprintf(label, size, "%s", config->strings[index].name);
	else if (section == CONFIG_MODULE)
		snprintf(label, size, "%s:%u",
			 config->blocks[index].module.bus,
			 config->blocks[index].module.address);
}

void config_item_format(const struct config *config,
			const struct config_item *item, size_t index,
			char *buffer, size_t size)
{
	item->type->format(item->type,
			   config_field((struct config *)config, item, index),
			   &item->range, buffer, size);
}

void config_format(const struct config *config, struct text *ret)
{
	char value[1024], label[64];
	struct config_item item;
	int section;
	size_t i, n;

	for (section = 0; section < CONFIG_SECTION_COUNT; section++) {
		for (i = 0; i < config_section_count(config, section); i++) {
			config_section_label(config, section, i, label,
					     sizeof(label));
			text_add(ret, *label ? "[%s %s]\n" : "[%s]\n",
				 sections[section].name, label);
			for (n = 0; config_item_at(section, n, &item); n++) {
				config_item_format(config, &item, i, value,
						   sizeof(value));
				if (*value)
					text_add(ret, "%s=%s\n", item.key,
						 value);
			}
		}
	}
}

/* What a section cannot be without, or is found by */
static bool is_structure(const struct config_item *item)
{
	return !strcmp(item->key, "Bus") || !strcmp(item->key, "Modules") ||
	       (item->section == CONFIG_STRING &&
		(!strcmp(item->key, "Number") ||
		 !strcmp(item->key, "NominalVoltage")));
}

int config_bare(const struct config *config, struct config **ret)
{
	struct config *c _config_ = NULL;
	_text_ struct text text = { .s = NULL };
	struct config_errors errors = { .count = 0 };
	char value[1024], label[64];
	struct config_item item;
	int section, r;
	size_t i, n;

	for (section = CONFIG_BUS; section < CONFIG_SECTION_COUNT; section++) {
		for (i = 0; i < config_section_count(config, section); i++) {
			config_section_label(config, section, i, label,
					     sizeof(label));
			text_add(&text, "[%s %s]\n", sections[section].name,
				 label);
			for (n = 0; config_item_at(section, n, &item); n++) {
				if (!is_structure(&item))
					continue;
				config_item_format(config, &item, i, value,
						   sizeof(value));
				if (*value)
					text_add(&text, "%s=%s\n", item.key,
						 value);
			}
		}
	}
	r = text.failed ? -ENOMEM : config_new(&c);
	if (r == 0 && text.s)
		r = config_read_text(c, "default", text.s, text.size, &errors);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(c);
	return 0;
}
