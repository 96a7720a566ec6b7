// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Bytes of the driver into plain values
 *
 * Every level has a policy with exact lengths. Attributes the library does not
 * know are skipped; a known one of wrong length, a nest that breaks off, or a
 * missing or impossible identity makes the whole nest -EBADMSG.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "internal.h"

/* the library's own enumerations are the driver's, under public names */
#define SAME(ours, theirs) \
	_Static_assert((int)(ours) == (int)(theirs), #ours " is not " #theirs)

SAME(BACS_BUS_LISTENING, BACS_BUS_STATE_LISTENING);
SAME(BACS_BUS_DISCOVERING, BACS_BUS_STATE_DISCOVERING);
SAME(BACS_BUS_RUNNING, BACS_BUS_STATE_RUNNING);
SAME(BACS_BUS_LOST, BACS_BUS_STATE_LOST);
SAME(BACS_BUS_STOPPED, BACS_BUS_STATE_STOPPED);
SAME(BACS_MODULE_UNPOLLED, BACS_MODULE_STATE_UNPOLLED);
SAME(BACS_MODULE_ABSENT, BACS_MODULE_STATE_ABSENT);
SAME(BACS_MODULE_OK, BACS_MODULE_STATE_OK);
SAME(BACS_MODULE_LOST, BACS_MODULE_STATE_LOST);
SAME(BACS_MODCLASS_JAR, BACS_CLASS_JAR);
SAME(BACS_MODCLASS_STRING, BACS_CLASS_STRING);
SAME(BACS_MODCLASS_ENVIRONMENT, BACS_CLASS_ENVIRONMENT);
SAME(BACS_MODCLASS_IO, BACS_CLASS_IO);
SAME(BACS_PSY_CHARGING, BACS_STATUS_CHARGING);
SAME(BACS_PSY_DISCHARGING, BACS_STATUS_DISCHARGING);
SAME(BACS_PSY_NOT_CHARGING, BACS_STATUS_NOT_CHARGING);
SAME(BACS_PSY_FULL, BACS_STATUS_FULL);
SAME(BACS_PSY_HEALTH_GOOD, BACS_HEALTH_GOOD);
SAME(BACS_PSY_HEALTH_OVERHEAT, BACS_HEALTH_OVERHEAT);
SAME(BACS_PSY_HEALTH_DEAD, BACS_HEALTH_DEAD);
SAME(BACS_PSY_HEALTH_OVERVOLTAGE, BACS_HEALTH_OVERVOLTAGE);
SAME(BACS_PSY_HEALTH_FAILURE, BACS_HEALTH_UNSPEC_FAILURE);
SAME(BACS_PSY_HEALTH_COLD, BACS_HEALTH_COLD);
SAME(BACS_LIMIT_VOLTAGE_MIN, BACS_LIMIT_A_VOLTAGE_MIN_MV);
SAME(BACS_LIMIT_VOLTAGE_MAX, BACS_LIMIT_A_VOLTAGE_MAX_MV);
SAME(BACS_LIMIT_VOLTAGE_LCRIT, BACS_LIMIT_A_VOLTAGE_LCRIT_MV);
SAME(BACS_LIMIT_VOLTAGE_CRIT, BACS_LIMIT_A_VOLTAGE_CRIT_MV);
SAME(BACS_LIMIT_TEMPERATURE_MIN, BACS_LIMIT_A_TEMP_MIN_MC);
SAME(BACS_LIMIT_TEMPERATURE_MAX, BACS_LIMIT_A_TEMP_MAX_MC);
SAME(BACS_LIMIT_TEMPERATURE_LCRIT, BACS_LIMIT_A_TEMP_LCRIT_MC);
SAME(BACS_LIMIT_TEMPERATURE_CRIT, BACS_LIMIT_A_TEMP_CRIT_MC);
SAME(BACS_RAW_VOLTAGE_MIN, BACS_ALARM_VOLTAGE_MIN);
SAME(BACS_RAW_VOLTAGE_MAX, BACS_ALARM_VOLTAGE_MAX);
SAME(BACS_RAW_VOLTAGE_LCRIT, BACS_ALARM_VOLTAGE_LCRIT);
SAME(BACS_RAW_VOLTAGE_CRIT, BACS_ALARM_VOLTAGE_CRIT);
SAME(BACS_RAW_TEMP_MIN, BACS_ALARM_TEMP_MIN);
SAME(BACS_RAW_TEMP_MAX, BACS_ALARM_TEMP_MAX);
SAME(BACS_RAW_TEMP_LCRIT, BACS_ALARM_TEMP_LCRIT);
SAME(BACS_RAW_TEMP_CRIT, BACS_ALARM_TEMP_CRIT);
SAME(BACS_RAW_TEMP_FAULT, BACS_ALARM_TEMP_FAULT);
SAME(BACS_PROFILE_FIELDS, BACS_PROFILE_FIELDS_MAX);
SAME(BACS_PROFILE_BLOCKS, BACS_PROFILE_BLOCKS_MAX);
SAME(BACS_PROFILE_EVERY, BACS_PROFILE_EVERY_MAX);
SAME(BACS_COUNTER_REQUESTS, BACS_STATS_A_REQUESTS);
SAME(BACS_COUNTER_TIMEOUTS, BACS_STATS_A_TIMEOUTS);
SAME(BACS_COUNTER_NOISE, BACS_STATS_A_NOISE);
SAME(BACS_COUNTER_LOSSES, BACS_STATS_A_LOSSES);
SAME(BACS_COUNTER_NOTES_LOST, BACS_STATS_A_NOTES_LOST);
SAME(BACS_COUNTER_NOTES_LOST + 1, BACS_STATS_A_LATENCY);
SAME(BACS_COUNTER_ECHOES + 2, BACS_STATS_A_ECHOES);
SAME(BACS_COUNTER_FOREIGN_REQUESTS + 2, BACS_STATS_A_FOREIGN_REQUESTS);

#define P_U8	{ .type = NLA_U8, .minlen = 1, .maxlen = 1 }
#define P_U16	{ .type = NLA_U16, .minlen = 2, .maxlen = 2 }
#define P_U32	{ .type = NLA_U32, .minlen = 4, .maxlen = 4 }
#define P_U64	{ .type = NLA_U64, .minlen = 8, .maxlen = 8 }
#define P_STR	{ .type = NLA_STRING, .minlen = 1, .maxlen = 128 }
#define P_FLAG	{ .type = NLA_FLAG }
#define P_NEST	{ .type = NLA_NESTED }

static const struct nla_policy top_policy[BACS_A_MAX + 1] = {
	[BACS_A_VERSION] = P_U32,
	[BACS_A_BUS_NAME] = P_STR,
	[BACS_A_ADDRESS] = P_U8,
	[BACS_A_BUS] = P_NEST,
	[BACS_A_MODULE] = P_NEST,
	[BACS_A_SAMPLE] = P_NEST,
	[BACS_A_STATS] = P_NEST,
	[BACS_A_EVENT] = P_NEST,
	[BACS_A_PROFILE] = P_NEST,
	[BACS_A_DUTY] = P_NEST,
	[BACS_A_LEASE_MS] = P_U32,
	[BACS_A_SCAN_MS] = P_U32,
	[BACS_A_ON] = P_U8,
	[BACS_A_LATCH_NUMBER] = P_U16,
	[BACS_A_SEQUENCE] = P_U32,
	[BACS_A_SCAN] = P_U32,
	[BACS_A_PART] = P_U32,
	[BACS_A_LAST_PART] = P_FLAG,
	[BACS_A_TRANSACT] = P_NEST,
};

static const struct nla_policy transact_policy[BACS_TRANSACT_A_MAX + 1] = {
	[BACS_TRANSACT_A_ADDRESS] = P_U8,
	[BACS_TRANSACT_A_RESULT] = P_U32,
	[BACS_TRANSACT_A_REPLY] = { .minlen = 1, .maxlen = BACS_PDU_MAX },
};

static const struct nla_policy bus_policy[BACS_BUS_A_MAX + 1] = {
	[BACS_BUS_A_NAME] = P_STR,
	[BACS_BUS_A_STATE] = P_U32,
	[BACS_BUS_A_TTY] = P_STR,
	[BACS_BUS_A_PROFILE] = P_STR,
	[BACS_BUS_A_FLAGS] = P_U32,
	[BACS_BUS_A_BAUD] = P_U32,
	[BACS_BUS_A_SCAN_MS] = P_U32,
	[BACS_BUS_A_SCAN_MIN_MS] = P_U32,
	[BACS_BUS_A_SCAN_LAST_MS] = P_U32,
	[BACS_BUS_A_SCANS] = P_U32,
	[BACS_BUS_A_MODULES_OK] = P_U32,
	[BACS_BUS_A_MODULES_LOST] = P_U32,
	[BACS_BUS_A_MODULES_ABSENT] = P_U32,
	[BACS_BUS_A_MODULES_UNPOLLED] = P_U32,
	[BACS_BUS_A_CONTROLLER_PID] = P_U32,
	[BACS_BUS_A_LEASE_LEFT_MS] = P_U32,
	[BACS_BUS_A_SECOND_MASTER] = P_FLAG,
	[BACS_BUS_A_STARTED_NS] = P_U64,
};

static const struct nla_policy limit_policy[BACS_LIMIT_A_MAX + 1] = {
	[BACS_LIMIT_A_VOLTAGE_MIN_MV] = P_U32,
	[BACS_LIMIT_A_VOLTAGE_MAX_MV] = P_U32,
	[BACS_LIMIT_A_VOLTAGE_LCRIT_MV] = P_U32,
	[BACS_LIMIT_A_VOLTAGE_CRIT_MV] = P_U32,
	[BACS_LIMIT_A_TEMP_MIN_MC] = P_U32,
	[BACS_LIMIT_A_TEMP_MAX_MC] = P_U32,
	[BACS_LIMIT_A_TEMP_LCRIT_MC] = P_U32,
	[BACS_LIMIT_A_TEMP_CRIT_MC] = P_U32,
};

static const struct nla_policy module_policy[BACS_MODULE_A_MAX + 1] = {
	[BACS_MODULE_A_BUS_NAME] = P_STR,
	[BACS_MODULE_A_ADDRESS] = P_U8,
	[BACS_MODULE_A_STATE] = P_U32,
	[BACS_MODULE_A_CLASS] = P_U32,
	[BACS_MODULE_A_LABEL] = P_STR,
	[BACS_MODULE_A_SERIAL] = P_U64,
	[BACS_MODULE_A_MODEL] = P_STR,
	[BACS_MODULE_A_PROFILE] = P_STR,
	[BACS_MODULE_A_HW_REVISION] = P_U32,
	[BACS_MODULE_A_FW_REVISION] = P_U32,
	[BACS_MODULE_A_NOMINAL_MV] = P_U32,
	[BACS_MODULE_A_RANGE_MIN_MV] = P_U32,
	[BACS_MODULE_A_RANGE_MAX_MV] = P_U32,
	[BACS_MODULE_A_BYPASS_MA] = P_U32,
	[BACS_MODULE_A_STATUS] = P_U32,
	[BACS_MODULE_A_HEALTH] = P_U32,
	[BACS_MODULE_A_LIMITS] = P_NEST,
	[BACS_MODULE_A_SAMPLE] = P_NEST,
	[BACS_MODULE_A_DUTY_TARGET] = P_U32,
	[BACS_MODULE_A_STATE_SINCE_NS] = P_U64,
};

static const struct nla_policy sample_policy[BACS_SAMPLE_A_MAX + 1] = {
	[BACS_SAMPLE_A_ADDRESS] = P_U8,
	[BACS_SAMPLE_A_TIME_NS] = P_U64,
	[BACS_SAMPLE_A_FLAGS] = P_U32,
	[BACS_SAMPLE_A_VOLTAGE_MV] = P_U32,
	[BACS_SAMPLE_A_TEMP_MC] = P_U32,
	[BACS_SAMPLE_A_RESISTANCE_UOHM] = P_U32,
	[BACS_SAMPLE_A_RI_SEQUENCE] = P_U32,
	[BACS_SAMPLE_A_RI_SPREAD_PERMILLE] = P_U32,
	[BACS_SAMPLE_A_DUTY_PERMILLE] = P_U32,
	[BACS_SAMPLE_A_MODULE_TEMP_MC] = P_U32,
	[BACS_SAMPLE_A_BYPASSED_MAH] = P_U32,
	[BACS_SAMPLE_A_BOOTS] = P_U32,
	[BACS_SAMPLE_A_LATCH_NUMBER] = P_U32,
	[BACS_SAMPLE_A_CURRENT_MA] = P_U32,
	[BACS_SAMPLE_A_RIPPLE_MA] = P_U32,
	[BACS_SAMPLE_A_HUMIDITY_PERMILLE] = P_U32,
	[BACS_SAMPLE_A_H2_PPM] = P_U32,
	[BACS_SAMPLE_A_INPUTS] = P_U32,
	[BACS_SAMPLE_A_RELAYS] = P_U32,
};

static const struct nla_policy event_policy[BACS_EVENT_A_MAX + 1] = {
	[BACS_EVENT_A_KIND] = P_U32,
	[BACS_EVENT_A_TIME_NS] = P_U64,
	[BACS_EVENT_A_ADDRESS] = P_U8,
	[BACS_EVENT_A_OLD] = P_U32,
	[BACS_EVENT_A_NEW] = P_U32,
	[BACS_EVENT_A_COMMAND] = P_U32,
	[BACS_EVENT_A_RESULT] = P_U32,
	[BACS_EVENT_A_PID] = P_U32,
};

static const struct nla_policy stats_policy[BACS_STATS_A_MAX + 1] = {
	[BACS_STATS_A_REQUESTS] = P_U64,
	[BACS_STATS_A_REPLIES] = P_U64,
	[BACS_STATS_A_TIMEOUTS] = P_U64,
	[BACS_STATS_A_CRC_ERRORS] = P_U64,
	[BACS_STATS_A_LINE_ERRORS] = P_U64,
	[BACS_STATS_A_SHORT] = P_U64,
	[BACS_STATS_A_LONG] = P_U64,
	[BACS_STATS_A_LATE] = P_U64,
	[BACS_STATS_A_FOREIGN] = P_U64,
	[BACS_STATS_A_DOUBLED] = P_U64,
	[BACS_STATS_A_EXCEPTIONS] = P_U64,
	[BACS_STATS_A_UNEXPECTED] = P_U64,
	[BACS_STATS_A_NOISE] = P_U64,
	[BACS_STATS_A_RETRIES] = P_U64,
	[BACS_STATS_A_LOSSES] = P_U64,
	[BACS_STATS_A_BYTES_TX] = P_U64,
	[BACS_STATS_A_BYTES_RX] = P_U64,
	[BACS_STATS_A_TX_FAILURES] = P_U64,
	[BACS_STATS_A_NOTES_LOST] = P_U64,
	[BACS_STATS_A_ECHOES] = P_U64,
	[BACS_STATS_A_GARBLED] = P_U64,
	[BACS_STATS_A_OVERLONG] = P_U64,
	[BACS_STATS_A_MISFITS] = P_U64,
	[BACS_STATS_A_REBOOTS] = P_U64,
	[BACS_STATS_A_CHANGES] = P_U64,
	[BACS_STATS_A_FOREIGN_REQUESTS] = P_U64,
	[BACS_STATS_A_STRANGER] = P_U8,
	[BACS_STATS_A_LATENCY] = { .minlen = 4 * BACS_LATENCY_CLASSES,
				   .maxlen = 4 * BACS_LATENCY_CLASSES },
};

static const struct nla_policy profile_policy[BACS_PROFILE_A_MAX + 1] = {
	[BACS_PROFILE_A_NAME] = P_STR,
	[BACS_PROFILE_A_CLASS] = P_U32,
	[BACS_PROFILE_A_MODEL] = P_STR,
	[BACS_PROFILE_A_FUNCTION] = P_U8,
	[BACS_PROFILE_A_START] = P_U16,
	[BACS_PROFILE_A_COUNT] = P_U16,
	[BACS_PROFILE_A_RESPONSE_MS] = P_U32,
	[BACS_PROFILE_A_NOMINAL_MV] = P_U32,
	[BACS_PROFILE_A_FIELD] = P_NEST,
	[BACS_PROFILE_A_USERS] = P_U32,
	[BACS_PROFILE_A_BUILTIN] = P_FLAG,
	[BACS_PROFILE_A_BLOCK] = P_NEST,
};

static const struct nla_policy field_policy[BACS_FIELD_A_MAX + 1] = {
	[BACS_FIELD_A_QUANTITY] = P_U32,
	[BACS_FIELD_A_REGISTER] = P_U16,
	[BACS_FIELD_A_WIDTH] = P_U8,
	[BACS_FIELD_A_SIGNED] = P_FLAG,
	[BACS_FIELD_A_LOW_WORD_FIRST] = P_FLAG,
	[BACS_FIELD_A_MULTIPLIER] = P_U32,
	[BACS_FIELD_A_DIVISOR] = P_U32,
	[BACS_FIELD_A_OFFSET] = P_U32,
	[BACS_FIELD_A_BLOCK] = P_U8,
	[BACS_FIELD_A_EVERY] = P_U8,
	[BACS_FIELD_A_INVALID] = P_U32,
	[BACS_FIELD_A_MIN_VALUE] = P_U32,
	[BACS_FIELD_A_MAX_VALUE] = P_U32,
	[BACS_FIELD_A_VALID_FLAG] = P_U16,
};

static const struct nla_policy block_policy[BACS_BLOCK_A_MAX + 1] = {
	[BACS_BLOCK_A_FUNCTION] = P_U8,
	[BACS_BLOCK_A_START] = P_U16,
	[BACS_BLOCK_A_COUNT] = P_U16,
};

static int parse_run(struct nlattr **tb, int max, struct nlattr *head, int len,
		     const struct nla_policy *policy)
{
	struct nlattr *attr;
	int rem;

	/* nla_parse() ignores what is left when an attribute breaks off */
	nla_for_each_attr(attr, head, len, rem)
		;
	if (rem > 0)
		return -EBADMSG;
	if (nla_parse(tb, max, head, len, policy) < 0)
		return -EBADMSG;
	return 0;
}

/**
 * parse_level() - one level of attributes
 * @tb: @max + 1 pointers, NULL where an attribute is absent
 * @max: highest attribute the policy knows
 * @nest: attribute whose payload is the level
 * @policy: @max + 1 policies, never NULL
 *
 * Return: 0, -EBADMSG.
 */
int parse_level(struct nlattr **tb, int max, const struct nlattr *nest,
		const struct nla_policy *policy)
{
	return parse_run(tb, max, nla_data(nest), nla_len(nest), policy);
}

/**
 * parse_top() - attributes of a message of the family
 * @nlh: message that lies completely in its buffer
 * @tb: BACS_A_MAX + 1 pointers
 *
 * Return: 0, -EBADMSG.
 */
int parse_top(const struct nlmsghdr *nlh, struct nlattr **tb)
{
	int len = nlmsg_datalen(nlh) - (int)GENL_HDRLEN;

	if (len < 0)
		return -EBADMSG;
	return parse_run(tb, BACS_A_MAX,
			 (struct nlattr *)((char *)nlmsg_data(nlh) + GENL_HDRLEN),
			 len, top_policy);
}

bool bus_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len < 1 || len > BACS_BUS_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((name[i] >= 'A' && name[i] <= 'Z') ||
		      (name[i] >= 'a' && name[i] <= 'z') ||
		      (i && name[i] >= '0' && name[i] <= '9')))
			return false;
	return true;
}

