/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A site in virtual time: plant, modules, driver and daemon around the policy
 *
 * The plant is that of plant/, the policy and the way from bacsd.conf to it
 * are those of bacsd. What stands between them here does what the driver and
 * the daemon do: losses after 3 scans or 5 s, limits, leases, RI runs; restart
 * with what the daemon keeps on disk.
 */
#ifndef SCENARIO_WORLD_H
#define SCENARIO_WORLD_H

#include "fault.h"
#include "memory.h"
#include "policy/policy.h"
#include "scenario.h"
#include "sensor.h"
#include "timeline.h"

#define SECOND_NS	1000000000ULL

struct config;

/* A quantity that a module tells wrongly, and how long */
struct wrong {
	enum bacs_q q;		/* BACS_Q_UNKNOWN: none */
	int64_t value;
};

/**
 * struct sim_module - a module and what the driver knows of it
 * @block: its block; NULL: it is the sensor of a string
 * @string: string of that
 * @address: on the bus of the string
 * @name: 4S2
 * @serial: serial number
 * @sensor: what it measures with
 * @boots: its boot counter
 * @silent: it does not answer
 * @dead_bypass: its duty leads no current past the block, whatever it says
 * @flags: faults it tells of
 * @wrong: quantities it tells wrongly
 * @present: it is attached to the driver
 * @state: the driver's state of it
 * @misses: requests without reply, in succession
 * @good: replies in succession
 * @heard_ns: last reply
 * @lost_ns: when it was lost
 * @limits: in the driver
 * @supply: in the driver
 * @label: in the driver
 * @duty_permille: of its bypass
 * @lease_ns: end of the lease
 * @bypassed_mas: charge led past the block, mA s
 * @ri_end_ns: when the RI run ends, 0 = none
 * @ri_sequence: runs so far
 * @ri_uohm: last result
 * @last: its last reply, for doubled and late ones
 */
struct sim_module {
	struct plant_block *block;
	unsigned int string;
	uint8_t address;
	char name[SCENARIO_NAME];
	uint64_t serial;
	struct plant_sensor sensor;
	uint32_t boots;
	bool silent;
	bool dead_bypass;
	uint32_t flags;
	struct wrong wrong[4];
	bool present;
	enum bacs_modstate state;
	unsigned int misses;
	unsigned int good;
	uint64_t heard_ns;
	uint64_t lost_ns;
	struct policy_limits limits;
	struct policy_supply supply;
	char label[POLICY_NAME_MAX + 1];
	uint32_t duty_permille;
	uint64_t lease_ns;
	double bypassed_mas;
	uint64_t ri_end_ns;
	uint32_t ri_sequence;
	uint32_t ri_uohm;
	struct policy_sample last;
	bool told;		/* the daemon knows of its limits */
	bool late;		/* it was not given to the policy yet */
	double before_v;	/* of the block, at the scan before */
};

/**
 * struct sim_bus - the bus of a string
 * @name: bacsA
 * @modules: blocks in order, then the sensor
 * @count: their number
 * @sensor: of the string
 * @attached: the driver has it
 * @silent: nobody answers
 * @second_master: foreign requests are heard on it
 * @state: the driver's state of it
 */
struct sim_bus {
	char name[POLICY_BUS_NAME_MAX + 1];
	struct sim_module *modules;
	unsigned int count;
	struct plant_string_sensor sensor;
	bool attached;
	bool silent;
	bool second_master;
	enum bacs_busstate state;
	unsigned int timeouts;	/* in succession */
};

/* Numbers of a run */
struct world_counts {
	uint64_t samples;	/* of jar modules, given to the policy */
	uint64_t fast;		/* of these: at scan rate */
	uint64_t lost;
	uint64_t doubled;
	uint64_t swapped;
	uint64_t duty_commands;
	uint64_t ri_commands;
	uint64_t limit_commands;
	uint32_t restarts;
};

/**
 * struct world - a run of a scenario
 * @s: the scenario
 * @time_s: time of the plant
 * @clock_ns: CLOCK_BOOTTIME
 * @wall_us: wall clock ahead of it
 * @site: the plant
 * @types: product of the blocks
 * @strings: strings of the site
 * @blocks: all of them
 * @faults: of the plant
 * @buses: one for each string
 * @lost: share of replies lost now; @doubled, @swapped likewise
 * @driver: the driver is there
 * @fast: the policy gets every scan
 * @fast_until_s: at least until then
 * @ended_s: when the battery carried the load last
 * @loaded: it does now
 * @lag_s: since the lags of the modules were moved last
 * @untold: the daemon has to be told of a module's limits
 * @ri_end_ns: when the newest measurement of a resistance ends
 * @rng: of the wire
 * @policy: NULL while the daemon is down
 * @config: its configuration
 * @more_config: what actions added to it
 * @memory: what it keeps on disk
 * @changed: strings whose state it has to keep
 * @line: what happened
 * @open: what the next points of the drawing have so far
 * @counts: numbers
 */
struct world {
	struct scenario *s;
	double time_s;
	uint64_t clock_ns;
	int64_t wall_us;
	struct plant_site site;
	struct plant_type type;
	struct plant_string *strings;
	struct plant_block *blocks;
	struct plant_fault *faults;
	size_t fault_count;
	struct sim_bus *buses;
	double lost;
	double doubled;
	double swapped;
	bool driver;
	bool fast;
	double fast_until_s;
	double ended_s;
	bool loaded;
	double lag_s;
	bool untold;
	uint64_t ri_end_ns;
	struct pcg rng;
	struct policy *policy;
	struct config *config;
	char *more_config;
	struct memory *memory;
	bool changed[MEMORY_STRINGS];
	struct timeline line;
	struct point open[16];
	struct world_counts counts;
};

/* 0, -ENOMEM, -EINVAL: the configuration is refused (said on stderr) */
int world_new(struct scenario *s, struct world **ret);
struct world *world_free(struct world *w);
/* From the beginning to the end; 0 or negative errno */
int world_run(struct world *w);

/* Feed at scan rate for a while */
void world_hurry(struct world *w, double seconds);
struct sim_module *world_module(struct world *w, unsigned int string,
				unsigned int block);

/* actions.c: what is due; next_s: when the next one is */
int world_act(struct world *w);
double world_next_action(const struct world *w);

/* wire.c: one scan of all buses by the driver */
void wire_scan(struct world *w, double dt_s);
void wire_tell_driver(struct world *w);
void wire_tell_bus(struct world *w, struct sim_bus *b);
void wire_tell_module(struct world *w, struct sim_bus *b,
		      struct sim_module *m);

void wire_set_duty(struct world *w, struct sim_module *m, uint32_t permille);
/* Nobody controls the modules any more: 0 % at once */
void wire_release(struct world *w);
void wire_start_ri(struct world *w, struct sim_module *m);

/* daemon.c: what bacsd does around its policy */
int daemon_start(struct world *w);
void daemon_stop(struct world *w);
/* At once, without a word to anybody */
void daemon_kill(struct world *w);
void daemon_forget(struct world *w);	/* what it keeps on disk, too */
int daemon_reload(struct world *w);
/* The wall clock was set */
void daemon_clock(struct world *w);
void daemon_tick(struct world *w);

static inline uint64_t world_ns(const struct world *w)
{
	return w->clock_ns;
}

#endif
