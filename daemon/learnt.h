/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rules have learnt, kept over restarts of daemon and machine
 *
 * All of it is written every four hours and at the end, a string also when it
 * changes its state: a kill or a power cut loses four hours of learning at most.
 */
#ifndef BACSD_LEARNT_H
#define BACSD_LEARNT_H

#include <stdint.h>

struct learnt;
struct manager;
struct policy_string;

/* About 1 kB a block: 64 blocks are 0.4 MB a day (C1) */
#define LEARNT_SAVE_NS	(4 * 3600 * 1000000000ULL)

int learnt_new(struct learnt **ret);
struct learnt *learnt_free(struct learnt *learnt);

/* Read the file; where that fails it is tried again by learnt_tick() */
void learnt_load(struct manager *manager);
/* Give to the policy what it can take by now, write what is due */
void learnt_tick(struct manager *manager, uint64_t now_ns);
/* Write all at the end of the daemon, as long as the policy still runs */
void learnt_flush(struct manager *manager);
/* The file was set aside: all goes into the new one */
void learnt_rewrite(struct manager *manager);
/* The state of a string changed: at the next tick, not in hours */
void learnt_string_changed(struct manager *manager);

#endif
