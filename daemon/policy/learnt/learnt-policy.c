// SPDX-License-Identifier: GPL-2.0-or-later
/* Records from the rules, equalizing and resistance, and back to them */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/learnt/internal.h"

static const enum alarm_kind kind_of_jar[RULES_OF_JAR] = {
	[RULE_DEEP_DISCHARGE] = ALARM_DEEP_DISCHARGE,
	[RULE_FALLS_AWAY] = ALARM_JAR_FALLS_AWAY,
	[RULE_REVERSAL] = ALARM_POLARITY_REVERSAL,
	[RULE_DEVIATION] = ALARM_VOLTAGE_DEVIATION,
	[RULE_SHORTED_CELL] = ALARM_SHORTED_CELL,
	[RULE_OPEN_JAR] = ALARM_OPEN_JAR,
	[RULE_SENSE_LEAD] = ALARM_SENSE_LEAD,
	[RULE_TEMP_LONG_HIGH] = ALARM_TEMPERATURE_LONG_HIGH,
	[RULE_TEMP_MEAN_LOW] = ALARM_TEMPERATURE_MEAN_LOW,
	[RULE_TEMP_NO_RETURN] = ALARM_TEMPERATURE_NO_RETURN,
	[RULE_MODULE_HOT] = ALARM_MODULE_HOT,
	[RULE_MODULE_HOT_IDLE] = ALARM_MODULE_HOT_IDLE,
	[RULE_STUCK] = ALARM_SENSOR_STUCK,
	[RULE_DRIFT] = ALARM_SENSOR_DRIFT,
	[RULE_IMPLAUSIBLE] = ALARM_SENSOR_IMPLAUSIBLE,
};

static const enum alarm_kind kind_of_string[RULES_OF_STRING] = {
	[RULE_CHARGER_HIGH] = ALARM_CHARGER_HIGH,
	[RULE_CHARGER_LOW] = ALARM_CHARGER_LOW,
	[RULE_SUM_DIFFERS] = ALARM_SUM_DIFFERS,
	[RULE_HALVES_DIFFER] = ALARM_HALVES_DIFFER,
	[RULE_LOOSE_STRAP] = ALARM_LOOSE_STRAP,
};

/* Who stands beside whom, and what a block is: another one is another record */

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *at = data;

	/* FNV-1a, 64 bit */
	while (size--)
		hash = (hash ^ *at++) * 0x100000001b3ULL;
	return hash;
}

static void basis_of(const struct policy_string *s,
		     const struct policy_module *m,
		     char text[POLICY_LEARNT_BASIS + 1])
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	unsigned int i;

	if (s)
		hash = mix(hash, s->bus, strlen(s->bus));
	for (i = 0; s && i < s->count; i++)
		hash = mix(hash, &s->cells[i].address, 1);
	if (m)
		hash = mix(hash, &m->nominal_mv, sizeof(m->nominal_mv));
	snprintf(text, POLICY_LEARNT_BASIS + 1, "%016llx",
		 (unsigned long long)hash);
}

/* Taking */

