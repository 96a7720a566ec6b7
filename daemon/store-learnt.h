/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rules have learnt, in the history's file */
#ifndef BACSD_STORE_LEARNT_H
#define BACSD_STORE_LEARNT_H

#include "policy/learnt/learnt.h"
#include "store.h"

/**
 * struct store_moment - a moment that outlasts a boot
 * @boot: id of the boot of the machine
 * @boot_ns: CLOCK_BOOTTIME
 * @wall_us: wall clock, 0: it was not known
 */
struct store_moment {
	char boot[33];
	uint64_t boot_ns;
	int64_t wall_us;
};

/**
 * struct store_learnt - a record and when it was taken
 * @record: it
 * @calibration: number of the calibration of the module, 0: none
 * @taken: when
 * @damaged: read only: the sum over it does not fit
 */
struct store_learnt {
	struct policy_learnt record;
	uint32_t calibration;
	struct store_moment taken;
	bool damaged;
};

/* Of schema: a step of the migrations */
extern const char store_learnt_schema[];

/**
 * store_write_learnt - write records, each in place of the one it follows
 * @store: store
 * @next: gives the next one; false: there are no more
 * @userdata: for @next
 *
 * All of them or none, at once.
 *
 * Return: 0, or -EIO and store_jar_error() says why.
 */
int store_write_learnt(struct store *store,
		       bool (*next)(void *userdata, struct store_learnt *row),
		       void *userdata);

/* Read all; @row returns 0 or an error that ends it. As above. */
int store_read_learnt(struct store *store,
		      int (*row)(void *userdata,
				 const struct store_learnt *row),
		      void *userdata);

/* When samples were written last: bacsd was alive then. -ENODATA: never */
int store_read_alive(struct store *store, struct store_moment *ret);

#endif
