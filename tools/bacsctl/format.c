// SPDX-License-Identifier: GPL-2.0-or-later
/* Values as people read and write them */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bacsctl.h"

#define US_PER_S	1000000LL

/* Two units at most: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h" */
void format_duration(uint64_t ns, char *buf, size_t size)
{
	uint64_t s = ns / NS_PER_S;

	if (s < 10)
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " s", s,
			 ns % NS_PER_S / (NS_PER_S / 10));
	else if (s < 60)
		snprintf(buf, size, "%" PRIu64 " s", s);
	else if (s < 3600)
		snprintf(buf, size, "%" PRIu64 " min %" PRIu64 " s", s / 60,
			 s % 60);
	else if (s < 86400)
		snprintf(buf, size, "%" PRIu64 " h %" PRIu64 " min", s / 3600,
			 s / 60 % 60);
	else
		snprintf(buf, size, "%" PRIu64 " d %" PRIu64 " h", s / 86400,
			 s / 3600 % 24);
}

/* Local time to the second */
void format_time(int64_t us, char *buf, size_t size)
{
	time_t s = (time_t)(us / US_PER_S);
	struct tm tm;

	if (!localtime_r(&s, &tm) ||
	    !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "?");
}

/* Unit of a quantity in what the terminal can show */
const char *format_unit(enum bacs_q q)
{
	const char *unit = bacs_q_unit(q);

	if (terminal_unicode())
		return unit;
	if (!strcmp(unit, "°C"))
		return "C";
	if (!strcmp(unit, "mΩ"))
		return "mOhm";
	return unit;
}

/* Ten steps and the number */
void format_bar(int64_t permille, char *buf, size_t size)
{
	bool unicode = terminal_unicode();
	const char *full = unicode ? "▮" : "#", *empty = unicode ? "▯" : "-";
	char number[24];
	size_t at = 0;

	if (permille < 0)
		permille = 0;
	if (permille > 1000)
		permille = 1000;
	buf[0] = '\0';
	for (int i = 0; i < 10; i++) {
		/* what is on at all shows at least one step */
		bool on = permille > i * 100;

		at += (size_t)snprintf(buf + at, size - at, "%s",
				       on ? full : empty);
	}
	bacs_q_format(BACS_Q_EQUALIZER_DUTY, permille, number, sizeof(number));
	snprintf(buf + at, size - at, " %5s %%", number);
}

int parse_age(const char *text, int64_t *ret_us)
{
	static const struct {
		char unit;
		int64_t s;
	} units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	};
	char *end;
	long long n;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || n > 100000000 || !end[0] || end[1])
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (units[i].unit == end[0]) {
			*ret_us = n * units[i].s * US_PER_S;
			return 0;
		}
	}
	return -EINVAL;
}

/* strptime() takes 31 days for any month, and mktime() goes on in the next. */
static bool day_exists(const struct tm *tm)
{
	struct tm day = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon,
			  .tm_mday = tm->tm_mday };

	timegm(&day);
	return day.tm_mday == tm->tm_mday;
}

static int parse_date(const char *text, int64_t *ret_us)
{
	static const char *const formats[] = {
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
		"%Y-%m-%dT%H:%M", "%Y-%m-%d",
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, formats[i], &tm);
		time_t s;

		if (!end || *end)
			continue;
		if (!day_exists(&tm))
			return -EINVAL;
		s = mktime(&tm);
		if (s == (time_t)-1)
			return -EINVAL;
		*ret_us = (int64_t)s * US_PER_S;
		return 0;
	}
	return -EINVAL;
}

/**
 * parse_time() - a time as people write it
 * @text: local date and time, or an age before @now_us such as "6h"
 * @now_us: wall time
 * @ret_us: wall time
 *
 * Return: 0, -EINVAL.
 */
int parse_time(const char *text, int64_t now_us, int64_t *ret_us)
{
	int64_t age;

	if (!parse_age(text, &age)) {
		*ret_us = now_us - age;
		return 0;
	}
	return parse_date(text, ret_us);
}
