// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Generic netlink, the reading side (SLICE 2; design 3 "genetlink family";
 * bad input: malformed netlink, an unprivileged user, a reader that stops)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tNet"
#define LIMIT	120000	/* ms, for a broken driver only */

FIXTURE(netlink)
{
	struct far_end *far;
	struct nl nl;
	int fd;
};

FIXTURE_SETUP(netlink)
{
	struct bacs_start args = line_start_args(BUS, 1, 20);

	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, 20);
	args.scan_ms = 200;
	self->fd = line_bus(self->far->slave, &args);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(nl_open(&self->nl));
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, 20) == 20));
}

FIXTURE_TEARDOWN(netlink)
{
	nl_close(&self->nl);
	line_end(self->fd);
	far_end_free(self->far);
}

struct seen {
	unsigned int messages, versions, wrong;
	bool address[256];
	u32 state, serial_low, voltage_mv, requests;
	char label[64], tty[64];
};

static void see_bus(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *bus[BACS_BUS_A_MAX + 1];
	struct seen *seen = arg;

	if (!nl_parse_nest(attrs[BACS_A_BUS], bus, BACS_BUS_A_MAX) ||
	    strcmp(attr_string(bus[BACS_BUS_A_NAME]), BUS))
		return;
	seen->messages++;
	seen->versions += attr_u32(attrs[BACS_A_VERSION]) == BACS_GENL_VERSION;
	seen->state = attr_u32(bus[BACS_BUS_A_STATE]);
	snprintf(seen->tty, sizeof(seen->tty), "%s",
		 attr_string(bus[BACS_BUS_A_TTY]));
	seen->wrong += attr_u32(bus[BACS_BUS_A_BAUD]) != 115200 ||
		       attr_u32(bus[BACS_BUS_A_SCAN_MS]) != 200 ||
		       attr_u32(bus[BACS_BUS_A_MODULES_OK]) != 20 ||
		       attr_u32(bus[BACS_BUS_A_MODULES_LOST]) ||
		       attr_u64(bus[BACS_BUS_A_STARTED_NS]) > boot_ns() ||
		       bus[BACS_BUS_A_CONTROLLER_PID];
}

TEST_F(netlink, bus_do_and_dump)
{
	struct seen seen = { 0 };
	struct msg msg;

	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	ASSERT_EQ(0, nl_do(&self->nl, &msg, see_bus, &seen));
	EXPECT_EQ(1U, seen.messages);
	EXPECT_EQ(1U, seen.versions);
	EXPECT_EQ(0U, seen.wrong);
	EXPECT_EQ(0, strncmp(seen.tty, "pts", 3));
	/* Upper and lower case are the same name. */
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, "TNET");
	ASSERT_EQ(0, nl_do(&self->nl, &msg, see_bus, &seen));
	msg_begin(&msg, &self->nl, BACS_CMD_BUS_GET);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_bus, &seen));
	EXPECT_EQ(3U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
}

static void see_module(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *module[BACS_MODULE_A_MAX + 1];
	const struct nlattr *sample[BACS_SAMPLE_A_MAX + 1];
	struct seen *seen = arg;
	u8 a;

	if (!nl_parse_nest(attrs[BACS_A_MODULE], module, BACS_MODULE_A_MAX) ||
	    strcmp(attr_string(module[BACS_MODULE_A_BUS_NAME]), BUS))
		return;
	a = attr_u8(module[BACS_MODULE_A_ADDRESS]);
	seen->messages++;
	seen->wrong += seen->address[a];
	seen->address[a] = true;
	seen->wrong += attr_u32(module[BACS_MODULE_A_STATE]) !=
		       BACS_MODULE_STATE_OK ||
		       attr_u32(module[BACS_MODULE_A_CLASS]) != BACS_CLASS_JAR ||
		       attr_u64(module[BACS_MODULE_A_SERIAL]) !=
		       0x1122334400000000ULL + a ||
		       strcmp(attr_string(module[BACS_MODULE_A_MODEL]),
			      "Test jar") ||
		       attr_u32(module[BACS_MODULE_A_HW_REVISION]) != 0x0102 ||
		       attr_u32(module[BACS_MODULE_A_NOMINAL_MV]) != 12000 ||
		       attr_u32(module[BACS_MODULE_A_BYPASS_MA]) != 250 ||
		       module[BACS_MODULE_A_LIMITS] ||
		       attr_u64(module[BACS_MODULE_A_STATE_SINCE_NS]) > boot_ns();
	if (!nl_parse_nest(module[BACS_MODULE_A_SAMPLE], sample,
			   BACS_SAMPLE_A_MAX)) {
		seen->wrong++;
		return;
	}
	seen->wrong += attr_u32(sample[BACS_SAMPLE_A_VOLTAGE_MV]) != 13000U + a ||
		       attr_u32(sample[BACS_SAMPLE_A_TEMP_MC]) != 20000U + 100 * a ||
		       attr_u32(sample[BACS_SAMPLE_A_RESISTANCE_UOHM]) != 4000U + a ||
		       attr_u8(sample[BACS_SAMPLE_A_ADDRESS]) != a ||
		       sample[BACS_SAMPLE_A_CURRENT_MA];
}

