// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Confusion matrix of the bus doctor (MASTER 4)
 *
 * Usage: matrix [--verbose] [FIRST-SEED [SEEDS]]
 *
 * Each fault is injected by bacs-sim's rules into buses drawn from each seed:
 * number of modules, speed, format, order of the cable, place and strength of
 * the fault, there before the master started or not. The doctor looks at 60 s.
 * A name is wrong if any finding is another fault than the injected one; to
 * find nothing certain is no wrong name, but a miss. Output is TAP with the
 * matrix as comments.
 */
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define MS	((u64)NSEC_PER_MSEC)
#define S	((u64)NSEC_PER_SEC)

/* MASTER 4: wrong name <= 5 %; to miss is our own limit */
#define WRONG_PERCENT	5
#define MISSED_PERCENT	10

struct site {
	struct pcg rng;
	u32 baud, bits, modules;
	struct wiring wiring;
	unsigned int first;	/* of the segment: its index in the wiring */
	u8 address;		/* of the module concerned, 0: none */
	bool exact;		/* the place must be found exactly */
};

static u32 between(struct site *s, u32 min, u32 max)
{
	return min + pcg_below(&s->rng, max - min + 1);
}

/* 1, 2, 3 ... from either end, or any order; perhaps in two spurs */
static void draw_wiring(struct site *s)
{
	struct wiring *w = &s->wiring;
	u32 kind = between(s, 0, 2);

	*w = (struct wiring){ .count = s->modules };
	for (u32 i = 0; i < s->modules; i++)
		w->address[i] = (u8)(kind == 1 ? s->modules - i : i + 1);
	for (u32 i = s->modules - 1; kind == 2 && i; i--) {
		u32 other = between(s, 0, i);
		u8 a = w->address[i];

		w->address[i] = w->address[other];
		w->address[other] = a;
	}
	w->spur[0] = true;
	if (between(s, 0, 1))
		w->spur[s->modules / 2] = true;
}

static void draw_site(struct site *s, u64 seed, u32 fault)
{
	static const u32 bauds[] = { 9600, 19200, 57600, 115200 };

	*s = (struct site){ 0 };
	pcg_seed(&s->rng, seed, 100 + fault);
	s->baud = bauds[between(s, 0, 3)];
	s->bits = between(s, 10, 11);
	s->modules = between(s, 8, s->baud < 19200 ? 24 : 64);
	draw_wiring(s);
}

/* Index behind the last module that hangs on the same spur */
static unsigned int spur_end(const struct site *s, unsigned int from)
{
	unsigned int i = from + 1;

	while (i < s->wiring.count && !s->wiring.spur[i])
		i++;
	return i;
}

static void list_segment(struct site *s, char *text)
{
	unsigned int end;

	do {
		s->first = between(s, 1, s->wiring.count - 2);
		end = spur_end(s, s->first);
	} while (end - s->first < 2);
	for (unsigned int i = s->first; i < end; i++)
		text += sprintf(text, "%s%u", i > s->first ? "," : "",
				s->wiring.address[i]);
	s->address = s->wiring.address[s->first];
}

static void damage(struct site *s, struct world *w, const char *who, u32 min,
		   u32 max)
{
	u32 percent = between(s, min, max);

	world_rule(w, "address=%s probability=%u%% corrupt 2", who, percent);
	world_rule(w, "address=%s probability=%u%% direction=request corrupt 2",
		   who, (percent + 2) / 3);
}

static char *some_module(struct site *s, char *text)
{
	s->address = (u8)between(s, 1, s->modules);
	s->exact = true;
	sprintf(text, "%u", s->address);
	return text;
}

static void inject(struct site *s, struct world *w, enum doctor_fault fault)
{
	char who[4 * 247];

	switch (fault) {
	case DOCTOR_HEALTHY:
		world_rule(w, "probability=0.05%% corrupt");
		break;
	case DOCTOR_BUS_SILENT:
		world_rule(w, "silence");
		break;
	case DOCTOR_ECHO:
		world_rule(w, "echo");
		break;
	case DOCTOR_SECOND_MASTER:
		world_rule(w, "second-master %u", between(s, 200, 10000));
		break;
	case DOCTOR_CABLE_SEGMENT:
		list_segment(s, who);
		s->exact = between(s, 0, 1);
		if (s->exact)
			world_rule(w, "address=%s silence", who);
		else
			damage(s, w, who, 8, 60);
		break;
	case DOCTOR_DUPLICATE_ADDRESS:
		world_rule(w, "address=%s duplicate", some_module(s, who));
		break;
	case DOCTOR_LINE_SETTINGS:
		if (between(s, 0, 1))
			world_rule(w, "baud-mismatch");
		else
			world_rule(w, "address=%s baud-mismatch",
				   some_module(s, who));
		break;
	case DOCTOR_NEIGHBOUR_ANSWERS:
		some_module(s, who);
		world_rule(w, "address=%s probability=%u%% wrong-address %u",
			   who, between(s, 30, 100),
			   s->address % s->modules + 1);
		break;
	case DOCTOR_TERMINATION:
		world_rule(w, "probability=%u%% reflection %u",
			   between(s, 10, 100), between(s, 1, 4));
		break;
	case DOCTOR_MODULE_RESTARTING:
		world_rule(w, "address=%s probability=%u%% reboot",
			   some_module(s, who), between(s, 8, 25));
		break;
	case DOCTOR_MODULE_SILENT:
		world_rule(w, "address=%s silence", some_module(s, who));
		break;
	case DOCTOR_MODULE_SLOW:
		world_rule(w, "address=%s delay %u", some_module(s, who),
			   between(s, 60, 90));
		break;
	case DOCTOR_MODULE_LINK:
		damage(s, w, some_module(s, who), 15, 70);
		break;
	case DOCTOR_INTERFERENCE:
		world_rule(w, "probability=%u%% corrupt 2", between(s, 2, 15));
		break;
	case DOCTOR_UNDETERMINED:
	case DOCTOR_FAULTS:
		break;
	}
}

