/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the suites of the scan engine share */
#ifndef BACS_TESTS_SCAN_SUITE_H
#define BACS_TESTS_SCAN_SUITE_H

#include <stdlib.h>

#include "../unit/unit.h"
#include "rig.h"

#define OK	BACS_MODULE_STATE_OK
#define LOST	BACS_MODULE_STATE_LOST
#define ABSENT	BACS_MODULE_STATE_ABSENT

/* A running bus whose configured jar modules first-last are all there */
static inline struct rig *running(const struct scan_config *extra, u8 first,
				  u8 last)
{
	struct scan_config config = *extra;
	struct rig *rig;

	rig_expect(&config, first, last);
	rig = rig_new(&config);
	rig_add_range(rig, first, last);
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	for (unsigned int a = first; a <= last; a++)
		assert_true(rig_run_until_state(rig, (u8)a, OK, 60 * RIG_S));
	return rig;
}

/* Every suite ends each test with this: the rules that always hold */
static inline void done(struct rig *rig)
{
	assert_int_equal(rig->violations, 0);
	assert_int_equal(rig->malformed, 0);
	if (rig->readonly)
		assert_int_equal(rig->writes, 0);
	rig_free(rig);
}

#endif /* BACS_TESTS_SCAN_SUITE_H */
