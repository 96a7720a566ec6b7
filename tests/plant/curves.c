// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The curves of Documentation/plant.rst
 *
 * plant-curves FOLDER writes them; plant-curves --check FOLDER compares what
 * it would write with what is there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "svg.h"

struct picture {
	const char *name;
	void (*draw)(FILE *file);
};

/* Constant current at 25 °C; circles are points of the data sheet */
static void discharge(FILE *file)
{
	static const struct svg_axis x = { "Ah taken from 100 Ah", 0, 120, 20,
					   false };
	static const struct svg_axis y = { "V per cell", 1.6, 2.2, 0.1, false };
	static const struct {
		double h, amp, end_v;
		const char *name;
	} rates[] = {
		{ 20, 5.20, 1.80, "5.2 A" }, { 10, 10.0, 1.80, "10 A" },
		{ 5, 17.6, 1.75, "17.6 A" }, { 3, 25.4, 1.75, "25.4 A" },
		{ 1, 65.1, 1.60, "65.1 A" }, { 0.25, 150.8, 1.80, "150.8 A" },
	};
	struct svg s;

	svg_begin(&s, file, "Discharge, 12 V 100 Ah AGM, 25 °C; "
		  "circles: data sheet", &x, &y);
	for (int i = 0; i < 6; i++) {
		double ah = 0, dt_s = 3600.0 * rates[i].h / 600;
		struct rig r;

		if (dt_s > 60)
			dt_s = 60;
		rig_init(&r, 12, 100, 1, 25);
		r.block.r_factor = 0.0049 / plant_block_resistance_ohm(&r.block);
		svg_curve(&s, rates[i].name);
		for (;;) {
			rig_load(&r, rates[i].amp, dt_s);
			ah += rates[i].amp * dt_s / 3600;
			if (rig_cell_v(&r) < 1.6)
				break;
			svg_point(&s, ah, rig_cell_v(&r));
		}
	}
	for (int i = 0; i < 6; i++)
		svg_dot(&s, rates[i].h * rates[i].amp, rates[i].end_v);
	svg_end(&s);
}

/* From empty at the 10 h rate: 0.1 C, then 2.25 V per cell */
static void charge(FILE *file)
{
	static const struct svg_axis x = { "hours", 0, 36, 6, false };
	static const struct svg_axis y = { "share", 0, 1.2, 0.2, false };
	static const char *const names[] = { "charge", "A / 10 A",
					     "V/cell − 1.25" };
	struct svg s;

	svg_begin(&s, file, "Charge at 0.1 C to 2.25 V per cell, 25 °C", &x, &y);
	for (int i = 0; i < 3; i++) {
		struct rig r;

		rig_init(&r, 12, 100, 1, 25);
		rig_discharge_ah(&r, 10, 1.80);
		svg_curve(&s, names[i]);
		for (int min = 0; min < 36 * 60; min++) {
			rig_charge(&r, 2.25, 10, 60);
			svg_point(&s, min / 60.0,
				  i == 0 ? plant_block_charge(&r.block) :
				  i == 1 ? r.block.amp_a / 10 :
				  rig_cell_v(&r) - 1.25);
		}
	}
	svg_end(&s);
}

/* Steady current of a full cell */
static void floating(FILE *file)
{
	static const struct svg_axis x = { "V per cell", 2.2, 2.4, 0.05, false };
	static const struct svg_axis y = { "mA per Ah", 0.1, 100, 0, true };
	static const double temps[] = { 15, 25, 35, 45 };
	static const char *const names[] = { "15 °C", "25 °C", "35 °C",
					     "45 °C" };
	struct svg s;

	svg_begin(&s, file, "Float current; circle: from the published heat",
		  &x, &y);
	for (int i = 0; i < 4; i++) {
		struct rig r;

		rig_init(&r, 2, 100, 1, temps[i]);
		svg_curve(&s, names[i]);
		for (int mv = 2200; mv <= 2400; mv += 10) {
			for (int min = 0; min < 24 * 60; min++)
				rig_charge(&r, mv / 1e3, 100, 60);
			svg_point(&s, mv / 1e3, 10 * r.block.amp_a);
		}
	}
	svg_dot(&s, 2.25, 0.4);
	svg_end(&s);
}

static const struct picture pictures[] = {
	{ "plant-discharge.svg", discharge },
	{ "plant-charge.svg", charge },
	{ "plant-float.svg", floating },
};

static char *slurp(const char *path, size_t *ret_size)
{
	char *text = NULL;
	FILE *file = fopen(path, "rb");

	*ret_size = 0;
	if (!file)
		return NULL;
	text = calloc(1, 1 << 20);
	if (text)
		*ret_size = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return text;
}

/* 0 if @path holds what the picture is now */
static int compare(const struct picture *p, const char *path)
{
	size_t size, stored_size;
	char *now = NULL, *stored = slurp(path, &stored_size);
	FILE *file = open_memstream(&now, &size);
	int bad = 1;

	if (file) {
		p->draw(file);
		fclose(file);
		bad = !stored || size != stored_size ||
		      memcmp(now, stored, size);
	}
	printf("%s %s\n", bad ? "not ok" : "ok", p->name);
	if (bad)
		fprintf(stderr, "%s is not what the model gives now; "
			"if that is right, write it with plant-curves FOLDER\n",
			path);
	free(now);
	free(stored);
	return bad;
}

static int store(const struct picture *p, const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	p->draw(file);
	return fclose(file) != 0;
}

int main(int argc, char **argv)
{
	int check = argc == 3 && !strcmp(argv[1], "--check");
	int bad = 0;

	if (argc != 2 && !check) {
		fprintf(stderr, "usage: plant-curves [--check] FOLDER\n");
		return 2;
	}
	if (check)
		printf("1..3\n");
	for (int i = 0; i < 3; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", argv[argc - 1],
			 pictures[i].name);
		bad |= check ? compare(&pictures[i], path) :
			       store(&pictures[i], path);
	}
	return bad;
}
