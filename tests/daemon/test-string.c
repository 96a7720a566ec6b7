// SPDX-License-Identifier: GPL-2.0-or-later
/* States of strings: series of samples by hand, in virtual time */
#include "unit.h"

#include "policy/policy.h"

#define SECOND 1000000000ULL

/* The machine alone: microvolts in, states out */

struct run {
	struct string_machine machine;
	struct string_scan scan;
	unsigned int changes;
	uint32_t seed;
};

static void start(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->scan.time_ns = 1000 * SECOND;
	r->scan.zero_ma = 1000;
	r->seed = 1;
}

static void scan(struct run *r, int64_t mv)
{
	r->scan.time_ns += SECOND;
	r->scan.median_uv = mv * 1000;
	r->changes += string_machine_scan(&r->machine, &r->scan);
}

/* -@size to @size, the same in every run */
static int64_t noise(struct run *r, int64_t size)
{
	r->seed = r->seed * 1103515245 + 12345;
	return size ? (int64_t)(r->seed >> 16) % (2 * size + 1) - size : 0;
}

/* @seconds of scans from @from to @to millivolts */
static void ramp(struct run *r, int64_t from, int64_t to, int64_t seconds,
		 int64_t noise_mv)
{
	int64_t i;

	for (i = 1; i <= seconds; i++)
		scan(r, from + (to - from) * i / seconds +
		     noise(r, noise_mv));
}

static void stay(struct run *r, int64_t mv, int64_t seconds)
{
	ramp(r, mv, mv, seconds, 0);
}

#define assert_state(r, s) \
	assert_string_equal(string_state_name((r)->machine.state), \
			    string_state_name(s))
#define assert_says(r, words) assert_non_null(strstr((r)->machine.evidence, words))

static void one_scan_is_no_evidence(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	scan(&r, 2270);
	assert_state(&r, STRING_UNKNOWN);
	assert_says(&r, "one complete scan");
	scan(&r, 2270);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 1);
	/* a low one between good ones is no discharge */
	scan(&r, 2050);
	scan(&r, 2270);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 1);
}

static void a_discharge_begins_ends_and_is_recharged(void **state)
{
	uint64_t begun;
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	/* coup de fouet: down to 1.98, up to 2.02 */
	begun = r.scan.time_ns + SECOND;
	scan(&r, 2080);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 1980);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "more than 40 mV/cell in 2 scans");
	assert_true(r.machine.since_ns == begun);
	ramp(&r, 1980, 2020, 120, 2);
	ramp(&r, 2020, 1850, 3600, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_int_equal(r.changes, 2);
	/* the charger comes back */
	ramp(&r, 1850, 2160, 120, 0);
	assert_state(&r, STRING_DISCHARGE);
	ramp(&r, 2160, 2180, 61, 0);
	assert_state(&r, STRING_RECHARGE);
	assert_says(&r, "after a discharge of 3");
	assert_says(&r, "down to 1.84");
	assert_int_equal(r.machine.discharges, 1);
	assert_int_equal(r.machine.dips, 0);
	ramp(&r, 2180, 2270, 7200, 1);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 1400);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 500);
	assert_state(&r, STRING_FLOAT);
	assert_says(&r, "after recharge");
	assert_int_equal(r.changes, 4);
}

static void a_fall_too_slow_to_be_steep_counts_by_its_level(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	ramp(&r, 2270, 2100, 85, 0);
	stay(&r, 2100, 10);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 2099);
	assert_state(&r, STRING_FLOAT);
	scan(&r, 2099);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "came from float to below 2.100 V/cell");
}

static void a_dip_is_counted_apart(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	stay(&r, 2000, 30);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2250, 60);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2260, 2);
	assert_state(&r, STRING_FLOAT);
	assert_says(&r, "a dip of 30 s to 2.000 V/cell");
	assert_int_equal(r.machine.dips, 1);
	assert_int_equal(r.machine.discharges, 0);
	/* 59 s is a dip, 60 s is none */
	stay(&r, 2000, 59);
	stay(&r, 2260, 62);
	assert_int_equal(r.machine.dips, 2);
	stay(&r, 2000, 60);
	stay(&r, 2260, 62);
	assert_int_equal(r.machine.dips, 2);
	assert_int_equal(r.machine.discharges, 1);
	assert_state(&r, STRING_RECHARGE);
}

