// SPDX-License-Identifier: GPL-2.0-or-later
/* The SQLite file: opening, schema and its migrations, damaged files */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "store-internal.h"
#include "store-jar.h"
#include "store-kept.h"
#include "store-learnt.h"

/*
 * Documentation/history-schema.rst describes every table. Step n brings the
 * file from version n to n + 1; steps are never changed after a release.
 */
static const char *const migrations[STORE_SCHEMA_VERSION] = {
	/* 0 -> 1 */
	"CREATE TABLE clock ("
	" id INTEGER PRIMARY KEY,"
	" boot TEXT NOT NULL,"
	" since INTEGER NOT NULL,"
	" offset INTEGER NOT NULL,"
	" quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 2)"
	") STRICT;"
	"CREATE TABLE module ("
	" id INTEGER PRIMARY KEY,"
	" bus TEXT NOT NULL,"
	" address INTEGER NOT NULL CHECK (address BETWEEN 1 AND 247),"
	" serial TEXT NOT NULL,"
	" class TEXT NOT NULL,"
	" model TEXT NOT NULL,"
	" nominal_mv INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" expected INTEGER NOT NULL,"
	" UNIQUE (bus, address, serial)"
	") STRICT;"
	"CREATE TABLE minute ("
	" time INTEGER NOT NULL,"
	" module INTEGER NOT NULL,"
	" clock INTEGER NOT NULL,"
	" scans INTEGER NOT NULL,"
	" voltage_mv INTEGER,"
	" voltage_min_mv INTEGER,"
	" voltage_max_mv INTEGER,"
	" temperature_mc INTEGER,"
	" temperature_min_mc INTEGER,"
	" temperature_max_mc INTEGER,"
	" current_ma INTEGER,"
	" current_min_ma INTEGER,"
	" current_max_ma INTEGER,"
	" ripple_ma INTEGER,"
	" ripple_max_ma INTEGER,"
	" equalizer_duty_permille INTEGER,"
	" module_temperature_mc INTEGER,"
	" humidity_permille INTEGER,"
	" h2_ppm INTEGER,"
	" h2_max_ppm INTEGER,"
	" PRIMARY KEY (time, module, clock)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE resistance ("
	" time INTEGER NOT NULL,"
	" module INTEGER NOT NULL,"
	" clock INTEGER NOT NULL,"
	" sequence INTEGER NOT NULL,"
	" resistance_uohm INTEGER NOT NULL,"
	" spread_permille INTEGER,"
	" voltage_mv INTEGER,"
	" temperature_mc INTEGER,"
	" equalizer_duty_permille INTEGER,"
	" PRIMARY KEY (time, module, clock)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX resistance_module ON resistance (module, sequence);"
	"CREATE TABLE event ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time INTEGER NOT NULL,"
	" clock INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),"
	" bus TEXT NOT NULL,"
	" address INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" old INTEGER NOT NULL,"
	" new INTEGER NOT NULL,"
	" text TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE batch ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" token TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX event_time ON event (time);"
	"CREATE VIEW history AS"
	" SELECT minute.*, module.bus, module.address, module.serial,"
	"  module.name, clock.quality"
	" FROM minute JOIN module ON module.id = minute.module"
	"  JOIN clock ON clock.id = minute.clock WHERE clock.quality > 0;"
	"CREATE VIEW events AS"
	" SELECT event.*, clock.quality"
	" FROM event JOIN clock ON clock.id = event.clock;",
	/* 1 -> 2 */
	"CREATE TABLE alarm ("
	" id INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL,"
	" class TEXT NOT NULL,"
	" bus TEXT NOT NULL,"
	" address INTEGER NOT NULL,"
	" string TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),"
	" active INTEGER NOT NULL,"
	" acknowledged INTEGER NOT NULL,"
	" announced INTEGER NOT NULL,"
	" evidence TEXT NOT NULL,"
	" raised_boot INTEGER NOT NULL,"
	" raised INTEGER NOT NULL,"
	" returned_boot INTEGER NOT NULL,"
	" returned INTEGER NOT NULL,"
	" acknowledged_boot INTEGER NOT NULL,"
	" acknowledged_at INTEGER NOT NULL,"
	" acknowledged_by TEXT NOT NULL,"
	" shelved INTEGER NOT NULL,"
	" shelved_boot INTEGER NOT NULL,"
	" shelved_until INTEGER NOT NULL,"
	" shelved_length INTEGER NOT NULL,"
	" shelved_by TEXT NOT NULL,"
	" shelved_why TEXT NOT NULL,"
	" inhibition TEXT NOT NULL,"
	" repeats INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE out_of_service ("
	" class TEXT NOT NULL,"
	" bus TEXT NOT NULL,"
	" address INTEGER NOT NULL,"
	" string TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" who TEXT NOT NULL,"
	" why TEXT NOT NULL,"
	" since_boot INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" until_boot INTEGER NOT NULL,"
	" until INTEGER NOT NULL,"
	" until_length INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE alarm_site ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" boot TEXT NOT NULL,"
	" next_id INTEGER NOT NULL,"
	" muted INTEGER NOT NULL,"
	" muted_by TEXT NOT NULL"
	") STRICT;"
	"ALTER TABLE event ADD COLUMN alarm TEXT NOT NULL DEFAULT '';",
	/* 2 -> 3 */
	store_jar_schema,
	/* 3 -> 4 */
	store_learnt_schema,
	/* 4 -> 5 */
	store_kept_schema,
};

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int read_integer(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s = NULL;
	int r = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	*ret = 0;
	if (r == SQLITE_OK)
		r = sqlite3_step(s);
	if (r == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r == SQLITE_ROW || r == SQLITE_DONE ? SQLITE_OK : r;
}

static int migrate_from(sqlite3 *db, int64_t version)
{
	char pragma[64];
	int r = run(db, "BEGIN IMMEDIATE");

	for (; r == SQLITE_OK && version < STORE_SCHEMA_VERSION; version++)
		r = run(db, migrations[version]);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d",
		 STORE_SCHEMA_VERSION);
	if (r == SQLITE_OK)
		r = run(db, pragma);
	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d",
		 STORE_APPLICATION_ID);
	if (r == SQLITE_OK)
		r = run(db, pragma);
	if (r == SQLITE_OK)
		r = run(db, "COMMIT");
	if (r != SQLITE_OK && !sqlite3_get_autocommit(db))
		run(db, "ROLLBACK");
	return r;
}

