// SPDX-License-Identifier: GPL-2.0-or-later
/* Jars, calibrations, schedules: rows in and out */
#include <errno.h>
#include <string.h>

#include "store-internal.h"
#include "store-jar.h"

const char store_jar_schema[] =
	"CREATE TABLE jar ("
	" id INTEGER PRIMARY KEY,"
	" string TEXT NOT NULL,"
	" position INTEGER NOT NULL CHECK (position > 0),"
	" serial TEXT NOT NULL,"
	" maker TEXT NOT NULL,"
	" type TEXT NOT NULL,"
	" capacity_mah INTEGER NOT NULL,"
	" nominal_mv INTEGER NOT NULL,"
	" made TEXT NOT NULL,"
	" installed TEXT NOT NULL,"
	" begin INTEGER NOT NULL,"
	" module_serial TEXT NOT NULL,"
	" author TEXT NOT NULL,"
	" removed INTEGER,"
	" reason TEXT NOT NULL,"
	" baseline TEXT NOT NULL"
	"  CHECK (baseline IN ('', 'provisional', 'final')),"
	" baseline_uohm INTEGER NOT NULL,"
	" baseline_mc INTEGER,"
	" baseline_count INTEGER NOT NULL,"
	" baseline_time INTEGER NOT NULL,"
	" signer TEXT NOT NULL,"
	" signed INTEGER NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX jar_place ON jar (string, position)"
	" WHERE removed IS NULL;"
	"CREATE TABLE calibration ("
	" id INTEGER PRIMARY KEY,"
	" bus TEXT NOT NULL,"
	" address INTEGER NOT NULL,"
	" serial TEXT NOT NULL,"
	" voltage_gain_ppm INTEGER NOT NULL,"
	" voltage_offset_mv INTEGER NOT NULL,"
	" resistance_gain_ppm INTEGER NOT NULL,"
	" resistance_offset_uohm INTEGER NOT NULL,"
	" temperature_offset_mc INTEGER NOT NULL,"
	" date TEXT NOT NULL,"
	" person TEXT NOT NULL,"
	" instrument TEXT NOT NULL,"
	" since INTEGER NOT NULL,"
	" until INTEGER"
	") STRICT;"
	"CREATE TABLE resistance_schedule ("
	" string TEXT PRIMARY KEY,"
	" begin INTEGER,"
	" run INTEGER,"
	" deep INTEGER,"
	" runs INTEGER NOT NULL"
	") STRICT;"
	"ALTER TABLE resistance ADD COLUMN jar INTEGER;"
	"ALTER TABLE resistance ADD COLUMN state TEXT;"
	"ALTER TABLE resistance ADD COLUMN trend INTEGER;"
	"CREATE INDEX resistance_jar ON resistance (jar, time);";

static int failed(struct store *store, int code)
{
	snprintf(store->jar_error, sizeof(store->jar_error),
		 "the history %.100s cannot be used now: %s; see the properties HistoryState and HistoryReason",
		 store->path, store->db ? sqlite3_errmsg(store->db) :
					  sqlite3_errstr(code));
	return -EIO;
}

const char *store_jar_error(const struct store *store)
{
	return store->jar_error;
}

static int open_db(struct store *store)
{
	int r = store->db ? SQLITE_OK : store_db_open(store);

	if (r == SQLITE_OK)
		return 0;
	failed(store, r);
	store_db_close(store);
	return -EIO;
}

/* Bind by the order of the columns */
static void put_int(sqlite3_stmt *s, int *i, int64_t v)
{
	sqlite3_bind_int64(s, (*i)++, v);
}

static void put_text(sqlite3_stmt *s, int *i, const char *v)
{
	sqlite3_bind_text(s, (*i)++, v, -1, SQLITE_TRANSIENT);
}

static void put_maybe(sqlite3_stmt *s, int *i, bool there, int64_t v)
{
	if (there)
		sqlite3_bind_int64(s, *i, v);
	(*i)++;
}

static void put_serial(sqlite3_stmt *s, int *i, uint64_t serial)
{
	char text[17];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)serial);
	put_text(s, i, text);
}

static void put_jar(sqlite3_stmt *s, const void *item)
{
	const struct store_jar *j = item;
	int i = 1;

	put_int(s, &i, j->id);
	put_text(s, &i, j->string);
	put_int(s, &i, j->position);
	put_text(s, &i, j->serial);
	put_text(s, &i, j->maker);
	put_text(s, &i, j->type);
	put_int(s, &i, j->capacity_mah);
	put_int(s, &i, j->nominal_mv);
	put_text(s, &i, j->made);
	put_text(s, &i, j->installed);
	put_int(s, &i, j->begin_us);
	put_serial(s, &i, j->module_serial);
	put_text(s, &i, j->author);
	put_maybe(s, &i, j->removed, j->removed_us);
	put_text(s, &i, j->reason);
	put_text(s, &i, j->baseline);
	put_int(s, &i, j->baseline_uohm);
	put_maybe(s, &i, j->baseline_mc != STORE_NO_TEMPERATURE,
		  j->baseline_mc);
	put_int(s, &i, j->baseline_count);
	put_int(s, &i, j->baseline_us);
	put_text(s, &i, j->signer);
	put_int(s, &i, j->signed_us);
}

