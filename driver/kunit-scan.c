// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine in the kernel: under its lock, in memory of the kernel, on a
 * line that does anything. What it does on the wire in every case is tested
 * at length in user space (tests/scan).
 */
#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "kunit-rig.h"
#include "vectors.h"

static uint kunit_seed;
module_param(kunit_seed, uint, 0444);
MODULE_PARM_DESC(kunit_seed, "added to the seeds of the KUnit tests (default 0)");

/* Of each of ten seeds: 10^5 and 10^6 in all */
static uint kunit_mutants = 10000;
module_param(kunit_mutants, uint, 0444);
MODULE_PARM_DESC(kunit_mutants, "mutants of replies of a seed (default 10000)");

static uint kunit_bytes = 100000;
module_param(kunit_bytes, uint, 0444);
MODULE_PARM_DESC(kunit_bytes, "random bytes of a seed (default 100000)");

static void modules_are_found_and_read(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;
	u8 *reply;
	size_t len;

	kunit_rig_await_poll(test, rig, 2);
	rig->samples = 0;
	reply = kunit_rig_answer(test, rig, &len);
	kunit_rig_say(test, rig, reply, len);
	KUNIT_EXPECT_EQ(test, rig->samples, 1u);
	KUNIT_EXPECT_EQ(test, rig->sample_address, 2);
	for (size_t i = 0; i < ARRAY_SIZE(vector_jar_values); i++)
		KUNIT_EXPECT_EQ(test,
				rig->sample.value[vector_jar_values[i].quantity],
				vector_jar_values[i].value);
}

static void silence_loses_a_module_and_answers_bring_it_back(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;

	kunit_rig_await_poll(test, rig, 1);
	for (int i = 0; i < 2000 && rig->lost < 2; i++)
		kunit_rig_timer(rig);
	KUNIT_EXPECT_EQ(test, rig->lost, 2u);
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 1,
					      BACS_MODULE_STATE_OK));
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 2,
					      BACS_MODULE_STATE_OK));
}

static void a_line_that_takes_nothing_ends_in_lost_modules(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;
	u32 samples;

	kunit_rig_await_poll(test, rig, 1);
	rig->transmit_error = -EAGAIN;
	samples = rig->samples;
	for (int i = 0; i < 2000 && rig->lost < 2; i++)
		kunit_rig_timer(rig);
	KUNIT_EXPECT_EQ(test, rig->lost, 2u);
	KUNIT_EXPECT_EQ(test, rig->samples, samples);
	rig->transmit_error = 0;
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 2,
					      BACS_MODULE_STATE_OK));
}

/* A valid answer with up to three bytes changed; its checksum is right again */
static void say_mutant(struct kunit *test, struct kunit_rig *rig,
		       struct rnd_state *rnd)
{
	u8 reply[RTU_FRAME_MAX];
	size_t len = kunit_rig_answer_to(rig, reply);

	for (u32 n = prandom_u32_state(rnd) % 4; n; n--)
		reply[prandom_u32_state(rnd) % len] = prandom_u32_state(rnd);
	if (!(prandom_u32_state(rnd) % 16))
		len = RTU_FRAME_MIN + prandom_u32_state(rnd) %
		      (RTU_FRAME_MAX - RTU_FRAME_MIN + 1);
	rtu_seal(reply, len - 2);
	kunit_rig_say(test, rig, reply, len);
}

static size_t say_bytes(struct kunit *test, struct kunit_rig *rig,
			struct rnd_state *rnd)
{
	u8 bytes[2 * RTU_FRAME_MAX];
	size_t len = 1 + prandom_u32_state(rnd) % sizeof(bytes);

	prandom_bytes_state(rnd, bytes, len);
	kunit_rig_say(test, rig, bytes, len);
	return len;
}

static void whatever_else(struct kunit_rig *rig, struct rnd_state *rnd)
{
	switch (prandom_u32_state(rnd) % 8) {
	case 0:
		bacs_bus_rx_error(rig->bus);
		break;
	case 1:
		bacs_bus_set_line(rig->bus, 9600 << prandom_u32_state(rnd) % 5,
				  10 + prandom_u32_state(rnd) % 2);
		break;
	default:
		kunit_rig_timer(rig);
		break;
	}
}

