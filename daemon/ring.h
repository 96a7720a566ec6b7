/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of equal items that grows to a limit and then forgets the oldest */
#ifndef BACSD_RING_H
#define BACSD_RING_H

#include "util.h"

struct ring {
	char *data;
	size_t item;		/* bytes of one */
	size_t limit;		/* items at most */
	size_t capacity;	/* items there is room for now */
	size_t head;
	size_t count;
	uint64_t dropped;	/* items forgotten or without memory */
};

void ring_push(struct ring *ring, const void *item);
void *ring_at(const struct ring *ring, size_t i);
void ring_pop(struct ring *ring, size_t count);
void ring_done(struct ring *ring);

#endif
