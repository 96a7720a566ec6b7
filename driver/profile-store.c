// SPDX-License-Identifier: GPL-2.0-only
/* Profiles that were loaded through netlink; all under bacs_lock */
#include <linux/slab.h>

#include "bacs.h"

LIST_HEAD(bacs_profiles);

/**
 * bacs_profile_find() - look a loaded profile up
 * @name: its name
 *
 * Return: the profile or NULL.
 */
struct bacs_stored_profile *bacs_profile_find(const char *name)
{
	struct bacs_stored_profile *stored;

	lockdep_assert_held(&bacs_lock);
	list_for_each_entry(stored, &bacs_profiles, node)
		if (!strcmp(stored->profile.name, name))
			return stored;
	return NULL;
}

/**
 * bacs_profile_add() - add a profile or replace one that nobody uses
 * @profile: a checked profile; copied
 *
 * Return: 0; -EBUSY if a bus uses the profile of that name; -ENOMEM.
 */
int bacs_profile_add(const struct bacs_profile *profile)
{
	struct bacs_stored_profile *stored = bacs_profile_find(profile->name);

	if (stored && stored->users)
		return -EBUSY;
	if (!stored) {
		stored = kzalloc(sizeof(*stored), GFP_KERNEL);
		if (!stored)
			return -ENOMEM;
		list_add_tail(&stored->node, &bacs_profiles);
	}
	stored->profile = *profile;
	return 0;
}

/**
 * bacs_profiles_free() - forget all profiles, at the driver's end
 */
void bacs_profiles_free(void)
{
	struct bacs_stored_profile *stored, *next;

	list_for_each_entry_safe(stored, next, &bacs_profiles, node) {
		list_del(&stored->node);
		kfree(stored);
	}
}
