// SPDX-License-Identifier: GPL-2.0-or-later
/* The schedule of measuring internal resistance */
#include <stdlib.h>
#include <string.h>

#include "policy/ri/ri.h"

void ri_module_init(struct ri_module *m, int64_t now_ns)
{
	memset(m, 0, sizeof(*m));
	m->measured_ns = RI_NEVER;
	m->since_ns = now_ns;
	m->sample_ns = RI_NEVER;
	m->duty_ns = RI_NEVER;
}

void ri_string_init(struct ri_string *s)
{
	memset(s, 0, sizeof(*s));
	s->interval_ns = RI_INTERVAL_S * RI_SECOND_NS;
	s->begin_ns = RI_NEVER;
	s->run_ns = RI_NEVER;
	s->due_ns = RI_NEVER;
	s->again_ns = RI_NEVER;
	s->wait = RI_WAIT_BEGIN;
}

void ri_charger_init(struct ri_charger *c)
{
	c->holder = NULL;
	c->start_ns = RI_NEVER;
	c->end_ns = RI_NEVER;
}

void ri_module_remember(struct ri_module *m, uint32_t sequence)
{
	m->known = true;
	m->sequence = sequence;
}

/* Has so much time passed since? What never was, was long ago. */
static bool passed(int64_t now_ns, int64_t since_ns, int64_t span_ns)
{
	return since_ns == RI_NEVER || now_ns - since_ns >= span_ns;
}

static void begin_window(struct ri_module *m)
{
	m->window_count = 0;
	m->has_mean = false;
	m->flat = false;
}

/* Slope from the means of two windows: one sample more or less says nothing */
static void follow_slope(struct ri_module *m, const struct ri_sample *sample)
{
	int64_t mean, span, slope;

	if (!m->window_count) {
		m->window_ns = sample->time_ns;
		m->window_uv = 0;
	}
	m->window_uv += sample->voltage_mv * 1000;
	m->window_count++;
	span = sample->time_ns - m->window_ns;
	if (span < RI_WINDOW_NS)
		return;
	mean = m->window_uv / m->window_count;
	if (m->has_mean) {
		/* spans are of seconds, or a scan took longer than a window */
		slope = llabs(mean - m->mean_uv) * 60 / (span / RI_SECOND_NS);
		m->flat = slope < RI_SLOPE_UV;
	}
	m->mean_uv = mean;
	m->has_mean = true;
	m->window_count = 0;
}

bool ri_module_sample(struct ri_module *m, const struct ri_sample *sample)
{
	if (m->sample_ns != RI_NEVER && sample->time_ns <= m->sample_ns)
		return false;
	m->sample_ns = sample->time_ns;
	m->duty_permille = sample->duty_permille;
	if (sample->duty_permille > 0)
		m->duty_ns = sample->time_ns;
	/* a block of more than 1 kV is none; so sums stay in their type */
	if (sample->has_voltage && sample->voltage_mv > -1000000 &&
	    sample->voltage_mv < 1000000)
		follow_slope(m, sample);
	if (!sample->has_sequence)
		return false;
	if (m->known && m->sequence == sample->sequence)
		return false;
	/*
	 * The first number that is seen belongs to a measurement of nobody
	 * knows when, and 0 says that the module was started anew.
	 */
	if (!m->known || !sample->sequence) {
		ri_module_remember(m, sample->sequence);
		return false;
	}
	m->sequence = sample->sequence;
	m->moved++;
	m->good = sample->has_uohm && sample->uohm >= RI_MIN_UOHM &&
		  sample->uohm <= RI_MAX_UOHM;
	if (!m->good) {
		m->result = RI_RESULT_BAD;
		return false;
	}
	m->uohm = sample->uohm;
	m->measured_ns = sample->time_ns;
	m->result = RI_RESULT_OK;
	return true;
}

bool ri_state_allows(enum string_state state)
{
	return state == STRING_FLOAT || state == STRING_REST;
}

int64_t ri_string_next(const struct ri_string *s)
{
	if (!s->interval_ns)
		return RI_NEVER;
	if (s->again_ns != RI_NEVER)
		return s->again_ns;
	if (s->runs >= RI_RUNS)
		return s->run_ns == RI_NEVER ? s->begin_ns :
					       s->run_ns + s->interval_ns;
	if (s->begin_ns == RI_NEVER)
		return RI_NEVER;
	return s->runs && s->due_ns != RI_NEVER ? s->due_ns :
						  s->begin_ns + RI_FIRST_NS;
}

