// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine's noise floor: how late a timer of 1 ms wakes a process
 *
 *   bench-wakeup SECONDS [fifo]
 *
 * Prints JSON in microseconds. What this says, no program on this machine can
 * do better than.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define PERIOD_NS	1000000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct sched_param param = { .sched_priority = 50 };
	int n = argc > 1 ? atoi(argv[1]) * (1000000000 / PERIOD_NS) : 0;
	int64_t *late, due;

	if (n < 1 || n > 1000000) {
		fprintf(stderr, "usage: bench-wakeup SECONDS [fifo]\n");
		return 2;
	}
	if (argc > 2 && sched_setscheduler(0, SCHED_FIFO, &param)) {
		fprintf(stderr, "bench-wakeup: SCHED_FIFO: %s\n",
			strerror(errno));
		return 1;
	}
	late = calloc((size_t)n, sizeof(*late));
	if (!late)
		return 1;
	(void)mlockall(MCL_CURRENT);
	prctl(PR_SET_TIMERSLACK, 1);
	due = now_ns();
	for (int i = 0; i < n; i++) {
		struct timespec t;

		due += PERIOD_NS;
		t.tv_sec = due / 1000000000;
		t.tv_nsec = due % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		late[i] = now_ns() - due;
		/* what was missed is not counted twice */
		if (late[i] > PERIOD_NS)
			due += late[i];
	}
	qsort(late, (size_t)n, sizeof(*late), by_value);
	printf("{\"count\": %d, \"median_us\": %.1f, \"p99_us\": %.1f, "
	       "\"p999_us\": %.1f, \"max_us\": %.1f}\n", n,
	       (double)late[n / 2] / 1e3, (double)late[(int64_t)n * 99 / 100] / 1e3,
	       (double)late[(int64_t)n * 999 / 1000] / 1e3,
	       (double)late[n - 1] / 1e3);
	free(late);
	return 0;
}
