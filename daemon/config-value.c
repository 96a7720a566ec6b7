// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsers and printers of the configuration's values */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "config-value.h"
#include "text.h"

static int __printf(3, 4) refuse(char *why, size_t size, const char *format,
				 ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, size, format, ap);
	va_end(ap);
	return -EINVAL;
}

static int parse_text(void *field, const char *value,
		      const struct config_range *range, char *why, size_t size)
{
	if ((int64_t)strlen(value) > range->max)
		return refuse(why, size,
			      "is %zu bytes long, at most %lld are allowed",
			      strlen(value), (long long)range->max);
	strcpy(field, value);
	return 0;
}

static void format_text(const void *field, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s", (const char *)field);
}

static int parse_word(void *field, const char *value,
		      const struct config_range *range, char *why, size_t size)
{
	if (!text_is_printable_ascii(value))
		return refuse(why, size, "may have printable ASCII only");
	return parse_text(field, value, range, why, size);
}

const struct config_type config_type_text = { parse_text, format_text };
const struct config_type config_type_word = { parse_word, format_text };

/*
 * A decimal number with up to three decimals, in thousandths. *s is moved
 * behind it. No strtod(): the locale must not decide what a file means.
 */
static int parse_milli(const char **s, int64_t *ret)
{
	const char *p = *s;
	bool negative = *p == '-';
	int64_t v = 0;
	int decimals = 0;

	if (*p == '-' || *p == '+')
		p++;
	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (*p - '0');
		if (v > INT32_MAX)
			return -ERANGE;
	}
	v *= 1000;
	if (*p == '.') {
		int64_t unit = 100;

		for (p++; *p >= '0' && *p <= '9'; p++) {
			if (++decimals > 3)
				return -EINVAL;
			v += (*p - '0') * unit;
			unit /= 10;
		}
		if (!decimals)
			return -EINVAL;
	}
	*s = p;
	*ret = negative ? -v : v;
	return 0;
}

static int parse_number(void *field, const char *value,
			const struct config_range *range, char *why,
			size_t size)
{
	const char *s = value;
	int64_t v;
	int r = parse_milli(&s, &v);

	if (r == 0 && *s)
		r = -EINVAL;
	if (r == -EINVAL || (r == 0 && v % 1000))
		return refuse(why, size,
			      "is not a whole number, %lld to %lld is allowed",
			      (long long)range->min, (long long)range->max);
	if (r < 0 || v / 1000 < range->min || v / 1000 > range->max)
		return refuse(why, size,
			      "is out of range, %lld to %lld is allowed",
			      (long long)range->min, (long long)range->max);
	*(uint32_t *)field = v / 1000;
	return 0;
}

static void format_number(const void *field, char *buffer, size_t size)
{
	snprintf(buffer, size, "%u", *(const uint32_t *)field);
}

const struct config_type config_type_number = { parse_number, format_number };

struct unit {
	const char *name;
	int divisor;	/* of a value in thousandths of the bare unit */
};

static void print_milli(char *buffer, size_t size, int64_t v, const char *unit)
{
	unsigned int rest = (v < 0 ? -v : v) % 1000;
	long long whole = (v < 0 ? -v : v) / 1000;
	const char *sign = v < 0 ? "-" : "";

	if (!rest)
		snprintf(buffer, size, "%s%lld%s", sign, whole, unit);
	else
		snprintf(buffer, size, "%s%lld.%03u%s", sign, whole, rest, unit);
}

static int parse_quantity(int32_t *field, const char *value,
			  const struct config_range *range,
			  const struct unit *units, char *why, size_t size)
{
	char low[24], high[24];
	const char *s = value;
	int64_t v;
	int r;

	print_milli(low, sizeof(low), range->min, units[0].name);
	print_milli(high, sizeof(high), range->max, units[0].name);
	r = parse_milli(&s, &v);
	if (r == 0) {
		const struct unit *u;

		s += strspn(s, " \t");
		for (u = units; u->name; u++)
			if (!strcasecmp(s, u->name))
				break;
		if (*s && !u->name)
			return refuse(why, size,
				      "has the unknown unit '%.16s', %s to %s is allowed",
				      s, low, high);
		if (*s)
			v /= u->divisor;
	}
	if (r == -EINVAL)
		return refuse(why, size,
			      "is not a number with at most 3 decimals and a unit, %s to %s is allowed",
			      low, high);
	if (r < 0 || v < range->min || v > range->max)
		return refuse(why, size, "is out of range, %s to %s is allowed",
			      low, high);
	*field = v;
	return 0;
}

static int parse_voltage(void *field, const char *value,
			 const struct config_range *range, char *why,
			 size_t size)
{
	static const struct unit units[] = {
		{ "V", 1 }, { "mV", 1000 }, { NULL }
	};

	return parse_quantity(field, value, range, units, why, size);
}

