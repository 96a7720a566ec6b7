// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bad input on the wire: garbage, wrong CRC, late, short, long, foreign and
 * doubled frames, a module that answers for two, another opener (SLICE "Bad
 * input"). Each is counted where it belongs and nowhere else, and no value is
 * ever shown that no module sent. Line errors cannot come through a pty;
 * tests/unit has them.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tBytes"
#define LIMIT	120000	/* ms, for a broken driver only */
#define M	2	/* the module that is asked */
#define RESPONSE	line_patience_ms(400)
#define SOON	(RESPONSE - 50)	/* before the request times out */

/* What the driver counts for a module, and for the bus */
static const char * const names[] = {
	"requests", "replies", "timeouts", "crc_errors", "line_errors",
	"short_frames", "long_frames", "late_frames", "foreign_frames",
	"doubled_frames", "exceptions", "unexpected_frames", "retries",
	"losses", "/noise_bytes", "/line_errors", "/foreign_frames",
	"/notes_lost", "/tx_failures", "/second_master",
};

#define COUNTERS	ARRAY_SIZE(names)

struct counters {
	long long at[COUNTERS];
};

static struct counters counters_now(void)
{
	struct counters now;

	for (size_t i = 0; i < COUNTERS; i++)
		now.at[i] = *names[i] == '/' ? sys_stat(BUS, 0, names[i] + 1) :
			    sys_stat(BUS, M, names[i]);
	return now;
}

/* A thread that reads all the time and knows the only value there is */
struct reader {
	pthread_t thread;
	char in0[PATH_MAX];
	volatile bool stop;
	unsigned long reads, wrong;
};

static void *read_on(void *arg)
{
	struct reader *reader = arg;

	while (!reader->stop) {
		char buf[64];
		ssize_t n = sys_read(buf, sizeof(buf), "%s", reader->in0);

		reader->reads++;
		usleep(500);
		/* Gone is allowed when it is lost; wrong never is. */
		if (n >= 0 && strcmp(buf, "13002")) {
			fprintf(stderr, "# shown: '%s'\n", buf);
			reader->wrong++;
		}
	}
	return NULL;
}

FIXTURE(bytes)
{
	struct far_end *far;
	int fd;
	struct reader reader;
	struct counters before;
};

FIXTURE_SETUP(bytes)
{
	struct bacs_start args = line_start_args(BUS, 1, 3);
	char path[PATH_MAX];

	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, 3);
	args.scan_ms = 300;
	args.response_ms = RESPONSE;
	self->fd = line_bus(self->far->slave, &args);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, 3) == 3));
	ASSERT_TRUE(sys_hwmon(BUS, M, path, sizeof(path)));
	snprintf(self->reader.in0, sizeof(self->reader.in0), "%s/in0_input",
		 path);
	ASSERT_EQ(0, pthread_create(&self->reader.thread, NULL, read_on,
				    &self->reader));
	self->before = counters_now();
}

FIXTURE_TEARDOWN(bytes)
{
	self->reader.stop = true;
	pthread_join(self->reader.thread, NULL);
	EXPECT_EQ(0U, self->reader.wrong);
	EXPECT_LT(0U, self->reader.reads);
	line_end(self->fd);
	far_end_free(self->far);
}

static bool next_scan_done(void)
{
	long long scans = sys_stat(BUS, 0, "scans");

	/* One may be under way; the next one has seen everything. */
	return AWAIT(LIMIT, sys_stat(BUS, 0, "scans") >= scans + 2);
}

static long long wanted(const char *changes, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = changes; (at = strstr(at, name)); at++)
		if ((at == changes || at[-1] == ' ') && at[len] == '=')
			return atoll(at + len + 1);
	return 0;
}

/*
 * Exactly these counters moved, by so much: "crc_errors=1 retries=1".
 * Requests and replies go on; they must agree with the rest.
 */
static bool only(const struct counters *before, const char *changes)
{
	struct counters now;
	bool right = true;

	if (!next_scan_done())
		return false;
	/* Not in the middle of a transaction: on a slow kernel that is seldom seen */
	AWAIT(LIMIT, (now = counters_now(), now.at[0] - before->at[0] ==
		     now.at[1] - before->at[1] + wanted(changes, "unanswered")));
	if (now.at[0] - before->at[0] !=
	    now.at[1] - before->at[1] + wanted(changes, "unanswered")) {
		fprintf(stderr, "# %lld requests, %lld replies\n",
			now.at[0] - before->at[0], now.at[1] - before->at[1]);
		right = false;
	}
	for (size_t i = 2; i < COUNTERS; i++) {
		long long moved = now.at[i] - before->at[i];

		if (moved == wanted(changes, names[i]))
			continue;
		fprintf(stderr, "# %s moved by %lld, not by %lld\n", names[i],
			moved, wanted(changes, names[i]));
		right = false;
	}
	return right;
}

