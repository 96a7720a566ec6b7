// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steps of a test, one line each
 *
 *	load [VERSION]			the driver is loaded
 *	unload				and removed, with all its buses
 *	privileged 0|1			may clients write?
 *	clock BOOT_NS REAL_NS		what the clocks of all clients say
 *	advance NS			both clocks go on
 *	bus NAME KEY=VALUE...		make or change a bus, silently
 *	start NAME KEY=VALUE...		make a bus and announce it
 *	stop NAME			announce its end and forget it
 *	busstate NAME STATE		change its state and announce it
 *	module BUS ADDRESS KEY=VALUE...	make or change a module, silently; keys
 *					of limits, stats and the sample begin
 *					with "limit.", "stats.", "sample."
 *	stats BUS KEY=VALUE...		counters of the bus
 *	add BUS ADDRESS KEY=VALUE...	make a module and announce it
 *	state BUS ADDRESS STATE		change its state and announce it
 *	sample BUS ADDRESS KEY=VALUE...	a new sample, not sent yet
 *	flush BUS			send the samples that wait
 *	end BUS				send them as the last part of a scan
 *	scan BUS KEY=VALUE...		such a sample of every module that is
 *					ok, as one whole scan
 *	event BUS KEY=VALUE...		any event
 *	skip BUS samples|events N	numbers that are missing
 *	overrun				the monitor sockets lose messages
 *	interrupt N			the next N dumps are inconsistent
 *	refuse COMMAND ERRNO TEXT	the next such command is refused
 *	profile NAME			a profile that is built in
 *	bytes samples|events HEX	multicast these bytes
 *	inject COMMAND HEX		the next such dump ends with this message
 *	transact RESULT [HEX [early]]	how raw requests end; early: before
 *					their acknowledgement
 *	transact-only HEX		from now on to this PDU alone
 *	play FILE			answer from a recording (fake-record)
 *	monitor				send its notifications
 *	sync				nothing; the answer tells all is done
 */
#include <ctype.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-internal.h"

#define WORDS	64

struct step {
	struct fake_kernel *k;
	char *word[WORDS];
	int words;
	char *error;
	size_t size;
};

__attribute__((format(printf, 2, 3)))
static int wrong(struct step *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->error, s->size, format, ap);
	va_end(ap);
	return -EINVAL;
}

static uint64_t number(const char *text)
{
	return text[0] == '-' ? (uint64_t)strtoll(text, NULL, 0) :
	       strtoull(text, NULL, 0);
}

static struct fake_bus *need_bus(struct step *s)
{
	struct fake_bus *bus;

	bus = s->words > 1 ? fake_bus_find(s->k, s->word[1]) : NULL;
	if (!bus)
		wrong(s, "no bus '%s'", s->words > 1 ? s->word[1] : "");
	return bus;
}

static struct fake_module *need_module(struct step *s, struct fake_bus *bus)
{
	uint64_t address = s->words > 2 ? number(s->word[2]) : 0;

	if (address < 1 || address > 247) {
		wrong(s, "address is not in 1-247");
		return NULL;
	}
	return fake_module_new(bus, (unsigned int)address);
}

static int assign(struct step *s, int from, struct fake_attrs *attrs,
		  const struct fake_key *keys)
{
	for (int i = from; i < s->words; i++)
		if (!fake_attrs_assign(attrs, keys, s->word[i]))
			return wrong(s, "cannot set '%s'", s->word[i]);
	return 0;
}

static int assign_module(struct step *s, struct fake_module *m)
{
	for (int i = 3; i < s->words; i++) {
		const char *w = s->word[i];
		bool ok;

		if (!strncmp(w, "limit.", 6))
			ok = fake_attrs_assign(&m->limits, fake_limit_keys,
					       w + 6);
		else if (!strncmp(w, "stats.", 6))
			ok = fake_attrs_assign(&m->stats, fake_stats_keys,
					       w + 6);
		else if (!strncmp(w, "sample.", 7))
			ok = fake_attrs_assign(&m->sample, fake_sample_keys,
					       w + 7);
		else
			ok = fake_attrs_assign(&m->attrs, fake_module_keys, w);
		if (!ok)
			return wrong(s, "cannot set '%s'", w);
	}
	return 0;
}