static int64_t whole(double v)
{
	return (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
}

static struct learnt_usual take_usual(const struct rules_usual *u)
{
	return (struct learnt_usual){
		.now = whole(u->now.value), .weight = u->now.weight_ns,
		.low = whole(u->low), .high = whole(u->high),
		.span = u->learnt_ns,
	};
}

static struct learnt_still take_still(const struct rules_still *w)
{
	return (struct learnt_still){
		.since = w->since_ns, .value = w->value,
		.samples = w->samples, .blocks = w->blocks, .low = w->low,
		.high = w->high, .step = w->step,
	};
}

static int64_t known_of(const struct rules_hold *h, unsigned int count)
{
	int64_t known = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (h[i].known)
			known |= 1LL << i;
	return known;
}

static void take_days(const struct rules_module *r, struct learnt_block *b)
{
	unsigned int i;

	/* days are numbered from 1 on */
	if (!r->day)
		return;
	b->day = (int64_t)(r->day - 1) * RULES_DAY_NS;
	b->day_sum = r->day_sum_mc;
	b->day_count = r->day_count;
	for (i = 0; i < RULES_DAYS; i++) {
		uint32_t ago = r->day - r->days[i].day;

		if (!r->days[i].day || !ago || ago > RULES_DAYS)
			continue;
		b->has_day[ago - 1] = true;
		b->days[ago - 1] = r->days[i].mean_mc;
	}
}

static void take_effort(const struct policy_string *s, unsigned int position,
			struct learnt_block *b)
{
	const struct equalize *e = s->equalize;
	const struct equalize_jar *j = e && position <= e->count ?
				       &e->jars[position - 1] : NULL;

	if (!j)
		return;
	b->effort = j->effort_ns;
	b->effort_uv = whole(j->effort_uv);
	b->effort_gap = j->gap_ns;
	b->without_effect = j->without_effect && j->effort_ns;
	b->taken = j->taken_uah;
}

static void take_block(const struct policy_string *s,
		       const struct policy_module *m, unsigned int position,
		       struct learnt_block *b)
{
	const struct rules_module *r = &m->rules;
	int f;

	b->seen = r->seen_ns;
	b->known = known_of(r->hold, RULES_OF_JAR);
	b->volts = take_usual(&r->usual_voltage);
	b->warm = take_usual(&r->usual_temp);
	b->still_volts = take_still(&r->still_voltage);
	b->still_warm = take_still(&r->still_temp);
	b->deviates = r->deviates_ns;
	b->duty = r->duty_ns;
	take_days(r, b);
	for (f = 0; f < RI_FINDINGS; f++) {
		const struct ri_verdict *v = &m->ri.jar.verdict[f];

		b->verdict[f] = v->level + 4 * v->last + 16 * v->runs;
	}
	b->proposed = m->ri.proposed;
	b->waits = policy_rules_time(0) + m->ri.m.since_ns;
	take_effort(s, position, b);
	if (r->deviation.last_ns) {
		b->deviation = whole(r->deviation.value);
		b->deviation_weight = r->deviation.weight_ns;
	}
}

/* The voltage of the string in the last 4 h, the newest first */
static void take_bins(const struct rules_string *r, int64_t now,
		      struct learnt_string *l)
{
	uint64_t number = now / RULES_BIN_NS;
	unsigned int i;

	for (i = 0; i <= RULES_BINS; i++) {
		size_t at = (number - i) % (RULES_BINS + 1);

		if (r->bins[at].number != number - i + 1 || !r->bins[at].count)
			continue;
		l->bin[i] = (struct learnt_bin){
			true, whole(r->bins[at].sum_uv / r->bins[at].count),
			whole(r->bins[at].mean_uv / r->bins[at].count),
			r->bins[at].least, r->bins[at].most,
		};
	}
}

static void take_string_means(const struct policy_string *s, int64_t now,
			      struct learnt_string *l)
{
	const struct rules_string *r = &s->rules;

	take_bins(r, now, l);
	if (r->lifts) {
		l->lifts = r->lifts;
		l->lift = r->lift_ns;
	}
	if (r->sum_ratio.last_ns) {
		l->sum_ratio = whole(r->sum_ratio.value * 1e6);
		l->sum_weight = r->sum_ratio.weight_ns;
	}
	l->idle_ratio = whole(r->idle_ratio.value * 1e6);
	l->idle_weight = r->idle_ratio.weight_ns;
	l->strap_ma = whole(r->strap_ma);
	if (s->equalize)
		l->hidden = s->equalize->hidden_ns;
	if (s->equalize && s->equalize->has_off) {
		l->off = policy_rules_time(s->equalize->off_ns);
		l->off_uv = s->equalize->off_uv;
	}
}

static void take_string(const struct policy_string *s,
			struct learnt_string *l)
{
	const struct rules_string *r = &s->rules;
	const struct string_machine *m = &s->machine;
	unsigned int i;

	l->known = known_of(r->hold, RULES_OF_STRING);
	if (r->begun)
		l->state = r->state + 1;
	l->before = r->before;
	l->last = r->last_ns;
	l->entered = r->state_ns;
	l->floats = r->float_ns;
	l->quiet = r->quiet_ns;
	l->disturbed = r->disturbed_ns;
	l->excused = r->excused_ns;
	l->steady = r->steady;
	l->blind = r->blind_ns;
	l->duty = r->duty_ns;
	l->ambient = whole(r->ambient.value);
	l->ambient_weight = r->ambient.weight_ns;
	if (m->begun) {
		l->machine = m->state + 1;
		l->machine_last = policy_rules_time(m->last_ns);
		l->machine_since = policy_rules_time(m->since_ns);
	}
	l->weeks = s->ri.warmth.count;
	for (i = 0; i < l->weeks; i++) {
		l->week[i] = s->ri.warmth.point[i];
		l->week[i].time_ns += policy_rules_time(0);
	}
	l->owed = m->owed;
	if (m->broken_ns)
		l->broken = policy_rules_time(m->broken_ns);
}

int policy_learnt_take(const struct policy *p, const struct policy_string *s,
		       unsigned int position, struct policy_learnt *ret)
{
	enum learnt_kind kind = !s ? LEARNT_SITE : !position ? LEARNT_STRING :
							       LEARNT_BLOCK;
	union learnt_numbers n;
	const struct policy_module *m = NULL;

	memset(ret, 0, sizeof(*ret));
	memset(&n, 0, sizeof(n));
	if (kind == LEARNT_SITE) {
		if (p->unsynchronised_ns)
			n.site.unsynchronised = p->unsynchronised_ns;
	} else if (kind == LEARNT_STRING) {
		if (!s->rules.begun)
			return -ENODATA;
		take_string(s, &n.string);
		take_string_means(s, policy_rules_time(p->now_ns), &n.string);
	} else {
		m = position <= s->count ?
		    policy_module_at(p, s, position - 1) : NULL;
		if (!m || m->owner != s || !m->rules.seen_ns)
			return -ENODATA;
		take_block(s, m, position, &n.block);
		ret->serial = m->facts.serial;
		ret->jar = m->ri.jar_id;
	}
	if (s)
		snprintf(ret->string, sizeof(ret->string), "%s", s->name);
	ret->position = position;
	basis_of(s, m, ret->basis);
	return learnt_write(kind, &n, policy_rules_time(p->now_ns), ret->text);
}

/* Giving */

static struct rules_usual give_usual(const struct learnt_usual *u, int64_t at)
{
	return (struct rules_usual){
		.now = { .value = u->now, .weight_ns = u->weight,
			 .last_ns = u->weight ? at : 0 },
		.low = u->low, .high = u->high, .learnt_ns = u->span,
	};
}

static struct rules_still give_still(const struct learnt_still *w)
{
	return (struct rules_still){
		.since_ns = w->since, .value = w->value,
		.samples = w->samples, .blocks = w->blocks, .low = w->low,
		.high = w->high, .step = w->step,
	};
}

/*
 * Which verdict stands is the alarm's to say: it is saved with every change, so
 * nothing returns that was over, and nothing is confirmed a second time.
 */
static void give_holds(struct policy *p, const struct alarm_object *object,
		       const enum alarm_kind *kinds, struct rules_hold *h,
		       unsigned int count, int64_t known)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		const struct alarm *a = alarm_find(&p->alarms, kinds[i],
						   object);

		/* it has judged already */
		if (h[i].known)
			continue;
		h[i].level = a && a->active ? a->level : ALARM_NONE;
		h[i].known = h[i].level != ALARM_NONE || known & 1LL << i;
	}
}

