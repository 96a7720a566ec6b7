// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers of one device and the requests to them; see driver/bacs_c.h */
#include "module.h"

static u16 clamp_u16(s32 v)
{
	return (u16)(v < 0 ? 0 : v > 0xFFFF ? 0xFFFF : v);
}

/* 0.1 degree from m degree, rounded to the nearest */
static u16 dc_from_mc(s32 mc)
{
	return (u16)(s16)((mc < 0 ? mc - 50 : mc + 50) / 100);
}

static u16 module_temp_dc(const struct module *m)
{
	return dc_from_mc(module_shown(m, MODULE_KEY_MODULE_TEMPERATURE_MC,
				       m->module_temperature_mc));
}

static u16 lease_left_s(const struct module *m)
{
	return (u16)DIV_ROUND_UP(m->lease_ms, 1000);
}

static u16 common_flags(const struct module *m)
{
	u16 flags = 0;

	if (m->threshold)
		flags |= BACS_C_FLAG_THRESHOLD;
	if (m->identify)
		flags |= BACS_C_FLAG_IDENTIFY;
	if (m->lease_ms)
		flags |= BACS_C_FLAG_LEASED;
	if (module_fault(m, MODULE_KEY_SELF_TEST_FAULT))
		flags |= BACS_C_FLAG_SELF_TEST;
	if (module_fault(m, MODULE_KEY_TEMP_FAULT))
		flags |= BACS_C_FLAG_TEMP_FAULT;
	if (module_fault(m, MODULE_KEY_SENSE_FAULT))
		flags |= BACS_C_FLAG_SENSE_FAULT;
	return flags;
}

static u16 flags_word(const struct module *m)
{
	u16 flags = common_flags(m);
	bool temp_ok = !(flags & BACS_C_FLAG_TEMP_FAULT);
	bool sense_ok = !(flags & BACS_C_FLAG_SENSE_FAULT);

	switch (m->cfg.class) {
	case BACS_CLASS_JAR:
		if (sense_ok)
			flags |= BACS_C_FLAG_VOLTAGE_VALID;
		if (temp_ok)
			flags |= BACS_C_FLAG_TEMP_VALID;
		if (m->ri_valid)
			flags |= BACS_C_FLAG_RI_VALID;
		if (m->ri_ms)
			flags |= BACS_C_FLAG_RI_RUNNING;
		if (module_duty_now(m))
			flags |= BACS_C_FLAG_EQUALIZING;
		if (m->duty_permille && module_hot(m))
			flags |= BACS_C_FLAG_DERATED;
		break;
	case BACS_CLASS_STRING:
		flags |= BACS_C_FLAG_CURRENT_VALID;
		if (sense_ok)
			flags |= BACS_C_FLAG_VOLTAGE_VALID;
		break;
	case BACS_CLASS_ENVIRONMENT:
		flags |= BACS_C_FLAG_HUMIDITY_VALID | BACS_C_FLAG_H2_VALID;
		if (temp_ok)
			flags |= BACS_C_FLAG_TEMP_VALID;
		break;
	}
	return flags;
}

/* What is not valid is sent as 0. */
static s32 valid(const struct module *m, u16 flag, enum module_key key,
		 double model)
{
	return flags_word(m) & flag ? module_shown(m, key, model) : 0;
}

static u16 high(u32 v)
{
	return (u16)(v >> 16);
}

static u16 jar_register(const struct module *m, u32 reg)
{
	u32 ri = (u32)valid(m, BACS_C_FLAG_RI_VALID, MODULE_KEY_RESISTANCE_UOHM,
			    m->ri_uohm);
	u32 mah = (u32)module_shown(m, MODULE_KEY_BYPASSED_MAH, m->bypassed_mah);

	switch (reg) {
	case BACS_C_JAR_FLAGS:
		return flags_word(m);
	case BACS_C_JAR_VOLTAGE_MV:
		return clamp_u16(valid(m, BACS_C_FLAG_VOLTAGE_VALID,
				       MODULE_KEY_VOLTAGE_MV, m->voltage_mv));
	case BACS_C_JAR_TEMP_DC:
		return dc_from_mc(valid(m, BACS_C_FLAG_TEMP_VALID,
					MODULE_KEY_TEMPERATURE_MC,
					m->temperature_mc));
	case BACS_C_JAR_RI_UOHM_HI:
		return high(ri);
	case BACS_C_JAR_RI_UOHM_LO:
		return (u16)ri;
	case BACS_C_JAR_RI_SEQUENCE:
		return m->ri_sequence;
	case BACS_C_JAR_RI_SPREAD_PERMILLE:
		return clamp_u16(valid(m, BACS_C_FLAG_RI_VALID,
				       MODULE_KEY_RI_SPREAD_PERMILLE,
				       m->ri_spread_permille));
	case BACS_C_JAR_DUTY_PERMILLE:
		return module_duty_now(m);
	case BACS_C_JAR_MODULE_TEMP_DC:
		return module_temp_dc(m);
	case BACS_C_JAR_BYPASSED_MAH_HI:
		return high(mah);
	case BACS_C_JAR_BYPASSED_MAH_LO:
		return (u16)mah;
	case BACS_C_JAR_BOOTS:
		return m->boots;
	case BACS_C_JAR_LATCH:
		return m->latch;
	default:
		return lease_left_s(m);
	}
}

