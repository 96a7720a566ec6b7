/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bacsctl profile: a profile as people and programs read it */
#ifndef BACSCTL_PROFILE_H
#define BACSCTL_PROFILE_H

#include <bacs.h>

/* @path: the file it was read from; "": the driver */
void profile_show(const struct bacs_profile *p, const char *path);
void profile_show_json(const struct bacs_profile *p, const char *path);

/* cmd-profile.c: registers of all blocks */
unsigned int profile_registers(const struct bacs_profile *p);

#endif /* BACSCTL_PROFILE_H */
