// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parser's table as lines for config-keys.py: section, limit or key, name,
 * default, smallest and greatest value, source, separated by tabs
 */
#include <string.h>

#include "config-internal.h"

static void print_value(const struct config_item *item, int32_t value,
			char *buffer, size_t size)
{
	item->type->format(item->type, &value, &item->range, buffer, size);
}

static void print_item(const struct config_item *item, int id)
{
	char value[1024] = "", low[32] = "", high[32] = "";

	if (id < 0)
		item->type->format(item->type, config_default(item),
				   &item->range, value, sizeof(value));
	else
		print_value(item, limit_infos[id].normal == LIMIT_UNSET ?
			    CONFIG_NONE : limit_infos[id].normal, value,
			    sizeof(value));
	if (item->type->units || item->type == &config_type_number) {
		print_value(item, item->range.min, low, sizeof(low));
		print_value(item, item->range.max, high, sizeof(high));
	}
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
	       config_section_name(item->section),
	       config_section_named(item->section) ? "named" : "single",
	       id < 0 ? "key" : "limit", item->key, value, low, high,
	       id < 0 ? "" : limit_infos[id].source);
}

int main(void)
{
	struct config_item item;
	int section, id;
	size_t n;

	for (section = 0; section < CONFIG_SECTION_COUNT; section++) {
		id = 0;
		for (n = 0; config_item_at(section, n, &item); n++) {
			if (!config_is_limit(&item)) {
				print_item(&item, -1);
				continue;
			}
			if (section == CONFIG_LIMITS)
				print_item(&item, id++);
		}
	}
	return 0;
}