static void a_paused_charger_is_rest_and_no_discharge(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 600);
	/* surface charge goes: 2.27 to 2.15 in half an hour, then slower */
	ramp(&r, 2270, 2200, 600, 2);
	ramp(&r, 2200, 2152, 3600, 2);
	assert_state(&r, STRING_FLOAT);
	ramp(&r, 2152, 2130, 3600, 0);
	assert_state(&r, STRING_REST);
	assert_says(&r, "without a steep fall");
	assert_int_equal(r.changes, 2);
	/* days later below 2.10: level alone decides nothing */
	ramp(&r, 2130, 2095, 86400, 1);
	assert_state(&r, STRING_REST);
	assert_int_equal(r.changes, 2);
	/* the charger starts again */
	ramp(&r, 2095, 2270, 300, 0);
	stay(&r, 2270, 61);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 3);
	assert_int_equal(r.machine.dips + r.machine.discharges, 0);
}

static void rest_becomes_discharge_by_its_slope(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 60);
	ramp(&r, 2270, 2140, 3600, 0);
	stay(&r, 2130, 7200);
	assert_state(&r, STRING_REST);
	/* the 10 h rate: 40 mV/cell an hour */
	ramp(&r, 2130, 2080, 4500, 1);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "fell");
	/* the load is gone, nobody charges */
	ramp(&r, 2080, 2090, 60, 0);
	stay(&r, 2090, 1980);
	assert_state(&r, STRING_REST);
	assert_says(&r, "flat");
	assert_int_equal(r.machine.discharges, 1);
	/* the charger starts: that is a recharge, not float */
	ramp(&r, 2090, 2200, 600, 0);
	assert_state(&r, STRING_RECHARGE);
	/* and by a steep fall */
	start(&r);
	stay(&r, 2270, 60);
	ramp(&r, 2270, 2130, 3600, 0);
	stay(&r, 2130, 600);
	assert_state(&r, STRING_REST);
	stay(&r, 2050, 20);
	assert_state(&r, STRING_DISCHARGE);
	stay(&r, 2125, 62);
	assert_state(&r, STRING_REST);
	assert_int_equal(r.machine.dips, 1);
}

static void boost_and_back_is_no_discharge(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	ramp(&r, 2270, 2400, 60, 0);
	stay(&r, 2400, 62);
	assert_state(&r, STRING_BOOST);
	/* the charger steps down: 130 mV/cell in 5 s */
	ramp(&r, 2400, 2270, 5, 0);
	stay(&r, 2270, 62);
	assert_state(&r, STRING_FLOAT);
	assert_int_equal(r.changes, 3);
	assert_int_equal(r.machine.dips, 0);
	/* 10 mV/cell to either side of the border belong to what is */
	stay(&r, 2309, 300);
	assert_state(&r, STRING_FLOAT);
	stay(&r, 2311, 62);
	assert_state(&r, STRING_BOOST);
	stay(&r, 2291, 300);
	assert_state(&r, STRING_BOOST);
	stay(&r, 2289, 62);
	assert_state(&r, STRING_FLOAT);
}

static void nothing_flaps_at_the_thresholds(void **state)
{
	static const int64_t levels[] = { 2100, 2150, 2170, 2300, 2310 };
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		start(&r);
		stay(&r, 2270, 10);
		/* slowly there, then a day of noise around it */
		ramp(&r, 2270, levels[i], 86400, 0);
		r.changes = 0;
		ramp(&r, levels[i], levels[i], 86400, 9);
		if (r.changes > 1)
			fail_msg("%u changes at %d mV: %s", r.changes,
				 (int)levels[i], r.machine.evidence);
		assert_int_equal(r.machine.dips + r.machine.discharges, 0);
	}
}

