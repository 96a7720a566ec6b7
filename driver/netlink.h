/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files of the generic netlink family
 *
 * netlink.c		family, policies, operations, the controller's end
 * netlink-get.c	what is read
 * netlink-set.c	what is written
 * netlink-profile.c	profiles
 * netlink-transact.c	raw access
 * netlink-notify.c	groups "samples" and "events"
 */
#ifndef BACS_NETLINK_H
#define BACS_NETLINK_H

#include <net/genetlink.h>

#include "bacs.h"
#include "compat.h"

extern struct genl_family bacs_family;

enum bacs_group {
	BACS_GROUP_SAMPLES,
	BACS_GROUP_EVENTS,
};

extern const struct nla_policy bacs_module_policy[BACS_MODULE_A_MAX + 1];
extern const struct nla_policy bacs_limit_policy[BACS_LIMIT_A_MAX + 1];
extern const struct nla_policy bacs_duty_policy[BACS_DUTY_A_MAX + 1];
extern const struct nla_policy bacs_transact_policy[BACS_TRANSACT_A_MAX + 1];
extern const struct nla_policy bacs_profile_policy[BACS_PROFILE_A_MAX + 1];
extern const struct nla_policy bacs_block_policy[BACS_BLOCK_A_MAX + 1];
extern const struct nla_policy bacs_field_policy[BACS_FIELD_A_MAX + 1];

struct bacs_bus *bacs_nl_bus(struct genl_info *info);
struct bacs_module *bacs_nl_module(struct genl_info *info, struct bacs_bus *bus);
int bacs_put_sample(struct sk_buff *skb, int attr, u8 address, u64 time_ns,
		    const struct bacs_sample *sample);

int bacs_nl_bus_get(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_bus_dump(struct sk_buff *skb, struct netlink_callback *cb);
int bacs_nl_module_get(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_module_dump(struct sk_buff *skb, struct netlink_callback *cb);
int bacs_nl_stats_get(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb);

int bacs_nl_bus_set(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_module_set(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_claim(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_release(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_equalize(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_ri_start(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_identify(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_latch(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_rescan(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_check_controller(struct genl_info *info, struct bacs_bus *bus);
void bacs_nl_controller_gone(struct bacs_bus *bus);
void bacs_nl_teller_gone(struct bacs_bus *bus, u32 portid);

int bacs_nl_transact(struct sk_buff *skb, struct genl_info *info);
void bacs_nl_asker_gone(struct bacs_bus *bus, u32 portid, bool closed);

int bacs_nl_profile_get(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_profile_dump(struct sk_buff *skb, struct netlink_callback *cb);
int bacs_nl_profile_new(struct sk_buff *skb, struct genl_info *info);
int bacs_nl_profile_del(struct sk_buff *skb, struct genl_info *info);

#endif /* BACS_NETLINK_H */
