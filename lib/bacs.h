/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbacs - client of the bacs driver
 *
 * The library keeps a model of all buses and modules, filled by dumps and kept
 * up to date by the driver's notifications. It starts no thread, owns no
 * loop, installs no signal handler and writes to no stream: poll bacs_fd()
 * for reading, call bacs_dispatch(), take notices with bacs_next_notice().
 *
 * Rules that hold everywhere:
 *
 * - Functions return 0 or a positive number, or a negative errno. Results go
 *   to ret_ pointers, which are written on success only.
 * - After a failed command bacs_error_text() says why in words.
 * - Objects returned as const pointers are borrowed: a bus, a module and what
 *   hangs below them live until the next bacs_dispatch(), bacs_refresh() or
 *   bacs_close(); a notice until the next bacs_next_notice(),
 *   bacs_dispatch(), bacs_refresh() or bacs_close(). All others are the
 *   caller's and have a _free() that takes NULL and returns NULL.
 * - Units are in the names. Times ending in _ns are CLOCK_BOOTTIME.
 * - A NULL object is a programming error (assertion); bad input is -EINVAL
 *   or -ERANGE. Enumerations have an unknown member 0; a newer driver may
 *   send more values than are listed.
 * - A handle belongs to one thread at a time.
 */
#ifndef BACS_H
#define BACS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bacs;		/* a connection and its model */
struct bacs_bus;	/* one bus of the model */
struct bacs_module;	/* one module of the model */
struct bacs_sample;	/* all quantities of one reply of one module */
struct bacs_notice;	/* one thing that happened */
struct bacs_stats;	/* counters of a bus or a module */
struct bacs_settings;	/* what to change at a module */
struct bacs_profile;	/* register map of a kind of module */

/**
 * bacs_version() - version of the library
 *
 * Return: static string, "major.minor.patch".
 */
const char *bacs_version(void);

/*
 * Dictionary of quantities and states
 * -----------------------------------
 * One table owns every name, unit, scale, range and colour.
 */

/** enum bacs_q - quantities a sample may hold */
enum bacs_q {
	BACS_Q_UNKNOWN,
	BACS_Q_VOLTAGE,			/* mV */
	BACS_Q_TEMPERATURE,		/* m degree Celsius */
	BACS_Q_RESISTANCE,		/* micro-ohm */
	BACS_Q_RI_SEQUENCE,		/* number of the RI measurement */
	BACS_Q_RI_SPREAD,		/* 0.1 % */
	BACS_Q_EQUALIZER_DUTY,		/* 0.1 %, duty now */
	BACS_Q_MODULE_TEMPERATURE,	/* m degree Celsius, of the module */
	BACS_Q_BYPASSED,		/* mAh */
	BACS_Q_BOOTS,			/* boot counter */
	BACS_Q_LATCH_NUMBER,
	BACS_Q_CURRENT,			/* mA, + charges */
	BACS_Q_RIPPLE,			/* mA RMS */
	BACS_Q_HUMIDITY,		/* 0.1 % */
	BACS_Q_H2,			/* ppm */
	BACS_Q_INPUTS,			/* bit mask */
	BACS_Q_RELAYS,			/* bit mask */
	BACS_Q_FLAGS,			/* status word, BACS_FLAG_* */
	BACS_Q_COUNT			/* of this header; not a quantity */
};

/* Status word of a module (BACS_Q_FLAGS), the same for all profiles */
#define BACS_FLAG_RI_RUNNING	0x0008
#define BACS_FLAG_EQUALIZING	0x0010
#define BACS_FLAG_DERATED	0x0020	/* module too hot for its duty */
#define BACS_FLAG_TEMP_FAULT	0x0040	/* sensor open or shorted */
#define BACS_FLAG_SENSE_FAULT	0x0080	/* sense lead open */
#define BACS_FLAG_THRESHOLD	0x0100	/* threshold LED is on */
#define BACS_FLAG_IDENTIFY	0x0200	/* identification LED is on */
#define BACS_FLAG_LEASED	0x0400	/* lease is running */
#define BACS_FLAG_SELF_TEST	0x0800	/* self-test failed */

/**
 * bacs_q_name() - dictionary name with unit suffix, e.g. "voltage_mv"
 * @q: quantity
 *
 * Return: static string, NULL if @q is unknown.
 */
const char *bacs_q_name(enum bacs_q q);

/**
 * bacs_q_by_name() - quantity of a dictionary name
 * @name: e.g. "voltage_mv"; exact
 *
 * Return: the quantity, BACS_Q_UNKNOWN if there is none.
 */
enum bacs_q bacs_q_by_name(const char *name);

/**
 * bacs_q_title() - short heading for people, e.g. "voltage"
 * @q: quantity
 *
 * Return: static string, NULL if @q is unknown.
 */
const char *bacs_q_title(enum bacs_q q);

/**
 * bacs_q_unit() - unit that people read, e.g. "V" for voltage_mv
 * @q: quantity
 *
 * Return: static UTF-8 string, "" for plain numbers, NULL if @q is unknown.
 */
const char *bacs_q_unit(enum bacs_q q);

/**
 * bacs_q_scale() - integer steps per unit of bacs_q_unit(), e.g. 1000
 * @q: quantity
 *
 * Return: at least 1; 0 if @q is unknown.
 */
int bacs_q_scale(enum bacs_q q);

/**
 * bacs_q_digits() - digits after the decimal point worth showing
 * @q: quantity
 *
 * Return: 0-6.
 */
int bacs_q_digits(enum bacs_q q);

/**
 * bacs_q_range() - values the quantity can take, in its integer unit
 * @q: quantity
 * @ret_min: lowest value
 * @ret_max: highest value
 *
 * Return: 0, -EINVAL if @q is unknown.
 */
int bacs_q_range(enum bacs_q q, int64_t *ret_min, int64_t *ret_max);

/**
 * bacs_q_description() - one sentence
 * @q: quantity
 *
 * Return: static string, NULL if @q is unknown.
 */
const char *bacs_q_description(enum bacs_q q);

/**
 * bacs_q_format() - value for people, e.g. "13.498" for 13498 mV, no unit
 * @q: quantity
 * @value: in the integer unit of the dictionary
 * @buf: result, zero terminated
 * @size: of @buf; 24 is enough for every value
 *
 * Return: length, -EINVAL if @q is unknown, -ENOSPC.
 */
int bacs_q_format(enum bacs_q q, int64_t value, char *buf, size_t size);

