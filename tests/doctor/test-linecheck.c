// SPDX-License-Identifier: GPL-2.0-or-later
/* Line check: exact bounds, and verdicts that say no more than was measured */
#include "../unit/unit.h"
#include "linecheck.h"

static struct linecheck_result judge(uint32_t n, uint32_t unanswered,
				     uint32_t damaged)
{
	struct linecheck check = { n, unanswered, damaged };
	struct linecheck_result result;

	linecheck_judge(&check, &result);
	assert_true(result.low_ppm <= result.rate_ppm);
	assert_true(result.rate_ppm <= result.high_ppm);
	assert_true(result.high_ppm <= 1000000);
	return result;
}

/* Clopper-Pearson, one-sided 95 %: 1 - 0.05^(1/n) and the usual tables */
static void bounds_are_those_of_clopper_and_pearson(void **state)
{
	(void)state;
	assert_in_range(judge(100, 0, 0).high_ppm, 29513 - 2, 29513 + 2);
	assert_in_range(judge(10, 0, 0).high_ppm, 258866 - 2, 258866 + 2);
	assert_in_range(judge(100, 1, 0).high_ppm, 46560 - 5, 46560 + 5);
	assert_in_range(judge(100, 1, 0).low_ppm, 513 - 1, 513 + 1);
	assert_in_range(judge(100, 2, 3).low_ppm, 19910 - 10, 19910 + 10);
	assert_int_equal(judge(100, 100, 0).high_ppm, 1000000);
	assert_in_range(judge(100, 0, 100).low_ppm, 970487 - 2, 970487 + 2);
	assert_in_range(judge(10000, 50, 50).low_ppm, 8300, 8500);
}

static void verdicts_follow_from_the_bounds(void **state)
{
	(void)state;
	assert_int_equal(judge(100, 0, 0).verdict, LINECHECK_GOOD);
	assert_int_equal(judge(100, 0, 1).verdict, LINECHECK_GOOD);
	assert_int_equal(judge(100, 1, 1).verdict, LINECHECK_UNSURE);
	assert_int_equal(judge(100, 4, 1).verdict, LINECHECK_BAD);
	assert_int_equal(judge(100, 100, 0).verdict, LINECHECK_SILENT);
	assert_int_equal(judge(100, 0, 100).verdict, LINECHECK_BAD);
	/* ten answers prove little */
	assert_int_equal(judge(10, 0, 0).verdict, LINECHECK_UNSURE);
	assert_int_equal(judge(0, 0, 0).verdict, LINECHECK_UNSURE);
	assert_int_equal(judge(10000, 20, 20).verdict, LINECHECK_GOOD);
}

static void all_counts_have_bounds(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 60; n++)
		for (uint32_t k = 0; k <= n; k++)
			judge(n, k / 2, k - k / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_those_of_clopper_and_pearson),
		cmocka_unit_test(verdicts_follow_from_the_bounds),
		cmocka_unit_test(all_counts_have_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
