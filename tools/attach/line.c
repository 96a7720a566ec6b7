// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's struct termios2 is used and not <termios.h>: it takes any speed
 * and gives back the speed the driver really set.
 */
#include "line.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/serial.h>
#include <linux/tty.h>
#include <linux/tty_flags.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define SPEED_TOLERANCE_PERCENT	2	/* half a bit in 25, less the far end's */
/*
 * A reply that pauses longer has broken off: the driver's SCAN_BROKEN_NS. USB
 * adapters and busy machines hand a reply over in parts.
 */
#define PAUSE_MS		50
/* Modbus over serial line V1.02, 2.5.1: 256 characters, of 12 bits at most */
#define FRAME_BITS		(256 * 12)

struct attach_line {
	int fd;
	dev_t devnum;
	int old_ldisc;
	bool ldisc_set;
	unsigned int baud;
	unsigned int reply_ms;	/* a reply begins by then, 0: none will */
	struct termios2 old_termios;
	bool termios_set;
	struct serial_rs485 old_rs485;
	bool rs485_set;
	int old_serial_flags;
	bool low_latency_set;
};

static int open_tty(const char *path, char *why, size_t size)
{
	/* O_NONBLOCK: a line without carrier must not keep us in open(). */
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	const char *remedy = "";

	if (fd >= 0)
		return fd;
	fd = -errno;
	if (errno == EBUSY)
		remedy = "; another program has the port for itself: fuser(1) "
			 "names it";
	else if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		remedy = "; is the adapter plugged in? See /dev/serial/by-path";
	else if (errno == EACCES)
		remedy = "; run as root";
	else if (errno == EIO)
		remedy = "; there is no UART behind this port";
	snprintf(why, size, "cannot open: %s%s", strerror(errno), remedy);
	return fd;
}

static int take_exclusively(int fd, char *why, size_t size)
{
	int exclusive = 0;

	/* For root TIOCEXCL of others is no obstacle, so we have to look. */
	if (ioctl(fd, TIOCGEXCL, &exclusive) == 0 && exclusive) {
		snprintf(why, size, "another program has the port for itself "
			 "(TIOCEXCL); stop it, fuser(1) names it");
		return -EBUSY;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int r = -errno;

		snprintf(why, size, "another program has locked the port "
			 "(flock: %s); stop it, fuser(1) names it",
			 strerror(errno));
		return r;
	}
	if (ioctl(fd, TIOCEXCL) < 0) {
		int r = -errno;

		snprintf(why, size, "TIOCEXCL: %s%s", strerror(errno),
			 errno == ENOTTY ? "; this is not a serial port" : "");
		return r;
	}
	return 0;
}

static int remember(struct attach_line *line, char *why, size_t size)
{
	const char *what = "TIOCGETD";
	int r;

	if (ioctl(line->fd, TIOCGETD, &line->old_ldisc) == 0) {
		if (line->old_ldisc != N_TTY) {
			snprintf(why, size, "the port has line discipline %d, "
				 "so another program uses it; fuser(1) names "
				 "it", line->old_ldisc);
			return -EBUSY;
		}
		what = "TCGETS2";
		if (ioctl(line->fd, TCGETS2, &line->old_termios) == 0)
			return 0;
	}
	r = -errno;
	snprintf(why, size, "%s: %s%s", what, strerror(errno),
		 errno == ENOTTY ? "; this is not a serial port" : "");
	return r;
}

/**
 * attach_line_open - take a tty
 * @path: of the tty
 * @ret_line: owned by the caller; written on success only
 * @why: text of a failure: value and remedy
 * @size: of @why
 *
 * Return: 0, or a negative errno: -EBUSY or -EWOULDBLOCK when somebody has it
 */