static void put_calibration(sqlite3_stmt *s, const void *item)
{
	const struct store_calibration *c = item;
	int i = 1;

	put_int(s, &i, c->id);
	put_text(s, &i, c->bus);
	put_int(s, &i, c->address);
	put_serial(s, &i, c->serial);
	put_int(s, &i, c->voltage_gain_ppm);
	put_int(s, &i, c->voltage_offset_mv);
	put_int(s, &i, c->resistance_gain_ppm);
	put_int(s, &i, c->resistance_offset_uohm);
	put_int(s, &i, c->temperature_offset_mc);
	put_text(s, &i, c->date);
	put_text(s, &i, c->person);
	put_text(s, &i, c->instrument);
	put_int(s, &i, c->since_us);
	put_maybe(s, &i, c->ended, c->until_us);
}

static void put_schedule(sqlite3_stmt *s, const void *item)
{
	const struct store_schedule *q = item;
	int i = 1;

	put_text(s, &i, q->string);
	put_maybe(s, &i, q->begin_us != INT64_MIN, q->begin_us);
	put_maybe(s, &i, q->run_us != INT64_MIN, q->run_us);
	put_maybe(s, &i, q->deep_us != INT64_MIN, q->deep_us);
	put_int(s, &i, q->runs);
}

int store_begin_rows(struct store *store)
{
	int r;

	if (open_db(store) < 0)
		return -EIO;
	if (store_is_read_only(store))
		return failed(store, SQLITE_READONLY);
	r = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	return r == SQLITE_OK ? 0 : failed(store, r);
}

int store_end_rows(struct store *store, int code)
{
	if (code == SQLITE_OK)
		code = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return 0;
	failed(store, code);
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return -EIO;
}

int store_write_rows(struct store *store, const char *sql,
		     void (*put)(sqlite3_stmt *s, const void *item),
		     const void *items, size_t size, size_t count)
{
	sqlite3_stmt *s = NULL;
	size_t i;
	int r;

	r = store_begin_rows(store);
	if (r < 0)
		return r;
	r = sqlite3_prepare_v2(store->db, sql, -1, &s, NULL);
	for (i = 0; r == SQLITE_OK && i < count; i++) {
		put(s, (const char *)items + i * size);
		r = store_db_run(s);
	}
	sqlite3_finalize(s);
	return store_end_rows(store, r);
}