TEST_F(netlink, module_do_and_dump)
{
	struct seen seen = { 0 };
	struct msg msg;

	msg_module(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS, 7);
	ASSERT_EQ(0, nl_do(&self->nl, &msg, see_module, &seen));
	EXPECT_TRUE(seen.address[7]);
	EXPECT_EQ(1U, seen.messages);
	memset(&seen, 0, sizeof(seen));
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(20U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
	memset(&seen, 0, sizeof(seen));
	msg_begin(&msg, &self->nl, BACS_CMD_MODULE_GET);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(20U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
}

static void see_stats(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *stats[BACS_STATS_A_MAX + 1];
	struct seen *seen = arg;
	u8 a = attr_u8(attrs[BACS_A_ADDRESS]);
	const u32 *latency;
	u32 sum = 0;

	if (strcmp(attr_string(attrs[BACS_A_BUS_NAME]), BUS) ||
	    !nl_parse_nest(attrs[BACS_A_STATS], stats, BACS_STATS_A_MAX))
		return;
	seen->messages++;
	seen->address[a] = true;
	seen->wrong += !attr_u64(stats[BACS_STATS_A_REQUESTS]) ||
		       !attr_u64(stats[BACS_STATS_A_REPLIES]) ||
		       attr_u64(stats[BACS_STATS_A_CRC_ERRORS]) ||
		       !stats[BACS_STATS_A_NOISE] ||
		       !stats[BACS_STATS_A_BYTES_TX] != !!a;
	if (!stats[BACS_STATS_A_LATENCY] ||
	    attr_len(stats[BACS_STATS_A_LATENCY]) != 4 * BACS_LATENCY_CLASSES) {
		seen->wrong++;
		return;
	}
	/* Every reply is in one class of the histogram. */
	latency = attr_data(stats[BACS_STATS_A_LATENCY]);
	for (int i = 0; i < BACS_LATENCY_CLASSES; i++)
		sum += latency[i];
	seen->wrong += sum != attr_u64(stats[BACS_STATS_A_REPLIES]);
}

TEST_F(netlink, stats_do_and_dump)
{
	struct seen seen = { 0 };
	struct msg msg;

	msg_bus(&msg, &self->nl, BACS_CMD_STATS_GET, BUS);
	ASSERT_EQ(0, nl_do(&self->nl, &msg, see_stats, &seen));
	EXPECT_TRUE(seen.address[0]);
	msg_module(&msg, &self->nl, BACS_CMD_STATS_GET, BUS, 20);
	ASSERT_EQ(0, nl_do(&self->nl, &msg, see_stats, &seen));
	EXPECT_TRUE(seen.address[20]);
	memset(&seen, 0, sizeof(seen));
	msg_bus(&msg, &self->nl, BACS_CMD_STATS_GET, BUS);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_stats, &seen));
	EXPECT_EQ(21U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
}

/* Refused with this error and a text that says why */
#define REFUSED(_error, _msg) do { \
	EXPECT_EQ(-(_error), nl_do(&self->nl, (_msg), NULL, NULL)); \
	EXPECT_NE('\0', self->nl.text[0]) \
		TH_LOG("line %d: no text", __LINE__); \
} while (0)

