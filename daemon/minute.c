// SPDX-License-Identifier: GPL-2.0-or-later
/* Minute means: mean of all scans, extremes over all scans, their count */
#include <string.h>

#include "minute.h"

static const enum bacs_q quantities[STORE_QUANTITIES] = {
	[STORE_VOLTAGE] = BACS_Q_VOLTAGE,
	[STORE_TEMPERATURE] = BACS_Q_TEMPERATURE,
	[STORE_CURRENT] = BACS_Q_CURRENT,
	[STORE_RIPPLE] = BACS_Q_RIPPLE,
	[STORE_DUTY] = BACS_Q_EQUALIZER_DUTY,
	[STORE_MODULE_TEMPERATURE] = BACS_Q_MODULE_TEMPERATURE,
	[STORE_HUMIDITY] = BACS_Q_HUMIDITY,
	[STORE_H2] = BACS_Q_H2,
};

void minute_add(struct minute *m, const struct policy_sample *sample)
{
	int i;

	m->scans++;
	for (i = 0; i < STORE_QUANTITIES; i++) {
		int64_t v = sample->value[quantities[i]];

		if (!(sample->present & 1U << quantities[i]))
			continue;
		if (v > INT32_MAX)
			v = INT32_MAX;
		else if (v < INT32_MIN)
			v = INT32_MIN;
		if (!m->count[i] || v < m->min[i])
			m->min[i] = v;
		if (!m->count[i] || v > m->max[i])
			m->max[i] = v;
		m->sum[i] += v;
		m->count[i]++;
	}
}

/* Rounded to the nearest, halves away from zero */
static int32_t mean(int64_t sum, int64_t count)
{
	int64_t half = count / 2;

	return (sum < 0 ? sum - half : sum + half) / count;
}

bool minute_take(struct minute *m, struct store_minute *ret)
{
	int i;

	if (!m->scans)
		return false;
	ret->scans = m->scans;
	for (i = 0; i < STORE_QUANTITIES; i++) {
		ret->span[i].present = m->count[i] != 0;
		if (!m->count[i])
			continue;
		ret->span[i].mean = mean(m->sum[i], m->count[i]);
		ret->span[i].min = m->min[i];
		ret->span[i].max = m->max[i];
	}
	memset(m, 0, sizeof(*m));
	return true;
}
