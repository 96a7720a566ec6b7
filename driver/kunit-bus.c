// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bus as it is in use: engine, ring, publisher and modules. Part of bus.c.
 *
 * Nothing is on its line: the test says what the engine would. KUnit may run
 * before the driver's own initialisation, so no device is added.
 */
#include <kunit/test.h>

static bool own_wq;

static int quiet_suite_init(struct kunit_suite *suite)
{
	if (bacs_children_wq)
		return 0;
	bacs_children_wq = alloc_workqueue("bacs_kunit", WQ_UNBOUND, 0);
	own_wq = bacs_children_wq;
	return own_wq ? 0 : -ENOMEM;
}

static void quiet_suite_exit(struct kunit_suite *suite)
{
	if (!own_wq)
		return;
	destroy_workqueue(bacs_children_wq);
	bacs_children_wq = NULL;
}

static int quiet_bus_init(struct kunit *test)
{
	static const struct bacs_start start = { .name = "kunit" };
	const struct scan_config config = {
		.baud = 19200,
		.char_bits = 11,
		.rx_trigger = 1,
		.addresses = { BIT(1) | BIT(2) },
	};
	struct bacs_bus *bus = bus_alloc(&start, "none");

	if (!bus)
		return -ENOMEM;
	scan_init(bus->scan, &engine_ops, bus, &config);
	/* Modules get no devices, the engine sends nothing. */
	bus->dead = true;
	bacs_publish_configured(bus);
	test->priv = bus;
	return 0;
}

static void quiet_bus_exit(struct kunit *test)
{
	struct bacs_bus *bus = test->priv;

	if (!bus)
		return;
	cancel_delayed_work_sync(&bus->publish);
	cancel_work_sync(&bus->children);
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++)
		if (bus->modules[a])
			bacs_module_remove(bus->modules[a]);
	put_device(&bus->dev);
}

/* The engine says more than the ring holds, while the publisher cannot run. */
static void fill_ring(struct bacs_bus *bus)
{
	const struct scan_note note = { .kind = SCAN_NOTE_DONE };

	lockdep_assert_held(&bus->lock);
	while (bus->ring_head - bus->ring_tail < BACS_RING)
		bus->scan->ops->emit(bus, &note);
}

static u32 published_state(struct bacs_bus *bus, u8 address)
{
	struct bacs_module *module = bacs_bus_module(bus, address);

	return module ? READ_ONCE(module->state) : BACS_MODULE_STATE_UNKNOWN;
}

static void a_full_ring_loses_no_state(struct kunit *test)
{
	struct bacs_bus *bus = test->priv;
	struct scan_slot *slots = bus->scan->slots;
	struct scan_note note = {
		.kind = SCAN_NOTE_MODULE_STATE,
		.address = 1,
		.change = { BACS_MODULE_STATE_UNPOLLED, BACS_MODULE_STATE_OK },
	};
	int events;

	KUNIT_ASSERT_EQ(test, published_state(bus, 1),
			(u32)BACS_MODULE_STATE_UNPOLLED);
	spin_lock_bh(&bus->lock);
	slots[1].state = BACS_MODULE_STATE_OK;
	slots[1].identified = true;
	bus->scan->ops->emit(bus, &note);
	spin_unlock_bh(&bus->lock);
	flush_delayed_work(&bus->publish);
	KUNIT_ASSERT_EQ(test, published_state(bus, 1), (u32)BACS_MODULE_STATE_OK);
	KUNIT_EXPECT_TRUE(test, slots[1].identified);

	events = atomic_read(&bus->events_seq);
	spin_lock_bh(&bus->lock);
	fill_ring(bus);
	slots[1].state = BACS_MODULE_STATE_LOST;
	note.change.new = BACS_MODULE_STATE_LOST;
	bus->scan->ops->emit(bus, &note);
	KUNIT_EXPECT_EQ(test, bus->notes_lost, 1ULL);
	spin_unlock_bh(&bus->lock);
	flush_delayed_work(&bus->publish);
	KUNIT_EXPECT_EQ(test, published_state(bus, 1),
			(u32)BACS_MODULE_STATE_LOST);
	KUNIT_EXPECT_EQ(test, published_state(bus, 2),
			(u32)BACS_MODULE_STATE_UNPOLLED);
	/* Its own event, and a number that nobody gets */
	KUNIT_EXPECT_EQ(test, atomic_read(&bus->events_seq), events + 2);
	KUNIT_EXPECT_FALSE(test, slots[1].identified);
}

/* A module that was found while the ring was full is there all the same. */
static void nor_a_module(struct kunit *test)
{
	struct bacs_bus *bus = test->priv;

	spin_lock_bh(&bus->lock);
	fill_ring(bus);
	bus->scan->slots[9].state = BACS_MODULE_STATE_OK;
	bus->scan->ops->emit(bus, &(struct scan_note){
		.kind = SCAN_NOTE_MODULE_STATE,
		.address = 9,
		.change = { .new = BACS_MODULE_STATE_OK },
	});
	spin_unlock_bh(&bus->lock);
	flush_delayed_work(&bus->publish);
	KUNIT_EXPECT_EQ(test, published_state(bus, 9), (u32)BACS_MODULE_STATE_OK);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_full_ring_loses_no_state),
	KUNIT_CASE(nor_a_module),
	{}
};

static struct kunit_suite suite = {
	.name = "bacs-bus",
	.suite_init = quiet_suite_init,
	.suite_exit = quiet_suite_exit,
	.init = quiet_bus_init,
	.exit = quiet_bus_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