/** enum bacs_colour - colours of states */
enum bacs_colour {
	BACS_COLOUR_UNKNOWN,
	BACS_COLOUR_GREY,	/* configured, not yet polled */
	BACS_COLOUR_BLUE,	/* never found since start, configuration error */
	BACS_COLOUR_RED,	/* lost or alarm */
	BACS_COLOUR_ORANGE,	/* warning, or not supervised */
	BACS_COLOUR_GREEN,	/* ok */
};

/**
 * bacs_colour_name() - "grey", "blue", "red", "orange", "green", "unknown"
 * @colour: colour
 *
 * Return: static string, never NULL.
 */
const char *bacs_colour_name(enum bacs_colour colour);

/** enum bacs_busstate - states of a bus */
enum bacs_busstate {
	BACS_BUS_UNKNOWN,
	BACS_BUS_LISTENING,	/* before the first request */
	BACS_BUS_DISCOVERING,	/* losses are inhibited */
	BACS_BUS_RUNNING,
	BACS_BUS_LOST,		/* nobody answers */
	BACS_BUS_STOPPED,
};

/** enum bacs_modstate - states of a module, as the driver knows them */
enum bacs_modstate {
	BACS_MODULE_UNKNOWN,
	BACS_MODULE_UNPOLLED,	/* configured, not yet polled */
	BACS_MODULE_ABSENT,	/* never found since start */
	BACS_MODULE_OK,
	BACS_MODULE_LOST,	/* was found, does not answer */
};

/** enum bacs_modclass - what a module is */
enum bacs_modclass {
	BACS_MODCLASS_UNKNOWN,
	BACS_MODCLASS_JAR,
	BACS_MODCLASS_STRING,
	BACS_MODCLASS_ENVIRONMENT,
	BACS_MODCLASS_IO,
};

/** enum bacs_psystatus - power_supply status of a module */
enum bacs_psystatus {
	BACS_PSY_UNKNOWN,
	BACS_PSY_CHARGING,
	BACS_PSY_DISCHARGING,
	BACS_PSY_NOT_CHARGING,
	BACS_PSY_FULL,
};

/** enum bacs_psyhealth - power_supply health of a module */
enum bacs_psyhealth {
	BACS_PSY_HEALTH_UNKNOWN,
	BACS_PSY_HEALTH_GOOD,
	BACS_PSY_HEALTH_OVERHEAT,
	BACS_PSY_HEALTH_DEAD,
	BACS_PSY_HEALTH_OVERVOLTAGE,
	BACS_PSY_HEALTH_FAILURE,
	BACS_PSY_HEALTH_COLD,
};

/** enum bacs_limit - limits of a module; min/max warn, lcrit/crit alarm */
enum bacs_limit {
	BACS_LIMIT_UNKNOWN,
	BACS_LIMIT_VOLTAGE_MIN,		/* mV */
	BACS_LIMIT_VOLTAGE_MAX,
	BACS_LIMIT_VOLTAGE_LCRIT,
	BACS_LIMIT_VOLTAGE_CRIT,
	BACS_LIMIT_TEMPERATURE_MIN,	/* m degree Celsius */
	BACS_LIMIT_TEMPERATURE_MAX,
	BACS_LIMIT_TEMPERATURE_LCRIT,
	BACS_LIMIT_TEMPERATURE_CRIT,
	BACS_LIMIT_COUNT		/* of this header; not a limit */
};

/*
 * Names as in the dictionary: "running", "lost", "jar", "discharging", "good",
 * "voltage_min_mv". Static strings, "unknown" for values not listed. The
 * _by_name functions return the unknown member for a name not listed.
 */

/** bacs_busstate_name() - dictionary name of a bus state */
const char *bacs_busstate_name(enum bacs_busstate state);
/** bacs_busstate_colour() - colour of a bus state */
enum bacs_colour bacs_busstate_colour(enum bacs_busstate state);
/** bacs_modstate_name() - dictionary name of a module state */
const char *bacs_modstate_name(enum bacs_modstate state);
/** bacs_modstate_colour() - colour of a module state; ok is green */
enum bacs_colour bacs_modstate_colour(enum bacs_modstate state);
/** bacs_modstate_by_name() - module state of a dictionary name */
enum bacs_modstate bacs_modstate_by_name(const char *name);
/** bacs_modclass_name() - dictionary name of a class */
const char *bacs_modclass_name(enum bacs_modclass modclass);
/** bacs_modclass_by_name() - class of a dictionary name */
enum bacs_modclass bacs_modclass_by_name(const char *name);
/** bacs_psystatus_name() - dictionary name of a status */
const char *bacs_psystatus_name(enum bacs_psystatus status);
/** bacs_psyhealth_name() - dictionary name of a health */
const char *bacs_psyhealth_name(enum bacs_psyhealth health);
/** bacs_limit_name() - dictionary name of a limit, with unit suffix */
const char *bacs_limit_name(enum bacs_limit limit);

/*
 * Connection
 * ----------
 */

/* Flags of bacs_open() */
#define BACS_OPEN_SAMPLES	(1U << 0)	/* deliver samples */
#define BACS_OPEN_EVENTS	(1U << 1)	/* follow the driver's events */

/** enum bacs_driver - is the driver there? */
enum bacs_driver {
	BACS_DRIVER_UNKNOWN,
	BACS_DRIVER_MISSING,		/* bacs.ko is not loaded */
	BACS_DRIVER_PRESENT,
	BACS_DRIVER_INCOMPATIBLE,	/* speaks another version */
};

/**
 * bacs_open() - connect to the driver
 * @flags: BACS_OPEN_*; 0: one model, filled now, no notices later
 * @ret: handle; close with bacs_close()
 *
 * Subscribes, then fills the model by a dump; the first notices describe what
 * was found. A missing driver is no error but a state, see bacs_driver(): with
 * BACS_OPEN_SAMPLES or BACS_OPEN_EVENTS the handle notices when the driver is
 * loaded and removed and follows.
 *
 * Return: 0, -EINVAL (flags), -EPROTONOSUPPORT (no generic netlink),
 * -EMFILE, -ENOMEM, or another negative errno of the socket.
 */
int bacs_open(unsigned int flags, struct bacs **ret);

/**
 * bacs_close() - end the connection and free everything that hangs on it
 * @b: handle or NULL
 *
 * The driver releases all buses this handle controls: everything it equalizes
 * goes to 0 %.
 *
 * Return: NULL.
 */
struct bacs *bacs_close(struct bacs *b);

/**
 * bacs_fd() - descriptor to poll for reading
 * @b: handle
 *
 * The same for the whole life of the handle. Level triggered.
 *
 * Return: a descriptor owned by the handle.
 */
int bacs_fd(const struct bacs *b);

