/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bus doctor: from what was counted over a time to the likely fault
 *
 * Pure: no clock, no I/O, no allocation. Thresholds are practice values, found
 * with the seeds 1-99 of tests/doctor; its matrix is printed for others.
 */
#ifndef BUS_DOCTOR_H
#define BUS_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#define DOCTOR_MODULES	247
#define DOCTOR_FINDINGS	(DOCTOR_MODULES + 8)
#define DOCTOR_EVIDENCE	4
#define DOCTOR_TEXT	224

/** enum doctor_fault - what a bus can have */
enum doctor_fault {
	DOCTOR_HEALTHY,
	DOCTOR_UNDETERMINED,
	DOCTOR_BUS_SILENT,		/* nobody answers, nothing is heard */
	DOCTOR_ECHO,			/* the adapter hears itself */
	DOCTOR_SECOND_MASTER,
	DOCTOR_CABLE_SEGMENT,
	DOCTOR_DUPLICATE_ADDRESS,
	DOCTOR_LINE_SETTINGS,		/* baud or parity */
	DOCTOR_NEIGHBOUR_ANSWERS,
	DOCTOR_TERMINATION,
	DOCTOR_MODULE_RESTARTING,
	DOCTOR_MODULE_SILENT,
	DOCTOR_MODULE_SLOW,
	DOCTOR_MODULE_LINK,		/* one module's own connection */
	DOCTOR_INTERFERENCE,		/* the whole line alike */
	DOCTOR_FAULTS
};

enum doctor_sureness { DOCTOR_POSSIBLE, DOCTOR_LIKELY, DOCTOR_CERTAIN };

/** enum doctor_counter - what is counted, named as in quantities.rst */
enum doctor_counter {
	DOCTOR_C_REQUESTS,
	DOCTOR_C_REPLIES,
	DOCTOR_C_TIMEOUTS,
	DOCTOR_C_CRC_ERRORS,
	DOCTOR_C_LINE_ERRORS,
	DOCTOR_C_SHORT,
	DOCTOR_C_LONG,
	DOCTOR_C_LATE,
	DOCTOR_C_FOREIGN,
	DOCTOR_C_EXCEPTIONS,
	DOCTOR_C_UNEXPECTED,
	DOCTOR_C_NOISE,
	DOCTOR_C_RETRIES,
	DOCTOR_C_ECHOES,
	DOCTOR_C_GARBLED,
	DOCTOR_C_OVERLONG,
	DOCTOR_C_MISFITS,
	DOCTOR_C_REBOOTS,
	DOCTOR_C_CHANGES,
	DOCTOR_C_FOREIGN_REQUESTS,	/* of the bus only */
	DOCTOR_C_BYTES_RX,		/* of the bus only */
	DOCTOR_C_TX_FAILURES,		/* of the bus only */
	DOCTOR_COUNTERS
};

/**
 * struct doctor_module - one address, over the interval
 * @address: 1-247
 * @spur: begins another spur of the wiring
 * @expected: configured or found: it is to answer
 * @stranger: who answered instead of it, 0: nobody
 * @value: its counters, by enum doctor_counter
 */
struct doctor_module {
	uint8_t address;
	bool spur;
	bool expected;
	uint8_t stranger;
	uint64_t value[DOCTOR_COUNTERS];
};

/**
 * struct doctor_input - one bus, over the interval
 * @ordered: the modules stand in the order of the wiring, the nearest to the
 *	master first; false: in the order of addresses
 * @second_master: one was heard since the bus started, not only now
 * @value: counters of the bus, those of its modules included
 * @count: number of modules
 * @module: the modules
 */
struct doctor_input {
	bool ordered;
	bool second_master;
	uint64_t value[DOCTOR_COUNTERS];
	unsigned int count;
	struct doctor_module module[DOCTOR_MODULES];
};

/**
 * struct doctor_finding - a fault, in plain words
 * @fault: which
 * @sure: how sure
 * @addresses: bitmap of the modules concerned, all zero: the whole bus
 * @before: of a cable segment: the module on its master's side, 0: the master
 * @after: of a cable segment: the first module behind it
 * @what: the fault and where it is
 * @evidence: what it is concluded from
 * @evidence_count: number of lines in @evidence
 * @remedy: what to do
 */
struct doctor_finding {
	enum doctor_fault fault;
	enum doctor_sureness sure;
	uint8_t addresses[32];
	uint8_t before;
	uint8_t after;
	char what[DOCTOR_TEXT];
	char evidence[DOCTOR_EVIDENCE][DOCTOR_TEXT];
	unsigned int evidence_count;
	const char *remedy;
};

/**
 * struct doctor_report - what the bus has, the likeliest first
 * @count: 1 to DOCTOR_FINDINGS
 * @finding: the findings; a healthy bus has that one
 */
struct doctor_report {
	unsigned int count;
	struct doctor_finding finding[DOCTOR_FINDINGS];
};

void doctor_judge(const struct doctor_input *in, struct doctor_report *ret);

const char *doctor_fault_name(enum doctor_fault fault);
const char *doctor_sureness_name(enum doctor_sureness sure);

static inline bool doctor_concerns(const struct doctor_finding *f,
				   unsigned int address)
{
	return f->addresses[address / 8] >> address % 8 & 1;
}

#endif /* BUS_DOCTOR_H */
