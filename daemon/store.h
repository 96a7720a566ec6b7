/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The history: where samples and events are kept
 *
 * This interface knows neither file format nor clock: times are boot times in
 * us, and an epoch says how far the wall clock is ahead of them. Nothing here
 * fails towards the caller for want of a disk: what cannot be written stays in
 * a bounded queue, is tried again, and is counted when the queue is full.
 */
#ifndef BACSD_STORE_H
#define BACSD_STORE_H

#include "policy/alarm/alarm.h"
#include "util.h"

#define STORE_EVENTS_QUEUED	1024	/* at most, while the disk refuses */
#define STORE_MINUTES_QUEUED	16384
#define STORE_RI_QUEUED		1024
#define STORE_RETRY_NS		(30 * NSEC_PER_SEC)

enum store_quality {
	STORE_CLOCK_UNKNOWN,		/* times are boot times, to be dated */
	STORE_CLOCK_UNSYNCHRONISED,	/* plausible, nobody vouches for it */
	STORE_CLOCK_SYNCHRONISED,
};

/**
 * struct store_module - whom values belong to
 * @bus: name of the bus
 * @address: address on it
 * @serial: serial number, 0 = none
 * @nominal_mv: nominal voltage, 0 = none
 * @modclass: dictionary name of the class
 * @model: model text
 * @name: the name people use, 4S2
 */
struct store_module {
	char bus[13];
	uint8_t address;
	uint64_t serial;
	uint32_t nominal_mv;
	char modclass[16];
	char model[33];
	char name[32];
};

/* Mean, least and greatest of one quantity in a minute */
struct store_span {
	bool present;
	int32_t mean;
	int32_t min;
	int32_t max;
};

enum store_quantity {
	STORE_VOLTAGE,
	STORE_TEMPERATURE,
	STORE_CURRENT,
	STORE_RIPPLE,
	STORE_DUTY,
	STORE_MODULE_TEMPERATURE,
	STORE_HUMIDITY,
	STORE_H2,
	STORE_QUANTITIES
};

/**
 * struct store_minute - one minute of one module
 * @module: from store_module_id()
 * @epoch: from store_epoch_begin()
 * @boot_us: when the minute began
 * @scans: samples it sums up
 * @span: values
 */
struct store_minute {
	uint32_t module;
	uint32_t epoch;
	uint64_t boot_us;
	uint32_t scans;
	struct store_span span[STORE_QUANTITIES];
};

/**
 * struct store_ri - one measurement of internal resistance with its context
 * @present: bit n: the n-th of spread, voltage, temperature, duty is valid
 * @jar: number of the jar that was measured, 0: not known
 * @state: dictionary name of the state of its string; with @jar
 * @trend: it may be compared with others of the jar; with @jar
 */
struct store_ri {
	uint32_t module;
	uint32_t epoch;
	uint64_t boot_us;
	uint32_t sequence;
	uint32_t resistance_uohm;
	uint32_t present;
	int32_t context[4];
	uint32_t jar;
	char state[16];
	bool trend;
};

#define STORE_RI_SPREAD		0
#define STORE_RI_VOLTAGE	1
#define STORE_RI_TEMPERATURE	2
#define STORE_RI_DUTY		3

struct store_event {
	uint32_t epoch;
	uint64_t boot_us;
	char kind[32];
	uint8_t severity;	/* 0 info, 1 warning, 2 alarm */
	char bus[13];
	uint8_t address;
	char name[64];
	int64_t old_value;
	int64_t new_value;
	char text[256];
	char alarm[32];		/* kind of the alarm it is of, or "" */
};

/**
 * struct store_status - how the history is
 * @degraded: nothing can be written now
 * @reason: why, and the remedy
 * @queued: records that wait
 * @dropped: records lost since the start because the queue was full
 * @refused: records the database did not take
 */
struct store_status {
	bool degraded;
	char reason[256];
	uint64_t queued;
	uint64_t dropped;
	uint64_t refused;
};