/**
 * bacs_dispatch() - take one batch of messages and update the model
 * @b: handle
 *
 * Never waits for the wire. Lost messages (the socket overran, a gap in the
 * numbers) and dumps the driver marks as interrupted lead to a new dump; the
 * differences appear as notices. Unread notices of the last call are kept.
 * Every sample that reached the socket is told once, each module's in the order
 * of their times.
 *
 * Return: number of notices that can be taken now, or a negative errno; the
 * handle stays usable and tries again by itself after a second.
 */
int bacs_dispatch(struct bacs *b);

/**
 * bacs_next_notice() - take the oldest notice
 * @b: handle
 *
 * Return: borrowed notice, NULL if there is none.
 */
const struct bacs_notice *bacs_next_notice(struct bacs *b);

/**
 * bacs_refresh() - dump buses and modules again
 * @b: handle
 *
 * Return: number of notices that can be taken now, or a negative errno;
 * -ENODEV: the driver is not loaded.
 */
int bacs_refresh(struct bacs *b);

/**
 * bacs_driver() - is the driver there?
 * @b: handle
 *
 * Return: state.
 */
enum bacs_driver bacs_driver(const struct bacs *b);

/**
 * bacs_driver_name() - dictionary name: "missing", "present", "incompatible"
 * @driver: state
 *
 * Return: static string, "unknown" for values not listed.
 */
const char *bacs_driver_name(enum bacs_driver driver);

/**
 * bacs_driver_version() - version of the interface the driver reports
 * @b: handle
 *
 * Return: version, 0 if no driver was seen.
 */
uint32_t bacs_driver_version(const struct bacs *b);

/**
 * bacs_error_text() - why the last command on this handle failed
 * @b: handle
 *
 * The driver's own words (extended acknowledgement) where it gave any.
 *
 * Return: borrowed string, valid until the next call on @b; "" if the last
 * command succeeded.
 */
const char *bacs_error_text(const struct bacs *b);

/** enum bacs_diag - what the library counts about its own connection */
enum bacs_diag {
	BACS_DIAG_MESSAGES,	/* messages taken */
	BACS_DIAG_MALFORMED,	/* messages or nests refused */
	BACS_DIAG_UNKNOWN,	/* commands of a newer driver, skipped */
	BACS_DIAG_OVERRUNS,	/* times the socket lost messages */
	BACS_DIAG_GAPS,		/* numbers missing in a bus's sequence */
	BACS_DIAG_INTERRUPTED,	/* dumps started again */
	BACS_DIAG_RESYNCS,	/* dumps after lost messages */
	BACS_DIAG_COUNT		/* of this header; not a counter */
};

/**
 * bacs_diagnostic() - read a counter of the connection
 * @b: handle
 * @diag: which
 *
 * Return: count since bacs_open(); 0 if @diag is unknown.
 */
uint64_t bacs_diagnostic(const struct bacs *b, enum bacs_diag diag);

/**
 * bacs_now_ns() - CLOCK_BOOTTIME, the clock of all stamps
 *
 * Return: nanoseconds.
 */
uint64_t bacs_now_ns(void);

/*
 * Buses of the model
 * ------------------
 */

/** bacs_bus_first() - first bus in the order of names, NULL if none */
const struct bacs_bus *bacs_bus_first(const struct bacs *b);
/** bacs_bus_next() - bus after @bus, NULL at the end */
const struct bacs_bus *bacs_bus_next(const struct bacs_bus *bus);
/** bacs_bus_find() - bus of that name, exact, NULL if there is none */
const struct bacs_bus *bacs_bus_find(const struct bacs *b, const char *name);

/** bacs_bus_name() - name, e.g. "bacsA" */
const char *bacs_bus_name(const struct bacs_bus *bus);
/** bacs_bus_state() - state */
enum bacs_busstate bacs_bus_state(const struct bacs_bus *bus);
/** bacs_bus_tty() - tty without "/dev/", e.g. "ttyS4"; "" if not told */
const char *bacs_bus_tty(const struct bacs_bus *bus);
/** bacs_bus_profile() - profile of its modules; "" if not told */
const char *bacs_bus_profile(const struct bacs_bus *bus);
/** bacs_bus_readonly() - does it refuse every write to modules? */
bool bacs_bus_readonly(const struct bacs_bus *bus);
/** bacs_bus_permits_sleep() - may modules go to sleep? */
bool bacs_bus_permits_sleep(const struct bacs_bus *bus);
/** bacs_bus_second_master() - were foreign requests heard on the wire? */
bool bacs_bus_second_master(const struct bacs_bus *bus);
/** bacs_bus_baud() - line speed in bit/s, 0 if not told */
uint32_t bacs_bus_baud(const struct bacs_bus *bus);
/** bacs_bus_scan_ms() - period asked for; 0: default */
uint32_t bacs_bus_scan_ms(const struct bacs_bus *bus);
/** bacs_bus_scan_min_ms() - shortest period possible now */
uint32_t bacs_bus_scan_min_ms(const struct bacs_bus *bus);
/** bacs_bus_scan_last_ms() - what the last scan took; 0: none yet */
uint32_t bacs_bus_scan_last_ms(const struct bacs_bus *bus);
/** bacs_bus_scans() - scans completed since start */
uint32_t bacs_bus_scans(const struct bacs_bus *bus);
/** bacs_bus_controller_pid() - who may equalize; 0: nobody claimed it */
uint32_t bacs_bus_controller_pid(const struct bacs_bus *bus);
/** bacs_bus_lease_left_ms() - at the last dump; 0: nothing is leased */
uint32_t bacs_bus_lease_left_ms(const struct bacs_bus *bus);
/** bacs_bus_started_ns() - time of the start */
uint64_t bacs_bus_started_ns(const struct bacs_bus *bus);
/** bacs_bus_count() - modules of the model that are in @state */
unsigned int bacs_bus_count(const struct bacs_bus *bus,
			    enum bacs_modstate state);

/*
 * Modules of the model
 * --------------------
 */

/** bacs_module_first() - module with the lowest address, NULL if none */
const struct bacs_module *bacs_module_first(const struct bacs_bus *bus);
/** bacs_module_next() - module with the next higher address, NULL at the end */
const struct bacs_module *bacs_module_next(const struct bacs_module *module);
/** bacs_module_find() - module at @address (1-247) of @bus, NULL if none */
const struct bacs_module *bacs_module_find(const struct bacs_bus *bus,
					   unsigned int address);

