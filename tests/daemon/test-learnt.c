// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rules have learnt, out of one policy and into the next */
#include <errno.h>
#include <stdlib.h>

#include "learnt-world.h"

/* A new policy, also one of another boot, goes on as the old one would */
static void what_was_learnt_comes_back_whole(void **state)
{
	struct policy_learnt before[JARS + 2];
	struct world w;
	unsigned int i, boot;

	(void)state;
	for (boot = 0; boot < 2; boot++) {
		begin(&w);
		w.off[3] = 40;
		w.synchronised = false;
		pass(&w, 12 * DAY);
		take(&w);
		memcpy(before, w.records, sizeof(before));
		assert_non_null(strstr(before[3].text, "volts.span="));
		assert_non_null(strstr(before[3].text, " days="));
		assert_non_null(strstr(before[0].text, "floats="));
		assert_non_null(strstr(before[7].text, "unsynchronised="));
		/* at the same time of the day, for days begin with a boot */
		renew(&w, boot ? w.now % DAY : w.now);
		give_all(&w, 0);
		/* not a scan has come: the same to the millisecond */
		for (i = 1; i <= JARS + 1; i++) {
			assert_int_equal(policy_learnt_take(w.policy,
				i > JARS ? NULL : north(&w), i % 7,
				&w.records[i]), 0);
			assert_string_equal(w.records[i].text,
					    before[i].text);
		}
		assert_int_equal(w.records[3].serial, 103);
		assert_int_equal(w.records[3].jar, 13);
		end(&w);
	}
}

static void what_is_of_something_else_is_dropped(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	w.serial[2] = 999;
	w.jar[3] = 77;
	renew(&w, w.now + 20 * SECOND);
	assert_int_equal(give(&w, 2, 0), -ESTALE);
	assert_non_null(strstr(w.why, "number 102, now it is 999"));
	assert_int_equal(give(&w, 3, 0), -ESTALE);
	assert_non_null(strstr(w.why, "jar 13, now it is jar 77"));
	assert_int_equal(give(&w, 4, POLICY_LEARNT_AGE_NS + DAY), -ESTALE);
	assert_non_null(strstr(w.why, "31 days old (at most 30)"));
	assert_int_equal(give(&w, 4, POLICY_LEARNT_AGE_NS), 0);
	/* other neighbours */
	configure(&w, 5);
	assert_int_equal(give(&w, 5, 0), -ESTALE);
	assert_non_null(strstr(w.why, "other modules"));
	assert_int_equal(give(&w, 0, 0), -ESTALE);
	assert_int_equal(give(&w, 6, 0), -ESTALE);
	assert_non_null(strstr(w.why, "no such block"));
	strcpy(w.records[1].string, "South");
	assert_int_equal(give(&w, 1, 0), -ESTALE);
	assert_non_null(strstr(w.why, "no such string"));
	assert_int_equal(jar(&w, 2)->rules.usual_voltage.learnt_ns, 0);
	assert_int_equal(jar(&w, 3)->rules.usual_voltage.learnt_ns, 0);
	end(&w);
}

static void who_is_not_known_yet_is_waited_for(void **state)
{
	struct policy_facts f = block_facts(BACS_MODULE_OK, 102);
	struct world w;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	policy_free(w.policy);
	assert_int_equal(policy_new(&ops, &w, w.now, &w.policy), 0);
	configure(&w, JARS);
	policy_driver(w.policy, BACS_DRIVER_PRESENT, w.now);
	policy_bus(w.policy, "bacsA", BACS_BUS_RUNNING, 60000, w.now);
	assert_int_equal(give(&w, 2, 0), -EAGAIN);
	policy_module(w.policy, "bacsA", 2, &f, w.now);
	/* its jar, too */
	assert_int_equal(give(&w, 2, 0), -EAGAIN);
	policy_jar_set(w.policy, "bacsA", 2, &(struct policy_jar){
		.id = 12, .type = "" });
	assert_int_equal(give(&w, 2, 0), 0);
	assert_true(jar(&w, 2)->rules.usual_voltage.learnt_ns >= 7 * DAY);
	end(&w);
}

