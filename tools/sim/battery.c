// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>

#include "battery.h"
#include "spread.h"

#define S_PER_H		3600.0
#define S_PER_DAY	86400.0

/* Float until nothing moves any more; steps as long as the model takes them */
#define SETTLE_S	(3 * S_PER_DAY)
#define SETTLE_STEP_S	60.0

/* Current of a usual charger for an Ah of its battery (practice: 0.1 to 0.25) */
#define CHARGER_A_PER_AH	0.2

/* Ripple of the charging current of an Ah (practice), while it charges */
#define RIPPLE_MA_PER_AH	4.0

/* Time that a stopped simulator catches up with; what is more never was */
#define CATCH_UP_MS	(86400 * 1000ULL)

/* Deviation of one from what all should be, more or less of it */
static double scaled(double value, double ideal, double by)
{
	return ideal + (value - ideal) * by;
}

/* The model draws a usual delivery; each module says how much of that */
static void spread_block(struct plant_block *b, double spread, double air_c)
{
	b->charge_factor = fmax(scaled(b->charge_factor, 1, spread), 0.1);
	b->r_factor = fmax(scaled(b->r_factor, 1, spread), 0.1);
	b->float_shift_v *= spread;
	b->near = scaled(b->near, 1, spread);
	b->far = scaled(b->far, 1, spread);
	b->struck = 1 - b->near;
	b->temp_c = scaled(b->temp_c, air_c, spread);
}

static void spread_sensor(struct plant_sensor *s, const struct module_config *c)
{
	s->gain = scaled(s->gain, 1, c->spread);
	s->r_gain = scaled(s->r_gain, 1, c->spread);
	s->temp_offset_c *= c->spread;
	s->noise_v *= c->noise;
	s->r_noise *= c->noise;
	s->temp_noise_c *= c->noise;
}

static void init_gauge(struct battery_gauge *g, struct module *m, u64 seed)
{
	const struct module_config *c = &m->cfg;

	g->module = m;
	plant_string_sensor_init(&g->sensor, seed, c->address);
	g->sensor.gain = scaled(g->sensor.gain, 1, c->spread);
	g->sensor.offset_a *= c->spread;
	g->sensor.volt_gain = scaled(g->sensor.volt_gain, 1, c->spread);
	g->sensor.noise_a *= c->noise;
}

static void init_jars(struct battery *b, struct battery_site *site,
		      struct battery_string *s, struct module *const *modules,
		      u64 seed, double air_c)
{
	for (u32 i = 0; i < s->count; i++) {
		u8 a = s->address[i];
		struct battery_jar *j = &b->jar[a];

		*j = (struct battery_jar) {
			.module = modules[a], .block = &s->blocks[i],
			.site = site, .string = s, .index = i,
		};
		spread_block(j->block, modules[a]->cfg.spread, air_c);
		plant_sensor_init(&j->sensor, j->block, seed, a);
		spread_sensor(&j->sensor, &modules[a]->cfg);
		j->born_block = *j->block;
		j->born_sensor = j->sensor;
	}
}

static int (*const types[])(struct plant_type *t, unsigned int nominal_v,
			    double capacity_ah) = {
	[MODULE_AGM] = plant_type_agm,
	[MODULE_GEL] = plant_type_gel,
	[MODULE_FLOODED] = plant_type_flooded,
};

/* The string @c says, its jars new and charged */
static int init_string(struct battery *b, struct battery_site *site,
		       struct battery_string *s, struct plant_string *plant,
		       const struct battery_string_config *c,
		       struct module *const *modules, u64 seed)
{
	const struct module_config *cfg;
	double air_c;