/* Hold the next request to M and answer it with something else. */
#define INSTEAD(_say) do { \
	far_end_hold(self->far, M); \
	ASSERT_TRUE(far_end_await_held(self->far)); \
	_say; \
} while (0)

static void say(struct far_end *far, u8 *frame, size_t len)
{
	far_end_say(far, frame, len);
}

TEST_F(bytes, good_frames_count_nothing)
{
	EXPECT_TRUE(only(&self->before, ""));
}

TEST_F(bytes, silence_once)
{
	INSTEAD();
	EXPECT_TRUE(only(&self->before, "unanswered=1 timeouts=1 retries=1"));
}

TEST_F(bytes, wrong_crc)
{
	INSTEAD({
		self->far->held_reply[self->far->held_reply_len - 1] ^= 0x10;
		say(self->far, self->far->held_reply, self->far->held_reply_len);
	});
	EXPECT_TRUE(only(&self->before, "unanswered=1 crc_errors=1 retries=1"));
}

/* The value itself is damaged, the rest of the frame is right. */
TEST_F(bytes, damaged_value)
{
	INSTEAD({
		self->far->held_reply[5] ^= 0x01;
		say(self->far, self->far->held_reply, self->far->held_reply_len);
	});
	EXPECT_TRUE(only(&self->before, "unanswered=1 crc_errors=1 retries=1"));
}

TEST_F(bytes, short_frame)
{
	INSTEAD(say(self->far, self->far->held_reply,
		    self->far->held_reply_len - 3));
	EXPECT_TRUE(only(&self->before, "unanswered=1 short_frames=1 retries=1"));
}

TEST_F(bytes, one_byte)
{
	INSTEAD(say(self->far, self->far->held_reply, 1));
	EXPECT_TRUE(only(&self->before, "unanswered=1 short_frames=1 retries=1"));
}

/* The reply is good at its last byte; what hangs on to it is counted. */
TEST_F(bytes, long_frame)
{
	INSTEAD({
		size_t len = self->far->held_reply_len;

		memset(self->far->held_reply + len, 0x55, 7);
		say(self->far, self->far->held_reply, len + 7);
	});
	EXPECT_TRUE(only(&self->before, "long_frames=1"));
}

TEST_F(bytes, doubled_frame)
{
	INSTEAD({
		say(self->far, self->far->held_reply, self->far->held_reply_len);
		say(self->far, self->far->held_reply, self->far->held_reply_len);
	});
	EXPECT_TRUE(only(&self->before, "doubled_frames=1"));
}

/* Doubled later, while another module is asked */
TEST_F(bytes, doubled_frame_after_a_silence)
{
	u8 again[RTU_FRAME_MAX];
	size_t len;

	INSTEAD({
		len = self->far->held_reply_len;
		memcpy(again, self->far->held_reply, len);
		far_end_hold(self->far, 3);
		say(self->far, again, len);
	});
	ASSERT_TRUE(far_end_await_held(self->far));
	say(self->far, again, len);
	ASSERT_TRUE(AWAIT(SOON, sys_stat(BUS, M, "doubled_frames") ==
			  self->before.at[9] + 1));
	say(self->far, self->far->held_reply, self->far->held_reply_len);
	EXPECT_TRUE(only(&self->before, "doubled_frames=1"));
}

/* Both tries time out; the reply comes while another module is asked. */
TEST_F(bytes, late_frame)
{
	u8 late[RTU_FRAME_MAX];
	size_t len;

	INSTEAD({
		len = self->far->held_reply_len;
		memcpy(late, self->far->held_reply, len);
		far_end_mute(self->far, M, true);
		far_end_hold(self->far, 3);
	});
	ASSERT_TRUE(far_end_await_held(self->far));
	far_end_mute(self->far, M, false);
	say(self->far, late, len);
	ASSERT_TRUE(AWAIT(SOON, sys_stat(BUS, M, "late_frames") ==
			  self->before.at[7] + 1));
	say(self->far, self->far->held_reply, self->far->held_reply_len);
	EXPECT_TRUE(only(&self->before,
			 "unanswered=2 timeouts=2 retries=1 late_frames=1"));
}

