// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Alarms: all alarms in one call, and what operators do with them */
#include <errno.h>
#include <string.h>

#include "bus.h"

static int put_text(sd_bus_message *to, const char *name, const char *text)
{
	return sd_bus_message_append(to, "{sv}", name, "s", text);
}

static int put_number(sd_bus_message *to, const char *name, uint64_t v)
{
	return sd_bus_message_append(to, "{sv}", name, "t", v);
}

static int put_flag(sd_bus_message *to, const char *name, bool v)
{
	return sd_bus_message_append(to, "{sv}", name, "b", (int)v);
}

/* Wall clock; 0: never, or it was not known */
static int put_stamp(sd_bus_message *to, const char *name,
		     const struct alarm_stamp *stamp)
{
	return put_number(to, name, stamp->wall_us);
}

static int put_object(sd_bus_message *to, const struct alarm_object *o,
		      const char *name)
{
	int r = put_text(to, "class", alarm_class_name(o->class));

	if (r >= 0)
		r = put_text(to, "bus", o->bus);
	if (r >= 0)
		r = put_number(to, "address", o->address);
	if (r >= 0)
		r = put_text(to, "string", o->string);
	return r < 0 ? r : put_text(to, "name", name);
}

static int put_shelf(sd_bus_message *to, const struct alarm *a)
{
	int r = put_number(to, "shelved_until_wall_usec",
			   a->shelved ? a->shelved_until.wall_us : 0);

	if (r >= 0)
		r = put_text(to, "shelved_by", a->shelved ? a->shelved_by : "");
	return r < 0 ? r : put_text(to, "shelved_why",
				    a->shelved ? a->shelved_why : "");
}

static int put_life(sd_bus_message *to, const struct alarm *a)
{
	int r = put_stamp(to, "raised_wall_usec", &a->raised);

	if (r >= 0)
		r = put_stamp(to, "returned_wall_usec", &a->returned);
	if (r >= 0)
		r = put_stamp(to, "acknowledged_wall_usec", &a->acknowledged_at);
	if (r >= 0)
		r = put_text(to, "acknowledged_by", a->acknowledged_by);
	if (r >= 0)
		r = put_shelf(to, a);
	if (r >= 0)
		r = put_text(to, "inhibition", a->inhibition);
	return r < 0 ? r : put_number(to, "repeats", a->repeats);
}

static int put_alarm(struct manager *m, sd_bus_message *to,
		     const struct alarm *a)
{
	char why[ALARM_TEXT_MAX + 1];
	int r = sd_bus_message_open_container(to, 'a', "{sv}");

	alarm_explain(policy_alarms(m->policy), a, why, sizeof(why));
	if (r >= 0)
		r = put_number(to, "id", a->id);
	if (r >= 0)
		r = put_text(to, "kind", alarm_kind_name(a->kind));
	if (r >= 0)
		r = put_object(to, &a->object, a->name);
	if (r >= 0)
		r = put_text(to, "level", alarm_level_name(a->level));
	if (r >= 0)
		r = put_text(to, "state", alarm_state_name(alarm_state(a)));
	if (r >= 0)
		r = put_text(to, "why", why);
	if (r >= 0)
		r = put_flag(to, "active", a->active);
	if (r >= 0)
		r = put_flag(to, "acknowledged", a->acknowledged);
	if (r >= 0)
		r = put_text(to, "evidence", a->evidence);
	if (r >= 0)
		r = put_text(to, "remedy", alarm_kind_info(a->kind)->remedy);
	if (r >= 0)
		r = put_life(to, a);
	return r < 0 ? r : sd_bus_message_close_container(to);
}

static int put_out(sd_bus_message *to, const struct alarm_out *o)
{
	int r = sd_bus_message_open_container(to, 'a', "{sv}");

	if (r >= 0)
		r = put_object(to, &o->object, o->name);
	if (r >= 0)
		r = put_text(to, "who", o->who);
	if (r >= 0)
		r = put_text(to, "why", o->why);
	if (r >= 0)
		r = put_stamp(to, "since_wall_usec", &o->since);
	if (r >= 0)
		r = put_number(to, "until_wall_usec", o->until.wall_us);
	return r < 0 ? r : sd_bus_message_close_container(to);
}

