// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Draw again on every change
 *
 * Changes within a quarter of a second are drawn together; ages go on, so
 * something is drawn every second anyway. Settings come without an event, so
 * everything is read again every ten seconds.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bacsctl.h"

#define COALESCE_NS	(NS_PER_S / 4)
#define REFRESH_NS	(10 * NS_PER_S)

struct watch {
	struct bacs *b;
	uint64_t drawn_ns;
	uint64_t refreshed_ns;
	bool changed;
};

static int signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int timeout_ms(const struct watch *w, uint64_t now)
{
	uint64_t next = w->drawn_ns + (w->changed ? COALESCE_NS : NS_PER_S);

	return now >= next ? 0 : (int)((next - now) / 1000000 + 1);
}

static bool take_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return true;
	return info.ssi_signo != SIGWINCH;
}

static void take_changes(struct watch *w)
{
	if (bacs_dispatch(w->b) > 0)
		w->changed = true;
	while (bacs_next_notice(w->b))
		;
}

static bool turn(struct watch *w, int signal_fd)
{
	struct pollfd p[2] = {
		{ .fd = bacs_fd(w->b), .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
	};
	uint64_t now = bacs_now_ns();

	if (poll(p, 2, timeout_ms(w, now)) < 0)
		return errno == EINTR;
	if (p[1].revents) {
		if (take_signal(signal_fd))
			return false;
		w->drawn_ns = 0;
	}
	if (p[0].revents)
		take_changes(w);
	now = bacs_now_ns();
	if (now - w->refreshed_ns >= REFRESH_NS) {
		w->refreshed_ns = now;
		bacs_refresh(w->b);
	}
	return true;
}

int watch_run(struct bacs *b, void (*draw)(struct bacs *b, void *arg),
	      void *arg)
{
	struct watch w = { .b = b, .refreshed_ns = bacs_now_ns() };
	int fd = signals();

	if (fd < 0)
		return EXIT_FAILED;
	do {
		if (!timeout_ms(&w, bacs_now_ns()) || !w.drawn_ns) {
			draw(b, arg);
			w.drawn_ns = bacs_now_ns();
			w.changed = false;
		}
	} while (!ferror(stdout) && turn(&w, fd));
	close(fd);
	return EXIT_DONE;
}
