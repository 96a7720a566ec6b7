// SPDX-License-Identifier: GPL-2.0-or-later
/* Plants at random, faults at random: every step converges, nothing blows up */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "fault.h"
#include "site.h"
#include "spread.h"

#define SEEDS	60
#define COUNT	6
#define DAYS	10
#define DAY_S	86400.0

struct rig {
	struct plant_type type;
	struct plant_block blocks[2][COUNT];
	struct plant_string strings[2];
	struct plant_sensor sensor;
	struct plant_site site;
	struct plant_fault faults[2];
	struct pcg rng;
};

static double between(struct rig *r, double low, double high)
{
	return low + (high - low) * pcg_unit(&r->rng);
}

static void draw_fault(struct rig *r, struct plant_fault *f)
{
	static const double most[PLANT_FAULT_KINDS] = {
		[PLANT_FAULT_SULPHATION] = 1, [PLANT_FAULT_DRY_OUT] = 1,
		[PLANT_FAULT_GRID_GROWTH] = 1, [PLANT_FAULT_LOOSE_STRAP] = 0.05,
		[PLANT_FAULT_BLOWN_FUSE] = 1, [PLANT_FAULT_RUNAWAY] = 300,
		[PLANT_FAULT_OPEN_JAR] = 1, [PLANT_FAULT_STUCK_SENSOR] = 1,
		[PLANT_FAULT_DRIFTING_SENSOR] = 0.1,
	};

	*f = (struct plant_fault) {
		.kind = (enum plant_fault_kind)pcg_below(&r->rng,
							 PLANT_FAULT_KINDS),
		.start_s = between(r, 0, DAYS * DAY_S),
		.ramp_s = between(r, -1, 3) * DAY_S,
		.string = &r->strings[pcg_below(&r->rng, r->site.bank.count)],
		.sensor = &r->sensor,
	};
	f->ramp_s = fmax(f->ramp_s, 0);
	f->block = pcg_below(&r->rng, f->string->count);
	f->severity = f->kind == PLANT_FAULT_SHORTED_CELL ?
		      1 + pcg_below(&r->rng, r->type.cells) :
		      most[f->kind] * between(r, 0.01, 1);
	if (f->kind == PLANT_FAULT_RUNAWAY)
		f->severity += 1;
	assert_int_equal(plant_fault_check(f), 0);
}

static void draw(struct rig *r, u64 seed)
{
	static const unsigned int volts[] = { 2, 4, 6, 12 };
	static const struct plant_charger *const chargers[] = {
		&plant_charger_float, &plant_charger_boost,
		&plant_charger_cycle,
	};
	unsigned int count;

	pcg_seed(&r->rng, seed, 1);
	assert_int_equal(plant_type_agm(&r->type,
					volts[pcg_below(&r->rng, 4)],
					exp(between(r, log(1), log(6000)))), 0);
	count = 1 + pcg_below(&r->rng, COUNT);
	for (int k = 0; k < 2; k++)
		plant_string_init(&r->strings[k], r->blocks[k], count, &r->type,
				  &plant_spread_usual, 25, seed + k);
	plant_sensor_init(&r->sensor, &r->blocks[0][0], seed, 0);
	plant_site_init(&r->site, r->strings, 1 + pcg_below(&r->rng, 2),
			chargers[pcg_below(&r->rng, 3)], seed);
	r->site.charger.error = between(r, -0.03, 0.03);
	r->site.charger.limit_a = r->type.capacity_ah * between(r, 0.01, 0.3);
	r->site.air = (struct plant_air) { .mean_c = between(r, -10, 45),
					   .day_k = 5 };
	r->site.load_w = r->type.capacity_ah * r->type.cells * count * 2 *
			 between(r, 0.01, 2);
	r->site.end_cell_v = between(r, 0.5, 1.85);
	r->site.schedule.failures_per_year = 400;
	r->site.schedule.failure_max_s = 7200;
	r->site.schedule.test_every_s = 1.3 * DAY_S;
	draw_fault(r, &r->faults[0]);
	draw_fault(r, &r->faults[1]);
}

static void look(const struct rig *r, u64 seed)
{
	for (unsigned int k = 0; k < r->site.bank.count; k++) {
		for (unsigned int i = 0; i < r->strings[k].count; i++) {
			const struct plant_block *b = &r->blocks[k][i];
			double charge = plant_block_charge(b);
			double cell_v = b->volt_v / r->type.cells;

			/* an open one has what the others leave */
			if (b->open)
				cell_v = fabs(cell_v) < 2 * 4 * COUNT ? 2 : 99;
			if (!(cell_v > -3 && cell_v < 4 && charge >= 0 &&
			      charge <= 1 && b->temp_c > -40 &&
			      b->temp_c < 109 && b->water_g >= 0))
				fail_msg("seed %lu block %u/%u: %g V, charge "
					 "%g, %g degC", (unsigned long)seed, k,
					 i, cell_v, charge, b->temp_c);
		}
	}
}

static void nothing_blows_up(void **state)
{
	unsigned long steps = 0;

	(void)state;
	for (u64 seed = 0; seed < SEEDS; seed++) {
		struct rig r;

		draw(&r, seed);
		while (r.site.time_s < DAYS * DAY_S) {
			plant_fault_step(&r.faults[0], r.site.time_s);
			plant_fault_step(&r.faults[1], r.site.time_s);
			r.blocks[0][0].bypass_a = pcg_below(&r.rng, 3) ? 0 :
						  between(&r, 0, 3);
			if (!pcg_below(&r.rng, 300))
				r.strings[0].open = !r.strings[0].open;
			assert_int_equal(plant_site_step(&r.site,
					 between(&r, 0.1, 600)), 0);
			look(&r, seed);
			steps++;
		}
		if (r.site.bank.failures)
			fail_msg("seed %lu: %lu steps did not converge",
				 (unsigned long)seed, r.site.bank.failures);
	}
	printf("# %d plants, %lu steps\n", SEEDS, steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_blows_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
