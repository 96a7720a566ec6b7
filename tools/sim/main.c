// SPDX-License-Identifier: GPL-2.0-or-later
/* bacs-sim: the loop that gives the pure parts time and bytes */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "options.h"

struct sim {
	struct options o;
	struct bus *bus;
	struct control control;
	int signals;
	bool ready;
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

static void trace(const char *what, const u8 *bytes, size_t len, u64 ns)
{
	fprintf(stderr, "%" PRIu64 ".%06" PRIu64 " %s", ns / NSEC_PER_SEC,
		ns % NSEC_PER_SEC / 1000, what);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fputc('\n', stderr);
}

/* A reader of the file sees the old statistics or the new, never a half. */
static void write_stats(const struct sim *s)
{
	char temp[4096];
	struct json j = { 0 };
	bool to_stdout, lost;

	if (!s->o.stats_path)
		return;
	to_stdout = !strcmp(s->o.stats_path, "-");
	snprintf(temp, sizeof(temp), "%s.new", s->o.stats_path);
	j.f = to_stdout ? stdout : fopen(temp, "we");
	if (!j.f) {
		fprintf(stderr, "bacs-sim: statistics %s: cannot write: %s\n",
			temp, strerror(errno));
		return;
	}
	bus_print(s->bus, &j);
	lost = fflush(j.f) || ferror(j.f);
	if (!to_stdout)
		lost |= fclose(j.f) || (!lost && rename(temp, s->o.stats_path) < 0);
	if (!lost)
		return;
	fprintf(stderr, "bacs-sim: statistics %s: cannot write: %s\n",
		s->o.stats_path, strerror(errno));
	if (!to_stdout)
		unlink(temp);
}

static void say_ready(struct sim *s)
{
	const struct bus_config *c = &s->o.bus;

	if (s->ready || !transport_ready(&s->o.transport))
		return;
	s->ready = true;
	printf("ready %s devices=%u baud=%u format=8%c%u seed=%" PRIu64 "\n",
	       s->o.transport.path, s->bus->module_count, c->baud, c->parity,
	       c->stop_bits, c->seed);
	fflush(stdout);
}

/* Returns false when it is time to go. */
static bool handle_signals(struct sim *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGUSR1)
			return false;
		write_stats(s);
	}
	return true;
}

static int read_line(struct sim *s)
{
	u8 buf[WIRE_RX_MAX];
	u64 now = now_ns();
	ssize_t n = transport_read(&s->o.transport, buf, sizeof(buf), now);

	if (n > 0)
		bus_receive(s->bus, buf, (size_t)n, now);
	return n < 0 ? (int)n : 0;
}

static void send_due(struct sim *s)
{
	u8 buf[WIRE_TX_MAX];
	u64 now = now_ns();
	size_t n;

	bus_step(s->bus, now);
	n = wire_due(&s->bus->wire, now, buf, sizeof(buf));
	if (n)
		transport_write(&s->o.transport, buf, n, now);
}

static void wait_for(struct pollfd *fds, u32 count, u64 until)
{
	u64 now = now_ns();
	u64 left = until > now ? until - now : 0;
	struct timespec ts = {
		.tv_sec = (time_t)(left / NSEC_PER_SEC),
		.tv_nsec = (long)(left % NSEC_PER_SEC),
	};

	if (ppoll(fds, count, &ts, NULL) < 0)
		for (u32 i = 0; i < count; i++)
			fds[i].revents = 0;
}

static int loop(struct sim *s)
{
	struct transport *t = &s->o.transport;
	struct pollfd fds[1 + TRANSPORT_POLLS + CONTROL_POLLS];
	struct pollfd *line = fds + 1, *control = line + TRANSPORT_POLLS;

	while (!s->control.quit) {
		u64 next, retry;

		say_ready(s);
		send_due(s);
		fds[0] = (struct pollfd) { s->signals, POLLIN, 0 };
		transport_polls(t, line);
		control_polls(&s->control, control);
		next = bus_next(s->bus);
		retry = transport_next(t);
		wait_for(fds, ARRAY_SIZE(fds), retry < next ? retry : next);
		if (line[0].revents && read_line(s) < 0)
			return 1;
		if (transport_handle(t, line, now_ns()))
			wire_reset(&s->bus->wire);
		control_handle(&s->control, control, now_ns());
		if (fds[0].revents && !handle_signals(s))
			break;
	}
	return 0;
}

