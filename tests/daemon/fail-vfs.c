// SPDX-License-Identifier: GPL-2.0-or-later
/* A VFS of SQLite whose N-th write, sync, truncation or opening fails */
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "fail-vfs.h"

struct fail_vfs fail_vfs;

static sqlite3_vfs *real;
static sqlite3_vfs shim;

/* The database itself has other methods than its journals */
static struct {
	sqlite3_io_methods shim;
	const sqlite3_io_methods *real;
} methods[2];

static const sqlite3_io_methods *real_of(sqlite3_file *f)
{
	return methods[f->pMethods == &methods[1].shim].real;
}

static int strike(void)
{
	fail_vfs.calls++;
	if (!fail_vfs.countdown)
		return SQLITE_OK;
	if (fail_vfs.countdown > 1) {
		fail_vfs.countdown--;
		return SQLITE_OK;
	}
	if (!fail_vfs.forever)
		fail_vfs.countdown = 0;
	return fail_vfs.code;
}

/* The file objects are the real VFS's own; only their methods are exchanged */
static int do_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int r = strike();

	return r ? r : real_of(f)->xWrite(f, p, n, at);
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int r = strike();

	return r ? r : real_of(f)->xTruncate(f, size);
}

static int do_sync(sqlite3_file *f, int flags)
{
	(void)f, (void)flags;
	/* nobody pulls the plug: the real one would only take time */
	return strike();
}

static int do_shm_map(sqlite3_file *f, int page, int size, int extend,
		      void volatile **pp)
{
	/* READONLY would be an answer here, not a failure */
	if (extend && strike())
		return SQLITE_IOERR_SHMMAP;
	return real_of(f)->xShmMap(f, page, size, extend, pp);
}

static int do_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f,
		   int flags, int *out)
{
	int r = strike();

	(void)vfs;
	if (r) {
		f->pMethods = NULL;
		return r;
	}
	r = real->xOpen(real, name, f, flags, out);
	if (r == SQLITE_OK && f->pMethods) {
		int i = (flags & SQLITE_OPEN_MAIN_DB) != 0;

		methods[i].real = f->pMethods;
		methods[i].shim = *f->pMethods;
		methods[i].shim.xWrite = do_write;
		methods[i].shim.xTruncate = do_truncate;
		methods[i].shim.xSync = do_sync;
		methods[i].shim.xShmMap = do_shm_map;
		f->pMethods = &methods[i].shim;
	}
	return r;
}

void fail_vfs_register(void)
{
	if (real)
		return;
	real = sqlite3_vfs_find(NULL);
	shim = *real;
	shim.zName = "fail";
	shim.xOpen = do_open;
	sqlite3_vfs_register(&shim, 1);
}
