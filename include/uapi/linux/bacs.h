/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * bacs - battery analysis and care: user interface of the driver
 *
 * Two doors: one ioctl on a tty whose line discipline is bacs starts a bus;
 * everything after that is the generic netlink family "bacs". The family is
 * described in Documentation/netlink/specs/bacs.yaml; a test compares that
 * file, this header and the policies of the driver.
 */
#ifndef _UAPI_LINUX_BACS_H
#define _UAPI_LINUX_BACS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The discipline's default number is N_DEVELOPMENT; see module parameter. */
#define BACS_N_LDISC_DEFAULT	29

#define BACS_BUS_NAME_MAX	12	/* [A-Za-z][A-Za-z0-9]{0,11} */
#define BACS_PROFILE_NAME_MAX	31	/* [a-z][a-z0-9-]{0,30} */
#define BACS_LABEL_MAX		31	/* printable ASCII */
#define BACS_ADDRESS_MIN	1
#define BACS_ADDRESS_MAX	247
#define BACS_DUTY_MAX		1000	/* 0.1 % */
#define BACS_SCAN_MS_MAX	60000
#define BACS_RESPONSE_MS_MIN	5
#define BACS_RESPONSE_MS_MAX	10000
#define BACS_LEASE_MS_MIN	5000
#define BACS_LEASE_MS_MAX	600000
#define BACS_LEASE_MS_DEFAULT	60000
#define BACS_PDU_MAX		253	/* Modbus V1.1b3, 4.1 */

/* struct bacs_start.flags */
#define BACS_START_READONLY	(1U << 0)	/* refuse every write to modules */
#define BACS_START_PERMIT_SLEEP	(1U << 1)	/* do not keep the bus awake */
#define BACS_START_FLAGS	(BACS_START_READONLY | BACS_START_PERMIT_SLEEP)

/**
 * struct bacs_start - argument of BACS_IOC_START
 * @size: sizeof(struct bacs_start) of the caller. A longer structure is taken
 *	when the bytes the kernel does not know are zero, else E2BIG.
 * @flags: BACS_START_*
 * @name: name of the bus, unique without regard to case, zero terminated
 * @profile: profile of its modules, zero terminated; empty: "bacs-c"
 * @addresses: bit (n % 8) of byte (n / 8) set = a module is configured at
 *	address n, 1-247. All zero: discover 1-247.
 * @scan_ms: scan period in ms, 1-60000; 0: 1000 ms. A scan that takes longer
 *	stretches it; BACS_CMD_BUS_SET refuses what is shorter than possible.
 * @rx_trigger: receive trigger level of the UART in bytes, 1 if there is none;
 *	0: not known, the longest silence is kept
 * @response_ms: response time-out in ms, 5-10000; 0: the profile's own
 * @reserved: zero
 *
 * The layout has no holes and is the same for 32 and 64 bit callers.
 */
struct bacs_start {
	__u32 size;
	__u32 flags;
	char name[16];
	char profile[32];
	__u8 addresses[32];
	__u32 scan_ms;
	__u32 rx_trigger;
	__u32 response_ms;
	__u32 reserved[5];
};

/*
 * Start a bus on the idle discipline of this tty. Errors: EINVAL (argument),
 * E2BIG (structure of a newer version), EEXIST (name taken), EBUSY (this tty
 * has a bus already), ENOENT (no such profile), ENODEV (tty hung up).
 */
#define BACS_IOC_START		_IOW('B', 0xB0, struct bacs_start)

#define BACS_GENL_NAME		"bacs"
#define BACS_GENL_VERSION	1

#define BACS_MCGRP_SAMPLES	"samples"
#define BACS_MCGRP_EVENTS	"events"

