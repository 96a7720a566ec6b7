// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the fake kernel and its answers */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-internal.h"

/* Pid that the fake kernel gives every client */
#define CLIENT_PID	4711
/* The kernel fills datagrams of a dump up to about this */
#define DUMP_DATAGRAM	4096

struct request {
	struct fake_kernel *k;
	struct fake_client *client;
	struct nlmsghdr h;
	uint8_t cmd;
	bool dump;
	const uint8_t *attrs;
	size_t attrs_len;
	const char *text;	/* extended acknowledgement */
	bool acknowledged;
	struct fake_buf *out;
};

/* Payload of the first attribute of that type, NULL if there is none */
static const uint8_t *find(const uint8_t *attrs, size_t len, uint16_t type,
			   size_t *ret_len)
{
	struct nlattr a;

	while (len >= NLA_HDRLEN) {
		memcpy(&a, attrs, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || a.nla_len > len)
			return NULL;
		if ((a.nla_type & NLA_TYPE_MASK) == type) {
			*ret_len = a.nla_len - NLA_HDRLEN;
			return attrs + NLA_HDRLEN;
		}
		if ((size_t)NLA_ALIGN(a.nla_len) >= len)
			return NULL;
		attrs += NLA_ALIGN(a.nla_len);
		len -= NLA_ALIGN(a.nla_len);
	}
	return NULL;
}

static bool find_number(const uint8_t *attrs, size_t len, uint16_t type,
			uint64_t *ret)
{
	const uint8_t *p;
	size_t n;

	p = find(attrs, len, type, &n);
	if (!p || n > sizeof(*ret))
		return false;
	*ret = 0;
	memcpy(ret, p, n);
	return true;
}

static const char *find_string(const uint8_t *attrs, size_t len, uint16_t type)
{
	const uint8_t *p;
	size_t n;

	p = find(attrs, len, type, &n);
	return p && n && !p[n - 1] ? (const char *)p : NULL;
}

static void reply(struct request *r)
{
	fake_client_send(r->client, FAKE_NETLINK, r->out->data, r->out->len);
	r->out->len = 0;
}

static void acknowledge(struct request *r, int error)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
	} ack = {
		.h = { .nlmsg_type = NLMSG_ERROR, .nlmsg_flags = NLM_F_CAPPED,
		       .nlmsg_seq = r->h.nlmsg_seq, .nlmsg_pid = CLIENT_PID },
		.e = { .error = error, .msg = r->h },
	};

	r->out->len = sizeof(ack);
	if (error && r->text) {
		ack.h.nlmsg_flags |= NLM_F_ACK_TLVS;
		fake_put_string(r->out, NLMSGERR_ATTR_MSG, r->text);
	}
	ack.h.nlmsg_len = (uint32_t)r->out->len;
	memcpy(r->out->data, &ack, sizeof(ack));
	reply(r);
}

static int refuse(struct request *r, int error, const char *text)
{
	r->text = text;
	return error;
}

/*
 * Answers
 */
static size_t begin(struct request *r, uint8_t cmd)
{
	uint16_t flags = 0;
	size_t at;

	if (r->dump)
		flags |= NLM_F_MULTI;
	if (r->dump && r->k->interrupt)
		flags |= NLM_F_DUMP_INTR;
	at = fake_begin(r->out, r->k->family, flags, r->h.nlmsg_seq, cmd,
			BACS_GENL_VERSION);
	fake_put_u32(r->out, BACS_A_VERSION, r->k->version);
	return at;
}

static void end(struct request *r, size_t message)
{
	fake_end(r->out, message);
	if (!r->dump || r->out->len > DUMP_DATAGRAM)
		reply(r);
}

static void answer_bus(struct request *r, struct fake_bus *bus)
{
	size_t message = begin(r, BACS_CMD_BUS_GET);
	size_t nest = fake_nest(r->out, BACS_A_BUS);

	fake_put_attrs(r->out, &bus->attrs);
	fake_nest_end(r->out, nest);
	end(r, message);
}

static void answer_module(struct request *r, struct fake_module *m)
{
	size_t message = begin(r, BACS_CMD_MODULE_GET);
	size_t nest = fake_nest(r->out, BACS_A_MODULE), inner;

	fake_put_attrs(r->out, &m->attrs);
	inner = fake_nest(r->out, BACS_MODULE_A_LIMITS);
	fake_put_attrs(r->out, &m->limits);
	fake_nest_end(r->out, inner);
	if (m->sample.value[BACS_SAMPLE_A_TIME_NS].set) {
		inner = fake_nest(r->out, BACS_MODULE_A_SAMPLE);
		fake_put_attrs(r->out, &m->sample);
		fake_nest_end(r->out, inner);
	}
	fake_nest_end(r->out, nest);
	end(r, message);
}

