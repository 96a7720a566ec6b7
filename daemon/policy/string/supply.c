// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a block's power supply shows: status and health (M24)
 *
 * The driver knows neither strings nor limits of a state, so it is told, and
 * only when something changes: every word of it is an event for all readers.
 */
#include "policy/internal.h"

/* A block at float is full and is kept so. */
static const enum bacs_psystatus status_of[STRING_STATE_COUNT] = {
	[STRING_UNKNOWN] = BACS_PSY_UNKNOWN,
	[STRING_OFFLINE] = BACS_PSY_UNKNOWN,
	[STRING_FLOAT] = BACS_PSY_FULL,
	[STRING_BOOST] = BACS_PSY_CHARGING,
	[STRING_REST] = BACS_PSY_NOT_CHARGING,
	[STRING_DISCHARGE] = BACS_PSY_DISCHARGING,
	[STRING_RECHARGE] = BACS_PSY_CHARGING,
};

/* What burns comes first. */
static const struct {
	uint32_t alarms;
	enum bacs_psyhealth health;
} healths[] = {
	{ BACS_RAW_TEMP_CRIT | BACS_RAW_TEMP_MAX, BACS_PSY_HEALTH_OVERHEAT },
	{ BACS_RAW_VOLTAGE_CRIT | BACS_RAW_VOLTAGE_MAX,
	  BACS_PSY_HEALTH_OVERVOLTAGE },
	{ BACS_RAW_VOLTAGE_LCRIT | BACS_RAW_VOLTAGE_MIN,
	  BACS_PSY_HEALTH_FAILURE },
	{ BACS_RAW_TEMP_LCRIT | BACS_RAW_TEMP_MIN, BACS_PSY_HEALTH_COLD },
};

static enum bacs_psyhealth health(const struct policy_module *m)
{
	size_t i;

	for (i = 0; i < sizeof(healths) / sizeof(healths[0]); i++)
		if (m->alarms & healths[i].alarms)
			return healths[i].health;
	if (m->faults)
		return BACS_PSY_HEALTH_FAILURE;
	return m->colour == BACS_COLOUR_GREEN ? BACS_PSY_HEALTH_GOOD :
						BACS_PSY_HEALTH_UNKNOWN;
}

static void judge(struct policy *p, struct policy_module *m)
{
	struct policy_supply want;

	if (!m->in_driver || m->facts.modclass != BACS_MODCLASS_JAR ||
	    m->state != BACS_MODULE_OK)
		return;
	want.status = m->owner ? status_of[m->owner->machine.state] :
				 BACS_PSY_UNKNOWN;
	want.health = health(m);
	if (want.status == m->told.status && want.health == m->told.health)
		return;
	m->told = want;
	p->ops->set_supply(p->userdata, m, &want);
}

void policy_supply_tick(struct policy *p)
{
	size_t i;
	int a;

	for (i = 0; i < p->bus_count; i++)
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			if (p->buses[i]->modules[a])
				judge(p, p->buses[i]->modules[a]);
}
