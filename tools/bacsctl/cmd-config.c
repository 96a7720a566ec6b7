// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl config: check, show and compare bacsd.conf, read as bacsd reads it */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config-show.h"
#include "daemon.h"

enum { SECTION, NAME, KEY, VALUE, NUMBER, UNIT, DEFAULT, V2, V4, V6, V12,
       SOURCE, COLUMNS };

static const struct column show_columns[COLUMNS] = {
	[SECTION] = { "SECTION", "section", false, false },
	[NAME] = { NULL, "name", false, false },
	[KEY] = { "KEY", "key", false, false },
	[VALUE] = { "VALUE", "value", false, false },
	[NUMBER] = { NULL, "number", true, false },
	[UNIT] = { NULL, "unit", false, false },
	[DEFAULT] = { NULL, "default", false, false },
	[V2] = { "2 V", "block_2v_mv", true, true },
	[V4] = { "4 V", "block_4v_mv", true, true },
	[V6] = { "6 V", "block_6v_mv", true, true },
	[V12] = { "12 V", "block_12v_mv", true, true },
	[SOURCE] = { "SOURCE", "source", false, false },
};

enum { D_SECTION, D_NAME, D_KEY, D_FILES, D_OTHER, D_SOURCE, D_OTHER_SOURCE,
       D_COLUMNS };

static const struct column diff_columns[D_COLUMNS] = {
	[D_SECTION] = { "SECTION", "section", false, false },
	[D_NAME] = { NULL, "name", false, false },
	[D_KEY] = { "KEY", "key", false, false },
	[D_FILES] = { "FILES", "files", false, false },
	[D_OTHER] = { "BACSD", "bacsd", false, false },
	[D_SOURCE] = { "SOURCE", "source", false, false },
	[D_OTHER_SOURCE] = { NULL, "bacsd_source", false, false },
};

static const struct column default_columns[D_COLUMNS] = {
	[D_SECTION] = { "SECTION", "section", false, false },
	[D_NAME] = { NULL, "name", false, false },
	[D_KEY] = { "KEY", "key", false, false },
	[D_FILES] = { "FILES", "files", false, false },
	[D_OTHER] = { "DEFAULT", "default", false, false },
	[D_SOURCE] = { "SOURCE", "source", false, false },
	[D_OTHER_SOURCE] = { NULL, "default_source", false, false },
};

struct args {
	bool json;
	bool effective;
	bool defaults;
	const char *root;
};

static void print_error(const struct config_error *e, void *userdata)
{
	(void)userdata;
	if (e->line)
		fprintf(stderr, "%s:%u: %s\n", e->file, e->line, e->text);
	else
		fprintf(stderr, "%s: %s\n", e->file, e->text);
}

static int load(const struct args *args, struct config **ret)
{
	struct config_errors errors = { .report = print_error };
	int r = config_load(args->root, &errors, ret);

	if (r == -EINVAL)
		fprintf(stderr,
			"bacsctl: bacsd would refuse this configuration: %u error%s\n",
			errors.count, errors.count == 1 ? "" : "s");
	else if (r < 0)
		fprintf(stderr, "bacsctl: cannot read the configuration: %s\n",
			strerror(-r));
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int check(const struct args *args)
{
	struct config *config _config_ = NULL;
	int r = load(args, &config);
	char what[64];

	if (r)
		return r;
	config_describe(config, what, sizeof(what));
	printf("The configuration is good: %s\n", what);
	return r;
}

struct show {
	struct table *table;
	bool effective;
};

static void put_header(struct table *t, const char *section, const char *name)
{
	char header[80];

	table_text(t, SECTION, section);
	if (*name)
		table_text(t, NAME, name);
	snprintf(header, sizeof(header), *name ? "[%s %s]" : "[%s]", section,
		 name);
	table_show(t, SECTION, header);
}

static void put_block(struct table *t, size_t column, int64_t cell_mv,
		      int cells)
{
	int64_t mv = cell_mv * cells;

	table_number(t, column, mv, "%" PRId64 ".%03" PRId64 " V", mv / 1000,
		     mv % 1000);
}

static void show_row(const struct config_row *row, void *userdata)
{
	struct show *s = userdata;
	struct table *t = s->table;

	if (!s->effective && (row->is_default || row->of_library))
		return;
	table_row(t);
	put_header(t, row->section, row->name);
	table_text(t, KEY, row->key);
	table_text(t, VALUE, row->value);
	table_text(t, SOURCE, row->source);
	table_bool(t, DEFAULT, row->is_default);
	if (*row->unit)
		table_text(t, UNIT, row->unit);
	if (row->has_number)
		table_number(t, NUMBER, row->number, "%" PRId64, row->number);
	if (!row->per_cell || !row->has_number)
		return;
	put_block(t, V2, row->number, 1);
	put_block(t, V4, row->number, 2);
	put_block(t, V6, row->number, 3);
	put_block(t, V12, row->number, 6);
}

static void print(struct table *t, const struct args *args)
{
	if (args->json)
		table_print_json(t, false);
	else if (table_rows(t))
		table_print(t);
}

static int show(const struct args *args)
{
	struct config *config _config_ = NULL;
	struct show s = { .effective = args->effective };
	int r = load(args, &config);

	if (r)
		return r;
	s.table = table_new("config", show_columns, COLUMNS);
	config_show(config, show_row, &s);
	print(s.table, args);
	table_free(s.table);
	return EXIT_DONE;
}

/* Keys of one side, kept for comparison */
struct keys {
	struct key {
		char *name;	/* section, name and key, in a form of its own */
		char *value;
		char *source;
		bool is_default;
		bool seen;
	} *list;
	size_t count;
	size_t room;
};

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "bacsctl: out of memory\n");
		exit(EXIT_FAILED);
	}
	return p;
}

