// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl bus capture and bus convert: every frame of a bus, in a file */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bacsctl.h"
#include "capture.h"
#include "pcapng.h"
#include "tracefs.h"

/* Where the records go */
struct sink {
	FILE *file;
	const char *path;
	bool pcapng;
	bool failed;
	bool begun;
	struct capture_info info;
	uint64_t records;
	uint64_t lost;
	uint64_t last_ns;
};

static void fail(struct sink *s)
{
	if (!s->failed)
		fprintf(stderr, "bacsctl: %s: cannot write: %s\n", s->path,
			strerror(errno));
	s->failed = true;
}

static void put(struct sink *s, const void *bytes, size_t len)
{
	if (!s->failed && len && fwrite(bytes, 1, len, s->file) != len)
		fail(s);
}

static void put_head(struct sink *s)
{
	uint8_t block[PCAPNG_BLOCK];
	char text[CAPTURE_LINE];

	s->begun = true;
	if (s->pcapng)
		put(s, block, pcapng_head(block, &s->info));
	else
		put(s, text, capture_format_head(text, &s->info));
}

static int put_record(const struct capture_record *record, void *data)
{
	struct sink *s = data;
	uint8_t block[PCAPNG_BLOCK];
	char text[CAPTURE_LINE];

	s->records++;
	if (record->time_ns > s->last_ns)
		s->last_ns = record->time_ns;
	if (s->pcapng)
		put(s, block, pcapng_packet(block, &s->info, record));
	else
		put(s, text, capture_format_record(text, record));
	return s->failed ? -EIO : 0;
}

static void put_lost(struct sink *s, uint64_t lost)
{
	char text[CAPTURE_LINE];

	s->lost += lost;
	if (!s->pcapng)
		put(s, text, capture_format_lost(text, lost));
}

static void put_end(struct sink *s)
{
	uint8_t block[PCAPNG_BLOCK];
	char text[CAPTURE_LINE];

	if (s->pcapng)
		put(s, block, pcapng_end(block, &s->info, s->records, s->lost,
					 s->last_ns));
	else
		put(s, text, capture_format_end(text, s->records, s->lost));
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

/* A file that is there is somebody's. */
static int open_sink(struct sink *s, const char *path, bool pcapng)
{
	int fd;

	*s = (struct sink){ .path = path, .file = stdout, .pcapng = pcapng ||
			    ends_with(path, ".pcapng") };
	if (!strcmp(path, "-")) {
		s->path = "standard output";
		return 0;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		s->file = fdopen(fd, "w");
	if (fd < 0 || !s->file) {
		fprintf(stderr, "bacsctl: %s: %s%s\n", path, strerror(errno),
			errno == EEXIST ? ": choose another name, or remove it" :
			"");
		return -EINVAL;
	}
	return 0;
}

static int close_sink(struct sink *s)
{
	bool lost = fflush(s->file);

	if (s->file != stdout)
		lost |= fclose(s->file) != 0;
	else
		clearerr(stdout);	/* it is said here */
	if (lost)
		fail(s);
	return s->failed ? EXIT_FAILED : EXIT_DONE;
}

/*
 * Live
 */
struct live {
	struct sink *sink;
	struct tracefs tracefs;
	const char *bus;
	int signals;
	char line[8192];	/* the kernel ends lines at a page */
	size_t have;
	uint64_t strange;	/* lines not understood */
};

static void take_line(struct live *l)
{
	struct capture_record record;
	uint64_t lost;

	switch (capture_from_trace(l->line, l->bus, &record, &lost)) {
	case 1:
		put_record(&record, l->sink);
		break;
	case 2:
		put_lost(l->sink, lost == UINT64_MAX ? 1 : lost);
		break;
	case 0:
		break;
	default:
		l->strange++;
	}
}

/* All that is in the pipe; false when it has ended or failed */
static bool drain(struct live *l)
{
	char buf[16384];
	ssize_t n;

	while ((n = read(l->tracefs.pipe, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] != '\n') {
				if (l->have < sizeof(l->line) - 1)
					l->line[l->have++] = buf[i];
				continue;
			}
			l->line[l->have] = '\0';
			l->have = 0;
			take_line(l);
		}
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fprintf(stderr, "bacsctl: %s/trace_pipe: %s\n", l->tracefs.path,
			strerror(errno));
		return false;
	}
	/* a reader of the file, or of a pipe, sees whole records soon */
	if (fflush(l->sink->file))
		fail(l->sink);
	return !l->sink->failed;
}

static int watch_signals(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &mask, SFD_CLOEXEC);
}

