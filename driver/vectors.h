/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known frames and values, for the tests in user space (tests/unit) and in
 * the kernel (kunit-*.c): the same question to the code of either place. No
 * user needs all of them.
 *
 * "serial line" is Modbus over Serial Line V1.02, "protocol" is Modbus
 * Application Protocol V1.1b3, "document" is Documentation/bus-protocol.rst.
 */
#ifndef BACS_VECTORS_H
#define BACS_VECTORS_H

#include "bacs_c.h"
#include "profile.h"

struct vector_frame {
	u8 len;		/* with the checksum */
	u8 bytes[13];
};

/* Whole frames with the checksum that is right for them */
static const struct vector_frame vector_frames[] __maybe_unused = {
	/* serial line, appendix B */
	{ 4, { 0x02, 0x07, 0x41, 0x12 } },
	/* read of one input register of a CS121 and its answer */
	{ 8, { 0x01, 0x04, 0x00, 0x63, 0x00, 0x01, 0xC1, 0xD4 } },
	{ 7, { 0x01, 0x04, 0x02, 0x12, 0x34, 0xB4, 0x47 } },
	/* protocol 6.3, unit 17 */
	{ 8, { 0x11, 0x03, 0x00, 0x6B, 0x00, 0x03, 0x76, 0x87 } },
};

/* Silence between frames in ns, rounded up: serial line 2.5.1.1 */
static const struct {
	u32 baud, bits, ns;
} vector_silence[] __maybe_unused = {
	{ 1200, 11, 32083334 },
	{ 9600, 11, 4010417 }, { 9600, 10, 3645834 },
	{ 19200, 11, 2005209 }, { 19200, 10, 1822917 },
	{ 19201, 10, 1750000 }, { 38400, 11, 1750000 },
	{ 115200, 10, 1750000 }, { 4000000, 11, 1750000 },
};

/* The document's live block of a jar and what it says */
static const u8 vector_jar[2 * BACS_C_JAR_REGISTERS] __maybe_unused = {
	0x04, 0x17, 0x34, 0xD3, 0x00, 0xD5, 0x00, 0x00, 0x12, 0xC0,
	0x00, 0x03, 0x00, 0x0C, 0x00, 0xFA, 0x00, 0xF1, 0x00, 0x00,
	0x04, 0xD2, 0x00, 0x07, 0x00, 0x00, 0x00, 0x2F,
};

static const struct {
	u32 quantity;	/* enum bacs_quantity */
	s32 value;
} vector_jar_values[] __maybe_unused = {
	{ BACS_QUANTITY_FLAGS, 0x0417 },
	{ BACS_QUANTITY_VOLTAGE_MV, 13523 },
	{ BACS_QUANTITY_TEMP_MC, 21300 },
	{ BACS_QUANTITY_RESISTANCE_UOHM, 4800 },
	{ BACS_QUANTITY_RI_SEQUENCE, 3 },
	{ BACS_QUANTITY_RI_SPREAD_PERMILLE, 12 },
	{ BACS_QUANTITY_DUTY_PERMILLE, 250 },
	{ BACS_QUANTITY_MODULE_TEMP_MC, 24100 },
	{ BACS_QUANTITY_BYPASSED_MAH, 1234 },
	{ BACS_QUANTITY_BOOTS, 7 },
};

/* The document's identification of a jar module */
static const u8 vector_ident[2 * BACS_C_IDENT_REGISTERS] __maybe_unused = {
	0x42, 0x41, 0x43, 0x53, 0x01, 0x00, 0x00, 0x01, 0x02, 0x01, 0x01, 0x03,
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x2E, 0xE0, 0x17, 0x70,
	0x46, 0x50, 0x00, 0x03, 0x0D, 0x40, 0x00, 0x96, 'b', 'a', 'c', 's',
	'-', 's', 'i', 'm', ' ', 'j', 'a', 'r', ' ', '1', '2', ' ', 'V', ' ',
	'1', '0', '0', ' ', 'A', 'h',
};

#define VECTOR_IDENT_SERIAL	0x0011223344556677ULL
#define VECTOR_IDENT_MODEL	"bacs-sim jar 12 V 100 Ah"

#endif /* BACS_VECTORS_H */
