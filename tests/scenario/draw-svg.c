// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <string.h>

#include "draw-svg.h"

#define LEFT	70.0
#define WIDTH	1200.0
#define RIGHT	40.0
#define VOLT_H	180.0
#define TEMP_H	90.0
#define BAR_H	18.0
#define ROW_H	16.0
#define GAP	26.0

struct panel {
	FILE *f;
	double end_s;
	double top;
	double height;
	double low;
	double high;
};

static double x_of(const struct panel *p, double time_s)
{
	return LEFT + WIDTH * time_s / p->end_s;
}

static double y_of(const struct panel *p, double value)
{
	return p->top + p->height * (p->high - value) / (p->high - p->low);
}

static void escaped(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", f);
		else if (*text == '>')
			fputs("&gt;", f);
		else if (*text == '&')
			fputs("&amp;", f);
		else
			fputc(*text, f);
	}
}

static void label(FILE *f, double x, double y, const char *anchor,
		  const char *text)
{
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y,
		anchor);
	escaped(f, text);
	fputs("</text>\n", f);
}

/* A step of 1, 2 or 5 that gives about @lines lines */
static double step_of(double span, int lines)
{
	double step = pow(10, floor(log10(span / lines)));

	if (span / step > 5 * lines)
		return 5 * step;
	return span / step > 2 * lines ? 2 * step : step;
}

static void frame(const struct panel *p, const char *title)
{
	double step = step_of(p->high - p->low, 4), v;
	int digits = step < 0.0999 ? 2 : step < 0.999 ? 1 : 0;
	char text[32];

	fprintf(p->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"frame\"/>\n",
		LEFT, p->top, WIDTH, p->height);
	label(p->f, LEFT, p->top - 5, "start", title);
	for (v = ceil(p->low / step) * step; v <= p->high + 1e-9; v += step) {
		fprintf(p->f, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>\n",
			LEFT, y_of(p, v), LEFT + WIDTH, y_of(p, v));
		snprintf(text, sizeof(text), "%.*f", digits, v);
		label(p->f, LEFT - 6, y_of(p, v) + 4, "end", text);
	}
}

/* Least and greatest of what is drawn, with some air */
static void fit(struct panel *p, double least_span, const struct point *points,
		size_t count, size_t low_at, size_t high_at)
{
	double middle;
	size_t i;

	p->low = INFINITY;
	p->high = -INFINITY;
	for (i = 0; i < count; i++) {
		const char *at = (const char *)&points[i];

		p->low = fmin(p->low, *(const float *)(at + low_at));
		p->high = fmax(p->high, *(const float *)(at + high_at));
	}
	if (!(p->high - p->low >= least_span)) {
		middle = (p->high + p->low) / 2;
		p->low = middle - least_span / 2;
		p->high = middle + least_span / 2;
	}
	middle = (p->high - p->low) * 0.05;
	p->low -= middle;
	p->high += middle;
}

static double value(const struct point *p, size_t at)
{
	return *(const float *)((const char *)p + at);
}

static void band(const struct panel *p, const struct point *points,
		 size_t count, size_t low_at, size_t mid_at, size_t high_at,
		 const char *class)
{
	size_t i;

	fprintf(p->f, "<path class=\"%s-band\" d=\"", class);
	for (i = 0; i < count; i++)
		fprintf(p->f, "%c%.1f %.1f", i ? 'L' : 'M',
			x_of(p, points[i].time_s),
			y_of(p, value(&points[i], high_at)));
	for (i = count; i-- > 0;)
		fprintf(p->f, "L%.1f %.1f", x_of(p, points[i].time_s),
			y_of(p, value(&points[i], low_at)));
	fprintf(p->f, "Z\"/>\n<path class=\"%s-line\" d=\"", class);
	for (i = 0; i < count; i++)
		fprintf(p->f, "%c%.1f %.1f", i ? 'L' : 'M',
			x_of(p, points[i].time_s),
			y_of(p, value(&points[i], mid_at)));
	fputs("\"/>\n", p->f);
}

