// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysfs.h"

static ssize_t read_path(char *buf, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	if (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return n;
}

#define FORMAT_PATH(_path, _format) \
do { \
	va_list args; \
	va_start(args, _format); \
	vsnprintf(_path, sizeof(_path), _format, args); \
	va_end(args); \
} while (0)

/**
 * sys_read() - read a file
 * @buf: text without its last line end
 * @size: of @buf
 * @format: path
 *
 * Return: length, or negative errno.
 */
ssize_t sys_read(char *buf, size_t size, const char *format, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return read_path(buf, size, path);
}

/**
 * sys_number() - read a number
 * @format: path
 *
 * Return: the number; LLONG_MIN if the file cannot be read or holds none.
 */
long long sys_number(const char *format, ...)
{
	char path[PATH_MAX], buf[64], *end;
	long long value;

	FORMAT_PATH(path, format);
	if (read_path(buf, sizeof(buf), path) <= 0)
		return LLONG_MIN;
	value = strtoll(buf, &end, 10);
	return *end ? LLONG_MIN : value;
}

bool sys_is(const char *want, const char *format, ...)
{
	char path[PATH_MAX], buf[256];

	FORMAT_PATH(path, format);
	return read_path(buf, sizeof(buf), path) >= 0 && !strcmp(buf, want);
}

int sys_write(const char *text, const char *format, ...)
{
	char path[PATH_MAX];
	int fd, err = 0;

	FORMAT_PATH(path, format);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

bool sys_exists(const char *format, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return !access(path, F_OK);
}

static bool only_child(const char *dir, char *path, size_t size)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, size, "%s/%s", dir, e->d_name);
		found = true;
	}
	if (d)
		closedir(d);
	return found;
}

/**
 * sys_hwmon() - folder of a module's hwmon chip
 * @bus: name of the bus
 * @address: 1-247
 * @path: the folder
 * @size: of @path
 *
 * Return: true if there is one.
 */
bool sys_hwmon(const char *bus, unsigned int address, char *path, size_t size)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), SYS_BACS "/%s-%03u/hwmon", bus, address);
	return only_child(dir, path, size);
}

/* Folder of a module's power supply */
bool sys_power(const char *bus, unsigned int address, char *path, size_t size)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), SYS_BACS "/%s-%03u/power_supply", bus,
		 address);
	return only_child(dir, path, size);
}

/*
 * Is the module ok, and is its chip there? The core makes power/ after all of a
 * chip's files; name, of its class, is there before the others.
 */
bool sys_live(const char *bus, unsigned int address)
{
	char path[PATH_MAX];

	return sys_is("ok", SYS_BACS "/%s-%03u/state", bus, address) &&
	       sys_hwmon(bus, address, path, sizeof(path)) &&
	       sys_exists("%s/power", path);
}

unsigned int sys_count_live(const char *bus, unsigned int first,
			    unsigned int last)
{
	unsigned int n = 0;

	for (unsigned int a = first; a <= last; a++)
		n += sys_live(bus, a);
	return n;
}

/* A counter of a module, or of the bus (address 0) */
long long sys_stat(const char *bus, unsigned int address, const char *counter)
{
	if (!address)
		return sys_number(SYS_BACS "/%s/stats/%s", bus, counter);
	return sys_number(SYS_BACS "/%s-%03u/stats/%s", bus, address, counter);
}

/**
 * sys_list() - names in a folder
 * @path: the folder
 * @names: the names
 * @max: room
 *
 * Return: their number; negative errno.
 */
int sys_list(const char *path, char names[][NAME_MAX + 1], int max)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -errno;
	while (n < max && (e = readdir(d)))
		if (*e->d_name != '.')
			strcpy(names[n++], e->d_name);
	closedir(d);
	return n;
}

/**
 * sys_read_tree() - read every readable file below a folder, links not followed
 * @path: the folder
 * @depth: levels below it
 *
 * Return: number of files read.
 */
unsigned int sys_read_tree(const char *path, int depth)
{
	DIR *d = opendir(path);
	unsigned int n = 0;
	struct dirent *e;
	char buf[4096];

	while (d && (e = readdir(d))) {
		char sub[PATH_MAX];
		struct stat st;

		if (*e->d_name == '.' ||
		    snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >=
		    (int)sizeof(sub) || lstat(sub, &st))
			continue;
		if (S_ISDIR(st.st_mode) && depth)
			n += sys_read_tree(sub, depth - 1);
		else if (S_ISREG(st.st_mode) && st.st_mode & 0444)
			n += read_path(buf, sizeof(buf), sub) >= 0;
	}
	if (d)
		closedir(d);
	return n;
}
