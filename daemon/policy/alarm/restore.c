// SPDX-License-Identifier: GPL-2.0-or-later
/* Alarms of an earlier run, and deadlines whose clock changed */
#include <errno.h>
#include <string.h>

#include "policy/alarm/alarm.h"

static void carry_stamp(struct alarm_stamp *stamp, bool same_boot)
{
	if (!same_boot)
		stamp->boot_ns = 0;
}

/* By the wall clock, but never longer than was asked for */
static void by_wall(struct alarm_deadline *d, const struct alarm_now *now)
{
	int64_t left_us = d->wall_us - now->wall_us;
	uint64_t left_ns = 0;

	if (left_us > 0)
		left_ns = (uint64_t)left_us * 1000;
	if (left_ns > d->length_ns)
		left_ns = d->length_ns;
	d->boot_ns = now->boot_ns + left_ns;
	if (!d->boot_ns)
		d->boot_ns = 1;
	d->carried = false;
}

static void carry_deadline(struct alarm_deadline *d, bool same_boot,
			   const struct alarm_now *now)
{
	if (same_boot || !d->boot_ns)
		return;
	/* until a wall clock is known, as if the machine had not been off */
	d->boot_ns = now->boot_ns + d->length_ns;
	d->carried = d->wall_us != 0;
	if (d->carried && now->wall_us)
		by_wall(d, now);
}

static bool plausible(const struct alarm *a)
{
	return (unsigned int)a->kind < ALARM_KIND_COUNT &&
	       a->object.class == alarm_kind_info(a->kind)->class &&
	       a->level > ALARM_NONE && a->level <= ALARM_ALARM &&
	       alarm_state(a) != ALARM_STATE_NORMAL && a->id;
}

int alarm_restore(struct alarm_table *t, const struct alarm *alarm,
		  bool same_boot, const struct alarm_now *now)
{
	struct alarm a = *alarm;

	if (!plausible(&a) || alarm_find(t, a.kind, &a.object) ||
	    alarm_find_id(t, a.id))
		return -EINVAL;
	carry_stamp(&a.raised, same_boot);
	carry_stamp(&a.returned, same_boot);
	carry_stamp(&a.acknowledged_at, same_boot);
	carry_deadline(&a.shelved_until, same_boot, now);
	a.restored = true;
	a.pending_ns = 0;
	/* the repeat begins anew: a restart is no reason to tell again */
	a.told_ns = now->boot_ns;
	if (!alarm_insert(t, &a))
		return -ENOMEM;
	if (a.id >= t->next_id)
		t->next_id = a.id + 1;
	/* nobody tests any more */
	if (a.kind == ALARM_TEST)
		t->test_until = alarm_deadline_in(1, now);
	return 0;
}

int alarm_restore_out(struct alarm_table *t, const struct alarm_out *out,
		      bool same_boot, const struct alarm_now *now)
{
	struct alarm_out o = *out;
	size_t i;

	if (o.object.class == ALARM_OF_SITE ||
	    o.object.class > ALARM_OF_MODULE)
		return -EINVAL;
	carry_stamp(&o.since, same_boot);
	carry_deadline(&o.until, same_boot, now);
	if (alarm_add_out(t, &o) < 0)
		return -ENOMEM;
	for (i = 0; i < t->count; i++)
		t->alarms[i]->out = alarm_find_out(t, &t->alarms[i]->object);
	return 0;
}

/* What people did with it holds for the level they saw */
static void go_on(struct alarm *live, const struct alarm *saved,
		  bool same_boot, const struct alarm_now *now)
{
	live->raised = saved->raised;
	carry_stamp(&live->raised, same_boot);
	if (live->level > saved->level)
		return;
	live->repeats = saved->repeats;
	if (saved->acknowledged) {
		live->acknowledged = true;
		live->acknowledged_at = saved->acknowledged_at;
		carry_stamp(&live->acknowledged_at, same_boot);
		strcpy(live->acknowledged_by, saved->acknowledged_by);
	}
	if (live->shelved || !saved->shelved)
		return;
	live->shelved = true;
	live->shelved_until = saved->shelved_until;
	carry_deadline(&live->shelved_until, same_boot, now);
	strcpy(live->shelved_by, saved->shelved_by);
	strcpy(live->shelved_why, saved->shelved_why);
}

