// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "rtu.h"
#include "rule.h"

enum arg_kind { ARG_NONE, ARG_OPTIONAL, ARG_NEEDED };

static const struct effect_info {
	const char *name;
	enum arg_kind kind;
	const char *arg;
	u32 min;
	u32 max;
	u32 preset;
} effects[RULE_EFFECTS] = {
	[RULE_NONE] = { "none" },
	[RULE_DROP] = { "drop" },
	[RULE_DELAY] = { "delay", ARG_NEEDED, "ms", 1, 60000 },
	/* past the 50 ms that a master of bacs-c waits */
	[RULE_LATE] = { "late", ARG_OPTIONAL, "ms", 1, 60000, 75 },
	[RULE_CORRUPT] = { "corrupt", ARG_OPTIONAL, "bits", 1, 64, 1 },
	[RULE_SILENCE] = { "silence" },
	[RULE_WRONG_ADDRESS] = { "wrong-address", ARG_NEEDED, "address", 0, 255 },
	[RULE_GARBAGE] = { "garbage", ARG_OPTIONAL, "bytes", 1, 256, 8 },
	[RULE_TRUNCATE] = { "truncate", ARG_OPTIONAL, "bytes", 1, 255, 0 },
	[RULE_LENGTHEN] = { "lengthen", ARG_OPTIONAL, "bytes", 1, 256, 2 },
	[RULE_DOUBLE] = { "double" },
	[RULE_FOREIGN] = { "foreign", ARG_OPTIONAL, "address", 1, 247, 0 },
	[RULE_ANSWERS_FOR] = { "answers-for", ARG_NEEDED, "address", 1, 247 },
	[RULE_BAUD_MISMATCH] = { "baud-mismatch" },
	[RULE_REBOOT] = { "reboot" },
	[RULE_EXCEPTION] = { "exception", ARG_NEEDED, "code", 1, 255 },
	[RULE_ECHO] = { "echo" },
	[RULE_DUPLICATE] = { "duplicate" },
	[RULE_REFLECTION] = { "reflection", ARG_OPTIONAL, "bytes", 1, 16, 2 },
	[RULE_SECOND_MASTER] = { "second-master", ARG_OPTIONAL, "ms", 100,
				 3600000, 1000 },
};

/**
 * rule_init() - a rule that matches everything and does nothing yet
 * @r: rule
 */
void rule_init(struct rule *r)
{
	memset(r, 0, sizeof(*r));
	r->any = true;
	r->probability = 1;
}

/**
 * rule_set_effect() - what the rule does
 * @r: rule
 * @effect: name of the effect
 * @arg: its argument, NULL for none
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int rule_set_effect(struct rule *r, const char *effect, const char *arg,
		    struct parse_error *e)
{
	char names[320] = "";
	size_t at = 0;

	for (u32 i = RULE_DROP; i < RULE_EFFECTS; i++) {
		const struct effect_info *x = &effects[i];

		at += (size_t)snprintf(names + at, sizeof(names) - at, " %s",
				       x->name);
		if (strcmp(effect, x->name))
			continue;
		if (x->kind == ARG_NONE && arg)
			return parse_fail(e, "effect %s \"%.64s\": takes no argument",
					  effect, arg);
		if (x->kind == ARG_NEEDED && !arg)
			return parse_fail(e, "effect %s: needs %s, %u to %u",
					  effect, x->arg, x->min, x->max);
		r->arg = x->preset;
		r->effect = i;
		return arg ? parse_u32(x->arg, arg, x->min, x->max, &r->arg, e) : 0;
	}
	return parse_fail(e, "effect \"%.32s\": not one of%s", effect, names);
}

static int set_effect_text(struct rule *r, const char *text,
			   struct parse_error *e)
{
	char copy[64], *words[2];
	int n;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return parse_fail(e, "effect \"%.32s...\": too long", text);
	n = parse_split(copy, words, 2, e);
	if (n < 0)
		return parse_fail(e, "effect \"%s\": not a name and at most one argument",
				  text);
	if (!n)
		return parse_fail(e, "effect is empty");
	return rule_set_effect(r, words[0], n > 1 ? words[1] : NULL, e);
}

static int set_probability(struct rule *r, const char *text,
			   struct parse_error *e)
{
	size_t len = strlen(text);
	char number[32];
	int ret;

	if (!len || text[len - 1] != '%' || len > sizeof(number))
		return parse_decimal("probability", text, 0, 1, &r->probability, e);
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	ret = parse_decimal("probability in %", number, 0, 100,
			    &r->probability, e);
	r->probability /= 100;
	return ret;
}

/**
 * rule_set() - set one property
 * @r: rule
 * @key: name, address, function, direction, probability, count, from, until
 *	or effect
 * @value: its value
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int rule_set(struct rule *r, const char *key, const char *value,
	     struct parse_error *e)
{
	u32 v;
	int ret;

	if (!strcmp(key, "name"))
		return parse_name(key, value, r->name, e);
	if (!strcmp(key, "address")) {
		r->any = !strcmp(value, "any");
		return r->any ? 0 : parse_addresses(key, value, r->addresses, e);
	}
	if (!strcmp(key, "function")) {
		if (!strcmp(value, "any")) {
			r->function = 0;
			return 0;
		}
		ret = parse_u32(key, value, 1, 127, &v, e);
		if (!ret)
			r->function = (u8)v;
		return ret;
	}
	if (!strcmp(key, "direction")) {
		r->on_request = !strcmp(value, "request");
		if (r->on_request || !strcmp(value, "reply"))
			return 0;
		return parse_fail(e, "direction \"%.32s\": not request or reply",
				  value);
	}
	if (!strcmp(key, "probability"))
		return set_probability(r, value, e);
	if (!strcmp(key, "count"))
		return parse_u32(key, value, 1, 1000000000, &r->count, e);
	if (!strcmp(key, "from"))
		return parse_decimal(key, value, 0, 1e8, &r->from_s, e);
	if (!strcmp(key, "until"))
		return parse_decimal(key, value, 0.001, 1e8, &r->until_s, e);
	if (!strcmp(key, "effect"))
		return set_effect_text(r, value, e);
	return parse_fail(e, "\"%.32s\": not one of name address function direction probability count from until effect",
			  key);
}

/**
 * rule_check() - do the properties go together?
 * @r: rule
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int rule_check(const struct rule *r, struct parse_error *e)
{
	if (r->effect == RULE_NONE)
		return parse_fail(e, "the rule has no effect: say effect, e.g. drop");
	if (r->until_s && r->until_s <= r->from_s)
		return parse_fail(e, "until %g s: not after from %g s",
				  r->until_s, r->from_s);
	if (r->effect == RULE_ANSWERS_FOR && r->any)
		return parse_fail(e, "effect answers-for: say address=, whose module answers");
	if (r->on_request && r->effect != RULE_DROP &&
	    r->effect != RULE_CORRUPT && r->effect != RULE_GARBAGE)
		return parse_fail(e, "effect %s: has no direction request, only drop, corrupt and garbage have",
				  effects[r->effect].name);
	return 0;
}

/**
 * rule_parse() - a rule in words
 * @r: rule
 * @words: KEY=VALUE words, then the effect and its argument
 * @count: number of words
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int rule_parse(struct rule *r, char **words, u32 count, struct parse_error *e)
{
	u32 i;
	int ret;

	rule_init(r);
	for (i = 0; i < count; i++) {
		char *eq = strchr(words[i], '=');

		if (!eq)
			break;
		*eq = '\0';
		ret = rule_set(r, words[i], eq + 1, e);
		if (ret < 0)
			return ret;
	}
	if (count - i > 2)
		return parse_fail(e, "\"%.32s\": one word too many", words[i + 2]);
	if (i < count) {
		ret = rule_set_effect(r, words[i],
				      i + 1 < count ? words[i + 1] : NULL, e);
		if (ret < 0)
			return ret;
	}
	return rule_check(r, e);
}

/**
 * rule_hits() - does the fault strike this frame? If so it is counted.
 * @r: rule
 * @address: address of the module it would strike, 0: a broadcast
 * @function: function code of the request
 * @now_ns: time
 * @rng: dice
 *
 * Return: true if it strikes.
 */
