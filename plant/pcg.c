// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcg.h"

#define PCG_MULTIPLIER	6364136223846793005ULL

/**
 * pcg_seed() - start a sequence
 * @p: generator
 * @seed: seed of the whole simulation
 * @stream: number of this sequence; different streams are independent
 */
void pcg_seed(struct pcg *p, u64 seed, u64 stream)
{
	p->state = 0;
	p->inc = stream << 1 | 1;
	pcg_next(p);
	p->state += seed;
	pcg_next(p);
}

/**
 * pcg_next() - the next 32 random bits
 * @p: generator
 *
 * Return: 0 to 2^32 - 1.
 */
u32 pcg_next(struct pcg *p)
{
	u64 old = p->state;
	u32 xorshifted = (u32)((old >> 18 ^ old) >> 27);
	u32 rot = (u32)(old >> 59);

	p->state = old * PCG_MULTIPLIER + p->inc;
	return xorshifted >> rot | xorshifted << (-rot & 31);
}

/**
 * pcg_below() - a number below a bound, without modulo bias
 * @p: generator
 * @bound: at least 1
 *
 * Return: 0 to @bound - 1.
 */
u32 pcg_below(struct pcg *p, u32 bound)
{
	u32 threshold = -bound % bound;

	for (;;) {
		u32 r = pcg_next(p);

		if (r >= threshold)
			return r % bound;
	}
}

/**
 * pcg_unit() - uniform in [0, 1)
 * @p: generator
 *
 * Return: the number.
 */
double pcg_unit(struct pcg *p)
{
	return pcg_next(p) / 4294967296.0;
}

/**
 * pcg_normal() - near enough normal: mean 0, deviation 1, within +-3.5
 * @p: generator
 *
 * The sum of four uniform numbers needs no libm, whose last digit may differ
 * between machines and with it the sequence of a seed.
 *
 * Return: the number.
 */
double pcg_normal(struct pcg *p)
{
	double sum = 0;

	for (int i = 0; i < 4; i++)
		sum += pcg_unit(p);
	return (sum - 2) * 1.7320508075688772;
}

/**
 * pcg_mix() - a 64 bit number that belongs to a seed and an index
 * @seed: seed
 * @n: index
 *
 * Return: the number (finalizer of SplitMix64), never 0.
 */
u64 pcg_mix(u64 seed, u64 n)
{
	u64 z = seed + (n + 1) * 0x9E3779B97F4A7C15ULL;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
	z ^= z >> 31;
	return z ? z : 1;
}
