// SPDX-License-Identifier: GPL-2.0-or-later
/* A scan for the rules: medians, what the string went through, each in turn */
#include <string.h>

#include "policy/rules/internal.h"

#define JARS_MAX	255

/* Beyond it a cell of 2 V is not what is measured */
#define CELL_MAX_UV	4000000
/*
 * From so many blocks on the median of all does for each; among fewer a block
 * is part of the median that it is judged by (B4)
 */
#define OWN_MEDIAN	5

enum {
	/* Blind for longer: what was before may be over; practice value */
	BLIND_S = 900,
	/*
	 * A raised voltage is usual for so long after a recharge (12 to 24 h,
	 * Narada 12NDF100 p. 19) and after a rest (48 h, Eaton 93PM p. 16),
	 * with a margin
	 */
	EXCUSED_RECHARGE_S = 24 * 3600,
	EXCUSED_REST_S = 72 * 3600,
	/* Median of the others, to see whether they react; practice value */
	OTHERS_TAU_S = 3600,
	/* So far from the others is suspicious: twice ±2 % and the modules */
	SUSPICIOUS_MV = 150,
	/* The air moves a block with this time constant: 3 to 8 h (B10) */
	AIR_TAU_S = 5 * 3600,
};

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

/* Can the voltage be that of a block? */
static bool is_valid(const struct rules_jar *j)
{
	return j->fresh && j->has_voltage && !j->sense_fault &&
	       rules_abs(j->uv) <= CELL_MAX_UV && !rules_doubt(j->memory);
}

unsigned int rules_other_count(const struct rules_run *run, unsigned int jar)
{
	return run->valid - is_valid(&run->scan->jars[jar]);
}

int64_t rules_others(const struct rules_run *run, unsigned int jar)
{
	const struct rules_scan *s = run->scan;
	int64_t list[JARS_MAX];
	unsigned int i, count = 0;

	if (run->valid >= OWN_MEDIAN)
		return run->median_uv;
	/* a doubt that ended since they were counted may make them more */
	for (i = 0; i < s->count && i < JARS_MAX; i++)
		if (i != jar && is_valid(&s->jars[i]))
			insert(list, count++, s->jars[i].uv);
	return count ? median(list, count) : run->median_uv;
}

int64_t rules_other_temperatures(const struct rules_run *run, unsigned int jar)
{
	const struct rules_scan *s = run->scan;
	int64_t list[OWN_MEDIAN];
	unsigned int i, count = 0;

	if (s->count >= OWN_MEDIAN)
		return run->temperature_mc;
	for (i = 0; i < s->count; i++) {
		const struct rules_jar *j = &s->jars[i];

		if (i != jar && j->fresh && j->has_temperature &&
		    !j->temperature_fault)
			insert(list, count++, j->temperature_mc);
	}
	return count ? median(list, count) : run->temperature_mc;
}

int64_t rules_other_modules(const struct rules_run *run, unsigned int jar)
{
	const struct rules_scan *s = run->scan;
	int64_t list[OWN_MEDIAN];
	unsigned int i, count = 0;

	if (s->count >= OWN_MEDIAN)
		return run->module_mc;
	for (i = 0; i < s->count; i++)
		if (i != jar && s->jars[i].fresh &&
		    s->jars[i].has_module_temperature)
			insert(list, count++, s->jars[i].module_mc);
	return count ? median(list, count) : run->module_mc;
}

