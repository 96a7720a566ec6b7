/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's state: what main() makes and everything else hangs on */
#ifndef BACSD_MANAGER_H
#define BACSD_MANAGER_H

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bacs.h"
#include "config.h"
#include "jars.h"
#include "kept.h"
#include "journal.h"
#include "learnt.h"
#include "policy/policy.h"
#include "recorder.h"
#include "room.h"
#include "store.h"

/**
 * struct manager_settings - where the daemon lives; strings are borrowed
 * @config_root: prefix of the configuration's paths, ""
 * @state_dir: /var/lib/bacs
 * @run_dir: /run/bacs
 * @clock_synchronised: does anybody vouch for the wall clock?
 */
struct manager_settings {
	const char *config_root;
	const char *state_dir;
	const char *run_dir;
	bool (*clock_synchronised)(void);
};

struct bus_pending;

struct manager {
	struct manager_settings settings;
	char *history_path;
	char *good_path;
	char *lock_path;
	int lock_fd;

	sd_event *event;
	struct config *config;
	char config_error[CONFIG_ERROR_MAX + 300];	/* "" = good */
	const char *config_state;	/* good, last-good, default */

	struct bacs *bacs;
	int dispatch_error;		/* last one reported */
	uint64_t lost_told_ns;		/* event of lost messages, 0 = never */
	uint64_t lost_overruns;		/* that were told */
	uint64_t lost_gaps;
	sd_event_source *bacs_source;
	sd_event_source *tick_source;
	sd_event_source *flush_source;	/* deferred: write events now */
	sd_event_source *push_source;	/* deferred: labels and limits */
	uint64_t flush_ns;		/* of the last write of samples */
	uint64_t prune_ns;

	struct policy *policy;
	struct store *store;
	bool remembered;		/* all of earlier runs was read */
	bool late;			/* it could not be read at the start */
	uint64_t remember_ns;		/* try again */
	struct recorder *recorder;
	struct push *pushes;
	size_t push_count;
	struct control *controls;	/* of buses, for equalizing */
	size_t control_count;
	sd_event_source *control_source;	/* deferred: duties */
	struct jars *jars;
	struct learnt *learnt;
	struct kept *kept;
	struct ri_order *ri_orders;
	size_t ri_order_count;
	sd_event_source *ri_source;	/* deferred: measurements of RI */
	int ri_error;			/* last one logged */
	char room_sensor[CONFIG_ROOM_MAX + 1];	/* that was read */
	uint64_t room_ns;		/* when it is read next */
	int room_error;			/* last one logged */
	bool room_known;
	int32_t room_mc;		/* if known */
	char room_reason[ROOM_WHY_MAX];	/* why it is not */
	struct bucket event_bucket;
	struct bucket denied_bucket;
	bool stalled;			/* a refresh was tried already */

	sd_bus *bus;
	bool bus_named;
	sd_event_source *bus_source;	/* deferred: signals of changes */
	struct bus_pending *pending;
	size_t pending_count;
	struct bus_pending_string *pending_strings;
	size_t pending_string_count;
	bool site_pending;
	uint64_t bus_retry_ns;
	int32_t operators_gid;		/* of group bacs-operators, or -1 */

	bool ready;
	uint64_t watchdog_ns;		/* WATCHDOG_USEC in ns, 0 = none */
	uint64_t fed_ns;
	char status[256];		/* last STATUS= */
};

/**
 * manager_new - make a daemon
 * @settings: where it lives
 * @event: event loop, referenced
 * @ret: the daemon
 *
 * Return: 0; -EBUSY when another one runs; or another negative errno, which has
 * been logged.
 */
int manager_new(const struct manager_settings *settings, sd_event *event,
		struct manager **ret);
/* Stop, flush, release, in reverse order. Returns NULL. */
struct manager *manager_free(struct manager *manager);

uint64_t manager_now_ns(void);

/* Read the configuration again; the old one stays when the new one is bad */
int manager_reload(struct manager *manager);

/* Take an event: journal, history, D-Bus */
void manager_event(struct manager *manager, const struct policy_event *event);
void manager_event_text(struct manager *manager, enum policy_kind kind,
			const char *bus, unsigned int address,
			const char *format, ...) __printf(5, 6);

/* manager-config.c */
int manager_load_config(struct manager *manager);

/* manager-history.c */
int manager_open_history(struct manager *manager);
void manager_close_history(struct manager *manager);
void manager_tick_history(struct manager *manager, uint64_t now_ns);
/* Write soon: something must not wait for the next batch of samples */
void manager_flush_soon(struct manager *manager);
void manager_remember(struct manager *manager);

/* manager-driver.c */
int manager_open_driver(struct manager *manager);
void manager_close_driver(struct manager *manager);
void manager_queue_push(struct manager *manager,
			const struct policy_module *module, const char *label,
			const struct policy_limits *limits);
void manager_queue_supply(struct manager *manager,
			  const struct policy_module *module,
			  const struct policy_supply *supply);
void manager_dispatch_driver(struct manager *manager);

/* manager-equalize.c: control of buses, duties */
int manager_open_control(struct manager *manager);
void manager_close_control(struct manager *manager);
void manager_tick_control(struct manager *manager, uint64_t now_ns);
void manager_queue_duties(struct manager *manager,
			  const struct policy_bus *bus, size_t n,
			  const uint8_t *addresses, const uint32_t *permille);

/* manager-ri.c: measurements of internal resistance */
int manager_open_ri(struct manager *manager);
void manager_close_ri(struct manager *manager);
void manager_queue_ri(struct manager *manager,
		      const struct policy_module *module);

/* manager-notify.c: READY, STATUS, watchdog */
void manager_notify_tick(struct manager *manager, uint64_t now_ns);
void manager_notify_reloading(struct manager *manager);
void manager_notify_reloaded(struct manager *manager);

/* lock.c: one bacsd per site */
int lock_take(const char *path);

#endif
