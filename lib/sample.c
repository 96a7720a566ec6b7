// SPDX-License-Identifier: LGPL-2.1-or-later
/* Samples: what one reply of one module said */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

BACS_EXPORT unsigned int bacs_sample_address(const struct bacs_sample *sample)
{
	assert(sample);
	return sample->address;
}

BACS_EXPORT uint64_t bacs_sample_time_ns(const struct bacs_sample *sample)
{
	assert(sample);
	return sample->time_ns;
}

BACS_EXPORT bool bacs_sample_has(const struct bacs_sample *sample,
				 enum bacs_q q)
{
	assert(sample);
	return q > BACS_Q_UNKNOWN && q < BACS_Q_COUNT &&
	       (sample->present & (1U << q));
}

BACS_EXPORT int bacs_sample_get(const struct bacs_sample *sample,
				enum bacs_q q, int64_t *ret)
{
	assert(sample);
	assert(ret);
	if (!bacs_sample_has(sample, q))
		return -ENODATA;
	*ret = sample->value[q];
	return 0;
}

BACS_EXPORT struct bacs_sample *
bacs_sample_copy(const struct bacs_sample *sample)
{
	struct bacs_sample *copy;

	assert(sample);
	copy = malloc(sizeof(*copy));
	if (copy)
		*copy = *sample;
	return copy;
}

BACS_EXPORT struct bacs_sample *bacs_sample_free(struct bacs_sample *sample)
{
	free(sample);
	return NULL;
}