/** bacs_module_bus() - bus the module is on */
const struct bacs_bus *bacs_module_bus(const struct bacs_module *module);
/** bacs_module_address() - address, 1-247 */
unsigned int bacs_module_address(const struct bacs_module *module);
/** bacs_module_device() - device name in sysfs, e.g. "bacsA-012" */
const char *bacs_module_device(const struct bacs_module *module);
/** bacs_module_label() - label, e.g. "4S2"; "" if none was set */
const char *bacs_module_label(const struct bacs_module *module);
/** bacs_module_name() - label where there is one, else the device name */
const char *bacs_module_name(const struct bacs_module *module);
/** bacs_module_state() - state */
enum bacs_modstate bacs_module_state(const struct bacs_module *module);
/** bacs_module_state_since_ns() - when it entered that state; 0: not told */
uint64_t bacs_module_state_since_ns(const struct bacs_module *module);
/** bacs_module_class() - class; unknown until identified */
enum bacs_modclass bacs_module_class(const struct bacs_module *module);
/** bacs_module_serial() - serial number, 0 if it has none */
uint64_t bacs_module_serial(const struct bacs_module *module);
/** bacs_module_model() - model in printable ASCII, "" if not told */
const char *bacs_module_model(const struct bacs_module *module);
/** bacs_module_profile() - profile, "" if not told */
const char *bacs_module_profile(const struct bacs_module *module);
/** bacs_module_hw_revision() - major << 8 | minor, 0 if not told */
uint32_t bacs_module_hw_revision(const struct bacs_module *module);
/** bacs_module_fw_revision() - major << 8 | minor, 0 if not told */
uint32_t bacs_module_fw_revision(const struct bacs_module *module);
/** bacs_module_nominal_mv() - 2000, 4000, 6000, 12000; 0: none */
uint32_t bacs_module_nominal_mv(const struct bacs_module *module);
/** bacs_module_range_min_mv() - lowest voltage it can measure, 0: not told */
uint32_t bacs_module_range_min_mv(const struct bacs_module *module);
/** bacs_module_range_max_mv() - highest voltage it can measure */
uint32_t bacs_module_range_max_mv(const struct bacs_module *module);
/** bacs_module_bypass_ma() - bypass current at 100 % duty, 0: none */
uint32_t bacs_module_bypass_ma(const struct bacs_module *module);
/** bacs_module_status() - power_supply status in force */
enum bacs_psystatus bacs_module_status(const struct bacs_module *module);
/** bacs_module_health() - power_supply health in force */
enum bacs_psyhealth bacs_module_health(const struct bacs_module *module);
/** bacs_module_duty_target() - commanded duty in 0.1 %, 0-1000 */
uint32_t bacs_module_duty_target(const struct bacs_module *module);

/**
 * bacs_module_limit() - limit in force
 * @module: module
 * @limit: which
 * @ret: mV or m degree Celsius
 *
 * Return: 0, -ENODATA (not set), -EINVAL (no such limit).
 */
int bacs_module_limit(const struct bacs_module *module, enum bacs_limit limit,
		      int32_t *ret);

/** bacs_module_supervised() - is any limit set? */
bool bacs_module_supervised(const struct bacs_module *module);

/* Bits of bacs_module_alarms() and of BACS_NOTICE_ALARM */
#define BACS_RAW_VOLTAGE_MIN	(1U << 0)
#define BACS_RAW_VOLTAGE_MAX	(1U << 1)
#define BACS_RAW_VOLTAGE_LCRIT	(1U << 2)
#define BACS_RAW_VOLTAGE_CRIT	(1U << 3)
#define BACS_RAW_TEMP_MIN	(1U << 4)
#define BACS_RAW_TEMP_MAX	(1U << 5)
#define BACS_RAW_TEMP_LCRIT	(1U << 6)
#define BACS_RAW_TEMP_CRIT	(1U << 7)
#define BACS_RAW_TEMP_FAULT	(1U << 8)

/**
 * bacs_module_alarms() - live sample against the limits in force
 * @module: module
 *
 * Raw: no delay, no hysteresis.
 *
 * Return: BACS_RAW_*; 0 for a module that is not ok.
 */
uint32_t bacs_module_alarms(const struct bacs_module *module);

/**
 * bacs_module_colour() - colour of the module as a status page shows it
 * @module: module
 *
 * State first (grey, blue, red), then raw alarms (red), warnings, sensor
 * faults or no limits at all (orange), else green.
 *
 * Return: colour.
 */
enum bacs_colour bacs_module_colour(const struct bacs_module *module);

/**
 * bacs_module_live() - sample that may be shown as live
 * @module: module
 *
 * Return: borrowed sample; NULL if the module is not ok or has not answered
 * yet. An old value is never returned as a live one.
 */
const struct bacs_sample *bacs_module_live(const struct bacs_module *module);

/**
 * bacs_module_last() - last sample, however old
 * @module: module
 *
 * For records, never for a live display.
 *
 * Return: borrowed sample, NULL if it never answered.
 */
const struct bacs_sample *bacs_module_last(const struct bacs_module *module);

/**
 * bacs_syspath() - directory of a bus or a module in sysfs
 * @bus: name of the bus
 * @address: 1-247, or 0 for the bus itself
 * @ret: path; free() it
 *
 * Return: 0, -EINVAL, -ENODEV (no such device), -ENOMEM.
 */
int bacs_syspath(const char *bus, unsigned int address, char **ret);

/*
 * Samples
 * -------
 */

/** bacs_sample_address() - address of the module, 1-247 */
unsigned int bacs_sample_address(const struct bacs_sample *sample);
/** bacs_sample_time_ns() - when the reply was complete */
uint64_t bacs_sample_time_ns(const struct bacs_sample *sample);

/**
 * bacs_sample_get() - value of a quantity
 * @sample: sample
 * @q: quantity
 * @ret: value in the integer unit of the dictionary
 *
 * Return: 0, -ENODATA: the module has no such quantity or marks it invalid.
 */
int bacs_sample_get(const struct bacs_sample *sample, enum bacs_q q,
		    int64_t *ret);

/** bacs_sample_has() - is the quantity present and valid? */
bool bacs_sample_has(const struct bacs_sample *sample, enum bacs_q q);

/**
 * bacs_sample_copy() - copy of a borrowed sample
 * @sample: sample
 *
 * Return: sample owned by the caller, NULL without memory.
 */
struct bacs_sample *bacs_sample_copy(const struct bacs_sample *sample);
/** bacs_sample_free() - free a copy; returns NULL */
struct bacs_sample *bacs_sample_free(struct bacs_sample *sample);

/*
 * Notices
 * -------
 */

