// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of alarms: conditions, delays, suppression, repeats */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/alarm/alarm.h"

#define SECOND_NS 1000000000ULL

void alarm_table_init(struct alarm_table *t, const struct alarm_ops *ops,
		      void *userdata)
{
	memset(t, 0, sizeof(*t));
	t->ops = ops;
	t->userdata = userdata;
	t->next_id = 1;
}

void alarm_table_done(struct alarm_table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->alarms[i]);
	free(t->alarms);
	free(t->outs);
	memset(t, 0, sizeof(*t));
}

enum alarm_state alarm_state(const struct alarm *a)
{
	if (!a->active && a->acknowledged)
		return a->shelved ? ALARM_STATE_SHELVED : ALARM_STATE_NORMAL;
	if (a->out)
		return ALARM_STATE_OUT_OF_SERVICE;
	if (*a->inhibition)
		return ALARM_STATE_SUPPRESSED;
	if (a->shelved)
		return ALARM_STATE_SHELVED;
	if (!a->active)
		return ALARM_STATE_RETURNED;
	return a->acknowledged ? ALARM_STATE_ACKNOWLEDGED :
				 ALARM_STATE_UNACKNOWLEDGED;
}

const char *alarm_state_name(enum alarm_state state)
{
	static const char *const names[] = {
		[ALARM_STATE_NORMAL] = "normal",
		[ALARM_STATE_UNACKNOWLEDGED] = "unacknowledged",
		[ALARM_STATE_ACKNOWLEDGED] = "acknowledged",
		[ALARM_STATE_RETURNED] = "returned",
		[ALARM_STATE_SHELVED] = "shelved",
		[ALARM_STATE_SUPPRESSED] = "suppressed",
		[ALARM_STATE_OUT_OF_SERVICE] = "out-of-service",
	};

	return (unsigned int)state <= ALARM_STATE_OUT_OF_SERVICE ?
	       names[state] : "unknown";
}

const char *alarm_change_name(enum alarm_change change)
{
	static const char *const names[] = {
		[ALARM_CHANGE_RAISED] = "raised",
		[ALARM_CHANGE_LOWERED] = "lowered",
		[ALARM_CHANGE_RETURNED] = "returned",
		[ALARM_CHANGE_ACKNOWLEDGED] = "acknowledged",
		[ALARM_CHANGE_SHELVED] = "shelved",
		[ALARM_CHANGE_UNSHELVED] = "unshelved",
		[ALARM_CHANGE_SUPPRESSED] = "suppressed",
		[ALARM_CHANGE_RELEASED] = "released",
		[ALARM_CHANGE_REPEATED] = "repeated",
		[ALARM_CHANGE_SILENT] = "changed",
	};

	return (unsigned int)change <= ALARM_CHANGE_SILENT ? names[change] :
							     "unknown";
}

static int compare_objects(const struct alarm_object *a,
			   const struct alarm_object *b)
{
	int r;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (a->class == ALARM_OF_STRING)
		return strcmp(a->string, b->string);
	r = strcmp(a->bus, b->bus);
	return r ? r : (int)a->address - (int)b->address;
}

bool alarm_object_equal(const struct alarm_object *a,
			const struct alarm_object *b)
{
	return compare_objects(a, b) == 0;
}

/* Place of an alarm in the list, or where it would be */
static size_t place(const struct alarm_table *t, enum alarm_kind kind,
		    const struct alarm_object *object)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct alarm *a = t->alarms[mid];
		int r = a->kind != kind ? (a->kind < kind ? -1 : 1) :
			compare_objects(&a->object, object);

		if (r < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct alarm *find(const struct alarm_table *t, enum alarm_kind kind,
			  const struct alarm_object *object)
{
	size_t i = place(t, kind, object);

	if (i < t->count && t->alarms[i]->kind == kind &&
	    alarm_object_equal(&t->alarms[i]->object, object))
		return t->alarms[i];
	return NULL;
}

const struct alarm *alarm_find(const struct alarm_table *t,
			       enum alarm_kind kind,
			       const struct alarm_object *object)
{
	return find(t, kind, object);
}

const struct alarm *alarm_find_id(const struct alarm_table *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->alarms[i]->id == id)
			return t->alarms[i];
	return NULL;
}

