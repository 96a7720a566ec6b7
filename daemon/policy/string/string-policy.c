// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings: samples of their blocks into scans, scans into values and a state */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/internal.h"

#define SECOND_NS	1000000000ULL
#define CELL_MV		2000
/* A sample so much older than the one before: time itself went back */
#define STEP_BACK_NS	(60 * SECOND_NS)
/* A sample so far ahead of now was not measured yet */
#define AHEAD_NS	(5 * SECOND_NS)
/* Beyond it a cell of 2 V is not what is measured */
#define CELL_MAX_UV	4000000

static void emit_state(struct policy *p, struct policy_string *s,
		       enum string_state old)
{
	char text[256];

	snprintf(text, sizeof(text), "String %s: %s, was %s: %s", s->name,
		 string_state_name(s->machine.state), string_state_name(old),
		 s->machine.evidence);
	policy_emit_string(p, POLICY_STRING_STATE, s, old, s->machine.state,
			   text);
	policy_limits_of_state(p, s);
	p->ops->string_changed(p->userdata, s);
}

static void go_blind(struct policy *p, struct policy_string *s,
		     enum string_state state, const char *evidence)
{
	enum string_state old = s->machine.state;

	if (string_machine_blind(&s->machine, state, p->now_ns, evidence))
		emit_state(p, s, old);
}

/* A string without a past */
static void begin_string(struct policy *p, struct policy_string *s,
			 const char *evidence)
{
	unsigned int i;

	for (i = 0; i < s->count; i++) {
		s->cells[i].time_ns = 0;
		s->cells[i].fresh = false;
		s->cells[i].valid = false;
	}
	s->fresh = 0;
	s->newest_ns = 0;
	s->scan_ns = 0;
	policy_rules_forget(p, s);
	go_blind(p, s, STRING_UNKNOWN, evidence);
}

/* How old a value may be */
static uint64_t stale_ns(const struct policy *p, const struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	uint64_t limit = bus ? (uint64_t)bus->scan_ms * 1000000 *
			 POLICY_STALL_SCANS : 0;

	return limit > POLICY_STALL_NS ? limit : POLICY_STALL_NS;
}

static const struct policy_module *module_of(const struct policy_bus *bus,
					     const struct policy_cell *c)
{
	return bus ? bus->modules[c->address] : NULL;
}

static bool is_live(const struct policy_module *m)
{
	return m && m->state == BACS_MODULE_OK;
}

/* What the sample says about the block, where it may be judged */
static void judge_cell(const struct policy_module *m, struct policy_cell *c)
{
	int64_t uv;

	c->has_temperature = policy_has(m, BACS_Q_TEMPERATURE) &&
			     !policy_has_fault(m, BACS_FLAG_TEMP_FAULT);
	c->temperature_mc =
		policy_temperature_mc(m->sample.value[BACS_Q_TEMPERATURE]);
	c->valid = false;
	c->doubtful = true;
	if (!policy_has(m, BACS_Q_VOLTAGE) || m->nominal_mv < CELL_MV ||
	    policy_has_fault(m, BACS_FLAG_SENSE_FAULT))
		return;
	if (m->sample.value[BACS_Q_VOLTAGE] > INT32_MAX ||
	    m->sample.value[BACS_Q_VOLTAGE] < INT32_MIN)
		return;
	uv = m->sample.value[BACS_Q_VOLTAGE] * 1000 * CELL_MV / m->nominal_mv;
	if (uv > CELL_MAX_UV || uv < -CELL_MAX_UV)
		return;
	c->voltage_mv = m->sample.value[BACS_Q_VOLTAGE];
	c->cell_uv = uv;
	c->valid = true;
	c->doubtful = false;
}

/* Keep @list in order; its room is that of a string */
static void insert(int64_t *list, unsigned int count, int64_t value)
{
	while (count && list[count - 1] > value) {
		list[count] = list[count - 1];
		count--;
	}
	list[count] = value;
}

