/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bacsd is configured to do: bacsd.conf(5) as a structure */
#ifndef BACSD_CONFIG_H
#define BACSD_CONFIG_H

#include "config-file.h"
#include "policy/limits/limit-set.h"
#include "policy/alarm/output.h"

#define CONFIG_UNSET		INT32_MIN
#define CONFIG_NONE		(INT32_MIN + 1)	/* a limit switched off */
#define CONFIG_BUS_NAME_MAX	12
#define CONFIG_STRING_NAME_MAX	31
#define CONFIG_LABEL_MAX	31
#define CONFIG_STRINGS_MAX	128
#define CONFIG_BUSES_MAX	64
#define CONFIG_ADDRESS_MAX	247
#define CONFIG_BLOCKS_MAX	2048
#define CONFIG_PROFILES_MAX	64
#define CONFIG_BATTERIES_MAX	64
#define CONFIG_PROFILE_NAME_MAX	31
#define CONFIG_OUTPUT_MAX	255
#define CONFIG_ROOM_MAX		199

/**
 * struct config_where - a place in the files
 * @file: index into config->files
 * @line: line there, from 1
 */
struct config_where {
	unsigned int file;
	unsigned int line;
};

/**
 * struct config_mark - where a key was set
 * @section: enum config_section
 * @key: its name, of the table
 * @where: where
 */
struct config_mark {
	unsigned int section;
	const char *key;
	struct config_where where;
};

/* Of one section; freed with it */
struct config_marks {
	struct config_mark *list;
	size_t count;
};

enum config_technology {
	CONFIG_TECHNOLOGY_NONE,
	CONFIG_FLOODED,
	CONFIG_AGM,
	CONFIG_GEL,
};

enum config_foreign {
	CONFIG_OVERWRITE,
	CONFIG_ADOPT,
};

/**
 * struct config_limits - what one level says about limits
 * @profile: profile it takes them from, "" = none
 * @technology: likewise, with the nominal voltage of the block
 * @value: by enum limit_id; CONFIG_UNSET: it does not say; CONFIG_NONE: none
 */
struct config_limits {
	char profile[CONFIG_PROFILE_NAME_MAX + 1];
	uint32_t technology;
	int32_t value[LIMIT_COUNT];
};

/**
 * struct config_addresses - addresses in the order they were written
 * @count: how many
 * @list: the addresses, none twice
 */
struct config_addresses {
	uint16_t count;
	uint8_t list[CONFIG_ADDRESS_MAX];
};

/**
 * struct config_wiring - modules as the cable leads to them (M20)
 * @order: the nearest to the master first, branch after branch
 * @ends: bit of an address: with it a branch of the cable ends; the last one
 *	of all has none
 */
struct config_wiring {
	struct config_addresses order;
	uint8_t ends[32];
};

struct config_bus {
	char name[CONFIG_BUS_NAME_MAX + 1];
	struct config_addresses modules;	/* empty: whatever answers */
	struct config_wiring wiring;		/* empty: not known */
	char profile[32];			/* empty: any */
	struct config_where where;
	struct config_marks marks;
};

/* One module: BUS:ADDRESS; address 0 = none */
struct config_module {
	char bus[CONFIG_BUS_NAME_MAX + 1];
	uint8_t address;
};

/**
 * struct config_equalize - what a string says about equalizing
 * @on: do it
 * @calibrated: its modules were calibrated against an instrument
 * @capacity_mah: of its blocks
 * @bypass_ma: past a block at 100 %; CONFIG_UNSET: the usual of the voltage
 * @float_ma: CONFIG_UNSET: measured, or assumed
 * @slope_uv: of a cell per °C
 * @band_uv: dead band of a cell, or CONFIG_UNSET
 * @low_mv: window of a cell
 * @high_mv: its upper end
 * @delay_s: on float before it starts
 * @derate_from_mc: module temperature from which there is less
 * @derate_to_mc: and from which there is none
 */
struct config_equalize {
	uint32_t on;
	uint32_t calibrated;
	int32_t capacity_mah;
	int32_t bypass_ma;
	int32_t float_ma;
	int32_t slope_uv;
	int32_t band_uv;
	int32_t low_mv;
	int32_t high_mv;
	int32_t delay_s;
	int32_t derate_from_mc;
	int32_t derate_to_mc;
};

/**
 * struct config_offsets - what is added to the values of modules (M12)
 * @voltage_uv: of a cell; CONFIG_UNSET: as further out; so the others
 * @temperature_mc: of a block
 * @resistance_uohm: of a block
 */