enum store_notice {
	STORE_DEGRADED,		/* text: why and the remedy */
	STORE_RESTORED,		/* text: what was lost meanwhile */
	STORE_SET_ASIDE,	/* text: where the damaged file is now */
};

/**
 * struct store_settings - how to open a history
 * @path: file
 * @boot: id of this boot of the machine
 * @notice: called on changes of state, from within other calls
 * @userdata: for @notice
 */
struct store_settings {
	const char *path;
	const char *boot;
	void (*notice)(void *userdata, enum store_notice notice,
		       const char *text);
	void *userdata;
};

struct store;

/**
 * store_new - open a history
 * @settings: settings; the strings are copied
 * @now_ns: CLOCK_BOOTTIME
 * @ret: the store
 *
 * A file that cannot be opened leaves the store degraded, that is no error.
 *
 * Return: 0 or -ENOMEM.
 */
int store_new(const struct store_settings *settings, uint64_t now_ns,
	      struct store **ret);

/* Write what is queued, close, free. Returns NULL. */
struct store *store_free(struct store *store);

/**
 * store_epoch_begin - from now on another relation of boot time and wall clock
 * @store: store
 * @boot_us: since when
 * @offset_us: wall clock minus boot time, 0 where it is not known
 * @quality: how good that is
 *
 * Return: number of the epoch, for records.
 */
uint32_t store_epoch_begin(struct store *store, uint64_t boot_us,
			   int64_t offset_us, enum store_quality quality);

/* The epoch's offset became known: everything dated by it is stamped again */
void store_epoch_date(struct store *store, uint32_t epoch, int64_t offset_us,
		      enum store_quality quality);

/* Number of a module for records; a new one when its serial number changed */
int store_module_id(struct store *store, const struct store_module *module,
		    uint32_t *ret);
/* The module is not to be expected after a restart any more */
void store_module_forget(struct store *store, const char *bus,
			 unsigned int address);

/* Queue a record. Nothing is written before store_flush(). */
void store_add_minute(struct store *store, const struct store_minute *minute);
void store_add_ri(struct store *store, const struct store_ri *ri);
void store_add_event(struct store *store, const struct store_event *event);

/**
 * store_flush - write what is queued in one transaction
 * @store: store
 * @now_ns: CLOCK_BOOTTIME; while degraded nothing is tried before
 *	STORE_RETRY_NS have passed since the last trial
 */
void store_flush(struct store *store, uint64_t now_ns);

/**
 * store_prune - delete what is older than its retention
 * @store: store
 * @boot_us: CLOCK_BOOTTIME now
 * @keep_us: age to which minute values are kept
 */
void store_prune(struct store *store, uint64_t boot_us, uint64_t keep_us);

/* Id of this boot, as in the settings */
const char *store_boot(const struct store *store);

void store_get_status(const struct store *store, struct store_status *ret);

/*
 * Alarms: the file keeps a snapshot of the table, which is borrowed. It is
 * written by the first store_flush() after store_alarms_changed().
 */
void store_set_alarms(struct store *store, const struct alarm_table *table);
void store_alarms_changed(struct store *store);

/**
 * struct store_alarms - what an earlier run saved
 * @alarm: called with each alarm
 * @out: called with each thing out of service
 * @userdata: for them
 * @same_boot: out: boot times in them are of this boot
 * @next_id: out: number of the next alarm
 * @muted: out: alarms were muted
 * @muted_by: out: by whom
 */
struct store_alarms {
	void (*alarm)(void *userdata, const struct alarm *alarm,
		      bool same_boot);
	void (*out)(void *userdata, const struct alarm_out *out,
		    bool same_boot);
	void *userdata;
	bool same_boot;
	uint64_t next_id;
	bool muted;
	char muted_by[ALARM_WHO_MAX + 1];
};

/* 0 or negative errno; what was read until then has been told */
int store_read_alarms(struct store *store, struct store_alarms *to);

/* Modules that earlier runs found. Returns 0 or negative errno. */
int store_read_modules(struct store *store,
		       int (*module)(void *userdata,
				     const struct store_module *module),
		       void *userdata);

#endif
