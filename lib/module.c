// SPDX-License-Identifier: LGPL-2.1-or-later
/* Modules of the model, as the caller sees them */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static const struct bacs_module *module_from(const struct bacs_bus *bus,
					     unsigned int address)
{
	for (; address <= BACS_ADDRESS_MAX; address++)
		if (bus->modules[address])
			return bus->modules[address];
	return NULL;
}

BACS_EXPORT const struct bacs_module *
bacs_module_first(const struct bacs_bus *bus)
{
	assert(bus);
	return module_from(bus, BACS_ADDRESS_MIN);
}

BACS_EXPORT const struct bacs_module *
bacs_module_next(const struct bacs_module *module)
{
	assert(module);
	return module_from(module->bus, module->info.address + 1U);
}

BACS_EXPORT const struct bacs_module *
bacs_module_find(const struct bacs_bus *bus, unsigned int address)
{
	assert(bus);
	return address <= BACS_ADDRESS_MAX ? bus->modules[address] : NULL;
}

BACS_EXPORT const struct bacs_bus *
bacs_module_bus(const struct bacs_module *module)
{
	assert(module);
	return module->bus;
}

BACS_EXPORT unsigned int bacs_module_address(const struct bacs_module *module)
{
	assert(module);
	return module->info.address;
}

BACS_EXPORT const char *bacs_module_device(const struct bacs_module *module)
{
	assert(module);
	return module->device;
}

BACS_EXPORT const char *bacs_module_label(const struct bacs_module *module)
{
	assert(module);
	return module->info.label;
}

BACS_EXPORT const char *bacs_module_name(const struct bacs_module *module)
{
	assert(module);
	return module->info.label[0] ? module->info.label : module->device;
}

BACS_EXPORT enum bacs_modstate
bacs_module_state(const struct bacs_module *module)
{
	assert(module);
	return module->info.state;
}

BACS_EXPORT uint64_t
bacs_module_state_since_ns(const struct bacs_module *module)
{
	assert(module);
	return module->info.state_since_ns;
}

BACS_EXPORT enum bacs_modclass
bacs_module_class(const struct bacs_module *module)
{
	assert(module);
	return module->info.modclass;
}

BACS_EXPORT uint64_t bacs_module_serial(const struct bacs_module *module)
{
	assert(module);
	return module->info.serial;
}

BACS_EXPORT const char *bacs_module_model(const struct bacs_module *module)
{
	assert(module);
	return module->info.model;
}

BACS_EXPORT const char *bacs_module_profile(const struct bacs_module *module)
{
	assert(module);
	return module->info.profile;
}

BACS_EXPORT uint32_t bacs_module_hw_revision(const struct bacs_module *module)
{
	assert(module);
	return module->info.hw_revision;
}

BACS_EXPORT uint32_t bacs_module_fw_revision(const struct bacs_module *module)
{
	assert(module);
	return module->info.fw_revision;
}

BACS_EXPORT uint32_t bacs_module_nominal_mv(const struct bacs_module *module)
{
	assert(module);
	return module->info.nominal_mv;
}

BACS_EXPORT uint32_t bacs_module_range_min_mv(const struct bacs_module *module)
{
	assert(module);
	return module->info.range_min_mv;
}

BACS_EXPORT uint32_t bacs_module_range_max_mv(const struct bacs_module *module)
{
	assert(module);
	return module->info.range_max_mv;
}

BACS_EXPORT uint32_t bacs_module_bypass_ma(const struct bacs_module *module)
{
	assert(module);
	return module->info.bypass_ma;
}

BACS_EXPORT enum bacs_psystatus
bacs_module_status(const struct bacs_module *module)
{
	assert(module);
	return module->info.status;
}

BACS_EXPORT enum bacs_psyhealth
bacs_module_health(const struct bacs_module *module)
{
	assert(module);
	return module->info.health;
}

BACS_EXPORT uint32_t bacs_module_duty_target(const struct bacs_module *module)
{
	assert(module);
	return module->info.duty_target;
}

BACS_EXPORT int bacs_module_limit(const struct bacs_module *module,
				  enum bacs_limit limit, int32_t *ret)
{
	assert(module);
	if (limit <= BACS_LIMIT_UNKNOWN || limit >= BACS_LIMIT_COUNT)
		return -EINVAL;
	if (!(module->info.limits.present & (1U << limit)))
		return -ENODATA;
	*ret = module->info.limits.value[limit];
	return 0;
}

