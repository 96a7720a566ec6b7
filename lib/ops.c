// SPDX-License-Identifier: LGPL-2.1-or-later
/* The real door to the outside: kernel sockets, clocks and /sys */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "internal.h"

/* 45 s of samples of 512 modules at one scan per second */
#define MONITOR_BUFFER	(4 * 1024 * 1024)

static int set_options(int fd, bool monitor)
{
	static const int on = 1, size = MONITOR_BUFFER;

	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0)
		return -errno;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0)
		return -errno;
	if (!monitor)
		return 0;
	/* without privilege the system's own maximum is the best there is */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0)
		return -errno;
	return 0;
}

static int real_nl_open(bool monitor)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	int fd, r;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_GENERIC);
	if (fd < 0)
		return -errno;
	r = set_options(fd, monitor);
	if (!r && bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static int real_nl_join(int fd, uint32_t group, bool on)
{
	int option = on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;

	if (setsockopt(fd, SOL_NETLINK, option, &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

static ssize_t real_nl_send(int fd, const void *buf, size_t size)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n;

	do
		n = sendto(fd, buf, size, MSG_NOSIGNAL,
			   (struct sockaddr *)&kernel, sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t real_nl_recv(int fd, void *buf, size_t size)
{
	struct sockaddr_nl from;
	socklen_t len;
	ssize_t n;

	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, buf, size, MSG_TRUNC, (struct sockaddr *)&from,
			     &len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* any process may send to us; only the kernel is believed */
		if (len == sizeof(from) && from.nl_pid == 0)
			return n;
	}
}

static int real_wait(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	r = poll(&p, 1, timeout_ms);
	if (r < 0)
		return -errno;
	return r > 0;
}

static uint64_t real_now_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int real_timer_open(void)
{
	int fd;

	fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int real_timer_set(int fd, uint64_t delay_ns)
{
	struct itimerspec when = {
		.it_value.tv_sec = (time_t)(delay_ns / 1000000000ULL),
		.it_value.tv_nsec = (long)(delay_ns % 1000000000ULL),
	};

	/* setting the time also clears an expiry nobody has read */
	return timerfd_settime(fd, 0, &when, NULL) < 0 ? -errno : 0;
}

static const char *real_sys_root(void)
{
	return "/sys";
}

BACS_EXPORT const struct bacs_ops *bacs_ops(void)
{
	static const struct bacs_ops ops = {
		.nl_open = real_nl_open,
		.nl_join = real_nl_join,
		.nl_send = real_nl_send,
		.nl_recv = real_nl_recv,
		.wait = real_wait,
		.now_ns = real_now_ns,
		.timer_open = real_timer_open,
		.timer_set = real_timer_set,
		.sys_root = real_sys_root,
	};

	return &ops;
}