enum bacs_cmd {
	BACS_CMD_UNSPEC,
	BACS_CMD_BUS_GET,	/* do, dump */
	BACS_CMD_BUS_SET,	/* scan period; admin */
	BACS_CMD_MODULE_GET,	/* do, dump (optionally of one bus) */
	BACS_CMD_MODULE_SET,	/* label, limits, status, health; admin */
	BACS_CMD_STATS_GET,	/* do, dump: counters and histogram */
	BACS_CMD_CONTROL_CLAIM,	/* this socket controls the bus; admin */
	BACS_CMD_CONTROL_RELEASE,
	BACS_CMD_EQUALIZE_SET,	/* duties and their lease; controller */
	BACS_CMD_RI_START,	/* measure internal resistance; controller */
	BACS_CMD_IDENTIFY_SET,	/* identification LED; controller */
	BACS_CMD_LATCH,		/* broadcast "latch now"; controller */
	BACS_CMD_RESCAN,	/* search absent addresses again; admin */
	BACS_CMD_PROFILE_GET,	/* do, dump */
	BACS_CMD_PROFILE_NEW,	/* load a profile; admin */
	BACS_CMD_PROFILE_DEL,	/* forget a profile no bus uses; admin */
	BACS_CMD_SAMPLES_NTF,	/* group "samples" */
	BACS_CMD_EVENT_NTF,	/* group "events" */
	BACS_CMD_TRANSACT,	/* one raw PDU, its reply; admin, see below */

	__BACS_CMD_MAX,
	BACS_CMD_MAX = __BACS_CMD_MAX - 1
};

/* Attributes of every message */
enum bacs_attr {
	BACS_A_UNSPEC,
	BACS_A_VERSION,		/* u32, BACS_GENL_VERSION of the driver */
	BACS_A_BUS_NAME,	/* string */
	BACS_A_ADDRESS,		/* u8, 1-247 */
	BACS_A_BUS,		/* nest of enum bacs_bus_attr */
	BACS_A_MODULE,		/* nest of enum bacs_module_attr */
	BACS_A_SAMPLE,		/* nest of enum bacs_sample_attr, repeated */
	BACS_A_STATS,		/* nest of enum bacs_stats_attr */
	BACS_A_EVENT,		/* nest of enum bacs_event_attr */
	BACS_A_PROFILE,		/* nest of enum bacs_profile_attr */
	BACS_A_DUTY,		/* nest of enum bacs_duty_attr, repeated */
	BACS_A_LEASE_MS,	/* u32, 5000-600000 */
	BACS_A_SCAN_MS,		/* u32, 0-60000 */
	BACS_A_ON,		/* u8, 0 or 1 */
	BACS_A_LATCH_NUMBER,	/* u16 */
	BACS_A_SEQUENCE,	/* u32, one up per message of the group and bus */
	BACS_A_SCAN,		/* u32, number of the scan */
	BACS_A_PART,		/* u32, part of the scan, from 0 */
	BACS_A_LAST_PART,	/* flag: the scan is complete with this message */
	BACS_A_PAD,
	BACS_A_TRANSACT,	/* nest of enum bacs_transact_attr */

	__BACS_A_MAX,
	BACS_A_MAX = __BACS_A_MAX - 1
};

enum bacs_bus_state {
	BACS_BUS_STATE_UNKNOWN,
	BACS_BUS_STATE_LISTENING,	/* before the first request */
	BACS_BUS_STATE_DISCOVERING,	/* losses are inhibited */
	BACS_BUS_STATE_RUNNING,
	BACS_BUS_STATE_LOST,		/* nobody answers */
	BACS_BUS_STATE_STOPPED,		/* closing */
};