int store_db_migrate(sqlite3 *db)
{
	int64_t version, application = 0, tables = 0;
	int r = read_integer(db, "PRAGMA user_version", &version);

	if (r == SQLITE_OK)
		r = read_integer(db, "PRAGMA application_id", &application);
	if (r == SQLITE_OK)
		r = read_integer(db, "SELECT count(*) FROM sqlite_schema",
				 &tables);
	if (r != SQLITE_OK)
		return r;
	/* a database of somebody else, or of a newer bacsd, is left alone */
	if (application != STORE_APPLICATION_ID && (tables || application))
		return SQLITE_MISMATCH;
	if (version > STORE_SCHEMA_VERSION)
		return SQLITE_SCHEMA;
	if (version == STORE_SCHEMA_VERSION)
		return SQLITE_OK;
	return migrate_from(db, version);
}

static int open_file(struct store *store)
{
	int persist = 1;
	int r = sqlite3_open_v2(store->path, &store->db,
				SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
				NULL);

	if (r != SQLITE_OK)
		return r;
	sqlite3_busy_timeout(store->db, 100);
	/* readers without write permission need the -shm file to stay */
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL,
			     &persist);
	/* a read of the schema, so that damage shows here */
	r = run(store->db, "PRAGMA schema_version");
	if (r == SQLITE_OK)
		r = run(store->db, "PRAGMA journal_mode = WAL");
	/* commits are few (events, and samples once in minutes): make each last */
	if (r == SQLITE_OK)
		r = run(store->db, "PRAGMA synchronous = FULL");
	if (r == SQLITE_OK)
		r = run(store->db, "PRAGMA cache_size = -512");
	if (r == SQLITE_OK)
		r = run(store->db, "PRAGMA journal_size_limit = 1048576");
	if (r == SQLITE_OK)
		r = store_db_migrate(store->db);
	return r;
}

