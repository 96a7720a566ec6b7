/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bacs: the objects of the driver and who owns them
 *
 * bus		one line with its modules; made by BACS_IOC_START and ends with
 *		the discipline, or by a serdev device and ends with it. A device
 *		on bus_type bacs.
 * module	one address of a bus; made when configured or found, ends with
 *		the bus. A device below its bus. While its state is ok it has a
 *		hwmon chip and, if it is a jar, a power supply.
 * transport	bytes below a bus: the line discipline or a serdev device
 *
 * Locks, outermost first:
 *   bacs_lock		list of buses; controller of each bus; profiles.
 *			Never held while a device is removed.
 *   bus->lock (bh)	scan engine, note ring, transport in use
 *   module->lock	what readers of a module see
 */
#ifndef BACS_H
#define BACS_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <uapi/linux/bacs.h>

#include "scan.h"

struct bacs_bus;
struct bacs_module;
struct sk_buff;

/**
 * struct bacs_transport_ops - what a bus needs of the line below it
 * @write: put a whole frame into the line's buffer, from any context that
 *	does not sleep; 0 or negative errno (-EAGAIN: no room for all of it)
 * @drain: wait, at most about half a second, until all has left; may sleep
 */
struct bacs_transport_ops {
	int (*write)(void *transport, const u8 *frame, size_t len);
	void (*drain)(void *transport);
};

/* main.c */
extern struct bus_type bacs_bus_type;
extern struct workqueue_struct *bacs_children_wq;
void bacs_device_begins(void);
void bacs_device_ends(void);

/* profile-store.c */
/**
 * struct bacs_stored_profile - a loaded profile; by bacs_lock
 * @node: in the list of profiles
 * @users: buses that use it, ending ones too
 * @name: of @profile; constant, so that users may read it without a lock
 * @profile: never written to, but replaced as a whole. Engines use it under
 *	their bus's lock, and are told of the new one before the old one goes.
 */
struct bacs_stored_profile {
	struct list_head node;
	unsigned int users;
	char name[BACS_PROFILE_NAME_MAX + 1];
	struct bacs_profile *profile;
};

extern struct list_head bacs_profiles;
extern unsigned int bacs_profiles_generation;
struct bacs_stored_profile *bacs_profile_find(const char *name);
int bacs_profile_add(struct bacs_profile *profile);
void bacs_profile_forget(struct bacs_stored_profile *stored);
void bacs_profiles_free(void);

/* netlink-transact.c */
/**
 * struct bacs_asker - who waits for a raw request
 * @portid: socket, 0: nobody
 * @seq: number of its request
 * @pid: its process
 */
struct bacs_asker {
	u32 portid;
	u32 seq;
	pid_t pid;
};

/* bus.c */
#define BACS_RING		512	/* notes; a power of two */

/**
 * struct bacs_bus - a bus
 * @dev: its device, owner of the memory
 * @node: in the list of buses, by bacs_lock
 * @name_node: in the list of names in use, by bacs_lock
 * @name: unique without regard to case
 * @tty: name of the tty
 * @flags: BACS_START_*
 * @scan_ms: period asked for
 * @started_ns: CLOCK_BOOTTIME
 * @stored: profile in use; NULL for bacs-c
 * @lock: serialises @scan and @ring
 * @timer: of the engine
 * @dead: no more transmission, by @lock
 * @transport_ops: the line
 * @transport: the line; valid until the bus is stopped
 * @scan: the engine
 * @ring: notes from the engine to the publisher
 * @ring_head: next to write
 * @ring_tail: next to read
 * @notes_lost: notes that found the ring full
 * @notes_made_good: @notes_lost when the publisher last made up for them
 * @asker: of the raw request in the engine, by @lock
 * @publish: takes notes out of the ring; owns the members below it
 * @batch: room for notes taken out
 * @samples: message of group "samples" being filled
 * @samples_scan: the scan it belongs to
 * @samples_part: its number within the scan
 * @samples_seq: messages of group "samples" so far
 * @events_seq: messages of group "events" so far, atomic
 * @shown: profile by which the publisher describes modules; unused for bacs-c
 * @shown_generation: of @shown, compared with what a note says
 * @children: adds and removes devices
 * @retry: begins @children again some time after it could not make one
 * @modules: by address; written by @publish only, read with READ_ONCE
 * @controller: netlink port of the controller, 0 = none, by bacs_lock
 * @controller_pid: its process
 */
