// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in force: loading, reloading */
#include <errno.h>
#include <string.h>

#include "config-give.h"
#include "manager.h"

static void report_error(const struct config_error *e, void *userdata)
{
	(void)userdata;
	if (e->line)
		journal_print(LOG_ERR, "%s:%u: %s", e->file, e->line, e->text);
	else
		journal_print(LOG_ERR, "%s: %s", e->file, e->text);
}

static int give(struct manager *m)
{
	int r;

	/* with another configuration than was asked for nothing is commanded */
	policy_monitor_only(m->policy, strcmp(m->config_state, "good") != 0);
	r = config_give(m->config, m->policy, manager_now_ns());
	jars_give(m);
	kept_give(m);
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
		return give(m);
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
	return give(m);
}

int manager_load_config(struct manager *m)
{
	struct config_errors errors = { .report = report_error };
	struct config *config = NULL;
	bool first = !m->config;
	char what[64];
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
	r = give(m);
	config_describe(config, what, sizeof(what));
	if (!first)
		manager_event_text(m, POLICY_CONFIGURATION_LOADED, "", 0,
				   "Configuration was read again: %s", what);
	saved = config_save_good(config, m->good_path);
	if (saved < 0)
		journal_print(LOG_WARNING,
			      "Cannot keep a copy of the good configuration in %s: %s",
			      m->good_path, strerror(-saved));
	return r;
}
