// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport over serdev: the bus of a board whose firmware says which UART
 * leads to battery modules
 *
 * The node below the UART says what bacs-attach says on a PC; the binding is
 * Documentation/devicetree/bindings/serial/bacs,battery-bus.yaml. Nothing in
 * user space opens the port. Line errors are not told to serdev clients, so a
 * broken character is found by the CRC.
 */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/serdev.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bacs.h"
#include "compat.h"
#include "profile.h"
#include "serdev.h"

#define BACS_SERDEV_BAUD	19200	/* Modbus over serial line V1.02, 2.2 */
#define BACS_SERDEV_BAUD_MAX	4000000	/* as fast as a tty can be asked for */

/**
 * struct bacs_serdev - a bus on a serdev device
 * @serdev: open from probe to remove
 * @bus: NULL before it is complete
 */
struct bacs_serdev {
	struct serdev_device *serdev;
	struct bacs_bus *bus;
};

static int port_write(void *transport, const u8 *frame, size_t len)
{
	struct bacs_serdev *port = transport;
	int done;

	done = serdev_device_write_buf(port->serdev, frame, len);
	if (done < 0)
		return done;
	if ((size_t)done == len)
		return 0;
	/* Half a frame is worse than none. */
	serdev_device_write_flush(port->serdev);
	return -EAGAIN;
}

static void port_drain(void *transport)
{
	struct bacs_serdev *port = transport;

	serdev_device_wait_until_sent(port->serdev, HZ / 2);
}

static const struct bacs_transport_ops port_ops = {
	.write = port_write,
	.drain = port_drain,
};

static BACS_SERDEV_COUNT port_receive(struct serdev_device *serdev,
				      const u8 *bytes, size_t count)
{
	struct bacs_serdev *port = serdev_device_get_drvdata(serdev);
	/* Pairs with the store in start_bus(). */
	struct bacs_bus *bus = smp_load_acquire(&port->bus);

	if (bus)
		bacs_bus_rx(bus, bytes, count);
	return count;
}

static const struct serdev_device_ops bacs_serdev_ops = {
	.receive_buf = port_receive,
};

/* A string of the node, or nothing */
static int read_name(struct device *dev, const char *property, size_t max,
		     bool lower_dash, char *ret_name)
{
	const char *text;
	int err = device_property_read_string(dev, property, &text);

	if (err == -EINVAL)
		return 0;	/* there is none */
	if (err)
		return dev_err_probe(dev, err, "%s: not a string\n", property);
	if (!bacs_name_ok(text, max, lower_dash))
		return dev_err_probe(dev, -EINVAL,
				     "%s: '%s' is not %s of at most %zu characters\n",
				     property, text, lower_dash ?
				     "[a-z][a-z0-9-]*" : "[A-Za-z][A-Za-z0-9]*",
				     max);
	strscpy(ret_name, text, max + 1);
	return 0;
}

/* A number of the node, @ret_value stays if there is none */
static int read_number(struct device *dev, const char *property, u32 min,
		       u32 max, u32 *ret_value)
{
	u32 value;
	int err;

	if (!device_property_present(dev, property))
		return 0;
	err = device_property_read_u32(dev, property, &value);
	if (err)
		return dev_err_probe(dev, err, "%s: not one cell\n", property);
	if (value < min || value > max)
		return dev_err_probe(dev, -EINVAL, "%s: %u is not in %u-%u\n",
				     property, value, min, max);
	*ret_value = value;
	return 0;
}

static int add_ranges(struct device *dev, const u32 *range, int count,
		      u8 *addresses)
{
	for (int i = 0; i < count; i += 2) {
		u32 first = range[i], last = range[i + 1];

		if (first < 1 || first > last || last > BACS_ADDRESS_MAX)
			return dev_err_probe(dev, -EINVAL,
					     "bacs,addresses: %u to %u is not a range within 1-%d\n",
					     first, last, BACS_ADDRESS_MAX);
		for (u32 a = first; a <= last; a++)
			addresses[a / 8] |= 1 << a % 8;
	}
	return 0;
}

/* Pairs of a first and a last address */
static int read_addresses(struct device *dev, u8 *addresses)
{
	u32 *range;
	int count, err;

	if (!device_property_present(dev, "bacs,addresses"))
		return 0;
	count = device_property_count_u32(dev, "bacs,addresses");
	if (count < 2 || count > 2 * BACS_ADDRESS_MAX || count % 2)
		return dev_err_probe(dev, -EINVAL,
				     "bacs,addresses: pairs of a first and a last address are needed\n");
	range = kmalloc_array(count, sizeof(*range), GFP_KERNEL);
	if (!range)
		return -ENOMEM;
	err = device_property_read_u32_array(dev, "bacs,addresses", range,
					     count);
	if (!err)
		err = add_ranges(dev, range, count, addresses);
	kfree(range);
	return err;
}

static int read_start(struct device *dev, struct bacs_start *start)
{
	int err = read_name(dev, "label", BACS_BUS_NAME_MAX, false,
			    start->name);

	if (err)
		return err;
	if (!*start->name)
		return dev_err_probe(dev, -EINVAL,
				     "label: missing, it is the name of the bus\n");
	err = read_name(dev, "bacs,profile", BACS_PROFILE_NAME_MAX,
			true, start->profile);
	if (!err)
		err = read_addresses(dev, start->addresses);
	if (!err)
		err = read_number(dev, "bacs,scan-period-ms", 1,
				  BACS_SCAN_MS_MAX, &start->scan_ms);
	if (!err)
		err = read_number(dev, "bacs,response-timeout-ms",
				  BACS_RESPONSE_MS_MIN, BACS_RESPONSE_MS_MAX,
				  &start->response_ms);
	if (device_property_read_bool(dev, "bacs,read-only"))
		start->flags |= BACS_START_READONLY;
	if (device_property_read_bool(dev, "bacs,permit-sleep"))
		start->flags |= BACS_START_PERMIT_SLEEP;
	return err;
}

