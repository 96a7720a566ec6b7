// SPDX-License-Identifier: LGPL-2.1-or-later
/* Commands to the driver */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

#define VOLTAGE_LIMIT_MAX_MV	65535
#define TEMP_LIMIT_MIN_MC	(-55000)
#define TEMP_LIMIT_MAX_MC	125000

static int driver_missing(struct bacs *b)
{
	if (b->driver == BACS_DRIVER_INCOMPATIBLE)
		return bacs_fail(b, -ENODEV,
				 "the driver speaks version %u, this library %u: install both from the same release",
				 b->driver_version, BACS_GENL_VERSION);
	return bacs_fail(b, -ENODEV,
			 "the driver is not loaded: modprobe bacs");
}

/**
 * command_begin() - begin a request to the driver
 * @b: handle
 * @cmd: enum bacs_cmd
 * @flags: NLM_F_DUMP or 0
 * @bus: name of a bus, or NULL
 * @address: 1-247, 0: none
 * @ret: message; _cleanup_msg_
 *
 * Return: 0, -ENODEV (no driver), -EINVAL (name of the bus), -ENOMEM.
 */
int command_begin(struct bacs *b, uint8_t cmd, int flags, const char *bus,
		  unsigned int address, struct nl_msg **ret)
{
	struct nl_msg *msg;

	bacs_clear_error(b);
	if (b->driver != BACS_DRIVER_PRESENT)
		return driver_missing(b);
	if (bus && !bus_name_valid(bus))
		return bacs_fail(b, -EINVAL,
				 "'%s' is no name of a bus: a letter and up to 11 letters or digits",
				 bus);
	msg = nl_message(b, cmd, flags);
	if (!msg)
		return -ENOMEM;
	if ((bus && nla_put_string(msg, BACS_A_BUS_NAME, bus) < 0) ||
	    (address && nla_put_u8(msg, BACS_A_ADDRESS, (uint8_t)address) < 0)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	*ret = msg;
	return 0;
}

/**
 * command_run_result() - send a request and await its result
 * @b: handle
 * @msg: message of command_begin()
 * @answer: called for every answer, or NULL
 * @arg: for @answer
 * @there: set by @answer when it has the result; NULL: there is none
 * @timeout_ms: for all of it
 *
 * Return: as command_run().
 */
int command_run_result(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		       void *arg, const bool *there, unsigned int timeout_ms)
{
	struct family family;
	char text[BACS_ERROR_TEXT];
	int r;

	r = nl_request_result(b, msg, answer, arg, there, timeout_ms);
	if (r != -ENOENT)
		return r;
	/* no such thing, or no such family any more? */
	memcpy(text, b->error, sizeof(text));
	if (!nl_family(b, BACS_GENL_NAME, &family) &&
	    family.id == b->family.id)
		return bacs_fail(b, -ENOENT, "%s", text);
	return bacs_fail(b, -ENODEV, "the driver was unloaded: modprobe bacs");
}

/**
 * command_run() - send a request and take its answers
 * @b: handle
 * @msg: message of command_begin()
 * @answer: called for every answer, or NULL
 * @arg: for @answer
 *
 * Return: 0 or a negative errno; -ENODEV also when the driver went away.
 */
int command_run(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		void *arg)
{
	return command_run_result(b, msg, answer, arg, NULL,
				  NL_ANSWER_TIMEOUT_MS);
}

static int check_address(struct bacs *b, unsigned int address)
{
	if (address >= BACS_ADDRESS_MIN && address <= BACS_ADDRESS_MAX)
		return 0;
	return bacs_fail(b, -EINVAL, "address %u is not in 1-247", address);
}

BACS_EXPORT int bacs_bus_set_scan_ms(struct bacs *b, const char *bus,
				     uint32_t scan_ms)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	if (scan_ms > BACS_SCAN_MS_MAX)
		return bacs_fail(b, -ERANGE,
				 "scan period %u ms is not in 0-%u ms",
				 scan_ms, BACS_SCAN_MS_MAX);
	r = command_begin(b, BACS_CMD_BUS_SET, 0, bus, 0, &msg);
	if (r < 0)
		return r;
	if (nla_put_u32(msg, BACS_A_SCAN_MS, scan_ms) < 0)
		return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}

