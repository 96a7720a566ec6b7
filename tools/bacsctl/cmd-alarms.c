// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl alarms: the alarms and what an operator does with them */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "daemon.h"

#define ALARMS		"org.bacs1.Alarms"
#define US_PER_S	INT64_C(1000000)
#define TEST_S		10

enum {
	ID,
	LEVEL,
	STATE,
	NAME,
	KIND,
	RAISED,
	EVIDENCE,
	WHY,
	REMEDY,
	CLASS,
	BUS,
	ADDRESS,
	STRING,
	ACTIVE,
	ACKNOWLEDGED,
	ACKNOWLEDGED_AT,
	ACKNOWLEDGED_BY,
	RETURNED,
	SHELVED_UNTIL,
	SHELVED_BY,
	SHELVED_WHY,
	INHIBITION,
	REPEATS,
	COLUMNS
};

/* Keys are the names of the fields of org.bacs1.Alarms.List, too */
static const struct column columns[COLUMNS] = {
	[ID] = { "ID", "id", true, false },
	[LEVEL] = { "LEVEL", "level", false, false },
	[STATE] = { "STATE", "state", false, false },
	[NAME] = { "NAME", "name", false, false },
	[KIND] = { "ALARM", "kind", false, false },
	[RAISED] = { "SINCE", "raised_wall_usec", false, false },
	[EVIDENCE] = { "EVIDENCE", "evidence", false, false },
	[WHY] = { "WHY THIS STATE", "why", false, false },
	[REMEDY] = { "REMEDY", "remedy", false, false },
	[CLASS] = { NULL, "class", false, false },
	[BUS] = { NULL, "bus", false, false },
	[ADDRESS] = { NULL, "address", true, false },
	[STRING] = { NULL, "string", false, false },
	[ACTIVE] = { NULL, "active", false, false },
	[ACKNOWLEDGED] = { NULL, "acknowledged", false, false },
	[ACKNOWLEDGED_AT] = { NULL, "acknowledged_wall_usec", false, false },
	[ACKNOWLEDGED_BY] = { NULL, "acknowledged_by", false, false },
	[RETURNED] = { NULL, "returned_wall_usec", false, false },
	[SHELVED_UNTIL] = { "UNTIL", "shelved_until_wall_usec", false, true },
	[SHELVED_BY] = { NULL, "shelved_by", false, false },
	[SHELVED_WHY] = { NULL, "shelved_why", false, false },
	[INHIBITION] = { NULL, "inhibition", false, false },
	[REPEATS] = { NULL, "repeats", true, false },
};

enum {
	OUT_NAME,
	OUT_CLASS,
	OUT_SINCE,
	OUT_UNTIL,
	OUT_WHO,
	OUT_WHY,
	OUT_BUS,
	OUT_ADDRESS,
	OUT_STRING,
	OUT_COLUMNS
};

static const struct column out_columns[OUT_COLUMNS] = {
	[OUT_NAME] = { "OUT OF SERVICE", "name", false, false },
	[OUT_CLASS] = { "WHAT", "class", false, false },
	[OUT_SINCE] = { "SINCE", "since_wall_usec", false, false },
	[OUT_UNTIL] = { "UNTIL", "until_wall_usec", false, false },
	[OUT_WHO] = { "BY", "who", false, false },
	[OUT_WHY] = { "WHY", "why", false, false },
	[OUT_BUS] = { NULL, "bus", false, false },
	[OUT_ADDRESS] = { NULL, "address", true, false },
	[OUT_STRING] = { NULL, "string", false, false },
};

/* What is read, and into which columns */
struct list {
	struct table *table;
	const struct column *columns;
	size_t count;
};

static bool is_time(const char *key)
{
	size_t n = strlen(key);

	return n > 5 && !strcmp(key + n - 5, "_usec");
}

static void take_number(const struct list *l, size_t column, uint64_t v)
{
	char text[32];

	if (!is_time(l->columns[column].key)) {
		table_number(l->table, column, (int64_t)v, "%" PRIu64, v);
		return;
	}
	/* 0: never, or before the clock was known */
	if (!v)
		return;
	format_time((int64_t)v, text, sizeof(text));
	table_number(l->table, column, (int64_t)v, "%s", text);
}

