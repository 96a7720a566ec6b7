/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bus for KUnit: the engine as bus.c hosts it, on a line that the test is
 *
 * Memory comes from where the driver takes it, the engine runs under the
 * lock of the bus as in the driver, and time is virtual: nothing is waited
 * for.
 */
#ifndef BACS_KUNIT_RIG_H
#define BACS_KUNIT_RIG_H

#include <kunit/test.h>

#include "bacs.h"

/**
 * struct kunit_rig - a bus, its line and what came of it
 * @bus: only name, lock, scan and dead are in use
 * @now: the clock
 * @timer: when the engine wants to be called, 0 = not
 * @transmit_error: what the line answers to a frame
 * @sent: the last frame on the line
 * @sent_len: its length
 * @frames: frames so far
 * @samples: samples reported so far
 * @sample: the last of them
 * @sample_address: whose
 * @lost: modules reported lost so far
 * @profile: the loaded profile in use, NULL: bacs-c; freed with the rig
 */
struct kunit_rig {
	struct bacs_bus *bus;
	u64 now;
	u64 timer;
	int transmit_error;
	u8 sent[RTU_FRAME_MAX];
	size_t sent_len;
	u32 frames;
	u32 samples;
	struct bacs_sample sample;
	u8 sample_address;
	u32 lost;
	const struct bacs_profile *profile;
};

int kunit_rig_init(struct kunit *test);
int kunit_rig_init_profile(struct kunit *test,
			   const struct bacs_profile *profile);
void kunit_rig_exit(struct kunit *test);

int kunit_rig_swap(struct kunit_rig *rig, const struct bacs_profile *profile);
void kunit_rig_timer(struct kunit_rig *rig);
void kunit_rig_await_frame(struct kunit *test, struct kunit_rig *rig);
size_t kunit_rig_answer_to(const struct kunit_rig *rig, u8 *reply);
u8 *kunit_rig_answer(struct kunit *test, struct kunit_rig *rig, size_t *ret_len);
void kunit_rig_say(struct kunit *test, struct kunit_rig *rig, const u8 *bytes,
		   size_t len);
bool kunit_rig_run(struct kunit *test, struct kunit_rig *rig, u8 address,
		   u8 state);
void kunit_rig_await_poll(struct kunit *test, struct kunit_rig *rig, u8 address);

#endif /* BACS_KUNIT_RIG_H */