struct config_offsets {
	int32_t voltage_uv;
	int32_t temperature_mc;
	int32_t resistance_uohm;
};

struct config_string {
	char name[CONFIG_STRING_NAME_MAX + 1];
	char bus[CONFIG_BUS_NAME_MAX + 1];
	struct config_addresses modules;	/* jar 1, 2, ... of the string */
	int32_t nominal_mv;			/* of one block, or unset */
	char blocks[32];			/* label scheme */
	struct config_module sensor;		/* of its current */
	int32_t current_zero_ma;		/* what it shows of none */
	uint32_t number;			/* 0: by order in the file */
	char type[32];				/* of its blocks */
	char battery[CONFIG_STRING_NAME_MAX + 1];	/* it is a half of it */
	char charger[32];			/* strings of one wait for each other */
	int32_t resistance_s;			/* from run to run; CONFIG_NONE: never */
	uint32_t resistance_warmth;	/* 1: what was learnt is used */
	struct config_equalize equalize;
	struct config_offsets offsets;
	struct config_limits limits;
	struct config_where where;
	struct config_marks marks;
};

/* [Module BUS:ADDRESS]: what one block has of its own */
struct config_block {
	struct config_module module;
	char type[32];
	struct config_limits limits;
	struct config_where where;
	struct config_marks marks;
};

/* [Limits NAME]: a profile of limits, of a file of its own or written here */
struct config_profile {
	char name[CONFIG_PROFILE_NAME_MAX + 1];
	char source[160];			/* of its numbers as a whole */
	bool own_file;				/* it has a file of its own */
	struct config_limits limits;
	struct config_where where;
	struct config_marks marks;
};

/* [Battery NAME]: two strings with a tap between them (M5b) */
struct config_battery {
	char name[CONFIG_STRING_NAME_MAX + 1];
	char bus[CONFIG_BUS_NAME_MAX + 1];
	struct config_addresses modules;	/* plus half, then minus half */
	int32_t nominal_mv;
	char halves[32];			/* their names: plus,minus */
	struct config_where where;
	struct config_marks marks;
};

struct config {
	char site_name[64];
	struct config_offsets offsets;	/* of the site: none unset */
	char room_sensor[CONFIG_ROOM_MAX + 1];	/* empty: none */
	uint32_t history_s;		/* loss window of float samples */
	uint32_t retention_days;	/* of minute values */
	int32_t alarm_repeat_s;		/* 0: alarms are not repeated */
	char outputs[OUTPUT_COUNT][CONFIG_OUTPUT_MAX + 1];	/* rules */
	struct config_limits limits;	/* of the site */
	uint32_t foreign_limits;	/* enum config_foreign */
	struct config_bus *buses;
	size_t bus_count;
	struct config_string *strings;
	size_t string_count;
	struct config_block *blocks;
	size_t block_count;
	struct config_profile *profiles;
	size_t profile_count;
	struct config_battery *batteries;
	size_t battery_count;
	char **files;			/* read so far */
	size_t file_count;
	struct config_marks marks;	/* of the sections without a name */
};

/* The defaults, without a bus or a string. Returns 0 or -ENOMEM. */
int config_new(struct config **ret);
struct config *config_free(struct config *config);

static inline void config_freep(struct config **config)
{
	*config = config_free(*config);
}

#define _config_ __cleanup(config_freep)

/**
 * config_read_text - add one file's content to a configuration
 * @config: what was read so far; later files overrule earlier ones
 * @file: name for messages
 * @text: the bytes
 * @size: their number
 * @errors: collects what is refused
 *
 * Return: 0 or -ENOMEM. Errors of the text are in @errors alone.
 */
int config_read_text(struct config *config, const char *file,
		     const char *text, size_t size,
		     struct config_errors *errors);

/**
 * config_read_profile - add the file of a profile to a configuration
 * @config: what was read so far
 * @profile: its name; no other section is taken
 * The others are as for config_read_text().
 *
 * Return: 0 or -ENOMEM. Errors of the text are in @errors alone.
 */
int config_read_profile(struct config *config, const char *profile,
			const char *file, const char *text, size_t size,
			struct config_errors *errors);

/**
 * config_check - checks across sections, once all files are read
 * @config: the configuration; numbers of strings are filled in, and halves of
 *	batteries become strings
 * @file: the file to name in messages
 * @errors: collects what is refused
 */
void config_check(struct config *config, const char *file,
		  struct config_errors *errors);

