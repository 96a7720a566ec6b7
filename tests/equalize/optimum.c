// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Successive linear programming
 *
 * A run of the plant gives the voltage of every jar at every hour, and one run
 * for each jar and part of the horizon the slope of them over the bypass. That
 * is a linear program: the least sum of bypass for which at each hour from
 * @from_h on all jars are between a free lower edge and @spread_mv above it. It
 * is solved by a primal-dual gradient method, within a step so small that the
 * plant is nearly a line, and the plant is run again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "optimum.h"

#define JARS_MAX	8
#define VARS_MAX	(JARS_MAX * OPTIMUM_PARTS)
#define ITERATIONS	30000

struct problem {
	unsigned int jars;
	unsigned int vars;
	unsigned int hours;		/* that are bound */
	unsigned int from;
	double volt_mv[OPTIMUM_HOURS][JARS_MAX];
	double slope[OPTIMUM_HOURS][JARS_MAX][VARS_MAX];	/* mV/A */
};

/* Run the plant; what the jars have at the end of each hour, per cell */
static void run(const struct loop *begin,
		double amp[OPTIMUM_PARTS][LOOP_MAX],
		double volt_mv[OPTIMUM_HOURS][JARS_MAX])
{
	static struct loop l;
	unsigned int n = begin->setup.count;

	loop_copy(&l, begin);
	for (unsigned int h = 0; h < OPTIMUM_HOURS; h++) {
		for (unsigned int i = 0; i < n; i++)
			l.blocks[i].bypass_a = amp[h / OPTIMUM_PART_H][i];
		plant_site_step(&l.site, 3600);
		for (unsigned int i = 0; i < n; i++)
			volt_mv[h][i] = loop_cell_v(&l, i) * 1e3;
	}
	loop_done(&l);
}

static double worst(const struct problem *p, const double *spread_mv,
		    double volt_mv[OPTIMUM_HOURS][JARS_MAX])
{
	double most = -INFINITY;

	for (unsigned int h = p->from; h < OPTIMUM_HOURS; h++) {
		double low = INFINITY, high = -INFINITY;

		for (unsigned int i = 0; i < p->jars; i++) {
			low = fmin(low, volt_mv[h][i]);
			high = fmax(high, volt_mv[h][i]);
		}
		if (isfinite(spread_mv[h]))
			most = fmax(most, high - low - spread_mv[h]);
	}
	return most;
}

static double charge_ah(const struct optimum *o,
			double amp[OPTIMUM_PARTS][LOOP_MAX])
{
	double ah = 0;

	for (unsigned int k = 0; k < OPTIMUM_PARTS; k++)
		for (unsigned int i = 0; i < o->begin->setup.count; i++)
			ah += amp[k][i] * OPTIMUM_PART_H;
	return ah;
}

static void find_slopes(const struct optimum *o, struct problem *p)
{
	double other[OPTIMUM_HOURS][JARS_MAX];
	double amp[OPTIMUM_PARTS][LOOP_MAX];
	double nudge = o->begin->setup.capacity_ah * 1e-5;

	memcpy(amp, o->amp, sizeof(amp));
	for (unsigned int v = 0; v < p->vars; v++) {
		double *a = &amp[v / p->jars][v % p->jars];
		double before = *a;

		*a += nudge;
		run(o->begin, amp, other);
		*a = before;
		for (unsigned int h = p->from; h < OPTIMUM_HOURS; h++)
			for (unsigned int i = 0; i < p->jars; i++)
				p->slope[h][i][v] = (other[h][i] -
						     p->volt_mv[h][i]) / nudge;
	}
}

/*
 * min sum(x) for low <= x <= high, v(x) - e <= spread, e - v(x) <= 0, where
 * v(x) = volt + slope (x - x0) and e is free: Chambolle and Pock's method, with
 * each variable and row scaled by the size of its own entries (Pock, 2011)
 */
