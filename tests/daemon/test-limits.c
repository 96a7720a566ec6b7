// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits of states: in force, in the driver, written by others, breached */
#include "policy-world.h"

#define BLOCKS	4

struct world {
	struct policy *policy;
	uint64_t now;
	unsigned int pushes[BLOCKS + 1];
	struct policy_limits driver[BLOCKS + 1];
	unsigned int written;
	char text[256];
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	if (e->kind != POLICY_LIMITS_WRITTEN)
		return;
	w->written++;
	snprintf(w->text, sizeof(w->text), "%s", e->text);
}

static void on_set(void *userdata, const struct policy_module *m,
		   const char *label, const struct policy_limits *limits)
{
	struct world *w = userdata;
	int i;

	(void)label;
	if (!limits)
		return;
	w->pushes[m->address]++;
	for (i = 0; i < BACS_LIMIT_COUNT; i++)
		if (limits->value[i] != POLICY_UNSET)
			w->driver[m->address].value[i] = limits->value[i];
}

static const struct policy_ops *own_ops(void)
{
	static struct policy_ops ops;

	ops = quiet_ops();
	ops.event = on_event;
	ops.set_module = on_set;
	return &ops;
}

static void agm(struct limit_set *set)
{
	limit_set_defaults(set);
	set->value[LIMIT_FLOAT_LOW_ALARM] = 2100;
	set->value[LIMIT_FLOAT_LOW] = 2170;
	set->value[LIMIT_FLOAT_HIGH] = 2400;
	set->value[LIMIT_FLOAT_HIGH_ALARM] = 2450;
	set->value[LIMIT_REST_LOW] = 2080;
	set->value[LIMIT_DISCHARGE_LOW_ALARM] = 1600;
	set->value[LIMIT_DISCHARGE_LOW] = 1700;
	set->value[LIMIT_RECHARGE_HIGH_ALARM] = 2500;
	set->value[LIMIT_TEMP_HIGH] = 30000;
}

static void configure(struct world *w, const struct limit_set *set, bool adopt)
{
	static const uint8_t addresses[BLOCKS] = { 1, 2, 3, 4 };

	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_modules(w->policy, "North", 1, 0, BLOCKS);
	policy_config_string(w->policy, "North", 1, "bacsA", addresses, BLOCKS,
			     "", 0, 1000);
	policy_config_limits(w->policy, set, "agm-12v", adopt);
	policy_config_end(w->policy, w->now);
}

static void tell(struct world *w, unsigned int a)
{
	struct policy_facts f = block_facts(BACS_MODULE_OK, 1000 + a);

	f.limits = w->driver[a];
	snprintf(f.label, sizeof(f.label), "%uS1", a);
	policy_module(w->policy, "bacsA", a, &f, w->now);
}

static struct world *begin(const struct limit_set *set, bool adopt)
{
	static struct world world;
	struct world *w = &world;
	unsigned int a;

	memset(w, 0, sizeof(*w));
	w->now = 100 * SECOND;
	for (a = 0; a <= BLOCKS; a++)
		policy_unset_limits(&w->driver[a]);
	assert_int_equal(policy_new(own_ops(), w, w->now, &w->policy), 0);
	configure(w, set, adopt);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= BLOCKS; a++)
		tell(w, a);
	return w;
}

static void end(struct world *w)
{
	policy_free(w->policy);
}

/* One scan a second: block 1 has @first, the others @rest */
static void scans(struct world *w, unsigned int n, int64_t first, int64_t rest)
{
	unsigned int a;

	while (n--) {
		w->now += SECOND;
		for (a = 1; a <= BLOCKS; a++) {
			struct policy_sample s = {
				.time_ns = w->now,
				.present = 1U << BACS_Q_VOLTAGE |
					   1U << BACS_Q_TEMPERATURE |
					   1U << BACS_Q_FLAGS,
			};

			s.value[BACS_Q_VOLTAGE] = a == 1 ? first : rest;
			s.value[BACS_Q_TEMPERATURE] = 21000;
			/* what was pushed is in the driver by now */
			tell(w, a);
			policy_sample(w->policy, "bacsA", a, &s, w->now);
		}
		policy_tick(w->policy, w->now);
	}
}

static const struct policy_module *module(struct world *w, unsigned int a)
{
	return policy_find_module(w->policy, "bacsA", a);
}

static enum string_state state_of(struct world *w)
{
	return policy_find_string(w->policy, "North")->machine.state;
}

