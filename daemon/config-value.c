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

static int parse_text(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	(void)type;
	if ((int64_t)strlen(value) > range->max)
		return refuse(why, size,
			      "is %zu bytes long, at most %lld are allowed",
			      strlen(value), (long long)range->max);
	strcpy(field, value);
	return 0;
}

static void format_text(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	(void)type, (void)range;
	snprintf(buffer, size, "%s", (const char *)field);
}

static int parse_word(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	if (!text_is_printable_ascii(value))
		return refuse(why, size, "may have printable ASCII only");
	return parse_text(type, field, value, range, why, size);
}

const struct config_type config_type_text = { parse_text, format_text };
const struct config_type config_type_word = { parse_word, format_text };

/* Words of the output matrix, kept as they are once they are understood */
static int parse_output(const struct config_type *type, void *field,
			const char *value, const struct config_range *range,
			char *why, size_t size)
{
	struct output_rules rules;
	int r = output_parse(value, &rules, why, size);

	return r < 0 ? r : parse_word(type, field, value, range, why, size);
}

const struct config_type config_type_output = { parse_output, format_text };

/* CHIP:SENSOR of hwmon, or the path of such a sensor; room.c reads it */
static int parse_room(const struct config_type *type, void *field,
		      const char *value, const struct config_range *range,
		      char *why, size_t size)
{
	static const char end[] = "_input";
	const char *colon = strchr(value, ':');
	size_t n = strlen(value);
	bool good;

	if (!strncmp(value, "/sys/", 5))
		good = n > 5 + sizeof(end) && !strstr(value, "..") &&
		       !strcmp(value + n - sizeof(end) + 1, end);
	else
		good = !n || (*value != '/' && colon > value && colon[1] &&
			      !strchr(value, '/'));
	if (!good)
		return refuse(why, size,
			      "is no hwmon sensor; name it as CHIP:SENSOR, such as nct6775:SYSTIN or jc42:temp1, or by a path such as /sys/class/hwmon/hwmon3/temp1_input");
	return parse_text(type, field, value, range, why, size);
}

const struct config_type config_type_room = { parse_room, format_text };

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

static int parse_number(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	const char *s = value;
	int64_t v;
	int r = parse_milli(&s, &v);

	(void)type;
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

static void format_number(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	(void)type, (void)range;
	snprintf(buffer, size, "%u", *(const uint32_t *)field);
}

const struct config_type config_type_number = { parse_number, format_number };

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

/* In the largest unit that leaves no rest, for times; else in the first */
static void print_quantity(const struct config_type *type, int64_t v,
			   char *buffer, size_t size)
{
	const struct config_unit *u, *best = type->units;

	for (u = type->units; type->largest && u->name; u++)
		if (v && v % u->size == 0 && u->size > best->size)
			best = u;
	print_milli(buffer, size, v * 1000 / best->size, best->name);
}

static int parse_quantity(const struct config_type *type, void *field,
			  const char *value, const struct config_range *range,
			  char *why, size_t size)
{
	const char *none = range->none ? " or none" : "";
	const struct config_unit *u = type->units;
	char low[24], high[24];
	const char *s = value;
	int64_t v;
	int r;

	if (range->none && !strcmp(value, "none")) {
		*(int32_t *)field = CONFIG_NONE;
		return 0;
	}
	print_quantity(type, range->min, low, sizeof(low));
	print_quantity(type, range->max, high, sizeof(high));
	r = parse_milli(&s, &v);
	if (r == -EINVAL)
		return refuse(why, size,
			      "is not a number with at most 3 decimals and a unit, %s to %s%s is allowed",
			      low, high, none);
	if (r == 0) {
		s += strspn(s, " \t");
		while (*s && u->name && strcasecmp(s, u->name))
			u++;
		if (!u->name)
			return refuse(why, size,
				      "has the unknown unit '%.16s', %s to %s%s is allowed",
				      s, low, high, none);
		v *= u->size;
		if (v % 1000)
			return refuse(why, size,
				      "has more decimals than are kept, %s to %s%s is allowed",
				      low, high, none);
		v /= 1000;
	}
	if (r < 0 || v < range->min || v > range->max)
		return refuse(why, size,
			      "is out of range, %s to %s%s is allowed", low,
			      high, none);
	*(int32_t *)field = v;
	return 0;
}

static void format_quantity(const struct config_type *type, const void *field,
			    const struct config_range *range, char *buffer,
			    size_t size)
{
	int32_t v = *(const int32_t *)field;

	(void)type, (void)range;
	if (v == CONFIG_UNSET)
		*buffer = '\0';
	else if (v == CONFIG_NONE)
		snprintf(buffer, size, "none");
	else
		print_quantity(type, v, buffer, size);
}

#define UNITS(...) (const struct config_unit[]) { __VA_ARGS__, { NULL, 0 } }
#define QUANTITY(what, ...) \
	const struct config_type config_type_##what = { \
		parse_quantity, format_quantity, __VA_ARGS__ \
	}

