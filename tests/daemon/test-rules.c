// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules alone: scans by hand, verdicts out, at one scan a second and a minute */
#include "unit.h"

#include "policy/rules.h"

#define SECOND	1000000000ULL
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define JARS	16

/**
 * struct bench - a string, its blocks, and what was said of them
 * @fast: a scan a second, else one a minute
 * @wander_uv: of all blocks, up and down within a quarter of an hour
 * @noise_uv: of each
 */
struct bench {
	struct rules_string string;
	struct rules_module memory[JARS];
	struct rules_jar jars[JARS];
	struct limit_set limits;
	struct rules_scan scan;
	bool fast;
	int64_t volts[JARS];
	int64_t wander_uv;
	int64_t noise_uv;
	uint32_t seed;
	int level[ALARM_KIND_COUNT][JARS + 1];	/* -1: not told */
	unsigned int raised;
	char text[256];
	enum alarm_kind kind;
};

static void hear(void *userdata, enum alarm_kind kind, int jar,
		 enum alarm_level level, const char *text)
{
	struct bench *b = userdata;
	int *now = &b->level[kind][jar + 1];

	if (*now != (int)level && level != ALARM_NONE) {
		b->raised++;
		b->kind = kind;
		snprintf(b->text, sizeof(b->text), "%s", text);
	}
	*now = level;
}

static int level(const struct bench *b, enum alarm_kind kind, int jar)
{
	return b->level[kind][jar + 1];
}

static void start(struct bench *b, unsigned int count, unsigned int cells,
		  bool fast)
{
	unsigned int i;

	memset(b, 0, sizeof(*b));
	memset(b->level, -1, sizeof(b->level));
	limit_set_defaults(&b->limits);
	b->limits.value[LIMIT_FLOAT_VOLTAGE] = 2250;
	b->limits.value[LIMIT_TEMP_HIGH_ALARM] = 35000;
	b->fast = fast;
	b->wander_uv = 3000;
	b->noise_uv = 500;
	b->seed = 1;
	b->scan = (struct rules_scan) {
		.time_ns = 1000 * DAY, .state_ns = 1000 * DAY,
		.state = STRING_FLOAT, .limits = &b->limits,
		.jars = b->jars, .count = count,
	};
	for (i = 0; i < count; i++) {
		b->volts[i] = 2250000;
		b->jars[i] = (struct rules_jar) {
			.limits = &b->limits, .memory = &b->memory[i],
			.fresh = true, .cells = cells, .has_voltage = true,
			.has_temperature = true, .temperature_mc = 25000,
			.has_module_temperature = true, .module_mc = 26000,
			.has_duty = true,
		};
	}
}

static int64_t noise(struct bench *b, int64_t size)
{
	b->seed = b->seed * 1103515245 + 12345;
	return size ? (int64_t)(b->seed >> 16) % (2 * size + 1) - size : 0;
}

static void scan(struct bench *b)
{
	uint64_t quarter = b->scan.time_ns / SECOND % 900;
	int64_t wave;
	unsigned int i;

	b->scan.time_ns += b->fast ? SECOND : MINUTE;
	wave = b->wander_uv * ((int64_t)(quarter < 450 ? quarter :
					 900 - quarter) - 225) / 225;
	b->scan.sum_mv = 0;
	for (i = 0; i < b->scan.count; i++) {
		struct rules_jar *j = &b->jars[i];

		j->uv = b->volts[i] + wave + noise(b, b->noise_uv);
		b->scan.sum_mv += j->uv * j->cells / 1000;
	}
	rules_judge(&b->string, &b->scan, hear, b);
}

/* @ns of scans */
static void pass(struct bench *b, uint64_t ns)
{
	uint64_t end = b->scan.time_ns + ns;

	while (b->scan.time_ns < end)
		scan(b);
}

static void become(struct bench *b, enum string_state state, int64_t uv)
{
	unsigned int i;

	b->scan.state = state;
	b->scan.state_ns = b->scan.time_ns;
	for (i = 0; i < b->scan.count; i++)
		b->volts[i] = uv;
}

/* All of the string but @jar take what it lost, as the charger wants */
static void give_to_others(struct bench *b, unsigned int jar, int64_t uv)
{
	int64_t share = (b->volts[jar] - uv) / (int64_t)(b->scan.count - 1);
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->volts[i] = i == jar ? uv : b->volts[i] + share;
}

static void long_on_float(struct bench *b, unsigned int count,
			  unsigned int cells)
{
	start(b, count, cells, false);
	pass(b, 4 * DAY);
	assert_int_equal(b->raised, 0);
}

#define assert_level(b, kind, jar, l) \
	assert_int_equal(level(b, kind, jar), l)
#define assert_says(b, words) assert_non_null(strstr((b)->text, words))

/* Discharges */

static void deep_discharge_warns_and_alarms_live(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, true);
	pass(&b, MINUTE);
	become(&b, STRING_DISCHARGE, 1950000);
	pass(&b, 10 * MINUTE);
	b.volts[1] = 1801000;
	b.noise_uv = b.wander_uv = 0;
	b.volts[0] = b.volts[2] = b.volts[3] = 1850000;
	pass(&b, 5 * MINUTE);
	assert_true(level(&b, ALARM_DEEP_DISCHARGE, 1) <= ALARM_NONE);
	b.volts[1] = 1799000;
	pass(&b, 9 * SECOND);
	assert_true(level(&b, ALARM_DEEP_DISCHARGE, 1) <= ALARM_NONE);
	pass(&b, 3 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_WARNING);
	assert_says(&b, "1.799 V/cell");
	b.volts[1] = 1749000;
	pass(&b, 12 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_ALARM);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 0, ALARM_NONE);
	/* recovered without a charge: nobody has charged it */
	become(&b, STRING_REST, 1990000);
	pass(&b, HOUR);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_ALARM);
	become(&b, STRING_RECHARGE, 2150000);
	pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 1, ALARM_NONE);
}

