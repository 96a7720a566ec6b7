// SPDX-License-Identifier: GPL-2.0-or-later
/* When the history is written, dated and pruned */
#include <errno.h>
#include <string.h>

#include <systemd/sd-id128.h>

#include "manager.h"
#include "ops.h"

#define PRUNE_NS	(3600 * NSEC_PER_SEC)
#define DAY_US		(86400 * USEC_PER_SEC)

static int64_t wall_us(void)
{
	return bacs_ops()->now_ns(CLOCK_REALTIME) / NSEC_PER_USEC;
}

static void on_store(void *userdata, enum store_notice notice,
		     const char *text)
{
	static const enum policy_kind kinds[] = {
		[STORE_DEGRADED] = POLICY_HISTORY_DEGRADED,
		[STORE_RESTORED] = POLICY_HISTORY_RESTORED,
		[STORE_SET_ASIDE] = POLICY_HISTORY_SET_ASIDE,
	};
	struct manager *m = userdata;

	manager_event_text(m, kinds[notice], "", 0, "%s", text);
	/* it may be written again and not be read yet */
	if (notice == STORE_RESTORED && m->late && !m->remembered)
		m->remember_ns = 0;
	else if (notice != STORE_SET_ASIDE)
		policy_report(m->policy, ALARM_HISTORY_DEGRADED, "", 0,
			      notice == STORE_DEGRADED ? ALARM_ALARM :
			      ALARM_NONE, text, manager_now_ns());
	if (notice == STORE_SET_ASIDE)
		jars_rewrite(m);
	if (notice == STORE_SET_ASIDE)
		learnt_rewrite(m);
	if (notice == STORE_SET_ASIDE)
		kept_rewrite(m);
}

int manager_open_history(struct manager *m)
{
	struct store_settings settings = {
		.path = m->history_path,
		.notice = on_store,
		.userdata = m,
	};
	char boot[SD_ID128_STRING_MAX] = "unknown";
	uint64_t now_ns = manager_now_ns();
	sd_id128_t id;
	int r;

	if (sd_id128_get_boot(&id) >= 0)
		sd_id128_to_string(id, boot);
	settings.boot = boot;
	r = store_new(&settings, now_ns, &m->store);
	if (r == 0)
		r = recorder_new(m->store, now_ns, wall_us(),
				 m->settings.clock_synchronised(),
				 &m->recorder);
	m->flush_ns = now_ns;
	return r;
}

/* The policy needs the wall clock for deadlines that outlast a boot */
static void tell_clock(struct manager *m, uint64_t now_ns)
{
	const struct clock *clock = recorder_get_clock(m->recorder);

	policy_clock(m->policy, clock->quality == STORE_CLOCK_UNKNOWN ? 0 :
		     clock->offset_us, now_ns);
	store_alarms_changed(m->store);
}

static int on_known(void *userdata, const struct store_module *module)
{
	struct manager *m = userdata;

	return policy_remember(m->policy, module->bus, module->address,
			       module->serial,
			       bacs_modclass_by_name(module->modclass),
			       module->nominal_mv);
}

static void on_alarm(void *userdata, const struct alarm *alarm, bool same_boot)
{
	struct manager *m = userdata;
	int (*take)(struct policy *policy, const struct alarm *alarm,
		    bool same_boot, uint64_t now_ns) =
		m->late ? policy_merge_alarm : policy_restore_alarm;
	int r = take(m->policy, alarm, same_boot, manager_now_ns());

	if (r < 0)
		journal_print(LOG_WARNING,
			      "Alarm %llu (%s of %s) of an earlier run cannot be taken over: %s",
			      (unsigned long long)alarm->id,
			      alarm_kind_name(alarm->kind), alarm->name,
			      strerror(-r));
}

static void on_out(void *userdata, const struct alarm_out *out, bool same_boot)
{
	struct manager *m = userdata;
	int (*take)(struct policy *policy, const struct alarm_out *out,
		    bool same_boot, uint64_t now_ns) =
		m->late ? policy_merge_out : policy_restore_out;
	int r = take(m->policy, out, same_boot, manager_now_ns());

	if (r < 0)
		journal_print(LOG_WARNING,
			      "%s was out of service in an earlier run, which cannot be taken over: %s",
			      out->name, strerror(-r));
}

/*
 * Before the first sample: nothing is raised twice, nothing is forgotten. What
 * cannot be read is not written over: the store gets the alarms when it was.
 */
