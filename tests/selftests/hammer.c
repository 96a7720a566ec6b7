// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hammer [--seed N] [--seconds S] [--faults] - everything at once: processes
 * that attach and detach lines, put bytes on them, talk netlink, read and
 * write sysfs and unload the driver, each by dice of its own
 *
 * It is meant for the debug kernel, which finds what goes wrong; the hammer
 * itself fails if a process hangs or dies, if something of its kinds never
 * happened, if a live module is without its devices when all keep still, if a
 * bus is left over or if the driver does not work afterwards.
 * The same seed throws the same dice in each process; who runs when, the
 * machine decides. --faults lets allocations of the processes fail, and of the
 * driver's own work.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"

#define MODULES		8
#define PIECE		512	/* bytes said at once */
#define LIMIT		120000	/* ms, for a broken driver only */
#define ALL_LIMIT	600000	/* ms until each kind of thing has happened */

#define PROFILE		"hammer"

enum kind {
	STARTS, REFUSED_STARTS, POLLS, LIVE, HANGUPS, BYTES, MUTANTS, TERMIOS,
	REQUESTS, DUMPS, PROFILES, SYS_READS, SYS_WRITES, STALE_READS, UNLOADS,
	KINDS
};

static const char * const kind_names[KINDS] = {
	"starts", "refused starts", "requests of the driver", "modules found",
	"hang-ups", "bytes", "mutants", "line changes", "requests", "dumps",
	"profiles", "files read", "files written", "reads of what is gone",
	"unloads",
};

/* Shared by all processes */
static struct {
	volatile int stop;
	volatile int quiet;	/* no new lines: the driver is to be unloaded */
	volatile int calm;	/* a new line each, that stays; nothing else */
	uint64_t count[KINDS];
} *shared;

static uint64_t dice;

static void did(enum kind kind, uint64_t n)
{
	__atomic_fetch_add(&shared->count[kind], n, __ATOMIC_RELAXED);
}

/* splitmix64 */
static uint32_t rnd(uint32_t below)
{
	uint64_t z = dice += 0x9E3779B97F4A7C15ULL;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
	return (uint32_t)((z ^ z >> 31) >> 32) % below;
}

static const char *any_name(void)
{
	static const char * const names[] = {
		"hamA", "hamB", "hamC", "HAMc", "hamD",
	};

	return names[rnd(ARRAY_SIZE(names))];
}

/* --- lines ---------------------------------------------------------------- */

/* What a full buffer does not take is lost, as on any line. */
static size_t say(struct far_end *far, const u8 *bytes, size_t len)
{
	ssize_t n = write(far->master, bytes, len);

	return n < 0 ? 0 : (size_t)n;
}

static void say_bytes(struct far_end *far)
{
	u8 bytes[PIECE];
	size_t len = 1 + rnd(PIECE);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (u8)rnd(256);
	did(BYTES, say(far, bytes, len));
}

/* A reply to a poll, spoilt in a place; its checksum is right all the same */
static void say_mutant(struct far_end *far)
{
	u8 reply[RTU_FRAME_MAX] = {
		(u8)(1 + rnd(MODULES)), RTU_READ_INPUT,
		2 * BACS_C_JAR_REGISTERS, 0x04, 0x17, 0x34, 0xD3,
	};
	size_t len = 3 + 2 * BACS_C_JAR_REGISTERS;

	if (!rnd(4)) {
		reply[2] = 2 * BACS_C_IDENT_REGISTERS;
		len = 3 + 2 * BACS_C_IDENT_REGISTERS;
		memcpy(reply + 3, "BACS\1\0\0\1", 8);
	}
	for (uint32_t n = rnd(4); n; n--)
		reply[rnd((uint32_t)len)] = (u8)rnd(256);
	if (!rnd(8))
		len = 1 + rnd(RTU_FRAME_MAX - 2);
	len = rtu_seal(reply, len);
	if (say(far, reply, len) == len)
		did(MUTANTS, 1);
}

static void change_line(const char *tty)
{
	static const speed_t speeds[] = { B0, B300, B9600, B115200, B4000000 };
	int fd = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK);
	struct termios t;

	if (fd < 0)
		return;
	if (!tcgetattr(fd, &t)) {
		cfsetspeed(&t, speeds[rnd(ARRAY_SIZE(speeds))]);
		t.c_cflag ^= rnd(2) ? PARENB : CSTOPB;
		if (!tcsetattr(fd, TCSANOW, &t))
			did(TERMIOS, 1);
	}
	tcflush(fd, (int)rnd(3));
	close(fd);
}

