/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for a history, on a disk that can be made to fail; gone after a test */
#ifndef BACS_TESTS_STORE_FOLDER_H
#define BACS_TESTS_STORE_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "unit.h"

#include "fail-vfs.h"

struct folder {
	char dir[64];
	char path[96];		/* of the history */
};

/* 0, or -1 */
static inline int folder_make(struct folder *f)
{
	memset(&fail_vfs, 0, sizeof(fail_vfs));
	fail_vfs_register();
	strcpy(f->dir, "/tmp/bacs-store-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/history.db", f->dir);
	return 0;
}

/* After its store was closed */
static inline int folder_remove(const struct folder *f)
{
	char command[256];

	snprintf(command, sizeof(command), "chmod -R u+w %s; rm -r %s", f->dir,
		 f->dir);
	return system(command) ? -1 : 0;
}

/* As another program writes to the file, on a disk that does not fail */
static inline void folder_tell(const struct folder *f, const char *sql)
{
	sqlite3 *db = NULL;
	char *error = NULL;

	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE |
					 SQLITE_OPEN_CREATE, "unix"),
			 SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
}

#endif
