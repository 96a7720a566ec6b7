// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon: made, run by its event loop, unmade */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "bus.h"
#include "manager.h"
#include "ops.h"
#include "room.h"

#define TICK_USEC	USEC_PER_SEC

/* What a storm of events may fill journal, history and bus with */
#define EVENT_BURST	2000
#define EVENTS_PER_S	10
#define DENIED_BURST	20
#define DENIED_PER_S	1

uint64_t manager_now_ns(void)
{
	return bacs_ops()->now_ns(CLOCK_BOOTTIME);
}

void manager_event(struct manager *m, const struct policy_event *e)
{
	const struct policy_module *module = NULL;
	uint64_t suppressed = m->event_bucket.suppressed;

	if (!bucket_pass(&m->event_bucket, e->time_ns))
		return;
	if (suppressed)
		journal_print(LOG_WARNING,
			      "%llu event%s came too fast and %s suppressed",
			      (unsigned long long)suppressed,
			      suppressed == 1 ? "" : "s",
			      suppressed == 1 ? "was" : "were");
	m->event_bucket.suppressed = 0;
	if (m->policy && e->address)
		module = policy_find_module(m->policy, e->bus, e->address);
	journal_event(e, module ? module->facts.serial : 0);
	if (m->recorder) {
		recorder_event(m->recorder, e);
		manager_flush_soon(m);
	}
	bus_event(m, e);
}

void manager_event_text(struct manager *m, enum policy_kind kind,
			const char *bus, unsigned int address,
			const char *format, ...)
{
	const struct policy_module *module =
		policy_find_module(m->policy, bus, address);
	struct policy_event e = {
		.kind = kind,
		.severity = policy_kind_severity(kind),
		.time_ns = manager_now_ns(),
		.address = address,
	};
	va_list ap;

	/* an event that tells the coming of an alarm has its name */
	if (alarm_kind_by_name(policy_kind_name(kind)) < ALARM_KIND_COUNT)
		strcpy(e.alarm, policy_kind_name(kind));
	snprintf(e.bus, sizeof(e.bus), "%s", bus);
	snprintf(e.name, sizeof(e.name), "%s",
		 module ? module->name : *bus ? bus : "site");
	va_start(ap, format);
	vsnprintf(e.text, sizeof(e.text), format, ap);
	va_end(ap);
	manager_event(m, &e);
}

static void on_event(void *userdata, const struct policy_event *event)
{
	manager_event(userdata, event);
}

static void on_site_changed(void *userdata)
{
	bus_site_changed(userdata);
}

static void on_bus_changed(void *userdata, const struct policy_bus *bus)
{
	bus_bus_changed(userdata, bus);
}

static void on_bus_gone(void *userdata, const struct policy_bus *bus)
{
	bus_bus_gone(userdata, bus);
}

static void on_module_changed(void *userdata,
			      const struct policy_module *module)
{
	bus_module_changed(userdata, module);
}

static void on_module_gone(void *userdata, const struct policy_module *module)
{
	bus_module_gone(userdata, module);
}

static void on_string_changed(void *userdata,
			      const struct policy_string *string)
{
	learnt_string_changed(userdata);
	bus_string_changed(userdata, string);
}

static void on_string_gone(void *userdata, const struct policy_string *string)
{
	bus_string_gone(userdata, string);
}

static void on_set_module(void *userdata, const struct policy_module *module,
			  const char *label, const struct policy_limits *limits)
{
	manager_queue_push(userdata, module, label, limits);
}

static void on_set_supply(void *userdata, const struct policy_module *module,
			  const struct policy_supply *supply)
{
	manager_queue_supply(userdata, module, supply);
}

static void on_set_duties(void *userdata, const struct policy_bus *bus,
			  size_t n, const uint8_t *addresses,
			  const uint32_t *permille)
{
	manager_queue_duties(userdata, bus, n, addresses, permille);
}

/* An alarm that nobody knows of after a crash is worse than a late sample */
static void save_alarms(struct manager *m)
{
	if (!m->store)
		return;
	store_alarms_changed(m->store);
	manager_flush_soon(m);
}

static void on_alarm_changed(void *userdata, const struct alarm *alarm,
			     enum alarm_change change)
{
	save_alarms(userdata);
	bus_alarm_changed(userdata, alarm, change);
}