/**
 * config_load_profiles - read the files of the profiles that are named
 * @config: what was read so far
 * @root: prefix of every path, "" outside of tests
 * @folder: NULL, or the one folder they are in
 * @errors: collects what is refused; a profile that is nowhere is left to
 *	config_check()
 *
 * Return: 0 or -ENOMEM.
 */
int config_load_profiles(struct config *config, const char *root,
			 const char *folder, struct config_errors *errors);

/**
 * config_load - read bacsd.conf and its drop-ins
 * @root: prefix of every path, "" outside of tests
 * @errors: collects what is refused
 * @ret: the configuration, only when there was no error
 *
 * Return: 0; -EINVAL when @errors has something; or another negative errno.
 * No file at all is no error: everything has its default.
 */
int config_load(const char *root, struct config_errors *errors,
		struct config **ret);

/**
 * config_save_good - keep a configuration that was accepted
 * @config: it
 * @path: file to write, atomically; not touched when it says the same already
 *
 * Return: 0 or negative errno.
 */
int config_save_good(const struct config *config, const char *path);

/**
 * config_load_good - read what config_save_good() kept
 * @path: the file
 * @ret: the configuration
 *
 * Return: 0; -ENOENT: there is none; -EINVAL: it is damaged; or negative errno.
 */
int config_load_good(const char *path, struct config **ret);

/* enum config_level: who says a limit, the weakest first */
enum config_level {
	CONFIG_BY_DEFAULT,
	CONFIG_BY_SITE,
	CONFIG_BY_STRING,
	CONFIG_BY_MODULE,
	CONFIG_LEVELS
};

/**
 * struct config_source - where an effective limit is from
 * @level: level that decided
 * @profile: profile it took it from, or NULL
 * @mark: file and line, NULL for a default
 * @rank: greater overruled smaller
 */
struct config_source {
	enum config_level level;
	const struct config_profile *profile;
	const struct config_mark *mark;
	unsigned int rank;
};

/**
 * struct config_resolved - limits of one thing after inheritance
 * @set: the limits
 * @source: of each
 * @profile: name of the nearest profile, "" = none
 */
struct config_resolved {
	struct limit_set set;
	struct config_source source[LIMIT_COUNT];
	char profile[CONFIG_PROFILE_NAME_MAX + 1];
};

/**
 * config_resolve - inherit: default, site, string, module; profile before key
 * @config: configuration that was checked
 * @string: string, or NULL
 * @block: section of the module, or NULL
 * @ret: what holds; borrows from @config
 */
void config_resolve(const struct config *config,
		    const struct config_string *string,
		    const struct config_block *block,
		    struct config_resolved *ret);

/**
 * config_bare - the same sections with nothing but what makes them
 * @config: configuration that was checked
 * @ret: its buses, strings, batteries and modules, every other key at default
 *
 * Return: 0 or -ENOMEM.
 */
int config_bare(const struct config *config, struct config **ret);

/* What holds for the modules of a string, NULL: for those of none */
void config_offsets_of(const struct config *config,
		       const struct config_string *string,
		       struct config_offsets *ret);

/* How much there is in it, "2 buses, 1 string" */
void config_describe(const struct config *config, char *text, size_t size);

/* The [Module] section of a module, or NULL */
const struct config_block *config_find_block(const struct config *config,
					     const char *bus,
					     unsigned int address);
const struct config_string *config_find_string(const struct config *config,
					       const char *name);
const struct config_profile *config_find_profile(const struct config *config,
						 const char *name);
bool config_profile_name_valid(const char *name);

/* Write every key of a configuration as text that config_read_text() takes */
struct text;
void config_format(const struct config *config, struct text *ret);

const struct config_bus *config_find_bus(const struct config *config,
					 const char *name);

/**
 * config_find_jar - the string and place of a module
 * @config: the configuration
 * @bus: name of the bus
 * @address: address on it
 * @ret_jar: number of the jar in its string, from 1
 *
 * Return: the string, or NULL when the module belongs to none.
 */
const struct config_string *config_find_jar(const struct config *config,
					    const char *bus,
					    unsigned int address,
					    unsigned int *ret_jar);

/**
 * config_label - name of a jar by its string's label scheme
 * @string: the string
 * @jar: number of the jar, from 1
 * @label: buffer of CONFIG_LABEL_MAX + 1 bytes
 *
 * Return: 0; -EINVAL: unknown % in the scheme; -E2BIG: too long.
 */
int config_label(const struct config_string *string, unsigned int jar,
		 char label[CONFIG_LABEL_MAX + 1]);

#endif
