// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: raw access
 *
 * The request is queued and acknowledged; the result goes to the socket that
 * asked, under the number of its request, and as an event to everybody. To
 * wait here instead would hold up generic netlink as a whole.
 */
#include <linux/sched.h>

#include "netlink.h"

const struct nla_policy bacs_transact_policy[BACS_TRANSACT_A_MAX + 1] = {
	[BACS_TRANSACT_A_ADDRESS] = NLA_POLICY_RANGE(NLA_U8, 0,
						     BACS_ADDRESS_MAX),
	/* Its length is checked where there are words for it. */
	[BACS_TRANSACT_A_PDU]	= { .type = NLA_BINARY },
	[BACS_TRANSACT_A_RESPONSE_MS] = NLA_POLICY_RANGE(NLA_U32,
							 BACS_RESPONSE_MS_MIN,
							 BACS_RESPONSE_MS_MAX),
};

static int check_pdu(struct genl_info *info, const struct nlattr *pdu)
{
	const u8 *bytes = nla_data(pdu);

	if (!nla_len(pdu) || nla_len(pdu) > BACS_PDU_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, pdu,
				    "a PDU has 1 to 253 bytes");
		return -ERANGE;
	}
	if (!bytes[0] || bytes[0] & RTU_EXCEPTION) {
		NL_SET_ERR_MSG_ATTR(info->extack, pdu,
				    "the PDU's function code is not in 1-127");
		return -EINVAL;
	}
	return 0;
}

static int check_request(struct genl_info *info, struct nlattr **attrs)
{
	int err;

	if (!info->attrs[BACS_A_TRANSACT]) {
		GENL_SET_ERR_MSG(info, "nothing to send");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, BACS_TRANSACT_A_MAX,
			       info->attrs[BACS_A_TRANSACT],
			       bacs_transact_policy, info->extack);
	if (err)
		return err;
	if (!attrs[BACS_TRANSACT_A_ADDRESS] || !attrs[BACS_TRANSACT_A_PDU]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BACS_A_TRANSACT],
				    "address or PDU is missing");
		return -EINVAL;
	}
	return check_pdu(info, attrs[BACS_TRANSACT_A_PDU]);
}

/* To read needs the privilege only; the bus's controller goes on with it. */
static bool may_write(struct nlattr **attrs)
{
	return !nla_get_u8(attrs[BACS_TRANSACT_A_ADDRESS]) ||
	       !rtu_only_reads(nla_data(attrs[BACS_TRANSACT_A_PDU]),
			       nla_len(attrs[BACS_TRANSACT_A_PDU]));
}

static int queue(struct genl_info *info, struct bacs_bus *bus,
		 struct nlattr **attrs)
{
	const struct nlattr *pdu = attrs[BACS_TRANSACT_A_PDU];
	const struct nlattr *ms = attrs[BACS_TRANSACT_A_RESPONSE_MS];
	int err;

	spin_lock_bh(&bus->lock);
	err = scan_transact(bus->scan,
			    nla_get_u8(attrs[BACS_TRANSACT_A_ADDRESS]),
			    nla_data(pdu), nla_len(pdu),
			    ms ? nla_get_u32(ms) : 0);
	if (!err) {
		bus->asker = (struct bacs_asker){
			.portid = info->snd_portid,
			.seq = info->snd_seq,
			.pid = task_tgid_nr(current),
		};
	}
	spin_unlock_bh(&bus->lock);
	if (err == -EBUSY)
		GENL_SET_ERR_MSG(info,
				 "another raw request is under way on this bus, try again");
	return err;
}

int bacs_nl_transact(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[BACS_TRANSACT_A_MAX + 1];
	struct bacs_bus *bus;
	int err;

	err = check_request(info, attrs);
	if (err)
		return err;
	mutex_lock(&bacs_lock);
	bus = bacs_nl_bus(info);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
	} else if (bus->flags & BACS_START_READONLY) {
		GENL_SET_ERR_MSG(info, "the bus is read-only");
		err = -EROFS;
	} else {
		err = may_write(attrs) ? bacs_nl_check_controller(info, bus) : 0;
		err = err ?: queue(info, bus, attrs);
	}
	mutex_unlock(&bacs_lock);
	return err;
}

/**
 * bacs_nl_asker_gone() - nobody waits for a raw request any more
 * @bus: a bus
 * @portid: socket that was closed or gave up the control
 * @closed: it was closed
 *
 * What is not on the wire yet is not sent: the right to send it is gone.
 */
void bacs_nl_asker_gone(struct bacs_bus *bus, u32 portid, bool closed)
{
	spin_lock_bh(&bus->lock);
	if (bus->asker.portid == portid) {
		scan_transact_cancel(bus->scan, -ECANCELED);
		/* Another socket may get the same number. */
		if (closed)
			bus->asker.portid = 0;
	}
	spin_unlock_bh(&bus->lock);
}

static int put_result(struct sk_buff *skb, struct bacs_bus *bus,
		      const struct scan_raw *raw)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, BACS_A_VERSION, BACS_GENL_VERSION) ||
	    nla_put_string(skb, BACS_A_BUS_NAME, bus->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, BACS_A_TRANSACT);
	if (!nest ||
	    nla_put_u8(skb, BACS_TRANSACT_A_ADDRESS, raw->address) ||
	    nla_put_s32(skb, BACS_TRANSACT_A_RESULT, raw->result) ||
	    (raw->len &&
	     nla_put(skb, BACS_TRANSACT_A_REPLY, raw->len, raw->pdu)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static void tell(struct bacs_bus *bus, const struct scan_raw *raw,
		 const struct bacs_asker *asker)
{
	struct sk_buff *skb;
	void *header;

	if (!asker->portid)
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, asker->portid, asker->seq, &bacs_family, 0,
			     BACS_CMD_TRANSACT);
	if (!header || put_result(skb, bus, raw)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_unicast(&init_net, skb, asker->portid);
}

/**
 * bacs_notify_transact() - tell the end of a raw request, if there is one
 * @bus: its bus
 *
 * Context: process; from the publisher.
 */
void bacs_notify_transact(struct bacs_bus *bus)
{
	struct bacs_event_info info = {
		.command = BACS_CMD_TRANSACT,
		.has_pid = true,
	};
	struct bacs_asker asker;
	struct scan_raw raw;
	bool any;

	spin_lock_bh(&bus->lock);
	any = scan_transact_take(bus->scan, &raw);
	asker = bus->asker;
	if (any)
		bus->asker = (struct bacs_asker){ 0 };
	spin_unlock_bh(&bus->lock);
	if (!any)
		return;
	info.address = raw.address;
	info.result = raw.result;
	info.pid = asker.pid;
	bacs_notify_event(bus, BACS_EVENT_COMMAND, &info);
	tell(bus, &raw, &asker);
}
