/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of profile bacs-c, version 1
 *
 * Shared by driver and simulator. Documentation/bus-protocol.rst is the
 * specification; this file follows it.
 */
#ifndef BACS_C_H
#define BACS_C_H

#define BACS_C_PROFILE		"bacs-c"
#define BACS_C_VERSION		0x0100	/* major << 8 | minor */
#define BACS_C_RESPONSE_MS	50	/* a module begins within 20 ms */
#define BACS_C_TURNAROUND_MS	10	/* ready again within 5 ms */

/* Live block of a jar module: input registers from 0, big endian words */
enum bacs_c_jar {
	BACS_C_JAR_FLAGS,
	BACS_C_JAR_VOLTAGE_MV,
	BACS_C_JAR_TEMP_DC,		/* 0.1 degree Celsius, signed */
	BACS_C_JAR_RI_UOHM_HI,
	BACS_C_JAR_RI_UOHM_LO,
	BACS_C_JAR_RI_SEQUENCE,
	BACS_C_JAR_RI_SPREAD_PERMILLE,
	BACS_C_JAR_DUTY_PERMILLE,
	BACS_C_JAR_MODULE_TEMP_DC,
	BACS_C_JAR_BYPASSED_MAH_HI,
	BACS_C_JAR_BYPASSED_MAH_LO,
	BACS_C_JAR_BOOTS,
	BACS_C_JAR_LATCH,
	BACS_C_JAR_LEASE_LEFT_S,
	BACS_C_JAR_REGISTERS
};

/* Live block of a string sensor */
enum bacs_c_string {
	BACS_C_STRING_FLAGS,
	BACS_C_STRING_VOLTAGE_MV_HI,
	BACS_C_STRING_VOLTAGE_MV_LO,
	BACS_C_STRING_CURRENT_MA_HI,	/* signed, + charges */
	BACS_C_STRING_CURRENT_MA_LO,
	BACS_C_STRING_RIPPLE_MA_HI,	/* RMS */
	BACS_C_STRING_RIPPLE_MA_LO,
	BACS_C_STRING_MODULE_TEMP_DC,
	BACS_C_STRING_BOOTS,
	BACS_C_STRING_LATCH,
	BACS_C_STRING_REGISTERS
};

/* Live block of an environment sensor */
enum bacs_c_env {
	BACS_C_ENV_FLAGS,
	BACS_C_ENV_TEMP_DC,
	BACS_C_ENV_HUMIDITY_PERMILLE,
	BACS_C_ENV_H2_PPM_HI,
	BACS_C_ENV_H2_PPM_LO,
	BACS_C_ENV_MODULE_TEMP_DC,
	BACS_C_ENV_BOOTS,
	BACS_C_ENV_LATCH,
	BACS_C_ENV_REGISTERS
};

/* Live block of an I/O module */
enum bacs_c_io {
	BACS_C_IO_FLAGS,
	BACS_C_IO_INPUTS,
	BACS_C_IO_RELAYS,
	BACS_C_IO_LEASE_LEFT_S,
	BACS_C_IO_MODULE_TEMP_DC,
	BACS_C_IO_BOOTS,
	BACS_C_IO_LATCH,
	BACS_C_IO_REGISTERS
};

/* Flags word of every class */
#define BACS_C_FLAG_VOLTAGE_VALID	0x0001
#define BACS_C_FLAG_TEMP_VALID		0x0002
#define BACS_C_FLAG_RI_VALID		0x0004
#define BACS_C_FLAG_RI_RUNNING		0x0008
#define BACS_C_FLAG_EQUALIZING		0x0010
#define BACS_C_FLAG_DERATED		0x0020	/* module too hot for its duty */
#define BACS_C_FLAG_TEMP_FAULT		0x0040	/* sensor open or shorted */
#define BACS_C_FLAG_SENSE_FAULT		0x0080	/* sense lead open */
#define BACS_C_FLAG_THRESHOLD		0x0100	/* threshold LED is on */
#define BACS_C_FLAG_IDENTIFY		0x0200	/* identification LED is on */
#define BACS_C_FLAG_LEASED		0x0400	/* lease is running */
#define BACS_C_FLAG_SELF_TEST		0x0800	/* self-test failed */
#define BACS_C_FLAG_CURRENT_VALID	0x1000
#define BACS_C_FLAG_HUMIDITY_VALID	0x2000
#define BACS_C_FLAG_H2_VALID		0x4000

