/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decimal numbers with a unit as exact fractions
 */
#ifndef BACS_DECIMAL_H
#define BACS_DECIMAL_H

#include <stdint.h>

#include "bacs.h"

/**
 * struct decimal - numerator / denominator in lowest terms
 * @numerator: carries the sign
 * @denominator: at least 1
 */
struct decimal {
	int64_t numerator;
	int64_t denominator;
};

int decimal_parse(const char *text, enum bacs_q q, struct decimal *ret);
const char *decimal_units(enum bacs_q q);

#endif /* BACS_DECIMAL_H */
