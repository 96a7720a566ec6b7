// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Bus */
#include <errno.h>
#include <string.h>

#include "bus.h"

int bus_bus_lookup(sd_bus *bus, const char *path, const char *interface,
		   void *userdata, void **ret_found, sd_bus_error *error)
{
	(void)bus, (void)interface, (void)error;
	if (!bus_find_bus(userdata, path))
		return 0;
	/* handlers look the bus up again: it may be gone before they run */
	*ret_found = userdata;
	return 1;
}

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_bus *b = bus_find_bus(m, path);
	const struct bacs_bus *d = b ? bacs_bus_find(m->bacs, b->name) : NULL;
	const char *text = "";

	(void)bus, (void)interface, (void)error;
	if (!b)
		return -ENOENT;
	if (!strcmp(property, "Name"))
		text = b->name;
	else if (!strcmp(property, "State"))
		text = b->in_driver ? bacs_busstate_name(b->state) : "missing";
	else if (!strcmp(property, "Colour"))
		text = bacs_colour_name(b->colour);
	else if (!strcmp(property, "Reason"))
		text = b->reason;
	else if (d && !strcmp(property, "Tty"))
		text = bacs_bus_tty(d);
	else if (d && !strcmp(property, "Profile"))
		text = bacs_bus_profile(d);
	return sd_bus_message_append(reply, "s", text);
}

static int get_flag(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_bus *b = bus_find_bus(m, path);
	const struct bacs_bus *d = b ? bacs_bus_find(m->bacs, b->name) : NULL;
	bool v = false;

	(void)bus, (void)interface, (void)error;
	if (!b)
		return -ENOENT;
	if (!strcmp(property, "Configured"))
		v = b->configured;
	else if (d && !strcmp(property, "ReadOnly"))
		v = bacs_bus_readonly(d);
	else if (d && !strcmp(property, "SecondMaster"))
		v = bacs_bus_second_master(d);
	return sd_bus_message_append(reply, "b", v);
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_bus *b = bus_find_bus(m, path);
	const struct bacs_bus *d = b ? bacs_bus_find(m->bacs, b->name) : NULL;
	uint32_t v = 0;

	(void)bus, (void)interface, (void)error;
	if (!b)
		return -ENOENT;
	if (!d)
		v = 0;
	else if (!strcmp(property, "Baud"))
		v = bacs_bus_baud(d);
	else if (!strcmp(property, "ScanPeriodMSec"))
		v = bacs_bus_scan_ms(d);
	else if (!strcmp(property, "ScanMinimumMSec"))
		v = bacs_bus_scan_min_ms(d);
	else if (!strcmp(property, "ScanLastMSec"))
		v = bacs_bus_scan_last_ms(d);
	else if (!strcmp(property, "Scans"))
		v = bacs_bus_scans(d);
	else if (!strcmp(property, "ControllerPID"))
		v = bacs_bus_controller_pid(d);
	return sd_bus_message_append(reply, "u", v);
}

/* Addresses as the cable leads to them; nothing where that is not known */
static int get_wiring(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_bus *b = bus_find_bus(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	return b ? sd_bus_message_append_array(reply, 'y', b->wiring,
					       b->wired) : -ENOENT;
}

/* How many of them each branch of the cable has */
static int get_branches(sd_bus *bus, const char *path, const char *interface,
			const char *property, sd_bus_message *reply,
			void *userdata, sd_bus_error *error)
{
	const struct policy_bus *b = bus_find_bus(userdata, path);
	uint8_t counts[POLICY_ADDRESS_MAX];
	unsigned int i, from = 0, n = 0;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!b)
		return -ENOENT;
	for (i = 0; i < b->wired; i++) {
		if (i + 1 < b->wired &&
		    !address_test(b->branch_ends, b->wiring[i]))
			continue;
		counts[n++] = i + 1 - from;
		from = i + 1;
	}
	return sd_bus_message_append_array(reply, 'y', counts, n);
}

static int do_rescan(struct manager *m, sd_bus_message *call, uint32_t uid,
		     sd_bus_error *error)
{
	const struct policy_bus *b = bus_find_bus(
		m, sd_bus_message_get_path(call));
	int r = b ? bacs_rescan(m->bacs, b->name) : -ENODEV;

	if (r < 0)
		return bus_command_error(m, r, "Cannot search", error);
	manager_event_text(m, POLICY_COMMAND, b->name, 0,
			   "User %u had bus %s searched for modules", uid,
			   b->name);
	return sd_bus_reply_method_return(call, NULL);
}

static int rescan(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_rescan,
			    error);
}

static int do_set_scan_period(struct manager *m, sd_bus_message *call,
			      uint32_t uid, sd_bus_error *error)
{
	const struct policy_bus *b = bus_find_bus(
		m, sd_bus_message_get_path(call));
	uint32_t ms;
	int r = sd_bus_message_read(call, "u", &ms);

	if (r < 0)
		return r;
	if (ms > 60000)
		return sd_bus_error_set_errnof(error, ERANGE,
					       "Scan period %u ms is out of range, 1 to 60000 ms is allowed, 0 is the default",
					       ms);
	r = b ? bacs_bus_set_scan_ms(m->bacs, b->name, ms) : -ENODEV;
	if (r < 0)
		return bus_command_error(m, r, "Cannot set the scan period",
					 error);
	manager_event_text(m, POLICY_COMMAND, b->name, 0,
			   "User %u set the scan period of bus %s to %u ms",
			   uid, b->name, ms);
	return sd_bus_reply_method_return(call, NULL);
}

static int set_scan_period(sd_bus_message *call, void *userdata,
			   sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure",
			    do_set_scan_period, error);
}

const sd_bus_vtable bus_bus_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Rescan", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
				rescan, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SetScanPeriod",
				SD_BUS_ARGS("u", period_msec),
				SD_BUS_NO_RESULT, set_scan_period,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Name", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("State", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Colour", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Reason", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Configured", "b", get_flag, 0, 0),
	SD_BUS_PROPERTY("Wiring", "ay", get_wiring, 0, 0),
	SD_BUS_PROPERTY("WiringBranches", "ay", get_branches, 0, 0),
	SD_BUS_PROPERTY("Tty", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Profile", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("ReadOnly", "b", get_flag, 0, 0),
	SD_BUS_PROPERTY("SecondMaster", "b", get_flag, 0, 0),
	SD_BUS_PROPERTY("Baud", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ScanPeriodMSec", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ScanMinimumMSec", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ScanLastMSec", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Scans", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ControllerPID", "u", get_number, 0, 0),
	SD_BUS_VTABLE_END
};