TEST_F(netlink, unknown_things)
{
	struct seen seen = { 0 };
	struct msg msg;

	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, "nobody");
	REFUSED(ENODEV, &msg);
	EXPECT_NE(0U, self->nl.offset);
	msg_begin(&msg, &self->nl, BACS_CMD_BUS_GET);
	REFUSED(EINVAL, &msg);
	msg_module(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS, 21);
	REFUSED(ENODEV, &msg);
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	REFUSED(EINVAL, &msg);
	msg_module(&msg, &self->nl, BACS_CMD_STATS_GET, BUS, 247);
	REFUSED(ENODEV, &msg);
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, "nobody");
	EXPECT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(0U, seen.messages);
	for (int cmd = BACS_CMD_SAMPLES_NTF; cmd < 256; cmd += 50) {
		msg_bus(&msg, &self->nl, (u8)cmd, BUS);
		EXPECT_EQ(-EOPNOTSUPP, nl_do(&self->nl, &msg, NULL, NULL));
	}
}

TEST_F(netlink, address_range)
{
	static const u8 bad[] = { 0, 248, 249, 255 };
	struct msg msg;

	for (size_t i = 0; i < sizeof(bad); i++) {
		msg_module(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS, bad[i]);
		REFUSED(ERANGE, &msg);
		EXPECT_NE(0U, self->nl.offset);
	}
}

/* The kernel's own checks answer with one or the other. */
#define MALFORMED(_msg) do { \
	int _err = nl_do(&self->nl, (_msg), NULL, NULL); \
	EXPECT_TRUE(_err == -EINVAL || _err == -ERANGE) \
		TH_LOG("line %d: %d", __LINE__, _err); \
	EXPECT_NE('\0', self->nl.text[0]); \
} while (0)

/* Attributes that are too short, too long, unknown, or where none belongs */
TEST_F(netlink, malformed_attributes)
{
	static const char many[64] = "0123456789012345678901234567890123456789";
	struct nlattr *nest;
	struct msg msg;

	msg_begin(&msg, &self->nl, BACS_CMD_BUS_GET);
	msg_put(&msg, BACS_A_BUS_NAME, many, 40);
	MALFORMED(&msg);
	msg_begin(&msg, &self->nl, BACS_CMD_BUS_GET);
	msg_put(&msg, BACS_A_BUS_NAME, BUS, strlen(BUS));	/* no end */
	MALFORMED(&msg);
	msg_begin(&msg, &self->nl, BACS_CMD_BUS_GET);
	msg_put(&msg, BACS_A_BUS_NAME, NULL, 0);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	msg_put(&msg, BACS_A_ADDRESS, NULL, 0);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	msg_u32(&msg, BACS_A_ADDRESS, 5);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_SET, BUS);
	msg_u16(&msg, BACS_A_SCAN_MS, 1000);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	msg_u32(&msg, BACS_A_MAX + 1, 5);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	msg_u32(&msg, 0x3FFF, 5);
	MALFORMED(&msg);
	/* What only the kernel says */
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	msg_u32(&msg, BACS_A_SEQUENCE, 5);
	MALFORMED(&msg);
	/* A nest that is no nest, and something else that is one */
	msg_module(&msg, &self->nl, BACS_CMD_MODULE_SET, BUS, 1);
	msg_u32(&msg, BACS_A_MODULE, 5);
	MALFORMED(&msg);
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	nest = msg_nest(&msg, BACS_A_ADDRESS);
	msg_nest_end(&msg, nest);
	EXPECT_GT(0, nl_do(&self->nl, &msg, NULL, NULL));
	/* An attribute of the module that can only be read */
	msg_module(&msg, &self->nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_u32(&msg, BACS_MODULE_A_STATE, BACS_MODULE_STATE_LOST);
	msg_nest_end(&msg, nest);
	MALFORMED(&msg);
	/* Lengths that lie */
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	((struct nlattr *)(msg.raw + NLMSG_HDRLEN + GENL_HDRLEN))->nla_len = 200;
	EXPECT_GT(0, nl_do(&self->nl, &msg, NULL, NULL));
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	((struct nlattr *)(msg.raw + NLMSG_HDRLEN + GENL_HDRLEN))->nla_len = 3;
	EXPECT_GT(0, nl_do(&self->nl, &msg, NULL, NULL));
	EXPECT_TRUE(sys_is("ok", SYS_BACS "/" BUS "-001/state"));
}