static void forget_pushes(struct world *w)
{
	memset(w->pushes, 0, sizeof(w->pushes));
}

static void assert_pushes(struct world *w, unsigned int n)
{
	unsigned int a;

	for (a = 1; a <= BLOCKS; a++)
		assert_int_equal(w->pushes[a], n);
	forget_pushes(w);
}

static int32_t in_driver(struct world *w, enum bacs_limit limit)
{
	return w->driver[2].value[limit];
}

static void each_change_of_state_rewrites_the_driver_once(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	/* not known yet: the widest there are */
	assert_pushes(w, 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_LCRIT), 9600);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_CRIT), 15000);
	assert_int_equal(in_driver(w, BACS_LIMIT_TEMPERATURE_MAX), 30000);
	scans(w, 300, 13500, 13500);
	assert_int_equal(state_of(w), STRING_FLOAT);
	assert_pushes(w, 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_CRIT), 14700);
	/* a discharge has no upper limit: the driver's limits nothing */
	scans(w, 90, 11900, 12000);
	assert_int_equal(state_of(w), STRING_DISCHARGE);
	assert_pushes(w, 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 10200);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_CRIT), 65535);
	/* normal in a discharge, an alarm on float */
	assert_int_equal(module(w, 1)->alarms, 0);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREEN);
	scans(w, 120, 13500, 13500);
	assert_int_equal(state_of(w), STRING_RECHARGE);
	assert_pushes(w, 1);
	end(w);
}

static void a_moment_without_a_state_rewrites_nothing(void **state)
{
	struct limit_set set;
	struct world *w;
	unsigned int a;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	scans(w, 300, 13500, 13500);
	forget_pushes(w);
	/* 40 s without a sample: unknown */
	for (a = 0; a < 40; a++) {
		w->now += SECOND;
		policy_tick(w->policy, w->now);
	}
	assert_int_equal(state_of(w), STRING_UNKNOWN);
	assert_int_equal(policy_find_string(w->policy, "North")->valid, 0);
	assert_pushes(w, 0);
	/* judged by the widest meanwhile, for nobody knows */
	assert_int_equal(module(w, 2)->want_limits.value[
				 BACS_LIMIT_VOLTAGE_LCRIT], 9600);
	for (a = 0; a < 40; a++) {
		w->now += SECOND;
		policy_tick(w->policy, w->now);
	}
	assert_pushes(w, 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_LCRIT), 9600);
	end(w);
}

static void a_block_is_an_alarm_at_once_a_string_later(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	/* the first day on float a warning waits for blocks to come together */
	scans(w, 60, 12960, 13500);
	assert_int_equal(module(w, 1)->alarms, 0);
	scans(w, 86500, 13500, 13500);
	/* one block with a shorted cell; the others take its part */
	scans(w, 9, 11400, 14000);
	assert_int_equal(module(w, 1)->alarms, 0);
	scans(w, 3, 11400, 14000);
	assert_int_equal(module(w, 1)->alarms, BACS_RAW_VOLTAGE_LCRIT |
			 BACS_RAW_VOLTAGE_MIN);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_RED);
	assert_int_equal(module(w, 2)->alarms, 0);
	/* back, but not by the hysteresis of 5 mV a cell */
	scans(w, 5, 13030, 13500);
	assert_int_equal(module(w, 1)->alarms, BACS_RAW_VOLTAGE_MIN);
	scans(w, 3, 13051, 13500);
	assert_int_equal(module(w, 1)->alarms, 0);
	/* the charger is off, and still it is called float: a day */
	scans(w, 86390, 12960, 12960);
	assert_int_equal(state_of(w), STRING_FLOAT);
	assert_int_equal(module(w, 1)->alarms, 0);
	scans(w, 20, 12960, 12960);
	assert_int_equal(module(w, 1)->alarms, BACS_RAW_VOLTAGE_MIN);
	end(w);
}

/* Gel needs days: 1 mV/cell below a limit is no warning on the second of them */
static void the_last_millivolts_have_three_days(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	scans(w, 25 * 3600, 13014, 13500);
	assert_int_equal(state_of(w), STRING_FLOAT);
	assert_int_equal(module(w, 1)->alarms, 0);
	/* 11 mV/cell are more than that */
	scans(w, 11, 12954, 13500);
	assert_int_equal(module(w, 1)->alarms, BACS_RAW_VOLTAGE_MIN);
	scans(w, 60, 13100, 13500);
	assert_int_equal(module(w, 1)->alarms, 0);
	scans(w, 46 * 3600, 13014, 13500);
	assert_int_equal(module(w, 1)->alarms, 0);
	scans(w, 2 * 3600, 13014, 13500);
	assert_int_equal(module(w, 1)->alarms, BACS_RAW_VOLTAGE_MIN);
	end(w);
}

