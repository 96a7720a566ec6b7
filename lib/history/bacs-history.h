/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbacs-history - read the history that bacsd writes
 *
 * Only reads: any number of readers work beside the daemon and none of them
 * holds it up. The rules of <bacs.h> hold: negative errno, results through
 * ret_ pointers, borrowed strings live until the next call on their cursor.
 * Times are wall clock in us since 1970, UTC.
 */
#ifndef BACS_HISTORY_H
#define BACS_HISTORY_H

#include <bacs.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BACS_HISTORY_PATH	"/var/lib/bacs/history.db"

struct bacs_history;		/* an open history */
struct bacs_history_events;	/* cursor over events */
struct bacs_history_values;	/* cursor over values of one module */

/** enum bacs_history_severity - how much an event matters */
enum bacs_history_severity {
	BACS_HISTORY_INFO,
	BACS_HISTORY_WARNING,
	BACS_HISTORY_ALARM,
};

/** bacs_history_severity_name() - "info", "warning", "alarm" */
const char *bacs_history_severity_name(enum bacs_history_severity severity);

/** enum bacs_history_clock - how good a time is */
enum bacs_history_clock {
	BACS_HISTORY_CLOCK_UNKNOWN,	/* us since boot, not dated yet */
	BACS_HISTORY_CLOCK_UNSYNCHRONISED,
	BACS_HISTORY_CLOCK_SYNCHRONISED,
};

/** bacs_history_clock_name() - "unknown", "unsynchronised", "synchronised" */
const char *bacs_history_clock_name(enum bacs_history_clock clock);

/**
 * bacs_history_open() - open a history for reading
 * @path: file; NULL: BACS_HISTORY_PATH
 * @ret: history; bacs_history_close()
 *
 * Return: 0, -ENOENT (no such file), -EACCES, -EBADF (no history of bacs),
 * -EPROTONOSUPPORT (written by a newer release), -EUCLEAN (damaged), -EIO,
 * -ENOMEM.
 */
int bacs_history_open(const char *path, struct bacs_history **ret);

/** bacs_history_close() - close; takes NULL and returns NULL */
struct bacs_history *bacs_history_close(struct bacs_history *history);

/**
 * struct bacs_history_filter - which rows
 * @since_us: from this time on
 * @until_us: before this time
 * @limit: so many of the newest, 0: all
 * @severity: events of at least this severity
 * @bus: events of this bus, NULL: all
 *
 * A struct so that filters can be added; zero what you do not know.
 */
struct bacs_history_filter {
	int64_t since_us;
	int64_t until_us;
	int64_t limit;
	enum bacs_history_severity severity;
	const char *bus;
};

/**
 * bacs_history_events() - events, oldest first
 * @history: history
 * @filter: which
 * @ret: cursor before the first event; bacs_history_events_free()
 *
 * Events whose time is not known yet come first, whatever the times asked
 * for: bacs_history_event_clock() tells.
 *
 * Return: 0 or a negative errno as bacs_history_open().
 */
int bacs_history_events(struct bacs_history *history,
			const struct bacs_history_filter *filter,
			struct bacs_history_events **ret);

/** bacs_history_events_next() - go on; 1, 0 at the end, negative errno */
int bacs_history_events_next(struct bacs_history_events *events);
/** bacs_history_events_free() - free; takes NULL and returns NULL */
struct bacs_history_events *
bacs_history_events_free(struct bacs_history_events *events);

/** bacs_history_event_time_us() - when, see bacs_history_event_clock() */
int64_t bacs_history_event_time_us(const struct bacs_history_events *e);
/** bacs_history_event_clock() - how good the time is */
enum bacs_history_clock
bacs_history_event_clock(const struct bacs_history_events *e);
/** bacs_history_event_kind() - what, e.g. "module-lost" */
const char *bacs_history_event_kind(const struct bacs_history_events *e);
/** bacs_history_event_severity() - how much it matters */
enum bacs_history_severity
bacs_history_event_severity(const struct bacs_history_events *e);
/** bacs_history_event_bus() - bus, "" if it concerns none */
const char *bacs_history_event_bus(const struct bacs_history_events *e);
/** bacs_history_event_address() - module, 0: the bus or the daemon */
unsigned int bacs_history_event_address(const struct bacs_history_events *e);
/** bacs_history_event_name() - string-wise name, e.g. "4S2", or "" */
const char *bacs_history_event_name(const struct bacs_history_events *e);
/** bacs_history_event_old() - old value, by kind */
int64_t bacs_history_event_old(const struct bacs_history_events *e);
/** bacs_history_event_new() - new value, by kind */
int64_t bacs_history_event_new(const struct bacs_history_events *e);
/** bacs_history_event_text() - one sentence */
const char *bacs_history_event_text(const struct bacs_history_events *e);

/**
 * bacs_history_find() - module of a name
 * @history: history
 * @name: string-wise name or label, device name such as "bacsA-012", or
 *	"bacsA:12"
 * @ret_bus: name of the bus; 13 bytes
 * @ret_address: address, 1-247
 *
 * Return: 0, -ENOENT, -ENOTUNIQ (label of several modules).
 */
int bacs_history_find(struct bacs_history *history, const char *name,
		      char *ret_bus, unsigned int *ret_address);

/**
 * bacs_history_values() - minute values of a module, oldest first
 * @history: history
 * @bus: name of the bus
 * @address: address, 1-247
 * @filter: which; severity and bus do not matter
 * @ret: cursor before the first row; bacs_history_values_free()
 *
 * All modules that ever stood at the address, one after the other.
 *
 * Return: 0 or a negative errno as bacs_history_open().
 */
int bacs_history_values(struct bacs_history *history, const char *bus,
			unsigned int address,
			const struct bacs_history_filter *filter,
			struct bacs_history_values **ret);

/** bacs_history_values_next() - go on; 1, 0 at the end, negative errno */
int bacs_history_values_next(struct bacs_history_values *values);
/** bacs_history_values_free() - free; takes NULL and returns NULL */
struct bacs_history_values *
bacs_history_values_free(struct bacs_history_values *values);

/** bacs_history_value_time_us() - beginning of the minute */
int64_t bacs_history_value_time_us(const struct bacs_history_values *v);
/** bacs_history_value_clock() - how good the time is, never unknown */
enum bacs_history_clock
bacs_history_value_clock(const struct bacs_history_values *v);
/** bacs_history_value_scans() - samples the row sums up */
unsigned int bacs_history_value_scans(const struct bacs_history_values *v);
/** bacs_history_value_serial() - module, 16 hex digits; all 0: has none */
const char *bacs_history_value_serial(const struct bacs_history_values *v);
/** bacs_history_value_name() - string-wise name, or "" */
const char *bacs_history_value_name(const struct bacs_history_values *v);

/**
 * bacs_history_value_get() - value of a quantity
 * @v: cursor on a row
 * @q: quantity
 * @ret_mean: mean of the minute in the dictionary's unit
 * @ret_min: lowest value, NULL: not wanted
 * @ret_max: highest value, NULL: not wanted
 *
 * Where the history keeps no lowest or highest value it is the mean.
 *
 * Return: 0, -ENODATA.
 */
int bacs_history_value_get(const struct bacs_history_values *v, enum bacs_q q,
			   int64_t *ret_mean, int64_t *ret_min,
			   int64_t *ret_max);

#ifdef __cplusplus
}
#endif

#endif /* BACS_HISTORY_H */
