/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instance of the kernel's tracing of its own: nobody else's tracing is
 * touched, and it is gone with the program, or with the next one.
 */
#ifndef BACSCTL_TRACEFS_H
#define BACSCTL_TRACEFS_H

#include <stdint.h>

/**
 * struct tracefs - the instance
 * @path: its folder, "" if there is none
 * @pipe: trace_pipe, not blocking; -1 if it is not open
 */
struct tracefs {
	char path[128];
	int pipe;
};

int tracefs_open(struct tracefs *t, const char *event, const char *filter);
int tracefs_stop(struct tracefs *t);
uint64_t tracefs_overrun(const struct tracefs *t);
void tracefs_close(struct tracefs *t);

#endif /* BACSCTL_TRACEFS_H */
