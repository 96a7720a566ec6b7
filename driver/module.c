// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module: what is known of one address, and its devices
 *
 * hwmon and power supply exist while the module answers. When it is lost they
 * are unregistered, so that no reader takes an old value for a live one; the
 * module's own device stays.
 */
#include <linux/hwmon.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "bacs.h"

/* Limits of a module nobody has set limits for: its measuring range */
#define TEMP_RANGE_MIN_MC	-40000
#define TEMP_RANGE_MAX_MC	125000
#define VOLTAGE_RANGE_MAX_MV	1000000

/* Practice value: memory is short for seconds; a log line each does not hurt. */
#define RETRY_MS		5000

static void module_release(struct device *dev)
{
	kfree(to_bacs_module(dev));
	bacs_device_ends();
}

/**
 * bacs_module_default_limits() - limits that a value within range never passes
 * @module: the module; lock held, or not yet public
 */
void bacs_module_default_limits(struct bacs_module *module)
{
	s32 max_mv = module->identity.range_max_mv ?: VOLTAGE_RANGE_MAX_MV;
	s32 min_mv = module->identity.range_min_mv;

	module->limits[BACS_LIMIT_VOLTAGE_MIN] = min_mv;
	module->limits[BACS_LIMIT_VOLTAGE_LCRIT] = min_mv;
	module->limits[BACS_LIMIT_VOLTAGE_MAX] = max_mv;
	module->limits[BACS_LIMIT_VOLTAGE_CRIT] = max_mv;
	module->limits[BACS_LIMIT_TEMP_MIN] = TEMP_RANGE_MIN_MC;
	module->limits[BACS_LIMIT_TEMP_LCRIT] = TEMP_RANGE_MIN_MC;
	module->limits[BACS_LIMIT_TEMP_MAX] = TEMP_RANGE_MAX_MC;
	module->limits[BACS_LIMIT_TEMP_CRIT] = TEMP_RANGE_MAX_MC;
}

/**
 * bacs_module_describe() - a module of a profile that cannot tell its identity
 * @module: the module
 * @profile: the loaded profile
 *
 * Values of another kind of module are forgotten.
 *
 * Return: true if it is another kind of module by that.
 */
bool bacs_module_describe(struct bacs_module *module,
			  const struct bacs_profile *profile)
{
	u32 has = bacs_profile_quantities(profile);
	struct bacs_identity id;
	bool other;

	/* Compared as a whole, with what lies between the members */
	memset(&id, 0, sizeof(id));
	id.class = profile->class;
	id.nominal_mv = profile->nominal_mv;
	strscpy(id.model, profile->model, sizeof(id.model));
	spin_lock(&module->lock);
	other = module->has != has ||
		memcmp(&module->identity, &id, sizeof(id));
	module->identity = id;
	module->has = has;
	module->reregister |= other;
	if (other)
		module->sample.present = 0;
	spin_unlock(&module->lock);
	return other;
}

/**
 * bacs_module_new() - make a module
 * @bus: its bus
 * @address: 1-247
 *
 * The device is registered later, by bacs_module_sync().
 *
 * Return: the module, owned by the bus; NULL without memory.
 */
struct bacs_module *bacs_module_new(struct bacs_bus *bus, u8 address)
{
	struct bacs_module *module = kzalloc(sizeof(*module), GFP_KERNEL);

	if (!module)
		return NULL;
	device_initialize(&module->dev);
	bacs_device_begins();
	module->dev.parent = &bus->dev;
	module->dev.bus = &bacs_bus_type;
	module->dev.groups = bacs_module_groups;
	module->dev.release = module_release;
	/* It takes no part in suspend, and saves a folder power/. */
	device_set_pm_not_required(&module->dev);
	module->bus = bus;
	module->address = address;
	spin_lock_init(&module->lock);
	/* Expected or found, but no value yet */
	module->state = BACS_MODULE_STATE_UNPOLLED;
	module->since_ns = ktime_get_boottime_ns();
	if (bus->stored)
		bacs_module_describe(module, bus->shown);
	bacs_module_default_limits(module);
	bacs_hwmon_set_labels(module);
	if (dev_set_name(&module->dev, "%s-%03u", bus->name, address)) {
		put_device(&module->dev);
		return NULL;
	}
	return module;
}

/**
 * bacs_module_set_identity() - the module has said what it is
 * @module: the module
 * @identity: what it said
 */
void bacs_module_set_identity(struct bacs_module *module,
			      const struct bacs_identity *identity)
{
	spin_lock(&module->lock);
	if (memcmp(&module->identity, identity, sizeof(*identity))) {
		module->identity = *identity;
		module->has = bacs_block_quantities(bacs_c_block(identity->class));
		module->reregister = true;
		if (!module->limits_set)
			bacs_module_default_limits(module);
	}
	spin_unlock(&module->lock);
}

