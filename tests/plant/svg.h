/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagrams of a few curves, small and always the same to the byte */
#ifndef PLANT_SVG_H
#define PLANT_SVG_H

#include <stdbool.h>
#include <stdio.h>

struct svg_axis {
	const char *title;
	double from;
	double to;
	double tick;
	bool decades;
};

struct svg {
	FILE *file;
	struct svg_axis x;
	struct svg_axis y;
	unsigned int curves;
	bool in_curve;
	bool written;
	double last_x;
	double last_y;
};

void svg_begin(struct svg *s, FILE *file, const char *title,
	       const struct svg_axis *x, const struct svg_axis *y);
void svg_curve(struct svg *s, const char *name);
void svg_point(struct svg *s, double x, double y);
void svg_dot(struct svg *s, double x, double y);
void svg_end(struct svg *s);

#endif
