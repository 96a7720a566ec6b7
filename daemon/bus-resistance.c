// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Resistance of a string: its schedule of internal resistance */
#include <errno.h>
#include <string.h>

#include "bus.h"

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_string *s = bus_find_string(m, path);
	const struct policy_module *at = NULL;
	char text[200] = "";

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	if (s->ri.s.phase != RI_IDLE && s->ri.s.index < s->count)
		at = policy_find_module(m->policy, s->bus,
					s->cells[s->ri.s.index].address);
	if (!strcmp(property, "Charger"))
		snprintf(text, sizeof(text), "%s", s->ri.charger);
	else if (!strcmp(property, "TemperatureEvidence"))
		policy_ri_explain_warmth(s, text, sizeof(text));
	else if (!strcmp(property, "State"))
		policy_ri_explain(m->policy, s, text, sizeof(text));
	else if (at)
		snprintf(text, sizeof(text), "%s", at->name);
	return sd_bus_message_append(reply, "s", text);
}

static int get_number(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	uint32_t v = 0;

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	if (!strcmp(property, "IntervalSec"))
		v = s->ri.s.interval_ns / RI_SECOND_NS;
	else if (!strcmp(property, "Runs"))
		v = s->ri.s.runs;
	else if (!strcmp(property, "RunsNeeded"))
		v = RI_RUNS;
	else if (!strcmp(property, "Measured"))
		v = s->ri.s.measured;
	else if (!strcmp(property, "Failed"))
		v = s->ri.s.failed;
	return sd_bus_message_append(reply, "u", v);
}

static int get_coefficient(sd_bus *bus, const char *path,
			   const char *interface, const char *property,
			   sd_bus_message *reply, void *userdata,
			   sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	struct ri_warmth_fit fit;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!s)
		return -ENOENT;
	ri_warmth_fit(&s->ri.warmth, &fit);
	return sd_bus_message_append(reply, "i", fit.known ? fit.ppm : 0);
}

static int get_bool(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	return sd_bus_message_append(reply, "b", !strcmp(property, "Settled") ?
				     s->ri.s.runs >= RI_RUNS :
				     s->ri.s.running);
}

/* Signed: what an earlier boot left lies before its beginning */
static int get_time(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	int64_t ns;

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	ns = !strcmp(property, "NextUSec") ? ri_string_next(&s->ri.s) :
					     s->ri.s.run_ns;
	return sd_bus_message_append(reply, "x", ns == RI_NEVER ? INT64_MIN :
				     ns / (int64_t)NSEC_PER_USEC);
}

static int do_start(struct manager *m, sd_bus_message *call, uint32_t uid,
		    sd_bus_error *error)
{
	const struct policy_string *s =
		bus_find_string(m, sd_bus_message_get_path(call));
	char why[200] = "no module measures resistance";
	unsigned int i, asked = 0;
	int r, last = -ENOENT;

	if (!s)
		return -ENODEV;
	for (i = 0; i < s->count; i++) {
		r = policy_ri_request(m->policy, s->bus, s->cells[i].address,
				      why, sizeof(why));
		asked += r == 0;
		if (r < 0 && r != -ENOENT)
			last = r;
	}
	if (!asked)
		return sd_bus_error_set_errnof(error, -last,
					       "Cannot measure string %s: %s",
					       s->name, why);
	manager_event_text(m, POLICY_COMMAND, s->bus, 0,
			   "User %u asked for measurements of internal resistance at %u module%s of string %s",
			   uid, asked, asked == 1 ? "" : "s", s->name);
	return sd_bus_reply_method_return(call, "u", asked);
}

static int start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.operate", do_start,
			    error);
}

const sd_bus_vtable bus_resistance_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_NO_ARGS,
				SD_BUS_RESULT("u", modules), start,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("State", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Module", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Charger", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("IntervalSec", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Runs", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("RunsNeeded", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Settled", "b", get_bool, 0, 0),
	SD_BUS_PROPERTY("Running", "b", get_bool, 0, 0),
	SD_BUS_PROPERTY("Measured", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Failed", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("LastRunUSec", "x", get_time, 0, 0),
	SD_BUS_PROPERTY("NextUSec", "x", get_time, 0, 0),
	SD_BUS_PROPERTY("TemperatureCoefficient", "i", get_coefficient, 0, 0),
	SD_BUS_PROPERTY("TemperatureEvidence", "s", get_text, 0, 0),
	SD_BUS_VTABLE_END
};