/**
 * bacs_modules_forget_values() - no value is live until the next one
 * @bus: the bus
 *
 * Context: the publisher.
 */
void bacs_modules_forget_values(struct bacs_bus *bus)
{
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++) {
		struct bacs_module *module = bacs_bus_module(bus, a);

		if (!module)
			continue;
		spin_lock(&module->lock);
		module->sample_ns = 0;
		module->alarms = 0;
		spin_unlock(&module->lock);
	}
	queue_work(bacs_children_wq, &bus->children);
}

/**
 * bacs_module_value() - a value that is live
 * @module: the module
 * @quantity: which
 * @ret_value: the value, written on success only
 *
 * Never waits for the bus.
 *
 * Return: 0; -ENODATA if the module is not ok, has no such quantity or marks
 * it invalid.
 */
int bacs_module_value(struct bacs_module *module, enum bacs_quantity quantity,
		      s32 *ret_value)
{
	int err = -ENODATA;

	spin_lock(&module->lock);
	if (module->state == BACS_MODULE_STATE_OK && module->sample_ns &&
	    bacs_sample_has(&module->sample, quantity)) {
		*ret_value = module->sample.value[quantity];
		err = 0;
	}
	spin_unlock(&module->lock);
	return err;
}

static u32 below(const struct bacs_module *module, enum bacs_quantity quantity,
		 enum bacs_limit limit, u32 alarm)
{
	return bacs_sample_has(&module->sample, quantity) &&
	       module->sample.value[quantity] < module->limits[limit] ? alarm : 0;
}

static u32 above(const struct bacs_module *module, enum bacs_quantity quantity,
		 enum bacs_limit limit, u32 alarm)
{
	return bacs_sample_has(&module->sample, quantity) &&
	       module->sample.value[quantity] > module->limits[limit] ? alarm : 0;
}

/**
 * bacs_module_update_alarms() - compare the sample with the limits
 * @module: the module, lock held
 *
 * Raw and instantaneous: no delay, no hysteresis. Edges are kept for hwmon.
 *
 * Return: BACS_ALARM_* now.
 */
u32 bacs_module_update_alarms(struct bacs_module *module)
{
	const enum bacs_quantity v = BACS_QUANTITY_VOLTAGE_MV;
	const enum bacs_quantity t = BACS_QUANTITY_TEMP_MC;
	u32 now = 0;

	lockdep_assert_held(&module->lock);
	now |= below(module, v, BACS_LIMIT_VOLTAGE_MIN, BACS_ALARM_VOLTAGE_MIN);
	now |= above(module, v, BACS_LIMIT_VOLTAGE_MAX, BACS_ALARM_VOLTAGE_MAX);
	now |= below(module, v, BACS_LIMIT_VOLTAGE_LCRIT,
		     BACS_ALARM_VOLTAGE_LCRIT);
	now |= above(module, v, BACS_LIMIT_VOLTAGE_CRIT, BACS_ALARM_VOLTAGE_CRIT);
	now |= below(module, t, BACS_LIMIT_TEMP_MIN, BACS_ALARM_TEMP_MIN);
	now |= above(module, t, BACS_LIMIT_TEMP_MAX, BACS_ALARM_TEMP_MAX);
	now |= below(module, t, BACS_LIMIT_TEMP_LCRIT, BACS_ALARM_TEMP_LCRIT);
	now |= above(module, t, BACS_LIMIT_TEMP_CRIT, BACS_ALARM_TEMP_CRIT);
	if (bacs_sample_has(&module->sample, BACS_QUANTITY_FLAGS) &&
	    !module->bus->stored &&
	    module->sample.value[BACS_QUANTITY_FLAGS] & BACS_C_FLAG_TEMP_FAULT)
		now |= BACS_ALARM_TEMP_FAULT;
	module->edges |= module->alarms ^ now;
	module->alarms = now;
	return now;
}

/* Limits changed, and alarms with them: say both. */
static void notify_limits(struct bacs_module *module, u32 pid, u32 before,
			  u32 after)
{
	struct bacs_event_info limits = {
		.address = module->address,
		.has_pid = true,
		.pid = pid,
	};
	struct bacs_event_info alarm = {
		.address = module->address,
		.has_change = true,
		.old = before,
		.new = after,
	};

	bacs_notify_event(module->bus, BACS_EVENT_LIMITS, &limits);
	if (before != after)
		bacs_notify_event(module->bus, BACS_EVENT_ALARM, &alarm);
}

