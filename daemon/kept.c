// SPDX-License-Identifier: GPL-2.0-or-later
/* What was said while bacsd ran, over restarts */
#include <errno.h>
#include <string.h>

#include "kept.h"
#include "manager.h"
#include "store-jar.h"
#include "store-kept.h"

#define RETRY_NS	(30 * NSEC_PER_SEC)

/* A row; dirty: the file does not have it so */
struct entry {
	struct store_kept row;
	bool gone;
	bool dirty;
};

struct in_force {
	struct store_offsets row;
	bool dirty;
};

struct kept {
	bool loaded;
	bool dirty;
	bool noted;		/* the offsets in force are noted */
	bool remembered;	/* given since modules of earlier runs are known */
	uint64_t retry_ns;
	struct entry *list;
	size_t count;
	struct in_force *offsets;
	size_t offset_count;
	uint32_t last_id;	/* of offsets */
};

int kept_new(struct kept **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct kept *kept_free(struct kept *kept)
{
	if (!kept)
		return NULL;
	free(kept->list);
	free(kept->offsets);
	free(kept);
	return NULL;
}

static int64_t wall_now_us(const struct manager *m)
{
	int64_t us = recorder_wall_us(m->recorder, manager_now_ns());

	return us < 0 ? 0 : us;
}

/* Reading */

static struct entry *find(struct kept *k, const char *kind, const char *object)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		if (!strcmp(k->list[i].row.kind, kind) &&
		    !strcmp(k->list[i].row.object, object))
			return &k->list[i];
	return NULL;
}

