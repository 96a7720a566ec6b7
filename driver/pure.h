/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the pure files (rtu, profile, bacs_c, scan) may use
 *
 * They are compiled into the driver, the simulator, the unit tests and the
 * fuzzers, and know neither the kernel nor libc beyond this list.
 */
#ifndef BACS_PURE_H
#define BACS_PURE_H

#ifdef __KERNEL__

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/crc16.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

#else

#include "user/pure-user.h"

#endif /* __KERNEL__ */
#endif /* BACS_PURE_H */
