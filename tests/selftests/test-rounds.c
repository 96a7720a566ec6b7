// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 100 rounds of attach and detach leave nothing behind (SLICE 2: "slab
 * objects equal before and after 100 rounds"; several buses)
 *
 * 13 times 8 buses at once make 104 rounds. What the machine does by itself
 * moves some objects to and fro, so up to ALLOWED more of each kind are
 * allowed: fewer than one per round, so that one leaked object per round of
 * whatever kind fails the test. A kind that other parts of the kernel use too
 * may grow by more, once (61 of kmalloc-96 were seen on 6.12): then another
 * 104 rounds tell, for a leak grows with each of them. Blocks too large for a
 * slab, like the scan engine of a bus, are seen in SUnreclaim or VmallocUsed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <linux/membarrier.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUSES		8
#define BATCHES		13
#define ROUNDS		(BUSES * BATCHES)
#define ALLOWED		60	/* objects of one kind */
#define ALLOWED_KIB	2048	/* one engine per round would be 6 MiB */
#define MODULES		4
#define CACHES		512
#define LIMIT		120000	/* ms, for a broken driver only */
#define SETTLE		30000	/* ms until what was freed is given back */

_Static_assert(ALLOWED < ROUNDS, "one object per round has to be seen");

struct cache {
	char name[64];
	long active;
};

struct slabs {
	int n;
	struct cache caches[CACHES];
	long unreclaim_kib;	/* and vmalloc() */
};

/* Give back what is cached and waits: dentries, RCU, per-CPU lists */
static void settle(void)
{
	char names[CACHES][NAME_MAX + 1];
	int n = sys_list("/sys/kernel/slab", names, CACHES);

	sys_write("2", "/proc/sys/vm/drop_caches");
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0);
	for (int i = 0; i < n; i++)
		sys_write("1", "/sys/kernel/slab/%s/shrink", names[i]);
}

static bool take(struct slabs *slabs)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	char line[512];
	long kib;

	slabs->n = 0;
	while (f && fgets(line, sizeof(line), f) && slabs->n < CACHES) {
		struct cache *cache = &slabs->caches[slabs->n];

		if (sscanf(line, "%63s %ld", cache->name, &cache->active) == 2)
			slabs->n++;
	}
	if (f)
		fclose(f);
	f = fopen("/proc/meminfo", "r");
	slabs->unreclaim_kib = 0;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %ld", &kib) == 1 ||
		    sscanf(line, "VmallocUsed: %ld", &kib) == 1)
			slabs->unreclaim_kib += kib;
	if (f)
		fclose(f);
	return slabs->n > 10;
}

/*
 * A slab that a CPU allocates from counts as full. The smallest figure of
 * several is the nearest to the truth.
 */
static bool take_least(struct slabs *least)
{
	static struct slabs now;

	settle();
	if (!take(&now))
		return false;
	if (!least->n)
		*least = now;
	for (int i = 0; i < now.n; i++)
		for (int k = 0; k < least->n; k++)
			if (!strcmp(now.caches[i].name, least->caches[k].name) &&
			    now.caches[i].active < least->caches[k].active)
				least->caches[k].active = now.caches[i].active;
	if (now.unreclaim_kib < least->unreclaim_kib)
		least->unreclaim_kib = now.unreclaim_kib;
	return true;
}

/*
 * What a driver, its devices, files in sysfs, messages and ttys are made of.
 * The rest is the files, mappings and processes of the test itself, and such
 * a cache counts a whole slab more as soon as one more of them is there.
 */
static bool is_ours(const char *name)
{
	static const char * const kinds[] = {
		"kmalloc-", "kernfs_", "skbuff_", "radix_tree_node", "dentry",
		"inode_cache", "pool_workqueue",
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(name, kinds[i], strlen(kinds[i])))
			return true;
	return false;
}

static int count_grown(const struct slabs *before, const struct slabs *after,
		       bool say)
{
	int grown = 0;

	for (int i = 0; i < after->n; i++)
		for (int k = 0; k < before->n; k++) {
			const struct cache *a = &after->caches[i];
			const struct cache *b = &before->caches[k];

			if (strcmp(a->name, b->name) || !is_ours(a->name) ||
			    a->active <= b->active + ALLOWED)
				continue;
			grown++;
			if (say)
				fprintf(stderr, "# %s: %ld objects more\n",
					a->name, a->active - b->active);
		}
	if (after->unreclaim_kib > before->unreclaim_kib + ALLOWED_KIB) {
		grown++;
		if (say)
			fprintf(stderr, "# SUnreclaim and VmallocUsed: %ld KiB more\n",
				after->unreclaim_kib - before->unreclaim_kib);
	}
	return grown;
}