static void answer_stats(struct request *r, struct fake_bus *bus,
			 unsigned int address)
{
	static const uint32_t latency[BACS_LATENCY_CLASSES] = {
		0, 0, 0, 5, 90, 5 };
	size_t message = begin(r, BACS_CMD_STATS_GET), nest;
	uint8_t a = (uint8_t)address;

	fake_put_string(r->out, BACS_A_BUS_NAME, bus->name);
	if (address)
		fake_put(r->out, BACS_A_ADDRESS, &a, sizeof(a));
	nest = fake_nest(r->out, BACS_A_STATS);
	fake_put_attrs(r->out, address ? &bus->module[address].stats :
		       &bus->stats);
	fake_put(r->out, BACS_STATS_A_LATENCY, latency, sizeof(latency));
	fake_nest_end(r->out, nest);
	end(r, message);
}

static void answer_profile(struct request *r, const struct fake_profile *p)
{
	size_t message = begin(r, BACS_CMD_PROFILE_GET);
	size_t nest = fake_nest(r->out, BACS_A_PROFILE);
	uint32_t users = 0;

	memcpy(r->out->data + r->out->len, p->nest, p->len);
	r->out->len += p->len;
	for (struct fake_bus *bus = r->k->buses; bus; bus = bus->next)
		if (!strcmp(bus->attrs.value[BACS_BUS_A_PROFILE].string,
			    p->name))
			users++;
	fake_put_u32(r->out, BACS_PROFILE_A_USERS, users);
	if (p->builtin)
		fake_put(r->out, BACS_PROFILE_A_BUILTIN, NULL, 0);
	fake_nest_end(r->out, nest);
	end(r, message);
}

static void answer_transact(struct request *r, struct fake_bus *bus,
			    uint8_t address, int result,
			    const struct fake_buf *reply)
{
	size_t message = begin(r, BACS_CMD_TRANSACT), nest;

	fake_put_string(r->out, BACS_A_BUS_NAME, bus->name);
	nest = fake_nest(r->out, BACS_A_TRANSACT);
	fake_put(r->out, BACS_TRANSACT_A_ADDRESS, &address, sizeof(address));
	fake_put_u32(r->out, BACS_TRANSACT_A_RESULT, (uint32_t)result);
	if (reply->len)
		fake_put(r->out, BACS_TRANSACT_A_REPLY, reply->data,
			 reply->len);
	fake_nest_end(r->out, nest);
	end(r, message);
}

static void dump_bus(struct request *r, struct fake_bus *bus)
{
	switch (r->cmd) {
	case BACS_CMD_BUS_GET:
		answer_bus(r, bus);
		break;
	case BACS_CMD_STATS_GET:
		answer_stats(r, bus, 0);
		for (unsigned int i = 1; i < FAKE_ADDRESSES; i++)
			if (bus->module[i].there)
				answer_stats(r, bus, i);
		break;
	case BACS_CMD_MODULE_GET:
		for (unsigned int i = 1; i < FAKE_ADDRESSES; i++)
			if (bus->module[i].there)
				answer_module(r, &bus->module[i]);
		break;
	}
}

static void dump_done(struct request *r)
{
	struct nlmsghdr h = {
		.nlmsg_type = NLMSG_DONE, .nlmsg_seq = r->h.nlmsg_seq,
		.nlmsg_flags = NLM_F_MULTI, .nlmsg_len = NLMSG_HDRLEN + 4,
	};

	if (r->k->interrupt) {
		h.nlmsg_flags |= NLM_F_DUMP_INTR;
		r->k->interrupt--;
	}
	memcpy(r->out->data + r->out->len, &h, sizeof(h));
	memset(r->out->data + r->out->len + sizeof(h), 0, 4);
	r->out->len += sizeof(h) + 4;
	reply(r);
}

