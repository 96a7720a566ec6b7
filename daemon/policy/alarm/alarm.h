/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of alarms: the life of each after ISA-18.2
 *
 * A pure machine. Detectors say which level a condition has now; operators
 * acknowledge, shelve, mute, take out of service; time passes. It knows
 * nothing of modules, voltages or buses but their names. Out come changes.
 *
 * Times: CLOCK_BOOTTIME in ns rules within a boot, so that a step of the wall
 * clock neither ends nor stretches anything; the wall clock carries a deadline
 * over a reboot, and never beyond what was asked for.
 */
#ifndef BACSD_POLICY_ALARM_H
#define BACSD_POLICY_ALARM_H

#include <stddef.h>

#include "policy/alarm/kind.h"

#define ALARM_BUS_MAX		12
#define ALARM_STRING_MAX	31
#define ALARM_NAME_MAX		63
#define ALARM_TEXT_MAX		255
#define ALARM_WHO_MAX		47
#define ALARM_WHY_MAX		127

/* Nobody may silence an alarm for longer at once; practice value */
#define ALARM_SHELVE_MAX_NS	(7ULL * 86400 * 1000000000)
/* A test ends by itself */
#define ALARM_TEST_MAX_NS	(600ULL * 1000000000)

enum alarm_state {
	ALARM_STATE_NORMAL,
	ALARM_STATE_UNACKNOWLEDGED,	/* active, nobody has seen it */
	ALARM_STATE_ACKNOWLEDGED,	/* active, seen */
	ALARM_STATE_RETURNED,		/* gone, but nobody has seen it */
	ALARM_STATE_SHELVED,		/* an operator hides it for a time */
	ALARM_STATE_SUPPRESSED,		/* a consequence of something else */
	ALARM_STATE_OUT_OF_SERVICE,	/* an operator took its object out */
};

enum alarm_change {
	ALARM_CHANGE_RAISED,		/* unacknowledged now */
	ALARM_CHANGE_LOWERED,		/* active, at a lower level */
	ALARM_CHANGE_RETURNED,		/* the condition is gone */
	ALARM_CHANGE_ACKNOWLEDGED,
	ALARM_CHANGE_SHELVED,
	ALARM_CHANGE_UNSHELVED,
	ALARM_CHANGE_SUPPRESSED,
	ALARM_CHANGE_RELEASED,		/* not suppressed any more */
	ALARM_CHANGE_REPEATED,		/* unacknowledged for long */
	ALARM_CHANGE_SILENT,		/* worth saving, not worth telling */
};

/* The time of a call; @wall_us 0: the wall clock is not known */
struct alarm_now {
	uint64_t boot_ns;
	int64_t wall_us;
};

/* When something was; both 0: never. @boot_ns 0: in an earlier boot. */
struct alarm_stamp {
	uint64_t boot_ns;
	int64_t wall_us;
};

/**
 * struct alarm_deadline - when something ends
 * @boot_ns: then, 0 = it does not end by itself
 * @wall_us: the same by the wall clock, 0 = that is not known
 * @length_ns: what was asked for; no reboot and no clock makes it longer
 * @carried: it came over a reboot before the wall clock was known
 */
struct alarm_deadline {
	uint64_t boot_ns;
	int64_t wall_us;
	uint64_t length_ns;
	bool carried;
};

/**
 * struct alarm_object - what an alarm is an alarm of
 * @class: kind of thing
 * @bus: bus, of buses, modules and strings
 * @address: address of a module
 * @string: name of a string; of a module: of the string it is a jar of
 */
struct alarm_object {
	enum alarm_class class;
	char bus[ALARM_BUS_MAX + 1];
	uint8_t address;
	char string[ALARM_STRING_MAX + 1];
};

/**
 * struct alarm - one alarm that is not normal; read only
 * @id: number, never used again
 * @kind: kind
 * @object: of what
 * @name: its name: 4S2, bacsA, a string's name, site
 * @level: level that holds, or held last
 * @active: the condition holds
 * @acknowledged: somebody has seen it as it is
 * @restored: from an earlier run, its condition was not judged since
 * @evidence: why, when it was raised, with numbers
 * @raised: when it became active
 * @returned: when the condition went
 * @acknowledged_at: when
 * @acknowledged_by: who
 * @shelved: by an operator
 * @shelved_until: end of that
 * @shelved_by: who
 * @shelved_why: why
 * @inhibition: why it is suppressed, "" = it is not
 * @announced: its raise was told, it was not hidden
 * @repeats: how often it was told again
 */