/* A command that needs nothing but its address */
static int plain(struct bacs *b, uint8_t cmd, const char *bus,
		 unsigned int address)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	r = command_begin(b, cmd, 0, bus, address, &msg);
	return r < 0 ? r : command_run(b, msg, NULL, NULL);
}

BACS_EXPORT int bacs_rescan(struct bacs *b, const char *bus)
{
	return plain(b, BACS_CMD_RESCAN, bus, 0);
}

BACS_EXPORT int bacs_claim(struct bacs *b, const char *bus)
{
	return plain(b, BACS_CMD_CONTROL_CLAIM, bus, 0);
}

BACS_EXPORT int bacs_release(struct bacs *b, const char *bus)
{
	return plain(b, BACS_CMD_CONTROL_RELEASE, bus, 0);
}

BACS_EXPORT int bacs_ri_start(struct bacs *b, const char *bus,
			      unsigned int address)
{
	int r;

	assert(b);
	r = check_address(b, address);
	return r < 0 ? r : plain(b, BACS_CMD_RI_START, bus, address);
}

BACS_EXPORT int bacs_identify(struct bacs *b, const char *bus,
			      unsigned int address, bool on)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	r = check_address(b, address);
	if (!r)
		r = command_begin(b, BACS_CMD_IDENTIFY_SET, 0, bus, address,
				  &msg);
	if (r < 0)
		return r;
	if (nla_put_u8(msg, BACS_A_ON, on) < 0)
		return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}

BACS_EXPORT int bacs_latch(struct bacs *b, const char *bus, uint16_t number)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	r = command_begin(b, BACS_CMD_LATCH, 0, bus, 0, &msg);
	if (r < 0)
		return r;
	if (nla_put_u16(msg, BACS_A_LATCH_NUMBER, number) < 0)
		return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}

static int check_duties(struct bacs *b, size_t n, const uint8_t *addresses,
			const uint32_t *permille, uint32_t lease_ms)
{
	bool seen[BACS_ADDRESSES] = { false };
	int r;

	if (lease_ms && (lease_ms < BACS_LEASE_MS_MIN ||
			 lease_ms > BACS_LEASE_MS_MAX))
		return bacs_fail(b, -ERANGE, "lease %u ms is not in %u-%u ms",
				 lease_ms, BACS_LEASE_MS_MIN,
				 BACS_LEASE_MS_MAX);
	for (size_t i = 0; i < n; i++) {
		r = check_address(b, addresses[i]);
		if (r < 0)
			return r;
		if (seen[addresses[i]])
			return bacs_fail(b, -EINVAL,
					 "address %u has two duties",
					 addresses[i]);
		seen[addresses[i]] = true;
		if (permille[i] > BACS_DUTY_MAX)
			return bacs_fail(b, -ERANGE,
					 "duty %u of address %u is not in 0-%u (0.1 %%)",
					 permille[i], addresses[i],
					 BACS_DUTY_MAX);
	}
	return 0;
}

static int put_duty(struct nl_msg *msg, uint8_t address, uint32_t permille)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_A_DUTY | NLA_F_NESTED);
	if (!nest || nla_put_u8(msg, BACS_DUTY_A_ADDRESS, address) < 0 ||
	    nla_put_u32(msg, BACS_DUTY_A_PERMILLE, permille) < 0)
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

BACS_EXPORT int bacs_equalize(struct bacs *b, const char *bus, size_t n,
			      const uint8_t *addresses,
			      const uint32_t *permille, uint32_t lease_ms)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	assert(!n || (addresses && permille));
	r = check_duties(b, n, addresses, permille, lease_ms);
	if (!r)
		r = command_begin(b, BACS_CMD_EQUALIZE_SET, 0, bus, 0, &msg);
	if (r < 0)
		return r;
	if (lease_ms && nla_put_u32(msg, BACS_A_LEASE_MS, lease_ms) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (put_duty(msg, addresses[i], permille[i]) < 0)
			return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}

