/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tty: opened for us alone, set up for Modbus RTU, given back as found
 */
#ifndef BACS_ATTACH_LINE_H
#define BACS_ATTACH_LINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "options.h"

struct attach_line;

int attach_line_open(const char *path, struct attach_line **ret_line,
		     char *why, size_t size);
struct attach_line *attach_line_close(struct attach_line *line);

static inline void attach_line_closep(struct attach_line **line)
{
	*line = attach_line_close(*line);
}

int attach_line_fd(const struct attach_line *line);
dev_t attach_line_devnum(const struct attach_line *line);
bool attach_line_is_pty(const struct attach_line *line);

int attach_line_configure(struct attach_line *line,
			  const struct attach_options *o, char *why,
			  size_t size);
int attach_line_set_ldisc(struct attach_line *line, int number);
void attach_line_expect_reply(struct attach_line *line, unsigned int ms);
void attach_line_end_bus(struct attach_line *line);
void attach_line_leave(struct attach_line *line);
int attach_line_get_ldisc(const struct attach_line *line, int *ret_number);

#endif /* BACS_ATTACH_LINE_H */
