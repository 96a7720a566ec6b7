// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of alarms on a random walk, against a model without a table */
#include "alarm-world.h"

/*
 * The model: the four states of ISA-18.2 without a table, and three veils. One
 * for each alarm of the random walk.
 */
enum base { NORMAL, UNACK, ACK, RETURNED };

struct model {
	enum alarm_kind kind;
	struct alarm_object object;
	enum base base;
	enum alarm_level level;		/* last one */
	bool told;
	bool veiled;			/* by its cause, when it was looked at */
	uint64_t shelf_ns;		/* end, 0 = not shelved */
	int64_t shelf_us;
	uint64_t asked_ns;
};

struct walk {
	struct world *w;
	struct model models[4];
	uint64_t out_ns;		/* end of the string's, 0 = in service */
	int64_t out_us;
	uint64_t out_asked_ns;
	uint64_t seed;
	unsigned int seen[ALARM_STATE_OUT_OF_SERVICE + 1];
};

static uint32_t draw(struct walk *k, uint32_t n)
{
	k->seed = k->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (k->seed >> 33) % n;
}

static bool is_loss(const struct model *m)
{
	return m->kind == ALARM_MODULE_LOST;
}

static bool is_out(const struct walk *k, const struct model *m)
{
	return k->out_ns && m->object.class == ALARM_OF_MODULE;
}

static bool holds(const struct model *m)
{
	return m->base == UNACK || m->base == ACK;
}

static enum alarm_state expected(const struct walk *k, const struct model *m)
{
	if (m->base == NORMAL)
		return m->shelf_ns ? ALARM_STATE_SHELVED : ALARM_STATE_NORMAL;
	if (is_out(k, m))
		return ALARM_STATE_OUT_OF_SERVICE;
	if (holds(m) && is_loss(m) && k->w->inhibited)
		return ALARM_STATE_SUPPRESSED;
	if (m->shelf_ns)
		return ALARM_STATE_SHELVED;
	return m->base == RETURNED ? ALARM_STATE_RETURNED :
	       m->base == UNACK ? ALARM_STATE_UNACKNOWLEDGED :
				  ALARM_STATE_ACKNOWLEDGED;
}

static void tell(struct walk *k, struct model *m)
{
	m->told = expected(k, m) == ALARM_STATE_UNACKNOWLEDGED;
}

static void model_set(struct walk *k, struct model *m, enum alarm_level level)
{
	enum alarm_level now = holds(m) ? m->level : ALARM_NONE;

	if (level > now) {
		bool owed = m->base == RETURNED && m->told;

		if (level > m->level)
			m->shelf_ns = 0;
		m->base = UNACK;
		m->level = level;
		m->veiled = is_loss(m) && k->w->inhibited;
		tell(k, m);
		m->told |= m->veiled && owed;
	} else if (level && level < now) {
		m->level = level;
	} else if (!level && now) {
		if (is_out(k, m) || m->shelf_ns || !m->told)
			m->base = NORMAL;
		else if (m->base == ACK &&
			 !alarm_kind_info(m->kind)->latching)
			m->base = NORMAL;
		else
			m->base = RETURNED;
		m->veiled = false;
	}
	/* a new record has no past */
	if (m->base == NORMAL && !m->shelf_ns)
		m->level = ALARM_NONE;
}

static void model_unhide(struct walk *k, struct model *m)
{
	m->base = holds(m) ? UNACK : NORMAL;
	tell(k, m);
	if (m->base == NORMAL && !m->shelf_ns)
		m->level = ALARM_NONE;
}

/* A clock that ran on: deadlines, then causes that are over */
static void model_tick(struct walk *k)
{
	uint64_t now_ns = k->w->now.boot_ns;
	size_t i;

	if (k->out_ns && k->out_ns <= now_ns) {
		k->out_ns = 0;
		for (i = 0; i < 4; i++)
			if (k->models[i].object.class == ALARM_OF_MODULE)
				model_unhide(k, &k->models[i]);
	}
	for (i = 0; i < 4; i++) {
		struct model *m = &k->models[i];
		bool was = m->veiled;

		m->veiled = holds(m) && is_loss(m) && k->w->inhibited;
		if (was && !m->veiled && holds(m) &&
		    (!m->told || m->base == UNACK)) {
			m->base = UNACK;
			tell(k, m);
		}
		if (m->shelf_ns && m->shelf_ns <= now_ns) {
			m->shelf_ns = 0;
			model_unhide(k, m);
		}
	}
}

static void carry(struct walk *k, uint64_t *ns, int64_t us, uint64_t asked_ns)
{
	int64_t left_us = us - k->w->now.wall_us;

	if (!*ns)
		return;
	*ns = k->w->now.boot_ns;
	if (left_us > 0)
		*ns += (uint64_t)left_us * 1000 < asked_ns ?
		       (uint64_t)left_us * 1000 : asked_ns;
}

static void step_restart(struct walk *k)
{
	struct world *w = k->w;
	bool same = draw(k, 2);
	size_t i;

	if (same) {
		restart(w, true, w->now.boot_ns);
		return;
	}
	w->now.wall_us += ((int64_t)draw(k, 20000) - 5000) * 1000000LL;
	restart(w, false, (1 + draw(k, 100)) * SECOND);
	for (i = 0; i < 4; i++)
		carry(k, &k->models[i].shelf_ns, k->models[i].shelf_us,
		      k->models[i].asked_ns);
	carry(k, &k->out_ns, k->out_us, k->out_asked_ns);
}

