// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl profile: register maps of foreign modules */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "profile-text.h"

enum { NAME, CLASS, MODEL, FUNCTION, START, COUNT, FIELDS, RESPONSE, USERS,
       BUILTIN, COLUMNS };

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[CLASS] = { "CLASS", "class", false, false },
	[MODEL] = { "MODEL", "model", false, true },
	[FUNCTION] = { "FUNCTION", "function", true, true },
	[START] = { "START", "start", true, true },
	[COUNT] = { "COUNT", "count", true, true },
	[FIELDS] = { "FIELDS", "fields", false, true },
	[RESPONSE] = { "TIME-OUT", "response_ms", true, false },
	[USERS] = { "BUSES", "users", true, false },
	[BUILTIN] = { "BUILT IN", "builtin", false, false },
};

static void add_fields(struct table *t, const struct bacs_profile *p)
{
	char text[512] = "";
	enum bacs_q q;

	for (unsigned int i = 0; i < bacs_profile_fields(p); i++) {
		size_t at = strlen(text);

		bacs_profile_field(p, i, &q, NULL, NULL, NULL, NULL, NULL,
				   NULL);
		snprintf(text + at, sizeof(text) - at, "%s%s", i ? " " : "",
			 bacs_q_name(q) ? bacs_q_name(q) : "?");
	}
	if (text[0])
		table_text(t, FIELDS, text);
}

static void add_profile(struct table *t, const struct bacs_profile *p)
{
	table_row(t);
	table_text(t, NAME, bacs_profile_name(p));
	/* the built-in one knows several classes, each with its own block */
	if (bacs_profile_class(p))
		table_text(t, CLASS, bacs_modclass_name(bacs_profile_class(p)));
	if (bacs_profile_model(p)[0])
		table_text(t, MODEL, bacs_profile_model(p));
	if (bacs_profile_count(p)) {
		table_number(t, FUNCTION, bacs_profile_function(p), "%u",
			     bacs_profile_function(p));
		table_number(t, START, bacs_profile_start(p), "%u",
			     bacs_profile_start(p));
		table_number(t, COUNT, bacs_profile_count(p), "%u",
			     bacs_profile_count(p));
	}
	add_fields(t, p);
	table_number(t, RESPONSE, bacs_profile_response_ms(p), "%u ms",
		     bacs_profile_response_ms(p));
	table_number(t, USERS, bacs_profile_users(p), "%u",
		     bacs_profile_users(p));
	table_bool(t, BUILTIN, bacs_profile_builtin(p));
}

static int list(struct bacs *b, const struct options *o, const char *argument)
{
	struct bacs_profile *profiles = NULL;
	const struct bacs_profile *p;
	struct table *t;
	int r;

	(void)argument;
	r = bacs_profile_list(b, &profiles);
	if (r < 0)
		return device_command_failed(b, "cannot read the profiles", r);
	t = table_new("profile", columns, COLUMNS);
	for (p = profiles; p; p = bacs_profile_next(p))
		add_profile(t, p);
	if (o->json)
		table_print_json(t, false);
	else
		table_print(t);
	table_free(t);
	bacs_profile_free(profiles);
	return EXIT_DONE;
}

static int read_file(const char *path, struct bacs_profile **ret)
{
	struct ini ini;
	int r;

	r = profile_text_read(&ini, path, ret);
	if (r < 0)
		fprintf(stderr, "bacsctl: %s\n", ini.error);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int load(struct bacs *b, const struct options *o, const char *argument)
{
	struct bacs_profile *p;
	char what[96];
	int r;

	(void)o;
	r = read_file(argument, &p);
	if (r)
		return r;
	snprintf(what, sizeof(what), "cannot load profile %s",
		 bacs_profile_name(p));
	r = bacs_profile_load(b, p);
	bacs_profile_free(p);
	if (r == -EEXIST)
		fprintf(stderr,
			"bacsctl: a profile of that name is there; delete it first\n");
	return r < 0 ? device_command_failed(b, what, r) : EXIT_DONE;
}

static int delete(struct bacs *b, const struct options *o,
		  const char *argument)
{
	char what[96];
	int r;

	(void)o;
	r = bacs_profile_unload(b, argument);
	snprintf(what, sizeof(what), "cannot delete profile %s", argument);
	return r < 0 ? device_command_failed(b, what, r) : EXIT_DONE;
}

static int check(struct bacs *b, const struct options *o, const char *argument)
{
	struct bacs_profile *p;
	int r;

	(void)b;
	(void)o;
	r = read_file(argument, &p);
	if (r)
		return r;
	printf("%s: profile %s, class %s, %u register%s, %u field%s: good\n",
	       argument, bacs_profile_name(p),
	       bacs_modclass_name(bacs_profile_class(p)),
	       bacs_profile_count(p), bacs_profile_count(p) == 1 ? "" : "s",
	       bacs_profile_fields(p),
	       bacs_profile_fields(p) == 1 ? "" : "s");
	bacs_profile_free(p);
	return EXIT_DONE;
}

static const struct {
	const char *name;
	const char *argument;
	bool driver;
	int (*run)(struct bacs *b, const struct options *o,
		   const char *argument);
} actions[] = {
	{ "list", NULL, true, list },
	{ "load", "FILE", true, load },
	{ "delete", "NAME", true, delete },
	{ "check", "FILE", false, check },
};

static int run(size_t i, const struct options *o, int argc, char **argv)
{
	struct bacs *b = NULL;
	int r;

	if (argc != (actions[i].argument ? 1 : 0)) {
		fprintf(stderr, "Usage: bacsctl profile %s%s%s\n",
			actions[i].name, actions[i].argument ? " " : "",
			actions[i].argument ? actions[i].argument : "");
		return EXIT_USAGE;
	}
	if (actions[i].driver) {
		r = device_open(0, &b);
		if (r)
			return r;
	}
	r = actions[i].run(b, o, argc ? argv[0] : NULL);
	bacs_close(b);
	return r;
}

int cmd_profile(int argc, char **argv)
{
	struct options o;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON,
			      "profile list [--json]\n"
			      "       bacsctl profile load FILE\n"
			      "       bacsctl profile delete NAME\n"
			      "       bacsctl profile check FILE",
			      "Profiles say which register of a module is which quantity, see\nbacs-profile(5).\n",
			      &o, &r);
	if (first < 0)
		return r;
	for (size_t i = 0; first < argc && i < ARRAY_SIZE(actions); i++)
		if (!strcmp(argv[first], actions[i].name))
			return run(i, &o, argc - first - 1, argv + first + 1);
	fprintf(stderr,
		"bacsctl: profile wants one of list, load FILE, delete NAME, check FILE\n");
	return EXIT_USAGE;
}
