// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The end of a bus in all 24 orders of {close the descriptor, hang up, remove
 * the port, stop bacsd}, while sysfs is read and written and dumps run, and the
 * end of the driver with open files (SLICE 2). On ptys, four buses at a time;
 * and on the PCI ports /dev/bacs-port*, where the guest has them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define LIMIT	120000	/* ms, for a broken driver only */
#define ORDERS	24
#define BUSES	4
#define FIRST_PCI_SLOT	0x10	/* as tests/vm/run lays them out */

/* A port: a pty with a far end of ours, or a PCI card with a simulator */
struct port {
	struct far_end *far;
	int slot;	/* 0: a pty */
	char tty[80];
};

enum action { CLOSE, HANG_UP, REMOVE, STOP };

static const char * const action_names[] = {
	"close", "hang up", "remove", "stop",
};

static void order_of(int n, enum action *order)
{
	enum action left[] = { CLOSE, HANG_UP, REMOVE, STOP };

	for (int i = 0, size = 24; i < 4; i++) {
		size /= 4 - i;
		order[i] = left[n / size];
		memmove(left + n / size, left + n / size + 1,
			sizeof(*left) * (size_t)(3 - n / size));
		n %= size;
	}
}

static pid_t start(void (*fn)(const char *), const char *arg)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The tty is not ours to hold. */
		close_range(3, ~0U, 0);
		fn(arg);
		_exit(1);
	}
	return pid;
}

static void stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Somebody who reads every file there is, all the time */
static void read_forever(const char *dir)
{
	for (;;) {
		DIR *d = opendir(dir);
		struct dirent *e;
		char path[PATH_MAX];

		while (d && (e = readdir(d))) {
			if (*e->d_name == '.')
				continue;
			/* The slash goes through the link. */
			snprintf(path, sizeof(path), "%s/%s/", dir, e->d_name);
			sys_read_tree(path, 3);
		}
		if (d)
			closedir(d);
		usleep(1000);
	}
}

/* Limits are written while their devices come and go. */
static void write_forever(const char *unused)
{
	(void)unused;
	for (;;) {
		char names[256][NAME_MAX + 1];
		int n = sys_list("/sys/class/hwmon", names, 256);

		for (int i = 0; i < n; i++)
			sys_write("1000", "/sys/class/hwmon/%s/in0_min",
				  names[i]);
		usleep(500);
	}
}

static void dump_forever(const char *unused)
{
	static const u8 cmds[] = {
		BACS_CMD_BUS_GET, BACS_CMD_MODULE_GET, BACS_CMD_STATS_GET,
		BACS_CMD_PROFILE_GET,
	};
	struct msg msg;
	struct nl nl;

	(void)unused;
	if (!nl_open(&nl))
		return;
	for (unsigned int i = 0;; i++) {
		msg_begin(&msg, &nl, cmds[i % sizeof(cmds)]);
		nl_dump(&nl, &msg, NULL, NULL);
		usleep(1000);
	}
}

/* What bacsd does: control, equalize, listen */
static void act_as_daemon(const char *bus)
{
	uint8_t buf[16384];
	struct nlattr *nest;
	struct msg msg;
	struct nl nl;

	if (!nl_open(&nl) || !nl_join(&nl, nl.group_samples) ||
	    !nl_join(&nl, nl.group_events))
		return;
	msg_bus(&msg, &nl, BACS_CMD_CONTROL_CLAIM, bus);
	if (nl_do(&nl, &msg, NULL, NULL))
		fprintf(stderr, "# %s: claim: %s\n", bus, nl.text);
	msg_bus(&msg, &nl, BACS_CMD_EQUALIZE_SET, bus);
	nest = msg_nest(&msg, BACS_A_DUTY);
	msg_u8(&msg, BACS_DUTY_A_ADDRESS, 1);
	msg_u32(&msg, BACS_DUTY_A_PERMILLE, 500);
	msg_nest_end(&msg, nest);
	if (nl_do(&nl, &msg, NULL, NULL))
		fprintf(stderr, "# %s: equalize: %s\n", bus, nl.text);
	for (;;) {
		const struct nlattr *attrs[BACS_A_MAX + 1];
		uint8_t cmd;

		nl_receive(&nl, &cmd, attrs, buf, sizeof(buf), 100);
	}
}

/* The tty of the PCI card in this slot; newer kernels put more between them. */
static bool pci_tty(int slot, char *tty, size_t size)
{
	char names[256][NAME_MAX + 1], card[32], path[PATH_MAX], link[PATH_MAX];
	int n = sys_list("/sys/class/tty", names, 256);

	snprintf(card, sizeof(card), "/0000:00:%02x.0/", slot);
	for (int i = 0; i < n; i++) {
		ssize_t len;

		snprintf(path, sizeof(path), "/sys/class/tty/%s", names[i]);
		len = readlink(path, link, sizeof(link) - 1);
		if (len <= 0)
			continue;
		link[len] = '\0';
		if (!strstr(link, card))
			continue;
		snprintf(tty, size, "/dev/%s", names[i]);
		return !access(tty, F_OK);
	}
	return false;
}

