// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a voltage says of its block or of its sense lead: deviation, shorted
 * cell, open jar, broken lead (M4, M16, B4)
 *
 * The charger holds the sum. What really happens to a block therefore moves
 * all others the other way, by its share; what happens to a lead moves none.
 */
#include "policy/rules/internal.h"

/*
 * [B7]  requirement of that number, others likewise
 * [E]   Effekta ME-1500 catalogue p. 65: accuracy 0.5 %
 * [X]   Maxi Power: ±2 % of the average is natural in AGM, 45 mV/cell
 * [N]   Narada 12NDF100 p. 19: -3 mV/°C and cell
 * [v]   practice value
 */
enum {
	SETTLE_S = 72 * 3600,	/* [B7] blocks differ so long after a recharge */
	CALM_S = 3600,		/* [v] and after a dip */
	DEVIATION_TAU_S = 600,	/* [v] ripple and the charger's wander */
	LASTING_S = 14 * 86400,	/* [M4] then it is the block */
	JUMP_MV = 100,		/* [v] twice [X], no block does that */
	LOAD_STEP_MV = 50,	/* [v] the whole string moved */
	HEALTHY_MV = 150,	/* [v] [X] and [E], twice */
	WORKING_PERMILLE = 50,	/* [X] [E] cells that work, against others */
	NOTHING_PERMILLE = 350,	/* [v] of the others: no voltage */
	SHORT_STEP_S = 60,	/* [v] seen to fall at once */
	SHORT_LEVEL_S = 1800,	/* [v] only its level is seen */
	REACTION_S = 300,	/* [v] the others have reacted */
	REACTION_MIN_MV = 8,	/* [v] a smaller one is lost in the wander */
	OPEN_ABOVE_MV = 200,	/* [v] above the others */
	OPEN_LEAST_MV = 2300,	/* [v] somebody charges it */
	OPEN_SURE_MV = 2750,	/* [v] more than gassing */
	OPEN_OTHERS_MV = 2190,	/* [v] no current: on the way to rest */
	SOUND_MV = 50,		/* [X] and [E]: as the others are */
	OPEN_RISE_S = 2 * 3600,	/* [v] sulphation and dry-out take weeks */
	OPEN_RISE_MV = 150,	/* [v] and by so much above the others */
	LOADED_MV = 2050,	/* [v] below: the others carry a load */
	JUMPS = 4,		/* [v] of the last 8 samples */
};

static const struct rules_times flag_times = {
	10 * RULES_SECOND_NS, 60 * RULES_SECOND_NS,
};
static const struct rules_times lead_times = {
	10 * RULES_SECOND_NS, 10 * RULES_MINUTE_NS,
};
static const struct rules_times open_times = {
	60 * RULES_SECOND_NS, 10 * RULES_MINUTE_NS,
};

static unsigned int count_bits(uint8_t bits)
{
	unsigned int n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

static bool is_charging(enum string_state state)
{
	return state == STRING_FLOAT || state == STRING_BOOST;
}

static bool measured(const struct rules_jar *j)
{
	return j->fresh && j->has_voltage && !j->sense_fault;
}

/* Did the voltage move as no block does by itself? */
static bool moved(const struct rules_run *run, const struct rules_jar *j,
		  int64_t others)
{
	const struct rules_module *m = j->memory;

	return m->last_ns && run->now_ns - m->last_ns <= RULES_GAP_NS &&
	       rules_abs(j->uv - m->last_uv) > JUMP_MV * RULES_MV &&
	       rules_abs(j->uv - others - m->last_off_uv) > JUMP_MV * RULES_MV;
}

/* Sum of all voltages; false if one of them is missing */
static bool sum_of_all(const struct rules_run *run, int64_t *ret_uv)
{
	unsigned int i;

	*ret_uv = 0;
	for (i = 0; i < run->scan->count; i++) {
		if (!measured(&run->scan->jars[i]))
			return false;
		*ret_uv += run->scan->jars[i].uv;
	}
	return true;
}

/* The others took what it lost: it is the block and no lead */
static bool is_answered(const struct rules_run *run, const struct rules_jar *j,
			bool known, int64_t sum)
{
	int64_t step = j->uv - j->memory->last_uv;

	return known && run->string->has_last_sum &&
	       rules_abs(sum - run->string->last_sum_uv) * 2 < rules_abs(step);
}

static void look_at_step(struct rules_run *run, unsigned int jar, bool common,
			 bool answered)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	int64_t others = rules_others(run, jar), off = j->uv - others;
	bool moves = moved(run, j, others);

	if (!common)
		m->jumps = m->jumps << 1 | (moves && !answered);
	if (rules_abs(off) <= HEALTHY_MV * RULES_MV) {
		m->stepped_ns = 0;
	} else if (moves && !m->stepped_ns &&
		   rules_abs(m->last_off_uv) <= HEALTHY_MV * RULES_MV) {
		m->stepped_ns = run->now_ns;
		m->before_uv = m->last_uv;
		m->others_uv = run->string->others.weight_ns ?
			       (int64_t)run->string->others.value :
			       run->string->last_median_uv;
	}
	/* what is small is so before the others have answered to it */
	if (!is_charging(run->scan->state)) {
		m->sound_ns = 0;
	} else if (rules_abs(off) <= SOUND_MV * RULES_MV &&
		   run->string->others.weight_ns) {
		m->sound_ns = run->now_ns;
		m->sound_uv = (int64_t)run->string->others.value;
	}
	m->last_ns = run->now_ns;
	m->last_uv = j->uv;
	m->last_off_uv = off;
}

