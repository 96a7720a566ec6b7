/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeded random numbers: PCG-XSH-RR 64/32 (M. E. O'Neill, 2014) */
#ifndef PLANT_PCG_H
#define PLANT_PCG_H

#include "pure.h"

struct pcg {
	u64 state;
	u64 inc;
};

void pcg_seed(struct pcg *p, u64 seed, u64 stream);
u32 pcg_next(struct pcg *p);
u32 pcg_below(struct pcg *p, u32 bound);
double pcg_unit(struct pcg *p);
double pcg_normal(struct pcg *p);
u64 pcg_mix(u64 seed, u64 n);

#endif