/* Another address answers first, then the right one. */
TEST_F(bytes, foreign_frame)
{
	u8 foreign[RTU_FRAME_MAX];
	size_t len;

	INSTEAD({
		len = self->far->held_reply_len;
		memcpy(foreign, self->far->held_reply, len);
		foreign[0] = 77;
		rtu_seal(foreign, len - 2);
		say(self->far, foreign, len);
	});
	/* The driver has judged it before the answer comes. */
	ASSERT_TRUE(AWAIT(SOON, sys_stat(BUS, M, "foreign_frames") ==
			  self->before.at[8] + 1));
	say(self->far, self->far->held_reply, self->far->held_reply_len);
	EXPECT_TRUE(only(&self->before, "foreign_frames=1"));
}

/* A module that answers for two: 3 answers what 2 is asked. */
TEST_F(bytes, answer_for_two)
{
	u8 wrong[RTU_FRAME_MAX];
	size_t len;

	far_end_hold(self->far, 3);
	ASSERT_TRUE(far_end_await_held(self->far));
	len = self->far->held_reply_len;
	memcpy(wrong, self->far->held_reply, len);
	say(self->far, wrong, len);
	INSTEAD({
		say(self->far, wrong, len);
		ASSERT_TRUE(AWAIT(SOON, sys_stat(BUS, M, "foreign_frames") ==
				  self->before.at[8] + 1));
		say(self->far, self->far->held_reply, self->far->held_reply_len);
	});
	EXPECT_TRUE(only(&self->before, "foreign_frames=1"));
	/* Both at once: the bytes collide. */
	self->before = counters_now();
	INSTEAD({
		for (size_t i = 0; i < len; i++)
			wrong[i] &= self->far->held_reply[i];
		say(self->far, wrong, len);
	});
	EXPECT_TRUE(only(&self->before, "unanswered=1 crc_errors=1 retries=1"));
}

TEST_F(bytes, exceptions)
{
	u8 frame[RTU_EXCEPTION_LENGTH];

	INSTEAD({
		rtu_build_exception(frame, self->far->held_request,
				    RTU_DEVICE_FAILURE);
		say(self->far, frame, sizeof(frame));
	});
	EXPECT_TRUE(only(&self->before, "unanswered=1 exceptions=1 retries=1"));
	self->before = counters_now();
	INSTEAD({
		rtu_build_exception(frame, self->far->held_request,
				    RTU_DEVICE_BUSY);
		say(self->far, frame, sizeof(frame));
	});
	EXPECT_TRUE(only(&self->before, "unanswered=1 exceptions=1 retries=1"));
}

/* Right address and CRC: another function; another number of registers */
TEST_F(bytes, unexpected_content)
{
	INSTEAD({
		u8 *reply = self->far->held_reply;
		size_t len = self->far->held_reply_len;

		reply[1] = RTU_READ_HOLDING;
		rtu_seal(reply, len - 2);
		say(self->far, reply, len);
	});
	EXPECT_TRUE(only(&self->before,
			 "unanswered=1 unexpected_frames=1 retries=1"));
	self->before = counters_now();
	INSTEAD({
		u8 *reply = self->far->held_reply;

		reply[2] -= 2;
		say(self->far, reply, rtu_seal(reply, self->far->held_reply_len - 4));
	});
	EXPECT_TRUE(only(&self->before,
			 "unanswered=1 unexpected_frames=1 retries=1"));
}

/* Bytes that nobody asked for, while nobody is asked */
TEST_F(bytes, noise_between_frames)
{
	static const u8 noise[] = { 0xde, 0xad, 0xbe, 0xef, 0x01 };

	ASSERT_TRUE(next_scan_done());
	far_end_say(self->far, noise, sizeof(noise));
	EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "noise_bytes") ==
			  self->before.at[14] + (int)sizeof(noise)));
	EXPECT_TRUE(only(&self->before, "/noise_bytes=5"));
}

/* A valid request of somebody else */
TEST_F(bytes, second_master)
{
	u8 request[8];

	EXPECT_EQ(0, sys_stat(BUS, 0, "second_master"));
	rtu_build_read(request, 9, RTU_READ_INPUT, 0, 1);
	ASSERT_TRUE(next_scan_done());
	far_end_say(self->far, request, sizeof(request));
	EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "second_master") == 1));
	EXPECT_TRUE(only(&self->before, "/foreign_frames=1 /second_master=1"));
}

/* More than the longest frame in one go: every byte is counted. */
TEST_F(bytes, long_noise)
{
	u8 noise[1000];

	memset(noise, 0xa5, sizeof(noise));
	ASSERT_TRUE(next_scan_done());
	far_end_say(self->far, noise, sizeof(noise));
	EXPECT_TRUE(only(&self->before, "/noise_bytes=1000"));
}

static void say_random(struct far_end *far, int len)
{
	u8 chunk[500];

	for (int i = 0; i < len; i++)
		chunk[i] = (u8)random();
	far_end_say(far, chunk, (size_t)len);
}

