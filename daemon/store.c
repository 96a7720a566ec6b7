// SPDX-License-Identifier: GPL-2.0-or-later
/* The history's interface: queues, transactions, degraded states */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store-internal.h"

int store_new(const struct store_settings *settings, uint64_t now_ns,
	      struct store **ret)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->path = strdup(settings->path);
	s->boot = strdup(settings->boot);
	s->notice = settings->notice;
	s->userdata = settings->userdata;
	s->minutes = (struct ring){ .item = sizeof(struct store_minute),
				    .limit = STORE_MINUTES_QUEUED };
	s->resistances = (struct ring){ .item = sizeof(struct store_ri),
					.limit = STORE_RI_QUEUED };
	s->events = (struct ring){ .item = sizeof(struct store_event),
				   .limit = STORE_EVENTS_QUEUED };
	if (!s->path || !s->boot) {
		store_free(s);
		return -ENOMEM;
	}
	s->start_ns = now_ns;
	*ret = s;
	return 0;
}

static uint64_t dropped(const struct store *s)
{
	return s->events.dropped + s->resistances.dropped + s->minutes.dropped;
}

static uint64_t queued(const struct store *s)
{
	return s->events.count + s->resistances.count + s->minutes.count;
}

bool store_is_read_only(const struct store *s)
{
	struct statvfs fs;

	return statvfs(s->path, &fs) == 0 && fs.f_flag & ST_RDONLY;
}

/* What to do about an error, in words */
static const char *remedy(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return "the disk is full: free space or enlarge it";
	case SQLITE_READONLY:
		return "the file or its file system is read-only: remount it read-write or mend its permissions";
	case SQLITE_CANTOPEN:
		return "it cannot be opened: the folder must exist, be writable and not be full";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds it locked: end that program";
	case SQLITE_SCHEMA:
		return "it was written by a newer bacsd: install that one again, or move the file away";
	case SQLITE_MISMATCH:
		return "it is a database of another program: move it away";
	case SQLITE_NOMEM:
		return "memory is short";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "it is damaged and cannot be renamed: make its folder writable";
	default:
		return "the disk refuses: see the kernel's messages";
	}
}

static void degrade(struct store *s, int code, uint64_t now_ns)
{
	/* codes that are our own find no text at the database */
	const char *error = s->db && sqlite3_errcode(s->db) != SQLITE_OK ?
			    sqlite3_errmsg(s->db) : sqlite3_errstr(code);
	char reason[sizeof(s->reason)];

	snprintf(reason, sizeof(reason),
		 "History %s cannot be written (%s, code %d); %s. Monitoring goes on, records wait in memory",
		 s->path, error, code, remedy(code));
	store_db_close(s);
	s->retry_ns = now_ns + STORE_RETRY_NS;
	strcpy(s->reason, reason);
	/* one trouble is one notice, even if its words change */
	if (s->degraded)
		return;
	s->degraded = true;
	s->dropped_before = dropped(s);
	s->notice(s->userdata, STORE_DEGRADED, reason);
}

static void restore(struct store *s)
{
	char text[256];
	uint64_t lost = dropped(s) - s->dropped_before;

	if (!s->degraded)
		return;
	s->degraded = false;
	s->reason[0] = '\0';
	if (lost)
		snprintf(text, sizeof(text),
			 "History is written again; %llu record%s lost meanwhile because the queue was full",
			 (unsigned long long)lost,
			 lost == 1 ? " was" : "s were");
	else
		snprintf(text, sizeof(text),
			 "History is written again; nothing was lost");
	s->notice(s->userdata, STORE_RESTORED, text);
}

static int begin(struct store *s)
{
	return sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
}

/*
 * Commit if @code is SQLITE_OK. A failure is not rolled back here: every caller
 * closes the file then, which does it and leaves the error's text until then.
 */
static int end(struct store *s, int code)
{
	return code == SQLITE_OK ?
	       sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) : code;
}

/* Did the transaction that failed at its end get through? */
static int settle(struct store *s)
{
	bool written = false;
	int r;

	if (!s->uncertain)
		return SQLITE_OK;
	r = store_rows_verify(s, &written);
	if (r != SQLITE_OK)
		return r;
	s->uncertain = false;
	if (written)
		store_rows_written(s);
	else
		store_rows_undone(s);
	return r;
}

