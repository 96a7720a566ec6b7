// SPDX-License-Identifier: GPL-2.0-or-later
/* A queue of equal items that grows to a limit and then forgets the oldest */
#include <string.h>

#include "ring.h"

#define RING_FIRST	64

static bool grow(struct ring *ring)
{
	size_t capacity = ring->capacity ? ring->capacity * 2 : RING_FIRST;
	char *data;
	size_t i;

	if (capacity > ring->limit)
		capacity = ring->limit;
	data = reallocarray(NULL, capacity, ring->item);
	if (!data)
		return false;
	for (i = 0; i < ring->count; i++)
		memcpy(data + i * ring->item, ring_at(ring, i), ring->item);
	free(ring->data);
	ring->data = data;
	ring->capacity = capacity;
	ring->head = 0;
	return true;
}

void *ring_at(const struct ring *ring, size_t i)
{
	return ring->data + (ring->head + i) % ring->capacity * ring->item;
}

void ring_push(struct ring *ring, const void *item)
{
	if (ring->count == ring->capacity &&
	    (ring->capacity == ring->limit || !grow(ring))) {
		ring->dropped++;
		if (!ring->count)
			return;
		ring->head = (ring->head + 1) % ring->capacity;
		ring->count--;
	}
	memcpy(ring_at(ring, ring->count), item, ring->item);
	ring->count++;
}

void ring_pop(struct ring *ring, size_t count)
{
	ring->count -= count;
	if (ring->count) {
		ring->head = (ring->head + count) % ring->capacity;
		return;
	}
	ring->head = 0;
	if (ring->capacity > RING_FIRST) {
		/* the memory of a bad time is given back */
		free(ring->data);
		ring->data = NULL;
		ring->capacity = 0;
	}
}

void ring_done(struct ring *ring)
{
	free(ring->data);
	ring->data = NULL;
	ring->count = 0;
	ring->capacity = 0;
}
