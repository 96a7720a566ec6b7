/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy: what bacsd thinks about what it is told
 *
 * Time, states and samples go in, judgements, events and commands come out.
 * Nothing here owns a clock, a file or a socket: every function that needs the
 * time takes it (CLOCK_BOOTTIME in ns), and what comes out goes to the
 * functions of struct policy_ops. So the same code runs in the daemon, against
 * a plant model in virtual time, and in a test.
 */
#ifndef BACSD_POLICY_H
#define BACSD_POLICY_H

#include "policy/model.h"

/**
 * struct policy_ops - where judgements go
 * @event: something worth a record
 * @site_changed: colour or reason of the site changed
 * @bus_changed: bus is new or its state, colour or reason changed
 * @bus_gone: bus is about to be forgotten
 * @module_changed: module is new or its name, state, colour or reason changed
 * @module_gone: module is about to be forgotten
 * @string_changed: string is new or its state changed
 * @string_gone: string is about to be forgotten
 * @set_module: command: give the module these labels and limits
 * @set_supply: command: let its power supply show this
 * @alarm_changed: an alarm changed; normal: it is forgotten after the call. May
 *	be NULL, as the next three.
 * @out_changed: something went out of service, or returned (@in)
 * @mute_changed: alarms were muted, or are heard again
 * @outputs_changed: an output should be otherwise
 * @set_duties: command: these modules of the bus have these duties (0.1 %), for
 *	the lease; may be NULL
 * @ri_start: command: measure the internal resistance of the module; a refusal
 *	comes later, as policy_ri_refused(). The ones from here may be NULL.
 * @ri_value: a value was measured and judged
 * @ri_changed: what the schedule of a string keeps over a restart changed
 * @equalize_said: what an operator says of equalizing the string changed
 * @limits_adopted: limits of others hold in the state, or not any more:
 *	@adopted and @foreign of the module
 * @jar_baseline: the jar of the module has a provisional baseline now
 * @jar_module: the module that belongs to the jar is known, or another one now
 */
struct policy_ops {
	void (*event)(void *userdata, const struct policy_event *event);
	void (*site_changed)(void *userdata);
	void (*bus_changed)(void *userdata, const struct policy_bus *bus);
	void (*bus_gone)(void *userdata, const struct policy_bus *bus);
	void (*module_changed)(void *userdata,
			       const struct policy_module *module);
	void (*module_gone)(void *userdata,
			    const struct policy_module *module);
	void (*string_changed)(void *userdata,
			       const struct policy_string *string);
	void (*string_gone)(void *userdata,
			    const struct policy_string *string);
	void (*set_module)(void *userdata, const struct policy_module *module,
			   const char *label,
			   const struct policy_limits *limits);
	void (*set_supply)(void *userdata, const struct policy_module *module,
			   const struct policy_supply *supply);
	void (*alarm_changed)(void *userdata, const struct alarm *alarm,
			      enum alarm_change change);
	void (*out_changed)(void *userdata, const struct alarm_out *out,
			    bool in);
	void (*mute_changed)(void *userdata, bool muted);
	void (*outputs_changed)(void *userdata);
	void (*set_duties)(void *userdata, const struct policy_bus *bus,
			   size_t n, const uint8_t *addresses,
			   const uint32_t *permille);
	void (*ri_start)(void *userdata, const struct policy_module *module);
	void (*ri_value)(void *userdata, const struct policy_module *module,
			 const struct ri_value *value);
	void (*ri_changed)(void *userdata, const struct policy_string *string);
	void (*equalize_said)(void *userdata,
			      const struct policy_string *string);
	void (*limits_adopted)(void *userdata,
			       const struct policy_module *module,
			       enum limit_state state);
	void (*jar_baseline)(void *userdata,
			     const struct policy_module *module,
			     const struct ri_baseline *baseline);
	void (*jar_module)(void *userdata, const struct policy_module *module);
};

struct policy;

void policy_unset_limits(struct policy_limits *limits);

/* Returns 0 or -ENOMEM. @ops is borrowed for the life of the policy. */
int policy_new(const struct policy_ops *ops, void *userdata, uint64_t now_ns,
	       struct policy **ret);
struct policy *policy_free(struct policy *policy);

/*
 * Configuration: begin, any number of the others, end. What is not named again
 * is forgotten unless the driver has it or it is remembered. All return 0 or
 * -ENOMEM.
 */