/** enum bacs_notice_kind - what happened */
enum bacs_notice_kind {
	BACS_NOTICE_UNKNOWN,
	BACS_NOTICE_DRIVER,		/* old, new: enum bacs_driver */
	BACS_NOTICE_BUS_ADDED,		/* new: enum bacs_busstate */
	BACS_NOTICE_BUS_REMOVED,	/* old: enum bacs_busstate */
	BACS_NOTICE_BUS_STATE,		/* old, new: enum bacs_busstate */
	BACS_NOTICE_MODULE_ADDED,	/* new: enum bacs_modstate */
	BACS_NOTICE_MODULE_REMOVED,	/* old: enum bacs_modstate */
	BACS_NOTICE_MODULE_STATE,	/* old, new: enum bacs_modstate */
	BACS_NOTICE_MODULE_REBOOTED,	/* old, new: boot counter */
	BACS_NOTICE_MODULE_CHANGED,	/* another serial number or class */
	BACS_NOTICE_SAMPLE,		/* bacs_notice_sample() */
	BACS_NOTICE_SCAN,		/* new: number of the complete scan */
	BACS_NOTICE_ALARM,		/* old, new: BACS_RAW_* */
	BACS_NOTICE_LIMITS,		/* limits written by pid (0: sysfs) */
	BACS_NOTICE_COMMAND,		/* end of a command: result */
	BACS_NOTICE_CONTROL,		/* new: pid of the controller or 0 */
	BACS_NOTICE_LEASE_EXPIRED,	/* everything on the bus set to 0 % */
	BACS_NOTICE_SECOND_MASTER,	/* foreign requests on the wire */
	BACS_NOTICE_GAP,		/* new: messages missing of this bus */
	BACS_NOTICE_OVERRUN,		/* the socket lost messages */
	BACS_NOTICE_RESYNCED,		/* the model is complete again */
	BACS_NOTICE_KINDS		/* of this header; not a kind */
};

/** enum bacs_command - what BACS_NOTICE_COMMAND is about */
enum bacs_command {
	BACS_COMMAND_UNKNOWN,
	BACS_COMMAND_EQUALIZE,
	BACS_COMMAND_RI,
	BACS_COMMAND_IDENTIFY,
	BACS_COMMAND_LATCH,
	BACS_COMMAND_RESCAN,
	BACS_COMMAND_TRANSACT,
};

/** bacs_notice_kind() - what happened */
enum bacs_notice_kind bacs_notice_kind(const struct bacs_notice *notice);
/** bacs_notice_kind_name() - dictionary name, e.g. "module-state" */
const char *bacs_notice_kind_name(enum bacs_notice_kind kind);
/** bacs_notice_bus() - name of the bus, "" if it concerns none */
const char *bacs_notice_bus(const struct bacs_notice *notice);
/** bacs_notice_address() - module, 0: the bus itself or the connection */
unsigned int bacs_notice_address(const struct bacs_notice *notice);
/** bacs_notice_name() - label or device name of the module, else the bus */
const char *bacs_notice_name(const struct bacs_notice *notice);
/** bacs_notice_time_ns() - when it happened */
uint64_t bacs_notice_time_ns(const struct bacs_notice *notice);
/** bacs_notice_old() - old value, see enum bacs_notice_kind */
uint32_t bacs_notice_old(const struct bacs_notice *notice);
/** bacs_notice_new() - new value, see enum bacs_notice_kind */
uint32_t bacs_notice_new(const struct bacs_notice *notice);
/** bacs_notice_pid() - process that caused it, 0 if not told */
uint32_t bacs_notice_pid(const struct bacs_notice *notice);
/** bacs_notice_command() - command of BACS_NOTICE_COMMAND */
enum bacs_command bacs_notice_command(const struct bacs_notice *notice);
/** bacs_command_name() - dictionary name, e.g. "equalize" */
const char *bacs_command_name(enum bacs_command command);
/** bacs_notice_result() - 0 or negative errno, of BACS_NOTICE_COMMAND */
int bacs_notice_result(const struct bacs_notice *notice);
/** bacs_notice_sample() - sample of BACS_NOTICE_SAMPLE, else NULL */
const struct bacs_sample *bacs_notice_sample(const struct bacs_notice *notice);
/**
 * bacs_notice_read() - was the sample read instead of notified?
 * @notice: notice
 *
 * Samples that are only ever read mean that the notifications do not arrive.
 *
 * Return: true for a BACS_NOTICE_SAMPLE that a dump brought.
 */
bool bacs_notice_read(const struct bacs_notice *notice);

/**
 * bacs_notice_format() - the notice in one line for people
 * @notice: notice
 * @buf: result, zero terminated
 * @size: of @buf; 512 is enough
 *
 * Names thing, old and new value: "4S2 (bacsA-012): ok -> lost".
 *
 * Return: length, -ENOSPC.
 */
int bacs_notice_format(const struct bacs_notice *notice, char *buf,
		       size_t size);

/*
 * Counters
 * --------
 */

/** enum bacs_counter - counters of a bus or a module */
enum bacs_counter {
	BACS_COUNTER_UNKNOWN,
	BACS_COUNTER_REQUESTS,
	BACS_COUNTER_REPLIES,		/* valid */
	BACS_COUNTER_TIMEOUTS,
	BACS_COUNTER_CRC_ERRORS,
	BACS_COUNTER_LINE_ERRORS,	/* frame, parity, break, overrun */
	BACS_COUNTER_SHORT,
	BACS_COUNTER_LONG,
	BACS_COUNTER_LATE,
	BACS_COUNTER_FOREIGN,
	BACS_COUNTER_DOUBLED,
	BACS_COUNTER_EXCEPTIONS,
	BACS_COUNTER_UNEXPECTED,
	BACS_COUNTER_NOISE,
	BACS_COUNTER_RETRIES,
	BACS_COUNTER_LOSSES,
	BACS_COUNTER_BYTES_TX,		/* of a bus only */
	BACS_COUNTER_BYTES_RX,		/* of a bus only */
	BACS_COUNTER_TX_FAILURES,	/* of a bus only */
	BACS_COUNTER_NOTES_LOST,	/* of a bus only */
	BACS_COUNTER_ECHOES,		/* our own request came back */
	BACS_COUNTER_GARBLED,		/* damaged from the first bytes on */
	BACS_COUNTER_OVERLONG,		/* damaged and longer than the reply */
	BACS_COUNTER_MISFITS,		/* damaged, length off by a quarter */
	BACS_COUNTER_REBOOTS,
	BACS_COUNTER_CHANGES,		/* another serial number answered */
	BACS_COUNTER_FOREIGN_REQUESTS,	/* of a bus only: another master's */
	BACS_COUNTER_COUNT		/* of this header; not a counter */
};

