/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulator has seen of the master */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "bacs_c.h"
#include "hist.h"
#include "json.h"
#include "wire.h"

#define STATS_ADDRESSES	256

struct stats_module {
	u64 requests;
	u64 replies;
	u64 exceptions;
	u64 early;		/* requests that violated t3.5 */
	u64 ignored;		/* of these, not heard because strict */
	u64 faults;		/* rules that hit */
};

/* The transaction under way: a request and what answers it */
struct stats_transaction {
	bool open;
	u8 address;
	bool broadcast;
	bool answered;
	u64 begin_ns;
	u64 end_ns;
	u64 reply_begin_ns;
	size_t request_len;
	size_t reply_len;
};

struct stats {
	struct stats_module module[STATS_ADDRESSES];
	u64 broadcasts;
	u64 answered;
	u64 unanswered;

	struct stats_transaction now;
	u8 last_address;	/* that answered last */
	u64 scans;
	u64 scan_begin_ns;
	struct hist scan;	/* duration */

	u64 t_min_ns;
	u64 t_ns;
	u64 t_probe_ns;		/* unanswered requests and their time-outs */
	struct hist excess;	/* gap before a request minus t3.5 */
	struct hist excess_scan;	/* the same, first request of a scan */
	struct hist gap;	/* silence between a reply and what follows */
	struct hist late;	/* our own pacing: sent after its wire time */
};

void stats_request(struct stats *s, const struct wire *w,
		   const struct wire_frame *f);
void stats_reply(struct stats *s, u8 address, size_t len, u64 begin_ns,
		 u64 late_ns);
void stats_print(const struct stats *s, const struct wire *w, struct json *j);

#endif
