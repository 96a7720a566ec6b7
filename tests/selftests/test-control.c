// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Generic netlink, the writing side: one controller, commands, the lease, the
 * read-only bus (SLICE 2; design 2 "lease", design 3 "Lease", "Read-only bus")
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tCtl"
#define LIMIT	120000	/* ms, for a broken driver only */

struct setup {
	struct far_end *far;
	struct nl nl, events;
	int fd;
};

/* Four jars and a string sensor, all live */
static bool set_up(struct setup *s, u32 flags)
{
	struct bacs_start args = line_start_args(BUS, 1, 5);

	s->far = far_end_new();
	if (!s->far)
		return false;
	far_end_add(s->far, 1, 5);
	far_end_set_class(s->far, 5, BACS_CLASS_STRING);
	args.scan_ms = 100;
	args.flags = flags;
	s->fd = line_bus(s->far->slave, &args);
	return s->fd >= 0 && nl_open(&s->nl) && nl_open(&s->events) &&
	       nl_join(&s->events, s->events.group_events) &&
	       AWAIT(LIMIT, sys_count_live(BUS, 1, 5) == 5);
}

static void tear_down(struct setup *s)
{
	nl_close(&s->nl);
	nl_close(&s->events);
	line_end(s->fd);
	far_end_free(s->far);
}

FIXTURE(control)
{
	struct setup s;
};

FIXTURE_SETUP(control)
{
	ASSERT_TRUE(set_up(&self->s, 0));
}

FIXTURE_TEARDOWN(control)
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

#define REFUSED(_error, _msg) do { \
	EXPECT_EQ(-(_error), nl_do(&self->s.nl, (_msg), NULL, NULL)); \
	EXPECT_NE('\0', self->s.nl.text[0]) \
		TH_LOG("line %d: no text", __LINE__); \
} while (0)

static int simple(struct nl *nl, u8 cmd)
{
	struct msg msg;

	msg_bus(&msg, nl, cmd, BUS);
	return nl_do(nl, &msg, NULL, NULL);
}

static void put_duty(struct msg *msg, u8 address, u32 duty)
{
	struct nlattr *nest = msg_nest(msg, BACS_A_DUTY);

	msg_u8(msg, BACS_DUTY_A_ADDRESS, address);
	msg_u32(msg, BACS_DUTY_A_PERMILLE, duty);
	msg_nest_end(msg, nest);
}

/* lease_ms 0: the default */
static int equalize(struct nl *nl, u8 address, u32 duty, u32 lease_ms)
{
	struct msg msg;

	msg_bus(&msg, nl, BACS_CMD_EQUALIZE_SET, BUS);
	if (address)
		put_duty(&msg, address, duty);
	if (lease_ms)
		msg_u32(&msg, BACS_A_LEASE_MS, lease_ms);
	return nl_do(nl, &msg, NULL, NULL);
}

static u16 duty_of(struct far_end *far, u8 address)
{
	u16 duty;

	pthread_mutex_lock(&far->lock);
	duty = far->modules[address].live[BACS_C_JAR_DUTY_PERMILLE];
	pthread_mutex_unlock(&far->lock);
	return duty;
}

static void see_controller(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *bus[BACS_BUS_A_MAX + 1];

	if (nl_parse_nest(attrs[BACS_A_BUS], bus, BACS_BUS_A_MAX))
		((u32 *)arg)[0] = attr_u32(bus[BACS_BUS_A_CONTROLLER_PID]),
		((u32 *)arg)[1] = attr_u32(bus[BACS_BUS_A_LEASE_LEFT_MS]);
}

/* [0] process, [1] ms */
static void controller(struct nl *nl, u32 *ret)
{
	struct msg msg;

	ret[0] = ret[1] = 0;
	msg_bus(&msg, nl, BACS_CMD_BUS_GET, BUS);
	nl_do(nl, &msg, see_controller, ret);
}

