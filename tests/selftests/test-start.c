// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The line discipline and BACS_IOC_START (SLICE 2; design 3, "Start of a bus";
 * bad input: a pty opened by an ordinary user who sets the discipline)
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "far-end.h"
#include "line.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

/* The layout is the same for 32 and 64 bit callers, and has no holes. */
_Static_assert(offsetof(struct bacs_start, size) == 0, "size");
_Static_assert(offsetof(struct bacs_start, flags) == 4, "flags");
_Static_assert(offsetof(struct bacs_start, name) == 8, "name");
_Static_assert(offsetof(struct bacs_start, profile) == 24, "profile");
_Static_assert(offsetof(struct bacs_start, addresses) == 56, "addresses");
_Static_assert(offsetof(struct bacs_start, scan_ms) == 88, "scan_ms");
_Static_assert(offsetof(struct bacs_start, rx_trigger) == 92, "rx_trigger");
_Static_assert(offsetof(struct bacs_start, response_ms) == 96, "response_ms");
_Static_assert(offsetof(struct bacs_start, reserved) == 100, "reserved");
_Static_assert(sizeof(struct bacs_start) == 120, "size of the whole");
_Static_assert(BACS_IOC_START == 0x407842b0, "number of the ioctl");

FIXTURE(start)
{
	struct far_end *far;
	int fd;
	struct bacs_start args;
};

FIXTURE_SETUP(start)
{
	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, 2);
	self->fd = line_open(self->far->slave, B115200);
	ASSERT_LE(0, self->fd);
	self->args = line_start_args("tStart", 1, 2);
}

FIXTURE_TEARDOWN(start)
{
	line_end(self->fd);
	far_end_free(self->far);
}

static int set_discipline_on(void *arg)
{
	int fd = line_open(arg, B115200);

	return fd < 0 ? 254 : -line_set_discipline(fd, BACS_N_LDISC_DEFAULT);
}

/* His own pty, which he may open as he likes */
static int user_pty(void *unused)
{
	char slave[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	(void)unused;
	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, slave, sizeof(slave)))
		return 254;
	return set_discipline_on(slave);
}

TEST_F(start, ordinary_user_is_refused)
{
	int result;

	ASSERT_TRUE(line_as_nobody(user_pty, NULL, &result));
	EXPECT_EQ(EPERM, result);
}

static int start_on(void *arg)
{
	struct bacs_start args = line_start_args("tUser", 1, 2);

	return -line_start(*(int *)arg, &args);
}

/* A descriptor that was handed on does not carry the right along. */
TEST_F(start, ordinary_user_cannot_start)
{
	int result;

	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	ASSERT_TRUE(line_as_nobody(start_on, &self->fd, &result));
	EXPECT_EQ(EPERM, result);
	EXPECT_FALSE(sys_exists(SYS_BACS "/tUser"));
}

/* Idle: no device, and the far end hears nothing, whatever comes in. */
TEST_F(start, idle_discipline_is_silent)
{
	static const u8 noise[] = { 1, 4, 0, 0, 0, 1, 0x31, 0xca, 0xff };
	char before[64][NAME_MAX + 1], after[64][NAME_MAX + 1];
	int n = sys_list(SYS_BACS, before, 64), queued;

	ASSERT_LE(0, n);
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	far_end_say(self->far, noise, sizeof(noise));
	EXPECT_EQ(-1, read(self->fd, before[0], 1));
	EXPECT_EQ(-1, write(self->fd, noise, 1));
	/* A bus would have spoken after half a second of listening. */
	EXPECT_FALSE(AWAIT(1500, far_end_count(self->far, &self->far->requests) ||
			   far_end_count(self->far, &self->far->invalid)));
	EXPECT_EQ(n, sys_list(SYS_BACS, after, 64));
	ASSERT_EQ(0, ioctl(self->far->master, FIONREAD, &queued));
	EXPECT_EQ(0, queued);
}

/* Settings and queries of an ordinary tty go on working. */
TEST_F(start, tty_ioctls_work)
{
	struct termios t;
	int number = -1;

	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	ASSERT_EQ(0, ioctl(self->fd, TIOCGETD, &number));
	EXPECT_EQ(BACS_N_LDISC_DEFAULT, number);
	ASSERT_EQ(0, tcgetattr(self->fd, &t));
	EXPECT_EQ((speed_t)B115200, cfgetospeed(&t));
	number = N_TTY;
	EXPECT_EQ(0, ioctl(self->fd, TIOCSETD, &number));
	EXPECT_EQ(-1, ioctl(self->fd, BACS_IOC_START, &self->args));
	EXPECT_EQ(ENOTTY, errno);
}

