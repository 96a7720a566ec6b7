/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string whose voltages are given: the equalizer without a battery */
#ifndef TEST_EQUALIZE_WORLD_H
#define TEST_EQUALIZE_WORLD_H

#include "policy/equalize/equalize.h"

#define JARS	6
#define S	1000000000ULL
#define HOUR	(3600 * S)
#define MEAN_UV	2250000

struct world {
	struct equalize *e;
	struct equalize_config config;
	struct equalize_cell cells[JARS];
	struct equalize_scan scan;
};

int setup(void **state);
int teardown(void **state);
bool scan(struct world *w, unsigned int seconds);
void run(struct world *w, unsigned int minutes);
void raise_jar(struct world *w, int jar, int uv);
unsigned int duty(const struct world *w, int jar);
void begin(struct world *w);
void says(const struct world *w, enum equalize_status status, const char *words);
void stopped(const struct world *w, const char *words);

#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
