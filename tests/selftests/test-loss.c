// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loss and return of modules and of the whole bus (SLICE "It must reach";
 * M2; design 3 "Lost module"). The numbers are counted where they arise, at
 * the far end: requests and times of its own log, never the test's clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tLoss"
#define LIMIT	120000	/* ms, for a broken driver only */

FIXTURE(loss)
{
	struct far_end *far;
	struct nl nl;
	int fd;
};

FIXTURE_SETUP(loss)
{
	struct bacs_start args = line_start_args(BUS, 1, 4);

	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, 4);
	args.response_ms = line_patience_ms(200);
	args.scan_ms = 500;
	ASSERT_TRUE(nl_open(&self->nl));
	ASSERT_TRUE(nl_join(&self->nl, self->nl.group_events));
	self->fd = line_bus(self->far->slave, &args);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, 4) == 4));
	ASSERT_TRUE(AWAIT(LIMIT, sys_is("running", SYS_BACS "/" BUS "/state")));
}

FIXTURE_TEARDOWN(loss)
{
	line_end(self->fd);
	nl_close(&self->nl);
	far_end_free(self->far);
}

struct change {
	u8 address;
	u32 kind, old, new;
	u64 time_ns;
};

/* The next event of this kind about this address (0: the bus) */
static bool await_event(struct nl *nl, u32 kind, u8 address, u32 new,
			struct change *ret)
{
	const struct nlattr *attrs[BACS_A_MAX + 1];
	const struct nlattr *e[BACS_EVENT_A_MAX + 1];
	uint8_t buf[8192], cmd;

	while (!nl_receive(nl, &cmd, attrs, buf, sizeof(buf), LIMIT)) {
		if (cmd != BACS_CMD_EVENT_NTF ||
		    strcmp(attr_string(attrs[BACS_A_BUS_NAME]), BUS) ||
		    !nl_parse_nest(attrs[BACS_A_EVENT], e, BACS_EVENT_A_MAX) ||
		    attr_u32(e[BACS_EVENT_A_KIND]) != kind ||
		    attr_u8(e[BACS_EVENT_A_ADDRESS]) != address ||
		    attr_u32(e[BACS_EVENT_A_NEW]) != new)
			continue;
		ret->address = address;
		ret->kind = kind;
		ret->old = attr_u32(e[BACS_EVENT_A_OLD]);
		ret->new = attr_u32(e[BACS_EVENT_A_NEW]);
		ret->time_ns = attr_u64(e[BACS_EVENT_A_TIME_NS]);
		return true;
	}
	return false;
}

struct held_files {
	int in0, voltage, state;
};

static bool hold_files(struct held_files *files, unsigned int address)
{
	char path[PATH_MAX], file[PATH_MAX + 16];

	if (!sys_hwmon(BUS, address, path, sizeof(path)))
		return false;
	snprintf(file, sizeof(file), "%s/in0_input", path);
	files->in0 = open(file, O_RDONLY);
	if (!sys_power(BUS, address, path, sizeof(path)))
		return false;
	snprintf(file, sizeof(file), "%s/voltage_now", path);
	files->voltage = open(file, O_RDONLY);
	snprintf(file, sizeof(file), SYS_BACS "/" BUS "-%03u/state", address);
	files->state = open(file, O_RDONLY);
	return files->in0 >= 0 && files->voltage >= 0 && files->state >= 0;
}

static int read_error(int fd)
{
	char buf[64];

	return pread(fd, buf, sizeof(buf), 0) < 0 ? errno : 0;
}

/* Every file of the module reads without an error. */
static bool reads_well(unsigned int address)
{
	static const char * const files[] = {
		"state", "address", "label", "serial", "model", "class",
		"profile", "resistance_uohm", "resistance_sequence",
		"equalizer_duty", "bypassed_mah", "boot_count", "measured_at",
		"stats/timeouts", "stats/losses", "uevent",
	};
	char buf[4096];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sys_read(buf, sizeof(buf), SYS_BACS "/" BUS "-%03u/%s",
			     address, files[i]) < 0)
			return false;
	return true;
}

static bool devices_gone(unsigned int address)
{
	char path[PATH_MAX];

	return !sys_hwmon(BUS, address, path, sizeof(path)) &&
	       !sys_power(BUS, address, path, sizeof(path));
}