/* Wait for an event of the bus or a jar; *ret_new gets its number, or the result of a command */
static bool await_event(struct nl *nl, u32 kind, u32 cmd, s32 *ret_new)
{
	const struct nlattr *attrs[BACS_A_MAX + 1];
	const struct nlattr *e[BACS_EVENT_A_MAX + 1];
	uint8_t buf[8192], got;

	while (!nl_receive(nl, &got, attrs, buf, sizeof(buf), LIMIT)) {
		if (strcmp(attr_string(attrs[BACS_A_BUS_NAME]), BUS) ||
		    !nl_parse_nest(attrs[BACS_A_EVENT], e, BACS_EVENT_A_MAX) ||
		    attr_u32(e[BACS_EVENT_A_KIND]) != kind ||
		    attr_u8(e[BACS_EVENT_A_ADDRESS]) > 4 ||
		    (cmd && attr_u32(e[BACS_EVENT_A_COMMAND]) != cmd))
			continue;
		*ret_new = (s32)attr_u32(cmd ? e[BACS_EVENT_A_RESULT] :
					 e[BACS_EVENT_A_NEW]);
		return true;
	}
	return false;
}

TEST_F(control, claim_and_release)
{
	struct nl other;
	struct msg msg;
	u32 who[2];
	s32 pid;

	ASSERT_TRUE(nl_open(&other));
	/* Nobody commands before he has claimed. */
	EXPECT_EQ(-EPERM, equalize(&self->s.nl, 1, 100, 0));
	EXPECT_NE('\0', self->s.nl.text[0]);
	EXPECT_EQ(-EPERM, simple(&self->s.nl, BACS_CMD_CONTROL_RELEASE));
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	EXPECT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_CONTROL, 0, &pid));
	EXPECT_EQ(getpid(), pid);
	controller(&self->s.nl, who);
	EXPECT_EQ((u32)getpid(), who[0]);
	EXPECT_EQ(-EBUSY, simple(&other, BACS_CMD_CONTROL_CLAIM));
	EXPECT_NE('\0', other.text[0]);
	EXPECT_EQ(-EBUSY, equalize(&other, 1, 100, 0));
	EXPECT_EQ(-EBUSY, simple(&other, BACS_CMD_CONTROL_RELEASE));
	msg_module(&msg, &other, BACS_CMD_RI_START, BUS, 1);
	EXPECT_EQ(-EBUSY, nl_do(&other, &msg, NULL, NULL));
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_RELEASE));
	controller(&self->s.nl, who);
	EXPECT_EQ(0U, who[0]);
	EXPECT_EQ(0, simple(&other, BACS_CMD_CONTROL_CLAIM));
	/* A socket that is closed controls nothing. */
	nl_close(&other);
	EXPECT_TRUE(AWAIT(LIMIT, (controller(&self->s.nl, who), !who[0])));
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
}

/* The duty is written, then the map names the module. */
TEST_F(control, equalize)
{
	u32 who[2];
	s32 result;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	ASSERT_EQ(0, equalize(&self->s.nl, 2, 500, 0));
	EXPECT_TRUE(AWAIT(LIMIT, far_end_register(self->s.far, 2,
			  BACS_C_HOLD_DUTY_PERMILLE) == 500));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_COMMAND,
				BACS_CMD_EQUALIZE_SET, &result));
	EXPECT_EQ(0, result);
	EXPECT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 2)));
	EXPECT_FALSE(far_end_mapped(self->s.far, 1));
	EXPECT_FALSE(far_end_mapped(self->s.far, 3));
	/* 60 s by default, never more on the wire than here */
	EXPECT_LT(50, self->s.far->map[0]);
	EXPECT_GE(60, self->s.far->map[0]);
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("500", SYS_BACS "/" BUS
					"-002/equalizer_duty")));
	controller(&self->s.nl, who);
	EXPECT_LT(50000U, who[1]);
	EXPECT_GE(60000U, who[1]);
	ASSERT_EQ(0, equalize(&self->s.nl, 2, 0, 0));
	EXPECT_TRUE(AWAIT(LIMIT, far_end_register(self->s.far, 2,
			  BACS_C_HOLD_DUTY_PERMILLE) == 0));
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("0", SYS_BACS "/" BUS
					"-002/equalizer_duty")));
}

