// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Module */
#include <errno.h>
#include <string.h>

#include "bus.h"

int bus_module_lookup(sd_bus *bus, const char *path, const char *interface,
		      void *userdata, void **ret_found, sd_bus_error *error)
{
	(void)bus, (void)interface, (void)error;
	if (!bus_find_module(userdata, path))
		return 0;
	*ret_found = userdata;
	return 1;
}

/* The module as the driver has it now, or NULL */
static const struct bacs_module *driver_module(struct manager *m,
					       const struct policy_module *p)
{
	const struct bacs_bus *bus = bacs_bus_find(m->bacs, p->bus->name);

	return bus ? bacs_module_find(bus, p->address) : NULL;
}

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_module *p = bus_find_module(m, path);
	const struct bacs_module *d = p ? driver_module(m, p) : NULL;
	const char *text = "";

	(void)bus, (void)interface, (void)error;
	if (!p)
		return -ENOENT;
	if (!strcmp(property, "Bus"))
		text = p->bus->name;
	else if (!strcmp(property, "Name"))
		text = p->name;
	else if (!strcmp(property, "State"))
		text = bacs_modstate_name(p->state);
	else if (!strcmp(property, "Colour"))
		text = bacs_colour_name(p->colour);
	else if (!strcmp(property, "Reason"))
		text = p->reason;
	else if (!strcmp(property, "Class"))
		text = bacs_modclass_name(p->facts.modclass);
	else if (!strcmp(property, "String"))
		text = p->string;
	else if (d && !strcmp(property, "Model"))
		text = bacs_module_model(d);
	return sd_bus_message_append(reply, "s", text);
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	uint32_t v = 0;

	(void)bus, (void)interface, (void)error;
	if (!p)
		return -ENOENT;
	if (!strcmp(property, "StringNumber"))
		v = p->string_number;
	else if (!strcmp(property, "Jar"))
		v = p->jar;
	else if (!strcmp(property, "NominalMilliVolt"))
		v = p->nominal_mv;
	return sd_bus_message_append(reply, "u", v);
}

static int get_address(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	return p ? sd_bus_message_append(reply, "y", p->address) : -ENOENT;
}

static int get_configured(sd_bus *bus, const char *path, const char *interface,
			  const char *property, sd_bus_message *reply,
			  void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	return p ? sd_bus_message_append(reply, "b", p->configured) : -ENOENT;
}

static int get_long(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	uint64_t v = 0;

	(void)bus, (void)interface, (void)error;
	if (!p)
		return -ENOENT;
	if (!strcmp(property, "Serial"))
		v = p->facts.serial;
	else if (!strcmp(property, "StateSinceUSec"))
		v = p->since_ns / NSEC_PER_USEC;
	else if (p->state == BACS_MODULE_OK)
		v = p->sample.time_ns / NSEC_PER_USEC;
	return sd_bus_message_append(reply, "t", v);
}

/* Only what is live: a value that is not there is not in the dictionary */
static int get_values(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	int q, r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!p)
		return -ENOENT;
	r = sd_bus_message_open_container(reply, 'a', "{sx}");
	for (q = 1; r >= 0 && q < BACS_Q_COUNT; q++)
		if (p->state == BACS_MODULE_OK &&
		    p->sample.present & 1U << q)
			r = sd_bus_message_append(reply, "{sx}",
						  bacs_q_name(q),
						  p->sample.value[q]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_limits(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	return p ? bus_append_limits(reply, p) : -ENOENT;
}

static const struct policy_module *called_module(struct manager *m,
						 sd_bus_message *call)
{
	return bus_find_module(m, sd_bus_message_get_path(call));
}

static int do_identify(struct manager *m, sd_bus_message *call, uint32_t uid,
		       sd_bus_error *error)
{
	const struct policy_module *p = called_module(m, call);
	int on, r = sd_bus_message_read(call, "b", &on);

	if (r < 0)
		return r;
	if (!p)
		return -ENODEV;
	r = bus_claim(m, p->bus->name, error);
	if (r < 0)
		return r;
	r = bacs_identify(m->bacs, p->bus->name, p->address, on);
	if (r < 0)
		return bus_command_error(m, r, "Cannot switch the LED", error);
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   "User %u switched the identification LED of %s %s",
			   uid, p->name, on ? "on" : "off");
	return sd_bus_reply_method_return(call, NULL);
}