#define REFUSED(_error, _change) do { \
	struct bacs_start args = self->args; \
	_change; \
	EXPECT_EQ(-(_error), line_start(self->fd, &args)) \
		TH_LOG("after: %s", #_change); \
} while (0)

TEST_F(start, bad_arguments_are_refused)
{
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	REFUSED(EINVAL, args.name[0] = '\0');
	REFUSED(EINVAL, strcpy(args.name, "1bus"));
	REFUSED(EINVAL, strcpy(args.name, "bus-1"));
	REFUSED(EINVAL, strcpy(args.name, "bus_1"));
	REFUSED(EINVAL, strcpy(args.name, "b/../x"));
	REFUSED(EINVAL, strcpy(args.name, "b\xc3\xa4"));
	REFUSED(EINVAL, strcpy(args.name, "abcdefghijklm"));
	REFUSED(EINVAL, memset(args.name, 'a', sizeof(args.name)));
	REFUSED(EINVAL, memset(args.profile, 'a', sizeof(args.profile)));
	REFUSED(EINVAL, args.flags = ~BACS_START_FLAGS);
	REFUSED(EINVAL, args.flags = 1U << 31);
	REFUSED(EINVAL, args.addresses[0] |= 1);
	REFUSED(EINVAL, args.addresses[31] |= 0x80);
	for (int i = 0; i < 5; i++) {
		REFUSED(EINVAL, args.reserved[i] = 1);
	}
	REFUSED(EINVAL, args.scan_ms = BACS_SCAN_MS_MAX + 1);
	REFUSED(EINVAL, args.scan_ms = 0xFFFFFFFF);
	REFUSED(EINVAL, args.response_ms = BACS_RESPONSE_MS_MIN - 1);
	REFUSED(EINVAL, args.response_ms = BACS_RESPONSE_MS_MAX + 1);
	REFUSED(EINVAL, args.size = sizeof(args) - 1);
	REFUSED(EINVAL, args.size = 0);
	REFUSED(E2BIG, args.size = 1U << 20);
	REFUSED(ENOENT, strcpy(args.profile, "no-such-profile"));
	REFUSED(ENOENT, strcpy(args.profile, "BACS-C"));
	EXPECT_EQ(-1, ioctl(self->fd, BACS_IOC_START, NULL));
	EXPECT_EQ(EFAULT, errno);
	/* Nothing of it was half applied. */
	EXPECT_EQ(0, line_start(self->fd, &self->args));
}

/* The last byte of the structure stands before a page nobody may touch. */
TEST_F(start, structure_at_the_end_of_memory)
{
	long page = sysconf(_SC_PAGESIZE);
	u8 *at = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct bacs_start *args;

	ASSERT_NE(MAP_FAILED, at);
	ASSERT_EQ(0, mprotect(at + page, (size_t)page, PROT_NONE));
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	args = (void *)(at + page - sizeof(*args));
	*args = self->args;
	args->size = sizeof(*args) + 8;
	EXPECT_EQ(-EFAULT, line_start(self->fd, args));
	args->size = sizeof(*args);
	EXPECT_EQ(0, line_start(self->fd, args));
}

TEST_F(start, longer_structure)
{
	struct {
		struct bacs_start args;
		u8 more[64];
	} newer = { .args = self->args };

	newer.args.size = sizeof(newer);
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	newer.more[63] = 1;
	EXPECT_EQ(-E2BIG, line_start(self->fd, &newer.args));
	newer.more[63] = 0;
	newer.more[0] = 1;
	EXPECT_EQ(-E2BIG, line_start(self->fd, &newer.args));
	newer.more[0] = 0;
	EXPECT_EQ(0, line_start(self->fd, &newer.args));
	EXPECT_TRUE(sys_exists(SYS_BACS "/tStart"));
}

TEST_F(start, name_and_tty_are_taken)
{
	struct far_end *other = far_end_new();
	struct bacs_start args = self->args;
	int fd;

	ASSERT_NE(NULL, other);
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	ASSERT_EQ(0, line_start(self->fd, &self->args));
	EXPECT_EQ(-EEXIST, line_bus(other->slave, &args));
	strcpy(args.name, "TSTART");
	EXPECT_EQ(-EEXIST, line_bus(other->slave, &args));
	strcpy(args.name, "tOther");
	EXPECT_EQ(-EBUSY, line_start(self->fd, &args));
	fd = line_bus(other->slave, &args);
	EXPECT_LE(0, fd);
	line_end(fd);
	far_end_free(other);
}