static void use_line(struct far_end *far, int fd, struct bacs_start *args)
{
	char c = (char)rnd(256);

	switch (rnd(10)) {
	case 0:
	case 1:
		say_bytes(far);
		break;
	case 2:
	case 3:
	case 4:
		for (uint32_t n = rnd(20); n; n--)
			say_mutant(far);
		break;
	case 5:
		change_line(far->slave);
		break;
	case 6:
		far_end_mute(far, (u8)(1 + rnd(MODULES)), rnd(2));
		break;
	case 7:
		line_start(fd, args);
		if (read(fd, &c, 1) < 0 && write(fd, &c, 1) < 0)
			ioctl(fd, TIOCSTI, &c);
		break;
	default:
		usleep(rnd(30000));
		break;
	}
}

static void end_line(struct far_end *far, int fd)
{
	did(POLLS, far_end_count(far, &far->requests));
	switch (rnd(4)) {
	case 0:
		far_end_hang_up(far);
		line_end(fd);
		did(HANGUPS, 1);
		break;
	case 1:
		if (!ioctl(fd, TIOCVHANGUP))
			did(HANGUPS, 1);
		line_end(fd);
		break;
	case 2:
		/* the last close of both ends, in one order or the other */
		close(fd);
		break;
	default:
		line_end(fd);
		break;
	}
	far_end_free(far);
}

/*
 * A bus listens for half a second before it looks for modules; most lines stay
 * until it has found some, so that there is something to end.
 */
static void let_it_find(const struct bacs_start *args)
{
	unsigned int live = 0;

	if (!rnd(4))
		return;
	for (int i = 0; i < 400 && !live && !shared->stop; i++) {
		/* To look costs a slow machine more than the bus itself. */
		usleep(50000);
		live = sys_count_live(args->name, 1, MODULES);
	}
	did(LIVE, live);
}

static void a_line(void)
{
	struct bacs_start args = line_start_args(any_name(), rnd(3) ? 1 : 0,
						 MODULES);
	struct far_end *far = far_end_new();
	bool stays = shared->calm;
	int fd, err;

	if (!far)
		return;
	fcntl(far->master, F_SETFL, O_NONBLOCK);
	far_end_add(far, 1, 1 + rnd(MODULES));
	far_end_set_class(far, 2, (u8)(1 + rnd(4)));
	args.scan_ms = rnd(2) ? 0 : rnd(200);
	if (!rnd(4))
		args.response_ms = 5 + rnd(100);
	if (!rnd(4))
		args.flags = rnd(4);
	if (!rnd(4))
		strcpy(args.profile, PROFILE);
	if (!rnd(8))
		((u8 *)&args)[4 + rnd(sizeof(args) - 4)] = (u8)rnd(256);
	fd = line_open(far->slave, B115200);
	if (fd < 0) {
		far_end_free(far);
		return;
	}
	err = line_set_discipline(fd, BACS_N_LDISC_DEFAULT);
	if (!err)
		err = line_start(fd, &args);
	did(err ? REFUSED_STARTS : STARTS, 1);
	if (!err)
		let_it_find(&args);
	for (uint32_t n = err ? 0 : 1 + rnd(60);
	     n && !shared->stop && !shared->calm; n--)
		use_line(far, fd, &args);
	while (!err && stays && !shared->stop)
		usleep(10000);
	end_line(far, fd);
}

static void lines(void)
{
	if (shared->quiet)
		usleep(1000);
	else
		a_line();
}

/* --- netlink -------------------------------------------------------------- */

static void any_attribute(struct msg *msg, unsigned int depth)
{
	uint16_t type = (uint16_t)rnd(BACS_A_MAX + 3);
	uint8_t bytes[64];
	struct nlattr *nest;

	switch (rnd(6)) {
	case 0:
		msg_u32(msg, type, rnd(2) ? rnd(2000) : rnd(UINT32_MAX));
		break;
	case 1:
		msg_u8(msg, type, (uint8_t)rnd(256));
		break;
	case 2:
		msg_u16(msg, type, (uint16_t)rnd(65536));
		break;
	case 3:
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)rnd(256);
		msg_put(msg, type, bytes, rnd(sizeof(bytes)));
		break;
	default:
		nest = msg_nest(msg, type);
		for (uint32_t n = depth < 3 ? rnd(5) : 0; n; n--)
			any_attribute(msg, depth + 1);
		msg_nest_end(msg, nest);
		break;
	}
}

