// SPDX-License-Identifier: GPL-2.0-or-later
/* Losses at the end of a cable whose order is known (M20) */
#include "policy-world.h"

#define MODULES	8

struct world {
	struct policy *policy;
	uint64_t now;
	unsigned int lost;		/* events */
	unsigned int amended;		/* changes that are saved, not told */
	char text[256];			/* of the last event */
};

static void on_event(void *userdata, const struct policy_event *e)
{
	struct world *w = userdata;

	if (e->kind != POLICY_MODULE_LOST)
		return;
	w->lost++;
	strcpy(w->text, e->text);
}

static void on_alarm(void *userdata, const struct alarm *a,
		     enum alarm_change change)
{
	struct world *w = userdata;

	(void)a;
	w->amended += change == ALARM_CHANGE_SILENT;
}

static void wire(struct world *w, const char *order)
{
	uint8_t list[MODULES], ends[32] = { 0 };
	unsigned int n = 0;

	policy_config_begin(w->policy);
	policy_config_bus(w->policy, "bacsA", true);
	add_modules(w->policy, "North", 1, 0, MODULES);
	for (; *order; order++) {
		if (*order == 'S')
			ends[list[n - 1] / 8] |= 1U << list[n - 1] % 8;
		else
			list[n++] = *order - '0';
	}
	policy_config_wiring(w->policy, "bacsA", list, n, ends);
	policy_config_end(w->policy, w->now);
}

static void pass(struct world *w)
{
	w->now += SECOND;
	policy_tick(w->policy, w->now);
}

static void set_state(struct world *w, unsigned int address,
		      enum bacs_modstate state)
{
	struct policy_facts f = block_facts(state, 1000 + address);

	policy_module(w->policy, "bacsA", address, &f, w->now);
}

static struct world *begin(const char *order)
{
	static struct policy_ops ops;
	static struct world world;
	struct world *w = &world;
	unsigned int a;

	ops = quiet_ops();
	ops.event = on_event;
	ops.alarm_changed = on_alarm;
	memset(w, 0, sizeof(*w));
	w->now = 100 * SECOND;
	assert_int_equal(policy_new(&ops, w, w->now, &w->policy), 0);
	wire(w, order);
	policy_driver(w->policy, BACS_DRIVER_PRESENT, w->now);
	policy_bus(w->policy, "bacsA", BACS_BUS_RUNNING, 1000, w->now);
	for (a = 1; a <= MODULES; a++)
		set_state(w, a, BACS_MODULE_OK);
	pass(w);
	assert_true(policy_site(w->policy)->armed);
	return w;
}

static void end(struct world *w)
{
	w->policy = policy_free(w->policy);
}

static const char *evidence(const struct world *w, unsigned int address)
{
	const struct alarm_object object = {
		ALARM_OF_MODULE, "bacsA", address, "North",
	};
	const struct alarm *a = alarm_find(policy_alarms(w->policy),
					   ALARM_MODULE_LOST, &object);

	return a && a->active ? a->evidence : "";
}

#define PLAIN	"does not answer any more and is not monitored"

static void test_cut(void **state)
{
	struct world *w = begin("12348765");
	unsigned int a;

	(void)state;
	/* beyond 4 the cable goes on with 8, and ends at 5 */
	for (a = 5; a <= 8; a++)
		set_state(w, a, BACS_MODULE_LOST);
	pass(w);
	for (a = 5; a <= 8; a++)
		assert_string_equal(evidence(w, a), PLAIN
			"; the same holds for all 4 modules from 8S1 to the end of the cable, which may be cut between 4S1 and 8S1");
	/* the alarms are those of any loss, and the event says it too */
	assert_int_equal(w->lost, 4);
	assert_non_null(strstr(w->text, "may be cut between 4S1 and 8S1"));
	end(w);
}

/* One after the other, as a scan finds them */
static void test_growing(void **state)
{
	struct world *w = begin("12345678");

	(void)state;
	set_state(w, 7, BACS_MODULE_LOST);
	pass(w);
	assert_string_equal(evidence(w, 7), PLAIN);
	assert_int_equal(w->amended, 0);
	set_state(w, 8, BACS_MODULE_LOST);
	pass(w);
	assert_non_null(strstr(evidence(w, 7), "all 2 modules from 7S1"));
	assert_non_null(strstr(evidence(w, 8), "between 6S1 and 7S1"));
	/* the first was told already: it is saved, and no event again */
	assert_int_equal(w->lost, 2);
	assert_int_equal(w->amended, 1);
	pass(w);
	assert_int_equal(w->amended, 1);
	/* the cut is another one */
	set_state(w, 6, BACS_MODULE_LOST);
	pass(w);
	assert_non_null(strstr(evidence(w, 8), "all 3 modules from 6S1"));
	assert_non_null(strstr(evidence(w, 6), "between 5S1 and 6S1"));
	/* one comes back, and there is no cut any more */
	set_state(w, 7, BACS_MODULE_OK);
	pass(w);
	assert_string_equal(evidence(w, 7), "");
	assert_string_equal(evidence(w, 6), PLAIN);
	assert_string_equal(evidence(w, 8), PLAIN);
	assert_int_equal(w->lost, 3);
	/* and is lost again */
	set_state(w, 7, BACS_MODULE_LOST);
	pass(w);
	assert_non_null(strstr(evidence(w, 7), "all 3 modules from 6S1"));
	end(w);
}

static void test_no_run(void **state)
{
	struct world *w = begin("12345678");
	unsigned int a;

	(void)state;
	/* the last one alone is a module, some in the middle are modules */
	set_state(w, 8, BACS_MODULE_LOST);
	set_state(w, 3, BACS_MODULE_LOST);
	set_state(w, 4, BACS_MODULE_LOST);
	pass(w);
	assert_string_equal(evidence(w, 8), PLAIN);
	assert_string_equal(evidence(w, 3), PLAIN);
	/* the whole bus has an alarm of its own */
	for (a = 1; a <= MODULES; a++)
		set_state(w, a, BACS_MODULE_LOST);
	policy_bus(w->policy, "bacsA", BACS_BUS_LOST, 1000, w->now);
	pass(w);
	assert_string_equal(evidence(w, 8), PLAIN);
	end(w);
}

static void test_branches(void **state)
{
	struct world *w = begin("1234S5678");
	unsigned int a;

	(void)state;
	set_state(w, 3, BACS_MODULE_LOST);
	set_state(w, 4, BACS_MODULE_LOST);
	pass(w);
	assert_non_null(strstr(evidence(w, 4), "all 2 modules from 3S1 to the end of its branch of the cable, which may be cut between 2S1 and 3S1"));
	/* a branch as a whole */
	for (a = 5; a <= 8; a++)
		set_state(w, a, BACS_MODULE_LOST);
	pass(w);
	assert_non_null(strstr(evidence(w, 8), "all 4 modules from 5S1 to the end of its branch of the cable, which may be cut before 5S1"));
	end(w);
}

/* Without an order nothing is said, and a reload takes it back */
static void test_order_gone(void **state)
{
	struct world *w = begin("12345678");

	(void)state;
	wire(w, "");
	set_state(w, 7, BACS_MODULE_LOST);
	set_state(w, 8, BACS_MODULE_LOST);
	pass(w);
	assert_string_equal(evidence(w, 8), PLAIN);
	wire(w, "12345678");
	pass(w);
	assert_non_null(strstr(evidence(w, 8), "all 2 modules"));
	wire(w, "");
	pass(w);
	assert_string_equal(evidence(w, 8), PLAIN);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_no_run),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_order_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
