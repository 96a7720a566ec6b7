// SPDX-License-Identifier: GPL-2.0-or-later
/* What can happen to a site: the table of verbs */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "operator.h"
#include "verb.h"

/* Seen at scan rate for so long after an action */
#define HURRY_S		3600.0

static struct sim_module *module_of(struct world *w,
				    const struct scenario_action *a)
{
	return world_module(w, a->args[0].string, a->args[0].block);
}

static struct sim_bus *bus_of(struct world *w, const struct sim_module *m)
{
	return &w->buses[m->string];
}

/* fault KIND BLOCK SEVERITY */

static const char *fault_choice(unsigned int n)
{
	return plant_fault_name(n);
}

static int begin_fault(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = world_module(w, a->args[1].string,
					    a->args[1].block);
	struct plant_fault f = {
		.kind = a->args[0].choice,
		.severity = a->args[2].number,
		.start_s = a->at_s,
		.ramp_s = a->over_s,
		.string = &w->strings[m->string],
		.block = a->args[1].block,
		.sensor = &m->sensor,
	};
	struct plant_fault *list;
	int r;

	/* cells are counted: a drawn number of them is rounded */
	if (f.kind == PLANT_FAULT_SHORTED_CELL)
		f.severity = fmax(round(f.severity), 1);
	r = plant_fault_check(&f);
	if (r < 0) {
		fprintf(stderr, "line %u: severity %g of %s is out of range\n",
			a->line, f.severity, plant_fault_name(f.kind));
		return r;
	}
	list = realloc(w->faults, (w->fault_count + 1) * sizeof(f));
	if (!list)
		return -ENOMEM;
	w->faults = list;
	list[w->fault_count++] = f;
	return 0;
}

/* Modules */

static int begin_silent(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->silent = true;
	return 0;
}

static void end_silent(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->silent = false;
}

static int begin_stuck(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->sensor.sense = PLANT_SENSE_STUCK;
	return 0;
}

static void end_stuck(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->sensor.sense = PLANT_SENSE_OK;
}

static int begin_drift(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->sensor.drift_v_per_day = a->args[1].number;
	return 0;
}

static int begin_dead_bypass(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->dead_bypass = true;
	return 0;
}

static int begin_contact(struct world *w, struct scenario_action *a)
{
	(void)w;
	(void)a;
	return 0;
}

static void share_contact(struct world *w, struct scenario_action *a,
			  double from, double to)
{
	module_of(w, a)->sensor.contact_ohm += (to - from) * a->args[1].number;
}

static int begin_reboot(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = module_of(w, a);

	m->boots++;
	m->duty_permille = 0;
	m->ri_sequence = 0;
	m->ri_end_ns = 0;
	return 0;
}

static const char *flag_choice(unsigned int n)
{
	static const char *const names[] = {
		"temperature-sensor", "sense-lead", "self-test", NULL
	};

	return names[n];
}

static uint32_t flag_of(const struct scenario_action *a)
{
	static const uint32_t flags[] = {
		BACS_FLAG_TEMP_FAULT, BACS_FLAG_SENSE_FAULT,
		BACS_FLAG_SELF_TEST,
	};

	return flags[a->args[1].choice];
}

static int begin_flag(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->flags |= flag_of(a);
	return 0;
}

static void end_flag(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->flags &= ~flag_of(a);
}

/* tells BLOCK QUANTITY INTEGER: whatever the truth is */

static const char *quantity_choice(unsigned int n)
{
	return n + 1 < BACS_Q_COUNT ? bacs_q_name(n + 1) : NULL;
}

static int begin_tells(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = module_of(w, a);
	size_t i;

	for (i = 0; i < sizeof(m->wrong) / sizeof(m->wrong[0]); i++) {
		if (m->wrong[i].q)
			continue;
		m->wrong[i].q = a->args[1].choice + 1;
		m->wrong[i].value = (int64_t)a->args[2].number;
		return 0;
	}
	fprintf(stderr, "line %u: %s tells %zu quantities wrongly already\n",
		a->line, m->name, i);
	return -E2BIG;
}