static bool place_right(const struct site *s, const struct doctor_finding *f)
{
	if (!s->exact)
		return true;
	if (f->fault == DOCTOR_CABLE_SEGMENT)
		return f->after == s->address;
	for (unsigned int a = 1; a <= 247; a++)
		if (doctor_concerns(f, a) != (a == s->address))
			return false;
	return true;
}

struct result {
	u32 runs;
	u32 wrong;		/* another name, or one too many */
	u32 missed;		/* undetermined or healthy instead */
	u32 misplaced;		/* right name, wrong place */
	u32 named[DOCTOR_FAULTS];	/* the first finding */
};

static void judge(const struct site *s, enum doctor_fault fault,
		  const struct doctor_report *report, struct result *result)
{
	bool wrong = false;

	result->runs++;
	result->named[report->finding[0].fault]++;
	if (report->finding[0].fault == DOCTOR_UNDETERMINED ||
	    (report->finding[0].fault == DOCTOR_HEALTHY &&
	     fault != DOCTOR_HEALTHY)) {
		result->missed++;
		return;
	}
	for (unsigned int i = 0; i < report->count; i++)
		wrong |= report->finding[i].fault != fault;
	result->wrong += wrong;
	result->misplaced += !wrong && !place_right(s, &report->finding[0]);
}

static void tell(u64 seed, enum doctor_fault fault, const struct site *s,
		 const struct doctor_report *r)
{
	printf("# seed %llu %s: %u baud, %u modules, at %u\n",
	       (unsigned long long)seed, doctor_fault_name(fault), s->baud,
	       s->modules, s->address);
	for (unsigned int i = 0; i < r->count && i < 6; i++) {
		const struct doctor_finding *f = &r->finding[i];

		printf("#   %s (%s): %s\n", doctor_fault_name(f->fault),
		       doctor_sureness_name(f->sure), f->what);
		for (unsigned int k = 0; k < f->evidence_count; k++)
			printf("#     %s\n", f->evidence[k]);
	}
}

static void run(u64 seed, enum doctor_fault fault, bool verbose,
		struct result *result)
{
	static struct doctor_report report;
	static struct doctor_input input;
	struct result before = *result;
	struct world *w;
	struct site s;
	bool early;

	draw_site(&s, seed, fault);
	w = world_new(s.baud, s.bits, seed * 31 + fault, s.modules);
	early = between(&s, 0, 2) == 0;
	if (early)
		inject(&s, w, fault);
	world_run(w, 12 * S);
	if (!early)
		inject(&s, w, fault);
	/* what is under way when the fault comes is not looked at */
	world_run(w, 8 * S);
	world_mark(w);
	world_run(w, 60 * S);
	world_count(w, &s.wiring, &input);
	doctor_judge(&input, &report);
	judge(&s, fault, &report, result);
	if (verbose || result->wrong != before.wrong)
		tell(seed, fault, &s, &report);
	world_free(w);
}

static void print_matrix(const struct result *results)
{
	printf("# injected            named: ");
	for (int f = 0; f < DOCTOR_FAULTS; f++)
		printf(" %3.3s", doctor_fault_name(f));
	printf("  wrong missed misplaced\n");
	for (int f = 0; f < DOCTOR_FAULTS; f++) {
		const struct result *r = &results[f];

		if (!r->runs)
			continue;
		printf("# %-28s ", doctor_fault_name(f));
		for (int k = 0; k < DOCTOR_FAULTS; k++)
			if (r->named[k])
				printf(" %3u", r->named[k]);
			else
				printf("   .");
		printf("  %5u %6u %9u\n", r->wrong, r->missed, r->misplaced);
	}
}

int main(int argc, char **argv)
{
	struct result results[DOCTOR_FAULTS] = { 0 }, sum = { 0 };
	bool verbose = argc > 1 && !strcmp(argv[1], "--verbose");
	u64 first, count;
	int failed = 0;

	argc -= verbose;
	argv += verbose;
	first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	count = argc > 2 ? strtoull(argv[2], NULL, 10) : 4;
	for (int f = 0; f < DOCTOR_FAULTS; f++) {
		if (f == DOCTOR_UNDETERMINED)
			continue;
		for (u64 seed = first; seed < first + count; seed++)
			run(seed, f, verbose, &results[f]);
		sum.runs += results[f].runs;
		sum.wrong += results[f].wrong;
		sum.missed += results[f].missed;
		sum.misplaced += results[f].misplaced;
	}
	print_matrix(results);
	printf("# seeds %llu-%llu, %u runs: %u wrong, %u missed, %u misplaced\n",
	       (unsigned long long)first,
	       (unsigned long long)(first + count - 1), sum.runs, sum.wrong,
	       sum.missed, sum.misplaced);
	printf("1..3\n");
#define CHECK(number, ok, text) do { \
		bool good = (ok); \
		printf("%s %d - " text "\n", good ? "ok" : "not ok", number); \
		failed += !good; \
	} while (0)
	CHECK(1, sum.wrong * 100 <= sum.runs * WRONG_PERCENT,
	      "wrong names, at most 5 percent");
	CHECK(2, sum.missed * 100 <= sum.runs * MISSED_PERCENT,
	      "faults without a name, at most 10 percent");
	CHECK(3, !results[DOCTOR_HEALTHY].wrong &&
	      !results[DOCTOR_HEALTHY].missed,
	      "every healthy bus is called healthy");
	return failed > 0;
}