static void give_days(struct rules_module *r, const struct learnt_block *b)
{
	uint32_t today = r->day, day = b->day / RULES_DAY_NS + 1;
	unsigned int i;

	if (!b->day)
		return;
	if (!today) {
		r->day = day;
		r->day_sum_mc = b->day_sum;
		r->day_count = b->day_count;
	} else if (today == day) {
		r->day_sum_mc += b->day_sum;
		r->day_count += b->day_count;
	}
	for (i = 0; i < RULES_DAYS && i + 1 < day; i++) {
		uint32_t then = day - 1 - i;

		if (!b->has_day[i])
			continue;
		r->days[then % RULES_DAYS].day = then;
		r->days[then % RULES_DAYS].mean_mc = b->days[i];
	}
}

static uint64_t later(uint64_t a, int64_t b)
{
	return (uint64_t)b > a ? (uint64_t)b : a;
}

static void give_block(struct policy *p, struct policy_string *s,
		       struct policy_module *m, unsigned int position,
		       const struct learnt_block *b, int64_t alive)
{
	int64_t seen = later(b->seen, alive);
	struct alarm_object object = policy_module_object(m);
	struct rules_module *r = &m->rules;
	int f;

	give_holds(p, &object, kind_of_jar, r->hold, RULES_OF_JAR, b->known);
	r->usual_voltage = give_usual(&b->volts, b->seen);
	r->usual_temp = give_usual(&b->warm, b->seen);
	r->deviates_ns = b->deviates;
	if (b->duty > (int64_t)r->duty_ns)
		r->duty_ns = b->duty;
	give_days(r, b);
	/* the mean of a few minutes says nothing after as many */
	if (!r->deviation.last_ns && b->deviation_weight &&
	    (int64_t)policy_rules_time(p->now_ns) - b->seen <=
	    (int64_t)RULES_GAP_NS)
		r->deviation = (struct rules_mean){
			.value = b->deviation, .last_ns = b->seen,
			.weight_ns = b->deviation_weight,
		};
	/* what stands still did so without a gap, or is watched anew */
	if (!r->seen_ns) {
		r->seen_ns = b->seen;
		r->still_voltage = give_still(&b->still_volts);
		r->still_temp = give_still(&b->still_warm);
	}
	for (f = 0; f < RI_FINDINGS && m->ri.jar_id; f++) {
		struct ri_verdict *v = &m->ri.jar.verdict[f];

		if (v->runs)
			continue;
		v->level = b->verdict[f] % 4;
		v->last = b->verdict[f] / 4 % 4;
		v->runs = b->verdict[f] / 16;
	}
	m->ri.proposed |= b->proposed;
	/* a stop of bacsd gives the next run its time; a restart does not */
	if (b->waits && (int64_t)policy_rules_time(p->now_ns) - seen <
	    (int64_t)(15 * RULES_MINUTE_NS))
		m->ri.m.since_ns = b->waits - (int64_t)policy_rules_time(0);
	if (s->equalize)
		equalize_resume(s->equalize, position - 1, b->effort,
				b->effort_uv, b->effort_gap,
				b->without_effect, b->taken, p->now_ns);
}

