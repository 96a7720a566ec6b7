// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl bus line-check: test traffic to every module, before commissioning */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "linecheck.h"

enum {
	NAME, BUS, ADDRESS, VERDICT, REQUESTS, UNANSWERED, DAMAGED, RATE, LOW,
	HIGH, BETWEEN, REPLY, COLUMNS
};

static const struct column columns[COLUMNS] = {
	[NAME] = { "NAME", "name", false, false },
	[BUS] = { "BUS", "bus", false, false },
	[ADDRESS] = { "ADDR", "address", true, false },
	[VERDICT] = { "VERDICT", "verdict", false, false },
	[REQUESTS] = { "REQUESTS", "requests", true, false },
	[UNANSWERED] = { "NO ANSWER", "unanswered", true, false },
	[DAMAGED] = { "DAMAGED", "damaged", true, false },
	[RATE] = { "FAILED", "error_rate_ppm", true, false },
	[LOW] = { NULL, "error_low_ppm", true, false },
	[HIGH] = { NULL, "error_high_ppm", true, false },
	[BETWEEN] = { "95 % BOUNDS", NULL, true, false },
	[REPLY] = { "TYPICAL REPLY", "reply_up_to_us", true, true },
};

/*
 * Fourteen input registers from 0, the live block of a jar module. A bacs-c
 * module of another kind refuses them, and a refusal that arrives is as good a
 * proof of the line.
 */
static const uint8_t bacs_c_probe[5] = { 4, 0, 0, 0, 14 };

#define TARGETS	247

struct target {
	const struct bacs_module *module;
	struct linecheck count;
	struct linecheck_result result;
	uint32_t reply_us;	/* upper bound of the median's class, 0: none */
};

struct round {
	uint8_t probe[5];
	struct target target[TARGETS];
	unsigned int targets;
};

/* A module of another maker may be silent to what it does not know. */
static void choose_probe(struct bacs *b, const struct bacs_bus *bus,
			 uint8_t probe[5])
{
	unsigned int function, start, count;
	struct bacs_profile *profile = NULL;

	memcpy(probe, bacs_c_probe, sizeof(bacs_c_probe));
	if (bacs_profile_fetch(b, bacs_bus_profile(bus), &profile) < 0)
		return;
	if (bacs_profile_block(profile, 0, &function, &start, &count) >= 0) {
		const uint8_t own[5] = {
			(uint8_t)function, (uint8_t)(start >> 8), (uint8_t)start,
			(uint8_t)(count >> 8), (uint8_t)count,
		};

		memcpy(probe, own, sizeof(own));
	}
	bacs_profile_free(profile);
}

/* 0; or what forbids to go on */
static int ask(struct bacs *b, const char *bus, const uint8_t probe[5],
	       struct target *t)
{
	uint8_t reply[BACS_PDU_BYTES];
	size_t len;
	int r = bacs_transact(b, bus, bacs_module_address(t->module), probe, 5,
			      0, reply, &len);

	switch (r) {
	case -ETIMEDOUT:
		t->count.unanswered++;
		break;
	case -EIO:
	case -EPROTO:
		t->count.damaged++;
		break;
	case 0:
	case -EREMOTEIO:
		break;
	default:
		return r;
	}
	t->count.requests++;
	return 0;
}

/* Replies to the driver's polls in this time; raw ones have no stamps. */
static void take_latency(struct target *t, const struct bacs_stats *now,
			 const struct bacs_stats *before)
{
	const uint32_t *counts, *was = NULL, *bounds;
	uint64_t sum = 0, below = 0;
	int n = bacs_stats_latency(now, &counts, &bounds), i;

	if (n <= 0 || bacs_stats_latency(before, &was, &bounds) != n)
		return;
	for (i = 0; i < n; i++)
		sum += counts[i] - was[i];
	for (i = 0; sum && i < n - 1; i++) {
		below += counts[i] - was[i];
		if (below * 2 < sum)
			continue;
		t->reply_us = bounds[i];
		return;
	}
}

static const struct bacs_stats *find(const struct bacs_stats *list,
				     unsigned int address)
{
	for (; list; list = bacs_stats_next(list))
		if (bacs_stats_address(list) == address)
			return list;
	return NULL;
}

static int by_weakness(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (x->result.verdict != y->result.verdict)
		return x->result.verdict > y->result.verdict ? -1 : 1;
	if (x->result.rate_ppm != y->result.rate_ppm)
		return x->result.rate_ppm > y->result.rate_ppm ? -1 : 1;
	return (int)bacs_module_address(x->module) -
	       (int)bacs_module_address(y->module);
}

