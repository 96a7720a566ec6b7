// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two that send at once: an RS-485 driver that pulls the line to space wins
 * over one that lets it be. Pure.
 */
#include "contend.h"

/**
 * contend_at_once() - both begin at the same instant
 * @mine: first frame; becomes what is read
 * @len: its length
 * @other: second frame
 * @other_len: its length, not above the room in @mine
 *
 * Return: length of what is read.
 */
size_t contend_at_once(u8 *mine, size_t len, const u8 *other, size_t other_len)
{
	size_t i;

	for (i = 0; i < len && i < other_len; i++)
		mine[i] &= other[i];
	for (; i < other_len; i++)
		mine[i] = other[i];
	return len > other_len ? len : other_len;
}

/* Level of the line at an instant: start bit, eight data bits, then mark */
static bool level(const u8 *bytes, size_t len, u32 bits, u64 step)
{
	u64 bit = step / CONTEND_STEPS, byte = bit / bits;
	u32 at = (u32)(bit % bits);

	if (byte >= len)
		return true;
	if (!at)
		return false;
	if (at > 8)
		return at > 9 || bits == 10 ||
		       __builtin_parity(bytes[byte]);	/* even */
	return bytes[byte] >> (at - 1) & 1;
}

/**
 * contend_shifted() - the second begins somewhat later
 * @out: what is read
 * @room: room in @out
 * @first: first frame
 * @len: its length
 * @second: second frame
 * @second_len: its length
 * @shift: how much later, in 1/CONTEND_STEPS of a bit
 * @bits: bits of a character: 10, or 11 with even parity
 *
 * A UART that knows nothing of it: it samples the middle of each bit after the
 * edge of a start bit. Errors of parity and stop bits are not told, as a pty
 * has none.
 *
 * Return: length of what is read.
 */
size_t contend_shifted(u8 *out, size_t room, const u8 *first, size_t len,
		       const u8 *second, size_t second_len, u32 shift,
		       u32 bits)
{
	u64 character = (u64)bits * CONTEND_STEPS;
	u64 end = len * character, step = 0;
	size_t n = 0;

	if (end < shift + second_len * character)
		end = shift + second_len * character;
#define LINE(at) (level(first, len, bits, at) && \
		  ((at) < shift || level(second, second_len, bits, (at) - shift)))
	while (step < end && n < room) {
		u8 byte = 0;

		if (LINE(step)) {
			step++;
			continue;
		}
		for (u32 i = 0; i < 8; i++)
			byte |= (u8)(LINE(step + CONTEND_STEPS * (i + 1) +
					  CONTEND_STEPS / 2) << i);
		out[n++] = byte;
		/* ready for the next edge from the middle of the stop bit on */
		step += character - CONTEND_STEPS / 2;
	}
#undef LINE
	return n;
}

/**
 * contend_ring() - what an open end makes of the end of a frame
 * @out: result
 * @max: most bytes, at least 1
 * @rng: dice
 *
 * A reflected edge passes for a start bit; the line rests behind it, so the
 * highest bits are marks.
 *
 * Return: number of bytes, from 1 on.
 */
size_t contend_ring(u8 *out, size_t max, struct pcg *rng)
{
	size_t n = 1 + pcg_below(rng, (u32)max);

	for (size_t i = 0; i < n; i++)
		out[i] = (u8)(0xFF << pcg_below(rng, 5));
	return n;
}
