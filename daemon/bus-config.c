// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Configuration: what is in force, and who says so */
#include <errno.h>
#include <string.h>

#include "bus.h"
#include "config-show.h"

struct reply {
	sd_bus_message *message;
	int error;		/* the first one */
};

static void add_key(const struct config_row *row, void *userdata)
{
	struct reply *r = userdata;

	if (r->error >= 0)
		r->error = sd_bus_message_append(r->message, "(sssssb)",
						 row->section, row->name,
						 row->key, row->value,
						 row->source,
						 (int)row->is_default);
}

static int get_keys(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	struct reply r = { .message = NULL };

	(void)error;
	r.error = sd_bus_message_new_method_return(call, &r.message);
	if (r.error >= 0)
		r.error = sd_bus_message_open_container(r.message, 'a',
							"(sssssb)");
	if (r.error >= 0)
		config_show(m->config, add_key, &r);
	if (r.error >= 0)
		r.error = sd_bus_message_close_container(r.message);
	if (r.error >= 0)
		r.error = sd_bus_send(NULL, r.message, NULL);
	sd_bus_message_unref(r.message);
	return r.error;
}

int bus_append_limits(sd_bus_message *to, const struct policy_module *p)
{
	int i, r = sd_bus_message_open_container(to, 'a', "{si}");
	struct policy_limits limits;

	policy_limits_to_show(p, &limits);
	for (i = BACS_LIMIT_VOLTAGE_MIN; r >= 0 && i < BACS_LIMIT_COUNT; i++)
		if (limits.value[i] != POLICY_UNSET)
			r = sd_bus_message_append(to, "{si}",
						  bacs_limit_name(i),
						  limits.value[i]);
	return r < 0 ? r : sd_bus_message_close_container(to);
}

static int add_module(sd_bus_message *to, const struct policy_module *p)
{
	int r = sd_bus_message_open_container(to, 'r', "sysssa{si}");

	if (r >= 0)
		r = sd_bus_message_append(to, "sysss", p->bus->name,
					  p->address, p->name,
					  policy_limits_state_name(p),
					  p->profile);
	if (r >= 0)
		r = bus_append_limits(to, p);
	return r < 0 ? r : sd_bus_message_close_container(to);
}

/* What others wrote in a state, as far as it is not what we say */
static int add_adopted(sd_bus_message *to, const struct policy_module *p,
		       enum limit_state state)
{
	struct policy_limits theirs, ours;
	int i, r = 0;

	if (!policy_limits_adopted(p, state, &theirs, &ours))
		return 0;
	for (i = BACS_LIMIT_VOLTAGE_MIN; r >= 0 && i < BACS_LIMIT_COUNT; i++)
		if (theirs.value[i] != ours.value[i])
			r = sd_bus_message_append(to, "(sysssii)",
						  p->bus->name, p->address,
						  limit_state_name(state),
						  policy_limit_key(i, state),
						  bacs_limit_name(i),
						  theirs.value[i],
						  ours.value[i]);
	return r;
}

/* Calls @fn for every module there is */
static int each_module(struct manager *m, sd_bus_message *to,
		       int (*fn)(sd_bus_message *to,
				 const struct policy_module *p))
{
	size_t i;
	int a, r = 0;

	for (i = 0; r >= 0 && i < policy_bus_count(m->policy); i++) {
		const struct policy_bus *b = policy_bus_at(m->policy, i);

		for (a = 1; r >= 0 && a <= POLICY_ADDRESS_MAX; a++)
			if (b->modules[a])
				r = fn(to, b->modules[a]);
	}
	return r;
}

static int add_all_adopted(sd_bus_message *to, const struct policy_module *p)
{
	int state, r = 0;

	for (state = 0; r >= 0 && state <= LIMIT_STATES; state++)
		r = add_adopted(to, p, state);
	return r;
}

static int get_each(struct manager *m, sd_bus_message *call, const char *type,
		    int (*fn)(sd_bus_message *to,
			      const struct policy_module *p))
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(call, &reply);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', type);
	if (r >= 0)
		r = each_module(m, reply, fn);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static int get_limits(sd_bus_message *call, void *userdata,
		      sd_bus_error *error)
{
	(void)error;
	return get_each(userdata, call, "(sysssa{si})", add_module);
}

static int get_adopted_limits(sd_bus_message *call, void *userdata,
			      sd_bus_error *error)
{
	(void)error;
	return get_each(userdata, call, "(sysssii)", add_all_adopted);
}

static void add_limit(const struct config_row *row, void *userdata)
{
	struct reply *r = userdata;

	if (r->error >= 0 && row->has_number)
		r->error = sd_bus_message_append(r->message, "(ssssi)",
						 row->key, row->value,
						 row->unit, row->source,
						 (int32_t)row->number);
}

static int get_module_limits(sd_bus_message *call, void *userdata,
			     sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_module *p;
	struct reply r = { .message = NULL };
	const char *bus;
	uint8_t address;

	r.error = sd_bus_message_read(call, "sy", &bus, &address);
	if (r.error < 0)
		return r.error;
	p = policy_find_module(m->policy, bus, address);
	if (!p)
		return sd_bus_error_setf(error, "org.bacs1.Error.NoSuchModule",
					 "There is no module %u on bus '%s'",
					 address, bus);
	r.error = sd_bus_message_new_method_return(call, &r.message);
	if (r.error >= 0)
		r.error = sd_bus_message_append(r.message, "u",
						p->nominal_mv);
	if (r.error >= 0)
		r.error = sd_bus_message_open_container(r.message, 'a',
							"(ssssi)");
	if (r.error >= 0)
		config_show_limits(m->config, bus, address, add_limit, &r);
	if (r.error >= 0)
		r.error = sd_bus_message_close_container(r.message);
	if (r.error >= 0)
		r.error = sd_bus_send(NULL, r.message, NULL);
	sd_bus_message_unref(r.message);
	return r.error;
}

/* Documentation/dbus/org.bacs1.xml and org.bacs1(5) say the same in words */
const sd_bus_vtable bus_config_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("GetKeys", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("a(sssssb)", keys), get_keys,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetLimits", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("a(sysssa{si})", modules),
				get_limits, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetAdoptedLimits", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("a(sysssii)", limits),
				get_adopted_limits,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("GetModuleLimits",
				SD_BUS_ARGS("s", bus, "y", address),
				SD_BUS_RESULT("u", nominal_mv, "a(ssssi)",
					      limits),
				get_module_limits,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};