static u16 string_register(const struct module *m, u32 reg)
{
	u32 mv = (u32)valid(m, BACS_C_FLAG_VOLTAGE_VALID, MODULE_KEY_VOLTAGE_MV,
			    m->voltage_mv);
	u32 ma = (u32)module_shown(m, MODULE_KEY_CURRENT_MA, m->current_ma);
	u32 ripple = (u32)module_shown(m, MODULE_KEY_RIPPLE_MA, m->ripple_ma);

	switch (reg) {
	case BACS_C_STRING_FLAGS:
		return flags_word(m);
	case BACS_C_STRING_VOLTAGE_MV_HI:
		return high(mv);
	case BACS_C_STRING_VOLTAGE_MV_LO:
		return (u16)mv;
	case BACS_C_STRING_CURRENT_MA_HI:
		return high(ma);
	case BACS_C_STRING_CURRENT_MA_LO:
		return (u16)ma;
	case BACS_C_STRING_RIPPLE_MA_HI:
		return high(ripple);
	case BACS_C_STRING_RIPPLE_MA_LO:
		return (u16)ripple;
	case BACS_C_STRING_MODULE_TEMP_DC:
		return module_temp_dc(m);
	case BACS_C_STRING_BOOTS:
		return m->boots;
	default:
		return m->latch;
	}
}

static u16 environment_register(const struct module *m, u32 reg)
{
	u32 h2 = (u32)module_shown(m, MODULE_KEY_H2_PPM, m->h2_ppm);

	switch (reg) {
	case BACS_C_ENV_FLAGS:
		return flags_word(m);
	case BACS_C_ENV_TEMP_DC:
		return dc_from_mc(valid(m, BACS_C_FLAG_TEMP_VALID,
					MODULE_KEY_TEMPERATURE_MC,
					m->temperature_mc));
	case BACS_C_ENV_HUMIDITY_PERMILLE:
		return clamp_u16(module_shown(m, MODULE_KEY_HUMIDITY_PERMILLE,
				       m->humidity_permille));
	case BACS_C_ENV_H2_PPM_HI:
		return high(h2);
	case BACS_C_ENV_H2_PPM_LO:
		return (u16)h2;
	case BACS_C_ENV_MODULE_TEMP_DC:
		return module_temp_dc(m);
	case BACS_C_ENV_BOOTS:
		return m->boots;
	default:
		return m->latch;
	}
}

static u16 io_register(const struct module *m, u32 reg)
{
	switch (reg) {
	case BACS_C_IO_FLAGS:
		return flags_word(m);
	case BACS_C_IO_INPUTS:
		return clamp_u16(module_shown(m, MODULE_KEY_INPUTS, 0));
	case BACS_C_IO_RELAYS:
		return m->relays;
	case BACS_C_IO_LEASE_LEFT_S:
		return lease_left_s(m);
	case BACS_C_IO_MODULE_TEMP_DC:
		return module_temp_dc(m);
	case BACS_C_IO_BOOTS:
		return m->boots;
	default:
		return m->latch;
	}
}

