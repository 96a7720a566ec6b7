/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a UART reads when two send on one pair, and after a frame's end */
#ifndef SIM_CONTEND_H
#define SIM_CONTEND_H

#include "pcg.h"
#include "rtu.h"

/* Instants of a bit that are told apart */
#define CONTEND_STEPS	8

size_t contend_at_once(u8 *mine, size_t len, const u8 *other, size_t other_len);
size_t contend_shifted(u8 *out, size_t room, const u8 *first, size_t len,
		       const u8 *second, size_t second_len, u32 shift,
		       u32 bits);
size_t contend_ring(u8 *out, size_t max, struct pcg *rng);

#endif
