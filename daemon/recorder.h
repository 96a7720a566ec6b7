/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From samples and events to records of the history */
#ifndef BACSD_RECORDER_H
#define BACSD_RECORDER_H

#include "clock.h"
#include "minute.h"

struct recorder;

/* @store is borrowed for the life of the recorder. 0 or -ENOMEM. */
int recorder_new(struct store *store, uint64_t boot_ns, int64_t wall_us,
		 bool synchronised, struct recorder **ret);
/* Closes the running minutes. Returns NULL. */
struct recorder *recorder_free(struct recorder *recorder);

/* Look at the clocks; the change is reported so that it can be an event */
enum clock_change recorder_clock(struct recorder *recorder, uint64_t boot_ns,
				 int64_t wall_us, bool synchronised);
const struct clock *recorder_get_clock(const struct recorder *recorder);
/* Wall clock of a boot time in us, or -1 as long as it is not known */
int64_t recorder_wall_us(const struct recorder *recorder, uint64_t boot_ns);

void recorder_sample(struct recorder *recorder,
		     const struct policy_module *module, const char *model,
		     const struct policy_sample *sample);
void recorder_event(struct recorder *recorder,
		    const struct policy_event *event);
/* Close minutes that are over */
void recorder_tick(struct recorder *recorder, uint64_t boot_ns);

#endif
