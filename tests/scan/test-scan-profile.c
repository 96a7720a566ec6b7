// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: profiles of several blocks, poll divisors, another profile
 * while the bus runs (MASTER 3)
 */
#include "suite.h"

#define FIELD(q, r, n) { .quantity = (q), .reg = (r), .width = 16, \
			 .multiplier = 1, .divisor = 1, .every = (n) }

/* Voltage in every scan, temperature in every third, holding registers */
static const struct bacs_profile two = {
	.name = "two", .class = BACS_CLASS_JAR, .response_ms = 100,
	.block_count = 2,
	.blocks = {
		{ .function = RTU_READ_HOLDING, .start = 40, .count = 2,
		  .field_count = 1,
		  .fields = { FIELD(BACS_QUANTITY_VOLTAGE_MV, 0, 1) } },
		{ .function = RTU_READ_HOLDING, .start = 60, .count = 2,
		  .field_count = 1,
		  .fields = { FIELD(BACS_QUANTITY_TEMP_MC, 1, 3) } },
	},
};

/* What the modules answer: register n holds n + value, of each address */
struct world {
	u16 value;
	u16 refused_from;	/* registers from here are not there */
	u64 late_ns;		/* added to the delay of the next reply */
	u32 late_count;		/* of so many replies */
};

static bool answer(struct rig *rig, const u8 *request, size_t len)
{
	struct world *w = rig->hook_data;
	u8 reply[RTU_FRAME_MAX] = { request[0], request[1] };
	u16 start = rtu_get_u16(request + 2), count = rtu_get_u16(request + 4);
	struct rig_module *m = &rig->modules[request[0]];
	u64 when = rig->wire_end + RIG_MS;
	size_t size;

	(void)len;
	if (!m->there || m->deaf)
		return true;
	if (w->refused_from && start >= w->refused_from) {
		size = rtu_build_exception(reply, request, RTU_ILLEGAL_ADDRESS);
	} else {
		reply[2] = (u8)(2 * count);
		for (u16 i = 0; i < count; i++)
			rtu_put_u16(reply + 3 + 2 * i, start + i + w->value);
		size = rtu_seal(reply, 3 + 2 * (size_t)count);
	}
	if (w->late_count) {
		w->late_count--;
		when += w->late_ns;
	}
	rig_say(rig, when, reply, size);
	return true;
}

/* Modules 1 to @last */
static struct rig *begin(struct world *w, const struct bacs_profile *profile,
			 u8 last)
{
	struct scan_config config = { .profile = profile };
	struct rig *rig;

	rig_expect(&config, 1, last);
	rig = rig_new(&config);
	rig->hook = answer;
	rig->hook_data = w;
	rig_add_range(rig, 1, last);
	return rig;
}

static size_t asked(const struct rig *rig, u8 address, u16 start, u64 since)
{
	size_t n = 0;

	for (size_t i = 0; i < rig->sent_count; i++)
		n += rig->sent[i].begin >= since &&
		     rig->sent[i].bytes[0] == address &&
		     rtu_get_u16(rig->sent[i].bytes + 2) == start;
	return n;
}

static void a_sample_has_the_values_of_all_blocks(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct rig *rig = begin(&w, &two, 2);

	(void)state;
	assert_true(rig_run_until_state(rig, 2, OK, 60 * RIG_S));
	rig_run(rig, 10 * RIG_S);
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];

		if (note->kind != SCAN_NOTE_SAMPLE)
			continue;
		assert_int_equal(note->sample.present,
				 BIT(BACS_QUANTITY_VOLTAGE_MV) |
				 BIT(BACS_QUANTITY_TEMP_MC));
		assert_int_equal(note->sample.value[BACS_QUANTITY_VOLTAGE_MV],
				 1040);
		assert_int_equal(note->sample.value[BACS_QUANTITY_TEMP_MC],
				 1061);
	}
	assert_true(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1) >= 10);
	done(rig);
}

static void a_slow_quantity_is_read_in_every_nth_scan(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct rig *rig = begin(&w, &two, 2);
	size_t samples, slow;
	u64 since;

	(void)state;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	rig_run(rig, 10 * RIG_S);
	since = rig->now;
	samples = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1);
	rig_run(rig, 30 * RIG_S);
	samples = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1) - samples;
	slow = asked(rig, 1, 60, since);
	assert_in_range(samples, 29, 31);
	assert_int_equal(asked(rig, 1, 40, since), samples);
	assert_in_range(slow, samples / 3, samples / 3 + 1);
	done(rig);
}