static int list(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	__cleanup(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct manager *m = userdata;
	const struct alarm_table *t = policy_alarms(m->policy);
	int r = sd_bus_message_new_method_return(call, &reply);
	size_t i;

	(void)error;
	/* nobody is told what a crash could take back */
	store_flush(m->store, manager_now_ns());
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "a{sv}");
	for (i = 0; r >= 0 && i < t->count; i++)
		if (alarm_state(t->alarms[i]) != ALARM_STATE_NORMAL)
			r = put_alarm(m, reply, t->alarms[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int list_outs(sd_bus_message *call, void *userdata,
		     sd_bus_error *error)
{
	__cleanup(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct manager *m = userdata;
	const struct alarm_table *t = policy_alarms(m->policy);
	int r = sd_bus_message_new_method_return(call, &reply);
	size_t i;

	(void)error;
	store_flush(m->store, manager_now_ns());
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "a{sv}");
	for (i = 0; r >= 0 && i < t->out_count; i++)
		r = put_out(reply, &t->outs[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static void say_who(uint32_t uid, char who[ALARM_WHO_MAX + 1])
{
	snprintf(who, ALARM_WHO_MAX + 1, "user %u", uid);
}

/* What a command of the table could not do, in words */
static int explain(int r, const char *what, sd_bus_error *error)
{
	switch (r) {
	case -ENOENT:
		return sd_bus_error_setf(error, "org.bacs1.Error.NotFound",
					 "%s is not there; see 'bacsctl alarms'",
					 what);
	case -EALREADY:
		return sd_bus_error_setf(error, "org.bacs1.Error.Already",
					 "%s is so already", what);
	case -ENOTUNIQ:
		return sd_bus_error_setf(error, "org.bacs1.Error.NotFound",
					 "%s is the name of several things; name a module as bus:address",
					 what);
	case -ERANGE:
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "%s: time or level is out of range", what);
	default:
		return r;
	}
}

static int done(sd_bus_message *call, int r, const char *what,
		sd_bus_error *error)
{
	if (r < 0)
		return explain(r, what, error);
	return sd_bus_reply_method_return(call, NULL);
}

static int explain_id(sd_bus_message *call, int r, uint64_t id,
		      sd_bus_error *error)
{
	char what[40];

	snprintf(what, sizeof(what), "Alarm %llu", (unsigned long long)id);
	return done(call, r, what, error);
}

static int acknowledge_all(struct manager *m, const char *who)
{
	const struct alarm_table *t = policy_alarms(m->policy);
	size_t i = t->count;
	int n = 0;

	/* from the end: an alarm that returned is gone afterwards */
	while (i-- > 0)
		if (policy_acknowledge(m->policy, t->alarms[i]->id, who,
				       manager_now_ns()) == 0)
			n++;
	return n;
}

static int do_acknowledge(struct manager *m, sd_bus_message *call,
			  uint32_t uid, sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	const uint64_t *ids;
	size_t size, i, n;
	int r = sd_bus_message_read_array(call, 't', (const void **)&ids,
					  &size);

	if (r < 0)
		return r;
	say_who(uid, who);
	n = size / sizeof(*ids);
	/* all or none */
	for (i = 0; i < n; i++)
		if (!alarm_find_id(policy_alarms(m->policy), ids[i]))
			return explain_id(call, -ENOENT, ids[i], error);
	r = n ? 0 : acknowledge_all(m, who);
	for (i = 0; i < n; i++)
		if (policy_acknowledge(m->policy, ids[i], who,
				       manager_now_ns()) == 0)
			r++;
	return sd_bus_reply_method_return(call, "u", (uint32_t)r);
}

static int acknowledge(sd_bus_message *call, void *userdata,
		       sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.acknowledge",
			    do_acknowledge, error);
}

static int do_shelve(struct manager *m, sd_bus_message *call, uint32_t uid,
		     sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	const char *why;
	uint64_t id;
	uint32_t seconds;
	int r = sd_bus_message_read(call, "tus", &id, &seconds, &why);

	if (r < 0)
		return r;
	if (!*why)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "Say why: an alarm is not hidden without a reason");
	if (!seconds || seconds * NSEC_PER_SEC > ALARM_SHELVE_MAX_NS)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "Shelving for %u s is out of range: 1 to %llu s",
					 seconds, (unsigned long long)
					 (ALARM_SHELVE_MAX_NS / NSEC_PER_SEC));
	say_who(uid, who);
	r = policy_shelve(m->policy, id, seconds * NSEC_PER_SEC, who, why,
			  manager_now_ns());
	return explain_id(call, r, id, error);
}

static int shelve(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.acknowledge", do_shelve,
			    error);
}

static int do_unshelve(struct manager *m, sd_bus_message *call, uint32_t uid,
		       sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	uint64_t id;
	int r = sd_bus_message_read(call, "t", &id);

	if (r < 0)
		return r;
	say_who(uid, who);
	r = policy_unshelve(m->policy, id, who, manager_now_ns());
	return explain_id(call, r, id, error);
}

static int unshelve(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.acknowledge",
			    do_unshelve, error);
}

