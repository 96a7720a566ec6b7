// SPDX-License-Identifier: GPL-2.0-or-later
/* Records into rows: what one transaction writes */
#include <string.h>

#include "store-internal.h"

/* Bind helpers: errors of binding are errors of memory, seen by step too */
static void put_int(sqlite3_stmt *s, int *i, int64_t v)
{
	sqlite3_bind_int64(s, (*i)++, v);
}

static void put_text(sqlite3_stmt *s, int *i, const char *v)
{
	sqlite3_bind_text(s, (*i)++, v, -1, SQLITE_TRANSIENT);
}

static void put_maybe(sqlite3_stmt *s, int *i, bool present, int64_t v)
{
	if (present)
		sqlite3_bind_int64(s, *i, v);
	(*i)++;
}

static int shift(struct store *store, enum statement which, int64_t delta,
		 int64_t row)
{
	sqlite3_stmt *s = store_db_statement(store, which);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, delta);
	put_int(s, &i, row);
	return store_db_run(s);
}

static int write_epoch(struct store *store, struct epoch *e)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_CLOCK);
	int i = 1, r;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_text(s, &i, store->boot);
	put_int(s, &i, e->since_us);
	put_int(s, &i, e->offset_us);
	put_int(s, &i, e->quality);
	r = store_db_run(s);
	if (r != SQLITE_OK)
		return r;
	e->row = sqlite3_last_insert_rowid(store->db);
	e->fresh = true;
	return r;
}

/* The clock became known: rows that carry a boot time are dated */
static int restamp_epoch(struct store *store, struct epoch *e)
{
	int64_t delta = e->offset_us - e->written_offset_us;
	sqlite3_stmt *s = store_db_statement(store, SQL_UPDATE_CLOCK);
	int i = 1, r;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, e->offset_us);
	put_int(s, &i, e->quality);
	put_int(s, &i, e->row);
	r = store_db_run(s);
	if (r == SQLITE_OK && delta)
		r = shift(store, SQL_SHIFT_MINUTE, delta, e->row);
	if (r == SQLITE_OK && delta)
		r = shift(store, SQL_SHIFT_RI, delta, e->row);
	if (r == SQLITE_OK && delta)
		r = shift(store, SQL_SHIFT_EVENT, delta, e->row);
	return r;
}

static bool epoch_is_stale(const struct epoch *e)
{
	return e->row && (e->written_offset_us != e->offset_us ||
			  e->written_quality != e->quality);
}

static void serial_text(const struct store_module *m, char text[17])
{
	snprintf(text, 17, "%016llx", (unsigned long long)m->serial);
}

static int find_module(struct store *store, struct known *k)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_FIND_MODULE);
	char serial[17];
	int i = 1, r;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	serial_text(&k->module, serial);
	put_text(s, &i, k->module.bus);
	put_int(s, &i, k->module.address);
	put_text(s, &i, serial);
	r = sqlite3_step(s);
	if (r == SQLITE_ROW) {
		k->row = sqlite3_column_int64(s, 0);
		k->written = k->revision - 1;
	}
	sqlite3_reset(s);
	return r == SQLITE_ROW || r == SQLITE_DONE ? SQLITE_OK : r;
}

static int insert_module(struct store *store, struct known *k)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_MODULE);
	char serial[17];
	int i = 1, r;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	serial_text(&k->module, serial);
	put_text(s, &i, k->module.bus);
	put_int(s, &i, k->module.address);
	put_text(s, &i, serial);
	put_text(s, &i, k->module.modclass);
	put_text(s, &i, k->module.model);
	put_int(s, &i, k->module.nominal_mv);
	put_text(s, &i, k->module.name);
	r = store_db_run(s);
	if (r != SQLITE_OK)
		return r;
	k->row = sqlite3_last_insert_rowid(store->db);
	k->written = k->gone ? k->revision - 1 : k->revision;
	return r;
}

static int update_module(struct store *store, struct known *k)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_UPDATE_MODULE);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_text(s, &i, k->module.modclass);
	put_text(s, &i, k->module.model);
	put_int(s, &i, k->module.nominal_mv);
	put_text(s, &i, k->module.name);
	put_int(s, &i, k->row);
	return store_db_run(s);
}

