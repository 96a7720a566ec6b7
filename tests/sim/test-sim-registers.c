// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to one device: values, writes, refusals, lease, latch */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "module.h"

struct fixture {
	struct module m;
	u8 reply[RTU_FRAME_MAX];
	size_t len;
};

/* A jar of 4 mOhm and a module that measures without error */
static void attach(struct module *m)
{
	static struct plant_type type;
	static struct plant_block block;
	static struct plant_sensor sensor;

	assert_int_equal(plant_type_agm(&type, 12, 100), 0);
	type.r_cell_ohm = 0.004 / 6;
	plant_block_init(&block, &type, 1, 25);
	sensor.r_gain = 1;
	module_attach(m, &block, &sensor);
}

static struct fixture make(u32 class)
{
	struct module_config cfg = {
		.address = 20, .class = class, .nominal_mv = 12000,
		.capacity_ah = 100, .ambient_mc = 20000,
		.serial = 0x0011223344556677,
	};
	struct fixture f = { 0 };

	module_init(&f.m, &cfg, 1);
	if (class == BACS_CLASS_JAR)
		attach(&f.m);
	return f;
}

static void ask(struct fixture *f, const u8 *frame, size_t len)
{
	assert_true(rtu_crc_ok(frame, len));
	f->len = module_request(&f->m, frame, len, f->reply);
	if (f->len)
		assert_true(rtu_crc_ok(f->reply, f->len));
}

static void read_regs(struct fixture *f, u8 function, u16 start, u16 count)
{
	u8 frame[8];

	ask(f, frame, rtu_build_read(frame, 20, function, start, count));
}

static u16 value(const struct fixture *f, u32 i)
{
	assert_true(f->len > 5 + 2 * i);
	return rtu_get_u16(f->reply + 3 + 2 * i);
}

/* Returns the exception, 0 if the write was taken */
static u8 write_one(struct fixture *f, u8 unit, u16 reg, u16 v)
{
	u8 frame[8];

	ask(f, frame, rtu_build_write_single(frame, unit, reg, v));
	if (unit == RTU_BROADCAST) {
		assert_int_equal(f->len, 0);
		return 0;
	}
	if (f->len == 5)
		return f->reply[2];
	assert_memory_equal(f->reply, frame, 8);
	return 0;
}

static u8 write_many(struct fixture *f, u8 unit, u16 reg, const u16 *v, u16 n)
{
	u8 frame[RTU_FRAME_MAX];

	ask(f, frame, rtu_build_write_multiple(frame, unit, reg, v, n));
	return f->len == 5 ? f->reply[2] : 0;
}

static void refused(const struct fixture *f, u8 function, u8 code)
{
	assert_int_equal(f->len, 5);
	assert_int_equal(f->reply[0], 20);
	assert_int_equal(f->reply[1], function | 0x80);
	assert_int_equal(f->reply[2], code);
}

static void identification_says_what_the_device_is(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);
	static const u16 want[] = {
		0x4241, 0x4353, 0x0100, BACS_CLASS_JAR, 0x0201, 0x0103,
		0x0011, 0x2233, 0x4455, 0x6677, 12000, 6000, 18000, 3, 3392, 150
	};

	(void)state;
	read_regs(&f, 4, 0x100, 32);
	assert_int_equal(f.len, 69);
	for (u32 i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(value(&f, i), want[i]);
	assert_memory_equal(f.reply + 35, "bacs-sim jar 12 V 100 Ah\0\0\0\0\0\0\0",
			    32);
}

static void every_class_has_its_live_block_and_no_more(void **state)
{
	static const u16 count[] = {
		[BACS_CLASS_JAR] = 14, [BACS_CLASS_STRING] = 10,
		[BACS_CLASS_ENVIRONMENT] = 8, [BACS_CLASS_IO] = 7,
	};

	(void)state;
	for (u32 c = BACS_CLASS_JAR; c <= BACS_CLASS_IO; c++) {
		struct fixture f = make(c);

		read_regs(&f, 4, 0, count[c]);
		assert_int_equal(f.len, 5 + 2 * count[c]);
		read_regs(&f, 4, 0, (u16)(count[c] + 1));
		refused(&f, 4, RTU_ILLEGAL_ADDRESS);
		read_regs(&f, 4, 0x100, 32);
		assert_int_equal(value(&f, BACS_C_IDENT_CLASS), c);
		read_regs(&f, 4, 0x100, 33);
		refused(&f, 4, RTU_ILLEGAL_ADDRESS);
		read_regs(&f, 3, 0, 10);
		assert_int_equal(f.len, 25);
		read_regs(&f, 3, 0, 11);
		refused(&f, 3, RTU_ILLEGAL_ADDRESS);
	}
}

