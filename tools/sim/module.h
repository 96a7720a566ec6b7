/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One simulated device of profile bacs-c: its timers, its registers and the
 * air around it. What jars and strings do is the battery's; see battery.h. No
 * clock, no I/O.
 */
#ifndef SIM_MODULE_H
#define SIM_MODULE_H

#include <linux/bacs.h>

#include "bacs_c.h"
#include "pcg.h"
#include "rtu.h"
#include "sensor.h"

#define MODULE_RI_MS		3000	/* duration of an RI measurement */
#define MODULE_BOOT_MS		400	/* silence after a reboot */
#define MODULE_LEASE_MAX_S	600
#define MODULE_LATCH_MS		2000	/* latched values wait for a reader */
#define MODULE_HOT_MC		65000	/* halves its duty from here on */
#define MODULE_CAPACITY_MAX_AH	6000	/* of a jar; the model ends there */

/* What can be fixed from outside; the names are in module_keys[] */
enum module_key {
	MODULE_KEY_VOLTAGE_MV,
	MODULE_KEY_TEMPERATURE_MC,
	MODULE_KEY_MODULE_TEMPERATURE_MC,
	MODULE_KEY_RESISTANCE_UOHM,
	MODULE_KEY_RI_SPREAD_PERMILLE,
	MODULE_KEY_BYPASSED_MAH,
	MODULE_KEY_CURRENT_MA,
	MODULE_KEY_RIPPLE_MA,
	MODULE_KEY_HUMIDITY_PERMILLE,
	MODULE_KEY_H2_PPM,
	MODULE_KEY_INPUTS,
	MODULE_KEY_BOOTS,
	MODULE_KEY_TEMP_FAULT,
	MODULE_KEY_SENSE_FAULT,
	MODULE_KEY_SELF_TEST_FAULT,
	MODULE_KEYS
};

/**
 * struct module_key_info - a quantity that can be fixed
 * @name: its name, with unit
 * @classes: bit mask of 1 << enum bacs_class that have it
 * @min: smallest value
 * @max: largest value
 * @string_max: largest value of a string sensor, 0: as @max
 */
struct module_key_info {
	const char *name;
	u32 classes;
	s32 min;
	s32 max;
	s32 string_max;
};

extern const struct module_key_info module_keys[MODULE_KEYS];

enum module_technology { MODULE_AGM, MODULE_GEL, MODULE_FLOODED };

/**
 * struct module_config - what a device is
 * @address: 1-247
 * @unaddressed: has forgotten it: is at address 0, answers nothing
 * @class: enum bacs_class
 * @nominal_mv: 2000, 4000, 6000 or 12000
 * @capacity_ah: 1 to MODULE_CAPACITY_MAX_AH
 * @technology: kind of the jar
 * @spread: deviation between devices, 1 is usual, 0 makes all alike
 * @noise: noise of measurement, 1 is usual, 0 is none
 * @ambient_mc: temperature of the room
 * @serial: serial number, 0: derived from seed and address
 * @eco: sleeps after BACS_C_SLEEP_MS of silence
 */
struct module_config {
	u8 address;
	bool unaddressed;
	u32 class;
	u32 nominal_mv;
	u32 capacity_ah;
	enum module_technology technology;
	double spread;
	double noise;
	s32 ambient_mc;
	u64 serial;
	bool eco;
};

struct module {
	struct module_config cfg;
	u8 slot;		/* configured address: its name here */
	u8 address;		/* address now, 0: not addressed */
	struct pcg rng;
	u64 serial;
	char model[BACS_C_IDENT_MODEL_CHARS + 1];

	/* a jar and what it is measured with, NULL: none */
	const struct plant_block *block;
	struct plant_sensor *sensor;

	/* what was measured last; of jars and strings by the battery */
	double offset;		/* this device among its like, -1 to 1 or so */
	double drift_mc;	/* slow wandering of the air's temperature */
	double bypassed_mah;
	double voltage_mv;
	double temperature_mc;
	double module_temperature_mc;
	double current_ma;
	double ripple_ma;
	double humidity_permille;
	double h2_ppm;
	u32 ri_uohm;
	u16 ri_sequence;
	u16 ri_spread_permille;
	bool ri_valid;

	/* registers and their timers */
	u16 duty_permille;
	u16 duty_limit_permille;
	u16 relays;
	u16 identify;
	u16 threshold;
	u16 mode;
	u8 next_address;
	u16 latch;
	u16 boots;
	u32 lease_ms;
	u32 ri_ms;
	u32 boot_ms;
	u32 latch_ms;		/* so long the latched values are waited for */
	u16 latched[BACS_C_JAR_REGISTERS];	/* the longest live block */

	/* sleep: time since the last byte on the wire, and of traffic */
	bool asleep;
	u32 quiet_ms;
	u32 wake_ms;

	u32 fixed;		/* bit mask of 1 << enum module_key */
	s32 fixed_value[MODULE_KEYS];
};

void module_init(struct module *m, const struct module_config *cfg, u64 seed);
void module_attach(struct module *m, const struct plant_block *block,
		   struct plant_sensor *sensor);
void module_detach(struct module *m);
void module_step(struct module *m, u32 dt_ms);
void module_hear(struct module *m);
void module_reboot(struct module *m);
void module_press(struct module *m, u32 ms);
s32 module_shown(const struct module *m, enum module_key key, double model);
bool module_fault(const struct module *m, enum module_key key);
bool module_hot(const struct module *m);
void module_set_address(struct module *m, u8 address);
bool module_awake(const struct module *m);
u16 module_duty_now(const struct module *m);
u32 module_bypass_ma(const struct module *m);

int module_key_find(const char *name);
bool module_key_range(u32 class, enum module_key key, s32 *ret_min,
		      s32 *ret_max);
void module_fix(struct module *m, enum module_key key, s32 value);
void module_unfix(struct module *m, enum module_key key);

const char *module_class_name(u32 class);
u32 module_class_find(const char *name);
const char *module_technology_name(enum module_technology technology);
int module_technology_find(const char *name);

/* registers.c */
size_t module_request(struct module *m, const u8 *frame, size_t len,
		      u8 *reply);
u16 module_input(const struct module *m, u32 reg, bool *ret_exists);

#endif
