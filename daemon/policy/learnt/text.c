// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers of a record as text: "1 floats=86400000 volts.low=-1200 ..."
 *
 * What is 0 is left out. What is out of its range, doubled or not known here
 * makes the whole text void: a record is believed as a whole or not at all.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/learnt/internal.h"

/* Of the text; one up when a number changes its meaning */
#define VERSION		"1"

#define MS_NS		1000000LL
#define MINUTE_NS	(60000 * MS_NS)
#define HOUR_MS		(3600 * 1000LL)
#define DAY_MS		(24 * HOUR_MS)
/* A state can last as long as a battery; what lies ahead does so for 3 days */
#define OLDEST_MS	(25 * 365 * DAY_MS)
#define AHEAD_MS	(73 * HOUR_MS)

enum number {
	NUMBER,
	SPAN,		/* ns here, ms in the text */
	AGE,		/* a time here, ms before the record in the text */
};

/**
 * struct field - one number
 * @name: in the text
 * @at: where it is
 * @number: what it is
 * @min: least, as in the text
 * @max: greatest
 */
struct field {
	const char *name;
	size_t at;
	enum number number;
	int64_t min;
	int64_t max;
};

#define FIELD(type, name, number, min, max) \
	{ #name, offsetof(struct type, name), number, min, max }
/* No block is further from another than it has volts */
#define UV		4000000
#define MC		1000000
/* A sensor that shows ten times what there is; more than any string gives */
#define PPM		10000000
#define MA		100000000
#define USUAL(member, size) \
	FIELD(learnt_block, member.now, NUMBER, -(size), size), \
	FIELD(learnt_block, member.weight, SPAN, 0, OLDEST_MS), \
	FIELD(learnt_block, member.low, NUMBER, -(size), size), \
	FIELD(learnt_block, member.high, NUMBER, -(size), size), \
	FIELD(learnt_block, member.span, SPAN, 0, 8 * DAY_MS)
#define STILL(member, size) \
	FIELD(learnt_block, member.since, AGE, 0, OLDEST_MS), \
	FIELD(learnt_block, member.value, NUMBER, -(size), size), \
	FIELD(learnt_block, member.samples, NUMBER, 0, UINT32_MAX), \
	FIELD(learnt_block, member.blocks, NUMBER, 0, POLICY_ADDRESS_MAX), \
	FIELD(learnt_block, member.low, NUMBER, -(size), size), \
	FIELD(learnt_block, member.high, NUMBER, -(size), size), \
	FIELD(learnt_block, member.step, NUMBER, 0, 2LL * (size))

static const struct field of_site[] = {
	FIELD(learnt_site, unsynchronised, AGE, 0, OLDEST_MS),
	{ NULL }
};

static const struct field of_string[] = {
	FIELD(learnt_string, known, NUMBER, 0, (1LL << RULES_OF_STRING) - 1),
	FIELD(learnt_string, state, NUMBER, 0, STRING_STATE_COUNT),
	FIELD(learnt_string, before, NUMBER, 0, STRING_STATE_COUNT - 1),
	FIELD(learnt_string, last, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, entered, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, floats, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, quiet, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, disturbed, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, excused, AGE, -AHEAD_MS, OLDEST_MS),
	FIELD(learnt_string, blind, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, duty, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, steady, NUMBER, 0, 1),
	FIELD(learnt_string, ambient, NUMBER, -MC, MC),
	FIELD(learnt_string, ambient_weight, SPAN, 0, OLDEST_MS),
	FIELD(learnt_string, machine, NUMBER, 0, STRING_STATE_COUNT),
	FIELD(learnt_string, machine_last, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, machine_since, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, owed, NUMBER, 0, 1),
	FIELD(learnt_string, broken, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, sum_ratio, NUMBER, 0, PPM),
	FIELD(learnt_string, sum_weight, SPAN, 0, OLDEST_MS),
	FIELD(learnt_string, idle_ratio, NUMBER, 0, PPM),
	FIELD(learnt_string, idle_weight, SPAN, 0, OLDEST_MS),
	FIELD(learnt_string, strap_ma, NUMBER, 0, MA),
	FIELD(learnt_string, lift, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, lifts, NUMBER, 0, UINT32_MAX),
	FIELD(learnt_string, hidden, SPAN, 0, OLDEST_MS),
	FIELD(learnt_string, off, AGE, 0, OLDEST_MS),
	FIELD(learnt_string, off_uv, NUMBER, 0, UV),
	{ NULL }
};

static const struct field of_block[] = {
	FIELD(learnt_block, seen, AGE, 0, OLDEST_MS),
	FIELD(learnt_block, known, NUMBER, 0, (1LL << RULES_OF_JAR) - 1),
	USUAL(volts, UV),
	USUAL(warm, MC),
	STILL(still_volts, UV),
	STILL(still_warm, MC),
	FIELD(learnt_block, deviates, AGE, 0, OLDEST_MS),
	FIELD(learnt_block, duty, AGE, 0, OLDEST_MS),
	FIELD(learnt_block, day, AGE, 0, OLDEST_MS),
	FIELD(learnt_block, day_sum, NUMBER, -MC * 200000LL, MC * 200000LL),
	FIELD(learnt_block, day_count, NUMBER, 0, 200000),
	{ "ri.spread", offsetof(struct learnt_block, verdict[RI_SPREAD]),
	  NUMBER, 0, 47 },
	{ "ri.rise", offsetof(struct learnt_block, verdict[RI_RISE]), NUMBER,
	  0, 47 },
	{ "ri.limit", offsetof(struct learnt_block, verdict[RI_LIMIT]),
	  NUMBER, 0, 47 },
	{ "ri.low", offsetof(struct learnt_block, verdict[RI_LOW]), NUMBER, 0,
	  47 },
	FIELD(learnt_block, proposed, NUMBER, 0, 1),
	FIELD(learnt_block, waits, AGE, 0, OLDEST_MS),
	FIELD(learnt_block, effort, SPAN, 0, OLDEST_MS),
	FIELD(learnt_block, effort_uv, NUMBER, 0, UV),
	FIELD(learnt_block, effort_gap, SPAN, 0, OLDEST_MS),
	FIELD(learnt_block, without_effect, NUMBER, 0, 1),
	FIELD(learnt_block, taken, NUMBER, 0, UINT32_MAX),
	FIELD(learnt_block, deviation, NUMBER, -UV, UV),
	FIELD(learnt_block, deviation_weight, SPAN, 0, OLDEST_MS),
	{ NULL }
};

static const struct field *fields_of(enum learnt_kind kind)
{
	return kind == LEARNT_SITE ? of_site : kind == LEARNT_STRING ?
	       of_string : of_block;
}

static int64_t *place(const union learnt_numbers *n, const struct field *f)
{
	return (int64_t *)((char *)n + f->at);
}

/* Writing */

struct out {
	char *text;
	size_t length;
	bool full;
};

static void __attribute__((format(printf, 2, 3)))
put(struct out *o, const char *format, ...)
{
	size_t left = POLICY_LEARNT_MAX + 1 - o->length;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(o->text + o->length, left, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= left)
		o->full = true;
	else
		o->length += n;
}

static int64_t clamp(int64_t v, int64_t min, int64_t max)
{
	return v < min ? min : v > max ? max : v;
}

static void put_field(struct out *o, const struct field *f, int64_t v,
		      int64_t now)
{
	if (!v)
		return;
	if (f->number == AGE)
		v = (now - v) / MS_NS;
	else if (f->number == SPAN)
		v /= MS_NS;
	/* what a sensor told may be beyond all sense; a record is not */
	v = clamp(v, f->min, f->max);
	if (v || f->number == AGE)
		put(o, " %s=%lld", f->name, (long long)v);
}

static void put_days(struct out *o, const struct learnt_block *b)
{
	unsigned int i, last = 0;

	for (i = 0; i < RULES_DAYS; i++)
		if (b->has_day[i])
			last = i + 1;
	for (i = 0; i < last; i++) {
		put(o, i ? "," : " days=");
		if (b->has_day[i])
			put(o, "%lld", (long long)clamp(b->days[i], -MC, MC));
	}
}

static void put_weeks(struct out *o, const struct learnt_string *l,
		      int64_t now)
{
	unsigned int i;

	for (i = 0; i < l->weeks; i++)
		put(o, "%s%lld:%d:%d", i ? "," : " weeks=",
		    (long long)((now - l->week[i].time_ns) / MINUTE_NS),
		    l->week[i].above_mc, l->week[i].ppm);
}

static void put_bins(struct out *o, const struct learnt_string *l)
{
	unsigned int i, last = 0;

	for (i = 0; i <= RULES_BINS; i++)
		if (l->bin[i].known)
			last = i + 1;
	for (i = 0; i < last; i++) {
		const struct learnt_bin *b = &l->bin[i];

		put(o, i ? "," : " bins=");
		if (b->known)
			put(o, "%lld:%lld:%lld:%lld",
			    (long long)clamp(b->off, -UV, UV),
			    (long long)clamp(b->mean, -UV, UV),
			    (long long)b->least, (long long)b->most);
	}
}

int learnt_write(enum learnt_kind kind, const union learnt_numbers *from,
		 int64_t now, char *text)
{
	struct out o = { .text = text };
	const struct field *f;

	put(&o, VERSION);
	for (f = fields_of(kind); f->name; f++)
		put_field(&o, f, *place(from, f), now);
	if (kind == LEARNT_BLOCK)
		put_days(&o, &from->block);
	if (kind == LEARNT_STRING) {
		put_weeks(&o, &from->string, now);
		put_bins(&o, &from->string);
	}
	return o.full ? -E2BIG : 0;
}

/* Reading */

/* A number without sign but "-", and nothing else up to @end */
static bool number(const char *text, const char *end, int64_t *ret)
{
	bool negative = text < end && *text == '-';
	int64_t v = 0;

	text += negative;
	if (text == end || end - text > 17)
		return false;
	for (; text < end; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (*text - '0');
	}
	*ret = negative ? -v : v;
	return true;
}

static bool read_days(const char *text, const char *end, int64_t then,
		      union learnt_numbers *into)
{
	struct learnt_block *b = &into->block;
	unsigned int i = 0;
	const char *to;

	(void)then;

	for (;; i++, text = to + 1) {
		for (to = text; to < end && *to != ','; to++)
			;
		if (i == RULES_DAYS)
			return false;
		if (to > text) {
			if (!number(text, to, &b->days[i]) ||
			    b->days[i] < -MC || b->days[i] > MC)
				return false;
			b->has_day[i] = true;
		}
		if (to == end)
			return true;
	}
}

/* @count numbers with colons between; where they end, NULL: they are none */
static const char *read_group(const char *text, const char *end, int count,
			      int64_t *v)
{
	const char *to = text;
	int i;

	for (i = 0; i < count; i++, text = to + 1) {
		for (to = text; to < end && *to != ',' && *to != ':'; to++)
			;
		if (!number(text, to, &v[i]) ||
		    (i + 1 < count && (to == end || *to != ':')))
			return NULL;
	}
	return to < end && *to != ',' ? NULL : to;
}

/* OFF:MEAN:LEAST:MOST or nothing, the newest first, with commas between */
static bool read_bins(const char *text, const char *end, int64_t then,
		      union learnt_numbers *to)
{
	struct learnt_string *l = &to->string;
	unsigned int i;
	int64_t v[4];

	(void)then;
	for (i = 0; i <= RULES_BINS; i++, text++) {
		if (text < end && *text != ',') {
			text = read_group(text, end, 4, v);
			if (!text || v[0] < -UV || v[0] > UV || v[1] < -UV ||
			    v[1] > UV || v[2] < 1 || v[3] < v[2] ||
			    v[3] > POLICY_ADDRESS_MAX)
				return false;
			l->bin[i] = (struct learnt_bin){
				true, v[0], v[1], v[2], v[3],
			};
		}
		if (text == end)
			return true;
	}
	return false;
}

/* AGE:ABOVE:PPM in min, m°C, ppm, the oldest first, with commas between */
static bool read_weeks(const char *text, const char *end, int64_t then,
		       union learnt_numbers *into)
{
	struct learnt_string *l = &into->string;
	int64_t v[3], before = OLDEST_MS / 60000 + 1;
	const char *to;

	for (;; text = to + 1) {
		to = read_group(text, end, 3, v);
		if (!to || l->weeks == RI_WARMTH_POINTS ||
		    v[0] < 0 || v[0] >= before || v[1] < -MC || v[1] > MC ||
		    v[2] < -MC || v[2] > MC)
			return false;
		before = v[0];
		l->week[l->weeks++] = (struct ri_warmth_point){
			then - v[0] * MINUTE_NS, v[1], v[2],
		};
		if (to == end)
			return true;
	}
}

static const struct field *find(const struct field *f, const char *name,
				size_t length)
{
	for (; f->name; f++)
		if (strlen(f->name) == length &&
		    !strncmp(f->name, name, length))
			return f;
	return NULL;
}

static bool take(const struct field *f, int64_t v, int64_t then,
		 union learnt_numbers *to)
{
	if (v < f->min || v > f->max)
		return false;
	if (f->number == AGE) {
		v = then - v * MS_NS;
		/* before the rules have time: as long ago as can be */
		if (v < 1)
			v = 1;
	} else if (f->number == SPAN) {
		v *= MS_NS;
	}
	*place(to, f) = v;
	return true;
}

/* Lists of numbers: the last bits of those that were seen */
static const struct {
	const char *name;
	enum learnt_kind kind;
	uint64_t bit;
	bool (*read)(const char *text, const char *end, int64_t then,
		     union learnt_numbers *to);
} lists[] = {
	{ "days", LEARNT_BLOCK, 1ULL << 63, read_days },
	{ "weeks", LEARNT_STRING, 1ULL << 63, read_weeks },
	{ "bins", LEARNT_STRING, 1ULL << 62, read_bins },
};

/* One word: NAME=VALUE */
static bool read_word(enum learnt_kind kind, const char *word,
		      const char *end, int64_t then, union learnt_numbers *to,
		      uint64_t *seen)
{
	const struct field *all = fields_of(kind), *f;
	const char *value;
	uint64_t bit;
	int64_t v;
	size_t i;

	for (value = word; value < end && *value != '='; value++)
		;
	if (value == end)
		return false;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i].kind != kind ||
		    strlen(lists[i].name) != (size_t)(value - word) ||
		    strncmp(word, lists[i].name, value - word) != 0)
			continue;
		if (*seen & lists[i].bit)
			return false;
		*seen |= lists[i].bit;
		return lists[i].read(value + 1, end, then, to);
	}
	f = find(all, word, value - word);
	bit = f ? 1ULL << (f - all) : 0;
	if (!f || *seen & bit || !number(value + 1, end, &v))
		return false;
	*seen |= bit;
	return take(f, v, then, to);
}

