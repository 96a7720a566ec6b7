// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names.h"

static int refuse(char *why, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(char *why, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, size, format, args);
	va_end(args);
	return -EINVAL;
}

/* Digits only: strtoul alone would take "-1", " 5" and "0x10". */
static int parse_number(const char *text, unsigned int min, unsigned int max,
			unsigned int *ret)
{
	unsigned long value;

	if (!*text || strlen(text) > 9 ||
	    strspn(text, "0123456789") != strlen(text))
		return -EINVAL;
	value = strtoul(text, NULL, 10);
	if (value < min || value > max)
		return -ERANGE;
	*ret = (unsigned int)value;
	return 0;
}

static int set_number(const char *value, unsigned int min, unsigned int max,
		      const char *unit, unsigned int *ret, char *why,
		      size_t size)
{
	if (parse_number(value, min, max, ret) < 0)
		return refuse(why, size, "allowed is a number from %u to %u%s%s",
			      min, max, *unit ? " " : "", unit);
	return 0;
}

static int set_bool(const char *value, bool *ret, char *why, size_t size)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };

	for (size_t i = 0; i < 4; i++) {
		if (!strcasecmp(value, yes[i]) || !strcasecmp(value, no[i])) {
			*ret = !strcasecmp(value, yes[i]);
			return 0;
		}
	}
	return refuse(why, size, "allowed are yes and no");
}

static int set_bus(struct attach_options *o, const char *value, char *why,
		   size_t size)
{
	if (!attach_bus_name_ok(value))
		return refuse(why, size, "a bus name is a letter and up to %d "
			      "letters or digits, e.g. bacsA",
			      BACS_BUS_NAME_MAX - 1);
	strcpy(o->bus, value);
	return 0;
}

static int set_profile(struct attach_options *o, const char *value, char *why,
		       size_t size)
{
	if (!attach_profile_name_ok(value))
		return refuse(why, size, "a profile name is a small letter and "
			      "up to %d small letters, digits or '-', e.g. "
			      "bacs-c", BACS_PROFILE_NAME_MAX - 1);
	strcpy(o->profile, value);
	return 0;
}

static int set_profile_file(struct attach_options *o, const char *value,
			    char *why, size_t size)
{
	if (!*value || strlen(value) >= sizeof(o->profile_file))
		return refuse(why, size, "a file name of 1 to %zu bytes is "
			      "needed", sizeof(o->profile_file) - 1);
	strcpy(o->profile_file, value);
	return 0;
}

/* One "n" or "n-m" of a list; returns the length of its text, 0 if bad. */
static size_t parse_range(const char *text, unsigned int *first,
			  unsigned int *last)
{
	size_t n = strcspn(text, ",");
	char copy[8];
	char *dash;

	if (n >= sizeof(copy))
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	dash = strchr(copy, '-');
	if (dash)
		*dash++ = '\0';
	if (parse_number(copy, BACS_ADDRESS_MIN, BACS_ADDRESS_MAX, first) < 0)
		return 0;
	if (parse_number(dash ? dash : copy, *first, BACS_ADDRESS_MAX,
			 last) < 0)
		return 0;
	return n;
}

static int set_modules(struct attach_options *o, const char *value, char *why,
		       size_t size)
{
	uint8_t addresses[32] = { 0 };
	const char *p = value;

	for (;;) {
		unsigned int first;
		unsigned int last;
		size_t n = parse_range(p, &first, &last);

		if (!n)
			return refuse(why, size, "allowed are addresses from "
				      "%d to %d and rising ranges, e.g. "
				      "1-64,70; leave it out to search all",
				      BACS_ADDRESS_MIN, BACS_ADDRESS_MAX);
		for (unsigned int a = first; a <= last; a++)
			addresses[a / 8] |= (uint8_t)(1U << a % 8);
		p += n;
		if (*p == '\0')
			break;
		p++;
	}
	memcpy(o->addresses, addresses, sizeof(addresses));
	return 0;
}

static int set_baud(struct attach_options *o, const char *value, char *why,
		    size_t size)
{
	return set_number(value, ATTACH_BAUD_MIN, ATTACH_BAUD_MAX,
			  "bit/s", &o->baud, why, size);
}

static int set_format(struct attach_options *o, const char *value, char *why,
		      size_t size)
{
	if (strlen(value) != 3 || value[0] != '8' ||
	    !strchr("NEO", toupper((unsigned char)value[1])) ||
	    (value[2] != '1' && value[2] != '2'))
		return refuse(why, size, "allowed are 8E1, 8N1, 8N2, 8O1, 8E2 "
			      "and 8O2; Modbus RTU has always 8 data bits");
	strcpy(o->data_format, value);
	o->data_format[1] = (char)toupper((unsigned char)value[1]);
	return 0;
}

