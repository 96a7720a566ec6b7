// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of a module's device; Documentation/ABI/testing/sysfs-bus-bacs
 *
 * No file is called "name" or "device" or looks like a hwmon attribute:
 * libsensors and node_exporter search this directory, too. A value that is
 * not live reads as an empty line, so that no reader fails on a silent module.
 */
#include <linux/sysfs.h>

#include "bacs.h"

static const char * const state_names[] = {
	[BACS_MODULE_STATE_UNKNOWN] = "unknown",
	[BACS_MODULE_STATE_UNPOLLED] = "unpolled",
	[BACS_MODULE_STATE_ABSENT] = "absent",
	[BACS_MODULE_STATE_OK] = "ok",
	[BACS_MODULE_STATE_LOST] = "lost",
};

static const char * const class_names[] = {
	[BACS_CLASS_UNKNOWN] = "unknown",
	[BACS_CLASS_JAR] = "jar",
	[BACS_CLASS_STRING] = "string",
	[BACS_CLASS_ENVIRONMENT] = "environment",
	[BACS_CLASS_IO] = "io",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	u32 state = READ_ONCE(to_bacs_module(dev)->state);

	return sysfs_emit(buf, "%s\n", state_names[state]);
}
static DEVICE_ATTR_RO(state);

static ssize_t address_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", to_bacs_module(dev)->address);
}
static DEVICE_ATTR_RO(address);

static ssize_t label_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct bacs_module *module = to_bacs_module(dev);
	ssize_t len;

	spin_lock(&module->lock);
	len = sysfs_emit(buf, "%s\n", module->label);
	spin_unlock(&module->lock);
	return len;
}
static DEVICE_ATTR_RO(label);

static ssize_t serial_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct bacs_module *module = to_bacs_module(dev);
	u64 serial;

	spin_lock(&module->lock);
	serial = module->identity.serial;
	spin_unlock(&module->lock);
	return serial ? sysfs_emit(buf, "%016llx\n", serial) :
	       sysfs_emit(buf, "\n");
}
static DEVICE_ATTR_RO(serial);

static ssize_t model_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct bacs_module *module = to_bacs_module(dev);
	ssize_t len;

	spin_lock(&module->lock);
	len = sysfs_emit(buf, "%s\n", module->identity.model);
	spin_unlock(&module->lock);
	return len;
}
static DEVICE_ATTR_RO(model);

static ssize_t class_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  class_names[to_bacs_module(dev)->identity.class]);
}
static DEVICE_ATTR_RO(class);

static ssize_t profile_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  bacs_bus_profile(to_bacs_module(dev)->bus));
}
static DEVICE_ATTR_RO(profile);

static ssize_t show_quantity(struct device *dev, enum bacs_quantity quantity,
			     char *buf)
{
	s32 value;

	if (bacs_module_value(to_bacs_module(dev), quantity, &value))
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%d\n", value);
}

#define QUANTITY_ATTR(_name, _quantity) \
static ssize_t _name##_show(struct device *dev, \
			    struct device_attribute *attr, char *buf) \
{ \
	return show_quantity(dev, _quantity, buf); \
} \
static DEVICE_ATTR_RO(_name)

QUANTITY_ATTR(resistance_uohm, BACS_QUANTITY_RESISTANCE_UOHM);
QUANTITY_ATTR(resistance_sequence, BACS_QUANTITY_RI_SEQUENCE);
QUANTITY_ATTR(equalizer_duty, BACS_QUANTITY_DUTY_PERMILLE);
QUANTITY_ATTR(bypassed_mah, BACS_QUANTITY_BYPASSED_MAH);
QUANTITY_ATTR(boot_count, BACS_QUANTITY_BOOTS);
QUANTITY_ATTR(h2_ppm, BACS_QUANTITY_H2_PPM);
QUANTITY_ATTR(digital_inputs, BACS_QUANTITY_INPUTS);
QUANTITY_ATTR(relays, BACS_QUANTITY_RELAYS);

static ssize_t measured_at_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct bacs_module *module = to_bacs_module(dev);
	u64 ns;

	spin_lock(&module->lock);
	ns = module->sample_ns;
	spin_unlock(&module->lock);
	return ns ? sysfs_emit(buf, "%llu\n", ns) : sysfs_emit(buf, "\n");
}
static DEVICE_ATTR_RO(measured_at);