struct alarm {
	uint64_t id;
	enum alarm_kind kind;
	struct alarm_object object;
	char name[ALARM_NAME_MAX + 1];
	enum alarm_level level;
	bool active;
	bool acknowledged;
	bool restored;
	char evidence[ALARM_TEXT_MAX + 1];
	struct alarm_stamp raised;
	struct alarm_stamp returned;
	struct alarm_stamp acknowledged_at;
	char acknowledged_by[ALARM_WHO_MAX + 1];
	bool shelved;
	struct alarm_deadline shelved_until;
	char shelved_by[ALARM_WHO_MAX + 1];
	char shelved_why[ALARM_WHY_MAX + 1];
	char inhibition[ALARM_WHY_MAX + 1];
	bool announced;
	uint32_t repeats;

	/* the table's own */
	bool out;			/* its object is out of service */
	uint64_t told_ns;		/* when it was told last */
	enum alarm_level pending;	/* waits for its delay */
	char pending_evidence[ALARM_TEXT_MAX + 1];
	uint64_t pending_ns;		/* since when, 0 = nothing waits */
};

/**
 * struct alarm_out - something out of service (M21)
 * @object: what
 * @name: its name
 * @who: who took it out
 * @why: why
 * @since: when
 * @until: end, or none
 */
struct alarm_out {
	struct alarm_object object;
	char name[ALARM_NAME_MAX + 1];
	char who[ALARM_WHO_MAX + 1];
	char why[ALARM_WHY_MAX + 1];
	struct alarm_stamp since;
	struct alarm_deadline until;
};

/**
 * struct alarm_ops - what the table tells and asks
 * @changed: an alarm changed; when its state is normal, it is forgotten after
 *	the call
 * @out_changed: something went out of service, or returned (@in)
 * @mute_changed: see alarm_muted()
 * @inhibition: 1 and a reason why the alarm is but a consequence, 0 if it is
 *	none, negative if that cannot be told yet
 */
struct alarm_ops {
	void (*changed)(void *userdata, const struct alarm *alarm,
			enum alarm_change change);
	void (*out_changed)(void *userdata, const struct alarm_out *out,
			    bool in, const char *who);
	void (*mute_changed)(void *userdata, bool muted, const char *who);
	int (*inhibition)(void *userdata, const struct alarm *alarm,
			  char *text, size_t size);
};

struct alarm_table {
	const struct alarm_ops *ops;
	void *userdata;
	struct alarm **alarms;		/* by kind and object */
	size_t count;
	struct alarm_out *outs;
	size_t out_count;
	uint64_t next_id;
	uint64_t repeat_ns;		/* 0 = nothing is repeated */
	bool muted;
	char muted_by[ALARM_WHO_MAX + 1];
	struct alarm_deadline test_until;
};

void alarm_table_init(struct alarm_table *table, const struct alarm_ops *ops,
		      void *userdata);
void alarm_table_done(struct alarm_table *table);

enum alarm_state alarm_state(const struct alarm *alarm);
const char *alarm_state_name(enum alarm_state state);
const char *alarm_change_name(enum alarm_change change);
/* Why the alarm is in its state, one sentence */
void alarm_explain(const struct alarm_table *table, const struct alarm *alarm,
		   char *text, size_t size);
/* NULL if there is none */
const struct alarm *alarm_find(const struct alarm_table *table,
			       enum alarm_kind kind,
			       const struct alarm_object *object);
const struct alarm *alarm_find_id(const struct alarm_table *table,
				  uint64_t id);
bool alarm_object_equal(const struct alarm_object *a,
			const struct alarm_object *b);

/**
 * alarm_set - a detector judged its condition
 * @table: table
 * @kind: condition
 * @object: of what
 * @name: its name
 * @level: level that holds now; ALARM_NONE: the condition is gone
 * @evidence: why, one sentence with numbers; kept when the level rises
 * @now: time
 *
 * Return: 0 or -ENOMEM.
 */
