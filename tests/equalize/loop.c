// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

#define MINUTE_S	60.0
/* Scans are quicker; the noise of a mean of five minutes is what counts */
#define SCAN_S		15.0
#define NS		1000000000ULL
/* Time of the controller at the start: long on float */
#define START_S		1000000.0

static void spread_jars(struct loop *l)
{
	const struct loop_setup *u = &l->setup;
	struct plant_spread spread = plant_spread_usual;

	spread.state = 0;
	plant_string_init(&l->string, l->blocks, u->count, &l->type, &spread,
			  22, u->seed);
	if (u->lacks > 0) {
		struct plant_block *b = &l->blocks[u->low];

		b->near = b->far = 1 - u->lacks;
	}
}

void loop_init(struct loop *l, const struct loop_setup *setup)
{
	struct plant_charger charger = plant_charger_float;
	struct equalize_config c;

	memset(l, 0, sizeof(*l));
	l->setup = *setup;
	plant_type_agm(&l->type, setup->nominal_v, setup->capacity_ah);
	spread_jars(l);
	charger.limit_a = setup->capacity_ah / 10;
	if (!setup->wander)
		charger.wander_v = 0;
	plant_site_init(&l->site, &l->string, 1, &charger, setup->seed);
	l->site.air.season_k = 0;
	if (!setup->wander)
		l->site.air.day_k = 0;
	plant_string_sensor_init(&l->current, setup->seed, 0);
	equalize_new(setup->count, &l->equalize);
	equalize_config_default(&c);
	c.on = true;
	c.capacity_mah = setup->capacity_ah * 1000;
	c.bypass_ua = equalize_bypass_ua(setup->nominal_v * 1000);
	equalize_configure(l->equalize, &c);
	l->bypass_full_a = c.bypass_ua * 1e-6;
	for (unsigned int i = 0; i < setup->count; i++) {
		plant_sensor_init(&l->sensors[i], &l->blocks[i], setup->seed, i);
		if (setup->calibrated) {
			l->sensors[i].gain = 1;
			l->sensors[i].temp_offset_c = 0;
		}
		snprintf(l->names[i], sizeof(l->names[i]), "1S%u", i + 1);
	}
}

void loop_done(struct loop *l)
{
	l->equalize = equalize_free(l->equalize);
}

void loop_copy(struct loop *to, const struct loop *from)
{
	*to = *from;
	to->string.blocks = to->blocks;
	to->site.bank.strings = &to->string;
	for (unsigned int i = 0; i < to->setup.count; i++)
		to->blocks[i].type = &to->type;
	equalize_new(to->setup.count, &to->equalize);
	equalize_configure(to->equalize, &from->equalize->config);
	to->bypassed_ah = 0;
	to->changes = 0;
}

static void read_all(struct loop *l)
{
	for (unsigned int i = 0; i < l->setup.count; i++) {
		struct plant_reading r;

		plant_sensor_read(&l->sensors[i], &l->blocks[i], &r);
		l->cells[i] = (struct equalize_cell) {
			.name = l->names[i],
			.valid = true,
			.cell_uv = r.voltage_mv * 1000LL / l->type.cells,
			.has_temperature = true,
			.temperature_mc = r.temperature_dc * 100,
			.has_module_temperature = true,
			.module_mc = r.module_dc * 100,
			.calibrated = l->setup.calibrated,
		};
	}
}

/* One scan, so many seconds before the end of the minute */
static void control(struct loop *l, double before_s)
{
	uint16_t before[LOOP_MAX];
	struct equalize_scan scan = {
		.time_ns = (uint64_t)((START_S + l->site.time_s -
				       before_s) * NS),
		.state = STRING_FLOAT,
		.since_ns = NS,
		.has_current = l->setup.sensor,
		.zero_ma = l->setup.zero_ma,
		.cells = l->cells,
	};

	if (l->setup.sensor)
		scan.current_ma = plant_string_sensor_current_ma(&l->current,
								 &l->string);
	for (unsigned int i = 0; i < l->setup.count; i++)
		before[i] = l->equalize->jars[i].duty_permille;
	equalize_scan(l->equalize, &scan);
	for (unsigned int i = 0; i < l->setup.count; i++)
		l->changes += before[i] != l->equalize->jars[i].duty_permille;
}

void loop_minute(struct loop *l)
{
	for (unsigned int i = 0; i < l->setup.count; i++) {
		double a = l->equalize->jars[i].duty_permille * 1e-3 *
			   l->bypass_full_a;

		l->blocks[i].bypass_a = l->hold ? 0 : a;
		l->bypassed_ah += l->blocks[i].bypass_a * MINUTE_S / 3600;
	}
	plant_site_step(&l->site, MINUTE_S);
	for (unsigned int i = 0; i < l->setup.count; i++)
		plant_sensor_step(&l->sensors[i], &l->blocks[i],
				  plant_site_ambient_c(&l->site), MINUTE_S);
	for (double s = MINUTE_S - SCAN_S; s >= 0; s -= SCAN_S) {
		read_all(l);
		control(l, s);
	}
}

double loop_cell_v(const struct loop *l, unsigned int i)
{
	return l->blocks[i].volt_v / l->type.cells;
}

double loop_spread_mv(const struct loop *l)
{
	double mean = 0, low = INFINITY, high = -INFINITY;

	for (unsigned int i = 0; i < l->setup.count; i++)
		mean += l->sensors[i].case_c / l->setup.count;
	for (unsigned int i = 0; i < l->setup.count; i++) {
		double v = loop_cell_v(l, i) -
			   EQUALIZE_SLOPE_UV * 1e-6 *
			   (l->sensors[i].case_c - mean);

		low = fmin(low, v);
		high = fmax(high, v);
	}
	return (high - low) * 1e3;
}