static void end_tells(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = module_of(w, a);
	size_t i;

	for (i = 0; i < sizeof(m->wrong) / sizeof(m->wrong[0]); i++)
		if (m->wrong[i].q == a->args[1].choice + 1)
			m->wrong[i].q = BACS_Q_UNKNOWN;
}

/* Two modules change places: each serial answers at the other's address */
static int begin_swap(struct world *w, struct scenario_action *a)
{
	struct sim_module *x = module_of(w, a);
	struct sim_module *y = world_module(w, a->args[1].string,
					    a->args[1].block);
	struct plant_sensor sensor = x->sensor;
	uint64_t serial = x->serial;

	x->serial = y->serial;
	y->serial = serial;
	x->sensor = y->sensor;
	y->sensor = sensor;
	wire_tell_module(w, bus_of(w, x), x);
	wire_tell_module(w, bus_of(w, y), y);
	return 0;
}

/* The sense leads of two blocks are on each other's module */
static int begin_cross(struct world *w, struct scenario_action *a)
{
	struct sim_module *x = module_of(w, a);
	struct sim_module *y = world_module(w, a->args[1].string,
					    a->args[1].block);
	struct plant_block *block = x->block;

	x->block = y->block;
	y->block = block;
	return 0;
}

static int begin_replace(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = module_of(w, a);

	m->serial += 500000;
	m->boots = 1;
	m->ri_sequence = 0;
	wire_tell_module(w, bus_of(w, m), m);
	return 0;
}

/* Blocks */

static int begin_factor(struct world *w, struct scenario_action *a)
{
	(void)w;
	(void)a;
	return 0;
}

static double ratio(const struct scenario_action *a, double from, double to)
{
	double more = a->args[1].number - 1;

	return (1 + more * to) / (1 + more * from);
}

static void share_resistance(struct world *w, struct scenario_action *a,
			     double from, double to)
{
	module_of(w, a)->block->r_factor *= ratio(a, from, to);
}

static void share_capacity(struct world *w, struct scenario_action *a,
			   double from, double to)
{
	module_of(w, a)->block->charge_factor *= ratio(a, from, to);
}

static void share_float(struct world *w, struct scenario_action *a,
			double from, double to)
{
	module_of(w, a)->block->float_shift_v += (to - from) *
						 a->args[1].number;
}

static int begin_charge(struct world *w, struct scenario_action *a)
{
	struct plant_block *b = module_of(w, a)->block;

	b->near = b->far = a->args[1].number;
	return 0;
}

/* Heat that ends so many K above where the block is without it */
static double heat_w(struct world *w, const struct scenario_action *a)
{
	return a->args[1].number * (w->type.cool_w_per_k +
				    2 * w->type.neighbour_w_per_k);
}

static void share_heat(struct world *w, struct scenario_action *a, double from,
		       double to)
{
	module_of(w, a)->block->extra_w += heat_w(w, a) * (to - from);
}

static void end_heat(struct world *w, struct scenario_action *a)
{
	module_of(w, a)->block->extra_w -= heat_w(w, a);
}

/* Strings, buses, driver */

static int begin_open(struct world *w, struct scenario_action *a)
{
	w->strings[a->args[0].string].open = true;
	return 0;
}

static void end_open(struct world *w, struct scenario_action *a)
{
	w->strings[a->args[0].string].open = false;
}

static int begin_dumb(struct world *w, struct scenario_action *a)
{
	w->buses[a->args[0].string].silent = true;
	return 0;
}

static void end_dumb(struct world *w, struct scenario_action *a)
{
	w->buses[a->args[0].string].silent = false;
}

static void hear(struct world *w, unsigned int string, bool foreign)
{
	w->buses[string].second_master = foreign;
	wire_tell_bus(w, &w->buses[string]);
}

static int begin_master(struct world *w, struct scenario_action *a)
{
	hear(w, a->args[0].string, true);
	return 0;
}

static void end_master(struct world *w, struct scenario_action *a)
{
	hear(w, a->args[0].string, false);
}

