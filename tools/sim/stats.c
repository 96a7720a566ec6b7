// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats.h"

/*
 * T_min of a transaction: what it must take. Broadcasts: the request and the
 * turnaround. Unanswered requests are probes of absent modules and stand apart.
 */
static void close_transaction(struct stats *s, const struct wire *w, u64 next_ns)
{
	struct stats_transaction *t = &s->now;
	u64 took = next_ns - t->begin_ns;

	t->open = false;
	if (t->broadcast) {
		s->t_ns += took;
		s->t_min_ns += t->request_len * w->char_ns +
			       BACS_C_TURNAROUND_MS * NSEC_PER_MSEC;
	} else if (t->answered) {
		u64 delay = t->reply_begin_ns > t->end_ns ?
			    t->reply_begin_ns - t->end_ns : 0;

		s->t_ns += took;
		s->t_min_ns += (t->request_len + t->reply_len) * w->char_ns +
			       delay + w->t35_ns;
	} else {
		s->unanswered++;
		s->t_probe_ns += took;
	}
}

/**
 * stats_request() - the master has sent something
 * @s: statistics
 * @w: the wire it was on
 * @f: what it sent
 */
void stats_request(struct stats *s, const struct wire *w,
		   const struct wire_frame *f)
{
	bool known = rtu_crc_ok(f->bytes, f->len);
	u8 address = known ? f->bytes[0] : 0;
	bool broadcast = known && address == RTU_BROADCAST;

	if (f->has_gap && s->now.open && s->now.answered) {
		u64 excess = f->gap_ns > (s64)w->t35_ns ?
			     (u64)f->gap_ns - w->t35_ns : 0;

		/* a scan may wait for its period before it begins again */
		hist_add(known && !broadcast && address <= s->last_address ?
			 &s->excess_scan : &s->excess, excess);
		hist_add(&s->gap, f->gap_ns > 0 ? (u64)f->gap_ns : 0);
	}
	if (s->now.open)
		close_transaction(s, w, f->begin_ns);
	if (!known)
		return;
	s->broadcasts += broadcast;
	s->module[address].requests++;
	s->module[address].early += f->early;
	s->module[address].ignored += f->early && w->line.strict;
	s->now = (struct stats_transaction) {
		.open = true,
		.address = address,
		.broadcast = broadcast,
		.begin_ns = f->begin_ns,
		.end_ns = f->end_ns,
		.request_len = f->len,
	};
}

/**
 * stats_reply() - a module has answered
 * @s: statistics
 * @address: address that was asked
 * @len: length of the reply
 * @begin_ns: when it began
 * @late_ns: how much later than planned its last byte left
 */
void stats_reply(struct stats *s, u8 address, size_t len, u64 begin_ns,
		 u64 late_ns)
{
	s->answered++;
	s->module[address].replies++;
	hist_add(&s->late, late_ns);
	/* a late reply may fall into the transaction of somebody else */
	if (!s->now.open || s->now.address != address ||
	    begin_ns < s->now.end_ns)
		return;
	if (!s->now.answered) {
		s->now.answered = true;
		s->now.reply_begin_ns = begin_ns;
		s->now.reply_len = len;
	}
	if (address <= s->last_address || !s->last_address) {
		if (s->scan_begin_ns) {
			hist_add(&s->scan, s->now.begin_ns - s->scan_begin_ns);
			s->scans++;
		}
		s->scan_begin_ns = s->now.begin_ns;
	}
	s->last_address = address;
}

static double us(u64 ns)
{
	return (double)ns / 1000.0;
}

static void print_hist(const struct hist *h, const char *key, struct json *j)
{
	static const u32 bounds_us[] = { 100, 200, 500, 1000, 2000, 5000, 10000,
					 20000, 50000, 100000, 200000, 500000,
					 1000000 };

	json_open(j, key, '{');
	json_u64(j, "count", h->count);
	json_fixed(j, "mean_us", h->count ? us(h->sum) / (double)h->count : 0);
	json_fixed(j, "median_us", us(hist_quantile(h, 500)));
	json_fixed(j, "p99_us", us(hist_quantile(h, 990)));
	json_fixed(j, "p999_us", us(hist_quantile(h, 999)));
	json_fixed(j, "max_us", us(h->max));
	json_open(j, "at_most", '[');
	for (u32 i = 0; i < ARRAY_SIZE(bounds_us); i++) {
		json_open(j, NULL, '{');
		json_u64(j, "us", bounds_us[i]);
		json_u64(j, "count", hist_below(h, bounds_us[i] * 1000ULL));
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void print_wire(const struct wire *w, struct json *j)
{
	const struct wire_stats *x = &w->stats;

	json_u64(j, "char_ns", w->char_ns);
	json_u64(j, "t35_ns", w->t35_ns);
	json_u64(j, "rx_bytes", x->rx_bytes);
	json_u64(j, "tx_bytes", x->tx_bytes);
	json_u64(j, "rx_frames", x->frames);
	json_u64(j, "crc_errors", x->crc_errors);
	json_u64(j, "broken_frames", x->broken);
	json_u64(j, "pauses_in_frames", x->pauses);
	json_u64(j, "t35_violations", x->violations);
	json_u64(j, "ignored", x->ignored);
	json_u64(j, "collisions", x->collisions);
	json_u64(j, "replies_dropped", x->tx_dropped);
}

static void print_modules(const struct stats *s, struct json *j)
{
	json_open(j, "modules", '[');
	for (u32 a = 1; a < STATS_ADDRESSES; a++) {
		const struct stats_module *m = &s->module[a];

		if (!m->requests && !m->replies && !m->faults)
			continue;
		json_open(j, NULL, '{');
		json_u64(j, "address", a);
		json_u64(j, "requests", m->requests);
		json_u64(j, "replies", m->replies);
		json_u64(j, "exceptions", m->exceptions);
		json_u64(j, "t35_violations", m->early);
		json_u64(j, "ignored", m->ignored);
		json_u64(j, "faults", m->faults);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/**
 * stats_print() - members of a JSON object
 * @s: statistics
 * @w: the wire they are of
 * @j: writer, inside an object
 */
void stats_print(const struct stats *s, const struct wire *w, struct json *j)
{
	print_wire(w, j);
	json_u64(j, "broadcasts", s->broadcasts);
	json_u64(j, "replies", s->answered);
	json_u64(j, "unanswered", s->unanswered);
	json_u64(j, "scans", s->scans);
	json_fixed(j, "bus_use", s->t_ns ? (double)s->t_min_ns / (double)s->t_ns : 0);
	json_fixed(j, "t_min_ms", us(s->t_min_ns) / 1000);
	json_fixed(j, "t_ms", us(s->t_ns) / 1000);
	json_fixed(j, "t_probe_ms", us(s->t_probe_ns) / 1000);
	print_hist(&s->scan, "scan", j);
	print_hist(&s->excess, "excess", j);
	print_hist(&s->excess_scan, "excess_scan_start", j);
	print_hist(&s->gap, "gap", j);
	print_hist(&s->late, "pacing_late", j);
	print_modules(s, j);
}
