// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Generic netlink, raw access: who may send what, the result and to whom it
 * goes, and what stays of it (MASTER, point 6)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tRaw"
#define LIMIT	120000	/* ms, for a broken driver only */

struct setup {
	struct far_end *far;
	struct nl nl, other, events;
	int fd;
};

static bool set_up(struct setup *s, u32 flags)
{
	struct bacs_start args = line_start_args(BUS, 1, 4);

	s->far = far_end_new();
	if (!s->far)
		return false;
	far_end_add(s->far, 1, 4);
	args.scan_ms = 100;
	args.flags = flags;
	s->fd = line_bus(s->far->slave, &args);
	return s->fd >= 0 && nl_open(&s->nl) && nl_open(&s->other) &&
	       nl_open(&s->events) &&
	       nl_join(&s->events, s->events.group_events) &&
	       AWAIT(LIMIT, sys_count_live(BUS, 1, 4) == 4);
}

static void tear_down(struct setup *s)
{
	nl_close(&s->nl);
	nl_close(&s->other);
	nl_close(&s->events);
	line_end(s->fd);
	far_end_free(s->far);
}

FIXTURE(transact)
{
	struct setup s;
};

FIXTURE_SETUP(transact)
{
	ASSERT_TRUE(set_up(&self->s, 0));
}

FIXTURE_TEARDOWN(transact)
{
	tear_down(&self->s);
}

FIXTURE(readonly)
{
	struct setup s;
};

FIXTURE_SETUP(readonly)
{
	ASSERT_TRUE(set_up(&self->s, BACS_START_READONLY));
}

FIXTURE_TEARDOWN(readonly)
{
	tear_down(&self->s);
}

struct result {
	bool there;
	char bus[16];
	u8 address;
	s32 result;
	size_t len;
	u8 reply[BACS_PDU_MAX];
};

static void see(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *t[BACS_TRANSACT_A_MAX + 1];
	struct result *r = arg;

	if (!attrs[BACS_A_TRANSACT] ||
	    !nl_parse_nest(attrs[BACS_A_TRANSACT], t, BACS_TRANSACT_A_MAX))
		return;
	r->there = true;
	snprintf(r->bus, sizeof(r->bus), "%s",
		 attr_string(attrs[BACS_A_BUS_NAME]));
	r->address = attr_u8(t[BACS_TRANSACT_A_ADDRESS]);
	r->result = (s32)attr_u32(t[BACS_TRANSACT_A_RESULT]);
	if (!t[BACS_TRANSACT_A_REPLY])
		return;
	r->len = attr_len(t[BACS_TRANSACT_A_REPLY]);
	if (r->len <= sizeof(r->reply))
		memcpy(r->reply, attr_data(t[BACS_TRANSACT_A_REPLY]), r->len);
}

/* What was asked for, or a negative errno; *ret may have its result by then */
static int ask(struct nl *nl, u8 address, const u8 *pdu, size_t len, u32 ms,
	       struct result *ret)
{
	struct nlattr *nest;
	struct msg msg;

	memset(ret, 0, sizeof(*ret));
	msg_bus(&msg, nl, BACS_CMD_TRANSACT, BUS);
	nest = msg_nest(&msg, BACS_A_TRANSACT);
	msg_u8(&msg, BACS_TRANSACT_A_ADDRESS, address);
	msg_put(&msg, BACS_TRANSACT_A_PDU, pdu, len);
	if (ms)
		msg_u32(&msg, BACS_TRANSACT_A_RESPONSE_MS, ms);
	msg_nest_end(&msg, nest);
	return nl_do(nl, &msg, see, ret);
}

/* The result, under the number of its request */
static bool await_result(struct nl *nl, struct result *ret)
{
	const struct nlattr *attrs[BACS_A_MAX + 1];
	uint8_t buf[8192], cmd;

	while (!ret->there) {
		const struct nlmsghdr *h = (const void *)buf;

		if (nl_receive(nl, &cmd, attrs, buf, sizeof(buf), LIMIT))
			return false;
		if (cmd == BACS_CMD_TRANSACT && h->nlmsg_seq == nl->seq)
			see(ret, attrs);
	}
	return true;
}

static int transact(struct nl *nl, u8 address, const u8 *pdu, size_t len,
		    u32 ms, struct result *ret)
{
	int err = ask(nl, address, pdu, len, ms, ret);

	if (err)
		return err;
	return await_result(nl, ret) ? 0 : -ETIME;
}

static int simple(struct nl *nl, u8 cmd)
{
	struct msg msg;

	msg_bus(&msg, nl, cmd, BUS);
	return nl_do(nl, &msg, NULL, NULL);
}

