// SPDX-License-Identifier: GPL-2.0-or-later
/* Jars are not addresses: records, calibrations, modules that were exchanged */
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"
#include "policy/learnt/learnt.h"

/* The driver finds both modules of an exchange within so long */
#define EXCHANGE_NS	(10ULL * RI_SECOND_NS)

static struct policy_module *find(struct policy *p, const char *name,
				  unsigned int address)
{
	return (struct policy_module *)policy_find_module(p, name, address);
}

void policy_jar_set(struct policy *p, const char *bus, unsigned int address,
		    const struct policy_jar *jar)
{
	struct policy_module *m = find(p, bus, address);

	if (!m)
		return;
	if (m->ri.jar_id && m->ri.jar_id != jar->id) {
		/* the number of the module's last value is still known */
		m->ri.m.measured_ns = RI_NEVER;
		m->ri.m.since_ns = p->now_ns;
		m->ri.m.result = RI_RESULT_NONE;
		m->ri.proposed = false;
		ri_jar_init(&m->ri.jar, jar->begin_ns);
		policy_ri_clear(p, m);
		policy_learnt_forget(p, bus, address);
	}
	m->ri.jar_id = jar->id;
	m->ri.capacity_mah = jar->capacity_mah;
	m->ri.jar.begin_ns = jar->begin_ns;
	snprintf(m->ri.type, sizeof(m->ri.type), "%s", jar->type);
	ri_jar_set_baseline(&m->ri.jar, &jar->baseline);
	if (jar->baseline.kind == RI_BASELINE_FINAL)
		m->ri.proposed = false;
	if (jar->module_serial) {
		m->ri.accepted = jar->module_serial;
		policy_jar_facts(p, m);
	}
}

void policy_config_type(struct policy *p, const char *bus,
			unsigned int address, const char *type)
{
	struct policy_module *m = find(p, bus, address);

	if (m)
		snprintf(m->ri.config_type, sizeof(m->ri.config_type), "%s",
			 type);
}

void policy_jar_restore(struct policy *p, const char *bus,
			unsigned int address, const struct ri_value *value,
			uint32_t sequence)
{
	struct policy_module *m = find(p, bus, address);

	if (!m)
		return;
	ri_jar_restore(&m->ri.jar, value);
	m->ri.m.uohm = value->uohm;
	m->ri.m.measured_ns = value->time_ns;
	ri_module_remember(&m->ri.m, sequence);
}

void policy_set_calibrated(struct policy *p, const char *bus,
			   unsigned int address, bool calibrated)
{
	struct policy_module *m = find(p, bus, address);

	if (m)
		m->ri.calibrated = calibrated;
}

bool policy_calibrated(const struct policy_module *m)
{
	return m->ri.calibrated;
}

void policy_bus_read_only(struct policy *p, const char *name, bool read_only)
{
	struct policy_bus *bus =
		(struct policy_bus *)policy_find_bus(p, name);

	if (bus)
		bus->read_only = read_only;
}

/* The place to which this module belongs, if it is another one */
static const struct policy_module *home_of(const struct policy *p,
					   const struct policy_module *m)
{
	size_t i;
	int a;

	for (i = 0; i < p->bus_count; i++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			const struct policy_module *o =
				p->buses[i]->modules[a];

			if (o && o != m && o->ri.accepted == m->facts.serial)
				return o;
		}
	}
	return NULL;
}

static void tell_changed(struct policy *p, struct policy_module *m)
{
	const struct policy_module *home = home_of(p, m);

	if (!home)
		policy_alarm_module(p, ALARM_MODULE_CHANGED, m, ALARM_WARNING,
				    "module with serial number %llu answers at %s, %llu belongs there; if it was replaced: bacsctl jars accept %s",
				    (unsigned long long)m->facts.serial,
				    m->name,
				    (unsigned long long)m->ri.accepted,
				    m->name);
	else if (home->facts.serial == m->ri.accepted)
		policy_alarm_module(p, ALARM_MODULE_CHANGED, m, ALARM_WARNING,
				    "modules of %s and %s were exchanged: %s answers with serial number %llu, which belongs to %s",
				    m->name, home->name, m->name,
				    (unsigned long long)m->facts.serial,
				    home->name);
	else
		policy_alarm_module(p, ALARM_MODULE_CHANGED, m, ALARM_WARNING,
				    "the module of %s (serial number %llu) answers at %s now",
				    home->name,
				    (unsigned long long)m->facts.serial,
				    m->name);
}

void policy_jar_facts(struct policy *p, struct policy_module *m)
{
	if (!m->in_driver || !m->facts.serial)
		return;
	if (!m->ri.accepted) {
		m->ri.accepted = m->facts.serial;
		if (p->ops->jar_module)
			p->ops->jar_module(p->userdata, m);
		return;
	}
	if (m->ri.accepted != m->facts.serial) {
		/* its partner may come a moment later: see the tick */
		if (!m->ri.changed)
			m->ri.changed_ns = p->now_ns;
		m->ri.changed = true;
		p->jars_changed = true;
		return;
	}
	m->ri.changed = false;
	policy_alarm_module(p, ALARM_MODULE_CHANGED, m, ALARM_NONE,
			    "the right module answers again");
}

/* Both places of an exchange are known when one of them is told */
void policy_jars_tick(struct policy *p)
{
	size_t i;
	int a;

	bool waits = false;

	if (!p->jars_changed)
		return;
	for (i = 0; i < p->bus_count; i++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = p->buses[i]->modules[a];

			if (!m || !m->ri.changed)
				continue;
			if (p->now_ns - m->ri.changed_ns < EXCHANGE_NS)
				waits = true;
			else
				tell_changed(p, m);
		}
	}
	p->jars_changed = waits;
}

void policy_module_accept(struct policy *p, const char *bus,
			  unsigned int address, uint64_t now_ns)
{
	struct policy_module *m = find(p, bus, address);

	p->now_ns = now_ns;
	if (!m || !m->in_driver || !m->facts.serial)
		return;
	m->ri.accepted = m->facts.serial;
	policy_jar_facts(p, m);
	if (p->ops->jar_module)
		p->ops->jar_module(p->userdata, m);
}