/* A module that is to be measured now, or -1; the operator's wish goes first */
static int next_module(struct ri_string *s, const struct ri_look *look)
{
	int i, due = -1;

	if (!s->running && !s->asked)
		return -1;
	for (i = 0; i < s->count; i++) {
		const struct ri_module *m = look->modules[i];

		if (m && m->requested)
			return i;
		if (m && due < 0 && s->running && !m->done)
			due = i;
	}
	s->asked = false;
	return due;
}

void ri_string_request(struct ri_string *s, struct ri_module *m)
{
	s->asked = true;
	m->requested = true;
}

bool ri_string_before(const struct ri_string *a, const struct ri_string *b)
{
	if (a->asked != b->asked)
		return a->asked;
	return a->due_ns < b->due_ns;
}

void ri_string_abort(struct ri_string *s, struct ri_charger *charger)
{
	if (charger->holder == s)
		charger->holder = NULL;
	s->phase = RI_IDLE;
	s->running = false;
	s->wants = false;
}

static uint16_t count_able(const struct ri_string *s,
			   const struct ri_look *look)
{
	uint16_t i, n = 0;

	for (i = 0; i < s->count; i++)
		n += look->modules[i] && look->modules[i]->known;
	return n;
}

static void begin_run(struct ri_string *s, const struct ri_look *look)
{
	int64_t fresh = s->interval_ns / 2;
	uint16_t i;

	s->able = count_able(s, look);
	if (!s->able)
		return;
	s->running = true;
	s->started_ns = look->now_ns;
	s->again_ns = RI_NEVER;
	s->measured = 0;
	s->failed = 0;
	for (i = 0; i < s->count; i++) {
		struct ri_module *m = look->modules[i];

		if (!m)
			continue;
		if (!m->known) {
			m->done = true;
			continue;
		}
		/* the run that a restart of bacsd broke off goes on */
		m->done = s->runs >= RI_RUNS && m->measured_ns != RI_NEVER &&
			  look->now_ns - m->measured_ns < fresh;
		s->measured += m->done;
	}
}

/* All modules had their turn */
static void end_run(struct ri_string *s, int64_t now_ns)
{
	s->running = false;
	if (!s->measured) {
		s->again_ns = now_ns + RI_AGAIN_NS;
		return;
	}
	s->complete = true;
	s->run_ns = s->started_ns;
	s->due_ns = now_ns;
	/* half of a string says too little of how the whole settles */
	if (s->runs < RI_RUNS && s->measured * 2 >= s->able) {
		s->runs++;
		s->settled = s->runs == RI_RUNS;
	} else if (s->runs < RI_RUNS) {
		s->again_ns = now_ns + RI_AGAIN_NS;
	}
}

/* The operator's wish comes true or not, but it ends */
static void drop_requests(struct ri_string *s, const struct ri_look *look)
{
	uint16_t i;

	if (!s->asked)
		return;
	s->asked = false;
	for (i = 0; i < s->count; i++)
		if (look->modules[i])
			look->modules[i]->requested = false;
}

static void set_wait(struct ri_string *s, enum ri_wait wait)
{
	s->wait = wait;
	s->wants = false;
}

void ri_string_look(struct ri_string *s, const struct ri_look *look)
{
	int64_t next;
	bool charged = look->state == STRING_FLOAT ||
		       look->state == STRING_BOOST ||
		       look->state == STRING_RECHARGE;

	if (s->begin_ns == RI_NEVER && charged)
		s->begin_ns = look->now_ns;
	/* a clock that went back would hold everything up */
	if (s->run_ns > look->now_ns)
		s->run_ns = look->now_ns;
	if (s->begin_ns > look->now_ns)
		s->begin_ns = look->now_ns;
	if (look->read_only) {
		s->running = false;
		drop_requests(s, look);
		set_wait(s, RI_WAIT_READ_ONLY);
		return;
	}
	next = ri_string_next(s);
	if (!s->interval_ns)
		s->running = false;
	if (!s->running && next != RI_NEVER && next <= look->now_ns) {
		s->due_ns = next;
		if (ri_state_allows(look->state))
			begin_run(s, look);
	}
	if (next_module(s, look) < 0) {
		bool due = next != RI_NEVER && next <= look->now_ns;
		bool able = !due || !ri_state_allows(look->state) || s->able;

		if (s->running)
			end_run(s, look->now_ns);
		set_wait(s, !s->interval_ns ? RI_WAIT_OFF :
			    s->begin_ns == RI_NEVER ? RI_WAIT_BEGIN :
			    !able ? RI_WAIT_UNABLE :
			    due && !s->complete ? RI_WAIT_STATE :
			    s->runs ? RI_WAIT_DUE : RI_WAIT_FIRST);
		return;
	}
	if (!ri_state_allows(look->state)) {
		set_wait(s, RI_WAIT_STATE);
		return;
	}
	s->wants = true;
}

