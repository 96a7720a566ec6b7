// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals: changes are collected in masks and told once per turn of the loop */
#include <errno.h>
#include <string.h>

#include "bus.h"

/**
 * struct bus_pending - what clients know of one bus, and what is due
 * @known: its object was announced
 * @changed: its properties changed
 * @modules_known: likewise of its modules
 * @modules_changed: likewise
 */
struct bus_pending {
	char name[POLICY_BUS_NAME_MAX + 1];
	bool known;
	bool changed;
	uint8_t modules_known[32];
	uint8_t modules_changed[32];
};

/* Likewise of one string */
struct bus_pending_string {
	char name[POLICY_NAME_MAX + 1];
	bool known;
	bool changed;
};

static struct bus_pending *get_pending(struct manager *m, const char *name)
{
	struct bus_pending *p;
	size_t i;

	for (i = 0; i < m->pending_count; i++)
		if (!strcmp(m->pending[i].name, name))
			return &m->pending[i];
	p = reallocarray(m->pending, m->pending_count + 1, sizeof(*p));
	if (!p)
		return NULL;
	m->pending = p;
	p = &m->pending[m->pending_count++];
	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	return p;
}

static void wake(struct manager *m)
{
	if (m->bus_source)
		sd_event_source_set_enabled(m->bus_source, SD_EVENT_ONESHOT);
}

void bus_site_changed(struct manager *m)
{
	m->site_pending = true;
	wake(m);
}

void bus_bus_changed(struct manager *m, const struct policy_bus *bus)
{
	struct bus_pending *p = get_pending(m, bus->name);

	if (p)
		p->changed = true;
	wake(m);
}

void bus_module_changed(struct manager *m, const struct policy_module *module)
{
	struct bus_pending *p = get_pending(m, module->bus->name);

	if (p)
		address_set(p->modules_changed, module->address);
	wake(m);
}

/* Goodbyes cannot wait: the object still has to be there when they are sent */
void bus_module_gone(struct manager *m, const struct policy_module *module)
{
	struct bus_pending *p = get_pending(m, module->bus->name);
	unsigned int a = module->address;
	char path[BUS_PATH_MAX];

	if (!p)
		return;
	if (m->bus && address_test(p->modules_known, a)) {
		bus_path_of_module(module, path);
		sd_bus_emit_object_removed(m->bus, path);
	}
	p->modules_known[a / 8] &= ~(1U << (a % 8));
	p->modules_changed[a / 8] &= ~(1U << (a % 8));
}

void bus_bus_gone(struct manager *m, const struct policy_bus *bus)
{
	struct bus_pending *p = get_pending(m, bus->name);
	char path[BUS_PATH_MAX];

	if (!p)
		return;
	if (m->bus && p->known) {
		bus_path_of_bus(bus->name, path);
		sd_bus_emit_object_removed(m->bus, path);
	}
	*p = m->pending[--m->pending_count];
}

static struct bus_pending_string *get_pending_string(struct manager *m,
						     const char *name)
{
	struct bus_pending_string *p;
	size_t i;

	for (i = 0; i < m->pending_string_count; i++)
		if (!strcmp(m->pending_strings[i].name, name))
			return &m->pending_strings[i];
	p = reallocarray(m->pending_strings, m->pending_string_count + 1,
			 sizeof(*p));
	if (!p)
		return NULL;
	m->pending_strings = p;
	p = &m->pending_strings[m->pending_string_count++];
	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	return p;
}

void bus_string_changed(struct manager *m, const struct policy_string *string)
{
	struct bus_pending_string *p = get_pending_string(m, string->name);

	if (p)
		p->changed = true;
	wake(m);
}

void bus_string_gone(struct manager *m, const struct policy_string *string)
{
	struct bus_pending_string *p = get_pending_string(m, string->name);
	char path[BUS_PATH_MAX];

	if (!p)
		return;
	if (m->bus && p->known && bus_path_of_string(string, path) == 0)
		sd_bus_emit_object_removed(m->bus, path);
	*p = m->pending_strings[--m->pending_string_count];
}