static void keys_add(struct keys *k, const char *section, const char *name,
		     const char *key, const char *value, const char *source,
		     bool is_default)
{
	struct key *new;

	if (k->count == k->room) {
		k->room = k->room ? k->room * 2 : 256;
		k->list = need(reallocarray(k->list, k->room,
					    sizeof(*k->list)));
	}
	new = &k->list[k->count++];
	memset(new, 0, sizeof(*new));
	if (asprintf(&new->name, "%s\n%s\n%s", section, name, key) < 0)
		need(NULL);
	new->value = need(strdup(value));
	new->source = need(strdup(source));
	new->is_default = is_default;
}

static void keys_done(struct keys *k)
{
	while (k->count) {
		k->count--;
		free(k->list[k->count].name);
		free(k->list[k->count].value);
		free(k->list[k->count].source);
	}
	free(k->list);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->name,
		      ((const struct key *)b)->name);
}

/* What a profile says shows where it holds */
static void collect_own(const struct config_row *row, void *userdata)
{
	if (!row->of_library)
		keys_add(userdata, row->section, row->name, row->key,
			 row->value, row->source, row->is_default);
}

static void collect(const struct config_row *row, void *userdata)
{
	keys_add(userdata, row->section, row->name, row->key, row->value,
		 row->source, row->is_default);
}

static int read_daemon(sd_bus *bus, struct keys *keys, sd_bus_error *error)
{
	const char *section, *name, *key, *value, *source;
	sd_bus_message *reply = NULL;
	int is_default;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT,
				   "org.bacs1.Configuration", "GetKeys",
				   error, &reply, "");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(sssssb)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(sssssb)", &section, &name,
					&key, &value, &source,
					&is_default)) > 0)
		keys_add(keys, section, name, key, value, source,
			 is_default);
	sd_bus_message_unref(reply);
	return r;
}

static int ask_daemon(struct keys *keys)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	r = read_daemon(bus, keys, &error);
	code = r < 0 ? daemon_failed(r, &error, "what is in force") :
		       EXIT_DONE;
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

/* Where the difference is from: who says nothing has no place to look at */
static void put_sources(struct table *t, const struct key *files,
			const struct key *other)
{
	char text[512];

	if (files)
		table_text(t, D_SOURCE, files->source);
	if (other)
		table_text(t, D_OTHER_SOURCE, other->source);
	if (!other || other->is_default || (files && !files->is_default))
		return;
	snprintf(text, sizeof(text), "bacsd has it from %s", other->source);
	table_show(t, D_SOURCE, text);
}

/* Either side may be NULL: it has no such key */
static void put_diff(struct table *t, const struct key *files,
		     const struct key *other)
{
	char name[256], *at = name, *section, *label;
	char header[80];

	snprintf(name, sizeof(name), "%s", files ? files->name : other->name);
	section = strsep(&at, "\n");
	label = strsep(&at, "\n");
	table_row(t);
	table_text(t, D_SECTION, section);
	if (*label)
		table_text(t, D_NAME, label);
	snprintf(header, sizeof(header), *label ? "[%s %s]" : "[%s]", section,
		 label);
	table_show(t, D_SECTION, header);
	table_text(t, D_KEY, at);
	if (files)
		table_text(t, D_FILES, files->value);
	if (other)
		table_text(t, D_OTHER, other->value);
	put_sources(t, files, other);
}