static const char *state_colour(const char *state)
{
	static const char *const colours[][2] = {
		{ "float", "#8fbf8f" }, { "boost", "#e8b04a" },
		{ "rest", "#a9b7c6" }, { "discharge", "#d9705f" },
		{ "recharge", "#7aa6d8" }, { "offline", "#555555" },
	};
	size_t i;

	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (!strcmp(colours[i][0], state))
			return colours[i][1];
	return "#dddddd";
}

static void bar(const struct panel *p, double from_s, double to_s,
		const char *state)
{
	double x = x_of(p, from_s), width = x_of(p, to_s) - x;

	fprintf(p->f, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"/>\n",
		x, p->top, fmax(width, 0.6), p->height, state_colour(state));
	if (width > 60)
		label(p->f, x + width / 2, p->top + p->height - 5, "middle",
		      state);
}

/* Those of float first: a test of half a minute is to be seen in a year */
static void states(const struct panel *p, const struct timeline *t,
		   const char *on, bool floats)
{
	const char *state = "unknown";
	double since_s = 0;
	size_t i;

	for (i = 0; i <= t->count; i++) {
		const struct entry *e = i < t->count ? &t->entries[i] : NULL;

		if (e && (e->kind != ENTRY_STATE || strcmp(e->on, on)))
			continue;
		if (!strcmp(state, "float") == floats)
			bar(p, since_s, e ? e->time_s : p->end_s, state);
		if (e) {
			state = e->what;
			since_s = e->time_s;
		}
	}
}

static const char *level_colour(const char *level)
{
	if (!strcmp(level, "alarm"))
		return "#c62828";
	return strcmp(level, "warning") ? "#8a8a8a" : "#e08a00";
}

static double alarm_end(const struct timeline *t, size_t from, double end_s)
{
	const struct entry *e = &t->entries[from];
	size_t i;

	for (i = from + 1; i < t->count; i++) {
		const struct entry *n = &t->entries[i];

		if ((n->kind == ENTRY_CLEAR || n->kind == ENTRY_ALARM) &&
		    !strcmp(n->what, e->what) && !strcmp(n->on, e->on))
			return n->time_s;
	}
	return end_s;
}

#define ROWS	40

/* A row for each alarm of each object */
struct row {
	char name[2 * SCENARIO_NAME + 1];
	double from_x;
	double to_x;
};

static unsigned int find_row(struct row *rows, unsigned int *count,
			     const char *name)
{
	unsigned int row;

	for (row = 0; row < *count && strcmp(rows[row].name, name); row++)
		;
	if (row == *count && row < ROWS) {
		snprintf(rows[row].name, sizeof(rows[row].name), "%s", name);
		rows[row].from_x = INFINITY;
		rows[row].to_x = 0;
		(*count)++;
	}
	return row;
}

/* How many rows there are; draws them where @f of the panel is not NULL */
static unsigned int alarms(const struct panel *p, const struct timeline *t)
{
	struct row rows[ROWS];
	char name[2 * SCENARIO_NAME + 1];
	unsigned int count = 0, row;
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];
		double x, end;

		if (e->kind != ENTRY_ALARM)
			continue;
		snprintf(name, sizeof(name), "%s %s", e->on, e->what);
		row = find_row(rows, &count, name);
		if (row == ROWS || !p->f)
			continue;
		x = x_of(p, e->time_s);
		end = fmax(x_of(p, alarm_end(t, i, p->end_s)), x + 2);
		fprintf(p->f, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"/>\n",
			x, p->top + row * ROW_H, end - x, ROW_H - 3,
			level_colour(e->level));
		rows[row].from_x = fmin(rows[row].from_x, x);
		rows[row].to_x = fmax(rows[row].to_x, end);
	}
	for (row = 0; p->f && row < count; row++) {
		bool left = rows[row].to_x > LEFT + WIDTH * 2 / 3;

		label(p->f, left ? rows[row].from_x - 5 : rows[row].to_x + 5,
		      p->top + row * ROW_H + ROW_H - 5, left ? "end" : "start",
		      rows[row].name);
	}
	return count;
}

static void actions(const struct panel *p, const struct timeline *t,
		    double top, double bottom)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];
		double x = x_of(p, e->time_s);

		if (e->kind != ENTRY_ACTION)
			continue;
		fprintf(p->f, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"action\"/>\n",
			x, top, x, bottom);
		/* three heights, so that neighbours can be read */
		label(p->f, x + 3, top + 12 + n++ % 3 * 13, "start",
		      strcmp(e->text, "ends") ? e->text : "");
	}
}

