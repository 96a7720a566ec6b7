// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "bacs": policies, operations, the controller's end
 *
 * Described in Documentation/netlink/specs/bacs.yaml; a test compares.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>

#include "netlink.h"

const struct nla_policy bacs_limit_policy[BACS_LIMIT_A_MAX + 1] = {
	[BACS_LIMIT_A_VOLTAGE_MIN_MV]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_VOLTAGE_MAX_MV]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_VOLTAGE_LCRIT_MV]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_VOLTAGE_CRIT_MV]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_TEMP_MIN_MC]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_TEMP_MAX_MC]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_TEMP_LCRIT_MC]	= { .type = NLA_S32 },
	[BACS_LIMIT_A_TEMP_CRIT_MC]	= { .type = NLA_S32 },
};

/* What a module accepts; its other attributes are read only. */
const struct nla_policy bacs_module_policy[BACS_MODULE_A_MAX + 1] = {
	[BACS_MODULE_A_LABEL]	= { .type = NLA_NUL_STRING,
				    .len = BACS_LABEL_MAX },
	[BACS_MODULE_A_STATUS]	= NLA_POLICY_RANGE(NLA_U32, 0, BACS_STATUS_FULL),
	[BACS_MODULE_A_HEALTH]	= NLA_POLICY_RANGE(NLA_U32, 0, BACS_HEALTH_COLD),
	[BACS_MODULE_A_LIMITS]	= NLA_POLICY_NESTED(bacs_limit_policy),
};

const struct nla_policy bacs_duty_policy[BACS_DUTY_A_MAX + 1] = {
	[BACS_DUTY_A_ADDRESS]	= NLA_POLICY_RANGE(NLA_U8, BACS_ADDRESS_MIN,
						   BACS_ADDRESS_MAX),
	[BACS_DUTY_A_PERMILLE]	= NLA_POLICY_RANGE(NLA_U32, 0, BACS_DUTY_MAX),
};

const struct nla_policy bacs_field_policy[BACS_FIELD_A_MAX + 1] = {
	[BACS_FIELD_A_QUANTITY]	= NLA_POLICY_RANGE(NLA_U32, 1,
						   BACS_QUANTITY_MAX),
	[BACS_FIELD_A_REGISTER]	= NLA_POLICY_RANGE(NLA_U16, 0, 124),
	[BACS_FIELD_A_WIDTH]	= NLA_POLICY_RANGE(NLA_U8, 16, 32),
	[BACS_FIELD_A_SIGNED]	= { .type = NLA_FLAG },
	[BACS_FIELD_A_LOW_WORD_FIRST]	= { .type = NLA_FLAG },
	[BACS_FIELD_A_MULTIPLIER]	= { .type = NLA_S32 },
	[BACS_FIELD_A_DIVISOR]	= NLA_POLICY_MIN(NLA_S32, 1),
	[BACS_FIELD_A_OFFSET]	= { .type = NLA_S32 },
	[BACS_FIELD_A_BLOCK]	= NLA_POLICY_RANGE(NLA_U8, 0, 7),
	[BACS_FIELD_A_EVERY]	= NLA_POLICY_RANGE(NLA_U8, 1,
						   BACS_PROFILE_EVERY_MAX),
	[BACS_FIELD_A_INVALID]	= { .type = NLA_U32 },
	[BACS_FIELD_A_MIN_VALUE]	= { .type = NLA_S32 },
	[BACS_FIELD_A_MAX_VALUE]	= { .type = NLA_S32 },
	[BACS_FIELD_A_VALID_FLAG]	= { .type = NLA_U16 },
};

const struct nla_policy bacs_block_policy[BACS_BLOCK_A_MAX + 1] = {
	[BACS_BLOCK_A_FUNCTION]	= NLA_POLICY_RANGE(NLA_U8, 3, 4),
	[BACS_BLOCK_A_START]	= { .type = NLA_U16 },
	[BACS_BLOCK_A_COUNT]	= NLA_POLICY_RANGE(NLA_U16, 1,
						   BACS_PROFILE_REGISTERS_MAX),
};

