/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to the driver, as command.c, stats.c and profile.c make them */
#ifndef BACS_COMMAND_H
#define BACS_COMMAND_H

#include "internal.h"

int command_begin(struct bacs *b, uint8_t cmd, int flags, const char *bus,
		  unsigned int address, struct nl_msg **ret);
int command_run_result(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		       void *arg, const bool *there, unsigned int timeout_ms);
int command_run(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		void *arg);

#endif /* BACS_COMMAND_H */