TEST_F(loss, module_is_lost_and_returns)
{
	struct far_module *module = &self->far->modules[3];
	long long losses = sys_stat(BUS, 3, "losses");
	char name[PATH_MAX], again[PATH_MAX];
	struct held_files files;
	u64 unanswered, last_reply, polls, first_good;
	struct change lost, back;

	ASSERT_TRUE(AWAIT(LIMIT, hold_files(&files, 3)));
	ASSERT_TRUE(sys_power(BUS, 3, name, sizeof(name)));
	far_end_mute(self->far, 3, true);
	ASSERT_TRUE(await_event(&self->nl, BACS_EVENT_MODULE_STATE, 3,
				BACS_MODULE_STATE_LOST, &lost));
	unanswered = far_end_count(self->far, &module->unanswered);
	last_reply = far_end_count(self->far, &module->last_reply_ns);

	/* 3 scans, each with a retry, or 5 s, whichever is later */
	EXPECT_EQ((u32)BACS_MODULE_STATE_OK, lost.old);
	EXPECT_LE(6U, unanswered);
	EXPECT_LE(last_reply + 5 * NSEC_PER_SEC, lost.time_ns);
	EXPECT_EQ(losses + 1, sys_stat(BUS, 3, "losses"));

	EXPECT_TRUE(sys_is("lost", SYS_BACS "/" BUS "-003/state"));
	EXPECT_TRUE(AWAIT(LIMIT, devices_gone(3)));
	EXPECT_EQ(ENODEV, read_error(files.in0));
	EXPECT_EQ(ENODEV, read_error(files.voltage));
	EXPECT_EQ(0, read_error(files.state));
	EXPECT_TRUE(reads_well(3));
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-003/resistance_uohm"));
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-003/equalizer_duty"));
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-003/measured_at"));
	EXPECT_EQ(3U, sys_count_live(BUS, 1, 4));
	EXPECT_TRUE(sys_is("running", SYS_BACS "/" BUS "/state"));

	/* The label survives, and what was set meanwhile is there afterwards. */
	far_end_set_live(self->far, 3, BACS_C_JAR_VOLTAGE_MV, 12345);
	polls = far_end_count(self->far, &module->polls);
	first_good = boot_ns();
	far_end_mute(self->far, 3, false);
	ASSERT_TRUE(await_event(&self->nl, BACS_EVENT_MODULE_STATE, 3,
				BACS_MODULE_STATE_OK, &back));
	EXPECT_EQ((u32)BACS_MODULE_STATE_LOST, back.old);
	EXPECT_LE(polls + 3, far_end_count(self->far, &module->polls));
	EXPECT_LE(lost.time_ns + 10 * NSEC_PER_SEC, back.time_ns);
	EXPECT_LT(first_good, back.time_ns);
	EXPECT_TRUE(AWAIT(LIMIT, sys_live(BUS, 3)));
	ASSERT_TRUE(AWAIT(LIMIT, sys_power(BUS, 3, again, sizeof(again))));
	EXPECT_STREQ(name, again);
	ASSERT_TRUE(sys_hwmon(BUS, 3, again, sizeof(again)));
	EXPECT_TRUE(sys_is(BUS "_003", "%s/name", again));
	EXPECT_EQ(12345, sys_number("%s/in0_input", again));
	/* The old descriptors do not come to life again. */
	EXPECT_EQ(ENODEV, read_error(files.in0));
	close(files.in0);
	close(files.voltage);
	close(files.state);
}

/* One bad scan is not a loss: no value is shown that is not there, though. */
TEST_F(loss, one_silent_scan_is_not_a_loss)
{
	long long timeouts = sys_stat(BUS, 2, "timeouts");
	long long replies;

	far_end_mute(self->far, 2, true);
	ASSERT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 2, "timeouts") >= timeouts + 2));
	far_end_mute(self->far, 2, false);
	replies = sys_stat(BUS, 2, "replies");
	EXPECT_TRUE(AWAIT(LIMIT, sys_stat(BUS, 2, "replies") >= replies + 3));
	EXPECT_EQ(0, sys_stat(BUS, 2, "losses"));
	EXPECT_TRUE(sys_live(BUS, 2));
}

TEST_F(loss, bus_is_lost_and_returns)
{
	struct change lost, module, back;
	u64 cut;

	cut = boot_ns();
	far_end_mute_all(self->far, true);
	ASSERT_TRUE(await_event(&self->nl, BACS_EVENT_BUS_STATE, 0,
				BACS_BUS_STATE_LOST, &lost));
	EXPECT_LT(cut, lost.time_ns);
	/* At least five time-outs, and each of the four was asked. */
	EXPECT_LE(5, sys_stat(BUS, 1, "timeouts") + sys_stat(BUS, 2, "timeouts") +
		     sys_stat(BUS, 3, "timeouts") + sys_stat(BUS, 4, "timeouts"));
	for (unsigned int a = 1; a <= 4; a++) {
		EXPECT_LE(1, sys_stat(BUS, a, "timeouts"));
	}
	/* The modules go with it, long before 5 s of their own. */
	ASSERT_TRUE(await_event(&self->nl, BACS_EVENT_MODULE_STATE, 1,
				BACS_MODULE_STATE_LOST, &module));
	EXPECT_EQ(lost.time_ns / NSEC_PER_SEC, module.time_ns / NSEC_PER_SEC);
	for (unsigned int a = 1; a <= 4; a++) {
		EXPECT_TRUE(AWAIT(LIMIT, devices_gone(a)));
		EXPECT_TRUE(reads_well(a));
	}
	EXPECT_TRUE(sys_is("lost", SYS_BACS "/" BUS "/state"));
	far_end_mute_all(self->far, false);
	ASSERT_TRUE(await_event(&self->nl, BACS_EVENT_BUS_STATE, 0,
				BACS_BUS_STATE_RUNNING, &back));
	EXPECT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, 4) == 4));
}

/* Grey and blue: configured and never found (M2) */
TEST_F(loss, configured_and_never_found)
{
	struct far_end *far = far_end_new();
	struct bacs_start args = line_start_args("tBlue", 1, 2);
	int fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, 1);
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("unpolled",
					SYS_BACS "/tBlue-002/state")));
	EXPECT_TRUE(AWAIT(LIMIT, sys_is("absent",
					SYS_BACS "/tBlue-002/state")));
	EXPECT_TRUE(sys_is("ok", SYS_BACS "/tBlue-001/state"));
	EXPECT_FALSE(sys_exists(SYS_BACS "/tBlue-002/hwmon"));
	/* It is still searched for. */
	far_end_add(far, 2, 2);
	EXPECT_TRUE(AWAIT(LIMIT, sys_live("tBlue", 2)));
	line_end(fd);
	far_end_free(far);
}

TEST_HARNESS_MAIN