/* B9: the first minutes are no measure, a collapse is one */
static void coup_de_fouet_is_no_deep_discharge(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, true);
	pass(&b, MINUTE);
	become(&b, STRING_DISCHARGE, 1730000);
	pass(&b, 2 * MINUTE);
	assert_int_equal(b.raised, 0);
	become(&b, STRING_DISCHARGE, 1640000);
	pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_DEEP_DISCHARGE, 0, ALARM_ALARM);
	assert_says(&b, "in its first minutes");
}

static void one_low_sample_is_no_deep_discharge(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 4, 6, true);
	become(&b, STRING_DISCHARGE, 1850000);
	pass(&b, 6 * MINUTE);
	for (i = 0; i < 100; i++) {
		b.volts[2] = i % 2 ? 1765000 : 1850000;
		scan(&b);
	}
	assert_int_equal(b.raised, 0);
	/* four of five are enough (n of m) */
	for (i = 0; i < 20; i++) {
		b.volts[2] = i % 5 == 4 ? 1850000 : 1765000;
		scan(&b);
	}
	assert_level(&b, ALARM_DEEP_DISCHARGE, 2, ALARM_WARNING);
}

static void a_jar_falls_away_by_the_median(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, true);
	b.noise_uv = b.wander_uv = 0;
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, 2 * MINUTE);
	b.volts[3] = 1901000;
	pass(&b, MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_NONE);
	b.volts[3] = 1898000;
	pass(&b, 12 * SECOND);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_WARNING);
	assert_says(&b, "102 mV/cell below the median 2.000");
	/* none of the others is accused, though one of four is far off (B4) */
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 0, ALARM_NONE);
	/* the discharge ends, the finding stays until the string is charged */
	become(&b, STRING_RECHARGE, 2200000);
	pass(&b, MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_WARNING);
	become(&b, STRING_FLOAT, 2250000);
	pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_JAR_FALLS_AWAY, 3, ALARM_NONE);
}

static void a_jar_is_driven_backwards(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 4, 6, true);
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, 2 * MINUTE);
	for (i = 0; i < 60; i++) {
		b.volts[0] = 2000000 - i * 30000;
		pass(&b, 10 * SECOND);
	}
	assert_true(level(&b, ALARM_POLARITY_REVERSAL, 0) <= ALARM_NONE);
	b.volts[0] = -50000;
	pass(&b, 15 * SECOND);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	assert_true(level(&b, ALARM_SENSE_LEAD, 0) <= ALARM_NONE);
	assert_true(level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
}

/* A light load leaves the others high: it is the discharge that counts */
static void a_light_load_reverses_as_well(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 8, 6, true);
	pass(&b, MINUTE);
	become(&b, STRING_DISCHARGE, 2090000);
	pass(&b, 2 * MINUTE);
	for (i = 0; i < 80; i++) {
		b.volts[0] = 2090000 - i * 30000;
		pass(&b, 10 * SECOND);
	}
	assert_level(&b, ALARM_POLARITY_REVERSAL, 0, ALARM_ALARM);
	assert_true(level(&b, ALARM_OPEN_JAR, 0) <= ALARM_NONE);
	/* a jar that opens does so at once, and the load is gone */
	start(&b, 8, 6, true);
	pass(&b, MINUTE);
	become(&b, STRING_DISCHARGE, 2090000);
	pass(&b, 2 * MINUTE);
	b.volts[0] = -3900000;
	pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_OPEN_JAR, 0, ALARM_ALARM);
	assert_true(level(&b, ALARM_POLARITY_REVERSAL, 0) <= ALARM_NONE);
}

static void leads_the_wrong_way_round_are_reversed(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, false);
	b.volts[5] = -2250000;
	pass(&b, 10 * MINUTE);
	assert_level(&b, ALARM_POLARITY_REVERSAL, 5, ALARM_ALARM);
	assert_says(&b, "the wrong way round");
	assert_true(level(&b, ALARM_OPEN_JAR, 5) <= ALARM_NONE);
}

/* Blocks on float */

static void deviation_waits_for_the_string_to_settle(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, false);
	b.volts[1] = 2350000;
	pass(&b, 71 * HOUR);
	assert_int_equal(b.raised, 0);
	pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
	assert_says(&b, "above the median");
	assert_says(&b, "limit 83 mV/cell");
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 0, ALARM_NONE);
	/* M4: it lasts for 14 days */
	pass(&b, 14 * DAY - HOUR - 30 * MINUTE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
	pass(&b, HOUR + 30 * MINUTE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_ALARM);
	assert_says(&b, "14 days");
	b.volts[1] = 2250000;
	pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_NONE);
}

/* ±2 % is natural in AGM, and modules err by 0.5 % */
static void natural_spread_is_no_deviation(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, false);
	b.volts[1] += 45000 + 11000;
	b.volts[2] -= 45000 + 11000;
	b.volts[3] += 80000;
	pass(&b, 8 * DAY);
	assert_int_equal(b.raised, 0);
	b.volts[3] += 10000;
	pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 3, ALARM_WARNING);
}

