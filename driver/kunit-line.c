// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included by ldisc.c: characters with line errors on the way that the tty
 * layer brings them. No pty and no emulated UART makes such characters.
 */
#include "kunit-rig.h"

static int line_init(struct kunit *test)
{
	struct bacs_line *line;
	struct tty_struct *tty;
	struct kunit_rig *rig;
	int err = kunit_rig_init(test);

	if (err)
		return err;
	rig = test->priv;
	tty = kunit_kzalloc(test, sizeof(*tty), GFP_KERNEL);
	line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);
	if (!tty || !line) {
		kunit_rig_exit(test);
		return -ENOMEM;
	}
	line->tty = tty;
	line->bus = rig->bus;
	tty->disc_data = line;
	/* where the tests find it */
	rig->bus->transport = line;
	return 0;
}

/* Bytes and flags of exactly their size; @flag at place @at, -1: nowhere */
static void hear(struct kunit *test, const u8 *bytes, size_t len, int at,
		 char flag)
{
	struct kunit_rig *rig = test->priv;
	struct bacs_line *line = rig->bus->transport;
	BACS_TTY_CHAR *chars = kunit_kmalloc(test, len, GFP_KERNEL);
	BACS_TTY_FLAG *flags = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chars);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, flags);
	memcpy(chars, bytes, len);
	memset(flags, TTY_NORMAL, len);
	if (at >= 0)
		flags[at] = flag;
	rig->now += NSEC_PER_MSEC + len * rig->bus->scan->char_ns;
	bacs_ldisc_receive(line->tty, chars, flags, len);
	kunit_kfree(test, chars);
	kunit_kfree(test, flags);
}

static void without_flags_a_reply_is_taken(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;
	struct bacs_line *line = rig->bus->transport;
	u8 *reply;
	size_t len;

	kunit_rig_await_poll(test, rig, 1);
	rig->samples = 0;
	reply = kunit_rig_answer(test, rig, &len);
	rig->now += NSEC_PER_MSEC + len * rig->bus->scan->char_ns;
	bacs_ldisc_receive(line->tty, reply, NULL, len);
	KUNIT_EXPECT_EQ(test, rig->samples, 1u);

	kunit_rig_await_poll(test, rig, 2);
	rig->samples = 0;
	reply = kunit_rig_answer(test, rig, &len);
	hear(test, reply, len, -1, TTY_NORMAL);
	KUNIT_EXPECT_EQ(test, rig->samples, 1u);
}

/* Parity, framing and break stand in the place of a character. */
static void a_bad_character_anywhere_voids_the_reply(struct kunit *test)
{
	static const char bad[] = { TTY_BREAK, TTY_PARITY, TTY_FRAME };
	struct kunit_rig *rig = test->priv;
	struct scan_stats *stats = &rig->bus->scan->slots[1].stats;
	u8 *reply;
	size_t len;

	kunit_rig_await_poll(test, rig, 1);
	reply = kunit_rig_answer(test, rig, &len);
	for (size_t i = 0; i < len * ARRAY_SIZE(bad); i++) {
		u64 errors, replies;

		kunit_rig_await_poll(test, rig, 1);
		errors = stats->line_errors;
		replies = stats->replies;
		rig->samples = 0;
		hear(test, reply, len, i / ARRAY_SIZE(bad),
		     bad[i % ARRAY_SIZE(bad)]);
		KUNIT_ASSERT_EQ(test, rig->samples, 0u);
		/* The silence after it ends it, and then it is counted. */
		kunit_rig_await_frame(test, rig);
		KUNIT_ASSERT_EQ(test, stats->line_errors, errors + 1);
		KUNIT_ASSERT_EQ(test, stats->replies, replies);
		KUNIT_ASSERT_EQ(test, stats->crc_errors, 0ull);
	}
}

