// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The history for reading; SQLite ends in this file
 *
 * Documentation/history-schema.rst describes the tables.
 */
#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bacs-history.h"

#define BACS_EXPORT __attribute__((visibility("default")))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SCHEMA_VERSION	5
#define APPLICATION_ID	0x42414353	/* "BACS" */
#define BUSY_MS		5000

struct bacs_history {
	sqlite3 *db;
};

struct bacs_history_events {
	sqlite3_stmt *s;
};

struct bacs_history_values {
	sqlite3_stmt *s;
};

/* SQLite's codes end here */
static int to_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_NOTADB:
		return -EBADF;
	case SQLITE_CORRUPT:
		return -EUCLEAN;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	default:
		return -EIO;
	}
}

static int read_pragma(sqlite3 *db, const char *sql, int *ret)
{
	sqlite3_stmt *s = NULL;
	int code;

	code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return to_errno(code);
}

static int check(sqlite3 *db)
{
	int id = 0, version = 0, r;

	r = read_pragma(db, "PRAGMA application_id", &id);
	if (!r)
		r = read_pragma(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (id != APPLICATION_ID || version < 1)
		return -EBADF;
	return version > SCHEMA_VERSION ? -EPROTONOSUPPORT : 0;
}

/* "file:" name with everything a URI treats specially escaped */
static char *to_uri(const char *path)
{
	char *uri = malloc(3 * strlen(path) + 32), *p = uri;

	if (!uri)
		return NULL;
	p += sprintf(p, "file:");
	for (; *path; path++)
		p += sprintf(p, strchr("%?#", *path) ? "%%%02X" : "%c",
			     (unsigned char)*path);
	sprintf(p, "?immutable=1");
	return uri;
}

static int try_open(const char *path, int flags, sqlite3 **ret)
{
	sqlite3 *db = NULL;
	int r;

	r = to_errno(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | flags,
				     NULL));
	if (!r) {
		sqlite3_busy_timeout(db, BUSY_MS);
		r = check(db);
	}
	if (r < 0) {
		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

BACS_EXPORT int bacs_history_open(const char *path, struct bacs_history **ret)
{
	struct bacs_history *h;
	char *uri;
	int r;

	assert(ret);
	if (!path)
		path = BACS_HISTORY_PATH;
	if (access(path, R_OK) < 0)
		return -errno;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	r = try_open(path, 0, &h->db);
	if (r == -EACCES) {
		/* nobody writes, and we may not make the files beside it */
		uri = to_uri(path);
		r = uri ? try_open(uri, SQLITE_OPEN_URI, &h->db) : -ENOMEM;
		free(uri);
	}
	if (r < 0) {
		free(h);
		return r;
	}
	*ret = h;
	return 0;
}

BACS_EXPORT struct bacs_history *
bacs_history_close(struct bacs_history *history)
{
	if (!history)
		return NULL;
	sqlite3_close(history->db);
	free(history);
	return NULL;
}

BACS_EXPORT const char *
bacs_history_severity_name(enum bacs_history_severity severity)
{
	static const char *const names[] = { "info", "warning", "alarm" };

	return (unsigned int)severity < ARRAY_SIZE(names) ? names[severity] :
	       "unknown";
}

BACS_EXPORT const char *bacs_history_clock_name(enum bacs_history_clock clock)
{
	static const char *const names[] = {
		"unknown", "unsynchronised", "synchronised" };

	return (unsigned int)clock < ARRAY_SIZE(names) ? names[clock] :
	       names[0];
}

static const char *text(sqlite3_stmt *s, int column)
{
	const unsigned char *t = sqlite3_column_text(s, column);

	return t ? (const char *)t : "";
}

static int next(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	return code == SQLITE_ROW ? 1 : to_errno(code);
}

/*
 * Events
 */
enum { E_TIME, E_KIND, E_SEVERITY, E_BUS, E_ADDRESS, E_NAME, E_OLD, E_NEW,
       E_TEXT, E_QUALITY };

static const char events_sql[] =
	"SELECT * FROM (SELECT time, kind, severity, bus, address, name, old,"
	" new, text, quality, id FROM events"
	" WHERE (quality = 0 OR (time >= ?1 AND time < ?2))"
	" AND severity >= ?3 AND (?4 IS NULL OR bus = ?4)"
	" ORDER BY quality > 0 DESC, time DESC, id DESC LIMIT ?5)"
	" ORDER BY quality > 0, time, id";

BACS_EXPORT int bacs_history_events(struct bacs_history *history,
				    const struct bacs_history_filter *filter,
				    struct bacs_history_events **ret)
{
	struct bacs_history_events *e;
	int r;

	assert(history);
	assert(filter);
	assert(ret);
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	r = to_errno(sqlite3_prepare_v2(history->db, events_sql, -1, &e->s,
					NULL));
	if (r < 0) {
		bacs_history_events_free(e);
		return r;
	}
	sqlite3_bind_int64(e->s, 1, filter->since_us);
	sqlite3_bind_int64(e->s, 2, filter->until_us);
	sqlite3_bind_int(e->s, 3, (int)filter->severity);
	if (filter->bus)
		sqlite3_bind_text(e->s, 4, filter->bus, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(e->s, 5, filter->limit ? filter->limit : -1);
	*ret = e;
	return 0;
}

BACS_EXPORT int bacs_history_events_next(struct bacs_history_events *events)
{
	assert(events);
	return next(events->s);
}

BACS_EXPORT struct bacs_history_events *
bacs_history_events_free(struct bacs_history_events *events)
{
	if (!events)
		return NULL;
	sqlite3_finalize(events->s);
	free(events);
	return NULL;
}

BACS_EXPORT int64_t
bacs_history_event_time_us(const struct bacs_history_events *e)
{
	assert(e);
	return sqlite3_column_int64(e->s, E_TIME);
}

BACS_EXPORT enum bacs_history_clock
bacs_history_event_clock(const struct bacs_history_events *e)
{
	assert(e);
	return (enum bacs_history_clock)sqlite3_column_int(e->s, E_QUALITY);
}

BACS_EXPORT const char *
bacs_history_event_kind(const struct bacs_history_events *e)
{
	assert(e);
	return text(e->s, E_KIND);
}

BACS_EXPORT enum bacs_history_severity
bacs_history_event_severity(const struct bacs_history_events *e)
{
	assert(e);
	return (enum bacs_history_severity)sqlite3_column_int(e->s,
							      E_SEVERITY);
}

BACS_EXPORT const char *
bacs_history_event_bus(const struct bacs_history_events *e)
{
	assert(e);
	return text(e->s, E_BUS);
}

BACS_EXPORT unsigned int
bacs_history_event_address(const struct bacs_history_events *e)
{
	assert(e);
	return (unsigned int)sqlite3_column_int(e->s, E_ADDRESS);
}

BACS_EXPORT const char *
bacs_history_event_name(const struct bacs_history_events *e)
{
	assert(e);
	return text(e->s, E_NAME);
}

BACS_EXPORT int64_t bacs_history_event_old(const struct bacs_history_events *e)
{
	assert(e);
	return sqlite3_column_int64(e->s, E_OLD);
}

BACS_EXPORT int64_t bacs_history_event_new(const struct bacs_history_events *e)
{
	assert(e);
	return sqlite3_column_int64(e->s, E_NEW);
}

BACS_EXPORT const char *
bacs_history_event_text(const struct bacs_history_events *e)
{
	assert(e);
	return text(e->s, E_TEXT);
}

/*
 * Modules and their values
 */
static const char find_sql[] =
	"SELECT DISTINCT bus, address FROM module WHERE name = ?1"
	" OR bus || '-' || printf('%03d', address) = ?1"
	" OR bus || ':' || address = ?1 LIMIT 2";

BACS_EXPORT int bacs_history_find(struct bacs_history *history,
				  const char *name, char *ret_bus,
				  unsigned int *ret_address)
{
	sqlite3_stmt *s = NULL;
	char bus[13] = "";
	unsigned int address = 0;
	int r, rows = 0;

	assert(history);
	assert(name);
	assert(ret_bus);
	assert(ret_address);
	r = to_errno(sqlite3_prepare_v2(history->db, find_sql, -1, &s, NULL));
	if (r < 0)
		return r;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
	while ((r = next(s)) > 0) {
		snprintf(bus, sizeof(bus), "%s", text(s, 0));
		address = (unsigned int)sqlite3_column_int(s, 1);
		rows++;
	}
	sqlite3_finalize(s);
	if (r < 0)
		return r;
	if (rows != 1)
		return rows ? -ENOTUNIQ : -ENOENT;
	strcpy(ret_bus, bus);
	*ret_address = address;
	return 0;
}

enum {
	V_TIME, V_QUALITY, V_SCANS, V_SERIAL, V_NAME, V_VOLTAGE,
	V_VOLTAGE_MIN, V_VOLTAGE_MAX, V_TEMPERATURE, V_TEMPERATURE_MIN,
	V_TEMPERATURE_MAX, V_CURRENT, V_CURRENT_MIN, V_CURRENT_MAX, V_RIPPLE,
	V_RIPPLE_MAX, V_DUTY, V_MODULE_TEMPERATURE, V_HUMIDITY, V_H2, V_H2_MAX
};

static const char values_sql[] =
	"SELECT * FROM (SELECT time, quality, scans, serial, name, voltage_mv,"
	" voltage_min_mv, voltage_max_mv, temperature_mc, temperature_min_mc,"
	" temperature_max_mc, current_ma, current_min_ma, current_max_ma,"
	" ripple_ma, ripple_max_ma, equalizer_duty_permille,"
	" module_temperature_mc, humidity_permille, h2_ppm, h2_max_ppm"
	" FROM history WHERE bus = ?1 AND address = ?2 AND time >= ?3"
	" AND time < ?4 ORDER BY time DESC LIMIT ?5) ORDER BY time";

static const struct {
	enum bacs_q q;
	int mean, min, max;
} spans[] = {
	{ BACS_Q_VOLTAGE, V_VOLTAGE, V_VOLTAGE_MIN, V_VOLTAGE_MAX },
	{ BACS_Q_TEMPERATURE, V_TEMPERATURE, V_TEMPERATURE_MIN,
	  V_TEMPERATURE_MAX },
	{ BACS_Q_CURRENT, V_CURRENT, V_CURRENT_MIN, V_CURRENT_MAX },
	{ BACS_Q_RIPPLE, V_RIPPLE, V_RIPPLE, V_RIPPLE_MAX },
	{ BACS_Q_EQUALIZER_DUTY, V_DUTY, V_DUTY, V_DUTY },
	{ BACS_Q_MODULE_TEMPERATURE, V_MODULE_TEMPERATURE,
	  V_MODULE_TEMPERATURE, V_MODULE_TEMPERATURE },
	{ BACS_Q_HUMIDITY, V_HUMIDITY, V_HUMIDITY, V_HUMIDITY },
	{ BACS_Q_H2, V_H2, V_H2, V_H2_MAX },
};

BACS_EXPORT int bacs_history_values(struct bacs_history *history,
				    const char *bus, unsigned int address,
				    const struct bacs_history_filter *filter,
				    struct bacs_history_values **ret)
{
	struct bacs_history_values *v;
	int r;

	assert(history);
	assert(bus);
	assert(filter);
	assert(ret);
	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	r = to_errno(sqlite3_prepare_v2(history->db, values_sql, -1, &v->s,
					NULL));
	if (r < 0) {
		bacs_history_values_free(v);
		return r;
	}
	sqlite3_bind_text(v->s, 1, bus, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(v->s, 2, (int)address);
	sqlite3_bind_int64(v->s, 3, filter->since_us);
	sqlite3_bind_int64(v->s, 4, filter->until_us);
	sqlite3_bind_int64(v->s, 5, filter->limit ? filter->limit : -1);
	*ret = v;
	return 0;
}

BACS_EXPORT int bacs_history_values_next(struct bacs_history_values *values)
{
	assert(values);
	return next(values->s);
}

BACS_EXPORT struct bacs_history_values *
bacs_history_values_free(struct bacs_history_values *values)
{
	if (!values)
		return NULL;
	sqlite3_finalize(values->s);
	free(values);
	return NULL;
}

BACS_EXPORT int64_t
bacs_history_value_time_us(const struct bacs_history_values *v)
{
	assert(v);
	return sqlite3_column_int64(v->s, V_TIME);
}

BACS_EXPORT enum bacs_history_clock
bacs_history_value_clock(const struct bacs_history_values *v)
{
	assert(v);
	return (enum bacs_history_clock)sqlite3_column_int(v->s, V_QUALITY);
}

BACS_EXPORT unsigned int
bacs_history_value_scans(const struct bacs_history_values *v)
{
	assert(v);
	return (unsigned int)sqlite3_column_int(v->s, V_SCANS);
}

BACS_EXPORT const char *
bacs_history_value_serial(const struct bacs_history_values *v)
{
	assert(v);
	return text(v->s, V_SERIAL);
}

BACS_EXPORT const char *
bacs_history_value_name(const struct bacs_history_values *v)
{
	assert(v);
	return text(v->s, V_NAME);
}

static int64_t column_or(sqlite3_stmt *s, int column, int64_t otherwise)
{
	if (sqlite3_column_type(s, column) == SQLITE_NULL)
		return otherwise;
	return sqlite3_column_int64(s, column);
}

BACS_EXPORT int bacs_history_value_get(const struct bacs_history_values *v,
				       enum bacs_q q, int64_t *ret_mean,
				       int64_t *ret_min, int64_t *ret_max)
{
	int64_t mean;

	assert(v);
	assert(ret_mean);
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		if (spans[i].q != q)
			continue;
		if (sqlite3_column_type(v->s, spans[i].mean) == SQLITE_NULL)
			return -ENODATA;
		mean = sqlite3_column_int64(v->s, spans[i].mean);
		*ret_mean = mean;
		if (ret_min)
			*ret_min = column_or(v->s, spans[i].min, mean);
		if (ret_max)
			*ret_max = column_or(v->s, spans[i].max, mean);
		return 0;
	}
	return -ENODATA;
}