static void summarize(struct rules_run *run)
{
	const struct rules_scan *s = run->scan;
	int64_t cells[JARS_MAX], temps[JARS_MAX], own[JARS_MAX];
	unsigned int i, measured = 0, temp_count = 0, own_count = 0;
	int64_t sum = 0, weight = 0;

	for (i = 0; i < s->count && i < JARS_MAX; i++) {
		const struct rules_jar *j = &s->jars[i];

		if (!j->fresh)
			continue;
		if (j->has_temperature && !j->temperature_fault)
			insert(temps, temp_count++, j->temperature_mc);
		if (j->has_module_temperature)
			insert(own, own_count++, j->module_mc);
		if (j->has_duty && j->duty_permille > 0) {
			j->memory->duty_ns = run->now_ns;
			run->string->duty_ns = run->now_ns;
		}
		if (is_valid(j)) {
			insert(cells, run->valid++, j->uv);
			sum += j->uv * j->cells;
			weight += j->cells;
			measured++;
		}
	}
	run->complete = measured == s->count;
	if (run->valid) {
		run->median_uv = median(cells, run->valid);
		run->mean_uv = sum / weight;
	}
	run->has_temperature = temp_count != 0;
	if (temp_count)
		run->temperature_mc = median(temps, temp_count);
	run->has_module_temperature = own_count != 0;
	if (own_count)
		run->module_mc = median(own, own_count);
}

static bool is_blind(enum string_state state)
{
	return state == STRING_UNKNOWN || state == STRING_OFFLINE;
}

static void excuse(struct rules_string *r, uint64_t now_ns, unsigned int s)
{
	uint64_t until = now_ns + s * RULES_SECOND_NS;

	if (until > r->excused_ns)
		r->excused_ns = until;
}

/* Neither float nor quiet any more, and the next charge may be a raised one */
static void end_quiet(struct rules_string *r, uint64_t now_ns, unsigned int s)
{
	r->float_ns = 0;
	r->quiet_ns = 0;
	excuse(r, now_ns, s);
}

static void enter(struct rules_string *r, enum string_state state,
		  uint64_t now_ns)
{
	bool seen = r->begun && (is_blind(r->state) ? !is_blind(r->before) :
						      !r->blind_ns);

	switch (r->state) {
	case STRING_DISCHARGE:
		/* back to float at once: a dip, which moves no charge (B9) */
		if (state != STRING_FLOAT && state != STRING_BOOST)
			end_quiet(r, now_ns, EXCUSED_RECHARGE_S);
		break;
	case STRING_RECHARGE:
		end_quiet(r, now_ns, EXCUSED_RECHARGE_S);
		break;
	case STRING_REST:
		r->float_ns = 0;
		excuse(r, now_ns, EXCUSED_REST_S);
		break;
	default:
		break;
	}
	/* what raised the voltage was not seen */
	if (state == STRING_BOOST && !seen)
		excuse(r, now_ns, EXCUSED_RECHARGE_S);
	if (!is_blind(r->state))
		r->before = r->state;
	r->state = state;
	r->state_ns = now_ns;
	r->disturbed_ns = now_ns;
}

/* Blind for long: what was before may be over */
static void look_for_gaps(struct rules_string *r, const struct rules_scan *s)
{
	uint64_t now = s->time_ns;

	if (!r->begun || now - r->last_ns > RULES_GAP_NS)
		r->disturbed_ns = now;
	if (r->begun && now - r->last_ns > BLIND_S * RULES_SECOND_NS)
		r->blind_ns = r->last_ns;
	if (is_blind(s->state) && !r->blind_ns)
		r->blind_ns = now;
	if (r->blind_ns && now - r->blind_ns > BLIND_S * RULES_SECOND_NS) {
		r->float_ns = r->quiet_ns = 0;
		r->before = STRING_UNKNOWN;
	}
	if (!is_blind(s->state) && r->before != STRING_UNKNOWN)
		r->blind_ns = 0;
}

