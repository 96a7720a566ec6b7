// SPDX-License-Identifier: GPL-2.0-or-later
/* The columns every row about a module begins with */
#include <inttypes.h>

#include "bacsctl.h"

void identity_set(struct table *table, const struct bacs_module *module,
		  enum bacs_colour colour)
{
	uint64_t serial = bacs_module_serial(module);
	unsigned int address = bacs_module_address(module);
	char text[24];

	table_text(table, ID_BUS, bacs_bus_name(bacs_module_bus(module)));
	table_number(table, ID_ADDRESS, address, "%u", address);
	table_text(table, ID_NAME, bacs_module_name(module));
	if (serial) {
		snprintf(text, sizeof(text), "%016" PRIx64, serial);
		table_text(table, ID_SERIAL, text);
	}
	table_text(table, ID_STATE,
		   bacs_modstate_name(bacs_module_state(module)));
	table_colour(table, ID_STATE, colour);
}
