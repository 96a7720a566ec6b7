// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of alarms and the rest of the policy: names, events, causes */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

static struct alarm_now now_of(const struct policy *p)
{
	struct alarm_now now = { .boot_ns = p->now_ns };

	if (p->wall_offset_us)
		now.wall_us = (int64_t)(p->now_ns / 1000) + p->wall_offset_us;
	return now;
}

struct alarm_now policy_set_now(struct policy *p, uint64_t now_ns)
{
	p->now_ns = now_ns;
	return now_of(p);
}

struct alarm_object policy_module_object(const struct policy_module *m)
{
	struct alarm_object o = { .class = ALARM_OF_MODULE,
				  .address = m->address };

	strcpy(o.bus, m->bus->name);
	strcpy(o.string, m->string);
	return o;
}

struct alarm_object policy_string_object(const struct policy_string *s)
{
	struct alarm_object o = { .class = ALARM_OF_STRING };

	strcpy(o.bus, s->bus);
	strcpy(o.string, s->name);
	return o;
}

struct alarm_object policy_bus_object(const struct policy_bus *bus)
{
	struct alarm_object o = { .class = ALARM_OF_BUS };

	strcpy(o.bus, bus->name);
	return o;
}

static void set(struct policy *p, enum alarm_kind kind,
		const struct alarm_object *object, const char *name,
		uint8_t *judged, enum alarm_level level, const char *format,
		va_list ap)
{
	char evidence[ALARM_TEXT_MAX + 1];
	struct alarm_now now = now_of(p);

	vsnprintf(evidence, sizeof(evidence), format, ap);
	alarm_trim(evidence);
	/* without memory it is told again at the next judgement */
	if (alarm_set(&p->alarms, kind, object, name, level, evidence,
		      &now) == 0)
		judged[kind] = level + 1;
}

void policy_alarm_module(struct policy *p, enum alarm_kind kind,
			 struct policy_module *m, enum alarm_level level,
			 const char *format, ...)
{
	struct alarm_object object;
	va_list ap;

	if (m->judged[kind] == level + 1)
		return;
	object = policy_module_object(m);
	va_start(ap, format);
	set(p, kind, &object, m->name, m->judged, level, format, ap);
	va_end(ap);
}

void policy_amend_module(struct policy *p, enum alarm_kind kind,
			 const struct policy_module *m, const char *format,
			 ...)
{
	struct alarm_object object = policy_module_object(m);
	struct alarm_now now = now_of(p);
	char evidence[ALARM_TEXT_MAX + 1];
	va_list ap;

	va_start(ap, format);
	vsnprintf(evidence, sizeof(evidence), format, ap);
	va_end(ap);
	alarm_amend(&p->alarms, kind, &object, evidence, &now);
}

void policy_alarm_string(struct policy *p, enum alarm_kind kind,
			 struct policy_string *s, enum alarm_level level,
			 const char *format, ...)
{
	struct alarm_object object;
	va_list ap;

	if (s->judged[kind] == level + 1)
		return;
	object = policy_string_object(s);
	va_start(ap, format);
	set(p, kind, &object, s->name, s->judged, level, format, ap);
	va_end(ap);
}

void policy_alarm_bus(struct policy *p, enum alarm_kind kind,
		      struct policy_bus *bus, enum alarm_level level,
		      const char *format, ...)
{
	struct alarm_object object;
	va_list ap;

	if (bus->judged[kind] == level + 1)
		return;
	object = policy_bus_object(bus);
	va_start(ap, format);
	set(p, kind, &object, bus->name, bus->judged, level, format, ap);
	va_end(ap);
}

void policy_alarm_site(struct policy *p, enum alarm_kind kind,
		       enum alarm_level level, const char *format, ...)
{
	static const struct alarm_object site = { .class = ALARM_OF_SITE };
	va_list ap;

	if (p->judged[kind] == level + 1)
		return;
	va_start(ap, format);
	set(p, kind, &site, "site", p->judged, level, format, ap);
	va_end(ap);
}

static enum policy_severity severity_of(const struct alarm *a)
{
	enum alarm_state state = alarm_state(a);

	if (state != ALARM_STATE_UNACKNOWLEDGED &&
	    state != ALARM_STATE_ACKNOWLEDGED)
		return POLICY_INFO;
	switch (a->level) {
	case ALARM_ALARM:
		return POLICY_ALARM;
	case ALARM_WARNING:
		return POLICY_WARNING;
	default:
		return POLICY_INFO;
	}
}

