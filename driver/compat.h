/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels we build for, 6.1 to 7.x
 *
 * BACS_HAVE_* come from probes of the headers in Kbuild.
 */
#ifndef BACS_COMPAT_H
#define BACS_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/power_supply.h>
#include <net/genetlink.h>

#ifndef BACS_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Types of tty_ldisc_ops.receive_buf since 6.6 */
#ifdef BACS_HAVE_TTY_U8
#define BACS_TTY_CHAR		u8
#define BACS_TTY_FLAG		u8
#define BACS_TTY_COUNT		size_t
#else
#define BACS_TTY_CHAR		unsigned char
#define BACS_TTY_FLAG		char
#define BACS_TTY_COUNT		int
#endif

/* Type of serdev_device_ops.receive_buf since 6.8 */
#ifdef BACS_HAVE_SERDEV_SIZE_T
#define BACS_SERDEV_COUNT	size_t
#else
#define BACS_SERDEV_COUNT	int
#endif

/* A battery monitor must not keep the machine awake. */
static inline struct power_supply *
bacs_power_supply_register(struct device *parent,
			   const struct power_supply_desc *desc,
			   struct power_supply_config *config)
{
#ifdef BACS_HAVE_NO_WAKEUP_SOURCE
	config->no_wakeup_source = true;
	return power_supply_register(parent, desc, config);
#else
	return power_supply_register_no_ws(parent, desc, config);
#endif
}

#ifdef BACS_HAVE_PBAC
#define BACS_TECHNOLOGY		POWER_SUPPLY_TECHNOLOGY_PbAc
#else
#define BACS_TECHNOLOGY		POWER_SUPPLY_TECHNOLOGY_UNKNOWN
#endif

static inline struct nlattr **bacs_dump_attrs(struct netlink_callback *cb)
{
#ifdef BACS_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* BACS_COMPAT_H */