/* What the string went through, for the rules that wait for quiet */
static void follow(struct rules_string *r, const struct rules_scan *s)
{
	uint64_t now = s->time_ns;

	look_for_gaps(r, s);
	if (!r->begun || s->state != r->state)
		enter(r, s->state, now);
	if (!is_blind(s->state))
		r->blind_ns = 0;
	switch (s->state) {
	case STRING_DISCHARGE:
		r->disturbed_ns = now;
		break;
	case STRING_RECHARGE:
		r->float_ns = r->quiet_ns = 0;
		break;
	case STRING_REST:
		r->float_ns = 0;
		if (!r->quiet_ns)
			r->quiet_ns = now;
		break;
	case STRING_BOOST:
		r->quiet_ns = 0;
		if (!r->float_ns)
			r->float_ns = now;
		break;
	case STRING_FLOAT:
		if (!r->float_ns)
			r->float_ns = now;
		if (!r->quiet_ns)
			r->quiet_ns = now;
		break;
	default:
		break;
	}
	r->begun = true;
	r->last_ns = now;
}

/* The others as they were before something happened to one of them */
static void remember_others(struct rules_run *run)
{
	struct rules_string *r = run->string;
	const struct rules_scan *s = run->scan;
	unsigned int i;

	r->last_median_uv = run->median_uv;
	if (s->state != STRING_FLOAT && s->state != STRING_BOOST) {
		memset(&r->others, 0, sizeof(r->others));
		return;
	}
	for (i = 0; i < s->count; i++) {
		const struct rules_jar *j = &s->jars[i];

		if (j->fresh && j->has_voltage &&
		    rules_abs(j->uv - rules_others(run, i)) >
		    SUSPICIOUS_MV * RULES_MV)
			return;
	}
	rules_mean_add(&r->others, run->now_ns, run->median_uv,
		       OTHERS_TAU_S * RULES_SECOND_NS);
}

bool rules_doubt(const struct rules_module *m)
{
	return rules_stands(m, RULE_SENSE_LEAD) ||
	       rules_stands(m, RULE_IMPLAUSIBLE) ||
	       rules_stands(m, RULE_STUCK);
}

bool rules_set_point(const struct limit_set *l, int64_t mc, int64_t *ret_uv)
{
	int64_t at = mc;

	if (!rules_set(l, LIMIT_FLOAT_VOLTAGE) ||
	    !rules_set(l, LIMIT_FLOAT_REFERENCE) ||
	    !rules_set(l, LIMIT_FLOAT_SLOPE))
		return false;
	if (rules_set(l, LIMIT_FLOAT_CLAMP_LOW) &&
	    at < l->value[LIMIT_FLOAT_CLAMP_LOW])
		at = l->value[LIMIT_FLOAT_CLAMP_LOW];
	if (rules_set(l, LIMIT_FLOAT_CLAMP_HIGH) &&
	    at > l->value[LIMIT_FLOAT_CLAMP_HIGH])
		at = l->value[LIMIT_FLOAT_CLAMP_HIGH];
	*ret_uv = l->value[LIMIT_FLOAT_VOLTAGE] * RULES_MV +
		  (int64_t)l->value[LIMIT_FLOAT_SLOPE] *
		  (at - l->value[LIMIT_FLOAT_REFERENCE]) / 1000;
	return true;
}

void rules_judge(struct rules_string *string, const struct rules_scan *scan,
		 rules_say_fn say, void *userdata)
{
	struct rules_run run = {
		.string = string, .scan = scan, .say = say,
		.userdata = userdata, .now_ns = scan->time_ns,
	};
	unsigned int i;

	if (string->begun && scan->time_ns <= string->last_ns)
		return;
	summarize(&run);
	follow(string, scan);
	if (scan->has_ambient)
		rules_mean_add(&string->ambient, run.now_ns, scan->ambient_mc,
			       AIR_TAU_S * RULES_SECOND_NS);
	else
		memset(&string->ambient, 0, sizeof(string->ambient));
	rules_look_at_steps(&run);
	for (i = 0; i < scan->count; i++) {
		if (!scan->jars[i].fresh)
			continue;
		rules_judge_sensor(&run, i);
		rules_judge_block(&run, i);
		rules_judge_discharge(&run, i);
		rules_judge_temperature(&run, i);
	}
	rules_judge_charger(&run);
	rules_judge_sum(&run);
	rules_judge_strap(&run);
	if (run.valid)
		remember_others(&run);
}