static uint64_t boot_time(int64_t t)
{
	int64_t zero = policy_rules_time(0);

	return t > zero ? t - zero : 1;
}

/* Where this run has none yet; @then: time of the record */
static void give_bins(struct rules_string *r, const struct learnt_string *l,
		      int64_t then)
{
	uint64_t number = then / RULES_BIN_NS;
	unsigned int i;

	for (i = 0; i <= RULES_BINS; i++) {
		size_t at = (number - i) % (RULES_BINS + 1);
		const struct learnt_bin *b = &l->bin[i];

		if (!b->known || r->bins[at].number > number - i)
			continue;
		r->bins[at].number = number - i + 1;
		r->bins[at].sum_uv = b->off;
		r->bins[at].mean_uv = b->mean;
		r->bins[at].count = 1;
		r->bins[at].least = b->least;
		r->bins[at].most = b->most;
	}
}

/*
 * A mean of minutes says nothing after as many. How two instruments differ that
 * measure the same does, for a day (practice value): both may be others then.
 */
static void give_string_means(struct policy_string *s,
			      const struct learnt_string *l, int64_t now,
			      int64_t then)
{
	struct rules_string *r = &s->rules;

	give_bins(r, l, then);
	if (!r->lifts && l->lifts) {
		r->lifts = l->lifts;
		r->lift_ns = l->lift;
	}
	if (!r->sum_ratio.last_ns && l->sum_weight &&
	    now - l->last <= (int64_t)RULES_GAP_NS)
		r->sum_ratio = (struct rules_mean){
			.value = l->sum_ratio / 1e6, .last_ns = l->last,
			.weight_ns = l->sum_weight,
		};
	if (!r->idle_ratio.last_ns && l->idle_weight &&
	    now - l->last <= (int64_t)RULES_DAY_NS)
		r->idle_ratio = (struct rules_mean){
			.value = l->idle_ratio / 1e6, .last_ns = l->last,
			.weight_ns = l->idle_weight,
		};
	if (r->hold[RULE_LOOSE_STRAP].level != ALARM_NONE && r->strap_ma <= 0)
		r->strap_ma = l->strap_ma;
	if (s->equalize)
		equalize_resume_look(s->equalize, l->hidden, l->off ?
				     boot_time(l->off) : 0, l->off_uv);
}

static void give_string(struct policy *p, struct policy_string *s,
			const struct learnt_string *l, int64_t alive)
{
	struct alarm_object object = policy_string_object(s);
	struct ri_warmth weeks = { .count = 0 };
	struct rules_string *r = &s->rules;
	unsigned int i;

	give_holds(p, &object, kind_of_string, r->hold, RULES_OF_STRING,
		   l->known);
	r->excused_ns = later(r->excused_ns, l->excused);
	r->duty_ns = later(r->duty_ns, l->duty);
	r->steady |= l->steady;
	if (!r->ambient.weight_ns && l->ambient_weight)
		r->ambient = (struct rules_mean){
			.value = l->ambient, .last_ns = l->last,
			.weight_ns = l->ambient_weight,
		};
	for (i = 0; !s->ri.warmth.count && i < l->weeks; i++) {
		weeks.point[i] = l->week[i];
		weeks.point[i].time_ns -= (int64_t)policy_rules_time(0);
		weeks.count++;
	}
	if (weeks.count)
		s->ri.warmth = weeks;
	/* it goes on as after a gap: what is older than that ends by itself */
	if (!r->begun && l->state) {
		r->begun = true;
		r->state = l->state - 1;
		r->before = l->before;
		/* samples came after it, and a change would have been saved */
		r->last_ns = later(l->last, alive);
		r->state_ns = l->entered;
		r->float_ns = l->floats;
		r->quiet_ns = l->quiet;
		r->disturbed_ns = l->disturbed;
		r->blind_ns = l->blind;
	}
	if (!s->machine.begun && l->machine) {
		s->resume = (struct string_resume){
			.waits = true,
			.state = l->machine - 1,
			.last_ns = boot_time(later(l->machine_last, alive)),
			.since_ns = boot_time(l->machine_since),
			.owed = l->owed,
			.broken_ns = l->broken ? boot_time(l->broken) : 0,
		};
	}
}

