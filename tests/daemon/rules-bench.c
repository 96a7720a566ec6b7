// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules-bench.h"

void bench_hear(void *userdata, enum alarm_kind kind, int jar,
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

int bench_level(const struct bench *b, enum alarm_kind kind, int jar)
{
	return b->level[kind][jar + 1];
}

void bench_start(struct bench *b, unsigned int count, unsigned int cells,
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

int64_t bench_noise(struct bench *b, int64_t size)
{
	b->seed = b->seed * 1103515245 + 12345;
	return size ? (int64_t)(b->seed >> 16) % (2 * size + 1) - size : 0;
}

void bench_scan(struct bench *b)
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

		j->uv = b->volts[i] + wave + bench_noise(b, b->noise_uv);
		b->scan.sum_mv += j->uv * j->cells / 1000;
	}
	rules_judge(&b->string, &b->scan, bench_hear, b);
}

/* @ns of scans */
void bench_pass(struct bench *b, uint64_t ns)
{
	uint64_t end = b->scan.time_ns + ns;

	while (b->scan.time_ns < end)
		bench_scan(b);
}

void bench_become(struct bench *b, enum string_state state, int64_t uv)
{
	unsigned int i;

	b->scan.state = state;
	b->scan.state_ns = b->scan.time_ns;
	for (i = 0; i < b->scan.count; i++)
		b->volts[i] = uv;
}

/* All of the string but @jar take what it lost, as the charger wants */
void bench_give_to_others(struct bench *b, unsigned int jar, int64_t uv)
{
	int64_t share = (b->volts[jar] - uv) / (int64_t)(b->scan.count - 1);
	unsigned int i;

	for (i = 0; i < b->scan.count; i++)
		b->volts[i] = i == jar ? uv : b->volts[i] + share;
}

void bench_long_on_float(struct bench *b, unsigned int count,
			  unsigned int cells)
{
	bench_start(b, count, cells, false);
	bench_pass(b, 4 * DAY);
	assert_int_equal(b->raised, 0);
}
