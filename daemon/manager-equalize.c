// SPDX-License-Identifier: GPL-2.0-or-later
/* Duties from the policy to the driver, and control of the buses they need */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "manager.h"

/* Between two tries to become the controller of a bus */
#define CLAIM_NS	(20 * NSEC_PER_SEC)
#define LEASE_MS	60000

/* One bus somebody wants to equalize on */
struct control {
	char bus[13];
	bool claimed;			/* for equalizing, by us */
	uint64_t retry_ns;
	bool queued;
	bool has[POLICY_ADDRESS_MAX + 1];
	uint32_t permille[POLICY_ADDRESS_MAX + 1];
	int error;			/* last one logged */
};

static struct control *find_control(struct manager *m, const char *bus)
{
	size_t i;

	for (i = 0; i < m->control_count; i++)
		if (!strcmp(m->controls[i].bus, bus))
			return &m->controls[i];
	return NULL;
}

static struct control *get_control(struct manager *m, const char *bus)
{
	struct control *c = find_control(m, bus);

	if (c)
		return c;
	c = reallocarray(m->controls, m->control_count + 1, sizeof(*c));
	if (!c)
		return NULL;
	m->controls = c;
	c = &m->controls[m->control_count++];
	memset(c, 0, sizeof(*c));
	/* gcc with sanitizers takes c for NULL where snprintf() gets it */
	memcpy(c->bus, bus, strnlen(bus, sizeof(c->bus) - 1));
	return c;
}

static void lose(struct manager *m, struct control *c, const char *why)
{
	c->claimed = false;
	c->queued = false;
	memset(c->has, 0, sizeof(c->has));
	policy_control(m->policy, c->bus, POLICY_REFUSED, why,
		       manager_now_ns());
}

static void claim(struct manager *m, struct control *c,
		  const struct bacs_bus *bus, uint64_t now_ns)
{
	char why[POLICY_REASON_MAX + 1];
	int r = bacs_bus_readonly(bus) ? -EROFS : bacs_claim(m->bacs, c->bus);

	c->retry_ns = now_ns + CLAIM_NS;
	if (r == 0) {
		c->claimed = true;
		policy_control(m->policy, c->bus, POLICY_CONTROLLED, "",
			       now_ns);
		return;
	}
	if (r == -EROFS)
		snprintf(why, sizeof(why),
			 "bus %s is read-only: attach it without --read-only",
			 c->bus);
	else if (r == -EBUSY)
		snprintf(why, sizeof(why),
			 "bus %s is controlled by process %u: end it first",
			 c->bus, bacs_bus_controller_pid(bus));
	else
		snprintf(why, sizeof(why), "bus %s cannot be controlled: %.60s",
			 c->bus, bacs_error_text(m->bacs));
	lose(m, c, why);
}

static void let_go(struct manager *m, struct control *c, uint64_t now_ns)
{
	c->claimed = false;
	c->queued = false;
	memset(c->has, 0, sizeof(c->has));
	/* everything on the bus goes to 0 % with it */
	bacs_release(m->bacs, c->bus);
	policy_control(m->policy, c->bus, POLICY_NOT_ASKED, "", now_ns);
}

/* Buses come, go and change hands: ask for those that are wanted */
void manager_tick_control(struct manager *m, uint64_t now_ns)
{
	size_t i, n = policy_bus_count(m->policy);

	for (i = 0; i < n; i++) {
		const struct policy_bus *b = policy_bus_at(m->policy, i);
		const struct bacs_bus *bus = bacs_bus_find(m->bacs, b->name);
		bool wanted = bus && policy_wants_control(m->policy, b);
		struct control *c = wanted ? get_control(m, b->name) :
					     find_control(m, b->name);

		if (!c)
			continue;
		if (!bus) {
			/* the policy knows; the next one is another bus */
			c->claimed = false;
			c->queued = false;
			c->retry_ns = 0;
			memset(c->has, 0, sizeof(c->has));
		} else if (!wanted && c->claimed) {
			let_go(m, c, now_ns);
		} else if (wanted && b->control.controller !=
			   POLICY_CONTROLLED && now_ns >= c->retry_ns) {
			claim(m, c, bus, now_ns);
		}
	}
}

static void send_duties(struct manager *m, struct control *c)
{
	uint8_t addresses[POLICY_ADDRESS_MAX];
	uint32_t permille[POLICY_ADDRESS_MAX];
	size_t n = 0;
	int a, r;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
		if (!c->has[a])
			continue;
		addresses[n] = a;
		permille[n++] = c->permille[a];
	}
	c->queued = false;
	memset(c->has, 0, sizeof(c->has));
	r = bacs_equalize(m->bacs, c->bus, n, addresses, permille, LEASE_MS);
	if (r == -EPERM || r == -EBUSY) {
		lose(m, c, "control of the bus was lost");
		c->retry_ns = 0;
	} else if (r < 0) {
		policy_duties_failed(m->policy, c->bus, manager_now_ns());
	}
	/* a module that goes at this moment is no news, it has its own */
	if (r < 0 && r != -ENODEV && r != c->error)
		journal_print(LOG_WARNING,
			      "Bus %s does not take duties of the equalizer: %s (%s)",
			      c->bus, bacs_error_text(m->bacs), strerror(-r));
	c->error = r < 0 && r != -ENODEV ? r : 0;
}

static int on_duties(sd_event_source *source, void *userdata)
{
	struct manager *m = userdata;
	size_t i;

	(void)source;
	for (i = 0; i < m->control_count; i++)
		if (m->controls[i].queued)
			send_duties(m, &m->controls[i]);
	/* the answers may have brought notices along */
	manager_dispatch_driver(m);
	return 0;
}

void manager_queue_duties(struct manager *m, const struct policy_bus *bus,
			  size_t n, const uint8_t *addresses,
			  const uint32_t *permille)
{
	struct control *c = find_control(m, bus->name);
	size_t i;

	if (!c || !c->claimed)
		return;
	for (i = 0; i < n; i++) {
		c->has[addresses[i]] = true;
		c->permille[addresses[i]] = permille[i];
	}
	c->queued = true;
	if (m->control_source)
		sd_event_source_set_enabled(m->control_source,
					    SD_EVENT_ONESHOT);
}

int manager_open_control(struct manager *m)
{
	int r = sd_event_add_defer(m->event, &m->control_source, on_duties, m);

	if (r < 0)
		return r;
	sd_event_source_set_description(m->control_source, "duties");
	return sd_event_source_set_enabled(m->control_source, SD_EVENT_OFF);
}

void manager_close_control(struct manager *m)
{
	m->control_source = sd_event_source_disable_unref(m->control_source);
	free(m->controls);
	m->controls = NULL;
	m->control_count = 0;
}
