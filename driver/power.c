// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power supply of a jar module
 *
 * The core makes a hwmon chip of its own out of every power supply. It stays
 * empty, and every module is shown once, only as long as none of the core
 * properties that power_supply_hwmon.c bridges is used: voltage is a plain
 * file of the same name. There is no file for the temperature, because
 * node_exporter would read it as a sensor of the empty chip. Resistance is a
 * plain file, too, although newer kernels have a property: the core either
 * logs its absence at every read or gives an error that makes node_exporter
 * publish no supply at all, and jars have none before their first measurement.
 */
#include <linux/power_supply.h>
#include <linux/slab.h>

#include "bacs.h"
#include "compat.h"

/* Practice values of lead-acid: end of discharge and boost, per 2 V cell */
#define CELL_MV			2000
#define CELL_MIN_UV		1750000
#define CELL_MAX_UV		2400000

/**
 * struct bacs_power - a registered power supply
 * @module: the module it shows
 * @psy: the core's object
 * @desc: description, with our name
 * @name: like the module's
 * @model: as of registration
 * @serial: as of registration
 * @cells: number of 2 V cells
 */
struct bacs_power {
	struct bacs_module *module;
	struct power_supply *psy;
	struct power_supply_desc desc;
	char name[BACS_BUS_NAME_MAX + 8];
	char model[BACS_LABEL_MAX + 2];
	char serial[17];
	u32 cells;
};

static const enum power_supply_property properties[] = {
	POWER_SUPPLY_PROP_STATUS,
	POWER_SUPPLY_PROP_HEALTH,
	POWER_SUPPLY_PROP_PRESENT,
	POWER_SUPPLY_PROP_TECHNOLOGY,
	POWER_SUPPLY_PROP_SCOPE,
	POWER_SUPPLY_PROP_MANUFACTURER,
	POWER_SUPPLY_PROP_MODEL_NAME,
	POWER_SUPPLY_PROP_SERIAL_NUMBER,
	POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN,
	POWER_SUPPLY_PROP_VOLTAGE_MAX_DESIGN,
};

static const int status_of[] = {
	[BACS_STATUS_UNKNOWN] = POWER_SUPPLY_STATUS_UNKNOWN,
	[BACS_STATUS_CHARGING] = POWER_SUPPLY_STATUS_CHARGING,
	[BACS_STATUS_DISCHARGING] = POWER_SUPPLY_STATUS_DISCHARGING,
	[BACS_STATUS_NOT_CHARGING] = POWER_SUPPLY_STATUS_NOT_CHARGING,
	[BACS_STATUS_FULL] = POWER_SUPPLY_STATUS_FULL,
};

static const int health_of[] = {
	[BACS_HEALTH_UNKNOWN] = POWER_SUPPLY_HEALTH_UNKNOWN,
	[BACS_HEALTH_GOOD] = POWER_SUPPLY_HEALTH_GOOD,
	[BACS_HEALTH_OVERHEAT] = POWER_SUPPLY_HEALTH_OVERHEAT,
	[BACS_HEALTH_DEAD] = POWER_SUPPLY_HEALTH_DEAD,
	[BACS_HEALTH_OVERVOLTAGE] = POWER_SUPPLY_HEALTH_OVERVOLTAGE,
	[BACS_HEALTH_UNSPEC_FAILURE] = POWER_SUPPLY_HEALTH_UNSPEC_FAILURE,
	[BACS_HEALTH_COLD] = POWER_SUPPLY_HEALTH_COLD,
};

static int bacs_power_get(struct power_supply *psy,
			  enum power_supply_property property,
			  union power_supply_propval *val)
{
	struct bacs_power *power = power_supply_get_drvdata(psy);
	struct bacs_module *module = power->module;

