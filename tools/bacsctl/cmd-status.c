// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl status: values and state of every module */
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"

enum {
	CLASS = ID_COLUMNS,
	VOLTAGE,
	CURRENT,
	TEMPERATURE,
	HUMIDITY,
	H2,
	RESISTANCE,
	DUTY,
	COLOUR,
	AGE,
	REASON,
	MODULE_TEMPERATURE,
	RIPPLE,
	RI_SEQUENCE,
	RI_SPREAD,
	BYPASSED,
	BOOTS,
	LATCH_NUMBER,
	INPUTS,
	RELAYS,
	FLAGS,
	COLUMNS
};

/* Keys of quantities come from the dictionary, see fill_keys() */
static struct column columns[COLUMNS] = {
	IDENTITY_COLUMNS,
	[CLASS] = { NULL, "class", false, false },
	[VOLTAGE] = { "VOLTAGE", NULL, true, false },
	[CURRENT] = { "CURRENT", NULL, true, true },
	[TEMPERATURE] = { "TEMP", NULL, true, false },
	[HUMIDITY] = { "HUMIDITY", NULL, true, true },
	[H2] = { "HYDROGEN", NULL, true, true },
	[RESISTANCE] = { "RESISTANCE", NULL, true, false },
	[DUTY] = { "EQUALIZING", NULL, false, false },
	[COLOUR] = { NULL, "colour", false, false },
	[AGE] = { "AGE", "age_ms", true, false },
	[REASON] = { "REASON", "reason", false, false },
};

static const struct {
	enum bacs_q q;
	unsigned int column;
} quantities[] = {
	{ BACS_Q_VOLTAGE, VOLTAGE },
	{ BACS_Q_CURRENT, CURRENT },
	{ BACS_Q_TEMPERATURE, TEMPERATURE },
	{ BACS_Q_HUMIDITY, HUMIDITY },
	{ BACS_Q_H2, H2 },
	{ BACS_Q_RESISTANCE, RESISTANCE },
	{ BACS_Q_EQUALIZER_DUTY, DUTY },
	{ BACS_Q_MODULE_TEMPERATURE, MODULE_TEMPERATURE },
	{ BACS_Q_RIPPLE, RIPPLE },
	{ BACS_Q_RI_SEQUENCE, RI_SEQUENCE },
	{ BACS_Q_RI_SPREAD, RI_SPREAD },
	{ BACS_Q_BYPASSED, BYPASSED },
	{ BACS_Q_BOOTS, BOOTS },
	{ BACS_Q_LATCH_NUMBER, LATCH_NUMBER },
	{ BACS_Q_INPUTS, INPUTS },
	{ BACS_Q_RELAYS, RELAYS },
	{ BACS_Q_FLAGS, FLAGS },
};

static void fill_keys(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++)
		columns[quantities[i].column].key =
			bacs_q_name(quantities[i].q);
}

static void set_values(struct table *t, const struct bacs_sample *s,
		       uint64_t now_ns)
{
	uint64_t then = bacs_sample_time_ns(s);
	uint64_t age = now_ns > then ? now_ns - then : 0;
	char text[64];
	int64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++) {
		if (bacs_sample_get(s, quantities[i].q, &v) < 0)
			continue;
		table_quantity(t, quantities[i].column, quantities[i].q, v);
		if (quantities[i].q != BACS_Q_EQUALIZER_DUTY)
			continue;
		format_bar(v, text, sizeof(text));
		table_show(t, DUTY, text);
	}
	format_duration(age, text, sizeof(text));
	table_number(t, AGE, (int64_t)(age / 1000000), "%s", text);
}

struct request {
	struct options options;
	int sorted;		/* exit code of sorting the rows */
};

/* Time-outs of the module, from the counters read beside the model */
static bool find_timeouts(const struct bacs_stats *stats,
			  const struct bacs_module *m, uint64_t *ret)
{
	const char *bus = bacs_bus_name(bacs_module_bus(m));

	for (; stats; stats = bacs_stats_next(stats))
		if (bacs_stats_address(stats) == bacs_module_address(m) &&
		    !strcmp(bacs_stats_bus(stats), bus))
			return !bacs_stats_counter(stats,
						   BACS_COUNTER_TIMEOUTS, ret);
	return false;
}

static void add_module(struct table *t, const struct bacs_module *m,
		       const struct bacs_stats *stats, uint64_t now_ns)
{
	struct module_view view;
	uint64_t timeouts = 0;
	bool known = false;

	if (bacs_module_state(m) == BACS_MODULE_LOST)
		known = find_timeouts(stats, m, &timeouts);
	module_view(m, timeouts, known, now_ns, &view);
	table_row(t);
	identity_set(t, m, view.colour);
	table_text(t, CLASS, bacs_modclass_name(bacs_module_class(m)));
	table_text(t, COLOUR, bacs_colour_name(view.colour));
	table_text(t, REASON, view.reason);
	if (view.live)
		set_values(t, view.live, now_ns);
}

static bool anything_lost(const struct bacs *b)
{
	const struct bacs_bus *bus;

	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus))
		if (bacs_bus_count(bus, BACS_MODULE_LOST))
			return true;
	return false;
}

