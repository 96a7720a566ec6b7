/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bacsd is configured to do: bacsd.conf(5) as a structure */
#ifndef BACSD_CONFIG_H
#define BACSD_CONFIG_H

#include "config-file.h"

#define CONFIG_UNSET		INT32_MIN
#define CONFIG_BUS_NAME_MAX	12
#define CONFIG_STRING_NAME_MAX	31
#define CONFIG_LABEL_MAX	31
#define CONFIG_STRINGS_MAX	128
#define CONFIG_BUSES_MAX	64
#define CONFIG_ADDRESS_MAX	247

/**
 * struct config_addresses - addresses in the order they were written
 * @count: how many
 * @list: the addresses, none twice
 */
struct config_addresses {
	uint16_t count;
	uint8_t list[CONFIG_ADDRESS_MAX];
};

struct config_bus {
	char name[CONFIG_BUS_NAME_MAX + 1];
	struct config_addresses modules;	/* empty: whatever answers */
	char profile[32];			/* empty: any */
	unsigned int line;
};

/* One module: BUS:ADDRESS; address 0 = none */
struct config_module {
	char bus[CONFIG_BUS_NAME_MAX + 1];
	uint8_t address;
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
	unsigned int line;
};

/* Voltages are per cell; each may be CONFIG_UNSET. Bare: warning. */
struct config_limits {
	int32_t voltage_low_mv;
	int32_t voltage_high_mv;
	int32_t voltage_low_alarm_mv;
	int32_t voltage_high_alarm_mv;
	int32_t temp_low_mc;
	int32_t temp_high_mc;
	int32_t temp_low_alarm_mc;
	int32_t temp_high_alarm_mc;
};

struct config {
	char site_name[64];
	uint32_t history_s;		/* loss window of float samples */
	uint32_t retention_days;	/* of minute values */
	struct config_limits limits;
	struct config_bus *buses;
	size_t bus_count;
	struct config_string *strings;
	size_t string_count;
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
 * config_check - checks across sections, once all files are read
 * @config: the configuration; numbers of strings are filled in
 * @file: the file to name in messages
 * @errors: collects what is refused
 */
void config_check(struct config *config, const char *file,
		  struct config_errors *errors);

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
