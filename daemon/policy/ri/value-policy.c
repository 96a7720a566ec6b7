// SPDX-License-Identifier: GPL-2.0-or-later
/* Internal resistance of jars: from samples of modules to values and findings */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

/* Beyond is no battery: a sensor's fault */
#define MAX_MC		200000

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
		const struct policy_module *o = policy_module_at(p, s, i);
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

void policy_ri_learn_warmth(struct policy *p, struct policy_string *s)
{
	int32_t above_mc[POLICY_ADDRESS_MAX], ppm[POLICY_ADDRESS_MAX];
	unsigned int i;
	size_t n = 0;

	if (!ri_warmth_due(&s->ri.warmth, p->now_ns))
		return;
	for (i = 0; i < s->count; i++) {
		const struct policy_module *m = policy_module_at(p, s, i);
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

void policy_ri_settled(struct policy *p, struct policy_module *m)
{
	struct ri_rules rules;

	ri_rules_set(&rules, &m->limits);
	take_provisional(p, m, &rules);
	tell_findings(p, m);
}

void policy_ri_sample(struct policy *p, struct policy_module *m)
{
	const struct policy_sample *from = &m->sample;
	int64_t mv = from->value[BACS_Q_VOLTAGE];
	struct policy_string *s = m->owner;
	struct ri_sample sample = {
		.time_ns = from->time_ns,
		.has_sequence = policy_has(m, BACS_Q_RI_SEQUENCE),
		.sequence = from->value[BACS_Q_RI_SEQUENCE],
		.has_uohm = policy_has(m, BACS_Q_RESISTANCE) &&
			    !policy_has_fault(m, BACS_FLAG_SENSE_FAULT) &&
			    from->value[BACS_Q_RESISTANCE] > 0 &&
			    from->value[BACS_Q_RESISTANCE] <= UINT32_MAX,
		.uohm = from->value[BACS_Q_RESISTANCE],
		.has_voltage = policy_has(m, BACS_Q_VOLTAGE),
		.voltage_mv = mv,
	};
	struct ri_value value = { .temperature_mc = RI_NO_TEMPERATURE };

	if (!s || !m->jar || m->state != BACS_MODULE_OK)
		return;
	if (policy_has(m, BACS_Q_EQUALIZER_DUTY))
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
	if (policy_has(m, BACS_Q_TEMPERATURE) &&
	    !policy_has_fault(m, BACS_FLAG_TEMP_FAULT) &&
	    from->value[BACS_Q_TEMPERATURE] > -MAX_MC &&
	    from->value[BACS_Q_TEMPERATURE] < MAX_MC)
		value.temperature_mc = from->value[BACS_Q_TEMPERATURE];
	judge_value(p, m, &value);
	if (p->ops->ri_value)
		p->ops->ri_value(p->userdata, m, &value);
}