void bus_event(struct manager *m, const struct policy_event *e)
{
	int64_t wall_us = m->recorder ? recorder_wall_us(m->recorder,
							 e->time_ns) : -1;

	if (!m->bus || !m->bus_named)
		return;
	sd_bus_emit_signal(m->bus, BUS_ROOT, BUS_MANAGER, "Event", "ttsssysxxs",
			   (uint64_t)(wall_us < 0 ? 0 : wall_us),
			   e->time_ns / NSEC_PER_USEC,
			   policy_kind_name(e->kind),
			   policy_severity_name(e->severity), e->bus,
			   (uint8_t)e->address, e->name, e->old_value,
			   e->new_value, e->text);
}

static void tell_module(struct manager *m, struct bus_pending *p,
			const struct policy_module *module)
{
	char path[BUS_PATH_MAX];

	bus_path_of_module(module, path);
	if (address_test(p->modules_known, module->address))
		sd_bus_emit_properties_changed(m->bus, path, BUS_MODULE,
					       "Name", "State", "Colour",
					       "Reason", NULL);
	else
		sd_bus_emit_object_added(m->bus, path);
	address_set(p->modules_known, module->address);
}

static void tell_bus(struct manager *m, struct bus_pending *p)
{
	const struct policy_bus *bus = policy_find_bus(m->policy, p->name);
	char path[BUS_PATH_MAX];
	int a;

	if (!bus)
		return;
	if (p->changed || !p->known) {
		bus_path_of_bus(bus->name, path);
		if (p->known)
			sd_bus_emit_properties_changed(m->bus, path, BUS_BUS,
						       "State", "Colour",
						       "Reason", NULL);
		else
			sd_bus_emit_object_added(m->bus, path);
		p->known = true;
		p->changed = false;
	}
	for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a] && address_test(p->modules_changed, a))
			tell_module(m, p, bus->modules[a]);
	memset(p->modules_changed, 0, sizeof(p->modules_changed));
}

static void tell_string(struct manager *m, struct bus_pending_string *p)
{
	const struct policy_string *string = policy_find_string(m->policy,
								p->name);
	char path[BUS_PATH_MAX];

	if (!string || !p->changed || bus_path_of_string(string, path) < 0)
		return;
	if (p->known)
		sd_bus_emit_properties_changed(m->bus, path, BUS_STRING,
					       "State", "SinceUSec",
					       "Evidence", "Number",
					       "Equalizing", NULL);
	else
		sd_bus_emit_object_added(m->bus, path);
	p->known = true;
	p->changed = false;
}

static int on_changes(sd_event_source *source, void *userdata)
{
	struct manager *m = userdata;
	size_t i;

	(void)source;
	/* nobody listens yet: what is there will be read, not announced */
	if (!m->bus || !m->bus_named)
		return 0;
	for (i = 0; i < m->pending_count; i++)
		tell_bus(m, &m->pending[i]);
	for (i = 0; i < m->pending_string_count; i++)
		tell_string(m, &m->pending_strings[i]);
	if (m->site_pending)
		sd_bus_emit_properties_changed(m->bus, BUS_ROOT, BUS_MANAGER,
					       "Colour", "Reason", "Armed",
					       "Driver", "ConfigurationState",
					       "ConfigurationError", NULL);
	m->site_pending = false;
	return 0;
}

int bus_signal_open(struct manager *m)
{
	int r = sd_event_add_defer(m->event, &m->bus_source, on_changes, m);

	if (r < 0)
		return r;
	sd_event_source_set_description(m->bus_source, "signals");
	return sd_event_source_set_enabled(m->bus_source, SD_EVENT_OFF);
}

void bus_signal_close(struct manager *m)
{
	m->bus_source = sd_event_source_disable_unref(m->bus_source);
	free(m->pending);
	m->pending = NULL;
	m->pending_count = 0;
	free(m->pending_strings);
	m->pending_strings = NULL;
	m->pending_string_count = 0;
}
