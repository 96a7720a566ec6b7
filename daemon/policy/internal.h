/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the policy share */
#ifndef BACSD_POLICY_INTERNAL_H
#define BACSD_POLICY_INTERNAL_H

#include "policy/policy.h"

struct policy {
	const struct policy_ops *ops;
	void *userdata;
	struct policy_site site;
	struct policy_bus **buses;	/* by name */
	size_t bus_count;
	struct policy_string **strings;	/* by number */
	size_t string_count;
	struct limit_set limits;	/* of the site */
	char profile[POLICY_NAME_MAX + 1];
	bool adopt_foreign;	/* limits that others write are taken over */
	uint64_t sweep_ns;	/* of the last look at all limits */
	char config_error[POLICY_REASON_MAX + 1];
	uint64_t now_ns;
	uint64_t tick_ns;		/* of the last tick */
	bool dirty;			/* buses and site are to be judged */
	struct ri_site ri;
	bool jars_changed;		/* modules are not where they belong */
	struct alarm_table alarms;
	struct output_matrix matrix;
	struct output_state outputs[OUTPUT_COUNT];
	bool recolour;			/* alarms of modules changed */
	uint8_t judged[ALARM_KIND_COUNT];	/* of the site */
	int64_t wall_offset_us;		/* 0 = the wall clock is not known */
	bool monitor_only;		/* command nothing */
	bool equalize_unsure;		/* what operators said is not known */
	bool has_room;			/* a sensor of the host told it */
	int32_t room_mc;
	uint64_t room_ns;		/* when */
	uint64_t unsynchronised_ns;	/* wall clock is so since, 0 = it is not */
};

/* What no sensor can mean is cut to 1000 °C, so that differences fit */
static inline int32_t policy_temperature_mc(int64_t mc)
{
	return mc > 1000000 ? 1000000 : mc < -1000000 ? -1000000 : mc;
}

/* The module of the block at an index of a string, or NULL */
static inline struct policy_module *
policy_module_at(const struct policy *policy, const struct policy_string *s,
		 unsigned int index)
{
	return (struct policy_module *)policy_find_module(
			policy, s->bus, s->cells[index].address);
}

/* Has its last sample the quantity, is one of its faults set? */
static inline bool policy_has(const struct policy_module *m, enum bacs_q q)
{
	return m->sample.present & 1U << q;
}

static inline bool policy_has_fault(const struct policy_module *m,
				    uint32_t fault)
{
	return policy_has(m, BACS_Q_FLAGS) &&
	       m->sample.value[BACS_Q_FLAGS] & fault;
}

/* The bus, made if there is none; NULL without memory */
struct policy_bus *policy_get_bus(struct policy *policy, const char *name);
struct policy_module *policy_get_module(struct policy *policy,
					struct policy_bus *bus,
					unsigned int address);
void policy_drop_unknown(struct policy *policy);