static void the_current_says_it(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	r.scan.has_current = true;
	r.scan.current_ma = 200;
	stay(&r, 2270, 100);
	/* below the level and no current: not discharge, but rest */
	ramp(&r, 2270, 2080, 3600, 0);
	stay(&r, 2080, 100);
	assert_state(&r, STRING_REST);
	/* a light load, far from steep */
	r.scan.current_ma = -999;
	stay(&r, 2079, 100);
	assert_state(&r, STRING_REST);
	r.scan.current_ma = -1000;
	scan(&r, 2079);
	assert_state(&r, STRING_REST);
	scan(&r, 2079);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "-1000 mA");
	/* flat for an hour: the current goes on, so does the discharge */
	stay(&r, 2079, 3600);
	assert_state(&r, STRING_DISCHARGE);
	r.scan.current_ma = 30000;
	stay(&r, 2100, 62);
	assert_state(&r, STRING_RECHARGE);
	assert_int_equal(r.machine.discharges, 1);
	assert_says(&r, "now 30000 mA");
	stay(&r, 2110, 600);
	assert_state(&r, STRING_RECHARGE);
	/* a sensor with an offset does not outvote a charger at float */
	start(&r);
	r.scan.has_current = true;
	r.scan.current_ma = -2000;
	stay(&r, 2270, 1000);
	assert_state(&r, STRING_FLOAT);
	/* nor does a dead one hide a plain discharge */
	start(&r);
	r.scan.has_current = true;
	stay(&r, 2270, 100);
	stay(&r, 1990, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "check it");
}

static void a_start_in_the_middle_waits_for_evidence(void **state)
{
	struct run r;

	(void)state;
	/* at 2.05 V/cell nobody knows yet; falling says discharge */
	start(&r);
	stay(&r, 2050, 30);
	assert_state(&r, STRING_UNKNOWN);
	assert_says(&r, "its slope decides");
	ramp(&r, 2050, 2030, 600, 0);
	assert_state(&r, STRING_DISCHARGE);
	/* flat says rest, in at most half an hour */
	start(&r);
	stay(&r, 2050, 1900);
	assert_state(&r, STRING_REST);
	start(&r);
	stay(&r, 2130, 1900);
	assert_state(&r, STRING_REST);
	/* rising says recharge */
	start(&r);
	ramp(&r, 2050, 2200, 900, 0);
	assert_state(&r, STRING_RECHARGE);
	/* lower than any rest */
	start(&r);
	stay(&r, 1900, 2);
	assert_state(&r, STRING_DISCHARGE);
	start(&r);
	stay(&r, 2400, 2);
	assert_state(&r, STRING_BOOST);
}

static void time_jumps_void_the_past(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	/* doubled and older scans are left out */
	r.scan.median_uv = 1900000;
	assert_false(string_machine_scan(&r.machine, &r.scan));
	r.scan.time_ns -= 5 * SECOND;
	assert_false(string_machine_scan(&r.machine, &r.scan));
	assert_false(string_machine_scan(&r.machine, &r.scan));
	assert_state(&r, STRING_FLOAT);
	r.scan.time_ns += 5 * SECOND;
	/* hours later at another level: no steep fall was seen */
	r.scan.time_ns += 7200 * SECOND;
	scan(&r, 2090);
	assert_state(&r, STRING_UNKNOWN);
	scan(&r, 2090);
	assert_state(&r, STRING_UNKNOWN);
	stay(&r, 2090, 1900);
	assert_state(&r, STRING_REST);
	/* extremes of time and voltage do no harm */
	r.scan.time_ns = UINT64_MAX - 10 * SECOND;
	scan(&r, 4000);
	scan(&r, -4000);
	scan(&r, 0);
}

