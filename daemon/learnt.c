// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rules have learnt: when it is read, given, written */
#include <errno.h>
#include <string.h>

#include "learnt.h"
#include "manager.h"
#include "store-learnt.h"

#define RETRY_NS	(30 * NSEC_PER_SEC)
#define DAY_NS		(86400 * NSEC_PER_SEC)
/* Two wall clocks agree by so much; more ahead of us is no date */
#define AHEAD_US	(300 * (int64_t)USEC_PER_SEC)
/* So many reasons are told one by one */
#define REASONS		5

struct entry {
	struct store_learnt row;
	bool pending;		/* it waits to be given */
};

struct learnt {
	bool loaded;
	bool pending;		/* an entry is */
	bool changed;		/* a string is to be written */
	bool all;		/* everything is */
	uint64_t loaded_ns;
	uint64_t retry_ns;
	uint64_t saved_ns;
	struct entry *list;
	size_t count;
	struct store_moment alive;	/* of the run before */
};

int learnt_new(struct learnt **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct learnt *learnt_free(struct learnt *l)
{
	if (!l)
		return NULL;
	free(l->list);
	free(l);
	return NULL;
}

/* Reading */

static int on_row(void *userdata, const struct store_learnt *row)
{
	struct learnt *l = userdata;
	struct entry *list = reallocarray(l->list, l->count + 1,
					  sizeof(*list));

	if (!list)
		return -ENOMEM;
	l->list = list;
	list[l->count++] = (struct entry){ .row = *row, .pending = true };
	l->pending = true;
	return 0;
}

void learnt_load(struct manager *m)
{
	uint64_t now_ns = manager_now_ns();
	struct learnt *l = m->learnt;
	bool again = l->retry_ns;
	int r;

	l->count = 0;
	l->retry_ns = now_ns + RETRY_NS;
	r = store_read_learnt(m->store, on_row, l);
	if (r == 0) {
		r = store_read_alive(m->store, &l->alive);
		r = r == -ENODATA ? 0 : r;
	}
	l->loaded = r == 0;
	if (l->loaded)
		l->retry_ns = 0;
	l->loaded_ns = l->saved_ns = now_ns;
	if (r < 0 && !again)
		journal_print(LOG_WARNING,
			      "What the rules had learnt cannot be read: %s. They learn anew until it can",
			      r == -EIO ? store_jar_error(m->store) :
					  strerror(-r));
}

/* Giving */

/*
 * How long ago was it? 0; -EAGAIN: the wall clock is not known; -ERANGE: by the
 * clocks it was not yet, or nobody knows.
 */
static int elapsed_since(struct manager *m, const struct store_moment *t,
			 uint64_t now_ns, uint64_t *ret_ns)
{
	int64_t wall_us = recorder_wall_us(m->recorder, now_ns);

	if (!strcmp(t->boot, store_boot(m->store))) {
		*ret_ns = now_ns - t->boot_ns;
		return t->boot_ns <= now_ns ? 0 : -ERANGE;
	}
	if (t->wall_us <= 0)
		return -ERANGE;
	if (wall_us < 0)
		return -EAGAIN;
	if (t->wall_us > wall_us + AHEAD_US)
		return -ERANGE;
	*ret_ns = t->wall_us < wall_us ?
		  (uint64_t)(wall_us - t->wall_us) * NSEC_PER_USEC : 0;
	return 0;
}

static uint32_t calibration_of(const struct manager *m,
			       const struct policy_module *p)
{
	const struct store_calibration *c =
		jars_find_calibration(m, p->bus->name, p->address,
				      p->facts.serial);

	return c ? c->id : 0;
}

/* The module of a block, or NULL */
static const struct policy_module *module_of(const struct manager *m,
					     const struct policy_string *s,
					     unsigned int position)
{
	return s && position && position <= s->count ?
	       policy_find_module(m->policy, s->bus,
				  s->cells[position - 1].address) : NULL;
}

static int give(struct manager *m, const struct store_learnt *row,
		uint64_t now_ns, char *why, size_t size)
{
	const struct policy_learnt *record = &row->record;
	const struct policy_module *p =
		module_of(m, policy_find_string(m->policy, record->string),
			  record->position);
	uint64_t elapsed_ns = 0, alive_ns;
	int r;

	if (row->damaged) {
		snprintf(why, size, "its row in the history is damaged");
		return -EBADMSG;
	}
	/* without the book of jars nobody knows whose it is */
	if (record->position && !jars_are_given(m))
		return -EAGAIN;
	r = elapsed_since(m, &row->taken, now_ns, &elapsed_ns);
	if (r == -ERANGE)
		snprintf(why, size,
			 "nobody knows how old it is: the wall clock was, or is, not right");
	if (r < 0)
		return r;
	if (elapsed_since(m, &m->learnt->alive, now_ns, &alive_ns) < 0)
		alive_ns = elapsed_ns;
	if (p && p->in_driver && row->calibration != calibration_of(m, p)) {
		snprintf(why, size, "its module was calibrated otherwise");
		return -ESTALE;
	}
	return policy_learnt_give(m->policy, record, elapsed_ns, alive_ns,
				  why, size);
}

/* What is learnt anew meanwhile is worth more than what waits for a day */
static bool overtaken(struct manager *m, const struct policy_learnt *record,
		      uint64_t now_ns)
{
	const struct policy_string *s = policy_find_string(m->policy,
							   record->string);
	struct policy_learnt now;

	return now_ns - m->learnt->loaded_ns > DAY_NS &&
	       (s || !*record->string) &&
	       policy_learnt_take(m->policy, s, record->position, &now) == 0;
}

static void name_of(const struct manager *m, const struct policy_learnt *l,
		    char *name, size_t size)
{
	const struct policy_module *p =
		module_of(m, policy_find_string(m->policy, l->string),
			  l->position);

	if (p)
		snprintf(name, size, "%s", p->name);
	else if (!*l->string)
		snprintf(name, size, "the site");
	else if (l->position)
		snprintf(name, size, "block %u of string %s", l->position,
			 l->string);
	else
		snprintf(name, size, "string %s", l->string);
}

static void give_all(struct manager *m, uint64_t now_ns)
{
	struct learnt *l = m->learnt;
	unsigned int given = 0, dropped = 0;
	char why[160], name[80];
	size_t i;

	l->pending = false;
	for (i = 0; i < l->count; i++) {
		struct entry *e = &l->list[i];
		int r;

		if (!e->pending)
			continue;
		why[0] = '\0';
		r = give(m, &e->row, now_ns, why, sizeof(why));
		if (r == -EAGAIN && overtaken(m, &e->row.record, now_ns)) {
			snprintf(why, sizeof(why),
				 "neither the wall clock nor the record of its jar was known for a day");
			r = -ESTALE;
		}
		e->pending = r == -EAGAIN;
		l->pending |= e->pending;
		given += r == 0;
		if (r == 0 || r == -EAGAIN)
			continue;
		name_of(m, &e->row.record, name, sizeof(name));
		if (dropped++ < REASONS)
			journal_print(LOG_NOTICE,
				      "What the rules had learnt of %s is dropped: %s",
				      name, why);
	}
	if (dropped > REASONS)
		journal_print(LOG_NOTICE,
			      "and that of %u more for such reasons",
			      dropped - REASONS);
	if (given)
		journal_print(LOG_INFO,
			      "What the rules had learnt is taken over (%u records)",
			      given);
	if (l->pending)
		return;
	free(l->list);
	l->list = NULL;
	l->count = 0;
}

/* Writing */

/* Walks over the site, the strings, and with @blocks their blocks */
struct walk {
	struct manager *m;
	uint64_t now_ns;
	bool blocks;
	bool site_done;
	size_t string;
	unsigned int position;
};

/* What waits to be given is richer than what there is meanwhile */
static bool waits(const struct learnt *l, const struct policy_learnt *record)
{
	size_t i;

	for (i = 0; l->pending && i < l->count; i++)
		if (l->list[i].pending &&
		    l->list[i].row.record.position == record->position &&
		    !strcmp(l->list[i].row.record.string, record->string))
			return true;
	return false;
}

static bool take(struct walk *w, const struct policy_string *s,
		 unsigned int position, struct store_learnt *row)
{
	const struct policy_module *p = module_of(w->m, s, position);
	int64_t wall_us = recorder_wall_us(w->m->recorder, w->now_ns);

	memset(row, 0, sizeof(*row));
	if (policy_learnt_take(w->m->policy, s, position, &row->record) < 0 ||
	    waits(w->m->learnt, &row->record))
		return false;
	row->calibration = p ? calibration_of(w->m, p) : 0;
	snprintf(row->taken.boot, sizeof(row->taken.boot), "%s",
		 store_boot(w->m->store));
	row->taken.boot_ns = w->now_ns;
	row->taken.wall_us = wall_us > 0 ? wall_us : 0;
	return true;
}

static bool next(void *userdata, struct store_learnt *row)
{
	struct walk *w = userdata;

	if (w->blocks && !w->site_done) {
		w->site_done = true;
		if (take(w, NULL, 0, row))
			return true;
	}
	while (w->string < policy_string_count(w->m->policy)) {
		const struct policy_string *s =
			policy_string_at(w->m->policy, w->string);
		unsigned int position = w->position++;

		if (position > (w->blocks ? s->count : 0)) {
			w->position = 0;
			w->string++;
		} else if (take(w, s, position, row)) {
			return true;
		}
	}
	return false;
}

static void save(struct manager *m, uint64_t now_ns, bool blocks)
{
	struct walk w = { .m = m, .now_ns = now_ns, .blocks = blocks };
	struct learnt *l = m->learnt;

	/* a history that cannot be written says so itself */
	if (store_write_learnt(m->store, next, &w) < 0) {
		l->retry_ns = now_ns + RETRY_NS;
		return;
	}
	l->changed = false;
	if (!blocks)
		return;
	l->all = false;
	l->saved_ns = now_ns;
}

void learnt_tick(struct manager *m, uint64_t now_ns)
{
	struct learnt *l = m->learnt;
	bool good = !strcmp(m->config_state, "good");

	if (!l->loaded && now_ns >= l->retry_ns)
		learnt_load(m);
	/* with another configuration than was asked for nothing would fit */
	if (!l->loaded || !good)
		return;
	if (l->pending)
		give_all(m, now_ns);
	if (now_ns < l->retry_ns)
		return;
	if (l->all || now_ns - l->saved_ns >= LEARNT_SAVE_NS)
		save(m, now_ns, true);
	else if (l->changed)
		save(m, now_ns, false);
}

void learnt_flush(struct manager *m)
{
	if (m->learnt->loaded && !strcmp(m->config_state, "good"))
		save(m, manager_now_ns(), true);
}

void learnt_rewrite(struct manager *m)
{
	struct learnt *l = m->learnt;

	if (!l)
		return;
	l->loaded = true;
	l->all = true;
	l->retry_ns = 0;
}

void learnt_string_changed(struct manager *m)
{
	if (m->learnt)
		m->learnt->changed = true;
}