QUANTITY(voltage, UNITS({ "V", 1000 }, { "mV", 1 }));
QUANTITY(current, UNITS({ "A", 1000 }, { "mA", 1 }));
QUANTITY(temp, UNITS({ "C", 1000 }, { "°C", 1000 }));
QUANTITY(slope, UNITS({ "mV", 1000 }, { "uV", 1 }));
QUANTITY(ratio, UNITS({ "%", 10 }));
QUANTITY(charge, UNITS({ "Ah", 1000 }, { "mAh", 1 }));
QUANTITY(resistance, UNITS({ "mOhm", 1000 }, { "uOhm", 1 }));
QUANTITY(time, UNITS({ "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }),
	 true);

static int parse_choice(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	char list[100];
	size_t i, n = 0;

	(void)type;
	for (i = 0; range->words[i]; i++) {
		if (!strcasecmp(value, range->words[i])) {
			*(uint32_t *)field = i + range->min;
			return 0;
		}
		n += snprintf(list + n, n < sizeof(list) ? sizeof(list) - n : 0,
			      "%s%s", i ? ", " : "", range->words[i]);
		if (n >= sizeof(list))
			n = sizeof(list) - 1;
	}
	return refuse(why, size, "is none of %s", list);
}

static void format_choice(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	uint32_t v = *(const uint32_t *)field;

	(void)type;
	if (v < range->min)
		*buffer = '\0';
	else
		snprintf(buffer, size, "%s", range->words[v - range->min]);
}

const struct config_type config_type_choice = { parse_choice, format_choice };

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

/* "S" where a branch of the cable begins: of the wiring alone */
static bool take_branch(const char **s)
{
	const char *p = *s;

	if (*p != 'S')
		return false;
	p += 1 + strspn(p + 1, " \t");
	if (*p && *p != ',')
		return false;
	*s = p;
	return true;
}

static int add_range(struct config_addresses *list, uint8_t seen[32],
		     unsigned int from, unsigned int to, char *why,
		     size_t size)
{
	int step = from <= to ? 1 : -1;

	for (;; from += step) {
		if (address_test(seen, from))
			return refuse(why, size, "names address %u twice",
				      from);
		address_set(seen, from);
		list->list[list->count++] = from;
		if (from == to)
			return 0;
	}
}

/* @wiring: ranges may run backwards, and branches begin */
static int parse_list(struct config_wiring *list, const char *value,
		      bool wiring, char *why, size_t size)
{
	struct config_addresses *order = &list->order;
	uint8_t seen[32] = { 0 };
	const char *s = value;
	unsigned int from, to;
	bool branch = false;
	int r;

	for (;;) {
		s += strspn(s, ", \t");
		if (!*s)
			break;
		if (wiring && order->count && !branch && take_branch(&s)) {
			branch = true;
			continue;
		}
		from = to = take_address(&s);
		if (from && *s == '-') {
			s++;
			to = take_address(&s);
		}
		if (!from || !to || (*s && *s != ',' && s[-1] != ' ' &&
				     s[-1] != '\t'))
			return refuse(why, size,
				      "is not a list of addresses and ranges of 1 to %d, such as %s",
				      CONFIG_ADDRESS_MAX, wiring ?
				      "1-20,40-21, with an S between branches of the cable" :
				      "1-20,33");
		if (to < from && !wiring)
			return refuse(why, size,
				      "has the range %u-%u, which runs backwards",
				      from, to);
		if (branch)
			address_set(list->ends, order->list[order->count - 1]);
		branch = false;
		r = add_range(order, seen, from, to, why, size);
		if (r < 0)
			return r;
	}
	if (branch)
		return refuse(why, size, "has no address behind its last S");
	return order->count ? 0 : refuse(why, size, "names no address");
}

static int parse_addresses(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	struct config_wiring list = { .order.count = 0 };
	int r = parse_list(&list, value, false, why, size);

	(void)type, (void)range;
	if (r == 0)
		*(struct config_addresses *)field = list.order;
	return r;
}

static int parse_wiring(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	struct config_wiring list = { .order.count = 0 };
	int r = parse_list(&list, value, true, why, size);

	(void)type, (void)range;
	if (r == 0)
		*(struct config_wiring *)field = list;
	return r;
}

/* The last of the run of neighbours that begins at @from */
static unsigned int end_of_run(const struct config_addresses *a,
			       const uint8_t *ends, unsigned int from)
{
	unsigned int i = from;
	int step = 0;

	while (i + 1 < a->count) {
		int next = a->list[i + 1] - a->list[i];

		if (ends && address_test(ends, a->list[i]))
			break;
		if (next != 1 && !(ends && next == -1))
			break;
		if (step && next != step)
			break;
		step = next;
		i++;
	}
	return i;
}

/* @ends: of the wiring, where runs may go backwards, or NULL */
static void format_list(const struct config_addresses *a, const uint8_t *ends,
			char *buffer, size_t size)
{
	unsigned int i, last;
	size_t used = 0;

	*buffer = '\0';
	for (i = 0; i < a->count && used < size; i = last + 1) {
		last = end_of_run(a, ends, i);
		used += snprintf(buffer + used, size - used,
				 last == i ? "%s%u" : "%s%u-%u",
				 i ? "," : "", a->list[i], a->list[last]);
		if (ends && address_test(ends, a->list[last]) && used < size)
			used += snprintf(buffer + used, size - used, ",S");
	}
}

static void format_addresses(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	(void)type, (void)range;
	format_list(field, NULL, buffer, size);
}

static void format_wiring(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	const struct config_wiring *w = field;

	(void)type, (void)range;
	format_list(&w->order, w->ends, buffer, size);
}

const struct config_type config_type_addresses = { parse_addresses, format_addresses };
const struct config_type config_type_wiring = { parse_wiring, format_wiring };

static int parse_module(const struct config_type *type, void *field,
		const char *value, const struct config_range *range,
		char *why, size_t size)
{
	struct config_module module = { .address = 0 };
	const char *colon = strchr(value, ':');
	const char *s = colon ? colon + 1 : "";
	size_t n = colon ? (size_t)(colon - value) : 0;

	(void)type, (void)range;
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

static void format_module(const struct config_type *type, const void *field,
		const struct config_range *range, char *buffer,
		size_t size)
{
	const struct config_module *m = field;

	(void)type, (void)range;
	*buffer = '\0';
	if (m->address)
		snprintf(buffer, size, "%s:%u", m->bus, m->address);
}

const struct config_type config_type_module = { parse_module, format_module };
