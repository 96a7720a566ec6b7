// SPDX-License-Identifier: GPL-2.0-or-later
/* The connection to the system bus: made, lost, made again */
#include <errno.h>
#include <string.h>

#include "bus.h"

#define RETRY_NS (5 * NSEC_PER_SEC)

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const sd_bus_error *e = sd_bus_message_get_error(reply);
	uint32_t result = 0;

	(void)error;
	if (e) {
		journal_print(LOG_ERR,
			      "The bus does not give away the name " BUS_NAME ": %s",
			      e->message ? e->message : e->name);
		return 0;
	}
	if (sd_bus_message_read(reply, "u", &result) < 0 ||
	    (result != 1 && result != 4)) {
		journal_print(LOG_ERR,
			      "The name " BUS_NAME " belongs to another process");
		return 0;
	}
	m->bus_named = true;
	if (m->bus_source)
		sd_event_source_set_enabled(m->bus_source, SD_EVENT_ONESHOT);
	manager_notify_tick(m, manager_now_ns());
	return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata,
			   sd_bus_error *error)
{
	struct manager *m = userdata;

	(void)message;
	(void)error;
	journal_print(LOG_WARNING,
		      "The connection to the bus is lost; monitoring goes on, a new one is tried every %d s",
		      (int)(RETRY_NS / NSEC_PER_SEC));
	/* closed by bus_tick(): not from within its own callback */
	m->bus_named = false;
	m->bus_retry_ns = manager_now_ns() + RETRY_NS;
	return 0;
}

static int publish(struct manager *m)
{
	int r;

	r = sd_bus_add_object_manager(m->bus, NULL, BUS_ROOT);
	if (r >= 0)
		r = sd_bus_add_object_vtable(m->bus, NULL, BUS_ROOT,
					     BUS_MANAGER, bus_manager_vtable,
					     m);
	if (r >= 0)
		r = sd_bus_add_object_vtable(m->bus, NULL, BUS_ROOT,
					     BUS_ALARMS, bus_alarms_vtable, m);
	if (r >= 0)
		r = sd_bus_add_object_vtable(m->bus, NULL, BUS_ROOT,
					     BUS_CONFIG, bus_config_vtable, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_PREFIX,
					       BUS_BUS, bus_bus_vtable,
					       bus_bus_lookup, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_PREFIX,
					       BUS_MODULE, bus_module_vtable,
					       bus_module_lookup, m);
	if (r >= 0)
		r = sd_bus_add_node_enumerator(m->bus, NULL, BUS_PREFIX,
					       bus_enumerate, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_STRING_PREFIX,
					       BUS_STRING, bus_string_vtable,
					       bus_string_lookup, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_STRING_PREFIX,
					       BUS_RESISTANCE,
					       bus_resistance_vtable,
					       bus_string_lookup, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_PREFIX,
					       BUS_JAR, bus_jar_vtable,
					       bus_jar_lookup, m);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(m->bus, NULL, BUS_STRING_PREFIX,
					       BUS_STRING, bus_equalize_vtable,
					       bus_string_lookup, m);
	if (r >= 0)
		r = sd_bus_add_node_enumerator(m->bus, NULL, BUS_STRING_PREFIX,
					       bus_enumerate_strings, m);
	if (r >= 0)
		r = sd_bus_match_signal(m->bus, NULL,
					"org.freedesktop.DBus.Local",
					"/org/freedesktop/DBus/Local",
					"org.freedesktop.DBus.Local",
					"Disconnected", on_disconnected, m);
	return r;
}

int bus_open(struct manager *m)
{
	int r = sd_bus_open_system_with_description(&m->bus, "bacsd");

	if (r < 0)
		return r;
	r = publish(m);
	if (r >= 0)
		r = sd_bus_attach_event(m->bus, m->event,
					SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = sd_bus_request_name_async(m->bus, NULL, BUS_NAME, 0,
					      on_name, m);
	if (r < 0)
		bus_close(m);
	return r;
}

void bus_close(struct manager *m)
{
	m->bus_named = false;
	if (m->bus)
		sd_bus_detach_event(m->bus);
	m->bus = sd_bus_flush_close_unref(m->bus);
}

void bus_tick(struct manager *m, uint64_t now_ns)
{
	int r;

	if (m->bus && sd_bus_is_open(m->bus) != 0)
		return;
	if (now_ns < m->bus_retry_ns)
		return;
	bus_close(m);
	m->bus_retry_ns = now_ns + RETRY_NS;
	r = bus_open(m);
	if (r < 0)
		journal_print(LOG_WARNING,
			      "Cannot connect to the system bus: %s; monitoring goes on, tried again in %d s",
			      strerror(-r), (int)(RETRY_NS / NSEC_PER_SEC));
}

int bus_command_error(struct manager *m, int r, const char *what,
		      sd_bus_error *error)
{
	const char *why = bacs_error_text(m->bacs);

	if (*why)
		return sd_bus_error_set_errnof(error, -r, "%s: %s", what, why);
	return sd_bus_error_set_errnof(error, -r, "%s: %s", what,
				       strerror(-r));
}

int bus_claim(struct manager *m, const char *name, sd_bus_error *error)
{
	const struct bacs_bus *bus = bacs_bus_find(m->bacs, name);
	int r = bacs_claim(m->bacs, name);

	if (r >= 0)
		return 0;
	if (r == -EBUSY)
		return sd_bus_error_set_errnof(error, EBUSY,
					       "Bus %s is controlled by process %u; end it first",
					       name, bus ?
					       bacs_bus_controller_pid(bus) :
					       0);
	return bus_command_error(m, r, "Cannot control the bus", error);
}