/* All or nothing: one wrong module, and none gets its duty. */
TEST_F(control, refused_whole)
{
	struct msg msg;
	struct nlattr *nest;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	msg_bus(&msg, &self->s.nl, BACS_CMD_EQUALIZE_SET, BUS);
	put_duty(&msg, 1, 100);
	put_duty(&msg, 77, 100);
	REFUSED(ENODEV, &msg);
	EXPECT_NE(0U, self->s.nl.offset);
	msg_bus(&msg, &self->s.nl, BACS_CMD_EQUALIZE_SET, BUS);
	put_duty(&msg, 1, 100);
	put_duty(&msg, 5, 100);	/* a string sensor */
	REFUSED(EOPNOTSUPP, &msg);
	msg_bus(&msg, &self->s.nl, BACS_CMD_EQUALIZE_SET, BUS);
	put_duty(&msg, 1, 100);
	put_duty(&msg, 2, 1001);
	REFUSED(ERANGE, &msg);
	msg_bus(&msg, &self->s.nl, BACS_CMD_EQUALIZE_SET, BUS);
	put_duty(&msg, 1, 100);
	nest = msg_nest(&msg, BACS_A_DUTY);
	msg_u8(&msg, BACS_DUTY_A_ADDRESS, 2);
	msg_nest_end(&msg, nest);
	REFUSED(EINVAL, &msg);
	EXPECT_EQ(-ERANGE, equalize(&self->s.nl, 1, 100, BACS_LEASE_MS_MIN - 1));
	EXPECT_NE('\0', self->s.nl.text[0]);
	EXPECT_EQ(-ERANGE, equalize(&self->s.nl, 1, 100, BACS_LEASE_MS_MAX + 1));
	msg_module(&msg, &self->s.nl, BACS_CMD_RI_START, BUS, 5);
	REFUSED(EOPNOTSUPP, &msg);
	msg_module(&msg, &self->s.nl, BACS_CMD_IDENTIFY_SET, BUS, 1);
	REFUSED(EINVAL, &msg);
	msg_bus(&msg, &self->s.nl, BACS_CMD_LATCH, BUS);
	REFUSED(EINVAL, &msg);
	/* Two scans later nothing of it was on the wire. */
	{
		long long scans = sys_stat(BUS, 0, "scans");

		EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "scans") > scans + 2));
	}
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
}

/* Killed without a word: bits clear on the wire, everything at 0 %. */
TEST_F(control, controller_is_killed)
{
	u32 who[2];
	u64 maps;
	pid_t pid;
	int status;

	pid = fork();
	if (!pid) {
		struct nl nl;

		if (!nl_open(&nl) || simple(&nl, BACS_CMD_CONTROL_CLAIM) ||
		    equalize(&nl, 1, 300, 600000) ||
		    equalize(&nl, 4, 700, 600000))
			_exit(1);
		for (;;)
			pause();
	}
	EXPECT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 1) &&
			  far_end_mapped(self->s.far, 4)));
	EXPECT_EQ(700, duty_of(self->s.far, 4));
	maps = far_end_count(self->s.far, &self->s.far->maps);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ASSERT_TRUE(WIFSIGNALED(status));
	/* More than once: nobody confirms a broadcast. */
	EXPECT_TRUE(AWAIT(LIMIT, far_end_count(self->s.far, &self->s.far->maps) >=
			  maps + 3));
	for (u8 a = 0; a < 248; a++) {
		EXPECT_FALSE(far_end_mapped(self->s.far, a));
	}
	EXPECT_EQ(0, duty_of(self->s.far, 1));
	EXPECT_EQ(0, duty_of(self->s.far, 4));
	controller(&self->s.nl, who);
	EXPECT_EQ(0U, who[0]);
	EXPECT_EQ(0U, who[1]);
}