int attach_line_open(const char *path, struct attach_line **ret_line,
		     char *why, size_t size)
{
	struct attach_line *line;
	struct stat st;
	int r;

	line = calloc(1, sizeof(*line));
	if (!line) {
		snprintf(why, size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	line->fd = open_tty(path, why, size);
	if (line->fd < 0) {
		r = line->fd;
		free(line);
		return r;
	}
	r = take_exclusively(line->fd, why, size);
	if (r == 0) {
		r = remember(line, why, size);
		if (r < 0)
			(void)ioctl(line->fd, TIOCNXCL);
	}
	if (r < 0) {
		close(line->fd);
		free(line);
		return r;
	}
	if (fstat(line->fd, &st) == 0)
		line->devnum = st.st_rdev;
	*ret_line = line;
	return 0;
}

/**
 * attach_line_close - give the tty back as it was found
 * @line: may be NULL
 *
 * After a hang-up nothing can be restored; the kernel has done it then.
 *
 * Return: NULL
 */
struct attach_line *attach_line_close(struct attach_line *line)
{
	if (!line)
		return NULL;
	/* The discipline first: its bus must not see the speed change. */
	attach_line_end_bus(line);
	if (line->low_latency_set) {
		struct serial_struct serial;

		if (ioctl(line->fd, TIOCGSERIAL, &serial) == 0) {
			serial.flags = line->old_serial_flags;
			(void)ioctl(line->fd, TIOCSSERIAL, &serial);
		}
	}
	if (line->rs485_set)
		(void)ioctl(line->fd, TIOCSRS485, &line->old_rs485);
	if (line->termios_set)
		(void)ioctl(line->fd, TCSETS2, &line->old_termios);
	(void)ioctl(line->fd, TIOCNXCL);
	close(line->fd);
	free(line);
	return NULL;
}

/**
 * attach_line_fd - the descriptor, borrowed
 * @line: line
 */
int attach_line_fd(const struct attach_line *line)
{
	return line->fd;
}

/**
 * attach_line_devnum - device number of the tty
 * @line: line
 */
dev_t attach_line_devnum(const struct attach_line *line)
{
	return line->devnum;
}

/**
 * attach_line_is_pty - the far end is a program, there is no wire
 * @line: line
 */
bool attach_line_is_pty(const struct attach_line *line)
{
	unsigned int n = major(line->devnum);

	return n >= UNIX98_PTY_MASTER_MAJOR &&
	       n < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

static tcflag_t format_flags(const char *format)
{
	tcflag_t flags = CS8;

	if (format[1] != 'N')
		flags |= PARENB;
	if (format[1] == 'O')
		flags |= PARODD;
	if (format[2] == '2')
		flags |= CSTOPB;
	return flags;
}

/* Speeds with a name are given by it, so that stty(1) can read them. */
static tcflag_t speed_flags(unsigned int baud)
{
	static const struct {
		unsigned int baud;
		tcflag_t flags;
	} named[] = {
		{ 1200, B1200 }, { 1800, B1800 }, { 2400, B2400 },
		{ 4800, B4800 }, { 9600, B9600 }, { 19200, B19200 },
		{ 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (named[i].baud == baud)
			return named[i].flags;
	}
	return BOTHER;
}

#define FORMAT_MASK	(CSIZE | PARENB | PARODD | CMSPAR | CSTOPB)

static void fill_termios(struct termios2 *t, const struct attach_options *o)
{
	/*
	 * INPCK makes the UART's driver report parity and framing errors,
	 * BRKINT breaks; without IGNPAR and IGNBRK they reach the discipline.
	 */
	t->c_iflag = INPCK | BRKINT;
	t->c_oflag = 0;
	t->c_lflag = 0;
	t->c_cflag &= ~(tcflag_t)(FORMAT_MASK | CRTSCTS | CBAUD |
				  (CBAUD << IBSHIFT));
	/* No input speed of its own: it is the output's. */
	t->c_cflag |= CREAD | CLOCAL | speed_flags(o->baud) |
		      format_flags(o->data_format);
	t->c_ispeed = o->baud;
	t->c_ospeed = o->baud;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static int check_termios(const struct attach_line *line,
			 const struct attach_options *o, char *why, size_t size)
{
	struct termios2 t;
	unsigned int off;

	/* A pty has no wire: it keeps 8 bits and drops parity. */
	if (attach_line_is_pty(line))
		return 0;
	if (ioctl(line->fd, TCGETS2, &t) < 0) {
		snprintf(why, size, "TCGETS2: %s", strerror(errno));
		return -EIO;
	}
	if ((t.c_cflag & FORMAT_MASK) != format_flags(o->data_format)) {
		snprintf(why, size, "this port does not do %s; take another "
			 "--format that the modules do too, e.g. 8N1, or "
			 "another adapter", o->data_format);
		return -EOPNOTSUPP;
	}
	off = t.c_ospeed > o->baud ? t.c_ospeed - o->baud :
				     o->baud - t.c_ospeed;
	if (off * 100 > o->baud * SPEED_TOLERANCE_PERCENT) {
		snprintf(why, size, "this port runs at %u bit/s when asked for "
			 "%u; take another --baud", t.c_ospeed, o->baud);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int set_termios(struct attach_line *line, const struct attach_options *o,
		       char *why, size_t size)
{
	struct termios2 t = line->old_termios;

	fill_termios(&t, o);
	line->baud = o->baud;
	line->termios_set = true;
	/* TCSETSF2: bytes from before our time are no replies. */
	if (ioctl(line->fd, TCSETSF2, &t) < 0) {
		int r = -errno;

		snprintf(why, size, "cannot set %u bit/s %s: %s", o->baud,
			 o->data_format, strerror(errno));
		return r;
	}
	return check_termios(line, o, why, size);
}

/*
 * What the driver left out of @want, or NULL. The kernel drops what a driver does
 * not announce, and kernels of 2024 on turn the direction round if the driver
 * announces only the other one (4afeced55baa, "serial: core: fix sanitizing check
 * for RTS settings"); older ones give back neither, and the line is sent on with
 * RTS high.
 */
static const char *rs485_missing(const struct attach_rs485 *want,
				 const struct serial_rs485 *have)
{
	bool low = have->flags & SER_RS485_RTS_AFTER_SEND;
	bool high = have->flags & SER_RS485_RTS_ON_SEND || !low;

	if (!(have->flags & SER_RS485_ENABLED))
		return "--rs485 itself";
	if (want->rts_low ? !low : !high)
		return want->rts_low ? "rts-low" : "rts-high";
	if (want->terminate && !(have->flags & SER_RS485_TERMINATE_BUS))
		return "terminate";
	if (have->delay_rts_before_send < want->delay_before_ms)
		return "delay-before";
	if (have->delay_rts_after_send < want->delay_after_ms)
		return "delay-after";
	return NULL;
}

static int set_rs485(struct attach_line *line, const struct attach_rs485 *want,
		     char *why, size_t size)
{
	struct serial_rs485 rs485 = { .flags = SER_RS485_ENABLED };
	const char *missing;
	int r;

	if (ioctl(line->fd, TIOCGRS485, &line->old_rs485) < 0)
		goto failed;
	rs485.flags |= want->rts_low ? SER_RS485_RTS_AFTER_SEND :
				       SER_RS485_RTS_ON_SEND;
	if (want->terminate)
		rs485.flags |= SER_RS485_TERMINATE_BUS;
	rs485.delay_rts_before_send = want->delay_before_ms;
	rs485.delay_rts_after_send = want->delay_after_ms;
	if (ioctl(line->fd, TIOCSRS485, &rs485) < 0)
		goto failed;
	line->rs485_set = true;
	/* The kernel gives back what the driver can do of it. */
	missing = rs485_missing(want, &rs485);
	if (missing) {
		snprintf(why, size, "the driver of this port took TIOCSRS485 "
			 "but not %s; %s", missing,
			 strcmp(missing, "rts-high") ? "leave that out" :
			 "it can do rts-low, if the transceiver can");
		return -EOPNOTSUPP;
	}
	return 0;
failed:
	r = -errno;
	if (r == -ENOTTY)
		snprintf(why, size, "the driver of this port does not switch "
			 "the direction of RS-485 (TIOCSRS485: %s); use an "
			 "adapter that switches by itself and leave --rs485 "
			 "out", strerror(-r));
	else
		snprintf(why, size, "TIOCSRS485: %s; perhaps the driver can do "
			 "rts-low only, or no delays", strerror(-r));
	return r;
}

/* Not every driver knows the flag and none needs it: no failure. */
static void set_low_latency(struct attach_line *line)
{
	struct serial_struct serial;

	if (ioctl(line->fd, TIOCGSERIAL, &serial) < 0 ||
	    serial.flags & ASYNC_LOW_LATENCY)
		return;
	line->old_serial_flags = serial.flags;
	serial.flags |= ASYNC_LOW_LATENCY;
	line->low_latency_set = ioctl(line->fd, TIOCSSERIAL, &serial) == 0;
}

/**
 * attach_line_configure - speed, format, direction, latency
 * @line: line
 * @o: what is wanted
 * @why: text of a failure: value and remedy
 * @size: of @why
 *
 * Return: 0, or a negative errno; attach_line_close() undoes it either way
 */
int attach_line_configure(struct attach_line *line,
			  const struct attach_options *o, char *why,
			  size_t size)
{
	int r;

	r = set_termios(line, o, why, size);
	if (r < 0)
		return r;
	if (o->rs485.wanted) {
		r = set_rs485(line, &o->rs485, why, size);
		if (r < 0)
			return r;
	}
	set_low_latency(line);
	return 0;
}

/**
 * attach_line_set_ldisc - change the discipline
 * @line: line
 * @number: of the discipline
 *
 * Return: 0, or a negative errno
 */
int attach_line_set_ldisc(struct attach_line *line, int number)
{
	if (ioctl(line->fd, TIOCSETD, &number) < 0)
		return -errno;
	line->ldisc_set = number != line->old_ldisc;
	return 0;
}

/**
 * attach_line_expect_reply - what may be under way when the bus ends
 * @line: line
 * @ms: a module that has not begun its reply by then is silent
 */
void attach_line_expect_reply(struct attach_line *line, unsigned int ms)
{
	line->reply_ms = ms > PAUSE_MS ? ms : PAUSE_MS;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * The reply to the last request may be on its way. The discipline of before
 * would send it back onto the bus as soon as its echo is on again. What goes on
 * when the longest reply must have ended is none.
 */
static void swallow_reply(struct attach_line *line)
{
	struct pollfd fd = { .fd = line->fd, .events = POLLIN };
	int64_t now = now_ms();
	int64_t quiet = now + line->reply_ms;
	int64_t end = quiet + FRAME_BITS * 1000 / line->baud + PAUSE_MS;
	char rest[512];

	for (; now < quiet && now < end; now = now_ms()) {
		int64_t until = quiet < end ? quiet : end;
		ssize_t n;

		if (poll(&fd, 1, (int)(until - now)) == 0)
			continue;
		n = read(line->fd, rest, sizeof(rest));
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return;
		now = now_ms();
		if (quiet < now + PAUSE_MS)
			quiet = now + PAUSE_MS;
	}
}

/**
 * attach_line_end_bus - the discipline that was there before
 * @line: line; what is still under way to it is swallowed
 */
void attach_line_end_bus(struct attach_line *line)
{
	if (!line->ldisc_set)
		return;
	line->ldisc_set = false;
	if (ioctl(line->fd, TIOCSETD, &line->old_ldisc) == 0 && line->reply_ms)
		swallow_reply(line);
}

/**
 * attach_line_leave - another program has the line now, and its settings
 * @line: line; attach_line_close() restores nothing any more
 */
void attach_line_leave(struct attach_line *line)
{
	line->ldisc_set = false;
	line->low_latency_set = false;
	line->rs485_set = false;
	line->termios_set = false;
}

/**
 * attach_line_get_ldisc - the discipline in force
 * @line: line
 * @ret_number: its number
 *
 * Return: 0, or a negative errno: -EIO after a hang-up
 */
int attach_line_get_ldisc(const struct attach_line *line, int *ret_number)
{
	return ioctl(line->fd, TIOCGETD, ret_number) < 0 ? -errno : 0;
}