void policy_config_begin(struct policy *policy);
int policy_config_bus(struct policy *policy, const char *bus, bool listed);
/* The order of its modules along the cable, checked; @ends: bit of an address:
 * a branch ends with it; @count 0: it is not known */
void policy_config_wiring(struct policy *policy, const char *bus,
			  const uint8_t *order, unsigned int count,
			  const uint8_t ends[32]);
int policy_config_module(struct policy *policy, const char *bus,
			 unsigned int address, const char *label,
			 const char *string, unsigned int string_number,
			 unsigned int jar, uint32_t nominal_mv);
/**
 * policy_config_string - a string
 * @policy: policy
 * @name: its name; one that is there keeps its state unless its modules change
 * @number: its number
 * @bus: bus of its modules
 * @addresses: its modules, block 1 first
 * @count: their number
 * @sensor_bus: bus of the sensor of its current, "" = none
 * @sensor_address: address of the sensor
 * @zero_ma: currents up to this, either way, are none
 *
 * Return: 0 or -ENOMEM.
 */
int policy_config_string(struct policy *policy, const char *name,
			 unsigned int number, const char *bus,
			 const uint8_t *addresses, unsigned int count,
			 const char *sensor_bus, unsigned int sensor_address,
			 int32_t zero_ma);
/*
 * Limits of all modules and strings that have no own, name of the profile they
 * are from ("": none), and whether limits that others write to the driver are
 * taken over. Own ones are given after policy_config_module() or
 * policy_config_string().
 */
void policy_config_limits(struct policy *policy,
			  const struct limit_set *limits, const char *profile,
			  bool adopt_foreign);
void policy_config_module_limits(struct policy *policy, const char *bus,
				 unsigned int address,
				 const struct limit_set *limits,
				 const char *profile);
void policy_config_string_limits(struct policy *policy, const char *name,
				 const struct limit_set *limits);
/* The string is one half of a centre-tapped battery (M5b) */
void policy_config_half(struct policy *policy, const char *name,
			const char *battery);
void policy_config_end(struct policy *policy, uint64_t now_ns);
/* Text of a configuration error, NULL or "" when the configuration is good */
void policy_config_error(struct policy *policy, const char *text);

/* An earlier run found this module */
int policy_remember(struct policy *policy, const char *bus,
		    unsigned int address, uint64_t serial,
		    enum bacs_modclass modclass, uint32_t nominal_mv);
/* The module is not expected any more unless configured or present */
void policy_forget(struct policy *policy, const char *bus,
		   unsigned int address, uint64_t now_ns);

/* What the driver says. All return 0 or -ENOMEM. */
void policy_driver(struct policy *policy, enum bacs_driver driver,
		   uint64_t now_ns);
int policy_bus(struct policy *policy, const char *bus,
	       enum bacs_busstate state, uint32_t scan_ms, uint64_t now_ns);
void policy_bus_removed(struct policy *policy, const char *bus,
			uint64_t now_ns);
int policy_module(struct policy *policy, const char *bus, unsigned int address,
		  const struct policy_facts *facts, uint64_t now_ns);
/* A notice of the driver that @limits are in force now, written by @pid */
void policy_limits_written(struct policy *policy, const char *bus,
			   unsigned int address,
			   const struct policy_limits *limits, uint32_t pid,
			   uint64_t now_ns);
void policy_module_removed(struct policy *policy, const char *bus,
			   unsigned int address, uint64_t now_ns);
void policy_sample(struct policy *policy, const char *bus,
		   unsigned int address, const struct policy_sample *sample,
		   uint64_t now_ns);

/*
 * Time has passed: call after every batch of the above and about once a
 * second. Judges buses and the site.
 */
void policy_tick(struct policy *policy, uint64_t now_ns);

/**
 * policy_alive - may the watchdog be fed?
 * @policy: policy
 *
 * True as long as every bus with live modules delivers samples. A missing
 * driver, a missing bus, a lost bus are known absences, not silence.
 */
bool policy_alive(const struct policy *policy);

const struct policy_site *policy_site(const struct policy *policy);
size_t policy_bus_count(const struct policy *policy);
/* Buses in the order of their names */
const struct policy_bus *policy_bus_at(const struct policy *policy, size_t i);
const struct policy_bus *policy_find_bus(const struct policy *policy,
					 const char *bus);
