/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kselftest's harness, with a limit that is for broken drivers only: on the debug
 * kernel a test takes many times as long, on a busy machine many times that.
 */
#ifndef BACS_SELFTEST_HARNESS_H
#define BACS_SELFTEST_HARNESS_H

#include "kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300	/* s */

#endif
