// SPDX-License-Identifier: GPL-2.0-only
/*
 * bacs - battery analysis and care: module entry and the bus type
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "bacs.h"
#include "ldisc.h"
#include "serdev.h"

/*
 * Modules are devices of a bus, never of a class: libsensors climbs the
 * "device" links of class devices and would call the chips something else.
 */
struct bus_type bacs_bus_type = {
	.name = "bacs",
};

/*
 * Adding and removing hundreds of devices takes seconds while udev runs, so
 * it has a queue of its own.
 */
struct workqueue_struct *bacs_children_wq;

/* Devices that are not released yet, and one for the driver itself */
static refcount_t bacs_devices = REFCOUNT_INIT(1);
static DECLARE_COMPLETION(bacs_devices_released);

/**
 * bacs_device_begins() - a device whose release is code of this module
 *
 * Each call is made good by one of bacs_device_ends(). Context: any.
 */
void bacs_device_begins(void)
{
	refcount_inc(&bacs_devices);
}

/**
 * bacs_device_ends() - a device is released; the last that its release does
 *
 * Context: any.
 */
void bacs_device_ends(void)
{
	if (refcount_dec_and_test(&bacs_devices))
		complete(&bacs_devices_released);
}

/*
 * Whoever holds one of our chips or supplies holds its parents, too, so a device
 * may be released long after its bus has ended: not without our code.
 */
static void await_releases(void)
{
	bacs_device_ends();
	wait_for_completion(&bacs_devices_released);
	/* The last release may have been preempted on its way back. */
	synchronize_rcu_tasks();
}

static int __init bacs_init(void)
{
	int err;

	bacs_children_wq = alloc_workqueue("bacs_children", WQ_UNBOUND, 0);
	if (!bacs_children_wq)
		return -ENOMEM;
	err = bus_register(&bacs_bus_type);
	if (err)
		goto out_wq;
	err = bacs_netlink_init();
	if (err)
		goto out_bus;
	err = bacs_suspend_register();
	if (err)
		goto out_netlink;
	err = bacs_serdev_register();
	if (err)
		goto out_suspend;
	/* Last: what opens the discipline now could not be undone. */
	err = bacs_ldisc_register();
	if (err)
		goto out_serdev;
	return 0;

out_serdev:
	bacs_serdev_unregister();
out_suspend:
	bacs_suspend_unregister();
out_netlink:
	bacs_netlink_exit();
	/* Firmware and users may have been quick. */
	bacs_profiles_free();
	await_releases();
out_bus:
	bus_unregister(&bacs_bus_type);
out_wq:
	destroy_workqueue(bacs_children_wq);
	return err;
}

static void __exit bacs_exit(void)
{
	/* Ends the buses of the firmware's nodes. */
	bacs_serdev_unregister();
	/* An open discipline holds a reference: no bus is left here. */
	bacs_ldisc_unregister();
	bacs_suspend_unregister();
	bacs_netlink_exit();
	bacs_profiles_free();
	await_releases();
	bus_unregister(&bacs_bus_type);
	destroy_workqueue(bacs_children_wq);
}

module_init(bacs_init);
module_exit(bacs_exit);

MODULE_DESCRIPTION("Battery analysis and care: Modbus RTU bus master of battery modules");
MODULE_AUTHOR("bacs maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
