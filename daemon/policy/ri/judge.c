// SPDX-License-Identifier: GPL-2.0-or-later
/* Judgement of internal resistance: by median, by baseline, by limit */
#include <stdlib.h>
#include <string.h>

#include "policy/ri/judge.h"
#include "policy/ri/ri.h"

static int32_t or_none(const struct limit_set *limits, enum limit_id id)
{
	int32_t v = limits->value[id];

	return v == LIMIT_UNSET ? 0 : v;
}

void ri_rules_set(struct ri_rules *rules, const struct limit_set *limits)
{
	*rules = (struct ri_rules){
		.spread = or_none(limits, LIMIT_RI_SPREAD),
		.spread_warning = or_none(limits, LIMIT_RI_SPREAD_WARNING),
		.warning = or_none(limits, LIMIT_RI_RISE),
		.alarm = or_none(limits, LIMIT_RI_RISE_ALARM),
		.low = or_none(limits, LIMIT_RI_FALL),
		.limit_warning_uohm = or_none(limits, LIMIT_RI_MAX_UOHM),
		.limit_alarm_uohm = or_none(limits, LIMIT_RI_MAX_ALARM_UOHM),
		.window_mc = RI_WINDOW_MC,
		.accuracy = RI_ACCURACY,
	};
}

void ri_jar_init(struct ri_jar *jar, int64_t begin_ns)
{
	memset(jar, 0, sizeof(*jar));
	jar->begin_ns = begin_ns;
	jar->newest.time_ns = RI_NEVER;
	jar->compare = RI_NO_VALUE;
	jar->baseline.temperature_mc = RI_NO_TEMPERATURE;
}

void ri_jar_restore(struct ri_jar *jar, const struct ri_value *value)
{
	jar->newest = *value;
	if (!value->trend)
		return;
	if (jar->count == RI_VALUES) {
		memmove(jar->value, jar->value + 1,
			sizeof(jar->value) - sizeof(jar->value[0]));
		jar->count--;
	}
	jar->value[jar->count++] = *value;
}

/* Few values, often in order already */
static void sort(uint32_t *list, size_t count)
{
	size_t i, j;

	for (i = 1; i < count; i++) {
		uint32_t v = list[i];

		for (j = i; j && list[j - 1] > v; j--)
			list[j] = list[j - 1];
		list[j] = v;
	}
}

static uint32_t median(uint32_t *list, size_t count)
{
	sort(list, count);
	return ((uint64_t)list[(count - 1) / 2] + list[count / 2]) / 2;
}

/* Two runs above a level raise to it, two below it lower */
static void settle(struct ri_verdict *v, enum ri_level now)
{
	enum ri_level least = now, most = now;

	/* the first run of all finds RI_NORMAL there, and agrees with nothing */
	if (v->last < least)
		least = v->last;
	if (v->last > most)
		most = v->last;
	if (least > v->level)
		v->level = least;
	else if (most < v->level)
		v->level = most;
	v->last = now;
	if (v->runs < 2)
		v->runs++;
}

/* A limit of @permille of the reference, reached but for the accuracy */
static bool above(int64_t value, int64_t reference, int64_t permille,
		  int32_t accuracy)
{
	return value * 1000 * 1000 >=
	       reference * permille * (1000 - accuracy);
}

static bool below(int64_t value, int64_t reference, int64_t permille,
		  int32_t accuracy)
{
	return value * 1000 * 1000 <=
	       reference * permille * (1000 + accuracy);
}

static void judge_spread(struct ri_jar *jar, const struct ri_value *value,
			 const struct ri_rules *rules, uint32_t *others,
			 size_t count)
{
	enum ri_level level = RI_NORMAL;

	if (!value->trend)
		return;
	/* of fewer nobody can say which one is wrong */
	jar->median_uohm = 0;
	if (count + 1 < RI_SPREAD_JARS)
		return;
	jar->median_uohm = median(others, count);
	/* no accuracy: an advisory is no alarm, and jars do differ */
	if (rules->spread &&
	    (above(value->uohm, jar->median_uohm, 1000 + rules->spread, 0) ||
	     below(value->uohm, jar->median_uohm, 1000 - rules->spread, 0)))
		level = RI_ADVISORY;
	if (rules->spread_warning &&
	    above(value->uohm, jar->median_uohm,
		  1000 + rules->spread_warning, 0))
		level = RI_WARNING;
	settle(&jar->verdict[RI_SPREAD], level);
}

static void judge_limit(struct ri_jar *jar, const struct ri_value *value,
			const struct ri_rules *rules)
{
	enum ri_level level = RI_NORMAL;

	if (rules->limit_warning_uohm &&
	    value->uohm > rules->limit_warning_uohm)
		level = RI_WARNING;
	if (rules->limit_alarm_uohm && value->uohm > rules->limit_alarm_uohm)
		level = RI_ALARM;
	settle(&jar->verdict[RI_LIMIT], level);
}