enum bacs_bus_attr {
	BACS_BUS_A_UNSPEC,
	BACS_BUS_A_NAME,		/* string */
	BACS_BUS_A_STATE,		/* u32, enum bacs_bus_state */
	BACS_BUS_A_TTY,			/* string, e.g. "ttyS4" */
	BACS_BUS_A_PROFILE,		/* string */
	BACS_BUS_A_FLAGS,		/* u32, BACS_START_* */
	BACS_BUS_A_BAUD,		/* u32 */
	BACS_BUS_A_SCAN_MS,		/* u32, period asked for, 0 = default */
	BACS_BUS_A_SCAN_MIN_MS,		/* u32, shortest period possible now */
	BACS_BUS_A_SCAN_LAST_MS,	/* u32, what the last scan took */
	BACS_BUS_A_SCANS,		/* u32, scans completed */
	BACS_BUS_A_MODULES_OK,		/* u32 */
	BACS_BUS_A_MODULES_LOST,	/* u32 */
	BACS_BUS_A_MODULES_ABSENT,	/* u32, configured and never found */
	BACS_BUS_A_MODULES_UNPOLLED,	/* u32, configured, not yet polled */
	BACS_BUS_A_CONTROLLER_PID,	/* u32, absent: nobody controls */
	BACS_BUS_A_LEASE_LEFT_MS,	/* u32, 0: nothing is leased */
	BACS_BUS_A_SECOND_MASTER,	/* flag: foreign requests were heard */
	BACS_BUS_A_STARTED_NS,		/* u64, CLOCK_BOOTTIME */
	BACS_BUS_A_PAD,

	__BACS_BUS_A_MAX,
	BACS_BUS_A_MAX = __BACS_BUS_A_MAX - 1
};

enum bacs_module_state {
	BACS_MODULE_STATE_UNKNOWN,
	BACS_MODULE_STATE_UNPOLLED,	/* configured, not yet polled */
	BACS_MODULE_STATE_ABSENT,	/* never found since start */
	BACS_MODULE_STATE_OK,
	BACS_MODULE_STATE_LOST,		/* was found, does not answer */
};

enum bacs_class {
	BACS_CLASS_UNKNOWN,
	BACS_CLASS_JAR,			/* jar module */
	BACS_CLASS_STRING,		/* string sensor */
	BACS_CLASS_ENVIRONMENT,
	BACS_CLASS_IO,
};

/* Values of power_supply's status and health that the daemon may set */
enum bacs_status {
	BACS_STATUS_UNKNOWN,
	BACS_STATUS_CHARGING,
	BACS_STATUS_DISCHARGING,
	BACS_STATUS_NOT_CHARGING,
	BACS_STATUS_FULL,
};

enum bacs_health {
	BACS_HEALTH_UNKNOWN,
	BACS_HEALTH_GOOD,
	BACS_HEALTH_OVERHEAT,
	BACS_HEALTH_DEAD,
	BACS_HEALTH_OVERVOLTAGE,
	BACS_HEALTH_UNSPEC_FAILURE,
	BACS_HEALTH_COLD,
};

/*
 * Limits carry the unit of their quantity and lie within the range that hwmon
 * can show. min/max warn, lcrit/crit alarm.
 */
enum bacs_limit_attr {
	BACS_LIMIT_A_UNSPEC,
	BACS_LIMIT_A_VOLTAGE_MIN_MV,	/* s32 */
	BACS_LIMIT_A_VOLTAGE_MAX_MV,	/* s32 */
	BACS_LIMIT_A_VOLTAGE_LCRIT_MV,	/* s32 */
	BACS_LIMIT_A_VOLTAGE_CRIT_MV,	/* s32 */
	BACS_LIMIT_A_TEMP_MIN_MC,	/* s32, m degree Celsius */
	BACS_LIMIT_A_TEMP_MAX_MC,	/* s32 */
	BACS_LIMIT_A_TEMP_LCRIT_MC,	/* s32 */
	BACS_LIMIT_A_TEMP_CRIT_MC,	/* s32 */

	__BACS_LIMIT_A_MAX,
	BACS_LIMIT_A_MAX = __BACS_LIMIT_A_MAX - 1
};