struct alarm *alarm_insert(struct alarm_table *t, const struct alarm *alarm)
{
	size_t i = place(t, alarm->kind, &alarm->object);
	struct alarm **list = realloc(t->alarms,
				      (t->count + 1) * sizeof(*list));
	struct alarm *a;

	if (!list)
		return NULL;
	t->alarms = list;
	a = malloc(sizeof(*a));
	if (!a)
		return NULL;
	*a = *alarm;
	a->out = alarm_find_out(t, &a->object) != NULL;
	memmove(&list[i + 1], &list[i], (t->count - i) * sizeof(*list));
	list[i] = a;
	t->count++;
	return a;
}

static void drop(struct alarm_table *t, struct alarm *a)
{
	size_t i = place(t, a->kind, &a->object);

	memmove(&t->alarms[i], &t->alarms[i + 1],
		(t->count - i - 1) * sizeof(a));
	t->count--;
	free(a);
}

void alarm_update(struct alarm_table *t, struct alarm *a,
		  enum alarm_change change, const struct alarm_now *now)
{
	if (change == ALARM_CHANGE_RAISED || change == ALARM_CHANGE_REPEATED)
		a->told_ns = now->boot_ns;
	if (change == ALARM_CHANGE_RAISED &&
	    alarm_state(a) == ALARM_STATE_UNACKNOWLEDGED) {
		a->announced = true;
		alarm_end_mute(t, "");
	}
	t->ops->changed(t->userdata, a, change);
	if (alarm_state(a) == ALARM_STATE_NORMAL && !a->pending_ns)
		drop(t, a);
}

/* Is it the consequence of something? Returns whether that changed. */
static bool ask_inhibition(struct alarm_table *t, struct alarm *a)
{
	char text[sizeof(a->inhibition)] = "";
	int r;

	if (!alarm_kind_info(a->kind)->loss || !t->ops->inhibition)
		return false;
	r = a->active ? t->ops->inhibition(t->userdata, a, text,
					   sizeof(text)) : 0;
	if (r < 0)
		return false;
	if (r == 0)
		text[0] = '\0';
	if (!strcmp(text, a->inhibition))
		return false;
	strcpy(a->inhibition, text);
	return true;
}

static void rise(struct alarm_table *t, struct alarm *a,
		 enum alarm_level level, const char *evidence,
		 const struct alarm_now *now)
{
	/* it was here before, and nobody has seen that yet */
	bool owed = !a->active && !a->acknowledged && a->announced;

	/* who hid a warning did not hide the alarm that it grows into */
	if (a->shelved && level > a->level)
		a->shelved = false;
	if (!a->active)
		a->raised = (struct alarm_stamp){ now->boot_ns, now->wall_us };
	a->active = true;
	a->level = level;
	a->acknowledged = false;
	a->announced = false;
	a->repeats = 0;
	a->returned = (struct alarm_stamp){ 0 };
	a->acknowledged_at = (struct alarm_stamp){ 0 };
	a->acknowledged_by[0] = '\0';
	snprintf(a->evidence, sizeof(a->evidence), "%s", evidence);
	alarm_trim(a->evidence);
	ask_inhibition(t, a);
	if (*a->inhibition)
		a->announced = owed;
	alarm_update(t, a, *a->inhibition ? ALARM_CHANGE_SUPPRESSED :
					    ALARM_CHANGE_RAISED, now);
}

