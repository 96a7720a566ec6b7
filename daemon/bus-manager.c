// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Manager */
#include <errno.h>
#include <string.h>

#include "bus.h"

static int get_version(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property;
	(void)userdata, (void)error;
	return sd_bus_message_append(reply, "s", BACS_VERSION);
}

/* Every property that is a text of the manager, by name */
static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_site *site = policy_site(m->policy);
	struct store_status store;
	const char *text = "";

	(void)bus, (void)path, (void)interface, (void)error;
	store_get_status(m->store, &store);
	if (!strcmp(property, "Site"))
		text = m->config->site_name;
	else if (!strcmp(property, "Driver"))
		text = bacs_driver_name(site->driver);
	else if (!strcmp(property, "Colour"))
		text = bacs_colour_name(site->colour);
	else if (!strcmp(property, "Reason"))
		text = site->reason;
	else if (!strcmp(property, "ConfigurationState"))
		text = *m->config_error && !strcmp(m->config_state, "good") ?
		       "refused" : m->config_state;
	else if (!strcmp(property, "ConfigurationError"))
		text = m->config_error;
	else if (!strcmp(property, "HistoryState"))
		text = store.degraded ? "degraded" : "ok";
	else if (!strcmp(property, "HistoryReason"))
		text = store.reason;
	else if (!strcmp(property, "RoomSensor"))
		text = m->room_sensor;
	else if (!strcmp(property, "RoomReason"))
		text = m->room_reason;
	else if (!strcmp(property, "ClockQuality"))
		text = clock_quality_name(
			recorder_get_clock(m->recorder)->quality);
	return sd_bus_message_append(reply, "s", text);
}

static int get_armed(sd_bus *bus, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "b",
				     policy_site(m->policy)->armed);
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_site *site = policy_site(m->policy);
	struct store_status store;
	uint64_t v = 0;

	(void)bus, (void)path, (void)interface, (void)error;
	store_get_status(m->store, &store);
	if (!strcmp(property, "HistoryQueued"))
		v = store.queued;
	else if (!strcmp(property, "HistoryDropped"))
		v = store.dropped + store.refused;
	else if (!strcmp(property, "StartedUSec"))
		v = site->start_ns / NSEC_PER_USEC;
	else if (!strcmp(property, "ArmedUSec"))
		v = site->armed_ns / NSEC_PER_USEC;
	return sd_bus_message_append(reply, "t", v);
}

/* A dictionary as that of a string's values: what is not known is not there */
static int get_room_values(sd_bus *bus, const char *path,
			   const char *interface, const char *property,
			   sd_bus_message *reply, void *userdata,
			   sd_bus_error *error)
{
	struct manager *m = userdata;
	int r = sd_bus_message_open_container(reply, 'a', "{sx}");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	if (r >= 0 && m->room_known)
		r = sd_bus_message_append(reply, "{sx}", "temperature_mc",
					  (int64_t)m->room_mc);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_strings(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	char string[BUS_PATH_MAX];
	size_t i;
	int r = sd_bus_message_open_container(reply, 'a', "o");

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	for (i = 0; r >= 0 && i < policy_string_count(m->policy); i++) {
		r = bus_path_of_string(policy_string_at(m->policy, i), string);
		if (r >= 0)
			r = sd_bus_message_append(reply, "o", string);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int do_reload(struct manager *m, sd_bus_message *call, uint32_t uid,
		     sd_bus_error *error)
{
	int r = manager_reload(m);

	if (r == -EINVAL)
		return sd_bus_error_setf(error,
					 "org.bacs1.Error.Configuration",
					 "The old configuration stays: %s",
					 m->config_error);
	if (r < 0)
		return r;
	manager_event_text(m, POLICY_COMMAND, "", 0,
			   "User %u had the configuration read again", uid);
	return sd_bus_reply_method_return(call, NULL);
}

static int reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure", do_reload,
			    error);
}

/* Documentation/dbus/org.bacs1.xml and org.bacs1(5) say the same in words */
const sd_bus_vtable bus_manager_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("GetSnapshot", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("t", now_usec, "as", quantities,
					      "a(systsssttax)", modules),
				bus_get_snapshot, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
				reload, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_ARGS("Event",
				SD_BUS_ARGS("t", wall_usec, "t", boot_usec,
					    "s", kind, "s", severity, "s", bus,
					    "y", address, "s", name, "x", old,
					    "x", new, "s", text), 0),
	SD_BUS_PROPERTY("Version", "s", get_version, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Site", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Driver", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Colour", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Reason", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Armed", "b", get_armed, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("StartedUSec", "t", get_number, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("ArmedUSec", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("ConfigurationState", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("ConfigurationError", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Strings", "ao", get_strings, 0, 0),
	SD_BUS_PROPERTY("HistoryState", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("HistoryReason", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("HistoryQueued", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("HistoryDropped", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("ClockQuality", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("RoomSensor", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("RoomValues", "a{sx}", get_room_values, 0, 0),
	SD_BUS_PROPERTY("RoomReason", "s", get_text, 0, 0),
	SD_BUS_VTABLE_END
};
