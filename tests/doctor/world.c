// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "world: %s\n", what);
	abort();
}

static int op_transmit(void *ctx, const u8 *frame, size_t len)
{
	struct world *w = ctx;

	bus_receive(w->bus, frame, len, w->now);
	return 0;
}

static u64 op_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static void op_set_timer(void *ctx, u64 deadline_ns)
{
	((struct world *)ctx)->timer = deadline_ns;
}

static void op_emit(void *ctx, const struct scan_note *note)
{
	(void)ctx;
	(void)note;
}

static void op_trace(void *ctx, enum scan_trace what, u64 begin_ns,
		     const u8 *bytes, size_t len)
{
	struct world *w = ctx;

	if (w->trace)
		w->trace(w->trace_data, begin_ns, what, bytes, len);
}

static const struct scan_ops ops = {
	.transmit = op_transmit,
	.now = op_now,
	.set_timer = op_set_timer,
	.emit = op_emit,
	.trace = op_trace,
};

/**
 * world_new() - jar modules 1 to @modules, all configured, and their master
 * @baud: bits per second
 * @bits: of a character, 10 or 11
 * @seed: of everything random
 * @modules: 1-247
 */
struct world *world_new(u32 baud, u32 bits, u64 seed, u32 modules)
{
	struct bus_config cfg = { .seed = seed, .baud = baud, .bits = bits,
				  .parity = bits == 11 ? 'E' : 'N',
				  .stop_bits = 1 };
	struct scan_config config = { .baud = baud, .char_bits = bits,
				      .rx_trigger = 1 };
	struct world *w = calloc(1, sizeof(*w));

	must(w, "out of memory");
	w->now = 1000ULL * NSEC_PER_SEC;
	w->scan = calloc(1, sizeof(*w->scan));
	must(w->scan && !bus_new(&w->bus, &cfg, w->now), "out of memory");
	for (u32 a = 1; a <= modules; a++) {
		struct module_config m = { .address = (u8)a,
					   .class = BACS_CLASS_JAR,
					   .nominal_mv = 12000,
					   .capacity_ah = 100 };

		must(!bus_add(w->bus, &m), "out of memory");
		config.addresses[a / 8] |= (u8)(1U << a % 8);
	}
	scan_init(w->scan, &ops, w, &config);
	scan_start(w->scan);
	return w;
}

struct world *world_free(struct world *w)
{
	if (w) {
		bus_free(w->bus);
		free(w->scan);
	}
	free(w);
	return NULL;
}

/** world_rule() - a fault, in the words of bacs-sim's 'rule add' */
void world_rule(struct world *w, const char *format, ...)
{
	struct parse_error e = { "" };
	char text[256], *words[16];
	struct rule r;
	va_list args;
	int n;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	n = parse_split(text, words, 16, &e);
	if (n <= 0 || rule_parse(&r, words, (u32)n, &e) < 0) {
		fprintf(stderr, "world: rule: %s\n", e.text);
		abort();
	}
	must(bus_add_rule(w->bus, &r, w->now) > 0, "too many rules");
}

void world_run(struct world *w, u64 duration_ns)
{
	u64 end = w->now + duration_ns;

	for (;;) {
		u64 wire = bus_next(w->bus);
		u64 next = w->timer && w->timer < wire ? w->timer : wire;
		u8 buf[WIRE_TX_MAX];
		size_t n;

		if (next > end)
			break;
		if (next > w->now)
			w->now = next;
		bus_step(w->bus, w->now);
		n = wire_due(&w->bus->wire, w->now, buf, sizeof(buf));
		if (n)
			scan_rx(w->scan, buf, n);
		if (w->timer && w->timer <= w->now) {
			w->timer = 0;
			scan_timer(w->scan);
		}
	}
	w->now = end;
}

/** world_mark() - the interval begins */
void world_mark(struct world *w)
{
	for (u32 a = 0; a < SCAN_SLOTS; a++)
		w->before[a] = a ? w->scan->slots[a].stats : w->scan->stats;
	w->requests_before = w->scan->foreign_requests;
	w->bytes_before = w->scan->bytes_rx;
}

static void difference(const struct scan_stats *now,
		       const struct scan_stats *before, uint64_t *value)
{
#define TAKE(counter, member) \
	value[DOCTOR_C_##counter] = now->member - before->member
	TAKE(REQUESTS, requests);
	TAKE(REPLIES, replies);
	TAKE(TIMEOUTS, timeouts);
	TAKE(CRC_ERRORS, crc_errors);
	TAKE(LINE_ERRORS, line_errors);
	TAKE(SHORT, short_frames);
	TAKE(LONG, long_frames);
	TAKE(LATE, late);
	TAKE(FOREIGN, foreign);
	TAKE(EXCEPTIONS, exceptions);
	TAKE(UNEXPECTED, unexpected);
	TAKE(NOISE, noise);
	TAKE(RETRIES, retries);
	TAKE(ECHOES, echoes);
	TAKE(GARBLED, garbled);
	TAKE(OVERLONG, overlong);
	TAKE(MISFITS, misfits);
	TAKE(REBOOTS, reboots);
	TAKE(CHANGES, changes);
#undef TAKE
}

/** world_count() - what was counted since world_mark(), for the doctor */
void world_count(struct world *w, const struct wiring *wiring,
		 struct doctor_input *ret)
{
	*ret = (struct doctor_input){ .ordered = true,
				      .second_master = w->scan->second_master };
	difference(&w->scan->stats, &w->before[0], ret->value);
	for (unsigned int i = 0; i < wiring->count; i++) {
		struct doctor_module *m = &ret->module[ret->count++];
		u8 a = wiring->address[i];

		m->address = a;
		m->spur = wiring->spur[i];
		m->expected = true;
		m->stranger = w->scan->slots[a].stranger;
		difference(&w->scan->slots[a].stats, &w->before[a], m->value);
		for (int c = 0; c < DOCTOR_COUNTERS; c++)
			ret->value[c] += m->value[c];
	}
	ret->value[DOCTOR_C_BYTES_RX] = w->scan->bytes_rx -
					    w->bytes_before;
	ret->value[DOCTOR_C_FOREIGN_REQUESTS] = w->scan->foreign_requests -
						    w->requests_before;
}
