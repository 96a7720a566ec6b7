// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules and the rest of the policy: scans in, alarms out */
#include <string.h>

#include "policy/internal.h"
#include "policy/rules/internal.h"

struct target {
	struct policy *policy;
	struct policy_string *string;	/* NULL: the site */
};

static struct policy_module *module_of(const struct policy_bus *bus,
				       const struct policy_string *s,
				       unsigned int jar)
{
	struct policy_module *m = bus->modules[s->cells[jar].address];

	return m && m->owner == s ? m : NULL;
}

static void say(void *userdata, enum alarm_kind kind, int jar,
		enum alarm_level level, const char *text)
{
	const struct target *t = userdata;
	const struct policy_bus *bus;
	struct policy_module *m;

	if (!t->string) {
		policy_alarm_site(t->policy, kind, level, "%s", text);
		return;
	}
	if (jar < 0) {
		policy_alarm_string(t->policy, kind, t->string, level, "%s",
				    text);
		return;
	}
	bus = policy_find_bus(t->policy, t->string->bus);
	m = bus ? module_of(bus, t->string, jar) : NULL;
	if (m)
		policy_alarm_module(t->policy, kind, m, level, "%s", text);
}

static int32_t narrow(int64_t v)
{
	return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : v;
}

static void take_jar(struct policy_module *m, const struct policy_cell *c,
		     struct rules_jar *j)
{
	const int64_t *v = m->sample.value;
	int64_t flags = policy_has(m, BACS_Q_FLAGS) ? v[BACS_Q_FLAGS] : 0;

	/* a sample that was refused is not that of the cell */
	if (m->state != BACS_MODULE_OK || !c->time_ns ||
	    policy_rules_time(c->time_ns) <= m->rules.seen_ns || m->sample.time_ns != c->time_ns ||
	    m->nominal_mv < 2000)
		return;
	j->fresh = true;
	j->cells = m->nominal_mv / 2000;
	j->sense_fault = flags & BACS_FLAG_SENSE_FAULT;
	j->temperature_fault = flags & BACS_FLAG_TEMP_FAULT;
	j->has_voltage = policy_has(m, BACS_Q_VOLTAGE) && v[BACS_Q_VOLTAGE] ==
			 narrow(v[BACS_Q_VOLTAGE]);
	if (j->has_voltage)
		j->uv = v[BACS_Q_VOLTAGE] * 1000 * 2000 / m->nominal_mv;
	j->has_temperature = policy_has(m, BACS_Q_TEMPERATURE);
	j->temperature_mc = policy_temperature_mc(v[BACS_Q_TEMPERATURE]);
	j->has_module_temperature = policy_has(m, BACS_Q_MODULE_TEMPERATURE);
	j->module_mc = policy_temperature_mc(v[BACS_Q_MODULE_TEMPERATURE]);
	j->has_duty = policy_has(m, BACS_Q_EQUALIZER_DUTY);
	j->duty_permille = narrow(v[BACS_Q_EQUALIZER_DUTY]);
	j->ri_uohm = m->ri.jar.newest.uohm;
}

/* Mean of the environment modules on the bus of the string, else of the host */
static void take_ambient(const struct policy *p, const struct policy_bus *bus,
			 struct rules_scan *scan)
{
	unsigned int a, count = 0;
	int64_t sum = 0;

	for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
		const struct policy_module *m = bus->modules[a];

		if (!m || m->facts.modclass != BACS_MODCLASS_ENVIRONMENT ||
		    m->state != BACS_MODULE_OK ||
		    !policy_has(m, BACS_Q_TEMPERATURE) ||
		    m->sample.time_ns + RULES_GAP_NS < p->now_ns ||
		    policy_has_fault(m, BACS_FLAG_TEMP_FAULT))
			continue;
		sum += policy_temperature_mc(
			m->sample.value[BACS_Q_TEMPERATURE]);
		count++;
	}
	scan->has_ambient = count;
	if (count)
		scan->ambient_mc = sum / count;
	else if (p->has_room && p->now_ns - p->room_ns <= RULES_GAP_NS) {
		scan->has_ambient = true;
		scan->ambient_mc = p->room_mc;
	}
}

