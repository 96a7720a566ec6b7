// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of [actions] and [expect] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "policy/policy.h"
#include "verb.h"

#define LONGEST_S	(10 * 31536000.0)

static bool take_block(struct parse *p, const char *text,
		       union scenario_arg *ret)
{
	const struct scenario_site *site = &p->s->site;
	unsigned int block, string;
	char end;

	if (sscanf(text, "%uS%u%c", &block, &string, &end) != 2 || !block ||
	    !string || block > site->blocks || string > site->strings) {
		parse_error(p, "'%s' is no block of the site: 1S1 to %uS%u",
			    text, site->blocks, site->strings);
		return false;
	}
	ret->string = string - 1;
	ret->block = block - 1;
	return true;
}

static bool take_string(struct parse *p, const char *text,
			union scenario_arg *ret)
{
	unsigned int string;
	char end;

	if (sscanf(text, "S%u%c", &string, &end) != 1 || !string ||
	    string > p->s->site.strings) {
		parse_error(p, "'%s' is no string of the site: S1 to S%u", text,
			    p->s->site.strings);
		return false;
	}
	ret->string = string - 1;
	return true;
}

/* What an alarm can be of, by the name that the policy gives it */
static bool take_object(struct parse *p, const char *text,
			union scenario_arg *ret)
{
	const struct scenario_site *site = &p->s->site;
	unsigned int n, string;
	char letter, end;

	if (strcmp(text, "site") != 0 &&
	    !(sscanf(text, "bacs%c%c", &letter, &end) == 1 &&
	      letter >= 'A' && letter < 'A' + (int)site->strings) &&
	    !(sscanf(text, "S%u%c", &string, &end) == 1 && string &&
	      string <= site->strings) &&
	    !(sscanf(text, "%uS%u%c", &n, &string, &end) == 2 && n && string &&
	      n <= site->blocks && string <= site->strings)) {
		parse_error(p, "'%s' is neither site nor bus, string or block of it, such as bacsA, S1, 1S1",
			    text);
		return false;
	}
	ret->text = strdup(text);
	if (!ret->text)
		abort();
	return true;
}

static bool take_choice(struct parse *p, const struct verb_arg *arg,
			const char *text, union scenario_arg *ret)
{
	char list[400];
	size_t n = 0;
	unsigned int i;

	for (i = 0; arg->choice(i); i++) {
		if (!strcmp(arg->choice(i), text)) {
			ret->choice = i;
			return true;
		}
		if (n < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n,
					      "%s%s", i ? ", " : "",
					      arg->choice(i));
	}
	parse_error(p, "%s: '%s' is none of: %s", arg->name, text, list);
	return false;
}

static bool take_arg(struct parse *p, const struct verb_arg *arg,
		     const char *text, union scenario_arg *ret)
{
	switch (arg->kind) {
	case ARG_BLOCK:
		return take_block(p, text, ret);
	case ARG_STRING:
		return take_string(p, text, ret);
	case ARG_OBJECT:
		return take_object(p, text, ret);
	case ARG_CHOICE:
		return take_choice(p, arg, text, ret);
	default:
		return parse_number(p, arg->name, text, arg->dim, arg->min,
				    arg->max, &ret->number);
	}
}

/* A time, or several with + between: $start+$length */
static bool take_time(struct parse *p, const char *what, const char *text,
		      double *ret)
{
	char part[64];
	double sum = 0, one;
	size_t n;

	for (;;) {
		n = strcspn(text, "+");
		if (n >= sizeof(part)) {
			parse_error(p, "%s: '%s' is too long", what, text);
			return false;
		}
		memcpy(part, text, n);
		part[n] = '\0';
		if (!parse_number(p, what, part, DIM_TIME, 0, LONGEST_S, &one))
			return false;
		sum += one;
		if (!text[n])
			break;
		text += n + 1;
	}
	*ret = sum;
	return true;
}

static const struct verb *find_verb(struct parse *p, const char *name)
{
	const struct verb *v;
	char list[640];
	size_t n = 0;

	for (v = scenario_verbs; v->name; v++) {
		if (!strcmp(v->name, name))
			return v;
		if (n < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n,
					      "%s%s", n ? ", " : "", v->name);
	}
	parse_error(p, "'%s' is no action; there are: %s", name, list);
	return NULL;
}