static int retire_module(struct store *store, struct known *k)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_RETIRE_MODULE);
	char serial[17];
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	serial_text(&k->module, serial);
	put_text(s, &i, k->module.bus);
	put_int(s, &i, k->module.address);
	put_text(s, &i, serial);
	return store_db_run(s);
}

static int write_module(struct store *store, struct known *k)
{
	int r = SQLITE_OK;

	if (!k->row) {
		r = find_module(store, k);
		if (r == SQLITE_OK && !k->row)
			r = insert_module(store, k);
		k->fresh = true;
	}
	if (r == SQLITE_OK && k->written != k->revision)
		r = k->gone ? retire_module(store, k) :
			      update_module(store, k);
	k->tried = k->revision;
	return r;
}

static int write_keys(struct store *store)
{
	uint32_t i;
	int r = SQLITE_OK;

	for (i = 0; r == SQLITE_OK && i < store->epoch_count; i++) {
		struct epoch *e = &store->epochs[i];

		if (!e->row)
			r = write_epoch(store, e);
		else if (epoch_is_stale(e))
			r = restamp_epoch(store, e);
		e->tried_offset_us = e->offset_us;
		e->tried_quality = e->quality;
	}
	for (i = 0; r == SQLITE_OK && i < store->module_count; i++)
		r = write_module(store, &store->modules[i]);
	return r;
}

static int64_t stamp(const struct store *store, uint32_t epoch,
		     uint64_t boot_us)
{
	return (int64_t)boot_us + store->epochs[epoch].offset_us;
}

static int write_minute(struct store *store, const struct store_minute *m)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_MINUTE);
	const struct store_span *v = m->span;
	int i = 1, q;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, stamp(store, m->epoch, m->boot_us));
	put_int(s, &i, store->modules[m->module].row);
	put_int(s, &i, store->epochs[m->epoch].row);
	put_int(s, &i, m->scans);
	for (q = STORE_VOLTAGE; q <= STORE_CURRENT; q++) {
		put_maybe(s, &i, v[q].present, v[q].mean);
		put_maybe(s, &i, v[q].present, v[q].min);
		put_maybe(s, &i, v[q].present, v[q].max);
	}
	put_maybe(s, &i, v[STORE_RIPPLE].present, v[STORE_RIPPLE].mean);
	put_maybe(s, &i, v[STORE_RIPPLE].present, v[STORE_RIPPLE].max);
	put_maybe(s, &i, v[STORE_DUTY].present, v[STORE_DUTY].mean);
	put_maybe(s, &i, v[STORE_MODULE_TEMPERATURE].present,
		  v[STORE_MODULE_TEMPERATURE].mean);
	put_maybe(s, &i, v[STORE_HUMIDITY].present, v[STORE_HUMIDITY].mean);
	put_maybe(s, &i, v[STORE_H2].present, v[STORE_H2].mean);
	put_maybe(s, &i, v[STORE_H2].present, v[STORE_H2].max);
	return store_db_run(s);
}

static int write_ri(struct store *store, const struct store_ri *ri)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_RI);
	int i = 1, n;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, stamp(store, ri->epoch, ri->boot_us));
	put_int(s, &i, store->modules[ri->module].row);
	put_int(s, &i, store->epochs[ri->epoch].row);
	put_int(s, &i, ri->sequence);
	put_int(s, &i, ri->resistance_uohm);
	for (n = 0; n < 4; n++)
		put_maybe(s, &i, ri->present & 1U << n, ri->context[n]);
	put_maybe(s, &i, ri->jar, ri->jar);
	if (ri->jar) {
		put_text(s, &i, ri->state);
		put_int(s, &i, ri->trend);
	}
	return store_db_run(s);
}

static int write_event(struct store *store, const struct store_event *e)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_EVENT);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, stamp(store, e->epoch, e->boot_us));
	put_int(s, &i, store->epochs[e->epoch].row);
	put_text(s, &i, e->kind);
	put_int(s, &i, e->severity);
	put_text(s, &i, e->bus);
	put_int(s, &i, e->address);
	put_text(s, &i, e->name);
	put_int(s, &i, e->old_value);
	put_int(s, &i, e->new_value);
	put_text(s, &i, e->text);
	put_text(s, &i, e->alarm);
	return store_db_run(s);
}