/* One wrong word and all of it is left where it is */
static void nonsense_is_refused_whole(void **state)
{
	static const char *const words[] = {
		" volts.low=4000001", " volts.low=-4000001", " volts.low=9",
		" volts.span=999999999999", " volts.span=-1", " warm.high=1e3",
		" volts.low", " =1", " colour=3", " deviates=-1", " duty=",
		" duty=+1", " duty= 1", " duty=1 duty=1", "  duty=1",
		" known=32768", " ri.rise=48", " proposed=2",
		" still_warm.low=5 still_warm.high=4", " without_effect=1",
		" days=1,x", " days=1000001", " days=1 days=1",
		" duty=123456789012345678901234567890", " day_sum=5",
		" deviates=788400000001",
	};
	static const char *const weeks[] = {
		"", "1", "1:2", "1:2:", "1:2:3,", "1:2:3:4", "1:2:3,1:2:3",
		"1:2:3,2:2:3", "-1:2:3", "1:1000001:3", "1:2:1000001", ",",
		"1:2:3,,0:2:3", "1,2:3", "1:2,3:4:5", "99999999:2:3",
	};
	static const char *const strings[] = {
		"bins=1", "bins=1:2", "bins=1:2:3", "bins=1:2:0:3",
		"bins=1:2:4:3", "bins=1:2:3:248", "bins=1:2:3:4:5",
		"bins=4000001:2:3:4", "bins=1:-4000001:3:4", "bins=a:2:3:4",
		"bins=1:2:3:4 bins=1:2:3:4", "bins=1:2:3:4;", "bins=:2:3:4",
		"sum_ratio=10000001", "sum_weight=1", "idle_weight=5",
		"idle_ratio=-1", "strap_ma=-1", "lifts=3", "off_uv=7",
		"off_uv=4000001 off=5", "hidden=-1",
	};
	char long_days[400] = " days=1", long_bins[500] = "bins=";
	struct world w;
	size_t i;

	(void)state;
	begin(&w);
	pass(&w, MINUTE * 3);
	take(&w);
	for (i = 0; i < 90; i++)
		strcat(long_days, ",1");
	for (i = 0; i < 50; i++)
		strcat(long_bins, "1:2:3:4,");
	for (i = 0; i <= sizeof(words) / sizeof(words[0]); i++) {
		snprintf(w.records[1].text, sizeof(w.records[1].text),
			 "1 deviates=5000%s", i < sizeof(words) /
			 sizeof(words[0]) ? words[i] : long_days);
		w.why[0] = '\0';
		if (give(&w, 1, 0) != -EBADMSG || !*w.why)
			fail_msg("taken: %s", w.records[1].text);
		assert_int_equal(jar(&w, 1)->rules.deviates_ns, 0);
	}
	strcpy(w.records[1].text, "2 deviates=5000");
	assert_int_equal(give(&w, 1, 0), -EBADMSG);
	assert_non_null(strstr(w.why, "another version"));
	strcpy(w.records[1].text, "");
	assert_int_equal(give(&w, 1, 0), -EBADMSG);
	strcpy(w.records[1].text, "1 deviates=5000");
	assert_int_equal(give(&w, 1, 0), 0);
	assert_true(jar(&w, 1)->rules.deviates_ns);
	strcpy(w.records[0].text, "1 state=9");
	assert_int_equal(give(&w, 0, 0), -EBADMSG);
	for (i = 0; i < sizeof(weeks) / sizeof(weeks[0]); i++) {
		snprintf(w.records[0].text, sizeof(w.records[0].text),
			 "1 weeks=%s", weeks[i]);
		if (give(&w, 0, 0) != -EBADMSG)
			fail_msg("taken: %s", weeks[i]);
	}
	for (i = 0; i <= sizeof(strings) / sizeof(strings[0]); i++) {
		snprintf(w.records[0].text, sizeof(w.records[0].text), "1 %s",
			 i < sizeof(strings) / sizeof(strings[0]) ?
			 strings[i] : long_bins);
		if (give(&w, 0, 0) != -EBADMSG)
			fail_msg("taken: %s", w.records[0].text);
	}
	assert_int_equal(north(&w)->rules.lifts, 0);
	strcpy(w.records[0].text, "1 bins=1:2250000:5:6,,-3:2250001:6:6");
	assert_int_equal(give(&w, 0, 0), 0);
	strcpy(w.records[0].text, "1 weeks=500:1:2,3:4:-5");
	assert_int_equal(give(&w, 0, 0), 0);
	assert_int_equal(north(&w)->ri.warmth.count, 2);
	assert_int_equal(north(&w)->ri.warmth.point[1].ppm, -5);
	strcpy(w.records[7].text, "1 unsynchronised=-5");
	assert_int_equal(give(&w, 7, 0), -EBADMSG);
	end(&w);
}