void rules_look_at_steps(struct rules_run *run)
{
	const struct rules_scan *s = run->scan;
	/* of two blocks one moves the median alone */
	bool common = s->count > 2 && rules_abs(run->median_uv -
				run->string->last_median_uv) >
		      LOAD_STEP_MV * RULES_MV;
	unsigned int i, moving = 0;
	int64_t sum;
	bool known = sum_of_all(run, &sum);

	for (i = 0; i < s->count; i++)
		if (measured(&s->jars[i]))
			moving += moved(run, &s->jars[i], rules_others(run, i));
	/* many at once are a load that steps while they are read */
	common |= moving > (run->valid / 4 > 1 ? run->valid / 4 : 1);
	for (i = 0; i < s->count; i++)
		if (measured(&s->jars[i]))
			look_at_step(run, i, common,
				     is_answered(run, &s->jars[i], known,
						 sum));
	run->string->has_last_sum = known;
	run->string->last_sum_uv = sum;
}

/* What the others should have moved by, if all of it really is the block */
static int64_t expected_reaction(const struct rules_run *run,
				 const struct rules_jar *j)
{
	unsigned int others = run->scan->count - 1;

	return others ? (j->memory->before_uv - j->uv) / (int64_t)others : 0;
}

/* Did the others rise, or fall, as they must if the block did the contrary? */
static bool others_reacted(const struct rules_run *run,
			   const struct rules_jar *j)
{
	int64_t expected = expected_reaction(run, j);
	int64_t moved = run->median_uv - j->memory->others_uv;

	if (!j->memory->stepped_ns ||
	    rules_abs(expected) < REACTION_MIN_MV * RULES_MV)
		return false;
	return expected > 0 ? moved > expected / 2 : moved < expected / 2;
}

/* Cells that are shorted if the rest of the block is as good as the others */
static unsigned int shorted_cells(const struct rules_jar *j, int64_t others)
{
	unsigned int k;

	for (k = 1; k < j->cells; k++) {
		int64_t working = j->uv * j->cells / (j->cells - k);

		if (rules_abs(working - others) * 1000 <=
		    others * WORKING_PERMILLE)
			return k;
	}
	return 0;
}

static bool settled(const struct rules_run *run, uint64_t s)
{
	const struct rules_string *r = run->string;

	return r->float_ns ?
	       run->now_ns - r->float_ns >= s * RULES_SECOND_NS :
	       r->state == STRING_REST &&
	       run->now_ns - r->state_ns >= s * RULES_SECOND_NS;
}

static bool no_voltage(const struct rules_jar *j, int64_t others)
{
	return j->uv * 1000 < others * NOTHING_PERMILLE &&
	       j->uv * 1000 > -others * NOTHING_PERMILLE;
}

/* Of two blocks the other one has a shorted cell: this one takes its share */
static bool short_is_near(const struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *other = &run->scan->jars[!jar];

	return run->scan->count == 2 &&
	       (rules_stands(other->memory, RULE_SHORTED_CELL) ||
		(other->memory->stepped_ns && run->now_ns -
		 other->memory->stepped_ns < REACTION_S * RULES_SECOND_NS));
}

