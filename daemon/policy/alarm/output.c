// SPDX-License-Identifier: GPL-2.0-or-later
/* The output matrix: its words, and what it makes of the alarms */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/alarm/output.h"

#define WORD_MAX 63

const char *output_name(enum output output)
{
	static const char *const names[OUTPUT_COUNT] = {
		"buzzer", "led", "hook", "contact-1", "contact-2",
		"contact-3", "contact-4", "contact-5", "contact-6",
		"contact-7", "contact-8",
	};

	return (unsigned int)output < OUTPUT_COUNT ? names[output] : "unknown";
}

static int refuse(char *why, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(char *why, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, size, format, ap);
	va_end(ap);
	return -EINVAL;
}

/* The part of *s up to a colon or the end of the word; *s behind it */
static bool take_part(const char **s, char part[WORD_MAX + 1])
{
	size_t n = 0;

	while (**s && **s != ' ' && **s != ':') {
		if (n == WORD_MAX)
			return false;
		part[n++] = *(*s)++;
	}
	part[n] = '\0';
	return n > 0;
}

static int parse_who(const char *part, struct output_rule *rule, char *why,
		     size_t size)
{
	if (!strcmp(part, "all"))
		rule->who = OUTPUT_OF_ALL;
	else if (!strcmp(part, "system"))
		rule->who = OUTPUT_OF_SYSTEM;
	else if (!strcmp(part, "battery"))
		rule->who = OUTPUT_OF_BATTERY;
	else
		rule->who = OUTPUT_OF_KIND;
	if (rule->who != OUTPUT_OF_KIND)
		return 0;
	rule->kind = alarm_kind_by_name(part);
	if (rule->kind < ALARM_KIND_COUNT)
		return 0;
	return refuse(why, size,
		      "has '%.40s', which is no kind of alarm: see bacsd(8), or all, system, battery",
		      part);
}

/* Seconds, or with s, m, h */
static int parse_delay(const char *part, struct output_rule *rule, char *why,
		       size_t size)
{
	const char *s = part;
	int64_t v = 0;

	if (*s < '0' || *s > '9')
		v = -1;
	for (; v >= 0 && *s >= '0' && *s <= '9'; s++)
		v = v > OUTPUT_DELAY_MAX_S ? v : v * 10 + (*s - '0');
	if (v > 0 && *s == 'm')
		v *= 60;
	else if (v > 0 && *s == 'h')
		v *= 3600;
	if (v >= 0 && *s)
		v = (*s == 's' || *s == 'm' || *s == 'h') && !s[1] ? v : -1;
	if (v < 0 || v > OUTPUT_DELAY_MAX_S)
		return refuse(why, size,
			      "has the delay '%.40s', 0s to %ds is allowed",
			      part, OUTPUT_DELAY_MAX_S);
	rule->delay_s = v;
	return 0;
}

static int parse_rule(const char **s, struct output_rule *rule, char *why,
		      size_t size)
{
	char part[WORD_MAX + 1];
	int r;

	*rule = (struct output_rule){ .delay_s = -1 };
	if (!take_part(s, part) || **s != ':')
		return refuse(why, size,
			      "is not KIND:LEVEL or KIND:LEVEL:DELAY, several with spaces between");
	r = parse_who(part, rule, why, size);
	if (r < 0)
		return r;
	(*s)++;
	take_part(s, part);
	rule->level = alarm_level_by_name(part);
	if (rule->level == ALARM_NONE)
		return refuse(why, size,
			      "has the level '%.40s', allowed are advisory, warning, alarm",
			      part);
	if (**s != ':')
		return 0;
	(*s)++;
	take_part(s, part);
	r = parse_delay(part, rule, why, size);
	if (r == 0 && **s == ':')
		r = refuse(why, size, "has more than KIND:LEVEL:DELAY");
	return r;
}

int output_parse(const char *text, struct output_rules *ret, char *why,
		 size_t size)
{
	struct output_rules rules = { .count = 0 };
	int r;

	while (*text == ' ')
		text++;
	if (!strcmp(text, "none"))
		text = "";
	while (*text) {
		if (rules.count == OUTPUT_RULES_MAX)
			return refuse(why, size,
				      "has more than %d words",
				      OUTPUT_RULES_MAX);
		r = parse_rule(&text, &rules.list[rules.count], why, size);
		if (r < 0)
			return r;
		rules.count++;
		while (*text == ' ')
			text++;
	}
	*ret = rules;
	return 0;
}

static bool is_for(const struct output_rule *rule, const struct alarm *a)
{
	bool system = alarm_kind_info(a->kind)->system;

	switch (rule->who) {
	case OUTPUT_OF_ALL:
		return true;
	case OUTPUT_OF_SYSTEM:
		return system;
	case OUTPUT_OF_BATTERY:
		return !system;
	case OUTPUT_OF_KIND:
		return rule->kind == a->kind;
	}
	return false;
}

static uint64_t delay_ns(enum output output, const struct output_rule *rule,
			 const struct alarm *a)
{
	if (rule->delay_s >= 0)
		return rule->delay_s * 1000000000ULL;
	return output >= OUTPUT_CONTACT_1 && alarm_kind_info(a->kind)->system ?
	       OUTPUT_SYSTEM_DELAY_S * 1000000000ULL : 0;
}

/* Does a rule of the output want this alarm by now? */
static bool wants(const struct output_rules *rules, enum output output,
		  const struct alarm *a, uint64_t now_ns)
{
	/* raised in an earlier boot: longer ago than any delay */
	uint64_t age_ns = !a->raised.boot_ns ? UINT64_MAX :
			  now_ns > a->raised.boot_ns ?
			  now_ns - a->raised.boot_ns : 0;
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (a->level >= rules->list[i].level &&
		    is_for(&rules->list[i], a) &&
		    age_ns >= delay_ns(output, &rules->list[i], a))
			return true;
	return false;
}

/* What is hidden drives nothing, what was seen only shows */
static bool may_drive(const struct alarm_table *t, enum output output,
		      const struct alarm *a)
{
	switch (alarm_state(a)) {
	case ALARM_STATE_UNACKNOWLEDGED:
		return output != OUTPUT_BUZZER || !t->muted;
	case ALARM_STATE_ACKNOWLEDGED:
		return output == OUTPUT_LED || output >= OUTPUT_CONTACT_1;
	default:
		return false;
	}
}

void output_compute(const struct output_matrix *matrix,
		    const struct alarm_table *t, uint64_t now_ns,
		    struct output_state ret[OUTPUT_COUNT])
{
	size_t i;
	int o;

	memset(ret, 0, OUTPUT_COUNT * sizeof(*ret));
	for (i = 0; i < t->count; i++) {
		const struct alarm *a = t->alarms[i];

		for (o = 0; o < OUTPUT_COUNT; o++)
			if (!ret[o].on && may_drive(t, o, a) &&
			    wants(&matrix->of[o], o, a, now_ns))
				ret[o] = (struct output_state){
					.on = true,
					.yellow = o == OUTPUT_LED && t->muted,
					.alarm = a->id,
				};
	}
}
