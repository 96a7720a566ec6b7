// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peers of the bus master: others' ways to poll the same modules
 *
 *   bench-peer MASTER TTY BAUD PARITY MODULES SECONDS [PID]
 *   bench-peer window SECONDS [PID]
 *
 * MASTER is libmodbus (as shipped), libmodbus+t3.5 (with the silence added),
 * loop, loop-fifo (plain read and write that keep t3.5) or echo (the same
 * without any silence: what the line itself costs). Each reads the live block
 * of modules 1 to MODULES in turn, as the driver does, and prints what it
 * counted as JSON. window only waits and prints how busy the machine was. PID
 * is a process, the simulator, whose time is told apart.
 *
 * What makes each as fast as it can be: memory locked, SCHED_FIFO (all but
 * loop), timer slack 1 ns, low_latency where the port has it, time-outs as
 * tight as the driver's.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/serial.h>
#include <modbus.h>
#include <poll.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"

/* Live block of a jar module, Documentation/bus-protocol.rst */
#define LIVE_REGISTERS	14
#define REQUEST_BYTES	8
#define REPLY_BYTES	(5 + 2 * LIVE_REGISTERS)
/* Time-out of bacs-c, from the end of the request */
#define RESPONSE_NS	50000000ULL
/* A reply that pauses so long has broken off; the driver's number, too */
#define BROKEN_NS	50000000ULL

struct peer {
	const char *tty;
	unsigned int baud;
	char parity;
	unsigned int modules;
	unsigned int seconds;
	uint64_t char_ns;
	uint64_t silence_ns;	/* 0: none is kept */
	bool fifo;
	modbus_t *modbus;
	int fd;
	uint64_t quiet_from;	/* end of the last frame as we saw it */
};

struct busy {
	uint64_t now, idle, process;
	bool known;
};