static u16 identification(const struct module *m, u32 reg)
{
	bool jar = m->cfg.class == BACS_CLASS_JAR;
	u32 i;

	switch (reg) {
	case BACS_C_IDENT_MAGIC_HI:
		return BACS_C_IDENT_MAGIC_0;
	case BACS_C_IDENT_MAGIC_LO:
		return BACS_C_IDENT_MAGIC_1;
	case BACS_C_IDENT_VERSION:
		return BACS_C_VERSION;
	case BACS_C_IDENT_CLASS:
		return (u16)m->cfg.class;
	case BACS_C_IDENT_HARDWARE:
		return 0x0201;
	case BACS_C_IDENT_FIRMWARE:
		return 0x0103;
	case BACS_C_IDENT_SERIAL_3:
	case BACS_C_IDENT_SERIAL_2:
	case BACS_C_IDENT_SERIAL_1:
	case BACS_C_IDENT_SERIAL_0:
		return (u16)(m->serial >> 16 * (BACS_C_IDENT_SERIAL_0 - reg));
	case BACS_C_IDENT_NOMINAL_MV:
		return jar ? (u16)m->cfg.nominal_mv : 0;
	case BACS_C_IDENT_RANGE_MIN_MV:
		return jar ? (u16)(m->cfg.nominal_mv / 2) : 0;
	case BACS_C_IDENT_RANGE_MAX_MV:
		return jar ? (u16)(m->cfg.nominal_mv * 3 / 2) : 0;
	case BACS_C_IDENT_RI_MAX_UOHM_HI:
		return jar ? high(200000) : 0;
	case BACS_C_IDENT_RI_MAX_UOHM_LO:
		return jar ? (u16)200000 : 0;
	case BACS_C_IDENT_BYPASS_MA:
		return jar ? (u16)module_bypass_ma(m) : 0;
	default:
		i = 2 * (reg - BACS_C_IDENT_MODEL);
		return (u16)((u8)m->model[i] << 8 | (u8)m->model[i + 1]);
	}
}

/**
 * module_input() - an input register
 * @m: device
 * @reg: its number
 * @ret_exists: is there such a register?
 *
 * Return: its value, 0 if there is none.
 */
u16 module_input(const struct module *m, u32 reg, bool *ret_exists)
{
	static const u32 live[] = {
		[BACS_CLASS_JAR] = BACS_C_JAR_REGISTERS,
		[BACS_CLASS_STRING] = BACS_C_STRING_REGISTERS,
		[BACS_CLASS_ENVIRONMENT] = BACS_C_ENV_REGISTERS,
		[BACS_CLASS_IO] = BACS_C_IO_REGISTERS,
	};
	u32 ident = reg - BACS_C_IDENT_START;

	*ret_exists = true;
	if (reg >= BACS_C_IDENT_START && ident < BACS_C_IDENT_REGISTERS)
		return identification(m, ident);
	*ret_exists = reg < live[m->cfg.class];
	if (!*ret_exists)
		return 0;
	switch (m->cfg.class) {
	case BACS_CLASS_JAR:
		return jar_register(m, reg);
	case BACS_CLASS_STRING:
		return string_register(m, reg);
	case BACS_CLASS_ENVIRONMENT:
		return environment_register(m, reg);
	default:
		return io_register(m, reg);
	}
}

/* Registers that a class does not have read 0 and refuse writes. */
static u16 holding(const struct module *m, u32 reg, bool *ret_exists)
{
	*ret_exists = reg < BACS_C_HOLD_REGISTERS;
	switch (reg) {
	case BACS_C_HOLD_ADDRESS:
		return m->address;
	case BACS_C_HOLD_DUTY_PERMILLE:
		return m->duty_permille;
	case BACS_C_HOLD_DUTY_LIMIT_PERMILLE:
		return m->cfg.class == BACS_CLASS_JAR ? m->duty_limit_permille : 0;
	case BACS_C_HOLD_RI_TRIGGER:
		return m->ri_ms ? 1 : 0;
	case BACS_C_HOLD_IDENTIFY:
		return m->identify;
	case BACS_C_HOLD_THRESHOLD:
		return m->threshold;
	case BACS_C_HOLD_MODE:
		return m->mode;
	case BACS_C_HOLD_NEXT_ADDRESS:
		return m->next_address;
	case BACS_C_HOLD_LATCH:
		return m->latch;
	case BACS_C_HOLD_RELAYS:
		return m->relays;
	default:
		return 0;
	}
}

/* Is there such a register, and can it be written now? */
static bool writable(const struct module *m, u32 reg, bool broadcast)
{
	switch (reg) {
	case BACS_C_HOLD_ADDRESS:
		return !broadcast && m->mode == BACS_C_MODE_ADDRESSING;
	case BACS_C_HOLD_DUTY_PERMILLE:
	case BACS_C_HOLD_DUTY_LIMIT_PERMILLE:
		return m->cfg.class == BACS_CLASS_JAR;
	case BACS_C_HOLD_RI_TRIGGER:
		return m->cfg.class == BACS_CLASS_JAR && !broadcast;
	case BACS_C_HOLD_NEXT_ADDRESS:
		return m->mode == BACS_C_MODE_ADDRESSING;
	case BACS_C_HOLD_RELAYS:
		return m->cfg.class == BACS_CLASS_IO;
	default:
		return reg < BACS_C_HOLD_REGISTERS;
	}
}

