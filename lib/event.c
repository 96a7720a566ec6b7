// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Notifications of the driver
 *
 * The model was filled by a dump after the subscription, so notifications may
 * tell what is known already: a state that is no change and a sample that is
 * not newer are dropped.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "internal.h"

static void malformed(struct bacs *b)
{
	b->diag[BACS_DIAG_MALFORMED]++;
}

/* Notes missing numbers; the model is read again then */
static void check_sequence(struct bacs *b, struct bacs_bus *bus,
			   enum group group, uint32_t sequence)
{
	struct sequence *s = &bus->sequence[group];
	uint32_t missing = sequence - s->next;

	if (s->known && missing > INT32_MAX) {
		/* two events of different causes may overtake each other */
		return;
	}
	if (s->known && missing) {
		b->diag[BACS_DIAG_GAPS] += missing;
		notice_add(b, BACS_NOTICE_GAP, bus, NULL, bacs_now_ns(), 0,
			   missing);
		b->resync = true;
		b->lost = true;
	}
	s->known = true;
	s->next = sequence + 1;
}

static void take_sample(struct bacs *b, struct bacs_bus *bus,
			const struct nlattr *nest)
{
	struct bacs_sample sample = { 0 };
	struct bacs_module *m;

	if (parse_sample(nest, &sample) < 0) {
		malformed(b);
		return;
	}
	m = bus->modules[sample.address];
	if (!m) {
		b->resync = true;
		return;
	}
	if (sample.time_ns <= m->info.sample.time_ns)
		return;
	m->info.sample = sample;
	notice_add_sample(b, m, false);
}

static void handle_samples(struct bacs *b, const struct nlmsghdr *nlh,
			   struct nlattr **tb, struct bacs_bus *bus)
{
	struct nlattr *attr;
	int rem;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem)
		if (nla_type(attr) == BACS_A_SAMPLE)
			take_sample(b, bus, attr);
	if (!tb[BACS_A_LAST_PART])
		return;
	if (tb[BACS_A_SCAN]) {
		bus->info.scans = nla_get_u32(tb[BACS_A_SCAN]);
		notice_add(b, BACS_NOTICE_SCAN, bus, NULL, bacs_now_ns(), 0,
			   bus->info.scans);
	}
}

static void bus_state(struct bacs *b, struct bacs_bus *bus,
		      const struct event_info *e)
{
	uint32_t old = bus->info.state;

	if (e->new_value == old || e->time_ns < bus->info.started_ns)
		return;
	bus->info.state = (enum bacs_busstate)e->new_value;
	notice_add(b, BACS_NOTICE_BUS_STATE, bus, NULL, e->time_ns, old,
		   e->new_value);
}

static void control(struct bacs *b, struct bacs_bus *bus,
		    const struct event_info *e)
{
	uint32_t old = bus->info.controller_pid;
	struct bacs_notice *n;

	if (e->new_value == old)
		return;
	bus->info.controller_pid = e->new_value;
	n = notice_add(b, BACS_NOTICE_CONTROL, bus, NULL, e->time_ns, old,
		       e->new_value);
	if (n)
		n->pid = e->pid;
}

static void module_state(struct bacs *b, struct bacs_module *m,
			 const struct event_info *e)
{
	uint32_t old = m->info.state;

	if (e->new_value == old || e->time_ns < m->info.state_since_ns)
		return;
	m->info.state = (enum bacs_modstate)e->new_value;
	m->info.state_since_ns = e->time_ns;
	if (m->info.state != BACS_MODULE_OK)
		m->alarms = 0;
	notice_add(b, BACS_NOTICE_MODULE_STATE, m->bus, m, e->time_ns, old,
		   e->new_value);
	/* it may have told its identity meanwhile */
	if (m->info.state == BACS_MODULE_OK &&
	    model_refresh_module(b, m->bus, m->info.address, false) < 0)
		b->resync = true;
}

static void module_rebooted(struct bacs *b, struct bacs_module *m,
			    const struct event_info *e)
{
	if (e->new_value == m->boots)
		return;
	m->boots = e->new_value;
	notice_add(b, BACS_NOTICE_MODULE_REBOOTED, m->bus, m, e->time_ns,
		   e->old_value, e->new_value);
}

static void alarm_edge(struct bacs *b, struct bacs_module *m,
		       const struct event_info *e)
{
	uint32_t old = m->alarms;

	if (e->new_value == old)
		return;
	m->alarms = e->new_value;
	notice_add(b, BACS_NOTICE_ALARM, m->bus, m, e->time_ns, old,
		   e->new_value);
}

static void limits_written(struct bacs *b, struct bacs_module *m,
			   const struct event_info *e)
{
	struct bacs_notice *n;

	if (model_refresh_module(b, m->bus, m->info.address, true) < 0)
		b->resync = true;
	n = notice_add(b, BACS_NOTICE_LIMITS, m->bus, m, e->time_ns, 0, 0);
	if (n)
		n->pid = e->pid;
}

static enum bacs_command command_of(uint32_t cmd)
{
	switch (cmd) {
	case BACS_CMD_EQUALIZE_SET:
		return BACS_COMMAND_EQUALIZE;
	case BACS_CMD_RI_START:
		return BACS_COMMAND_RI;
	case BACS_CMD_IDENTIFY_SET:
		return BACS_COMMAND_IDENTIFY;
	case BACS_CMD_LATCH:
		return BACS_COMMAND_LATCH;
	case BACS_CMD_RESCAN:
		return BACS_COMMAND_RESCAN;
	case BACS_CMD_TRANSACT:
		return BACS_COMMAND_TRANSACT;
	}
	return BACS_COMMAND_UNKNOWN;
}

