// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "timeline.h"

/* A storm of entries is a finding, not a reason to run out of memory */
#define ENTRIES_MAX	200000

void timeline_add(struct timeline *t, double time_s, enum entry_kind kind,
		  const char *what, const char *on, const char *level,
		  const char *text)
{
	struct entry *e;

	if (t->count == ENTRIES_MAX) {
		t->left_out++;
		return;
	}
	if (!(t->count & (t->count - 1))) {
		size_t room = t->count ? t->count * 2 : 1;

		e = realloc(t->entries, room * sizeof(*e));
		if (!e)
			abort();
		t->entries = e;
	}
	e = &t->entries[t->count++];
	memset(e, 0, sizeof(*e));
	e->time_s = time_s;
	e->kind = kind;
	snprintf(e->what, sizeof(e->what), "%s", what);
	snprintf(e->on, sizeof(e->on), "%s", on);
	snprintf(e->level, sizeof(e->level), "%s", level);
	e->text = strdup(text);
}

void timeline_free(struct timeline *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->entries[i].text);
	free(t->entries);
	for (i = 0; i < 16; i++)
		free(t->points[i]);
}

void timeline_time(double time_s, char *text, size_t size)
{
	unsigned long s = (unsigned long)time_s;

	snprintf(text, size, "%3lud %02lu:%02lu:%02lu", s / 86400,
		 s / 3600 % 24, s / 60 % 60, s % 60);
}

void timeline_print(const struct timeline *t, FILE *f)
{
	static const char *const kinds[] = {
		[ENTRY_ACTION] = "action", [ENTRY_EVENT] = "event",
		[ENTRY_STATE] = "state", [ENTRY_ALARM] = "ALARM",
		[ENTRY_CLEAR] = "clear", [ENTRY_COMMAND] = "command",
		[ENTRY_CHANGE] = "change",
	};
	char time[32];
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];

		timeline_time(e->time_s, time, sizeof(time));
		fprintf(f, "%s  %-7s %-8s %-22s %-8s %s\n", time,
			kinds[e->kind], e->on, e->what, e->level, e->text);
	}
	if (t->left_out)
		fprintf(f, "... and %zu more\n", t->left_out);
}

bool timeline_matches(const char *list, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(list, "*"))
		return true;
	while (*list) {
		size_t length = strcspn(list, "|");

		if (length == n && !strncmp(list, name, n))
			return true;
		list += length;
		list += *list == '|';
	}
	return false;
}
