/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's scan engine as master of the simulator's bus, in virtual time
 *
 * Faults are rules of bacs-sim; what the driver would count goes to the
 * doctor. No kernel, no tty, no line errors.
 */
#ifndef TESTS_DOCTOR_WORLD_H
#define TESTS_DOCTOR_WORLD_H

#include "bus.h"
#include "doctor.h"
#include "scan.h"

/* Modules in the order of the cable; with @spur another spur begins */
struct wiring {
	unsigned int count;
	u8 address[RTU_ADDRESS_MAX];
	bool spur[RTU_ADDRESS_MAX];
};

struct world {
	struct bus *bus;
	struct scan *scan;
	u64 now;
	u64 timer;
	struct scan_stats before[SCAN_SLOTS];	/* 0: of no address */
	u64 requests_before;
	u64 bytes_before;
	/* told about every frame, NULL: nobody */
	void (*trace)(void *data, u64 ns, enum scan_trace what,
		      const u8 *bytes, size_t len);
	void *trace_data;
};

struct world *world_new(u32 baud, u32 bits, u64 seed, u32 modules);
struct world *world_free(struct world *w);
void world_rule(struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void world_run(struct world *w, u64 duration_ns);
void world_mark(struct world *w);
void world_count(struct world *w, const struct wiring *wiring,
		 struct doctor_input *ret);

#endif /* TESTS_DOCTOR_WORLD_H */
