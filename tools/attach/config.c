// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the handlers share while one file is read */
struct reading {
	struct attach_entry *first;
	struct attach_entry **tail;
	struct attach_entry *now;
};

/**
 * attach_entries_free - give a list back
 * @list: may be NULL
 *
 * Return: NULL
 */
struct attach_entry *attach_entries_free(struct attach_entry *list)
{
	while (list) {
		struct attach_entry *next = list->next;

		for (size_t i = 0; i < ATTACH_SETTINGS_MAX; i++)
			free(list->values[i]);
		free(list->device);
		free(list->error);
		free(list->file);
		free(list);
		list = next;
	}
	return NULL;
}

/* The error belongs to the section's head, not to the line after it. */
static int check_complete(struct ini *ini, const struct attach_entry *entry)
{
	if (!entry)
		return 0;
	if (entry->device && entry->values[0])
		return 0;
	ini->line = entry->line;
	return ini_fail(ini, EINVAL, "[Attach] has no %s=; Device= and Bus= "
			"are both needed", entry->device ? "Bus" : "Device");
}

static int on_section(struct ini *ini, void *user, const char *name)
{
	struct reading *reading = user;
	struct attach_entry *entry;
	int r;

	r = check_complete(ini, reading->now);
	if (r < 0)
		return r;
	if (strcmp(name, "Attach"))
		return ini_fail(ini, EINVAL, "unknown section [%.60s]; allowed "
				"is [Attach]", name);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return ini_fail(ini, ENOMEM, "%s", strerror(ENOMEM));
	*reading->tail = entry;
	reading->tail = &entry->next;
	reading->now = entry;
	entry->line = ini->line;
	entry->file = strdup(ini->file);
	if (!entry->file)
		return ini_fail(ini, ENOMEM, "%s", strerror(ENOMEM));
	return 0;
}

static int store(struct ini *ini, char **place, const char *key,
		 const char *value)
{
	if (*place)
		return ini_fail(ini, EINVAL, "%s= is given twice in this "
				"section", key);
	*place = strdup(value);
	if (!*place)
		return ini_fail(ini, ENOMEM, "%s", strerror(ENOMEM));
	return 0;
}

static int on_key(struct ini *ini, void *user, const char *key,
		  const char *value)
{
	struct reading *reading = user;
	struct attach_options scratch;
	char why[256];

	if (!strcmp(key, "Device")) {
		if (value[0] != '/' || strlen(value) >= PATH_MAX)
			return ini_fail(ini, EINVAL, "Device=%.60s: a path "
					"that begins with / is needed, e.g. "
					"/dev/serial/by-path/...", value);
		return store(ini, &reading->now->device, key, value);
	}
	for (size_t i = 0; i < attach_n_settings; i++) {
		const struct attach_setting *setting = &attach_settings[i];

		if (strcmp(key, setting->key))
			continue;
		attach_options_init(&scratch);
		if (setting->set(&scratch, value, why, sizeof(why)) < 0)
			return ini_fail(ini, EINVAL, "%s=%.60s: %s", key, value,
					why);
		return store(ini, &reading->now->values[i], key, value);
	}
	return ini_fail(ini, EINVAL, "unknown key %.60s=; bacs-attach.conf(5) "
			"lists them", key);
}

/**
 * attach_entries_parse - read the text of one file
 * @list: entries are appended; unchanged on failure
 * @ini: names the file; filled with the error
 * @text: the text
 * @length: its bytes
 *
 * Return: 0, or a negative errno
 */
int attach_entries_parse(struct attach_entry **list, struct ini *ini,
			 const char *text, size_t length)
{
	static const struct ini_handler handler = { on_section, on_key };
	struct reading reading = { .tail = &reading.first };
	int r;

	_Static_assert(ATTACH_SETTINGS_MAX >= 12, "room for every setting");
	r = ini_parse(ini, text, length, &handler, &reading);
	if (r == 0)
		r = check_complete(ini, reading.now);
	if (r < 0) {
		attach_entries_free(reading.first);
		return r;
	}
	while (*list)
		list = &(*list)->next;
	*list = reading.first;
	return 0;
}

static int is_conf(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && !strcmp(dot, ".conf");
}

/* Value of "Device=value", which is cut off behind its end; NULL: another line */
static char *device_of(char *line)
{
	static const char blank[] = " \t\r";
	char *value;
	size_t n;

	line += strspn(line, blank);
	if (strncmp(line, "Device", 6))
		return NULL;
	line += 6;
	line += strspn(line, blank);
	if (*line != '=')
		return NULL;
	value = line + 1;
	value += strspn(value, blank);
	n = strlen(value);
	while (n && strchr(blank, value[n - 1]))
		value[--n] = '\0';
	return *value == '/' ? value : NULL;
}

/*
 * The ports that a refused file names: what it says of them is not known, so
 * nothing else may be taken for it. @text is cut into lines.
 */
