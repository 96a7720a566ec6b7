// SPDX-License-Identifier: GPL-2.0-or-later
/* The site is built, time passes */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "setup.h"
#include "spread.h"
#include "world.h"

enum { STREAM_WIRE = 0x7769 };

/* The machine was switched on a minute before */
#define BOOT_NS		(60 * SECOND_NS)
/* 2026-01-01: what its wall clock said then */
#define WALL_US		1767225600000000LL
/* T2: minutes in float, every scan at other times */
#define SLOW_S		60.0
#define FIRST_S		3600.0
#define AFTER_S		(12 * 3600.0)
/* What is going to happen is seen at scan rate from before its beginning */
#define AHEAD_S		60.0

struct sim_module *world_module(struct world *w, unsigned int string,
				unsigned int block)
{
	return &w->buses[string].modules[block];
}

void world_hurry(struct world *w, double seconds)
{
	if (w->fast_until_s < w->time_s + seconds)
		w->fast_until_s = w->time_s + seconds;
}

static int build_plant(struct world *w)
{
	static int (*const types[])(struct plant_type *t,
				    unsigned int nominal_v,
				    double capacity_ah) = {
		[CHEMISTRY_AGM] = plant_type_agm,
		[CHEMISTRY_GEL] = plant_type_gel,
		[CHEMISTRY_FLOODED] = plant_type_flooded,
	};
	const struct scenario_site *site = &w->s->site;
	unsigned int k, all = site->strings * site->blocks;

	if (types[site->chemistry](&w->type, site->nominal_v,
				   site->capacity_ah))
		return -EINVAL;
	w->strings = calloc(site->strings, sizeof(*w->strings));
	w->blocks = calloc(all ? all : 1, sizeof(*w->blocks));
	if (!w->strings || !w->blocks)
		return -ENOMEM;
	for (k = 0; k < site->strings; k++) {
		struct plant_block *blocks = w->blocks + k * site->blocks;
		double start_c = site->air.mean_c - site->air.season_k;
		unsigned int i;

		plant_string_init(&w->strings[k], blocks, site->blocks,
				  &w->type, &plant_spread_usual, start_c,
				  pcg_mix(w->s->seed, k));
		for (i = 0; i < site->blocks; i++) {
			blocks[i].near *= site->charge;
			blocks[i].far *= site->charge;
		}
	}
	plant_site_init(&w->site, w->strings, site->strings, &site->charger,
			w->s->seed);
	w->site.air = site->air;
	w->site.load_w = site->load_rate * site->capacity_ah * 2.0 *
			 w->type.cells * site->blocks * site->strings;
	w->site.schedule.failures_per_year = site->failures_per_year;
	w->site.schedule.failure_min_s = site->failure_min_s;
	w->site.schedule.failure_max_s = site->failure_max_s;
	w->site.schedule.test_every_s = site->test_every_s;
	w->site.schedule.test_s = site->test_s;
	return 0;
}

static void build_module(struct world *w, struct sim_bus *b, unsigned int k,
			 unsigned int i)
{
	struct sim_module *m = &b->modules[i];
	unsigned int blocks = w->s->site.blocks;

	m->string = k;
	m->address = (uint8_t)(i + 1);
	m->serial = 1000000ULL * (k + 1) + i + 1;
	m->boots = 1;
	m->present = true;
	m->state = BACS_MODULE_OK;
	policy_unset_limits(&m->limits);
	if (i == blocks) {
		snprintf(m->name, sizeof(m->name), "%s-%03u", b->name,
			 m->address);
		return;
	}
	m->block = &w->strings[k].blocks[i];
	scenario_block_name(k, i, m->name);
	plant_sensor_init(&m->sensor, m->block, pcg_mix(w->s->seed, 1000 + k),
			  i);
}

static int build_buses(struct world *w)
{
	const struct scenario_site *site = &w->s->site;
	unsigned int k, i;

	w->buses = calloc(site->strings, sizeof(*w->buses));
	if (!w->buses)
		return -ENOMEM;
	for (k = 0; k < site->strings; k++) {
		struct sim_bus *b = &w->buses[k];

		snprintf(b->name, sizeof(b->name), "bacs%c", 'A' + k);
		b->count = site->blocks + site->sensor;
		b->modules = calloc(b->count ? b->count : 1,
				    sizeof(*b->modules));
		if (!b->modules)
			return -ENOMEM;
		b->attached = true;
		b->state = BACS_BUS_RUNNING;
		plant_string_sensor_init(&b->sensor, w->s->seed, k);
		for (i = 0; i < b->count; i++)
			build_module(w, b, k, i);
	}
	return 0;
}

int world_new(struct scenario *s, struct world **ret)
{
	struct world *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->s = s;
	w->clock_ns = BOOT_NS;
	w->wall_us = WALL_US;
	w->lost = s->site.lost;
	w->doubled = s->site.doubled;
	w->swapped = s->site.swapped;
	w->driver = true;
	w->ended_s = -INFINITY;
	pcg_seed(&w->rng, s->seed, STREAM_WIRE);
	r = build_plant(w);
	if (r == 0)
		r = build_buses(w);
	if (r == 0)
		r = daemon_start(w);
	if (r < 0) {
		world_free(w);
		return r;
	}
	*ret = w;
	return 0;
}