/* A warm block floats lower: that explains, and never accuses */
static void temperature_explains_a_deviation(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, false);
	b.volts[1] -= 95000;
	b.jars[1].temperature_mc = 29900;
	b.jars[2].temperature_mc = 15000;
	pass(&b, 4 * DAY);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_NONE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_NONE);
	b.jars[1].temperature_mc = 25000;
	pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 1, ALARM_WARNING);
}

static void a_recharge_and_a_dip_hold_the_deviation_back(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 4, 6);
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, 10 * MINUTE);
	become(&b, STRING_RECHARGE, 2200000);
	pass(&b, 5 * HOUR);
	become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2120000;
	pass(&b, 71 * HOUR);
	assert_true(level(&b, ALARM_VOLTAGE_DEVIATION, 2) <= ALARM_NONE);
	pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_WARNING);
	/* a dip costs an hour, not three days */
	long_on_float(&b, 4, 6);
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, 2 * MINUTE);
	become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2120000;
	pass(&b, 50 * MINUTE);
	assert_true(level(&b, ALARM_VOLTAGE_DEVIATION, 2) <= ALARM_NONE);
	pass(&b, HOUR);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_WARNING);
}

/* B4: one shorted block of four accuses none of the others */
static void a_cell_of_one_block_of_four_is_shorted(void **state)
{
	struct bench b;
	int i, fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		long_on_float(&b, 4, 6);
		b.fast = fast;
		give_to_others(&b, 2, 1900000);
		pass(&b, fast ? 58 * SECOND : MINUTE);
		assert_true(level(&b, ALARM_SHORTED_CELL, 2) <= ALARM_NONE);
		pass(&b, fast ? 4 * SECOND : MINUTE);
		assert_level(&b, ALARM_SHORTED_CELL, 2, ALARM_ALARM);
		assert_says(&b, "as 1 of 6 cells shorted, fell at once");
		b.fast = false;
		pass(&b, 5 * DAY);
		assert_int_equal(b.raised, 1);
		for (i = 0; i < 4; i++)
			assert_true(level(&b, ALARM_VOLTAGE_DEVIATION, i) <=
				    ALARM_NONE);
	}
}

static void a_shorted_cell_is_known_by_its_level(void **state)
{
	static const struct {
		unsigned int cells;
		int64_t uv;
		const char *words;
	} cases[] = {
		{ 6, 1880000, "1 of 6" }, { 6, 1500000, "2 of 6" },
		{ 3, 1500000, "1 of 3" }, { 2, 1130000, "1 of 2" },
		{ 1, 1500000, "1 of 1" },
	};
	struct bench b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&b, 8, cases[i].cells, false);
		b.volts[4] = cases[i].uv;
		pass(&b, 88 * MINUTE);
		assert_int_equal(b.raised, 0);
		pass(&b, 5 * MINUTE);
		assert_level(&b, ALARM_SHORTED_CELL, 4, ALARM_ALARM);
		assert_says(&b, cases[i].words);
	}
	/* between the steps it is something else */
	start(&b, 8, 6, false);
	b.volts[4] = 2030000;
	pass(&b, DAY);
	assert_int_equal(b.raised, 0);
}

/* A weak block under load passes the level of a shorted cell */
static void a_weak_block_under_load_is_not_shorted(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, true);
	pass(&b, 2 * HOUR);
	become(&b, STRING_DISCHARGE, 2000000);
	b.volts[2] = 2000000 * 5 / 6;
	pass(&b, HOUR);
	become(&b, STRING_RECHARGE, 2100000);
	b.volts[2] = 2100000 * 5 / 6;
	pass(&b, HOUR);
	assert_true(level(&b, ALARM_SHORTED_CELL, 2) <= ALARM_NONE);
	/* it stays there on float: now it is */
	become(&b, STRING_FLOAT, 2250000);
	b.volts[2] = 2250000 * 5 / 6;
	pass(&b, 95 * MINUTE);
	assert_level(&b, ALARM_SHORTED_CELL, 2, ALARM_ALARM);
}

/* Nothing left of 2 V: the others say whether it is the block or the lead */
static void the_others_tell_a_short_from_a_lead(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 16, 1);
	give_to_others(&b, 9, 10000);
	pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_SHORTED_CELL, 9, ALARM_ALARM);
	assert_says(&b, "the others rose by 1");
	assert_true(level(&b, ALARM_SENSE_LEAD, 9) <= ALARM_NONE);
	assert_false(rules_doubt(&b.memory[9]));

	long_on_float(&b, 16, 1);
	b.volts[9] = 10000;
	pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 9, ALARM_WARNING);
	assert_true(level(&b, ALARM_SHORTED_CELL, 9) <= ALARM_NONE);
	assert_true(rules_doubt(&b.memory[9]));
	assert_int_equal(b.raised, 1);
	b.volts[9] = 2250000;
	pass(&b, 30 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 9, ALARM_NONE);
}

static void a_jumping_voltage_is_a_lead(void **state)
{
	struct bench b;
	int i, fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		start(&b, 4, 6, fast);
		pass(&b, 20 * MINUTE);
		for (i = 0; i < 30; i++) {
			b.volts[1] = 300000 + 1000 * noise(&b, 300);
			scan(&b);
			if (i == 1)
				assert_true(rules_suspect(&b.memory[1]));
		}
		assert_level(&b, ALARM_SENSE_LEAD, 1, ALARM_WARNING);
		assert_int_equal(b.raised, 1);
	}
}

