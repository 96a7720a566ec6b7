// SPDX-License-Identifier: GPL-2.0-or-later
/* Measurements of internal resistance that the policy asks for, to the driver */
#include <errno.h>
#include <string.h>

#include "manager.h"

struct ri_order {
	char bus[13];
	uint8_t address;
};

static void send_order(struct manager *m, const struct ri_order *o)
{
	/* the claim is kept: who measures is who controls */
	int r = bacs_claim(m->bacs, o->bus);

	if (r >= 0)
		r = bacs_ri_start(m->bacs, o->bus, o->address);
	if (r >= 0) {
		m->ri_error = 0;
		return;
	}
	policy_ri_refused(m->policy, o->bus, o->address, manager_now_ns());
	if (r != -ENODEV && r != m->ri_error)
		journal_print(LOG_WARNING,
			      "Module %u of %s does not measure its resistance: %s (%s)",
			      o->address, o->bus, bacs_error_text(m->bacs),
			      strerror(-r));
	m->ri_error = r;
}

static int on_orders(sd_event_source *source, void *userdata)
{
	struct manager *m = userdata;
	size_t i;

	(void)source;
	for (i = 0; i < m->ri_order_count; i++)
		send_order(m, &m->ri_orders[i]);
	m->ri_order_count = 0;
	/* the answers may have brought notices along */
	manager_dispatch_driver(m);
	return 0;
}

void manager_queue_ri(struct manager *m, const struct policy_module *module)
{
	struct ri_order *list = reallocarray(m->ri_orders,
					     m->ri_order_count + 1,
					     sizeof(*list));

	/* without memory it times out and is tried again */
	if (!list)
		return;
	m->ri_orders = list;
	list = &list[m->ri_order_count++];
	memset(list, 0, sizeof(*list));
	snprintf(list->bus, sizeof(list->bus), "%s", module->bus->name);
	list->address = module->address;
	if (m->ri_source)
		sd_event_source_set_enabled(m->ri_source, SD_EVENT_ONESHOT);
}

int manager_open_ri(struct manager *m)
{
	int r = sd_event_add_defer(m->event, &m->ri_source, on_orders, m);

	if (r < 0)
		return r;
	sd_event_source_set_description(m->ri_source, "resistance");
	return sd_event_source_set_enabled(m->ri_source, SD_EVENT_OFF);
}

void manager_close_ri(struct manager *m)
{
	m->ri_source = sd_event_source_disable_unref(m->ri_source);
	free(m->ri_orders);
	m->ri_orders = NULL;
	m->ri_order_count = 0;
}