BACS_EXPORT bool bacs_module_supervised(const struct bacs_module *module)
{
	assert(module);
	return module->info.limits.present;
}

/* Which limit is passed in which direction, and its bit */
static const struct {
	enum bacs_limit limit;
	enum bacs_q q;
	bool low;
	uint32_t bit;
} alarms[] = {
	{ BACS_LIMIT_VOLTAGE_MIN, BACS_Q_VOLTAGE, true,
	  BACS_RAW_VOLTAGE_MIN },
	{ BACS_LIMIT_VOLTAGE_MAX, BACS_Q_VOLTAGE, false,
	  BACS_RAW_VOLTAGE_MAX },
	{ BACS_LIMIT_VOLTAGE_LCRIT, BACS_Q_VOLTAGE, true,
	  BACS_RAW_VOLTAGE_LCRIT },
	{ BACS_LIMIT_VOLTAGE_CRIT, BACS_Q_VOLTAGE, false,
	  BACS_RAW_VOLTAGE_CRIT },
	{ BACS_LIMIT_TEMPERATURE_MIN, BACS_Q_TEMPERATURE, true,
	  BACS_RAW_TEMP_MIN },
	{ BACS_LIMIT_TEMPERATURE_MAX, BACS_Q_TEMPERATURE, false,
	  BACS_RAW_TEMP_MAX },
	{ BACS_LIMIT_TEMPERATURE_LCRIT, BACS_Q_TEMPERATURE, true,
	  BACS_RAW_TEMP_LCRIT },
	{ BACS_LIMIT_TEMPERATURE_CRIT, BACS_Q_TEMPERATURE, false,
	  BACS_RAW_TEMP_CRIT },
};

BACS_EXPORT uint32_t bacs_module_alarms(const struct bacs_module *module)
{
	const struct bacs_sample *s = bacs_module_live(module);
	uint32_t mask = 0;
	int64_t value;
	int32_t limit;

	if (!s)
		return 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(alarms); i++) {
		if (bacs_module_limit(module, alarms[i].limit, &limit) < 0 ||
		    bacs_sample_get(s, alarms[i].q, &value) < 0)
			continue;
		if (alarms[i].low ? value < limit : value > limit)
			mask |= alarms[i].bit;
	}
	if (!bacs_sample_get(s, BACS_Q_FLAGS, &value) &&
	    (value & BACS_FLAG_TEMP_FAULT))
		mask |= BACS_RAW_TEMP_FAULT;
	return mask;
}

BACS_EXPORT enum bacs_colour
bacs_module_colour(const struct bacs_module *module)
{
	uint32_t mask;

	assert(module);
	if (module->info.state != BACS_MODULE_OK)
		return bacs_modstate_colour(module->info.state);
	mask = bacs_module_alarms(module);
	if (mask & (BACS_RAW_VOLTAGE_LCRIT | BACS_RAW_VOLTAGE_CRIT |
		    BACS_RAW_TEMP_LCRIT | BACS_RAW_TEMP_CRIT))
		return BACS_COLOUR_RED;
	if (mask || !bacs_module_supervised(module))
		return BACS_COLOUR_ORANGE;
	return BACS_COLOUR_GREEN;
}

BACS_EXPORT const struct bacs_sample *
bacs_module_live(const struct bacs_module *module)
{
	assert(module);
	if (module->info.state != BACS_MODULE_OK)
		return NULL;
	/* what it said before it was lost is not live when it is back */
	if (module->info.sample.time_ns < module->info.state_since_ns)
		return NULL;
	return bacs_module_last(module);
}

BACS_EXPORT const struct bacs_sample *
bacs_module_last(const struct bacs_module *module)
{
	assert(module);
	return module->info.sample.time_ns ? &module->info.sample : NULL;
}

BACS_EXPORT int bacs_syspath(const char *bus, unsigned int address, char **ret)
{
	char link[64 + BACS_BUS_NAME_MAX], *path;
	int n;

	assert(bus);
	assert(ret);
	if (!bus_name_valid(bus) || address > BACS_ADDRESS_MAX)
		return -EINVAL;
	n = snprintf(link, sizeof(link), address ?
		     "%s/bus/bacs/devices/%s-%03u" : "%s/bus/bacs/devices/%s",
		     bacs_ops()->sys_root(), bus, address);
	if (n < 0 || (size_t)n >= sizeof(link))
		return -ENAMETOOLONG;
	path = realpath(link, NULL);
	if (!path)
		return errno == ENOENT ? -ENODEV : -errno;
	*ret = path;
	return 0;
}
