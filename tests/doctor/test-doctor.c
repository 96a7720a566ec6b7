// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bus doctor: what no simulated line can have (line errors), what it must not
 * conclude, and where along the cable. How often it is right: matrix.c.
 */
#include <string.h>

#include "../unit/unit.h"
#include "doctor.h"

static struct doctor_input in;
static struct doctor_report report;

/* Modules 1 to @count that answered 100 of 100 requests each */
static void healthy(unsigned int count)
{
	in = (struct doctor_input){ .ordered = true, .count = count };
	for (unsigned int i = 0; i < count; i++) {
		struct doctor_module *m = &in.module[i];

		m->address = (uint8_t)(i + 1);
		m->expected = true;
		m->value[DOCTOR_C_REQUESTS] = 100;
		m->value[DOCTOR_C_REPLIES] = 100;
	}
	if (count)
		in.module[0].spur = true;
}

/* So many requests of a module failed in this way */
static void fail_with(unsigned int address, enum doctor_counter how,
		      uint64_t times)
{
	struct doctor_module *m = &in.module[address - 1];

	m->value[how] += times;
	m->value[DOCTOR_C_REPLIES] = m->value[DOCTOR_C_REPLIES] > times ?
				     m->value[DOCTOR_C_REPLIES] - times : 0;
}

static void judge(void)
{
	for (int c = 0; c < DOCTOR_COUNTERS; c++) {
		if (c == DOCTOR_C_FOREIGN_REQUESTS || c == DOCTOR_C_BYTES_RX)
			continue;
		in.value[c] = 0;
		for (unsigned int i = 0; i < in.count; i++)
			in.value[c] += in.module[i].value[c];
	}
	doctor_judge(&in, &report);
	assert_in_range(report.count, 1, DOCTOR_FINDINGS);
	for (unsigned int i = 0; i < report.count; i++) {
		const struct doctor_finding *f = &report.finding[i];

		assert_true(*f->what && *f->remedy);
		assert_string_not_equal(doctor_fault_name(f->fault), "unknown");
		for (unsigned int k = 0; k < f->evidence_count; k++)
			assert_true(*f->evidence[k]);
	}
}

static void assert_only(enum doctor_fault fault)
{
	judge();
	if (report.count != 1 || report.finding[0].fault != fault)
		fail_msg("%u findings, the first %s: %s", report.count,
			 doctor_fault_name(report.finding[0].fault),
			 report.finding[0].what);
}

static void a_clean_bus_is_healthy_and_an_unasked_one_unknown(void **state)
{
	(void)state;
	healthy(8);
	assert_only(DOCTOR_HEALTHY);
	healthy(0);
	assert_only(DOCTOR_UNDETERMINED);
	healthy(8);
	in.module[3].value[DOCTOR_C_REQUESTS] = 9;
	in.module[3].value[DOCTOR_C_REPLIES] = 9;
	assert_only(DOCTOR_UNDETERMINED);
	/* nobody expects anything there */
	in.module[3].expected = false;
	assert_only(DOCTOR_HEALTHY);
}

static void one_error_is_chance(void **state)
{
	(void)state;
	healthy(8);
	for (int c = DOCTOR_C_TIMEOUTS; c <= DOCTOR_C_SHORT; c++) {
		healthy(8);
		fail_with(8, c, 1);
		assert_only(DOCTOR_HEALTHY);
	}
}

static void a_parity_mismatch_is_all_line_errors(void **state)
{
	(void)state;
	healthy(8);
	fail_with(3, DOCTOR_C_LINE_ERRORS, 100);
	fail_with(3, DOCTOR_C_GARBLED, 75);
	assert_only(DOCTOR_LINE_SETTINGS);
	assert_true(doctor_concerns(&report.finding[0], 3));
	assert_false(doctor_concerns(&report.finding[0], 4));
	/* two at once break bits, too, and are longer now and then */
	healthy(8);
	fail_with(3, DOCTOR_C_LINE_ERRORS, 90);
	fail_with(3, DOCTOR_C_CRC_ERRORS, 10);
	in.module[2].value[DOCTOR_C_OVERLONG] = 60;
	assert_only(DOCTOR_DUPLICATE_ADDRESS);
	/* nobody is understood */
	healthy(8);
	for (unsigned int a = 1; a <= 8; a++)
		fail_with(a, DOCTOR_C_LINE_ERRORS, 100);
	assert_only(DOCTOR_LINE_SETTINGS);
	assert_false(doctor_concerns(&report.finding[0], 3));
}

static void serial_numbers_that_take_turns_are_two_modules(void **state)
{
	(void)state;
	healthy(8);
	in.module[4].value[DOCTOR_C_CHANGES] = 4;
	in.module[4].value[DOCTOR_C_REBOOTS] = 4;
	assert_only(DOCTOR_DUPLICATE_ADDRESS);
	assert_int_equal(report.finding[0].sure, DOCTOR_CERTAIN);
	/* an exchanged module is none */
	in.module[4].value[DOCTOR_C_CHANGES] = 1;
	in.module[4].value[DOCTOR_C_REBOOTS] = 0;
	assert_only(DOCTOR_HEALTHY);
}

