// SPDX-License-Identifier: GPL-2.0-or-later
/* Equalizing of the strings there are: what it is fed with, who is told */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/equalize/internal.h"
#include "policy/internal.h"

/* Without a scan it looks at the string so often all the same */
#define LOOK_NS		(2 * SECOND_NS)
/* A third of the lease */
#define RENEW_NS	(20 * SECOND_NS)
#define RETRY_NS	SECOND_NS
/* What the driver has is not known; no duty */
#define NOT_SURE	UINT16_MAX

/* The bus, or NULL: none is made, it may just have gone */
static struct policy_bus *bus_of(const struct policy *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->bus_count; i++)
		if (!strcmp(p->buses[i]->name, name))
			return p->buses[i];
	return NULL;
}

unsigned int policy_duty(const struct policy_module *m)
{
	const struct policy_string *s = m->owner;

	if (!s || !s->equalize || !m->jar || m->jar > s->count)
		return 0;
	return s->equalize->jars[m->jar - 1].duty_permille;
}

/* Why nothing may be commanded, or NULL */
static const char *blocked(const struct policy *p, const struct policy_bus *bus)
{
	if (p->monitor_only)
		return "bacsd only monitors until its configuration is right";
	if (p->equalize_unsure)
		return "what operators said of it cannot be read from the history";
	if (p->site.driver != BACS_DRIVER_PRESENT)
		return "the driver is not there";
	if (!bus || !bus->in_driver)
		return "the bus is not attached";
	switch (bus->control.controller) {
	case POLICY_CONTROLLED:
		return NULL;
	case POLICY_REFUSED:
		return bus->control.why;
	default:
		return "control of the bus is being asked for";
	}
}

/* No current is led by a value that another rule does not believe */
static const char *doubt_of(const struct policy_module *m)
{
	if (m->judged[ALARM_SENSOR_STUCK] > ALARM_NONE + 1)
		return "believable voltage (sensor-stuck)";
	if (m->judged[ALARM_SENSOR_DRIFT] > ALARM_NONE + 1)
		return "believable voltage (sensor-drift)";
	return NULL;
}

static void take_cell(const struct policy *p, const struct policy_module *m,
		      const struct policy_string *s, unsigned int i,
		      struct equalize_cell *c)
{
	const struct policy_cell *from = &s->cells[i];
	struct alarm_object object;

	*c = (struct equalize_cell) {
		.name = m ? m->name : "a module without a name",
		.valid = from->valid,
		.cell_uv = from->cell_uv,
		.has_temperature = from->has_temperature,
		.temperature_mc = from->temperature_mc,
		.calibrated = s->calibrated,
	};
	if (!m)
		return;
	c->doubt = doubt_of(m);
	c->calibrated |= policy_calibrated(m);
	if (m->sample.present & 1U << BACS_Q_MODULE_TEMPERATURE) {
		c->has_module_temperature = true;
		c->module_mc = policy_temperature_mc(
			m->sample.value[BACS_Q_MODULE_TEMPERATURE]);
	}
	if (m->sample.present & 1U << BACS_Q_RESISTANCE)
		c->resistance_uohm = m->sample.value[BACS_Q_RESISTANCE];
	object = policy_module_object(m);
	c->out_of_service = alarm_find_out(&p->alarms, &object) != NULL;
}

/* A block that days of bypass did not move */
static void judge_effect(struct policy *p, const struct policy_string *s,
			 struct policy_bus *bus)
{
	const struct equalize *e = s->equalize;
	unsigned int i;

	/* a suspended one tells nothing about the jars */
	if (!bus || e->status == EQUALIZE_SUSPENDED ||
	    (e->status != EQUALIZE_OFF && !e->has_mean))
		return;
	for (i = 0; i < e->count; i++) {
		const struct equalize_jar *j = &e->jars[i];
		struct policy_module *m = bus->modules[s->cells[i].address];

		if (!m)
			continue;
		policy_alarm_module(p, ALARM_EQUALIZING_WITHOUT_EFFECT, m,
				    j->without_effect ? ALARM_WARNING :
							ALARM_NONE,
				    "%s mV/cell %s its target after 3 days of bypass %s",
				    equalize_mv(llabs(j->deviation_uv)).s,
				    j->deviation_uv < 0 ? "below" : "above",
				    j->deviation_uv < 0 ? "at the others" :
							  "at the limit");
	}
}

