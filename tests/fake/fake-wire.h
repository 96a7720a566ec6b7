/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes over the connection between the fake door (fake-ops.c) and the
 * fake kernel: one packet of a SOCK_SEQPACKET socket is one of these
 */
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include <stdint.h>

#define FAKE_PACKET_MAX		(64 * 1024)

enum fake_packet_kind {
	FAKE_NETLINK,	/* a netlink datagram follows */
	FAKE_JOIN,	/* to the kernel: number of the group follows */
	FAKE_LEAVE,
	FAKE_ENOBUFS,	/* to the client: the next recv() says ENOBUFS */
};

struct fake_packet {
	uint32_t kind;
	uint8_t data[];
};

/* Clocks of all clients, in a file beside the socket; all 0: the real ones */
struct fake_clock {
	uint64_t boottime_ns;
	uint64_t realtime_ns;
};

#endif /* FAKE_WIRE_H */