int store_write_jars(struct store *store, const struct store_jar *jars,
		     size_t count)
{
	return store_write_rows(store, "INSERT OR REPLACE INTO jar VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			  put_jar, jars, sizeof(*jars), count);
}

int store_write_calibrations(struct store *store,
			     const struct store_calibration *list,
			     size_t count)
{
	return store_write_rows(store, "INSERT OR REPLACE INTO calibration VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			  put_calibration, list, sizeof(*list), count);
}

int store_write_schedules(struct store *store,
			  const struct store_schedule *list, size_t count)
{
	return store_write_rows(store, "INSERT OR REPLACE INTO resistance_schedule VALUES (?, ?, ?, ?, ?)",
			  put_schedule, list, sizeof(*list), count);
}

static void take_text(sqlite3_stmt *s, int *i, char *to, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, (*i)++);

	snprintf(to, size, "%s", text ? (const char *)text : "");
}

static int64_t take_int(sqlite3_stmt *s, int *i)
{
	return sqlite3_column_int64(s, (*i)++);
}

static int64_t take_maybe(sqlite3_stmt *s, int *i, int64_t none)
{
	int at = (*i)++;

	return sqlite3_column_type(s, at) == SQLITE_NULL ? none :
	       sqlite3_column_int64(s, at);
}

static uint64_t take_serial(sqlite3_stmt *s, int *i)
{
	char text[17];

	take_text(s, i, text, sizeof(text));
	return strtoull(text, NULL, 16);
}

#define TAKE_TEXT(s, i, to)	take_text(s, i, to, sizeof(to))

static void take_jar(sqlite3_stmt *s, struct store_jar *j)
{
	int i = 0;

	j->id = take_int(s, &i);
	TAKE_TEXT(s, &i, j->string);
	j->position = take_int(s, &i);
	TAKE_TEXT(s, &i, j->serial);
	TAKE_TEXT(s, &i, j->maker);
	TAKE_TEXT(s, &i, j->type);
	j->capacity_mah = take_int(s, &i);
	j->nominal_mv = take_int(s, &i);
	TAKE_TEXT(s, &i, j->made);
	TAKE_TEXT(s, &i, j->installed);
	j->begin_us = take_int(s, &i);
	j->module_serial = take_serial(s, &i);
	TAKE_TEXT(s, &i, j->author);
	i++;
	TAKE_TEXT(s, &i, j->reason);
	TAKE_TEXT(s, &i, j->baseline);
	j->baseline_uohm = take_int(s, &i);
	j->baseline_mc = take_maybe(s, &i, STORE_NO_TEMPERATURE);
	j->baseline_count = take_int(s, &i);
	j->baseline_us = take_int(s, &i);
	TAKE_TEXT(s, &i, j->signer);
	j->signed_us = take_int(s, &i);
}

static void take_calibration(sqlite3_stmt *s, struct store_calibration *c)
{
	int i = 0;

	c->id = take_int(s, &i);
	TAKE_TEXT(s, &i, c->bus);
	c->address = take_int(s, &i);
	c->serial = take_serial(s, &i);
	c->voltage_gain_ppm = take_int(s, &i);
	c->voltage_offset_mv = take_int(s, &i);
	c->resistance_gain_ppm = take_int(s, &i);
	c->resistance_offset_uohm = take_int(s, &i);
	c->temperature_offset_mc = take_int(s, &i);
	TAKE_TEXT(s, &i, c->date);
	TAKE_TEXT(s, &i, c->person);
	TAKE_TEXT(s, &i, c->instrument);
	c->since_us = take_int(s, &i);
}

static void take_schedule(sqlite3_stmt *s, struct store_schedule *q)
{
	int i = 0;

	TAKE_TEXT(s, &i, q->string);
	q->begin_us = take_maybe(s, &i, INT64_MIN);
	q->run_us = take_maybe(s, &i, INT64_MIN);
	q->deep_us = take_maybe(s, &i, INT64_MIN);
	q->runs = take_int(s, &i);
}

int store_prepare(struct store *store, const char *sql, sqlite3_stmt **ret)
{
	int r;

	*ret = NULL;
	if (open_db(store) < 0)
		return -EIO;
	r = sqlite3_prepare_v2(store->db, sql, -1, ret, NULL);
	return r == SQLITE_OK ? 0 : failed(store, r);
}

int store_finish(struct store *store, sqlite3_stmt *s, int r, int code)
{
	if (r == 0 && code != SQLITE_DONE)
		r = failed(store, code);
	sqlite3_finalize(s);
	return r;
}

int store_read_jars(struct store *store,
		    int (*jar)(void *userdata, const struct store_jar *jar),
		    void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM jar WHERE removed IS NULL ORDER BY string, position",
			&s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_jar j = { .id = 0 };

		take_jar(s, &j);
		r = jar(userdata, &j);
	}
	return store_finish(store, s, r, code);
}

int store_read_calibrations(struct store *store,
			    int (*calibration)(void *userdata,
				const struct store_calibration *calibration),
			    void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM calibration WHERE until IS NULL ORDER BY id",
			&s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_calibration c = { .id = 0 };

		take_calibration(s, &c);
		r = calibration(userdata, &c);
	}
	return store_finish(store, s, r, code);
}

int store_read_schedules(struct store *store,
			 int (*schedule)(void *userdata,
					 const struct store_schedule *schedule),
			 void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM resistance_schedule", &s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_schedule q = { .string = "" };

		take_schedule(s, &q);
		r = schedule(userdata, &q);
	}
	return store_finish(store, s, r, code);
}

int store_read_jar_values(struct store *store, uint32_t jar,
			  unsigned int limit,
			  int (*value)(void *userdata, uint32_t jar,
				       const struct store_jar_value *value),
			  void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM (SELECT resistance.time, sequence, resistance_uohm, temperature_mc, state, trend FROM resistance JOIN clock ON clock.id = resistance.clock WHERE jar = ? AND clock.quality > 0 ORDER BY resistance.time DESC LIMIT ?) ORDER BY time",
			&s);

	if (r == 0) {
		sqlite3_bind_int64(s, 1, jar);
		sqlite3_bind_int64(s, 2, limit);
	}
	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_jar_value v;
		int i = 0;

		v.time_us = take_int(s, &i);
		v.sequence = take_int(s, &i);
		v.resistance_uohm = take_int(s, &i);
		v.temperature_mc = take_maybe(s, &i, STORE_NO_TEMPERATURE);
		TAKE_TEXT(s, &i, v.state);
		v.trend = take_int(s, &i);
		r = value(userdata, jar, &v);
	}
	return store_finish(store, s, r, code);
}

int store_read_jar_numbers(struct store *store, uint32_t *ret_jar,
			   uint32_t *ret_calibration)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT (SELECT coalesce(max(id), 0) FROM jar), (SELECT coalesce(max(id), 0) FROM calibration)",
			&s);

	if (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		*ret_jar = sqlite3_column_int64(s, 0);
		*ret_calibration = sqlite3_column_int64(s, 1);
		code = SQLITE_DONE;
	}
	return store_finish(store, s, r, code);
}