struct bacs_bus {
	struct device dev;
	struct list_head node;
	struct list_head name_node;
	char name[BACS_BUS_NAME_MAX + 1];
	char tty[32];
	u32 flags;
	u32 scan_ms;
	u64 started_ns;
	struct bacs_stored_profile *stored;

	spinlock_t lock;	/* engine and ring */
	struct hrtimer timer;
	bool dead;
	const struct bacs_transport_ops *transport_ops;
	void *transport;
	struct scan *scan;
	struct scan_note *ring;
	u32 ring_head;
	u32 ring_tail;
	u64 notes_lost;
	u64 notes_made_good;
	struct bacs_asker asker;

	struct delayed_work publish;
	struct scan_note *batch;
	struct sk_buff *samples;
	u32 samples_scan;
	u32 samples_part;
	u32 samples_seq;
	atomic_t events_seq;
	struct bacs_profile *shown;
	u32 shown_generation;

	struct work_struct children;
	struct delayed_work retry;
	struct bacs_module *modules[SCAN_SLOTS];

	u32 controller;
	pid_t controller_pid;
};

#define to_bacs_bus(d)	container_of(d, struct bacs_bus, dev)

extern struct mutex bacs_lock;
extern struct list_head bacs_buses;
extern unsigned int bacs_generation;

struct bacs_bus *bacs_bus_start(const struct bacs_start *start, const char *tty,
				const struct bacs_transport_ops *ops,
				void *transport, u32 baud, u32 char_bits);
void bacs_bus_stop(struct bacs_bus *bus);
void bacs_bus_rx(struct bacs_bus *bus, const u8 *bytes, size_t len);
void bacs_bus_rx_error(struct bacs_bus *bus);
void bacs_bus_set_line(struct bacs_bus *bus, u32 baud, u32 char_bits);
void bacs_buses_set_profile(const struct bacs_stored_profile *stored,
			    const struct bacs_profile *profile);
struct bacs_bus *bacs_bus_find(const char *name);
u64 bacs_mono_to_boot(u64 mono_ns);
const char *bacs_bus_profile(const struct bacs_bus *bus);
extern const struct attribute_group *bacs_bus_groups[];

/* publish.c */
void bacs_publish_work(struct work_struct *work);
void bacs_publish_all(struct bacs_bus *bus);
void bacs_publish_configured(struct bacs_bus *bus);

#define BACS_HWMON_LABELS	6
#define BACS_HWMON_LABEL_SIZE	(BACS_LABEL_MAX + 16)

/* module.c */
enum bacs_limit {
	BACS_LIMIT_VOLTAGE_MIN,
	BACS_LIMIT_VOLTAGE_MAX,
	BACS_LIMIT_VOLTAGE_LCRIT,
	BACS_LIMIT_VOLTAGE_CRIT,
	BACS_LIMIT_TEMP_MIN,
	BACS_LIMIT_TEMP_MAX,
	BACS_LIMIT_TEMP_LCRIT,
	BACS_LIMIT_TEMP_CRIT,
	BACS_LIMITS
};

/**
 * struct bacs_module - one address of a bus
 * @dev: its device, owner of the memory
 * @bus: its bus, alive as long as @dev is registered
 * @address: 1-247
 * @added: the device is registered; by the children work
 * @hwmon: chip, NULL unless registered; by the children work
 * @hwmon_name: name of the chip; hwmon keeps a pointer to it
 * @power: power supply, likewise
 * @stale_files: files do not show what its class has yet, likewise
 * @lock: protects what follows
 * @state: enum bacs_module_state
 * @since_ns: CLOCK_BOOTTIME of @state
 * @sample: last sample; shown while the state is ok
 * @sample_ns: CLOCK_BOOTTIME of @sample, 0 = none yet
 * @identity: what it says it is
 * @has: quantities that a module of this class has, bit mask
 * @reregister: the identity changed: hwmon and power supply are made anew
 * @label: e.g. "4S2"
 * @hwmon_labels: @label with each quantity, for hwmon
 * @limits: by enum bacs_limit
 * @limits_set: somebody has set limits since the module appeared
 * @alarms: BACS_ALARM_* now
 * @edges: BACS_ALARM_* that hwmon has not been told of
 * @status: enum bacs_status
 * @health: enum bacs_health
 * @teller: netlink port of who told @status or @health, 0 = nobody
 * @power_changed: power supply has not been told of a change
 */
