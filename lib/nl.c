// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests to the kernel and their answers
 *
 * libnl builds and takes apart messages; sending, receiving, sequence numbers
 * and acknowledgements are done here, because libnl folds a socket overrun
 * into "no memory" and has no way to the extended acknowledgement.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

void bacs_clear_error(struct bacs *b)
{
	b->error[0] = '\0';
}

/* Keeps the words of a refusal and hands its errno through */
int bacs_fail(struct bacs *b, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(b->error, sizeof(b->error), format, ap);
	va_end(ap);
	return error;
}

static const struct nla_policy ack_policy[NLMSGERR_ATTR_MAX + 1] = {
	[NLMSGERR_ATTR_MSG] = { .type = NLA_STRING, .minlen = 1 },
	[NLMSGERR_ATTR_OFFS] = { .type = NLA_U32, .minlen = 4 },
};

/* The kernel's own words in an acknowledgement, or in the end of a dump */
static void keep_ack_text(struct bacs *b, const struct nlmsghdr *nlh,
			  size_t skip)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	size_t len = (size_t)nlmsg_datalen(nlh);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || len <= skip)
		return;
	if (nla_parse(tb, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)((char *)nlmsg_data(nlh) + skip),
		      (int)(len - skip), ack_policy) < 0)
		return;
	if (tb[NLMSGERR_ATTR_MSG])
		snprintf(b->error, sizeof(b->error), "%s",
			 nla_get_string(tb[NLMSGERR_ATTR_MSG]));
}

/* Result of an NLMSG_ERROR; 0 is a plain acknowledgement */
static int read_ack(struct bacs *b, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	size_t skip = sizeof(*e);

	if (nlmsg_datalen(nlh) < (int)sizeof(*e))
		return -EBADMSG;
	/* without NLM_F_CAPPED an error quotes the whole request */
	if (e->error && !(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len >= NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	keep_ack_text(b, nlh, skip);
	return e->error > 0 ? -EBADMSG : e->error;
}

static int read_done(struct bacs *b, const struct nlmsghdr *nlh)
{
	int error = 0;

	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	keep_ack_text(b, nlh, sizeof(error));
	return error > 0 ? -EBADMSG : error;
}

struct exchange {
	uint32_t seq;
	bool dump;
	bool interrupted;
	bool done;
	int result;
	nl_answer_t answer;
	void *arg;
	const bool *there;	/* of a result after the acknowledgement */
	unsigned int timeout_ms;
};

/* Is nothing more to come? */
static bool complete(const struct exchange *x)
{
	return x->done && (!x->there || *x->there || x->result < 0);
}

static void take_message(struct bacs *b, struct exchange *x,
			 const struct nlmsghdr *nlh)
{
	int r;

	/* the rest of an exchange that timed out */
	if (nlh->nlmsg_seq != x->seq)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;

	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return;
	case NLMSG_ERROR:
		r = read_ack(b, nlh);
		x->done = true;
		break;
	case NLMSG_DONE:
		r = read_done(b, nlh);
		x->done = true;
		break;
	default:
		r = x->answer && x->result >= 0 ?
		    x->answer(b, nlh, x->arg) : 0;
		break;
	}
	if (r < 0 && x->result >= 0)
		x->result = r;
}

static int take_datagram(struct bacs *b, struct exchange *x)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)b->request_buf;
	ssize_t n;
	int len;

	n = bacs_ops()->nl_recv(b->request_fd, b->request_buf,
				sizeof(b->request_buf));
	if (n < 0)
		return (int)n;
	if ((size_t)n > sizeof(b->request_buf))
		return -EMSGSIZE;

	len = (int)n;
	while (!complete(x) && nlmsg_ok(nlh, len)) {
		take_message(b, x, nlh);
		nlh = nlmsg_next(nlh, &len);
	}
	if (!x->done && len > 0) {
		b->diag[BACS_DIAG_MALFORMED]++;
		return -EBADMSG;
	}
	return 0;
}