static enum bacs_colour colour_of_level(const char *level)
{
	if (!strcmp(level, "alarm"))
		return BACS_COLOUR_RED;
	return !strcmp(level, "warning") ? BACS_COLOUR_ORANGE :
					   BACS_COLOUR_GREY;
}

static int take_value(sd_bus_message *reply, const struct list *l,
		      size_t column)
{
	const char *type, *text;
	uint64_t number;
	int flag, r = sd_bus_message_peek_type(reply, NULL, &type);

	if (r < 0)
		return r;
	if (!strcmp(type, "s")) {
		r = sd_bus_message_read(reply, "v", "s", &text);
		if (r >= 0 && *text)
			table_text(l->table, column, text);
		if (r >= 0 && !strcmp(l->columns[column].key, "level"))
			table_colour(l->table, column, colour_of_level(text));
	} else if (!strcmp(type, "t")) {
		r = sd_bus_message_read(reply, "v", "t", &number);
		if (r >= 0)
			take_number(l, column, number);
	} else if (!strcmp(type, "b")) {
		r = sd_bus_message_read(reply, "v", "b", &flag);
		if (r >= 0)
			table_bool(l->table, column, flag);
	} else {
		r = sd_bus_message_skip(reply, "v");
	}
	return r;
}

static int take_field(sd_bus_message *reply, const struct list *l)
{
	const char *key;
	size_t i;
	int r = sd_bus_message_read(reply, "s", &key);

	if (r < 0)
		return r;
	for (i = 0; i < l->count; i++)
		if (!strcmp(l->columns[i].key, key))
			return take_value(reply, l, i);
	/* a newer bacsd has more of them */
	return sd_bus_message_skip(reply, "v");
}

static int take_row(sd_bus_message *reply, const struct list *l)
{
	int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

	if (r <= 0)
		return r;
	table_row(l->table);
	while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = take_field(reply, l);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
		if (r < 0)
			return r;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : 1;
}

static int read_list(sd_bus *bus, const char *method, const struct list *l,
		     sd_bus_error *error)
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_call_method(bus, DAEMON_SERVICE, DAEMON_ROOT, ALARMS,
				   method, error, &reply, "");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "a{sv}");
	while (r >= 0 && (r = take_row(reply, l)) > 0)
		;
	sd_bus_message_unref(reply);
	return r;
}

static int print_mute(sd_bus *bus, sd_bus_error *error)
{
	char *who = NULL;
	int muted = 0;
	int r = sd_bus_get_property_trivial(bus, DAEMON_SERVICE, DAEMON_ROOT,
					    ALARMS, "Muted", error, 'b',
					    &muted);

	if (r >= 0 && muted)
		r = sd_bus_get_property_string(bus, DAEMON_SERVICE,
					       DAEMON_ROOT, ALARMS, "MutedBy",
					       error, &who);
	if (r >= 0 && muted)
		printf("Muted by %s until there is a new alarm.\n", who);
	free(who);
	return r;
}

