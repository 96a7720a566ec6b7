// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: who is there, who is lost, who is back
 *
 * Rules: nothing is absent before 5 s of traffic; a module is lost after
 * 3 scans or 5 s without a valid reply, whichever is later; a bus when all
 * present modules, or 20 addresses, timed out in succession without a valid
 * byte, at least 5 time-outs; a module is back after 3 good scans and not
 * before 10 s.
 */
#include "suite.h"

/* Time of the last note that the module came into this state, 0: never */
static u64 state_time(const struct rig *rig, u8 address, u32 state)
{
	for (size_t i = rig->note_count; i--;)
		if (rig->notes[i].kind == SCAN_NOTE_MODULE_STATE &&
		    rig->notes[i].address == address &&
		    rig->notes[i].change.new == state)
			return rig->notes[i].time_ns;
	return 0;
}

static u64 last_sample(const struct rig *rig, u8 address)
{
	const struct scan_note *note =
		rig_last_note(rig, SCAN_NOTE_SAMPLE, address);

	return note ? note->time_ns : 0;
}

static void the_first_request_comes_after_half_a_second_of_listening(void **s)
{
	struct scan_config config = { 0 };
	struct rig *rig;
	u64 started;

	(void)s;
	rig_expect(&config, 1, 2);
	rig = rig_new(&config);
	started = rig->now;
	rig_add_range(rig, 1, 2);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_LISTENING);
	rig_run(rig, 2 * RIG_S);
	assert_in_range(rig->sent[0].begin - started, 500 * RIG_MS,
			600 * RIG_MS);
	done(rig);
}

static void another_masters_traffic_delays_the_first_request(void **state)
{
	struct scan_config config = { 0 };
	u8 frame[8];
	struct rig *rig;
	u64 last = 0;

	(void)state;
	rig_expect(&config, 1, 2);
	rig = rig_new(&config);
	rtu_build_read(frame, 77, RTU_READ_INPUT, 0, 10);
	for (int i = 0; i < 30; i++) {
		last = rig->now + i * 100 * RIG_MS;
		rig_say(rig, last, frame, sizeof(frame));
	}
	rig_run(rig, last - rig->now + 50 * RIG_MS);
	assert_int_equal(rig->sent_count, 0);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SECOND_MASTER, 0), 1);
	rig_run(rig, 5 * RIG_S);
	assert_true(rig->sent_count > 0);
	done(rig);
}

static void nothing_is_absent_before_five_seconds_of_traffic(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;
	u64 absent;

	(void)state;
	rig_expect(&config, 1, 3);
	rig = rig_new(&config);
	rig_add(rig, 2, BACS_CLASS_JAR);
	assert_int_equal(rig->scan.slots[1].state, BACS_MODULE_STATE_UNPOLLED);
	assert_true(rig_run_until_state(rig, 1, ABSENT, 30 * RIG_S));
	absent = rig->now;
	assert_true(absent - rig->sent[0].begin >= 5 * RIG_S);
	assert_true(absent - rig->sent[0].begin <= 8 * RIG_S);
	assert_int_equal(rig->scan.slots[2].state, OK);
	assert_int_equal(rig->scan.slots[3].state, ABSENT);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_RUNNING);
	done(rig);
}

static void an_address_nobody_expects_is_never_called_absent(void **state)
{
	const struct scan_config config = { 0 };
	struct rig *rig = rig_new(&config);

	(void)state;
	rig_add(rig, 9, BACS_CLASS_JAR);
	rig_run(rig, 60 * RIG_S);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		assert_int_equal(rig->scan.slots[a].state, a == 9 ? OK :
				 BACS_MODULE_STATE_UNKNOWN);
	done(rig);
}

/* Modules in ECO sleep: they hear, and answer only after 4 s of traffic */
static bool sleeping(struct rig *rig, const u8 *request, size_t len)
{
	(void)request;
	(void)len;
	return rig->now - rig->sent[0].begin < 4 * RIG_S;
}

