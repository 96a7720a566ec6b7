// SPDX-License-Identifier: GPL-2.0-or-later
#include "tune.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define LATENCY_MS	1
#define NICE		"-20"

static bool make(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Returns false when the text does not fit; it is cut then. */
static bool make(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, size, format, args);
	va_end(args);
	return n >= 0 && (size_t)n < size;
}

static int read_number(const char *path, unsigned int *ret)
{
	char text[16];
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -EIO;
	text[n] = '\0';
	return sscanf(text, "%u", ret) == 1 ? 0 : -EINVAL;
}

static int write_text(const char *path, const char *text)
{
	ssize_t n;
	int r = 0;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	if (n < 0)
		r = -errno;
	else if ((size_t)n != strlen(text))
		r = -EIO;
	close(fd);
	return r;
}

static int write_number(const char *path, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	return write_text(path, text);
}

/* Returns true when the file exists and @knob->now holds its value. */
static bool turn(struct attach_knob *knob, const char *base, const char *name,
		 unsigned int wanted)
{
	char path[PATH_MAX];
	unsigned int old;

	if (!make(path, sizeof(path), "%s/%s", base, name) ||
	    read_number(path, &old) < 0)
		return false;
	knob->old = old;
	knob->now = old;
	if (old == wanted || write_number(path, wanted) < 0)
		return true;
	strcpy(knob->path, path);
	if (read_number(path, &knob->now) < 0)
		knob->now = old;
	return true;
}

static void turn_back(struct attach_knob *knob)
{
	if (*knob->path)
		(void)write_number(knob->path, knob->old);
	*knob->path = '\0';
}

static bool link_name(const char *base, const char *link, char *name,
		      size_t size)
{
	char path[PATH_MAX];
	char target[PATH_MAX];
	const char *slash;
	ssize_t n;

	if (!make(path, sizeof(path), "%s%s", base, link))
		return false;
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return make(name, size, "%s", slash ? slash + 1 : target);
}

/*
 * From Linux 7.2 on each serial driver has a receive queue of its own. All its
 * ports share it, so it stays as we set it: another bus may need it still.
 */
static bool raise_workqueue(const char *sysfs, const char *base)
{
	char pattern[PATH_MAX];
	char name[64];
	bool raised = false;
	glob_t found;

	if (!link_name(base, "", name, sizeof(name)))
		return false;
	name[strcspn(name, "0123456789")] = '\0';
	if (!*name)
		return false;
	if (!make(pattern, sizeof(pattern),
		  "%s/devices/virtual/workqueue/%s-serial*/nice", sysfs,
		  name) ||
	    glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		raised |= write_text(found.gl_pathv[i], NICE) == 0;
	globfree(&found);
	return raised;
}

/* What a UART without rx_trig_bytes means; see struct bacs_start. */
static unsigned int guess_trigger(const char *base, bool is_pty)
{
	char subsystem[64];
	char path[PATH_MAX];
	unsigned int fifo;

	if (is_pty)
		return 1;
	if (make(path, sizeof(path), "%s/xmit_fifo_size", base) &&
	    read_number(path, &fifo) == 0 && fifo == 1)
		return 1;
	if (!link_name(base, "/device/subsystem", subsystem,
		       sizeof(subsystem)))
		return 0;
	/* The adapter's buffer is all the kernel can know of. */
	return !strncmp(subsystem, "usb", 3) ? 1 : 0;
}

/**
 * attach_tune - make a port report bytes as soon as it can
 * @tuning: written whole; for attach_untune()
 * @sysfs: where sysfs is, "/sys"
 * @device: number of the tty
 * @is_pty: it has no UART
 *
 * To be called before the discipline is set: changing the trigger empties the
 * UART's FIFOs. Whatever the port does not offer is left out.
 *
 * Return: the receive trigger in force, in bytes; 0: not known
 */
unsigned int attach_tune(struct attach_tuning *tuning, const char *sysfs,
			 dev_t device, bool is_pty)
{
	char base[PATH_MAX];

	memset(tuning, 0, sizeof(*tuning));
	if (!make(base, sizeof(base), "%s/dev/char/%u:%u", sysfs,
		  major(device), minor(device)))
		return 0;
	turn(&tuning->latency_timer, base, "device/latency_timer", LATENCY_MS);
	tuning->workqueue = raise_workqueue(sysfs, base);
	if (turn(&tuning->rx_trigger, base, "rx_trig_bytes", 1))
		return tuning->rx_trigger.now;
	return guess_trigger(base, is_pty);
}

/**
 * attach_untune - put back what attach_tune() changed
 * @tuning: may be all zero
 */
void attach_untune(struct attach_tuning *tuning)
{
	turn_back(&tuning->latency_timer);
	turn_back(&tuning->rx_trigger);
}
