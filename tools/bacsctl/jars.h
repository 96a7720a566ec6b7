/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jars that bacsd knows, one by one */
#ifndef BACSCTL_JARS_H
#define BACSCTL_JARS_H

#include "daemon.h"

#define DAEMON_MODULE		"org.bacs1.Module"
#define DAEMON_JAR		"org.bacs1.Jar"
#define DAEMON_RESISTANCE	"org.bacs1.Resistance"

/**
 * struct jar_place - a place of a string
 * @path: object of its module
 * @string: name of the string
 * @string_path: its object
 * @name: name of the module, 4S2
 * @bus: its bus
 * @address: its address
 * @position: place in the string, from 1
 */
struct jar_place {
	char path[128];
	char string[64];
	char string_path[256];
	char name[64];
	char bus[16];
	uint8_t address;
	uint32_t position;
};

/* Return: negative errno ends it, 1 too: it was found */
typedef int (*jar_fn)(sd_bus *bus, const struct jar_place *place, void *arg,
		      sd_bus_error *error);

/* Call @fn for every place of every string. Negative errno, 1 or 0. */
int jars_each(sd_bus *bus, jar_fn fn, void *arg, sd_bus_error *error);

/*
 * Find by name, such as 4S2 or bacsA-012. Returns 0 or the exit code, and has
 * said what is wrong.
 */
int jars_find(sd_bus *bus, const char *name, struct jar_place *ret);

/* Read a variant that holds this, into memory of the caller */
int jars_read_text(sd_bus_message *reply, char *text, size_t size);

/*
 * Call a method of a jar with arguments in a message that the caller filled.
 * Returns the exit code.
 */
int jars_call(sd_bus *bus, sd_bus_message *call, sd_bus_message **ret_reply);

/* Append KEY=VALUE arguments as a{ss}. Returns 0 or EXIT_USAGE. */
int jars_append_keys(sd_bus_message *call, int argc, char **argv);

#endif
