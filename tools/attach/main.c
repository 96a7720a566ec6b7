// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bacs-attach - turn a serial port into a bus of the driver bacs
 *
 * Stays in the foreground for as long as the bus shall live; the bus ends with
 * its descriptor. Every way out but SIGKILL gives the port back as it was.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "config.h"
#include "driver.h"
#include "line.h"
#include "options.h"
#include "profile.h"
#include "tune.h"

#define CONFIG_DIRECTORY	"/etc/bacs/attach.d"
#define SYSFS			"/sys"

/*
 * The tty layer wakes no poller of a discipline that has no poll of its own
 * when the line is hung up, so we look once in a while, too.
 */
#define LOOK_MS			1000

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,	/* may work at another try */
	EXIT_USAGE = 2,		/* wrong option, property or file */
	EXIT_NO_PORT = 3,	/* no such port, or it went away */
};

enum long_option {
	OPTION_SETTING = 0x100,	/* + index into attach_settings */
	OPTION_CONFIG = 0x200,
	OPTION_UDEV,
};

/* The command line as it was given; values are borrowed from argv */
struct command {
	const char *tty;
	const char *values[ATTACH_SETTINGS_MAX];
	bool given[ATTACH_SETTINGS_MAX];
	const char *config_directory;
	bool udev;
	bool verbose;
};

static const char *subject = "bacs-attach";

