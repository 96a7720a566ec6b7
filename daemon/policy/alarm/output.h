/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The output matrix (M15): which alarm drives which output, and after how long
 *
 * It says how outputs should be; driving them is another program's work.
 */
#ifndef BACSD_POLICY_OUTPUT_H
#define BACSD_POLICY_OUTPUT_H

#include "policy/alarm/alarm.h"

#define OUTPUT_CONTACTS		8
#define OUTPUT_RULES_MAX	16
#define OUTPUT_DELAY_MAX_S	3600
/* What contacts wait for alarms of the monitoring itself (M15) */
#define OUTPUT_SYSTEM_DELAY_S	90

enum output {
	OUTPUT_BUZZER,		/* while an alarm is unacknowledged and not muted */
	OUTPUT_LED,		/* while one is active; yellow when muted */
	OUTPUT_HOOK,		/* while one is unacknowledged */
	OUTPUT_CONTACT_1,	/* while one is active, whoever has seen it */
	OUTPUT_CONTACT_2,	/* likewise, and so on */
	OUTPUT_COUNT = OUTPUT_CONTACT_1 + OUTPUT_CONTACTS,
};

enum output_who {
	OUTPUT_OF_ALL,
	OUTPUT_OF_SYSTEM,	/* alarms of the monitoring */
	OUTPUT_OF_BATTERY,	/* the others */
	OUTPUT_OF_KIND,
};

/**
 * struct output_rule - one cell of the matrix
 * @who: alarms it is for
 * @kind: the one, of OUTPUT_OF_KIND
 * @level: from this level on
 * @delay_s: so long after the alarm was raised; -1: as is usual for the output
 */
struct output_rule {
	enum output_who who;
	enum alarm_kind kind;
	enum alarm_level level;
	int32_t delay_s;
};

struct output_rules {
	struct output_rule list[OUTPUT_RULES_MAX];
	size_t count;
};

struct output_matrix {
	struct output_rules of[OUTPUT_COUNT];
};

/**
 * struct output_state - how an output should be
 * @on: on
 * @yellow: of the LED: muted
 * @alarm: number of the alarm that turned it on, 0 when off
 */
struct output_state {
	bool on;
	bool yellow;
	uint64_t alarm;
};

/* "buzzer", "led", "hook", "contact-1" */
const char *output_name(enum output output);

/**
 * output_parse - KIND:LEVEL[:DELAY] ..., KIND also all, system, battery
 * @text: the words; "" and "none": nothing drives it
 * @ret: rules; as before on failure
 * @why: what is wrong, to be read after the value
 * @size: of @why
 *
 * Return: 0 or -EINVAL.
 */
int output_parse(const char *text, struct output_rules *ret, char *why,
		 size_t size);

void output_compute(const struct output_matrix *matrix,
		    const struct alarm_table *table, uint64_t now_ns,
		    struct output_state ret[OUTPUT_COUNT]);

#endif
