// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of the fake kernel: names for scripts, bytes for the wire */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "fake-attrs.h"

static const char *const bus_states[] = {
	"unknown", "listening", "discovering", "running", "lost", "stopped",
	NULL
};
static const char *const module_states[] = {
	"unknown", "unpolled", "absent", "ok", "lost", NULL
};
static const char *const classes[] = {
	"unknown", "jar", "string", "environment", "io", NULL
};

const struct fake_key fake_bus_keys[] = {
	{ "name", BACS_BUS_A_NAME, FAKE_STRING, NULL },
	{ "state", BACS_BUS_A_STATE, FAKE_U32, bus_states },
	{ "tty", BACS_BUS_A_TTY, FAKE_STRING, NULL },
	{ "profile", BACS_BUS_A_PROFILE, FAKE_STRING, NULL },
	{ "flags", BACS_BUS_A_FLAGS, FAKE_U32, NULL },
	{ "baud", BACS_BUS_A_BAUD, FAKE_U32, NULL },
	{ "scan_ms", BACS_BUS_A_SCAN_MS, FAKE_U32, NULL },
	{ "scan_min_ms", BACS_BUS_A_SCAN_MIN_MS, FAKE_U32, NULL },
	{ "scan_last_ms", BACS_BUS_A_SCAN_LAST_MS, FAKE_U32, NULL },
	{ "scans", BACS_BUS_A_SCANS, FAKE_U32, NULL },
	{ "controller_pid", BACS_BUS_A_CONTROLLER_PID, FAKE_U32, NULL },
	{ "lease_left_ms", BACS_BUS_A_LEASE_LEFT_MS, FAKE_U32, NULL },
	{ "second_master", BACS_BUS_A_SECOND_MASTER, FAKE_FLAG, NULL },
	{ "started_ns", BACS_BUS_A_STARTED_NS, FAKE_U64, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

const struct fake_key fake_module_keys[] = {
	{ "bus", BACS_MODULE_A_BUS_NAME, FAKE_STRING, NULL },
	{ "address", BACS_MODULE_A_ADDRESS, FAKE_U8, NULL },
	{ "state", BACS_MODULE_A_STATE, FAKE_U32, module_states },
	{ "class", BACS_MODULE_A_CLASS, FAKE_U32, classes },
	{ "label", BACS_MODULE_A_LABEL, FAKE_STRING, NULL },
	{ "serial", BACS_MODULE_A_SERIAL, FAKE_U64, NULL },
	{ "model", BACS_MODULE_A_MODEL, FAKE_STRING, NULL },
	{ "profile", BACS_MODULE_A_PROFILE, FAKE_STRING, NULL },
	{ "hw_revision", BACS_MODULE_A_HW_REVISION, FAKE_U32, NULL },
	{ "fw_revision", BACS_MODULE_A_FW_REVISION, FAKE_U32, NULL },
	{ "nominal_mv", BACS_MODULE_A_NOMINAL_MV, FAKE_U32, NULL },
	{ "range_min_mv", BACS_MODULE_A_RANGE_MIN_MV, FAKE_U32, NULL },
	{ "range_max_mv", BACS_MODULE_A_RANGE_MAX_MV, FAKE_U32, NULL },
	{ "bypass_ma", BACS_MODULE_A_BYPASS_MA, FAKE_U32, NULL },
	{ "status", BACS_MODULE_A_STATUS, FAKE_U32, NULL },
	{ "health", BACS_MODULE_A_HEALTH, FAKE_U32, NULL },
	{ "duty_target", BACS_MODULE_A_DUTY_TARGET, FAKE_U32, NULL },
	{ "since_ns", BACS_MODULE_A_STATE_SINCE_NS, FAKE_U64, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

const struct fake_key fake_limit_keys[] = {
	{ "voltage_min_mv", BACS_LIMIT_A_VOLTAGE_MIN_MV, FAKE_U32, NULL },
	{ "voltage_max_mv", BACS_LIMIT_A_VOLTAGE_MAX_MV, FAKE_U32, NULL },
	{ "voltage_lcrit_mv", BACS_LIMIT_A_VOLTAGE_LCRIT_MV, FAKE_U32, NULL },
	{ "voltage_crit_mv", BACS_LIMIT_A_VOLTAGE_CRIT_MV, FAKE_U32, NULL },
	{ "temperature_min_mc", BACS_LIMIT_A_TEMP_MIN_MC, FAKE_U32, NULL },
	{ "temperature_max_mc", BACS_LIMIT_A_TEMP_MAX_MC, FAKE_U32, NULL },
	{ "temperature_lcrit_mc", BACS_LIMIT_A_TEMP_LCRIT_MC, FAKE_U32, NULL },
	{ "temperature_crit_mc", BACS_LIMIT_A_TEMP_CRIT_MC, FAKE_U32, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

const struct fake_key fake_sample_keys[] = {
	{ "time_ns", BACS_SAMPLE_A_TIME_NS, FAKE_U64, NULL },
	{ "flags", BACS_SAMPLE_A_FLAGS, FAKE_U32, NULL },
	{ "voltage_mv", BACS_SAMPLE_A_VOLTAGE_MV, FAKE_U32, NULL },
	{ "temperature_mc", BACS_SAMPLE_A_TEMP_MC, FAKE_U32, NULL },
	{ "resistance_uohm", BACS_SAMPLE_A_RESISTANCE_UOHM, FAKE_U32, NULL },
	{ "ri_sequence", BACS_SAMPLE_A_RI_SEQUENCE, FAKE_U32, NULL },
	{ "ri_spread_permille", BACS_SAMPLE_A_RI_SPREAD_PERMILLE, FAKE_U32,
	  NULL },
	{ "equalizer_duty_permille", BACS_SAMPLE_A_DUTY_PERMILLE, FAKE_U32,
	  NULL },
	{ "module_temperature_mc", BACS_SAMPLE_A_MODULE_TEMP_MC, FAKE_U32,
	  NULL },
	{ "bypassed_mah", BACS_SAMPLE_A_BYPASSED_MAH, FAKE_U32, NULL },
	{ "boots", BACS_SAMPLE_A_BOOTS, FAKE_U32, NULL },
	{ "latch_number", BACS_SAMPLE_A_LATCH_NUMBER, FAKE_U32, NULL },
	{ "current_ma", BACS_SAMPLE_A_CURRENT_MA, FAKE_U32, NULL },
	{ "ripple_ma", BACS_SAMPLE_A_RIPPLE_MA, FAKE_U32, NULL },
	{ "humidity_permille", BACS_SAMPLE_A_HUMIDITY_PERMILLE, FAKE_U32,
	  NULL },
	{ "h2_ppm", BACS_SAMPLE_A_H2_PPM, FAKE_U32, NULL },
	{ "inputs", BACS_SAMPLE_A_INPUTS, FAKE_U32, NULL },
	{ "relays", BACS_SAMPLE_A_RELAYS, FAKE_U32, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

const struct fake_key fake_event_keys[] = {
	{ "kind", BACS_EVENT_A_KIND, FAKE_U32, NULL },
	{ "time_ns", BACS_EVENT_A_TIME_NS, FAKE_U64, NULL },
	{ "address", BACS_EVENT_A_ADDRESS, FAKE_U8, NULL },
	{ "old", BACS_EVENT_A_OLD, FAKE_U32, NULL },
	{ "new", BACS_EVENT_A_NEW, FAKE_U32, NULL },
	{ "command", BACS_EVENT_A_COMMAND, FAKE_U32, NULL },
	{ "result", BACS_EVENT_A_RESULT, FAKE_U32, NULL },
	{ "pid", BACS_EVENT_A_PID, FAKE_U32, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

const struct fake_key fake_stats_keys[] = {
	{ "requests", BACS_STATS_A_REQUESTS, FAKE_U64, NULL },
	{ "replies", BACS_STATS_A_REPLIES, FAKE_U64, NULL },
	{ "timeouts", BACS_STATS_A_TIMEOUTS, FAKE_U64, NULL },
	{ "crc_errors", BACS_STATS_A_CRC_ERRORS, FAKE_U64, NULL },
	{ "line_errors", BACS_STATS_A_LINE_ERRORS, FAKE_U64, NULL },
	{ "short", BACS_STATS_A_SHORT, FAKE_U64, NULL },
	{ "long", BACS_STATS_A_LONG, FAKE_U64, NULL },
	{ "late", BACS_STATS_A_LATE, FAKE_U64, NULL },
	{ "foreign", BACS_STATS_A_FOREIGN, FAKE_U64, NULL },
	{ "doubled", BACS_STATS_A_DOUBLED, FAKE_U64, NULL },
	{ "exceptions", BACS_STATS_A_EXCEPTIONS, FAKE_U64, NULL },
	{ "unexpected", BACS_STATS_A_UNEXPECTED, FAKE_U64, NULL },
	{ "noise", BACS_STATS_A_NOISE, FAKE_U64, NULL },
	{ "retries", BACS_STATS_A_RETRIES, FAKE_U64, NULL },
	{ "losses", BACS_STATS_A_LOSSES, FAKE_U64, NULL },
	{ "bytes_tx", BACS_STATS_A_BYTES_TX, FAKE_U64, NULL },
	{ "bytes_rx", BACS_STATS_A_BYTES_RX, FAKE_U64, NULL },
	{ "tx_failures", BACS_STATS_A_TX_FAILURES, FAKE_U64, NULL },
	{ "notes_lost", BACS_STATS_A_NOTES_LOST, FAKE_U64, NULL },
	{ "echoes", BACS_STATS_A_ECHOES, FAKE_U64, NULL },
	{ "garbled", BACS_STATS_A_GARBLED, FAKE_U64, NULL },
	{ "overlong", BACS_STATS_A_OVERLONG, FAKE_U64, NULL },
	{ "misfits", BACS_STATS_A_MISFITS, FAKE_U64, NULL },
	{ "reboots", BACS_STATS_A_REBOOTS, FAKE_U64, NULL },
	{ "changes", BACS_STATS_A_CHANGES, FAKE_U64, NULL },
	{ "foreign_requests", BACS_STATS_A_FOREIGN_REQUESTS, FAKE_U64, NULL },
	{ "stranger", BACS_STATS_A_STRANGER, FAKE_U8, NULL },
	{ NULL, 0, FAKE_NONE, NULL }
};

void fake_attrs_number(struct fake_attrs *attrs, uint16_t attr,
		       enum fake_type type, uint64_t number)
{
	struct fake_value *v = &attrs->value[attr];

	v->set = true;
	v->type = type;
	v->number = number;
}

void fake_attrs_string(struct fake_attrs *attrs, uint16_t attr,
		       const char *string)
{
	struct fake_value *v = &attrs->value[attr];

	v->set = true;
	v->type = FAKE_STRING;
	snprintf(v->string, sizeof(v->string), "%s", string);
}

uint64_t fake_attrs_get(const struct fake_attrs *attrs, uint16_t attr)
{
	return attrs->value[attr].set ? attrs->value[attr].number : 0;
}

static bool assign_number(struct fake_attrs *attrs, const struct fake_key *key,
			  const char *text)
{
	char *end;
	uint64_t n;

	for (unsigned int i = 0; key->words && key->words[i]; i++) {
		if (!strcmp(key->words[i], text)) {
			fake_attrs_number(attrs, key->attr, key->type, i);
			return true;
		}
	}
	n = (uint64_t)strtoll(text, &end, 0);
	/* serial numbers use all 64 bits */
	if (text[0] != '-')
		n = strtoull(text, &end, 0);
	if (*end)
		return false;
	fake_attrs_number(attrs, key->attr, key->type, n);
	return true;
}

bool fake_attrs_assign(struct fake_attrs *attrs, const struct fake_key *keys,
		       const char *assignment)
{
	const char *value = strchr(assignment, '=');
	const struct fake_key *key;
	size_t len;

	if (!value)
		return false;
	len = (size_t)(value++ - assignment);
	for (key = keys; key->name; key++)
		if (strlen(key->name) == len &&
		    !strncmp(key->name, assignment, len))
			break;
	if (!key->name)
		return false;
	attrs->value[key->attr].set = false;
	if (!*value)
		return true;
	if (key->type != FAKE_STRING)
		return assign_number(attrs, key, value);
	fake_attrs_string(attrs, key->attr, value);
	return true;
}

/*
 * Bytes
 */
static void align(struct fake_buf *buf)
{
	while (buf->len % 4)
		buf->data[buf->len++] = 0;
}

static void room(const struct fake_buf *buf, size_t len)
{
	if (buf->len + len + 64 > sizeof(buf->data)) {
		fprintf(stderr, "fake-kernel: datagram too long\n");
		abort();
	}
}

size_t fake_put(struct fake_buf *buf, uint16_t attr, const void *data,
		size_t len)
{
	struct nlattr a = { .nla_type = attr,
			    .nla_len = (uint16_t)(NLA_HDRLEN + len) };
	size_t at;

	room(buf, len);
	align(buf);
	at = buf->len;
	memcpy(buf->data + at, &a, sizeof(a));
	if (len)
		memcpy(buf->data + at + NLA_HDRLEN, data, len);
	buf->len += NLA_HDRLEN + len;
	align(buf);
	return at;
}

void fake_put_u32(struct fake_buf *buf, uint16_t attr, uint32_t v)
{
	fake_put(buf, attr, &v, sizeof(v));
}

void fake_put_string(struct fake_buf *buf, uint16_t attr, const char *s)
{
	fake_put(buf, attr, s, strlen(s) + 1);
}

size_t fake_nest(struct fake_buf *buf, uint16_t attr)
{
	return fake_put(buf, attr | NLA_F_NESTED, NULL, 0);
}

void fake_nest_end(struct fake_buf *buf, size_t nest)
{
	uint16_t len = (uint16_t)(buf->len - nest);

	memcpy(buf->data + nest, &len, sizeof(len));
}

static void put_value(struct fake_buf *buf, uint16_t attr,
		      const struct fake_value *v)
{
	uint8_t u8 = (uint8_t)v->number;
	uint16_t u16 = (uint16_t)v->number;

	switch (v->type) {
	case FAKE_U8:
		fake_put(buf, attr, &u8, sizeof(u8));
		break;
	case FAKE_U16:
		fake_put(buf, attr, &u16, sizeof(u16));
		break;
	case FAKE_U32:
		fake_put_u32(buf, attr, (uint32_t)v->number);
		break;
	case FAKE_U64:
		fake_put(buf, attr, &v->number, sizeof(v->number));
		break;
	case FAKE_STRING:
		fake_put_string(buf, attr, v->string);
		break;
	case FAKE_FLAG:
		if (v->number)
			fake_put(buf, attr, NULL, 0);
		break;
	case FAKE_NONE:
		break;
	}
}

void fake_put_attrs(struct fake_buf *buf, const struct fake_attrs *attrs)
{
	for (uint16_t i = 1; i < FAKE_ATTRS; i++)
		if (attrs->value[i].set)
			put_value(buf, i, &attrs->value[i]);
}

size_t fake_begin(struct fake_buf *buf, uint16_t type, uint16_t flags,
		  uint32_t seq, uint8_t cmd, uint8_t version)
{
	struct nlmsghdr h = { .nlmsg_type = type, .nlmsg_flags = flags,
			      .nlmsg_seq = seq };
	struct genlmsghdr g = { .cmd = cmd, .version = version };
	size_t at;

	room(buf, 4096);
	align(buf);
	at = buf->len;
	memcpy(buf->data + at, &h, sizeof(h));
	memcpy(buf->data + at + sizeof(h), &g, sizeof(g));
	buf->len += sizeof(h) + sizeof(g);
	return at;
}

void fake_end(struct fake_buf *buf, size_t message)
{
	uint32_t len = (uint32_t)(buf->len - message);

	memcpy(buf->data + message, &len, sizeof(len));
}
