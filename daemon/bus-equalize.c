// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.String, what it says about equalizing */
#include <errno.h>
#include <string.h>

#include "bus.h"

/* Why, and whose word it is where that is not the configuration's */
static const char *reason_of(const struct policy_string *s, char *text,
			     size_t size)
{
	if (!s->said)
		return s->equalize->reason;
	snprintf(text, size, "%s; %s switched it %s, the configuration says Equalize=%s",
		 s->equalize->reason, s->said_by, s->said > 0 ? "on" : "off",
		 s->said > 0 ? "no" : "yes");
	return text;
}

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_string *s = bus_find_string(m, path);
	const struct equalize *e = s ? s->equalize : NULL;
	const struct policy_module *module = NULL;
	char reason[400];
	const char *text = "";

	(void)bus, (void)interface, (void)error;
	if (!e)
		return -ENOENT;
	if (e->culprit >= 0 && e->culprit < s->count)
		module = policy_find_module(m->policy, s->bus,
					    s->cells[e->culprit].address);
	if (!strcmp(property, "Equalizing"))
		text = equalize_status_name(e->status);
	else if (!strcmp(property, "EqualizingReason"))
		text = reason_of(s, reason, sizeof(reason));
	else if (!strcmp(property, "EqualizingOperator"))
		text = s->said ? s->said_by : "";
	else if (!strcmp(property, "EqualizingModule") && module)
		text = module->name;
	else if (!strcmp(property, "EqualizingFloatSource"))
		text = equalize_source_name(e->source);
	return sd_bus_message_append(reply, "s", text);
}

static int append(sd_bus_message *reply, bool there, const char *name,
		  int64_t value)
{
	return there ? sd_bus_message_append(reply, "{sx}", name, value) : 0;
}

static int get_values(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	const struct equalize *e = s ? s->equalize : NULL;
	bool on = e && e->config.on;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!e)
		return -ENOENT;
	r = sd_bus_message_open_container(reply, 'a', "{sx}");
	if (r >= 0)
		r = append(reply, true, "window_low_uv", e->config.low_uv);
	if (r >= 0)
		r = append(reply, true, "window_high_uv", e->config.high_uv);
	if (r >= 0)
		r = append(reply, e->config.capacity_mah, "capacity_mah",
			   e->config.capacity_mah);
	if (r >= 0)
		r = append(reply, e->config.bypass_ua, "bypass_current_ua",
			   e->config.bypass_ua);
	if (r >= 0)
		r = append(reply, on && e->float_ua, "float_current_ua",
			   e->float_ua);
	if (r >= 0)
		r = append(reply, e->has_mean, "target_uv", e->mean_uv);
	if (r >= 0)
		r = append(reply, e->has_mean, "spread_uv", e->spread_uv);
	if (r >= 0)
		r = append(reply, e->has_off, "spread_off_uv", e->off_uv);
	if (r >= 0)
		r = append(reply, on && e->finish_s >= 0, "finish_s",
			   e->finish_s);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_jar(struct manager *m, const struct policy_string *s,
		      unsigned int i, sd_bus_message *reply)
{
	const struct equalize_jar *j = &s->equalize->jars[i];
	const struct policy_module *module =
		policy_find_module(m->policy, s->bus, s->cells[i].address);

	return sd_bus_message_append(reply, "(uysssbxxuux)", i + 1,
				     s->cells[i].address,
				     module ? module->name : "",
				     equalize_status_name(j->status),
				     j->reason, (int)j->has_target,
				     j->has_target ? j->target_uv : 0,
				     j->has_target ? j->deviation_uv : 0,
				     (uint32_t)j->duty_permille,
				     (uint32_t)j->limit_permille,
				     (int64_t)j->taken_uah);
}

static int get_modules(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	unsigned int i;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!s || !s->equalize)
		return -ENOENT;
	r = sd_bus_message_open_container(reply, 'a', "(uysssbxxuux)");
	for (i = 0; r >= 0 && i < s->count; i++)
		r = append_jar(userdata, s, i, reply);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int do_set(struct manager *m, sd_bus_message *call, uint32_t uid,
		  sd_bus_error *error)
{
	const struct policy_string *s =
		bus_find_string(m, sd_bus_message_get_path(call));
	uint64_t now_ns = manager_now_ns();
	int on, r = sd_bus_message_read(call, "b", &on);
	char who[32];

	if (r < 0)
		return r;
	if (!s)
		return -ENOENT;
	bus_who(uid, who, sizeof(who));
	r = policy_equalize_switch(m->policy, s->name, on, who, now_ns);
	if (r == -ENODATA)
		return sd_bus_error_set_errnof(error, ENODATA,
					       "String %s cannot be equalized: the capacity of its blocks is not known; set Capacity= in [String %s] of bacsd.conf",
					       s->name, s->name);
	if (r < 0)
		return r;
	/* do not wait a second for what stops it */
	manager_tick_control(m, now_ns);
	policy_tick(m->policy, now_ns);
	manager_event_text(m, POLICY_COMMAND, s->bus, 0,
			   "User %u switched equalizing of string %s %s%s",
			   uid, s->name, on ? "on" : "off", s->said ?
			   ", against the configuration; it holds over reload and restart" :
			   ", as the configuration says");
	return sd_bus_reply_method_return(call, NULL);
}

static int set_equalizing(sd_bus_message *call, void *userdata,
			  sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_set, error);
}

const sd_bus_vtable bus_equalize_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("SetEqualizing", SD_BUS_ARGS("b", on),
				SD_BUS_NO_RESULT, set_equalizing,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Equalizing", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("EqualizingReason", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("EqualizingOperator", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("EqualizingModule", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("EqualizingFloatSource", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("EqualizingValues", "a{sx}", get_values, 0, 0),
	SD_BUS_PROPERTY("EqualizingModules", "a(uysssbxxuux)", get_modules, 0,
			0),
	SD_BUS_VTABLE_END
};
