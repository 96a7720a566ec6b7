// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "svg.h"

enum { WIDTH = 640, HEIGHT = 400, LEFT = 60, RIGHT = 140, TOP = 34, BOTTOM = 44 };

/* Told apart without colour, too: the dashes differ */
static const char *const colours[] = {
	"#1b4f9c", "#b3401c", "#2b7a3d", "#7a3b8f", "#6b5a00", "#333333",
};
static const char *const dashes[] = { "none", "8 3", "3 3", "10 3 2 3", "1 3",
				      "14 4" };

static double share(const struct svg_axis *a, double v)
{
	if (a->decades)
		return log10(v / a->from) / log10(a->to / a->from);
	return (v - a->from) / (a->to - a->from);
}

static double px(const struct svg *s, double x)
{
	return LEFT + share(&s->x, x) * (WIDTH - LEFT - RIGHT);
}

static double py(const struct svg *s, double y)
{
	return HEIGHT - BOTTOM - share(&s->y, y) * (HEIGHT - TOP - BOTTOM);
}

static double next_tick(const struct svg_axis *a, double v)
{
	return a->decades ? v * 10 : v + a->tick;
}

static void ticks(struct svg *s)
{
	double slack = 1e-9;

	for (double v = s->x.from; v <= s->x.to * (1 + slack);
	     v = next_tick(&s->x, v))
		fprintf(s->file, "<path class=\"g\" d=\"M%.1f %dV%d\"/>"
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g"
			"</text>\n", px(s, v), TOP, HEIGHT - BOTTOM, px(s, v),
			HEIGHT - BOTTOM + 16, v);
	for (double v = s->y.from; v <= s->y.to * (1 + slack);
	     v = next_tick(&s->y, v))
		fprintf(s->file, "<path class=\"g\" d=\"M%d %.1fH%d\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g"
			"</text>\n", LEFT, py(s, v), WIDTH - RIGHT, LEFT - 6,
			py(s, v) + 4, round(v * 1e6) / 1e6);
}

void svg_begin(struct svg *s, FILE *file, const char *title,
	       const struct svg_axis *x, const struct svg_axis *y)
{
	*s = (struct svg) { .file = file, .x = *x, .y = *y };
	fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
		"font-size=\"12\">\n<!-- SPDX-License-Identifier: "
		"GPL-2.0-or-later; made by tests/plant/curves.c -->\n"
		"<style>.g{stroke:#ccc;fill:none}.c{fill:none;"
		"stroke-width:1.6}</style>\n<rect width=\"%d\" height=\"%d\" "
		"fill=\"#fff\"/>\n", WIDTH, HEIGHT, WIDTH, HEIGHT);
	fprintf(file, "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>\n",
		LEFT, title);
	ticks(s);
	fprintf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
		"\n", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x->title);
	fprintf(file, "<text transform=\"translate(14 %d) rotate(-90)\" "
		"text-anchor=\"middle\">%s</text>\n", HEIGHT / 2, y->title);
}

static void end_curve(struct svg *s)
{
	if (s->in_curve)
		fputs("\"/>\n", s->file);
	s->in_curve = false;
}

void svg_curve(struct svg *s, const char *name)
{
	const char *colour = colours[s->curves % 6];
	const char *dash = dashes[s->curves % 6];
	int y = TOP + 12 + 18 * (int)s->curves;

	end_curve(s);
	s->curves++;
	fprintf(s->file, "<path class=\"c\" stroke=\"%s\" stroke-dasharray="
		"\"%s\" d=\"M%d %dh24\"/><text x=\"%d\" y=\"%d\">%s</text>\n",
		colour, dash, WIDTH - RIGHT + 8, y, WIDTH - RIGHT + 36, y + 4,
		name);
	fprintf(s->file, "<polyline class=\"c\" stroke=\"%s\" "
		"stroke-dasharray=\"%s\" points=\"", colour, dash);
	s->in_curve = true;
	s->written = false;
}

/* Points nearer than 2 pixels to the last one are left out */
void svg_point(struct svg *s, double x, double y)
{
	double dx = px(s, x), dy = py(s, y);

	if (s->written && hypot(dx - s->last_x, dy - s->last_y) < 2)
		return;
	fprintf(s->file, "%.1f,%.1f ", dx, dy);
	s->last_x = dx;
	s->last_y = dy;
	s->written = true;
}

void svg_dot(struct svg *s, double x, double y)
{
	end_curve(s);
	fprintf(s->file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\""
		"none\" stroke=\"#000\"/>\n", px(s, x), py(s, y));
}

void svg_end(struct svg *s)
{
	end_curve(s);
	fputs("</svg>\n", s->file);
}
