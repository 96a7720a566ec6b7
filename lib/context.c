// SPDX-License-Identifier: LGPL-2.1-or-later
/* The handle: its descriptors, and the driver that comes and goes */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "internal.h"

/* datagrams of one bacs_dispatch(); the rest makes the descriptor ready again */
#define BATCH			64
#define RETRY_NS		NS_PER_S

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int watch(struct bacs *b, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static void set_driver(struct bacs *b, enum bacs_driver driver)
{
	enum bacs_driver old = b->driver;

	if (old == driver)
		return;
	b->driver = driver;
	notice_add(b, BACS_NOTICE_DRIVER, NULL, NULL, bacs_now_ns(), old,
		   driver);
}

static int join_groups(struct bacs *b)
{
	static const unsigned int flag[GROUPS] = {
		[GROUP_SAMPLES] = BACS_OPEN_SAMPLES,
		[GROUP_EVENTS] = BACS_OPEN_EVENTS,
	};
	int r;

	if (b->monitor_fd < 0)
		return 0;
	for (int i = 0; i < GROUPS; i++) {
		if (!(b->flags & flag[i]))
			continue;
		if (!b->family.groups[i])
			return -EPROTONOSUPPORT;
		r = bacs_ops()->nl_join(b->monitor_fd, b->family.groups[i],
					true);
		if (r < 0)
			return r;
	}
	return 0;
}

/**
 * driver_detach() - the family is gone, and with it everything it told
 * @b: handle
 */
void driver_detach(struct bacs *b)
{
	model_drop_all(b);
	memset(&b->family, 0, sizeof(b->family));
	b->resync = false;
	b->lost = false;
	set_driver(b, BACS_DRIVER_MISSING);
}

/**
 * driver_attach() - find the family and subscribe, before the first dump
 * @b: handle
 *
 * Return: 0: bacs_driver() tells what was found; or a negative errno.
 */
int driver_attach(struct bacs *b)
{
	struct family family;
	int r;

	r = nl_family(b, BACS_GENL_NAME, &family);
	if (r == -ENOENT) {
		driver_detach(b);
		return 0;
	}
	if (r < 0)
		return r;
	if (b->driver == BACS_DRIVER_PRESENT && family.id == b->family.id)
		return 0;
	if (b->driver == BACS_DRIVER_PRESENT)
		driver_detach(b);

	b->family = family;
	b->driver_version = family.version;
	if (family.version != BACS_GENL_VERSION) {
		set_driver(b, BACS_DRIVER_INCOMPATIBLE);
		return 0;
	}
	r = join_groups(b);
	if (r == -EPROTONOSUPPORT) {
		set_driver(b, BACS_DRIVER_INCOMPATIBLE);
		return 0;
	}
	if (r < 0)
		return r;
	set_driver(b, BACS_DRIVER_PRESENT);
	b->resync = true;
	return 0;
}

static int sync_now(struct bacs *b)
{
	int r;

	if (b->driver != BACS_DRIVER_PRESENT)
		return 0;
	r = model_sync(b);
	switch (r) {
	case 0:
		break;
	case -ENOENT:
		driver_detach(b);
		return 0;
	case -EPROTONOSUPPORT:
		model_drop_all(b);
		set_driver(b, BACS_DRIVER_INCOMPATIBLE);
		b->resync = false;
		b->lost = false;
		return 0;
	default:
		return r;
	}
	if (b->lost) {
		b->diag[BACS_DIAG_RESYNCS]++;
		notice_add(b, BACS_NOTICE_RESYNCED, NULL, NULL, bacs_now_ns(),
			   0, 0);
	}
	b->resync = false;
	b->lost = false;
	return 0;
}

static int open_monitor(struct bacs *b)
{
	struct family nlctrl;
	int r;

	r = b->monitor_fd = bacs_ops()->nl_open(true);
	if (r < 0)
		return r;
	/* the controller tells of families that come and go */
	r = nl_family(b, "nlctrl", &nlctrl);
	if (r < 0)
		return r;
	if (!nlctrl.notify)
		return -EPROTONOSUPPORT;
	r = bacs_ops()->nl_join(b->monitor_fd, nlctrl.notify, true);
	return r < 0 ? r : watch(b, b->monitor_fd);
}

static int open_all(struct bacs *b)
{
	int r;

	b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (b->epoll_fd < 0)
		return -errno;
	r = b->timer_fd = bacs_ops()->timer_open();
	if (r < 0)
		return r;
	r = watch(b, b->timer_fd);
	if (r < 0)
		return r;
	r = b->request_fd = bacs_ops()->nl_open(false);
	if (r < 0)
		return r;
	if (b->flags) {
		r = open_monitor(b);
		if (r < 0)
			return r;
	}
	return driver_attach(b);
}

BACS_EXPORT struct bacs *bacs_close(struct bacs *b)
{
	if (!b)
		return NULL;
	b->flags = 0;
	model_drop_all(b);
	notice_free_all(b);
	close_fd(&b->monitor_fd);
	close_fd(&b->request_fd);
	close_fd(&b->timer_fd);
	close_fd(&b->epoll_fd);
	free(b);
	return NULL;
}

BACS_EXPORT int bacs_fd(const struct bacs *b)
{
	assert(b);
	return b->epoll_fd;
}

static void overrun(struct bacs *b)
{
	b->diag[BACS_DIAG_OVERRUNS]++;
	notice_add(b, BACS_NOTICE_OVERRUN, NULL, NULL, bacs_now_ns(), 0, 0);
	/* what is missing is known to be unknown: no gaps on top of it */
	for (struct bacs_bus *bus = b->buses; bus; bus = bus->next)
		memset(bus->sequence, 0, sizeof(bus->sequence));
	b->resync = true;
	b->lost = true;
}

static int handle_ctrl(struct bacs *b, const struct nlmsghdr *nlh)
{
	struct family family;

	switch (nl_ctrl_parse(nlh, BACS_GENL_NAME, &family)) {
	case CTRL_CMD_NEWFAMILY:
		return driver_attach(b);
	case CTRL_CMD_DELFAMILY:
		if (family.id == b->family.id)
			driver_detach(b);
		return 0;
	case -EBADMSG:
		b->diag[BACS_DIAG_MALFORMED]++;
		return 0;
	}
	return 0;
}

static int take_message(struct bacs *b, const struct nlmsghdr *nlh)
{
	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN) {
		b->diag[BACS_DIAG_MALFORMED]++;
		return 0;
	}
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return handle_ctrl(b, nlh);
	if (nlh->nlmsg_type == b->family.id &&
	    b->driver == BACS_DRIVER_PRESENT)
		event_handle(b, nlh);
	return 0;
}

