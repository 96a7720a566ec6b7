// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "transport.h"

/* State changes are worth a line, states are not. */
static void set_up(struct transport *t, bool up, const char *why)
{
	if (t->up == up)
		return;
	t->up = up;
	fprintf(stderr, "bacs-sim: %s: %s\n", t->path, why);
}

static int speed_of(u32 baud, speed_t *ret)
{
	static const struct { u32 baud; speed_t speed; } table[] = {
		{ 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 },
		{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 },
		{ 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 },
		{ 460800, B460800 }, { 921600, B921600 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].baud == baud) {
			*ret = table[i].speed;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_line(int fd, const char *path, const struct bus_config *cfg,
		    struct parse_error *e)
{
	struct termios tio;
	speed_t speed;

	if (speed_of(cfg->baud, &speed) < 0)
		return parse_fail(e, "baud %u: no tty has this speed; give another --baud, e.g. 19200", cfg->baud);
	if (tcgetattr(fd, &tio) < 0)
		return parse_fail(e, "%s: not a tty", path);
	cfmakeraw(&tio);
	tio.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
	tio.c_cflag |= CS8 | CLOCAL | CREAD;
	if (cfg->parity != 'N')
		tio.c_cflag |= PARENB;
	if (cfg->parity == 'O')
		tio.c_cflag |= PARODD;
	if (cfg->stop_bits == 2)
		tio.c_cflag |= CSTOPB;
	cfsetispeed(&tio, speed);
	cfsetospeed(&tio, speed);
	if (tcsetattr(fd, TCSANOW, &tio) < 0)
		return parse_fail(e, "%s: cannot set the line: %s", path,
				  strerror(errno));
	tcflush(fd, TCIOFLUSH);
	return 0;
}

static int make_link(const struct transport *t, struct parse_error *e)
{
	struct stat st;

	if (!t->link)
		return 0;
	/* a link left over is replaced, anything else is somebody's */
	if (!lstat(t->link, &st) && S_ISLNK(st.st_mode))
		unlink(t->link);
	if (symlink(t->path, t->link) < 0)
		return parse_fail(e, "%s: cannot link it to %s: %s", t->link,
				  t->path, strerror(errno));
	return 0;
}

/*
 * The slave side is not held open: its user shall see hang-ups and last closes
 * as on a real port. A master whose slave is closed polls as hung up all the
 * time, so inotify tells when somebody opens it again.
 */
static int open_pty(struct transport *t, const struct bus_config *cfg,
		    struct parse_error *e)
{
	int r;

	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (t->fd < 0 || grantpt(t->fd) < 0 || unlockpt(t->fd) < 0 ||
	    ptsname_r(t->fd, t->path, sizeof(t->path)))
		return parse_fail(e, "cannot make a pty: %s", strerror(errno));
	r = set_line(t->fd, t->path, cfg, e);
	if (r < 0)
		return r;
	t->aux = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (t->aux < 0 || inotify_add_watch(t->aux, t->path, IN_OPEN) < 0)
		return parse_fail(e, "%s: cannot watch it: %s", t->path,
				  strerror(errno));
	t->up = true;
	return make_link(t, e);
}

static int open_tty(struct transport *t, const struct bus_config *cfg,
		    struct parse_error *e)
{
	t->fd = open(t->path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (t->fd < 0)
		return parse_fail(e, "%s: cannot open: %s", t->path,
				  strerror(errno));
	t->up = true;
	return set_line(t->fd, t->path, cfg, e);
}

static void fill_address(struct sockaddr_un *sun, const char *path)
{
	*sun = (struct sockaddr_un) { .sun_family = AF_UNIX };
	memcpy(sun->sun_path, path, strnlen(path, sizeof(sun->sun_path) - 1));
}

/**
 * unix_listen() - a listening stream socket
 * @path: its path; a socket nobody listens on any more is replaced
 * @e: error
 *
 * Return: descriptor, or -EINVAL.
 */
int unix_listen(const char *path, struct parse_error *e)
{
	struct sockaddr_un sun;
	struct stat st;
	int fd;

	if (!*path || strlen(path) >= sizeof(sun.sun_path))
		return parse_fail(e, "socket \"%.128s\": its path has %zu characters, allowed are 1 to %zu",
				  path, strlen(path), sizeof(sun.sun_path) - 1);
	fill_address(&sun, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return parse_fail(e, "cannot make a socket: %s", strerror(errno));
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode)) {
		if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
		    errno != ECONNREFUSED) {
			close(fd);
			return parse_fail(e, "%s: another process listens there",
					  path);
		}
		unlink(path);
	}
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    listen(fd, 4) < 0) {
		parse_fail(e, "%s: cannot listen: %s", path, strerror(errno));
		close(fd);
		return -EINVAL;
	}
	return fd;
}

static void try_connect(struct transport *t, u64 now)
{
	struct sockaddr_un sun;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	t->retry_ns = now + TRANSPORT_RETRY_NS;
	if (fd < 0)
		return;
	fill_address(&sun, t->path);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		close(fd);
		return;
	}
	t->fd = fd;
	set_up(t, true, "connected");
}

/**
 * transport_open() - open the line
 * @t: kind, path and link are set
 * @cfg: settings of the line
 * @e: error
 *
 * A socket that is not there yet is no error: it is tried again.
 *
 * Return: 0 or -EINVAL.
 */
