/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was said while bacsd ran and holds over restarts - equalizing switched by
 * an operator, limits of others that were adopted - and which offsets were in
 * force when: in memory as in the history's file
 */
#ifndef BACSD_KEPT_H
#define BACSD_KEPT_H

#include "policy/policy.h"

struct manager;
struct kept;

int kept_new(struct kept **ret);
struct kept *kept_free(struct kept *kept);

/* Read the file; where that fails it is tried again by kept_tick() */
void kept_load(struct manager *manager);
/* The policy has a new configuration: give it what was said beside it */
void kept_give(struct manager *manager);
/* What could not be read, given or written so far */
void kept_tick(struct manager *manager, uint64_t now_ns);
/* Write at the end of the daemon what waits */
void kept_flush(struct manager *manager);
/* The file was set aside: all goes into the new one */
void kept_rewrite(struct manager *manager);

/* What the policy tells */
void kept_on_equalize(struct manager *manager,
		      const struct policy_string *string);
void kept_on_adopted(struct manager *manager,
		     const struct policy_module *module,
		     enum limit_state state);

#endif
