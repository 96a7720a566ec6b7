// SPDX-License-Identifier: GPL-2.0-or-later
/* What systemd is told: ready, status, alive */
#include <string.h>

#include <systemd/sd-daemon.h>

#include "manager.h"
#include "ops.h"

static void status_text(struct manager *m, char *text, size_t size)
{
	const struct policy_site *site = policy_site(m->policy);
	struct store_status store;
	unsigned int n[BACS_COLOUR_GREEN + 1];
	int i;

	for (i = 0; i <= BACS_COLOUR_GREEN; i++)
		n[i] = policy_count(m->policy, NULL, i);
	store_get_status(m->store, &store);
	snprintf(text, size,
		 "%s; modules: %u green, %u orange, %u red, %u blue, %u grey%s%s%s",
		 site->reason, n[BACS_COLOUR_GREEN], n[BACS_COLOUR_ORANGE],
		 n[BACS_COLOUR_RED], n[BACS_COLOUR_BLUE], n[BACS_COLOUR_GREY],
		 site->armed ? "" : "; loss alarms inhibited (start-up)",
		 store.degraded ? "; history degraded" : "",
		 *m->config_error ? "; configuration error" : "");
}

/*
 * The watchdog is fed by the policy's word that samples arrive, or that their
 * absence is known and published. That the loop turns is not enough.
 */
static void feed(struct manager *m, uint64_t now_ns)
{
	if (!m->watchdog_ns || !policy_alive(m->policy))
		return;
	if (m->fed_ns && now_ns - m->fed_ns < m->watchdog_ns / 4)
		return;
	m->fed_ns = now_ns;
	sd_notify(false, "WATCHDOG=1");
}

void manager_notify_tick(struct manager *m, uint64_t now_ns)
{
	char status[sizeof(m->status)];

	if (!m->ready) {
		/* the first dump is through, or the driver is known to be absent */
		if (!m->bus_named ||
		    policy_site(m->policy)->driver == BACS_DRIVER_UNKNOWN)
			return;
		m->ready = true;
		sd_notify(false, "READY=1");
	}
	feed(m, now_ns);
	status_text(m, status, sizeof(status));
	if (!strcmp(status, m->status))
		return;
	strcpy(m->status, status);
	sd_notifyf(false, "STATUS=%s", status);
}

void manager_notify_reloading(struct manager *m)
{
	uint64_t now_us = bacs_ops()->now_ns(CLOCK_MONOTONIC) / NSEC_PER_USEC;

	(void)m;
	sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)now_us);
}

void manager_notify_reloaded(struct manager *m)
{
	if (m->ready)
		sd_notify(false, "READY=1");
}