static void a_discharge_outlasts_a_time_without_values(void **state)
{
	struct run r;

	(void)state;
	start(&r);
	stay(&r, 2270, 100);
	stay(&r, 2000, 200);
	assert_true(string_machine_blind(&r.machine, STRING_OFFLINE,
					 r.scan.time_ns, "nobody answers"));
	r.scan.time_ns += 100 * SECOND;
	stay(&r, 1990, 2);
	assert_state(&r, STRING_DISCHARGE);
	assert_says(&r, "102 s ago");
	/* it ended meanwhile: that has to be recharged, it is no float */
	string_machine_blind(&r.machine, STRING_OFFLINE, r.scan.time_ns,
			     "nobody answers");
	r.scan.time_ns += 100 * SECOND;
	stay(&r, 2250, 2);
	assert_state(&r, STRING_RECHARGE);
	stay(&r, 2270, 3600);
	assert_state(&r, STRING_FLOAT);
	/* long ago it says nothing */
	stay(&r, 2000, 200);
	string_machine_blind(&r.machine, STRING_OFFLINE, r.scan.time_ns,
			     "nobody answers");
	r.scan.time_ns += 3600 * SECOND;
	stay(&r, 2000, 60);
	assert_state(&r, STRING_UNKNOWN);
}

static void fed_once_a_minute_it_sees_the_same(void **state)
{
	struct run r;
	int i;

	(void)state;
	start(&r);
	for (i = 0; i < 60; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2270);
	}
	assert_state(&r, STRING_FLOAT);
	for (i = 0; i < 10; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2000 - i);
	}
	assert_state(&r, STRING_DISCHARGE);
	for (i = 0; i < 5; i++) {
		r.scan.time_ns += 59 * SECOND;
		scan(&r, 2200);
	}
	assert_state(&r, STRING_RECHARGE);
	assert_int_equal(r.machine.discharges, 1);
}

/* The strings of a policy: samples of modules in, events out */

struct world {
	struct policy *policy;
	uint64_t now;
	unsigned int events;
	struct policy_event last;
	unsigned int told, gone;
	unsigned int supply_count;
	struct policy_supply supply;
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	if (e->kind != POLICY_STRING_STATE)
		return;
	w->events++;
	w->last = *e;
}

static void on_site(void *userdata)
{
	(void)userdata;
}

static void on_bus(void *userdata, const struct policy_bus *bus)
{
	(void)userdata, (void)bus;
}

static void on_module(void *userdata, const struct policy_module *m)
{
	(void)userdata, (void)m;
}

static void on_string(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->told++;
}

static void on_string_gone(void *userdata, const struct policy_string *s)
{
	struct world *w = userdata;

	(void)s;
	w->gone++;
}

static void on_set(void *userdata, const struct policy_module *m,
		   const char *label, const struct policy_limits *limits)
{
	(void)userdata, (void)m, (void)label, (void)limits;
}

static void on_supply(void *userdata, const struct policy_module *m,
		      const struct policy_supply *supply)
{
	struct world *w = userdata;

	(void)m;
	w->supply_count++;
	w->supply = *supply;
}

static const struct policy_ops ops = {
	on_event, on_site, on_bus, on_bus, on_module, on_module, on_string,
	on_string_gone, on_set, on_supply,
};

static void configure(struct world *w, unsigned int count, bool sensor)
{
	uint8_t addresses[POLICY_ADDRESS_MAX];
	struct limit_set none;
	char label[16];
	unsigned int i;

	limit_set_defaults(&none);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	for (i = 0; i < count; i++) {
		addresses[i] = i + 1;
		snprintf(label, sizeof(label), "%uS1", i + 1);
		policy_config_module(w->policy, "bacsA", i + 1, label, "North",
				     1, i + 1, 12000);
	}
	if (sensor)
		policy_config_module(w->policy, "bacsA", 200, "", "", 0, 0, 0);
	if (count)
		policy_config_string(w->policy, "North", 1, "bacsA", addresses,
				     count, sensor ? "bacsA" : "",
				     sensor ? 200 : 0, 1000);
	policy_config_limits(w->policy, &none, "", false);
	policy_config_end(w->policy, w->now);
}

static void set_state(struct world *w, unsigned int address,
		      enum bacs_modstate state)
{
	struct policy_facts f = { .state = state };

