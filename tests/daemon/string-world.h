/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a string is in, asked of anything that has a machine */
#ifndef BACS_TESTS_STRING_WORLD_H
#define BACS_TESTS_STRING_WORLD_H

#include "unit.h"

#include "policy/policy.h"

#define assert_state(r, s) \
	assert_string_equal(string_state_name((r)->machine.state), \
			    string_state_name(s))
#define assert_says(r, words) assert_non_null(strstr((r)->machine.evidence, words))

#endif
