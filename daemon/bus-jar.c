// SPDX-License-Identifier: GPL-2.0-or-later
/* org.bacs1.Jar of a module: what is known of the block it measures */
#include <errno.h>
#include <string.h>

#include "bus.h"
#include "jar-text.h"

int bus_jar_lookup(sd_bus *bus, const char *path, const char *interface,
		   void *userdata, void **ret_found, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)error;
	if (!p || !p->jar)
		return 0;
	*ret_found = userdata;
	return 1;
}

void bus_who(uint32_t uid, char *text, size_t size)
{
	snprintf(text, size, "user %u", uid);
}

static int get_record(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_module *p = bus_find_module(m, path);
	const struct store_jar *j = p ? jars_find(m, p) : NULL;
	char value[80];
	size_t i;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "{ss}");
	for (i = 0; j && r >= 0 && jar_key_name(i); i++) {
		jar_key_get(j, i, value, sizeof(value));
		r = sd_bus_message_append(reply, "{ss}", jar_key_name(i),
					  value);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_number(sd_bus_message *reply, bool there, const char *name,
			 int64_t v)
{
	return there ? sd_bus_message_append(reply, "{sx}", name, v) : 0;
}

static int64_t usec(int64_t ns)
{
	return ns / (int64_t)NSEC_PER_USEC;
}

/* Numbers; what is not known is not in the dictionary */
static int get_resistance(sd_bus *bus, const char *path, const char *interface,
			  const char *property, sd_bus_message *reply,
			  void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	const struct ri_jar *j;
	bool any;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!p)
		return -ENOENT;
	j = &p->ri.jar;
	any = j->newest.time_ns != RI_NEVER;
	r = sd_bus_message_open_container(reply, 'a', "{sx}");
	if (r >= 0)
		r = append_number(reply, any, "resistance_uohm",
				  j->newest.uohm);
	if (r >= 0)
		r = append_number(reply, any, "measured_usec",
				  usec(j->newest.time_ns));
	if (r >= 0)
		r = append_number(reply, any && j->newest.temperature_mc !=
				  RI_NO_TEMPERATURE, "temperature_mc",
				  j->newest.temperature_mc);
	if (r >= 0)
		r = append_number(reply, any, "trend", j->newest.trend);
	if (r >= 0)
		r = append_number(reply, j->median_uohm, "median_uohm",
				  j->median_uohm);
	if (r >= 0)
		r = append_number(reply, j->ratio_permille, "ratio_permille",
				  j->ratio_permille);
	if (r >= 0)
		r = append_number(reply, j->baseline.kind, "baseline_uohm",
				  j->baseline.uohm);
	if (r >= 0)
		r = append_number(reply, j->baseline.kind &&
				  j->baseline.temperature_mc !=
				  RI_NO_TEMPERATURE, "baseline_temperature_mc",
				  j->baseline.temperature_mc);
	if (r >= 0)
		r = append_number(reply, j->baseline.kind, "baseline_values",
				  j->baseline.count);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const char *compare_text(enum ri_compare compare)
{
	static const char *const texts[] = {
		[RI_COMPARED] = "compared with its baseline",
		[RI_NO_VALUE] = "no value since the baseline or the start",
		[RI_NO_BASELINE] = "no baseline yet",
		[RI_NO_TREND] = "not compared: not in float, or less than 72 h after a deep discharge",
		[RI_OTHER_TEMPERATURE] = "not compared: more than 5 °C from the baseline's temperature",
	};

	return texts[compare];
}

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const struct policy_module *p = bus_find_module(m, path);
	const struct store_jar *j = p ? jars_find(m, p) : NULL;
	const char *text = "";

	(void)bus, (void)interface, (void)error;
	if (!p)
		return -ENOENT;
	if (!strcmp(property, "Baseline"))
		text = ri_baseline_name(p->ri.jar.baseline.kind);
	else if (!strcmp(property, "Comparison"))
		text = compare_text(p->ri.jar.compare);
	else if (!strcmp(property, "LastResult"))
		text = ri_result_name(p->ri.m.result);
	else if (!strcmp(property, "MeasuredIn"))
		text = p->ri.jar.newest.time_ns == RI_NEVER ? "" :
		       string_state_name(p->ri.jar.newest.state);
	else if (j && !strcmp(property, "Signer"))
		text = j->signer;
	else if (j && !strcmp(property, "Author"))
		text = j->author;
	return sd_bus_message_append(reply, "s", text);
}

