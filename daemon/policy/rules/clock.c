// SPDX-License-Identifier: GPL-2.0-or-later
/* Can the wall clock be trusted? (M28) */
#include <stdio.h>

#include "policy/rules/internal.h"

enum {
	UNSYNCHRONISED_S = 24 * 3600,	/* [M28] */
	STEP_MS = 60000,		/* [M28] */
};

void rules_judge_clock(uint64_t *since_ns, uint64_t now_ns, bool synchronised,
		       rules_say_fn say, void *userdata)
{
	char text[96];

	if (synchronised) {
		*since_ns = 0;
		say(userdata, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_NONE,
		    "the wall clock is synchronised");
		return;
	}
	if (!*since_ns)
		*since_ns = now_ns ? now_ns : 1;
	/* before a day has passed nothing is known */
	if (now_ns - *since_ns < UNSYNCHRONISED_S * RULES_SECOND_NS)
		return;
	snprintf(text, sizeof(text),
		 "nobody has vouched for the wall clock for %s (limit 24 h)",
		 rules_span(now_ns - *since_ns).s);
	say(userdata, ALARM_CLOCK_UNSYNCHRONISED, -1, ALARM_ADVISORY, text);
}

/* It happened, and is to be seen until somebody has seen it */
void rules_judge_clock_step(int64_t step_ms, rules_say_fn say, void *userdata)
{
	char text[96];

	if (rules_abs(step_ms) <= STEP_MS)
		return;
	snprintf(text, sizeof(text),
		 "the wall clock was set %lld s %s (limit 60 s)",
		 (long long)(rules_abs(step_ms) / 1000),
		 step_ms < 0 ? "back" : "forward");
	say(userdata, ALARM_CLOCK_STEPPED, -1, ALARM_ADVISORY, text);
	say(userdata, ALARM_CLOCK_STEPPED, -1, ALARM_NONE, "it is over");
}