static void finish(struct ri_string *s, struct ri_module *m,
		   struct ri_charger *charger, const struct ri_look *look)
{
	if (s->phase == RI_MEASURE)
		charger->end_ns = look->now_ns;
	charger->holder = NULL;
	s->phase = RI_IDLE;
	s->phase_ns = look->now_ns;
	if (m)
		begin_window(m);
}

/* The module has its value, or gets none in this run */
static void conclude(struct ri_string *s, struct ri_module *m, bool good)
{
	s->tries = 0;
	m->requested = false;
	if (!s->running || m->done)
		return;
	m->done = true;
	if (good)
		s->measured++;
	else
		s->failed++;
}

static enum ri_act fail(struct ri_string *s, struct ri_module *m,
			struct ri_charger *charger,
			const struct ri_look *look, enum ri_result result)
{
	m->result = result;
	finish(s, m, charger, look);
	/* what does not stop equalizing in 10 min does not in 30 */
	if (s->tries >= RI_TRIES || result == RI_RESULT_DUTY) {
		conclude(s, m, false);
		s->gave_up = true;
	}
	return RI_ACT_RELEASE;
}

static enum ri_act start(struct ri_string *s, struct ri_module *m,
			 struct ri_charger *charger,
			 const struct ri_look *look)
{
	s->phase = RI_MEASURE;
	s->phase_ns = look->now_ns;
	s->moved = m->moved;
	s->refused = false;
	charger->start_ns = look->now_ns;
	return RI_ACT_START;
}

/* Has the equalizer left the module alone, and for long enough? */
static enum ri_act hold(struct ri_string *s, struct ri_module *m,
			struct ri_charger *charger,
			const struct ri_look *look)
{
	bool seen = m->sample_ns != RI_NEVER && m->sample_ns > s->phase_ns;
	bool late = passed(look->now_ns, s->phase_ns, RI_SETTLE_NS);

	if (!seen || m->duty_permille > 0)
		return late ? fail(s, m, charger, look,
				   seen ? RI_RESULT_DUTY : RI_RESULT_SILENT) :
			      RI_ACT_NONE;
	if (!late && !m->flat && !passed(look->now_ns, m->duty_ns,
					 RI_SETTLE_NS))
		return RI_ACT_NONE;
	return start(s, m, charger, look);
}

static enum ri_act measure(struct ri_string *s, struct ri_module *m,
			   struct ri_charger *charger,
			   const struct ri_look *look)
{
	if (m->moved != s->moved) {
		if (!m->good)
			return fail(s, m, charger, look, RI_RESULT_BAD);
		finish(s, m, charger, look);
		conclude(s, m, true);
		return RI_ACT_RELEASE;
	}
	if (s->refused)
		return fail(s, m, charger, look, RI_RESULT_REFUSED);
	if (passed(look->now_ns, s->phase_ns, RI_TIMEOUT_NS))
		return fail(s, m, charger, look, RI_RESULT_TIMEOUT);
	return RI_ACT_NONE;
}

static enum ri_act take(struct ri_string *s, const struct ri_look *look,
			struct ri_charger *charger, bool next)
{
	int i = next_module(s, look);
	struct ri_module *m;

