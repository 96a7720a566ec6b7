// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "linecheck.h"

/* Probability of at most @k failures of @n at a rate of @p */
static double at_most(uint32_t k, uint32_t n, double p)
{
	double sum = 0;

	for (uint32_t i = 0; i <= k; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) -
			   lgamma(n - i + 1.0) + i * log(p) +
			   (n - i) * log1p(-p));
	return sum;
}

/* The rate at which @k failures or fewer have the probability @want */
static double solve(uint32_t k, uint32_t n, double want)
{
	double low = 0, high = 1;

	for (int i = 0; i < 60; i++) {
		double p = (low + high) / 2;

		if (at_most(k, n, p) > want)
			low = p;
		else
			high = p;
	}
	return high;
}

/**
 * linecheck_judge() - the rate, its one-sided 95 % bounds, and a verdict
 * @check: what was counted
 * @ret: result
 *
 * The bounds are those of Clopper and Pearson (Biometrika 26, 1934).
 */
void linecheck_judge(const struct linecheck *check,
		     struct linecheck_result *ret)
{
	uint32_t n = check->requests, k = check->unanswered + check->damaged;

	*ret = (struct linecheck_result){ .verdict = LINECHECK_UNSURE,
					  .high_ppm = 1000000 };
	if (!n)
		return;
	if (k > n)
		k = n;
	ret->rate_ppm = (uint32_t)((uint64_t)k * 1000000 / n);
	if (k < n)
		ret->high_ppm = (uint32_t)(1e6 * solve(k, n, 0.05));
	if (k)
		ret->low_ppm = (uint32_t)(1e6 * solve(k - 1, n, 0.95));
	if (check->unanswered == n)
		ret->verdict = LINECHECK_SILENT;
	else if (ret->low_ppm > LINECHECK_BAD_PPM)
		ret->verdict = LINECHECK_BAD;
	else if (ret->high_ppm <= LINECHECK_GOOD_PPM)
		ret->verdict = LINECHECK_GOOD;
}

const char *linecheck_verdict_name(enum linecheck_verdict verdict)
{
	static const char *const names[] = { "good", "unsure", "bad", "silent" };

	return verdict <= LINECHECK_SILENT ? names[verdict] : "unknown";
}
