/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generic netlink by hand: what a library would refuse to send is sent here
 */
#ifndef BACS_SELFTEST_NETLINK_H
#define BACS_SELFTEST_NETLINK_H

#include <linux/bacs.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NL_TEXT		128

/**
 * struct nl - a socket
 * @fd: the socket
 * @family: id of family "bacs"
 * @group_samples: id of the group
 * @group_events: id of the group
 * @seq: of the last request
 * @text: what the kernel said about the last refused request
 * @offset: place of the offending attribute it named, 0: none
 * @interrupted: the last dump was
 */
struct nl {
	int fd;
	uint16_t family;
	uint32_t group_samples;
	uint32_t group_events;
	uint32_t seq;
	char text[NL_TEXT];
	uint32_t offset;
	bool interrupted;
};

/* A message being made; @raw is what is sent */
struct msg {
	union {
		struct nlmsghdr header;
		uint8_t raw[8192];
	};
};

bool nl_open(struct nl *nl);
void nl_close(struct nl *nl);
bool nl_join(struct nl *nl, uint32_t group);

void msg_begin(struct msg *msg, const struct nl *nl, uint8_t cmd);
void msg_put(struct msg *msg, uint16_t type, const void *data, size_t len);
void msg_u8(struct msg *msg, uint16_t type, uint8_t value);
void msg_u16(struct msg *msg, uint16_t type, uint16_t value);
void msg_u32(struct msg *msg, uint16_t type, uint32_t value);
void msg_string(struct msg *msg, uint16_t type, const char *value);
struct nlattr *msg_nest(struct msg *msg, uint16_t type);
void msg_nest_end(struct msg *msg, struct nlattr *nest);
void msg_bus(struct msg *msg, const struct nl *nl, uint8_t cmd,
	     const char *bus);
void msg_module(struct msg *msg, const struct nl *nl, uint8_t cmd,
		const char *bus, uint8_t address);

/* Called with each message of a reply; attributes from BACS_A_* */
typedef void (*nl_fn)(void *arg, const struct nlattr **attrs);

int nl_do(struct nl *nl, struct msg *msg, nl_fn fn, void *arg);
int nl_dump(struct nl *nl, struct msg *msg, nl_fn fn, void *arg);
int nl_receive(struct nl *nl, uint8_t *ret_cmd, const struct nlattr **attrs,
	       uint8_t *buf, size_t size, int timeout_ms);

bool nl_parse(const void *data, size_t len, const struct nlattr **attrs,
	      unsigned int max);
bool nl_parse_nest(const struct nlattr *nest, const struct nlattr **attrs,
		   unsigned int max);
const void *attr_data(const struct nlattr *attr);
size_t attr_len(const struct nlattr *attr);
uint32_t attr_u32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);
uint8_t attr_u8(const struct nlattr *attr);
uint16_t attr_u16(const struct nlattr *attr);
const char *attr_string(const struct nlattr *attr);

#define NL_FOR_EACH(_pos, _nest) \
	for (const struct nlattr *_pos = attr_data(_nest); \
	     (const uint8_t *)_pos + NLA_HDRLEN <= \
	     (const uint8_t *)(_nest) + (_nest)->nla_len; \
	     _pos = (const void *)((const uint8_t *)_pos + \
				   NLA_ALIGN(_pos->nla_len)))

#endif
