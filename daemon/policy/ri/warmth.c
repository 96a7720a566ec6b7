// SPDX-License-Identifier: GPL-2.0-or-later
/* How internal resistance follows temperature: points, and a line through them */
#include <string.h>

#include "policy/ri/warmth.h"

#define YEAR_NS		(365.0 * 86400e9)
/*
 * Seasons that only go one way cannot be told from age: so much of the spread
 * of the temperature must not follow from the date (practice value)
 */
#define OWN_SHARE	0.25

static void sort(int32_t *list, size_t count)
{
	size_t i, j;

	for (i = 1; i < count; i++) {
		int32_t v = list[i];

		for (j = i; j && list[j - 1] > v; j--)
			list[j] = list[j - 1];
		list[j] = v;
	}
}

static int32_t median(int32_t *list, size_t count)
{
	sort(list, count);
	return ((int64_t)list[(count - 1) / 2] + list[count / 2]) / 2;
}

bool ri_warmth_due(const struct ri_warmth *w, int64_t now_ns)
{
	return !w->count || now_ns - w->point[w->count - 1].time_ns >=
			    RI_WARMTH_EVERY_NS;
}

void ri_warmth_add(struct ri_warmth *w, int64_t time_ns, int32_t *above_mc,
		   int32_t *ppm, size_t count)
{
	if (count < RI_WARMTH_JARS ||
	    (w->count && time_ns <= w->point[w->count - 1].time_ns))
		return;
	if (w->count == RI_WARMTH_POINTS) {
		memmove(w->point, w->point + 1,
			sizeof(w->point) - sizeof(w->point[0]));
		w->count--;
	}
	w->point[w->count++] = (struct ri_warmth_point){
		.time_ns = time_ns,
		.above_mc = median(above_mc, count),
		.ppm = median(ppm, count),
	};
}

/* Sums of squares and products about the means: t years, x K, y ppm */
struct sums {
	double tt, tx, xx, ty, xy, yy;
};

static struct sums sum_up(const struct ri_warmth *w)
{
	double n = w->count, t = 0, x = 0, y = 0;
	struct sums s = { 0 };
	unsigned int i;

	for (i = 0; i < w->count; i++) {
		t += (double)w->point[i].time_ns / YEAR_NS / n;
		x += w->point[i].above_mc / 1000.0 / n;
		y += w->point[i].ppm / n;
	}
	for (i = 0; i < w->count; i++) {
		double dt = (double)w->point[i].time_ns / YEAR_NS - t;
		double dx = w->point[i].above_mc / 1000.0 - x;
		double dy = w->point[i].ppm - y;

		s.tt += dt * dt;
		s.tx += dt * dx;
		s.xx += dx * dx;
		s.ty += dt * dy;
		s.xy += dx * dy;
		s.yy += dy * dy;
	}
	return s;
}

static int32_t span(const struct ri_warmth *w)
{
	int32_t low = 0, high = 0;
	unsigned int i;

	for (i = 0; i < w->count; i++) {
		int32_t mc = w->point[i].above_mc;

		low = !i || mc < low ? mc : low;
		high = !i || mc > high ? mc : high;
	}
	return high - low;
}

void ri_warmth_fit(const struct ri_warmth *w, struct ri_warmth_fit *ret)
{
	struct sums s = sum_up(w);
	double own, slope, age, rest, variance;

	*ret = (struct ri_warmth_fit){ .points = w->count,
				       .span_mc = span(w) };
	if (w->count < RI_WARMTH_LEAST ||
	    w->point[w->count - 1].time_ns - w->point[0].time_ns <
	    (RI_WARMTH_LEAST - 1) * RI_WARMTH_EVERY_NS) {
		ret->why = "too few weeks";
		return;
	}
	if (ret->span_mc < RI_WARMTH_SPAN_MC) {
		ret->why = "the seasons are not far enough apart";
		return;
	}
	/* what of the temperature does not follow from the date */
	own = s.tt > 0 ? s.xx - s.tx * s.tx / s.tt : 0;
	if (own < OWN_SHARE * s.xx) {
		ret->why = "the seasons went one way only, as age does";
		return;
	}
	slope = (s.xy - s.tx * s.ty / s.tt) / own;
	age = (s.ty - slope * s.tx) / s.tt;
	rest = s.yy - slope * s.xy - age * s.ty;
	variance = rest > 0 ? rest / (w->count - 3) / own : 0;
	/* compared as squares: no root is at hand */
	if (variance > (double)RI_WARMTH_ERROR_PPM * RI_WARMTH_ERROR_PPM) {
		ret->why = "the values scatter too much";
		return;
	}
	if (slope < RI_WARMTH_MIN_PPM || slope > RI_WARMTH_MAX_PPM) {
		ret->why = "what was found is no effect of temperature";
		return;
	}
	while ((double)(ret->error_ppm + 1) * (ret->error_ppm + 1) <= variance)
		ret->error_ppm++;
	ret->ppm = (int32_t)slope;
	ret->known = true;
	ret->why = "learnt";
}