static void write_as_other(struct world *w, int32_t min_mv)
{
	w->driver[2].value[BACS_LIMIT_VOLTAGE_MIN] = min_mv;
	policy_limits_written(w->policy, "bacsA", 2, &w->driver[2], 4711,
			      w->now);
}

static void what_others_write_without_a_state_is_put_back_with_it(void **state)
{
	struct limit_set set;
	struct world *w;
	unsigned int a;

	(void)state;
	limit_set_defaults(&set);
	set.value[LIMIT_FLOAT_LOW] = 2170;
	w = begin(&set, false);
	scans(w, 300, 13500, 13500);
	forget_pushes(w);
	for (a = 0; a < 40; a++) {
		w->now += SECOND;
		policy_tick(w->policy, w->now);
	}
	assert_int_equal(state_of(w), STRING_UNKNOWN);
	write_as_other(w, 11000);
	assert_int_equal(w->written, 1);
	assert_int_equal(w->pushes[2], 0);
	scans(w, 3, 13500, 13500);
	assert_int_equal(state_of(w), STRING_FLOAT);
	assert_int_equal(w->pushes[2], 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
	end(w);
}

static void what_others_write_is_put_back(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	scans(w, 300, 13500, 13500);
	forget_pushes(w);
	write_as_other(w, 11000);
	assert_int_equal(w->written, 1);
	assert_non_null(strstr(w->text, "Process 4711"));
	assert_non_null(strstr(w->text, "put back"));
	assert_int_equal(w->pushes[2], 1);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
	/* read before that arrived: nobody wrote again */
	w->driver[2].value[BACS_LIMIT_VOLTAGE_MIN] = 11000;
	policy_limits_written(w->policy, "bacsA", 2, &w->driver[2], 4711,
			      w->now);
	assert_int_equal(w->written, 1);
	assert_int_equal(w->pushes[2], 1);
	/* but if it stays it is found */
	scans(w, 61, 13500, 13500);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
	/* the same values again are no news */
	write_as_other(w, 13020);
	assert_int_equal(w->written, 1);
	end(w);
}

static void what_others_write_is_adopted_for_its_state(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, true);
	scans(w, 300, 13500, 13500);
	forget_pushes(w);
	write_as_other(w, 12600);
	assert_int_equal(w->written, 1);
	assert_non_null(strstr(w->text, "hold in this state"));
	assert_int_equal(w->pushes[2], 0);
	assert_int_equal(module(w, 2)->want_limits.value[
				 BACS_LIMIT_VOLTAGE_MIN], 12600);
	/* another state has its own, and then they are there again */
	scans(w, 120, 12000, 12000);
	assert_int_equal(state_of(w), STRING_DISCHARGE);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 10200);
	scans(w, 60 * 60 * 13, 13500, 13500);
	assert_int_equal(state_of(w), STRING_FLOAT);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 12600);
	/* nonsense is not adopted: warning above alarm */
	write_as_other(w, 15000);
	assert_int_equal(w->written, 2);
	assert_non_null(strstr(w->text, "contradict"));
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 12600);
	/* the configuration says no more: its own limits come back */
	configure(w, &set, false);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
	end(w);
}

static void limits_taken_away_limit_nothing(void **state)
{
	struct limit_set set, none;
	struct world *w;

	(void)state;
	agm(&set);
	limit_set_defaults(&none);
	w = begin(&set, false);
	scans(w, 300, 13500, 13500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_GREEN);
	configure(w, &none, false);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 0);
	assert_int_equal(in_driver(w, BACS_LIMIT_TEMPERATURE_MAX), 125000);
	scans(w, 2, 13500, 13500);
	assert_int_equal(module(w, 1)->colour, BACS_COLOUR_ORANGE);
	assert_non_null(strstr(module(w, 1)->reason, "not supervised"));
	end(w);
}

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % sides;
}