/*
 * trace_pipe can be polled; it wakes up when there are events. The time limit
 * covers kernels that wake up only when a buffer is half full.
 */
static void loop(struct live *l, int64_t for_us)
{
	uint64_t end = for_us ? bacs_now_ns() + (uint64_t)for_us * 1000 :
			       UINT64_MAX;

	for (;;) {
		struct pollfd fds[] = { { l->signals, POLLIN, 0 },
					{ l->tracefs.pipe, POLLIN, 0 } };
		uint64_t now = bacs_now_ns(), left = end - now;
		int ms = 250;

		if (now >= end)
			return;
		if (left < 250 * UINT64_C(1000000))
			ms = (int)(left / 1000000) + 1;
		if (poll(fds, 2, ms) < 0 && errno != EINTR)
			return;
		if (!drain(l) || fds[0].revents)
			return;
	}
}

static void tell(const struct live *l)
{
	const struct sink *s = l->sink;

	fprintf(stderr, "bacsctl: %" PRIu64 " records of %s, %" PRIu64
		" lost\n", s->records, l->bus, s->lost);
	if (l->strange)
		fprintf(stderr,
			"bacsctl: %" PRIu64 " events were not understood: are driver and tools of the same release?\n",
			l->strange);
}

static int capture_live(const struct options *o, const struct bacs_bus *bus,
			struct sink *s)
{
	struct live l = { .sink = s, .bus = bacs_bus_name(bus) };
	char filter[64];
	uint64_t overrun;

	snprintf(filter, sizeof(filter), "bus == \"%s\"", l.bus);
	snprintf(s->info.bus, sizeof(s->info.bus), "%s", l.bus);
	s->info.baud = bacs_bus_baud(bus);
	s->info.boot_ns = bacs_now_ns();
	s->info.wall_us = (int64_t)wall_us();
	l.signals = watch_signals();
	if (l.signals < 0 ||
	    tracefs_open(&l.tracefs, "bacs/bacs_frame", filter) < 0)
		return EXIT_FAILED;
	put_head(s);
	loop(&l, o->for_us);
	tracefs_stop(&l.tracefs);
	drain(&l);
	/* what was lost at the very end has no line of its own */
	overrun = tracefs_overrun(&l.tracefs);
	if (overrun > s->lost)
		put_lost(s, overrun - s->lost);
	tracefs_close(&l.tracefs);
	close(l.signals);
	put_end(s);
	tell(&l);
	return s->failed || l.strange ? EXIT_FAILED : EXIT_DONE;
}

/**
 * bus_capture() - 'bus capture BUS FILE'
 * @b: handle
 * @o: options
 * @argc: of what follows the action
 * @argv: of what follows the action
 *
 * Until a signal, or for the time that is asked for.
 *
 * Return: exit code.
 */
int bus_capture(struct bacs *b, const struct options *o, int argc, char **argv)
{
	const struct bacs_bus *bus;
	struct sink s;
	int r;

	if (argc != 2) {
		fprintf(stderr,
			"bacsctl: bus capture [--for=TIME] [--pcapng] BUS FILE: FILE - is standard output\n");
		return EXIT_USAGE;
	}
	r = device_find_bus(b, argv[0], &bus);
	if (r)
		return r;
	if (open_sink(&s, argv[1], o->pcapng) < 0)
		return EXIT_FAILED;
	r = capture_live(o, bus, &s);
	if (close_sink(&s))
		r = EXIT_FAILED;
	/* it never began: leave no empty file */
	if (r && !s.begun && strcmp(argv[1], "-"))
		unlink(argv[1]);
	return r;
}

