// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>

#include "site.h"

#define S_PER_DAY	86400.0
#define S_PER_YEAR	(365.25 * S_PER_DAY)
#define WARMEST_S	(15 * 3600.0)
/* The current of a constant power follows the voltage in steps of this */
#define LOADED_STEP_S	5.0

enum { STREAM_FAILURES = 0x6d61 };

static void next_failure(struct plant_schedule *p, double from_s)
{
	double spread;

	if (!(p->failures_per_year > 0)) {
		p->failure_at_s = INFINITY;
		p->failure_end_s = INFINITY;
		return;
	}
	p->failure_at_s = from_s - log(1 - pcg_unit(&p->rng)) * S_PER_YEAR /
				   p->failures_per_year;
	spread = log(p->failure_max_s / p->failure_min_s);
	p->failure_end_s = p->failure_at_s + p->failure_min_s *
			   exp(spread * pcg_unit(&p->rng));
}

/**
 * plant_site_init() - a site at time 0, on mains
 * @s: filled in; schedule, air and load may be changed until the first step
 * @strings: initialized strings; must outlive @s
 * @count: how many
 * @charger: charger to begin with
 * @seed: of the mains failures
 */
void plant_site_init(struct plant_site *s, struct plant_string *strings,
		     unsigned int count, const struct plant_charger *charger,
		     u64 seed)
{
	*s = (struct plant_site) {
		.bank = { .strings = strings, .count = count },
		.charger = *charger,
		.schedule = {
			.failure_min_s = 1,
			.failure_max_s = 1800,
			.test_s = 30,
			.failure_at_s = -1,
		},
		.air = { .mean_c = 22, .season_k = 3, .day_k = 1 },
		.end_cell_v = 1.75,
	};
	pcg_seed(&s->schedule.rng, seed, STREAM_FAILURES);
}

/**
 * plant_site_ambient_c() - temperature of the room now
 * @s: site
 *
 * Return: temperature.
 */
double plant_site_ambient_c(const struct plant_site *s)
{
	return s->air.mean_c -
	       s->air.season_k * cos(2 * M_PI * s->time_s / S_PER_YEAR) +
	       s->air.day_k * cos(2 * M_PI * (s->time_s - WARMEST_S) /
				  S_PER_DAY);
}

static bool failing(const struct plant_site *s)
{
	return s->time_s >= s->schedule.failure_at_s;
}

static bool testing(const struct plant_site *s)
{
	return s->schedule.test_every_s > 0 &&
	       s->time_s >= s->schedule.test_at_s;
}

static enum plant_cause cause_now(const struct plant_site *s)
{
	if (s->outage)
		return PLANT_CAUSE_ORDER;
	if (failing(s))
		return PLANT_CAUSE_FAILURE;
	return testing(s) ? PLANT_CAUSE_TEST : PLANT_CAUSE_NONE;
}

/* Forget what is over; the first call draws the first events */
static void move_schedule(struct plant_site *s)
{
	struct plant_schedule *p = &s->schedule;

	if (p->failure_at_s < 0) {
		next_failure(p, s->time_s);
		p->test_at_s = s->time_s + p->test_every_s;
	}
	while (s->time_s >= p->failure_end_s) {
		s->failures++;
		next_failure(p, p->failure_end_s);
	}
	while (p->test_every_s > 0 && s->time_s >= p->test_at_s + p->test_s) {
		s->tests++;
		p->test_at_s += p->test_every_s;
	}
}

/* Time until the schedule changes something */
static double until_change(const struct plant_site *s)
{
	const struct plant_schedule *p = &s->schedule;
	double at_s = failing(s) ? p->failure_end_s : p->failure_at_s;

	if (p->test_every_s > 0)
		at_s = fmin(at_s, testing(s) ? p->test_at_s + p->test_s :
					       p->test_at_s);
	return at_s - s->time_s;
}

static unsigned int string_cells(const struct plant_string *s)
{
	unsigned int cells = 0;

	for (unsigned int i = 0; i < s->count; i++)
		cells += s->blocks[i].type->cells;
	return cells;
}

/* What the load takes, from the voltage that the last step left */
static void load_drive(struct plant_site *s, struct plant_drive *ret_drive)
{
	unsigned int cells = string_cells(&s->bank.strings[0]);
	double volt = s->bank.volt_v;

	if (volt < s->end_cell_v * cells)
		s->cut = true;
	*ret_drive = (struct plant_drive) { 0 };
	if (!s->cut)
		ret_drive->low_a = ret_drive->high_a = -s->load_w / volt;
}

/* Voltage at the start: no step has set it */
static void first_voltage(struct plant_site *s)
{
	const struct plant_string *string = &s->bank.strings[0];

	if (s->bank.volt_v > 0)
		return;
	for (unsigned int i = 0; i < string->count; i++)
		s->bank.volt_v += string->blocks[i].volt_v;
}

/**
 * plant_site_step() - let time pass at a site
 * @s: site
 * @dt_s: how long, above 0 and up to a day
 *
 * The step is divided where mains or a test changes, and finer under load, so
 * that no event is lost by long steps.
 *
 * Return: 0, -EINVAL if @dt_s makes no sense.
 */
int plant_site_step(struct plant_site *s, double dt_s)
{
	double end_s = s->time_s + dt_s;

	if (!(dt_s > 0 && dt_s <= S_PER_DAY))
		return -EINVAL;
	first_voltage(s);
	/* What is left by rounding is no step */
	while (end_s - s->time_s > 1e-6) {
		double part_s = end_s - s->time_s;
		struct plant_drive drive;
		int err;

		move_schedule(s);
		s->cause = cause_now(s);
		if (s->cause == PLANT_CAUSE_NONE)
			s->cut = false;
		part_s = fmin(part_s, fmax(until_change(s), 1e-3));
		plant_charger_begin(&s->charger, &s->bank,
				    s->cause == PLANT_CAUSE_NONE);
		if (s->cause == PLANT_CAUSE_NONE) {
			part_s = fmin(part_s, 60);
			plant_charger_drive(&s->charger, &s->bank, &drive);
		} else {
			part_s = fmin(part_s, LOADED_STEP_S);
			load_drive(s, &drive);
		}
		err = plant_bank_step(&s->bank, &drive, plant_site_ambient_c(s),
				      part_s);
		if (err)
			return err;
		plant_charger_end(&s->charger, &s->bank, part_s);
		s->time_s += part_s;
	}
	return 0;
}