static int note_refused(struct attach_entry **list, const struct ini *ini,
			char *text)
{
	unsigned int number = 0;
	char *line;

	while (*list)
		list = &(*list)->next;
	while ((line = strsep(&text, "\n"))) {
		const char *device = device_of(line);
		struct attach_entry *entry;

		number++;
		if (!device)
			continue;
		entry = calloc(1, sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		*list = entry;
		list = &entry->next;
		entry->line = number;
		entry->file = strdup(ini->file);
		entry->device = strdup(device);
		entry->error = strdup(ini->error);
		if (!entry->file || !entry->device || !entry->error)
			return -ENOMEM;
	}
	return 0;
}

/* Return: 0; or -ENOMEM, which is no fault of the file */
static int read_one(struct attach_entry **list, const char *path,
		    void (*complain)(const char *message))
{
	struct ini ini;
	size_t length;
	char *text;
	int r;

	r = ini_read_file(&ini, path, &text, &length);
	if (r == 0) {
		r = attach_entries_parse(list, &ini, text, length);
		if (r < 0) {
			complain(ini.error);
			for (size_t i = 0; i < length; i++)
				text[i] = text[i] ? text[i] : '?';
			text[length] = '\0';
			r = note_refused(list, &ini, text);
		}
		free(text);
		return r;
	}
	complain(ini.error);
	return r == -ENOMEM ? r : 0;
}

/**
 * attach_entries_read - read all *.conf of a folder in the order of their names
 * @list: entries are appended
 * @directory: a missing one is an empty one
 * @complain: gets one message for each file that is refused
 *
 * Of a file with an error only the devices that it names are known, see
 * attach_entries_find(); the others are not touched by it.
 *
 * Return: 0, or a negative errno when the folder cannot be read
 */
int attach_entries_read(struct attach_entry **list, const char *directory,
			void (*complain)(const char *message))
{
	struct dirent **names;
	int r = 0;
	int n;

	n = scandir(directory, &names, is_conf, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", directory,
			 names[i]->d_name);
		if (r == 0)
			r = read_one(list, path, complain);
		free(names[i]);
	}
	free(names);
	return r;
}

/**
 * attach_entries_find - the one entry of a device
 * @list: entries
 * @match: says whether a Device= means the device
 * @user: passed to @match
 * @ret_entry: the entry, borrowed from @list; NULL if there is none
 * @why: text of a failure
 * @size: of @why
 *
 * Return: 0; -EEXIST: two entries claim the device; -EINVAL: the file that does
 * was refused
 */
int attach_entries_find(const struct attach_entry *list,
			bool (*match)(const char *device, void *user),
			void *user, const struct attach_entry **ret_entry,
			char *why, size_t size)
{
	const struct attach_entry *found = NULL;

	for (const struct attach_entry *e = list; e; e = e->next) {
		if (!match(e->device, user))
			continue;
		if (e->error) {
			snprintf(why, size, "%s:%u names this port, but the "
				 "file is refused: %s", e->file, e->line,
				 e->error);
			return -EINVAL;
		}
		if (found) {
			snprintf(why, size, "%s:%u: this device is claimed by "
				 "%s:%u already; remove one of the two",
				 e->file, e->line, found->file, found->line);
			return -EEXIST;
		}
		found = e;
	}
	*ret_entry = found;
	return 0;
}

/**
 * attach_entry_apply - take an entry's settings over
 * @entry: settings that were checked when they were read
 * @o: changed where the entry says something
 * @why: text of a failure
 * @size: of @why
 *
 * Return: 0, or -EINVAL
 */
int attach_entry_apply(const struct attach_entry *entry,
		       struct attach_options *o, char *why, size_t size)
{
	for (size_t i = 0; i < attach_n_settings; i++) {
		if (!entry->values[i])
			continue;
		if (attach_settings[i].set(o, entry->values[i], why, size) < 0)
			return -EINVAL;
	}
	return 0;
}

static int apply_properties(struct udev_device *device,
			    struct attach_options *o, char *why, size_t size)
{
	for (size_t i = 0; i < attach_n_settings; i++) {
		const struct attach_setting *setting = &attach_settings[i];
		const char *value;
		char reason[256];

		value = udev_device_get_property_value(device,
						       setting->property);
		if (!value || !*value)
			continue;
		if (setting->set(o, value, reason, sizeof(reason)) == 0)
			continue;
		snprintf(why, size, "udev property %s=%.60s: %s; correct the "
			 "rule that sets it", setting->property, value, reason);
		return -EINVAL;
	}
	return 0;
}

/**
 * attach_udev_apply - take the settings over that udev rules gave a tty
 * @device: number of the tty
 * @o: changed where a property says something
 * @why: text of a failure
 * @size: of @why
 *
 * A system without udev has no properties; that is no error.
 *
 * Return: 0, -EINVAL or -ENOMEM
 */
int attach_udev_apply(dev_t device, struct attach_options *o, char *why,
		      size_t size)
{
	struct udev_device *found;
	struct udev *udev;
	int r = 0;

	udev = udev_new();
	if (!udev) {
		snprintf(why, size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	found = udev_device_new_from_devnum(udev, 'c', device);
	if (found) {
		r = apply_properties(found, o, why, size);
		o->from_file = udev_device_get_property_value(found,
							ATTACH_FROM_FILE);
	}
	udev_device_unref(found);
	udev_unref(udev);
	return r;
}
