// SPDX-License-Identifier: GPL-2.0-or-later
/* The temperature of the room, from a hwmon sensor of the host (M8) */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "manager.h"
#include "ops.h"
#include "room.h"

/* Air moves blocks within hours; some sensors take a second to answer */
#define READ_NS		(30 * NSEC_PER_SEC)

static int __printf(4, 5) refuse(int error, char *why, size_t size,
				 const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, size, format, ap);
	va_end(ap);
	return error;
}

/* The first line of a file, without its end; negative errno */
static int read_line(const char *path, char *line, size_t size)
{
	_fclose_ FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return -errno;
	errno = 0;
	if (!fgets(line, (int)size, f))
		return errno ? -errno : -ENODATA;
	n = strcspn(line, "\n");
	line[n] = '\0';
	return 0;
}

static int read_number(const char *path, long *ret)
{
	char line[32], *end;
	int r = read_line(path, line, sizeof(line));

	if (r < 0)
		return r;
	errno = 0;
	*ret = strtol(line, &end, 10);
	return errno || end == line || *end ? -EINVAL : 0;
}

/* @path ends in _input; its neighbour says whether the sensor is broken */
static int read_input(const char *path, int32_t *ret_mc, char *why,
		      size_t size)
{
	size_t stem = strlen(path) - strlen("_input");
	char fault[1200];
	long v;
	int r;

	snprintf(fault, sizeof(fault), "%.*s_fault", (int)stem, path);
	if (read_number(fault, &v) == 0 && v)
		return refuse(-EIO, why, size, "%s says that it is broken",
			      fault);
	r = read_number(path, &v);
	if (r == -ENOENT)
		return refuse(-ENOENT, why, size, "there is no %s", path);
	if (r < 0)
		return refuse(-EIO, why, size, "%s has no value: %s", path,
			      strerror(-r));
	if (v < ROOM_MIN_MC || v > ROOM_MAX_MC)
		return refuse(-ERANGE, why, size,
			      "%s says %ld m°C, a room has %d to %d", path, v,
			      ROOM_MIN_MC, ROOM_MAX_MC);
	*ret_mc = v;
	return 0;
}

/* "temp12_label": the number, or 0 */
static unsigned int label_number(const char *name)
{
	unsigned int n;
	char end;

	return sscanf(name, "temp%3u_labe%c", &n, &end) == 2 && end == 'l' ?
	       n : 0;
}

/* How many sensors of the chip in @dir are the one; the last in @path */
static unsigned int find_in_chip(const char *dir, const char *sensor,
				 char *path, size_t size)
{
	unsigned int n, found = 0;
	char at[700], label[80], end;
	struct dirent *e;
	DIR *d;

	if (sscanf(sensor, "temp%3u%c", &n, &end) == 1 && n) {
		snprintf(at, sizeof(at), "%s/temp%u_input", dir, n);
		if (access(at, F_OK) == 0) {
			snprintf(path, size, "%s", at);
			found++;
		}
	}
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		n = label_number(e->d_name);
		if (!n)
			continue;
		snprintf(at, sizeof(at), "%s/temp%u_label", dir, n);
		if (read_line(at, label, sizeof(label)) < 0 ||
		    strcmp(label, sensor))
			continue;
		snprintf(path, size, "%s/temp%u_input", dir, n);
		found++;
	}
	if (d)
		closedir(d);
	return found;
}

static int find_sensor(const char *sys, const char *sensor, char *path,
		       size_t size, char *why, size_t why_size)
{
	const char *colon = strchr(sensor, ':');
	unsigned int chips = 0, found = 0;
	char root[200], dir[480], at[500], name[80];
	struct dirent *e;
	DIR *d;

	snprintf(root, sizeof(root), "%s/class/hwmon", sys);
	d = opendir(root);
	if (!d)
		return refuse(-ENOENT, why, why_size, "%s cannot be read: %s",
			      root, strerror(errno));
	while ((e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(dir, sizeof(dir), "%s/%s", root, e->d_name);
		snprintf(at, sizeof(at), "%s/name", dir);
		if (read_line(at, name, sizeof(name)) < 0 ||
		    strlen(name) != (size_t)(colon - sensor) ||
		    strncmp(name, sensor, strlen(name)))
			continue;
		chips++;
		found += find_in_chip(dir, colon + 1, path, size);
	}
	closedir(d);
	if (found == 1)
		return 0;
	if (found)
		return refuse(-ENOTUNIQ, why, why_size,
			      "%u sensors are %s; name one by its path below /sys/devices",
			      found, sensor);
	return refuse(-ENOENT, why, why_size, chips ?
		      "chip %.*s has no sensor %s" :
		      "there is no hwmon chip %.*s (for %s)",
		      (int)(colon - sensor), sensor, colon + 1);
}

int room_read(const char *sys, const char *sensor, int32_t *ret_mc, char *why,
	      size_t size)
{
	char path[1000];
	int r = 0;

	if (*sensor == '/')
		snprintf(path, sizeof(path), "%s%s", sys,
			 sensor + strlen("/sys"));
	else
		r = find_sensor(sys, sensor, path, sizeof(path), why, size);
	return r < 0 ? r : read_input(path, ret_mc, why, size);
}

void room_tick(struct manager *m, uint64_t now_ns)
{
	const char *sensor = m->config ? m->config->room_sensor : "";
	bool fresh = strcmp(sensor, m->room_sensor) != 0;
	char why[ROOM_WHY_MAX] = "";
	int32_t mc;
	int r;

	if (!fresh && (!*sensor || now_ns < m->room_ns))
		return;
	m->room_ns = now_ns + READ_NS;
	if (fresh) {
		policy_room_forget(m->policy);
		snprintf(m->room_sensor, sizeof(m->room_sensor), "%s", sensor);
		m->room_error = 0;
		m->room_known = false;
		*m->room_reason = '\0';
		if (!*sensor)
			return;
	}
	r = room_read(bacs_ops()->sys_root(), sensor, &mc, why, sizeof(why));
	if (r == 0) {
		policy_room(m->policy, mc, now_ns);
		m->room_mc = mc;
		if (!m->room_known)
			journal_print(LOG_INFO,
				      "Temperature of the room: %s%d.%d °C (RoomSensor=%s)",
				      mc < 0 ? "-" : "", abs(mc) / 1000,
				      abs(mc) / 100 % 10, sensor);
	} else if (r != m->room_error) {
		journal_print(LOG_WARNING,
			      "RoomSensor=%s: %s. Blocks are compared with the median of their string meanwhile",
			      sensor, why);
	}
	m->room_known = r == 0;
	snprintf(m->room_reason, sizeof(m->room_reason), "%s",
		 r == 0 ? "" : why);
	m->room_error = r;
}
