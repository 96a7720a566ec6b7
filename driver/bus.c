// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bus: hosts the scan engine between a transport and the publisher
 *
 * The engine runs under bus->lock in the transport's receive context and in
 * a soft hrtimer. What it reports goes into a ring, from where the publisher
 * (publish.c) takes it in process context.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "bacs.h"
#include "compat.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Samples wait at most so long for company in a message. */
#define PUBLISH_MS	100
/* Enough to fill a message */
#define PUBLISH_NOTES	32

/* List of buses, their controllers, profiles; see bacs.h */
DEFINE_MUTEX(bacs_lock);
LIST_HEAD(bacs_buses);
/* Names in use; an ending bus keeps its own until its devices are gone. */
static LIST_HEAD(bus_names);
unsigned int bacs_generation = 1;

u64 bacs_mono_to_boot(u64 mono_ns)
{
	return ktime_to_ns(ktime_mono_to_any(ns_to_ktime(mono_ns),
					     TK_OFFS_BOOT));
}

const char *bacs_bus_profile(const struct bacs_bus *bus)
{
	return bus->stored ? bus->stored->name : BACS_C_PROFILE;
}

/* Scan engine's operations; all run under bus->lock */

static int op_transmit(void *ctx, const u8 *frame, size_t len)
{
	struct bacs_bus *bus = ctx;

	lockdep_assert_held(&bus->lock);
	if (bus->dead)
		return -ENODEV;
	return bus->transport_ops->write(bus->transport, frame, len);
}

static u64 op_now(void *ctx)
{
	struct bacs_bus *bus = ctx;

	lockdep_assert_held(&bus->lock);
	return ktime_get_ns();
}

static void op_set_timer(void *ctx, u64 deadline_ns)
{
	struct bacs_bus *bus = ctx;

	lockdep_assert_held(&bus->lock);
	if (!bus->dead)
		hrtimer_start(&bus->timer, ns_to_ktime(deadline_ns),
			      HRTIMER_MODE_ABS_SOFT);
}

static void op_emit(void *ctx, const struct scan_note *note)
{
	struct bacs_bus *bus = ctx;
	u32 used = bus->ring_head - bus->ring_tail;

	lockdep_assert_held(&bus->lock);
	if (used == BACS_RING) {
		bus->notes_lost++;
		return;
	}
	bus->ring[bus->ring_head++ % BACS_RING] = *note;
	if (note->kind != SCAN_NOTE_SAMPLE || used >= PUBLISH_NOTES)
		mod_delayed_work(system_unbound_wq, &bus->publish, 0);
	else
		queue_delayed_work(system_unbound_wq, &bus->publish,
				   msecs_to_jiffies(PUBLISH_MS));
}

static void op_trace(void *ctx, enum scan_trace what, u64 begin_ns,
		     const u8 *bytes, size_t len)
{
	struct bacs_bus *bus = ctx;

	if (!trace_bacs_frame_enabled())
		return;
	trace_bacs_frame(bus->name, bacs_mono_to_boot(begin_ns), what, bytes,
			 len);
}

static const struct scan_ops engine_ops = {
	.transmit = op_transmit,
	.now = op_now,
	.set_timer = op_set_timer,
	.emit = op_emit,
	.trace = op_trace,
};

static enum hrtimer_restart bus_timer(struct hrtimer *timer)
{
	struct bacs_bus *bus = container_of(timer, struct bacs_bus, timer);

	spin_lock(&bus->lock);
	if (!bus->dead)
		scan_timer(bus->scan);
	spin_unlock(&bus->lock);
	return HRTIMER_NORESTART;
}

/**
 * bacs_bus_rx() - bytes came in
 * @bus: the bus
 * @bytes: the bytes
 * @len: their number, may be 0
 *
 * Context: process or softirq.
 */
void bacs_bus_rx(struct bacs_bus *bus, const u8 *bytes, size_t len)
{
	spin_lock_bh(&bus->lock);
	if (!bus->dead)
		scan_rx(bus->scan, bytes, len);
	spin_unlock_bh(&bus->lock);
}

/**
 * bacs_bus_rx_error() - a character with a line error came in
 * @bus: the bus
 *
 * Context: process or softirq.
 */
void bacs_bus_rx_error(struct bacs_bus *bus)
{
	spin_lock_bh(&bus->lock);
	if (!bus->dead)
		scan_rx_error(bus->scan);
	spin_unlock_bh(&bus->lock);
}

/**
 * bacs_bus_set_line() - the line settings changed
 * @bus: the bus
 * @baud: bits per second
 * @char_bits: bits of a character with start, parity and stop
 *
 * Context: process.
 */
void bacs_bus_set_line(struct bacs_bus *bus, u32 baud, u32 char_bits)
{
	spin_lock_bh(&bus->lock);
	scan_set_line(bus->scan, baud, char_bits);
	spin_unlock_bh(&bus->lock);
}

/**
 * bacs_buses_set_profile() - a loaded profile was replaced
 * @stored: which
 * @profile: the new one; stays as long as a bus uses it
 *
 * The buses go on; their modules are described anew by the publisher. A bus
 * that is ending is given it all the same: it may still be looked at.
 *
 * Context: process, bacs_lock held.
 */
