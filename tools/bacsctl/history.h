/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for what is wrong with the history */
#ifndef BACSCTL_HISTORY_H
#define BACSCTL_HISTORY_H

#include <bacs-history.h>

/* Says why the history cannot be read; returns the exit code */
int history_failed(const char *path, int error);

#endif /* BACSCTL_HISTORY_H */