/*
 * 100 000 bytes of a printed seed: the first part strikes requests that are
 * under way, the rest comes in one go and fills every buffer.
 */
TEST_F(bytes, random_bytes)
{
	const unsigned int seed = 20250921;
	struct counters now;
	int sent = 0;

	TH_LOG("seed %u", seed);
	srandom(seed);
	ASSERT_EQ(0, sys_write("50", SYS_BACS "/" BUS "/scan_ms"));
	for (int i = 0; i < 300; i++) {
		u64 heard = far_end_count(self->far, &self->far->requests);
		int len = 1 + (int)(random() % 300);

		AWAIT(100, far_end_count(self->far, &self->far->requests) >
		      heard);
		say_random(self->far, len);
		sent += len;
	}
	now = counters_now();
	TH_LOG("noise %lld, module 2: crc %lld short %lld long %lld foreign %lld",
	       now.at[14], now.at[3], now.at[5], now.at[6], now.at[8]);
	EXPECT_LT(self->before.at[14] + self->before.at[3], now.at[14] + now.at[3]);
	for (; sent < 100000; sent += 500)
		say_random(self->far, 500);
	ASSERT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "bytes_rx") >= 100000));
	/* It recovers by itself, and its values are true. */
	ASSERT_EQ(0, sys_write("300", SYS_BACS "/" BUS "/scan_ms"));
	EXPECT_TRUE(AWAIT(120000, sys_live(BUS, M) &&
			  sys_is("running", SYS_BACS "/" BUS "/state")));
	EXPECT_EQ(0, sys_stat(BUS, 0, "notes_lost"));
	ASSERT_TRUE(next_scan_done());
	self->before = counters_now();
	EXPECT_TRUE(only(&self->before, ""));
}

/* Garbage instead of every answer: lost in time, and nothing wrong shown */
TEST_F(bytes, mismatched_speed)
{
	char path[PATH_MAX];
	int lost = 0;

	far_end_mute(self->far, M, true);
	for (int i = 0; i < 200 && !lost; i++) {
		u64 heard = far_end_count(self->far,
					  &self->far->modules[M].requests);
		u8 garbage[33];

		for (size_t k = 0; k < sizeof(garbage); k++)
			garbage[k] = (u8)random();
		AWAIT(2000, far_end_count(self->far,
			&self->far->modules[M].requests) > heard);
		far_end_say(self->far, garbage, sizeof(garbage));
		lost = sys_is("lost", SYS_BACS "/" BUS "-%03u/state", M);
	}
	EXPECT_EQ(1, lost);
	EXPECT_TRUE(AWAIT(LIMIT, !sys_hwmon(BUS, M, path, sizeof(path))));
	EXPECT_TRUE(sys_live(BUS, 1));
	EXPECT_TRUE(sys_live(BUS, 3));
}

static void get_baud(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *bus[BACS_BUS_A_MAX + 1];

	if (nl_parse_nest(attrs[BACS_A_BUS], bus, BACS_BUS_A_MAX))
		*(u32 *)arg = attr_u32(bus[BACS_BUS_A_BAUD]);
}

static u32 baud_now(struct nl *nl)
{
	struct msg msg;
	u32 baud = 0;

	msg_bus(&msg, nl, BACS_CMD_BUS_GET, BUS);
	nl_do(nl, &msg, get_baud, &baud);
	return baud;
}

/* Somebody else opens the line and changes its speed. */
TEST_F(bytes, other_opener_changes_the_speed)
{
	long long min_ms = sys_stat(BUS, 0, "scan_min_ms");
	struct termios t;
	struct nl nl;
	int other;

	ASSERT_TRUE(nl_open(&nl));
	EXPECT_EQ(115200U, baud_now(&nl));
	other = open(self->far->slave, O_RDWR | O_NOCTTY | O_NONBLOCK);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, tcgetattr(other, &t));
	cfsetspeed(&t, B9600);
	ASSERT_EQ(0, tcsetattr(other, TCSANOW, &t));
	EXPECT_EQ(9600U, baud_now(&nl));
	EXPECT_LT(min_ms, sys_stat(BUS, 0, "scan_min_ms"));
	EXPECT_TRUE(only(&self->before, ""));
	/* Speed 0 is "hang up" and no speed. */
	cfsetspeed(&t, B0);
	ASSERT_EQ(0, tcsetattr(other, TCSANOW, &t));
	EXPECT_EQ(9600U, baud_now(&nl));
	cfsetspeed(&t, B115200);
	ASSERT_EQ(0, tcsetattr(other, TCSANOW, &t));
	EXPECT_TRUE(only(&self->before, ""));
	close(other);
	nl_close(&nl);
}

TEST_HARNESS_MAIN