/* The end of a raw request as everybody hears it */
static bool await_event(struct nl *nl, u8 address, s32 *ret_result, u32 *ret_pid)
{
	const struct nlattr *attrs[BACS_A_MAX + 1];
	const struct nlattr *e[BACS_EVENT_A_MAX + 1];
	uint8_t buf[8192], got;

	while (!nl_receive(nl, &got, attrs, buf, sizeof(buf), LIMIT)) {
		if (strcmp(attr_string(attrs[BACS_A_BUS_NAME]), BUS) ||
		    !nl_parse_nest(attrs[BACS_A_EVENT], e, BACS_EVENT_A_MAX) ||
		    attr_u32(e[BACS_EVENT_A_KIND]) != BACS_EVENT_COMMAND ||
		    attr_u32(e[BACS_EVENT_A_COMMAND]) != BACS_CMD_TRANSACT ||
		    attr_u8(e[BACS_EVENT_A_ADDRESS]) != address)
			continue;
		*ret_result = (s32)attr_u32(e[BACS_EVENT_A_RESULT]);
		*ret_pid = attr_u32(e[BACS_EVENT_A_PID]);
		return true;
	}
	return false;
}

static u64 count_heard(struct far_end *far, u8 address, u8 function)
{
	u64 n = 0;

	pthread_mutex_lock(&far->lock);
	for (u64 i = 0; i < far->logged && i < FAR_LOG; i++)
		n += far->log[i].bytes[0] == address &&
		     far->log[i].bytes[1] == function;
	pthread_mutex_unlock(&far->lock);
	return n;
}

static const u8 read_live[] = { RTU_READ_INPUT, 0, 0, 0,
				BACS_C_JAR_REGISTERS };
static const u8 read_wrong[] = { RTU_READ_INPUT, 0x40, 0, 0, 1 };
static const u8 write_duty[] = { RTU_WRITE_SINGLE, 0,
				 BACS_C_HOLD_DUTY_PERMILLE, 1, 0xF4 };

TEST_F(transact, reads)
{
	struct result r;
	u32 pid = 0;
	s32 result;

	ASSERT_EQ(0, transact(&self->s.nl, 3, read_live, sizeof(read_live), 0, &r));
	EXPECT_EQ(0, strcmp(BUS, r.bus));
	EXPECT_EQ(3, r.address);
	EXPECT_EQ(0, r.result);
	ASSERT_EQ(2U + 2 * BACS_C_JAR_REGISTERS, r.len);
	EXPECT_EQ(RTU_READ_INPUT, r.reply[0]);
	EXPECT_EQ(13003, rtu_get_u16(r.reply + 2 + 2 * BACS_C_JAR_VOLTAGE_MV));
	ASSERT_TRUE(await_event(&self->s.events, 3, &result, &pid));
	EXPECT_EQ(0, result);
	EXPECT_EQ((u32)getpid(), pid);
	/* A refusal is an answer. */
	ASSERT_EQ(0, transact(&self->s.nl, 3, read_wrong, sizeof(read_wrong), 0,
			      &r));
	EXPECT_EQ(-EREMOTEIO, r.result);
	ASSERT_EQ(2U, r.len);
	EXPECT_EQ(0x84, r.reply[0]);
	EXPECT_EQ(RTU_ILLEGAL_ADDRESS, r.reply[1]);
	ASSERT_TRUE(await_event(&self->s.events, 3, &result, &pid));
	EXPECT_EQ(-EREMOTEIO, result);
	/* Not the module's affair */
	EXPECT_EQ(0, sys_stat(BUS, 3, "exceptions"));
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
}

/* Any function, the longest frame, a reply whose length nobody knows */
TEST_F(transact, any_function)
{
	u8 pdu[BACS_PDU_MAX] = { FAR_ECHO };
	struct result r;

	for (size_t i = 1; i < sizeof(pdu); i++)
		pdu[i] = (u8)(i * 5);
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	for (size_t len = 1; len <= sizeof(pdu); len += 42) {
		ASSERT_EQ(0, transact(&self->s.nl, 2, pdu, len, 0, &r));
		EXPECT_EQ(0, r.result);
		ASSERT_EQ(len, r.len);
		EXPECT_EQ(0, memcmp(pdu, r.reply, len));
	}
}

TEST_F(transact, nobody_there)
{
	struct result r;
	u64 begin;

	begin = boot_ns();
	ASSERT_EQ(0, transact(&self->s.nl, 99, read_live, sizeof(read_live), 200,
			      &r));
	EXPECT_EQ(-ETIMEDOUT, r.result);
	EXPECT_EQ(0U, r.len);
	EXPECT_LE(begin + 200 * NSEC_PER_MSEC, boot_ns());
	EXPECT_EQ(1U, count_heard(self->s.far, 99, RTU_READ_INPUT));
	/* Who was asked raw is no module for that. */
	EXPECT_FALSE(sys_exists(SYS_BACS "/" BUS "-099"));
	EXPECT_EQ(4, sys_count_live(BUS, 1, 4));
}

