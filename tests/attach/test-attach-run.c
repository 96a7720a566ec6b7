// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bacs-attach as a process on a pty; argument: bacs-attach-fake, which is the
 * real program with a start ioctl of our own (fake-ioctl.c)
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include <linux/bacs.h>

/* N_NULL of linux/tty.h: a discipline that is always there */
#define LDISC_ANY	"27"
#define PATIENCE_MS	20000

static const char *program;

struct bench {
	char dir[64];
	char tty[64];
	int master;
	int slave;
	int notify;
	pid_t pid;
	char output[8192];
};

static int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[128];

	strcpy(b->dir, "/tmp/bacs-attach-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	assert_int_equal(openpty(&b->master, &b->slave, b->tty, NULL, NULL), 0);
	fcntl(b->master, F_SETFD, FD_CLOEXEC);
	fcntl(b->slave, F_SETFD, FD_CLOEXEC);
	b->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(b->notify >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify",
		 b->dir);
	assert_int_equal(bind(b->notify, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	snprintf(path, sizeof(path), "%s/start", b->dir);
	setenv("FAKE_START", path, 1);
	unsetenv("FAKE_ERRNO");
	unsetenv("FAKE_RS485");
	unsetenv("FAKE_UDEV");
	unsetenv("FAKE_READ");
	snprintf(path, sizeof(path), "%s/rs485", b->dir);
	setenv("FAKE_RS485_STATE", path, 1);
	snprintf(path, sizeof(path), "%s/attach.d", b->dir);
	assert_int_equal(mkdir(path, 0755), 0);
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	char command[128];

	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		waitpid(b->pid, NULL, 0);
	}
	close(b->master);
	close(b->slave);
	close(b->notify);
	snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static void put(const struct bench *b, const char *name, const char *format,
		...)
{
	char path[256];
	va_list args;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	fclose(file);
}

/* Starts the program with --config and the words of @arguments. */
static void start(struct bench *b, const char *arguments)
{
	char path[256];
	char words[512];
	char *argv[32] = { (char *)program, "--config" };
	int argc = 2;

	snprintf(path, sizeof(path), "%s/attach.d", b->dir);
	argv[argc++] = path;
	snprintf(words, sizeof(words), "%s", arguments);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0) {
		int fd;

		snprintf(path, sizeof(path), "%s/output", b->dir);
		fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		snprintf(path, sizeof(path), "%s/attach.d", b->dir);
		execv(program, argv);
		_exit(127);
	}
}

static int finish(struct bench *b)
{
	char path[256];
	int status;
	ssize_t n;
	int fd;

	assert_int_equal(waitpid(b->pid, &status, 0), b->pid);
	b->pid = 0;
	snprintf(path, sizeof(path), "%s/output", b->dir);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, b->output, sizeof(b->output) - 1);
	assert_true(n >= 0);
	b->output[n] = '\0';
	close(fd);
	if (!WIFEXITED(status))
		fail_msg("ended by signal %d: %s", WTERMSIG(status), b->output);
	return WEXITSTATUS(status);
}

static void wait_ready(struct bench *b)
{
	struct pollfd fd = { .fd = b->notify, .events = POLLIN };
	char message[512];
	ssize_t n;

	if (poll(&fd, 1, PATIENCE_MS) != 1)
		fail_msg("no READY within %d ms", PATIENCE_MS);
	n = recv(b->notify, message, sizeof(message) - 1, 0);
	assert_true(n > 0);
	message[n] = '\0';
	assert_non_null(strstr(message, "READY=1"));
}

