// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl bus doctor: what the bus has, from counters over a time */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bacsctl.h"
#include "config-value.h"
#include "doctor.h"
#include "wiring.h"

/* Some 60 polls a module at the usual period; see tests/doctor */
#define WATCH_DEFAULT_US	(60 * INT64_C(1000000))
#define WATCH_MAX_US		(24 * 3600 * INT64_C(1000000))
#define LINE_CELLS		76

static const enum bacs_counter counters[DOCTOR_COUNTERS] = {
	[DOCTOR_C_REQUESTS] = BACS_COUNTER_REQUESTS,
	[DOCTOR_C_REPLIES] = BACS_COUNTER_REPLIES,
	[DOCTOR_C_TIMEOUTS] = BACS_COUNTER_TIMEOUTS,
	[DOCTOR_C_CRC_ERRORS] = BACS_COUNTER_CRC_ERRORS,
	[DOCTOR_C_LINE_ERRORS] = BACS_COUNTER_LINE_ERRORS,
	[DOCTOR_C_SHORT] = BACS_COUNTER_SHORT,
	[DOCTOR_C_LONG] = BACS_COUNTER_LONG,
	[DOCTOR_C_LATE] = BACS_COUNTER_LATE,
	[DOCTOR_C_FOREIGN] = BACS_COUNTER_FOREIGN,
	[DOCTOR_C_EXCEPTIONS] = BACS_COUNTER_EXCEPTIONS,
	[DOCTOR_C_UNEXPECTED] = BACS_COUNTER_UNEXPECTED,
	[DOCTOR_C_NOISE] = BACS_COUNTER_NOISE,
	[DOCTOR_C_RETRIES] = BACS_COUNTER_RETRIES,
	[DOCTOR_C_ECHOES] = BACS_COUNTER_ECHOES,
	[DOCTOR_C_GARBLED] = BACS_COUNTER_GARBLED,
	[DOCTOR_C_OVERLONG] = BACS_COUNTER_OVERLONG,
	[DOCTOR_C_MISFITS] = BACS_COUNTER_MISFITS,
	[DOCTOR_C_REBOOTS] = BACS_COUNTER_REBOOTS,
	[DOCTOR_C_CHANGES] = BACS_COUNTER_CHANGES,
	[DOCTOR_C_FOREIGN_REQUESTS] = BACS_COUNTER_FOREIGN_REQUESTS,
	[DOCTOR_C_BYTES_RX] = BACS_COUNTER_BYTES_RX,
	[DOCTOR_C_TX_FAILURES] = BACS_COUNTER_TX_FAILURES,
};

/* What is needed of one bus; on the heap, for it is large */
struct visit {
	const struct bacs_bus *bus;
	struct config_wiring wiring;	/* none: count 0 */
	uint64_t span_ns;
	uint64_t requests;
	struct doctor_input input;
	struct doctor_report report;
};

static const struct bacs_stats *find(const struct bacs_stats *list,
				     unsigned int address)
{
	for (; list; list = bacs_stats_next(list))
		if (bacs_stats_address(list) == address)
			return list;
	return NULL;
}

/* -ERANGE: a counter went back, so that they are not of the same bus */
static int difference(const struct bacs_stats *now,
		      const struct bacs_stats *before, uint64_t *value)
{
	for (int i = 0; i < DOCTOR_COUNTERS; i++) {
		uint64_t was = 0;

		value[i] = 0;
		if (!now || bacs_stats_counter(now, counters[i], &value[i]) < 0)
			continue;
		if (before)
			bacs_stats_counter(before, counters[i], &was);
		if (value[i] < was)
			return -ERANGE;
		value[i] -= was;
	}
	return 0;
}

static int add_module(struct visit *v, unsigned int address, bool spur,
		      const struct bacs_stats *now,
		      const struct bacs_stats *before)
{
	struct doctor_module *m = &v->input.module[v->input.count];
	const struct bacs_stats *stats = find(now, address);

	if (!stats)
		return 0;
	v->input.count++;
	m->address = (uint8_t)address;
	m->spur = spur;
	m->expected = true;
	m->stranger = (uint8_t)bacs_stats_stranger(stats);
	return difference(stats, find(before, address), m->value);
}

