/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of alarms, its time and what it told */
#ifndef BACS_TESTS_ALARM_WORLD_H
#define BACS_TESTS_ALARM_WORLD_H

#include <errno.h>

#include "unit.h"

#include "policy/alarm/alarm.h"

#define SECOND	1000000000ULL
#define HOUR	(3600 * SECOND)
#define WALL_US	1770000000000000LL

struct world {
	struct alarm_table table;
	struct alarm_now now;
	bool inhibited;
	bool unsure;
	unsigned int count[ALARM_CHANGE_SILENT + 1];
	struct alarm last;
	unsigned int outs;
	unsigned int mutes;
};

static void on_changed(void *userdata, const struct alarm *a,
		       enum alarm_change change)
{
	struct world *w = userdata;

	w->count[change]++;
	w->last = *a;
}

static void on_out(void *userdata, const struct alarm_out *out, bool in,
		   const char *who)
{
	struct world *w = userdata;

	(void)out, (void)in, (void)who;
	w->outs++;
}

static void on_mute(void *userdata, bool muted, const char *who)
{
	struct world *w = userdata;

	(void)muted, (void)who;
	w->mutes++;
}

static int on_inhibition(void *userdata, const struct alarm *a, char *text,
			 size_t size)
{
	struct world *w = userdata;

	(void)a;
	if (w->unsure)
		return -1;
	if (w->inhibited)
		snprintf(text, size, "the bus is lost");
	return w->inhibited;
}

static const struct alarm_ops ops = {
	on_changed, on_out, on_mute, on_inhibition,
};

static const struct alarm_object jar = {
	ALARM_OF_MODULE, "bacsA", 4, "North",
};
static const struct alarm_object north = { ALARM_OF_STRING, "bacsA", 0, "North" };
static const struct alarm_object bus = { ALARM_OF_BUS, "bacsA", 0, "" };

static inline struct world *begin(void)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	alarm_table_init(&world.table, &ops, &world);
	world.now = (struct alarm_now){ 100 * SECOND, WALL_US };
	return &world;
}

static inline void end(struct world *w)
{
	alarm_table_done(&w->table);
}

static inline void set(struct world *w, enum alarm_kind kind, enum alarm_level level)
{
	assert_int_equal(alarm_set(&w->table, kind, &jar, "4S2", level,
				   "11.9 V is below 12.0 V", &w->now), 0);
	/* its cause may be told a moment later */
	if (alarm_kind_info(kind)->loss)
		alarm_tick(&w->table, &w->now);
}

static inline void pass(struct world *w, uint64_t ns)
{
	w->now.boot_ns += ns;
	if (w->now.wall_us)
		w->now.wall_us += ns / 1000;
	alarm_tick(&w->table, &w->now);
}

static inline const struct alarm *find(struct world *w, enum alarm_kind kind)
{
	return alarm_find(&w->table, kind, &jar);
}

static inline enum alarm_state state_of(struct world *w, enum alarm_kind kind)
{
	const struct alarm *a = find(w, kind);

	return a ? alarm_state(a) : ALARM_STATE_NORMAL;
}

#define assert_state(w, kind, state) \
	assert_string_equal(alarm_state_name(state_of(w, kind)), \
			    alarm_state_name(state))

/* Everything into a new table, as a restart does */
static inline void restart(struct world *w, bool same_boot, uint64_t boot_ns)
{
	struct alarm_table old = w->table;
	size_t i;

	alarm_table_init(&w->table, &ops, w);
	w->table.repeat_ns = old.repeat_ns;
	w->now.boot_ns = boot_ns;
	for (i = 0; i < old.count; i++)
		if (alarm_state(old.alarms[i]) != ALARM_STATE_NORMAL)
			assert_int_equal(alarm_restore(&w->table,
						       old.alarms[i],
						       same_boot, &w->now), 0);
	for (i = 0; i < old.out_count; i++)
		assert_int_equal(alarm_restore_out(&w->table, &old.outs[i],
						   same_boot, &w->now), 0);
	w->table.next_id = old.next_id;
	alarm_table_done(&old);
}

#endif
