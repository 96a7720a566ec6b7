/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bacs-attach is asked to do, from command line, udev and attach.d alike
 */
#ifndef BACS_ATTACH_OPTIONS_H
#define BACS_ATTACH_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/bacs.h>

#define ATTACH_BAUD_MIN		1200
#define ATTACH_BAUD_MAX		115200
#define ATTACH_BAUD_DEFAULT	19200
#define ATTACH_LDISC_MAX	30	/* NR_LDISCS - 1 since Linux 5.17 */
#define ATTACH_RS485_DELAY_MAX	100	/* ms, the limit of serial_core */

/**
 * struct attach_rs485 - direction control by the UART's driver
 * @wanted: switch the direction by TIOCSRS485
 * @rts_low: RTS is low while sending (default: high)
 * @terminate: switch the port's termination on, where it has one
 * @delay_before_ms: RTS leads the first byte by so long
 * @delay_after_ms: RTS is held after the last byte for so long
 */
struct attach_rs485 {
	bool wanted;
	bool rts_low;
	bool terminate;
	unsigned int delay_before_ms;
	unsigned int delay_after_ms;
};

/**
 * struct attach_options - settings; zero or empty is the default
 * @bus: name of the bus; required
 * @profile: profile of its modules; empty: "bacs-c", or that of @profile_file
 * @profile_file: profile to load first
 * @addresses: as in struct bacs_start
 * @baud: bits per second
 * @data_format: e.g. "8E1"
 * @scan_ms: scan period, 0: the driver's own
 * @response_ms: response time-out, 0: the profile's own
 * @ldisc: number of the discipline, -1: ask the module
 * @read_only: refuse every write to modules
 * @permit_sleep: do not keep the bus awake
 * @rs485: direction control
 * @from_file: udev knows the port as a bus because a file said so
 * @verbose: say each step
 */
struct attach_options {
	char bus[BACS_BUS_NAME_MAX + 1];
	char profile[BACS_PROFILE_NAME_MAX + 1];
	char profile_file[PATH_MAX];
	uint8_t addresses[32];
	unsigned int baud;
	char data_format[4];
	unsigned int scan_ms;
	unsigned int response_ms;
	int ldisc;
	bool read_only;
	bool permit_sleep;
	struct attach_rs485 rs485;
	bool from_file;
	bool verbose;
};

/**
 * struct attach_setting - one setting and its three names
 * @key: in attach.d
 * @property: of udev
 * @option: long option of the command line
 * @argument: 0 the option is a flag, 1 has an argument, 2 an optional one
 * @set: parse @value into @o; on -EINVAL @why says what is allowed
 */
struct attach_setting {
	const char *key;
	const char *property;
	const char *option;
	int argument;
	int (*set)(struct attach_options *o, const char *value, char *why,
		   size_t size);
};

extern const struct attach_setting attach_settings[];
extern const size_t attach_n_settings;

void attach_options_init(struct attach_options *o);

#endif /* BACS_ATTACH_OPTIONS_H */