static void time_axis(const struct panel *p, double y)
{
	static const struct {
		double step_s;
		const char *unit;
		double unit_s;
	} steps[] = {
		{ 60, "min", 60 }, { 300, "min", 60 }, { 900, "min", 60 },
		{ 3600, "h", 3600 }, { 4 * 3600, "h", 3600 },
		{ 86400, "d", 86400 }, { 7 * 86400, "d", 86400 },
		{ 30 * 86400.0, "d", 86400 }, { 365 * 86400.0, "d", 86400 },
	};
	char text[32];
	size_t i = 0;
	double t;

	while (i + 1 < sizeof(steps) / sizeof(steps[0]) &&
	       p->end_s / steps[i].step_s > 16)
		i++;
	for (t = 0; t <= p->end_s; t += steps[i].step_s) {
		snprintf(text, sizeof(text), "%g %s", t / steps[i].unit_s,
			 steps[i].unit);
		fprintf(p->f, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>\n",
			x_of(p, t), y, x_of(p, t), y + 5);
		label(p->f, x_of(p, t), y + 17, "middle", text);
	}
}

#define AT(field)	offsetof(struct point, field)

static double draw_string(const struct world *w, unsigned int k,
			  struct panel *p, double y)
{
	const struct point *points = w->line.points[k];
	size_t count = w->line.point_count;
	char name[12], title[120];

	snprintf(name, sizeof(name), "S%u", k + 1);
	p->top = y;
	p->height = VOLT_H;
	fit(p, 0.05, points, count, AT(low_v), AT(high_v));
	snprintf(title, sizeof(title),
		 "%s: V per cell, lowest, median and highest block", name);
	frame(p, title);
	band(p, points, count, AT(low_v), AT(median_v), AT(high_v), "volt");
	p->top += p->height;
	p->height = BAR_H;
	states(p, &w->line, name, true);
	states(p, &w->line, name, false);
	p->top += p->height + GAP;
	p->height = TEMP_H;
	fit(p, 2, points, count, AT(cold_c), AT(hot_c));
	snprintf(title, sizeof(title),
		 "%s: temperature in °C, coldest, median and hottest block",
		 name);
	frame(p, title);
	band(p, points, count, AT(cold_c), AT(median_c), AT(hot_c), "temp");
	return p->top + p->height + GAP + 8;
}

static const char style[] =
	"text{font:11px sans-serif;fill:#222}.title{font:bold 15px sans-serif}"
	".frame{fill:none;stroke:#999}.grid{stroke:#e0e0e0}"
	".action{stroke:#5b3f8c;stroke-dasharray:4 3}"
	".volt-band{fill:#9cc0e7;fill-opacity:.7;stroke:#9cc0e7;stroke-width:.5}"
	".volt-line{fill:none;stroke:#134a86;stroke-width:1.2}"
	".temp-band{fill:#f3c4a5;fill-opacity:.7;stroke:#f3c4a5;stroke-width:.5}"
	".temp-line{fill:none;stroke:#a3470b;stroke-width:1.2}";

void draw_svg(const struct world *w, FILE *f)
{
	struct panel p = { .end_s = w->s->duration_s };
	double top = 100, y = top, height;
	unsigned int k, strings = w->s->site.strings;

	height = top + strings * (VOLT_H + BAR_H + TEMP_H + 2 * GAP + 8) +
		 alarms(&p, &w->line) * ROW_H + 60;
	p.f = f;
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\">\n<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		LEFT + WIDTH + RIGHT, height, style);
	fprintf(f, "<text x=\"%.1f\" y=\"24\" class=\"title\">", LEFT);
	escaped(f, w->s->title);
	fprintf(f, " (seed %llu)</text>\n", (unsigned long long)w->s->seed);
	for (k = 0; k < strings && w->line.point_count; k++)
		y = draw_string(w, k, &p, y);
	time_axis(&p, y - GAP + 4);
	p.top = y + 16;
	label(f, LEFT - 6, p.top + 11, "end", "alarms");
	alarms(&p, &w->line);
	actions(&p, &w->line, 34, y - GAP);
	fputs("</svg>\n", f);
}