static int restore_alarms(struct manager *m)
{
	struct store_alarms from = {
		.alarm = on_alarm, .out = on_out, .userdata = m,
	};
	struct store_status status;
	int r;

	tell_clock(m, manager_now_ns());
	r = store_read_alarms(m->store, &from);
	if (r < 0)
		return r;
	if (m->late)
		policy_merge_end(m->policy, from.next_id, manager_now_ns());
	else
		policy_restore_site(m->policy, from.next_id, from.muted,
				    from.muted_by);
	store_set_alarms(m->store, policy_alarms(m->policy));
	store_get_status(m->store, &status);
	if (!status.degraded)
		policy_report(m->policy, ALARM_HISTORY_DEGRADED, "", 0,
			      ALARM_NONE, "ok", manager_now_ns());
	/* boot times in the file are of this boot from now on */
	store_alarms_changed(m->store);
	manager_flush_soon(m);
	return 0;
}

/* Part of what was read may be there already: reading it again merges it */
static void remember(struct manager *m)
{
	static const char text[] =
		"Modules and alarms of earlier runs cannot be read. They are left as they are and join when they can; until then no change of an alarm survives a restart";
	int r = store_read_modules(m->store, on_known, m);

	if (r == 0)
		r = restore_alarms(m);
	m->remembered = r == 0;
	m->remember_ns = manager_now_ns() + STORE_RETRY_NS;
	if (r == 0 && m->late)
		journal_print(LOG_NOTICE,
			      "Modules and alarms of earlier runs could be read now");
	if (r == 0 || m->late)
		return;
	m->late = true;
	journal_print(LOG_WARNING, "%s: %s", text, strerror(-r));
	policy_report(m->policy, ALARM_HISTORY_DEGRADED, "", 0, ALARM_ALARM,
		      text, manager_now_ns());
}

void manager_remember(struct manager *m)
{
	/* opens the file; a failure shows as a degraded history */
	store_flush(m->store, manager_now_ns());
	remember(m);
}

static void remember_late(struct manager *m, uint64_t now_ns)
{
	struct store_status status;

	store_get_status(m->store, &status);
	if (m->remembered || status.degraded || now_ns < m->remember_ns)
		return;
	remember(m);
}

void manager_close_history(struct manager *m)
{
	m->recorder = recorder_free(m->recorder);
	m->store = store_free(m->store);
}

void manager_flush_soon(struct manager *m)
{
	if (m->flush_source)
		sd_event_source_set_enabled(m->flush_source, SD_EVENT_ONESHOT);
}

static void look_at_clock(struct manager *m, uint64_t now_ns)
{
	const struct clock *clock = recorder_get_clock(m->recorder);
	bool synchronised = m->settings.clock_synchronised();
	int64_t step;

	switch (recorder_clock(m->recorder, now_ns, wall_us(), synchronised)) {
	case CLOCK_DATED:
		tell_clock(m, now_ns);
		manager_event_text(m, POLICY_CLOCK_SET, "", 0,
				   "The wall clock is known now; what was recorded before is dated");
		break;
	case CLOCK_STEPPED:
		tell_clock(m, now_ns);
		step = clock->step_us / 1000;
		if (clock->step_us > CLOCK_STEP_EVENT_US ||
		    clock->step_us < -CLOCK_STEP_EVENT_US)
			manager_event_text(m, POLICY_CLOCK_STEPPED, "", 0,
					   "The wall clock was set %lld ms %s",
					   (long long)(step < 0 ? -step : step),
					   step < 0 ? "back" : "forward");
		break;
	default:
		break;
	}
	policy_clock_state(m->policy, synchronised, now_ns);
}

void manager_tick_history(struct manager *m, uint64_t now_ns)
{
	look_at_clock(m, now_ns);
	recorder_tick(m->recorder, now_ns);
	if (now_ns - m->flush_ns >= m->config->history_s * NSEC_PER_SEC) {
		m->flush_ns = now_ns;
		store_flush(m->store, now_ns);
	} else {
		struct store_status status;

		/* a degraded store paces its trials itself */
		store_get_status(m->store, &status);
		if (status.degraded)
			store_flush(m->store, now_ns);
	}
	remember_late(m, now_ns);
	if (now_ns - m->prune_ns < PRUNE_NS)
		return;
	m->prune_ns = now_ns;
	store_prune(m->store, now_ns / NSEC_PER_USEC,
		    m->config->retention_days * DAY_US);
}