TEST_F(transact, writes_need_the_control)
{
	static const u8 echo[] = { FAR_ECHO };
	struct result r;

	EXPECT_EQ(-EPERM, ask(&self->s.nl, 1, write_duty, sizeof(write_duty), 0,
			      &r));
	EXPECT_EQ(0, strcmp("claim the control of this bus first",
			    self->s.nl.text));
	/* Nobody knows what it does. */
	EXPECT_EQ(-EPERM, ask(&self->s.nl, 1, echo, 1, 0, &r));
	EXPECT_EQ(-EPERM, ask(&self->s.nl, 0, read_live, sizeof(read_live), 0,
			      &r));
	ASSERT_EQ(0, simple(&self->s.other, BACS_CMD_CONTROL_CLAIM));
	EXPECT_EQ(-EBUSY, ask(&self->s.nl, 1, write_duty, sizeof(write_duty), 0,
			      &r));
	EXPECT_NE('\0', self->s.nl.text[0]);
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
	/* The controller is not in the way of one who only looks. */
	EXPECT_EQ(0, transact(&self->s.nl, 1, read_live, sizeof(read_live), 0,
			      &r));
	EXPECT_EQ(0, r.result);
	EXPECT_EQ(0, transact(&self->s.other, 1, echo, 1, 0, &r));
	EXPECT_EQ(0, r.result);
}

static int ask_as_nobody(void *arg)
{
	struct result r;
	struct nl nl;
	int err;

	(void)arg;
	if (!nl_open(&nl))
		return 1;
	err = -ask(&nl, 1, read_live, sizeof(read_live), 0, &r);
	nl_close(&nl);
	return err;
}

TEST_F(transact, refused)
{
	u8 pdu[BACS_PDU_MAX + 1] = { 4 };
	struct nl *nl = &self->s.nl;
	struct nlattr *nest;
	struct result r;
	struct msg msg;
	int result;

	EXPECT_EQ(-ERANGE, ask(nl, 1, pdu, sizeof(pdu), 0, &r));
	EXPECT_EQ(0, strcmp("a PDU has 1 to 253 bytes", nl->text));
	EXPECT_NE(0U, nl->offset);
	EXPECT_EQ(-ERANGE, ask(nl, 1, pdu, 0, 0, &r));
	EXPECT_EQ(-ERANGE, ask(nl, 248, pdu, 1, 0, &r));
	EXPECT_NE('\0', nl->text[0]);
	EXPECT_EQ(-ERANGE, ask(nl, 1, pdu, 1, BACS_RESPONSE_MS_MIN - 1, &r));
	EXPECT_EQ(-ERANGE, ask(nl, 1, pdu, 1, BACS_RESPONSE_MS_MAX + 1, &r));
	pdu[0] = 0;
	EXPECT_EQ(-EINVAL, ask(nl, 1, pdu, 2, 0, &r));
	EXPECT_EQ(0, strcmp("the PDU's function code is not in 1-127", nl->text));
	pdu[0] = 0x84;
	EXPECT_EQ(-EINVAL, ask(nl, 1, pdu, 2, 0, &r));
	EXPECT_EQ(-EINVAL, simple(nl, BACS_CMD_TRANSACT));
	EXPECT_EQ(0, strcmp("nothing to send", nl->text));
	msg_bus(&msg, nl, BACS_CMD_TRANSACT, BUS);
	nest = msg_nest(&msg, BACS_A_TRANSACT);
	msg_u8(&msg, BACS_TRANSACT_A_ADDRESS, 1);
	msg_nest_end(&msg, nest);
	EXPECT_EQ(-EINVAL, nl_do(nl, &msg, NULL, NULL));
	EXPECT_EQ(0, strcmp("address or PDU is missing", nl->text));
	/* Only the driver says this one. */
	msg_bus(&msg, nl, BACS_CMD_TRANSACT, BUS);
	nest = msg_nest(&msg, BACS_A_TRANSACT);
	msg_u32(&msg, BACS_TRANSACT_A_RESULT, 0);
	msg_nest_end(&msg, nest);
	EXPECT_EQ(-EINVAL, nl_do(nl, &msg, NULL, NULL));
	ASSERT_TRUE(line_as_nobody(ask_as_nobody, NULL, &result));
	EXPECT_EQ(EPERM, result);
	/* The one that is right still goes. */
	EXPECT_EQ(0, transact(nl, 1, read_live, sizeof(read_live), 0, &r));
	EXPECT_EQ(0, r.result);
}