static void fixed_values_arrive_in_their_registers(void **state)
{
	struct fixture f = make(BACS_CLASS_STRING);

	(void)state;
	module_fix(&f.m, MODULE_KEY_VOLTAGE_MV, 432100);
	module_fix(&f.m, MODULE_KEY_CURRENT_MA, -123456);
	module_fix(&f.m, MODULE_KEY_RIPPLE_MA, 70000);
	read_regs(&f, 4, 0, 10);
	assert_int_equal(value(&f, 0), 0x1001);
	assert_int_equal(value(&f, 1) << 16 | value(&f, 2), 432100);
	assert_int_equal((s32)((u32)value(&f, 3) << 16 | value(&f, 4)), -123456);
	assert_int_equal(value(&f, 5) << 16 | value(&f, 6), 70000);

	f = make(BACS_CLASS_ENVIRONMENT);
	module_fix(&f.m, MODULE_KEY_TEMPERATURE_MC, -5300);
	module_fix(&f.m, MODULE_KEY_HUMIDITY_PERMILLE, 371);
	module_fix(&f.m, MODULE_KEY_H2_PPM, 100000);
	read_regs(&f, 4, 0, 8);
	assert_int_equal(value(&f, 0), 0x6002);
	assert_int_equal(value(&f, 1), 0xFFCB);
	assert_int_equal(value(&f, 2), 371);
	assert_int_equal(value(&f, 3) << 16 | value(&f, 4), 100000);

	f = make(BACS_CLASS_IO);
	module_fix(&f.m, MODULE_KEY_INPUTS, 0x8005);
	read_regs(&f, 4, 1, 1);
	assert_int_equal(value(&f, 0), 0x8005);
}

static void invalid_values_are_zero_with_their_flag_clear(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);

	(void)state;
	module_fix(&f.m, MODULE_KEY_TEMP_FAULT, 1);
	module_fix(&f.m, MODULE_KEY_SENSE_FAULT, 1);
	read_regs(&f, 4, 0, 3);
	assert_int_equal(value(&f, 0), BACS_C_FLAG_RI_VALID |
			 BACS_C_FLAG_TEMP_FAULT | BACS_C_FLAG_SENSE_FAULT);
	assert_int_equal(value(&f, 1), 0);
	assert_int_equal(value(&f, 2), 0);
}

static void requests_that_make_no_sense_are_refused(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);
	u8 frame[RTU_FRAME_MAX] = { 20, 43, 14, 1 };
	u16 v[2] = { 0 };

	(void)state;
	ask(&f, frame, rtu_seal(frame, 4));
	refused(&f, 43, RTU_ILLEGAL_FUNCTION);
	read_regs(&f, 4, 0, 0);
	refused(&f, 4, RTU_ILLEGAL_VALUE);
	read_regs(&f, 4, 0, 126);
	refused(&f, 4, RTU_ILLEGAL_VALUE);
	read_regs(&f, 4, 0xFFFF, 2);
	refused(&f, 4, RTU_ILLEGAL_ADDRESS);
	/* a byte count that contradicts the count of registers */
	rtu_build_write_multiple(frame, 20, 1, v, 2);
	frame[6] = 2;
	ask(&f, frame, rtu_seal(frame, 11));
	refused(&f, 16, RTU_ILLEGAL_VALUE);
	memcpy(frame, (u8[]) { 20, 4, 0, 0 }, 4);
	ask(&f, frame, rtu_seal(frame, 4));
	refused(&f, 4, RTU_ILLEGAL_VALUE);
	memcpy(frame, (u8[]) { 20, 16, 0, 0 }, 4);
	ask(&f, frame, rtu_seal(frame, 4));
	refused(&f, 16, RTU_ILLEGAL_VALUE);
}