static int take_datagram(struct bacs *b)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)b->monitor_buf;
	int len, r, first = 0;
	ssize_t n;

	n = bacs_ops()->nl_recv(b->monitor_fd, b->monitor_buf,
				sizeof(b->monitor_buf));
	if (n == -ENOBUFS) {
		overrun(b);
		return 1;
	}
	if (n < 0)
		return (int)n;
	if ((size_t)n > sizeof(b->monitor_buf)) {
		b->diag[BACS_DIAG_MALFORMED]++;
		overrun(b);
		return 1;
	}
	for (len = (int)n; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		r = take_message(b, nlh);
		if (r < 0 && !first)
			first = r;
	}
	if (len > 0)
		b->diag[BACS_DIAG_MALFORMED]++;
	return first < 0 ? first : 1;
}

static int take_batch(struct bacs *b)
{
	int r;

	b->drained = b->monitor_fd < 0;
	for (int i = 0; i < BATCH && !b->drained; i++) {
		r = take_datagram(b);
		if (r == -EAGAIN) {
			b->drained = true;
			return 0;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* What was read comes after all that waits in the socket */
static int show_read(struct bacs *b)
{
	int r;

	if (!b->has_read)
		return 0;
	r = take_batch(b);
	if (b->drained)
		model_show_read(b);
	/* the batch may have asked for another dump */
	if (b->resync)
		bacs_ops()->timer_set(b->timer_fd, 1);
	return r;
}

static int pending(const struct bacs *b)
{
	return b->pending > INT32_MAX ? INT32_MAX : (int)b->pending;
}

BACS_EXPORT int bacs_open(unsigned int flags, struct bacs **ret)
{
	struct bacs *b;
	int r;

	assert(ret);
	if (flags & ~(BACS_OPEN_SAMPLES | BACS_OPEN_EVENTS))
		return -EINVAL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->flags = flags;
	b->epoll_fd = b->monitor_fd = b->timer_fd = b->request_fd = -1;
	b->last = &b->first;

	r = open_all(b);
	if (r < 0) {
		bacs_close(b);
		return r;
	}
	/* interrupted dumps only: the next dispatch tries again */
	if (sync_now(b) < 0 || show_read(b) < 0)
		bacs_ops()->timer_set(b->timer_fd, RETRY_NS);
	*ret = b;
	return 0;
}

BACS_EXPORT int bacs_dispatch(struct bacs *b)
{
	int r, synced = 0;

	assert(b);
	bacs_ops()->timer_set(b->timer_fd, 0);
	if (b->driver == BACS_DRIVER_UNKNOWN)
		synced = driver_attach(b);
	r = take_batch(b);
	if (b->resync && !synced)
		synced = sync_now(b);
	if (!r)
		r = synced;
	if (!r)
		r = show_read(b);
	if (b->failure) {
		r = b->failure;
		b->failure = 0;
		b->resync = true;
		b->lost = true;
	}
	if (r < 0) {
		bacs_ops()->timer_set(b->timer_fd, RETRY_NS);
		return r;
	}
	return pending(b);
}

BACS_EXPORT int bacs_refresh(struct bacs *b)
{
	int r;

	assert(b);
	bacs_clear_error(b);
	r = driver_attach(b);
	if (r < 0)
		return r;
	if (b->driver != BACS_DRIVER_PRESENT)
		return bacs_fail(b, -ENODEV, "the driver is %s",
				 bacs_driver_name(b->driver));
	b->resync = true;
	r = sync_now(b);
	if (!r)
		r = show_read(b);
	return r < 0 ? r : pending(b);
}

BACS_EXPORT enum bacs_driver bacs_driver(const struct bacs *b)
{
	assert(b);
	return b->driver;
}

BACS_EXPORT uint32_t bacs_driver_version(const struct bacs *b)
{
	assert(b);
	return b->driver_version;
}

BACS_EXPORT const char *bacs_error_text(const struct bacs *b)
{
	assert(b);
	return b->error;
}

BACS_EXPORT uint64_t bacs_diagnostic(const struct bacs *b, enum bacs_diag diag)
{
	assert(b);
	return (unsigned int)diag < BACS_DIAG_COUNT ? b->diag[diag] : 0;
}

BACS_EXPORT uint64_t bacs_now_ns(void)
{
	return bacs_ops()->now_ns(CLOCK_BOOTTIME);
}

BACS_EXPORT const char *bacs_version(void)
{
	return BACS_VERSION;
}
