// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

static const char *const names[JARS] = {
	"1S1", "1S2", "1S3", "1S4", "1S5", "1S6"
};

/* All alike, calibrated, long on float, 100 Ah of 12 V, switched on */
int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_int_equal(equalize_new(JARS, &w->e), 0);
	equalize_config_default(&w->config);
	w->config.on = true;
	w->config.capacity_mah = 100000;
	w->config.bypass_ua = 150000;
	equalize_configure(w->e, &w->config);
	for (int i = 0; i < JARS; i++)
		w->cells[i] = (struct equalize_cell) {
			.name = names[i],
			.valid = true,
			.cell_uv = MEAN_UV,
			.has_temperature = true,
			.temperature_mc = 25000,
			.has_module_temperature = true,
			.module_mc = 25000,
			.resistance_uohm = 4000,
			.calibrated = true,
		};
	w->scan = (struct equalize_scan) {
		.time_ns = 100 * HOUR,
		.state = STRING_FLOAT,
		.since_ns = HOUR,
		.zero_ma = 1000,
		.cells = w->cells,
	};
	*state = w;
	return 0;
}

int teardown(void **state)
{
	struct world *w = *state;

	equalize_free(w->e);
	free(w);
	return 0;
}

bool scan(struct world *w, unsigned int seconds)
{
	w->scan.time_ns += seconds * S;
	return equalize_scan(w->e, &w->scan);
}

void run(struct world *w, unsigned int minutes)
{
	for (unsigned int i = 0; i < minutes; i++)
		scan(w, 60);
}

/* One jar above, the others below by as much together */
void raise_jar(struct world *w, int jar, int uv)
{
	for (int i = 0; i < JARS; i++)
		w->cells[i].cell_uv = MEAN_UV - uv / (JARS - 1);
	w->cells[jar].cell_uv = MEAN_UV + uv;
}

unsigned int duty(const struct world *w, int jar)
{
	return w->e->jars[jar].duty_permille;
}

void begin(struct world *w)
{
	raise_jar(w, 2, 20000);
	run(w, 120);
	assert_true(duty(w, 2) > 100);
}

void says(const struct world *w, enum equalize_status status,
		 const char *words)
{
	if (w->e->status != status || !strstr(w->e->reason, words))
		fail_msg("%s: %s; want %s with '%s'",
			 equalize_status_name(w->e->status), w->e->reason,
			 equalize_status_name(status), words);
}

void stopped(const struct world *w, const char *words)
{
	says(w, EQUALIZE_SUSPENDED, words);
	assert_false(equalize_flows(w->e));
}