/* Headers cut off at every length; the socket works afterwards. */
TEST_F(netlink, truncated_messages)
{
	struct seen seen = { 0 };
	struct msg msg;

	for (u32 len = 0; len < NLMSG_HDRLEN + GENL_HDRLEN + 12; len++) {
		struct nl nl;

		ASSERT_TRUE(nl_open(&nl));
		msg_module(&msg, &nl, BACS_CMD_MODULE_GET, BUS, 1);
		/* Both: the header tells it, or it lies. */
		send(nl.fd, &msg, len, 0);
		if (len >= NLMSG_HDRLEN) {
			msg.header.nlmsg_len = len;
			send(nl.fd, &msg, len, 0);
		}
		nl_close(&nl);
	}
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(20U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
}

/* Valid messages with bytes changed at random, from a printed seed */
TEST_F(netlink, mutated_messages)
{
	const unsigned int seed = 417;
	struct seen seen = { 0 };
	struct msg msg;

	TH_LOG("seed %u", seed);
	srandom(seed);
	for (int i = 0; i < 20000; i++) {
		u8 cmd = (u8)(1 + random() % BACS_CMD_PROFILE_DEL);
		struct nlattr *nest;
		u32 from = NLMSG_HDRLEN + GENL_HDRLEN;

		msg_module(&msg, &self->nl, cmd, "nobody", 1);
		nest = msg_nest(&msg, BACS_A_MODULE);
		msg_string(&msg, BACS_MODULE_A_LABEL, "x");
		msg_nest_end(&msg, nest);
		nest = msg_nest(&msg, BACS_A_PROFILE);
		msg_string(&msg, BACS_PROFILE_A_NAME, "nobodys");
		msg_nest_end(&msg, nest);
		nest = msg_nest(&msg, BACS_A_DUTY);
		msg_u8(&msg, BACS_DUTY_A_ADDRESS, 1);
		msg_nest_end(&msg, nest);
		msg.header.nlmsg_flags = NLM_F_REQUEST;
		for (int k = 0; k < 3; k++)
			msg.raw[from + (u32)random() %
				(msg.header.nlmsg_len - from)] = (u8)random();
		send(self->nl.fd, &msg, msg.header.nlmsg_len, 0);
		while (recv(self->nl.fd, &msg, sizeof(msg), MSG_DONTWAIT) > 0)
			;
	}
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(20U, seen.messages);
	EXPECT_EQ(0U, seen.wrong);
}

static int write_as_user(void *arg)
{
	static const u8 cmds[] = {
		BACS_CMD_BUS_SET, BACS_CMD_MODULE_SET, BACS_CMD_CONTROL_CLAIM,
		BACS_CMD_CONTROL_RELEASE, BACS_CMD_EQUALIZE_SET,
		BACS_CMD_RI_START, BACS_CMD_IDENTIFY_SET, BACS_CMD_LATCH,
		BACS_CMD_RESCAN, BACS_CMD_PROFILE_NEW, BACS_CMD_PROFILE_DEL,
	};
	struct msg msg;
	struct nl nl;

	(void)arg;
	if (!nl_open(&nl))
		return 100;
	for (size_t i = 0; i < sizeof(cmds); i++) {
		msg_module(&msg, &nl, cmds[i], BUS, 1);
		if (nl_do(&nl, &msg, NULL, NULL) != -EPERM)
			return 1 + (int)i;
	}
	return 0;
}

static int read_as_user(void *arg)
{
	struct seen seen = { 0 };
	struct msg msg;
	struct nl nl;

	(void)arg;
	if (!nl_open(&nl))
		return 100;
	msg_bus(&msg, &nl, BACS_CMD_MODULE_GET, BUS);
	return nl_dump(&nl, &msg, see_module, &seen) || seen.messages != 20 ||
	       seen.wrong;
}

TEST_F(netlink, ordinary_user_reads_and_writes_nothing)
{
	int result;

	ASSERT_TRUE(line_as_nobody(write_as_user, NULL, &result));
	EXPECT_EQ(0, result);
	ASSERT_TRUE(line_as_nobody(read_as_user, NULL, &result));
	EXPECT_EQ(0, result);
}

struct stream {
	u32 sequence, scan, part;
	unsigned int messages, scans, gaps, samples, in_scan, incomplete;
	bool open;
};

/* One message of group "samples": numbered, scan by scan, complete */
static void follow(struct stream *s, const struct nlattr **attrs,
		   const uint8_t *buf)
{
	const struct nlmsghdr *h = (const void *)buf;
	const uint8_t *at = buf + NLMSG_HDRLEN + GENL_HDRLEN;
	u32 sequence = attr_u32(attrs[BACS_A_SEQUENCE]);
	u32 scan = attr_u32(attrs[BACS_A_SCAN]);
	u32 part = attr_u32(attrs[BACS_A_PART]);

	s->messages++;
	if (s->messages > 1)
		s->gaps += sequence != s->sequence + 1;
	if (s->open)
		s->gaps += scan != s->scan || part != s->part + 1;
	else if (s->messages > 1)
		s->gaps += part != 0 || scan != s->scan + 1;
	s->sequence = sequence;
	s->scan = scan;
	s->part = part;
	s->open = true;
	while (at < buf + h->nlmsg_len) {
		const struct nlattr *attr = (const void *)at;

		if ((attr->nla_type & NLA_TYPE_MASK) == BACS_A_SAMPLE) {
			s->samples++;
			s->in_scan++;
		}
		at += NLA_ALIGN(attr->nla_len);
	}
	if (attrs[BACS_A_LAST_PART]) {
		/* The first scan may have begun before we listened. */
		if (s->scans++)
			s->incomplete += s->in_scan != 20;
		s->in_scan = 0;
		s->open = false;
	}
}

static int next_message(struct nl *nl, struct stream *s)
{
	const struct nlattr *attrs[BACS_A_MAX + 1];
	uint8_t buf[16384], cmd;
	int err = nl_receive(nl, &cmd, attrs, buf, sizeof(buf), LIMIT);

	if (!err && cmd == BACS_CMD_SAMPLES_NTF &&
	    !strcmp(attr_string(attrs[BACS_A_BUS_NAME]), BUS))
		follow(s, attrs, buf);
	return err;
}

TEST_F(netlink, samples_are_complete_and_numbered)
{
	struct stream s = { 0 };

	ASSERT_TRUE(nl_join(&self->nl, self->nl.group_samples));
	while (s.scans < 20)
		ASSERT_EQ(0, next_message(&self->nl, &s));
	EXPECT_EQ(0U, s.gaps);
	EXPECT_EQ(0U, s.incomplete);
	EXPECT_LE(19U * 20, s.samples);
}

/* Its own socket overruns; nobody else notices. */
TEST_F(netlink, reader_that_stops)
{
	struct stream s = { 0 }, after = { 0 };
	int size = 1, n, err = 0;
	struct nl lazy;
	struct msg msg;

	ASSERT_TRUE(nl_open(&lazy));
	ASSERT_EQ(0, setsockopt(lazy.fd, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_TRUE(nl_join(&lazy, lazy.group_samples));
	ASSERT_TRUE(nl_join(&self->nl, self->nl.group_samples));
	while (s.scans < 20)
		ASSERT_EQ(0, next_message(&self->nl, &s));
	EXPECT_EQ(0U, s.gaps);
	EXPECT_EQ(0U, s.incomplete);
	EXPECT_EQ(0, sys_stat(BUS, 0, "notes_lost"));
	/* It is told so, and can start again. */
	for (n = 0; n < 100 && err != -ENOBUFS; n++)
		err = next_message(&lazy, &after);
	EXPECT_EQ(-ENOBUFS, err);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_GET, BUS);
	nl_close(&lazy);
	ASSERT_TRUE(nl_open(&lazy));
	EXPECT_EQ(0, nl_do(&lazy, &msg, NULL, NULL));
	nl_close(&lazy);
}

/* A dump that is left in the middle, again and again */
TEST_F(netlink, abandoned_dumps)
{
	struct seen seen = { 0 };
	struct msg msg;

	for (int i = 0; i < 200; i++) {
		struct nl nl;

		ASSERT_TRUE(nl_open(&nl));
		msg_begin(&msg, &nl, BACS_CMD_MODULE_GET + i % 2 *
			  (BACS_CMD_STATS_GET - BACS_CMD_MODULE_GET));
		msg.header.nlmsg_flags |= NLM_F_DUMP;
		send(nl.fd, &msg, msg.header.nlmsg_len, 0);
		nl_close(&nl);
	}
	msg_bus(&msg, &self->nl, BACS_CMD_MODULE_GET, BUS);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see_module, &seen));
	EXPECT_EQ(20U, seen.messages);
}

