// SPDX-License-Identifier: GPL-2.0-or-later
/* GetSnapshot: all values of all modules in one answer */
#include "bus.h"

/*
 * Names of quantities stand once at the front; a module carries a mask and an
 * array in the same order. 247 modules are 50 KiB this way, a dictionary for
 * each module would be twice that and much slower to build.
 */
static int append_values(sd_bus_message *reply, const struct policy_module *m)
{
	bool live = m->state == BACS_MODULE_OK;
	uint64_t mask = live ? m->sample.present >> 1 : 0;
	int r = sd_bus_message_append(reply, "tt", live ?
				      m->sample.time_ns / NSEC_PER_USEC : 0,
				      mask);

	if (r < 0)
		return r;
	return sd_bus_message_append_array(reply, 'x',
					   &m->sample.value[1], !mask ? 0 :
					   (BACS_Q_COUNT - 1) *
					   sizeof(m->sample.value[0]));
}

static int append_module(sd_bus_message *reply, const struct policy_module *m)
{
	int r = sd_bus_message_open_container(reply, 'r', "systsssttax");

	if (r >= 0)
		r = sd_bus_message_append(reply, "systsss", m->bus->name,
					  m->address, m->name, m->facts.serial,
					  bacs_modstate_name(m->state),
					  bacs_colour_name(m->colour),
					  m->reason);
	if (r >= 0)
		r = append_values(reply, m);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r;
}

static int append_quantities(sd_bus_message *reply)
{
	int q, r = sd_bus_message_open_container(reply, 'a', "s");

	for (q = 1; r >= 0 && q < BACS_Q_COUNT; q++)
		r = sd_bus_message_append(reply, "s", bacs_q_name(q));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_bus(sd_bus_message *reply, const struct policy_bus *bus)
{
	int a, r = 0;

	for (a = 1; r >= 0 && a <= POLICY_ADDRESS_MAX; a++)
		if (bus->modules[a])
			r = append_module(reply, bus->modules[a]);
	return r;
}

int bus_get_snapshot(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	__cleanup(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct manager *m = userdata;
	size_t i;
	int r;

	(void)error;
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_append(reply, "t",
					  manager_now_ns() / NSEC_PER_USEC);
	if (r >= 0)
		r = append_quantities(reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(systsssttax)");
	for (i = 0; r >= 0 && i < policy_bus_count(m->policy); i++)
		r = append_bus(reply, policy_bus_at(m->policy, i));
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_message_send(reply);
}
