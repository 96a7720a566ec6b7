// SPDX-License-Identifier: GPL-2.0-or-later
/* Object paths: /org/bacs1/bus/bacsA and /org/bacs1/bus/bacsA/12 */
#include <errno.h>
#include <string.h>

#include "bus.h"

void bus_path_of_bus(const char *bus, char path[BUS_PATH_MAX])
{
	snprintf(path, BUS_PATH_MAX, BUS_PREFIX "/%.12s", bus);
}

void bus_path_of_module(const struct policy_module *module,
			char path[BUS_PATH_MAX])
{
	snprintf(path, BUS_PATH_MAX, BUS_PREFIX "/%.12s/%u", module->bus->name,
		 module->address);
}

/* "bacsA" or "bacsA/12" of a path: the bus, and the address or 0 */
static const struct policy_bus *split(struct manager *m, const char *path,
				      unsigned int *ret_address)
{
	char name[POLICY_BUS_NAME_MAX + 1];
	const char *slash;
	unsigned int address = 0;
	size_t n;

	if (strncmp(path, BUS_PREFIX "/", strlen(BUS_PREFIX "/")))
		return NULL;
	path += strlen(BUS_PREFIX "/");
	slash = strchr(path, '/');
	n = slash ? (size_t)(slash - path) : strlen(path);
	if (!n || n > POLICY_BUS_NAME_MAX)
		return NULL;
	memcpy(name, path, n);
	name[n] = '\0';
	if (slash) {
		const char *digit = slash + 1;

		if (*digit < '1' || *digit > '9')
			return NULL;
		for (; *digit >= '0' && *digit <= '9'; digit++) {
			address = address * 10 + (*digit - '0');
			if (address > POLICY_ADDRESS_MAX)
				return NULL;
		}
		if (*digit)
			return NULL;
	}
	*ret_address = address;
	return policy_find_bus(m->policy, name);
}

const struct policy_bus *bus_find_bus(struct manager *m, const char *path)
{
	unsigned int address;
	const struct policy_bus *bus = split(m, path, &address);

	return bus && !address ? bus : NULL;
}

const struct policy_module *bus_find_module(struct manager *m,
					    const char *path)
{
	unsigned int address;
	const struct policy_bus *bus = split(m, path, &address);

	return bus && address ? bus->modules[address] : NULL;
}

int bus_enumerate(sd_bus *bus, const char *prefix, void *userdata,
		  char ***ret_nodes, sd_bus_error *error)
{
	struct manager *m = userdata;
	char path[BUS_PATH_MAX];
	char **list;
	size_t i, n = 0, total = 0;
	int a;

	(void)bus;
	(void)prefix;
	(void)error;
	for (i = 0; i < policy_bus_count(m->policy); i++)
		total += 1 + POLICY_ADDRESS_MAX;
	list = calloc(total + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (i = 0; i < policy_bus_count(m->policy); i++) {
		const struct policy_bus *b = policy_bus_at(m->policy, i);

		bus_path_of_bus(b->name, path);
		list[n++] = strdup(path);
		for (a = 1; a <= POLICY_ADDRESS_MAX && list[n - 1]; a++) {
			if (!b->modules[a])
				continue;
			bus_path_of_module(b->modules[a], path);
			list[n++] = strdup(path);
		}
		if (!list[n - 1])
			goto fail;
	}
	*ret_nodes = list;
	return 0;
fail:
	while (n)
		free(list[--n]);
	free(list);
	return -ENOMEM;
}
