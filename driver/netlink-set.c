// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: what is written
 *
 * Requests are checked whole before the first of them takes effect. Commands
 * to modules are queued; what became of them is BACS_EVENT_COMMAND.
 */
#include <linux/hwmon.h>
#include <linux/sched.h>

#include "netlink.h"

/* The engine's refusals in words */
static int explain(struct genl_info *info, int err)
{
	switch (err) {
	case -EROFS:
		GENL_SET_ERR_MSG(info, "the bus is read-only");
		break;
	case -EOPNOTSUPP:
		GENL_SET_ERR_MSG(info,
				 "this profile or device class cannot do that");
		break;
	case -ENODEV:
		GENL_SET_ERR_MSG(info, "the module does not answer");
		break;
	default:
		break;
	}
	return err;
}

/**
 * bacs_nl_check_controller() - may this socket command the bus's modules?
 * @info: the request
 * @bus: its bus
 *
 * Context: bacs_lock held.
 *
 * Return: 0; -EROFS, -EBUSY or -EPERM with the text set.
 */
int bacs_nl_check_controller(struct genl_info *info, struct bacs_bus *bus)
{
	/* To claim it first would not help. */
	if (bus->flags & BACS_START_READONLY)
		return explain(info, -EROFS);
	if (bus->controller == info->snd_portid)
		return 0;
	if (bus->controller) {
		GENL_SET_ERR_MSG(info, "another socket controls this bus");
		return -EBUSY;
	}
	GENL_SET_ERR_MSG(info, "claim the control of this bus first");
	return -EPERM;
}

int bacs_nl_bus_set(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	u32 scan_ms, min_ms;
	int err = 0;

	if (!info->attrs[BACS_A_SCAN_MS]) {
		GENL_SET_ERR_MSG(info, "scan period is missing");
		return -EINVAL;
	}
	scan_ms = nla_get_u32(info->attrs[BACS_A_SCAN_MS]);
	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
		goto out;
	}
	spin_lock_bh(&bus->lock);
	err = scan_set_period(bus->scan, scan_ms, &min_ms);
	if (!err)
		WRITE_ONCE(bus->scan_ms, scan_ms);
	spin_unlock_bh(&bus->lock);
	if (err) {
		/* 6.1 has no formatted text; BACS_BUS_A_SCAN_MIN_MS tells it */
#ifdef NL_SET_ERR_MSG_FMT
		NL_SET_ERR_MSG_FMT(info->extack,
				   "a scan takes at least %u ms here", min_ms);
#else
		GENL_SET_ERR_MSG(info,
				 "shorter than a scan can be, see the bus's scan_min_ms");
#endif
		NL_SET_BAD_ATTR(info->extack, info->attrs[BACS_A_SCAN_MS]);
	}
out:
	mutex_unlock(&bacs_lock);
	return err;
}

static bool label_ok(const char *label)
{
	for (; *label; label++)
		if (*label < ' ' || *label > '~')
			return false;
	return true;
}

/* Attribute n + 1 of the nest is limit n. */
static u32 parse_limits(struct nlattr **attrs, s32 *limits)
{
	u32 mask = 0;

	for (unsigned int i = 0; i < BACS_LIMITS; i++) {
		struct nlattr *attr = attrs[BACS_LIMIT_A_VOLTAGE_MIN_MV + i];

		if (!attr)
			continue;
		limits[i] = nla_get_s32(attr);
		mask |= BIT(i);
	}
	return mask;
}

/* min above max, or a warning behind its alarm, would be a silent mistake. */
static bool limits_in_order(const struct bacs_module *module, const s32 *limits,
			    u32 mask)
{
	s32 all[BACS_LIMITS];

	for (unsigned int i = 0; i < BACS_LIMITS; i++)
		all[i] = mask & BIT(i) ? limits[i] : READ_ONCE(module->limits[i]);
	return all[BACS_LIMIT_VOLTAGE_LCRIT] <= all[BACS_LIMIT_VOLTAGE_MIN] &&
	       all[BACS_LIMIT_VOLTAGE_MIN] <= all[BACS_LIMIT_VOLTAGE_MAX] &&
	       all[BACS_LIMIT_VOLTAGE_MAX] <= all[BACS_LIMIT_VOLTAGE_CRIT] &&
	       all[BACS_LIMIT_TEMP_LCRIT] <= all[BACS_LIMIT_TEMP_MIN] &&
	       all[BACS_LIMIT_TEMP_MIN] <= all[BACS_LIMIT_TEMP_MAX] &&
	       all[BACS_LIMIT_TEMP_MAX] <= all[BACS_LIMIT_TEMP_CRIT];
}

/* What the power supply shows. Context: module->lock held. */
static void set_power(struct bacs_module *module, u32 status, u32 health,
		      u32 teller)
{
	module->power_changed |= module->status != status ||
				 module->health != health;
	WRITE_ONCE(module->status, status);
	WRITE_ONCE(module->health, health);
	module->teller = teller;
}

