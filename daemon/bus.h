/* SPDX-License-Identifier: GPL-2.0-or-later */
/* org.bacs1 on the system bus */
#ifndef BACSD_BUS_H
#define BACSD_BUS_H

#include "manager.h"

#define BUS_NAME		"org.bacs1"
#define BUS_ROOT		"/org/bacs1"
#define BUS_PREFIX		"/org/bacs1/bus"
#define BUS_STRING_PREFIX	"/org/bacs1/string"
#define BUS_MANAGER		"org.bacs1.Manager"
#define BUS_ALARMS		"org.bacs1.Alarms"
#define BUS_CONFIG		"org.bacs1.Configuration"
#define BUS_BUS			"org.bacs1.Bus"
#define BUS_MODULE		"org.bacs1.Module"
#define BUS_STRING		"org.bacs1.String"
#define BUS_JAR			"org.bacs1.Jar"
#define BUS_RESISTANCE		"org.bacs1.Resistance"
#define BUS_PATH_MAX		128

/* Connect, publish, ask for the name. Negative errno: try again later. */
int bus_open(struct manager *manager);
void bus_close(struct manager *manager);
/* Connect again where the connection was lost */
void bus_tick(struct manager *manager, uint64_t now_ns);

/* bus-signal.c: changes are collected and told once per turn of the loop */
int bus_signal_open(struct manager *manager);
void bus_signal_close(struct manager *manager);
void bus_site_changed(struct manager *manager);
void bus_bus_changed(struct manager *manager, const struct policy_bus *bus);
void bus_bus_gone(struct manager *manager, const struct policy_bus *bus);
void bus_module_changed(struct manager *manager,
			const struct policy_module *module);
void bus_module_gone(struct manager *manager,
		     const struct policy_module *module);
void bus_string_changed(struct manager *manager,
			const struct policy_string *string);
void bus_string_gone(struct manager *manager,
		     const struct policy_string *string);
void bus_event(struct manager *manager, const struct policy_event *event);

/* bus-alarms.c */
void bus_alarm_changed(struct manager *manager, const struct alarm *alarm,
		       enum alarm_change change);
/* Alarms were muted, or something went out of service, or the other way */
void bus_alarms_pending(struct manager *manager);
void bus_outputs_changed(struct manager *manager);

/* bus-path.c */
void bus_path_of_bus(const char *bus, char path[BUS_PATH_MAX]);
void bus_path_of_module(const struct policy_module *module,
			char path[BUS_PATH_MAX]);
const struct policy_bus *bus_find_bus(struct manager *manager,
				      const char *path);
const struct policy_module *bus_find_module(struct manager *manager,
					    const char *path);
/* Limits that judge the module, a{si} by dictionary name */
int bus_append_limits(sd_bus_message *to, const struct policy_module *module);
/* Characters of the name that a path cannot have are escaped as in _20 */
int bus_path_of_string(const struct policy_string *string,
		       char path[BUS_PATH_MAX]);
const struct policy_string *bus_find_string(struct manager *manager,
					    const char *path);
int bus_enumerate_strings(sd_bus *bus, const char *prefix, void *userdata,
			  char ***ret_nodes, sd_bus_error *error);
int bus_enumerate(sd_bus *bus, const char *prefix, void *userdata,
		  char ***ret_nodes, sd_bus_error *error);

/* The vtables, one file each: bus-manager.c, bus-bus.c, ... */
extern const sd_bus_vtable bus_manager_vtable[];
extern const sd_bus_vtable bus_alarms_vtable[];
extern const sd_bus_vtable bus_config_vtable[];
extern const sd_bus_vtable bus_bus_vtable[];
extern const sd_bus_vtable bus_module_vtable[];
extern const sd_bus_vtable bus_string_vtable[];
extern const sd_bus_vtable bus_jar_vtable[];
extern const sd_bus_vtable bus_resistance_vtable[];
/* Second part of the interface of strings */
extern const sd_bus_vtable bus_equalize_vtable[];
int bus_bus_lookup(sd_bus *bus, const char *path, const char *interface,
		   void *userdata, void **ret_found, sd_bus_error *error);
int bus_module_lookup(sd_bus *bus, const char *path, const char *interface,
		      void *userdata, void **ret_found, sd_bus_error *error);
int bus_string_lookup(sd_bus *bus, const char *path, const char *interface,
		      void *userdata, void **ret_found, sd_bus_error *error);
/* A module that is a jar of a string */
int bus_jar_lookup(sd_bus *bus, const char *path, const char *interface,
		   void *userdata, void **ret_found, sd_bus_error *error);
/* Who operates, for records: "user 1000" */
void bus_who(uint32_t uid, char *text, size_t size);
/* bus-snapshot.c */
int bus_get_snapshot(sd_bus_message *call, void *userdata,
		     sd_bus_error *error);

/**
 * access_check - may the caller do this?
 * @manager: daemon
 * @call: method call
 * @action: polkit action, such as org.bacs1.operate
 * @granted: does what was asked and replies; its negative errno is replied
 * @error: error of the check itself
 *
 * Asks polkit over the bus without waiting. Where there is no polkit, root and
 * members of group bacs-operators may. A refusal is logged with the uid.
 *
 * Return: what a method handler returns.
 */
int access_check(struct manager *manager, sd_bus_message *call,
		 const char *action,
		 int (*granted)(struct manager *manager, sd_bus_message *call,
				uint32_t uid, sd_bus_error *error),
		 sd_bus_error *error);
void access_find_group(struct manager *manager);

/* Error of a libbacs command into a D-Bus error that says why */
int bus_command_error(struct manager *manager, int r, const char *what,
		      sd_bus_error *error);
/* Become the controller of a bus, which some commands need */
int bus_claim(struct manager *manager, const char *bus, sd_bus_error *error);

#endif
