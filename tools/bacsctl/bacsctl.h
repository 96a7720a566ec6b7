/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bacsctl: what its commands share */
#ifndef BACSCTL_H
#define BACSCTL_H

#include <bacs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NS_PER_S	UINT64_C(1000000000)

/* Version of the JSON format, see bacsctl(1) */
#define JSON_VERSION	1

/* Exit codes, part of the interface */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_DEVICE = 3,
};

typedef int (*command_fn)(int argc, char **argv);

struct command {
	const char *name;
	command_fn run;
	const char *description;
};

int cmd_status(int argc, char **argv);
int cmd_modules(int argc, char **argv);
int cmd_strings(int argc, char **argv);
int cmd_equalize(int argc, char **argv);
int cmd_ri(int argc, char **argv);
int cmd_jars(int argc, char **argv);
int cmd_alarms(int argc, char **argv);
int cmd_bus(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_limits(int argc, char **argv);

/* options.c */

/* What most commands take; an option a command does not take is refused */
enum option_mask {
	OPTION_JSON	= 1 << 0,
	OPTION_WATCH	= 1 << 1,
	OPTION_SORT	= 1 << 2,
	OPTION_BUS	= 1 << 3,
	OPTION_FOLLOW	= 1 << 4,
	OPTION_DATABASE	= 1 << 5,
	OPTION_SINCE	= 1 << 6,
	OPTION_UNTIL	= 1 << 7,
	OPTION_LIMIT	= 1 << 8,
	OPTION_SEVERITY	= 1 << 9,
	OPTION_ALL	= 1 << 10,
	OPTION_FOR	= 1 << 11,
	OPTION_REASON	= 1 << 12,
	OPTION_LEVEL	= 1 << 13,
	OPTION_TIMEOUT	= 1 << 14,
	OPTION_WIRING	= 1 << 15,
	OPTION_PCAPNG	= 1 << 16,
	OPTION_COUNT	= 1 << 17,
	OPTION_ROOT	= 1 << 18,
};

struct options {
	bool json;
	bool watch;
	bool follow;
	const char *sort;
	const char *bus;
	const char *database;
	int64_t since_us;	/* wall time; INT64_MIN: from the beginning */
	int64_t until_us;	/* INT64_MAX: to the end */
	int64_t limit;		/* rows; 0: all */
	int severity;		/* least, 0-2 */
	bool all;
	int64_t for_us;		/* 0: not given */
	const char *reason;	/* NULL: not given */
	const char *level;	/* likewise */
	uint32_t timeout_ms;	/* 0: not given */
	const char *wiring;	/* NULL: not given */
	const char *root;	/* likewise */
	bool pcapng;
	uint32_t count;		/* 0: not given */
	unsigned int given;	/* enum option_mask */
};

/*
 * Returns the index of the first argument that is no option; or -1: *ret_exit
 * is the exit code, everything is said.
 */
int options_parse(int argc, char **argv, unsigned int mask, const char *usage,
		  const char *help, struct options *ret, int *ret_exit);

/* Name of the first of these options, NULL without any */
const char *options_first(unsigned int mask);

/* device.c: the connection, and words for what goes wrong with it */
int device_open(unsigned int flags, struct bacs **ret);
int device_find_bus(struct bacs *b, const char *name,
		    const struct bacs_bus **ret);
int device_choose_bus(struct bacs *b, const char *what, const char *option,
		      int argc, char **argv, const struct bacs_bus **ret);
int device_find_module(struct bacs *b, const char *name,
		       const struct bacs_module **ret);
int device_command_failed(struct bacs *b, const char *what, int error);
void device_warn(const struct bacs *b);
uint64_t wall_us(void);
int64_t wall_of_boot_us(uint64_t boot_ns);

/* table.c: rows of cells that become a table or JSON */
enum cell_type { CELL_NONE, CELL_NUMBER, CELL_TEXT, CELL_BOOL };

struct column {
	const char *heading;	/* NULL: in JSON only */
	const char *key;	/* NULL: in the table only */
	bool right;
	bool optional;		/* not in the table when all cells are empty */
};

struct cell {
	enum cell_type type;
	int64_t number;
	char *text;		/* what people read; owned */
	char *value;		/* JSON text of a CELL_TEXT; owned */
	enum bacs_colour colour;
};

struct table;

struct table *table_new(const char *name, const struct column *columns,
			size_t count);
void table_free(struct table *table);
size_t table_rows(const struct table *table);
void table_row(struct table *table);
/* Set a cell of the last row. Text for people defaults to the value's own. */
void table_text(struct table *table, size_t column, const char *value);
__attribute__((format(printf, 4, 5)))
void table_number(struct table *table, size_t column, int64_t value,
		  const char *format, ...);
void table_quantity(struct table *table, size_t column, enum bacs_q q,
		    int64_t value);
void table_bool(struct table *table, size_t column, bool value);
void table_show(struct table *table, size_t column, const char *text);
void table_colour(struct table *table, size_t column, enum bacs_colour colour);
/*
 * Sort by a JSON key; "-key" downwards; NULL: not at all. Exit code: there may
 * be no such column, that is said with the keys that there are.
 */
int table_sort(struct table *table, const char *key);
/* All rows as text for a terminal, owned by the caller; NULL without memory */
char *table_to_text(struct table *table);
void table_print(struct table *table);
/* {"version": 1, "NAME": [...]}; compact: in one line */
void table_print_json(const struct table *table, bool compact);
/* The last row as one object in one line */
void table_print_json_row(const struct table *table);
/* Sort and print as asked; @empty: said of a table without rows, or NULL */
int table_output(struct table *table, const struct options *o,
		 const char *empty);

/* json.c */
struct json {
	FILE *out;
	bool pretty;
	bool first;
	unsigned int depth;
};

void json_begin(struct json *json, FILE *out, bool pretty);
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *key, int64_t value);
void json_text(struct json *json, const char *key, const char *value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
void json_end(struct json *json);

/* terminal.c */
bool terminal_colours(void);
bool terminal_unicode(void);
int terminal_width(void);
/* Draw text from the top of the screen without clearing it first */
void terminal_redraw(const char *text);
void terminal_watch_begin(void);
void terminal_watch_end(void);

/* watch.c: draw again on every change; see there */
int watch_run(struct bacs *b, void (*draw)(struct bacs *b, void *arg),
	      void *arg);

/* format.c: values as people read them */
void format_duration(uint64_t ns, char *buf, size_t size);
void format_time(int64_t us, char *buf, size_t size);
const char *format_unit(enum bacs_q q);
void format_bar(int64_t permille, char *buf, size_t size);
int parse_time(const char *text, int64_t now_us, int64_t *ret_us);
/* "90s", "30m", "6h", "7d" in us, or -EINVAL */
int parse_age(const char *text, int64_t *ret_us);

/* reason.c: why a module is in its state, in words */
struct module_view {
	const struct bacs_sample *live;	/* NULL: show no value */
	enum bacs_colour colour;
	char reason[256];
};

void module_view(const struct bacs_module *module, uint64_t timeouts,
		 bool has_timeouts, uint64_t now_ns, struct module_view *ret);

/* transact.c: an action of bus */
int bus_transact(struct bacs *b, const struct options *o, int argc,
		 char **argv);

/* capture.c: actions of bus */
int bus_capture(struct bacs *b, const struct options *o, int argc, char **argv);
int bus_convert(struct bacs *b, const struct options *o, int argc, char **argv);

/* linecheck.c: an action of bus */
int bus_line_check(struct bacs *b, const struct options *o, int argc,
		   char **argv);

/* doctor.c: an action of bus */
int bus_doctor(struct bacs *b, const struct options *o, int argc, char **argv);

/* identity.c: the columns every module row begins with */
enum { ID_NAME, ID_BUS, ID_ADDRESS, ID_SERIAL, ID_STATE, ID_COLUMNS };
#define IDENTITY_COLUMNS \
	[ID_NAME] = { "NAME", "name", false, false }, \
	[ID_BUS] = { "BUS", "bus", false, false }, \
	[ID_ADDRESS] = { "ADDR", "address", true, false }, \
	[ID_SERIAL] = { NULL, "serial", false, false }, \
	[ID_STATE] = { "STATE", "state", false, false }
void identity_set(struct table *table, const struct bacs_module *module,
		  enum bacs_colour colour);

#endif /* BACSCTL_H */
