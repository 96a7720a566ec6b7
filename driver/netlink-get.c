// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: what is read
 *
 * Dumps go bus by bus in the order of the list; where one stopped is kept as
 * number of the bus and address. The generation marks a dump during which a
 * bus or module came or went, so that the reader starts again.
 */
#include "netlink.h"

static void *put_header(struct sk_buff *skb, u32 portid, u32 seq, int flags,
			u8 cmd)
{
	void *header = genlmsg_put(skb, portid, seq, &bacs_family, flags, cmd);

	if (!header)
		return NULL;
	if (nla_put_u32(skb, BACS_A_VERSION, BACS_GENL_VERSION)) {
		genlmsg_cancel(skb, header);
		return NULL;
	}
	return header;
}

/* Attribute of a sample and signedness by quantity */
static const struct {
	u8 attr;
	bool is_signed;
} sample_attrs[BACS_QUANTITY_MAX + 1] = {
	[BACS_QUANTITY_VOLTAGE_MV] = { BACS_SAMPLE_A_VOLTAGE_MV, true },
	[BACS_QUANTITY_TEMP_MC] = { BACS_SAMPLE_A_TEMP_MC, true },
	[BACS_QUANTITY_RESISTANCE_UOHM] = { BACS_SAMPLE_A_RESISTANCE_UOHM },
	[BACS_QUANTITY_MODULE_TEMP_MC] = { BACS_SAMPLE_A_MODULE_TEMP_MC, true },
	[BACS_QUANTITY_CURRENT_MA] = { BACS_SAMPLE_A_CURRENT_MA, true },
	[BACS_QUANTITY_RIPPLE_MA] = { BACS_SAMPLE_A_RIPPLE_MA },
	[BACS_QUANTITY_HUMIDITY_PERMILLE] = { BACS_SAMPLE_A_HUMIDITY_PERMILLE },
	[BACS_QUANTITY_H2_PPM] = { BACS_SAMPLE_A_H2_PPM },
	[BACS_QUANTITY_FLAGS] = { BACS_SAMPLE_A_FLAGS },
	[BACS_QUANTITY_RI_SEQUENCE] = { BACS_SAMPLE_A_RI_SEQUENCE },
	[BACS_QUANTITY_RI_SPREAD_PERMILLE] = { BACS_SAMPLE_A_RI_SPREAD_PERMILLE },
	[BACS_QUANTITY_DUTY_PERMILLE] = { BACS_SAMPLE_A_DUTY_PERMILLE },
	[BACS_QUANTITY_BYPASSED_MAH] = { BACS_SAMPLE_A_BYPASSED_MAH },
	[BACS_QUANTITY_BOOTS] = { BACS_SAMPLE_A_BOOTS },
	[BACS_QUANTITY_LATCH_NUMBER] = { BACS_SAMPLE_A_LATCH_NUMBER },
	[BACS_QUANTITY_INPUTS] = { BACS_SAMPLE_A_INPUTS },
	[BACS_QUANTITY_RELAYS] = { BACS_SAMPLE_A_RELAYS },
};

/**
 * bacs_put_sample() - add a sample to a message
 * @skb: the message
 * @attr: BACS_A_SAMPLE or BACS_MODULE_A_SAMPLE
 * @address: 1-247
 * @time_ns: CLOCK_BOOTTIME
 * @sample: the sample
 *
 * Return: 0; -EMSGSIZE, with the message as it was before.
 */
int bacs_put_sample(struct sk_buff *skb, int attr, u8 address, u64 time_ns,
		    const struct bacs_sample *sample)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(skb, BACS_SAMPLE_A_ADDRESS, address) ||
	    nla_put_u64_64bit(skb, BACS_SAMPLE_A_TIME_NS, time_ns,
			      BACS_SAMPLE_A_PAD))
		goto cancel;
	for (int q = 1; q <= BACS_QUANTITY_MAX; q++) {
		if (!bacs_sample_has(sample, q))
			continue;
		if (sample_attrs[q].is_signed ?
		    nla_put_s32(skb, sample_attrs[q].attr, sample->value[q]) :
		    nla_put_u32(skb, sample_attrs[q].attr, sample->value[q]))
			goto cancel;
	}
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

struct bus_figures {
	u32 state, baud, min_ms, last_ms, scans, lease_ms;
	u32 count[BACS_MODULE_STATE_LOST + 1];
	bool second_master;
};

