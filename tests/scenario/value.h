/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with units, as scenario files have them */
#ifndef SCENARIO_VALUE_H
#define SCENARIO_VALUE_H

#include <stddef.h>

enum dimension {
	DIM_NONE,	/* bare, or % */
	DIM_TIME,	/* s */
	DIM_VOLT,	/* V */
	DIM_AMPERE,	/* A */
	DIM_AH,		/* Ah */
	DIM_OHM,	/* ohm */
	DIM_KELVIN,	/* C or K */
	DIM_PER_DAY,	/* V a day */
	DIM_COUNT
};

/**
 * value_parse - number and unit
 * @text: all of it
 * @dim: which units it may have
 * @ret: value in the base unit of @dim
 *
 * Return: 0, -EINVAL.
 */
int value_parse(const char *text, enum dimension dim, double *ret);

/* The units of a dimension, for messages: "s, min, h, d or y" */
const char *value_units(enum dimension dim);

/**
 * value_split - where the number ends
 * @text: number and unit
 * @ret: the number as it stands
 *
 * Return: its unit, or NULL when there is no number.
 */
const char *value_split(const char *text, double *ret);

#endif
