/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration in the words of the policy */
#ifndef BACSD_CONFIG_GIVE_H
#define BACSD_CONFIG_GIVE_H

#include "config.h"
#include "policy/policy.h"

/**
 * config_give - hand a whole configuration to the policy
 * @config: it
 * @policy: who takes it in place of the one before
 * @now_ns: time, CLOCK_BOOTTIME
 *
 * The one way from keys to the policy, in the daemon and in scenarios alike.
 *
 * Return: 0 or -ENOMEM.
 */
int config_give(const struct config *config, struct policy *policy,
		uint64_t now_ns);

#endif
