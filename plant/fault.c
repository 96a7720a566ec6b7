// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stddef.h>

#include "fault.h"

static const char *const names[PLANT_FAULT_KINDS] = {
	[PLANT_FAULT_SHORTED_CELL] = "shorted-cell",
	[PLANT_FAULT_SULPHATION] = "sulphation",
	[PLANT_FAULT_DRY_OUT] = "dry-out",
	[PLANT_FAULT_GRID_GROWTH] = "grid-growth",
	[PLANT_FAULT_LOOSE_STRAP] = "loose-strap",
	[PLANT_FAULT_BLOWN_FUSE] = "blown-fuse",
	[PLANT_FAULT_RUNAWAY] = "runaway",
	[PLANT_FAULT_OPEN_JAR] = "open-jar",
	[PLANT_FAULT_STUCK_SENSOR] = "stuck-sensor",
	[PLANT_FAULT_DRIFTING_SENSOR] = "drifting-sensor",
};

/* What a mechanism does to a block at severity 1 */
struct effect {
	double charge;		/* share of the capacity lost */
	double r;		/* resistance won, relative */
	double accept;		/* share of the charge acceptance lost */
	double float_shift_v;	/* float voltage at equal current */
	double dip;		/* length of the coup de fouet won, relative */
	double cool;		/* share of the cooling lost */
};

static const struct effect effects[PLANT_FAULT_KINDS] = {
	[PLANT_FAULT_SULPHATION] = {
		.charge = 0.4, .r = 0.8, .accept = 0.7, .float_shift_v = 0.020,
		.dip = 2,
	},
	[PLANT_FAULT_DRY_OUT] = {
		.charge = 0.4, .r = 1.0, .float_shift_v = -0.040, .cool = 0.2,
	},
	[PLANT_FAULT_GRID_GROWTH] = {
		.charge = 0.3, .r = 0.5, .float_shift_v = -0.010,
	},
};

/**
 * plant_fault_name() - name for scenarios and reports
 * @kind: fault
 *
 * Return: the name, NULL if there is no such fault.
 */
const char *plant_fault_name(enum plant_fault_kind kind)
{
	return (unsigned int)kind < PLANT_FAULT_KINDS ? names[kind] : NULL;
}

/**
 * plant_fault_severity() - which severities a fault has, for a person
 * @kind: fault
 *
 * Return: the range as plant_fault_check() has it, to follow the word "not".
 */
const char *plant_fault_severity(enum plant_fault_kind kind)
{
	switch (kind) {
	case PLANT_FAULT_SHORTED_CELL:
		return "1 to the number of cells, whole";
	case PLANT_FAULT_SULPHATION:
	case PLANT_FAULT_DRY_OUT:
	case PLANT_FAULT_GRID_GROWTH:
		return "above 0 and up to 1";
	case PLANT_FAULT_RUNAWAY:
		return "above 1 and up to 1000";
	case PLANT_FAULT_DRIFTING_SENSOR:
		return "-10 to 10 and not 0";
	default:
		return "above 0";
	}
}

static bool severity_fits(const struct plant_fault *f)
{
	unsigned int cells = f->string->blocks[f->block].type->cells;

	switch (f->kind) {
	case PLANT_FAULT_SHORTED_CELL:
		return f->severity == floor(f->severity) && f->severity >= 1 &&
		       f->severity <= cells;
	case PLANT_FAULT_SULPHATION:
	case PLANT_FAULT_DRY_OUT:
	case PLANT_FAULT_GRID_GROWTH:
		return f->severity > 0 && f->severity <= 1;
	case PLANT_FAULT_RUNAWAY:
		return f->severity > 1 && f->severity <= 1000;
	case PLANT_FAULT_DRIFTING_SENSOR:
		return f->severity != 0 && fabs(f->severity) <= 10;
	default:
		return f->severity > 0 && isfinite(f->severity);
	}
}

static bool of_the_module(enum plant_fault_kind kind)
{
	return kind == PLANT_FAULT_BLOWN_FUSE ||
	       kind == PLANT_FAULT_STUCK_SENSOR ||
	       kind == PLANT_FAULT_DRIFTING_SENSOR;
}

/**
 * plant_fault_check() - whether a fault makes sense
 * @f: fault
 *
 * Return: 0; -EINVAL for an unknown kind or times that are none, -ENOENT for a
 * block or a module that is not there, -ERANGE for a severity out of range.
 */