bool rule_hits(struct rule *r, u8 address, u8 function, u64 now_ns,
	       struct pcg *rng)
{
	double age_s = (double)(now_ns - r->added_ns) / NSEC_PER_SEC;

	if (!r->any && !address_in(r->addresses, address))
		return false;
	if (r->function && r->function != function)
		return false;
	if (r->count && r->hits >= r->count)
		return false;
	if (age_s < r->from_s || (r->until_s && age_s >= r->until_s))
		return false;
	if (r->probability < 1 && pcg_unit(rng) >= r->probability)
		return false;
	r->hits++;
	return true;
}

static size_t print_addresses(const u8 *set, char *buf, size_t size)
{
	size_t at = 0;

	for (u32 a = 1; a <= RTU_ADDRESS_MAX && at < size; a++) {
		u32 from = a;

		if (!address_in(set, a))
			continue;
		while (a < RTU_ADDRESS_MAX && address_in(set, a + 1))
			a++;
		at += (size_t)snprintf(buf + at, size - at, a > from ? "%s%u-%u" :
				       "%s%u", at ? "," : "", from, a);
	}
	return at;
}

/**
 * rule_print() - the rule as rule_parse() takes it, with id and hits
 * @r: rule
 * @buf: text
 * @size: room in @buf
 *
 * Return: length of the text, cut to @size - 1.
 */
size_t rule_print(const struct rule *r, char *buf, size_t size)
{
	char who[1024] = "any", effect[48], name[PARSE_NAME_MAX + 8] = "";
	char more[128] = "";
	size_t at = 0;
	int n;

	if (!r->any)
		print_addresses(r->addresses, who, sizeof(who));
	if (r->name[0])
		snprintf(name, sizeof(name), "name=%s ", r->name);
	if (r->arg)
		snprintf(effect, sizeof(effect), "%s %u", effects[r->effect].name,
			 r->arg);
	else
		snprintf(effect, sizeof(effect), "%s", effects[r->effect].name);
	if (r->function)
		at += (size_t)snprintf(more + at, sizeof(more) - at, "function=%u ",
				       r->function);
	if (r->count)
		at += (size_t)snprintf(more + at, sizeof(more) - at, "count=%u ",
				       r->count);
	if (r->from_s > 0)
		at += (size_t)snprintf(more + at, sizeof(more) - at, "from=%g ",
				       r->from_s);
	if (r->until_s > 0)
		snprintf(more + at, sizeof(more) - at, "until=%g ", r->until_s);
	n = snprintf(buf, size, "%u: %saddress=%s direction=%s probability=%g %s%s (hits %llu)",
		     r->id, name, who, r->on_request ? "request" : "reply",
		     r->probability, more, effect, (unsigned long long)r->hits);
	return n < (int)size ? (size_t)n : size - 1;
}
