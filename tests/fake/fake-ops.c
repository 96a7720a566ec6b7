// SPDX-License-Identifier: GPL-2.0-or-later
/* The door to the outside of a program under test: leads to a fake kernel */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake-kernel.h"
#include "ops.h"

static struct fake_clock own_clock;
struct fake_clock *fake_clock = &own_clock;
struct fake_kernel *fake_ops_kernel;
int fake_ops_fail_open;

static void die(const char *what)
{
	fprintf(stderr, "fake-ops: %s: %s\n", what, strerror(errno));
	abort();
}

static const char *socket_path(void)
{
	const char *path = getenv("BACS_FAKE_KERNEL");

	if (!path) {
		fprintf(stderr,
			"fake-ops: this program is linked for tests: BACS_FAKE_KERNEL must name the socket of fake-kernel\n");
		abort();
	}
	return path;
}

static void map_clock(void)
{
	char path[256];
	void *p;
	int fd;

	if (fake_ops_kernel || fake_clock != &own_clock)
		return;
	snprintf(path, sizeof(path), "%s.clock", socket_path());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	p = mmap(NULL, sizeof(*fake_clock), PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die(path);
	close(fd);
	fake_clock = p;
}

static int connect_process(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		 socket_path());
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(address.sun_path);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		die("fcntl");
	return fd;
}

static int fake_nl_open(bool monitor)
{
	int pair[2];

	(void)monitor;
	if (fake_ops_fail_open) {
		int error = fake_ops_fail_open;

		fake_ops_fail_open = 0;
		return error;
	}
	if (!fake_ops_kernel)
		return connect_process();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, pair) < 0)
		die("socketpair");
	fake_kernel_connect(fake_ops_kernel, pair[1]);
	return pair[0];
}

/* In one process the kernel works inside the system call, as the real one */
static void let_kernel_work(void)
{
	struct fake_client *client, *next;

	if (!fake_ops_kernel)
		return;
	client = fake_client_next(fake_ops_kernel, NULL);
	for (; client; client = next) {
		next = fake_client_next(fake_ops_kernel, client);
		fake_kernel_serve(fake_ops_kernel, client);
	}
}

static int send_packet(int fd, uint32_t kind, const void *buf, size_t size)
{
	uint8_t packet[sizeof(uint32_t) + FAKE_PACKET_MAX];

	if (size > FAKE_PACKET_MAX)
		return -EMSGSIZE;
	memcpy(packet, &kind, sizeof(kind));
	memcpy(packet + sizeof(kind), buf, size);
	if (send(fd, packet, sizeof(kind) + size, MSG_NOSIGNAL) < 0)
		return -errno;
	let_kernel_work();
	return 0;
}

static int fake_nl_join(int fd, uint32_t group, bool on)
{
	return send_packet(fd, on ? FAKE_JOIN : FAKE_LEAVE, &group,
			   sizeof(group));
}

static ssize_t fake_nl_send(int fd, const void *buf, size_t size)
{
	int r = send_packet(fd, FAKE_NETLINK, buf, size);

	return r < 0 ? r : (ssize_t)size;
}

static ssize_t fake_nl_recv(int fd, void *buf, size_t size)
{
	uint8_t packet[sizeof(uint32_t) + FAKE_PACKET_MAX];
	uint32_t kind;
	size_t len;
	ssize_t n;

	n = recv(fd, packet, sizeof(packet), MSG_TRUNC);
	if (n < 0)
		return -errno;
	/* a netlink socket has no end; the fake kernel going away is one */
	if (n < (ssize_t)sizeof(kind))
		return -ECONNRESET;
	memcpy(&kind, packet, sizeof(kind));
	if (kind == FAKE_ENOBUFS)
		return -ENOBUFS;
	len = (size_t)n - sizeof(kind);
	memcpy(buf, packet + sizeof(kind), len < size ? len : size);
	return (ssize_t)len;
}

static int fake_wait(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r = poll(&p, 1, timeout_ms);

	return r < 0 ? -errno : r > 0;
}

static uint64_t fake_now_ns(clockid_t clock)
{
	struct timespec ts;

	map_clock();
	if (fake_clock->boottime_ns && clock == CLOCK_BOOTTIME)
		return fake_clock->boottime_ns;
	if (fake_clock->boottime_ns && clock == CLOCK_REALTIME)
		return fake_clock->realtime_ns;
	/* CLOCK_MONOTONIC only measures how long an answer takes */
	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int fake_timer_open(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* Every timer is over at once: tests wait for what it does, not for time */
static int fake_timer_set(int fd, uint64_t delay_ns)
{
	uint64_t n = 1;
	ssize_t r;

	if (delay_ns)
		r = write(fd, &n, sizeof(n));
	else
		r = read(fd, &n, sizeof(n));
	return r < 0 && errno != EAGAIN ? -errno : 0;
}

static const char *fake_sys_root(void)
{
	const char *root = getenv("BACS_FAKE_SYS");

	return root ? root : "/nonexistent";
}

const struct bacs_ops *bacs_ops(void)
{
	static const struct bacs_ops ops = {
		.nl_open = fake_nl_open,
		.nl_join = fake_nl_join,
		.nl_send = fake_nl_send,
		.nl_recv = fake_nl_recv,
		.wait = fake_wait,
		.now_ns = fake_now_ns,
		.timer_open = fake_timer_open,
		.timer_set = fake_timer_set,
		.sys_root = fake_sys_root,
	};

	return &ops;
}
