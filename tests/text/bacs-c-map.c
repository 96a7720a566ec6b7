// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the built-in map of profile bacs-c, for bacs-c-files.py */
#include <stdio.h>

#include "bacs_c.h"
#include "profile.h"

static const char *const classes[] = {
	[BACS_CLASS_JAR] = "jar",
	[BACS_CLASS_STRING] = "string",
	[BACS_CLASS_ENVIRONMENT] = "environment",
	[BACS_CLASS_IO] = "io",
};

/* Names of the dictionary, Documentation/quantities.rst */
static const char *const quantities[] = {
	[BACS_QUANTITY_VOLTAGE_MV] = "voltage_mv",
	[BACS_QUANTITY_TEMP_MC] = "temperature_mc",
	[BACS_QUANTITY_RESISTANCE_UOHM] = "resistance_uohm",
	[BACS_QUANTITY_MODULE_TEMP_MC] = "module_temperature_mc",
	[BACS_QUANTITY_CURRENT_MA] = "current_ma",
	[BACS_QUANTITY_RIPPLE_MA] = "ripple_ma",
	[BACS_QUANTITY_HUMIDITY_PERMILLE] = "humidity_permille",
	[BACS_QUANTITY_H2_PPM] = "h2_ppm",
	[BACS_QUANTITY_FLAGS] = "flags",
	[BACS_QUANTITY_RI_SEQUENCE] = "ri_sequence",
	[BACS_QUANTITY_RI_SPREAD_PERMILLE] = "ri_spread_permille",
	[BACS_QUANTITY_DUTY_PERMILLE] = "equalizer_duty_permille",
	[BACS_QUANTITY_BYPASSED_MAH] = "bypassed_mah",
	[BACS_QUANTITY_BOOTS] = "boots",
	[BACS_QUANTITY_LATCH_NUMBER] = "latch_number",
	[BACS_QUANTITY_INPUTS] = "inputs",
	[BACS_QUANTITY_RELAYS] = "relays",
};

static void print_field(const struct bacs_block *block,
			const struct bacs_field *f, const char *comma)
{
	printf("   {\"quantity\": \"%s\", \"block\": 0, \"register\": %u, "
	       "\"width\": %u, \"signed\": %s, \"low_word_first\": %s, "
	       "\"multiplier\": %d, \"divisor\": %d, \"offset\": %d, "
	       "\"every\": %u, \"valid_flag\": %u, ",
	       quantities[f->quantity], block->start + f->reg, f->width,
	       f->is_signed ? "true" : "false",
	       f->low_word_first ? "true" : "false", f->multiplier, f->divisor,
	       f->offset, f->every ? f->every : 1, f->valid_flag);
	if (f->has_invalid)
		printf("\"invalid\": %u, ", f->invalid);
	else
		printf("\"invalid\": null, ");
	if (f->has_range)
		printf("\"min\": %d, \"max\": %d}%s\n", f->min, f->max, comma);
	else
		printf("\"min\": null, \"max\": null}%s\n", comma);
}

int main(void)
{
	printf("{\n");
	for (u8 class = BACS_CLASS_JAR; class <= BACS_CLASS_IO; class++) {
		const struct bacs_block *b = bacs_c_block(class);

		printf(" \"%s\": {\n  \"response_ms\": %u,\n", classes[class],
		       BACS_C_RESPONSE_MS);
		printf("  \"blocks\": [{\"function\": %u, \"start\": %u, "
		       "\"count\": %u}],\n  \"fields\": [\n", b->function,
		       b->start, b->count);
		for (u8 i = 0; i < b->field_count; i++)
			print_field(b, &b->fields[i],
				    i + 1 < b->field_count ? "," : "");
		printf("  ]\n }%s\n", class < BACS_CLASS_IO ? "," : "");
	}
	printf("}\n");
	return 0;
}