/* One of two, so that buses change from one to the other */
static void put_profile(struct msg *msg)
{
	struct nlattr *nest = msg_nest(msg, BACS_A_PROFILE), *field;
	bool other = rnd(2);

	msg_string(msg, BACS_PROFILE_A_NAME, PROFILE);
	msg_u32(msg, BACS_PROFILE_A_CLASS, other ? BACS_CLASS_JAR :
						   BACS_CLASS_STRING);
	msg_u8(msg, BACS_PROFILE_A_FUNCTION, RTU_READ_INPUT);
	msg_u16(msg, BACS_PROFILE_A_START, 0);
	msg_u16(msg, BACS_PROFILE_A_COUNT, BACS_C_JAR_REGISTERS - other);
	field = msg_nest(msg, BACS_PROFILE_A_FIELD);
	msg_u32(msg, BACS_FIELD_A_QUANTITY, BACS_QUANTITY_VOLTAGE_MV);
	msg_u16(msg, BACS_FIELD_A_REGISTER, BACS_C_JAR_VOLTAGE_MV);
	msg_u8(msg, BACS_FIELD_A_WIDTH, 16);
	msg_nest_end(msg, field);
	msg_nest_end(msg, nest);
}

static void name_profile(struct msg *msg)
{
	struct nlattr *nest = msg_nest(msg, BACS_A_PROFILE);

	msg_string(msg, BACS_PROFILE_A_NAME, PROFILE);
	msg_nest_end(msg, nest);
}

/* What a user would send, to a bus and a module that may be there */
static void right_attributes(struct msg *msg, uint8_t cmd)
{
	struct nlattr *nest;

	switch (cmd) {
	case BACS_CMD_EQUALIZE_SET:
		nest = msg_nest(msg, BACS_A_DUTY);
		msg_u8(msg, BACS_DUTY_A_ADDRESS, (uint8_t)(1 + rnd(MODULES)));
		msg_u32(msg, BACS_DUTY_A_PERMILLE, rnd(1001));
		msg_nest_end(msg, nest);
		break;
	case BACS_CMD_MODULE_SET:
		nest = msg_nest(msg, BACS_A_MODULE);
		msg_string(msg, BACS_MODULE_A_LABEL, rnd(2) ? "1S1" : "2S2");
		msg_nest_end(msg, nest);
		break;
	case BACS_CMD_BUS_SET:
		msg_u32(msg, BACS_A_SCAN_MS, rnd(500));
		break;
	case BACS_CMD_IDENTIFY_SET:
		msg_u8(msg, BACS_A_ON, (uint8_t)rnd(2));
		break;
	case BACS_CMD_LATCH:
		msg_u16(msg, BACS_A_LATCH_NUMBER, (uint16_t)rnd(65536));
		break;
	case BACS_CMD_TRANSACT:
		nest = msg_nest(msg, BACS_A_TRANSACT);
		msg_u8(msg, BACS_TRANSACT_A_ADDRESS, (uint8_t)rnd(MODULES));
		msg_put(msg, BACS_TRANSACT_A_PDU, "\4\0\0\0\1", 5);
		msg_nest_end(msg, nest);
		break;
	case BACS_CMD_PROFILE_NEW:
		put_profile(msg);
		break;
	case BACS_CMD_PROFILE_GET:
	case BACS_CMD_PROFILE_DEL:
		name_profile(msg);
		break;
	default:
		break;
	}
}