/*
 * Settings of a module
 */
struct bacs_settings {
	bool has_label;
	char label[BACS_LABEL_MAX + 1];
	struct limits limits;
	bool has_status;
	enum bacs_psystatus status;
	bool has_health;
	enum bacs_psyhealth health;
};

BACS_EXPORT struct bacs_settings *bacs_settings_new(void)
{
	return calloc(1, sizeof(struct bacs_settings));
}

BACS_EXPORT struct bacs_settings *
bacs_settings_free(struct bacs_settings *settings)
{
	free(settings);
	return NULL;
}

BACS_EXPORT int bacs_settings_label(struct bacs_settings *settings,
				    const char *label)
{
	assert(settings);
	assert(label);
	if (strlen(label) > BACS_LABEL_MAX)
		return -ENAMETOOLONG;
	for (const char *p = label; *p; p++)
		if (*p < ' ' || *p > '~')
			return -EINVAL;
	strcpy(settings->label, label);
	settings->has_label = true;
	return 0;
}

BACS_EXPORT int bacs_settings_limit(struct bacs_settings *settings,
				    enum bacs_limit limit, int32_t value)
{
	assert(settings);
	if (limit <= BACS_LIMIT_UNKNOWN || limit >= BACS_LIMIT_COUNT)
		return -EINVAL;
	if (limit <= BACS_LIMIT_VOLTAGE_CRIT ?
	    value < 0 || value > VOLTAGE_LIMIT_MAX_MV :
	    value < TEMP_LIMIT_MIN_MC || value > TEMP_LIMIT_MAX_MC)
		return -ERANGE;
	settings->limits.present |= 1U << limit;
	settings->limits.value[limit] = value;
	return 0;
}

BACS_EXPORT int bacs_settings_status(struct bacs_settings *settings,
				     enum bacs_psystatus status)
{
	assert(settings);
	if ((unsigned int)status > BACS_PSY_FULL)
		return -EINVAL;
	settings->status = status;
	settings->has_status = true;
	return 0;
}

BACS_EXPORT int bacs_settings_health(struct bacs_settings *settings,
				     enum bacs_psyhealth health)
{
	assert(settings);
	if ((unsigned int)health > BACS_PSY_HEALTH_COLD)
		return -EINVAL;
	settings->health = health;
	settings->has_health = true;
	return 0;
}

static int put_limits(struct nl_msg *msg, const struct limits *limits)
{
	struct nlattr *nest;

	if (!limits->present)
		return 0;
	nest = nla_nest_start(msg, BACS_MODULE_A_LIMITS | NLA_F_NESTED);
	if (!nest)
		return -ENOMEM;
	for (int i = 1; i < BACS_LIMIT_COUNT; i++)
		if ((limits->present & (1U << i)) &&
		    nla_put_u32(msg, i, (uint32_t)limits->value[i]) < 0)
			return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_settings(struct nl_msg *msg, const struct bacs_settings *s)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_A_MODULE | NLA_F_NESTED);
	if (!nest)
		return -ENOMEM;
	if ((s->has_label &&
	     nla_put_string(msg, BACS_MODULE_A_LABEL, s->label) < 0) ||
	    (s->has_status &&
	     nla_put_u32(msg, BACS_MODULE_A_STATUS, s->status) < 0) ||
	    (s->has_health &&
	     nla_put_u32(msg, BACS_MODULE_A_HEALTH, s->health) < 0) ||
	    put_limits(msg, &s->limits) < 0)
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

BACS_EXPORT int bacs_module_set(struct bacs *b, const char *bus,
				unsigned int address,
				const struct bacs_settings *settings)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(bus);
	assert(settings);
	r = check_address(b, address);
	if (!r)
		r = command_begin(b, BACS_CMD_MODULE_SET, 0, bus, address,
				  &msg);
	if (r < 0)
		return r;
	if (put_settings(msg, settings) < 0)
		return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}
