/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VFS of SQLite whose N-th write, sync, truncation or opening fails */
#ifndef BACS_TESTS_FAIL_VFS_H
#define BACS_TESTS_FAIL_VFS_H

/**
 * struct fail_vfs - when and how it fails
 * @countdown: operations until the failure; 0: never
 * @forever: everything after it fails too, until told otherwise
 * @code: SQLite code to fail with
 * @calls: operations so far
 */
extern struct fail_vfs {
	long countdown;
	int forever;
	int code;
	long calls;
} fail_vfs;

/* Make it the default VFS; once */
void fail_vfs_register(void);

#endif
