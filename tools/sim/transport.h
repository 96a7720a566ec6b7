/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the bytes go: pty, tty, or a unix stream socket on either side */
#ifndef SIM_TRANSPORT_H
#define SIM_TRANSPORT_H

#include <poll.h>

#include "bus.h"

#define TRANSPORT_POLLS	2
#define TRANSPORT_RETRY_NS	(200 * NSEC_PER_MSEC)

enum transport_kind {
	TRANSPORT_NONE,
	TRANSPORT_PTY,
	TRANSPORT_TTY,
	TRANSPORT_CONNECT,
	TRANSPORT_LISTEN,
};

/**
 * struct transport - the far end of the line
 * @kind: what it is
 * @path: tty or socket; of a pty its own name
 * @link: symbolic link to make to the pty, NULL: none
 * @fd: bytes, -1 while nobody is there
 * @aux: listening socket, or inotify on the pty's name
 * @hung_up: pty that nobody has open
 * @up: somebody is there; changes are logged
 * @retry_ns: when to connect again
 * @dropped: bytes that found no room
 */
struct transport {
	enum transport_kind kind;
	char path[108];
	const char *link;
	int fd;
	int aux;
	bool hung_up;
	bool up;
	u64 retry_ns;
	u64 dropped;
};

int transport_open(struct transport *t, const struct bus_config *cfg,
		   struct parse_error *e);
void transport_close(struct transport *t);
bool transport_ready(const struct transport *t);
u32 transport_polls(const struct transport *t, struct pollfd *fds);
u64 transport_next(const struct transport *t);
int transport_handle(struct transport *t, const struct pollfd *fds, u64 now);
ssize_t transport_read(struct transport *t, u8 *buf, size_t size, u64 now);
void transport_write(struct transport *t, const u8 *buf, size_t len, u64 now);

int unix_listen(const char *path, struct parse_error *e);

#endif