static void say(const char *level, const char *format, va_list args)
{
	/* The journal takes the level from the prefix; people need none. */
	fprintf(stderr, "%s%s: ", getenv("JOURNAL_STREAM") ? level : "",
		subject);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

static void __attribute__((format(printf, 1, 2))) complain(const char *format,
							   ...)
{
	va_list args;

	va_start(args, format);
	say(SD_ERR, format, args);
	va_end(args);
}

static void __attribute__((format(printf, 2, 3))) tell(bool verbose,
						       const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	say(SD_INFO, format, args);
	va_end(args);
}

static void complain_text(const char *text)
{
	complain("%s", text);
}

static void print_help(void)
{
	puts("Usage: bacs-attach [options] TTY\n"
	     "\n"
	     "Turn the serial port TTY into a bus of battery modules and keep "
	     "it until\nSIGTERM or SIGINT. Settings come from udev "
	     "properties, from " CONFIG_DIRECTORY "\nand from the command "
	     "line; the later wins.\n"
	     "\n"
	     "  --bus NAME           name of the bus, e.g. bacsA (BACS_BUS)\n"
	     "  --profile NAME       register map of the modules (bacs-c)\n"
	     "  --profile-file FILE  load this register map first\n"
	     "  --modules LIST       addresses, e.g. 1-64,70; without: search "
	     "1-247\n"
	     "  --baud N             bits per second (19200)\n"
	     "  --format FORMAT      8E1, 8N1, 8N2, 8O1, ... (8E1)\n"
	     "  --scan-ms N          scan period, 0: as fast as the driver "
	     "finds fit\n"
	     "  --response-ms N      response time-out, 0: the profile's\n"
	     "  --read-only          refuse every write to modules\n"
	     "  --permit-sleep       let modules go to sleep between scans\n"
	     "  --rs485[=LIST]       direction control by the UART's driver:\n"
	     "                       rts-high, rts-low, terminate,\n"
	     "                       delay-before=MS, delay-after=MS\n"
	     "  --ldisc N            number of the driver's discipline\n"
	     "  --config DIR         read *.conf from DIR instead\n"
	     "  --udev-properties    for udev rules: print BACS_BUS= for the\n"
	     "                       device of the environment and end\n"
	     "  --verbose            say each step\n"
	     "  --help, --version\n"
	     "\n"
	     "Exit status: 0 ended by a signal, 1 failed, 2 wrong setting, "
	     "3 no such port or\nit went away. See bacs-attach(8).");
}

static void fill_long_options(struct option *options)
{
	static const struct option fixed[] = {
		{ "config", required_argument, NULL, OPTION_CONFIG },
		{ "udev-properties", no_argument, NULL, OPTION_UDEV },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	size_t i;

	for (i = 0; i < attach_n_settings; i++) {
		options[i] = (struct option) {
			.name = attach_settings[i].option,
			.has_arg = attach_settings[i].argument,
			.val = OPTION_SETTING + (int)i,
		};
	}
	memcpy(&options[i], fixed, sizeof(fixed));
}

static int check_command(const struct command *command)
{
	struct attach_options scratch;
	char why[256];

	attach_options_init(&scratch);
	for (size_t i = 0; i < attach_n_settings; i++) {
		const char *value = command->values[i];

		if (!command->given[i])
			continue;
		if (attach_settings[i].set(&scratch, value, why,
					   sizeof(why)) == 0)
			continue;
		complain("--%s %.60s: %s", attach_settings[i].option,
			 value ? value : "", why);
		return -EINVAL;
	}
	return 0;
}

/* Returns 1 when there is nothing more to do, 0 to go on, or -EINVAL. */
static int parse_command(struct command *command, int argc, char **argv)
{
	struct option options[ATTACH_SETTINGS_MAX + 6];
	int c;

	fill_long_options(options);
	while ((c = getopt_long(argc, argv, "hvV", options, NULL)) != -1) {
		if (c == 'h') {
			print_help();
			return 1;
		}
		if (c == 'V') {
			puts("bacs-attach " BACS_VERSION);
			return 1;
		}
		if (c == 'v') {
			command->verbose = true;
		} else if (c == OPTION_CONFIG) {
			command->config_directory = optarg;
		} else if (c == OPTION_UDEV) {
			command->udev = true;
		} else if (c >= OPTION_SETTING && c < OPTION_CONFIG) {
			command->values[c - OPTION_SETTING] = optarg;
			command->given[c - OPTION_SETTING] = true;
		} else {
			fputs("Try 'bacs-attach --help'.\n", stderr);
			return -EINVAL;
		}
	}
	if (!command->udev) {
		if (optind != argc - 1) {
			complain("%s; give one, e.g. /dev/ttyUSB0",
				 optind == argc ? "no TTY given" :
						  "more than one TTY given");
			return -EINVAL;
		}
		command->tty = argv[optind];
	}
	return check_command(command);
}

static bool matches_number(const char *device, void *user)
{
	const dev_t *wanted = user;
	struct stat st;

	return stat(device, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == *wanted;
}

/* DEVNAME and DEVLINKS as udev gives them: the links do not exist yet. */
static bool matches_environment(const char *device, void *user)
{
	const char *name = getenv("DEVNAME");
	const char *links = getenv("DEVLINKS");
	size_t n = strlen(device);

	(void)user;
	if (name && !strcmp(name, device))
		return true;
	while (links && *links) {
		size_t length = strcspn(links, " ");

		if (length == n && !strncmp(links, device, n))
			return true;
		links += length;
		links += strspn(links, " ");
	}
	return false;
}

/*
 * Settings of attach.d for one device. Files that are refused are reported, and
 * matter when they name the device.
 *
 * Return: 1: there are some, 0: there are none, or a negative errno
 */
static int apply_config(const struct command *command,
			bool (*match)(const char *device, void *user),
			void *user, struct attach_options *o)
{
	struct attach_entry *list __attribute__((
		cleanup(attach_entries_freep))) = NULL;
	const struct attach_entry *entry;
	char why[1024];
	int r;

	r = attach_entries_read(&list, command->config_directory,
				complain_text);
	if (r < 0) {
		complain("%s: %s", command->config_directory, strerror(-r));
		return r;
	}
	r = attach_entries_find(list, match, user, &entry, why, sizeof(why));
	if (r == 0 && entry)
		r = attach_entry_apply(entry, o, why, sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return r;
	}
	return entry ? 1 : 0;
}

static int print_udev_properties(const struct command *command)
{
	struct attach_options o;
	int r;

	if (!getenv("DEVNAME")) {
		complain("--udev-properties: no DEVNAME in the environment; "
			 "this is for IMPORT{program} of an udev rule");
		return EXIT_USAGE;
	}
	subject = getenv("DEVNAME");
	attach_options_init(&o);
	r = apply_config(command, matches_environment, NULL, &o);
	if (r < 0)
		return EXIT_USAGE;
	if (r > 0)
		printf("BACS_BUS=%s\n" ATTACH_FROM_FILE "=1\n", o.bus);
	return EXIT_DONE;
}

static bool is_given(const struct command *command, const char *option)
{
	for (size_t i = 0; i < attach_n_settings; i++)
		if (!strcmp(attach_settings[i].option, option))
			return command->given[i];
	return false;
}

static int gather_options(const struct command *command, dev_t device,
			  struct attach_options *o)
{
	char why[512];
	int r;

	attach_options_init(o);
	r = attach_udev_apply(device, o, why, sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return r;
	}
	r = apply_config(command, matches_number, &device, o);
	if (r < 0)
		return r;
	/* Its name alone is left of what the file said. */
	if (r == 0 && o->from_file && !is_given(command, "bus")) {
		complain("bus %s was named by a file of %s, and no file there "
			 "names this port now; correct Device=, or let udev "
			 "forget it: udevadm trigger %s", o->bus,
			 command->config_directory, command->tty);
		return -EINVAL;
	}
	for (size_t i = 0; i < attach_n_settings; i++) {
		if (command->given[i])
			attach_settings[i].set(o, command->values[i], why,
					       sizeof(why));
	}
	o->verbose = command->verbose;
	if (!*o->bus) {
		complain("no name for the bus; give --bus, or set the udev "
			 "property BACS_BUS, or Bus= in %s",
			 command->config_directory);
		return -EINVAL;
	}
	return 0;
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Hung up: is the port gone, or did somebody hang up a port that is there? */
static enum exit_code report_hangup(const struct command *command)
{
	if (access(command->tty, F_OK) < 0) {
		complain("the port went away; its bus ends");
		return EXIT_NO_PORT;
	}
	complain("the port was hung up, though it is still there; perhaps a "
		 "login (getty) or vhangup(2) of another program uses it");
	return EXIT_FAILED;
}

static enum exit_code wait_for_end(const struct command *command,
				   struct attach_line *line, int ldisc,
				   int signals)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = attach_line_fd(line), .events = 0 },
	};

	for (;;) {
		struct signalfd_siginfo info;
		int now;

		if (poll(fds, 2, LOOK_MS) < 0 && errno != EINTR) {
			complain("poll: %s", strerror(errno));
			return EXIT_FAILED;
		}
		if (read(signals, &info, sizeof(info)) == sizeof(info)) {
			tell(command->verbose, "signal %u (%s): the bus ends",
			     info.ssi_signo,
			     strsignal((int)info.ssi_signo));
			return EXIT_DONE;
		}
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL) ||
		    attach_line_get_ldisc(line, &now) < 0)
			return report_hangup(command);
		if (now != ldisc) {
			complain("another program changed the discipline from "
				 "%d to %d; the bus ended", ldisc, now);
			attach_line_leave(line);
			return EXIT_FAILED;
		}
	}
}