static void all_that_restart_are_one_finding(void **state)
{
	(void)state;
	healthy(247);
	for (unsigned int i = 0; i < 247; i += 2)
		in.module[i].value[DOCTOR_C_REBOOTS] = 1;
	assert_only(DOCTOR_MODULE_RESTARTING);
	assert_true(doctor_concerns(&report.finding[0], 247));
	assert_false(doctor_concerns(&report.finding[0], 246));
}

static void an_earlier_second_master_is_told_but_not_blamed(void **state)
{
	(void)state;
	healthy(4);
	in.second_master = true;
	judge();
	assert_int_equal(report.count, 2);
	assert_int_equal(report.finding[0].fault, DOCTOR_HEALTHY);
	assert_int_equal(report.finding[1].fault, DOCTOR_SECOND_MASTER);
	assert_int_equal(report.finding[1].sure, DOCTOR_POSSIBLE);
	in.value[DOCTOR_C_FOREIGN_REQUESTS] = 1;
	assert_only(DOCTOR_SECOND_MASTER);
	assert_int_equal(report.finding[0].sure, DOCTOR_CERTAIN);
}

static void cut(unsigned int from, unsigned int to)
{
	for (unsigned int a = from; a <= to; a++) {
		in.module[a - 1].value[DOCTOR_C_REPLIES] = 0;
		in.module[a - 1].value[DOCTOR_C_REQUESTS] = 12;
		in.module[a - 1].value[DOCTOR_C_TIMEOUTS] = 12;
	}
}

static void a_cut_is_placed_by_the_order_of_the_cable(void **state)
{
	(void)state;
	healthy(10);
	cut(7, 10);
	assert_only(DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[0].before, 6);
	assert_int_equal(report.finding[0].after, 7);
	assert_int_equal(report.finding[0].sure, DOCTOR_LIKELY);
	assert_non_null(strstr(report.finding[0].what, "interrupted"));
	/* without a configured order it says that, and is less sure */
	in.ordered = false;
	assert_only(DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[0].sure, DOCTOR_POSSIBLE);
	assert_non_null(strstr(report.finding[0].evidence[2], "Wiring="));
	/* of the order 10, 9 ... 1 those are the first ones: no cable */
	healthy(10);
	cut(7, 10);
	for (unsigned int i = 0; i < 10; i++)
		in.module[i].address = (uint8_t)(i < 4 ? 7 + i : i - 3);
	for (unsigned int i = 0; i < 10; i++) {
		bool dead = i < 4;

		in.module[i].value[DOCTOR_C_REQUESTS] = dead ? 12 : 100;
		in.module[i].value[DOCTOR_C_TIMEOUTS] = dead ? 12 : 0;
		in.module[i].value[DOCTOR_C_REPLIES] = dead ? 0 : 100;
	}
	assert_only(DOCTOR_MODULE_SILENT);
}

static void a_spur_is_cut_for_itself_or_with_what_follows(void **state)
{
	(void)state;
	healthy(12);
	in.module[4].spur = in.module[8].spur = true;
	cut(7, 8);
	assert_only(DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[0].before, 6);
	assert_int_equal(report.finding[0].after, 7);
	/* a whole spur: its first cable */
	healthy(12);
	in.module[4].spur = in.module[8].spur = true;
	cut(5, 8);
	assert_only(DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[0].before, 0);
	assert_int_equal(report.finding[0].after, 5);
	/* spurs that begin at the end of this one */
	healthy(12);
	in.module[4].spur = in.module[8].spur = true;
	cut(7, 12);
	assert_only(DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[0].after, 7);
	assert_true(doctor_concerns(&report.finding[0], 12));
}

static void the_last_module_of_a_line_is_not_told_from_its_cable(void **state)
{
	(void)state;
	healthy(6);
	cut(6, 6);
	assert_only(DOCTOR_MODULE_SILENT);
	assert_int_equal(report.finding[0].evidence_count, 2);
	healthy(6);
	cut(3, 3);
	assert_only(DOCTOR_MODULE_SILENT);
	assert_int_equal(report.finding[0].evidence_count, 1);
	/* two that do not hang together are no cable */
	healthy(9);
	cut(3, 3);
	cut(6, 6);
	assert_only(DOCTOR_MODULE_SILENT);
	assert_true(doctor_concerns(&report.finding[0], 3));
	assert_true(doctor_concerns(&report.finding[0], 6));
}

static void bad_ones_among_good_ones_are_no_cable(void **state)
{
	(void)state;
	/* one, with good ones behind it */
	healthy(8);
	fail_with(7, DOCTOR_C_TIMEOUTS, 6);
	assert_only(DOCTOR_MODULE_LINK);
	assert_true(doctor_concerns(&report.finding[0], 7));
	/* every second one from the sixth on */
	healthy(10);
	for (unsigned int a = 6; a <= 10; a += 2)
		fail_with(a, DOCTOR_C_CRC_ERRORS, 30);
	judge();
	for (unsigned int i = 0; i < report.count; i++)
		assert_int_equal(report.finding[i].fault, DOCTOR_MODULE_LINK);
	assert_int_equal(report.count, 3);
}

