// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The model: buses and modules, and what changed about them
 *
 * A dump is collected completely before it touches the model, so that a dump
 * that breaks off or contradicts itself changes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* a bus that changes during every one of so many dumps is asked again later */
#define DUMP_TRIES	5

static struct bacs_bus *bus_free(struct bacs_bus *bus)
{
	if (!bus)
		return NULL;
	for (unsigned int i = 0; i < BACS_ADDRESSES; i++)
		free(bus->modules[i]);
	free(bus);
	return NULL;
}

static void list_free(struct bacs_bus **list)
{
	while (*list) {
		struct bacs_bus *bus = *list;

		*list = bus->next;
		bus_free(bus);
	}
}

static struct bacs_bus *list_find(struct bacs_bus *list, const char *name)
{
	for (; list; list = list->next)
		if (!strcmp(list->info.name, name))
			return list;
	return NULL;
}

static void list_insert(struct bacs_bus **list, struct bacs_bus *bus)
{
	while (*list && strcmp((*list)->info.name, bus->info.name) < 0)
		list = &(*list)->next;
	bus->next = *list;
	*list = bus;
}

struct bacs_bus *model_bus(struct bacs *b, const char *name)
{
	return list_find(b->buses, name);
}

/*
 * Collecting a dump
 */
static int check_version(struct bacs *b, struct nlattr *const *tb)
{
	uint32_t version;

	if (!tb[BACS_A_VERSION])
		return -EBADMSG;
	version = nla_get_u32(tb[BACS_A_VERSION]);
	b->driver_version = version;
	return version == BACS_GENL_VERSION ? 0 : -EPROTONOSUPPORT;
}

/* One malformed part of a dump is counted; it does not hide all the others */
static int skip_malformed(struct bacs *b, int error)
{
	if (error != -EBADMSG)
		return error;
	b->diag[BACS_DIAG_MALFORMED]++;
	return 0;
}

static int take_bus(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct bacs_bus **list = arg, *bus;
	struct nlattr *tb[BACS_A_MAX + 1];
	int r;

	r = parse_top(nlh, tb);
	if (!r)
		r = check_version(b, tb);
	if (!r && !tb[BACS_A_BUS])
		r = -EBADMSG;
	if (r < 0)
		return skip_malformed(b, r);
	bus = calloc(1, sizeof(*bus));
	if (!bus)
		return -ENOMEM;
	bus->b = b;
	r = parse_bus(tb[BACS_A_BUS], &bus->info);
	if (!r && list_find(*list, bus->info.name))
		r = -EBADMSG;
	if (r < 0) {
		bus_free(bus);
		return skip_malformed(b, r);
	}
	list_insert(list, bus);
	return 0;
}

static struct bacs_module *module_new(struct bacs_bus *bus,
				      const struct module_info *info)
{
	struct bacs_module *m;

	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->bus = bus;
	m->info = *info;
	snprintf(m->device, sizeof(m->device), "%s-%03u", bus->info.name,
		 (unsigned int)info->address);
	return m;
}

static int read_module(struct bacs *b, const struct nlmsghdr *nlh,
		       struct module_info *ret)
{
	struct nlattr *tb[BACS_A_MAX + 1];
	int r;

	r = parse_top(nlh, tb);
	if (!r)
		r = check_version(b, tb);
	if (!r && !tb[BACS_A_MODULE])
		r = -EBADMSG;
	return r < 0 ? r : parse_module(tb[BACS_A_MODULE], ret);
}

static int take_module(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct bacs_bus **list = arg, *bus;
	struct module_info info = { 0 };
	int r;

	r = read_module(b, nlh, &info);
	if (r < 0)
		return skip_malformed(b, r);
	bus = list_find(*list, info.bus);
	/* a bus that started between the two dumps announces itself */
	if (!bus)
		return 0;
	if (bus->modules[info.address])
		return skip_malformed(b, -EBADMSG);
	bus->modules[info.address] = module_new(bus, &info);
	return bus->modules[info.address] ? 0 : -ENOMEM;
}

static int dump(struct bacs *b, uint8_t cmd, nl_answer_t answer, void *arg)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;

	msg = nl_message(b, cmd, NLM_F_DUMP);
	if (!msg)
		return -ENOMEM;
	return nl_request(b, msg, answer, arg);
}

static int collect(struct bacs *b, struct bacs_bus **list)
{
	int r = -EINTR;

	for (int i = 0; i < DUMP_TRIES && r == -EINTR; i++) {
		list_free(list);
		r = dump(b, BACS_CMD_BUS_GET, take_bus, list);
		if (!r)
			r = dump(b, BACS_CMD_MODULE_GET, take_module, list);
	}
	return r;
}

/*
 * Differences
 */
static uint64_t or_now(uint64_t time_ns)
{
	return time_ns ? time_ns : bacs_now_ns();
}

