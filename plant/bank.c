// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stddef.h>

#include "bank.h"

#define ROUNDS		60
#define NEAR_V		1e-7
#define STEP_MAX_S	60.0

static double string_current(const struct plant_string *s, unsigned int i)
{
	return s->amp_a - s->blocks[i].bypass_a;
}

/*
 * One Newton round of a string: its voltage as a line over its current,
 * and the largest polarization still missing
 */
static double string_line(struct plant_string *s)
{
	double far = 0;

	s->line_v = s->amp_a * s->strap_ohm;
	s->line_ohm = s->strap_ohm;
	for (unsigned int i = 0; i < s->count; i++) {
		double volt_v, ohm, move;

		move = plant_block_solve(&s->blocks[i], string_current(s, i),
					 &volt_v, &ohm);
		s->line_v += volt_v;
		s->line_ohm += ohm;
		if (move > far)
			far = move;
	}
	return far;
}

static void string_correct(struct plant_string *s)
{
	for (unsigned int i = 0; i < s->count; i++)
		plant_block_correct(&s->blocks[i], string_current(s, i));
}

/*
 * One Newton round of the bank
 *
 * The strings are lines I = I0 + G (U - U0): the common voltage is that of
 * the charger if the sum of the currents allows it, else it follows from the
 * limit of the current.
 */
static double bank_round(struct plant_bank *bank, const struct plant_drive *d)
{
	double conductance = 0, offset = 0, far = 0, total, volt = d->volt_v;

	for (unsigned int k = 0; k < bank->count; k++) {
		struct plant_string *s = &bank->strings[k];

		if (s->open)
			s->amp_a = 0;
		far = fmax(far, string_line(s));
		if (s->open)
			continue;
		conductance += 1 / s->line_ohm;
		offset += s->amp_a - s->line_v / s->line_ohm;
	}
	if (conductance > 0) {
		total = offset + conductance * volt;
		if (total > d->high_a)
			volt = (d->high_a - offset) / conductance;
		else if (total < d->low_a)
			volt = (d->low_a - offset) / conductance;
	}
	bank->volt_v = volt;
	return far;
}

/* Give each string the current of the common voltage */
static double bank_share(struct plant_bank *bank)
{
	double far = 0;

	for (unsigned int k = 0; k < bank->count; k++) {
		struct plant_string *s = &bank->strings[k];
		double short_v = bank->volt_v - s->line_v;

		if (!s->open) {
			s->amp_a += short_v / s->line_ohm;
			far = fmax(far, fabs(short_v) / s->count);
		}
		string_correct(s);
	}
	return far;
}

/* Heat into block @i of @s from the air and its neighbours */
static double heat_flow(const struct plant_string *s, unsigned int i,
			double ambient_c)
{
	const struct plant_block *b = &s->blocks[i];
	const struct plant_type *t = b->type;
	double flow = t->cool_w_per_k * b->cool_factor *
		      (ambient_c - b->temp_c);

	if (i % s->row)
		flow += t->neighbour_w_per_k * (b[-1].temp_c - b->temp_c);
	if ((i + 1) % s->row && i + 1 < s->count)
		flow += t->neighbour_w_per_k * (b[1].temp_c - b->temp_c);
	return flow;
}

static void string_finish(struct plant_string *s, double ambient_c, double dt_s)
{
	double last_c = 0;

	s->volt_v = s->amp_a * s->strap_ohm;
	for (unsigned int i = 0; i < s->count; i++) {
		struct plant_block *b = &s->blocks[i];
		double flow = heat_flow(s, i, ambient_c);

		/* The neighbour before has moved on already: undo that */
		if (i % s->row)
			flow += b->type->neighbour_w_per_k *
				(last_c - b[-1].temp_c);
		last_c = b->temp_c;
		plant_block_finish(b, string_current(s, i), flow, dt_s);
		s->volt_v += b->volt_v;
	}
}

/* A block that is open has what the others leave of the common voltage */
static void open_voltage(struct plant_string *s, double bank_v)
{
	struct plant_block *open = NULL;
	double others_v = 0;

	for (unsigned int i = 0; i < s->count; i++) {
		if (s->blocks[i].open && !open)
			open = &s->blocks[i];
		else
			others_v += s->blocks[i].volt_v;
	}
	if (!open)
		return;
	open->volt_v = bank_v - others_v;
	s->volt_v = bank_v;
}

static void step(struct plant_bank *bank, const struct plant_drive *drive,
		 double ambient_c, double dt_s)
{
	double far;

	for (unsigned int k = 0; k < bank->count; k++)
		for (unsigned int i = 0; i < bank->strings[k].count; i++)
			plant_block_prepare(&bank->strings[k].blocks[i], dt_s);
	bank->rounds = 0;
	do {
		far = bank_round(bank, drive);
		far = fmax(far, bank_share(bank));
	} while (far > NEAR_V && ++bank->rounds < ROUNDS);
	if (far > NEAR_V)
		bank->failures++;
	bank->amp_a = 0;
	for (unsigned int k = 0; k < bank->count; k++) {
		string_finish(&bank->strings[k], ambient_c, dt_s);
		if (bank->strings[k].open)
			open_voltage(&bank->strings[k], bank->volt_v);
		bank->amp_a += bank->strings[k].amp_a;
	}
}

/**
 * plant_bank_step() - let time pass
 * @bank: strings in parallel
 * @drive: what charger and load do meanwhile
 * @ambient_c: temperature of the air
 * @dt_s: how long, above 0; steps above 60 s are divided
 *
 * Return: 0, -EINVAL if @dt_s or @drive make no sense.
 */
int plant_bank_step(struct plant_bank *bank, const struct plant_drive *drive,
		    double ambient_c, double dt_s)
{
	unsigned int parts;

	if (!(dt_s > 0 && dt_s <= 86400) || !(drive->low_a <= drive->high_a) ||
	    !isfinite(ambient_c))
		return -EINVAL;
	parts = (unsigned int)ceil(dt_s / STEP_MAX_S);
	for (unsigned int i = 0; i < parts; i++)
		step(bank, drive, ambient_c, dt_s / parts);
	return 0;
}
