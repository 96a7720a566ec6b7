/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands while it runs: a line each, over a unix socket */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <poll.h>
#include <stdio.h>

#include "bus.h"

#define CONTROL_CLIENTS	8
#define CONTROL_POLLS	(1 + CONTROL_CLIENTS)
#define CONTROL_LINE	2048

/**
 * struct control_client - somebody who sends commands
 * @fd: his connection, -1: none
 * @have: bytes of @line that are there
 * @line: commands not executed yet
 * @out: answer that he has not taken yet, NULL: none; until he has, no other
 *	command of his is executed
 * @out_len: its length
 * @out_at: how much of it he has
 */
struct control_client {
	int fd;
	size_t have;
	char line[CONTROL_LINE];
	char *out;
	size_t out_len;
	size_t out_at;
};

struct control {
	const char *path;
	int fd;		/* listening, -1: there is no control socket */
	bool quit;	/* somebody said quit */
	struct bus *bus;
	struct control_client client[CONTROL_CLIENTS];
};

int control_open(struct control *c, const char *path, struct bus *bus,
		 struct parse_error *e);
void control_close(struct control *c);
u32 control_polls(const struct control *c, struct pollfd *fds);
void control_handle(struct control *c, const struct pollfd *fds, u64 now);

int command_run(struct bus *b, char *line, u64 now, FILE *out, bool *ret_quit,
		struct parse_error *e);

int ctl_main(int argc, char **argv);

#endif