static void read_figures(struct bacs_bus *bus, struct bus_figures *figures)
{
	const struct scan *scan = bus->scan;

	memset(figures, 0, sizeof(*figures));
	spin_lock_bh(&bus->lock);
	figures->state = scan->state;
	figures->baud = scan->baud;
	figures->min_ms = scan_min_ms(scan);
	figures->last_ms = (u32)div_u64(scan->last_scan_ns, NSEC_PER_MSEC);
	figures->scans = scan->scans;
	figures->lease_ms = scan_lease_left_ms(scan);
	figures->second_master = scan->second_master;
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++)
		figures->count[scan->slots[a].state]++;
	spin_unlock_bh(&bus->lock);
}

static int put_bus(struct sk_buff *skb, struct bacs_bus *bus)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_A_BUS);
	struct bus_figures f;

	if (!nest)
		return -EMSGSIZE;
	read_figures(bus, &f);
	if (nla_put_string(skb, BACS_BUS_A_NAME, bus->name) ||
	    nla_put_u32(skb, BACS_BUS_A_STATE, f.state) ||
	    nla_put_string(skb, BACS_BUS_A_TTY, bus->tty) ||
	    nla_put_string(skb, BACS_BUS_A_PROFILE, bacs_bus_profile(bus)) ||
	    nla_put_u32(skb, BACS_BUS_A_FLAGS, bus->flags) ||
	    nla_put_u32(skb, BACS_BUS_A_BAUD, f.baud) ||
	    nla_put_u32(skb, BACS_BUS_A_SCAN_MS, READ_ONCE(bus->scan_ms)) ||
	    nla_put_u32(skb, BACS_BUS_A_SCAN_MIN_MS, f.min_ms) ||
	    nla_put_u32(skb, BACS_BUS_A_SCAN_LAST_MS, f.last_ms) ||
	    nla_put_u32(skb, BACS_BUS_A_SCANS, f.scans) ||
	    nla_put_u32(skb, BACS_BUS_A_MODULES_OK,
			f.count[BACS_MODULE_STATE_OK]) ||
	    nla_put_u32(skb, BACS_BUS_A_MODULES_LOST,
			f.count[BACS_MODULE_STATE_LOST]) ||
	    nla_put_u32(skb, BACS_BUS_A_MODULES_ABSENT,
			f.count[BACS_MODULE_STATE_ABSENT]) ||
	    nla_put_u32(skb, BACS_BUS_A_MODULES_UNPOLLED,
			f.count[BACS_MODULE_STATE_UNPOLLED]) ||
	    (bus->controller &&
	     nla_put_u32(skb, BACS_BUS_A_CONTROLLER_PID,
			 bus->controller_pid)) ||
	    nla_put_u32(skb, BACS_BUS_A_LEASE_LEFT_MS, f.lease_ms) ||
	    (f.second_master &&
	     nla_put_flag(skb, BACS_BUS_A_SECOND_MASTER)) ||
	    nla_put_u64_64bit(skb, BACS_BUS_A_STARTED_NS, bus->started_ns,
			      BACS_BUS_A_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_limits(struct sk_buff *skb, const s32 *limits)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_MODULE_A_LIMITS);

	if (!nest)
		return -EMSGSIZE;
	/* The attributes stand in the order of enum bacs_limit. */
	for (unsigned int i = 0; i < BACS_LIMITS; i++)
		if (nla_put_s32(skb, BACS_LIMIT_A_VOLTAGE_MIN_MV + i,
				limits[i])) {
			nla_nest_cancel(skb, nest);
			return -EMSGSIZE;
		}
	nla_nest_end(skb, nest);
	return 0;
}

/* A copy of what readers of a module see, taken under its lock */
struct module_figures {
	u32 state, status, health;
	u64 since_ns, sample_ns;
	struct bacs_sample sample;
	struct bacs_identity identity;
	char label[BACS_LABEL_MAX + 1];
	s32 limits[BACS_LIMITS];
	bool limits_set;
};

static void read_module(struct bacs_module *module, struct module_figures *f)
{
	spin_lock(&module->lock);
	f->state = module->state;
	f->status = module->status;
	f->health = module->health;
	f->since_ns = module->since_ns;
	f->sample_ns = module->sample_ns;
	f->sample = module->sample;
	f->identity = module->identity;
	memcpy(f->label, module->label, sizeof(f->label));
	memcpy(f->limits, module->limits, sizeof(f->limits));
	f->limits_set = module->limits_set;
	spin_unlock(&module->lock);
}

