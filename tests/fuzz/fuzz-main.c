// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replays a corpus through a fuzz target without libFuzzer
 *
 *	fuzz-NAME [--mutants N] [--seed S] FILE-OR-FOLDER...
 *
 * Every input is run as it is, broken off at every length up to 300 bytes,
 * and N times with seeded mutations. Each run gets a copy of exactly its
 * size, so that a sanitizer sees any access beyond. A corpus without any
 * input is a failure.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define INPUT_MAX	(1024 * 1024)
#define CUT_MAX		300

static unsigned long mutants = 200;
static uint64_t seed = 1;
static unsigned long inputs, runs;

static uint32_t draw(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 32);
}

static void run_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	MUST(copy);
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

/* One to eight changes: a bit, a byte, an extreme byte, a repeat, a new end */
static size_t mutate(uint8_t *data, size_t size, size_t room)
{
	static const uint8_t extremes[] = { 0x00, 0x01, 0x7F, 0x80, 0xFF };
	unsigned int changes = 1 + draw() % 8;

	while (changes--) {
		size_t at = size ? draw() % size : 0;

		switch (draw() % 6) {
		case 0:
			if (size)
				data[at] ^= (uint8_t)(1u << draw() % 8);
			break;
		case 1:
			if (size)
				data[at] = (uint8_t)draw();
			break;
		case 2:
			if (size)
				data[at] = extremes[draw() % sizeof(extremes)];
			break;
		case 3:
			if (size && size < room) {
				memmove(data + at + 1, data + at, size - at);
				size++;
			}
			break;
		case 4:
			if (size) {
				memmove(data + at, data + at + 1, size - at - 1);
				size--;
			}
			break;
		default:
			if (size < room)
				data[size++] = (uint8_t)draw();
		}
	}
	return size;
}

static int replay_file(const char *path)
{
	size_t room = INPUT_MAX + 64;
	uint8_t *data = malloc(room), *work = malloc(room);
	size_t size = 0;
	int r = 0;
	FILE *f;

	MUST(data && work);
	f = fopen(path, "rb");
	if (!f) {
		r = -errno;
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		goto out;
	}
	size = fread(data, 1, INPUT_MAX, f);
	fclose(f);
	inputs++;
	run_copy(data, size);
	for (size_t cut = 0; cut < size && cut < CUT_MAX; cut++)
		run_copy(data, cut);
	for (unsigned long i = 0; i < mutants; i++) {
		memcpy(work, data, size);
		run_copy(work, mutate(work, size, room));
	}
out:
	free(data);
	free(work);
	return r;
}

static int replay(const char *path);

static int replay_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	int r = 0;

	if (n < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -errno;
	}
	for (int i = 0; i < n; i++) {
		char *child;

		if (names[i]->d_name[0] != '.') {
			MUST(asprintf(&child, "%s/%s", path,
				      names[i]->d_name) >= 0);
			r = replay(child) ?: r;
			free(child);
		}
		free(names[i]);
	}
	free(names);
	return r;
}

static int replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -errno;
	}
	return S_ISDIR(st.st_mode) ? replay_folder(path) : replay_file(path);
}

int main(int argc, char **argv)
{
	uint64_t first;
	int i = 1, r = 0;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (!strcmp(argv[i], "--mutants"))
			mutants = strtoul(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--seed"))
			seed = strtoull(argv[i + 1], NULL, 0);
		else
			break;
	}
	first = seed;
	if (i >= argc || argv[i][0] == '-') {
		fprintf(stderr,
			"usage: %s [--mutants N] [--seed S] FILE-OR-FOLDER...\n",
			argv[0]);
		return 2;
	}
	for (; i < argc; i++)
		r = replay(argv[i]) ?: r;
	if (!inputs) {
		fprintf(stderr, "no input found\n");
		return 1;
	}
	printf("%lu inputs, %lu runs, seed %" PRIu64 "\n", inputs, runs, first);
	return r ? 1 : 0;
}
