/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the rules share */
#ifndef BACSD_POLICY_RULES_INTERNAL_H
#define BACSD_POLICY_RULES_INTERNAL_H

#include "policy/rules/rules.h"

#define RULES_SECOND_NS	1000000000ULL
#define RULES_MINUTE_NS	(60 * RULES_SECOND_NS)
#define RULES_HOUR_NS	(60 * RULES_MINUTE_NS)
#define RULES_DAY_NS	(24 * RULES_HOUR_NS)
#define RULES_MV	1000LL

/* A longer gap between two scans: what waits begins again; practice value */
#define RULES_GAP_NS	(5 * RULES_MINUTE_NS)

/**
 * struct rules_run - one call of rules_judge()
 * @string: memory of the string
 * @scan: the scan
 * @say: where verdicts go
 * @userdata: for @say
 * @now_ns: time of the scan
 * @valid: voltages that can be those of blocks
 * @sorted: those of strings so short that each block has its own median
 * @median_uv: median of them
 * @has_temperature: blocks have temperatures
 * @temperature_mc: median of them
 * @mean_uv: mean of all blocks; only with @complete
 * @complete: all blocks have a voltage, whatever it is
 */
struct rules_run {
	struct rules_string *string;
	const struct rules_scan *scan;
	rules_say_fn say;
	void *userdata;
	uint64_t now_ns;
	unsigned int valid;
	int64_t median_uv;
	bool has_temperature;
	int64_t temperature_mc;
	bool has_module_temperature;
	int64_t module_mc;
	int64_t mean_uv;
	bool complete;
};

/* Confirmation: times, and how much the level may flicker meanwhile */
struct rules_times {
	uint64_t on_ns;
	uint64_t off_ns;
};

/**
 * rules_confirm - take one judgement
 * @h: its memory
 * @now_ns: time
 * @level: level that holds at this moment
 * @times: how long a change must hold; at least 4 of 5 judgements and 2 of
 *	them must agree (n of m)
 *
 * Return: true when the verdict is known and worth telling.
 */
bool rules_confirm(struct rules_hold *h, uint64_t now_ns,
		   enum alarm_level level, struct rules_times times);

/* Tell what @h holds. @jar: index, -1 = the string */
void rules_tell(const struct rules_run *run, struct rules_hold *h,
		enum alarm_kind kind, int jar, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Confirm and tell; a macro, so that words are made only when they are told */
#define rules_say(run, h, kind, jar, level, times, ...) do { \
	if (rules_confirm(h, (run)->now_ns, level, times)) \
		rules_tell(run, h, kind, jar, __VA_ARGS__); \
} while (0)

/* The mean with one more value, forgetting with time constant @tau_ns */
void rules_mean_add(struct rules_mean *m, uint64_t now_ns, double value,
		    uint64_t tau_ns);

/* How many valid blocks there are beside this one */
unsigned int rules_other_count(const struct rules_run *run, unsigned int jar);
/* Median of the others, or of all where one more or less is no matter */
int64_t rules_others(const struct rules_run *run, unsigned int jar);
/* Likewise of the temperatures of blocks, and of modules */
int64_t rules_other_temperatures(const struct rules_run *run, unsigned int jar);
int64_t rules_other_modules(const struct rules_run *run, unsigned int jar);

static inline bool rules_stands(const struct rules_module *m,
				enum rules_of_jar rule)
{
	return m->hold[rule].level != ALARM_NONE;
}

/* What one number is above another, with hysteresis while a verdict stands */
static inline bool rules_above(int64_t value, int64_t limit,
			       int64_t hysteresis, const struct rules_hold *h)
{
	return value > (h->level == ALARM_NONE ? limit : limit - hysteresis);
}

static inline int64_t rules_abs(int64_t v)
{
	return v < 0 ? -v : v;
}

/*
 * Is it a discharge by name only? Of two blocks one that loses its voltage takes
 * their median with it. 2.15 V: above, somebody charges (Rys, string-state.c)
 */
static inline bool rules_no_load(const struct rules_run *run, int64_t others)
{
	return run->scan->state == STRING_DISCHARGE &&
	       run->scan->count == 2 && others > 2150 * RULES_MV;
}

static inline bool rules_set(const struct limit_set *l, enum limit_id id)
{
	return l->value[id] != LIMIT_UNSET;
}

/* Text "2.267" of microvolts; a struct, so that calls can be nested */
struct rules_text {
	char s[24];
};

struct rules_text rules_volts(int64_t uv);	/* "2.267" */
struct rules_text rules_mv(int64_t uv);		/* "83" */
struct rules_text rules_celsius(int64_t mc);	/* "23.4" */
struct rules_text rules_span(uint64_t ns);	/* "12 min" */

/* Voltage of a cell that the charger should hold at a temperature */
bool rules_set_point(const struct limit_set *limits, int64_t mc,
		     int64_t *ret_uv);

/* Does one of the blocks let no current pass? The sum says nothing then */
bool rules_any_open(const struct rules_scan *scan);

/* Do the others behave as they do when this one lets no current pass? */
bool rules_could_be_open(const struct rules_run *run, unsigned int jar);

void rules_judge_discharge(struct rules_run *run, unsigned int jar);
void rules_judge_block(struct rules_run *run, unsigned int jar);
void rules_judge_temperature(struct rules_run *run, unsigned int jar);
void rules_judge_sensor(struct rules_run *run, unsigned int jar);
void rules_judge_charger(struct rules_run *run);
void rules_judge_sum(struct rules_run *run);
void rules_judge_strap(struct rules_run *run);
/* Before the rules of blocks: what their voltages did since the last scan */
void rules_look_at_steps(struct rules_run *run);

#endif
