// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two ptys joined like a cable: prints the names of both ends on one line,
 * then carries bytes until standard input ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct end {
	int master;
	int slave;	/* kept open: no reader sees a hang-up in between */
	char name[64];
};

static void open_end(struct end *end)
{
	struct termios raw;

	if (openpty(&end->master, &end->slave, end->name, NULL, NULL) < 0) {
		fprintf(stderr, "pty-bridge: openpty: %s\n", strerror(errno));
		exit(1);
	}
	tcgetattr(end->slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(end->slave, TCSANOW, &raw);
	fcntl(end->master, F_SETFL, O_NONBLOCK);
}

/* A far end that does not read loses bytes, as on a wire. */
static void carry(int from, int to)
{
	char bytes[512];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n > 0 && write(to, bytes, (size_t)n) < 0 && errno != EAGAIN) {
		fprintf(stderr, "pty-bridge: write: %s\n", strerror(errno));
		exit(1);
	}
}

int main(void)
{
	struct end a;
	struct end b;
	char byte;

	open_end(&a);
	open_end(&b);
	printf("%s %s\n", a.name, b.name);
	fflush(stdout);
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = 0, .events = POLLIN },
			{ .fd = a.master, .events = POLLIN },
			{ .fd = b.master, .events = POLLIN },
		};

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents && read(0, &byte, 1) <= 0)
			return 0;
		if (fds[1].revents & POLLIN)
			carry(a.master, b.master);
		if (fds[2].revents & POLLIN)
			carry(b.master, a.master);
	}
}