TEST_F(netlink, scan_period)
{
	struct msg msg;
	long long min_ms = sys_stat(BUS, 0, "scan_min_ms");

	/* 20 modules of 8 + 33 characters at 115200 8E1, two silences each */
	EXPECT_LE(20 * (41 * 11 * 1000 / 115200 + 3), min_ms);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_SET, BUS);
	REFUSED(EINVAL, &msg);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_SET, BUS);
	msg_u32(&msg, BACS_A_SCAN_MS, (u32)min_ms - 1);
	REFUSED(ERANGE, &msg);
	EXPECT_TRUE(sys_is("200", SYS_BACS "/" BUS "/scan_ms"));
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_SET, BUS);
	msg_u32(&msg, BACS_A_SCAN_MS, BACS_SCAN_MS_MAX + 1);
	REFUSED(ERANGE, &msg);
	msg_bus(&msg, &self->nl, BACS_CMD_BUS_SET, BUS);
	msg_u32(&msg, BACS_A_SCAN_MS, (u32)min_ms);
	EXPECT_EQ(0, nl_do(&self->nl, &msg, NULL, NULL));
	EXPECT_EQ(min_ms, sys_number(SYS_BACS "/" BUS "/scan_ms"));
	EXPECT_EQ(-EINVAL, sys_write("fast", SYS_BACS "/" BUS "/scan_ms"));
	EXPECT_EQ(-ERANGE, sys_write("1", SYS_BACS "/" BUS "/scan_ms"));
	EXPECT_EQ(-ERANGE, sys_write("60001", SYS_BACS "/" BUS "/scan_ms"));
	EXPECT_EQ(0, sys_write("0", SYS_BACS "/" BUS "/scan_ms"));
}