static void set_module(struct bacs_module *module, struct nlattr **attrs,
		       u32 portid)
{
	struct nlattr *status = attrs[BACS_MODULE_A_STATUS];
	struct nlattr *health = attrs[BACS_MODULE_A_HEALTH];

	spin_lock(&module->lock);
	if (attrs[BACS_MODULE_A_LABEL]) {
		nla_strscpy(module->label, attrs[BACS_MODULE_A_LABEL],
			    sizeof(module->label));
		bacs_hwmon_set_labels(module);
	}
	if (status || health)
		set_power(module,
			  status ? nla_get_u32(status) : module->status,
			  health ? nla_get_u32(health) : module->health,
			  portid);
	spin_unlock(&module->lock);
	queue_work(bacs_children_wq, &module->bus->children);
}

/**
 * bacs_nl_teller_gone() - a socket was closed: what it told is not known now
 * @bus: bus whose modules it may have told status and health of
 * @portid: the socket
 *
 * "Full" and "Good" of a program that ended would look like supervision.
 *
 * Context: bacs_lock held.
 */
void bacs_nl_teller_gone(struct bacs_bus *bus, u32 portid)
{
	bool changed = false;

	for (unsigned int a = BACS_ADDRESS_MIN; a <= BACS_ADDRESS_MAX; a++) {
		struct bacs_module *module = bacs_bus_module(bus, a);

		if (!module)
			continue;
		spin_lock(&module->lock);
		if (module->teller == portid) {
			set_power(module, BACS_STATUS_UNKNOWN,
				  BACS_HEALTH_UNKNOWN, 0);
			changed = true;
		}
		spin_unlock(&module->lock);
	}
	if (changed)
		queue_work(bacs_children_wq, &bus->children);
}

static int module_set(struct genl_info *info, struct bacs_module *module,
		      struct nlattr **attrs)
{
	struct nlattr *limit_attrs[BACS_LIMIT_A_MAX + 1];
	s32 limits[BACS_LIMITS] = { 0 };
	u32 mask = 0;
	int err;

	if (attrs[BACS_MODULE_A_LABEL] &&
	    !label_ok(nla_data(attrs[BACS_MODULE_A_LABEL]))) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[BACS_MODULE_A_LABEL],
				    "label is not printable ASCII");
		return -EINVAL;
	}
	if (attrs[BACS_MODULE_A_LIMITS]) {
		err = nla_parse_nested(limit_attrs, BACS_LIMIT_A_MAX,
				       attrs[BACS_MODULE_A_LIMITS],
				       bacs_limit_policy, info->extack);
		if (err)
			return err;
		mask = parse_limits(limit_attrs, limits);
		if (!limits_in_order(module, limits, mask)) {
			NL_SET_ERR_MSG_ATTR(info->extack,
					    attrs[BACS_MODULE_A_LIMITS],
					    "limits out of order: lcrit <= min <= max <= crit");
			return -EINVAL;
		}
	}
	set_module(module, attrs, info->snd_portid);
	if (mask)
		bacs_module_set_limits(module, limits, mask,
				       task_tgid_nr(current));
	return 0;
}

int bacs_nl_module_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[BACS_MODULE_A_MAX + 1];
	struct bacs_module *module;
	struct bacs_bus *bus;
	int err;

	if (!info->attrs[BACS_A_MODULE]) {
		GENL_SET_ERR_MSG(info, "nothing to set");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, BACS_MODULE_A_MAX,
			       info->attrs[BACS_A_MODULE], bacs_module_policy,
			       info->extack);
	if (err)
		return err;
	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	module = IS_ERR(bus) ? ERR_CAST(bus) : bacs_nl_module(info, bus);
	err = IS_ERR(module) ? PTR_ERR(module) :
	      module_set(info, module, attrs);
	mutex_unlock(&bacs_lock);
	return err;
}

static void set_controller(struct bacs_bus *bus, u32 portid, pid_t pid)
{
	struct bacs_event_info info = {
		.has_change = true,
		.old = bus->controller_pid,
		.new = pid,
	};

	bus->controller = portid;
	bus->controller_pid = pid;
	bacs_notify_event(bus, BACS_EVENT_CONTROL, &info);
}

/**
 * bacs_nl_controller_gone() - nobody controls the bus any more
 * @bus: a bus with a controller
 *
 * Everything to 0 %, and a raw request that waits is not sent.
 *
 * Context: bacs_lock held.
 */
void bacs_nl_controller_gone(struct bacs_bus *bus)
{
	bacs_nl_asker_gone(bus, bus->controller, false);
	spin_lock_bh(&bus->lock);
	scan_end_lease(bus->scan);
	spin_unlock_bh(&bus->lock);
	set_controller(bus, 0, 0);
}

