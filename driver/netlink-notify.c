// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: groups "samples" and "events"
 *
 * Samples of one scan fill messages of NLMSG_GOODSIZE at most; each message
 * is numbered within its scan and within its bus, so that a reader knows what
 * it missed. All but bacs_notify_event() run in the publisher.
 */
#include <linux/ktime.h>

#include "netlink.h"

static void *begin(struct sk_buff *skb, struct bacs_bus *bus, u8 cmd, u32 seq)
{
	void *header = genlmsg_put(skb, 0, 0, &bacs_family, 0, cmd);

	if (!header || nla_put_u32(skb, BACS_A_VERSION, BACS_GENL_VERSION) ||
	    nla_put_string(skb, BACS_A_BUS_NAME, bus->name) ||
	    nla_put_u32(skb, BACS_A_SEQUENCE, seq))
		return NULL;
	return header;
}

static void send(struct sk_buff *skb, enum bacs_group group)
{
	/* -ESRCH: nobody listens */
	genlmsg_multicast(&bacs_family, skb, 0, group, GFP_KERNEL);
}

static void *samples_header(struct sk_buff *skb)
{
	return genlmsg_data(nlmsg_data(nlmsg_hdr(skb)));
}

static bool begin_samples(struct bacs_bus *bus, u32 scan)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (scan != bus->samples_scan) {
		bus->samples_scan = scan;
		bus->samples_part = 0;
	}
	/* The number is used up even without memory: the reader sees a gap. */
	bus->samples_seq++;
	if (!skb)
		return false;
	if (!begin(skb, bus, BACS_CMD_SAMPLES_NTF, bus->samples_seq) ||
	    nla_put_u32(skb, BACS_A_SCAN, scan) ||
	    nla_put_u32(skb, BACS_A_PART, bus->samples_part)) {
		nlmsg_free(skb);
		return false;
	}
	bus->samples_part++;
	bus->samples = skb;
	return true;
}

/**
 * bacs_notify_flush() - send the samples gathered so far
 * @bus: the bus
 */
void bacs_notify_flush(struct bacs_bus *bus)
{
	struct sk_buff *skb = bus->samples;

	if (!skb)
		return;
	bus->samples = NULL;
	genlmsg_end(skb, samples_header(skb));
	send(skb, BACS_GROUP_SAMPLES);
}

static bool samples_wanted(void)
{
	return genl_has_listeners(&bacs_family, &init_net, BACS_GROUP_SAMPLES);
}

/**
 * bacs_notify_sample() - a sample for group "samples"
 * @bus: its bus
 * @note: a SCAN_NOTE_SAMPLE
 */
void bacs_notify_sample(struct bacs_bus *bus, const struct scan_note *note)
{
	u64 time_ns = bacs_mono_to_boot(note->time_ns);

	if (!samples_wanted())
		return;
	if (bus->samples && bus->samples_scan != note->scan)
		bacs_notify_flush(bus);
	for (int try = 0; try < 2; try++) {
		if (!bus->samples && !begin_samples(bus, note->scan))
			return;
		if (!bacs_put_sample(bus->samples, BACS_A_SAMPLE, note->address,
				     time_ns, &note->sample))
			return;
		bacs_notify_flush(bus);
	}
}

/**
 * bacs_notify_scan_done() - a scan is complete
 * @bus: the bus
 * @scan: its number
 */
void bacs_notify_scan_done(struct bacs_bus *bus, u32 scan)
{
	if (!samples_wanted())
		return;
	if (bus->samples && bus->samples_scan != scan)
		bacs_notify_flush(bus);
	if (bus->samples && nla_put_flag(bus->samples, BACS_A_LAST_PART))
		bacs_notify_flush(bus);
	else if (bus->samples)
		goto out;
	if (!begin_samples(bus, scan))
		return;
	nla_put_flag(bus->samples, BACS_A_LAST_PART);
out:
	bacs_notify_flush(bus);
}

/**
 * bacs_notify_gap() - let the readers of both groups know that they missed something
 * @bus: the bus
 *
 * The next message of each group skips a number, after which a reader asks for
 * everything anew.
 */
void bacs_notify_gap(struct bacs_bus *bus)
{
	bacs_notify_flush(bus);
	bus->samples_seq++;
	atomic_inc(&bus->events_seq);
}

static int put_event(struct sk_buff *skb, enum bacs_event kind,
		     const struct bacs_event_info *info)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_A_EVENT);

	if (!nest || nla_put_u32(skb, BACS_EVENT_A_KIND, kind) ||
	    nla_put_u64_64bit(skb, BACS_EVENT_A_TIME_NS,
			      info->time_ns ?: ktime_get_boottime_ns(),
			      BACS_EVENT_A_PAD) ||
	    (info->address &&
	     nla_put_u8(skb, BACS_EVENT_A_ADDRESS, info->address)))
		return -EMSGSIZE;
	if (info->has_change &&
	    (nla_put_u32(skb, BACS_EVENT_A_OLD, info->old) ||
	     nla_put_u32(skb, BACS_EVENT_A_NEW, info->new)))
		return -EMSGSIZE;
	if (info->command &&
	    (nla_put_u32(skb, BACS_EVENT_A_COMMAND, info->command) ||
	     nla_put_s32(skb, BACS_EVENT_A_RESULT, info->result)))
		return -EMSGSIZE;
	if (info->has_pid && nla_put_u32(skb, BACS_EVENT_A_PID, info->pid))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * bacs_notify_event() - an event for group "events"
 * @bus: its bus
 * @kind: which
 * @info: more about it, or NULL
 *
 * Context: process.
 */
void bacs_notify_event(struct bacs_bus *bus, enum bacs_event kind,
		       const struct bacs_event_info *info)
{
	static const struct bacs_event_info none;
	u32 seq = atomic_inc_return(&bus->events_seq);
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(&bacs_family, &init_net, BACS_GROUP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = begin(skb, bus, BACS_CMD_EVENT_NTF, seq);
	if (!header || put_event(skb, kind, info ?: &none)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	send(skb, BACS_GROUP_EVENTS);
}