/*
 * From a file
 */
struct convert {
	struct capture_reader reader;
	struct sink *sink;
	bool begun;
};

static volatile sig_atomic_t interrupted;
static int wakeup[2];

static void interrupt(int signal)
{
	int error = errno;

	interrupted = signal;
	(void)!write(wakeup[1], "", 1);
	errno = error;
}

/* A signal ends the conversion as a failure does: nothing is left behind. */
static int catch_signals(void)
{
	const struct sigaction action = { .sa_handler = interrupt };

	if (pipe2(wakeup, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	return 0;
}

/* As read(), and -EINTR whenever there was a signal */
static ssize_t read_more(int fd, char *buf, size_t size)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 }, { wakeup[0], POLLIN, 0 } };
	ssize_t n = -1;

	do {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (interrupted)
			return -EINTR;
		if (fds[0].revents)
			n = read(fd, buf, size);
		else
			errno = EINTR;
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static void begin(struct convert *c)
{
	if (c->begun || !c->reader.begun)
		return;
	c->begun = true;
	c->sink->info = c->reader.info;
	put_head(c->sink);
}

static int convert_record(const struct capture_record *record, void *data)
{
	struct convert *c = data;

	begin(c);
	return put_record(record, c->sink);
}

static int convert(int in, const char *path, struct convert *c)
{
	char buf[16384];
	ssize_t n;
	int r = 0;

	while (!r && (n = read_more(in, buf, sizeof(buf))) > 0)
		r = capture_feed(&c->reader, buf, (size_t)n);
	if (!r && n < 0) {
		fprintf(stderr, "bacsctl: %s: %s: %s\n", path, interrupted ?
			"not converted" : "cannot read", interrupted ?
			strsignal(interrupted) : strerror((int)-n));
		return EXIT_FAILED;
	}
	if (!r)
		r = capture_finish(&c->reader);
	if (r)
		fprintf(stderr, "bacsctl: %s: %s\n", path,
			c->sink->failed ? "not converted" : c->reader.error);
	if (r < 0)
		return EXIT_FAILED;
	begin(c);
	c->sink->lost = c->reader.lost;
	put_end(c->sink);
	fprintf(stderr, "bacsctl: %" PRIu64 " records, %" PRIu64 " lost\n",
		c->reader.records, c->reader.lost);
	return EXIT_DONE;
}

/**
 * bus_convert() - 'bus convert CAPTURE FILE'
 * @b: NULL: needs no driver
 * @o: options
 * @argc: of what follows the action
 * @argv: of what follows the action
 *
 * A capture that is cut is converted up to its last whole record; of one that
 * is refused, nothing is left.
 *
 * Return: exit code.
 */
int bus_convert(struct bacs *b, const struct options *o, int argc, char **argv)
{
	struct convert c = { .begun = false };
	struct sink s;
	int in, r;

	(void)b;
	(void)o;
	if (argc != 2) {
		fprintf(stderr,
			"bacsctl: bus convert CAPTURE FILE: FILE becomes pcapng, - is standard output\n");
		return EXIT_USAGE;
	}
	r = catch_signals();
	in = r < 0 ? -1 : open(argv[0], O_RDONLY | O_CLOEXEC);
	if (in < 0) {
		fprintf(stderr, "bacsctl: %s: %s\n", argv[0], strerror(errno));
		return EXIT_FAILED;
	}
	if (open_sink(&s, argv[1], true) < 0) {
		close(in);
		return EXIT_FAILED;
	}
	c.sink = &s;
	capture_reader_init(&c.reader, convert_record, &c);
	r = convert(in, argv[0], &c);
	close(in);
	if (close_sink(&s))
		r = EXIT_FAILED;
	if (r && strcmp(argv[1], "-"))
		unlink(argv[1]);
	return r;
}