static void compare(struct table *t, struct keys *files, struct keys *other)
{
	size_t i;

	if (other->count)
		qsort(other->list, other->count, sizeof(*other->list),
		      compare_keys);
	for (i = 0; i < files->count; i++) {
		const struct key *f = &files->list[i];
		struct key *o = other->count ?
			bsearch(f, other->list, other->count,
				sizeof(*other->list), compare_keys) : NULL;

		if (o)
			o->seen = true;
		if (!o || strcmp(f->value, o->value))
			put_diff(t, f, o);
	}
	for (i = 0; i < other->count; i++)
		if (!other->list[i].seen)
			put_diff(t, NULL, &other->list[i]);
}

/* What the files would say if nobody had written anything into them */
static int read_defaults(const struct config *config, struct keys *keys)
{
	struct config *bare _config_ = NULL;

	if (config_bare(config, &bare) < 0)
		need(NULL);
	config_show(bare, collect, keys);
	return EXIT_DONE;
}

static int diff(const struct args *args)
{
	struct config *config _config_ = NULL;
	struct keys files = { .count = 0 }, other = { .count = 0 };
	struct table *t;
	int r = load(args, &config);

	if (r)
		return r;
	config_show(config, args->defaults ? collect_own : collect, &files);
	r = args->defaults ? read_defaults(config, &other) :
			     ask_daemon(&other);
	if (!r) {
		t = table_new("diff", args->defaults ? default_columns :
			      diff_columns, D_COLUMNS);
		compare(t, &files, &other);
		print(t, args);
		r = table_rows(t) ? EXIT_FAILED : EXIT_DONE;
		table_free(t);
	}
	keys_done(&files);
	keys_done(&other);
	return r;
}

static const char help[] =
	"Usage: bacsctl config check [--root=DIR]\n"
	"       bacsctl config show [--effective] [--json] [--root=DIR]\n"
	"       bacsctl config diff [--defaults] [--json] [--root=DIR]\n\n"
	"Reads bacsd.conf and its drop-ins as bacsd does, see bacsd.conf(5).\n"
	"check prints every error; show prints the keys that are set, with\n"
	"--effective all that hold and who says so; diff compares the files with\n"
	"what bacsd has in force, or with the defaults, and exits with 1 when they\n"
	"differ.\n\n"
	"Options:\n"
	"  --effective     every key, inherited or default too\n"
	"  --defaults      compare with the defaults\n"
	"  --json          one JSON object instead of a table\n"
	"  --root=DIR      prefix of the configuration's paths\n"
	"  --help          this text\n";

static int refuse(const char *format, const char *what)
{
	fprintf(stderr, "bacsctl: ");
	fprintf(stderr, format, what);
	fprintf(stderr, "; see bacsctl config --help\n");
	return EXIT_USAGE;
}

static int parse(int argc, char **argv, struct args *args, bool *ret_help)
{
	enum { EFFECTIVE = 256, DEFAULTS, JSON, ROOT };
	static const struct option options[] = {
		{ "effective", no_argument, NULL, EFFECTIVE },
		{ "defaults", no_argument, NULL, DEFAULTS },
		{ "json", no_argument, NULL, JSON },
		{ "root", required_argument, NULL, ROOT },
		{ "help", no_argument, NULL, 'h' },
		{ NULL }
	};
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		switch (c) {
		case EFFECTIVE:
			args->effective = true;
			break;
		case DEFAULTS:
			args->defaults = true;
			break;
		case JSON:
			args->json = true;
			break;
		case ROOT:
			args->root = optarg;
			break;
		case 'h':
			*ret_help = true;
			return EXIT_DONE;
		default:
			return refuse("config does not take '%s'",
				      argv[optind - 1]);
		}
	}
	return EXIT_DONE;
}

int cmd_config(int argc, char **argv)
{
	struct args args = { .root = "" };
	bool wants_help = false;
	const char *what;
	int r = parse(argc, argv, &args, &wants_help);

	if (r)
		return r;
	if (wants_help) {
		fputs(help, stdout);
		return EXIT_DONE;
	}
	if (optind >= argc)
		return refuse("config needs one of %s", "check, show, diff");
	what = argv[optind];
	if (optind + 1 < argc)
		return refuse("config takes no argument '%s'",
			      argv[optind + 1]);
	if (args.effective && strcmp(what, "show"))
		return refuse("%s is for config show", "--effective");
	if (args.defaults && strcmp(what, "diff"))
		return refuse("%s is for config diff", "--defaults");
	if (!strcmp(what, "check"))
		return args.json ? refuse("config check has no %s", "--json") :
				   check(&args);
	if (!strcmp(what, "show"))
		return show(&args);
	if (!strcmp(what, "diff"))
		return diff(&args);
	return refuse("config has no '%s': check, show or diff", what);
}
