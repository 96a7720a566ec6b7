// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cable, where the order of the modules along it is known (M20): losses
 * at its end that are one cut. Alarms stay as they are, their evidence says it.
 */
#include <stdio.h>
#include <string.h>

#include "policy/internal.h"

/* Fewer are no run: a module at the end may be dead by itself */
#define RUN_LEAST	2

void policy_config_wiring(struct policy *policy, const char *name,
			  const uint8_t *order, unsigned int count,
			  const uint8_t ends[32])
{
	struct policy_bus *bus = policy_get_bus(policy, name);

	if (!bus || count > POLICY_ADDRESS_MAX)
		return;
	bus->wired = count;
	memcpy(bus->wiring, order, count);
	memcpy(bus->branch_ends, ends, sizeof(bus->branch_ends));
}

static bool ends_branch(const struct policy_bus *bus, unsigned int address)
{
	return bus->branch_ends[address / 8] & 1U << address % 8;
}

static struct policy_module *at(const struct policy_bus *bus, unsigned int i)
{
	return bus->modules[bus->wiring[i]];
}

static bool is_silent(const struct policy_module *m)
{
	return m && policy_expected(m) &&
	       (m->state == BACS_MODULE_LOST || m->state == BACS_MODULE_ABSENT);
}

/*
 * Where the silent end of a branch begins: an index, or @to if there is none.
 * @from: first of the branch; @to: behind its last.
 */
static unsigned int silent_from(const struct policy_bus *bus,
				unsigned int from, unsigned int to)
{
	unsigned int i = to, lost = 0;

	while (i > from && is_silent(at(bus, i - 1))) {
		i--;
		lost += at(bus, i)->state == BACS_MODULE_LOST;
	}
	/* who was never there is not cut off; an unsure neighbour says nothing */
	if (to - i < RUN_LEAST || !lost)
		return to;
	if (i > from && (!at(bus, i - 1) ||
			 at(bus, i - 1)->state != BACS_MODULE_OK))
		return to;
	return i;
}

static void explain(struct policy *p, const struct policy_bus *bus,
		    const struct policy_module *m, unsigned int first,
		    unsigned int from, unsigned int to)
{
	const struct policy_module *x = at(bus, first);
	char end[32] = "the cable", place[80];

	if (from || to < bus->wired)
		snprintf(end, sizeof(end), "its branch of the cable");
	if (first > from)
		snprintf(place, sizeof(place), "between %s and %s",
			 at(bus, first - 1)->name, x->name);
	else
		snprintf(place, sizeof(place), "before %s", x->name);
	policy_amend_module(p, ALARM_MODULE_LOST, m,
			    POLICY_LOST_EVIDENCE "; the same holds for all %u modules from %s to the end of %s, which may be cut %s",
			    to - first, x->name, end, place);
}

/* Modules of a branch that are lost with all behind them, or not any more */
static void look_at_branch(struct policy *p, struct policy_bus *bus,
			   unsigned int from, unsigned int to)
{
	unsigned int i, first = to;

	/* of a bus that is silent as a whole its own alarm tells */
	if (bus->in_driver && bus->state == BACS_BUS_RUNNING)
		first = silent_from(bus, from, to);
	for (i = from; i < to; i++) {
		struct policy_module *m = at(bus, i);
		uint8_t behind = i >= first ? bus->wiring[first] : 0;

		if (!m || m->behind == behind)
			continue;
		m->behind = behind;
		if (m->state != BACS_MODULE_LOST)
			continue;
		if (behind)
			explain(p, bus, m, first, from, to);
		else
			policy_amend_module(p, ALARM_MODULE_LOST, m,
					    POLICY_LOST_EVIDENCE);
	}
}

/* Order and names may be others now */
void policy_cable_forget(struct policy *p)
{
	size_t b;
	int a;

	for (b = 0; b < p->bus_count; b++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = p->buses[b]->modules[a];

			if (!m || !m->behind)
				continue;
			m->behind = 0;
			policy_amend_module(p, ALARM_MODULE_LOST, m,
					    POLICY_LOST_EVIDENCE);
		}
	}
}

void policy_cable_tick(struct policy *p)
{
	unsigned int i, from;
	size_t b;

	for (b = 0; b < p->bus_count; b++) {
		struct policy_bus *bus = p->buses[b];

		for (i = from = 0; i < bus->wired; i++) {
			if (i + 1 < bus->wired &&
			    !ends_branch(bus, bus->wiring[i]))
				continue;
			look_at_branch(p, bus, from, i + 1);
			from = i + 1;
		}
	}
}