static void announce(struct step *s, struct fake_bus *bus, uint32_t kind,
		     unsigned int address, uint64_t old_value,
		     uint64_t new_value)
{
	struct fake_attrs e = { 0 };

	fake_attrs_number(&e, BACS_EVENT_A_KIND, FAKE_U32, kind);
	if (address)
		fake_attrs_number(&e, BACS_EVENT_A_ADDRESS, FAKE_U8, address);
	fake_attrs_number(&e, BACS_EVENT_A_OLD, FAKE_U32, old_value);
	fake_attrs_number(&e, BACS_EVENT_A_NEW, FAKE_U32, new_value);
	fake_event(s->k, bus, &e);
}

static int do_load(struct step *s)
{
	if (s->words > 1)
		s->k->version = (uint32_t)number(s->word[1]);
	fake_load(s->k, true);
	return 0;
}

static int do_unload(struct step *s)
{
	fake_load(s->k, false);
	return 0;
}

static int do_privileged(struct step *s)
{
	s->k->unprivileged = s->words > 1 && !number(s->word[1]);
	return 0;
}

static int do_clock(struct step *s)
{
	if (s->words != 3)
		return wrong(s, "clock BOOT_NS REAL_NS");
	fake_clock->realtime_ns = number(s->word[2]);
	fake_clock->boottime_ns = number(s->word[1]);
	return 0;
}

static int do_advance(struct step *s)
{
	if (s->words != 2 || !fake_clock->boottime_ns)
		return wrong(s, "advance NS, after clock");
	fake_clock->realtime_ns += number(s->word[1]);
	fake_clock->boottime_ns += number(s->word[1]);
	return 0;
}

static int do_bus(struct step *s)
{
	struct fake_bus *bus;

	if (s->words < 2)
		return wrong(s, "bus NAME KEY=VALUE...");
	bus = fake_bus_find(s->k, s->word[1]);
	if (!bus)
		bus = fake_bus_new(s->k, s->word[1]);
	return assign(s, 2, &bus->attrs, fake_bus_keys);
}

static int do_start(struct step *s)
{
	struct fake_bus *bus;
	int r;

	r = do_bus(s);
	bus = need_bus(s);
	if (!r && bus)
		announce(s, bus, BACS_EVENT_BUS_STARTED, 0, 0, 0);
	return r;
}

static int do_stop(struct step *s)
{
	struct fake_bus *bus = need_bus(s);

	if (!bus)
		return -EINVAL;
	announce(s, bus, BACS_EVENT_BUS_STOPPED, 0, 0, 0);
	fake_bus_free(s->k, bus);
	return 0;
}

static int do_busstate(struct step *s)
{
	struct fake_bus *bus = need_bus(s);
	struct fake_attrs state = { 0 };
	char text[64];
	uint64_t old;

	if (!bus || s->words != 3)
		return wrong(s, "busstate NAME STATE");
	snprintf(text, sizeof(text), "state=%s", s->word[2]);
	if (!fake_attrs_assign(&state, fake_bus_keys, text))
		return wrong(s, "no state '%s'", s->word[2]);
	old = fake_attrs_get(&bus->attrs, BACS_BUS_A_STATE);
	bus->attrs.value[BACS_BUS_A_STATE] = state.value[BACS_BUS_A_STATE];
	announce(s, bus, BACS_EVENT_BUS_STATE, 0, old,
		 state.value[BACS_BUS_A_STATE].number);
	return 0;
}

static int do_module(struct step *s)
{
	struct fake_bus *bus = need_bus(s);
	struct fake_module *m = bus ? need_module(s, bus) : NULL;

	return m ? assign_module(s, m) : -EINVAL;
}

static int do_stats(struct step *s)
{
	struct fake_bus *bus = need_bus(s);

	return bus ? assign(s, 2, &bus->stats, fake_stats_keys) : -EINVAL;
}

static int do_add(struct step *s)
{
	int r = do_module(s);

	if (!r)
		announce(s, need_bus(s), BACS_EVENT_MODULE_ADDED,
			 (unsigned int)number(s->word[2]), 0, 0);
	return r;
}

