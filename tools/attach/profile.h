/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile a bus needs, from its file into the driver
 */
#ifndef BACS_ATTACH_PROFILE_H
#define BACS_ATTACH_PROFILE_H

#include "options.h"

struct bacs_profile;

int attach_profile_read(struct attach_options *o,
			struct bacs_profile **ret_profile, char *why,
			size_t size);
int attach_profile_give(const struct bacs_profile *profile, char *why,
			size_t size);
unsigned int attach_profile_response_ms(const struct attach_options *o,
					const struct bacs_profile *profile);
void attach_profile_freep(struct bacs_profile **profile);

#endif /* BACS_ATTACH_PROFILE_H */
