// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl profile: register maps of foreign modules */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "profile.h"
#include "profile-text.h"

enum { NAME, CLASS, MODEL, BLOCKS, REGISTERS, FIELDS, RESPONSE, USERS, BUILTIN,
       LOADED, FROM, COLUMNS };

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[CLASS] = { "CLASS", "class", false, false },
	[MODEL] = { "MODEL", "model", false, true },
	[BLOCKS] = { "BLOCKS", "blocks", true, true },
	[REGISTERS] = { "REGISTERS", "registers", true, true },
	[FIELDS] = { "QUANTITIES", "fields", false, true },
	[RESPONSE] = { "TIME-OUT", "response_ms", true, false },
	[USERS] = { "BUSES", "users", true, true },
	[BUILTIN] = { NULL, "builtin", false, false },
	[LOADED] = { NULL, "loaded", false, false },
	[FROM] = { "FROM", "file", false, true },
};

unsigned int profile_registers(const struct bacs_profile *p)
{
	unsigned int sum = 0, count;

	for (unsigned int i = 0;
	     !bacs_profile_block(p, i, NULL, NULL, &count); i++)
		sum += count;
	return sum;
}

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

/* @file: where it was read; NULL: from the driver */
static void add_profile(struct table *t, const struct bacs_profile *p,
			const char *file)
{
	table_row(t);
	table_text(t, NAME, bacs_profile_name(p));
	/* the built-in one knows several classes, each with its own block */
	if (bacs_profile_class(p))
		table_text(t, CLASS, bacs_modclass_name(bacs_profile_class(p)));
	if (bacs_profile_model(p)[0])
		table_text(t, MODEL, bacs_profile_model(p));
	if (bacs_profile_blocks(p)) {
		table_number(t, BLOCKS, bacs_profile_blocks(p), "%u",
			     bacs_profile_blocks(p));
		table_number(t, REGISTERS, profile_registers(p), "%u",
			     profile_registers(p));
	}
	add_fields(t, p);
	table_number(t, RESPONSE, bacs_profile_response_ms(p), "%u ms",
		     bacs_profile_response_ms(p));
	table_bool(t, BUILTIN, bacs_profile_builtin(p));
	table_bool(t, LOADED, !file);
	if (file) {
		table_text(t, FROM, file);
		return;
	}
	table_number(t, USERS, bacs_profile_users(p), "%u",
		     bacs_profile_users(p));
	table_show(t, FROM, bacs_profile_builtin(p) ? "built in" : "loaded");
}

static bool listed(const struct bacs_profile *list, const char *name)
{
	for (; list; list = bacs_profile_next(list))
		if (!strcmp(bacs_profile_name(list), name))
			return true;
	return false;
}

/* A file that bacs-attach would find; one it would refuse is told and left out */
static void add_file(struct table *t, const struct bacs_profile *loaded,
		     const char *directory, const char *entry, bool *bad)
{
	size_t length = strlen(entry) - strlen(PROFILE_TEXT_SUFFIX);
	struct bacs_profile *p;
	char path[512], name[256], found[512];
	struct ini ini;

	snprintf(path, sizeof(path), "%s/%s", directory, entry);
	snprintf(name, sizeof(name), "%.*s", (int)length, entry);
	/* one of the same name in /etc hides it */
	if (listed(loaded, name) ||
	    profile_text_find(name, found, sizeof(found)) < 0 ||
	    strcmp(found, path))
		return;
	if (profile_text_read(&ini, path, &p) < 0) {
		fprintf(stderr, "bacsctl: %s\n", ini.error);
		*bad = true;
		return;
	}
	add_profile(t, p, path);
	bacs_profile_free(p);
}

static int is_profile_file(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name), suffix = strlen(PROFILE_TEXT_SUFFIX);

	return n > suffix && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + n - suffix, PROFILE_TEXT_SUFFIX);
}

static void add_files(struct table *t, const struct bacs_profile *loaded,
		      bool *bad)
{
	static const char *const directories[] = PROFILE_TEXT_DIRECTORIES;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct dirent **entries;
		int n = scandir(directories[i], &entries, is_profile_file,
				alphasort);

		for (int k = 0; k < n; k++) {
			add_file(t, loaded, directories[i], entries[k]->d_name,
				 bad);
			free(entries[k]);
		}
		if (n >= 0)
			free(entries);
	}
}

