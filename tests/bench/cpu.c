// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/**
 * cpu_now_ns() - CLOCK_MONOTONIC
 *
 * Return: ns.
 */
uint64_t cpu_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/**
 * cpu_idle_ns() - time all processors were idle since boot
 * @ret: ns; interrupts taken while idle are not idle
 *
 * /proc/stat has the same in steps of 10 ms, which is too coarse here.
 *
 * Return: 0 or a negative errno; -ENODATA: this kernel does not tell.
 */
int cpu_idle_ns(uint64_t *ret)
{
	FILE *f = fopen("/proc/timer_list", "r");
	char line[256];
	uint64_t ns;
	int found = 0;

	if (!f)
		return -errno;
	*ret = 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " .idle_sleeptime : %" SCNu64, &ns) == 1) {
			*ret += ns;
			found++;
		}
	}
	fclose(f);
	return found ? 0 : -ENODATA;
}

/**
 * cpu_process_ns() - time a process has run
 * @pid: of its first and only thread
 *
 * Return: ns, 0 if it cannot be read.
 */
uint64_t cpu_process_ns(int pid)
{
	uint64_t ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%" SCNu64, &ns) != 1)
		ns = 0;
	fclose(f);
	return ns;
}