void policy_room(struct policy *p, int32_t mc, uint64_t now_ns)
{
	policy_set_now(p, now_ns);
	p->has_room = true;
	p->room_mc = policy_temperature_mc(mc);
	p->room_ns = now_ns;
}

void policy_room_forget(struct policy *p)
{
	p->has_room = false;
}

/* False where its mean is not that of all its blocks */
static bool take_half(const struct policy_bus *bus,
		      const struct policy_string *s, struct rules_half *ret)
{
	unsigned int i;

	ret->state = s->machine.state;
	ret->time_ns = s->rules.last_ns;
	ret->mean_uv = s->mean_uv;
	ret->has_temperature = s->has_temperature;
	ret->temperature_mc = s->temperature_mc;
	for (i = 0; bus && i < s->count; i++) {
		const struct policy_module *m = module_of(bus, s, i);

		if (!m || policy_rules_suspect(m))
			return false;
	}
	return bus && s->count && s->valid == s->count;
}

static void compare_halves(struct policy *p, struct policy_string *s)
{
	const struct policy_string *other = s->other_half;
	struct target t = { p, s };
	struct rules_half a, b;

	if (other && take_half(policy_find_bus(p, s->bus), s, &a) &&
	    take_half(policy_find_bus(p, other->bus), other, &b))
		rules_judge_halves(&s->rules, &s->limits, &a, &b, say, &t);
}

void policy_rules_scan(struct policy *p, struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	struct rules_jar jars[POLICY_ADDRESS_MAX];
	struct rules_scan scan = {
		.time_ns = policy_rules_time(s->newest_ns),
		.state = s->machine.state,
		.state_ns = policy_rules_time(s->machine.since_ns),
		.limits = &s->limits,
		.jars = jars,
		.count = s->count,
		.has_sensor_voltage = s->has_sensor_voltage,
		.sensor_mv = s->sensor_mv,
		.sum_mv = s->sum_mv,
		.has_current = s->has_current,
		.current_ma = s->current_ma,
	};
	/* what a jar without a module writes to and nobody reads */
	struct rules_module nobody = { .seen_ns = 0 };
	struct target t = { p, s };
	unsigned int i;

	if (!bus || !s->count)
		return;
	for (i = 0; i < s->count; i++) {
		struct policy_module *m = module_of(bus, s, i);

		jars[i] = (struct rules_jar) {
			.limits = m ? &m->limits : &s->limits,
			.memory = m ? &m->rules : &nobody,
			.cells = 1,
		};
		if (m)
			take_jar(m, &s->cells[i], &jars[i]);
	}
	take_ambient(p, bus, &scan);
	rules_judge(&s->rules, &scan, say, &t);
	compare_halves(p, s);
}

bool policy_rules_suspect(const struct policy_module *m)
{
	return m->owner && rules_suspect(&m->rules);
}

void policy_rules_forget(struct policy *p, struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	unsigned int i;

	memset(&s->rules, 0, sizeof(s->rules));
	for (i = 0; bus && i < s->count; i++) {
		struct policy_module *m = module_of(bus, s, i);

		if (m)
			memset(&m->rules, 0, sizeof(m->rules));
	}
}

void policy_clock_state(struct policy *p, bool synchronised, uint64_t now_ns)
{
	struct target t = { p, NULL };

	policy_set_now(p, now_ns);
	rules_judge_clock(&p->unsynchronised_ns, policy_rules_time(now_ns),
			  synchronised, say, &t);
}

void policy_rules_clock_step(struct policy *p, int64_t step_ms)
{
	struct target t = { p, NULL };

	rules_judge_clock_step(step_ms, say, &t);
}
