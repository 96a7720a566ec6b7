/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures for Wireshark
 *
 * pcapng (draft-ietf-opsawg-pcapng) with link type 252, WIRESHARK_UPPER_PDU
 * (tcpdump.org/linktypes.html, epan/exported_pdu.h): each packet names the
 * dissector "mbrtu", so that nothing has to be set. Integers are in the byte
 * order of the machine, as the format allows.
 */
#ifndef BUS_PCAPNG_H
#define BUS_PCAPNG_H

#include "capture.h"

#define PCAPNG_BLOCK	768	/* longest block */

size_t pcapng_head(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info);
size_t pcapng_packet(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info,
		     const struct capture_record *record);
size_t pcapng_end(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info,
		  uint64_t records, uint64_t lost, uint64_t time_ns);

#endif /* BUS_PCAPNG_H */