static struct scenario_action *add_action(struct parse *p)
{
	struct scenario *s = p->s;
	struct scenario_action *list;

	list = realloc(s->actions, (s->action_count + 1) * sizeof(*list));
	if (!list)
		abort();
	s->actions = list;
	list += s->action_count++;
	memset(list, 0, sizeof(*list));
	list->line = p->line;
	return list;
}

/* What follows the arguments: for TIME, over TIME */
static void take_tail(struct parse *p, struct scenario_action *a,
		      char **words, int count)
{
	int i;

	for (i = 0; i < count; i += 2) {
		double *to = NULL;

		if (!strcmp(words[i], "for") && a->verb->end)
			to = &a->for_s;
		else if (!strcmp(words[i], "over") && a->verb->ramps)
			to = &a->over_s;
		else if (!strcmp(words[i], "every") && a->verb->repeats)
			to = &a->every_s;
		if (!to) {
			parse_error(p, "%s: unexpected '%s'%s%s%s",
				    a->verb->name, words[i], a->verb->end ?
				    "; it may have 'for TIME'" : "",
				    a->verb->ramps ?
				    "; it may have 'over TIME'" : "",
				    a->verb->repeats ?
				    "; it may have 'every TIME'" : "");
			return;
		}
		if (i + 1 == count) {
			parse_error(p, "no time after '%s'", words[i]);
			return;
		}
		if (!take_time(p, words[i], words[i + 1], to))
			return;
	}
}

void parse_action(struct parse *p, const char *text)
{
	char copy[PARSE_LINE], *words[PARSE_WORDS];
	struct scenario_action *a;
	const struct verb *verb;
	double at_s;
	int i, n, count;

	snprintf(copy, sizeof(copy), "%s", text);
	count = parse_words(p, copy, words);
	if (count < 0)
		return;
	if (count < 2) {
		parse_error(p, "an action is TIME ACTION ...");
		return;
	}
	if (!take_time(p, "time", words[0], &at_s))
		return;
	verb = find_verb(p, words[1]);
	if (!verb)
		return;
	if (at_s > p->s->duration_s)
		parse_error(p, "%s at %s is after the end of the run", words[1],
			    words[0]);
	a = add_action(p);
	a->at_s = at_s;
	a->verb = verb;
	a->text = strdup(text);
	for (n = 0; n < SCENARIO_ARGS && verb->args[n].kind; n++) {
		if (verb->args[n].kind == ARG_REST) {
			a->args[n].text = strdup(2 + n < count ?
				text + (words[2 + n] - copy) : "");
			return;
		}
		if (2 + n >= count) {
			parse_error(p, "%s: %s is missing", verb->name,
				    verb->args[n].name);
			return;
		}
		if (!take_arg(p, &verb->args[n], words[2 + n], &a->args[n]))
			return;
	}
	i = 2 + n;
	take_tail(p, a, words + i, count - i);
}

static void keep(struct parse *p, char to[SCENARIO_NAME], const char *word)
{
	if (strlen(word) >= SCENARIO_NAME)
		parse_error(p, "'%s' is too long", word);
	snprintf(to, SCENARIO_NAME, "%s", word);
}

static bool known_alarm(const char *name)
{
	return alarm_kind_by_name(name) != ALARM_KIND_COUNT;
}

static bool known_change(const char *name)
{
	int i;

	for (i = 0; i < ALARM_CHANGE_SILENT; i++)
		if (!strcmp(alarm_change_name(i), name))
			return true;
	return false;
}

static bool known_level(const char *name)
{
	return alarm_level_by_name(name) != ALARM_NONE;
}

static bool known_state(const char *name)
{
	int i;

	for (i = 0; i < STRING_STATE_COUNT; i++)
		if (!strcmp(string_state_name(i), name))
			return true;
	return false;
}

static bool known_event(const char *name)
{
	int i;

	for (i = 0; i < POLICY_KIND_COUNT; i++)
		if (!strcmp(policy_kind_name(i), name))
			return true;
	return false;
}

static bool known_command(const char *name)
{
	return !strcmp(name, "duty") || !strcmp(name, "ri") ||
	       !strcmp(name, "limit");
}