static void dump(struct request *r)
{
	const char *only = find_string(r->attrs, r->attrs_len,
				       BACS_A_BUS_NAME);

	if (only && !fake_bus_find(r->k, only)) {
		r->text = "no bus of that name";
		acknowledge(r, -ENODEV);
		return;
	}
	for (struct fake_bus *bus = r->k->buses; bus; bus = bus->next)
		if (!only || !strcmp(only, bus->name))
			dump_bus(r, bus);
	if (r->cmd == BACS_CMD_PROFILE_GET)
		for (struct fake_profile *p = r->k->profiles; p; p = p->next)
			answer_profile(r, p);
	if (r->k->inject_cmd == r->cmd && r->k->inject.len) {
		struct nlmsghdr h;

		memcpy(r->out->data + r->out->len, r->k->inject.data,
		       r->k->inject.len);
		memcpy(&h, r->k->inject.data, sizeof(h));
		h.nlmsg_seq = r->h.nlmsg_seq;
		memcpy(r->out->data + r->out->len, &h, sizeof(h));
		r->out->len += r->k->inject.len;
		r->k->inject.len = 0;
		reply(r);
	}
	dump_done(r);
}

/*
 * Commands
 */
static void command_done(struct request *r, struct fake_bus *bus,
			 unsigned int address, int result)
{
	struct fake_attrs e = { 0 };

	fake_attrs_number(&e, BACS_EVENT_A_KIND, FAKE_U32, BACS_EVENT_COMMAND);
	fake_attrs_number(&e, BACS_EVENT_A_COMMAND, FAKE_U32, r->cmd);
	fake_attrs_number(&e, BACS_EVENT_A_RESULT, FAKE_U32,
			  (uint32_t)result);
	if (address)
		fake_attrs_number(&e, BACS_EVENT_A_ADDRESS, FAKE_U8, address);
	/* nothing but a raw request is anybody's own */
	if (r->cmd == BACS_CMD_TRANSACT)
		fake_attrs_number(&e, BACS_EVENT_A_PID, FAKE_U32, CLIENT_PID);
	fake_event(r->k, bus, &e);
}

static void control_changed(struct request *r, struct fake_bus *bus,
			    struct fake_client *now)
{
	struct fake_attrs e = { 0 };

	/* nobody is left who asked for a duty */
	for (int i = 1; !now && i < FAKE_ADDRESSES; i++)
		if (bus->module[i].there)
			fake_attrs_number(&bus->module[i].attrs,
					  BACS_MODULE_A_DUTY_TARGET, FAKE_U32,
					  0);
	bus->controller = now;
	bus->attrs.value[BACS_BUS_A_CONTROLLER_PID].set = false;
	if (now)
		fake_attrs_number(&bus->attrs, BACS_BUS_A_CONTROLLER_PID,
				  FAKE_U32, CLIENT_PID);
	fake_attrs_number(&e, BACS_EVENT_A_KIND, FAKE_U32, BACS_EVENT_CONTROL);
	fake_attrs_number(&e, BACS_EVENT_A_NEW, FAKE_U32,
			  now ? CLIENT_PID : 0);
	fake_event(r->k, bus, &e);
}

static int set_scan(struct request *r, struct fake_bus *bus)
{
	uint64_t ms;

	if (!find_number(r->attrs, r->attrs_len, BACS_A_SCAN_MS, &ms))
		return refuse(r, -EINVAL, "scan period is missing");
	if (ms && ms < fake_attrs_get(&bus->attrs, BACS_BUS_A_SCAN_MIN_MS))
		return refuse(r, -ERANGE,
			      "period is shorter than a scan can be");
	fake_attrs_number(&bus->attrs, BACS_BUS_A_SCAN_MS, FAKE_U32, ms);
	return 0;
}

static int set_module(struct request *r, struct fake_bus *bus,
		      unsigned int address)
{
	struct fake_module *m = &bus->module[address];
	struct fake_attrs e = { 0 };
	const uint8_t *nest, *limits;
	const char *label;
	size_t len, limits_len;
	uint64_t v;

	nest = find(r->attrs, r->attrs_len, BACS_A_MODULE, &len);
	if (!nest)
		return refuse(r, -EINVAL, "nothing to set");
	label = find_string(nest, len, BACS_MODULE_A_LABEL);
	if (label)
		fake_attrs_string(&m->attrs, BACS_MODULE_A_LABEL, label);
	if (find_number(nest, len, BACS_MODULE_A_STATUS, &v))
		fake_attrs_number(&m->attrs, BACS_MODULE_A_STATUS, FAKE_U32,
				  v);
	if (find_number(nest, len, BACS_MODULE_A_HEALTH, &v))
		fake_attrs_number(&m->attrs, BACS_MODULE_A_HEALTH, FAKE_U32,
				  v);
	limits = find(nest, len, BACS_MODULE_A_LIMITS, &limits_len);
	for (uint16_t i = 1; limits && i <= BACS_LIMIT_A_MAX; i++)
		if (find_number(limits, limits_len, i, &v))
			fake_attrs_number(&m->limits, i, FAKE_U32, v);
	fake_attrs_number(&e, BACS_EVENT_A_KIND, FAKE_U32, BACS_EVENT_LIMITS);
	fake_attrs_number(&e, BACS_EVENT_A_ADDRESS, FAKE_U8, address);
	fake_attrs_number(&e, BACS_EVENT_A_PID, FAKE_U32, CLIENT_PID);
	fake_event(r->k, bus, &e);
	return 0;
}