/* The value at the temperature of the baseline; 0: they are too far apart */
static int64_t at_baseline(const struct ri_jar *jar,
			   const struct ri_value *value,
			   const struct ri_rules *rules)
{
	int64_t apart_mc, uohm = value->uohm;

	if (jar->baseline.temperature_mc == RI_NO_TEMPERATURE ||
	    value->temperature_mc == RI_NO_TEMPERATURE)
		return 0;
	apart_mc = (int64_t)value->temperature_mc -
		   jar->baseline.temperature_mc;
	if (llabs(apart_mc) > rules->window_mc)
		return 0;
	return uohm - uohm * rules->coefficient_ppm / 1000 * apart_mc /
	       1000000;
}

static enum ri_compare comparable(const struct ri_jar *jar,
				  const struct ri_value *value,
				  int64_t uohm)
{
	if (jar->baseline.kind == RI_BASELINE_NONE)
		return RI_NO_BASELINE;
	if (!value->trend)
		return RI_NO_TREND;
	return uohm > 0 ? RI_COMPARED : RI_OTHER_TEMPERATURE;
}

static void judge_baseline(struct ri_jar *jar, const struct ri_value *value,
			   const struct ri_rules *rules)
{
	int64_t uohm = at_baseline(jar, value, rules);
	int64_t base = jar->baseline.uohm;
	enum ri_level level = RI_NORMAL;

	jar->ratio_permille = 0;
	jar->compare = comparable(jar, value, uohm);
	if (jar->compare != RI_COMPARED)
		return;
	jar->ratio_permille = uohm * 1000 / base;
	if (rules->warning && above(uohm, base, 1000 + rules->warning,
				    rules->accuracy))
		level = RI_WARNING;
	if (rules->alarm && above(uohm, base, 1000 + rules->alarm,
				  rules->accuracy))
		level = RI_ALARM;
	settle(&jar->verdict[RI_RISE], level);
	settle(&jar->verdict[RI_LOW],
	       rules->low && below(uohm, base, rules->low, rules->accuracy) ?
	       RI_WARNING : RI_NORMAL);
}

void ri_jar_value(struct ri_jar *jar, const struct ri_value *value,
		  const struct ri_rules *rules, uint32_t *others_uohm,
		  size_t count)
{
	ri_jar_restore(jar, value);
	judge_limit(jar, value, rules);
	judge_spread(jar, value, rules, others_uohm, count);
	judge_baseline(jar, value, rules);
}

bool ri_jar_propose(const struct ri_jar *jar, unsigned int least,
		    const struct ri_rules *rules, struct ri_baseline *ret)
{
	uint32_t uohm[RI_VALUES], mc[RI_VALUES], middle;
	unsigned int i, n = 0, used = 0;
	int64_t sum_mc = 0;

	for (i = 0; i < jar->count; i++)
		if (jar->value[i].temperature_mc != RI_NO_TEMPERATURE)
			mc[n++] = jar->value[i].temperature_mc + 300000;
	if (n < least || !n)
		return false;
	middle = median(mc, n);
	for (i = 0; i < jar->count; i++) {
		const struct ri_value *v = &jar->value[i];

		if (v->temperature_mc == RI_NO_TEMPERATURE ||
		    llabs((int64_t)v->temperature_mc + 300000 - middle) >
		    rules->window_mc)
			continue;
		uohm[used++] = v->uohm;
		sum_mc += v->temperature_mc;
	}
	if (used < least || !used)
		return false;
	*ret = (struct ri_baseline){
		.uohm = median(uohm, used),
		.temperature_mc = sum_mc / (int)used,
		.count = used,
	};
	return true;
}

void ri_jar_set_baseline(struct ri_jar *jar,
			 const struct ri_baseline *baseline)
{
	bool same = jar->baseline.kind == baseline->kind &&
		    jar->baseline.uohm == baseline->uohm &&
		    jar->baseline.temperature_mc == baseline->temperature_mc;

	jar->baseline = *baseline;
	/* a signature changes nobody's value */
	if (same)
		return;
	memset(&jar->verdict[RI_RISE], 0, sizeof(jar->verdict[RI_RISE]));
	memset(&jar->verdict[RI_LOW], 0, sizeof(jar->verdict[RI_LOW]));
	jar->ratio_permille = 0;
	jar->compare = RI_NO_VALUE;
}

bool ri_jar_final_due(const struct ri_jar *jar, int64_t now_ns)
{
	return now_ns != RI_NEVER &&
	       jar->baseline.kind != RI_BASELINE_FINAL &&
	       now_ns - jar->begin_ns >= RI_FINAL_NS;
}

const char *ri_baseline_name(enum ri_baseline_kind kind)
{
	switch (kind) {
	case RI_BASELINE_PROVISIONAL:
		return "provisional";
	case RI_BASELINE_FINAL:
		return "final";
	default:
		return "none";
	}
}

const char *ri_finding_name(enum ri_finding finding)
{
	static const char *const names[RI_FINDINGS] = {
		[RI_SPREAD] = "spread",
		[RI_RISE] = "rise",
		[RI_LIMIT] = "limit",
		[RI_LOW] = "low",
	};

	return (unsigned int)finding < RI_FINDINGS ? names[finding] :
						     "unknown";
}
