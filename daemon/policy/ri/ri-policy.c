// SPDX-License-Identifier: GPL-2.0-or-later
/* Internal resistance: from samples of modules to schedule and findings */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

#define HOUR_NS		(3600ULL * RI_SECOND_NS)
/* Beyond is no battery: a sensor's fault */
#define MAX_MC		200000
#define MAX_MA		100000000
#define MONITOR_ONLY	"bacsd only monitors until its configuration is right"
/* A gap in the current longer than this and nobody knows what was drawn */
#define DRAWN_GAP_NS	(60ULL * RI_SECOND_NS)

static struct policy_module *module_at(struct policy *p,
				       const struct policy_string *s,
				       unsigned int index)
{
	return (struct policy_module *)policy_find_module(
			p, s->bus, s->cells[index].address);
}

static bool has(const struct policy_module *m, enum bacs_q q)
{
	return m->sample.present & 1U << q;
}

static bool has_fault(const struct policy_module *m, uint32_t fault)
{
	return has(m, BACS_Q_FLAGS) && m->sample.value[BACS_Q_FLAGS] & fault;
}

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

/* Findings into alarms */

static const enum alarm_kind kind_of[RI_FINDINGS] = {
	[RI_SPREAD] = ALARM_RESISTANCE_SPREAD,
	[RI_RISE] = ALARM_RESISTANCE_RISE,
	[RI_LIMIT] = ALARM_RESISTANCE_LIMIT,
	[RI_LOW] = ALARM_RESISTANCE_LOW,
};

static const enum alarm_level level_of[] = {
	[RI_NORMAL] = ALARM_NONE,
	[RI_ADVISORY] = ALARM_ADVISORY,
	[RI_WARNING] = ALARM_WARNING,
	[RI_ALARM] = ALARM_ALARM,
};

/* "5.123": a resistance in milliohms */
#define MOHM		"%u.%03u mΩ"
#define MOHM_OF(uohm)	(unsigned int)((uohm) / 1000), \
			(unsigned int)((uohm) % 1000)

static void explain_finding(const struct policy_module *m,
			    enum ri_finding finding, char *text, size_t size)
{
	const struct ri_jar *j = &m->ri.jar;
	const struct ri_baseline *b = &j->baseline;

	if (finding == RI_SPREAD)
		snprintf(text, size,
			 MOHM ", the median of its like is " MOHM " (%+d %%)",
			 MOHM_OF(j->newest.uohm), MOHM_OF(j->median_uohm),
			 j->median_uohm ? (int)(((int64_t)j->newest.uohm -
						 j->median_uohm) * 100 /
						j->median_uohm) : 0);
	else if (finding == RI_LIMIT)
		snprintf(text, size, MOHM ", limits are %d and %d uohm",
			 MOHM_OF(j->newest.uohm),
			 m->limits.value[LIMIT_RI_MAX_UOHM] == LIMIT_UNSET ?
			 0 : m->limits.value[LIMIT_RI_MAX_UOHM],
			 m->limits.value[LIMIT_RI_MAX_ALARM_UOHM] ==
			 LIMIT_UNSET ? 0 :
			 m->limits.value[LIMIT_RI_MAX_ALARM_UOHM]);
	else
		snprintf(text, size,
			 MOHM ", %u.%u %% of its %s baseline of " MOHM " at %d °C (%s)",
			 MOHM_OF(j->newest.uohm), j->ratio_permille / 10,
			 j->ratio_permille % 10, ri_baseline_name(b->kind),
			 MOHM_OF(b->uohm), b->temperature_mc / 1000,
			 b->is_signed ? "signed" : "not signed");
}

static void tell_findings(struct policy *p, struct policy_module *m)
{
	char text[160];
	int f;

	/* values of the first runs scatter (C4) */
	if (m->owner->ri.s.runs < RI_RUNS)
		return;
	for (f = 0; f < RI_FINDINGS; f++) {
		const struct ri_verdict *v = &m->ri.jar.verdict[f];

		/* after a restart one run says too little to end an alarm */
		if (v->runs < 2)
			continue;
		explain_finding(m, f, text, sizeof(text));
		policy_alarm_module(p, kind_of[f], m, level_of[v->level],
				    "%s", text);
	}
}

/* Another jar: what was found of the old one is void */
void policy_ri_clear(struct policy *p, struct policy_module *m)
{
	int f;

	for (f = 0; f < RI_FINDINGS; f++)
		policy_alarm_module(p, kind_of[f], m, ALARM_NONE,
				    "the jar was replaced");
}

/* Values */

static const char *type_of(const struct policy_module *m)
{
	return *m->ri.type ? m->ri.type : m->ri.config_type;
}

static bool alike(const struct policy_module *a, const struct policy_module *b)
{
	return a->nominal_mv == b->nominal_mv &&
	       !strcmp(type_of(a), type_of(b));
}