	f.modclass = BACS_MODCLASS_JAR;
	f.nominal_mv = address == 200 ? 0 : 12000;
	policy_unset_limits(&f.limits);
	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static void begin(struct world *w, unsigned int count, bool sensor)
{
	unsigned int i;

	memset(w, 0, sizeof(*w));
	w->now = 1000 * SECOND;
	assert_int_equal(policy_new(&ops, w, w->now, &w->policy), 0);
	configure(w, count, sensor);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (i = 1; i <= count; i++)
		set_state(w, i, BACS_MODULE_OK);
	if (sensor)
		set_state(w, 200, BACS_MODULE_OK);
	policy_tick(w->policy, w->now);
}

static const struct policy_string *north(struct world *w)
{
	const struct policy_string *s = policy_find_string(w->policy, "North");

	assert_non_null(s);
	return s;
}

static void give(struct world *w, unsigned int address, uint64_t time_ns,
		 int64_t mv, int64_t mc, uint32_t flags)
{
	struct policy_sample s = {
		.time_ns = time_ns,
		.present = 1U << BACS_Q_VOLTAGE | 1U << BACS_Q_TEMPERATURE |
			   1U << BACS_Q_FLAGS,
		.value = { [BACS_Q_VOLTAGE] = mv, [BACS_Q_TEMPERATURE] = mc,
			   [BACS_Q_FLAGS] = flags },
	};

	policy_sample(w->policy, "bacsA", address, &s, w->now);
}

/* Scans of modules 1 to @count, those in @skip left out */
static void scans(struct world *w, unsigned int times, unsigned int count,
		  int64_t mv, uint64_t skip)
{
	unsigned int a;

	while (times--) {
		w->now += SECOND;
		for (a = 1; a <= count; a++)
			if (!(skip & 1ULL << a))
				give(w, a, w->now, mv, 20000, 0);
		policy_tick(w->policy, w->now);
	}
}

static void values_are_those_of_the_requirement(void **state)
{
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, false);
	w.now += SECOND;
	/* one block with a shorted cell pulls the mean, not the median */
	give(&w, 1, w.now, 11400, 20000, 0);
	give(&w, 2, w.now, 14000, 21000, 0);
	give(&w, 3, w.now, 14100, 24000, 0);
	give(&w, 4, w.now, 14060, 22000, BACS_FLAG_TEMP_FAULT);
	s = north(&w);
	assert_int_equal(s->valid, 4);
	assert_int_equal(s->sum_mv, 53560);
	assert_int_equal(s->mean_uv, 53560 * 1000 / 24);
	assert_int_equal(s->median_uv, (14000000 / 6 + 14060000 / 6) / 2);
	assert_int_equal(s->lowest, 0);
	assert_int_equal(s->highest, 2);
	assert_int_equal(s->temperature_mc, 21000);
	policy_free(w.policy);
}

static void events_tell_states_and_why(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	assert_state(north(&w), STRING_UNKNOWN);
	scans(&w, 3, 4, 13500, 0);
	assert_int_equal(w.events, 1);
	assert_int_equal(w.last.new_value, STRING_FLOAT);
	assert_string_equal(w.last.name, "North");
	assert_non_null(strstr(w.last.text, "float, was unknown: median 2.250"));
	scans(&w, 5, 4, 12000, 0);
	assert_int_equal(w.events, 2);
	assert_int_equal(w.last.old_value, STRING_FLOAT);
	assert_int_equal(w.last.new_value, STRING_DISCHARGE);
	scans(&w, 1000, 4, 11900, 0);
	assert_int_equal(w.events, 2);
	policy_free(w.policy);
}

static void power_supplies_follow_their_string_and_are_told_once(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 20, 4, 13500, 0);
	assert_int_equal(w.supply.status, BACS_PSY_FULL);
	assert_int_equal(w.supply_count, 4);
	scans(&w, 5, 4, 12000, 0);
	assert_int_equal(w.supply.status, BACS_PSY_DISCHARGING);
	assert_int_equal(w.supply_count, 8);
	scans(&w, 100, 4, 11900, 0);
	assert_int_equal(w.supply_count, 8);
	/* no limits are set: nobody knows how healthy */
	assert_int_equal(w.supply.health, BACS_PSY_HEALTH_UNKNOWN);
	policy_free(w.policy);
}

