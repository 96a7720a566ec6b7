/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The book of jars: records, calibrations and schedules of RI, in memory as in
 * the history's file, and what the policy is told of them
 */
#ifndef BACSD_JARS_H
#define BACSD_JARS_H

#include "policy/policy.h"
#include "store-jar.h"

struct manager;
struct jars;

int jars_new(struct jars **ret);
struct jars *jars_free(struct jars *jars);

/* Read the file; where that fails it is tried again by jars_tick() */
void jars_load(struct manager *manager);
/* The policy has a new configuration: give it the records of its jars */
void jars_give(struct manager *manager);
/* It was read, and the policy has all of it */
bool jars_are_given(const struct manager *manager);
/* Write at the end of the daemon what waits */
void jars_flush(struct manager *manager);
/* What could not be read, given or written so far */
void jars_tick(struct manager *manager, uint64_t now_ns);
/* The file was set aside: all goes into the new one */
void jars_rewrite(struct manager *manager);

/* What the configuration adds to values of one module; 0: nothing */
struct jars_offsets {
	int32_t voltage_mv;
	int32_t temperature_mc;
	int32_t resistance_uohm;
};

/*
 * Offsets of string or site, as far as no calibration of the module takes their
 * place: of voltage every one does, else one that corrects the quantity. What
 * is measured at no jar has none.
 */
void jars_find_offsets(struct manager *manager, const char *bus,
		       unsigned int address, uint64_t serial,
		       struct jars_offsets *ret);
bool jars_any_offset(const struct jars_offsets *offsets);

/**
 * jars_adjust - apply the calibration or the offsets in force to a sample (M12)
 * @manager: daemon
 * @bus: bus of the module
 * @address: its address
 * @serial: its serial number, 0: none
 * @sample: raw values in, adjusted ones out
 */
void jars_adjust(struct manager *manager, const char *bus,
		 unsigned int address, uint64_t serial,
		 struct policy_sample *sample);

/* The record of the jar at the module's place, or NULL */
const struct store_jar *jars_find(const struct manager *manager,
				  const struct policy_module *module);
/* The calibration in force of the module, or NULL */
const struct store_calibration *
jars_find_calibration(const struct manager *manager, const char *bus,
		      unsigned int address, uint64_t serial);

/*
 * What an operator enters: 0; -EAGAIN: the book is not read yet, or the wall
 * clock is not known; -EIO: store_jar_error() says why. Nothing is changed
 * then.
 */
int jars_set(struct manager *manager, const struct store_jar *jar);
/* @jar: the new one; its number is given here */
int jars_replace(struct manager *manager, struct store_jar *jar,
		 const char *reason);
/* All corrections 0: the one in force ends */
int jars_calibrate(struct manager *manager,
		   struct store_calibration *calibration);

/* What the policy tells */
void jars_on_baseline(struct manager *manager,
		      const struct policy_module *module,
		      const struct ri_baseline *baseline);
void jars_on_module(struct manager *manager,
		    const struct policy_module *module);
void jars_on_schedule(struct manager *manager,
		      const struct policy_string *string);

#endif