	strcpy(s->name, c->name);
	s->plant = plant;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(c->modules, a))
			s->address[s->count++] = (u8)a;
	cfg = &modules[s->address[0]]->cfg;
	air_c = cfg->ambient_mc / 1e3;
	if (types[cfg->technology](&s->type, cfg->nominal_mv / 1000,
				   cfg->capacity_ah))
		return -EINVAL;
	s->blocks = calloc(s->count, sizeof(*s->blocks));
	if (!s->blocks)
		return -ENOMEM;
	plant_string_init(plant, s->blocks, s->count, &s->type,
			  &plant_spread_usual, air_c,
			  pcg_mix(seed, s->address[0]));
	s->born = *plant;
	init_jars(b, site, s, modules, seed, air_c);
	return 0;
}

static void init_site(struct battery_site *s, const struct module_config *first,
		      u64 seed)
{
	struct plant_charger charger = plant_charger_float;

	charger.limit_a = 0;
	for (u32 i = 0; i < s->count; i++) {
		const struct plant_type *t = &s->string[i].type;

		charger.limit_a += CHARGER_A_PER_AH * t->capacity_ah;
		s->rated_w += t->capacity_ah / 10 *
			      2.0 * t->cells * s->string[i].count;
	}
	charger.wander_v *= first->noise;
	plant_site_init(&s->site, s->plant, s->count, &charger, seed);
	s->site.air = (struct plant_air) { .mean_c = first->ambient_mc / 1e3 };
	s->site.load_w = s->rated_w;
}

/* Strings of one charger side by side, each charger when its first one comes */
static int build(struct battery *b, const struct battery_string_config *plan,
		 u32 count, struct module *const *modules, u64 seed)
{
	b->site = calloc(count, sizeof(*b->site));
	b->string = calloc(count, sizeof(*b->string));
	b->plant = calloc(count, sizeof(*b->plant));
	if (!b->site || !b->string || !b->plant)
		return -ENOMEM;
	for (u32 i = 0; i < count; i++) {
		struct battery_site *site = &b->site[b->site_count];

		for (u32 k = 0; k < b->site_count; k++)
			if (!strcmp(b->site[k].name, plan[i].charger))
				site = NULL;
		if (!site)
			continue;
		b->site_count++;
		strcpy(site->name, plan[i].charger);
		site->string = &b->string[b->string_count];
		site->plant = &b->plant[b->string_count];
		for (u32 k = i; k < count; k++) {
			u32 at = b->string_count;
			int r;

			if (strcmp(plan[k].charger, site->name))
				continue;
			b->string_count++;
			site->count++;
			r = init_string(b, site, &b->string[at], &b->plant[at],
					&plan[k], modules, seed);
			if (r < 0)
				return r;
		}
		init_site(site, &modules[site->string->address[0]]->cfg, seed);
	}
	return 0;
}

static struct battery_string *find_string(struct battery *b, const char *name)
{
	for (u32 i = 0; i < b->string_count; i++)
		if (!strcmp(b->string[i].name, name))
			return &b->string[i];
	return NULL;
}

static struct battery_site *site_of(struct battery *b,
				    const struct battery_string *s)
{
	return b->jar[s->address[0]].site;
}

/* A string without a sensor gets the next that is free; all others: the first */
static void place_gauges(struct battery *b,
			 const struct battery_string_config *plan, u32 count)
{
	u32 next = 0;

	for (u32 i = 0; i < count; i++)
		if (plan[i].sensor)
			b->gauge[plan[i].sensor].string =
				find_string(b, plan[i].name);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct battery_gauge *g = &b->gauge[a];

		if (!g->module || !count)
			continue;
		while (next < count && plan[next].sensor)
			next++;
		if (!g->string)
			g->string = find_string(b, plan[next < count ? next++ : 0].name);
		g->site = site_of(b, g->string);
	}
}

static double bypass_a(const struct battery_jar *j)
{
	/* the leads that sense are those that feed the module */
	if (j->sensor.sense == PLANT_SENSE_OPEN)
		return 0;
	return module_duty_now(j->module) / 1e3 *
	       module_bypass_ma(j->module) / 1e3;
}