static void a_request(struct nl *nl)
{
	uint8_t cmd = (uint8_t)rnd(BACS_CMD_MAX + 2);
	bool right = rnd(4);
	struct msg msg;

	if (rnd(4))
		msg_module(&msg, nl, cmd, any_name(),
			   (uint8_t)(1 + rnd(MODULES + 2)));
	else if (rnd(2))
		msg_bus(&msg, nl, cmd, any_name());
	else
		msg_begin(&msg, nl, cmd);
	if (right)
		right_attributes(&msg, cmd);
	else
		for (uint32_t n = rnd(4); n; n--)
			any_attribute(&msg, 0);
	if (rnd(4)) {
		if (!nl_do(nl, &msg, NULL, NULL))
			did(right && cmd == BACS_CMD_PROFILE_NEW ? PROFILES :
			    REQUESTS, 1);
	} else if (!nl_dump(nl, &msg, NULL, NULL)) {
		did(DUMPS, 1);
	}
}

static void a_socket(void)
{
	struct msg msg;
	struct nl nl;

	/* Who asks for a driver that is not there has it loaded. */
	if ((shared->quiet && rnd(64)) || !nl_open(&nl)) {
		usleep(1000);
		return;
	}
	if (rnd(2))
		nl_join(&nl, nl.group_events);
	if (rnd(2))
		nl_join(&nl, nl.group_samples);
	if (rnd(2)) {
		msg_bus(&msg, &nl, BACS_CMD_CONTROL_CLAIM, any_name());
		if (!nl_do(&nl, &msg, NULL, NULL))
			did(REQUESTS, 1);
	}
	for (uint32_t n = 1 + rnd(40); n && !shared->stop; n--)
		a_request(&nl);
	/* and gone in the middle of a dump */
	if (!rnd(4)) {
		msg_begin(&msg, &nl, BACS_CMD_MODULE_GET);
		msg.header.nlmsg_flags |= NLM_F_DUMP;
		if (send(nl.fd, &msg, msg.header.nlmsg_len, 0) > 0)
			did(DUMPS, 1);
	}
	nl_close(&nl);
}

/* --- sysfs ---------------------------------------------------------------- */

#define HELD	16

static int held[HELD];

static const char *any_class(void)
{
	static const char * const places[] = {
		SYS_BACS, "/sys/class/hwmon", "/sys/class/power_supply",
	};

	return places[rnd(ARRAY_SIZE(places))];
}

/* A descriptor that may outlive what it shows */
static void hold_and_read(const char *path)
{
	uint32_t i = rnd(HELD);
	char buf[4096];

	if (held[i] > 0) {
		if (pread(held[i], buf, sizeof(buf), 0) < 0 && errno == ENODEV)
			did(STALE_READS, 1);
		close(held[i]);
	}
	held[i] = open(path, O_RDONLY | O_CLOEXEC);
}

static void a_file(void)
{
	static char names[256][NAME_MAX + 1];
	static const char * const values[] = {
		"0", "1", "-1", "100", "60000", "2147483647", "-2147483648",
		"99999999999999999999", "", "x", "12000", "14500", "\n", "0x10",
	};
	const char *class = any_class();
	char dir[PATH_MAX], path[PATH_MAX];
	int n = sys_list(class, names, 256);

	if (n <= 0) {
		usleep(1000);
		return;
	}
	snprintf(dir, sizeof(dir), "%s/%s/", class, names[rnd((uint32_t)n)]);
	if (!rnd(4)) {
		did(SYS_READS, sys_read_tree(dir, 2));
		return;
	}
	n = sys_list(dir, names, 256);
	if (n <= 0)
		return;
	snprintf(path, sizeof(path), "%s%s", dir, names[rnd((uint32_t)n)]);
	/* not unbind, uevent and the like of others */
	if (rnd(4) && (strstr(path, "scan_ms") || strstr(path, "_min") ||
		       strstr(path, "_max") || strstr(path, "crit"))) {
		if (!sys_write(values[rnd(ARRAY_SIZE(values))], "%s", path))
			did(SYS_WRITES, 1);
	} else {
		hold_and_read(path);
		did(SYS_READS, 1);
	}
}

/* --- the driver itself ---------------------------------------------------- */

