// SPDX-License-Identifier: GPL-2.0-only
/*
 * hwmon chip of a module; Documentation/hwmon/bacs.rst
 *
 * One chip per module with a name of its own, because libsensors knows the
 * chips of a bus without addresses by nothing else. Reads never touch the
 * wire. Alarms are raw and instantaneous.
 */
#include <linux/hwmon.h>
#include <linux/slab.h>

#include "bacs.h"

#define IN_ATTRS	(HWMON_I_INPUT | HWMON_I_LABEL | HWMON_I_MIN | \
			 HWMON_I_MAX | HWMON_I_LCRIT | HWMON_I_CRIT | \
			 HWMON_I_MIN_ALARM | HWMON_I_MAX_ALARM | \
			 HWMON_I_LCRIT_ALARM | HWMON_I_CRIT_ALARM)
#define TEMP_ATTRS	(HWMON_T_INPUT | HWMON_T_LABEL | HWMON_T_MIN | \
			 HWMON_T_MAX | HWMON_T_LCRIT | HWMON_T_CRIT | \
			 HWMON_T_MIN_ALARM | HWMON_T_MAX_ALARM | \
			 HWMON_T_LCRIT_ALARM | HWMON_T_CRIT_ALARM | \
			 HWMON_T_FAULT)

/* The inner pointer is not const: 6.1 does not take it. */
static const struct hwmon_channel_info *channels[] = {
	HWMON_CHANNEL_INFO(in, IN_ATTRS),
	HWMON_CHANNEL_INFO(temp, TEMP_ATTRS, HWMON_T_INPUT | HWMON_T_LABEL),
	HWMON_CHANNEL_INFO(curr, HWMON_C_INPUT | HWMON_C_LABEL,
			   HWMON_C_INPUT | HWMON_C_LABEL),
	HWMON_CHANNEL_INFO(humidity, HWMON_H_INPUT | HWMON_H_LABEL),
	NULL
};

static enum bacs_quantity quantity_of(enum hwmon_sensor_types type, int channel)
{
	switch (type) {
	case hwmon_in:
		return BACS_QUANTITY_VOLTAGE_MV;
	case hwmon_temp:
		return channel ? BACS_QUANTITY_MODULE_TEMP_MC :
		       BACS_QUANTITY_TEMP_MC;
	case hwmon_curr:
		return channel ? BACS_QUANTITY_RIPPLE_MA :
		       BACS_QUANTITY_CURRENT_MA;
	case hwmon_humidity:
		return BACS_QUANTITY_HUMIDITY_PERMILLE;
	default:
		return BACS_QUANTITY_UNSPEC;
	}
}

static int limit_of(enum hwmon_sensor_types type, u32 attr)
{
	if (type == hwmon_in) {
		switch (attr) {
		case hwmon_in_min:
			return BACS_LIMIT_VOLTAGE_MIN;
		case hwmon_in_max:
			return BACS_LIMIT_VOLTAGE_MAX;
		case hwmon_in_lcrit:
			return BACS_LIMIT_VOLTAGE_LCRIT;
		case hwmon_in_crit:
			return BACS_LIMIT_VOLTAGE_CRIT;
		}
	}
	if (type == hwmon_temp) {
		switch (attr) {
		case hwmon_temp_min:
			return BACS_LIMIT_TEMP_MIN;
		case hwmon_temp_max:
			return BACS_LIMIT_TEMP_MAX;
		case hwmon_temp_lcrit:
			return BACS_LIMIT_TEMP_LCRIT;
		case hwmon_temp_crit:
			return BACS_LIMIT_TEMP_CRIT;
		}
	}
	return -1;
}

static const struct {
	enum hwmon_sensor_types type;
	u32 attr;
	u32 alarm;
} alarms[] = {
	{ hwmon_in, hwmon_in_min_alarm, BACS_ALARM_VOLTAGE_MIN },
	{ hwmon_in, hwmon_in_max_alarm, BACS_ALARM_VOLTAGE_MAX },
	{ hwmon_in, hwmon_in_lcrit_alarm, BACS_ALARM_VOLTAGE_LCRIT },
	{ hwmon_in, hwmon_in_crit_alarm, BACS_ALARM_VOLTAGE_CRIT },
	{ hwmon_temp, hwmon_temp_min_alarm, BACS_ALARM_TEMP_MIN },
	{ hwmon_temp, hwmon_temp_max_alarm, BACS_ALARM_TEMP_MAX },
	{ hwmon_temp, hwmon_temp_lcrit_alarm, BACS_ALARM_TEMP_LCRIT },
	{ hwmon_temp, hwmon_temp_crit_alarm, BACS_ALARM_TEMP_CRIT },
	{ hwmon_temp, hwmon_temp_fault, BACS_ALARM_TEMP_FAULT },
};