static int equalize(struct request *r, struct fake_bus *bus)
{
	const uint8_t *p = r->attrs, *end = r->attrs + r->attrs_len;
	uint64_t address, permille, lease = BACS_LEASE_MS_DEFAULT;
	struct nlattr a;

	for (; end - p >= (ptrdiff_t)NLA_HDRLEN; p += NLA_ALIGN(a.nla_len)) {
		memcpy(&a, p, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || a.nla_len > end - p)
			return refuse(r, -EINVAL, "attribute breaks off");
		if ((a.nla_type & NLA_TYPE_MASK) != BACS_A_DUTY)
			continue;
		if (!find_number(p + NLA_HDRLEN, a.nla_len - NLA_HDRLEN,
				 BACS_DUTY_A_ADDRESS, &address) ||
		    !find_number(p + NLA_HDRLEN, a.nla_len - NLA_HDRLEN,
				 BACS_DUTY_A_PERMILLE, &permille) ||
		    address > 247 || !bus->module[address].there)
			return refuse(r, -EINVAL, "no such module");
		fake_attrs_number(&bus->module[address].attrs,
				  BACS_MODULE_A_DUTY_TARGET, FAKE_U32,
				  permille);
	}
	find_number(r->attrs, r->attrs_len, BACS_A_LEASE_MS, &lease);
	fake_attrs_number(&bus->attrs, BACS_BUS_A_LEASE_LEFT_MS, FAKE_U32,
			  lease);
	command_done(r, bus, 0, 0);
	return 0;
}

/* The reply comes before the acknowledgement, or after it from here. */
static int transact(struct request *r, struct fake_bus *bus)
{
	static const struct fake_buf silence;
	const struct fake_buf *only = &r->k->transact_only;
	int result = r->k->transact_result;
	const uint8_t *nest, *pdu;
	size_t len, pdu_len = 0;
	uint64_t address = 0;
	bool heard;

	nest = find(r->attrs, r->attrs_len, BACS_A_TRANSACT, &len);
	pdu = nest ? find(nest, len, BACS_TRANSACT_A_PDU, &pdu_len) : NULL;
	if (!pdu || !find_number(nest, len, BACS_TRANSACT_A_ADDRESS, &address))
		return refuse(r, -EINVAL, "address or PDU is missing");
	if (pdu_len < 1 || pdu_len > BACS_PDU_MAX)
		return refuse(r, -ERANGE, "a PDU has 1 to 253 bytes");
	if (fake_attrs_get(&bus->attrs, BACS_BUS_A_FLAGS) & BACS_START_READONLY)
		return refuse(r, -EROFS, "the bus is read-only");
	/* No more than tests need; the driver knows the other functions. */
	if ((!address || pdu[0] > 4) && bus->controller != r->client)
		return bus->controller ?
		       refuse(r, -EBUSY, "another socket controls this bus") :
		       refuse(r, -EPERM, "claim the control of this bus first");
	if (!r->k->transact_early) {
		acknowledge(r, 0);
		r->acknowledged = true;
	}
	heard = !only->len || (only->len == pdu_len &&
			       !memcmp(only->data, pdu, pdu_len));
	if (!heard)
		result = -ETIMEDOUT;
	answer_transact(r, bus, (uint8_t)address, result,
			heard ? &r->k->transact_reply : &silence);
	command_done(r, bus, (unsigned int)address, result);
	return 0;
}

static bool needs_controller(uint8_t cmd)
{
	return cmd == BACS_CMD_EQUALIZE_SET || cmd == BACS_CMD_RI_START ||
	       cmd == BACS_CMD_IDENTIFY_SET || cmd == BACS_CMD_LATCH;
}

