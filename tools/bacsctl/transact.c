// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl bus transact: one raw PDU and its reply */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"

enum { BUS, ADDRESS, REQUEST, RESULT, REPLY, EXCEPTION, NAME, COLUMNS };

static const struct column columns[COLUMNS] = {
	[BUS] = { "BUS", "bus", false, false },
	[ADDRESS] = { "ADDR", "address", true, false },
	[REQUEST] = { "REQUEST", "request_hex", false, false },
	[RESULT] = { "RESULT", "result", false, false },
	[REPLY] = { "REPLY", "reply_hex", false, false },
	[EXCEPTION] = { "EXCEPTION", "exception", true, false },
	[NAME] = { "NAME", "exception_name", false, false },
};

struct exchange {
	unsigned int address;
	uint8_t pdu[BACS_PDU_BYTES];
	size_t len;
	uint8_t reply[BACS_PDU_BYTES];
	size_t reply_len;
	int result;
};

/* Results of the wire; others are failures of the command */
static const char *result_name(int result)
{
	switch (result) {
	case 0:
		return "ok";
	case -EREMOTEIO:
		return "exception";
	case -EPROTO:
		return "unexpected";
	case -ETIMEDOUT:
		return "timeout";
	case -EIO:
		return "damaged";
	}
	return NULL;
}

static int parse_address(const char *text, unsigned int *ret)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || !isdigit((unsigned char)text[0]) || n > 247) {
		fprintf(stderr,
			"bacsctl: '%s' is not an address of 0-247 (0: broadcast)\n",
			text);
		return -EINVAL;
	}
	*ret = (unsigned int)n;
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of two digits, together or apart: "0400000002", "04:00", "04 00" */
static int parse_hex(const char *text, struct exchange *x)
{
	for (const char *p = text; *p; p += 2) {
		while (*p == ' ' || *p == ':')
			p++;
		if (!*p)
			break;
		if (digit(p[0]) < 0 || digit(p[1]) < 0) {
			fprintf(stderr,
				"bacsctl: PDU '%s': byte %zu is not two hexadecimal digits\n",
				text, x->len + 1);
			return -EINVAL;
		}
		/* counted to the end, so that the message tells how many */
		if (x->len < sizeof(x->pdu))
			x->pdu[x->len] = (uint8_t)(digit(p[0]) << 4 |
						   digit(p[1]));
		x->len++;
	}
	return 0;
}

static int parse(int argc, char **argv, struct exchange *x)
{
	if (argc < 3) {
		fprintf(stderr,
			"bacsctl: bus transact BUS ADDRESS PDU [--timeout=MS]\n");
		return -EINVAL;
	}
	if (parse_address(argv[1], &x->address) < 0)
		return -EINVAL;
	for (int i = 2; i < argc; i++)
		if (parse_hex(argv[i], x) < 0)
			return -EINVAL;
	if (x->len < 1 || x->len > BACS_PDU_BYTES) {
		fprintf(stderr,
			"bacsctl: the PDU has %zu bytes, which is not in 1-%u: give function code and data, without address and CRC\n",
			x->len, BACS_PDU_BYTES);
		return -EINVAL;
	}
	if (!x->pdu[0] || x->pdu[0] > 127) {
		fprintf(stderr,
			"bacsctl: function code %u (0x%02x) is not in 1-127; the PDU begins with it, without the address\n",
			x->pdu[0], x->pdu[0]);
		return -EINVAL;
	}
	return 0;
}

static void hex(const uint8_t *bytes, size_t len, bool spaces, char *to)
{
	for (size_t i = 0; i < len; i++)
		to += sprintf(to, "%s%02x", i && spaces ? " " : "", bytes[i]);
	*to = '\0';
}

static void print_json(const char *bus, const struct exchange *x)
{
	struct table *t = table_new("bus", columns, COLUMNS);
	char text[2 * BACS_PDU_BYTES + 1];

	table_row(t);
	table_text(t, BUS, bus);
	table_number(t, ADDRESS, x->address, "%u", x->address);
	hex(x->pdu, x->len, false, text);
	table_text(t, REQUEST, text);
	table_text(t, RESULT, result_name(x->result));
	if (x->reply_len) {
		hex(x->reply, x->reply_len, false, text);
		table_text(t, REPLY, text);
	}
	if (x->result == -EREMOTEIO) {
		table_number(t, EXCEPTION, x->reply[1], "%u", x->reply[1]);
		table_text(t, NAME, bacs_exception_name(x->reply[1]));
	}
	table_print_json(t, false);
	table_free(t);
}

static int print(struct bacs *b, const struct options *o, const char *bus,
		 const struct exchange *x)
{
	char text[3 * BACS_PDU_BYTES + 1];

	if (!result_name(x->result))
		return device_command_failed(b, "cannot send the PDU",
					     x->result);
	if (o->json) {
		print_json(bus, x);
	} else if (x->reply_len) {
		hex(x->reply, x->reply_len, true, text);
		puts(text);
	}
	if (!x->result)
		return EXIT_DONE;
	fflush(stdout);
	fprintf(stderr, "bacsctl: %s\n", bacs_error_text(b));
	return EXIT_FAILED;
}

static int run(struct bacs *b, const struct options *o, const char *bus,
	       struct exchange *x)
{
	x->result = bacs_transact(b, bus, x->address, x->pdu, x->len,
				  o->timeout_ms, x->reply, &x->reply_len);
	return x->result;
}

/**
 * bus_transact() - 'bus transact BUS ADDRESS PDU'
 * @b: handle
 * @o: options
 * @argc: of what follows the action
 * @argv: of what follows the action
 *
 * The driver knows which PDU may write and says so; the control is claimed for
 * such a one only, and given back.
 *
 * Return: exit code.
 */
int bus_transact(struct bacs *b, const struct options *o, int argc,
		 char **argv)
{
	struct exchange x = { 0 };
	const struct bacs_bus *bus;
	int r;

	if (parse(argc, argv, &x) < 0)
		return EXIT_USAGE;
	r = device_find_bus(b, argv[0], &bus);
	if (r)
		return r;
	if (run(b, o, argv[0], &x) != -EPERM)
		return print(b, o, argv[0], &x);
	r = bacs_claim(b, argv[0]);
	if (r < 0)
		return device_command_failed(b, "cannot control the bus", r);
	run(b, o, argv[0], &x);
	r = print(b, o, argv[0], &x);
	bacs_release(b, argv[0]);
	return r;
}