static int get_wall(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	const struct store_jar *j = p ? jars_find(userdata, p) : NULL;
	uint64_t v = 0;

	(void)bus, (void)interface, (void)error;
	if (j)
		v = !strcmp(property, "BeginWallUSec") ? j->begin_us :
							 j->signed_us;
	return sd_bus_message_append(reply, "t", v);
}

static int get_serial(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)property, (void)error;
	return p ? sd_bus_message_append(reply, "t", p->ri.accepted) : -ENOENT;
}

static int get_flag(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply,
		    void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);

	(void)bus, (void)interface, (void)error;
	if (!p)
		return -ENOENT;
	return sd_bus_message_append(reply, "b", !strcmp(property, "Proposed") ?
				     p->ri.proposed : p->ri.calibrated);
}

static int get_calibration(sd_bus *bus, const char *path,
			   const char *interface, const char *property,
			   sd_bus_message *reply, void *userdata,
			   sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	const struct store_calibration *c = p ? jars_find_calibration(
			userdata, p->bus->name, p->address, p->facts.serial) :
			NULL;
	char value[80];
	size_t i;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	r = sd_bus_message_open_container(reply, 'a', "{ss}");
	for (i = 0; c && r >= 0 && calibration_key_name(i); i++) {
		calibration_key_get(c, i, value, sizeof(value));
		r = sd_bus_message_append(reply, "{ss}",
					  calibration_key_name(i), value);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Of string or site; what is 0 is not in the dictionary */
static int get_offsets(sd_bus *bus, const char *path, const char *interface,
		       const char *property, sd_bus_message *reply,
		       void *userdata, sd_bus_error *error)
{
	const struct policy_module *p = bus_find_module(userdata, path);
	struct jars_offsets o;
	int r;

	(void)bus, (void)interface, (void)property, (void)error;
	if (!p)
		return -ENOENT;
	jars_find_offsets(userdata, p->bus->name, p->address, p->facts.serial,
			  &o);
	r = sd_bus_message_open_container(reply, 'a', "{sx}");
	if (r >= 0)
		r = append_number(reply, o.voltage_mv, "voltage_mv",
				  o.voltage_mv);
	if (r >= 0)
		r = append_number(reply, o.temperature_mc, "temperature_mc",
				  o.temperature_mc);
	if (r >= 0)
		r = append_number(reply, o.resistance_uohm, "resistance_uohm",
				  o.resistance_uohm);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Methods */

static int book_error(struct manager *m, int r, sd_bus_error *error)
{
	if (r == -EIO)
		return sd_bus_error_set_errnof(error, EIO,
					       "Nothing was changed: %s",
					       store_jar_error(m->store));
	if (r == -EAGAIN)
		return sd_bus_error_set_errnof(error, EAGAIN,
					       "Nothing was changed: records of jars need the history's file and the wall clock; see HistoryState and ClockQuality");
	return r;
}

static const struct policy_module *called(struct manager *m,
					  sd_bus_message *call,
					  struct store_jar *ret)
{
	const struct policy_module *p =
		bus_find_module(m, sd_bus_message_get_path(call));
	const struct store_jar *j = p ? jars_find(m, p) : NULL;

	if (j)
		*ret = *j;
	return j ? p : NULL;
}

/* a{ss}: all or nothing, and an error that says what may be */
static int read_keys(sd_bus_message *call, void *item,
		     int (*set)(void *item, const char *key, const char *value,
				char *why, size_t size), sd_bus_error *error)
{
	const char *key, *value;
	char why[256];
	int r = sd_bus_message_enter_container(call, 'a', "{ss}");

	while (r >= 0 &&
	       (r = sd_bus_message_read(call, "{ss}", &key, &value)) > 0) {
		if (set(item, key, value, why, sizeof(why)) < 0)
			return sd_bus_error_set_errnof(error, EINVAL,
						       "Nothing was changed: %s",
						       why);
	}
	return r < 0 ? r : sd_bus_message_exit_container(call);
}

static int do_set(struct manager *m, sd_bus_message *call, uint32_t uid,
		  sd_bus_error *error)
{
	struct store_jar jar;
	const struct policy_module *p = called(m, call, &jar);
	int r;

	if (!p)
		return book_error(m, -EAGAIN, error);
	r = read_keys(call, &jar, jar_key_set, error);
	if (r < 0)
		return r;
	bus_who(uid, jar.author, sizeof(jar.author));
	r = jars_set(m, &jar);
	if (r < 0)
		return book_error(m, r, error);
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   "User %u changed the record of jar %s", uid,
			   p->name);
	return sd_bus_reply_method_return(call, NULL);
}

static int do_replace(struct manager *m, sd_bus_message *call, uint32_t uid,
		      sd_bus_error *error)
{
	struct store_jar old, jar = { .baseline_mc = STORE_NO_TEMPERATURE };
	const struct policy_module *p = called(m, call, &old);
	const char *reason;
	int r;

	if (!p)
		return book_error(m, -EAGAIN, error);
	r = sd_bus_message_read(call, "s", &reason);
	if (r < 0)
		return r;
	if (!jar_text_valid(reason, sizeof(old.reason) - 1) || !*reason)
		return sd_bus_error_set_errnof(error, EINVAL,
					       "Nothing was changed: say in 1 to %zu printable characters why jar %s was replaced",
					       sizeof(old.reason) - 1,
					       p->name);
	/* the same place and module, and most often the same kind of jar */
	strcpy(jar.maker, old.maker);
	strcpy(jar.type, old.type);
	jar.capacity_mah = old.capacity_mah;
	jar.nominal_mv = old.nominal_mv;
	strcpy(jar.string, old.string);
	jar.position = old.position;
	jar.module_serial = old.module_serial;
	r = read_keys(call, &jar, jar_key_set, error);
	if (r < 0)
		return r;
	bus_who(uid, jar.author, sizeof(jar.author));
	r = jars_replace(m, &jar, reason);
	if (r < 0)
		return book_error(m, r, error);
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   "User %u entered that jar %s was replaced: %s; its resistance begins anew",
			   uid, p->name, reason);
	return sd_bus_reply_method_return(call, NULL);
}

static int do_sign(struct manager *m, sd_bus_message *call, uint32_t uid,
		   sd_bus_error *error)
{
	struct store_jar jar;
	const struct policy_module *p = called(m, call, &jar);
	struct ri_baseline b;
	const char *name;
	int r;

	if (!p)
		return book_error(m, -EAGAIN, error);
	r = sd_bus_message_read(call, "s", &name);
	if (r < 0)
		return r;
	if (!jar_text_valid(name, 30) || !*name)
		return sd_bus_error_set_errnof(error, EINVAL,
					       "Nothing was signed: the name of who signs has 1 to 30 printable characters");
	if (!policy_ri_proposal(p, &b))
		return sd_bus_error_set_errnof(error, ENODATA,
					       "Nothing was signed: jar %s has %u value%s that may be compared, a baseline needs %u within 5 °C",
					       p->name, p->ri.jar.count,
					       p->ri.jar.count == 1 ? "" : "s",
					       ri_jar_final_due(&p->ri.jar,
					       p->ri.jar.newest.time_ns) ?
					       RI_VALUES : RI_PROVISIONAL);
	snprintf(jar.baseline, sizeof(jar.baseline), "%s",
		 ri_baseline_name(b.kind));
	jar.baseline_uohm = b.uohm;
	jar.baseline_mc = b.temperature_mc;
	jar.baseline_count = b.count;
	jar.signed_us = recorder_wall_us(m->recorder, manager_now_ns());
	jar.baseline_us = jar.signed_us;
	snprintf(jar.signer, sizeof(jar.signer), "%s (user %u)", name, uid);
	r = jars_set(m, &jar);
	if (r < 0)
		return book_error(m, r, error);
	manager_event_text(m, POLICY_RI_BASELINE, p->bus->name, p->address,
			   "%s (user %u) signed the %s baseline of %s: %u uohm, median of %u values",
			   name, uid, jar.baseline, p->name, b.uohm, b.count);
	return sd_bus_reply_method_return(call, "su", jar.baseline, b.uohm);
}

static int do_accept(struct manager *m, sd_bus_message *call, uint32_t uid,
		     sd_bus_error *error)
{
	const struct policy_module *p =
		bus_find_module(m, sd_bus_message_get_path(call));

	if (!p || !p->in_driver || !p->facts.serial)
		return sd_bus_error_set_errnof(error, ENODEV,
					       "Nothing was changed: no module with a serial number answers there");
	policy_module_accept(m->policy, p->bus->name, p->address,
			     manager_now_ns());
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   "User %u entered that module %llu belongs to %s",
			   uid, (unsigned long long)p->facts.serial, p->name);
	return sd_bus_reply_method_return(call, NULL);
}