#define FIELD(_quantity, _reg, _width) { .quantity = (_quantity), \
	.reg = (_reg), .width = (_width), .multiplier = 1, .divisor = 1 }

/* From one to the other all is different: block, function, length, class. */
static const struct bacs_profile profiles[] = {
	{
		.name = "one", .class = BACS_CLASS_STRING, .response_ms = 100,
		.block_count = 1,
		.blocks = {
			{ .function = RTU_READ_INPUT, .start = 9, .count = 5,
			  .field_count = 1,
			  .fields = { FIELD(BACS_QUANTITY_VOLTAGE_MV, 3, 32) } },
		},
	}, {
		.name = "two", .class = BACS_CLASS_JAR, .response_ms = 60,
		.block_count = 2,
		.blocks = {
			{ .function = RTU_READ_HOLDING, .start = 100,
			  .count = RTU_READ_MAX, .field_count = 1,
			  .fields = {
				FIELD(BACS_QUANTITY_TEMP_MC, RTU_READ_MAX - 1,
				      16),
			  } },
			{ .function = RTU_READ_INPUT, .start = 0, .count = 1,
			  .field_count = 1,
			  .fields = { FIELD(BACS_QUANTITY_CURRENT_MA, 0, 16) } },
		},
	},
};

static int profile_init(struct kunit *test)
{
	return kunit_rig_init_profile(test, &profiles[0]);
}

static const u32 seeds[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static void describe_seed(const u32 *seed, char *to)
{
	snprintf(to, KUNIT_PARAM_DESC_SIZE, "seed_%u", kunit_seed + *seed);
}

KUNIT_ARRAY_PARAM(seed, seeds, describe_seed);

static void a_hostile_line(struct kunit *test)
{
	const u32 *seed = test->param_value;
	struct kunit_rig *rig = test->priv;
	struct scan *scan = rig->bus->scan;
	u32 mutants = 0, bytes = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed + *seed);
	while (mutants < kunit_mutants || bytes < kunit_bytes) {
		u32 what = prandom_u32_state(&rnd) % 32;

		if (mutants < kunit_mutants && what < 16) {
			say_mutant(test, rig, &rnd);
			mutants++;
		} else if (bytes < kunit_bytes && what < 17) {
			bytes += say_bytes(test, rig, &rnd);
		} else {
			whatever_else(rig, &rnd);
		}
		if (rig->profile && !(prandom_u32_state(&rnd) % 64) &&
		    kunit_rig_swap(rig, &profiles[prandom_u32_state(&rnd) % 2])) {
			KUNIT_FAIL(test, "no memory");
			return;
		}
		if (scan->rx_len > RTU_FRAME_MAX ||
		    scan->state > BACS_BUS_STATE_STOPPED || !rig->timer) {
			KUNIT_FAIL(test, "%u mutants, %u bytes: %zu in the buffer, state %u",
				   mutants, bytes, scan->rx_len, scan->state);
			return;
		}
		cond_resched();
	}
	bacs_bus_set_line(rig->bus, 19200, 11);
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 1,
					      BACS_MODULE_STATE_OK));
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 2,
					      BACS_MODULE_STATE_OK));
}

static void a_hostile_line_breaks_nothing(struct kunit *test)
{
	a_hostile_line(test);
}

/* Nor while the profile changes under it, and the one before is freed */
static void nor_while_profiles_change(struct kunit *test)
{
	a_hostile_line(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(modules_are_found_and_read),
	KUNIT_CASE(silence_loses_a_module_and_answers_bring_it_back),
	KUNIT_CASE(a_line_that_takes_nothing_ends_in_lost_modules),
	KUNIT_CASE_PARAM(a_hostile_line_breaks_nothing, seed_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "bacs-scan",
	.init = kunit_rig_init,
	.exit = kunit_rig_exit,
	.test_cases = cases,
};

static struct kunit_case profile_cases[] = {
	KUNIT_CASE_PARAM(nor_while_profiles_change, seed_gen_params),
	{}
};

static struct kunit_suite profile_suite = {
	.name = "bacs-profile",
	.init = profile_init,
	.exit = kunit_rig_exit,
	.test_cases = profile_cases,
};

kunit_test_suites(&suite, &profile_suite);