/* A bad contact need not let the voltage go to nothing */
static void a_lead_jumps_by_more_than_a_block(void **state)
{
	struct bench b;
	int i, big;

	(void)state;
	for (big = 0; big < 2; big++) {
		start(&b, 8, 6, true);
		b.noise_uv = 0;
		pass(&b, MINUTE);
		for (i = 0; i < 60; i++) {
			b.volts[1] = 2250000 - i % 2 * (big ? 120000 : 90000);
			scan(&b);
		}
		assert_int_equal(b.raised, big);
		assert_true(!big || b.kind == ALARM_SENSE_LEAD);
	}
}

/* Too little for a lead that is open, too much for none */
static void little_is_not_nothing(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 16, 1);
	b.volts[3] = 770000;
	b.volts[7] = 800000;
	pass(&b, 40 * MINUTE);
	assert_level(&b, ALARM_SENSE_LEAD, 3, ALARM_WARNING);
	assert_true(level(&b, ALARM_SENSE_LEAD, 7) <= ALARM_NONE);
	assert_level(&b, ALARM_SHORTED_CELL, 7, ALARM_ALARM);
}

/* A load that steps while modules are read one after the other */
static void a_stepping_load_breaks_no_lead(void **state)
{
	struct bench b;
	int i, k;

	(void)state;
	start(&b, 8, 6, true);
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, 10 * MINUTE);
	for (i = 0; i < 300; i++) {
		for (k = 0; k < 8; k++)
			b.volts[k] = (i + k) % 5 < 2 ? 1880000 : 2000000;
		scan(&b);
	}
	assert_int_equal(b.raised, 0);
}

static void an_open_jar_takes_the_charge_voltage(void **state)
{
	int64_t set = 2250000, fell;
	struct bench b;
	unsigned int n, i;

	(void)state;
	for (n = 4; n <= 16; n += 12) {
		long_on_float(&b, n, 6);
		/* the others go to rest, it takes what they leave */
		for (fell = 0; fell < 90000; fell += 500) {
			for (i = 0; i < n; i++)
				b.volts[i] = set - fell;
			b.volts[1] = set + fell * (n - 1);
			scan(&b);
		}
		assert_level(&b, ALARM_OPEN_JAR, 1, ALARM_ALARM);
		assert_says(&b, "passes no current");
		assert_true(level(&b, ALARM_SENSOR_IMPLAUSIBLE, 1) <=
			    ALARM_NONE);
		assert_true(level(&b, ALARM_CHARGER_LOW, -1) <= ALARM_NONE);
		assert_true(level(&b, ALARM_CHARGER_HIGH, -1) <= ALARM_NONE);
	}
}

static void an_open_jar_goes_below_nothing_without_mains(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 4, 6);
	b.fast = true;
	become(&b, STRING_REST, 2140000);
	b.volts[3] = -6000000;
	pass(&b, 30 * SECOND);
	assert_level(&b, ALARM_OPEN_JAR, 3, ALARM_ALARM);
	assert_int_equal(b.raised, 1);
}

/* A sulphated block floats high, and current flows all the same */
static void a_high_block_is_not_open(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 8, 6);
	give_to_others(&b, 2, 2500000);
	pass(&b, 2 * DAY);
	assert_true(level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 2, ALARM_ALARM);
}

static void a_voltage_that_no_block_has_is_implausible(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 8, 6);
	b.volts[2] = 5000000;
	pass(&b, 5 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 2, ALARM_WARNING);
	assert_true(level(&b, ALARM_OPEN_JAR, 2) <= ALARM_NONE);
	assert_true(rules_doubt(&b.memory[2]));
	pass(&b, 2 * HOUR);
	assert_int_equal(b.raised, 1);
	b.volts[2] = 2250000;
	pass(&b, 30 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 2, ALARM_NONE);
}

/* Temperatures */

static void an_hour_above_the_limit_is_an_alarm(void **state)
{
	struct bench b;
	int fast;

	(void)state;
	for (fast = 0; fast < 2; fast++) {
		start(&b, 2, 6, fast);
		b.jars[0].temperature_mc = 35100;
		b.jars[1].temperature_mc = 35000;
		pass(&b, 58 * MINUTE);
		assert_int_equal(b.raised, 0);
		pass(&b, 4 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_ALARM);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 1, ALARM_NONE);
		b.jars[0].temperature_mc = 34200;
		pass(&b, 30 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_ALARM);
		b.jars[0].temperature_mc = 33900;
		pass(&b, 12 * MINUTE);
		assert_level(&b, ALARM_TEMPERATURE_LONG_HIGH, 0, ALARM_NONE);
	}
}

static void a_month_below_15_degrees_is_an_advisory(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 2, 6, false);
	b.jars[0].temperature_mc = 14800;
	b.jars[1].temperature_mc = 15200;
	pass(&b, 27 * DAY);
	assert_int_equal(b.raised, 0);
	pass(&b, 3 * DAY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 0, ALARM_ADVISORY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 1, ALARM_NONE);
	assert_says(&b, "mean 14.8 C of 30 days");
	b.jars[0].temperature_mc = 17000;
	pass(&b, 5 * DAY);
	assert_level(&b, ALARM_TEMPERATURE_MEAN_LOW, 0, ALARM_NONE);
}