static void on_out_changed(void *userdata, const struct alarm_out *out,
			   bool in)
{
	(void)out, (void)in;
	save_alarms(userdata);
	bus_alarms_pending(userdata);
}

static void on_mute_changed(void *userdata, bool muted)
{
	(void)muted;
	save_alarms(userdata);
	bus_alarms_pending(userdata);
}

static void on_ri_start(void *userdata, const struct policy_module *module)
{
	manager_queue_ri(userdata, module);
}

static void on_ri_changed(void *userdata, const struct policy_string *string)
{
	jars_on_schedule(userdata, string);
}

static void on_jar_baseline(void *userdata, const struct policy_module *module,
			    const struct ri_baseline *baseline)
{
	jars_on_baseline(userdata, module, baseline);
}

static void on_jar_module(void *userdata, const struct policy_module *module)
{
	jars_on_module(userdata, module);
}

static void on_equalize_said(void *userdata,
			     const struct policy_string *string)
{
	kept_on_equalize(userdata, string);
}

static void on_limits_adopted(void *userdata,
			      const struct policy_module *module,
			      enum limit_state state)
{
	kept_on_adopted(userdata, module, state);
}

static void on_outputs_changed(void *userdata)
{
	bus_outputs_changed(userdata);
}

static const struct policy_ops policy_ops = {
	.event = on_event,
	.site_changed = on_site_changed,
	.bus_changed = on_bus_changed,
	.bus_gone = on_bus_gone,
	.module_changed = on_module_changed,
	.module_gone = on_module_gone,
	.string_changed = on_string_changed,
	.string_gone = on_string_gone,
	.set_module = on_set_module,
	.set_duties = on_set_duties,
	.alarm_changed = on_alarm_changed,
	.out_changed = on_out_changed,
	.mute_changed = on_mute_changed,
	.outputs_changed = on_outputs_changed,
	.ri_start = on_ri_start,
	.ri_changed = on_ri_changed,
	.equalize_said = on_equalize_said,
	.limits_adopted = on_limits_adopted,
	.jar_baseline = on_jar_baseline,
	.jar_module = on_jar_module,
	.set_supply = on_set_supply,
};

/* Samples stay away: perhaps it was the notices alone that got lost */
static void try_refresh(struct manager *m)
{
	bool stalled = !policy_alive(m->policy);
	bool before = m->stalled;

	m->stalled = stalled;
	if (!stalled || before)
		return;
	bacs_refresh(m->bacs);
	manager_dispatch_driver(m);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *m = userdata;
	uint64_t now_ns = manager_now_ns();

	(void)usec;
	sd_event_source_set_time_relative(source, TICK_USEC);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	room_tick(m, now_ns);
	policy_tick(m->policy, now_ns);
	try_refresh(m);
	manager_tick_control(m, now_ns);
	jars_tick(m, now_ns);
	learnt_tick(m, now_ns);
	kept_tick(m, now_ns);
	manager_tick_history(m, now_ns);
	bus_tick(m, now_ns);
	manager_notify_tick(m, now_ns);
	return 0;
}

static int on_flush(sd_event_source *source, void *userdata)
{
	struct manager *m = userdata;

	(void)source;
	store_flush(m->store, manager_now_ns());
	return 0;
}

int manager_reload(struct manager *m)
{
	int r;

	manager_notify_reloading(m);
	access_find_group(m);
	r = manager_load_config(m);
	if (r < 0)
		journal_print(LOG_ERR, "Cannot read the configuration: %s",
			      strerror(-r));
	policy_tick(m->policy, manager_now_ns());
	manager_notify_reloaded(m);
	return *m->config_error ? -EINVAL : r;
}

static int on_hangup(sd_event_source *source,
		     const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	manager_reload(userdata);
	return 0;
}