static void sixty_four_sleeping_modules_have_values_within_15_s(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;
	u64 started;

	(void)state;
	rig_expect(&config, 1, 64);
	rig = rig_new(&config);
	started = rig->now;
	rig_add_range(rig, 1, 64);
	rig->hook = sleeping;
	for (u8 a = 1; a <= 64; a++)
		assert_true(rig_run_until_state(rig, a, OK, 15 * RIG_S));
	assert_true(rig->now - started <= 15 * RIG_S);
	for (u8 a = 1; a <= 64; a++) {
		assert_true(rig_count_notes(rig, SCAN_NOTE_SAMPLE, a) > 0);
		assert_int_equal(state_time(rig, a, ABSENT), 0);
	}
	done(rig);
}

static void an_unknown_bus_is_found_within_60_s_and_live_meanwhile(void **state)
{
	const struct scan_config config = { 0 };
	struct rig *rig = rig_new(&config);
	u64 started = rig->now, previous = 0;
	size_t meanwhile;

	(void)state;
	for (unsigned int a = 1; a <= 247; a += 4)
		rig_add(rig, (u8)a, BACS_CLASS_JAR);
	rig->hook = sleeping;
	assert_true(rig_run_until_state(rig, 1, OK, 60 * RIG_S));
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING,
				      started + 60 * RIG_S - rig->now));
	for (unsigned int a = 1; a <= 247; a += 4)
		assert_int_equal(rig->scan.slots[a].state, OK);
	/* Module 1 had a value at least every 8 s while the rest was sought. */
	meanwhile = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1);
	assert_true(meanwhile >= 3);
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];

		if (note->kind != SCAN_NOTE_SAMPLE || note->address != 1)
			continue;
		assert_true(!previous || note->time_ns - previous <= 8 * RIG_S);
		previous = note->time_ns;
	}
	assert_true(rig->now - previous <= 8 * RIG_S);
	done(rig);
}

static void a_full_unknown_bus_of_247_is_found_within_60_s(void **state)
{
	const struct scan_config config = { 0 };
	struct rig *rig = rig_new(&config);
	u64 end = rig->now + 60 * RIG_S;

	(void)state;
	rig_add_range(rig, 1, 247);
	for (unsigned int a = 1; a <= 247; a++)
		assert_true(rig_run_until_state(rig, (u8)a, OK, end - rig->now));
	done(rig);
}

static void every_module_is_polled_once_in_a_scan(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 20);
	u32 scan = rig->scan.scans + 2;

	(void)state;
	rig_run(rig, 20 * RIG_S);
	for (u32 n = scan; n < scan + 10; n++) {
		u32 seen[21] = { 0 };

		for (size_t i = 0; i < rig->note_count; i++)
			if (rig->notes[i].kind == SCAN_NOTE_SAMPLE &&
			    rig->notes[i].scan == n)
				seen[rig->notes[i].address]++;
		for (u8 a = 1; a <= 20; a++)
			assert_int_equal(seen[a], 1);
	}
	done(rig);
}

static void a_module_is_lost_after_five_seconds_when_scans_are_short(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 took;

	(void)s;
	rig_run(rig, 10 * RIG_S);
	rig->modules[3].deaf = true;
	assert_true(rig_run_until_state(rig, 3, LOST, 30 * RIG_S));
	took = rig->now - last_sample(rig, 3);
	assert_in_range(took, 5 * RIG_S, 6500 * RIG_MS);
	assert_int_equal(rig->scan.slots[3].stats.losses, 1);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_RUNNING);
	done(rig);
}

static void a_module_is_lost_after_three_scans_when_scans_are_long(void **s)
{
	const struct scan_config slow = { .scan_ms = 4000 };
	struct rig *rig = running(&slow, 1, 8);
	u64 since, took;

	(void)s;
	rig_run(rig, 20 * RIG_S);
	rig->modules[3].deaf = true;
	since = rig->now;
	assert_true(rig_run_until_state(rig, 3, LOST, 60 * RIG_S));
	took = rig->now - last_sample(rig, 3);
	assert_in_range(took, 12 * RIG_S, 13 * RIG_S);
	assert_true(rig_count_sent(rig, 3, since) >= 3);
	done(rig);
}

/* Answers every third scan only */
static bool every_third(struct rig *rig, const u8 *request, size_t len)
{
	(void)len;
	return request[0] == 3 && rig->scan.scans % 3;
}

