// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sleep of the machine (design 10). The kernel is asked to go half the way: it
 * tells the drivers, freezes all processes, waits 5 s and wakes. The far end is a
 * process and freezes, too, as modules sleep that nobody asks.
 */
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tSleep"
#define LIMIT	120000	/* ms, for a broken driver only */
#define MODULES	4

FIXTURE(sleep)
{
	struct far_end *far;
	int fd;
};

FIXTURE_SETUP(sleep)
{
	struct bacs_start args = line_start_args(BUS, 1, MODULES);

	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, MODULES);
	self->fd = line_bus(self->far->slave, &args);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, MODULES) == MODULES));
}

FIXTURE_TEARDOWN(sleep)
{
	sys_write("none", "/sys/power/pm_test");
	line_end(self->fd);
	far_end_free(self->far);
}

static long long sum(const char *counter)
{
	long long n = 0;

	for (unsigned int a = 1; a <= MODULES; a++)
		n += sys_stat(BUS, a, counter);
	return n;
}

/* Nobody was asked, so nobody was silent. */
TEST_F(sleep, nobody_is_lost)
{
	long long timeouts, samples;

	if (!sys_exists("/sys/power/pm_test"))
		SKIP(return, "this kernel cannot sleep for a test");
	timeouts = sum("timeouts");
	ASSERT_EQ(0, sys_write("freezer", "/sys/power/pm_test"));
	ASSERT_EQ(0, sys_write("freeze", "/sys/power/state"));
	EXPECT_TRUE(sys_is("running", SYS_BACS "/" BUS "/state") ||
		    sys_is("discovering", SYS_BACS "/" BUS "/state"));
	EXPECT_EQ(0, sum("losses"));
	/* Awake, the driver would have waited in vain ten times in 5 s. */
	EXPECT_GE(timeouts + 6, sum("timeouts"));
	/* and it goes on */
	samples = sum("replies");
	EXPECT_TRUE(AWAIT(LIMIT, sum("replies") > samples + 3 * MODULES));
	EXPECT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, MODULES) == MODULES));
	EXPECT_EQ(0, sum("losses"));
}

TEST_HARNESS_MAIN