static struct table *make_table(struct bacs *b, struct request *rq)
{
	struct table *t = table_new("status", columns, COLUMNS);
	struct bacs_stats *stats = NULL;
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	uint64_t now = bacs_now_ns();

	if (anything_lost(b))
		bacs_stats_list(b, rq->options.bus, &stats);
	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus)) {
		if (rq->options.bus &&
		    strcmp(rq->options.bus, bacs_bus_name(bus)))
			continue;
		for (m = bacs_module_first(bus); m; m = bacs_module_next(m))
			add_module(t, m, stats, now);
	}
	bacs_stats_free(stats);
	rq->sorted = table_sort(t, rq->options.sort);
	return t;
}

/* One line about each bus above the table */
static void bus_line(const struct bacs_bus *bus, FILE *out)
{
	uint32_t ms = bacs_bus_scan_last_ms(bus);

	fprintf(out, "%s: %s", bacs_bus_name(bus),
		bacs_busstate_name(bacs_bus_state(bus)));
	fprintf(out, ", %u ok", bacs_bus_count(bus, BACS_MODULE_OK));
	if (bacs_bus_count(bus, BACS_MODULE_LOST))
		fprintf(out, ", %u lost",
			bacs_bus_count(bus, BACS_MODULE_LOST));
	if (bacs_bus_count(bus, BACS_MODULE_ABSENT))
		fprintf(out, ", %u absent",
			bacs_bus_count(bus, BACS_MODULE_ABSENT));
	if (bacs_bus_count(bus, BACS_MODULE_UNPOLLED))
		fprintf(out, ", %u not yet polled",
			bacs_bus_count(bus, BACS_MODULE_UNPOLLED));
	if (ms)
		fprintf(out, ", scan %u.%02u s", ms / 1000, ms % 1000 / 10);
	if (bacs_bus_readonly(bus))
		fputs(", read-only", out);
	if (bacs_bus_second_master(bus))
		fputs(", A SECOND MASTER IS ON THE WIRE", out);
	fputc('\n', out);
}

static void bus_lines(const struct bacs *b, const char *only, FILE *out)
{
	const struct bacs_bus *bus;

	if (bacs_driver(b) != BACS_DRIVER_PRESENT)
		fputs("the driver is not loaded\n", out);
	else if (!bacs_bus_first(b))
		fputs("no bus is attached: start bacs-attach@TTY.service, see bacs-attach(8)\n",
		      out);
	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus))
		if (!only || !strcmp(only, bacs_bus_name(bus)))
			bus_line(bus, out);
}

static void draw(struct bacs *b, void *arg)
{
	struct request *rq = arg;
	struct table *t = make_table(b, rq);
	char *rows, *page = NULL;
	size_t size;
	FILE *f;

	if (rq->options.json) {
		table_print_json(t, true);
		table_free(t);
		return;
	}
	f = open_memstream(&page, &size);
	rows = table_to_text(t);
	if (f && rows) {
		bus_lines(b, rq->options.bus, f);
		fprintf(f, "\n%s", rows);
		fclose(f);
		terminal_redraw(page);
	}
	free(rows);
	free(page);
	table_free(t);
}

static int show_once(struct bacs *b, struct request *rq)
{
	struct table *t = make_table(b, rq);

	if (rq->sorted == EXIT_DONE && rq->options.json) {
		table_print_json(t, false);
	} else if (rq->sorted == EXIT_DONE) {
		bus_lines(b, rq->options.bus, stdout);
		if (table_rows(t)) {
			putchar('\n');
			table_print(t);
		}
	}
	table_free(t);
	return rq->sorted;
}

static int watch(struct bacs *b, struct request *rq)
{
	struct table *t = make_table(b, rq);
	int r;

	/* a wrong key is told before the screen is taken */
	table_free(t);
	if (rq->sorted != EXIT_DONE)
		return rq->sorted;
	if (!rq->options.json)
		terminal_watch_begin();
	r = watch_run(b, draw, rq);
	if (!rq->options.json)
		terminal_watch_end();
	return r;
}

int cmd_status(int argc, char **argv)
{
	const struct bacs_bus *bus;
	struct request rq = { .sorted = EXIT_DONE };
	struct bacs *b;
	int first, r;

	fill_keys();
	first = options_parse(argc, argv, OPTION_JSON | OPTION_WATCH |
			      OPTION_SORT | OPTION_BUS,
			      "status [--json] [--watch] [--sort=KEY] [--bus=NAME]",
			      "Shows values and state of every module. A module that does not answer shows\nno values.\n",
			      &rq.options, &r);
	if (first < 0)
		return r;
	if (first < argc) {
		fprintf(stderr, "bacsctl: status takes no argument '%s'\n",
			argv[first]);
		return EXIT_USAGE;
	}
	r = device_open(rq.options.watch ? BACS_OPEN_SAMPLES |
			BACS_OPEN_EVENTS : 0, &b);
	if (r)
		return r;
	if (rq.options.bus)
		r = device_find_bus(b, rq.options.bus, &bus);
	if (!r)
		r = rq.options.watch ? watch(b, &rq) : show_once(b, &rq);
	if (!r)
		device_warn(b);
	bacs_close(b);
	return r;
}
