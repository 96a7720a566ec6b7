// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bypass of all modules, as the daemon's control would drive it
 *
 *   bench-equalize BUS MODULES
 *
 * Takes the bus, sets all duties, then renews the lease every 20 s and writes
 * one duty anew each second: each of 64 about once a minute. Until it is ended.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bacs.h"

#define RENEW_S		20
#define MODULES_MAX	247

static void check(struct bacs *b, int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "bench-equalize: %s: %s (%s)\n", what, strerror(-r),
		b ? bacs_error_text(b) : "");
	exit(1);
}

int main(int argc, char **argv)
{
	uint8_t addresses[MODULES_MAX];
	uint32_t duties[MODULES_MAX];
	struct bacs *b = NULL;
	unsigned int n = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;

	if (!n || n > MODULES_MAX) {
		fprintf(stderr, "usage: bench-equalize BUS MODULES (1-247)\n");
		return 2;
	}
	check(NULL, bacs_open(0, &b), "open");
	check(b, bacs_claim(b, argv[1]), argv[1]);
	for (unsigned int i = 0; i < n; i++) {
		addresses[i] = (uint8_t)(i + 1);
		duties[i] = 200 + i;
	}
	check(b, bacs_equalize(b, argv[1], n, addresses, duties, 0), "duties");
	printf("equalizing\n");
	fflush(stdout);
	for (unsigned int s = 1;; s++) {
		struct timespec second = { .tv_sec = 1 };
		unsigned int i = s % n;

		nanosleep(&second, NULL);
		duties[i] = duties[i] == 1000 ? 200 : duties[i] + 1;
		check(b, bacs_equalize(b, argv[1], 1, &addresses[i], &duties[i],
				       0), "duty");
		if (s % RENEW_S == 0)
			check(b, bacs_equalize(b, argv[1], 0, NULL, NULL, 0),
			      "lease");
	}
}