static void attach(struct world *w, unsigned int string, bool on)
{
	struct sim_bus *b = &w->buses[string];
	unsigned int i;

	b->attached = on;
	b->state = BACS_BUS_RUNNING;
	b->timeouts = 0;
	wire_tell_bus(w, b);
	for (i = 0; i < b->count; i++) {
		b->modules[i].state = BACS_MODULE_OK;
		b->modules[i].misses = 0;
		wire_tell_module(w, b, &b->modules[i]);
	}
}

static int begin_detach(struct world *w, struct scenario_action *a)
{
	attach(w, a->args[0].string, false);
	return 0;
}

static void end_detach(struct world *w, struct scenario_action *a)
{
	attach(w, a->args[0].string, true);
}

static int begin_unload(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->driver = false;
	wire_release(w);
	wire_tell_driver(w);
	return 0;
}

static void end_unload(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->driver = true;
	wire_tell_driver(w);
}

/* Charger, mains, room */

static int begin_error(struct world *w, struct scenario_action *a)
{
	w->site.charger.error = a->args[0].number;
	return 0;
}

static void end_error(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->site.charger.error = 0;
}

static int begin_inhibit(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->site.charger.inhibited = true;
	return 0;
}

static void end_inhibit(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->site.charger.inhibited = false;
}

static int begin_mains(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->site.outage = true;
	return 0;
}

static void end_mains(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->site.outage = false;
}

static void share_room(struct world *w, struct scenario_action *a, double from,
		       double to)
{
	w->site.air.mean_c += (to - from) * a->args[0].number;
}

static void end_room(struct world *w, struct scenario_action *a)
{
	w->site.air.mean_c -= a->args[0].number;
}

/* Wire */

static int begin_lost(struct world *w, struct scenario_action *a)
{
	w->lost = a->args[0].number;
	return 0;
}

static void end_lost(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->lost = w->s->site.lost;
}

static int begin_doubled(struct world *w, struct scenario_action *a)
{
	w->doubled = a->args[0].number;
	return 0;
}

static void end_doubled(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->doubled = w->s->site.doubled;
}

static int begin_swapped(struct world *w, struct scenario_action *a)
{
	w->swapped = a->args[0].number;
	return 0;
}

static void end_swapped(struct world *w, struct scenario_action *a)
{
	(void)a;
	w->swapped = w->s->site.swapped;
}

/* Daemon and clocks */

static int begin_down(struct world *w, struct scenario_action *a)
{
	(void)a;
	daemon_stop(w);
	w->counts.restarts++;
	return 0;
}

static void end_down(struct world *w, struct scenario_action *a)
{
	(void)a;
	if (!w->policy && daemon_start(w) < 0)
		abort();
}

static int begin_restart(struct world *w, struct scenario_action *a)
{
	(void)a;
	daemon_stop(w);
	w->counts.restarts++;
	return daemon_start(w);
}

static int begin_kill(struct world *w, struct scenario_action *a)
{
	(void)a;
	daemon_kill(w);
	w->counts.restarts++;
	return daemon_start(w);
}

static int begin_config(struct world *w, struct scenario_action *a)
{
	const char *old = w->more_config ? w->more_config : "";
	char *all;

	if (asprintf(&all, "%s%s\n", old, a->args[0].text) < 0)
		return -ENOMEM;
	free(w->more_config);
	w->more_config = all;
	return 0;
}

static int begin_reload(struct world *w, struct scenario_action *a)
{
	(void)a;
	return daemon_reload(w);
}

static int begin_wall(struct world *w, struct scenario_action *a)
{
	w->wall_us += (int64_t)(a->args[0].number * 1e6);
	daemon_clock(w);
	return 0;
}

/* CLOCK_BOOTTIME itself: no kernel does that, and the policy lives on */
static int begin_jump(struct world *w, struct scenario_action *a)
{
	int64_t ns = (int64_t)(a->args[0].number * 1e9);

	if (ns < 0 && (uint64_t)-ns >= w->clock_ns)
		w->clock_ns = SECOND_NS;
	else
		w->clock_ns += ns;
	return 0;
}

static const char *limit_choice(unsigned int n)
{
	static const char *const names[] = {
		"voltage-min", "voltage-max", "voltage-lcrit", "voltage-crit",
		"temp-min", "temp-max", "temp-lcrit", "temp-crit", NULL
	};

	return names[n];
}