static int refuse(char *why, size_t size, const char *text)
{
	snprintf(why, size, "%s", text);
	return -ESTALE;
}

/* Is it of the block that stands there now? */
static int check_block(const struct policy_learnt *l,
		       const struct policy_module *m, char *why, size_t size)
{
	if (!m || !m->in_driver)
		return -EAGAIN;
	if (m->facts.serial != l->serial) {
		snprintf(why, size,
			 "it is of the module with serial number %llu, now it is %llu",
			 (unsigned long long)l->serial,
			 (unsigned long long)m->facts.serial);
		return -ESTALE;
	}
	if (l->jar && !m->ri.jar_id)
		return -EAGAIN;
	if (l->jar && l->jar != m->ri.jar_id) {
		snprintf(why, size, "it is of jar %u, now it is jar %u",
			 l->jar, m->ri.jar_id);
		return -ESTALE;
	}
	return 0;
}

int policy_learnt_give(struct policy *p, const struct policy_learnt *l,
		       uint64_t elapsed_ns, uint64_t alive_ns, char *why,
		       size_t size)
{
	int64_t now = policy_rules_time(p->now_ns), then, alive;
	enum learnt_kind kind = !*l->string ? LEARNT_SITE : !l->position ?
				LEARNT_STRING : LEARNT_BLOCK;
	struct policy_string *s = policy_get_string(p, l->string);
	struct policy_module *m = NULL;
	char basis[POLICY_LEARNT_BASIS + 1];
	union learnt_numbers n;
	int r;

	if (elapsed_ns > POLICY_LEARNT_AGE_NS) {
		snprintf(why, size, "it is %llu days old (at most %llu)",
			 (unsigned long long)(elapsed_ns / RULES_DAY_NS),
			 POLICY_LEARNT_AGE_NS / RULES_DAY_NS);
		return -ESTALE;
	}
	then = now - (int64_t)elapsed_ns;
	/* the record itself is no sign of samples: it may have been handed on */
	alive = alive_ns < elapsed_ns ? now - (int64_t)alive_ns : 0;
	if (kind != LEARNT_SITE && !s)
		return refuse(why, size, "there is no such string any more");
	if (kind == LEARNT_BLOCK) {
		if (l->position > s->count)
			return refuse(why, size,
				      "there is no such block any more");
		m = policy_module_at(p, s, l->position - 1);
		r = check_block(l, m, why, size);
		if (r < 0)
			return r;
	}
	basis_of(s, m, basis);
	if (strcmp(basis, l->basis))
		return refuse(why, size,
			      "the configuration has other modules or another nominal voltage");
	r = learnt_read(kind, l->text, then, &n, why, size);
	if (r < 0)
		return r;
	if (kind == LEARNT_BLOCK) {
		give_block(p, s, m, l->position, &n.block, alive);
	} else if (kind == LEARNT_STRING) {
		give_string(p, s, &n.string, alive);
		give_string_means(s, &n.string, now, then);
	} else if (n.site.unsynchronised && (!p->unsynchronised_ns ||
		   (uint64_t)n.site.unsynchronised < p->unsynchronised_ns)) {
		p->unsynchronised_ns = n.site.unsynchronised;
	}
	return 0;
}

void policy_learnt_forget(struct policy *p, const char *bus,
			  unsigned int address)
{
	struct policy_module *m =
		(struct policy_module *)policy_find_module(p, bus, address);

	if (!m)
		return;
	memset(&m->rules, 0, sizeof(m->rules));
	if (m->owner && m->owner->equalize && m->jar &&
	    m->jar <= m->owner->count)
		equalize_resume(m->owner->equalize, m->jar - 1, 0, 0, 0, false,
				0, p->now_ns);
}
