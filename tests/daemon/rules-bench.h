/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string for the rules, by hand: voltages in, verdicts out, in virtual time */
#ifndef BACS_TESTS_RULES_BENCH_H
#define BACS_TESTS_RULES_BENCH_H

#include "unit.h"

#include "policy/rules/rules.h"

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

int bench_level(const struct bench *b, enum alarm_kind kind, int jar);
void bench_start(struct bench *b, unsigned int count, unsigned int cells, bool fast);
int64_t bench_noise(struct bench *b, int64_t size);
void bench_scan(struct bench *b);
void bench_pass(struct bench *b, uint64_t ns);
void bench_become(struct bench *b, enum string_state state, int64_t uv);
void bench_give_to_others(struct bench *b, unsigned int jar, int64_t uv);
void bench_long_on_float(struct bench *b, unsigned int count, unsigned int cells);
void bench_hear(void *userdata, enum alarm_kind kind, int jar, enum alarm_level level, const char *text);

#define assert_level(b, kind, jar, l) \
	assert_int_equal(bench_level(b, kind, jar), l)
#define assert_says(b, words) assert_non_null(strstr((b)->text, words))

#endif
