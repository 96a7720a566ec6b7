// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of alarms as it was when bacsd ended, however it ended
 *
 * The file holds a snapshot: what changed is not told apart, so that file and
 * table cannot drift apart. Alarms are few and change seldom.
 */
#include <errno.h>
#include <string.h>

#include "store-internal.h"

void store_set_alarms(struct store *s, const struct alarm_table *table)
{
	s->alarms = table;
}

void store_alarms_changed(struct store *s)
{
	s->alarms_revision++;
}

static void put_int(sqlite3_stmt *s, int *i, int64_t v)
{
	sqlite3_bind_int64(s, (*i)++, v);
}

static void put_text(sqlite3_stmt *s, int *i, const char *v)
{
	sqlite3_bind_text(s, (*i)++, v, -1, SQLITE_TRANSIENT);
}

static void put_stamp(sqlite3_stmt *s, int *i, const struct alarm_stamp *v)
{
	put_int(s, i, v->boot_ns);
	put_int(s, i, v->wall_us);
}

static void put_deadline(sqlite3_stmt *s, int *i,
			 const struct alarm_deadline *v)
{
	put_int(s, i, v->boot_ns);
	put_int(s, i, v->wall_us);
	put_int(s, i, v->length_ns);
}

static void put_object(sqlite3_stmt *s, int *i, const struct alarm_object *o)
{
	put_text(s, i, alarm_class_name(o->class));
	put_text(s, i, o->bus);
	put_int(s, i, o->address);
	put_text(s, i, o->string);
}

static int write_alarm(struct store *store, const struct alarm *a)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_ALARM);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_int(s, &i, a->id);
	put_text(s, &i, alarm_kind_name(a->kind));
	put_object(s, &i, &a->object);
	put_text(s, &i, a->name);
	put_int(s, &i, a->level);
	put_int(s, &i, a->active);
	put_int(s, &i, a->acknowledged);
	put_int(s, &i, a->announced);
	put_text(s, &i, a->evidence);
	put_stamp(s, &i, &a->raised);
	put_stamp(s, &i, &a->returned);
	put_stamp(s, &i, &a->acknowledged_at);
	put_text(s, &i, a->acknowledged_by);
	put_int(s, &i, a->shelved);
	put_deadline(s, &i, &a->shelved_until);
	put_text(s, &i, a->shelved_by);
	put_text(s, &i, a->shelved_why);
	put_text(s, &i, a->inhibition);
	put_int(s, &i, a->repeats);
	return store_db_run(s);
}

static int write_out(struct store *store, const struct alarm_out *o)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_INSERT_OUT);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_object(s, &i, &o->object);
	put_text(s, &i, o->name);
	put_text(s, &i, o->who);
	put_text(s, &i, o->why);
	put_stamp(s, &i, &o->since);
	put_deadline(s, &i, &o->until);
	return store_db_run(s);
}

static int write_site(struct store *store, const struct alarm_table *t)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_SET_ALARM_SITE);
	int i = 1;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	put_text(s, &i, store->boot);
	put_int(s, &i, t->next_id);
	put_int(s, &i, t->muted);
	put_text(s, &i, t->muted_by);
	return store_db_run(s);
}

int store_alarms_write(struct store *store)
{
	const struct alarm_table *t = store->alarms;
	size_t i;
	int r;

	if (!t || store->alarms_written == store->alarms_revision)
		return SQLITE_OK;
	store->alarms_tried = store->alarms_revision;
	r = sqlite3_exec(store->db, "DELETE FROM alarm;"
			 "DELETE FROM out_of_service", NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = write_site(store, t);
	for (i = 0; r == SQLITE_OK && i < t->count; i++)
		if (alarm_state(t->alarms[i]) != ALARM_STATE_NORMAL)
			r = store_rows_forgive(store, write_alarm(store,
							t->alarms[i]));
	for (i = 0; r == SQLITE_OK && i < t->out_count; i++)
		r = store_rows_forgive(store, write_out(store, &t->outs[i]));
	return r;
}

static void get_text(sqlite3_stmt *s, int *i, char *to, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, (*i)++);

	snprintf(to, size, "%s", text ? (const char *)text : "");
}

static int64_t get_int(sqlite3_stmt *s, int *i)
{
	return sqlite3_column_int64(s, (*i)++);
}

static void get_stamp(sqlite3_stmt *s, int *i, struct alarm_stamp *v)
{
	v->boot_ns = get_int(s, i);
	v->wall_us = get_int(s, i);
}

