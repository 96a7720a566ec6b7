// SPDX-License-Identifier: GPL-2.0-only
/*
 * Publisher: takes the engine's notes out of the ring, in process context,
 * and tells sysfs readers (struct bacs_module), netlink and the children work
 *
 * Single writer of bus->modules. One instance per bus runs at a time.
 */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "bacs.h"

/* Notes taken out at once; must match the allocation in bus.c */
#define BATCH	32

static struct bacs_module *ensure_module(struct bacs_bus *bus, u8 address)
{
	struct bacs_module *module = bacs_bus_module(bus, address);
	struct bacs_event_info info = { .address = address };

	if (module)
		return module;
	module = bacs_module_new(bus, address);
	if (!module) {
		dev_err_ratelimited(&bus->dev,
				    "no memory for module %u\n", address);
		/* What was said of it did not arrive either. */
		spin_lock_bh(&bus->lock);
		bus->notes_lost++;
		spin_unlock_bh(&bus->lock);
		return NULL;
	}
	mutex_lock(&bacs_lock);
	bacs_generation++;
	mutex_unlock(&bacs_lock);
	/* Readers of bacs_bus_module() see a complete module. */
	smp_store_release(&bus->modules[address], module);
	bacs_notify_event(bus, BACS_EVENT_MODULE_ADDED, &info);
	queue_work(bacs_children_wq, &bus->children);
	return module;
}

/* The bus goes on with another profile: what are its modules now? */
static void publish_profile(struct bacs_bus *bus)
{
	spin_lock_bh(&bus->lock);
	*bus->shown = *bus->scan->profile;
	bus->shown_generation = bus->scan->generation;
	spin_unlock_bh(&bus->lock);
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++) {
		struct bacs_event_info info = { .address = a };
		struct bacs_module *module = bacs_bus_module(bus, a);

		if (module && bacs_module_describe(module, bus->shown))
			bacs_notify_event(bus, BACS_EVENT_MODULE_CHANGED, &info);
	}
	queue_work(bacs_children_wq, &bus->children);
}

static void publish_sample(struct bacs_bus *bus, struct bacs_module *module,
			   const struct scan_note *note)
{
	struct bacs_event_info info = { .address = note->address };
	bool first;

	spin_lock(&module->lock);
	first = !module->sample_ns;
	module->sample = note->sample;
	module->sample_ns = bacs_mono_to_boot(note->time_ns);
	info.time_ns = module->sample_ns;
	info.old = module->alarms;
	info.new = bacs_module_update_alarms(module);
	spin_unlock(&module->lock);

	bacs_notify_sample(bus, note);
	if (info.old != info.new) {
		info.has_change = true;
		bacs_notify_event(bus, BACS_EVENT_ALARM, &info);
	}
	if (first || info.old != info.new)
		queue_work(bacs_children_wq, &bus->children);
}

static void publish_state(struct bacs_bus *bus, struct bacs_module *module,
			  const struct scan_note *note)
{
	spin_lock(&module->lock);
	module->state = note->change.new;
	module->since_ns = bacs_mono_to_boot(note->time_ns);
	/* An old value must not look live when the module is back. */
	module->sample_ns = 0;
	module->alarms = 0;
	spin_unlock(&module->lock);
	queue_work(bacs_children_wq, &bus->children);
}

static const enum bacs_event event_of[] = {
	[SCAN_NOTE_MODULE_STATE] = BACS_EVENT_MODULE_STATE,
	[SCAN_NOTE_BUS_STATE] = BACS_EVENT_BUS_STATE,
	[SCAN_NOTE_COMMAND] = BACS_EVENT_COMMAND,
	[SCAN_NOTE_REBOOTED] = BACS_EVENT_MODULE_REBOOTED,
	[SCAN_NOTE_CHANGED] = BACS_EVENT_MODULE_CHANGED,
	[SCAN_NOTE_LEASE_EXPIRED] = BACS_EVENT_LEASE_EXPIRED,
	[SCAN_NOTE_SECOND_MASTER] = BACS_EVENT_SECOND_MASTER,
};

static void publish_event(struct bacs_bus *bus, const struct scan_note *note)
{
	struct bacs_event_info info = {
		.address = note->address,
		.time_ns = bacs_mono_to_boot(note->time_ns),
	};

	switch (note->kind) {
	case SCAN_NOTE_COMMAND:
		info.command = note->command.cmd;
		info.result = note->command.result;
		break;
	case SCAN_NOTE_MODULE_STATE:
	case SCAN_NOTE_BUS_STATE:
	case SCAN_NOTE_REBOOTED:
		info.has_change = true;
		info.old = note->change.old;
		info.new = note->change.new;
		break;
	default:
		break;
	}
	/* Samples that came before must be seen before. */
	bacs_notify_flush(bus);
	bacs_notify_event(bus, event_of[note->kind], &info);
}

