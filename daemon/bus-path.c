// SPDX-License-Identifier: GPL-2.0-or-later
/* Object paths: /org/bacs1/bus/bacsA, .../bacsA/12, /org/bacs1/string/North */
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

int bus_path_of_string(const struct policy_string *string,
		       char path[BUS_PATH_MAX])
{
	char *encoded _free_ = NULL;
	int r = sd_bus_path_encode(BUS_STRING_PREFIX, string->name, &encoded);

	if (r < 0)
		return r;
	/* 31 characters, each escaped as three, fit */
	snprintf(path, BUS_PATH_MAX, "%s", encoded);
	return 0;
}

const struct policy_string *bus_find_string(struct manager *m,
					    const char *path)
{
	char *name _free_ = NULL;

	if (sd_bus_path_decode(path, BUS_STRING_PREFIX, &name) <= 0)
		return NULL;
	return policy_find_string(m->policy, name);
}

int bus_enumerate_strings(sd_bus *bus, const char *prefix, void *userdata,
			  char ***ret_nodes, sd_bus_error *error)
{
	struct manager *m = userdata;
	size_t i, count = policy_string_count(m->policy);
	char path[BUS_PATH_MAX];
	char **list = calloc(count + 1, sizeof(*list));

	(void)bus;
	(void)prefix;
	(void)error;
	if (!list)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (bus_path_of_string(policy_string_at(m->policy, i),
				       path) == 0)
			list[i] = strdup(path);
		if (list[i])
			continue;
		while (i)
			free(list[--i]);
		free(list);
		return -ENOMEM;
	}
	*ret_nodes = list;
	return 0;
}