/** bacs_counter_name() - dictionary name, e.g. "timeouts" */
const char *bacs_counter_name(enum bacs_counter counter);

/**
 * bacs_stats_get() - counters of one bus or module
 * @b: handle
 * @bus: name of the bus
 * @address: 1-247, or 0 for the bus
 * @ret: counters; bacs_stats_free()
 *
 * Return: 0, -ENODEV (no driver, bus or module), -EINVAL, -ENOMEM.
 */
int bacs_stats_get(struct bacs *b, const char *bus, unsigned int address,
		   struct bacs_stats **ret);

/**
 * bacs_stats_list() - counters of all buses and modules
 * @b: handle
 * @bus: of one bus only; NULL: of all
 * @ret: first of a list, NULL if there is nothing; bacs_stats_free() frees
 *	the whole list
 *
 * Return: number of entries, or a negative errno as bacs_stats_get().
 */
int bacs_stats_list(struct bacs *b, const char *bus, struct bacs_stats **ret);

/** bacs_stats_next() - next of the list, NULL at the end */
const struct bacs_stats *bacs_stats_next(const struct bacs_stats *stats);
/** bacs_stats_free() - free this entry and all after it; returns NULL */
struct bacs_stats *bacs_stats_free(struct bacs_stats *stats);
/** bacs_stats_bus() - name of the bus */
const char *bacs_stats_bus(const struct bacs_stats *stats);
/** bacs_stats_address() - module, 0: the bus */
unsigned int bacs_stats_address(const struct bacs_stats *stats);

/**
 * bacs_stats_counter() - value of a counter
 * @stats: counters
 * @counter: which
 * @ret: value
 *
 * Return: 0, -ENODATA (not counted for this object).
 */
int bacs_stats_counter(const struct bacs_stats *stats,
		       enum bacs_counter counter, uint64_t *ret);

/**
 * bacs_stats_latency() - histogram of the time to a reply
 * @stats: counters
 * @ret_counts: borrowed array of counts per class
 * @ret_bounds_us: static array of upper bounds; the last class is open and has
 *	none
 *
 * Return: number of classes, -ENODATA.
 */
int bacs_stats_latency(const struct bacs_stats *stats,
		       const uint32_t **ret_counts,
		       const uint32_t **ret_bounds_us);

/**
 * bacs_stats_stranger() - who answered instead of this module?
 * @stats: counters
 *
 * Return: address in the last valid frame that came instead of the module's
 * reply, 0 for none (or a driver that does not tell).
 */
unsigned int bacs_stats_stranger(const struct bacs_stats *stats);

/*
 * Commands
 * --------
 * All need CAP_NET_ADMIN (-EPERM). Common errors: -ENODEV (no driver, bus or
 * module), -EROFS (read-only bus), -ENOTCONN (module is lost), -ETIMEDOUT (the
 * driver did not acknowledge within 5 s). A command that writes to the wire
 * returns when it is queued; BACS_NOTICE_COMMAND tells its end.
 */

/**
 * bacs_bus_set_scan_ms() - change the scan period
 * @b: handle
 * @bus: name of the bus
 * @scan_ms: 1-60000; 0: default
 *
 * Return: 0, -ERANGE: the period is too long, or shorter than a scan can be;
 * bacs_bus_scan_min_ms() is the shortest.
 */
int bacs_bus_set_scan_ms(struct bacs *b, const char *bus, uint32_t scan_ms);

/**
 * bacs_rescan() - search absent addresses again
 * @b: handle
 * @bus: name of the bus
 *
 * Return: 0 or a negative errno.
 */
int bacs_rescan(struct bacs *b, const char *bus);

/** bacs_settings_new() - nothing to change yet; NULL without memory */
struct bacs_settings *bacs_settings_new(void);
/** bacs_settings_free() - free; returns NULL */
struct bacs_settings *bacs_settings_free(struct bacs_settings *settings);

/**
 * bacs_settings_label() - set the label
 * @settings: settings
 * @label: printable ASCII, at most 31 characters; "" removes it
 *
 * Return: 0, -EINVAL (character), -ENAMETOOLONG.
 */
int bacs_settings_label(struct bacs_settings *settings, const char *label);

/**
 * bacs_settings_limit() - set a limit
 * @settings: settings
 * @limit: which
 * @value: mV 0-65535, or m degree Celsius -55000-125000
 *
 * Return: 0, -EINVAL (no such limit), -ERANGE.
 */
int bacs_settings_limit(struct bacs_settings *settings, enum bacs_limit limit,
			int32_t value);
/** bacs_settings_status() - set status; 0 or -EINVAL */
int bacs_settings_status(struct bacs_settings *settings,
			 enum bacs_psystatus status);
/** bacs_settings_health() - set health; 0 or -EINVAL */
int bacs_settings_health(struct bacs_settings *settings,
			 enum bacs_psyhealth health);

/**
 * bacs_module_set() - apply settings to a module, all or none
 * @b: handle
 * @bus: name of the bus
 * @address: 1-247
 * @settings: what to change
 *
 * Return: 0 or a negative errno; -EINVAL: limits contradict each other.
 */
int bacs_module_set(struct bacs *b, const char *bus, unsigned int address,
		    const struct bacs_settings *settings);

/**
 * bacs_claim() - become the controller of a bus
 * @b: handle
 * @bus: name of the bus
 *
 * Return: 0, -EBUSY: another process is; bacs_bus_controller_pid() tells.
 */
int bacs_claim(struct bacs *b, const char *bus);

/**
 * bacs_release() - give control back; everything on the bus goes to 0 %
 * @b: handle
 * @bus: name of the bus
 *
 * Return: 0, -EPERM: this handle does not control it.
 */
int bacs_release(struct bacs *b, const char *bus);

/**
 * bacs_equalize() - set equalizing duties under a lease
 * @b: handle that controls the bus
 * @bus: name of the bus
 * @n: number of modules, 0-247; 0 renews the lease of all
 * @addresses: @n addresses, 1-247, each once
 * @permille: @n duties, 0-1000
 * @lease_ms: 5000-600000; 0: the driver's default of 60000
 *
 * Without renewal the driver and the module go to 0 % when the lease is over.
 *
 * Return: 0, -EINVAL (address, twice the same), -ERANGE (duty, lease),
 * -EPERM (not the controller).
 */
int bacs_equalize(struct bacs *b, const char *bus, size_t n,
		  const uint8_t *addresses, const uint32_t *permille,
		  uint32_t lease_ms);

