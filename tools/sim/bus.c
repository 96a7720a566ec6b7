// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "bus.h"

/* streams of the seed that no address uses */
#define STREAM_DELAY	1000
#define STREAM_FAULT	1001

/* a host may stop an emulated port in the middle of a frame for so long */
#define SLACK_NS	(20 * NSEC_PER_MSEC)

static const struct wire_ops wire_ops = {
	.frame = bus_frame,
	.sent = bus_sent,
};

/**
 * bus_new() - a wire without devices
 * @ret: result, to be freed with bus_free()
 * @cfg: settings, copied
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: 0 or -ENOMEM.
 */
int bus_new(struct bus **ret, const struct bus_config *cfg, u64 now)
{
	struct bus *b = calloc(1, sizeof(*b));
	struct wire_line line = {
		.baud = cfg->baud,
		.bits = cfg->bits,
		.strict = cfg->strict,
		.slack_ns = SLACK_NS,
	};

	if (!b)
		return -ENOMEM;
	b->stats = calloc(1, sizeof(*b->stats));
	if (!b->stats) {
		free(b);
		return -ENOMEM;
	}
	b->cfg = *cfg;
	wire_init(&b->wire, &line, &wire_ops, b);
	if (!cfg->delay_max_us) {
		b->cfg.delay_min_us = (u32)DIV_ROUND_UP(b->wire.t35_ns, 1000);
		b->cfg.delay_max_us = b->cfg.delay_min_us + 1000;
	}
	pcg_seed(&b->delay_rng, cfg->seed, STREAM_DELAY);
	pcg_seed(&b->fault_rng, cfg->seed, STREAM_FAULT);
	b->stepped_ns = now;
	*ret = b;
	return 0;
}

/**
 * bus_free() - free a bus and its devices
 * @b: bus or NULL
 *
 * Return: NULL.
 */
struct bus *bus_free(struct bus *b)
{
	if (!b)
		return NULL;
	battery_free(b->battery);
	replay_free(b->replay);
	for (u32 i = 0; i < ARRAY_SIZE(b->module); i++)
		free(b->module[i]);
	free(b->stats);
	free(b);
	return NULL;
}

/**
 * bus_add() - put a device on the wire
 * @b: bus
 * @cfg: what it is, copied
 *
 * Return: 0, -EEXIST if its address is taken, -ENOMEM.
 */
int bus_add(struct bus *b, const struct module_config *cfg)
{
	struct module *m;

	if (b->module[cfg->address])
		return -EEXIST;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	module_init(m, cfg, b->cfg.seed);
	m->cfg.eco = b->cfg.eco;
	b->module[cfg->address] = m;
	b->module_count++;
	return 0;
}

/**
 * bus_start() - all devices are on the wire: give the jar modules a battery
 * @b: bus
 * @cfg: what is asked of it, NULL: nothing special
 * @e: error
 *
 * Before this jar modules and string sensors show nothing.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int bus_start(struct bus *b, const struct battery_config *cfg,
	      struct parse_error *e)
{
	struct battery_config usual;

	battery_config_init(&usual);
	return battery_new(&b->battery, cfg ? cfg : &usual, b->module,
			   b->cfg.seed, e);
}

/**
 * bus_step() - let the models catch up with the clock
 * @b: bus
 * @now: CLOCK_MONOTONIC, ns
 */
void bus_step(struct bus *b, u64 now)
{
	const u64 step_ns = BUS_STEP_MS * NSEC_PER_MSEC;
	u64 dt_ms = 0;

	while (now >= b->stepped_ns + step_ns) {
		/* a host that was suspended: do not replay the night */
		u64 steps = (now - b->stepped_ns) / step_ns;
		u32 n = steps > 100 ? 100 : 1;

		for (u32 i = 0; i < ARRAY_SIZE(b->module); i++)
			if (b->module[i])
				module_step(b->module[i], n * BUS_STEP_MS);
		b->stepped_ns += n * step_ns;
		dt_ms += n * BUS_STEP_MS;
	}
	if (b->battery && dt_ms)
		battery_step(b->battery, dt_ms);
	if (dt_ms)
		bus_intrude(b, now);
}

/**
 * bus_receive() - bytes came from the master
 * @b: bus
 * @bytes: the bytes
 * @len: their number
 * @now: CLOCK_MONOTONIC, ns
 */
void bus_receive(struct bus *b, const u8 *bytes, size_t len, u64 now)
{
	/* any bytes keep awake, a frame or not */
	for (u32 i = 0; i < ARRAY_SIZE(b->module); i++)
		if (b->module[i])
			module_hear(b->module[i]);
	wire_receive(&b->wire, bytes, len, now);
}

