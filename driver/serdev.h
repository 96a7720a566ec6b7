/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACS_SERDEV_H
#define BACS_SERDEV_H

#include <linux/kconfig.h>

#if IS_ENABLED(CONFIG_SERIAL_DEV_BUS)
int bacs_serdev_register(void);
void bacs_serdev_unregister(void);
#else
static inline int bacs_serdev_register(void)
{
	return 0;
}

static inline void bacs_serdev_unregister(void)
{
}
#endif

#endif /* BACS_SERDEV_H */
