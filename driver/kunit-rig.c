// SPDX-License-Identifier: GPL-2.0-only
/* A bus for KUnit; see kunit-rig.h */
#include <linux/slab.h>

#include "kunit-rig.h"
#include "vectors.h"

/* More timer calls than any of the tests needs; only a broken engine gets there */
#define STEPS_MAX	20000

static int rig_transmit(void *ctx, const u8 *frame, size_t len)
{
	struct kunit_rig *rig = ctx;

	lockdep_assert_held(&rig->bus->lock);
	if (rig->transmit_error)
		return rig->transmit_error;
	memcpy(rig->sent, frame, len);
	rig->sent_len = len;
	rig->frames++;
	return 0;
}

static u64 rig_now(void *ctx)
{
	struct kunit_rig *rig = ctx;

	lockdep_assert_held(&rig->bus->lock);
	return rig->now;
}

static void rig_set_timer(void *ctx, u64 deadline_ns)
{
	struct kunit_rig *rig = ctx;

	rig->timer = deadline_ns;
}

static void rig_emit(void *ctx, const struct scan_note *note)
{
	struct kunit_rig *rig = ctx;

	if (note->kind == SCAN_NOTE_SAMPLE) {
		rig->samples++;
		rig->sample = note->sample;
		rig->sample_address = note->address;
	} else if (note->kind == SCAN_NOTE_MODULE_STATE &&
		   note->change.new == BACS_MODULE_STATE_LOST) {
		rig->lost++;
	}
}

static void rig_trace(void *ctx, enum scan_trace what, u64 begin_ns,
		      const u8 *bytes, size_t len)
{
}

static const struct scan_ops rig_ops = {
	.transmit = rig_transmit,
	.now = rig_now,
	.set_timer = rig_set_timer,
	.emit = rig_emit,
	.trace = rig_trace,
};

/**
 * kunit_rig_init_profile() - init of a suite: test->priv is a started bus
 * @test: the test
 * @profile: a loaded profile, of which the engine gets a copy; NULL: bacs-c
 *
 * Modules 1 and 2 are expected; 19200 baud, 8E1, trigger 1.
 *
 * Return: 0; -ENOMEM.
 */
int kunit_rig_init_profile(struct kunit *test,
			   const struct bacs_profile *profile)
{
	struct scan_config config = {
		.baud = 19200,
		.char_bits = 11,
		.rx_trigger = 1,
		.addresses = { BIT(1) | BIT(2) },
	};
	struct kunit_rig *rig;

	rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	if (!rig)
		return -ENOMEM;
	rig->bus = kunit_kzalloc(test, sizeof(*rig->bus), GFP_KERNEL);
	if (!rig->bus)
		return -ENOMEM;
	rig->bus->scan = kvzalloc(sizeof(*rig->bus->scan), GFP_KERNEL);
	if (profile)
		rig->profile = kmemdup(profile, sizeof(*profile), GFP_KERNEL);
	if (!rig->bus->scan || (profile && !rig->profile)) {
		kvfree(rig->bus->scan);
		kfree(rig->profile);
		return -ENOMEM;
	}
	config.profile = rig->profile;
	spin_lock_init(&rig->bus->lock);
	rig->now = NSEC_PER_SEC;
	scan_init(rig->bus->scan, &rig_ops, rig, &config);
	spin_lock_bh(&rig->bus->lock);
	scan_start(rig->bus->scan);
	spin_unlock_bh(&rig->bus->lock);
	test->priv = rig;
	return 0;
}

/* The same for profile bacs-c */
int kunit_rig_init(struct kunit *test)
{
	return kunit_rig_init_profile(test, NULL);
}

void kunit_rig_exit(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;

	if (!rig)
		return;
	spin_lock_bh(&rig->bus->lock);
	scan_stop(rig->bus->scan);
	spin_unlock_bh(&rig->bus->lock);
	kvfree(rig->bus->scan);
	kfree(rig->profile);
}

/**
 * kunit_rig_swap() - another profile while the bus runs
 * @rig: a rig with a loaded profile
 * @profile: the engine gets a copy of it, and the copy before is gone
 *
 * Return: 0; -ENOMEM.
 */
int kunit_rig_swap(struct kunit_rig *rig, const struct bacs_profile *profile)
{
	const struct bacs_profile *old = rig->profile;

	profile = kmemdup(profile, sizeof(*profile), GFP_KERNEL);
	if (!profile)
		return -ENOMEM;
	rig->profile = profile;
	spin_lock_bh(&rig->bus->lock);
	scan_set_profile(rig->bus->scan, profile);
	spin_unlock_bh(&rig->bus->lock);
	kfree(old);
	return 0;
}

