// SPDX-License-Identifier: LGPL-2.1-or-later
/* Buses of the model, as the caller sees them */
#include <string.h>

#include "internal.h"

BACS_EXPORT const struct bacs_bus *bacs_bus_first(const struct bacs *b)
{
	assert(b);
	return b->buses;
}

BACS_EXPORT const struct bacs_bus *bacs_bus_next(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->next;
}

BACS_EXPORT const struct bacs_bus *bacs_bus_find(const struct bacs *b,
						 const char *name)
{
	const struct bacs_bus *bus;

	assert(b);
	assert(name);
	for (bus = b->buses; bus; bus = bus->next)
		if (!strcmp(bus->info.name, name))
			return bus;
	return NULL;
}

BACS_EXPORT const char *bacs_bus_name(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.name;
}

BACS_EXPORT enum bacs_busstate bacs_bus_state(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.state;
}

BACS_EXPORT const char *bacs_bus_tty(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.tty;
}

BACS_EXPORT const char *bacs_bus_profile(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.profile;
}

BACS_EXPORT bool bacs_bus_readonly(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.flags & BACS_START_READONLY;
}

BACS_EXPORT bool bacs_bus_permits_sleep(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.flags & BACS_START_PERMIT_SLEEP;
}

BACS_EXPORT bool bacs_bus_second_master(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.second_master;
}

BACS_EXPORT uint32_t bacs_bus_baud(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.baud;
}

BACS_EXPORT uint32_t bacs_bus_scan_ms(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.scan_ms;
}

BACS_EXPORT uint32_t bacs_bus_scan_min_ms(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.scan_min_ms;
}

BACS_EXPORT uint32_t bacs_bus_scan_last_ms(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.scan_last_ms;
}

BACS_EXPORT uint32_t bacs_bus_scans(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.scans;
}

BACS_EXPORT uint32_t bacs_bus_controller_pid(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.controller_pid;
}

BACS_EXPORT uint32_t bacs_bus_lease_left_ms(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.lease_left_ms;
}

BACS_EXPORT uint64_t bacs_bus_started_ns(const struct bacs_bus *bus)
{
	assert(bus);
	return bus->info.started_ns;
}

BACS_EXPORT unsigned int bacs_bus_count(const struct bacs_bus *bus,
					enum bacs_modstate state)
{
	unsigned int n = 0;

	assert(bus);
	for (int i = BACS_ADDRESS_MIN; i <= BACS_ADDRESS_MAX; i++)
		if (bus->modules[i] && bus->modules[i]->info.state == state)
			n++;
	return n;
}
