// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl equalize: what is bypassed, why and why not; on and off */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "daemon.h"

enum {
	NAME,
	STRING,
	ADDRESS,
	STATE,
	DUTY,
	LIMIT,
	TARGET,
	DEVIATION,
	TAKEN,
	WHY,
	COLUMNS
};

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[STRING] = { "STRING", "string", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[STATE] = { "STATE", "state", false, false },
	[DUTY] = { "EQUALIZING", "equalizer_duty_permille", false, false },
	[LIMIT] = { "AT MOST", "equalizer_limit_permille", true, false },
	[TARGET] = { "TARGET", "target_uv", true, true },
	[DEVIATION] = { "OFF BY", "deviation_uv", true, true },
	[TAKEN] = { NULL, "taken_uah", true, false },
	[WHY] = { "WHY", "reason", false, false },
};

/* One string as it is read */
struct string {
	struct table *table;
	const char *wanted;	/* name of the only one, or NULL */
	bool json;
	bool found;
	char name[64];
	char state[32];
	char reason[256];
	int64_t finish_s;	/* -1: not known */
};

static int take_text(sd_bus_message *reply, char *buffer, size_t size)
{
	const char *text;
	int r = sd_bus_message_read(reply, "v", "s", &text);

	if (r >= 0)
		snprintf(buffer, size, "%s", text);
	return r;
}

static int take_finish(sd_bus_message *reply, struct string *s)
{
	const char *name;
	int64_t v;
	int r = sd_bus_message_enter_container(reply, 'v', "a{sx}");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{sx}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{sx}", &name, &v)) > 0)
		if (!strcmp(name, "finish_s"))
			s->finish_s = v;
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_head(sd_bus_message *reply, const char *property, void *arg)
{
	struct string *s = arg;

	if (!strcmp(property, "Name"))
		return take_text(reply, s->name, sizeof(s->name));
	if (!strcmp(property, "Equalizing"))
		return take_text(reply, s->state, sizeof(s->state));
	if (!strcmp(property, "EqualizingReason"))
		return take_text(reply, s->reason, sizeof(s->reason));
	if (!strcmp(property, "EqualizingValues"))
		return take_finish(reply, s);
	return sd_bus_message_skip(reply, "v");
}

static int add_module(struct string *s, sd_bus_message *reply)
{
	struct table *t = s->table;
	const char *name, *state, *reason;
	uint32_t number, duty, limit;
	int64_t target, off, taken;
	uint8_t address;
	char bar[64];
	int has, r;

	r = sd_bus_message_read(reply, "(uysssbxxuux)", &number, &address,
				&name, &state, &reason, &has, &target, &off,
				&duty, &limit, &taken);
	if (r <= 0)
		return r;
	table_row(t);
	table_text(t, NAME, name);
	table_text(t, STRING, s->name);
	table_number(t, ADDRESS, address, "%u", address);
	table_text(t, STATE, state);
	format_bar(duty, bar, sizeof(bar));
	table_number(t, DUTY, duty, "%s", bar);
	table_number(t, LIMIT, limit, "%" PRIu32 ".%" PRIu32 " %%", limit / 10,
		     limit % 10);
	if (has) {
		table_number(t, TARGET, target, "%.3f V", target / 1e6);
		table_number(t, DEVIATION, off, "%+.1f mV", off / 1e3);
	}
	table_number(t, TAKEN, taken, "%" PRId64, taken);
	table_text(t, WHY, reason);
	return 1;
}

static void print_head(const struct string *s)
{
	char left[32];

	printf("String %s: %s, %s", s->name, s->state, s->reason);
	if (!strcmp(s->state, "active") && s->finish_s > 0) {
		format_duration((uint64_t)s->finish_s * NS_PER_S, left,
				sizeof(left));
		printf("; about %s to go", left);
	}
	putchar('\n');
}

static int add_string(sd_bus *bus, const char *path, void *arg,
		      sd_bus_error *error)
{
	struct string *s = arg;
	sd_bus_message *reply = NULL;
	int r;

	s->finish_s = -1;
	r = daemon_each_property(bus, path, DAEMON_STRING, take_head, s, error);
	if (r < 0)
		return r;
	if (s->wanted && strcmp(s->wanted, s->name))
		return 0;
	s->found = true;
	r = sd_bus_get_property(bus, DAEMON_SERVICE, path, DAEMON_STRING,
				"EqualizingModules", error, &reply,
				"a(uysssbxxuux)");
	if (r < 0)
		return r;
	if (!s->json)
		print_head(s);
	r = sd_bus_message_enter_container(reply, 'a', "(uysssbxxuux)");
	while (r >= 0 && (r = add_module(s, reply)) > 0)
		;
	sd_bus_message_unref(reply);
	return r;
}

static int no_string(const char *name)
{
	if (name)
		fprintf(stderr,
			"bacsctl: there is no string '%s': see 'bacsctl strings'\n",
			name);
	else
		daemon_no_string();
	return name ? EXIT_FAILED : EXIT_DONE;
}

static int show(const char *name, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct string s = { .wanted = name, .json = o->json };
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	s.table = table_new("equalize", columns, COLUMNS);
	r = daemon_each_string(bus, add_string, &s, &error);
	if (r < 0)
		code = daemon_failed(r, &error, "equalizing");
	else
		code = table_output(s.table, o, NULL);
	if (!code && !s.found)
		code = no_string(name);
	table_free(s.table);
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

/* Does it hold against the configuration? */
static void tell(sd_bus *bus, const char *path, const char *name, bool on)
{
	char *who = NULL;

	sd_bus_get_property_string(bus, DAEMON_SERVICE, path, DAEMON_STRING,
				   "EqualizingOperator", NULL, &who);
	if (who && *who)
		printf("Equalizing of string %s is %s, also after reload and restart, until 'bacsctl equalize %s %s'; Equalize= in [String %s] says %s\n",
		       name, on ? "on" : "off", on ? "off" : "on", name, name,
		       on ? "no" : "yes");
	else
		printf("Equalizing of string %s is %s, as Equalize= in [String %s] says\n",
		       name, on ? "on" : "off", name);
	free(who);
}

static int set(const char *name, bool on)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	char path[DAEMON_PATH_MAX + 1];
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	sd_bus_set_allow_interactive_authorization(bus, true);
	r = daemon_find_string(bus, name, path, &error);
	if (r == 0) {
		code = no_string(name);
	} else {
		if (r >= 0)
			r = sd_bus_call_method(bus, DAEMON_SERVICE, path,
					       DAEMON_STRING, "SetEqualizing",
					       &error, NULL, "b", (int)on);
		if (r < 0)
			code = daemon_failed(r, &error, "equalizing");
		else
			tell(bus, path, name, on);
	}
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

int cmd_equalize(int argc, char **argv)
{
	struct options o;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT,
			      "equalize [--json] [--sort=KEY] [STRING]\n       bacsctl equalize on|off STRING",
			      "Shows what equalizing (balancing) does at each module, and why; or switches it\non or off. It asks bacsd.\n",
			      &o, &r);
	if (first < 0)
		return r;
	if (argc - first == 2 && (!strcmp(argv[first], "on") ||
				  !strcmp(argv[first], "off")))
		return set(argv[first + 1], !strcmp(argv[first], "on"));
	if (argc - first > 1) {
		fprintf(stderr,
			"bacsctl: equalize takes the name of a string, or on or off and a name\n");
		return EXIT_USAGE;
	}
	return show(first < argc ? argv[first] : NULL, &o);
}