TEST_F(start, hung_up_tty)
{
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	far_end_hang_up(self->far);
	EXPECT_GT(0, line_start(self->fd, &self->args));
	EXPECT_FALSE(sys_exists(SYS_BACS "/tStart"));
}

TEST_F(start, bus_shows_what_was_asked_for)
{
	char slave[64];

	self->args.flags = BACS_START_READONLY;
	self->args.scan_ms = 1234;
	strcpy(self->args.profile, "bacs-c");
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	ASSERT_EQ(0, line_start(self->fd, &self->args));
	EXPECT_TRUE(sys_is("1", SYS_BACS "/tStart/readonly"));
	EXPECT_TRUE(sys_is("1234", SYS_BACS "/tStart/scan_ms"));
	EXPECT_TRUE(sys_is("bacs-c", SYS_BACS "/tStart/profile"));
	/* A pty's slave n is called ptsn. */
	snprintf(slave, sizeof(slave), "pts%s",
		 strrchr(self->far->slave, '/') + 1);
	EXPECT_TRUE(sys_is(slave, SYS_BACS "/tStart/tty"));
	EXPECT_TRUE(AWAIT(120000, sys_exists(SYS_BACS "/tStart-002")));
	EXPECT_FALSE(sys_exists(SYS_BACS "/tStart-003"));
	line_end(self->fd);
	self->fd = -1;
	EXPECT_FALSE(sys_exists(SYS_BACS "/tStart"));
	EXPECT_FALSE(sys_exists(SYS_BACS "/tStart-002"));
}

/* Only on x86 can a program of 64 bit make calls of 32 bit. */
#ifdef __x86_64__

/* The 32 bit door of the same kernel: int 0x80 takes 32 bit arguments. */
static long ioctl32(int fd, unsigned int cmd, void *arg)
{
	long ret = 54;	/* ioctl */

	__asm__ volatile("int $0x80" : "+a"(ret)
			 : "b"((long)fd), "c"((long)cmd), "d"(arg)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static bool have_32_bit(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(ioctl32(-1, BACS_IOC_START, NULL) == -EBADF ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

TEST_F(start, caller_of_32_bit)
{
	struct bacs_start *args = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
				       -1, 0);

	ASSERT_NE(MAP_FAILED, args);
	if (!have_32_bit())
		SKIP(return, "this kernel takes no 32 bit callers");
	ASSERT_EQ(0, line_set_discipline(self->fd, BACS_N_LDISC_DEFAULT));
	*args = self->args;
	args->reserved[4] = 1;
	EXPECT_EQ(-EINVAL, ioctl32(self->fd, BACS_IOC_START, args));
	args->reserved[4] = 0;
	EXPECT_EQ(0, ioctl32(self->fd, BACS_IOC_START, args));
	EXPECT_TRUE(AWAIT(120000, sys_count_live("tStart", 1, 2) == 2));
}

#endif

/* A name is free when its devices are gone, and not before (no double file). */
static void *restart(void *arg)
{
	struct far_end *far = arg;
	struct bacs_start args = line_start_args("tRace", 1, 8);
	int64_t begin = wait_now_ms();
	long done = 0;

	/* A machine that needs a minute for it has raced enough. */
	for (int i = 0; i < 300 &&
	     (!done || wait_now_ms() < begin + 60000); i++) {
		int fd = line_bus(far->slave, &args);

		if (fd >= 0) {
			done++;
			line_end(fd);
		} else if (fd != -EEXIST) {
			return (void *)(long)fd;
		}
	}
	return (void *)done;
}

TEST_F(start, name_is_free_when_its_devices_are_gone)
{
	struct far_end *other = far_end_new();
	pthread_t thread;
	void *here, *there;

	ASSERT_NE(NULL, other);
	close(self->fd);
	self->fd = -1;
	ASSERT_EQ(0, pthread_create(&thread, NULL, restart, other));
	here = restart(self->far);
	pthread_join(thread, &there);
	EXPECT_LT(0, (long)here);
	EXPECT_LT(0, (long)there);
	far_end_free(other);
}

TEST_HARNESS_MAIN
