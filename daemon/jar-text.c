// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of jars and calibrations as keys and texts */
#include <errno.h>
#include <string.h>

#include "jar-text.h"
#include "text.h"

enum key_type { TEXT, DATE, NUMBER };

struct key {
	const char *name;
	enum key_type type;
	size_t offset;
	int64_t min;		/* of texts: unused */
	int64_t max;		/* of texts: longest */
	bool is_signed;
};

#define JAR(member)	offsetof(struct store_jar, member)
#define CAL(member)	offsetof(struct store_calibration, member)

static const struct key jar_keys[] = {
	{ "serial", TEXT, JAR(serial), 0, STORE_TEXT_MAX, false },
	{ "maker", TEXT, JAR(maker), 0, STORE_TEXT_MAX, false },
	{ "type", TEXT, JAR(type), 0, 31, false },
	/* 1 Ah to 10 000 Ah: from alarm batteries to the largest OPzS cells */
	{ "capacity_mah", NUMBER, JAR(capacity_mah), 0, 10000000, false },
	{ "nominal_mv", NUMBER, JAR(nominal_mv), 0, 12000, false },
	{ "made", DATE, JAR(made), 0, 0, false },
	{ "installed", DATE, JAR(installed), 0, 0, false },
};

/* More than this is a defect of the module (practice values) */
static const struct key calibration_keys[] = {
	{ "voltage_gain_ppm", NUMBER, CAL(voltage_gain_ppm), -50000, 50000,
	  true },
	{ "voltage_offset_mv", NUMBER, CAL(voltage_offset_mv), -500, 500,
	  true },
	{ "resistance_gain_ppm", NUMBER, CAL(resistance_gain_ppm), -500000,
	  500000, true },
	{ "resistance_offset_uohm", NUMBER, CAL(resistance_offset_uohm),
	  -20000, 20000, true },
	{ "temperature_offset_mc", NUMBER, CAL(temperature_offset_mc), -10000,
	  10000, true },
	{ "date", DATE, CAL(date), 0, 0, false },
	{ "person", TEXT, CAL(person), 0, STORE_TEXT_MAX, false },
	{ "instrument", TEXT, CAL(instrument), 0, STORE_TEXT_MAX, false },
};

bool jar_text_valid(const char *text, size_t longest)
{
	size_t i, size = strlen(text);

	if (size > longest || !text_is_utf8(text, size))
		return false;
	for (i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static bool digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* 2026-01-31, or 2026-01 where the day is not printed on the jar */
static bool date_valid(const char *s)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
				    30, 31 };
	size_t n = strlen(s);
	int month, day;

	if (!n)
		return true;
	if ((n != 7 && n != 10) || !digits(s, 4) || s[4] != '-' ||
	    !digits(s + 5, 2) || s[0] < '1' || s[0] > '2')
		return false;
	month = atoi(s + 5);
	if (month < 1 || month > 12)
		return false;
	if (n == 7)
		return true;
	if (s[7] != '-' || !digits(s + 8, 2))
		return false;
	day = atoi(s + 8);
	return day >= 1 && day <= days[month - 1];
}

static const char *key_name(const struct key *keys, size_t count, size_t n)
{
	return n < count ? keys[n].name : NULL;
}

static void key_get(const struct key *k, const void *item, char *value,
		    size_t size)
{
	const char *field = (const char *)item + k->offset;

	if (k->type != NUMBER)
		snprintf(value, size, "%s", field);
	else if (k->is_signed)
		snprintf(value, size, "%d", *(const int32_t *)field);
	else
		snprintf(value, size, "%u", *(const uint32_t *)field);
}

static int set_number(const struct key *k, char *field, const char *value,
		      char *why, size_t size)
{
	long long v;
	char *end;

	errno = 0;
	v = strtoll(value, &end, 10);
	if (errno || end == value || *end || v < k->min || v > k->max) {
		snprintf(why, size, "%s=%.40s: a whole number from %lld to %lld is allowed",
			 k->name, value, (long long)k->min,
			 (long long)k->max);
		return -EINVAL;
	}
	*(int32_t *)field = v;
	return 0;
}

static int set_text(const struct key *k, char *field, const char *value,
		    char *why, size_t size)
{
	if (k->type == DATE && !date_valid(value)) {
		snprintf(why, size, "%s=%.40s: a date is written 2026-01-31, or 2026-01",
			 k->name, value);
		return -EINVAL;
	}
	if (k->type == TEXT && !jar_text_valid(value, k->max)) {
		snprintf(why, size, "%s= is at most %lld bytes of printable UTF-8",
			 k->name, (long long)k->max);
		return -EINVAL;
	}
	strcpy(field, value);
	return 0;
}

static int key_set(const struct key *keys, size_t count, void *item,
		   const char *key, const char *value, char *why, size_t size)
{
	unsigned int best = UINT32_MAX;
	const char *nearest = "";
	size_t i;

	for (i = 0; i < count; i++) {
		char *field = (char *)item + keys[i].offset;
		unsigned int d = text_distance(key, keys[i].name);

		if (!strcmp(key, keys[i].name))
			return keys[i].type == NUMBER ?
			       set_number(&keys[i], field, value, why, size) :
			       set_text(&keys[i], field, value, why, size);
		if (d < best) {
			best = d;
			nearest = keys[i].name;
		}
	}
	snprintf(why, size, "there is no key '%.40s', the nearest is %s", key,
		 nearest);
	return -EINVAL;
}

const char *jar_key_name(size_t n)
{
	return key_name(jar_keys, ARRAY_SIZE(jar_keys), n);
}

const char *calibration_key_name(size_t n)
{
	return key_name(calibration_keys, ARRAY_SIZE(calibration_keys), n);
}

void jar_key_get(const struct store_jar *jar, size_t n, char *value,
		 size_t size)
{
	key_get(&jar_keys[n], jar, value, size);
}

void calibration_key_get(const struct store_calibration *c, size_t n,
			 char *value, size_t size)
{
	key_get(&calibration_keys[n], c, value, size);
}

int jar_key_set(void *jar, const char *key, const char *value, char *why,
		size_t size)
{
	return key_set(jar_keys, ARRAY_SIZE(jar_keys), jar, key, value, why,
		       size);
}

int calibration_key_set(void *calibration, const char *key, const char *value,
			char *why, size_t size)
{
	return key_set(calibration_keys, ARRAY_SIZE(calibration_keys),
		       calibration, key, value, why, size);
}

bool calibration_corrects(const struct store_calibration *c)
{
	return c->voltage_gain_ppm || c->voltage_offset_mv ||
	       c->resistance_gain_ppm || c->resistance_offset_uohm ||
	       c->temperature_offset_mc;
}
