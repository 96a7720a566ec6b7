// SPDX-License-Identifier: GPL-2.0-or-later
/* The room's temperature from trees that look like /sys/class/hwmon */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "policy-world.h"

#include "room.h"

struct tree {
	char root[64];
	char why[1400];
	int32_t mc;
};

static int begin(void **state)
{
	static struct tree tree;

	memset(&tree, 0, sizeof(tree));
	strcpy(tree.root, "/tmp/bacs-room-XXXXXX");
	*state = &tree;
	return mkdtemp(tree.root) ? 0 : -1;
}

static int end(void **state)
{
	struct tree *t = *state;
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", t->root);
	return system(command) ? -1 : 0;
}

/* Folders and all */
static void put(const struct tree *t, const char *path, const char *text)
{
	char at[200];
	FILE *f;
	char *slash;

	snprintf(at, sizeof(at), "%s/%s", t->root, path);
	for (slash = at + strlen(t->root) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(at, 0777);
		*slash = '/';
	}
	f = fopen(at, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void drop(const struct tree *t, const char *path)
{
	char at[200];

	snprintf(at, sizeof(at), "%s/%s", t->root, path);
	assert_int_equal(remove(at), 0);
}

static int look(struct tree *t, const char *sensor)
{
	t->mc = -1;
	t->why[0] = '\0';
	return room_read(t->root, sensor, &t->mc, t->why, sizeof(t->why));
}

static void assert_room(struct tree *t, const char *sensor, int32_t mc)
{
	if (look(t, sensor) < 0)
		fail_msg("%s: %s", sensor, t->why);
	assert_int_equal(t->mc, mc);
}

static void assert_none(struct tree *t, const char *sensor, int error,
			const char *why)
{
	assert_int_equal(look(t, sensor), error);
	assert_int_equal(t->mc, -1);
	if (!strstr(t->why, why))
		fail_msg("%s: %s", sensor, t->why);
}

static void fill(struct tree *t)
{
	put(t, "class/hwmon/hwmon0/name", "coretemp\n");
	put(t, "class/hwmon/hwmon0/temp1_input", "48000\n");
	put(t, "class/hwmon/hwmon0/temp1_label", "Package id 0\n");
	put(t, "class/hwmon/hwmon7/name", "nct6775\n");
	put(t, "class/hwmon/hwmon7/temp1_input", "35000\n");
	put(t, "class/hwmon/hwmon7/temp1_label", "CPUTIN\n");
	put(t, "class/hwmon/hwmon7/temp2_input", "23500\n");
	put(t, "class/hwmon/hwmon7/temp2_label", "SYSTIN\n");
	put(t, "class/hwmon/hwmon7/temp12_input", "-500\n");
	put(t, "class/hwmon/hwmon7/temp12_label", "AUX\n");
	put(t, "class/hwmon/hwmon9/name", "jc42\n");
	put(t, "class/hwmon/hwmon9/temp1_input", "21000\n");
}

static void a_sensor_is_found_by_name_and_by_path(void **state)
{
	struct tree *t = *state;

	fill(t);
	assert_room(t, "nct6775:SYSTIN", 23500);
	assert_room(t, "nct6775:temp2", 23500);
	assert_room(t, "nct6775:AUX", -500);
	assert_room(t, "nct6775:temp12", -500);
	assert_room(t, "jc42:temp1", 21000);
	assert_room(t, "coretemp:Package id 0", 48000);
	assert_room(t, "/sys/class/hwmon/hwmon9/temp1_input", 21000);
	/* the same chip under another number */
	drop(t, "class/hwmon/hwmon9/name");
	put(t, "class/hwmon/hwmon1/name", "jc42\n");
	put(t, "class/hwmon/hwmon1/temp1_input", "22000\n");
	assert_room(t, "jc42:temp1", 22000);
}

static void what_is_not_there_is_said(void **state)
{
	struct tree *t = *state;

	assert_none(t, "jc42:temp1", -ENOENT, "class/hwmon cannot be read");
	fill(t);
	assert_none(t, "lm75:temp1", -ENOENT, "no hwmon chip lm75");
	assert_none(t, "jc4:temp1", -ENOENT, "no hwmon chip jc4 ");
	assert_none(t, "jc42:temp2", -ENOENT, "chip jc42 has no sensor temp2");
	assert_none(t, "nct6775:SYSTI", -ENOENT, "has no sensor SYSTI");
	assert_none(t, "/sys/class/hwmon/hwmon3/temp1_input", -ENOENT,
		    "there is no");
	put(t, "class/hwmon/hwmon10/name", "jc42\n");
	put(t, "class/hwmon/hwmon10/temp1_input", "22000\n");
	assert_none(t, "jc42:temp1", -ENOTUNIQ, "2 sensors are jc42:temp1");
}

static void what_is_no_temperature_of_a_room_is_none(void **state)
{
	static const char *const absurd[] = {
		"", "\n", "warm\n", "21.5\n", "21000 C\n",
		"99999999999999999999\n",
	};
	struct tree *t = *state;
	size_t i;

	fill(t);
	for (i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
		put(t, "class/hwmon/hwmon9/temp1_input", absurd[i]);
		assert_none(t, "jc42:temp1", -EIO, "has no value");
	}
	put(t, "class/hwmon/hwmon9/temp1_input", "70001\n");
	assert_none(t, "jc42:temp1", -ERANGE, "a room has -40000 to 70000");
	put(t, "class/hwmon/hwmon9/temp1_input", "-40001\n");
	assert_none(t, "jc42:temp1", -ERANGE, "says -40001");
	put(t, "class/hwmon/hwmon9/temp1_input", "70000\n");
	assert_room(t, "jc42:temp1", 70000);
	put(t, "class/hwmon/hwmon9/temp1_fault", "1\n");
	assert_none(t, "jc42:temp1", -EIO, "temp1_fault says that it is broken");
	put(t, "class/hwmon/hwmon9/temp1_fault", "0\n");
	assert_room(t, "jc42:temp1", 70000);
	/* a folder where a file should be */
	drop(t, "class/hwmon/hwmon9/temp1_input");
	put(t, "class/hwmon/hwmon9/temp1_input/x", "");
	assert_none(t, "jc42:temp1", -EIO, "has no value");
}

/* The policy with a room */

struct world {
	struct policy *policy;
	struct policy_ops ops;
	uint64_t now;
};

static void start(struct world *w)
{
	static const uint8_t addresses[] = { 1, 2, 3 };
	struct limit_set limits;
	unsigned int a;

	limit_set_defaults(&limits);
	limits.value[LIMIT_TEMP_RETURN] = 5000;
	limits.value[LIMIT_TEMP_RETURN_S] = 15 * 3600;
	limits.value[LIMIT_TEMP_HIGH] = LIMIT_UNSET;
	w->ops = quiet_ops();
	w->now = 1000 * SECOND;
	assert_int_equal(policy_new(&w->ops, w, w->now, &w->policy), 0);
	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_modules(w->policy, "North", 1, 0, 3);
	policy_config_string(w->policy, "North", 1, "bacsA", addresses, 3, "",
			     0, 1000);
	policy_config_limits(w->policy, &limits, "", false);
	policy_config_end(w->policy, w->now);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 60000, w->now);
	for (a = 1; a <= 3; a++) {
		struct policy_facts f = block_facts(BACS_MODULE_OK, 100 + a);

		policy_module(w->policy, "bacsA", a, &f, w->now);
	}
}

/* All blocks 7 °C above a room of 20 °C, which only a sensor can tell */
static void pass(struct world *w, uint64_t span, bool room)
{
	uint64_t to = w->now + span;
	unsigned int a;

	for (; w->now < to; w->now += MINUTE) {
		if (room)
			policy_room(w->policy, 20000, w->now);
		for (a = 1; a <= 3; a++) {
			struct policy_sample s = { .time_ns = w->now };

			s.present = 1U << BACS_Q_VOLTAGE |
				    1U << BACS_Q_TEMPERATURE;
			s.value[BACS_Q_VOLTAGE] = 13500;
			s.value[BACS_Q_TEMPERATURE] = 27000;
			policy_sample(w->policy, "bacsA", a, &s, w->now);
		}
		policy_tick(w->policy, w->now);
	}
}

static const struct alarm *warm(const struct world *w)
{
	struct alarm_object o = { ALARM_OF_MODULE, "bacsA", 1, "North" };
	const struct alarm *a = alarm_find(policy_alarms(w->policy),
					   ALARM_TEMPERATURE_NO_RETURN, &o);

	return a && a->active ? a : NULL;
}

static void blocks_are_compared_with_the_room(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	pass(&w, 20 * HOUR, false);
	assert_null(warm(&w));
	pass(&w, 10 * HOUR, true);
	assert_non_null(warm(&w));
	assert_non_null(strstr(warm(&w)->evidence, "7.0 C above the room, 20.0"));
	/* silent: the median stands in, and the blocks agree with that */
	pass(&w, HOUR, false);
	assert_null(warm(&w));
	policy_free(w.policy);
}

static void a_silent_sensor_counts_for_five_minutes(void **state)
{
	struct world w;
	const struct policy_string *s;

	(void)state;
	start(&w);
	pass(&w, 2 * HOUR, true);
	s = policy_find_string(w.policy, "North");
	assert_true(s->rules.ambient.weight_ns >= HOUR);
	pass(&w, 5 * MINUTE, false);
	assert_true(s->rules.ambient.weight_ns >= HOUR);
	pass(&w, 3 * MINUTE, false);
	assert_int_equal(s->rules.ambient.weight_ns, 0);
	pass(&w, 2 * HOUR, true);
	policy_room_forget(w.policy);
	pass(&w, 2 * MINUTE, false);
	assert_int_equal(s->rules.ambient.weight_ns, 0);
	policy_free(w.policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sensor_is_found_by_name_and_by_path,
						begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_said,
						begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_temperature_of_a_room_is_none,
						begin, end),
		cmocka_unit_test(blocks_are_compared_with_the_room),
		cmocka_unit_test(a_silent_sensor_counts_for_five_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
