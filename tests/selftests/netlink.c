// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

#define GENL_DATA	(NLMSG_HDRLEN + GENL_HDRLEN)

const void *attr_data(const struct nlattr *attr)
{
	return (const uint8_t *)attr + NLA_HDRLEN;
}

size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	uint32_t value = 0;

	if (attr && attr_len(attr) == sizeof(value))
		memcpy(&value, attr_data(attr), sizeof(value));
	return value;
}

uint64_t attr_u64(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (attr && attr_len(attr) == sizeof(value))
		memcpy(&value, attr_data(attr), sizeof(value));
	return value;
}

uint8_t attr_u8(const struct nlattr *attr)
{
	return attr && attr_len(attr) == 1 ? *(const uint8_t *)attr_data(attr) :
	       0;
}

uint16_t attr_u16(const struct nlattr *attr)
{
	return attr && attr_len(attr) == 2 ? *(const uint16_t *)attr_data(attr) :
	       0;
}

const char *attr_string(const struct nlattr *attr)
{
	return attr ? attr_data(attr) : "";
}

bool nl_parse(const void *data, size_t len, const struct nlattr **attrs,
	      unsigned int max)
{
	const uint8_t *at = data;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	while (len >= NLA_HDRLEN) {
		const struct nlattr *attr = (const void *)at;
		unsigned int type = attr->nla_type & NLA_TYPE_MASK;
		size_t step = NLA_ALIGN(attr->nla_len);

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return false;
		if (type <= max)
			attrs[type] = attr;
		if (step >= len)
			break;
		at += step;
		len -= step;
	}
	return true;
}

bool nl_parse_nest(const struct nlattr *nest, const struct nlattr **attrs,
		   unsigned int max)
{
	return nest && nl_parse(attr_data(nest), attr_len(nest), attrs, max);
}

