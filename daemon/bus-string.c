// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.String */
#include <errno.h>
#include <string.h>

#include "bus.h"

int bus_string_lookup(sd_bus *bus, const char *path, const char *interface,
		      void *userdata, void **ret_found, sd_bus_error *error)
{
	(void)bus, (void)interface, (void)error;
	if (!bus_find_string(userdata, path))
		return 0;
	*ret_found = userdata;
	return 1;
}

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	char sensor[24] = "";
	const char *text = "";

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	if (!strcmp(property, "Name")) {
		text = s->name;
	} else if (!strcmp(property, "Bus")) {
		text = s->bus;
	} else if (!strcmp(property, "State")) {
		text = string_state_name(s->machine.state);
	} else if (!strcmp(property, "Evidence")) {
		text = s->machine.evidence;
	} else if (!strcmp(property, "Sensor") && *s->sensor_bus) {
		snprintf(sensor, sizeof(sensor), "%s:%u", s->sensor_bus,
			 s->sensor_address);
		text = sensor;
	}
	return sd_bus_message_append(reply, "s", text);
}

static bool is_adjusted(struct manager *m, const struct policy_module *module)
{
	struct jars_offsets o;

	if (policy_calibrated(module))
		return true;
	jars_find_offsets(m, module->bus->name, module->address,
			  module->facts.serial, &o);
	return jars_any_offset(&o);
}

/* Values of these are adjusted (M12) */
static uint32_t count_calibrated(struct manager *m,
				 const struct policy_string *s)
{
	uint32_t n = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		const struct policy_module *module =
			policy_find_module(m->policy, s->bus,
					   s->cells[i].address);

		n += module && is_adjusted(m, module);
	}
	return n;
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
	if (!strcmp(property, "Number"))
		v = s->number;
	else if (!strcmp(property, "Modules"))
		v = s->count;
	else if (!strcmp(property, "ModulesValid"))
		v = s->valid;
	else if (!strcmp(property, "ModulesMissing"))
		v = s->missing;
	else if (!strcmp(property, "ModulesDoubtful"))
		v = s->doubtful;
	else if (!strcmp(property, "ModulesCalibrated"))
		v = count_calibrated(userdata, s);
	else if (!strcmp(property, "Discharges"))
		v = s->machine.discharges;
	else if (!strcmp(property, "Dips"))
		v = s->machine.dips;
	else if (!strcmp(property, "SamplesRefused"))
		v = s->refused;
	return sd_bus_message_append(reply, "u", v);
}

static int get_since(sd_bus *bus, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	if (!s)
		return -ENOENT;
	return sd_bus_message_append(reply, "t",
				     s->machine.since_ns / NSEC_PER_USEC);
}

/* Name of the block with the lowest or highest cell */
static int get_extreme(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_string *s = bus_find_string(m, path);
	const struct policy_module *module = NULL;

	(void)bus, (void)interface, (void)error;
	if (!s)
		return -ENOENT;
	if (s->valid)
		module = policy_find_module(m->policy, s->bus, s->cells[
			!strcmp(property, "LowestModule") ? s->lowest :
							    s->highest].address);
	return sd_bus_message_append(reply, "s", module ? module->name : "");
}

static int64_t round_mv(int64_t uv)
{
	return (uv + (uv < 0 ? -500 : 500)) / 1000;
}

static int append_value(sd_bus_message *reply, bool there, const char *name,
			int64_t value)
{
	return there ? sd_bus_message_append(reply, "{sx}", name, value) : 0;
}

/* Only what is live; sum and mean of an incomplete string are none */
static int get_values(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_string *s = bus_find_string(userdata, path);
	bool whole = s && s->count && s->valid == s->count;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!s)
		return -ENOENT;
	r = sd_bus_message_open_container(reply, 'a', "{sx}");
	if (r >= 0)
		r = append_value(reply, whole, "voltage_mv", s->sum_mv);
	if (r >= 0)
		r = append_value(reply, whole, "cell_mean_mv",
				 round_mv(s->mean_uv));
	if (r >= 0)
		r = append_value(reply, s->valid, "cell_median_mv",
				 round_mv(s->median_uv));
	if (r >= 0)
		r = append_value(reply, s->valid, "cell_lowest_mv",
				 s->valid ?
				 round_mv(s->cells[s->lowest].cell_uv) : 0);
	if (r >= 0)
		r = append_value(reply, s->valid, "cell_highest_mv",
				 s->valid ?
				 round_mv(s->cells[s->highest].cell_uv) : 0);
	if (r >= 0)
		r = append_value(reply, s->has_temperature, "temperature_mc",
				 s->temperature_mc);
	if (r >= 0)
		r = append_value(reply, s->has_current, "current_ma",
				 s->current_ma);
	if (r >= 0)
		r = append_value(reply, s->has_sensor_voltage,
				 "sensor_voltage_mv", s->sensor_mv);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_cells(sd_bus *bus, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_string *s = bus_find_string(m, path);
	unsigned int i;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!s)
		return -ENOENT;
	r = sd_bus_message_open_container(reply, 'a', "(uysbi)");
	for (i = 0; r >= 0 && i < s->count; i++) {
		const struct policy_cell *c = &s->cells[i];
		const struct policy_module *module =
			policy_find_module(m->policy, s->bus, c->address);

		r = sd_bus_message_append(reply, "(uysbi)", i + 1, c->address,
					  module ? module->name : "",
					  (int)c->valid, c->valid ?
					  (int32_t)round_mv(c->cell_uv) : 0);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const sd_bus_vtable bus_string_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Name", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Number", "u", get_number, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Bus", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Sensor", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("State", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("SinceUSec", "t", get_since, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Evidence", "s", get_text, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Modules", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ModulesValid", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ModulesDoubtful", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ModulesMissing", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("ModulesCalibrated", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Values", "a{sx}", get_values, 0, 0),
	SD_BUS_PROPERTY("LowestModule", "s", get_extreme, 0, 0),
	SD_BUS_PROPERTY("HighestModule", "s", get_extreme, 0, 0),
	SD_BUS_PROPERTY("Cells", "a(uysbi)", get_cells, 0, 0),
	SD_BUS_PROPERTY("Discharges", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("Dips", "u", get_number, 0, 0),
	SD_BUS_PROPERTY("SamplesRefused", "u", get_number, 0, 0),
	SD_BUS_VTABLE_END
};
