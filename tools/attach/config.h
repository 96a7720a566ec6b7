/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where settings come from: udev properties and /etc/bacs/attach.d/
 */
#ifndef BACS_ATTACH_CONFIG_H
#define BACS_ATTACH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ini.h"
#include "options.h"

#define ATTACH_SETTINGS_MAX	16

/* udev property of a port that has its bus from a file */
#define ATTACH_FROM_FILE	"BACS_FROM_FILE"

/**
 * struct attach_entry - one [Attach] section
 * @next: of the list
 * @file: where it stands, owned
 * @line: of "[Attach]"
 * @device: value of Device=, owned
 * @values: one for each of attach_settings, NULL: not given; owned
 * @error: NULL; or of a file that is refused, of which only @device is known;
 *	owned
 */
struct attach_entry {
	struct attach_entry *next;
	char *file;
	unsigned int line;
	char *device;
	char *values[ATTACH_SETTINGS_MAX];
	char *error;
};

struct attach_entry *attach_entries_free(struct attach_entry *list);

static inline void attach_entries_freep(struct attach_entry **list)
{
	*list = attach_entries_free(*list);
}

int attach_entries_parse(struct attach_entry **list, struct ini *ini,
			 const char *text, size_t length);
int attach_entries_read(struct attach_entry **list, const char *directory,
			void (*complain)(const char *message));
int attach_entries_find(const struct attach_entry *list,
			bool (*match)(const char *device, void *user),
			void *user, const struct attach_entry **ret_entry,
			char *why, size_t size);
int attach_entry_apply(const struct attach_entry *entry,
		       struct attach_options *o, char *why, size_t size);
int attach_udev_apply(dev_t device, struct attach_options *o, char *why,
		      size_t size);

#endif /* BACS_ATTACH_CONFIG_H */