const struct policy_module *policy_find_module(const struct policy *policy,
					       const char *bus,
					       unsigned int address);
/* Modules of a bus, or of all if @bus is NULL, that have the colour */
unsigned int policy_count(const struct policy *policy,
			  const struct policy_bus *bus,
			  enum bacs_colour colour);

size_t policy_string_count(const struct policy *policy);
/* Strings in the order of their numbers */
const struct policy_string *policy_string_at(const struct policy *policy,
					     size_t i);
const struct policy_string *policy_find_string(const struct policy *policy,
					       const char *name);

/* Alarms, alarm.h; read only */
const struct alarm_table *policy_alarms(const struct policy *policy);

/*
 * Operators. @who is text such as "user 1000". 0 or -ENOENT: there is no such
 * alarm; -EALREADY: nothing to do; -ERANGE: the time is out of its range;
 * -ENOTUNIQ: the name is that of several things. Names are those of modules
 * (4S2 or bacsA:12), strings and buses.
 */
int policy_acknowledge(struct policy *policy, uint64_t id, const char *who,
		       uint64_t now_ns);
int policy_shelve(struct policy *policy, uint64_t id, uint64_t length_ns,
		  const char *who, const char *why, uint64_t now_ns);
int policy_unshelve(struct policy *policy, uint64_t id, const char *who,
		    uint64_t now_ns);
int policy_mute(struct policy *policy, const char *who, uint64_t now_ns);
int policy_test_alarm(struct policy *policy, enum alarm_level level,
		      uint64_t length_ns, const char *who, uint64_t now_ns);
/* @length_ns 0: until it is put back */
int policy_take_out(struct policy *policy, const char *name,
		    uint64_t length_ns, const char *who, const char *why,
		    uint64_t now_ns);
int policy_put_back(struct policy *policy, const char *name, const char *who,
		    uint64_t now_ns);
int policy_find_object(const struct policy *policy, const char *name,
		       struct alarm_object *ret_object,
		       char ret_name[ALARM_NAME_MAX + 1]);

/**
 * policy_report - a condition that the daemon judges by itself
 * @policy: policy
 * @kind: condition, of the site, a bus or a module
 * @bus: bus, or ""
 * @address: module, or 0
 * @level: level that holds now
 * @evidence: why
 * @now_ns: CLOCK_BOOTTIME
 */
void policy_report(struct policy *policy, enum alarm_kind kind,
		   const char *bus, unsigned int address,
		   enum alarm_level level, const char *evidence,
		   uint64_t now_ns);
/* What drives which output (M15); nothing does until it is given */
void policy_config_outputs(struct policy *policy,
			   const struct output_matrix *matrix);
/* How the outputs should be, OUTPUT_COUNT of them */
const struct output_state *policy_outputs(const struct policy *policy);
/* Tell unacknowledged alarms again after so long; 0: never */
void policy_repeat_alarms(struct policy *policy, uint64_t interval_ns);

/* What an earlier run saved, before anything else is told. As alarm_restore(). */
int policy_restore_alarm(struct policy *policy, const struct alarm *alarm,
			 bool same_boot, uint64_t now_ns);
int policy_restore_out(struct policy *policy, const struct alarm_out *out,
		       bool same_boot, uint64_t now_ns);
void policy_restore_site(struct policy *policy, uint64_t next_id, bool muted,
			 const char *muted_by);
/*
 * The same later, for the file could not be read before: as alarm_merge(), then
 * policy_merge_end(). A mute is over: that it could not be read is an alarm.
 */
int policy_merge_alarm(struct policy *policy, const struct alarm *alarm,
		       bool same_boot, uint64_t now_ns);
int policy_merge_out(struct policy *policy, const struct alarm_out *out,
		     bool same_boot, uint64_t now_ns);
void policy_merge_end(struct policy *policy, uint64_t next_id,
		      uint64_t now_ns);
/* The wall clock at boot time 0 in us; 0: it is not known */
void policy_clock(struct policy *policy, int64_t offset_us, uint64_t now_ns);
/* Whether somebody keeps the wall clock right; about once a second (M28) */
void policy_clock_state(struct policy *policy, bool synchronised,
			uint64_t now_ns);

/*
 * The room has this temperature, by a sensor of the host; for strings without an
 * environment module on their bus, and for 5 min
 */