static int do_state(struct step *s)
{
	struct fake_bus *bus = need_bus(s);
	struct fake_module *m = bus ? need_module(s, bus) : NULL;
	char text[64];
	uint64_t old;

	if (!m || s->words != 4)
		return wrong(s, "state BUS ADDRESS STATE");
	old = fake_attrs_get(&m->attrs, BACS_MODULE_A_STATE);
	snprintf(text, sizeof(text), "state=%s", s->word[3]);
	if (!fake_attrs_assign(&m->attrs, fake_module_keys, text))
		return wrong(s, "no state '%s'", s->word[3]);
	fake_attrs_number(&m->attrs, BACS_MODULE_A_STATE_SINCE_NS, FAKE_U64,
			  fake_now());
	/* as the driver: an old value must not come back with the module */
	m->sample.value[BACS_SAMPLE_A_TIME_NS].set = false;
	announce(s, bus, BACS_EVENT_MODULE_STATE,
		 (unsigned int)number(s->word[2]), old,
		 fake_attrs_get(&m->attrs, BACS_MODULE_A_STATE));
	return 0;
}

static int add_sample(struct step *s, struct fake_bus *bus,
		      unsigned int address, int from)
{
	struct fake_module *m = &bus->module[address];

	fake_attrs_number(&m->sample, BACS_SAMPLE_A_TIME_NS, FAKE_U64,
			  fake_now());
	if (assign(s, from, &m->sample, fake_sample_keys) < 0)
		return -EINVAL;
	bus->waiting[bus->waiting_count++ % FAKE_ADDRESSES] =
		(uint8_t)address;
	return 0;
}

static int do_sample(struct step *s)
{
	struct fake_bus *bus = need_bus(s);
	struct fake_module *m = bus ? need_module(s, bus) : NULL;

	return m ? add_sample(s, bus, (unsigned int)(m - bus->module), 3) :
	       -EINVAL;
}

static int do_flush(struct step *s)
{
	struct fake_bus *bus = need_bus(s);

	if (!bus)
		return -EINVAL;
	fake_flush(s->k, bus, !strcmp(s->word[0], "end"));
	return 0;
}

static int do_scan(struct step *s)
{
	struct fake_bus *bus = need_bus(s);

	if (!bus)
		return -EINVAL;
	for (unsigned int i = 1; i < FAKE_ADDRESSES; i++) {
		struct fake_module *m = &bus->module[i];

		if (!m->there || fake_attrs_get(&m->attrs,
						BACS_MODULE_A_STATE) !=
		    BACS_MODULE_STATE_OK)
			continue;
		if (add_sample(s, bus, i, 2) < 0)
			return -EINVAL;
	}
	fake_flush(s->k, bus, true);
	return 0;
}

static int do_event(struct step *s)
{
	struct fake_bus *bus = need_bus(s);
	struct fake_attrs e = { 0 };

	if (!bus || assign(s, 2, &e, fake_event_keys) < 0)
		return -EINVAL;
	fake_event(s->k, bus, &e);
	return 0;
}

static int do_skip(struct step *s)
{
	struct fake_bus *bus = need_bus(s);

	if (!bus || s->words != 4)
		return wrong(s, "skip BUS samples|events N");
	bus->sequence[strcmp(s->word[2], "samples") ? FAKE_EVENTS :
		      FAKE_SAMPLES] += (uint32_t)number(s->word[3]);
	return 0;
}

static int do_overrun(struct step *s)
{
	fake_overrun(s->k);
	return 0;
}

static int do_interrupt(struct step *s)
{
	s->k->interrupt = s->words > 1 ? (unsigned int)number(s->word[1]) : 1;
	return 0;
}

static int do_refuse(struct step *s)
{
	char *to = s->k->refuse_text;
	size_t left = sizeof(s->k->refuse_text);

	if (s->words < 3)
		return wrong(s, "refuse COMMAND ERRNO TEXT");
	s->k->refuse_cmd = (uint8_t)number(s->word[1]);
	s->k->refuse_errno = (int)number(s->word[2]);
	*to = '\0';
	for (int i = 3; i < s->words; i++) {
		int n = snprintf(to, left, i > 3 ? " %s" : "%s", s->word[i]);

		to += n;
		left -= (size_t)n;
	}
	return 0;
}

