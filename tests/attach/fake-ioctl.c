// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bacs-attach linked with this file (ld --wrap=ioctl) needs no driver: the
 * start of a bus is written to $FAKE_START, or refused with $FAKE_ERRNO.
 * $FAKE_RS485, "KEPT ADDED DELAY" (hex, hex, decimal), is what a port makes of
 * TIOCSRS485: flags that stay, flags that come, the longest delay in ms; what
 * is in force at last goes to $FAKE_RS485_STATE. $FAKE_UDEV has the properties
 * of the port, "NAME=VALUE NAME=VALUE". A port with $FAKE_READ hands over byte
 * by byte, and each goes to that file, too. Everything else is the kernel's.
 */
#include <errno.h>
#include <fcntl.h>
#include <libudev.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/bacs.h>
#include <linux/serial.h>

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

static unsigned int no_more_than(unsigned int most, unsigned int value)
{
	return value < most ? value : most;
}

static int fake_rs485(const char *port, unsigned long request,
		      struct serial_rs485 *rs485)
{
	static struct serial_rs485 state;
	unsigned int kept, added, delay;
	FILE *file;

	if (sscanf(port, "%x %x %u", &kept, &added, &delay) != 3)
		abort();
	if (request == TIOCSRS485) {
		if (rs485->flags & SER_RS485_ENABLED)
			rs485->flags = (rs485->flags & kept) | added;
		rs485->delay_rts_before_send =
			no_more_than(delay, rs485->delay_rts_before_send);
		rs485->delay_rts_after_send =
			no_more_than(delay, rs485->delay_rts_after_send);
		state = *rs485;
		file = fopen(getenv("FAKE_RS485_STATE"), "we");
		if (!file || fprintf(file, "%x\n", state.flags) < 0 ||
		    fclose(file) != 0)
			abort();
	}
	*rs485 = state;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	const char *port = getenv("FAKE_RS485");
	va_list args;
	void *argument;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (request == BACS_IOC_START)
		return fake_start(argument);
	if (port && (request == TIOCGRS485 || request == TIOCSRS485))
		return fake_rs485(port, request, argument);
	return __real_ioctl(fd, request, argument);
}

struct udev_device *
__real_udev_device_new_from_devnum(struct udev *udev, char type, dev_t number);
struct udev_device *
__wrap_udev_device_new_from_devnum(struct udev *udev, char type, dev_t number);
const char *__real_udev_device_get_property_value(struct udev_device *device,
						  const char *key);
const char *__wrap_udev_device_get_property_value(struct udev_device *device,
						  const char *key);
struct udev_device *__real_udev_device_unref(struct udev_device *device);
struct udev_device *__wrap_udev_device_unref(struct udev_device *device);

static char fake_device;
#define FAKE_DEVICE	((struct udev_device *)&fake_device)

struct udev_device *
__wrap_udev_device_new_from_devnum(struct udev *udev, char type, dev_t number)
{
	return getenv("FAKE_UDEV") ? FAKE_DEVICE :
		__real_udev_device_new_from_devnum(udev, type, number);
}

const char *__wrap_udev_device_get_property_value(struct udev_device *device,
						  const char *key)
{
	static char copy[256];
	size_t n = strlen(key);

	if (device != FAKE_DEVICE)
		return __real_udev_device_get_property_value(device, key);
	snprintf(copy, sizeof(copy), "%s", getenv("FAKE_UDEV"));
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		if (!strncmp(word, key, n) && word[n] == '=')
			return word + n + 1;
	return NULL;
}

struct udev_device *__wrap_udev_device_unref(struct udev_device *device)
{
	return device == FAKE_DEVICE ? NULL : __real_udev_device_unref(device);
}

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	const char *name = getenv("FAKE_READ");
	ssize_t n;
	int file;

	if (!name || !isatty(fd))
		return __real_read(fd, buffer, size);
	n = __real_read(fd, buffer, 1);
	if (n != 1)
		return n;
	file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (file < 0 || write(file, buffer, 1) != 1)
		abort();
	close(file);
	return n;
}