/** bacs_ri_start() - measure the internal resistance of one module once */
int bacs_ri_start(struct bacs *b, const char *bus, unsigned int address);
/** bacs_identify() - switch the identification LED of one module */
int bacs_identify(struct bacs *b, const char *bus, unsigned int address,
		  bool on);
/** bacs_latch() - broadcast "latch now" with a number */
int bacs_latch(struct bacs *b, const char *bus, uint16_t number);

/** BACS_PDU_BYTES - most bytes of a Modbus PDU: function code and data */
#define BACS_PDU_BYTES		253

/**
 * bacs_transact() - send one raw PDU between scans and wait for its reply
 * @b: handle
 * @bus: name of the bus
 * @address: 1-247; 0: broadcast, which nobody answers
 * @pdu: function code, 1-127, and data
 * @len: of @pdu, 1-253 bytes
 * @response_ms: how long to wait for the reply, 5-10000; 0: the bus's response
 *	time-out
 * @reply: room for BACS_PDU_BYTES bytes: the PDU that came back
 * @ret_len: its length; written whatever is returned, 0: there is none
 *
 * Functions that only read need CAP_NET_ADMIN. All others and every broadcast
 * need the control of the bus, too, see bacs_claim(). Unlike other commands
 * this one returns when it is over, which may take half a minute more than
 * @response_ms: a bus that has just started listens first.
 *
 * Return: 0; -EREMOTEIO: @reply is an exception, see bacs_exception_name();
 * -EPROTO: @reply does not fit the request; -ETIMEDOUT: no answer; -EIO: the
 * answer was damaged; -EBUSY: another one is under way or another process
 * controls the bus; -EPERM: it may write and this handle does not control the
 * bus; -ERANGE, -EINVAL (arguments), -ECANCELED (control lost).
 */
int bacs_transact(struct bacs *b, const char *bus, unsigned int address,
		  const void *pdu, size_t len, uint32_t response_ms,
		  void *reply, size_t *ret_len);

/**
 * bacs_exception_name() - a Modbus exception in words
 * @code: second byte of the exception's PDU
 *
 * Return: e.g. "illegal-data-address", "unknown" if the standard has none.
 */
const char *bacs_exception_name(unsigned int code);

/*
 * Profiles
 * --------
 * A profile says which register is which quantity:
 * value = raw * multiplier / divisor + offset, in the dictionary's unit,
 * computed in 64 bits and rounded towards zero. The registers are read in one
 * or more blocks.
 */

#define BACS_PROFILE_FIELDS	24	/* fields of one profile at most */
#define BACS_PROFILE_BLOCKS	8	/* blocks of one profile at most */
#define BACS_PROFILE_EVERY	255	/* poll divisor at most */

/** bacs_profile_new() - empty profile; NULL without memory */
struct bacs_profile *bacs_profile_new(void);
/** bacs_profile_free() - free this profile and all after it; returns NULL */
struct bacs_profile *bacs_profile_free(struct bacs_profile *profile);
/** bacs_profile_next() - next of a list, NULL at the end */
const struct bacs_profile *bacs_profile_next(const struct bacs_profile *p);

/** bacs_profile_set_name() - [a-z][a-z0-9-]{0,30}; 0, -EINVAL */
int bacs_profile_set_name(struct bacs_profile *profile, const char *name);
/** bacs_profile_set_class() - class of the modules; 0, -EINVAL */
int bacs_profile_set_class(struct bacs_profile *profile,
			   enum bacs_modclass modclass);
/** bacs_profile_set_model() - printable ASCII, 0-31; 0, -EINVAL */
int bacs_profile_set_model(struct bacs_profile *profile, const char *model);
/** bacs_profile_set_function() - of the first block, 3 or 4; 0, -ERANGE */
int bacs_profile_set_function(struct bacs_profile *profile,
			      unsigned int function);
/**
 * bacs_profile_set_block() - the first block that is read
 * @profile: profile
 * @start: first register, 0-65535
 * @count: registers, 1-125; @start + @count at most 65536
 *
 * Return: 0, -ERANGE.
 */
int bacs_profile_set_block(struct bacs_profile *profile, unsigned int start,
			   unsigned int count);
/**
 * bacs_profile_add_block() - one more block that is read
 * @profile: profile; its first block may be set so, too
 * @function: function code 3 or 4
 * @start: first register, 0-65535
 * @count: registers, 1-125; @start + @count at most 65536
 *
 * Return: number of the block, from 0; -ERANGE (function, start, count),
 * -EEXIST (overlaps a block of the same function), -ENOSPC (more than
 * BACS_PROFILE_BLOCKS).
 */
int bacs_profile_add_block(struct bacs_profile *profile, unsigned int function,
			   unsigned int start, unsigned int count);
/** bacs_profile_set_response_ms() - response time-out 5-10000; 0, -ERANGE */
int bacs_profile_set_response_ms(struct bacs_profile *profile,
				 unsigned int response_ms);
/** bacs_profile_set_nominal_mv() - nominal voltage 0-65535; 0, -ERANGE */
int bacs_profile_set_nominal_mv(struct bacs_profile *profile,
				unsigned int nominal_mv);

/* Flags of a field */
#define BACS_FIELD_SIGNED		(1U << 0)
#define BACS_FIELD_LOW_WORD_FIRST	(1U << 1)	/* 32 bit only */

/**
 * bacs_profile_add_field() - add a field in the first block
 * @profile: profile
 * @q: quantity it measures; each once
 * @reg: register, counted from the block's start
 * @width: 16 or 32 bit
 * @flags: BACS_FIELD_*
 * @multiplier: not 0
 * @divisor: at least 1
 * @offset: in the unit of the quantity
 *
 * Return: 0, -EINVAL (quantity, width, flags, multiplier), -ERANGE (register,
 * divisor), -EEXIST (quantity twice), -ENOSPC (more than
 * BACS_PROFILE_FIELDS).
 */
int bacs_profile_add_field(struct bacs_profile *profile, enum bacs_q q,
			   unsigned int reg, unsigned int width,
			   unsigned int flags, int32_t multiplier,
			   int32_t divisor, int32_t offset);

/*
 * About the field that was added last
 */
/** bacs_profile_field_set_block() - 0-7, checked later; 0, -ERANGE, -ENOENT */
int bacs_profile_field_set_block(struct bacs_profile *profile,
				 unsigned int block);
/** bacs_profile_field_set_every() - poll divisor 1-255; 0, -ERANGE, -ENOENT */
int bacs_profile_field_set_every(struct bacs_profile *profile,
				 unsigned int every);
