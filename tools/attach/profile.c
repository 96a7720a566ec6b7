// SPDX-License-Identifier: GPL-2.0-or-later
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "profile-text.h"

#define BUILTIN_RESPONSE_MS	50	/* the driver's BACS_C_RESPONSE_MS */

static int read_file(const char *path, struct bacs_profile **ret_profile,
		     char *why, size_t size)
{
	struct ini ini;
	int r;

	r = profile_text_read(&ini, path, ret_profile);
	if (r < 0)
		snprintf(why, size, "%s", ini.error);
	return r;
}

/* A file found by name must hold the profile of that name. */
static int check_name(struct attach_options *o, const char *path,
		      struct bacs_profile **profile, char *why, size_t size)
{
	const char *name = bacs_profile_name(*profile);

	if (!*o->profile) {
		snprintf(o->profile, sizeof(o->profile), "%s", name);
		return 0;
	}
	if (!strcmp(o->profile, name))
		return 0;
	snprintf(why, size, "%.300s holds profile %s, not %s; correct Name= "
		 "or --profile", path, name, o->profile);
	*profile = bacs_profile_free(*profile);
	return -EINVAL;
}

/**
 * attach_profile_read - read the profile that the bus names
 * @o: @profile_file or @profile; @profile is filled in from the file
 * @ret_profile: the profile; NULL: built in, or already with the driver
 * @why: text of a failure
 * @size: of @why
 *
 * Return: 0, or a negative errno
 */
int attach_profile_read(struct attach_options *o,
			struct bacs_profile **ret_profile, char *why,
			size_t size)
{
	struct bacs_profile *profile = NULL;
	char found[PATH_MAX];
	const char *path = o->profile_file;
	int r;

	if (!*path) {
		/* Without a file the driver may know the name all the same. */
		if (!*o->profile ||
		    profile_text_find(o->profile, found, sizeof(found)) < 0) {
			*ret_profile = NULL;
			return 0;
		}
		path = found;
	}
	r = read_file(path, &profile, why, size);
	if (r == 0)
		r = check_name(o, path, &profile, why, size);
	if (r == 0)
		*ret_profile = profile;
	return r;
}

/* The driver has one of that name: the same, or one nobody uses any more? */
static int replace(struct bacs *b, const struct bacs_profile *profile,
		   const struct bacs_profile *old, char *why, size_t size)
{
	const char *name = bacs_profile_name(profile);
	int r;

	if (profile_text_same(profile, old))
		return 1;
	r = bacs_profile_unload(b, name);
	if (r == -EBUSY)
		snprintf(why, size, "profile %s of the file differs from the "
			 "one that %u bus(es) use now; give it to them, too, "
			 "with bacsctl profile load, or give the new one "
			 "another Name=", name,
			 bacs_profile_users(old));
	else if (r == -EPERM)
		snprintf(why, size, "profile %s is built into the driver; give "
			 "the file's another Name=", name);
	else if (r < 0)
		snprintf(why, size, "cannot replace profile %s: %s", name,
			 bacs_error_text(b));
	return r;
}

static int give(struct bacs *b, const struct bacs_profile *profile, char *why,
		size_t size)
{
	const char *name = bacs_profile_name(profile);
	struct bacs_profile *old;
	int r;

	r = bacs_profile_fetch(b, name, &old);
	if (r == 0) {
		r = replace(b, profile, old, why, size);
		bacs_profile_free(old);
		if (r != 0)
			return r < 0 ? r : 0;
	} else if (r != -ENOENT) {
		snprintf(why, size, "cannot ask the driver for profile %s: %s",
			 name, bacs_error_text(b));
		return r;
	}
	r = bacs_profile_load(b, profile);
	if (r < 0)
		snprintf(why, size, "the driver refuses profile %s: %s", name,
			 bacs_error_text(b));
	return r;
}

/**
 * attach_profile_give - load a profile into the driver
 * @profile: profile
 * @why: text of a failure
 * @size: of @why
 *
 * A profile the driver already has in the same words is left alone.
 *
 * Return: 0, or a negative errno
 */
int attach_profile_give(const struct bacs_profile *profile, char *why,
			size_t size)
{
	struct bacs *b;
	int r;

	r = bacs_open(0, &b);
	if (r < 0) {
		snprintf(why, size, "cannot reach the driver by netlink: %s",
			 strerror(-r));
		return r;
	}
	r = give(b, profile, why, size);
	bacs_close(b);
	return r;
}

/**
 * attach_profile_response_ms - how long a module of a running bus may take
 * @o: bus
 * @profile: that was read from a file; NULL: none was
 *
 * The driver is asked, because bacsctl may have given it another profile of
 * this name; what was read counts when it cannot be asked.
 *
 * Return: ms until a reply begins
 */
unsigned int attach_profile_response_ms(const struct attach_options *o,
					const struct bacs_profile *profile)
{
	struct bacs_profile *now = NULL;
	unsigned int ms = 0;
	struct bacs *b;

	if (o->response_ms)
		return o->response_ms;
	if (profile)
		ms = bacs_profile_response_ms(profile);
	if (bacs_open(0, &b) < 0)
		return ms ? ms : BUILTIN_RESPONSE_MS;
	if (bacs_profile_fetch(b, *o->profile ? o->profile : "bacs-c",
			       &now) == 0) {
		ms = bacs_profile_response_ms(now);
		bacs_profile_free(now);
	}
	bacs_close(b);
	return ms ? ms : BUILTIN_RESPONSE_MS;
}

/**
 * attach_profile_freep - for __attribute__((cleanup))
 * @profile: may point to NULL
 */
void attach_profile_freep(struct bacs_profile **profile)
{
	*profile = bacs_profile_free(*profile);
}