/* Throws away what a broken-off exchange left behind */
static void drain(struct bacs *b)
{
	ssize_t n;

	do
		n = bacs_ops()->nl_recv(b->request_fd, b->request_buf,
				sizeof(b->request_buf));
	while (n >= 0 || n == -ENOBUFS);
}

static int exchange(struct bacs *b, struct exchange *x)
{
	const struct bacs_ops *ops = bacs_ops();
	uint64_t end = ops->now_ns(CLOCK_MONOTONIC) +
		       x->timeout_ms * 1000000ULL;
	int r;

	while (!complete(x)) {
		uint64_t now = ops->now_ns(CLOCK_MONOTONIC);

		if (now >= end)
			return -ETIMEDOUT;
		r = ops->wait(b->request_fd, (int)((end - now) / 1000000) + 1);
		if (r < 0 && r != -EINTR)
			return r;
		if (r <= 0)
			continue;
		r = take_datagram(b, x);
		if (r < 0 && r != -EAGAIN)
			return r;
	}
	return x->result;
}

/**
 * nl_request_result() - send a request, take its answers and await its result
 * @b: handle; its error text is set on failure
 * @msg: complete message; the sequence number and the flags for a request
 *	with acknowledgement are set here
 * @answer: called for every message of the answer; may be NULL
 * @arg: for @answer
 * @there: set by @answer when it has the result, which may come before or
 *	after the acknowledgement; NULL: the acknowledgement is the end
 * @timeout_ms: for all of it
 *
 * Return: as nl_request().
 */
int nl_request_result(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		      void *arg, const bool *there, unsigned int timeout_ms)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange x = { .answer = answer, .arg = arg, .there = there,
			      .timeout_ms = timeout_ms };
	ssize_t n;
	int r;

	bacs_clear_error(b);
	x.seq = ++b->seq;
	x.dump = (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	nlh->nlmsg_seq = x.seq;
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	if (!x.dump)
		nlh->nlmsg_flags |= NLM_F_ACK;

	n = bacs_ops()->nl_send(b->request_fd, nlh, nlh->nlmsg_len);
	r = n < 0 ? (int)n : exchange(b, &x);
	if (!complete(&x))
		drain(b);
	if (r >= 0 && x.interrupted) {
		b->diag[BACS_DIAG_INTERRUPTED]++;
		r = -EINTR;
	}
	if (r < 0 && !b->error[0])
		bacs_fail(b, r, "%s", r == -EPERM ?
			  "this needs CAP_NET_ADMIN: run it as root" :
			  strerror(-r));
	return r < 0 ? r : 0;
}

/**
 * nl_request() - send a request and take all its answers
 * @b: handle; its error text is set on failure
 * @msg: complete message, see nl_request_result()
 * @answer: called for every message of the answer; may be NULL
 * @arg: for @answer
 *
 * Return: 0, -EINTR: the dump is not consistent, ask again; -ETIMEDOUT, the
 * kernel's error, or that of @answer.
 */
int nl_request(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
	       void *arg)
{
	return nl_request_result(b, msg, answer, arg, NULL,
				 NL_ANSWER_TIMEOUT_MS);
}

/*
 * The controller of generic netlink
 */
static const struct nla_policy ctrl_policy[CTRL_ATTR_MAX + 1] = {
	[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16, .minlen = 2, .maxlen = 2 },
	[CTRL_ATTR_FAMILY_NAME] = { .type = NLA_STRING, .minlen = 1,
				    .maxlen = GENL_NAMSIZ },
	[CTRL_ATTR_VERSION] = { .type = NLA_U32, .minlen = 4, .maxlen = 4 },
	[CTRL_ATTR_MCAST_GROUPS] = { .type = NLA_NESTED },
};

static const struct nla_policy group_policy[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = { .type = NLA_STRING, .minlen = 1,
				       .maxlen = GENL_NAMSIZ },
	[CTRL_ATTR_MCAST_GRP_ID] = { .type = NLA_U32, .minlen = 4,
				     .maxlen = 4 },
};