static bool run(const char *program, const char *arg, const char *arg2)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execlp(program, program, arg, arg2, NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void unload(void)
{
	uint64_t starts = shared->count[STARTS] + 1 + rnd(6);

	AWAIT(LIMIT, shared->stop || shared->calm ||
	      shared->count[STARTS] >= starts);
	if (shared->stop || shared->calm)
		return;
	shared->quiet = 1;
	if (AWAIT(LIMIT, shared->stop || shared->calm ||
		  !syscall(SYS_delete_module, "bacs", O_NONBLOCK)))
		did(UNLOADS, !shared->stop && !shared->calm);
	usleep(rnd(20000));
	run("modprobe", "bacs", NULL);
	shared->quiet = 0;
}

/* --- memory --------------------------------------------------------------- */

/*
 * The kernel's own threads, which make the devices: now their allocations may
 * fail, and now not, so that some devices come and some do not.
 */
static void starve_threads(bool on)
{
	static char names[1024][NAME_MAX + 1];
	int n = sys_list("/proc", names, 1024);

	for (int i = 0; i < n; i++) {
		char comm[64];

		if (names[i][0] >= '1' && names[i][0] <= '9' &&
		    sys_read(comm, sizeof(comm), "/proc/%s/comm", names[i]) > 0 &&
		    !strncmp(comm, "kworker/u", 9))
			sys_write(on ? "1" : "0", "/proc/%s/make-it-fail",
				  names[i]);
	}
}

static void starve(void)
{
	starve_threads(rnd(2));
	usleep(rnd(500000));
}

/* --- all of them ---------------------------------------------------------- */

static const struct {
	const char *name;
	void (*round)(void);
	bool may_fail;		/* its allocations, with --faults */
	bool only_faults;	/* is there with --faults only */
} workers[] = {
	{ "line", lines, true }, { "line", lines, true },
	{ "line", lines, false }, { "netlink", a_socket, true },
	{ "netlink", a_socket, false }, { "sysfs", a_file, false },
	{ "sysfs", a_file, false }, { "unload", unload, false },
	{ "starve", starve, false, true },
};

#define WORKERS	ARRAY_SIZE(workers)

static pid_t start(size_t i, uint64_t seed, bool faults)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (workers[i].only_faults && !faults)
		_exit(0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The far ends complain of lines that were hung up. */
	if (!freopen("/dev/null", "w", stderr))
		_exit(1);
	dice = seed * 1000 + i;
	if (faults && workers[i].may_fail)
		sys_write("1", "/proc/self/make-it-fail");
	while (!shared->stop) {
		if (shared->calm && workers[i].round != lines)
			usleep(10000);
		else
			workers[i].round();
	}
	_exit(0);
}

static bool all_kinds(void)
{
	for (int k = 0; k < KINDS; k++)
		if (!shared->count[k])
			return false;
	return true;
}

static bool gone(pid_t pid, int *ret_status)
{
	return waitpid(pid, ret_status, WNOHANG) == pid;
}

/* Everybody ends, by himself. */
static int end_all(const pid_t *pids)
{
	int bad = 0;

	shared->stop = 1;
	for (size_t i = 0; i < WORKERS; i++) {
		int status = 0;

		if (!AWAIT(LIMIT, gone(pids[i], &status))) {
			printf("# process %zu (%s) hangs\n", i, workers[i].name);
			kill(pids[i], SIGKILL);
			bad++;
		} else if (status) {
			printf("# process %zu (%s) ended with status 0x%x\n", i,
			       workers[i].name, (unsigned int)status);
			bad++;
		}
	}
	return bad;
}

static bool set_faults(const char *probability)
{
	static const char dir[] = "/sys/kernel/debug/failslab";

	return !sys_write("Y", "%s/task-filter", dir) &&
	       !sys_write("0", "%s/verbose", dir) &&
	       !sys_write("-1", "%s/times", dir) &&
	       !sys_write("N", "%s/ignore-gfp-wait", dir) &&
	       !sys_write(probability, "%s/probability", dir);
}

static bool has(const char *module, const char *class)
{
	char path[PATH_MAX], name[1][NAME_MAX + 1];

	snprintf(path, sizeof(path), SYS_BACS "/%s/%s", module, class);
	return sys_list(path, name, 1) == 1;
}

/* A live module has a chip, and if it is a jar, a power supply. */
static bool devices_are_there(const char *module, bool say)
{
	bool chip = has(module, "hwmon");
	bool supply = has(module, "power_supply") ||
		      !sys_is("jar", SYS_BACS "/%s/class", module);

	if (say && !(chip && supply))
		printf("# %s is ok and without %s\n", module,
		       chip ? "power supply" : "hwmon chip");
	return chip && supply;
}

/* Nobody does anything: some module is live, and none without its devices. */
static bool all_there(bool say)
{
	static char names[4 * MODULES][NAME_MAX + 1];
	int n = sys_list(SYS_BACS, names, 4 * MODULES);
	unsigned int live = 0;
	bool all = true;

	for (int i = 0; i < n; i++) {
		if (!sys_is("ok", SYS_BACS "/%s/state", names[i]))
			continue;
		live++;
		all &= devices_are_there(names[i], say);
	}
	if (say && !live)
		printf("# no module is live\n");
	return all && live;
}

/* Has the kernel said that a device could not be made? */
static bool refused_a_device(int kmsg)
{
	bool refused = false;
	char record[1024];
	ssize_t n;

	starve_threads(true);
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[n] = '\0';
		refused |= strstr(record, ": cannot register ") ||
			   strstr(record, ": cannot add module ");
	}
	return refused;
}