static int bus_command(struct request *r, struct fake_bus *bus,
		       unsigned int address)
{
	if (needs_controller(r->cmd)) {
		if (fake_attrs_get(&bus->attrs, BACS_BUS_A_FLAGS) &
		    BACS_START_READONLY)
			return refuse(r, -EROFS, "the bus is read-only");
		if (bus->controller != r->client)
			return refuse(r, -EPERM,
				      "the bus is not claimed by this socket");
	}
	switch (r->cmd) {
	case BACS_CMD_BUS_GET:
		answer_bus(r, bus);
		return 0;
	case BACS_CMD_BUS_SET:
		return set_scan(r, bus);
	case BACS_CMD_CONTROL_CLAIM:
		if (bus->controller && bus->controller != r->client)
			return refuse(r, -EBUSY,
				      "another process controls the bus");
		control_changed(r, bus, r->client);
		return 0;
	case BACS_CMD_CONTROL_RELEASE:
		if (bus->controller != r->client)
			return refuse(r, -EPERM,
				      "the bus is not claimed by this socket");
		control_changed(r, bus, NULL);
		return 0;
	case BACS_CMD_EQUALIZE_SET:
		return equalize(r, bus);
	case BACS_CMD_STATS_GET:
		answer_stats(r, bus, address);
		return 0;
	case BACS_CMD_MODULE_GET:
	case BACS_CMD_MODULE_SET:
		if (!address)
			return refuse(r, -EINVAL, "address is missing");
		if (r->cmd == BACS_CMD_MODULE_SET)
			return set_module(r, bus, address);
		answer_module(r, &bus->module[address]);
		return 0;
	case BACS_CMD_TRANSACT:
		return transact(r, bus);
	case BACS_CMD_RI_START:
	case BACS_CMD_IDENTIFY_SET:
	case BACS_CMD_LATCH:
	case BACS_CMD_RESCAN:
		command_done(r, bus, address, 0);
		return 0;
	}
	return refuse(r, -EOPNOTSUPP, "no such command");
}

static int profile_command(struct request *r)
{
	struct fake_profile *p, **at = &r->k->profiles;
	const uint8_t *nest;
	const char *name;
	size_t len;

	nest = find(r->attrs, r->attrs_len, BACS_A_PROFILE, &len);
	name = nest ? find_string(nest, len, BACS_PROFILE_A_NAME) : NULL;
	if (!name || len > sizeof(p->nest))
		return refuse(r, -EINVAL, "name of the profile is missing");
	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	p = *at;
	if (r->cmd == BACS_CMD_PROFILE_NEW) {
		if (p && p->builtin)
			return refuse(r, -EEXIST, "this profile is built in");
		if (!p)
			p = calloc(1, sizeof(*p));
		if (!p)
			abort();
		snprintf(p->name, sizeof(p->name), "%s", name);
		memcpy(p->nest, nest, len);
		p->len = len;
		*at = p;
		return 0;
	}
	if (p && r->cmd == BACS_CMD_PROFILE_GET) {
		answer_profile(r, p);
		return 0;
	}
	if (!p || p->builtin)
		return refuse(r, -ENOENT, "no such loaded profile");
	*at = p->next;
	free(p);
	return 0;
}

static bool is_write(uint8_t cmd)
{
	return cmd != BACS_CMD_BUS_GET && cmd != BACS_CMD_MODULE_GET &&
	       cmd != BACS_CMD_STATS_GET && cmd != BACS_CMD_PROFILE_GET;
}

static int do_command(struct request *r)
{
	struct fake_bus *bus;
	const char *name;
	uint64_t address = 0;

	if (is_write(r->cmd) && r->k->unprivileged)
		return -EPERM;
	if (r->cmd >= BACS_CMD_PROFILE_GET && r->cmd <= BACS_CMD_PROFILE_DEL)
		return profile_command(r);
	name = find_string(r->attrs, r->attrs_len, BACS_A_BUS_NAME);
	if (!name)
		return refuse(r, -EINVAL, "name of the bus is missing");
	bus = fake_bus_find(r->k, name);
	if (!bus)
		return refuse(r, -ENODEV, "no bus of that name");
	find_number(r->attrs, r->attrs_len, BACS_A_ADDRESS, &address);
	if (address > 247 || (address && !bus->module[address].there))
		return refuse(r, -ENODEV, "no module at that address");
	return bus_command(r, bus, (unsigned int)address);
}