static void a_module_that_answers_every_third_scan_is_not_lost(void **state)
{
	const struct scan_config config = { .scan_ms = 4000 };
	struct rig *rig = running(&config, 1, 8);

	(void)state;
	rig_run(rig, 20 * RIG_S);
	rig->hook = every_third;
	rig_run(rig, 120 * RIG_S);
	assert_int_equal(rig->scan.slots[3].state, OK);
	assert_int_equal(rig->scan.slots[3].stats.losses, 0);
	assert_true(rig->scan.slots[3].stats.timeouts > 10);
	done(rig);
}

static void a_module_that_only_refuses_is_lost_like_a_silent_one(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);

	(void)state;
	rig->modules[3].refuse = RTU_DEVICE_FAILURE;
	assert_true(rig_run_until_state(rig, 3, LOST, 10 * RIG_S));
	assert_true(rig->scan.slots[3].stats.exceptions > 0);
	done(rig);
}

static void a_lost_module_brings_no_sample(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	size_t before;

	(void)state;
	rig->modules[3].deaf = true;
	assert_true(rig_run_until_state(rig, 3, LOST, 30 * RIG_S));
	before = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 3);
	rig->modules[3].deaf = false;
	/* It answers again, but it is lost until it is back. */
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig->scan.slots[3].state, LOST);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 3), before);
	done(rig);
}

static void a_module_is_back_after_three_good_scans_not_before_10_s(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 lost;
	u32 asked;

	(void)s;
	rig->modules[3].deaf = true;
	assert_true(rig_run_until_state(rig, 3, LOST, 30 * RIG_S));
	lost = rig->now;
	rig_run(rig, RIG_S / 2);
	rig->modules[3].deaf = false;
	asked = rig->modules[3].asked;
	assert_true(rig_run_until_state(rig, 3, OK, 30 * RIG_S));
	assert_in_range(rig->now - lost, 10 * RIG_S, 12 * RIG_S);
	assert_true(rig->modules[3].asked - asked >= 3);
	assert_int_equal(last_sample(rig, 3), rig->now);
	done(rig);
}

static void a_module_lost_for_long_is_back_soon_after_it_answers(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u32 good = 0;
	u64 back;

	(void)state;
	rig->modules[3].deaf = true;
	assert_true(rig_run_until_state(rig, 3, LOST, 30 * RIG_S));
	rig_run(rig, 300 * RIG_S);
	rig->modules[3].deaf = false;
	good = rig->modules[3].asked;
	back = rig->now;
	assert_true(rig_run_until_state(rig, 3, OK, 30 * RIG_S));
	assert_true(rig->modules[3].asked - good >= 3);
	assert_true(rig->now - back <= 15 * RIG_S);
	done(rig);
}

/* Two good answers, then silence, over and over */
static bool flapping(struct rig *rig, const u8 *request, size_t len)
{
	u64 *hold = rig->hook_data;

	(void)len;
	if (request[0] != 3)
		return false;
	if (rig->scan.slots[3].good < 2)
		return false;
	*hold += 1;
	return true;
}

static void a_flapping_module_stays_lost(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 8);
	u64 held = 0;

	(void)state;
	rig->modules[3].deaf = true;
	assert_true(rig_run_until_state(rig, 3, LOST, 30 * RIG_S));
	rig->modules[3].deaf = false;
	rig->hook = flapping;
	rig->hook_data = &held;
	rig_run(rig, 120 * RIG_S);
	assert_true(held >= 3);
	assert_int_equal(rig->scan.slots[3].state, LOST);
	done(rig);
}

static void a_lost_module_costs_the_others_at_most_two_percent(void **state)
{
	struct rig *rig = running(&(struct scan_config){ .scan_ms = 1 }, 1, 32);
	u64 since, cost;

	(void)state;
	rig->modules[7].deaf = true;
	assert_true(rig_run_until_state(rig, 7, LOST, 60 * RIG_S));
	since = rig->now;
	rig_run(rig, 60 * RIG_S);
	cost = rig_count_sent(rig, 7, since) *
	       (8 * rig->char_ns + BACS_C_RESPONSE_MS * RIG_MS + rig->t35_ns);
	assert_true(cost > 0);
	assert_true(cost <= 60 * RIG_S / 50);
	done(rig);
}

