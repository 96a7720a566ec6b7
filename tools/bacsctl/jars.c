// SPDX-License-Identifier: GPL-2.0-or-later
/* The jars that bacsd knows */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "jars.h"

int jars_read_text(sd_bus_message *reply, char *text, size_t size)
{
	const char *s;
	int r = sd_bus_message_read(reply, "v", "s", &s);

	if (r >= 0)
		snprintf(text, size, "%s", s);
	return r;
}

struct walk {
	struct jar_place place;
	struct jar_place *list;
	size_t count;
	jar_fn fn;
	void *arg;
	int result;
};

static int take_cells(sd_bus_message *reply, struct walk *w)
{
	struct jar_place p = { .path = "" };
	int valid, r = sd_bus_message_enter_container(reply, 'v', "a(uysbi)");
	const char *name;
	int32_t mv;

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(uysbi)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(uysbi)", &p.position,
					&p.address, &name, &valid, &mv)) > 0) {
		struct jar_place *list = reallocarray(w->list, w->count + 1,
						      sizeof(*list));

		if (!list)
			return -ENOMEM;
		w->list = list;
		snprintf(p.name, sizeof(p.name), "%s", name);
		list[w->count++] = p;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_string(sd_bus_message *reply, const char *property, void *arg)
{
	struct walk *w = arg;

	if (!strcmp(property, "Name"))
		return jars_read_text(reply, w->place.string,
				      sizeof(w->place.string));
	if (!strcmp(property, "Bus"))
		return jars_read_text(reply, w->place.bus,
				      sizeof(w->place.bus));
	if (!strcmp(property, "Cells"))
		return take_cells(reply, w);
	return sd_bus_message_skip(reply, "v");
}

static int walk_string(sd_bus *bus, const char *path, void *arg,
		       sd_bus_error *error)
{
	struct walk *w = arg;
	int r;

	if (w->result)
		return 0;
	w->count = 0;
	r = daemon_each_property(bus, path, DAEMON_STRING, take_string, w,
				 error);
	for (size_t i = 0; r >= 0 && i < w->count && !w->result; i++) {
		struct jar_place *p = &w->list[i];

		strcpy(p->string, w->place.string);
		strcpy(p->bus, w->place.bus);
		snprintf(p->string_path, sizeof(p->string_path), "%s", path);
		snprintf(p->path, sizeof(p->path), "%s/bus/%s/%u",
			 DAEMON_ROOT, p->bus, p->address);
		r = w->fn(bus, p, w->arg, error);
		/* a reload may take one away meanwhile */
		if (r < 0 && sd_bus_error_has_name(
			    error, SD_BUS_ERROR_UNKNOWN_OBJECT)) {
			sd_bus_error_free(error);
			r = 0;
		}
		if (r > 0)
			w->result = 1;
	}
	return r < 0 ? r : 0;
}

int jars_each(sd_bus *bus, jar_fn fn, void *arg, sd_bus_error *error)
{
	struct walk w = { .fn = fn, .arg = arg };
	int r = daemon_each_string(bus, walk_string, &w, error);

	free(w.list);
	return r < 0 ? r : w.result;
}

struct search {
	const char *name;
	struct jar_place *ret;
};

static int matches(sd_bus *bus, const struct jar_place *p, void *arg,
		   sd_bus_error *error)
{
	struct search *s = arg;
	char other[32];

	(void)bus, (void)error;
	snprintf(other, sizeof(other), "%s-%03u", p->bus, p->address);
	if (strcmp(s->name, p->name) && strcmp(s->name, other))
		return 0;
	*s->ret = *p;
	return 1;
}

int jars_find(sd_bus *bus, const char *name, struct jar_place *ret)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct search s = { name, ret };
	int code = EXIT_DONE, r = jars_each(bus, matches, &s, &error);

	if (r < 0) {
		code = daemon_failed(r, &error, "jars");
	} else if (!r) {
		fprintf(stderr,
			"bacsctl: no jar '%s' belongs to a string; 'bacsctl jars' shows their names\n",
			name);
		code = EXIT_NO_DEVICE;
	}
	sd_bus_error_free(&error);
	return code;
}

int jars_call(sd_bus *bus, sd_bus_message *call, sd_bus_message **ret_reply)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int code = EXIT_DONE, r;

	sd_bus_message_set_allow_interactive_authorization(call, true);
	r = sd_bus_call(bus, call, 0, &error, ret_reply);
	if (r < 0)
		code = daemon_failed(r, &error, "jars");
	sd_bus_error_free(&error);
	return code;
}

int jars_append_keys(sd_bus_message *call, int argc, char **argv)
{
	int r = sd_bus_message_open_container(call, 'a', "{ss}");

	for (int i = 0; r >= 0 && i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value) {
			fprintf(stderr, "bacsctl: '%s' is not KEY=VALUE\n",
				argv[i]);
			return EXIT_USAGE;
		}
		*value++ = '\0';
		r = sd_bus_message_append(call, "{ss}", argv[i], value);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	if (r < 0)
		fprintf(stderr, "bacsctl: %s\n", strerror(-r));
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}
