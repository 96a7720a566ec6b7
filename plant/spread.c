// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "spread.h"

/* Each block draws from a sequence of its own: adding one moves no other */
enum { STREAM_SPREAD = 0x706c };

/* Blocks in a row of a usual rack */
#define ROW	8

const struct plant_spread plant_spread_usual = {
	.charge = 0.02,
	.r = 0.05,
	.float_v = 0.010,
	.temp_c = 0.2,
	.state = 0.005,
};

/**
 * plant_string_init() - a string of new blocks
 * @s: filled in
 * @blocks: memory for @count blocks, filled in; must outlive @s
 * @count: blocks in series, 1 or more
 * @t: their product; must outlive @s
 * @spread: how they differ
 * @ambient_c: temperature of the air and, but for @spread, theirs
 * @seed: equal seeds give equal strings
 */
void plant_string_init(struct plant_string *s, struct plant_block *blocks,
		       unsigned int count, const struct plant_type *t,
		       const struct plant_spread *spread, double ambient_c,
		       u64 seed)
{
	*s = (struct plant_string) {
		.blocks = blocks,
		.count = count,
		.row = ROW,
		.strap_ohm = t->r_cell_ohm * t->cells * count * 0.05,
	};
	for (unsigned int i = 0; i < count; i++) {
		struct plant_block *b = &blocks[i];
		struct pcg p;

		pcg_seed(&p, pcg_mix(seed, i), STREAM_SPREAD);
		plant_block_init(b, t, 1 - fabs(spread->state * pcg_normal(&p)),
				 ambient_c + spread->temp_c * pcg_normal(&p));
		b->charge_factor = 1 + spread->charge * pcg_normal(&p);
		b->r_factor = 1 + spread->r * pcg_normal(&p);
		b->float_shift_v = spread->float_v * pcg_normal(&p);
	}
}