enum bacs_module_attr {
	BACS_MODULE_A_UNSPEC,
	BACS_MODULE_A_BUS_NAME,		/* string */
	BACS_MODULE_A_ADDRESS,		/* u8 */
	BACS_MODULE_A_STATE,		/* u32, enum bacs_module_state */
	BACS_MODULE_A_CLASS,		/* u32, enum bacs_class */
	BACS_MODULE_A_LABEL,		/* string */
	BACS_MODULE_A_SERIAL,		/* u64, 0: has none */
	BACS_MODULE_A_MODEL,		/* string, printable ASCII */
	BACS_MODULE_A_PROFILE,		/* string */
	BACS_MODULE_A_HW_REVISION,	/* u32, major << 8 | minor */
	BACS_MODULE_A_FW_REVISION,	/* u32, major << 8 | minor */
	BACS_MODULE_A_NOMINAL_MV,	/* u32, 2000, 4000, 6000, 12000; 0 none */
	BACS_MODULE_A_RANGE_MIN_MV,	/* u32 */
	BACS_MODULE_A_RANGE_MAX_MV,	/* u32 */
	BACS_MODULE_A_BYPASS_MA,	/* u32, bypass current at 100 % */
	BACS_MODULE_A_STATUS,		/* u32, enum bacs_status */
	BACS_MODULE_A_HEALTH,		/* u32, enum bacs_health */
	BACS_MODULE_A_LIMITS,		/* nest of enum bacs_limit_attr */
	BACS_MODULE_A_SAMPLE,		/* nest of enum bacs_sample_attr: the last */
	BACS_MODULE_A_DUTY_TARGET,	/* u32, 0.1 %, commanded */
	BACS_MODULE_A_STATE_SINCE_NS,	/* u64, CLOCK_BOOTTIME */
	BACS_MODULE_A_PAD,

	__BACS_MODULE_A_MAX,
	BACS_MODULE_A_MAX = __BACS_MODULE_A_MAX - 1
};

/* A quantity that the module does not have, or marks invalid, is absent. */
enum bacs_sample_attr {
	BACS_SAMPLE_A_UNSPEC,
	BACS_SAMPLE_A_ADDRESS,		/* u8 */
	BACS_SAMPLE_A_TIME_NS,		/* u64, CLOCK_BOOTTIME of the reply */
	BACS_SAMPLE_A_FLAGS,		/* u32, status word of the module */
	BACS_SAMPLE_A_VOLTAGE_MV,	/* s32 */
	BACS_SAMPLE_A_TEMP_MC,		/* s32 */
	BACS_SAMPLE_A_RESISTANCE_UOHM,	/* u32 */
	BACS_SAMPLE_A_RI_SEQUENCE,	/* u32, number of the RI measurement */
	BACS_SAMPLE_A_RI_SPREAD_PERMILLE,	/* u32 */
	BACS_SAMPLE_A_DUTY_PERMILLE,	/* u32, equalizer duty now */
	BACS_SAMPLE_A_MODULE_TEMP_MC,	/* s32 */
	BACS_SAMPLE_A_BYPASSED_MAH,	/* u32 */
	BACS_SAMPLE_A_BOOTS,		/* u32, boot counter */
	BACS_SAMPLE_A_LATCH_NUMBER,	/* u32, of the last latch */
	BACS_SAMPLE_A_CURRENT_MA,	/* s32, + charges */
	BACS_SAMPLE_A_RIPPLE_MA,	/* u32, RMS */
	BACS_SAMPLE_A_HUMIDITY_PERMILLE,	/* u32 */
	BACS_SAMPLE_A_H2_PPM,		/* u32 */
	BACS_SAMPLE_A_INPUTS,		/* u32, bit mask */
	BACS_SAMPLE_A_RELAYS,		/* u32, bit mask */
	BACS_SAMPLE_A_PAD,

	__BACS_SAMPLE_A_MAX,
	BACS_SAMPLE_A_MAX = __BACS_SAMPLE_A_MAX - 1
};

enum bacs_event {
	BACS_EVENT_UNKNOWN,
	BACS_EVENT_BUS_STARTED,
	BACS_EVENT_BUS_STOPPED,
	BACS_EVENT_BUS_STATE,		/* OLD, NEW: enum bacs_bus_state */
	BACS_EVENT_MODULE_ADDED,	/* the module's device exists */
	BACS_EVENT_MODULE_STATE,	/* OLD, NEW: enum bacs_module_state */
	BACS_EVENT_MODULE_REBOOTED,	/* boot counter changed: OLD, NEW */
	BACS_EVENT_MODULE_CHANGED,	/* another serial number, or profile */
	BACS_EVENT_ALARM,		/* raw limit alarm: OLD, NEW bit masks */
	BACS_EVENT_LIMITS,		/* limits written by PID (0: sysfs) */
	BACS_EVENT_COMMAND,		/* a command's RESULT, negative errno */
	BACS_EVENT_CONTROL,		/* controller changed: NEW = pid or 0 */
	BACS_EVENT_LEASE_EXPIRED,	/* everything set to 0 % */
	BACS_EVENT_SECOND_MASTER,	/* foreign requests on the wire */
};

