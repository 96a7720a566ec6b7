// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A door that writes down what passes: the real one of lib/ops.c, which is
 * compiled for this program under the name bacs_real_ops()
 */
#include <stdio.h>
#include <stdlib.h>

#include "fake-record.h"
#include "ops.h"

const struct bacs_ops *bacs_real_ops(void);
extern FILE *record_file;

FILE *record_file;
static int monitor_fd = -1;

static void record(uint32_t kind, const void *data, size_t len)
{
	struct fake_record_header h = {
		.kind = kind, .len = (uint32_t)len,
		.boottime_ns = bacs_real_ops()->now_ns(CLOCK_BOOTTIME),
	};

	if (!record_file)
		return;
	if (fwrite(&h, sizeof(h), 1, record_file) != 1 ||
	    fwrite(data, 1, len, record_file) != len) {
		perror("fake-record: cannot write the recording");
		exit(1);
	}
}

static int open_and_note(bool monitor)
{
	int fd = bacs_real_ops()->nl_open(monitor);

	if (monitor)
		monitor_fd = fd;
	return fd;
}

static ssize_t send_and_record(int fd, const void *buf, size_t size)
{
	ssize_t n = bacs_real_ops()->nl_send(fd, buf, size);

	if (n >= 0)
		record(FAKE_RECORD_SENT, buf, size);
	return n;
}

static ssize_t recv_and_record(int fd, void *buf, size_t size)
{
	ssize_t n = bacs_real_ops()->nl_recv(fd, buf, size);

	if (n >= 0 && (size_t)n <= size)
		record(fd == monitor_fd ? FAKE_RECORD_NOTIFICATION :
		       FAKE_RECORD_ANSWER, buf, (size_t)n);
	return n;
}

const struct bacs_ops *bacs_ops(void)
{
	static struct bacs_ops ops;

	if (!ops.nl_open) {
		ops = *bacs_real_ops();
		ops.nl_open = open_and_note;
		ops.nl_send = send_and_record;
		ops.nl_recv = recv_and_record;
	}
	return &ops;
}
