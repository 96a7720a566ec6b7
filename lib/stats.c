// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counters of buses and modules */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

struct stats_answer {
	struct bacs_stats *first, **last;
	int count;
};

static int take_stats(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct stats_answer *a = arg;
	struct nlattr *tb[BACS_A_MAX + 1];
	struct bacs_stats *s;
	int r;

	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	r = parse_top(nlh, tb);
	if (!r)
		r = parse_bus_name(tb[BACS_A_BUS_NAME], s->bus,
				   sizeof(s->bus));
	if (!r && !tb[BACS_A_STATS])
		r = -EBADMSG;
	if (!r)
		r = parse_stats(tb[BACS_A_STATS], s);
	if (r < 0) {
		free(s);
		b->diag[BACS_DIAG_MALFORMED]++;
		return 0;
	}
	if (tb[BACS_A_ADDRESS])
		s->address = nla_get_u8(tb[BACS_A_ADDRESS]);
	*a->last = s;
	a->last = &s->next;
	a->count++;
	return 0;
}

BACS_EXPORT int bacs_stats_get(struct bacs *b, const char *bus,
			       unsigned int address, struct bacs_stats **ret)
{
	struct stats_answer a = { .last = &a.first };
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	assert(ret);
	if (address > BACS_ADDRESS_MAX)
		return bacs_fail(b, -EINVAL, "address %u is not in 0-247",
				 address);
	r = command_begin(b, BACS_CMD_STATS_GET, 0, bus, address, &msg);
	if (!r)
		r = command_run(b, msg, take_stats, &a);
	if (!r && a.count != 1)
		r = bacs_fail(b, -EBADMSG, "malformed answer of the driver");
	if (r < 0) {
		bacs_stats_free(a.first);
		return r;
	}
	*ret = a.first;
	return 0;
}

BACS_EXPORT int bacs_stats_list(struct bacs *b, const char *bus,
				struct bacs_stats **ret)
{
	struct stats_answer a;
	int r = -EINTR;

	assert(b);
	assert(ret);
	for (int i = 0; i < 5 && r == -EINTR; i++) {
		struct nl_msg *msg _cleanup_msg_ = NULL;

		a = (struct stats_answer){ 0 };
		a.last = &a.first;
		r = command_begin(b, BACS_CMD_STATS_GET, NLM_F_DUMP, bus, 0,
				  &msg);
		if (!r)
			r = command_run(b, msg, take_stats, &a);
		if (r < 0)
			bacs_stats_free(a.first);
	}
	if (r < 0)
		return r;
	*ret = a.first;
	return a.count;
}

BACS_EXPORT const struct bacs_stats *
bacs_stats_next(const struct bacs_stats *stats)
{
	assert(stats);
	return stats->next;
}

BACS_EXPORT struct bacs_stats *bacs_stats_free(struct bacs_stats *stats)
{
	while (stats) {
		struct bacs_stats *next = stats->next;

		free(stats);
		stats = next;
	}
	return NULL;
}

BACS_EXPORT const char *bacs_stats_bus(const struct bacs_stats *stats)
{
	assert(stats);
	return stats->bus;
}

BACS_EXPORT unsigned int bacs_stats_address(const struct bacs_stats *stats)
{
	assert(stats);
	return stats->address;
}

BACS_EXPORT int bacs_stats_counter(const struct bacs_stats *stats,
				   enum bacs_counter counter, uint64_t *ret)
{
	assert(stats);
	assert(ret);
	if (counter <= BACS_COUNTER_UNKNOWN || counter >= BACS_COUNTER_COUNT ||
	    !(stats->present & (1U << counter)))
		return -ENODATA;
	*ret = stats->value[counter];
	return 0;
}

BACS_EXPORT int bacs_stats_latency(const struct bacs_stats *stats,
				   const uint32_t **ret_counts,
				   const uint32_t **ret_bounds_us)
{
	static const uint32_t bounds[] = BACS_LATENCY_BOUNDS_US;

	_Static_assert(ARRAY_SIZE(bounds) == BACS_LATENCY_CLASSES - 1,
		       "the last class is open");
	assert(stats);
	if (!stats->has_latency)
		return -ENODATA;
	*ret_counts = stats->latency;
	*ret_bounds_us = bounds;
	return BACS_LATENCY_CLASSES;
}

BACS_EXPORT unsigned int bacs_stats_stranger(const struct bacs_stats *stats)
{
	assert(stats);
	return stats->stranger;
}