static void judge_short(struct rules_run *run, unsigned int jar,
			int64_t others)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_SHORTED_CELL];
	struct rules_times times = { .off_ns = 10 * RULES_MINUTE_NS };
	unsigned int k = 0;
	bool dead;

	if (!is_charging(run->scan->state) &&
	    run->scan->state != STRING_REST && !rules_no_load(run, others))
		return;
	times.on_ns = (m->stepped_ns ? SHORT_STEP_S : SHORT_LEVEL_S) *
		      RULES_SECOND_NS;
	dead = m->stepped_ns && j->uv * 1000 < others * NOTHING_PERMILLE &&
	       j->uv > -JUMP_MV * RULES_MV && others_reacted(run, j);
	if (count_bits(m->jumps) < JUMPS / 2 + 1 &&
	    (m->stepped_ns || settled(run, CALM_S))) {
		k = no_voltage(j, others) ? 0 : shorted_cells(j, others);
		/* a single cell that holds something, but far from float */
		if (j->cells == 1 && !no_voltage(j, others) &&
		    j->uv * 1000 < others * 800)
			k = 1;
		if (dead)
			k = j->cells;
	}
	if (dead)
		rules_say(run, h, ALARM_SHORTED_CELL, jar, ALARM_ALARM, times,
			  "the block has %s V/cell left of %s, and the others rose by %s mV/cell, as they do when its cells are shorted",
			  rules_volts(j->uv).s, rules_volts(m->before_uv).s,
			  rules_mv(others - m->others_uv).s);
	else
		rules_say(run, h, ALARM_SHORTED_CELL, jar,
			  k ? ALARM_ALARM : ALARM_NONE, times,
			  "%s V/cell against %s of the others: as %u of %u cells shorted%s",
			  rules_volts(j->uv).s, rules_volts(others).s, k,
			  j->cells, m->stepped_ns ? ", fell at once" : "");
}

/*
 * It was as the others are an hour or two ago and rose by far more than a block
 * can at one current, while the others fell by its share
 */
static bool open_by_rise(const struct rules_run *run, const struct rules_jar *j,
			 int64_t others)
{
	const struct rules_module *m = j->memory;
	int64_t above = j->uv - others;
	int64_t share = above / (int64_t)run->scan->count;

	return above >= OPEN_RISE_MV * RULES_MV && m->sound_ns &&
	       run->now_ns >= run->string->excused_ns &&
	       run->string->float_ns &&
	       run->string->float_ns <= m->sound_ns &&
	       run->now_ns - m->sound_ns <= OPEN_RISE_S * RULES_SECOND_NS &&
	       share >= REACTION_MIN_MV * RULES_MV &&
	       (m->sound_uv - others) * 2 > share;
}

/* Charged: others without current, and it takes all the charger's voltage */
static bool open_by_charge(const struct rules_run *run,
			   const struct rules_jar *j, int64_t others)
{
	const struct rules_mean *before = &run->string->others;
	int64_t above = j->uv - others;
	int64_t fell = (int64_t)before->value - others;

	if (j->uv < OPEN_LEAST_MV * RULES_MV)
		return false;
	if (is_charging(run->scan->state) && open_by_rise(run, j, others))
		return true;
	if (above < OPEN_ABOVE_MV * RULES_MV)
		return false;
	/*
	 * In a recharge a small block is full while the others still take it;
	 * one by little current looks like a rest
	 */
	if (run->scan->state == STRING_REST)
		return others < OPEN_OTHERS_MV * RULES_MV &&
		       (run->now_ns >= run->string->excused_ns ||
			j->uv >= OPEN_SURE_MV * RULES_MV);
	if (!is_charging(run->scan->state))
		return false;
	if (j->uv < OPEN_SURE_MV * RULES_MV &&
	    others > OPEN_OTHERS_MV * RULES_MV)
		return false;
	if (!before->weight_ns)
		return others <= OPEN_OTHERS_MV * RULES_MV;
	return fell * run->scan->count * 2 > above;
}

static bool is_reversed(const struct rules_jar *j, int64_t others)
{
	return rules_abs(j->uv + others) * 10 < others;
}

/*
 * A weak block that a discharge drove there goes slowly, and stays there until
 * it is charged again
 */
