/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bacsctl as a client of bacsd */
#ifndef BACSCTL_DAEMON_H
#define BACSCTL_DAEMON_H

#include <stdlib.h>

#include <systemd/sd-bus.h>

#include "bacsctl.h"

#define DAEMON_SERVICE	"org.bacs1"
#define DAEMON_ROOT	"/org/bacs1"
#define DAEMON_MANAGER	"org.bacs1.Manager"
#define DAEMON_STRING	"org.bacs1.String"

/* Exit code; everything is said */
int daemon_open(sd_bus **ret);
/* Says why a call failed; @thing: what was asked for, "the strings". Exit code */
int daemon_failed(int r, const sd_bus_error *error, const char *thing);

/* There is no string to show: says why. A refused configuration has none. */
void daemon_no_string(void);
/* Sort as asked and print a table of what strings have. Exit code */
int daemon_print(struct table *t, const struct options *o);

typedef int (*daemon_object_fn)(sd_bus *bus, const char *path, void *arg,
				sd_bus_error *error);
/* Reads the value, a variant */
typedef int (*daemon_property_fn)(sd_bus_message *reply, const char *property,
				  void *arg);

/* Call @fn for the object of every string, in their order. Negative errno. */
int daemon_each_string(sd_bus *bus, daemon_object_fn fn, void *arg,
		       sd_bus_error *error);
#define DAEMON_PATH_MAX	255
/* 1 and the object of the string of this name, 0: there is none. */
int daemon_find_string(sd_bus *bus, const char *name,
		       char ret_path[DAEMON_PATH_MAX + 1],
		       sd_bus_error *error);
int daemon_each_property(sd_bus *bus, const char *path, const char *interface,
			 daemon_property_fn fn, void *arg, sd_bus_error *error);

#endif