/* What one user of a bus does: control it, equalize, name a module, read */
static bool use(const char *bus)
{
	struct nlattr *nest;
	char path[PATH_MAX];
	struct msg msg;
	struct nl nl;
	bool done;

	if (!nl_open(&nl))
		return false;
	msg_bus(&msg, &nl, BACS_CMD_CONTROL_CLAIM, bus);
	done = !nl_do(&nl, &msg, NULL, NULL);
	msg_bus(&msg, &nl, BACS_CMD_EQUALIZE_SET, bus);
	nest = msg_nest(&msg, BACS_A_DUTY);
	msg_u8(&msg, BACS_DUTY_A_ADDRESS, 1);
	msg_u32(&msg, BACS_DUTY_A_PERMILLE, 500);
	msg_nest_end(&msg, nest);
	done &= !nl_do(&nl, &msg, NULL, NULL);
	msg_module(&msg, &nl, BACS_CMD_MODULE_SET, bus, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_string(&msg, BACS_MODULE_A_LABEL, "1S1");
	msg_nest_end(&msg, nest);
	done &= !nl_do(&nl, &msg, NULL, NULL);
	msg_begin(&msg, &nl, BACS_CMD_STATS_GET);
	done &= !nl_dump(&nl, &msg, NULL, NULL);
	nl_close(&nl);
	snprintf(path, sizeof(path), SYS_BACS "/%s-001/", bus);
	return done && sys_read_tree(path, 3) > 40;
}

/* All eight at once; ended by close and hang-up in turn */
static bool batch(void)
{
	struct far_end *far[BUSES];
	char bus[BUSES][16];
	int fds[BUSES];
	bool good = true;

	for (int i = 0; i < BUSES; i++) {
		struct bacs_start args;

		snprintf(bus[i], sizeof(bus[i]), "tRound%d", i);
		args = line_start_args(bus[i], 1, MODULES);
		far[i] = far_end_new();
		if (!far[i])
			return false;
		far_end_add(far[i], 1, MODULES);
		fds[i] = line_bus(far[i]->slave, &args);
		good &= fds[i] >= 0;
	}
	for (int i = 0; good && i < BUSES; i++)
		good &= AWAIT(LIMIT, sys_count_live(bus[i], 1, MODULES) ==
			      MODULES);
	for (int i = 0; good && i < BUSES; i++)
		good &= use(bus[i]);
	for (int i = 0; i < BUSES; i++) {
		if (i % 2)
			far_end_hang_up(far[i]);
		line_end(fds[i]);
		good &= AWAIT(LIMIT, !sys_exists(SYS_BACS "/%s", bus[i]));
		far_end_free(far[i]);
	}
	return good;
}

FIXTURE(rounds)
{
	struct slabs before, after;
};

FIXTURE_SETUP(rounds)
{
}

FIXTURE_TEARDOWN(rounds)
{
}

/* True if nothing has grown, and what there is then in @after */
static bool rounds_leave_nothing(const struct slabs *before,
				 struct slabs *after)
{
	after->n = 0;
	for (int i = 0; i < BATCHES; i++)
		if (!batch())
			return false;
	AWAIT(SETTLE, take_least(after) && !count_grown(before, after, false));
	return !count_grown(before, after, true);
}

TEST_F_TIMEOUT(rounds, nothing_is_left_behind, 900)
{
	struct slabs *before = &self->before, *after = &self->after;
	bool good;

	/* What is allocated once and kept */
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(batch());
	}
	/* kfree_rcu() takes some seconds on newer kernels. */
	for (int i = 0; i < 12; i++) {
		ASSERT_TRUE(take_least(before));
		usleep(500000);
	}
	good = rounds_leave_nothing(before, after);
	TH_LOG("%d rounds: SUnreclaim and VmallocUsed %ld KiB, then %ld KiB", ROUNDS,
	       before->unreclaim_kib, after->unreclaim_kib);
	if (!good) {
		ASSERT_LT(0, after->n);
		*before = *after;
		good = rounds_leave_nothing(before, after);
	}
	EXPECT_TRUE(good);
}

TEST_HARNESS_MAIN