static bool by_discharge(const struct rules_run *run, const struct rules_jar *j)
{
	if (rules_stands(j->memory, RULE_REVERSAL))
		return true;
	return !j->memory->stepped_ns &&
	       (run->scan->state == STRING_DISCHARGE ||
		run->now_ns < run->string->excused_ns);
}

static bool open_by_load(const struct rules_run *run, const struct rules_jar *j,
			 int64_t others)
{
	return j->uv < -JUMP_MV * RULES_MV && others > LOADED_MV * RULES_MV &&
	       !is_reversed(j, others) && !by_discharge(run, j);
}

bool rules_suspect(const struct rules_module *m)
{
	return rules_doubt(m) || count_bits(m->jumps) > 1 ||
	       (m->broken_ns && !rules_stands(m, RULE_SHORTED_CELL));
}

bool rules_could_be_open(const struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	int64_t others = rules_others(run, jar);

	return run->scan->count > 1 && run->valid &&
	       (rules_stands(j->memory, RULE_OPEN_JAR) ||
		is_reversed(j, others) || open_by_load(run, j, others) ||
		open_by_charge(run, j, others));
}

static void judge_open(struct rules_run *run, unsigned int jar, int64_t others)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_hold *h = &j->memory->hold[RULE_OPEN_JAR];
	bool charge = false, load;

	if (run->scan->state == STRING_UNKNOWN || run->scan->count < 2 ||
	    short_is_near(run, jar))
		return;
	load = open_by_load(run, j, others);
	/* what it shows between the two says nothing */
	if (h->level != ALARM_NONE && !(is_charging(run->scan->state) &&
	    rules_abs(j->uv - others) <= HEALTHY_MV * RULES_MV))
		return;
	charge = open_by_charge(run, j, others);
	if (load)
		rules_say(run, h, ALARM_OPEN_JAR, jar, ALARM_ALARM, flag_times,
			  "%s V/cell while the others stand at %s without load: no current passes the block",
			  rules_volts(j->uv).s, rules_volts(others).s);
	else
		rules_say(run, h, ALARM_OPEN_JAR, jar,
			  charge ? ALARM_ALARM : ALARM_NONE, open_times,
			  "%s V/cell while the others went to %s: it takes the charger's voltage and passes no current",
			  rules_volts(j->uv).s, rules_volts(others).s);
}

static void judge_lead(struct rules_run *run, unsigned int jar, int64_t others)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_SENSE_LEAD];
	unsigned int jumps = count_bits(m->jumps);
	bool nothing = no_voltage(j, others) &&
		       !rules_stands(m, RULE_SHORTED_CELL);
	bool resting = run->scan->state == STRING_REST;

	/* what goes down slowly, or was not charged since, may be a block */
	if (nothing && !m->stepped_ns &&
	    !(is_charging(run->scan->state) && settled(run, CALM_S)))
		return;
	/* a floating lead stays between the poles; an open jar does not */
	if (jumps >= JUMPS && (j->uv < -JUMP_MV * RULES_MV ||
			       j->uv > others + JUMP_MV * RULES_MV))
		return;
	if (jumps >= JUMPS) {
		rules_say(run, h, ALARM_SENSE_LEAD, jar, ALARM_WARNING,
			  lead_times,
			  "voltage jumped in %u of 8 samples, now %s V/cell against %s of the others; the module answers",
			  jumps, rules_volts(j->uv).s, rules_volts(others).s);
		m->broken_ns = 0;
		return;
	}
	if (!nothing)
		m->broken_ns = 0;
	else if (!m->broken_ns)
		m->broken_ns = run->now_ns;
	if (nothing && run->now_ns - m->broken_ns < REACTION_S *
	    RULES_SECOND_NS)
		return;
	if (nothing && others_reacted(run, j))
		nothing = false;
	/* one good sample among jumping ones says nothing */
	if (!nothing && jumps)
		return;
	rules_say(run, h, ALARM_SENSE_LEAD, jar,
		  nothing ? ALARM_WARNING : ALARM_NONE, lead_times,
		  nothing ? "no voltage (%s V/cell) while the others stand at %s: blown fuse or broken lead%s" :
		  "%s V/cell, the others %s%s",
		  rules_volts(j->uv).s, rules_volts(others).s,
		  nothing && (resting || !m->stepped_ns) ?
		  ", or all cells shorted: it was not seen to go" : "");
}