static void missing_modules_take_their_values_with_them(void **state)
{
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	s = north(&w);
	set_state(&w, 4, BACS_MODULE_LOST);
	scans(&w, 10, 4, 13500, 1 << 4);
	/* the state goes on, sum and mean of an incomplete string do not */
	assert_state(s, STRING_FLOAT);
	assert_int_equal(s->valid, 3);
	assert_int_equal(s->missing, 1);
	/* an open sense lead is as good as none */
	w.now += SECOND;
	give(&w, 3, w.now, 13500, 20000, BACS_FLAG_SENSE_FAULT);
	policy_tick(w.policy, w.now);
	assert_int_equal(s->valid, 2);
	assert_int_equal(s->doubtful, 1);
	assert_state(s, STRING_FLOAT);
	/* fewer than half: unknown, but not for one scan */
	set_state(&w, 3, BACS_MODULE_LOST);
	set_state(&w, 2, BACS_MODULE_LOST);
	scans(&w, 3, 1, 13500, 0);
	assert_state(s, STRING_FLOAT);
	scans(&w, 4, 1, 13500, 0);
	assert_state(s, STRING_UNKNOWN);
	assert_says(s, "1 of 4 modules have a value");
	set_state(&w, 1, BACS_MODULE_LOST);
	scans(&w, 1, 0, 0, 0);
	assert_state(s, STRING_OFFLINE);
	assert_int_equal(w.events, 3);
	/* all of them come back */
	set_state(&w, 1, BACS_MODULE_OK);
	set_state(&w, 2, BACS_MODULE_OK);
	set_state(&w, 3, BACS_MODULE_OK);
	set_state(&w, 4, BACS_MODULE_OK);
	scans(&w, 2, 4, 13500, 0);
	assert_state(s, STRING_FLOAT);
	assert_int_equal(s->valid, 4);
	policy_free(w.policy);
}

static void silence_and_a_lost_bus_are_no_float(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	/* live modules, no samples */
	scans(&w, 5, 0, 0, 0);
	assert_state(north(&w), STRING_FLOAT);
	scans(&w, 1, 0, 0, 0);
	assert_state(north(&w), STRING_UNKNOWN);
	assert_int_equal(north(&w)->valid, 0);
	policy_driver(w.policy, BACS_DRIVER_MISSING, w.now);
	policy_tick(w.policy, w.now);
	assert_state(north(&w), STRING_OFFLINE);
	policy_free(w.policy);
}

static void doubled_and_late_samples_are_refused(void **state)
{
	const struct policy_string *s;
	struct world w;
	int i;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	s = north(&w);
	for (i = 0; i < 10; i++)
		give(&w, 1, w.now, 11000, 20000, 0);
	give(&w, 2, w.now - 30 * SECOND, 11000, 20000, 0);
	give(&w, 3, w.now + 30 * SECOND, 11000, 20000, 0);
	assert_int_equal(s->refused, 12);
	assert_int_equal(s->sum_mv, 54000);
	scans(&w, 10, 4, 13500, 0);
	assert_state(s, STRING_FLOAT);
	assert_int_equal(w.events, 1);
	/* out of their order within a scan they are as good as in it */
	for (i = 0; i < 5; i++) {
		w.now += SECOND;
		give(&w, 3, w.now, 12000, 20000, 0);
		give(&w, 1, w.now - 1000, 12000, 20000, 0);
		give(&w, 4, w.now - 2000, 12000, 20000, 0);
		give(&w, 2, w.now - 500, 12000, 20000, 0);
	}
	assert_state(s, STRING_DISCHARGE);
	assert_int_equal(s->refused, 12);
	/* a clock that begins anew voids the past and is followed */
	w.now = 500 * SECOND;
	scans(&w, 1, 4, 13500, 0);
	assert_state(s, STRING_UNKNOWN);
	scans(&w, 1, 4, 13500, 0);
	assert_state(s, STRING_RECHARGE);
	policy_free(w.policy);
}

