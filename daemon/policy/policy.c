// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy's model: buses, modules, configuration, what the driver says */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

void policy_unset_limits(struct policy_limits *limits)
{
	int i;

	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		limits->value[i] = POLICY_UNSET;
}

int policy_new(const struct policy_ops *ops, void *userdata, uint64_t now_ns,
	       struct policy **ret)
{
	struct policy *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->ops = ops;
	p->userdata = userdata;
	p->now_ns = now_ns;
	p->site.start_ns = now_ns;
	limit_set_defaults(&p->limits);
	policy_alarms_init(p);
	policy_judge_site(p);
	*ret = p;
	return 0;
}

static void free_bus(struct policy_bus *bus)
{
	int i;

	for (i = 0; i <= POLICY_ADDRESS_MAX; i++)
		free(bus->modules[i]);
	free(bus);
}

struct policy *policy_free(struct policy *policy)
{
	size_t i;

	if (!policy)
		return NULL;
	for (i = 0; i < policy->bus_count; i++)
		free_bus(policy->buses[i]);
	free(policy->buses);
	policy_strings_free(policy);
	policy_ri_free(policy);
	alarm_table_done(&policy->alarms);
	free(policy);
	return NULL;
}

void policy_emit(struct policy *policy, enum policy_kind kind,
		 const struct policy_bus *bus,
		 const struct policy_module *module, int64_t old_value,
		 int64_t new_value, const char *format, ...)
{
	struct policy_event e = {
		.kind = kind,
		.severity = policy_kind_severity(kind),
		.time_ns = policy->now_ns,
		.old_value = old_value,
		.new_value = new_value,
	};
	va_list ap;

	if (module)
		bus = module->bus;
	if (bus)
		snprintf(e.bus, sizeof(e.bus), "%s", bus->name);
	if (module)
		e.address = module->address;
	snprintf(e.name, sizeof(e.name), "%s",
		 module ? module->name : bus ? bus->name : "site");
	va_start(ap, format);
	vsnprintf(e.text, sizeof(e.text), format, ap);
	va_end(ap);
	alarm_trim(e.text);
	policy->ops->event(policy->userdata, &e);
}

void policy_emit_string(struct policy *policy, enum policy_kind kind,
			const struct policy_string *string, int64_t old_value,
			int64_t new_value, const char *text)
{
	struct policy_event e = {
		.kind = kind,
		.severity = policy_kind_severity(kind),
		.time_ns = policy->now_ns,
		.old_value = old_value,
		.new_value = new_value,
	};

	snprintf(e.bus, sizeof(e.bus), "%s", string->bus);
	snprintf(e.name, sizeof(e.name), "%s", string->name);
	snprintf(e.text, sizeof(e.text), "%s", text);
	alarm_trim(e.text);
	policy->ops->event(policy->userdata, &e);
}

