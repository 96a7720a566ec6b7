// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

void memory_free(struct memory *m)
{
	if (!m)
		return;
	free(m->alarms);
	free(m->outs);
	free(m);
}

/* On disk until the alarm is normal */
void memory_alarm(struct memory *m, const struct alarm *alarm)
{
	size_t i;

	for (i = 0; i < m->alarm_count; i++)
		if (m->alarms[i].id == alarm->id)
			break;
	if (alarm_state(alarm) == ALARM_STATE_NORMAL) {
		if (i < m->alarm_count)
			m->alarms[i] = m->alarms[--m->alarm_count];
		return;
	}
	if (i == m->alarm_count) {
		struct alarm *list = realloc(m->alarms,
					     (i + 1) * sizeof(*list));

		if (!list)
			abort();
		m->alarms = list;
		m->alarm_count++;
	}
	m->alarms[i] = *alarm;
}

void memory_out(struct memory *m, const struct alarm_out *out, bool in)
{
	size_t i;

	for (i = 0; i < m->out_count; i++)
		if (alarm_object_equal(&m->outs[i].object, &out->object))
			break;
	if (in) {
		if (i < m->out_count)
			m->outs[i] = m->outs[--m->out_count];
		return;
	}
	if (i == m->out_count) {
		struct alarm_out *list = realloc(m->outs,
						 (i + 1) * sizeof(*list));

		if (!list)
			abort();
		m->outs = list;
		m->out_count++;
	}
	m->outs[i] = *out;
}

void memory_value(struct memory *m, const struct policy_module *module,
		  unsigned int string, const struct ri_value *value)
{
	struct memory_jar *j = &m->jars[string][module->address];

	if (j->count == RI_VALUES) {
		memmove(j->values, j->values + 1,
			(RI_VALUES - 1) * sizeof(*j->values));
		j->count--;
	}
	j->values[j->count++] = *value;
	j->sequence = (uint32_t)module->sample.value[BACS_Q_RI_SEQUENCE];
}

void memory_baseline(struct memory *m, unsigned int string,
		     unsigned int place, const struct ri_baseline *baseline)
{
	m->jars[string][place].jar.baseline = *baseline;
}

int memory_restore_alarms(struct memory *m, struct policy *policy,
			  uint64_t now_ns)
{
	struct memory old = *m;
	size_t i;
	int r = 0;

	/* what is restored may be told again, and is kept again */
	m->alarms = NULL;
	m->alarm_count = 0;
	m->outs = NULL;
	m->out_count = 0;
	for (i = 0; r == 0 && i < old.alarm_count; i++) {
		memory_alarm(m, &old.alarms[i]);
		/* the same boot goes on: boot times still hold */
		r = policy_restore_alarm(policy, &old.alarms[i], true, now_ns);
	}
	for (i = 0; r == 0 && i < old.out_count; i++) {
		memory_out(m, &old.outs[i], false);
		r = policy_restore_out(policy, &old.outs[i], true, now_ns);
	}
	free(old.alarms);
	free(old.outs);
	return r;
}

static void learn(struct memory_learnt *l, const struct policy *policy,
		  const struct policy_string *s, unsigned int place,
		  uint64_t now_ns)
{
	struct policy_learnt record;
	int r = policy_learnt_take(policy, s, place, &record);

	if (r < 0 && r != -ENODATA)
		abort();
	if (r < 0)
		return;
	l->record = record;
	l->saved_ns = now_ns;
	l->known = true;
}

void memory_learn(struct memory *m, const struct policy *policy, int string,
		  uint64_t now_ns)
{
	size_t k;
	unsigned int a;

	for (k = 0; k < policy_string_count(policy) && k < MEMORY_STRINGS;
	     k++) {
		const struct policy_string *s = policy_string_at(policy, k);

		if (string >= 0 && (size_t)string != k)
			continue;
		for (a = 0; a <= (string < 0 ? s->count : 0); a++)
			learn(&m->learnt[k][a], policy, s, a, now_ns);
	}
	if (string >= 0)
		return;
	learn(&m->site, policy, NULL, 0, now_ns);
	m->saved_ns = m->alive_ns = now_ns;
}

static void give(const struct memory *m, struct policy *policy,
		 const struct memory_learnt *l, uint64_t now_ns)
{
	uint64_t saved = l->saved_ns < now_ns ? l->saved_ns : now_ns;
	uint64_t alive = m->alive_ns < now_ns ? m->alive_ns : now_ns;
	char why[160] = "its module or jar is not known";
	int r;

	if (!l->known)
		return;
	r = policy_learnt_give(policy, &l->record, now_ns - saved,
			       now_ns - alive, why, sizeof(why));
	if (r == -EBADMSG)
		fprintf(stderr, "what was learnt of block %u of %s: %s: %s\n",
			l->record.position, l->record.string, why,
			l->record.text);
	if (r == -EBADMSG)
		abort();
}

void memory_give(const struct memory *m, struct policy *policy,
		 uint64_t now_ns)
{
	unsigned int k, a;

	give(m, policy, &m->site, now_ns);
	for (k = 0; k < MEMORY_STRINGS; k++)
		for (a = 0; a <= POLICY_ADDRESS_MAX; a++)
			give(m, policy, &m->learnt[k][a], now_ns);
}

void memory_restore(const struct memory *m, struct policy *policy,
		    const char *bus, unsigned int string, unsigned int count,
		    const char *string_name, uint32_t capacity_mah)
{
	unsigned int a, i;

	for (a = 1; a <= count; a++) {
		const struct memory_jar *j = &m->jars[string][a];
		struct policy_jar jar = j->jar;

		jar.id = string * 256 + a;
		jar.type = "";
		jar.capacity_mah = capacity_mah;
		policy_jar_set(policy, bus, a, &jar);
		for (i = 0; i < j->count; i++)
			policy_jar_restore(policy, bus, a, &j->values[i],
					   j->sequence);
	}
	if (m->has_string[string])
		policy_ri_restore(policy, string_name, &m->strings[string]);
}