/* Identification block: input registers from 0x0100, same for all classes */
#define BACS_C_IDENT_START		0x0100
#define BACS_C_IDENT_MAGIC_0		0x4241	/* "BA" */
#define BACS_C_IDENT_MAGIC_1		0x4353	/* "CS" */
#define BACS_C_IDENT_MODEL_CHARS	32
enum bacs_c_ident {
	BACS_C_IDENT_MAGIC_HI,
	BACS_C_IDENT_MAGIC_LO,
	BACS_C_IDENT_VERSION,
	BACS_C_IDENT_CLASS,		/* enum bacs_class: 1 jar, 2 string, ... */
	BACS_C_IDENT_HARDWARE,		/* major << 8 | minor */
	BACS_C_IDENT_FIRMWARE,
	BACS_C_IDENT_SERIAL_3,		/* most significant word */
	BACS_C_IDENT_SERIAL_2,
	BACS_C_IDENT_SERIAL_1,
	BACS_C_IDENT_SERIAL_0,
	BACS_C_IDENT_NOMINAL_MV,	/* 2000, 4000, 6000, 12000; else 0 */
	BACS_C_IDENT_RANGE_MIN_MV,
	BACS_C_IDENT_RANGE_MAX_MV,
	BACS_C_IDENT_RI_MAX_UOHM_HI,
	BACS_C_IDENT_RI_MAX_UOHM_LO,
	BACS_C_IDENT_BYPASS_MA,		/* bypass current at 100 % duty */
	BACS_C_IDENT_MODEL,		/* 16 registers, two characters each */
	BACS_C_IDENT_REGISTERS = BACS_C_IDENT_MODEL +
				 BACS_C_IDENT_MODEL_CHARS / 2
};

/* Holding registers; FC 3 reads, FC 6 and FC 16 write */
enum bacs_c_holding {
	BACS_C_HOLD_ADDRESS,		/* written while addressing only */
	BACS_C_HOLD_DUTY_PERMILLE,	/* 0-1000; starts a 60 s lease if > 0 */
	BACS_C_HOLD_DUTY_LIMIT_PERMILLE,
	BACS_C_HOLD_RI_TRIGGER,		/* write 1: measure once */
	BACS_C_HOLD_IDENTIFY,		/* 1: LED alternates red and green */
	BACS_C_HOLD_THRESHOLD,		/* 1: LED steady red */
	BACS_C_HOLD_MODE,		/* enum bacs_c_mode */
	BACS_C_HOLD_NEXT_ADDRESS,	/* offered while addressing */
	BACS_C_HOLD_LATCH,		/* broadcast: number of the latch */
	BACS_C_HOLD_RELAYS,		/* I/O module, leased */
	BACS_C_HOLD_REGISTERS
};

enum bacs_c_mode {
	BACS_C_MODE_OPERATION,
	BACS_C_MODE_ADDRESSING,
};

/*
 * Lease: one broadcast FC 16 of 17 holding registers. The first is the lease
 * in seconds, then address n is bit (n % 16) of word (n / 16). Bit set: the
 * lease of that module runs for so long from now; bit clear: 0 % at once.
 */
#define BACS_C_HOLD_LEASE_S		0x0010
#define BACS_C_HOLD_LEASE_MAP		0x0011
#define BACS_C_LEASE_MAP_WORDS		16
#define BACS_C_LEASE_REGISTERS		(1 + BACS_C_LEASE_MAP_WORDS)
#define BACS_C_LEASE_DEFAULT_S		60

/* Module behaviour */
#define BACS_C_SLEEP_MS			30000	/* silence before ECO sleep */
#define BACS_C_WAKE_MS			4000	/* traffic that wakes */

#endif /* BACS_C_H */