static int put_identity(struct sk_buff *skb, const struct bacs_identity *id)
{
	return nla_put_u32(skb, BACS_MODULE_A_CLASS, id->class) ||
	       nla_put_u64_64bit(skb, BACS_MODULE_A_SERIAL, id->serial,
				 BACS_MODULE_A_PAD) ||
	       nla_put_string(skb, BACS_MODULE_A_MODEL, id->model) ||
	       nla_put_u32(skb, BACS_MODULE_A_HW_REVISION, id->hardware) ||
	       nla_put_u32(skb, BACS_MODULE_A_FW_REVISION, id->firmware) ||
	       nla_put_u32(skb, BACS_MODULE_A_NOMINAL_MV, id->nominal_mv) ||
	       nla_put_u32(skb, BACS_MODULE_A_RANGE_MIN_MV, id->range_min_mv) ||
	       nla_put_u32(skb, BACS_MODULE_A_RANGE_MAX_MV, id->range_max_mv) ||
	       nla_put_u32(skb, BACS_MODULE_A_BYPASS_MA, id->bypass_ma);
}

static int put_module(struct sk_buff *skb, struct bacs_module *module)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_A_MODULE);
	struct bacs_bus *bus = module->bus;
	struct module_figures f;
	u32 target;

	if (!nest)
		return -EMSGSIZE;
	read_module(module, &f);
	target = READ_ONCE(bus->scan->slots[module->address].duty_target);
	if (nla_put_string(skb, BACS_MODULE_A_BUS_NAME, bus->name) ||
	    nla_put_u8(skb, BACS_MODULE_A_ADDRESS, module->address) ||
	    nla_put_u32(skb, BACS_MODULE_A_STATE, f.state) ||
	    nla_put_string(skb, BACS_MODULE_A_LABEL, f.label) ||
	    nla_put_string(skb, BACS_MODULE_A_PROFILE, bacs_bus_profile(bus)) ||
	    put_identity(skb, &f.identity) ||
	    nla_put_u32(skb, BACS_MODULE_A_STATUS, f.status) ||
	    nla_put_u32(skb, BACS_MODULE_A_HEALTH, f.health) ||
	    (f.limits_set && put_limits(skb, f.limits)) ||
	    (f.state == BACS_MODULE_STATE_OK && f.sample_ns &&
	     bacs_put_sample(skb, BACS_MODULE_A_SAMPLE, module->address,
			     f.sample_ns, &f.sample)) ||
	    nla_put_u32(skb, BACS_MODULE_A_DUTY_TARGET, target) ||
	    nla_put_u64_64bit(skb, BACS_MODULE_A_STATE_SINCE_NS, f.since_ns,
			      BACS_MODULE_A_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Members and attributes stand in the same order. */
static int put_group(struct sk_buff *skb, int first, int last,
		     const u64 *counter)
{
	for (int a = first; a <= last; a++)
		if (nla_put_u64_64bit(skb, a, *counter++, BACS_STATS_A_PAD))
			return -EMSGSIZE;
	return 0;
}

static int put_counters(struct sk_buff *skb, const struct scan_stats *stats)
{
	if (put_group(skb, BACS_STATS_A_REQUESTS, BACS_STATS_A_LOSSES,
		      &stats->requests) ||
	    put_group(skb, BACS_STATS_A_ECHOES, BACS_STATS_A_CHANGES,
		      &stats->echoes))
		return -EMSGSIZE;
	return nla_put(skb, BACS_STATS_A_LATENCY, sizeof(stats->latency),
		       stats->latency);
}

/* Sum of the modules and of what belongs to none */
static void sum_stats(const struct scan *scan, struct scan_stats *sum)
{
	*sum = scan->stats;
	for (unsigned int a = 1; a <= BACS_ADDRESS_MAX; a++) {
		const struct scan_stats *stats = &scan->slots[a].stats;
		const u64 *from = &stats->requests;
		u64 *to = &sum->requests;

		while (from <= &stats->changes)
			*to++ += *from++;
		for (int i = 0; i < BACS_LATENCY_CLASSES; i++)
			sum->latency[i] += stats->latency[i];
	}
}

/* Address 0: the bus */
static int put_stats(struct sk_buff *skb, struct bacs_bus *bus, u8 address)
{
	u64 bytes_tx, bytes_rx, tx_failures, notes_lost, foreign_requests;
	struct scan_stats stats;
	struct nlattr *nest;
	u8 stranger;

	spin_lock_bh(&bus->lock);
	if (address)
		stats = bus->scan->slots[address].stats;
	else
		sum_stats(bus->scan, &stats);
	bytes_tx = bus->scan->bytes_tx;
	bytes_rx = bus->scan->bytes_rx;
	tx_failures = bus->scan->tx_failures;
	foreign_requests = bus->scan->foreign_requests;
	stranger = bus->scan->slots[address].stranger;
	notes_lost = bus->notes_lost;
	spin_unlock_bh(&bus->lock);

	if (nla_put_string(skb, BACS_A_BUS_NAME, bus->name) ||
	    (address && nla_put_u8(skb, BACS_A_ADDRESS, address)))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, BACS_A_STATS);
	if (!nest || put_counters(skb, &stats))
		return -EMSGSIZE;
	if (!address &&
	    (nla_put_u64_64bit(skb, BACS_STATS_A_BYTES_TX, bytes_tx,
			       BACS_STATS_A_PAD) ||
	     nla_put_u64_64bit(skb, BACS_STATS_A_BYTES_RX, bytes_rx,
			       BACS_STATS_A_PAD) ||
	     nla_put_u64_64bit(skb, BACS_STATS_A_TX_FAILURES, tx_failures,
			       BACS_STATS_A_PAD) ||
	     nla_put_u64_64bit(skb, BACS_STATS_A_NOTES_LOST, notes_lost,
			       BACS_STATS_A_PAD) ||
	     nla_put_u64_64bit(skb, BACS_STATS_A_FOREIGN_REQUESTS,
			       foreign_requests, BACS_STATS_A_PAD)))
		return -EMSGSIZE;
	if (stranger && nla_put_u8(skb, BACS_STATS_A_STRANGER, stranger))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One kind of object for do and dump; address 0 = the bus itself */
typedef int (*put_fn)(struct sk_buff *skb, struct bacs_bus *bus, u8 address);

static int put_bus_object(struct sk_buff *skb, struct bacs_bus *bus, u8 address)
{
	return address ? 0 : put_bus(skb, bus);
}

static int put_module_object(struct sk_buff *skb, struct bacs_bus *bus,
			     u8 address)
{
	return put_module(skb, bacs_bus_module(bus, address));
}

static int reply(struct genl_info *info, u8 cmd, put_fn put,
		 struct bacs_bus *bus, u8 address)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return -ENOMEM;
	header = put_header(skb, info->snd_portid, info->snd_seq, 0, cmd);
	if (!header || put(skb, bus, address)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* Where a dump goes on */
struct dump_place {
	unsigned long bus;
	unsigned long address;
};

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    put_fn put, struct bacs_bus *bus, u8 address)
{
	void *header = put_header(skb, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, NLM_F_MULTI, cmd);

	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	if (put(skb, bus, address)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* All of bus 0 and modules from @first_address to 247 that exist */
static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		put_fn put, unsigned int first, unsigned int last)
{
	struct dump_place *place = (struct dump_place *)cb->ctx;
	struct nlattr *filter = bacs_dump_attrs(cb)[BACS_A_BUS_NAME];
	struct bacs_bus *bus;
	unsigned long n = 0;

	BUILD_BUG_ON(sizeof(*place) > sizeof(cb->ctx));
	mutex_lock(&bacs_lock);
	cb->seq = bacs_generation;
	list_for_each_entry(bus, &bacs_buses, node) {
		if (n++ < place->bus)
			continue;
		if (filter && strcasecmp(bus->name, nla_data(filter))) {
			place->bus = n;
			continue;
		}
		for (unsigned long a = max_t(unsigned long, first,
					     place->address); a <= last; a++) {
			if (a && !bacs_bus_module(bus, a))
				continue;
			if (dump_one(skb, cb, cmd, put, bus, a)) {
				place->address = a;
				goto out;
			}
		}
		place->bus = n;
		place->address = 0;
	}
out:
	mutex_unlock(&bacs_lock);
	return skb->len;
}

int bacs_nl_bus_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, BACS_CMD_BUS_GET, put_bus_object, 0, 0);
}

int bacs_nl_module_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, BACS_CMD_MODULE_GET, put_module_object, 1,
		    BACS_ADDRESS_MAX);
}

