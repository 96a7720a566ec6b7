// SPDX-License-Identifier: GPL-2.0-or-later
/* Sections with a name: which names there may be, and who has one already */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "config-internal.h"
#include "text.h"

static int __printf(3, 4) refuse(struct config_reading *r, unsigned int line,
				 const char *format, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	config_error_add(r->errors, r->file, line, "%s", text);
	return -EINVAL;
}

static struct config_where here(const struct config_reading *r,
				unsigned int line)
{
	return (struct config_where){ r->file_index, line };
}

/* One more of a section, unless there are @max */
static int add(struct config_reading *r, enum config_section section,
	       const char *name, size_t max, unsigned int line)
{
	size_t count = config_section_count(r->config, section);

	if (count == max)
		return refuse(r, line,
			      "[%s %.60s] is one too many, at most %zu are allowed",
			      config_section_name(section), name, max);
	if (config_add(r->config, section) < 0)
		return r->error = -ENOMEM;
	r->index = count;
	return 0;
}

/* Is it there? Then it is the one the keys go to. */
static bool find(struct config_reading *r, enum config_section section,
		 const char *name)
{
	char label[64];
	size_t i;

	for (i = 0; i < config_section_count(r->config, section); i++) {
		config_section_label(r->config, section, i, label,
				     sizeof(label));
		if (strcmp(label, name))
			continue;
		r->index = i;
		return true;
	}
	return false;
}

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

static int enter_bus(struct config_reading *r, const char *name,
		     unsigned int line)
{
	struct config *c = r->config;
	size_t i;
	int e;

	if (!bus_name_valid(name))
		return refuse(r, line,
			      "[Bus %.40s]: a bus is named by a letter and up to 11 letters or digits, such as [Bus bacsA]",
			      name);
	if (find(r, CONFIG_BUS, name))
		return 0;
	for (i = 0; i < c->bus_count; i++)
		if (!strcasecmp(c->buses[i].name, name))
			return refuse(r, line,
				      "[Bus %s] differs from [Bus %s] by case alone",
				      name, c->buses[i].name);
	e = add(r, CONFIG_BUS, name, CONFIG_BUSES_MAX, line);
	if (e < 0)
		return e;
	strcpy(c->buses[r->index].name, name);
	c->buses[r->index].where = here(r, line);
	return 0;
}

static bool name_valid(const char *name, size_t max)
{
	return *name && strlen(name) <= max && text_is_printable_ascii(name);
}

static int enter_string(struct config_reading *r, const char *name,
			unsigned int line)
{
	int e;

	if (!name_valid(name, CONFIG_STRING_NAME_MAX))
		return refuse(r, line,
			      "[String %.60s]: a string is named by 1 to %d printable ASCII characters, such as [String North]",
			      name, CONFIG_STRING_NAME_MAX);
	if (find(r, CONFIG_STRING, name))
		return 0;
	e = add(r, CONFIG_STRING, name, CONFIG_STRINGS_MAX, line);
	if (e < 0)
		return e;
	strcpy(r->config->strings[r->index].name, name);
	r->config->strings[r->index].where = here(r, line);
	return 0;
}

static int enter_battery(struct config_reading *r, const char *name,
			 unsigned int line)
{
	int e;

	if (!name_valid(name, CONFIG_STRING_NAME_MAX))
		return refuse(r, line,
			      "[Battery %.60s]: a battery is named by 1 to %d printable ASCII characters, such as [Battery A]",
			      name, CONFIG_STRING_NAME_MAX);
	if (find(r, CONFIG_BATTERY, name))
		return 0;
	e = add(r, CONFIG_BATTERY, name, CONFIG_BATTERIES_MAX, line);
	if (e < 0)
		return e;
	strcpy(r->config->batteries[r->index].name, name);
	r->config->batteries[r->index].where = here(r, line);
	return 0;
}

/* Also the name of a file: nothing that leads out of its folder */
bool config_profile_name_valid(const char *name)
{
	size_t i, n = strlen(name);

	if (!n || n > CONFIG_PROFILE_NAME_MAX || name[0] == '-')
		return false;
	for (i = 0; i < n; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= '0' && name[i] <= '9') && name[i] != '-')
			return false;
	return true;
}

static int enter_profile(struct config_reading *r, const char *name,
			 unsigned int line)
{
	int e;

	if (!config_profile_name_valid(name))
		return refuse(r, line,
			      "[Limits %.60s]: a profile is named by 1 to %d of a-z, 0-9 and '-', such as [Limits site-agm]",
			      name, CONFIG_PROFILE_NAME_MAX);
	if (find(r, CONFIG_PROFILE, name))
		return 0;
	e = add(r, CONFIG_PROFILE, name, CONFIG_PROFILES_MAX, line);
	if (e < 0)
		return e;
	strcpy(r->config->profiles[r->index].name, name);
	r->config->profiles[r->index].where = here(r, line);
	r->config->profiles[r->index].own_file = r->profile;
	return 0;
}

static int enter_module(struct config_reading *r, const char *name,
			unsigned int line)
{
	static const struct config_range any;
	struct config_module module;
	struct config_block *b;
	char label[24], why[100];
	size_t i;
	int e;

	e = config_type_module.parse(&config_type_module, &module, name, &any,
				     why, sizeof(why));
	if (e < 0)
		return refuse(r, line, "[Module %.40s]: '%.40s' %s", name,
			      name, why);
	/* 007 is 7 */
	snprintf(label, sizeof(label), "%s:%u", module.bus, module.address);
	for (i = 0; i < r->config->block_count; i++) {
		b = &r->config->blocks[i];
		if (b->module.address == module.address &&
		    !strcmp(b->module.bus, module.bus)) {
			r->index = i;
			return 0;
		}
	}
	e = add(r, CONFIG_MODULE, label, CONFIG_BLOCKS_MAX, line);
	if (e < 0)
		return e;
	b = &r->config->blocks[r->index];
	b->module = module;
	b->where = here(r, line);
	return 0;
}

int config_enter(struct config_reading *r, enum config_section section,
		 const char *name, unsigned int line)
{
	switch (section) {
	case CONFIG_BUS:
		return enter_bus(r, name, line);
	case CONFIG_BATTERY:
		return enter_battery(r, name, line);
	case CONFIG_STRING:
		return enter_string(r, name, line);
	case CONFIG_PROFILE:
		return enter_profile(r, name, line);
	case CONFIG_MODULE:
		return enter_module(r, name, line);
	default:
		return -EINVAL;
	}
}