int parse_bus_name(const struct nlattr *attr, char *ret, size_t size)
{
	const char *name;

	if (!attr)
		return -EBADMSG;
	name = nla_get_string(attr);
	if (!bus_name_valid(name) || strlen(name) >= size)
		return -EBADMSG;
	strcpy(ret, name);
	return 0;
}

/* Text is cut to its field and made printable ASCII, whoever sent it */
static void get_text(const struct nlattr *attr, char *ret, size_t size)
{
	size_t i;
	const char *s;

	if (!attr)
		return;
	s = nla_get_string(attr);
	for (i = 0; i + 1 < size && s[i]; i++)
		ret[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	ret[i] = '\0';
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

/* The driver's numbers lie on four-byte boundaries */
static uint64_t get_u64(const struct nlattr *attr)
{
	uint64_t v = 0;

	if (attr)
		memcpy(&v, nla_data(attr), sizeof(v));
	return v;
}

static int get_address(const struct nlattr *attr, uint8_t *ret)
{
	uint8_t address;

	if (!attr)
		return -EBADMSG;
	address = nla_get_u8(attr);
	if (address < BACS_ADDRESS_MIN || address > BACS_ADDRESS_MAX)
		return -EBADMSG;
	*ret = address;
	return 0;
}

int parse_bus(const struct nlattr *nest, struct bus_info *ret)
{
	struct nlattr *tb[BACS_BUS_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_BUS_A_MAX, nest, bus_policy);
	if (r < 0)
		return r;
	r = parse_bus_name(tb[BACS_BUS_A_NAME], ret->name, sizeof(ret->name));
	if (r < 0)
		return r;
	if (!tb[BACS_BUS_A_STATE])
		return -EBADMSG;
	ret->state = (enum bacs_busstate)get_u32(tb[BACS_BUS_A_STATE]);
	get_text(tb[BACS_BUS_A_TTY], ret->tty, sizeof(ret->tty));
	get_text(tb[BACS_BUS_A_PROFILE], ret->profile, sizeof(ret->profile));
	ret->flags = get_u32(tb[BACS_BUS_A_FLAGS]);
	ret->baud = get_u32(tb[BACS_BUS_A_BAUD]);
	ret->scan_ms = get_u32(tb[BACS_BUS_A_SCAN_MS]);
	ret->scan_min_ms = get_u32(tb[BACS_BUS_A_SCAN_MIN_MS]);
	ret->scan_last_ms = get_u32(tb[BACS_BUS_A_SCAN_LAST_MS]);
	ret->scans = get_u32(tb[BACS_BUS_A_SCANS]);
	ret->controller_pid = get_u32(tb[BACS_BUS_A_CONTROLLER_PID]);
	ret->lease_left_ms = get_u32(tb[BACS_BUS_A_LEASE_LEFT_MS]);
	ret->second_master = tb[BACS_BUS_A_SECOND_MASTER];
	ret->started_ns = get_u64(tb[BACS_BUS_A_STARTED_NS]);
	return 0;
}

static int parse_limits(const struct nlattr *nest, struct limits *ret)
{
	struct nlattr *tb[BACS_LIMIT_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_LIMIT_A_MAX, nest, limit_policy);
	if (r < 0)
		return r;
	for (int i = 1; i <= BACS_LIMIT_A_MAX; i++) {
		if (!tb[i])
			continue;
		ret->present |= 1U << i;
		ret->value[i] = (int32_t)nla_get_u32(tb[i]);
	}
	return 0;
}

int parse_module(const struct nlattr *nest, struct module_info *ret)
{
	struct nlattr *tb[BACS_MODULE_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_MODULE_A_MAX, nest, module_policy);
	if (r < 0)
		return r;
	r = parse_bus_name(tb[BACS_MODULE_A_BUS_NAME], ret->bus,
			   sizeof(ret->bus));
	if (r < 0)
		return r;
	r = get_address(tb[BACS_MODULE_A_ADDRESS], &ret->address);
	if (r < 0)
		return r;
	if (!tb[BACS_MODULE_A_STATE])
		return -EBADMSG;
	ret->state = (enum bacs_modstate)get_u32(tb[BACS_MODULE_A_STATE]);
	ret->modclass = (enum bacs_modclass)get_u32(tb[BACS_MODULE_A_CLASS]);
	ret->status = (enum bacs_psystatus)get_u32(tb[BACS_MODULE_A_STATUS]);
	ret->health = (enum bacs_psyhealth)get_u32(tb[BACS_MODULE_A_HEALTH]);
	get_text(tb[BACS_MODULE_A_LABEL], ret->label, sizeof(ret->label));
	get_text(tb[BACS_MODULE_A_MODEL], ret->model, sizeof(ret->model));
	get_text(tb[BACS_MODULE_A_PROFILE], ret->profile,
		 sizeof(ret->profile));
	ret->serial = get_u64(tb[BACS_MODULE_A_SERIAL]);
	ret->state_since_ns = get_u64(tb[BACS_MODULE_A_STATE_SINCE_NS]);
	ret->hw_revision = get_u32(tb[BACS_MODULE_A_HW_REVISION]);
	ret->fw_revision = get_u32(tb[BACS_MODULE_A_FW_REVISION]);
	ret->nominal_mv = get_u32(tb[BACS_MODULE_A_NOMINAL_MV]);
	ret->range_min_mv = get_u32(tb[BACS_MODULE_A_RANGE_MIN_MV]);
	ret->range_max_mv = get_u32(tb[BACS_MODULE_A_RANGE_MAX_MV]);
	ret->bypass_ma = get_u32(tb[BACS_MODULE_A_BYPASS_MA]);
	ret->duty_target = get_u32(tb[BACS_MODULE_A_DUTY_TARGET]);
	if (tb[BACS_MODULE_A_LIMITS]) {
		r = parse_limits(tb[BACS_MODULE_A_LIMITS], &ret->limits);
		if (r < 0)
			return r;
	}
	if (tb[BACS_MODULE_A_SAMPLE]) {
		r = parse_sample(tb[BACS_MODULE_A_SAMPLE], &ret->sample);
		if (r < 0)
			return r;
		if (ret->sample.address != ret->address)
			return -EBADMSG;
	}
	return 0;
}

static const struct {
	enum bacs_q q;
	bool is_signed;
} sample_quantities[BACS_SAMPLE_A_MAX + 1] = {
	[BACS_SAMPLE_A_FLAGS] = { BACS_Q_FLAGS, false },
	[BACS_SAMPLE_A_VOLTAGE_MV] = { BACS_Q_VOLTAGE, true },
	[BACS_SAMPLE_A_TEMP_MC] = { BACS_Q_TEMPERATURE, true },
	[BACS_SAMPLE_A_RESISTANCE_UOHM] = { BACS_Q_RESISTANCE, false },
	[BACS_SAMPLE_A_RI_SEQUENCE] = { BACS_Q_RI_SEQUENCE, false },
	[BACS_SAMPLE_A_RI_SPREAD_PERMILLE] = { BACS_Q_RI_SPREAD, false },
	[BACS_SAMPLE_A_DUTY_PERMILLE] = { BACS_Q_EQUALIZER_DUTY, false },
	[BACS_SAMPLE_A_MODULE_TEMP_MC] = { BACS_Q_MODULE_TEMPERATURE, true },
	[BACS_SAMPLE_A_BYPASSED_MAH] = { BACS_Q_BYPASSED, false },
	[BACS_SAMPLE_A_BOOTS] = { BACS_Q_BOOTS, false },
	[BACS_SAMPLE_A_LATCH_NUMBER] = { BACS_Q_LATCH_NUMBER, false },
	[BACS_SAMPLE_A_CURRENT_MA] = { BACS_Q_CURRENT, true },
	[BACS_SAMPLE_A_RIPPLE_MA] = { BACS_Q_RIPPLE, false },
	[BACS_SAMPLE_A_HUMIDITY_PERMILLE] = { BACS_Q_HUMIDITY, false },
	[BACS_SAMPLE_A_H2_PPM] = { BACS_Q_H2, false },
	[BACS_SAMPLE_A_INPUTS] = { BACS_Q_INPUTS, false },
	[BACS_SAMPLE_A_RELAYS] = { BACS_Q_RELAYS, false },
};

int parse_sample(const struct nlattr *nest, struct bacs_sample *ret)
{
	struct nlattr *tb[BACS_SAMPLE_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_SAMPLE_A_MAX, nest, sample_policy);
	if (r < 0)
		return r;
	r = get_address(tb[BACS_SAMPLE_A_ADDRESS], &ret->address);
	if (r < 0)
		return r;
	ret->time_ns = get_u64(tb[BACS_SAMPLE_A_TIME_NS]);
	if (!ret->time_ns)
		return -EBADMSG;
	for (int i = 1; i <= BACS_SAMPLE_A_MAX; i++) {
		enum bacs_q q = sample_quantities[i].q;
		uint32_t v;

		if (!tb[i] || q == BACS_Q_UNKNOWN)
			continue;
		v = nla_get_u32(tb[i]);
		ret->present |= 1U << q;
		ret->value[q] = sample_quantities[i].is_signed ?
				(int64_t)(int32_t)v : (int64_t)v;
	}
	return 0;
}

int parse_event(const struct nlattr *nest, struct event_info *ret)
{
	struct nlattr *tb[BACS_EVENT_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_EVENT_A_MAX, nest, event_policy);
	if (r < 0)
		return r;
	if (!tb[BACS_EVENT_A_KIND] || !tb[BACS_EVENT_A_TIME_NS])
		return -EBADMSG;
	ret->kind = get_u32(tb[BACS_EVENT_A_KIND]);
	ret->time_ns = get_u64(tb[BACS_EVENT_A_TIME_NS]);
	if (tb[BACS_EVENT_A_ADDRESS]) {
		r = get_address(tb[BACS_EVENT_A_ADDRESS], &ret->address);
		if (r < 0)
			return r;
	}
	ret->old_value = get_u32(tb[BACS_EVENT_A_OLD]);
	ret->new_value = get_u32(tb[BACS_EVENT_A_NEW]);
	ret->command = get_u32(tb[BACS_EVENT_A_COMMAND]);
	ret->result = (int32_t)get_u32(tb[BACS_EVENT_A_RESULT]);
	ret->pid = get_u32(tb[BACS_EVENT_A_PID]);
	return 0;
}

int parse_transact(const struct nlattr *nest, struct transact_info *ret)
{
	struct nlattr *tb[BACS_TRANSACT_A_MAX + 1];
	const struct nlattr *reply;
	int r;

	r = parse_level(tb, BACS_TRANSACT_A_MAX, nest, transact_policy);
	if (r < 0)
		return r;
	if (!tb[BACS_TRANSACT_A_ADDRESS] || !tb[BACS_TRANSACT_A_RESULT])
		return -EBADMSG;
	ret->address = nla_get_u8(tb[BACS_TRANSACT_A_ADDRESS]);
	ret->result = (int32_t)get_u32(tb[BACS_TRANSACT_A_RESULT]);
	reply = tb[BACS_TRANSACT_A_REPLY];
	if (reply) {
		ret->len = (size_t)nla_len(reply);
		memcpy(ret->reply, nla_data(reply), ret->len);
	}
	if (ret->result > 0 || (ret->result == -EREMOTEIO && ret->len < 2))
		return -EBADMSG;
	return 0;
}

int parse_stats(const struct nlattr *nest, struct bacs_stats *ret)
{
	struct nlattr *tb[BACS_STATS_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_STATS_A_MAX, nest, stats_policy);
	if (r < 0)
		return r;
	for (int i = 1; i < BACS_COUNTER_COUNT; i++) {
		/* histogram and padding stand between the counters */
		int a = i < BACS_COUNTER_ECHOES ? i :
			i - BACS_COUNTER_ECHOES + BACS_STATS_A_ECHOES;

		if (!tb[a])
			continue;
		ret->present |= 1U << i;
		ret->value[i] = get_u64(tb[a]);
	}
	if (tb[BACS_STATS_A_STRANGER])
		ret->stranger = nla_get_u8(tb[BACS_STATS_A_STRANGER]);
	if (tb[BACS_STATS_A_LATENCY]) {
		ret->has_latency = true;
		memcpy(ret->latency, nla_data(tb[BACS_STATS_A_LATENCY]),
		       sizeof(ret->latency));
	}
	return 0;
}

static uint8_t get_u8_or(const struct nlattr *attr, uint8_t other)
{
	return attr ? nla_get_u8(attr) : other;
}

static int parse_block(const struct nlattr *nest, struct profile_block *ret)
{
	struct nlattr *tb[BACS_BLOCK_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_BLOCK_A_MAX, nest, block_policy);
	if (r < 0)
		return r;
	if (!tb[BACS_BLOCK_A_FUNCTION] || !tb[BACS_BLOCK_A_START] ||
	    !tb[BACS_BLOCK_A_COUNT])
		return -EBADMSG;
	ret->function = nla_get_u8(tb[BACS_BLOCK_A_FUNCTION]);
	ret->start = nla_get_u16(tb[BACS_BLOCK_A_START]);
	ret->count = nla_get_u16(tb[BACS_BLOCK_A_COUNT]);
	return 0;
}

static void parse_validity(struct nlattr **tb, struct profile_field *ret)
{
	ret->has_invalid = tb[BACS_FIELD_A_INVALID];
	ret->invalid = get_u32(tb[BACS_FIELD_A_INVALID]);
	ret->has_range = tb[BACS_FIELD_A_MIN_VALUE] &&
			 tb[BACS_FIELD_A_MAX_VALUE];
	ret->min = (int32_t)get_u32(tb[BACS_FIELD_A_MIN_VALUE]);
	ret->max = (int32_t)get_u32(tb[BACS_FIELD_A_MAX_VALUE]);
	if (tb[BACS_FIELD_A_VALID_FLAG])
		ret->valid_flag = nla_get_u16(tb[BACS_FIELD_A_VALID_FLAG]);
}

static int parse_field(const struct nlattr *nest, struct profile_field *ret)
{
	struct nlattr *tb[BACS_FIELD_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_FIELD_A_MAX, nest, field_policy);
	if (r < 0)
		return r;
	if (!tb[BACS_FIELD_A_QUANTITY] || !tb[BACS_FIELD_A_REGISTER])
		return -EBADMSG;
	ret->q = quantity_from_uapi(get_u32(tb[BACS_FIELD_A_QUANTITY]));
	ret->reg = nla_get_u16(tb[BACS_FIELD_A_REGISTER]);
	ret->width = get_u8_or(tb[BACS_FIELD_A_WIDTH], 16);
	ret->block = get_u8_or(tb[BACS_FIELD_A_BLOCK], 0);
	ret->every = get_u8_or(tb[BACS_FIELD_A_EVERY], 1);
	ret->flags = (tb[BACS_FIELD_A_SIGNED] ? BACS_FIELD_SIGNED : 0) |
		     (tb[BACS_FIELD_A_LOW_WORD_FIRST] ?
		      BACS_FIELD_LOW_WORD_FIRST : 0);
	ret->multiplier = tb[BACS_FIELD_A_MULTIPLIER] ?
			  (int32_t)get_u32(tb[BACS_FIELD_A_MULTIPLIER]) : 1;
	ret->divisor = tb[BACS_FIELD_A_DIVISOR] ?
		       (int32_t)get_u32(tb[BACS_FIELD_A_DIVISOR]) : 1;
	ret->offset = (int32_t)get_u32(tb[BACS_FIELD_A_OFFSET]);
	parse_validity(tb, ret);
	return 0;
}

/* The blocks beyond the first, and the fields of all */
static int parse_profile_nests(const struct nlattr *nest,
			       struct bacs_profile *ret)
{
	struct nlattr *attr;
	int r = 0, rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case BACS_PROFILE_A_BLOCK:
			if (!ret->blocks || ret->blocks == ARRAY_SIZE(ret->block))
				return -EBADMSG;
			r = parse_block(attr, &ret->block[ret->blocks++]);
			break;
		case BACS_PROFILE_A_FIELD:
			if (ret->fields == ARRAY_SIZE(ret->field))
				return -EBADMSG;
			r = parse_field(attr, &ret->field[ret->fields++]);
			break;
		}
		if (r < 0)
			return r;
	}
	for (unsigned int i = 0; i < ret->fields; i++)
		if (ret->field[i].block >= ret->blocks)
			return -EBADMSG;
	return 0;
}

