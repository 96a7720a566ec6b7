// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's crc16() for user space: polynomial 0x8005 reflected (0xA001) */
#include "pure.h"

u16 crc16(u16 crc, const u8 *buf, size_t len)
{
	while (len--) {
		crc ^= *buf++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
	}
	return crc;
}
