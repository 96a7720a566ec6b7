/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one door to the outside
 *
 * Nothing else in lib/ or daemon/ opens a socket, asks a clock, makes a timer
 * or opens a file below /sys. lib/ops.c is the real door; the test link has
 * tests/fake/fake-ops.c in its place. Not installed: a private interface
 * between the library and the project's own programs.
 */
#ifndef BACS_OPS_H
#define BACS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/**
 * struct bacs_ops - everything libbacs and bacsd want from the world
 * @nl_open: a bound, non-blocking generic netlink socket that does not survive
 *	exec; @monitor asks for a large receive buffer. Descriptor or negative
 *	errno.
 * @nl_join: join (@on) or leave a multicast group by its number
 * @nl_send: send one datagram to the kernel; length or negative errno
 * @nl_recv: receive one datagram from the kernel into @buf; its full length,
 *	which is more than @size if it did not fit, or negative errno: -EAGAIN
 *	nothing there, -ENOBUFS messages were lost
 * @wait: wait until @fd can be read, at most @timeout_ms; 1, 0 on time-out, or
 *	negative errno
 * @now_ns: clock in ns; CLOCK_REALTIME, CLOCK_BOOTTIME or CLOCK_MONOTONIC
 * @timer_open: descriptor that becomes readable when its time is over
 * @timer_set: arm the timer @delay_ns from now; 0 disarms and clears it
 * @sys_root: directory that stands for /sys
 */
struct bacs_ops {
	int (*nl_open)(bool monitor);
	int (*nl_join)(int fd, uint32_t group, bool on);
	ssize_t (*nl_send)(int fd, const void *buf, size_t size);
	ssize_t (*nl_recv)(int fd, void *buf, size_t size);
	int (*wait)(int fd, int timeout_ms);
	uint64_t (*now_ns)(clockid_t clock);
	int (*timer_open)(void);
	int (*timer_set)(int fd, uint64_t delay_ns);
	const char *(*sys_root)(void);
};

/**
 * bacs_ops() - the door of this program
 *
 * Return: static table, never NULL.
 */
const struct bacs_ops *bacs_ops(void);

#endif /* BACS_OPS_H */
