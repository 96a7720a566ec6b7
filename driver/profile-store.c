// SPDX-License-Identifier: GPL-2.0-only
/* Profiles that were loaded through netlink; all under bacs_lock */
#include <linux/slab.h>

#include "bacs.h"

LIST_HEAD(bacs_profiles);
/* Marks a dump during which the list changed. */
unsigned int bacs_profiles_generation = 1;

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
		if (!strcmp(stored->name, name))
			return stored;
	return NULL;
}

/**
 * bacs_profile_add() - add a profile or replace the one of that name
 * @profile: a checked profile; owned from now on, on success
 *
 * Buses that use it go on with the new one; a bus is never between the two.
 *
 * Return: 0; -ENOMEM.
 */
int bacs_profile_add(struct bacs_profile *profile)
{
	struct bacs_stored_profile *stored = bacs_profile_find(profile->name);

	if (!stored) {
		stored = kzalloc(sizeof(*stored), GFP_KERNEL);
		if (!stored)
			return -ENOMEM;
		strscpy(stored->name, profile->name, sizeof(stored->name));
		list_add_tail(&stored->node, &bacs_profiles);
	}
	bacs_buses_set_profile(stored, profile);
	kfree(stored->profile);
	stored->profile = profile;
	bacs_profiles_generation++;
	return 0;
}

/**
 * bacs_profile_forget() - drop a profile that no bus uses
 * @stored: the profile; gone afterwards
 */
void bacs_profile_forget(struct bacs_stored_profile *stored)
{
	lockdep_assert_held(&bacs_lock);
	list_del(&stored->node);
	bacs_profiles_generation++;
	kfree(stored->profile);
	kfree(stored);
}

/**
 * bacs_profiles_free() - forget all profiles, at the driver's end
 */
void bacs_profiles_free(void)
{
	struct bacs_stored_profile *stored, *next;

	mutex_lock(&bacs_lock);
	list_for_each_entry_safe(stored, next, &bacs_profiles, node)
		bacs_profile_forget(stored);
	mutex_unlock(&bacs_lock);
}