static int write_all(struct store *s)
{
	uint64_t refused = s->refused;
	int r = SQLITE_OK;

	/*
	 * A file system that the kernel made read-only under an open file takes
	 * writes and syncs without a word, and forgets them.
	 */
	if (store_is_read_only(s))
		return SQLITE_READONLY;
	if (!s->db)
		r = store_db_open(s);
	if (r == SQLITE_OK)
		r = settle(s);
	if (r == SQLITE_OK)
		r = begin(s);
	if (r != SQLITE_OK)
		return r;
	r = store_rows_write(s);
	if (r != SQLITE_OK) {
		s->refused = refused;
		store_rows_undone(s);
		return r;
	}
	r = end(s, r);
	if (r == SQLITE_OK)
		store_rows_written(s);
	else
		s->uncertain = true;
	return r;
}

static bool keys_pending(const struct store *s)
{
	uint32_t i;

	if (s->alarms && s->alarms_written != s->alarms_revision)
		return true;
	for (i = 0; i < s->epoch_count; i++)
		if (!s->epochs[i].row ||
		    s->epochs[i].offset_us !=
		    s->epochs[i].written_offset_us ||
		    s->epochs[i].quality != s->epochs[i].written_quality)
			return true;
	for (i = 0; i < s->module_count; i++)
		if (!s->modules[i].row ||
		    s->modules[i].written != s->modules[i].revision)
			return true;
	return false;
}

void store_flush(struct store *s, uint64_t now_ns)
{
	int r;

	if (s->degraded && now_ns < s->retry_ns)
		return;
	if (!s->degraded && s->db && !queued(s) && !keys_pending(s))
		return;
	r = write_all(s);
	if (store_code_is_damage(r)) {
		char why[128];

		snprintf(why, sizeof(why), "%s", s->db ?
			 sqlite3_errmsg(s->db) : sqlite3_errstr(r));
		if (store_set_aside(s, why) == 0)
			r = write_all(s);
	}
	if (r == SQLITE_OK)
		restore(s);
	else
		degrade(s, r, now_ns);
}

struct store *store_free(struct store *s)
{
	if (!s)
		return NULL;
	if (s->epochs) {
		s->retry_ns = 0;
		store_flush(s, 0);
	}
	store_db_close(s);
	ring_done(&s->events);
	ring_done(&s->resistances);
	ring_done(&s->minutes);
	free(s->epochs);
	free(s->modules);
	free(s->path);
	free(s->boot);
	free(s);
	return NULL;
}

uint32_t store_epoch_begin(struct store *s, uint64_t boot_us,
			   int64_t offset_us, enum store_quality quality)
{
	struct epoch *e = reallocarray(s->epochs, s->epoch_count + 1,
				       sizeof(*e));

	/* without memory the epoch in force must do */
	if (!e)
		return s->epoch_count ? s->epoch_count - 1 : 0;
	s->epochs = e;
	e[s->epoch_count] = (struct epoch){
		.since_us = boot_us,
		.offset_us = offset_us,
		.quality = quality,
	};
	if (quality != STORE_CLOCK_UNKNOWN)
		s->wall_us = (int64_t)boot_us + offset_us;
	return s->epoch_count++;
}

void store_epoch_date(struct store *s, uint32_t epoch, int64_t offset_us,
		      enum store_quality quality)
{
	if (epoch >= s->epoch_count)
		return;
	s->epochs[epoch].offset_us = offset_us;
	s->epochs[epoch].quality = quality;
	s->wall_us = (int64_t)s->epochs[epoch].since_us + offset_us;
}

static bool same_place(const struct store_module *a, const char *bus,
		       unsigned int address)
{
	return a->address == address && !strcmp(a->bus, bus);
}

static void retire(struct known *k)
{
	if (k->gone)
		return;
	k->gone = true;
	k->revision++;
}

int store_module_id(struct store *s, const struct store_module *module,
		    uint32_t *ret)
{
	struct known *k;
	uint32_t i, found = UINT32_MAX;

	for (i = 0; i < s->module_count; i++) {
		k = &s->modules[i];
		if (!same_place(&k->module, module->bus, module->address))
			continue;
		if (k->module.serial == module->serial)
			found = i;
		else
			retire(k);
	}
	if (found == UINT32_MAX) {
		k = reallocarray(s->modules, s->module_count + 1, sizeof(*k));
		if (!k)
			return -ENOMEM;
		s->modules = k;
		found = s->module_count++;
		s->modules[found] = (struct known){ .module = *module,
						   .revision = 1 };
		*ret = found;
		return 0;
	}
	k = &s->modules[found];
	if (k->gone || strcmp(k->module.name, module->name) ||
	    strcmp(k->module.model, module->model) ||
	    strcmp(k->module.modclass, module->modclass) ||
	    k->module.nominal_mv != module->nominal_mv) {
		k->module = *module;
		k->gone = false;
		k->revision++;
	}
	*ret = found;
	return 0;
}