void policy_emit(struct policy *policy, enum policy_kind kind,
		 const struct policy_bus *bus,
		 const struct policy_module *module, int64_t old_value,
		 int64_t new_value, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/*
 * A detector judged its condition: the level that holds now (ALARM_NONE: it is
 * gone) and why, one sentence with numbers, without the name of the thing.
 * Call it at every evaluation, and not at all when nothing can be judged (no
 * live value, doubtful data). Confirmation by samples or time is the
 * detector's; everything after that is the table's. A call that repeats the
 * level is cheap and does not format.
 */
void policy_alarm_module(struct policy *policy, enum alarm_kind kind,
			 struct policy_module *module, enum alarm_level level,
			 const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void policy_alarm_string(struct policy *policy, enum alarm_kind kind,
			 struct policy_string *string, enum alarm_level level,
			 const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void policy_alarm_bus(struct policy *policy, enum alarm_kind kind,
		      struct policy_bus *bus, enum alarm_level level,
		      const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void policy_alarm_site(struct policy *policy, enum alarm_kind kind,
		       enum alarm_level level, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What a detector said when it raised is known better now: no news, no event */
void policy_amend_module(struct policy *policy, enum alarm_kind kind,
			 const struct policy_module *module,
			 const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* cable.c: losses that are one cut of the cable, before the alarms' tick */
#define POLICY_LOST_EVIDENCE \
	"does not answer any more and is not monitored"
void policy_cable_tick(struct policy *policy);
void policy_cable_forget(struct policy *policy);

/* alarm-policy.c */
void policy_alarms_init(struct policy *policy);
/* It is @now_ns; the same for the table of alarms */
struct alarm_now policy_set_now(struct policy *policy, uint64_t now_ns);
void policy_alarms_tick(struct policy *policy);
/* It is not expected any more: what is wrong with it is over */
void policy_alarms_forget_module(struct policy *policy,
				 const struct policy_module *module);
void policy_alarms_forget_bus(struct policy *policy,
			      const struct policy_bus *bus);
void policy_alarms_forget_string(struct policy *policy,
				 const struct policy_string *string);
/* Its name or its string changed */
void policy_alarms_rename(struct policy *policy,
			  const struct policy_module *module);
struct alarm_object policy_module_object(const struct policy_module *module);
struct alarm_object policy_string_object(const struct policy_string *string);
struct alarm_object policy_bus_object(const struct policy_bus *bus);

/* What the table has of it, whoever judged it last, or NULL */
const struct alarm *policy_module_alarm(const struct policy *policy,
					enum alarm_kind kind,
					const struct policy_module *module);
/* After start-up: alarms of an earlier run on things that are no more return */
void policy_alarms_settle(struct policy *policy);
/* Strings with alarms of the worst level among them, and its colour */
unsigned int policy_alarmed_strings(const struct policy *policy,
				    enum bacs_colour *ret_colour);
/* Colour and reason, or the worse one that its alarms give it */
enum bacs_colour policy_worse(const struct policy *policy,
			      const struct policy_module *module,
			      enum bacs_colour colour, char *reason,
			      size_t size);

/* Is the module expected: configured, or remembered on a bus without a list? */
bool policy_expected(const struct policy_module *module);

/* Judge again: state, colour, reason, events */
void policy_judge_module(struct policy *policy, struct policy_module *module);
void policy_judge_bus(struct policy *policy, struct policy_bus *bus);
void policy_judge_site(struct policy *policy);
void policy_judge_all(struct policy *policy);

/*
 * Ask the driver for the label and limits of the configuration where it has
 * others. @clear: take back a label that is not configured any more.
 */
void policy_push(struct policy *policy, struct policy_module *module,
		 bool clear);
/* Limits that hold now in the module's own volts; true if they changed */
bool policy_set_wants(struct policy *policy, struct policy_module *module);
/* Are the configured limits in force? True if none are configured. */
bool policy_limits_match(const struct policy_module *module);
/* The state whose limits hold; LIMIT_STATES: not known, the widest hold */
enum limit_state policy_limit_state(const struct policy_module *module);
bool policy_any_limit(const struct policy_limits *limits);
/* Others wrote limits: report, then overwrite or adopt */
void policy_limits_foreign(struct policy *policy, struct policy_module *module,
			   uint32_t pid);
/* Limits of others are adopted no more */
void policy_limits_disown(struct policy *policy, struct policy_module *module);
/* Time has passed for limits that were held back */
void policy_limits_tick(struct policy *policy);

/* The string is in another state: other limits hold */
void policy_limits_of_state(struct policy *policy,
			    const struct policy_string *string);

/* string-policy.c: the strings, beside the modules they are made of */
struct policy_string *policy_get_string(const struct policy *policy,
					const char *name);
void policy_strings_begin(struct policy *policy);
void policy_strings_end(struct policy *policy);
void policy_strings_free(struct policy *policy);
void policy_strings_tick(struct policy *policy);
void policy_string_sample(struct policy *policy, struct policy_module *module);
void policy_emit_string(struct policy *policy, enum policy_kind kind,
			const struct policy_string *string, int64_t old_value,
			int64_t new_value, const char *text);

/* equalize-policy.c: equalizing of the strings */
int policy_equalize_new(struct policy_string *string);
void policy_equalize_begin(struct policy_string *string);
void policy_equalize_configure(struct policy *policy);
void policy_equalize_scan(struct policy *policy, struct policy_string *string);
void policy_equalize_tick(struct policy *policy);
void policy_equalize_bus_gone(struct policy *policy, struct policy_bus *bus);
/* ri-policy.c: internal resistance */
void policy_ri_module_new(struct policy *policy, struct policy_module *module);
void policy_ri_string_new(struct policy_string *string);
void policy_ri_string_free(struct policy_string *string);
void policy_ri_string_gone(struct policy *policy, struct policy_string *string);
void policy_ri_free(struct policy *policy);
void policy_ri_config_begin(struct policy *policy);
void policy_ri_config_end(struct policy *policy);
void policy_ri_sample(struct policy *policy, struct policy_module *module);
void policy_ri_tick(struct policy *policy);
void policy_ri_clear(struct policy *policy, struct policy_module *module);
/* Its string has settled: what is known of it counts from now on */
void policy_ri_settled(struct policy *policy, struct policy_module *module);
/* A run is through: a point of resistance over temperature more */
void policy_ri_learn_warmth(struct policy *policy,
			    struct policy_string *string);
/* jar.c: is it the module that belongs here? */
void policy_jar_facts(struct policy *policy, struct policy_module *module);
void policy_jars_tick(struct policy *policy);
/* rules-policy.c: a scan of the string is complete, its state is known */
void policy_rules_scan(struct policy *policy, struct policy_string *string);
/* The voltage of the module may be that of a lead: no limit is judged by it */
bool policy_rules_suspect(const struct policy_module *module);
/* The wall clock was set so far */
void policy_rules_clock_step(struct policy *policy, int64_t step_ms);
/* A boot time as a time of the rules */
static inline uint64_t policy_rules_time(uint64_t boot_ns)
{
	return boot_ns + RULES_ORIGIN_NS;
}

/* What the rules learnt of it is void */
void policy_rules_forget(struct policy *policy, struct policy_string *string);

/* supply.c: status and health of power supplies, where they changed */
void policy_supply_tick(struct policy *policy);

/* Take a sample's values against the limits into module->alarms */
void policy_judge_sample(const struct policy *policy,
			 struct policy_module *module);
/* Limits and faults of the last sample become alarms */
void policy_alarm_values(struct policy *policy, struct policy_module *module);
/* Colour and reason of a module that answers */
enum bacs_colour policy_judge_values(const struct policy_module *module,
				     char *reason, size_t size);

#endif