/* Pull the cable: how long until the bus is lost, and with what? */
static void pull_cable(u8 modules)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, modules);
	u32 timeouts = 0, addresses = 0;
	u64 pulled;

	rig_run(rig, 10 * RIG_S);
	pulled = rig->now;
	for (u8 a = 1; a <= modules; a++) {
		rig->modules[a].there = false;
		timeouts -= rig->scan.slots[a].stats.timeouts;
	}
	rig->queued = 0;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_LOST, 10 * RIG_S));
	assert_true(rig->now - pulled <= 5 * RIG_S);
	for (u8 a = 1; a <= modules; a++) {
		assert_int_equal(rig->scan.slots[a].state, LOST);
		timeouts += rig->scan.slots[a].stats.timeouts;
		addresses += rig_count_sent(rig, a, pulled) > 0;
	}
	assert_true(timeouts >= 5);
	assert_true(addresses >= (modules < 20 ? modules : 20));
	/* Put it back. */
	for (u8 a = 1; a <= modules; a++)
		rig->modules[a].there = true;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 5 * RIG_S));
	/* 10 s, or as long as a name and three scans take */
	rig_run(rig, 15 * RIG_S + modules * 150 * RIG_MS);
	for (u8 a = 1; a <= modules; a++)
		assert_int_equal(rig->scan.slots[a].state, OK);
	done(rig);
}

static void a_bus_of_one_is_lost_within_5_s_and_found_again(void **state)
{
	(void)state;
	pull_cable(1);
}

static void a_bus_of_three_is_lost_within_5_s_and_found_again(void **state)
{
	(void)state;
	pull_cable(3);
}

static void a_bus_of_64_is_lost_within_5_s_and_found_again(void **state)
{
	(void)state;
	pull_cable(64);
}

static void a_bus_of_247_is_lost_within_5_s_and_found_again(void **state)
{
	(void)state;
	pull_cable(247);
}

static void a_bus_is_not_lost_while_one_of_a_few_answers(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 6);

	(void)state;
	for (u8 a = 2; a <= 6; a++)
		rig->modules[a].deaf = true;
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_RUNNING);
	assert_int_equal(rig->scan.slots[1].state, OK);
	for (u8 a = 2; a <= 6; a++)
		assert_int_equal(rig->scan.slots[a].state, LOST);
	done(rig);
}

/* Every request brings one byte of rubbish: damaged, but not cut */
static bool one_byte(struct rig *rig, const u8 *request, size_t len)
{
	static const u8 junk = 0x7E;

	(void)request;
	(void)len;
	rig_say(rig, rig->wire_end + 5 * RIG_MS, &junk, 1);
	return true;
}

static void a_bus_with_valid_bytes_is_not_lost_before_its_modules(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 6);
	u64 since;

	(void)state;
	since = rig->now;
	rig->hook = one_byte;
	assert_true(rig_run_until_state(rig, 6, LOST, 30 * RIG_S));
	assert_true(rig->now - since >= 4 * RIG_S);
	done(rig);
}

static void losses_are_inhibited_until_the_discovery_is_over(void **state)
{
	const struct scan_config config = { 0 };
	struct rig *rig = rig_new(&config);
	size_t i;

	(void)state;
	rig_add_range(rig, 1, 4);
	assert_true(rig_run_until_state(rig, 4, OK, 10 * RIG_S));
	assert_int_equal(rig->scan.state, BACS_BUS_STATE_DISCOVERING);
	rig->modules[2].deaf = true;
	assert_true(rig_run_until_state(rig, 2, LOST, 90 * RIG_S));
	for (i = 0; i < rig->note_count; i++)
		if (rig->notes[i].kind == SCAN_NOTE_BUS_STATE &&
		    rig->notes[i].change.new == BACS_BUS_STATE_RUNNING)
			break;
	assert_true(i < rig->note_count);
	assert_true(rig->notes[i].time_ns <= rig->now);
	done(rig);
}

