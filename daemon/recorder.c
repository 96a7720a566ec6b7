// SPDX-License-Identifier: GPL-2.0-or-later
/* From samples and events to records of the history */
#include <errno.h>
#include <string.h>

#include "recorder.h"

#define MINUTE_US (60 * 1000000LL)

struct record {
	uint32_t id;		/* of the store */
	uint64_t serial;
	char name[32];
	int64_t index;		/* number of the running minute */
	struct minute minute;
	bool ri_known;
	uint32_t ri_sequence;
};

struct record_bus {
	char name[13];
	struct record *records[POLICY_ADDRESS_MAX + 1];
};

struct recorder {
	struct store *store;
	struct clock clock;
	uint32_t epoch;
	struct record_bus *buses;
	size_t bus_count;
};

int recorder_new(struct store *store, uint64_t boot_ns, int64_t wall_us,
		 bool synchronised, struct recorder **ret)
{
	struct recorder *r = calloc(1, sizeof(*r));
	uint64_t boot_us = boot_ns / NSEC_PER_USEC;

	if (!r)
		return -ENOMEM;
	r->store = store;
	clock_update(&r->clock, boot_us, wall_us, synchronised);
	r->epoch = store_epoch_begin(store, boot_us, r->clock.offset_us,
				     r->clock.quality);
	*ret = r;
	return 0;
}

static int64_t minute_index(const struct recorder *r, uint64_t boot_us)
{
	return ((int64_t)boot_us + r->clock.offset_us) / MINUTE_US;
}

static void close_minute(struct recorder *r, struct record *record)
{
	struct store_minute m = { .module = record->id, .epoch = r->epoch };
	int64_t begin = record->index * MINUTE_US - r->clock.offset_us;

	if (!minute_take(&record->minute, &m))
		return;
	/* the machine may have been started in the middle of the minute */
	m.boot_us = begin > 0 ? begin : 0;
	store_add_minute(r->store, &m);
}

static void close_all(struct recorder *r, int64_t before)
{
	size_t i;
	int a;

	for (i = 0; i < r->bus_count; i++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct record *record = r->buses[i].records[a];

			if (record && record->index < before)
				close_minute(r, record);
		}
	}
}

struct recorder *recorder_free(struct recorder *r)
{
	size_t i;
	int a;

	if (!r)
		return NULL;
	close_all(r, INT64_MAX);
	for (i = 0; i < r->bus_count; i++)
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++)
			free(r->buses[i].records[a]);
	free(r->buses);
	free(r);
	return NULL;
}

enum clock_change recorder_clock(struct recorder *r, uint64_t boot_ns,
				 int64_t wall_us, bool synchronised)
{
	uint64_t boot_us = boot_ns / NSEC_PER_USEC;
	struct clock clock = r->clock;
	enum clock_change change = clock_update(&clock, boot_us, wall_us,
						synchronised);

	if (change == CLOCK_SAME)
		return change;
	/* what was summed up so far belongs to the relation that ends */
	close_all(r, INT64_MAX);
	r->clock = clock;
	if (change == CLOCK_DATED)
		store_epoch_date(r->store, r->epoch, clock.offset_us,
				 clock.quality);
	/* so that a minute cut in two makes two rows, not one and a conflict */
	r->epoch = store_epoch_begin(r->store, boot_us, clock.offset_us,
				     clock.quality);
	return change;
}

const struct clock *recorder_get_clock(const struct recorder *r)
{
	return &r->clock;
}

int64_t recorder_wall_us(const struct recorder *r, uint64_t boot_ns)
{
	if (r->clock.quality == STORE_CLOCK_UNKNOWN)
		return -1;
	return (int64_t)(boot_ns / NSEC_PER_USEC) + r->clock.offset_us;
}

static struct record_bus *get_bus(struct recorder *r, const char *name)
{
	struct record_bus *bus;
	size_t i;

	for (i = 0; i < r->bus_count; i++)
		if (!strcmp(r->buses[i].name, name))
			return &r->buses[i];
	bus = reallocarray(r->buses, r->bus_count + 1, sizeof(*bus));
	if (!bus)
		return NULL;
	r->buses = bus;
	bus = &r->buses[r->bus_count++];
	memset(bus, 0, sizeof(*bus));
	snprintf(bus->name, sizeof(bus->name), "%s", name);
	return bus;
}