static void note_alarms(struct bacs *b, struct bacs_module *m)
{
	uint32_t mask = bacs_module_alarms(m);

	if (mask != m->alarms)
		notice_add(b, BACS_NOTICE_ALARM, m->bus, m, bacs_now_ns(),
			   m->alarms, mask);
	m->alarms = mask;
}

static void diff_boots(struct bacs *b, struct bacs_module *m)
{
	uint32_t boots = (uint32_t)m->info.sample.value[BACS_Q_BOOTS];

	if (boots && m->boots && boots != m->boots)
		notice_add(b, BACS_NOTICE_MODULE_REBOOTED, m->bus, m,
			   m->info.sample.time_ns, m->boots, boots);
	if (boots)
		m->boots = boots;
}

/* A sample that is not newer does not undo one that was delivered */
static void show_sample(struct bacs *b, struct bacs_module *m,
			const struct bacs_sample *sample)
{
	if (sample->time_ns <= m->info.sample.time_ns)
		return;
	m->info.sample = *sample;
	diff_boots(b, m);
	notice_add_sample(b, m, true);
	note_alarms(b, m);
}

/*
 * What a request reads is newer than what waits in the socket. Those who want
 * every sample get it after those, or they would be taken for old ones.
 */
static void take_read(struct bacs *b, struct bacs_module *m,
		      const struct bacs_sample *sample)
{
	if (b->flags & BACS_OPEN_SAMPLES) {
		m->read = *sample;
		b->has_read = true;
	} else {
		show_sample(b, m, sample);
	}
}

/**
 * model_show_read() - deliver samples that were read, not notified
 * @b: handle; no notification waits in its socket
 */
void model_show_read(struct bacs *b)
{
	if (!b->has_read)
		return;
	b->has_read = false;
	for (struct bacs_bus *bus = b->buses; bus; bus = bus->next)
		for (unsigned int i = 0; i < BACS_ADDRESSES; i++) {
			struct bacs_module *m = bus->modules[i];

			if (!m || !m->read.time_ns)
				continue;
			show_sample(b, m, &m->read);
			m->read.time_ns = 0;
		}
}

static void add_module(struct bacs *b, struct bacs_bus *bus,
		       struct bacs_module *m)
{
	const struct bacs_sample sample = m->info.sample;

	m->bus = bus;
	bus->modules[m->info.address] = m;
	m->info.sample = (struct bacs_sample){ 0 };
	m->boots = (uint32_t)sample.value[BACS_Q_BOOTS];
	notice_add(b, BACS_NOTICE_MODULE_ADDED, bus, m,
		   or_now(m->info.state_since_ns), 0, m->info.state);
	take_read(b, m, &sample);
}

static void drop_module(struct bacs *b, struct bacs_module *m,
			uint64_t time_ns)
{
	notice_add(b, BACS_NOTICE_MODULE_REMOVED, m->bus, m, time_ns,
		   m->info.state, 0);
	m->bus->modules[m->info.address] = NULL;
	free(m);
}

/* Another serial number, or, by another profile, another kind of module */
static bool is_another(const struct module_info *old,
		       const struct module_info *now)
{
	return (old->serial && now->serial && old->serial != now->serial) ||
	       (old->modclass != BACS_MODCLASS_UNKNOWN &&
		now->modclass != BACS_MODCLASS_UNKNOWN &&
		old->modclass != now->modclass);
}

static void diff_module(struct bacs *b, struct bacs_module *m,
			const struct module_info *now, bool quiet)
{
	const struct module_info old = m->info;

	m->info = *now;
	m->info.sample = old.sample;

	if (is_another(&old, now))
		notice_add(b, BACS_NOTICE_MODULE_CHANGED, m->bus, m,
			   bacs_now_ns(), 0, 0);
	if (old.state != now->state)
		notice_add(b, BACS_NOTICE_MODULE_STATE, m->bus, m,
			   or_now(now->state_since_ns), old.state, now->state);
	take_read(b, m, &now->sample);
	if (!quiet && (memcmp(&old.limits, &now->limits, sizeof(old.limits)) ||
		       strcmp(old.label, now->label)))
		notice_add(b, BACS_NOTICE_LIMITS, m->bus, m, bacs_now_ns(),
			   0, 0);
	note_alarms(b, m);
}

static void diff_bus(struct bacs *b, struct bacs_bus *bus,
		     struct bacs_bus *fresh)
{
	const struct bus_info old = bus->info;

	bus->info = fresh->info;
	if (old.state != bus->info.state)
		notice_add(b, BACS_NOTICE_BUS_STATE, bus, NULL, bacs_now_ns(),
			   old.state, bus->info.state);
	if (old.controller_pid != bus->info.controller_pid)
		notice_add(b, BACS_NOTICE_CONTROL, bus, NULL, bacs_now_ns(),
			   old.controller_pid, bus->info.controller_pid);
	if (!old.second_master && bus->info.second_master)
		notice_add(b, BACS_NOTICE_SECOND_MASTER, bus, NULL,
			   bacs_now_ns(), 0, 0);