static int do_mute(struct manager *m, sd_bus_message *call, uint32_t uid,
		   sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	int r;

	say_who(uid, who);
	r = policy_mute(m->policy, who, manager_now_ns());
	return done(call, r, r == -ENOENT ? "An active alarm" : "Muting",
		    error);
}

static int mute(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_mute,
			    error);
}

static int do_take_out(struct manager *m, sd_bus_message *call, uint32_t uid,
		       sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	const char *name, *why;
	uint32_t seconds;
	int r = sd_bus_message_read(call, "sus", &name, &seconds, &why);

	if (r < 0)
		return r;
	if (!*why)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "Say why: nothing goes out of service without a reason");
	say_who(uid, who);
	r = policy_take_out(m->policy, name, seconds * NSEC_PER_SEC, who, why,
			    manager_now_ns());
	return done(call, r, name, error);
}

static int take_out(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_take_out,
			    error);
}

static int do_put_back(struct manager *m, sd_bus_message *call, uint32_t uid,
		       sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	const char *name;
	int r = sd_bus_message_read(call, "s", &name);

	if (r < 0)
		return r;
	say_who(uid, who);
	r = policy_put_back(m->policy, name, who, manager_now_ns());
	return done(call, r, name, error);
}

static int put_back(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_put_back,
			    error);
}

static int do_test(struct manager *m, sd_bus_message *call, uint32_t uid,
		   sd_bus_error *error)
{
	char who[ALARM_WHO_MAX + 1];
	const char *level;
	uint32_t seconds;
	int r = sd_bus_message_read(call, "su", &level, &seconds);

	if (r < 0)
		return r;
	say_who(uid, who);
	r = policy_test_alarm(m->policy, alarm_level_by_name(level),
			      seconds * NSEC_PER_SEC, who, manager_now_ns());
	if (r == -ERANGE)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "A test is of level advisory, warning or alarm (not '%s') and takes 1 to %llu s (not %u)",
					 level, (unsigned long long)
					 (ALARM_TEST_MAX_NS / NSEC_PER_SEC),
					 seconds);
	return done(call, r, "The test", error);
}

static int test(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_test,
			    error);
}

/* Active, Unacknowledged, ... counted; OutOfService counts things */
static int get_count(sd_bus *bus, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct alarm_table *t = policy_alarms(m->policy);
	enum alarm_state wanted = ALARM_STATE_ACKNOWLEDGED;
	uint32_t n = 0;
	size_t i;

	(void)bus, (void)path, (void)interface, (void)error;
	if (!strcmp(property, "OutOfService"))
		return sd_bus_message_append(reply, "u",
					     (uint32_t)t->out_count);
	if (!strcmp(property, "Unacknowledged"))
		wanted = ALARM_STATE_UNACKNOWLEDGED;
	else if (!strcmp(property, "Returned"))
		wanted = ALARM_STATE_RETURNED;
	else if (!strcmp(property, "Shelved"))
		wanted = ALARM_STATE_SHELVED;
	else if (!strcmp(property, "Suppressed"))
		wanted = ALARM_STATE_SUPPRESSED;
	for (i = 0; i < t->count; i++)
		n += alarm_state(t->alarms[i]) == wanted;
	return sd_bus_message_append(reply, "u", n);
}

