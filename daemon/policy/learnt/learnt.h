/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes hours or days to learn, out of a policy and into the next one
 *
 * Each string and each of its blocks has a record: whose it is, under which
 * circumstances it was learnt, and a line of text. The text holds ages, no
 * times: a record can be given to a policy of another boot. Who keeps records
 * knows how long ago they were taken.
 */
#ifndef BACSD_POLICY_LEARNT_H
#define BACSD_POLICY_LEARNT_H

#include <stddef.h>
#include <stdint.h>

struct policy;
struct policy_string;

/*
 * Room for the text of a string with 52 weeks of resistance and 49 means of its
 * voltage, each of as many digits as there can be
 */
#define POLICY_LEARNT_MAX	3583
#define POLICY_LEARNT_BASIS	16

/*
 * Older is no record of the block that stands there now: who has not looked for
 * so long learns anew (practice value: the longest pause of a charger)
 */
#define POLICY_LEARNT_AGE_NS	(30ULL * 86400 * 1000000000)

/**
 * struct policy_learnt - one record
 * @string: name of its string; "": the site
 * @position: of the block in it, from 1; 0: the string itself
 * @serial: serial number of the module of the block, 0: it has none
 * @jar: number of the record of the jar that stood there, 0: there was none
 * @basis: what of the configuration it depends on, 16 hexadecimal digits
 * @text: what was learnt
 */
struct policy_learnt {
	char string[32];
	uint16_t position;
	uint64_t serial;
	uint32_t jar;
	char basis[POLICY_LEARNT_BASIS + 1];
	char text[POLICY_LEARNT_MAX + 1];
};

/**
 * policy_learnt_take - the record of a block, a string or the site
 * @policy: policy
 * @string: string, NULL: the site
 * @position: block, 0: the string itself
 * @ret: the record
 *
 * Return: 0; -ENODATA: there is nothing to keep yet.
 */
int policy_learnt_take(const struct policy *policy,
		       const struct policy_string *string,
		       unsigned int position, struct policy_learnt *ret);

/**
 * policy_learnt_give - what an earlier run had learnt
 * @policy: policy, with its configuration and its alarms
 * @record: the record
 * @elapsed_ns: time since it was taken
 * @alive_ns: time since its taker was alive for certain; at most @elapsed_ns
 * @why: buffer for the reason when it is not taken over
 * @size: its size
 *
 * Nothing changes unless all of it is taken over.
 *
 * Return: 0; -EAGAIN: its module or the record of its jar is not known yet, try
 * again; -ESTALE: it is of something else or too old; -EBADMSG: it makes no
 * sense.
 */
int policy_learnt_give(struct policy *policy,
		       const struct policy_learnt *record,
		       uint64_t elapsed_ns, uint64_t alive_ns, char *why,
		       size_t size);

/* The block is measured otherwise from now on: forget what it used to be */
void policy_learnt_forget(struct policy *policy, const char *bus,
			  unsigned int address);

#endif