/* Bits of BACS_EVENT_ALARM */
#define BACS_ALARM_VOLTAGE_MIN		(1U << 0)
#define BACS_ALARM_VOLTAGE_MAX		(1U << 1)
#define BACS_ALARM_VOLTAGE_LCRIT	(1U << 2)
#define BACS_ALARM_VOLTAGE_CRIT		(1U << 3)
#define BACS_ALARM_TEMP_MIN		(1U << 4)
#define BACS_ALARM_TEMP_MAX		(1U << 5)
#define BACS_ALARM_TEMP_LCRIT		(1U << 6)
#define BACS_ALARM_TEMP_CRIT		(1U << 7)
#define BACS_ALARM_TEMP_FAULT		(1U << 8)

enum bacs_event_attr {
	BACS_EVENT_A_UNSPEC,
	BACS_EVENT_A_KIND,		/* u32, enum bacs_event */
	BACS_EVENT_A_TIME_NS,		/* u64, CLOCK_BOOTTIME */
	BACS_EVENT_A_ADDRESS,		/* u8, absent: the bus itself */
	BACS_EVENT_A_OLD,		/* u32 */
	BACS_EVENT_A_NEW,		/* u32 */
	BACS_EVENT_A_COMMAND,		/* u32, enum bacs_cmd */
	BACS_EVENT_A_RESULT,		/* s32, 0 or negative errno */
	BACS_EVENT_A_PID,		/* u32 */
	BACS_EVENT_A_PAD,

	__BACS_EVENT_A_MAX,
	BACS_EVENT_A_MAX = __BACS_EVENT_A_MAX - 1
};

/* Upper bounds of the latency histogram's classes in us; the last is open. */
#define BACS_LATENCY_CLASSES	12
#define BACS_LATENCY_BOUNDS_US \
	{ 1000, 2000, 5000, 10000, 15000, 20000, 30000, 50000, 100000, \
	  200000, 500000 }

enum bacs_stats_attr {
	BACS_STATS_A_UNSPEC,
	BACS_STATS_A_REQUESTS,		/* u64 */
	BACS_STATS_A_REPLIES,		/* u64, valid */
	BACS_STATS_A_TIMEOUTS,		/* u64 */
	BACS_STATS_A_CRC_ERRORS,	/* u64 */
	BACS_STATS_A_LINE_ERRORS,	/* u64, frame, parity, break, overrun */
	BACS_STATS_A_SHORT,		/* u64, reply broke off */
	BACS_STATS_A_LONG,		/* u64, bytes after a complete reply */
	BACS_STATS_A_LATE,		/* u64, reply after its time-out */
	BACS_STATS_A_FOREIGN,		/* u64, frame of another address */
	BACS_STATS_A_DOUBLED,		/* u64, the same reply again */
	BACS_STATS_A_EXCEPTIONS,	/* u64 */
	BACS_STATS_A_UNEXPECTED,	/* u64, right address, wrong content */
	BACS_STATS_A_NOISE,		/* u64, bytes nobody asked for */
	BACS_STATS_A_RETRIES,		/* u64 */
	BACS_STATS_A_LOSSES,		/* u64, times declared lost */
	BACS_STATS_A_BYTES_TX,		/* u64, of a bus only */
	BACS_STATS_A_BYTES_RX,		/* u64, of a bus only */
	BACS_STATS_A_TX_FAILURES,	/* u64, the tty took no bytes */
	BACS_STATS_A_NOTES_LOST,	/* u64, reports that found no room */
	BACS_STATS_A_LATENCY,		/* binary, BACS_LATENCY_CLASSES x u32 */
	BACS_STATS_A_PAD,
	BACS_STATS_A_ECHOES,		/* u64, our own request came back */
	BACS_STATS_A_GARBLED,		/* u64, damaged from the first bytes on */
	BACS_STATS_A_OVERLONG,		/* u64, damaged and longer than the reply */
	BACS_STATS_A_MISFITS,		/* u64, damaged, length off by a quarter */
	BACS_STATS_A_REBOOTS,		/* u64, the boot counter changed */
	BACS_STATS_A_CHANGES,		/* u64, another serial number answered */
	BACS_STATS_A_FOREIGN_REQUESTS,	/* u64, of a bus only: another master's */
	BACS_STATS_A_STRANGER,		/* u8, of a module: who answered for it */

