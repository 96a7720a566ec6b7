/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jars, calibrations and what the schedule of RI keeps, in the history's file
 *
 * Unlike samples these are written at once or not at all: an operator who
 * enters something is told. Times are wall times in us, 0: not known.
 */
#ifndef BACSD_STORE_JAR_H
#define BACSD_STORE_JAR_H

#include "store.h"

#define STORE_TEXT_MAX		47
#define STORE_DATE_MAX		10	/* 2026-01-31 */
#define STORE_NO_TEMPERATURE	INT32_MIN

/**
 * struct store_jar - a jar at a place of a string
 * @id: number, given by the caller, never used again
 * @string: name of its string
 * @position: place in it, from 1
 * @serial: serial number printed on it
 * @maker: who made it
 * @type: what it is; jars of one type are compared
 * @capacity_mah: capacity, 0: not known
 * @nominal_mv: nominal voltage, 0: that of the configuration
 * @made: date of manufacture
 * @installed: date of installation
 * @begin_us: when bacsd first had it
 * @module_serial: serial number of the module that belongs to it, 0: none
 * @author: who entered this last
 * @removed_us: when it was replaced
 * @removed: it was
 * @reason: why
 * @baseline: "", "provisional" or "final"
 * @baseline_uohm: resistance
 * @baseline_mc: at this temperature, or STORE_NO_TEMPERATURE
 * @baseline_count: median of so many values
 * @baseline_us: when it was made
 * @signer: who signed it, "": nobody
 * @signed_us: when
 */
struct store_jar {
	uint32_t id;
	char string[32];
	uint16_t position;
	char serial[STORE_TEXT_MAX + 1];
	char maker[STORE_TEXT_MAX + 1];
	char type[32];
	uint32_t capacity_mah;
	uint32_t nominal_mv;
	char made[STORE_DATE_MAX + 1];
	char installed[STORE_DATE_MAX + 1];
	int64_t begin_us;
	uint64_t module_serial;
	char author[STORE_TEXT_MAX + 1];
	int64_t removed_us;
	bool removed;
	char reason[128];
	char baseline[16];
	uint32_t baseline_uohm;
	int32_t baseline_mc;
	uint8_t baseline_count;
	int64_t baseline_us;
	char signer[STORE_TEXT_MAX + 1];
	int64_t signed_us;
};

/**
 * struct store_calibration - corrections of one module (M12)
 * @id: number, given by the caller
 * @bus: its bus, where it has no serial number
 * @address: likewise
 * @serial: its serial number, 0: it has none
 * @voltage_gain_ppm: true = raw × (1 + gain) + offset
 * @voltage_offset_mv: of the block
 * @resistance_gain_ppm: likewise
 * @resistance_offset_uohm: likewise
 * @temperature_offset_mc: likewise
 * @date: when it was measured
 * @person: by whom
 * @instrument: with what
 * @since_us: in force since
 * @until_us: and until
 * @ended: it is not in force any more
 */
struct store_calibration {
	uint32_t id;
	char bus[13];
	uint8_t address;
	uint64_t serial;
	int32_t voltage_gain_ppm;
	int32_t voltage_offset_mv;
	int32_t resistance_gain_ppm;
	int32_t resistance_offset_uohm;
	int32_t temperature_offset_mc;
	char date[STORE_DATE_MAX + 1];
	char person[STORE_TEXT_MAX + 1];
	char instrument[STORE_TEXT_MAX + 1];
	int64_t since_us;
	int64_t until_us;
	bool ended;
};

/**
 * struct store_schedule - schedule of one string
 * @string: its name
 * @begin_us: first charge; INT64_MIN: none was seen. So the next two.
 * @run_us: begin of the last run
 * @deep_us: end of the last deep discharge
 * @runs: runs of the commissioning
 */
struct store_schedule {
	char string[32];
	int64_t begin_us;
	int64_t run_us;
	int64_t deep_us;
	uint32_t runs;
};

/* A value of resistance of a jar */
struct store_jar_value {
	int64_t time_us;
	uint32_t sequence;
	uint32_t resistance_uohm;
	int32_t temperature_mc;
	char state[16];
	bool trend;
};

/* Of schema: a step of the migrations */
extern const char store_jar_schema[];

/*
 * Write rows in one transaction: 0, or -EIO and store_jar_error() says why.
 * Rows with the number or name of an earlier one take its place.
 */
int store_write_jars(struct store *store, const struct store_jar *jars,
		     size_t count);
int store_write_calibrations(struct store *store,
			     const struct store_calibration *list,
			     size_t count);
int store_write_schedules(struct store *store,
			  const struct store_schedule *list, size_t count);

/* Read what is in force; callbacks return 0 or an error that ends it */
int store_read_jars(struct store *store,
		    int (*jar)(void *userdata, const struct store_jar *jar),
		    void *userdata);
int store_read_calibrations(struct store *store,
			    int (*calibration)(void *userdata,
				const struct store_calibration *calibration),
			    void *userdata);
int store_read_schedules(struct store *store,
			 int (*schedule)(void *userdata,
					 const struct store_schedule *schedule),
			 void *userdata);
/* The last @limit values of a jar, oldest first */
int store_read_jar_values(struct store *store, uint32_t jar,
			  unsigned int limit,
			  int (*value)(void *userdata, uint32_t jar,
				       const struct store_jar_value *value),
			  void *userdata);
/* Greatest numbers that were ever used */
int store_read_jar_numbers(struct store *store, uint32_t *ret_jar,
			   uint32_t *ret_calibration);

/* Why the last of these calls failed, and the remedy */
const char *store_jar_error(const struct store *store);

#endif