	if (i < 0 || !s->wants)
		return RI_ACT_NONE;
	m = look->modules[i];
	if (s->tried != i) {
		s->tried = i;
		s->tries = 0;
	}
	s->index = i;
	if (!m->live) {
		m->result = RI_RESULT_SILENT;
		conclude(s, m, false);
		return RI_ACT_FAILED;
	}
	if (charger->holder || !next) {
		s->wait = RI_WAIT_CHARGER;
		return RI_ACT_NONE;
	}
	s->wait = RI_WAIT_NONE;
	if (!passed(look->now_ns, charger->end_ns, RI_PAUSE_NS) ||
	    !passed(look->now_ns, charger->start_ns, RI_SLOT_NS))
		return RI_ACT_NONE;
	charger->holder = s;
	s->tries++;
	s->phase = RI_HOLD;
	s->phase_ns = look->now_ns;
	begin_window(m);
	return RI_ACT_HOLD;
}

/* The module went away under the measurement, or the string must not now */
static bool broken(const struct ri_string *s, const struct ri_look *look)
{
	const struct ri_module *m = look->modules[s->index];

	return !m || !m->live || look->read_only ||
	       !ri_state_allows(look->state);
}

static enum ri_act break_off(struct ri_string *s, const struct ri_look *look,
			     struct ri_charger *charger)
{
	struct ri_module *m = look->modules[s->index];

	/* its turn comes again: that was not its fault */
	if (s->tries)
		s->tries--;
	finish(s, m, charger, look);
	return m ? RI_ACT_RELEASE : RI_ACT_NONE;
}

enum ri_act ri_string_step(struct ri_string *s, const struct ri_look *look,
			   struct ri_charger *charger, bool next,
			   uint16_t *ret_index)
{
	struct ri_module *m = s->index < s->count ? look->modules[s->index] :
						    NULL;
	enum ri_act act;

	if (s->complete) {
		s->complete = false;
		return RI_ACT_RUN;
	}
	if (s->settled) {
		s->settled = false;
		return RI_ACT_SETTLED;
	}
	*ret_index = s->index;
	if (s->phase != RI_IDLE && broken(s, look))
		return break_off(s, look, charger);
	switch (s->phase) {
	case RI_HOLD:
		return hold(s, m, charger, look);
	case RI_MEASURE:
		return measure(s, m, charger, look);
	default:
		break;
	}
	/* told after the module was let go */
	if (s->gave_up) {
		s->gave_up = false;
		return RI_ACT_FAILED;
	}
	act = take(s, look, charger, next);
	*ret_index = s->index;
	return act;
}

void ri_string_refused(struct ri_string *s, uint16_t index)
{
	if (s->phase == RI_MEASURE && s->index == index)
		s->refused = true;
}

bool ri_module_overdue(const struct ri_module *m, const struct ri_string *s,
		       int64_t now_ns)
{
	int64_t since = m->measured_ns == RI_NEVER ? m->since_ns :
						     m->measured_ns;

	/* after a long stop of bacsd a run has its time first */
	return m->known && s->interval_ns && s->wait != RI_WAIT_READ_ONLY &&
	       now_ns - m->since_ns > s->interval_ns &&
	       now_ns - since > RI_OVERDUE * s->interval_ns;
}

const char *ri_result_name(enum ri_result result)
{
	static const char *const names[RI_RESULT_COUNT] = {
		[RI_RESULT_NONE] = "none",
		[RI_RESULT_OK] = "ok",
		[RI_RESULT_TIMEOUT] = "timed-out",
		[RI_RESULT_BAD] = "bad-value",
		[RI_RESULT_REFUSED] = "refused",
		[RI_RESULT_SILENT] = "silent",
		[RI_RESULT_DUTY] = "still-equalizing",
	};

	return (unsigned int)result < RI_RESULT_COUNT ? names[result] :
							"unknown";
}

const char *ri_wait_name(enum ri_wait wait)
{
	static const char *const names[RI_WAIT_COUNT] = {
		[RI_WAIT_NONE] = "measuring",
		[RI_WAIT_OFF] = "off",
		[RI_WAIT_READ_ONLY] = "not measured (read-only bus)",
		[RI_WAIT_BEGIN] = "not charged yet",
		[RI_WAIT_FIRST] = "waiting for the first run",
		[RI_WAIT_STATE] = "waiting for float or rest",
		[RI_WAIT_CHARGER] = "waiting for the charger",
		[RI_WAIT_DUE] = "waiting for the next run",
		[RI_WAIT_UNABLE] = "no module measures resistance",
	};

	return (unsigned int)wait < RI_WAIT_COUNT ? names[wait] : "unknown";
}
