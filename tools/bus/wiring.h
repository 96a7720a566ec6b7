/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of the modules along the cable: "1-20,S,21-40" */
#ifndef BUS_WIRING_H
#define BUS_WIRING_H

#include <stdbool.h>
#include <stdint.h>

#define WIRING_MODULES	247
#define WIRING_ERROR	160

/**
 * struct wiring - modules in the order of the cable, nearest first
 * @count: number of modules
 * @address: their addresses
 * @spur: this module begins another spur, at the master or a splitter
 */
struct wiring {
	unsigned int count;
	uint8_t address[WIRING_MODULES];
	bool spur[WIRING_MODULES];
};

int wiring_parse(const char *text, struct wiring *ret, char error[WIRING_ERROR]);

#endif /* BUS_WIRING_H */
