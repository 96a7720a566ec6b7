/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the model gives beside what was published */
#ifndef PLANT_NEAR_H
#define PLANT_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* Print both, fail beyond @percent */
static inline void near(const char *what, double model, double data,
			double percent)
{
	double off = 100 * (model / data - 1);

	printf("# %s: model %.4g, published %.4g, off by %.1f %% of %.0f\n",
	       what, model, data, off, percent);
	if (!(fabs(off) <= percent))
		fail_msg("%s: model %g, published %g", what, model, data);
}

#endif