const struct nla_policy bacs_profile_policy[BACS_PROFILE_A_MAX + 1] = {
	[BACS_PROFILE_A_NAME]	= { .type = NLA_NUL_STRING,
				    .len = BACS_PROFILE_NAME_MAX },
	[BACS_PROFILE_A_CLASS]	= NLA_POLICY_RANGE(NLA_U32, BACS_CLASS_JAR,
						   BACS_CLASS_IO),
	[BACS_PROFILE_A_MODEL]	= { .type = NLA_NUL_STRING,
				    .len = BACS_LABEL_MAX },
	[BACS_PROFILE_A_FUNCTION]	= NLA_POLICY_RANGE(NLA_U8, 3, 4),
	[BACS_PROFILE_A_START]	= { .type = NLA_U16 },
	[BACS_PROFILE_A_COUNT]	= NLA_POLICY_RANGE(NLA_U16, 1,
						   BACS_PROFILE_REGISTERS_MAX),
	[BACS_PROFILE_A_RESPONSE_MS]	= NLA_POLICY_RANGE(NLA_U32,
							   BACS_RESPONSE_MS_MIN,
							   BACS_RESPONSE_MS_MAX),
	[BACS_PROFILE_A_NOMINAL_MV]	= { .type = NLA_U32 },
	[BACS_PROFILE_A_FIELD]	= NLA_POLICY_NESTED(bacs_field_policy),
	[BACS_PROFILE_A_BLOCK]	= NLA_POLICY_NESTED(bacs_block_policy),
};

/* Bounds beyond the 16 bits that a policy holds itself; 6.1 wants no const */
static struct netlink_range_validation lease_range = {
	.min = BACS_LEASE_MS_MIN,
	.max = BACS_LEASE_MS_MAX,
};

static struct netlink_range_validation scan_range = {
	.min = 0,
	.max = BACS_SCAN_MS_MAX,
};

static const struct nla_policy bacs_policy[BACS_A_MAX + 1] = {
	[BACS_A_BUS_NAME]	= { .type = NLA_NUL_STRING,
				    .len = BACS_BUS_NAME_MAX },
	[BACS_A_ADDRESS]	= NLA_POLICY_RANGE(NLA_U8, BACS_ADDRESS_MIN,
						   BACS_ADDRESS_MAX),
	[BACS_A_MODULE]		= NLA_POLICY_NESTED(bacs_module_policy),
	[BACS_A_PROFILE]	= NLA_POLICY_NESTED(bacs_profile_policy),
	[BACS_A_DUTY]		= NLA_POLICY_NESTED(bacs_duty_policy),
	[BACS_A_LEASE_MS]	= NLA_POLICY_FULL_RANGE(NLA_U32, &lease_range),
	[BACS_A_SCAN_MS]	= NLA_POLICY_FULL_RANGE(NLA_U32, &scan_range),
	[BACS_A_ON]		= NLA_POLICY_RANGE(NLA_U8, 0, 1),
	[BACS_A_LATCH_NUMBER]	= { .type = NLA_U16 },
	[BACS_A_TRANSACT]	= NLA_POLICY_NESTED(bacs_transact_policy),
};

/**
 * bacs_nl_bus() - the bus a request names
 * @info: the request
 *
 * Context: bacs_lock held.
 *
 * Return: the bus; an error pointer with the text set: -EINVAL without a
 * name, -ENODEV.
 */
struct bacs_bus *bacs_nl_bus(struct genl_info *info)
{
	struct bacs_bus *bus;

	if (!info->attrs[BACS_A_BUS_NAME]) {
		GENL_SET_ERR_MSG(info, "bus name is missing");
		return ERR_PTR(-EINVAL);
	}
	bus = bacs_bus_find(nla_data(info->attrs[BACS_A_BUS_NAME]));
	if (!bus) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BACS_A_BUS_NAME],
				    "no such bus");
		return ERR_PTR(-ENODEV);
	}
	return bus;
}

/**
 * bacs_nl_module() - the module a request names
 * @info: the request
 * @bus: its bus
 *
 * Context: bacs_lock held.
 *
 * Return: the module; an error pointer with the text set: -EINVAL without an
 * address, -ENODEV.
 */
struct bacs_module *bacs_nl_module(struct genl_info *info, struct bacs_bus *bus)
{
	struct bacs_module *module;

