// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fake-record - write down what the real driver says
 *
 * Usage: fake-record FILE SCANS
 *
 * Opens the library on the real driver, reads everything once (buses, modules,
 * counters, profiles), lets it refuse a command, follows until SCANS scans of any bus are complete, and
 * leaves every byte in FILE for the step "play" of the fake kernel. Run it in
 * a guest with the driver and a simulated bus.
 */
#include <bacs.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-record.h"

extern FILE *record_file;

static int count_scans(struct bacs *b, long *scans)
{
	const struct bacs_notice *n;

	while ((n = bacs_next_notice(b)))
		if (bacs_notice_kind(n) == BACS_NOTICE_SCAN)
			(*scans)--;
	return 0;
}

static int follow(struct bacs *b, long scans)
{
	struct pollfd p = { .fd = bacs_fd(b), .events = POLLIN };
	int r;

	while (scans > 0) {
		if (poll(&p, 1, 60000) <= 0) {
			fprintf(stderr, "fake-record: no scan within 60 s\n");
			return -ETIMEDOUT;
		}
		r = bacs_dispatch(b);
		if (r < 0)
			return r;
		count_scans(b, &scans);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bacs_profile *profiles = NULL;
	struct bacs_stats *stats = NULL;
	struct bacs *b;
	int r;

	if (argc != 3) {
		fprintf(stderr, "usage: fake-record FILE SCANS\n");
		return 2;
	}
	record_file = fopen(argv[1], "w");
	if (!record_file || fputs(FAKE_RECORD_MAGIC, record_file) < 0) {
		perror(argv[1]);
		return 1;
	}
	r = bacs_open(BACS_OPEN_SAMPLES | BACS_OPEN_EVENTS, &b);
	if (r < 0 || bacs_driver(b) != BACS_DRIVER_PRESENT) {
		fprintf(stderr, "fake-record: no driver: %s\n", strerror(-r));
		return 1;
	}
	r = bacs_stats_list(b, NULL, &stats);
	if (r >= 0)
		r = bacs_profile_list(b, &profiles);
	if (r >= 0 && (!bacs_bus_first(b) ||
		       bacs_bus_set_scan_ms(b, bacs_bus_name(bacs_bus_first(b)),
					    1) != -ERANGE)) {
		fprintf(stderr, "fake-record: no bus, or it took 1 ms\n");
		r = -ENODEV;
	}
	if (r >= 0)
		r = follow(b, atol(argv[2]));
	if (r < 0)
		fprintf(stderr, "fake-record: %s: %s\n", strerror(-r),
			bacs_error_text(b));
	bacs_stats_free(stats);
	bacs_profile_free(profiles);
	bacs_close(b);
	if (fclose(record_file)) {
		perror(argv[1]);
		return 1;
	}
	return r < 0;
}
