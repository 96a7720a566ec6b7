// SPDX-License-Identifier: GPL-2.0-or-later
/* What operators do with alarms: acknowledge, shelve, mute, take out, test */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/alarm/alarm.h"

static struct alarm *find_id(const struct alarm_table *t, uint64_t id)
{
	return (struct alarm *)alarm_find_id(t, id);
}

struct alarm_deadline alarm_deadline_in(uint64_t length_ns,
					const struct alarm_now *now)
{
	struct alarm_deadline d = {
		.boot_ns = now->boot_ns + length_ns,
		.length_ns = length_ns,
	};

	if (now->wall_us)
		d.wall_us = now->wall_us + (int64_t)(length_ns / 1000);
	return d;
}

void alarm_explain(const struct alarm_table *t, const struct alarm *a,
		   char *text, size_t size)
{
	const struct alarm_out *out = alarm_find_out(t, &a->object);

	text[0] = '\0';
	switch (alarm_state(a)) {
	case ALARM_STATE_NORMAL:
		snprintf(text, size, "the condition is gone and was acknowledged");
		break;
	case ALARM_STATE_UNACKNOWLEDGED:
		snprintf(text, size, "the condition holds, nobody has acknowledged it");
		break;
	case ALARM_STATE_ACKNOWLEDGED:
		snprintf(text, size, "the condition holds, acknowledged by %s",
			 a->acknowledged_by);
		break;
	case ALARM_STATE_RETURNED:
		snprintf(text, size, "the condition is gone, nobody has acknowledged that it was there");
		break;
	case ALARM_STATE_SHELVED:
		snprintf(text, size, "shelved by %s: %s", a->shelved_by,
			 a->shelved_why);
		break;
	case ALARM_STATE_SUPPRESSED:
		snprintf(text, size, "suppressed as a consequence: %s",
			 a->inhibition);
		break;
	case ALARM_STATE_OUT_OF_SERVICE:
		if (out)
			snprintf(text, size, "%s was taken out of service by %s: %s",
				 out->name, out->who, out->why);
		break;
	}
	alarm_trim(text);
}

int alarm_acknowledge(struct alarm_table *t, uint64_t id, const char *who,
		      const struct alarm_now *now)
{
	struct alarm *a = find_id(t, id);

	if (!a || (!a->active && a->acknowledged && !a->shelved))
		return -ENOENT;
	if (a->acknowledged)
		return -EALREADY;
	a->acknowledged = true;
	a->acknowledged_at = (struct alarm_stamp){ now->boot_ns,
						   now->wall_us };
	snprintf(a->acknowledged_by, sizeof(a->acknowledged_by), "%s", who);
	alarm_update(t, a, ALARM_CHANGE_ACKNOWLEDGED, now);
	return 0;
}

int alarm_shelve(struct alarm_table *t, uint64_t id, uint64_t length_ns,
		 const char *who, const char *why,
		 const struct alarm_now *now)
{
	struct alarm *a = find_id(t, id);

	if (!a || alarm_state(a) == ALARM_STATE_NORMAL)
		return -ENOENT;
	if (!length_ns || length_ns > ALARM_SHELVE_MAX_NS)
		return -ERANGE;
	a->shelved = true;
	a->shelved_until = alarm_deadline_in(length_ns, now);
	snprintf(a->shelved_by, sizeof(a->shelved_by), "%s", who);
	snprintf(a->shelved_why, sizeof(a->shelved_why), "%s", why);
	alarm_trim(a->shelved_why);
	alarm_update(t, a, ALARM_CHANGE_SHELVED, now);
	return 0;
}

/* It was hidden and is not any more: what holds is news, what does not is not */
static void unhide(struct alarm_table *t, struct alarm *a,
		   enum alarm_change change, const struct alarm_now *now)
{
	uint64_t id = a->id;

	a->acknowledged = !a->active;
	a->announced = false;
	alarm_update(t, a, change, now);
	a = find_id(t, id);
	if (a && alarm_state(a) == ALARM_STATE_UNACKNOWLEDGED)
		alarm_update(t, a, ALARM_CHANGE_RAISED, now);
}

int alarm_unshelve(struct alarm_table *t, uint64_t id, const char *who,
		   const struct alarm_now *now)
{
	struct alarm *a = find_id(t, id);

	if (!a)
		return -ENOENT;
	if (!a->shelved)
		return -EALREADY;
	a->shelved = false;
	a->shelved_until = (struct alarm_deadline){ 0 };
	snprintf(a->shelved_by, sizeof(a->shelved_by), "%s", who);
	unhide(t, a, ALARM_CHANGE_UNSHELVED, now);
	return 0;
}

void alarm_end_mute(struct alarm_table *t, const char *who)
{
	if (!t->muted)
		return;
	t->muted = false;
	t->muted_by[0] = '\0';
	if (t->ops->mute_changed)
		t->ops->mute_changed(t->userdata, false, who);
}

int alarm_mute(struct alarm_table *t, const char *who,
	       const struct alarm_now *now)
{
	size_t i;

	(void)now;
	if (t->muted)
		return -EALREADY;
	for (i = 0; i < t->count; i++)
		if (alarm_state(t->alarms[i]) == ALARM_STATE_UNACKNOWLEDGED ||
		    alarm_state(t->alarms[i]) == ALARM_STATE_ACKNOWLEDGED)
			break;
	if (i == t->count)
		return -ENOENT;
	t->muted = true;
	snprintf(t->muted_by, sizeof(t->muted_by), "%s", who);
	if (t->ops->mute_changed)
		t->ops->mute_changed(t->userdata, true, who);
	return 0;
}