/* Place of a bus in the list, or where it would be */
static size_t bus_place(const struct policy *policy, const char *name)
{
	size_t low = 0, high = policy->bus_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(policy->buses[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct policy_bus *find_bus(const struct policy *policy,
				   const char *name)
{
	size_t i = bus_place(policy, name);

	if (i < policy->bus_count && !strcmp(policy->buses[i]->name, name))
		return policy->buses[i];
	return NULL;
}

static struct policy_module *find_module(const struct policy *policy,
					 const char *bus, unsigned int address)
{
	struct policy_bus *b = find_bus(policy, bus);

	return b && address && address <= POLICY_ADDRESS_MAX ?
	       b->modules[address] : NULL;
}

struct policy_bus *policy_get_bus(struct policy *policy, const char *name)
{
	struct policy_bus *bus = find_bus(policy, name);
	struct policy_bus **list;
	size_t i;

	if (bus)
		return bus;
	list = realloc(policy->buses,
		       (policy->bus_count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	policy->buses = list;
	bus = calloc(1, sizeof(*bus));
	if (!bus)
		return NULL;
	snprintf(bus->name, sizeof(bus->name), "%s", name);
	i = bus_place(policy, bus->name);
	memmove(&list[i + 1], &list[i],
		(policy->bus_count - i) * sizeof(*list));
	list[i] = bus;
	policy->bus_count++;
	return bus;
}

struct policy_module *policy_get_module(struct policy *policy,
					struct policy_bus *bus,
					unsigned int address)
{
	struct policy_module *m;

	if (!address || address > POLICY_ADDRESS_MAX)
		return NULL;
	if (bus->modules[address])
		return bus->modules[address];
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->bus = bus;
	m->address = address;
	m->state = BACS_MODULE_UNKNOWN;
	policy_unset_limits(&m->facts.limits);
	policy_unset_limits(&m->want_limits);
	m->limits = policy->limits;
	policy_ri_module_new(policy, m);
	bus->modules[address] = m;
	return m;
}

/* Forget what neither driver nor configuration nor memory know */
void policy_drop_unknown(struct policy *policy)
{
	size_t i = 0;
	int a;

	while (i < policy->bus_count) {
		struct policy_bus *bus = policy->buses[i];
		bool used = bus->configured || bus->in_driver;

		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = bus->modules[a];

			if (!m)
				continue;
			if (m->in_driver || policy_expected(m)) {
				used = true;
				continue;
			}
			policy_alarms_forget_module(policy, m);
			policy->ops->module_gone(policy->userdata, m);
			bus->modules[a] = NULL;
			free(m);
		}
		if (used) {
			i++;
			continue;
		}
		policy_alarms_forget_bus(policy, bus);
		policy->ops->bus_gone(policy->userdata, bus);
		memmove(&policy->buses[i], &policy->buses[i + 1],
			(policy->bus_count - i - 1) * sizeof(bus));
		policy->bus_count--;
		free_bus(bus);
	}
}

void policy_config_begin(struct policy *policy)
{
	size_t i;
	int a;

	policy_ri_config_begin(policy);
	for (i = 0; i < policy->bus_count; i++) {
		struct policy_bus *bus = policy->buses[i];

		bus->configured = false;
		bus->listed = false;
		bus->wired = 0;
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = bus->modules[a];

			if (!m)
				continue;
			m->configured = false;
			m->own_limits = false;
			m->want_label[0] = '\0';
			m->string[0] = '\0';
			m->string_number = 0;
			m->jar = 0;
			m->configured_mv = 0;
			m->nominal_mv = m->facts.nominal_mv;
		}
	}
	limit_set_defaults(&policy->limits);
	policy->profile[0] = '\0';
	policy->adopt_foreign = false;
	policy_strings_begin(policy);
}

int policy_config_bus(struct policy *policy, const char *name, bool listed)
{
	struct policy_bus *bus = policy_get_bus(policy, name);

	if (!bus)
		return -ENOMEM;
	bus->configured = true;
	bus->listed = listed;
	return 0;
}

int policy_config_module(struct policy *policy, const char *bus,
			 unsigned int address, const char *label,
			 const char *string, unsigned int string_number,
			 unsigned int jar, uint32_t nominal_mv)
{
	struct policy_bus *b = policy_get_bus(policy, bus);
	struct policy_module *m = b ? policy_get_module(policy, b, address) :
				      NULL;

	if (!m)
		return -ENOMEM;
	m->configured = true;
	snprintf(m->want_label, sizeof(m->want_label), "%s", label);
	snprintf(m->string, sizeof(m->string), "%s", string);
	m->string_number = string_number;
	m->jar = jar;
	m->configured_mv = nominal_mv;
	if (nominal_mv)
		m->nominal_mv = nominal_mv;
	return 0;
}

void policy_config_limits(struct policy *policy,
			  const struct limit_set *limits, const char *profile,
			  bool adopt_foreign)
{
	policy->limits = *limits;
	snprintf(policy->profile, sizeof(policy->profile), "%s", profile);
	policy->adopt_foreign = adopt_foreign;
}

void policy_config_module_limits(struct policy *policy, const char *bus,
				 unsigned int address,
				 const struct limit_set *limits,
				 const char *profile)
{
	struct policy_module *m = find_module(policy, bus, address);

	if (!m)
		return;
	m->limits = *limits;
	snprintf(m->profile, sizeof(m->profile), "%s", profile);
	m->own_limits = true;
}

void policy_config_string_limits(struct policy *policy, const char *name,
				 const struct limit_set *limits)
{
	struct policy_string *s = policy_get_string(policy, name);

	if (!s)
		return;
	s->limits = *limits;
	s->own_limits = true;
}

void policy_config_end(struct policy *policy, uint64_t now_ns)
{
	size_t i;
	int a;

	policy->now_ns = now_ns;
	policy_drop_unknown(policy);
	policy_cable_forget(policy);
	policy_strings_end(policy);
	policy_ri_config_end(policy);
	for (i = 0; i < policy->bus_count; i++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = policy->buses[i]->modules[a];

			if (!m)
				continue;
			if (!m->own_limits) {
				m->limits = policy->limits;
				strcpy(m->profile, policy->profile);
			}
			if (!policy->adopt_foreign)
				policy_limits_disown(policy, m);
			policy_set_wants(policy, m);
			policy_push(policy, m, true);
		}
	}
	policy_judge_all(policy);
}

void policy_config_error(struct policy *policy, const char *text)
{
	snprintf(policy->config_error, sizeof(policy->config_error), "%s",
		 text ? text : "");
	policy_alarm_site(policy, ALARM_CONFIGURATION_ERROR,
			  *policy->config_error ? ALARM_ALARM : ALARM_NONE,
			  "%s", policy->config_error);
	policy->dirty = true;
}

int policy_remember(struct policy *policy, const char *bus,
		    unsigned int address, uint64_t serial,
		    enum bacs_modclass modclass, uint32_t nominal_mv)
{
	struct policy_bus *b = policy_get_bus(policy, bus);
	struct policy_module *m = b ? policy_get_module(policy, b, address) :
				      NULL;

	if (!m)
		return -ENOMEM;
	b->remembered = true;
	m->remembered = true;
	if (m->in_driver)
		return 0;
	m->facts.serial = serial;
	m->facts.modclass = modclass;
	m->facts.nominal_mv = nominal_mv;
	if (!m->nominal_mv)
		m->nominal_mv = nominal_mv;
	return 0;
}

void policy_forget(struct policy *policy, const char *bus,
		   unsigned int address, uint64_t now_ns)
{
	struct policy_module *m = find_module(policy, bus, address);

	policy->now_ns = now_ns;
	if (!m)
		return;
	m->remembered = false;
	m->ever_ok = m->in_driver && m->facts.state == BACS_MODULE_OK;
	policy_drop_unknown(policy);
	policy_judge_all(policy);
}

static void detach_bus(struct policy_bus *bus)
{
	int a;

	bus->in_driver = false;
	bus->state = BACS_BUS_UNKNOWN;
	bus->stalled = false;
	bus->was_lost = false;
	for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a])
			bus->modules[a]->in_driver = false;
}