static void an_absent_module_is_found_when_it_comes(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;

	(void)state;
	rig_expect(&config, 1, 4);
	rig = rig_new(&config);
	rig_add_range(rig, 1, 3);
	assert_true(rig_run_until_state(rig, 4, ABSENT, 30 * RIG_S));
	rig_run(rig, 60 * RIG_S);
	rig_add(rig, 4, BACS_CLASS_STRING);
	assert_true(rig_run_until_state(rig, 4, OK, 15 * RIG_S));
	assert_int_equal(rig->scan.slots[4].class, BACS_CLASS_STRING);
	done(rig);
}

static void a_rescan_finds_a_new_module_on_an_unknown_bus(void **state)
{
	const struct scan_config config = { 0 };
	struct rig *rig = rig_new(&config);

	(void)state;
	rig_add_range(rig, 1, 3);
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	rig_add(rig, 200, BACS_CLASS_JAR);
	scan_rescan(&rig->scan);
	assert_true(rig_run_until_state(rig, 200, OK, 60 * RIG_S));
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	assert_int_equal(rig->scan.slots[1].stats.losses, 0);
	done(rig);
}

static void a_restart_is_told_with_both_counts_and_the_name_read_again(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	const struct scan_note *note;
	size_t names;

	(void)s;
	rig_run(rig, 5 * RIG_S);
	names = rig_count_notes(rig, SCAN_NOTE_IDENTITY, 2);
	rig->modules[2].boots = 2;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_REBOOTED, 2, 3 * RIG_S));
	note = rig_last_note(rig, SCAN_NOTE_REBOOTED, 2);
	assert_int_equal(note->change.old, 1);
	assert_int_equal(note->change.new, 2);
	rig_run(rig, 5 * RIG_S);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_REBOOTED, 2), 1);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_IDENTITY, 2), names + 1);
	assert_int_equal(rig->scan.slots[2].state, OK);
	done(rig);
}

static void a_restart_during_a_loss_is_told_when_the_module_is_back(void **s)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)s;
	rig->modules[2].deaf = true;
	assert_true(rig_run_until_state(rig, 2, LOST, 30 * RIG_S));
	rig->modules[2].deaf = false;
	rig->modules[2].boots = 2;
	assert_true(rig_run_until_state(rig, 2, OK, 30 * RIG_S));
	rig_run(rig, 3 * RIG_S);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_REBOOTED, 2), 1);
	done(rig);
}

static void another_module_at_the_address_is_told(void **state)
{
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);

	(void)state;
	rig->modules[2].serial = 0xCAFE;
	rig->modules[2].boots = 9;
	assert_true(rig_run_until_note(rig, SCAN_NOTE_CHANGED, 2, 5 * RIG_S));
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->scan.slots[2].serial, 0xCAFE);
	done(rig);
}

static void a_foreign_profile_is_only_read_and_has_time_to_answer(void **state)
{
	static const struct bacs_profile profile = {
		.name = "other", .class = BACS_CLASS_JAR, .response_ms = 300,
		.block_count = 1,
		.blocks = { { .function = RTU_READ_HOLDING, .start = 40,
			      .count = 2, .field_count = 1,
			      .fields = { { .quantity = BACS_QUANTITY_VOLTAGE_MV,
					    .width = 16, .multiplier = 1,
					    .divisor = 1 } } } },
	};
	struct rig *rig = running(&(struct scan_config){ .profile = &profile },
				  1, 4);

	(void)state;
	rig->modules[2].delay_us = 250000;
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig->writes, 0);
	assert_int_equal(rig->scan.slots[2].state, OK);
	assert_int_equal(rig->scan.slots[2].stats.timeouts, 0);
	for (size_t i = 0; i < rig->sent_count; i++) {
		assert_int_equal(rig->sent[i].bytes[1], RTU_READ_HOLDING);
		assert_int_equal(rtu_get_u16(rig->sent[i].bytes + 2), 40);
		assert_int_equal(rtu_get_u16(rig->sent[i].bytes + 4), 2);
	}
	assert_int_equal(scan_set_duty(&rig->scan, 1, 100, false), -EOPNOTSUPP);
	assert_int_equal(scan_latch(&rig->scan, 1), -EOPNOTSUPP);
	assert_int_equal(scan_command(&rig->scan, 1, SCAN_PENDING_RI, true),
			 -EOPNOTSUPP);
	rig_run(rig, 2 * RIG_S);
	assert_int_equal(rig->writes, 0);
	done(rig);
}