/* Somebody else writes a limit, as "sensors -s" does */
static int begin_limit(struct world *w, struct scenario_action *a)
{
	struct sim_module *m = module_of(w, a);

	m->limits.value[BACS_LIMIT_VOLTAGE_MIN + a->args[1].choice] =
		(int32_t)(a->args[2].number * 1000);
	if (w->policy && w->driver)
		policy_limits_written(w->policy, bus_of(w, m)->name,
				      m->address, &m->limits, 4711,
				      w->clock_ns);
	return 0;
}

#define BLOCK		{ ARG_BLOCK, "block", 0, 0, 0, NULL }
#define OBJECT		{ ARG_OBJECT, "object", 0, 0, 0, NULL }
#define STRING		{ ARG_STRING, "string", 0, 0, 0, NULL }
#define NUMBER(n, d, from, to)	{ ARG_NUMBER, n, d, from, to, NULL }
#define CHOICE(n, f)	{ ARG_CHOICE, n, 0, 0, 0, f }

const struct verb scenario_verbs[] = {
	{ "fault", { CHOICE("fault", fault_choice), BLOCK,
	  NUMBER("severity", DIM_NONE, 0, 1000) }, .ramps = true,
	  .begin = begin_fault },
	{ "resistance", { BLOCK, NUMBER("factor", DIM_NONE, 0.01, 1e6) },
	  .ramps = true, .begin = begin_factor, .share = share_resistance },
	{ "capacity", { BLOCK, NUMBER("factor", DIM_NONE, 0.01, 2) },
	  .ramps = true, .begin = begin_factor, .share = share_capacity },
	{ "float-shift", { BLOCK, NUMBER("volts a cell", DIM_VOLT, -1, 1) },
	  .ramps = true, .begin = begin_factor, .share = share_float },
	{ "charge", { BLOCK, NUMBER("charge", DIM_NONE, 0, 1) },
	  .begin = begin_charge },
	{ "heat", { BLOCK, NUMBER("warming", DIM_KELVIN, 0, 200) },
	  .ramps = true, .begin = begin_factor, .end = end_heat,
	  .share = share_heat },
	{ "silent", { BLOCK }, .begin = begin_silent, .end = end_silent },
	{ "stuck", { BLOCK }, .begin = begin_stuck, .end = end_stuck },
	{ "drift", { BLOCK, NUMBER("drift", DIM_PER_DAY, -10, 10) },
	  .begin = begin_drift },
	{ "contact", { BLOCK, NUMBER("resistance", DIM_OHM, 0, 100) },
	  .ramps = true, .begin = begin_contact, .share = share_contact },
	{ "dead-bypass", { BLOCK }, .begin = begin_dead_bypass },
	{ "flag", { BLOCK, CHOICE("flag", flag_choice) }, .begin = begin_flag,
	  .end = end_flag },
	{ "tells", { BLOCK, CHOICE("quantity", quantity_choice),
	  NUMBER("value", DIM_NONE, -1e15, 1e15) }, .begin = begin_tells,
	  .end = end_tells },
	{ "reboot", { BLOCK }, .begin = begin_reboot },
	{ "swap", { BLOCK, BLOCK }, .begin = begin_swap },
	{ "cross", { BLOCK, BLOCK }, .begin = begin_cross },
	{ "replace", { BLOCK }, .begin = begin_replace },
	{ "foreign-limit", { BLOCK, CHOICE("limit", limit_choice),
	  NUMBER("value", DIM_NONE, -1000, 1000) }, .begin = begin_limit },
	{ "out-of-service", { BLOCK }, .begin = operator_take_out,
	  .end = operator_nothing },
	{ "acknowledge", { CHOICE("alarm", operator_kind), OBJECT },
	  .begin = operator_acknowledge },
	{ "shelve", { CHOICE("alarm", operator_kind), OBJECT },
	  .begin = operator_shelve, .end = operator_nothing },
	{ "test", { CHOICE("level", operator_level) },
	  .begin = operator_test, .end = operator_nothing },
	{ "open", { STRING }, .begin = begin_open, .end = end_open },
	{ "dumb", { STRING }, .begin = begin_dumb, .end = end_dumb },
	{ "second-master", { STRING }, .begin = begin_master,
	  .end = end_master },
	{ "detach", { STRING }, .begin = begin_detach, .end = end_detach },
	{ "unload", { { 0 } }, .begin = begin_unload, .end = end_unload },
	{ "charger-error", { NUMBER("error", DIM_NONE, -0.5, 0.5) },
	  .begin = begin_error, .end = end_error },
	{ "charger-off", { { 0 } }, .begin = begin_inhibit,
	  .end = end_inhibit },
	{ "mains-off", { { 0 } }, .begin = begin_mains, .end = end_mains },
	{ "room", { NUMBER("warming", DIM_KELVIN, -60, 60) }, .ramps = true,
	  .begin = begin_factor, .end = end_room, .share = share_room },
	{ "frames-lost", { NUMBER("share", DIM_NONE, 0, 1) },
	  .begin = begin_lost, .end = end_lost },
	{ "frames-doubled", { NUMBER("share", DIM_NONE, 0, 1) },
	  .begin = begin_doubled, .end = end_doubled },
	{ "frames-swapped", { NUMBER("share", DIM_NONE, 0, 1) },
	  .begin = begin_swapped, .end = end_swapped },
	{ "restart", { { 0 } }, .repeats = true, .begin = begin_restart },
	{ "daemon-off", { { 0 } }, .begin = begin_down, .end = end_down },
	{ "kill", { { 0 } }, .repeats = true, .begin = begin_kill },
	{ "config", { { ARG_REST, "line", 0, 0, 0, NULL } },
	  .begin = begin_config },
	{ "reload", { { 0 } }, .begin = begin_reload },
	{ "wall-clock", { NUMBER("step", DIM_TIME, -1e9, 1e9) },
	  .begin = begin_wall },
	{ "boot-clock", { NUMBER("step", DIM_TIME, -1e9, 1e9) },
	  .begin = begin_jump },
	{ NULL }
};