/* The first block alone would keep it "ok" with a temperature of long ago. */
static void a_module_that_lacks_a_block_is_lost_in_time(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct rig *rig = begin(&w, &two, 2);
	size_t samples;
	u64 since;

	(void)state;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	since = rig->now;
	w.refused_from = 60;
	assert_true(rig_run_until_state(rig, 1, LOST, 12 * RIG_S));
	assert_true(rig->now - since >= 5 * RIG_S);
	samples = rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1);
	rig_run(rig, 30 * RIG_S);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1), samples);
	assert_int_equal(rig->scan.slots[1].state, LOST);
	w.refused_from = 0;
	assert_true(rig_run_until_state(rig, 1, OK, 30 * RIG_S));
	done(rig);
}

static void one_without_a_block_is_never_found(void **state)
{
	struct world w = { 1000, 60, 0, 0 };
	struct rig *rig = begin(&w, &two, 2);

	(void)state;
	rig_run(rig, 60 * RIG_S);
	assert_int_equal(rig->scan.slots[1].state, ABSENT);
	assert_int_equal(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 0), 0);
	assert_true(rig->scan.slots[1].stats.exceptions > 0);
	done(rig);
}

/* Both blocks have two registers: only time tells the replies apart. */
static void a_late_reply_is_never_taken_for_another_block(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct rig *rig = begin(&w, &two, 2);

	(void)state;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	rig_run(rig, 5 * RIG_S);
	for (u32 count = 1; count < 6; count++) {
		for (u64 ms = 95; ms < 200; ms += 7) {
			w.late_ns = ms * RIG_MS;
			w.late_count = count;
			rig_run(rig, 4 * RIG_S);
		}
	}
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];

		if (note->kind != SCAN_NOTE_SAMPLE)
			continue;
		assert_int_equal(note->sample.value[BACS_QUANTITY_VOLTAGE_MV],
				 1040);
		assert_int_equal(note->sample.value[BACS_QUANTITY_TEMP_MC],
				 1061);
	}
	assert_true(rig->scan.slots[1].stats.late +
		    rig->scan.slots[2].stats.late > 10);
	done(rig);
}

static void the_shortest_scan_counts_all_blocks(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct bacs_profile first = two;
	struct rig *rig;
	u32 one, both;

	(void)state;
	first.block_count = 1;
	rig = begin(&w, &first, 2);
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	one = scan_min_ms(&rig->scan);
	done(rig);
	rig = begin(&w, &two, 2);
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	both = scan_min_ms(&rig->scan);
	assert_in_range(both, 2 * one - 1, 2 * one);
	done(rig);
}

