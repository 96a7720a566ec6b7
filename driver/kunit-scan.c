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

/* Of each of ten seeds: 10^5 and 10^6 in all */
#define MUTANTS		10000
#define BYTES		100000

static uint kunit_seed;
module_param(kunit_seed, uint, 0444);
MODULE_PARM_DESC(kunit_seed, "added to the seeds of the KUnit tests (default 0)");

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

static const u32 seeds[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static void describe_seed(const u32 *seed, char *to)
{
	snprintf(to, KUNIT_PARAM_DESC_SIZE, "seed_%u", kunit_seed + *seed);
}

KUNIT_ARRAY_PARAM(seed, seeds, describe_seed);

static void a_hostile_line_breaks_nothing(struct kunit *test)
{
	const u32 *seed = test->param_value;
	struct kunit_rig *rig = test->priv;
	struct scan *scan = rig->bus->scan;
	u32 mutants = 0, bytes = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed + *seed);
	while (mutants < MUTANTS || bytes < BYTES) {
		u32 what = prandom_u32_state(&rnd) % 32;

		if (mutants < MUTANTS && what < 16) {
			say_mutant(test, rig, &rnd);
			mutants++;
		} else if (bytes < BYTES && what < 17) {
			bytes += say_bytes(test, rig, &rnd);
		} else {
			whatever_else(rig, &rnd);
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

kunit_test_suite(suite);