static void tell_tuning(bool verbose, const struct attach_tuning *tuning,
			unsigned int rx_trigger)
{
	tell(verbose, "receive trigger %u byte(s)%s", rx_trigger,
	     rx_trigger ? "" : " (not known)");
	if (tuning->latency_timer.now)
		tell(verbose, "latency timer of the adapter %u ms",
		     tuning->latency_timer.now);
	if (tuning->workqueue)
		tell(verbose, "receive work of this driver at nice -20");
}

static enum exit_code serve(const struct command *command,
			    struct attach_line *line,
			    const struct attach_options *o,
			    const struct bacs_profile *profile,
			    unsigned int rx_trigger, int signals)
{
	enum exit_code code;
	char why[512];
	int ldisc;
	int r;

	r = attach_driver_install(line, SYSFS, o->ldisc, &ldisc, why,
				  sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return EXIT_FAILED;
	}
	tell(o->verbose, "discipline %d", ldisc);
	if (profile) {
		r = attach_profile_give(profile, why, sizeof(why));
		if (r < 0) {
			complain("%s", why);
			return EXIT_FAILED;
		}
		tell(o->verbose, "profile %s", o->profile);
	}
	r = attach_driver_start(line, o, SYSFS, rx_trigger, why,
				sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return r == -EINVAL || r == -ENOENT ? EXIT_USAGE : EXIT_FAILED;
	}
	tell(o->verbose, "bus %s started", o->bus);
	(void)sd_notifyf(0, "READY=1\nSTATUS=Bus %s on %s, %u bit/s %s",
			 o->bus, command->tty, o->baud, o->data_format);
	code = wait_for_end(command, line, ldisc, signals);
	(void)sd_notify(0, "STOPPING=1");
	attach_line_expect_reply(line, attach_profile_response_ms(o, profile));
	return code;
}

static enum exit_code attach(const struct command *command, int signals)
{
	struct attach_line *line __attribute__((
		cleanup(attach_line_closep))) = NULL;
	struct bacs_profile *profile __attribute__((
		cleanup(attach_profile_freep))) = NULL;
	struct attach_tuning tuning = { 0 };
	struct attach_options o;
	unsigned int rx_trigger;
	enum exit_code code;
	char why[512];
	int r;

	r = attach_line_open(command->tty, &line, why, sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return r == -ENOENT || r == -ENXIO || r == -ENODEV ?
		       EXIT_NO_PORT : EXIT_FAILED;
	}
	if (gather_options(command, attach_line_devnum(line), &o) < 0)
		return EXIT_USAGE;
	r = attach_profile_read(&o, &profile, why, sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return EXIT_USAGE;
	}
	r = attach_line_configure(line, &o, why, sizeof(why));
	if (r < 0) {
		complain("%s", why);
		return r == -ENOTTY || r == -EOPNOTSUPP ? EXIT_USAGE :
							  EXIT_FAILED;
	}
	tell(o.verbose, "%u bit/s %s%s", o.baud, o.data_format,
	     o.rs485.wanted ? ", RS-485 direction by the driver" : "");
	rx_trigger = attach_tune(&tuning, SYSFS, attach_line_devnum(line),
				 attach_line_is_pty(line));
	tell_tuning(o.verbose, &tuning, rx_trigger);
	code = serve(command, line, &o, profile, rx_trigger, signals);
	/* The bus first, then the UART below it, while it is open. */
	attach_line_end_bus(line);
	attach_untune(&tuning);
	return code;
}

int main(int argc, char **argv)
{
	struct command command = { .config_directory = CONFIG_DIRECTORY };
	enum exit_code code;
	int signals;
	int r;

	r = parse_command(&command, argc, argv);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_DONE;
	if (command.udev)
		return print_udev_properties(&command);
	subject = command.tty;
	signals = open_signals();
	if (signals < 0) {
		complain("signalfd: %s", strerror(-signals));
		return EXIT_FAILED;
	}
	code = attach(&command, signals);
	close(signals);
	return (int)code;
}