static void tell_change(struct policy *p, const struct policy_string *s,
			enum equalize_status old)
{
	char text[256];

	snprintf(text, sizeof(text), "Equalizing of string %s: %s, was %s: %s",
		 s->name, equalize_status_name(s->equalize->status),
		 equalize_status_name(old), s->equalize->reason);
	policy_emit_string(p, POLICY_EQUALIZING, s, old, s->equalize->status,
			   text);
	p->ops->string_changed(p->userdata, s);
}

static void tell_spread(struct policy *p, const struct policy_string *s)
{
	long long uv = s->equalize->off_uv;
	char text[256];

	snprintf(text, sizeof(text),
		 "Equalizing of string %s: without it the spread is %lld.%lld mV/cell",
		 s->name, uv / 1000, uv / 100 % 10);
	policy_emit_string(p, POLICY_EQUALIZING, s, s->equalize->status,
			   s->equalize->status, text);
}

/* Ready and active come and go by themselves: no event */
static bool worth_telling(enum equalize_status a, enum equalize_status b)
{
	bool runs_a = a == EQUALIZE_READY || a == EQUALIZE_ACTIVE;
	bool runs_b = b == EQUALIZE_READY || b == EQUALIZE_ACTIVE;

	return a != b && !(runs_a && runs_b);
}

/* The largest, so that no module takes more than was meant; 0: not known yet */
static uint32_t bypass_of(const struct policy *p, const struct policy_string *s)
{
	uint32_t most = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		const struct policy_module *m = policy_module_at(p, s, i);
		uint32_t ua = 0;

		if (m && m->facts.bypass_ma)
			ua = m->facts.bypass_ma * 1000;
		else if (m && m->nominal_mv)
			ua = equalize_bypass_ua(m->nominal_mv);
		if (ua > most)
			most = ua;
	}
	return most;
}

/* Modules tell it only when they answer */
static void find_bypass(const struct policy *p, struct policy_string *s)
{
	struct equalize_config c = s->equalize->config;
	uint32_t ua = s->equalize_config.bypass_ua ? 0 : bypass_of(p, s);

	if (!ua || ua == c.bypass_ua)
		return;
	c.bypass_ua = ua;
	equalize_configure(s->equalize, &c);
}

void policy_equalize_scan(struct policy *p, struct policy_string *s)
{
	struct equalize_cell cells[POLICY_ADDRESS_MAX];
	struct equalize *e = s->equalize;
	struct policy_bus *bus;
	struct equalize_scan scan = {
		.time_ns = p->now_ns,
		.state = s->machine.state,
		.since_ns = s->machine.since_ns,
		.has_current = s->has_current,
		.current_ma = s->current_ma,
		.zero_ma = s->zero_ma,
		.cells = cells,
	};
	enum equalize_status old;
	uint64_t off_ns;
	unsigned int i;

	if (!e || (!e->config.on && e->status == EQUALIZE_OFF))
		return;
	find_bypass(p, s);
	bus = bus_of(p, s->bus);
	scan.blocked = blocked(p, bus);
	for (i = 0; i < s->count; i++)
		take_cell(p, policy_module_at(p, s, i), s, i, &cells[i]);
	old = e->status;
	off_ns = e->off_ns;
	if (equalize_scan(e, &scan) && bus)
		bus->control.changed = true;
	if (worth_telling(old, e->status))
		tell_change(p, s, old);
	/* while nothing flows every step is one: tell the first of them */
	if (e->off_ns != off_ns && e->off_ns - off_ns >= EQUALIZE_REST_NS)
		tell_spread(p, s);
	judge_effect(p, s, bus);
}

bool policy_wants_control(const struct policy *p, const struct policy_bus *bus)
{
	size_t i;

	if (p->monitor_only)
		return false;
	for (i = 0; i < p->string_count; i++)
		if (!strcmp(p->strings[i]->bus, bus->name) &&
		    p->strings[i]->equalize &&
		    p->strings[i]->equalize->config.on)
			return true;
	return false;
}

