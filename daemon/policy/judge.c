// SPDX-License-Identifier: GPL-2.0-or-later
/* States, colours, reasons; when a loss is an event and when it is not yet */
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

/* After a lost bus returns, its modules need this long to be ok again */
#define RETURN_NS	(15 * 1000000000ULL)
/* A tick later than this: the machine slept, or the daemon was stopped */
#define TICK_LATE_NS	(3 * 1000000000ULL)

bool policy_expected(const struct policy_module *m)
{
	return m->configured || m->ever_ok ||
	       (m->remembered && !m->bus->listed);
}

static enum bacs_modstate effective_state(const struct policy *p,
					  const struct policy_module *m)
{
	if (m->in_driver && m->facts.state == BACS_MODULE_OK)
		return BACS_MODULE_OK;
	if (m->ever_ok)
		return BACS_MODULE_LOST;
	if (m->in_driver)
		return m->facts.state;
	return p->site.armed ? BACS_MODULE_ABSENT : BACS_MODULE_UNPOLLED;
}

static const char *absence_reason(const struct policy *p,
				  const struct policy_bus *bus)
{
	if (p->site.driver == BACS_DRIVER_INCOMPATIBLE)
		return "driver speaks another version";
	if (p->site.driver != BACS_DRIVER_PRESENT)
		return "driver is not loaded";
	if (!bus->in_driver)
		return "bus is not attached";
	if (bus->state == BACS_BUS_LOST)
		return "nobody answers on the bus";
	return NULL;
}

static enum bacs_colour module_colour(const struct policy *p,
				      const struct policy_module *m,
				      char *reason, size_t size)
{
	const char *why = absence_reason(p, m->bus);

	switch (m->state) {
	case BACS_MODULE_OK:
		return policy_worse(p, m, policy_judge_values(m, reason, size),
				    reason, size);
	case BACS_MODULE_LOST:
		snprintf(reason, size, "lost, not monitored: %s",
			 why ? why : "does not answer");
		return BACS_COLOUR_RED;
	case BACS_MODULE_ABSENT:
		snprintf(reason, size, "never found since start: %s",
			 why ? why : "does not answer");
		return BACS_COLOUR_BLUE;
	case BACS_MODULE_UNPOLLED:
		snprintf(reason, size, "not yet polled%s%s", why ? ": " : "",
			 why ? why : "");
		return BACS_COLOUR_GREY;
	default:
		snprintf(reason, size, "state is not known");
		return BACS_COLOUR_GREY;
	}
}

static bool bus_answers(const struct policy_bus *bus)
{
	return bus->in_driver && bus->state != BACS_BUS_LOST &&
	       bus->state != BACS_BUS_STOPPED;
}

/* Losses that follow from others are suppressed by the table of alarms */
static void judge_presence(struct policy *p, struct policy_module *m)
{
	const struct alarm *lost;

	switch (m->state) {
	case BACS_MODULE_OK:
		if (!m->found && !m->remembered)
			policy_emit(p, POLICY_MODULE_FOUND, NULL, m, 0,
				    m->state, "Module %s was found", m->name);
		m->found = true;
		m->behind = 0;
		policy_alarm_module(p, ALARM_MODULE_LOST, m, ALARM_NONE, "ok");
		policy_alarm_module(p, ALARM_MODULE_MISSING, m, ALARM_NONE,
				    "ok");
		return;
	case BACS_MODULE_LOST:
		m->found = true;
		policy_alarm_module(p, ALARM_MODULE_LOST, m, ALARM_ALARM,
				    POLICY_LOST_EVIDENCE);
		return;
	case BACS_MODULE_ABSENT:
		m->found = true;
		/* lost in an earlier run, and lost it still is */
		lost = policy_module_alarm(p, ALARM_MODULE_LOST, m);
		if (lost && lost->active)
			return;
		policy_alarm_module(p, ALARM_MODULE_MISSING, m, ALARM_ALARM,
				    "is expected at address %u of %s and was not found since start",
				    m->address, m->bus->name);
		return;
	default:
		return;
	}
}

