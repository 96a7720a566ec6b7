/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver shows in sysfs */
#ifndef BACS_SELFTEST_SYSFS_H
#define BACS_SELFTEST_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SYS_BACS	"/sys/bus/bacs/devices"

#define __printf(a, b)	__attribute__((format(printf, a, b)))

ssize_t sys_read(char *buf, size_t size, const char *format, ...) __printf(3, 4);
long long sys_number(const char *format, ...) __printf(1, 2);
bool sys_is(const char *want, const char *format, ...) __printf(2, 3);
int sys_write(const char *text, const char *format, ...) __printf(2, 3);
bool sys_exists(const char *format, ...) __printf(1, 2);

bool sys_hwmon(const char *bus, unsigned int address, char *path, size_t size);
bool sys_power(const char *bus, unsigned int address, char *path, size_t size);
bool sys_live(const char *bus, unsigned int address);
unsigned int sys_count_live(const char *bus, unsigned int first,
			    unsigned int last);
long long sys_stat(const char *bus, unsigned int address, const char *counter);
int sys_list(const char *path, char names[][NAME_MAX + 1], int max);
unsigned int sys_read_tree(const char *path, int depth);

#endif