TEST_F(control, lease_expires)
{
	u64 asked;
	s32 unused;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	asked = boot_ns();
	ASSERT_EQ(0, equalize(&self->s.nl, 3, 1000, BACS_LEASE_MS_MIN));
	EXPECT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 3)));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_LEASE_EXPIRED, 0,
				&unused));
	EXPECT_LE(asked + BACS_LEASE_MS_MIN * NSEC_PER_MSEC, boot_ns());
	EXPECT_TRUE(AWAIT(LIMIT, !far_end_mapped(self->s.far, 3)));
	EXPECT_EQ(0, duty_of(self->s.far, 3));
	/* He is still the controller and may begin again. */
	EXPECT_EQ(0, equalize(&self->s.nl, 3, 10, 0));
	EXPECT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 3)));
}

/* The bus ends while a module equalizes: one last map, all bits clear. */
TEST_F(control, last_word)
{
	u64 maps;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	ASSERT_EQ(0, equalize(&self->s.nl, 1, 400, 0));
	ASSERT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 1)));
	maps = far_end_count(self->s.far, &self->s.far->maps);
	line_end(self->s.fd);
	self->s.fd = -1;
	EXPECT_TRUE(AWAIT(LIMIT, far_end_count(self->s.far, &self->s.far->maps) >
			  maps));
	EXPECT_FALSE(far_end_mapped(self->s.far, 1));
	EXPECT_EQ(0, duty_of(self->s.far, 1));
	EXPECT_EQ(-ENODEV, equalize(&self->s.nl, 1, 400, 0));
}

/* It does not hear any more, or does not answer: its bit is clear. */
TEST_F(control, deaf_module_is_not_renewed)
{
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	ASSERT_EQ(0, equalize(&self->s.nl, 1, 400, 0));
	ASSERT_EQ(0, equalize(&self->s.nl, 2, 400, 0));
	ASSERT_TRUE(AWAIT(LIMIT, far_end_mapped(self->s.far, 1) &&
			  far_end_mapped(self->s.far, 2)));
	far_end_mute(self->s.far, 1, true);
	EXPECT_TRUE(AWAIT(LIMIT, !far_end_mapped(self->s.far, 1)));
	EXPECT_LE(3U, far_end_count(self->s.far,
				    &self->s.far->modules[1].unanswered));
	EXPECT_TRUE(far_end_mapped(self->s.far, 2));
}

TEST_F(control, commands_reach_the_module)
{
	struct msg msg;
	s32 result;
	bool latched;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	msg_module(&msg, &self->s.nl, BACS_CMD_RI_START, BUS, 1);
	ASSERT_EQ(0, nl_do(&self->s.nl, &msg, NULL, NULL));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_COMMAND,
				BACS_CMD_RI_START, &result));
	EXPECT_EQ(0, result);
	EXPECT_EQ(1, far_end_register(self->s.far, 1, BACS_C_HOLD_RI_TRIGGER));
	msg_module(&msg, &self->s.nl, BACS_CMD_IDENTIFY_SET, BUS, 2);
	msg_u8(&msg, BACS_A_ON, 1);
	ASSERT_EQ(0, nl_do(&self->s.nl, &msg, NULL, NULL));
	EXPECT_TRUE(AWAIT(LIMIT, far_end_register(self->s.far, 2,
			  BACS_C_HOLD_IDENTIFY) == 1));
	msg_bus(&msg, &self->s.nl, BACS_CMD_LATCH, BUS);
	msg_u16(&msg, BACS_A_LATCH_NUMBER, 4711);
	ASSERT_EQ(0, nl_do(&self->s.nl, &msg, NULL, NULL));
	EXPECT_TRUE(AWAIT(LIMIT, ({
		static const u8 want[] = { 0, 6, 0, BACS_C_HOLD_LATCH,
					   4711 >> 8, 4711 & 0xFF };
		latched = false;
		pthread_mutex_lock(&self->s.far->lock);
		for (u64 i = 0; i < self->s.far->logged && i < FAR_LOG; i++)
			latched |= !memcmp(self->s.far->log[i].bytes, want,
					   sizeof(want));
		pthread_mutex_unlock(&self->s.far->lock);
		latched;
	})));
}