static int do_profile(struct step *s)
{
	static struct fake_buf buf;
	struct fake_profile *p = calloc(1, sizeof(*p));

	if (!p || s->words != 2)
		abort();
	snprintf(p->name, sizeof(p->name), "%s", s->word[1]);
	p->builtin = true;
	buf.len = 0;
	fake_put_string(&buf, BACS_PROFILE_A_NAME, p->name);
	fake_put_u32(&buf, BACS_PROFILE_A_CLASS, BACS_CLASS_JAR);
	memcpy(p->nest, buf.data, buf.len);
	p->len = buf.len;
	p->next = s->k->profiles;
	s->k->profiles = p;
	return 0;
}

static int hex(struct step *s, const char *text, struct fake_buf *buf)
{
	unsigned int byte;
	int n;

	buf->len = 0;
	for (; *text; text += 2) {
		if (sscanf(text, "%2x%n", &byte, &n) != 1 || n != 2)
			return wrong(s, "'%s' is no hex", text);
		buf->data[buf->len++] = (uint8_t)byte;
	}
	return 0;
}

static int do_bytes(struct step *s)
{
	static struct fake_buf buf;

	if (s->words != 3)
		return wrong(s, "bytes samples|events HEX");
	if (hex(s, s->word[2], &buf) < 0)
		return -EINVAL;
	fake_multicast(s->k, fake_group_id(s->k, strcmp(s->word[1], "samples") ?
					   FAKE_EVENTS : FAKE_SAMPLES),
		       buf.data, buf.len);
	return 0;
}

static int do_inject(struct step *s)
{
	if (s->words != 3)
		return wrong(s, "inject COMMAND HEX");
	s->k->inject_cmd = (uint8_t)number(s->word[1]);
	return hex(s, s->word[2], &s->k->inject);
}

static int do_transact(struct step *s)
{
	if (s->words < 2 || s->words > 4)
		return wrong(s, "transact RESULT [HEX [early]]");
	s->k->transact_result = (int)number(s->word[1]);
	s->k->transact_early = s->words == 4;
	return hex(s, s->words > 2 ? s->word[2] : "", &s->k->transact_reply);
}

static int do_transact_only(struct step *s)
{
	if (s->words != 2)
		return wrong(s, "transact-only HEX");
	return hex(s, s->word[1], &s->k->transact_only);
}

static int do_play(struct step *s)
{
	if (s->words != 2)
		return wrong(s, "play FILE");
	return fake_replay_open(s->k, s->word[1], s->error, s->size);
}

static int do_monitor(struct step *s)
{
	fake_replay_monitor(s->k);
	return 0;
}

static int do_sync(struct step *s)
{
	(void)s;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct step *s);
} steps[] = {
	{ "load", do_load },
	{ "unload", do_unload },
	{ "privileged", do_privileged },
	{ "clock", do_clock },
	{ "advance", do_advance },
	{ "bus", do_bus },
	{ "start", do_start },
	{ "stop", do_stop },
	{ "busstate", do_busstate },
	{ "module", do_module },
	{ "stats", do_stats },
	{ "add", do_add },
	{ "state", do_state },
	{ "sample", do_sample },
	{ "flush", do_flush },
	{ "end", do_flush },
	{ "scan", do_scan },
	{ "event", do_event },
	{ "skip", do_skip },
	{ "overrun", do_overrun },
	{ "interrupt", do_interrupt },
	{ "refuse", do_refuse },
	{ "profile", do_profile },
	{ "bytes", do_bytes },
	{ "inject", do_inject },
	{ "transact", do_transact },
	{ "transact-only", do_transact_only },
	{ "play", do_play },
	{ "monitor", do_monitor },
	{ "sync", do_sync },
};

int fake_script(struct fake_kernel *k, const char *line, char *error,
		size_t size)
{
	struct step s = { .k = k, .error = error, .size = size };
	char *copy, *rest, *word;
	int r = -EINVAL;

	copy = rest = strdup(line);
	if (!copy)
		abort();
	rest[strcspn(rest, "#\n")] = '\0';
	while ((word = strsep(&rest, " \t")) && s.words < WORDS)
		if (*word)
			s.word[s.words++] = word;
	if (!s.words) {
		free(copy);
		return 0;
	}
	snprintf(error, size, "no step '%s'", s.word[0]);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!strcmp(steps[i].name, s.word[0]))
			r = steps[i].run(&s);
	free(copy);
	return r;
}