static void a_modbus_device_that_is_no_module_is_never_shown(void **state)
{
	struct scan_config config = { 0 };
	struct rig *rig;

	(void)state;
	rig_expect(&config, 1, 2);
	rig = rig_new(&config);
	rig_add_range(rig, 1, 2);
	rig->modules[2].class = 9;
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig->scan.slots[2].state, ABSENT);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 2), 0);
	assert_true(rig->scan.slots[2].stats.unexpected > 0);
	done(rig);
}

static void a_stopped_engine_says_and_hears_nothing(void **state)
{
	static const u8 junk[] = { 1, 2, 3 };
	struct rig *rig = running(&(struct scan_config){ 0 }, 1, 4);
	size_t sent;
	size_t notes;

	(void)state;
	scan_stop(&rig->scan);
	sent = rig->sent_count;
	notes = rig->note_count;
	rig_say(rig, rig->now + RIG_S, junk, sizeof(junk));
	rig_run(rig, 60 * RIG_S);
	assert_int_equal(rig->sent_count, sent);
	assert_int_equal(rig->note_count, notes);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_request_comes_after_half_a_second_of_listening),
		cmocka_unit_test(another_masters_traffic_delays_the_first_request),
		cmocka_unit_test(nothing_is_absent_before_five_seconds_of_traffic),
		cmocka_unit_test(an_address_nobody_expects_is_never_called_absent),
		cmocka_unit_test(sixty_four_sleeping_modules_have_values_within_15_s),
		cmocka_unit_test(an_unknown_bus_is_found_within_60_s_and_live_meanwhile),
		cmocka_unit_test(a_full_unknown_bus_of_247_is_found_within_60_s),
		cmocka_unit_test(every_module_is_polled_once_in_a_scan),
		cmocka_unit_test(a_module_is_lost_after_five_seconds_when_scans_are_short),
		cmocka_unit_test(a_module_is_lost_after_three_scans_when_scans_are_long),
		cmocka_unit_test(a_module_that_answers_every_third_scan_is_not_lost),
		cmocka_unit_test(a_module_that_only_refuses_is_lost_like_a_silent_one),
		cmocka_unit_test(a_lost_module_brings_no_sample),
		cmocka_unit_test(a_module_is_back_after_three_good_scans_not_before_10_s),
		cmocka_unit_test(a_module_lost_for_long_is_back_soon_after_it_answers),
		cmocka_unit_test(a_flapping_module_stays_lost),
		cmocka_unit_test(a_lost_module_costs_the_others_at_most_two_percent),
		cmocka_unit_test(a_bus_of_one_is_lost_within_5_s_and_found_again),
		cmocka_unit_test(a_bus_of_three_is_lost_within_5_s_and_found_again),
		cmocka_unit_test(a_bus_of_64_is_lost_within_5_s_and_found_again),
		cmocka_unit_test(a_bus_of_247_is_lost_within_5_s_and_found_again),
		cmocka_unit_test(a_bus_is_not_lost_while_one_of_a_few_answers),
		cmocka_unit_test(a_bus_with_valid_bytes_is_not_lost_before_its_modules),
		cmocka_unit_test(losses_are_inhibited_until_the_discovery_is_over),
		cmocka_unit_test(an_absent_module_is_found_when_it_comes),
		cmocka_unit_test(a_rescan_finds_a_new_module_on_an_unknown_bus),
		cmocka_unit_test(a_restart_is_told_with_both_counts_and_the_name_read_again),
		cmocka_unit_test(a_restart_during_a_loss_is_told_when_the_module_is_back),
		cmocka_unit_test(another_module_at_the_address_is_told),
		cmocka_unit_test(a_foreign_profile_is_only_read_and_has_time_to_answer),
		cmocka_unit_test(a_modbus_device_that_is_no_module_is_never_shown),
		cmocka_unit_test(a_stopped_engine_says_and_hears_nothing),
	};

	return RUN("scan-state", tests);
}