/* The tty layer tells an overrun by a character of its own, behind the last. */
static void an_overrun_voids_what_follows_it(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;
	struct scan_stats *stats = &rig->bus->scan->slots[1].stats;
	u8 *reply, *longer;
	size_t len;

	kunit_rig_await_poll(test, rig, 1);
	reply = kunit_rig_answer(test, rig, &len);
	longer = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, longer);
	for (size_t at = 0; at < len; at++) {
		u64 errors;

		kunit_rig_await_poll(test, rig, 1);
		errors = stats->line_errors;
		rig->samples = 0;
		memcpy(longer, reply, at);
		longer[at] = 0;
		memcpy(longer + at + 1, reply + at, len - at);
		hear(test, longer, len + 1, at, TTY_OVERRUN);
		KUNIT_ASSERT_EQ(test, rig->samples, 0u);
		kunit_rig_await_frame(test, rig);
		KUNIT_ASSERT_EQ(test, stats->line_errors, errors + 1);
	}
}

static void errors_alone_are_no_values_and_no_crash(struct kunit *test)
{
	static const char bad[] = {
		TTY_BREAK, TTY_FRAME, TTY_PARITY, TTY_OVERRUN,
	};
	struct kunit_rig *rig = test->priv;
	u8 bytes[4] = { 0 };

	kunit_rig_await_poll(test, rig, 1);
	rig->samples = 0;
	for (int i = 0; i < 1000; i++) {
		hear(test, bytes, 1 + i % 4, i % 4 % (1 + i % 4), bad[i % 4]);
		if (i % 3 == 0)
			kunit_rig_timer(rig);
	}
	KUNIT_EXPECT_EQ(test, rig->samples, 0u);
	KUNIT_EXPECT_GT(test, rig->bus->scan->slots[1].stats.line_errors +
			rig->bus->scan->stats.line_errors, 0ull);
	/* The line is quiet again: everybody comes back. */
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 1,
					      BACS_MODULE_STATE_OK));
	KUNIT_EXPECT_TRUE(test, kunit_rig_run(test, rig, 2,
					      BACS_MODULE_STATE_OK));
}

static void before_the_start_bytes_are_nobodys(struct kunit *test)
{
	struct kunit_rig *rig = test->priv;
	struct bacs_line *line = rig->bus->transport;
	u64 bytes = rig->bus->scan->bytes_rx;
	static const u8 noise[] = { 1, 2, 3 };

	line->bus = NULL;
	hear(test, noise, sizeof(noise), 1, TTY_FRAME);
	KUNIT_EXPECT_EQ(test, rig->bus->scan->bytes_rx, bytes);
	/* and so after the end */
	line->bus = rig->bus;
	rig->bus->dead = true;
	hear(test, noise, sizeof(noise), 1, TTY_FRAME);
	KUNIT_EXPECT_EQ(test, rig->bus->scan->bytes_rx, bytes);
}

static unsigned int unthrottled;

static void count_unthrottle(struct tty_struct *tty)
{
	unthrottled++;
}

/* The kernel that can run this is 6.1. */
static int take_all(struct tty_struct *tty, const unsigned char *bytes, int len)
{
	return len;
}

/* As a USB adapter is whose bytes nobody has read for long */
static void a_port_that_was_held_up_is_heard(struct kunit *test)
{
	static const struct tty_operations ops = {
		.write = take_all,
		.unthrottle = count_unthrottle,
	};
	struct tty_struct *tty = kunit_kzalloc(test, sizeof(*tty), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tty);
	init_rwsem(&tty->termios_rwsem);
	tty->ops = &ops;
	set_bit(TTY_THROTTLED, &tty->flags);
	unthrottled = 0;
	KUNIT_ASSERT_EQ(test, bacs_ldisc_open(tty), 0);
	KUNIT_EXPECT_EQ(test, unthrottled, 1u);
	bacs_ldisc_close(tty);
}

static struct kunit_case line_cases[] = {
	KUNIT_CASE(a_port_that_was_held_up_is_heard),
	KUNIT_CASE(without_flags_a_reply_is_taken),
	KUNIT_CASE(a_bad_character_anywhere_voids_the_reply),
	KUNIT_CASE(an_overrun_voids_what_follows_it),
	KUNIT_CASE(errors_alone_are_no_values_and_no_crash),
	KUNIT_CASE(before_the_start_bytes_are_nobodys),
	{}
};

static struct kunit_suite line_suite = {
	.name = "bacs-line",
	.init = line_init,
	.exit = kunit_rig_exit,
	.test_cases = line_cases,
};

kunit_test_suite(line_suite);