TEST_F(readonly, refused)
{
	long long scans = sys_stat(BUS, 0, "scans");
	struct result r;

	EXPECT_EQ(-EROFS, ask(&self->s.nl, 1, write_duty, sizeof(write_duty), 0,
			      &r));
	EXPECT_EQ(0, strcmp("the bus is read-only", self->s.nl.text));
	EXPECT_EQ(-EROFS, ask(&self->s.nl, 99, read_live, sizeof(read_live), 0,
			      &r));
	EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "scans") > scans + 2));
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
	EXPECT_EQ(0U, count_heard(self->s.far, 99, RTU_READ_INPUT));
}

/* One at a time; the others' scans go on before and after it. */
TEST_F(transact, busy)
{
	struct result r, unused;

	ASSERT_EQ(0, ask(&self->s.nl, 99, read_live, sizeof(read_live), 3000, &r));
	EXPECT_EQ(-EBUSY, ask(&self->s.other, 1, read_live, sizeof(read_live), 0,
			      &unused));
	EXPECT_EQ(0, strcmp("another raw request is under way on this bus, try again",
			    self->s.other.text));
	ASSERT_TRUE(await_result(&self->s.nl, &r));
	EXPECT_EQ(-ETIMEDOUT, r.result);
	EXPECT_EQ(0, transact(&self->s.other, 1, read_live, sizeof(read_live), 0,
			      &r));
	EXPECT_EQ(0, r.result);
	EXPECT_EQ(4, sys_count_live(BUS, 1, 4));
	EXPECT_EQ(0, sys_stat(BUS, 1, "losses"));
}

TEST_F(transact, bus_ends)
{
	struct result r;

	ASSERT_EQ(0, ask(&self->s.nl, 99, read_live, sizeof(read_live), 10000,
			 &r));
	EXPECT_TRUE(AWAIT(LIMIT, count_heard(self->s.far, 99, RTU_READ_INPUT)));
	line_end(self->s.fd);
	self->s.fd = -1;
	ASSERT_TRUE(await_result(&self->s.nl, &r));
	EXPECT_EQ(-ENODEV, r.result);
	EXPECT_EQ(-ENODEV, ask(&self->s.nl, 99, read_live, sizeof(read_live), 0,
			       &r));
}

/* Nobody waits for it any more, or may send it: it is not sent. */
TEST_F(transact, given_up)
{
	struct result r;
	s32 result;
	u32 pid;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	far_end_hold(self->s.far, 2);
	ASSERT_TRUE(far_end_await_held(self->s.far));
	ASSERT_EQ(0, ask(&self->s.nl, 98, write_duty, sizeof(write_duty), 0, &r));
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_RELEASE));
	ASSERT_TRUE(await_event(&self->s.events, 98, &result, &pid));
	EXPECT_EQ(-ECANCELED, result);

	far_end_hold(self->s.far, 2);
	ASSERT_TRUE(far_end_await_held(self->s.far));
	ASSERT_EQ(0, ask(&self->s.other, 97, read_live, sizeof(read_live), 0, &r));
	nl_close(&self->s.other);
	ASSERT_TRUE(await_event(&self->s.events, 97, &result, &pid));
	EXPECT_EQ(-ECANCELED, result);
	ASSERT_TRUE(nl_open(&self->s.other));
	ASSERT_EQ(0, transact(&self->s.other, 1, read_live, sizeof(read_live), 0,
			      &r));
	EXPECT_EQ(0U, count_heard(self->s.far, 98, RTU_WRITE_SINGLE));
	EXPECT_EQ(0U, count_heard(self->s.far, 97, RTU_READ_INPUT));
}

/* It may be the last word of its process, and must not be the module's. */
TEST_F(transact, duty_ends)
{
	struct result r;
	u64 maps = far_end_count(self->s.far, &self->s.far->maps);

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	ASSERT_EQ(0, transact(&self->s.nl, 4, write_duty, sizeof(write_duty), 0,
			      &r));
	EXPECT_EQ(0, r.result);
	EXPECT_EQ(500, far_end_register(self->s.far, 4,
					BACS_C_HOLD_DUTY_PERMILLE));
	/* More than once: nobody confirms a broadcast. */
	EXPECT_TRUE(AWAIT(LIMIT, far_end_count(self->s.far, &self->s.far->maps) >=
			  maps + 3));
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("0", SYS_BACS "/" BUS
					"-004/equalizer_duty")));
	for (u8 a = 1; a <= 4; a++) {
		EXPECT_FALSE(far_end_mapped(self->s.far, a));
	}
}

TEST_HARNESS_MAIN
