/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the SQLite store share; SQLite ends here */
#ifndef BACSD_STORE_INTERNAL_H
#define BACSD_STORE_INTERNAL_H

#include <sqlite3.h>

#include "ring.h"
#include "store.h"

#define STORE_SCHEMA_VERSION	5
#define STORE_APPLICATION_ID	0x42414353	/* "BACS" */

/* A relation of boot time to wall clock, and its row */
struct epoch {
	int64_t row;		/* 0: not in the file */
	bool fresh;		/* inserted by the open transaction */
	uint64_t since_us;
	int64_t offset_us;
	enum store_quality quality;
	/* as the transaction that was tried last has it, and as the file has */
	int64_t tried_offset_us;
	enum store_quality tried_quality;
	int64_t written_offset_us;
	enum store_quality written_quality;
};

struct known {
	struct store_module module;
	int64_t row;
	bool fresh;
	bool gone;		/* forgotten, or another serial is there */
	uint32_t revision;	/* one up with every change */
	uint32_t tried;		/* revision in the last transaction */
	uint32_t written;	/* revision in the file */
};

/* How much of a queue a transaction took */
struct taken {
	size_t count;
	uint64_t dropped;	/* items dropped until then */
};

enum statement {
	SQL_INSERT_CLOCK,
	SQL_UPDATE_CLOCK,
	SQL_SHIFT_MINUTE,
	SQL_SHIFT_RI,
	SQL_SHIFT_EVENT,
	SQL_FIND_MODULE,
	SQL_INSERT_MODULE,
	SQL_UPDATE_MODULE,
	SQL_RETIRE_MODULE,
	SQL_INSERT_MINUTE,
	SQL_INSERT_RI,
	SQL_INSERT_EVENT,
	SQL_PRUNE_DATED,
	SQL_PRUNE_UNDATED,
	SQL_PRUNE_OLD_UNDATED,
	SQL_PRUNE_EVENTS,
	SQL_SET_TOKEN,
	SQL_INSERT_ALARM,
	SQL_INSERT_OUT,
	SQL_SET_ALARM_SITE,
	SQL_READ_ALARM_SITE,
	SQL_READ_ALARMS,
	SQL_READ_OUTS,
	SQL_STATEMENTS
};

struct store {
	char *path;
	char *boot;
	void (*notice)(void *userdata, enum store_notice notice,
		       const char *text);
	void *userdata;

	sqlite3 *db;
	sqlite3_stmt *statements[SQL_STATEMENTS];
	bool degraded;
	char reason[256];
	uint64_t retry_ns;
	uint64_t refused;
	uint64_t dropped_before;	/* when it became degraded */
	int64_t wall_us;		/* newest wall time, for file names */
	uint64_t start_ns;		/* tells runs of bacsd apart */
	uint64_t token;			/* number of the last transaction */
	bool uncertain;			/* it failed at its very end */
	struct taken taken[3];		/* what it took of the queues */

	struct epoch *epochs;
	uint32_t epoch_count;
	struct known *modules;
	uint32_t module_count;
	struct ring minutes;
	struct ring resistances;
	struct ring events;

	const struct alarm_table *alarms;	/* borrowed */
	uint32_t alarms_revision;	/* one up with every change */
	uint32_t alarms_tried;		/* as in struct known */
	uint32_t alarms_written;
	char jar_error[400];		/* of rows written at once */
};

/* Open the file, or set a damaged one aside and begin a new one: SQLite code */
int store_db_open(struct store *store);
void store_db_close(struct store *store);
/* Is the file system read-only, whatever open files believe? */
bool store_is_read_only(const struct store *store);
/* Bring the schema up to date */
int store_db_migrate(sqlite3 *db);
/* The statement, prepared once; NULL when that fails (see sqlite3_errcode) */
sqlite3_stmt *store_db_statement(struct store *store, enum statement which);
/* Run a statement that returns no rows, and reset it: SQLITE_OK or an error */
int store_db_run(sqlite3_stmt *statement);
/* Rename the file out of the way. 0 or negative errno. */
int store_set_aside(struct store *store, const char *why);

static inline bool store_code_is_damage(int code)
{
	code &= 0xff;
	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/*
 * store-jar.c: rows that are written at once or not at all, and read. Return 0
 * or -EIO with store_jar_error(); @code is one of SQLite. store_write_rows(): all
 * of @items or none, each put into the statement.
 */
int store_begin_rows(struct store *store);
int store_end_rows(struct store *store, int code);
int store_write_rows(struct store *store, const char *sql,
		     void (*put)(sqlite3_stmt *s, const void *item),
		     const void *items, size_t size, size_t count);
int store_prepare(struct store *store, const char *sql, sqlite3_stmt **ret);
int store_finish(struct store *store, sqlite3_stmt *s, int r, int code);

/* Write everything queued within an open transaction: SQLite code */
int store_rows_write(struct store *store);
/* Count a record that the schema does not take, and go on */
int store_rows_forgive(struct store *store, int code);
/* store-alarms.c: the snapshot of the alarms, if it changed */
int store_alarms_write(struct store *store);
/* The transaction is in the file after all: SQLite code */
int store_rows_verify(struct store *store, bool *ret_written);
/* The transaction is through, or was rolled back */
void store_rows_written(struct store *store);
void store_rows_undone(struct store *store);

#endif
