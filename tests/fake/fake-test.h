/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers of tests that play the kernel in their own process */
#ifndef FAKE_TEST_H
#define FAKE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bacs.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-attrs.h"
#include "fake-kernel.h"

#define BOOT_NS		1000000000000ULL	/* 1000 s after boot */
#define REAL_NS		1800000000000000000ULL

#define SAMPLES_AND_EVENTS	(BACS_OPEN_SAMPLES | BACS_OPEN_EVENTS)

/* One step; a wrong one fails the test */
__attribute__((format(printf, 1, 2)))
static inline void step(const char *format, ...)
{
	char line[1024], error[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (fake_script(fake_ops_kernel, line, error, sizeof(error)) < 0)
		fail_msg("%s: %s", line, error);
}

static inline int kernel_setup(void **state)
{
	(void)state;
	fake_ops_kernel = fake_kernel_new();
	step("clock %llu %llu", BOOT_NS, REAL_NS);
	return 0;
}

static inline int kernel_teardown(void **state)
{
	(void)state;
	fake_kernel_free(fake_ops_kernel);
	fake_ops_kernel = NULL;
	return 0;
}

static inline struct bacs *open_handle(unsigned int flags)
{
	struct bacs *b = NULL;

	assert_int_equal(bacs_open(flags, &b), 0);
	return b;
}

/* Dispatches until the descriptor is quiet */
static inline void dispatch(struct bacs *b)
{
	struct pollfd p = { .fd = bacs_fd(b), .events = POLLIN };

	while (poll(&p, 1, 0) > 0)
		assert_true(bacs_dispatch(b) >= 0);
}

/* Takes notices up to the first of that kind; fails if there is none */
static inline const struct bacs_notice *expect(struct bacs *b,
					       enum bacs_notice_kind kind)
{
	const struct bacs_notice *n;

	while ((n = bacs_next_notice(b)))
		if (bacs_notice_kind(n) == kind)
			return n;
	fail_msg("no notice '%s'", bacs_notice_kind_name(kind));
	return NULL;
}

static inline unsigned int count(struct bacs *b, enum bacs_notice_kind kind)
{
	const struct bacs_notice *n;
	unsigned int found = 0;

	while ((n = bacs_next_notice(b)))
		found += bacs_notice_kind(n) == kind;
	return found;
}

static inline void forget(struct bacs *b)
{
	while (bacs_next_notice(b))
		;
}

/* A bus of three modules: ok, lost and absent */
static inline void three_modules(void)
{
	step("load");
	step("bus bacsA tty=ttyS4 baud=19200 profile=bacs-c scan_min_ms=120 scans=7");
	step("module bacsA 1 state=ok class=jar serial=0x1122334455667788 label=1S1 nominal_mv=12000 since_ns=900000000000 sample.time_ns=999000000000 sample.voltage_mv=13498 sample.temperature_mc=-5300 sample.boots=3");
	step("module bacsA 2 state=lost since_ns=988000000000 label=2S1 stats.timeouts=3 sample.time_ns=987000000000 sample.voltage_mv=13400");
	step("module bacsA 200 state=absent");
}

#endif /* FAKE_TEST_H */