static void writes_are_checked_by_register_class_and_range(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);

	(void)state;
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 1001), 3);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 1000), 0);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_ADDRESS, 5), 2);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_NEXT_ADDRESS, 5), 2);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RELAYS, 1), 2);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_MODE, 2), 3);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_REGISTERS, 0), 2);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_LEASE_S, 60), 2);
	f = make(BACS_CLASS_IO);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 0), 2);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RELAYS, 0x100), 3);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RELAYS, 0xA5), 0);
	assert_int_equal(f.m.relays, 0xA5);
	assert_int_equal(f.m.lease_ms, 60000);
}

static void a_write_of_several_is_done_whole_or_not_at_all(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);
	/* duty, its limit, RI trigger: the last is out of range */
	u16 v[] = { 100, 500, 2 };

	(void)state;
	assert_int_equal(write_many(&f, 20, 1, v, 3), RTU_ILLEGAL_VALUE);
	assert_int_equal(f.m.duty_permille, 0);
	assert_int_equal(f.m.duty_limit_permille, 1000);
	assert_int_equal(write_many(&f, 20, 1, v, 2), 0);
	assert_int_equal(f.len, 8);
	assert_int_equal(module_duty_now(&f.m), 100);
	/* a bad value and a bad address: the address is what is said */
	v[0] = 2000;
	assert_int_equal(write_many(&f, 20, BACS_C_HOLD_LATCH, v, 3),
			 RTU_ILLEGAL_ADDRESS);
}

static void broadcasts_switch_off_and_never_on(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);

	(void)state;
	write_one(&f, 0, BACS_C_HOLD_DUTY_PERMILLE, 500);
	write_one(&f, 0, BACS_C_HOLD_IDENTIFY, 1);
	write_one(&f, 0, BACS_C_HOLD_RI_TRIGGER, 1);
	assert_int_equal(f.m.duty_permille + f.m.identify + f.m.ri_ms, 0);
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 500);
	write_one(&f, 20, BACS_C_HOLD_IDENTIFY, 1);
	write_one(&f, 0, BACS_C_HOLD_DUTY_PERMILLE, 0);
	write_one(&f, 0, BACS_C_HOLD_IDENTIFY, 0);
	assert_int_equal(f.m.duty_permille + f.m.identify, 0);
	write_one(&f, 0, BACS_C_HOLD_DUTY_LIMIT_PERMILLE, 300);
	assert_int_equal(f.m.duty_limit_permille, 300);
}

static void renewal_map(u16 *words, u16 seconds, u32 address)
{
	memset(words, 0, BACS_C_LEASE_REGISTERS * 2);
	words[0] = seconds;
	words[1 + address / 16] = (u16)(1 << address % 16);
}

static void renewal_map_renews_its_bits_and_ends_the_others(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);
	u16 map[BACS_C_LEASE_REGISTERS];

	(void)state;
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 200);
	assert_int_equal(f.m.lease_ms, 60000);
	module_step(&f.m, 50000);
	/* writing the duty again is not a renewal */
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 300);
	assert_int_equal(f.m.lease_ms, 10000);
	renewal_map(map, 90, 20);
	write_many(&f, 0, BACS_C_HOLD_LEASE_S, map, ARRAY_SIZE(map));
	assert_int_equal(f.m.lease_ms, 90000);
	assert_int_equal(module_duty_now(&f.m), 300);
	read_regs(&f, 4, BACS_C_JAR_LEASE_LEFT_S, 1);
	assert_int_equal(value(&f, 0), 90);
	/* more than 600 s: refused, and by broadcast ignored */
	renewal_map(map, 601, 20);
	assert_int_equal(write_many(&f, 20, BACS_C_HOLD_LEASE_S, map,
				    ARRAY_SIZE(map)), RTU_ILLEGAL_VALUE);
	write_many(&f, 0, BACS_C_HOLD_LEASE_S, map, ARRAY_SIZE(map));
	assert_int_equal(f.m.lease_ms, 90000);
	/* a part of the map */
	assert_int_equal(write_many(&f, 20, BACS_C_HOLD_LEASE_S, map, 5),
			 RTU_ILLEGAL_ADDRESS);
	/* the neighbour's bit */
	renewal_map(map, 60, 21);
	write_many(&f, 0, BACS_C_HOLD_LEASE_S, map, ARRAY_SIZE(map));
	assert_int_equal(f.m.lease_ms + f.m.duty_permille, 0);
}

