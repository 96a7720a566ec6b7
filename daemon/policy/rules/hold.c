// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts: confirmation, telling, means that forget, numbers as text */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/rules/internal.h"

/* A verdict that stands is told again; the machine of the alarms compares */
#define STANDS_NS	RULES_MINUTE_NS
#define NONE_NS		RULES_HOUR_NS

static void wait_for(struct rules_hold *h, uint64_t now_ns,
		     enum alarm_level level)
{
	h->since_ns = now_ns;
	h->total = 1;
	h->hits = 1;
	h->next = level;
}

/* Does the judgement confirm the change that waits? */
static bool agrees(struct rules_hold *h, enum alarm_level level)
{
	bool rises = h->next > h->level;

	if (rises ? level <= h->level : h->known ? level >= h->level :
						   level != ALARM_NONE)
		return false;
	/* no more than what held all the time */
	if (rises ? level < h->next : level > h->next)
		h->next = level;
	return true;
}

static bool is_change(const struct rules_hold *h, enum alarm_level level)
{
	return !h->known || level != h->level;
}

bool rules_confirm(struct rules_hold *h, uint64_t now_ns,
		   enum alarm_level level, struct rules_times times)
{
	bool told_long_ago, hit = true;
	uint64_t need_ns;

	if (h->since_ns && now_ns - h->last_ns > RULES_GAP_NS)
		h->since_ns = 0;
	h->last_ns = now_ns;
	told_long_ago = now_ns - h->said_ns >=
			(h->level == ALARM_NONE ? NONE_NS : STANDS_NS);
	if (!h->since_ns) {
		if (!is_change(h, level))
			return told_long_ago;
		wait_for(h, now_ns, level);
	} else {
		h->total++;
		hit = agrees(h, level);
		h->hits += hit;
		if (!hit && (h->hits * 5 < h->total * 4 ||
			     (!h->known && h->next == ALARM_NONE))) {
			h->since_ns = 0;
			if (!is_change(h, level))
				return h->known && told_long_ago;
			wait_for(h, now_ns, level);
			hit = true;
		}
	}
	need_ns = h->next > h->level ? times.on_ns : times.off_ns;
	if (!hit || now_ns - h->since_ns < need_ns ||
	    (need_ns && h->hits < 2))
		return h->known && told_long_ago;
	h->since_ns = 0;
	h->level = h->next;
	h->known = true;
	return true;
}

void rules_tell(const struct rules_run *run, struct rules_hold *h,
		enum alarm_kind kind, int jar, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	h->said_ns = run->now_ns;
	run->say(run->userdata, kind, jar, h->level, text);
}

void rules_mean_add(struct rules_mean *m, uint64_t now_ns, double value,
		    uint64_t tau_ns)
{
	uint64_t dt_ns;

	if (!m->last_ns || now_ns < m->last_ns) {
		m->value = value;
		m->last_ns = now_ns;
		m->weight_ns = 0;
		return;
	}
	dt_ns = now_ns - m->last_ns;
	if (dt_ns > RULES_GAP_NS)
		dt_ns = RULES_GAP_NS;
	/* plain mean of what there is until it is as old as it forgets */
	m->weight_ns += dt_ns;
	if (tau_ns > m->weight_ns)
		tau_ns = m->weight_ns;
	m->value += (value - m->value) * (double)dt_ns /
		    (double)(tau_ns + dt_ns);
	m->last_ns = now_ns;
}

static struct rules_text thousandth(int64_t v, int digits)
{
	int64_t size = v < 0 ? -v : v, unit = 1;
	struct rules_text t;
	char *at;
	int i;

	for (i = digits; i < 3; i++)
		unit *= 10;
	size = (size + unit / 2) / unit;
	/* asked for at every judgement of every block: no format */
	at = t.s + sizeof(t.s);
	*--at = '\0';
	for (i = 0; i < digits; i++, size /= 10)
		*--at = (char)('0' + size % 10);
	*--at = '.';
	do
		*--at = (char)('0' + size % 10);
	while ((size /= 10) && at > t.s + 1);
	if (v < 0)
		*--at = '-';
	memmove(t.s, at, t.s + sizeof(t.s) - at);
	return t;
}

struct rules_text rules_volts(int64_t uv)
{
	return thousandth((uv + (uv < 0 ? -500 : 500)) / 1000, 3);
}

struct rules_text rules_celsius(int64_t mc)
{
	return thousandth(mc, 1);
}

struct rules_text rules_mv(int64_t uv)
{
	struct rules_text t;

	snprintf(t.s, sizeof(t.s), "%lld",
		 (long long)((uv + (uv < 0 ? -500 : 500)) / 1000));
	return t;
}

struct rules_text rules_span(uint64_t ns)
{
	unsigned long long s = ns / RULES_SECOND_NS;
	struct rules_text t;

	if (s < 120)
		snprintf(t.s, sizeof(t.s), "%llu s", s);
	else if (s < 7200)
		snprintf(t.s, sizeof(t.s), "%llu min", s / 60);
	else if (s < 2 * 86400)
		snprintf(t.s, sizeof(t.s), "%llu h", s / 3600);
	else
		snprintf(t.s, sizeof(t.s), "%llu days", s / 86400);
	return t;
}
