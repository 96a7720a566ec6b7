// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules on their buses and the driver that asks them */
#include <math.h>
#include <string.h>

#include "world.h"

/* A request and its reply at 19200 baud: modules are read one after another */
#define POLL_NS		(28 * 1000000ULL)
/* The driver's rules of loss and return */
#define LOST_MISSES	3
#define LOST_NS		(5 * SECOND_NS)
#define BACK_GOOD	3
#define BACK_NS		(10 * SECOND_NS)
#define BUS_TIMEOUTS	5
#define BUS_MODULES	20
/* Temperatures lag by minutes: no need to move them at every scan */
#define LAG_STEP_S	30.0
#define LEASE_NS	(60 * SECOND_NS)
#define RI_RUN_NS	(40 * SECOND_NS)

/* Bypass of a full duty, by nominal voltage: the makers' modules */
static double bypass_a(unsigned int nominal_v)
{
	switch (nominal_v) {
	case 2:
		return 0.85;
	case 4:
		return 0.40;
	case 6:
		return 0.28;
	default:
		return 0.12;
	}
}

/* In float the policy is fed by minutes: so long is a scan then */
static uint32_t scan_ms(const struct world *w)
{
	return w->fast ? (uint32_t)(w->s->scan_s * 1000) : 60000;
}

void wire_tell_bus(struct world *w, struct sim_bus *b)
{
	if (!w->policy || !w->driver)
		return;
	if (!b->attached) {
		policy_bus_removed(w->policy, b->name, w->clock_ns);
		return;
	}
	policy_bus(w->policy, b->name, b->state, scan_ms(w), w->clock_ns);
	policy_report(w->policy, ALARM_SECOND_MASTER, b->name, 0,
		      b->second_master ? ALARM_WARNING : ALARM_NONE,
		      "foreign requests were heard on the wire", w->clock_ns);
}

void wire_tell_module(struct world *w, struct sim_bus *b,
		      struct sim_module *m)
{
	struct policy_facts f = {
		.state = m->state,
		.modclass = m->block ? BACS_MODCLASS_JAR :
				       BACS_MODCLASS_STRING,
		.serial = m->serial,
		.nominal_mv = m->block ? w->s->site.nominal_v * 1000 : 0,
		.limits = m->limits,
		.supply = m->supply,
	};

	if (!w->policy || !w->driver || !b->attached)
		return;
	if (!m->present) {
		policy_module_removed(w->policy, b->name, m->address,
				      w->clock_ns);
		return;
	}
	memcpy(f.label, m->label, sizeof(f.label));
	policy_module(w->policy, b->name, m->address, &f, w->clock_ns);
}

void wire_tell_driver(struct world *w)
{
	unsigned int k, i;

	if (!w->policy)
		return;
	policy_driver(w->policy, w->driver ? BACS_DRIVER_PRESENT :
		      BACS_DRIVER_MISSING, w->clock_ns);
	for (k = 0; w->driver && k < w->s->site.strings; k++) {
		struct sim_bus *b = &w->buses[k];

		wire_tell_bus(w, b);
		for (i = 0; b->attached && i < b->count; i++)
			wire_tell_module(w, b, &b->modules[i]);
	}
}

static void set_bus_state(struct world *w, struct sim_bus *b,
			  enum bacs_busstate state)
{
	if (b->state == state)
		return;
	b->state = state;
	wire_tell_bus(w, b);
}

static void set_state(struct world *w, struct sim_bus *b,
		      struct sim_module *m, enum bacs_modstate state)
{
	if (state == BACS_MODULE_LOST) {
		m->lost_ns = w->clock_ns;
		/* the hwmon device is gone, and its lease is not renewed */
		m->good = 0;
	}
	m->state = state;
	wire_tell_module(w, b, m);
}

