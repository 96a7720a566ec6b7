/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wire with jars, in virtual time */
#ifndef SIM_BATTERY_FIXTURE_H
#define SIM_BATTERY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "bus.h"

#define S	((u64)NSEC_PER_SEC)
#define H	(3600 * S)

struct fixture {
	struct bus *bus;
	struct battery_config cfg;
	struct parse_error e;
	u64 now;
};

static inline struct fixture make(u64 seed)
{
	struct bus_config cfg = { .seed = seed, .baud = 19200, .bits = 11,
				  .parity = 'E', .stop_bits = 1 };
	struct fixture f = { .e = { "" } };

	assert_int_equal(bus_new(&f.bus, &cfg, 0), 0);
	battery_config_init(&f.cfg);
	return f;
}

/* Jars all alike that measure without error */
static inline struct module_config ideal(u32 class)
{
	return (struct module_config) {
		.class = class, .nominal_mv = 12000, .capacity_ah = 100,
		.ambient_mc = 22000,
	};
}

static inline struct module_config usual(u32 class)
{
	struct module_config c = ideal(class);

	c.spread = c.noise = 1;
	return c;
}

static inline void add(struct fixture *f, u32 from, u32 to,
		       struct module_config c)
{
	for (u32 a = from; a <= to; a++) {
		c.address = (u8)a;
		assert_int_equal(bus_add(f->bus, &c), 0);
	}
}

static inline void start(struct fixture *f)
{
	if (bus_start(f->bus, &f->cfg, &f->e))
		fail_msg("%s", f->e.text);
}

static inline void run(struct fixture *f, u64 ns)
{
	for (u64 end = f->now + ns; f->now < end;) {
		f->now += 100 * NSEC_PER_MSEC;
		bus_step(f->bus, f->now);
	}
}

/* Battery time, at the highest speed */
static inline void run_fast(struct fixture *f, u64 ns)
{
	u32 speed = f->bus->battery->orders.speed;

	f->bus->battery->orders.speed = BATTERY_SPEED_MAX;
	run(f, ns / BATTERY_SPEED_MAX);
	f->bus->battery->orders.speed = speed;
}

static inline void order(struct fixture *f, const char *key, const char *value)
{
	if (battery_order(f->bus->battery, key, value, &f->e))
		fail_msg("%s", f->e.text);
}

static inline int value(const struct fixture *f, u32 address, u32 reg)
{
	bool exists;

	return module_input(f->bus->module[address], reg, &exists);
}

static inline int jar_mv(const struct fixture *f, u32 address)
{
	return value(f, address, BACS_C_JAR_VOLTAGE_MV);
}

static inline int long_value(const struct fixture *f, u32 address, u32 high)
{
	return (int)((u32)value(f, address, high) << 16 |
		     (u32)value(f, address, high + 1));
}

static inline int string_mv(const struct fixture *f, u32 address)
{
	return long_value(f, address, BACS_C_STRING_VOLTAGE_MV_HI);
}

static inline int string_ma(const struct fixture *f, u32 address)
{
	return long_value(f, address, BACS_C_STRING_CURRENT_MA_HI);
}

static inline double charge(const struct fixture *f, u32 address)
{
	return plant_block_charge(f->bus->battery->jar[address].block);
}

static inline void end(struct fixture *f)
{
	assert_int_equal(battery_failures(f->bus->battery), 0);
	bus_free(f->bus);
}

#endif
