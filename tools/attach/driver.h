/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver: found, loaded, and its bus started on a line
 */
#ifndef BACS_ATTACH_DRIVER_H
#define BACS_ATTACH_DRIVER_H

#include "line.h"
#include "options.h"

int attach_driver_install(struct attach_line *line, const char *sysfs,
			  int wanted, int *ret_ldisc, char *why, size_t size);
int attach_driver_start(struct attach_line *line,
			const struct attach_options *o, const char *sysfs,
			unsigned int rx_trigger, char *why, size_t size);

#endif /* BACS_ATTACH_DRIVER_H */