static int set_scan(struct attach_options *o, const char *value, char *why,
		    size_t size)
{
	return set_number(value, 0, BACS_SCAN_MS_MAX,
			  "ms (0: as the driver finds fit)", &o->scan_ms, why,
			  size);
}

static int set_response(struct attach_options *o, const char *value, char *why,
			size_t size)
{
	unsigned int ms = 0;

	if (!strcmp(value, "0")) {
		o->response_ms = 0;
		return 0;
	}
	if (set_number(value, BACS_RESPONSE_MS_MIN, BACS_RESPONSE_MS_MAX,
		       "ms, or 0 for the profile's own", &ms, why, size) < 0)
		return -EINVAL;
	o->response_ms = ms;
	return 0;
}

static int set_read_only(struct attach_options *o, const char *value,
			 char *why, size_t size)
{
	return set_bool(value ? value : "yes", &o->read_only, why, size);
}

static int set_permit_sleep(struct attach_options *o, const char *value,
			    char *why, size_t size)
{
	return set_bool(value ? value : "yes", &o->permit_sleep, why, size);
}

static int set_rs485_word(struct attach_rs485 *rs485, const char *word)
{
	static const char before[] = "delay-before=";
	static const char after[] = "delay-after=";

	if (!strcmp(word, "rts-high"))
		rs485->rts_low = false;
	else if (!strcmp(word, "rts-low"))
		rs485->rts_low = true;
	else if (!strcmp(word, "terminate"))
		rs485->terminate = true;
	else if (!strncmp(word, before, sizeof(before) - 1))
		return parse_number(word + sizeof(before) - 1, 0,
				    ATTACH_RS485_DELAY_MAX,
				    &rs485->delay_before_ms);
	else if (!strncmp(word, after, sizeof(after) - 1))
		return parse_number(word + sizeof(after) - 1, 0,
				    ATTACH_RS485_DELAY_MAX,
				    &rs485->delay_after_ms);
	else
		return -EINVAL;
	return 0;
}

static int set_rs485(struct attach_options *o, const char *value, char *why,
		     size_t size)
{
	struct attach_rs485 rs485 = { .wanted = true };
	char copy[128];
	char *rest = copy;
	char *word;
	bool on = false;

	if (!value)
		value = "yes";
	if (set_bool(value, &on, why, size) == 0) {
		rs485.wanted = on;
		o->rs485 = rs485;
		return 0;
	}
	if (!*value || strlen(value) >= sizeof(copy))
		goto refused;
	strcpy(copy, value);
	while ((word = strsep(&rest, ","))) {
		if (set_rs485_word(&rs485, word) < 0)
			goto refused;
	}
	o->rs485 = rs485;
	return 0;
refused:
	return refuse(why, size, "allowed are yes, no, or a list of rts-high, "
		      "rts-low, terminate, delay-before=0-%d, "
		      "delay-after=0-%d (ms)", ATTACH_RS485_DELAY_MAX,
		      ATTACH_RS485_DELAY_MAX);
}

static int set_ldisc(struct attach_options *o, const char *value, char *why,
		     size_t size)
{
	unsigned int n = 0;

	/* 0 is the ordinary terminal: never a driver's. */
	if (set_number(value, 1, ATTACH_LDISC_MAX, "", &n, why, size) < 0)
		return -EINVAL;
	o->ldisc = (int)n;
	return 0;
}

const struct attach_setting attach_settings[] = {
	{ "Bus", "BACS_BUS", "bus", 1, set_bus },
	{ "Profile", "BACS_PROFILE", "profile", 1, set_profile },
	{ "ProfileFile", "BACS_PROFILE_FILE", "profile-file", 1,
	  set_profile_file },
	{ "Modules", "BACS_MODULES", "modules", 1, set_modules },
	{ "Baud", "BACS_BAUD", "baud", 1, set_baud },
	{ "Format", "BACS_FORMAT", "format", 1, set_format },
	{ "ScanMs", "BACS_SCAN_MS", "scan-ms", 1, set_scan },
	{ "ResponseMs", "BACS_RESPONSE_MS", "response-ms", 1, set_response },
	{ "ReadOnly", "BACS_READ_ONLY", "read-only", 0, set_read_only },
	{ "PermitSleep", "BACS_PERMIT_SLEEP", "permit-sleep", 0,
	  set_permit_sleep },
	{ "Rs485", "BACS_RS485", "rs485", 2, set_rs485 },
	{ "Ldisc", "BACS_LDISC", "ldisc", 1, set_ldisc },
};

const size_t attach_n_settings =
	sizeof(attach_settings) / sizeof(attach_settings[0]);

/**
 * attach_options_init - the defaults
 * @o: written whole
 */
void attach_options_init(struct attach_options *o)
{
	memset(o, 0, sizeof(*o));
	o->baud = ATTACH_BAUD_DEFAULT;
	strcpy(o->data_format, "8E1");
	o->ldisc = -1;
}
