// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dictionary - print the library's dictionary as reStructuredText
 *
 * dictionary.py compares it with Documentation/quantities.rst. Tables between
 * ".. begin NAME" and ".. end NAME" are the ones of this program.
 */
#include <bacs.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void begin(const char *name, const char *widths, const char *heads)
{
	printf(".. begin %s\n\n.. list-table::\n   :header-rows: 1\n   :widths: %s\n\n%s",
	       name, widths, heads);
}

static void end(const char *name)
{
	printf("\n.. end %s\n", name);
}

static void quantities(void)
{
	int64_t min, max;

	begin("quantities", "25 10 10 25 30",
	      "   * - Name\n     - Unit shown\n     - Digits\n     - Range\n     - Meaning\n");
	for (unsigned int i = 1; i < BACS_Q_COUNT; i++) {
		enum bacs_q q = (enum bacs_q)i;

		bacs_q_range(q, &min, &max);
		printf("   * - ``%s``\n     - %s", bacs_q_name(q),
		       bacs_q_unit(q)[0] ? bacs_q_unit(q) : "none");
		if (bacs_q_scale(q) != 1)
			printf(" = %d", bacs_q_scale(q));
		printf("\n     - %d\n     - %" PRId64 " to %" PRId64 "\n     - %s\n",
		       bacs_q_digits(q), min, max, bacs_q_description(q));
	}
	end("quantities");
}

static void states(void)
{
	begin("module-states", "20 15",
	      "   * - State\n     - Colour\n");
	for (int i = 0; i <= BACS_MODULE_LOST; i++)
		printf("   * - ``%s``\n     - %s\n",
		       bacs_modstate_name((enum bacs_modstate)i),
		       bacs_colour_name(bacs_modstate_colour(
					(enum bacs_modstate)i)));
	end("module-states");
	begin("bus-states", "20 15",
	      "   * - State\n     - Colour\n");
	for (int i = 0; i <= BACS_BUS_STOPPED; i++)
		printf("   * - ``%s``\n     - %s\n",
		       bacs_busstate_name((enum bacs_busstate)i),
		       bacs_colour_name(bacs_busstate_colour(
					(enum bacs_busstate)i)));
	end("bus-states");
}

/* One name a line, until the table says unknown */
static void names(const char *title, const char *(*name)(int i), int from)
{
	begin(title, "30", "   * - Name\n");
	for (int i = from; i < 64; i++) {
		if (i && !strcmp(name(i), "unknown"))
			break;
		printf("   * - ``%s``\n", name(i));
	}
	end(title);
}

static const char *class_name(int i)
{
	return bacs_modclass_name((enum bacs_modclass)i);
}

static const char *status_name(int i)
{
	return bacs_psystatus_name((enum bacs_psystatus)i);
}

static const char *health_name(int i)
{
	return bacs_psyhealth_name((enum bacs_psyhealth)i);
}

static const char *limit_name(int i)
{
	return bacs_limit_name((enum bacs_limit)i);
}

static const char *counter_name(int i)
{
	return bacs_counter_name((enum bacs_counter)i);
}

static const char *notice_name(int i)
{
	return bacs_notice_kind_name((enum bacs_notice_kind)i);
}

static const char *command_name(int i)
{
	return bacs_command_name((enum bacs_command)i);
}

int main(void)
{
	quantities();
	states();
	names("classes", class_name, 0);
	names("status", status_name, 0);
	names("health", health_name, 0);
	names("limits", limit_name, 1);
	names("counters", counter_name, 1);
	names("notices", notice_name, 1);
	names("commands", command_name, 1);
	return 0;
}
