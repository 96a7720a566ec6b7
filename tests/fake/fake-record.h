/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings of netlink traffic: a magic line, then records */
#ifndef FAKE_RECORD_H
#define FAKE_RECORD_H

#include <stdint.h>

#define FAKE_RECORD_MAGIC	"BACSNL1\n"

enum fake_record_kind {
	FAKE_RECORD_SENT = 1,
	FAKE_RECORD_ANSWER,
	FAKE_RECORD_NOTIFICATION,
};

/* In the byte order of the machine that recorded, as netlink itself */
struct fake_record_header {
	uint32_t kind;
	uint32_t len;
	uint64_t boottime_ns;
};

#endif /* FAKE_RECORD_H */
