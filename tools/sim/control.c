// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "transport.h"

/**
 * control_open() - listen for commands
 * @c: control
 * @path: socket, NULL for none
 * @bus: what the commands are for, borrowed
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int control_open(struct control *c, const char *path, struct bus *bus,
		 struct parse_error *e)
{
	memset(c, 0, sizeof(*c));
	c->fd = -1;
	for (u32 i = 0; i < CONTROL_CLIENTS; i++)
		c->client[i].fd = -1;
	c->bus = bus;
	if (!path)
		return 0;
	c->fd = unix_listen(path, e);
	if (c->fd < 0)
		return c->fd;
	c->path = path;
	return 0;
}

static void drop(struct control_client *cl)
{
	close(cl->fd);
	free(cl->out);
	cl->out = NULL;
	cl->fd = -1;
	cl->have = 0;
}

/**
 * control_close() - stop listening, remove the socket
 * @c: control
 */
void control_close(struct control *c)
{
	for (u32 i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			drop(&c->client[i]);
	if (c->fd < 0)
		return;
	unlink(c->path);
	close(c->fd);
	c->fd = -1;
}

/**
 * control_polls() - what to wait for
 * @c: control
 * @fds: CONTROL_POLLS entries
 *
 * Return: CONTROL_POLLS.
 */
u32 control_polls(const struct control *c, struct pollfd *fds)
{
	bool room = false;

	for (u32 i = 0; i < CONTROL_CLIENTS; i++) {
		fds[1 + i] = (struct pollfd) {
			c->client[i].fd, c->client[i].out ? POLLOUT : POLLIN, 0
		};
		room |= c->client[i].fd < 0;
	}
	/* who finds no place waits in the listening socket's queue */
	fds[0] = (struct pollfd) { room ? c->fd : -1, POLLIN, 0 };
	return CONTROL_POLLS;
}

/* Hand over what fits. False: he is gone. */
static bool flush_answer(struct control_client *cl)
{
	ssize_t n = send(cl->fd, cl->out + cl->out_at, cl->out_len - cl->out_at,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	cl->out_at += (size_t)n;
	if (cl->out_at < cl->out_len)
		return true;
	free(cl->out);
	cl->out = NULL;
	return true;
}

static bool run_line(struct control *c, struct control_client *cl, char *line,
		     u64 now)
{
	struct parse_error e;
	bool quit = false;
	FILE *out = open_memstream(&cl->out, &cl->out_len);

	if (!out)
		return false;
	cl->out_at = 0;
	if (command_run(c->bus, line, now, out, &quit, &e) < 0)
		fprintf(out, "error: %s\n", e.text);
	else
		fprintf(out, "ok\n");
	c->quit |= quit;
	return !fclose(out) && flush_answer(cl);
}

/* Execute the lines that are complete, each when the last is answered. */
static void run_lines(struct control *c, struct control_client *cl, u64 now)
{
	char *end;

	while (!cl->out && (end = memchr(cl->line, '\n', cl->have))) {
		size_t used = (size_t)(end - cl->line) + 1;

		*end = '\0';
		if (!run_line(c, cl, cl->line, now)) {
			drop(cl);
			return;
		}
		cl->have -= used;
		memmove(cl->line, cl->line + used, cl->have);
	}
	if (!cl->out && cl->have == sizeof(cl->line) - 1) {
		static const char text[] = "error: the line has more than 2046 characters\n";

		send(cl->fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		drop(cl);
	}
}

static void serve(struct control *c, struct control_client *cl, u64 now)
{
	ssize_t n;

	if (cl->out) {
		if (flush_answer(cl))
			run_lines(c, cl, now);
		else
			drop(cl);
		return;
	}
	n = read(cl->fd, cl->line + cl->have, sizeof(cl->line) - 1 - cl->have);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(cl);
		return;
	}
	cl->have += (size_t)n;
	run_lines(c, cl, now);
}

/**
 * control_handle() - read and execute
 * @c: control
 * @fds: as filled by poll
 * @now: CLOCK_MONOTONIC, ns
 */
void control_handle(struct control *c, const struct pollfd *fds, u64 now)
{
	for (u32 i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0 && fds[1 + i].revents)
			serve(c, &c->client[i], now);
	if (!fds[0].revents)
		return;
	for (u32 i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->client[i].fd >= 0)
			continue;
		c->client[i].fd = accept4(c->fd, NULL, NULL,
					  SOCK_CLOEXEC | SOCK_NONBLOCK);
		c->client[i].have = 0;
		break;
	}
}