static bool port_make(struct port *port)
{
	if (port->slot) {
		sys_write("1", "/sys/bus/pci/rescan");
		return AWAIT(LIMIT, pci_tty(port->slot, port->tty,
					    sizeof(port->tty)));
	}
	port->far = far_end_new();
	if (!port->far)
		return false;
	far_end_add(port->far, 1, 4);
	strcpy(port->tty, port->far->slave);
	return true;
}

static void port_remove(struct port *port)
{
	if (port->slot)
		sys_write("1", "/sys/bus/pci/devices/0000:00:%02x.0/remove",
			  port->slot);
	else
		far_end_hang_up(port->far);
}

static void hang_up(struct port *port)
{
	int fd;

	/* It may be gone already, and its number be another port's. */
	if (port->far ? port->far->ended :
	    !pci_tty(port->slot, port->tty, sizeof(port->tty)))
		return;
	fd = open(port->tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	ioctl(fd, TIOCVHANGUP);
	close(fd);
}

static bool bus_known(const char *bus)
{
	bool known;
	struct msg msg;
	struct nl nl;

	if (!nl_open(&nl))
		return true;
	msg_bus(&msg, &nl, BACS_CMD_BUS_GET, bus);
	known = nl_do(&nl, &msg, NULL, NULL) != -ENODEV;
	nl_close(&nl);
	return known;
}

static bool bus_gone(const char *bus)
{
	return !sys_exists(SYS_BACS "/%s", bus) &&
	       !sys_exists(SYS_BACS "/%s-001", bus) && !bus_known(bus);
}

static bool fail(const char *what, const char *bus, const enum action *order)
{
	fprintf(stderr, "# %s: %s (%s, %s, %s, %s)\n", bus, what,
		action_names[order[0]], action_names[order[1]],
		action_names[order[2]], action_names[order[3]]);
	return false;
}

static void see_controller(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *bus[BACS_BUS_A_MAX + 1];

	if (nl_parse_nest(attrs[BACS_A_BUS], bus, BACS_BUS_A_MAX) &&
	    attr_u32(bus[BACS_BUS_A_LEASE_LEFT_MS]))
		*(u32 *)arg = attr_u32(bus[BACS_BUS_A_CONTROLLER_PID]);
}

static bool equalizes_for(const char *bus, pid_t daemon)
{
	struct msg msg;
	struct nl nl;
	u32 pid = 0;

	if (!nl_open(&nl))
		return false;
	msg_bus(&msg, &nl, BACS_CMD_BUS_GET, bus);
	nl_do(&nl, &msg, see_controller, &pid);
	nl_close(&nl);
	return pid == (u32)daemon &&
	       sys_is("500", SYS_BACS "/%s-001/equalizer_duty", bus);
}

/* On a pty the discipline lives until the master is closed, too. */
static bool ends_bus(const struct port *port, enum action action)
{
	return action == HANG_UP || action == REMOVE ||
	       (action == CLOSE && port->slot);
}

static bool try_order(struct port *port, const char *bus, int n)
{
	struct bacs_start args = line_start_args(bus, 1, 4);
	enum action order[4];
	bool ended = false;
	pid_t daemon;
	int fd;

	order_of(n, order);
	if (!port_make(port))
		return fail("no port", bus, order);
	args.scan_ms = 50;
	fd = line_open(port->tty, port->slot ? B19200 : B115200);
	if (fd < 0 || line_set_discipline(fd, BACS_N_LDISC_DEFAULT) ||
	    line_start(fd, &args))
		return fail("cannot start", bus, order);
	if (!AWAIT(LIMIT, sys_count_live(bus, 1, 4) == 4))
		return fail("modules are not live", bus, order);
	daemon = start(act_as_daemon, bus);
	if (!AWAIT(LIMIT, equalizes_for(bus, daemon)))
		return fail("module 1 does not equalize", bus, order);

	for (int i = 0; i < 4; i++) {
		switch (order[i]) {
		case CLOSE:
			close(fd);
			break;
		case HANG_UP:
			hang_up(port);
			break;
		case REMOVE:
			port_remove(port);
			break;
		case STOP:
			stop(daemon);
			break;
		}
		ended |= ends_bus(port, order[i]);
		if (ended && !AWAIT(LIMIT, bus_gone(bus)))
			return fail("still there", bus, order);
		if (!ended && !sys_exists(SYS_BACS "/%s", bus))
			return fail("gone too early", bus, order);
	}
	if (port->far)
		far_end_free(port->far);
	port->far = NULL;
	return true;
}

FIXTURE(orders)
{
	pid_t readers[6];
};

FIXTURE_SETUP(orders)
{
	self->readers[0] = start(read_forever, "/sys/bus/bacs/devices");
	self->readers[1] = start(read_forever, "/sys/class/hwmon");
	self->readers[2] = start(read_forever, "/sys/class/power_supply");
	self->readers[3] = start(dump_forever, NULL);
	self->readers[4] = start(dump_forever, NULL);
	self->readers[5] = start(write_forever, NULL);
}

FIXTURE_TEARDOWN(orders)
{
	for (int i = 0; i < 6; i++)
		stop(self->readers[i]);
}

/* Some of the orders, in a process of its own; 0 when all went well */
static pid_t start_share(int share, int shares, int slot)
{
	struct port port = { .slot = slot };
	char bus[16];
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(bus, sizeof(bus), "tOrd%c", 'A' + share);
	for (int n = share; n < ORDERS; n += shares)
		if (!try_order(&port, bus, n))
			_exit(1);
	_exit(0);
}

static int wait_shares(pid_t *pids, int shares)
{
	int failed = 0, status;

	for (int i = 0; i < shares; i++)
		failed += waitpid(pids[i], &status, 0) != pids[i] ||
			  !WIFEXITED(status) || WEXITSTATUS(status);
	return failed;
}

TEST_F_TIMEOUT(orders, all_24_on_ptys, 900)
{
	pid_t pids[BUSES];

	for (int i = 0; i < BUSES; i++)
		pids[i] = start_share(i, BUSES, 0);
	EXPECT_EQ(0, wait_shares(pids, BUSES));
}

TEST_F_TIMEOUT(orders, all_24_on_16550s, 900)
{
	pid_t pids[BUSES];
	int ports = 0;
	char tty[80];

	while (ports < BUSES && pci_tty(FIRST_PCI_SLOT + ports, tty, sizeof(tty)))
		ports++;
	if (!ports)
		SKIP(return, "the guest has no port: tests/vm/run --serial sim:4");
	for (int i = 0; i < ports; i++)
		pids[i] = start_share(i, ports, FIRST_PCI_SLOT + i);
	EXPECT_EQ(0, wait_shares(pids, ports));
	sys_write("1", "/sys/bus/pci/rescan");
}

static int unload(void)
{
	return syscall(SYS_delete_module, "bacs", O_NONBLOCK) ? -errno : 0;
}

/* The driver goes with files open; they read ENODEV, and nothing is left. */
TEST(driver_is_removed_with_open_files)
{
	static const char * const files[] = {
		"/state", "/stats/requests", "/hwmon", "/power_supply",
	};
	struct bacs_start args = line_start_args("tGone", 1, 4);
	char path[PATH_MAX], buf[64];
	struct far_end *far = far_end_new();
	struct nl nl;
	int fds[6], fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, 4);
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(nl_open(&nl));
	ASSERT_TRUE(nl_join(&nl, nl.group_samples));
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live("tGone", 1, 4) == 4));
	ASSERT_TRUE(AWAIT(LIMIT, sys_power("tGone", 2, path, sizeof(path))));
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), SYS_BACS "/tGone-002%s", files[i]);
		fds[i] = open(path, O_RDONLY);
	}
	sys_power("tGone", 2, path, sizeof(path));
	strcat(path, "/voltage_now");
	fds[2] = open(path, O_RDONLY);
	sys_hwmon("tGone", 2, path, sizeof(path));
	strcat(path, "/in0_input");
	fds[3] = open(path, O_RDONLY);
	sys_hwmon("tGone", 2, path, sizeof(path));
	strcat(path, "/in0_min");
	fds[4] = open(path, O_RDWR);
	fds[5] = open(SYS_BACS "/tGone/stats/bytes_tx", O_RDONLY);
	for (int i = 0; i < 6; i++) {
		ASSERT_LE(0, fds[i]);
	}
	EXPECT_EQ(-EAGAIN, unload());
	line_end(fd);
	ASSERT_EQ(0, unload());
	for (int i = 0; i < 6; i++) {
		EXPECT_EQ(-1, pread(fds[i], buf, sizeof(buf), 0));
		EXPECT_EQ(ENODEV, errno);
	}
	EXPECT_EQ(-1, pwrite(fds[4], "1", 1, 0));
	EXPECT_FALSE(sys_exists("/sys/bus/bacs"));
	ASSERT_EQ(0, system("modprobe bacs"));
	EXPECT_EQ(-1, pread(fds[0], buf, sizeof(buf), 0));
	for (int i = 0; i < 6; i++)
		close(fds[i]);
	nl_close(&nl);
	/* And it works as before. */
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(AWAIT(LIMIT, sys_count_live("tGone", 1, 4) == 4));
	line_end(fd);
	far_end_free(far);
}

/* The tty layer would give it even the number of the terminals. */
TEST(numbers_that_are_not_ours_are_refused)
{
	ASSERT_TRUE(AWAIT(LIMIT, !unload()));
	EXPECT_NE(0, system("modprobe bacs ldisc=0 2>/dev/null"));
	EXPECT_NE(0, system("modprobe bacs ldisc=-1 2>/dev/null"));
	EXPECT_NE(0, system("modprobe bacs ldisc=31 2>/dev/null"));
	EXPECT_FALSE(sys_exists("/sys/bus/bacs"));
	ASSERT_EQ(0, system("modprobe bacs"));
}

TEST_HARNESS_MAIN