int bacs_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, BACS_CMD_STATS_GET, put_stats, 0,
		    BACS_ADDRESS_MAX);
}

int bacs_nl_bus_get(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_bus *bus;
	int err;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	err = IS_ERR(bus) ? PTR_ERR(bus) :
	      reply(info, BACS_CMD_BUS_GET, put_bus_object, bus, 0);
	mutex_unlock(&bacs_lock);
	return err;
}

int bacs_nl_module_get(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_module *module;
	struct bacs_bus *bus;
	int err;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
		goto out;
	}
	module = bacs_nl_module(info, bus);
	err = IS_ERR(module) ? PTR_ERR(module) :
	      reply(info, BACS_CMD_MODULE_GET, put_module_object, bus,
		    module->address);
out:
	mutex_unlock(&bacs_lock);
	return err;
}

int bacs_nl_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct bacs_module *module = NULL;
	struct bacs_bus *bus;
	int err;

	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
		goto out;
	}
	if (info->attrs[BACS_A_ADDRESS])
		module = bacs_nl_module(info, bus);
	err = IS_ERR(module) ? PTR_ERR(module) :
	      reply(info, BACS_CMD_STATS_GET, put_stats, bus,
		    module ? module->address : 0);
out:
	mutex_unlock(&bacs_lock);
	return err;
}
