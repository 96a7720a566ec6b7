// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device of another maker, played by libmodbus' RTU server
 *
 *   foreign-libmodbus TTY MAP ADDRESS [BAUD]
 *
 * Lines "MILLIVOLT MILLIAMPERE" on standard input set what is served, of a room
 * sensor 0.001 degC and 0.001 %, of an I/O module the bits of its inputs and of
 * its relays; each is confirmed by "serving MILLIVOLT
 * MILLIAMPERE". Ends with standard input. The
 * maps are written here from the makers' documents, which the files in
 * profiles/ name, and not from those files: that is the point of the test.
 */
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct map {
	const char *name;
	char parity;
	void (*encode)(modbus_mapping_t *m, int32_t mv, int32_t ma);
	int holding_start;
	int holding_count;
	int input_start;
	int input_count;
};

/* Conext: mV and mA as 32 bit, high word first, holding registers */
static void encode_conext(modbus_mapping_t *m, int32_t mv, int32_t ma)
{
	m->tab_registers[0x46 - 0x40] = (uint16_t)((uint32_t)mv >> 16);
	m->tab_registers[0x47 - 0x40] = (uint16_t)mv;
	m->tab_registers[0x48 - 0x40] = (uint16_t)((uint32_t)ma >> 16);
	m->tab_registers[0x49 - 0x40] = (uint16_t)ma;
}

/* EPEVER: 0.01 V; 0.01 A as 32 bit, low word first, input registers */
static void encode_epever(modbus_mapping_t *m, int32_t mv, int32_t ma)
{
	int32_t centiampere = ma / 10;

	m->tab_input_registers[0x331A - 0x3300] = (uint16_t)(mv / 10);
	m->tab_input_registers[0x331B - 0x3300] = (uint16_t)centiampere;
	m->tab_input_registers[0x331C - 0x3300] =
		(uint16_t)((uint32_t)centiampere >> 16);
}

/* XY-MD02: 0.1 degC and 0.1 %, of values in 0.001; input registers 1 and 2 */
static void encode_room(modbus_mapping_t *m, int32_t mc, int32_t millipercent)
{
	m->tab_input_registers[1] = (uint16_t)(mc / 100);
	m->tab_input_registers[2] = (uint16_t)(millipercent / 100);
}

/* xS11: inputs and relays, one bit each; holding registers 0 and 1 */
static void encode_io(modbus_mapping_t *m, int32_t inputs, int32_t relays)
{
	m->tab_registers[0] = (uint16_t)inputs;
	m->tab_registers[1] = (uint16_t)relays;
}

static const struct map maps[] = {
	{ "unipi-xs11", 'N', encode_io, 0, 32, 0, 0 },
	{ "xy-md02", 'N', encode_room, 0, 0, 0, 3 },
	{ "schneider-conext-bm", 'E', encode_conext, 0x40, 0x40, 0, 0 },
	{ "epever-b-series", 'E', encode_epever, 0, 0, 0x3300, 0x20 },
};

static const struct map *find_map(const char *name)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		if (!strcmp(maps[i].name, name))
			return &maps[i];
	}
	fprintf(stderr, "foreign-libmodbus: no map %s\n", name);
	exit(2);
}

static void check(int failed, const char *what)
{
	if (!failed)
		return;
	fprintf(stderr, "foreign-libmodbus: %s: %s\n", what,
		modbus_strerror(errno));
	exit(1);
}

/* Returns 0 at the end of the input. */
static int take_values(const struct map *map, modbus_mapping_t *mapping)
{
	char line[128];
	int32_t mv;
	int32_t ma;

	if (!fgets(line, sizeof(line), stdin))
		return 0;
	if (sscanf(line, "%d %d", &mv, &ma) != 2) {
		fprintf(stderr, "foreign-libmodbus: not two numbers: %s", line);
		exit(2);
	}
	map->encode(mapping, mv, ma);
	printf("serving %d %d\n", mv, ma);
	return 1;
}

static void answer(modbus_t *modbus, modbus_mapping_t *mapping)
{
	uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
	int n = modbus_receive(modbus, query);

	/* 0: for another address; -1: not a frame, the library resyncs */
	if (n > 0)
		modbus_reply(modbus, query, n, mapping);
}

static void serve(const struct map *map, modbus_t *modbus,
		  modbus_mapping_t *mapping)
{
	struct pollfd fds[] = {
		{ .fd = 0, .events = POLLIN },
		{ .fd = modbus_get_socket(modbus), .events = POLLIN },
	};

	for (;;) {
		check(poll(fds, 2, -1) < 0 && errno != EINTR, "poll");
		if (fds[0].revents && !take_values(map, mapping))
			return;
		if (fds[1].revents & POLLIN)
			answer(modbus, mapping);
		else if (fds[1].revents)
			return;
	}
}

int main(int argc, char **argv)
{
	const struct map *map;
	modbus_mapping_t *mapping;
	modbus_t *modbus;

	if (argc < 4) {
		fprintf(stderr, "usage: %s TTY MAP ADDRESS [BAUD]\n", argv[0]);
		return 2;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	map = find_map(argv[2]);
	modbus = modbus_new_rtu(argv[1], argc > 4 ? atoi(argv[4]) : 19200,
				map->parity, 8, 1);
	check(!modbus, "modbus_new_rtu");
	check(modbus_set_slave(modbus, atoi(argv[3])) < 0, "modbus_set_slave");
	mapping = modbus_mapping_new_start_address(0, 0, 0, 0,
		(unsigned int)map->holding_start,
		(unsigned int)map->holding_count,
		(unsigned int)map->input_start,
		(unsigned int)map->input_count);
	check(!mapping, "modbus_mapping_new_start_address");
	check(modbus_connect(modbus) < 0, "modbus_connect");
	serve(map, modbus, mapping);
	modbus_close(modbus);
	modbus_mapping_free(mapping);
	modbus_free(modbus);
	return 0;
}