static void ri_is_measured_when_nothing_equalizes(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);
	u16 sequence;

	(void)state;
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 1);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RI_TRIGGER, 1),
			 RTU_DEVICE_BUSY);
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 0);
	sequence = f.m.ri_sequence;
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RI_TRIGGER, 0), 0);
	assert_int_equal(f.m.ri_ms, 0);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RI_TRIGGER, 1), 0);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RI_TRIGGER, 1),
			 RTU_DEVICE_BUSY);
	read_regs(&f, 4, 0, 1);
	assert_true(value(&f, 0) & BACS_C_FLAG_RI_RUNNING);
	assert_int_equal(f.m.ri_sequence, sequence);
	module_step(&f.m, MODULE_RI_MS);
	read_regs(&f, 4, 0, 6);
	assert_false(value(&f, 0) & BACS_C_FLAG_RI_RUNNING);
	assert_int_equal(value(&f, 5), sequence + 1);
	assert_int_equal(value(&f, 4), 4000);
	module_fix(&f.m, MODULE_KEY_SELF_TEST_FAULT, 1);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_RI_TRIGGER, 1),
			 RTU_DEVICE_FAILURE);
}

static void latched_values_go_to_the_next_reader_once(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);

	(void)state;
	module_fix(&f.m, MODULE_KEY_VOLTAGE_MV, 13000);
	write_one(&f, 0, BACS_C_HOLD_LATCH, 77);
	module_fix(&f.m, MODULE_KEY_VOLTAGE_MV, 11000);
	read_regs(&f, 4, 0x100, 32);
	read_regs(&f, 4, 0, 14);
	assert_int_equal(value(&f, 1), 13000);
	assert_int_equal(value(&f, 12), 77);
	read_regs(&f, 4, 0, 14);
	assert_int_equal(value(&f, 1), 11000);
	assert_int_equal(value(&f, 12), 77);
	write_one(&f, 0, BACS_C_HOLD_LATCH, 78);
	module_fix(&f.m, MODULE_KEY_VOLTAGE_MV, 12000);
	module_step(&f.m, 2000);
	read_regs(&f, 4, 0, 14);
	assert_int_equal(value(&f, 1), 12000);
}

static void the_address_changes_in_addressing_mode_only(void **state)
{
	struct fixture f = make(BACS_CLASS_JAR);

	(void)state;
	write_one(&f, 20, BACS_C_HOLD_DUTY_PERMILLE, 100);
	write_one(&f, 0, BACS_C_HOLD_MODE, BACS_C_MODE_ADDRESSING);
	assert_int_equal(module_duty_now(&f.m), 0);
	write_one(&f, 0, BACS_C_HOLD_NEXT_ADDRESS, 99);
	assert_int_equal(f.m.next_address, 99);
	write_one(&f, 0, BACS_C_HOLD_ADDRESS, 44);
	assert_int_equal(f.m.address, 20);
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_ADDRESS, 248), 3);
	/* write_one() sees that the reply comes from the old address */
	assert_int_equal(write_one(&f, 20, BACS_C_HOLD_ADDRESS, 44), 0);
	assert_int_equal(f.m.address, 44);
	assert_int_equal(write_one(&f, 44, BACS_C_HOLD_ADDRESS, 0), 0);
	assert_int_equal(f.m.address + f.m.lease_ms + f.m.duty_permille, 0);
	/* nothing could renew the lease of a module without address */
	assert_int_equal(write_one(&f, 248, BACS_C_HOLD_DUTY_PERMILLE, 500), 0);
	assert_int_equal(f.m.lease_ms + f.m.duty_permille, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identification_says_what_the_device_is),
		cmocka_unit_test(every_class_has_its_live_block_and_no_more),
		cmocka_unit_test(fixed_values_arrive_in_their_registers),
		cmocka_unit_test(invalid_values_are_zero_with_their_flag_clear),
		cmocka_unit_test(requests_that_make_no_sense_are_refused),
		cmocka_unit_test(writes_are_checked_by_register_class_and_range),
		cmocka_unit_test(a_write_of_several_is_done_whole_or_not_at_all),
		cmocka_unit_test(broadcasts_switch_off_and_never_on),
		cmocka_unit_test(renewal_map_renews_its_bits_and_ends_the_others),
		cmocka_unit_test(ri_is_measured_when_nothing_equalizes),
		cmocka_unit_test(latched_values_go_to_the_next_reader_once),
		cmocka_unit_test(the_address_changes_in_addressing_mode_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