static int do_calibrate(struct manager *m, sd_bus_message *call, uint32_t uid,
			sd_bus_error *error)
{
	const struct policy_module *p =
		bus_find_module(m, sd_bus_message_get_path(call));
	struct store_calibration c = { .id = 0 };
	int r;

	if (!p)
		return -ENODEV;
	snprintf(c.bus, sizeof(c.bus), "%s", p->bus->name);
	c.address = p->address;
	c.serial = p->facts.serial;
	r = read_keys(call, &c, calibration_key_set, error);
	if (r < 0)
		return r;
	/* a correction nobody stands for is none */
	if (calibration_corrects(&c) && !(*c.person && *c.instrument &&
					  *c.date))
		return sd_bus_error_set_errnof(error, EINVAL,
					       "Nothing was changed: a calibration needs date=, person= and instrument=");
	r = jars_calibrate(m, &c);
	if (r < 0)
		return book_error(m, r, error);
	manager_event_text(m, POLICY_COMMAND, p->bus->name, p->address,
			   calibration_corrects(&c) || *c.person ?
			   "User %u entered a calibration of module %s" :
			   "User %u ended the calibration of module %s", uid,
			   p->name);
	return sd_bus_reply_method_return(call, NULL);
}

static int set(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure", do_set,
			    error);
}