int alarm_set(struct alarm_table *table, enum alarm_kind kind,
	      const struct alarm_object *object, const char *name,
	      enum alarm_level level, const char *evidence,
	      const struct alarm_now *now);

/* Its evidence is known better now, be it active or waiting: saved, not told */
void alarm_amend(struct alarm_table *table, enum alarm_kind kind,
		 const struct alarm_object *object, const char *evidence,
		 const struct alarm_now *now);
/* The thing has another name, or is a jar of another string */
void alarm_rename(struct alarm_table *table, const struct alarm_object *object,
		  const char *name);
/* The thing is not expected any more: its alarms return */
void alarm_forget(struct alarm_table *table, const struct alarm_object *object,
		  const struct alarm_now *now);

/* Delays, deadlines, repeats, inhibitions: once a second and after events */
void alarm_tick(struct alarm_table *table, const struct alarm_now *now);

/*
 * Operators, operate.c. @who is text such as "user 1000". -ENOENT: no
 * such alarm; -EALREADY: nothing to do; -ERANGE: a time out of its range.
 */
int alarm_acknowledge(struct alarm_table *table, uint64_t id, const char *who,
		      const struct alarm_now *now);
int alarm_shelve(struct alarm_table *table, uint64_t id, uint64_t length_ns,
		 const char *who, const char *why,
		 const struct alarm_now *now);
int alarm_unshelve(struct alarm_table *table, uint64_t id, const char *who,
		   const struct alarm_now *now);
/* -EALREADY: muted already; -ENOENT: no alarm is active */
int alarm_mute(struct alarm_table *table, const char *who,
	       const struct alarm_now *now);
/* @length_ns 0: until it is put back */
int alarm_take_out(struct alarm_table *table, const struct alarm_object *object,
		   const char *name, uint64_t length_ns, const char *who,
		   const char *why, const struct alarm_now *now);
int alarm_put_back(struct alarm_table *table, const struct alarm_object *object,
		   const char *who, const struct alarm_now *now);
/* What takes the object out of service, itself or what it is part of, or NULL */
const struct alarm_out *alarm_find_out(const struct alarm_table *table,
				       const struct alarm_object *object);
/* Raise a test alarm that returns by itself, through every way there is */
int alarm_test(struct alarm_table *table, enum alarm_level level,
	       uint64_t length_ns, const char *who,
	       const struct alarm_now *now);

/*
 * Persistence, restore.c: give back what an earlier run saved, before
 * the first alarm_set(). @same_boot: boot times still hold. 0, -EINVAL for a
 * record that cannot be, or -ENOMEM.
 */
int alarm_restore(struct alarm_table *table, const struct alarm *alarm,
		  bool same_boot, const struct alarm_now *now);
int alarm_restore_out(struct alarm_table *table, const struct alarm_out *out,
		      bool same_boot, const struct alarm_now *now);
/*
 * The same where the record could not be read before. A condition that was
 * found again meanwhile goes on: since when, under which number, seen or
 * shelved by whom, unless it is worse now.
 */
int alarm_merge(struct alarm_table *table, const struct alarm *alarm,
		bool same_boot, const struct alarm_now *now);
int alarm_merge_out(struct alarm_table *table, const struct alarm_out *out,
		    bool same_boot, const struct alarm_now *now);
/* The wall clock became known or was set */
void alarm_clock(struct alarm_table *table, const struct alarm_now *now);

/*
 * Make it valid UTF-8: take off a character that a buffer cut short, put '?'
 * for what is none. One wrong byte, and the bus takes no list of alarms.
 */
void alarm_trim(char *text);

/* For the files of the machine */
struct alarm_deadline alarm_deadline_in(uint64_t length_ns,
					const struct alarm_now *now);
void alarm_update(struct alarm_table *table, struct alarm *alarm,
		  enum alarm_change change, const struct alarm_now *now);
struct alarm *alarm_insert(struct alarm_table *table,
			   const struct alarm *alarm);
int alarm_add_out(struct alarm_table *table, const struct alarm_out *out);
bool alarm_covers(const struct alarm_object *whole,
		  const struct alarm_object *part);
void alarm_end_mute(struct alarm_table *table, const char *who);
void alarm_refresh_out(struct alarm_table *table,
		       const struct alarm_now *now);
void alarm_refresh_test(struct alarm_table *table,
			const struct alarm_now *now);

#endif