/* Another register is another quantity now; nobody is lost, nothing is mixed. */
static void take_over(u8 blocks, u8 modules)
{
	struct world w = { 1000, 0, 0, 0 };
	struct bacs_profile first = two, other = two;
	struct rig *rig = begin(&w, &first, modules);
	const struct scan_note *swap;
	u64 swapped[601] = { 0 };
	u32 least;

	first.block_count = other.block_count = blocks;
	other.blocks[0].start = 44;
	/* something is always on the wire */
	scan_set_period(&rig->scan, 50, &least);
	other.blocks[0].fields[0].quantity = BACS_QUANTITY_CURRENT_MA;
	other.blocks[1].function = RTU_READ_INPUT;
	other.response_ms = 200;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	/* at any moment of an exchange, also while a reply is on its way */
	for (unsigned int i = 0; i < 600; i++) {
		const struct bacs_profile *next = i % 2 ? &first : &other;

		rig_run(rig, 600 * RIG_MS);
		/* replies that come after the time-out must not cross over */
		w.late_count = i % 3;
		w.late_ns = (100 + i % 90) * RIG_MS;
		rig_run(rig, i * 250000ULL);
		scan_set_profile(&rig->scan, next);
		swapped[i] = rig->now;
		swap = rig_last_note(rig, SCAN_NOTE_PROFILE, 0);
		assert_int_equal(swap->generation, i + 1);
		assert_int_equal(rig->scan.response_ns, next->response_ms * RIG_MS);
	}
	rig_run(rig, 5 * RIG_S);
	swapped[600] = U64_MAX;
	/* and no request of the old one goes out any more */
	for (size_t i = 0, n = 0; i < rig->sent_count; i++) {
		u16 start = rtu_get_u16(rig->sent[i].bytes + 2);

		while (rig->sent[i].begin >= swapped[n])
			n++;
		assert_int_not_equal(start, n % 2 ? 40 : 44);
	}
	for (size_t i = 0; i < rig->note_count; i++) {
		const struct scan_note *note = &rig->notes[i];
		const struct bacs_sample *s = &note->sample;

		if (note->kind == SCAN_NOTE_MODULE_STATE)
			assert_int_not_equal(note->change.new, LOST);
		if (note->kind != SCAN_NOTE_SAMPLE)
			continue;
		if (blocks > 1)
			assert_int_equal(s->value[BACS_QUANTITY_TEMP_MC], 1061);
		if (note->generation % 2) {
			assert_int_equal(s->present & 0x22,
					 BIT(BACS_QUANTITY_CURRENT_MA));
			assert_int_equal(s->value[BACS_QUANTITY_CURRENT_MA],
					 1044);
		} else {
			assert_int_equal(s->present & 0x22,
					 BIT(BACS_QUANTITY_VOLTAGE_MV));
			assert_int_equal(s->value[BACS_QUANTITY_VOLTAGE_MV],
					 1040);
		}
	}
	assert_true(rig_count_notes(rig, SCAN_NOTE_SAMPLE, 1) > 150);
	done(rig);
}

static void another_profile_takes_over_between_two_samples(void **state)
{
	(void)state;
	take_over(2, 2);
	take_over(1, 2);
	/* the next request is to the same module */
	take_over(1, 1);
}

/*
 * A refused request goes out once more after the silence. What another profile
 * would not ask for does not, nor does anybody lose a turn by it.
 */
static void a_retry_of_the_old_profile_never_goes_out(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct bacs_profile other = two;
	struct rig *rig = begin(&w, &two, 1);
	u64 swapped;

	(void)state;
	other.blocks[0].start = 44;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	w.refused_from = 1;
	for (unsigned int i = 0; i < 20000 && !rig->scan.again; i++)
		rig_run(rig, RIG_MS / 10);
	assert_true(rig->scan.again);
	w.refused_from = 0;
	scan_set_profile(&rig->scan, &other);
	swapped = rig->now;
	rig_run(rig, 10 * RIG_S);
	assert_int_equal(asked(rig, 1, 40, swapped), 0);
	assert_in_range(asked(rig, 1, 44, swapped), 9, 12);
	assert_int_equal(rig->scan.slots[1].state, OK);
	done(rig);
}

static void a_stopped_engine_takes_a_profile_silently(void **state)
{
	struct world w = { 1000, 0, 0, 0 };
	struct bacs_profile other = two;
	struct rig *rig = begin(&w, &two, 2);
	size_t notes;

	(void)state;
	assert_true(rig_run_until_bus(rig, BACS_BUS_STATE_RUNNING, 60 * RIG_S));
	scan_stop(&rig->scan);
	notes = rig->note_count;
	scan_set_profile(&rig->scan, &other);
	assert_int_equal(rig->note_count, notes);
	assert_int_equal(rig->scan.generation, 1);
	assert_ptr_equal(rig->scan.profile, &other);
	done(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sample_has_the_values_of_all_blocks),
		cmocka_unit_test(a_slow_quantity_is_read_in_every_nth_scan),
		cmocka_unit_test(a_module_that_lacks_a_block_is_lost_in_time),
		cmocka_unit_test(one_without_a_block_is_never_found),
		cmocka_unit_test(a_late_reply_is_never_taken_for_another_block),
		cmocka_unit_test(the_shortest_scan_counts_all_blocks),
		cmocka_unit_test(another_profile_takes_over_between_two_samples),
		cmocka_unit_test(a_retry_of_the_old_profile_never_goes_out),
		cmocka_unit_test(a_stopped_engine_takes_a_profile_silently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
