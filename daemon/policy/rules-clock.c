// SPDX-License-Identifier: GPL-2.0-or-later
/* Can the wall clock be trusted? (M28) */
#include <stdio.h>

#include "rules-internal.h"

enum {
	UNSYNCHRONISED_S = 24 * 3600,	/* [M28] */
	STEP_MS = 60000,		/* [M28] */
	STEP_SHOWN_S = 24 * 3600,	/* practice: somebody has come by */
};

void rules_judge_clock(struct rules_clock *c, uint64_t now_ns,
		       bool synchronised, int64_t step_ms, rules_say_fn say,
		       void *userdata)
{
	char text[192];
	bool late;

	if (synchronised)
		c->unsynchronised_ns = 0;
	else if (!c->unsynchronised_ns)
		c->unsynchronised_ns = now_ns ? now_ns : 1;
	late = c->unsynchronised_ns && now_ns - c->unsynchronised_ns >=
	       UNSYNCHRONISED_S * RULES_SECOND_NS;
	snprintf(text, sizeof(text), c->unsynchronised_ns ?
		 "nothing has set the wall clock right for %s (limit 24 h)" :
		 "the wall clock is synchronised",
		 rules_span(now_ns - c->unsynchronised_ns).s);
	/* before a day has passed only the good is known */
	if (late || synchronised)
		say(userdata, ALARM_CLOCK_UNSYNCHRONISED, -1,
		    late ? ALARM_ADVISORY : ALARM_NONE, text);
	if (rules_abs(step_ms) > STEP_MS) {
		c->stepped_ns = now_ns;
		c->step_ms = step_ms;
		snprintf(text, sizeof(text),
			 "the wall clock was set %lld s %s (limit 60 s)",
			 (long long)(rules_abs(step_ms) / 1000),
			 step_ms < 0 ? "back" : "forward");
		say(userdata, ALARM_CLOCK_STEPPED, -1, ALARM_ADVISORY, text);
	} else if (c->stepped_ns && now_ns - c->stepped_ns >=
		   STEP_SHOWN_S * RULES_SECOND_NS) {
		c->stepped_ns = 0;
		say(userdata, ALARM_CLOCK_STEPPED, -1, ALARM_NONE,
		    "no step of the wall clock for 24 h");
	}
}