static void solve_lp(const struct problem *p, const double *spread_mv, double *x,
		     const double *x0, const double *low, const double *high)
{
	unsigned int rows = (OPTIMUM_HOURS - p->from) * p->jars;
	double *up = calloc(rows, sizeof(double));
	double *down = calloc(rows, sizeof(double));
	double *sigma = calloc(rows, sizeof(double));
	double tau[VARS_MAX], old[VARS_MAX], grad[VARS_MAX];
	double edge[OPTIMUM_HOURS], edge_old[OPTIMUM_HOURS];
	double unit = 0;

	/* amperes in units that make the slopes about 1 */
	for (unsigned int r = 0; r < rows; r++)
		for (unsigned int v = 0; v < p->vars; v++)
			unit = fmax(unit, fabs(p->slope[p->from + r / p->jars]
						[r % p->jars][v]));
	unit = 1 / unit;
	for (unsigned int r = 0; r < rows; r++) {
		double sum = 1;

		for (unsigned int v = 0; v < p->vars; v++)
			sum += fabs(p->slope[p->from + r / p->jars]
				    [r % p->jars][v]) * unit;
		sigma[r] = 1 / sum;
	}
	for (unsigned int v = 0; v < p->vars; v++) {
		double sum = 1e-9;

		for (unsigned int r = 0; r < rows; r++)
			sum += 2 * fabs(p->slope[p->from + r / p->jars]
					[r % p->jars][v]) * unit;
		tau[v] = 1 / sum;
		x[v] = x0[v];
	}
	for (unsigned int h = p->from; h < OPTIMUM_HOURS; h++) {
		edge[h] = INFINITY;
		for (unsigned int i = 0; i < p->jars; i++)
			edge[h] = fmin(edge[h], p->volt_mv[h][i]);
	}
	for (unsigned int n = 0; n < ITERATIONS; n++) {
		memcpy(old, x, sizeof(double) * p->vars);
		memcpy(edge_old, edge, sizeof(edge));
		for (unsigned int v = 0; v < p->vars; v++)
			grad[v] = 1;
		for (unsigned int r = 0; r < rows; r++) {
			const double *s = p->slope[p->from + r / p->jars]
						  [r % p->jars];
			double y = (up[r] - down[r]) * unit;

			edge[p->from + r / p->jars] -=
				(down[r] - up[r]) / (2 * p->jars);
			for (unsigned int v = 0; y != 0 && v < p->vars; v++)
				grad[v] += y * s[v];
		}
		for (unsigned int v = 0; v < p->vars; v++)
			x[v] = fmin(fmax(x[v] - tau[v] * grad[v] * unit,
					 low[v]), high[v]);
		for (unsigned int r = 0; r < rows; r++) {
			unsigned int h = p->from + r / p->jars;
			const double *s = p->slope[h][r % p->jars];
			double volt = p->volt_mv[h][r % p->jars];
			double e = 2 * edge[h] - edge_old[h];

			if (isinf(spread_mv[h]))
				continue;
			for (unsigned int v = 0; v < p->vars; v++)
				volt += s[v] * (2 * x[v] - old[v] - x0[v]);
			up[r] = fmax(0, up[r] + sigma[r] *
				     (volt - e - spread_mv[h]));
			down[r] = fmax(0, down[r] + sigma[r] * (e - volt));
		}
	}
	free(up);
	free(down);
	free(sigma);
}

void optimum_find(struct optimum *o, unsigned int rounds)
{
	static struct problem p;
	double x[VARS_MAX], x0[VARS_MAX], low[VARS_MAX], high[VARS_MAX];
	double amp[OPTIMUM_PARTS][LOOP_MAX], best_ah = INFINITY;
	double best[OPTIMUM_PARTS][LOOP_MAX];
	double reach = o->begin->setup.capacity_ah * 2e-4;

	p.jars = o->begin->setup.count;
	p.vars = p.jars * OPTIMUM_PARTS;
	p.from = o->from_h;
	for (o->rounds = 0; o->rounds < rounds; o->rounds++) {
		run(o->begin, o->amp, p.volt_mv);
		o->worst_mv = worst(&p, o->spread_mv, p.volt_mv);
		o->ah = charge_ah(o, o->amp);
		if (o->worst_mv <= 0.05 && o->ah < best_ah) {
			best_ah = o->ah;
			memcpy(best, o->amp, sizeof(best));
		}
		find_slopes(o, &p);
		for (unsigned int v = 0; v < p.vars; v++) {
			x0[v] = o->amp[v / p.jars][v % p.jars];
			low[v] = fmax(0, x0[v] - reach);
			high[v] = fmin(o->begin->bypass_full_a, x0[v] + reach);
		}
		solve_lp(&p, o->spread_mv, x, x0, low, high);
		memset(amp, 0, sizeof(amp));
		for (unsigned int v = 0; v < p.vars; v++)
			o->amp[v / p.jars][v % p.jars] = x[v];
		reach *= 0.85;
	}
	o->ah = best_ah;
	memcpy(o->amp, best, sizeof(o->amp));
}
