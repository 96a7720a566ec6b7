/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of a scenario, by the daemon's own code
 *
 * Apart from the rest, because headers of plant and daemon both name seconds.
 */
#ifndef SCENARIO_SETUP_H
#define SCENARIO_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct policy;

/**
 * struct setup - what an installer would write down
 * @strings: number of strings, each on a bus of its own
 * @blocks: in each
 * @nominal_v: of a block
 * @technology: of the blocks, as bacsd.conf calls it
 * @capacity_ah: of a block
 * @sensor: each string has one, after its blocks
 * @more: more lines of bacsd.conf, each may be NULL
 */
struct setup {
	unsigned int strings;
	unsigned int blocks;
	unsigned int nominal_v;
	const char *technology;
	double capacity_ah;
	bool sensor;
	const char *more[2];
};

/**
 * setup_read - shipped file, site, more lines
 * @setup: what there is
 * @ret: the configuration
 * @error: what is wrong with it; NULL: to stderr
 * @size: of @error
 *
 * Return: 0, -EINVAL or another negative errno.
 */
int setup_read(const struct setup *setup, struct config **ret, char *error,
	       size_t size);
int setup_give(const struct config *config, struct policy *policy,
	       uint64_t now_ns);
void setup_free(struct config *config);

#endif