void store_db_close(struct store *store)
{
	size_t i;

	for (i = 0; i < SQL_STATEMENTS; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
	sqlite3_close(store->db);
	store->db = NULL;
}

int store_db_open(struct store *store)
{
	int r = open_file(store);

	if (r == SQLITE_OK)
		return r;
	if (store_code_is_damage(r) &&
	    store_set_aside(store, sqlite3_errmsg(store->db)) == 0)
		r = open_file(store);
	return r;
}

/* history.db.damaged-20260131T120000Z, or with the boot where no date is known */
static int damaged_name(struct store *store, unsigned int try, char *name,
			size_t size)
{
	time_t t = store->wall_us / (int64_t)USEC_PER_SEC;
	char stamp[40], more[16] = "";
	struct tm tm;
	int n;

	if (t > 0 && gmtime_r(&t, &tm))
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	else
		snprintf(stamp, sizeof(stamp), "boot-%.8s", store->boot);
	if (try)
		snprintf(more, sizeof(more), "-%u", try);
	n = snprintf(name, size, "%s.damaged-%s%s", store->path, stamp, more);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int rename_one(const char *from, const char *to, const char *suffix)
{
	char a[4096], b[4096];

	snprintf(a, sizeof(a), "%s%s", from, suffix);
	snprintf(b, sizeof(b), "%s%s", to, suffix);
	return rename(a, b) < 0 ? -errno : 0;
}

int store_set_aside(struct store *store, const char *why)
{
	char name[4000], text[256], reason[64];
	unsigned int try;
	int r = -EEXIST;
	uint32_t i;

	snprintf(reason, sizeof(reason), "%s", why);
	store_db_close(store);
	for (try = 0; try < 100; try++) {
		r = damaged_name(store, try, name, sizeof(name));
		if (r < 0)
			return r;
		if (access(name, F_OK) < 0)
			break;
		r = -EEXIST;
	}
	if (r == 0)
		r = rename_one(store->path, name, "");
	if (r < 0)
		return r;
	/* without these two the old file would lose its last transactions */
	rename_one(store->path, name, "-wal");
	rename_one(store->path, name, "-shm");
	/* all that the old file had of this run begins anew in the next */
	store->uncertain = false;
	for (i = 0; i < store->epoch_count; i++)
		store->epochs[i].row = 0;
	for (i = 0; i < store->module_count; i++)
		store->modules[i].row = 0;
	store->alarms_revision++;
	snprintf(text, sizeof(text),
		 "The history is damaged (%s) and was set aside as %.120s; a new one is begun",
		 reason, name);
	store->notice(store->userdata, STORE_SET_ASIDE, text);
	return 0;
}

static const char *const sql[SQL_STATEMENTS] = {
	[SQL_INSERT_CLOCK] =
		"INSERT INTO clock (boot, since, offset, quality)"
		" VALUES (?, ?, ?, ?)",
	[SQL_UPDATE_CLOCK] =
		"UPDATE clock SET offset = ?, quality = ? WHERE id = ?",
	[SQL_SHIFT_MINUTE] =
		"UPDATE minute SET time = time + ? WHERE clock = ?",
	[SQL_SHIFT_RI] =
		"UPDATE resistance SET time = time + ? WHERE clock = ?",
	[SQL_SHIFT_EVENT] =
		"UPDATE event SET time = time + ? WHERE clock = ?",
	[SQL_FIND_MODULE] =
		"SELECT id FROM module"
		" WHERE bus = ? AND address = ? AND serial = ?",
	[SQL_INSERT_MODULE] =
		"INSERT INTO module (bus, address, serial, class, model,"
		" nominal_mv, name, expected) VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
	[SQL_UPDATE_MODULE] =
		"UPDATE module SET class = ?, model = ?, nominal_mv = ?,"
		" name = ?, expected = 1 WHERE id = ?",
	[SQL_RETIRE_MODULE] =
		"UPDATE module SET expected = 0"
		" WHERE bus = ? AND address = ? AND serial = ?",
	[SQL_INSERT_MINUTE] =
		"INSERT INTO minute VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_INSERT_RI] =
		/* after a restart the module still shows what is known */
		"INSERT INTO resistance (time, module, clock, sequence,"
		" resistance_uohm, spread_permille, voltage_mv, temperature_mc,"
		" equalizer_duty_permille, jar, state, trend)"
		" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12"
		" WHERE NOT EXISTS (SELECT 1 FROM resistance WHERE module = ?2"
		" AND sequence = ?4 AND resistance_uohm = ?5)",
	[SQL_INSERT_EVENT] =
		"INSERT INTO event (time, clock, kind, severity, bus, address,"
		" name, old, new, text, alarm)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_PRUNE_DATED] =
		"DELETE FROM minute WHERE time < ? AND clock IN"
		" (SELECT id FROM clock WHERE quality > 0)",
	[SQL_PRUNE_UNDATED] =
		"DELETE FROM minute WHERE time < ? AND clock = ?",
	[SQL_PRUNE_OLD_UNDATED] =
		"DELETE FROM minute WHERE clock IN (SELECT id FROM clock"
		" WHERE quality = 0 ORDER BY id DESC LIMIT -1 OFFSET 32)",
	[SQL_PRUNE_EVENTS] =
		"DELETE FROM event WHERE id <="
		" (SELECT max(id) FROM event) - 500000",
	[SQL_SET_TOKEN] =
		"INSERT OR REPLACE INTO batch VALUES (1, ?)",
	[SQL_INSERT_ALARM] =
		"INSERT INTO alarm VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_INSERT_OUT] =
		"INSERT INTO out_of_service"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_SET_ALARM_SITE] =
		"INSERT OR REPLACE INTO alarm_site VALUES (1, ?, ?, ?, ?)",
	[SQL_READ_ALARM_SITE] =
		"SELECT boot, next_id, muted, muted_by FROM alarm_site",
	[SQL_READ_ALARMS] = "SELECT * FROM alarm ORDER BY id",
	[SQL_READ_OUTS] = "SELECT * FROM out_of_service",
};

sqlite3_stmt *store_db_statement(struct store *store, enum statement which)
{
	sqlite3_stmt **s = &store->statements[which];

	if (!*s)
		sqlite3_prepare_v3(store->db, sql[which], -1,
				   SQLITE_PREPARE_PERSISTENT, s, NULL);
	return *s;
}

int store_db_run(sqlite3_stmt *statement)
{
	int r = sqlite3_step(statement);
	int reset = sqlite3_reset(statement);

	sqlite3_clear_bindings(statement);
	if (r == SQLITE_DONE || r == SQLITE_ROW)
		return SQLITE_OK;
	return reset != SQLITE_OK ? reset : r;
}