static void a_block_does_not_cool_down(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 8, 6, false);
	become(&b, STRING_DISCHARGE, 1950000);
	b.jars[1].temperature_mc = 33000;
	b.jars[2].temperature_mc = 31000;	/* warmed by it */
	pass(&b, HOUR);
	become(&b, STRING_RECHARGE, 2200000);
	pass(&b, 10 * HOUR);
	become(&b, STRING_FLOAT, 2250000);
	pass(&b, 14 * HOUR);
	assert_int_equal(b.raised, 0);
	pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 1, ALARM_WARNING);
	assert_says(&b, "stands in for the room");
	assert_true(level(&b, ALARM_TEMPERATURE_NO_RETURN, 2) <= ALARM_NONE);
	b.jars[2].temperature_mc = b.jars[1].temperature_mc = 28000;
	pass(&b, HOUR);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 1, ALARM_NONE);
	/* all are warm: only a sensor of the room sees that */
	for (i = 0; i < 8; i++)
		b.jars[i].temperature_mc = 31000;
	pass(&b, DAY);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 0, ALARM_NONE);
	b.scan.has_ambient = true;
	b.scan.ambient_mc = 22000;
	pass(&b, DAY);
	assert_level(&b, ALARM_TEMPERATURE_NO_RETURN, 0, ALARM_WARNING);
	assert_says(&b, "above the room, 22.0 C");
}

static void a_module_is_hot_with_and_without_duty(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, true);
	b.jars[0].duty_permille = 1000;
	b.jars[0].module_mc = 59900;
	pass(&b, 2 * HOUR);
	assert_int_equal(b.raised, 0);
	b.jars[0].module_mc = 60000;
	pass(&b, 62 * SECOND);
	assert_level(&b, ALARM_MODULE_HOT, 0, ALARM_WARNING);
	b.jars[0].module_mc = 75000;
	pass(&b, 62 * SECOND);
	assert_level(&b, ALARM_MODULE_HOT, 0, ALARM_ALARM);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, -1);
	/* its own heat has half an hour to go */
	b.jars[0].duty_permille = 0;
	b.jars[0].module_mc = 45000;
	pass(&b, 25 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, -1);
	b.jars[0].module_mc = 40500;
	b.jars[1].module_mc = 41500;
	pass(&b, 20 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 0, ALARM_NONE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 1, ALARM_NONE);
	b.jars[2].module_mc = 57000;
	pass(&b, 11 * MINUTE);
	assert_level(&b, ALARM_MODULE_HOT_IDLE, 2, ALARM_ALARM);
	assert_says(&b, "current flows through it");
}

/* Sensors */

static void a_voltage_sticks(void **state)
{
	struct bench b;
	uint64_t end;

	(void)state;
	start(&b, 8, 6, false);
	pass(&b, HOUR);
	end = b.scan.time_ns + 3 * HOUR;
	while (b.scan.time_ns < end) {
		scan(&b);
		/* what sticks is what the module says */
		b.volts[3] = 2251000;
	}
	assert_int_equal(b.raised, 0);
	/* the same with a sensor that says the same each time */
	b.noise_uv = b.wander_uv = 0;
	end = b.scan.time_ns + 3 * HOUR;
	while (b.scan.time_ns < end) {
		unsigned int i;

		for (i = 0; i < 8; i++)
			b.volts[i] = i == 3 ? 2251000 : 2250000 +
				(int64_t)(b.scan.time_ns / MINUTE % 10) * 500;
		scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 3, ALARM_WARNING);
	assert_says(&b, "to the last digit");
	assert_int_equal(b.raised, 1);
}

/* Nothing moves: nothing can be said, for however long */
static void a_quiet_string_accuses_nobody(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, false);
	pass(&b, HOUR);
	b.noise_uv = b.wander_uv = 0;
	pass(&b, 10 * DAY);
	assert_int_equal(b.raised, 0);
}

/* A sensor with steps of 0.1 V is coarse and does not stick */
static void a_coarse_sensor_does_not_stick(void **state)
{
	struct bench b;
	uint64_t end;
	int i;

	(void)state;
	start(&b, 8, 6, false);
	b.wander_uv = b.noise_uv = 0;
	for (i = 0; i < 10; i++) {
		b.volts[5] = 2250000 + i % 2 * 16666;
		scan(&b);
	}
	end = b.scan.time_ns + 10 * DAY;
	while (b.scan.time_ns < end) {
		for (i = 0; i < 8; i++)
			if (i != 5)
				b.volts[i] = 2250000 + noise(&b, 8000);
		scan(&b);
	}
	assert_int_equal(b.raised, 0);
}

static void a_discharge_shows_at_once_what_sticks(void **state)
{
	struct bench b;
	int i, k;

	(void)state;
	start(&b, 8, 6, true);
	pass(&b, 10 * MINUTE);
	b.noise_uv = b.wander_uv = 0;
	become(&b, STRING_DISCHARGE, 2000000);
	b.volts[6] = 2250000;
	scan(&b);
	for (i = 0; i < 900; i++) {
		for (k = 0; k < 8; k++)
			if (k != 6)
				b.volts[k] = 2000000 - i * 100;
		scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 6, ALARM_WARNING);
	assert_true(level(&b, ALARM_OPEN_JAR, 6) <= ALARM_NONE);
}