bool alarm_covers(const struct alarm_object *whole,
		  const struct alarm_object *part)
{
	if (alarm_object_equal(whole, part))
		return true;
	if (whole->class == ALARM_OF_BUS)
		return part->class == ALARM_OF_MODULE &&
		       !strcmp(whole->bus, part->bus);
	return whole->class == ALARM_OF_STRING &&
	       part->class == ALARM_OF_MODULE &&
	       !strcmp(whole->string, part->string);
}

const struct alarm_out *alarm_find_out(const struct alarm_table *t,
				       const struct alarm_object *object)
{
	size_t i;

	for (i = 0; i < t->out_count; i++)
		if (alarm_covers(&t->outs[i].object, object))
			return &t->outs[i];
	return NULL;
}

/* Every alarm looks again whether its object is out of service */
static void look_at_outs(struct alarm_table *t, const struct alarm_now *now)
{
	size_t i = t->count;

	while (i-- > 0) {
		struct alarm *a = t->alarms[i];
		bool out = alarm_find_out(t, &a->object) != NULL;

		if (out == a->out)
			continue;
		a->out = out;
		if (out)
			alarm_update(t, a, ALARM_CHANGE_SILENT, now);
		else
			unhide(t, a, ALARM_CHANGE_SILENT, now);
	}
}

static size_t find_exact(const struct alarm_table *t,
			 const struct alarm_object *object)
{
	size_t i;

	for (i = 0; i < t->out_count; i++)
		if (alarm_object_equal(&t->outs[i].object, object))
			break;
	return i;
}

int alarm_add_out(struct alarm_table *t, const struct alarm_out *out)
{
	size_t i = find_exact(t, &out->object);
	struct alarm_out *list;

	if (i == t->out_count) {
		list = realloc(t->outs, (i + 1) * sizeof(*list));
		if (!list)
			return -ENOMEM;
		t->outs = list;
		t->out_count++;
	}
	t->outs[i] = *out;
	return 0;
}

int alarm_take_out(struct alarm_table *t, const struct alarm_object *object,
		   const char *name, uint64_t length_ns, const char *who,
		   const char *why, const struct alarm_now *now)
{
	struct alarm_out out = {
		.object = *object,
		.since = { now->boot_ns, now->wall_us },
	};
	size_t i = find_exact(t, object);

	if (object->class == ALARM_OF_SITE)
		return -EINVAL;
	if (i < t->out_count)
		out.since = t->outs[i].since;
	snprintf(out.name, sizeof(out.name), "%s", name);
	snprintf(out.who, sizeof(out.who), "%s", who);
	snprintf(out.why, sizeof(out.why), "%s", why);
	alarm_trim(out.why);
	if (length_ns)
		out.until = alarm_deadline_in(length_ns, now);
	if (alarm_add_out(t, &out) < 0)
		return -ENOMEM;
	if (t->ops->out_changed)
		t->ops->out_changed(t->userdata, &out, false, who);
	look_at_outs(t, now);
	return 0;
}

int alarm_put_back(struct alarm_table *t, const struct alarm_object *object,
		   const char *who, const struct alarm_now *now)
{
	size_t i = find_exact(t, object);
	struct alarm_out out;

	if (i == t->out_count)
		return -ENOENT;
	out = t->outs[i];
	memmove(&t->outs[i], &t->outs[i + 1],
		(t->out_count - i - 1) * sizeof(out));
	t->out_count--;
	if (t->ops->out_changed)
		t->ops->out_changed(t->userdata, &out, true, who);
	look_at_outs(t, now);
	return 0;
}

void alarm_refresh_out(struct alarm_table *t, const struct alarm_now *now)
{
	size_t i = t->out_count;

	while (i-- > 0) {
		struct alarm_object object = t->outs[i].object;

		if (t->outs[i].until.boot_ns &&
		    t->outs[i].until.boot_ns <= now->boot_ns)
			alarm_put_back(t, &object, "", now);
	}
}

static const struct alarm_object site = { .class = ALARM_OF_SITE };

/* It returns, and nobody has to acknowledge that */
static void end_test(struct alarm_table *t, const struct alarm_now *now)
{
	const struct alarm *a;

	t->test_until = (struct alarm_deadline){ 0 };
	alarm_set(t, ALARM_TEST, &site, "site", ALARM_NONE, "", now);
	a = alarm_find(t, ALARM_TEST, &site);
	if (a && !a->acknowledged)
		alarm_acknowledge(t, a->id, "the end of the test", now);
}

int alarm_test(struct alarm_table *t, enum alarm_level level,
	       uint64_t length_ns, const char *who,
	       const struct alarm_now *now)
{
	char evidence[ALARM_TEXT_MAX + 1];
	int r;

	if (level <= ALARM_NONE || level > ALARM_ALARM || !length_ns ||
	    length_ns > ALARM_TEST_MAX_NS)
		return -ERANGE;
	snprintf(evidence, sizeof(evidence),
		 "Test at level %s by %s, ends by itself after %llu s",
		 alarm_level_name(level), who,
		 (unsigned long long)(length_ns / 1000000000));
	/* a test during a test begins anew */
	end_test(t, now);
	r = alarm_set(t, ALARM_TEST, &site, "site", level, evidence, now);
	if (r == 0)
		t->test_until = alarm_deadline_in(length_ns, now);
	return r;
}

void alarm_refresh_test(struct alarm_table *t, const struct alarm_now *now)
{
	if (t->test_until.boot_ns && t->test_until.boot_ns <= now->boot_ns)
		end_test(t, now);
}