	switch (property) {
	case POWER_SUPPLY_PROP_STATUS:
		val->intval = status_of[READ_ONCE(module->status)];
		return 0;
	case POWER_SUPPLY_PROP_HEALTH:
		val->intval = health_of[READ_ONCE(module->health)];
		return 0;
	case POWER_SUPPLY_PROP_PRESENT:
		val->intval = 1;
		return 0;
	case POWER_SUPPLY_PROP_TECHNOLOGY:
		val->intval = BACS_TECHNOLOGY;
		return 0;
	case POWER_SUPPLY_PROP_SCOPE:
		/* Never the machine's own battery: nobody suspends for it. */
		val->intval = POWER_SUPPLY_SCOPE_DEVICE;
		return 0;
	case POWER_SUPPLY_PROP_MANUFACTURER:
		val->strval = "bacs";
		return 0;
	case POWER_SUPPLY_PROP_MODEL_NAME:
		val->strval = power->model;
		return 0;
	case POWER_SUPPLY_PROP_SERIAL_NUMBER:
		val->strval = power->serial;
		return 0;
	case POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN:
		val->intval = power->cells * CELL_MIN_UV;
		return 0;
	case POWER_SUPPLY_PROP_VOLTAGE_MAX_DESIGN:
		val->intval = power->cells * CELL_MAX_UV;
		return 0;
	default:
		return -EINVAL;
	}
}

static ssize_t show_value(struct device *dev, enum bacs_quantity quantity,
			  s64 factor, char *buf)
{
	struct bacs_power *power =
		power_supply_get_drvdata(dev_get_drvdata(dev));
	s32 value;
	int err = bacs_module_value(power->module, quantity, &value);

	/*
	 * Of all supplies node_exporter publishes none when a file of one of
	 * them gives an error that it does not know; it knows this one.
	 */
	return err ? -EOPNOTSUPP : sysfs_emit(buf, "%lld\n", value * factor);
}

static ssize_t voltage_now_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return show_value(dev, BACS_QUANTITY_VOLTAGE_MV, 1000, buf);
}
static DEVICE_ATTR_RO(voltage_now);

static ssize_t internal_resistance_show(struct device *dev,
					struct device_attribute *attr,
					char *buf)
{
	return show_value(dev, BACS_QUANTITY_RESISTANCE_UOHM, 1, buf);
}
static DEVICE_ATTR_RO(internal_resistance);

static struct attribute *power_attrs[] = {
	&dev_attr_voltage_now.attr,
	&dev_attr_internal_resistance.attr,
	NULL
};

static const struct attribute_group power_group = {
	.attrs = power_attrs,
};

static const struct attribute_group *power_groups[] = {
	&power_group,
	NULL
};

/**
 * bacs_power_register() - make the power supply of a module
 * @module: a jar module whose device is registered
 *
 * Return: the power supply or an error pointer.
 */
struct bacs_power *bacs_power_register(struct bacs_module *module)
{
	struct power_supply_config config = { .attr_grp = power_groups };
	struct bacs_power *power = kzalloc(sizeof(*power), GFP_KERNEL);
	struct power_supply *psy;

	if (!power)
		return ERR_PTR(-ENOMEM);
	power->module = module;
	strscpy(power->name, dev_name(&module->dev), sizeof(power->name));
	spin_lock(&module->lock);
	memcpy(power->model, module->identity.model, sizeof(power->model));
	if (module->identity.serial)
		scnprintf(power->serial, sizeof(power->serial), "%016llx",
			  module->identity.serial);
	power->cells = module->identity.nominal_mv / CELL_MV;
	spin_unlock(&module->lock);

	power->desc.name = power->name;
	power->desc.type = POWER_SUPPLY_TYPE_BATTERY;
	power->desc.properties = properties;
	power->desc.num_properties = ARRAY_SIZE(properties);
	power->desc.get_property = bacs_power_get;
	power->desc.no_thermal = true;
	config.drv_data = power;
	psy = bacs_power_supply_register(&module->dev, &power->desc, &config);
	if (IS_ERR(psy)) {
		kfree(power);
		return ERR_CAST(psy);
	}
	power->psy = psy;
	return power;
}

/**
 * bacs_power_unregister() - end a power supply
 * @power: the power supply; gone afterwards
 */
void bacs_power_unregister(struct bacs_power *power)
{
	power_supply_unregister(power->psy);
	kfree(power);
}

/**
 * bacs_power_changed() - tell user space that status or health changed
 * @power: the power supply
 */
void bacs_power_changed(struct bacs_power *power)
{
	power_supply_changed(power->psy);
}