void policy_driver(struct policy *policy, enum bacs_driver driver,
		   uint64_t now_ns)
{
	enum bacs_driver old = policy->site.driver;
	size_t i;

	policy->now_ns = now_ns;
	if (driver == old)
		return;
	policy->site.driver = driver;
	for (i = 0; driver != BACS_DRIVER_PRESENT && i < policy->bus_count;
	     i++) {
		detach_bus(policy->buses[i]);
		policy_equalize_bus_gone(policy, policy->buses[i]);
	}
	if (driver == BACS_DRIVER_PRESENT)
		policy_emit(policy, POLICY_DRIVER_PRESENT, NULL, NULL, old,
			    driver, "The driver bacs is loaded");
	policy_alarm_site(policy, ALARM_DRIVER_INCOMPATIBLE,
			  driver == BACS_DRIVER_INCOMPATIBLE ? ALARM_ALARM :
			  ALARM_NONE,
			  "the driver bacs speaks another version of its interface, nothing is monitored");
	policy_alarm_site(policy, ALARM_DRIVER_MISSING,
			  driver == BACS_DRIVER_MISSING ? ALARM_ALARM :
			  ALARM_NONE,
			  "the driver bacs is not loaded, nothing is monitored");
	policy_drop_unknown(policy);
	policy_judge_all(policy);
}

int policy_bus(struct policy *policy, const char *name,
	       enum bacs_busstate state, uint32_t scan_ms, uint64_t now_ns)
{
	struct policy_bus *bus = policy_get_bus(policy, name);

	policy->now_ns = now_ns;
	if (!bus)
		return -ENOMEM;
	if (!bus->in_driver) {
		bus->in_driver = true;
		bus->ever_present = true;
		bus->sample_ns = now_ns;
		policy_emit(policy, POLICY_BUS_PRESENT, bus, NULL, 0, state,
			    "Bus %s is attached", bus->name);
	}
	bus->state = state;
	bus->scan_ms = scan_ms;
	policy_judge_bus(policy, bus);
	policy_judge_site(policy);
	return 0;
}

