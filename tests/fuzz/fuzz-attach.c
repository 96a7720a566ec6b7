// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of attach.d: any bytes as text; what is taken can be applied */
#include <string.h>

#include "config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attach_entry *list = NULL;
	struct ini ini = { .file = "fuzz.conf" };
	int r;

	r = attach_entries_parse(&list, &ini, (const char *)data, size);
	MUST(r == 0 || !list);
	MUST(r == 0 || !strncmp(ini.error, "fuzz.conf:", 10));
	for (const struct attach_entry *e = list; e; e = e->next) {
		struct attach_options o;
		char why[256];

		attach_options_init(&o);
		MUST(e->device && e->device[0] == '/');
		MUST(attach_entry_apply(e, &o, why, sizeof(why)) == 0);
		MUST(*o.bus && strlen(o.bus) <= BACS_BUS_NAME_MAX);
		MUST(o.baud >= ATTACH_BAUD_MIN && o.baud <= ATTACH_BAUD_MAX);
		/* address 0 and those above 247 are no modules */
		MUST(!(o.addresses[0] & 1) && !(o.addresses[31]));
	}
	attach_entries_free(list);
	return 0;
}
