// SPDX-License-Identifier: GPL-2.0-or-later
/* Internal resistance of strings: discharges, schedule, configuration */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

#define HOUR_NS		(3600ULL * RI_SECOND_NS)
/* Beyond is no battery: a sensor's fault */
#define MAX_MA		100000000
#define MONITOR_ONLY	"bacsd only monitors until its configuration is right"
/* A gap in the current longer than this and nobody knows what was drawn */
#define DRAWN_GAP_NS	(60ULL * RI_SECOND_NS)

void policy_ri_module_new(struct policy *p, struct policy_module *m)
{
	ri_module_init(&m->ri.m, p->now_ns);
	ri_jar_init(&m->ri.jar, p->now_ns);
}

void policy_ri_string_new(struct policy_string *s)
{
	ri_string_init(&s->ri.s);
	s->ri.deep_ns = RI_NEVER;
	s->ri.told_next_ns = RI_NEVER;
}

void policy_ri_string_free(struct policy_string *s)
{
	free(s->ri.modules);
}

void policy_ri_free(struct policy *p)
{
	free(p->ri.locks);
}

/* Discharges: how deep were they? (B7) */

/* The smallest known capacity of a string, 0: none is known */
static uint32_t capacity_mah(struct policy *p, const struct policy_string *s)
{
	uint32_t least = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		const struct policy_module *m = policy_module_at(p, s, i);

		if (m && m->ri.capacity_mah &&
		    (!least || m->ri.capacity_mah < least))
			least = m->ri.capacity_mah;
	}
	return least;
}

static void end_discharge(struct policy *p, struct policy_string *s)
{
	struct ri_line *l = &s->ri;
	int64_t limit_mas = (int64_t)capacity_mah(p, s) * 3600 *
			    RI_DEEP_PERMILLE / 1000;

	/* what is not known to be shallow counts as deep */
	if (l->blind || !limit_mas || l->drawn_mas > limit_mas) {
		l->deep_ns = p->now_ns;
		if (p->ops->ri_changed)
			p->ops->ri_changed(p->userdata, s);
	}
}

static void follow_discharge(struct policy *p, struct policy_string *s)
{
	struct ri_line *l = &s->ri;

	if (s->machine.discharges != l->discharges) {
		l->discharges = s->machine.discharges;
		end_discharge(p, s);
	}
	if (s->machine.state != STRING_DISCHARGE) {
		l->drawn_mas = 0;
		l->drawn_ns = 0;
		l->blind = false;
		return;
	}
	if (!s->has_current || s->current_ma < -MAX_MA ||
	    s->current_ma > MAX_MA ||
	    (l->drawn_ns && p->now_ns - l->drawn_ns > DRAWN_GAP_NS))
		l->blind = true;
	if (!l->blind && l->drawn_ns && s->current_ma < 0)
		l->drawn_mas -= s->current_ma *
				(int64_t)((p->now_ns - l->drawn_ns) / 1000000) /
				1000;
	l->drawn_ns = p->now_ns;
}

/* Schedule */

static void report_failure(struct policy *p, struct policy_module *m)
{
	const struct ri_string *s = &m->owner->ri.s;

	/* a module that does not answer has its own alarm */
	if (m->ri.m.result == RI_RESULT_SILENT)
		return;
	/* where nothing works, as on a bus of another master, one word will do */
	if (s->running && !s->measured && s->failed > 1)
		return;
	policy_emit(p, POLICY_RI_FAILED, NULL, m, 0, m->ri.m.result,
		    "Resistance of %s could not be measured (%s); it is tried again in the next run",
		    m->name, ri_result_name(m->ri.m.result));
}

static void report_run(struct policy *p, struct policy_string *s)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "String %s: a run of resistance is through, %u of %u modules measured",
		 s->name, s->ri.s.measured, s->count);
	policy_emit_string(p, POLICY_RI_RUN, s, 0, s->ri.s.measured, text);
}

static void report_settled(struct policy *p, struct policy_string *s)
{
	char text[200];
	unsigned int i;

	snprintf(text, sizeof(text),
		 "String %s: resistance has settled after %u runs; limits and acceptance may be set from now on",
		 s->name, RI_RUNS);
	policy_emit_string(p, POLICY_RI_SETTLED, s, 0, RI_RUNS, text);
	for (i = 0; i < s->count; i++) {
		struct policy_module *m = policy_module_at(p, s, i);

		if (m)
			policy_ri_settled(p, m);
	}
}

