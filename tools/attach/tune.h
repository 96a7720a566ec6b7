/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sysfs offers to make a port answer sooner
 */
#ifndef BACS_ATTACH_TUNE_H
#define BACS_ATTACH_TUNE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct attach_knob - a number in sysfs that is put back at the end
 * @path: of the file; empty: nothing was changed
 * @old: what it held
 * @now: what it holds now
 */
struct attach_knob {
	char path[PATH_MAX];
	unsigned int old;
	unsigned int now;
};

/**
 * struct attach_tuning - the knobs of one port
 * @rx_trigger: receive trigger of a 8250, in bytes
 * @latency_timer: of a FTDI adapter, in ms
 * @workqueue: nice level of the receive work was set
 */
struct attach_tuning {
	struct attach_knob rx_trigger;
	struct attach_knob latency_timer;
	bool workqueue;
};

unsigned int attach_tune(struct attach_tuning *tuning, const char *sysfs,
			 dev_t device, bool is_pty);
void attach_untune(struct attach_tuning *tuning);

#endif /* BACS_ATTACH_TUNE_H */