static int read_parity(struct device *dev, enum serdev_parity *ret_parity)
{
	static const char * const names[] = { "none", "even", "odd" };
	static const enum serdev_parity parities[] = {
		SERDEV_PARITY_NONE, SERDEV_PARITY_EVEN, SERDEV_PARITY_ODD
	};
	const char *text = "even";
	int i, err = device_property_read_string(dev, "bacs,parity", &text);

	i = err && err != -EINVAL ? err :
	    match_string(names, ARRAY_SIZE(names), text);
	if (i < 0)
		return dev_err_probe(dev, -EINVAL,
				     "bacs,parity: neither none nor even nor odd\n");
	*ret_parity = parities[i];
	return 0;
}

/* Speed and parity; @ret_bits: of a character with start, parity and stop */
static int set_line(struct serdev_device *serdev, u32 *ret_baud, u32 *ret_bits)
{
	struct device *dev = &serdev->dev;
	enum serdev_parity parity;
	u32 baud = BACS_SERDEV_BAUD;
	int err = read_number(dev, "current-speed", 1, BACS_SERDEV_BAUD_MAX,
			      &baud);

	if (!err)
		err = read_parity(dev, &parity);
	if (err)
		return err;
	*ret_baud = serdev_device_set_baudrate(serdev, baud);
	if (*ret_baud != baud)
		return dev_err_probe(dev, -EINVAL,
				     "current-speed: the port makes %u of %u\n",
				     *ret_baud, baud);
	serdev_device_set_flow_control(serdev, false);
	err = serdev_device_set_parity(serdev, parity);
	if (err)
		return dev_err_probe(dev, err, "the port cannot do the parity\n");
	*ret_bits = parity == SERDEV_PARITY_NONE ? 10 : 11;
	return 0;
}

static int start_bus(struct bacs_serdev *port, const struct bacs_start *start)
{
	struct serdev_device *serdev = port->serdev;
	struct device *dev = &serdev->dev;
	struct bacs_bus *bus;
	u32 baud, char_bits;
	int err = set_line(serdev, &baud, &char_bits);

	if (err)
		return err;
	bus = bacs_bus_start(start, dev_name(dev), &port_ops, port, baud,
			     char_bits);
	if (PTR_ERR(bus) == -ENOENT)
		return dev_err_probe(dev, -ENOENT,
				     "bacs,profile: no '%s' yet; load it, then bind this device again\n",
				     start->profile);
	if (IS_ERR(bus))
		return dev_err_probe(dev, PTR_ERR(bus),
				     "cannot start bus '%s'\n", start->name);
	/* Pairs with the load in port_receive(). */
	smp_store_release(&port->bus, bus);
	return 0;
}

static int bacs_serdev_probe(struct serdev_device *serdev)
{
	struct device *dev = &serdev->dev;
	struct bacs_start start = { .size = sizeof(start) };
	struct bacs_serdev *port;
	int err = read_start(dev, &start);

	if (err)
		return err;
	port = devm_kzalloc(dev, sizeof(*port), GFP_KERNEL);
	if (!port)
		return -ENOMEM;
	port->serdev = serdev;
	serdev_device_set_drvdata(serdev, port);
	serdev_device_set_client_ops(serdev, &bacs_serdev_ops);
	err = serdev_device_open(serdev);
	if (err)
		return dev_err_probe(dev, err, "cannot open the port\n");
	err = start_bus(port, &start);
	if (err)
		serdev_device_close(serdev);
	return err;
}

/*
 * The port is closed last, so that the last word still leaves. Until then it
 * hears, and hands on to a bus that is dead but must not be gone.
 */
static void bacs_serdev_remove(struct serdev_device *serdev)
{
	struct bacs_serdev *port = serdev_device_get_drvdata(serdev);
	struct device *bus = get_device(&port->bus->dev);

	bacs_bus_stop(port->bus);
	serdev_device_close(serdev);
	put_device(bus);
}

static const struct of_device_id bacs_serdev_ids[] = {
	{ .compatible = "bacs,battery-bus" },
	{ }
};
MODULE_DEVICE_TABLE(of, bacs_serdev_ids);

static struct serdev_device_driver bacs_serdev_driver = {
	.driver = {
		.name = "bacs",
		.of_match_table = bacs_serdev_ids,
	},
	.probe = bacs_serdev_probe,
	.remove = bacs_serdev_remove,
};

#ifdef CONFIG_BACS_KUNIT_TEST
#include "kunit-serdev.c"
#else
static void kunit_serdev_run(void) { }
static void kunit_serdev_end(void) { }
#endif

int bacs_serdev_register(void)
{
	int err = serdev_device_driver_register(&bacs_serdev_driver);

	if (!err)
		kunit_serdev_run();
	return err;
}

void bacs_serdev_unregister(void)
{
	kunit_serdev_end();
	serdev_device_driver_unregister(&bacs_serdev_driver);
}