static void missed(struct world *w, struct sim_bus *b, struct sim_module *m)
{
	unsigned int least = b->count < BUS_MODULES ? b->count : BUS_MODULES;

	w->counts.lost++;
	m->good = 0;
	m->misses++;
	b->timeouts++;
	if (b->timeouts >= BUS_TIMEOUTS && b->timeouts >= least)
		set_bus_state(w, b, BACS_BUS_LOST);
	if (m->state == BACS_MODULE_OK && m->misses >= LOST_MISSES &&
	    w->clock_ns - m->heard_ns >= LOST_NS)
		set_state(w, b, m, BACS_MODULE_LOST);
}

static void set(struct policy_sample *s, enum bacs_q q, int64_t value)
{
	s->present |= 1U << q;
	s->value[q] = value;
}

static void run_module(struct world *w, struct sim_module *m, double dt_s)
{
	double amp_a;

	/* the driver renews for modules that answer, while its daemon lives */
	if (w->policy && w->driver && w->buses[m->string].attached &&
	    m->misses < LOST_MISSES)
		m->lease_ns = w->clock_ns + LEASE_NS;
	else if (w->clock_ns >= m->lease_ns)
		m->duty_permille = 0;
	amp_a = bypass_a(w->s->site.nominal_v) * m->duty_permille / 1000;
	m->block->bypass_a = m->dead_bypass ? 0 : amp_a;
	m->bypassed_mas += amp_a * dt_s * 1000;
	if (m->ri_end_ns && w->clock_ns >= m->ri_end_ns) {
		m->ri_end_ns = 0;
		m->ri_sequence++;
		m->ri_uohm = plant_sensor_resistance_uohm(&m->sensor,
							  m->block);
	}
}

/* The block at the instant of its poll, @share of the way through the scan */
static void read_block(struct sim_module *m, double share,
		       struct plant_reading *ret)
{
	double end_v = m->block->volt_v;

	m->block->volt_v = m->before_v + (end_v - m->before_v) * share;
	plant_sensor_read(&m->sensor, m->block, ret);
	m->block->volt_v = end_v;
	m->before_v = end_v;
}

static void read_jar(struct sim_module *m, double share,
		     struct policy_sample *s)
{
	struct plant_reading r;
	uint32_t flags = m->flags;

	read_block(m, share, &r);
	set(s, BACS_Q_VOLTAGE, r.voltage_mv);
	set(s, BACS_Q_TEMPERATURE, r.temperature_dc * 100);
	set(s, BACS_Q_MODULE_TEMPERATURE, r.module_dc * 100);
	set(s, BACS_Q_EQUALIZER_DUTY, m->duty_permille);
	set(s, BACS_Q_BYPASSED, (int64_t)(m->bypassed_mas / 3600));
	set(s, BACS_Q_RI_SEQUENCE, m->ri_sequence);
	set(s, BACS_Q_BOOTS, m->boots);
	if (m->ri_sequence) {
		set(s, BACS_Q_RESISTANCE, m->ri_uohm);
		set(s, BACS_Q_RI_SPREAD, 5);
	}
	if (m->ri_end_ns)
		flags |= BACS_FLAG_RI_RUNNING;
	if (m->duty_permille)
		flags |= BACS_FLAG_EQUALIZING | BACS_FLAG_LEASED;
	set(s, BACS_Q_FLAGS, flags);
}

static void read_sensor(struct world *w, struct sim_bus *b,
			struct sim_module *m, struct policy_sample *s)
{
	struct plant_string *string = &w->strings[m->string];

	set(s, BACS_Q_CURRENT,
	    plant_string_sensor_current_ma(&b->sensor, string));
	set(s, BACS_Q_VOLTAGE,
	    plant_string_sensor_voltage_mv(&b->sensor, string));
	set(s, BACS_Q_FLAGS, m->flags);
}