	if (!info->attrs[BACS_A_ADDRESS]) {
		GENL_SET_ERR_MSG(info, "module address is missing");
		return ERR_PTR(-EINVAL);
	}
	module = bacs_bus_module(bus, nla_get_u8(info->attrs[BACS_A_ADDRESS]));
	if (!module) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BACS_A_ADDRESS],
				    "no module was found or configured there");
		return ERR_PTR(-ENODEV);
	}
	return module;
}

static const struct genl_ops bacs_ops[] = {
	{ .cmd = BACS_CMD_BUS_GET,
	  .doit = bacs_nl_bus_get, .dumpit = bacs_nl_bus_dump },
	{ .cmd = BACS_CMD_BUS_SET, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_bus_set },
	{ .cmd = BACS_CMD_MODULE_GET,
	  .doit = bacs_nl_module_get, .dumpit = bacs_nl_module_dump },
	{ .cmd = BACS_CMD_MODULE_SET, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_module_set },
	{ .cmd = BACS_CMD_STATS_GET,
	  .doit = bacs_nl_stats_get, .dumpit = bacs_nl_stats_dump },
	{ .cmd = BACS_CMD_CONTROL_CLAIM, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_claim },
	{ .cmd = BACS_CMD_CONTROL_RELEASE, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_release },
	{ .cmd = BACS_CMD_EQUALIZE_SET, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_equalize },
	{ .cmd = BACS_CMD_RI_START, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_ri_start },
	{ .cmd = BACS_CMD_IDENTIFY_SET, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_identify },
	{ .cmd = BACS_CMD_LATCH, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_latch },
	{ .cmd = BACS_CMD_RESCAN, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_rescan },
	{ .cmd = BACS_CMD_PROFILE_GET,
	  .doit = bacs_nl_profile_get, .dumpit = bacs_nl_profile_dump },
	{ .cmd = BACS_CMD_PROFILE_NEW, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_profile_new },
	{ .cmd = BACS_CMD_PROFILE_DEL, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_profile_del },
	{ .cmd = BACS_CMD_TRANSACT, .flags = GENL_ADMIN_PERM,
	  .doit = bacs_nl_transact },
};

static const struct genl_multicast_group bacs_groups[] = {
	[BACS_GROUP_SAMPLES] = { .name = BACS_MCGRP_SAMPLES },
	[BACS_GROUP_EVENTS] = { .name = BACS_MCGRP_EVENTS },
};

/* Only the initial network namespace: the devices are there, too. */
struct genl_family bacs_family = {
	.name = BACS_GENL_NAME,
	.version = BACS_GENL_VERSION,
	.maxattr = BACS_A_MAX,
	.policy = bacs_policy,
	.ops = bacs_ops,
	.n_ops = ARRAY_SIZE(bacs_ops),
	.mcgrps = bacs_groups,
	.n_mcgrps = ARRAY_SIZE(bacs_groups),
	.parallel_ops = true,
	.module = THIS_MODULE,
};

/*
 * The daemon is gone, however it ended: nobody is left to renew the lease, nor
 * to say how the batteries are.
 */
static int netlink_event(struct notifier_block *block, unsigned long event,
			 void *data)
{
	const struct netlink_notify *notify = data;
	struct bacs_bus *bus;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC ||
	    !net_eq(notify->net, &init_net))
		return NOTIFY_DONE;
	mutex_lock(&bacs_lock);
	list_for_each_entry(bus, &bacs_buses, node) {
		if (bus->controller && bus->controller == notify->portid)
			bacs_nl_controller_gone(bus);
		bacs_nl_asker_gone(bus, notify->portid, true);
		bacs_nl_teller_gone(bus, notify->portid);
	}
	mutex_unlock(&bacs_lock);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_block = {
	.notifier_call = netlink_event,
};

int bacs_netlink_init(void)
{
	int err = genl_register_family(&bacs_family);

	if (err)
		return err;
	err = netlink_register_notifier(&netlink_block);
	if (err)
		genl_unregister_family(&bacs_family);
	return err;
}

void bacs_netlink_exit(void)
{
	netlink_unregister_notifier(&netlink_block);
	genl_unregister_family(&bacs_family);
}