static int64_t median(const int64_t *list, unsigned int count)
{
	return (list[(count - 1) / 2] + list[count / 2]) / 2;
}

static void take_sensor(const struct policy *p, struct policy_string *s)
{
	const struct policy_module *m = *s->sensor_bus ?
		policy_find_module(p, s->sensor_bus, s->sensor_address) : NULL;
	bool live = is_live(m) && m->sample.time_ns &&
		    p->now_ns <= m->sample.time_ns + stale_ns(p, s) &&
		    m->sample.time_ns <= p->now_ns + AHEAD_NS;

	s->has_current = live && policy_has(m, BACS_Q_CURRENT);
	s->has_sensor_voltage = live && policy_has(m, BACS_Q_VOLTAGE);
	if (s->has_current)
		s->current_ma = m->sample.value[BACS_Q_CURRENT];
	if (s->has_sensor_voltage)
		s->sensor_mv = m->sample.value[BACS_Q_VOLTAGE];
}

/* Counts and values of what is live at this moment */
static void summarize(const struct policy *p, struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	int64_t cells[POLICY_ADDRESS_MAX], temps[POLICY_ADDRESS_MAX];
	uint64_t limit = stale_ns(p, s);
	unsigned int i, temp_count = 0;
	int64_t sum_uv = 0;

	s->valid = s->doubtful = s->missing = 0;
	s->sum_mv = 0;
	for (i = 0; i < s->count; i++) {
		struct policy_cell *c = &s->cells[i];
		bool live = is_live(module_of(bus, c));

		if (!live || !c->time_ns || p->now_ns > c->time_ns + limit) {
			c->valid = false;
			c->doubtful = live;
			s->missing += !live;
			s->doubtful += live;
			continue;
		}
		if (c->has_temperature)
			insert(temps, temp_count++, c->temperature_mc);
		if (!c->valid) {
			s->doubtful++;
			continue;
		}
		if (!s->valid || c->cell_uv < s->cells[s->lowest].cell_uv)
			s->lowest = i;
		if (!s->valid || c->cell_uv > s->cells[s->highest].cell_uv)
			s->highest = i;
		insert(cells, s->valid++, c->cell_uv);
		sum_uv += c->cell_uv;
		s->sum_mv += c->voltage_mv;
	}
	if (s->valid) {
		s->median_uv = median(cells, s->valid);
		s->mean_uv = sum_uv / s->valid;
	}
	s->has_temperature = temp_count != 0;
	if (temp_count)
		s->temperature_mc = median(temps, temp_count);
	take_sensor(p, s);
}

/* The median of a minority is no median of the string */
static bool judgeable(const struct policy_string *s)
{
	return s->valid && s->valid * 2 >= s->count;
}

static void explain_absence(const struct policy_string *s, char *text,
			    size_t size)
{
	snprintf(text, size,
		 "%u of %u modules have a value that can be judged (%u do not answer, %u have no valid voltage), half of them are needed",
		 s->valid, s->count, s->missing, s->doubtful);
}

static void finish_scan(struct policy *p, struct policy_string *s)
{
	enum string_state old = s->machine.state;
	struct string_scan scan = { .time_ns = s->newest_ns };
	unsigned int i;

	for (i = 0; i < s->count; i++)
		s->cells[i].fresh = false;
	s->fresh = 0;
	summarize(p, s);
	/* a tick says so when it lasts */
	if (!judgeable(s))
		return;
	s->scan_ns = p->now_ns;
	scan.median_uv = s->median_uv;
	scan.has_current = s->has_current;
	scan.current_ma = s->current_ma;
	scan.zero_ma = s->zero_ma;
	scan.has_temperature = s->has_temperature;
	scan.temperature_mc = s->temperature_mc;
	if (s->resume.waits)
		string_machine_resume(&s->machine, &s->resume, scan.time_ns);
	string_machine_scan(&s->machine, &scan);
	if (s->machine.state != old)
		emit_state(p, s, old);
	policy_equalize_scan(p, s);
	policy_rules_scan(p, s);
}

