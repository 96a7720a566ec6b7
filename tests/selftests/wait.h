/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wait for a condition, not for a time
 *
 * AWAIT(ms, condition) is true as soon as the condition is; false when it was
 * not after ms milliseconds, which is a limit for broken drivers only. It looks
 * every 2 ms, and less often the longer it takes: to look is work, too, and on
 * the debug kernel more than what is waited for.
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

/* Before the next look, when so much time has passed */
static inline void wait_a_bit(int64_t passed_ms)
{
	int64_t ms = passed_ms / 32;

	usleep((useconds_t)(ms < 2 ? 2 : ms < 50 ? ms : 50) * 1000);
}

#define AWAIT(_ms, _condition) ({ \
	int64_t _begin = wait_now_ms(); \
	bool _met; \
	while (!(_met = (_condition)) && wait_now_ms() < _begin + (_ms)) \
		wait_a_bit(wait_now_ms() - _begin); \
	_met; })

#endif
