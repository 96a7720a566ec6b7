/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as a picture */
#ifndef SCENARIO_DRAW_SVG_H
#define SCENARIO_DRAW_SVG_H

#include "world.h"

/* Voltage bands, temperatures, states and alarms of each string over time */
void draw_svg(const struct world *w, FILE *f);

#endif