static void a_temperature_sticks(void **state)
{
	struct bench b;
	uint64_t begun;
	int i;

	(void)state;
	start(&b, 8, 6, false);
	begun = b.scan.time_ns;
	while (b.scan.time_ns < begun + DAY) {
		uint64_t h = (b.scan.time_ns - begun) / HOUR;

		for (i = 0; i < 8; i++)
			b.jars[i].temperature_mc = i == 2 && h > 2 ? 25000 :
				25000 + (int32_t)(h < 12 ? h : 24 - h) * 100 +
				(int32_t)(b.scan.time_ns / MINUTE % 2) * 100;
		scan(&b);
	}
	assert_level(&b, ALARM_SENSOR_STUCK, 2, ALARM_WARNING);
	assert_says(&b, "temperature is 25.0 C to the last digit");
	assert_int_equal(b.raised, 1);
}

static void a_voltage_drifts(void **state)
{
	struct bench b;
	int h;

	(void)state;
	start(&b, 8, 6, false);
	b.volts[1] += 40000;
	pass(&b, 20 * DAY);
	assert_int_equal(b.raised, 0);
	for (h = 0; h < 10 * 24; h++) {
		b.volts[1] += 100;
		pass(&b, HOUR);
	}
	assert_int_equal(b.raised, 0);
	for (h = 0; h < 6 * 24; h++) {
		b.volts[1] += 100;
		pass(&b, HOUR);
	}
	assert_level(&b, ALARM_SENSOR_DRIFT, 1, ALARM_WARNING);
	assert_says(&b, "module, or the block slowly changes");
	assert_int_equal(b.raised, 1);
}

/* Equalizing moves blocks, and their way back is no drift */
static void equalizing_is_no_drift(void **state)
{
	struct bench b;
	int h;

	(void)state;
	start(&b, 8, 6, false);
	pass(&b, 15 * DAY);
	for (h = 0; h < 20 * 24; h++) {
		b.volts[1] += 100;
		b.jars[4].duty_permille = h % 48 == 0 ? 300 : 0;
		pass(&b, HOUR);
	}
	assert_int_equal(b.raised, 0);
}

static void a_temperature_leaps(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 4, 6, true);
	pass(&b, MINUTE);
	b.jars[0].temperature_mc = 31000;
	pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 0, ALARM_WARNING);
	assert_says(&b, "from 25.0 to 31.0 C at once");
	b.jars[0].temperature_mc = 25200;
	pass(&b, 12 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 0, ALARM_NONE);
	b.jars[1].temperature_mc = 127000;
	pass(&b, 2 * MINUTE);
	assert_level(&b, ALARM_SENSOR_IMPLAUSIBLE, 1, ALARM_WARNING);
	assert_says(&b, "none that a block has");
}

/* The charger and the whole */

static void season(struct bench *b, int32_t mc)
{
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->jars[i].temperature_mc = mc;
}

static void shift(struct bench *b, int64_t uv)
{
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->volts[i] += uv;
}

static void a_charger_is_high_within_the_hour(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 16, 6);
	shift(&b, 2250000 * 21 / 1000);
	pass(&b, HOUR + MINUTE);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	assert_says(&b, "above the set point 2.250 V/cell at 25.0 C");
	shift(&b, -2250000 * 21 / 1000);
	pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	/* even where the state is boost by its voltage */
	b.scan.state = STRING_BOOST;
	shift(&b, 120000);
	pass(&b, HOUR + MINUTE);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_ALARM);
}

/* 1 % and 0.5 % of 2.25 V, and 2 degrees: 38.75 mV */
static void a_charger_has_its_tolerance(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 16, 6);
	shift(&b, 37500);
	pass(&b, DAY);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	shift(&b, 2500);
	pass(&b, HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	shift(&b, -77500);
	pass(&b, DAY);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_NONE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_NONE);
	shift(&b, -2500);
	pass(&b, 5 * HOUR);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
}

static void a_charger_is_low_where_it_stands(void **state)
{
	struct bench b;
	int i;

	(void)state;
	long_on_float(&b, 16, 6);
	/* a pause begins the same way: nothing is said on the way down */
	for (i = 0; i < 200; i++) {
		shift(&b, -500);
		scan(&b);
	}
	assert_int_equal(b.raised, 0);
	/* nor at its end, 2 mV/cell in an hour */
	for (i = 0; i < 12 * 60; i++) {
		shift(&b, i % 6 ? -33 : -34);
		scan(&b);
	}
	assert_int_equal(b.raised, 0);
	shift(&b, 124000 - 2250000 * 21 / 1000);
	pass(&b, 3 * HOUR);
	assert_int_equal(b.raised, 0);
	pass(&b, HOUR + 6 * MINUTE);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
}

/* B6: a charger within its tolerance, modules within theirs, all seasons */
static void seasons_and_tolerance_are_no_fault_of_the_charger(void **state)
{
	struct bench b;
	int32_t mc;
	int sign;

	(void)state;
	for (sign = -1; sign <= 1; sign += 2) {
		start(&b, 16, 6, false);
		for (mc = -5000; mc <= 50000; mc += 1000) {
			int32_t at = mc < 5000 ? 5000 : mc > 40000 ? 40000 : mc;

			become(&b, STRING_FLOAT,
			       (2250000LL - 3 * (at - 25000)) *
			       (1000 + sign * 15) / 1000);
			season(&b, mc);
			pass(&b, DAY);
		}
		assert_true(level(&b, ALARM_CHARGER_HIGH, -1) == ALARM_NONE);
		assert_true(level(&b, ALARM_CHARGER_LOW, -1) == ALARM_NONE);
	}
}