int transport_open(struct transport *t, const struct bus_config *cfg,
		   struct parse_error *e)
{
	t->fd = -1;
	t->aux = -1;
	switch (t->kind) {
	case TRANSPORT_PTY:
		return open_pty(t, cfg, e);
	case TRANSPORT_TTY:
		return open_tty(t, cfg, e);
	case TRANSPORT_LISTEN:
		t->aux = unix_listen(t->path, e);
		return t->aux < 0 ? t->aux : 0;
	case TRANSPORT_CONNECT:
		try_connect(t, 0);
		if (t->fd < 0)
			fprintf(stderr, "bacs-sim: %s: nobody listens yet, waiting\n",
				t->path);
		return 0;
	default:
		return parse_fail(e, "no line: say --pty, --tty, --connect or --listen");
	}
}

/**
 * transport_close() - close the line and remove what it left in the file system
 * @t: transport
 */
void transport_close(struct transport *t)
{
	if (t->link && t->kind == TRANSPORT_PTY) {
		char now[sizeof(t->path)] = "";

		/* another simulator may have taken the name over */
		if (readlink(t->link, now, sizeof(now) - 1) > 0 &&
		    !strcmp(now, t->path))
			unlink(t->link);
	}
	if (t->kind == TRANSPORT_LISTEN && t->aux >= 0)
		unlink(t->path);
	if (t->fd >= 0)
		close(t->fd);
	if (t->aux >= 0)
		close(t->aux);
	t->fd = -1;
	t->aux = -1;
}

/**
 * transport_ready() - can requests arrive?
 * @t: transport
 *
 * Return: false only while a socket to connect to is not there.
 */
bool transport_ready(const struct transport *t)
{
	return t->kind != TRANSPORT_CONNECT || t->fd >= 0;
}

/**
 * transport_polls() - what to wait for
 * @t: transport
 * @fds: TRANSPORT_POLLS entries: bytes, then whatever else
 *
 * Return: TRANSPORT_POLLS.
 */
u32 transport_polls(const struct transport *t, struct pollfd *fds)
{
	fds[0] = (struct pollfd) { t->hung_up ? -1 : t->fd, POLLIN, 0 };
	fds[1] = (struct pollfd) { t->aux, POLLIN, 0 };
	return TRANSPORT_POLLS;
}

/**
 * transport_next() - when to call transport_handle() without an event
 * @t: transport
 *
 * Return: CLOCK_MONOTONIC, ns, or WIRE_NEVER.
 */
u64 transport_next(const struct transport *t)
{
	return t->kind == TRANSPORT_CONNECT && t->fd < 0 ? t->retry_ns :
							   WIRE_NEVER;
}

static void lose(struct transport *t, u64 now)
{
	close(t->fd);
	t->fd = -1;
	t->retry_ns = now + TRANSPORT_RETRY_NS;
	set_up(t, false, "the other side has closed");
}

static void accept_one(struct transport *t)
{
	int fd = accept4(t->aux, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (t->fd >= 0) {
		/* a line has two ends */
		close(fd);
		return;
	}
	t->fd = fd;
	set_up(t, true, "connected");
}

/**
 * transport_handle() - see to connections
 * @t: transport
 * @fds: as filled by poll
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: 1 if the line is a new one and what was under way is lost, else 0.
 */
int transport_handle(struct transport *t, const struct pollfd *fds, u64 now)
{
	bool had = t->fd >= 0;
	char drain[1024];

	if (t->kind == TRANSPORT_CONNECT && t->fd < 0 && now >= t->retry_ns)
		try_connect(t, now);
	if (t->kind == TRANSPORT_LISTEN && fds[1].revents)
		accept_one(t);
	if (t->kind == TRANSPORT_PTY && fds[1].revents) {
		while (read(t->aux, drain, sizeof(drain)) > 0)
			;
		t->hung_up = false;
	}
	return !had && t->fd >= 0;
}

/**
 * transport_read() - read what has come
 * @t: transport
 * @buf: bytes
 * @size: room
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: number of bytes, 0 for none, -EIO if a tty has gone for good.
 */
ssize_t transport_read(struct transport *t, u8 *buf, size_t size, u64 now)
{
	ssize_t n = read(t->fd, buf, size);

	if (n > 0)
		return n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	switch (t->kind) {
	case TRANSPORT_PTY:
		t->hung_up = true;
		return 0;
	case TRANSPORT_TTY:
		set_up(t, false, "the port has gone");
		return -EIO;
	default:
		lose(t, now);
		return 0;
	}
}

/**
 * transport_write() - hand bytes over
 * @t: transport
 * @buf: bytes
 * @len: their number
 * @now: CLOCK_MONOTONIC, ns
 *
 * A wire does not wait: what finds no room is lost, and counted.
 */
void transport_write(struct transport *t, const u8 *buf, size_t len, u64 now)
{
	ssize_t n;

	if (t->fd < 0 || t->hung_up) {
		t->dropped += len;
		return;
	}
	n = write(t->fd, buf, len);
	if (n < (ssize_t)len)
		t->dropped += len - (n > 0 ? (size_t)n : 0);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		lose(t, now);
}