/**
 * bus_next() - when must wire_due() or bus_step() be called?
 * @b: bus
 *
 * Return: CLOCK_MONOTONIC, ns.
 */
u64 bus_next(const struct bus *b)
{
	u64 step = b->stepped_ns + BUS_STEP_MS * NSEC_PER_MSEC;
	u64 wire = wire_next(&b->wire);

	return wire < step ? wire : step;
}

/**
 * bus_reset_stats() - count from zero
 * @b: bus
 */
void bus_reset_stats(struct bus *b)
{
	memset(b->stats, 0, sizeof(*b->stats));
	memset(&b->wire.stats, 0, sizeof(b->wire.stats));
}

/**
 * bus_add_rule() - a fault begins
 * @b: bus
 * @r: rule, copied; its id, hits and time are set here
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: its id, -EEXIST if the name is taken, -ENOSPC with RULE_MAX rules.
 */
int bus_add_rule(struct bus *b, const struct rule *r, u64 now)
{
	struct rule *mine;

	for (u32 i = 0; i < b->rule_count; i++)
		if (r->name[0] && !strcmp(b->rule[i].name, r->name))
			return -EEXIST;
	if (b->rule_count == RULE_MAX)
		return -ENOSPC;
	mine = &b->rule[b->rule_count++];
	*mine = *r;
	mine->id = ++b->last_rule_id;
	mine->hits = 0;
	mine->added_ns = now;
	return (int)mine->id;
}

/**
 * bus_del_rule() - a fault ends
 * @b: bus
 * @id: id of its rule
 *
 * Return: 0 or -ENOENT.
 */
int bus_del_rule(struct bus *b, u32 id)
{
	for (u32 i = 0; i < b->rule_count; i++) {
		if (b->rule[i].id != id)
			continue;
		b->rule_count--;
		memmove(&b->rule[i], &b->rule[i + 1],
			(b->rule_count - i) * sizeof(b->rule[0]));
		return 0;
	}
	return -ENOENT;
}

/**
 * bus_print() - statistics as one JSON object
 * @b: bus
 * @j: writer
 */
void bus_print(const struct bus *b, struct json *j)
{
	char format[4] = { (char)('0' + 8), b->cfg.parity,
			   (char)('0' + b->cfg.stop_bits), '\0' };

	json_open(j, NULL, '{');
	json_u64(j, "version", 1);
	json_open(j, "stats", '[');
	json_open(j, NULL, '{');
	json_u64(j, "seed", b->cfg.seed);
	json_u64(j, "baud", b->cfg.baud);
	json_string(j, "format", format);
	json_bool(j, "strict", b->cfg.strict);
	json_u64(j, "devices", b->module_count);
	if (b->replay)
		json_u64(j, "replay_unknown", b->replay_unknown);
	stats_print(b->stats, &b->wire, j);
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
}

/**
 * bus_parse_format() - format of a character
 * @cfg: settings
 * @text: 8E1, 8O1, 8N1 or 8N2
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int bus_parse_format(struct bus_config *cfg, const char *text,
		     struct parse_error *e)
{
	if (strcmp(text, "8E1") && strcmp(text, "8O1") && strcmp(text, "8N1") &&
	    strcmp(text, "8N2"))
		return parse_fail(e, "format \"%.32s\": not 8E1, 8O1, 8N1 or 8N2",
				  text);
	cfg->parity = text[1];
	cfg->stop_bits = (u32)(text[2] - '0');
	cfg->bits = 9 + (cfg->parity != 'N') + cfg->stop_bits;
	return 0;
}

/**
 * bus_parse_delay() - delay of the replies
 * @cfg: settings
 * @text: MIN-MAX in us, or one number N for N to 1.5 N
 * @e: error
 *
 * Return: 0 or -EINVAL.
 */
int bus_parse_delay(struct bus_config *cfg, const char *text,
		    struct parse_error *e)
{
	const char *name = "reply delay in us";
	char copy[64], *dash;
	u32 from, to;
	int r;

	if (strlen(text) >= sizeof(copy))
		return parse_fail(e, "%s: too long", name);
	strcpy(copy, text);
	dash = strchr(copy, '-');
	if (dash)
		*dash = '\0';
	r = parse_u32(name, copy, 1, 1000000, &from, e);
	if (r < 0)
		return r;
	to = from + from / 2;
	if (dash) {
		r = parse_u32(name, dash + 1, from, 1000000, &to, e);
		if (r < 0)
			return r;
	}
	cfg->delay_min_us = from;
	cfg->delay_max_us = to;
	return 0;
}
