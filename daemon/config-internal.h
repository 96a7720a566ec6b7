/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that read the configuration share */
#ifndef BACSD_CONFIG_INTERNAL_H
#define BACSD_CONFIG_INTERNAL_H

#include "config.h"
#include "config-value.h"

/* In the order in which they are printed */
enum config_section {
	CONFIG_SITE,
	CONFIG_SAMPLING,
	CONFIG_ALARMS,
	CONFIG_LIMITS,
	CONFIG_PROFILE,		/* [Limits NAME] */
	CONFIG_BUS,
	CONFIG_BATTERY,
	CONFIG_STRING,
	CONFIG_MODULE,
	CONFIG_SECTION_COUNT
};

/**
 * struct config_item - one key of one section
 * @section: section
 * @key: its name
 * @type: type of its value
 * @offset: field in the structure of the section
 * @size: of the field
 * @range: what the value may be
 */
struct config_item {
	enum config_section section;
	const char *key;
	const struct config_type *type;
	size_t offset;
	size_t size;
	struct config_range range;
};

struct config_reading {
	struct config *config;
	const char *file;
	unsigned int file_index;
	struct config_errors *errors;
	const char *profile;	/* the one section there may be, or NULL */
	enum config_section section;
	size_t index;		/* of the bus, string ... */
	int error;
};

const char *config_section_name(enum config_section section);
/* Has it a name, and so may be there more than once? */
bool config_section_named(enum config_section section);

/* The n-th key of a section; false when there are less */
bool config_item_at(enum config_section section, size_t n,
		    struct config_item *ret);
void *config_field(struct config *config, const struct config_item *item,
		   size_t index);
const void *config_default(const struct config_item *item);
struct config_marks *config_marks_of(struct config *config,
				     enum config_section section,
				     size_t index);
/* Where a key was set, or NULL */
const struct config_mark *config_find_mark(const struct config_marks *marks,
					   enum config_section section,
					   const char *key);
/* Value of a key as text, "" where it is unset */
void config_item_format(const struct config *config,
			const struct config_item *item, size_t index,
			char *buffer, size_t size);
/* Is the key one of the table of limits? They come last in their sections. */
bool config_is_limit(const struct config_item *item);
/* A value of a limit as text */
void config_limit_format(int id, int32_t value, char *buffer, size_t size);
/* One more structure of a section with names, as it is at first */
int config_add(struct config *config, enum config_section section);
size_t config_section_count(const struct config *config,
			    enum config_section section);
/* Name of the n-th section of a kind, "" for one without */
void config_section_label(const struct config *config,
			  enum config_section section, size_t index,
			  char *label, size_t size);

/* config-section.c: enter [SECTION NAME], made where there is none yet */
int config_enter(struct config_reading *r, enum config_section section,
		 const char *name, unsigned int line);

/* An error at a place in the files */
void config_error_at(const struct config *config, struct config_errors *errors,
		     struct config_where where, const char *format, ...)
	__printf(4, 5);

/* The profile a level takes its limits from; false when none. No nominal
 * voltage: technologies tell nothing. */
bool config_profile_of(const struct config_limits *limits, int32_t nominal_mv,
		       char name[CONFIG_PROFILE_NAME_MAX + 1]);

/* config-limits.c */
void config_check_limits(const struct config *config,
			 struct config_errors *errors);
/* config-battery.c: make the strings of centre-tapped batteries; -ENOMEM */
int config_make_halves(struct config *config, struct config_errors *errors);

#endif
