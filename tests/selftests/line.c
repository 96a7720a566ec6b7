// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "line.h"

#define NOBODY	65534

/**
 * line_open() - open a tty raw, 8E1
 * @tty: path
 * @speed: e.g. B115200
 *
 * Return: descriptor or negative errno.
 */
int line_open(const char *tty, speed_t speed)
{
	struct termios t;
	int fd = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &t)) {
		close(fd);
		return -errno;
	}
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD | PARENB;
	cfsetspeed(&t, speed);
	tcsetattr(fd, TCSANOW, &t);
	return fd;
}

int line_set_discipline(int fd, int number)
{
	return ioctl(fd, TIOCSETD, &number) ? -errno : 0;
}

int line_start(int fd, const struct bacs_start *start)
{
	return ioctl(fd, BACS_IOC_START, start) ? -errno : 0;
}

/**
 * line_patience_ms() - how long a test's own far end may take to answer
 * @ms: on most kernels
 *
 * Return: @ms; on the debug kernel, where all takes many times as long, enough.
 */
unsigned int line_patience_ms(unsigned int ms)
{
	return access("/sys/kernel/debug/kmemleak", F_OK) ? ms : 3000;
}

/**
 * line_start_args() - how to start a bus
 * @bus: its name
 * @first: first configured address; 0: discover
 * @last: last configured address
 *
 * Trigger 1, and 500 ms or more to answer: an emulated machine may be slow.
 *
 * Return: the argument of BACS_IOC_START.
 */
struct bacs_start line_start_args(const char *bus, unsigned int first,
				  unsigned int last)
{
	struct bacs_start start = {
		.size = sizeof(start),
		.rx_trigger = 1,
		.response_ms = line_patience_ms(500),
	};

	strncpy(start.name, bus, sizeof(start.name) - 1);
	for (unsigned int a = first; a && a <= last; a++)
		start.addresses[a / 8] |= (__u8)(1 << (a % 8));
	return start;
}

/**
 * line_bus() - open a tty and start a bus on it
 * @tty: path
 * @start: how
 *
 * Return: descriptor, see line_end(); negative errno.
 */
int line_bus(const char *tty, const struct bacs_start *start)
{
	int fd = line_open(tty, B115200);
	int err;

	if (fd < 0)
		return fd;
	err = line_set_discipline(fd, BACS_N_LDISC_DEFAULT);
	if (!err)
		err = line_start(fd, start);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/**
 * line_end() - end the bus and close its descriptor
 * @fd: of line_bus(), or negative
 *
 * On a pty the last close alone does not do it: the tty layer keeps both
 * ends, and the discipline with them, until the master is closed, too.
 */
void line_end(int fd)
{
	if (fd < 0)
		return;
	line_set_discipline(fd, N_TTY);
	close(fd);
}

/**
 * line_as_nobody() - do something as an ordinary user
 * @fn: what; its result is at most 255
 * @arg: handed to it
 * @ret_result: what it returned
 *
 * Return: false if that could not be done.
 */
bool line_as_nobody(int (*fn)(void *), void *arg, int *ret_result)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return false;
	if (!pid) {
		if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
			_exit(255);
		_exit(fn(arg));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 255)
		return false;
	*ret_result = WEXITSTATUS(status);
	return true;
}