/* The name people know: the configured one, the driver's, bus and address */
static bool update_name(struct policy_module *m)
{
	char name[POLICY_NAME_MAX + 1];
	const char *label = *m->want_label ? m->want_label : m->facts.label;

	if (!*label) {
		snprintf(name, sizeof(name), "%s-%03u", m->bus->name,
			 m->address);
		label = name;
	}
	if (!strcmp(label, m->name))
		return false;
	strcpy(m->name, label);
	return true;
}

void policy_judge_module(struct policy *p, struct policy_module *m)
{
	char reason[POLICY_REASON_MAX + 1];
	enum bacs_modstate state = effective_state(p, m);
	enum bacs_colour colour;
	bool changed = update_name(m);

	if (changed)
		policy_alarms_rename(p, m);

	if (state != m->state) {
		m->state = state;
		m->since_ns = p->now_ns;
		m->samples = 0;
		changed = true;
		if (state != BACS_MODULE_OK) {
			/* nothing of it is live any more */
			m->alarms = 0;
			m->raw = 0;
			m->faults = 0;
		}
	}
	judge_presence(p, m);
	if (state == BACS_MODULE_OK)
		policy_alarm_values(p, m);
	colour = module_colour(p, m, reason, sizeof(reason));
	if (colour != m->colour) {
		m->colour = colour;
		strcpy(m->reason, reason);
		p->dirty = true;
		changed = true;
	} else if (!*m->reason || state != BACS_MODULE_OK ||
		   colour == BACS_COLOUR_GREEN) {
		/*
		 * The value in the reason of a standing alarm moves with every
		 * sample: that is no change to tell anybody.
		 */
		changed |= strcmp(m->reason, reason) != 0;
		strcpy(m->reason, reason);
	} else {
		strcpy(m->reason, reason);
	}
	if (changed)
		p->ops->module_changed(p->userdata, m);
}

static bool has_live_module(const struct policy_bus *bus)
{
	int a;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
		const struct policy_module *m = bus->modules[a];

		if (m && m->in_driver && m->facts.state == BACS_MODULE_OK)
			return true;
	}
	return false;
}

static void judge_silence(struct policy *p, struct policy_bus *bus)
{
	uint64_t limit = (uint64_t)bus->scan_ms * 1000000 * POLICY_STALL_SCANS;
	uint64_t since;
	bool stalled;

	if (limit < POLICY_STALL_NS)
		limit = POLICY_STALL_NS;
	if (!bus_answers(bus) || !has_live_module(bus)) {
		bus->expect_ns = p->now_ns;
		bus->stalled = false;
		return;
	}
	since = bus->sample_ns > bus->expect_ns ? bus->sample_ns :
						  bus->expect_ns;
	stalled = p->now_ns > since && p->now_ns - since > limit;
	bus->stalled = stalled;
	if (stalled)
		policy_alarm_bus(p, ALARM_SAMPLES_STALLED, bus, ALARM_ALARM,
				 "has live modules, but no sample came for %llu ms (limit %llu ms)",
				 (unsigned long long)(p->now_ns - since) /
				 1000000, (unsigned long long)limit / 1000000);
	else if (bus->sample_ns > bus->expect_ns)
		policy_alarm_bus(p, ALARM_SAMPLES_STALLED, bus, ALARM_NONE,
				 "ok");
}

static enum bacs_colour bus_colour(const struct policy *p,
				   const struct policy_bus *bus, char *reason,
				   size_t size)
{
	const char *why = absence_reason(p, bus);

	if (!bus->in_driver) {
		snprintf(reason, size, "%s", why);
		if (bus->ever_present)
			return BACS_COLOUR_RED;
		return p->site.armed ? BACS_COLOUR_BLUE : BACS_COLOUR_GREY;
	}
	if (bus->stalled) {
		snprintf(reason, size,
			 "samples stay away although modules are live");
		return BACS_COLOUR_RED;
	}
	switch (bus->state) {
	case BACS_BUS_RUNNING:
		snprintf(reason, size, "ok");
		break;
	case BACS_BUS_LOST:
		snprintf(reason, size, "nobody answers: check cable and supply");
		break;
	case BACS_BUS_LISTENING:
		snprintf(reason, size, "listening before the first request");
		break;
	case BACS_BUS_DISCOVERING:
		snprintf(reason, size, "searching for modules");
		break;
	default:
		snprintf(reason, size, "%s", bacs_busstate_name(bus->state));
		break;
	}
	return bacs_busstate_colour(bus->state);
}