static void drop_messages(struct bench *b)
{
	char rest[512];

	while (recv(b->notify, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
}

static void read_start(const struct bench *b, struct bacs_start *ret)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/start", b->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(ret, sizeof(*ret), 1, file), 1);
	fclose(file);
}

static void assert_says(const struct bench *b, const char *text)
{
	if (!strstr(b->output, text))
		fail_msg("'%s' does not say '%s'", b->output, text);
}

static void ends_by_signal_and_restores(struct bench *b, int number)
{
	struct termios before;
	struct termios during;
	struct termios after;
	char arguments[256];
	int exclusive;
	int ldisc;

	assert_int_equal(tcgetattr(b->slave, &before), 0);
	snprintf(arguments, sizeof(arguments),
		 "--bus bacsA --ldisc " LDISC_ANY " --baud 9600 %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	/* the master shows the slave's settings whatever its discipline */
	assert_int_equal(tcgetattr(b->master, &during), 0);
	assert_int_equal(cfgetospeed(&during), B9600);
	assert_int_equal(during.c_iflag, INPCK | BRKINT);
	assert_int_equal(during.c_oflag, 0);
	assert_int_equal(during.c_lflag, 0);
	assert_true(during.c_cflag & CLOCAL);
	assert_true(during.c_cflag & CREAD);
	assert_false(during.c_cflag & CRTSCTS);
	assert_int_equal(ioctl(b->slave, TIOCGETD, &ldisc), 0);
	assert_int_equal(ldisc, atoi(LDISC_ANY));
	assert_int_equal(ioctl(b->slave, TIOCGEXCL, &exclusive), 0);
	assert_true(exclusive);
	kill(b->pid, number);
	assert_int_equal(finish(b), 0);
	assert_int_equal(tcgetattr(b->slave, &after), 0);
	assert_int_equal(cfgetospeed(&after), cfgetospeed(&before));
	assert_int_equal(after.c_iflag, before.c_iflag);
	assert_int_equal(after.c_oflag, before.c_oflag);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_cflag, before.c_cflag);
	assert_memory_equal(after.c_cc, before.c_cc, sizeof(after.c_cc));
	assert_int_equal(ioctl(b->slave, TIOCGETD, &ldisc), 0);
	assert_int_equal(ldisc, 0);
	assert_int_equal(ioctl(b->slave, TIOCGEXCL, &exclusive), 0);
	assert_false(exclusive);
}

static void sigterm_ends_and_restores(void **state)
{
	ends_by_signal_and_restores(*state, SIGTERM);
}

static void sigint_ends_and_restores(void **state)
{
	ends_by_signal_and_restores(*state, SIGINT);
}

static void sighup_ends_and_restores(void **state)
{
	ends_by_signal_and_restores(*state, SIGHUP);
}

static void the_driver_gets_what_was_asked(void **state)
{
	struct bench *b = *state;
	struct bacs_start got;
	char arguments[256];

	snprintf(arguments, sizeof(arguments),
		 "--bus bacsB --profile pro-1 --modules 1,247 --scan-ms 2000 "
		 "--response-ms 77 --read-only --permit-sleep --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
	read_start(b, &got);
	assert_int_equal(got.size, sizeof(got));
	assert_int_equal(got.flags,
			 BACS_START_READONLY | BACS_START_PERMIT_SLEEP);
	assert_string_equal(got.name, "bacsB");
	assert_string_equal(got.profile, "pro-1");
	assert_int_equal(got.addresses[0], 2);
	assert_int_equal(got.addresses[30], 0x80);
	assert_int_equal(got.addresses[1], 0);
	assert_int_equal(got.scan_ms, 2000);
	assert_int_equal(got.response_ms, 77);
	/* a pty has no trigger */
	assert_int_equal(got.rx_trigger, 1);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(got.reserved[i], 0);
}

static void files_configure_and_the_command_line_wins(void **state)
{
	struct bench *b = *state;
	struct bacs_start got;
	char arguments[256];

	put(b, "attach.d/a.conf", "[Attach]\nDevice=%s\nBus=bacsC\n"
	    "ScanMs=3000\nResponseMs=500\n", b->tty);
	put(b, "attach.d/b.conf", "[Attach]\nDevice=/dev/null\nBus=bacsD\n");
	put(b, "attach.d/c.conf", "[Attach]\nnonsense\n");
	put(b, "attach.d/d.txt", "[Attach]\nnonsense\n");
	snprintf(arguments, sizeof(arguments),
		 "--response-ms 600 --ldisc " LDISC_ANY " %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
	read_start(b, &got);
	assert_string_equal(got.name, "bacsC");
	assert_int_equal(got.scan_ms, 3000);
	assert_int_equal(got.response_ms, 600);
	/* the file with the error is reported and did no harm */
	assert_says(b, "c.conf:2:");
	assert_null(strstr(b->output, "d.txt"));
}

static void a_port_of_two_buses_is_refused(void **state)
{
	struct bench *b = *state;

	put(b, "attach.d/a.conf", "[Attach]\nDevice=%s\nBus=bacsC\n"
	    "[Attach]\nDevice=%s\nBus=bacsD\n", b->tty, b->tty);
	start(b, b->tty);
	assert_int_equal(finish(b), 2);
	assert_says(b, "a.conf:4: this device is claimed by");
}

/*
 * Whatever else is known of the port: what the file said, ReadOnly=yes perhaps,
 * is not.
 */
static void a_port_that_a_refused_file_names_is_not_attached(void **state)
{
	struct bench *b = *state;
	char arguments[256];

	put(b, "attach.d/a.conf", "[Attach]\nBus=bacsC\nReadOnly=jes\n"
	    " Device =\t%s \r\n", b->tty);
	setenv("FAKE_UDEV", "BACS_BUS=bacsC", 1);
	start(b, b->tty);
	assert_int_equal(finish(b), 2);
	assert_says(b, "a.conf:4 names this port, but the file is refused: ");
	assert_says(b, "a.conf:3: ReadOnly=jes: allowed are yes and no");
	snprintf(arguments, sizeof(arguments), "--bus bacsC --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	/* one that names another port is none of its business */
	put(b, "attach.d/a.conf", "[Attach]\nBus=bacsC\nReadOnly=jes\n"
	    "Device=/dev/null\n");
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
}

static void a_port_that_its_file_names_no_more_is_not_attached(void **state)
{
	struct bench *b = *state;
	struct bacs_start got;
	char arguments[256];

	setenv("FAKE_UDEV", "BACS_BUS=bacsC BACS_FROM_FILE=1", 1);
	put(b, "attach.d/a.conf", "[Attach]\nBus=bacsC\nReadOnly=yes\n"
	    "Device=/dev/null\n");
	snprintf(arguments, sizeof(arguments), "--ldisc " LDISC_ANY " %s",
		 b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	assert_says(b, "bus bacsC was named by a file of ");
	assert_says(b, "udevadm trigger /dev/pts/");
	/* with the file it is, and by a rule alone, and by hand */
	put(b, "attach.d/a.conf", "[Attach]\nBus=bacsC\nReadOnly=yes\n"
	    "Device=%s\n", b->tty);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
	read_start(b, &got);
	assert_int_equal(got.flags, BACS_START_READONLY);
	put(b, "attach.d/a.conf", "");
	setenv("FAKE_UDEV", "BACS_BUS=bacsD BACS_SCAN_MS=3000", 1);
	drop_messages(b);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
	read_start(b, &got);
	assert_string_equal(got.name, "bacsD");
	assert_int_equal(got.scan_ms, 3000);
	setenv("FAKE_UDEV", "BACS_BUS=bacsC BACS_FROM_FILE=1", 1);
	snprintf(arguments, sizeof(arguments), "--bus bacsE --ldisc "
		 LDISC_ANY " %s", b->tty);
	drop_messages(b);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
}

static void a_bus_without_name_is_refused(void **state)
{
	struct bench *b = *state;

	start(b, b->tty);
	assert_int_equal(finish(b), 2);
	assert_says(b, "no name for the bus");
	assert_says(b, "BACS_BUS");
}

static void a_port_in_use_is_refused(void **state)
{
	struct bench *b = *state;
	struct bench second = { 0 };
	char arguments[256];

	snprintf(arguments, sizeof(arguments), "--bus bacsA --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	strcpy(second.dir, b->dir);
	start(&second, arguments);
	assert_int_equal(finish(&second), 1);
	assert_says(&second, "another program has the port");
	kill(b->pid, SIGTERM);
	assert_int_equal(finish(b), 0);
}

static void a_port_that_goes_away_ends_it_with_3(void **state)
{
	struct bench *b = *state;
	char arguments[256];

	snprintf(arguments, sizeof(arguments), "--bus bacsA --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	close(b->slave);
	close(b->master);
	assert_int_equal(finish(b), 3);
	assert_says(b, "went away");
	assert_int_equal(openpty(&b->master, &b->slave, NULL, NULL, NULL), 0);
}

static void a_changed_discipline_ends_it_and_is_left(void **state)
{
	struct bench *b = *state;
	struct termios before, after;
	char arguments[256];
	int ldisc = 0;

	snprintf(arguments, sizeof(arguments), "--bus bacsA --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	wait_ready(b);
	assert_int_equal(ioctl(b->slave, TIOCSETD, &ldisc), 0);
	assert_int_equal(tcgetattr(b->slave, &before), 0);
	cfsetspeed(&before, B4800);
	assert_int_equal(tcsetattr(b->slave, TCSANOW, &before), 0);
	assert_int_equal(finish(b), 1);
	assert_says(b, "changed the discipline from 27 to 0");
	assert_int_equal(tcgetattr(b->slave, &after), 0);
	assert_int_equal(cfgetospeed(&after), B4800);
	assert_int_equal(after.c_lflag, before.c_lflag);
}

static void refusals_of_the_driver_are_explained(void **state)
{
	static const struct {
		int error;
		int code;
		const char *says;
	} cases[] = {
		{ EEXIST, 1, "a bus bacsA exists already" },
		{ EBUSY, 1, "has a bus already" },
		{ ENOENT, 2, "profile bacs-c is not loaded" },
		{ ENOTTY, 1, "compare --ldisc" },
		{ E2BIG, 1, "older than bacs-attach" },
		{ ENODEV, 1, "hung up" },
		{ EPERM, 1, "Operation not permitted" },
	};
	struct bench *b = *state;
	char arguments[256];

	snprintf(arguments, sizeof(arguments), "--bus bacsA --ldisc "
		 LDISC_ANY " %s", b->tty);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char number[8];
		int ldisc;

		snprintf(number, sizeof(number), "%d", cases[i].error);
		setenv("FAKE_ERRNO", number, 1);
		start(b, arguments);
		assert_int_equal(finish(b), cases[i].code);
		assert_says(b, cases[i].says);
		assert_says(b, b->tty);
		assert_int_equal(ioctl(b->slave, TIOCGETD, &ldisc), 0);
		assert_int_equal(ldisc, 0);
	}
}

static void a_missing_discipline_names_the_driver(void **state)
{
	struct bench *b = *state;
	char arguments[256];

	/* 30 is the last number and nobody's */
	snprintf(arguments, sizeof(arguments), "--bus bacsA --ldisc 30 %s",
		 b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 1);
	assert_says(b, "driver bacs");
	assert_says(b, "30");
}

static void missing_direction_control_names_the_remedy(void **state)
{
	struct bench *b = *state;
	char arguments[256];

	snprintf(arguments, sizeof(arguments), "--bus bacsA --rs485 --ldisc "
		 LDISC_ANY " %s", b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	assert_says(b, "TIOCSRS485");
	assert_says(b, "leave --rs485 out");
}

/* The flags that were in force at last */
static unsigned int rs485_left(const struct bench *b)
{
	char path[256];
	unsigned int flags;
	FILE *file;

	snprintf(path, sizeof(path), "%s/rs485", b->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%x", &flags), 1);
	fclose(file);
	return flags;
}

static void start_rs485(struct bench *b, const char *port, const char *list)
{
	char arguments[256];

	setenv("FAKE_RS485", port, 1);
	snprintf(arguments, sizeof(arguments), "--bus bacsA --rs485=%s "
		 "--ldisc " LDISC_ANY " %s", list, b->tty);
	start(b, arguments);
}

/* A port that does something else would keep the transceiver sending. */
static void half_a_direction_control_is_refused_and_undone(void **state)
{
	static const struct {
		const char *port;
		const char *list;
		const char *says;
	} cases[] = {
		{ "0 0 100", "rts-high", "not --rs485 itself; leave that" },
		{ "3 0 100", "rts-low", "not rts-low; leave that out" },
		{ "1 4 100", "rts-high", "not rts-high; it can do rts-low" },
		{ "1 2 100", "rts-low", "not rts-low; leave that out" },
		{ "7 0 100", "rts-high,terminate", "not terminate; leave" },
		{ "7 0 1", "delay-before=2", "not delay-before; leave" },
		{ "7 0 1", "delay-after=2", "not delay-after; leave" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start_rs485(b, cases[i].port, cases[i].list);
		assert_int_equal(finish(b), 2);
		assert_says(b, "took TIOCSRS485 but");
		assert_says(b, cases[i].says);
		assert_int_equal(rs485_left(b), 0);
	}
}

static void direction_control_is_taken_and_given_back(void **state)
{
	static const struct {
		const char *port;
		const char *list;
	} cases[] = {
		{ "7 0 0", "rts-high" },
		{ "7 0 0", "rts-low" },
		/* a kernel that does not say which way, and it is this one */
		{ "1 0 0", "rts-high" },
		{ "27 0 3", "rts-low,terminate,delay-before=3,delay-after=3" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start_rs485(b, cases[i].port, cases[i].list);
		wait_ready(b);
		assert_int_not_equal(rs485_left(b), 0);
		kill(b->pid, SIGTERM);
		assert_int_equal(finish(b), 0);
		assert_int_equal(rs485_left(b), 0);
		drop_messages(b);
	}
}

/* A bus that is ended, and waits for a reply of up to @response_ms */
static void end_bus(struct bench *b, const char *response_ms)
{
	char arguments[256], path[256];
	struct termios t;
	int ldisc;

	assert_int_equal(tcgetattr(b->slave, &t), 0);
	assert_true(t.c_lflag & ECHO);
	snprintf(path, sizeof(path), "%s/read", b->dir);
	setenv("FAKE_READ", path, 1);
	snprintf(arguments, sizeof(arguments), "--bus bacsA --response-ms %s "
		 "--ldisc " LDISC_ANY " %s", response_ms, b->tty);
	start(b, arguments);
	wait_ready(b);
	kill(b->pid, SIGTERM);
	do {
		assert_int_equal(ioctl(b->slave, TIOCGETD, &ldisc), 0);
	} while (ldisc && usleep(500) == 0);
}

/*
 * A reply of @length bytes; true when the program has taken them all before the
 * echo is on again
 */
static bool reply_is_swallowed(struct bench *b, size_t length)
{
	struct pollfd fd = { .fd = b->master, .events = POLLIN };
	struct stat st = { .st_size = 0 };
	struct termios t;
	char path[256];

	snprintf(path, sizeof(path), "%s/read", b->dir);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(write(b->master, "x", 1), 1);
	do {
		assert_int_equal(tcgetattr(b->slave, &t), 0);
		if (t.c_lflag & ECHO)
			return false;
		stat(path, &st);
	} while ((size_t)st.st_size < length && usleep(500) == 0);
	return poll(&fd, 1, 0) == 0;
}

/* The longest time that can be asked for, of which the tests need little */
static void a_late_reply_is_not_echoed(void **state)
{
	struct bench *b = *state;

	end_bus(b, "10000");
	/* a module that needs six times as long as one of bacs-c */
	usleep(300000);
	assert_true(reply_is_swallowed(b, 1));
}

/* As a UART with a trigger of 1 hands it over: byte by byte */
static void a_late_reply_may_be_long(void **state)
{
	struct bench *b = *state;

	end_bus(b, "10000");
	assert_true(reply_is_swallowed(b, 256));
}

static void a_line_that_is_never_quiet_is_given_back(void **state)
{
	struct bench *b = *state;
	struct termios t;

	end_bus(b, "5");
	do {
		assert_int_equal(tcflush(b->slave, TCIOFLUSH), 0);
		assert_int_equal(write(b->master, "x", 1), 1);
		assert_int_equal(tcgetattr(b->slave, &t), 0);
	} while (!(t.c_lflag & ECHO) && usleep(500) == 0);
	assert_int_equal(finish(b), 0);
}

static void a_bad_profile_is_refused_before_the_line_is_touched(void **state)
{
	struct bench *b = *state;
	char arguments[512];

	put(b, "bad.profile", "[Profile]\nName=x\nFunction=5\n");
	snprintf(arguments, sizeof(arguments), "--bus bacsA --verbose "
		 "--profile-file %s/bad.profile --ldisc " LDISC_ANY " %s",
		 b->dir, b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	assert_says(b, "bad.profile:3: Function=5: allowed is a number from 3 "
		       "to 4");
	assert_null(strstr(b->output, "bit/s"));
	put(b, "good.profile", "[Profile]\nName=x\nClass=jar\nFunction=3\n"
	    "Start=0\nCount=1\n[Field]\nQuantity=voltage_mv\nRegister=0\n");
	snprintf(arguments, sizeof(arguments), "--bus bacsA --profile y "
		 "--profile-file %s/good.profile --ldisc " LDISC_ANY " %s",
		 b->dir, b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	assert_says(b, "holds profile x, not y");
	snprintf(arguments, sizeof(arguments), "--bus bacsA --profile-file "
		 "%s/none.profile --ldisc " LDISC_ANY " %s", b->dir, b->tty);
	start(b, arguments);
	assert_int_equal(finish(b), 2);
	assert_says(b, "none.profile: No such file or directory");
}

static void what_is_no_port_is_refused(void **state)
{
	struct bench *b = *state;

	start(b, "--bus bacsA /dev/null");
	assert_int_equal(finish(b), 1);
	assert_says(b, "/dev/null: ");
	assert_says(b, "not a serial port");
	start(b, "--bus bacsA /dev/bacs-no-such-port");
	assert_int_equal(finish(b), 3);
	assert_says(b, "No such file or directory");
	start(b, "--bus bacsA");
	assert_int_equal(finish(b), 2);
	assert_says(b, "no TTY given");
	start(b, "--bus bacsA /dev/a /dev/b");
	assert_int_equal(finish(b), 2);
	assert_says(b, "more than one TTY");
	start(b, "--baud 1 /dev/null");
	assert_int_equal(finish(b), 2);
	assert_says(b, "--baud 1: allowed is a number from 1200 to 115200");
}

static void udev_gets_the_bus_of_a_link(void **state)
{
	struct bench *b = *state;

	put(b, "attach.d/a.conf", "[Attach]\nDevice=/dev/serial/by-path/x\n"
	    "Bus=bacsE\n");
	setenv("DEVNAME", "/dev/ttyUSB7", 1);
	setenv("DEVLINKS", "/dev/serial/by-id/y /dev/serial/by-path/x", 1);
	start(b, "--udev-properties");
	assert_int_equal(finish(b), 0);
	assert_string_equal(b->output,
			    "BACS_BUS=bacsE\nBACS_FROM_FILE=1\n");
	setenv("DEVLINKS", "/dev/serial/by-id/y /dev/serial/by-path/xx", 1);
	start(b, "--udev-properties");
	assert_int_equal(finish(b), 0);
	assert_string_equal(b->output, "");
	unsetenv("DEVNAME");
	unsetenv("DEVLINKS");
	start(b, "--udev-properties");
	assert_int_equal(finish(b), 2);
}

#define bench_test(name) \
	cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		bench_test(sigterm_ends_and_restores),
		bench_test(sigint_ends_and_restores),
		bench_test(sighup_ends_and_restores),
		bench_test(the_driver_gets_what_was_asked),
		bench_test(files_configure_and_the_command_line_wins),
		bench_test(a_port_of_two_buses_is_refused),
		bench_test(a_port_that_a_refused_file_names_is_not_attached),
		bench_test(a_port_that_its_file_names_no_more_is_not_attached),
		bench_test(a_bus_without_name_is_refused),
		bench_test(a_port_in_use_is_refused),
		bench_test(a_port_that_goes_away_ends_it_with_3),
		bench_test(a_changed_discipline_ends_it_and_is_left),
		bench_test(refusals_of_the_driver_are_explained),
		bench_test(a_missing_discipline_names_the_driver),
		bench_test(missing_direction_control_names_the_remedy),
		bench_test(half_a_direction_control_is_refused_and_undone),
		bench_test(direction_control_is_taken_and_given_back),
		bench_test(a_late_reply_is_not_echoed),
		bench_test(a_late_reply_may_be_long),
		bench_test(a_line_that_is_never_quiet_is_given_back),
		bench_test(a_bad_profile_is_refused_before_the_line_is_touched),
		bench_test(what_is_no_port_is_refused),
		bench_test(udev_gets_the_bus_of_a_link),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s BACS-ATTACH-FAKE\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