	__BACS_STATS_A_MAX,
	BACS_STATS_A_MAX = __BACS_STATS_A_MAX - 1
};

enum bacs_duty_attr {
	BACS_DUTY_A_UNSPEC,
	BACS_DUTY_A_ADDRESS,		/* u8, 1-247 */
	BACS_DUTY_A_PERMILLE,		/* u32, 0-1000 */

	__BACS_DUTY_A_MAX,
	BACS_DUTY_A_MAX = __BACS_DUTY_A_MAX - 1
};

/*
 * BACS_CMD_TRANSACT is acknowledged when the request is queued. When it is
 * over the driver sends BACS_CMD_TRANSACT with the same sequence number to the
 * socket that asked, before or after the ACK, and
 * BACS_EVENT_COMMAND to everybody. A PDU of a function that only reads needs
 * CAP_NET_ADMIN; any other and every broadcast needs the control of the bus,
 * too, as each write does. One at a time per bus, else EBUSY.
 *
 * RESULT: 0; -EREMOTEIO: REPLY is an exception; -EPROTO: REPLY does not fit
 * the request; -ETIMEDOUT; -EIO: the answer was damaged, or the line did not
 * take the request; -ECANCELED: the control was given up before it was sent;
 * -ENODEV: the bus ended.
 */
enum bacs_transact_attr {
	BACS_TRANSACT_A_UNSPEC,
	BACS_TRANSACT_A_ADDRESS,	/* u8, 0-247, 0: broadcast, no reply */
	BACS_TRANSACT_A_PDU,		/* binary, function 1-127 first */
	BACS_TRANSACT_A_RESPONSE_MS,	/* u32, 5-10000; absent: the bus's */
	BACS_TRANSACT_A_RESULT,		/* s32, 0 or negative errno */
	BACS_TRANSACT_A_REPLY,		/* binary, PDU; absent: none */

	__BACS_TRANSACT_A_MAX,
	BACS_TRANSACT_A_MAX = __BACS_TRANSACT_A_MAX - 1
};

/* What a field of a profile measures */
enum bacs_quantity {
	BACS_QUANTITY_UNSPEC,
	BACS_QUANTITY_VOLTAGE_MV,
	BACS_QUANTITY_TEMP_MC,
	BACS_QUANTITY_RESISTANCE_UOHM,
	BACS_QUANTITY_MODULE_TEMP_MC,
	BACS_QUANTITY_CURRENT_MA,
	BACS_QUANTITY_RIPPLE_MA,
	BACS_QUANTITY_HUMIDITY_PERMILLE,
	BACS_QUANTITY_H2_PPM,
	BACS_QUANTITY_FLAGS,
	BACS_QUANTITY_RI_SEQUENCE,
	BACS_QUANTITY_RI_SPREAD_PERMILLE,
	BACS_QUANTITY_DUTY_PERMILLE,
	BACS_QUANTITY_BYPASSED_MAH,
	BACS_QUANTITY_BOOTS,
	BACS_QUANTITY_LATCH_NUMBER,
	BACS_QUANTITY_INPUTS,
	BACS_QUANTITY_RELAYS,