static void publish_log(struct bacs_bus *bus, const struct scan_note *note)
{
	switch (note->kind) {
	case SCAN_NOTE_MODULE_STATE:
		if (note->change.new == BACS_MODULE_STATE_LOST)
			dev_warn_ratelimited(&bus->dev, "module %u is lost\n",
					     note->address);
		break;
	case SCAN_NOTE_BUS_STATE:
		if (note->change.new == BACS_BUS_STATE_LOST)
			dev_warn(&bus->dev, "no module answers\n");
		break;
	case SCAN_NOTE_LEASE_EXPIRED:
		dev_warn(&bus->dev, "lease expired, equalizing ended\n");
		break;
	case SCAN_NOTE_SECOND_MASTER:
		dev_warn(&bus->dev, "a second master is on the line\n");
		break;
	default:
		break;
	}
}

static void publish_note(struct bacs_bus *bus, const struct scan_note *note)
{
	struct bacs_module *module = NULL;

	/* Its own note may have found the ring full, or lie behind this one. */
	if (READ_ONCE(bus->scan->generation) != bus->shown_generation)
		publish_profile(bus);
	if (note->kind == SCAN_NOTE_PROFILE ||
	    (note->kind == SCAN_NOTE_SAMPLE &&
	     note->generation != bus->shown_generation))
		return;
	if (note->address) {
		module = ensure_module(bus, note->address);
		if (!module)
			return;
	}
	switch (note->kind) {
	case SCAN_NOTE_SAMPLE:
		publish_sample(bus, module, note);
		return;
	case SCAN_NOTE_DONE:
		bacs_notify_scan_done(bus, note->scan);
		return;
	case SCAN_NOTE_TRANSACT:
		bacs_notify_flush(bus);
		bacs_notify_transact(bus);
		return;
	case SCAN_NOTE_PAUSED:
		bacs_modules_forget_values(bus);
		return;
	case SCAN_NOTE_IDENTITY:
		bacs_module_set_identity(module, &note->identity);
		queue_work(bacs_children_wq, &bus->children);
		return;
	case SCAN_NOTE_MODULE_STATE:
		publish_state(bus, module, note);
		break;
	default:
		break;
	}
	publish_log(bus, note);
	publish_event(bus, note);
}

static unsigned int take_notes(struct bacs_bus *bus)
{
	unsigned int n = 0;

	spin_lock_bh(&bus->lock);
	while (n < BATCH && bus->ring_tail != bus->ring_head)
		bus->batch[n++] = bus->ring[bus->ring_tail++ % BACS_RING];
	spin_unlock_bh(&bus->lock);
	return n;
}

/* The states of all modules, if notes are missing and none is on its way */
static bool take_states(struct bacs_bus *bus, u8 *states)
{
	bool missing;

	spin_lock_bh(&bus->lock);
	missing = bus->notes_made_good != bus->notes_lost &&
		  bus->ring_tail == bus->ring_head;
	if (missing) {
		bus->notes_made_good = bus->notes_lost;
		for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++)
			states[a] = bus->scan->slots[a].state;
		scan_identify_again(bus->scan);
	}
	spin_unlock_bh(&bus->lock);
	return missing;
}

/*
 * Notes found the ring full. Values come again with every scan, but a state or
 * an identity is said once: a lost module would look live for good.
 */
static void publish_missing(struct bacs_bus *bus)
{
	u8 states[SCAN_SLOTS];

	if (!take_states(bus, states))
		return;
	dev_warn_ratelimited(&bus->dev,
			     "could not keep up with the line, some events are lost; states are compared and identities read again\n");
	bacs_notify_gap(bus);
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++) {
		struct scan_note note = {
			.kind = SCAN_NOTE_MODULE_STATE,
			.address = (u8)a,
			.time_ns = ktime_get_ns(),
			.change.new = states[a],
		};
		struct bacs_module *module;

		if (states[a] == BACS_MODULE_STATE_UNKNOWN)
			continue;
		module = ensure_module(bus, a);
		if (!module || module->state == states[a])
			continue;
		note.change.old = module->state;
		publish_note(bus, &note);
	}
}

/**
 * bacs_publish_all() - publish what is in the ring
 * @bus: the bus
 *
 * Context: process; from the publish work, or after it has been cancelled.
 */
void bacs_publish_all(struct bacs_bus *bus)
{
	unsigned int n;

	while ((n = take_notes(bus)))
		for (unsigned int i = 0; i < n; i++)
			publish_note(bus, &bus->batch[i]);
	publish_missing(bus);
	/* Its note may have found the ring full. */
	bacs_notify_transact(bus);
	bacs_notify_flush(bus);
}

void bacs_publish_work(struct work_struct *work)
{
	bacs_publish_all(container_of(to_delayed_work(work), struct bacs_bus,
				      publish));
}

/**
 * bacs_publish_configured() - make the modules that somebody expects
 * @bus: a bus that has not started to scan
 *
 * Context: process.
 */
void bacs_publish_configured(struct bacs_bus *bus)
{
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++)
		if (bus->scan->slots[a].configured)
			ensure_module(bus, a);
}