/*
 * In the order of the cable; modules that it does not name follow, each for
 * itself, so that they are compared but make no segment.
 */
static int fill(struct visit *v, const struct bacs_stats *now,
		const struct bacs_stats *before)
{
	const struct config_wiring *w = &v->wiring;
	unsigned int count = w->order.count, branch;
	int r = difference(find(now, 0), find(before, 0), v->input.value);

	v->input.ordered = count;
	v->input.second_master = bacs_bus_second_master(v->bus);
	v->requests = v->input.value[DOCTOR_C_REQUESTS];
	for (unsigned int i = 0; !r && i < count; i++)
		r = add_module(v, w->order.list[i], wiring_begins_branch(w, i),
			       now, before);
	for (unsigned int a = 1; !r && a <= DOCTOR_MODULES; a++)
		if (!wiring_place(w, a, &branch))
			r = add_module(v, a, count, now, before);
	return r;
}

static int wait_for(int64_t us)
{
	struct timespec ts = { .tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000 * 1000) };

	return nanosleep(&ts, NULL) < 0 ? -errno : 0;
}

static int read_counters(struct bacs *b, const char *bus,
			 struct bacs_stats **ret)
{
	int r = bacs_stats_list(b, bus, ret);

	return r < 0 ? device_command_failed(b, "cannot read the counters", r) :
		       EXIT_DONE;
}

static int examine(struct bacs *b, const struct options *o, struct visit *v)
{
	const char *name = bacs_bus_name(v->bus);
	int64_t us = o->for_us ? o->for_us : WATCH_DEFAULT_US;
	struct bacs_stats *before = NULL, *now = NULL;
	uint64_t begin = bacs_bus_started_ns(v->bus);
	int r;

	if (!o->all) {
		r = read_counters(b, name, &before);
		if (r)
			return r;
		begin = bacs_now_ns();
		if (!o->json)
			fprintf(stderr, "watching %s for %" PRId64 " s ...\n",
				name, us / 1000000);
		if (wait_for(us) < 0) {
			bacs_stats_free(before);
			return EXIT_FAILED;
		}
	}
	r = read_counters(b, name, &now);
	v->span_ns = bacs_now_ns() - begin;
	if (!r && fill(v, now, before) < 0) {
		fprintf(stderr,
			"bacsctl: %s was started anew while it was watched: try again\n",
			name);
		r = EXIT_FAILED;
	}
	bacs_stats_free(before);
	bacs_stats_free(now);
	if (!r)
		doctor_judge(&v->input, &v->report);
	return r;
}

/* Broken between words, with an indent before every line but the first */
static void print_wrapped(const char *text, int used, int indent)
{
	while (*text) {
		size_t room = (size_t)(LINE_CELLS - (used ? used : indent));
		size_t n = strlen(text);

		if (n > room)
			for (n = room; n && text[n] != ' '; n--)
				;
		if (!n)
			n = strcspn(text, " ");
		printf("%*s%.*s\n", used ? 0 : indent, "", (int)n, text);
		text += n;
		while (*text == ' ')
			text++;
		used = 0;
	}
}

static void print_names(const struct visit *v, const struct doctor_finding *f)
{
	char text[512] = "";
	size_t at = 0;

	for (unsigned int a = 1; a <= DOCTOR_MODULES; a++) {
		const struct bacs_module *m;

		if (!doctor_concerns(f, a))
			continue;
		m = bacs_module_find(v->bus, a);
		if (!m || !*bacs_module_label(m))
			continue;
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u = %s",
				       at ? ", " : "", a, bacs_module_label(m));
		if (at > sizeof(text) - 64)
			break;
	}
	if (at)
		print_wrapped(text, 0, 4);
}