static void fall(struct alarm_table *t, struct alarm *a,
		 const struct alarm_now *now)
{
	a->active = false;
	a->returned = (struct alarm_stamp){ now->boot_ns, now->wall_us };
	a->inhibition[0] = '\0';
	if (!a->announced || a->out || a->shelved)
		a->acknowledged = true;
	else if (alarm_kind_info(a->kind)->latching)
		a->acknowledged = false;
	alarm_update(t, a, a->announced || a->out || a->shelved ?
		     ALARM_CHANGE_RETURNED : ALARM_CHANGE_SILENT, now);
}

static void apply(struct alarm_table *t, struct alarm *a,
		  enum alarm_level level, const char *evidence,
		  const struct alarm_now *now)
{
	enum alarm_level current = a->active ? a->level : ALARM_NONE;

	a->pending_ns = 0;
	a->restored = false;
	if (level > current) {
		rise(t, a, level, evidence, now);
	} else if (level == ALARM_NONE) {
		fall(t, a, now);
	} else {
		a->level = level;
		snprintf(a->evidence, sizeof(a->evidence), "%s", evidence);
		alarm_trim(a->evidence);
		alarm_update(t, a, a->announced ? ALARM_CHANGE_LOWERED :
						  ALARM_CHANGE_SILENT, now);
	}
}

static uint64_t delay_ns(const struct alarm *a, enum alarm_level level)
{
	const struct alarm_kind_info *info = alarm_kind_info(a->kind);
	enum alarm_level current = a->active ? a->level : ALARM_NONE;

	if (level > current)
		return info->on_delay_s * SECOND_NS;
	if (a->restored && info->hold_s > info->off_delay_s)
		return info->hold_s * SECOND_NS;
	return level == ALARM_NONE ? info->off_delay_s * SECOND_NS : 0;
}

static struct alarm *make(struct alarm_table *t, enum alarm_kind kind,
			  const struct alarm_object *object, const char *name)
{
	struct alarm a = {
		.id = t->next_id,
		.kind = kind,
		.object = *object,
		.acknowledged = true,
	};
	struct alarm *made;

	snprintf(a.name, sizeof(a.name), "%s", name);
	made = alarm_insert(t, &a);
	if (made)
		t->next_id++;
	return made;
}

/* The condition is as it was: what waited for its delay waits no more */
static void settle(struct alarm_table *t, struct alarm *a)
{
	a->pending_ns = 0;
	if (alarm_state(a) == ALARM_STATE_NORMAL)
		drop(t, a);
}

int alarm_set(struct alarm_table *t, enum alarm_kind kind,
	      const struct alarm_object *object, const char *name,
	      enum alarm_level level, const char *evidence,
	      const struct alarm_now *now)
{
	struct alarm *a = find(t, kind, object);
	enum alarm_level current;

	if (!a && level == ALARM_NONE)
		return 0;
	if (!a)
		a = make(t, kind, object, name);
	if (!a)
		return -ENOMEM;
	current = a->active ? a->level : ALARM_NONE;
	if (level >= current)
		a->restored = false;
	if (level == current) {
		settle(t, a);
		return 0;
	}
	/* the cause of a loss may be told a moment later: see the tick */
	if (!delay_ns(a, level) &&
	    !(level > current && alarm_kind_info(kind)->loss)) {
		apply(t, a, level, evidence, now);
		return 0;
	}
	/* a condition that worsens while it waits has held all the time */
	if (!a->pending_ns || (a->pending > current) != (level > current))
		a->pending_ns = now->boot_ns ? now->boot_ns : 1;
	a->pending = level;
	snprintf(a->pending_evidence, sizeof(a->pending_evidence), "%s",
		 evidence);
	return 0;
}

void alarm_amend(struct alarm_table *t, enum alarm_kind kind,
		 const struct alarm_object *object, const char *evidence,
		 const struct alarm_now *now)
{
	struct alarm *a = find(t, kind, object);

	if (!a)
		return;
	if (a->pending_ns && a->pending > ALARM_NONE) {
		snprintf(a->pending_evidence, sizeof(a->pending_evidence),
			 "%s", evidence);
		alarm_trim(a->pending_evidence);
	}
	if (!a->active || !strcmp(a->evidence, evidence))
		return;
	snprintf(a->evidence, sizeof(a->evidence), "%s", evidence);
	alarm_trim(a->evidence);
	alarm_update(t, a, ALARM_CHANGE_SILENT, now);
}