/* Bytes that fell over: nothing crashes, and what is read raises nothing */
static void broken_texts_raise_nothing(void **state)
{
	struct policy_learnt good[JARS + 1];
	struct world w;
	unsigned int i, n, taken = 0;

	(void)state;
	begin(&w);
	pass(&w, 9 * DAY);
	take(&w);
	memcpy(good, w.records, sizeof(good));
	renew(&w, w.now + 20 * SECOND);
	w.news = 0;
	for (n = 0; n < 3000; n++) {
		for (i = 0; i <= JARS; i++) {
			char *text = w.records[i].text;
			size_t size = strlen(good[i].text);
			unsigned int k;

			w.records[i] = good[i];
			for (k = 0; k < n % 4; k++)
				text[(size_t)llabs(noise(&w, 1 << 20)) % size] =
					" =,-.0123456789az"[llabs(noise(&w,
						1 << 20)) % 17];
			taken += give(&w, i, 0) == 0;
		}
		if (n % 100 == 0)
			pass(&w, 5 * MINUTE);
	}
	assert_true(taken > 3000);
	memcpy(w.records, good, sizeof(good));
	for (i = 0; i <= JARS; i++)
		assert_int_equal(give(&w, i, 0), 0);
	pass(&w, HOUR);
	end(&w);
}

/* The text of everything at its longest still fits */
static void the_longest_record_fits(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	for (i = 1; i <= JARS; i++)
		w.mc[i] = -39999;
	for (i = 0; i < 95; i++) {
		uint64_t to = w.now + DAY;

		while (w.now < to)
			scan(&w, 4 * MINUTE);
	}
	take(&w);
	assert_true(strlen(w.records[1].text) > 700);
	assert_true(strlen(w.records[1].text) < POLICY_LEARNT_MAX * 3 / 4);
	/* a string of the same: 52 weeks, 49 means, each as long as it can be */
	strcpy(w.records[0].text, "1 weeks=");
	for (i = 0; i < 52; i++)
		sprintf(strchr(w.records[0].text, 0), "%s%d:-1000000:-1000000",
			i ? "," : "", 13140000 - i);
	strcat(w.records[0].text, " bins=");
	for (i = 0; i < 49; i++)
		strcat(w.records[0].text, i ? ",-4000000:-4000000:247:247" :
		       "-4000000:-4000000:247:247");
	/* and its 29 single numbers */
	assert_true(strlen(w.records[0].text) < POLICY_LEARNT_MAX - 29 * 29);
	assert_int_equal(give(&w, 0, 0), 0);
	take(&w);
	assert_true(strlen(w.records[0].text) > 2400);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_learnt_comes_back_whole),
		cmocka_unit_test(what_is_of_something_else_is_dropped),
		cmocka_unit_test(who_is_not_known_yet_is_waited_for),
		cmocka_unit_test(nonsense_is_refused_whole),
		cmocka_unit_test(broken_texts_raise_nothing),
		cmocka_unit_test(the_longest_record_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
