// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included by serdev.c: a port that hears to its last moment. What it does
 * otherwise is tested with a real one (tests/system/serdev.sh).
 */
#include <kunit/test.h>
#include <linux/kref.h>
#include <linux/pm_runtime.h>

/**
 * struct fake_port - a UART that takes everything
 * @ctrl: what serdev knows of it
 * @serdev: the device below it
 * @bus: what was started on it
 * @open: between open and close
 * @refs: references to the bus when the last bytes came in
 */
struct fake_port {
	struct serdev_controller *ctrl;
	struct serdev_device *serdev;
	struct bacs_bus *bus;
	bool open;
	unsigned int refs;
};

static struct fake_port *fake;

static int fake_open(struct serdev_controller *ctrl)
{
	fake->open = true;
	return 0;
}

/* Bytes come in until the port is closed. */
static void fake_close(struct serdev_controller *ctrl)
{
	static const u8 noise[] = { 1, 2, 3, 4 };

	if (fake->bus) {
		fake->refs = kref_read(&fake->bus->dev.kobj.kref);
		if (fake->refs)
			port_receive(fake->serdev, noise, sizeof(noise));
	}
	fake->open = false;
}

static int fake_write_buf(struct serdev_controller *ctrl, const u8 *bytes,
			  size_t len)
{
	return len;
}

static unsigned int fake_set_baudrate(struct serdev_controller *ctrl,
				      unsigned int baud)
{
	/* of all but one that it cannot make */
	return baud == 1 ? 0 : baud;
}

static int fake_set_parity(struct serdev_controller *ctrl,
			   enum serdev_parity parity)
{
	return 0;
}

static const struct serdev_controller_ops fake_ops = {
	.open = fake_open,
	.close = fake_close,
	.write_buf = fake_write_buf,
	.set_baudrate = fake_set_baudrate,
	.set_parity = fake_set_parity,
};

static int serdev_init(struct kunit *test)
{
	struct device *host = root_device_register("bacs-kunit");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	test->priv = host;
	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake);
	fake->ctrl = serdev_controller_alloc(host, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->ctrl);
	fake->ctrl->ops = &fake_ops;
	pm_runtime_enable(&fake->ctrl->dev);
	fake->serdev = serdev_device_alloc(fake->ctrl);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->serdev);
	fake->ctrl->serdev = fake->serdev;
	dev_set_name(&fake->serdev->dev, "kunit-0");
	return 0;
}

static void serdev_exit(struct kunit *test)
{
	if (IS_ERR_OR_NULL(test->priv) || !fake || !fake->serdev)
		return;
	device_remove_software_node(&fake->serdev->dev);
	/* What probe() took of the device goes with it. */
	serdev_device_put(fake->serdev);
	pm_runtime_disable(&fake->ctrl->dev);
	serdev_controller_put(fake->ctrl);
	root_device_unregister(test->priv);
}

static void describe(struct kunit *test, const struct software_node *node)
{
	KUNIT_ASSERT_EQ(test, 0,
			device_add_software_node(&fake->serdev->dev, node));
}

static void the_last_bytes_find_a_bus(struct kunit *test)
{
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_STRING("label", "kunitS"), { }
	};
	static const struct software_node node = { .properties = properties };
	struct bacs_serdev *port;
	static const u8 noise[] = { 5, 6, 7 };

	describe(test, &node);
	KUNIT_ASSERT_EQ(test, 0, bacs_serdev_probe(fake->serdev));
	KUNIT_EXPECT_TRUE(test, fake->open);
	port = serdev_device_get_drvdata(fake->serdev);
	fake->bus = port->bus;
	KUNIT_EXPECT_EQ(test, 3, port_receive(fake->serdev, noise, 3));
	KUNIT_EXPECT_EQ(test, 3ULL, fake->bus->scan->bytes_rx);
	bacs_serdev_remove(fake->serdev);
	KUNIT_EXPECT_FALSE(test, fake->open);
	KUNIT_EXPECT_GT(test, fake->refs, 0U);
}

static void a_port_that_is_refused_is_closed(struct kunit *test)
{
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_STRING("label", "kunitS"),
		PROPERTY_ENTRY_U32("current-speed", 1), { }
	};
	static const struct software_node node = { .properties = properties };

	describe(test, &node);
	KUNIT_EXPECT_EQ(test, -EINVAL, bacs_serdev_probe(fake->serdev));
	KUNIT_EXPECT_FALSE(test, fake->open);
}

static struct kunit_case serdev_cases[] = {
	KUNIT_CASE(the_last_bytes_find_a_bus),
	KUNIT_CASE(a_port_that_is_refused_is_closed),
	{}
};

static struct kunit_suite serdev_suite = {
	.name = "bacs-serdev",
	.init = serdev_init,
	.exit = serdev_exit,
	.test_cases = serdev_cases,
};

static struct kunit_suite *serdev_suites[] = { &serdev_suite };

/* A bus needs all of the driver, which is not there yet when others run. */
static void kunit_serdev_run(void)
{
	__kunit_test_suites_init(serdev_suites, ARRAY_SIZE(serdev_suites));
}

static void kunit_serdev_end(void)
{
	__kunit_test_suites_exit(serdev_suites, ARRAY_SIZE(serdev_suites));
}