void store_module_forget(struct store *s, const char *bus,
			 unsigned int address)
{
	uint32_t i;

	for (i = 0; i < s->module_count; i++)
		if (same_place(&s->modules[i].module, bus, address))
			retire(&s->modules[i]);
}

void store_add_minute(struct store *s, const struct store_minute *minute)
{
	if (minute->module < s->module_count && minute->epoch < s->epoch_count)
		ring_push(&s->minutes, minute);
}

void store_add_ri(struct store *s, const struct store_ri *ri)
{
	if (ri->module < s->module_count && ri->epoch < s->epoch_count)
		ring_push(&s->resistances, ri);
}

void store_add_event(struct store *s, const struct store_event *event)
{
	if (event->epoch < s->epoch_count)
		ring_push(&s->events, event);
}

static int run_pruning(struct store *s, enum statement which, int arguments,
		       int64_t first, int64_t second)
{
	sqlite3_stmt *statement = store_db_statement(s, which);

	if (!statement)
		return sqlite3_extended_errcode(s->db);
	if (arguments > 0)
		sqlite3_bind_int64(statement, 1, first);
	if (arguments > 1)
		sqlite3_bind_int64(statement, 2, second);
	return store_db_run(statement);
}

void store_prune(struct store *s, uint64_t boot_us, uint64_t keep_us)
{
	const struct epoch *now = s->epoch_count ?
				  &s->epochs[s->epoch_count - 1] : NULL;
	int64_t limit;
	int r;

	if (!s->db || s->degraded || !now || !now->row)
		return;
	limit = (int64_t)boot_us + now->offset_us - (int64_t)keep_us;
	r = begin(s);
	if (r == SQLITE_OK && now->quality != STORE_CLOCK_UNKNOWN)
		r = run_pruning(s, SQL_PRUNE_DATED, 1, limit, 0);
	else if (r == SQLITE_OK)
		r = run_pruning(s, SQL_PRUNE_UNDATED, 2, limit, now->row);
	if (r == SQLITE_OK)
		r = run_pruning(s, SQL_PRUNE_OLD_UNDATED, 0, 0, 0);
	if (r == SQLITE_OK)
		r = run_pruning(s, SQL_PRUNE_EVENTS, 0, 0, 0);
	r = end(s, r);
	/* what fails here fails again at the next flush, which reports it */
	if (r != SQLITE_OK)
		store_db_close(s);
}

const char *store_boot(const struct store *s)
{
	return s->boot;
}

void store_get_status(const struct store *s, struct store_status *ret)
{
	*ret = (struct store_status){
		.degraded = s->degraded,
		.queued = queued(s),
		.dropped = dropped(s),
		.refused = s->refused,
	};
	memcpy(ret->reason, s->reason, sizeof(ret->reason));
}

static void copy_column(sqlite3_stmt *statement, int column, char *to,
			size_t size)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	snprintf(to, size, "%s", text ? (const char *)text : "");
}

int store_read_modules(struct store *s,
		       int (*module)(void *userdata,
				     const struct store_module *module),
		       void *userdata)
{
	sqlite3_stmt *statement = NULL;
	uint32_t id;
	int r = 0, code = s->db ? SQLITE_OK : store_db_open(s);

	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(s->db,
					  "SELECT bus, address, serial, class, model, nominal_mv, name FROM module WHERE expected ORDER BY bus, address",
					  -1, &statement, NULL);
	if (code != SQLITE_OK) {
		store_db_close(s);
		return -EIO;
	}
	while (r == 0 && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_module m = { .bus = "" };
		char serial[17];

		copy_column(statement, 0, m.bus, sizeof(m.bus));
		m.address = sqlite3_column_int(statement, 1);
		copy_column(statement, 2, serial, sizeof(serial));
		m.serial = strtoull(serial, NULL, 16);
		copy_column(statement, 3, m.modclass, sizeof(m.modclass));
		copy_column(statement, 4, m.model, sizeof(m.model));
		m.nominal_mv = sqlite3_column_int(statement, 5);
		copy_column(statement, 6, m.name, sizeof(m.name));
		if (!*m.bus || m.address < 1 || m.address > 247)
			continue;
		/* known from now on, so that it can be forgotten too */
		r = store_module_id(s, &m, &id);
		if (r == 0)
			r = module(userdata, &m);
	}
	sqlite3_finalize(statement);
	if (r < 0)
		return r;
	if (code == SQLITE_DONE)
		return 0;
	/* damage is dealt with by the next flush, which meets it too */
	store_db_close(s);
	return -EIO;
}