static int replace(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure", do_replace,
			    error);
}

static int sign(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure", do_sign,
			    error);
}

static int accept_module(sd_bus_message *call, void *userdata,
			 sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure", do_accept,
			    error);
}

static int calibrate(sd_bus_message *call, void *userdata,
		     sd_bus_error *error)
{
	return access_check(userdata, call, "org.bacs1.configure",
			    do_calibrate, error);
}

const sd_bus_vtable bus_jar_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Set", SD_BUS_ARGS("a{ss}", record),
				SD_BUS_NO_RESULT, set,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Replace", SD_BUS_ARGS("s", reason,
						       "a{ss}", record),
				SD_BUS_NO_RESULT, replace,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("SignBaseline", SD_BUS_ARGS("s", name),
				SD_BUS_RESULT("s", kind, "u", resistance_uohm),
				sign, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("AcceptModule", SD_BUS_NO_ARGS,
				SD_BUS_NO_RESULT, accept_module,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Calibrate", SD_BUS_ARGS("a{ss}", corrections),
				SD_BUS_NO_RESULT, calibrate,
				SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Record", "a{ss}", get_record, 0, 0),
	SD_BUS_PROPERTY("Author", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("BeginWallUSec", "t", get_wall, 0, 0),
	SD_BUS_PROPERTY("ModuleSerial", "t", get_serial, 0, 0),
	SD_BUS_PROPERTY("Resistance", "a{sx}", get_resistance, 0, 0),
	SD_BUS_PROPERTY("MeasuredIn", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("LastResult", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Comparison", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Baseline", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("Signer", "s", get_text, 0, 0),
	SD_BUS_PROPERTY("SignedWallUSec", "t", get_wall, 0, 0),
	SD_BUS_PROPERTY("Proposed", "b", get_flag, 0, 0),
	SD_BUS_PROPERTY("Calibrated", "b", get_flag, 0, 0),
	SD_BUS_PROPERTY("Calibration", "a{ss}", get_calibration, 0, 0),
	SD_BUS_PROPERTY("Offsets", "a{sx}", get_offsets, 0, 0),
	SD_BUS_VTABLE_END
};
