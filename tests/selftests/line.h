/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The near end: a tty, the discipline on it, and the start of a bus */
#ifndef BACS_SELFTEST_LINE_H
#define BACS_SELFTEST_LINE_H

#include <linux/bacs.h>
#include <stdbool.h>
#include <termios.h>

int line_open(const char *tty, speed_t speed);
int line_set_discipline(int fd, int number);
int line_start(int fd, const struct bacs_start *start);
unsigned int line_patience_ms(unsigned int ms);
struct bacs_start line_start_args(const char *bus, unsigned int first,
				  unsigned int last);
int line_bus(const char *tty, const struct bacs_start *start);
void line_end(int fd);
bool line_as_nobody(int (*fn)(void *), void *arg, int *ret_result);

#endif