static void impossible_values_are_doubtful(void **state)
{
	static const int64_t wrong[] = { 24001, -24001, INT64_MAX, INT64_MIN,
					 (int64_t)INT32_MAX + 1 };
	const struct policy_string *s;
	struct world w;
	size_t i;

	(void)state;
	begin(&w, 1, false);
	s = north(&w);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		scans(&w, 1, 1, wrong[i], 0);
		assert_int_equal(s->valid, 0);
		assert_int_equal(s->doubtful, 1);
	}
	assert_state(s, STRING_UNKNOWN);
	/* a string of one module is a string; reversed is a value */
	scans(&w, 2, 1, -500, 0);
	assert_int_equal(s->valid, 1);
	assert_state(s, STRING_DISCHARGE);
	policy_free(w.policy);
}

static void a_sensor_is_believed_as_long_as_it_is_fresh(void **state)
{
	struct policy_sample current = {
		.present = 1U << BACS_Q_CURRENT | 1U << BACS_Q_VOLTAGE,
		.value = { [BACS_Q_CURRENT] = -5000, [BACS_Q_VOLTAGE] = 51000 },
	};
	const struct policy_string *s;
	struct world w;

	(void)state;
	begin(&w, 4, true);
	scans(&w, 2, 4, 13500, 0);
	s = north(&w);
	assert_false(s->has_current);
	current.time_ns = w.now;
	policy_sample(w.policy, "bacsA", 200, &current, w.now);
	scans(&w, 2, 4, 12780, 0);
	assert_true(s->has_current);
	assert_int_equal(s->sensor_mv, 51000);
	assert_state(s, STRING_DISCHARGE);
	assert_says(s, "sensor shows -5000 mA");
	scans(&w, 6, 4, 12780, 0);
	assert_false(s->has_current);
	policy_free(w.policy);
}

static void a_reload_keeps_the_state(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 4, false);
	scans(&w, 10, 4, 13500, 0);
	configure(&w, 4, false);
	assert_state(north(&w), STRING_FLOAT);
	scans(&w, 2, 4, 13500, 0);
	assert_int_equal(w.events, 1);
	/* other modules are another string */
	configure(&w, 3, false);
	assert_state(north(&w), STRING_UNKNOWN);
	scans(&w, 2, 3, 13500, 0);
	assert_state(north(&w), STRING_FLOAT);
	assert_int_equal(w.gone, 0);
	configure(&w, 0, false);
	assert_int_equal(w.gone, 1);
	assert_int_equal(policy_string_count(w.policy), 0);
	scans(&w, 2, 3, 13500, 0);
	policy_free(w.policy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_scan_is_no_evidence),
		cmocka_unit_test(a_discharge_begins_ends_and_is_recharged),
		cmocka_unit_test(
			a_fall_too_slow_to_be_steep_counts_by_its_level),
		cmocka_unit_test(a_dip_is_counted_apart),
		cmocka_unit_test(a_paused_charger_is_rest_and_no_discharge),
		cmocka_unit_test(rest_becomes_discharge_by_its_slope),
		cmocka_unit_test(boost_and_back_is_no_discharge),
		cmocka_unit_test(nothing_flaps_at_the_thresholds),
		cmocka_unit_test(the_current_says_it),
		cmocka_unit_test(a_start_in_the_middle_waits_for_evidence),
		cmocka_unit_test(time_jumps_void_the_past),
		cmocka_unit_test(a_discharge_outlasts_a_time_without_values),
		cmocka_unit_test(fed_once_a_minute_it_sees_the_same),
		cmocka_unit_test(values_are_those_of_the_requirement),
		cmocka_unit_test(events_tell_states_and_why),
		cmocka_unit_test(power_supplies_follow_their_string_and_are_told_once),
		cmocka_unit_test(missing_modules_take_their_values_with_them),
		cmocka_unit_test(silence_and_a_lost_bus_are_no_float),
		cmocka_unit_test(doubled_and_late_samples_are_refused),
		cmocka_unit_test(impossible_values_are_doubtful),
		cmocka_unit_test(a_sensor_is_believed_as_long_as_it_is_fresh),
		cmocka_unit_test(a_reload_keeps_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
