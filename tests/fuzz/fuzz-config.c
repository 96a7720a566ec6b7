// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsd.conf: whatever the bytes, refused with a place or read back the same */
#include <string.h>

#include "config-show.h"
#include "config.h"
#include "fuzz.h"
#include "text.h"

static void check_error(const struct config_error *e, void *userdata)
{
	(void)userdata;
	MUST(*e->text);
	MUST(text_is_utf8(e->text, strlen(e->text)));
	/* one line in the journal, whatever the file says */
	MUST(!strchr(e->text, '\n'));
}

static void check_strings(const struct config *c)
{
	char label[CONFIG_LABEL_MAX + 1];

	for (size_t i = 0; i < c->string_count; i++) {
		const struct config_string *s = &c->strings[i];

		MUST(s->number >= 1 && s->number <= CONFIG_STRINGS_MAX);
		MUST(config_find_bus(c, s->bus));
		for (unsigned int j = 1; j <= s->modules.count; j++) {
			unsigned int jar;

			MUST(config_label(s, j, label) == 0);
			MUST(text_is_printable_ascii(label));
			MUST(config_find_jar(c, s->bus, s->modules.list[j - 1],
					     &jar) == s);
			MUST(jar == j);
		}
	}
}

static void check_set(const struct config *c, const struct config_string *s,
		      const struct config_block *b)
{
	const struct limit_order *o;
	struct config_resolved r;

	config_resolve(c, s, b, &r);
	for (o = limit_orders; o->low != o->high; o++)
		MUST(r.set.value[o->low] == LIMIT_UNSET ||
		     r.set.value[o->high] == LIMIT_UNSET ||
		     r.set.value[o->low] < r.set.value[o->high]);
	for (int i = 0; i < LIMIT_COUNT; i++)
		MUST(r.set.value[i] == LIMIT_UNSET ||
		     (r.set.value[i] >= limit_infos[i].min &&
		      r.set.value[i] <= limit_infos[i].max));
	for (int i = 0; i < LIMIT_COUNT; i++)
		MUST(r.set.value[i] != LIMIT_UNSET || limit_infos[i].optional);
}

/* What is accepted is in order for the site, each string and each module */
static void check_limits(const struct config *c)
{
	unsigned int jar;

	check_set(c, NULL, NULL);
	for (size_t i = 0; i < c->string_count; i++)
		check_set(c, &c->strings[i], NULL);
	for (size_t i = 0; i < c->block_count; i++)
		check_set(c, config_find_jar(c, c->blocks[i].module.bus,
					     c->blocks[i].module.address, &jar),
			  &c->blocks[i]);
}

static void count_row(const struct config_row *row, void *userdata)
{
	MUST(*row->section && *row->key && *row->source);
	(*(size_t *)userdata)++;
}

static void check_reading_back(const struct config *c)
{
	struct config_errors errors = { .report = check_error };
	struct text once = { .s = NULL }, twice = { .s = NULL };
	struct config *again = NULL;

	config_format(c, &once);
	MUST(!once.failed && config_new(&again) == 0);
	MUST(config_read_text(again, "printed", once.s, once.size,
			      &errors) == 0);
	config_check(again, "printed", &errors);
	MUST(!errors.count);
	config_format(again, &twice);
	MUST(!strcmp(once.s, twice.s));
	text_done(&once);
	text_done(&twice);
	config_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_errors errors = { .report = check_error };
	struct config *c = NULL;

	MUST(config_new(&c) == 0);
	MUST(config_read_text(c, "fuzz.conf", (const char *)data, size,
			      &errors) == 0);
	if (!errors.count)
		config_check(c, "fuzz.conf", &errors);
	if (!errors.count) {
		size_t rows = 0;

		check_strings(c);
		check_limits(c);
		config_show(c, count_row, &rows);
		MUST(rows > LIMIT_COUNT);
		check_reading_back(c);
	}
	config_free(c);
	return 0;
}
