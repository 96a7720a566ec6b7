// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules, and what they make of a transaction, in virtual time */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "bus.h"
#include "contend.h"

#define MS	((u64)NSEC_PER_MSEC)
#define T0	(1000 * MS)

static struct bus *bus;
static u64 now;
static u8 heard[2048];
static size_t heard_len;
static u64 first_ns, last_ns;

static int set_up(void **state)
{
	struct bus_config cfg = { .seed = 7, .baud = 19200, .bits = 11,
				  .parity = 'E', .stop_bits = 1,
				  .delay_min_us = 3000, .delay_max_us = 3000 };

	(void)state;
	now = T0;
	if (bus_new(&bus, &cfg, now) < 0)
		return -1;
	for (u8 a = 1; a <= 4; a++) {
		struct module_config m = { .address = a, .class = BACS_CLASS_JAR,
					   .nominal_mv = 12000,
					   .capacity_ah = 100 };

		if (bus_add(bus, &m) < 0)
			return -1;
		module_fix(bus->module[a], MODULE_KEY_VOLTAGE_MV, 13000 + a);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bus = bus_free(bus);
	return 0;
}

/* Let time pass to the moment the wire is quiet; hear what is sent */
static void listen(void)
{
	u64 next;

	heard_len = 0;
	first_ns = last_ns = 0;
	while ((next = wire_next(&bus->wire)) != WIRE_NEVER) {
		size_t n;

		now = next > now ? next : now;
		bus_step(bus, now);
		assert_true(heard_len < sizeof(heard) - WIRE_TX_MAX);
		n = wire_due(&bus->wire, now, heard + heard_len, WIRE_TX_MAX);
		heard_len += n;
		if (n && !first_ns)
			first_ns = now;
		if (n)
			last_ns = now;
	}
}

/* A request 10 ms after whatever was before */
static void transact(const u8 *request, size_t len)
{
	now += 10 * MS;
	bus_step(bus, now);
	bus_receive(bus, request, len, now);
	listen();
}

static enum rtu_verdict ask(u8 address)
{
	u8 request[8];
	size_t len = rtu_build_read(request, address, RTU_READ_INPUT, 0, 14);

	transact(request, len);
	return rtu_check_reply(request, len, heard, heard_len);
}

static u32 rule(const char *text)
{
	struct parse_error e = { "" };
	char copy[128], *words[16];
	struct rule r;
	int n, id;

	strcpy(copy, text);
	n = parse_split(copy, words, 16, &e);
	assert_true(n > 0);
	if (rule_parse(&r, words, (u32)n, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	id = bus_add_rule(bus, &r, now);
	assert_true(id > 0);
	return (u32)id;
}

static void without_rules_everybody_answers_in_time(void **state)
{
	(void)state;
	for (u8 a = 1; a <= 4; a++) {
		u64 asked = now + 10 * MS, t_char = bus->wire.char_ns;

		assert_int_equal(ask(a), RTU_OK);
		assert_int_equal(rtu_get_u16(heard + 5), 13000 + a);
		assert_true(last_ns == asked + 41 * t_char + 3 * MS);
	}
	assert_int_equal(ask(5), RTU_SHORT);
	assert_int_equal(heard_len, 0);
	assert_int_equal(bus->stats->module[1].replies, 1);
	assert_int_equal(bus->stats->module[5].requests, 1);
	assert_int_equal(bus->stats->module[5].replies, 0);
}

static void drop_and_silence_send_nothing(void **state)
{
	u8 write[8];

	(void)state;
	rule("address=2 drop");
	rule("address=3 silence");
	rule("address=4 direction=request drop");
	for (u8 a = 2; a <= 4; a++) {
		assert_int_equal(ask(a), RTU_SHORT);
		assert_int_equal(heard_len, 0);
		transact(write, rtu_build_write_single(write, a,
						       BACS_C_HOLD_IDENTIFY, 1));
	}
	assert_int_equal(ask(1), RTU_OK);
	/* a dropped reply comes from a module that has heard the request */
	assert_int_equal(bus->module[2]->identify, 1);
	assert_int_equal(bus->module[3]->identify, 0);
	assert_int_equal(bus->module[4]->identify, 0);
	transact(write, rtu_build_write_single(write, 0, BACS_C_HOLD_LATCH, 5));
	assert_int_equal(bus->module[2]->latch, 5);
	assert_int_equal(bus->module[3]->latch, 0);
}

static void a_delay_is_added_to_the_usual_one(void **state)
{
	u64 asked, usual = 41 * (u64)rtu_char_ns(19200, 11) + 3 * MS;

	(void)state;
	rule("address=1 delay 40");
	rule("address=2 late");
	asked = now + 10 * MS;
	assert_int_equal(ask(1), RTU_OK);
	assert_true(last_ns == asked + usual + 40 * MS);
	asked = now + 10 * MS;
	assert_int_equal(ask(2), RTU_OK);
	assert_true(last_ns == asked + usual + 75 * MS);
}

static void corrupt_flips_as_many_bits_as_it_says(void **state)
{
	u8 good[33];

	(void)state;
	assert_int_equal(ask(1), RTU_OK);
	memcpy(good, heard, 33);
	rule("address=1 corrupt 3");
	for (u32 i = 0; i < 50; i++) {
		u32 bits = 0;

		assert_int_equal(ask(1), RTU_BAD_CRC);
		assert_int_equal(heard_len, 33);
		for (u32 k = 0; k < 33; k++)
			bits += (u32)__builtin_popcount(good[k] ^ heard[k]);
		assert_int_equal(bits, 3);
	}
}

static void replies_are_cut_stretched_and_doubled(void **state)
{
	(void)state;
	rule("address=1 truncate 7");
	rule("address=2 lengthen 5");
	rule("address=3 double");
	rule("address=4 truncate");
	assert_int_equal(ask(1), RTU_SHORT);
	assert_int_equal(heard_len, 7);
	ask(2);
	assert_int_equal(heard_len, 38);
	assert_true(rtu_crc_ok(heard, 33));
	ask(3);
	assert_int_equal(heard_len, 66);
	assert_memory_equal(heard, heard + 33, 33);
	ask(4);
	assert_int_equal(heard_len, 16);
}

static void a_reply_may_carry_another_address(void **state)
{
	(void)state;
	rule("address=1 wrong-address 9");
	assert_int_equal(ask(1), RTU_FOREIGN);
	assert_int_equal(heard[0], 9);
	assert_true(rtu_crc_ok(heard, 33));
}

static void garbage_stands_before_or_behind_the_reply(void **state)
{
	(void)state;
	rule("address=1 garbage 6");
	rule("address=2 direction=request garbage 4");
	rule("address=77 garbage 3");
	ask(1);
	assert_int_equal(heard_len, 39);
	assert_true(rtu_crc_ok(heard, 33));
	ask(2);
	assert_int_equal(heard_len, 37);
	assert_true(rtu_crc_ok(heard + 4, 33));
	/* where nobody answers, too */
	ask(77);
	assert_int_equal(heard_len, 3);
}

static void a_foreign_frame_is_valid_and_comes_first(void **state)
{
	(void)state;
	rule("address=1 foreign 200");
	ask(1);
	assert_int_equal(heard_len, 9 + 33);
	assert_int_equal(heard[0], 200);
	assert_true(rtu_crc_ok(heard, 9));
	assert_int_equal(heard[9], 1);
	assert_true(rtu_crc_ok(heard + 9, 33));
}

static void one_that_answers_for_two_contends_with_the_owner(void **state)
{
	u8 one[33], two[33];

	(void)state;
	rule("address=1 answers-for 50");
	assert_int_equal(ask(50), RTU_OK);
	assert_int_equal(heard[0], 50);
	assert_int_equal(rtu_get_u16(heard + 5), 13001);
	assert_int_equal(ask(1), RTU_OK);
	memcpy(one, heard, 33);
	assert_int_equal(ask(2), RTU_OK);
	memcpy(two, heard, 33);
	rule("address=1 answers-for 2");
	assert_int_equal(ask(2), RTU_BAD_CRC);
	assert_int_equal(heard_len, 33);
	/* the voltages mixed: a 0 of either wins */
	for (u32 i = 5; i < 7; i++)
		assert_int_equal(heard[i], one[i] & two[i]);
}

static void a_baud_mismatch_is_garbage_both_ways(void **state)
{
	u8 write[8];

	(void)state;
	rule("address=1 baud-mismatch");
	for (u32 i = 0; i < 50; i++) {
		assert_int_not_equal(ask(1), RTU_OK);
		assert_in_range(heard_len, 1, 60);
	}
	transact(write, rtu_build_write_single(write, 1, BACS_C_HOLD_IDENTIFY, 1));
	assert_int_equal(bus->module[1]->identify, 0);
	assert_int_equal(ask(2), RTU_OK);
}

static void a_reboot_counts_up_and_is_silent_for_a_while(void **state)
{
	u64 began = now;

	(void)state;
	rule("address=1 count=1 reboot");
	assert_int_equal(ask(1), RTU_SHORT);
	assert_int_equal(ask(2), RTU_OK);
	while (ask(1) != RTU_OK)
		assert_true(now < began + 2000 * MS);
	assert_true(now > began + MODULE_BOOT_MS * MS);
	assert_int_equal(rtu_get_u16(heard + 3 + 2 * BACS_C_JAR_BOOTS), 2);
}

static void exceptions_are_sent_as_told(void **state)
{
	(void)state;
	rule("address=1-2 function=4 exception 6");
	assert_int_equal(ask(1), RTU_IS_EXCEPTION);
	assert_int_equal(heard[2], 6);
	assert_int_equal(ask(2), RTU_IS_EXCEPTION);
	assert_int_equal(ask(3), RTU_OK);
}

static void function_count_and_time_limit_a_rule(void **state)
{
	u8 write[8];
	u32 id;

	(void)state;
	rule("address=1 count=2 drop");
	rule("address=2 from=1 until=2 drop");
	id = rule("address=3 function=6 drop");
	assert_int_equal(ask(1), RTU_SHORT);
	assert_int_equal(ask(1), RTU_SHORT);
	assert_int_equal(ask(1), RTU_OK);
	assert_int_equal(ask(2), RTU_OK);
	now = T0 + 1000 * MS;
	assert_int_equal(ask(2), RTU_SHORT);
	now = T0 + 2000 * MS;
	assert_int_equal(ask(2), RTU_OK);
	assert_int_equal(ask(3), RTU_OK);
	transact(write, rtu_build_write_single(write, 3, BACS_C_HOLD_LATCH, 1));
	assert_int_equal(heard_len, 0);
	assert_int_equal(bus_del_rule(bus, id), 0);
	assert_int_equal(bus_del_rule(bus, id), -ENOENT);
	transact(write, rtu_build_write_single(write, 3, BACS_C_HOLD_LATCH, 1));
	assert_int_equal(heard_len, 8);
}

static void probability_is_kept_and_repeats_with_the_seed(void **state)
{
	u8 first[1000];
	u32 lost;

	for (u32 round = 0; round < 2; round++) {
		rule("address=1 probability=20% drop");
		lost = 0;
		for (u32 i = 0; i < 1000; i++) {
			bool gone = ask(1) != RTU_OK;

			lost += gone;
			if (round)
				assert_int_equal(first[i], gone);
			first[i] = gone;
		}
		assert_in_range(lost, 150, 250);
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

static void unit_248_is_answered_by_whoever_is_there(void **state)
{
	(void)state;
	rule("address=2-4 silence");
	for (u8 a = 2; a <= 4; a++)
		bus->module[a]->boot_ms = 1000000;
	assert_int_equal(ask(248), RTU_OK);
	assert_int_equal(heard[0], 248);
	assert_int_equal(rtu_get_u16(heard + 5), 13001);
}

static void a_module_without_address_obeys_broadcasts_only(void **state)
{
	u8 write[8];

	(void)state;
	module_set_address(bus->module[1], 0);
	assert_int_equal(ask(1), RTU_SHORT);
	assert_int_equal(heard_len, 0);
	transact(write, rtu_build_write_single(write, 0, BACS_C_HOLD_LATCH, 3));
	assert_int_equal(bus->module[1]->latch, 3);
	assert_int_equal(heard_len, 0);
}

static void any_bytes_wake_sleepers_and_keep_them_awake(void **state)
{
	u8 noise[16] = { 0xFF, 0xFF };

	(void)state;
	for (u8 a = 1; a <= 4; a++)
		bus->module[a]->cfg.eco = true;
	now += 31000 * MS;
	assert_int_equal(ask(1), RTU_SHORT);
	assert_true(bus->module[1]->asleep && bus->module[4]->asleep);
	for (u32 i = 0; i < 45; i++) {
		now += 90 * MS;
		transact(noise, sizeof(noise));
	}
	assert_int_equal(ask(1), RTU_OK);
	now += 29000 * MS;
	assert_int_equal(ask(2), RTU_OK);
}

/* 20 scans with a gap of t3.5 + 1 ms before each request */
static void bus_use_is_what_the_wire_must_take_over_what_it_took(void **state)
{
	u64 t_char = bus->wire.char_ns, t35 = bus->wire.t35_ns;
	u64 t_min = 41 * t_char + 3 * MS + t35;
	const struct stats *s = bus->stats;

	(void)state;
	for (u32 i = 0; i < 80; i++) {
		now += t35 + MS - 10 * MS;
		assert_int_equal(ask((u8)(1 + i % 4)), RTU_OK);
	}
	assert_int_equal(s->scans, 19);
	assert_true(s->t_min_ns == 79 * t_min);
	assert_true(s->t_ns == 79 * (t_min + MS));
	assert_int_equal(s->excess.count, 60);
	assert_int_equal(s->excess_scan.count, 19);
	assert_in_range(hist_quantile(&s->excess, 500), MS, MS + MS / 32);
	assert_true(s->excess.max == MS);
	assert_true(s->scan.max == 4 * (t_min + MS));
	/* probes of absent modules stand apart */
	ask(9);
	ask(1);
	assert_int_equal(s->unanswered, 1);
	assert_true(s->t_ns == 80 * (t_min + MS) + 10 * MS - t35 - MS);
	bus_reset_stats(bus);
	assert_int_equal(s->t_ns + s->scans + bus->wire.stats.rx_bytes, 0);
}

static void too_many_rules_and_equal_names_are_refused(void **state)
{
	struct parse_error e;
	struct rule r;
	u32 i;

	(void)state;
	rule_init(&r);
	assert_int_equal(rule_set(&r, "name", "a", &e), 0);
	assert_int_equal(rule_set(&r, "effect", "drop", &e), 0);
	assert_true(bus_add_rule(bus, &r, now) > 0);
	assert_int_equal(bus_add_rule(bus, &r, now), -EEXIST);
	r.name[0] = '\0';
	for (i = 1; i < RULE_MAX; i++)
		assert_true(bus_add_rule(bus, &r, now) > 0);
	assert_int_equal(bus_add_rule(bus, &r, now), -ENOSPC);
}

static void an_echo_comes_before_the_reply(void **state)
{
	u8 request[8];

	(void)state;
	rtu_build_read(request, 1, RTU_READ_INPUT, 0, 14);
	rule("echo");
	transact(request, 8);
	assert_int_equal(heard_len, 8 + 33);
	assert_memory_equal(heard, request, 8);
	assert_true(rtu_crc_ok(heard + 8, 33));
	/* of a broadcast, too, and where nobody is */
	rtu_build_write_single(request, 0, BACS_C_HOLD_LATCH, 5);
	transact(request, 8);
	assert_int_equal(heard_len, 8);
	assert_memory_equal(heard, request, 8);
}

static void a_duplicate_mixes_with_the_owner(void **state)
{
	u32 longer = 0, head = 0;

	(void)state;
	bus->cfg.delay_max_us = 4000;
	rule("address=2 duplicate");
	assert_int_equal(ask(1), RTU_OK);
	for (u32 i = 0; i < 100; i++) {
		assert_int_not_equal(ask(2), RTU_OK);
		assert_in_range(heard_len, 20, 36);
		longer += heard_len > 33;
		head += heard[0] == 2;
	}
	/* up to 1.7 characters apart */
	assert_in_range(longer, 50, 100);
	assert_in_range(head, 20, 100);
}

static void two_at_one_instant_are_the_and_of_both(void **state)
{
	static const u8 one[] = { 0x12, 0xF0, 0x55 }, two[] = { 0x12, 0x3C, 0xAA };
	u8 out[8];

	(void)state;
	for (u32 bits = 10; bits <= 11; bits++) {
		assert_int_equal(contend_shifted(out, 8, one, 3, two, 3, 0, bits),
				 3);
		assert_int_equal(out[0], 0x12);
		assert_int_equal(out[1], 0x30);
		assert_int_equal(out[2], 0x00);
		/* one after the other: both whole */
		assert_int_equal(contend_shifted(out, 8, one, 3, two, 3,
						 3 * bits * CONTEND_STEPS, bits),
				 6);
		assert_memory_equal(out, one, 3);
		assert_memory_equal(out + 3, two, 3);
		assert_int_equal(contend_shifted(out, 2, one, 3, two, 3, 0, bits),
				 2);
	}
}

static void ringing_follows_the_reply(void **state)
{
	u32 whole = 0;

	(void)state;
	rule("address=2 reflection 3");
	for (u32 i = 0; i < 200; i++) {
		ask(2);
		assert_in_range(heard_len, 34, 36);
		whole += rtu_crc_ok(heard, 33);
	}
	assert_in_range(whole, 150, 199);
}

static void a_second_master_asks_and_is_answered(void **state)
{
	u8 request[8];

	(void)state;
	rtu_build_read(request, 3, RTU_READ_INPUT, 0, 2);
	rule("address=3 count=2 second-master 500");
	for (u32 i = 0; i < 3; i++) {
		now += 600 * MS;
		bus_step(bus, now);
		listen();
		assert_int_equal(heard_len, i < 2 ? 8 + 9 : 0);
		if (i < 2)
			assert_memory_equal(heard, request, 8);
	}
}

/* Every effect at once, and random frames: nothing may break */
static void all_rules_at_once_and_random_requests(void **state)
{
	static const char *const all[] = {
		"delay 1", "late", "corrupt 64", "wrong-address 0",
		"garbage 256", "direction=request garbage 256", "truncate",
		"lengthen 256", "double", "foreign", "address=1 answers-for 2",
		"probability=0.1 baud-mismatch", "probability=0.01 reboot",
		"probability=0.1 exception 255", "probability=0.1 drop",
		"probability=0.2 echo", "duplicate", "reflection 16",
		"second-master 100"
	};
	struct pcg p;
	u8 frame[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(all); i++)
		rule(all[i]);
	pcg_seed(&p, 11, 1);
	for (u32 i = 0; i < 3000; i++) {
		size_t len = 2 + pcg_below(&p, 250);

		for (size_t k = 0; k < len; k++)
			frame[k] = (u8)pcg_next(&p);
		frame[0] = (u8)pcg_below(&p, 6);
		if (i & 1) {
			static const u8 codes[] = { 3, 4, 6, 16, 43 };

			frame[1] = codes[pcg_below(&p, 5)];
			if (len > 8 && frame[1] != 16 && frame[1] != 43)
				len = 6;
			if (frame[1] == 16 && len > 10)
				frame[6] = (u8)(len - 7);
			memset(frame + 2, 0, 1);
			len = rtu_seal(frame, len);
		}
		transact(frame, len);
	}
	assert_true(bus->stats->answered > 100);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(without_rules_everybody_answers_in_time),
		T(drop_and_silence_send_nothing),
		T(a_delay_is_added_to_the_usual_one),
		T(corrupt_flips_as_many_bits_as_it_says),
		T(replies_are_cut_stretched_and_doubled),
		T(a_reply_may_carry_another_address),
		T(garbage_stands_before_or_behind_the_reply),
		T(a_foreign_frame_is_valid_and_comes_first),
		T(one_that_answers_for_two_contends_with_the_owner),
		T(a_baud_mismatch_is_garbage_both_ways),
		T(a_reboot_counts_up_and_is_silent_for_a_while),
		T(exceptions_are_sent_as_told),
		T(function_count_and_time_limit_a_rule),
		T(probability_is_kept_and_repeats_with_the_seed),
		T(unit_248_is_answered_by_whoever_is_there),
		T(a_module_without_address_obeys_broadcasts_only),
		T(any_bytes_wake_sleepers_and_keep_them_awake),
		T(bus_use_is_what_the_wire_must_take_over_what_it_took),
		T(too_many_rules_and_equal_names_are_refused),
		T(an_echo_comes_before_the_reply),
		T(a_duplicate_mixes_with_the_owner),
		T(two_at_one_instant_are_the_and_of_both),
		T(ringing_follows_the_reply),
		T(a_second_master_asks_and_is_answered),
		T(all_rules_at_once_and_random_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