static int on_kept(void *userdata, const struct store_kept *row)
{
	struct kept *k = userdata;
	struct entry *list;

	/* what was said since the start is newer than the file */
	if (find(k, row->kind, row->object))
		return 0;
	list = reallocarray(k->list, k->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	k->list = list;
	list[k->count++] = (struct entry){ .row = *row };
	return 0;
}

static int on_offsets(void *userdata, const struct store_offsets *row)
{
	struct kept *k = userdata;
	struct in_force *list = reallocarray(k->offsets, k->offset_count + 1,
					     sizeof(*list));

	if (!list)
		return -ENOMEM;
	k->offsets = list;
	list[k->offset_count++] = (struct in_force){ .row = *row };
	return 0;
}

void kept_load(struct manager *m)
{
	struct kept *k = m->kept;
	int r;

	k->offset_count = 0;
	r = store_read_offset_number(m->store, &k->last_id);
	if (r == 0)
		r = store_read_offsets(m->store, on_offsets, k);
	if (r == 0)
		r = store_read_kept(m->store, on_kept, k);
	k->loaded = r == 0;
	if (r < 0 && !k->retry_ns)
		journal_print(LOG_WARNING,
			      "What operators said of equalizing and limits cannot be read: %s. Nothing is equalized until it can",
			      r == -EIO ? store_jar_error(m->store) :
					  strerror(-r));
	k->retry_ns = manager_now_ns() + RETRY_NS;
	/* an operator may have switched it off */
	policy_equalize_unsure(m->policy, !k->loaded);
}

/* Writing */

/* What is to be written, or to be dropped, in one transaction */
static int write_entries(struct manager *m, bool gone)
{
	struct kept *k = m->kept;
	struct store_kept *rows _free_ = calloc(k->count + 1, sizeof(*rows));
	size_t i, n = 0;
	int r;

	if (!rows)
		return -ENOMEM;
	for (i = 0; i < k->count; i++)
		if (k->list[i].dirty && k->list[i].gone == gone)
			rows[n++] = k->list[i].row;
	if (!n)
		return 0;
	r = gone ? store_drop_kept(m->store, rows, n) :
		   store_write_kept(m->store, rows, n);
	for (i = 0; r == 0 && i < k->count; i++)
		if (k->list[i].gone == gone)
			k->list[i].dirty = false;
	return r;
}

static int write_offsets(struct manager *m)
{
	struct kept *k = m->kept;
	struct store_offsets *rows _free_ = calloc(k->offset_count + 1,
						   sizeof(*rows));
	size_t i, n = 0;
	int r;

	if (!rows)
		return -ENOMEM;
	for (i = 0; i < k->offset_count; i++)
		if (k->offsets[i].dirty)
			rows[n++] = k->offsets[i].row;
	r = n ? store_write_offsets(m->store, rows, n) : 0;
	for (i = 0; r == 0 && i < k->offset_count; i++)
		k->offsets[i].dirty = false;
	return r;
}

static void write_dirty(struct manager *m, uint64_t now_ns)
{
	struct kept *k = m->kept;

	int r = write_entries(m, false);

	if (r == 0)
		r = write_entries(m, true);
	if (r == 0)
		r = write_offsets(m);
	k->dirty = r < 0;
	k->retry_ns = now_ns + RETRY_NS;
}

void kept_flush(struct manager *m)
{
	if (m->kept->dirty && m->kept->loaded)
		write_dirty(m, manager_now_ns());
}

void kept_rewrite(struct manager *m)
{
	struct kept *k = m->kept;
	size_t i;

	if (!k)
		return;
	for (i = 0; i < k->count; i++)
		k->list[i].dirty = true;
	for (i = 0; i < k->offset_count; i++)
		k->offsets[i].dirty = true;
	k->dirty = true;
	k->retry_ns = 0;
}

static void put(struct manager *m, const char *kind, const char *object,
		const char *value, const char *who)
{
	struct kept *k = m->kept;
	struct entry *e = find(k, kind, object);
	struct store_kept row = { .since_us = wall_now_us(m) };

	if (!e && !*value && k->loaded)
		return;
	snprintf(row.kind, sizeof(row.kind), "%s", kind);
	snprintf(row.object, sizeof(row.object), "%s", object);
	snprintf(row.value, sizeof(row.value), "%s", value);
	snprintf(row.who, sizeof(row.who), "%s", who);
	if (!e) {
		if (on_kept(k, &row) < 0)
			return;
		e = &k->list[k->count - 1];
	}
	e->row = row;
	e->gone = !*value;
	e->dirty = true;
	k->dirty = true;
	if (k->loaded)
		k->retry_ns = 0;
}

/* Equalizing */

void kept_on_equalize(struct manager *m, const struct policy_string *s)
{
	put(m, "equalize", s->name, !s->said ? "" : s->said > 0 ? "on" : "off",
	    s->said_by);
	/* who is told "off" may go; limits come in hundreds and wait a second */
	if (m->kept->loaded)
		write_dirty(m, manager_now_ns());
}

static void give_equalize(struct manager *m, const struct store_kept *row)
{
	bool on = !strcmp(row->value, "on");

	/* a string that is gone takes it along, unless its file is bad */
	if (policy_find_string(m->policy, row->object))
		policy_equalize_restore(m->policy, row->object, on, row->who);
	else if (!strcmp(m->config_state, "good"))
		put(m, row->kind, row->object, "", "");
}

/* Limits that were adopted: BUS:ADDRESS/STATE, NAME=VALUE ... */

static void adopted_object(const struct policy_module *p,
			   enum limit_state state, char *text, size_t size)
{
	snprintf(text, size, "%s:%u/%s", p->bus->name, p->address,
		 limit_state_name(state));
}

void kept_on_adopted(struct manager *m, const struct policy_module *p,
		     enum limit_state state)
{
	char object[STORE_KEPT_OBJECT_MAX + 1];
	char value[STORE_KEPT_VALUE_MAX + 1] = "";
	size_t used = 0;
	int i;

	adopted_object(p, state, object, sizeof(object));
	for (i = BACS_LIMIT_VOLTAGE_MIN; p->adopted & 1U << state &&
	     i < BACS_LIMIT_COUNT && used < sizeof(value); i++)
		if (p->foreign[state].value[i] != POLICY_UNSET)
			used += snprintf(value + used, sizeof(value) - used,
					 "%s%s=%d", used ? " " : "",
					 bacs_limit_name(i),
					 p->foreign[state].value[i]);
	put(m, "limits", object, value, "");
}

static bool read_limits(const char *value, struct policy_limits *ret)
{
	char text[STORE_KEPT_VALUE_MAX + 1], *at = text, *word;
	int i;

	policy_unset_limits(ret);
	snprintf(text, sizeof(text), "%s", value);
	while ((word = strsep(&at, " "))) {
		char *number = strchr(word, '=');

		if (!number)
			return false;
		*number++ = '\0';
		for (i = BACS_LIMIT_VOLTAGE_MIN; i < BACS_LIMIT_COUNT; i++)
			if (!strcmp(bacs_limit_name(i), word))
				break;
		if (i == BACS_LIMIT_COUNT)
			return false;
		ret->value[i] = strtol(number, NULL, 10);
	}
	return true;
}

static void give_limits(struct manager *m, const struct store_kept *row)
{
	char object[STORE_KEPT_OBJECT_MAX + 1], *bus = object, *address, *state;
	struct policy_limits limits;
	int r = -EINVAL, s;

	snprintf(object, sizeof(object), "%s", row->object);
	address = strchr(object, ':');
	state = strchr(object, '/');
	if (address && state && read_limits(row->value, &limits)) {
		*address++ = '\0';
		*state++ = '\0';
		for (s = 0; s <= LIMIT_STATES; s++)
			if (!strcmp(limit_state_name(s), state))
				r = policy_restore_adopted(m->policy, bus,
						strtoul(address, NULL, 10), s,
						&limits);
	}
	/* modules of earlier runs may become known later */
	if (r == -ENOENT && !m->remembered)
		return;
	/* -EPERM: they are not adopted any more */
	if (r == -EINVAL || (r < 0 && !strcmp(m->config_state, "good")))
		put(m, row->kind, row->object, "", "");
}

/* Offsets in force, so that raw values can be read as they were shown */

static bool same_offsets(const struct store_offsets *row,
			 const struct config_offsets *o)
{
	return row->voltage_uv == o->voltage_uv &&
	       row->temperature_mc == o->temperature_mc &&
	       row->resistance_uohm == o->resistance_uohm;
}

static void note_one(struct manager *m, const char *string,
		     const struct config_offsets *o, int64_t now_us)
{
	struct kept *k = m->kept;
	struct store_offsets row = {
		.voltage_uv = o->voltage_uv,
		.temperature_mc = o->temperature_mc,
		.resistance_uohm = o->resistance_uohm,
		.since_us = now_us,
	};
	size_t i;

	for (i = 0; i < k->offset_count; i++) {
		struct in_force *old = &k->offsets[i];

		if (old->row.ended || strcmp(old->row.string, string))
			continue;
		if (same_offsets(&old->row, o))
			return;
		old->row.ended = true;
		old->row.until_us = now_us;
		old->dirty = true;
	}
	k->dirty = true;
	if (same_offsets(&row, &(struct config_offsets){ 0 }))
		return;
	snprintf(row.string, sizeof(row.string), "%s", string);
	row.id = k->last_id + 1;
	if (on_offsets(k, &row) < 0)
		return;
	k->last_id++;
	k->offsets[k->offset_count - 1].dirty = true;
}

/* Of a string that is not configured any more */
static void end_gone(struct manager *m, int64_t now_us)
{
	struct kept *k = m->kept;
	size_t i;

	for (i = 0; i < k->offset_count; i++) {
		struct in_force *o = &k->offsets[i];

		if (o->row.ended || !*o->row.string ||
		    config_find_string(m->config, o->row.string))
			continue;
		o->row.ended = true;
		o->row.until_us = now_us;
		o->dirty = true;
		k->dirty = true;
	}
}

static void note_offsets(struct manager *m)
{
	struct config_offsets o;
	int64_t now_us = wall_now_us(m);
	size_t i;

	/* without a date nobody could tell whose they are */
	if (m->kept->noted || !m->kept->loaded || !now_us)
		return;
	m->kept->noted = true;
	config_offsets_of(m->config, NULL, &o);
	note_one(m, "", &o, now_us);
	for (i = 0; i < m->config->string_count; i++) {
		config_offsets_of(m->config, &m->config->strings[i], &o);
		note_one(m, m->config->strings[i].name, &o, now_us);
	}
	end_gone(m, now_us);
	m->kept->retry_ns = 0;
}

/* Giving */

void kept_give(struct manager *m)
{
	struct kept *k = m->kept;
	size_t i;

	k->noted = false;
	note_offsets(m);
	for (i = 0; k->loaded && i < k->count; i++) {
		const struct store_kept row = k->list[i].row;

		if (k->list[i].gone)
			continue;
		if (!strcmp(row.kind, "equalize"))
			give_equalize(m, &row);
		else if (!strcmp(row.kind, "limits"))
			give_limits(m, &row);
	}
}

void kept_tick(struct manager *m, uint64_t now_ns)
{
	struct kept *k = m->kept;

	if (!k->loaded && now_ns >= k->retry_ns) {
		kept_load(m);
		if (k->loaded)
			kept_give(m);
	}
	if (m->remembered != k->remembered) {
		k->remembered = m->remembered;
		kept_give(m);
	}
	note_offsets(m);
	if (k->dirty && k->loaded && now_ns >= k->retry_ns)
		write_dirty(m, now_ns);
}
