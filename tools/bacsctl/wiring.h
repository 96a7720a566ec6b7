/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the modules stand along the cable: Wiring= of bacsd.conf */
#ifndef BACSCTL_WIRING_H
#define BACSCTL_WIRING_H

#include "config.h"

/**
 * wiring_load() - the configuration, for wiring_of()
 * @root: prefix of its paths; NULL: none
 *
 * Return: owned by the caller; NULL when it is refused, which is said.
 */
struct config *wiring_load(const char *root);

/**
 * wiring_of() - how the cable leads to the modules of a bus
 * @config: of wiring_load(), may be NULL
 * @bus: its name
 *
 * Return: borrowed from @config; NULL: not known.
 */
const struct config_wiring *wiring_of(const struct config *config,
				      const char *bus);

/**
 * wiring_place() - where a module stands
 * @wiring: may be NULL
 * @address: of the module
 * @ret_branch: its branch of the cable, from 1
 *
 * Return: its place from 1, the nearest to the master, counted over all
 * branches; 0: not known.
 */
unsigned int wiring_place(const struct config_wiring *wiring,
			  unsigned int address, unsigned int *ret_branch);

/** wiring_begins_branch() - does a branch of the cable begin with the i-th? */
bool wiring_begins_branch(const struct config_wiring *wiring, unsigned int i);

#endif /* BACSCTL_WIRING_H */
