/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wait for a condition, not for a time
 *
 * AWAIT(ms, condition) is true as soon as the condition is; false when it was
 * not after ms milliseconds, which is a limit for broken drivers only.
 */
#ifndef BACS_SELFTEST_WAIT_H
#define BACS_SELFTEST_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static inline int64_t wait_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#define AWAIT(_ms, _condition) ({ \
	int64_t _end = wait_now_ms() + (_ms); \
	bool _met; \
	while (!(_met = (_condition)) && wait_now_ms() < _end) \
		usleep(2000); \
	_met; })

#endif