static void read_jar(struct battery_jar *j, double air_c, double dt_s)
{
	struct module *m = j->module;
	struct plant_reading r;

	plant_sensor_step(&j->sensor, j->block, air_c, dt_s);
	plant_sensor_read(&j->sensor, j->block, &r);
	m->voltage_mv = r.voltage_mv;
	m->temperature_mc = r.temperature_dc * 100.0;
	m->module_temperature_mc = r.module_dc * 100.0;
	m->bypassed_mah += j->block->bypass_a * 1e3 * dt_s / S_PER_H;
}

static void read_gauge(struct battery_gauge *g)
{
	struct module *m = g->module;
	bool charging;

	if (!m || !g->string)
		return;
	charging = g->site->site.charger.phase < PLANT_PHASE_REST &&
		   !g->string->plant->open;
	m->current_ma = plant_string_sensor_current_ma(&g->sensor,
						       g->string->plant);
	m->voltage_mv = plant_string_sensor_voltage_mv(&g->sensor,
						       g->string->plant);
	m->ripple_ma = charging * RIPPLE_MA_PER_AH * g->string->type.capacity_ah +
		       10 * m->cfg.noise * pcg_normal(&m->rng);
	m->ripple_ma = fmax(m->ripple_ma, 0);
}

static void step_site(struct battery *b, struct battery_site *s, double dt_s)
{
	double air_c = plant_site_ambient_c(&s->site);

	for (u32 i = 0; i < b->fault_count; i++)
		if (b->fault[i].site == s)
			plant_fault_step(&b->fault[i].plant, s->site.time_s);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->jar[a].site == s)
			b->jar[a].block->bypass_a = bypass_a(&b->jar[a]);
	plant_site_step(&s->site, dt_s);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->jar[a].site == s)
			read_jar(&b->jar[a], air_c, dt_s);
}

static void step(struct battery *b, double dt_s)
{
	for (u32 i = 0; i < b->site_count; i++)
		step_site(b, &b->site[i], dt_s);
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		read_gauge(&b->gauge[a]);
}

/* The past that every battery in service has: on float for days */
static void settle(struct battery *b)
{
	for (u32 i = 0; i < b->site_count; i++) {
		struct plant_site *s = &b->site[i].site;

		while (s->time_s < SETTLE_S)
			plant_site_step(s, SETTLE_STEP_S);
		s->time_s = 0;
	}
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct battery_jar *j = &b->jar[a];

		if (!j->module)
			continue;
		/* the second time the module follows the case to its end */
		for (int i = 0; i < 2; i++)
			plant_sensor_step(&j->sensor, j->block,
					  plant_site_ambient_c(&j->site->site),
					  SETTLE_S);
		module_attach(j->module, j->block, &j->sensor);
	}
}

static void order_charger(struct plant_charger *c,
			  const struct battery_orders *o)
{
	const struct plant_charger *like = o->charge == BATTERY_BOOST ?
		&plant_charger_boost : &plant_charger_float;

	c->inhibited = o->charge == BATTERY_OFF;
	c->float_cell_v = o->charge == BATTERY_VOLTS ? o->cell_v :
						       like->float_cell_v;
	c->boost_cell_v = like->boost_cell_v;
	c->boost_v_per_k = like->boost_v_per_k;
	c->boost_from = like->boost_from;
	c->boost_end_rate = like->boost_end_rate;
	c->boost_max_s = like->boost_max_s;
	if (o->charge == BATTERY_BOOST)
		c->phase = PLANT_PHASE_BOOST;
	else if (c->phase == PLANT_PHASE_BOOST)
		c->phase = PLANT_PHASE_FLOAT;
	c->phase_s = 0;
}

static void order_load(struct battery_site *s, const struct battery_orders *o)
{
	s->site.outage = o->outage;
	s->site.load_w = o->load_w < 0 ? s->rated_w : o->load_w;
}

