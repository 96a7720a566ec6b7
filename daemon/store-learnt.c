// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of what was learnt: rows in and out, each with a sum over it */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "store-internal.h"
#include "store-learnt.h"

const char store_learnt_schema[] =
	"CREATE TABLE learnt ("
	" string TEXT NOT NULL,"
	" position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 247),"
	" serial TEXT NOT NULL,"
	" jar INTEGER NOT NULL,"
	" calibration INTEGER NOT NULL,"
	" basis TEXT NOT NULL,"
	" boot TEXT NOT NULL,"
	" boot_time INTEGER NOT NULL,"
	" time INTEGER NOT NULL,"
	" state TEXT NOT NULL,"
	" sum TEXT NOT NULL,"
	" PRIMARY KEY (string, position)"
	") STRICT, WITHOUT ROWID;";

/* A bit that fell over on a disk is found; it is no protection against people */
static void sum_up(const struct store_learnt *l, char sum[17])
{
	const struct policy_learnt *p = &l->record;
	uint64_t hash = 0xcbf29ce484222325ULL;
	char head[256];
	const char *at;
	int pass;

	snprintf(head, sizeof(head),
		 "%s|%u|%016" PRIx64 "|%u|%u|%s|%s|%" PRIu64 "|%" PRId64 "|",
		 p->string, p->position, p->serial, p->jar, l->calibration,
		 p->basis, l->taken.boot, l->taken.boot_ns, l->taken.wall_us);
	/* FNV-1a, 64 bit */
	for (pass = 0; pass < 2; pass++)
		for (at = pass ? p->text : head; *at; at++)
			hash = (hash ^ (unsigned char)*at) * 0x100000001b3ULL;
	snprintf(sum, 17, "%016" PRIx64, hash);
}

static void bind(sqlite3_stmt *s, const struct store_learnt *l)
{
	const struct policy_learnt *p = &l->record;
	char serial[17], sum[17];

	snprintf(serial, sizeof(serial), "%016" PRIx64, p->serial);
	sum_up(l, sum);
	sqlite3_bind_text(s, 1, p->string, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 2, p->position);
	sqlite3_bind_text(s, 3, serial, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 4, p->jar);
	sqlite3_bind_int64(s, 5, l->calibration);
	sqlite3_bind_text(s, 6, p->basis, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(s, 7, l->taken.boot, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 8, (int64_t)l->taken.boot_ns);
	sqlite3_bind_int64(s, 9, l->taken.wall_us);
	sqlite3_bind_text(s, 10, p->text, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(s, 11, sum, -1, SQLITE_TRANSIENT);
}

int store_write_learnt(struct store *store,
		       bool (*next)(void *userdata, struct store_learnt *row),
		       void *userdata)
{
	struct store_learnt row;
	sqlite3_stmt *s = NULL;
	int r = store_begin_rows(store);

	if (r < 0)
		return r;
	r = sqlite3_prepare_v2(store->db, "INSERT OR REPLACE INTO learnt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			       -1, &s, NULL);
	while (r == SQLITE_OK && next(userdata, &row)) {
		bind(s, &row);
		r = store_db_run(s);
	}
	sqlite3_finalize(s);
	return store_end_rows(store, r);
}

/* False where it does not fit: it is no row of ours */
static bool column(sqlite3_stmt *s, int i, char *to, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, i);
	int n = snprintf(to, size, "%s", text ? (const char *)text : "");

	return n >= 0 && (size_t)n < size;
}

static void take(sqlite3_stmt *s, struct store_learnt *l)
{
	struct policy_learnt *p = &l->record;
	char serial[17], sum[17], should[17];
	bool whole = column(s, 0, p->string, sizeof(p->string));

	p->position = sqlite3_column_int64(s, 1);
	whole &= column(s, 2, serial, sizeof(serial));
	p->serial = strtoull(serial, NULL, 16);
	p->jar = sqlite3_column_int64(s, 3);
	l->calibration = sqlite3_column_int64(s, 4);
	whole &= column(s, 5, p->basis, sizeof(p->basis));
	whole &= column(s, 6, l->taken.boot, sizeof(l->taken.boot));
	l->taken.boot_ns = sqlite3_column_int64(s, 7);
	l->taken.wall_us = sqlite3_column_int64(s, 8);
	whole &= column(s, 9, p->text, sizeof(p->text));
	whole &= column(s, 10, sum, sizeof(sum));
	sum_up(l, should);
	l->damaged = !whole || strcmp(sum, should);
}

int store_read_learnt(struct store *store,
		      int (*row)(void *userdata,
				 const struct store_learnt *row),
		      void *userdata)
{
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	int r = store_prepare(store, "SELECT * FROM learnt", &s);

	while (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_learnt l = { .damaged = false };

		take(s, &l);
		r = row(userdata, &l);
	}
	return store_finish(store, s, r, code);
}

int store_read_alive(struct store *store, struct store_moment *ret)
{
	bool found = false;
	sqlite3_stmt *s;
	int code = SQLITE_DONE;
	/* the newest by either of its times; a row is of the minute that ended */
	int r = store_prepare(store, "SELECT clock.boot, minute.time - clock.offset, minute.time, clock.quality FROM minute JOIN clock ON clock.id = minute.clock ORDER BY minute.time DESC LIMIT 1",
			      &s);

	memset(ret, 0, sizeof(*ret));
	if (r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t boot_us = sqlite3_column_int64(s, 1);

		found = column(s, 0, ret->boot, sizeof(ret->boot)) &&
			boot_us >= 0 &&
			boot_us < INT64_MAX / (int64_t)NSEC_PER_USEC;
		ret->boot_ns = boot_us * NSEC_PER_USEC;
		if (sqlite3_column_int64(s, 3))
			ret->wall_us = sqlite3_column_int64(s, 2);
		code = SQLITE_DONE;
	}
	r = store_finish(store, s, r, code);
	return r < 0 ? r : found ? 0 : -ENODATA;
}