static void judge_bus_presence(struct policy *p, struct policy_bus *bus)
{
	if (bus->in_driver && bus->state == BACS_BUS_LOST) {
		bus->was_lost = true;
		policy_alarm_bus(p, ALARM_BUS_LOST, bus, ALARM_ALARM,
				 "nobody answers, none of its modules is monitored");
	} else if (bus->in_driver && bus->state == BACS_BUS_RUNNING) {
		if (bus->was_lost)
			bus->quiet_ns = p->now_ns + RETURN_NS;
		bus->was_lost = false;
		policy_alarm_bus(p, ALARM_BUS_LOST, bus, ALARM_NONE, "ok");
	}
	if (bus->in_driver)
		policy_alarm_bus(p, ALARM_BUS_MISSING, bus, ALARM_NONE, "ok");
	else if (bus->ever_present)
		policy_alarm_bus(p, ALARM_BUS_MISSING, bus, ALARM_ALARM,
				 "is gone, none of its modules is monitored");
	else if (p->site.armed)
		policy_alarm_bus(p, ALARM_BUS_MISSING, bus, ALARM_ALARM,
				 "is expected and was not attached since start");
}

void policy_judge_bus(struct policy *p, struct policy_bus *bus)
{
	char reason[POLICY_REASON_MAX + 1];
	enum bacs_colour colour;

	judge_silence(p, bus);
	judge_bus_presence(p, bus);
	colour = bus_colour(p, bus, reason, sizeof(reason));
	if (colour == bus->colour && !strcmp(reason, bus->reason))
		return;
	bus->colour = colour;
	strcpy(bus->reason, reason);
	p->dirty = true;
	p->ops->bus_changed(p->userdata, bus);
}

/* Which of two colours people must see first */
static int rank(enum bacs_colour colour)
{
	static const int ranks[] = {
		[BACS_COLOUR_GREEN] = 1, [BACS_COLOUR_GREY] = 2,
		[BACS_COLOUR_ORANGE] = 3, [BACS_COLOUR_BLUE] = 4,
		[BACS_COLOUR_RED] = 5,
	};

	return (unsigned int)colour <= BACS_COLOUR_GREEN ? ranks[colour] : 0;
}

static enum bacs_colour site_colour(const struct policy *p, char *reason,
				    size_t size)
{
	static const enum bacs_colour order[] = {
		BACS_COLOUR_RED, BACS_COLOUR_BLUE, BACS_COLOUR_ORANGE,
		BACS_COLOUR_GREY, BACS_COLOUR_GREEN,
	};
	enum bacs_colour worst = BACS_COLOUR_UNKNOWN;
	enum bacs_colour string_colour;
	unsigned int buses = 0, modules, strings;
	size_t i, at;

	for (i = 0; i < p->bus_count; i++)
		if (rank(p->buses[i]->colour) > rank(worst))
			worst = p->buses[i]->colour;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (policy_count(p, NULL, order[i])) {
			if (rank(order[i]) > rank(worst))
				worst = order[i];
			break;
		}
	}
	strings = policy_alarmed_strings(p, &string_colour);
	if (rank(string_colour) > rank(worst))
		worst = string_colour;
	if (*p->config_error && rank(worst) <= rank(BACS_COLOUR_BLUE)) {
		snprintf(reason, size, "configuration error: %.100s",
			 p->config_error);
		return BACS_COLOUR_BLUE;
	}
	if (p->site.driver != BACS_DRIVER_PRESENT) {
		snprintf(reason, size, "%s",
			 p->site.driver == BACS_DRIVER_INCOMPATIBLE ?
			 "driver speaks another version" :
			 "driver is not loaded");
		return worst == BACS_COLOUR_RED ? worst :
		       p->site.armed ? BACS_COLOUR_BLUE : BACS_COLOUR_GREY;
	}
	if (worst == BACS_COLOUR_UNKNOWN) {
		snprintf(reason, size, "no bus is attached or configured");
		return p->site.armed ? BACS_COLOUR_BLUE : BACS_COLOUR_GREY;
	}
	if (worst == BACS_COLOUR_GREEN) {
		snprintf(reason, size, "ok");
		return worst;
	}
	modules = policy_count(p, NULL, worst);
	for (i = 0; i < p->bus_count; i++)
		buses += p->buses[i]->colour == worst;
	/* what stands in this colour; "0 buses" would read as none attached */
	at = snprintf(reason, size, "%s:", bacs_colour_name(worst));
	if (modules)
		at += snprintf(reason + at, size - at, " %u module%s", modules,
			       modules == 1 ? "" : "s");
	if (buses)
		at += snprintf(reason + at, size - at, "%s %u bus%s",
			       modules ? "," : "", buses,
			       buses == 1 ? "" : "es");
	if (strings && string_colour == worst)
		snprintf(reason + at, size - at, "%s %u string%s",
			 modules || buses ? "," : "", strings,
			 strings == 1 ? "" : "s");
	return worst;
}

