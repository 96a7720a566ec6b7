// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fake-history - a history as bacsd writes it, with known contents
 *
 * Usage: fake-history FILE
 *
 * Uses the daemon's own store, so that readers are tested against the schema
 * that is really written. Two modules, one of which was replaced; three
 * minutes; events of every severity, one from before the clock was known.
 */
#include <stdio.h>
#include <string.h>

#include "store.h"

#define WALL_US		1800000000000000LL
#define BOOT_US		(1000 * USEC_PER_SEC)
#define MINUTE_US	(60 * USEC_PER_SEC)

static void say(void *userdata, enum store_notice notice, const char *text)
{
	(void)userdata;
	fprintf(stderr, "fake-history: notice %d: %s\n", notice, text);
}

static uint32_t module_id(struct store *s, unsigned int address,
			  uint64_t serial, const char *name)
{
	struct store_module m = {
		.bus = "bacsA", .address = (uint8_t)address, .serial = serial,
		.nominal_mv = 12000, .modclass = "jar", .model = "BC-12",
	};
	uint32_t id = 0;

	snprintf(m.name, sizeof(m.name), "%s", name);
	if (store_module_id(s, &m, &id) < 0)
		fprintf(stderr, "fake-history: no id for %s\n", name);
	return id;
}

static void minute(struct store *s, uint32_t module, uint32_t epoch, int n,
		   int32_t mv)
{
	struct store_minute m = {
		.module = module, .epoch = epoch, .scans = 60,
		.boot_us = BOOT_US + (uint64_t)n * MINUTE_US,
		.span[STORE_VOLTAGE] = { true, mv, mv - 10, mv + 20 },
		.span[STORE_TEMPERATURE] = { true, 25300, 25200, 25400 },
		.span[STORE_DUTY] = { true, 300, 300, 300 },
	};

	store_add_minute(s, &m);
}

static void event(struct store *s, uint32_t epoch, int n, const char *kind,
		  int severity, unsigned int address, const char *name,
		  const char *text)
{
	struct store_event e = {
		.epoch = epoch, .severity = (uint8_t)severity,
		.boot_us = BOOT_US + (uint64_t)n * MINUTE_US,
		.address = (uint8_t)address, .old_value = 3, .new_value = 4,
	};

	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	snprintf(e.bus, sizeof(e.bus), "%s", address ? "bacsA" : "");
	snprintf(e.name, sizeof(e.name), "%s", name);
	snprintf(e.text, sizeof(e.text), "%s", text);
	store_add_event(s, &e);
}

static void fill(struct store *s)
{
	uint32_t undated, dated, first, second, other;

	undated = store_epoch_begin(s, 0, 0, STORE_CLOCK_UNKNOWN);
	event(s, undated, -16, "daemon-started", 0, 0, "", "bacsd has started");
	dated = store_epoch_begin(s, BOOT_US, WALL_US - (int64_t)BOOT_US,
				  STORE_CLOCK_SYNCHRONISED);
	first = module_id(s, 12, 0x1111, "4S2");
	minute(s, first, dated, 0, 13500);
	minute(s, first, dated, 1, 13510);
	second = module_id(s, 12, 0x2222, "4S2");
	minute(s, second, dated, 2, 13400);
	other = module_id(s, 13, 0x3333, "5S2");
	minute(s, other, dated, 0, 2250);
	event(s, dated, 0, "module-found", 0, 12, "4S2", "4S2 answers");
	event(s, dated, 1, "module-lost", 2, 12, "4S2",
	      "4S2 does not answer: check its cable");
	event(s, dated, 2, "module-changed", 1, 12, "4S2",
	      "another module answers as 4S2");
}

int main(int argc, char **argv)
{
	struct store_settings settings = { .boot = "test", .notice = say };
	struct store_status status;
	struct store *s;

	if (argc != 2) {
		fprintf(stderr, "usage: fake-history FILE\n");
		return 2;
	}
	settings.path = argv[1];
	if (store_new(&settings, BOOT_US * 1000, &s) < 0)
		return 1;
	fill(s);
	store_flush(s, BOOT_US * 1000);
	store_get_status(s, &status);
	if (status.degraded)
		fprintf(stderr, "fake-history: %s\n", status.reason);
	store_free(s);
	return status.degraded;
}