static void die(const char *what)
{
	fprintf(stderr, "bench-peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct busy busy_read(int pid)
{
	struct busy b = { .now = cpu_now_ns() };

	b.known = cpu_idle_ns(&b.idle) == 0;
	b.process = pid ? cpu_process_ns(pid) : 0;
	return b;
}

static void busy_print(const struct busy *from, int pid)
{
	struct busy to = busy_read(pid);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t all = (to.now - from->now) * (uint64_t)cpus;

	printf("\"seconds\": %.6f, ", (double)(to.now - from->now) / 1e9);
	if (!to.known || !from->known) {
		printf("\"busy_ns\": null");
		return;
	}
	printf("\"busy_ns\": %" PRId64 ", \"simulator_ns\": %" PRIu64,
	       (int64_t)(all - (to.idle - from->idle)),
	       to.process - from->process);
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* Best settings: whoever cannot have them goes on without, as users do. */
static void best_settings(int fd, bool fifo)
{
	struct sched_param param = { .sched_priority = 50 };
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial) == 0) {
		serial.flags |= ASYNC_LOW_LATENCY;
		(void)ioctl(fd, TIOCSSERIAL, &serial);
	}
	if (fifo && sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	prctl(PR_SET_TIMERSLACK, 1);
}

/* libmodbus */

static void modbus_open(struct peer *p)
{
	uint64_t us = (RESPONSE_NS + REQUEST_BYTES * p->char_ns) / 1000;

	p->modbus = modbus_new_rtu(p->tty, (int)p->baud, p->parity, 8, 1);
	if (!p->modbus || modbus_connect(p->modbus) < 0)
		die("libmodbus");
	modbus_set_response_timeout(p->modbus, 0, (uint32_t)us);
	modbus_set_byte_timeout(p->modbus, 0, (uint32_t)(BROKEN_NS / 1000));
	modbus_set_error_recovery(p->modbus, MODBUS_ERROR_RECOVERY_NONE);
	p->fd = modbus_get_socket(p->modbus);
}

static bool modbus_poll(struct peer *p, unsigned int address)
{
	uint16_t registers[LIVE_REGISTERS];

	if (p->silence_ns)
		sleep_until(p->quiet_from + p->silence_ns);
	modbus_set_slave(p->modbus, (int)address);
	if (modbus_read_input_registers(p->modbus, 0, LIVE_REGISTERS,
					registers) == LIVE_REGISTERS) {
		p->quiet_from = cpu_now_ns();
		return true;
	}
	modbus_flush(p->modbus);
	p->quiet_from = cpu_now_ns();
	return false;
}

/* A plain loop of read and write */

static speed_t speed_of(unsigned int baud)
{
	switch (baud) {
	case 9600:
		return B9600;
	case 19200:
		return B19200;
	case 57600:
		return B57600;
	case 115200:
		return B115200;
	default:
		errno = EINVAL;
		die("BAUD is 9600, 19200, 57600 or 115200");
		return B0;
	}
}

static void loop_open(struct peer *p)
{
	struct termios t;

	p->fd = open(p->tty, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (p->fd < 0 || tcgetattr(p->fd, &t))
		die(p->tty);
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	if (p->parity == 'E')
		t.c_cflag |= PARENB;
	cfsetspeed(&t, speed_of(p->baud));
	if (tcsetattr(p->fd, TCSAFLUSH, &t))
		die("tcsetattr");
}

static uint16_t crc16(const uint8_t *bytes, size_t len)
{
	uint16_t crc = 0xFFFF;

	while (len--) {
		crc ^= *bytes++;
		for (int i = 0; i < 8; i++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
	}
	return crc;
}

/* Returns false when nothing came in time. */
static bool await(struct peer *p, uint64_t until)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLIN };
	uint64_t now = cpu_now_ns();
	struct timespec left;

	if (now >= until)
		return false;
	left.tv_sec = (time_t)((until - now) / 1000000000);
	left.tv_nsec = (long)((until - now) % 1000000000);
	return ppoll(&fd, 1, &left, NULL) == 1;
}

static bool loop_poll(struct peer *p, unsigned int address)
{
	uint8_t request[REQUEST_BYTES] = { (uint8_t)address, 4, 0, 0, 0,
					   LIVE_REGISTERS };
	uint8_t reply[256];
	uint16_t crc = crc16(request, 6);
	uint64_t until;
	size_t have = 0;
	ssize_t n;

	request[6] = (uint8_t)crc;
	request[7] = (uint8_t)(crc >> 8);
	if (p->silence_ns)
		sleep_until(p->quiet_from + p->silence_ns);
	if (write(p->fd, request, sizeof(request)) != sizeof(request))
		die("write");
	until = cpu_now_ns() + REQUEST_BYTES * p->char_ns + RESPONSE_NS;
	while (have < REPLY_BYTES && await(p, until)) {
		n = read(p->fd, reply + have, sizeof(reply) - have);
		if (n < 0 && errno != EAGAIN)
			die("read");
		if (n <= 0)
			continue;
		have += (size_t)n;
		until = cpu_now_ns() + BROKEN_NS;
	}
	p->quiet_from = cpu_now_ns();
	crc = crc16(reply, REPLY_BYTES - 2);
	if (have == REPLY_BYTES && reply[0] == address &&
	    reply[REPLY_BYTES - 2] == (uint8_t)crc &&
	    reply[REPLY_BYTES - 1] == (uint8_t)(crc >> 8))
		return true;
	tcflush(p->fd, TCIFLUSH);
	return false;
}

static bool is_libmodbus(const char *name)
{
	return !strncmp(name, "libmodbus", 9);
}

static void configure(struct peer *p, const char *master, char **argv)
{
	uint64_t t35;

	p->tty = argv[0];
	p->baud = (unsigned int)atoi(argv[1]);
	p->parity = argv[2][0];
	p->modules = (unsigned int)atoi(argv[3]);
	p->seconds = (unsigned int)atoi(argv[4]);
	if (!p->baud || p->modules < 1 || p->modules > 247 || !p->seconds) {
		errno = EINVAL;
		die("BAUD, MODULES 1-247, SECONDS");
	}
	/* start, 8 data, parity if any, stop */
	p->char_ns = (p->parity == 'N' ? 10 : 11) * 1000000000ULL / p->baud;
	/* 3.5 characters, fixed above 19200 baud: Serial Line V1.02, 2.5.1.1 */
	t35 = p->baud > 19200 ? 1750000 : (7 * p->char_ns + 1) / 2;
	if (strcmp(master, "libmodbus") != 0 && strcmp(master, "echo") != 0)
		p->silence_ns = t35;
	p->fifo = strcmp(master, "loop") != 0;
}

static int run(const char *master, char **argv, int pid)
{
	uint64_t transactions = 0, errors = 0, end;
	struct peer p = { 0 };
	struct busy from;

	configure(&p, master, argv);
	if (is_libmodbus(master))
		modbus_open(&p);
	else
		loop_open(&p);
	best_settings(p.fd, p.fifo);
	from = busy_read(pid);
	end = from.now + p.seconds * 1000000000ULL;
	p.quiet_from = from.now;
	for (unsigned int a = 1; cpu_now_ns() < end; a = a % p.modules + 1) {
		transactions++;
		errors += is_libmodbus(master) ? !modbus_poll(&p, a) :
						 !loop_poll(&p, a);
	}
	printf("{\"transactions\": %" PRIu64 ", \"errors\": %" PRIu64 ", ",
	       transactions, errors);
	busy_print(&from, pid);
	printf("}\n");
	return 0;
}

static int window(unsigned int seconds, int pid)
{
	struct busy from = busy_read(pid);

	sleep_until(from.now + seconds * 1000000000ULL);
	printf("{");
	busy_print(&from, pid);
	printf("}\n");
	return 0;
}

int main(int argc, char **argv)
{
	static const char * const masters[] = { "libmodbus", "libmodbus+t3.5",
						"loop", "loop-fifo", "echo" };

	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "window"))
		return window((unsigned int)atoi(argv[2]),
			      argc == 4 ? atoi(argv[3]) : 0);
	for (size_t i = 0; i < sizeof(masters) / sizeof(*masters); i++) {
		if ((argc == 7 || argc == 8) && !strcmp(argv[1], masters[i]))
			return run(argv[1], argv + 2,
				   argc == 8 ? atoi(argv[7]) : 0);
	}
	fprintf(stderr, "usage: bench-peer libmodbus|libmodbus+t3.5|loop|loop-fifo|echo TTY BAUD PARITY MODULES SECONDS [PID]\n"
		"       bench-peer window SECONDS [PID]\n");
	return 2;
}