static int start(struct battery *b, const struct battery_config *cfg,
		 struct parse_error *e)
{
	settle(b);
	b->orders = cfg->orders;
	for (u32 i = 0; i < b->site_count; i++) {
		order_charger(&b->site[i].site.charger, &b->orders);
		order_load(&b->site[i], &b->orders);
	}
	for (u32 i = 0; i < cfg->fault_count; i++)
		if (battery_add_fault(b, &cfg->fault[i], e) < 0)
			return -EINVAL;
	/* something to show before the first second is over */
	step(b, BATTERY_STEP_MS / 1e3);
	return 0;
}

/**
 * battery_new() - the battery behind the modules of a wire
 * @ret: result, to be freed with battery_free()
 * @cfg: what is asked of it
 * @modules: devices by address, NULL where there is none; must outlive it
 * @seed: equal seeds give equal batteries
 * @e: error
 *
 * It has been on float for days, and its modules show what they measure.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int battery_new(struct battery **ret, const struct battery_config *cfg,
		struct module *const *modules, u64 seed, struct parse_error *e)
{
	struct battery_string_config plan[BATTERY_STRINGS + RTU_ADDRESS_MAX];
	int count = battery_plan(cfg, modules, plan, e), r;
	struct battery *b;

	if (count < 0)
		return count;
	b = calloc(1, sizeof(*b));
	r = b ? 0 : -ENOMEM;
	if (!r && count)
		r = build(b, plan, (u32)count, modules, seed);
	for (u32 a = 1; !r && a <= RTU_ADDRESS_MAX; a++)
		if (modules[a] && modules[a]->cfg.class == BACS_CLASS_STRING)
			init_gauge(&b->gauge[a], modules[a], seed);
	if (!r) {
		place_gauges(b, plan, (u32)count);
		r = start(b, cfg, e);
	} else {
		parse_fail(e, "no battery: %s", strerror(-r));
	}
	if (r < 0)
		b = battery_free(b);
	*ret = b;
	return r;
}

/**
 * battery_free() - free a battery; its modules measure nothing any more
 * @b: battery or NULL
 *
 * Return: NULL.
 */
struct battery *battery_free(struct battery *b)
{
	if (!b)
		return NULL;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->jar[a].module)
			module_detach(b->jar[a].module);
	for (u32 i = 0; i < b->string_count; i++)
		free(b->string[i].blocks);
	free(b->string);
	free(b->plant);
	free(b->site);
	free(b);
	return NULL;
}

/**
 * battery_step() - let time pass
 * @b: battery
 * @dt_ms: real time; the battery's runs faster by orders.speed
 *
 * Steps are a second or longer, however short @dt_ms is.
 */
void battery_step(struct battery *b, u64 dt_ms)
{
	u64 ms;

	b->due_ms += dt_ms * b->orders.speed;
	if (b->due_ms < BATTERY_STEP_MS)
		return;
	ms = min_t(u64, b->due_ms, CATCH_UP_MS);
	b->due_ms = 0;
	step(b, ms / 1e3);
}

/**
 * battery_order() - somebody operates charger, load or mains
 * @b: battery
 * @key: mains, load, charger or speed
 * @value: as battery_order_set() takes it
 * @e: error
 *
 * Return: 0 or -EINVAL; then nothing was changed.
 */
int battery_order(struct battery *b, const char *key, const char *value,
		  struct parse_error *e)
{
	int r = battery_order_set(&b->orders, key, value, e);

	for (u32 i = 0; !r && i < b->site_count; i++) {
		order_load(&b->site[i], &b->orders);
		if (!strcmp(key, "charger"))
			order_charger(&b->site[i].site.charger, &b->orders);
	}
	return r;
}

/**
 * battery_failures() - steps that the model could not solve
 * @b: battery
 *
 * Return: their number since the start; anything but 0 is a bug of the model.
 */
unsigned long battery_failures(const struct battery *b)
{
	unsigned long sum = 0;

	for (u32 i = 0; i < b->site_count; i++)
		sum += b->site[i].site.bank.failures;
	return sum;
}
