// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsd: battery analysis and care, the daemon */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <sys/timex.h>

#include <systemd/sd-daemon.h>

#include "manager.h"

static void print_help(void)
{
	printf("Usage: bacsd [OPTION]...\n"
	       "Monitors the battery modules that the driver bacs finds, keeps their history\n"
	       "and serves org.bacs1 on the system bus. Started by systemd, see bacsd(8).\n\n"
	       "      --check              check the configuration, print errors, exit\n"
	       "      --root=DIR           prefix of the configuration's paths\n"
	       "      --state-directory=DIR  history and last good configuration\n"
	       "                           [/var/lib/bacs]\n"
	       "      --runtime-directory=DIR  lock [/run/bacs]\n"
	       "  -h, --help               this text\n"
	       "      --version            version\n");
}

static void print_error(const struct config_error *e, void *userdata)
{
	(void)userdata;
	if (e->line)
		fprintf(stderr, "%s:%u: %s\n", e->file, e->line, e->text);
	else
		fprintf(stderr, "%s: %s\n", e->file, e->text);
}

static int check(const char *root)
{
	struct config_errors errors = { .report = print_error };
	struct config *config _config_ = NULL;
	int r = config_load(root, &errors, &config);
	char what[64];

	if (r == 0) {
		config_describe(config, what, sizeof(what));
		printf("The configuration is good: %s\n", what);
		return EXIT_SUCCESS;
	}
	if (r != -EINVAL)
		fprintf(stderr, "bacsd: %s\n", strerror(-r));
	return EXIT_FAILURE;
}

/* Does the kernel say that somebody disciplines its clock? */
static bool clock_synchronised(void)
{
	struct timex t = { .modes = 0 };

	return adjtimex(&t) != TIME_ERROR && !(t.status & STA_UNSYNC);
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	/* a file that may not grow is a full disk, not the end of monitoring */
	signal(SIGXFSZ, SIG_IGN);
	return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
}

static int run(const struct manager_settings *settings)
{
	struct manager *manager = NULL;
	sd_event *event = NULL;
	int r = block_signals();

	if (r >= 0)
		r = sd_event_default(&event);
	if (r >= 0)
		r = manager_new(settings, event, &manager);
	if (r < 0) {
		if (r != -EBUSY)
			journal_print(LOG_ERR, "Cannot start: %s",
				      strerror(-r));
		sd_event_unref(event);
		return EXIT_FAILURE;
	}
	r = sd_event_loop(event);
	sd_notify(false, "STOPPING=1");
	manager_free(manager);
	sd_event_unref(event);
	if (r < 0)
		journal_print(LOG_ERR, "Event loop failed: %s", strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	enum { CHECK = 256, ROOT, STATE, RUNTIME, VERSION };
	static const struct option options[] = {
		{ "check", no_argument, NULL, CHECK },
		{ "root", required_argument, NULL, ROOT },
		{ "state-directory", required_argument, NULL, STATE },
		{ "runtime-directory", required_argument, NULL, RUNTIME },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, VERSION },
		{ NULL }
	};
	struct manager_settings settings = {
		.config_root = "",
		.state_dir = "/var/lib/bacs",
		.run_dir = "/run/bacs",
		.clock_synchronised = clock_synchronised,
	};
	bool only_check = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		switch (c) {
		case CHECK:
			only_check = true;
			break;
		case ROOT:
			settings.config_root = optarg;
			break;
		case STATE:
			settings.state_dir = optarg;
			break;
		case RUNTIME:
			settings.run_dir = optarg;
			break;
		case 'h':
			print_help();
			return EXIT_SUCCESS;
		case VERSION:
			printf("bacsd " BACS_VERSION "\n");
			return EXIT_SUCCESS;
		default:
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "bacsd: unexpected argument '%s'\n",
			argv[optind]);
		return 2;
	}
	if (only_check)
		return check(settings.config_root);
	return run(&settings);
}