/* Nothing of what the driver was told before holds any more */
static void forget_told(struct policy_bus *bus)
{
	int a;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a])
			bus->modules[a]->duty_told = 0;
	bus->control.changed = false;
	bus->control.told_ns = 0;
	bus->control.retry_ns = 0;
}

static void reset_strings(struct policy *p, const struct policy_bus *bus,
			  const char *why)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];

		if (s->equalize && !strcmp(s->bus, bus->name))
			equalize_reset(s->equalize, why);
	}
}

void policy_equalize_bus_gone(struct policy *p, struct policy_bus *bus)
{
	bus->control.controller = POLICY_NOT_ASKED;
	forget_told(bus);
	reset_strings(p, bus, "the bus began anew");
}

void policy_control(struct policy *p, const char *name,
		    enum policy_controller controller, const char *why,
		    uint64_t now_ns)
{
	struct policy_bus *bus = bus_of(p, name);
	size_t i;

	p->now_ns = now_ns;
	if (!bus)
		return;
	snprintf(bus->control.why, sizeof(bus->control.why), "%s", why);
	if (bus->control.controller == controller)
		return;
	bus->control.controller = controller;
	forget_told(bus);
	reset_strings(p, bus, "control of the bus changed");
	/* say at once what that means, samples or not */
	for (i = 0; i < p->string_count; i++)
		if (!strcmp(p->strings[i]->bus, name))
			policy_equalize_scan(p, p->strings[i]);
	p->ops->bus_changed(p->userdata, bus);
}

void policy_lease_expired(struct policy *p, const char *name, uint64_t now_ns)
{
	struct policy_bus *bus = bus_of(p, name);

	p->now_ns = now_ns;
	if (!bus)
		return;
	forget_told(bus);
	reset_strings(p, bus, "the lease ran out");
}

void policy_duties_failed(struct policy *p, const char *name, uint64_t now_ns)
{
	struct policy_bus *bus = bus_of(p, name);
	int a;

	p->now_ns = now_ns;
	if (!bus)
		return;
	/* what was told and not taken is not known to be there */
	for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a] && bus->modules[a]->duty_told)
			bus->modules[a]->duty_told = NOT_SURE;
	bus->control.changed = true;
	bus->control.retry_ns = now_ns + RETRY_NS;
}

/*
 * All duties above 0 every time: a module that lost its own, by a reset or a
 * silence, gets it again; the driver writes nothing twice. One that does not
 * answer would have the driver refuse them all; its lease ends by itself.
 */
static void tell_duties(struct policy *p, struct policy_bus *bus)
{
	uint8_t addresses[POLICY_ADDRESS_MAX];
	uint32_t permille[POLICY_ADDRESS_MAX];
	size_t n = 0;
	int a;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
		struct policy_module *m = bus->modules[a];
		unsigned int duty = m ? policy_duty(m) : 0;

		if (!m || m->state != BACS_MODULE_OK ||
		    (!duty && !m->duty_told))
			continue;
		addresses[n] = a;
		permille[n++] = duty;
		m->duty_told = duty;
	}
	bus->control.changed = false;
	if (!n)
		return;
	bus->control.told_ns = p->now_ns;
	p->ops->set_duties(p->userdata, bus, n, addresses, permille);
}

static bool flows(const struct policy_bus *bus)
{
	int a;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a] && bus->modules[a]->duty_told)
			return true;
	return false;
}

static void tick_bus(struct policy *p, struct policy_bus *bus)
{
	struct policy_control *c = &bus->control;
	uint64_t since = p->now_ns - c->told_ns;

	if (c->controller != POLICY_CONTROLLED || !p->ops->set_duties)
		return;
	if (p->now_ns < c->retry_ns)
		return;
	if (c->changed || (since >= RENEW_NS && flows(bus)))
		tell_duties(p, bus);
}

