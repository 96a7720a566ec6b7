// SPDX-License-Identifier: GPL-2.0-or-later
/* What people said and offsets in force: rows in and out */
#include <errno.h>
#include <string.h>

#include "store-internal.h"
#include "store-kept.h"

const char store_kept_schema[] =
	"CREATE TABLE kept ("
	" kind TEXT NOT NULL,"
	" object TEXT NOT NULL,"
	" value TEXT NOT NULL,"
	" who TEXT NOT NULL,"
	" since INTEGER NOT NULL,"
	" PRIMARY KEY (kind, object)"
	") STRICT;"
	"CREATE TABLE offsets ("
	" id INTEGER PRIMARY KEY,"
	" string TEXT NOT NULL,"
	" voltage_uv INTEGER NOT NULL,"
	" temperature_mc INTEGER NOT NULL,"
	" resistance_uohm INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" until INTEGER"
	") STRICT;";

static void put_text(sqlite3_stmt *s, int i, const char *v)
{
	sqlite3_bind_text(s, i, v, -1, SQLITE_TRANSIENT);
}

static void put_kept(sqlite3_stmt *s, const void *item)
{
	const struct store_kept *k = item;

	put_text(s, 1, k->kind);
	put_text(s, 2, k->object);
	put_text(s, 3, k->value);
	put_text(s, 4, k->who);
	sqlite3_bind_int64(s, 5, k->since_us);
}

static void put_dropped(sqlite3_stmt *s, const void *item)
{
	const struct store_kept *k = item;

	put_text(s, 1, k->kind);
	put_text(s, 2, k->object);
}

static void put_offsets(sqlite3_stmt *s, const void *item)
{
	const struct store_offsets *o = item;

	sqlite3_bind_int64(s, 1, o->id);
	put_text(s, 2, o->string);
	sqlite3_bind_int64(s, 3, o->voltage_uv);
	sqlite3_bind_int64(s, 4, o->temperature_mc);
	sqlite3_bind_int64(s, 5, o->resistance_uohm);
	sqlite3_bind_int64(s, 6, o->since_us);
	if (o->ended)
		sqlite3_bind_int64(s, 7, o->until_us);
}

int store_write_kept(struct store *store, const struct store_kept *list,
		     size_t count)
{
	return store_write_rows(store,
				"INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)",
				put_kept, list, sizeof(*list), count);
}

int store_drop_kept(struct store *store, const struct store_kept *list,
		    size_t count)
{
	return store_write_rows(store,
				"DELETE FROM kept WHERE kind = ? AND object = ?",
				put_dropped, list, sizeof(*list), count);
}

int store_write_offsets(struct store *store, const struct store_offsets *list,
			size_t count)
{
	return store_write_rows(store,
				"INSERT OR REPLACE INTO offsets VALUES (?, ?, ?, ?, ?, ?, ?)",
				put_offsets, list, sizeof(*list), count);
}

static void take_text(sqlite3_stmt *s, int i, char *to, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, i);

	snprintf(to, size, "%s", text ? (const char *)text : "");
}

int store_read_kept(struct store *store,
		    int (*kept)(void *userdata, const struct store_kept *kept),
		    void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT kind, object, value, who, since FROM kept",
			      &s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_kept k = { .since_us = sqlite3_column_int64(s, 4) };

		take_text(s, 0, k.kind, sizeof(k.kind));
		take_text(s, 1, k.object, sizeof(k.object));
		take_text(s, 2, k.value, sizeof(k.value));
		take_text(s, 3, k.who, sizeof(k.who));
		r = kept(userdata, &k);
	}
	return store_finish(store, s, r, code);
}

int store_read_offsets(struct store *store,
		       int (*offsets)(void *userdata,
				      const struct store_offsets *offsets),
		       void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM offsets WHERE until IS NULL ORDER BY id",
			      &s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_offsets o = {
			.id = sqlite3_column_int64(s, 0),
			.voltage_uv = sqlite3_column_int64(s, 2),
			.temperature_mc = sqlite3_column_int64(s, 3),
			.resistance_uohm = sqlite3_column_int64(s, 4),
			.since_us = sqlite3_column_int64(s, 5),
		};

		take_text(s, 1, o.string, sizeof(o.string));
		r = offsets(userdata, &o);
	}
	return store_finish(store, s, r, code);
}

int store_read_offset_number(struct store *store, uint32_t *ret)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT coalesce(max(id), 0) FROM offsets",
			      &s);

	if (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		*ret = sqlite3_column_int64(s, 0);
		code = SQLITE_DONE;
	}
	return store_finish(store, s, r, code);
}