/* 2.35 V after a discharge, 2.30 V after a rest: usual, for their time */
static void a_boost_charge_is_no_fault_of_the_charger(void **state)
{
	struct bench b;

	(void)state;
	long_on_float(&b, 8, 6);
	become(&b, STRING_DISCHARGE, 2000000);
	pass(&b, HOUR);
	become(&b, STRING_RECHARGE, 2200000);
	pass(&b, 5 * HOUR);
	become(&b, STRING_BOOST, 2350000);
	pass(&b, 23 * HOUR);
	assert_int_equal(b.raised, 0);
	pass(&b, 3 * HOUR);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, ALARM_WARNING);
	long_on_float(&b, 8, 6);
	become(&b, STRING_REST, 2140000);
	pass(&b, 28 * DAY);
	become(&b, STRING_FLOAT, 2300000);
	pass(&b, 48 * HOUR);
	become(&b, STRING_REST, 2140000);
	pass(&b, 28 * DAY);
	assert_int_equal(b.raised, 0);
	/* nobody comes back to charge */
	pass(&b, 2 * DAY);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_WARNING);
	assert_says(&b, "nobody charged the string for 29 days");
}

static void without_set_point_the_charger_is_not_judged(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 8, 6, false);
	b.limits.value[LIMIT_FLOAT_VOLTAGE] = LIMIT_UNSET;
	become(&b, STRING_FLOAT, 2200000);
	pass(&b, 2 * DAY);
	assert_level(&b, ALARM_CHARGER_LOW, -1, -1);
	assert_level(&b, ALARM_CHARGER_HIGH, -1, -1);
}

static void the_sum_is_compared_with_the_sensor(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 8, 6, false);
	pass(&b, 2 * HOUR);
	assert_level(&b, ALARM_SUM_DIFFERS, -1, -1);
	b.scan.has_sensor_voltage = true;
	for (i = 0; i < 120; i++) {
		b.scan.sensor_mv = 8 * 13500 * 1013 / 1000;
		scan(&b);
	}
	assert_level(&b, ALARM_SUM_DIFFERS, -1, ALARM_NONE);
	for (i = 0; i < 60; i++) {
		b.scan.sensor_mv = 8 * 13500 * 1020 / 1000;
		scan(&b);
	}
	assert_level(&b, ALARM_SUM_DIFFERS, -1, ALARM_WARNING);
	assert_says(&b, "the blocks add up to");
}

static void halves_are_compared_in_one_state(void **state)
{
	struct rules_half x = { .state = STRING_FLOAT, .mean_uv = 2250000 };
	struct rules_half y = x;
	struct bench b;
	int i;

	(void)state;
	start(&b, 4, 6, true);
	x.time_ns = y.time_ns = b.scan.time_ns;
	x.has_temperature = y.has_temperature = true;
	x.temperature_mc = 35000;
	y.temperature_mc = 25000;
	/* 49 mV apart, 30 of them by temperature */
	y.mean_uv = 2250000 + 30000 + 49000;
	for (i = 0; i < 90; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, hear, &b);
	}
	assert_true(level(&b, ALARM_HALVES_DIFFER, -1) <= ALARM_NONE);
	y.mean_uv += 2000;
	for (i = 0; i < 50; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, hear, &b);
	}
	assert_true(level(&b, ALARM_HALVES_DIFFER, -1) <= ALARM_NONE);
	for (i = 0; i < 12; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, hear, &b);
	}
	assert_level(&b, ALARM_HALVES_DIFFER, -1, ALARM_WARNING);
	/* one of them discharges: they cannot be compared, nothing changes */
	y.state = STRING_DISCHARGE;
	y.mean_uv = x.mean_uv;
	for (i = 0; i < 3600; i++) {
		x.time_ns += SECOND;
		y.time_ns = x.time_ns;
		rules_judge_halves(&b.string, &b.limits, &x, &y, hear, &b);
	}
	assert_level(&b, ALARM_HALVES_DIFFER, -1, ALARM_WARNING);
}

static void the_wall_clock_is_watched(void **state)
{
	uint64_t since = 0;
	struct bench b;

	(void)state;
	start(&b, 1, 6, true);
	rules_judge_clock(&since, 100 * SECOND, false, hear, &b);
	rules_judge_clock(&since, 99 * SECOND + DAY, false, hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, -1);
	rules_judge_clock(&since, 100 * SECOND + DAY, false, hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_ADVISORY);
	assert_says(&b, "24 h");
	rules_judge_clock(&since, 101 * SECOND + DAY, true, hear, &b);
	assert_level(&b, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_NONE);
	rules_judge_clock_step(60000, hear, &b);
	rules_judge_clock_step(-60000, hear, &b);
	assert_level(&b, ALARM_CLOCK_STEPPED, -1, -1);
	rules_judge_clock_step(-60001, hear, &b);
	assert_int_equal(b.raised, 2);
	assert_says(&b, "60 s back");
	assert_level(&b, ALARM_CLOCK_STEPPED, -1, ALARM_NONE);
}

/* Bad input */

static void nothing_is_said_of_a_silent_module(void **state)
{
	struct bench b;
	int i;

	(void)state;
	start(&b, 4, 6, true);
	b.jars[1].fresh = false;
	b.volts[1] = -3000000;
	pass(&b, 3 * HOUR);
	assert_int_equal(b.raised, 0);
	assert_level(&b, ALARM_MODULE_HOT, 1, -1);
	/* a scan that is doubled, or older, changes nothing */
	b.jars[1].fresh = true;
	b.jars[1].uv = 0;
	b.jars[1].module_mc = 90000;
	for (i = 0; i < 10; i++) {
		b.scan.time_ns -= i ? HOUR : 0;
		rules_judge(&b.string, &b.scan, hear, &b);
	}
	assert_level(&b, ALARM_MODULE_HOT, 1, -1);
	assert_int_equal(b.raised, 0);
}