void policy_equalize_tick(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];

		if (s->equalize && (p->now_ns < s->equalize->last_ns ||
		    p->now_ns - s->equalize->last_ns >= LOOK_NS))
			policy_equalize_scan(p, s);
	}
	for (i = 0; i < p->bus_count; i++)
		tick_bus(p, p->buses[i]);
}

void policy_equalize_hold(struct policy *p, const struct policy_module *m,
			  bool hold)
{
	struct policy_string *s = m->owner;
	unsigned int before = policy_duty(m);

	if (!s || !s->equalize || !m->jar || m->jar > s->count)
		return;
	equalize_hold(s->equalize, m->jar - 1, hold);
	if (policy_duty(m) == before)
		return;
	/* not a second later */
	m->bus->control.changed = true;
	if (m->bus->control.controller == POLICY_CONTROLLED &&
	    p->ops->set_duties)
		tell_duties(p, m->bus);
}

/* Modules may have lost their string, too: tell all that had a duty */
static void tell_all_buses(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->bus_count; i++)
		p->buses[i]->control.changed = true;
}

static void say(struct policy *p, struct policy_string *s, int8_t said,
		const char *who)
{
	if (s->said == said)
		return;
	s->said = said;
	snprintf(s->said_by, sizeof(s->said_by), "%s", said ? who : "");
	if (p->ops->equalize_said)
		p->ops->equalize_said(p->userdata, s);
}

int policy_equalize_switch(struct policy *p, const char *name, bool on,
			   const char *who, uint64_t now_ns)
{
	struct policy_string *s = policy_get_string(p, name);
	struct equalize_config c;
	enum equalize_status old;

	p->now_ns = now_ns;
	if (!s || !s->equalize)
		return -ENOENT;
	c = s->equalize->config;
	if (on && !c.capacity_mah)
		return -ENODATA;
	old = s->equalize->status;
	say(p, s, on == s->equalize_config.on ? 0 : on ? 1 : -1, who);
	c.on = on;
	equalize_configure(s->equalize, &c);
	tell_all_buses(p);
	if (worth_telling(old, s->equalize->status))
		tell_change(p, s, old);
	return 0;
}

/* It holds as long as the configuration says otherwise, and it can be done */
static void apply_said(struct policy *p, struct policy_string *s,
		       struct equalize_config *c)
{
	if (!s->said)
		return;
	if (c->on == (s->said > 0) || (s->said > 0 && !c->capacity_mah))
		say(p, s, 0, "");
	else
		c->on = s->said > 0;
}

void policy_equalize_restore(struct policy *p, const char *name, bool on,
			     const char *who)
{
	struct policy_string *s = policy_get_string(p, name);
	struct equalize_config c;

	if (!s || !s->equalize || s->said)
		return;
	s->said = on ? 1 : -1;
	snprintf(s->said_by, sizeof(s->said_by), "%s", who);
	c = s->equalize->config;
	c.on = s->equalize_config.on;
	apply_said(p, s, &c);
	equalize_configure(s->equalize, &c);
	tell_all_buses(p);
}

void policy_equalize_unsure(struct policy *p, bool unsure)
{
	p->equalize_unsure = unsure;
}

void policy_monitor_only(struct policy *p, bool on)
{
	p->monitor_only = on;
}

/* Configuration */

int policy_equalize_new(struct policy_string *s)
{
	equalize_free(s->equalize);
	s->equalize = NULL;
	return equalize_new(s->count, &s->equalize);
}

void policy_equalize_begin(struct policy_string *s)
{
	equalize_config_default(&s->equalize_config);
	s->calibrated = false;
}

void policy_config_equalize(struct policy *p, const char *name,
			    const struct equalize_config *config,
			    bool calibrated)
{
	struct policy_string *s = policy_get_string(p, name);

	if (!s)
		return;
	s->equalize_config = *config;
	s->calibrated = calibrated;
}

/* All strings are there and know their modules */
void policy_equalize_configure(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];
		struct equalize_config c = s->equalize_config;

		if (!s->equalize)
			continue;
		if (!c.bypass_ua)
			c.bypass_ua = bypass_of(p, s);
		apply_said(p, s, &c);
		equalize_configure(s->equalize, &c);
	}
	tell_all_buses(p);
}