static void get_deadline(sqlite3_stmt *s, int *i, struct alarm_deadline *v)
{
	v->boot_ns = get_int(s, i);
	v->wall_us = get_int(s, i);
	v->length_ns = get_int(s, i);
}

static bool get_object(sqlite3_stmt *s, int *i, struct alarm_object *o)
{
	char class[16];
	int c;

	get_text(s, i, class, sizeof(class));
	get_text(s, i, o->bus, sizeof(o->bus));
	o->address = get_int(s, i);
	get_text(s, i, o->string, sizeof(o->string));
	for (c = ALARM_OF_SITE; c <= ALARM_OF_MODULE; c++) {
		if (strcmp(alarm_class_name(c), class))
			continue;
		o->class = c;
		return true;
	}
	return false;
}

static bool get_alarm(sqlite3_stmt *s, struct alarm *a)
{
	char kind[64];
	bool good;
	int i = 0;

	a->id = get_int(s, &i);
	get_text(s, &i, kind, sizeof(kind));
	a->kind = alarm_kind_by_name(kind);
	good = get_object(s, &i, &a->object);
	get_text(s, &i, a->name, sizeof(a->name));
	a->level = get_int(s, &i);
	a->active = get_int(s, &i);
	a->acknowledged = get_int(s, &i);
	a->announced = get_int(s, &i);
	get_text(s, &i, a->evidence, sizeof(a->evidence));
	get_stamp(s, &i, &a->raised);
	get_stamp(s, &i, &a->returned);
	get_stamp(s, &i, &a->acknowledged_at);
	get_text(s, &i, a->acknowledged_by, sizeof(a->acknowledged_by));
	a->shelved = get_int(s, &i);
	get_deadline(s, &i, &a->shelved_until);
	get_text(s, &i, a->shelved_by, sizeof(a->shelved_by));
	get_text(s, &i, a->shelved_why, sizeof(a->shelved_why));
	get_text(s, &i, a->inhibition, sizeof(a->inhibition));
	a->repeats = get_int(s, &i);
	return good && a->kind != ALARM_KIND_COUNT;
}

static bool get_out(sqlite3_stmt *s, struct alarm_out *o)
{
	int i = 0;
	bool good = get_object(s, &i, &o->object);

	get_text(s, &i, o->name, sizeof(o->name));
	get_text(s, &i, o->who, sizeof(o->who));
	get_text(s, &i, o->why, sizeof(o->why));
	get_stamp(s, &i, &o->since);
	get_deadline(s, &i, &o->until);
	return good;
}

static int read_site(struct store *store, struct store_alarms *to)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_READ_ALARM_SITE);
	int code, i = 0;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW) {
		char boot[64];

		get_text(s, &i, boot, sizeof(boot));
		to->same_boot = !strcmp(boot, store->boot);
		to->next_id = get_int(s, &i);
		to->muted = get_int(s, &i);
		get_text(s, &i, to->muted_by, sizeof(to->muted_by));
	}
	sqlite3_reset(s);
	return code == SQLITE_ROW ? SQLITE_DONE : code;
}

static int read_alarms(struct store *store, const struct store_alarms *to)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_READ_ALARMS);
	int code;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		struct alarm a = { 0 };

		if (get_alarm(s, &a))
			to->alarm(to->userdata, &a, to->same_boot);
	}
	sqlite3_reset(s);
	return code;
}

static int read_outs(struct store *store, const struct store_alarms *to)
{
	sqlite3_stmt *s = store_db_statement(store, SQL_READ_OUTS);
	int code;

	if (!s)
		return sqlite3_extended_errcode(store->db);
	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		struct alarm_out o = { 0 };

		if (get_out(s, &o))
			to->out(to->userdata, &o, to->same_boot);
	}
	sqlite3_reset(s);
	return code;
}

int store_read_alarms(struct store *store, struct store_alarms *to)
{
	int code = store->db ? SQLITE_OK : store_db_open(store);

	to->same_boot = false;
	to->next_id = 1;
	to->muted = false;
	if (code == SQLITE_OK)
		code = read_site(store, to);
	if (code == SQLITE_DONE)
		code = read_alarms(store, to);
	if (code == SQLITE_DONE)
		code = read_outs(store, to);
	if (code == SQLITE_DONE)
		return 0;
	/* damage is dealt with by the next flush, which meets it too */
	store_db_close(store);
	return -EIO;
}