static int identify(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_identify,
			    error);
}

static int do_measure(struct manager *m, sd_bus_message *call, uint32_t uid,
		      sd_bus_error *error)
{
	const struct policy_module *p = called_module(m, call);
	char why[200] = "";
	int r;

	if (!p)
		return -ENODEV;
	/* the schedule keeps the rules of its string and charger */
	r = policy_ri_request(m->policy, p->bus->name, p->address, why,
			      sizeof(why));
	if (r == 0) {
		manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
				   "User %u asked for a measurement of internal resistance at %s",
				   uid, p->name);
		return sd_bus_reply_method_return(call, NULL);
	}
	if (r != -ENOENT)
		return sd_bus_error_set_errnof(error, -r,
					       "Cannot measure internal resistance: %s",
					       *why ? why : strerror(-r));
	r = bus_claim(m, p->bus->name, error);
	if (r < 0)
		return r;
	r = bacs_ri_start(m->bacs, p->bus->name, p->address);
	if (r < 0)
		return bus_command_error(m, r,
					 "Cannot measure internal resistance",
					 error);
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   "User %u started a measurement of internal resistance at %s",
			   uid, p->name);
	return sd_bus_reply_method_return(call, NULL);
}

static int measure(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_measure,
			    error);
}

static int do_forget(struct manager *m, sd_bus_message *call, uint32_t uid,
		     sd_bus_error *error)
{
	const struct policy_module *p = called_module(m, call);
	char bus[POLICY_BUS_NAME_MAX + 1], name[POLICY_NAME_MAX + 1];
	unsigned int address;

	if (!p)
		return -ENODEV;
	if (p->configured)
		return sd_bus_error_set_errnof(error, EBUSY,
					       "Module %s is named in the configuration; remove address %u from it first",
					       p->name, p->address);
	if (p->in_driver && p->state == BACS_MODULE_OK)
		return sd_bus_error_set_errnof(error, EBUSY,
					       "Module %s answers; only a module that is gone can be forgotten",
					       p->name);
	/* the object goes away with it */
	strcpy(bus, p->bus->name);
	strcpy(name, p->name);
	address = p->address;
	store_module_forget(m->store, bus, address);
	policy_forget(m->policy, bus, address, manager_now_ns());
	manager_event_text(m, POLICY_COMMAND, bus, address,
			   "User %u had module %s forgotten", uid, name);
	return sd_bus_reply_method_return(call, NULL);
}

static int forget(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.setup", do_forget,
			    error);
}

const sd_bus_vtable bus_module_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Identify", SD_BUS_ARGS("b", on),
				SD_BUS_NO_RESULT, identify,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("StartResistanceMeasurement", SD_BUS_NO_ARGS,
				SD_BUS_NO_RESULT, measure,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Forget", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
				forget, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Bus", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Address", "y", get_address, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Name", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("State", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Colour", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Reason", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("StateSinceUSec", "t", get_long, 0, 0),
	SD_BUS_PROPERTY("Configured", "b", get_configured, 0, 0),
	SD_BUS_PROPERTY("Class", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Serial", "t", get_long, 0, 0),
	SD_BUS_PROPERTY("Model", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("String", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("StringNumber", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Jar", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("NominalMilliVolt", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("MeasuredUSec", "t", get_long, 0, 0),
	SD_BUS_PROPERTY("Values", "a{sx}", get_values, 0, 0),
	SD_BUS_PROPERTY("Limits", "a{si}", get_limits, 0, 0),
	SD_BUS_VTABLE_END
};
