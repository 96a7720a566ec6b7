/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bacsd says in the journal, or on stderr where there is none */
#ifndef BACSD_JOURNAL_H
#define BACSD_JOURNAL_H

#include <syslog.h>

#include "policy/policy.h"
#include "util.h"

/* An event with its MESSAGE_ID and BACS_ fields; @serial 0: not known */
void journal_event(const struct policy_event *event, uint64_t serial);
/* Anything else, without fields */
void journal_print(int priority, const char *format, ...) __printf(2, 3);

/**
 * struct bucket - leaky bucket against floods; the time is passed in
 * @burst: events that pass at once
 * @per_second: events that pass in the long run
 * @level: milli-events in the bucket
 * @last_ns: when it leaked last
 * @suppressed: events that did not pass since the last that did
 */
struct bucket {
	uint32_t burst;
	uint32_t per_second;
	uint64_t level;
	uint64_t last_ns;
	uint64_t suppressed;
};

bool bucket_pass(struct bucket *bucket, uint64_t now_ns);

#endif