static void add_row(struct table *t, const char *bus, const struct target *x)
{
	const struct linecheck_result *r = &x->result;
	unsigned int address = bacs_module_address(x->module);
	char text[32];

	table_row(t);
	table_text(t, NAME, bacs_module_name(x->module));
	table_text(t, BUS, bus);
	table_number(t, ADDRESS, address, "%u", address);
	table_text(t, VERDICT, linecheck_verdict_name(r->verdict));
	table_colour(t, VERDICT, r->verdict == LINECHECK_GOOD ? BACS_COLOUR_GREEN :
		     r->verdict == LINECHECK_UNSURE ? BACS_COLOUR_ORANGE : BACS_COLOUR_RED);
	table_number(t, REQUESTS, x->count.requests, "%u", x->count.requests);
	table_number(t, UNANSWERED, x->count.unanswered, "%u",
		     x->count.unanswered);
	table_number(t, DAMAGED, x->count.damaged, "%u", x->count.damaged);
	table_number(t, RATE, r->rate_ppm, "%.1f %%", r->rate_ppm / 1e4);
	table_number(t, LOW, r->low_ppm, "%s", "");
	table_number(t, HIGH, r->high_ppm, "%s", "");
	snprintf(text, sizeof(text), "%.1f-%.1f %%", r->low_ppm / 1e4,
		 r->high_ppm / 1e4);
	table_show(t, BETWEEN, text);
	if (x->reply_us)
		table_number(t, REPLY, x->reply_us, "up to %u ms",
			     x->reply_us / 1000);
}

/* The weakest first; EXIT_FAILED unless all are good */
static int report(const struct options *o, const char *bus, struct round *all)
{
	struct table *t = table_new("bus", columns, COLUMNS);
	int r = EXIT_DONE;

	qsort(all->target, all->targets, sizeof(all->target[0]), by_weakness);
	for (unsigned int i = 0; i < all->targets; i++) {
		add_row(t, bus, &all->target[i]);
		if (all->target[i].result.verdict != LINECHECK_GOOD)
			r = EXIT_FAILED;
	}
	if (o->json)
		table_print_json(t, false);
	else
		table_print(t);
	table_free(t);
	return r;
}

static int run(struct bacs *b, const char *bus, uint32_t count,
	       struct round *all)
{
	struct bacs_stats *before = NULL, *now = NULL;
	int r = bacs_stats_list(b, bus, &before);

	/* one after the other, so that a disturbance is shared by all */
	for (uint32_t i = 0; r >= 0 && i < count; i++)
		for (unsigned int k = 0; r >= 0 && k < all->targets; k++)
			r = ask(b, bus, all->probe, &all->target[k]);
	if (r >= 0)
		r = bacs_stats_list(b, bus, &now);
	for (unsigned int k = 0; r >= 0 && k < all->targets; k++) {
		struct target *t = &all->target[k];
		unsigned int address = bacs_module_address(t->module);
		const struct bacs_stats *then = find(before, address);
		const struct bacs_stats *last = find(now, address);

		linecheck_judge(&t->count, &t->result);
		if (then && last)
			take_latency(t, last, then);
	}
	bacs_stats_free(before);
	bacs_stats_free(now);
	return r;
}

/**
 * bus_line_check() - 'bus line-check [BUS]'
 * @b: handle
 * @o: options
 * @argc: of what follows the action
 * @argv: of what follows the action
 *
 * The requests are raw PDUs that read: they stand in slots of their own, are
 * not counted as polls of the modules, and are recorded as raw requests. A
 * read-only bus refuses them.
 *
 * Return: exit code; EXIT_FAILED also when a module is not good.
 */
int bus_line_check(struct bacs *b, const struct options *o, int argc,
		   char **argv)
{
	uint32_t count = o->count ? o->count : LINECHECK_COUNT_DEFAULT;
	static struct round all;
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	const char *name;
	int r;

	r = device_choose_bus(b, "bus line-check", o->bus, argc, argv, &bus);
	if (r)
		return r;
	name = bacs_bus_name(bus);
	if (bacs_bus_readonly(bus)) {
		fprintf(stderr, "bacsctl: %s is read-only and takes no requests but the driver's: 'bacsctl bus doctor' judges by those\n",
			name);
		return EXIT_FAILED;
	}
	for (m = bacs_module_first(bus); m; m = bacs_module_next(m))
		if (all.targets < TARGETS)
			all.target[all.targets++].module = m;
	if (!all.targets) {
		fprintf(stderr, "bacsctl: no module is known on %s\n", name);
		return EXIT_FAILED;
	}
	choose_probe(b, bus, all.probe);
	if (!o->json)
		fprintf(stderr, "asking %u modules %u times each ...\n",
			all.targets, count);
	r = run(b, name, count, &all);
	if (r < 0)
		return device_command_failed(b, "cannot check the line", r);
	return report(o, name, &all);
}