static int show(const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct list alarms = { .columns = columns, .count = COLUMNS };
	struct list outs = { .columns = out_columns, .count = OUT_COLUMNS };
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	alarms.table = table_new("alarms", columns, COLUMNS);
	outs.table = table_new("out_of_service", out_columns, OUT_COLUMNS);
	r = read_list(bus, "List", &alarms, &error);
	if (r >= 0 && !o->json)
		r = read_list(bus, "ListOutOfService", &outs, &error);
	if (r >= 0 && !o->json)
		r = print_mute(bus, &error);
	code = r < 0 ? daemon_failed(r, &error, "the alarms") :
		       table_sort(alarms.table, o->sort);
	if (!code && o->json) {
		table_print_json(alarms.table, false);
	} else if (!code) {
		if (table_rows(alarms.table))
			table_print(alarms.table);
		else
			printf("No alarm.\n");
		if (table_rows(outs.table))
			table_print(outs.table);
	}
	table_free(alarms.table);
	table_free(outs.table);
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

static int show_outs(const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct list l = { .columns = out_columns, .count = OUT_COLUMNS };
	sd_bus *bus = NULL;
	int r, code = daemon_open(&bus);

	if (code)
		return code;
	l.table = table_new("out_of_service", out_columns, OUT_COLUMNS);
	r = read_list(bus, "ListOutOfService", &l, &error);
	code = r < 0 ? daemon_failed(r, &error, "the alarms") :
		       table_sort(l.table, o->sort);
	if (!code && o->json)
		table_print_json(l.table, false);
	else if (!code && table_rows(l.table))
		table_print(l.table);
	else if (!code)
		printf("Nothing is out of service.\n");
	table_free(l.table);
	sd_bus_error_free(&error);
	sd_bus_flush_close_unref(bus);
	return code;
}

/* Send a call whose arguments are appended already, say what came of it */
static int send_call(sd_bus *bus, sd_bus_message *call, const char *done)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	uint32_t n = 0;
	int code = EXIT_DONE;
	int r = sd_bus_message_set_allow_interactive_authorization(call, true);

	if (r >= 0)
		r = sd_bus_call(bus, call, 0, &error, &reply);
	if (r < 0)
		code = daemon_failed(r, &error, "the alarms");
	else if (sd_bus_message_read(reply, "u", &n) > 0)
		printf("%" PRIu32 " %s", n, done);
	else
		printf("%s", done);
	sd_bus_message_unref(reply);
	sd_bus_error_free(&error);
	return code;
}