static void begin_scan(const struct policy *p, struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	unsigned int i;

	s->expected = 0;
	for (i = 0; i < s->count; i++)
		s->expected += is_live(module_of(bus, &s->cells[i]));
}

void policy_string_sample(struct policy *p, struct policy_module *m)
{
	struct policy_string *s = m->owner;
	uint64_t t = m->sample.time_ns;
	struct policy_cell *c;

	if (!s || !m->jar || m->jar > s->count || !is_live(m))
		return;
	c = &s->cells[m->jar - 1];
	if (t > p->now_ns + AHEAD_NS) {
		s->refused++;
		return;
	}
	if (s->newest_ns > t && s->newest_ns - t > STEP_BACK_NS) {
		begin_string(p, s, "time went back; what was before is void");
	} else if (c->time_ns && t <= c->time_ns) {
		s->refused++;
		return;
	}
	/* it comes again before others came: they were passed over */
	if (c->fresh)
		finish_scan(p, s);
	if (!s->fresh)
		begin_scan(p, s);
	judge_cell(m, c);
	c->time_ns = t;
	c->fresh = true;
	s->fresh++;
	if (t > s->newest_ns)
		s->newest_ns = t;
	if (s->fresh >= s->expected)
		finish_scan(p, s);
}

static bool anything_live(const struct policy *p,
			  const struct policy_string *s)
{
	const struct policy_bus *bus = policy_find_bus(p, s->bus);
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (is_live(module_of(bus, &s->cells[i])))
			return true;
	return false;
}

void policy_strings_tick(struct policy *p)
{
	char text[STRING_EVIDENCE_MAX + 1];
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];

		summarize(p, s);
		if (!anything_live(p, s)) {
			if (p->site.armed)
				go_blind(p, s, STRING_OFFLINE,
					 "no module of the string answers");
			else
				go_blind(p, s, STRING_UNKNOWN,
					 "no module was polled yet");
			continue;
		}
		if (s->scan_ns && p->now_ns <= s->scan_ns + stale_ns(p, s))
			continue;
		if (!s->scan_ns && s->valid == 0 &&
		    s->machine.state == STRING_UNKNOWN && !s->newest_ns)
			snprintf(text, sizeof(text), "no scan is complete yet");
		else
			explain_absence(s, text, sizeof(text));
		go_blind(p, s, STRING_UNKNOWN, text);
	}
}

/* Configuration */

struct policy_string *policy_get_string(const struct policy *p,
					const char *name)
{
	size_t i;

	for (i = 0; i < p->string_count; i++)
		if (!strcmp(p->strings[i]->name, name))
			return p->strings[i];
	return NULL;
}

static void free_string(struct policy_string *s)
{
	equalize_free(s->equalize);
	policy_ri_string_free(s);
	free(s->cells);
	free(s);
}

void policy_strings_free(struct policy *p)
{
	while (p->string_count)
		free_string(p->strings[--p->string_count]);
	free(p->strings);
	p->strings = NULL;
}

void policy_strings_begin(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->string_count; i++) {
		p->strings[i]->configured = false;
		p->strings[i]->own_limits = false;
		policy_equalize_begin(p->strings[i]);
		p->strings[i]->battery[0] = '\0';
		p->strings[i]->other_half = NULL;
	}
}

static struct policy_string *add_string(struct policy *p, const char *name)
{
	struct policy_string **list, *s;

