// SPDX-License-Identifier: GPL-2.0-or-later
#include "hist.h"

#define SUB	(1U << HIST_SUB_BITS)

/* Values below 2 * SUB have a bucket each, then SUB buckets an octave */
static u32 index_of(u64 v)
{
	u32 octave;

	if (v < SUB)
		return (u32)v;
	octave = 63 - (u32)__builtin_clzll(v);
	return (octave - HIST_SUB_BITS) * SUB + (u32)(v >> (octave - HIST_SUB_BITS));
}

/* The largest value that falls into a bucket */
static u64 upper_edge(u32 i)
{
	u32 shift;

	if (i < 2 * SUB)
		return i;
	shift = i / SUB - 1;
	return ((u64)(i % SUB + SUB + 1) << shift) - 1;
}

/**
 * hist_add() - count a time
 * @h: histogram, zeroed before its first use
 * @ns: the time
 */
void hist_add(struct hist *h, u64 ns)
{
	h->count++;
	h->sum += ns;
	if (ns > h->max)
		h->max = ns;
	h->bucket[index_of(ns)]++;
}

/**
 * hist_quantile() - the time that a share of all times does not exceed
 * @h: histogram
 * @permille: the share, 500 is the median
 *
 * Return: ns, at most 3 % too long and never above the maximum; 0 if empty.
 */
u64 hist_quantile(const struct hist *h, u32 permille)
{
	u64 want = (h->count * permille + 999) / 1000, seen = 0;

	for (u32 i = 0; i < HIST_BUCKETS && h->count; i++) {
		seen += h->bucket[i];
		if (seen >= want && seen)
			return upper_edge(i) < h->max ? upper_edge(i) : h->max;
	}
	return h->max;
}

/**
 * hist_below() - how many times are at most so long?
 * @h: histogram
 * @ns: limit, exact to a bucket
 *
 * Return: their number.
 */
u64 hist_below(const struct hist *h, u64 ns)
{
	u64 n = 0;

	for (u32 i = 0; i < HIST_BUCKETS && upper_edge(i) <= ns; i++)
		n += h->bucket[i];
	return n;
}