static int read_groups(const struct nlattr *nest, struct family *ret)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1], *group;
	const char *name;
	uint32_t id;
	int rem;

	nla_for_each_nested(group, nest, rem) {
		if (parse_level(tb, CTRL_ATTR_MCAST_GRP_MAX, group,
				group_policy) < 0)
			return -EBADMSG;
		if (!tb[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		name = nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]);
		id = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
		if (!strcmp(name, BACS_MCGRP_SAMPLES))
			ret->groups[GROUP_SAMPLES] = id;
		else if (!strcmp(name, BACS_MCGRP_EVENTS))
			ret->groups[GROUP_EVENTS] = id;
		else if (!strcmp(name, "notify"))
			ret->notify = id;
	}
	return 0;
}

/**
 * nl_ctrl_parse() - what a message of the controller says about a family
 * @nlh: message of type GENL_ID_CTRL
 * @name: family of interest
 * @ret: identity, written only if the message is about @name
 *
 * Return: the message's command, 0 if it is about another family, -EBADMSG.
 */
int nl_ctrl_parse(const struct nlmsghdr *nlh, const char *name,
		  struct family *ret)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct genlmsghdr *g = nlmsg_data(nlh);
	struct family f = { 0 };
	int len = nlmsg_datalen(nlh) - (int)GENL_HDRLEN;

	if (len < 0)
		return -EBADMSG;
	if (nla_parse(tb, CTRL_ATTR_MAX,
		      (struct nlattr *)((char *)g + GENL_HDRLEN), len,
		      ctrl_policy) < 0)
		return -EBADMSG;
	if (!tb[CTRL_ATTR_FAMILY_NAME] ||
	    strcmp(nla_get_string(tb[CTRL_ATTR_FAMILY_NAME]), name))
		return 0;
	if (!tb[CTRL_ATTR_FAMILY_ID])
		return -EBADMSG;
	f.id = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (f.id < GENL_MIN_ID)
		return -EBADMSG;
	if (tb[CTRL_ATTR_VERSION])
		f.version = nla_get_u32(tb[CTRL_ATTR_VERSION]);
	if (tb[CTRL_ATTR_MCAST_GROUPS] &&
	    read_groups(tb[CTRL_ATTR_MCAST_GROUPS], &f) < 0)
		return -EBADMSG;
	*ret = f;
	return g->cmd;
}

struct family_answer {
	const char *name;
	struct family family;
};

static int take_family(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct family_answer *a = arg;
	int r;

	if (nlh->nlmsg_type != GENL_ID_CTRL)
		return 0;
	r = nl_ctrl_parse(nlh, a->name, &a->family);
	if (r < 0)
		b->diag[BACS_DIAG_MALFORMED]++;
	return r < 0 ? r : 0;
}

/**
 * nl_family() - ask the kernel for a family
 * @b: handle
 * @name: its name
 * @ret: identity
 *
 * Return: 0, -ENOENT: not registered.
 */
int nl_family(struct bacs *b, const char *name, struct family *ret)
{
	struct family_answer a = { .name = name };
	struct genlmsghdr g = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	msg = nlmsg_alloc_simple(GENL_ID_CTRL, 0);
	if (!msg || nlmsg_append(msg, &g, sizeof(g), NLMSG_ALIGNTO) < 0 ||
	    nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, name) < 0)
		return -ENOMEM;
	r = nl_request(b, msg, take_family, &a);
	if (r < 0)
		return r;
	if (!a.family.id)
		return -ENOENT;
	*ret = a.family;
	return 0;
}

/**
 * nl_message() - begin a message to the driver
 * @b: handle
 * @cmd: enum bacs_cmd
 * @flags: NLM_F_DUMP or 0
 *
 * Return: message, NULL without memory.
 */
struct nl_msg *nl_message(struct bacs *b, uint8_t cmd, int flags)
{
	struct genlmsghdr g = { .cmd = cmd, .version = BACS_GENL_VERSION };
	struct nl_msg *msg;

	/* 247 duties are the longest message */
	msg = nlmsg_alloc_size(BACS_NL_BUFFER);
	if (!msg)
		return NULL;
	if (!nlmsg_put(msg, 0, 0, b->family.id, 0, flags) ||
	    nlmsg_append(msg, &g, sizeof(g), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}
