// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

struct unit {
	const char *name;
	double factor;
};

static const struct {
	const char *list;
	struct unit units[7];
} dims[DIM_COUNT] = {
	[DIM_NONE] = { "no unit or %", { { "", 1 }, { "%", 0.01 } } },
	[DIM_TIME] = { "s, min, h, d or y",
		{ { "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 },
		  { "y", 31536000 }, { "ms", 0.001 } } },
	[DIM_VOLT] = { "V or mV", { { "V", 1 }, { "mV", 0.001 } } },
	[DIM_AMPERE] = { "A or mA", { { "A", 1 }, { "mA", 0.001 } } },
	[DIM_AH] = { "Ah", { { "Ah", 1 } } },
	[DIM_OHM] = { "ohm, mohm or uohm",
		{ { "ohm", 1 }, { "mohm", 0.001 }, { "uohm", 1e-6 } } },
	[DIM_KELVIN] = { "C or K", { { "C", 1 }, { "K", 1 } } },
	[DIM_PER_DAY] = { "V/d or mV/d", { { "V/d", 1 }, { "mV/d", 0.001 } } },
};

const char *value_units(enum dimension dim)
{
	return dims[dim].list;
}

const char *value_split(const char *text, double *ret)
{
	char *end;

	/* no hexadecimal, no "inf", no white space: what a file should hold */
	if (strspn(text, "+-.0123456789") == 0)
		return NULL;
	*ret = strtod(text, &end);
	if (end == text || !isfinite(*ret) || *end == 'x')
		return NULL;
	return end;
}

int value_parse(const char *text, enum dimension dim, double *ret)
{
	const char *unit;
	double number;
	size_t i;

	unit = value_split(text, &number);
	if (!unit)
		return -EINVAL;
	for (i = 0; i < 7 && dims[dim].units[i].name; i++) {
		if (strcmp(unit, dims[dim].units[i].name))
			continue;
		*ret = number * dims[dim].units[i].factor;
		return 0;
	}
	/* nothing is nothing in every unit */
	if (number == 0 && !*unit) {
		*ret = 0;
		return 0;
	}
	return -EINVAL;
}