/*
 * The controller
 */
static void put_group(struct fake_buf *buf, uint16_t index, const char *name,
		      uint32_t id)
{
	size_t nest = fake_nest(buf, index);

	fake_put_u32(buf, CTRL_ATTR_MCAST_GRP_ID, id);
	fake_put_string(buf, CTRL_ATTR_MCAST_GRP_NAME, name);
	fake_nest_end(buf, nest);
}

void fake_family(struct fake_kernel *k, struct fake_buf *buf, uint32_t seq,
		 uint8_t cmd)
{
	size_t message = fake_begin(buf, GENL_ID_CTRL, 0, seq, cmd, 2), nest;
	uint16_t id = k->family;

	fake_put_string(buf, CTRL_ATTR_FAMILY_NAME, BACS_GENL_NAME);
	fake_put(buf, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	fake_put_u32(buf, CTRL_ATTR_VERSION, k->version);
	fake_put_u32(buf, CTRL_ATTR_HDRSIZE, 0);
	fake_put_u32(buf, CTRL_ATTR_MAXATTR, BACS_A_MAX);
	nest = fake_nest(buf, CTRL_ATTR_MCAST_GROUPS);
	put_group(buf, 1, BACS_MCGRP_SAMPLES,
		  fake_group_id(k, FAKE_SAMPLES));
	put_group(buf, 2, BACS_MCGRP_EVENTS, fake_group_id(k, FAKE_EVENTS));
	fake_nest_end(buf, nest);
	fake_end(buf, message);
}

static int get_family(struct request *r)
{
	const char *name = find_string(r->attrs, r->attrs_len,
				       CTRL_ATTR_FAMILY_NAME);
	uint16_t id = GENL_ID_CTRL;
	size_t message, nest;

	if (r->cmd != CTRL_CMD_GETFAMILY || !name)
		return -EINVAL;
	if (!strcmp(name, BACS_GENL_NAME) && r->k->loaded) {
		fake_family(r->k, r->out, r->h.nlmsg_seq, CTRL_CMD_NEWFAMILY);
		reply(r);
		return 0;
	}
	if (strcmp(name, "nlctrl"))
		return -ENOENT;
	message = fake_begin(r->out, GENL_ID_CTRL, 0, r->h.nlmsg_seq,
			     CTRL_CMD_NEWFAMILY, 2);
	fake_put_string(r->out, CTRL_ATTR_FAMILY_NAME, "nlctrl");
	fake_put(r->out, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	nest = fake_nest(r->out, CTRL_ATTR_MCAST_GROUPS);
	put_group(r->out, 1, "notify", FAKE_CTRL_NOTIFY);
	fake_nest_end(r->out, nest);
	fake_end(r->out, message);
	reply(r);
	return 0;
}

static int handle(struct request *r)
{
	if (r->h.nlmsg_type == GENL_ID_CTRL)
		return get_family(r);
	if (!r->k->loaded || r->h.nlmsg_type != r->k->family)
		return -ENOENT;
	if (r->k->refuse_cmd == r->cmd && r->k->refuse_errno) {
		int error = r->k->refuse_errno;

		r->k->refuse_errno = 0;
		return refuse(r, error, r->k->refuse_text[0] ?
			      r->k->refuse_text : NULL);
	}
	if (!r->dump)
		return do_command(r);
	dump(r);
	return 1;	/* a dump has its own end */
}

void fake_request(struct fake_kernel *k, struct fake_client *client,
		  const void *data, size_t len)
{
	static struct fake_buf out;
	struct request r = { .k = k, .client = client, .out = &out };
	int error;

	if (len < sizeof(r.h) + sizeof(struct genlmsghdr))
		return;
	memcpy(&r.h, data, sizeof(r.h));
	if (r.h.nlmsg_len > len ||
	    r.h.nlmsg_len < sizeof(r.h) + sizeof(struct genlmsghdr))
		return;
	if (k->replay && fake_replay_answer(k, client, data))
		return;
	r.cmd = ((const uint8_t *)data)[sizeof(r.h)];
	r.dump = (r.h.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	r.attrs = (const uint8_t *)data + sizeof(r.h) +
		  sizeof(struct genlmsghdr);
	r.attrs_len = r.h.nlmsg_len - sizeof(r.h) - sizeof(struct genlmsghdr);
	out.len = 0;
	error = handle(&r);
	if (error <= 0 && !r.acknowledged)
		acknowledge(&r, error);
}