static umode_t bacs_hwmon_is_visible(const void *data,
				     enum hwmon_sensor_types type, u32 attr,
				     int channel)
{
	const struct bacs_module *module = data;

	if (!(module->has & BIT(quantity_of(type, channel))))
		return 0;
	return limit_of(type, attr) < 0 ? 0444 : 0644;
}

static bool is_input(enum hwmon_sensor_types type, u32 attr)
{
	return (type == hwmon_in && attr == hwmon_in_input) ||
	       (type == hwmon_temp && attr == hwmon_temp_input) ||
	       (type == hwmon_curr && attr == hwmon_curr_input) ||
	       (type == hwmon_humidity && attr == hwmon_humidity_input);
}

static int bacs_hwmon_read(struct device *dev, enum hwmon_sensor_types type,
			   u32 attr, int channel, long *val)
{
	struct bacs_module *module = dev_get_drvdata(dev);
	int limit = limit_of(type, attr);
	s32 value;

	if (is_input(type, attr)) {
		int err = bacs_module_value(module, quantity_of(type, channel),
					    &value);

		if (err)
			return err;
		/* hwmon's unit of humidity is 0.001 % */
		*val = type == hwmon_humidity ? value * 100L : value;
		return 0;
	}
	if (limit >= 0) {
		*val = READ_ONCE(module->limits[limit]);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(alarms); i++) {
		if (alarms[i].type != type || alarms[i].attr != attr)
			continue;
		*val = !!(READ_ONCE(module->alarms) & alarms[i].alarm);
		return 0;
	}
	return -EOPNOTSUPP;
}

static const char * const quantity_labels[BACS_HWMON_LABELS] = {
	"voltage", "temperature", "module", "current", "ripple", "humidity",
};

static int label_of(enum hwmon_sensor_types type, int channel)
{
	switch (type) {
	case hwmon_in:
		return 0;
	case hwmon_temp:
		return 1 + channel;
	case hwmon_curr:
		return 3 + channel;
	default:
		return 5;
	}
}

/**
 * bacs_hwmon_set_labels() - compose "4S2 voltage": place first, quantity last
 * @module: the module; lock held, or not yet public
 *
 * hwmon keeps only a pointer, so the text lives in the module and is changed
 * in place. It is always terminated; a reader in the same instant may see
 * parts of both.
 */
void bacs_hwmon_set_labels(struct bacs_module *module)
{
	for (int i = 0; i < BACS_HWMON_LABELS; i++)
		scnprintf(module->hwmon_labels[i], BACS_HWMON_LABEL_SIZE,
			  "%s%s%s", module->label, *module->label ? " " : "",
			  quantity_labels[i]);
}

static int bacs_hwmon_read_string(struct device *dev,
				  enum hwmon_sensor_types type, u32 attr,
				  int channel, const char **str)
{
	struct bacs_module *module = dev_get_drvdata(dev);

	*str = module->hwmon_labels[label_of(type, channel)];
	return 0;
}

static int bacs_hwmon_write(struct device *dev, enum hwmon_sensor_types type,
			    u32 attr, int channel, long val)
{
	int limit = limit_of(type, attr);
	s32 limits[BACS_LIMITS] = { 0 };

	if (limit < 0)
		return -EOPNOTSUPP;
	limits[limit] = clamp_t(long, val, S32_MIN, S32_MAX);
	bacs_module_set_limits(dev_get_drvdata(dev), limits, BIT(limit), 0);
	return 0;
}

static const struct hwmon_ops hwmon_ops = {
	.is_visible = bacs_hwmon_is_visible,
	.read = bacs_hwmon_read,
	.read_string = bacs_hwmon_read_string,
	.write = bacs_hwmon_write,
};

static const struct hwmon_chip_info chip_info = {
	.ops = &hwmon_ops,
	.info = channels,
};

/**
 * bacs_hwmon_register() - make the chip of a module
 * @module: a module whose device is registered
 *
 * Return: the hwmon device or an error pointer.
 */
struct device *bacs_hwmon_register(struct bacs_module *module)
{
	snprintf(module->hwmon_name, sizeof(module->hwmon_name), "%s_%03u",
		 module->bus->name, module->address);
	return hwmon_device_register_with_info(&module->dev, module->hwmon_name,
					       module, &chip_info, NULL);
}

/**
 * bacs_hwmon_notify() - tell sysfs pollers of alarm edges
 * @module: a module with a chip
 * @edges: BACS_ALARM_* that changed
 */
void bacs_hwmon_notify(struct bacs_module *module, u32 edges)
{
	for (size_t i = 0; i < ARRAY_SIZE(alarms); i++)
		if (edges & alarms[i].alarm)
			hwmon_notify_event(module->hwmon, alarms[i].type,
					   alarms[i].attr, 0);
}