void bacs_buses_set_profile(const struct bacs_stored_profile *stored,
			    const struct bacs_profile *profile)
{
	struct bacs_bus *bus;

	lockdep_assert_held(&bacs_lock);
	list_for_each_entry(bus, &bus_names, name_node) {
		if (bus->stored != stored)
			continue;
		spin_lock_bh(&bus->lock);
		scan_set_profile(bus->scan, profile);
		spin_unlock_bh(&bus->lock);
	}
}

/**
 * bacs_bus_find() - look a bus up
 * @name: its name; upper and lower case are the same
 *
 * Context: bacs_lock held; the bus stays while it is.
 *
 * Return: the bus or NULL.
 */
struct bacs_bus *bacs_bus_find(const char *name)
{
	struct bacs_bus *bus;

	lockdep_assert_held(&bacs_lock);
	list_for_each_entry(bus, &bacs_buses, node)
		if (!strcasecmp(bus->name, name))
			return bus;
	return NULL;
}

static void bus_release(struct device *dev)
{
	struct bacs_bus *bus = to_bacs_bus(dev);

	kvfree(bus->scan);
	kvfree(bus->ring);
	kfree(bus->batch);
	kfree(bus->shown);
	kfree(bus);
	bacs_device_ends();
}

static void bus_children_work(struct work_struct *work)
{
	struct bacs_bus *bus = container_of(work, struct bacs_bus, children);

	/* What a sysfs writer asks for while the bus ends comes too late. */
	for (unsigned int a = 1;
	     a <= BACS_ADDRESS_MAX && !READ_ONCE(bus->dead); a++) {
		struct bacs_module *module = bacs_bus_module(bus, a);

		if (module)
			bacs_module_sync(module);
	}
}

static int start_check(const struct bacs_start *start)
{
	if (!bacs_name_ok(start->name, BACS_BUS_NAME_MAX, false))
		return -EINVAL;
	if (start->flags & ~BACS_START_FLAGS)
		return -EINVAL;
	if (start->addresses[0] & 1 || start->addresses[31] & 0x80)
		return -EINVAL;
	if (start->scan_ms > BACS_SCAN_MS_MAX)
		return -EINVAL;
	if (start->response_ms && (start->response_ms < BACS_RESPONSE_MS_MIN ||
				   start->response_ms > BACS_RESPONSE_MS_MAX))
		return -EINVAL;
	return 0;
}

