/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every cmocka suite includes, in the order cmocka.h asks for */
#ifndef BACS_TESTS_UNIT_H
#define BACS_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RUN(name, tests) \
	cmocka_run_group_tests_name(name, tests, NULL, NULL)

#endif /* BACS_TESTS_UNIT_H */