void policy_bus_removed(struct policy *policy, const char *name,
			uint64_t now_ns)
{
	struct policy_bus *bus = find_bus(policy, name);

	policy->now_ns = now_ns;
	if (!bus || !bus->in_driver)
		return;
	detach_bus(bus);
	policy_equalize_bus_gone(policy, bus);
	policy_drop_unknown(policy);
	policy_judge_all(policy);
}

int policy_module(struct policy *policy, const char *name,
		  unsigned int address, const struct policy_facts *facts,
		  uint64_t now_ns)
{
	struct policy_bus *bus = policy_get_bus(policy, name);
	struct policy_module *m = bus ? policy_get_module(policy, bus,
							  address) : NULL;
	bool appeared;

	policy->now_ns = now_ns;
	if (!m)
		return -ENOMEM;
	appeared = !m->in_driver;
	m->in_driver = true;
	/* what was learnt of another module is not of this one */
	if (m->facts.serial != facts->serial)
		memset(&m->rules, 0, sizeof(m->rules));
	m->facts = *facts;
	if (appeared)
		m->told = facts->supply;
	if (facts->state == BACS_MODULE_OK)
		m->ever_ok = true;
	if (!m->configured_mv)
		m->nominal_mv = facts->nominal_mv;
	if (policy_set_wants(policy, m) || appeared)
		policy_push(policy, m, false);
	policy_judge_module(policy, m);
	policy_jar_facts(policy, m);
	policy->dirty = true;
	return 0;
}

void policy_limits_written(struct policy *policy, const char *bus,
			   unsigned int address,
			   const struct policy_limits *limits, uint32_t pid,
			   uint64_t now_ns)
{
	struct policy_module *m = find_module(policy, bus, address);

	policy->now_ns = now_ns;
	if (!m)
		return;
	m->facts.limits = *limits;
	policy_limits_foreign(policy, m, pid);
}

void policy_module_removed(struct policy *policy, const char *bus,
			   unsigned int address, uint64_t now_ns)
{
	struct policy_module *m = find_module(policy, bus, address);

	policy->now_ns = now_ns;
	if (!m || !m->in_driver)
		return;
	m->in_driver = false;
	policy_judge_module(policy, m);
	policy_drop_unknown(policy);
	policy->dirty = true;
}

void policy_sample(struct policy *policy, const char *name,
		   unsigned int address, const struct policy_sample *sample,
		   uint64_t now_ns)
{
	struct policy_module *m = find_module(policy, name, address);

	policy->now_ns = now_ns;
	if (!m)
		return;
	if (!sample->read)
		m->bus->sample_ns = now_ns;
	m->sample = *sample;
	if (m->samples < UINT8_MAX)
		m->samples++;
	policy_judge_sample(policy, m);
	policy_judge_module(policy, m);
	policy_string_sample(policy, m);
	policy_ri_sample(policy, m);
	if (m->bus->stalled)
		policy_judge_bus(policy, m->bus);
}

const struct policy_site *policy_site(const struct policy *policy)
{
	return &policy->site;
}

size_t policy_bus_count(const struct policy *policy)
{
	return policy->bus_count;
}

const struct policy_bus *policy_bus_at(const struct policy *policy, size_t i)
{
	return i < policy->bus_count ? policy->buses[i] : NULL;
}

const struct policy_bus *policy_find_bus(const struct policy *policy,
					 const char *bus)
{
	return find_bus(policy, bus);
}

const struct policy_module *policy_find_module(const struct policy *policy,
					       const char *bus,
					       unsigned int address)
{
	return find_module(policy, bus, address);
}

unsigned int policy_count(const struct policy *policy,
			  const struct policy_bus *bus,
			  enum bacs_colour colour)
{
	unsigned int n = 0;
	size_t i;
	int a;

	for (i = 0; i < policy->bus_count; i++) {
		if (bus && bus != policy->buses[i])
			continue;
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			const struct policy_module *m =
				policy->buses[i]->modules[a];

			if (m && m->colour == colour)
				n++;
		}
	}
	return n;
}
