// SPDX-License-Identifier: GPL-2.0-or-later
/* The connection to bacsd, and words for what goes wrong with it */
#include <errno.h>
#include <string.h>

#include "daemon.h"

int daemon_open(sd_bus **ret)
{
	int r = sd_bus_open_system(ret);

	if (r >= 0)
		return EXIT_DONE;
	fprintf(stderr,
		"bacsctl: cannot reach the system bus, over which bacsd is asked: %s\n",
		strerror(-r));
	return EXIT_NO_DEVICE;
}

int daemon_failed(int r, const sd_bus_error *error, const char *thing)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
		fprintf(stderr,
			"bacsctl: bacsd does not run, and it alone knows %s: try 'systemctl start bacsd'\n",
			thing);
		return EXIT_NO_DEVICE;
	}
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_PROPERTY) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD)) {
		fprintf(stderr,
			"bacsctl: the running bacsd knows nothing of %s: restart it, or install daemon and tools of the same release\n",
			thing);
		return EXIT_FAILED;
	}
	fprintf(stderr, "bacsctl: bacsd: %s\n",
		error->message ? error->message : strerror(-r));
	return EXIT_FAILED;
}

void daemon_no_string(void)
{
	sd_bus *bus = NULL;
	char *wrong = NULL;

	if (sd_bus_open_system(&bus) >= 0 &&
	    sd_bus_get_property_string(bus, DAEMON_SERVICE, DAEMON_ROOT,
				       DAEMON_MANAGER, "ConfigurationError",
				       NULL, &wrong) >= 0 && *wrong)
		fprintf(stderr,
			"bacsctl: no string is known, for the configuration was refused: %s; mend it, 'bacsctl config check', 'systemctl reload bacsd'\n",
			wrong);
	else
		fprintf(stderr,
			"bacsctl: no string is configured: see [String] in bacsd.conf(5)\n");
	free(wrong);
	sd_bus_flush_close_unref(bus);
}

int daemon_print(struct table *t, const struct options *o)
{
	int code = table_output(t, o, NULL);

	if (!code && !o->json && !table_rows(t))
		daemon_no_string();
	return code;
}

int daemon_each_string(sd_bus *bus, daemon_object_fn fn, void *arg,
		       sd_bus_error *error)
{
	char **paths = NULL;
	int r = sd_bus_get_property_strv(bus, DAEMON_SERVICE, DAEMON_ROOT,
					 DAEMON_MANAGER, "Strings", error,
					 &paths);

	for (char **p = paths; r >= 0 && p && *p; p++) {
		r = fn(bus, *p, arg, error);
		/* a reload may take one away meanwhile */
		if (r < 0 && sd_bus_error_has_name(
			    error, SD_BUS_ERROR_UNKNOWN_OBJECT)) {
			sd_bus_error_free(error);
			r = 0;
		}
	}
	for (char **p = paths; p && *p; p++)
		free(*p);
	free(paths);
	return r;
}

struct wanted {
	const char *name;
	char *path;
};

static int match_string(sd_bus *bus, const char *path, void *arg,
			sd_bus_error *error)
{
	struct wanted *w = arg;
	char *name = NULL;
	int r = sd_bus_get_property_string(bus, DAEMON_SERVICE, path,
					   DAEMON_STRING, "Name", error, &name);

	if (r >= 0 && !strcmp(name, w->name))
		snprintf(w->path, DAEMON_PATH_MAX + 1, "%s", path);
	free(name);
	return r;
}

int daemon_find_string(sd_bus *bus, const char *name,
		       char ret_path[DAEMON_PATH_MAX + 1],
		       sd_bus_error *error)
{
	struct wanted w = { .name = name, .path = ret_path };
	int r;

	*ret_path = '\0';
	r = daemon_each_string(bus, match_string, &w, error);
	return r < 0 ? r : *ret_path != '\0';
}

int daemon_each_property(sd_bus *bus, const char *path, const char *interface,
			 daemon_property_fn fn, void *arg, sd_bus_error *error)
{
	sd_bus_message *reply = NULL;
	const char *property;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, path,
				   "org.freedesktop.DBus.Properties", "GetAll",
				   error, &reply, "s", interface);

	if (r < 0)
		return r;
	r = sd_bus_message_enter_container(reply, 'a', "{sv}");
	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = sd_bus_message_read(reply, "s", &property);
		if (r >= 0)
			r = fn(reply, property, arg);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	sd_bus_message_unref(reply);
	return r;
}