static int begin_call(const char *method, sd_bus **ret_bus,
		      sd_bus_message **ret_call)
{
	int code = daemon_open(ret_bus);

	if (code)
		return code;
	if (sd_bus_message_new_method_call(*ret_bus, ret_call, DAEMON_SERVICE,
					   DAEMON_ROOT, ALARMS, method) < 0) {
		sd_bus_flush_close_unref(*ret_bus);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int finish_call(sd_bus *bus, sd_bus_message *call, int r,
		       const char *done)
{
	int code = r < 0 ? EXIT_FAILED : send_call(bus, call, done);

	sd_bus_message_unref(call);
	sd_bus_flush_close_unref(bus);
	return code;
}

static int parse_id(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (!errno && *text >= '0' && *text <= '9' && !*end && *ret)
		return EXIT_DONE;
	fprintf(stderr,
		"bacsctl: '%s' is not the number of an alarm; column ID of 'bacsctl alarms' has them\n",
		text);
	return EXIT_USAGE;
}

static int acknowledge(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	uint64_t ids[256];
	int i, r, code;

	if ((argc == 0) != o->all || argc > (int)ARRAY_SIZE(ids)) {
		fprintf(stderr,
			"bacsctl: alarms ack needs the numbers of alarms (at most %zu), or --all\n",
			ARRAY_SIZE(ids));
		return EXIT_USAGE;
	}
	for (i = 0; i < argc; i++)
		if ((code = parse_id(argv[i], &ids[i])))
			return code;
	code = begin_call("Acknowledge", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append_array(call, 't', ids,
					argc * sizeof(*ids));
	return finish_call(bus, call, r, "acknowledged.\n");
}

static int need_reason(const struct options *o, const char *what)
{
	if (o->reason && *o->reason)
		return EXIT_DONE;
	fprintf(stderr, "bacsctl: %s needs --reason=TEXT\n", what);
	return EXIT_USAGE;
}

static int shelve(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	uint64_t id;
	int r, code;

	if (argc != 1 || !o->for_us) {
		fprintf(stderr,
			"bacsctl: alarms shelve needs the number of one alarm, --for=TIME and --reason=TEXT\n");
		return EXIT_USAGE;
	}
	code = need_reason(o, "alarms shelve");
	if (!code)
		code = parse_id(argv[0], &id);
	if (!code)
		code = begin_call("Shelve", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append(call, "tus", id,
				  (uint32_t)(o->for_us / US_PER_S), o->reason);
	return finish_call(bus, call, r, "Shelved.\n");
}

static int unshelve(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	uint64_t id;
	int r, code;

	(void)o;
	if (argc != 1) {
		fprintf(stderr,
			"bacsctl: alarms unshelve needs the number of one alarm\n");
		return EXIT_USAGE;
	}
	code = parse_id(argv[0], &id);
	if (!code)
		code = begin_call("Unshelve", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append(call, "t", id);
	return finish_call(bus, call, r, "Not shelved any more.\n");
}

static int mute(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	int code;

	(void)o;
	if (argc) {
		fprintf(stderr, "bacsctl: alarms mute takes no argument '%s'\n",
			argv[0]);
		return EXIT_USAGE;
	}
	code = begin_call("Mute", &bus, &call);
	return code ? code : finish_call(bus, call, 0,
					 "Muted until there is a new alarm.\n");
}

static int out_of_service(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	int r, code;

	if (!argc && !o->reason && !o->for_us)
		return show_outs(o);
	if (argc != 1) {
		fprintf(stderr,
			"bacsctl: alarms out-of-service needs one name of a module, string or bus\n");
		return EXIT_USAGE;
	}
	code = need_reason(o, "alarms out-of-service");
	if (!code)
		code = begin_call("TakeOutOfService", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append(call, "sus", argv[0],
				  (uint32_t)(o->for_us / US_PER_S), o->reason);
	return finish_call(bus, call, r, "Out of service.\n");
}

static int in_service(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	int r, code;

	(void)o;
	if (argc != 1) {
		fprintf(stderr,
			"bacsctl: alarms in-service needs one name of a module, string or bus\n");
		return EXIT_USAGE;
	}
	code = begin_call("ReturnToService", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append(call, "s", argv[0]);
	return finish_call(bus, call, r, "In service again.\n");
}

static int test(int argc, char **argv, const struct options *o)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = NULL;
	int r, code;

	if (argc) {
		fprintf(stderr, "bacsctl: alarms test takes no argument '%s'\n",
			argv[0]);
		return EXIT_USAGE;
	}
	code = begin_call("Test", &bus, &call);
	if (code)
		return code;
	r = sd_bus_message_append(call, "su", o->level ? o->level : "alarm",
				  o->for_us ? (uint32_t)(o->for_us / US_PER_S) :
					      TEST_S);
	return finish_call(bus, call, r,
			   "The test alarm is raised and ends by itself.\n");
}

static const struct {
	const char *name;
	unsigned int options;
	int (*run)(int argc, char **argv, const struct options *o);
} verbs[] = {
	{ "ack", OPTION_ALL, acknowledge },
	{ "shelve", OPTION_FOR | OPTION_REASON, shelve },
	{ "unshelve", 0, unshelve },
	{ "mute", 0, mute },
	{ "out-of-service",
	  OPTION_FOR | OPTION_REASON | OPTION_JSON | OPTION_SORT,
	  out_of_service },
	{ "in-service", 0, in_service },
	{ "test", OPTION_FOR | OPTION_LEVEL, test },
};

#define USAGE	"alarms [--json] [--sort=KEY]\n" \
	"       bacsctl alarms ack ID... | --all\n" \
	"       bacsctl alarms shelve ID --for=TIME --reason=TEXT\n" \
	"       bacsctl alarms unshelve ID\n" \
	"       bacsctl alarms mute\n" \
	"       bacsctl alarms out-of-service [NAME [--for=TIME] --reason=TEXT]\n" \
	"       bacsctl alarms in-service NAME\n" \
	"       bacsctl alarms test [--level=LEVEL] [--for=TIME]"
#define HELP	"Shows the alarms that are not normal, and why each is in its state;\nor acknowledges, shelves, mutes, takes out of service, tests. It asks bacsd.\n"

int cmd_alarms(int argc, char **argv)
{
	struct options o;
	int first, r;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		first = options_parse(argc - 1, argv + 1, verbs[i].options,
				      USAGE, HELP, &o, &r);
		if (first < 0)
			return r;
		return verbs[i].run(argc - 1 - first, argv + 1 + first, &o);
	}
	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT, USAGE,
			      HELP, &o, &r);
	if (first < 0)
		return r;
	if (first < argc) {
		fprintf(stderr,
			"bacsctl: alarms has no command '%s'; see bacsctl alarms --help\n",
			argv[first]);
		return EXIT_USAGE;
	}
	return show(&o);
}
