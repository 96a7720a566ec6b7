/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry point that libFuzzer and fuzz-main.c call */
#ifndef BACS_TESTS_FUZZ_H
#define BACS_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant; unlike assert() it is there in every build. */
#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: violated: %s\n", __FILE__, \
				__LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#endif /* BACS_TESTS_FUZZ_H */