/* The part of a difference that is not its temperature's */
static int64_t unexplained(const struct rules_run *run,
			   const struct rules_jar *j, int64_t others)
{
	int64_t off = j->uv - others, warm, rest;

	if (!run->has_temperature || !j->has_temperature ||
	    j->temperature_fault || !rules_set(j->limits, LIMIT_FLOAT_SLOPE))
		return off;
	warm = j->temperature_mc - run->temperature_mc;
	if (rules_abs(warm) > 15000)
		return off;
	rest = off - warm * j->limits->value[LIMIT_FLOAT_SLOPE] / 1000;
	/* it explains, it never accuses */
	return rules_abs(rest) < rules_abs(off) ? rest : off;
}

static bool is_explained(const struct rules_module *m)
{
	return rules_stands(m, RULE_SHORTED_CELL) ||
	       rules_stands(m, RULE_OPEN_JAR) || rules_doubt(m);
}

/* Of two, and the other one is known to be wrong */
static bool is_the_good_one(const struct rules_run *run, unsigned int jar)
{
	return run->scan->count == 2 &&
	       is_explained(run->scan->jars[!jar].memory);
}

static void judge_deviation(struct rules_run *run, unsigned int jar,
			    int64_t others)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	const struct rules_string *r = run->string;
	struct rules_module *m = j->memory;
	struct rules_hold *h = &m->hold[RULE_DEVIATION];
	struct rules_times times;
	enum alarm_level level = ALARM_NONE;
	int64_t limit, off;

	if (!rules_set(j->limits, LIMIT_DEVIATION) || run->valid < 2)
		return;
	if (run->scan->state != STRING_FLOAT || !settled(run, SETTLE_S) ||
	    run->now_ns - r->disturbed_ns < CALM_S * RULES_SECOND_NS ||
	    is_explained(m) || is_the_good_one(run, jar)) {
		m->deviation.last_ns = 0;
		return;
	}
	rules_mean_add(&m->deviation, run->now_ns, unexplained(run, j, others),
		       DEVIATION_TAU_S * RULES_SECOND_NS);
	if (m->deviation.weight_ns < DEVIATION_TAU_S * RULES_SECOND_NS)
		return;
	limit = j->limits->value[LIMIT_DEVIATION] * RULES_MV;
	off = (int64_t)m->deviation.value;
	if (rules_above(rules_abs(off), limit, limit / 10, h)) {
		if (!m->deviates_ns)
			m->deviates_ns = run->now_ns;
		level = rules_abs(off) > 2 * limit || run->now_ns -
			m->deviates_ns >= LASTING_S * RULES_SECOND_NS ?
			ALARM_ALARM : ALARM_WARNING;
	} else {
		m->deviates_ns = 0;
	}
	times.on_ns = (rules_set(j->limits, LIMIT_DEVIATION_S) ?
		       j->limits->value[LIMIT_DEVIATION_S] : 0) *
		      RULES_SECOND_NS;
	times.off_ns = 10 * RULES_MINUTE_NS;
	rules_say(run, h, ALARM_VOLTAGE_DEVIATION, jar, level, times,
		  "%s mV/cell %s the median %s V/cell on float, mean over %s (limit %d mV/cell)%s",
		  rules_mv(rules_abs(off)).s, off < 0 ? "below" : "above",
		  rules_volts(others).s,
		  rules_span(DEVIATION_TAU_S * RULES_SECOND_NS).s,
		  j->limits->value[LIMIT_DEVIATION],
		  level == ALARM_ALARM && rules_abs(off) <= 2 * limit ?
		  " for 14 days: sulphation or a defect" : "");
}

void rules_judge_block(struct rules_run *run, unsigned int jar)
{
	const struct rules_jar *j = &run->scan->jars[jar];
	struct rules_module *m = j->memory;
	int64_t others = rules_others(run, jar);

	/* a block is judged against others that live */
	if (!j->has_voltage || j->sense_fault || !run->valid ||
	    others < 1500 * RULES_MV)
		return;
	if (!rules_stands(m, RULE_OPEN_JAR))
		judge_lead(run, jar, others);
	if (rules_stands(m, RULE_SENSE_LEAD))
		return;
	judge_open(run, jar, others);
	if (rules_stands(m, RULE_OPEN_JAR))
		return;
	if (run->scan->count > 1)
		judge_short(run, jar, others);
	judge_deviation(run, jar, others);
}