/* Newest trend values of the other jars of its type in its string */
static size_t collect_others(struct policy *p, const struct policy_module *m,
			     uint32_t list[POLICY_ADDRESS_MAX])
{
	const struct policy_string *s = m->owner;
	int64_t oldest = (int64_t)p->now_ns -
			 RI_OVERDUE * s->ri.s.interval_ns;
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		const struct policy_module *o = module_at(p, s, i);
		const struct ri_jar *j = o ? &o->ri.jar : NULL;

		if (!o || o == m || !j->count || !alike(o, m))
			continue;
		if (s->ri.s.interval_ns &&
		    j->value[j->count - 1].time_ns < oldest)
			continue;
		list[n++] = j->value[j->count - 1].uohm;
	}
	return n;
}

static void take_provisional(struct policy *p, struct policy_module *m,
			     const struct ri_rules *rules)
{
	struct ri_baseline b;

	if (m->ri.jar.baseline.kind != RI_BASELINE_NONE ||
	    m->owner->ri.s.runs < RI_RUNS ||
	    !ri_jar_propose(&m->ri.jar, RI_PROVISIONAL, rules, &b))
		return;
	b.kind = RI_BASELINE_PROVISIONAL;
	ri_jar_set_baseline(&m->ri.jar, &b);
	if (p->ops->jar_baseline)
		p->ops->jar_baseline(p->userdata, m, &b);
	policy_emit(p, POLICY_RI_BASELINE, NULL, m, 0, b.uohm,
		    "Module %s: provisional baseline of the resistance is "
		    MOHM " at %d °C, median of %u values", m->name,
		    MOHM_OF(b.uohm), b.temperature_mc / 1000, b.count);
}

static void propose_final(struct policy *p, struct policy_module *m)
{
	struct ri_baseline b;

	if (m->ri.proposed || !ri_jar_final_due(&m->ri.jar, p->now_ns) ||
	    !policy_ri_proposal(m, &b))
		return;
	m->ri.proposed = true;
	policy_emit(p, POLICY_RI_BASELINE, NULL, m, m->ri.jar.baseline.uohm,
		    b.uohm,
		    "Module %s: six months have passed, a final baseline of " MOHM " at %d °C is proposed; sign it with 'bacsctl ri baseline'",
		    m->name, MOHM_OF(b.uohm), b.temperature_mc / 1000);
}

/* A coefficient that is known and wanted */
static void use_warmth(const struct policy_string *s, struct ri_rules *rules)
{
	struct ri_warmth_fit fit;

	if (!s->ri.use_warmth)
		return;
	ri_warmth_fit(&s->ri.warmth, &fit);
	if (fit.known)
		rules->coefficient_ppm = fit.ppm;
}

/* A jar whose resistance may say something of temperature, and of nothing else */
static bool is_steady(const struct policy *p, const struct policy_module *m)
{
	const struct ri_jar *j = &m->ri.jar;
	const struct ri_value *v = &j->newest;
	int f;

	if (j->baseline.kind == RI_BASELINE_NONE || !j->baseline.uohm ||
	    j->baseline.temperature_mc == RI_NO_TEMPERATURE ||
	    v->time_ns == RI_NEVER || !v->trend ||
	    v->temperature_mc == RI_NO_TEMPERATURE ||
	    (int64_t)p->now_ns - v->time_ns > RI_INTERVAL_S * RI_SECOND_NS ||
	    v->uohm > 2 * (uint64_t)j->baseline.uohm ||
	    policy_rules_suspect(m))
		return false;
	/* one that rises, or is far from its like, does not teach (B7) */
	for (f = 0; f < RI_FINDINGS; f++)
		if (j->verdict[f].level != RI_NORMAL ||
		    j->verdict[f].last != RI_NORMAL)
			return false;
	return true;
}

static void learn_warmth(struct policy *p, struct policy_string *s)
{
	int32_t above_mc[POLICY_ADDRESS_MAX], ppm[POLICY_ADDRESS_MAX];
	unsigned int i;
	size_t n = 0;

	if (!ri_warmth_due(&s->ri.warmth, p->now_ns))
		return;
	for (i = 0; i < s->count; i++) {
		const struct policy_module *m = module_at(p, s, i);
		const struct ri_jar *j = m ? &m->ri.jar : NULL;

		if (!m || !is_steady(p, m))
			continue;
		above_mc[n] = j->newest.temperature_mc -
			      j->baseline.temperature_mc;
		ppm[n++] = ((int64_t)j->newest.uohm - j->baseline.uohm) *
			   1000000 / j->baseline.uohm;
	}
	ri_warmth_add(&s->ri.warmth, p->now_ns, above_mc, ppm, n);
}

/* "-0.68" of ppm */
#define PERCENT		"%s%d.%02d"
#define PERCENT_OF(ppm)	(ppm) < 0 ? "-" : "", abs(ppm) / 10000, \
			abs(ppm) / 100 % 100