static void step_clock(struct walk *k)
{
	struct world *w = k->w;
	size_t i;

	w->now.wall_us += ((int64_t)draw(k, 2000000) - 1000000) * 1000000LL;
	alarm_clock(&w->table, &w->now);
	for (i = 0; i < 4; i++)
		k->models[i].shelf_us = w->now.wall_us +
			((int64_t)k->models[i].shelf_ns -
			 (int64_t)w->now.boot_ns) / 1000;
	k->out_us = w->now.wall_us +
		    ((int64_t)k->out_ns - (int64_t)w->now.boot_ns) / 1000;
}

static void step_service(struct walk *k)
{
	struct world *w = k->w;
	uint64_t ns = (1 + draw(k, 4000)) * SECOND;
	size_t i;

	if (draw(k, 2)) {
		assert_int_equal(alarm_take_out(&w->table, &north, "North", ns,
						"u", "why", &w->now), 0);
		k->out_ns = w->now.boot_ns + ns;
		k->out_us = w->now.wall_us + ns / 1000;
		k->out_asked_ns = ns;
		return;
	}
	assert_int_equal(alarm_put_back(&w->table, &north, "u", &w->now),
			 k->out_ns ? 0 : -ENOENT);
	if (!k->out_ns)
		return;
	k->out_ns = 0;
	for (i = 0; i < 4; i++)
		if (k->models[i].object.class == ALARM_OF_MODULE)
			model_unhide(k, &k->models[i]);
}

static void step_operator(struct walk *k, struct model *m)
{
	struct world *w = k->w;
	const struct alarm *a = alarm_find(&w->table, m->kind, &m->object);
	uint64_t id = a ? a->id : 0;
	uint64_t ns = (1 + draw(k, 4000)) * SECOND;
	bool listed = expected(k, m) != ALARM_STATE_NORMAL;
	int r;

	assert_int_equal(a != NULL, listed);
	switch (draw(k, 3)) {
	case 0:
		r = alarm_acknowledge(&w->table, id, "u", &w->now);
		assert_int_equal(r == 0, m->base == UNACK ||
				 m->base == RETURNED);
		if (m->base == UNACK)
			m->base = ACK;
		else if (m->base == RETURNED)
			m->base = NORMAL;
		if (m->base == NORMAL && !m->shelf_ns)
			m->level = ALARM_NONE;
		break;
	case 1:
		r = alarm_shelve(&w->table, id, ns, "u", "why", &w->now);
		assert_int_equal(r, listed ? 0 : -ENOENT);
		if (!listed)
			break;
		m->shelf_ns = w->now.boot_ns + ns;
		m->shelf_us = w->now.wall_us + ns / 1000;
		m->asked_ns = ns;
		break;
	case 2:
		r = alarm_unshelve(&w->table, id, "u", &w->now);
		assert_int_equal(r == 0, m->shelf_ns != 0);
		if (!m->shelf_ns)
			break;
		m->shelf_ns = 0;
		model_unhide(k, m);
		break;
	}
}

static void step(struct walk *k)
{
	struct world *w = k->w;
	struct model *m = &k->models[draw(k, 4)];
	enum alarm_level level = draw(k, 4);

	switch (draw(k, 20)) {
	case 0 ... 7:
		assert_int_equal(alarm_set(&w->table, m->kind, &m->object, "x",
					   level, "why", &w->now), 0);
		model_set(k, m, level);
		if (is_loss(m)) {
			pass(w, 0);
			model_tick(k);
		}
		break;
	case 8 ... 12:
		step_operator(k, m);
		break;
	case 13:
		step_service(k);
		break;
	case 14:
		w->inhibited = !w->inhibited;
		pass(w, SECOND);
		model_tick(k);
		break;
	case 15:
		step_restart(k);
		/* both as after their first tick */
		pass(w, 0);
		model_tick(k);
		break;
	case 16:
		step_clock(k);
		break;
	default:
		pass(w, draw(k, 3000) * SECOND);
		model_tick(k);
		break;
	}
}

static void compare(struct walk *k, unsigned int n)
{
	size_t i;

	for (i = 0; i < 4; i++) {
		const struct model *m = &k->models[i];
		const struct alarm *a = alarm_find(&k->w->table, m->kind,
						   &m->object);
		enum alarm_state is = a ? alarm_state(a) : ALARM_STATE_NORMAL;
		enum alarm_state should = expected(k, m);

		k->seen[is]++;
		if (is != should)
			fail_msg("step %u, %s: %s, and should be %s", n,
				 alarm_kind_name(m->kind),
				 alarm_state_name(is),
				 alarm_state_name(should));
		if (holds(m))
			assert_int_equal(a->level, m->level);
	}
	assert_true(k->w->table.count <= 4);
}

static void a_hundred_thousand_steps_agree_with_the_model(void **state)
{
	static struct walk k;
	unsigned int n;
	int i;

	(void)state;
	memset(&k, 0, sizeof(k));
	k.w = begin();
	k.seed = 20261122;
	k.models[0] = (struct model){ .kind = ALARM_VOLTAGE_LOW,
				      .object = jar };
	k.models[1] = (struct model){ .kind = ALARM_DEEP_DISCHARGE,
				      .object = jar };
	k.models[2] = (struct model){ .kind = ALARM_MODULE_LOST,
				      .object = jar };
	k.models[3] = (struct model){ .kind = ALARM_SECOND_MASTER,
				      .object = bus };
	for (n = 0; n < 100000; n++) {
		step(&k);
		compare(&k, n);
	}
	/* the walk went everywhere */
	for (i = 0; i <= ALARM_STATE_OUT_OF_SERVICE; i++)
		assert_true(k.seen[i] > 1000);
	end(k.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_thousand_steps_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