_Static_assert(sizeof(of_block) / sizeof(of_block[0]) < 63 &&
	       sizeof(of_string) / sizeof(of_string[0]) < 62,
	       "a bit for each field");

static bool sane_usual(const struct learnt_usual *u)
{
	return u->low <= u->high && (u->span || (!u->low && !u->high));
}

static bool sane_still(const struct learnt_still *s)
{
	return s->low <= s->high;
}

static bool sane_string(const struct learnt_string *l)
{
	return (l->sum_ratio || !l->sum_weight) &&
	       (l->idle_ratio || !l->idle_weight) &&
	       (l->lift || !l->lifts) && (l->off || !l->off_uv);
}

static bool sane_block(const struct learnt_block *b)
{
	int f;

	for (f = 0; f < RI_FINDINGS; f++)
		if (b->verdict[f] / 16 > 2)
			return false;
	return sane_usual(&b->volts) && sane_usual(&b->warm) &&
	       sane_still(&b->still_volts) && sane_still(&b->still_warm) &&
	       (b->day_count || !b->day_sum) &&
	       (b->effort || !b->without_effect);
}

int learnt_read(enum learnt_kind kind, const char *text, int64_t then,
		union learnt_numbers *to, char *why, size_t size)
{
	const size_t version = sizeof(VERSION) - 1;
	const char *word, *end;
	uint64_t seen = 0;

	memset(to, 0, sizeof(*to));
	if (strncmp(text, VERSION, version) ||
	    (text[version] && text[version] != ' ')) {
		snprintf(why, size, "it was written by another version");
		return -EBADMSG;
	}
	for (word = text + version; *word; word = end) {
		for (end = ++word; *end && *end != ' '; end++)
			;
		if (!read_word(kind, word, end, then, to, &seen)) {
			snprintf(why, size, "'%.*s' in it makes no sense",
				 (int)(end - word > 40 ? 40 : end - word),
				 word);
			return -EBADMSG;
		}
	}
	if ((kind == LEARNT_BLOCK && !sane_block(&to->block)) ||
	    (kind == LEARNT_STRING && !sane_string(&to->string))) {
		snprintf(why, size, "its numbers contradict each other");
		return -EBADMSG;
	}
	return 0;
}