/* Live modules whose devices cannot be made */
static bool make_them_wait(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	bool refused;

	lseek(kmsg, 0, SEEK_END);
	refused = AWAIT(LIMIT, refused_a_device(kmsg));
	close(kmsg);
	if (!refused)
		printf("# no module had to wait for its devices\n");
	return set_faults("0") && refused;
}

/* What had no memory comes by itself when there is some again. */
static bool mends_itself(bool faults)
{
	shared->calm = 1;
	if (faults && !make_them_wait())
		return false;
	if (AWAIT(LIMIT, all_there(false)))
		return true;
	return all_there(true);
}

/* The driver as if nothing had been: loads, finds modules, ends */
static bool still_works(void)
{
	struct bacs_start args = line_start_args("hamEnd", 1, MODULES);
	static char names[64][NAME_MAX + 1];
	struct far_end *far;
	bool good;
	int fd;

	run("modprobe", "bacs", NULL);
	if (!AWAIT(LIMIT, sys_list(SYS_BACS, names, 64) == 0)) {
		printf("# %s is left over\n", names[0]);
		return false;
	}
	far = far_end_new();
	if (!far)
		return false;
	far_end_add(far, 1, MODULES);
	fd = line_bus(far->slave, &args);
	good = fd >= 0 && AWAIT(LIMIT, sys_count_live("hamEnd", 1, MODULES) ==
				MODULES);
	line_end(fd);
	far_end_free(far);
	if (!good)
		printf("# a new bus does not come up\n");
	if (!AWAIT(LIMIT, !syscall(SYS_delete_module, "bacs", O_NONBLOCK))) {
		printf("# the driver cannot be unloaded\n");
		good = false;
	}
	return good;
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = text ? strtoul(text, &end, 10) : 0;

	if (!text || *end || end == text) {
		fprintf(stderr, "usage: hammer [--seed N] [--seconds S] [--faults]\n");
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	unsigned long seed = 1, seconds = 60;
	bool faults = false, good;
	pid_t pids[WORKERS];

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed"))
			seed = number(argv[++i]);
		else if (!strcmp(argv[i], "--seconds"))
			seconds = number(argv[++i]);
		else if (!strcmp(argv[i], "--faults"))
			faults = true;
		else
			number(NULL);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	printf("# hammer --seed %lu --seconds %lu%s\n", seed, seconds,
	       faults ? " --faults" : "");
	if (faults && !set_faults("2")) {
		printf("# this kernel cannot let allocations fail\n");
		return 1;
	}
	for (size_t i = 0; i < WORKERS; i++) {
		pids[i] = start(i, seed, faults);
		if (pids[i] < 0)
			return 1;
	}
	AWAIT((int64_t)seconds * 1000, false);
	/* A slow machine gets the time it needs to do all there is to do. */
	good = AWAIT(ALL_LIMIT, all_kinds());
	good &= mends_itself(faults);
	good &= !end_all(pids);
	for (int k = 0; k < KINDS; k++)
		printf("# %llu %s\n", (unsigned long long)shared->count[k],
		       kind_names[k]);
	good &= still_works();
	for (int k = 0; k < KINDS; k++)
		if (!shared->count[k])
			printf("# nothing came of: %s\n", kind_names[k]);
	printf("#RESULT %s hammer, seed %lu, %lu s%s\n", good ? "ok" : "FAIL",
	       seed, seconds, faults ? ", failing allocations" : "");
	return !good;
}
