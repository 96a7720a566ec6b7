// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fake-kernel - the fake kernel as a process
 *
 * Usage: fake-kernel SOCKET
 *
 * Programs of the test link that have BACS_FAKE_KERNEL=SOCKET in their
 * environment find the kernel there. Steps come on the standard input, see
 * fake-script.c; every line is answered by "ok" or "error: ..." when it is
 * done. The end of the input ends the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake-kernel.h"

#define CLIENTS	64

static int die(const char *what)
{
	fprintf(stderr, "fake-kernel: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void share_clock(const char *socket_path)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s.clock", socket_path);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*fake_clock)) < 0)
		die(path);
	fake_clock = mmap(NULL, sizeof(*fake_clock), PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, 0);
	if (fake_clock == MAP_FAILED)
		die(path);
	close(fd);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(address.sun_path, path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, CLIENTS) < 0)
		die(path);
	return fd;
}

static void answer(struct fake_kernel *k, const char *line)
{
	char error[256];

	if (fake_script(k, line, error, sizeof(error)) < 0)
		printf("error: %s\n", error);
	else
		printf("ok\n");
	fflush(stdout);
}

/* Whole lines of the input; false at its end */
static bool take_input(struct fake_kernel *k)
{
	static char buf[65536];
	static size_t have;
	char *line = buf, *nl;
	ssize_t n;

	n = read(STDIN_FILENO, buf + have, sizeof(buf) - have - 1);
	if (n <= 0)
		return false;
	have += (size_t)n;
	buf[have] = '\0';
	while ((nl = strchr(line, '\n'))) {
		*nl = '\0';
		answer(k, line);
		line = nl + 1;
	}
	have -= (size_t)(line - buf);
	memmove(buf, line, have);
	return have + 1 < sizeof(buf);
}

static void serve(struct fake_kernel *k, const struct pollfd *p)
{
	struct fake_client *c = fake_client_next(k, NULL), *next;

	for (; c; c = next) {
		next = fake_client_next(k, c);
		if (fake_client_fd(c) == p->fd) {
			fake_kernel_serve(k, c);
			return;
		}
	}
}

static bool turn(struct fake_kernel *k, int listener)
{
	struct pollfd p[CLIENTS + 2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = listener, .events = POLLIN },
	};
	struct fake_client *c = NULL;
	nfds_t n = 2;
	int fd;

	while (n < CLIENTS + 2 && (c = fake_client_next(k, c)))
		p[n++] = (struct pollfd){ .fd = fake_client_fd(c),
					  .events = POLLIN };
	if (poll(p, n, -1) < 0)
		return errno == EINTR;
	for (nfds_t i = 2; i < n; i++)
		if (p[i].revents)
			serve(k, &p[i]);
	if (p[1].revents) {
		fd = accept4(listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0)
			fake_kernel_connect(k, fd);
	}
	return !p[0].revents || take_input(k);
}

int main(int argc, char **argv)
{
	struct fake_kernel *k;
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: fake-kernel SOCKET\n");
		return 2;
	}
	k = fake_kernel_new();
	share_clock(argv[1]);
	listener = listen_at(argv[1]);
	while (turn(k, listener))
		;
	close(listener);
	unlink(argv[1]);
	fake_kernel_free(k);
	return 0;
}