static void deliver(struct world *w, struct sim_bus *b, struct sim_module *m,
		    const struct policy_sample *s)
{
	if (!w->policy || !w->driver || m->state != BACS_MODULE_OK)
		return;
	if (m->block) {
		w->counts.samples++;
		w->counts.fast += w->fast;
	}
	policy_sample(w->policy, b->name, m->address, s, w->clock_ns);
}

static void answered(struct world *w, struct sim_bus *b, struct sim_module *m,
		     unsigned int i, double chance)
{
	struct policy_sample *s = &m->last, old;
	bool was_late = m->late;
	size_t n;

	if (was_late)
		old = *s;
	m->misses = 0;
	m->good++;
	m->heard_ns = w->clock_ns;
	b->timeouts = 0;
	if (m->state == BACS_MODULE_LOST && m->good >= BACK_GOOD &&
	    w->clock_ns - m->lost_ns >= BACK_NS)
		set_state(w, b, m, BACS_MODULE_OK);
	s->present = 0;
	s->time_ns = w->clock_ns - (b->count - i - 1) * POLL_NS;
	if (m->block)
		read_jar(m, (double)(i + 1) / b->count, s);
	else
		read_sensor(w, b, m, s);
	for (n = 0; n < sizeof(m->wrong) / sizeof(m->wrong[0]); n++)
		if (m->wrong[n].q)
			set(s, m->wrong[n].q, m->wrong[n].value);
	/* a late sample comes after the next one */
	m->late = chance < w->swapped;
	w->counts.swapped += m->late;
	if (!m->late)
		deliver(w, b, m, s);
	if (was_late)
		deliver(w, b, m, &old);
	if (chance > 1 - w->doubled) {
		w->counts.doubled++;
		deliver(w, b, m, s);
	}
}

static void scan_bus(struct world *w, struct sim_bus *b, double dt_s,
		     double lag_s)
{
	double ambient_c = plant_site_ambient_c(&w->site);
	/* a lost reply is asked for once more in the same scan */
	double lost = w->lost * w->lost;
	bool any = false;
	unsigned int i;

	for (i = 0; i < b->count; i++) {
		struct sim_module *m = &b->modules[i];
		double chance = pcg_next(&w->rng) * 0x1p-32;

		if (m->block) {
			run_module(w, m, dt_s);
			if (lag_s > 0)
				plant_sensor_step(&m->sensor, m->block,
						  ambient_c, lag_s);
		}
		if (!b->attached || !w->driver || !m->present)
			continue;
		if (b->silent || m->silent || chance < lost) {
			if (m->block)
				m->before_v = m->block->volt_v;
			missed(w, b, m);
			continue;
		}
		any = true;
		answered(w, b, m, i, 1 - chance);
	}
	if (any)
		set_bus_state(w, b, BACS_BUS_RUNNING);
}

void wire_scan(struct world *w, double dt_s)
{
	double lag_s = 0;
	unsigned int k;

	w->lag_s += dt_s;
	if (w->lag_s >= LAG_STEP_S) {
		lag_s = w->lag_s;
		w->lag_s = 0;
	}
	for (k = 0; k < w->s->site.strings; k++)
		scan_bus(w, &w->buses[k], dt_s, lag_s);
}

/* The daemon sends, the driver renews: the lease lasts as long as both live */
void wire_set_duty(struct world *w, struct sim_module *m, uint32_t permille)
{
	m->duty_permille = permille > 1000 ? 1000 : permille;
	m->lease_ns = w->clock_ns + LEASE_NS;
}

void wire_release(struct world *w)
{
	unsigned int k, i;

	for (k = 0; w->buses && k < w->s->site.strings; k++)
		for (i = 0; i < w->buses[k].count; i++)
			w->buses[k].modules[i].duty_permille = 0;
}

void wire_start_ri(struct world *w, struct sim_module *m)
{
	if (m->ri_end_ns)
		return;
	m->ri_end_ns = w->clock_ns + RI_RUN_NS;
	w->ri_end_ns = m->ri_end_ns;
}