static struct attribute *module_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_address.attr,
	&dev_attr_label.attr,
	&dev_attr_serial.attr,
	&dev_attr_model.attr,
	&dev_attr_class.attr,
	&dev_attr_profile.attr,
	&dev_attr_measured_at.attr,
	NULL
};

static const struct attribute_group module_group = {
	.attrs = module_attrs,
};

static struct attribute *quantity_attrs[] = {
	&dev_attr_resistance_uohm.attr,
	&dev_attr_resistance_sequence.attr,
	&dev_attr_equalizer_duty.attr,
	&dev_attr_bypassed_mah.attr,
	&dev_attr_boot_count.attr,
	&dev_attr_h2_ppm.attr,
	&dev_attr_digital_inputs.attr,
	&dev_attr_relays.attr,
	NULL
};

/* In the order of quantity_attrs */
static const u8 attr_quantities[] = {
	BACS_QUANTITY_RESISTANCE_UOHM,
	BACS_QUANTITY_RI_SEQUENCE,
	BACS_QUANTITY_DUTY_PERMILLE,
	BACS_QUANTITY_BYPASSED_MAH,
	BACS_QUANTITY_BOOTS,
	BACS_QUANTITY_H2_PPM,
	BACS_QUANTITY_INPUTS,
	BACS_QUANTITY_RELAYS,
};

/* Each node of sysfs costs memory, 247 times on a bus. */
static umode_t quantity_is_visible(struct kobject *kobj, struct attribute *attr,
				   int n)
{
	struct bacs_module *module = to_bacs_module(kobj_to_dev(kobj));

	return READ_ONCE(module->has) & BIT(attr_quantities[n]) ? attr->mode : 0;
}

static const struct attribute_group quantity_group = {
	.attrs = quantity_attrs,
	.is_visible = quantity_is_visible,
};

/**
 * bacs_module_update_files() - show what a module of its class has
 * @module: a module whose device is registered
 *
 * Return: 0 or negative errno.
 */
int bacs_module_update_files(struct bacs_module *module)
{
	return sysfs_update_group(&module->dev.kobj, &quantity_group);
}

static u64 counter(struct device *dev, size_t offset)
{
	struct bacs_module *module = to_bacs_module(dev);
	struct scan *scan = module->bus->scan;
	u64 value;

	spin_lock_bh(&module->bus->lock);
	value = *(u64 *)((char *)&scan->slots[module->address].stats + offset);
	spin_unlock_bh(&module->bus->lock);
	return value;
}

#define COUNTER_ATTR(_name, _member) \
static ssize_t _name##_show(struct device *dev, \
			    struct device_attribute *attr, char *buf) \
{ \
	return sysfs_emit(buf, "%llu\n", \
			  counter(dev, offsetof(struct scan_stats, _member))); \
} \
static DEVICE_ATTR_RO(_name)

COUNTER_ATTR(requests, requests);
COUNTER_ATTR(replies, replies);
COUNTER_ATTR(timeouts, timeouts);
COUNTER_ATTR(crc_errors, crc_errors);
COUNTER_ATTR(line_errors, line_errors);
COUNTER_ATTR(short_frames, short_frames);
COUNTER_ATTR(long_frames, long_frames);
COUNTER_ATTR(late_frames, late);
COUNTER_ATTR(foreign_frames, foreign);
COUNTER_ATTR(doubled_frames, doubled);
COUNTER_ATTR(exceptions, exceptions);
COUNTER_ATTR(unexpected_frames, unexpected);
COUNTER_ATTR(retries, retries);
COUNTER_ATTR(losses, losses);

static struct attribute *stats_attrs[] = {
	&dev_attr_requests.attr,
	&dev_attr_replies.attr,
	&dev_attr_timeouts.attr,
	&dev_attr_crc_errors.attr,
	&dev_attr_line_errors.attr,
	&dev_attr_short_frames.attr,
	&dev_attr_long_frames.attr,
	&dev_attr_late_frames.attr,
	&dev_attr_foreign_frames.attr,
	&dev_attr_doubled_frames.attr,
	&dev_attr_exceptions.attr,
	&dev_attr_unexpected_frames.attr,
	&dev_attr_retries.attr,
	&dev_attr_losses.attr,
	NULL
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

const struct attribute_group *bacs_module_groups[] = {
	&module_group,
	&quantity_group,
	&stats_group,
	NULL
};