struct bacs_module {
	struct device dev;
	struct bacs_bus *bus;
	u8 address;
	bool added;
	struct device *hwmon;
	char hwmon_name[BACS_BUS_NAME_MAX + 8];
	struct bacs_power *power;
	bool stale_files;

	spinlock_t lock;	/* all below */
	u32 state;
	u64 since_ns;
	struct bacs_sample sample;
	u64 sample_ns;
	struct bacs_identity identity;
	u32 has;
	bool reregister;
	char label[BACS_LABEL_MAX + 1];
	char hwmon_labels[BACS_HWMON_LABELS][BACS_HWMON_LABEL_SIZE];
	s32 limits[BACS_LIMITS];
	bool limits_set;
	u32 alarms;
	u32 edges;
	u32 status;
	u32 health;
	u32 teller;
	bool power_changed;
};

#define to_bacs_module(d)	container_of(d, struct bacs_module, dev)

struct bacs_module *bacs_module_new(struct bacs_bus *bus, u8 address);
void bacs_module_sync(struct bacs_module *module);
void bacs_modules_retry_work(struct work_struct *work);
void bacs_modules_forget_values(struct bacs_bus *bus);
void bacs_module_remove(struct bacs_module *module);
int bacs_module_value(struct bacs_module *module, enum bacs_quantity quantity,
		      s32 *ret_value);
int bacs_module_update_files(struct bacs_module *module);
void bacs_module_set_identity(struct bacs_module *module,
			      const struct bacs_identity *identity);
bool bacs_module_describe(struct bacs_module *module,
			  const struct bacs_profile *profile);
u32 bacs_module_update_alarms(struct bacs_module *module);
void bacs_module_set_limits(struct bacs_module *module, const s32 *limits,
			    u32 mask, u32 pid);
void bacs_module_default_limits(struct bacs_module *module);
extern const struct attribute_group *bacs_module_groups[];

static inline struct bacs_module *bacs_bus_module(struct bacs_bus *bus,
						  unsigned int address)
{
	return READ_ONCE(bus->modules[address]);
}

/* hwmon.c */
struct device *bacs_hwmon_register(struct bacs_module *module);
void bacs_hwmon_set_labels(struct bacs_module *module);
void bacs_hwmon_notify(struct bacs_module *module, u32 edges);

/* power.c */
struct bacs_power *bacs_power_register(struct bacs_module *module);
void bacs_power_unregister(struct bacs_power *power);
void bacs_power_changed(struct bacs_power *power);

/* suspend.c */
int bacs_suspend_register(void);
void bacs_suspend_unregister(void);

/* netlink*.c */
int bacs_netlink_init(void);
void bacs_netlink_exit(void);
void bacs_notify_sample(struct bacs_bus *bus, const struct scan_note *note);
void bacs_notify_scan_done(struct bacs_bus *bus, u32 scan);
void bacs_notify_flush(struct bacs_bus *bus);
void bacs_notify_transact(struct bacs_bus *bus);
void bacs_notify_gap(struct bacs_bus *bus);

/**
 * struct bacs_event_info - what an event says beyond its kind
 * @address: 0 = the bus itself
 * @time_ns: CLOCK_BOOTTIME, 0 = now
 * @has_change: @old and @new are meant
 * @old: value before
 * @new: value after
 * @command: enum bacs_cmd, 0 = not about a command
 * @result: of @command
 * @has_pid: @pid is meant
 * @pid: process
 */
struct bacs_event_info {
	u8 address;
	u64 time_ns;
	bool has_change;
	u32 old;
	u32 new;
	u32 command;
	s32 result;
	bool has_pid;
	u32 pid;
};

void bacs_notify_event(struct bacs_bus *bus, enum bacs_event kind,
		       const struct bacs_event_info *info);

#endif /* BACS_H */