static bool in_range(u32 reg, u16 value, bool broadcast)
{
	static const u16 max[BACS_C_HOLD_REGISTERS] = {
		[BACS_C_HOLD_ADDRESS] = RTU_ADDRESS_MAX,
		[BACS_C_HOLD_DUTY_PERMILLE] = BACS_DUTY_MAX,
		[BACS_C_HOLD_DUTY_LIMIT_PERMILLE] = BACS_DUTY_MAX,
		[BACS_C_HOLD_RI_TRIGGER] = 1,
		[BACS_C_HOLD_IDENTIFY] = 1,
		[BACS_C_HOLD_THRESHOLD] = 1,
		[BACS_C_HOLD_MODE] = BACS_C_MODE_ADDRESSING,
		[BACS_C_HOLD_NEXT_ADDRESS] = RTU_ADDRESS_MAX,
		[BACS_C_HOLD_LATCH] = 0xFFFF,
		[BACS_C_HOLD_RELAYS] = 0x00FF,
	};

	switch (reg) {
	/* a broadcast switches these off for all, never on */
	case BACS_C_HOLD_DUTY_PERMILLE:
	case BACS_C_HOLD_IDENTIFY:
	case BACS_C_HOLD_THRESHOLD:
	case BACS_C_HOLD_RELAYS:
		return broadcast ? !value : value <= max[reg];
	default:
		return value <= max[reg];
	}
}

/* Can it be done at this moment? 0 or the exception. */
static u8 possible(const struct module *m, u32 reg, u16 value)
{
	if (!value || (reg != BACS_C_HOLD_RI_TRIGGER &&
		       reg != BACS_C_HOLD_DUTY_PERMILLE))
		return 0;
	if (module_fault(m, MODULE_KEY_SELF_TEST_FAULT))
		return RTU_DEVICE_FAILURE;
	/* the resistor that equalizes is the one that measures */
	if (reg == BACS_C_HOLD_RI_TRIGGER && (m->ri_ms || module_duty_now(m)))
		return RTU_DEVICE_BUSY;
	return 0;
}

/*
 * Would all of these writes be taken? 0 or the exception that refuses them, in
 * the order of the specification: addresses, values, the device's condition.
 */
static u8 check_writes(const struct module *m, u32 start, const u8 *values,
		       u32 count, bool broadcast)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!writable(m, start + i, broadcast))
			return RTU_ILLEGAL_ADDRESS;
	for (i = 0; i < count; i++)
		if (!in_range(start + i, rtu_get_u16(values + 2 * i), broadcast))
			return RTU_ILLEGAL_VALUE;
	for (i = 0; i < count; i++) {
		u8 no = possible(m, start + i, rtu_get_u16(values + 2 * i));

		if (no)
			return no;
	}
	return 0;
}

/* The values of this moment, for the next reader of the live block */
static void latch(struct module *m, u16 number)
{
	bool exists = true;

	m->latch = number;
	m->latch_ms = 0;
	for (u32 i = 0; i < ARRAY_SIZE(m->latched) && exists; i++)
		m->latched[i] = module_input(m, i, &exists);
	m->latch_ms = MODULE_LATCH_MS;
}

/* Only the renewal map sets a lease anew; a write begins one. */
static void begin_lease(struct module *m)
{
	if (!m->lease_ms)
		m->lease_ms = BACS_C_LEASE_DEFAULT_S * 1000;
}

static void write_register(struct module *m, u32 reg, u16 value)
{
	switch (reg) {
	case BACS_C_HOLD_ADDRESS:
		module_set_address(m, (u8)value);
		break;
	case BACS_C_HOLD_DUTY_PERMILLE:
		m->duty_permille = m->address ? value : 0;
		if (m->duty_permille)
			begin_lease(m);
		break;
	case BACS_C_HOLD_DUTY_LIMIT_PERMILLE:
		m->duty_limit_permille = value;
		break;
	case BACS_C_HOLD_RI_TRIGGER:
		if (value)
			m->ri_ms = MODULE_RI_MS;
		break;
	case BACS_C_HOLD_IDENTIFY:
		m->identify = value;
		break;
	case BACS_C_HOLD_THRESHOLD:
		m->threshold = value;
		break;
	case BACS_C_HOLD_MODE:
		m->mode = value;
		break;
	case BACS_C_HOLD_NEXT_ADDRESS:
		m->next_address = (u8)value;
		break;
	case BACS_C_HOLD_LATCH:
		latch(m, value);
		break;
	case BACS_C_HOLD_RELAYS:
		m->relays = m->address ? value : 0;
		if (m->relays)
			begin_lease(m);
		break;
	}
}