void msg_put(struct msg *msg, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)(msg->raw +
				       NLMSG_ALIGN(msg->header.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = (uint16_t)(NLA_HDRLEN + len);
	if (len)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	memset((uint8_t *)attr + attr->nla_len, 0,
	       NLA_ALIGN(attr->nla_len) - attr->nla_len);
	msg->header.nlmsg_len = NLMSG_ALIGN(msg->header.nlmsg_len) +
				NLA_ALIGN(attr->nla_len);
}

void msg_u8(struct msg *msg, uint16_t type, uint8_t value)
{
	msg_put(msg, type, &value, sizeof(value));
}

void msg_u16(struct msg *msg, uint16_t type, uint16_t value)
{
	msg_put(msg, type, &value, sizeof(value));
}

void msg_u32(struct msg *msg, uint16_t type, uint32_t value)
{
	msg_put(msg, type, &value, sizeof(value));
}

void msg_string(struct msg *msg, uint16_t type, const char *value)
{
	msg_put(msg, type, value, strlen(value) + 1);
}

struct nlattr *msg_nest(struct msg *msg, uint16_t type)
{
	struct nlattr *nest = (void *)(msg->raw +
				       NLMSG_ALIGN(msg->header.nlmsg_len));

	msg_put(msg, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void msg_nest_end(struct msg *msg, struct nlattr *nest)
{
	nest->nla_len = (uint16_t)(msg->raw + msg->header.nlmsg_len -
				   (uint8_t *)nest);
}

static void begin(struct msg *msg, uint16_t family, uint8_t cmd,
		  uint8_t version)
{
	struct genlmsghdr *genl = NLMSG_DATA(&msg->header);

	memset(msg, 0, sizeof(*msg));
	msg->header.nlmsg_len = GENL_DATA;
	msg->header.nlmsg_type = family;
	msg->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = cmd;
	genl->version = version;
}

void msg_begin(struct msg *msg, const struct nl *nl, uint8_t cmd)
{
	begin(msg, nl->family, cmd, BACS_GENL_VERSION);
}

void msg_bus(struct msg *msg, const struct nl *nl, uint8_t cmd, const char *bus)
{
	msg_begin(msg, nl, cmd);
	msg_string(msg, BACS_A_BUS_NAME, bus);
}

void msg_module(struct msg *msg, const struct nl *nl, uint8_t cmd,
		const char *bus, uint8_t address)
{
	msg_bus(msg, nl, cmd, bus);
	msg_u8(msg, BACS_A_ADDRESS, address);
}

/* NLMSG_ERROR: 0 or negative errno; keeps the text */
static int read_error(struct nl *nl, const struct nlmsghdr *header)
{
	const struct nlmsgerr *err = NLMSG_DATA(header);
	const struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];
	size_t skip = sizeof(*err);

	nl->text[0] = '\0';
	nl->offset = 0;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - NLMSG_HDRLEN;
	skip = NLMSG_ALIGN(skip);
	if (!nl_parse((const uint8_t *)err + skip,
		      NLMSG_PAYLOAD(header, 0) - skip, attrs,
		      NLMSGERR_ATTR_MAX))
		return err->error;
	if (attrs[NLMSGERR_ATTR_MSG])
		snprintf(nl->text, sizeof(nl->text), "%s",
			 attr_string(attrs[NLMSGERR_ATTR_MSG]));
	nl->offset = attr_u32(attrs[NLMSGERR_ATTR_OFFS]);
	return err->error;
}

/* The end of a dump carries its result, and on newer kernels a text. */
static int read_done(struct nl *nl, const struct nlmsghdr *header)
{
	int result = 0;

	nl->text[0] = '\0';
	if (NLMSG_PAYLOAD(header, 0) >= sizeof(result))
		memcpy(&result, NLMSG_DATA(header), sizeof(result));
	return result;
}

static int talk(struct nl *nl, struct msg *msg, nl_fn fn, void *arg)
{
	static _Thread_local uint8_t buf[65536];
	const struct nlattr *attrs[BACS_A_MAX + 1];

	msg->header.nlmsg_seq = ++nl->seq;
	nl->interrupted = false;
	if (send(nl->fd, msg, msg->header.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		ssize_t n = recv(nl->fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *h = (const void *)buf;

		if (n < 0)
			return -errno;
		for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_seq != nl->seq)
				continue;	/* of a group */
			nl->interrupted |= h->nlmsg_flags & NLM_F_DUMP_INTR;
			if (h->nlmsg_type == NLMSG_ERROR)
				return read_error(nl, h);
			if (h->nlmsg_type == NLMSG_DONE)
				return read_done(nl, h);
			if (!nl_parse((const uint8_t *)h + GENL_DATA,
				      h->nlmsg_len - GENL_DATA, attrs,
				      BACS_A_MAX))
				return -EBADMSG;
			if (fn)
				fn(arg, attrs);
		}
	}
}

/**
 * nl_do() - send a request and wait for its end
 * @nl: the socket
 * @msg: the request
 * @fn: called with each reply, or NULL
 * @arg: handed to @fn
 *
 * Return: 0 or the kernel's negative errno, with its text in @nl.
 */
int nl_do(struct nl *nl, struct msg *msg, nl_fn fn, void *arg)
{
	return talk(nl, msg, fn, arg);
}

int nl_dump(struct nl *nl, struct msg *msg, nl_fn fn, void *arg)
{
	msg->header.nlmsg_flags |= NLM_F_DUMP;
	return talk(nl, msg, fn, arg);
}

/**
 * nl_receive() - the next message of a joined group
 * @nl: the socket
 * @ret_cmd: its command
 * @attrs: BACS_A_MAX + 1 attributes, within @buf
 * @buf: room
 * @size: of @buf
 * @timeout_ms: limit
 *
 * Return: 0; -ETIMEDOUT; -ENOBUFS when messages were lost.
 */
int nl_receive(struct nl *nl, uint8_t *ret_cmd, const struct nlattr **attrs,
	       uint8_t *buf, size_t size, int timeout_ms)
{
	struct pollfd fd = { .fd = nl->fd, .events = POLLIN };
	const struct nlmsghdr *h = (const void *)buf;
	const struct genlmsghdr *genl = NLMSG_DATA(h);
	ssize_t n;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return -ETIMEDOUT;
	n = recv(nl->fd, buf, size, 0);
	if (n < 0)
		return -errno;
	if (!NLMSG_OK(h, (size_t)n) || h->nlmsg_type != nl->family ||
	    !nl_parse((const uint8_t *)h + GENL_DATA, h->nlmsg_len - GENL_DATA,
		      attrs, BACS_A_MAX))
		return -EBADMSG;
	*ret_cmd = genl->cmd;
	return 0;
}

static void read_groups(struct nl *nl, const struct nlattr *groups)
{
	NL_FOR_EACH(group, groups) {
		const struct nlattr *a[CTRL_ATTR_MCAST_GRP_MAX + 1];
		const char *name;

		if (!nl_parse_nest(group, a, CTRL_ATTR_MCAST_GRP_MAX))
			return;
		name = attr_string(a[CTRL_ATTR_MCAST_GRP_NAME]);
		if (!strcmp(name, BACS_MCGRP_SAMPLES))
			nl->group_samples = attr_u32(a[CTRL_ATTR_MCAST_GRP_ID]);
		if (!strcmp(name, BACS_MCGRP_EVENTS))
			nl->group_events = attr_u32(a[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

/* The controller's answer has attributes of its own; parsed here. */
static bool find_family(struct nl *nl)
{
	uint8_t buf[8192];
	struct msg msg;
	ssize_t n;

	begin(&msg, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	msg.header.nlmsg_flags = NLM_F_REQUEST;
	msg_string(&msg, CTRL_ATTR_FAMILY_NAME, BACS_GENL_NAME);
	if (send(nl->fd, &msg, msg.header.nlmsg_len, 0) < 0)
		return false;
	n = recv(nl->fd, buf, sizeof(buf), 0);
	if (n > 0) {
		const struct nlmsghdr *h = (const void *)buf;
		const struct nlattr *attrs[CTRL_ATTR_MAX + 1];

		if (h->nlmsg_type == NLMSG_ERROR ||
		    !nl_parse((const uint8_t *)h + GENL_DATA,
			      h->nlmsg_len - GENL_DATA, attrs, CTRL_ATTR_MAX))
			return false;
		memcpy(&nl->family, attr_data(attrs[CTRL_ATTR_FAMILY_ID]), 2);
		if (attrs[CTRL_ATTR_MCAST_GROUPS])
			read_groups(nl, attrs[CTRL_ATTR_MCAST_GROUPS]);
	}
	return nl->family && nl->group_samples && nl->group_events;
}

/**
 * nl_open() - a socket that knows the family
 * @nl: the socket
 *
 * Return: false if the driver is not there.
 */
bool nl_open(struct nl *nl)
{
	struct timeval limit = { .tv_sec = 20 };
	int one = 1;

	memset(nl, 0, sizeof(*nl));
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0)
		return false;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (find_family(nl))
		return true;
	close(nl->fd);
	return false;
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
	nl->fd = -1;
}

bool nl_join(struct nl *nl, uint32_t group)
{
	return !setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			   sizeof(group));
}