int parse_profile(const struct nlattr *nest, struct bacs_profile *ret)
{
	struct nlattr *tb[BACS_PROFILE_A_MAX + 1];
	int r;

	r = parse_level(tb, BACS_PROFILE_A_MAX, nest, profile_policy);
	if (r < 0)
		return r;
	if (!tb[BACS_PROFILE_A_NAME])
		return -EBADMSG;
	get_text(tb[BACS_PROFILE_A_NAME], ret->name, sizeof(ret->name));
	if (!profile_name_valid(ret->name))
		return -EBADMSG;
	get_text(tb[BACS_PROFILE_A_MODEL], ret->model, sizeof(ret->model));
	ret->modclass = (enum bacs_modclass)get_u32(tb[BACS_PROFILE_A_CLASS]);
	if (tb[BACS_PROFILE_A_FUNCTION] && tb[BACS_PROFILE_A_START] &&
	    tb[BACS_PROFILE_A_COUNT]) {
		ret->block[0].function = nla_get_u8(tb[BACS_PROFILE_A_FUNCTION]);
		ret->block[0].start = nla_get_u16(tb[BACS_PROFILE_A_START]);
		ret->block[0].count = nla_get_u16(tb[BACS_PROFILE_A_COUNT]);
		ret->blocks = 1;
	}
	ret->response_ms = get_u32(tb[BACS_PROFILE_A_RESPONSE_MS]);
	ret->nominal_mv = get_u32(tb[BACS_PROFILE_A_NOMINAL_MV]);
	ret->users = get_u32(tb[BACS_PROFILE_A_USERS]);
	ret->builtin = tb[BACS_PROFILE_A_BUILTIN];
	return parse_profile_nests(nest, ret);
}