static void format_voltage(const void *field, char *buffer, size_t size)
{
	int32_t v = *(const int32_t *)field;

	if (v == CONFIG_UNSET)
		*buffer = '\0';
	else
		print_milli(buffer, size, v, "V");
}

const struct config_type config_type_voltage = {
	parse_voltage, format_voltage
};

static int parse_current(void *field, const char *value,
			 const struct config_range *range, char *why,
			 size_t size)
{
	static const struct unit units[] = {
		{ "A", 1 }, { "mA", 1000 }, { NULL }
	};

	return parse_quantity(field, value, range, units, why, size);
}

static void format_current(const void *field, char *buffer, size_t size)
{
	int32_t v = *(const int32_t *)field;

	if (v == CONFIG_UNSET)
		*buffer = '\0';
	else
		print_milli(buffer, size, v, "A");
}

const struct config_type config_type_current = {
	parse_current, format_current
};

static int parse_temp(void *field, const char *value,
		      const struct config_range *range, char *why, size_t size)
{
	static const struct unit units[] = {
		{ "C", 1 }, { "°C", 1 }, { NULL }
	};

	return parse_quantity(field, value, range, units, why, size);
}

static void format_temp(const void *field, char *buffer, size_t size)
{
	int32_t v = *(const int32_t *)field;

	if (v == CONFIG_UNSET)
		*buffer = '\0';
	else
		print_milli(buffer, size, v, "C");
}

const struct config_type config_type_temp = { parse_temp, format_temp };

/* An address at *s, which is moved behind it; 0 if there is none */
static unsigned int take_address(const char **s)
{
	unsigned int v = 0;

	*s += strspn(*s, " \t");
	while (**s >= '0' && **s <= '9') {
		v = v * 10 + (**s - '0');
		if (v > CONFIG_ADDRESS_MAX)
			return 0;
		(*s)++;
	}
	*s += strspn(*s, " \t");
	return v;
}

static int parse_addresses(void *field, const char *value,
			   const struct config_range *range, char *why,
			   size_t size)
{
	struct config_addresses list = { .count = 0 };
	uint8_t seen[32] = { 0 };
	const char *s = value;
	unsigned int from, to;

	(void)range;
	for (;;) {
		s += strspn(s, ", \t");
		if (!*s)
			break;
		from = to = take_address(&s);
		if (from && *s == '-') {
			s++;
			to = take_address(&s);
		}
		if (!from || !to || (*s && *s != ',' && s[-1] != ' ' &&
				     s[-1] != '\t'))
			return refuse(why, size,
				      "is not a list of addresses and ranges of 1 to %d, such as 1-20,33",
				      CONFIG_ADDRESS_MAX);
		if (to < from)
			return refuse(why, size,
				      "has the range %u-%u, which runs backwards",
				      from, to);
		for (; from <= to; from++) {
			if (address_test(seen, from))
				return refuse(why, size,
					      "names address %u twice", from);
			address_set(seen, from);
			list.list[list.count++] = from;
		}
	}
	if (!list.count)
		return refuse(why, size, "names no address");
	*(struct config_addresses *)field = list;
	return 0;
}

static void format_addresses(const void *field, char *buffer, size_t size)
{
	const struct config_addresses *a = field;
	unsigned int i, j;
	size_t used = 0;

	*buffer = '\0';
	for (i = 0; i < a->count && used < size; i = j) {
		for (j = i + 1; j < a->count; j++)
			if (a->list[j] != a->list[j - 1] + 1)
				break;
		used += snprintf(buffer + used, size - used,
				 j == i + 1 ? "%s%u" : "%s%u-%u",
				 i ? "," : "", a->list[i], a->list[j - 1]);
	}
}

const struct config_type config_type_addresses = {
	parse_addresses, format_addresses
};

static int parse_module(void *field, const char *value,
			const struct config_range *range, char *why,
			size_t size)
{
	struct config_module module = { .address = 0 };
	const char *colon = strchr(value, ':');
	const char *s = colon ? colon + 1 : "";
	size_t n = colon ? (size_t)(colon - value) : 0;

	(void)range;
	if (n && n <= CONFIG_BUS_NAME_MAX && *s >= '0' && *s <= '9') {
		memcpy(module.bus, value, n);
		module.address = take_address(&s);
	}
	if (!module.address || *s)
		return refuse(why, size,
			      "is not BUS:ADDRESS with an address of 1 to %d, such as bacsA:200",
			      CONFIG_ADDRESS_MAX);
	*(struct config_module *)field = module;
	return 0;
}

static void format_module(const void *field, char *buffer, size_t size)
{
	const struct config_module *m = field;

	*buffer = '\0';
	if (m->address)
		snprintf(buffer, size, "%s:%u", m->bus, m->address);
}

const struct config_type config_type_module = { parse_module, format_module };