void policy_judge_site(struct policy *p)
{
	char reason[POLICY_REASON_MAX + 1];
	enum bacs_colour colour = site_colour(p, reason, sizeof(reason));

	p->dirty = false;
	if (colour == p->site.colour && !strcmp(reason, p->site.reason))
		return;
	p->site.colour = colour;
	strcpy(p->site.reason, reason);
	p->ops->site_changed(p->userdata);
}

void policy_judge_all(struct policy *p)
{
	size_t i;
	int a;

	for (i = 0; i < p->bus_count; i++) {
		policy_judge_bus(p, p->buses[i]);
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (p->buses[i]->modules[a])
				policy_judge_module(p, p->buses[i]->modules[a]);
	}
	policy_judge_site(p);
}

/* Everything that is expected answers: nothing is left to wait for */
static bool all_settled(const struct policy *p)
{
	bool any = false;
	size_t i;
	int a;

	if (p->site.driver != BACS_DRIVER_PRESENT)
		return false;
	for (i = 0; i < p->bus_count; i++) {
		const struct policy_bus *bus = p->buses[i];

		if (!bus->in_driver || bus->state != BACS_BUS_RUNNING)
			return false;
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			const struct policy_module *m = bus->modules[a];

			if (m && m->state != BACS_MODULE_OK)
				return false;
			any |= m != NULL;
		}
	}
	return any;
}

static void arm(struct policy *p)
{
	p->site.armed = true;
	p->site.armed_ns = p->now_ns;
	policy_emit(p, POLICY_ARMED, NULL, NULL, 0,
		    (p->now_ns - p->site.start_ns) / 1000000,
		    "Loss alarms are live, %llu ms after start",
		    (unsigned long long)(p->now_ns - p->site.start_ns) /
		    1000000);
	policy_judge_all(p);
	policy_alarms_settle(p);
}

static bool quiet_ends(const struct policy *p, const struct policy_bus *bus,
		       uint64_t last_ns)
{
	return bus->quiet_ns > last_ns && bus->quiet_ns <= p->now_ns;
}

void policy_tick(struct policy *p, uint64_t now_ns)
{
	uint64_t last_ns = p->tick_ns;
	size_t i;
	int a;

	p->now_ns = now_ns;
	p->tick_ns = now_ns;
	if (last_ns && now_ns > last_ns && now_ns - last_ns > TICK_LATE_NS) {
		/* nobody looked: what did not come meanwhile is no silence */
		for (i = 0; i < p->bus_count; i++)
			p->buses[i]->expect_ns = now_ns;
	}
	if (!p->site.armed && (now_ns - p->site.start_ns >= POLICY_INHIBIT_NS ||
			       all_settled(p)))
		arm(p);
	for (i = 0; i < p->bus_count; i++) {
		struct policy_bus *bus = p->buses[i];

		policy_judge_bus(p, bus);
		if (!quiet_ends(p, bus, last_ns))
			continue;
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (bus->modules[a])
				policy_judge_module(p, bus->modules[a]);
	}
	policy_strings_tick(p);
	policy_limits_tick(p);
	policy_equalize_tick(p);
	policy_ri_tick(p);
	policy_jars_tick(p);
	policy_supply_tick(p);
	policy_cable_tick(p);
	policy_alarms_tick(p);
	if (p->dirty)
		policy_judge_site(p);
}

bool policy_alive(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->bus_count; i++)
		if (policy->buses[i]->stalled)
			return false;
	return true;
}