void policy_room(struct policy *policy, int32_t mc, uint64_t now_ns);
/* There is no such sensor any more */
void policy_room_forget(struct policy *policy);

/*
 * Equalizing, equalize-policy.c. Off unless policy_config_equalize() says
 * otherwise after policy_config_string().
 */

/**
 * policy_config_equalize - what a string is told
 * @policy: policy
 * @string: its name
 * @config: copied; @bypass_ua 0: what the modules say, else the
 *	usual one of the voltage of their blocks
 * @calibrated: all its modules were calibrated against an instrument, also those
 *	without a record of it
 */
void policy_config_equalize(struct policy *policy, const char *string,
			    const struct equalize_config *config,
			    bool calibrated);
/* The configuration is not the one that was asked for: command nothing (M29) */
void policy_monitor_only(struct policy *policy, bool on);
/**
 * policy_equalize_switch - an operator switches a string on or off
 * @policy: policy
 * @string: its name
 * @on: until the configuration or an operator says the same as the other
 * @who: the operator
 * @now_ns: time
 *
 * Return: 0; -ENOENT: no such string; -ENODATA: its capacity is not configured.
 */
int policy_equalize_switch(struct policy *policy, const char *string, bool on,
			   const char *who, uint64_t now_ns);
/* What an operator said in an earlier run */
void policy_equalize_restore(struct policy *policy, const char *string,
			     bool on, const char *who);
/* It is not known what operators said: command nothing */
void policy_equalize_unsure(struct policy *policy, bool unsure);
/* Limits that were adopted in an earlier run: 0; -ENOENT: no such module;
 * -EPERM: none are adopted any more; -EINVAL: they contradict each other */
int policy_restore_adopted(struct policy *policy, const char *bus,
			   unsigned int address, enum limit_state state,
			   const struct policy_limits *limits);
/**
 * policy_equalize_hold - keep one module at 0 %, or give it back (C5)
 * @policy: policy
 * @module: it
 * @hold: true: its duty is 0 from now on, and the driver is told at once
 *
 * The others of the string go on. Nothing happens without equalizing.
 */
void policy_equalize_hold(struct policy *policy,
			  const struct policy_module *module, bool hold);
/* Does a string of the bus want to be equalized? */
bool policy_wants_control(const struct policy *policy,
			  const struct policy_bus *bus);
/* Answer to that; @why for POLICY_REFUSED */
void policy_control(struct policy *policy, const char *bus,
		    enum policy_controller controller, const char *why,
		    uint64_t now_ns);
/* The driver did not take the duties: they are told again a second later */
void policy_duties_failed(struct policy *policy, const char *bus,
			  uint64_t now_ns);
/* All modules of the bus are at 0 %, whatever was told */
void policy_lease_expired(struct policy *policy, const char *bus,
			  uint64_t now_ns);
/* Duty that the module shall have, 0.1 % */
unsigned int policy_duty(const struct policy_module *module);
/* Limits that judge the module: the configured ones, else the driver's */
void policy_limits_in_force(const struct policy_module *module,
			    struct policy_limits *ret);

/* The same for people: what others wrote to limit nothing is no limit */
void policy_limits_to_show(const struct policy_module *module,
			   struct policy_limits *ret);

/* Key of the configuration that a limit is from in a state; "": from several */
const char *policy_limit_key(enum bacs_limit limit, enum limit_state state);

/**
 * policy_limits_adopted - limits of others that hold instead of ours
 * @module: module
 * @state: state of its string, LIMIT_STATES: none is known
 * @ret_theirs: what others wrote in this state; POLICY_UNSET limits nothing
 * @ret_ours: what the configuration says of it, likewise
 *
 * Return: whether what others wrote in this state was adopted.
 */
bool policy_limits_adopted(const struct policy_module *module,
			   enum limit_state state,
			   struct policy_limits *ret_theirs,
			   struct policy_limits *ret_ours);

/* State whose limits are in force: "float" ..., "widest" while none is known,
 * "driver" where the configuration has none */
const char *policy_limits_state_name(const struct policy_module *module);

/* Dictionary names: "module-lost", "alarm" */
const char *policy_kind_name(enum policy_kind kind);
const char *policy_severity_name(enum policy_severity severity);

/* Severity that events of a kind have */
enum policy_severity policy_kind_severity(enum policy_kind kind);

#endif