/* Reloads, foreign writes and pauses between any two scans */
static void the_configuration_may_change_at_any_moment(void **state)
{
	struct limit_set sets[3];
	uint32_t seed;

	(void)state;
	agm(&sets[0]);
	limit_set_defaults(&sets[1]);
	agm(&sets[2]);
	sets[2].value[LIMIT_FLOAT_LOW] = LIMIT_UNSET;
	sets[2].value[LIMIT_BOOST_HIGH] = 2460;
	sets[2].value[LIMIT_VOLTAGE_S] = 0;
	for (seed = 1; seed <= 4; seed++) {
		struct world *w = begin(&sets[0], false);
		uint32_t s = seed;
		int i;

		for (i = 0; i < 300; i++) {
			switch (dice(&s, 6)) {
			case 0:
				configure(w, &sets[dice(&s, 3)], dice(&s, 2));
				break;
			case 1:
				write_as_other(w, dice(&s, 65536));
				break;
			case 2:
				w->now += dice(&s, 200) * SECOND;
				policy_tick(w->policy, w->now);
				break;
			default:
				scans(w, 1 + dice(&s, 20), dice(&s, 20000),
				      11000 + dice(&s, 4000));
			}
		}
		configure(w, &sets[0], false);
		scans(w, 14 * 3600, 13500, 13500);
		assert_int_equal(state_of(w), STRING_FLOAT);
		assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 13020);
		assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_CRIT), 14700);
		assert_int_equal(module(w, 1)->alarms, 0);
		forget_pushes(w);
		scans(w, 600, 13500, 13500);
		assert_pushes(w, 0);
		end(w);
	}
}

/* The driver refuses a set out of order, with what it had before */
static void what_is_pushed_is_whole_and_in_order(void **state)
{
	struct limit_set set;
	struct world *w;

	(void)state;
	limit_set_defaults(&set);
	set.value[LIMIT_FLOAT_HIGH_ALARM] = 2450;
	set.value[LIMIT_TEMP_LOW] = 10000;
	w = begin(&set, false);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_LCRIT), 0);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MIN), 0);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_MAX), 14700);
	assert_int_equal(in_driver(w, BACS_LIMIT_VOLTAGE_CRIT), 14700);
	assert_int_equal(in_driver(w, BACS_LIMIT_TEMPERATURE_LCRIT), -55000);
	assert_int_equal(in_driver(w, BACS_LIMIT_TEMPERATURE_MIN), 10000);
	assert_int_equal(in_driver(w, BACS_LIMIT_TEMPERATURE_MAX), 125000);
	/* none of that is a limit of ours */
	assert_int_equal(module(w, 2)->want_limits.value[
				 BACS_LIMIT_VOLTAGE_MAX], POLICY_UNSET);
	end(w);
}

static void halves_of_a_battery_know_each_other(void **state)
{
	static const uint8_t plus[] = { 1, 2 }, minus[] = { 3, 4 };
	struct limit_set set;
	const struct policy_string *s;
	struct world *w;

	(void)state;
	agm(&set);
	w = begin(&set, false);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	policy_config_string(w->policy, "B-plus", 1, "bacsA", plus, 2, "", 0,
			     1000);
	policy_config_half(w->policy, "B-plus", "B");
	policy_config_string(w->policy, "B-minus", 2, "bacsA", minus, 2, "", 0,
			     1000);
	policy_config_half(w->policy, "B-minus", "B");
	policy_config_end(w->policy, w->now);
	s = policy_find_string(w->policy, "B-plus");
	assert_ptr_equal(s->other_half, policy_find_string(w->policy,
							   "B-minus"));
	assert_ptr_equal(s->other_half->other_half, s);
	/* one half alone has no other */
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	policy_config_string(w->policy, "B-plus", 1, "bacsA", plus, 2, "", 0,
			     1000);
	policy_config_half(w->policy, "B-plus", "B");
	policy_config_end(w->policy, w->now);
	assert_null(policy_find_string(w->policy, "B-plus")->other_half);
	end(w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_of_state_rewrites_the_driver_once),
		cmocka_unit_test(a_moment_without_a_state_rewrites_nothing),
		cmocka_unit_test(a_block_is_an_alarm_at_once_a_string_later),
		cmocka_unit_test(the_last_millivolts_have_three_days),
		cmocka_unit_test(
			what_others_write_without_a_state_is_put_back_with_it),
		cmocka_unit_test(what_others_write_is_put_back),
		cmocka_unit_test(what_others_write_is_adopted_for_its_state),
		cmocka_unit_test(limits_taken_away_limit_nothing),
		cmocka_unit_test(the_configuration_may_change_at_any_moment),
		cmocka_unit_test(what_is_pushed_is_whole_and_in_order),
		cmocka_unit_test(halves_of_a_battery_know_each_other),
	};

	return RUN("limits", tests);
}
