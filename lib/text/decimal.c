// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decimal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits that keep every product below 2^63, units included */
#define DIGITS_MAX	10

/* How many of the dictionary's unit one unit is: factor / divisor */
struct unit {
	const char *name;
	const char *base;	/* end of the names of the quantities it fits */
	int64_t factor;
	int64_t divisor;
};

static const struct unit units[] = {
	{ "V", "_mv", 1000, 1 },
	{ "mV", "_mv", 1, 1 },
	{ "uV", "_mv", 1, 1000 },
	{ "A", "_ma", 1000, 1 },
	{ "mA", "_ma", 1, 1 },
	{ "uA", "_ma", 1, 1000 },
	{ "degC", "_mc", 1000, 1 },
	{ "mdegC", "_mc", 1, 1 },
	{ "ohm", "_uohm", 1000000, 1 },
	{ "mohm", "_uohm", 1000, 1 },
	{ "uohm", "_uohm", 1, 1 },
	{ "%", "_permille", 10, 1 },
	{ "permille", "_permille", 1, 1 },
	{ "Ah", "_mah", 1000, 1 },
	{ "mAh", "_mah", 1, 1 },
	{ "%", "_ppm", 10000, 1 },
	{ "ppm", "_ppm", 1, 1 },
};

static bool fits(const struct unit *unit, enum bacs_q q)
{
	const char *name = bacs_q_name(q);
	size_t n = name ? strlen(name) : 0;
	size_t m = strlen(unit->base);

	return n > m && !strcmp(name + n - m, unit->base);
}

/**
 * decimal_units - units that a quantity may be given in
 * @q: quantity
 *
 * Return: text for a message, static
 */
const char *decimal_units(enum bacs_q q)
{
	static const struct {
		const char *base;
		const char *text;
	} texts[] = {
		{ "_mv", "V, mV or uV" },
		{ "_ma", "A, mA or uA" },
		{ "_mc", "degC or mdegC" },
		{ "_uohm", "ohm, mohm or uohm" },
		{ "_permille", "% or permille" },
		{ "_mah", "Ah or mAh" },
		{ "_ppm", "% or ppm" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct unit unit = { .base = texts[i].base };

		if (fits(&unit, q))
			return texts[i].text;
	}
	return "none";
}

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void reduce(struct decimal *d)
{
	int64_t n = gcd(llabs(d->numerator), d->denominator);

	if (n > 1) {
		d->numerator /= n;
		d->denominator /= n;
	}
}

/* Digits with at most one point; returns what follows them, NULL if bad. */
static const char *parse_digits(const char *p, struct decimal *d)
{
	unsigned int digits = 0;
	bool point = false;

	d->numerator = 0;
	d->denominator = 1;
	for (;; p++) {
		if (*p == '.' && !point) {
			point = true;
			continue;
		}
		if (*p < '0' || *p > '9')
			break;
		/* leading zeros of the whole part cost no digit */
		if (d->numerator || *p != '0' || point)
			digits++;
		else if (!digits)
			digits = 1;
		if (digits > DIGITS_MAX)
			return NULL;
		d->numerator = d->numerator * 10 + (*p - '0');
		if (point)
			d->denominator *= 10;
	}
	return digits && (!point || p[-1] != '.') ? p : NULL;
}

static int apply_unit(const char *name, enum bacs_q q, struct decimal *d)
{
	if (*name == '\0')
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, name) || !fits(&units[i], q))
			continue;
		d->numerator *= units[i].factor;
		d->denominator *= units[i].divisor;
		return 0;
	}
	return -EINVAL;
}

/**
 * decimal_parse - number with a unit, in the unit of a quantity
 * @text: "[-]digits[.digits][/digits][ unit]"; without a unit it is in that of
 *	the dictionary
 * @q: quantity
 * @ret: the number, exact
 *
 * Return: 0, or -EINVAL
 */
int decimal_parse(const char *text, enum bacs_q q, struct decimal *ret)
{
	bool negative = *text == '-';
	struct decimal d;
	const char *p;

	p = parse_digits(text + negative, &d);
	if (!p)
		return -EINVAL;
	if (*p == '/') {
		struct decimal divisor;

		/* whole numbers only: 1/3, not 1.5/2 */
		if (d.denominator != 1)
			return -EINVAL;
		p = parse_digits(p + 1, &divisor);
		if (!p || divisor.denominator != 1 || !divisor.numerator)
			return -EINVAL;
		d.denominator = divisor.numerator;
	}
	reduce(&d);
	p += strspn(p, " \t");
	if (apply_unit(p, q, &d) < 0)
		return -EINVAL;
	reduce(&d);
	if (negative)
		d.numerator = -d.numerator;
	*ret = d;
	return 0;
}