static int open_sources(struct manager *m)
{
	int r;

	r = sd_event_add_defer(m->event, &m->flush_source, on_flush, m);
	if (r < 0)
		return r;
	sd_event_source_set_description(m->flush_source, "history");
	/* after everything that may have more to write */
	sd_event_source_set_priority(m->flush_source, SD_EVENT_PRIORITY_IDLE);
	r = sd_event_add_time_relative(m->event, &m->tick_source,
				       CLOCK_MONOTONIC, TICK_USEC,
				       TICK_USEC / 10, on_tick, m);
	if (r < 0)
		return r;
	sd_event_source_set_description(m->tick_source, "tick");
	/* without it the daemon is deaf and yet seems alive */
	sd_event_source_set_exit_on_failure(m->tick_source, true);
	r = sd_event_add_signal(m->event, NULL, SIGHUP, on_hangup, m);
	if (r >= 0)
		r = sd_event_add_signal(m->event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(m->event, NULL, SIGINT, NULL, NULL);
	return r < 0 ? r : 0;
}

static int make_paths(struct manager *m)
{
	if (asprintf(&m->history_path, "%s/history.db",
		     m->settings.state_dir) < 0)
		m->history_path = NULL;
	if (asprintf(&m->good_path, "%s/last-good.conf",
		     m->settings.state_dir) < 0)
		m->good_path = NULL;
	if (asprintf(&m->lock_path, "%s/bacsd.lock", m->settings.run_dir) < 0)
		m->lock_path = NULL;
	return m->history_path && m->good_path && m->lock_path ? 0 : -ENOMEM;
}

static int start(struct manager *m)
{
	uint64_t watchdog_us;
	int r = make_paths(m);

	if (r < 0)
		return r;
	m->lock_fd = lock_take(m->lock_path);
	if (m->lock_fd < 0)
		return m->lock_fd;
	if (sd_watchdog_enabled(false, &watchdog_us) > 0)
		m->watchdog_ns = watchdog_us * NSEC_PER_USEC;
	r = policy_new(&policy_ops, m, manager_now_ns(), &m->policy);
	if (r == 0)
		r = bus_signal_open(m);
	if (r == 0)
		r = manager_open_history(m);
	if (r == 0)
		r = jars_new(&m->jars);
	if (r == 0)
		r = learnt_new(&m->learnt);
	if (r == 0)
		r = kept_new(&m->kept);
	if (r == 0)
		r = open_sources(m);
	if (r < 0)
		return r;
	manager_event_text(m, POLICY_DAEMON_STARTED, "", 0,
			   "bacsd " BACS_VERSION " started");
	manager_remember(m);
	jars_load(m);
	learnt_load(m);
	kept_load(m);
	r = manager_load_config(m);
	if (r == 0)
		r = manager_open_control(m);
	if (r == 0)
		r = manager_open_ri(m);
	if (r == 0)
		r = manager_open_driver(m);
	if (r < 0)
		return r;
	/* before the first samples are judged */
	learnt_tick(m, manager_now_ns());
	access_find_group(m);
	/* the bus may come later; monitoring does not wait for it */
	bus_tick(m, manager_now_ns());
	return 0;
}

int manager_new(const struct manager_settings *settings, sd_event *event,
		struct manager **ret)
{
	struct manager *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->settings = *settings;
	m->event = sd_event_ref(event);
	m->lock_fd = -1;
	m->operators_gid = -1;
	m->config_state = "default";
	m->event_bucket = (struct bucket){ .burst = EVENT_BURST,
					   .per_second = EVENTS_PER_S };
	m->denied_bucket = (struct bucket){ .burst = DENIED_BURST,
					    .per_second = DENIED_PER_S };
	r = start(m);
	if (r < 0) {
		manager_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

struct manager *manager_free(struct manager *m)
{
	if (!m)
		return NULL;
	if (m->recorder && m->policy)
		manager_event_text(m, POLICY_DAEMON_STOPPED, "", 0,
				   "bacsd stops");
	bus_close(m);
	if (m->learnt && m->store && m->policy)
		learnt_flush(m);
	manager_close_control(m);
	manager_close_ri(m);
	manager_close_driver(m);
	m->tick_source = sd_event_source_disable_unref(m->tick_source);
	m->flush_source = sd_event_source_disable_unref(m->flush_source);
	if (m->jars && m->store)
		jars_flush(m);
	if (m->kept && m->store)
		kept_flush(m);
	manager_close_history(m);
	m->jars = jars_free(m->jars);
	m->learnt = learnt_free(m->learnt);
	m->kept = kept_free(m->kept);
	bus_signal_close(m);
	m->policy = policy_free(m->policy);
	m->config = config_free(m->config);
	if (m->lock_fd >= 0)
		close(m->lock_fd);
	free(m->history_path);
	free(m->good_path);
	free(m->lock_path);
	sd_event_unref(m->event);
	free(m);
	return NULL;
}