void policy_ri_explain_warmth(const struct policy_string *s, char *text,
			      size_t size)
{
	const char *used = s->ri.use_warmth ? "used" :
			   "not used (ResistanceTemperature=off)";
	struct ri_warmth_fit fit;

	ri_warmth_fit(&s->ri.warmth, &fit);
	if (fit.known)
		snprintf(text, size,
			 PERCENT " %%/K, sure to " PERCENT ", from %u weeks that differ by %d.%d K; %s",
			 PERCENT_OF(fit.ppm), PERCENT_OF(fit.error_ppm),
			 fit.points, fit.span_mc / 1000,
			 fit.span_mc / 100 % 10, used);
	else
		snprintf(text, size,
			 "not learnt: %s; %u of at least %u weeks, which differ by %d.%d of at least %d.0 K",
			 fit.why, fit.points, RI_WARMTH_LEAST,
			 fit.span_mc / 1000, fit.span_mc / 100 % 10,
			 RI_WARMTH_SPAN_MC / 1000);
}

void policy_config_ri_warmth(struct policy *p, const char *name, bool use)
{
	struct policy_string *s = policy_get_string(p, name);

	if (s)
		s->ri.use_warmth = use;
}

static void judge_value(struct policy *p, struct policy_module *m,
			const struct ri_value *value)
{
	uint32_t others[POLICY_ADDRESS_MAX];
	struct ri_rules rules;
	size_t n;

	ri_rules_set(&rules, &m->limits);
	use_warmth(m->owner, &rules);
	n = collect_others(p, m, others);
	ri_jar_value(&m->ri.jar, value, &rules, others, n);
	tell_findings(p, m);
	take_provisional(p, m, &rules);
	propose_final(p, m);
}

void policy_ri_sample(struct policy *p, struct policy_module *m)
{
	const struct policy_sample *from = &m->sample;
	int64_t mv = from->value[BACS_Q_VOLTAGE];
	struct policy_string *s = m->owner;
	struct ri_sample sample = {
		.time_ns = from->time_ns,
		.has_sequence = has(m, BACS_Q_RI_SEQUENCE),
		.sequence = from->value[BACS_Q_RI_SEQUENCE],
		.has_uohm = has(m, BACS_Q_RESISTANCE) &&
			    !has_fault(m, BACS_FLAG_SENSE_FAULT) &&
			    from->value[BACS_Q_RESISTANCE] > 0 &&
			    from->value[BACS_Q_RESISTANCE] <= UINT32_MAX,
		.uohm = from->value[BACS_Q_RESISTANCE],
		.has_voltage = has(m, BACS_Q_VOLTAGE),
		.voltage_mv = mv,
	};
	struct ri_value value = { .temperature_mc = RI_NO_TEMPERATURE };

	if (!s || !m->jar || m->state != BACS_MODULE_OK)
		return;
	if (has(m, BACS_Q_EQUALIZER_DUTY))
		sample.duty_permille = from->value[BACS_Q_EQUALIZER_DUTY];
	if (!ri_module_sample(&m->ri.m, &sample))
		return;
	/* measured through a lead that is in doubt: nothing of the block */
	if (policy_rules_suspect(m))
		return;
	value.time_ns = sample.time_ns;
	value.uohm = m->ri.m.uohm;
	value.state = s->machine.state;
	value.trend = s->machine.state == STRING_FLOAT &&
		      sample.duty_permille == 0 &&
		      (s->ri.deep_ns == RI_NEVER ||
		       (int64_t)p->now_ns - s->ri.deep_ns >= RI_REST_NS);
	if (has(m, BACS_Q_TEMPERATURE) && !has_fault(m, BACS_FLAG_TEMP_FAULT) &&
	    from->value[BACS_Q_TEMPERATURE] > -MAX_MC &&
	    from->value[BACS_Q_TEMPERATURE] < MAX_MC)
		value.temperature_mc = from->value[BACS_Q_TEMPERATURE];
	judge_value(p, m, &value);
	if (p->ops->ri_value)
		p->ops->ri_value(p->userdata, m, &value);
}

/* Discharges: how deep were they? (B7) */

/* The smallest known capacity of a string, 0: none is known */
static uint32_t capacity_mah(struct policy *p, const struct policy_string *s)
{
	uint32_t least = 0;
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		const struct policy_module *m = module_at(p, s, i);

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
	struct ri_rules rules;
	char text[200];
	unsigned int i;

	snprintf(text, sizeof(text),
		 "String %s: resistance has settled after %u runs; limits and acceptance may be set from now on",
		 s->name, RI_RUNS);
	policy_emit_string(p, POLICY_RI_SETTLED, s, 0, RI_RUNS, text);
	for (i = 0; i < s->count; i++) {
		struct policy_module *m = module_at(p, s, i);

		if (!m)
			continue;
		ri_rules_set(&rules, &m->limits);
		take_provisional(p, m, &rules);
		tell_findings(p, m);
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
		learn_warmth(p, s);
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
		struct policy_module *m = module_at(p, s, i);

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
		struct policy_module *m = module_at(p, s, i);
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
					  module_at(p, s, index) : NULL;

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
	m = s->ri.s.index < s->count ? module_at(p, s, s->ri.s.index) : NULL;
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
		struct policy_module *m = module_at(p, s, i);

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
