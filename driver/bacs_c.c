// SPDX-License-Identifier: GPL-2.0-only
/*
 * Profile bacs-c: live blocks of the device classes, identification block
 *
 * Specification: Documentation/bus-protocol.rst
 */
#include "bacs_c.h"
#include "profile.h"
#include "rtu.h"

#define FIELD16(_quantity, _reg, _flag) \
	{ .quantity = (_quantity), .reg = (_reg), .width = 16, \
	  .multiplier = 1, .divisor = 1, .valid_flag = (_flag) }
#define FIELD32(_quantity, _reg, _flag) \
	{ .quantity = (_quantity), .reg = (_reg), .width = 32, \
	  .multiplier = 1, .divisor = 1, .valid_flag = (_flag) }
#define FIELD_S32(_quantity, _reg, _flag) \
	{ .quantity = (_quantity), .reg = (_reg), .width = 32, \
	  .is_signed = true, .multiplier = 1, .divisor = 1, \
	  .valid_flag = (_flag) }
/* 0.1 degree Celsius on the wire, m degree Celsius inside */
#define FIELD_TEMP(_quantity, _reg, _flag) \
	{ .quantity = (_quantity), .reg = (_reg), .width = 16, \
	  .is_signed = true, .multiplier = 100, .divisor = 1, \
	  .valid_flag = (_flag) }

#define JAR_FIELDS	11
#define STRING_FIELDS	7
#define ENV_FIELDS	7
#define IO_FIELDS	6

/* The flags word stands first: the fields after it depend on it. */
static const struct bacs_block jar_block = {
	.function = RTU_READ_INPUT,
	.count = BACS_C_JAR_REGISTERS,
	.field_count = JAR_FIELDS,
	.fields = {
		FIELD16(BACS_QUANTITY_FLAGS, BACS_C_JAR_FLAGS, 0),
		FIELD16(BACS_QUANTITY_VOLTAGE_MV, BACS_C_JAR_VOLTAGE_MV,
			BACS_C_FLAG_VOLTAGE_VALID),
		FIELD_TEMP(BACS_QUANTITY_TEMP_MC, BACS_C_JAR_TEMP_DC,
			   BACS_C_FLAG_TEMP_VALID),
		FIELD32(BACS_QUANTITY_RESISTANCE_UOHM, BACS_C_JAR_RI_UOHM_HI,
			BACS_C_FLAG_RI_VALID),
		FIELD16(BACS_QUANTITY_RI_SEQUENCE, BACS_C_JAR_RI_SEQUENCE, 0),
		FIELD16(BACS_QUANTITY_RI_SPREAD_PERMILLE,
			BACS_C_JAR_RI_SPREAD_PERMILLE, BACS_C_FLAG_RI_VALID),
		FIELD16(BACS_QUANTITY_DUTY_PERMILLE, BACS_C_JAR_DUTY_PERMILLE, 0),
		FIELD_TEMP(BACS_QUANTITY_MODULE_TEMP_MC,
			   BACS_C_JAR_MODULE_TEMP_DC, 0),
		FIELD32(BACS_QUANTITY_BYPASSED_MAH, BACS_C_JAR_BYPASSED_MAH_HI, 0),
		FIELD16(BACS_QUANTITY_BOOTS, BACS_C_JAR_BOOTS, 0),
		FIELD16(BACS_QUANTITY_LATCH_NUMBER, BACS_C_JAR_LATCH, 0),
	},
};

static const struct bacs_block string_block = {
	.function = RTU_READ_INPUT,
	.count = BACS_C_STRING_REGISTERS,
	.field_count = STRING_FIELDS,
	.fields = {
		FIELD16(BACS_QUANTITY_FLAGS, BACS_C_STRING_FLAGS, 0),
		FIELD32(BACS_QUANTITY_VOLTAGE_MV, BACS_C_STRING_VOLTAGE_MV_HI,
			BACS_C_FLAG_VOLTAGE_VALID),
		FIELD_S32(BACS_QUANTITY_CURRENT_MA, BACS_C_STRING_CURRENT_MA_HI,
			  BACS_C_FLAG_CURRENT_VALID),
		FIELD32(BACS_QUANTITY_RIPPLE_MA, BACS_C_STRING_RIPPLE_MA_HI,
			BACS_C_FLAG_CURRENT_VALID),
		FIELD_TEMP(BACS_QUANTITY_MODULE_TEMP_MC,
			   BACS_C_STRING_MODULE_TEMP_DC, 0),
		FIELD16(BACS_QUANTITY_BOOTS, BACS_C_STRING_BOOTS, 0),
		FIELD16(BACS_QUANTITY_LATCH_NUMBER, BACS_C_STRING_LATCH, 0),
	},
};

