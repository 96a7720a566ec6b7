// SPDX-License-Identifier: GPL-2.0-or-later
#include "driver.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_loaded(const char *sysfs)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/module/bacs", sysfs);
	return access(path, F_OK) == 0;
}

/* The module's own word counts; without the module the usual number. */
static int ldisc_number(const char *sysfs, int wanted)
{
	int number = BACS_N_LDISC_DEFAULT;
	char path[PATH_MAX];
	FILE *file;

	if (wanted >= 0)
		return wanted;
	snprintf(path, sizeof(path), "%s/module/bacs/parameters/ldisc", sysfs);
	file = fopen(path, "re");
	if (!file)
		return number;
	if (fscanf(file, "%d", &number) != 1)
		number = BACS_N_LDISC_DEFAULT;
	fclose(file);
	return number;
}

static void load_module(void)
{
	static char *const argv[] = { "modprobe", "-q", "bacs", NULL };
	static char *const environment[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv,
			environment) != 0)
		return;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

static int refuse_install(const char *sysfs, int number, int error, char *why,
			  size_t size)
{
	if (error == EPERM)
		snprintf(why, size, "the driver's discipline needs the "
			 "capability CAP_NET_ADMIN; run as root");
	else if (is_loaded(sysfs))
		snprintf(why, size, "the driver bacs is loaded but does not "
			 "offer discipline %d (TIOCSETD: %s); compare "
			 "/sys/module/bacs/parameters/ldisc", number,
			 strerror(error));
	else
		snprintf(why, size, "the driver bacs is not loaded and could "
			 "not be (TIOCSETD %d: %s); install it for the running "
			 "kernel, then 'modprobe bacs'; dmesg says more",
			 number, strerror(error));
	return -error;
}

/**
 * attach_driver_install - put the driver's discipline on a line
 * @line: line
 * @sysfs: where sysfs is, "/sys"
 * @wanted: number of the discipline, -1: as the module says
 * @ret_ldisc: the number taken
 * @why: text of a failure: value and remedy
 * @size: of @why
 *
 * A discipline that is missing is loaded by the kernel itself where the
 * module's alias is known to modprobe(8), else by modprobe from here.
 *
 * Return: 0, or a negative errno
 */
int attach_driver_install(struct attach_line *line, const char *sysfs,
			  int wanted, int *ret_ldisc, char *why, size_t size)
{
	int number = ldisc_number(sysfs, wanted);
	int r;

	r = attach_line_set_ldisc(line, number);
	if (r == -EINVAL && !is_loaded(sysfs)) {
		load_module();
		number = ldisc_number(sysfs, wanted);
		r = attach_line_set_ldisc(line, number);
	}
	if (r < 0)
		return refuse_install(sysfs, number, -r, why, size);
	*ret_ldisc = number;
	return 0;
}

static int refuse_start(const struct attach_options *o, const char *sysfs,
			int error, char *why, size_t size)
{
	const char *profile = *o->profile ? o->profile : "bacs-c";

	/* A discipline without ioctls of its own says EINVAL, too. */
	if (error == EINVAL && !is_loaded(sysfs))
		error = ENOTTY;
	switch (error) {
	case EEXIST:
		snprintf(why, size, "a bus %s exists already (names do not "
			 "differ by case); give another --bus", o->bus);
		break;
	case EBUSY:
		snprintf(why, size, "this port has a bus already");
		break;
	case ENOENT:
		snprintf(why, size, "profile %s is not loaded; load it with "
			 "--profile-file or as %s.profile in "
			 "/etc/bacs/profiles", profile, profile);
		break;
	case ENOTTY:
		snprintf(why, size, "the discipline is not the driver bacs; "
			 "compare --ldisc with "
			 "/sys/module/bacs/parameters/ldisc");
		break;
	case E2BIG:
		snprintf(why, size, "the driver is older than bacs-attach "
			 BACS_VERSION "; install the same version of both");
		break;
	case ENODEV:
	case EIO:
		snprintf(why, size, "the port was hung up while bus %s "
			 "started", o->bus);
		break;
	case EINVAL:
		snprintf(why, size, "the driver refuses bus %s (profile %s, "
			 "--scan-ms %u, --response-ms %u); %s", o->bus, profile,
			 o->scan_ms, o->response_ms, o->scan_ms ?
			 "a scan period may be shorter than a scan can be: "
			 "leave --scan-ms out, see dmesg" : "see dmesg");
		break;
	default:
		snprintf(why, size, "the driver refuses bus %s: %s; see dmesg",
			 o->bus, strerror(error));
	}
	return -error;
}

/**
 * attach_driver_start - start the bus of a line that has the discipline
 * @line: line
 * @o: bus, profile, addresses, times, flags
 * @sysfs: where sysfs is, "/sys"
 * @rx_trigger: receive trigger of the UART in bytes, 0: not known
 * @why: text of a failure: value and remedy
 * @size: of @why
 *
 * Return: 0, or a negative errno
 */
int attach_driver_start(struct attach_line *line,
			const struct attach_options *o, const char *sysfs,
			unsigned int rx_trigger, char *why, size_t size)
{
	struct bacs_start start = {
		.size = sizeof(start),
		.flags = (o->read_only ? BACS_START_READONLY : 0) |
			 (o->permit_sleep ? BACS_START_PERMIT_SLEEP : 0),
		.scan_ms = o->scan_ms,
		.rx_trigger = rx_trigger,
		.response_ms = o->response_ms,
	};

	strcpy(start.name, o->bus);
	strcpy(start.profile, o->profile);
	memcpy(start.addresses, o->addresses, sizeof(start.addresses));
	if (ioctl(attach_line_fd(line), BACS_IOC_START, &start) < 0)
		return refuse_start(o, sysfs, errno, why, size);
	return 0;
}