/**
 * bacs_profile_field_set_invalid() - raw value that says "no value"
 * @profile: profile
 * @raw: unsigned, no more bits than the field
 *
 * Return: 0, -ERANGE, -ENOENT (no field).
 */
int bacs_profile_field_set_invalid(struct bacs_profile *profile, uint32_t raw);
/**
 * bacs_profile_field_set_range() - a value outside is not valid
 * @profile: profile
 * @min: smallest valid value, in the unit of the quantity
 * @max: greatest valid value
 *
 * Return: 0, -ERANGE, -ENOENT (no field).
 */
int bacs_profile_field_set_range(struct bacs_profile *profile, int32_t min,
				 int32_t max);
/**
 * bacs_profile_field_set_valid_flag() - valid only while a flag is set
 * @profile: profile
 * @flag: bits of BACS_Q_FLAGS in the same block, any one of them; 0: always
 *
 * Return: 0, -EINVAL (the flags themselves), -ENOENT (no field).
 */
int bacs_profile_field_set_valid_flag(struct bacs_profile *profile,
				      uint16_t flag);

/** bacs_profile_name() - name, "" if not set */
const char *bacs_profile_name(const struct bacs_profile *profile);
/** bacs_profile_class() - class */
enum bacs_modclass bacs_profile_class(const struct bacs_profile *profile);
/** bacs_profile_model() - model, "" if not set */
const char *bacs_profile_model(const struct bacs_profile *profile);
/** bacs_profile_function() - of the first block, 0 if not set */
unsigned int bacs_profile_function(const struct bacs_profile *profile);
/** bacs_profile_start() - first register of the first block */
unsigned int bacs_profile_start(const struct bacs_profile *profile);
/** bacs_profile_count() - registers of the first block, 0 if not set */
unsigned int bacs_profile_count(const struct bacs_profile *profile);
/** bacs_profile_blocks() - number of blocks, 0 for the built-in profile */
unsigned int bacs_profile_blocks(const struct bacs_profile *profile);
/**
 * bacs_profile_block() - read a block
 * @profile: profile
 * @index: 0 to bacs_profile_blocks() - 1
 * @ret_function: 3 or 4, or NULL; the other pointers likewise
 * @ret_start: first register
 * @ret_count: registers
 *
 * Return: 0, -ERANGE.
 */
int bacs_profile_block(const struct bacs_profile *profile, unsigned int index,
		       unsigned int *ret_function, unsigned int *ret_start,
		       unsigned int *ret_count);
/** bacs_profile_response_ms() - response time-out, 0: the driver's default */
unsigned int bacs_profile_response_ms(const struct bacs_profile *profile);
/** bacs_profile_nominal_mv() - nominal voltage, 0: none */
unsigned int bacs_profile_nominal_mv(const struct bacs_profile *profile);
/** bacs_profile_users() - buses that use it, of a profile of the driver */
unsigned int bacs_profile_users(const struct bacs_profile *profile);
/** bacs_profile_builtin() - is it part of the driver? */
bool bacs_profile_builtin(const struct bacs_profile *profile);
/** bacs_profile_fields() - number of fields */
unsigned int bacs_profile_fields(const struct bacs_profile *profile);

/**
 * bacs_profile_field() - read a field
 * @profile: profile
 * @index: 0 to bacs_profile_fields() - 1
 * @ret_q: quantity, or NULL; the other pointers likewise
 * @ret_reg: register from the block's start
 * @ret_width: 16 or 32
 * @ret_flags: BACS_FIELD_*
 * @ret_multiplier: multiplier
 * @ret_divisor: divisor
 * @ret_offset: offset
 *
 * Return: 0, -ERANGE.
 */
int bacs_profile_field(const struct bacs_profile *profile, unsigned int index,
		       enum bacs_q *ret_q, unsigned int *ret_reg,
		       unsigned int *ret_width, unsigned int *ret_flags,
		       int32_t *ret_multiplier, int32_t *ret_divisor,
		       int32_t *ret_offset);

/** bacs_profile_field_block() - block of a field, 0 if there is no such field */
unsigned int bacs_profile_field_block(const struct bacs_profile *profile,
				      unsigned int index);
/** bacs_profile_field_every() - poll divisor of a field, at least 1 */
unsigned int bacs_profile_field_every(const struct bacs_profile *profile,
				      unsigned int index);
/** bacs_profile_field_invalid() - has the field a marker, and which? */
bool bacs_profile_field_invalid(const struct bacs_profile *profile,
				unsigned int index, uint32_t *ret_raw);
/** bacs_profile_field_range() - has the field a valid range, and which? */
bool bacs_profile_field_range(const struct bacs_profile *profile,
			      unsigned int index, int32_t *ret_min,
			      int32_t *ret_max);
/** bacs_profile_field_valid_flag() - flags it depends on, 0: none */
uint16_t bacs_profile_field_valid_flag(const struct bacs_profile *profile,
				       unsigned int index);

/**
 * bacs_profile_check() - is the profile complete and free of contradiction?
 * @profile: profile
 * @why: what is wrong, zero terminated; untouched on success
 * @size: of @why; 160 is enough
 *
 * Return: 0, -EINVAL.
 */
int bacs_profile_check(const struct bacs_profile *profile, char *why,
		       size_t size);

/**
 * bacs_profile_load() - give a profile to the driver
 * @b: handle
 * @profile: complete profile
 *
 * It replaces the one of its name. A bus that uses that one goes on with the
 * new one, at once and without a gap.
 *
 * Return: 0, -EINVAL (see bacs_profile_check()), -EEXIST (that name is built
 * in).
 */
int bacs_profile_load(struct bacs *b, const struct bacs_profile *profile);

/**
 * bacs_profile_unload() - let the driver forget a profile
 * @b: handle
 * @name: its name
 *
 * Return: 0, -ENOENT (unknown, or built in), -EBUSY (a bus uses it).
 */
int bacs_profile_unload(struct bacs *b, const char *name);

/**
 * bacs_profile_fetch() - read a profile of the driver
 * @b: handle
 * @name: its name
 * @ret: profile; bacs_profile_free()
 *
 * Return: 0, -ENOENT, -ENODEV (no driver).
 */
int bacs_profile_fetch(struct bacs *b, const char *name,
		       struct bacs_profile **ret);

/**
 * bacs_profile_list() - read all profiles of the driver
 * @b: handle
 * @ret: first of a list; bacs_profile_free() frees the whole list
 *
 * Return: number of profiles, or a negative errno.
 */
int bacs_profile_list(struct bacs *b, struct bacs_profile **ret);

#ifdef __cplusplus
}
#endif

#endif /* BACS_H */