/* It waits for its delay, and was active all the time */
static void fill_in(struct alarm *live, const struct alarm *saved,
		    bool same_boot, const struct alarm_now *now)
{
	struct alarm a = *saved;

	carry_stamp(&a.raised, same_boot);
	carry_stamp(&a.returned, same_boot);
	carry_stamp(&a.acknowledged_at, same_boot);
	carry_deadline(&a.shelved_until, same_boot, now);
	a.out = live->out;
	a.told_ns = now->boot_ns;
	a.pending = live->pending;
	a.pending_ns = a.active && a.level == live->pending ? 0 :
							      live->pending_ns;
	strcpy(a.pending_evidence, live->pending_evidence);
	*live = a;
}

int alarm_merge(struct alarm_table *t, const struct alarm *saved,
		bool same_boot, const struct alarm_now *now)
{
	struct alarm *live, *other;

	if (!plausible(saved))
		return -EINVAL;
	live = (struct alarm *)alarm_find(t, saved->kind, &saved->object);
	other = (struct alarm *)alarm_find_id(t, saved->id);
	if (saved->id >= t->next_id)
		t->next_id = saved->id + 1;
	/* numbers began at 1 again while the last one was not known */
	if (other && other != live) {
		other->id = t->next_id++;
		alarm_update(t, other, ALARM_CHANGE_SILENT, now);
	}
	if (!live)
		return alarm_restore(t, saved, same_boot, now);
	live->id = saved->id;
	if (live->active && saved->active)
		go_on(live, saved, same_boot, now);
	else if (!live->active && live->pending_ns)
		fill_in(live, saved, same_boot, now);
	alarm_update(t, live, ALARM_CHANGE_SILENT, now);
	return 0;
}

int alarm_merge_out(struct alarm_table *t, const struct alarm_out *out,
		    bool same_boot, const struct alarm_now *now)
{
	size_t i;

	/* what somebody said since then is newer */
	for (i = 0; i < t->out_count; i++)
		if (alarm_object_equal(&t->outs[i].object, &out->object))
			return 0;
	return alarm_restore_out(t, out, same_boot, now);
}

static void set_clock(struct alarm_deadline *d, const struct alarm_now *now)
{
	if (!d->boot_ns)
		return;
	if (d->carried)
		by_wall(d, now);
	else if (d->boot_ns > now->boot_ns)
		d->wall_us = now->wall_us +
			     (int64_t)((d->boot_ns - now->boot_ns) / 1000);
}

/* What happened in this boot before the wall clock was known */
static void date_stamp(struct alarm_stamp *stamp, const struct alarm_now *now)
{
	if (stamp->boot_ns && !stamp->wall_us)
		stamp->wall_us = now->wall_us +
				 ((int64_t)stamp->boot_ns -
				  (int64_t)now->boot_ns) / 1000;
}

void alarm_clock(struct alarm_table *t, const struct alarm_now *now)
{
	size_t i;

	if (!now->wall_us)
		return;
	for (i = 0; i < t->count; i++) {
		struct alarm *a = t->alarms[i];

		date_stamp(&a->raised, now);
		date_stamp(&a->returned, now);
		date_stamp(&a->acknowledged_at, now);
		set_clock(&a->shelved_until, now);
		if (alarm_state(a) != ALARM_STATE_NORMAL)
			alarm_update(t, a, ALARM_CHANGE_SILENT, now);
	}
	for (i = 0; i < t->out_count; i++) {
		date_stamp(&t->outs[i].since, now);
		set_clock(&t->outs[i].until, now);
	}
}
