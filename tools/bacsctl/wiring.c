// SPDX-License-Identifier: GPL-2.0-or-later
#include "bacsctl.h"
#include "util.h"
#include "wiring.h"

struct config *wiring_load(const char *root)
{
	struct config_errors errors = { .report = NULL };
	struct config *config = NULL;

	if (config_load(root ? root : "", &errors, &config) < 0)
		fprintf(stderr, "bacsctl: the configuration cannot be read, so that the order of the cable is not known: see 'bacsctl config check'\n");
	return config;
}

const struct config_wiring *wiring_of(const struct config *config,
				      const char *bus)
{
	const struct config_bus *b = config ? config_find_bus(config, bus) :
					      NULL;

	return b && b->wiring.order.count ? &b->wiring : NULL;
}

unsigned int wiring_place(const struct config_wiring *wiring,
			  unsigned int address, unsigned int *ret_branch)
{
	unsigned int branch = 0;

	for (unsigned int i = 0; wiring && i < wiring->order.count; i++) {
		branch += wiring_begins_branch(wiring, i);
		if (wiring->order.list[i] == address) {
			*ret_branch = branch;
			return i + 1;
		}
	}
	return 0;
}

bool wiring_begins_branch(const struct config_wiring *wiring, unsigned int i)
{
	return !i || address_test(wiring->ends, wiring->order.list[i - 1]);
}