/* Without a driver, which is said, the files are shown all the same. */
static int list(struct bacs *b, const struct options *o, int argc, char **argv)
{
	struct bacs_profile *profiles = NULL;
	const struct bacs_profile *p;
	bool bad = false;
	struct table *t;
	int r, missing;

	(void)argc;
	(void)argv;
	missing = device_open(0, &b);
	if (!missing) {
		r = bacs_profile_list(b, &profiles);
		if (r < 0)
			missing = device_command_failed(b,
					"cannot read the profiles", r);
		bacs_close(b);
	}
	t = table_new("profile", columns, COLUMNS);
	for (p = profiles; p; p = bacs_profile_next(p))
		add_profile(t, p, NULL);
	add_files(t, profiles, &bad);
	if (o->json)
		table_print_json(t, false);
	else
		table_print(t);
	table_free(t);
	bacs_profile_free(profiles);
	return missing ? missing : bad ? EXIT_FAILED : EXIT_DONE;
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

static int load(struct bacs *b, const struct options *o, int argc, char **argv)
{
	struct bacs_profile *p, *now;
	char what[96];
	int r;

	(void)o;
	(void)argc;
	r = read_file(argv[0], &p);
	if (r)
		return r;
	snprintf(what, sizeof(what), "cannot load profile %s",
		 bacs_profile_name(p));
	r = bacs_profile_load(b, p);
	if (r == -EEXIST)
		fprintf(stderr,
			"bacsctl: a profile of that name is built into the driver; give the file's another Name=\n");
	if (r >= 0 && bacs_profile_fetch(b, bacs_profile_name(p), &now) >= 0) {
		if (bacs_profile_users(now))
			printf("profile %s replaced; %u %s on with it\n",
			       bacs_profile_name(p), bacs_profile_users(now),
			       bacs_profile_users(now) == 1 ? "bus goes" :
							      "buses go");
		bacs_profile_free(now);
	}
	bacs_profile_free(p);
	return r < 0 ? device_command_failed(b, what, r) : EXIT_DONE;
}

static int delete(struct bacs *b, const struct options *o, int argc,
		  char **argv)
{
	char what[96];
	int r;

	(void)o;
	(void)argc;
	r = bacs_profile_unload(b, argv[0]);
	snprintf(what, sizeof(what), "cannot delete profile %s", argv[0]);
	return r < 0 ? device_command_failed(b, what, r) : EXIT_DONE;
}

enum { C_FILE, C_GOOD, C_NAME, C_CLASS, C_BLOCKS, C_REGISTERS, C_FIELDS, C_LINE,
       C_ERROR, C_COLUMNS };

static const struct column check_columns[C_COLUMNS] = {
	[C_FILE] = { "FILE", "file", false, false },
	[C_GOOD] = { "GOOD", "good", false, false },
	[C_NAME] = { "NAME", "name", false, true },
	[C_CLASS] = { "CLASS", "class", false, true },
	[C_BLOCKS] = { "BLOCKS", "blocks", true, true },
	[C_REGISTERS] = { "REGISTERS", "registers", true, true },
	[C_FIELDS] = { "QUANTITIES", "quantities", true, true },
	[C_LINE] = { "LINE", "line", true, true },
	[C_ERROR] = { "ERROR", "error", false, true },
};

static void check_row(struct table *t, const char *path,
		      const struct bacs_profile *p, const struct ini *ini)
{
	table_row(t);
	table_text(t, C_FILE, path);
	table_bool(t, C_GOOD, p);
	if (!p) {
		if (ini->line)
			table_number(t, C_LINE, ini->line, "%u", ini->line);
		table_text(t, C_ERROR, ini->error);
		return;
	}
	table_text(t, C_NAME, bacs_profile_name(p));
	table_text(t, C_CLASS, bacs_modclass_name(bacs_profile_class(p)));
	table_number(t, C_BLOCKS, bacs_profile_blocks(p), "%u",
		     bacs_profile_blocks(p));
	table_number(t, C_REGISTERS, profile_registers(p), "%u",
		     profile_registers(p));
	table_number(t, C_FIELDS, bacs_profile_fields(p), "%u",
		     bacs_profile_fields(p));
}

static void check_say(const char *path, const struct bacs_profile *p)
{
	const char *name = strrchr(path, '/');
	char expected[64];

	printf("%s: profile %s, class %s, %u block%s of %u register%s, %u quantit%s: good\n",
	       path, bacs_profile_name(p),
	       bacs_modclass_name(bacs_profile_class(p)),
	       bacs_profile_blocks(p), bacs_profile_blocks(p) == 1 ? "" : "s",
	       profile_registers(p), profile_registers(p) == 1 ? "" : "s",
	       bacs_profile_fields(p),
	       bacs_profile_fields(p) == 1 ? "y" : "ies");
	name = name ? name + 1 : path;
	snprintf(expected, sizeof(expected), "%s%s", bacs_profile_name(p),
		 PROFILE_TEXT_SUFFIX);
	if (strcmp(name, expected))
		printf("%s: note: it is found by its name only in a file called %s\n",
		       path, expected);
}

/* All files are looked at, whatever is wrong with the first. */
static int check(struct bacs *b, const struct options *o, int argc, char **argv)
{
	struct table *t = table_new("profile", check_columns, C_COLUMNS);
	int r = EXIT_DONE;

	(void)b;
	for (int i = 0; i < argc; i++) {
		struct bacs_profile *p = NULL;
		struct ini ini = { 0 };

		if (profile_text_read(&ini, argv[i], &p) < 0) {
			r = EXIT_FAILED;
			if (!o->json)
				fprintf(stderr, "bacsctl: %s\n", ini.error);
		} else if (!o->json) {
			check_say(argv[i], p);
		}
		check_row(t, argv[i], p, &ini);
		bacs_profile_free(p);
	}
	if (o->json)
		table_print_json(t, false);
	table_free(t);
	return r;
}

/* What @what names: a file, a profile of the driver, or a file by its name */
static int find(const char *what, struct bacs_profile **ret, char *path,
		size_t size)
{
	struct bacs *b = NULL;
	int r = -ENOENT;

	snprintf(path, size, "%s", what);
	if (strchr(what, '/') || strchr(what, '.'))
		return read_file(what, ret);
	/* Without a driver the file is as good. */
	if (bacs_open(0, &b) >= 0 && bacs_driver(b) == BACS_DRIVER_PRESENT)
		r = bacs_profile_fetch(b, what, ret);
	bacs_close(b);
	if (r >= 0) {
		path[0] = '\0';
		return EXIT_DONE;
	}
	if (profile_text_find(what, path, size) >= 0)
		return read_file(path, ret);
	fprintf(stderr,
		"bacsctl: no profile '%s' in the driver, /etc/bacs/profiles or /usr/share/bacs/profiles; 'bacsctl profile list' shows all, and a file is named with a slash or a dot: ./%s\n",
		what, what);
	return EXIT_FAILED;
}

static int show(struct bacs *b, const struct options *o, int argc, char **argv)
{
	struct bacs_profile *p;
	char path[512];
	int r;

	(void)b;
	(void)argc;
	r = find(argv[0], &p, path, sizeof(path));
	if (r)
		return r;
	if (o->json)
		profile_show_json(p, path);
	else
		profile_show(p, path);
	bacs_profile_free(p);
	return EXIT_DONE;
}

static const struct {
	const char *name;
	const char *argument;
	bool driver;
	bool many;
	int (*run)(struct bacs *b, const struct options *o, int argc,
		   char **argv);
} actions[] = {
	{ "list", NULL, false, false, list },
	{ "show", "NAME|FILE", false, false, show },
	{ "check", "FILE...", false, true, check },
	{ "load", "FILE", true, false, load },
	{ "delete", "NAME", true, false, delete },
};

static int run(size_t i, const struct options *o, int argc, char **argv)
{
	struct bacs *b = NULL;
	int r;

	if (actions[i].many ? argc < 1 : argc != (actions[i].argument ? 1 : 0)) {
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
	r = actions[i].run(b, o, argc, argv);
	bacs_close(b);
	return r;
}

int cmd_profile(int argc, char **argv)
{
	struct options o;
	int first, r;

	first = options_parse(argc, argv, OPTION_JSON,
			      "profile list [--json]\n"
			      "       bacsctl profile show [--json] NAME|FILE\n"
			      "       bacsctl profile check [--json] FILE...\n"
			      "       bacsctl profile load FILE\n"
			      "       bacsctl profile delete NAME",
			      "Profiles say which register of a module is which quantity, see\nbacs-profile(5).\n",
			      &o, &r);
	if (first < 0)
		return r;
	for (size_t i = 0; first < argc && i < ARRAY_SIZE(actions); i++)
		if (!strcmp(argv[first], actions[i].name))
			return run(i, &o, argc - first - 1, argv + first + 1);
	fprintf(stderr,
		"bacsctl: profile wants one of list, show NAME|FILE, check FILE..., load FILE, delete NAME\n");
	return EXIT_USAGE;
}