int bacs_nl_claim(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	int err = 0;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
	} else if (bus->flags & BACS_START_READONLY) {
		err = explain(info, -EROFS);
	} else if (bus->controller && bus->controller != info->snd_portid) {
		GENL_SET_ERR_MSG(info, "another socket controls this bus");
		err = -EBUSY;
	} else if (!bus->controller) {
		set_controller(bus, info->snd_portid, task_tgid_nr(current));
	}
	mutex_unlock(&bacs_lock);
	return err;
}

int bacs_nl_release(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	int err;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	err = IS_ERR(bus) ? PTR_ERR(bus) : bacs_nl_check_controller(info, bus);
	if (!err)
		bacs_nl_controller_gone(bus);
	mutex_unlock(&bacs_lock);
	return err;
}

/* One pass checks, the next one sets. */
static int equalize_pass(struct genl_info *info, struct bacs_bus *bus,
			 bool check_only)
{
	struct nlattr *attrs[BACS_DUTY_A_MAX + 1];
	struct nlattr *nest;
	int rest, err;

	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(nest) != BACS_A_DUTY)
			continue;
		err = nla_parse_nested(attrs, BACS_DUTY_A_MAX, nest,
				       bacs_duty_policy, info->extack);
		if (err)
			return err;
		if (!attrs[BACS_DUTY_A_ADDRESS] || !attrs[BACS_DUTY_A_PERMILLE]) {
			NL_SET_ERR_MSG_ATTR(info->extack, nest,
					    "duty without address or value");
			return -EINVAL;
		}
		err = scan_set_duty(bus->scan,
				    nla_get_u8(attrs[BACS_DUTY_A_ADDRESS]),
				    nla_get_u32(attrs[BACS_DUTY_A_PERMILLE]),
				    check_only);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, nest);
			return explain(info, err);
		}
	}
	return 0;
}

int bacs_nl_equalize(struct sk_buff *skb, struct genl_info *info)
{
	u32 lease_ms = BACS_LEASE_MS_DEFAULT;
	struct bacs_bus *bus;
	int err;

	if (info->attrs[BACS_A_LEASE_MS])
		lease_ms = nla_get_u32(info->attrs[BACS_A_LEASE_MS]);
	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	err = IS_ERR(bus) ? PTR_ERR(bus) : bacs_nl_check_controller(info, bus);
	if (err)
		goto out;
	spin_lock_bh(&bus->lock);
	err = equalize_pass(info, bus, true);
	if (!err)
		err = equalize_pass(info, bus, false);
	if (!err)
		scan_set_lease(bus->scan, lease_ms);
	spin_unlock_bh(&bus->lock);
out:
	mutex_unlock(&bacs_lock);
	return err;
}

static int module_command(struct genl_info *info, u8 pending, bool on)
{
	struct bacs_module *module;
	struct bacs_bus *bus;
	int err;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	module = IS_ERR(bus) ? ERR_CAST(bus) : bacs_nl_module(info, bus);
	err = IS_ERR(module) ? PTR_ERR(module) : bacs_nl_check_controller(info, bus);
	if (err)
		goto out;
	spin_lock_bh(&bus->lock);
	err = scan_command(bus->scan, module->address, pending, on);
	spin_unlock_bh(&bus->lock);
	explain(info, err);
out:
	mutex_unlock(&bacs_lock);
	return err;
}

int bacs_nl_ri_start(struct sk_buff *skb, struct genl_info *info)
{
	return module_command(info, SCAN_PENDING_RI, false);
}

int bacs_nl_identify(struct sk_buff *skb, struct genl_info *info)
{
	if (!info->attrs[BACS_A_ON]) {
		GENL_SET_ERR_MSG(info, "on or off is missing");
		return -EINVAL;
	}
	return module_command(info, SCAN_PENDING_IDENTIFY,
			      nla_get_u8(info->attrs[BACS_A_ON]));
}

int bacs_nl_latch(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	int err;

	if (!info->attrs[BACS_A_LATCH_NUMBER]) {
		GENL_SET_ERR_MSG(info, "number of the latch is missing");
		return -EINVAL;
	}
	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	err = IS_ERR(bus) ? PTR_ERR(bus) : bacs_nl_check_controller(info, bus);
	if (err)
		goto out;
	spin_lock_bh(&bus->lock);
	err = scan_latch(bus->scan,
			 nla_get_u16(info->attrs[BACS_A_LATCH_NUMBER]));
	spin_unlock_bh(&bus->lock);
	explain(info, err);
out:
	mutex_unlock(&bacs_lock);
	return err;
}

int bacs_nl_rescan(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	int err = 0;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
	} else {
		spin_lock_bh(&bus->lock);
		scan_rescan(bus->scan);
		spin_unlock_bh(&bus->lock);
	}
	mutex_unlock(&bacs_lock);
	return err;
}