static void print_text(const struct visit *v)
{
	char span[32];

	format_duration(v->span_ns, span, sizeof(span));
	printf("%s: %" PRIu64 " requests to %u modules in %s\n",
	       bacs_bus_name(v->bus), v->requests, v->input.count, span);
	for (unsigned int i = 0; i < v->report.count; i++) {
		const struct doctor_finding *f = &v->report.finding[i];
		int used = printf("%s, %s: ", doctor_fault_name(f->fault),
				  doctor_sureness_name(f->sure));

		print_wrapped(f->what, used, 4);
		print_names(v, f);
		for (unsigned int k = 0; k < f->evidence_count; k++) {
			printf("  - ");
			print_wrapped(f->evidence[k], 4, 4);
		}
		if (f->fault != DOCTOR_HEALTHY) {
			printf("  > ");
			print_wrapped(f->remedy, 4, 4);
		}
	}
}

static void print_finding(struct json *json, const struct visit *v,
			  const struct doctor_finding *f)
{
	json_open(json, NULL, '{');
	json_text(json, "bus", bacs_bus_name(v->bus));
	json_number(json, "span_ms", (int64_t)(v->span_ns / 1000000));
	json_number(json, "requests", (int64_t)v->requests);
	json_text(json, "fault", doctor_fault_name(f->fault));
	json_text(json, "sureness", doctor_sureness_name(f->sure));
	json_text(json, "text", f->what);
	json_open(json, "addresses", '[');
	for (unsigned int a = 1; a <= DOCTOR_MODULES; a++)
		if (doctor_concerns(f, a))
			json_number(json, NULL, a);
	json_close(json, ']');
	if (f->fault == DOCTOR_CABLE_SEGMENT) {
		json_number(json, "segment_before", f->before);
		json_number(json, "segment_after", f->after);
	} else {
		json_null(json, "segment_before");
		json_null(json, "segment_after");
	}
	json_open(json, "evidence", '[');
	for (unsigned int k = 0; k < f->evidence_count; k++)
		json_text(json, NULL, f->evidence[k]);
	json_close(json, ']');
	json_text(json, "remedy", f->remedy);
	json_close(json, '}');
}

static void print_json(const struct visit *v)
{
	struct json json;

	json_begin(&json, stdout, true);
	json_open(&json, NULL, '{');
	json_number(&json, "version", JSON_VERSION);
	json_open(&json, "bus", '[');
	for (unsigned int i = 0; i < v->report.count; i++)
		print_finding(&json, v, &v->report.finding[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	json_end(&json);
}

static void read_wiring(const char *root, struct visit *v)
{
	struct config *config _config_ = wiring_load(root);
	const struct config_wiring *w = wiring_of(config,
						  bacs_bus_name(v->bus));

	if (w)
		v->wiring = *w;
}

static int check(const struct options *o, struct visit *v)
{
	char why[160];

	if (o->for_us > WATCH_MAX_US || (o->for_us && o->all)) {
		fprintf(stderr, o->all ?
			"bacsctl: --all takes the time since the bus started; leave out --for\n" :
			"bacsctl: --for is longer than 24h\n");
		return EXIT_USAGE;
	}
	if (!o->wiring) {
		read_wiring(o->root, v);
	} else if (config_type_wiring.parse(&config_type_wiring, &v->wiring,
					    o->wiring, NULL, why,
					    sizeof(why)) < 0) {
		fprintf(stderr, "bacsctl: --wiring '%s' %s\n", o->wiring, why);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/**
 * bus_doctor() - 'bus doctor [BUS]'
 * @b: handle
 * @o: options
 * @argc: of what follows the action
 * @argv: of what follows the action
 *
 * Only reads.
 *
 * Return: exit code; EXIT_DONE whatever the bus has.
 */
int bus_doctor(struct bacs *b, const struct options *o, int argc, char **argv)
{
	const struct bacs_bus *bus;
	struct visit *v;
	int r;

	r = device_choose_bus(b, "bus doctor", o->bus, argc, argv, &bus);
	if (r)
		return r;
	v = calloc(1, sizeof(*v));
	if (!v) {
		fprintf(stderr, "bacsctl: out of memory\n");
		return EXIT_FAILED;
	}
	v->bus = bus;
	r = check(o, v);
	if (!r)
		r = examine(b, o, v);
	if (!r && o->json)
		print_json(v);
	else if (!r)
		print_text(v);
	free(v);
	return r;
}
