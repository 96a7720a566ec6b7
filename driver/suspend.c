// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleep of the machine: all buses are silent from before the first process is
 * frozen until the last one runs again
 *
 * While it sleeps CLOCK_MONOTONIC, which is the engine's, stands still and the
 * modules' clocks go on. Without this a bus would be lost on each occasion: the
 * UART sleeps before the timers do, and modules that nobody asked sleep, too.
 */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "bacs.h"

static void for_all_buses(void (*fn)(struct scan *scan))
{
	struct bacs_bus *bus;

	mutex_lock(&bacs_lock);
	list_for_each_entry(bus, &bacs_buses, node) {
		spin_lock_bh(&bus->lock);
		fn(bus->scan);
		spin_unlock_bh(&bus->lock);
	}
	mutex_unlock(&bacs_lock);
}

static int suspend_event(struct notifier_block *block, unsigned long event,
			 void *unused)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		for_all_buses(scan_pause);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		for_all_buses(scan_resume);
		break;
	default:
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block suspend_block = {
	.notifier_call = suspend_event,
};

int bacs_suspend_register(void)
{
	return register_pm_notifier(&suspend_block);
}

void bacs_suspend_unregister(void)
{
	unregister_pm_notifier(&suspend_block);
}