static int identify(struct recorder *r, struct record *record,
		    const struct policy_module *m, const char *model)
{
	struct store_module module = {
		.address = m->address,
		.serial = m->facts.serial,
		.nominal_mv = m->nominal_mv,
	};

	snprintf(module.bus, sizeof(module.bus), "%s", m->bus->name);
	snprintf(module.modclass, sizeof(module.modclass), "%s",
		 bacs_modclass_name(m->facts.modclass));
	snprintf(module.model, sizeof(module.model), "%s", model);
	snprintf(module.name, sizeof(module.name), "%s", m->name);
	strcpy(record->name, module.name);
	record->serial = module.serial;
	return store_module_id(r->store, &module, &record->id);
}

/* The record of a module, registered anew when it is another or renamed */
static struct record *get_record(struct recorder *r,
				 const struct policy_module *m,
				 const char *model)
{
	struct record_bus *bus = get_bus(r, m->bus->name);
	struct record *record = bus ? bus->records[m->address] : NULL;

	if (record && record->serial == m->facts.serial &&
	    !strcmp(record->name, m->name))
		return record;
	if (record) {
		if (record->serial != m->facts.serial) {
			record->ri_known = false;
			close_minute(r, record);
		}
		return identify(r, record, m, model) < 0 ? NULL : record;
	}
	record = bus ? calloc(1, sizeof(*record)) : NULL;
	if (!record)
		return NULL;
	if (identify(r, record, m, model) < 0) {
		free(record);
		return NULL;
	}
	bus->records[m->address] = record;
	return record;
}

static void record_ri(struct recorder *r, struct record *record,
		      const struct policy_module *m,
		      const struct policy_sample *s)
{
	static const enum bacs_q context[4] = {
		[STORE_RI_SPREAD] = BACS_Q_RI_SPREAD,
		[STORE_RI_VOLTAGE] = BACS_Q_VOLTAGE,
		[STORE_RI_TEMPERATURE] = BACS_Q_TEMPERATURE,
		[STORE_RI_DUTY] = BACS_Q_EQUALIZER_DUTY,
	};
	struct store_ri ri = {
		.module = record->id,
		.epoch = r->epoch,
		.boot_us = s->time_ns / NSEC_PER_USEC,
		.sequence = s->value[BACS_Q_RI_SEQUENCE],
		.resistance_uohm = s->value[BACS_Q_RESISTANCE],
	};
	const struct ri_value *known = &m->ri.jar.newest;
	int i;

	if (!(s->present & 1U << BACS_Q_RESISTANCE) ||
	    !(s->present & 1U << BACS_Q_RI_SEQUENCE) || !ri.sequence)
		return;
	if (record->ri_known && record->ri_sequence == ri.sequence)
		return;
	record->ri_known = true;
	record->ri_sequence = ri.sequence;
	/* judged a moment ago: the same measurement, not one of before */
	if (known->time_ns == (int64_t)s->time_ns) {
		ri.jar = m->ri.jar_id;
		ri.trend = known->trend;
		snprintf(ri.state, sizeof(ri.state), "%s",
			 string_state_name(known->state));
	}
	for (i = 0; i < 4; i++) {
		if (!(s->present & 1U << context[i]))
			continue;
		ri.present |= 1U << i;
		ri.context[i] = s->value[context[i]];
	}
	store_add_ri(r->store, &ri);
}

void recorder_sample(struct recorder *r, const struct policy_module *module,
		     const char *model, const struct policy_sample *sample)
{
	struct record *record = get_record(r, module, model);
	int64_t index = minute_index(r, sample->time_ns / NSEC_PER_USEC);

	if (!record)
		return;
	/* a straggler of the minute before is counted in the one that runs */
	if (!record->minute.scans) {
		record->index = index;
	} else if (index > record->index) {
		close_minute(r, record);
		record->index = index;
	}
	minute_add(&record->minute, sample);
	record_ri(r, record, module, sample);
}

void recorder_event(struct recorder *r, const struct policy_event *event)
{
	struct store_event e = {
		.epoch = r->epoch,
		.boot_us = event->time_ns / NSEC_PER_USEC,
		.severity = event->severity,
		.address = event->address,
		.old_value = event->old_value,
		.new_value = event->new_value,
	};

	snprintf(e.kind, sizeof(e.kind), "%s", policy_kind_name(event->kind));
	snprintf(e.bus, sizeof(e.bus), "%s", event->bus);
	snprintf(e.name, sizeof(e.name), "%s", event->name);
	snprintf(e.text, sizeof(e.text), "%s", event->text);
	snprintf(e.alarm, sizeof(e.alarm), "%s", event->alarm);
	store_add_event(r->store, &e);
}

void recorder_tick(struct recorder *r, uint64_t boot_ns)
{
	close_all(r, minute_index(r, boot_ns / NSEC_PER_USEC));
}
