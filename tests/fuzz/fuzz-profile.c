// SPDX-License-Identifier: GPL-2.0-or-later
/* Profile files: any bytes as text; what is taken is whole and in range */
#include <string.h>

#include "fuzz.h"
#include "profile-text.h"

static void check_profile(const struct bacs_profile *p)
{
	unsigned int count = bacs_profile_count(p);
	unsigned int n = bacs_profile_fields(p);
	char why[160];

	MUST(bacs_profile_check(p, why, sizeof(why)) == 0);
	MUST(count >= 1 && count <= 125);
	MUST(bacs_profile_start(p) + count <= 65536);
	MUST(n >= 1 && n <= BACS_PROFILE_FIELDS);
	MUST(bacs_profile_response_ms(p) >= 5);
	MUST(profile_text_same(p, p));
	for (unsigned int i = 0; i < n; i++) {
		unsigned int reg;
		unsigned int width;
		int32_t multiplier;
		int32_t divisor;

		MUST(bacs_profile_field(p, i, NULL, &reg, &width, NULL,
					&multiplier, &divisor, NULL) == 0);
		MUST(width == 16 || width == 32);
		MUST(reg + width / 16 <= count);
		MUST(multiplier != 0 && divisor >= 1);
	}
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