	__BACS_QUANTITY_MAX,
	BACS_QUANTITY_MAX = __BACS_QUANTITY_MAX - 1
};

#define BACS_PROFILE_REGISTERS_MAX	125	/* Modbus V1.1b3, 6.3 and 6.4 */
#define BACS_PROFILE_FIELDS_MAX		24	/* in all blocks together */
#define BACS_PROFILE_BLOCKS_MAX		8
#define BACS_PROFILE_EVERY_MAX		255
#define BACS_PROFILE_NOMINAL_MV_MAX	1000000

/*
 * A profile reads one or more blocks of registers of every module. FUNCTION,
 * START and COUNT are block 0; each BLOCK is the next.
 */
enum bacs_profile_attr {
	BACS_PROFILE_A_UNSPEC,
	BACS_PROFILE_A_NAME,		/* string */
	BACS_PROFILE_A_CLASS,		/* u32, enum bacs_class */
	BACS_PROFILE_A_MODEL,		/* string, shown as the model */
	BACS_PROFILE_A_FUNCTION,	/* u8, 3 or 4 */
	BACS_PROFILE_A_START,		/* u16, first register, from 0 */
	BACS_PROFILE_A_COUNT,		/* u16, 1-125 */
	BACS_PROFILE_A_RESPONSE_MS,	/* u32, 5-10000 */
	BACS_PROFILE_A_NOMINAL_MV,	/* u32 */
	BACS_PROFILE_A_FIELD,		/* nest of enum bacs_field_attr, repeated */
	BACS_PROFILE_A_USERS,		/* u32, buses that use it */
	BACS_PROFILE_A_BUILTIN,		/* flag */
	BACS_PROFILE_A_BLOCK,		/* nest of enum bacs_block_attr, repeated */

	__BACS_PROFILE_A_MAX,
	BACS_PROFILE_A_MAX = __BACS_PROFILE_A_MAX - 1
};

/* A block beyond the first; blocks of one function do not overlap */
enum bacs_block_attr {
	BACS_BLOCK_A_UNSPEC,
	BACS_BLOCK_A_FUNCTION,		/* u8, 3 or 4 */
	BACS_BLOCK_A_START,		/* u16, first register, from 0 */
	BACS_BLOCK_A_COUNT,		/* u16, 1-125 */

	__BACS_BLOCK_A_MAX,
	BACS_BLOCK_A_MAX = __BACS_BLOCK_A_MAX - 1
};

/*
 * value = raw * MULTIPLIER / DIVISOR + OFFSET, in the unit of the quantity,
 * computed in 64 bits and rounded towards zero.
 */
enum bacs_field_attr {
	BACS_FIELD_A_UNSPEC,
	BACS_FIELD_A_QUANTITY,		/* u32, enum bacs_quantity */
	BACS_FIELD_A_REGISTER,		/* u16, from the block's start */
	BACS_FIELD_A_WIDTH,		/* u8, 16 or 32 bit */
	BACS_FIELD_A_SIGNED,		/* flag */
	BACS_FIELD_A_LOW_WORD_FIRST,	/* flag, 32 bit only */
	BACS_FIELD_A_MULTIPLIER,	/* s32, not 0 */
	BACS_FIELD_A_DIVISOR,		/* s32, at least 1 */
	BACS_FIELD_A_OFFSET,		/* s32 */
	BACS_FIELD_A_BLOCK,		/* u8, 0-7; absent: 0 */
	BACS_FIELD_A_EVERY,		/* u8, read in every n-th scan at least */
	BACS_FIELD_A_INVALID,		/* u32, raw value that says "none" */
	BACS_FIELD_A_MIN_VALUE,	/* s32, less is not valid */
	BACS_FIELD_A_MAX_VALUE,		/* s32, more is not valid */
	BACS_FIELD_A_VALID_FLAG,	/* u16, bits of the flags in its block */

	__BACS_FIELD_A_MAX,
	BACS_FIELD_A_MAX = __BACS_FIELD_A_MAX - 1
};

#endif /* _UAPI_LINUX_BACS_H */