static struct bacs_bus *bus_alloc(const struct bacs_start *start,
				  const char *tty)
{
	struct bacs_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return NULL;
	device_initialize(&bus->dev);
	bacs_device_begins();
	bus->dev.bus = &bacs_bus_type;
	bus->dev.groups = bacs_bus_groups;
	bus->dev.release = bus_release;
	INIT_LIST_HEAD(&bus->node);
	INIT_LIST_HEAD(&bus->name_node);
	spin_lock_init(&bus->lock);
	hrtimer_setup(&bus->timer, bus_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	INIT_DELAYED_WORK(&bus->publish, bacs_publish_work);
	INIT_WORK(&bus->children, bus_children_work);
	INIT_DELAYED_WORK(&bus->retry, bacs_modules_retry_work);
	atomic_set(&bus->events_seq, 0);
	strscpy(bus->name, start->name, sizeof(bus->name));
	strscpy(bus->tty, tty, sizeof(bus->tty));
	bus->flags = start->flags;
	bus->scan_ms = start->scan_ms;
	bus->started_ns = ktime_get_boottime_ns();
	bus->scan = kvzalloc(sizeof(*bus->scan), GFP_KERNEL);
	bus->ring = kvcalloc(BACS_RING, sizeof(*bus->ring), GFP_KERNEL);
	bus->batch = kcalloc(PUBLISH_NOTES, sizeof(*bus->batch), GFP_KERNEL);
	bus->shown = kzalloc(sizeof(*bus->shown), GFP_KERNEL);
	if (!bus->scan || !bus->ring || !bus->batch || !bus->shown ||
	    dev_set_name(&bus->dev, "%s", bus->name)) {
		put_device(&bus->dev);
		return NULL;
	}
	return bus;
}

static bool name_taken(const char *name)
{
	struct bacs_bus *bus;

	list_for_each_entry(bus, &bus_names, name_node)
		if (!strcasecmp(bus->name, name))
			return true;
	return false;
}

/* Take a name and a profile under bacs_lock; no device yet. */
static int bus_enlist(struct bacs_bus *bus, const char *profile)
{
	struct bacs_stored_profile *stored = NULL;

	lockdep_assert_held(&bacs_lock);
	if (name_taken(bus->name))
		return -EEXIST;
	if (*profile && strcmp(profile, BACS_C_PROFILE)) {
		stored = bacs_profile_find(profile);
		if (!stored)
			return -ENOENT;
		stored->users++;
	}
	bus->stored = stored;
	list_add_tail(&bus->name_node, &bus_names);
	list_add_tail(&bus->node, &bacs_buses);
	bacs_generation++;
	return 0;
}

static void bus_delist(struct bacs_bus *bus)
{
	mutex_lock(&bacs_lock);
	list_del_init(&bus->node);
	bus->controller = 0;
	bacs_generation++;
	mutex_unlock(&bacs_lock);
}

/* Last: another bus may be called so from now on, its profile may go. */
static void bus_free_name(struct bacs_bus *bus)
{
	mutex_lock(&bacs_lock);
	if (bus->stored)
		bus->stored->users--;
	list_del_init(&bus->name_node);
	mutex_unlock(&bacs_lock);
}

/**
 * bacs_bus_start() - make a bus and begin to scan it
 * @start: what the user asked for; strings are terminated
 * @tty: name of the tty
 * @ops: the transport
 * @transport: the transport's own; valid until bacs_bus_stop() returns
 * @baud: line setting
 * @char_bits: line setting
 *
 * Context: process.
 *
 * Return: the bus, or an error pointer: -EINVAL, -EEXIST (name taken),
 * -ENOENT (no such profile), -ENOMEM.
 */
struct bacs_bus *bacs_bus_start(const struct bacs_start *start, const char *tty,
				const struct bacs_transport_ops *ops,
				void *transport, u32 baud, u32 char_bits)
{
	struct scan_config config = {
		.readonly = start->flags & BACS_START_READONLY,
		.permit_sleep = start->flags & BACS_START_PERMIT_SLEEP,
		.baud = baud,
		.char_bits = char_bits,
		.rx_trigger = start->rx_trigger,
		.response_ms = start->response_ms,
		.scan_ms = start->scan_ms,
	};
	struct bacs_bus *bus;
	int err = start_check(start);

	if (err)
		return ERR_PTR(err);
	bus = bus_alloc(start, tty);
	if (!bus)
		return ERR_PTR(-ENOMEM);
	bus->transport_ops = ops;
	bus->transport = transport;

	mutex_lock(&bacs_lock);
	err = bus_enlist(bus, start->profile);
	if (!err) {
		if (bus->stored) {
			config.profile = bus->stored->profile;
			*bus->shown = *bus->stored->profile;
		}
		memcpy(config.addresses, start->addresses,
		       sizeof(config.addresses));
		scan_init(bus->scan, &engine_ops, bus, &config);
	}
	mutex_unlock(&bacs_lock);
	if (err)
		goto out_put;
	err = device_add(&bus->dev);
	if (err)
		goto out_delist;

	bacs_notify_event(bus, BACS_EVENT_BUS_STARTED, NULL);
	bacs_publish_configured(bus);
	spin_lock_bh(&bus->lock);
	scan_start(bus->scan);
	spin_unlock_bh(&bus->lock);
	dev_info(&bus->dev, "started on %s, profile %s, %u baud\n", bus->tty,
		 bacs_bus_profile(bus), baud);
	return bus;

out_delist:
	bus_delist(bus);
	bus_free_name(bus);
out_put:
	put_device(&bus->dev);
	return ERR_PTR(err);
}

/* Nobody is left to ask for bypass current: say so once more on the wire. */
static void bus_last_word(struct bacs_bus *bus)
{
	u8 frame[RTU_FRAME_MAX];
	size_t len;

	spin_lock_bh(&bus->lock);
	len = scan_final_map(bus->scan, frame);
	spin_unlock_bh(&bus->lock);
	if (!len)
		return;
	/* A reply may be on its way, and silence has to follow it. */
	fsleep(2 * BACS_C_RESPONSE_MS * USEC_PER_MSEC);
	if (bus->transport_ops->write(bus->transport, frame, len))
		dev_warn(&bus->dev,
			 "cannot tell the modules to end equalizing; their own lease does\n");
	bus->transport_ops->drain(bus->transport);
}

/**
 * bacs_bus_stop() - end a bus
 * @bus: the bus; gone for the caller afterwards
 *
 * The order: nobody finds it any more, nothing is sent or heard, all work is
 * done, the devices go, the memory goes with its last reader.
 *
 * Context: process.
 */
void bacs_bus_stop(struct bacs_bus *bus)
{
	bus_delist(bus);
	spin_lock_bh(&bus->lock);
	scan_stop(bus->scan);
	WRITE_ONCE(bus->dead, true);
	spin_unlock_bh(&bus->lock);
	hrtimer_cancel(&bus->timer);
	bus_last_word(bus);

	cancel_delayed_work_sync(&bus->publish);
	bacs_publish_all(bus);
	cancel_work_sync(&bus->children);
	cancel_delayed_work_sync(&bus->retry);
	bacs_notify_event(bus, BACS_EVENT_BUS_STOPPED, NULL);
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++) {
		struct bacs_module *module = bacs_bus_module(bus, a);

		if (module)
			bacs_module_remove(module);
	}
	/* A writer of a limit may have queued it again until now. */
	cancel_work_sync(&bus->children);
	dev_info(&bus->dev, "stopped\n");
	device_del(&bus->dev);
	bus_free_name(bus);
	put_device(&bus->dev);
}

#ifdef CONFIG_BACS_KUNIT_TEST
#include "kunit-bus.c"
#endif
