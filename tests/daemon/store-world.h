/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A history in a folder of its own, and questions to its file */
#ifndef BACS_TESTS_STORE_WORLD_H
#define BACS_TESTS_STORE_WORLD_H

#include "store-folder.h"
#include "store.h"

#define SECOND_US	1000000LL
#define WALL_US		(1770000000LL * SECOND_US)

struct world {
	struct folder folder;
	struct store *store;
	uint64_t now_ns;
	unsigned int notices[3];
	char text[3][256];
};

static inline void on_notice(void *userdata, enum store_notice notice,
		      const char *text)
{
	struct world *w = userdata;

	w->notices[notice]++;
	snprintf(w->text[notice], sizeof(w->text[notice]), "%s", text);
}

static inline void open_store(struct world *w)
{
	struct store_settings settings = {
		.path = w->folder.path, .boot = "0123456789abcdef",
		.notice = on_notice, .userdata = w,
	};

	assert_int_equal(store_new(&settings, w->now_ns, &w->store), 0);
}

static inline int begin(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.now_ns = 1000 * NSEC_PER_SEC;
	*state = &world;
	return folder_make(&world.folder);
}

static inline int end(void **state)
{
	struct world *w = *state;

	memset(&fail_vfs, 0, sizeof(fail_vfs));
	w->store = store_free(w->store);
	return folder_remove(&w->folder);
}

static inline uint32_t add_module(struct world *w, uint64_t serial)
{
	struct store_module m = {
		.bus = "bacsA", .address = 7, .serial = serial,
		.nominal_mv = 12000, .modclass = "jar", .model = "M",
		.name = "7S1",
	};
	uint32_t id = UINT32_MAX;

	assert_int_equal(store_module_id(w->store, &m, &id), 0);
	return id;
}

/* One number from the file, read as a stranger would */
static inline int64_t ask(struct world *w, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t v = INT64_MIN;

	assert_int_equal(sqlite3_open_v2(w->folder.path, &db,
					 SQLITE_OPEN_READWRITE,
					 "unix"), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return v;
}

static inline void tell(struct world *w, const char *sql)
{
	folder_tell(&w->folder, sql);
}

#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
