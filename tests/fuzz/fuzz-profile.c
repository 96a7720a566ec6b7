// SPDX-License-Identifier: GPL-2.0-or-later
/* Profile files: any bytes as text; what is taken is whole and in range */
#include <string.h>

#include "fuzz.h"
#include "profile-text.h"

/* Every block is in range and lies apart from the others of its function. */
static unsigned int check_blocks(const struct bacs_profile *p)
{
	unsigned int n = bacs_profile_blocks(p);
	unsigned int f[BACS_PROFILE_BLOCKS];
	unsigned int start[BACS_PROFILE_BLOCKS];
	unsigned int count[BACS_PROFILE_BLOCKS];

	MUST(n >= 1 && n <= BACS_PROFILE_BLOCKS);
	for (unsigned int i = 0; i < n; i++) {
		MUST(bacs_profile_block(p, i, &f[i], &start[i], &count[i]) == 0);
		MUST(f[i] == 3 || f[i] == 4);
		MUST(count[i] >= 1 && count[i] <= 125);
		MUST(start[i] + count[i] <= 65536);
		for (unsigned int k = 0; k < i; k++)
			MUST(f[i] != f[k] || start[i] >= start[k] + count[k] ||
			     start[k] >= start[i] + count[i]);
	}
	return n;
}

static void check_validity(const struct bacs_profile *p, unsigned int i,
			   unsigned int width)
{
	unsigned int every = bacs_profile_field_every(p, i);
	uint32_t raw;
	int32_t min;
	int32_t max;

	MUST(every >= 1 && every <= 255);
	if (bacs_profile_field_invalid(p, i, &raw))
		MUST(width == 32 || raw <= 0xFFFF);
	if (bacs_profile_field_range(p, i, &min, &max))
		MUST(min <= max);
}

static void check_profile(const struct bacs_profile *p)
{
	unsigned int blocks = check_blocks(p);
	unsigned int n = bacs_profile_fields(p);
	bool used[BACS_PROFILE_BLOCKS][125] = { { false } };
	bool always = false;
	char why[160];

	MUST(bacs_profile_check(p, why, sizeof(why)) == 0);
	MUST(n >= 1 && n <= BACS_PROFILE_FIELDS);
	MUST(bacs_profile_response_ms(p) >= 5);
	MUST(profile_text_same(p, p));
	for (unsigned int i = 0; i < n; i++) {
		unsigned int block = bacs_profile_field_block(p, i);
		unsigned int count;
		unsigned int reg;
		unsigned int width;
		int32_t multiplier;
		int32_t divisor;

		MUST(bacs_profile_field(p, i, NULL, &reg, &width, NULL,
					&multiplier, &divisor, NULL) == 0);
		MUST(width == 16 || width == 32);
		MUST(block < blocks);
		bacs_profile_block(p, block, NULL, NULL, &count);
		MUST(reg + width / 16 <= count);
		for (unsigned int k = 0; k < width / 16; k++) {
			MUST(!used[block][reg + k]);
			used[block][reg + k] = true;
		}
		MUST(multiplier != 0 && divisor >= 1);
		always |= bacs_profile_field_every(p, i) == 1;
		check_validity(p, i, width);
	}
	MUST(always);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bacs_profile *profile = NULL;
	struct ini ini = { .file = "fuzz.profile" };
	int r;

	r = profile_text_parse(&ini, (const char *)data, size, &profile);
	MUST((r == 0) == (profile != NULL));
	if (r < 0) {
		/* every refusal says which file and why */
		MUST(!strncmp(ini.error, "fuzz.profile:", 13));
		MUST(strlen(ini.error) > 15);
		return 0;
	}
	check_profile(profile);
	bacs_profile_free(profile);
	return 0;
}
