/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults as objects: whom and when they hit, and what they do */
#ifndef SIM_RULE_H
#define SIM_RULE_H

#include "parse.h"
#include "pcg.h"

#define RULE_MAX		64	/* rules at a time */

enum rule_effect {
	RULE_NONE,
	RULE_DROP,
	RULE_DELAY,
	RULE_LATE,
	RULE_CORRUPT,
	RULE_SILENCE,
	RULE_WRONG_ADDRESS,
	RULE_GARBAGE,
	RULE_TRUNCATE,
	RULE_LENGTHEN,
	RULE_DOUBLE,
	RULE_FOREIGN,
	RULE_ANSWERS_FOR,
	RULE_BAUD_MISMATCH,
	RULE_REBOOT,
	RULE_EXCEPTION,
	RULE_ECHO,
	RULE_DUPLICATE,
	RULE_REFLECTION,
	RULE_SECOND_MASTER,
	RULE_EFFECTS
};

/**
 * struct rule - a fault
 * @id: number, from 1
 * @name: name, may be empty
 * @any: every address, the broadcast's too
 * @addresses: set of addresses, unless @any
 * @function: function code of the request, 0: any
 * @on_request: hits the request on its way, not the reply
 * @probability: 0 to 1
 * @count: how often it may hit, 0: no limit
 * @from_s: begins so long after it was added
 * @until_s: ends so long after it was added, 0: never
 * @effect: what happens
 * @arg: argument of the effect
 * @added_ns: when it was added
 * @hits: how often it has hit
 * @next_ns: of second-master: when it asks next
 */
struct rule {
	u32 id;
	char name[PARSE_NAME_MAX + 1];
	bool any;
	u8 addresses[PARSE_ADDRESS_BYTES];
	u8 function;
	bool on_request;
	double probability;
	u32 count;
	double from_s;
	double until_s;
	enum rule_effect effect;
	u32 arg;
	u64 added_ns;
	u64 hits;
	u64 next_ns;
};

void rule_init(struct rule *r);
int rule_set(struct rule *r, const char *key, const char *value,
	     struct parse_error *e);
int rule_set_effect(struct rule *r, const char *effect, const char *arg,
		    struct parse_error *e);
int rule_parse(struct rule *r, char **words, u32 count, struct parse_error *e);
int rule_check(const struct rule *r, struct parse_error *e);
bool rule_hits(struct rule *r, u8 address, u8 function, u64 now_ns,
	       struct pcg *rng);
size_t rule_print(const struct rule *r, char *buf, size_t size);

#endif