/* Ramps move before each step, a thousandth of the way at a time */
static void move_ramp(struct world *w, struct scenario_action *a)
{
	double to = a->over_s > 0 ?
		    fmin((w->time_s - a->at_s) / a->over_s, 1) : 1;

	if (!a->verb->share || to - a->share < 0.001 * (a->over_s > 0))
		return;
	a->verb->share(w, a, a->share, to);
	a->share = to;
}

static int act_on(struct world *w, struct scenario_action *a)
{
	double end_s = a->at_s + a->for_s;

	if (a->state == ACTION_DUE && w->time_s >= a->at_s - 1e-6) {
		int r;

		timeline_add(&w->line, w->time_s, ENTRY_ACTION, a->verb->name,
			     "", "", a->text);
		world_hurry(w, HURRY_S);
		a->state = ACTION_ON;
		r = a->verb->begin(w, a);
		if (r < 0)
			return r;
		if (a->every_s > 0) {
			a->at_s += a->every_s;
			a->state = ACTION_DUE;
		}
	}
	if (a->state != ACTION_ON)
		return 0;
	if (!(a->for_s > 0 && w->time_s >= end_s - 1e-6)) {
		if (a->share < 1)
			move_ramp(w, a);
		return 0;
	}
	timeline_add(&w->line, w->time_s, ENTRY_ACTION, a->verb->name, "", "",
		     "ends");
	world_hurry(w, HURRY_S);
	a->state = ACTION_OVER;
	a->verb->end(w, a);
	return 0;
}

int world_act(struct world *w)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < w->s->action_count; i++)
		r = act_on(w, &w->s->actions[i]);
	return r;
}

double world_next_action(const struct world *w)
{
	double next_s = INFINITY;
	size_t i;

	for (i = 0; i < w->s->action_count; i++) {
		const struct scenario_action *a = &w->s->actions[i];

		if (a->state == ACTION_DUE)
			next_s = fmin(next_s, a->at_s);
		else if (a->state == ACTION_ON && a->for_s > 0)
			next_s = fmin(next_s, a->at_s + a->for_s);
	}
	return next_s;
}