struct world *world_free(struct world *w)
{
	unsigned int k;

	if (!w)
		return NULL;
	daemon_stop(w);
	daemon_forget(w);
	for (k = 0; w->buses && k < w->s->site.strings; k++)
		free(w->buses[k].modules);
	free(w->buses);
	free(w->strings);
	free(w->blocks);
	free(w->faults);
	free(w->more_config);
	timeline_free(&w->line);
	setup_free(w->config);
	free(w);
	return NULL;
}

/* When mains or a test will change next, as the schedule knows it */
static double next_load(const struct world *w)
{
	const struct plant_schedule *p = &w->site.schedule;
	double at_s = p->failure_at_s < 0 ? INFINITY : p->failure_at_s;

	if (p->test_every_s > 0 && p->failure_at_s >= 0)
		at_s = fmin(at_s, p->test_at_s);
	return at_s;
}

/* Does the policy get every scan now, or one in a minute? */
static bool want_fast(struct world *w)
{
	double soon_s = w->time_s + AHEAD_S;

	if (w->loaded)
		w->ended_s = w->time_s;
	return w->time_s < FIRST_S || w->time_s < w->ended_s + AFTER_S ||
	       w->time_s < w->fast_until_s || next_load(w) < soon_s ||
	       world_next_action(w) < soon_s;
}

static void set_pace(struct world *w)
{
	bool fast = want_fast(w);
	unsigned int k;

	if (fast == w->fast)
		return;
	w->fast = fast;
	for (k = 0; k < w->s->site.strings; k++)
		wire_tell_bus(w, &w->buses[k]);
}

/* How long the next step is: never past a minute, an action or a beginning */
static double next_step(const struct world *w)
{
	double step_s = w->fast ? w->s->scan_s : SLOW_S;
	double left_s = w->s->duration_s - w->time_s;

	if (!w->fast)
		step_s = SLOW_S - fmod(w->time_s, SLOW_S);
	step_s = fmin(step_s, left_s);
	/* a measurement is seen when it ends: nobody waits for the minute */
	if (w->ri_end_ns > w->clock_ns)
		step_s = fmin(step_s, (double)(w->ri_end_ns - w->clock_ns) /
			      1e9);
	return fmax(fmin(step_s, world_next_action(w) - w->time_s), 0.001);
}

static int step_plant(struct world *w, double dt_s)
{
	size_t i;
	int r;

	for (i = 0; i < w->fault_count; i++)
		plant_fault_step(&w->faults[i], w->time_s);
	r = w->s->site.blocks ? plant_site_step(&w->site, dt_s) : 0;
	w->loaded = w->site.cause != PLANT_CAUSE_NONE;
	return r;
}

static int cmp_float(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The plant itself, not what the modules say of it */
static struct point look(const struct world *w, unsigned int k)
{
	unsigned int i, n = w->s->site.blocks;
	float v[240], c[240], duty = 0;

	for (i = 0; i < n; i++) {
		const struct sim_module *m = &w->buses[k].modules[i];

		v[i] = (float)(m->block->volt_v / w->type.cells);
		c[i] = (float)m->block->temp_c;
		duty += (float)m->duty_permille / 1000 / (float)n;
	}
	qsort(v, n, sizeof(*v), cmp_float);
	qsort(c, n, sizeof(*c), cmp_float);
	return (struct point) {
		.time_s = w->time_s, .low_v = v[0], .median_v = v[n / 2],
		.high_v = v[n - 1], .cold_c = c[0], .median_c = c[n / 2],
		.hot_c = c[n - 1], .duty = duty,
	};
}

/* For the drawing; extremes between two points belong to the next */
static void take_points(struct world *w)
{
	struct timeline *t = &w->line;
	bool due = w->time_s >= t->point_count * t->point_s;
	unsigned int k;

	if (!t->point_s || !w->s->site.blocks || (!due && !w->loaded))
		return;
	for (k = 0; k < w->s->site.strings; k++) {
		struct point p = look(w, k), *open = &w->open[k], *list;

		if (open->time_s > 0) {
			p.low_v = fminf(p.low_v, open->low_v);
			p.high_v = fmaxf(p.high_v, open->high_v);
		}
		*open = p;
		if (!due)
			continue;
		list = realloc(t->points[k], (t->point_count + 1) *
			       sizeof(*list));
		if (!list)
			abort();
		list[t->point_count] = p;
		t->points[k] = list;
		open->time_s = 0;
	}
	t->point_count += due;
}

int world_run(struct world *w)
{
	int r;

	while (w->s->duration_s - w->time_s > 1e-6) {
		double dt_s;

		r = world_act(w);
		if (r < 0)
			return r;
		set_pace(w);
		dt_s = next_step(w);
		r = step_plant(w, dt_s);
		if (r < 0)
			return r;
		w->time_s += dt_s;
		w->clock_ns += (uint64_t)llround(dt_s * 1e9);
		wire_scan(w, dt_s);
		daemon_tick(w);
		take_points(w);
	}
	return 0;
}