/**
 * bacs_module_set_limits() - write limits and judge the last sample by them
 * @module: the module
 * @limits: by enum bacs_limit
 * @mask: bit n = @limits[n] is meant
 * @pid: process that wants it, 0: through sysfs
 *
 * Context: process.
 */
void bacs_module_set_limits(struct bacs_module *module, const s32 *limits,
			    u32 mask, u32 pid)
{
	u32 before, after;

	spin_lock(&module->lock);
	before = module->alarms;
	for (unsigned int i = 0; i < BACS_LIMITS; i++)
		if (mask & BIT(i))
			module->limits[i] = limits[i];
	module->limits_set = true;
	if (module->state == BACS_MODULE_STATE_OK && module->sample_ns)
		bacs_module_update_alarms(module);
	after = module->alarms;
	spin_unlock(&module->lock);
	notify_limits(module, pid, before, after);
	queue_work(bacs_children_wq, &module->bus->children);
}

static void drop_classes(struct bacs_module *module)
{
	if (module->power)
		bacs_power_unregister(module->power);
	module->power = NULL;
	if (module->hwmon)
		hwmon_device_unregister(module->hwmon);
	module->hwmon = NULL;
}

/* Each of the two is tried, whatever became of the other. */
static bool make_chip(struct bacs_module *module)
{
	struct device *hwmon;

	if (module->hwmon)
		return true;
	hwmon = bacs_hwmon_register(module);
	if (IS_ERR(hwmon)) {
		dev_err_ratelimited(&module->dev,
				    "cannot register hwmon: %pe\n", hwmon);
		return false;
	}
	module->hwmon = hwmon;
	return true;
}

static bool make_supply(struct bacs_module *module)
{
	struct bacs_power *power;

	if (module->power || module->identity.class != BACS_CLASS_JAR)
		return true;
	power = bacs_power_register(module);
	if (IS_ERR(power)) {
		dev_err_ratelimited(&module->dev,
				    "cannot register power supply: %pe\n", power);
		return false;
	}
	module->power = power;
	return true;
}

static bool add_device(struct bacs_module *module)
{
	int err;

	if (module->added)
		return true;
	err = device_add(&module->dev);
	if (err) {
		dev_err_ratelimited(&module->bus->dev,
				    "cannot add module %u: %d\n",
				    module->address, err);
		return false;
	}
	module->added = true;
	return true;
}

static bool update_files(struct bacs_module *module)
{
	if (!module->stale_files)
		return true;
	if (bacs_module_update_files(module)) {
		dev_err_ratelimited(&module->dev,
				    "cannot show the files of its class\n");
		return false;
	}
	module->stale_files = false;
	return true;
}

/* The device is there: all that hangs on it */
static bool sync_added(struct bacs_module *module)
{
	bool live, again, power_changed, files, chip = true, supply = true;
	u32 edges;

	spin_lock(&module->lock);
	live = module->state == BACS_MODULE_STATE_OK && module->sample_ns;
	again = module->reregister;
	edges = module->edges;
	power_changed = module->power_changed;
	module->reregister = false;
	module->edges = 0;
	module->power_changed = false;
	spin_unlock(&module->lock);

	if (!live || again)
		drop_classes(module);
	module->stale_files |= again;
	files = update_files(module);
	if (live && edges && module->hwmon)
		bacs_hwmon_notify(module, edges);
	if (power_changed && module->power)
		bacs_power_changed(module->power);
	if (live) {
		chip = make_chip(module);
		supply = make_supply(module);
	}
	return files && chip && supply;
}

/* Through the children work, so that only one at a time makes devices */
void bacs_modules_retry_work(struct work_struct *work)
{
	struct bacs_bus *bus = container_of(to_delayed_work(work),
					    struct bacs_bus, retry);

	queue_work(bacs_children_wq, &bus->children);
}

/**
 * bacs_module_sync() - let the devices follow the state
 * @module: the module
 *
 * What cannot be made now is tried again by itself.
 *
 * Context: the children work, the only one to touch the devices.
 */
void bacs_module_sync(struct bacs_module *module)
{
	if (!add_device(module) || !sync_added(module))
		queue_delayed_work(bacs_children_wq, &module->bus->retry,
				   msecs_to_jiffies(RETRY_MS));
}

/**
 * bacs_module_remove() - end a module
 * @module: the module; gone for the caller afterwards
 *
 * Context: process; publisher and children work have ended.
 */
void bacs_module_remove(struct bacs_module *module)
{
	WRITE_ONCE(module->bus->modules[module->address], NULL);
	drop_classes(module);
	if (module->added)
		device_del(&module->dev);
	put_device(&module->dev);
}
