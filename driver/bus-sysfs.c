// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of a bus; Documentation/ABI/testing/sysfs-bus-bacs */
#include <linux/sysfs.h>

#include "bacs.h"

static const char * const state_names[] = {
	[BACS_BUS_STATE_UNKNOWN] = "unknown",
	[BACS_BUS_STATE_LISTENING] = "listening",
	[BACS_BUS_STATE_DISCOVERING] = "discovering",
	[BACS_BUS_STATE_RUNNING] = "running",
	[BACS_BUS_STATE_LOST] = "lost",
	[BACS_BUS_STATE_STOPPED] = "stopped",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  state_names[READ_ONCE(to_bacs_bus(dev)->scan->state)]);
}
static DEVICE_ATTR_RO(state);

static ssize_t readonly_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  !!(to_bacs_bus(dev)->flags & BACS_START_READONLY));
}
static DEVICE_ATTR_RO(readonly);

static ssize_t tty_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%s\n", to_bacs_bus(dev)->tty);
}
static DEVICE_ATTR_RO(tty);

static ssize_t profile_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", bacs_bus_profile(to_bacs_bus(dev)));
}
static DEVICE_ATTR_RO(profile);

static ssize_t scan_ms_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_bacs_bus(dev)->scan_ms));
}

static ssize_t scan_ms_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	struct bacs_bus *bus = to_bacs_bus(dev);
	u32 scan_ms, min_ms;
	int err = kstrtou32(buf, 0, &scan_ms);

	if (err)
		return err;
	spin_lock_bh(&bus->lock);
	err = scan_set_period(bus->scan, scan_ms, &min_ms);
	if (!err)
		WRITE_ONCE(bus->scan_ms, scan_ms);
	spin_unlock_bh(&bus->lock);
	if (err)
		dev_warn_ratelimited(dev,
				     "scan_ms %u refused: 0 (default) or %u-%u ms\n",
				     scan_ms, min_ms, BACS_SCAN_MS_MAX);
	return err ?: count;
}
static DEVICE_ATTR_RW(scan_ms);

static struct attribute *bus_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_readonly.attr,
	&dev_attr_tty.attr,
	&dev_attr_profile.attr,
	&dev_attr_scan_ms.attr,
	NULL
};

static const struct attribute_group bus_group = {
	.attrs = bus_attrs,
};

/* Read one number out of the engine under its lock. */
#define ENGINE_ATTR(_name, _expression) \
static ssize_t _name##_show(struct device *dev, \
			    struct device_attribute *attr, char *buf) \
{ \
	struct bacs_bus *bus = to_bacs_bus(dev); \
	const struct scan *scan __maybe_unused = bus->scan; \
	u64 value; \
\
	spin_lock_bh(&bus->lock); \
	value = (_expression); \
	spin_unlock_bh(&bus->lock); \
	return sysfs_emit(buf, "%llu\n", value); \
} \
static DEVICE_ATTR_RO(_name)

ENGINE_ATTR(scans, scan->scans);
ENGINE_ATTR(scan_min_ms, scan_min_ms(scan));
ENGINE_ATTR(scan_last_ms, div_u64(scan->last_scan_ns, NSEC_PER_MSEC));
ENGINE_ATTR(bytes_tx, scan->bytes_tx);
ENGINE_ATTR(bytes_rx, scan->bytes_rx);
ENGINE_ATTR(tx_failures, scan->tx_failures);
ENGINE_ATTR(noise_bytes, scan->stats.noise);
ENGINE_ATTR(line_errors, scan->stats.line_errors);
ENGINE_ATTR(foreign_frames, scan->stats.foreign);
ENGINE_ATTR(notes_lost, bus->notes_lost);
ENGINE_ATTR(second_master, scan->second_master);

static struct attribute *stats_attrs[] = {
	&dev_attr_scans.attr,
	&dev_attr_scan_min_ms.attr,
	&dev_attr_scan_last_ms.attr,
	&dev_attr_bytes_tx.attr,
	&dev_attr_bytes_rx.attr,
	&dev_attr_tx_failures.attr,
	&dev_attr_noise_bytes.attr,
	&dev_attr_line_errors.attr,
	&dev_attr_foreign_frames.attr,
	&dev_attr_notes_lost.attr,
	&dev_attr_second_master.attr,
	NULL
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

const struct attribute_group *bacs_bus_groups[] = {
	&bus_group,
	&stats_group,
	NULL
};