/* The lease map: @words is the seconds and then one bit for each address */
static u8 write_lease(struct module *m, const u8 *words)
{
	u16 seconds = rtu_get_u16(words);
	u16 map = rtu_get_u16(words + 2 + 2 * (m->address / 16));

	if (seconds > MODULE_LEASE_MAX_S)
		return RTU_ILLEGAL_VALUE;
	/* who has no address has no bit: never leased */
	if (m->address && map >> m->address % 16 & 1)
		m->lease_ms = seconds * 1000U;
	else
		m->lease_ms = 0;
	if (!m->lease_ms) {
		m->duty_permille = 0;
		m->relays = 0;
	}
	return 0;
}

static u8 do_read(struct module *m, const u8 *frame, u8 *reply,
		  size_t *ret_len)
{
	u32 start = rtu_get_u16(frame + 2), count = rtu_get_u16(frame + 4);
	bool latched = m->latch_ms && frame[1] == RTU_READ_INPUT &&
		       start < ARRAY_SIZE(m->latched);

	if (!count || count > RTU_READ_MAX)
		return RTU_ILLEGAL_VALUE;
	for (u32 i = 0; i < count; i++) {
		bool exists;
		u16 v = frame[1] == RTU_READ_INPUT ?
			module_input(m, start + i, &exists) :
			holding(m, start + i, &exists);

		if (!exists)
			return RTU_ILLEGAL_ADDRESS;
		if (latched)
			v = m->latched[start + i];
		rtu_put_u16(reply + 3 + 2 * i, v);
	}
	if (latched)
		m->latch_ms = 0;
	reply[0] = frame[0];
	reply[1] = frame[1];
	reply[2] = (u8)(2 * count);
	*ret_len = rtu_seal(reply, 3 + 2 * count);
	return 0;
}

/* All registers of a request are written, or none */
static u8 do_write_multiple(struct module *m, const u8 *frame, size_t len)
{
	u32 start = rtu_get_u16(frame + 2), count = rtu_get_u16(frame + 4);
	bool broadcast = frame[0] == RTU_BROADCAST;
	u8 refused;

	if (!count || count > RTU_WRITE_MAX || frame[6] != 2 * count ||
	    len != 9 + 2 * (size_t)count)
		return RTU_ILLEGAL_VALUE;
	if (start == BACS_C_HOLD_LEASE_S && count == BACS_C_LEASE_REGISTERS)
		return write_lease(m, frame + 7);
	refused = check_writes(m, start, frame + 7, count, broadcast);
	if (refused)
		return refused;
	for (u32 i = 0; i < count; i++)
		write_register(m, start + i, rtu_get_u16(frame + 7 + 2 * i));
	return 0;
}

static u8 serve(struct module *m, const u8 *frame, size_t len, u8 *reply,
		size_t *ret_len)
{
	u8 refused;

	switch (frame[1]) {
	case RTU_READ_HOLDING:
	case RTU_READ_INPUT:
		if (len != 8)
			return RTU_ILLEGAL_VALUE;
		return do_read(m, frame, reply, ret_len);
	case RTU_WRITE_SINGLE:
		if (len != 8)
			return RTU_ILLEGAL_VALUE;
		refused = check_writes(m, rtu_get_u16(frame + 2), frame + 4, 1,
				       frame[0] == RTU_BROADCAST);
		if (!refused)
			write_register(m, rtu_get_u16(frame + 2),
				       rtu_get_u16(frame + 4));
		break;
	case RTU_WRITE_MULTIPLE:
		if (len < 11)
			return RTU_ILLEGAL_VALUE;
		refused = do_write_multiple(m, frame, len);
		break;
	default:
		return RTU_ILLEGAL_FUNCTION;
	}
	if (refused)
		return refused;
	memcpy(reply, frame, 6);
	*ret_len = rtu_seal(reply, 6);
	return 0;
}

/**
 * module_request() - a valid frame reaches the device
 * @m: device
 * @frame: frame with a correct CRC, for this device or a broadcast
 * @len: its length, at least RTU_FRAME_MIN
 * @reply: room for RTU_FRAME_MAX bytes
 *
 * Return: length of the reply; 0 for a broadcast, which nobody answers.
 */
size_t module_request(struct module *m, const u8 *frame, size_t len, u8 *reply)
{
	size_t reply_len = 0;
	u8 refused = serve(m, frame, len, reply, &reply_len);

	if (frame[0] == RTU_BROADCAST)
		return 0;
	return refused ? rtu_build_exception(reply, frame, refused) : reply_len;
}