	for (unsigned int i = 0; i < BACS_ADDRESSES; i++) {
		struct bacs_module *m = bus->modules[i];
		struct bacs_module *now = fresh->modules[i];

		if (m && now)
			diff_module(b, m, &now->info, false);
		else if (m)
			drop_module(b, m, bacs_now_ns());
		else if (now)
			add_module(b, bus, now);
		else
			continue;
		if (!m)
			fresh->modules[i] = NULL;
	}
}

void model_drop_bus(struct bacs *b, struct bacs_bus *bus, uint64_t time_ns)
{
	struct bacs_bus **p = &b->buses;

	for (unsigned int i = 0; i < BACS_ADDRESSES; i++)
		if (bus->modules[i])
			drop_module(b, bus->modules[i], time_ns);
	notice_add(b, BACS_NOTICE_BUS_REMOVED, bus, NULL, time_ns,
		   bus->info.state, 0);
	while (*p != bus)
		p = &(*p)->next;
	*p = bus->next;
	bus_free(bus);
}

void model_drop_all(struct bacs *b)
{
	while (b->buses)
		model_drop_bus(b, b->buses, bacs_now_ns());
}

static void add_bus(struct bacs *b, struct bacs_bus *bus)
{
	list_insert(&b->buses, bus);
	notice_add(b, BACS_NOTICE_BUS_ADDED, bus, NULL,
		   or_now(bus->info.started_ns), 0, bus->info.state);
	if (bus->info.second_master)
		notice_add(b, BACS_NOTICE_SECOND_MASTER, bus, NULL,
			   bacs_now_ns(), 0, 0);
	for (unsigned int i = 0; i < BACS_ADDRESSES; i++)
		if (bus->modules[i])
			add_module(b, bus, bus->modules[i]);
}

/* A bus of the same name that was started again is another bus */
static void drop_ended(struct bacs *b, struct bacs_bus *fresh)
{
	struct bacs_bus *bus, *next, *now;

	for (bus = b->buses; bus; bus = next) {
		next = bus->next;
		now = list_find(fresh, bus->info.name);
		if (!now || now->info.started_ns != bus->info.started_ns)
			model_drop_bus(b, bus, bacs_now_ns());
	}
}

/**
 * model_sync() - dump everything and turn differences into notices
 * @b: handle with a driver
 *
 * Return: 0, -EINTR: nothing but interrupted dumps, the model is as it was;
 * -ENOENT: the family is gone; another negative errno.
 */
int model_sync(struct bacs *b)
{
	struct bacs_bus *fresh = NULL, *bus, *known;
	int r;

	r = collect(b, &fresh);
	if (r < 0) {
		list_free(&fresh);
		return r;
	}
	drop_ended(b, fresh);
	while (fresh) {
		bus = fresh;
		fresh = bus->next;
		known = model_bus(b, bus->info.name);
		if (known) {
			diff_bus(b, known, bus);
			bus_free(bus);
		} else {
			add_bus(b, bus);
		}
	}
	return 0;
}

struct one_module {
	struct module_info info;
	bool found;
};

static int take_one(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct one_module *one = arg;
	int r;

	memset(&one->info, 0, sizeof(one->info));
	r = read_module(b, nlh, &one->info);
	one->found = !r;
	return skip_malformed(b, r);
}

/**
 * model_refresh_module() - read one module again
 * @b: handle
 * @bus: its bus
 * @address: its address
 * @quiet: the caller has its own notice of changed settings
 *
 * An event asked for it. The state of a module that is known is left to those
 * events that follow, as samples between may still wait in the socket.
 *
 * Return: 0 or a negative errno; the model is unchanged then.
 */
int model_refresh_module(struct bacs *b, struct bacs_bus *bus, uint8_t address,
			 bool quiet)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	struct one_module one = { .found = false };
	struct bacs_module *m;
	int r;

	msg = nl_message(b, BACS_CMD_MODULE_GET, 0);
	if (!msg ||
	    nla_put_string(msg, BACS_A_BUS_NAME, bus->info.name) < 0 ||
	    nla_put_u8(msg, BACS_A_ADDRESS, address) < 0)
		return -ENOMEM;
	r = nl_request(b, msg, take_one, &one);
	if (r < 0)
		return r;
	if (!one.found || one.info.address != address ||
	    strcmp(one.info.bus, bus->info.name))
		return -EBADMSG;

	m = bus->modules[address];
	if (m) {
		one.info.state = m->info.state;
		one.info.state_since_ns = m->info.state_since_ns;
		diff_module(b, m, &one.info, quiet);
		return 0;
	}
	m = module_new(bus, &one.info);
	if (!m)
		return -ENOMEM;
	add_module(b, bus, m);
	return 0;
}