	list = realloc(p->strings, (p->string_count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	p->strings = list;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	snprintf(s->name, sizeof(s->name), "%s", name);
	policy_equalize_begin(s);
	policy_ri_string_new(s);
	list[p->string_count++] = s;
	return s;
}

void policy_config_half(struct policy *p, const char *name,
			const char *battery)
{
	struct policy_string *s = policy_get_string(p, name);

	if (s)
		snprintf(s->battery, sizeof(s->battery), "%s", battery);
}

static const struct policy_string *find_other_half(const struct policy *p,
						   const struct policy_string *s)
{
	size_t i;

	for (i = 0; *s->battery && i < p->string_count; i++)
		if (p->strings[i] != s &&
		    !strcmp(p->strings[i]->battery, s->battery))
			return p->strings[i];
	return NULL;
}

static bool same_modules(const struct policy_string *s, const char *bus,
			 const uint8_t *addresses, unsigned int count)
{
	unsigned int i;

	if (strcmp(s->bus, bus) || s->count != count)
		return false;
	for (i = 0; i < count; i++)
		if (s->cells[i].address != addresses[i])
			return false;
	return true;
}

int policy_config_string(struct policy *p, const char *name,
			 unsigned int number, const char *bus,
			 const uint8_t *addresses, unsigned int count,
			 const char *sensor_bus, unsigned int sensor_address,
			 int32_t zero_ma)
{
	struct policy_string *s = policy_get_string(p, name);
	struct policy_cell *cells;
	unsigned int i;

	if (!s)
		s = add_string(p, name);
	if (!s)
		return -ENOMEM;
	s->configured = true;
	s->number = number;
	s->sensor_address = sensor_address;
	s->zero_ma = zero_ma;
	snprintf(s->sensor_bus, sizeof(s->sensor_bus), "%s", sensor_bus);
	if (same_modules(s, bus, addresses, count))
		return 0;
	cells = calloc(count ? count : 1, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		cells[i].address = addresses[i];
	free(s->cells);
	s->cells = cells;
	s->count = count;
	s->valid = 0;
	snprintf(s->bus, sizeof(s->bus), "%s", bus);
	memset(&s->machine, 0, sizeof(s->machine));
	s->resume.waits = false;
	memset(&s->ri.warmth, 0, sizeof(s->ri.warmth));
	begin_string(p, s, "no scan is complete yet");
	return policy_equalize_new(s);
}

static void drop_strings(struct policy *p)
{
	size_t i = 0;

	while (i < p->string_count) {
		struct policy_string *s = p->strings[i];

		if (s->configured) {
			i++;
			continue;
		}
		policy_alarms_forget_string(p, s);
		policy_ri_string_gone(p, s);
		p->ops->string_gone(p->userdata, s);
		memmove(&p->strings[i], &p->strings[i + 1],
			(p->string_count - i - 1) * sizeof(s));
		p->string_count--;
		free_string(s);
	}
}

static void sort_strings(struct policy *p)
{
	size_t i, j;

	for (i = 1; i < p->string_count; i++) {
		struct policy_string *s = p->strings[i];

		for (j = i; j && p->strings[j - 1]->number > s->number; j--)
			p->strings[j] = p->strings[j - 1];
		p->strings[j] = s;
	}
}

void policy_strings_end(struct policy *p)
{
	size_t i;
	int a;

	drop_strings(p);
	sort_strings(p);
	for (i = 0; i < p->bus_count; i++) {
		for (a = 1; a <= POLICY_ADDRESS_MAX; a++) {
			struct policy_module *m = p->buses[i]->modules[a];

			if (m)
				m->owner = *m->string ?
					   policy_get_string(p, m->string) : NULL;
		}
	}
	for (i = 0; i < p->string_count; i++) {
		if (!p->strings[i]->own_limits)
			p->strings[i]->limits = p->limits;
		p->strings[i]->other_half = find_other_half(p, p->strings[i]);
		p->ops->string_changed(p->userdata, p->strings[i]);
	}
	policy_equalize_configure(p);
}

size_t policy_string_count(const struct policy *policy)
{
	return policy->string_count;
}

const struct policy_string *policy_string_at(const struct policy *policy,
					     size_t i)
{
	return i < policy->string_count ? policy->strings[i] : NULL;
}

const struct policy_string *policy_find_string(const struct policy *policy,
					       const char *name)
{
	return policy_get_string(policy, name);
}
