// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bacs-attach linked with this file (ld --wrap=ioctl) needs no driver: the
 * start of a bus is written to $FAKE_START, or refused with $FAKE_ERRNO.
 * Everything else is the kernel's.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <linux/bacs.h>

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, ...);

static int fake_start(const void *start)
{
	const char *name = getenv("FAKE_START");
	const char *error = getenv("FAKE_ERRNO");
	FILE *file;

	if (error) {
		errno = atoi(error);
		return -1;
	}
	file = name ? fopen(name, "we") : NULL;
	if (!file || fwrite(start, sizeof(struct bacs_start), 1, file) != 1 ||
	    fclose(file) != 0)
		abort();
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *argument;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (request == BACS_IOC_START)
		return fake_start(argument);
	return __real_ioctl(fd, request, argument);
}
