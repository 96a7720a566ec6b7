// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracefs.h"

#define PREFIX	"bacsctl-"

/*
 * For each CPU: some 4000 records of 64 bytes and 200 bytes of overhead, which
 * is more than a minute of a fast bus should the reader be held up.
 */
#define BUFFER_KB	"2048"

/* Where tracefs is: its own mount first, then the place of old */
static const char *find_root(void)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };
	char path[160];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/instances", places[i]);
		if (!access(path, F_OK))
			return places[i];
	}
	return NULL;
}

static int write_file(const char *folder, const char *name, const char *value)
{
	char path[512];
	ssize_t n;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	n = n < 0 ? -errno : 0;
	close(fd);
	return (int)n;
}

/* What a killed bacsctl has left behind */
static void remove_stale(const char *root)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/instances", root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		long pid;

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)))
			continue;
		pid = strtol(entry->d_name + strlen(PREFIX), NULL, 10);
		if (pid <= 0 || !kill((pid_t)pid, 0) || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", root,
			 entry->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static int fail(struct tracefs *t, const char *what, int error)
{
	fprintf(stderr, "bacsctl: %s: %s: %s%s\n", t->path, what,
		strerror(-error), error == -EACCES || error == -EPERM ?
		"; only root may trace" : "");
	tracefs_close(t);
	return error;
}

/**
 * tracefs_open() - make an instance and enable an event in it
 * @t: result; tracefs_close() it, also after a failure
 * @event: its folder, such as "bacs/bacs_frame"
 * @filter: of the event
 *
 * Return: 0 or negative errno; everything is said.
 */
int tracefs_open(struct tracefs *t, const char *event, const char *filter)
{
	const char *root = find_root();
	char file[192];
	int r;

	*t = (struct tracefs){ .pipe = -1 };
	if (!root) {
		fprintf(stderr, "bacsctl: the kernel's tracing is not there, or not for this user: as root, mount -t tracefs tracefs /sys/kernel/tracing\n");
		return -ENOENT;
	}
	remove_stale(root);
	snprintf(t->path, sizeof(t->path), "%s/instances/" PREFIX "%d", root,
		 (int)getpid());
	if (mkdir(t->path, 0700) < 0) {
		r = -errno;
		fprintf(stderr, "bacsctl: %s: cannot make it: %s%s\n", t->path,
			strerror(-r), r == -EACCES || r == -EPERM ?
			"; only root may trace" : "");
		t->path[0] = '\0';
		return r;
	}
	r = write_file(t->path, "buffer_size_kb", BUFFER_KB);
	if (r < 0)
		return fail(t, "cannot set the size of its buffer", r);
	snprintf(file, sizeof(file), "events/%s/filter", event);
	r = write_file(t->path, file, filter);
	if (r < 0)
		return fail(t, "cannot filter the driver's event", r);
	snprintf(file, sizeof(file), "%s/trace_pipe", t->path);
	t->pipe = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (t->pipe < 0)
		return fail(t, "cannot read it", -errno);
	snprintf(file, sizeof(file), "events/%s/enable", event);
	r = write_file(t->path, file, "1");
	return r < 0 ? fail(t, "cannot enable the driver's event", r) : 0;
}

/** tracefs_stop() - no more events; what is in the buffer may be read */
int tracefs_stop(struct tracefs *t)
{
	return write_file(t->path, "tracing_on", "0");
}

static uint64_t overrun_of(const char *path)
{
	unsigned long long n, sum = 0;
	char line[128];
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "overrun: %llu", &n) == 1 ||
		    sscanf(line, "dropped events: %llu", &n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

/** tracefs_overrun() - events that the kernel had no room for */
uint64_t tracefs_overrun(const struct tracefs *t)
{
	struct dirent *entry;
	uint64_t sum = 0;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/per_cpu", t->path);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "cpu", 3))
			continue;
		snprintf(path, sizeof(path), "%s/per_cpu/%s/stats", t->path,
			 entry->d_name);
		sum += overrun_of(path);
	}
	if (dir)
		closedir(dir);
	return sum;
}

/** tracefs_close() - remove the instance */
void tracefs_close(struct tracefs *t)
{
	if (t->pipe >= 0)
		close(t->pipe);
	t->pipe = -1;
	if (*t->path && rmdir(t->path) < 0)
		fprintf(stderr, "bacsctl: %s: cannot remove it: %s\n", t->path,
			strerror(errno));
	t->path[0] = '\0';
}