static void absurd_values_crash_nothing(void **state)
{
	static const int64_t uv[] = {
		INT32_MAX * 1000LL, INT32_MIN * 1000LL, 0, 1, -1, 2250000,
	};
	static const int32_t mc[] = { INT32_MAX, INT32_MIN, 0, 25000 };
	struct bench b;
	unsigned int i, k, n;

	(void)state;
	for (n = 0; n <= 5; n++) {
		start(&b, n, 6, true);
		for (i = 0; i < 20000; i++) {
			b.scan.state = (b.seed >> 8) % STRING_STATE_COUNT;
			b.scan.state_ns = b.scan.time_ns;
			b.scan.has_sensor_voltage = i & 1;
			b.scan.sensor_mv = uv[i % 6];
			for (k = 0; k < n; k++) {
				noise(&b, 1);
				b.volts[k] = uv[(b.seed >> 5) % 6];
				b.jars[k].temperature_mc =
					mc[(b.seed >> 9) % 4];
				b.jars[k].module_mc = mc[(b.seed >> 11) % 4];
				b.jars[k].fresh = b.seed >> 13 & 1;
				b.jars[k].has_voltage = b.seed >> 14 & 1;
			}
			if (i % 1000 == 0)
				b.scan.time_ns += 40 * DAY;
			scan(&b);
		}
	}
}

/* A single block has no others: only what it says alone is judged */
static void one_block_alone_is_not_compared(void **state)
{
	struct bench b;

	(void)state;
	start(&b, 1, 6, false);
	b.volts[0] = 1900000;
	pass(&b, 5 * DAY);
	assert_level(&b, ALARM_VOLTAGE_DEVIATION, 0, -1);
	assert_level(&b, ALARM_SHORTED_CELL, 0, -1);
	assert_level(&b, ALARM_CHARGER_LOW, -1, ALARM_ALARM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep_discharge_warns_and_alarms_live),
		cmocka_unit_test(coup_de_fouet_is_no_deep_discharge),
		cmocka_unit_test(one_low_sample_is_no_deep_discharge),
		cmocka_unit_test(a_jar_falls_away_by_the_median),
		cmocka_unit_test(a_jar_is_driven_backwards),
		cmocka_unit_test(a_light_load_reverses_as_well),
		cmocka_unit_test(leads_the_wrong_way_round_are_reversed),
		cmocka_unit_test(deviation_waits_for_the_string_to_settle),
		cmocka_unit_test(natural_spread_is_no_deviation),
		cmocka_unit_test(temperature_explains_a_deviation),
		cmocka_unit_test(a_recharge_and_a_dip_hold_the_deviation_back),
		cmocka_unit_test(a_cell_of_one_block_of_four_is_shorted),
		cmocka_unit_test(a_shorted_cell_is_known_by_its_level),
		cmocka_unit_test(a_weak_block_under_load_is_not_shorted),
		cmocka_unit_test(the_others_tell_a_short_from_a_lead),
		cmocka_unit_test(a_jumping_voltage_is_a_lead),
		cmocka_unit_test(a_lead_jumps_by_more_than_a_block),
		cmocka_unit_test(little_is_not_nothing),
		cmocka_unit_test(a_stepping_load_breaks_no_lead),
		cmocka_unit_test(an_open_jar_takes_the_charge_voltage),
		cmocka_unit_test(an_open_jar_goes_below_nothing_without_mains),
		cmocka_unit_test(a_high_block_is_not_open),
		cmocka_unit_test(a_voltage_that_no_block_has_is_implausible),
		cmocka_unit_test(an_hour_above_the_limit_is_an_alarm),
		cmocka_unit_test(a_month_below_15_degrees_is_an_advisory),
		cmocka_unit_test(a_block_does_not_cool_down),
		cmocka_unit_test(a_module_is_hot_with_and_without_duty),
		cmocka_unit_test(a_voltage_sticks),
		cmocka_unit_test(a_quiet_string_accuses_nobody),
		cmocka_unit_test(a_coarse_sensor_does_not_stick),
		cmocka_unit_test(a_discharge_shows_at_once_what_sticks),
		cmocka_unit_test(a_temperature_sticks),
		cmocka_unit_test(a_voltage_drifts),
		cmocka_unit_test(equalizing_is_no_drift),
		cmocka_unit_test(a_temperature_leaps),
		cmocka_unit_test(a_charger_is_high_within_the_hour),
		cmocka_unit_test(a_charger_has_its_tolerance),
		cmocka_unit_test(a_charger_is_low_where_it_stands),
		cmocka_unit_test(seasons_and_tolerance_are_no_fault_of_the_charger),
		cmocka_unit_test(a_boost_charge_is_no_fault_of_the_charger),
		cmocka_unit_test(without_set_point_the_charger_is_not_judged),
		cmocka_unit_test(the_sum_is_compared_with_the_sensor),
		cmocka_unit_test(halves_are_compared_in_one_state),
		cmocka_unit_test(the_wall_clock_is_watched),
		cmocka_unit_test(nothing_is_said_of_a_silent_module),
		cmocka_unit_test(absurd_values_crash_nothing),
		cmocka_unit_test(one_block_alone_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
