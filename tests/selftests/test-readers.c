// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 247 modules, and everybody reads (SLICE "It must reach": in0_input,
 * temp1_input and voltage_now of 247 modules, with the cable pulled, without
 * bus traffic; discovery of an unknown bus; C3)
 */
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tMany"
#define LIMIT	120000	/* ms, for a broken driver only */
#define MANY	247

static struct {
	char in0[PATH_MAX], temp1[PATH_MAX], voltage[PATH_MAX];
} files[MANY + 1];

static bool find_files(void)
{
	char path[PATH_MAX];

	for (unsigned int a = 1; a <= MANY; a++) {
		if (!sys_hwmon(BUS, a, path, sizeof(path)))
			return false;
		snprintf(files[a].in0, PATH_MAX, "%s/in0_input", path);
		snprintf(files[a].temp1, PATH_MAX, "%s/temp1_input", path);
		if (!sys_power(BUS, a, path, sizeof(path)))
			return false;
		snprintf(files[a].voltage, PATH_MAX, "%s/voltage_now", path);
	}
	return true;
}

/* The 741 reads; number of wrong values */
static unsigned int read_all(void)
{
	unsigned int wrong = 0;

	for (unsigned int a = 1; a <= MANY; a++) {
		wrong += sys_number("%s", files[a].in0) != 13000 + (int)a;
		wrong += sys_number("%s", files[a].temp1) != 20000 + 100 * (int)a;
		wrong += sys_number("%s", files[a].voltage) !=
			 1000 * (13000 + (int)a);
	}
	return wrong;
}

TEST(many_modules)
{
	struct bacs_start args = line_start_args(BUS, 0, 0);
	struct far_end *far = far_end_new();
	u64 requests, from, idle_us, cut_us;
	int fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, MANY);
	args.scan_ms = 60000;
	from = boot_ns();
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live(BUS, 1, MANY) == MANY));
	ASSERT_TRUE(AWAIT(LIMIT, find_files()));
	TH_LOG("found 247 of an unknown bus in %llu ms",
	       (unsigned long long)((boot_ns() - from) / NSEC_PER_MSEC));
	ASSERT_TRUE(AWAIT(LIMIT, sys_is("running", SYS_BACS "/" BUS "/state")));

	from = boot_ns();
	EXPECT_EQ(0U, read_all());
	idle_us = (boot_ns() - from) / NSEC_PER_USEC;

	/* The cable is pulled: the values are a scan old at most, and there. */
	far_end_mute_all(far, true);
	requests = sys_stat(BUS, 0, "bytes_tx");
	from = boot_ns();
	EXPECT_EQ(0U, read_all());
	cut_us = (boot_ns() - from) / NSEC_PER_USEC;
	requests = sys_stat(BUS, 0, "bytes_tx") - requests;
	TH_LOG("741 reads: %llu us, with the cable pulled %llu us (goal 1 s)",
	       (unsigned long long)idle_us, (unsigned long long)cut_us);
	/* 60 s between scans: at most the one request that keeps it awake */
	EXPECT_LE(requests, 16U);
	/* Reads that waited for the wire would take 500 ms, each of them. */
	EXPECT_LT(cut_us, 100000000U);
	line_end(fd);
	EXPECT_FALSE(sys_exists(SYS_BACS "/" BUS));
	EXPECT_FALSE(sys_exists("%s", files[MANY].in0));
	far_end_free(far);
}

TEST_HARNESS_MAIN