/* The capture says how fast the line is, unless the command line does. */
static int load_replay(struct sim *s, struct replay **ret,
		       struct parse_error *e)
{
	const struct capture_reader *source;

	if (!s->o.replay_path)
		return 0;
	if (replay_load(ret, s->o.replay_path, e) < 0)
		return -EINVAL;
	source = replay_source(*ret);
	if (!s->o.baud_given)
		s->o.bus.baud = source->info.baud;
	fprintf(stderr, "bacs-sim: %s: bus %s, %" PRIu64 " records, %" PRIu64
		" lost\n", s->o.replay_path, source->info.bus, source->records,
		source->lost);
	if (!source->ended)
		fprintf(stderr, "bacs-sim: %s: %s\n", s->o.replay_path,
			source->error);
	return 0;
}

static int set_up_bus(struct sim *s, struct parse_error *e)
{
	const struct options *o = &s->o;
	struct replay *replay = NULL;
	u64 now = now_ns();

	if (load_replay(s, &replay, e) < 0)
		return -EINVAL;
	if (bus_new(&s->bus, &o->bus, now) < 0)
		return parse_fail(e, "out of memory");
	s->bus->replay = replay;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		if (!address_in(o->present, a))
			continue;
		if (bus_add(s->bus, &o->device[a]) < 0)
			return parse_fail(e, "out of memory");
		for (int k = 0; k < MODULE_KEYS; k++)
			if (o->fixed[a][k])
				module_fix(s->bus->module[a], k,
					   o->fixed_value[a][k]);
	}
	if (bus_start(s->bus, &o->battery, e) < 0)
		return -EINVAL;
	for (u32 i = 0; i < o->rule_count; i++)
		bus_add_rule(s->bus, &o->rule[i], now);
	if (o->verbose)
		s->bus->trace = trace;
	return 0;
}

static int set_up_signals(struct sim *s)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	s->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? -errno : 0;
}

/* On a busy host only this keeps the bytes at their moments. */
static int go_realtime(struct parse_error *e)
{
	struct sched_param param = { .sched_priority = 10 };

	if (sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		return parse_fail(e, "--realtime: %s; needs root or CAP_SYS_NICE",
				  strerror(errno));
	mlockall(MCL_CURRENT | MCL_FUTURE);
	return 0;
}

static int run(struct sim *s, struct parse_error *e)
{
	int r;

	r = transport_open(&s->o.transport, &s->o.bus, e);
	if (r < 0)
		return r;
	r = control_open(&s->control, s->o.control_path, s->bus, e);
	if (r < 0)
		return r;
	if (s->o.realtime && go_realtime(e) < 0)
		return -EINVAL;
	fprintf(stderr, "bacs-sim: seed %" PRIu64 "\n", s->o.bus.seed);
	r = loop(s);
	write_stats(s);
	control_close(&s->control);
	return r;
}

int main(int argc, char **argv)
{
	static struct sim s;
	struct parse_error e = { "" };
	int r, status;

	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return ctl_main(argc - 2, argv + 2);
	s.o.transport.fd = -1;
	s.o.transport.aux = -1;
	if (getrandom(&s.o.bus.seed, sizeof(s.o.bus.seed), 0) < 0)
		s.o.bus.seed = now_ns();
	r = options_parse(&s.o, argc, argv, &e);
	if (r == OPTIONS_DONE)
		return 0;
	if (r < 0) {
		fprintf(stderr, "bacs-sim: %s\n", e.text);
		return 2;
	}
	/* the last byte of a reply shall leave at its time, not 50 us later */
	prctl(PR_SET_TIMERSLACK, 1);
	if (set_up_signals(&s) < 0) {
		fprintf(stderr, "bacs-sim: no signalfd: %s\n", strerror(errno));
		return 1;
	}
	status = 2;
	r = set_up_bus(&s, &e);
	if (!r) {
		status = 1;
		r = run(&s, &e);
	}
	if (r < 0)
		fprintf(stderr, "bacs-sim: %s\n", e.text);
	transport_close(&s.o.transport);
	bus_free(s.bus);
	return r ? status : 0;
}
