// SPDX-License-Identifier: GPL-2.0-or-later
/* The connection to the driver, and words for what goes wrong with it */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bacsctl.h"
#include "ops.h"

uint64_t wall_us(void)
{
	return bacs_ops()->now_ns(CLOCK_REALTIME) / 1000;
}

/* Wall time of a boot time, by what both clocks say now */
int64_t wall_of_boot_us(uint64_t boot_ns)
{
	int64_t ago = (int64_t)bacs_now_ns() - (int64_t)boot_ns;

	return (int64_t)wall_us() - ago / 1000;
}

/**
 * device_open() - connect, or say why not
 * @flags: BACS_OPEN_*
 * @ret: handle
 *
 * Return: EXIT_DONE; EXIT_NO_DEVICE: no driver; EXIT_FAILED.
 */
int device_open(unsigned int flags, struct bacs **ret)
{
	struct bacs *b;
	int r;

	r = bacs_open(flags, &b);
	if (r < 0) {
		fprintf(stderr, "bacsctl: cannot reach the kernel: %s\n",
			strerror(-r));
		return EXIT_FAILED;
	}
	switch (bacs_driver(b)) {
	case BACS_DRIVER_PRESENT:
		*ret = b;
		return EXIT_DONE;
	case BACS_DRIVER_INCOMPATIBLE:
		fprintf(stderr,
			"bacsctl: the driver speaks version %u, this program another: install driver and tools of the same release\n",
			bacs_driver_version(b));
		break;
	default:
		fprintf(stderr,
			"bacsctl: the driver is not loaded: try 'modprobe bacs'; if there is no such module, install the driver for the running kernel\n");
		break;
	}
	bacs_close(b);
	return EXIT_NO_DEVICE;
}

/* Counted by the library, invisible otherwise */
void device_warn(const struct bacs *b)
{
	uint64_t n = bacs_diagnostic(b, BACS_DIAG_MALFORMED);

	if (n)
		fprintf(stderr,
			"bacsctl: %" PRIu64 " malformed message%s of the driver left out: are driver and tools of the same release?\n",
			n, n == 1 ? "" : "s");
}

static void print_buses(const struct bacs *b)
{
	const struct bacs_bus *bus = bacs_bus_first(b);

	if (!bus) {
		fprintf(stderr,
			"no bus is attached: start bacs-attach@TTY.service, see bacs-attach(8)\n");
		return;
	}
	fprintf(stderr, "buses are:");
	for (; bus; bus = bacs_bus_next(bus))
		fprintf(stderr, " %s", bacs_bus_name(bus));
	fputc('\n', stderr);
}

int device_find_bus(struct bacs *b, const char *name,
		    const struct bacs_bus **ret)
{
	const struct bacs_bus *bus = bacs_bus_find(b, name);

	if (!bus) {
		fprintf(stderr, "bacsctl: no bus '%s'; ", name);
		print_buses(b);
		return EXIT_NO_DEVICE;
	}
	*ret = bus;
	return EXIT_DONE;
}

/**
 * device_choose_bus() - the bus a command is for
 * @b: handle
 * @what: the command, for messages
 * @option: value of --bus, NULL if it was not given
 * @argc: arguments of the command, of which the bus is the only one
 * @argv: likewise
 * @ret: the bus; with neither of both the only one there is
 *
 * Return: exit code; not EXIT_DONE: everything is said.
 */
int device_choose_bus(struct bacs *b, const char *what, const char *option,
		      int argc, char **argv, const struct bacs_bus **ret)
{
	const char *name = argc ? argv[0] : option;

	if (argc > 1 || (argc && option && strcmp(argv[0], option))) {
		fprintf(stderr, "bacsctl: %s [BUS]: one bus, please, not '%s'\n",
			what, argc > 1 ? argv[1] : option);
		return EXIT_USAGE;
	}
	if (name)
		return device_find_bus(b, name, ret);
	*ret = bacs_bus_first(b);
	if (*ret && !bacs_bus_next(*ret))
		return EXIT_DONE;
	fprintf(stderr, "bacsctl: %s: which bus? ", what);
	print_buses(b);
	return *ret ? EXIT_USAGE : EXIT_NO_DEVICE;
}

/* By label, by device name, or BUS:ADDRESS */
static bool is_module(const struct bacs_module *m, const char *name)
{
	char address[24];

	snprintf(address, sizeof(address), "%s:%u",
		 bacs_bus_name(bacs_module_bus(m)), bacs_module_address(m));
	return !strcmp(bacs_module_label(m), name) ||
	       !strcmp(bacs_module_device(m), name) ||
	       !strcmp(address, name);
}

int device_find_module(struct bacs *b, const char *name,
		       const struct bacs_module **ret)
{
	const struct bacs_module *found = NULL, *m;
	const struct bacs_bus *bus;

	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus)) {
		for (m = bacs_module_first(bus); m; m = bacs_module_next(m)) {
			if (!is_module(m, name))
				continue;
			if (found) {
				fprintf(stderr,
					"bacsctl: '%s' is the label of %s and of %s: give the device name\n",
					name, bacs_module_device(found),
					bacs_module_device(m));
				return EXIT_USAGE;
			}
			found = m;
		}
	}
	if (!found) {
		fprintf(stderr,
			"bacsctl: no module '%s': give a label, a device name such as bacsA-012, or bacsA:12; 'bacsctl modules' lists them\n",
			name);
		return EXIT_NO_DEVICE;
	}
	*ret = found;
	return EXIT_DONE;
}

int device_command_failed(struct bacs *b, const char *what, int error)
{
	const char *why = bacs_error_text(b);

	fprintf(stderr, "bacsctl: %s: %s\n", what,
		why[0] ? why : strerror(-error));
	if (error == -ENODEV) {
		fprintf(stderr, "bacsctl: ");
		print_buses(b);
		return EXIT_NO_DEVICE;
	}
	return EXIT_FAILED;
}