static void emit(struct policy *p, enum policy_kind kind,
		 enum policy_severity severity, const struct alarm *a,
		 const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void emit(struct policy *p, enum policy_kind kind,
		 enum policy_severity severity, const struct alarm *a,
		 const char *format, ...)
{
	struct policy_event e = {
		.kind = kind,
		.severity = severity,
		.time_ns = p->now_ns,
		.address = a->object.address,
		.new_value = a->active ? a->level : ALARM_NONE,
	};
	int at;
	va_list ap;

	strcpy(e.bus, a->object.bus);
	strcpy(e.name, a->name);
	snprintf(e.alarm, sizeof(e.alarm), "%s", alarm_kind_name(a->kind));
	at = snprintf(e.text, sizeof(e.text), "%s: %s: ", a->name, e.alarm);
	va_start(ap, format);
	vsnprintf(e.text + at, sizeof(e.text) - at, format, ap);
	va_end(ap);
	alarm_trim(e.text);
	p->ops->event(p->userdata, &e);
}

/* What is hidden is written down all the same, and says so */
static const char *hidden(const struct alarm *a)
{
	switch (alarm_state(a)) {
	case ALARM_STATE_SHELVED:
		return " (shelved)";
	case ALARM_STATE_OUT_OF_SERVICE:
		return " (out of service)";
	default:
		return "";
	}
}

/*
 * Alarms whose coming and going had events of their own before there were
 * alarms. @silent: the daemon tells its coming, in more words.
 */
static const struct {
	enum policy_kind raised;
	enum policy_kind returned;
	const char *over;	/* what is said of its return */
	bool silent;
} own_events[ALARM_KIND_COUNT] = {
	[ALARM_DRIVER_MISSING] = { .raised = POLICY_DRIVER_MISSING },
	[ALARM_DRIVER_INCOMPATIBLE] = { .raised = POLICY_DRIVER_INCOMPATIBLE },
	[ALARM_CONFIGURATION_ERROR] = { .silent = true },
	[ALARM_CLOCK_STEPPED] = { .silent = true },
	[ALARM_HISTORY_DEGRADED] = { .silent = true },
	[ALARM_SECOND_MASTER] = { .silent = true },
	[ALARM_MODULE_CHANGED] = {
		.raised = POLICY_MODULE_CHANGED,
		.over = "is the one that belongs there",
	},
	[ALARM_BUS_MISSING] = { .raised = POLICY_BUS_MISSING },
	[ALARM_BUS_LOST] = {
		.raised = POLICY_BUS_LOST,
		.returned = POLICY_BUS_RUNNING,
		.over = "answers again",
	},
	[ALARM_SAMPLES_STALLED] = {
		.raised = POLICY_SAMPLES_STALLED,
		.returned = POLICY_SAMPLES_RESUMED,
		.over = "samples arrive again",
	},
	[ALARM_MODULE_MISSING] = {
		.raised = POLICY_MODULE_MISSING,
		.returned = POLICY_MODULE_RETURNED,
		.over = "answers",
	},
	[ALARM_MODULE_LOST] = {
		.raised = POLICY_MODULE_LOST,
		.returned = POLICY_MODULE_RETURNED,
		.over = "answers again",
	},
};

static void tell_raised(struct policy *p, const struct alarm *a)
{
	enum policy_kind own = own_events[a->kind].raised;

	if (!own_events[a->kind].silent)
		emit(p, own ? own : POLICY_ALARM_RAISED, severity_of(a), a,
		     "%s; %s%s", a->evidence,
		     alarm_kind_info(a->kind)->remedy, hidden(a));
}

static void tell_returned(struct policy *p, const struct alarm *a)
{
	enum policy_kind own = own_events[a->kind].returned;
	const char *over = own_events[a->kind].over;

	emit(p, own ? own : POLICY_ALARM_RETURNED, POLICY_INFO, a,
	     "%s%s%s", over ? over : "is over", a->acknowledged ? "" :
	     ", but the alarm is not yet acknowledged", hidden(a));
}

/* The worst that is active colours the module, hidden or not */
static void look_at_module(struct policy *p, const struct alarm_object *object)
{
	const struct policy_module *found =
		policy_find_module(p, object->bus, object->address);
	struct policy_module *m = (struct policy_module *)found;
	enum alarm_level level = ALARM_NONE;
	uint64_t id = 0;
	size_t i;

	if (!m)
		return;
	for (i = 0; i < p->alarms.count; i++) {
		const struct alarm *a = p->alarms.alarms[i];

		if (!a->active || a->level <= level || *a->inhibition ||
		    !alarm_object_equal(&a->object, object))
			continue;
		level = a->level;
		id = a->id;
	}
	if (m->level == level && m->alarm == id)
		return;
	m->level = level;
	m->alarm = id;
	p->recolour = true;
}

static void on_changed(void *userdata, const struct alarm *a,
		       enum alarm_change change)
{
	struct policy *p = userdata;
	const char *who = a->shelved_by;

	switch (change) {
	case ALARM_CHANGE_RAISED:
		tell_raised(p, a);
		break;
	case ALARM_CHANGE_REPEATED:
		emit(p, POLICY_ALARM_REPEATED, severity_of(a), a,
		     "still not acknowledged: %s", a->evidence);
		break;
	case ALARM_CHANGE_LOWERED:
		emit(p, POLICY_ALARM_LOWERED, POLICY_INFO, a, "only %s: %s%s",
		     alarm_level_name(a->level), a->evidence, hidden(a));
		break;
	case ALARM_CHANGE_RETURNED:
		tell_returned(p, a);
		break;
	case ALARM_CHANGE_ACKNOWLEDGED:
		emit(p, POLICY_ALARM_ACKNOWLEDGED, POLICY_INFO, a,
		     "acknowledged by %s", a->acknowledged_by);
		break;
	case ALARM_CHANGE_SHELVED:
		emit(p, POLICY_ALARM_SHELVED, POLICY_INFO, a,
		     "shelved for %llu s by %s: %s",
		     (unsigned long long)(a->shelved_until.length_ns /
					  1000000000), who, a->shelved_why);
		break;
	case ALARM_CHANGE_UNSHELVED:
		emit(p, POLICY_ALARM_UNSHELVED, POLICY_INFO, a,
		     "not shelved any more, %s%s", *who ? "by " : "its time is over",
		     who);
		break;
	case ALARM_CHANGE_SUPPRESSED:
	case ALARM_CHANGE_RELEASED:
	case ALARM_CHANGE_SILENT:
		break;
	}
	if (a->object.class == ALARM_OF_MODULE)
		look_at_module(p, &a->object);
	else
		p->dirty = true;
	if (p->ops->alarm_changed)
		p->ops->alarm_changed(p->userdata, a, change);
}

static void emit_plain(struct policy *p, enum policy_kind kind,
		       const struct alarm_object *object, const char *name,
		       const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void emit_plain(struct policy *p, enum policy_kind kind,
		       const struct alarm_object *object, const char *name,
		       const char *format, ...)
{
	struct policy_event e = {
		.kind = kind,
		.severity = policy_kind_severity(kind),
		.time_ns = p->now_ns,
		.address = object ? object->address : 0,
	};
	va_list ap;

	if (object)
		strcpy(e.bus, object->bus);
	snprintf(e.name, sizeof(e.name), "%s", name);
	va_start(ap, format);
	vsnprintf(e.text, sizeof(e.text), format, ap);
	va_end(ap);
	alarm_trim(e.text);
	p->ops->event(p->userdata, &e);
}

static void on_out_changed(void *userdata, const struct alarm_out *out,
			   bool in, const char *who)
{
	struct policy *p = userdata;

	if (in)
		emit_plain(p, POLICY_IN_SERVICE, &out->object, out->name,
			   "%s is in service again, %s%s", out->name,
			   *who ? "put back by " : "its time is over", who);
	else if (out->until.boot_ns)
		emit_plain(p, POLICY_OUT_OF_SERVICE, &out->object, out->name,
			   "%s is out of service for %llu s, taken out by %s: %s",
			   out->name, (unsigned long long)
			   (out->until.length_ns / 1000000000), who, out->why);
	else
		emit_plain(p, POLICY_OUT_OF_SERVICE, &out->object, out->name,
			   "%s is out of service until it is put back, taken out by %s: %s",
			   out->name, who, out->why);
	if (p->ops->out_changed)
		p->ops->out_changed(p->userdata, out, in);
}

static void on_mute_changed(void *userdata, bool muted, const char *who)
{
	struct policy *p = userdata;

	if (muted)
		emit_plain(p, POLICY_ALARMS_MUTED, NULL, "site",
			   "Alarms are muted by %s until there is a new one",
			   who);
	else
		emit_plain(p, POLICY_ALARMS_UNMUTED, NULL, "site",
			   "Alarms are heard again");
	if (p->ops->mute_changed)
		p->ops->mute_changed(p->userdata, muted);
}

static int cause_of_driver(const struct policy *p, char *text, size_t size)
{
	switch (p->site.driver) {
	case BACS_DRIVER_PRESENT:
		return 0;
	case BACS_DRIVER_MISSING:
		snprintf(text, size, "the driver bacs is not loaded");
		return 1;
	case BACS_DRIVER_INCOMPATIBLE:
		snprintf(text, size, "the driver bacs speaks another version");
		return 1;
	default:
		return -1;
	}
}

static int cause_of_bus(const struct policy *p, const struct policy_bus *bus,
			char *text, size_t size)
{
	if (!bus->in_driver)
		snprintf(text, size, "bus %s is not attached", bus->name);
	else if (bus->state == BACS_BUS_LOST)
		snprintf(text, size, "nobody answers on bus %s", bus->name);
	else if (bus->state == BACS_BUS_STOPPED)
		snprintf(text, size, "bus %s is stopped", bus->name);
	else if (p->now_ns < bus->quiet_ns)
		snprintf(text, size, "bus %s has just come back", bus->name);
	else
		return 0;
	return 1;
}

/* A dead bus is one alarm, not one for each of its modules */
static int on_inhibition(void *userdata, const struct alarm *a, char *text,
			 size_t size)
{
	const struct policy *p = userdata;
	const struct policy_bus *bus;
	const struct policy_module *m;
	int r;

	if (!p->site.armed) {
		/* told in an earlier run: a start is no reason to hide it */
		if (a->restored || a->announced)
			return -1;
		snprintf(text, size,
			 "start-up: losses are alarms %llu s after start",
			 POLICY_INHIBIT_NS / 1000000000ULL);
		return 1;
	}
	if (a->object.class == ALARM_OF_SITE)
		return 0;
	r = cause_of_driver(p, text, size);
	bus = r == 0 ? policy_find_bus(p, a->object.bus) : NULL;
	if (!bus || a->kind == ALARM_BUS_MISSING)
		return r;
	if (a->kind == ALARM_BUS_LOST) {
		if (bus->in_driver)
			return 0;
		return cause_of_bus(p, bus, text, size);
	}
	r = cause_of_bus(p, bus, text, size);
	m = policy_find_module(p, bus->name, a->object.address);
	if (r || !m)
		return r;
	if (m->in_driver && m->facts.state == BACS_MODULE_UNPOLLED) {
		snprintf(text, size, "the driver has just begun to look for it");
		return 1;
	}
	return 0;
}

static const struct alarm_ops table_ops = {
	.changed = on_changed,
	.out_changed = on_out_changed,
	.mute_changed = on_mute_changed,
	.inhibition = on_inhibition,
};

void policy_alarms_init(struct policy *p)
{
	alarm_table_init(&p->alarms, &table_ops, p);
}

static void drive_outputs(struct policy *p)
{
	struct output_state now[OUTPUT_COUNT];
	bool changed = false;
	int o;

	output_compute(&p->matrix, &p->alarms, p->now_ns, now);
	for (o = 0; o < OUTPUT_COUNT; o++) {
		changed |= now[o].on != p->outputs[o].on ||
			   now[o].yellow != p->outputs[o].yellow ||
			   now[o].alarm != p->outputs[o].alarm;
		p->outputs[o] = now[o];
	}
	if (changed && p->ops->outputs_changed)
		p->ops->outputs_changed(p->userdata);
}

void policy_alarms_tick(struct policy *p)
{
	struct alarm_now now = now_of(p);
	size_t i;
	int a;

	alarm_tick(&p->alarms, &now);
	drive_outputs(p);
	if (!p->recolour)
		return;
	p->recolour = false;
	for (i = 0; i < p->bus_count; i++)
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (p->buses[i]->modules[a])
				policy_judge_module(p, p->buses[i]->modules[a]);
}

const struct alarm *policy_module_alarm(const struct policy *p,
					enum alarm_kind kind,
					const struct policy_module *m)
{
	struct alarm_object object = policy_module_object(m);

	return alarm_find(&p->alarms, kind, &object);
}

static bool is_known(const struct policy *p, const struct alarm_object *o)
{
	switch (o->class) {
	case ALARM_OF_SITE:
		return true;
	case ALARM_OF_BUS:
		return policy_find_bus(p, o->bus) != NULL;
	case ALARM_OF_STRING:
		return policy_find_string(p, o->string) != NULL;
	case ALARM_OF_MODULE:
		return policy_find_module(p, o->bus, o->address) != NULL;
	}
	return false;
}

void policy_alarms_settle(struct policy *p)
{
	struct alarm_now now = now_of(p);
	size_t i = p->alarms.count;

	while (i-- > 0) {
		struct alarm_object object;

		if (i >= p->alarms.count)
			continue;
		object = p->alarms.alarms[i]->object;
		if (!is_known(p, &object))
			alarm_forget(&p->alarms, &object, &now);
	}
}

enum bacs_colour policy_worse(const struct policy *p,
			      const struct policy_module *m,
			      enum bacs_colour colour, char *reason,
			      size_t size)
{
	const struct alarm *a;

	if (m->level < ALARM_WARNING || colour == BACS_COLOUR_RED ||
	    (colour == BACS_COLOUR_ORANGE && m->level < ALARM_ALARM &&
	     (m->alarms || m->faults)))
		return colour;
	a = alarm_find_id(&p->alarms, m->alarm);
	if (a)
		snprintf(reason, size, "%s: %s", alarm_kind_name(a->kind),
			 a->evidence);
	alarm_trim(reason);
	return m->level == ALARM_ALARM ? BACS_COLOUR_RED : BACS_COLOUR_ORANGE;
}

const struct alarm_table *policy_alarms(const struct policy *p)
{
	return &p->alarms;
}

void policy_clock(struct policy *p, int64_t offset_us, uint64_t now_ns)
{
	int64_t step_us = p->wall_offset_us && offset_us ?
			  offset_us - p->wall_offset_us : 0;
	struct alarm_now now;

	p->wall_offset_us = offset_us;
	now = policy_set_now(p, now_ns);
	alarm_clock(&p->alarms, &now);
	policy_rules_clock_step(p, step_us / 1000);
}

void policy_alarms_forget_module(struct policy *p,
				 const struct policy_module *m)
{
	struct alarm_object object = policy_module_object(m);
	struct alarm_now now = now_of(p);

	alarm_forget(&p->alarms, &object, &now);
}

void policy_alarms_forget_bus(struct policy *p, const struct policy_bus *bus)
{
	struct alarm_object object = policy_bus_object(bus);
	struct alarm_now now = now_of(p);

	alarm_forget(&p->alarms, &object, &now);
}

void policy_alarms_forget_string(struct policy *p,
				 const struct policy_string *s)
{
	struct alarm_object object = policy_string_object(s);
	struct alarm_now now = now_of(p);

	alarm_forget(&p->alarms, &object, &now);
}

void policy_alarms_rename(struct policy *p, const struct policy_module *m)
{
	struct alarm_object object = policy_module_object(m);

	alarm_rename(&p->alarms, &object, m->name);
}

static enum alarm_level level_of_string(const struct policy *p,
					const struct policy_string *s)
{
	enum alarm_level level = ALARM_NONE;
	size_t i;

	for (i = 0; i < p->alarms.count; i++) {
		const struct alarm *a = p->alarms.alarms[i];

		if (a->active && a->object.class == ALARM_OF_STRING &&
		    a->level > level && !strcmp(a->object.string, s->name))
			level = a->level;
	}
	return level;
}

unsigned int policy_alarmed_strings(const struct policy *p,
				    enum bacs_colour *ret_colour)
{
	unsigned int count[ALARM_ALARM + 1] = { 0 };
	enum alarm_level worst = ALARM_ALARM;
	size_t i;

	for (i = 0; i < p->string_count; i++)
		count[level_of_string(p, p->strings[i])]++;
	while (worst > ALARM_ADVISORY && !count[worst])
		worst--;
	*ret_colour = worst == ALARM_ALARM ? BACS_COLOUR_RED :
		      worst == ALARM_WARNING ? BACS_COLOUR_ORANGE :
					       BACS_COLOUR_UNKNOWN;
	return worst > ALARM_ADVISORY ? count[worst] : 0;
}