static void command_end(struct bacs *b, struct bacs_bus *bus,
			const struct event_info *e)
{
	struct bacs_notice *n;

	n = notice_add(b, BACS_NOTICE_COMMAND, bus, bus->modules[e->address],
		       e->time_ns, 0, 0);
	if (!n)
		return;
	n->command = command_of(e->command);
	n->result = e->result > 0 ? -EBADMSG : e->result;
	n->pid = e->pid;
}

/* Events about one module that the model knows */
static void module_event(struct bacs *b, struct bacs_bus *bus,
			 struct bacs_module *m, const struct event_info *e)
{
	switch (e->kind) {
	case BACS_EVENT_MODULE_STATE:
		module_state(b, m, e);
		break;
	case BACS_EVENT_MODULE_REBOOTED:
		module_rebooted(b, m, e);
		break;
	case BACS_EVENT_MODULE_ADDED:
	case BACS_EVENT_MODULE_CHANGED:
		if (model_refresh_module(b, bus, e->address, false) < 0)
			b->resync = true;
		break;
	case BACS_EVENT_ALARM:
		alarm_edge(b, m, e);
		break;
	case BACS_EVENT_LIMITS:
		limits_written(b, m, e);
		break;
	}
}

static void bus_event(struct bacs *b, struct bacs_bus *bus,
		      const struct event_info *e)
{
	struct bacs_notice *n;

	switch (e->kind) {
	case BACS_EVENT_BUS_STARTED:
		/* known already: the dump was newer */
		if (e->time_ns > bus->info.started_ns)
			b->resync = true;
		break;
	case BACS_EVENT_BUS_STOPPED:
		if (e->time_ns >= bus->info.started_ns)
			model_drop_bus(b, bus, e->time_ns);
		break;
	case BACS_EVENT_BUS_STATE:
		bus_state(b, bus, e);
		break;
	case BACS_EVENT_CONTROL:
		control(b, bus, e);
		break;
	case BACS_EVENT_COMMAND:
		command_end(b, bus, e);
		break;
	case BACS_EVENT_LEASE_EXPIRED:
		bus->info.lease_left_ms = 0;
		n = notice_add(b, BACS_NOTICE_LEASE_EXPIRED, bus, NULL,
			       e->time_ns, 0, 0);
		if (n)
			n->pid = e->pid;
		break;
	case BACS_EVENT_SECOND_MASTER:
		bus->info.second_master = true;
		notice_add(b, BACS_NOTICE_SECOND_MASTER, bus, NULL, e->time_ns,
			   0, 0);
		break;
	default:
		b->diag[BACS_DIAG_UNKNOWN]++;
		break;
	}
}

static void handle_event(struct bacs *b, struct nlattr **tb,
			 struct bacs_bus *bus)
{
	struct event_info e = { 0 };

	if (!tb[BACS_A_EVENT] || parse_event(tb[BACS_A_EVENT], &e) < 0) {
		malformed(b);
		return;
	}
	switch (e.kind) {
	case BACS_EVENT_MODULE_ADDED:
	case BACS_EVENT_MODULE_STATE:
	case BACS_EVENT_MODULE_REBOOTED:
	case BACS_EVENT_MODULE_CHANGED:
	case BACS_EVENT_ALARM:
	case BACS_EVENT_LIMITS:
		if (!e.address)
			malformed(b);
		else if (bus->modules[e.address])
			module_event(b, bus, bus->modules[e.address], &e);
		else if (model_refresh_module(b, bus, e.address, true) < 0)
			b->resync = true;
		break;
	default:
		bus_event(b, bus, &e);
		break;
	}
}

/*
 * A bus unknown so far is read at once when it starts, not after the batch:
 * its first samples follow.
 */
static struct bacs_bus *read_bus(struct bacs *b, const char *name,
				 const struct nlattr *event)
{
	struct event_info e = { 0 };

	if (!event || parse_event(event, &e) < 0 ||
	    e.kind != BACS_EVENT_BUS_STARTED || model_sync(b) < 0)
		b->resync = true;
	return model_bus(b, name);
}

/**
 * event_handle() - take one notification of the family
 * @b: handle
 * @nlh: message of the family's type
 */
void event_handle(struct bacs *b, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *g = nlmsg_data(nlh);
	char name[BACS_BUS_NAME_MAX + 1];
	struct nlattr *tb[BACS_A_MAX + 1];
	struct bacs_bus *bus;

	b->diag[BACS_DIAG_MESSAGES]++;
	if (parse_top(nlh, tb) < 0 || !tb[BACS_A_VERSION]) {
		malformed(b);
		return;
	}
	if (nla_get_u32(tb[BACS_A_VERSION]) != BACS_GENL_VERSION ||
	    (g->cmd != BACS_CMD_SAMPLES_NTF && g->cmd != BACS_CMD_EVENT_NTF)) {
		b->diag[BACS_DIAG_UNKNOWN]++;
		return;
	}
	if (parse_bus_name(tb[BACS_A_BUS_NAME], name, sizeof(name)) < 0 ||
	    !tb[BACS_A_SEQUENCE]) {
		malformed(b);
		return;
	}
	bus = model_bus(b, name);
	if (!bus)
		bus = read_bus(b, name, tb[BACS_A_EVENT]);
	if (!bus)
		return;
	check_sequence(b, bus, g->cmd == BACS_CMD_SAMPLES_NTF ?
		       GROUP_SAMPLES : GROUP_EVENTS,
		       nla_get_u32(tb[BACS_A_SEQUENCE]));
	if (g->cmd == BACS_CMD_SAMPLES_NTF)
		handle_samples(b, nlh, tb, bus);
	else
		handle_event(b, tb, bus);
}
