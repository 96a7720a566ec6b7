// SPDX-License-Identifier: GPL-2.0-or-later
/* scenario [OPTION...] FILE... - run scenarios, see Documentation/scenario.rst */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "expect.h"
#include "draw-svg.h"

struct options {
	unsigned int first;
	unsigned int last;	/* 0: those of the file */
	const char *svg;
	bool tap;
	bool check;
	bool timeline;
};

static void usage(FILE *f)
{
	fputs("usage: scenario [--seed N | --seeds A-B] [--svg FILE] [--tap] [--check] FILE...\n"
	      "\n"
	      "  --seed N, --seeds A-B  instead of those of the file\n"
	      "  --svg FILE             draw the run (one file, one seed)\n"
	      "  --tap                  a line for each file, no timeline\n"
	      "  --check                read the files only\n"
	      "\n"
	      "BACS_SOURCE names the source tree whose bacsd.conf and limit profiles are\n"
	      "used, instead of the one it was built from.\n", f);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_counts(FILE *f, const struct world *w, double took_s)
{
	const struct world_counts *c = &w->counts;

	fprintf(f, "  %llu samples (%llu at scan rate), %llu lost, %llu doubled, %llu out of order, %u restarts, %u mains failures, %u tests\n",
		(unsigned long long)c->samples, (unsigned long long)c->fast,
		(unsigned long long)c->lost, (unsigned long long)c->doubled,
		(unsigned long long)c->swapped, c->restarts,
		w->site.failures, w->site.tests);
	fprintf(f, "  commands: %llu duties, %llu RI runs, %llu limits; %.1f s of processor time, %zu entries\n",
		(unsigned long long)c->duty_commands,
		(unsigned long long)c->ri_commands,
		(unsigned long long)c->limit_commands, took_s,
		w->line.count + w->line.left_out);
}

static int draw(const struct world *w, const char *path)
{
	FILE *f = fopen(path, "we");
	int r;

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -errno;
	}
	draw_svg(w, f);
	r = ferror(f) ? -EIO : 0;
	if (fclose(f) || r < 0) {
		fprintf(stderr, "%s: cannot be written\n", path);
		return -EIO;
	}
	return 0;
}

/* One seed: 0 when it is as it should be, 1 when not, or negative errno */
static int run_seed(const char *file, unsigned int seed,
		    const struct options *o, FILE *f)
{
	struct scenario *s;
	struct world *w;
	double begin_s = cpu_s();
	unsigned int bad = 0;
	int r;

	r = scenario_load(file, seed, &s);
	if (r < 0)
		return r;
	r = world_new(s, &w);
	if (r < 0) {
		fprintf(stderr, "%s: seed %u: %s\n", file, seed, strerror(-r));
		scenario_free(s);
		return r;
	}
	if (o->svg)
		w->line.point_s = s->duration_s / 1200;
	r = world_run(w);
	if (r < 0)
		fprintf(stderr, "%s: seed %u: %s\n", file, seed, strerror(-r));
	if (o->timeline)
		timeline_print(&w->line, f);
	fprintf(f, "%s seed %u: %s\n", s->title, seed, s->draws);
	bad = expect_judge(w, f, o->timeline);
	print_counts(f, w, cpu_s() - begin_s);
	if (r == 0 && o->svg)
		r = draw(w, o->svg);
	world_free(w);
	scenario_free(s);
	return r < 0 ? r : bad != 0;
}

static void print_commented(const char *text)
{
	while (*text) {
		int n = (int)strcspn(text, "\n");

		printf("# %.*s\n", n, text);
		text += n;
		text += *text == '\n';
	}
}

/* All seeds of a file; the number that failed, or negative errno */
static int run_file(const char *file, const struct options *o,
		    unsigned int number)
{
	unsigned int seed, first = o->first, last = o->last, failed = 0;
	char name[128], *text = NULL;
	struct scenario *s;
	size_t size;
	FILE *f;
	int r = scenario_load(file, o->last ? o->first : 1, &s);

	if (r < 0)
		return r;
	if (!last) {
		first = s->first_seed;
		last = s->last_seed;
	}
	scenario_free(s);
	if (o->check)
		return 0;
	f = o->tap ? open_memstream(&text, &size) : stdout;
	for (seed = first; seed <= last; seed++) {
		r = run_seed(file, seed, o, f);
		if (r < 0)
			fprintf(f, "  FAIL seed %u: %s\n", seed, strerror(-r));
		failed += r != 0;
		fflush(f);
	}
	snprintf(name, sizeof(name), "%s", file);
	if (o->tap) {
		fclose(f);
		print_commented(text);
		free(text);
		printf("%s %u - %s: %u of %u seeds\n", failed ? "not ok" : "ok",
		       number, basename(name), last - first + 1 - failed,
		       last - first + 1);
	} else {
		printf("%s: %u of %u seeds are as they should be\n",
		       basename(name), last - first + 1 - failed,
		       last - first + 1);
	}
	fflush(stdout);
	return (int)failed;
}

static bool take_seeds(const char *text, struct options *o)
{
	char end;

	if (sscanf(text, "%u-%u%c", &o->first, &o->last, &end) != 2) {
		if (sscanf(text, "%u%c", &o->first, &end) != 1)
			return false;
		o->last = o->first;
	}
	return o->first && o->last >= o->first && o->last - o->first < 100000;
}

static int take_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 's' },
		{ "svg", required_argument, NULL, 'g' },
		{ "tap", no_argument, NULL, 't' },
		{ "check", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		switch (c) {
		case 's':
			if (take_seeds(optarg, o))
				break;
			fprintf(stderr, "scenario: seeds '%s': a number from 1, or a range such as 1-50\n",
				optarg);
			return -EINVAL;
		case 'g':
			o->svg = optarg;
			break;
		case 't':
			o->tap = true;
			break;
		case 'c':
			o->check = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			return -EINVAL;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return -EINVAL;
	}
	if (o->svg && (argc - optind != 1 || o->first != o->last)) {
		fprintf(stderr, "scenario: --svg draws one seed of one file\n");
		return -EINVAL;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .timeline = true };
	unsigned int number = 0;
	int i, r, result = 0;

	if (take_options(argc, argv, &o) < 0)
		return 2;
	o.timeline = !o.tap;
	if (o.svg && !o.last)
		o.first = o.last = 1;
	if (o.tap)
		printf("TAP version 13\n1..%d\n", argc - optind);
	for (i = optind; i < argc; i++) {
		r = run_file(argv[i], &o, ++number);
		if (r < 0 && o.tap)
			printf("not ok %u - %s\n", number, argv[i]);
		if (r < 0)
			result = 2;
		else if (r > 0 && !result)
			result = 1;
	}
	return result;
}