static void act(struct policy *p, struct policy_string *s, enum ri_act act,
		struct policy_module *m)
{
	switch (act) {
	case RI_ACT_HOLD:
		policy_equalize_hold(p, m, true);
		break;
	case RI_ACT_START:
		if (p->ops->ri_start)
			p->ops->ri_start(p->userdata, m);
		break;
	case RI_ACT_RELEASE:
		policy_equalize_hold(p, m, false);
		break;
	case RI_ACT_FAILED:
		report_failure(p, m);
		break;
	case RI_ACT_RUN:
		report_run(p, s);
		policy_ri_learn_warmth(p, s);
		break;
	case RI_ACT_SETTLED:
		report_settled(p, s);
		break;
	default:
		break;
	}
}

static struct ri_look look_at(struct policy *p, const struct policy_string *s)
{
	struct ri_look look = {
		.now_ns = p->now_ns,
		.state = s->machine.state,
		.modules = s->ri.modules,
	};
	const struct policy_bus *bus = policy_find_bus(p, s->bus);

	look.read_only = p->monitor_only || (bus && bus->read_only);
	return look;
}

static void refresh_live(struct policy *p, struct policy_string *s)
{
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		struct policy_module *m = policy_module_at(p, s, i);

		/* a broken lead has its own alarm, and no resistance */
		if (m)
			m->ri.m.live = m->state == BACS_MODULE_OK &&
				       !policy_rules_suspect(m);
	}
}

/* No other string of the charger that wants it is to go before this one */
static bool is_next(const struct policy *p, const struct policy_string *s)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		const struct policy_string *o = p->strings[i];

		if (o != s && o->ri.ready && o->ri.lock == s->ri.lock &&
		    o->ri.s.wants && ri_string_before(&o->ri.s, &s->ri.s))
			return false;
	}
	return true;
}

static void judge_overdue(struct policy *p, struct policy_string *s)
{
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		struct policy_module *m = policy_module_at(p, s, i);
		bool late;

		/* a silent module has its own alarm */
		if (!m || m->state != BACS_MODULE_OK)
			continue;
		/* so has one whose voltage is in doubt; it waits anew then */
		if (policy_rules_suspect(m)) {
			m->ri.m.since_ns = p->now_ns;
			continue;
		}
		late = ri_module_overdue(&m->ri.m, &s->ri.s, p->now_ns);
		policy_alarm_module(p, ALARM_RESISTANCE_OVERDUE, m,
				    late ? ALARM_ADVISORY : ALARM_NONE,
				    "resistance of %s has had no value for %u intervals of %lld h: %s, last try: %s",
				    m->name, RI_OVERDUE,
				    (long long)(s->ri.s.interval_ns /
						(int64_t)HOUR_NS),
				    ri_wait_name(s->ri.s.wait),
				    ri_result_name(m->ri.m.result));
	}
}

static void step_string(struct policy *p, struct policy_string *s)
{
	struct ri_line *l = &s->ri;
	struct ri_look look = look_at(p, s);
	bool next = l->s.wants && is_next(p, s), done = false;
	uint16_t index = 0;
	enum ri_act a;

	while ((a = ri_string_step(&l->s, &look, &p->ri.locks[l->lock].c,
				   next, &index))) {
		struct policy_module *m = index < s->count ?
					  policy_module_at(p, s, index) : NULL;

		done |= a == RI_ACT_RUN;
		if (m || a == RI_ACT_RUN || a == RI_ACT_SETTLED)
			act(p, s, a, m);
	}
	if (done || p->now_ns - l->hour_ns >= HOUR_NS) {
		l->hour_ns = p->now_ns;
		judge_overdue(p, s);
	}
	if (l->told_running == l->s.running &&
	    l->told_next_ns == ri_string_next(&l->s))
		return;
	l->told_running = l->s.running;
	l->told_next_ns = ri_string_next(&l->s);
	if (p->ops->ri_changed)
		p->ops->ri_changed(p->userdata, s);
}