/* A command that a module does not answer is reported so. */
TEST_F(control, unanswered_command)
{
	struct msg msg;
	s32 result;

	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_CONTROL_CLAIM));
	far_end_mute(self->s.far, 2, true);
	msg_module(&msg, &self->s.nl, BACS_CMD_IDENTIFY_SET, BUS, 2);
	msg_u8(&msg, BACS_A_ON, 1);
	ASSERT_EQ(0, nl_do(&self->s.nl, &msg, NULL, NULL));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_COMMAND,
				BACS_CMD_IDENTIFY_SET, &result));
	EXPECT_TRUE(result == -ETIMEDOUT || result == -ENODEV);
}

static int limits(struct nl *nl, u16 type, s32 value)
{
	struct nlattr *module, *nest;
	struct msg msg;

	msg_module(&msg, nl, BACS_CMD_MODULE_SET, BUS, 1);
	module = msg_nest(&msg, BACS_A_MODULE);
	nest = msg_nest(&msg, BACS_MODULE_A_LIMITS);
	msg_put(&msg, type, &value, sizeof(value));
	msg_nest_end(&msg, nest);
	msg_nest_end(&msg, module);
	return nl_do(nl, &msg, NULL, NULL);
}

/* Labels, limits, status */
TEST_F(control, module_settings)
{
	struct nlattr *nest;
	char path[PATH_MAX];
	struct msg msg;
	s32 alarm;

	ASSERT_EQ(0, limits(&self->s.nl, BACS_LIMIT_A_VOLTAGE_MIN_MV, 13500));
	ASSERT_TRUE(sys_hwmon(BUS, 1, path, sizeof(path)));
	EXPECT_EQ(13500, sys_number("%s/in0_min", path));
	EXPECT_EQ(1, sys_number("%s/in0_min_alarm", path));
	ASSERT_TRUE(await_event(&self->s.events, BACS_EVENT_ALARM, 0, &alarm));
	EXPECT_EQ((s32)BACS_ALARM_VOLTAGE_MIN, alarm);
	/* lcrit <= min <= max <= crit, or all stays as it was */
	EXPECT_EQ(-EINVAL, limits(&self->s.nl, BACS_LIMIT_A_VOLTAGE_MAX_MV, 13000));
	EXPECT_NE('\0', self->s.nl.text[0]);
	EXPECT_EQ(-EINVAL, limits(&self->s.nl, BACS_LIMIT_A_VOLTAGE_LCRIT_MV,
				  14000));
	EXPECT_EQ(-EINVAL, limits(&self->s.nl, BACS_LIMIT_A_TEMP_CRIT_MC, -50000));
	EXPECT_EQ(17000, sys_number("%s/in0_max", path));

	msg_module(&msg, &self->s.nl, BACS_CMD_MODULE_SET, BUS, 1);
	REFUSED(EINVAL, &msg);
	msg_module(&msg, &self->s.nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_string(&msg, BACS_MODULE_A_LABEL, "4S\x1b[1m");
	msg_nest_end(&msg, nest);
	REFUSED(EINVAL, &msg);
	msg_module(&msg, &self->s.nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_string(&msg, BACS_MODULE_A_LABEL, "12345678901234567890123456789012");
	msg_nest_end(&msg, nest);
	REFUSED(EINVAL, &msg);
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-001/label"));
	msg_module(&msg, &self->s.nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_u32(&msg, BACS_MODULE_A_STATUS, BACS_STATUS_FULL + 1);
	msg_nest_end(&msg, nest);
	REFUSED(ERANGE, &msg);
}

static int tell(struct nl *nl, u32 status, u32 health)
{
	struct nlattr *nest;
	struct msg msg;

	msg_module(&msg, nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_u32(&msg, BACS_MODULE_A_STATUS, status);
	msg_u32(&msg, BACS_MODULE_A_HEALTH, health);
	msg_nest_end(&msg, nest);
	return nl_do(nl, &msg, NULL, NULL);
}

/* M24: told by a daemon, and not known any more without it */
TEST_F(control, status_and_health_end_with_who_told_them)
{
	struct nl teller = { .fd = -1 }, other = { .fd = -1 };
	char path[PATH_MAX];

	ASSERT_TRUE(AWAIT(LIMIT, sys_power(BUS, 1, path, sizeof(path))));
	EXPECT_TRUE(sys_is("Unknown", "%s/status", path));
	EXPECT_TRUE(sys_is("Unknown", "%s/health", path));
	ASSERT_TRUE(nl_open(&teller));
	ASSERT_TRUE(nl_open(&other));
	EXPECT_EQ(0, tell(&teller, BACS_STATUS_DISCHARGING,
			  BACS_HEALTH_OVERHEAT));
	EXPECT_TRUE(sys_is("Discharging", "%s/status", path));
	EXPECT_TRUE(sys_is("Overheat", "%s/health", path));
	/* who told nothing takes nothing along */
	nl_close(&other);
	EXPECT_TRUE(sys_is("Discharging", "%s/status", path));
	nl_close(&teller);
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("Unknown", "%s/status", path)));
	EXPECT_TRUE(sys_is("Unknown", "%s/health", path));
}

TEST_F(readonly, nothing_is_written)
{
	static const u8 cmds[] = {
		BACS_CMD_CONTROL_CLAIM, BACS_CMD_EQUALIZE_SET,
		BACS_CMD_RI_START, BACS_CMD_IDENTIFY_SET, BACS_CMD_LATCH,
	};
	long long scans;
	struct msg msg;

	EXPECT_TRUE(sys_is("1", SYS_BACS "/" BUS "/readonly"));
	for (size_t i = 0; i < sizeof(cmds); i++) {
		msg_module(&msg, &self->s.nl, cmds[i], BUS, 1);
		if (cmds[i] == BACS_CMD_EQUALIZE_SET)
			put_duty(&msg, 1, 100);
		if (cmds[i] == BACS_CMD_IDENTIFY_SET)
			msg_u8(&msg, BACS_A_ON, 1);
		if (cmds[i] == BACS_CMD_LATCH)
			msg_u16(&msg, BACS_A_LATCH_NUMBER, 1);
		EXPECT_EQ(-EROFS, nl_do(&self->s.nl, &msg, NULL, NULL));
		EXPECT_NE('\0', self->s.nl.text[0])
			TH_LOG("command %u: no text", cmds[i]);
	}
	scans = sys_stat(BUS, 0, "scans");
	EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 0, "scans") > scans + 3));
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
	line_end(self->s.fd);
	self->s.fd = -1;
	EXPECT_EQ(0U, far_end_count(self->s.far, &self->s.far->writes));
}

/* Allowed here, too: it only reads, and limits are the driver's own. */
TEST_F(readonly, rescan_and_limits)
{
	ASSERT_EQ(0, limits(&self->s.nl, BACS_LIMIT_A_VOLTAGE_MIN_MV, 12000));
	ASSERT_EQ(0, simple(&self->s.nl, BACS_CMD_RESCAN));
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("running", SYS_BACS "/" BUS "/state")));
	EXPECT_EQ(5U, sys_count_live(BUS, 1, 5));
}

TEST_HARNESS_MAIN
