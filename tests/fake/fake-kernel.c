// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake kernel: its clients, its buses and what it multicasts */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fake-internal.h"

/* 40 samples are about 3 KiB: the driver's own bound of a message */
#define SAMPLES_PER_MESSAGE	40

static void *grow(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

uint64_t fake_now(void)
{
	struct timespec ts;

	if (fake_clock->boottime_ns)
		return fake_clock->boottime_ns;
	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

struct fake_kernel *fake_kernel_new(void)
{
	struct fake_kernel *k = grow(sizeof(*k));

	k->family = 0x1f;	/* the first load makes it 0x20 */
	k->version = BACS_GENL_VERSION;
	return k;
}

void fake_kernel_free(struct fake_kernel *k)
{
	while (k->clients) {
		struct fake_client *c = k->clients;

		k->clients = c->next;
		close(c->fd);
		free(c);
	}
	while (k->buses)
		fake_bus_free(k, k->buses);
	while (k->profiles) {
		struct fake_profile *p = k->profiles;

		k->profiles = p->next;
		free(p);
	}
	fake_replay_free(k->replay);
	free(k);
}

/*
 * Clients
 */
struct fake_client *fake_kernel_connect(struct fake_kernel *k, int fd)
{
	struct fake_client *c = grow(sizeof(*c));

	c->fd = fd;
	c->next = k->clients;
	k->clients = c;
	return c;
}

int fake_client_fd(const struct fake_client *client)
{
	return client->fd;
}

struct fake_client *fake_client_next(const struct fake_kernel *k,
				     const struct fake_client *client)
{
	return client ? client->next : k->clients;
}

static bool send_raw(struct fake_client *c, uint32_t kind, const void *data,
		     size_t len)
{
	uint8_t packet[sizeof(kind) + FAKE_PACKET_MAX];

	memcpy(packet, &kind, sizeof(kind));
	if (len)
		memcpy(packet + sizeof(kind), data, len);
	return send(c->fd, packet, sizeof(kind) + len,
		    MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* A client that does not read loses messages and is told so, as in netlink */
void fake_client_send(struct fake_client *client, uint32_t kind,
		      const void *data, size_t len)
{
	if (client->overrun)
		client->overrun = !send_raw(client, FAKE_ENOBUFS, NULL, 0);
	if (client->overrun)
		return;
	if (!send_raw(client, kind, data, len) && errno == EAGAIN)
		client->overrun = true;
}

static void set_group(struct fake_client *c, uint32_t group, bool on)
{
	for (int i = 0; i < FAKE_GROUPS; i++) {
		if (c->groups[i] == group) {
			c->groups[i] = on ? group : 0;
			return;
		}
	}
	for (int i = 0; on && i < FAKE_GROUPS; i++) {
		if (!c->groups[i]) {
			c->groups[i] = group;
			return;
		}
	}
}

static bool in_group(const struct fake_client *c, uint32_t group)
{
	for (int i = 0; i < FAKE_GROUPS; i++)
		if (c->groups[i] == group)
			return true;
	return false;
}

static void control_lost(struct fake_kernel *k, struct fake_bus *bus)
{
	struct fake_attrs e = { 0 };

	bus->controller = NULL;
	fake_attrs_number(&e, BACS_EVENT_A_OLD, FAKE_U32,
			  fake_attrs_get(&bus->attrs,
					 BACS_BUS_A_CONTROLLER_PID));
	bus->attrs.value[BACS_BUS_A_CONTROLLER_PID].set = false;
	for (int i = 1; i < FAKE_ADDRESSES; i++)
		if (bus->module[i].there)
			fake_attrs_number(&bus->module[i].attrs,
					  BACS_MODULE_A_DUTY_TARGET, FAKE_U32,
					  0);
	fake_attrs_number(&e, BACS_EVENT_A_KIND, FAKE_U32, BACS_EVENT_CONTROL);
	fake_attrs_number(&e, BACS_EVENT_A_NEW, FAKE_U32, 0);
	fake_event(k, bus, &e);
}

static void client_gone(struct fake_kernel *k, struct fake_client *c)
{
	struct fake_client **p = &k->clients;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	for (struct fake_bus *bus = k->buses; bus; bus = bus->next)
		if (bus->controller == c)
			control_lost(k, bus);
	close(c->fd);
	free(c);
}

bool fake_kernel_serve(struct fake_kernel *k, struct fake_client *client)
{
	static uint8_t packet[sizeof(uint32_t) + FAKE_PACKET_MAX];
	uint32_t kind, group;
	ssize_t n;

	for (;;) {
		n = recv(client->fd, packet, sizeof(packet), MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n < (ssize_t)sizeof(kind)) {
			client_gone(k, client);
			return false;
		}
		memcpy(&kind, packet, sizeof(kind));
		n -= (ssize_t)sizeof(kind);
		if (kind == FAKE_NETLINK) {
			fake_request(k, client, packet + sizeof(kind),
				     (size_t)n);
		} else if ((kind == FAKE_JOIN || kind == FAKE_LEAVE) &&
			   n == (ssize_t)sizeof(group)) {
			memcpy(&group, packet + sizeof(kind), sizeof(group));
			set_group(client, group, kind == FAKE_JOIN);
		}
	}
}

void fake_multicast(struct fake_kernel *k, uint32_t group, const void *data,
		    size_t len)
{
	for (struct fake_client *c = k->clients; c; c = c->next)
		if (in_group(c, group))
			fake_client_send(c, FAKE_NETLINK, data, len);
}

void fake_overrun(struct fake_kernel *k)
{
	for (struct fake_client *c = k->clients; c; c = c->next)
		if (in_group(c, FAKE_CTRL_NOTIFY))
			fake_client_send(c, FAKE_ENOBUFS, NULL, 0);
}

/*
 * Buses and modules
 */
struct fake_bus *fake_bus_find(struct fake_kernel *k, const char *name)
{
	struct fake_bus *bus;

	for (bus = k->buses; bus; bus = bus->next)
		if (!strcmp(bus->name, name))
			return bus;
	return NULL;
}

struct fake_bus *fake_bus_new(struct fake_kernel *k, const char *name)
{
	struct fake_bus *bus = grow(sizeof(*bus)), **p = &k->buses;

	snprintf(bus->name, sizeof(bus->name), "%s", name);
	fake_attrs_string(&bus->attrs, BACS_BUS_A_NAME, name);
	fake_attrs_number(&bus->attrs, BACS_BUS_A_STATE, FAKE_U32,
			  BACS_BUS_STATE_RUNNING);
	fake_attrs_number(&bus->attrs, BACS_BUS_A_STARTED_NS, FAKE_U64,
			  fake_now());
	while (*p)
		p = &(*p)->next;
	*p = bus;
	return bus;
}

void fake_bus_free(struct fake_kernel *k, struct fake_bus *bus)
{
	struct fake_bus **p = &k->buses;

	while (*p != bus)
		p = &(*p)->next;
	*p = bus->next;
	free(bus);
}

struct fake_module *fake_module_new(struct fake_bus *bus, unsigned int address)
{
	struct fake_module *m = &bus->module[address];

	if (m->there)
		return m;
	m->there = true;
	fake_attrs_string(&m->attrs, BACS_MODULE_A_BUS_NAME, bus->name);
	fake_attrs_number(&m->attrs, BACS_MODULE_A_ADDRESS, FAKE_U8, address);
	fake_attrs_number(&m->attrs, BACS_MODULE_A_STATE, FAKE_U32,
			  BACS_MODULE_STATE_UNPOLLED);
	fake_attrs_number(&m->attrs, BACS_MODULE_A_STATE_SINCE_NS, FAKE_U64,
			  fake_now());
	fake_attrs_number(&m->sample, BACS_SAMPLE_A_ADDRESS, FAKE_U8, address);
	return m;
}

/*
 * What it multicasts
 */
uint32_t fake_group_id(const struct fake_kernel *k, enum fake_group group)
{
	return k->family * 2U + group;
}

static size_t begin_notification(struct fake_kernel *k, struct fake_bus *bus,
				 struct fake_buf *buf, uint8_t cmd,
				 enum fake_group group)
{
	size_t message;

	message = fake_begin(buf, k->family, 0, 0, cmd, BACS_GENL_VERSION);
	fake_put_u32(buf, BACS_A_VERSION, k->version);
	fake_put_string(buf, BACS_A_BUS_NAME, bus->name);
	fake_put_u32(buf, BACS_A_SEQUENCE, bus->sequence[group]++);
	return message;
}

void fake_event(struct fake_kernel *k, struct fake_bus *bus,
		const struct fake_attrs *event)
{
	static struct fake_buf buf;
	struct fake_attrs e = *event;
	size_t message, nest;

	if (!e.value[BACS_EVENT_A_TIME_NS].set)
		fake_attrs_number(&e, BACS_EVENT_A_TIME_NS, FAKE_U64,
				  fake_now());
	buf.len = 0;
	message = begin_notification(k, bus, &buf, BACS_CMD_EVENT_NTF,
				     FAKE_EVENTS);
	nest = fake_nest(&buf, BACS_A_EVENT);
	fake_put_attrs(&buf, &e);
	fake_nest_end(&buf, nest);
	fake_end(&buf, message);
	fake_multicast(k, fake_group_id(k, FAKE_EVENTS), buf.data, buf.len);
}

static void send_samples(struct fake_kernel *k, struct fake_bus *bus,
			 unsigned int from, unsigned int to, bool last)
{
	static struct fake_buf buf;
	size_t message, nest;

	buf.len = 0;
	message = begin_notification(k, bus, &buf, BACS_CMD_SAMPLES_NTF,
				     FAKE_SAMPLES);
	fake_put_u32(&buf, BACS_A_SCAN, (uint32_t)
		     fake_attrs_get(&bus->attrs, BACS_BUS_A_SCANS) + 1);
	fake_put_u32(&buf, BACS_A_PART, bus->part++);
	if (last)
		fake_put(&buf, BACS_A_LAST_PART, NULL, 0);
	for (; from < to; from++) {
		nest = fake_nest(&buf, BACS_A_SAMPLE);
		fake_put_attrs(&buf, &bus->module[bus->waiting[from]].sample);
		fake_nest_end(&buf, nest);
	}
	fake_end(&buf, message);
	fake_multicast(k, fake_group_id(k, FAKE_SAMPLES), buf.data, buf.len);
}

void fake_flush(struct fake_kernel *k, struct fake_bus *bus, bool last)
{
	unsigned int from = 0, to;

	do {
		to = from + SAMPLES_PER_MESSAGE;
		if (to > bus->waiting_count)
			to = bus->waiting_count;
		send_samples(k, bus, from, to,
			     last && to == bus->waiting_count);
		from = to;
	} while (from < bus->waiting_count);
	bus->waiting_count = 0;
	if (!last)
		return;
	bus->part = 0;
	fake_attrs_number(&bus->attrs, BACS_BUS_A_SCANS, FAKE_U32,
			  fake_attrs_get(&bus->attrs, BACS_BUS_A_SCANS) + 1);
}

void fake_load(struct fake_kernel *k, bool on)
{
	static struct fake_buf buf;

	if (k->loaded == on)
		return;
	buf.len = 0;
	if (on)
		k->family++;
	fake_family(k, &buf, 0, on ? CTRL_CMD_NEWFAMILY : CTRL_CMD_DELFAMILY);
	k->loaded = on;
	if (!on) {
		while (k->buses)
			fake_bus_free(k, k->buses);
		for (struct fake_client *c = k->clients; c; c = c->next) {
			set_group(c, fake_group_id(k, FAKE_SAMPLES), false);
			set_group(c, fake_group_id(k, FAKE_EVENTS), false);
		}
	}
	fake_multicast(k, FAKE_CTRL_NOTIFY, buf.data, buf.len);
}