void alarm_rename(struct alarm_table *t, const struct alarm_object *object,
		  const char *name)
{
	static const struct alarm_now never = { 0 };
	size_t i = t->count;

	while (i-- > 0) {
		struct alarm *a = t->alarms[i];

		if (!alarm_object_equal(&a->object, object) ||
		    (!strcmp(a->name, name) &&
		     !strcmp(a->object.string, object->string)))
			continue;
		snprintf(a->name, sizeof(a->name), "%s", name);
		strcpy(a->object.string, object->string);
		a->out = alarm_find_out(t, &a->object) != NULL;
		alarm_update(t, a, ALARM_CHANGE_SILENT, &never);
	}
}

void alarm_forget(struct alarm_table *t, const struct alarm_object *object,
		  const struct alarm_now *now)
{
	size_t i = t->count;

	while (i-- > 0) {
		struct alarm *a = t->alarms[i];

		if (!alarm_object_equal(&a->object, object))
			continue;
		if (a->active)
			apply(t, a, ALARM_NONE, "", now);
		else
			settle(t, a);
	}
}

static uint64_t since(uint64_t then_ns, const struct alarm_now *now)
{
	return now->boot_ns > then_ns ? now->boot_ns - then_ns : 0;
}

static void tick_inhibition(struct alarm_table *t, struct alarm *a,
			    const struct alarm_now *now)
{
	bool was = *a->inhibition;

	if (!ask_inhibition(t, a))
		return;
	if (*a->inhibition) {
		alarm_update(t, a, was ? ALARM_CHANGE_SILENT :
					 ALARM_CHANGE_SUPPRESSED, now);
	} else if (a->active && (!a->announced || !a->acknowledged)) {
		a->acknowledged = false;
		a->announced = false;
		alarm_update(t, a, ALARM_CHANGE_RAISED, now);
	} else {
		alarm_update(t, a, ALARM_CHANGE_RELEASED, now);
	}
}

static void tick_alarm(struct alarm_table *t, struct alarm *a,
		       const struct alarm_now *now)
{
	tick_inhibition(t, a, now);
	if (a->pending_ns &&
	    since(a->pending_ns, now) >= delay_ns(a, a->pending)) {
		char evidence[sizeof(a->pending_evidence)];

		strcpy(evidence, a->pending_evidence);
		apply(t, a, a->pending, evidence, now);
		return;
	}
	if (a->shelved && a->shelved_until.boot_ns <= now->boot_ns) {
		alarm_unshelve(t, a->id, "", now);
		return;
	}
	if (t->repeat_ns && a->level > ALARM_ADVISORY &&
	    alarm_state(a) == ALARM_STATE_UNACKNOWLEDGED &&
	    since(a->told_ns, now) >= t->repeat_ns) {
		a->repeats++;
		alarm_update(t, a, ALARM_CHANGE_REPEATED, now);
	}
}

static bool any_audible(const struct alarm_table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		enum alarm_state s = alarm_state(t->alarms[i]);

		if (s == ALARM_STATE_UNACKNOWLEDGED ||
		    s == ALARM_STATE_ACKNOWLEDGED)
			return true;
	}
	return false;
}

void alarm_tick(struct alarm_table *t, const struct alarm_now *now)
{
	size_t i = t->count;

	alarm_refresh_out(t, now);
	/* from the end: an alarm may be forgotten on the way */
	while (i-- > 0)
		if (i < t->count)
			tick_alarm(t, t->alarms[i], now);
	if (t->muted && !any_audible(t))
		alarm_end_mute(t, "");
	alarm_refresh_test(t, now);
}