void policy_ri_tick(struct policy *p)
{
	size_t i;

	/* nobody is there who could measure */
	if (!p->ops->ri_start)
		return;
	for (i = 0; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];
		struct ri_look look;

		if (!s->ri.ready)
			continue;
		follow_discharge(p, s);
		if (s->ri.s.running || s->ri.s.asked)
			refresh_live(p, s);
		look = look_at(p, s);
		ri_string_look(&s->ri.s, &look);
		/* a run that has just begun */
		if (s->ri.s.running)
			refresh_live(p, s);
	}
	for (i = 0; i < p->string_count; i++)
		if (p->strings[i]->ri.ready)
			step_string(p, p->strings[i]);
}

/* Configuration */

void policy_config_ri(struct policy *p, const char *name, uint32_t interval_s,
		      const char *charger)
{
	struct policy_string *s = policy_get_string(p, name);

	if (!s)
		return;
	s->ri.s.interval_ns = interval_s * RI_SECOND_NS;
	snprintf(s->ri.charger, sizeof(s->ri.charger), "%s", charger);
}

static int find_lock(struct policy *p, const char *name, size_t *ret)
{
	struct ri_lock *list;
	size_t i;

	for (i = 0; i < p->ri.count; i++) {
		if (!strcmp(p->ri.locks[i].name, name)) {
			*ret = i;
			return 0;
		}
	}
	list = realloc(p->ri.locks, (i + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	p->ri.locks = list;
	snprintf(list[i].name, sizeof(list[i].name), "%s", name);
	ri_charger_init(&list[i].c);
	p->ri.count++;
	*ret = i;
	return 0;
}

/* The equalizer gets back what a measurement had, and the charger is free */
static void let_go(struct policy *p, struct policy_string *s)
{
	struct policy_module *m;

	if (!s->ri.ready)
		return;
	m = s->ri.s.index < s->count ? policy_module_at(p, s, s->ri.s.index) : NULL;
	if (s->ri.s.phase != RI_IDLE && m)
		policy_equalize_hold(p, m, false);
	ri_string_abort(&s->ri.s, &p->ri.locks[s->ri.lock].c);
	s->ri.ready = false;
}

void policy_ri_string_gone(struct policy *p, struct policy_string *s)
{
	let_go(p, s);
}

void policy_ri_config_begin(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		let_go(p, p->strings[i]);
		p->strings[i]->ri.s.interval_ns = RI_INTERVAL_S *
						  RI_SECOND_NS;
		p->strings[i]->ri.charger[0] = '\0';
		p->strings[i]->ri.use_warmth = false;
	}
}

static int prepare(struct policy *p, struct policy_string *s)
{
	struct ri_line *l = &s->ri;
	unsigned int i;
	int r;

	if (l->room < s->count) {
		struct ri_module **list = realloc(l->modules, s->count *
						  sizeof(struct ri_module *));

		if (!list)
			return -ENOMEM;
		l->modules = list;
		l->room = s->count;
	}
	r = find_lock(p, l->charger, &l->lock);
	if (r < 0)
		return r;
	for (i = 0; i < s->count; i++) {
		struct policy_module *m = policy_module_at(p, s, i);

		l->modules[i] = m ? &m->ri.m : NULL;
	}
	l->s.count = s->count;
	l->discharges = s->machine.discharges;
	l->ready = true;
	return 0;
}

void policy_ri_config_end(struct policy *p)
{
	size_t i;

	/* without memory a string is not measured, and is tried at a reload */
	for (i = 0; i < p->string_count; i++)
		prepare(p, p->strings[i]);
}

void policy_ri_restore(struct policy *p, const char *name,
		       const struct policy_ri_kept *kept)
{
	struct policy_string *s = policy_get_string(p, name);

	if (!s)
		return;
	s->ri.s.begin_ns = kept->begin_ns;
	s->ri.s.runs = kept->runs < RI_RUNS ? kept->runs : RI_RUNS;
	s->ri.s.run_ns = kept->run_ns;
	s->ri.deep_ns = kept->deep_ns;
}

void policy_ri_get_kept(const struct policy_string *s,
			struct policy_ri_kept *ret)
{
	*ret = (struct policy_ri_kept){
		.begin_ns = s->ri.s.begin_ns,
		.runs = s->ri.s.runs,
		.run_ns = s->ri.s.run_ns,
		.deep_ns = s->ri.deep_ns,
	};
}

int policy_ri_request(struct policy *p, const char *bus, unsigned int address,
		      char *why, size_t size)
{
	struct policy_module *m = (struct policy_module *)
				  policy_find_module(p, bus, address);
	struct policy_string *s = m ? m->owner : NULL;

	if (!m)
		return -ENODEV;
	if (!s || !m->jar || !s->ri.ready || !m->ri.m.known)
		return -ENOENT;
	if (p->monitor_only) {
		snprintf(why, size, MONITOR_ONLY);
		return -EROFS;
	}
	if (m->bus->read_only) {
		snprintf(why, size, "bus %s is read-only", m->bus->name);
		return -EROFS;
	}
	if (m->state != BACS_MODULE_OK) {
		snprintf(why, size, "module %s does not answer", m->name);
		return -ENODEV;
	}
	if (policy_rules_suspect(m)) {
		snprintf(why, size,
			 "the voltage of %s is in doubt: mend its sense lead or fuse first",
			 m->name);
		return -EAGAIN;
	}
	if (!ri_state_allows(s->machine.state)) {
		snprintf(why, size,
			 "string %s is in state %s; resistance is measured in float or rest",
			 s->name, string_state_name(s->machine.state));
		return -EAGAIN;
	}
	ri_string_request(&s->ri.s, &m->ri.m);
	return 0;
}

void policy_ri_refused(struct policy *p, const char *bus, unsigned int address,
		       uint64_t now_ns)
{
	const struct policy_module *m = policy_find_module(p, bus, address);

	p->now_ns = now_ns;
	if (m && m->owner && m->jar)
		ri_string_refused(&m->owner->ri.s, m->jar - 1);
}

bool policy_ri_proposal(const struct policy_module *m, struct ri_baseline *ret)
{
	struct ri_rules rules;
	bool final = ri_jar_final_due(&m->ri.jar,
				      m->ri.jar.newest.time_ns);

	ri_rules_set(&rules, &m->limits);
	if (!ri_jar_propose(&m->ri.jar, final ? RI_VALUES : RI_PROVISIONAL,
			    &rules, ret))
		return false;
	ret->kind = final ? RI_BASELINE_FINAL : RI_BASELINE_PROVISIONAL;
	return true;
}

uint32_t policy_ri_ratio(const struct policy_module *m)
{
	const struct ri_jar *j = &m->ri.jar;

	if (j->newest.time_ns == RI_NEVER || !j->median_uohm)
		return 0;
	return (uint64_t)j->newest.uohm * 1000 / j->median_uohm;
}

void policy_ri_explain(const struct policy *p, const struct policy_string *s,
		       char *text, size_t size)
{
	const struct ri_string *r = &s->ri.s;
	const struct policy_module *m = r->phase != RI_IDLE &&
					r->index < s->count ?
		policy_find_module(p, s->bus, s->cells[r->index].address) :
		NULL;
	const struct ri_charger *c = s->ri.ready ?
				     &p->ri.locks[s->ri.lock].c : NULL;
	size_t i;

	if (m) {
		snprintf(text, size, "%s %s (%u of %u measured in this run)",
			 r->phase == RI_HOLD ?
			 "waiting for a flat voltage of" : "measuring",
			 m->name, r->measured, s->count);
		return;
	}
	if (p->monitor_only) {
		snprintf(text, size, "not measured: " MONITOR_ONLY);
		return;
	}
	if (r->wait == RI_WAIT_STATE) {
		snprintf(text, size,
			 "due, but the string is in state %s; measured in float or rest",
			 string_state_name(s->machine.state));
		return;
	}
	if (r->wait == RI_WAIT_CHARGER && c && c->holder) {
		for (i = 0; i < p->string_count; i++)
			if (&p->strings[i]->ri.s == c->holder)
				break;
		snprintf(text, size, "due, waiting for string %s at its charger",
			 i < p->string_count ? p->strings[i]->name : "?");
		return;
	}
	snprintf(text, size, "%s", ri_wait_name(r->wait));
}