/* Let time pass until the engine wants to be called, and call it. */
void kunit_rig_timer(struct kunit_rig *rig)
{
	spin_lock_bh(&rig->bus->lock);
	rig->now = max(rig->now, rig->timer);
	scan_timer(rig->bus->scan);
	spin_unlock_bh(&rig->bus->lock);
}

/* Until the engine has sent something */
void kunit_rig_await_frame(struct kunit *test, struct kunit_rig *rig)
{
	u32 frames = rig->frames;

	for (int i = 0; i < STEPS_MAX && rig->frames == frames; i++)
		kunit_rig_timer(rig);
	KUNIT_ASSERT_NE(test, rig->frames, frames);
}

/**
 * kunit_rig_answer_to() - what the module asked last would answer
 * @rig: the rig
 * @reply: RTU_FRAME_MAX bytes of room; registers are those of the vectors, or
 *	with a loaded profile all 1
 *
 * Return: length of the answer.
 */
size_t kunit_rig_answer_to(const struct kunit_rig *rig, u8 *reply)
{
	u16 start = rtu_get_u16(rig->sent + 2);
	u16 count = rtu_get_u16(rig->sent + 4);

	reply[0] = rig->sent[0];
	reply[1] = rig->sent[1];
	reply[2] = (u8)(2 * count);
	if (rig->profile && count && count <= RTU_READ_MAX)
		for (u16 i = 0; i < count; i++)
			rtu_put_u16(reply + 3 + 2 * i, 1);
	else if (rig->sent[1] == RTU_READ_INPUT && !start &&
		 count == BACS_C_JAR_REGISTERS)
		memcpy(reply + 3, vector_jar, sizeof(vector_jar));
	else if (rig->sent[1] == RTU_READ_INPUT &&
		 start == BACS_C_IDENT_START &&
		 count == BACS_C_IDENT_REGISTERS)
		memcpy(reply + 3, vector_ident, sizeof(vector_ident));
	else
		return rtu_build_exception(reply, rig->sent,
					   RTU_ILLEGAL_ADDRESS);
	return rtu_seal(reply, 3 + 2 * count);
}

/**
 * kunit_rig_answer() - the same in memory of its own
 * @test: the test
 * @rig: the rig
 * @ret_len: length of the answer
 *
 * Return: the answer in memory of exactly its size, freed with the test.
 */
u8 *kunit_rig_answer(struct kunit *test, struct kunit_rig *rig, size_t *ret_len)
{
	u8 reply[RTU_FRAME_MAX];
	size_t len = kunit_rig_answer_to(rig, reply);
	u8 *exact = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, exact);
	memcpy(exact, reply, len);
	*ret_len = len;
	return exact;
}

/* Bytes come in all at once, when the last of them is there. */
void kunit_rig_say(struct kunit *test, struct kunit_rig *rig, const u8 *bytes,
		   size_t len)
{
	rig->now += NSEC_PER_MSEC + len * rig->bus->scan->char_ns;
	bacs_bus_rx(rig->bus, bytes, len);
}

/**
 * kunit_rig_run() - answer everything until a module is in a state
 * @test: the test
 * @rig: the rig
 * @address: whose state
 * @state: enum bacs_module_state
 *
 * Return: true if it came so.
 */
bool kunit_rig_run(struct kunit *test, struct kunit_rig *rig, u8 address,
		   u8 state)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		u32 frames = rig->frames;
		u8 reply[RTU_FRAME_MAX];
		size_t len;

		if (rig->bus->scan->slots[address].state == state)
			return true;
		kunit_rig_timer(rig);
		while (rig->frames != frames) {
			frames = rig->frames;
			if (rig->sent[0] != 1 && rig->sent[0] != 2)
				break;
			len = kunit_rig_answer_to(rig, reply);
			kunit_rig_say(test, rig, reply, len);
		}
	}
	return false;
}

/* Until both modules are there and @address is asked for its values */
void kunit_rig_await_poll(struct kunit *test, struct kunit_rig *rig, u8 address)
{
	KUNIT_ASSERT_TRUE(test, kunit_rig_run(test, rig, 1,
					      BACS_MODULE_STATE_OK));
	KUNIT_ASSERT_TRUE(test, kunit_rig_run(test, rig, 2,
					      BACS_MODULE_STATE_OK));
	for (int i = 0; i < STEPS_MAX; i++) {
		u8 reply[RTU_FRAME_MAX];

		if (rig->bus->scan->phase == SCAN_WAITING &&
		    rig->sent[0] == address && !rtu_get_u16(rig->sent + 2))
			return;
		if (rig->bus->scan->phase == SCAN_WAITING &&
		    (rig->sent[0] == 1 || rig->sent[0] == 2))
			kunit_rig_say(test, rig, reply, kunit_rig_answer_to(rig, reply));
		else
			kunit_rig_timer(rig);
	}
	KUNIT_FAIL(test, "module %u is never asked", address);
}