/* A bus that comes and goes while somebody dumps: whole or marked */
TEST_F(netlink, events_of_a_bus)
{
	static const u32 want[] = {
		BACS_EVENT_BUS_STARTED, BACS_EVENT_MODULE_ADDED,
		BACS_EVENT_MODULE_STATE, BACS_EVENT_BUS_STOPPED,
	};
	struct bacs_start args = line_start_args("tNews", 1, 2);
	struct far_end *far = far_end_new();
	const struct nlattr *attrs[BACS_A_MAX + 1];
	const struct nlattr *e[BACS_EVENT_A_MAX + 1];
	u32 found = 0, sequence = 0, gaps = 0;
	uint8_t buf[8192], cmd;
	int fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, 2);
	ASSERT_TRUE(nl_join(&self->nl, self->nl.group_events));
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live("tNews", 1, 2) == 2));
	line_end(fd);
	far_end_free(far);
	while (!(found & 1U << BACS_EVENT_BUS_STOPPED)) {
		ASSERT_EQ(0, nl_receive(&self->nl, &cmd, attrs, buf,
					sizeof(buf), LIMIT));
		if (strcmp(attr_string(attrs[BACS_A_BUS_NAME]), "tNews"))
			continue;
		ASSERT_TRUE(nl_parse_nest(attrs[BACS_A_EVENT], e,
					  BACS_EVENT_A_MAX));
		found |= 1U << attr_u32(e[BACS_EVENT_A_KIND]);
		gaps += attr_u32(attrs[BACS_A_SEQUENCE]) != ++sequence;
		EXPECT_GE(boot_ns(), attr_u64(e[BACS_EVENT_A_TIME_NS]));
	}
	EXPECT_EQ(0U, gaps);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		EXPECT_NE(0U, found & 1U << want[i])
			TH_LOG("event %u is missing", want[i]);
	}
}

TEST_HARNESS_MAIN