static int get_muted(sd_bus *bus, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "b",
				     (int)policy_alarms(m->policy)->muted);
}

static int get_muted_by(sd_bus *bus, const char *path, const char *interface,
			const char *property, sd_bus_message *reply,
			void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s",
				     policy_alarms(m->policy)->muted_by);
}

static const char *output_text(const struct output_state *s,
			       enum output output)
{
	if (!s->on)
		return "off";
	if (output == OUTPUT_LED)
		return s->yellow ? "yellow" : "red";
	return "on";
}

static int get_outputs(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct output_state *s = policy_outputs(m->policy);
	int o, r = sd_bus_message_open_container(reply, 'a', "(sst)");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	for (o = 0; r >= 0 && o < OUTPUT_COUNT; o++)
		r = sd_bus_message_append(reply, "(sst)", output_name(o),
					  output_text(&s[o], o), s[o].alarm);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

void bus_outputs_changed(struct manager *m)
{
	if (m->bus && m->bus_named)
		sd_bus_emit_properties_changed(m->bus, BUS_ROOT, BUS_ALARMS,
					       "Outputs", NULL);
}

void bus_alarm_changed(struct manager *m, const struct alarm *a,
		       enum alarm_change change)
{
	__cleanup(sd_bus_message_unrefp) sd_bus_message *signal = NULL;
	int r;

	if (!m->bus || !m->bus_named)
		return;
	r = sd_bus_message_new_signal(m->bus, &signal, BUS_ROOT, BUS_ALARMS,
				      "Changed");
	if (r >= 0)
		r = sd_bus_message_append(signal, "s",
					  alarm_change_name(change));
	if (r >= 0)
		r = put_alarm(m, signal, a);
	if (r >= 0)
		sd_bus_send(m->bus, signal, NULL);
}

void bus_alarms_pending(struct manager *m)
{
	if (m->bus && m->bus_named)
		sd_bus_emit_properties_changed(m->bus, BUS_ROOT, BUS_ALARMS,
					       "Muted", "OutOfService", NULL);
}

/* Documentation/dbus/org.bacs1.xml and org.bacs1(5) say the same in words */
const sd_bus_vtable bus_alarms_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("List", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("aa{sv}", alarms), list,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ListOutOfService", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("aa{sv}", things), list_outs,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Acknowledge", SD_BUS_ARGS("at", ids),
				SD_BUS_RESULT("u", acknowledged), acknowledge,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Shelve",
				SD_BUS_ARGS("t", id, "u", seconds, "s", why),
				SD_BUS_NO_RESULT, shelve,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Unshelve", SD_BUS_ARGS("t", id),
				SD_BUS_NO_RESULT, unshelve,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Mute", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, mute,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("TakeOutOfService",
				SD_BUS_ARGS("s", name, "u", seconds, "s", why),
				SD_BUS_NO_RESULT, take_out,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("ReturnToService", SD_BUS_ARGS("s", name),
				SD_BUS_NO_RESULT, put_back,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Test", SD_BUS_ARGS("s", level, "u", seconds),
				SD_BUS_NO_RESULT, test,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_ARGS("Changed",
				SD_BUS_ARGS("s", change, "a{sv}", alarm), 0),
	SD_BUS_PROPERTY("Unacknowledged", "u", get_count, 0, 0),
	SD_BUS_PROPERTY("Acknowledged", "u", get_count, 0, 0),
	SD_BUS_PROPERTY("Returned", "u", get_count, 0, 0),
	SD_BUS_PROPERTY("Shelved", "u", get_count, 0, 0),
	SD_BUS_PROPERTY("Suppressed", "u", get_count, 0, 0),
	SD_BUS_PROPERTY("OutOfService", "u", get_count, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Muted", "b", get_muted, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("MutedBy", "s", get_muted_by, 0, 0),
	SD_BUS_PROPERTY("Outputs", "a(sst)", get_outputs, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END
};
