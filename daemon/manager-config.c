// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in force: loading, reloading, handing it to the policy */
#include <errno.h>
#include <string.h>

#include "manager.h"

static void report_error(const struct config_error *e, void *userdata)
{
	(void)userdata;
	if (e->line)
		journal_print(LOG_ERR, "%s:%u: %s", e->file, e->line, e->text);
	else
		journal_print(LOG_ERR, "%s: %s", e->file, e->text);
}

static void cell_limits(const struct config_limits *from,
			struct policy_limits *to)
{
	policy_unset_limits(to);
	to->value[BACS_LIMIT_VOLTAGE_MIN] = from->voltage_low_mv;
	to->value[BACS_LIMIT_VOLTAGE_MAX] = from->voltage_high_mv;
	to->value[BACS_LIMIT_VOLTAGE_LCRIT] = from->voltage_low_alarm_mv;
	to->value[BACS_LIMIT_VOLTAGE_CRIT] = from->voltage_high_alarm_mv;
	to->value[BACS_LIMIT_TEMPERATURE_MIN] = from->temp_low_mc;
	to->value[BACS_LIMIT_TEMPERATURE_MAX] = from->temp_high_mc;
	to->value[BACS_LIMIT_TEMPERATURE_LCRIT] = from->temp_low_alarm_mc;
	to->value[BACS_LIMIT_TEMPERATURE_CRIT] = from->temp_high_alarm_mc;
}

_Static_assert(CONFIG_UNSET == POLICY_UNSET, "both say unset the same way");

static int give_module(struct manager *m, const char *bus,
		       unsigned int address)
{
	const struct config_string *s;
	char label[CONFIG_LABEL_MAX + 1] = "";
	unsigned int jar = 0;

	s = config_find_jar(m->config, bus, address, &jar);
	if (s)
		config_label(s, jar, label);
	return policy_config_module(m->policy, bus, address, label,
				    s ? s->name : "", s ? s->number : 0, jar,
				    s && s->nominal_mv != CONFIG_UNSET ?
				    s->nominal_mv : 0);
}

static int give_string(struct manager *m, const struct config_string *s)
{
	int j, r = 0;

	for (j = 0; r == 0 && j < s->modules.count; j++)
		r = give_module(m, s->bus, s->modules.list[j]);
	if (r == 0 && s->sensor.address)
		r = give_module(m, s->sensor.bus, s->sensor.address);
	if (r < 0)
		return r;
	return policy_config_string(m->policy, s->name, s->number, s->bus,
				    s->modules.list, s->modules.count,
				    s->sensor.bus, s->sensor.address,
				    s->current_zero_ma);
}

static int give_config(struct manager *m)
{
	const struct config *c = m->config;
	struct policy_limits limits;
	size_t i;
	int j, r = 0;

	policy_config_begin(m->policy);
	for (i = 0; r == 0 && i < c->bus_count; i++) {
		const struct config_bus *b = &c->buses[i];

		r = policy_config_bus(m->policy, b->name,
				      b->modules.count != 0);
		for (j = 0; r == 0 && j < b->modules.count; j++)
			r = give_module(m, b->name, b->modules.list[j]);
	}
	for (i = 0; r == 0 && i < c->string_count; i++)
		r = give_string(m, &c->strings[i]);
	cell_limits(&c->limits, &limits);
	policy_config_limits(m->policy, &limits);
	policy_config_end(m->policy, manager_now_ns());
	return r;
}

static void set_error(struct manager *m, const struct config_errors *errors)
{
	const struct config_error *e = &errors->first;

	if (e->line)
		snprintf(m->config_error, sizeof(m->config_error), "%s:%u: %s",
			 e->file, e->line, e->text);
	else
		snprintf(m->config_error, sizeof(m->config_error), "%s: %s",
			 e->file, e->text);
	policy_config_error(m->policy, m->config_error);
}

/* A bad file at boot: what was good the last time, else the defaults */
static int fall_back(struct manager *m)
{
	int r;

	if (m->config) {
		manager_event_text(m, POLICY_CONFIGURATION_ERROR, "", 0,
				   "Configuration refused, the one in force stays: %s",
				   m->config_error);
		return 0;
	}
	r = config_load_good(m->good_path, &m->config);
	if (r == 0) {
		m->config_state = "last-good";
		manager_event_text(m, POLICY_CONFIGURATION_ERROR, "", 0,
				   "Configuration refused, bacsd only monitors, with the last good one: %s",
				   m->config_error);
		return give_config(m);
	}
	if (r != -ENOENT)
		journal_print(LOG_WARNING,
			      "The last good configuration %s cannot be used either: %s",
			      m->good_path, strerror(-r));
	r = config_new(&m->config);
	if (r < 0)
		return r;
	m->config_state = "default";
	manager_event_text(m, POLICY_CONFIGURATION_ERROR, "", 0,
			   "Configuration refused and there is no good copy; bacsd shows what the driver finds and configures nothing: %s",
			   m->config_error);
	return give_config(m);
}

int manager_load_config(struct manager *m)
{
	struct config_errors errors = { .report = report_error };
	struct config *config = NULL;
	bool first = !m->config;
	int saved, r = config_load(m->settings.config_root, &errors, &config);

	if (r == -EINVAL) {
		set_error(m, &errors);
		return fall_back(m);
	}
	if (r < 0)
		return r;
	config_free(m->config);
	m->config = config;
	m->config_error[0] = '\0';
	m->config_state = "good";
	policy_config_error(m->policy, NULL);
	r = give_config(m);
	if (!first)
		manager_event_text(m, POLICY_CONFIGURATION_LOADED, "", 0,
				   "Configuration was read again: %zu buses, %zu strings",
				   config->bus_count, config->string_count);
	saved = config_save_good(config, m->good_path);
	if (saved < 0)
		journal_print(LOG_WARNING,
			      "Cannot keep a copy of the good configuration in %s: %s",
			      m->good_path, strerror(-saved));
	return r;
}