/* A name that nothing ever has would make an expectation that is never met */
static bool check_names(struct parse *p, const char *list, const char *what,
			bool (*known)(const char *name))
{
	char copy[SCENARIO_NAME], *save, *name;

	if (!strcmp(list, "*"))
		return true;
	snprintf(copy, sizeof(copy), "%s", list);
	for (name = strtok_r(copy, "|", &save); name;
	     name = strtok_r(NULL, "|", &save)) {
		if (known(name))
			continue;
		parse_error(p, "'%s' is no %s", name, what);
		return false;
	}
	return true;
}

/* on NAME, level LEVEL, to CHANGE, within TIME, of TIME, most NUMBER: in any order */
static bool take_clause(struct parse *p, struct scenario_expect *e,
			const char *word, const char *value)
{
	if (!strcmp(word, "on"))
		keep(p, e->on, value);
	else if (!strcmp(word, "level"))
		keep(p, e->level, value);
	else if (!strcmp(word, "to") && e->kind == EXPECT_CHANGE)
		keep(p, e->change, value);
	else if (!strcmp(word, "within"))
		return take_time(p, word, value, &e->within_s);
	else if (!strcmp(word, "of"))
		return take_time(p, word, value, &e->from_s);
	else if (!strcmp(word, "most"))
		return parse_unsigned(p, word, value, 0, 1000000000, &e->most);
	else {
		parse_error(p, "'%s' is none of: on, level, within, of, most",
			    word);
		return false;
	}
	return true;
}

void parse_expect(struct parse *p, const char *text)
{
	static const struct {
		const char *name;
		enum expect_kind kind;
		bool timed;
		const char *names;
		bool (*known)(const char *name);
	} kinds[] = {
		{ "alarm", EXPECT_ALARM, true, "kind of alarm", known_alarm },
		{ "clear", EXPECT_CLEAR, true, "kind of alarm", known_alarm },
		{ "change", EXPECT_CHANGE, true, "kind of alarm", known_alarm },
		{ "quiet", EXPECT_QUIET, true, "kind of alarm", known_alarm },
		{ "event", EXPECT_EVENT, true, "kind of event", known_event },
		{ "state", EXPECT_STATE, true, "state of a string",
		  known_state },
		{ "allow", EXPECT_ALLOW, false, "kind of alarm", known_alarm },
		{ "never", EXPECT_NEVER, false, "kind of event", known_event },
		{ "commands", EXPECT_COMMANDS, false,
		  "command: duty, ri, limit", known_command },
	};
	struct scenario_expect *list, e = { .on = "*", .within_s = -1 };
	char copy[PARSE_LINE], *words[PARSE_WORDS];
	size_t k;
	int i, count;

	snprintf(copy, sizeof(copy), "%s", text);
	count = parse_words(p, copy, words);
	if (count < 0)
		return;
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (!strcmp(words[0], kinds[k].name))
			break;
	if (k == sizeof(kinds) / sizeof(kinds[0]) || count < 2) {
		parse_error(p, "an expectation is: alarm|clear|change|quiet|event|state|allow|never|commands WHAT [on NAME] [level LEVEL] [to CHANGE] [within TIME of TIME] [most NUMBER]");
		return;
	}
	e.kind = kinds[k].kind;
	e.line = p->line;
	keep(p, e.what, words[1]);
	for (i = 2; i < count; i += 2) {
		if (i + 1 == count) {
			parse_error(p, "nothing after '%s'", words[i]);
			return;
		}
		if (!take_clause(p, &e, words[i], words[i + 1]))
			return;
	}
	if (!check_names(p, e.what, kinds[k].names, kinds[k].known) ||
	    (*e.level && !check_names(p, e.level, "level of an alarm",
				      known_level)) ||
	    (*e.change && !check_names(p, e.change, "change of an alarm",
				       known_change)))
		return;
	if (e.kind == EXPECT_CHANGE && !*e.change) {
		parse_error(p, "change needs 'to CHANGE'");
		return;
	}
	if (kinds[k].timed && e.within_s < 0) {
		parse_error(p, "%s needs 'within TIME of TIME'", words[0]);
		return;
	}
	e.text = strdup(text);
	list = realloc(p->s->expects,
		       (p->s->expect_count + 1) * sizeof(*list));
	if (!list || !e.text)
		abort();
	p->s->expects = list;
	list[p->s->expect_count++] = e;
}