/*
 * A record the schema does not take must not stop all that come after it. It
 * can only be a defect of bacsd; it is counted and shown.
 */
int store_rows_forgive(struct store *store, int code)
{
	if ((code & 0xff) != SQLITE_CONSTRAINT)
		return code;
	store->refused++;
	return SQLITE_OK;
}

static void make_token(const struct store *store, char token[80])
{
	snprintf(token, 80, "%.32s-%llu-%llu", store->boot,
		 (unsigned long long)store->start_ns,
		 (unsigned long long)store->token);
}

/*
 * A commit may fail when it is through already, as when the last sync fails.
 * The number of the transaction in the file tells.
 */
static int write_token(struct store *store)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_SET_TOKEN);
	char token[80];
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	store->token++;
	make_token(store, token);
	put_text(s, &i, token);
	return store_db_run(s);
}

int store_rows_verify(struct store *store, bool *ret_written)
{
	sqlite3_stmt *s = NULL;
	char token[80];
	int r = sqlite3_prepare_v2(store->db,
				   "SELECT 1 FROM batch WHERE token = ?", -1,
				   &s, NULL);

	if (r != SQLITE_OK)
		return r;
	make_token(store, token);
	sqlite3_bind_text(s, 1, token, -1, SQLITE_STATIC);
	r = sqlite3_step(s);
	*ret_written = r == SQLITE_ROW;
	sqlite3_finalize(s);
	return r == SQLITE_ROW || r == SQLITE_DONE ? SQLITE_OK : r;
}

static void queues(struct store *store, struct ring *list[3])
{
	list[0] = &store->events;
	list[1] = &store->resistances;
	list[2] = &store->minutes;
}

int store_rows_write(struct store *store)
{
	struct ring *list[3];
	int q, r = write_token(store);
	size_t i;

	queues(store, list);
	for (q = 0; q < 3; q++)
		store->taken[q] = (struct taken){ list[q]->count,
						  list[q]->dropped };
	if (r == SQLITE_OK)
		r = write_keys(store);
	if (r == SQLITE_OK)
		r = store_alarms_write(store);
	for (i = 0; r == SQLITE_OK && i < store->events.count; i++)
		r = store_rows_forgive(store, write_event(store,
				       ring_at(&store->events, i)));
	for (i = 0; r == SQLITE_OK && i < store->resistances.count; i++)
		r = store_rows_forgive(store, write_ri(store,
				       ring_at(&store->resistances, i)));
	for (i = 0; r == SQLITE_OK && i < store->minutes.count; i++)
		r = store_rows_forgive(store, write_minute(store,
				       ring_at(&store->minutes, i)));
	return r;
}

void store_rows_written(struct store *store)
{
	struct ring *list[3];
	uint32_t i;
	int q;

	for (i = 0; i < store->epoch_count; i++) {
		struct epoch *e = &store->epochs[i];

		/* one that began after the transaction has no row yet */
		if (!e->row)
			continue;
		e->fresh = false;
		e->written_offset_us = e->tried_offset_us;
		e->written_quality = e->tried_quality;
	}
	for (i = 0; i < store->module_count; i++) {
		struct known *k = &store->modules[i];

		if (!k->row)
			continue;
		k->fresh = false;
		k->written = k->tried;
	}
	store->alarms_written = store->alarms_tried;
	queues(store, list);
	for (q = 0; q < 3; q++) {
		/* what was dropped meanwhile was of what is written */
		uint64_t gone = list[q]->dropped - store->taken[q].dropped;

		if (gone < store->taken[q].count)
			ring_pop(list[q], store->taken[q].count - gone);
	}
}

void store_rows_undone(struct store *store)
{
	uint32_t i;

	for (i = 0; i < store->epoch_count; i++) {
		if (store->epochs[i].fresh)
			store->epochs[i].row = 0;
		store->epochs[i].fresh = false;
	}
	for (i = 0; i < store->module_count; i++) {
		if (store->modules[i].fresh)
			store->modules[i].row = 0;
		store->modules[i].fresh = false;
	}
}