static const struct bacs_block env_block = {
	.function = RTU_READ_INPUT,
	.count = BACS_C_ENV_REGISTERS,
	.field_count = ENV_FIELDS,
	.fields = {
		FIELD16(BACS_QUANTITY_FLAGS, BACS_C_ENV_FLAGS, 0),
		FIELD_TEMP(BACS_QUANTITY_TEMP_MC, BACS_C_ENV_TEMP_DC,
			   BACS_C_FLAG_TEMP_VALID),
		FIELD16(BACS_QUANTITY_HUMIDITY_PERMILLE,
			BACS_C_ENV_HUMIDITY_PERMILLE,
			BACS_C_FLAG_HUMIDITY_VALID),
		FIELD32(BACS_QUANTITY_H2_PPM, BACS_C_ENV_H2_PPM_HI,
			BACS_C_FLAG_H2_VALID),
		FIELD_TEMP(BACS_QUANTITY_MODULE_TEMP_MC,
			   BACS_C_ENV_MODULE_TEMP_DC, 0),
		FIELD16(BACS_QUANTITY_BOOTS, BACS_C_ENV_BOOTS, 0),
		FIELD16(BACS_QUANTITY_LATCH_NUMBER, BACS_C_ENV_LATCH, 0),
	},
};

static const struct bacs_block io_block = {
	.function = RTU_READ_INPUT,
	.count = BACS_C_IO_REGISTERS,
	.field_count = IO_FIELDS,
	.fields = {
		FIELD16(BACS_QUANTITY_FLAGS, BACS_C_IO_FLAGS, 0),
		FIELD16(BACS_QUANTITY_INPUTS, BACS_C_IO_INPUTS, 0),
		FIELD16(BACS_QUANTITY_RELAYS, BACS_C_IO_RELAYS, 0),
		FIELD_TEMP(BACS_QUANTITY_MODULE_TEMP_MC,
			   BACS_C_IO_MODULE_TEMP_DC, 0),
		FIELD16(BACS_QUANTITY_BOOTS, BACS_C_IO_BOOTS, 0),
		FIELD16(BACS_QUANTITY_LATCH_NUMBER, BACS_C_IO_LATCH, 0),
	},
};

/**
 * bacs_c_block() - live block of a device class
 * @class: enum bacs_class
 *
 * Return: the block; NULL for a class that profile bacs-c does not have.
 */
const struct bacs_block *bacs_c_block(u8 class)
{
	switch (class) {
	case BACS_CLASS_JAR:
		return &jar_block;
	case BACS_CLASS_STRING:
		return &string_block;
	case BACS_CLASS_ENVIRONMENT:
		return &env_block;
	case BACS_CLASS_IO:
		return &io_block;
	default:
		return NULL;
	}
}

/* Strings from the wire end up in sysfs, uevents and terminals. */
static void printable(char *to, const u8 *from, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len && from[i]; i++) {
		to[i] = from[i] >= ' ' && from[i] <= '~' ? (char)from[i] : '?';
		if (to[i] != ' ')
			end = i + 1;
	}
	to[end] = '\0';
}

/**
 * bacs_c_identity_decode() - read an identification block
 * @registers: BACS_C_IDENT_REGISTERS registers as they came over the wire
 * @ret_id: the identity, written on success only
 *
 * Return: 0; -EPROTO without the magic, with another major version of the
 * profile or an unknown device class.
 */
int bacs_c_identity_decode(const u8 *registers, struct bacs_identity *ret_id)
{
	struct bacs_identity id = { 0 };
	const u8 *r = registers;

	if (rtu_get_u16(r + 2 * BACS_C_IDENT_MAGIC_HI) != BACS_C_IDENT_MAGIC_0 ||
	    rtu_get_u16(r + 2 * BACS_C_IDENT_MAGIC_LO) != BACS_C_IDENT_MAGIC_1)
		return -EPROTO;
	id.version = rtu_get_u16(r + 2 * BACS_C_IDENT_VERSION);
	if (id.version >> 8 != BACS_C_VERSION >> 8)
		return -EPROTO;
	if (!bacs_c_block((u8)min_t(u16, 0xFF,
				    rtu_get_u16(r + 2 * BACS_C_IDENT_CLASS))))
		return -EPROTO;
	id.class = (u8)rtu_get_u16(r + 2 * BACS_C_IDENT_CLASS);
	id.hardware = rtu_get_u16(r + 2 * BACS_C_IDENT_HARDWARE);
	id.firmware = rtu_get_u16(r + 2 * BACS_C_IDENT_FIRMWARE);
	id.serial = (u64)rtu_get_u32(r + 2 * BACS_C_IDENT_SERIAL_3) << 32 |
		    rtu_get_u32(r + 2 * BACS_C_IDENT_SERIAL_1);
	id.nominal_mv = rtu_get_u16(r + 2 * BACS_C_IDENT_NOMINAL_MV);
	id.range_min_mv = rtu_get_u16(r + 2 * BACS_C_IDENT_RANGE_MIN_MV);
	id.range_max_mv = rtu_get_u16(r + 2 * BACS_C_IDENT_RANGE_MAX_MV);
	id.ri_max_uohm = rtu_get_u32(r + 2 * BACS_C_IDENT_RI_MAX_UOHM_HI);
	id.bypass_ma = rtu_get_u16(r + 2 * BACS_C_IDENT_BYPASS_MA);
	printable(id.model, r + 2 * BACS_C_IDENT_MODEL, BACS_C_IDENT_MODEL_CHARS);
	*ret_id = id;
	return 0;
}