int plant_fault_check(const struct plant_fault *f)
{
	if ((unsigned int)f->kind >= PLANT_FAULT_KINDS ||
	    !(f->start_s >= 0) || !(f->ramp_s >= 0))
		return -EINVAL;
	if (!f->string || f->block >= f->string->count ||
	    (of_the_module(f->kind) && !f->sensor))
		return -ENOENT;
	return severity_fits(f) ? 0 : -ERANGE;
}

/*
 * From share @f->done to share @to: factors are divided out again, so that
 * faults of one block add up and a spread of the start stays
 */
static void apply_effect(const struct plant_fault *f, double to)
{
	const struct effect *e = &effects[f->kind];
	struct plant_block *b = &f->string->blocks[f->block];
	double was = f->done * f->severity, is = to * f->severity;

	b->charge_factor *= (1 - e->charge * is) / (1 - e->charge * was);
	b->r_factor *= (1 + e->r * is) / (1 + e->r * was);
	b->accept_factor *= (1 - e->accept * is) / (1 - e->accept * was);
	b->float_shift_v += e->float_shift_v * (is - was);
	b->dip_stretch *= (1 + e->dip * is) / (1 + e->dip * was);
	b->cool_factor *= (1 - e->cool * is) / (1 - e->cool * was);
}

/* All blocks of the string take more and more current at equal voltage */
static void apply_runaway(const struct plant_fault *f, double to)
{
	double was = log10(1 + f->done * (f->severity - 1));
	double is = log10(1 + to * (f->severity - 1));

	for (unsigned int i = 0; i < f->string->count; i++) {
		struct plant_block *b = &f->string->blocks[i];

		b->float_shift_v -= b->type->tafel_v * (is - was);
	}
}

/* Half of the heat of a bad strap goes into the post at either end */
static void heat_posts(const struct plant_fault *f)
{
	struct plant_string *s = f->string;
	double watt = s->amp_a * s->amp_a * f->severity * f->done;

	s->blocks[f->block].extra_w = watt / 2;
	if (f->block + 1 < s->count)
		s->blocks[f->block + 1].extra_w = watt / 2;
}

static void apply_at_once(const struct plant_fault *f)
{
	struct plant_block *b = &f->string->blocks[f->block];

	switch (f->kind) {
	case PLANT_FAULT_SHORTED_CELL:
		b->shorted = (unsigned int)f->severity;
		break;
	case PLANT_FAULT_OPEN_JAR:
		b->open = true;
		f->string->open = true;
		break;
	case PLANT_FAULT_BLOWN_FUSE:
		f->sensor->sense = PLANT_SENSE_OPEN;
		break;
	case PLANT_FAULT_STUCK_SENSOR:
		f->sensor->sense = PLANT_SENSE_STUCK;
		break;
	case PLANT_FAULT_DRIFTING_SENSOR:
		f->sensor->drift_v_per_day += f->severity;
		break;
	default:
		break;
	}
}

/**
 * plant_fault_step() - bring the plant to where the fault is at a time
 * @f: fault that plant_fault_check() accepts
 * @time_s: time of the site; before @f->start_s nothing happens
 *
 * Call it before each step of the site. A fault does not heal: time that goes
 * back changes nothing.
 */
void plant_fault_step(struct plant_fault *f, double time_s)
{
	double to;

	if (time_s < f->start_s)
		return;
	to = f->ramp_s > 0 ? fmin((time_s - f->start_s) / f->ramp_s, 1) : 1;
	if (to > f->done) {
		switch (f->kind) {
		case PLANT_FAULT_SHORTED_CELL:
		case PLANT_FAULT_OPEN_JAR:
		case PLANT_FAULT_BLOWN_FUSE:
		case PLANT_FAULT_STUCK_SENSOR:
		case PLANT_FAULT_DRIFTING_SENSOR:
			to = 1;
			apply_at_once(f);
			break;
		case PLANT_FAULT_LOOSE_STRAP:
			f->string->strap_ohm += (to - f->done) * f->severity;
			break;
		case PLANT_FAULT_RUNAWAY:
			apply_runaway(f, to);
			break;
		default:
			apply_effect(f, to);
			break;
		}
		f->done = to;
	}
	if (f->kind == PLANT_FAULT_LOOSE_STRAP)
		heat_posts(f);
}