static void answers_of_any_length_are_not_two_at_once(void **state)
{
	(void)state;
	healthy(8);
	fail_with(4, DOCTOR_C_CRC_ERRORS, 90);
	in.module[3].value[DOCTOR_C_OVERLONG] = 30;
	assert_only(DOCTOR_DUPLICATE_ADDRESS);
	in.module[3].value[DOCTOR_C_MISFITS] = 60;
	assert_only(DOCTOR_MODULE_LINK);
}

static void whom_a_slow_module_disturbs_is_no_neighbours_victim(void **state)
{
	(void)state;
	healthy(8);
	fail_with(4, DOCTOR_C_TIMEOUTS, 50);
	in.module[3].value[DOCTOR_C_LATE] = 50;
	fail_with(5, DOCTOR_C_TIMEOUTS, 12);
	in.module[4].stranger = 4;
	in.module[4].value[DOCTOR_C_FOREIGN] = 12;
	assert_only(DOCTOR_MODULE_SLOW);
	in.module[4].stranger = 6;
	judge();
	assert_int_equal(report.count, 2);
	assert_int_equal(report.finding[1].fault, DOCTOR_NEIGHBOUR_ANSWERS);
}

static void several_faults_are_told_together(void **state)
{
	(void)state;
	healthy(20);
	cut(15, 20);
	in.module[2].value[DOCTOR_C_REBOOTS] = 3;
	in.module[4].stranger = 6;
	in.module[4].value[DOCTOR_C_FOREIGN] = 40;
	fail_with(5, DOCTOR_C_TIMEOUTS, 40);
	fail_with(9, DOCTOR_C_CRC_ERRORS, 30);
	judge();
	assert_int_equal(report.count, 4);
	assert_int_equal(report.finding[0].fault, DOCTOR_CABLE_SEGMENT);
	assert_int_equal(report.finding[1].fault, DOCTOR_MODULE_RESTARTING);
	assert_int_equal(report.finding[2].fault, DOCTOR_NEIGHBOUR_ANSWERS);
	assert_int_equal(report.finding[3].fault, DOCTOR_MODULE_LINK);
}

static void errors_that_fit_nothing_are_undetermined(void **state)
{
	(void)state;
	/* the first half is bad, each in its own way: no cable, not the line */
	healthy(8);
	fail_with(1, DOCTOR_C_TIMEOUTS, 60);
	fail_with(2, DOCTOR_C_TIMEOUTS, 35);
	fail_with(3, DOCTOR_C_TIMEOUTS, 20);
	fail_with(4, DOCTOR_C_TIMEOUTS, 10);
	fail_with(5, DOCTOR_C_TIMEOUTS, 5);
	fail_with(6, DOCTOR_C_TIMEOUTS, 70);
	fail_with(7, DOCTOR_C_TIMEOUTS, 28);
	fail_with(8, DOCTOR_C_TIMEOUTS, 15);
	assert_only(DOCTOR_UNDETERMINED);
}

/* Whatever is counted, there is an answer, and it is text. */
static void any_numbers_are_judged(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		healthy((unsigned int)round % 248);
		for (unsigned int i = 0; i < in.count; i++) {
			for (int c = 0; c < DOCTOR_COUNTERS; c++) {
				x = x * 1664525 + 1013904223;
				if (x >> 30 == 0)
					in.module[i].value[c] =
						(uint64_t)(x >> 8) %
						(1U << (x >> 3) % 20);
			}
			in.module[i].spur = x >> 29 == 0;
			in.module[i].stranger = (uint8_t)((x >> 9) % 248);
		}
		judge();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_bus_is_healthy_and_an_unasked_one_unknown),
		cmocka_unit_test(one_error_is_chance),
		cmocka_unit_test(a_parity_mismatch_is_all_line_errors),
		cmocka_unit_test(serial_numbers_that_take_turns_are_two_modules),
		cmocka_unit_test(all_that_restart_are_one_finding),
		cmocka_unit_test(an_earlier_second_master_is_told_but_not_blamed),
		cmocka_unit_test(a_cut_is_placed_by_the_order_of_the_cable),
		cmocka_unit_test(a_spur_is_cut_for_itself_or_with_what_follows),
		cmocka_unit_test(the_last_module_of_a_line_is_not_told_from_its_cable),
		cmocka_unit_test(bad_ones_among_good_ones_are_no_cable),
		cmocka_unit_test(answers_of_any_length_are_not_two_at_once),
		cmocka_unit_test(whom_a_slow_module_disturbs_is_no_neighbours_victim),
		cmocka_unit_test(several_faults_are_told_together),
		cmocka_unit_test(errors_that_fit_nothing_are_undetermined),
		cmocka_unit_test(any_numbers_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
