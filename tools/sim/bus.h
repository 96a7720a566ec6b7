/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All devices of one wire, and the faults that strike them. No I/O. */
#ifndef SIM_BUS_H
#define SIM_BUS_H

#include "battery.h"
#include "replay.h"
#include "rule.h"
#include "stats.h"
#include "wire.h"

#define BUS_STEP_MS	100

/**
 * struct bus_config - settings of the wire and of all devices on it
 * @baud: 1200-921600
 * @bits: bits of a character, 10 or 11
 * @parity: 'N', 'E' or 'O'
 * @stop_bits: 1 or 2
 * @seed: seed of everything random
 * @strict: requests that come before t3.5 are not heard
 * @eco: devices sleep
 * @delay_min_us: shortest delay of a reply
 * @delay_max_us: longest delay of a reply; both 0: t3.5 to 1 ms more
 */
struct bus_config {
	u32 baud;
	u32 bits;
	char parity;
	u32 stop_bits;
	u64 seed;
	bool strict;
	bool eco;
	u32 delay_min_us;
	u32 delay_max_us;
};

struct bus {
	struct bus_config cfg;
	struct wire wire;
	struct stats *stats;
	struct pcg delay_rng;
	struct pcg fault_rng;
	u64 stepped_ns;
	struct module *module[RTU_ADDRESS_MAX + 1];	/* by slot */
	u32 module_count;
	struct battery *battery;	/* NULL before bus_start() */
	struct rule rule[RULE_MAX];
	u32 rule_count;
	u32 last_rule_id;
	struct replay *replay;	/* answers instead of devices, NULL: none */
	u64 replay_unknown;	/* requests it never heard */
	/* told about every frame, NULL: nobody */
	void (*trace)(const char *what, const u8 *bytes, size_t len, u64 ns);
};

int bus_new(struct bus **ret, const struct bus_config *cfg, u64 now);
struct bus *bus_free(struct bus *b);
int bus_add(struct bus *b, const struct module_config *cfg);
int bus_start(struct bus *b, const struct battery_config *cfg,
	      struct parse_error *e);
void bus_step(struct bus *b, u64 now);
void bus_receive(struct bus *b, const u8 *bytes, size_t len, u64 now);
u64 bus_next(const struct bus *b);
void bus_reset_stats(struct bus *b);
int bus_add_rule(struct bus *b, const struct rule *r, u64 now);
int bus_del_rule(struct bus *b, u32 id);
void bus_print(const struct bus *b, struct json *j);
int bus_parse_format(struct bus_config *cfg, const char *text,
		     struct parse_error *e);
int bus_parse_delay(struct bus_config *cfg, const char *text,
		    struct parse_error *e);

/* fault.c */
void bus_intrude(struct bus *b, u64 now);
void bus_frame(void *data, const struct wire_frame *frame);
void bus_sent(void *data, const struct wire_tx *tx, u64 begin_ns, u64 end_ns,
	      u64 late_ns);

#endif
