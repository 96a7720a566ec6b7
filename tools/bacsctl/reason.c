// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a module is in its state, in words */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "bacsctl.h"

/* A module that is ok gives a value every scan; so much later it is stale */
#define STALE_SCANS	3
#define STALE_NS	(5 * NS_PER_S)

__attribute__((format(printf, 2, 3)))
static void add(struct module_view *v, const char *format, ...)
{
	size_t at = strlen(v->reason);
	va_list ap;

	if (at)
		at += (size_t)snprintf(v->reason + at, sizeof(v->reason) - at,
				       ", ");
	if (at >= sizeof(v->reason))
		return;
	va_start(ap, format);
	vsnprintf(v->reason + at, sizeof(v->reason) - at, format, ap);
	va_end(ap);
}

static uint64_t since(uint64_t now_ns, uint64_t then_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

static uint64_t stale_after_ns(const struct bacs_bus *bus)
{
	uint64_t scan_ms = bacs_bus_scan_last_ms(bus);

	if (scan_ms < bacs_bus_scan_ms(bus))
		scan_ms = bacs_bus_scan_ms(bus);
	if (scan_ms < 1000)
		scan_ms = 1000;
	return STALE_SCANS * scan_ms * 1000000 + STALE_NS;
}

static void limit_passed(struct module_view *v, const struct bacs_module *m,
			 enum bacs_limit limit, enum bacs_q q, bool low)
{
	char value[24], bound[24];
	int32_t number;
	int64_t now;

	if (bacs_module_limit(m, limit, &number) < 0 ||
	    bacs_sample_get(v->live, q, &now) < 0)
		return;
	bacs_q_format(q, now, value, sizeof(value));
	bacs_q_format(q, number, bound, sizeof(bound));
	add(v, "%s %s %s %s %s %s", bacs_q_title(q), value, format_unit(q),
	    low ? "below" : "above", bound, format_unit(q));
}

/* The alarm says what its warning says: one of them is enough */
static void alarms(struct module_view *v, const struct bacs_module *m)
{
	static const struct {
		uint32_t alarm, warning;
		enum bacs_limit alarm_limit, warning_limit;
		enum bacs_q q;
		bool low;
	} rows[] = {
		{ BACS_RAW_VOLTAGE_LCRIT, BACS_RAW_VOLTAGE_MIN,
		  BACS_LIMIT_VOLTAGE_LCRIT, BACS_LIMIT_VOLTAGE_MIN,
		  BACS_Q_VOLTAGE, true },
		{ BACS_RAW_VOLTAGE_CRIT, BACS_RAW_VOLTAGE_MAX,
		  BACS_LIMIT_VOLTAGE_CRIT, BACS_LIMIT_VOLTAGE_MAX,
		  BACS_Q_VOLTAGE, false },
		{ BACS_RAW_TEMP_LCRIT, BACS_RAW_TEMP_MIN,
		  BACS_LIMIT_TEMPERATURE_LCRIT, BACS_LIMIT_TEMPERATURE_MIN,
		  BACS_Q_TEMPERATURE, true },
		{ BACS_RAW_TEMP_CRIT, BACS_RAW_TEMP_MAX,
		  BACS_LIMIT_TEMPERATURE_CRIT, BACS_LIMIT_TEMPERATURE_MAX,
		  BACS_Q_TEMPERATURE, false },
	};
	uint32_t mask = bacs_module_alarms(m);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (mask & rows[i].alarm)
			limit_passed(v, m, rows[i].alarm_limit, rows[i].q,
				     rows[i].low);
		else if (mask & rows[i].warning)
			limit_passed(v, m, rows[i].warning_limit, rows[i].q,
				     rows[i].low);
	}
}

static void flags(struct module_view *v)
{
	static const struct {
		uint32_t flag;
		bool fault;
		const char *text;
	} rows[] = {
		{ BACS_FLAG_TEMP_FAULT, true, "temperature sensor faulty" },
		{ BACS_FLAG_SENSE_FAULT, true, "sense lead open" },
		{ BACS_FLAG_SELF_TEST, true, "self-test of the module failed" },
		{ BACS_FLAG_DERATED, false, "too hot for its duty" },
		{ BACS_FLAG_RI_RUNNING, false, "measuring RI" },
		{ BACS_FLAG_IDENTIFY, false, "identifying" },
	};
	int64_t mask;

	if (bacs_sample_get(v->live, BACS_Q_FLAGS, &mask) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!(mask & rows[i].flag))
			continue;
		add(v, "%s", rows[i].text);
		if (rows[i].fault && v->colour == BACS_COLOUR_GREEN)
			v->colour = BACS_COLOUR_ORANGE;
	}
}

static void view_ok(struct module_view *v, const struct bacs_module *m,
		    uint64_t now_ns)
{
	uint64_t age;
	char text[32];

	v->live = bacs_module_live(m);
	if (!v->live) {
		add(v, "waiting for the first value");
		v->colour = BACS_COLOUR_GREY;
		return;
	}
	age = since(now_ns, bacs_sample_time_ns(v->live));
	if (age > stale_after_ns(bacs_module_bus(m))) {
		format_duration(age, text, sizeof(text));
		add(v, "no new value for %s", text);
		v->live = NULL;
		v->colour = BACS_COLOUR_RED;
		return;
	}
	alarms(v, m);
	flags(v);
	if (!bacs_module_supervised(m))
		add(v, "no limits set");
}

static void view_lost(struct module_view *v, const struct bacs_module *m,
		      uint64_t timeouts, bool has_timeouts, uint64_t now_ns)
{
	uint64_t then = bacs_module_state_since_ns(m);
	char text[32];

	if (then) {
		format_duration(since(now_ns, then), text, sizeof(text));
		add(v, "lost for %s", text);
	} else {
		add(v, "lost");
	}
	if (has_timeouts)
		add(v, "%" PRIu64 " time-out%s in all", timeouts,
		    timeouts == 1 ? "" : "s");
	if (bacs_bus_state(bacs_module_bus(m)) == BACS_BUS_LOST)
		add(v, "the whole bus is lost");
}

/**
 * module_view() - what may be shown of a module, and why
 * @module: module
 * @timeouts: its time-outs so far
 * @has_timeouts: @timeouts is known
 * @now_ns: CLOCK_BOOTTIME
 * @ret: the view; its sample is borrowed from @module
 */
void module_view(const struct bacs_module *module, uint64_t timeouts,
		 bool has_timeouts, uint64_t now_ns, struct module_view *ret)
{
	*ret = (struct module_view){ .colour = bacs_module_colour(module) };
	switch (bacs_module_state(module)) {
	case BACS_MODULE_OK:
		view_ok(ret, module, now_ns);
		break;
	case BACS_MODULE_LOST:
		view_lost(ret, module, timeouts, has_timeouts, now_ns);
		break;
	case BACS_MODULE_ABSENT:
		add(ret, "never answered since the bus started");
		break;
	case BACS_MODULE_UNPOLLED:
		add(ret, "not yet polled");
		break;
	default:
		add(ret, "state %u is not known to this version",
		    bacs_module_state(module));
		break;
	}
}
