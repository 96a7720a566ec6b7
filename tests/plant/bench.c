// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a year of 64 blocks takes; nothing fails by it */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spread.h"

#define COUNT	32
#define MINUTES	(365 * 24 * 60)

int main(void)
{
	struct plant_block *blocks = calloc(2 * COUNT, sizeof(*blocks));
	struct plant_string strings[2];
	struct plant_bank bank = { .strings = strings, .count = 2 };
	struct plant_type type;
	struct timespec from, to;
	unsigned long rounds = 0;

	if (!blocks || plant_type_agm(&type, 12, 100))
		return 1;
	for (unsigned int k = 0; k < 2; k++)
		plant_string_init(&strings[k], blocks + k * COUNT, COUNT, &type,
				  &plant_spread_usual, 20, k);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (long min = 0; min < MINUTES; min++) {
		double ambient_c = 20 + 5 * sin(2 * M_PI * min / MINUTES);
		struct plant_drive d = {
			.volt_v = COUNT * (13.5 - 0.018 * (ambient_c - 25)),
			.high_a = 20,
		};

		/* A test of ten minutes each month */
		if (min % 43800 < 10)
			d.low_a = d.high_a = -40;
		plant_bank_step(&bank, &d, ambient_c, 60);
		rounds += bank.rounds;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("64 blocks, 1 year at 60 s: %.1f s of processor time, "
	       "%.2f rounds a step, %lu failures\n",
	       (double)(to.tv_sec - from.tv_sec) +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e9,
	       1 + (double)rounds / MINUTES, bank.failures);
	free(blocks);
	return 0;
}
